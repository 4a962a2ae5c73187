# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title What a collective pool owns
@license AGPL-3.0-only
@author Surety contributors
@notice The asset of a CollectivePool and its locks at ServiceBonding, of which this is the owner. It knows the pot, which is idle or locked, and the
    round that leaves: that takes the same part of everything, so that nobody leaves a good lock and stays out of a bad one.
@dev Of each position the round's part is split off into a lock of its own and deactivated. Where ServiceBonding refuses that, a small part is
    bought out of what is idle: dust takes no lock out of work. Else, and where the position ends anyhow, the round owns a part of
    what the whole position will release; the rest comes back to the pot. What a lock releases is what it held in the last second
    of its cooldown, whoever calls and when.
@custom:security Created by the pool, which alone moves anything. Trusts ServiceBonding.
@custom:kill None.
@custom:invariant INV-POOL-1, INV-POOL-4, INV-POOL-8, INV-POOL-10, INV-POOL-11 (specs/collective-pool.md)
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ethereum.ercs import IERC20
from ...interfaces import IBondDesk
from ...interfaces import ICommitmentRegistry
from ...interfaces import IPooledBonding
from ...interfaces import IPoolPortfolio
from ...interfaces import IServiceBonding
from ...interfaces import IServicePayout

implements: IPoolPortfolio


interface IParties:
    def parties() -> (address, address): view


# -- modules ----------------------------------------------------------------------------------------------------------

from . import pool_errors as errors

# -- constants --------------------------------------------------------------------------------------------------------

MAX_POSITIONS: constant(uint256) = 8
SMALL: constant(uint256) = 64  # so many times a small part is a lock

ROLLING_CLASS: constant(uint256) = 1  # kinds of tokens that ServiceBonding lists
VAULT: constant(uint256) = 2

_CLAIMED: constant(uint256) = 2**255  # of a position: the round that leaves owns a part of it
_OURS: constant(uint256) = 2**255  # of a lock's mark
_WHOLE: constant(uint256) = 2**254  # the round owns all of it
_MASK_64: constant(uint256) = 2**64 - 1
_MASK_112: constant(uint256) = 2**112 - 1
_MASK_40: constant(uint256) = 2**40 - 1
_LOW: constant(uint256) = 2**128 - 1
_BOTH: constant(uint256) = 2**128 + 1  # so much more of both halves of a word

# -- immutables -------------------------------------------------------------------------------------------------------

POOL: immutable(address)
BONDING: immutable(address)
ASSET: immutable(address)
PAYOUT: immutable(address)
DIVIDENDS: immutable(address)

# -- storage ----------------------------------------------------------------------------------------------------------

_stock: uint256  # idle (128 bits) | of the asset here, what anybody may claim, idle included (128)
_leaving: uint256  # round that leaves; 0: none
_cash: uint256  # that it has by now
_cuts: HashMap[uint256, uint256]  # round -> tickets << 112 | tickets and shares, at its closing
_positions: DynArray[uint256, MAX_POSITIONS]  # locks
_parts: DynArray[uint256, MAX_POSITIONS]  # locks of the round that leaves
_marks: HashMap[uint256, uint256]  # lock -> flags | last seizure at the closing (64 bits) | round that took of it (64)
_backed: uint256  # what positions were worth to the pot (96 bits) | count of slashes at that time, and 1 (40); 0: look


# -- constructor ------------------------------------------------------------------------------------------------------


@deploy
def __init__(bonding: address, asset: address, payout: address, dividends: address):
    """
    @notice By its pool.
    @param bonding ServiceBonding.
    @param asset ERC-20 that it lists.
    @param payout ServicePayout; zero: none.
    @param dividends Who gets what is paid for services.
    """
    number: uint256 = 0
    kind: uint256 = 0
    open: bool = False
    desk: address = staticcall IServiceBonding(bonding).desk()
    number, kind, open = staticcall IBondDesk(desk).listing(asset)
    assert kind == ROLLING_CLASS or kind == VAULT, errors.BAD_ASSET
    POOL = msg.sender
    BONDING = bonding
    ASSET = asset
    PAYOUT = payout
    DIVIDENDS = dividends
    approved: bool = extcall IERC20(asset).approve(bonding, max_value(uint256), default_return_value=True)
    assert approved, errors.TOKEN_REFUSED


