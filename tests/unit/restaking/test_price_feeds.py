"""Median, fixed and bond feeds: what they answer, and each way in which those under them fail."""

import itertools
from decimal import Decimal, localcontext

import boa
import pytest
from tests.support.bonds import TRADERS, Setup, deploy
from tests.support.prices import (
    BOND_FEED,
    BURNS_GAS,
    FIXED,
    LONG,
    MEDIAN,
    MOCK_BOND_FEED,
    REVERTS,
    SHORT,
    START,
    TRICKLES,
    WEEK,
    ZERO,
    bond,
    new_feed,
)

from surety.models.prices import DAY, WAD

FAILURES = (REVERTS, BURNS_GAS, SHORT, LONG)


@pytest.fixture(autouse=True)
def clock():
    with boa.env.anchor():
        boa.env.evm.patch.timestamp = START
        yield


def median_of(*prices, heartbeat=DAY):
    feeds = [new_feed(price) for price in prices]
    return MEDIAN.deploy(feeds, [heartbeat] * len(feeds)), feeds


def answer(feed):
    return feed.latestRoundData()[1]


# -- median -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prices", "middle"),
    [((7,), 7), ((9, 7), 7), ((9, 5, 7), 7), ((8, 9, 5, 7), 7), ((1, 9, 3, 7, 5), 5), ((4, 4, 4, 4, 4), 4)],
)
def test_inv_med_1_median__of_one_to_five__is_the_middle_or_the_lower_of_two(prices, middle):
    feed, feeds = median_of(*prices)
    for order in itertools.permutations(prices):
        for one, price in zip(feeds, order, strict=True):
            one.set(price, START)
        assert answer(feed) == middle * 10**10


def test_median__answer__is_in_18_decimals_of_the_oldest_that_counted():
    feeds = [new_feed(3 * 10**6, 6, START - 5), new_feed(2 * 10**18, 18, START - 9), new_feed(1, 0, START - 7)]
    feed = MEDIAN.deploy(feeds, [DAY, DAY, 6])
    assert feed.decimals() == 18
    # the third is stale, of the other two the lower counts
    assert feed.latestRoundData() == (1, 2 * WAD, START - 9, START - 9, 1)
    assert feed.readings() == ([0, 0, 5], [3 * WAD, 2 * WAD, 0])
    assert feed.feeds() == ([one.address for one in feeds], [DAY, DAY, 6])


def test_median__time__is_the_oldest_whatever_the_order():
    for ages in itertools.permutations((3, 7, 5)):
        feeds = [new_feed(10**8, 8, START - age) for age in ages]
        assert MEDIAN.deploy(feeds, [DAY] * 3).latestRoundData()[2:4] == (START - 7, START - 7)


@pytest.mark.parametrize("mode", FAILURES)
def test_inv_med_2_median__minority_fails__others_stand(mode):
    feed, feeds = median_of(1, 9, 3, 7, 5)
    feeds[1].set_mode(mode)
    feeds[3].set_mode(mode)
    assert answer(feed) == 3 * 10**10
    assert feed.readings()[0] == [0, 1, 0, 1, 0]


