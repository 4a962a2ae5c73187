# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Pools of stake behind operators
@license AGPL-3.0-only
@author Surety contributors
@notice One pool for each operator and asset, the operator's own stake in it like everybody's. Stake leaves through a queue of
    weekly buckets, in which it can be seized for another 7 to 14 days, and not a second longer. SlashEscrow seizes a part of a
    pool and of its queue in one write each; what it hands back goes to exactly those it was taken from.
@dev A subject is `asset << 160 | operator`. A pot (`stake_pots`) is `epoch << 192 | subject`; epoch 0 is the active stake, a
    bucket is named by the epoch after the one in which its tickets were queued. Epochs are weeks of 604,800 s since 1970.
    An offence is answered by the active stake, by what was queued in the running epoch, and, if it is older than that, by
    what was queued in the one before: so whatever was active at the offence stays within reach for a whole epoch.
    A holder's key in a pot is its address, or for a ticket that is on its way to another operator a hash of both.
    What an asset is, and its cap, is copied from the registry by `sync_asset`; the operator's status is pushed by the registry.
@custom:security Trusts the escrow with what it seizes, and with nothing else. ERC-20s may return nothing; what arrives is
    measured, so one that takes a fee is refused. One that changes balances by itself must not be listed: its losses would be
    those of who leaves last. The asset's cap is held against the balance, gifts included: who gives to fill it might
    as well deposit. Shares never are worth more than a unit, so gifts change no price.
@custom:kill None. An asset is closed to deposits in the registry, a pool by its operator or its status; leaving, and being
    slashed, goes on in every state and needs no price, no registry and no consent. Only an operator's own stake asks the
    registry before it is queued.
@custom:invariant INV-DEL-1 … INV-DEL-12 (specs/delegation.md)
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ethereum.ercs import IERC20
from ...interfaces import IAssetRegistry
from ...interfaces import IBondToken
from ...interfaces import IDelegationManager
from ...interfaces import IOperatorRegistry
from ...interfaces import ISlashable
from ...interfaces import ISlashEscrow
from ...interfaces import IStakeLedger

implements: IDelegationManager
implements: ISlashable
implements: IStakeLedger

# -- modules ----------------------------------------------------------------------------------------------------------

from ..lib import checkpoints
from . import errors
from . import operator_states
from . import stake_pots

initializes: checkpoints
initializes: stake_pots[checkpoints := checkpoints]

# -- constants --------------------------------------------------------------------------------------------------------

EPOCH: public(constant(uint256)) = 604_800  # s: a ticket is within reach for one to two of them
MAX_POOLS: public(constant(uint256)) = 16  # of an operator
MAX_SEIZURES: constant(uint256) = 8  # that the escrow has open at once
ASSET_NUMBERS: constant(uint256) = 2**32
HIGHEST_CAP: constant(uint256) = 2**93  # units of an asset; compensations may double it
EPOCH_LIMIT: constant(uint256) = 2**64
LISTED: constant(uint256) = 1  # status of AssetRegistry
BOND: constant(uint256) = 2**255  # in `_assets`
SHUT: constant(uint256) = 2**254

OPEN: constant(uint256) = 1
ALLOWLIST: constant(uint256) = 2
CLOSED: constant(uint256) = 3

# Flags of a pool's active pot, from FLAG_BITS on
_STATUS: constant(uint256) = 3
_MODE: constant(uint256) = 12
_LIMITED: constant(uint256) = 16
_REWARDED: constant(uint256) = 32
# Flag of a bucket
_OWN: constant(uint256) = 1  # the operator may have plain tickets

# Tag of a pool's active pot, from TAG_BITS on: the last bucket that was joined, modulo 16, and whether the one before it was
_LAST: constant(uint256) = 15
_FOLLOWS: constant(uint256) = 16

# In `_slashes`
_RESTORED: constant(uint256) = 2**192
_COMPENSATED: constant(uint256) = 2**193
_FIRST_PART: constant(uint256) = 2**194
_EPOCH_BITS: constant(uint256) = 197
_ASSET_BITS: constant(uint256) = 224
_MASK_27: constant(uint256) = 2**27 - 1
_MASK_94: constant(uint256) = 2**94 - 1
_MASK_96: constant(uint256) = 2**96 - 1
_MASK_128: constant(uint256) = 2**128 - 1
_MASK_160: constant(uint256) = 2**160 - 1
_MASK_192: constant(uint256) = 2**192 - 1

# -- immutables -------------------------------------------------------------------------------------------------------

ASSETS: immutable(address)
OPERATORS: immutable(address)
ESCROW: immutable(address)
SIGNER: immutable(address)

# -- storage ----------------------------------------------------------------------------------------------------------

_assets: HashMap[uint256, uint256]  # by number: BOND or 0 | SHUT or 0 | room for deposits (94 bits) | token (160)
_terms: HashMap[uint256, uint256]  # by number: id of a bond (160 bits) | room and units held, together (96)
_pools_of: HashMap[address, DynArray[uint256, MAX_POOLS]]  # subjects
_limits: HashMap[uint256, uint256]  # by subject: cap (128 bits) | minimum (128)
allowed: public(HashMap[address, HashMap[address, bool]])  # operator, delegator

