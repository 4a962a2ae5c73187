"""Money for those who rehearse, on a chain of one's own."""

from __future__ import annotations

from eth_abi import encode
from eth_utils.crypto import keccak

from .contract import Contract
from .engines.base import Engine
from .engines.rpc_engine import RpcEngine
from .errors import ChainError, Reverted, UsageError
from .suite import Suite

BALANCE_SLOTS = 64


def give(suite: Suite, receiver: str, units: int) -> None:
    """Asset for `receiver` on a local chain: by minting where anybody may, else by writing the balance."""
    want = suite.cash(receiver) + units
    try:
        suite.mint(receiver, units)
    except Reverted:
        _write_balance(suite.engine, suite.asset, receiver, want)
    if suite.cash(receiver) != want:
        raise ChainError("the asset's balances could not be set on the fork: give the trader some there")


def _write_balance(engine: Engine, asset: Contract, owner: str, units: int) -> None:
    """Find the slot of `owner`'s balance, in the layouts of Solidity and of Vyper, and write it."""
    if not isinstance(engine, RpcEngine):
        raise UsageError("only a fork over RPC can write storage")
    for number in range(BALANCE_SLOTS):
        for words in ((owner, number), (number, owner)):
            types = ["address" if isinstance(word, str) else "uint256" for word in words]
            slot = int.from_bytes(keccak(encode(types, words)), "big")
            kept = engine.storage(asset.address, slot)
            engine.set_storage(asset.address, slot, units)
            if asset.balanceOf(owner) == units:
                return
            engine.set_storage(asset.address, slot, kept)
