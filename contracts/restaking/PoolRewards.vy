# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Rewards for stake behind operators
@license AGPL-3.0-only
@author Surety contributors
@notice Anybody posts rewards, in any ERC-20, for a pool of DelegationManager. A post in one epoch is for the epoch before, and is
    shared by who had active stake at the beginning of that, pro rata, less the operator's commission. Holders pull.
@dev Who is staked at the beginning of an epoch, and queues in its first second, still answers for all of it (the queue's window
    is longer than an epoch): so each who earns has borne the risk, nobody can join for a payment that is known, and what is
    queued or seized meanwhile earns on. What is posted while nobody had stake is carried to the next post.
    For each pool and token the sum of rewards a share is kept at each snapshot of DelegationManager with a post. A claim walks
    over stretches in which the holder's shares did not change; one word keeps how far it went.
@custom:security A token is only what a poster and its holders make of it: one that lies harms those of its own posts. What arrives is
    measured. The operator whose commission is raised is the one whose delegators can leave before.
@custom:kill None: no role, no pause.
@custom:invariant INV-RWD-1 … INV-RWD-5 (specs/delegation.md)
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ethereum.ercs import IERC20
from ...interfaces import IDelegationManager
from ...interfaces import IPoolRewards

implements: IPoolRewards

# -- modules ----------------------------------------------------------------------------------------------------------

from ..lib import checkpoints
from . import errors

initializes: checkpoints

# -- constants --------------------------------------------------------------------------------------------------------

EPOCH: constant(uint256) = 604_800
BPS: constant(uint256) = 10_000
MAX_COMMISSION: public(constant(uint256)) = 2_000  # bps
NOTICE: public(constant(uint256)) = 604_800  # s before an increase
MAX_STRETCHES: public(constant(uint256)) = 16  # of unchanged shares in one claim; claim again for more
AMOUNT_LIMIT: constant(uint256) = 2**96
SCALE: constant(uint256) = 96  # bits of fraction in the sum of rewards a share
_MASK_216: constant(uint256) = 2**216 - 1
_MASK_16: constant(uint256) = 2**16 - 1

# -- immutables -------------------------------------------------------------------------------------------------------

MANAGER: immutable(address)

# -- storage ----------------------------------------------------------------------------------------------------------

_counts: HashMap[uint256, uint256]  # trace: snapshots with posts
carried: public(HashMap[uint256, HashMap[address, uint256]])  # subject, token
commissions: public(HashMap[address, HashMap[address, uint256]])  # operator, token: not yet claimed
_rates: HashMap[address, uint256]  # operator: epoch (64 bits) | bps from that on (16) | bps before (16)
_claimed: HashMap[uint256, HashMap[address, uint256]]  # trace, account: stamp (40 bits) | sum at it that was paid (216)


# -- constructor ------------------------------------------------------------------------------------------------------


@deploy
def __init__(manager: address):
    """
    @notice For one DelegationManager, for ever.
    @param manager DelegationManager.
    """
    assert manager != empty(address), errors.ZERO_MANAGER
    MANAGER = manager


# -- anyone -----------------------------------------------------------------------------------------------------------


@external
def post(subject: uint256, token: address, amount: uint256):
    """
    @notice Give rewards for the epoch before this one to a pool that earns them. The caller has approved this contract.
    @param subject Pool.
    @param token ERC-20.
    @param amount Units, below 2^96; 0 to share what was carried.
    """
    assert amount < AMOUNT_LIMIT, errors.BIG_REWARD
    stamp: uint256 = 0
    shares: uint256 = 0
    stamp, shares = extcall IDelegationManager(MANAGER).mark(subject)
    epoch: uint256 = block.timestamp // EPOCH - 1
    total: uint256 = amount + self.carried[subject][token]
    commission: uint256 = 0
    left: uint256 = total
    if shares > 0 and total > 0:
        operator: address = convert(subject & (2**160 - 1), address)
        commission = total * self._rate(operator, epoch) // BPS
        self.commissions[operator][token] += commission
        left = self._share(self._trace(subject, token), stamp, shares, total - commission)
    self.carried[subject][token] = left
    log IPoolRewards.RewardsPosted(
        subject=subject, token=token, epoch=epoch, amount=amount, commission=commission, carried=left
    )
    if amount > 0:
        before: uint256 = staticcall IERC20(token).balanceOf(self)
        success: bool = extcall IERC20(token).transferFrom(msg.sender, self, amount, default_return_value=True)
        assert success, errors.REWARD_REFUSED
        after: uint256 = staticcall IERC20(token).balanceOf(self)
        assert after == before + amount, errors.REWARD_TOOK_A_FEE


# -- holders ----------------------------------------------------------------------------------------------------------


@external
def claim(subject: uint256, token: address, receiver: address) -> uint256:
    """
    @notice Take the caller's rewards of a pool: over at most 16 stretches of unchanged shares, the oldest first.
    @param subject Pool.
    @param token ERC-20.
    @param receiver Who gets them.
    @return Units, rounded down.
    """
    assert receiver != empty(address), errors.ZERO_REWARD_RECEIVER
    trace: uint256 = self._trace(subject, token)
    amount: uint256 = 0
    claimed: uint256 = 0
    amount, claimed = self._due(subject, trace, msg.sender)
    self._claimed[trace][msg.sender] = claimed
    log IPoolRewards.RewardsClaimed(subject=subject, token=token, account=msg.sender, receiver=receiver, amount=amount)
    self._send(token, receiver, amount)
    return amount


