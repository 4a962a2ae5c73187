# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title What a liquid delegation earns
@license AGPL-3.0-only
@author Surety contributors
@notice The companion of one LiquidDelegation. Anybody harvests what PoolRewards owes the vault, epoch by epoch; it belongs to who had
    shares of the vault at the beginning of that epoch, pro rata, as it would to direct delegators. What is paid in the vault's own
    asset is staked again at once, for all of them: they get shares of the vault. Other tokens, and the asset while the
    vault takes no deposits, are kept for them. Holders pull; anybody may push to them.
@dev The vault keeps what an account had at the beginning of an epoch whenever that changes first, and PoolRewards tells epochs apart: so it
    matters neither who harvests nor when, and nobody can join, or leave, for a reward that is known. The price of a share never moves.
    Shares that wait here earn too: what they earn is everybody else's. What arrives here without a harvest, also what is
    handed back of a seizure of waiting shares (`claim_refund` of the vault, for this account), is shared
    among the holders at the beginning of the running epoch.
@custom:security Trusts the vault that created it, PoolRewards and the vault's asset. Any other token is what its poster made of it: one that lies
    harms those of its own streams.
@custom:kill None: no role, no pause. A token that pauses stops its own claims.
@custom:invariant INV-LQD-10 … INV-LQD-12 (specs/liquid-delegation.md)
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ethereum.ercs import IERC20
from ethereum.ercs import IERC4626
from ...interfaces import IAsyncRedeem
from ...interfaces import IDelegationManager
from ...interfaces import ILiquidDelegation
from ...interfaces import ILiquidRewards
from ...interfaces import IPoolRewards

# Views of DelegationManager that no other contract asks for
interface IRooms:
    def asset_terms(asset: uint256) -> (address, uint256, uint256, uint256): view
    def allowed(operator: address, delegator: address) -> bool: view


implements: ILiquidRewards

# -- modules ----------------------------------------------------------------------------------------------------------

from ..lib import checkpoints
from ..lib import reward_index
from . import errors
from . import operator_states

initializes: checkpoints
initializes: reward_index[checkpoints := checkpoints]

# -- constants --------------------------------------------------------------------------------------------------------

EPOCH: constant(uint256) = 604_800  # s, of DelegationManager
MAX_EPOCHS: public(constant(uint256)) = 4  # in one harvest; harvest again for more
MAX_STRETCHES: public(constant(uint256)) = reward_index.MAX_STRETCHES  # of unchanged shares in one claim
AMOUNT_LIMIT: constant(uint256) = 2**96  # units credited at once
ASSET_LIMIT: constant(uint256) = 2**95 - 1  # units in a pool of DelegationManager
SLACK: constant(uint256) = 4  # units by which what the most shares cost may fall short of the most assets
OPEN: constant(uint256) = 1
ALLOWLIST: constant(uint256) = 2
_MASK_160: constant(uint256) = 2**160 - 1

# -- immutables -------------------------------------------------------------------------------------------------------

VAULT: immutable(address)
MANAGER: immutable(address)
POOLS: immutable(address)  # PoolRewards
ASSET: immutable(address)

# -- storage ----------------------------------------------------------------------------------------------------------

struct Stream:
    subject: uint256  # whose pool paid; 0: gifts
    source: address  # what was paid
    token: address  # what holders get
    carried: uint256  # of the token, while nobody had shares


stream_count: public(uint256)
streams: public(HashMap[uint256, Stream])  # from 1
_numbers: HashMap[bytes32, uint256]  # subject, source, token
held: public(HashMap[address, uint256])  # token: credited and not paid


# -- constructor ------------------------------------------------------------------------------------------------------


@deploy
def __init__(manager: address, pools: address, asset: address):
    """
    @notice Created by a LiquidDelegation, for itself.
    @param manager DelegationManager of the vault.
    @param pools PoolRewards over it.
    @param asset Of the vault.
    """
    VAULT = msg.sender
    MANAGER = manager
    POOLS = pools
    ASSET = asset
    approved: bool = extcall IERC20(asset).approve(msg.sender, max_value(uint256), default_return_value=True)
    assert approved  # dev: asset refused the approval


# -- anyone -----------------------------------------------------------------------------------------------------------


@external
def harvest(subject: uint256, source: address) -> uint256:
    """
    @notice Fetch what a pool paid the vault, up to four epochs of it, the oldest first, and credit each to the holders at its beginning.
    @param subject Pool: the vault's, or one that it was staked in before.
    @param source Token that was posted.
    @return Units of it.
    """
    total: uint256 = 0
    for number: uint256 in range(MAX_EPOCHS):
        stamp: uint256 = 0
        epoch: uint256 = 0
        stamp, epoch = staticcall IPoolRewards(POOLS).next_stamp(subject, source, VAULT)
        if stamp == 0:
            assert number > 0, errors.NOTHING_EARNED
            break
        before: uint256 = staticcall IERC20(source).balanceOf(self)
        extcall ILiquidDelegation(VAULT).claim_rewards(POOLS, subject, source, stamp)
        after: uint256 = staticcall IERC20(source).balanceOf(self)
        amount: uint256 = min(after - before, AMOUNT_LIMIT)
        if amount > 0:
            self._credit(subject, source, epoch, amount)
        total += amount
    return total


