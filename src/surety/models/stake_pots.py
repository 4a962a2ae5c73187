"""Stake of one asset in pots: what `stake_pots.vy` keeps lazily, kept here at once, for every holder at every event.

A pot is the active stake behind an operator or one bucket of its queue. Amounts are in units of the asset, exact
integers; shares are finer than units: assets <= shares always. The contract must agree to the unit.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

from .refusal import require

Key = Hashable

WAD = 10**18
ASSET_LIMIT = 2**95
WORN = 16
"""A pot begins a new generation when a share is worth 2**-16 units or less."""


@dataclass(frozen=True)
class Part:
    """What a seizure took from one pot, and who held it then."""

    amount: int
    total: int
    shares: dict[Key, int]

    def due(self, key: Key, amount: int) -> int:
        """A holder's part of `amount` of this, rounded down."""
        return amount * self.shares.get(key, 0) // self.total if self.total else 0


@dataclass
class Pot:
    """`assets` belong to `total` shares; `total` may exceed the shares of all holders by dust of old generations."""

    assets: int = 0
    total: int = 0
    shares: dict[Key, int] = field(default_factory=dict)
    generation: int = 0

    def join(self, key: Key, amount: int) -> int:
        """Shares for `amount`, rounded down; at least `amount`."""
        require(self.assets + amount < ASSET_LIMIT, "stake_pots: amount out of range")
        minted = amount * self.total // self.assets if self.total else amount
        self.shares[key] = self.shares.get(key, 0) + minted
        self.assets += amount
        self.total += minted
        return minted

    def leave(self, key: Key, shares: int) -> int:
        """What `shares` are worth, rounded down."""
        amount = self.worth(shares)
        self.shares[key] -= shares
        self.assets -= amount
        self.total -= shares
        return amount

    def worth(self, shares: int) -> int:
        """Units that `shares` would get now."""
        return shares * self.assets // self.total if self.total else 0

    def held(self, key: Key) -> int:
        """Shares of a holder."""
        return self.shares.get(key, 0)

    def take(self, fraction: int) -> Part:
        """Take `fraction` (WAD) of the assets, rounded up; a pot that is nearly empty then begins anew."""
        amount = -(-self.assets * fraction // WAD)
        part = Part(amount, self.total, dict(self.shares))
        if amount == 0:
            return part
        self.assets -= amount
        if self.assets << WORN <= self.total:
            self.shares = {key: shares * self.assets // self.total for key, shares in self.shares.items()}
            self.total = self.assets
            self.generation += 1
        return part
