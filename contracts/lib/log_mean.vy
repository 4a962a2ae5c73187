# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Logarithmic-mean bond pricing kernel
@license AGPL-3.0-only
@author Surety contributors
@notice The price of the next bond of a bucket whose debt is `u` is `p(u) = exp(-l(u))`, where the log-discount `l` falls
    along two straight lines and is flat outside of them:

        l(u) = hi                                 u <= 0
             = mid + (hi - mid) * (1 - u/T)       0 <= u <= T
             = low + (mid - low) * (C - u)/(C-T)  T <= u <= C
             = low                                u >= C

    What a trade costs is the integral of `p` over the debt that it moves, so a trade in slices costs what the whole costs.
    On a straight piece of width x it is `x * exp(-m) * sinhc(h)`, with m the log-discount in the middle of the piece and h
    half of its fall along it.
@dev Inputs: debts in the asset's own decimals below 2**96; log-discounts in WAD with `hi >= mid >= low`, `hi <= 4`,
    `hi - mid <= 1`, `mid - low <= 1` (so h <= 1/2); `0 < T < C < 2**96`; fees in basis points below 10,000. The setter of the
    curve keeps it inside (debt_profile, `_check_curve` for others); the kernel checks only what a trade brings, and runs on
    unchecked arithmetic behind those bounds. Inside, fractions are Q96 (2**96 = 1).
