"""One protocol over three EVMs, so that everything above it runs on any of them.

The rules that make a trace give the same state on each:
- every transaction is a block of its own, with the timestamp of the block before: time moves only by `set_time`
  (or by the chain itself, on a network), which mines an empty block;
- a transaction that would revert raises `Reverted` and is not sent: no nonce is used, no block made;
- gas costs nothing on a local engine, so balances are moved by contracts alone;
- `call` sees the state, time and number of the newest block and changes nothing.

Addresses are checksummed, amounts in wei, times in seconds since 1970. `gas_used` is the chain's own figure on RPC;
in-process engines keep slots warm between transactions and under-report it, so gas is measured on anvil.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Protocol, runtime_checkable

from eth_utils.address import to_checksum_address

checksum = cache(to_checksum_address)
"""Addresses come back again and again, and a checksum costs more than many a call."""

CHAIN_ID = 31_337
BLOCK_GAS = 60_000_000
TX_GAS = 30_000_000
GENESIS_TIME = 1_728_259_200
"""2024-10-07 00:00 UTC, the day of the demonstration's market data."""


@dataclass(frozen=True)
class Log:
    """One event as the EVM wrote it."""

    address: str
    topics: tuple[bytes, ...]
    data: bytes


@dataclass(frozen=True)
class Receipt:
    """A mined transaction. `output` is the return data (the runtime code of a creation), `tx_hash` RPC's alone."""

    status: int
    gas_used: int
    block: int
    timestamp: int
    logs: tuple[Log, ...] = field(repr=False)
    output: bytes = field(repr=False)
    contract: str | None = None
    tx_hash: str | None = None


@runtime_checkable
class Engine(Protocol):
    """A chain that contracts are created on, written to and read from."""

    name: str
    local: bool
    """Whether time can be set, balances given and any address sent from."""

    @property
    def chain_id(self) -> int: ...

    @property
    def block_number(self) -> int:
        """Number of the newest block."""
        ...

    @property
    def timestamp(self) -> int:
        """Time of the newest block, which is that of the next transaction on a local engine."""
        ...

    @property
    def accounts(self) -> tuple[str, ...]:
        """Funded senders: the same on every local engine; the signer's own on a network."""
        ...

    def set_time(self, timestamp: int) -> None:
        """Mine an empty block at `timestamp`, not before the newest. Local engines only."""
        ...

    def advance(self, seconds: int) -> None:
        """`set_time` relative to the newest block."""
        ...

    def create(self, sender: str, initcode: bytes, value: int = 0) -> Receipt:
        """Create a contract; its address is the receipt's `contract`. Raises `Reverted`."""
        ...

    def transact(self, sender: str, to: str, data: bytes = b"", value: int = 0) -> Receipt:
        """Send a transaction and wait for its block. Raises `Reverted`."""
        ...

    def call(self, sender: str, to: str, data: bytes, value: int = 0) -> bytes:
        """What `transact` would return, changing nothing. Raises `Reverted`."""
        ...

    def code(self, address: str) -> bytes: ...

    def storage(self, address: str, slot: int) -> int: ...

    def nonce(self, address: str) -> int: ...

    def balance(self, address: str) -> int: ...

    def set_balance(self, address: str, wei: int) -> None:
        """Local engines only."""
        ...

    def snapshot(self) -> Any:
        """A mark to `restore`: state, time and block number."""
        ...

    def restore(self, mark: Any) -> None:
        """Back to `mark`, which is used up, as are those made after it. Local engines only."""
        ...


@contextmanager
def rolled_back(engine: Engine) -> Iterator[None]:
    """Whatever happens inside is undone."""
    mark = engine.snapshot()
    try:
        yield
    finally:
        engine.restore(mark)
