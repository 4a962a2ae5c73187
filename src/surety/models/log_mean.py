"""The pricing kernel `contracts/lib/log_mean.vy`, integer for integer. Derivations: specs/log-mean.md.

Amounts are in the asset's smallest unit, below 2**96; log-discounts in WAD; fees in basis points; fractions in Q96.
The contract runs unchecked behind proven bounds; here integers are unbounded, so a bound that failed would show as a
difference of the two.
"""

from __future__ import annotations

from typing import NamedTuple

from .refusal import require

MAX_DEBT = 2**96
WAD = 10**18
BPS = 10_000
Q96 = 2**96
LN2 = 54916777467707473351141471128
SLACK = 2**21
MAX_LOG_DISCOUNT = 4 * WAD
MAX_FALL = WAD
MAX_STEPS = 6
PAD = 7  # wei of budget: the roundings of three charges

# 2**96 / n! for n = 2 … 12 and 2**96 / (2n+1)! for n = 1 … 9, to the nearest
EXP_TERMS = (
    39614081257132168796771975168,
    13204693752377389598923991723,
    3301173438094347399730997931,
    660234687618869479946199586,
    110039114603144913324366598,
    15719873514734987617766657,
    1964984189341873452220832,
    218331576593541494691204,
    21833157659354149469120,
    1984832514486740860829,
    165402709540561738402,
)
SINHC_TERMS = (
    13204693752377389598923991723,
    660234687618869479946199586,
    15719873514734987617766657,
    218331576593541494691204,
    1984832514486740860829,
    12723285349273979877,
    60587073091780857,
    222746592249194,
    651305825290,
)


class Curve(NamedTuple):
    """Target and cap, and the log-discounts of an empty bucket, at the target and at the cap."""

    target: int
    cap: int
    hi: int
    mid: int
    low: int


def charge(debt: int, face: int, curve: Curve, fee_bps: int) -> int:
    """What a buyer pays for `face` on top of `debt`: rounded up, at most `face`."""
    cost = cost_up(debt, face, curve)
    return cost + ((face - cost) * fee_bps + BPS - 1) // BPS


def payout(debt: int, face: int, curve: Curve, fee_bps: int) -> int:
    """What a seller of `face` gets from `debt` downwards: rounded down. Below debt 0 the price is flat."""
    proceeds = cost_down(debt, face, curve)
    fee = ((face - proceeds) * fee_bps + BPS - 1) // BPS
    return max(proceeds - fee, 0)


def cost_up(debt: int, face: int, curve: Curve) -> int:
    """Integral of the price from `debt` to `debt + face`, never below the exact one, at most `face`."""
    check_span(debt, face)
    total = integral(debt, face, curve) + face * SLACK
    return min(face, (total + Q96 - 1) >> 96)


