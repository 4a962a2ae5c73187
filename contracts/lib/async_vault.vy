# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Shares redeemed through a queue, and refunds to whoever held them
@license AGPL-3.0-only
@author Surety contributors
@notice The books of a vault whose stake can be seized by others and leaves through buckets: an ERC-20 share, ERC-7540 requests, and
    refunds of seizures. Of the stake it knows nothing: the vault that uses it says how many tickets of a bucket a request got,
    and what the bucket has paid.
@dev Accounts have shares, and tickets of numbered buckets; the vault itself may have tickets, which belong to its shares. A
    request's shares are burned for tickets: it gets its part of what the bucket pays, whatever that will be. The requests
    of a controller are one (request id 0): at most two buckets that still wait, and what has been folded from paid ones.
    When the bucket's holder of stake turns the vault's tickets into fewer (a new generation after a seizure that left
    nearly nothing), so do these books, account by account, when an account next moves; later requests are not diluted.
    Each change first keeps what was there at the last seizure (`snapshots`). A refund of the stake, or of one of the buckets
    that a seizure can have reached, even or odd, is shared by what each had at the seizure.
@custom:security The vault calls `_observe` for a bucket before it changes its tickets, and passes to every change the number of the
    last seizure, which never falls. No more than two buckets, an even and an odd one, wait at a time.
@custom:kill None.
@custom:invariant INV-LQD-3 … INV-LQD-6 (specs/liquid-delegation.md)
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ...interfaces import IAsyncRedeem

# -- modules ----------------------------------------------------------------------------------------------------------

from snekmate.tokens import erc20
from . import checkpoints
from . import snapshots

uses: erc20
uses: checkpoints
uses: snapshots

# -- reasons ----------------------------------------------------------------------------------------------------------

NOT_CONTROLLER: constant(String[48]) = "async_vault: caller is not the controller"
BAD_CONTROLLER: constant(String[48]) = "async_vault: controller is zero or the vault"
BAD_HOLDER: constant(String[48]) = "async_vault: the vault holds no shares"
ZERO_CLAIM: constant(String[48]) = "async_vault: zero amount"
ABOVE_CLAIMABLE: constant(String[48]) = "async_vault: more than is claimable"
NO_REFUND: constant(String[48]) = "async_vault: nothing to refund"
OWN_OPERATOR: constant(String[48]) = "async_vault: operator of oneself"

# -- constants --------------------------------------------------------------------------------------------------------

MAX_STEPS: constant(uint256) = 8  # conversions until 112 bits of tickets are nothing: each leaves 2^-16 or less
STAKE: constant(uint256) = 0  # parts of a refund; that of a bucket is 1 + its number % 2
PARTS: constant(uint256) = 3

_PAID: constant(uint256) = 2**255
_TRACES: constant(uint256) = 2**255  # of buckets; far from keys
_MASK_64: constant(uint256) = 2**64 - 1
_MASK_112: constant(uint256) = 2**112 - 1

# -- storage ----------------------------------------------------------------------------------------------------------

isOperator: public(HashMap[address, HashMap[address, bool]])  # controller or owner, operator

# Key: bucket << 160 | account. Account 0: all together. Bucket 0, in `snapshots` alone: shares.
_tickets: HashMap[uint256, uint256]  # key -> conversions of the bucket so far (16 bits) | tickets (112)
_asked: HashMap[uint256, uint256]  # key -> shares burned for them, until folded
_ends: HashMap[uint256, uint256]  # bucket << 16 | conversion -> tickets before (112 bits) | after (112)
_payouts: HashMap[uint256, uint256]  # bucket -> _PAID | asset
_slots: HashMap[address, uint256]  # controller -> two buckets of 64 bits that are not folded
_claimable: HashMap[address, uint256]  # controller -> shares burned (144 bits) | asset (112)
_opened: uint256[2]  # entries in the traces of even and odd buckets: last seizure at its first request, bucket