_marks: HashMap[uint256, HashMap[uint256, uint256]]  # subject, epoch: the pot's word at its first change; 0: none yet
_earns_since: HashMap[uint256, uint256]  # subject: epoch

# by id: asset (32 bits) | epoch of the seizure (27) | pots with records (3) | flags (2) | refunds (96) | not handed out (96)
_slashes: HashMap[uint256, uint256]
_records: HashMap[uint256, HashMap[uint256, uint256]]  # id, place of a pot: what was taken from it, and who held it
_claimed: HashMap[uint256, HashMap[uint256, uint256]]  # id, key: units


# -- constructor ------------------------------------------------------------------------------------------------------


@deploy
def __init__(assets: address, operators: address, escrow: address, signer_blueprint: address):
    """
    @notice For one registry of assets, one of operators and one escrow, for ever.
    @param assets AssetRegistry.
    @param operators OperatorRegistry; it may be created later, at an address known before.
    @param escrow SlashEscrow.
    @param signer_blueprint Of DelegationSigner, which is created here.
    """
    assert assets != empty(address) and operators != empty(address) and escrow != empty(address), errors.NO_ADDRESS
    ASSETS = assets
    OPERATORS = operators
    ESCROW = escrow
    SIGNER = create_from_blueprint(signer_blueprint)


# -- operators --------------------------------------------------------------------------------------------------------


@external
def open_pool(asset: uint256, mode: uint256, minimum: uint256, cap: uint256):
    """
    @notice Open the caller's pool of an asset. Anybody may: only ACTIVE operators get delegations.
    @param asset Its number in the registry.
    @param mode 1 open, 2 allowlist, 3 closed to delegations.
    @param minimum Least amount of a delegator's deposit, in units.
    @param cap Most active stake to which delegators' deposits may bring the pool, in units; 0: none.
    """
    assert asset < ASSET_NUMBERS, errors.BAD_ASSET
    subject: uint256 = (asset << 160) | convert(msg.sender, uint256)
    assert stake_pots._pots[subject] == 0, errors.POOL_IS_OPEN
    assert len(self._pools_of[msg.sender]) < MAX_POOLS, errors.TOO_MANY_POOLS
    if self._assets[asset] == 0:
        self._sync(asset)
    self._pools_of[msg.sender].append(subject)
    status: uint256 = staticcall IOperatorRegistry(OPERATORS).status(msg.sender)
    self._set_pool(subject, status & _STATUS, mode, minimum, cap)


@external
def set_pool(asset: uint256, mode: uint256, minimum: uint256, cap: uint256):
    """
    @notice Change who may delegate to the caller, and how much. What is there stays.
    @param asset Its number in the registry.
    @param mode 1 open, 2 allowlist, 3 closed to delegations.
    @param minimum Least amount of a delegator's deposit, in units.
    @param cap Most active stake to which delegators' deposits may bring the pool, in units; 0: none.
    """
    subject: uint256 = (asset << 160) | convert(msg.sender, uint256)
    flags: uint256 = self._pool_word(subject) >> stake_pots.FLAG_BITS
    self._set_pool(subject, flags & (_STATUS | _REWARDED), mode, minimum, cap)


@external
def allow(delegator: address, allowed: bool):
    """
    @notice Put a delegator on the caller's allowlist, which all its pools share, or take it off. Its stake stays.
    @param delegator Whom.
    @param allowed Whether it may delegate.
    """
    self.allowed[msg.sender][delegator] = allowed
    log IDelegationManager.DelegatorAllowed(operator=msg.sender, delegator=delegator, allowed=allowed)


@external
def enable_rewards(asset: uint256):
    """
    @notice Let the caller's pool of an asset earn rewards from the next epoch on, for ever: each epoch's first change of stake
        then notes who holds what, which costs that change about 24,000 gas.
    @param asset Its number in the registry.
    """
    subject: uint256 = (asset << 160) | convert(msg.sender, uint256)
    word: uint256 = self._pool_word(subject)
    assert self._earns_since[subject] == 0, errors.EARNS_ALREADY
    self._earns_since[subject] = block.timestamp // EPOCH
    stake_pots._pots[subject] = word | (_REWARDED << stake_pots.FLAG_BITS)
    log IDelegationManager.RewardsEnabled(subject=subject)


# -- delegators -------------------------------------------------------------------------------------------------------


@external
def deposit(owner: address, subject: uint256, amount: uint256) -> uint256:
    """
    @notice Stake an asset behind an operator. The owner has approved this contract for it.
    @param owner The caller; DelegationSigner names who signed.
    @param subject Pool.
    @param amount Units.
    @return Shares, rounded down; each worth a unit or less.
    """
    self._check_owner(owner)
    word: uint256 = self._admitted(owner, subject, amount)
    shares: uint256 = stake_pots._join(subject, word, convert(owner, uint256), amount)
    log IDelegationManager.StakeDeposited(subject=subject, owner=owner, amount=amount, shares=shares)
    self._receive(subject >> 160, owner, amount)
    return shares


