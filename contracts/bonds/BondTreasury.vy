# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Escrow and reserve behind the bonds
@license AGPL-3.0-only
@author Surety contributors
@notice Holds the asset in three tracked parts. The escrow is what bonds will pay: it moves only together with a mint, a burn or
    accrued interest, and equals the outstanding face of FIXED bonds and the value of VARIABLE ones at all times. The reserve is what
    the protocol pays discounts from: deposits, fees and, where the asset allows it, capped minting fill it; buys of FIXED bonds draw
    on it, and sales pay into it. The interest reserve pays the interest of VARIABLE bonds and nothing else.
    Holders redeem matured bonds of both kinds here, without a market.
@dev Created by BondMarket from a blueprint, and creates BondToken and VariableMarket from others: MARKET, VARIABLE_MARKET and TOKEN
    are fixed for ever, so no role can make another contract mint or burn. Buyers approve this contract. Interest is accrued
    before anything that depends on it (variable_index).
@custom:security The asset is a plain ERC-20, one that returns nothing included. One that takes a fee on transfers is refused
    at the door (what arrives is measured); one that rebases downwards, blacklists this contract or pauses can stop
    payments, which no contract on top of it can mend. Gifts count for nothing until `absorb` books them.
@custom:kill Nothing here can be stopped. TREASURER can draw the reserve, and of the interest reserve what lies above 90 days of interest,
    never the escrow; without reserve buys at a discount revert, without interest reserve the index stands; sales and redemption
    go on.
@custom:invariant INV-TRS-1 … INV-TRS-5 (specs/bond-treasury.md), INV-VAR-1 … INV-VAR-5 (specs/variable-bonds.md)
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ethereum.ercs import IERC20
from ethereum.ercs import IERC20Detailed
from ...interfaces import IBondToken
from ...interfaces import IBondTreasury
from ...interfaces import IMintable

implements: IBondTreasury

# -- modules ----------------------------------------------------------------------------------------------------------

from snekmate.auth import access_control
from ..governance import roles
from . import bond_id
from . import errors
from . import variable_index
from ...interfaces import IVariableMarket

initializes: access_control
initializes: roles[access_control := access_control]
initializes: variable_index

exports: roles.__interface__

# -- constants --------------------------------------------------------------------------------------------------------

WAD: constant(uint256) = 10**18
YEAR: constant(uint256) = 31_536_000
MAX_STRIP: constant(uint256) = 32
BURST: constant(uint256) = 12  # a twelfth of the annual cap may be minted at once

# -- immutables -------------------------------------------------------------------------------------------------------

ASSET: immutable(address)
TOKEN: immutable(address)
MARKET: immutable(address)
VARIABLE_MARKET: immutable(address)

# -- storage ----------------------------------------------------------------------------------------------------------

# reserve (128 bits) | escrow (128 bits), asset decimals
_books: uint256
# minted and not yet drained (128 bits) | time (128 bits)
_minted: uint256
mint_cap: public(uint256)  # asset decimals a year


# -- constructor ------------------------------------------------------------------------------------------------------


@deploy
def __init__(
    asset: address,
    token_blueprint: address,
    variable_blueprint: address,
    label: String[16],
    admin: address,
    curator: address,
    guardian: address,
    treasurer: address,
    mint_cap: uint256,
    variable: IVariableMarket.Setup,
):
    """
    @notice The creator becomes the market.
    @param asset What bonds are paid in.
    @param token_blueprint ERC-5202 blueprint of BondToken.
    @param variable_blueprint ERC-5202 blueprint of VariableMarket.
    @param label Symbol of the asset as bonds show it.
    @param admin DEFAULT_ADMIN, the Timelock.
    @param curator First CURATOR of VariableMarket; zero for none.
    @param guardian First GUARDIAN of VariableMarket; zero for none.
    @param treasurer First TREASURER; zero for none.
    @param mint_cap Most that may be minted into the reserve in a year; zero for an asset that can't be minted.
    @param variable Terms of variable bonds. Their rate begins at that of an empty market.
    """
    access_control.__init__()
    roles.__init__(admin)
    roles._grant(roles.TREASURER_ROLE, treasurer)
    decimals: uint8 = staticcall IERC20Detailed(asset).decimals()
    ASSET = asset
    MARKET = msg.sender
    TOKEN = create_from_blueprint(token_blueprint, label, decimals)
    VARIABLE_MARKET = create_from_blueprint(variable_blueprint, decimals, admin, curator, guardian, variable)
    variable_index.__init__(variable.terms.hi)
    self._set_mint_cap(mint_cap)


