"""The market as savers see it: quotes of a Monday, brought up to date where somebody has just traded.

Floating point is enough to choose by; what is paid is always the contract's own figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from .agents import Floats, Sight
from .history import PricePoint

YEAR = 31_536_000
WAD = 1e18


class QuoteLike(Protocol):
    """One maturity of the market's `curve` view: amounts in smallest units, prices and log-discounts in WAD."""

    @property
    def maturity(self) -> int: ...
    @property
    def debt(self) -> int: ...
    @property
    def target(self) -> int: ...
    @property
    def cap(self) -> int: ...
    @property
    def buy_price(self) -> int: ...
    @property
    def sell_price(self) -> int: ...
    @property
    def hi(self) -> int: ...
    @property
    def mid(self) -> int: ...
    @property
    def low(self) -> int: ...


class MarketView:
    """Quotes as arrays, one entry a maturity, nearest first; amounts in whole assets."""

    def __init__(self, quotes: Sequence[QuoteLike], now: int, decimals: int) -> None:
        one = 10**decimals

        def amounts(name: str) -> Floats:
            return np.array([getattr(quote, name) / one for quote in quotes])

        def wads(name: str) -> Floats:
            return np.array([getattr(quote, name) / WAD for quote in quotes])

        self.one = one
        self.maturities = np.array([quote.maturity for quote in quotes], dtype=np.int64)
        self.years = (self.maturities - now) / YEAR
        self.debt, self.target, self.cap = amounts("debt"), amounts("target"), amounts("cap")
        self.buy_price, self.sell_price = wads("buy_price"), wads("sell_price")
        self.hi, self.mid, self.low = wads("hi"), wads("mid"), wads("low")
        self._index = {int(maturity): number for number, maturity in enumerate(self.maturities)}

    def sight(self) -> Sight:
        """A copy that later trades leave alone."""
        return Sight(
            self.maturities.copy(),
            self.years.copy(),
            self.debt.copy(),
            self.target.copy(),
            self.cap.copy(),
            self.buy_price.copy(),
            self.sell_price.copy(),
            self.hi.copy(),
            self.mid.copy(),
            self.low.copy(),
        )

    def face_for(self, maturity: int, spend: float) -> float:
        """About the face that `spend` buys: the log-price rises in a straight line, so halfway is the mean."""
        at = self._index[maturity]
        face = spend / float(self.buy_price[at])
        debt = self.debt[at]
        knots = [0.0, float(self.target[at]), float(self.cap[at])]
        here, halfway = np.interp([debt, debt + face / 2], knots, [self.hi[at], self.mid[at], self.low[at]])
        return float(face / np.exp(here - halfway))

    def update(self, quote: QuoteLike) -> None:
        """Take over one maturity's new quote after a trade."""
        at = self._index.get(quote.maturity)
        if at is None:
            return
        self.debt[at] = quote.debt / self.one
        self.buy_price[at], self.sell_price[at] = quote.buy_price / WAD, quote.sell_price / WAD

    def point(self, maturity: int, now: int) -> PricePoint | None:
        """The prices of one maturity, or None if it is not on sale."""
        at = self._index.get(maturity)
        if at is None:
            return None
        return PricePoint(
            now,
            float(self.buy_price[at]),
            float(self.sell_price[at]),
            float(np.exp(-self.mid[at])),
            float(self.debt[at]),
            float(self.target[at]),
        )
