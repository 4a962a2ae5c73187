# pragma version 0.4.3
# pragma nonreentrancy on
# pragma optimize codesize
"""
@title A delegation as a vault with an ERC-20 share
@license AGPL-3.0-only
@author Surety contributors
@notice Deposits are staked behind one operator at once (ERC-4626); redemptions are requested (ERC-7540), wait in DelegationManager's
    queue as tickets that can be seized, and are claimed when the bucket's epoch has ended. Whoever held shares or
    tickets at a seizure gets what is handed back of it, stayer or leaver; who joined later neither gains nor loses by a veto.
    When the operator leaves, anyone winds the vault down: its shares become a claim on the queue, and then on cash, which
    the governor may stake behind another operator after a notice.
@dev The vault is a transparent holder in the operator's pool. A share is a fixed part of the vault's shares of the pool, of which it
    reads the number each time; so it is worth what a direct delegation would be, whatever is sent here or seized there.
    Tickets of even and odd epochs go under two names, so that DelegationManager tells refunds of stake and of each
    bucket apart. Which seizure came before which change here is told by the escrow's count of slashes, whose ids grow: it
    is read before each change. Slashes of others cost the next change of an account a slot, and do nothing else.
@custom:security Trusts DelegationManager, its escrow as given, and the asset as that does. The governor chooses operators, only for
    cash and after a notice of two weeks or more, the time that a redemption takes. Refunds belong to the account that held the shares: what
    a contract can't pass on stays there. A deposit is a delegator's, so the pool's minimum, cap and allowlist bind it.
@custom:kill None. A pool that is closed, or an operator that leaves, stops deposits; requests and claims go on. A token that pauses
    stops claims, and new requests of those who have not claimed a ripe one.
@custom:invariant INV-LQD-1 … INV-LQD-9 (specs/liquid-delegation.md)
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ethereum.ercs import IERC20
from ethereum.ercs import IERC20Detailed
from ethereum.ercs import IERC4626
from ...interfaces import IAsyncRedeem
from ...interfaces import IDelegationManager
from ...interfaces import ILiquidDelegation
from ...interfaces import ILiquidRewards
from ...interfaces import IPoolRewards
from ...interfaces import ISlashable
from ...interfaces import ISlashEscrow

implements: IERC20
implements: IERC4626
implements: IAsyncRedeem
implements: ILiquidDelegation

# -- modules ----------------------------------------------------------------------------------------------------------

from snekmate.auth import ownable
from snekmate.tokens import erc20
from ..lib import async_vault
from ..lib import checkpoints
from ..lib import snapshots
from . import errors
from . import operator_states

initializes: ownable
initializes: erc20[ownable := ownable]
initializes: checkpoints
initializes: snapshots[checkpoints := checkpoints]
initializes: async_vault[erc20 := erc20, checkpoints := checkpoints, snapshots := snapshots]

# withheld: minting, burning and ownership, which nobody has here; transfers, which keep what was before; permits, for
# which there is no room
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

EPOCH: constant(uint256) = 604_800  # s, of DelegationManager
SHORTEST_NOTICE: constant(uint256) = 2 * EPOCH  # s: the longest time that a redemption takes
LONGEST_NOTICE: constant(uint256) = 90 * 86_400
WORN: constant(uint256) = 32  # bits: more shares than 2**32 for a share of the pool are not added to
EPOCHS: constant(uint256) = (
    2**254
)  # histories of shares at the beginning of epochs; far from keys, traces and slashes

STAKED: constant(uint256) = 0
WINDING: constant(uint256) = 1
CASH: constant(uint256) = 2

_MASK_160: constant(uint256) = 2**160 - 1

ERC165: constant(bytes4) = 0x01ffc9a7
ERC7575: constant(bytes4) = 0x2f0a18c5
ERC7540_OPERATORS: constant(bytes4) = 0xe3bc4e65
ERC7540_REDEEM: constant(bytes4) = 0x620ee8e4

# -- immutables -------------------------------------------------------------------------------------------------------

MANAGER: immutable(address)
ESCROW: immutable(address)
ASSET: immutable(address)
EVEN_NAME: immutable(address)
ODD_NAME: immutable(address)
GOVERNOR: immutable(address)
NOTICE: immutable(uint256)
REWARDS: immutable(address)

# -- storage ----------------------------------------------------------------------------------------------------------

subject: public(uint256)  # asset << 160 | operator
phase: public(uint256)  # 0 staked, 1 winding down, 2 cash
_wound: uint256  # bucket in which the stake is winding down
_cash: uint256  # that belongs to shares
_subjects: HashMap[uint256, uint256]  # bucket -> subject that it leaves
_move: uint256  # first second in which it may be made (64 bits) | operator (160); 0: none


# -- constructor ------------------------------------------------------------------------------------------------------


@deploy
def __init__(
    manager: address,
    escrow: address,
    subject: uint256,
    names: address[2],
    governor: address,
    notice: uint256,
    name: String[25],
    symbol: String[5],
    rewards_blueprint: address,
    pool_rewards: address,
):
    """
    @notice For one ledger and asset, for ever, and for one operator until the governor moves the stake.
    @param manager DelegationManager.
    @param escrow The SlashEscrow that it was made for.
    @param subject Pool of an ERC-20.
    @param names TicketName for tickets of even epochs, and another for odd ones: addresses with a pool of the asset.
    @param governor Who may move cash to another operator; zero: nobody.
    @param notice Seconds between announcing and making a move.
    @param name Of the share.
    @param symbol Of the share.
    @param rewards_blueprint Of LiquidRewards.
    @param pool_rewards PoolRewards over DelegationManager.
    """
    token: address = empty(address)
    id: uint256 = 0
    token, id = staticcall ISlashable(manager).asset_of(subject)
    MANAGER = manager
    ESCROW = escrow
    ASSET = token
    EVEN_NAME = names[0]
    ODD_NAME = names[1]
    GOVERNOR = governor
    NOTICE = notice
    assert names[0] != names[1], errors.BAD_NAMES
    self._check_pool(subject)
    assert id == 0, errors.NOT_ERC20
    for one: address in names:
        self._check_pool(((subject >> 160) << 160) | convert(one, uint256))
    assert notice >= SHORTEST_NOTICE and notice <= LONGEST_NOTICE, errors.BAD_MOVE_NOTICE
    self.subject = subject
    ownable.__init__()
    erc20.__init__(name, symbol, staticcall IERC20Detailed(token).decimals(), name, "1")
    REWARDS = create_from_blueprint(rewards_blueprint, manager, pool_rewards, token)
    approved: bool = extcall IERC20(token).approve(manager, max_value(uint256), default_return_value=True)
    assert approved, errors.VAULT_REFUSED


# -- shares -----------------------------------------------------------------------------------------------------------


@external
def transfer(to: address, amount: uint256) -> bool:
    """
    @notice Move the caller's shares. Refunds of seizures so far stay the caller's.
    @param to Who gets them; not the vault.
    @param amount How many.
    @return True.
    """
    self._pass(msg.sender, to, amount)
    return True


@external
def transferFrom(owner: address, to: address, amount: uint256) -> bool:
    """
    @notice Move shares by the owner's allowance. Refunds of seizures so far stay the owner's.
    @param owner Whose.
    @param to Who gets them; not the vault.
    @param amount How many.
    @return True.
    """
    erc20._spend_allowance(owner, msg.sender, amount)
    self._pass(owner, to, amount)
    return True


@external
def deposit(assets: uint256, receiver: address) -> uint256:
    """
    @notice Stake exactly `assets`.
    @param assets Pulled from the caller, who has approved the vault.
    @param receiver Who gets the shares.
    @return Shares, rounded down.
    """
    supply: uint256 = erc20.totalSupply
    pool_shares: uint256 = self._pool_shares(supply)
    staked: uint256 = self._stake(assets)
    shares: uint256 = self._shares_of(staked, supply, pool_shares)
    self._deliver(assets, shares, receiver)
    return shares


@external
def mint(shares: uint256, receiver: address) -> uint256:
    """
    @notice Stake what exactly `shares` take.
    @param shares How many.
    @param receiver Who gets them.
    @return Assets pulled from the caller, rounded up.
    """
    supply: uint256 = erc20.totalSupply
    pool_shares: uint256 = self._pool_shares(supply)
    assets: uint256 = self._cost_of(shares, supply, pool_shares)
    staked: uint256 = self._stake(assets)
    assert shares <= self._shares_of(staked, supply, pool_shares)  # dev: cost too low
    self._deliver(assets, shares, receiver)
    return assets


# -- redemptions ------------------------------------------------------------------------------------------------------


@external
def requestRedeem(shares: uint256, controller: address, owner: address) -> uint256:
    """
    @notice Burn shares for a ticket in the queue, which gets what its bucket pays: seizures of the next 7 to 14 days reach it. Once
        the vault has wound down to cash, the request can be claimed at once.
    @param shares How many.
    @param controller Whose the request is.
    @param owner Whose shares; the caller, or who has approved the caller or made it an operator.
    @return 0: all requests of a controller are one.
    """
    async_vault._check_new_controller(controller)
    self._check_some(shares)
    last: uint256 = self._heard()
    self._settle(last)
    self._fold(last, controller)
    supply: uint256 = erc20.totalSupply
    self._note(empty(address))
    self._note(owner)
    async_vault._retire(last, owner, shares)
    if self.phase == CASH:
        amount: uint256 = shares * self._cash // supply
        self._check_some(amount)
        self._cash -= amount
        async_vault._enable(controller, shares, amount)
    elif self.phase == WINDING:
        bucket: uint256 = self._wound
        self._look(last, bucket)
        tickets: uint256 = shares * async_vault._held(bucket, self) // supply
        self._check_some(tickets)
        async_vault._revoke(last, bucket, self, tickets)
        async_vault._grant(last, bucket, controller, tickets)
        async_vault._ask(bucket, controller, shares)
    else:
        pool_shares: uint256 = shares * self._staked()[1] // supply
        self._check_some(pool_shares)
        bucket: uint256 = self._queue(last, pool_shares, controller)
        async_vault._ask(bucket, controller, shares)
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
    log ILiquidDelegation.RefundPaid(slash_id=slash_id, account=account, receiver=receiver, amount=amount)
    self._pay(receiver, amount)
    return amount


# -- rewards ----------------------------------------------------------------------------------------------------------


@external
def claim_rewards(pools: address, subject: uint256, token: address, until: uint256):
    """
    @notice Have what the vault's stake earned paid to LiquidRewards; only for that.
    @param pools PoolRewards.
    @param subject Pool.
    @param token That it paid.
    @param until Stamp of a snapshot.
    """
    assert msg.sender == REWARDS, errors.NOT_REWARDS
    extcall IPoolRewards(pools).claim_until(subject, token, msg.sender, until)


# -- winding down and moving ------------------------------------------------------------------------------------------


@external
def wind_down() -> uint256:
    """
    @notice Queue all stake, because its operator is not active any more; anyone may. Shares then are a claim on the ticket.
    @return Epoch that names the bucket; 0 if nothing was staked.
    """
    assert self.phase == STAKED, errors.NOT_STAKED
    subject: uint256 = self.subject
    status: uint256 = self._status()
    assert status != operator_states.ACTIVE, errors.OPERATOR_STAYS
    last: uint256 = self._heard()
    staked: uint256[2] = self._staked()
    bucket: uint256 = 0
    if staked[0] > 0:
        bucket = self._queue(last, staked[1], self)
        self._wound = bucket
        self.phase = WINDING
    else:
        self.phase = CASH
    log ILiquidDelegation.WoundDown(subject=subject, epoch=bucket, status=status)
    return bucket


@external
def resume():
    """
    @notice Stake the vault's ticket again, because the operator is active again before the window has ended, or there was nothing
        to queue; anyone may. Requests stay in the queue.
    """
    subject: uint256 = self.subject
    bucket: uint256 = self._wound
    if self.phase == WINDING:
        assert block.timestamp < (bucket + 1) * EPOCH, errors.NOT_WINDING
    else:
        assert self.phase == CASH and self._cash == 0, errors.NOT_WINDING
    assert self._status() == operator_states.ACTIVE, errors.OPERATOR_LEFT
    if self.phase == WINDING:
        last: uint256 = self._heard()
        self._look(last, bucket)
        tickets: uint256 = async_vault._held(bucket, self)
        if tickets > 0:
            async_vault._revoke(last, bucket, self, tickets)
            extcall IDelegationManager(MANAGER).cancel(self, subject, bucket, self._name(bucket), tickets)
    self.phase = STAKED
    self._wound = 0
    log ILiquidDelegation.Resumed(subject=subject, epoch=bucket)


@external
def settle():
    """
    @notice Take in what the wound-down stake brought, once its window has ended; anyone may, a request does it too.
    """
    self._settle(self._heard())


@external
def announce_move(operator: address):
    """
    @notice Say that cash will be staked behind an operator, after the notice. In place of what was announced before.
    @param operator May be the one that left; without an open pool of the asset the move will revert. Zero: nobody.
    """
    assert msg.sender == GOVERNOR, errors.NOT_GOVERNOR
    word: uint256 = 0
    if operator != empty(address):
        assert operator != EVEN_NAME and operator != ODD_NAME, errors.BAD_NAMES
        word = ((block.timestamp + NOTICE) << 160) | convert(operator, uint256)
    self._move = word
    log ILiquidDelegation.MoveAnnounced(operator=operator, ready_at=word >> 160)


@external
def move():
    """
    @notice Stake all cash behind the operator that was announced; anyone may. Shares stay what they are.
    """
    word: uint256 = self._move
    assert word != 0, errors.NO_MOVE
    assert block.timestamp >= word >> 160, errors.MOVE_TOO_SOON
    self._settle(self._heard())
    assert self.phase == CASH, errors.NOT_CASH
    amount: uint256 = self._cash
    assert amount > 0 or erc20.totalSupply == 0, errors.NOTHING_TO_MOVE
    subject: uint256 = ((self.subject >> 160) << 160) | (word & _MASK_160)
    self._move = 0
    self._cash = 0
    self.phase = STAKED
    self.subject = subject
    if amount > 0:
        self._put(amount)
    log ILiquidDelegation.Moved(subject=subject, amount=amount)


# -- views: ERC-4626 --------------------------------------------------------------------------------------------------


@view
@external
@reentrant
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
    @notice What belongs to shares now: stake, ticket or cash, without what open seizures hold and what requests have.
    @return Units, rounded down.
    """
    return self._total_assets()


