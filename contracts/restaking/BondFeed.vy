# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title What bonds are worth as collateral
@license AGPL-3.0-only
@author Surety contributors
@notice A FIXED bond counts at exp(-L_hi) of its face, the price in an empty bucket of its market's profile, and at its face
    from maturity on. No trade moves that, so nobody can buy a better valuation.
@dev No state, so no lock. Ids are `1 << 64 | maturity` (specs/bond-token.md).
@custom:security Follows the profile in force: whoever curates it moves the value, behind notice and ramp. The market never asks
    less than exp(-L_hi) for a new bond, so what is pledged counts at most at what it cost to buy there.
@custom:kill None: no role, no state. AssetRegistry can close the family.
@custom:invariant INV-AST-5 (specs/asset-registry.md)
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ...interfaces import IBondFeed
from ...interfaces import IBondMarket
from ...interfaces import IMarketState

implements: IBondFeed

# -- modules ----------------------------------------------------------------------------------------------------------

from . import errors
from ..lib import calendar
from ..lib import log_mean

# -- constants --------------------------------------------------------------------------------------------------------

_FIXED: constant(uint256) = 1
_MATURITY_BITS: constant(uint256) = 64

# -- immutables -------------------------------------------------------------------------------------------------------

_MARKET: immutable(address)
_TOKEN: immutable(address)


# -- constructor ------------------------------------------------------------------------------------------------------


@deploy
def __init__(market: address):
    """
    @notice For the bonds of one market, for ever.
    @param market BondMarket.
    """
    _MARKET = market
    _TOKEN = staticcall IBondMarket(market).token()


# -- views ------------------------------------------------------------------------------------------------------------


@view
@external
def discount(id: uint256) -> uint256:
    """
    @notice What one unit of face is worth now, in units of the asset that it pays.
    @param id FIXED bond. Beyond the profile's last knot the market refuses.
    @return WAD, at most 1; rounded down, by at most 2.
    """
    maturity: uint256 = self._maturity(id)
    if maturity <= block.timestamp:
        return log_mean.WAD
    curve: IMarketState.Curve = empty(IMarketState.Curve)
    fee_bps: uint256 = 0
    curve, fee_bps = staticcall IMarketState(_MARKET).terms(maturity)
    part: uint256 = log_mean._exp_neg((curve.hi << 96) // log_mean.WAD)
    # the exponential is off by less than SLACK either way, and its argument was rounded down
    return (part - min(part, log_mean.SLACK)) * log_mean.WAD >> 96


@view
@external
def maturity(id: uint256) -> uint256:
    """
    @notice When a bond pays.
    @param id FIXED bond on the weekly grid.
    @return s
    """
    return self._maturity(id)


@view
@external
def token() -> address:
    """
    @notice Whose ids these are.
    @return BondToken.
    """
    return _TOKEN


@view
@external
def market() -> address:
    """
    @notice Whose profile values the bonds.
    @return BondMarket.
    """
    return _MARKET


# -- internals --------------------------------------------------------------------------------------------------------


@internal
@pure
def _maturity(id: uint256) -> uint256:
    """
    @dev Maturity of a FIXED bond, s. VARIABLE amounts are shares of an index, which this does not value.
    """
    assert id >> _MATURITY_BITS == _FIXED, errors.NOT_FIXED_BOND
    maturity: uint256 = id & (2**_MATURITY_BITS - 1)
    assert calendar.on_grid(maturity), errors.OFF_GRID_BOND
    return maturity
