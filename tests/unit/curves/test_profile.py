"""From curve to knots, and the bounds that the market will apply to them."""

from dataclasses import replace
from decimal import Decimal

import pytest

from surety.curves import (
    Knot,
    NelsonSiegel,
    ProfileError,
    amount_unit,
    check_profile,
    make_knots,
    segment_speeds,
    to_wei,
    total_cap,
)

WAD = 10**18
WEEK = 604_800
FORWARD = WAD // 4
WEEKS = (0, 26, 52, 104)
CURVE = NelsonSiegel((0.0464774, 0.005481, -0.0079913, -0.027408), 0.3368, 2.4186)


def knots_of(targets=(400, 400, 300, 200), caps=(800, 800, 600, 400), decimals=6):
    amounts = ([Decimal(value) for value in row] for row in (targets, caps))
    return make_knots(CURVE, WEEKS, *amounts, decimals, Decimal(150), Decimal(100))


def test_make_knots__yields__market_plus_and_minus_the_spreads():
    for weeks, knot in zip(WEEKS[1:], knots_of()[1:], strict=True):
        years = weeks * WEEK / 31_536_000
        assert (knot.discount_hi - knot.discount) / WAD / years == pytest.approx(0.015, abs=1e-11)
        assert (knot.discount - knot.discount_lo) / WAD / years == pytest.approx(0.010, abs=1e-11)
        assert knot.discount / WAD == pytest.approx(CURVE.log_discount(years), abs=1e-13)


def test_make_knots__at_maturity__par():
    assert knots_of()[0] == Knot(400_000_000, 800_000_000, 0, 0, 0)


@pytest.mark.parametrize(("decimals", "unit"), [(0, 1), (6, 1), (8, 100), (18, 10**12)])
def test_amount_unit__decimals__six_are_kept(decimals, unit):
    assert amount_unit(decimals) == unit


def test_to_wei__finer_than_the_unit__refused():
    assert to_wei(Decimal("1.000001"), 18, "x") == 1_000_001 * 10**12
    with pytest.raises(ProfileError, match=r"targets\[2\]: 1.0000001 has more decimals than the market keeps \(6\)"):
        to_wei(Decimal("1.0000001"), 18, "targets[2]")


def test_make_knots__lists_of_different_length__refused():
    with pytest.raises(ProfileError, match="differ in length: 4, 3 and 4"):
        knots_of(targets=(1, 1, 1))


def test_make_knots__negative_spread__refused():
    with pytest.raises(ProfileError, match="can't be negative"):
        make_knots(CURVE, (0,), [Decimal(1)], [Decimal(2)], 6, Decimal(-1), Decimal(0))


@pytest.mark.parametrize("decimals", [6, 8, 18])
def test_check_profile__fitted_knots__pass(decimals):
    check_profile(WEEKS, knots_of(decimals=decimals), decimals, FORWARD)


def test_segment_speeds__falling_target__the_forward_of_the_empty_curve():
    knots = knots_of()
    last = segment_speeds(WEEKS, knots, 6)[-1]
    years = 52 * WEEK / 31_536_000
    assert last.term == "discount_hi"
    assert last.per_year / WAD == pytest.approx((knots[3].discount_hi - knots[2].discount_hi) / WAD / years, abs=1e-15)


def test_segment_speeds__rising_target__adds_the_ageing_term():
    knots = knots_of(targets=(100, 100, 400, 400), caps=(1000, 1000, 1000, 1000))
    speed = segment_speeds(WEEKS, knots, 6)[1]
    assert speed.term == "discount and target, below it"
    years = 26 * WEEK / 31_536_000
    slope = (knots[2].discount - knots[1].discount) / WAD / years
    gap = (knots[2].discount_hi - knots[2].discount) / WAD
    assert speed.per_year / WAD == pytest.approx(slope + gap * (300 / years) / 100, rel=1e-9)


def test_total_cap__one_segment__bounds_every_weekly_maturity_on_any_day():
    knots = [Knot(1, 100, 0, 0, 0), Knot(1, 200, 0, 0, 0)]
    for day in range(7):
        tenors = [week + day / 7 for week in range(4)]
        assert sum(100 + 100 * tenor / 4 for tenor in tenors) <= total_cap((0, 4), knots) == 800


def edited(number, **changes):
    knots = list(knots_of())
    knots[number] = replace(knots[number], **changes)
    return knots


@pytest.mark.parametrize(
    ("knots", "says"),
    [
        (edited(2, cap=300 * 10**6), "knot 2 .52 weeks.: cap 300000000 must be above target 300000000"),
        (edited(1, target=0), "knot 1 .26 weeks.: target and cap must be positive"),
        (edited(2, cap=10**17), "knot 2 .52 weeks.: cap 100000000000000000 is above 72057594037927935"),
        (edited(0, discount_hi=10**5), "knot 0 .0 weeks.: log-discounts must be 0 at maturity"),
        (edited(3, discount=1, discount_lo=1), "knot 3 .104 weeks.: log-discounts must be multiples of 100000"),
        (edited(2, discount_hi=0, discount=0, discount_lo=0), "knot 2 .52 weeks.: discount_hi falls below"),
        (edited(3, discount_lo=2 * WAD), "knot 3 .104 weeks.: log-discounts must satisfy"),
        (edited(3, discount_hi=5 * WAD), "0 ≤ lo ≤ discount ≤ hi ≤ 4"),
        (edited(3, discount_hi=2 * WAD), "at most 1 wide"),
        (edited(3, discount_hi=9 * WAD // 10), "52 to 104 weeks: a bond would earn 0.84.. a year by discount_hi"),
        (knots_of()[:3], "as many tenors"),
    ],
)
def test_check_profile__out_of_bounds__names_the_knot(knots, says):
    with pytest.raises(ProfileError, match=says):
        check_profile(WEEKS, knots, 6, FORWARD)


@pytest.mark.parametrize("weeks", [(1, 26, 52, 104), (0, 26, 26, 104), (0, 26, 52, 256)])
def test_check_profile__bad_tenors__refused(weeks):
    with pytest.raises(ProfileError, match="tenors_weeks: start at 0"):
        check_profile(weeks, knots_of(), 6, FORWARD)


def test_check_profile__caps_above_max_debt__refused():
    total = total_cap(WEEKS, knots_of())
    check_profile(WEEKS, knots_of(), 6, FORWARD, max_debt=total)
    with pytest.raises(ProfileError, match="above max_debt"):
        check_profile(WEEKS, knots_of(), 6, FORWARD, max_debt=total - 1)


def test_check_profile__unit_of_18_decimals__multiples_only():
    knots = list(knots_of(decimals=18))
    knots[1] = replace(knots[1], cap=knots[1].cap + 1)
    with pytest.raises(ProfileError, match="positive multiples of 1000000000000"):
        check_profile(WEEKS, knots, 18, FORWARD)
