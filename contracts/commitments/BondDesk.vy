# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Who may lock what, and how it is cashed
@license AGPL-3.0-only
@author Surety contributors
@notice The desk of ServiceBonding. Governance lists which ERC-20s stand for bonds; operators say whose locks they answer for,
    controllers whom they admit, from which value on, and whose locks they mean to end. It checks new locks, values them, and
    turns matured bonds into cash and cash into shares of a vault.
@dev Holds nothing from one transaction to the next. Created by ServiceBonding, which alone calls what moves anything.
@custom:security Trusts CommitmentRegistry with terms, OperatorRegistry with statuses, the appraiser with values, and governance with
    listings. None of that is asked when a lock ends, is released or is slashed.
@custom:kill DEFAULT_ADMIN closes listings, for new deposits and locks.
@custom:invariant INV-BND-9, INV-BND-10, INV-BND-13, INV-BND-15 (specs/service-bonding.md)
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ethereum.ercs import IERC20
from ...interfaces import IBondAppraiser
from ...interfaces import IBondDesk
from ...interfaces import IBondTreasury
from ...interfaces import IBondWrapper
from ...interfaces import ICommitmentRegistry
from ...interfaces import IOperatorRegistry
from ...interfaces import IRollingVault

implements: IBondDesk

# -- modules ----------------------------------------------------------------------------------------------------------

from snekmate.auth import access_control
from ..bonds import bond_id
from ..governance import roles
from . import bonding_errors as errors
from . import promises

initializes: access_control
initializes: roles[access_control := access_control]

exports: roles.__interface__

# -- constants --------------------------------------------------------------------------------------------------------

END_NOTICE: public(constant(uint256)) = 7 * 86_400  # s, of a controller that ends an operator's locks
MAX_LISTINGS: constant(uint256) = 255

_BONDS: constant(uint256) = 0  # kinds, as the appraiser knows them
_VAULT: constant(uint256) = 2
_CASH: constant(uint256) = 4

_ADMITTED: constant(uint256) = 1
_START_AT: constant(uint256) = 8
_ADD_ONLY: constant(bytes32) = 0x0000000000000000000000000000000000000000000000000000000000000001
_MASK_160: constant(uint256) = 2**160 - 1

# -- immutables -------------------------------------------------------------------------------------------------------

BONDING: immutable(address)
REGISTRY: immutable(address)
OPERATORS: immutable(address)
APPRAISER: immutable(address)
TOKEN: immutable(address)
ASSET: immutable(address)
TREASURY: immutable(address)

# -- storage ----------------------------------------------------------------------------------------------------------

minimum: public(HashMap[bytes32, uint256])  # service -> least value of a new lock, base asset
_listing_count: uint256
_listings: HashMap[address, uint256]  # ERC-20 -> number (8 bits) | kind (8) | open (1)
_listed: HashMap[uint256, uint256]  # number -> ERC-20 (160 bits) | kind
# service -> operator -> admitted (1 bit) | from when on the controller may end its locks, at 8 (40)
_rules: HashMap[bytes32, HashMap[address, uint256]]
# operator -> service -> owner -> 0 nothing, 1 may add, else hash of the parameters to enter with, once
_consents: HashMap[address, HashMap[bytes32, HashMap[address, bytes32]]]


# -- constructor ------------------------------------------------------------------------------------------------------


@deploy
def __init__(registry: address, operators: address, appraiser: address, admin: address):
    """
    @notice The creator becomes the bonding. Nothing of the registries is called here.
    @param registry CommitmentRegistry.
    @param operators OperatorRegistry.
    @param appraiser BondAppraiser.
    @param admin DEFAULT_ADMIN, the Timelock.
    """
    access_control.__init__()
    roles.__init__(admin)
    BONDING = msg.sender
    REGISTRY = registry
    OPERATORS = operators
    APPRAISER = appraiser
    TOKEN = staticcall IBondAppraiser(appraiser).token()
    ASSET = staticcall IBondAppraiser(appraiser).asset()
    TREASURY = staticcall IBondAppraiser(appraiser).treasury()


# -- roles ------------------------------------------------------------------------------------------------------------


