"""The market of variable bonds: `contracts/bonds/VariableMarket.vy` on the model of its treasury.

Methods take the caller first and raise `Refused` with the contract's reason, leaving everything as it was. Units and
rounding are the contract's.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from typing import NamedTuple

from . import log_mean
from .log_mean import Curve
from .refusal import Refused, require
from .treasury import Account, Treasury, variable_id
from .variable_index import DAY, GRAIN, RAY, WAD, WEEK, YEAR, State

BPS = 10_000
BP = 10**14
LACKS_ROLE = "roles: caller lacks the role"
FULL_CAP = 2**56


class VariableTerms(NamedTuple):
    """Target and cap of the live value, rates a year, and what an early sale costs."""

    target: int
    cap: int
    hi: int
    mid: int
    low: int
    exit_bps: int
    fee_bps: int
    step_bps: int


class VariableSetup(NamedTuple):
    """Notice of terms and longest tenor (s), fixed for ever, and the first terms."""

    notice: int
    max_tenor: int
    terms: VariableTerms


class Anchors(NamedTuple):
    """What the rate (WAD a year) may lie around, and the value from which sales are priced at most."""

    rate: int
    level: int
    time: int


class Officers(NamedTuple):
    """Who holds the roles of the variable market."""

    curator: Account
    guardian: Account


@dataclass
class VariableMarket:
    """The exact model; `anchors.time` is when a rate was last stored."""

    unit: int
    notice: int
    max_tenor: int
    officers: Officers
    treasury: Treasury
    before: VariableTerms
    after: VariableTerms
    anchors: Anchors
    now: int
    start: int = 0
    buys_paused: bool = False
    sells_paused: bool = False
    recents: dict[int, tuple[int, int]] = field(default_factory=dict)
    """By maturity: value bought within a week and not sold again, and when that last changed."""

    @classmethod
    def create(
        cls, unit: int, setup: VariableSetup, officers: Officers, treasury: Treasury, now: int
    ) -> VariableMarket:
        """As the treasury's constructor makes it; stores the first rate there."""
        terms = setup.terms
        require(DAY <= setup.notice <= 90 * DAY, "variable_market: notice out of range")
        require(WEEK <= setup.max_tenor <= 255 * WEEK, "variable_market: longest tenor out of range")
        check_terms(terms, unit, setup.max_tenor)
        treasury.variable.time = now
        treasury.variable.put_rate(terms.hi)
        return cls(
            unit, setup.notice, setup.max_tenor, officers, treasury, terms, terms, Anchors(terms.hi, 0, now), now
        )

    @contextmanager
    def atomic(self) -> Iterator[None]:
        """What is refused inside changes nothing."""
        kept = self.treasury.snapshot(), {**self.__dict__, "recents": dict(self.recents)}
        try:
            yield
        except Refused:
            self.treasury.restore(kept[0])
            self.__dict__.update(kept[1])
            raise

    # -- trades --

    def buy(self, buyer: Account, maturity: int, cost: int, min_shares: int, receiver: Account, deadline: int) -> int:
        """Buy at par; returns the shares."""
        with self.atomic():
            self._check_trade(maturity, cost, deadline)
            require(not self.buys_paused, "variable_market: buys are paused")
            state = self.treasury.accrue(self.now)
            shares = self._shares_for(cost, state)
            require(shares >= min_shares, "variable_market: shares below the limit")
            self.recents[maturity] = self.recent(maturity) + shares * state.index // RAY, self.now
            rate = self._next_rate((state.shares + shares) * state.index // RAY, self.walked(state))
            self.treasury.issue_variable(buyer, receiver, maturity, shares, cost, rate, self.now)
            return shares

    def sell(
        self, seller: Account, maturity: int, shares: int, min_proceeds: int, receiver: Account, deadline: int
    ) -> int:
        """Sell back before maturity; returns the proceeds."""
        with self.atomic():
            self._check_trade(maturity, shares, deadline)
            require(not self.sells_paused, "variable_market: sales are paused")
            state = self.treasury.accrue(self.now)
            proceeds, value, netted = self._sale(maturity, shares, state)
            require(proceeds >= min_proceeds, "variable_market: proceeds below the limit")
            anchors = self.walked(state)
            anchors = anchors._replace(level=max(anchors.level - (value - netted), 0))
            if netted:
                self.recents[maturity] = self.recent(maturity) - netted, self.now
            rate = self._next_rate((state.shares - shares) * state.index // RAY, anchors)
            self.treasury.retire_variable(seller, receiver, maturity, shares, proceeds, rate, self.now)
            return proceeds

    def update_rate(self) -> int:
        """Store the rate of the value as it is, once an epoch; returns it."""
        with self.atomic():
            require(self.anchors.time // WEEK < self.now // WEEK, "variable_market: rate is of this epoch")
            state = self.treasury.accrue(self.now)
            require(state.time == self.now, "variable_market: interest is due, accrue first")
            rate = self._next_rate(state.value, self.walked(state))
            self.treasury.variable.put_rate(rate)
            return rate

    # -- parameters --

    def queue_terms(self, caller: Account, terms: VariableTerms) -> None:
        """Announce terms."""
        require(caller == self.officers.curator, LACKS_ROLE)
        require(self.now >= self.start, "variable_market: a change is under way")
        check_terms(terms, self.unit, self.max_tenor)
        self.before, self.after, self.start = self.after, terms, self.now + self.notice

    def cancel_terms(self, caller: Account) -> None:
        """Take announced terms back."""
        require(caller in self.officers, LACKS_ROLE)
        require(self.now < self.start, "variable_market: no change to cancel")
        self.after, self.start = self.before, 0

    def set_pause(self, caller: Account, buys: bool, sells: bool) -> None:
        """Pause or resume."""
        require(caller == self.officers.guardian, LACKS_ROLE)
        self.buys_paused, self.sells_paused = buys, sells

    # -- quotes and views --

    @property
    def terms(self) -> VariableTerms:
        """In force now."""
        return self.before if self.now < self.start else self.after

    def quote_buy(self, maturity: int, cost: int) -> int:
        """Shares for a cost."""
        self._check_trade(maturity, cost, self.now)
        return self._shares_for(cost, self.preview())

    def quote_sell(self, maturity: int, shares: int) -> int:
        """Proceeds of shares."""
        self._check_trade(maturity, shares, self.now)
        return self._sale(maturity, shares, self.preview())[0]

    def quote_rate(self, value: int) -> tuple[int, int]:
        """The rate of the curve at a value, and as it would be stored."""
        return rate_at(value, self.terms), bounded(value, self.walked(self.preview()).rate, self.terms)

    def preview(self) -> State:
        """The treasury's state with interest accrued up to now, nothing changed."""
        index = deepcopy(self.treasury.variable)
        index.accrue(self.treasury.escrow, self.now)
        return index.state

    def walked(self, state: State) -> Anchors:
        """The anchors now, rounded toward where they were."""
        rate, level, time = self.anchors
        elapsed = min(self.now - time, WEEK)
        step = abs(state.rate - rate) * elapsed // WEEK
        rate += step if state.rate > rate else -step
        level = level + (state.value - level) * elapsed // WEEK if state.value > level else state.value
        return Anchors(rate, level, time)

    def recent(self, maturity: int) -> int:
        """What was bought of a maturity and not sold again, less the share of a week that has passed."""
        value, time = self.recents.get(maturity, (0, 0))
        return value * (WEEK - min(self.now - time, WEEK)) // WEEK

    # -- internals --

    def _check_trade(self, maturity: int, amount: int, deadline: int) -> None:
        require(self.now <= deadline, "variable_market: past the deadline")
        require(amount > 0, "variable_market: zero amount")
        require(maturity % WEEK == 0, "variable_market: maturity off the weekly grid")
        require(maturity > self.now, "variable_market: bond has matured")
        require(maturity - self.now <= self.max_tenor, "variable_market: maturity too far")

    def _shares_for(self, cost: int, state: State) -> int:
        require(state.time == self.now, "variable_market: interest is due, accrue first")
        require(state.value + cost <= self.terms.cap, "variable_market: over the cap")
        shares = cost * RAY // state.index
        require(shares > 0, "variable_market: zero amount")
        return shares

    def _sale(self, maturity: int, shares: int, state: State) -> tuple[int, int, int]:
        """Proceeds, value, and what of the value undoes buys of the last week."""
        require(state.time == self.now, "variable_market: interest is due, accrue first")
        require(shares <= state.shares, "variable_market: more than all live shares")
        value, level = shares * state.index // RAY, self.walked(state).level
        curve, fee = exit_curve(self.terms, maturity - self.now), self.terms.fee_bps
        netted = min(value, self.recent(maturity))
        proceeds = log_mean.payout(level, value - netted, curve, fee)
        discount = netted - netted * log_mean.price(level, curve) // WAD
        return proceeds + max(netted - discount - -(-discount * fee // BPS), 0), value, netted

    def _next_rate(self, value: int, anchors: Anchors) -> int:
        self.anchors = Anchors(anchors.rate, min(anchors.level, value), self.now)
        return bounded(value, anchors.rate, self.terms)


def bounded(value: int, anchor: int, terms: VariableTerms) -> int:
    """The rate of the curve at `value`, within a step of the anchor, as it is stored."""
    step = terms.step_bps * BP
    return max(anchor - min(anchor, step), min(anchor + step, rate_at(value, terms))) // GRAIN * GRAIN


def rate_at(value: int, terms: VariableTerms) -> int:
    """The rate of the curve at `value`, WAD a year, to the nearest."""
    return (log_mean.log_discount(value, Curve(*terms[:5])) * WAD + 2**95) >> 96


def exit_curve(terms: VariableTerms, tenor: int) -> Curve:
    """Log-discounts of an early sale, rounded up."""
    parts = (-(-rate * tenor * terms.exit_bps // (YEAR * BPS)) for rate in terms[2:5])
    return Curve(terms.target, terms.cap, *parts)


def check_terms(terms: VariableTerms, unit: int, max_tenor: int) -> None:
    """Refuse terms on which trades could not rely."""
    name = "variable_market"
    require(terms.target > 0, f"{name}: zero target")
    require(terms.cap > terms.target, f"{name}: cap not above target")
    require(terms.cap // unit < FULL_CAP, f"{name}: cap out of range")
    require(terms.target % unit == 0 and terms.cap % unit == 0, f"{name}: value finer than its unit")
    require(terms.hi >= terms.mid >= terms.low, f"{name}: rates out of order")
    require(terms.hi <= WAD, f"{name}: rate above one a year")
    require(all(rate % GRAIN == 0 for rate in terms[2:5]), f"{name}: value finer than its unit")
    require(terms.exit_bps <= BPS, f"{name}: exit discount out of range")
    require(terms.fee_bps <= 1_000, f"{name}: fee too high")
    require(0 < terms.step_bps <= BPS, f"{name}: step out of range")
    longest = exit_curve(terms, max_tenor)
    require(longest.hi <= log_mean.MAX_LOG_DISCOUNT, f"{name}: exit discount out of range")
    gaps = longest.hi - longest.mid, longest.mid - longest.low
    require(max(gaps) <= log_mean.MAX_FALL, f"{name}: exit discount out of range")


def held_shares(treasury: Treasury, holder: Account, maturity: int) -> int:
    """Shares of one holder."""
    return treasury.bonds[holder, variable_id(maturity)]
