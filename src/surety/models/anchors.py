"""A bucket's debt and the offsets that price its next trades: `contracts/bonds/anchors.vy`.

Debt is in the asset's smallest unit, offsets in UNITs of the market, rounded up.
"""

from __future__ import annotations

from typing import NamedTuple

MAX_OFFSET = 2**64 - 1


class Bucket(NamedTuple):
    """Outstanding face, offsets of buys and of sales, time of the last trade (s)."""

    debt: int = 0
    up: int = 0
    down: int = 0
    touched: int = 0


def units(amount: int, unit: int) -> int:
    """`amount` in UNITs, rounded up."""
    return (amount + unit - 1) // unit


def relaxed(bucket: Bucket, now: int, window: int) -> Bucket:
    """The bucket with its offsets relaxed to `now`, rounded up; `touched` stays."""
    elapsed = now - bucket.touched
    if elapsed >= window:
        return bucket._replace(up=0, down=0)
    left = window - elapsed
    return bucket._replace(
        up=(bucket.up * left + window - 1) // window, down=(bucket.down * left + window - 1) // window
    )


def after_buy(bucket: Bucket, face: int, unit: int, now: int) -> Bucket:
    """A relaxed bucket once `face` was bought."""
    return _touched(bucket.debt + face, bucket.up, bucket.down + units(face, unit), now)


def after_sell(bucket: Bucket, face: int, unit: int, now: int) -> Bucket:
    """A relaxed bucket once `face` was sold; `down` never reaches below debt zero."""
    debt = bucket.debt - face
    return _touched(debt, bucket.up + units(face, unit), min(bucket.down, units(debt, unit)), now)


def _touched(debt: int, up: int, down: int, now: int) -> Bucket:
    assert debt < 2**96, "caps are below 2**96"
    return Bucket(debt, min(up, MAX_OFFSET), min(down, MAX_OFFSET), now)