_refunds: HashMap[uint256, uint256[PARTS]]  # seizure -> asset received for it, by part
_drawn: HashMap[uint256, HashMap[address, uint256]]  # seizure -> account -> asset


# -- externals --------------------------------------------------------------------------------------------------------


@external
def setOperator(operator: address, approved: bool) -> bool:
    """
    @notice Let an operator request redemptions of the caller's shares and claim what they bring, or no longer.
    @param operator Who.
    @param approved Whether it may.
    @return True.
    """
    assert operator != msg.sender, OWN_OPERATOR
    self.isOperator[msg.sender][operator] = approved
    log IAsyncRedeem.OperatorSet(controller=msg.sender, operator=operator, approved=approved)
    return True


@view
@external
def share() -> address:
    """
    @notice Where the shares are an ERC-20.
    @return This contract.
    """
    return self


# -- shares -----------------------------------------------------------------------------------------------------------


@internal
def _issue(last: uint256, receiver: address, shares: uint256):
    """
    @dev Mint.
    """
    assert receiver != self, BAD_HOLDER
    snapshots._keep(0, last, erc20.totalSupply)
    snapshots._keep(convert(receiver, uint256), last, erc20.balanceOf[receiver])
    erc20._mint(receiver, shares)


@internal
def _retire(last: uint256, owner: address, shares: uint256):
    """
    @dev Burn; the caller is the owner, its operator, or has an allowance.
    """
    if msg.sender != owner and not self.isOperator[owner][msg.sender]:
        erc20._spend_allowance(owner, msg.sender, shares)
    snapshots._keep(0, last, erc20.totalSupply)
    snapshots._keep(convert(owner, uint256), last, erc20.balanceOf[owner])
    erc20._burn(owner, shares)


@internal
def _pass(last: uint256, owner: address, receiver: address, amount: uint256):
    """
    @dev Transfer; allowances are the caller's matter.
    """
    assert receiver != self, BAD_HOLDER
    snapshots._keep(convert(owner, uint256), last, erc20.balanceOf[owner])
    snapshots._keep(convert(receiver, uint256), last, erc20.balanceOf[receiver])
    erc20._transfer(owner, receiver, amount)


# -- tickets ----------------------------------------------------------------------------------------------------------


@internal
def _observe(last: uint256, bucket: uint256, held: uint256):
    """
    @dev The vault holds `held` tickets of the bucket: if that is not what the books say, they have been turned into these.
    """
    key: uint256 = bucket << 160
    word: uint256 = self._tickets[key]
    total: uint256 = word & _MASK_112
    if total == held:
        return
    snapshots._keep(key, last, word)
    self._ends[(bucket << 16) | (word >> 112)] = (total << 112) | held
    self._tickets[key] = (((word >> 112) + 1) << 112) | held


@internal
def _grant(last: uint256, bucket: uint256, account: address, tickets: uint256):
    """
    @dev An account, which may be the vault, has so many tickets more.
    """
    key: uint256 = bucket << 160
    word: uint256 = self._tickets[key]
    if word == 0:
        parity: uint256 = bucket & 1
        self._opened[parity] = checkpoints._push(_TRACES | parity, self._opened[parity], last, bucket)
    snapshots._keep(key, last, word)
    self._tickets[key] = word + tickets
    self._set_tickets(last, bucket, account, self._held(bucket, account) + tickets)


@internal
def _revoke(last: uint256, bucket: uint256, account: address, tickets: uint256):
    """
    @dev An account has so many tickets less.
    """
    key: uint256 = bucket << 160
    word: uint256 = self._tickets[key]
    snapshots._keep(key, last, word)
    self._tickets[key] = word - tickets
    self._set_tickets(last, bucket, account, self._held(bucket, account) - tickets)


@internal
@view
def _total(bucket: uint256) -> uint256:
    """
    @dev Tickets of all accounts.
    """
    return self._tickets[bucket << 160] & _MASK_112


