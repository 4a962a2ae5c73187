"""Coupon bonds as strips: one bucket a coupon, and the principal in the last."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from .errors import UsageError
from .suite import WEEK

YEAR = 31_536_000
MAX_STRIP = 32  # buckets in one call of the market


class Strip(NamedTuple):
    """Maturities (s, rising, on the weekly grid) and the face of each (asset's smallest unit)."""

    maturities: tuple[int, ...]
    faces: tuple[int, ...]


def coupon_strip(maturity: int, principal: int, percent: Decimal, weeks: int, now: int) -> Strip:
    """The strip that pays `percent` a year of `principal`, every so many weeks counted back from `maturity`.

    Coupons are rounded down to the asset's smallest unit; the last bucket pays coupon and principal. Raises
    `UsageError` when there is nothing to pay, no time left, or more dates than one call takes.
    """
    if principal <= 0 or percent <= 0:
        raise UsageError("a coupon bond needs a principal and a coupon above zero")
    if weeks < 1 or maturity <= now:
        raise UsageError("coupons must be at least a week apart, and the maturity ahead")
    step = weeks * WEEK
    count = -(-(maturity - now) // step)
    if count > MAX_STRIP:
        raise UsageError(
            f"{count} coupon dates, and one call takes {MAX_STRIP}: choose a longer step than {weeks} weeks"
        )
    coupon = int(principal * percent / 100 * step / YEAR)
    if coupon == 0:
        raise UsageError("the coupon is below the asset's smallest unit")
    dates = tuple(maturity - step * back for back in reversed(range(count)))
    return Strip(dates, (*(coupon for _ in dates[:-1]), principal + coupon))
