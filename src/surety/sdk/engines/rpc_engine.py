"""JSON-RPC over HTTP: anvil, a fork on it, a network.

On anvil any address sends without a key. On a network transactions are signed by the accounts given, which this module
keeps but never prints, and the endpoint's path and query, where providers put their keys, stay out of every message.
Attaching changes nothing on the node: `prepare` does, and is for chains of one's own.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, Protocol
from urllib.parse import urlsplit

import requests
from eth_account.signers.local import LocalAccount
from web3 import HTTPProvider, Web3
from web3.exceptions import Web3Exception

from ..errors import ChainError, Reverted, SetupError, UsageError
from .accounts import BALANCE, dev_addresses
from .base import TX_GAS, Log, Receipt, checksum
from .log_pages import LogPages
from .revert import reverted

WAIT_SECONDS = 300
REFUSALS = (400, 413, 422)
"""HTTP states by which providers say that a question is too large."""
GAS_MARGIN = 125  # per cent of the node's estimate


class Signer(Protocol):
    """Somebody who signs: a keystore's account (`KeySigner`), a hardware wallet, ape's account."""

    @property
    def address(self) -> str: ...

    def sign(self, transaction: dict[str, Any]) -> bytes:
        """The signed transaction, as it is sent."""
        ...


class KeySigner:
    """An eth-account account whose key is in memory. Its text shows the address alone."""

    def __init__(self, account: LocalAccount) -> None:
        self.address = str(account.address)
        self._account = account

    def sign(self, transaction: dict[str, Any]) -> bytes:
        return bytes(self._account.sign_transaction(transaction).raw_transaction)

    def __repr__(self) -> str:
        return f"KeySigner({self.address})"


class RpcEngine:
    """A node at `node`: a URL, or a `Web3` that somebody else connected (ape's provider)."""

    name = "rpc"

    def __init__(self, node: str | Web3, signers: Sequence[Signer] = ()) -> None:
        self.web3 = Web3(HTTPProvider(node, request_kwargs={"timeout": 60})) if isinstance(node, str) else node
        self._signers = {account.address: account for account in signers}
        self._chain_id = int(self.request("eth_chainId"), 16)
        self.local = str(self.request("web3_clientVersion")).lower().startswith("anvil")
        self._own = False
        self._free = False
        self._newest: tuple[int, int] | None = None
        self._log_pages = LogPages()

    def prepare(self, timestamp: int | None = None) -> RpcEngine:
        """Make an anvil of one's own behave as the protocol says: pinned clock, any sender, funded accounts.

        `timestamp` sets the clock of a chain without blocks, back too; raises `UsageError` if it has any.
        """
        self._only_local("prepare")
        self.request("anvil_setBlockTimestampInterval", 0)
        if timestamp is not None:
            if self.block_number:
                raise UsageError(f"the chain has {self.block_number} blocks already: start a fresh one")
            self.request("evm_setTime", timestamp)
            self.request("evm_mine")
        self.request("anvil_autoImpersonateAccount", True)
        for account in dev_addresses():
            self.set_balance(account, BALANCE)
        self._newest = None
        self._own = True  # nobody else makes blocks here, so what we know of the newest one stays true
        return self

    @property
    def chain_id(self) -> int:
        return self._chain_id

    @property
    def endpoint(self) -> str:
        """Scheme and host of the node, without path, query or user."""
        parts = urlsplit(str(getattr(self.web3.provider, "endpoint_uri", "the provider")))
        return f"{parts.scheme}://{parts.hostname}:{parts.port or ''}".rstrip(":") if parts.hostname else "the provider"

    @property
    def block_number(self) -> int:
        return self._head()[0]

    @property
    def timestamp(self) -> int:
        return self._head()[1]

    @property
    def accounts(self) -> tuple[str, ...]:
        if self._signers:
            return tuple(self._signers)
        return dev_addresses() if self.local else ()

    def set_time(self, timestamp: int) -> None:
        self._only_local("set the time")
        if timestamp < (newest := self.timestamp):
            raise UsageError(f"time can't go back from {newest} to {timestamp}")
        self.request("evm_mine", timestamp)
        self._newest = None

    def advance(self, seconds: int) -> None:
        self.set_time(self.timestamp + seconds)

    def create(self, sender: str, initcode: bytes, value: int = 0) -> Receipt:
        return self._send(sender, None, initcode, value)

    def transact(self, sender: str, to: str, data: bytes = b"", value: int = 0) -> Receipt:
        return self._send(sender, to, data, value)

    def call(self, sender: str, to: str, data: bytes, value: int = 0) -> bytes:
        return self._call(_transaction(sender, to, data, value))

    def code(self, address: str) -> bytes:
        return bytes.fromhex(self.request("eth_getCode", address, "latest")[2:])

    def storage(self, address: str, slot: int) -> int:
        return int(self.request("eth_getStorageAt", address, hex(slot), "latest"), 16)

    def nonce(self, address: str) -> int:
        return int(self.request("eth_getTransactionCount", address, "latest"), 16)

    def balance(self, address: str) -> int:
        return int(self.request("eth_getBalance", address, "latest"), 16)

    def set_balance(self, address: str, wei: int) -> None:
        self._only_local("give a balance")
        self.request("anvil_setBalance", address, hex(wei))

    def set_storage(self, address: str, slot: int, word: int) -> None:
        """Overwrite one word. Local chains only."""
        self._only_local("write storage")
        self.request("anvil_setStorageAt", address, f"{slot:#066x}", f"{word:#066x}")

    def snapshot(self) -> str:
        self._only_local("snapshot")
        return str(self.request("evm_snapshot"))

    def restore(self, mark: str) -> None:
        if not self.request("evm_revert", mark):
            raise UsageError(f"no snapshot {mark}")
        self._newest = None

    def sent(self, sender: str, nonce: int, since_block: int) -> tuple[Receipt, bytes] | None:
        """The transaction of `sender` with `nonce`, mined after block `since_block`, and its data; None without one.

        Waits for one that the node holds as pending. Finds the block by bisection over the sender's nonce, which asks a
        network's node for its recent states.
        """
        deadline = time.monotonic() + WAIT_SECONDS
        while self.nonce(sender) <= nonce:
            if int(self.request("eth_getTransactionCount", sender, "pending"), 16) <= nonce:
                return None
            if time.monotonic() > deadline:
                raise ChainError(f"the transaction {nonce} of {sender} is still pending after {WAIT_SECONDS} s")
            time.sleep(0.5)
        low, high = since_block, self.block_number
        while low < high:
            middle = (low + high) // 2
            if int(self.request("eth_getTransactionCount", sender, hex(middle)), 16) > nonce:
                high = middle
            else:
                low = middle + 1
        for transaction in self.request("eth_getBlockByNumber", hex(low), True)["transactions"]:
            if checksum(transaction["from"]) == sender and int(transaction["nonce"], 16) == nonce:
                return self._receipt(transaction["hash"], b""), bytes.fromhex(transaction["input"][2:])
        raise ChainError(f"the transaction {nonce} of {sender} was mined before block {since_block}")

    def logs(self, address: str, topic: bytes, since_block: int, indexed: Sequence[int | None] = ()) -> list[Log]:
        """Events of a contract with a first topic, from a block on; with these indexed words, None for any.

        A node that refuses a long range is asked for shorter ones. Raises `ChainError` if it refuses one block.
        """
        topics = ["0x" + topic.hex(), *(None if word is None else f"{word:#066x}" for word in indexed)]

        def page(first: int, last: int) -> list[dict[str, Any]]:
            of = {"address": address, "topics": topics, "fromBlock": hex(first), "toBlock": hex(last)}
            entries: list[dict[str, Any]] = self.request("eth_getLogs", of)
            return entries

        return [_log(entry) for entry in self._log_pages.between(since_block, self.block_number, page)]

    def request(self, method: str, *parameters: object) -> Any:
        """One raw request. Raises `Reverted` for a revert, `ChainError` for a refusal, `SetupError` without a node."""
        try:
            answer = self.web3.provider.make_request(method, list(parameters))  # type: ignore[arg-type]
        except requests.HTTPError as error:
            status = error.response.status_code if error.response is not None else 0
            if status in REFUSALS:
                raise ChainError(f"{method}: {self.endpoint} refuses with HTTP {status}") from None
            raise SetupError(f"no Ethereum node answers at {self.endpoint} (HTTP {status})") from None
        except (requests.RequestException, Web3Exception, OSError, ValueError) as error:
            raise SetupError(f"no Ethereum node answers at {self.endpoint} ({type(error).__name__})") from None
        failure = answer.get("error")
        if failure is None:
            return answer["result"]
        if isinstance(failure, str):
            raise ChainError(f"{method}: {failure}")
        data = failure.get("data")
        if isinstance(data, str) and data.startswith("0x"):
            raise reverted(bytes.fromhex(data[2:]))
        message = str(failure.get("message", failure))
        if failure.get("code") == 3 or "revert" in message.lower():
            raise reverted(b"")
        raise ChainError(f"{method}: {message}")

    def _call(self, transaction: dict[str, str]) -> bytes:
        try:
            return bytes.fromhex(self.request("eth_call", transaction, "latest")[2:])
        except ChainError as error:
            raise Reverted(f"halted: {error}") from None  # an exceptional halt is an error of the node's, not a revert

    def _send(self, sender: str, to: str | None, data: bytes, value: int) -> Receipt:
        transaction = _transaction(sender, to, data, value)
        output = self._call(transaction)
        signer = self._signers.get(sender)
        if signer is not None:
            tx_hash = self._send_signed(signer, transaction)
        elif self.local:
            tx_hash = self.request("eth_sendTransaction", transaction | {"gasPrice": hex(2 * self._base_fee())})
        else:
            raise UsageError(f"no key for {sender}: pass its account, from a keystore or the environment")
        receipt = self._receipt(tx_hash, output)
        self._newest = (receipt.block, receipt.timestamp)
        if receipt.status != 1:
            raise Reverted(f"transaction {tx_hash} was mined but reverted, in block {receipt.block}")
        return receipt

    def _send_signed(self, signer: Signer, transaction: dict[str, str]) -> str:
        gas = self._gas(transaction)
        base = self._base_fee()
        tip = int(self.request("eth_maxPriorityFeePerGas"), 16)
        unsigned: dict[str, Any] = {
            "chainId": self.chain_id,
            "nonce": int(self.request("eth_getTransactionCount", signer.address, "pending"), 16),
            "gas": gas * GAS_MARGIN // 100,
            "maxPriorityFeePerGas": tip,
            "maxFeePerGas": 2 * base + tip,
            "value": int(transaction["value"], 16),
            "data": transaction["data"],
        }
        if "to" in transaction:
            unsigned["to"] = transaction["to"]
        return str(self.request("eth_sendRawTransaction", "0x" + signer.sign(unsigned).hex()))

    def _gas(self, transaction: dict[str, str]) -> int:
        """What a transaction takes if it has all it can use.

        The node's estimate is the least with which it doesn't revert. With so little, a call that goes on when one of
        its own calls fails would do less: a proof would be recorded, and its slashes not proposed. So it is also run
        with much gas, where the node has the method that tells what that used.
        """
        least = int(self.request("eth_estimateGas", transaction), 16)
        try:
            return max(least, int(self.request("eth_createAccessList", transaction, "latest")["gasUsed"], 16))
        except (ChainError, Reverted, KeyError):
            return 2 * least

    def _receipt(self, tx_hash: str, output: bytes) -> Receipt:
        deadline = time.monotonic() + WAIT_SECONDS
        while (raw := self.request("eth_getTransactionReceipt", tx_hash)) is None:
            if time.monotonic() > deadline:
                raise ChainError(f"transaction {tx_hash} was sent but is in no block after {WAIT_SECONDS} s")
            time.sleep(0.001 if self.local else 1)
        stamp = raw.get("blockTimestamp") or self._block(raw["blockNumber"])["timestamp"]
        contract = raw.get("contractAddress")
        return Receipt(
            status=int(raw["status"], 16),
            gas_used=int(raw["gasUsed"], 16),
            block=int(raw["blockNumber"], 16),
            timestamp=stamp if isinstance(stamp, int) else int(stamp, 16),
            logs=tuple(_log(entry) for entry in raw["logs"]),
            output=output,
            contract=checksum(contract) if contract else None,
            tx_hash=raw["transactionHash"],
        )

    def _head(self) -> tuple[int, int]:
        """Number and time of the newest block."""
        if self._newest is None or not self._own:
            block = self._block("latest")
            self._newest = int(block["number"], 16), int(block["timestamp"], 16)
        return self._newest

    def _base_fee(self) -> int:
        if self._own and self._free:
            return 0
        fee = int(self._block("latest").get("baseFeePerGas") or "0x0", 16)
        self._free = fee == 0  # and then it stays 0: no block of ours is ever half full
        return fee

    def _block(self, number: str) -> dict[str, Any]:
        block: dict[str, Any] = self.request("eth_getBlockByNumber", number, False)
        return block

    def _only_local(self, what: str) -> None:
        if not self.local:
            raise UsageError(f"can't {what} on chain {self.chain_id}: only a local anvil does that")


def _transaction(sender: str, to: str | None, data: bytes, value: int) -> dict[str, str]:
    transaction = {"from": sender, "data": "0x" + data.hex(), "value": hex(value), "gas": hex(TX_GAS)}
    return transaction if to is None else transaction | {"to": to}


def _log(entry: dict[str, Any]) -> Log:
    topics = tuple(bytes.fromhex(topic[2:]) for topic in entry["topics"])
    return Log(checksum(entry["address"]), topics, bytes.fromhex(entry["data"][2:]))
