"""titanoboa's py-evm: source-level traces and coverage, two orders of magnitude slower than pyrevm.

Given the environment that tests load their contracts in (`boa.env`), it shares that environment's chain.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from boa.environment import Env
from eth.exceptions import Revert
from eth_utils.address import to_canonical_address

from ..errors import Reverted, UsageError
from .accounts import BALANCE, dev_addresses
from .base import BLOCK_GAS, CHAIN_ID, GENESIS_TIME, TX_GAS, Log, Receipt, checksum
from .revert import reverted


@dataclass
class _Mark:
    state: Any
    transient: Any
    block_number: int
    timestamp: int


class BoaEngine:
    """An empty chain of its own, or the one of `env`. Accounts are funded, the clock is pinned."""

    name = "titanoboa"
    local = True

    def __init__(self, timestamp: int = GENESIS_TIME, env: Any = None) -> None:
        self.env: Any = Env() if env is None else env
        self.chain_id = CHAIN_ID
        self.accounts = dev_addresses()
        self._patch: Any = self.env.evm.patch
        self._state: Any = self.env.evm.vm.state
        self._marks: list[_Mark] = []
        self._patch.chain_id = CHAIN_ID
        self._patch.gas_limit = BLOCK_GAS
        self._patch.timestamp = timestamp
        self._patch.block_number = 0
        for account in self.accounts:
            self.set_balance(account, BALANCE)

    @property
    def block_number(self) -> int:
        number: int = self._patch.block_number
        return number

    @property
    def timestamp(self) -> int:
        time: int = self._patch.timestamp
        return time

    def set_time(self, timestamp: int) -> None:
        if timestamp < self.timestamp:
            raise UsageError(f"time can't go back from {self.timestamp} to {timestamp}")
        self._patch.timestamp = timestamp
        self._patch.block_number += 1

    def advance(self, seconds: int) -> None:
        self.set_time(self.timestamp + seconds)

    def create(self, sender: str, initcode: bytes, value: int = 0) -> Receipt:
        mark = self._mark()
        self._begin()
        address, computation = self.env.deploy(sender=sender, gas=TX_GAS, value=value, bytecode=initcode)
        self._check(computation, mark)
        return self._receipt(computation, checksum(str(address)))

    def transact(self, sender: str, to: str, data: bytes = b"", value: int = 0) -> Receipt:
        mark = self._mark()
        self._begin()
        self._state.increment_nonce(to_canonical_address(sender))  # py-evm leaves it to the transaction's executor
        computation = self._execute(sender, to, data, value)
        self._check(computation, mark)
        return self._receipt(computation)

    def call(self, sender: str, to: str, data: bytes, value: int = 0) -> bytes:
        mark = self._mark()
        self._state._transient_storage = None
        computation = self._execute(sender, to, data, value)
        self._check(computation, mark)
        self._undo(mark)
        return bytes(computation.output)

    def code(self, address: str) -> bytes:
        return bytes(self._state.get_code(to_canonical_address(address)))

    def storage(self, address: str, slot: int) -> int:
        value: int = self._state.get_storage(to_canonical_address(address), slot)
        return value

    def nonce(self, address: str) -> int:
        nonce: int = self._state.get_nonce(to_canonical_address(address))
        return nonce

    def balance(self, address: str) -> int:
        wei: int = self._state.get_balance(to_canonical_address(address))
        return wei

    def set_balance(self, address: str, wei: int) -> None:
        self._state.set_balance(to_canonical_address(address), wei)

    def snapshot(self) -> int:
        self._marks.append(self._mark())
        return len(self._marks)

    def restore(self, mark: int) -> None:
        if not 0 < mark <= len(self._marks):
            raise UsageError(f"no snapshot {mark}")
        self._undo(self._marks[mark - 1])
        del self._marks[mark - 1 :]

    def _mark(self) -> _Mark:
        # py-evm journals transient storage with the rest, so a mark must find the object that it was made with.
        transient = self._state.transient_storage
        return _Mark(self._state.snapshot(), transient, self.block_number, self.timestamp)

    def _undo(self, mark: _Mark) -> None:
        self._state._transient_storage = mark.transient
        self._state.revert(mark.state)
        self._state._transient_storage = None
        self._patch.block_number, self._patch.timestamp = mark.block_number, mark.timestamp

    def _begin(self) -> None:
        """A new block with empty transient storage."""
        self._state._transient_storage = None
        self._patch.block_number += 1

    def _execute(self, sender: str, to: str, data: bytes, value: int) -> Any:
        contract = self.env.lookup_contract(to)
        return self.env.execute_code(
            to_address=to, sender=sender, gas=TX_GAS, value=value, data=data, contract=contract
        )

    def _check(self, computation: Any, mark: _Mark) -> None:
        if computation.is_error:
            self._undo(mark)
            if isinstance(computation.error, Revert):
                raise reverted(bytes(computation.output))
            raise Reverted(f"halted: {computation.error}")

    def _receipt(self, computation: Any, contract: str | None = None) -> Receipt:
        logs = tuple(
            Log(checksum(address), tuple(topic.to_bytes(32, "big") for topic in topics), bytes(data))
            for address, topics, data in computation.get_log_entries()
        )
        output = self.code(contract) if contract else bytes(computation.output)
        return Receipt(1, computation.get_gas_used(), self.block_number, self.timestamp, logs, output, contract)
