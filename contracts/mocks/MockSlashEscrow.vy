# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title An escrow without a review
@author Surety contributors
@license AGPL-3.0-only
@notice Seizes, restores and pays as a test says, in the place of SlashEscrow, and counts as held what it has not handed out.
@custom:security Test double: anybody slashes.
@custom:kill None.
@custom:invariant None.
"""

from ethereum.ercs import IERC20
from ...interfaces import ISlashable

slash_count: public(uint256)  # the highest id
ids: HashMap[uint256, DynArray[uint256, 8]]  # by subject: open
subject_of: public(HashMap[uint256, uint256])  # by id
amounts: HashMap[uint256, uint256]  # by id: held
owns: HashMap[uint256, uint256]


@external
def seize(
    slashable: address, slash_id: uint256, subject: uint256, fraction: uint256, offence_time: uint256
) -> (uint256, uint256):
    """
    @notice Seize, and keep the slash open.
    @param slashable Whom to ask.
    @param slash_id Name of the seizure.
    @param subject Pool.
    @param fraction WAD.
    @param offence_time Second.
    @return Units, and of that the operator's.
    """
    amount: uint256 = 0
    own: uint256 = 0
    amount, own = extcall ISlashable(slashable).seize(slash_id, subject, fraction, offence_time)
    self.slash_count = max(self.slash_count, slash_id)
    self.subject_of[slash_id] = subject
    self.amounts[slash_id] = amount
    self.owns[slash_id] = own
    if len(self.ids[subject]) < 8:
        self.ids[subject].append(slash_id)
    return amount, own


@external
def restore(slashable: address, slash_id: uint256, amount: uint256):
    """
    @notice Hand back, and close the slash.
    @param slashable Whom to ask.
    @param slash_id Which.
    @param amount Units.
    """
    extcall ISlashable(slashable).restore(slash_id, amount)
    self._close(slash_id)


@external
def pay(slashable: address, slash_id: uint256, receiver: address, amount: uint256):
    """
    @notice Pay out.
    @param slashable Whom to ask.
    @param slash_id Which.
    @param receiver To whom.
    @param amount Units.
    """
    extcall ISlashable(slashable).pay(slash_id, receiver, amount)


@external
def compensate(slashable: address, slash_id: uint256, token: address, amount: uint256):
    """
    @notice Send some of an ERC-20 that was sent here before, for those of a slash.
    @param slashable Whom to ask.
    @param slash_id Which.
    @param token Of the pool.
    @param amount Units.
    """
    success: bool = extcall IERC20(token).transfer(slashable, amount, default_return_value=True)
    assert success, "mock_escrow: transfer failed"
    extcall ISlashable(slashable).compensate(slash_id, amount)


@view
@external
def open_seizures(slashable: address, subject: uint256) -> DynArray[uint256, 8]:
    return self.ids[subject]


@view
@external
def held(slashable: address, subject: uint256) -> (uint256, uint256):
    total: uint256 = 0
    own: uint256 = 0
    for id: uint256 in self.ids[subject]:
        total += self.amounts[id]
        own += self.owns[id]
    return total, own


@internal
def _close(slash_id: uint256):
    """
    @dev Takes it off the list of open ones.
    """
    subject: uint256 = self.subject_of[slash_id]
    kept: DynArray[uint256, 8] = []
    for id: uint256 in self.ids[subject]:
        if id != slash_id:
            kept.append(id)
    self.ids[subject] = kept
