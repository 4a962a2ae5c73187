"""A collective pool made in four transactions: three blueprints, which serve any number of pools, and the pool.

Broken off anywhere, the same call goes on: blueprints that the account created lately are found again by where its
nonces put them, and a pool of the same name is not made twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from .artefacts import artefact
from .contract import Contract
from .engines.base import TX_GAS
from .engines.rpc_engine import RpcEngine
from .errors import ChainError, UsageError
from .plan_restaking import creation_address
from .pool import Pool
from .services import LISTED, Services

PARTS: Final = ("PoolPortfolio", "PoolBallot", "PoolDividends")
KINDS: Final = (1, 2)
"""Of what BondDesk lists: shares of a rolling class, and of its vault."""
LOOKED_AT: Final = 64
"""Nonces of an account that are looked at for what it made lately."""
STAND_INS: Final = tuple(f"0x{number:040x}" for number in range(0xB1 << 152, (0xB1 << 152) + len(PARTS)))
"""Where a simulation puts blueprints that are not there yet."""


@dataclass(frozen=True)
class PoolTerms:
    """Quorum and threshold in bps of all shares; name of the share at most 25 characters, symbol 5."""

    quorum: int
    threshold: int
    name: str
    symbol: str


class PoolMaking:
    """What is there and what is missing. Raises `UsageError` for a token that can't be pooled, for wrong blueprints."""

    def __init__(self, services: Services, sender: str, what: str, terms: PoolTerms, given: Sequence[str] = ()) -> None:
        if not isinstance(services.suite.engine, RpcEngine):
            raise UsageError("pools are made over a node")
        self.services, self.engine, self.sender, self.terms = services, services.suite.engine, sender, terms
        self.asset = services.suite.contracts[what].address if what in LISTED else what
        _, kind, is_open = services.desk.call("listing", self.asset)
        if kind not in KINDS or not is_open:
            raise UsageError(f"{what} can't be pooled: shares of a rolling class or of its vault that are listed can")
        self.nonce = self.engine.nonce(sender)
        self.blueprints = self._given(given) if given else self._found()

    @property
    def missing(self) -> list[str]:
        """Blueprints that are to be created."""
        return [part for part, address in self.blueprints.items() if address is None]

    def twin(self) -> str | None:
        """A pool for the same asset and of the same name that the account made lately."""
        made = artefact("CollectivePool")
        for address in self._lately():
            if self.engine.code(address).startswith(made.runtime):
                one = Contract(self.engine, address, made)
                if (one.call("asset"), one.call("name")) == (self.asset, self.terms.name):
                    return address
        return None

    def simulate(self) -> None:
        """The pool's creation, over blueprints that are there or would be. Raises `Reverted`."""
        at = {part: address or STAND_INS[number] for number, (part, address) in enumerate(self.blueprints.items())}
        overrides = {at[part]: {"code": "0x" + artefact(part).blueprint_code.hex()} for part in self.missing}
        transaction = {"from": self.sender, "data": "0x" + self._creation(at).hex(), "gas": hex(TX_GAS)}
        self.engine.request("eth_call", transaction, "latest", overrides)

    def transactions(self) -> list[tuple[str, bytes]]:
        """What is to be sent, in order, from the account's next nonce on: what it creates, and its data."""
        at, told = dict(self.blueprints), []
        for number, part in enumerate(self.missing):
            at[part] = creation_address(self.sender, self.nonce + number)
            told.append((part, artefact(part).blueprint_initcode))
        return [*told, ("CollectivePool", self._creation(at))]

    def address_of(self, number: int) -> str:
        """Where the transaction of that place in the list will create."""
        return creation_address(self.sender, self.nonce + number)

    def send(self, made: Callable[[str, str, int], None]) -> Pool:
        """Create what is missing, and the pool; `made` hears each name, address and gas. Raises `Reverted`."""
        pool = ""
        for number, (name, data) in enumerate(self.transactions()):
            receipt = self.engine.create(self.sender, data)
            if receipt.contract is None or receipt.contract != self.address_of(number):
                raise ChainError(
                    f"{self.sender} sent something else meanwhile: {name} is at {receipt.contract}; run again"
                )
            if name in self.blueprints:
                self.blueprints[name] = receipt.contract
            pool = receipt.contract
            made(name, receipt.contract, receipt.gas_used)
        return Pool(self.services, pool)

    def _creation(self, at: dict[str, Any]) -> bytes:
        suite, terms = self.services.suite, self.terms
        payouts, blueprints = suite.contracts["payouts"].address, tuple(at[part] for part in PARTS)
        bonding, escrow = suite.bonding.address, suite.escrow.address
        return artefact("CollectivePool").creation(
            bonding, escrow, self.asset, payouts, blueprints, terms.quorum, terms.threshold, terms.name, terms.symbol
        )

    def _given(self, given: Sequence[str]) -> dict[str, str | None]:
        if len(given) != len(PARTS):
            raise UsageError(f"three blueprints, with commas between: {', '.join(PARTS)}")
        for part, address in zip(PARTS, given, strict=True):
            if self.engine.code(address) != artefact(part).blueprint_code:
                raise UsageError(f"{address} is no blueprint of {part} of these sources")
        return dict(zip(PARTS, given, strict=True))

    def _found(self) -> dict[str, str | None]:
        wanted = {artefact(part).blueprint_code: part for part in PARTS}
        found: dict[str, str | None] = dict.fromkeys(PARTS)
        for address in self._lately():
            if (part := wanted.get(self.engine.code(address))) is not None:
                found[part] = address
        return found

    def _lately(self) -> list[str]:
        return [creation_address(self.sender, number) for number in range(max(self.nonce - LOOKED_AT, 0), self.nonce)]
