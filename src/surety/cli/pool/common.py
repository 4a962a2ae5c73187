"""What the commands of a pool share: how it is found, and how a call on it is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from surety.sdk.contract import Contract
from surety.sdk.pool import Pool
from surety.sdk.services import Services

from ..context import Door
from ..market.action import Action, action_options, perform

POOL = click.option(
    "--pool", required=True, envvar="SURETY_POOL", metavar="ADDRESS", help="Which pool.  [env SURETY_POOL]"
)
PROPOSAL = click.argument("proposal", type=click.IntRange(1, 2**64 - 1))
Call = tuple[Contract, str, tuple[Any, ...], dict[str, str]]
"""Contract, function, arguments, and the lines that tell of it."""
Planned = Callable[[Pool, str], Call]


def pool_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Of every command that writes: which pool, and how it is sent."""
    return POOL(action_options(command))


def act(door: Door, pool: str, planned: Planned, broadcast: bool, output: str) -> None:
    """Check the pool, plan, then simulate, send or print. Raises `Reverted` with the contract's reason."""
    engine = door.engine(signing=broadcast)
    found, sender = Pool(Services(door.suite(engine)), door.checked(pool)), door.sender(engine)
    contract, function, arguments, told = planned(found, sender)
    told = {"pool": f"{found.address} ({found.symbol})", **told}
    perform(Action(contract, function, arguments, told), sender, broadcast, output)