# -- the market's entries ---------------------------------------------------------------------------------------------


@external
def issue(payer: address, receiver: address, id: uint256, face: uint256, cost: uint256):
    """
    @notice Sell new bonds: the payer's cost and the discount from the reserve go into escrow, and `face` is minted.
    @dev Only MARKET, which names its own caller as `payer`.
    @param payer Who pays; has approved this contract.
    @param receiver Who gets the bonds.
    @param id FIXED bond id.
    @param face Face minted.
    @param cost What the payer pays, at most `face`.
    """
    assert msg.sender == MARKET, errors.NOT_MARKET
    self._escrow_more(face, face - cost)
    extcall IBondToken(TOKEN).mint(receiver, id, face)
    self._pull(payer, cost)


@external
def retire(holder: address, receiver: address, id: uint256, face: uint256, proceeds: uint256):
    """
    @notice Buy bonds back: `face` is burned and leaves the escrow, to the receiver and, for the discount, to the reserve.
    @dev Only MARKET, which names its own caller as `holder`.
    @param holder Whose bonds are burned.
    @param receiver Who is paid.
    @param id FIXED bond id.
    @param face Face burned.
    @param proceeds What is paid, at most `face`.
    """
    assert msg.sender == MARKET, errors.NOT_MARKET
    # the token calls nobody, so it may come first: it knows the reason when the holder has too few
    extcall IBondToken(TOKEN).burn(holder, id, face)
    word: uint256 = self._books
    reserve: uint256 = (word >> 128) + (face - proceeds)
    assert word & (2**128 - 1) >= face  # dev: the escrow is what all bonds are owed (INV-TRS-1)
    assert reserve < 2**128, errors.BIG_AMOUNT
    self._books = (reserve << 128) | unsafe_sub(word & (2**128 - 1), face)
    self._push(receiver, proceeds)


@external
def issue_many(
    payer: address,
    receiver: address,
    ids: DynArray[uint256, MAX_STRIP],
    faces: DynArray[uint256, MAX_STRIP],
    cost: uint256,
):
    """
    @notice Sell a strip of bonds for one payment.
    @dev Only MARKET, which names its own caller as `payer`.
    @param payer Who pays; has approved this contract.
    @param receiver Who gets the bonds.
    @param ids FIXED bond ids.
    @param faces Face minted of each.
    @param cost What the payer pays for all, at most the sum of the faces.
    """
    assert msg.sender == MARKET, errors.NOT_MARKET
    face: uint256 = 0
    for i: uint256 in range(len(ids), bound=MAX_STRIP):
        face += faces[i]
        extcall IBondToken(TOKEN).mint(receiver, ids[i], faces[i])
    self._escrow_more(face, face - cost)
    self._pull(payer, cost)


@external
def convert(holder: address, receiver: address, id: uint256, face: uint256, new_id: uint256, new_face: uint256):
    """
    @notice Burn bonds of one id and mint bonds of another; the reserve settles the difference of face with the escrow.
    @dev Only MARKET, which names its own caller as `holder`. No asset moves.
    @param holder Whose bonds are burned.
    @param receiver Who gets the new bonds.
    @param id FIXED bond id burned.
    @param face Face burned.
    @param new_id FIXED bond id minted.
    @param new_face Face minted.
    """
    assert msg.sender == MARKET, errors.NOT_MARKET
    extcall IBondToken(TOKEN).burn(holder, id, face)
    extcall IBondToken(TOKEN).mint(receiver, new_id, new_face)
    if new_face > face:
        self._escrow_more(new_face - face, new_face - face)
    else:
        escrow: uint256 = 0
        reserve: uint256 = 0
        escrow, reserve = self._load()
        self._store(escrow - (face - new_face), reserve + (face - new_face))


