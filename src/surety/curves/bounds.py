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
MAX_UNITS = 2**56 - 1
MAX_DISCOUNT = 4 * WAD
MAX_GAP = WAD


@dataclass(frozen=True)
class Speed:
    """The fastest that a held bond's log-price may grow within one segment, WAD a year, and which term it is."""

    segment: int
    term: str
    per_year: int


def segment_speeds(weeks: Sequence[int], knots: Sequence[Knot], decimals: int) -> tuple[Speed, ...]:
    """The worst speed of each segment between knots at tenors in weeks. Rounded up."""
    unit = amount_unit(decimals)
    speeds = []
    for k in range(len(knots) - 1):
        term, earned = max(_earned(knots[k], knots[k + 1], unit), key=lambda candidate: candidate[1])
        speeds.append(Speed(k, term, div_up(earned * YEAR, (weeks[k + 1] - weeks[k]) * WEEK)))
    return tuple(speeds)


def _earned(near: Knot, far: Knot, unit: int) -> Iterator[tuple[str, int]]:
    """What a bond may earn while it ages through a segment, WAD, by the term that makes it."""
    gap_hi = max(near.discount_hi - near.discount, far.discount_hi - far.discount)
    gap_lo = max(near.discount - near.discount_lo, far.discount - far.discount_lo)
    least = min(near.target, far.target) // unit
    room = min(near.cap // unit - near.target // unit, far.cap // unit - far.target // unit)
    target_rise = max(far.target // unit - near.target // unit, 0)
    cap_rise = max(far.cap // unit - near.cap // unit, 0)
    middle = far.discount - near.discount
    yield "discount_hi", far.discount_hi - near.discount_hi
    yield "discount_lo and cap", far.discount_lo - near.discount_lo + div_up(gap_lo * cap_rise, room)
    yield "discount and target, below it", middle + div_up(gap_hi * target_rise, least)
    yield "discount and target, above it", middle + div_up(gap_lo * target_rise, room)


def total_cap(weeks: Sequence[int], knots: Sequence[Knot]) -> int:
    """The market's bound on the debt of all weekly maturities together: smallest units, rounded up."""
    total = 0
    for k in range(len(knots) - 1):
        near, far = knots[k].cap, knots[k + 1].cap
        total += div_up((near + far) * (weeks[k + 1] - weeks[k]), 2) + max(near, far)
    return total


def div_up(a: int, b: int) -> int:
    """a / b rounded up, for a ≥ 0 and b > 0."""
    return (a + b - 1) // b


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
    for speed in segment_speeds(weeks, knots, decimals):
        if speed.per_year > max_forward:
            a, b = weeks[speed.segment], weeks[speed.segment + 1]
            raise ProfileError(
                f"{a} to {b} weeks: a bond would earn {speed.per_year / WAD:.4f} a year by {speed.term}, "
                f"above max_forward {max_forward / WAD:.4f}; flatten the curve, the targets or the caps there"
            )
    total = total_cap(weeks, knots)
    if max_debt is not None and total > max_debt:
        raise ProfileError(f"caps add up to {total}, above max_debt {max_debt} (both in the asset's smallest unit)")


def _check_knot(name: str, knot: Knot, unit: int, at_zero: bool) -> None:
    hi, middle, lo = knot.discount_hi, knot.discount, knot.discount_lo
    if knot.target <= 0 or knot.target % unit or knot.cap % unit:
        raise ProfileError(f"{name}: target and cap must be positive multiples of {unit}")
    if knot.cap // unit > MAX_UNITS:
        raise ProfileError(f"{name}: cap {knot.cap} is above {MAX_UNITS * unit}, the most that is stored")
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