# -- the pool ---------------------------------------------------------------------------------------------------------


@external
def receive(assets: uint256):
    """
    @notice Count what the pool is about to send here as idle.
    @param assets Units.
    """
    self._check_pool()
    self._stock += assets * _BOTH


@external
def pay(receiver: address, amount: uint256):
    """
    @notice Send what belongs to somebody.
    @param receiver To whom.
    @param amount Units; 0 sends nothing.
    """
    self._check_pool()
    if amount > 0:
        self._stock -= amount << 128
        success: bool = extcall IERC20(ASSET).transfer(receiver, amount, default_return_value=True)
        assert success, errors.TOKEN_REFUSED


@external
def back(service: bytes32, operator: address, amount: uint256, parameters: DynArray[bytes32, 8]) -> uint256:
    """
    @notice Lock what is idle behind an operator.
    @param service Which promise.
    @param operator Whose; it has allowed this contract.
    @param amount Most units.
    @param parameters For ServiceBonding, where the operator enters by this lock; else empty.
    @return The lock.
    """
    self._check_pool()
    assert len(self._positions) < MAX_POSITIONS, errors.FULL
    units: uint256 = min(amount, self._idle())
    assert units > 0, errors.NO_IDLE
    self._stock -= units * _BOTH
    self._backed = 0
    extcall IServiceBonding(BONDING).deposit(ASSET, 0, units, self)
    lock: uint256 = extcall IServiceBonding(BONDING).activate(service, operator, ASSET, 0, units, parameters)
    self._positions.append(lock)
    self._marks[lock] = _OURS
    log IPoolPortfolio.Backed(lock=lock, service=service, operator=operator, amount=units)
    return lock


@external
def unback(lock: uint256):
    """
    @notice Let a position end; what it releases becomes idle.
    @param lock Which.
    """
    self._check_pool()
    assert lock in self._positions, errors.NO_POSITION
    assert self._lock(lock).end == 0, errors.ENDS_ALREADY
    extcall IServiceBonding(BONDING).deactivate(lock)
    log IPoolPortfolio.Withdrawing(lock=lock, end=self._lock(lock).end)


@external
def close(round: uint256, tickets: uint256, shares: uint256, last: uint256) -> uint256:
    """
    @notice A round takes its part of everything. Parts too small for a unit stay. What has ended has been gathered before.
    @param round Its number; no other leaves.
    @param tickets That it has.
    @param shares That stay.
    @param last Count of slashes.
    @return First second in which it can be settled.
    """
    self._check_pool()
    self._cuts[round] = (tickets << 112) | (tickets + shares)
    cash: uint256 = self._cut(round, self._idle())
    self._stock -= cash
    self._leaving = round
    self._backed = 0
    ripe_at: uint256 = block.timestamp
    mark: uint256 = _OURS | (last << 64) | round
    positions: DynArray[uint256, MAX_POSITIONS] = []
    parts: DynArray[uint256, MAX_POSITIONS] = []
    for position: uint256 in self._positions:
        lock: IServiceBonding.Lock = self._lock(position)
        units: uint256 = self._cut(round, lock.units)
        if units == 0:
            positions.append(position)
            continue
        part: uint256 = position
        if lock.end == 0:
            if units < lock.units:
                part = self._split(position, units)
            if part == position and units * SMALL <= lock.units and units <= self._idle():
                self._stock -= units
                cash += units
                positions.append(position)
                log IPoolPortfolio.PartLeft(round=round, position=position, lock=0, units=units)
                continue
            extcall IServiceBonding(BONDING).deactivate(part)
        if part != position or units == lock.units:
            parts.append(part)
            self._marks[part] = mark | _WHOLE
        else:
            positions.append(position | _CLAIMED)
            self._marks[part] = mark
        if part != position:
            positions.append(position)
        ripe_at = max(ripe_at, self._lock(part).end)
        log IPoolPortfolio.PartLeft(round=round, position=position, lock=part, units=units)
    self._positions = positions
    self._parts = parts
    self._cash = cash
    log IPoolPortfolio.RoundClosed(round=round, tickets=tickets, shares=shares, cash=cash, ripe_at=ripe_at)
    return ripe_at