@view
@external
def convertToShares(assets: uint256) -> uint256:
    """
    @notice Shares worth `assets` now, whether or not they can be had.
    @param assets Units.
    @return Shares, rounded down.
    """
    supply: uint256 = erc20.totalSupply
    if supply == 0:
        return assets
    total: uint256 = self._total_assets()
    assert total > 0, errors.VAULT_WORN
    return assets * supply // total


@view
@external
def convertToAssets(shares: uint256) -> uint256:
    """
    @notice What shares are worth now.
    @param shares How many.
    @return Units, rounded down.
    """
    supply: uint256 = erc20.totalSupply
    if supply == 0:
        return shares
    return shares * self._total_assets() // supply


@view
@external
def maxDeposit(receiver: address) -> uint256:
    """
    @notice Most that can be staked now, for any receiver but the vault; nothing when that is not well above the pool's minimum.
    @param receiver Who would get the shares.
    @return Units.
    """
    return self._room(receiver)


@view
@external
def maxMint(receiver: address) -> uint256:
    """
    @notice Most shares that can be minted now.
    @param receiver Who would get them.
    @return Shares.
    """
    room: uint256 = self._room(receiver)
    if room == 0:
        return 0
    supply: uint256 = erc20.totalSupply
    return self._shares_of(self._staked_by(room), supply, self._pool_shares(supply))


