# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Which part of a pool services may slash, and since when
@license AGPL-3.0-only
@author Surety contributors
@notice A service that joins an operator's pool, or raises its exposure there, binds delegators only after the longest exit has
    passed: whoever queued before the announcement is out by then. A lower exposure holds at once, for what happens from
    then on. Each delegator can read the worst that all services together may take, now and when all that is announced binds.
@dev Exposures of one service in one pool are a history of (second, fraction), with one announced increase beside it, which is
    replaced by a later announcement. Several services take 1 - Π(1 - exposure), as slashes that are proposed together do.
    What a pool weighs among all behind a service, for faults that many commit together, is its active stake in USD times the
    exposure, as it was when last announced or weighed: deposits don't come here. Anybody weighs; nobody changes the past.
@custom:security Trusts SERVICES with which services there are: a service manager announces what an operator has agreed to. It can bind
    nobody who leaves within the notice. A weight that nobody renews is old, and an announced increase weighs from its
    announcement on; a pool without a price keeps the weight that it had. A slot of a service that has ended is free after 90 days: what is said of all
    services together (service 0) is exact for that long back.
@custom:kill DEFAULT_ADMIN revokes SERVICES: no exposure rises any more, and those that stand go on.
@custom:invariant INV-EXP-1 … INV-EXP-6 (specs/delegation.md)
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ...interfaces import IAssetRegistry
from ...interfaces import IDelegationManager
from ...interfaces import IExposure
from ...interfaces import IExposureBook
from ...interfaces import ISlashable

implements: IExposure
implements: IExposureBook

# -- modules ----------------------------------------------------------------------------------------------------------

from snekmate.auth import access_control
from ..governance import roles
from ..lib import checkpoints
from . import errors

initializes: access_control
initializes: roles[access_control := access_control]
initializes: checkpoints

exports: roles.__interface__

# -- constants --------------------------------------------------------------------------------------------------------

WAD: constant(uint256) = 10**18
EPOCH: constant(uint256) = 604_800
MAX_SERVICES: public(constant(uint256)) = 16  # of a pool
RETENTION: public(constant(uint256)) = 90 * 86_400  # s for which the slot of an ended service is kept
SERVICES_ROLE: public(constant(bytes32)) = keccak256("SERVICES_ROLE")
WORTH_LIMIT: constant(uint256) = 2**128  # USD in WAD: more counts as this
_MASK_40: constant(uint256) = 2**40 - 1
_MASK_64: constant(uint256) = 2**64 - 1

# -- immutables -------------------------------------------------------------------------------------------------------

MANAGER: immutable(address)
ASSETS: immutable(address)
NOTICE: immutable(uint256)  # s

# -- storage ----------------------------------------------------------------------------------------------------------

_services: HashMap[uint256, DynArray[uint256, MAX_SERVICES]]  # by subject
# by trace: entries of its history (40 bits) | announced exposure (64) | second in which it binds (40; 0: none announced)
_states: HashMap[uint256, uint256]
_weighings: HashMap[uint256, uint256]  # by trace of weights: entries of its history


# -- constructor ------------------------------------------------------------------------------------------------------


@deploy
def __init__(manager: address, assets: address, admin: address):
    """
    @notice For the pools of one DelegationManager, whose longest exit is the notice.
    @param manager DelegationManager.
    @param assets AssetRegistry, which tells what stake is worth.
    @param admin DEFAULT_ADMIN, the Timelock; it grants SERVICES.
    """
    access_control.__init__()
    roles.__init__(admin)
    MANAGER = manager
    ASSETS = assets
    NOTICE = staticcall ISlashable(manager).exit_window()


# -- service managers -------------------------------------------------------------------------------------------------


@external
def announce(service: uint256, subject: uint256, exposure: uint256, reach: uint256) -> uint256:
    """
    @notice Set what a service may take of a pool. Only SERVICES. An increase binds after the notice, a decrease at once.
    @param service Not 0.
    @param subject Pool of DelegationManager.
    @param exposure Fraction, WAD, at most 1; 0 when the service ends.
    @param reach Cooldown, challenge and reveal times of the service together, s: at most an epoch, for which whatever answered at
        an offence stays within reach.
    @return Second in which it binds.
    """
    roles._check(SERVICES_ROLE)
    assert service != 0, errors.ZERO_SERVICE
    assert exposure <= WAD, errors.BIG_EXPOSURE
    assert reach <= EPOCH, errors.LONG_REACH
    terms: IDelegationManager.Pool = staticcall IDelegationManager(MANAGER).pool(subject)
    assert terms.mode != 0, errors.NO_SUCH_POOL
    self._list(service, subject)
    trace: uint256 = self._trace(service, subject)
    word: uint256 = self._states[trace]
    count: uint256 = word >> 104
    binds: uint256 = word & _MASK_40
    if binds != 0 and binds <= block.timestamp:
        count = checkpoints._push(trace, count, binds, (word >> 40) & _MASK_64)
    if exposure > checkpoints._value_at(trace, count, block.timestamp):
        binds = block.timestamp + NOTICE
        self._states[trace] = (count << 104) | (exposure << 40) | binds
    else:
        binds = block.timestamp
        count = checkpoints._push(trace, count, binds, exposure)
        self._states[trace] = count << 104
    log IExposureBook.ExposureAnnounced(service=service, subject=subject, exposure=exposure, binds_at=binds)
    self._weigh(service, subject, exposure, terms.assets)
    return binds


