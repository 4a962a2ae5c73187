"""ProfileBounds: each bound beside the profile that just keeps it, and the same verdicts by the model."""

import boa
import pytest
from tests.support.bonds import Setup, make_knots, source

from surety.models import Refused
from surety.models.debt_profile import DAY, GRAIN, WEEK, YEAR, Rules, check, check_rules, pack
from surety.models.log_mean import WAD, Curve

SETUP = Setup()
UNIT = SETUP.unit
RULES = SETUP.all_rules
TENORS = SETUP.tenors
KNOTS = make_knots()
NONE = [0] * 8


@pytest.fixture(scope="module")
def bounds():
    return source("bonds/ProfileBounds").deploy()


def words(stored):
    return [*map(pack, stored), *[0] * (8 - len(stored))]


def judge(bounds, knots=KNOTS, fee_bps=50, tenors=TENORS, rules=RULES, current=(), unit=UNIT):
    """Contract and model side by side: the profile as stored and the drift, or both refuse for one reason."""
    arguments = (words(current), knots, fee_bps, tenors, unit, rules)
    try:
        stored, drift = check(current, knots, fee_bps, tenors, unit, rules)
    except Refused as refused:
        with boa.reverts(refused.reason):
            bounds.check(*arguments)
        raise
    assert bounds.check(*arguments) == (words(stored), drift)
    return stored, drift


def change(number, **parts):
    """The usual knots with one changed."""
    return tuple(knot._replace(**parts) if i == number else knot for i, knot in enumerate(KNOTS))


# -- rules ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("good", "bad", "reason"),
    [
        ({"notice": DAY}, {"notice": DAY - 1}, "debt_profile: notice out of range"),
        ({"notice": 90 * DAY}, {"notice": 90 * DAY + 1}, "debt_profile: notice out of range"),
        ({"max_forward": 1}, {"max_forward": 0}, "debt_profile: speed limit out of range"),
        ({"max_forward": 10 * WAD}, {"max_forward": 10 * WAD + 1}, "debt_profile: speed limit out of range"),
        ({"max_drift": 1}, {"max_drift": 0}, "debt_profile: speed limit out of range"),
        ({"max_drift": WAD // 100}, {"max_drift": WAD // 100 + 1}, "debt_profile: speed limit out of range"),
        ({"max_debt": 1}, {"max_debt": 0}, "debt_profile: zero maximum debt"),
    ],
)
def test_check_rules__at_and_beyond_the_bound__refuses(bounds, good, bad, reason):
    bounds.check_rules(RULES._replace(**good), TENORS)
    check_rules(RULES._replace(**good), TENORS)
    with boa.reverts(reason):
        bounds.check_rules(RULES._replace(**bad), TENORS)
    with pytest.raises(Refused, match=reason):
        check_rules(RULES._replace(**bad), TENORS)


@pytest.mark.parametrize(
    ("tenors", "reason"),
    [
        ([0, WEEK], None),
        ([0, 1, 255 * WEEK], None),
        (list(TENORS), None),
        ([], "debt_profile: one knot a tenor, two or more"),
        ([0], "debt_profile: one knot a tenor, two or more"),
        ([1, WEEK], "debt_profile: tenors must rise from zero"),
        ([0, WEEK, WEEK], "debt_profile: tenors must rise from zero"),
        ([0, 2 * WEEK, WEEK], "debt_profile: tenors must rise from zero"),
        ([0, WEEK - 1], "debt_profile: last tenor out of range"),
        ([0, 255 * WEEK + 1], "debt_profile: last tenor out of range"),
    ],
)
def test_check_rules__tenors__are_packed_or_refused(bounds, tenors, reason):
    if reason is None:
        check_rules(RULES, tenors)
        assert bounds.check_rules(RULES, tenors) == sum(tenor << 32 * i for i, tenor in enumerate(tenors))
        return
    with boa.reverts(reason):
        bounds.check_rules(RULES, tenors)
    with pytest.raises(Refused, match=reason):
        check_rules(RULES, tenors)


# -- each knot by itself ----------------------------------------------------------------------------------------------


def test_inv_prf_1_check__usual_profile__is_packed(bounds):
    stored, drift = judge(bounds)
    assert drift == 0
    assert stored[4] == Curve(*(part // UNIT for part in KNOTS[4][:2]), *(part // GRAIN for part in KNOTS[4][2:]))


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"target": 0}, "debt_profile: zero target"),
        ({"cap": KNOTS[4].target}, "debt_profile: cap not above target"),
        ({"cap": 2**56 * UNIT}, "debt_profile: cap out of range"),
        ({"target": KNOTS[4].target + 1}, "debt_profile: value finer than its unit"),
        ({"cap": KNOTS[4].cap + 1}, "debt_profile: value finer than its unit"),
        ({"hi": KNOTS[4].hi + 1}, "debt_profile: value finer than its unit"),
        ({"mid": KNOTS[4].mid + 1}, "debt_profile: value finer than its unit"),
        ({"low": KNOTS[4].low + 1}, "debt_profile: value finer than its unit"),
        ({"hi": KNOTS[4].mid - GRAIN}, "debt_profile: discounts out of order"),
        ({"low": KNOTS[4].mid + GRAIN}, "debt_profile: discounts out of order"),
        ({"hi": 4 * WAD + GRAIN}, "debt_profile: discount out of range"),
        ({"hi": KNOTS[4].mid + WAD + GRAIN}, "debt_profile: discounts too far apart"),
        ({"hi": 2 * WAD, "mid": WAD + GRAIN, "low": 0}, "debt_profile: discounts too far apart"),
        (
            {"hi": KNOTS[3].hi - GRAIN, "mid": KNOTS[3].mid, "low": KNOTS[3].low},
            "debt_profile: discount falls with tenor",
        ),
        ({"mid": KNOTS[3].mid - GRAIN, "low": KNOTS[3].low}, "debt_profile: discount falls with tenor"),
        ({"low": KNOTS[3].low - GRAIN}, "debt_profile: discount falls with tenor"),
    ],
)
def test_inv_prf_1_check__knot_out_of_bounds__refuses(bounds, parts, reason):
    with pytest.raises(Refused, match=reason):
        judge(bounds, change(4, **parts))