# -- the variable market's entries ------------------------------------------------------------------------------------


@external
def issue_variable(payer: address, receiver: address, maturity: uint256, shares: uint256, cost: uint256, rate: uint256):
    """
    @notice Sell shares of the index: their value goes into escrow, and what of the cost is left over into the interest reserve.
    @dev Only VARIABLE_MARKET, which names its own caller as `payer`, and has accrued in the same transaction.
    @param payer Who pays; has approved this contract.
    @param receiver Who gets the bonds.
    @param maturity Thursday 00:00 UTC after now, s.
    @param shares Shares minted, worth at most `cost`.
    @param cost What the payer pays.
    @param rate Rate from now on, WAD a year.
    """
    assert msg.sender == VARIABLE_MARKET, errors.NOT_VARIABLE_MARKET
    value: uint256 = variable_index._issue(maturity, shares, cost, rate)
    self._escrow_more(value, 0)
    extcall IBondToken(TOKEN).mint(receiver, bond_id.pack(bond_id.VARIABLE, maturity), shares)
    self._pull(payer, cost)


@external
def retire_variable(
    holder: address, receiver: address, maturity: uint256, shares: uint256, proceeds: uint256, rate: uint256
):
    """
    @notice Buy shares of the index back: their value leaves the escrow, to the receiver and, for the discount, to the interest
        reserve.
    @dev Only VARIABLE_MARKET, which names its own caller as `holder`, and has accrued in the same transaction.
    @param holder Whose bonds are burned.
    @param receiver Who is paid.
    @param maturity Thursday 00:00 UTC after now, s.
    @param shares Shares burned.
    @param proceeds What is paid, at most what the shares are worth.
    @param rate Rate from now on, WAD a year.
    """
    assert msg.sender == VARIABLE_MARKET, errors.NOT_VARIABLE_MARKET
    extcall IBondToken(TOKEN).burn(holder, bond_id.pack(bond_id.VARIABLE, maturity), shares)
    value: uint256 = variable_index._retire(maturity, shares, proceeds, rate)
    self._escrow_less(value)
    self._push(receiver, proceeds)


@external
def set_rate(rate: uint256):
    """
    @notice Store the rate of variable bonds.
    @dev Only VARIABLE_MARKET, which has accrued in the same transaction.
    @param rate Rate from now on, WAD a year.
    """
    assert msg.sender == VARIABLE_MARKET, errors.NOT_VARIABLE_MARKET
    variable_index._check_current()
    variable_index._put_rate(rate)


# -- holders ----------------------------------------------------------------------------------------------------------


@external
def redeem(id: uint256, amount: uint256, receiver: address):
    """
    @notice Take what matured bonds of the caller pay: par for FIXED ones, the index of their maturity for VARIABLE ones. Nothing pauses
        this, and the markets have no part in it.
    @param id Bond id that has matured.
    @param amount How much of it: face, or shares.
    @param receiver Who is paid; for VARIABLE bonds rounded down.
    """
    assert amount > 0, errors.ZERO_FUNDS
    assert bond_id.maturity_of(id) <= block.timestamp, errors.NOT_MATURED
    kind: uint256 = bond_id.kind_of(id)
    if kind == bond_id.FIXED:
        extcall IBondToken(TOKEN).burn(msg.sender, id, amount)
        self._escrow_less(amount)
        self._push(receiver, amount)
        log IBondTreasury.BondRedeemed(holder=msg.sender, receiver=receiver, id=id, face=amount)
    else:
        assert kind == bond_id.VARIABLE, errors.UNKNOWN_KIND
        self._redeem_variable(id, amount, receiver)


