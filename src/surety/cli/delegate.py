"""`surety delegate`: stake behind an operator, let it leave, take it out, and get back what a veto returned."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import click

from surety.sdk.errors import UsageError
from surety.sdk.orders import ZERO_ADDRESS
from surety.sdk.stake import Stake, Stakes
from surety.sdk.suite import MAX_UINT

from .context import Door, chain_options
from .market.action import Action, Listed, action_options, echo_json, output_option, perform, show_pairs
from .operator import date

Planned = Callable[[Stakes, Stake, str], tuple[str, tuple[Any, ...], dict[str, str]]]
ASSET = click.option("--asset", type=click.IntRange(1, 2**32 - 1), default=1, show_default=True, help="Its number.")


@click.group(cls=Listed, short_help="Stake behind operators, leave, get back what was returned.")
def delegate() -> None:
    """Stake behind operators. Every command shows how you stand and simulates; --broadcast sends.

    \b
    Out: queue, wait one to two weeks (slashes still reach it), complete.
    Exit codes: 0 ok, 1 usage, 2 environment, 3 a contract reverted, 4 the chain is not the expected one.
    """


@delegate.command(short_help="How an account stands behind an operator.")
@click.argument("operator")
@click.argument("account", required=False)
@ASSET
@output_option
@chain_options
def status(door: Door, operator: str, account: str | None, asset: int, output: str) -> None:
    """Stake, tickets and refunds of ACCOUNT behind OPERATOR; by default of the one who acts."""
    engine = door.engine()
    who = door.sender(engine) if account is None else door.checked(account)
    stake = Stakes(door.suite(engine)).stake(who, door.checked(operator), asset)
    if output == "json":
        echo_json(
            {
                "account": who,
                "operator": stake.operator,
                "operator state": stake.state,
                "pool": str(stake.pool),
                "active": str(stake.active),
                "shares": str(stake.shares),
                "tickets": {str(epoch): [str(amount), at] for epoch, (amount, at) in stake.tickets.items()},
                "refunds": {str(number): str(amount) for number, amount in stake.refunds.items()},
            }
        )
    else:
        show_pairs({"account": who, **told_of(stake)})


@delegate.command(short_help="Stake an amount.")
@click.argument("operator")
@click.argument("amount")
@ASSET
@action_options
def deposit(door: Door, operator: str, amount: str, asset: int, broadcast: bool, output: str) -> None:
    """Stake AMOUNT (whole assets) behind OPERATOR. The asset must have been approved for the pools."""

    def planned(known: Stakes, stake: Stake, sender: str) -> tuple[str, tuple[Any, ...], dict[str, str]]:
        told = {"stake": amount, "approve first for": known.pools.address}
        return "deposit", (sender, stake.subject, units(amount, stake.decimals)), told

    act(door, operator, asset, planned, broadcast, output)


@delegate.command(short_help="Let stake leave.")
@click.argument("operator")
@click.argument("shares")
@ASSET
@action_options
def queue(door: Door, operator: str, shares: str, asset: int, broadcast: bool, output: str) -> None:
    """Queue SHARES (a number as `status` shows them, or `all`) to leave OPERATOR."""

    def planned(known: Stakes, stake: Stake, sender: str) -> tuple[str, tuple[Any, ...], dict[str, str]]:
        count = MAX_UINT if shares == "all" else whole_number(shares)
        return "queue", (sender, stake.subject, count, ZERO_ADDRESS), {"leaves": f"{shares} shares"}

    act(door, operator, asset, planned, broadcast, output)


@delegate.command(short_help="Let a ticket stay after all.")
@click.argument("operator")
@click.argument("epoch", type=click.IntRange(1, 2**64 - 1))
@ASSET
@action_options
def cancel(door: Door, operator: str, epoch: int, asset: int, broadcast: bool, output: str) -> None:
    """Make all of the ticket of EPOCH active stake again, before it matures."""

    def planned(known: Stakes, stake: Stake, sender: str) -> tuple[str, tuple[Any, ...], dict[str, str]]:
        return "cancel", (sender, stake.subject, epoch, ZERO_ADDRESS, MAX_UINT), {"epoch": str(epoch)}

    act(door, operator, asset, planned, broadcast, output)


@delegate.command(short_help="Take out what has left.")
@click.argument("operator")
@click.argument("epoch", type=click.IntRange(1, 2**64 - 1))
@ASSET
@action_options
def complete(door: Door, operator: str, epoch: int, asset: int, broadcast: bool, output: str) -> None:
    """Take out the ticket of EPOCH once it has matured."""

    def planned(known: Stakes, stake: Stake, sender: str) -> tuple[str, tuple[Any, ...], dict[str, str]]:
        return "complete", (sender, stake.subject, epoch, ZERO_ADDRESS, sender), {"epoch": str(epoch)}

    act(door, operator, asset, planned, broadcast, output)


@delegate.command(short_help="Take what a slash gave back.")
@click.argument("operator")
@click.argument("slash", type=click.IntRange(1, 2**64 - 1))
@ASSET
@action_options
def refund(door: Door, operator: str, slash: int, asset: int, broadcast: bool, output: str) -> None:
    """Take your part of what SLASH (its number) seized and gave back."""

    def planned(known: Stakes, stake: Stake, sender: str) -> tuple[str, tuple[Any, ...], dict[str, str]]:
        told = {"slash": str(slash), "refund": stake.text(stake.refunds.get(slash, 0))}
        return "claim_refund", (sender, slash, ZERO_ADDRESS, sender), told

    act(door, operator, asset, planned, broadcast, output)


def act(door: Door, operator: str, asset: int, planned: Planned, broadcast: bool, output: str) -> None:
    """Look how the one who acts stands, plan, then simulate, send or print. Raises `Reverted` with the reason."""
    engine = door.engine(signing=broadcast)
    known, sender = Stakes(door.suite(engine)), door.sender(engine)
    stake = known.stake(sender, door.checked(operator), asset)
    function, arguments, told = planned(known, stake, sender)
    perform(Action(known.pools, function, arguments, told_of(stake) | told), sender, broadcast, output)


def told_of(stake: Stake) -> dict[str, str]:
    """How an account stands, line by line."""
    told = {"operator": f"{stake.operator}, {stake.state}", "pool": stake.text(stake.pool)}
    told |= {"active": stake.text(stake.active), "shares": str(stake.shares)}
    for epoch, (amount, at) in stake.tickets.items():
        told[f"ticket of {epoch}"] = f"{stake.text(amount)}, from {date(at)}"
    for number, amount in stake.refunds.items():
        told[f"refund of slash {number}"] = stake.text(amount)
    return told


def units(text: str, decimals: int) -> int:
    """Whole assets as an int. Raises `UsageError` for what is no amount of the asset."""
    try:
        scaled = Decimal(text.replace("_", "")).scaleb(decimals)
        if scaled > 0 and scaled == int(scaled):
            return int(scaled)
    except (ArithmeticError, ValueError):
        pass
    raise UsageError(f"{text} is no amount of an asset with {decimals} decimals")


def whole_number(text: str) -> int:
    """Raises `UsageError` unless it is one."""
    if not text.isdecimal():
        raise UsageError(f"{text} is no number of shares: a whole number, or all")
    return int(text)