# -- anyone -----------------------------------------------------------------------------------------------------------


@external
def weigh(service: uint256, subject: uint256) -> uint256:
    """
    @notice Renew what a pool weighs behind a service, from this second on.
    @param service Which.
    @param subject Pool.
    @return Active stake times what it is exposed to, USD in WAD, rounded down; the old weight while the asset has no price.
    """
    word: uint256 = self._states[self._trace(service, subject)]
    exposure: uint256 = (word >> 40) & _MASK_64
    if word & _MASK_40 == 0:
        exposure = checkpoints._value_at(self._trace(service, subject), word >> 104, block.timestamp)
    terms: IDelegationManager.Pool = staticcall IDelegationManager(MANAGER).pool(subject)
    return self._weigh(service, subject, exposure, terms.assets)


# -- views ------------------------------------------------------------------------------------------------------------


@view
@external
def exposure(service: uint256, slashable: address, subject: uint256, at: uint256) -> uint256:
    """
    @notice What a service may take of a pool for an offence at a second.
    @param service Which; 0: all together, exact for the last 90 days.
    @param slashable DelegationManager; of any other the answer is 0.
    @param subject Pool.
    @param at Second, now or past.
    @return Fraction, WAD; of all together rounded up.
    """
    assert at <= block.timestamp, errors.EXPOSURE_FUTURE
    if slashable != MANAGER:
        return 0
    if service == 0:
        return self._together(subject, at)
    return self._exposure(self._trace(service, subject), at)


@view
@external
def share(service: uint256, slashable: address, subject: uint256, at: uint256) -> uint256:
    """
    @notice What a pool weighed at a second, of all that weighed behind the service.
    @param service Which; 0, no service, has nothing behind it.
    @param slashable DelegationManager; of any other the answer is 0.
    @param subject Pool.
    @param at Second, now or past.
    @return Fraction, WAD, rounded down.
    """
    assert at <= block.timestamp, errors.EXPOSURE_FUTURE
    total: uint256 = self._weight(self._total_trace(service), at)
    if slashable != MANAGER or total == 0:
        return 0
    return self._weight(self._weight_trace(service, subject), at) * WAD // total


@view
@external
def weight(service: uint256, subject: uint256) -> (uint256, uint256):
    """
    @notice What a pool weighs behind a service, as last weighed.
    @param service Which.
    @param subject Pool.
    @return USD in WAD: of the pool, and of all pools.
    """
    own: uint256 = self._weight(self._weight_trace(service, subject), block.timestamp)
    return own, self._weight(self._total_trace(service), block.timestamp)


@view
@external
def worst_loss(subject: uint256, account: address) -> IExposureBook.WorstLoss:
    """
    @notice The most that an account may lose of what is within reach: active stake, and tickets out whose windows run.
    @param subject Pool.
    @param account Whose.
    @return Fractions (WAD) and units, rounded up, now and once all that is announced binds.
    """
    manager: IDelegationManager = IDelegationManager(MANAGER)
    amount: uint256 = 0
    shares: uint256 = 0
    amount, shares = staticcall manager.stake(subject, account)
    epoch: uint256 = block.timestamp // EPOCH
    for bucket: uint256 in [epoch, epoch + 1]:
        ticket: IDelegationManager.Ticket = staticcall manager.ticket(subject, bucket, account, empty(address))
        amount += ticket.amount
    now: uint256 = self._together(subject, block.timestamp)
    then: uint256 = self._together(subject, _MASK_40)
    binds_at: uint256 = 0
    for service: uint256 in self._services[subject]:
        binds: uint256 = self._states[self._trace(service, subject)] & _MASK_40
        if binds > block.timestamp:
            binds_at = max(binds_at, binds)
    return IExposureBook.WorstLoss(
        fraction=now,
        amount=self._part(amount, now),
        next_fraction=then,
        next_amount=self._part(amount, then),
        binds_at=binds_at,
    )


