"""`surety pool pay`: what services pay for the pool's locks, shared by who held for seven days."""

from __future__ import annotations

import click

from surety.sdk.contract import Contract
from surety.sdk.errors import UsageError
from surety.sdk.pool import Pool
from surety.sdk.stake import known_asset

from ..context import Door
from ..market.action import Listed
from .common import Call, act, pool_options

TOKEN = click.argument("token")
NUMBER = click.IntRange(1, 2**40 - 1)


@click.group(cls=Listed, short_help="What services pay: pull, distribute, claim.")
def pay() -> None:
    """What services pay goes to the pool's dividends, is distributed, and claimed. All simulate; --broadcast sends."""


@pay.command(short_help="Fetch what a lock has earned.")
@click.argument("lock", type=click.IntRange(1, 2**32 - 1))
@pool_options
def pull(door: Door, lock: int, pool: str, broadcast: bool, output: str) -> None:
    """Have what LOCK of the pool has earned paid to its dividends. Anybody."""

    def planned(found: Pool, sender: str) -> Call:
        paid = found.portfolio.call("pull_pay", lock, sender=sender) if output != "calldata" else 0
        service = found.services.bonding.call("lock", lock).service
        token = found.services.suite.contracts["payouts"].call("terms", service).token
        told = {"lock": str(lock)}
        if output != "calldata":
            told["pay"] = known_asset(found.engine, token).grouped(paid)
        return found.portfolio, "pull_pay", (lock,), told

    act(door, pool, planned, broadcast, output)


@pay.command(short_help="Pass on what was sent to the pool's locks.")
@TOKEN
@pool_options
def forward(door: Door, token: str, pool: str, broadcast: bool, output: str) -> None:
    """Pass on to the dividends all of TOKEN (an ERC-20) that was sent to the portfolio. Anybody.

    Of the pool's own asset only what belongs to nobody.
    """
    act(
        door,
        pool,
        lambda found, _: _of_token(found, found.portfolio, "forward", door.checked(token)),
        broadcast,
        output,
    )


@pay.command(short_help="Share what has come of a token.")
@TOKEN
@pool_options
def distribute(door: Door, token: str, pool: str, broadcast: bool, output: str) -> None:
    """Share what the dividends have got of TOKEN (its address) among who had shares in the last seven days. Anybody."""
    act(
        door,
        pool,
        lambda found, _: _of_token(found, found.dividends, "distribute", door.checked(token)),
        broadcast,
        output,
    )


@pay.command("claim", short_help="Take your part of a distribution.")
@click.argument("number", type=NUMBER, required=False)
@click.option("--of", "account", metavar="ADDRESS", help="Push to this account instead of to the one who acts.")
@pool_options
def take(door: Door, number: int | None, account: str | None, pool: str, broadcast: bool, output: str) -> None:
    """Take your part of distribution NUMBER; without one, of the first that owes you anything."""
    whom = door.checked(account) if account else None

    def planned(found: Pool, sender: str) -> Call:
        who = whom or sender
        due = found.holding(who).dividends
        chosen = number or min(due, default=0)
        if not chosen:
            raise UsageError("nothing is due: surety pool status")
        told = {"distribution": str(chosen), "account": who}
        if chosen in due:
            told["due"] = known_asset(found.engine, due[chosen][0]).grouped(due[chosen][1])
        return found.dividends, "claim", (chosen, who, who), told

    act(door, pool, planned, broadcast, output)


@pay.command(short_help="Free what nobody claimed.")
@click.argument("number", type=NUMBER)
@pool_options
def recycle(door: Door, number: int, pool: str, broadcast: bool, output: str) -> None:
    """Let what is left of distribution NUMBER after 180 days be distributed again. Anybody."""
    act(
        door,
        pool,
        lambda found, _: (found.dividends, "recycle", (number,), {"distribution": str(number)}),
        broadcast,
        output,
    )


def _of_token(found: Pool, contract: Contract, function: str, token: str) -> Call:
    known = known_asset(found.engine, token)
    waits = known.balance(contract.address)
    if function == "distribute":
        waits -= int(found.dividends.call("held", token))
    return contract, function, (token,), {"amount": known.grouped(waits)}