@external
def queue(owner: address, subject: uint256, shares: uint256, target: address) -> uint256:
    """
    @notice Let stake leave, or move to another operator: it joins the bucket of the next epoch, and can be seized until that
        epoch ends.
    @param owner The caller; DelegationSigner names who signed.
    @param subject Pool.
    @param shares How many; 2**256 - 1: all.
    @param target Operator to whom it goes then, with a pool of the same asset; zero: out.
    @return Epoch that names the bucket.
    """
    self._check_owner(owner)
    word: uint256 = self._pool_word(subject)
    if target != empty(address):
        assert target != convert(subject & _MASK_160, address), errors.SAME_OPERATOR
        self._pool_word(((subject >> 160) << 160) | convert(target, uint256))
    epoch: uint256 = block.timestamp // EPOCH + 1
    word = self._tagged(self._marked(subject, word), epoch)
    before: uint256 = (word >> 96) & stake_pots._MASK_112
    amount: uint256 = stake_pots._leave(subject, word, convert(owner, uint256), shares)
    assert amount > 0, errors.ZERO_STAKE
    burnt: uint256 = before - ((stake_pots._pots[subject] >> 96) & stake_pots._MASK_112)
    bucket: uint256 = self._bucket(subject, epoch)
    bucket_word: uint256 = stake_pots._pots[bucket]
    if convert(owner, uint256) == subject & _MASK_160:
        left: uint256 = self._self_stake(subject)
        allowed: bool = staticcall IOperatorRegistry(OPERATORS).check_unstake(owner, subject >> 160, left)
        assert allowed  # dev: the registry refuses by a reason of its own
        bucket_word |= _OWN << stake_pots.FLAG_BITS
    tickets: uint256 = stake_pots._join(bucket, bucket_word, self._key(owner, target), amount)
    log IDelegationManager.WithdrawalQueued(
        subject=subject, owner=owner, epoch=epoch, target=target, shares=burnt, amount=amount, tickets=tickets
    )
    return epoch


@external
def cancel(owner: address, subject: uint256, epoch: uint256, target: address, tickets: uint256) -> uint256:
    """
    @notice Take queued stake back into the pool at once, whatever the pool's mode and limits, before its window has ended.
    @param owner The caller; DelegationSigner names who signed.
    @param subject Pool.
    @param epoch Bucket.
    @param target As it was queued.
    @param tickets How many shares of the bucket; 2**256 - 1: all.
    @return Shares of the pool.
    """
    self._check_owner(owner)
    bucket: uint256 = self._bucket(subject, epoch)
    assert block.timestamp < (epoch + 1) * EPOCH, errors.WINDOW_ENDED
    word: uint256 = stake_pots._pots[bucket]
    before: uint256 = (word >> 96) & stake_pots._MASK_112
    amount: uint256 = stake_pots._leave(bucket, word, self._key(owner, target), tickets)
    assert amount > 0, errors.ZERO_STAKE
    burnt: uint256 = before - ((stake_pots._pots[bucket] >> 96) & stake_pots._MASK_112)
    pool_word: uint256 = self._marked(subject, stake_pots._pots[subject])
    shares: uint256 = stake_pots._join(subject, pool_word, convert(owner, uint256), amount)
    log IDelegationManager.WithdrawalCancelled(
        subject=subject, owner=owner, epoch=epoch, target=target, tickets=burnt, amount=amount, shares=shares
    )
    return shares


@external
def complete(owner: address, subject: uint256, epoch: uint256, target: address, receiver: address) -> uint256:
    """
    @notice Take out what was queued, once its epoch has ended; also what was on its way to another operator.
    @param owner The caller; DelegationSigner names who signed.
    @param subject Pool.
    @param epoch Bucket.
    @param target As it was queued.
    @param receiver Who gets it.
    @return Units, rounded down.
    """
    self._check_owner(owner)
    assert receiver != empty(address), errors.NO_ADDRESS
    amount: uint256 = self._leave_bucket(owner, subject, epoch, target)
    log IDelegationManager.WithdrawalCompleted(
        subject=subject, owner=owner, epoch=epoch, target=target, receiver=receiver, amount=amount
    )
    self._send(subject >> 160, receiver, amount)
    return amount


