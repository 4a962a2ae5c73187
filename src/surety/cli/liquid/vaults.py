"""Vaults: which there are, how one stands, a new one, and what anyone may do when its operator leaves."""

from __future__ import annotations

import click

from surety.config_restaking import LiquidSection
from surety.sdk.errors import UsageError
from surety.sdk.liquid import PHASES, Vault
from surety.sdk.orders import ZERO_ADDRESS
from surety.sdk.stake import Asset

from ..context import Door, chain_options
from ..market.action import Action, action_options, echo_json, output_option, perform, show_pairs, show_rows
from .common import (
    ACCOUNT,
    VAULT,
    Call,
    act,
    asset_of,
    entered,
    governor_text,
    holding_json,
    told_holding,
    told_of,
    vault_json,
)


@click.command("list", short_help="All vaults.")
@output_option
@chain_options
def listed(door: Door, output: str) -> None:
    """Every vault of this deployment: behind whom, what belongs to its shares, who governs it."""
    vaults = entered(door, False)[0].vaults()
    rows = [(vault, asset_of(vault)) for vault in vaults]
    if output == "json":
        echo_json({"vaults": [{"vault": vault.address, **vault_json(vault, asset)} for vault, asset in rows]})
        return
    if not rows:
        click.echo("no vaults yet: surety liquid create OPERATOR")
        return
    head = ("vault", "share", "operator", "phase", "worth", "governor")
    told = [
        (
            vault.address,
            vault.symbol,
            vault.operator,
            PHASES[vault.phase],
            asset.grouped(vault.assets),
            governor_text(vault.governor),
        )
        for vault, asset in rows
    ]
    show_rows(head, told, left=4)


@click.command(short_help="How a vault stands, and an account in it.")
@VAULT
@ACCOUNT
@output_option
@chain_options
def status(door: Door, vault: str, account: str | None, output: str) -> None:
    """Phase, price and operator of VAULT; shares, requests, refunds and rewards of ACCOUNT, or of the one who acts."""
    liquids, who = entered(door, False, account)
    found = liquids.vault(door.checked(vault))
    asset, holding = asset_of(found), found.holding(who)
    if output == "json":
        echo_json({"account": who, **vault_json(found, asset), "holding": holding_json(found, asset, holding)})
        return
    show_pairs({"account": who, **told_of(found, asset), **told_holding(found, asset, holding)})


@click.command(short_help="Make a vault behind an operator.")
@click.argument("operator", required=False)
@click.option("--asset", "number", type=click.IntRange(1, 2**32 - 1), default=1, show_default=True, help="Its number.")
@click.option(
    "--governor", metavar="ADDRESS", help="Who may move its cash elsewhere, or `nobody`.  [default: timelock]"
)
@click.option("--notice-days", type=click.IntRange(14, 90), help="Before a move.  [default: 14]")
@click.option("--name", help="Of the share, at most 25 characters.")
@click.option("--symbol", help="Of the share, at most 5 characters.")
@action_options
def create(
    door: Door,
    operator: str | None,
    number: int,
    governor: str | None,
    notice_days: int | None,
    name: str | None,
    symbol: str | None,
    broadcast: bool,
    output: str,
) -> None:
    """Make a vault behind OPERATOR, or the one that the configuration names. The operator must have opened its pool."""
    liquids, sender = entered(door, broadcast)
    wanted = door.config().restaking
    kept = wanted.liquid if wanted is not None else None
    if operator is None and kept is None:
        raise UsageError("say behind whom: OPERATOR, or restaking.liquid in the configuration")
    of = kept.model_dump() if operator is None and kept is not None else {}
    given = {"operator": operator, "notice_days": notice_days, "name": name, "symbol": symbol}
    given |= {"governor": None if governor == "nobody" else governor}
    try:
        section = LiquidSection(**of | {key: value for key, value in given.items() if value is not None})
    except ValueError as error:
        raise UsageError(" ".join(str(error).split())) from None
    who = ZERO_ADDRESS if governor == "nobody" else section.governor or liquids.suite.addresses["timelock"]
    arguments = liquids.arguments(section.operator, section.terms, who, number)
    told = {
        "operator": section.operator,
        "share": f"{section.name} ({section.symbol})",
        "governor": governor_text(who),
        "notice": f"{section.notice_days} days",
    }
    if output != "calldata":
        told["vault"] = str(liquids.factory.call("create", *arguments, sender=sender))
    perform(Action(liquids.factory, "create", arguments, told), sender, broadcast, output)


def _plain(function: str, short_help: str, text: str) -> click.Command:
    """A command that anyone may give, without arguments of its own."""

    def run(door: Door, vault: str, broadcast: bool, output: str) -> None:
        act(door, vault, lambda found, asset, sender: (function, (), {}), broadcast, output)

    return click.command(function.replace("_", "-"), short_help=short_help, help=text)(VAULT(action_options(run)))


wind_down = _plain(
    "wind_down",
    "Queue all stake of a vault whose operator leaves.",
    "Queue all stake of VAULT, because its operator is not active any more. Anyone.",
)
resume = _plain("resume", "Stake again, because the operator is back.", "Stake again what waits in the queue. Anyone.")
settle = _plain("settle", "Take in what the queue has paid.", "Turn the wound-down stake of VAULT into cash. Anyone.")
move = _plain("move", "Stake the cash behind the announced operator.", "Stake the cash of VAULT as announced. Anyone.")


@click.command(short_help="Say to whom the cash will move.")
@VAULT
@click.argument("operator")
@action_options
def announce(door: Door, vault: str, operator: str, broadcast: bool, output: str) -> None:
    """Announce that the cash of VAULT will be staked behind OPERATOR, or `none`. Its governor only."""
    to = ZERO_ADDRESS if operator == "none" else door.checked(operator)

    def planned(found: Vault, asset: Asset, sender: str) -> Call:
        return "announce_move", (to,), {"announce": operator}

    act(door, vault, planned, broadcast, output)
