# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title How fast debt may be sold and bought back
@license AGPL-3.0-only
@author Surety contributors
@notice Three leaky buckets over an epoch of a week: exposure bought, exposure sold back, and discount granted. Exposure is face
    times remaining years: what a wrong rate would cost. Each trade fills its bucket and empties the opposite one; each drains
    steadily, from full to empty in an epoch; a trade that would overflow is refused. Sales give discount back to the budget.
    A block (trades of equal timestamp) may fill only a share of the buys' and the sales' bucket. A share of the budget is kept
    for rolls: buys that reach into it are told apart, and the market lets only holders of ROLLER_ROLE make them.
@dev Counting net and in years is what makes it dear to fill limits for others: one who buys and sells back fills at most one
    bucket, by the largest position of the round trip, at the spread on it; bonds that are about to mature hardly count. Fills are fractions of their limit in units of 2**-40,
    rounded up, so they scale with the limit when it changes. In any span of length s at most `limit * (1 + s/EPOCH)` passes net.
@custom:invariant INV-FLW-1 … INV-FLW-5 (specs/bond-market.md)
@custom:kill Buys and sales pause one by one; nothing else depends on them.
"""

from . import errors


event LimitsSet:
    limits: Limits


event PauseSet:
    buys: bool
    sells: bool


struct Limits:
    budget: uint256  # discount that buys may take from the reserve an epoch, asset decimals
    buys: uint256  # exposure that may be bought net an epoch, face times years, asset decimals
    sells: uint256  # exposure that may be sold net an epoch
    buy_block_share: uint256  # of `buys` in one block, percent
    sell_block_share: uint256  # of `sells` in one block, percent
    roll_share: uint256  # of `budget`, which only rolls may use, percent


struct Usage:
    budget: uint256  # fractions of 2**40, drained to now
    buys: uint256
    sells: uint256
    block_buys: uint256
    block_sells: uint256


EPOCH: constant(uint256) = 7 * 86_400
ONE: constant(uint256) = 2**40
LIMIT_MASK: constant(uint256) = 2**72 - 1
FILL_MASK: constant(uint256) = 2**44 - 1
PAUSES: constant(uint256) = 3 << 232

# roll share (22 bits) | sells paused (1) | buys paused (1) | sell share (8) | buy share (8) | sells (72) | buys (72) |
# budget (72), limits in UNITs
_limits: uint256
# block sells (44) | block buys (44) | sells (44) | buys (44) | budget (44) | time (32)
_usage: uint256


@internal
def _set(limits: Limits, unit: uint256):
    """
    @dev Store new limits, rounded down to UNITs; fills keep their fraction, pauses stay.
    """
    for limit: uint256 in [limits.budget, limits.buys, limits.sells]:
        assert limit >= unit, errors.ZERO_LIMIT
        assert limit // unit <= LIMIT_MASK, errors.BIG_LIMIT
    # of the budget what is left for everybody counts: beyond 100 it wraps, and is refused
    for share: uint256 in [limits.buy_block_share, limits.sell_block_share, unsafe_sub(100, limits.roll_share)]:
        assert share >= 1 and share <= 100, errors.BAD_SHARE
    self._limits = (
        (self._limits & PAUSES)
        | (limits.roll_share << 234)
        | (limits.sell_block_share << 224)
        | (limits.buy_block_share << 216)
        | ((limits.sells // unit) << 144)
        | ((limits.buys // unit) << 72)
        | (limits.budget // unit)
    )
    log LimitsSet(limits=self._limits_view(unit))


@internal
def _pause(buys: bool, sells: bool):
    """
    @dev Switch buys and sales off (True) or on.
    """
    flags: uint256 = (convert(sells, uint256) << 1) | convert(buys, uint256)
    self._limits = (self._limits & ~PAUSES) | (flags << 232)
    log PauseSet(buys=buys, sells=sells)


@internal
def _record_buy(exposure: uint256, discount: uint256, unit: uint256) -> bool:
    """
    @dev Fill the buys' bucket and the budget and empty the sales' bucket, or refuse; whether the discount reaches into the share
        of the budget that is kept for rolls.
    """
    limits: uint256 = self._limits
    assert (limits >> 232) & 1 == 0, errors.BUYS_PAUSED
    usage: Usage = self._now()
    # amounts stay below 2**100 and limits below 2**112: no product reaches 2**256
    part: uint256 = self._part_up(exposure, unsafe_mul((limits >> 72) & LIMIT_MASK, unit))
    usage.buys = unsafe_add(usage.buys, part)
    usage.block_buys = unsafe_add(usage.block_buys, part)
    assert usage.buys <= ONE, errors.OVER_EPOCH_BUYS
    assert unsafe_mul(usage.block_buys, 100) <= unsafe_mul(ONE, (limits >> 216) & 255), errors.OVER_BLOCK_BUYS
    usage.budget = unsafe_add(usage.budget, self._part_up(discount, unsafe_mul(limits & LIMIT_MASK, unit)))
    assert usage.budget <= ONE, errors.OVER_BUDGET
    usage.sells = self._less(usage.sells, exposure, unsafe_mul((limits >> 144) & LIMIT_MASK, unit))
    self._store(usage)
    # below 2**48: no overflow. At par nothing is granted, and nothing kept.
    return unsafe_mul(usage.budget, 100) > unsafe_mul(ONE, unsafe_sub(100, limits >> 234)) and discount > 0


@internal
def _record_sell(exposure: uint256, discount: uint256, unit: uint256):
    """
    @dev Fill the sales' bucket and empty the buys' bucket, or refuse; give the discount back to the budget.
    """
    limits: uint256 = self._limits
    assert (limits >> 233) & 1 == 0, errors.SELLS_PAUSED
    usage: Usage = self._now()
    part: uint256 = self._part_up(exposure, unsafe_mul((limits >> 144) & LIMIT_MASK, unit))
    usage.sells = unsafe_add(usage.sells, part)
    usage.block_sells = unsafe_add(usage.block_sells, part)
    assert usage.sells <= ONE, errors.OVER_EPOCH_SELLS
    assert unsafe_mul(usage.block_sells, 100) <= unsafe_mul(ONE, (limits >> 224) & 255), errors.OVER_BLOCK_SELLS
    usage.buys = self._less(usage.buys, exposure, unsafe_mul((limits >> 72) & LIMIT_MASK, unit))
    usage.budget = self._less(usage.budget, discount, unsafe_mul(limits & LIMIT_MASK, unit))
    self._store(usage)


@internal
@view
def _now() -> Usage:
    """
    @dev What is filled now: the epoch's buckets drained, the block's emptied when time has moved on.
    """
    word: uint256 = self._usage
    usage: Usage = Usage(
        budget=(word >> 32) & FILL_MASK,
        buys=(word >> 76) & FILL_MASK,
        sells=(word >> 120) & FILL_MASK,
        block_buys=(word >> 164) & FILL_MASK,
        block_sells=word >> 208,
    )
    elapsed: uint256 = block.timestamp - (word & (2**32 - 1))
    if elapsed > 0:
        drained: uint256 = unsafe_div(unsafe_mul(ONE, min(elapsed, EPOCH)), EPOCH)
        usage.budget = unsafe_sub(max(usage.budget, drained), drained)
        usage.buys = unsafe_sub(max(usage.buys, drained), drained)
        usage.sells = unsafe_sub(max(usage.sells, drained), drained)
        usage.block_buys = 0
        usage.block_sells = 0
    return usage


@internal
def _store(usage: Usage):
    """
    @dev Write the fills down as of now; each is at most ONE, so it fits.
    """
    self._usage = (
        (usage.block_sells << 208)
        | (usage.block_buys << 164)
        | (usage.sells << 120)
        | (usage.buys << 76)
        | (usage.budget << 32)
        | (block.timestamp & (2**32 - 1))
    )


@internal
@pure
def _part_up(amount: uint256, limit: uint256) -> uint256:
    """
    @dev `amount` as a fraction of `limit`, rounded up; `limit` is positive.
    """
    return unsafe_div(unsafe_add(amount << 40, unsafe_sub(limit, 1)), limit)


@internal
@pure
def _less(fill: uint256, amount: uint256, limit: uint256) -> uint256:
    """
    @dev A fill with `amount` of `limit` taken out, rounded up, at least zero.
    """
    part: uint256 = unsafe_div(amount << 40, limit)
    return unsafe_sub(max(fill, part), part)


@internal
@view
def _limits_view(unit: uint256) -> Limits:
    """
    @dev The limits in asset decimals.
    """
    word: uint256 = self._limits
    return Limits(
        budget=(word & LIMIT_MASK) * unit,
        buys=((word >> 72) & LIMIT_MASK) * unit,
        sells=((word >> 144) & LIMIT_MASK) * unit,
        buy_block_share=(word >> 216) & 255,
        sell_block_share=(word >> 224) & 255,
        roll_share=word >> 234,
    )


@internal
@view
def _paused() -> (bool, bool):
    """
    @dev Whether buys and sales are paused.
    """
    word: uint256 = self._limits
    return (word >> 232) & 1 == 1, (word >> 233) & 1 == 1