@internal
@view
def _held(bucket: uint256, account: address) -> uint256:
    """
    @dev Tickets of an account, as many as they have become.
    """
    word: uint256 = self._tickets[self._key(bucket, account)]
    return self._converted(bucket, word, self._tickets[bucket << 160] >> 112)


@internal
@view
def _worth(bucket: uint256, account: address, held: uint256, amount: uint256) -> uint256:
    """
    @dev An account's part, rounded down, if the vault's `held` tickets of the bucket get `amount`; as after `_observe`.
    """
    if held == 0:
        return 0
    mine: uint256 = self._held(bucket, account)
    total: uint256 = self._total(bucket)
    if total != held:
        mine = mine * held // total
    return mine * amount // held


# -- requests ---------------------------------------------------------------------------------------------------------


@internal
def _ask(bucket: uint256, controller: address, shares: uint256):
    """
    @dev A request waits in the bucket; the controller's paid buckets have been folded.
    """
    self._asked[self._key(bucket, controller)] += shares
    slots: uint256 = self._slots[controller]
    if slots & _MASK_64 == bucket or slots >> 64 == bucket:
        return
    if slots & _MASK_64 == 0:
        self._slots[controller] = slots | bucket
    else:
        assert slots >> 64 == 0  # dev: three buckets wait
        self._slots[controller] = slots | (bucket << 64)


@internal
@view
def _waiting(controller: address) -> (uint256, uint256):
    """
    @dev Buckets that are not folded; 0: none.
    """
    slots: uint256 = self._slots[controller]
    return slots & _MASK_64, slots >> 64


@internal
def _record(bucket: uint256, amount: uint256):
    """
    @dev The bucket has paid so much to the vault, for all its tickets.
    """
    self._payouts[bucket] = _PAID | amount


@internal
@view
def _payout(bucket: uint256) -> (bool, uint256):
    """
    @dev Whether the bucket has paid, and what.
    """
    word: uint256 = self._payouts[bucket]
    return word != 0, word & _MASK_112


@internal
def _fold(controller: address):
    """
    @dev What paid buckets brought a controller, into what it can claim.
    """
    slots: uint256 = self._slots[controller]
    if slots == 0:
        return
    left: uint256 = 0
    for bucket: uint256 in [slots >> 64, slots & _MASK_64]:
        if bucket == 0:
            continue
        paid: bool = False
        amount: uint256 = 0
        paid, amount = self._payout(bucket)
        if not paid:
            left = (left << 64) | bucket
            continue
        key: uint256 = self._key(bucket, controller)
        mine: uint256 = self._worth(bucket, controller, self._total(bucket), amount)
        self._enable(controller, self._asked[key], mine)
        self._asked[key] = 0
    self._slots[controller] = left


@internal
def _enable(controller: address, shares: uint256, amount: uint256):
    """
    @dev Asset that a controller can claim from now on, for shares that were burned.
    """
    self._claimable[controller] += (shares << 112) | amount


@internal
@view
def _ready(controller: address) -> (uint256, uint256):
    """
    @dev Shares and asset that can be claimed, of folded buckets.
    """
    word: uint256 = self._claimable[controller]
    return word >> 112, word & _MASK_112


@internal
def _claim(controller: address, shares: uint256, assets: uint256) -> uint256[2]:
    """
    @dev Asset, rounded down, for claimable shares; or, if `assets` is not 0, claimable shares, rounded up, for asset. Returns
         shares and asset.
    """
    self._check_controller(controller)
    all_shares: uint256 = 0
    all_assets: uint256 = 0
    all_shares, all_assets = self._ready(controller)
    burnt: uint256 = shares
    paid: uint256 = assets
    assert burnt <= all_shares and paid <= all_assets, ABOVE_CLAIMABLE
    if paid > 0:
        burnt = (paid * all_shares + all_assets - 1) // all_assets
    else:
        assert burnt > 0, ZERO_CLAIM
        paid = burnt * all_assets // all_shares
    self._claimable[controller] = ((all_shares - burnt) << 112) | (all_assets - paid)
    return [burnt, paid]