@external
def collect(source: address) -> uint256:
    """
    @notice Credit what is here and nobody's yet, refunds and gifts, to the holders at the beginning of this epoch.
    @param source Token.
    @return Units.
    """
    here: uint256 = staticcall IERC20(source).balanceOf(self)
    held: uint256 = self.held[source]
    assert here > held, errors.NOTHING_HERE
    amount: uint256 = min(here - held, AMOUNT_LIMIT)
    self._credit(0, source, block.timestamp // EPOCH, amount)
    return amount


# -- holders ----------------------------------------------------------------------------------------------------------


@external
def claim(stream: uint256, account: address, receiver: address) -> uint256:
    """
    @notice Pay an account what it earned in a stream: over at most 16 stretches of unchanged shares, the oldest first.
    @param stream Number.
    @param account Whose.
    @param receiver The account; or whom the account, or an operator of it in the vault, names.
    @return Units of the stream's token, rounded down.
    """
    assert account != self and account != empty(address), errors.NO_HOLDER
    if receiver != account and msg.sender != account:
        assert staticcall IAsyncRedeem(VAULT).isOperator(account, msg.sender), errors.NOT_HOLDER
    amount: uint256 = reward_index._take(VAULT, 0, stream, account, max_value(uint256))
    token: address = self.streams[stream].token
    self.held[token] -= amount
    log ILiquidRewards.RewardsPaid(stream=stream, account=account, receiver=receiver, amount=amount)
    if amount > 0:
        success: bool = extcall IERC20(token).transfer(receiver, amount, default_return_value=True)
        assert success, errors.LIQUID_REWARDS_REFUSED
    return amount


# -- views ------------------------------------------------------------------------------------------------------------


@view
@external
def due(stream: uint256, account: address) -> uint256:
    """
    @notice What `claim` would pay now, without what has not been harvested.
    @param stream Number.
    @param account Whose.
    @return Units of the stream's token.
    """
    if account == self or account == empty(address):
        return 0
    amount: uint256 = 0
    claimed: uint256 = 0
    amount, claimed = reward_index._due(VAULT, 0, stream, account, max_value(uint256))
    return amount


@view
@external
def stream_of(subject: uint256, source: address, token: address) -> uint256:
    """
    @notice The stream of what a pool pays in one token and holders get in another, or the same.
    @param subject Pool; 0: gifts and refunds.
    @param source What was paid.
    @param token What holders get.
    @return Number; 0: there is none yet.
    """
    return self._numbers[self._name(subject, source, token)]


@view
@external
def wiring() -> (address, address, address, address):
    """
    @notice What this was made for.
    @return Vault, DelegationManager, PoolRewards, asset.
    """
    return VAULT, MANAGER, POOLS, ASSET


@view
@external
@reentrant
def room(subject: uint256) -> uint256:
    """
    @notice Most that a pool takes of the vault now: a view of the vault's that has no room there.
    @param subject Pool.
    @return Units.
    """
    pool: IDelegationManager.Pool = staticcall IDelegationManager(MANAGER).pool(subject)
    if pool.status != operator_states.ACTIVE or pool.mode > ALLOWLIST:
        return 0
    if pool.mode == ALLOWLIST:
        if not staticcall IRooms(MANAGER).allowed(convert(subject & _MASK_160, address), VAULT):
            return 0
    token: address = empty(address)
    id: uint256 = 0
    held: uint256 = 0
    room: uint256 = 0
    token, id, held, room = staticcall IRooms(MANAGER).asset_terms(subject >> 160)
    room = min(room, ASSET_LIMIT - pool.assets)
    if pool.cap > 0:
        room = min(room, pool.cap - min(pool.cap, pool.assets))
    if pool.minimum > 0 and room < pool.minimum + SLACK:
        return 0
    return room


# -- internals --------------------------------------------------------------------------------------------------------


@internal
def _credit(subject: uint256, source: address, epoch: uint256, amount: uint256):
    """
    @dev What has arrived belongs to who had shares at the beginning of the epoch; the asset as shares, if the vault takes it.
    """
    token: address = source
    credited: uint256 = amount
    if source == ASSET and self._fits(amount):
        token = VAULT
        credited = extcall IERC4626(VAULT).deposit(amount, self)
    name: bytes32 = self._name(subject, source, token)
    stream: uint256 = self._numbers[name]
    if stream == 0:
        stream = self.stream_count + 1
        self.stream_count = stream
        self._numbers[name] = stream
        self.streams[stream] = Stream(subject=subject, source=source, token=token, carried=0)
        log ILiquidRewards.StreamOpened(stream=stream, subject=subject, source=source, token=token)
    self.held[token] += credited
    stamp: uint256 = min(epoch, block.timestamp // EPOCH)
    shares: uint256 = self._shares(empty(address), stamp) - self._shares(self, stamp)
    left: uint256 = self.streams[stream].carried + credited
    if shares > 0:
        left = reward_index._share(stream, stamp, shares, left)
    self.streams[stream].carried = left
    log ILiquidRewards.RewardsHarvested(stream=stream, epoch=stamp, amount=amount, credited=credited, carried=left)


@internal
@view
def _fits(amount: uint256) -> bool:
    """
    @dev Whether the vault takes a deposit.
    """
    if staticcall IERC4626(VAULT).maxDeposit(self) < amount:
        return False
    subject: uint256 = staticcall ILiquidDelegation(VAULT).subject()
    pool: IDelegationManager.Pool = staticcall IDelegationManager(MANAGER).pool(subject)
    if amount < pool.minimum:
        return False
    shares: uint256 = staticcall IERC4626(VAULT).previewDeposit(amount)
    return shares > 0 and shares <= AMOUNT_LIMIT


@internal
@view
def _shares(account: address, epoch: uint256) -> uint256:
    """
    @dev Shares of the vault at the beginning of an epoch; account 0: all.
    """
    shares: uint256 = 0
    until: uint256 = 0
    shares, until = staticcall ILiquidDelegation(VAULT).stretch(0, account, epoch)
    return shares


@internal
@pure
def _name(subject: uint256, source: address, token: address) -> bytes32:
    """
    @dev Of a stream.
    """
    return keccak256(abi_encode(subject, source, token))
