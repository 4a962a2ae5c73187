"""The index against 50-digit arithmetic and against itself: growth, touching often or rarely, dust, shortage, freezing.

Bulk runs on the exact model, which the contracts equal to the wei (tests/stateful/bonds/test_variable_bonds.py).
"""

from fractions import Fraction

import boa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mp, mpf
from tests.support.bonds import Setup, deploy
from tests.support.variable import put_word

from surety.models.variable_index import DAY, GRAIN, RAY, WAD, WEEK, YEAR, VariableIndex, growth

pytestmark = pytest.mark.fuzz
mp.dps = 50

START = 2_800 * WEEK
rates = st.one_of(
    st.sampled_from([0, GRAIN, WAD // 20, WAD // 5, WAD]), st.integers(0, WAD).map(lambda r: r // GRAIN * GRAIN)
)
spans = st.one_of(st.sampled_from([1, 12, DAY, WEEK]), st.integers(1, WEEK))


@given(rate=rates, span=st.one_of(spans, st.just(90 * DAY)))
def test_growth__every_rate_and_span__is_below_exp_by_its_bound(rate, span):
    y = mpf(rate) * span / (WAD * YEAR)
    short = mp.exp(y) - mpf(growth(rate, span)) / RAY
    assert 0 <= short < y**7 / 4410 + mpf(3) / RAY


@given(rate=rates, span=spans)
@settings(max_examples=max(settings.default.max_examples // 10, 1))
def test_growth__contract__is_the_model(harness, rate, span):
    assert harness.growth(rate, span) == growth(rate, span)


@pytest.fixture(scope="module")
def harness():
    """The module's growth alone, through a contract that is nothing else."""
    return boa.load("contracts/mocks/VariableIndexHarness.vy")


# -- often or rarely --------------------------------------------------------------------------------------------------


def touched(rate, times, value=10**21, reserve=10**40, series=()):
    """Value of one holder, and escrow, after accruing at each of `times`, which begin at START."""
    index = VariableIndex(rate=rate, time=times[0])
    index.reserve = reserve
    for maturity, shares in ((START + 500 * WEEK, value), *series):
        index.issue(maturity, shares, shares, rate, times[0])
    escrow = index.owed()
    for time in times[1:]:
        while index.time < time:
            escrow = index.accrue(escrow, time)
    assert escrow == index.owed()
    return index.of(START + 500 * WEEK).shares * index.index // RAY, index


@pytest.mark.parametrize("rate", [WAD // 100, WAD // 20, WAD // 10])
def test_inv_var_2_accrue__once_a_year_or_once_a_day__differ_by_two_wei(rate):
    once, _ = touched(rate, [START, START + YEAR])
    daily, _ = touched(rate, [START + day * DAY for day in range(366)])
    hourly, _ = touched(rate, [START + hour * 3_600 for hour in range(366 * 24 - 23)])
    assert abs(once - daily) <= 2
    assert abs(once - hourly) <= 2
    exact = int(10**21 * mp.exp(mpf(rate) / WAD))
    assert abs(exact - once) <= 2


def test_inv_var_2_accrue__highest_rate__differs_by_what_the_series_leaves_out():
    once, _ = touched(WAD, [START, START + YEAR])
    daily, _ = touched(WAD, [START + day * DAY for day in range(366)])
    y = Fraction(WEEK, YEAR)
    assert 0 <= daily - once <= 10**21 * 3 * 53 * y**7 / 4410


@given(rate=st.integers(0, WAD // 10), cuts=st.lists(st.integers(1, 60 * WEEK - 1), max_size=30, unique=True))
def test_inv_var_2_inv_var_3_accrue__any_touches__same_values_and_frozen_indices(rate, cuts):
    series = [(START + week * WEEK, 10**21 * week) for week in (1, 2, 10, 59)]
    end = START + 60 * WEEK
    often, one = touched(rate, [START, *(START + cut for cut in sorted(cuts)), end], series=series)
    rarely, other = touched(rate, [START, end], series=series)
    assert abs(often - rarely) <= 2
    for maturity, shares in series:
        a, b = one.of(maturity).frozen, other.of(maturity).frozen
        assert min(a, b) >= RAY
        assert abs(a - b) * shares // RAY <= 2 * shares // 10**21


# -- dust and shortage ------------------------------------------------------------------------------------------------

moves = st.one_of(
    st.tuples(st.just("buy"), st.integers(1, 9), st.integers(1, 10**9)),
    st.tuples(st.just("sell"), st.integers(0, 8), st.integers(0, 10_000)),
    st.tuples(st.just("redeem"), st.integers(0, 8), st.integers(1, 10_000)),
    st.tuples(st.just("fund"), st.integers(1, 10**6), st.just(0)),
    st.tuples(st.just("wait"), st.integers(1, 3 * WEEK), st.just(0)),
    st.tuples(st.just("rate"), rates, st.just(0)),
)


@given(history=st.lists(moves, min_size=5, max_size=80))
def test_inv_var_1_inv_var_4_books__any_history__never_promise_more_than_they_hold(history):
    """Money in is money out and money held; holders get at most what exact arithmetic at the paid index gives them."""
    index, escrow, now, held = VariableIndex(rate=WAD // 10, time=START), 0, START, 0
    for kind, a, b in history:
        before = index.index
        escrow = index.accrue(escrow, now)
        assert index.index >= before
        maturities = sorted(index.series)
        if kind == "wait":
            now += a
        elif kind == "rate":
            index.put_rate(a)
        elif kind == "fund":
            index.fund(a, now)
            held += a
        elif kind == "buy":
            shares = b * RAY // index.index
            escrow += index.issue((now // WEEK + a) * WEEK, shares, b, index.rate, now)
            held += b
        elif a < len(maturities):
            maturity = maturities[a]
            shares = index.of(maturity).shares * b // 10_000
            if kind == "redeem" and index.of(maturity).frozen:
                released, paid = index.redeem(maturity, shares)
                assert 0 <= released - paid <= 1
                escrow, held = escrow - released, held - paid
            elif kind == "sell" and not index.of(maturity).frozen:
                worth = shares * index.index // RAY
                released = index.retire(maturity, shares, worth, index.rate, now)
                assert 0 <= released - worth <= 1
                escrow, held = escrow - released, held - worth
        assert escrow == index.owed()
        assert escrow + index.reserve == held
        assert index.reserve >= 0
        live = [one.shares for maturity, one in index.series.items() if not one.frozen]
        assert index.shares == sum(live)


@given(rate=rates, value=st.integers(1, 2**96 - 1), reserve=st.integers(0, 10**24), span=spans)
def test_inv_var_4_shortage__any_reserve__pays_all_of_it_to_a_share_unit(rate, value, reserve, span):
    index = VariableIndex(rate=rate, time=START)
    index.issue(START + 10 * WEEK, value, value, rate, START)
    index.reserve = reserve
    wanted = value * growth(rate, span) // RAY - value
    escrow = index.accrue(value, START + span)
    assert index.time == START + span
    assert escrow == index.value
    if wanted <= reserve:
        assert index.reserve == reserve - wanted
    else:
        assert index.reserve <= value // RAY + 1  # one step of the index
        assert escrow - value + index.reserve == reserve


@given(steps=st.lists(spans, min_size=1, max_size=200), rate=rates, value=st.integers(1, 10**24))
def test_inv_var_4_shortage__touched_at_leisure__index_gains_less_than_a_wei_in_all(steps, rate, value):
    """With nothing in the reserve the index may only use up the fraction of a wei that the value was rounded by."""
    index = VariableIndex(rate=rate, time=START)
    index.issue(START + 500 * WEEK, value, value, rate, START)
    now, escrow = START, value
    for span in steps:
        now += span
        escrow = index.accrue(escrow, now)
        assert escrow == value == index.value


def test_accrue__nothing_can_make_it_revert():
    """The widest numbers that the words can hold: index, books and rate at their ends."""
    suite = deploy(Setup())
    treasury, maturity = suite.treasury, suite.maturity(3)
    shares, now = 2**96 - 1, suite.now
    put_word(treasury, "variable_index._stock", value=(2**127 << 128) | shares)
    put_word(treasury, "variable_index._series", maturity, value=shares)
    put_word(treasury, "variable_index._live", value=(2**159 << 96) | (WAD // GRAIN << 48) | now)
    put_word(treasury, "_books", value=2**128 - 2)
    assert treasury.series(maturity)[0] == shares
    boa.env.evm.patch.timestamp = maturity + WEEK
    state = treasury.accrue()
    assert state.time == maturity + WEEK
    assert state.shares == 0
    assert treasury.escrow() <= 2**128 - 1
