# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title One class of rolling bonds as an ERC-4626 vault
@license AGPL-3.0-only
@author Surety contributors
@notice Deposits buy the class's bonds on the market and enter the class with them; redemptions leave the class and sell them. A share
    of the vault is one share of the class, for ever, so the vault has no price of its own to inflate; whoever wants no trade
    moves between the two by `wrap` and `unwrap`.
@dev Previews are what the same block does. They follow the market's quotes and the class's holdings: deposits and withdrawals, whose
    shares must be searched, end within a bracket whose safe end was priced itself, so the search can cost the caller a trifle
    and the vault nothing. That trifle stays here, belongs to nobody, and is given to the reserve by `sweep`.
    `convertTo…` and `totalAssets` value bonds at the price that the market would pay for the next unit, which purchases of the
    last day do not raise.
@custom:security Trades here cost the market's spread: use the entry points with limits. `maxDeposit` and the like are estimates from
    below. A paused or exhausted market stops deposits, and before maturity redemptions; `unwrap` and the class's `exit`
    ask no market.
@custom:kill None: no roles. What stops the market's trades stops those here.
@custom:invariant INV-RLV-1 … INV-RLV-6 (specs/rolling-bonds.md)
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ethereum.ercs import IERC20
from ethereum.ercs import IERC20Detailed
from ethereum.ercs import IERC4626
from ...interfaces import IBondMarket
from ...interfaces import IBondToken
from ...interfaces import IBondTreasury
from ...interfaces import IMarketState
from ...interfaces import IRollingBonds
from ...interfaces import IRollingVault

implements: IERC20
implements: IERC4626
implements: IRollingVault

# -- modules ----------------------------------------------------------------------------------------------------------

from snekmate.auth import ownable
from snekmate.tokens import erc20
from . import errors

initializes: ownable
initializes: erc20[ownable := ownable]

# withheld: minting, burning and ownership, which nobody has here
exports: (
    erc20.totalSupply,
    erc20.balanceOf,
    erc20.transfer,
    erc20.transferFrom,
    erc20.approve,
    erc20.allowance,
    erc20.name,
    erc20.symbol,
    erc20.decimals,
    erc20.permit,
    erc20.nonces,
    erc20.DOMAIN_SEPARATOR,
    erc20.eip712Domain,
)

# -- constants --------------------------------------------------------------------------------------------------------

WEEK: constant(uint256) = 7 * 86_400
YEAR: constant(uint256) = 31_536_000
WAD: constant(uint256) = 10**18
BP: constant(uint256) = 10**14
ONE: constant(uint256) = 2**40  # a full limit of the market
MAX_AMOUNT: constant(uint256) = 2**96 - 1  # no limit: amounts of bonds are below that
SEARCH_STEPS: constant(uint256) = 6  # two prices each; half of them do on any curve
CLOSE: constant(uint256) = 40  # a search ends 2**-40 of the amount from it

# -- immutables -------------------------------------------------------------------------------------------------------

ROLLING: immutable(address)
MARKET: immutable(address)
TREASURY: immutable(address)
ASSET: immutable(address)


# -- constructor ------------------------------------------------------------------------------------------------------


