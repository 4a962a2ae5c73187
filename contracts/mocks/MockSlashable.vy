# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Stake that can be slashed, exactly
@author Surety contributors
@license AGPL-3.0-only
@notice Pools of accounts with balances in a list: each seizure takes the same fraction of each, rounded down in sum, and what
    comes back goes to whom it was taken from in proportion. Loops over its accounts, which a real pool never does.
@custom:security Test double: anybody sets the escrow.
@custom:kill None.
@custom:invariant None.
"""

from ethereum.ercs import IERC20
from ...interfaces import IBondToken
from ...interfaces import ISlashable

implements: ISlashable

_MAX: constant(uint256) = 16
_WAD: constant(uint256) = 10**18

escrow: public(address)
token: public(address)
id: public(uint256)  # of the bond, or 0
exit_window: public(uint256)
members: HashMap[uint256, DynArray[address, _MAX]]
stake: public(HashMap[uint256, HashMap[address, uint256]])  # subject -> account -> stake
loss: public(HashMap[uint256, HashMap[address, uint256]])  # seizure -> account -> taken from it
seized: public(HashMap[uint256, uint256])  # seizure -> amount
spent: public(HashMap[uint256, uint256])  # seizure -> paid or restored
restored: public(HashMap[uint256, bool])
subject_of: HashMap[uint256, uint256]
free: public(HashMap[address, uint256])  # account -> what it can take: leavers' refunds, and what it left with


@deploy
def __init__(token: address, id: uint256, exit_window: uint256):
    self.token = token
    self.id = id
    self.exit_window = exit_window


@external
def set_escrow(escrow: address):
    """
    @notice Who may seize.
    @param escrow SlashEscrow.
    """
    self.escrow = escrow


@external
def set_token(token: address):
    """
    @notice Another ERC-20 from now on.
    @param token Which.
    """
    self.token = token


@external
def deposit(subject: uint256, account: address, amount: uint256):
    """
    @notice Stake of the caller for an account.
    @param subject Pool.
    @param account Whose it becomes.
    @param amount How much.
    """
    if account not in self.members[subject]:
        self.members[subject].append(account)
    self.stake[subject][account] += amount
    if self.id == 0:
        assert extcall IERC20(self.token).transferFrom(msg.sender, self, amount, default_return_value=True)
    else:
        extcall IBondToken(self.token).transferFrom(msg.sender, self, self.id, amount)


@external
def leave(subject: uint256, account: address, amount: uint256):
    """
    @notice Take stake out at once: what a window of leaving allows is the business of a real pool.
    @param subject Pool.
    @param account Whose.
    @param amount How much.
    """
    self.stake[subject][account] -= amount
    self.free[account] += amount


@external
def withdraw(account: address):
    """
    @notice Send what is free.
    @param account Whose.
    """
    amount: uint256 = self.free[account]
    self.free[account] = 0
    self._send(account, amount)


@external
def seize(slash_id: uint256, subject: uint256, fraction: uint256, offence_time: uint256) -> (uint256, uint256):
    assert msg.sender == self.escrow, "mock_slashable: not the escrow"
    total: uint256 = 0
    for account: address in self.members[subject]:
        total += self.stake[subject][account]
    wanted: uint256 = (total * fraction + _WAD - 1) // _WAD
    amount: uint256 = 0
    for account: address in self.members[subject]:
        # so that the sum is exact: each gets what is left in proportion
        had: uint256 = self.stake[subject][account]
        part: uint256 = 0
        if total != 0:
            part = (wanted * had + total - 1) // total
        self.stake[subject][account] = had - part
        self.loss[slash_id][account] = part
        total -= had
        wanted -= part
        amount += part
    self.seized[slash_id] = amount
    self.subject_of[slash_id] = subject
    return amount, self.loss[slash_id][convert(subject & (2**160 - 1), address)]


@external
def restore(slash_id: uint256, amount: uint256):
    assert msg.sender == self.escrow, "mock_slashable: not the escrow"
    assert not self.restored[slash_id], "mock_slashable: restored"
    self.restored[slash_id] = True
    self._spend(slash_id, amount)
    self._share(slash_id, amount)


@external
def compensate(slash_id: uint256, amount: uint256):
    assert msg.sender == self.escrow, "mock_slashable: not the escrow"
    assert not self.restored[slash_id], "mock_slashable: restored"
    self._share(slash_id, amount)


@external
def pay(slash_id: uint256, receiver: address, amount: uint256):
    assert msg.sender == self.escrow, "mock_slashable: not the escrow"
    self._spend(slash_id, amount)
    self._send(receiver, amount)


@view
@external
def seizable(subject: uint256, offence_time: uint256) -> (uint256, uint256):
    total: uint256 = 0
    for account: address in self.members[subject]:
        total += self.stake[subject][account]
    return total, self.stake[subject][convert(subject & (2**160 - 1), address)]


@view
@external
def asset_of(subject: uint256) -> (address, uint256):
    return self.token, self.id


@internal
def _spend(slash_id: uint256, amount: uint256):
    self.spent[slash_id] += amount
    assert self.spent[slash_id] <= self.seized[slash_id], "mock_slashable: more than was seized"


@internal
def _share(slash_id: uint256, amount: uint256):
    total: uint256 = self.seized[slash_id]
    left: uint256 = amount
    for account: address in self.members[self.subject_of[slash_id]]:
        lost: uint256 = self.loss[slash_id][account]
        if total != 0:
            part: uint256 = left * lost // total
            self.free[account] += part
            left -= part
            total -= lost


@internal
def _send(receiver: address, amount: uint256):
    if self.id == 0:
        assert extcall IERC20(self.token).transfer(receiver, amount, default_return_value=True)
    else:
        extcall IBondToken(self.token).transfer(receiver, self.id, amount)
