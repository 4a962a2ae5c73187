"""pyrevm: revm in this process, the default. About 10⁵ calls a second.

revm's journal stays open for the whole life of the engine, so what a transaction's end does on a chain is done here:
transient storage is cleared, and the sender's nonce, which revm bumps for creations alone, is counted.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from eth_utils.crypto import keccak
from pyrevm import EVM, AccountInfo, BlockEnv, CfgEnv, Env

from ..errors import Reverted, UsageError
from .accounts import BALANCE, dev_addresses
from .base import BLOCK_GAS, CHAIN_ID, GENESIS_TIME, TX_GAS, Log, Receipt, checksum
from .revert import reverted

_OUTPUT = re.compile(r"^Revert \{.*output: 0x([0-9a-f]*)")


@dataclass
class _Mark:
    checkpoint: Any
    block_number: int
    timestamp: int
    nonces: dict[str, int]
    given: dict[str, int] = field(default_factory=dict)
    """Wei added by `set_balance` since, which revm's journal doesn't know of."""


class PyrevmEngine:
    """An empty chain of its own, with funded accounts."""

    name = "pyrevm"
    local = True

    def __init__(self, timestamp: int = GENESIS_TIME) -> None:
        self.chain_id = CHAIN_ID
        self.accounts = dev_addresses()
        self.block_number = 0
        self.timestamp = timestamp
        self._evm: Any = EVM(env=Env(cfg=CfgEnv(chain_id=CHAIN_ID)), gas_limit=BLOCK_GAS, spec_id="PRAGUE")
        self._nonces: dict[str, int] = {}
        self._marks: list[_Mark] = []
        for account in self.accounts:
            self.set_balance(account, BALANCE)
        self._set_block(0)

    def set_time(self, timestamp: int) -> None:
        if timestamp < self.timestamp:
            raise UsageError(f"time can't go back from {self.timestamp} to {timestamp}")
        self.timestamp = timestamp
        self.block_number += 1
        self._set_block(self.block_number)

    def advance(self, seconds: int) -> None:
        self.set_time(self.timestamp + seconds)

    def create(self, sender: str, initcode: bytes, value: int = 0) -> Receipt:
        info: Any = AccountInfo  # its stub lacks the balance
        account = info(nonce=self.nonce(sender), balance=self._evm.get_balance(sender))
        self._evm.insert_account_info(sender, account)
        address = self._mine(sender, lambda: self._evm.deploy(sender, initcode, value=value, gas=TX_GAS))
        contract = checksum(address)
        return self._receipt(self.code(contract), contract)

    def transact(self, sender: str, to: str, data: bytes = b"", value: int = 0) -> Receipt:
        output = self._mine(sender, lambda: self._evm.message_call(sender, to, data, value=value, gas=TX_GAS))
        return self._receipt(output)

    def call(self, sender: str, to: str, data: bytes, value: int = 0) -> bytes:
        checkpoint = self._evm.snapshot()
        try:
            output: bytes = self._run(lambda: self._evm.message_call(sender, to, data, value=value, gas=TX_GAS))
            return output
        finally:
            self._evm.revert(checkpoint)

    def code(self, address: str) -> bytes:
        padded: bytes = self._evm.get_code(address) or b""  # revm's analysis appends zeros: the hash tells how many
        code_hash = self._evm.basic(address).code_hash
        for length in range(len(padded), -1, -1):
            if keccak(padded[:length]) == code_hash:
                return padded[:length]
        return b""

    def storage(self, address: str, slot: int) -> int:
        value: int = self._evm.storage(address, slot)
        return value

    def nonce(self, address: str) -> int:
        counted = self._nonces.get(address)
        return int(self._evm.basic(address).nonce) if counted is None else counted

    def balance(self, address: str) -> int:
        wei: int = self._evm.get_balance(address)
        return wei

    def set_balance(self, address: str, wei: int) -> None:
        if self._marks:
            given = self._marks[-1].given
            given[address] = given.get(address, 0) + wei - self.balance(address)
        self._evm.set_balance(address, wei)

    def snapshot(self) -> int:
        self._marks.append(_Mark(self._evm.snapshot(), self.block_number, self.timestamp, dict(self._nonces)))
        return len(self._marks)

    def restore(self, mark: int) -> None:
        if not 0 < mark <= len(self._marks):
            raise UsageError(f"no snapshot {mark}")
        while len(self._marks) >= mark:  # one by one: revm counts the open ones as call depth
            last = self._marks.pop()
            self._evm.revert(last.checkpoint)
            for address, wei in last.given.items():
                self._evm.set_balance(address, self.balance(address) - wei)
        self.block_number, self.timestamp, self._nonces = last.block_number, last.timestamp, last.nonces
        self._set_block(self.block_number)

    def _set_block(self, number: int) -> None:
        self._evm.set_block_env(
            BlockEnv(number=number, timestamp=self.timestamp, basefee=0, gas_limit=BLOCK_GAS, prevrandao=bytes(32))
        )

    def _mine(self, sender: str, work: Callable[[], Any]) -> Any:
        """The result of a transaction, in the next block if it succeeds."""
        self._set_block(self.block_number + 1)
        try:
            result = self._run(work)
        except BaseException:
            self._set_block(self.block_number)
            raise
        self.block_number += 1
        self._nonces[sender] = self._nonces.get(sender, 0) + 1
        return result

    def _run(self, work: Callable[[], Any]) -> Any:
        self._evm.reset_transient_storage()
        try:
            return work()
        except RuntimeError as error:  # the only class that pyrevm raises: the outcome is in its text
            found = _OUTPUT.match(str(error))
            raise (reverted(bytes.fromhex(found[1])) if found else Reverted(f"halted: {error}")) from None

    def _receipt(self, output: bytes, contract: str | None = None) -> Receipt:
        result = self._evm.result
        logs = tuple(_log(entry) for entry in result.logs)
        return Receipt(1, result.gas_used, self.block_number, self.timestamp, logs, output, contract)


def _log(entry: Any) -> Log:
    topics, data = entry.data
    return Log(checksum(entry.address), tuple(bytes(topic) for topic in topics), bytes(data))