@external
def arrive(owner: address, subject: uint256, epoch: uint256, target: address) -> uint256:
    """
    @notice Stake what was on its way to another operator, once its epoch has ended, by the rules of a deposit. If that operator
        doesn't take it, `complete` pays it out.
    @param owner The caller; DelegationSigner names who signed.
    @param subject Pool that it left.
    @param epoch Bucket.
    @param target Operator to whom it goes.
    @return Shares of the new pool.
    """
    self._check_owner(owner)
    assert target != empty(address), errors.NO_ADDRESS
    amount: uint256 = self._leave_bucket(owner, subject, epoch, target)
    there: uint256 = ((subject >> 160) << 160) | convert(target, uint256)
    word: uint256 = self._admitted(owner, there, amount)
    shares: uint256 = stake_pots._join(there, word, convert(owner, uint256), amount)
    log IDelegationManager.StakeRedelegated(
        subject=subject, owner=owner, target=target, epoch=epoch, amount=amount, shares=shares
    )
    return shares


@external
def claim_refund(owner: address, slash_id: uint256, target: address, receiver: address) -> uint256:
    """
    @notice Take the owner's part of what was handed back of a seizure, and of what was paid for it; wherever its stake went since.
    @param owner The caller; DelegationSigner names who signed.
    @param slash_id Which.
    @param target Zero: of stake and of tickets out; else of tickets that were on their way to this operator.
    @param receiver Who gets it.
    @return Units, rounded down.
    """
    self._check_owner(owner)
    assert receiver != empty(address), errors.NO_ADDRESS
    key: uint256 = self._key(owner, target)
    amount: uint256 = self._refund(slash_id, key)
    assert amount > 0, errors.NO_REFUND
    self._claimed[slash_id][key] += amount
    log IDelegationManager.RefundClaimed(
        slash_id=slash_id, owner=owner, target=target, receiver=receiver, amount=amount
    )
    self._send(self._slashes[slash_id] >> _ASSET_BITS, receiver, amount)
    return amount


# -- anyone -----------------------------------------------------------------------------------------------------------


@external
def sync_asset(asset: uint256):
    """
    @notice Copy an asset's cap from the registry. Shuts it to deposits while the registry has closed it, while more is held than
        the cap, and while the token says that this contract has less than it holds: it has changed balances by itself.
    @param asset Its number.
    """
    assert asset < ASSET_NUMBERS, errors.BAD_ASSET
    self._sync(asset)


@external
def mark(subject: uint256) -> (uint256, uint256):
    """
    @notice The snapshot by which rewards for the epoch before are shared: the stake at the beginning of that epoch, whose
        holders answered for all of it.
    @param subject Pool that earns rewards.
    @return Stamp of the snapshot, and all shares at it; zeros in the epoch in which rewards were enabled.
    """
    since: uint256 = self._earns_since[subject]
    self._mark(subject)
    assert since != 0, errors.NO_REWARDS
    epoch: uint256 = block.timestamp // EPOCH
    if since == epoch:
        return 0, 0
    found: uint256 = self._marks[subject][epoch - 1]
    if found == 0:
        found = self._marks[subject][epoch]  # nothing changed in the epoch before
    return (found >> 208) & stake_pots._MASK_37, (found >> 96) & stake_pots._MASK_112


# -- the registry of operators ----------------------------------------------------------------------------------------


@external
def on_status(operator: address, status: uint256):
    """
    @notice Status of an operator, into each of its pools. Only the registry.
    @param operator Whose.
    @param status Number of operator_states.vy.
    """
    assert msg.sender == OPERATORS, errors.NOT_REGISTRY
    for subject: uint256 in self._pools_of[operator]:
        word: uint256 = stake_pots._pots[subject]
        stake_pots._pots[subject] = (word & ~(_STATUS << stake_pots.FLAG_BITS)) | (
            (status & _STATUS) << stake_pots.FLAG_BITS
        )


# -- the escrow -------------------------------------------------------------------------------------------------------


@external
def seize(slash_id: uint256, subject: uint256, fraction: uint256, offence_time: uint256) -> (uint256, uint256):
    """
    @notice Take a part of the active stake, and of the queue's buckets that answer for the offence, out of the pool. Only the
        escrow. The same work for any number of delegators and tickets; no token moves.
    @param slash_id Name of the seizure.
    @param subject Pool.
    @param fraction Of each pot, WAD, at most 1; rounded up.
    @param offence_time Second.
    @return Units taken, and of that the operator's own, rounded down.
    """
    self._check_escrow()
    assert self._slashes[slash_id] == 0, errors.KNOWN_SLASH
    assert fraction > 0 and fraction <= stake_pots.WAD, errors.BAD_FRACTION
    assert offence_time <= block.timestamp, errors.FUTURE_OFFENCE
    word: uint256 = self._mark(subject)  # whoever is slashed now had stake at the beginning of the epoch
    epoch: uint256 = block.timestamp // EPOCH
    answering: uint256 = self._answering(word, epoch, offence_time)
    total: uint256 = 0
    own: uint256 = 0
    parts: uint256 = 0
    for place: uint256 in range(3):
        if answering & (1 << place) == 0:
            continue
        pot: uint256 = self._pot(subject, epoch, place)
        if place != 0:
            word = stake_pots._pots[pot]
        record: uint256 = stake_pots._take(pot, word, fraction)
        if record != 0:
            parts |= 1 << place
            self._records[slash_id][place] = record
            total = unsafe_add(total, record & _MASK_96)
            own = unsafe_add(own, self._own_of(pot, word, record, place, subject))
    self._slashes[slash_id] = (subject >> 160 << _ASSET_BITS) | (epoch << _EPOCH_BITS) | (parts * _FIRST_PART) | total
    return total, own


