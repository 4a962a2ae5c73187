# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Middle one of up to five prices
@license AGPL-3.0-only
@author Surety contributors
@notice A price feed over others. More than half of them must give a price; of those the middle one counts, the lower of two.
@dev No state, so no lock. The time of the answer is the oldest of those that counted. Round ids are 1: there is no history.
@custom:security Any minority of feeds may fail in any way. As long as fewer than half of those that answer lie, the price
    lies between honest ones. Too little gas for a feed reverts the call, and never drops the feed.
@custom:kill None: feeds are fixed for ever. Whoever uses this names another feed.
@custom:invariant INV-MED-1, INV-MED-2 (specs/asset-registry.md)
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ...interfaces import IPriceFeed

implements: IPriceFeed

# -- modules ----------------------------------------------------------------------------------------------------------

from . import errors
from . import feed_reader

# -- constants --------------------------------------------------------------------------------------------------------

MAX_FEEDS: constant(uint256) = 5
FEED_GAS: constant(uint256) = 80_000

# -- immutables -------------------------------------------------------------------------------------------------------

_COUNT: immutable(uint256)
_FEEDS: immutable(address[MAX_FEEDS])
_DECIMALS: immutable(uint256[MAX_FEEDS])
_HEARTBEATS: immutable(uint256[MAX_FEEDS])


# -- constructor ------------------------------------------------------------------------------------------------------


@deploy
def __init__(feeds: DynArray[address, MAX_FEEDS], heartbeats: DynArray[uint256, MAX_FEEDS]):
    """
    @notice Over these feeds, for ever.
    @param feeds 1 to 5 feeds of the same price, each at most 18 decimals, no two the same.
    @param heartbeats For each the age in s from which its price counts no more.
    """
    assert len(feeds) > 0 and len(feeds) == len(heartbeats), errors.BAD_FEED_COUNT
    kept: address[MAX_FEEDS] = empty(address[MAX_FEEDS])
    decimals: uint256[MAX_FEEDS] = empty(uint256[MAX_FEEDS])
    ages: uint256[MAX_FEEDS] = empty(uint256[MAX_FEEDS])
    for i: uint256 in range(len(feeds), bound=MAX_FEEDS):
        assert feeds[i] not in kept, errors.SAME_FEED
        assert heartbeats[i] > 0, errors.ZERO_HEARTBEAT
        kept[i] = feeds[i]
        ages[i] = heartbeats[i]
        decimals[i] = convert(staticcall IPriceFeed(feeds[i]).decimals(), uint256)
        assert decimals[i] <= feed_reader.MAX_DECIMALS, errors.MEDIAN_DECIMALS
    _COUNT = len(feeds)
    _FEEDS = kept
    _DECIMALS = decimals
    _HEARTBEATS = ages


# -- views ------------------------------------------------------------------------------------------------------------


@view
@external
def latestRoundData() -> (uint80, int256, uint256, uint256, uint80):
    """
    @notice The middle price.
    @return 1, the price (WAD), the oldest second of those that counted (twice), 1.
    """
    prices: uint256[MAX_FEEDS] = empty(uint256[MAX_FEEDS])
    good: uint256 = 0
    oldest: uint256 = block.timestamp
    for i: uint256 in range(_COUNT, bound=MAX_FEEDS):
        verdict: uint256 = 0
        price: uint256 = 0
        updated: uint256 = 0
        verdict, price, updated = feed_reader._read(_FEEDS[i], _DECIMALS[i], _HEARTBEATS[i], FEED_GAS)
        if verdict != feed_reader.GOOD:
            continue
        oldest = min(oldest, updated)
        # from the end of those before it down to its place
        place: uint256 = good
        for _: uint256 in range(MAX_FEEDS):
            if place == 0 or prices[place - 1] <= price:
                break
            prices[place] = prices[place - 1]
            place -= 1
        prices[place] = price
        good += 1
    assert 2 * good > _COUNT, errors.TOO_FEW_ANSWERS
    middle: int256 = convert(prices[(good - 1) // 2], int256)
    return 1, middle, oldest, oldest, 1


@view
@external
def readings() -> (DynArray[uint256, MAX_FEEDS], DynArray[uint256, MAX_FEEDS]):
    """
    @notice What each feed says now, for those who watch them.
    @return Verdicts (0 good, 1 silent, 2 zero, 3 negative, 4 from the future, 5 stale, 6 out of bounds), and prices in WAD, 0
        unless good.
    """
    verdicts: DynArray[uint256, MAX_FEEDS] = []
    prices: DynArray[uint256, MAX_FEEDS] = []
    for i: uint256 in range(_COUNT, bound=MAX_FEEDS):
        verdict: uint256 = 0
        price: uint256 = 0
        updated: uint256 = 0
        verdict, price, updated = feed_reader._read(_FEEDS[i], _DECIMALS[i], _HEARTBEATS[i], FEED_GAS)
        verdicts.append(verdict)
        prices.append(price)
    return verdicts, prices


@view
@external
def feeds() -> (DynArray[address, MAX_FEEDS], DynArray[uint256, MAX_FEEDS]):
    """
    @notice Over what this is the median.
    @return Feeds, and the heartbeat of each in s.
    """
    named: DynArray[address, MAX_FEEDS] = []
    ages: DynArray[uint256, MAX_FEEDS] = []
    for i: uint256 in range(_COUNT, bound=MAX_FEEDS):
        named.append(_FEEDS[i])
        ages.append(_HEARTBEATS[i])
    return named, ages


@view
@external
def decimals() -> uint8:
    """
    @notice Decimals of the price.
    @return 18
    """
    return 18
