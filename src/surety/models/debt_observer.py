"""Debt of a market's maturities over the last days: `contracts/bonds/DebtObserver.vy`.

Debts are in the asset's smallest unit, times in seconds. The history is a list of corners of the accumulator (debt
times seconds), which is straight between them.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import NamedTuple

from .market import Market

WINDOW = 604_800


class Sight(NamedTuple):
    """What an observation now would add: the corner where the debt became known, and the one now."""

    touched: int
    at_touched: int
    sure: int
    total: int


@dataclass
class DebtObserver:
    """The observer of one market."""

    corners: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    sure: dict[int, int] = field(default_factory=dict)

    def observe(self, market: Market, maturity: int) -> int:
        """Note the debt of a maturity; returns its average over the last seven days, rounded down."""
        average, sight = self.average(market, maturity), self.look(market, maturity)
        corners = self.corners.setdefault(maturity, [])
        last = corners[-1][0] if corners else 0
        if last < sight.touched < market.now:
            corners.append((sight.touched, sight.at_touched))
        if corners and corners[-1][0] == market.now:
            corners.pop()
        corners.append((market.now, sight.total))
        self.sure[maturity] = sight.sure
        return average

    def average(self, market: Market, maturity: int) -> int:
        """What `observe` would return."""
        sight = self.look(market, maturity)
        line = [*self.corners.get(maturity, []), (sight.touched, sight.at_touched), (market.now, sight.total)]
        return (sight.total - _at(line, market.now - WINDOW)) // WINDOW

    def last_observed(self, maturity: int) -> tuple[int, int]:
        """Time of the last observation and the sure debt then."""
        corners = self.corners.get(maturity)
        return (corners[-1][0], self.sure[maturity]) if corners else (0, 0)

    def look(self, market: Market, maturity: int) -> Sight:
        """What is known now beyond the history."""
        bucket = market.bucket(maturity)
        corners = self.corners.get(maturity)
        last, held = corners[-1] if corners else (0, 0)
        sure = bucket.debt - min(bucket.debt, bucket.down * market.unit)
        touched = max(bucket.touched, last)
        at_touched = held + min(self.sure.get(maturity, 0), sure) * (touched - last)
        return Sight(touched, at_touched, sure, at_touched + bucket.debt * (market.now - touched))


def _at(line: list[tuple[int, int]], time: int) -> int:
    """The accumulator at a time: straight between corners, zero before the first."""
    after = bisect_right(line, time, key=lambda corner: corner[0])
    if after == 0:
        return 0
    (start, total), *rest = line[after - 1 :]
    if not rest or start == time:
        return total
    end, next_total = rest[0]
    return total + (next_total - total) * (time - start) // (end - start)