@external
def list_token(token: address, kind: uint256, open: bool):
    """
    @notice Let shares of a class, of a vault, or units of a wrapper be locked, or no longer. Only DEFAULT_ADMIN.
    @param token ERC-20 that moves exactly what it is told to.
    @param kind 1 rolling class, 2 vault of one, 3 wrapper of a bond; never changes.
    @param open Whether it is taken from now on. What is there stays what it is.
    """
    roles._check(access_control.DEFAULT_ADMIN_ROLE)
    word: uint256 = self._listings[token]
    number: uint256 = word & 255
    if number == 0:
        fits: bool = staticcall IBondAppraiser(APPRAISER).is_of(kind, token)
        assert fits, errors.BAD_KIND
        number = self._listing_count + 1
        assert number <= MAX_LISTINGS, errors.MANY_LISTINGS
        self._listing_count = number
        self._listed[number] = (kind << 160) | convert(token, uint256)
    else:
        assert (word >> 8) & 255 == kind, errors.BAD_KIND
    self._listings[token] = ((1 if open else 0) << 16) | (kind << 8) | number
    log IBondDesk.TokenListed(token=token, listing=number, kind=kind, open=open)


# -- operators --------------------------------------------------------------------------------------------------------


@external
def allow(service: bytes32, owner: address, allowed: bool, entry: bytes32):
    """
    @notice Let an owner add locks behind the caller in a service while it serves there, or no longer; those that run stay.
    @param service Which.
    @param owner Who.
    @param allowed Whether.
    @param entry keccak256 of the ABI encoding of the parameters with which the owner's lock may make the caller enter, once; or
        zero: it may not.
    """
    assert owner != msg.sender, errors.SELF_ALLOWED
    consent: bytes32 = empty(bytes32)
    if allowed:
        consent = _ADD_ONLY if entry == empty(bytes32) else entry
    self._consents[msg.sender][service][owner] = consent
    log IBondDesk.OwnerAllowed(operator=msg.sender, service=service, owner=owner, allowed=allowed, entry=entry)


# -- controllers ------------------------------------------------------------------------------------------------------


@external
def admit(service: bytes32, operator: address, admitted: bool):
    """
    @notice Let an operator have new locks in a service, or no longer; those that run stay. Only the controller, if the template lets
        it choose operators.
    @param service Which.
    @param operator Whom.
    @param admitted Whether.
    """
    self._check_controller(service, promises.ADMITS)
    rules: uint256 = self._rules[service][operator]
    self._rules[service][operator] = rules | _ADMITTED if admitted else rules & ~_ADMITTED
    log IBondDesk.OperatorAdmitted(service=service, operator=operator, admitted=admitted)


@external
def set_minimum(service: bytes32, minimum: uint256):
    """
    @notice Set the least value of new locks. Only the controller. Those that run stay.
    @param service Which.
    @param minimum Base asset.
    """
    self._check_controller(service, 0)
    self.minimum[service] = minimum
    log IBondDesk.MinimumSet(service=service, minimum=minimum)


@external
def announce_end(service: bytes32, operator: address, end: bool):
    """
    @notice Announce that the controller will end the locks of an operator, which it may from the end of the notice on until the
        operator enters anew; or take that back. Only the controller, if the template gives it that power.
    @param service Which.
    @param operator Whose.
    @param end Whether.
    """
    self._check_controller(service, promises.ENDS)
    start: uint256 = block.timestamp + END_NOTICE if end else 0
    self._rules[service][operator] = (self._rules[service][operator] & _ADMITTED) | (start << _START_AT)
    log IBondDesk.EndAnnounced(service=service, operator=operator, start=start)


# -- ServiceBonding ---------------------------------------------------------------------------------------------------


