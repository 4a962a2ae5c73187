"""The averages of an observer against the debt as it was, second by second, over random trades and observations."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.bonds import FOREVER, MAX, TRADERS, Setup, make_model

from surety.models.debt_observer import WINDOW, DebtObserver
from surety.models.debt_profile import DAY, WEEK
from surety.models.log_mean import WAD

pytestmark = pytest.mark.fuzz

HOLDER = TRADERS[0]
FREE = Setup(fee_bps=0)


class Step(NamedTuple):
    """Wait, then trade a part of what there is, then look or not."""

    wait: int
    part: float
    look: bool


steps = st.lists(
    st.builds(
        Step,
        st.one_of(st.sampled_from([0, 12, DAY, 8 * DAY]), st.integers(0, 3 * DAY)),
        st.floats(-1, 1),
        st.booleans(),
    ),
    min_size=1,
    max_size=12,
)


class History:
    """A bucket that is traded and looked at, with every debt since when it stood."""

    def __init__(self) -> None:
        self.market, self.observer = make_model(FREE), DebtObserver()
        self.maturity = (self.market.now // WEEK + 60) * WEEK
        self.debts = [(0, 0)]

    @property
    def debt(self) -> int:
        return self.debts[-1][1]

    def trade(self, part: float) -> None:
        face = int(abs(part) * (20_000 * WAD if part > 0 else self.debt))
        if face:
            trade = self.market.buy if part > 0 else self.market.sell
            trade(HOLDER, self.maturity, face, MAX if part > 0 else 0, HOLDER, FOREVER)
            self.debts.append((self.market.now, self.market.bucket(self.maturity).debt))

    def look(self) -> int:
        return self.observer.observe(self.market, self.maturity)

    def truth(self) -> int:
        """The average as it was, rounded down."""
        now, since = self.market.now, self.market.now - WINDOW
        ends = [moment for moment, _ in self.debts[1:]] + [now]
        parts = zip(self.debts, ends, strict=True)
        return sum(debt * max(end - max(start, since), 0) for (start, debt), end in parts) // WINDOW


@given(steps=steps)
def test_inv_obs_1_looks__before_each_trade__tell_the_truth(steps):
    history = History()
    for step in steps:
        history.market.now += step.wait
        assert history.look() == history.truth()
        history.trade(step.part)
    history.market.now += DAY
    assert history.look() == history.truth()


@given(steps=steps, rising=st.booleans())
def test_inv_obs_2_looks__anywhere_in_a_rise_or_a_fall__never_above_the_truth(steps, rising):
    history = History()
    if not rising:
        history.trade(1)
        history.market.now += 8 * DAY
    for step in steps:
        history.market.now += step.wait
        history.trade(abs(step.part) if rising else -abs(step.part) / 4)
        if step.look:
            assert history.look() <= history.truth()
    assert history.observer.average(history.market, history.maturity) <= history.truth()


@given(steps=steps)
def test_inv_obs_3_looks__anywhere__never_above_any_debt_that_stood(steps):
    """Whatever is traded, seen or not: no more than the largest debt, and that times the seconds that it stood."""
    history = History()
    for step in steps:
        history.market.now += step.wait
        history.trade(step.part)
        if step.look:
            assert history.look() <= max(debt for _, debt in history.debts)
    average = history.observer.average(history.market, history.maturity)
    stood = min(history.market.now - history.debts[min(1, len(history.debts) - 1)][0], WINDOW)
    assert average * WINDOW <= max(debt for _, debt in history.debts) * stood


@given(steps=steps, extra=st.lists(st.integers(1, DAY), max_size=4))
def test_inv_obs_4_looks__more_of_them_after_the_last_trade__change_nothing(steps, extra):
    history = History()
    for step in steps:
        history.market.now += step.wait
        history.trade(step.part)
        if step.look:
            history.look()
    history.market.now += 1
    history.look()
    end = history.market.now + 5 * DAY
    history.market.now = end
    quiet = history.observer.average(history.market, history.maturity)
    history.market.now = end - 5 * DAY
    for wait in extra:
        history.market.now += wait
        history.look()
    history.market.now = end
    assert history.look() == quiet
