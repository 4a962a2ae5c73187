# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Bonds locked to maturity, and the weight that gives
@license AGPL-3.0-only
@author Surety contributors
@notice A holder locks bonds until they mature; their weight is face times remaining time, in face-seconds. Own weight
    stays the owner's; the right to speak with it can be delegated to one other account. Every view takes a second,
    now or past, and is exact. Votes count the least weight of the last seven days: what is bought, locked or
    delegated for a moment is worth nothing.
@dev The state at a second is the one after all calls of that second: a reading of `block.timestamp` itself is final
    in the next block. Seconds, not blocks: weight is face times seconds. Nothing is divided, so nothing is rounded.
    Ledgers of weight are in `weight_ledger`, the minimum of the last days in `window_minimum`; both are histories of
    `checkpoints`, whose counts stand in one word an account.
@custom:security The token is a BondToken: moves what it says, and calls nobody. Bonds sent here without `lock` belong
    to nobody and stay. Contracts that lock must be able to call `withdraw`, and to hold ERC-6909 balances elsewhere.
@custom:kill None: no role, no pause, no parameter. Nobody can keep an owner from withdrawing what has matured.
@custom:invariant INV-ALN-1 … INV-ALN-9 (specs/alignment-lock.md)
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ...interfaces import IAlignmentLock
from ...interfaces import IBondToken

implements: IAlignmentLock

# -- modules ----------------------------------------------------------------------------------------------------------

from . import bond_id
from . import weight_ledger
from ..lib import calendar
from ..lib import checkpoints
from ..lib import window_minimum

initializes: checkpoints
initializes: weight_ledger[checkpoints := checkpoints]
initializes: window_minimum[checkpoints := checkpoints]

# -- reasons ----------------------------------------------------------------------------------------------------------

ZERO_TOKEN: constant(String[48]) = "alignment_lock: zero token"
ZERO_FACE: constant(String[48]) = "alignment_lock: zero face"
NOT_FIXED: constant(String[48]) = "alignment_lock: not a fixed bond"
OFF_GRID: constant(String[48]) = "alignment_lock: maturity not on the grid"
MATURED: constant(String[48]) = "alignment_lock: bond has matured"
NOT_MATURED: constant(String[48]) = "alignment_lock: bond has not matured"
TOO_FAR: constant(String[48]) = "alignment_lock: maturity too far"
REFUSED: constant(String[48]) = "alignment_lock: token refused the transfer"
NOTHING_LOCKED: constant(String[48]) = "alignment_lock: nothing locked"
UNCHANGED: constant(String[48]) = "alignment_lock: delegate is unchanged"
FUTURE: constant(String[48]) = "alignment_lock: time in the future"

# -- constants --------------------------------------------------------------------------------------------------------

WINDOW: constant(uint256) = 7 * 86_400  # of which votes count the least weight, s

# Histories of an account. A trace is `history << 160 | account`; its count is 40 bits of the account's word.
_OWN: constant(uint256) = 0  # ledger of its locks
_DELEGATED: constant(uint256) = 1  # ledger of what others delegated to it
_LOWS: constant(uint256) = 2  # at each second with a change of its weight: the weight of the second before
_DELEGATES: constant(uint256) = 3  # who speaks for it
_TOTAL: constant(uint256) = 4  # ledger of all locks, of the zero address

_COUNT_MASK: constant(uint256) = 2**40 - 1

# -- immutables -------------------------------------------------------------------------------------------------------

_TOKEN: immutable(address)

# -- storage ----------------------------------------------------------------------------------------------------------

# account -> counts of its histories, 40 bits each
_counts: HashMap[address, uint256]


# -- constructor ------------------------------------------------------------------------------------------------------


@deploy
def __init__(token: address):
    """
    @notice For the bonds of one token, for ever.
    @param token BondToken.
    """
    assert token != empty(address), ZERO_TOKEN
    _TOKEN = token


# -- owners -----------------------------------------------------------------------------------------------------------


