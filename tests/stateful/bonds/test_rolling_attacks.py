"""Hostile neighbours of a class that rolls, in volume on the exact model, which the contracts equal.

Impact is what a position gained beyond ageing: proceeds less cost, less what the same face, bought at the same debts,
costs more by then.
"""

from contextlib import suppress

import pytest
from tests.support.bonds import FOREVER, MAX, START, TRADERS, Setup, make_model
from tests.support.rolling import TENOR, TOLERANCE_BPS, make_class

from surety.models import Refused
from surety.models.debt_profile import DAY, WEEK
from surety.models.log_mean import WAD
from surety.models.treasury import bond_id

pytestmark = pytest.mark.stateful

ATTACKER, HOLDER, OTHER = TRADERS
KEEPER = "keeper"
BLOCK, HOUR = 12, 3_600
CLASS = 20_000 * WAD
EIGHTY = CLASS * 4 // 5
FREE = Setup(fee_bps=0)


def wealth(rolling, who=ATTACKER):
    return rolling.market.treasury.assets[who]


def buy(rolling, maturity, face, who=ATTACKER):
    return rolling.market.buy(who, maturity, face, MAX, who, FOREVER)


def sell(rolling, maturity, face, who=ATTACKER):
    return rolling.market.sell(who, maturity, face, 0, who, FOREVER)


def held(rolling, maturity, who=ATTACKER):
    return rolling.market.treasury.bonds[who, bond_id(maturity)]


def enter(rolling, who, shares):
    """Enter, with bonds that are bought for it."""
    face, cash = rolling.to_enter(shares)
    if face:
        buy(rolling, rolling.position().maturity, face, who)
    rolling.enter(who, shares, face, cash, who)


def entered(setup=FREE, size=CLASS, **terms):
    """A class of one holder, a week before its maturity, and an observer who looks once a day; the next maturity."""
    rolling = make_class(setup, **terms)
    enter(rolling, HOLDER, size)
    maturity = rolling.position().maturity + TENOR
    buy(rolling, maturity, 30_000 * WAD, OTHER)
    rolling.market.now = rolling.position().maturity - WEEK
    rolling.observer.observe(rolling.market, maturity)
    return rolling, maturity


def roll(rolling):
    """What a keeper would do: all of it, if it can be had."""
    with suppress(Refused):
        rolling.roll_all(KEEPER)


def run_until(rolling, moment, keep):
    """Every six hours the observer looks at the bucket, and once due a keeper tries to roll."""
    due = rolling.position().maturity if rolling.face else 0
    next_maturity = max(due, rolling.round.maturity) + TENOR
    while rolling.market.now < moment:
        rolling.market.now = min(rolling.market.now + 6 * HOUR, moment)
        if keep and rolling.round.maturity <= rolling.market.now:
            roll(rolling)
        rolling.observer.observe(rolling.market, next_maturity)


def ageing(setup, debt, face, maturity, bought, sold):
    """What a face on top of a debt gained by the time alone."""
    prices = []
    for moment in (bought, sold):
        model = make_model(setup, at=START)
        model.buy(OTHER, maturity, debt, MAX, OTHER, FOREVER)
        model.now = moment
        prices.append(model.quote_buy(maturity, face))
    return prices[1] - prices[0]


def front_run(setup, ahead, after, size=CLASS, face=EIGHTY):
    """Buy `ahead` of the class's maturity, sell `after` it; impact, and whether the class had rolled by then."""
    rolling, maturity = entered(setup, size)
    due = rolling.position().maturity
    run_until(rolling, due - ahead, keep=False)
    debt, bought, start = rolling.market.bucket(maturity).debt, rolling.market.now, wealth(rolling)
    buy(rolling, maturity, face)
    run_until(rolling, due, keep=False)
    roll(rolling)
    run_until(rolling, due + after, keep=True)
    sell(rolling, maturity, face)
    gained = wealth(rolling) - start
    rolled = rolling.round.maturity == maturity and rolling.round.rolled > 0
    return gained - ageing(setup, debt, face, maturity, bought, rolling.market.now), rolled


# -- who buys before a roll, to sell after it ------------------------------------------------------------------------


@pytest.mark.parametrize("after", [0, BLOCK, HOUR, 12 * HOUR, DAY])
@pytest.mark.parametrize("ahead", [0, BLOCK, HOUR, DAY, 3 * DAY, 5 * DAY])
def test_inv_rlb_6_front_runner__eighty_percent_of_the_class__loses(ahead, after):
    """Any hold within the window: the class waits, so nobody lifts the price, and the spread is the attacker's."""
    impact, rolled = front_run(Setup(fee_bps=50), ahead, after)
    assert impact < 0
    assert not rolled
    impact, rolled = front_run(FREE, ahead, after)
    assert impact <= 2
    assert not rolled