@deploy
def __init__(rolling: address):
    """
    @notice For one class, for ever.
    @param rolling RollingBonds.
    """
    market: address = staticcall IRollingBonds(rolling).market()
    asset: address = staticcall IBondMarket(market).asset()
    treasury: address = staticcall IBondMarket(market).treasury()
    ROLLING = rolling
    MARKET = market
    TREASURY = treasury
    ASSET = asset
    ownable.__init__()
    weeks: String[5] = uint2str(convert(staticcall IRollingBonds(rolling).tenor() // WEEK, uint16))
    points: String[5] = uint2str(convert(staticcall IRollingBonds(rolling).min_rate() // BP, uint16))
    name: String[25] = concat("Vault ", weeks, "w ", points, "bp")
    erc20.__init__(name, "vROLL", staticcall IERC20Detailed(asset).decimals(), name, "1")
    for spender: address in [treasury, rolling]:
        approved: bool = extcall IERC20(asset).approve(spender, max_value(uint256), default_return_value=True)
        assert approved, errors.VAULT_REFUSED
    token: address = staticcall IBondMarket(market).token()
    set: bool = extcall IBondToken(token).setOperator(rolling, True)
    assert set, errors.VAULT_REFUSED


# -- deposits ---------------------------------------------------------------------------------------------------------


@external
def deposit(assets: uint256, receiver: address) -> uint256:
    """
    @notice Buy bonds for exactly `assets` and enter the class. Any price: see `deposit_min`.
    @param assets Pulled from the caller, who has approved the vault.
    @param receiver Who gets the shares.
    @return Shares, rounded down.
    """
    return self._deposit(assets, receiver)


@external
def deposit_min(assets: uint256, receiver: address, min_shares: uint256, deadline: uint256) -> uint256:
    """
    @notice `deposit` for at least so many shares.
    @param assets Pulled from the caller.
    @param receiver Who gets the shares.
    @param min_shares Least shares to be got.
    @param deadline Last second for which the call is meant.
    @return Shares.
    """
    self._check_deadline(deadline)
    shares: uint256 = self._deposit(assets, receiver)
    assert shares >= min_shares, errors.SHARES_BELOW_MIN
    return shares


@external
def mint(shares: uint256, receiver: address) -> uint256:
    """
    @notice Buy the bonds that exactly `shares` need and enter the class. Any price: see `mint_max`.
    @param shares How many.
    @param receiver Who gets them.
    @return Assets pulled from the caller, rounded up.
    """
    return self._mint(shares, receiver)


@external
def mint_max(shares: uint256, receiver: address, max_assets: uint256, deadline: uint256) -> uint256:
    """
    @notice `mint` for at most so many assets.
    @param shares How many.
    @param receiver Who gets them.
    @param max_assets Most assets to be paid.
    @param deadline Last second for which the call is meant.
    @return Assets.
    """
    self._check_deadline(deadline)
    assets: uint256 = self._mint(shares, receiver)
    assert assets <= max_assets, errors.ASSETS_ABOVE_MAX
    return assets


@external
def wrap(shares: uint256, receiver: address):
    """
    @notice Bring shares of the class, and get as many of the vault. The caller has approved the vault for them.
    @param shares How many.
    @param receiver Who gets them.
    """
    assert shares > 0, errors.VAULT_ZERO
    erc20._mint(receiver, shares)
    success: bool = extcall IERC20(ROLLING).transferFrom(msg.sender, self, shares)
    assert success, errors.VAULT_REFUSED
    log IRollingVault.ClassWrapped(sender=msg.sender, receiver=receiver, shares=shares)


# -- withdrawals ------------------------------------------------------------------------------------------------------


@external
def withdraw(assets: uint256, receiver: address, owner: address) -> uint256:
    """
    @notice Leave the class with as many shares as bring `assets`. Any price: see `withdraw_max`.
    @param assets Paid to the receiver, exactly.
    @param receiver Who is paid.
    @param owner Whose shares; the caller, or who has approved the caller.
    @return Shares burned, rounded up.
    """
    return self._withdraw(assets, receiver, owner)


@external
def withdraw_max(assets: uint256, receiver: address, owner: address, max_shares: uint256, deadline: uint256) -> uint256:
    """
    @notice `withdraw` for at most so many shares.
    @param assets Paid to the receiver, exactly.
    @param receiver Who is paid.
    @param owner Whose shares.
    @param max_shares Most shares to be burned.
    @param deadline Last second for which the call is meant.
    @return Shares.
    """
    self._check_deadline(deadline)
    shares: uint256 = self._withdraw(assets, receiver, owner)
    assert shares <= max_shares, errors.SHARES_ABOVE_MAX
    return shares


@external
def redeem(shares: uint256, receiver: address, owner: address) -> uint256:
    """
    @notice Leave the class with `shares` and sell the bonds. Any price: see `redeem_min`.
    @param shares How many are burned.
    @param receiver Who is paid.
    @param owner Whose shares; the caller, or who has approved the caller.
    @return Assets paid, rounded down.
    """
    return self._redeem(shares, receiver, owner)


@external
def redeem_min(shares: uint256, receiver: address, owner: address, min_assets: uint256, deadline: uint256) -> uint256:
    """
    @notice `redeem` for at least so many assets.
    @param shares How many are burned.
    @param receiver Who is paid.
    @param owner Whose shares.
    @param min_assets Least assets to be paid.
    @param deadline Last second for which the call is meant.
    @return Assets.
    """
    self._check_deadline(deadline)
    assets: uint256 = self._redeem(shares, receiver, owner)
    assert assets >= min_assets, errors.ASSETS_BELOW_MIN
    return assets


@external
def unwrap(shares: uint256, receiver: address):
    """
    @notice Take shares of the class for as many of the caller's; no market is asked.
    @param shares How many.
    @param receiver Who gets them.
    """
    assert shares > 0, errors.VAULT_ZERO
    erc20._burn(msg.sender, shares)
    success: bool = extcall IERC20(ROLLING).transfer(receiver, shares)
    assert success, errors.VAULT_REFUSED
    log IRollingVault.ClassUnwrapped(sender=msg.sender, receiver=receiver, shares=shares)


@external
def sweep() -> uint256:
    """
    @notice Give what roundings left here, and gifts of the asset, to the reserve that pays discounts; anyone may.
    @return How much.
    """
    amount: uint256 = staticcall IERC20(ASSET).balanceOf(self)
    extcall IBondTreasury(TREASURY).fund(amount)
    log IRollingVault.DustSwept(amount=amount)
    return amount


# -- views: ERC-4626 --------------------------------------------------------------------------------------------------


@view
@external
def asset() -> address:
    """
    @notice What is deposited and paid.
    @return The market's asset.
    """
    return ASSET


@view
@external
def totalAssets() -> uint256:
    """
    @notice All shares at the price that the market would pay for the next unit of their bonds; cash at par.
    @return Asset decimals, rounded down.
    """
    return self._value(erc20.totalSupply)


@view
@external
def convertToShares(assets: uint256) -> uint256:
    """
    @notice Shares worth `assets` at that price, no matter whether the market would take part.
    @param assets Asset decimals.
    @return Shares, rounded down.
    """
    position: IRollingBonds.Position = self._position()
    return assets * position.supply // self._worth(position)


@view
@external
def convertToAssets(shares: uint256) -> uint256:
    """
    @notice What shares are worth at that price, no matter whether the market would take part.
    @param shares How many.
    @return Asset decimals, rounded down.
    """
    return self._value(shares)


@view
@external
def maxDeposit(receiver: address) -> uint256:
    """
    @notice What can be deposited now, from below: 0 when the market is paused, or its limits or reserve are used up.
    @param receiver Counts for nothing.
    @return Assets.
    """
    position: IRollingBonds.Position = self._position()
    if position.face == 0:
        return MAX_AMOUNT
    shares: uint256 = self._buyable(position) * position.supply // position.face
    face: uint256 = self._up(shares * position.face, position.supply)
    if face == 0:
        return 0
    return staticcall IBondMarket(MARKET).quote_buy(position.maturity, face)


@view
@external
def maxMint(receiver: address) -> uint256:
    """
    @notice What can be minted now, from below, as `maxDeposit`.
    @param receiver Counts for nothing.
    @return Shares.
    """
    position: IRollingBonds.Position = self._position()
    if position.face == 0:
        return MAX_AMOUNT * position.supply // position.cash
    return self._buyable(position) * position.supply // position.face


@view
@external
def maxWithdraw(owner: address) -> uint256:
    """
    @notice What an owner can withdraw now, from below: without the bonds when sales are paused or their limits used up.
    @param owner Whose shares.
    @return Assets.
    """
    position: IRollingBonds.Position = self._position()
    shares: uint256 = self._sellable(position, erc20.balanceOf[owner])
    return self._paid_for(position, shares)


@view
@external
def maxRedeem(owner: address) -> uint256:
    """
    @notice What an owner can redeem now, from below, as `maxWithdraw`.
    @param owner Whose shares.
    @return Shares.
    """
    return self._sellable(self._position(), erc20.balanceOf[owner])


@view
@external
def previewDeposit(assets: uint256) -> uint256:
    """
    @notice What `deposit` would give now, limits apart.
    @param assets Asset decimals.
    @return Shares.
    """
    return self._shares_for(self._position(), assets)


@view
@external
def previewMint(shares: uint256) -> uint256:
    """
    @notice What `mint` would take now, limits apart.
    @param shares How many.
    @return Assets.
    """
    return self._cost_of(self._position(), shares)


@view
@external
def previewWithdraw(assets: uint256) -> uint256:
    """
    @notice At least what `withdraw` would burn now, limits apart.
    @param assets Asset decimals; at most what all shares would bring.
    @return Shares.
    """
    return self._shares_to_pay(self._position(), assets)


@view
@external
def previewRedeem(shares: uint256) -> uint256:
    """
    @notice What `redeem` would pay now, limits apart.
    @param shares How many.
    @return Assets.
    """
    return self._paid_for(self._position(), shares)


@view
@external
def rolling() -> address:
    """
    @notice What the vault holds.
    @return RollingBonds.
    """
    return ROLLING


# -- internals: moves -------------------------------------------------------------------------------------------------


@internal
def _deposit(assets: uint256, receiver: address) -> uint256:
    """
    @dev Shares for exactly `assets`.
    """
    position: IRollingBonds.Position = self._position()
    shares: uint256 = self._shares_for(position, assets)
    self._enter(position, assets, shares, receiver)
    return shares


@internal
def _mint(shares: uint256, receiver: address) -> uint256:
    """
    @dev Assets for exactly `shares`.
    """
    position: IRollingBonds.Position = self._position()
    assets: uint256 = self._cost_of(position, shares)
    self._enter(position, assets, shares, receiver)
    return assets


@internal
def _enter(position: IRollingBonds.Position, assets: uint256, shares: uint256, receiver: address):
    """
    @dev Pull `assets`, which were priced to suffice, buy what `shares` of the class need, and enter it.
    """
    assert shares > 0, errors.VAULT_ZERO
    erc20._mint(receiver, shares)
    before: uint256 = staticcall IERC20(ASSET).balanceOf(self)
    success: bool = extcall IERC20(ASSET).transferFrom(msg.sender, self, assets, default_return_value=True)
    assert success, errors.VAULT_REFUSED
    balance: uint256 = staticcall IERC20(ASSET).balanceOf(self)
    assert balance == before + assets, errors.VAULT_TOOK_A_FEE
    face: uint256 = self._up(shares * position.face, position.supply)
    cash: uint256 = self._up(shares * position.cash, position.supply)
    if face > 0:
        extcall IBondMarket(MARKET).buy(position.maturity, face, assets - cash, self, block.timestamp)
    extcall IRollingBonds(ROLLING).enter(shares, face, cash, self)
    log IERC4626.Deposit(sender=msg.sender, owner=receiver, assets=assets, shares=shares)


@internal
def _withdraw(assets: uint256, receiver: address, owner: address) -> uint256:
    """
    @dev Exactly `assets`. The search starts from all shares; an owner who has just enough need not have what it leaves over.
    """
    position: IRollingBonds.Position = self._position()
    shares: uint256 = self._shares_to_pay(position, assets)
    balance: uint256 = erc20.balanceOf[owner]
    if shares > balance and self._paid_for(position, balance) >= assets:
        shares = balance
    self._leave(position, assets, shares, receiver, owner)
    return shares


@internal
def _redeem(shares: uint256, receiver: address, owner: address) -> uint256:
    """
    @dev What `shares` bring.
    """
    position: IRollingBonds.Position = self._position()
    assets: uint256 = self._paid_for(position, shares)
    self._leave(position, assets, shares, receiver, owner)
    return assets


@internal
def _leave(position: IRollingBonds.Position, assets: uint256, shares: uint256, receiver: address, owner: address):
    """
    @dev Burn shares, leave the class, sell its bonds, and pay `assets`, which were priced not to exceed what that brings.
    """
    assert shares > 0, errors.VAULT_ZERO
    if msg.sender != owner:
        erc20._spend_allowance(owner, msg.sender, shares)
    erc20._burn(owner, shares)
    # matured bonds are cash to the position, so they must be to the class
    extcall IRollingBonds(ROLLING).settle()
    face: uint256 = 0
    cash: uint256 = 0
    face, cash = extcall IRollingBonds(ROLLING).exit(shares, 0, 0, self)
    if face > 0:
        extcall IBondMarket(MARKET).sell(position.maturity, face, assets - min(assets, cash), self, block.timestamp)
    success: bool = extcall IERC20(ASSET).transfer(receiver, assets, default_return_value=True)
    assert success, errors.VAULT_REFUSED
    log IERC4626.Withdraw(sender=msg.sender, receiver=receiver, owner=owner, assets=assets, shares=shares)


@internal
@view
def _check_deadline(deadline: uint256):
    """
    @dev Its last second counts.
    """
    assert block.timestamp <= deadline, errors.VAULT_TOO_LATE


# -- internals: prices ------------------------------------------------------------------------------------------------


@internal
@view
def _position() -> IRollingBonds.Position:
    """
    @dev What the class holds; an empty class as shares of as much face, which is what its first shares are.
    """
    position: IRollingBonds.Position = staticcall IRollingBonds(ROLLING).position()
    if position.supply == 0:
        position.face = WAD
        position.supply = WAD
    return position


@internal
@view
def _cost_of(position: IRollingBonds.Position, shares: uint256) -> uint256:
    """
    @dev Assets that `shares` take: bonds at the market's price, cash as it is, both rounded up.
    """
    cost: uint256 = self._up(shares * position.cash, position.supply)
    face: uint256 = self._up(shares * position.face, position.supply)
    if face > 0:
        cost += staticcall IBondMarket(MARKET).quote_buy(position.maturity, face)
    return cost


@internal
@view
def _paid_for(position: IRollingBonds.Position, shares: uint256) -> uint256:
    """
    @dev Assets that `shares` bring: bonds at the market's price, cash as it is, both rounded down.
    """
    paid: uint256 = shares * position.cash // position.supply
    face: uint256 = shares * position.face // position.supply
    if face > 0:
        paid += staticcall IBondMarket(MARKET).quote_sell(position.maturity, face)
    return paid


@internal
@view
def _shares_for(position: IRollingBonds.Position, assets: uint256) -> uint256:
    """
    @dev Shares whose cost was priced and is at most `assets`; the most but for a trifle. The cost is convex in the shares, so a
        chord between a number that fits and one that doesn't meets `assets` at a number that fits.
    """
    if position.face == 0 or assets == 0:
        return assets * position.supply // max(position.cash, 1)
    face: uint256 = 0
    paid: uint256 = 0
    face, paid = staticcall IBondMarket(MARKET).quote_buy_exact_cost(position.maturity, assets)
    high: uint256 = face * position.supply // position.face
    if high == 0:
        return 0
    high_cost: uint256 = self._cost_of(position, high)
    if high_cost <= assets:
        return high
    low: uint256 = 0
    low_cost: uint256 = 0
    for step: uint256 in range(2 * SEARCH_STEPS):
        middle: uint256 = low + (assets - low_cost) * (high - low) // (high_cost - low_cost)
        if step % 2 == 1:
            # a little beyond the last one that fits, to bring the other end close
            middle = low + 2 * (assets - low_cost) * low // max(low_cost, 1) + 1
        if middle == low or middle >= high:
            continue
        cost: uint256 = self._cost_of(position, middle)
        if cost <= assets:
            low = middle
            low_cost = cost
        else:
            high = middle
            high_cost = cost
        if assets - low_cost <= assets >> CLOSE:
            break
    return low


@internal
@view
def _shares_to_pay(position: IRollingBonds.Position, assets: uint256) -> uint256:
    """
    @dev Shares that were priced and bring at least `assets`; the least but for a trifle. What shares bring is concave in them, so a
        chord meets `assets` at a number that suffices.
    """
    if assets == 0:
        return 0
    high: uint256 = erc20.totalSupply
    high_paid: uint256 = self._paid_for(position, high)
    assert high_paid >= assets, errors.OUT_OF_REACH
    low: uint256 = 0
    low_paid: uint256 = 0
    for step: uint256 in range(2 * SEARCH_STEPS):
        middle: uint256 = low + self._up((assets - low_paid) * (high - low), high_paid - low_paid)
        if step % 2 == 1:
            middle = high - min(high - low, 2 * (high_paid - assets) * high // high_paid + 1)
        if middle == low or middle >= high:
            continue
        paid: uint256 = self._paid_for(position, middle)
        if paid >= assets:
            high = middle
            high_paid = paid
        else:
            low = middle
            low_paid = paid
        if high_paid - assets <= assets >> CLOSE:
            break
    return high


@internal
@view
def _worth(position: IRollingBonds.Position) -> uint256:
    """
    @dev What the class holds, at the marginal price of a sale; at least 1.
    """
    worth: uint256 = position.cash
    if position.face > 0:
        quote: IBondMarket.Quote = staticcall IBondMarket(MARKET).quote(position.maturity)
        worth += position.face * quote.sell_price // WAD
    return max(worth, 1)


@internal
@view
def _value(shares: uint256) -> uint256:
    """
    @dev What shares are worth at that price, rounded down.
    """
    position: IRollingBonds.Position = self._position()
    return shares * self._worth(position) // position.supply


# -- internals: limits ------------------------------------------------------------------------------------------------


@internal
@view
def _buyable(position: IRollingBonds.Position) -> uint256:
    """
    @dev Face that the market would sell now, from below: cap, exposure of epoch and block, discount budget and reserve.
    """
    buys_paused: bool = False
    sells_paused: bool = False
    buys_paused, sells_paused = staticcall IMarketState(MARKET).paused()
    if buys_paused:
        return 0
    limits: IMarketState.Limits = staticcall IMarketState(MARKET).limits()
    usage: IMarketState.Usage = staticcall IMarketState(MARKET).usage()
    quote: IBondMarket.Quote = staticcall IBondMarket(MARKET).quote(position.maturity)
    face: uint256 = self._room(position, usage.buys, usage.block_buys, limits.buy_block_share, limits.buys)
    face = min(face, quote.cap - min(quote.cap, quote.debt))
    # no unit of face has a larger discount than the next one
    open: uint256 = ONE * (100 - limits.roll_share) // 100
    budget: uint256 = (open - min(open, usage.budget + 1)) * limits.budget >> 40
    discount: uint256 = min(budget, staticcall IBondTreasury(TREASURY).reserve())
    return min(face, discount * WAD // (WAD - min(WAD, quote.buy_price) + 1))


@internal
@view
def _sellable(position: IRollingBonds.Position, shares: uint256) -> uint256:
    """
    @dev As many of `shares` as hold no more face than the market would buy back now, from below.
    """
    if position.face == 0:
        return shares
    buys_paused: bool = False
    sells_paused: bool = False
    buys_paused, sells_paused = staticcall IMarketState(MARKET).paused()
    if sells_paused:
        return 0
    limits: IMarketState.Limits = staticcall IMarketState(MARKET).limits()
    usage: IMarketState.Usage = staticcall IMarketState(MARKET).usage()
    face: uint256 = self._room(position, usage.sells, usage.block_sells, limits.sell_block_share, limits.sells)
    return min(shares, face * position.supply // position.face)


@internal
@view
def _room(
    position: IRollingBonds.Position, filled: uint256, in_block: uint256, share: uint256, limit: uint256
) -> uint256:
    """
    @dev Face that still fits under a limit of exposure, in its epoch and its block.
    """
    of_block: uint256 = ONE * share // 100
    parts: uint256 = min(ONE - min(ONE, filled + 1), of_block - min(of_block, in_block + 1))
    return (parts * limit >> 40) * YEAR // (position.maturity - block.timestamp)


@internal
@pure
def _up(product: uint256, divisor: uint256) -> uint256:
    """
    @dev A quotient, rounded up.
    """
    return (product + divisor - 1) // divisor
