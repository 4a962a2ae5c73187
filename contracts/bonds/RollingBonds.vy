# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title A class of bonds that roll
@license AGPL-3.0-only
@author Surety contributors
@notice Holds bonds of one maturity for its holders, and buys bonds of the next maturity once they have matured: all at once, whoever
    the holders are, and never below the class's minimum rate. Shares are an ERC-20 and stand for a part in kind of what
    the class holds, bonds and cash: to enter is to bring that part, to leave is to take it, in every state. What can't roll
    stays cash at par and is tried again by anyone.
@dev What is held is tracked: gifts of bonds or asset count for nothing and stay. A roll is bounded three ways: by the cash, by the
    minimum rate to the new maturity, and by the debt that prices it, which may not be above what seven days had on average
    (DebtObserver), by more than a tolerance, a class's own purchases of the last seven days apart. So who buys before a
    roll to sell to it waits, and bears the bonds meanwhile.
    A keeper gets a part of the discount that the roll gained, so slices of a roll pay no more than the whole of it.
    Maturities of a class are `floor(now) + tenor` on the weekly grid as of its first roll; what is rolled later goes there too.
@custom:security The market, its treasury and token and the observer are those of the factory, for ever. A treasury or asset that
    refuses stops settling, entering and rolling; leaving gives the matured bonds themselves. Where an asset refuses
    transfers of this contract, its cash can't leave. With ROLLER_ROLE on the market a class may use the share of the
    discount budget that is kept for rolls; without it, it buys as anyone does.
@custom:kill None: no roles, no parameters. When the market is paused nothing rolls; entering and leaving go on.
@custom:invariant INV-RLB-1 … INV-RLB-9 (specs/rolling-bonds.md)
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ethereum.ercs import IERC20
from ethereum.ercs import IERC20Detailed
from ...interfaces import IBondMarket
from ...interfaces import IBondToken
from ...interfaces import IBondTreasury
from ...interfaces import IDebtObserver
from ...interfaces import IMarketState
from ...interfaces import IRollingBonds

implements: IRollingBonds

# -- modules ----------------------------------------------------------------------------------------------------------

from snekmate.auth import ownable
from snekmate.tokens import erc20
from ..lib import calendar
from ..lib import log_mean
from . import bond_id
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

# -- types and constants ----------------------------------------------------------------------------------------------

struct Round:
    maturity: uint256  # of the bonds held or held last, s
    since: uint256  # time of `reference`, s
    reference: uint256  # average debt of the maturity then
    rolled: uint256  # face bought by rolls since then


WEEK: constant(uint256) = 7 * 86_400
WINDOW: constant(uint256) = 7 * 86_400  # of the observer; so long counts what the class itself bought
YEAR: constant(uint256) = 31_536_000
WAD: constant(uint256) = 10**18
BPS: constant(uint256) = 10_000
BP: constant(uint256) = 10**14  # WAD
Q96: constant(uint256) = 2**96
EXP_SLACK: constant(uint256) = 2**21  # above the error of `log_mean._exp_neg`, 2**-96
ROUNDINGS: constant(uint256) = 3  # wei by which a smaller purchase may cost more than its share of a larger one

# -- immutables -------------------------------------------------------------------------------------------------------

MARKET: immutable(address)
TREASURY: immutable(address)
TOKEN: immutable(address)
ASSET: immutable(address)
OBSERVER: immutable(address)
UNIT: immutable(uint256)
TENOR: immutable(uint256)  # s, whole weeks
MIN_RATE: immutable(uint256)  # WAD a year, whole basis points
TOLERANCE_BPS: immutable(uint256)  # of the target of the maturity that is bought
TIP_BPS: immutable(uint256)  # of the discount that a roll gains

# -- storage ----------------------------------------------------------------------------------------------------------

# cash (128 bits) | face (128 bits), asset decimals
_books: uint256
# rolled (96 bits) | reference (96 bits) | since (40 bits) | maturity in weeks (24 bits)
_round: uint256


# -- constructor ------------------------------------------------------------------------------------------------------


