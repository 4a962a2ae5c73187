"""The index of the variable bonds: `contracts/bonds/variable_index.vy`, integer for integer.

Amounts are in the asset's smallest unit, indices in RAY, rates in WAD a year, times in seconds. Everything is rounded
down; what is left over goes to the interest reserve. The escrow is the treasury's: it is passed in, and what comes out
is stored.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass, field
from typing import NamedTuple

from .refusal import require

WAD = 10**18
RAY = 10**27
WEEK = 604_800
DAY = 86_400
YEAR = 31_536_000
GRAIN = 10**5
MAX_STEPS = 64
MAX_INDEX = 2**160 - 1
MAX_BOOK = 2**128 - 1
MAX_FUNDS = 2**127 - 1
KEPT = 90 * DAY
ACCRUE_FIRST = "bond_treasury: interest is due, accrue first"
BIG_AMOUNT = "bond_treasury: amount out of range"


@dataclass(frozen=True)
class State:
    """What the treasury tells of the index."""

    index: int
    rate: int
    shares: int
    value: int
    reserve: int
    time: int

    @property
    def as_tuple(self) -> tuple[int, ...]:
        """In the order of the contract's struct."""
        return astuple(self)


class Series(NamedTuple):
    """Shares of one maturity that are not redeemed; the index that it froze at, 0 while it is live."""

    shares: int = 0
    frozen: int = 0


@dataclass
class VariableIndex:
    """`shares` are the live ones of all maturities, `reserve` pays interest, which is accrued up to `time`."""

    rate: int = 0
    time: int = 0
    index: int = RAY
    shares: int = 0
    reserve: int = 0
    series: dict[int, Series] = field(default_factory=dict)

    @property
    def value(self) -> int:
        """What all live shares are worth."""
        return self.shares * self.index // RAY

    @property
    def state(self) -> State:
        """As it stands, due interest apart."""
        return State(self.index, self.rate, self.shares, self.value, self.reserve, self.time)

    def owed(self) -> int:
        """What all shares are owed, live and frozen: what of the escrow is theirs (INV-TRS-1)."""
        frozen = (one.shares * one.frozen // RAY for one in self.series.values() if one.frozen)
        return self.value + sum(frozen)

    def of(self, maturity: int) -> Series:
        """One maturity."""
        return self.series.get(maturity, Series())

    # -- accrual --

    def accrue(self, escrow: int, now: int) -> int:
        """Accrue up to `now`, at most MAX_STEPS weeks; returns the escrow after that."""
        for _ in range(MAX_STEPS):
            if self.time == now:
                break
            if self.shares == 0:
                self.time = now
                break
            end = min(now, (self.time // WEEK + 1) * WEEK)
            escrow = self._grow(escrow, end - self.time)
            self.time = end
            if end % WEEK == 0 and self.of(end).shares:
                escrow = self._freeze(escrow, end)
        return escrow

    def _grow(self, escrow: int, span: int) -> int:
        value = self.value
        index = min(MAX_INDEX, self.index * growth(self.rate, span) // RAY)
        interest = self.shares * index // RAY - value
        funds = min(self.reserve, MAX_BOOK - escrow)
        if interest > funds:
            index = max(self.index, (value + funds) * RAY // self.shares)
            interest = self.shares * index // RAY - value
        self.index = index
        self.reserve -= interest
        return escrow + interest

    def _freeze(self, escrow: int, maturity: int) -> int:
        value, maturing = self.value, self.of(maturity).shares
        self.shares -= maturing
        dust = value - self.value - maturing * self.index // RAY
        self.series[maturity] = Series(maturing, self.index)
        self.reserve += dust
        return escrow - dust

    # -- what moves shares and the reserve; each returns what of the escrow moves --

    def issue(self, maturity: int, shares: int, cost: int, rate: int, now: int) -> int:
        """Add shares; returns what of the cost belongs into escrow."""
        self.check_current(now)
        before = self.value
        require(self.shares + shares < 2**96, BIG_AMOUNT)
        self.shares += shares
        added = self.value - before
        self.series[maturity] = Series(self.of(maturity).shares + shares)
        self.reserve += cost - added
        self.put_rate(rate)
        return added

    def retire(self, maturity: int, shares: int, proceeds: int, rate: int, now: int) -> int:
        """Take live shares out; returns what leaves the escrow."""
        self.check_current(now)
        before = self.value
        self.shares -= shares
        released = before - self.value
        self.series[maturity] = Series(self.of(maturity).shares - shares)
        self.reserve += released - proceeds
        self.put_rate(rate)
        return released

    def redeem(self, maturity: int, shares: int) -> tuple[int, int]:
        """Take frozen shares out; returns what leaves the escrow, and what of it is paid."""
        held, frozen = self.of(maturity)
        require(frozen > 0, ACCRUE_FIRST)
        released = held * frozen // RAY - (held - shares) * frozen // RAY
        paid = shares * frozen // RAY
        self.series[maturity] = Series(held - shares, frozen)
        self.reserve += released - paid
        return released, paid

    def fund(self, amount: int, now: int) -> None:
        """Add to the interest reserve."""
        self.check_current(now)
        require(amount <= max(MAX_FUNDS - self.reserve, 0), BIG_AMOUNT)
        self.reserve += amount

    def draw(self, amount: int, now: int) -> None:
        """Take from the interest reserve, which keeps 90 days of interest."""
        self.check_current(now)
        require(self.reserve - self.kept() >= amount, "bond_treasury: leaves too little interest")
        self.reserve -= amount

    def kept(self) -> int:
        """What must stay in the interest reserve, rounded up."""
        later = self.index * growth(self.rate, KEPT) // RAY + 1
        interest = self.shares * later // RAY + 2 - self.value
        return interest + (interest >> 20)

    def put_rate(self, rate: int) -> None:
        """Store a rate, rounded down to what is stored."""
        self.rate = rate // GRAIN * GRAIN

    def check_current(self, now: int) -> None:
        """Refuse unless interest is accrued up to now."""
        require(self.time == now, ACCRUE_FIRST)


def growth(rate: int, span: int) -> int:
    """1 + y + … + y⁶/720 for y = rate · span, RAY, each product rounded down."""
    y = rate * span * (RAY // WAD) // YEAR
    factor = RAY + y // 6
    for n in (5, 4, 3, 2, 1):
        factor = RAY + y * factor // (n * RAY)
    return factor