@internal
@view
def _check_new_controller(controller: address):
    """
    @dev Anybody may request for somebody.
    """
    assert controller != empty(address) and controller != self, BAD_CONTROLLER


@internal
@view
def _check_controller(controller: address):
    """
    @dev Reverts unless the caller is the controller or its operator.
    """
    assert msg.sender == controller or self.isOperator[controller][msg.sender], NOT_CONTROLLER


# -- refunds ----------------------------------------------------------------------------------------------------------


@internal
def _credit(seizure: uint256, part: uint256, amount: uint256):
    """
    @dev The vault has received so much for what a seizure took from its stake, or from its tickets of a bucket.
    """
    self._refunds[seizure][part] += amount


@internal
@view
def _due(seizure: uint256, account: address, received: uint256[PARTS]) -> uint256:
    """
    @dev An account's part of what the vault has received for a seizure, rounded down, less what it has drawn.
    """
    if seizure == 0 or account == empty(address) or account == self:
        return 0
    shares: uint256 = snapshots._at(convert(account, uint256), seizure, erc20.balanceOf[account])
    supply: uint256 = snapshots._at(0, seizure, erc20.totalSupply)
    pooled: uint256 = received[STAKE]  # what belongs to shares
    due: uint256 = 0
    for parity: uint256 in range(2):
        amount: uint256 = received[1 + parity]
        bucket: uint256 = checkpoints._value_at(_TRACES | parity, self._opened[parity], seizure - 1)
        total: uint256 = snapshots._at(bucket << 160, seizure, self._tickets[bucket << 160])
        if amount == 0 or total & _MASK_112 == 0:
            continue
        due += amount * self._held_at(bucket, account, seizure, total >> 112) // (total & _MASK_112)
        pooled += amount * self._held_at(bucket, self, seizure, total >> 112) // (total & _MASK_112)
    if supply > 0:
        due += pooled * shares // supply
    return due - self._drawn[seizure][account]


@internal
def _draw(seizure: uint256, account: address) -> uint256:
    """
    @dev All of an account's part, once.
    """
    amount: uint256 = self._due(seizure, account, self._refunds[seizure])
    assert amount > 0, NO_REFUND
    self._drawn[seizure][account] += amount
    return amount


# -- internals of this module -----------------------------------------------------------------------------------------


@internal
def _set_tickets(last: uint256, bucket: uint256, account: address, tickets: uint256):
    """
    @dev An account's tickets, which know all conversions.
    """
    key: uint256 = self._key(bucket, account)
    snapshots._keep(key, last, self._tickets[key])
    self._tickets[key] = ((self._tickets[bucket << 160] >> 112) << 112) | tickets


@internal
@view
def _held_at(bucket: uint256, account: address, seizure: uint256, until: uint256) -> uint256:
    """
    @dev Tickets of an account at a seizure, before which the bucket had been converted `until` times.
    """
    key: uint256 = self._key(bucket, account)
    return self._converted(bucket, snapshots._at(key, seizure, self._tickets[key]), until)


@internal
@view
def _converted(bucket: uint256, word: uint256, until: uint256) -> uint256:
    """
    @dev Tickets of a word after the bucket's conversion number `until`, rounded down at each.
    """
    left: uint256 = word & _MASK_112
    since: uint256 = word >> 112
    for step: uint256 in range(MAX_STEPS):
        if left == 0 or since + step >= until:
            break
        end: uint256 = self._ends[(bucket << 16) | (since + step)]
        left = left * (end & _MASK_112) // (end >> 112)
    return left


@internal
@pure
def _key(bucket: uint256, account: address) -> uint256:
    """
    @dev Name of an account's tickets.
    """
    return (bucket << 160) | convert(account, uint256)
