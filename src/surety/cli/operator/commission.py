"""`surety operator commission`: the operator's part of rewards."""

from __future__ import annotations

from decimal import Decimal

import click

from surety.sdk.errors import UsageError
from surety.sdk.past import past
from surety.sdk.stake import Stakes, known_asset
from surety.sdk.suite import WEEK

from ..context import Door, chain_options
from ..delegate.common import RECEIVER, entered
from ..delegate.rewards import TOKEN
from ..market.action import Action, Listed, action_options, echo_json, output_option, perform, show_pairs
from ..when import date

BPS = 10_000
PERCENT = 100


@click.group(cls=Listed, short_help="Your part of rewards: show, set, claim.")
def commission() -> None:
    """Your part of all rewards that your pools earn: at most 20 %; a higher one holds after seven days."""


@commission.command(short_help="Rate, and what is due.")
@click.argument("account", required=False)
@output_option
@chain_options
def show(door: Door, account: str | None, output: str) -> None:
    """The commission of ACCOUNT, by default of the one who acts, and what of it is not claimed."""
    engine = door.engine()
    known, who = Stakes(door.suite(engine)), door.sender(engine) if account is None else door.checked(account)
    now, later = known.commission(who)
    book = known.suite.contracts["rewards"]
    subjects = known.pools.call("pools_of", who)
    posts = [event for subject in subjects for event in past(book, "RewardsPosted", subject)]
    tokens = [known_asset(engine, token) for token in dict.fromkeys(str(one.args.token) for one in posts)]
    due = {one.token.address: int(book.call("commissions", who, one.token.address)) for one in tokens}
    if output == "json":
        told = {one.token.address: one.text(due[one.token.address]) for one in tokens}
        echo_json({"operator": who, "bps": now, "bps_later": later, "due": told})
        return
    lines = {"operator": who, **_rates(known, who)}
    show_pairs(lines | {f"due in {one.label}": one.grouped(due[one.token.address]) for one in tokens})


@commission.command("set", short_help="Change the rate.")
@click.argument("percent")
@action_options
def set_(door: Door, percent: str, broadcast: bool, output: str) -> None:
    """Take PERCENT of rewards. A lower one counts for this week already, a higher one for weeks seven days from now."""
    known, sender = entered(door, broadcast)
    bps = _bps(percent)
    now, _ = known.commission(sender)
    start = known.suite.engine.timestamp
    since = start // WEEK if bps <= now else -(-(start + WEEK) // WEEK)
    told = {"operator": sender, **_rates(known, sender), "new": f"{bps / PERCENT:g} %"}
    told["of rewards for weeks from"] = date(since * WEEK)
    perform(Action(known.suite.contracts["rewards"], "set_commission", (bps,), told), sender, broadcast, output)


@commission.command(short_help="Take what is due in a token.")
@TOKEN
@RECEIVER
@action_options
def claim(door: Door, token: str | None, receiver: str | None, broadcast: bool, output: str) -> None:
    """Take your commissions in one token."""
    known, sender = entered(door, broadcast)
    book = known.suite.contracts["rewards"]
    paid = known_asset(known.suite.engine, door.checked(token) if token else known.suite.asset.address)
    to = door.checked(receiver) if receiver else sender
    due = int(book.call("commissions", sender, paid.token.address))
    told = {"operator": sender, **_rates(known, sender), "due": paid.grouped(due), "receiver": to}
    perform(Action(book, "claim_commission", (paid.token.address, to), told), sender, broadcast, output)


def _rates(known: Stakes, operator: str) -> dict[str, str]:
    now, later = known.commission(operator)
    return {"commission": f"{now / PERCENT:g} %" + ("" if now == later else f", {later / PERCENT:g} % announced")}


def _bps(text: str) -> int:
    """Per cent as basis points. Raises `UsageError` for what is none."""
    try:
        bps = Decimal(text.rstrip(" %")) * PERCENT
    except ArithmeticError:
        raise UsageError(f"{text} is no number") from None
    if bps != int(bps) or not 0 <= bps <= BPS:
        raise UsageError(f"PERCENT is 0 to 100 with two decimals, not {text}")
    return int(bps)
