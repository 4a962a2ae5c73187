# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Bounds that every debt profile must keep
@license AGPL-3.0-only
@author Surety contributors
@notice Proves what trades rely on before a profile is announced: the domain of the kernel, prices at par at tenor zero,
    log-discounts of the knots that never fall with the tenor (at one and the same debt the price may still rise with it, where targets
    or caps fall), an ageing bond that never earns more than `max_forward`, a ramp no faster than `max_drift`, and caps that
    sum to at most `max_debt`.
@dev Pure, with no state: code of setters that the market need not carry. specs/debt-profile.md derives each bound.
@custom:security Whoever deploys a market names this contract in its constructor, for ever; `verify` compares its code.
@custom:kill Nothing to stop.
@custom:invariant INV-PRF-1 … INV-PRF-4 (specs/debt-profile.md)
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ...interfaces import IProfileBounds

implements: IProfileBounds

# -- modules ----------------------------------------------------------------------------------------------------------

from . import errors
from . import knot_word
from ..lib import log_mean

# -- constants --------------------------------------------------------------------------------------------------------

MAX_KNOTS: constant(uint256) = 8
MAX_TENOR: constant(uint256) = 255 * 604_800
MAX_FEE_BPS: constant(uint256) = 1_000  # of the discount
MIN_NOTICE: constant(uint256) = 86_400
MAX_NOTICE: constant(uint256) = 90 * 86_400
MAX_FORWARD: constant(uint256) = 10 * WAD
MAX_DRIFT: constant(uint256) = WAD // 100
MAX_LOG_DISCOUNT: constant(uint256) = 4 * WAD
MAX_FALL: constant(uint256) = WAD  # between two log-discounts of a knot
GRAIN: constant(uint256) = knot_word.GRAIN
WAD: constant(uint256) = 10**18
WEEK: constant(uint256) = 604_800
YEAR: constant(uint256) = 31_536_000


# -- checks -----------------------------------------------------------------------------------------------------------


@pure
@external
def check_rules(rules: IProfileBounds.Rules, tenors: DynArray[uint256, MAX_KNOTS]) -> uint256:
    """
    @notice Refuse rules and tenors out of range.
    @param rules Of the market.
    @param tenors Of the knots, s: two to eight, rising from zero to between one and 255 weeks.
    @return The tenors in one word, 32 bits each, the first in the lowest.
    """
    assert rules.notice >= MIN_NOTICE and rules.notice <= MAX_NOTICE, errors.BAD_NOTICE
    assert rules.max_forward > 0 and rules.max_forward <= MAX_FORWARD, errors.BAD_SPEED
    assert rules.max_drift > 0 and rules.max_drift <= MAX_DRIFT, errors.BAD_SPEED
    assert rules.max_debt > 0, errors.BAD_MAX_DEBT
    count: uint256 = len(tenors)
    assert count >= 2, errors.BAD_COUNT
    assert tenors[0] == 0, errors.BAD_TENORS
    assert tenors[count - 1] >= WEEK and tenors[count - 1] <= MAX_TENOR, errors.LONG_TENOR
    word: uint256 = 0
    for i: uint256 in range(1, count, bound=MAX_KNOTS):
        assert tenors[i] > tenors[i - 1], errors.BAD_TENORS
        word |= tenors[i] << (32 * i)
    return word


