"""Flow limits as the market keeps them: epoch, block, budget, pauses, and what a new setting does to fills."""

import boa
import pytest
from eth_utils import keccak
from tests.support.bonds import ADMIN, FOREVER, GUARDIAN, MAX, TRADERS, Setup, deploy

from surety.models.debt_profile import DAY, YEAR
from surety.models.flow_limits import EPOCH, ONE, Limits, exposure
from surety.models.log_mean import WAD

HOLDER = TRADERS[0]
LIMITS = Limits(100 * WAD, 10_000 * WAD, 5_000 * WAD, 50, 40)


@pytest.fixture(scope="module")
def suite():
    return deploy(Setup(limits=LIMITS))


@pytest.fixture
def maturity(suite):
    return suite.maturity(52)


def buy(suite, maturity, face):
    return suite.market.buy(maturity, face, MAX, HOLDER, FOREVER, sender=HOLDER)


def sell(suite, maturity, face):
    return suite.market.sell(maturity, face, 0, HOLDER, FOREVER, sender=HOLDER)


def face_of(suite, maturity, years_times_face):
    """The largest face whose exposure is at most that."""
    return years_times_face * YEAR // (maturity - suite.now)


def limit(suite, **parts):
    """The usual limits, with no other in the way."""
    wide = Limits(10**6 * WAD, 10**7 * WAD, 10**7 * WAD, 100, 100)
    suite.market.set_limits(wide._replace(**parts), sender=ADMIN)


def later(seconds):
    boa.env.evm.patch.timestamp += seconds


# -- settings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["budget", "buys", "sells"])
def test_set_limits__below_a_unit_or_too_large__reverts(suite, name):
    unit, market = suite.setup.unit, suite.market
    market.set_limits(LIMITS._replace(**{name: unit}), sender=ADMIN)
    with boa.reverts("flow_limits: zero limit"):
        market.set_limits(LIMITS._replace(**{name: unit - 1}), sender=ADMIN)
    market.set_limits(LIMITS._replace(**{name: 2**72 * unit - 1}), sender=ADMIN)
    assert getattr(market.limits(), name) == (2**72 - 1) * unit
    with boa.reverts("flow_limits: limit out of range"):
        market.set_limits(LIMITS._replace(**{name: 2**72 * unit}), sender=ADMIN)


@pytest.mark.parametrize("name", ["buy_block_share", "sell_block_share"])
def test_set_limits__share__from_1_to_100(suite, name):
    for share in (1, 100):
        suite.market.set_limits(LIMITS._replace(**{name: share}), sender=ADMIN)
        assert getattr(suite.market.limits(), name) == share
    for share in (0, 101, MAX):
        with boa.reverts("flow_limits: share not within 1 to 100"):
            suite.market.set_limits(LIMITS._replace(**{name: share}), sender=ADMIN)


