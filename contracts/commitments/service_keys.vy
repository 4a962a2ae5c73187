# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Whose service key signed a message
@license AGPL-3.0-only
@author Surety contributors
@notice What each judge of signed messages asks: under which domain they were signed, and whether a key speaks for an operator.
@dev Domain: this chain and one CommitmentRegistry. Keys: OperatorRegistry, one call a key.
@custom:security OperatorRegistry is the house's own; a key belongs to one operator for ever.
@custom:kill None: no state.
@custom:invariant INV-PRV-2, INV-PRV-5 (specs/commitments.md)
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ...interfaces import IOperatorRegistry

# -- modules ----------------------------------------------------------------------------------------------------------

from . import message
from . import registry_errors as errors

# -- immutables -------------------------------------------------------------------------------------------------------

OPERATORS: immutable(address)
_REGISTRY: immutable(address)
_SEPARATOR: immutable(bytes32)
_CHAIN: immutable(uint256)


# -- constructor ------------------------------------------------------------------------------------------------------


@deploy
def __init__(registry: address, operators: address):
    """
    @dev For messages in the domain of one registry, and the keys of one OperatorRegistry.
    """
    assert operators != empty(address), errors.ZERO_OPERATORS
    OPERATORS = operators
    _REGISTRY = registry
    _CHAIN = chain.id
    _SEPARATOR = message._domain_separator(registry)


# -- externals --------------------------------------------------------------------------------------------------------


@external
@view
def operators() -> address:
    """
    @notice Whose keys count.
    @return OperatorRegistry.
    """
    return OPERATORS


# -- for judges -------------------------------------------------------------------------------------------------------


@internal
@view
def _check_key(key: address, operator: address, memory: uint256):
    """
    @dev The key speaks for the operator, or did so no longer than `memory` seconds ago: what a lost key signs later is nobody's
         fault for ever. Judges take the cooldown; the reach where there is none, or to end a key would be to get away.
    """
    owner: address = empty(address)
    end: uint256 = 0
    owner, end = staticcall IOperatorRegistry(OPERATORS).key_holder(key)
    assert owner == operator, errors.WRONG_KEY
    assert end > block.timestamp or block.timestamp - end <= memory, errors.OLD_KEY


@internal
@view
def _separator() -> bytes32:
    """
    @dev EIP-712 domain of messages, of this chain as it is now.
    """
    if chain.id == _CHAIN:
        return _SEPARATOR
    return message._domain_separator(_REGISTRY)
