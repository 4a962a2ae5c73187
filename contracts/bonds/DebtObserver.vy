# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title What the debt of a maturity was over the last days
@license AGPL-3.0-only
@author Surety contributors
@notice Averages the debt of a market's bucket over seven days without a word from its trades: anyone observes, as often as they
    like. Meant for buyers: where it can't know it counts too little, never a debt that nobody bore.
@dev A bucket tells when it was last traded (`touched`): from then to now its debt was what it is, and counts in full. Between the
    observation before and `touched` trades were made that left no trace here. There counts the lesser of the sure debts at
    both ends, and a sure debt is `debt - down`: `down` is what was bought within the last day, as far as it has not relaxed
    (anchors). So what is bought and sold within a block, or for an hour, leaves nothing at either end. What lies before
    the first observation and before `touched` counts as no debt.
    An accumulator (debt times seconds) is kept as a history of `checkpoints`, straight between its entries.
@custom:security Who holds a debt about a day at both ends of a stretch that nobody observes, and drops it between, has it counted as
    if it had stood: observe. A debt that is sold for a moment and bought back is counted too low for a day: observe after it.
    Times are the bucket's, of 32 bits: up to 2106.
@custom:kill None: no role, no parameter.
@custom:invariant INV-OBS-1 … INV-OBS-4 (specs/rolling-bonds.md)
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ...interfaces import IDebtObserver
from ...interfaces import IMarketState

implements: IDebtObserver

# -- modules ----------------------------------------------------------------------------------------------------------

from ..lib import checkpoints

initializes: checkpoints

# -- types and constants ----------------------------------------------------------------------------------------------

# What an observation now would know
struct Sight:
    trace: uint256
    count: uint256  # of entries
    last: uint256  # time of the last entry, s
    held: uint256  # accumulator there
    touched: uint256  # from which on the debt is known, s
    at_touched: uint256  # accumulator there
    debt: uint256  # since then
    sure: uint256  # debt that the last day's buys don't account for
    total: uint256  # accumulator now


WINDOW: constant(uint256) = 7 * 86_400
_DEBT_MASK: constant(uint256) = 2**96 - 1

# -- storage ----------------------------------------------------------------------------------------------------------

# trace -> count of its entries | sure debt at the last one (96 bits)
_ends: HashMap[uint256, uint256]


# -- anyone -----------------------------------------------------------------------------------------------------------


@external
def observe(market: address, maturity: uint256) -> uint256:
    """
    @notice Note the debt of a maturity.
    @param market BondMarket, or what has its views: each has books of its own.
    @param maturity Thursday 00:00 UTC, s.
    @return Average debt over the last seven days, rounded down.
    """
    sight: Sight = self._look(market, maturity)
    average: uint256 = self._average(sight)
    count: uint256 = sight.count
    if sight.touched > sight.last and sight.touched < block.timestamp:
        count = checkpoints._push(sight.trace, count, sight.touched, sight.at_touched)
    count = checkpoints._push(sight.trace, count, block.timestamp, sight.total)
    self._ends[sight.trace] = (count << 96) | sight.sure
    log IDebtObserver.DebtObserved(market=market, maturity=maturity, sure=sight.sure, average=average)
    return average


# -- views ------------------------------------------------------------------------------------------------------------


@view
@external
def average(market: address, maturity: uint256) -> uint256:
    """
    @notice What `observe` would return.
    @param market BondMarket.
    @param maturity Thursday 00:00 UTC, s.
    @return Average debt over the last seven days, rounded down.
    """
    return self._average(self._look(market, maturity))


@view
@external
def last_observed(market: address, maturity: uint256) -> (uint256, uint256):
    """
    @notice The last observation.
    @param market BondMarket.
    @param maturity Thursday 00:00 UTC, s.
    @return Its time (s, 0 if there is none), and the sure debt then.
    """
    trace: uint256 = self._trace(market, maturity)
    end: uint256 = self._ends[trace]
    time: uint256 = 0
    total: uint256 = 0
    time, total = checkpoints._entry(trace, end >> 96)
    return time, end & _DEBT_MASK


# -- internals --------------------------------------------------------------------------------------------------------


@internal
@pure
def _trace(market: address, maturity: uint256) -> uint256:
    """
    @dev Number of the history of a bucket.
    """
    return convert(keccak256(abi_encode(market, maturity)), uint256)


@internal
@view
def _look(market: address, maturity: uint256) -> Sight:
    """
    @dev The history so far, and what now is known beyond it.
    """
    bucket: IMarketState.Bucket = staticcall IMarketState(market).bucket(maturity)
    unit: uint256 = staticcall IMarketState(market).unit()
    trace: uint256 = self._trace(market, maturity)
    end: uint256 = self._ends[trace]
    sight: Sight = Sight(
        trace=trace,
        count=end >> 96,
        last=0,
        held=0,
        touched=bucket.touched,
        at_touched=0,
        debt=bucket.debt,
        sure=bucket.debt - min(bucket.debt, bucket.down * unit),
        total=0,
    )
    sight.last, sight.held = checkpoints._entry(trace, sight.count)
    sight.touched = max(sight.touched, sight.last)
    # before the first observation `sure` then is zero, and so is what counts
    sight.at_touched = sight.held + min(end & _DEBT_MASK, sight.sure) * (sight.touched - sight.last)
    sight.total = sight.at_touched + sight.debt * (block.timestamp - sight.touched)
    return sight


@internal
@view
def _average(sight: Sight) -> uint256:
    """
    @dev Over the window that ends now, rounded down.
    """
    since: uint256 = block.timestamp - WINDOW
    before: uint256 = 0
    if since >= sight.touched:
        return sight.debt
    if since >= sight.last:
        # on the stretch that nobody saw, which is straight too
        before = self._between(since, sight.last, sight.held, sight.touched, sight.at_touched)
    else:
        number: uint256 = checkpoints._number_at(sight.trace, sight.count, since)
        key: uint256 = 0
        next_key: uint256 = 0
        total: uint256 = 0
        next_total: uint256 = 0
        key, total = checkpoints._entry(sight.trace, number)
        next_key, next_total = checkpoints._entry(sight.trace, number + 1)
        if number > 0:
            before = self._between(since, key, total, next_key, next_total)
    return (sight.total - before) // WINDOW


@internal
@pure
def _between(time: uint256, key: uint256, total: uint256, next_key: uint256, next_total: uint256) -> uint256:
    """
    @dev The accumulator on a stretch of one debt, where the division leaves nothing over.
    """
    return total + (next_total - total) * (time - key) // (next_key - key)
