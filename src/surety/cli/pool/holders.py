"""Shares of a pool: joined for, asked out, claimed, and refunded after a slash."""

from __future__ import annotations

import click

from surety.sdk.errors import UsageError
from surety.sdk.pool import Pool
from surety.sdk.suite import MAX_UINT, WEEK

from ..context import Door
from ..when import date
from .common import Call, act, pool_options


@click.command(short_help="Let the pool take your asset.")
@click.argument("amount")
@pool_options
def approve(door: Door, amount: str, pool: str, broadcast: bool, output: str) -> None:
    """Let the pool take AMOUNT (whole units, or `all`) of its asset when you deposit."""

    def planned(found: Pool, sender: str) -> Call:
        units = MAX_UINT if amount == "all" else found.asset.units(amount)
        told = {"amount": "unlimited" if amount == "all" else found.asset.grouped(units)}
        return *found.asset.approval(found.address, units), told

    act(door, pool, planned, broadcast, output)


@click.command(short_help="Join with an amount.")
@click.argument("amount")
@pool_options
def deposit(door: Door, amount: str, pool: str, broadcast: bool, output: str) -> None:
    """Join with AMOUNT (whole units) of the pool's asset, for shares, which vote after seven days."""

    def planned(found: Pool, sender: str) -> Call:
        units = found.asset.units(amount)
        if output != "calldata" and found.asset.allowance(sender, found.address) < units:
            raise UsageError(f"let it first: surety pool approve {found.asset.text(units)} --broadcast")
        told = {"joins with": found.asset.grouped(units)}
        if output != "calldata":
            told["shares"] = found.asset.text(int(found.contract.call("previewDeposit", units)))
        return found.contract, "deposit", (units, sender), told

    act(door, pool, planned, broadcast, output)


@click.command(short_help="Ask shares out.")
@click.argument("shares")
@pool_options
def request(door: Door, shares: str, pool: str, broadcast: bool, output: str) -> None:
    """Ask SHARES (whole, or `all`) out: burned for tickets of the open round, which takes its part of everything."""

    def planned(found: Pool, sender: str) -> Call:
        held = int(found.contract.call("balanceOf", sender))
        count = held if shares == "all" else found.asset.units(shares)
        worth = found.asset.grouped(int(found.contract.call("convertToAssets", count)))
        told = {"request": found.share(count), "worth now": worth}
        closes = found.rounds().closes or (found.engine.timestamp // WEEK + 1) * WEEK
        told["closes"] = f"{date(closes)}, or when the round before is settled"
        return found.contract, "requestRedeem", (count, sender, sender), told

    act(door, pool, planned, broadcast, output)


@click.command(short_help="Close and settle the rounds that are due.")
@pool_options
def advance(door: Door, pool: str, broadcast: bool, output: str) -> None:
    """Take in locks that have ended, settle the round that leaves, close the open one, where they are due. Anybody."""

    def planned(found: Pool, sender: str) -> Call:
        rounds = found.rounds()
        told = {"open round": f"{rounds.open}, {found.asset.text(rounds.tickets)} tickets"}
        if rounds.closes:
            told["closes"] = date(rounds.closes)
        if rounds.leaving:
            told["leaving round"] = f"{rounds.leaving}, until {date(rounds.ripe_at)}"
        return found.contract, "advance", (), told

    act(door, pool, planned, broadcast, output)


@click.command(short_help="Take what requests brought.")
@pool_options
def claim(door: Door, pool: str, broadcast: bool, output: str) -> None:
    """Take all that your requests have brought so far."""

    def planned(found: Pool, sender: str) -> Call:
        shares = int(found.contract.call("maxRedeem", sender))
        if not shares and output != "calldata":
            raise UsageError("no request of yours can be claimed yet: surety pool status")
        worth = found.asset.grouped(int(found.contract.call("maxWithdraw", sender)))
        return found.contract, "redeem", (shares, sender, sender), {"claim": worth}

    act(door, pool, planned, broadcast, output)


@click.command(short_help="Take what a slash gave back.")
@click.argument("slash", type=click.IntRange(1, 2**40 - 1))
@pool_options
def refund(door: Door, slash: int, pool: str, broadcast: bool, output: str) -> None:
    """Take your part of what SLASH (its number) seized and gave back: of the shares and tickets that you had then."""

    def planned(found: Pool, sender: str) -> Call:
        due = found.asset.grouped(int(found.contract.call("refund", slash, sender)))
        return found.contract, "claim_refund", (slash, sender, sender), {"slash": str(slash), "refund": due}

    act(door, pool, planned, broadcast, output)
