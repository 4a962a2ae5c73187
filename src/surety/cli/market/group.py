"""The group itself: every command is made in a module of its own and joined here, so that both names hold the same."""

from __future__ import annotations

import click

from ..curve import show_command
from .action import Listed
from .lock import lock
from .order import order
from .reading import holdings, quote, status
from .roll import roll
from .trade import allow, approve, buy, convert, redeem, sell, strip
from .variable import variable
from .wrapper import wrapper

COMMANDS: dict[str, click.Command] = {
    "quote": quote,
    "curve": show_command,
    "status": status,
    "holdings": holdings,
    "approve": approve,
    "buy": buy,
    "sell": sell,
    "strip": strip,
    "convert": convert,
    "redeem": redeem,
    "variable": variable,
    "roll": roll,
    "allow": allow,
    "order": order,
    "lock": lock,
    "wrapper": wrapper,
}
HELP = """Quote, trade, lock and redeem bonds. Every command simulates and prints; --broadcast sends.

\b
A first purchase: quote 26w --buy 1000, approve 1000 --broadcast, buy 26w 1000 --broadcast.
MATURITY is a tenor (26w, 6m, 2y: the first Thursday that far away), a date (2026-10-08) or a timestamp.
"""

market = Listed("market", commands=COMMANDS, help=HELP, short_help="Quote, trade, lock and redeem bonds.")
bond = Listed("bond", commands=COMMANDS, help=HELP, short_help="The same commands as `surety market`.")
