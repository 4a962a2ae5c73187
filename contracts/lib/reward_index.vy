# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Rewards a share, by snapshots
@license AGPL-3.0-only
@author Surety contributors
@notice Many series of rewards ("traces"). Each reward is shared by who had shares at a snapshot that is told with it, pro rata; who had
    how many is asked of a source, when they claim.
@dev A trace keeps the sum of rewards a share at each snapshot with one. A claim walks over stretches in which the holder's shares
    did not change; one word keeps how far it went. The source says for each stamp the shares then, and the last stamp for which
    that is the answer (`stretch`).
@custom:security Stamps of a trace never fall. The source never changes what it says of a stamp that was used, and what it says of all
    holders together is at most the `shares` that were told.
@custom:kill None.
@custom:invariant INV-RWD-1 (specs/delegation.md), INV-LQD-10, INV-LQD-11 (specs/liquid-delegation.md)
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

interface IStretches:
    def stretch(subject: uint256, account: address, stamp: uint256) -> (uint256, uint256): view


# -- modules ----------------------------------------------------------------------------------------------------------

from . import checkpoints

uses: checkpoints

# -- constants --------------------------------------------------------------------------------------------------------

MAX_STRETCHES: constant(uint256) = 16  # of unchanged shares in one claim; claim again for more

_SCALE: constant(uint256) = 96  # bits of fraction in the sum of rewards a share
_MASK_216: constant(uint256) = 2**216 - 1

# -- storage ----------------------------------------------------------------------------------------------------------

_counts: HashMap[uint256, uint256]  # trace: snapshots with rewards
_claimed: HashMap[uint256, HashMap[address, uint256]]  # trace, account: stamp (40 bits) | sum at it that was paid (216)


# -- internals --------------------------------------------------------------------------------------------------------


@internal
def _share(trace: uint256, stamp: uint256, shares: uint256, amount: uint256) -> uint256:
    """
    @dev Raises the sum a share at a snapshot. Returns what can't be shared evenly. Shares are not 0; amounts have 160 bits at most.
    """
    count: uint256 = self._counts[trace]
    last: uint256 = 0
    total: uint256 = 0
    last, total = checkpoints._entry(trace, count)
    raised: uint256 = (amount << _SCALE) // shares
    self._counts[trace] = checkpoints._push(trace, count, stamp, total + raised)
    used: uint256 = (raised * shares + (1 << _SCALE) - 1) >> _SCALE  # what all shares may claim, or a unit more
    return amount - used


@internal
def _take(source: address, subject: uint256, trace: uint256, account: address, until: uint256) -> uint256:
    """
    @dev What an account may claim of snapshots up to `until`, from now on claimed.
    """
    amount: uint256 = 0
    claimed: uint256 = 0
    amount, claimed = self._due(source, subject, trace, account, until)
    self._claimed[trace][account] = claimed
    return amount


@internal
@view
def _due(source: address, subject: uint256, trace: uint256, account: address, until: uint256) -> (uint256, uint256):
    """
    @dev What an account may claim of snapshots up to `until`, rounded down, and how far that goes.
    """
    count: uint256 = checkpoints._number_at(trace, self._counts[trace], until)
    claimed: uint256 = self._claimed[trace][account]
    paid: uint256 = claimed & _MASK_216
    # A snapshot that got another reward since is looked at once more, from the sum that was paid on.
    number: uint256 = max(checkpoints._number_at(trace, count, claimed >> 216), 1)
    amount: uint256 = 0
    for _: uint256 in range(MAX_STRETCHES):
        if number > count:
            break
        stamp: uint256 = 0
        total: uint256 = 0
        stamp, total = checkpoints._entry(trace, number)
        shares: uint256 = 0
        end: uint256 = 0
        shares, end = staticcall IStretches(source).stretch(subject, account, stamp)
        last: uint256 = checkpoints._number_at(trace, count, end)
        stamp, total = checkpoints._entry(trace, last)
        amount += (shares * (total - paid)) >> _SCALE
        paid = total
        claimed = (stamp << 216) | total
        number = last + 1
    return amount, claimed


@internal
@view
def _next(source: address, subject: uint256, trace: uint256, account: address) -> uint256:
    """
    @dev The first snapshot with rewards of which the account has a part to claim; 0 if there is none. After 16 stretches without shares, the
         last of them: claim up to it, and ask again.
    """
    count: uint256 = self._counts[trace]
    claimed: uint256 = self._claimed[trace][account]
    number: uint256 = max(checkpoints._number_at(trace, count, claimed >> 216), 1)
    stamp: uint256 = 0
    for _: uint256 in range(MAX_STRETCHES):
        if number > count:
            return 0
        total: uint256 = 0
        stamp, total = checkpoints._entry(trace, number)
        if total > claimed & _MASK_216:
            shares: uint256 = 0
            end: uint256 = 0
            shares, end = staticcall IStretches(source).stretch(subject, account, stamp)
            if shares > 0:
                return stamp
            number = checkpoints._number_at(trace, count, end)
        number += 1
    return stamp
