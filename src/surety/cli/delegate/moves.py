"""The moves of stake: in, out, back, to another operator, and what a slash gave back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from surety.sdk.errors import UsageError
from surety.sdk.orders import ZERO_ADDRESS
from surety.sdk.stake import MODES, OPERATOR_STATES, Stake, Stakes, Ticket
from surety.sdk.suite import MAX_UINT, WEEK

from ..context import Door
from ..when import date
from .common import RECEIVER, Move, Plan, Planned

MOVES: list[Move] = []
ALL = "all"
AMOUNT = click.argument("amount")
EPOCH = click.argument("epoch", type=click.IntRange(1, 2**32 - 1), required=False)
TARGET = click.option("--target", metavar="ADDRESS", help="Of several tickets, the one on its way to this operator.")


def move(name: str, short_help: str, *parameters: Callable[..., Any]) -> Callable[[Plan], Plan]:
    """Names a plan as a command."""

    def noted(plan: Plan) -> Plan:
        MOVES.append(Move(name, short_help, parameters, plan))
        return plan

    return noted


@move("deposit", "Stake an amount.", AMOUNT)
def deposit(known: Stakes, stake: Stake, amount: str) -> Planned:
    """Stake AMOUNT (whole assets) behind OPERATOR. The pools must be allowed to take it: `approve`."""
    asset, pools = stake.asset, known.pools.address
    units = asset.units(amount)
    lacks = None
    if asset.allowance(stake.account, pools) < units:
        lacks = (
            f"the pools may not take {asset.grouped(units)} of {stake.account} yet: "
            f"surety delegate approve {asset.text(units)} --asset {asset.number} --broadcast"
        )
    elif (held := asset.balance(stake.account)) < units:
        lacks = f"{stake.account} has {asset.grouped(held)}"
    return Planned("deposit", (stake.account, stake.subject, units), {"stake": asset.grouped(units)}, lacks)


@move("queue", "Let stake leave.", AMOUNT)
def queue(known: Stakes, stake: Stake, amount: str) -> Planned:
    """Let AMOUNT (whole assets, or `all`) leave OPERATOR. It can be taken out when the next epoch has ended."""
    return _queued(known, stake, amount, ZERO_ADDRESS, {})


@move("redelegate", "Let stake go to another operator.", click.argument("target"), AMOUNT)
def redelegate(known: Stakes, stake: Stake, target: str, amount: str) -> Planned:
    """Let AMOUNT (whole assets, or `all`) leave OPERATOR for TARGET, another one with a pool of the same asset.

    It waits like all that leaves; `arrive` stakes it there then, `complete` takes it out instead.
    """
    there = known.pool(Door.checked(target), stake.asset.number)
    return _queued(known, stake, amount, target, {"to": f"{target}, {_open(there)}"})


@move("cancel", "Let a ticket stay after all.", EPOCH, click.argument("amount", required=False), TARGET)
def cancel(known: Stakes, stake: Stake, epoch: int | None, amount: str | None, target: str | None) -> Planned:
    """Make the ticket of EPOCH, or AMOUNT of it, active stake again, before it matures."""
    ticket = chosen(stake, epoch, target)
    tickets = MAX_UINT
    if amount is not None and amount != ALL:
        units = stake.asset.units(amount)
        tickets = -(-units * ticket.shares // ticket.amount) if ticket.amount else ticket.shares
    arguments = (stake.account, stake.subject, ticket.epoch, ticket.target or ZERO_ADDRESS, tickets)
    return Planned("cancel", arguments, {"stays": f"{amount or ALL} of {_name(ticket)}"})


@move("complete", "Take out what has left.", EPOCH, RECEIVER, TARGET)
def complete(known: Stakes, stake: Stake, epoch: int | None, receiver: str | None, target: str | None) -> Planned:
    """Take out the ticket of EPOCH once it has matured, also one that was on its way to another operator."""
    ticket = chosen(stake, epoch, target, known.suite.engine.timestamp)
    to = Door.checked(receiver) if receiver else stake.account
    arguments = (stake.account, stake.subject, ticket.epoch, ticket.target or ZERO_ADDRESS, to)
    return Planned(
        "complete", arguments, {"take out": f"{stake.asset.grouped(ticket.amount)}, {_name(ticket)}", "receiver": to}
    )


@move("arrive", "Stake what was on its way.", EPOCH, TARGET)
def arrive(known: Stakes, stake: Stake, epoch: int | None, target: str | None) -> Planned:
    """Stake the ticket of EPOCH, once it has matured, behind the operator to whom it left OPERATOR."""
    ticket = chosen(stake, epoch, target, known.suite.engine.timestamp, moving=True)
    assert ticket.target is not None
    there = known.pool(ticket.target, stake.asset.number)
    told = {"stake": stake.asset.grouped(ticket.amount), "behind": f"{ticket.target}, {_open(there)}"}
    return Planned("arrive", (stake.account, stake.subject, ticket.epoch, ticket.target), told)


@move(
    "refund",
    "Take what a slash gave back.",
    click.argument("slash", type=click.IntRange(1, 2**32 - 1), required=False),
    RECEIVER,
    TARGET,
)
def refund(known: Stakes, stake: Stake, slash: int | None, receiver: str | None, target: str | None) -> Planned:
    """Take your part of what SLASH (its number) seized and gave back."""
    due = [(number, way) for number, way in stake.refunds if slash in (None, number) and target in (None, way)]
    if len(due) > 1:
        names = ", ".join(f"{number}{f' --target {way}' if way else ''}" for number, way in due)
        raise UsageError(f"there are several refunds, name one: {names}")
    number, way = due[0] if due else (slash, target)
    if number is None:
        raise UsageError(f"no slash has given anything back to {stake.account} that is not claimed")
    to = Door.checked(receiver) if receiver else stake.account
    amount = stake.refunds.get((number, way), 0)
    told = {"slash": str(number), "refund": stake.asset.grouped(amount), "receiver": to}
    return Planned("claim_refund", (stake.account, number, way or ZERO_ADDRESS, to), told)


def chosen(stake: Stake, epoch: int | None, target: str | None, now: int | None = None, moving: bool = False) -> Ticket:
    """The ticket that was named, or the only one that fits.

    Of several the one that has matured by `now`, then the one that is not on its way elsewhere.
    """
    fit = [
        one
        for one in stake.tickets
        if epoch in (None, one.epoch) and target in (None, one.target) and (one.target is not None or not moving)
    ]
    for better in (lambda one: now is not None and one.matured(now), lambda one: one.target is None):
        if len(fit) > 1:
            fit = [one for one in fit if better(one)] or fit
    if len(fit) == 1:
        return fit[0]
    if not fit:
        what = "ticket on its way to another operator" if moving else "ticket"
        raise UsageError(f"{stake.account} has no {what}{f' of epoch {epoch}' if epoch else ''} at {stake.operator}")
    told = "; ".join(
        f"{one.epoch}{f' --target {one.target}' if one.target else ''}, {date(one.matures_at)}" for one in fit
    )
    raise UsageError(f"there are several tickets, name one: {told}")


def _queued(known: Stakes, stake: Stake, amount: str, target: str, told: dict[str, str]) -> Planned:
    shares = MAX_UINT if amount == ALL else min(stake.shares_for(stake.asset.units(amount)), MAX_UINT)
    units = stake.active if amount == ALL else stake.asset.units(amount)
    matures = (known.suite.engine.timestamp // WEEK + 2) * WEEK
    lines = {"leaves": stake.asset.grouped(units), **told, "can be taken": f"from {date(matures)}"}
    return Planned("queue", (stake.account, stake.subject, shares, target), lines)


def _name(ticket: Ticket) -> str:
    return f"ticket {ticket.epoch}" + (f" to {ticket.target}" if ticket.target else "")


def _open(pool: Any) -> str:
    """Whether a pool takes delegations."""
    return f"{OPERATOR_STATES[pool.status]}, {MODES[pool.mode]}"
