"""Accounts of local chains. Their keys are public on purpose: never fund them on a network."""

from __future__ import annotations

from functools import cache

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils.crypto import keccak

FUNDED = 20
BALANCE = 10**24


@cache
def dev_account(index: int) -> LocalAccount:
    """The `index`th account of every local engine, with its key: for signing permits and orders in tests."""
    account: LocalAccount = Account.from_key(keccak(b"surety dev account " + str(index).encode()))
    return account


@cache
def dev_addresses(count: int = FUNDED) -> tuple[str, ...]:
    """Addresses of the first `count` accounts."""
    return tuple(dev_account(index).address for index in range(count))
