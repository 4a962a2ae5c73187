"""Coupon bonds as strips (S0.10)."""

from decimal import Decimal

import pytest

from surety.sdk.errors import UsageError
from surety.sdk.strips import MAX_STRIP, YEAR, coupon_strip
from surety.sdk.suite import WEEK

NOW = 1_728_316_800
LAST = (NOW // WEEK + 1 + 104) * WEEK


def test_coupon_strip__half_yearly__counts_back_from_the_maturity():
    strip = coupon_strip(LAST, 10**9, Decimal(4), 26, NOW)
    coupon = 10**9 * 4 * 26 * WEEK // (100 * YEAR)
    assert strip.maturities == tuple(LAST - 26 * WEEK * back for back in (4, 3, 2, 1, 0))
    assert strip.faces == (coupon,) * 4 + (10**9 + coupon,)
    assert strip.maturities[0] > NOW


def test_coupon_strip__a_date_that_is_now__is_left_out():
    assert coupon_strip(LAST, 10**9, Decimal(4), 26, LAST - 26 * WEEK).maturities == (LAST,)
    assert len(coupon_strip(LAST, 10**9, Decimal(4), 26, LAST - 26 * WEEK - 1).maturities) == 2


def test_coupon_strip__the_longest_one_call_takes__and_one_more():
    begin = LAST - MAX_STRIP * WEEK
    assert len(coupon_strip(LAST, 10**9, Decimal(4), 1, begin).faces) == MAX_STRIP
    with pytest.raises(UsageError, match="33 coupon dates"):
        coupon_strip(LAST, 10**9, Decimal(4), 1, begin - 1)


@pytest.mark.parametrize(
    ("principal", "percent", "weeks", "now", "told"),
    [
        (0, "4", 26, NOW, "above zero"),
        (10**9, "0", 26, NOW, "above zero"),
        (10**9, "4", 0, NOW, "at least a week"),
        (10**9, "4", 26, LAST, "ahead"),
        (1, "4", 26, NOW, "smallest unit"),
    ],
)
def test_coupon_strip__nothing_to_buy__told_in_one_line(principal, percent, weeks, now, told):
    with pytest.raises(UsageError, match=told):
        coupon_strip(LAST, principal, Decimal(percent), weeks, now)
