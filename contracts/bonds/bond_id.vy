# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Ids of bonds
@author Surety contributors
@license AGPL-3.0-only
@notice An id is `kind << 64 | maturity`: what the bond pays, and the second from which it pays.
@dev Pure. `kind_of` does not mask: bits above the eight of the kind make a kind that equals no constant, so one
     comparison with FIXED or VARIABLE refuses every malformed id and no two ids name the same bond.
@custom:security Whether a maturity lies on the weekly grid is the market's rule, not a part of the id.
@custom:kill None: no state.
@custom:invariant INV-TOK-6
"""

# -- kinds ------------------------------------------------------------------------------------------------------------

FIXED: constant(uint256) = 1  # an amount is face: one unit pays one unit of the asset at maturity
VARIABLE: constant(uint256) = 2  # an amount is shares of the global index, which accrues until maturity

_MATURITY_BITS: constant(uint256) = 64
_MATURITY_MASK: constant(uint256) = 2**64 - 1


# -- internals --------------------------------------------------------------------------------------------------------


@internal
@pure
def pack(kind: uint256, maturity: uint256) -> uint256:
    """
    @dev Id of the bond of `kind` (FIXED or VARIABLE) that matures at `maturity` (s, below 2**64).
    """
    assert maturity <= _MATURITY_MASK  # dev: the maturity would run into the kind
    return kind << _MATURITY_BITS | maturity


@internal
@pure
def kind_of(id: uint256) -> uint256:
    """
    @dev Everything above the maturity, unmasked: equals FIXED or VARIABLE for well-formed ids only.
    """
    return id >> _MATURITY_BITS


@internal
@pure
def maturity_of(id: uint256) -> uint256:
    """
    @dev Maturity in seconds since the epoch.
    """
    return id & _MATURITY_MASK
