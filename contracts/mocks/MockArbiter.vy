# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title An arbiter that does as it is told
@author Surety contributors
@license AGPL-3.0-only
@notice Notes the cases that it is told of, and passes rulings on.
@custom:security Test double: anybody rules.
@custom:kill None.
@custom:invariant None.
"""

from ...interfaces import IArbiter
from ...interfaces import ISlashEscrow

implements: IArbiter

failing: public(bool)
deadline_of: public(HashMap[uint256, uint256])
count: public(uint256)


@external
def fail(failing: bool):
    """
    @notice Refuse cases from now on, or take them.
    @param failing Whether to refuse.
    """
    self.failing = failing


@external
def open_case(slash_id: uint256, deadline: uint256):
    assert not self.failing, "mock_arbiter: failing"
    self.deadline_of[slash_id] = deadline
    self.count += 1


@external
def pass_ruling(escrow: address, slash_id: uint256, guilty: bool):
    """
    @notice Rule.
    @param escrow SlashEscrow.
    @param slash_id Case.
    @param guilty Verdict.
    """
    extcall ISlashEscrow(escrow).rule(slash_id, guilty)
