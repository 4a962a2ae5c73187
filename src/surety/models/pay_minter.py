"""Pay that is minted, exact: `contracts/commitments/PayMinter.vy`. Amounts are units of the token, times seconds."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from .refusal import require
from .service_payout import EPOCH


@dataclass
class PayMinter:
    """`pays` are the services whose terms pay in the token; `budgets` what was minted by (service, epoch)."""

    cap: int
    now: int
    pays: set[bytes] = field(default_factory=set)
    rates: dict[bytes, int] = field(default_factory=dict)
    budgets: dict[tuple[bytes, int], int] = field(default_factory=dict)
    minted: defaultdict[int, int] = field(default_factory=lambda: defaultdict(int))
    """Epoch in which to units."""

    def set_rate(self, service: bytes, rate: int) -> None:
        require(service in self.pays, "pay_minter: service pays in another token")
        rates = {**self.rates, service: rate}
        require(sum(rates.values()) <= self.cap, "pay_minter: more than the cap of an epoch")
        self.rates = rates

    def mint(self, service: bytes) -> int:
        """Units, into the budget of the next epoch."""
        epoch, rate = self.now // EPOCH, self.rates.get(service, 0)
        require(rate > 0, "pay_minter: service has no rate")
        require((service, epoch + 1) not in self.budgets, "pay_minter: minted in this epoch already")
        require(self.minted[epoch] + rate <= self.cap, "pay_minter: more than the cap of an epoch")
        self.minted[epoch] += rate
        self.budgets[service, epoch + 1] = rate
        return rate