@external
def accrue() -> IBondTreasury.Variable:
    """
    @notice Accrue the interest of variable bonds up to now, at most 64 weeks a call; anyone may. Trades and redemptions do so by
        themselves, and ask for this only when more is due.
    @return The state after it; `time` is now unless more is due.
    """
    self._accrue()
    return variable_index._booked()


# -- the reserve ------------------------------------------------------------------------------------------------------


@external
def fund(amount: uint256):
    """
    @notice Pay into the reserve; anyone may.
    @param amount Asset pulled from the caller, who has approved this contract.
    """
    assert amount > 0, errors.ZERO_FUNDS
    self._add_reserve(amount)
    self._pull(msg.sender, amount)
    log IBondTreasury.ReserveFunded(funder=msg.sender, amount=amount)


@external
def absorb() -> uint256:
    """
    @notice Book asset that was sent here without a call as reserve; anyone may.
    @return What was booked.
    """
    escrow: uint256 = 0
    reserve: uint256 = 0
    escrow, reserve = self._load()
    surplus: uint256 = staticcall IERC20(ASSET).balanceOf(self)
    surplus -= min(surplus, escrow + reserve + variable_index._reserve())
    assert surplus > 0, errors.NOTHING_TO_ABSORB
    self._add_reserve(surplus)
    log IBondTreasury.ReserveAbsorbed(amount=surplus)
    return surplus


@external
def withdraw(amount: uint256, receiver: address):
    """
    @notice Draw the protocol's own money from the reserve. Only TREASURER.
    @param amount How much, at most the reserve.
    @param receiver Who gets it.
    """
    roles._check(roles.TREASURER_ROLE)
    assert amount > 0, errors.ZERO_FUNDS
    escrow: uint256 = 0
    reserve: uint256 = 0
    escrow, reserve = self._load()
    assert amount <= reserve, errors.RESERVE_TOO_LOW
    self._store(escrow, unsafe_sub(reserve, amount))
    self._push(receiver, amount)
    log IBondTreasury.ReserveWithdrawn(receiver=receiver, amount=amount)


@external
def fund_interest(amount: uint256):
    """
    @notice Pay into the interest reserve; anyone may. Interest is accrued before, so what is paid in pays for the time to come.
    @param amount Asset pulled from the caller, who has approved this contract.
    """
    assert amount > 0, errors.ZERO_FUNDS
    self._accrue()
    variable_index._fund(amount)
    self._pull(msg.sender, amount)
    log IBondTreasury.InterestFunded(funder=msg.sender, amount=amount)


@external
def withdraw_interest(amount: uint256, receiver: address):
    """
    @notice Draw the protocol's own money from the interest reserve. Only TREASURER. Interest is accrued before, and 90 days of it on
        what is live, at the stored rate, stay.
    @param amount How much.
    @param receiver Who gets it.
    """
    roles._check(roles.TREASURER_ROLE)
    assert amount > 0, errors.ZERO_FUNDS
    self._accrue()
    variable_index._draw(amount)
    self._push(receiver, amount)
    log IBondTreasury.InterestWithdrawn(receiver=receiver, amount=amount)


@external
def mint_reserve(amount: uint256):
    """
    @notice Mint asset into the reserve (`IMintable`). Only TREASURER, within the annual cap.
    @dev A leaky bucket of a twelfth of the cap that drains eleven twelfths of it a year: no 365 days see more than the cap.
    @param amount How much.
    """
    roles._check(roles.TREASURER_ROLE)
    assert amount > 0, errors.ZERO_FUNDS
    assert amount <= self._mintable(), errors.OVER_MINT_CAP
    self._minted = ((self._undrained() + amount) << 128) | block.timestamp
    self._add_reserve(amount)
    before: uint256 = staticcall IERC20(ASSET).balanceOf(self)
    extcall IMintable(ASSET).mint(self, amount)
    balance: uint256 = staticcall IERC20(ASSET).balanceOf(self)
    assert balance == before + amount, errors.TOOK_A_FEE
    log IBondTreasury.ReserveMinted(amount=amount)


