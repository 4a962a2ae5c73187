"""`surety pool create`: three blueprints and a pool, sent one after the other, and found again if that broke off."""

from __future__ import annotations

import json

import click

from surety.sdk.errors import UsageError
from surety.sdk.pool import Pool
from surety.sdk.pool_making import PoolMaking, PoolTerms
from surety.sdk.services import LISTED, Services

from ..context import Door
from ..market.action import action_options, echo_json, show_pairs


@click.command(short_help="Make a pool.")
@click.argument("token")
@click.option("--name", default="Collective pool", show_default=True, help="Of the share, at most 25 characters.")
@click.option("--symbol", default="POOL", show_default=True, help="Of the share, at most 5 characters.")
@click.option(
    "--quorum-bps",
    type=click.IntRange(500, 6_700),
    default=2_000,
    show_default=True,
    help="Of all shares, to accept.",
)
@click.option(
    "--threshold-bps", type=click.IntRange(1, 500), default=100, show_default=True, help="Of all shares, to propose."
)
@click.option("--blueprints", metavar="A,B,C", help="Of PoolPortfolio, PoolBallot, PoolDividends, made by others.")
@click.option("--another", is_flag=True, help="Even if you made one of this name lately.")
@action_options
def create(
    door: Door,
    token: str,
    name: str,
    symbol: str,
    quorum_bps: int,
    threshold_bps: int,
    blueprints: str | None,
    another: bool,
    broadcast: bool,
    output: str,
) -> None:
    """Make a pool of TOKEN: vault, rolling, or the address of a rolling class or its vault that can be locked.

    Up to four transactions: three blueprints, unless you name them or made them among your last 64 transactions, and
    the pool. Broken off? Give the same command again: it goes on where it stopped.
    """
    if len(name.encode()) > 25 or len(symbol.encode()) > 5:
        raise UsageError("a name has at most 25 characters, a symbol 5")
    engine = door.engine(signing=broadcast)
    services, sender = Services(door.suite(engine)), door.sender(engine)
    given = [door.checked(one.strip()) for one in blueprints.split(",")] if blueprints else []
    what = token if token in LISTED else door.checked(token)
    making = PoolMaking(services, sender, what, PoolTerms(quorum_bps, threshold_bps, name, symbol), given)
    if not another and (twin := making.twin()):
        raise UsageError(f"you made a pool of this name: --pool {twin}; --another makes one more")
    if output == "calldata":
        sent = [
            {"nonce": making.nonce + number, "to": None, "data": "0x" + data.hex(), "value": "0x0"}
            for number, (_, data) in enumerate(making.transactions())
        ]
        click.echo(json.dumps(sent))
        return
    making.simulate()
    told = {
        "from": sender,
        "token": making.asset,
        "share": f"{name} ({symbol})",
        "quorum": f"{quorum_bps / 100:g} % of all shares",
        "threshold": f"{threshold_bps / 100:g} % of all shares",
    }
    told |= {part: f"{address}, there already" for part, address in making.blueprints.items() if address}
    if not broadcast:
        for number, (part, data) in enumerate(making.transactions()):
            told[part] = f"would be {making.address_of(number)}, {len(data):,} bytes"
        _show(told, broadcast, output)
        return

    def made(part: str, address: str, gas: int) -> None:
        told[part] = f"{address}, {gas:,} gas"
        if output == "table":
            click.echo(f"made {part} at {address}")

    pool = making.send(made)
    _show(told | _addresses(pool), broadcast, output)


def _addresses(pool: Pool) -> dict[str, str]:
    companions = {"portfolio": pool.portfolio, "ballot": pool.ballot, "dividends": pool.dividends}
    return {"pool": pool.address} | {name: one.address for name, one in companions.items()}


def _show(told: dict[str, str], broadcast: bool, output: str) -> None:
    if output == "json":
        echo_json(told | {"sent": broadcast})
        return
    show_pairs(told)
    click.echo("✓ sent and mined" if broadcast else "simulated, nothing was sent; --broadcast sends")