@external
def begin(
    service: bytes32,
    operator: address,
    owner: address,
    code: uint256,
    amount: uint256,
    enters: bool,
    bound: bool,
    parameters: DynArray[bytes32, 8],
) -> (uint256, uint256, uint256):
    """
    @notice Check a new lock. Only ServiceBonding.
    @param service Open; has admitted the operator, if its template asks for that.
    @param operator ACTIVE and taking on services; allows the owner, if it is another.
    @param owner Whose the lock is.
    @param code Asset, open to new locks.
    @param amount Units.
    @param enters Whether the operator begins to serve with this lock.
    @param bound Whether locks behind it there, which run or cool down, are not released.
    @param parameters With which, then; if it is bound, those that these answer for; if it serves already, they can be left out.
    @return Number of the service.
    @return Its cooldown.
    @return Value of the lock, not 0 and not below the service's minimum.
    """
    assert msg.sender == BONDING, errors.NOT_BONDING
    accepts: bool = staticcall IOperatorRegistry(OPERATORS).accepts_services(operator)
    assert accepts, errors.NOT_ACCEPTING
    known: ICommitmentRegistry.Service = staticcall ICommitmentRegistry(REGISTRY).service(service)
    assert known.template != empty(bytes32), errors.NO_SERVICE
    assert not known.closed, errors.SERVICE_CLOSED
    terms: ICommitmentRegistry.Terms = staticcall ICommitmentRegistry(REGISTRY).terms(service)
    rules: uint256 = self._rules[service][operator]
    assert terms.powers & promises.ADMITS == 0 or rules & _ADMITTED != 0, errors.NOT_ADMITTED
    if enters and rules >> _START_AT != 0:
        # what was announced against an earlier period is no threat to this one
        self._rules[service][operator] = rules & _ADMITTED
    if owner != operator:
        consent: bytes32 = self._consents[operator][service][owner]
        assert consent != empty(bytes32), errors.NOT_ALLOWED
        if enters:
            assert consent == keccak256(abi_encode(parameters)), errors.OTHER_ENTRY
            self._consents[operator][service][owner] = _ADD_ONLY
    if bound and len(parameters) != 0:
        # also when it enters: what cools down would answer for what its owner never stood behind
        period: ICommitmentRegistry.Period = (
            staticcall ICommitmentRegistry(REGISTRY).latest_period(service, operator)
        )[0]
        assert period.parameters == keccak256(abi_encode(parameters)), errors.OTHER_PROMISE
    worth: uint256 = self._worth(code, amount)
    assert worth > 0 and worth >= self.minimum[service], errors.LOW_VALUE
    return known.number, terms.cooldown, worth


@external
def cash(code: uint256, units: uint256, receiver: address) -> uint256:
    """
    @notice Redeem matured bonds, or units of a wrapper of such, that were just sent here. Only ServiceBonding.
    @param code Which.
    @param units How many.
    @param receiver Who is paid.
    @return Base asset that it got.
    """
    assert msg.sender == BONDING, errors.NOT_BONDING
    token: address = empty(address)
    id: uint256 = 0
    token, id = self._asset(code)
    maturity: uint256 = staticcall IBondAppraiser(APPRAISER).maturity(self._kind(code), token, id)
    assert maturity != 0, errors.NOT_CASH
    assert maturity <= block.timestamp, errors.NOT_MATURED
    before: uint256 = staticcall IERC20(ASSET).balanceOf(receiver)
    if id != 0:
        extcall IBondTreasury(TREASURY).redeem(id, units, receiver)
    else:
        extcall IBondWrapper(token).redeem(units, receiver)
    balance: uint256 = staticcall IERC20(ASSET).balanceOf(receiver)
    return balance - before


@external
def reinvest(code: uint256, amount: uint256, min_shares: uint256) -> uint256:
    """
    @notice Buy shares of a vault, for ServiceBonding, with base asset that is here. Only ServiceBonding.
    @param code Of the vault; open.
    @param amount Base asset.
    @param min_shares Least shares to be got.
    @return Shares.
    """
    assert msg.sender == BONDING, errors.NOT_BONDING
    assert self._kind(code) == _VAULT, errors.NOT_A_VAULT
    vault: address = convert(self._listed[code] & _MASK_160, address)
    approved: bool = extcall IERC20(ASSET).approve(vault, amount, default_return_value=True)
    assert approved, errors.VAULT_REFUSED
    before: uint256 = staticcall IERC20(vault).balanceOf(BONDING)
    extcall IRollingVault(vault).deposit_min(amount, BONDING, min_shares, block.timestamp)
    balance: uint256 = staticcall IERC20(vault).balanceOf(BONDING)
    assert balance > before and balance - before >= min_shares, errors.LOW_SHARES
    return balance - before


# -- views ------------------------------------------------------------------------------------------------------------


@view
@external
def code_of(token: address, id: uint256) -> uint256:
    """
    @notice What an asset is called here. Reverts for one that is not listed.
    @param token BondToken, a listed ERC-20, or the base asset.
    @param id Bond, or 0.
    @return Code.
    """
    return self._code(token, id)


@view
@external
def open_code(token: address, id: uint256) -> uint256:
    """
    @notice The same for what can be deposited and locked. Reverts for the rest.
    @param token BondToken, or an ERC-20 whose listing is open.
    @param id Bond, or 0.
    @return Code.
    """
    code: uint256 = self._code(token, id)
    assert code != 0, errors.NOT_LISTED
    assert code >> 64 != 0 or self._listings[token] >> 16 != 0, errors.CLOSED_LISTING
    return code


