# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Pay for services, by epochs and by liveness
@license AGPL-3.0-only
@author Surety contributors
@notice Anybody funds a service for epochs to come; whoever had bonds locked behind it for a whole epoch takes their part once it
    is known how alive the operator was. What a part is says a formula (IPayout) that governance may change for later epochs.
@dev Of an operator, and of a service, the value that counts for an epoch is the lesser of those at its first and its last second
    (ServiceBonding.value_at); of an operator's pay a lock gets its share of that value. Nothing is written for an epoch
    until somebody claims, so there is no keeper and no loop but over the epochs of one claim.
@custom:security Trusts ServiceBonding, CommitmentRegistry and the source of liveness, which are fixed, and governance with the
    formula: a bad one can misdivide the budgets of epochs that begin after it was set, never take them. A token is what
    those make of it who chose it: one that lies harms those paid in it.
@custom:kill None: no pause. An epoch whose formula fails can be left out by the owner of a lock (`forgo`); what is not claimed
    within 26 epochs goes to the service's epochs to come (`carry`).
@custom:invariant INV-PAY-1 … INV-PAY-9 (specs/service-payout.md)
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ethereum.ercs import IERC20
from ...interfaces import ICommitmentRegistry
from ...interfaces import ILiveness
from ...interfaces import IPayout
from ...interfaces import IServiceBonding
from ...interfaces import IServicePayout

implements: IServicePayout

# -- modules ----------------------------------------------------------------------------------------------------------

from snekmate.auth import access_control
from ..governance import roles
from ..lib import checkpoints
from . import payout_errors as errors

initializes: access_control
initializes: roles[access_control := access_control]
initializes: checkpoints

exports: roles.__interface__

# -- constants --------------------------------------------------------------------------------------------------------

EPOCH: constant(uint256) = 604_800
BPS: constant(uint256) = 10_000
MAX_COMMISSION: public(constant(uint256)) = 2_000  # bps
NOTICE: public(constant(uint256)) = 604_800  # s before another commission
MAX_FUNDED: public(constant(uint256)) = 52  # epochs in one call, and that far ahead
MAX_CLAIMED: public(constant(uint256)) = 8  # epochs in one claim; claim again for more
EXPIRY: public(constant(uint256)) = 26  # epochs within which pay is claimed
AMOUNT_LIMIT: constant(uint256) = 2**96
_MASK_96: constant(uint256) = 2**96 - 1
_FORMULAS: constant(uint256) = 2**160  # trace of formulas; those of commissions are addresses

# -- immutables -------------------------------------------------------------------------------------------------------

BONDING: immutable(address)
REGISTRY: immutable(address)
LIVENESS: immutable(address)

# -- storage ----------------------------------------------------------------------------------------------------------

_terms: HashMap[bytes32, IServicePayout.Terms]
_budgets: HashMap[bytes32, HashMap[uint256, uint256]]  # service, epoch: paid (96 bits) | budget (96)
_next: HashMap[uint256, uint256]  # lock: first epoch that is not claimed
_served: HashMap[address, DynArray[bytes32, 8]]  # operator
_counts: HashMap[uint256, uint256]  # trace
commissions: public(HashMap[address, HashMap[address, uint256]])  # operator, token: not yet claimed


# -- constructor ------------------------------------------------------------------------------------------------------


