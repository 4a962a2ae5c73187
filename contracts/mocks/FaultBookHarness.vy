# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Fault book, deployable for tests
@license AGPL-3.0-only
@author Surety contributors
@notice A judge that believes everybody: whoever says so is guilty.
@custom:security Test double.
@custom:kill None.
@custom:invariant INV-CMT-8 … INV-CMT-13
"""

from ...interfaces import ICommitmentRegistry
from ...interfaces import IFaultBook
from ..commitments import fault_book

implements: IFaultBook
initializes: fault_book

exports: fault_book.__interface__


@deploy
def __init__(registry: address, escrow: address):
    fault_book.__init__(registry, escrow)


@external
def accuse(
    service: bytes32,
    operator: address,
    property: uint256,
    key: bytes32,
    time: uint256,
    reporter: address,
    propose: bool,
) -> bytes32:
    """
    @notice Record a fault and, if wanted, propose every slash.
    """
    charge: ICommitmentRegistry.Charge = fault_book._charge(service, operator, property, time)
    offence: uint256 = fault_book._offence(charge, time)
    id: bytes32 = fault_book._record(service, operator, property, key, charge, offence, reporter)
    if propose:
        fault_book._propose_all(id, service, operator)
    return id