@view
@external
def asset_of(code: uint256) -> (address, uint256):
    """
    @notice The asset of a code.
    @param code Which.
    @return Token; zero for a listing that does not exist.
    @return Bond id, or 0.
    """
    return self._asset(code)


@view
@external
def worth(code: uint256, amount: uint256) -> uint256:
    """
    @notice What an amount counts for (BondAppraiser).
    @param code Asset.
    @param amount Units.
    @return Base asset, rounded down, below 2**96.
    """
    return self._worth(code, amount)


@view
@external
def may_end(service: bytes32, operator: address, account: address) -> bool:
    """
    @notice Whether an account may end locks of an operator: it is the controller, and its notice is over.
    @param service Where.
    @param operator Whose.
    @param account Who.
    @return Whether.
    """
    start: uint256 = self._rules[service][operator] >> _START_AT
    if start == 0 or start > block.timestamp:
        return False
    known: ICommitmentRegistry.Service = staticcall ICommitmentRegistry(REGISTRY).service(service)
    return account == known.controller


@view
@external
def end_of(service: bytes32, operator: address) -> uint256:
    """
    @notice From when on the controller may end locks of an operator.
    @param service Where.
    @param operator Whose.
    @return s; 0: not announced.
    """
    return self._rules[service][operator] >> _START_AT


@view
@external
def is_allowed(service: bytes32, operator: address, owner: address) -> bool:
    """
    @notice Whether an operator lets an owner add locks.
    @param service Where.
    @param operator Who.
    @param owner Whom.
    @return Whether.
    """
    return owner == operator or self._consents[operator][service][owner] != empty(bytes32)


@view
@external
def is_admitted(service: bytes32, operator: address) -> bool:
    """
    @notice Whether a controller has admitted an operator; of no account where the template leaves the service open to all.
    @param service Where.
    @param operator Whom.
    @return Whether.
    """
    return self._rules[service][operator] & _ADMITTED != 0


@view
@external
def listing(token: address) -> (uint256, uint256, bool):
    """
    @notice How an ERC-20 is listed.
    @param token Which.
    @return Number, kind, and whether it is open; zeros if it isn't.
    """
    word: uint256 = self._listings[token]
    return word & 255, (word >> 8) & 255, word >> 16 != 0


@view
@external
def bonding() -> address:
    """
    @notice Whose desk this is.
    @return ServiceBonding.
    """
    return BONDING


@view
@external
def parties() -> (address, address, address):
    """
    @notice What is asked here.
    @return CommitmentRegistry, OperatorRegistry, BondAppraiser.
    """
    return REGISTRY, OPERATORS, APPRAISER


# -- internals --------------------------------------------------------------------------------------------------------


@internal
@view
def _check_controller(service: bytes32, power: uint256):
    """
    @dev The caller is the controller, and the template gives it the power.
    """
    known: ICommitmentRegistry.Service = staticcall ICommitmentRegistry(REGISTRY).service(service)
    assert msg.sender == known.controller, errors.NOT_CONTROLLER
    if power != 0:
        terms: ICommitmentRegistry.Terms = staticcall ICommitmentRegistry(REGISTRY).terms(service)
        assert terms.powers & power != 0, errors.NO_POWER


@internal
@view
def _code(token: address, id: uint256) -> uint256:
    """
    @dev What an asset is called.
    """
    if token == TOKEN:
        kind: uint256 = bond_id.kind_of(id)
        assert kind == bond_id.FIXED or kind == bond_id.VARIABLE, errors.NOT_LISTED
        return id
    number: uint256 = self._listings[token] & 255
    assert id == 0 and (number != 0 or token == ASSET), errors.NOT_LISTED
    return number


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
    return convert(self._listed[code] & _MASK_160, address), 0


@internal
@view
def _kind(code: uint256) -> uint256:
    """
    @dev Kind of a code, as the appraiser knows it.
    """
    if code >> 64 != 0:
        return _BONDS
    if code == 0:
        return _CASH
    return self._listed[code] >> 160


@internal
@view
def _worth(code: uint256, amount: uint256) -> uint256:
    """
    @dev In base asset.
    """
    token: address = empty(address)
    id: uint256 = 0
    token, id = self._asset(code)
    worth: uint256 = staticcall IBondAppraiser(APPRAISER).value(self._kind(code), token, id, amount)
    assert worth < 2**96, errors.BIG_VALUE
    return worth