@deploy
def __init__(bonding: address, registry: address, liveness: address, formula: address, admin: address):
    """
    @notice For the locks of one ServiceBonding.
    @param bonding ServiceBonding.
    @param registry CommitmentRegistry of that.
    @param liveness ILiveness, whose scores count.
    @param formula IPayout, from this epoch on.
    @param admin DEFAULT_ADMIN, the Timelock; it changes the formula.
    """
    access_control.__init__()
    roles.__init__(admin)
    assert staticcall ICommitmentRegistry(registry).bonding() == bonding, errors.FALSE_REGISTRY
    BONDING = bonding
    REGISTRY = registry
    LIVENESS = liveness
    self._set_formula(formula, block.timestamp // EPOCH)


# -- governance -------------------------------------------------------------------------------------------------------


@external
def set_formula(formula: address):
    """
    @notice Another formula, from the next epoch on. Only DEFAULT_ADMIN.
    @param formula IPayout.
    """
    roles._check(access_control.DEFAULT_ADMIN_ROLE)
    self._set_formula(formula, block.timestamp // EPOCH + 1)


# -- controllers ------------------------------------------------------------------------------------------------------


@external
def set_terms(service: bytes32, token: address, payee: address):
    """
    @notice Say in what a service pays, and to whom; once, for ever. Only its controller.
    @param service Which.
    @param token ERC-20 that pays.
    @param payee A pool (collective mode): only locks that it owns earn, and its holders share. Zero: each lock earns for its owner.
    """
    found: ICommitmentRegistry.Service = staticcall ICommitmentRegistry(REGISTRY).service(service)
    assert found.template != empty(bytes32), errors.NO_SUCH_SERVICE
    assert msg.sender == found.controller, errors.NOT_CONTROLLER
    assert self._terms[service].token == empty(address), errors.TERMS_STAND
    assert token != empty(address), errors.ZERO_TOKEN
    self._terms[service] = IServicePayout.Terms(token=token, payee=payee)
    log IServicePayout.TermsSet(service=service, token=token, payee=payee)


# -- sponsors ---------------------------------------------------------------------------------------------------------


@external
def fund(service: bytes32, first: uint256, epochs: uint256, amount: uint256):
    """
    @notice Give a service a budget, in equal parts for so many epochs; what doesn't divide goes to the first. The caller has
        approved this contract. It doesn't come back.
    @param service Which.
    @param first Number of the first epoch: this one, or one of the next 52.
    @param epochs 1 to 52.
    @param amount Units of the token that pays, at least one an epoch.
    """
    token: address = self._terms[service].token
    assert token != empty(address), errors.NO_TERMS
    assert first >= block.timestamp // EPOCH, errors.PAST_EPOCH
    assert first <= block.timestamp // EPOCH + MAX_FUNDED, errors.FAR_EPOCH
    assert epochs > 0 and epochs <= MAX_FUNDED, errors.NO_EPOCHS
    assert amount >= epochs, errors.ZERO_AMOUNT
    part: uint256 = amount // epochs
    self._raise_budget(service, first, part + amount % epochs)
    for epoch: uint256 in range(first + 1, first + epochs, bound=MAX_FUNDED):
        self._raise_budget(service, epoch, part)
    log IServicePayout.ServiceFunded(service=service, sponsor=msg.sender, first=first, epochs=epochs, amount=amount)
    before: uint256 = staticcall IERC20(token).balanceOf(self)
    success: bool = extcall IERC20(token).transferFrom(msg.sender, self, amount, default_return_value=True)
    assert success, errors.REFUSED
    after: uint256 = staticcall IERC20(token).balanceOf(self)
    assert after == before + amount, errors.TOOK_A_FEE


@external
def carry(service: bytes32, epoch: uint256) -> uint256:
    """
    @notice Give what nobody claimed of an old epoch to the next one. Anybody.
    @param service Which.
    @param epoch Whose 26 epochs of claims are over.
    @return Units.
    """
    now_epoch: uint256 = block.timestamp // EPOCH
    assert epoch + EXPIRY < now_epoch, errors.TOO_EARLY
    word: uint256 = self._budgets[service][epoch]
    left: uint256 = (word & _MASK_96) - (word >> 96)
    assert left > 0, errors.NOTHING_LEFT
    self._budgets[service][epoch] = word - left
    self._raise_budget(service, now_epoch + 1, left)
    log IServicePayout.BudgetCarried(service=service, epoch=epoch, to=now_epoch + 1, amount=left)
    return left


# -- owners of locks --------------------------------------------------------------------------------------------------


@external
def claim(lock: uint256, receiver: address) -> uint256:
    """
    @notice Pay what a lock has earned, for at most 8 epochs, the oldest first. Anybody to the lock's owner; the owner to whom it likes,
        and it alone for a lock that was ever seized from: what finalised slashes have taken of that by now, and what came
        back and isn't in it, is left out of the pay for all epochs that are claimed, so the moment is the owner's to choose.
    @param lock Number at ServiceBonding.
    @param receiver Who gets it.
    @return Units, rounded down, without the operator's commission.
    """
    found: IServiceBonding.Lock = staticcall IServiceBonding(BONDING).lock(lock)
    assert found.owner != empty(address), errors.NO_SUCH_LOCK
    assert receiver != empty(address), errors.ZERO_RECEIVER
    whole: bool = self._is_whole(lock, found)
    assert msg.sender == found.owner or (receiver == found.owner and whole), errors.NOT_OWNER
    if not whole:
        found.value = staticcall IServiceBonding(BONDING).value_of(lock)
    epoch: uint256 = self._first(lock, found.activated)
    last: uint256 = self._last()
    assert epoch <= last, errors.NOTHING_DUE
    amount: uint256 = 0
    fees: uint256 = 0
    for _: uint256 in range(MAX_CLAIMED):
        if epoch > last:
            break
        pay: uint256 = self._pay(lock, found, epoch, whole)
        self._budgets[found.service][epoch] += pay << 96
        fee: uint256 = pay * self._commission(found.operator, epoch) // BPS
        fees += fee
        amount += pay - fee
        epoch += 1
    self._next[lock] = epoch
    token: address = self._terms[found.service].token
    self.commissions[found.operator][token] += fees
    log IServicePayout.PayClaimed(
        service=found.service, lock=lock, receiver=receiver, until=epoch, amount=amount, commission=fees
    )
    self._send(token, receiver, amount)
    return amount


@external
def forgo(lock: uint256, until: uint256):
    """
    @notice Leave epochs out, for which a formula or a score fails. Only the owner.
    @param lock Number at ServiceBonding.
    @param until First epoch that is not left out, at most this one.
    """
    found: IServiceBonding.Lock = staticcall IServiceBonding(BONDING).lock(lock)
    assert msg.sender == found.owner, errors.NOT_OWNER
    assert until > self._first(lock, found.activated), errors.BACKWARDS
    assert until <= block.timestamp // EPOCH, errors.FAR_EPOCH
    self._next[lock] = until
    log IServicePayout.EpochsForgone(lock=lock, until=until)


# -- operators --------------------------------------------------------------------------------------------------------


@external
def set_served(services: DynArray[bytes32, 8]):
    """
    @notice Name the services that the formula may look at beside the one that is paid for. One counts by the value that stands behind
        it for the caller in the epoch, so a name alone is worth nothing; named twice it counts once.
    @param services At most 8; replaces those before, also for epochs that are not claimed yet.
    """
    self._served[msg.sender] = services
    log IServicePayout.ServedSet(operator=msg.sender, services=services)


@external
def set_commission(bps: uint256):
    """
    @notice Change the part of the pay of all locks behind the caller that is the caller's: from the first epoch on that begins at least
        seven days from now.
    @param bps At most 2,000.
    """
    assert bps <= MAX_COMMISSION, errors.HIGH_COMMISSION
    trace: uint256 = convert(msg.sender, uint256)
    since: uint256 = (block.timestamp + NOTICE + EPOCH - 1) // EPOCH
    self._counts[trace] = checkpoints._push(trace, self._counts[trace], since, bps)
    log IServicePayout.CommissionSet(operator=msg.sender, bps=bps, since=since)


@external
def claim_commission(token: address, receiver: address) -> uint256:
    """
    @notice Take the caller's commissions in a token.
    @param token ERC-20.
    @param receiver Who gets them.
    @return Units.
    """
    assert receiver != empty(address), errors.ZERO_RECEIVER
    amount: uint256 = self.commissions[msg.sender][token]
    self.commissions[msg.sender][token] = 0
    log IServicePayout.CommissionClaimed(operator=msg.sender, token=token, receiver=receiver, amount=amount)
    self._send(token, receiver, amount)
    return amount


# -- views ------------------------------------------------------------------------------------------------------------


@view
@external
def due(lock: uint256) -> (uint256, uint256):
    """
    @notice What `claim` would pay now.
    @param lock Number at ServiceBonding.
    @return Units after commission, and the first epoch that would be left to claim.
    """
    found: IServiceBonding.Lock = staticcall IServiceBonding(BONDING).lock(lock)
    whole: bool = self._is_whole(lock, found)
    if not whole:
        found.value = staticcall IServiceBonding(BONDING).value_of(lock)
    epoch: uint256 = self._first(lock, found.activated)
    last: uint256 = self._last()
    amount: uint256 = 0
    for _: uint256 in range(MAX_CLAIMED):
        if epoch > last:
            break
        pay: uint256 = self._pay(lock, found, epoch, whole)
        amount += pay - pay * self._commission(found.operator, epoch) // BPS
        epoch += 1
    return amount, epoch


@view
@external
def terms(service: bytes32) -> IServicePayout.Terms:
    """
    @notice In what a service pays, and to whom.
    @param service Which.
    @return Zeros before they are set.
    """
    return self._terms[service]


@view
@external
def budget(service: bytes32, epoch: uint256) -> (uint256, uint256):
    """
    @notice What there is to be paid for an epoch.
    @param service Which.
    @param epoch Its number.
    @return Budget, and what has been claimed of it; units.
    """
    word: uint256 = self._budgets[service][epoch]
    return word & _MASK_96, word >> 96


@view
@external
def formula_at(epoch: uint256) -> address:
    """
    @notice By which formula an epoch is paid.
    @param epoch Its number.
    @return IPayout; zero for epochs before the first.
    """
    return self._formula(epoch)


@view
@external
def commission_at(operator: address, epoch: uint256) -> uint256:
    """
    @notice Commission taken of the pay for an epoch.
    @param operator Whose.
    @param epoch Its number.
    @return Basis points.
    """
    return self._commission(operator, epoch)


@view
@external
def served(operator: address) -> DynArray[bytes32, 8]:
    """
    @notice Services that an operator named for the formula.
    @param operator Whose.
    @return At most 8.
    """
    return self._served[operator]


@view
@external
def sources() -> (address, address, address):
    """
    @notice What this contract reads.
    @return ServiceBonding, CommitmentRegistry and the source of liveness.
    """
    return BONDING, REGISTRY, LIVENESS


# -- internals --------------------------------------------------------------------------------------------------------


@internal
@view
def _first(lock: uint256, activated: uint256) -> uint256:
    """
    @dev First epoch that a claim pays: the first whole one of the lock, or the first that is neither claimed nor expired.
    """
    whole: uint256 = (activated + EPOCH - 1) // EPOCH
    return max(max(whole, self._next[lock]), block.timestamp // EPOCH - EXPIRY)


@internal
@view
def _last() -> uint256:
    """
    @dev Newest epoch whose liveness is known for good.
    """
    epoch: uint256 = block.timestamp // EPOCH - 1
    if staticcall ILiveness(LIVENESS).is_final(epoch):
        return epoch
    return epoch - 1


@internal
@view
def _is_whole(lock: uint256, found: IServiceBonding.Lock) -> bool:
    """
    @dev Whether nothing was ever seized of a lock.
    """
    return staticcall IServiceBonding(BONDING).clean_since(lock) == found.activated


@internal
@view
def _pay(lock: uint256, found: IServiceBonding.Lock, epoch: uint256, whole: bool) -> uint256:
    """
    @dev Of an epoch's budget, the part of a lock: commission included, never more than is left.
    """
    word: uint256 = self._budgets[found.service][epoch]
    left: uint256 = (word & _MASK_96) - (word >> 96)
    payee: address = self._terms[found.service].payee
    if left == 0 or (payee != empty(address) and found.owner != payee):
        return 0
    template: bytes32 = (staticcall ICommitmentRegistry(REGISTRY).service(found.service)).template
    terms: ICommitmentRegistry.Terms = staticcall ICommitmentRegistry(REGISTRY).terms(found.service)
    if found.end != 0 and found.end < (epoch + 1) * EPOCH + terms.cooldown:
        return 0  # stopped before the epoch was over
    value: uint256 = self._value(found.service, found.operator, epoch)
    if value == 0:
        return 0
    work: IPayout.Case = IPayout.Case(
        template=template,
        weight=terms.weight,
        service=found.service,
        operator=found.operator,
        value=value,
        total=self._value(found.service, empty(address), epoch),
        liveness=staticcall ILiveness(LIVENESS).score(found.service, found.operator, epoch),
        budget=word & _MASK_96,
        others=self._others(found.service, found.operator, epoch),
    )
    amount: uint256 = staticcall IPayout(self._formula(epoch)).amount(work)
    return min(min(amount, work.budget) * self._part(lock, found, epoch, whole) // value, left)


@internal
@view
def _value(service: bytes32, operator: address, epoch: uint256) -> uint256:
    """
    @dev The lesser of the values at the first and the last second of an epoch: what comes for a moment counts for nothing.
    """
    first: uint256 = staticcall IServiceBonding(BONDING).value_at(service, operator, epoch * EPOCH)
    last: uint256 = staticcall IServiceBonding(BONDING).value_at(service, operator, epoch * EPOCH + EPOCH - 1)
    return min(first, last)


@internal
@view
def _part(lock: uint256, found: IServiceBonding.Lock, epoch: uint256, whole: bool) -> uint256:
    """
    @dev The same of one lock; of one that was seized from no more than what is left of it by now.
    """
    first: uint256 = staticcall IServiceBonding(BONDING).lock_value_at(lock, epoch * EPOCH)
    last: uint256 = staticcall IServiceBonding(BONDING).lock_value_at(lock, epoch * EPOCH + EPOCH - 1)
    if whole:
        return min(first, last)
    return min(min(first, last), found.value)


@internal
@view
def _others(service: bytes32, operator: address, epoch: uint256) -> DynArray[IPayout.Other, 8]:
    """
    @dev The services beside this one that the operator named, each once, with what stood behind them.
    """
    others: DynArray[IPayout.Other, 8] = []
    seen: DynArray[bytes32, 9] = [service]
    for one: bytes32 in self._served[operator]:
        if one not in seen:
            seen.append(one)
            template: bytes32 = (staticcall ICommitmentRegistry(REGISTRY).service(one)).template
            others.append(IPayout.Other(template=template, value=self._value(one, operator, epoch)))
    return others


@internal
def _raise_budget(service: bytes32, epoch: uint256, amount: uint256):
    """
    @dev Adds to a budget.
    """
    word: uint256 = self._budgets[service][epoch]
    assert (word & _MASK_96) + amount < AMOUNT_LIMIT, errors.BIG_BUDGET
    self._budgets[service][epoch] = word + amount


@internal
def _set_formula(formula: address, epoch: uint256):
    """
    @dev By which epochs are paid from `epoch` on.
    """
    assert formula != empty(address), errors.ZERO_FORMULA
    number: uint256 = convert(formula, uint256)
    self._counts[_FORMULAS] = checkpoints._push(_FORMULAS, self._counts[_FORMULAS], epoch, number)
    log IServicePayout.FormulaSet(formula=formula, since=epoch)


@internal
@view
def _formula(epoch: uint256) -> address:
    """
    @dev The one of an epoch.
    """
    return convert(checkpoints._value_at(_FORMULAS, self._counts[_FORMULAS], epoch), address)


@internal
@view
def _commission(operator: address, epoch: uint256) -> uint256:
    """
    @dev Of an epoch, bps.
    """
    trace: uint256 = convert(operator, uint256)
    return checkpoints._value_at(trace, self._counts[trace], epoch)


@internal
def _send(token: address, receiver: address, amount: uint256):
    """
    @dev Pays. Nothing is no mistake: epochs may have earned nothing.
    """
    if amount == 0:
        return
    success: bool = extcall IERC20(token).transfer(receiver, amount, default_return_value=True)
    assert success, errors.REFUSED