@external
def restore(slash_id: uint256, amount: uint256):
    """
    @notice Hand a part of a seizure back to exactly those it was taken from, who claim it. Only the escrow, once.
    @param slash_id Which.
    @param amount Units.
    """
    word: uint256 = self._hand(slash_id, amount)
    assert word & _RESTORED == 0, errors.RESTORED
    self._slashes[slash_id] = (word | _RESTORED) + (amount << 96) - amount


@external
def compensate(slash_id: uint256, amount: uint256):
    """
    @notice Share what the escrow has just sent here among exactly those the seizure was taken from. Only the escrow, once.
    @param slash_id Which.
    @param amount Units.
    """
    word: uint256 = self._hand(slash_id, 0)
    assert word & _COMPENSATED == 0, errors.COMPENSATED
    asset: uint256 = word >> _ASSET_BITS
    terms: uint256 = self._terms[asset]
    assert amount <= _MASK_94 - (terms & _MASK_96), errors.STAKE_OUT_OF_RANGE
    self._slashes[slash_id] = (word | _COMPENSATED) + (amount << 96)
    self._terms[asset] = terms + amount  # more is held, and as much room is left


@external
def pay(slash_id: uint256, receiver: address, amount: uint256):
    """
    @notice Send a part of a seizure away. Only the escrow, any number of times.
    @param slash_id Which.
    @param receiver To whom.
    @param amount Units; with what was restored at most what was seized.
    """
    word: uint256 = self._hand(slash_id, amount)
    self._slashes[slash_id] = unsafe_sub(word, amount)
    self._send(word >> _ASSET_BITS, receiver, amount)


# -- views ------------------------------------------------------------------------------------------------------------


@view
@external
def seizable(subject: uint256, offence_time: uint256) -> (uint256, uint256):
    """
    @notice What a seizure of everything would take now.
    @param subject Pool.
    @param offence_time Second.
    @return Units, and of that the operator's own, rounded down.
    """
    epoch: uint256 = block.timestamp // EPOCH
    answering: uint256 = self._answering(stake_pots._pots[subject], epoch, offence_time)
    total: uint256 = 0
    own: uint256 = 0
    for place: uint256 in range(3):
        if answering & (1 << place) != 0:
            pot: uint256 = self._pot(subject, epoch, place)
            word: uint256 = stake_pots._pots[pot]
            total += word & _MASK_96
            own += self._own_of(pot, word, word, place, subject)
    return total, own


@view
@external
def asset_of(subject: uint256) -> (address, uint256):
    """
    @notice What a pool holds.
    @param subject Pool.
    @return ERC-20 and 0, or BondToken and the bond's id.
    """
    asset: uint256 = subject >> 160
    return convert(self._assets[asset] & _MASK_160, address), self._terms[asset] >> 96


@view
@external
def signer() -> address:
    """
    @notice Where owners' signatures are carried out.
    @return DelegationSigner.
    """
    return SIGNER


@view
@external
def exit_window() -> uint256:
    """
    @notice Longest time in which stake that asks to leave can still be seized.
    @return Two epochs, in seconds.
    """
    return 2 * EPOCH


@view
@external
def self_stake(subject: uint256) -> uint256:
    """
    @notice An operator's own active stake, and what open seizures took of it, until they are finalised or released.
    @param subject Its pool.
    @return Units, rounded down.
    """
    return self._self_stake(subject)


@view
@external
def pool(subject: uint256) -> IDelegationManager.Pool:
    """
    @notice All about a pool.
    @param subject Which. Zeros if there is none.
    @return Active stake, what the operator allows, and the state of its accounting.
    """
    word: uint256 = stake_pots._pots[subject]
    flags: uint256 = word >> stake_pots.FLAG_BITS
    limits: uint256 = self._limits[subject]
    return IDelegationManager.Pool(
        assets=word & _MASK_96,
        shares=(word >> 96) & stake_pots._MASK_112,
        status=flags & _STATUS,
        mode=(flags & _MODE) >> 2,
        minimum=limits & _MASK_128,
        cap=limits >> 128,
        rewarded=flags & _REWARDED != 0,
        generation=(word >> 232) & stake_pots._MASK_13,
        snapshots=(word >> 208) & stake_pots._MASK_24,
    )


@view
@external
def pools_of(operator: address) -> DynArray[uint256, MAX_POOLS]:
    """
    @notice Pools that an operator has opened.
    @param operator Whose.
    @return Subjects.
    """
    return self._pools_of[operator]


