"""The group itself: every command is made in a module of its own and joined here."""

from __future__ import annotations

from ..market.action import Listed
from .holders import advance, approve, claim, deposit, refund, request
from .making import create
from .pay import pay
from .standing import status
from .votes import carry_out, propose, recount, vote

HELP = """Back services together with others: one pot, losses shared, by vote. --broadcast sends.

\b
Once: create vault makes a pool; its address is --pool, or SURETY_POOL.
In: approve 500, deposit 500.
Votes: propose back 1 OPERATOR 400, vote 1 for (three days), carry-out 1 (four days later).
Out: request all; from Thursday on advance closes the round; claim when its cooldown is over.
Pay: pay pull LOCK, pay distribute TOKEN, pay claim.
Exit codes: 0 ok, 1 usage, 2 environment, 3 a contract reverted, 4 the chain is not the expected one.
"""
MEMBERS = (create, status, approve, deposit, request, advance, claim, refund, propose, vote, carry_out, recount, pay)

pool = Listed("pool", commands={str(one.name): one for one in MEMBERS}, help=HELP, short_help="Back services together.")
