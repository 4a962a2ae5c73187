# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Ids of bonds, deployable for tests
@author Surety contributors
@license AGPL-3.0-only
@notice Each function of `bond_id`, as it is, and its constants.
@custom:security Test double.
@custom:kill None.
@custom:invariant INV-TOK-6
"""

from ..bonds import bond_id

FIXED: public(constant(uint256)) = bond_id.FIXED
VARIABLE: public(constant(uint256)) = bond_id.VARIABLE


@pure
@external
def pack(kind: uint256, maturity: uint256) -> uint256:
    return bond_id.pack(kind, maturity)


@pure
@external
def kind_of(id: uint256) -> uint256:
    return bond_id.kind_of(id)


@pure
@external
def maturity_of(id: uint256) -> uint256:
    return bond_id.maturity_of(id)