@view
@external
def asset_terms(asset: uint256) -> (address, uint256, uint256, uint256):
    """
    @notice What is known of an asset here.
    @param asset Its number.
    @return Token, id of a bond or 0, units held for all pools, and how much more deposits may bring.
    """
    word: uint256 = self._assets[asset]
    terms: uint256 = self._terms[asset]
    room: uint256 = (word >> 160) & _MASK_94
    return (
        convert(word & _MASK_160, address),
        terms >> 96,
        (terms & _MASK_96) - room,
        room if word & SHUT == 0 else 0,
    )


@view
@external
def stake(subject: uint256, account: address) -> (uint256, uint256):
    """
    @notice Active stake of an account.
    @param subject Pool.
    @param account Whose.
    @return Units, rounded down, and shares.
    """
    word: uint256 = stake_pots._pots[subject]
    shares: uint256 = stake_pots._shares(subject, word, convert(account, uint256))
    return stake_pots._worth(word, shares), shares


@view
@external
def ticket(subject: uint256, epoch: uint256, account: address, target: address) -> IDelegationManager.Ticket:
    """
    @notice What an account has in a bucket of the queue.
    @param subject Pool that it leaves.
    @param epoch Bucket.
    @param account Whose.
    @param target As it was queued.
    @return Shares of the bucket, units they would get now, and when that can't change any more.
    """
    bucket: uint256 = self._bucket(subject, epoch)
    word: uint256 = stake_pots._pots[bucket]
    shares: uint256 = stake_pots._shares(bucket, word, self._key(account, target))
    return IDelegationManager.Ticket(
        shares=shares, amount=stake_pots._worth(word, shares), matures_at=(epoch + 1) * EPOCH
    )


@view
@external
def refund(slash_id: uint256, account: address, target: address) -> uint256:
    """
    @notice What `claim_refund` would pay now.
    @param slash_id Which.
    @param account Whose.
    @param target As in `claim_refund`.
    @return Units.
    """
    return self._refund(slash_id, self._key(account, target))


@view
@external
def stretch(subject: uint256, account: address, stamp: uint256) -> (uint256, uint256):
    """
    @notice Shares of active stake at a snapshot, and for how long they stayed the same.
    @param subject Pool.
    @param account Whose.
    @param stamp Of the snapshot.
    @return Shares in the generation of the snapshot, and the last stamp for which they are the answer.
    """
    return stake_pots._stretch(subject, convert(account, uint256), stamp)


# -- internals --------------------------------------------------------------------------------------------------------


@internal
def _leave_bucket(owner: address, subject: uint256, epoch: uint256, target: address) -> uint256:
    """
    @dev Ends a whole ticket whose epoch is over.
    """
    bucket: uint256 = self._bucket(subject, epoch)
    assert block.timestamp >= (epoch + 1) * EPOCH, errors.WINDOW_RUNS
    return stake_pots._leave(bucket, stake_pots._pots[bucket], self._key(owner, target), max_value(uint256))


@internal
def _admitted(owner: address, subject: uint256, amount: uint256) -> uint256:
    """
    @dev Reverts unless the pool takes a deposit of the owner's. Returns the pool's word, marked.
    """
    word: uint256 = self._pool_word(subject)
    assert amount > 0, errors.ZERO_STAKE
    if convert(owner, uint256) != subject & _MASK_160:
        flags: uint256 = word >> stake_pots.FLAG_BITS
        assert flags & _STATUS == operator_states.ACTIVE, errors.NOT_ACTIVE
        mode: uint256 = (flags & _MODE) >> 2
        if mode != OPEN:
            assert mode == ALLOWLIST, errors.POOL_CLOSED
            assert self.allowed[convert(subject & _MASK_160, address)][owner], errors.NOT_ALLOWED
        if flags & _LIMITED != 0:
            limits: uint256 = self._limits[subject]
            assert amount >= limits & _MASK_128, errors.BELOW_POOL_MINIMUM
            cap: uint256 = limits >> 128
            assert cap == 0 or amount <= cap, errors.OVER_POOL_CAP
            assert cap == 0 or (word & _MASK_96) + amount <= cap, errors.OVER_POOL_CAP
    return self._marked(subject, word)


@internal
def _marked(subject: uint256, word: uint256) -> uint256:
    """
    @dev The pool's word; with a snapshot more, noted, if it earns rewards and this is its first change in the epoch.
    """
    if (word >> stake_pots.FLAG_BITS) & _REWARDED == 0:
        return word
    epoch: uint256 = block.timestamp // EPOCH
    marked: uint256 = stake_pots._at_epoch(word, epoch)
    if marked != word:
        self._marks[subject][epoch] = marked
    return marked


@internal
def _mark(subject: uint256) -> uint256:
    """
    @dev Notes the pool's stake, if this is the first that happens to it in the epoch. Returns the pool's word.
    """
    word: uint256 = self._pool_word(subject)
    marked: uint256 = self._marked(subject, word)
    if marked != word:
        stake_pots._pots[subject] = marked
    return marked