@view
@external
def previewDeposit(assets: uint256) -> uint256:
    """
    @notice What `deposit` gives now, limits apart.
    @param assets Units.
    @return Shares.
    """
    supply: uint256 = erc20.totalSupply
    return self._shares_of(self._staked_by(assets), supply, self._pool_shares(supply))


@view
@external
def previewMint(shares: uint256) -> uint256:
    """
    @notice What `mint` takes now, limits apart.
    @param shares How many.
    @return Units.
    """
    supply: uint256 = erc20.totalSupply
    return self._cost_of(shares, supply, self._pool_shares(supply))


@view
@external
def maxWithdraw(controller: address) -> uint256:
    """
    @notice What a controller can claim now.
    @param controller Whose requests.
    @return Units.
    """
    shares: uint256 = 0
    assets: uint256 = 0
    shares, assets = self._claimable_of(controller)
    return assets


@view
@external
def maxRedeem(controller: address) -> uint256:
    """
    @notice Shares of a controller's requests that can be claimed now.
    @param controller Whose requests.
    @return Shares.
    """
    shares: uint256 = 0
    assets: uint256 = 0
    shares, assets = self._claimable_of(controller)
    return shares


@view
@external
@reentrant
def previewWithdraw(assets: uint256) -> uint256:
    """
    @notice Reverts: what a redemption brings is known when its bucket has paid.
    @param assets Units.
    @return Nothing.
    """
    return self._unknown()


