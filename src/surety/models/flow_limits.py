"""Leaky buckets of exposure and discount: `contracts/bonds/flow_limits.vy`.

Limits are in the asset's smallest unit (an exposure is face times years), fills in fractions of 2**-40 of their limit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from .refusal import require

EPOCH = 604_800
YEAR = 31_536_000
ONE = 2**40
LIMIT_MASK = 2**72 - 1


class Limits(NamedTuple):
    """What may pass in an epoch; the percentages of it that one block may take, and of the budget kept for rolls."""

    budget: int
    buys: int
    sells: int
    buy_block_share: int
    sell_block_share: int
    roll_share: int = 0


class Usage(NamedTuple):
    """How full the limits are."""

    budget: int = 0
    buys: int = 0
    sells: int = 0
    block_buys: int = 0
    block_sells: int = 0


def exposure(face: int, tenor: int) -> int:
    """Face times years to maturity, rounded up."""
    return (face * tenor + YEAR - 1) // YEAR


def _part_up(amount: int, limit: int) -> int:
    return ((amount << 40) + limit - 1) // limit


def _less(fill: int, amount: int, limit: int) -> int:
    return max(fill - (amount << 40) // limit, 0)


@dataclass
class FlowLimits:
    """The limits of one market; `unit` is the market's UNIT. Methods either refuse or change everything at once."""

    unit: int
    limits: Limits
    buys_paused: bool = False
    sells_paused: bool = False
    usage: Usage = field(default_factory=Usage)
    touched: int = 0

    def __post_init__(self) -> None:
        self.set(self.limits)

    def set(self, limits: Limits) -> None:
        """New limits, rounded down to UNITs; fills keep their fraction, pauses stay."""
        for limit in limits[:3]:
            require(limit >= self.unit, "flow_limits: zero limit")
            require(limit // self.unit <= LIMIT_MASK, "flow_limits: limit out of range")
        for share in (*limits[3:5], 100 - limits.roll_share):
            require(1 <= share <= 100, "flow_limits: share not within 1 to 100")
        budget, buys, sells = (limit // self.unit * self.unit for limit in limits[:3])
        self.limits = limits._replace(budget=budget, buys=buys, sells=sells)

    def pause(self, buys: bool, sells: bool) -> None:
        """Switch buys and sales off (True) or on."""
        self.buys_paused, self.sells_paused = buys, sells

    def record_buy(self, amount: int, discount: int, now: int, roller: bool = False) -> None:
        """Fill the buys' bucket and the budget by an exposure and a discount, and empty the sales' bucket.

        A `roller` may use the share of the budget that is kept for rolls.
        """
        require(not self.buys_paused, "flow_limits: buys are paused")
        limits, usage = self.limits, self.at(now)
        part = _part_up(amount, limits.buys)
        buys, block = usage.buys + part, usage.block_buys + part
        require(buys <= ONE, "flow_limits: buys above the epoch's limit")
        require(block * 100 <= ONE * limits.buy_block_share, "flow_limits: buys above the block's limit")
        budget = usage.budget + _part_up(discount, limits.budget)
        require(budget <= ONE, "flow_limits: discount budget is spent")
        kept = discount > 0 and budget * 100 > ONE * (100 - limits.roll_share)
        require(roller or not kept, "flow_limits: rest of the budget is for rolls")
        sells = _less(usage.sells, amount, limits.sells)
        self.usage = usage._replace(budget=budget, buys=buys, sells=sells, block_buys=block)
        self.touched = now

    def record_sell(self, amount: int, discount: int, now: int) -> None:
        """Fill the sales' bucket by an exposure, empty the buys' bucket, and give the discount back to the budget."""
        require(not self.sells_paused, "flow_limits: sales are paused")
        limits, usage = self.limits, self.at(now)
        part = _part_up(amount, limits.sells)
        sells, block = usage.sells + part, usage.block_sells + part
        require(sells <= ONE, "flow_limits: sales above the epoch's limit")
        require(block * 100 <= ONE * limits.sell_block_share, "flow_limits: sales above the block's limit")
        buys = _less(usage.buys, amount, limits.buys)
        budget = _less(usage.budget, discount, limits.budget)
        self.usage = usage._replace(budget=budget, buys=buys, sells=sells, block_sells=block)
        self.touched = now

    def at(self, now: int) -> Usage:
        """How full the limits are at `now`: the epoch's drained, the block's emptied if time has moved on."""
        if now == self.touched:
            return self.usage
        drained = ONE * min(now - self.touched, EPOCH) // EPOCH
        return Usage(*(max(fill - drained, 0) for fill in self.usage[:3]))
