"""A move of stake, planned once: `surety delegate MOVE` sends it, `surety delegate sign MOVE` has its owner sign it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import click

from surety.sdk.errors import UsageError
from surety.sdk.stake import Asset, Stake, Stakes, Ticket

from ..context import Door
from ..market.action import Action, action_options, perform
from ..when import date

ASSET = click.option(
    "--asset", type=click.IntRange(1, 2**32 - 1), default=1, show_default=True, help="Its number, as `assets` has it."
)
RECEIVER = click.option("--receiver", metavar="ADDRESS", help="Who gets it.  [default: the one who acts]")
OPERATOR = click.argument("operator")


@dataclass(frozen=True)
class Planned:
    """A call of DelegationManager, and the lines that tell of it."""

    function: str
    arguments: tuple[Any, ...]
    told: dict[str, str] = field(default_factory=dict)
    lacks: str | None = None
    """What must be done before it can be carried out."""


Plan = Callable[..., Planned]


@dataclass(frozen=True)
class Move:
    """A command: its name, what it needs beside operator and asset, and how a call is made of that."""

    name: str
    short_help: str
    parameters: Sequence[Callable[..., Any]]
    plan: Plan


def direct(move: Move) -> click.Command:
    """The command by which the owner itself moves its stake."""

    def run(door: Door, operator: str, asset: int, broadcast: bool, output: str, **given: Any) -> None:
        known, sender = entered(door, broadcast)
        stake = known.stake(sender, door.checked(operator), asset)
        planned = move.plan(known, stake, **given)
        if planned.lacks is not None and output != "calldata":
            raise UsageError(planned.lacks)
        action = Action(known.pools, planned.function, planned.arguments, told_of(stake) | planned.told)
        perform(action, sender, broadcast, output)

    return made(move, action_options(run))


def entered(door: Door, broadcast: bool) -> tuple[Stakes, str]:
    """The pools, and who acts on them."""
    engine = door.engine(signing=broadcast)
    return Stakes(door.suite(engine)), door.sender(engine)


def made(move: Move, run: Callable[..., Any]) -> click.Command:
    """A command with a move's name, help and parameters. Arguments come in the order in which they are listed."""
    for parameter in (ASSET, *reversed(move.parameters), OPERATOR):
        run = parameter(run)
    return click.command(move.name, short_help=move.short_help, help=move.plan.__doc__)(run)


def told_of(stake: Stake) -> dict[str, str]:
    """How an account stands, line by line."""
    asset = stake.asset
    told = {"operator": f"{stake.operator}, {stake.state}", "pool": asset.grouped(stake.pool.assets)}
    told["active"] = asset.grouped(stake.active)
    for ticket in stake.tickets:
        told[f"ticket {place(ticket.epoch, ticket.target)}"] = ticket_text(asset, ticket)
    for (slash, way), amount in stake.refunds.items():
        what = f", of what was on its way to {way}" if way else ""
        told[f"refund of slash {place(slash, way)}"] = asset.grouped(amount) + what
    if stake.reviewed:
        told["under review"] = ", ".join(f"slash {one}" for one in stake.reviewed)
    return told


def place(number: int, target: str | None) -> str:
    """A short name for a ticket or a refund: its number, and how the operator's address begins to whom it was going."""
    return f"{number}" + (f" {target[:8]}…" if target else "")


def ticket_text(asset: Asset, ticket: Ticket, now: int = 0) -> str:
    """What a ticket is worth, where it goes, and when."""
    when = f"from {date(ticket.matures_at)}"
    if now and ticket.matured(now):
        when = f"matured: {'arrive or ' if ticket.target else ''}complete"
    return f"{asset.grouped(ticket.amount)}, {when}" + (f", to {ticket.target}" if ticket.target else "")