@external
def set_mint_cap(cap: uint256):
    """
    @notice Set the annual cap of minting. Only DEFAULT_ADMIN.
    @param cap Asset a year.
    """
    roles._check(access_control.DEFAULT_ADMIN_ROLE)
    self._minted = (self._undrained() << 128) | block.timestamp
    self._set_mint_cap(cap)


# -- views ------------------------------------------------------------------------------------------------------------


@view
@external
def escrow() -> uint256:
    """
    @notice Asset held for bonds: the outstanding face of FIXED ones, and what VARIABLE ones were worth when interest was last accrued.
    @return Asset decimals.
    """
    return self._books & (2**128 - 1)


@view
@external
def reserve() -> uint256:
    """
    @notice Asset held to pay discounts.
    @return Asset decimals.
    """
    return self._books >> 128


@view
@external
def interest_reserve() -> uint256:
    """
    @notice Asset held to pay interest of variable bonds, as it was when interest was last accrued.
    @return Asset decimals.
    """
    return variable_index._reserve()


@view
@external
def variable() -> IBondTreasury.Variable:
    """
    @notice The state that `accrue` would return now.
    @return `time` is now unless more than 64 weeks are due.
    """
    state: IBondTreasury.Variable = empty(IBondTreasury.Variable)
    index: uint256 = 0
    state, index = variable_index._preview(self._books & (2**128 - 1), 0)
    return state


@view
@external
def series(maturity: uint256) -> (uint256, uint256):
    """
    @notice One maturity of variable bonds.
    @param maturity Thursday 00:00 UTC, s.
    @return Its shares, and its index after `accrue`, RAY: that of its maturity if it has matured, else the live one.
    """
    state: IBondTreasury.Variable = empty(IBondTreasury.Variable)
    index: uint256 = 0
    state, index = variable_index._preview(self._books & (2**128 - 1), maturity)
    return variable_index._shares_of(maturity), index


@view
@external
def runway() -> uint256:
    """
    @notice How long the interest reserve lasts if what is live stays live and the rate stays the stored one.
    @return s, rounded down; 2**256 - 1 if nothing is owed.
    """
    state: IBondTreasury.Variable = empty(IBondTreasury.Variable)
    index: uint256 = 0
    state, index = variable_index._preview(self._books & (2**128 - 1), 0)
    if state.value * state.rate == 0:
        return max_value(uint256)
    # ln(1 + x) >= 2x / (2 + x)
    return 2 * state.reserve * YEAR * WAD // ((2 * state.value + state.reserve) * state.rate)


@view
@external
def mintable() -> uint256:
    """
    @notice What `mint_reserve` would mint now.
    @return Asset decimals, rounded down.
    """
    return self._mintable()


@view
@external
def asset() -> address:
    """
    @notice What bonds are paid in.
    @return ERC-20.
    """
    return ASSET


@view
@external
def token() -> address:
    """
    @notice The bonds.
    @return BondToken, created by this contract.
    """
    return TOKEN


@view
@external
def market() -> address:
    """
    @notice Who may issue and retire bonds.
    @return BondMarket, the creator of this contract.
    """
    return MARKET


@view
@external
def variable_market() -> address:
    """
    @notice Who may issue and retire variable bonds, and store their rate.
    @return VariableMarket, created by this contract.
    """
    return VARIABLE_MARKET


# -- internals --------------------------------------------------------------------------------------------------------


@internal
@view
def _load() -> (uint256, uint256):
    """
    @dev Escrow and reserve.
    """
    word: uint256 = self._books
    return word & (2**128 - 1), word >> 128