@internal
@pure
def _tagged(word: uint256, bucket: uint256) -> uint256:
    """
    @dev The pool's word, knowing that this bucket was joined, which none after it was. The caller writes it.
    """
    last: uint256 = (word >> stake_pots.TAG_BITS) & _LAST
    if last == bucket & _LAST:
        return word
    tag: uint256 = bucket & _LAST
    if last == unsafe_sub(bucket, 1) & _LAST:
        tag |= _FOLLOWS
    return (word & ~((_LAST | _FOLLOWS) << stake_pots.TAG_BITS)) | (tag << stake_pots.TAG_BITS)


@internal
@pure
def _answering(word: uint256, epoch: uint256, offence_time: uint256) -> uint256:
    """
    @dev A bit for each place whose pot answers for an offence: the active stake does, and buckets that may not be empty. Tags
         count modulo 16, so that a bucket may be asked for in vain, and none is left out.
    """
    tag: uint256 = word >> stake_pots.TAG_BITS
    queued: bool = tag & _LAST == unsafe_add(epoch, 1) & _LAST
    places: uint256 = 3 if queued else 1
    if offence_time < epoch * EPOCH and ((queued and tag & _FOLLOWS != 0) or tag & _LAST == epoch & _LAST):
        places |= 4
    return places


@internal
@view
def _pool_word(subject: uint256) -> uint256:
    """
    @dev The word of a pool's active pot. A pool that is open has flags.
    """
    word: uint256 = stake_pots._pots[subject]
    assert subject <= _MASK_192 and word != 0, errors.NO_POOL
    return word


@internal
def _set_pool(subject: uint256, kept: uint256, mode: uint256, minimum: uint256, cap: uint256):
    """
    @dev Flags and limits; `kept` are the flags that are not the operator's.
    """
    assert mode >= OPEN and mode <= CLOSED, errors.BAD_MODE
    assert minimum <= _MASK_96 and cap <= _MASK_96, errors.BAD_LIMITS
    assert cap == 0 or minimum <= cap, errors.BAD_LIMITS
    flags: uint256 = kept | (mode << 2)
    limits: uint256 = (cap << 128) | minimum
    if limits != 0:
        flags |= _LIMITED
    self._limits[subject] = limits
    stake_pots._pots[subject] = (stake_pots._pots[subject] & stake_pots._MASK_250) | (flags << stake_pots.FLAG_BITS)
    log IDelegationManager.PoolSet(subject=subject, mode=mode, minimum=minimum, cap=cap)


@internal
def _sync(asset: uint256):
    """
    @dev Copies an asset; token and id never change.
    """
    terms: IAssetRegistry.Asset = staticcall IAssetRegistry(ASSETS).asset(asset)
    assert terms.token != empty(address) and terms.id < 2**160, errors.BAD_ASSET
    word: uint256 = self._assets[asset]
    held: uint256 = (self._terms[asset] & _MASK_96) - ((word >> 160) & _MASK_94)
    balance: uint256 = 0
    kind: uint256 = 0
    if terms.id == 0:
        balance = staticcall IERC20(terms.token).balanceOf(self)
    else:
        kind = BOND
        balance = staticcall IBondToken(terms.token).balanceOf(self, terms.id)
    room: uint256 = 0
    cap: uint256 = min(terms.cap, HIGHEST_CAP)
    if terms.status != LISTED or balance < held or cap <= held:
        kind |= SHUT
    else:
        room = cap - held
    self._assets[asset] = kind | (room << 160) | convert(terms.token, uint256)
    self._terms[asset] = (terms.id << 96) | (held + room)
    log IDelegationManager.AssetSynced(asset=asset, token=terms.token, id=terms.id, held=held, room=room)


@internal
@view
def _self_stake(subject: uint256) -> uint256:
    """
    @dev The operator's shares at the pool's price, and its parts of what open seizures took from active stake: at most what the
         escrow still holds of it.
    """
    holder: uint256 = subject & _MASK_160
    word: uint256 = stake_pots._pots[subject]
    if word == 0:
        return 0
    seized: uint256 = 0
    ids: DynArray[uint256, MAX_SEIZURES] = staticcall ISlashEscrow(ESCROW).open_seizures(self, subject)
    for id: uint256 in ids:
        record: uint256 = self._records[id][0]
        if record != 0:
            seized += self._part(subject, record, record & _MASK_96, holder)
    if seized > 0:
        held: uint256 = 0
        own: uint256 = 0
        held, own = staticcall ISlashEscrow(ESCROW).held(self, subject)
        seized = min(seized, own)
    return stake_pots._worth(word, stake_pots._shares(subject, word, holder)) + seized


@internal
@pure
def _pot(subject: uint256, epoch: uint256, place: uint256) -> uint256:
    """
    @dev Pots that a seizure in an epoch may touch: 0 the active stake, 1 what was queued in it, 2 what was in the one before.
    """
    if place == 0:
        return subject
    return (unsafe_sub(unsafe_add(epoch, 2), place) << 192) | subject


