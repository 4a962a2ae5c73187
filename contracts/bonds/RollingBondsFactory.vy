# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Where the classes of rolling bonds stand
@license AGPL-3.0-only
@author Surety contributors
@notice Creates the class of a tenor and a minimum rate, for anyone, at an address that follows from the two: CREATE2 with their
    hash as salt. Tolerance and tip are the same for all classes, for ever.
@dev No lock: it calls nothing but the market that it was made for and what it creates, and writes once that is there.
@custom:security Anyone may create any class in range; that gives it no role: which classes may use the share of the discount
    budget that is kept for rolls is the Timelock's to say.
@custom:kill None: no roles, nothing to stop.
@custom:invariant INV-RLB-10 (specs/rolling-bonds.md)
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ...interfaces import IBondMarket
from ...interfaces import IRollingBondsFactory

implements: IRollingBondsFactory

# -- modules ----------------------------------------------------------------------------------------------------------

from . import errors

# -- constants --------------------------------------------------------------------------------------------------------

WEEK: constant(uint256) = 7 * 86_400
BP: constant(uint256) = 10**14  # WAD
MAX_RATE: constant(uint256) = 10**18  # WAD a year
MAX_TOLERANCE_BPS: constant(uint256) = 2_000
MAX_TIP_BPS: constant(uint256) = 1_000

# -- immutables -------------------------------------------------------------------------------------------------------

MARKET: immutable(address)
OBSERVER: immutable(address)
BLUEPRINT: immutable(address)
TOLERANCE_BPS: immutable(uint256)
TIP_BPS: immutable(uint256)

# -- storage ----------------------------------------------------------------------------------------------------------

_classes: HashMap[uint256, HashMap[uint256, address]]  # tenor -> minimum rate -> class
is_class: public(HashMap[address, bool])


# -- constructor ------------------------------------------------------------------------------------------------------


@deploy
def __init__(market: address, blueprint: address, observer: address, tolerance_bps: uint256, tip_bps: uint256):
    """
    @notice For the bonds of one market.
    @param market BondMarket.
    @param blueprint ERC-5202 blueprint of RollingBonds.
    @param observer DebtObserver.
    @param tolerance_bps By how much of the target the debt may be above its average when a class rolls, at most 2,000 bps.
    @param tip_bps Part of the discount that a keeper gets, at most 1,000 bps.
    """
    assert tolerance_bps <= MAX_TOLERANCE_BPS, errors.BAD_TOLERANCE
    assert tip_bps <= MAX_TIP_BPS, errors.BAD_TIP
    MARKET = market
    BLUEPRINT = blueprint
    OBSERVER = observer
    TOLERANCE_BPS = tolerance_bps
    TIP_BPS = tip_bps


# -- anyone -----------------------------------------------------------------------------------------------------------


@external
def create(tenor: uint256, min_rate: uint256) -> address:
    """
    @notice Create a class, unless it exists.
    @param tenor Whole weeks, s: at least one, and no longer than the market's last.
    @param min_rate Least rate of a roll, whole basis points, WAD a year, at most 1.
    @return RollingBonds.
    """
    rolling: address = self._classes[tenor][min_rate]
    if rolling != empty(address):
        return rolling
    tenors: DynArray[uint256, 8] = staticcall IBondMarket(MARKET).tenors()
    assert tenor % WEEK == 0 and tenor > 0 and tenor <= tenors[len(tenors) - 1], errors.BAD_TENOR
    assert min_rate <= MAX_RATE and min_rate % BP == 0, errors.BAD_RATE
    rolling = create_from_blueprint(
        BLUEPRINT,
        MARKET,
        OBSERVER,
        tenor,
        min_rate,
        TOLERANCE_BPS,
        TIP_BPS,
        salt=keccak256(abi_encode(tenor, min_rate)),
    )
    self._classes[tenor][min_rate] = rolling
    self.is_class[rolling] = True
    log IRollingBondsFactory.ClassCreated(tenor=tenor, min_rate=min_rate, rolling=rolling)
    return rolling


# -- views ------------------------------------------------------------------------------------------------------------


@view
@external
def class_of(tenor: uint256, min_rate: uint256) -> address:
    """
    @notice The class of a tenor and a minimum rate. Reverts where there is none.
    @param tenor s
    @param min_rate WAD a year.
    @return RollingBonds.
    """
    rolling: address = self._classes[tenor][min_rate]
    assert rolling != empty(address), errors.UNKNOWN_CLASS
    return rolling


@view
@external
def market() -> address:
    """
    @notice Where the classes buy.
    @return BondMarket.
    """
    return MARKET


@view
@external
def observer() -> address:
    """
    @notice Who tells the classes what the debt was on average.
    @return DebtObserver.
    """
    return OBSERVER


@view
@external
def blueprint() -> address:
    """
    @notice The code of the classes.
    @return ERC-5202 blueprint of RollingBonds.
    """
    return BLUEPRINT


@view
@external
def terms() -> (uint256, uint256):
    """
    @notice What all classes have in common.
    @return Tolerance and tip, bps.
    """
    return TOLERANCE_BPS, TIP_BPS
