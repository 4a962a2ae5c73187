"""Pay of services as a person meets it: in what it is paid, what there is for which epoch, what a lock is due."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from .contract import Contract
from .errors import UsageError
from .orders import ZERO_ADDRESS
from .services import Services

EPOCH: Final = 604_800
"""Seconds; epochs are weeks since 1970-01-01 and begin on Thursdays, 00:00 UTC."""


@dataclass(frozen=True)
class Budget:
    """Of one epoch, units of the token that pays."""

    epoch: int
    whole: int
    paid: int


class Pay:
    """Of a suite with promises."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.payouts = services.suite.contracts["payouts"]
        self.liveness = services.suite.contracts["liveness"]

    @property
    def epoch(self) -> int:
        """The one that runs."""
        return self.services.suite.engine.timestamp // EPOCH

    def token(self, service: bytes) -> Contract:
        """The ERC-20 that a service pays in. Raises `UsageError` before its controller has said."""
        address = self.payouts.call("terms", service).token
        if address == ZERO_ADDRESS:
            raise UsageError("the service's controller has not said in what it pays: surety service pay terms")
        return self.erc20(address)

    def erc20(self, address: str) -> Contract:
        """Any ERC-20. Raises `UsageError` for an address without a contract."""
        suite = self.services.suite
        if not suite.engine.code(address):
            raise UsageError(f"there is no contract at {address}")
        return Contract(suite.engine, address, suite.asset.interface)

    def budgets(self, service: bytes, first: int, count: int) -> list[Budget]:
        """Of so many epochs."""
        found = ((epoch, self.payouts.call("budget", service, epoch)) for epoch in range(first, first + count))
        return [Budget(epoch, *words) for epoch, words in found]

    def score(self, service: bytes, operator: str, epoch: int) -> Decimal | None:
        """How alive an operator was, 0 to 1; None before that is known, and for a service that nobody watches."""
        if not self.liveness.call("is_final", epoch) or not self.liveness.call("is_watched", service):
            return None
        return Decimal(self.liveness.call("score", service, operator, epoch)) / 10**18


def text(token: Contract, units: int) -> str:
    """Whole tokens with their symbol."""
    return f"{(Decimal(units) / 10 ** token.call('decimals')).normalize():,f} {token.call('symbol')}"


def units(token: Contract, amount: str) -> int:
    """Whole tokens as an int. Raises `UsageError` for what is no amount of the token."""
    decimals = token.call("decimals")
    try:
        scaled = Decimal(amount.replace("_", "")).scaleb(decimals)
        if scaled > 0 and scaled == int(scaled):
            return int(scaled)
    except (ArithmeticError, ValueError):
        pass
    raise UsageError(f"{amount} is no amount of a token with {decimals} decimals")