@pure
@external
def check(
    current: uint256[MAX_KNOTS],
    knots: DynArray[IProfileBounds.Knot, MAX_KNOTS],
    fee_bps: uint256,
    tenors: DynArray[uint256, MAX_KNOTS],
    unit: uint256,
    rules: IProfileBounds.Rules,
) -> (uint256[MAX_KNOTS], uint256):
    """
    @notice Refuse a profile that breaks a bound by itself, with its neighbours in tenor, or anywhere between it and the current one.
    @param current Words of the profile in force; zeros for none.
    @param knots The new one.
    @param fee_bps Its fee on the discount.
    @param tenors Of the knots, s.
    @param unit UNIT of the market.
    @param rules Of the market.
    @return Words of the new profile; the most that the whole change can move a log-price, WAD, rounded up.
    """
    assert fee_bps <= MAX_FEE_BPS, errors.HIGH_FEE
    count: uint256 = len(tenors)
    assert len(knots) == count, errors.BAD_COUNT
    packed: uint256[MAX_KNOTS] = self._packed(knots, unit)
    old: uint256[MAX_KNOTS] = current
    if current[0] == 0:
        old = packed
    drift: uint256 = 0
    caps: uint256 = 0
    for i: uint256 in range(1, count, bound=MAX_KNOTS):
        length: uint256 = tenors[i] - tenors[i - 1]
        self._check_ageing(old[i - 1], old[i], packed[i - 1], packed[i], length, rules.max_forward)
        drift = max(drift, self._drift(old[i - 1], old[i], packed[i - 1], packed[i]))
        # caps of the weekly buckets: at most the integral over the segment, and its larger end once more
        near: uint256 = knots[i - 1].cap
        far: uint256 = knots[i].cap
        caps += self._div_up((near + far) * length, 2 * WEEK) + max(near, far)
    assert caps <= rules.max_debt, errors.TOO_MUCH_DEBT
    return packed, drift


# -- internals --------------------------------------------------------------------------------------------------------


@internal
@pure
def _packed(knots: DynArray[IProfileBounds.Knot, MAX_KNOTS], unit: uint256) -> uint256[MAX_KNOTS]:
    """
    @dev Check each knot by itself and its order to the one before; pack them.
    """
    packed: uint256[MAX_KNOTS] = empty(uint256[MAX_KNOTS])
    before: IProfileBounds.Knot = empty(IProfileBounds.Knot)
    i: uint256 = 0
    for knot: IProfileBounds.Knot in knots:
        assert knot.target > 0, errors.ZERO_TARGET
        assert knot.cap > knot.target, errors.LOW_CAP
        assert knot.cap // unit <= knot_word.MASK_56, errors.BIG_CAP
        assert knot.target % unit == 0 and knot.cap % unit == 0, errors.COARSE
        assert knot.hi % GRAIN == 0 and knot.mid % GRAIN == 0 and knot.low % GRAIN == 0, errors.COARSE
        assert knot.hi >= knot.mid and knot.mid >= knot.low, errors.DISORDER
        assert knot.hi <= MAX_LOG_DISCOUNT, errors.BIG_DISCOUNT
        assert knot.hi - knot.mid <= MAX_FALL and knot.mid - knot.low <= MAX_FALL, errors.FAR_APART
        assert i > 0 or knot.hi == 0, errors.NOT_PAR
        assert knot.hi >= before.hi and knot.mid >= before.mid and knot.low >= before.low, errors.DECREASING
        packed[i] = knot_word._pack(
            knot.target // unit, knot.cap // unit, knot.hi // GRAIN, knot.mid // GRAIN, knot.low // GRAIN
        )
        before = knot
        i += 1
    return packed


@internal
@pure
def _check_ageing(a_: uint256, b_: uint256, c_: uint256, d_: uint256, length: uint256, max_forward: uint256):
    """
    @dev No bond earns more than `max_forward` by ageing along a segment from knot a to b, or from c to d, or along any blend
        of both: extremes of both ends of both profiles bound d l/d tau at the ends of both lines.
    """
    a: log_mean.Curve = knot_word._unpack(a_)
    b: log_mean.Curve = knot_word._unpack(b_)
    c: log_mean.Curve = knot_word._unpack(c_)
    d: log_mean.Curve = knot_word._unpack(d_)
    upper: uint256 = self._upper(a, b, c, d)
    lower: uint256 = self._lower(a, b, c, d)
    headroom: uint256 = self._headroom(a, b, c, d)
    target: uint256 = min(min(a.target, b.target), min(c.target, d.target))
    target_rise: uint256 = max(self._rise(a.target, b.target), self._rise(c.target, d.target))
    cap_rise: uint256 = max(self._rise(a.cap, b.cap), self._rise(c.cap, d.cap))
    hi_rise: uint256 = max(b.hi - a.hi, d.hi - c.hi) * GRAIN
    mid_rise: uint256 = max(b.mid - a.mid, d.mid - c.mid) * GRAIN
    low_rise: uint256 = max(b.low - a.low, d.low - c.low) * GRAIN
    earned: uint256 = max(
        max(hi_rise, low_rise + self._div_up(lower * cap_rise, headroom)),
        mid_rise + max(self._div_up(upper * target_rise, target), self._div_up(lower * target_rise, headroom)),
    )
    assert earned * YEAR <= max_forward * length, errors.TOO_STEEP