def test_inv_med_2_median__each_failing_in_its_way__two_of_three_count():
    feed, feeds = median_of(4, 6, 8)
    for break_it, verdict in (
        (lambda: feeds[2].set(0, START), 2),
        (lambda: feeds[2].set(-1, START), 3),
        (lambda: feeds[2].set(-(2**255), START), 3),
        (lambda: feeds[2].set(8, START + 1), 4),
        (lambda: feeds[2].set(8, START - DAY - 1), 5),
        (lambda: feeds[2].set(8, 0), 5),
        (lambda: feeds[2].set(2**128, START), 6),
        (lambda: feeds[2].set(2**128 // 10**10 + 1, START), 6),
        (lambda: feeds[2].set(2**255 - 1, START), 6),
    ):
        break_it()
        assert feed.readings()[0] == [0, 0, verdict]
        assert answer(feed) == 4 * 10**10
    feeds[2].set(8, START - DAY)
    assert answer(feed) == 6 * 10**10


def test_inv_med_2_median__half_or_more_fail__reverts():
    for count in (1, 2, 3, 4, 5):
        feed, feeds = median_of(*range(1, count + 1))
        for number, one in enumerate(feeds):
            if 2 * (count - number) > count:
                assert answer(feed) > 0
            else:
                with boa.reverts("median_feed: too few answers"):
                    feed.latestRoundData()
            one.set_mode(REVERTS)
        with boa.reverts("median_feed: too few answers"):
            feed.latestRoundData()


def test_inv_med_2_median__feed_without_code__is_silent():
    feed, feeds = median_of(4, 6, 8)
    boa.env.set_code(feeds[0].address, b"")
    assert feed.readings() == ([1, 0, 0], [0, 6 * 10**10, 8 * 10**10])
    assert answer(feed) == 6 * 10**10


def test_inv_med_2_median__too_little_gas_for_a_feed__reverts_and_drops_none():
    feed, feeds = median_of(4, 6, 8)
    feeds[0].set_mode(TRICKLES, 30)  # 30 cold slots: 66,000 gas, within what a feed may use
    assert answer(feed) == 6 * 10**10
    answers = set()
    for gas in range(60_000, 400_000, 4_000):
        try:
            answers.add(feed.latestRoundData(gas=gas)[1])
        except boa.BoaError:
            continue
    assert answers == {6 * 10**10}  # never 6 and 8 alone, nor 4 and 6
    feeds[0].set_mode(TRICKLES, 200)
    assert answer(feed) == 6 * 10**10
    assert feed.readings()[0] == [1, 0, 0]
    with boa.reverts("feed_reader: not enough gas for the feed"):
        feed.latestRoundData(gas=115_000)


def test_inv_med_1_median__minority_lies__stays_between_the_honest():
    feed, feeds = median_of(100, 101, 102, 103, 104)
    for places in [*itertools.combinations(range(5), 1), *itertools.combinations(range(5), 2)]:
        honest = [100 + place for place in range(5) if place not in places]
        for lie in (1, 10**27):
            for place, one in enumerate(feeds):
                one.set(lie if place in places else 100 + place, START)
            assert min(honest) <= answer(feed) // 10**10 <= max(honest)


def test_median__no_feeds_or_six_or_heartbeats_missing__reverts():
    feeds = [new_feed() for _ in range(2)]
    for named, beats in (([], []), (feeds, [DAY]), (feeds[:1], [DAY, DAY])):
        with boa.reverts("median_feed: one heartbeat a feed, 1 to 5"):
            MEDIAN.deploy(named, beats)
    with pytest.raises(Exception, match=r"DynArray|bound|size|length|too"):
        MEDIAN.deploy([new_feed() for _ in range(6)], [DAY] * 6)


def test_median__same_feed_twice__reverts():
    feed = new_feed()
    other = new_feed()
    with boa.reverts("median_feed: feed named twice"):
        MEDIAN.deploy([feed, other, feed], [DAY] * 3)
    with boa.reverts("median_feed: feed named twice"):
        MEDIAN.deploy([ZERO], [DAY])
    MEDIAN.deploy([feed, other], [DAY] * 2)


def test_median__zero_heartbeat__reverts():
    with boa.reverts("median_feed: zero heartbeat"):
        MEDIAN.deploy([new_feed()], [0])
    assert answer(MEDIAN.deploy([new_feed(5)], [1])) == 5 * 10**10


def test_median__feed_of_19_decimals__reverts():
    with boa.reverts("median_feed: feed decimals above 18"):
        MEDIAN.deploy([new_feed(5, 19)], [DAY])
    assert answer(MEDIAN.deploy([new_feed(5, 18)], [DAY])) == 5


# -- fixed ------------------------------------------------------------------------------------------------------------


def test_fixed__price__is_of_now_for_ever():
    feed = FIXED.deploy(10**6, 6)
    assert feed.decimals() == 6
    boa.env.evm.patch.timestamp = START + 1000 * DAY
    assert feed.latestRoundData() == (1, 10**6, START + 1000 * DAY, START + 1000 * DAY, 1)


@pytest.mark.parametrize("price", [0, -1, -(2**255)])
def test_fixed__price_not_positive__reverts(price):
    with boa.reverts("fixed_feed: price is not positive"):
        FIXED.deploy(price, 18)
    assert answer(FIXED.deploy(1, 18)) == 1


def test_fixed__decimals_above_18__reverts():
    with boa.reverts("fixed_feed: decimals above 18"):
        FIXED.deploy(1, 19)


# -- bonds ------------------------------------------------------------------------------------------------------------


def exactly(hi):
    """exp(−hi) in WAD, as a Decimal of 50 digits."""
    with localcontext() as context:
        context.prec = 50
        return (Decimal(-hi) / WAD).exp() * WAD


@pytest.mark.parametrize("hi", [0, 1, 10**5, 10**15, 7 * 10**16, 5 * 10**17, 10**18, 4 * 10**18])
def test_inv_ast_5_bond_feed__discount__is_the_exponential_rounded_down(hi):
    market = MOCK_BOND_FEED.deploy(ZERO)
    feed = BOND_FEED.deploy(market)
    market.set_hi(hi)
    maturity = START // WEEK * WEEK + 10 * WEEK
    got = feed.discount(bond(maturity))
    assert 0 <= exactly(hi) - got < 2
    assert got <= WAD


@pytest.mark.parametrize(("off", "matured"), [(-1, False), (0, True), (1, True)])
def test_inv_ast_5_bond_feed__around_maturity__worth_its_face_from_it_on(off, matured):
    market = MOCK_BOND_FEED.deploy(ZERO)
    feed = BOND_FEED.deploy(market)
    market.set_hi(10**17)
    maturity = START // WEEK * WEEK + 10 * WEEK
    boa.env.evm.patch.timestamp = maturity + off
    assert (feed.discount(bond(maturity)) == WAD) == matured
    assert feed.maturity(bond(maturity)) == maturity


@pytest.mark.parametrize("kind", [0, 2, 3, 257])
def test_bond_feed__another_kind__reverts(kind):
    feed = BOND_FEED.deploy(MOCK_BOND_FEED.deploy(ZERO))
    for call in (feed.discount, feed.maturity):
        with boa.reverts("bond_feed: not a fixed bond"):
            call(bond(START // WEEK * WEEK, kind))
        call(bond(START // WEEK * WEEK))


@pytest.mark.parametrize("off", [-1, 1])
def test_bond_feed__maturity_off_the_grid__reverts(off):
    feed = BOND_FEED.deploy(MOCK_BOND_FEED.deploy(ZERO))
    for call in (feed.discount, feed.maturity):
        with boa.reverts("bond_feed: maturity off the weekly grid"):
            call(bond(START // WEEK * WEEK + off))


@pytest.mark.parametrize("decimals", [6, 18])
def test_inv_ast_5_bond_feed__on_a_real_market__follows_the_profile_and_no_trade(decimals):
    suite = deploy(Setup(decimals=decimals))
    feed = BOND_FEED.deploy(suite.market)
    assert (feed.market(), feed.token()) == (suite.market.address, suite.token.address)
    maturity = suite.maturity(52)
    curve, _ = suite.market.terms(maturity)
    before = feed.discount(suite.bond(maturity))
    assert 0 <= exactly(curve.hi) - before < 2
    holder, face = TRADERS[0], 50_000 * 10**decimals
    offer = suite.market.quote(maturity).buy_price
    suite.market.buy(maturity, face, 2**256 - 1, holder, 2**40, sender=holder)
    assert suite.market.quote(maturity).buy_price > offer >= before
    assert feed.discount(suite.bond(maturity)) == before
    suite.market.sell(maturity, face, 0, holder, 2**40, sender=holder)
    assert feed.discount(suite.bond(maturity)) == before
    with boa.reverts("bond_market: maturity beyond the last knot"):
        feed.discount(suite.bond(suite.maturity(300)))