def cost_down(debt: int, face: int, curve: Curve) -> int:
    """Integral of the price from `debt - face` (which may lie below 0) to `debt`, never above the exact one."""
    check_span(debt, face)
    if face > debt:
        total = integral(0, debt, curve) + (face - debt) * exp_neg((curve.hi << 96) // WAD)
    else:
        total = integral(debt - face, face, curve)
    return max(total - face * SLACK, 0) >> 96


def price(debt: int, curve: Curve) -> int:
    """Marginal price at `debt`, WAD, rounded down."""
    return exp_neg(log_discount(debt, curve)) * WAD >> 96


def face_for(budget: int, debt: int, curve: Curve, fee_bps: int) -> int:
    """A face whose charge on top of `debt` fits in `budget`: the largest, less the pad of the search."""
    check_span(debt, budget)
    if budget <= PAD:
        return 0
    left = budget - PAD
    at = debt
    face = 0
    pieces = (
        (curve.target, curve.mid, curve.hi - curve.mid, curve.target),
        (curve.cap, curve.low, curve.mid - curve.low, curve.cap - curve.target),
    )
    for end, base, gap, width in pieces:
        if at < end:
            room = end - at
            part, paid, _ = solve_piece(left, base, gap, room, width, fee_bps)
            face += part
            if part < room:
                return _pad(face)
            left -= min(left, paid)
            at = end
    unit_charge = _blend_fee(exp_neg((curve.low << 96) // WAD), fee_bps)
    return _pad(face + (left << 96) // unit_charge)


def _pad(face: int) -> int:
    return face - (face >> 56) - min(face, 1)


def solve_piece(budget: int, base: int, gap: int, room: int, width: int, fee_bps: int) -> tuple[int, int, int]:
    """Face and charge within one straight piece, and how many times its integral was computed."""
    twice = 2 * WAD * width
    start = exp_neg((base << 96) // WAD + (gap * 2 * room << 96) // twice)
    marginal = start
    face = 0
    paid = 0
    integrals = 0
    for _ in range(MAX_STEPS):
        unit_charge = _blend_fee(marginal, fee_bps)
        newton = (abs(budget - paid) << 96) // unit_charge
        bend = (gap * min(newton, width) << 96) // twice
        bend = bend * (unit_charge - fee_bps * Q96 // BPS) // unit_charge
        if paid <= budget:
            step = (newton << 96) // (Q96 + bend)
            face = min(room, face + step)
        else:
            step = min(face, (newton << 96) // (Q96 - bend))
            face -= step
        if paid != 0 and step <= face >> 19 and face < room:
            break
        cost = piece(base, gap, room, width, face) >> 96
        integrals += 1
        paid = cost + (face - cost) * fee_bps // BPS
        if face == room and paid <= budget:
            break
        marginal = start + (gap * cost << 96) // (WAD * width)
    return face, paid, integrals


def _blend_fee(marginal: int, fee_bps: int) -> int:
    return marginal + (Q96 - min(marginal, Q96)) * fee_bps // BPS


def integral(debt: int, face: int, curve: Curve) -> int:
    """The integral from `debt` to `debt + face` times 2**96, off by less than `face * SLACK` either way."""
    total = 0
    left = face
    at = debt
    pieces = (
        (curve.target, curve.mid, curve.hi - curve.mid, curve.target),
        (curve.cap, curve.low, curve.mid - curve.low, curve.cap - curve.target),
    )
    for end, base, gap, width in pieces:
        if at < end:
            room = end - at
            step = min(left, room)
            total += piece(base, gap, room, width, step)
            if step == left:
                return total
            left -= step
            at = end
    return total + left * exp_neg((curve.low << 96) // WAD)


def piece(base: int, gap: int, room: int, width: int, face: int) -> int:
    """Integral over `face <= room` of a straight piece that falls by `gap` over `width` and ends at `base`, Q96."""
    twice = 2 * WAD * width
    middle = (base << 96) // WAD + (gap * (2 * room - face) << 96) // twice
    half_fall = (gap * face << 96) // twice
    return face * (exp_neg(middle) * sinhc(half_fall) >> 96)


def log_discount(debt: int, curve: Curve) -> int:
    """l(debt), Q96, rounded down."""
    if debt < curve.target:
        rise = ((curve.hi - curve.mid) * (curve.target - debt) << 96) // (WAD * curve.target)
        return (curve.mid << 96) // WAD + rise
    if debt < curve.cap:
        rise = ((curve.mid - curve.low) * (curve.cap - debt) << 96) // (WAD * (curve.cap - curve.target))
        return (curve.low << 96) // WAD + rise
    return (curve.low << 96) // WAD


def exp_neg(x: int) -> int:
    """exp(-x) for 0 <= x <= 5, Q96; off by less than 1.6e6 * 2**-96."""
    halvings = x // LN2
    r = (x - halvings * LN2) >> 3
    y = EXP_TERMS[-1]
    for term in reversed(EXP_TERMS[:-1]):
        y = term - (y * r >> 96)
    y = Q96 - (y * r >> 96)
    y = Q96 - (y * r >> 96)
    for _ in range(3):
        y = y * y >> 96
    return y >> halvings


def sinhc(h: int) -> int:
    """sinh(h)/h for 0 <= h <= 1/2, Q96; off by less than 1.6e3 * 2**-96."""
    q = h * h >> 96
    y = SINHC_TERMS[-1]
    for term in reversed(SINHC_TERMS[:-1]):
        y = term + (y * q >> 96)
    return Q96 + (y * q >> 96)


def check_span(debt: int, face: int) -> None:
    """Refuse what lies outside of the range on which the arithmetic was proven."""
    require(debt < MAX_DEBT and face < MAX_DEBT, "log_mean: amount out of range")


def check_curve(curve: Curve) -> None:
    """Refuse a curve outside of the domain."""
    require(curve.target > 0, "log_mean: zero target")
    require(curve.cap > curve.target, "log_mean: cap not above target")
    require(curve.cap < MAX_DEBT, "log_mean: cap out of range")
    require(curve.hi >= curve.mid >= curve.low, "log_mean: discounts out of order")
    require(curve.hi <= MAX_LOG_DISCOUNT, "log_mean: discount out of range")
    require(curve.hi - curve.mid <= MAX_FALL and curve.mid - curve.low <= MAX_FALL, "log_mean: discounts too far apart")