@external
def lock(id: uint256, face: uint256):
    """
    @notice Lock bonds of the caller until they mature. They count at once for weights, after seven days for votes.
    @dev The caller has made this contract an operator, or approved it for `face` of the id.
    @param id FIXED bond that matures on the weekly grid, later than now and at most 255 weeks from now.
    @param face How much, in asset decimals; adds to what the caller has locked of this id.
    """
    assert face > 0, ZERO_FACE
    assert bond_id.kind_of(id) == bond_id.FIXED, NOT_FIXED
    maturity: uint256 = bond_id.maturity_of(id)
    assert calendar.on_grid(maturity), OFF_GRID
    assert maturity > block.timestamp, MATURED
    week: uint256 = maturity // calendar.WEEK
    assert maturity - block.timestamp <= weight_ledger.MAX_WEEKS * calendar.WEEK, TOO_FAR
    assert week < weight_ledger.WEEK_LIMIT, TOO_FAR

    speaker: address = self._delegate_at(msg.sender, block.timestamp)
    self._note(speaker)
    self._add(_TOTAL, empty(address), week, face)  # first: it refuses too much face, for all ledgers
    self._add(_OWN, msg.sender, week, face)
    if speaker != msg.sender:
        self._add(_DELEGATED, speaker, week, face)
    success: bool = extcall IBondToken(_TOKEN).transferFrom(msg.sender, self, id, face)
    assert success, REFUSED
    log IAlignmentLock.BondsLocked(owner=msg.sender, id=id, face=face)


@external
def delegate(delegatee: address):
    """
    @notice Let another account speak with all that the caller has locked and will lock. From this second on; nothing
        past changes.
    @dev What others delegated to the caller stays the caller's. The delegatee need not agree: nothing is asked of it.
    @param delegatee Who; the caller or zero to take it back.
    """
    speaker: address = msg.sender if delegatee == empty(address) else delegatee
    previous: address = self._delegate_at(msg.sender, block.timestamp)
    assert speaker != previous, UNCHANGED

    own: uint256 = self._trace(_OWN, msg.sender)
    live: uint256 = 0
    bias: uint256 = 0
    live, bias = weight_ledger._state_at(own, self._count(_OWN, msg.sender), block.timestamp)
    # who has nothing locked leaves no trace at others
    if live > 0:
        self._note(previous)
        self._note(speaker)
        if previous != msg.sender:
            count: uint256 = weight_ledger._remove_all(
                self._trace(_DELEGATED, previous), self._count(_DELEGATED, previous), own, live, bias
            )
            self._set_count(_DELEGATED, previous, count)
        if speaker != msg.sender:
            count: uint256 = weight_ledger._add_all(
                self._trace(_DELEGATED, speaker), self._count(_DELEGATED, speaker), own, live, bias
            )
            self._set_count(_DELEGATED, speaker, count)
    named: uint256 = checkpoints._push(
        self._trace(_DELEGATES, msg.sender),
        self._count(_DELEGATES, msg.sender),
        block.timestamp,
        convert(speaker, uint256),
    )
    self._set_count(_DELEGATES, msg.sender, named)
    log IAlignmentLock.DelegateSet(owner=msg.sender, previous=previous, delegatee=speaker)


