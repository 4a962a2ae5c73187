# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Whole-curve views of a bond market
@license AGPL-3.0-only
@author Surety contributors
@notice What people look at but no trade needs: every maturity at once, what a bucket could cost the reserve, and how long
    the reserve lasts. Reads any BondMarket; keeps nothing.
@custom:security Views for eyes and agents. A contract that prices something should ask the market itself.
@custom:kill Nothing to stop.
@custom:invariant INV-MKT-8 (specs/bond-market.md)
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ...interfaces import IBondMarket
from ...interfaces import IBondTreasury

# -- modules ----------------------------------------------------------------------------------------------------------

from . import errors
from ..lib import calendar

# -- constants --------------------------------------------------------------------------------------------------------

MAX_QUOTES: constant(uint256) = 256
EPOCH: constant(uint256) = 604_800


# -- views ------------------------------------------------------------------------------------------------------------


@view
@external
def curve(market: IBondMarket, count: uint256) -> DynArray[IBondMarket.Quote, MAX_QUOTES]:
    """
    @notice The next maturities with debt, profile and marginal prices; fewer when the last knot comes before.
    @param market Which market.
    @param count How many, at most 256.
    @return One quote a maturity, nearest first.
    """
    assert count <= MAX_QUOTES, errors.TOO_MANY
    tenors: DynArray[uint256, 8] = staticcall market.tenors()
    last: uint256 = tenors[len(tenors) - 1]
    quotes: DynArray[IBondMarket.Quote, MAX_QUOTES] = []
    maturity: uint256 = calendar.grid_ceil(block.timestamp + 1)
    for _: uint256 in range(count, bound=MAX_QUOTES):
        if maturity - block.timestamp > last:
            break
        quotes.append(staticcall market.quote(maturity))
        maturity += calendar.WEEK
    return quotes


@view
@external
def worst_subsidy(market: IBondMarket, maturity: uint256) -> uint256:
    """
    @notice Discount that the reserve would grant if a bucket were filled to its cap now, flow limits apart.
    @param market Which market.
    @param maturity Thursday 00:00 UTC, s.
    @return Asset decimals, rounded down; zero for a full bucket.
    """
    quote: IBondMarket.Quote = staticcall market.quote(maturity)
    if quote.debt >= quote.cap:
        return 0
    room: uint256 = quote.cap - quote.debt
    return room - staticcall market.quote_buy(maturity, room)


@view
@external
def runway(market: IBondMarket) -> uint256:
    """
    @notice How long the reserve lasts if the whole discount budget is spent, sales and deposits apart.
    @param market Which market.
    @return s, rounded down.
    """
    treasury: IBondTreasury = IBondTreasury(staticcall market.treasury())
    reserve: uint256 = staticcall treasury.reserve()
    return reserve * EPOCH // staticcall market.discount_budget()