@deploy
def __init__(
    market: address, observer: address, tenor: uint256, min_rate: uint256, tolerance_bps: uint256, tip_bps: uint256
):
    """
    @notice Created by RollingBondsFactory, which checks the terms.
    @param market BondMarket.
    @param observer DebtObserver.
    @param tenor Whole weeks, s.
    @param min_rate Least rate of a roll, continuously compounded, WAD a year, whole basis points.
    @param tolerance_bps By how much of the target the debt may be above its average, bps.
    @param tip_bps Part of the discount that a keeper gets, bps.
    """
    asset: address = staticcall IBondMarket(market).asset()
    treasury: address = staticcall IBondMarket(market).treasury()
    MARKET = market
    TREASURY = treasury
    TOKEN = staticcall IBondMarket(market).token()
    ASSET = asset
    OBSERVER = observer
    UNIT = staticcall IMarketState(market).unit()
    TENOR = tenor
    MIN_RATE = min_rate
    TOLERANCE_BPS = tolerance_bps
    TIP_BPS = tip_bps
    ownable.__init__()
    weeks: String[5] = uint2str(convert(tenor // WEEK, uint16))
    points: String[5] = uint2str(convert(min_rate // BP, uint16))
    name: String[25] = concat("Rolling ", weeks, "w ", points, "bp")
    erc20.__init__(name, "ROLL", staticcall IERC20Detailed(asset).decimals(), name, "1")
    success: bool = extcall IERC20(asset).approve(treasury, max_value(uint256), default_return_value=True)
    assert success, errors.ROLL_REFUSED


# -- holders ----------------------------------------------------------------------------------------------------------


@external
def enter(shares: uint256, max_face: uint256, max_cash: uint256, receiver: address) -> (uint256, uint256):
    """
    @notice Bring a part of what the class holds, and get shares for it. The caller has approved this contract for the bonds (as
        operator, or by allowance of their id) and for the cash. Matured bonds of the class are cashed first.
    @param shares How many; the first ones of an empty class are one a unit of face.
    @param max_face Most bonds of the class's maturity to bring.
    @param max_cash Most cash to bring.
    @param receiver Who gets the shares.
    @return Face and cash brought, each rounded up.
    """
    assert shares > 0, errors.ZERO_SHARES
    self._settle()
    position: IRollingBonds.Position = self._position()
    face: uint256 = 0
    cash: uint256 = 0
    face, cash = self._to_enter(position, shares)
    assert face <= max_face, errors.FACE_ABOVE_MAX
    assert cash <= max_cash, errors.CASH_ABOVE_MAX
    self._store(position.face + face, position.cash + cash)
    if position.supply == 0:
        self._store_round(Round(maturity=position.maturity, since=0, reference=0, rolled=0))
    erc20._mint(receiver, shares)
    if face > 0:
        self._pull_bonds(bond_id.pack(bond_id.FIXED, position.maturity), face)
    if cash > 0:
        self._pull(cash)
    log IRollingBonds.ClassEntered(sender=msg.sender, receiver=receiver, shares=shares, face=face, cash=cash)
    return face, cash


@external
def exit(shares: uint256, min_face: uint256, min_cash: uint256, receiver: address) -> (uint256, uint256):
    """
    @notice Take a part of what the class holds for shares of the caller. Asks neither market nor treasury: bonds that have matured
        meanwhile are given as they are, and pay par there.
    @param shares How many are given up.
    @param min_face Least bonds to be got.
    @param min_cash Least cash to be got.
    @param receiver Who gets both.
    @return Face and cash got, each rounded down.
    """
    assert shares > 0, errors.ZERO_SHARES
    assert receiver != empty(address) and receiver != self, errors.BAD_EXIT
    held: uint256 = 0
    cash_held: uint256 = 0
    held, cash_held = self._load()
    supply: uint256 = erc20.totalSupply
    erc20._burn(msg.sender, shares)
    face: uint256 = shares * held // supply
    cash: uint256 = shares * cash_held // supply
    assert face >= min_face, errors.FACE_BELOW_MIN
    assert cash >= min_cash, errors.CASH_BELOW_MIN
    self._store(held - face, cash_held - cash)
    if face > 0:
        id: uint256 = bond_id.pack(bond_id.FIXED, self._load_round().maturity)
        moved: bool = extcall IBondToken(TOKEN).transfer(receiver, id, face)
        assert moved, errors.ROLL_REFUSED
    if cash > 0:
        self._push(receiver, cash)
    log IRollingBonds.ClassExited(sender=msg.sender, receiver=receiver, shares=shares, face=face, cash=cash)
    return face, cash


# -- keepers ----------------------------------------------------------------------------------------------------------


@external
def settle() -> uint256:
    """
    @notice Cash the bonds of the class once they have matured; anyone may.
    @return Face that was cashed.
    """
    return self._settle()


@external
def roll(face: uint256) -> (uint256, uint256):
    """
    @notice Buy bonds of the next maturity for cash of the class; anyone may, at any time, any number of times.
    @param face How much.
    @return Cost paid to the market, and tip paid to the caller.
    """
    self._settle()
    return self._roll(face)


@external
def roll_all() -> (uint256, uint256, uint256):
    """
    @notice The same for all the cash that there is, but for dust.
    @return Face bought, cost paid to the market, and tip paid to the caller.
    """
    self._settle()
    face: uint256 = self._face_of_all()
    cost: uint256 = 0
    tip: uint256 = 0
    cost, tip = self._roll(face)
    return face, cost, tip


# -- views ------------------------------------------------------------------------------------------------------------


@view
@external
def position() -> IRollingBonds.Position:
    """
    @notice What the class holds, with matured bonds as the cash that they pay.
    @return Its maturity (the next one, when it holds no living bonds), face, cash, and shares.
    """
    return self._position()


@view
@external
def quote_enter(shares: uint256) -> (uint256, uint256):
    """
    @notice What `enter` would take now.
    @param shares How many.
    @return Face and cash, each rounded up.
    """
    return self._to_enter(self._position(), shares)


@view
@external
def quote_roll_all() -> (uint256, uint256, uint256):
    """
    @notice What `roll_all` would buy now, the guard and the market's limits apart.
    @return Face, cost and tip.
    """
    face: uint256 = self._face_of_all()
    if face == 0:
        return 0, 0, 0
    cost: uint256 = staticcall IBondMarket(MARKET).quote_buy(self._position().maturity, face)
    return face, cost, self._tip(face, cost)


@view
@external
def guard() -> IRollingBonds.Guard:
    """
    @notice Whether the debt lets the class roll now.
    @return The maturity to be bought, the debt from which it would be priced, and the most that this may be.
    """
    maturity: uint256 = self._position().maturity
    average: uint256 = staticcall IDebtObserver(OBSERVER).average(MARKET, maturity)
    round: Round = self._at_roll(maturity, average)
    return IRollingBonds.Guard(maturity=maturity, start=self._start(maturity), limit=self._limit(round))


@view
@external
def worth(face: uint256) -> uint256:
    """
    @notice The most that a roll may pay for a face now, tip included: what earns the minimum rate to its maturity.
    @param face How much.
    @return Asset decimals, rounded down.
    """
    return self._worth(face, self._position().maturity - block.timestamp)


@view
@external
def market() -> address:
    """
    @notice Where the class buys.
    @return BondMarket.
    """
    return MARKET


@view
@external
def observer() -> address:
    """
    @notice Who tells what the debt was on average.
    @return DebtObserver.
    """
    return OBSERVER


@view
@external
def tenor() -> uint256:
    """
    @notice From the grid time of a first roll to the new maturity.
    @return s, whole weeks.
    """
    return TENOR


@view
@external
def min_rate() -> uint256:
    """
    @notice Least rate at which the class rolls.
    @return WAD a year, continuously compounded.
    """
    return MIN_RATE


@view
@external
def tolerance_bps() -> uint256:
    """
    @notice By how much the debt may be above its average.
    @return Of the target, bps.
    """
    return TOLERANCE_BPS


@view
@external
def tip_bps() -> uint256:
    """
    @notice What a keeper gets.
    @return Of the discount that a roll gains, bps.
    """
    return TIP_BPS


# -- internals: rolling -----------------------------------------------------------------------------------------------


@internal
def _settle() -> uint256:
    """
    @dev Matured bonds become cash at par. What arrives is measured.
    """
    face: uint256 = 0
    cash: uint256 = 0
    face, cash = self._load()
    maturity: uint256 = self._load_round().maturity
    if face == 0 or maturity > block.timestamp:
        return 0
    self._store(0, cash + face)
    before: uint256 = staticcall IERC20(ASSET).balanceOf(self)
    extcall IBondTreasury(TREASURY).redeem(bond_id.pack(bond_id.FIXED, maturity), face, self)
    balance: uint256 = staticcall IERC20(ASSET).balanceOf(self)
    assert balance == before + face, errors.ROLL_TOOK_A_FEE
    log IRollingBonds.ClassSettled(maturity=maturity, face=face)
    return face


@internal
def _roll(face: uint256) -> (uint256, uint256):
    """
    @dev Buy `face` of the next maturity within the three bounds. Everything is settled.
    """
    assert face > 0, errors.ZERO_FACE
    position: IRollingBonds.Position = self._position()
    cost: uint256 = staticcall IBondMarket(MARKET).quote_buy(position.maturity, face)
    tip: uint256 = self._tip(face, cost)
    assert cost + tip <= position.cash, errors.ABOVE_CASH
    assert cost + tip <= self._worth(face, position.maturity - block.timestamp), errors.BELOW_MIN_RATE
    average: uint256 = extcall IDebtObserver(OBSERVER).observe(MARKET, position.maturity)
    round: Round = self._at_roll(position.maturity, average)
    start: uint256 = self._start(position.maturity)
    assert start <= self._limit(round), errors.ABOVE_AVERAGE
    round.rolled += face
    self._store_round(round)
    self._store(position.face + face, position.cash - (cost + tip))
    paid: uint256 = extcall IBondMarket(MARKET).buy(position.maturity, face, cost, self, block.timestamp)
    assert paid == cost  # dev: a quote is what the same block charges
    if tip > 0:
        self._push(msg.sender, tip)
    log IRollingBonds.ClassRolled(keeper=msg.sender, maturity=position.maturity, face=face, cost=cost, tip=tip)
    return cost, tip


@internal
@view
def _face_of_all() -> uint256:
    """
    @dev Face whose cost and tip fit into the cash. What a cost buys leaves no room for the tip; a part of it that is smaller by the
        tip costs less than that part of its cost, since prices rise with the debt, and has a smaller tip.
    """
    position: IRollingBonds.Position = self._position()
    if position.cash == 0:
        return 0
    face: uint256 = 0
    cost: uint256 = 0
    face, cost = staticcall IBondMarket(MARKET).quote_buy_exact_cost(position.maturity, position.cash)
    less: uint256 = self._tip(face, cost)
    if less > 0:
        less += ROUNDINGS
    return face * (position.cash - min(position.cash, less)) // position.cash


@internal
@view
def _at_roll(maturity: uint256, average: uint256) -> Round:
    """
    @dev The round that a roll into `maturity` goes on with. Its reference starts anew, at the average, with each maturity, where that
        has become higher, and after a window, when the average knows what the class bought.
    """
    round: Round = self._load_round()
    if round.maturity != maturity or round.since + WINDOW < block.timestamp or average > round.reference + round.rolled:
        return Round(maturity=maturity, since=block.timestamp, reference=average, rolled=0)
    return round


@internal
@view
def _limit(round: Round) -> uint256:
    """
    @dev The most debt from which a roll may be priced.
    """
    curve: IMarketState.Curve = empty(IMarketState.Curve)
    fee_bps: uint256 = 0
    curve, fee_bps = staticcall IMarketState(MARKET).terms(round.maturity)
    return round.reference + round.rolled + curve.target * TOLERANCE_BPS // BPS


@internal
@view
def _start(maturity: uint256) -> uint256:
    """
    @dev The debt from which the market prices a purchase now: its upper anchor.
    """
    bucket: IMarketState.Bucket = staticcall IMarketState(MARKET).bucket(maturity)
    return bucket.debt + bucket.up * UNIT


@internal
@view
def _worth(face: uint256, tau: uint256) -> uint256:
    """
    @dev `face * exp(-MIN_RATE * tau)`, never above the exact value: the exponent is rounded up, the factor and the product down.
    """
    if MIN_RATE == 0:
        return face
    exponent: uint256 = (MIN_RATE * tau * Q96 + YEAR * WAD - 1) // (YEAR * WAD)
    return face * (log_mean._exp_neg(exponent) - EXP_SLACK) // Q96


@internal
@view
def _tip(face: uint256, cost: uint256) -> uint256:
    """
    @dev The keeper's part of the discount, rounded down.
    """
    return (face - cost) * TIP_BPS // BPS


# -- internals: holdings ----------------------------------------------------------------------------------------------


@internal
@view
def _position() -> IRollingBonds.Position:
    """
    @dev Holdings as they are once settled. The maturity held counts as long as it lives; then, and before the first entry, the one
        a tenor after the grid time before now.
    """
    position: IRollingBonds.Position = IRollingBonds.Position(
        maturity=self._load_round().maturity, face=0, cash=0, supply=erc20.totalSupply
    )
    position.face, position.cash = self._load()
    if position.maturity <= block.timestamp:
        position.maturity = block.timestamp // WEEK * WEEK + TENOR
        position.cash += position.face
        position.face = 0
    return position


@internal
@pure
def _to_enter(position: IRollingBonds.Position, shares: uint256) -> (uint256, uint256):
    """
    @dev Face and cash that shares stand for, each rounded up. The first shares are face; an empty class holds nothing else.
    """
    if position.supply == 0:
        return shares, 0
    face: uint256 = (shares * position.face + position.supply - 1) // position.supply
    cash: uint256 = (shares * position.cash + position.supply - 1) // position.supply
    return face, cash


@internal
@view
def _load() -> (uint256, uint256):
    """
    @dev Face and cash.
    """
    word: uint256 = self._books
    return word & (2**128 - 1), word >> 128


@internal
def _store(face: uint256, cash: uint256):
    """
    @dev Write the books. Face is below 2**96 as the market's caps are, and cash is what face once was, or was brought.
    """
    assert face < 2**128 and cash < 2**128, errors.BIG_BOOKS
    self._books = (cash << 128) | face


@internal
@view
def _load_round() -> Round:
    """
    @dev The round as stored.
    """
    word: uint256 = self._round
    return Round(
        maturity=(word & (2**24 - 1)) * WEEK,
        since=(word >> 24) & (2**40 - 1),
        reference=(word >> 64) & (2**96 - 1),
        rolled=word >> 160,
    )


@internal
def _store_round(round: Round):
    """
    @dev Write the round. Debts and what one class bought within a window of one maturity are below 2**96, as its cap is.
    """
    assert round.reference < 2**96 and round.rolled < 2**96, errors.BIG_BOOKS
    self._round = (round.rolled << 160) | (round.reference << 64) | (round.since << 24) | (round.maturity // WEEK)


@internal
def _pull_bonds(id: uint256, face: uint256):
    """
    @dev Take bonds of the caller.
    """
    moved: bool = extcall IBondToken(TOKEN).transferFrom(msg.sender, self, id, face)
    assert moved, errors.ROLL_REFUSED


@internal
def _pull(amount: uint256):
    """
    @dev Take exactly `amount` of the asset from the caller.
    """
    before: uint256 = staticcall IERC20(ASSET).balanceOf(self)
    success: bool = extcall IERC20(ASSET).transferFrom(msg.sender, self, amount, default_return_value=True)
    assert success, errors.ROLL_REFUSED
    balance: uint256 = staticcall IERC20(ASSET).balanceOf(self)
    assert balance == before + amount, errors.ROLL_TOOK_A_FEE


@internal
def _push(receiver: address, amount: uint256):
    """
    @dev Send `amount` of the asset.
    """
    success: bool = extcall IERC20(ASSET).transfer(receiver, amount, default_return_value=True)
    assert success, errors.ROLL_REFUSED