@internal
@pure
def _drift(a_: uint256, b_: uint256, c_: uint256, d_: uint256) -> uint256:
    """
    @dev The most that a ramp from segment a-b to segment c-d moves the log-price of any debt at any tenor, WAD, rounded up.
    """
    a: log_mean.Curve = knot_word._unpack(a_)
    b: log_mean.Curve = knot_word._unpack(b_)
    c: log_mean.Curve = knot_word._unpack(c_)
    d: log_mean.Curve = knot_word._unpack(d_)
    target: uint256 = min(min(a.target, b.target), min(c.target, d.target))
    hi_move: uint256 = max(self._apart(a.hi, c.hi), self._apart(b.hi, d.hi))
    mid_move: uint256 = max(self._apart(a.mid, c.mid), self._apart(b.mid, d.mid))
    low_move: uint256 = max(self._apart(a.low, c.low), self._apart(b.low, d.low))
    target_move: uint256 = max(self._apart(a.target, c.target), self._apart(b.target, d.target))
    cap_move: uint256 = max(self._apart(a.cap, c.cap), self._apart(b.cap, d.cap))
    return max(
        max(hi_move, mid_move) * GRAIN + self._div_up(self._upper(a, b, c, d) * target_move, target),
        max(mid_move, low_move) * GRAIN
        + self._div_up(self._lower(a, b, c, d) * max(target_move, cap_move), self._headroom(a, b, c, d)),
    )


@internal
@pure
def _upper(a: log_mean.Curve, b: log_mean.Curve, c: log_mean.Curve, d: log_mean.Curve) -> uint256:
    """
    @dev Largest fall of the log-discount up to the target, WAD.
    """
    return max(max(a.hi - a.mid, b.hi - b.mid), max(c.hi - c.mid, d.hi - d.mid)) * GRAIN


@internal
@pure
def _lower(a: log_mean.Curve, b: log_mean.Curve, c: log_mean.Curve, d: log_mean.Curve) -> uint256:
    """
    @dev Largest fall of the log-discount from the target to the cap, WAD.
    """
    return max(max(a.mid - a.low, b.mid - b.low), max(c.mid - c.low, d.mid - d.low)) * GRAIN


@internal
@pure
def _headroom(a: log_mean.Curve, b: log_mean.Curve, c: log_mean.Curve, d: log_mean.Curve) -> uint256:
    """
    @dev Smallest distance of cap and target, UNITs.
    """
    return min(min(a.cap - a.target, b.cap - b.target), min(c.cap - c.target, d.cap - d.target))


@internal
@pure
def _rise(a: uint256, b: uint256) -> uint256:
    """
    @dev How far b lies above a.
    """
    return unsafe_sub(max(a, b), a)


@internal
@pure
def _apart(a: uint256, b: uint256) -> uint256:
    """
    @dev Distance of a and b.
    """
    return unsafe_sub(max(a, b), min(a, b))


@internal
@pure
def _div_up(a: uint256, b: uint256) -> uint256:
    """
    @dev a / b, rounded up; b is positive.
    """
    return unsafe_div(a, b) + convert(a % b != 0, uint256)
