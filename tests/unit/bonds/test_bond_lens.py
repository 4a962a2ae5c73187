"""BondLens: the whole curve, the worst subsidy and the runway."""

import boa
import pytest
from tests.support.bonds import FOREVER, MAX, TRADERS, deploy

from surety.models.debt_profile import WEEK
from surety.models.flow_limits import EPOCH
from surety.models.log_mean import WAD

HOLDER = TRADERS[0]


@pytest.fixture(scope="module")
def suite():
    return deploy()


def test_curve__all__is_every_maturity_once_nearest_first(suite):
    suite.market.buy(suite.maturity(3), 1_000 * WAD, MAX, HOLDER, FOREVER, sender=HOLDER)
    quotes = suite.lens.curve(suite.market, 256)
    first = suite.maturity(0)
    assert [quote.maturity for quote in quotes] == [first + week * WEEK for week in range(209)]
    assert quotes[3].debt == 1_000 * WAD
    assert quotes[3] == suite.market.quote(suite.maturity(3))
    prices = [quote.sell_price for quote in quotes[4:]]
    assert prices == sorted(prices, reverse=True)
    assert all(0 < quote.sell_price <= quote.buy_price <= WAD for quote in quotes)


def test_curve__count__is_kept_and_bounded(suite):
    assert suite.lens.curve(suite.market, 0) == []
    assert len(suite.lens.curve(suite.market, 5)) == 5
    with boa.reverts("bond_lens: more than 256 maturities"):
        suite.lens.curve(suite.market, 257)


def test_curve__on_the_grid__starts_a_week_ahead(suite):
    boa.env.evm.patch.timestamp = suite.maturity(0)
    quotes = suite.lens.curve(suite.market, 256)
    assert quotes[0].maturity == suite.now + WEEK
    assert quotes[-1].maturity == suite.now + 209 * WEEK


def test_worst_subsidy__filling_the_bucket__costs_the_reserve_that(suite):
    maturity = suite.maturity(52)
    worst, reserve = suite.lens.worst_subsidy(suite.market, maturity), suite.treasury.reserve()
    suite.market.buy(maturity, suite.market.quote(maturity).cap, MAX, HOLDER, FOREVER, sender=HOLDER)
    assert reserve - suite.treasury.reserve() == worst > 0
    assert suite.lens.worst_subsidy(suite.market, maturity) == 0


def test_runway__reserve_over_budget__in_seconds(suite):
    reserve, budget = suite.treasury.reserve(), suite.market.discount_budget()
    assert suite.lens.runway(suite.market) == reserve * EPOCH // budget
