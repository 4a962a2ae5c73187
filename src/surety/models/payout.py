"""The default pay of services, exact: `contracts/commitments/LinearPayout.vy` to the unit.

Values are in units of the base asset, budgets and amounts in units of the token that pays, shares in WAD.
"""

from __future__ import annotations

from dataclasses import dataclass

WAD = 10**18


@dataclass(frozen=True)
class Complement:
    """Who serves `template` is worth more for serving `other`, by `bonus` (WAD) where as much stands behind it."""

    template: bytes
    other: bytes
    bonus: int


@dataclass(frozen=True)
class Case:
    """What an operator did in one service in one epoch. `others` are (template, value) of what else it served."""

    template: bytes
    value: int
    total: int
    budget: int
    weight: int = WAD
    liveness: int = WAD
    others: tuple[tuple[bytes, int], ...] = ()


@dataclass(frozen=True)
class LinearPayout:
    """`half`: total value, times the weight, at which half of a budget is paid.

    `minimum`: value below which an operator gets nothing.
    """

    half: int
    minimum: int = 0
    complements: tuple[Complement, ...] = ()

    def counted(self, work: Case) -> int:
        """Of an operator's value, the part that counts for what else it serves; rounded down."""
        worth, total = work.value * WAD, WAD
        for pair in self.complements:
            if pair.template == work.template:
                beside = sum(value for template, value in work.others if template == pair.other)
                worth += pair.bonus * min(beside, work.value)
                total += pair.bonus
        return worth // total

    def amount(self, work: Case) -> int:
        """Pay of one operator in one service for one epoch; rounded down."""
        if work.value < self.minimum:
            return 0
        share = work.weight * self.counted(work) // WAD
        whole = -(-work.weight * max(work.total, work.value) // WAD) + self.half
        return work.budget * share // whole * work.liveness // WAD