def test_inv_flw_4_set_limits__half_the_limit__keeps_the_fraction_filled(suite, maturity):
    buy(suite, maturity, face_of(suite, maturity, 1_000 * WAD))
    before = suite.market.usage()
    suite.market.set_limits(LIMITS._replace(buys=LIMITS.buys // 2), sender=ADMIN)
    assert suite.market.usage() == before
    assert abs(before.buys - ONE // 10) <= 1


def test_set_limits__roll_share__from_0_to_99(suite):
    for share in (0, 99):
        suite.market.set_limits(LIMITS._replace(roll_share=share), sender=ADMIN)
        assert suite.market.limits().roll_share == share
    for share in (100, 2**22, MAX):
        with boa.reverts("flow_limits: share not within 1 to 100"):
            suite.market.set_limits(LIMITS._replace(roll_share=share), sender=ADMIN)


# -- pauses -----------------------------------------------------------------------------------------------------------


def test_inv_flw_4_set_pause__each_side__stops_only_itself(suite, maturity):
    market = suite.market
    buy(suite, maturity, 100 * WAD)
    market.set_pause(True, False, sender=GUARDIAN)
    assert market.paused() == (True, False)
    for trade in (
        lambda: buy(suite, maturity, WAD),
        lambda: market.buy_exact_cost(maturity, WAD, 0, HOLDER, FOREVER, sender=HOLDER),
    ):
        with boa.reverts("flow_limits: buys are paused"):
            trade()
    sell(suite, maturity, WAD)
    market.set_limits(LIMITS, sender=ADMIN)
    assert market.paused() == (True, False)  # new limits leave pauses alone
    market.set_pause(False, True, sender=GUARDIAN)
    buy(suite, maturity, WAD)
    with boa.reverts("flow_limits: sales are paused"):
        sell(suite, maturity, WAD)
    market.quote_sell(maturity, WAD)
    market.set_pause(False, False, sender=GUARDIAN)
    assert tuple(market.limits()) == LIMITS
    sell(suite, maturity, WAD)


# -- epoch and block --------------------------------------------------------------------------------------------------


def test_inv_flw_1_buys__epoch__fill_and_drain(suite, maturity):
    limit(suite, buys=10_000 * WAD)
    face = face_of(suite, maturity, 10_000 * WAD)
    buy(suite, maturity, face - 10**12)
    with boa.reverts("flow_limits: buys above the epoch's limit"):
        buy(suite, maturity, 10**13)
    later(EPOCH // 2)
    half = face_of(suite, maturity, 5_000 * WAD)
    with boa.reverts("flow_limits: buys above the epoch's limit"):
        buy(suite, maturity, half + 10**13)
    buy(suite, maturity, half - 10**12)
    later(EPOCH)
    assert suite.market.usage()[:3] == (0, 0, 0)


def test_inv_flw_1_sells__epoch__fill_and_drain(suite, maturity):
    limit(suite, sells=1_000 * WAD)
    buy(suite, maturity, 20_000 * WAD)
    later(1)
    face = face_of(suite, maturity, 1_000 * WAD)
    sell(suite, maturity, face - 10**12)
    with boa.reverts("flow_limits: sales above the epoch's limit"):
        sell(suite, maturity, 10**13)
    later(EPOCH)
    sell(suite, maturity, face)


def test_inv_flw_2_block__share__counts_gross_and_ends_with_the_block(suite, maturity):
    limit(suite, buys=10_000 * WAD, sells=10_000 * WAD, buy_block_share=50, sell_block_share=40)
    half = face_of(suite, maturity, 5_000 * WAD)
    buy(suite, maturity, half - 10**12)
    with boa.reverts("flow_limits: buys above the block's limit"):
        buy(suite, maturity, 10**13)
    part = face_of(suite, maturity, 4_000 * WAD)
    with boa.reverts("flow_limits: sales above the block's limit"):
        sell(suite, maturity, part + 10**13)
    sell(suite, maturity, part - 10**12)
    with boa.reverts("flow_limits: buys above the block's limit"):
        buy(suite, maturity, 10**13)  # gross: what was sold makes no room in this block
    later(1)
    buy(suite, maturity, half - 10**12)


def test_inv_flw_1_wash_trade__any_size__leaves_buys_where_they_were(suite, maturity):
    limit(suite, buys=LIMITS.buys, sells=LIMITS.sells)
    buy(suite, maturity, 1_000 * WAD)
    before = suite.market.usage()
    for _ in range(5):
        later(1)
        buy(suite, maturity, 1_000 * WAD)
        sell(suite, maturity, 1_000 * WAD)
    after = suite.market.usage()
    assert after.buys <= before.buys
    # sales were empty at first: what a wash leaves there is one slice, however often it is repeated
    assert after.sells <= ONE * exposure(1_000 * WAD, maturity - suite.now) // LIMITS.sells + 10


def test_inv_flw_1_exposure__bond_of_a_day__hardly_counts(suite):
    boa.env.evm.patch.timestamp = suite.maturity(0) - DAY
    maturity = suite.maturity(0)
    buy(suite, maturity, 10_000 * WAD)
    assert suite.market.usage().buys <= ONE * 10_000 // 365 // 10_000 + 1


# -- the discount budget ----------------------------------------------------------------------------------------------


def test_inv_flw_3_budget__spent__refuses_until_it_drains(suite, maturity):
    limit(suite, budget=100 * WAD)
    cost = buy(suite, maturity, 1_400 * WAD)
    assert 90 * WAD < 1_400 * WAD - cost < 100 * WAD
    with boa.reverts("flow_limits: discount budget is spent"):
        buy(suite, maturity, 200 * WAD)
    later(EPOCH // 5)
    buy(suite, maturity, 200 * WAD)


def test_inv_flw_3_budget__sales__give_back_at_most_what_the_reserve_got(suite, maturity):
    limit(suite, budget=100 * WAD)
    buy(suite, maturity, 1_400 * WAD)
    before, reserve = suite.market.usage().budget, suite.treasury.reserve()
    sell(suite, maturity, 500 * WAD)
    given_back = before - suite.market.usage().budget
    assert given_back * 100 * WAD <= (suite.treasury.reserve() - reserve) << 40
    sell(suite, maturity, 900 * WAD)
    assert suite.market.usage().budget == 0  # never below empty: no credit is stored


# -- the share of rolls -----------------------------------------------------------------------------------------------

ROLLER = TRADERS[1]
ROLLER_ROLE = keccak(text="ROLLER_ROLE")


def test_inv_flw_5_roll_share__ordinary_part_spent__only_rollers_buy_on(suite, maturity):
    limit(suite, budget=100 * WAD, roll_share=20)
    suite.market.grantRole(ROLLER_ROLE, ROLLER, sender=ADMIN)
    cost = buy(suite, maturity, 1_100 * WAD)
    assert 1_100 * WAD - cost <= 80 * WAD
    strip = [maturity], [100 * WAD]
    for trade in (
        lambda: buy(suite, maturity, 100 * WAD),
        lambda: suite.market.buy_exact_cost(maturity, 100 * WAD, 0, HOLDER, FOREVER, sender=HOLDER),
        lambda: suite.market.buy_strip(*strip, MAX, HOLDER, FOREVER, sender=HOLDER),
        # receiving from a trade gives no right to make it
        lambda: suite.market.buy(maturity, 100 * WAD, MAX, ROLLER, FOREVER, sender=HOLDER),
    ):
        with boa.reverts("flow_limits: rest of the budget is for rolls"):
            trade()
    suite.market.buy(maturity, 100 * WAD, MAX, ROLLER, FOREVER, sender=ROLLER)
    with boa.reverts("flow_limits: discount budget is spent"):
        suite.market.buy(maturity, 400 * WAD, MAX, ROLLER, FOREVER, sender=ROLLER)
    suite.market.revokeRole(ROLLER_ROLE, ROLLER, sender=ADMIN)
    with boa.reverts("flow_limits: rest of the budget is for rolls"):
        suite.market.buy(maturity, WAD, MAX, ROLLER, FOREVER, sender=ROLLER)
    later(EPOCH)
    buy(suite, maturity, 100 * WAD)


def test_inv_flw_5_roll_share__discount_at_the_border__meets_it_and_misses_it_by_one(suite, maturity):
    """Limits whose grain is a fraction of an asset's smallest unit: what counts is the rounded fill."""
    face = 1_000 * WAD
    discount = face - suite.market.quote_buy(maturity, face)
    budget = (discount * 100 + 79) // 80
    unit = suite.setup.unit
    limit(suite, budget=budget // unit * unit, roll_share=20)
    with boa.reverts("flow_limits: rest of the budget is for rolls"):
        buy(suite, maturity, face)
    limit(suite, budget=(budget // unit + 1) * unit, roll_share=20)
    buy(suite, maturity, face)


def test_inv_flw_5_roll_share__at_par__nothing_is_kept(suite, maturity):
    limit(suite, budget=100 * WAD, roll_share=99)
    with boa.reverts("flow_limits: rest of the budget is for rolls"):
        buy(suite, maturity, 100 * WAD)
    assert buy(suite, maturity, 1) == 1  # a wei costs a wei: no discount, no claim on the budget
