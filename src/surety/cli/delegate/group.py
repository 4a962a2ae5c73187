"""The group itself: every command is made in a module of its own and joined here."""

from __future__ import annotations

import click

from ..market.action import Listed
from .assets import add_bond, approve, assets, sync
from .common import direct
from .moves import MOVES
from .rewards import rewards
from .signed import COMMANDS as SIGNED
from .views import pools, status, worst_loss

HELP = """Stake behind operators. Every command shows how you stand and simulates; --broadcast sends.

\b
In: pools, approve 5000, deposit OPERATOR 5000.
Out: queue OPERATOR 5000, wait one to two weeks (slashes still reach it), complete OPERATOR.
To another operator: redelegate OPERATOR OTHER all, wait as long, arrive OPERATOR.
Exit codes: 0 ok, 1 usage, 2 environment, 3 a contract reverted, 4 the chain is not the expected one.
"""
COMMANDS: dict[str, click.Command] = {
    "pools": pools,
    "assets": assets,
    "status": status,
    "worst-loss": worst_loss,
    "approve": approve,
    **{move.name: direct(move) for move in MOVES},
    "rewards": rewards,
    **SIGNED,
    "add-bond": add_bond,
    "sync": sync,
}

delegate = Listed("delegate", commands=COMMANDS, help=HELP, short_help="Stake behind operators, move it, leave, earn.")
