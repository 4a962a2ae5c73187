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
    For each pool and token the sum of rewards a share is kept at each snapshot of DelegationManager with a post (`reward_index`).
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
from ..lib import reward_index
from . import errors

initializes: checkpoints
initializes: reward_index[checkpoints := checkpoints]

# -- constants --------------------------------------------------------------------------------------------------------

EPOCH: constant(uint256) = 604_800
BPS: constant(uint256) = 10_000
MAX_COMMISSION: public(constant(uint256)) = 2_000  # bps
NOTICE: public(constant(uint256)) = 604_800  # s before an increase
MAX_STRETCHES: public(constant(uint256)) = reward_index.MAX_STRETCHES  # of unchanged shares in one claim
AMOUNT_LIMIT: constant(uint256) = 2**96
STAMP_NUMBER: constant(uint256) = 2**24 - 1  # part of a stamp of DelegationManager: number in a generation
STAMP_EPOCH: constant(uint256) = 10  # bits of that after its epoch
_MASK_16: constant(uint256) = 2**16 - 1

# -- immutables -------------------------------------------------------------------------------------------------------

MANAGER: immutable(address)

# -- storage ----------------------------------------------------------------------------------------------------------

carried: public(HashMap[uint256, HashMap[address, uint256]])  # subject, token
commissions: public(HashMap[address, HashMap[address, uint256]])  # operator, token: not yet claimed
_rates: HashMap[address, uint256]  # operator: epoch (64 bits) | bps from that on (16) | bps before (16)


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
        left = reward_index._share(self._trace(subject, token), stamp, shares, total - commission)
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
    return self._claim(subject, token, receiver, max_value(uint256))


@external
def claim_until(subject: uint256, token: address, receiver: address, until: uint256) -> uint256:
    """
    @notice Take the caller's rewards of a pool up to a snapshot, for who must tell the rewards of epochs apart.
    @param subject Pool.
    @param token ERC-20.
    @param receiver Who gets them.
    @param until Stamp of the snapshot (`next_stamp`).
    @return Units, rounded down.
    """
    return self._claim(subject, token, receiver, until)


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
    trace: uint256 = self._trace(subject, token)
    amount, claimed = reward_index._due(MANAGER, subject, trace, account, max_value(uint256))
    return amount


@view
@external
def next_stamp(subject: uint256, token: address, account: address) -> (uint256, uint256):
    """
    @notice Where an account's unclaimed rewards of a pool begin.
    @param subject Pool.
    @param token ERC-20.
    @param account Whose.
    @return Stamp of the first snapshot by which rewards are due, and the epoch that it began; zeros: none. After 16 stretches in which the
        account had nothing, their last: claim up to it, and ask again.
    """
    stamp: uint256 = reward_index._next(MANAGER, subject, self._trace(subject, token), account)
    return stamp, (stamp & STAMP_NUMBER) >> STAMP_EPOCH


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
def _claim(subject: uint256, token: address, receiver: address, until: uint256) -> uint256:
    """
    @dev Takes the caller's rewards up to a snapshot.
    """
    assert receiver != empty(address), errors.ZERO_REWARD_RECEIVER
    amount: uint256 = reward_index._take(MANAGER, subject, self._trace(subject, token), msg.sender, until)
    log IPoolRewards.RewardsClaimed(subject=subject, token=token, account=msg.sender, receiver=receiver, amount=amount)
    self._send(token, receiver, amount)
    return amount


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
