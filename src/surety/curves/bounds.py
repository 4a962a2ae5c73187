"""What the market's constructor and profile setter demand of knots, told before a transaction is paid for.

The speed bound: along a held bond τ shrinks by a second a second, so its log-price grows by
dℓ/dτ = ∂ℓ/∂τ + ∂ℓ/∂T·T' + ∂ℓ/∂C·C'. Over a segment ℓ mixes the three curves, and the terms in T' and C' are largest
where the gap between curves is wide and T, or C − T, small; each candidate below bounds one corner of the band.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from .knots import DISCOUNT_STEP, WAD, WEEK, YEAR, Knot, ProfileError, amount_unit

MAX_KNOTS = 8
MAX_WEEKS = 255
MAX_DISCOUNT = 4 * WAD
MAX_GAP = WAD


@dataclass(frozen=True)
class Speed:
    """The fastest that a held bond's log-price may grow within one segment, WAD a year, and which term it is."""

    segment: int
    term: str
    per_year: int


def segment_speeds(tenors: Sequence[int], knots: Sequence[Knot]) -> tuple[Speed, ...]:
    """The worst speed of each segment between knots; tenors in seconds. Rounded up."""
    return tuple(
        max(_candidates(k, tenors[k + 1] - tenors[k], knots[k], knots[k + 1]), key=lambda speed: speed.per_year)
        for k in range(len(knots) - 1)
    )


def _candidates(segment: int, seconds: int, near: Knot, far: Knot) -> Iterator[Speed]:
    def slope(a: int, b: int) -> int:
        return -((a - b) * YEAR // seconds)

    def ratio(gap: int, rise: int, least: int) -> int:
        return -(-gap * max(rise, 0) // least)

    gap_hi = max(near.discount_hi - near.discount, far.discount_hi - far.discount)
    gap_lo = max(near.discount - near.discount_lo, far.discount - far.discount_lo)
    room = min(near.cap - near.target, far.cap - far.target)
    least = min(near.target, far.target)
    target_rise, cap_rise = slope(near.target, far.target), slope(near.cap, far.cap)
    hi = slope(near.discount_hi, far.discount_hi)
    middle = slope(near.discount, far.discount)
    lo = slope(near.discount_lo, far.discount_lo)
    yield Speed(segment, "discount_hi", hi)
    yield Speed(segment, "discount + target below it", middle + ratio(gap_hi, target_rise, least))
    yield Speed(segment, "discount + target above it", middle + ratio(gap_lo, target_rise, room))
    yield Speed(segment, "discount_lo + cap", lo + ratio(gap_lo, cap_rise, room))
    yield Speed(segment, "discount_lo", lo)


def total_cap(weeks: Sequence[int], knots: Sequence[Knot]) -> int:
    """Sum of caps over the weekly maturities that stand on knots' weeks, 1 … last: the most debt there can be."""
    total = 0
    for k in range(len(knots) - 1):
        span = weeks[k + 1] - weeks[k]
        near, far = knots[k].cap, knots[k + 1].cap
        total += sum(near + (far - near) * step // span for step in range(1, span + 1))
    return total


def check_profile(
    weeks: Sequence[int], knots: Sequence[Knot], decimals: int, max_forward: int, max_debt: int | None = None
) -> None:
    """Raise `ProfileError`, naming the first knot or segment out of bounds.

    `weeks` are the tenors, `max_forward` WAD a year, `max_debt` in the asset's smallest unit.
    """
    if not 2 <= len(knots) <= MAX_KNOTS or len(weeks) != len(knots):
        raise ProfileError(f"give 2 to {MAX_KNOTS} knots and as many tenors, not {len(knots)} and {len(weeks)}")
    if weeks[0] != 0 or any(b <= a for a, b in pairwise(weeks)) or weeks[-1] > MAX_WEEKS:
        raise ProfileError(f"tenors_weeks: start at 0, rise strictly, end by {MAX_WEEKS}; not {list(weeks)}")
    for number, knot in enumerate(knots):
        _check_knot(f"knot {number} ({weeks[number]} weeks)", knot, amount_unit(decimals), at_zero=number == 0)
    for number, (near, far) in enumerate(pairwise(knots)):
        for name in ("discount_hi", "discount", "discount_lo"):
            if getattr(far, name) < getattr(near, name):
                raise ProfileError(f"knot {number + 1} ({weeks[number + 1]} weeks): {name} falls below the knot before")
    for speed in segment_speeds([tenor * WEEK for tenor in weeks], knots):
        if speed.per_year > max_forward:
            a, b = weeks[speed.segment], weeks[speed.segment + 1]
            raise ProfileError(
                f"{a} to {b} weeks: a bond would earn {speed.per_year / WAD:.4f} a year by {speed.term}, "
                f"above max_forward {max_forward / WAD:.4f}; flatten the curve, the targets or the caps there"
            )
    if max_debt is not None and total_cap(weeks, knots) > max_debt:
        raise ProfileError(f"caps add up to {total_cap(weeks, knots)}, above max_debt {max_debt}")


def _check_knot(name: str, knot: Knot, unit: int, at_zero: bool) -> None:
    hi, middle, lo = knot.discount_hi, knot.discount, knot.discount_lo
    if knot.target <= 0 or knot.target % unit or knot.cap % unit:
        raise ProfileError(f"{name}: target and cap must be positive multiples of {unit}")
    if knot.cap <= knot.target:
        raise ProfileError(f"{name}: cap {knot.cap} must be above target {knot.target}")
    if any(value % DISCOUNT_STEP for value in (hi, middle, lo)):
        raise ProfileError(f"{name}: log-discounts must be multiples of {DISCOUNT_STEP}")
    if at_zero and (hi, middle, lo) != (0, 0, 0):
        raise ProfileError(f"{name}: log-discounts must be 0 at maturity")
    if not 0 <= lo <= middle <= hi <= MAX_DISCOUNT:
        raise ProfileError(f"{name}: log-discounts must satisfy 0 ≤ lo ≤ discount ≤ hi ≤ 4")
    if hi - middle > MAX_GAP or middle - lo > MAX_GAP:
        raise ProfileError(f"{name}: the band may be at most 1 wide on each side of the curve")
