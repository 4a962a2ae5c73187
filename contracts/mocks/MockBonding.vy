# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title What stands behind promises, as it is told
@license AGPL-3.0-only
@author Surety contributors
@notice Stands for ServiceBonding where CommitmentRegistry and judges ask.
@custom:security Test double: anybody sets, enters and leaves.
@custom:kill None.
@custom:invariant None.
"""

from ...interfaces import IBackings
from ...interfaces import ICommitmentRegistry

implements: IBackings


struct Span:
    slashable: address
    subject: uint256
    start: uint256
    end: uint256  # last second in which it can be seized; 0: it stands


registry: public(address)
failing: public(bool)
_spans: HashMap[bytes32, HashMap[address, DynArray[Span, 16]]]


@external
def set_registry(registry: address):
    self.registry = registry


@external
def enter(service: bytes32, operator: address, parameters: DynArray[bytes32, 8]):
    extcall ICommitmentRegistry(self.registry).enter(service, operator, parameters)


@external
def leave(service: bytes32, operator: address):
    extcall ICommitmentRegistry(self.registry).leave(service, operator)


@external
def back(service: bytes32, operator: address, slashable: address, subject: uint256):
    """
    @notice Put a subject behind an operator from now on.
    """
    self._spans[service][operator].append(Span(slashable=slashable, subject=subject, start=block.timestamp, end=0))


@external
def withdraw(service: bytes32, operator: address, index: uint256, end: uint256):
    """
    @notice Let it be out of reach after a second.
    """
    self._spans[service][operator][index].end = end


@external
def set_failing(failing: bool):
    self.failing = failing


@view
@external
def backings(service: bytes32, operator: address, at: uint256) -> DynArray[IBackings.Backing, 8]:
    assert not self.failing, "mock_bonding: failing"
    found: DynArray[IBackings.Backing, 8] = []
    for one: Span in self._spans[service][operator]:
        if one.start <= at and (one.end == 0 or block.timestamp <= one.end):
            found.append(IBackings.Backing(slashable=one.slashable, subject=one.subject))
    return found
