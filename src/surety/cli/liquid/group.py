"""The group itself: every command is made in a module of its own and joined here."""

from __future__ import annotations

from ..market.action import Listed
from .holders import approve, claim, deposit, refund, request
from .rewards import rewards
from .vaults import announce, create, listed, move, resume, settle, status, wind_down

HELP = """Stake behind an operator as an ERC-20 share. Every command shows how you stand; --broadcast sends.

\b
In: list, approve VAULT 500, deposit VAULT 500.
Out: request VAULT all, wait one to two weeks (slashes still reach it), claim VAULT.
Earned: rewards harvest VAULT, rewards claim VAULT.
Its operator leaves: wind-down VAULT, and then request and claim, or move.
Exit codes: 0 ok, 1 usage, 2 environment, 3 a contract reverted, 4 the chain is not the expected one.
"""
MEMBERS = (
    listed,
    status,
    create,
    approve,
    deposit,
    request,
    claim,
    refund,
    rewards,
    wind_down,
    resume,
    settle,
    announce,
    move,
)

liquid = Listed("liquid", commands={str(one.name): one for one in MEMBERS}, help=HELP, short_help="Stake as a share.")
