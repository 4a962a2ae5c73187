# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title What bonds, and what stands for them, are worth as collateral
@license AGPL-3.0-only
@author Surety contributors
@notice FIXED bonds count at exp(-L_hi) of their face (BondFeed); VARIABLE ones at what their index says, less the dearest discount of
    an early sale; shares of a rolling class, of a vault of one, and units of a wrapper at what they stand for. Matured ones
    count at what they pay.
@dev No state, so no lock. Everything is in units of the market's asset and rounded down.
@custom:security Follows the market's profile and terms in force, which are behind notice and ramp, and holdings of classes, which are
    left and entered pro rata in kind. No trade moves any of it.
@custom:kill None: no role, no state. ServiceBonding asks for values at activations and in views only, never to let anybody out.
@custom:invariant INV-BND-13 (specs/service-bonding.md)
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ...interfaces import IBondAppraiser
from ...interfaces import IBondFeed
from ...interfaces import IBondMarket
from ...interfaces import IBondTreasury
from ...interfaces import IBondWrapper
from ...interfaces import IRollingBonds
from ...interfaces import IVariableMarket

implements: IBondAppraiser


interface IVariableTerms:
    def terms() -> IVariableMarket.Terms: view


interface IVariableSeries:
    def series(maturity: uint256) -> (uint256, uint256): view


interface IVaultOfClass:
    def rolling() -> address: view


# -- modules ----------------------------------------------------------------------------------------------------------

from . import bonding_errors as errors
from ..bonds import bond_id
from ..lib import log_mean

# -- constants --------------------------------------------------------------------------------------------------------

BONDS: constant(uint256) = 0
ROLLING: constant(uint256) = 1
VAULT: constant(uint256) = 2
WRAPPER: constant(uint256) = 3
CASH: constant(uint256) = 4

_WAD: constant(uint256) = 10**18
_RAY: constant(uint256) = 10**27
_YEAR: constant(uint256) = 31_536_000
_BPS: constant(uint256) = 10_000

# -- immutables -------------------------------------------------------------------------------------------------------

asset: public(immutable(address))
token: public(immutable(address))
treasury: public(immutable(address))
market: public(immutable(address))
feed: public(immutable(address))
_VARIABLE: immutable(address)


# -- constructor ------------------------------------------------------------------------------------------------------


@deploy
def __init__(market_: address, feed_: address):
    """
    @notice For one market, for ever.
    @param market_ BondMarket.
    @param feed_ BondFeed of it.
    """
    market = market_
    feed = feed_
    asset = staticcall IBondMarket(market_).asset()
    token = staticcall IBondMarket(market_).token()
    treasury = staticcall IBondMarket(market_).treasury()
    feed_token: address = staticcall IBondFeed(feed_).token()
    assert feed_token == token, errors.OTHER_MARKET
    _VARIABLE = staticcall IBondTreasury(treasury).variable_market()


# -- views ------------------------------------------------------------------------------------------------------------


@view
@external
def value(kind: uint256, token_: address, id: uint256, amount: uint256) -> uint256:
    """
    @notice What an amount counts for.
    @param kind See IBondAppraiser.
    @param token_ Which ERC-20, of kinds 1 to 3.
    @param id Which bond, of kind 0; beyond the profile's last knot the market refuses.
    @param amount Face, shares or units.
    @return Base asset, rounded down.
    """
    if kind == BONDS:
        return self._of_bond(id, amount)
    if kind == ROLLING:
        return self._of_class(token_, amount)
    if kind == VAULT:
        rolling: address = staticcall IVaultOfClass(token_).rolling()
        return self._of_class(rolling, amount)
    if kind == WRAPPER:
        wrapped: uint256 = staticcall IBondWrapper(token_).id()
        return self._of_bond(wrapped, amount)
    assert kind == CASH, errors.UNKNOWN_KIND
    return amount


@view
@external
def is_of(kind: uint256, token_: address) -> bool:
    """
    @notice Whether a token is of a kind, for the bonds of this market. What a token says of itself is believed: governance lists.
    @param kind 1 rolling class, 2 vault, 3 wrapper.
    @param token_ ERC-20.
    @return Whether; False for other kinds.
    """
    if kind == ROLLING:
        return staticcall IRollingBonds(token_).market() == market
    if kind == VAULT:
        rolling: address = staticcall IVaultOfClass(token_).rolling()
        return staticcall IRollingBonds(rolling).market() == market
    if kind == WRAPPER:
        return staticcall IBondWrapper(token_).token() == token
    return False


@view
@external
def maturity(kind: uint256, token_: address, id: uint256) -> uint256:
    """
    @notice When something begins to pay what it stands for.
    @param kind See IBondAppraiser.
    @param token_ Which wrapper.
    @param id Which bond.
    @return s; 0 for what never pays by itself.
    """
    if kind == BONDS:
        return bond_id.maturity_of(id)
    if kind == WRAPPER:
        wrapped: uint256 = staticcall IBondWrapper(token_).id()
        return bond_id.maturity_of(wrapped)
    return 0


# -- internals --------------------------------------------------------------------------------------------------------


@internal
@view
def _of_bond(id: uint256, amount: uint256) -> uint256:
    """
    @dev Of an id, by its kind.
    """
    if bond_id.kind_of(id) == bond_id.VARIABLE:
        return self._of_variable(bond_id.maturity_of(id), amount)
    part: uint256 = staticcall IBondFeed(feed).discount(id)
    return amount * part // _WAD


@internal
@view
def _of_variable(maturity: uint256, shares: uint256) -> uint256:
    """
    @dev At the index, less what an early sale from an empty market would cost.
    """
    total: uint256 = 0
    index: uint256 = 0
    total, index = staticcall IVariableSeries(treasury).series(maturity)
    worth: uint256 = shares * index // _RAY
    if maturity <= block.timestamp:
        return worth
    terms: IVariableMarket.Terms = staticcall IVariableTerms(_VARIABLE).terms()
    discount: uint256 = (terms.hi * (maturity - block.timestamp) * terms.exit_bps + (_YEAR * _BPS - 1)) // (
        _YEAR * _BPS
    )
    part: uint256 = log_mean._exp_neg((discount << 96) // _WAD)
    return worth * (part - min(part, log_mean.SLACK)) >> 96


@internal
@view
def _of_class(rolling: address, shares: uint256) -> uint256:
    """
    @dev Pro rata of face and cash, with face at its discount.
    """
    position: IRollingBonds.Position = staticcall IRollingBonds(rolling).position()
    if position.supply == 0:
        return 0
    worth: uint256 = position.cash
    if position.face != 0:
        part: uint256 = staticcall IBondFeed(feed).discount(bond_id.pack(bond_id.FIXED, position.maturity))
        worth += position.face * part // _WAD
    return shares * worth // position.supply