@external
def withdraw(id: uint256, receiver: address) -> uint256:
    """
    @notice Take back all that the caller has locked of a matured bond, as bonds; the treasury redeems them at par.
    @param id Which bond.
    @param receiver Who gets the bonds. The token refuses zero.
    @return Face, in asset decimals.
    """
    assert bond_id.kind_of(id) == bond_id.FIXED, NOT_FIXED
    maturity: uint256 = bond_id.maturity_of(id)
    assert calendar.on_grid(maturity), OFF_GRID
    assert maturity <= block.timestamp, NOT_MATURED
    face: uint256 = weight_ledger._pay(self._trace(_OWN, msg.sender), maturity // calendar.WEEK)
    assert face > 0, NOTHING_LOCKED
    success: bool = extcall IBondToken(_TOKEN).transfer(receiver, id, face)
    assert success, REFUSED
    log IAlignmentLock.BondsWithdrawn(owner=msg.sender, receiver=receiver, id=id, face=face)
    return face


# -- weights ----------------------------------------------------------------------------------------------------------


@view
@external
def own_weight_at(account: address, t: uint256) -> uint256:
    """
    @notice Alignment of an account: its own locks, whoever speaks with them.
    @param account Whose.
    @param t Second, now or past.
    @return Face-seconds, exact.
    """
    self._check_time(t)
    return self._weight_at(_OWN, account, t)


@view
@external
def delegated_weight_at(account: address, t: uint256) -> uint256:
    """
    @notice What others had delegated to an account.
    @param account To whom.
    @param t Second, now or past.
    @return Face-seconds, exact.
    """
    self._check_time(t)
    return self._weight_at(_DELEGATED, account, t)


@view
@external
def weight_at(account: address, t: uint256) -> uint256:
    """
    @notice What an account spoke with: own weight, unless it was delegated away, and what others had delegated to it.
    @param account Whose.
    @param t Second, now or past.
    @return Face-seconds, exact.
    """
    self._check_time(t)
    return self._spoken_at(account, t)


@view
@external
def vote_weight_at(account: address, t: uint256) -> uint256:
    """
    @notice The least `weight_at` of all seconds from seven days before `t` to `t`.
    @param account Whose.
    @param t Second, now or past.
    @return Face-seconds, exact.
    """
    self._check_time(t)
    after: uint256 = t - min(t, WINDOW)
    low: uint256 = window_minimum._least(self._trace(_LOWS, account), self._count(_LOWS, account), after, t)
    if low == 0:
        return 0
    return min(low, self._spoken_at(account, t))


@view
@external
def total_weight_at(t: uint256) -> uint256:
    """
    @notice The own weight of all accounts, which is also what all accounts spoke with.
    @param t Second, now or past.
    @return Face-seconds, exact.
    """
    self._check_time(t)
    return self._weight_at(_TOTAL, empty(address), t)


@view
@external
def delegate_at(account: address, t: uint256) -> address:
    """
    @notice Who spoke with the own weight of an account.
    @param account Whose weight.
    @param t Second, now or past.
    @return The account itself unless it had named another.
    """
    self._check_time(t)
    return self._delegate_at(account, t)


@view
@external
def locked(owner: address, id: uint256) -> uint256:
    """
    @notice What an owner has locked of a bond and not withdrawn.
    @param owner Whose.
    @param id Which bond.
    @return Face, in asset decimals; zero for what can't be locked.
    """
    maturity: uint256 = bond_id.maturity_of(id)
    if bond_id.kind_of(id) != bond_id.FIXED or not calendar.on_grid(maturity):
        return 0
    return weight_ledger._unpaid(self._trace(_OWN, owner), maturity // calendar.WEEK)


@view
@external
def token() -> address:
    """
    @notice Whose bonds are locked here.
    @return BondToken.
    """
    return _TOKEN


# -- internals --------------------------------------------------------------------------------------------------------


@internal
def _note(account: address):
    """
    @dev Before the first change of an account's weight in a second: keep its weight of the second before.
    """
    count: uint256 = self._count(_LOWS, account)
    trace: uint256 = self._trace(_LOWS, account)
    last: uint256 = 0
    value: uint256 = 0
    last, value = checkpoints._entry(trace, count)
    if last < block.timestamp:
        before: uint256 = self._spoken_at(account, block.timestamp - 1)
        self._set_count(_LOWS, account, window_minimum._note(trace, count, block.timestamp, before))


@internal
def _add(history: uint256, account: address, week: uint256, face: uint256):
    """
    @dev Face to a ledger.
    """
    count: uint256 = weight_ledger._add(self._trace(history, account), self._count(history, account), week, face)
    self._set_count(history, account, count)


@internal
@view
def _spoken_at(account: address, t: uint256) -> uint256:
    """
    @dev Own weight, unless delegated away, and delegated weight.
    """
    weight: uint256 = self._weight_at(_DELEGATED, account, t)
    if self._delegate_at(account, t) == account:
        weight += self._weight_at(_OWN, account, t)
    return weight


@internal
@view
def _weight_at(history: uint256, account: address, t: uint256) -> uint256:
    """
    @dev Weight of a ledger.
    """
    return weight_ledger._weight_at(self._trace(history, account), self._count(history, account), t)


@internal
@view
def _delegate_at(account: address, t: uint256) -> address:
    """
    @dev Whom the account had named last, or itself.
    """
    named: uint256 = checkpoints._value_at(self._trace(_DELEGATES, account), self._count(_DELEGATES, account), t)
    return account if named == 0 else convert(named, address)


@internal
@view
def _check_time(t: uint256):
    """
    @dev Nobody knows what will be locked.
    """
    assert t <= block.timestamp, FUTURE


@internal
@pure
def _trace(history: uint256, account: address) -> uint256:
    """
    @dev Number of one of an account's histories.
    """
    return (history << 160) | convert(account, uint256)


@internal
@view
def _count(history: uint256, account: address) -> uint256:
    """
    @dev Entries of one of an account's histories.
    """
    return (self._counts[account] >> unsafe_mul(40, history)) & _COUNT_MASK


@internal
def _set_count(history: uint256, account: address, count: uint256):
    """
    @dev Stores it, if it is not what stands there.
    """
    place: uint256 = unsafe_mul(40, history)
    word: uint256 = self._counts[account]
    changed: uint256 = (word & ~(_COUNT_MASK << place)) | (count << place)
    if changed != word:
        self._counts[account] = changed
