"""`surety delegate rewards`: what a pool has paid, what is due, and taking it."""

from __future__ import annotations

from typing import Any

import click

from surety.sdk.errors import UsageError
from surety.sdk.past import past
from surety.sdk.stake import Stake, Stakes, known_asset
from surety.sdk.suite import WEEK

from ..context import Door, chain_options
from ..market.action import Action, Listed, action_options, echo_json, output_option, perform, show_pairs
from .common import ASSET, OPERATOR, RECEIVER, entered, told_of
from .views import opened

TOKEN = click.option("--token", metavar="ADDRESS", help="Which rewards.  [default: the market's asset]")


@click.group(cls=Listed, short_help="What stake earns: show, claim, post.")
def rewards() -> None:
    """What stake earns. A post pays for the week before; each token is claimed for itself."""


@rewards.command(short_help="What is due to an account.")
@OPERATOR
@click.argument("account", required=False)
@ASSET
@output_option
@chain_options
def show(door: Door, operator: str, account: str | None, asset: int, output: str) -> None:
    """What ACCOUNT can claim behind OPERATOR, in every token that was ever posted to the pool."""
    known, who = opened(door, account)
    stake = known.stake(who, door.checked(operator), asset)
    book = known.suite.contracts["rewards"]
    tokens = dict.fromkeys(str(event.args.token) for event in past(book, "RewardsPosted", stake.subject))
    paid = [known_asset(known.suite.engine, token) for token in tokens]
    due = {one.token.address: int(book.call("due", stake.subject, one.token.address, who)) for one in paid}
    if output == "json":
        told: dict[str, Any] = {"account": who, "operator": stake.operator, "asset": asset}
        told["due"] = {one.token.address: one.text(due[one.token.address]) for one in paid}
        echo_json(told | {"commission_bps": known.commission(stake.operator)[0], "earns": bool(stake.pool.rewarded)})
        return
    lines = {"account": who, **told_of(stake), **_terms(known, stake)}
    show_pairs(lines | {f"due in {one.label}": one.grouped(due[one.token.address]) for one in paid})


@rewards.command(short_help="Take what is due in a token.")
@OPERATOR
@ASSET
@TOKEN
@RECEIVER
@action_options
def claim(
    door: Door, operator: str, asset: int, token: str | None, receiver: str | None, broadcast: bool, output: str
) -> None:
    """Take what is due to you behind OPERATOR in one token; long silences take several calls."""
    known, sender = entered(door, broadcast)
    stake, book = known.stake(sender, door.checked(operator), asset), known.suite.contracts["rewards"]
    paid = known_asset(known.suite.engine, door.checked(token) if token else known.suite.asset.address)
    due = int(book.call("due", stake.subject, paid.token.address, sender))
    to = door.checked(receiver) if receiver else sender
    told = told_of(stake) | {"due": paid.grouped(due), "receiver": to}
    perform(Action(book, "claim", (stake.subject, paid.token.address, to), told), sender, broadcast, output)


@rewards.command(short_help="Pay rewards to a pool.")
@OPERATOR
@click.argument("amount")
@ASSET
@TOKEN
@action_options
def post(door: Door, operator: str, amount: str, asset: int, token: str | None, broadcast: bool, output: str) -> None:
    """Pay AMOUNT (whole tokens) to those who were staked behind OPERATOR at the beginning of last week. Anyone."""
    known, sender = entered(door, broadcast)
    stake, book = known.stake(sender, door.checked(operator), asset), known.suite.contracts["rewards"]
    paid = known_asset(known.suite.engine, door.checked(token) if token else known.suite.asset.address)
    units = paid.units(amount)
    if paid.allowance(sender, book.address) < units and output != "calldata":
        raise UsageError(
            f"{book.address} may not take {paid.grouped(units)} of {sender} yet: "
            f"surety delegate approve {paid.text(units)} --spender rewards --broadcast"
        )
    told = told_of(stake) | _terms(known, stake) | {"pay": paid.grouped(units), "for the epoch": str(_epoch(known) - 1)}
    perform(Action(book, "post", (stake.subject, paid.token.address, units), told), sender, broadcast, output)


def _terms(known: Stakes, stake: Stake) -> dict[str, str]:
    """How the pool earns."""
    now, later = known.commission(stake.operator)
    rises = "" if now == later else f", {later / 100:g} % from epoch {_epoch(known) + 1} or {_epoch(known) + 2} on"
    return {
        "earns rewards": "yes" if stake.pool.rewarded else "no: the operator has not enabled them",
        "commission": f"{now / 100:g} %{rises}",
    }


def _epoch(known: Stakes) -> int:
    return known.suite.engine.timestamp // WEEK