@internal
def _store(escrow: uint256, reserve: uint256):
    """
    @dev Write both books. Below 2**128 each, or what an overflowing reserve would do to the word is refused.
    """
    assert escrow < 2**128 and reserve < 2**128, errors.BIG_AMOUNT
    self._books = (reserve << 128) | escrow


@internal
def _escrow_more(face: uint256, discount: uint256):
    """
    @dev Escrow `face`, of which the reserve pays `discount`.
    """
    word: uint256 = self._books
    escrow: uint256 = (word & (2**128 - 1)) + face
    assert discount <= word >> 128, errors.RESERVE_TOO_LOW
    assert escrow < 2**128, errors.BIG_AMOUNT
    self._books = (unsafe_sub(word >> 128, discount) << 128) | escrow


@internal
def _escrow_less(amount: uint256):
    """
    @dev Let `amount` go out of escrow.
    """
    word: uint256 = self._books
    assert word & (2**128 - 1) >= amount  # dev: the escrow is what all bonds are owed (INV-TRS-1)
    self._books = unsafe_sub(word, amount)


@internal
def _accrue():
    """
    @dev Accrue interest, which the interest reserve pays into escrow.
    """
    escrow: uint256 = 0
    reserve: uint256 = 0
    escrow, reserve = self._load()
    after: uint256 = variable_index._accrue(escrow)
    if after != escrow:
        self._store(after, reserve)


@internal
def _redeem_variable(id: uint256, shares: uint256, receiver: address):
    """
    @dev Pay shares at the index of their maturity, which no later interest touches.
    """
    extcall IBondToken(TOKEN).burn(msg.sender, id, shares)
    maturity: uint256 = bond_id.maturity_of(id)
    if not variable_index._is_frozen(maturity):
        self._accrue()
    value: uint256 = 0
    paid: uint256 = 0
    value, paid = variable_index._redeem(maturity, shares)
    self._escrow_less(value)
    self._push(receiver, paid)
    log IBondTreasury.VariableRedeemed(holder=msg.sender, receiver=receiver, id=id, shares=shares, amount=paid)


@internal
def _add_reserve(amount: uint256):
    """
    @dev Book `amount` as reserve.
    """
    escrow: uint256 = 0
    reserve: uint256 = 0
    escrow, reserve = self._load()
    self._store(escrow, reserve + amount)


@internal
def _pull(payer: address, amount: uint256):
    """
    @dev Take exactly `amount` from `payer`.
    """
    before: uint256 = staticcall IERC20(ASSET).balanceOf(self)
    success: bool = extcall IERC20(ASSET).transferFrom(payer, self, amount, default_return_value=True)
    assert success, errors.TRANSFER_FAILED
    balance: uint256 = staticcall IERC20(ASSET).balanceOf(self)
    assert balance == before + amount, errors.TOOK_A_FEE


@internal
def _push(receiver: address, amount: uint256):
    """
    @dev Send `amount` out.
    """
    assert receiver != empty(address), errors.ZERO_RECEIVER
    success: bool = extcall IERC20(ASSET).transfer(receiver, amount, default_return_value=True)
    assert success, errors.TRANSFER_FAILED


@internal
def _set_mint_cap(cap: uint256):
    """
    @dev Store the annual cap.
    """
    assert cap < 2**128, errors.BIG_AMOUNT
    self.mint_cap = cap
    log IBondTreasury.MintCapSet(cap=cap)


@internal
@view
def _undrained() -> uint256:
    """
    @dev What was minted and has not drained yet, rounded up.
    """
    word: uint256 = self._minted
    elapsed: uint256 = block.timestamp - (word & (2**128 - 1))
    drained: uint256 = self.mint_cap * (BURST - 1) * elapsed // (BURST * YEAR)
    level: uint256 = word >> 128
    return level - min(level, drained)


@internal
@view
def _mintable() -> uint256:
    """
    @dev Room of the mint bucket.
    """
    room: uint256 = self.mint_cap // BURST
    return room - min(room, self._undrained())
