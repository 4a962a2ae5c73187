"""Hostile traders. Each attack runs in volume on the exact model (which the contracts equal to the wei, see
test_bond_market.py), and in its sharpest form on the contracts themselves.

Fees are zero where the claim is about prices: what an attacker loses then is the spread of the anchors alone.
"""

from contextlib import suppress
from random import Random

import boa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.bonds import (
    CURATOR,
    FOREVER,
    MAX,
    START,
    TRADERS,
    WINDOW,
    Setup,
    deploy,
    log_discount,
    make_knots,
    make_model,
)

from surety.models import Refused
from surety.models.debt_profile import DAY, WEEK, YEAR, Rules
from surety.models.flow_limits import EPOCH, Limits
from surety.models.log_mean import WAD, Curve
from surety.models.treasury import bond_id

pytestmark = pytest.mark.stateful

ATTACKER, VICTIM, OTHER = TRADERS
BLOCK = 12
FREE = Setup(fee_bps=0)
FOUR_YEARS = 208


def model_maturity(model, week):
    return (model.now // WEEK + 1 + week) * WEEK


def wealth(model, who=ATTACKER):
    return model.treasury.assets[who]


def buy(model, maturity, face, who=ATTACKER):
    return model.buy(who, maturity, face, MAX, who, FOREVER)


def sell(model, maturity, face, who=ATTACKER):
    return model.sell(who, maturity, face, 0, who, FOREVER)


def held(model, maturity, who=ATTACKER):
    return model.treasury.bonds[who, bond_id(maturity)]


# -- the cycle hunter: several buckets, one timestamp -----------------------------------------------------------------


def busy_model(random, setup):
    """A market in the midst of things: debts on both sides of the target, anchors out, perhaps a change under way."""
    model = make_model(setup)
    maturities = [model_maturity(model, week) for week in (0, 25, 103, 200)]
    for maturity in maturities:
        buy(model, maturity, random.randrange(10**18, 150_000 * WAD), VICTIM)
    model.now += random.choice([0, BLOCK, WINDOW // 2, WINDOW, 2 * DAY])
    if random.random() < 0.5:
        rates = random.choice([(0.06, 0.03, 0.02), (0.08, 0.05, 0.04)])
        model.queue_profile(CURATOR, make_knots(rates=rates), random.choice([0, 100]))
        model.now += random.choice([0, BLOCK, 2 * DAY, 20 * DAY])
    maturities = [maturity for maturity in maturities if maturity > model.now]
    for maturity in maturities:
        sell(model, maturity, held(model, maturity, VICTIM) // random.choice([2, 3, 1_000]), VICTIM)
        if random.random() < 0.5:
            buy(model, maturity, random.randrange(1, 10_000 * WAD), ATTACKER)
    model.now += random.choice([0, BLOCK, WINDOW // 3])
    return model, [maturity for maturity in maturities if maturity > model.now]


def random_move(random, model, maturities):
    maturity = random.choice(maturities)
    size = int(10 ** random.uniform(0, 23))
    move = random.choice(["buy", "buy", "exact", "sell", "sell all", "convert"])
    with suppress(Refused):
        if move == "buy":
            buy(model, maturity, size)
        elif move == "exact":
            model.buy_exact_cost(ATTACKER, maturity, size, 0, ATTACKER, FOREVER)
        elif move == "convert":
            face = min(size, held(model, maturity))
            model.convert(ATTACKER, maturity, face, random.choice(maturities), 0, ATTACKER, FOREVER)
        elif held(model, maturity):
            sell(model, maturity, held(model, maturity) if move == "sell all" else min(size, held(model, maturity)))


@pytest.mark.parametrize("fee_bps", [0, 50])
def test_inv_mkt_1_cycle_hunter__closed_sequences_over_buckets__never_gain(fee_bps):
    """Any moves at one timestamp that end with the bonds that one began with, in every bucket."""
    random = Random(fee_bps)
    for _ in range(120):
        model, maturities = busy_model(random, Setup(fee_bps=fee_bps))
        start, position = wealth(model), {maturity: held(model, maturity) for maturity in maturities}
        for _ in range(random.randrange(1, 15)):
            random_move(random, model, maturities)
        for maturity in random.sample(maturities, len(maturities)):
            change = held(model, maturity) - position[maturity]
            if change > 0:
                sell(model, maturity, change)
            elif change < 0:
                buy(model, maturity, -change)
        assert wealth(model) <= start


moves = st.lists(st.tuples(st.sampled_from([3, 51, 150]), st.booleans(), st.floats(0, 22.5)), min_size=1, max_size=8)


@pytest.fixture(scope="module")
def free_suite():
    return deploy(FREE)


@given(moves=moves, change=st.booleans())
def test_inv_mkt_1_cycle_hunter__on_the_contracts__never_gains(free_suite, moves, change):
    suite = free_suite
    if change:
        suite.market.queue_profile(make_knots(rates=(0.06, 0.03, 0.02)), 0, sender=CURATOR)
    start, position = suite.asset.balanceOf(ATTACKER), {}
    for week, buying, magnitude in moves:
        maturity, size = suite.maturity(week), int(10**magnitude)
        if buying:
            suite.market.buy(maturity, size, MAX, ATTACKER, FOREVER, sender=ATTACKER)
            position[maturity] = position.get(maturity, 0) + size
        elif face := min(size, position.get(maturity, 0)):
            suite.market.sell(maturity, face, 0, ATTACKER, FOREVER, sender=ATTACKER)
            position[maturity] -= face
    for maturity, face in position.items():
        if face:
            suite.market.sell(maturity, face, 0, ATTACKER, FOREVER, sender=ATTACKER)
    assert suite.asset.balanceOf(ATTACKER) <= start


# -- the sandwicher: a victim between two trades, across blocks -------------------------------------------------------


def interest(face, seconds, rate=WAD):
    """What `face` may earn by ageing alone at the profile's speed limit."""
    return face * rate * seconds // (WAD * YEAR) + 1


@pytest.mark.parametrize("blocks", [0, 1, 2, 10])
@pytest.mark.parametrize(("own", "victims"), [(1, 1), (1, 10), (10, 1), (30, 30)])
def test_inv_mkt_3_sandwicher__around_a_buyer__loses_within_blocks(blocks, own, victims):
    model = make_model(FREE)
    maturity = model_maturity(model, 51)
    buy(model, maturity, 50_000 * WAD, OTHER)
    model.now += WINDOW
    own, victims = own * 1_000 * WAD, victims * 1_000 * WAD
    start = wealth(model)
    buy(model, maturity, own)
    model.now += BLOCK * blocks // 2
    buy(model, maturity, victims, VICTIM)
    model.now += BLOCK * blocks - BLOCK * blocks // 2
    sell(model, maturity, own)
    # nothing but seconds of interest, and the slope is paid on top
    assert wealth(model) - start < interest(own, BLOCK * blocks, WAD // 10)
    if blocks == 0:
        assert wealth(model) < start


@pytest.mark.parametrize("blocks", [0, 1, 2, 10])
@pytest.mark.parametrize(("own", "victims"), [(1, 1), (1, 10), (10, 1)])
def test_inv_mkt_3_sandwicher__around_a_seller__loses_within_blocks(blocks, own, victims):
    model = make_model(FREE)
    maturity = model_maturity(model, 51)
    own, victims = own * 1_000 * WAD, victims * 1_000 * WAD
    buy(model, maturity, own)
    buy(model, maturity, 50_000 * WAD, VICTIM)
    model.now += WINDOW
    start = wealth(model)
    sell(model, maturity, own)
    sell(model, maturity, victims, VICTIM)
    model.now += BLOCK * blocks
    buy(model, maturity, own)
    assert wealth(model) < start


def test_inv_mkt_3_sandwicher__any_delay__gains_at_most_the_relaxed_part_of_the_victims_impact():
    """Who waits bears the risk of the position; what can be won is bounded by how far the anchor has come back."""
    for own, hours in [(100, 1), (100, 6), (1_000, 6), (1_000, 23), (10_000, 12)]:
        model = make_model(FREE)
        maturity = model_maturity(model, 51)
        buy(model, maturity, 50_000 * WAD, OTHER)
        model.now += WINDOW
        face, victims, start = own * WAD, 10_000 * WAD, wealth(model)
        buy(model, maturity, face)
        buy(model, maturity, victims, VICTIM)
        model.now += hours * 3_600
        sell(model, maturity, face)
        curve = model.terms(maturity).curve
        relaxed = (face + victims) * hours * 3_600 // WINDOW
        impact = (curve.hi - curve.mid) * max(relaxed - face, 0) // curve.target
        assert wealth(model) - start <= face * impact // WAD + interest(face, hours * 3_600, WAD // 10)


def test_inv_mkt_3_sandwicher__on_the_contracts__loses(free_suite):
    suite, face = free_suite, 5_000 * WAD
    maturity, start = suite.maturity(51), suite.asset.balanceOf(ATTACKER)
    suite.market.buy(maturity, face, MAX, ATTACKER, FOREVER, sender=ATTACKER)
    boa.env.evm.patch.timestamp += BLOCK
    suite.market.buy(maturity, 10 * face, MAX, VICTIM, FOREVER, sender=VICTIM)
    boa.env.evm.patch.timestamp += BLOCK
    suite.market.sell(maturity, face, 0, ATTACKER, FOREVER, sender=ATTACKER)
    assert suite.asset.balanceOf(ATTACKER) < start


# -- the slicer -------------------------------------------------------------------------------------------------------


def test_inv_mkt_2_slicer__one_timestamp__saves_at_most_dust():
    random = Random(2)
    for _ in range(40):
        whole, sliced = make_model(), make_model()
        maturity = model_maturity(whole, random.choice([0, 25, 150]))
        for model in (whole, sliced):
            buy(model, maturity, 30_000 * WAD, VICTIM)
        cuts = sorted(random.randrange(1, 100_000 * WAD) for _ in range(random.randrange(2, 12)))
        parts = [b - a for a, b in zip([0, *cuts], cuts, strict=False) if b > a]
        one = buy(whole, maturity, cuts[-1])
        many = sum(buy(sliced, maturity, part) for part in parts)
        assert one - 2 <= many <= one + 3 * len(parts)
        one = sell(whole, maturity, cuts[-1])
        many = sum(sell(sliced, maturity, part) for part in random.sample(parts, len(parts)))
        assert one - 3 * len(parts) <= many <= one + 2
        # anchors too: in UNITs, rounded up with each slice
        a, b = whole.bucket(maturity), sliced.bucket(maturity)
        assert a.debt == b.debt
        assert 0 <= b.up - a.up <= len(parts)


# -- the ramp runner: a four-year bond and a cut, or a rise, of 1 % a year --------------------------------------------

DIRECTIONS = {"cut": (0.06, 0.03, 0.02), "rise": (0.08, 0.05, 0.04)}


def ramp(model, moments):
    """Moments of a change: at once, on the eve, at the start, and through the ramp to beyond its end."""
    start, end, *_ = model.profile.schedule
    now = model.now
    return sorted(
        {
            now,
            now + DAY,
            start,
            *(start + (end - start) * part // moments for part in range(1, moments)),
            end,
            end + WEEK,
        }
    )


def price_after(model, knots, maturity, face, moment):
    """What a small `face` would cost at `moment` if the profile to come held already: the price of holding."""
    later = make_model(Setup(fee_bps=0, knots=knots), at=moment)
    return later.quote_buy(maturity, face)


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_inv_prf_6_ramp_runner__bought_in_the_change__earns_what_holding_earns(direction):
    """Buy at any moment from queueing on, sell at any later one: at most the ageing along the curve to come."""
    face, knots = 100 * WAD, make_knots(rates=DIRECTIONS[direction])
    base = make_model(FREE)
    maturity = model_maturity(base, FOUR_YEARS)
    base.queue_profile(CURATOR, knots, 0)
    moments = ramp(base, 6)
    for i, entry in enumerate(moments):
        for leave in moments[i:]:
            model = make_model(FREE)
            model.queue_profile(CURATOR, knots, 0)
            model.now = entry
            start = wealth(model)
            buy(model, maturity, face)
            model.now = leave
            sell(model, maturity, face)
            holding = price_after(model, knots, maturity, face, leave) - price_after(
                model, knots, maturity, face, entry
            )
            assert wealth(model) - start <= holding + 2


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_inv_prf_6_ramp_runner__sold_in_the_change__never_buys_back_cheaper(direction):
    face, knots = 100 * WAD, make_knots(rates=DIRECTIONS[direction])
    base = make_model(FREE)
    maturity = model_maturity(base, FOUR_YEARS)
    base.queue_profile(CURATOR, knots, 0)
    moments = ramp(base, 6)
    for i, leave in enumerate(moments):
        for back in moments[i:]:
            model = make_model(FREE)
            buy(model, maturity, face)
            model.queue_profile(CURATOR, knots, 0)
            model.now = leave
            start = wealth(model)
            sell(model, maturity, face)
            model.now = back
            buy(model, maturity, face)
            assert wealth(model) <= start


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_inv_prf_6_ramp_runner__change_cancelled__earns_what_holding_earns(direction):
    face, knots = 100 * WAD, make_knots(rates=DIRECTIONS[direction])
    for entry in (0, DAY, 2 * DAY - 2):
        model = make_model(FREE)
        maturity = model_maturity(model, FOUR_YEARS)
        model.queue_profile(CURATOR, knots, 0)
        model.now += entry
        start = wealth(model)
        buy(model, maturity, face)
        cost = start - wealth(model)
        model.now = START + 2 * DAY - 1
        model.cancel_profile(CURATOR)
        sell(model, maturity, face)
        holding = price_after(model, make_knots(), maturity, face, model.now) - price_after(
            model, make_knots(), maturity, face, START + entry
        )
        assert wealth(model) - start <= holding + 2
        assert cost >= price_after(model, make_knots(), maturity, face, START + entry)


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_inv_prf_5_ramp_runner__ahead_of_the_announcement__gains_nothing_at_once(free_suite, direction):
    """On the contracts: buy or sell, the change is queued in the same block, and the position is closed at once."""
    suite, face = free_suite, 100 * WAD
    maturity = suite.maturity(FOUR_YEARS)
    suite.market.buy(maturity, face, MAX, ATTACKER, FOREVER, sender=ATTACKER)
    boa.env.evm.patch.timestamp += WINDOW
    for first in ("buy", "sell"):
        with boa.env.anchor():
            start = suite.asset.balanceOf(ATTACKER)
            for side in (first, "queue", "sell" if first == "buy" else "buy"):
                if side == "buy":
                    suite.market.buy(maturity, face, MAX, ATTACKER, FOREVER, sender=ATTACKER)
                elif side == "sell":
                    suite.market.sell(maturity, face, 0, ATTACKER, FOREVER, sender=ATTACKER)
                else:
                    suite.market.queue_profile(make_knots(rates=DIRECTIONS[direction]), 0, sender=CURATOR)
            assert suite.asset.balanceOf(ATTACKER) <= start


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_inv_prf_3_ramp_runner__holder__is_moved_by_at_most_max_drift_a_day(direction):
    """Day by day through the change, the sale price moves by the drift and the ageing allowed, and never jumps."""
    model = make_model(FREE)
    maturity, face = model_maturity(model, FOUR_YEARS), 1_000 * WAD
    buy(model, maturity, face)
    model.now += WINDOW
    model.queue_profile(CURATOR, make_knots(rates=DIRECTIONS[direction]), 0)
    start, end, *_ = model.profile.schedule
    for moment in range(start, end, DAY):
        model.now = moment
        today = model.terms(maturity).curve
        model.now = moment + DAY
        tomorrow = model.terms(maturity).curve
        limit = model.profile.rules.max_drift + WAD // 10 // 365
        for a, b in zip(today[2:], tomorrow[2:], strict=True):
            assert abs(a - b) <= limit


# -- the budget griefer -----------------------------------------------------------------------------------------------

TIGHT = Limits(1_000 * WAD, 20_000 * WAD, 20_000 * WAD, 50, 50)


def buy_until_refused(model, maturity, face):
    """A trade a block until one is refused: how much was bought, and why it ended."""
    bought = 0
    while True:
        model.now += BLOCK
        try:
            buy(model, maturity, face)
        except Refused as refused:
            return bought, refused.reason
        bought += face


def test_inv_flw_3_budget_griefer__exhausts_the_budget__holds_the_bonds_or_loses_the_spread():
    model = make_model(Setup(limits=TIGHT))
    maturity = model_maturity(model, 51)
    start = wealth(model)
    bought, reason = buy_until_refused(model, maturity, 1_000 * WAD)
    assert reason == "flow_limits: discount budget is spent"
    assert bought > 10_000 * WAD  # capital that is locked, at the protocol's own price
    for seconds, fraction in ((EPOCH // 10, 10), (EPOCH // 5, 5)):
        model.now += seconds
        buy(model, maturity, bought // fraction * 9 // 10, VICTIM)  # it refills by the second, for everybody
    model.now += EPOCH
    sell(model, maturity, bought // 2)
    model.now += EPOCH
    sell(model, maturity, bought - bought // 2)
    earned = wealth(model) - start
    assert earned < interest(bought, 2 * EPOCH + EPOCH // 2, WAD // 10)


def test_inv_flw_3_budget_griefer__round_trip_in_one_block__gives_the_budget_back_and_pays():
    model = make_model(Setup(limits=TIGHT))
    maturity, start = model_maturity(model, 51), wealth(model)
    buy(model, maturity, 9_000 * WAD)
    assert model.flow.at(model.now).budget > 0
    sell(model, maturity, 9_000 * WAD)
    assert model.flow.at(model.now).budget == 0
    cost = start - wealth(model)
    assert cost > 9_000 * WAD * 5 // 10_000 // 20  # at least the fee on the discount, twice
    model.now += 1
    buy(model, maturity, 9_000 * WAD, VICTIM)


def test_inv_flw_1_limit_griefer__closes_the_exit__by_a_position_as_large_as_the_bucket():
    """Sales fill up only by positions that were bought over several blocks; the exit opens again by the second."""
    model = make_model(Setup(limits=Limits(10**6 * WAD, 20_000 * WAD, 20_000 * WAD, 50, 50)))
    maturity = model_maturity(model, 51)
    buy(model, maturity, 1_000 * WAD, VICTIM)
    model.now += EPOCH
    start = wealth(model)
    for _ in range(2):
        buy(model, maturity, 9_990 * WAD)
        model.now += 1
    for _ in range(2):
        sell(model, maturity, 9_990 * WAD)
        model.now += 1
    assert start - wealth(model) > 10 * WAD  # the spread on a position as large as the bucket
    with pytest.raises(Refused, match="flow_limits: sales above the epoch's limit"):
        sell(model, maturity, 1_000 * WAD, VICTIM)
    model.now += EPOCH // 20
    sell(model, maturity, 1_000 * WAD, VICTIM)


# -- the ageing bond, while T and C move under it ---------------------------------------------------------------------

STEEP = tuple(
    Curve(target * 1_000 * WAD, cap * 1_000 * WAD, *(log_discount(rate, week * WEEK) for rate in (0.09, 0.06, 0.04)))
    for week, target, cap in [(0, 100, 150), (26, 160, 320), (52, 120, 260), (104, 300, 420), (209, 200, 900)]
)
LIMIT = 35 * WAD // 100


def test_inv_prf_2_ageing_bond__target_and_cap_moving__earns_at_most_max_forward():
    """Buy anywhere on the curve, sell at any later time: what it yields a year is at most the profile's limit."""
    setup = Setup(
        fee_bps=0, knots=STEEP, weeks=(0, 26, 52, 104, 209), rules=Rules(2 * DAY, LIMIT, WAD // 100, 10**9 * WAD)
    )
    random = Random(6)
    for _ in range(80):
        model = make_model(setup)
        maturity = model_maturity(model, random.randrange(208))
        room = model.terms(maturity).curve.cap
        if debt := random.randrange(room):
            buy(model, maturity, debt, VICTIM)
            model.now += random.choice([0, WINDOW])
        if maturity <= model.now:
            continue
        face = min(WAD, max(model.terms(maturity).curve.cap - debt, 0))
        if face == 0:
            continue
        cost = buy(model, maturity, face)
        seconds = random.randrange(maturity - model.now)
        model.now += seconds
        proceeds = sell(model, maturity, face)
        # proceeds <= cost * exp(limit * time), the exponential from below by its first terms, and rounding
        x = LIMIT * seconds * WAD // (WAD * YEAR)
        assert proceeds <= cost * (WAD + x + x * x // (2 * WAD) + x**3 // (6 * WAD**2)) // WAD + 10
