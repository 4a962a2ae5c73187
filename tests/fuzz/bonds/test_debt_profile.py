"""The debt profile: contract = model at every tenor and moment, and each proven bound against brute force."""

from itertools import pairwise
from random import Random

import boa
import pytest
from mpmath import mpf
from tests.support.bonds import CURATOR, START, WEEKS, Setup, deploy, make_knots, make_model, source
from tests.support.kernel import exact_log_discount

from surety.models import Refused
from surety.models.debt_profile import (
    DAY,
    GRAIN,
    MAX_RAMP,
    WEEK,
    YEAR,
    DebtProfile,
    Rules,
    Schedule,
    blend,
    check,
    check_knots,
    div_up,
    earned,
    moved,
    scaled,
)
from surety.models.log_mean import MAX_FALL, MAX_LOG_DISCOUNT, WAD, Curve, check_curve

pytestmark = pytest.mark.fuzz

UNIT = 10**12
CASES = 300
ROOMY = Rules(2 * DAY, 10 * WAD, WAD // 100, 2**120)


def random_knots(random, count, spread=0.3):
    """Profiles of any shape: targets and caps rise and fall with the tenor, discounts rise."""
    discounts = [[0, 0, 0]]
    for _ in range(count - 1):
        discounts.append([past + int(random.uniform(0, spread) * WAD) // GRAIN * GRAIN for past in discounts[-1]])
    knots = []
    for hi, mid, low in (sorted(each, reverse=True) for each in discounts):
        target = random.randrange(10**6, 10**12) * UNIT
        cap = target + random.randrange(10**5, 10**12) * UNIT
        mid = min(mid, low + MAX_FALL)
        knots.append(Curve(target, cap, min(hi, mid + MAX_FALL, MAX_LOG_DISCOUNT), mid, low))
    return tuple(knots)


def sane_knots(random, count):
    """Like them, but ones that both checks pass and that a ramp can reach."""
    while True:
        knots = random_knots(random, count, 0.05)
        try:
            check_knots(knots, UNIT)
        except Refused:
            continue
        return knots


# -- contract and model -----------------------------------------------------------------------------------------------


def test_inv_prf_1_bounds__random_profiles__contract_and_model_judge_alike():
    bounds = source("bonds/ProfileBounds").deploy()
    random = Random(1)
    tenors = tuple(week * WEEK for week in WEEKS)
    accepted = refused = 0
    for _ in range(CASES // 3):
        rules = ROOMY._replace(max_forward=random.choice([WAD // 10, WAD, 10 * WAD]))
        current = check_knots(sane_knots(random, 8), UNIT)
        knots = random.choice([random_knots, sane_knots])(random, 8)
        packed = [stored_word(knot) for knot in current]
        try:
            stored, drift = check(current, knots, 50, tenors, UNIT, rules)
        except Refused as verdict:
            refused += 1
            with boa.reverts(verdict.reason):
                bounds.check(packed, knots, 50, tenors, UNIT, rules)
            continue
        accepted += 1
        assert bounds.check(packed, knots, 50, tenors, UNIT, rules) == ([stored_word(knot) for knot in stored], drift)
    assert accepted > 5 < refused


def stored_word(knot):
    return knot.target << 200 | knot.cap << 144 | knot.hi << 96 | knot.mid << 48 | knot.low


@pytest.fixture(scope="module")
def suite():
    return deploy()


def test_inv_prf_1_terms__every_maturity_through_a_change__are_the_models(suite):
    model = make_model()
    knots = make_knots(rates=(0.06, 0.035, 0.02), scale=1)
    moments = [START, START + DAY]
    for step in range(2):
        arguments = (knots, 80) if step == 0 else (suite.setup.all_knots, 0)
        suite.market.queue_profile(*arguments, sender=CURATOR)
        model.queue_profile(CURATOR, *arguments)
        start, end, *_ = model.profile.schedule
        moments = [start - 1, start, start + 1, (start + end) // 2, end - 1, end]
        for moment in moments:
            model.now = moment
            boa.env.evm.patch.timestamp = moment
            for week in (0, 1, 3, 4, 12, 25, 26, 51, 60, 103, 155, 207, 208):
                maturity = suite.maturity(week)
                curve, fee = suite.market.terms(maturity)
                terms = model.terms(maturity)
                assert (tuple(curve), fee) == (terms.curve, terms.fee_bps)
                assert tuple(suite.market.quote(maturity)) == model.quote(maturity)


def test_inv_prf_1_terms__at_the_knots__are_the_knots(suite):
    model = make_model()
    for tenor, knot in zip(suite.setup.tenors, suite.setup.all_knots, strict=True):
        assert model.profile.terms(tenor, START).curve == knot


# -- what is read off stays in the domain -----------------------------------------------------------------------------


def test_inv_prf_1_blend__random_knots_and_moments__stays_in_the_kernels_domain():
    random = Random(2)
    for _ in range(CASES):
        a, b, c, d = (*check_knots(sane_knots(random, 2), UNIT), *check_knots(sane_knots(random, 2), UNIT))
        length, ramp = random.randrange(1, 255 * WEEK), random.randrange(DAY, MAX_RAMP)
        left, time = random.randrange(length + 1), random.randrange(ramp + 1)
        curve = scaled(blend(blend(a, b, left, length), blend(c, d, left, length), time, ramp), UNIT)
        check_curve(curve)


def test_inv_prf_1_terms__tenors_in_turn__never_cheapen_and_end_at_par():
    """At each height of the curve (empty, target, cap) the log-discount rises with the tenor, from zero at none."""
    random = Random(3)
    for _ in range(20):
        knots = sane_knots(random, 4)
        profile = DebtProfile.create(UNIT, ROOMY, (0, 10 * WEEK, 80 * WEEK, 200 * WEEK), knots, 0)
        curves = [profile.terms(tenor, START).curve for tenor in range(0, 200 * WEEK, 13 * DAY)]
        assert curves[0][2:] == (0, 0, 0)
        assert profile.terms(1, START).curve.hi < 10**12
        for near, far in pairwise(curves):
            assert all(b >= a for a, b in zip(near[2:], far[2:], strict=True))


# -- ageing -----------------------------------------------------------------------------------------------------------


def real_curve(corners, along, ramped):
    """The blend of four corners without rounding: `along` the segment and `ramped` into the change, in 0 … 1."""
    a, b, c, d = corners

    def mix(x, y, part):
        return tuple(p * (1 - part) + q * part for p, q in zip(x, y, strict=True))

    grains = mix(mix(a, b, along), mix(c, d, along), ramped)
    return Curve(grains[0], grains[1], *(part * GRAIN for part in grains[2:]))


def debts(curve):
    """Where the extremes lie: both ends of both lines, in between, and beyond."""
    target, cap = curve.target, curve.cap
    return [0, target / 2, target * mpf("0.999"), target, target * mpf("1.001"), (target + cap) / 2, cap, 2 * cap]


def random_corners(random):
    while True:
        corners = (*check_knots(sane_knots(random, 2), UNIT), *check_knots(sane_knots(random, 2), UNIT))
        # the far ends are discounted more than the near ones, whose discounts are zero
        near_old, far_old, near_new, far_new = corners
        lift = tuple(random.randrange(10**11) for _ in range(2))
        return (
            near_old._replace(hi=lift[0], mid=lift[0], low=lift[0]),
            far_old._replace(hi=far_old.hi + lift[0], mid=far_old.mid + lift[0], low=far_old.low + lift[0]),
            near_new._replace(hi=lift[1], mid=lift[1], low=lift[1]),
            far_new._replace(hi=far_new.hi + lift[1], mid=far_new.mid + lift[1], low=far_new.low + lift[1]),
        )


def test_inv_prf_2_ageing__brute_force_over_debt_tenor_and_ramp__stays_below_the_bound():
    """d l/d tau at a fixed debt, by small differences of the unrounded curve: T' and C' move under the debt."""
    random = Random(4)
    closest = mpf(0)
    for _ in range(CASES):
        corners = random_corners(random)
        bound = earned(*corners)
        for ramped in (mpf(0), mpf(1), mpf(random.random())):
            for along in (mpf(0), mpf("0.999"), mpf(random.random() * 0.99)):
                step = mpf("1e-12")
                near, far = real_curve(corners, along, ramped), real_curve(corners, along + step, ramped)
                for debt in debts(near):
                    slope = (exact_log_discount(debt, far) - exact_log_discount(debt, near)) * WAD / step
                    assert slope <= bound * (1 + mpf("1e-9")) + 1
                    closest = max(closest, slope / bound)
    assert closest > mpf("0.99")  # the bound is met: it is not idle


def test_inv_prf_2_ageing__accepted_profile__held_bond_earns_at_most_max_forward():
    """The rounded curve as trades read it, a day at a time over the whole profile."""
    random = Random(5)
    tenors = (0, 13 * WEEK, 104 * WEEK)
    for _ in range(30):
        knots = sane_knots(random, 3)
        stored = check_knots(knots, UNIT)
        speeds = [
            div_up(earned(near, far, near, far) * YEAR, b - a)
            for (near, far), (a, b) in zip(pairwise(stored), pairwise(tenors), strict=True)
        ]
        limit = max(speeds)
        profile = DebtProfile.create(UNIT, ROOMY._replace(max_forward=max(limit, 1)), tenors, knots, 0)
        for tenor in random.sample(range(2, 727), 40):
            far = profile.terms(tenor * DAY, START).curve
            near = profile.terms((tenor - 1) * DAY, START).curve
            for debt in debts(near):
                gained = (exact_log_discount(mpf(debt), far) - exact_log_discount(mpf(debt), near)) * WAD
                # rounding: a GRAIN of each discount, a UNIT of target and cap against what they divide
                coarse = 4 * GRAIN + 4 * WAD * UNIT // min(near.target, near.cap - near.target, far.target)
                assert gained <= mpf(limit) * DAY / YEAR + coarse


# -- drift ------------------------------------------------------------------------------------------------------------


def test_inv_prf_3_drift__brute_force_over_a_ramp__stays_below_the_bound():
    random = Random(6)
    closest = mpf(0)
    for _ in range(CASES):
        corners = random_corners(random)
        bound = moved(*corners)
        for along in (mpf(0), mpf(1), mpf(random.random())):
            for ramped in (mpf(0), mpf("0.999"), mpf(random.random() * 0.99)):
                step = mpf("1e-12")
                before, after = real_curve(corners, along, ramped), real_curve(corners, along, ramped + step)
                for debt in debts(before):
                    speed = abs(exact_log_discount(debt, after) - exact_log_discount(debt, before)) * WAD / step
                    assert speed <= bound * (1 + mpf("1e-9")) + 1
                    closest = max(closest, speed / bound)
    assert closest > mpf("0.9")


def test_inv_prf_3_ramp__any_change__lasts_a_day_and_keeps_max_drift():
    random = Random(7)
    tenors = (0, 26 * WEEK, 104 * WEEK)
    changes = 0
    for _ in range(CASES):
        old, new = sane_knots(random, 3), sane_knots(random, 3)
        try:
            profile = DebtProfile.create(UNIT, ROOMY, tenors, old, 0)
            profile.queue(new, 0, START)
        except Refused:
            continue
        changes += 1
        start, end, *_ = profile.schedule
        _, drift = check(check_knots(old, UNIT), new, 0, tenors, UNIT, ROOMY)
        assert start == START + ROOMY.notice
        assert DAY <= end - start <= MAX_RAMP
        assert drift * DAY <= ROOMY.max_drift * (end - start)
    assert changes > CASES // 10


def test_inv_prf_5_change__moment_after_moment__never_jumps():
    """No component moves by more than its share of the change from one block to the next, notice and end included."""
    profile = DebtProfile.create(UNIT, Setup().all_rules, Setup().tenors, make_knots(), 50)
    later = make_knots(rates=(0.065, 0.035, 0.025))
    profile.queue([knot._replace(target=knot.target * 11 // 10, cap=knot.cap * 11 // 10) for knot in later], 90, START)
    start, end, *_ = profile.schedule
    for tenor in (WEEK, 60 * WEEK, 209 * WEEK):
        whole = [
            abs(b - a) for a, b in zip(profile.terms(tenor, START).curve, profile.terms(tenor, end).curve, strict=True)
        ]
        grains = (UNIT, UNIT, GRAIN, GRAIN, GRAIN)
        for moment in (START, start - 12, start, start + 12, (start + end) // 2, end - 12, end):
            here, then = (profile.terms(tenor, moment + wait).curve for wait in (0, 12))
            for a, b, change, grain in zip(here, then, whole, grains, strict=True):
                assert abs(b - a) <= change * 12 // (end - start) + grain


# -- caps -------------------------------------------------------------------------------------------------------------


def test_inv_prf_4_caps__any_time_of_the_week_and_of_a_ramp__sum_to_at_most_max_debt():
    random = Random(8)
    tenors = (0, 7 * WEEK + 5 * DAY, 30 * WEEK, 60 * WEEK + 1)
    for _ in range(40):
        old, new = sane_knots(random, 4), sane_knots(random, 4)
        limit = max(
            sum(
                div_up((a.cap + b.cap) * (far - near), 2 * WEEK) + max(a.cap, b.cap)
                for (a, b), (near, far) in zip(pairwise(knots), pairwise(tenors), strict=True)
            )
            for knots in (old, new)
        )
        start, end = START + 2 * DAY, START + 30 * DAY
        stored = check_knots(old, UNIT), check_knots(new, UNIT)
        profile = DebtProfile(UNIT, ROOMY, tenors, *stored, Schedule(start, end, 0, 0))
        for moment in (START, (start + end) // 2, end):
            for offset in (1, random.randrange(WEEK), WEEK):
                open_now = range(offset, tenors[-1] + 1, WEEK)
                assert sum(profile.terms(tenor, moment).curve.cap for tenor in open_now) <= limit
