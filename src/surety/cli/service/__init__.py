"""`surety service`: stand for a promise with bonds."""

from __future__ import annotations

import click

from ..market.action import Listed
from .bonds import activate, approve, bond, deactivate, mature, put_back, release, roll, take_back, withdraw
from .pay import pay
from .registry import admit, allow, close, end, list_, minimum, open_, status


@click.group(cls=Listed, short_help="Stand for a promise with bonds, and leave.")
def service() -> None:
    """Services: a registered promise, who stands for it, and with which bonds. All simulate; --broadcast sends.

    \b
    In: approve, bond, activate. Out: deactivate, wait for the cooldown (slashes still reach it), release, withdraw.
    SERVICE is a number, as `list` shows it, or an id of 32 bytes.
    Exit codes: 0 ok, 1 usage, 2 environment, 3 a contract reverted, 4 the chain is not the expected one.
    """


for command in (
    *(list_, status, open_, approve, bond, activate, deactivate, release, withdraw, mature, roll, take_back, put_back),
    *(allow, admit, minimum, end, close, pay),
):
    service.add_command(command)

__all__ = ["service"]