@pytest.mark.parametrize("days", [8, 10, 13])
@pytest.mark.parametrize("part", [100, 40])
def test_inv_rlb_6_front_runner__for_more_than_the_window__gains_no_more_than_the_classs_impact(days, part):
    """Who bears the bonds for longer than the average looks back is a holder like any other: the class then rolls."""
    size = CLASS * part // 100
    face = size * 4 // 5
    impact, rolled = front_run(FREE, 0, days * DAY, size, face)
    curve = make_model(FREE).terms(START // WEEK * WEEK + TENOR).curve
    assert rolled
    assert impact <= face * (curve.hi - curve.mid) // WAD * size // curve.target
    # a fee of 2 % of the discount, which is what the configurations have, is more than that
    impact, rolled = front_run(Setup(fee_bps=200), 0, days * DAY, CLASS // 5, CLASS // 5 * 4 // 5)
    assert rolled
    assert impact < 0


def test_inv_rlb_6_front_runner__within_the_tolerance__costs_the_class_its_slope():
    """What a class pays more, at worst, is the slope of the curve over the tolerance."""
    quiet, maturity = entered()
    quiet.market.now = quiet.position().maturity
    whole = quiet.roll(KEEPER, CLASS)[0]
    rolling, _ = entered()
    curve = rolling.market.terms(maturity).curve
    slack = curve.target * TOLERANCE_BPS // 10_000
    rolling.market.now = rolling.position().maturity
    buy(rolling, maturity, slack * 99 // 100)
    pushed = rolling.roll(KEEPER, CLASS)[0]
    assert whole < pushed <= whole + CLASS * (curve.hi - curve.mid) // WAD * slack // curve.target


@pytest.mark.parametrize("days", [0, 1, 2, 5])
def test_inv_rlb_6_front_runner__within_the_tolerance__wins_at_most_the_classs_impact_on_it(days):
    """Unnoticed and unhindered; with the configurations' fee and a class of some per cent of the target, a loss."""
    grid = START // WEEK * WEEK + WEEK
    curve = make_model(FREE, at=grid).terms(grid + TENOR).curve
    face = curve.target * TOLERANCE_BPS // 10_000 * 9 // 10
    impact, rolled = front_run(FREE, BLOCK, days * DAY, CLASS, face)
    assert rolled
    assert impact <= face * (curve.hi - curve.mid) // WAD * CLASS // curve.target
    impact, rolled = front_run(Setup(fee_bps=200), BLOCK, days * DAY, CLASS // 4, face)
    assert rolled
    assert impact < 0


# -- who enters before a roll, to leave after it ----------------------------------------------------------------------


@pytest.mark.parametrize("wait", [0, BLOCK, HOUR, 6 * HOUR, 12 * HOUR])
def test_inv_rlb_6_joiner__with_cash_before_a_roll__loses_within_half_a_day(wait):
    rolling, maturity = entered()
    rolling.market.now = rolling.position().maturity
    rolling.settle()
    start = wealth(rolling)
    debt, bought = rolling.market.bucket(maturity).debt, rolling.market.now
    rolling.enter(ATTACKER, EIGHTY, 0, EIGHTY, ATTACKER)
    rolling.roll_all(ATTACKER)
    face, _ = rolling.exit(ATTACKER, EIGHTY, 0, 0, ATTACKER)
    rolling.market.now += wait
    sell(rolling, maturity, face)
    both = (CLASS + EIGHTY) // 2 - face // 2
    assert wealth(rolling) - start < ageing(FREE, debt + both, face, maturity, bought, rolling.market.now)


def test_inv_rlb_6_joiner__for_days__gains_at_most_half_of_the_classs_impact():
    """What is left: whoever joins a roll shares its price. Fees as the configurations have them make a loss of it."""
    for setup, size in ((FREE, CLASS), (Setup(fee_bps=200), CLASS // 4)):
        rolling, maturity = entered(setup, size)
        rolling.market.now = rolling.position().maturity
        rolling.settle()
        start, joined = wealth(rolling), size * 4 // 5
        debt, bought = rolling.market.bucket(maturity).debt, rolling.market.now
        rolling.enter(ATTACKER, joined, 0, joined, ATTACKER)
        rolling.roll_all(KEEPER)
        face, _ = rolling.exit(ATTACKER, joined, 0, 0, ATTACKER)
        rolling.market.now += 2 * DAY
        sell(rolling, maturity, face)
        middle = (size + joined - face) // 2
        gained = wealth(rolling) - start
        impact = gained - ageing(setup, debt + middle, face, maturity, bought, rolling.market.now)
        curve = rolling.market.terms(maturity).curve
        assert impact <= face * (curve.hi - curve.mid) // WAD * size // curve.target // 2
        assert impact < 0 or setup is FREE


# -- the average ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hold", [BLOCK, HOUR, DAY])
def test_inv_obs_3_pusher__a_debt_for_a_while_each_day__counts_as_long_as_it_stood(hold):
    """Day by day for a week, watched once a day at a time of the observer's own."""
    rolling, maturity = entered()
    before = rolling.observer.average(rolling.market, maturity)
    for _ in range(7):
        buy(rolling, maturity, EIGHTY)
        rolling.observer.observe(rolling.market, maturity)
        rolling.market.now += hold
        rolling.observer.observe(rolling.market, maturity)
        sell(rolling, maturity, EIGHTY)
        rolling.observer.observe(rolling.market, maturity)
        rolling.market.now += DAY - hold
        rolling.observer.observe(rolling.market, maturity)
    now = rolling.observer.average(rolling.market, maturity)
    assert now <= before + EIGHTY * hold // DAY + 1


def test_inv_obs_3_pusher__a_day_at_both_ends__is_refuted_by_one_look_between():
    """The known limit: with nobody looking, a debt that stood about a day at both ends counts in between."""
    results = []
    for looks in (False, True):
        rolling, maturity = entered()
        buy(rolling, maturity, EIGHTY)
        rolling.market.now += DAY
        rolling.observer.observe(rolling.market, maturity)
        sell(rolling, maturity, EIGHTY)
        rolling.market.now += 4 * DAY
        if looks:
            rolling.observer.observe(rolling.market, maturity)
        buy(rolling, maturity, EIGHTY)
        rolling.market.now += DAY
        rolling.observer.observe(rolling.market, maturity)
        results.append(rolling.observer.average(rolling.market, maturity) - 30_000 * WAD)
    assert EIGHTY * 5 // 7 < results[0] <= EIGHTY * 6 // 7
    assert results[1] <= EIGHTY * 2 // 7 + 1


def test_inv_rlb_7_seller__pushes_the_average_down__delays_and_takes_nothing():
    rolling, maturity = entered()
    due = rolling.position().maturity
    sell(rolling, maturity, 25_000 * WAD, OTHER)
    run_until(rolling, due - HOUR, keep=False)
    buy(rolling, maturity, 25_000 * WAD, OTHER)
    rolling.market.now = due
    with pytest.raises(Refused, match="rolling_bonds: debt above its average"):
        rolling.roll_all(KEEPER)
    assert sum(rolling.position()[1:3]) == CLASS
    run_until(rolling, due + 8 * DAY, keep=True)
    assert rolling.round.maturity > due
    assert rolling.face + rolling.cash > CLASS


# -- keepers ----------------------------------------------------------------------------------------------------------


def test_inv_rlb_4_keeper__slivers__costs_the_class_a_wei_each_and_tips_no_more():
    whole, _ = entered(tip_bps=1_000)
    whole.market.now = whole.position().maturity
    cost, tip = whole.roll(KEEPER, CLASS)
    slivers, _ = entered(tip_bps=1_000)
    slivers.market.now = slivers.position().maturity
    paid = [slivers.roll(KEEPER, 10**9) for _ in range(100)]
    paid.append(slivers.roll(KEEPER, CLASS - 100 * 10**9))
    assert sum(one[0] for one in paid) <= cost + 3 * len(paid)
    assert sum(one[1] for one in paid) <= tip
    assert slivers.face == whole.face
    with pytest.raises(Refused, match="rolling_bonds: below the minimum rate"):
        slivers.roll(KEEPER, 1)  # a wei has no discount


def test_inv_rlb_4_tip_farmer__enters_with_nine_times_the_class__takes_no_more_than_others_tip():
    """Rolling one's own money pays one's own tip: what is gained is the tip on what others have."""
    rolling, maturity = entered(tip_bps=1_000)
    rolling.market.now = rolling.position().maturity
    rolling.settle()
    whale = 2 * CLASS
    start = wealth(rolling)
    rolling.enter(ATTACKER, whale, 0, whale, ATTACKER)
    _, _, tip = rolling.roll_all(ATTACKER)
    face, _ = rolling.exit(ATTACKER, whale, 0, 0, ATTACKER)
    sell(rolling, maturity, face)
    assert tip > 0
    assert wealth(rolling) < start  # in the same block: even with the tip


def test_inv_rlb_8_keeper__any_order_of_rolls_entries_and_exits__others_keep_their_par():
    """Value at par of those who do nothing never falls, whatever is rolled, entered and left around them."""
    rolling, maturity = entered(tip_bps=1_000)
    shares = rolling.shares[HOLDER]
    value = CLASS
    for step in range(40):
        rolling.market.now = max(rolling.market.now, rolling.round.maturity - 4 * DAY) + step % 5 * DAY
        with suppress(Refused):
            rolling.roll(KEEPER, CLASS // (1 + step % 7))
        with suppress(Refused):
            enter(rolling, ATTACKER, 10 ** (step % 22))
        with suppress(Refused):
            rolling.exit(ATTACKER, rolling.shares[ATTACKER] // (1 + step % 3), 0, 0, ATTACKER)
        now = (rolling.face + rolling.cash) * shares // rolling.supply
        assert now >= value
        value = now
    assert value > CLASS
    assert maturity < rolling.round.maturity