@external
def gather() -> (uint256, uint256):
    """
    @notice Take in what locks have released or can release, for the pot or for the round that leaves.
    @return Round that has all of it now, and what that is; zeros: none.
    """
    self._check_pool()
    round: uint256 = self._leaving
    cash: uint256 = self._cash
    idle: uint256 = 0
    total: uint256 = 0
    waits: bool = False
    positions: DynArray[uint256, MAX_POSITIONS] = []
    for position: uint256 in self._positions:
        number: uint256 = position & _MASK_64
        lock: IServiceBonding.Lock = self._lock(number)
        if not self._has_ended(lock):
            positions.append(position)
            waits = waits or position != number
            continue
        units: uint256 = 0
        if position != number:
            units = self._cut(round, lock.units)
        self._free(number, lock, units)
        total += lock.units
        idle += lock.units - units
        cash += units
    parts: DynArray[uint256, MAX_POSITIONS] = []
    for part: uint256 in self._parts:
        lock: IServiceBonding.Lock = self._lock(part)
        if not self._has_ended(lock):
            parts.append(part)
            continue
        self._free(part, lock, lock.units)
        total += lock.units
        cash += lock.units
    if len(positions) < len(self._positions):
        self._positions = positions
        self._backed = 0
    if total > 0:
        self._stock += (total << 128) + idle
        extcall IServiceBonding(BONDING).withdraw(ASSET, 0, total, self)
    if round == 0:
        return 0, 0
    self._parts = parts
    self._cash = cash
    if waits or len(parts) > 0:
        return 0, 0
    self._cash = 0
    self._leaving = 0
    log IPoolPortfolio.RoundSettled(round=round, amount=cash)
    return round, cash


@external
def take_back(slash_id: uint256):
    """
    @notice Fetch what waits here for a seizure. Whose it is, the pool knows.
    @param slash_id Which.
    """
    self._check_pool()
    units: uint256 = extcall IPooledBonding(BONDING).take_back(slash_id)
    self._stock += units << 128
    extcall IServiceBonding(BONDING).withdraw(ASSET, 0, units, self)


@external
def book(last: uint256) -> uint256:
    """
    @notice `value`, looking at locks only if there was a slash, or a change here, since somebody looked.
    @param last Count of slashes.
    @return Units.
    """
    self._check_pool()
    word: uint256 = self._backed
    if word & _MASK_40 != last + 1:
        word = (self._backing() << 40) | (last + 1)
        self._backed = word
    return self._idle() + (word >> 40)


# -- pay for services -------------------------------------------------------------------------------------------------


@external
def pull_pay(lock: uint256) -> uint256:
    """
    @notice Have what a lock of the pool has earned paid to the dividends. Anyone may.
    @param lock Position, or part of a round: rounds that leave earn nothing, holders do.
    @return Units of what the service pays in.
    """
    assert PAYOUT != empty(address), errors.NO_PAYOUT
    assert self._marks[lock] != 0, errors.NO_POSITION
    return extcall IServicePayout(PAYOUT).claim(lock, DIVIDENDS)


@external
def forward(token: address) -> uint256:
    """
    @notice Pass on to the dividends all of a token that was sent here; of the asset, what belongs to nobody. Anyone may.
    @param token ERC-20.
    @return Units.
    """
    amount: uint256 = staticcall IERC20(token).balanceOf(self)
    if token == ASSET:
        amount -= self._stock >> 128
    assert amount > 0, errors.NO_GIFT
    success: bool = extcall IERC20(token).transfer(DIVIDENDS, amount, default_return_value=True)
    assert success, errors.TOKEN_REFUSED
    return amount


# -- views ------------------------------------------------------------------------------------------------------------


@view
@external
def idle() -> uint256:
    """
    @notice Asset of the pot that isn't locked.
    @return Units.
    """
    return self._idle()


@view
@external
def value() -> uint256:
    """
    @notice What shares and tickets of the open round own: idle or locked, without what open seizures hold.
    @return Units.
    """
    return self._idle() + self._backing()


@view
@external
def leaving_value() -> uint256:
    """
    @notice What the round that leaves has, or would have if its cooldowns were over now.
    @return Units.
    """
    amount: uint256 = self._cash
    for part: uint256 in self._parts:
        amount += self._lock(part).units
    for position: uint256 in self._positions:
        if position & _CLAIMED != 0:
            amount += self._cut(self._leaving, self._lock(position & _MASK_64).units)
    return amount


