"""What agents decide, as pure functions of what they see and of their own random stream: nothing here calls a chain.

A saver looks at every maturity on sale and compares what it pays above the market's own yield at that tenor. It then
takes off a little for each e-fold away from the tenor it likes, picks the best, and buys until the yield has fallen to
what it asks. So debt flows to where it is furthest below target, which is what the profile is for.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from .scenario import Floating, Outside, Savers, Sellers

Floats = NDArray[np.float64]
BP = 1e-4
SHORTEST = 4 / 52
LONGEST = 4.0
SMALLEST_ORDER = 1_000.0


@dataclass(frozen=True)
class Sight:
    """The market as an agent sees it, one entry for each maturity on sale; amounts in whole assets, tenors in years."""

    maturities: NDArray[np.int64]
    years: Floats
    debt: Floats
    target: Floats
    cap: Floats
    buy_price: Floats
    sell_price: Floats
    discount_hi: Floats
    discount: Floats
    discount_lo: Floats

    @property
    def buy_yields(self) -> Floats:
        """Continuously compounded yields (fractions) at which the next bond is sold."""
        return -np.log(self.buy_price) / self.years

    @property
    def market_yields(self) -> Floats:
        """Yields of the fitted market curve at the same tenors."""
        return self.discount / self.years

    def debt_at(self, index: int, log_discount: float) -> float:
        """Debt at which the price has risen to `log_discount`: the inverse of the market's map, within [0, C]."""
        hi, mid, lo = self.discount_hi[index], self.discount[index], self.discount_lo[index]
        target, cap = self.target[index], self.cap[index]
        if log_discount >= mid:
            return float(target * (1 - (log_discount - mid) / (hi - mid))) if hi > mid else 0.0
        if log_discount > lo:
            return float(target + (cap - target) * (mid - log_discount) / (mid - lo))
        return float(cap)


@dataclass(frozen=True)
class Rates:
    """Variable bonds as an agent sees them: rates as fractions a year, amounts in whole assets."""

    rate: float
    value: float
    target: float
    cap: float
    hi: float
    mid: float
    low: float

    def value_at(self, rate: float) -> float:
        """Value of all live shares at which they pay `rate`: the inverse of the market's map, within [0, cap]."""
        knots = [self.low, self.mid, self.hi]
        return float(np.interp(rate, knots, [self.cap, self.target, 0.0]))


@dataclass
class Saver:
    """One saver: constants of its character and the stream that it draws from."""

    name: str
    wealth: float
    likes_years: float
    asks: float
    stream: np.random.Generator
    holdings: dict[int, int] = field(default_factory=dict)
    """Face by maturity that the saver can sell or redeem, smallest units."""
    locked: dict[int, int] = field(default_factory=dict)
    """Face by maturity that is locked until then."""
    floating: dict[int, int] = field(default_factory=dict)
    """Shares of variable bonds by maturity."""


@dataclass(frozen=True)
class Purchase:
    """Buy at a maturity: `face` and `spend` in whole assets; exact in cost if `by_cost`, else exact in face."""

    maturity: int
    face: float
    spend: float
    by_cost: bool


def make_savers(terms: Savers, seeds: np.random.SeedSequence) -> list[Saver]:
    """Savers with their own random streams, so that one more saver changes no other's draws."""
    savers = []
    for number, seed in enumerate(seeds.spawn(terms.count)):
        stream = np.random.default_rng(seed)
        savers.append(
            Saver(
                name=f"saver-{number + 1:02d}",
                wealth=round(float(terms.wealth_median * np.exp(terms.wealth_sigma * stream.standard_normal())), 2),
                likes_years=float(np.exp(stream.uniform(np.log(SHORTEST), np.log(LONGEST)))),
                asks=float(terms.patience_bps * BP * stream.standard_normal()),
                stream=stream,
            )
        )
    return savers


def next_outside(shift: float, terms: Outside, stream: np.random.Generator) -> float:
    """The outside market's yield shift (a fraction) a week later."""
    return float(shift * (1 - terms.reversion) + terms.volatility_bps * BP * stream.standard_normal())


def choose_purchase(saver: Saver, sight: Sight, cash: float, shift: float, terms: Savers) -> Purchase | None:
    """What `saver` buys now with `cash` whole assets, or None. Draws the same number of random values either way."""
    act, size, kind = saver.stream.random(3)
    noise = saver.stream.standard_normal(sight.years.size)
    if act >= terms.active:
        return None
    asked = sight.market_yields + shift + saver.asks
    distance = np.abs(np.log(sight.years / saver.likes_years))
    gain = sight.buy_yields - asked - terms.habitat_bps * BP * distance
    best = int(np.argmax(gain + 3 * BP * noise))
    if gain[best] <= 0:
        return None
    floor = float((asked[best] + terms.habitat_bps * BP * distance[best]) * sight.years[best])
    room = min(sight.debt_at(best, floor), float(sight.cap[best])) - float(sight.debt[best])
    spend = min(cash * terms.slice * (0.5 + size), room * float(sight.buy_price[best]))
    if spend < SMALLEST_ORDER:
        return None
    return Purchase(int(sight.maturities[best]), spend / float(sight.buy_price[best]), spend, bool(kind < 0.5))


def choose_sale(saver: Saver, terms: Sellers, now: int) -> tuple[int, int] | None:
    """Maturity and face (smallest units) that a shock makes `saver` sell now, or None."""
    shock, which, part = saver.stream.random(3)
    running = sorted(maturity for maturity, face in saver.holdings.items() if maturity > now and face > 0)
    if shock >= terms.shock or not running:
        return None
    maturity = running[int(which * len(running))]
    fraction = min(1.0, 2 * terms.fraction * float(part))
    return maturity, max(1, int(saver.holdings[maturity] * fraction))


def accepts(
    saver: Saver, sight: Sight, maturity: int, years: float, offered: float, shift: float, terms: Savers
) -> bool:
    """Whether `saver` would buy a bond of another's at a yield of `offered`: by the measure of its own purchases."""
    market = float(np.interp(years, sight.years, sight.market_yields))
    distance = abs(float(np.log(years / saver.likes_years)))
    return maturity not in saver.locked and offered > market + shift + saver.asks + terms.habitat_bps * BP * distance


def choose_floating(
    saver: Saver, rates: Rates, short: float, cash: float, terms: Floating, draw: float
) -> float | None:
    """What `saver` spends on variable bonds, whole assets, or None: until they pay only what it asks of money at hand.

    `short` is what the outside pays for a quarter of a year, as a fraction; `draw` is uniform in [0, 1).
    """
    if draw >= terms.active:
        return None
    room = rates.value_at(max(short + saver.asks, rates.low)) - rates.value
    spend = min(cash * terms.slice, room)
    return spend if spend >= SMALLEST_ORDER else None
