"""DebtObserver: what seven days had on average, told too low where nobody looked and never above what somebody bore."""

import boa
import pytest
from tests.support.bonds import MAX, TRADERS, Setup, deploy, source

from surety.models.debt_profile import DAY, WEEK
from surety.models.log_mean import WAD

HOLDER = TRADERS[0]
HOUR = 3_600
FACE = 10_000 * WAD


@pytest.fixture(scope="module")
def suite():
    return deploy(Setup(fee_bps=0))


@pytest.fixture(scope="module")
def observer():
    return source("bonds/DebtObserver").deploy()


@pytest.fixture
def maturity(suite):
    return suite.maturity(13)


@pytest.fixture(autouse=True)
def undone():
    with boa.env.anchor():
        yield


def later(seconds):
    boa.env.evm.patch.timestamp += seconds


def buy(suite, maturity, face=FACE):
    suite.market.buy(maturity, face, MAX, HOLDER, MAX, sender=HOLDER)


def sell(suite, maturity, face=FACE):
    suite.market.sell(maturity, face, 0, HOLDER, MAX, sender=HOLDER)


def test_average__never_traded__is_zero(suite, observer, maturity):
    assert observer.average(suite.market, maturity) == 0
    assert observer.observe(suite.market, maturity) == 0
    assert observer.last_observed(suite.market, maturity) == (suite.now, 0)
    later(3 * DAY)
    assert observer.observe(suite.market, maturity) == 0


def test_inv_obs_1_average__one_trade_long_ago__is_the_debt_without_any_observation(suite, observer, maturity):
    buy(suite, maturity)
    later(7 * DAY - 1)
    assert observer.average(suite.market, maturity) == FACE * (7 * DAY - 1) // (7 * DAY)
    later(1)
    assert observer.average(suite.market, maturity) == FACE
    later(5 * WEEK)
    assert observer.average(suite.market, maturity) == FACE


def test_inv_obs_1_average__observed_before_each_trade__is_exact(suite, observer, maturity):
    for _ in range(4):
        observer.observe(suite.market, maturity)
        buy(suite, maturity)
        later(DAY)
    # days 0, 1, 2 and 3 had 1, 2, 3 and 4 faces; the three before none
    assert observer.average(suite.market, maturity) == FACE * 10 // 7
    observer.observe(suite.market, maturity)
    sell(suite, maturity, 4 * FACE)
    later(5 * DAY)
    # of the first four days the last two are left; of them each observation counts what it saw
    assert observer.average(suite.market, maturity) == FACE * (3 + 4) // 7
    later(2 * DAY)
    assert observer.observe(suite.market, maturity) == 0


def test_inv_obs_1_average__first_look_after_several_trades__counts_from_the_last_one_only(suite, observer, maturity):
    buy(suite, maturity)
    later(4 * DAY)
    buy(suite, maturity)
    later(DAY)
    assert observer.observe(suite.market, maturity) == 2 * FACE // 7


def test_inv_obs_2_observe__trades_in_between__counts_the_lesser_end(suite, observer, maturity):
    buy(suite, maturity)
    later(7 * DAY)
    assert observer.observe(suite.market, maturity) == FACE
    later(DAY)
    sell(suite, maturity, FACE // 4)  # unseen from here on: it may have been so ever since
    later(2 * DAY)
    assert observer.average(suite.market, maturity) == (4 * FACE + 3 * (FACE - FACE // 4)) // 7
    buy(suite, maturity, 3 * FACE)
    later(DAY)
    # three days to the purchase count as the lesser of FACE and what is there without the last day's purchases
    expected = 3 * FACE + 3 * FACE + (4 * FACE - FACE // 4)
    assert observer.average(suite.market, maturity) == expected // 7


@pytest.mark.parametrize("hold", [0, 12, HOUR])
def test_inv_obs_3_spike__at_both_ends__leaves_no_trace(suite, observer, maturity, hold):
    """Bought, observed and sold; and the same again days later: nothing was borne in between, and nothing counts."""
    for wait in (5 * DAY, 0):
        buy(suite, maturity)
        later(hold)
        observer.observe(suite.market, maturity)
        sell(suite, maturity)
        later(wait)
    borne = FACE * 2 * hold // (7 * DAY)
    assert borne <= observer.observe(suite.market, maturity) <= borne + FACE * hold // DAY


def test_inv_obs_3_spike__while_observed__average_is_what_it_was(suite, observer, maturity):
    buy(suite, maturity)
    later(7 * DAY)
    observer.observe(suite.market, maturity)
    later(HOUR)
    before = observer.average(suite.market, maturity)
    buy(suite, maturity, 9 * FACE)
    assert observer.observe(suite.market, maturity) <= before
    sell(suite, maturity, 9 * FACE)
    assert observer.observe(suite.market, maturity) <= before


def test_inv_obs_3_dip__in_one_block__costs_at_most_the_stretch_before_it(suite, observer, maturity):
    buy(suite, maturity)
    later(7 * DAY)
    observer.observe(suite.market, maturity)
    sell(suite, maturity)
    observer.observe(suite.market, maturity)  # as of the dip
    buy(suite, maturity)
    later(12)
    assert observer.observe(suite.market, maturity) == FACE  # known again from the purchase on
    later(DAY)
    assert observer.observe(suite.market, maturity) == FACE


def test_inv_obs_4_observe__every_hour_or_never__tell_the_same_of_a_quiet_bucket(suite, observer, maturity):
    buy(suite, maturity)
    for _ in range(30):
        later(HOUR)
        observer.observe(suite.market, maturity)
        observer.observe(suite.market, maturity)
    other = source("bonds/DebtObserver").deploy()
    assert observer.average(suite.market, maturity) == other.average(suite.market, maturity)
    assert observer.average(suite.market, maturity) == FACE * 30 // (7 * 24)


def test_inv_obs_4_view__before_an_observation__tells_what_it_returns(suite, observer, maturity):
    for wait in (0, HOUR, DAY, 3 * DAY, 9 * DAY):
        buy(suite, maturity)
        later(wait)
        view = observer.average(suite.market, maturity)
        assert observer.observe(suite.market, maturity) == view
        event = observer.get_logs()[-1]
        assert (event.market, event.maturity, event.average) == (suite.market.address, maturity, view)
        assert observer.last_observed(suite.market, maturity) == (suite.now, event.sure)


def test_observe__two_maturities__have_books_of_their_own(suite, observer, maturity):
    buy(suite, maturity)
    later(7 * DAY)
    observer.observe(suite.market, maturity + WEEK)
    assert observer.average(suite.market, maturity + WEEK) == 0
    assert observer.average(suite.market, maturity) == FACE


def test_observe__what_is_no_market__reverts(observer, maturity):
    with boa.reverts():
        observer.observe(HOLDER, maturity)