@view
@external
def positions() -> (DynArray[uint256, 8], DynArray[uint256, 8]):
    """
    @notice Locks of the pool.
    @return Positions, and parts of the round that leaves. A position of which that round owns a part bears 2**255.
    """
    return self._positions, self._parts


@view
@external
def returned(slash_id: uint256) -> (uint256, uint256, uint256):
    """
    @notice What waits under a seizure of a lock of the pool.
    @param slash_id Which.
    @return Units; the round that had left with the lock, or with a part of it, before the seizure; what of the units is that round's,
        rounded down.
    """
    lock: uint256 = 0
    units: uint256 = 0
    lock, units = staticcall IPooledBonding(BONDING).returned(slash_id)
    mark: uint256 = self._marks[lock]
    if mark == 0:
        return 0, 0, 0
    round: uint256 = mark & _MASK_64
    if round == 0 or slash_id <= (mark >> 64) & _MASK_64:
        return units, 0, 0
    return units, round, units if mark & _WHOLE != 0 else self._cut(round, units)


@view
@external
def standing_of(lock: uint256) -> (uint256, bytes32):
    """
    @notice What stands behind what by a lock.
    @param lock Which.
    @return Units that it holds.
    @return keccak256 of the ABI encoding of the parameters with which its operator serves, or served last; zero if the promise takes
        none.
    """
    found: IServiceBonding.Lock = self._lock(lock)
    registry: address = (staticcall IParties(BONDING).parties())[0]
    period: ICommitmentRegistry.Period = (
        staticcall ICommitmentRegistry(registry).latest_period(found.service, found.operator)
    )[0]
    return found.units, period.parameters


@view
@external
def wiring() -> (address, address, address, address, address):
    """
    @notice What this was made for.
    @return Pool, ServiceBonding, asset, ServicePayout, dividends.
    """
    return POOL, BONDING, ASSET, PAYOUT, DIVIDENDS


# -- internals --------------------------------------------------------------------------------------------------------


@internal
@view
def _check_pool():
    """
    @dev Reverts for all but the pool.
    """
    assert msg.sender == POOL, errors.NOT_POOL


@internal
def _free(number: uint256, lock: IServiceBonding.Lock, to_round: uint256):
    """
    @dev Release a lock, unless somebody has.
    """
    assert lock.token == ASSET, errors.OTHER_TOKEN
    log IPoolPortfolio.LockGathered(lock=number, units=lock.units, to_round=to_round)
    if not lock.released:
        released: uint256 = extcall IServiceBonding(BONDING).release(number)
        assert released == lock.units  # dev: ServiceBonding says what it does


@internal
def _split(position: uint256, units: uint256) -> uint256:
    """
    @dev A lock of its own for `units`, or the position itself where ServiceBonding refuses: the places behind the operator are taken,
         the part is below a minimum, or the lock was seized from and isn't clean yet. Whoever starves this call of gas leaves a 64th of it for all that follows: too
         little.
    """
    success: bool = False
    answer: Bytes[32] = b""
    success, answer = raw_call(
        BONDING,
        abi_encode(position, units, method_id=method_id("split(uint256,uint256)")),
        max_outsize=32,
        revert_on_failure=False,
    )
    return convert(answer, uint256) if success else position


@internal
@view
def _idle() -> uint256:
    """
    @dev Of the pot, not locked.
    """
    return self._stock & _LOW


@internal
@view
def _has_ended(lock: IServiceBonding.Lock) -> bool:
    """
    @dev Whether its cooldown is over.
    """
    return lock.end != 0 and block.timestamp >= lock.end


@internal
@view
def _backing() -> uint256:
    """
    @dev What positions are worth to the pot.
    """
    total: uint256 = 0
    for position: uint256 in self._positions:
        units: uint256 = self._lock(position & _MASK_64).units
        total += units
        if position & _CLAIMED != 0:
            total -= self._cut(self._leaving, units)
    return total


@internal
@view
def _cut(round: uint256, amount: uint256) -> uint256:
    """
    @dev The part of a round that was closed, rounded down.
    """
    cut: uint256 = self._cuts[round]
    return amount * (cut >> 112) // (cut & _MASK_112)


@internal
@view
def _lock(number: uint256) -> IServiceBonding.Lock:
    """
    @dev All about a lock.
    """
    return staticcall IServiceBonding(BONDING).lock(number)
