# pragma version 0.4.3
# pragma nonreentrancy on
# pragma optimize codesize
"""
@title Bonds behind services
@license AGPL-3.0-only
@author Surety contributors
@notice Owners bring bonds, or shares that stand for bonds, and lock them behind an operator in a service. A lock is one subject of
    the SlashEscrow and stands wholly behind that one service, so no bond is promised twice. It can be slashed to the last second
    of the template's cooldown after it was deactivated, and not for a second more. Whatever is slashed is paid in kind: as
    the bonds that they are, never as cash before they mature.
@dev An operator serves from its first lock to the deactivation of its last; CommitmentRegistry keeps these periods. Nothing here
    loops over more than the eight places that an operator has in a service. What a vetoed slash gives back waits for its owner,
    who takes it or puts it back into the lock. Values are asked of the appraiser at activations, syncs and splits, and
    in views, never on the way out and never by a slash.
@custom:security Trusts SlashEscrow with what is slashed, CommitmentRegistry with terms and its desk with whom and what it lets in.
    Operators choose whose locks they answer for, owners whom they stand behind. A listed token that refuses transfers stops
    its own withdrawals and payments only.
@custom:kill Its desk closes listings, for new deposits and locks. Nothing stops a deactivation, a release, a withdrawal, a seizure
    or a payment.
@custom:invariant INV-BND-1 … INV-BND-15 (specs/service-bonding.md)
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ethereum.ercs import IERC20
from ...interfaces import IBackings
from ...interfaces import IBondAppraiser
from ...interfaces import IBondDesk
from ...interfaces import IBondToken
from ...interfaces import ICommitmentRegistry
from ...interfaces import IExposure
from ...interfaces import IPooledBonding
from ...interfaces import IServiceBonding
from ...interfaces import IServiceTies
from ...interfaces import ISlashable
from ...interfaces import ISlashEscrow

implements: IBackings
implements: IExposure
implements: IPooledBonding
implements: IServiceBonding
implements: IServiceTies
implements: ISlashable

# -- modules ----------------------------------------------------------------------------------------------------------

from ..lib import checkpoints
from . import bonding_errors as errors
from . import lock_word
from . import promises
from . import value_book

initializes: checkpoints
initializes: value_book[checkpoints := checkpoints]

# -- constants --------------------------------------------------------------------------------------------------------

MAX_PLACES: constant(uint256) = 8  # of an operator in a service
WAD: constant(uint256) = 10**18

# -- immutables -------------------------------------------------------------------------------------------------------

REGISTRY: immutable(address)
ESCROW: immutable(address)
DESK: immutable(address)
TOKEN: immutable(address)
ASSET: immutable(address)

# -- storage ----------------------------------------------------------------------------------------------------------

lock_count: public(uint256)
running: public(HashMap[bytes32, HashMap[address, uint256]])  # service -> operator -> its running locks
active_services: public(HashMap[address, uint256])  # operator -> services with locks that are not released
_free: HashMap[address, HashMap[uint256, uint256]]  # owner -> code -> units
_heads: HashMap[uint256, uint256]  # these four: lock -> see lock_word
_stakes: HashMap[uint256, uint256]
_duties: HashMap[uint256, uint256]
_services: HashMap[uint256, bytes32]
_places: HashMap[bytes32, HashMap[address, uint256]]  # service -> operator -> 8 locks of 32 bits, oldest lowest
_seizures: HashMap[uint256, uint256]  # see lock_word
_returned: HashMap[uint256, uint256]  # seizure -> units for the owner


# -- constructor ------------------------------------------------------------------------------------------------------


@deploy
def __init__(
    desk_blueprint: address, registry: address, operators: address, escrow: address, appraiser: address, admin: address
):
    """
    @notice For one market, whose bonds the appraiser knows, for ever. Creates its desk. Nothing of the registries is called here:
        they may be created later, at known addresses.
    @param desk_blueprint ERC-5202 blueprint of BondDesk.
    @param registry CommitmentRegistry.
    @param operators OperatorRegistry.
    @param escrow SlashEscrow.
    @param appraiser BondAppraiser.
    @param admin DEFAULT_ADMIN of the desk, the Timelock.
    """
    REGISTRY = registry
    ESCROW = escrow
    DESK = create_from_blueprint(desk_blueprint, registry, operators, appraiser, admin)
    TOKEN = staticcall IBondAppraiser(appraiser).token()
    ASSET = staticcall IBondAppraiser(appraiser).asset()


# -- owners: free balances --------------------------------------------------------------------------------------------


@external
def deposit(token: address, id: uint256, amount: uint256, owner: address):
    """
    @notice Bring bonds, or listed shares, of the caller, who has approved this contract.
    @param token BondToken, or a listed ERC-20.
    @param id Bond, or 0.
    @param amount How much.
    @param owner Into whose free balance.
    """
    assert owner != empty(address), errors.ZERO_OWNER
    assert amount > 0, errors.ZERO_AMOUNT
    code: uint256 = staticcall IBondDesk(DESK).open_code(token, id)
    self._free[owner][code] += amount
    log IServiceBonding.Deposited(owner=owner, token=token, id=id, payer=msg.sender, amount=amount)
    success: bool = False
    if id != 0:
        success = extcall IBondToken(token).transferFrom(msg.sender, self, id, amount)
        assert success, errors.REFUSED
        return
    before: uint256 = staticcall IERC20(token).balanceOf(self)
    success = extcall IERC20(token).transferFrom(msg.sender, self, amount, default_return_value=True)
    assert success, errors.REFUSED
    balance: uint256 = staticcall IERC20(token).balanceOf(self)
    assert balance == before + amount, errors.TOOK_A_FEE


@external
def withdraw(token: address, id: uint256, amount: uint256, receiver: address):
    """
    @notice Take what is free of the caller's.
    @param token BondToken, a listed ERC-20, open or not, or the base asset.
    @param id Bond, or 0.
    @param amount How much.
    @param receiver Who gets it.
    """
    code: uint256 = staticcall IBondDesk(DESK).code_of(token, id)
    self._use(code, amount)
    log IServiceBonding.Withdrawn(owner=msg.sender, token=token, id=id, receiver=receiver, amount=amount)
    self._send(code, receiver, amount)


# -- owners: locks ----------------------------------------------------------------------------------------------------


@external
def activate(
    service: bytes32,
    operator: address,
    token: address,
    id: uint256,
    amount: uint256,
    parameters: DynArray[bytes32, 8],
) -> uint256:
    """
    @notice Lock free balance of the caller behind an operator in a service. If the operator does not serve there yet, it enters
        with the parameters. The caller is the operator, or an owner that it allows.
    @param service Of CommitmentRegistry; open; has admitted the operator, if its template asks for that.
    @param operator ACTIVE and taking on services (OperatorRegistry).
    @param token As in `deposit`.
    @param id As in `deposit`.
    @param amount Units, worth at least the service's minimum and something.
    @param parameters What the operator promises with; as before, until all its locks here are released. If it serves already: none, or
        those without which the owner wants no lock.
    @return Number of the lock.
    """
    code: uint256 = staticcall IBondDesk(DESK).open_code(token, id)
    assert amount <= lock_word.MASK_96, errors.BIG_AMOUNT
    self._use(code, amount)
    enters: bool = self.running[service][operator] == 0
    service_number: uint256 = 0
    cooldown: uint256 = 0
    worth: uint256 = 0
    service_number, cooldown, worth = extcall IBondDesk(DESK).begin(
        service, operator, msg.sender, code, amount, enters, self._places[service][operator] != 0, parameters
    )

    number: uint256 = self._new_lock(service, operator)
    self._heads[number] = convert(msg.sender, uint256) | (block.timestamp << lock_word.ACTIVATED_AT)
    self._stakes[number] = (
        amount
        | (code << lock_word.CODE_AT)
        | (service_number << lock_word.NUMBER_AT)
        | (cooldown << lock_word.COOLDOWN_AT)
    )
    self._duties[number] = self._begun(number, operator, block.timestamp, worth)
    value_book._add(service, operator, worth, 0)
    self.running[service][operator] += 1
    log IServiceBonding.LockActivated(
        lock=number,
        service=service,
        operator=operator,
        owner=msg.sender,
        token=token,
        id=id,
        units=amount,
        value=worth,
    )
    if enters:
        extcall ICommitmentRegistry(REGISTRY).enter(service, operator, parameters)
    return number


@external
def deactivate(lock: uint256):
    """
    @notice End a lock: it answers for the cooldown of the template still. By its owner, by the operator, or by the controller once
        its notice is over. With the last one the operator leaves the service.
    @param lock Which; runs.
    """
    head: uint256 = self._head(lock)
    assert lock_word._end(head) == 0, errors.ENDED
    duty: uint256 = self._duties[lock]
    service: bytes32 = self._services[lock]
    operator: address = lock_word._account(duty)
    if msg.sender != lock_word._account(head) and msg.sender != operator:
        may: bool = staticcall IBondDesk(DESK).may_end(service, operator, msg.sender)
        assert may, errors.NOT_PARTY
    end: uint256 = block.timestamp + lock_word._cooldown(self._stakes[lock])
    self._heads[lock] = head | (end << lock_word.END_AT)
    left: uint256 = self.running[service][operator] - 1
    self.running[service][operator] = left
    value_book._end(service, operator, self._last_value(lock, duty), end)
    log IServiceBonding.LockDeactivated(lock=lock, caller=msg.sender, end=end)
    if left == 0:
        extcall ICommitmentRegistry(REGISTRY).leave(service, operator)


@external
def release(lock: uint256) -> uint256:
    """
    @notice Hand what a lock holds to its owner's free balance, once its cooldown is over. Anybody.
    @param lock Which.
    @return Units.
    """
    head: uint256 = self._head(lock)
    end: uint256 = lock_word._end(head)
    assert end != 0, errors.RUNS
    assert end <= block.timestamp, errors.COOLING
    assert head & lock_word.RELEASED == 0, errors.RELEASED
    self._heads[lock] = head | lock_word.RELEASED
    service: bytes32 = self._services[lock]
    operator: address = lock_word._account(self._duties[lock])
    places: uint256 = self._without(self._places[service][operator], lock)
    self._places[service][operator] = places
    if places == 0:
        self.active_services[operator] -= 1
    stake: uint256 = self._stakes[lock]
    units: uint256 = lock_word._units(stake)
    owner: address = lock_word._account(head)
    self._free[owner][lock_word._code(head, stake, lock_word._form(head))] += units
    log IServiceBonding.LockReleased(lock=lock, owner=owner, units=units)
    return units


@external
def split(lock: uint256, units: uint256) -> uint256:
    """
    @notice Make a part of a lock one of its own, with the same beginning: so that a part can leave. Only its owner. Not while a
        fault that the lock was slashed for could be brought against the part a second time: a lock that was seized from waits
        for `clean` and then the template's reach.
    @param lock Which; runs.
    @param units How many become the new one; both are worth the service's minimum.
    @return Number of the new one, which takes a place.
    """
    head: uint256 = self._owned(lock)
    assert lock_word._end(head) == 0, errors.ENDED
    service: bytes32 = self._services[lock]
    duty: uint256 = self._duties[lock]
    clean: uint256 = lock_word._clean(duty)
    if clean != lock_word._activated(head):
        terms: ICommitmentRegistry.Terms = staticcall ICommitmentRegistry(REGISTRY).terms(service)
        assert clean != 0 and clean + terms.reach < block.timestamp, errors.NOT_CLEAN
    stake: uint256 = self._stakes[lock]
    held: uint256 = lock_word._units(stake)
    assert units > 0 and units < held, errors.BAD_PART
    value: uint256 = self._last_value(lock, duty)
    part_value: uint256 = value * units // held
    least: uint256 = staticcall IBondDesk(DESK).minimum(service)
    least = max(least, 1)
    assert part_value >= least and value - part_value >= least, errors.SMALL_PART

    operator: address = lock_word._account(duty)
    part: uint256 = self._new_lock(service, operator)
    self._heads[part] = head
    self._stakes[part] = lock_word._with_units(stake, units)
    self._duties[part] = self._begun(part, operator, clean, part_value)
    self._stakes[lock] = stake - units
    self._duties[lock] = self._marked(lock, duty, value - part_value)
    self.running[service][operator] += 1
    log IServiceBonding.LockSplit(lock=lock, part=part, units=units)
    return part


# -- owners: bonds that have matured ----------------------------------------------------------------------------------


@external
def mature(lock: uint256) -> uint256:
    """
    @notice Turn the matured bonds of a lock into the cash that they pay, which stays locked and slashable. Anybody, while no seizure
        of the lock is open.
    @param lock Which; not released.
    @return Cash, which are its units now.
    """
    head: uint256 = self._convertible(lock)
    assert lock_word._form(head) == lock_word.AS_MADE, errors.ROLLED
    return self._cash(lock, head, self)


@external
def roll(lock: uint256, vault: address, min_shares: uint256) -> uint256:
    """
    @notice Turn the cash of a lock, or its matured bonds, into shares of a vault of rolling bonds, which stay locked. Only its owner,
        while no seizure of the lock is open.
    @param lock Which; not released.
    @param vault Listed and open.
    @param min_shares Least shares to be got.
    @return Shares, which are its units now.
    """
    head: uint256 = self._convertible(lock)
    assert msg.sender == lock_word._account(head), errors.NOT_OWNER
    form: uint256 = lock_word._form(head)
    assert form != lock_word.ROLLED, errors.ROLLED
    code: uint256 = staticcall IBondDesk(DESK).open_code(vault, 0)
    cash: uint256 = lock_word._units(self._stakes[lock])
    self._heads[lock] = (
        (head & ~(3 << lock_word.FORM_AT)) | (lock_word.ROLLED << lock_word.FORM_AT) | (code << lock_word.VAULT_AT)
    )
    if form == lock_word.AS_MADE:
        cash = self._cash(lock, head, DESK)
    else:
        self._send(0, DESK, cash)
    shares: uint256 = extcall IBondDesk(DESK).reinvest(code, cash, min_shares)
    self._put_units(lock, shares)
    log IServiceBonding.LockRolled(lock=lock, vault=vault, cash=cash, shares=shares)
    return shares


# -- owners: what came back from slashes ------------------------------------------------------------------------------


@external
def take_back(slash_id: uint256) -> uint256:
    """
    @notice Take what was handed back of a seizure, bonds of vetoed judgements included, into the free balance. Only the owner of the
        lock. It could have left since the seizure: SlashEscrow hands nothing back before that.
    @param slash_id Which.
    @return Units.
    """
    lock: uint256 = 0
    units: uint256 = 0
    code: uint256 = 0
    lock, units, code = self._collect(slash_id)
    self._free[msg.sender][code] += units
    log IServiceBonding.ReturnTaken(slash=slash_id, lock=lock, units=units, to_lock=False)
    return units


@external
def put_back(slash_id: uint256) -> uint256:
    """
    @notice Put what was handed back of a seizure back into its lock, where it can be seized again. Only the owner of the lock.
    @param slash_id Which.
    @return Units.
    """
    lock: uint256 = 0
    units: uint256 = 0
    code: uint256 = 0
    lock, units, code = self._collect(slash_id)
    head: uint256 = self._heads[lock]
    stake: uint256 = self._stakes[lock]
    assert lock_word._end(head) == 0, errors.ENDED
    assert code == lock_word._code(head, stake, lock_word._form(head)), errors.OTHER_ASSET
    self._put_units(lock, lock_word._units(stake) + units)
    log IServiceBonding.ReturnTaken(slash=slash_id, lock=lock, units=units, to_lock=True)
    return units


# -- anybody ----------------------------------------------------------------------------------------------------------


@external
def sync(lock: uint256) -> uint256:
    """
    @notice Write what a running lock is worth now, with what of it is seized and undecided, into the histories of value.
    @param lock Which.
    @return Base asset.
    """
    head: uint256 = self._head(lock)
    assert lock_word._end(head) == 0, errors.ENDED
    duty: uint256 = self._duties[lock]
    before: uint256 = self._last_value(lock, duty)
    value: uint256 = self._value_of(lock, head)
    if value != before:
        self._duties[lock] = self._marked(lock, duty, value)
        value_book._add(self._services[lock], lock_word._account(duty), value, before)
        log IServiceBonding.ValueSynced(lock=lock, value=value)
    return value


@external
def clean(lock: uint256):
    """
    @notice Say of a lock that was seized from that no seizure of it is open any more. Once the template's reach has passed since, it
        can be split.
    @param lock Which.
    """
    self._head(lock)
    duty: uint256 = self._duties[lock]
    assert lock_word._clean(duty) == 0, errors.CLEAN
    self._check_not_seized(lock, duty)
    self._duties[lock] = lock_word._with_clean(duty, block.timestamp)
    log IServiceBonding.LockCleaned(lock=lock)


# -- SlashEscrow ------------------------------------------------------------------------------------------------------


@external
def seize(slash_id: uint256, subject: uint256, fraction: uint256, offence_time: uint256) -> (uint256, uint256):
    """
    @notice Take a fraction out of a lock. Only SlashEscrow.
    @param slash_id Id under which it is paid or restored.
    @param subject Lock << 160 | operator.
    @param fraction WAD, at most 1.
    @param offence_time When what it is for happened.
    @return Units taken, rounded up: none if the lock did not answer then, or no longer does.
    @return Of these the operator's own: all or nothing.
    """
    assert msg.sender == ESCROW, errors.NOT_ESCROW
    assert fraction <= WAD, errors.BAD_FRACTION
    assert self._seizures[slash_id] == 0, errors.KNOWN_SLASH
    lock: uint256 = subject >> 160
    head: uint256 = self._heads[lock]
    duty: uint256 = self._duties[lock]
    taken: uint256 = 0
    if self._answers(head, duty, subject, offence_time) and self._within_reach(head):
        stake: uint256 = self._stakes[lock]
        units: uint256 = lock_word._units(stake)
        taken = (units * fraction + (WAD - 1)) // WAD
        self._stakes[lock] = stake - taken
        if lock_word._clean(duty) != 0:
            self._duties[lock] = lock_word._with_clean(duty, 0)
    seizure: uint256 = lock | (lock_word._form(head) << 32)
    self._seizures[slash_id] = seizure | (taken << lock_word.SEIZED_AT) | (taken << lock_word.LEFT_AT)
    log IServiceBonding.UnitsSeized(slash=slash_id, lock=lock, units=taken)
    return taken, taken if lock_word._account(head) == lock_word._account(duty) else 0


@external
def restore(slash_id: uint256, amount: uint256):
    """
    @notice Hand back what a slash did not take: to the owner of the lock, for `take_back` or `put_back`. Only SlashEscrow, once.
    @param slash_id Which.
    @param amount Units, at most what is left of it.
    """
    seizure: uint256 = self._seizure(slash_id)
    assert seizure & lock_word.RESTORED == 0, errors.RESTORED
    self._seizures[slash_id] = self._spent(seizure, amount) | lock_word.RESTORED
    self._returned[slash_id] += amount
    log IServiceBonding.UnitsReturned(slash=slash_id, lock=lock_word._lock_of(seizure), units=amount)


@external
def pay(slash_id: uint256, receiver: address, amount: uint256):
    """
    @notice Send what a slash took, in kind. Only SlashEscrow.
    @param slash_id Which.
    @param receiver Who gets it.
    @param amount Units, at most what is left of it.
    """
    seizure: uint256 = self._seizure(slash_id)
    self._seizures[slash_id] = self._spent(seizure, amount)
    log IServiceBonding.UnitsPaid(slash=slash_id, receiver=receiver, units=amount)
    self._send(self._code_of_seizure(seizure), receiver, amount)


@external
def compensate(slash_id: uint256, amount: uint256):
    """
    @notice Credit the owner of a lock with the bond of a judgement, which was just sent here. Only SlashEscrow, once, before `restore`.
    @param slash_id Which.
    @param amount Units of what was seized.
    """
    seizure: uint256 = self._seizure(slash_id)
    assert seizure & lock_word.RESTORED == 0, errors.RESTORED
    assert seizure & lock_word.COMPENSATED == 0, errors.COMPENSATED
    self._seizures[slash_id] = seizure | lock_word.COMPENSATED
    self._returned[slash_id] += amount
    log IServiceBonding.OwnerCompensated(slash=slash_id, lock=lock_word._lock_of(seizure), units=amount)


@view
@external
def seizable(subject: uint256, offence_time: uint256) -> (uint256, uint256):
    """
    @notice What a seizure of everything would take now.
    @param subject Lock << 160 | operator.
    @param offence_time When what it would be for happened.
    @return Units in total.
    @return Of these the operator's own.
    """
    lock: uint256 = subject >> 160
    head: uint256 = self._heads[lock]
    duty: uint256 = self._duties[lock]
    if not self._answers(head, duty, subject, offence_time) or not self._within_reach(head):
        return 0, 0
    units: uint256 = lock_word._units(self._stakes[lock])
    return units, units if lock_word._account(head) == lock_word._account(duty) else 0


@view
@external
def asset_of(subject: uint256) -> (address, uint256):
    """
    @notice What a lock holds. Changes with `mature` and `roll` alone, while no seizure of it is open.
    @param subject Lock << 160 | operator.
    @return BondToken, a listed ERC-20 or the base asset.
    @return Bond id, or 0.
    """
    lock: uint256 = subject >> 160
    head: uint256 = self._head(lock)
    return self._asset(lock_word._code(head, self._stakes[lock], lock_word._form(head)))


@view
@external
@reentrant
def exit_window() -> uint256:
    """
    @notice The longest that anything here needs to leave: the longest cooldown of any template.
    @return s
    """
    return promises.MAX_COOLDOWN


# -- views: exposure, backings, ties ----------------------------------------------------------------------------------


@view
@external
def exposure(service: uint256, slashable: address, subject: uint256, at: uint256) -> uint256:
    """
    @notice What a service may take of a lock for an offence at a second: all if it stood behind it then, else nothing.
    @param service Number of the service: the low 48 bits of its id.
    @param slashable This contract; of any other the answer is 0.
    @param subject Lock << 160 | operator.
    @param at Second, now or past.
    @return Fraction, WAD.
    """
    assert at <= block.timestamp, errors.FUTURE
    if slashable != self or service == 0:
        return 0
    lock: uint256 = subject >> 160
    if lock_word._number(self._stakes[lock]) != service:
        return 0
    return WAD if self._answers(self._heads[lock], self._duties[lock], subject, at) else 0


@view
@external
def share(service: uint256, slashable: address, subject: uint256, at: uint256) -> uint256:
    """
    @notice Part that a lock had of all value behind its service at a second.
    @param service As in `exposure`.
    @param slashable As in `exposure`.
    @param subject As in `exposure`.
    @param at Second, now or past.
    @return Fraction, WAD, rounded down; 0 if it did not stand behind it.
    """
    assert at <= block.timestamp, errors.FUTURE
    lock: uint256 = subject >> 160
    duty: uint256 = self._duties[lock]
    if slashable != self or service == 0 or lock_word._number(self._stakes[lock]) != service:
        return 0
    if not self._answers(self._heads[lock], duty, subject, at):
        return 0
    total: uint256 = value_book._value_at(self._services[lock], empty(address), at)
    if total == 0:
        return 0
    return checkpoints._value_at(lock, lock_word._count(duty), at) * WAD // total


@view
@external
def backings(service: bytes32, operator: address, at: uint256) -> DynArray[IBackings.Backing, 8]:
    """
    @notice Locks that stood behind an operator in a service at a second and can still be seized from.
    @param service Which.
    @param operator Whose.
    @param at Second, now or past.
    @return Contract and subjects, oldest first.
    """
    found: DynArray[IBackings.Backing, 8] = []
    places: uint256 = self._places[service][operator]
    for k: uint256 in range(MAX_PLACES):
        lock: uint256 = (places >> (32 * k)) & lock_word.MASK_32
        if lock == 0:
            break
        head: uint256 = self._heads[lock]
        if lock_word._activated(head) <= at and self._within_reach(head):
            found.append(IBackings.Backing(slashable=self, subject=(lock << 160) | convert(operator, uint256)))
    return found


@view
@external
@reentrant
def blueprints(operator: address) -> uint256:
    """
    @notice None: blueprints are another contract's.
    @param operator Whose.
    @return 0
    """
    return 0


# -- views: locks -----------------------------------------------------------------------------------------------------


@view
@external
def lock(number: uint256) -> IServiceBonding.Lock:
    """
    @notice All about a lock.
    @param number From 1 to `lock_count`.
    @return Zeros if there is none.
    """
    head: uint256 = self._heads[number]
    if head == 0:
        return empty(IServiceBonding.Lock)
    stake: uint256 = self._stakes[number]
    duty: uint256 = self._duties[number]
    token: address = empty(address)
    id: uint256 = 0
    token, id = self._asset(lock_word._code(head, stake, lock_word._form(head)))
    return IServiceBonding.Lock(
        owner=lock_word._account(head),
        operator=lock_word._account(duty),
        service=self._services[number],
        token=token,
        id=id,
        units=lock_word._units(stake),
        value=self._last_value(number, duty),
        activated=lock_word._activated(head),
        end=lock_word._end(head),
        released=head & lock_word.RELEASED != 0,
    )


@view
@external
def subject_of(number: uint256) -> uint256:
    """
    @notice A lock as SlashEscrow knows it.
    @param number Lock.
    @return Lock << 160 | operator.
    """
    self._head(number)
    return self._subject(number, self._duties[number])


@view
@external
def locks_of(service: bytes32, operator: address) -> DynArray[uint256, MAX_PLACES]:
    """
    @notice Locks behind an operator in a service that are not released.
    @param service Which.
    @param operator Whose.
    @return Numbers, oldest first.
    """
    places: uint256 = self._places[service][operator]
    found: DynArray[uint256, MAX_PLACES] = []
    for k: uint256 in range(MAX_PLACES):
        lock: uint256 = (places >> (32 * k)) & lock_word.MASK_32
        if lock == 0:
            break
        found.append(lock)
    return found


@view
@external
def free(owner: address, token: address, id: uint256) -> uint256:
    """
    @notice What an owner can lock or withdraw.
    @param owner Whose.
    @param token As in `withdraw`.
    @param id As in `withdraw`.
    @return Units.
    """
    code: uint256 = staticcall IBondDesk(DESK).code_of(token, id)
    return self._free[owner][code]


@view
@external
def returned(slash_id: uint256) -> (uint256, uint256):
    """
    @notice What waits for `take_back`.
    @param slash_id Seizure.
    @return Lock that it was taken from; 0: no such seizure.
    @return Units.
    """
    return lock_word._lock_of(self._seizures[slash_id]), self._returned[slash_id]


@view
@external
def seizure(slash_id: uint256) -> (uint256, uint256, uint256):
    """
    @notice What was seized.
    @param slash_id Seizure.
    @return Lock.
    @return Units seized.
    @return Units neither paid nor handed back.
    """
    word: uint256 = self._seizures[slash_id]
    return lock_word._lock_of(word), (word >> lock_word.SEIZED_AT) & lock_word.MASK_96, lock_word._left(word)


@view
@external
def value_of(number: uint256) -> uint256:
    """
    @notice What a lock is worth now, with what of it is seized and undecided; of one that was released, what it handed out.
    @param number Lock.
    @return Base asset, rounded down.
    """
    return self._value_of(number, self._head(number))


@view
@external
def clean_since(number: uint256) -> uint256:
    """
    @notice Since when nothing was seized of a lock, as far as anybody said so by `clean`.
    @param number Lock.
    @return s; its activation: nothing ever was; 0: something was, or there is no such lock.
    """
    return lock_word._clean(self._duties[number])


@view
@external
def bonded_value(service: bytes32, operator: address) -> uint256:
    """
    @notice What all running locks of an operator in a service are worth now.
    @param service Which.
    @param operator Whose.
    @return Base asset, each rounded down.
    """
    total: uint256 = 0
    places: uint256 = self._places[service][operator]
    for k: uint256 in range(MAX_PLACES):
        lock: uint256 = (places >> (32 * k)) & lock_word.MASK_32
        if lock == 0:
            break
        head: uint256 = self._heads[lock]
        if lock_word._end(head) == 0:
            total += self._value_of(lock, head)
    return total


@view
@external
def value_at(service: bytes32, operator: address, at: uint256) -> uint256:
    """
    @notice Value that could be slashed at a second, by activations and syncs until then.
    @param service Which.
    @param operator Whose; zero: all operators'.
    @param at Second, now or past.
    @return Base asset.
    """
    assert at <= block.timestamp, errors.FUTURE
    return value_book._value_at(service, operator, at)


@view
@external
def lock_value_at(number: uint256, at: uint256) -> uint256:
    """
    @notice The same of one lock.
    @param number Lock.
    @param at Second, now or past.
    @return Base asset; 0 when it did not answer.
    """
    assert at <= block.timestamp, errors.FUTURE
    duty: uint256 = self._duties[number]
    if not self._answers(self._heads[number], duty, self._subject(number, duty), at):
        return 0
    return checkpoints._value_at(number, lock_word._count(duty), at)


@view
@external
@reentrant
def desk() -> address:
    """
    @notice Who may lock what.
    @return BondDesk, created by this contract.
    """
    return DESK


@view
@external
@reentrant
def parties() -> (address, address):
    """
    @notice Whom this contract serves.
    @return CommitmentRegistry and SlashEscrow.
    """
    return REGISTRY, ESCROW


@view
@external
@reentrant
def asset() -> address:
    """
    @notice What the market's bonds pay.
    @return ERC-20.
    """
    return ASSET


@view
@external
@reentrant
def bond_token() -> address:
    """
    @notice The market's bonds.
    @return BondToken.
    """
    return TOKEN


# -- internals: locks -------------------------------------------------------------------------------------------------


@internal
def _new_lock(service: bytes32, operator: address) -> uint256:
    """
    @dev The next number, in a place of its own.
    """
    places: uint256 = self._places[service][operator]
    assert places >> 224 == 0, errors.NO_PLACE
    number: uint256 = self.lock_count + 1  # below 2**32: each costs more than a hundred thousand gas
    self.lock_count = number
    self._services[number] = service
    if places == 0:
        self.active_services[operator] += 1
    at: uint256 = 0
    for k: uint256 in range(MAX_PLACES):
        if places >> at == 0:
            break
        at += 32
    self._places[service][operator] = places | (number << at)
    return number


@internal
def _begun(number: uint256, operator: address, clean: uint256, worth: uint256) -> uint256:
    """
    @dev Duty of a new lock, with the beginning of its history.
    """
    checkpoints._push(number, 0, block.timestamp, worth)
    return convert(operator, uint256) | (1 << lock_word.COUNT_AT) | (clean << lock_word.CLEAN_AT)


@internal
def _marked(lock: uint256, duty: uint256, worth: uint256) -> uint256:
    """
    @dev Duty after the lock's history got another value.
    """
    count: uint256 = checkpoints._push(lock, lock_word._count(duty), block.timestamp, worth)
    return lock_word._with_count(duty, count)


@internal
def _use(code: uint256, amount: uint256):
    """
    @dev Takes from what is free of the caller's.
    """
    assert amount > 0, errors.ZERO_AMOUNT
    free: uint256 = self._free[msg.sender][code]
    assert amount <= free, errors.NOT_FREE
    self._free[msg.sender][code] = free - amount


@internal
def _cash(lock: uint256, head: uint256, receiver: address) -> uint256:
    """
    @dev Turns what a lock was made of into cash; how much the receiver got.
    """
    stake: uint256 = self._stakes[lock]
    units: uint256 = lock_word._units(stake)
    code: uint256 = lock_word._code(head, stake, lock_word.AS_MADE)
    self._heads[lock] = self._heads[lock] | (lock_word.CASH << lock_word.FORM_AT if receiver == self else 0)
    self._send(code, DESK, units)
    cash: uint256 = extcall IBondDesk(DESK).cash(code, units, receiver)
    self._put_units(lock, cash)
    log IServiceBonding.LockMatured(lock=lock, id=code, units=units, cash=cash)
    return cash


@internal
def _put_units(lock: uint256, units: uint256):
    """
    @dev What the lock holds from now on.
    """
    assert units <= lock_word.MASK_96, errors.BIG_AMOUNT
    self._stakes[lock] = lock_word._with_units(self._stakes[lock], units)


@internal
def _collect(slash_id: uint256) -> (uint256, uint256, uint256):
    """
    @dev Empties what came back of a seizure, for the owner of its lock, who calls: lock, units and their asset.
    """
    seizure: uint256 = self._seizures[slash_id]
    lock: uint256 = lock_word._lock_of(seizure)
    self._owned(lock)
    units: uint256 = self._returned[slash_id]
    assert units != 0, errors.NOTHING_BACK
    self._returned[slash_id] = 0
    return lock, units, self._code_of_seizure(seizure)


@internal
def _send(code: uint256, receiver: address, amount: uint256):
    """
    @dev Sends units of an asset.
    """
    assert receiver != empty(address), errors.ZERO_RECEIVER
    token: address = empty(address)
    id: uint256 = 0
    token, id = self._asset(code)
    success: bool = False
    if id != 0:
        success = extcall IBondToken(token).transfer(receiver, id, amount)
    else:
        success = extcall IERC20(token).transfer(receiver, amount, default_return_value=True)
    assert success, errors.REFUSED


# -- internals: checks ------------------------------------------------------------------------------------------------


@internal
@view
def _head(lock: uint256) -> uint256:
    """
    @dev Of a lock that exists.
    """
    head: uint256 = self._heads[lock]
    assert head != 0, errors.NO_LOCK
    return head


@internal
@view
def _owned(lock: uint256) -> uint256:
    """
    @dev Head of a lock of the caller.
    """
    head: uint256 = self._head(lock)
    assert msg.sender == lock_word._account(head), errors.NOT_OWNER
    return head


@internal
@view
def _convertible(lock: uint256) -> uint256:
    """
    @dev Head of a lock whose asset may change: something is in it, it is not released, and no seizure of it is open.
    """
    head: uint256 = self._head(lock)
    assert head & lock_word.RELEASED == 0, errors.RELEASED
    assert lock_word._units(self._stakes[lock]) != 0, errors.EMPTY_LOCK
    self._check_not_seized(lock, self._duties[lock])
    return head


@internal
@view
def _check_not_seized(lock: uint256, duty: uint256):
    """
    @dev Nothing that was seized of the lock is open.
    """
    open: DynArray[uint256, 8] = staticcall ISlashEscrow(ESCROW).open_seizures(self, self._subject(lock, duty))
    assert len(open) == 0, errors.SEIZED


@internal
@view
def _answers(head: uint256, duty: uint256, subject: uint256, at: uint256) -> bool:
    """
    @dev Whether the lock of a subject stood behind its service at a second.
    """
    if head == 0 or duty & lock_word.MASK_160 != subject & lock_word.MASK_160:
        return False
    end: uint256 = lock_word._end(head)
    return lock_word._activated(head) <= at and (end == 0 or at < end)


@internal
@view
def _within_reach(head: uint256) -> bool:
    """
    @dev Whether the lock runs or cools down.
    """
    end: uint256 = lock_word._end(head)
    return end == 0 or block.timestamp < end


@internal
@view
def _seizure(slash_id: uint256) -> uint256:
    """
    @dev One that exists, for the escrow, which calls.
    """
    assert msg.sender == ESCROW, errors.NOT_ESCROW
    seizure: uint256 = self._seizures[slash_id]
    assert seizure != 0, errors.NO_SLASH
    return seizure


@internal
@pure
def _spent(seizure: uint256, amount: uint256) -> uint256:
    """
    @dev The seizure with less left.
    """
    assert amount <= lock_word._left(seizure), errors.ABOVE_SEIZED
    return seizure - (amount << lock_word.LEFT_AT)


# -- internals: reading -----------------------------------------------------------------------------------------------


@internal
@view
def _asset(code: uint256) -> (address, uint256):
    """
    @dev Token and bond id of a code.
    """
    if code >> 64 != 0:
        return TOKEN, code
    if code == 0:
        return ASSET, 0
    token: address = empty(address)
    id: uint256 = 0
    token, id = staticcall IBondDesk(DESK).asset_of(code)
    return token, 0


@internal
@view
def _code_of_seizure(seizure: uint256) -> uint256:
    """
    @dev Asset that was seized.
    """
    lock: uint256 = lock_word._lock_of(seizure)
    return lock_word._code(self._heads[lock], self._stakes[lock], lock_word._form_of(seizure))


@internal
@view
def _value_of(lock: uint256, head: uint256) -> uint256:
    """
    @dev What a lock is worth, with what of it is seized and undecided. Those units are of the asset that it holds: it changes only
         while nothing is seized.
    """
    stake: uint256 = self._stakes[lock]
    seized: uint256 = 0
    own: uint256 = 0
    seized, own = staticcall ISlashEscrow(ESCROW).held(self, self._subject(lock, self._duties[lock]))
    code: uint256 = lock_word._code(head, stake, lock_word._form(head))
    return staticcall IBondDesk(DESK).worth(code, lock_word._units(stake) + seized)


@internal
@view
def _last_value(lock: uint256, duty: uint256) -> uint256:
    """
    @dev Newest entry of the lock's history.
    """
    return value_book._last(lock, lock_word._count(duty))


@internal
@pure
def _subject(lock: uint256, duty: uint256) -> uint256:
    """
    @dev Lock << 160 | operator.
    """
    return (lock << 160) | (duty & lock_word.MASK_160)


@internal
@pure
def _without(places: uint256, lock: uint256) -> uint256:
    """
    @dev Without one, order kept.
    """
    for k: uint256 in range(MAX_PLACES):
        if (places >> (32 * k)) & lock_word.MASK_32 == lock:
            below: uint256 = (1 << (32 * k)) - 1
            return (places & below) | ((places >> 32) & ~below)
    return places
