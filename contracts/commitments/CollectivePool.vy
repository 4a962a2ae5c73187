# pragma version 0.4.3
# pragma nonreentrancy on
# pragma optimize codesize
"""
@title A pool of many behind services
@license AGPL-3.0-only
@author Surety contributors
@notice Holders of an ERC-20 share own one asset together, and vote which operators in which services it stands behind. Losses are socialised
    among them. Deposits are ERC-4626; redemptions are requested (ERC-7540), leave in rounds with their part of every lock, and
    share what reaches those until the cooldown is over and not a second longer.
@dev Here are the books of holders; the asset and the locks are in PoolPortfolio, the one owner at ServiceBonding. A round that closes takes the
    same fraction of all that is there, so no vote can starve it and it can't choose. At most one round leaves at a time, so an even
    and an odd bucket of `async_vault` wait at most. What was when, for refunds, is told by the escrow's count of slashes, as in
    LiquidDelegation. Portfolio, votes and dividends are contracts of their own, created here; the last two ask what an account
    held (`held_shares`).
@custom:security Trusts ServiceBonding and its escrow as given, and the asset as far as those do. The asset must stay what it is
    while it is locked. Refunds belong to the account that held the shares: what a contract can't pass on stays there.
@custom:kill None. What ServiceBonding stops, new backings, leaves exits as they are. A token that pauses stops payments.
@custom:invariant INV-POOL-1 … INV-POOL-13 (specs/collective-pool.md)
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ethereum.ercs import IERC20
from ethereum.ercs import IERC20Detailed
from ethereum.ercs import IERC4626
from ...interfaces import IAsyncRedeem
from ...interfaces import ICollectivePool
from ...interfaces import IPoolPortfolio
from ...interfaces import ISlashEscrow

implements: IERC20
implements: IERC4626
implements: IAsyncRedeem
implements: ICollectivePool

# -- modules ----------------------------------------------------------------------------------------------------------

from snekmate.auth import ownable
from snekmate.tokens import erc20
from ..lib import async_vault
from ..lib import calendar
from ..lib import checkpoints
from ..lib import held_shares
from ..lib import snapshots
from ..lib import window_minimum
from . import pool_errors as errors

initializes: ownable
initializes: erc20[ownable := ownable]
initializes: checkpoints
initializes: window_minimum[checkpoints := checkpoints]
initializes: held_shares[checkpoints := checkpoints, window_minimum := window_minimum]
initializes: snapshots[checkpoints := checkpoints]
initializes: async_vault[erc20 := erc20, checkpoints := checkpoints, snapshots := snapshots]

# withheld: minting, burning and ownership, which nobody has here; transfers, which keep what was before; permits
exports: (
    erc20.totalSupply,
    erc20.balanceOf,
    erc20.approve,
    erc20.allowance,
    erc20.name,
    erc20.symbol,
    erc20.decimals,
    async_vault.setOperator,
    async_vault.isOperator,
    async_vault.share,
)

# -- constants --------------------------------------------------------------------------------------------------------

ASSET_LIMIT: constant(uint256) = 2**95  # units in the pot
SHARE_LIMIT: constant(uint256) = 2**112  # shares and open tickets
WORN: constant(uint256) = 24  # bits: the least price of 2**24 shares is a unit

_ROUNDS: constant(uint256) = 2**253  # trace of `checkpoints`: seizures before a closing, round that was open then
_MASK_112: constant(uint256) = 2**112 - 1

ERC165: constant(bytes4) = 0x01ffc9a7
ERC7575: constant(bytes4) = 0x2f0a18c5
ERC7540_OPERATORS: constant(bytes4) = 0xe3bc4e65
ERC7540_REDEEM: constant(bytes4) = 0x620ee8e4

# -- immutables -------------------------------------------------------------------------------------------------------

ESCROW: immutable(address)
ASSET: immutable(address)
PORTFOLIO: immutable(address)
BALLOT: immutable(address)
DIVIDENDS: immutable(address)

# -- storage ----------------------------------------------------------------------------------------------------------

round: public(uint256)  # that is open
asked_at: public(uint256)  # second of its first request; 0: none
leaving: public(uint256)  # round that is closed and not settled; 0: none
ripe_at: public(uint256)  # first second in which it can be settled
_opened: uint256  # entries of the trace of rounds


# -- constructor ------------------------------------------------------------------------------------------------------


@deploy
def __init__(
    bonding: address,
    escrow: address,
    asset: address,
    payout: address,
    blueprints: address[3],
    quorum: uint256,
    threshold: uint256,
    name: String[25],
    symbol: String[5],
):
    """
    @notice For one asset and one ServiceBonding, for ever.
    @param bonding ServiceBonding that lists the asset.
    @param escrow The SlashEscrow that it was made for.
    @param asset ERC-20 that stays what it is while it is locked.
    @param payout ServicePayout that pays for locks; zero: none.
    @param blueprints Of PoolPortfolio, PoolBallot and PoolDividends.
    @param quorum Part of all shares that must vote for a proposal, bps.
    @param threshold Part of all shares that a proposer must have, bps.
    @param name Of the share.
    @param symbol Of the share.
    """
    ESCROW = escrow
    ASSET = asset
    BALLOT = create_from_blueprint(blueprints[1], quorum, threshold)
    DIVIDENDS = create_from_blueprint(blueprints[2])
    PORTFOLIO = create_from_blueprint(blueprints[0], bonding, asset, payout, DIVIDENDS)
    self.round = 1
    ownable.__init__()
    erc20.__init__(name, symbol, staticcall IERC20Detailed(asset).decimals(), name, "1")


# -- shares -----------------------------------------------------------------------------------------------------------


@external
def transfer(to: address, amount: uint256) -> bool:
    """
    @notice Move the caller's shares. Refunds of seizures so far stay the caller's, and so do votes of seconds that are over.
    @param to Who gets them; not the pool.
    @param amount How many.
    @return True.
    """
    self._pass(msg.sender, to, amount)
    return True


@external
def transferFrom(owner: address, to: address, amount: uint256) -> bool:
    """
    @notice Move shares by the owner's allowance, as `transfer`.
    @param owner Whose.
    @param to Who gets them; not the pool.
    @param amount How many.
    @return True.
    """
    erc20._spend_allowance(owner, msg.sender, amount)
    self._pass(owner, to, amount)
    return True


@external
def deposit(assets: uint256, receiver: address) -> uint256:
    """
    @notice Join with exactly `assets`.
    @param assets Pulled from the caller, who has approved the pool.
    @param receiver Who gets the shares.
    @return Shares, rounded down.
    """
    last: uint256 = self._heard()
    total: uint256 = extcall IPoolPortfolio(PORTFOLIO).book(last)
    shares: uint256 = self._shares_of(assets, total)
    self._join(last, total, assets, shares, receiver)
    return shares


@external
def mint(shares: uint256, receiver: address) -> uint256:
    """
    @notice Join for exactly `shares`.
    @param shares How many.
    @param receiver Who gets them.
    @return Assets pulled from the caller, rounded up.
    """
    last: uint256 = self._heard()
    total: uint256 = extcall IPoolPortfolio(PORTFOLIO).book(last)
    assets: uint256 = self._cost_of(shares, total)
    self._join(last, total, assets, shares, receiver)
    return assets


# -- leaving ----------------------------------------------------------------------------------------------------------


@external
def requestRedeem(shares: uint256, controller: address, owner: address) -> uint256:
    """
    @notice Burn shares for tickets of the open round, which takes its part of everything from the next Thursday on, and is paid when
        the cooldowns of that are over.
    @param shares How many.
    @param controller Whose the request is.
    @param owner Whose shares; the caller, or who has approved the caller or made it an operator.
    @return 0: all requests of a controller are one.
    """
    async_vault._check_new_controller(controller)
    assert shares > 0, errors.LITTLE
    last: uint256 = self._heard()
    self._advance(last)
    async_vault._fold(controller)
    held_shares._note(owner, erc20.balanceOf[owner])
    held_shares._note(empty(address), erc20.totalSupply)
    async_vault._retire(last, owner, shares)
    round: uint256 = self.round
    if self.asked_at == 0:
        self.asked_at = block.timestamp
    async_vault._grant(last, round, controller, shares)
    async_vault._ask(round, controller, shares)
    log IAsyncRedeem.RedeemRequest(controller=controller, owner=owner, requestId=0, sender=msg.sender, shares=shares)
    return 0


@external
def redeem(shares: uint256, receiver: address, controller: address) -> uint256:
    """
    @notice Claim what so many of the claimable shares brought.
    @param shares How many.
    @param receiver Who is paid.
    @param controller The caller, or who made it an operator.
    @return Assets, rounded down; nothing if all of it was seized.
    """
    return self._claim(shares, 0, receiver, controller)[1]


@external
def withdraw(assets: uint256, receiver: address, controller: address) -> uint256:
    """
    @notice Claim so much of what requests brought.
    @param assets Paid to the receiver, exactly.
    @param receiver Who is paid.
    @param controller The caller, or who made it an operator.
    @return Claimable shares used, rounded up.
    """
    return self._claim(0, assets, receiver, controller)[0]


@external
def advance():
    """
    @notice Do what is due: gather locks that have ended, settle the round that leaves, close the open one. Anyone may.
    """
    self._gather()
    self._advance(self._heard())


# -- refunds ----------------------------------------------------------------------------------------------------------


@external
def claim_refund(slash_id: uint256, account: address, receiver: address) -> uint256:
    """
    @notice Pay an account its part of what was handed back of a seizure: of the shares and tickets that it had then.
    @param slash_id Which.
    @param account Whose.
    @param receiver The account; or whom the account, or an operator of it, names.
    @return Units, rounded down.
    """
    if receiver != account:
        async_vault._check_controller(account)
    self._collect(slash_id)
    amount: uint256 = async_vault._draw(slash_id, account)
    log ICollectivePool.RefundPaid(slash_id=slash_id, account=account, receiver=receiver, amount=amount)
    extcall IPoolPortfolio(PORTFOLIO).pay(receiver, amount)
    return amount


# -- what was voted ---------------------------------------------------------------------------------------------------


@external
def back(
    service: bytes32, operator: address, amount: uint256, parameters: DynArray[bytes32, 8], ready: uint256
) -> uint256:
    """
    @notice Lock what is idle behind an operator. Only the ballot.
    @param service Which promise.
    @param operator Whose; it has allowed the pool.
    @param amount Most units.
    @param parameters For ServiceBonding, where the operator enters by this lock; else empty.
    @param ready Requests made up to this second are no part of it: they are closed first.
    @return The lock.
    """
    assert msg.sender == BALLOT, errors.NOT_BALLOT
    self._gather()
    self._advance(self._heard())
    assert self.asked_at == 0 or self.asked_at > ready, errors.LEAVERS_FIRST
    return extcall IPoolPortfolio(PORTFOLIO).back(service, operator, amount, parameters)


@external
def unback(lock: uint256):
    """
    @notice Let a position end; what it releases becomes idle. Only the ballot.
    @param lock Which.
    """
    assert msg.sender == BALLOT, errors.NOT_BALLOT
    extcall IPoolPortfolio(PORTFOLIO).unback(lock)


# -- views: ERC-4626 --------------------------------------------------------------------------------------------------


@view
@external
def asset() -> address:
    """
    @notice What is deposited and paid.
    @return ERC-20.
    """
    return ASSET


@view
@external
def totalAssets() -> uint256:
    """
    @notice What belongs to shares and to tickets of the open round: idle or locked, without what open seizures hold.
    @return Units.
    """
    return self._value()


@view
@external
def convertToShares(assets: uint256) -> uint256:
    """
    @notice Shares that join for `assets` now.
    @param assets Units.
    @return Shares, rounded down.
    """
    return self._shares_of(assets, self._value())


@view
@external
def convertToAssets(shares: uint256) -> uint256:
    """
    @notice What shares are worth now.
    @param shares How many.
    @return Units, rounded down.
    """
    whole: uint256 = self._whole()
    return shares if whole == 0 else shares * self._value() // whole


@view
@external
def maxDeposit(receiver: address) -> uint256:
    """
    @notice Most that can join now, for any receiver but the pool.
    @param receiver Who would get the shares.
    @return Units.
    """
    return self._room(receiver)


@view
@external
def maxMint(receiver: address) -> uint256:
    """
    @notice Most shares that can be had now.
    @param receiver Who would get them.
    @return Shares.
    """
    return self._shares_of(self._room(receiver), self._value())


@view
@external
def previewDeposit(assets: uint256) -> uint256:
    """
    @notice What `deposit` gives now, limits apart.
    @param assets Units.
    @return Shares.
    """
    return self._shares_of(assets, self._value())


@view
@external
def previewMint(shares: uint256) -> uint256:
    """
    @notice What `mint` takes now, limits apart.
    @param shares How many.
    @return Units.
    """
    return self._cost_of(shares, self._value())


@view
@external
def maxWithdraw(controller: address) -> uint256:
    """
    @notice What a controller can claim now.
    @param controller Whose requests.
    @return Units.
    """
    return self._claimable_of(controller)[1]


@view
@external
def maxRedeem(controller: address) -> uint256:
    """
    @notice Shares of a controller's requests that can be claimed now.
    @param controller Whose requests.
    @return Shares.
    """
    return self._claimable_of(controller)[0]


@view
@external
def previewWithdraw(assets: uint256) -> uint256:
    """
    @notice Reverts: what a redemption brings is known when its round is settled.
    @param assets Units.
    @return Nothing.
    """
    raise errors.NOT_SYNCHRONOUS


@view
@external
def previewRedeem(shares: uint256) -> uint256:
    """
    @notice Reverts: what a redemption brings is known when its round is settled.
    @param shares How many.
    @return Nothing.
    """
    raise errors.NOT_SYNCHRONOUS


# -- views: ERC-7540 and more -----------------------------------------------------------------------------------------


@view
@external
def pendingRedeemRequest(requestId: uint256, controller: address) -> uint256:
    """
    @notice Shares of a controller's requests that wait.
    @param requestId 0.
    @param controller Whose.
    @return Shares.
    """
    pending: uint256 = 0
    if requestId == 0:
        slots: uint256[2] = self._slots_of(controller)
        for bucket: uint256 in slots:
            if bucket != 0 and not self._is_ripe(bucket):
                pending += async_vault._asked[async_vault._key(bucket, controller)]
    return pending


@view
@external
def claimableRedeemRequest(requestId: uint256, controller: address) -> uint256:
    """
    @notice Shares of a controller's requests that can be claimed.
    @param requestId 0.
    @param controller Whose.
    @return Shares.
    """
    return self._claimable_of(controller)[0] if requestId == 0 else 0


@view
@external
def request(controller: address, round: uint256) -> (uint256, uint256):
    """
    @notice A controller's part of a round that it has not folded into what it can claim.
    @param controller Whose.
    @param round Which.
    @return Shares burned for it, and units that it would get now.
    """
    return async_vault._asked[async_vault._key(round, controller)], self._worth(round, controller)


@view
@external
def refund(slash_id: uint256, account: address) -> uint256:
    """
    @notice What `claim_refund` would pay now.
    @param slash_id Which seizure.
    @param account Whose.
    @return Units.
    """
    received: uint256[async_vault.PARTS] = async_vault._refunds[slash_id]
    credits: uint256[async_vault.PARTS] = self._credits(slash_id)
    for part: uint256 in range(async_vault.PARTS):
        received[part] += credits[part]
    return async_vault._due(slash_id, account, received)


@view
@external
def tickets() -> uint256:
    """
    @notice Of the open round.
    @return Shares that were burned for it.
    """
    return self._open_tickets()


@view
@external
def weight_at(account: address, t: uint256) -> uint256:
    """
    @notice The least number of shares of an account in the seven days up to a second.
    @param account Whose.
    @param t Second that is over.
    @return Shares.
    """
    assert t < block.timestamp, errors.FUTURE
    if account == empty(address):
        return 0  # there all shares are kept, which are nobody's
    return held_shares._least_at(account, t, erc20.balanceOf[account])


@view
@external
def shares_at(account: address, t: uint256) -> uint256:
    """
    @notice Shares of an account at a second.
    @param account Whose.
    @param t Second that is over.
    @return Shares.
    """
    assert t < block.timestamp, errors.FUTURE
    if account == empty(address):
        return 0  # there all shares are kept, which are nobody's
    return held_shares._held_at(account, t, erc20.balanceOf[account])


@view
@external
def supply_at(t: uint256) -> uint256:
    """
    @notice All shares at a second.
    @param t Second that is over.
    @return Shares.
    """
    assert t < block.timestamp, errors.FUTURE
    return held_shares._held_at(empty(address), t, erc20.totalSupply)


@view
@external
def least_supply_at(t: uint256) -> uint256:
    """
    @notice The least number of all shares in the seven days up to a second: no less than the weights of all accounts together.
    @param t Second that is over.
    @return Shares.
    """
    assert t < block.timestamp, errors.FUTURE
    return held_shares._least_at(empty(address), t, erc20.totalSupply)


@view
@external
def wiring() -> (address, address, address, address):
    """
    @notice What the pool was made for, and what it made.
    @return Escrow, portfolio, ballot, dividends.
    """
    return ESCROW, PORTFOLIO, BALLOT, DIVIDENDS


@view
@external
def supportsInterface(interface_id: bytes4) -> bool:
    """
    @notice ERC-165.
    @param interface_id Of the standard.
    @return Whether it is ERC-165, ERC-7575, or ERC-7540's operators or asynchronous redemptions.
    """
    return interface_id in [ERC165, ERC7575, ERC7540_OPERATORS, ERC7540_REDEEM]


# -- internals: the pot -----------------------------------------------------------------------------------------------


@internal
def _join(last: uint256, total: uint256, assets: uint256, shares: uint256, receiver: address):
    """
    @dev Asset into the pot, which has `total`; shares out.
    """
    assert shares > 0, errors.LITTLE
    assert assets < ASSET_LIMIT and total + assets < ASSET_LIMIT, errors.NO_ROOM
    assert self._whole() + shares < SHARE_LIMIT, errors.NO_ROOM
    held_shares._note(receiver, erc20.balanceOf[receiver])
    held_shares._note(empty(address), erc20.totalSupply)
    async_vault._issue(last, receiver, shares)
    log IERC4626.Deposit(sender=msg.sender, owner=receiver, assets=assets, shares=shares)
    extcall IPoolPortfolio(PORTFOLIO).receive(assets)
    before: uint256 = staticcall IERC20(ASSET).balanceOf(PORTFOLIO)
    success: bool = extcall IERC20(ASSET).transferFrom(msg.sender, PORTFOLIO, assets, default_return_value=True)
    assert success, errors.REFUSED
    balance: uint256 = staticcall IERC20(ASSET).balanceOf(PORTFOLIO)
    assert balance == before + assets, errors.TOOK_A_FEE


@internal
def _pass(owner: address, to: address, amount: uint256):
    """
    @dev Transfer.
    """
    held_shares._note(owner, erc20.balanceOf[owner])
    held_shares._note(to, erc20.balanceOf[to])
    async_vault._pass(self._heard(), owner, to, amount)


@internal
@view
def _value() -> uint256:
    """
    @dev What shares and open tickets own.
    """
    return staticcall IPoolPortfolio(PORTFOLIO).value()


@internal
@view
def _whole() -> uint256:
    """
    @dev Shares, and tickets of the open round.
    """
    return erc20.totalSupply + self._open_tickets()


@internal
@view
def _open_tickets() -> uint256:
    """
    @dev Tickets of the open round.
    """
    return async_vault._total(self.round)


@internal
@view
def _price(whole: uint256, total: uint256) -> uint256:
    """
    @dev Of all shares and open tickets, for who joins: what they are worth, or a unit each 2**WORN of them if that is more.
    """
    return max(total, (whole >> WORN) + 1)


@internal
@view
def _shares_of(assets: uint256, total: uint256) -> uint256:
    """
    @dev Rounded down.
    """
    whole: uint256 = self._whole()
    return assets if whole == 0 else assets * whole // self._price(whole, total)


@internal
@view
def _cost_of(shares: uint256, total: uint256) -> uint256:
    """
    @dev Rounded up.
    """
    whole: uint256 = self._whole()
    return shares if whole == 0 else (shares * self._price(whole, total) + whole - 1) // whole


@internal
@view
def _room(receiver: address) -> uint256:
    """
    @dev Most that can join, so that neither the pot nor shares outgrow their bits.
    """
    if receiver == self or receiver == empty(address):
        return 0
    total: uint256 = self._value()
    whole: uint256 = self._whole()
    left: uint256 = ASSET_LIMIT - 1 - min(total, ASSET_LIMIT - 1)
    if whole == 0:
        return left
    return min(left, (SHARE_LIMIT - 1 - whole) * self._price(whole, total) // whole)


# -- internals: rounds ------------------------------------------------------------------------------------------------


@internal
def _advance(last: uint256):
    """
    @dev Settle the round that leaves, and close the open one, if they are due.
    """
    if self.leaving != 0 and block.timestamp >= self.ripe_at:
        self._gather()
    if self.leaving == 0 and self._is_due():
        self._gather()
        round: uint256 = self.round
        self.leaving = round
        self.round = round + 1
        self.asked_at = 0
        self._opened = checkpoints._push(_ROUNDS, self._opened, last, round + 1)
        tickets: uint256 = async_vault._total(round)
        self.ripe_at = extcall IPoolPortfolio(PORTFOLIO).close(round, tickets, erc20.totalSupply, last)
        if block.timestamp >= self.ripe_at:
            self._gather()


@internal
def _gather():
    """
    @dev Locks that have ended are taken in; the round that leaves is settled if it has all.
    """
    settled: uint256 = 0
    amount: uint256 = 0
    settled, amount = extcall IPoolPortfolio(PORTFOLIO).gather()
    if settled != 0:
        self.leaving = 0
        async_vault._record(settled, amount)


@internal
@view
def _is_due() -> bool:
    """
    @dev Whether the first Thursday after the first request has come.
    """
    asked: uint256 = self.asked_at
    return asked != 0 and block.timestamp >= (asked // calendar.WEEK + 1) * calendar.WEEK


# -- internals: claims ------------------------------------------------------------------------------------------------


@internal
def _claim(shares: uint256, assets: uint256, receiver: address, controller: address) -> uint256[2]:
    """
    @dev Pays a controller, by shares or by assets, of which the other is 0. Returns both.
    """
    self._advance(self._heard())
    async_vault._fold(controller)
    claimed: uint256[2] = async_vault._claim(controller, shares, assets)
    log IERC4626.Withdraw(sender=msg.sender, receiver=receiver, owner=controller, assets=claimed[1], shares=claimed[0])
    extcall IPoolPortfolio(PORTFOLIO).pay(receiver, claimed[1])
    return claimed


@internal
@view
def _claimable_of(controller: address) -> uint256[2]:
    """
    @dev Shares and assets that a controller can claim, ripe rounds included.
    """
    shares: uint256 = 0
    assets: uint256 = 0
    shares, assets = async_vault._ready(controller)
    slots: uint256[2] = self._slots_of(controller)
    for bucket: uint256 in slots:
        if bucket != 0 and self._is_ripe(bucket):
            shares += async_vault._asked[async_vault._key(bucket, controller)]
            assets += self._worth(bucket, controller)
    return [shares, assets]


@internal
@view
def _is_ripe(round: uint256) -> bool:
    """
    @dev Whether a round is settled, or a claim would settle it.
    """
    if round == self.leaving:
        return block.timestamp >= self.ripe_at
    return round < self.round


@internal
@view
def _worth(round: uint256, account: address) -> uint256:
    """
    @dev What an account's tickets get, or would get now.
    """
    total: uint256 = async_vault._total(round)
    amount: uint256 = 0
    if round == self.round:
        amount = self._value()
        total += erc20.totalSupply
    elif round == self.leaving:
        amount = staticcall IPoolPortfolio(PORTFOLIO).leaving_value()
    else:
        paid: bool = False
        paid, amount = async_vault._payout(round)
    return 0 if total == 0 else async_vault._held(round, account) * amount // total


@internal
@view
def _slots_of(controller: address) -> uint256[2]:
    """
    @dev Rounds that a controller has not folded; 0: none.
    """
    first: uint256 = 0
    second: uint256 = 0
    first, second = async_vault._waiting(controller)
    return [first, second]


# -- internals: refunds -----------------------------------------------------------------------------------------------


@internal
@view
def _heard() -> uint256:
    """
    @dev Number of the last slash so far, whoever's: ids count up. Read before anything that changes here.
    """
    return staticcall ISlashEscrow(ESCROW).slash_count()


@internal
def _collect(slash_id: uint256):
    """
    @dev Take what waits for the pool under a seizure.
    """
    credits: uint256[async_vault.PARTS] = self._credits(slash_id)
    amount: uint256 = 0
    for part: uint256 in range(async_vault.PARTS):
        if credits[part] > 0:
            async_vault._credit(slash_id, part, credits[part])
            amount += credits[part]
    if amount > 0:
        extcall IPoolPortfolio(PORTFOLIO).take_back(slash_id)
        log ICollectivePool.RefundCredited(
            slash_id=slash_id, amount=amount, to_tickets=amount - credits[async_vault.STAKE]
        )


@internal
@view
def _credits(seizure: uint256) -> uint256[async_vault.PARTS]:
    """
    @dev Whose it is what waits under a seizure: of shares, and of tickets of even and odd rounds.
    """
    credits: uint256[async_vault.PARTS] = empty(uint256[async_vault.PARTS])
    left: uint256 = 0
    round: uint256 = 0
    taken: uint256 = 0
    left, round, taken = staticcall IPoolPortfolio(PORTFOLIO).returned(seizure)
    if left == 0:
        return credits
    if taken > 0:
        credits[1 + (round & 1)] = taken
        left -= taken
    # the rest was the pot's: of the shares, and of the tickets of the round that was open
    round = max(checkpoints._value_at(_ROUNDS, self._opened, seizure - 1), 1)
    key: uint256 = round << 160
    tickets: uint256 = snapshots._at(key, seizure, async_vault._tickets[key]) & _MASK_112
    if tickets > 0:
        part: uint256 = left * tickets // (snapshots._at(0, seizure, erc20.totalSupply) + tickets)
        credits[1 + (round & 1)] += part
        left -= part
    credits[async_vault.STAKE] = left
    return credits