@view
@external
@reentrant
def previewRedeem(shares: uint256) -> uint256:
    """
    @notice Reverts: what a redemption brings is known when its bucket has paid.
    @param shares How many.
    @return Nothing.
    """
    return self._unknown()


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
    if requestId != 0:
        return 0
    pending: uint256 = 0
    slots: uint256[2] = self._slots_of(controller)
    for bucket: uint256 in slots:
        if bucket >= block.timestamp // EPOCH:  # 0 never is
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
    shares: uint256 = 0
    assets: uint256 = 0
    if requestId == 0:
        shares, assets = self._claimable_of(controller)
    return shares


@view
@external
def request(controller: address, epoch: uint256) -> (uint256, uint256):
    """
    @notice A controller's part of a bucket that it has not folded into what it can claim.
    @param controller Whose.
    @param epoch Bucket.
    @return Shares burned for it, and units that it would get now.
    """
    asked: uint256 = async_vault._asked[async_vault._key(epoch, controller)]
    return asked, self._worth(epoch, controller) if asked > 0 else 0


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
    for part: uint256 in range(async_vault.PARTS):
        received[part] += staticcall IDelegationManager(MANAGER).refund(slash_id, self, self._target(part))
    return async_vault._due(slash_id, account, received)


@view
@external
def stretch(subject: uint256, account: address, epoch: uint256) -> (uint256, uint256):
    """
    @notice Shares at the beginning of an epoch, for how long they stayed the same when one began.
    @param subject None: the vault has shares of one kind. (DelegationManager's signature.)
    @param account Whose; zero: all.
    @param epoch Not in the future.
    @return Shares, and the last epoch for which they are the answer, or one before it.
    """
    return snapshots._stretch(EPOCHS | convert(account, uint256), epoch, self._shares(account))


