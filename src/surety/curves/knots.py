"""From a fitted curve to the knots of a debt profile, in the integers that BondMarket's constructor takes.

At a tenor τ (years of 365 days) the curve gives L = z(τ)·τ, the log-discount at the target. An empty bucket sells at
L + empty·τ and a full one at L − full·τ, where `empty` and `full` are yield spreads a year: constant in yield, so
growing with tenor in log-price, as the price risk of a bond does, and nothing at maturity, where every bond is at par.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from .fit import BP
from .nelson_siegel import NelsonSiegel

WAD = 10**18
WEEK = 604_800
YEAR = 31_536_000
DISCOUNT_STEP = 10**5
"""Log-discounts are stored in multiples of this many WAD-wei (1e-13)."""


class ProfileError(ValueError):
    """A profile that the market would refuse; the message names the knot and the bound."""


@dataclass(frozen=True)
class Knot:
    """One knot as the market takes it: amounts in the asset's smallest unit, log-discounts in WAD."""

    target: int
    cap: int
    discount_hi: int
    discount: int
    discount_lo: int


def amount_unit(decimals: int) -> int:
    """The market's UNIT: the step of targets and caps, in the asset's smallest unit."""
    return 10 ** (decimals - 6) if decimals > 6 else 1


def to_wei(amount: Decimal, decimals: int, key: str) -> int:
    """Exact integer of `amount`; raises `ProfileError` naming `key` if it is not a multiple of the market's UNIT."""
    scaled = amount.scaleb(decimals)
    if not amount.is_finite() or scaled != int(scaled) or int(scaled) % amount_unit(decimals):
        raise ProfileError(f"{key}: {amount} has more decimals than the market keeps ({min(decimals, 6)})")
    return int(scaled)


def years_of(weeks: int) -> float:
    """Years of 365 days in whole weeks."""
    return weeks * WEEK / YEAR


def discount_steps(value: float) -> int:
    """A log-discount as the nearest storable integer."""
    return round(value * WAD / DISCOUNT_STEP) * DISCOUNT_STEP


def make_knots(
    curve: NelsonSiegel,
    weeks: Sequence[int],
    targets: Sequence[Decimal],
    caps: Sequence[Decimal],
    decimals: int,
    empty_bps: Decimal,
    full_bps: Decimal,
) -> tuple[Knot, ...]:
    """Knots at tenors in weeks; amounts in whole assets, spreads in basis points a year.

    Raises `ProfileError` if the lists differ in length or an amount can't be stored. Slopes and limits are
    `check_profile`'s to judge.
    """
    if not len(weeks) == len(targets) == len(caps):
        lengths = f"{len(weeks)}, {len(targets)} and {len(caps)}"
        raise ProfileError(f"tenors_weeks, targets and caps differ in length: {lengths}")
    if empty_bps < 0 or full_bps < 0:
        raise ProfileError("empty_bps and full_bps: spreads can't be negative")
    knots = []
    for number, (tenor, target, cap) in enumerate(zip(weeks, targets, caps, strict=True)):
        years = years_of(tenor)
        middle = curve.log_discount(years)
        knots.append(
            Knot(
                target=to_wei(target, decimals, f"targets[{number}]"),
                cap=to_wei(cap, decimals, f"caps[{number}]"),
                discount_hi=discount_steps(middle + float(empty_bps) / BP * years),
                discount=discount_steps(middle),
                discount_lo=discount_steps(middle - float(full_bps) / BP * years),
            )
        )
    return tuple(knots)