def test_inv_prf_1_check__first_knot_below_par__refuses(bounds):
    with pytest.raises(Refused, match="debt_profile: not at par at zero tenor"):
        judge(bounds, change(0, hi=GRAIN))
    with pytest.raises(Refused, match="debt_profile: not at par at zero tenor"):
        judge(bounds, change(0, hi=GRAIN, mid=GRAIN, low=GRAIN))


def test_inv_prf_1_check__at_the_bounds__passes(bounds):
    """The widest falls, the deepest discount and the largest cap at once."""
    rules = Rules(DAY, 10 * WAD, WAD // 100, 2**96)
    steep = (
        Curve(2**55 * UNIT, (2**56 - 1) * UNIT, 0, 0, 0),
        Curve(2**55 * UNIT, (2**56 - 1) * UNIT, 4 * WAD, 3 * WAD, 2 * WAD),
    )
    judge(bounds, steep, 1_000, (0, 30 * WEEK), rules._replace(max_debt=2**110))


@pytest.mark.parametrize("count", [0, 1, 7])
def test_check__another_number_of_knots__refuses(bounds, count):
    with pytest.raises(Refused, match="debt_profile: one knot a tenor, two or more"):
        judge(bounds, KNOTS[:count])


def test_check__fee__at_most_a_tenth_of_the_discount(bounds):
    judge(bounds, fee_bps=1_000)
    with pytest.raises(Refused, match="debt_profile: fee too high"):
        judge(bounds, fee_bps=1_001)


# -- neighbours in tenor ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "parts",
    [
        {"hi": 2 * GRAIN},
        {"target": 100 * UNIT, "cap": 10_000 * UNIT, "mid": 10**16, "hi": 10**17},
        {"cap": 2_000_000 * WAD, "low": 0, "mid": 10**17, "hi": 10**17},
        {"target": 150_000 * WAD, "cap": 200_001 * WAD, "mid": 10**16, "hi": 10**16, "low": 0},
    ],
)
def test_inv_prf_2_check__ageing_bond__earns_at_most_max_forward(bounds, parts):
    """Set the limit to exactly what the segment earns, then one less; each of the four terms in turn."""
    near = Curve(100_000 * WAD, 200_000 * WAD, 0, 0, 0)
    far = near._replace(**{"hi": 10**15, "mid": 0, "low": 0} | parts)
    tenors = (0, 10 * WEEK)
    low, high = 1, 10**6 * WAD
    while low < high:
        middle = (low + high) // 2
        try:
            check((), (near, far), 0, tenors, UNIT, RULES._replace(max_forward=middle))
            high = middle
        except Refused:
            low = middle + 1
    judge(bounds, (near, far), 0, tenors, RULES._replace(max_forward=low))
    with pytest.raises(Refused, match="debt_profile: ageing bond earns too much"):
        judge(bounds, (near, far), 0, tenors, RULES._replace(max_forward=low - 1))


def test_inv_prf_4_check__caps__sum_to_max_debt_at_most(bounds):
    knots = (Curve(1 * WAD, 100 * WAD, 0, 0, 0), Curve(1 * WAD, 300 * WAD, 0, 0, 0))
    tenors = (0, 10 * WEEK)
    total = (100 + 300) * 10 * WAD // 2 + 300 * WAD
    judge(bounds, knots, 0, tenors, RULES._replace(max_debt=total))
    with pytest.raises(Refused, match="debt_profile: caps above the maximum debt"):
        judge(bounds, knots, 0, tenors, RULES._replace(max_debt=total - 1))
    # what the bound stands for: the caps of the ten buckets that can be open at once
    for offset in range(0, WEEK, WEEK // 7):
        caps = sum(100 + 200 * tenor // (10 * WEEK) for tenor in range(offset, 10 * WEEK + 1, WEEK))
        assert caps * WAD <= total


# -- a change ---------------------------------------------------------------------------------------------------------


def test_inv_prf_3_check__change__tells_its_drift(bounds):
    current, _ = judge(bounds)
    cut = make_knots(rates=(0.06, 0.03, 0.02))
    _, drift = judge(bounds, cut, current=current)
    assert abs(drift - WAD // 100 * 209 * WEEK // YEAR) <= 3 * GRAIN


def test_inv_prf_2_check__blend_of_two_good_profiles__is_bounded_too(bounds):
    """Each alone ages slowly enough; half way between, a small target of one meets the wide fall of the other."""
    tenors = (0, 52 * WEEK)
    rules = RULES._replace(max_forward=WAD // 5)
    wide = (Curve(100 * WAD, 200 * WAD, 0, 0, 0), Curve(100 * WAD, 200 * WAD, 15 * 10**16, 5 * 10**16, 0))
    rising = (Curve(10 * WAD, 200 * WAD, 0, 0, 0), Curve(100 * WAD, 300 * WAD, 10**16, 10**16, 10**16))
    judge(bounds, wide, 0, tenors, rules)
    current, _ = judge(bounds, rising, 0, tenors, rules)
    with pytest.raises(Refused, match="debt_profile: ageing bond earns too much"):
        judge(bounds, wide, 0, tenors, rules, current=current)