@view
@external
@reentrant
def rewards() -> address:
    """
    @notice Where what the stake earns waits for holders.
    @return LiquidRewards.
    """
    return REWARDS


@view
@external
def announced() -> (address, uint256):
    """
    @notice The move that was announced.
    @return Operator, and the first second in which it may be made; zeros: none.
    """
    word: uint256 = self._move
    return convert(word & _MASK_160, address), word >> 160


@view
@external
@reentrant
def wiring() -> (address, address, address, address, address, uint256):
    """
    @notice What the vault was made for.
    @return Ledger, escrow, name of even and of odd epochs, governor, notice in seconds.
    """
    return MANAGER, ESCROW, EVEN_NAME, ODD_NAME, GOVERNOR, NOTICE


@view
@external
@reentrant
def supportsInterface(interface_id: bytes4) -> bool:
    """
    @notice ERC-165.
    @param interface_id Of the standard.
    @return Whether it is ERC-165, ERC-7575, or ERC-7540's operators or asynchronous redemptions.
    """
    if interface_id == ERC165 or interface_id == ERC7575:
        return True
    return interface_id == ERC7540_OPERATORS or interface_id == ERC7540_REDEEM


# -- internals: deposits ----------------------------------------------------------------------------------------------


@internal
def _stake(assets: uint256) -> uint256:
    """
    @dev Pull, and pass on to the pool. Returns shares of the pool.
    """
    before: uint256 = staticcall IERC20(ASSET).balanceOf(self)
    success: bool = extcall IERC20(ASSET).transferFrom(msg.sender, self, assets, default_return_value=True)
    assert success, errors.VAULT_REFUSED
    balance: uint256 = staticcall IERC20(ASSET).balanceOf(self)
    assert balance == before + assets, errors.VAULT_TOOK_A_FEE
    return self._put(assets)