@custom:invariant INV-KRN-1 … INV-KRN-6 (specs/log-mean.md)
"""


struct Curve:
    target: uint256  # T
    cap: uint256  # C
    hi: uint256  # log-discount at u = 0, WAD
    mid: uint256  # at u = T, WAD
    low: uint256  # at u = C, WAD


MAX_DEBT: constant(uint256) = 2**96  # exclusive
WAD: constant(uint256) = 10**18
BPS: constant(uint256) = 10_000
Q96: constant(uint256) = 2**96
LN2: constant(uint256) = 54916777467707473351141471128  # floor(ln(2) * 2**96)

# The computed price of a piece differs from the exact one by less than this many 2**-96 (proof: specs/log-mean.md).
SLACK: constant(uint256) = 2**21

# 2**96 / n! rounded to the nearest, for exp(-r), r < ln(2)/8
E2: constant(uint256) = 39614081257132168796771975168
E3: constant(uint256) = 13204693752377389598923991723
E4: constant(uint256) = 3301173438094347399730997931
E5: constant(uint256) = 660234687618869479946199586
E6: constant(uint256) = 110039114603144913324366598
E7: constant(uint256) = 15719873514734987617766657
E8: constant(uint256) = 1964984189341873452220832
E9: constant(uint256) = 218331576593541494691204
E10: constant(uint256) = 21833157659354149469120
E11: constant(uint256) = 1984832514486740860829
E12: constant(uint256) = 165402709540561738402

# 2**96 / (2n+1)! rounded to the nearest, for sinhc(h) = sum of h**2n / (2n+1)!
S1: constant(uint256) = 13204693752377389598923991723
S2: constant(uint256) = 660234687618869479946199586
S3: constant(uint256) = 15719873514734987617766657
S4: constant(uint256) = 218331576593541494691204
S5: constant(uint256) = 1984832514486740860829
S6: constant(uint256) = 12723285349273979877
S7: constant(uint256) = 60587073091780857
S8: constant(uint256) = 222746592249194
S9: constant(uint256) = 651305825290

MAX_LOG_DISCOUNT: constant(uint256) = 4 * WAD
MAX_FALL: constant(uint256) = WAD  # of the log-discount along one line
# Halley's method takes one to three steps; a piece of a few wei may swing between two faces until the steps run out, which costs the
# caller those wei
MAX_STEPS: constant(uint256) = 6
# A purchase adds up at most three charges: two whole pieces, each floored by less than 2 wei, and the whole, rounded up by less than 2
PAD: constant(uint256) = 7


# -- What a trade costs -----------------------------------------------------------------------------------------------


@internal
@pure
def _charge(debt: uint256, face: uint256, curve: Curve, fee_bps: uint256) -> uint256:
    """
    @dev What a buyer pays for `face` on top of `debt`: the integral and the fee on the discount, both rounded up, at most par.
    """
    cost: uint256 = self._cost_up(debt, face, curve)
    discount: uint256 = unsafe_sub(face, cost)
    return unsafe_add(cost, unsafe_div(unsafe_add(unsafe_mul(discount, fee_bps), BPS - 1), BPS))


@internal
@pure
def _payout(debt: uint256, face: uint256, curve: Curve, fee_bps: uint256) -> uint256:
    """
    @dev What a seller of `face` gets from `debt` downwards: the integral rounded down, less the fee rounded up. What lies below
        debt 0 (an anchored seller) is priced flat at `hi`.
    """
    proceeds: uint256 = self._cost_down(debt, face, curve)
    fee: uint256 = unsafe_div(unsafe_add(unsafe_mul(unsafe_sub(face, proceeds), fee_bps), BPS - 1), BPS)
    if fee > proceeds:
        return 0
    return unsafe_sub(proceeds, fee)


@internal
@pure
def _cost_up(debt: uint256, face: uint256, curve: Curve) -> uint256:
    """
    @dev Integral of the price from `debt` to `debt + face`, never below the exact one, at most `face`.
    """
    self._check_span(debt, face)
    total: uint256 = unsafe_add(self._sum(debt, face, curve), unsafe_mul(face, SLACK))
    return min(face, unsafe_add(total, Q96 - 1) >> 96)


@internal
@pure
def _cost_down(debt: uint256, face: uint256, curve: Curve) -> uint256:
    """
    @dev Integral of the price from `debt - face` (which may lie below 0) to `debt`, never above the exact one.
    """
    self._check_span(debt, face)
    total: uint256 = 0
    if face > debt:
        total = unsafe_add(
            self._sum(0, debt, curve),
            unsafe_mul(unsafe_sub(face, debt), self._exp_neg(unsafe_div(curve.hi << 96, WAD))),
        )
    else:
        total = self._sum(unsafe_sub(debt, face), face, curve)
    slack: uint256 = unsafe_mul(face, SLACK)
    return unsafe_sub(max(total, slack), slack) >> 96


@internal
@pure
def _price(debt: uint256, curve: Curve) -> uint256:
    """
    @dev Marginal price at `debt`, WAD, rounded down; for display and for views.
    """
    return unsafe_mul(self._exp_neg(self._log_discount(debt, curve)), WAD) >> 96


# -- The inverse: how much face a budget buys -------------------------------------------------------------------------


@internal
@pure
def _face_for(budget: uint256, debt: uint256, curve: Curve, fee_bps: uint256) -> uint256:
    """
    @dev The largest face whose charge on top of `debt` fits in `budget`, less a pad of PAD wei of budget and 2**-56 of the face
        that is proven larger than all errors of the search: `_charge(debt, face) <= budget` always. Walks the pieces of the curve
        upwards; inside a piece, Halley's method on the charge, which converges with the cube of the error.
    """
    self._check_span(debt, budget)
    if budget <= PAD:
        return 0
    left: uint256 = unsafe_sub(budget, PAD)
    at: uint256 = debt
    face: uint256 = 0
    if at < curve.target:
        room: uint256 = unsafe_sub(curve.target, at)
        part: uint256 = 0
        paid: uint256 = 0
        part, paid = self._solve_piece(left, curve.mid, unsafe_sub(curve.hi, curve.mid), room, curve.target, fee_bps)
        face = part
        if part < room:
            return self._pad(face)
        left = unsafe_sub(left, min(left, paid))
        at = curve.target
    if at < curve.cap:
        room: uint256 = unsafe_sub(curve.cap, at)
        part: uint256 = 0
        paid: uint256 = 0
        part, paid = self._solve_piece(
            left, curve.low, unsafe_sub(curve.mid, curve.low), room, unsafe_sub(curve.cap, curve.target), fee_bps
        )
        face = unsafe_add(face, part)
        if part < room:
            return self._pad(face)
        left = unsafe_sub(left, min(left, paid))
    unit_charge: uint256 = self._blend_fee(self._exp_neg(unsafe_div(curve.low << 96, WAD)), fee_bps)
    return self._pad(unsafe_add(face, unsafe_div(left << 96, unit_charge)))


@internal
@pure
def _pad(face: uint256) -> uint256:
    """
    @dev Give up 2**-56 of the face for what the search left open.
    """
    return unsafe_sub(face, unsafe_add(face >> 56, min(face, 1)))


@internal
@pure
def _solve_piece(
    budget: uint256, base: uint256, gap: uint256, room: uint256, width: uint256, fee_bps: uint256
) -> (uint256, uint256):
    """
    @dev Face and charge within one straight piece of which `room` is left: either the face that `budget` pays for, or all of
        `room` with its charge when the budget reaches past it.
    """
    twice: uint256 = unsafe_mul(2 * WAD, width)
    start: uint256 = self._exp_neg(
        unsafe_add(unsafe_div(base << 96, WAD), unsafe_div(unsafe_mul(gap, unsafe_mul(2, room)) << 96, twice))
    )
    price: uint256 = start
    face: uint256 = 0
    charge: uint256 = 0
    for _: uint256 in range(MAX_STEPS):
        unit_charge: uint256 = self._blend_fee(price, fee_bps)  # F' of the charge F, Q96
        rest: uint256 = max(budget, charge)
        rest = unsafe_sub(rest, min(budget, charge))
        newton: uint256 = unsafe_div(rest << 96, unit_charge)
        # half of F''/F' times Newton's step, Q96
        bend: uint256 = unsafe_div(unsafe_mul(gap, min(newton, width)) << 96, twice)
        bend = unsafe_div(
            unsafe_mul(bend, unsafe_sub(unit_charge, unsafe_div(unsafe_mul(fee_bps, Q96), BPS))), unit_charge
        )
        step: uint256 = 0
        if charge <= budget:
            step = unsafe_div(newton << 96, unsafe_add(Q96, bend))
            face = min(room, unsafe_add(face, step))
        else:
            step = min(face, unsafe_div(newton << 96, unsafe_sub(Q96, bend)))
            face = unsafe_sub(face, step)
        # the error left is below the cube of the relative step; a piece bought whole still needs its charge
        if charge != 0 and step <= face >> 19 and face < room:
            break
        cost: uint256 = self._piece(base, gap, room, width, face) >> 96
        charge = unsafe_add(cost, unsafe_div(unsafe_mul(unsafe_sub(face, cost), fee_bps), BPS))
        if face == room and charge <= budget:
            break
        price = unsafe_add(start, unsafe_div(unsafe_mul(gap, cost) << 96, unsafe_mul(WAD, width)))
    return face, charge


@internal
@pure
def _blend_fee(price: uint256, fee_bps: uint256) -> uint256:
    """
    @dev What the next unit of face is charged at `price`: the price and the fee on its discount, Q96.
    """
    return unsafe_add(price, unsafe_div(unsafe_mul(unsafe_sub(Q96, min(price, Q96)), fee_bps), BPS))


# -- The integral -----------------------------------------------------------------------------------------------------


@internal
@pure
def _sum(debt: uint256, face: uint256, curve: Curve) -> uint256:
    """
    @dev The integral from `debt` to `debt + face` times 2**96, off by less than `face * SLACK` either way.
    """
    total: uint256 = 0
    left: uint256 = face
    at: uint256 = debt
    if at < curve.target:
        room: uint256 = unsafe_sub(curve.target, at)
        step: uint256 = min(left, room)
        total = self._piece(curve.mid, unsafe_sub(curve.hi, curve.mid), room, curve.target, step)
        if step == left:
            return total
        left = unsafe_sub(left, step)
        at = curve.target
    if at < curve.cap:
        room: uint256 = unsafe_sub(curve.cap, at)
        step: uint256 = min(left, room)
        total = unsafe_add(
            total,
            self._piece(curve.low, unsafe_sub(curve.mid, curve.low), room, unsafe_sub(curve.cap, curve.target), step),
        )
        if step == left:
            return total
        left = unsafe_sub(left, step)
    return unsafe_add(total, unsafe_mul(left, self._exp_neg(unsafe_div(curve.low << 96, WAD))))


@internal
@pure
def _piece(base: uint256, gap: uint256, room: uint256, width: uint256, face: uint256) -> uint256:
    """
    @dev One straight piece: the log-discount falls by `gap` over `width` and reaches `base` after `room` more debt; the
        integral over the next `face <= room`, times 2**96.
    """
    twice: uint256 = unsafe_mul(2 * WAD, width)
    middle: uint256 = unsafe_add(
        unsafe_div(base << 96, WAD),
        unsafe_div(unsafe_mul(gap, unsafe_sub(unsafe_mul(2, room), face)) << 96, twice),
    )
    half_fall: uint256 = unsafe_div(unsafe_mul(gap, face) << 96, twice)
    return unsafe_mul(face, unsafe_mul(self._exp_neg(middle), self._sinhc(half_fall)) >> 96)


@internal
@pure
def _log_discount(debt: uint256, curve: Curve) -> uint256:
    """
    @dev l(debt), Q96, rounded down.
    """
    if debt < curve.target:
        return unsafe_add(
            unsafe_div(curve.mid << 96, WAD),
            unsafe_div(
                unsafe_mul(unsafe_sub(curve.hi, curve.mid), unsafe_sub(curve.target, debt)) << 96,
                unsafe_mul(WAD, curve.target),
            ),
        )
    if debt < curve.cap:
        return unsafe_add(
            unsafe_div(curve.low << 96, WAD),
            unsafe_div(
                unsafe_mul(unsafe_sub(curve.mid, curve.low), unsafe_sub(curve.cap, debt)) << 96,
                unsafe_mul(WAD, unsafe_sub(curve.cap, curve.target)),
            ),
        )
    return unsafe_div(curve.low << 96, WAD)


# -- Elementary functions, Q96 ----------------------------------------------------------------------------------------


@internal
@pure
def _exp_neg(x: uint256) -> uint256:
    """
    @dev exp(-x), 0 <= x <= 5. Takes out whole powers of two, then an eighth of the rest by Taylor to the 12th power, then three
        squarings. Error below 1.6e6 * 2**-96.
    """
    halvings: uint256 = unsafe_div(x, LN2)
    r: uint256 = unsafe_sub(x, unsafe_mul(halvings, LN2)) >> 3
    y: uint256 = unsafe_sub(E11, unsafe_mul(E12, r) >> 96)
    y = unsafe_sub(E10, unsafe_mul(y, r) >> 96)
    y = unsafe_sub(E9, unsafe_mul(y, r) >> 96)
    y = unsafe_sub(E8, unsafe_mul(y, r) >> 96)
    y = unsafe_sub(E7, unsafe_mul(y, r) >> 96)
    y = unsafe_sub(E6, unsafe_mul(y, r) >> 96)
    y = unsafe_sub(E5, unsafe_mul(y, r) >> 96)
    y = unsafe_sub(E4, unsafe_mul(y, r) >> 96)
    y = unsafe_sub(E3, unsafe_mul(y, r) >> 96)
    y = unsafe_sub(E2, unsafe_mul(y, r) >> 96)
    y = unsafe_sub(Q96, unsafe_mul(y, r) >> 96)
    y = unsafe_sub(Q96, unsafe_mul(y, r) >> 96)
    y = unsafe_mul(y, y) >> 96
    y = unsafe_mul(y, y) >> 96
    return (unsafe_mul(y, y) >> 96) >> halvings


@internal
@pure
def _sinhc(h: uint256) -> uint256:
    """
    @dev sinh(h)/h for 0 <= h <= 1/2 by its even series to the 18th power. Error below 1.6e3 * 2**-96.
    """
    q: uint256 = unsafe_mul(h, h) >> 96
    y: uint256 = unsafe_add(S8, unsafe_mul(S9, q) >> 96)
    y = unsafe_add(S7, unsafe_mul(y, q) >> 96)
    y = unsafe_add(S6, unsafe_mul(y, q) >> 96)
    y = unsafe_add(S5, unsafe_mul(y, q) >> 96)
    y = unsafe_add(S4, unsafe_mul(y, q) >> 96)
    y = unsafe_add(S3, unsafe_mul(y, q) >> 96)
    y = unsafe_add(S2, unsafe_mul(y, q) >> 96)
    y = unsafe_add(S1, unsafe_mul(y, q) >> 96)
    return unsafe_add(Q96, unsafe_mul(y, q) >> 96)


# -- Domain -----------------------------------------------------------------------------------------------------------


@internal
@pure
def _check_span(debt: uint256, face: uint256):
    """
    @dev Refuse debts and faces outside of the range on which the arithmetic was proven.
    """
    assert debt < MAX_DEBT and face < MAX_DEBT, "log_mean: amount out of range"


@internal
@pure
def _check_curve(curve: Curve):
    """
    @dev Refuse a curve outside of the domain.
    """
    assert curve.target > 0, "log_mean: zero target"
    assert curve.cap > curve.target, "log_mean: cap not above target"
    assert curve.cap < MAX_DEBT, "log_mean: cap out of range"
    assert curve.hi >= curve.mid and curve.mid >= curve.low, "log_mean: discounts out of order"
    assert curve.hi <= MAX_LOG_DISCOUNT, "log_mean: discount out of range"
    assert curve.hi - curve.mid <= MAX_FALL and curve.mid - curve.low <= MAX_FALL, "log_mean: discounts too far apart"
