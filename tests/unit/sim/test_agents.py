"""What agents decide, given what they see: pure functions, no chain."""

import numpy as np
import pytest

from surety.sim.agents import Sight, accepts, choose_purchase, choose_sale, make_savers, next_outside
from surety.sim.scenario import Outside, Savers, Sellers

NOW = 1_728_316_800
YEARS = np.array([0.5, 1.0, 2.0])
MATURITIES = (NOW + YEARS * 31_536_000).astype(np.int64)
TERMS = Savers(count=3, wealth_median=1e6, wealth_sigma=0.5, active=1, slice=0.1, patience_bps=0, habitat_bps=0)
SELLERS = Sellers(shock=1, fraction=0.5)


def sight(debt=(0.0, 0.0, 0.0)):
    """Yields of 4 % at target, 1.5 % more when empty and 1 % less at the cap; targets 500,000, caps twice that."""
    debt, target = np.array(debt), np.full(3, 500_000.0)
    hi, mid, low = 0.055 * YEARS, 0.04 * YEARS, 0.03 * YEARS
    share = debt / target
    discount = np.where(share <= 1, hi + (mid - hi) * share, mid + (low - mid) * (share - 1))
    price = np.exp(-discount)
    return Sight(MATURITIES, YEARS, debt, target, 2 * target, price, price, hi, mid, low)


@pytest.fixture
def saver():
    return make_savers(TERMS, np.random.SeedSequence(7))[0]


@pytest.mark.parametrize("debt", [0.0, 123_456.0, 500_000.0, 700_000.0, 1_000_000.0])
def test_debt_at__log_discount_of_a_debt__gives_it_back(debt):
    view = sight((debt, debt, debt))
    assert view.debt_at(1, float(-np.log(view.buy_price[1]))) == pytest.approx(debt, abs=1e-3)


def test_choose_purchase__one_maturity_empty__buys_that_one(saver):
    chosen = choose_purchase(saver, sight((500_000, 0, 500_000)), 1e6, 0.0, TERMS)
    assert chosen.maturity == MATURITIES[1]
    assert chosen.face == pytest.approx(chosen.spend / float(np.exp(-0.055)))


def test_choose_purchase__little_room_above_what_is_asked__buys_to_there_only(saver):
    chosen = choose_purchase(saver, sight((500_000, 400_000, 500_000)), 1e7, 0.0, TERMS)
    assert chosen.maturity == MATURITIES[1]
    assert chosen.face == pytest.approx(100_000, rel=1e-6)


def test_choose_purchase__every_maturity_at_target__buys_nothing(saver):
    assert choose_purchase(saver, sight((500_000,) * 3), 1e6, 0.0, TERMS) is None


def test_choose_purchase__outside_pays_more__waits(saver):
    assert choose_purchase(saver, sight(), 1e6, 0.02, TERMS) is None


def test_choose_purchase__too_little_cash__buys_nothing(saver):
    assert choose_purchase(saver, sight(), 900.0, 0.0, TERMS) is None


def test_choose_purchase__whatever_it_decides__draws_as_many_numbers():
    buyer, waiter = (make_savers(TERMS, np.random.SeedSequence(7))[0] for _ in range(2))
    assert choose_purchase(buyer, sight(), 1e6, 0.0, TERMS) is not None
    assert choose_purchase(waiter, sight(), 1e6, 1.0, TERMS) is None
    assert buyer.stream.random() == waiter.stream.random()


def test_choose_sale__shock__sells_part_of_a_running_bond(saver):
    saver.holdings = {NOW - 1: 10**9, int(MATURITIES[0]): 10**9}
    maturity, face = choose_sale(saver, SELLERS, NOW)
    assert maturity == MATURITIES[0]
    assert 0 < face <= 10**9


def test_choose_sale__nothing_running__sells_nothing(saver):
    saver.holdings = {NOW: 10**9}
    assert choose_sale(saver, SELLERS, NOW) is None


def test_make_savers__one_more__changes_nobody_else():
    few = make_savers(TERMS, np.random.SeedSequence(7))
    more = make_savers(TERMS.model_copy(update={"count": 4}), np.random.SeedSequence(7))
    assert [(one.name, one.wealth, one.asks) for one in few] == [(one.name, one.wealth, one.asks) for one in more[:3]]


def test_next_outside__no_noise__reverts_to_zero():
    stream = np.random.default_rng(1)
    assert next_outside(0.01, Outside(volatility_bps=0, reversion=0.25), stream) == pytest.approx(0.0075)


def test_accepts__yield_offered__above_what_it_asks_for_that_tenor_only(saver):
    saver.likes_years, saver.asks = 1.0, 0.001
    terms = TERMS.model_copy(update={"habitat_bps": 10})
    maturity = int(MATURITIES[1])
    assert accepts(saver, sight(), maturity, 1.0, 0.0411, 0.0, terms)
    assert not accepts(saver, sight(), maturity, 1.0, 0.0409, 0.0, terms)
    assert not accepts(saver, sight(), maturity, 1.0, 0.0411, 0.0005, terms)  # the outside pays more
    assert not accepts(saver, sight(), maturity, float(np.exp(1)), 0.0411, 0.0, terms)  # away from what it likes


def test_accepts__has_locked_of_that_maturity__not_more(saver):
    saver.locked[int(MATURITIES[1])] = 1
    assert not accepts(saver, sight(), int(MATURITIES[1]), 1.0, 0.2, 0.0, TERMS)