@internal
def _put(assets: uint256) -> uint256:
    """
    @dev Stake what is here. Returns shares of the pool.
    """
    return extcall IDelegationManager(MANAGER).deposit(self, self.subject, assets)


@internal
def _deliver(assets: uint256, shares: uint256, receiver: address):
    """
    @dev Shares for what has just been staked.
    """
    self._check_some(shares)
    self._note(empty(address))
    self._note(receiver)
    async_vault._issue(self._heard(), receiver, shares)
    log IERC4626.Deposit(sender=msg.sender, owner=receiver, assets=assets, shares=shares)


@internal
@view
def _pool_shares(supply: uint256) -> uint256:
    """
    @dev Shares of the pool that the vault holds. Reverts unless it is staked, and its shares can be added to.
    """
    assert self.phase == STAKED, errors.NOT_STAKED
    if supply == 0:
        return 0
    pool_shares: uint256 = self._staked()[1]
    assert supply <= pool_shares << WORN, errors.VAULT_WORN
    return pool_shares


@internal
@view
def _staked_by(assets: uint256) -> uint256:
    """
    @dev Shares of the pool for `assets`, as DelegationManager counts.
    """
    pool: IDelegationManager.Pool = self._pool(self.subject)
    return assets if pool.shares == 0 else assets * pool.shares // pool.assets


@internal
@view
def _shares_of(staked: uint256, supply: uint256, pool_shares: uint256) -> uint256:
    """
    @dev Shares for shares of the pool, rounded down; 144 + 112 bits.
    """
    if supply == 0:
        return staked
    return staked * supply // pool_shares


@internal
@view
def _cost_of(shares: uint256, supply: uint256, pool_shares: uint256) -> uint256:
    """
    @dev Assets whose shares of the pool suffice for `shares`, rounded up twice.
    """
    staked: uint256 = shares
    if supply > 0:
        staked = (shares * pool_shares + supply - 1) // supply
    pool: IDelegationManager.Pool = self._pool(self.subject)
    return staked if pool.shares == 0 else (staked * pool.assets + pool.shares - 1) // pool.shares


@internal
@view
def _room(receiver: address) -> uint256:
    """
    @dev Most that the pool takes of the vault.
    """
    if receiver == self or receiver == empty(address) or self.phase != STAKED:
        return 0
    if erc20.totalSupply > self._staked()[1] << WORN:
        return 0
    return staticcall ILiquidRewards(REWARDS).room(self.subject)


# -- internals: the queue ---------------------------------------------------------------------------------------------


