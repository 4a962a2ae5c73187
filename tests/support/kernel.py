"""Random curves and trades over the whole domain of the kernel, and the exact integral in 50 digits."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from random import Random

from mpmath import mp, mpf

from surety.models.log_mean import MAX_DEBT, MAX_FALL, MAX_LOG_DISCOUNT, WAD, Curve

mp.dps = 50


def exact_log_discount(debt: mpf, curve: Curve) -> mpf:
    """l(debt), not in WAD."""
    target, cap, hi, mid, low = map(mpf, curve)
    if debt <= 0:
        return hi / WAD
    if debt <= target:
        return (mid + (hi - mid) * (target - debt) / target) / WAD
    if debt <= cap:
        return (low + (mid - low) * (cap - debt) / (cap - target)) / WAD
    return low / WAD


def exact_price(debt: int, curve: Curve) -> mpf:
    return mp.exp(-exact_log_discount(mpf(debt), curve))


def exact_integral(start: int, end: int, curve: Curve) -> mpf:
    """The integral of the price from `start` to `end`, by the antiderivative of each straight piece.

    The parts of `curve` may be mpf too, finer than the kernel takes them.
    """
    corners = [start, *(kink for kink in (0, curve.target, curve.cap) if start < kink < end), end]
    total = mpf(0)
    for a, b in pairwise(corners):
        first, last = exact_log_discount(mpf(a), curve), exact_log_discount(mpf(b), curve)
        fall = first - last
        total += mpf(b - a) * mp.exp(-first) * (mp.expm1(fall) / fall if fall else 1)
    return total


def relative_gap(start: int, end: int, curve: Curve) -> mpf:
    """The gap that the kernel may leave on an integral, relative: 8e-18 over the lowest price of the span."""
    return mpf("8e-18") / exact_price(start, curve)


def random_curve(random: Random) -> Curve:
    """Any curve of the domain: sizes over all magnitudes, discounts at and between their bounds."""
    target = magnitude(random, 95.5)
    cap = min(target + magnitude(random, 95.5), MAX_DEBT - 1)
    low = random.choice([0, random.randrange(2 * WAD + 1), magnitude(random, 60)])
    mid = low + random.choice([0, MAX_FALL, random.randrange(MAX_FALL + 1), magnitude(random, 50)])
    hi = mid + random.choice([0, MAX_FALL, random.randrange(MAX_FALL + 1), magnitude(random, 50)])
    return Curve(target, cap, min(hi, MAX_LOG_DISCOUNT), mid, low)


def magnitude(random: Random, bits: float) -> int:
    """A positive integer below 2**`bits`, of any magnitude alike."""
    return max(1, int(2 ** random.uniform(0, bits)))


def random_debt(random: Random, curve: Curve) -> int:
    """A debt at, near or between the kinks, or beyond the cap."""
    kinks = (0, curve.target, curve.cap)
    near = random.choice(kinks) + random.choice([-2, -1, 0, 1, 2])
    anywhere = random.randrange(min(2 * curve.cap, MAX_DEBT))
    return min(max(random.choice([near, anywhere, magnitude(random, 96)]), 0), MAX_DEBT - 1)


def random_face(random: Random, debt: int, curve: Curve) -> int:
    """A face of any magnitude, or one that ends at or beside a kink."""
    to_kink = abs(random.choice((curve.target, curve.cap)) - debt) + random.choice([-1, 0, 1])
    face = random.choice([to_kink, magnitude(random, 96), magnitude(random, 96), random.randrange(1, curve.cap)])
    return min(max(face, 1), MAX_DEBT - 1)


def random_cases(seed: int, count: int) -> Iterator[tuple[Curve, int, int, int]]:
    """Curve, debt, face and fee."""
    random = Random(seed)
    for _ in range(count):
        curve = random_curve(random)
        debt = random_debt(random, curve)
        yield curve, debt, random_face(random, debt, curve), random.choice([0, 1, 50, 1_000])
