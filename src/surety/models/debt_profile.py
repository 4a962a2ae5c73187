"""The debt profile of a market: `contracts/bonds/debt_profile.vy`, `knot_word.vy` and `ProfileBounds.vy`.

Stored curves hold targets and caps in UNITs and log-discounts in GRAINs; what leaves this module is in the asset's
smallest unit and WAD. Derivations of the bounds: specs/debt-profile.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from .log_mean import MAX_FALL, MAX_LOG_DISCOUNT, WAD, Curve
from .refusal import require

GRAIN = 10**5
MASK_56 = 2**56 - 1
MASK_48 = 2**48 - 1
DAY = 86_400
WEEK = 604_800
YEAR = 31_536_000
MAX_TENOR = 255 * WEEK
MAX_FEE_BPS = 1_000
MIN_NOTICE = DAY
MAX_NOTICE = 90 * DAY
MAX_FORWARD = 10 * WAD
MAX_DRIFT = WAD // 100
MIN_RAMP = DAY
MAX_RAMP = 90 * DAY


class Rules(NamedTuple):
    """Bounds of a market's profiles: s, WAD a year, WAD a day, asset's smallest unit."""

    notice: int
    max_forward: int
    max_drift: int
    max_debt: int


class Schedule(NamedTuple):
    """A change of the profile: its ramp, and the fee before and after it."""

    start: int
    end: int
    fee_bps: int
    next_fee_bps: int


class Terms(NamedTuple):
    """Curve and fee in force for a tenor; while a change is under way also those to come, else the same twice."""

    curve: Curve
    fee_bps: int
    changing: bool
    next_curve: Curve
    next_fee_bps: int


# -- words ------------------------------------------------------------------------------------------------------------


def pack(stored: Curve) -> int:
    """The word of one knot, as ProfileBounds returns it."""
    return stored.target << 200 | stored.cap << 144 | stored.hi << 96 | stored.mid << 48 | stored.low


def unpack(word: int) -> Curve:
    """The parts of a word, in UNITs and GRAINs."""
    return Curve(word >> 200, word >> 144 & MASK_56, word >> 96 & MASK_48, word >> 48 & MASK_48, word & MASK_48)


def blend(a: Curve, b: Curve, left: int, whole: int) -> Curve:
    """The curve `left/whole` of a and the rest of b, each component rounded down."""
    return Curve(*((x * left + y * (whole - left)) // whole for x, y in zip(a, b, strict=True)))


def scaled(stored: Curve, unit: int) -> Curve:
    """From UNITs and GRAINs to the asset's smallest unit and WAD."""
    return Curve(stored.target * unit, stored.cap * unit, stored.hi * GRAIN, stored.mid * GRAIN, stored.low * GRAIN)


# -- bounds -----------------------------------------------------------------------------------------------------------


def check_rules(rules: Rules, tenors: Sequence[int]) -> None:
    """Refuse rules and tenors (s) out of range."""
    require(MIN_NOTICE <= rules.notice <= MAX_NOTICE, "debt_profile: notice out of range")
    require(0 < rules.max_forward <= MAX_FORWARD, "debt_profile: speed limit out of range")
    require(0 < rules.max_drift <= MAX_DRIFT, "debt_profile: speed limit out of range")
    require(rules.max_debt > 0, "debt_profile: zero maximum debt")
    require(len(tenors) >= 2, "debt_profile: one knot a tenor, two or more")
    require(tenors[0] == 0, "debt_profile: tenors must rise from zero")
    require(WEEK <= tenors[-1] <= MAX_TENOR, "debt_profile: last tenor out of range")
    require(all(b > a for a, b in pairwise(tenors)), "debt_profile: tenors must rise from zero")


def check(
    current: Sequence[Curve], knots: Sequence[Curve], fee_bps: int, tenors: Sequence[int], unit: int, rules: Rules
) -> tuple[tuple[Curve, ...], int]:
    """Refuse a profile out of bounds; `current` is the stored one in force, empty for none.

    Returns the stored profile, and the most that the change can move a log-price (WAD, rounded up).
    """
    require(fee_bps <= MAX_FEE_BPS, "debt_profile: fee too high")
    require(len(knots) == len(tenors), "debt_profile: one knot a tenor, two or more")
    stored = check_knots(knots, unit)
    old = tuple(current) or stored
    drift = 0
    caps = 0
    for i in range(1, len(tenors)):
        length = tenors[i] - tenors[i - 1]
        corners = (old[i - 1], old[i], stored[i - 1], stored[i])
        require(earned(*corners) * YEAR <= rules.max_forward * length, "debt_profile: ageing bond earns too much")
        drift = max(drift, moved(*corners))
        near, far = knots[i - 1].cap, knots[i].cap
        caps += div_up((near + far) * length, 2 * WEEK) + max(near, far)
    require(caps <= rules.max_debt, "debt_profile: caps above the maximum debt")
    return stored, drift