@internal
def _queue(last: uint256, pool_shares: uint256, account: address) -> uint256:
    """
    @dev Shares of the pool become an account's tickets in the next epoch's bucket.
    """
    subject: uint256 = self.subject
    bucket: uint256 = block.timestamp // EPOCH + 1
    name: address = self._name(bucket)
    if self._subjects[bucket] == 0:
        self._subjects[bucket] = subject
    before: uint256 = self._look(last, bucket)
    extcall IDelegationManager(MANAGER).queue(self, subject, pool_shares, name)
    held: uint256 = self._ticket(bucket).shares
    async_vault._grant(last, bucket, account, held - before)
    return bucket


@internal
def _look(last: uint256, bucket: uint256) -> uint256:
    """
    @dev Tickets that the vault holds in a bucket; the books follow.
    """
    held: uint256 = (self._ticket(bucket)).shares
    async_vault._observe(last, bucket, held)
    return held


@internal
def _settle(last: uint256):
    """
    @dev Stake that has wound down, and whose window has ended, is cash.
    """
    bucket: uint256 = self._wound
    if self.phase != WINDING or block.timestamp < (bucket + 1) * EPOCH:
        return
    self._receive(last, bucket)
    amount: uint256 = self._worth(bucket, self)
    self.phase = CASH
    self._wound = 0
    self._cash = amount
    log ILiquidDelegation.CashReceived(subject=self.subject, amount=amount)


@internal
def _claim(shares: uint256, assets: uint256, receiver: address, controller: address) -> uint256[2]:
    """
    @dev Pays a controller, by shares or by assets, of which the other is 0. Returns both.
    """
    self._fold(self._heard(), controller)
    claimed: uint256[2] = async_vault._claim(controller, shares, assets)
    log IERC4626.Withdraw(sender=msg.sender, receiver=receiver, owner=controller, assets=claimed[1], shares=claimed[0])
    self._pay(receiver, claimed[1])
    return claimed


@internal
def _fold(last: uint256, controller: address):
    """
    @dev What ripe buckets brought a controller becomes claimable.
    """
    slots: uint256[2] = self._slots_of(controller)
    for bucket: uint256 in slots:
        if bucket != 0 and bucket < block.timestamp // EPOCH:
            self._receive(last, bucket)
    async_vault._fold(controller)


@internal
def _receive(last: uint256, bucket: uint256):
    """
    @dev Take a ripe bucket's asset, for all who have tickets in it; once.
    """
    paid: bool = False
    amount: uint256 = 0
    paid, amount = async_vault._payout(bucket)
    if paid:
        return
    subject: uint256 = self._subjects[bucket]
    name: address = self._name(bucket)
    ticket: IDelegationManager.Ticket = self._ticket(bucket)
    async_vault._observe(last, bucket, ticket.shares)
    async_vault._record(bucket, ticket.amount)
    if ticket.amount > 0:
        extcall IDelegationManager(MANAGER).complete(self, subject, bucket, name, self)


@internal
@view
def _worth(bucket: uint256, account: address) -> uint256:
    """
    @dev What an account's tickets of a bucket get, or would get now.
    """
    paid: bool = False
    amount: uint256 = 0
    paid, amount = async_vault._payout(bucket)
    if paid:
        return async_vault._worth(bucket, account, async_vault._total(bucket), amount)
    ticket: IDelegationManager.Ticket = self._ticket(bucket)
    return async_vault._worth(bucket, account, ticket.shares, ticket.amount)


@internal
@view
def _claimable_of(controller: address) -> (uint256, uint256):
    """
    @dev Shares and assets that a controller can claim, ripe buckets included.
    """
    shares: uint256 = 0
    assets: uint256 = 0
    shares, assets = async_vault._ready(controller)
    slots: uint256[2] = self._slots_of(controller)
    for bucket: uint256 in slots:
        if bucket != 0 and bucket < block.timestamp // EPOCH:
            shares += async_vault._asked[async_vault._key(bucket, controller)]
            assets += self._worth(bucket, controller)
    return shares, assets


@internal
@view
def _slots_of(controller: address) -> uint256[2]:
    """
    @dev Buckets that a controller has not folded; 0: none.
    """
    first: uint256 = 0
    second: uint256 = 0
    first, second = async_vault._waiting(controller)
    return [first, second]


