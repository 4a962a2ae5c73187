"""The group itself: every command is made in a module of its own and joined here."""

from __future__ import annotations

import click

from ..market.action import Listed
from .money import appeal, collect, pull, pull_lien, settle
from .propose import approve, propose
from .review import announce_veto, confirm, dispute, finalise, release, rule, veto
from .views import list_, show, waterfall

HELP = """Slashes under review. Every command that writes shows the slash and simulates; --broadcast sends.

\b
Judges: approve 500 (the bond), propose OPERATOR 10 --evidence HASH; appeal after a veto; settle for the bond.
Accused: dispute, within the review. Arbiters: rule. Vetoers: veto, or announce-veto and confirm of proven faults.
Anybody: list, show, waterfall; finalise, pull, collect, pull-lien, release, settle, each once it is time.
Exit codes: 0 ok, 1 usage, 2 environment, 3 a contract reverted, 4 the chain is not the expected one.
"""
COMMANDS: dict[str, click.Command] = {
    "list": list_,
    "show": show,
    "waterfall": waterfall,
    "approve": approve,
    "propose": propose,
    "dispute": dispute,
    "rule": rule,
    "veto": veto,
    "announce-veto": announce_veto,
    "confirm": confirm,
    "finalise": finalise,
    "pull": pull,
    "release": release,
    "collect": collect,
    "pull-lien": pull_lien,
    "appeal": appeal,
    "settle": settle,
}

slash = Listed("slash", commands=COMMANDS, help=HELP, short_help="Slashes: what is under review, and each step.")