@view
@external
def services_of(subject: uint256) -> DynArray[uint256, MAX_SERVICES]:
    """
    @notice Services that have, had within 90 days, or have announced, an exposure in a pool.
    @param subject Pool.
    @return Their ids.
    """
    return self._services[subject]


@view
@external
def manager() -> address:
    """
    @notice Whose pools these are.
    @return DelegationManager.
    """
    return MANAGER


@view
@external
def assets() -> address:
    """
    @notice Where stake is valued.
    @return AssetRegistry.
    """
    return ASSETS


@view
@external
def notice() -> uint256:
    """
    @notice How long before an increase binds.
    @return Seconds.
    """
    return NOTICE


# -- internals --------------------------------------------------------------------------------------------------------


@internal
def _list(service: uint256, subject: uint256):
    """
    @dev Gives the service a slot of the pool, if it has none: a free one, or that of a service that ended long ago.
    """
    listed: DynArray[uint256, MAX_SERVICES] = self._services[subject]
    place: uint256 = len(listed)
    for i: uint256 in range(MAX_SERVICES):
        if i == len(listed):
            break
        if listed[i] == service:
            return
        if self._ended(self._trace(listed[i], subject)):
            place = i
    assert place < MAX_SERVICES, errors.SLOTS_TAKEN
    if place == len(listed):
        self._services[subject].append(service)
    else:
        self._services[subject][place] = service


@internal
def _weigh(service: uint256, subject: uint256, exposure: uint256, stake: uint256) -> uint256:
    """
    @dev Keeps what the pool weighs from now on, and all pools of the service. A feed that fails stops nothing.
    """
    trace: uint256 = self._weight_trace(service, subject)
    before: uint256 = self._weight(trace, block.timestamp)
    weight: uint256 = 0
    if exposure != 0:
        known: bool = False
        worth: uint256 = 0
        known, worth = staticcall IAssetRegistry(ASSETS).try_value(subject >> 160, stake)
        weight = min(worth, WORTH_LIMIT) * exposure // WAD if known else before
    if weight != before:
        all: uint256 = self._total_trace(service)
        total: uint256 = self._weight(all, block.timestamp) - before + weight
        self._weighings[trace] = checkpoints._push(trace, self._weighings[trace], block.timestamp, weight)
        self._weighings[all] = checkpoints._push(all, self._weighings[all], block.timestamp, total)
        log IExposureBook.StakeWeighed(service=service, subject=subject, weight=weight, total=total)
    return weight


@internal
@view
def _weight(trace: uint256, at: uint256) -> uint256:
    """
    @dev Of a pool, or of all, at a second.
    """
    return checkpoints._value_at(trace, self._weighings[trace], at)


@internal
@view
def _ended(trace: uint256) -> bool:
    """
    @dev Whether nothing is announced, and the exposure has been 0 for the whole retention.
    """
    word: uint256 = self._states[trace]
    if word & _MASK_40 != 0:
        return False
    second: uint256 = 0
    fraction: uint256 = 0
    second, fraction = checkpoints._entry(trace, word >> 104)
    return fraction == 0 and second + RETENTION <= block.timestamp


@internal
@view
def _exposure(trace: uint256, at: uint256) -> uint256:
    """
    @dev Exposure at a second, also one to come.
    """
    word: uint256 = self._states[trace]
    binds: uint256 = word & _MASK_40
    if binds != 0 and binds <= at:
        return (word >> 40) & _MASK_64
    return checkpoints._value_at(trace, word >> 104, at)


@internal
@view
def _together(subject: uint256, at: uint256) -> uint256:
    """
    @dev 1 - Π(1 - exposure), rounded up.
    """
    left: uint256 = WAD
    for service: uint256 in self._services[subject]:
        left = left * (WAD - self._exposure(self._trace(service, subject), at)) // WAD
    return WAD - left


@internal
@pure
def _part(amount: uint256, fraction: uint256) -> uint256:
    """
    @dev Rounded up.
    """
    return (amount * fraction + WAD - 1) // WAD


@internal
@pure
def _trace(service: uint256, subject: uint256) -> uint256:
    """
    @dev Number of a history.
    """
    return convert(keccak256(abi_encode(service, subject)), uint256)


@internal
@pure
def _weight_trace(service: uint256, subject: uint256) -> uint256:
    """
    @dev Number of a history of weights.
    """
    return convert(keccak256(abi_encode("weight", service, subject)), uint256)


@internal
@pure
def _total_trace(service: uint256) -> uint256:
    """
    @dev Number of the history of all weights behind a service.
    """
    return convert(keccak256(abi_encode("total", service)), uint256)
