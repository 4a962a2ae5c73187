# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Target debt profile: how much debt of which tenor the protocol wants, and at what price
@license AGPL-3.0-only
@author Surety contributors
@notice Knots over the tenor, with straight lines between: a target, a cap above it, and three log-discounts, for an empty
    bucket (hi), at the target (mid) and at the cap (low). A bond of tenor t is priced by the curve read off at t.
    A change is announced, waits for a notice, then ramps in a straight line; while it is under way buys use the dearer and
    sales the cheaper of the curve in force and the one to come, so that nothing can be traded ahead of it.
@dev What trades rely on is proven when a profile is set, by ProfileBounds: a contract of its own, since only setters need
    its code. Each knot is one word (knot_word). Everything is read off in stored grains and rounded down, which keeps the order
    of the components.
@custom:invariant INV-PRF-1 … INV-PRF-6 (specs/debt-profile.md)
"""

from . import errors
from . import knot_word
from ..lib import log_mean
from ...interfaces import IProfileBounds


event ProfileQueued:
    start: uint256
    end: uint256
    fee_bps: uint256
    knots: DynArray[IProfileBounds.Knot, 8]


event ProfileCancelled:
    pass


struct Schedule:
    start: uint256  # ramp begins
    end: uint256  # ramp is over; 0 = no change since the beginning
    fee_bps: uint256  # in force before the ramp
    next_fee_bps: uint256  # in force after it


struct Terms:
    curve: log_mean.Curve  # in force for a tenor now
    fee_bps: uint256
    changing: bool  # whether a change is under way, and then what is to come
    next_curve: log_mean.Curve
    next_fee_bps: uint256


MAX_KNOTS: constant(uint256) = 8
MIN_RAMP: constant(uint256) = 86_400
MAX_RAMP: constant(uint256) = 90 * 86_400  # a mistake lasts no longer; larger changes go in stages
DAY: constant(uint256) = 86_400

BOUNDS: immutable(address)  # ProfileBounds
TENORS: immutable(uint256)  # 32 bits each, the first in the lowest
COUNT: immutable(uint256)
UNIT: immutable(uint256)
RULES: immutable(IProfileBounds.Rules)

_knots: uint256[MAX_KNOTS]  # in force until the ramp of a change begins
_next_knots: uint256[MAX_KNOTS]  # in force once it is over
# next fee (16 bits) | fee (16) | end (40) | start (40)
_schedule: uint256


@deploy
def __init__(
    bounds: address,
    rules: IProfileBounds.Rules,
    tenors: DynArray[uint256, MAX_KNOTS],
    knots: DynArray[IProfileBounds.Knot, MAX_KNOTS],
    fee_bps: uint256,
    unit: uint256,
):
    BOUNDS = bounds
    TENORS = staticcall IProfileBounds(bounds).check_rules(rules, tenors)
    COUNT = len(tenors)
    UNIT = unit
    RULES = rules
    packed: uint256[MAX_KNOTS] = empty(uint256[MAX_KNOTS])
    drift: uint256 = 0
    packed, drift = staticcall IProfileBounds(bounds).check(packed, knots, fee_bps, tenors, unit, rules)
    self._next_knots = packed
    self._schedule = (fee_bps << 96) | (fee_bps << 80)


# -- Changes ----------------------------------------------------------------------------------------------------------


@internal
def _queue(knots: DynArray[IProfileBounds.Knot, MAX_KNOTS], fee_bps: uint256):
    """
    @dev Announce a change of knots and fee; it ramps in after the notice, over at least a day and no faster than `max_drift`.
    """
    schedule: Schedule = self._schedule_view()
    assert block.timestamp >= schedule.end, errors.CHANGE_RUNNING
    current: uint256[MAX_KNOTS] = self._next_knots
    packed: uint256[MAX_KNOTS] = empty(uint256[MAX_KNOTS])
    drift: uint256 = 0
    packed, drift = staticcall IProfileBounds(BOUNDS).check(current, knots, fee_bps, self._tenors_view(), UNIT, RULES)
    ramp: uint256 = max(MIN_RAMP, (drift * DAY + RULES.max_drift - 1) // RULES.max_drift)
    assert ramp <= MAX_RAMP, errors.LONG_RAMP
    start: uint256 = block.timestamp + RULES.notice
    end: uint256 = start + ramp
    self._knots = current
    self._next_knots = packed
    self._schedule = (fee_bps << 96) | (schedule.next_fee_bps << 80) | (end << 40) | start
    log ProfileQueued(start=start, end=end, fee_bps=fee_bps, knots=knots)


@internal
def _cancel():
    """
    @dev Take an announced change back, as long as its ramp has not begun.
    """
    schedule: Schedule = self._schedule_view()
    assert block.timestamp < schedule.start, errors.NO_CHANGE
    self._next_knots = self._knots
    self._schedule = (schedule.fee_bps << 96) | (schedule.fee_bps << 80)
    log ProfileCancelled()


# -- Reading the curve ------------------------------------------------------------------------------------------------


@internal
@view
def _terms(tenor: uint256) -> Terms:
    """
    @dev Curve and fee in force for a tenor; while a change is under way also those to come, otherwise the same twice.
    """
    assert tenor <= self._last_tenor(), errors.TOO_FAR
    segment: uint256 = 0
    near: uint256 = 0
    far: uint256 = 0
    segment, near, far = self._segment(tenor)
    left: uint256 = unsafe_sub(far, tenor)
    length: uint256 = unsafe_sub(far, near)
    later: log_mean.Curve = self._between(
        self._next_knots[segment], self._next_knots[unsafe_add(segment, 1)], left, length
    )
    next_curve: log_mean.Curve = self._scaled(later)
    schedule: uint256 = self._schedule
    terms: Terms = Terms(
        curve=next_curve, fee_bps=schedule >> 96, changing=False, next_curve=next_curve, next_fee_bps=schedule >> 96
    )
    end: uint256 = (schedule >> 40) & (2**40 - 1)
    if block.timestamp < end:
        start: uint256 = schedule & (2**40 - 1)
        terms.changing = True
        terms.fee_bps = (schedule >> 80) & (2**16 - 1)
        curve: log_mean.Curve = self._between(self._knots[segment], self._knots[unsafe_add(segment, 1)], left, length)
        if block.timestamp > start:
            left = unsafe_sub(end, block.timestamp)
            length = unsafe_sub(end, start)
            curve = self._blend(curve, later, left, length)
            terms.fee_bps = self._mix(terms.fee_bps, terms.next_fee_bps, left, length)
        terms.curve = self._scaled(curve)
    return terms


@internal
@view
def _segment(tenor: uint256) -> (uint256, uint256, uint256):
    """
    @dev Index of the knot at or before `tenor`, its tenor, and the tenor of the next one.
    """
    word: uint256 = TENORS >> 32
    near: uint256 = 0
    for i: uint256 in range(MAX_KNOTS):
        far: uint256 = word & (2**32 - 1)
        if tenor <= far:
            return i, near, far
        near = far
        word = word >> 32
    raise "debt_profile: unreachable"  # dev: the caller checked the tenor against the last knot


@internal
@view
def _last_tenor() -> uint256:
    """
    @dev Tenor of the last knot, s.
    """
    return (TENORS >> unsafe_mul(32, unsafe_sub(COUNT, 1))) & (2**32 - 1)


@internal
@pure
def _between(a: uint256, b: uint256, left: uint256, whole: uint256) -> log_mean.Curve:
    """
    @dev The curve `left/whole` of knot a and the rest of knot b, in stored grains, rounded down.
    """
    return self._blend(knot_word._unpack(a), knot_word._unpack(b), left, whole)


@internal
@pure
def _blend(a: log_mean.Curve, b: log_mean.Curve, left: uint256, whole: uint256) -> log_mean.Curve:
    """
    @dev Each component blended and rounded down; order and gaps of components survive that.
    """
    return log_mean.Curve(
        target=self._mix(a.target, b.target, left, whole),
        cap=self._mix(a.cap, b.cap, left, whole),
        hi=self._mix(a.hi, b.hi, left, whole),
        mid=self._mix(a.mid, b.mid, left, whole),
        low=self._mix(a.low, b.low, left, whole),
    )


@internal
@pure
def _mix(a: uint256, b: uint256, left: uint256, whole: uint256) -> uint256:
    """
    @dev (a * left + b * (whole - left)) / whole, rounded down; operands below 2**56 and 2**40.
    """
    return unsafe_div(unsafe_add(unsafe_mul(a, left), unsafe_mul(b, unsafe_sub(whole, left))), whole)


@internal
@view
def _scaled(curve: log_mean.Curve) -> log_mean.Curve:
    """
    @dev From stored grains to asset decimals and WAD.
    """
    return log_mean.Curve(
        target=unsafe_mul(curve.target, UNIT),
        cap=unsafe_mul(curve.cap, UNIT),
        hi=unsafe_mul(curve.hi, knot_word.GRAIN),
        mid=unsafe_mul(curve.mid, knot_word.GRAIN),
        low=unsafe_mul(curve.low, knot_word.GRAIN),
    )


# -- Views ------------------------------------------------------------------------------------------------------------


@internal
@view
def _schedule_view() -> Schedule:
    """
    @dev The last change, done or not.
    """
    word: uint256 = self._schedule
    return Schedule(
        start=word & (2**40 - 1),
        end=(word >> 40) & (2**40 - 1),
        fee_bps=(word >> 80) & (2**16 - 1),
        next_fee_bps=word >> 96,
    )


@internal
@view
def _tenors_view() -> DynArray[uint256, MAX_KNOTS]:
    """
    @dev Tenors of the knots, s.
    """
    tenors: DynArray[uint256, MAX_KNOTS] = []
    for i: uint256 in range(COUNT, bound=MAX_KNOTS):
        tenors.append((TENORS >> (32 * i)) & (2**32 - 1))
    return tenors


@internal
@view
def _knots_view(to_come: bool) -> DynArray[IProfileBounds.Knot, MAX_KNOTS]:
    """
    @dev Knots that hold before a running ramp, or those that hold after it (the same when none runs).
    """
    changing: bool = block.timestamp < self._schedule_view().end
    knots: DynArray[IProfileBounds.Knot, MAX_KNOTS] = []
    for i: uint256 in range(COUNT, bound=MAX_KNOTS):
        word: uint256 = self._next_knots[i]
        if changing and not to_come:
            word = self._knots[i]
        curve: log_mean.Curve = self._scaled(knot_word._unpack(word))
        knots.append(IProfileBounds.Knot(target=curve.target, cap=curve.cap, hi=curve.hi, mid=curve.mid, low=curve.low))
    return knots