@internal
@view
def _own_of(pot: uint256, word: uint256, base: uint256, place: uint256, subject: uint256) -> uint256:
    """
    @dev The operator's own part of the assets of `base`: the pot's word, or a record of it. Plain tickets only.
    """
    if place != 0 and word & (_OWN << stake_pots.FLAG_BITS) == 0:
        return 0
    return stake_pots._worth(base, stake_pots._shares(pot, base, subject & _MASK_160))


@internal
@view
def _part(pot: uint256, record: uint256, amount: uint256, key: uint256) -> uint256:
    """
    @dev A holder's part of `amount` of what a record took, rounded down.
    """
    shares: uint256 = stake_pots._shares_at(pot, key, (record >> 208) & stake_pots._MASK_37)
    return unsafe_div(unsafe_mul(shares, amount), (record >> 96) & stake_pots._MASK_112)  # 112 + 97 bits


@internal
@view
def _refund(slash_id: uint256, key: uint256) -> uint256:
    """
    @dev A holder's part of what was restored and compensated, less what it has claimed.
    """
    word: uint256 = self._slashes[slash_id]
    refunds: uint256 = (word >> 96) & _MASK_96
    if refunds == 0:
        return 0
    seized: uint256 = 0
    for place: uint256 in range(3):
        if word & (_FIRST_PART << place) != 0:
            seized += self._records[slash_id][place] & _MASK_96
    subject: uint256 = staticcall ISlashEscrow(ESCROW).subject_of(slash_id)
    due: uint256 = 0
    for place: uint256 in range(3):
        if word & (_FIRST_PART << place) != 0:
            pot: uint256 = self._pot(subject, (word >> _EPOCH_BITS) & _MASK_27, place)
            record: uint256 = self._records[slash_id][place]
            due += self._part(pot, record, unsafe_mul(refunds, record & _MASK_96) // seized, key)  # 96 + 95 bits
    return due - self._claimed[slash_id][key]


@internal
@view
def _hand(slash_id: uint256, amount: uint256) -> uint256:
    """
    @dev Reverts unless the escrow asks, and there is as much left of the seizure. Returns its word.
    """
    self._check_escrow()
    word: uint256 = self._slashes[slash_id]
    assert word != 0, errors.NO_SLASH
    assert amount <= word & _MASK_96, errors.ABOVE_SEIZED
    return word


@internal
def _receive(asset: uint256, owner: address, amount: uint256):
    """
    @dev Takes the owner's asset, all of it, up to its cap.
    """
    word: uint256 = self._assets[asset]
    token: address = convert(word & _MASK_160, address)
    assert word & SHUT == 0, errors.ASSET_SHUT
    assert amount <= (word >> 160) & _MASK_94, errors.OVER_ASSET_CAP
    self._assets[asset] = unsafe_sub(word, amount << 160)
    if word & BOND != 0:
        success: bool = extcall IBondToken(token).transferFrom(owner, self, self._terms[asset] >> 96, amount)
        assert success, errors.STAKE_REFUSED
        return
    before: uint256 = staticcall IERC20(token).balanceOf(self)
    moved: bool = extcall IERC20(token).transferFrom(owner, self, amount, default_return_value=True)
    assert moved, errors.STAKE_REFUSED
    after: uint256 = staticcall IERC20(token).balanceOf(self)
    assert after == unsafe_add(before, amount), errors.STAKE_TOOK_A_FEE


@internal
def _send(asset: uint256, receiver: address, amount: uint256):
    """
    @dev Pays in kind.
    """
    word: uint256 = self._assets[asset]
    token: address = convert(word & _MASK_160, address)
    self._assets[asset] = unsafe_add(word, amount << 160)  # never more than is held: INV-DEL-1
    if word & BOND != 0:
        sent: bool = extcall IBondToken(token).transfer(receiver, self._terms[asset] >> 96, amount)
        assert sent, errors.STAKE_REFUSED
        return
    success: bool = extcall IERC20(token).transfer(receiver, amount, default_return_value=True)
    assert success, errors.STAKE_REFUSED


@internal
@view
def _check_owner(owner: address):
    """
    @dev Reverts unless the owner asks, or signed.
    """
    assert msg.sender == owner or msg.sender == SIGNER, errors.NOT_OWNER


@internal
@view
def _check_escrow():
    """
    @dev Reverts unless the caller is the escrow.
    """
    assert msg.sender == ESCROW, errors.NOT_ESCROW


@internal
@pure
def _bucket(subject: uint256, epoch: uint256) -> uint256:
    """
    @dev Pot of a bucket of the queue. Nothing that a caller writes here names an active pot, or another bucket.
    """
    assert subject <= _MASK_192 and epoch > 0 and epoch < EPOCH_LIMIT, errors.NO_BUCKET
    return (epoch << 192) | subject


@internal
@pure
def _key(owner: address, target: address) -> uint256:
    """
    @dev A holder's name in a pot.
    """
    if target == empty(address):
        return convert(owner, uint256)
    return convert(keccak256(abi_encode(owner, target)), uint256)