# -- operators --------------------------------------------------------------------------------------------------------


@external
def set_commission(bps: uint256):
    """
    @notice Change the part of all rewards of the caller's pools that is the caller's. A decrease counts for this epoch already, an
        increase for those that begin at least seven days from now. One that is announced is replaced.
    @param bps At most 2,000.
    """
    assert bps <= MAX_COMMISSION, errors.HIGH_COMMISSION
    epoch: uint256 = block.timestamp // EPOCH
    word: uint256 = self._rates[msg.sender]
    assert word >> 32 != epoch, errors.COMMISSION_IS_NEW
    # What is taken for the epoch before this one stands in the word until that can't be posted for any more.
    now_bps: uint256 = self._rate(msg.sender, epoch)
    since: uint256 = epoch
    if bps > now_bps:
        since = (block.timestamp + NOTICE + EPOCH - 1) // EPOCH
    self._rates[msg.sender] = (since << 32) | (bps << 16) | now_bps
    log IPoolRewards.CommissionSet(operator=msg.sender, bps=bps, since=since)


@external
def claim_commission(token: address, receiver: address) -> uint256:
    """
    @notice Take the caller's commissions in a token.
    @param token ERC-20.
    @param receiver Who gets them.
    @return Units.
    """
    assert receiver != empty(address), errors.ZERO_REWARD_RECEIVER
    amount: uint256 = self.commissions[msg.sender][token]
    self.commissions[msg.sender][token] = 0
    log IPoolRewards.CommissionClaimed(operator=msg.sender, token=token, receiver=receiver, amount=amount)
    self._send(token, receiver, amount)
    return amount


# -- views ------------------------------------------------------------------------------------------------------------


@view
@external
def due(subject: uint256, token: address, account: address) -> uint256:
    """
    @notice What `claim` would pay now.
    @param subject Pool.
    @param token ERC-20.
    @param account Whose.
    @return Units.
    """
    amount: uint256 = 0
    claimed: uint256 = 0
    amount, claimed = self._due(subject, self._trace(subject, token), account)
    return amount


@view
@external
def commission_of(operator: address, epoch: uint256) -> uint256:
    """
    @notice Commission taken of rewards for an epoch: exact from the epoch before this one on.
    @param operator Whose.
    @param epoch Which.
    @return Basis points.
    """
    return self._rate(operator, epoch)


@view
@external
def manager() -> address:
    """
    @notice Whose pools earn here.
    @return DelegationManager.
    """
    return MANAGER


# -- internals --------------------------------------------------------------------------------------------------------


@internal
def _share(trace: uint256, stamp: uint256, shares: uint256, amount: uint256) -> uint256:
    """
    @dev Raises the sum a share at a snapshot. Returns what can't be shared evenly, to be carried.
    """
    count: uint256 = self._counts[trace]
    last: uint256 = 0
    total: uint256 = 0
    last, total = checkpoints._entry(trace, count)
    raised: uint256 = (amount << SCALE) // shares
    self._counts[trace] = checkpoints._push(trace, count, stamp, total + raised)
    used: uint256 = (raised * shares + (1 << SCALE) - 1) >> SCALE  # what all shares may claim, or a unit more
    return amount - used


@internal
@view
def _due(subject: uint256, trace: uint256, account: address) -> (uint256, uint256):
    """
    @dev What an account may claim, and how far that goes.
    """
    count: uint256 = self._counts[trace]
    claimed: uint256 = self._claimed[trace][account]
    paid: uint256 = claimed & _MASK_216
    # A snapshot that got another post since is looked at once more, from the sum that was paid on.
    number: uint256 = max(checkpoints._number_at(trace, count, claimed >> 216), 1)
    amount: uint256 = 0
    for _: uint256 in range(MAX_STRETCHES):
        if number > count:
            break
        stamp: uint256 = 0
        total: uint256 = 0
        stamp, total = checkpoints._entry(trace, number)
        shares: uint256 = 0
        until: uint256 = 0
        shares, until = staticcall IDelegationManager(MANAGER).stretch(subject, account, stamp)
        last: uint256 = checkpoints._number_at(trace, count, until)
        stamp, total = checkpoints._entry(trace, last)
        amount += (shares * (total - paid)) >> SCALE
        paid = total
        claimed = (stamp << 216) | total
        number = last + 1
    return amount, claimed


@internal
def _send(token: address, receiver: address, amount: uint256):
    """
    @dev Pays. Nothing is no mistake: a claim may only have walked over stretches that earned nothing.
    """
    if amount == 0:
        return
    success: bool = extcall IERC20(token).transfer(receiver, amount, default_return_value=True)
    assert success, errors.REWARD_REFUSED


@internal
@view
def _rate(operator: address, epoch: uint256) -> uint256:
    """
    @dev Commission for an epoch.
    """
    word: uint256 = self._rates[operator]
    return ((word >> 16) if epoch >= word >> 32 else word) & _MASK_16


@internal
@pure
def _trace(subject: uint256, token: address) -> uint256:
    """
    @dev Number of a history.
    """
    return convert(keccak256(abi_encode(subject, token)), uint256)