def check_knots(knots: Sequence[Curve], unit: int) -> tuple[Curve, ...]:
    """Each knot by itself and its order to the one before; as stored."""
    stored = []
    before = Curve(0, 0, 0, 0, 0)
    for i, knot in enumerate(knots):
        require(knot.target > 0, "debt_profile: zero target")
        require(knot.cap > knot.target, "debt_profile: cap not above target")
        require(knot.cap // unit <= MASK_56, "debt_profile: cap out of range")
        require(knot.target % unit == 0 == knot.cap % unit, "debt_profile: value finer than its unit")
        require(all(part % GRAIN == 0 for part in knot[2:]), "debt_profile: value finer than its unit")
        require(knot.hi >= knot.mid >= knot.low, "debt_profile: discounts out of order")
        require(knot.hi <= MAX_LOG_DISCOUNT, "debt_profile: discount out of range")
        require(
            knot.hi - knot.mid <= MAX_FALL and knot.mid - knot.low <= MAX_FALL, "debt_profile: discounts too far apart"
        )
        require(i > 0 or knot.hi == 0, "debt_profile: not at par at zero tenor")
        require(
            knot.hi >= before.hi and knot.mid >= before.mid and knot.low >= before.low,
            "debt_profile: discount falls with tenor",
        )
        stored.append(
            Curve(knot.target // unit, knot.cap // unit, knot.hi // GRAIN, knot.mid // GRAIN, knot.low // GRAIN)
        )
        before = knot
    return tuple(stored)


def earned(a: Curve, b: Curve, c: Curve, d: Curve) -> int:
    """The most that a bond earns by ageing along the segment a–b, c–d or any blend of both, WAD, rounded up."""
    upper, lower, headroom, target = _extremes(a, b, c, d)
    target_rise = max(b.target - a.target, d.target - c.target, 0)
    cap_rise = max(b.cap - a.cap, d.cap - c.cap, 0)
    hi_rise, mid_rise, low_rise = (max(b[k] - a[k], d[k] - c[k]) * GRAIN for k in (2, 3, 4))
    return max(
        hi_rise,
        low_rise + div_up(lower * cap_rise, headroom),
        mid_rise + max(div_up(upper * target_rise, target), div_up(lower * target_rise, headroom)),
    )


def moved(a: Curve, b: Curve, c: Curve, d: Curve) -> int:
    """The most that a ramp from segment a–b to c–d moves a log-price at any debt and tenor, WAD, rounded up."""
    upper, lower, headroom, target = _extremes(a, b, c, d)
    target_move, cap_move, hi_move, mid_move, low_move = (max(abs(a[k] - c[k]), abs(b[k] - d[k])) for k in range(5))
    return max(
        max(hi_move, mid_move) * GRAIN + div_up(upper * target_move, target),
        max(mid_move, low_move) * GRAIN + div_up(lower * max(target_move, cap_move), headroom),
    )


def _extremes(*corners: Curve) -> tuple[int, int, int, int]:
    """Largest falls up to and beyond the target (WAD), smallest distance of cap and target, smallest target."""
    upper = max(k.hi - k.mid for k in corners) * GRAIN
    lower = max(k.mid - k.low for k in corners) * GRAIN
    return upper, lower, min(k.cap - k.target for k in corners), min(k.target for k in corners)


def div_up(a: int, b: int) -> int:
    """a / b, rounded up; b is positive."""
    return -(-a // b)


# -- state ------------------------------------------------------------------------------------------------------------


@dataclass
class DebtProfile:
    """The profile of one market. Made from knots in the asset's smallest unit and WAD; keeps them as stored."""

    unit: int
    rules: Rules
    tenors: tuple[int, ...]
    knots: tuple[Curve, ...]
    next_knots: tuple[Curve, ...]
    schedule: Schedule

    @classmethod
    def create(
        cls, unit: int, rules: Rules, tenors: Sequence[int], knots: Sequence[Curve], fee_bps: int
    ) -> DebtProfile:
        """The profile that holds from the start; refuses what the constructor refuses."""
        check_rules(rules, tenors)
        stored, _ = check((), knots, fee_bps, tenors, unit, rules)
        return cls(unit, rules, tuple(tenors), stored, stored, Schedule(0, 0, fee_bps, fee_bps))

    def queue(self, knots: Sequence[Curve], fee_bps: int, now: int) -> None:
        """Announce a change: it ramps in after the notice, over at least a day and no faster than `max_drift`."""
        require(now >= self.schedule.end, "debt_profile: a change is under way")
        stored, drift = check(self.next_knots, knots, fee_bps, self.tenors, self.unit, self.rules)
        ramp = max(MIN_RAMP, div_up(drift * DAY, self.rules.max_drift))
        require(ramp <= MAX_RAMP, "debt_profile: change too far for one ramp")
        start = now + self.rules.notice
        self.knots, self.next_knots = self.next_knots, stored
        self.schedule = Schedule(start, start + ramp, self.schedule.next_fee_bps, fee_bps)

    def cancel(self, now: int) -> None:
        """Take an announced change back, as long as its ramp has not begun."""
        require(now < self.schedule.start, "debt_profile: no change to cancel")
        self.next_knots = self.knots
        self.schedule = Schedule(0, 0, self.schedule.fee_bps, self.schedule.fee_bps)

    def terms(self, tenor: int, now: int) -> Terms:
        """Curve and fee in force for `tenor` (s) at `now`, and those to come."""
        require(tenor <= self.tenors[-1], "bond_market: maturity beyond the last knot")
        segment = next(i for i, far in enumerate(self.tenors[1:]) if tenor <= far)
        near, far = self.tenors[segment : segment + 2]
        later = blend(self.next_knots[segment], self.next_knots[segment + 1], far - tenor, far - near)
        start, end, fee_bps, next_fee_bps = self.schedule
        next_curve = scaled(later, self.unit)
        if now >= end:
            return Terms(next_curve, next_fee_bps, False, next_curve, next_fee_bps)
        curve = blend(self.knots[segment], self.knots[segment + 1], far - tenor, far - near)
        if now > start:
            curve = blend(curve, later, end - now, end - start)
            fee_bps = (fee_bps * (end - now) + next_fee_bps * (now - start)) // (end - start)
        return Terms(scaled(curve, self.unit), fee_bps, True, next_curve, next_fee_bps)
