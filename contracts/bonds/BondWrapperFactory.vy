# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Where the ERC-20 of each bond stands
@license AGPL-3.0-only
@author Surety contributors
@notice Creates the BondWrapper of an id: a minimal proxy (ERC-1167) at an address that follows from the id alone and is known
    before it exists.
@dev Creates the code behind the proxies itself, from a blueprint, and initialises each in the transaction that creates it.
    No lock: it calls nothing but what it created.
@custom:security Anyone may create the wrapper of any id that can exist; doing so before somebody else changes nothing for them.
@custom:kill None: no roles, nothing to stop.
@custom:invariant INV-WRP-4, INV-WRP-5
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ...interfaces import IBondWrapper
from ...interfaces import IBondWrapperFactory

implements: IBondWrapperFactory

# -- modules ----------------------------------------------------------------------------------------------------------

from snekmate.utils import create2
from ..lib import calendar
from . import bond_id
from . import errors

# -- constants --------------------------------------------------------------------------------------------------------

# Creation code of a proxy (ERC-1167) around the address of the implementation, as `create_minimal_proxy_to` writes it
_PROXY_HEAD: constant(Bytes[19]) = x"602d3d8160093d39f3363d3d373d3d3d363d73"
_PROXY_TAIL: constant(Bytes[15]) = x"5af43d82803e903d91602b57fd5bf3"

# -- immutables -------------------------------------------------------------------------------------------------------

IMPLEMENTATION: immutable(address)
_PROXY_HASH: immutable(bytes32)


# -- constructor ------------------------------------------------------------------------------------------------------


@deploy
def __init__(treasury: address, wrapper_blueprint: address):
    """
    @notice For the bonds of one treasury.
    @param treasury BondTreasury.
    @param wrapper_blueprint ERC-5202 blueprint of BondWrapper.
    """
    implementation: address = create_from_blueprint(wrapper_blueprint, treasury)
    IMPLEMENTATION = implementation
    _PROXY_HASH = keccak256(concat(_PROXY_HEAD, convert(implementation, bytes20), _PROXY_TAIL))


# -- anyone -----------------------------------------------------------------------------------------------------------


@external
def create(id: uint256) -> address:
    """
    @notice Create the wrapper of a bond, unless it exists.
    @param id Which bond: of a known kind, with a maturity on the weekly grid up to the year 9999. It need not be issued yet.
    @return Its wrapper.
    """
    kind: uint256 = bond_id.kind_of(id)
    maturity: uint256 = bond_id.maturity_of(id)
    assert kind == bond_id.FIXED or kind == bond_id.VARIABLE, errors.UNKNOWN_ID
    assert calendar.on_grid(maturity) and maturity <= calendar.LAST_DATED, errors.UNKNOWN_ID
    wrapper: address = self._wrapper_of(id)
    if not wrapper.is_contract:
        created: address = create_minimal_proxy_to(IMPLEMENTATION, salt=convert(id, bytes32))
        assert created == wrapper  # dev: the compiler's proxy is not the one above
        extcall IBondWrapper(wrapper).initialise(id)
        log IBondWrapperFactory.BondWrapperCreated(id=id, wrapper=wrapper)
    return wrapper


# -- views ------------------------------------------------------------------------------------------------------------


@view
@external
def wrapper_of(id: uint256) -> address:
    """
    @notice Where the wrapper of a bond stands or will stand.
    @param id Which bond.
    @return Its address, whether it exists or not.
    """
    return self._wrapper_of(id)


@view
@external
def implementation() -> address:
    """
    @notice The code behind the proxies.
    @return BondWrapper without an id, which nobody can initialise.
    """
    return IMPLEMENTATION


# -- internals --------------------------------------------------------------------------------------------------------


@internal
@view
def _wrapper_of(id: uint256) -> address:
    """
    @dev CREATE2 with the id as salt.
    """
    return create2._compute_create2_address(convert(id, bytes32), _PROXY_HASH, self)
