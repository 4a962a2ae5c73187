# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title A price that never changes
@license AGPL-3.0-only
@author Surety contributors
@notice For assets that are counted at a fixed rate on purpose.
@dev No state, so no lock. Its time is always now, so it is never stale.
@custom:security Whoever names this feed vouches for the rate: it does not follow a fall of the asset.
@custom:kill None: no role, no state. Whoever uses it names another feed.
@custom:invariant INV-AST-3 (specs/asset-registry.md)
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ...interfaces import IPriceFeed

implements: IPriceFeed

# -- modules ----------------------------------------------------------------------------------------------------------

from . import errors
from . import feed_reader

# -- immutables -------------------------------------------------------------------------------------------------------

_PRICE: immutable(int256)
_DECIMALS: immutable(uint8)


# -- constructor ------------------------------------------------------------------------------------------------------


@deploy
def __init__(price: int256, price_decimals: uint8):
    """
    @notice One price for ever.
    @param price USD for one whole token, positive.
    @param price_decimals Decimals of the price, at most 18.
    """
    assert price > 0, errors.NO_FIXED_PRICE
    assert convert(price_decimals, uint256) <= feed_reader.MAX_DECIMALS, errors.FIXED_DECIMALS
    _PRICE = price
    _DECIMALS = price_decimals


# -- views ------------------------------------------------------------------------------------------------------------


@view
@external
def latestRoundData() -> (uint80, int256, uint256, uint256, uint80):
    """
    @notice The price, of now.
    @return 1, the price, now (twice), 1.
    """
    return 1, _PRICE, block.timestamp, block.timestamp, 1


@view
@external
def decimals() -> uint8:
    """
    @notice Decimals of the price.
    @return At most 18.
    """
    return _DECIMALS