# -- internals --------------------------------------------------------------------------------------------------------


@internal
@view
def _heard() -> uint256:
    """
    @dev Number of the last slash so far, whoever's: ids count up. Read before anything that changes here.
    """
    return staticcall ISlashEscrow(ESCROW).slash_count()


@internal
def _pass(owner: address, to: address, amount: uint256):
    """
    @dev Transfer.
    """
    self._note(owner)
    self._note(to)
    async_vault._pass(self._heard(), owner, to, amount)


@internal
def _note(account: address):
    """
    @dev Before shares change: keeps what an account, or all for zero, had at the beginning of the epoch.
    """
    snapshots._keep(EPOCHS | convert(account, uint256), block.timestamp // EPOCH, self._shares(account))


@internal
@view
def _shares(account: address) -> uint256:
    """
    @dev Of an account; zero: all.
    """
    return erc20.totalSupply if account == empty(address) else erc20.balanceOf[account]


@internal
def _collect(slash_id: uint256):
    """
    @dev Take each part of what the vault is owed for a seizure.
    """
    for part: uint256 in range(async_vault.PARTS):
        target: address = self._target(part)
        owed: uint256 = staticcall IDelegationManager(MANAGER).refund(slash_id, self, target)
        if owed > 0:
            extcall IDelegationManager(MANAGER).claim_refund(self, slash_id, target, self)
            async_vault._credit(slash_id, part, owed)


@internal
def _pay(receiver: address, amount: uint256):
    """
    @dev Asset that the vault holds for somebody.
    """
    if amount == 0:
        return
    success: bool = extcall IERC20(ASSET).transfer(receiver, amount, default_return_value=True)
    assert success, errors.VAULT_REFUSED


@internal
@view
def _total_assets() -> uint256:
    """
    @dev Stake, part of the bucket, or cash.
    """
    if self.phase == CASH:
        return self._cash
    if self.phase == WINDING:
        return self._worth(self._wound, self)
    return self._staked()[0]


@internal
@view
def _pool(subject: uint256) -> IDelegationManager.Pool:
    """
    @dev All about a pool.
    """
    return staticcall IDelegationManager(MANAGER).pool(subject)


@internal
@view
def _status() -> uint256:
    """
    @dev Of the operator.
    """
    return self._pool(self.subject).status


@internal
@view
def _staked() -> uint256[2]:
    """
    @dev The vault's stake: units, and shares of the pool.
    """
    amount: uint256 = 0
    pool_shares: uint256 = 0
    amount, pool_shares = staticcall IDelegationManager(MANAGER).stake(self.subject, self)
    return [amount, pool_shares]


@internal
@view
def _ticket(bucket: uint256) -> IDelegationManager.Ticket:
    """
    @dev All that the vault has in a bucket.
    """
    return staticcall IDelegationManager(MANAGER).ticket(self._subjects[bucket], bucket, self, self._name(bucket))


@internal
@pure
def _check_some(amount: uint256):
    """
    @dev Reverts for nothing: one place for a reason that is needed often.
    """
    assert amount > 0, errors.LITTLE


@internal
@pure
def _unknown() -> uint256:
    """
    @dev Reverts: redemptions have no preview.
    """
    raise errors.NOT_SYNCHRONOUS


@internal
@view
def _check_pool(subject: uint256):
    """
    @dev Reverts unless there is such a pool.
    """
    assert self._pool(subject).mode != 0, errors.NO_POOL_THERE


@internal
@view
def _target(part: uint256) -> address:
    """
    @dev Under what the vault's stake, or its tickets, stand in DelegationManager.
    """
    if part == async_vault.STAKE:
        return empty(address)
    return EVEN_NAME if part == 1 else ODD_NAME


@internal
@view
def _name(bucket: uint256) -> address:
    """
    @dev Under what tickets of a bucket stand there.
    """
    return EVEN_NAME if bucket & 1 == 0 else ODD_NAME
