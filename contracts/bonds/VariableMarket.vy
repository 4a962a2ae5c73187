# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Market of variable bonds
@license AGPL-3.0-only
@author Surety contributors
@notice Sells VARIABLE bonds at par: shares of one index that grows at the stored rate until their maturity. It buys them back
    before, for less. The rate follows the value of all live shares along a kinked line: an empty market pays `hi`, one at its
    target `mid`, one at its cap `low`. It is stored at each trade, or by `update_rate` once an epoch (week), never by accrual.
@dev Created by BondTreasury, which owns the index, accrues it, holds the asset and pays matured bonds; this contract prices, and
    holds nothing. What an early sale loses to par follows the kernel of fixed bonds (log_mean) over the value of all shares, with
    the log-discounts rate * tenor * exit share. Two anchors walk toward what is in force by the share of a week that has passed: a
    stored rate stays within a step of the rate's, and sales are priced from no more than the value's. So what lasts for a
    block moves them by a block. What was bought of a maturity within a week is sold at the price at the anchor, without moving it.
@custom:security Buys are at par and sales at or below it, so no sequence at one timestamp gains (INV-VAR-6), and no buy changes what
    sales of the same second bring (INV-VAR-7). Nothing here draws on a reserve. Who may call: trades and `update_rate`, anyone; terms, CURATOR behind the notice; pauses, GUARDIAN.
@custom:kill GUARDIAN pauses buys, sales, or both; interest and redemption are BondTreasury's and go on whatever happens here.
@custom:invariant INV-VAR-6 … INV-VAR-11 (specs/variable-bonds.md)
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ...interfaces import IBondTreasury
from ...interfaces import IVariableMarket

implements: IVariableMarket

# -- modules ----------------------------------------------------------------------------------------------------------

from snekmate.auth import access_control
from ..governance import roles
from ..lib import calendar
from ..lib import log_mean
from . import bond_id
from . import errors
from . import knot_word

initializes: access_control
initializes: roles[access_control := access_control]

exports: roles.__interface__

# -- types and constants ----------------------------------------------------------------------------------------------

struct Policy:
    before: uint256  # shares of an exit, fee and step, 16 bits each, until `start`
    after: uint256  # from then on
    start: uint256  # s; zero when no change was ever announced or the last one was cancelled
    buys_paused: bool
    sells_paused: bool


struct Sale:
    value: uint256  # of the shares, asset decimals
    netted: uint256  # part of it that undoes buys of the last week
    recent: uint256  # what was bought of the maturity within a week, before the sale
    proceeds: uint256


struct Anchors:
    rate: uint256  # WAD a year
    level: uint256  # of the value, asset decimals
    time: uint256  # of the last stored rate, s


MAX_NOTICE: constant(uint256) = 90 * 86_400
MIN_NOTICE: constant(uint256) = 86_400
MAX_TENOR_LIMIT: constant(uint256) = 255 * WEEK
MAX_RATE: constant(uint256) = WAD
MAX_FEE_BPS: constant(uint256) = 1_000
MAX_LOG_DISCOUNT: constant(uint256) = 4 * WAD  # of the kernel
MAX_FALL: constant(uint256) = WAD  # of the kernel
BP: constant(uint256) = 10**14  # WAD
BPS: constant(uint256) = 10_000
WAD: constant(uint256) = 10**18
RAY: constant(uint256) = 10**27
WEEK: constant(uint256) = calendar.WEEK
YEAR: constant(uint256) = 31_536_000
GRAIN: constant(uint256) = knot_word.GRAIN

# -- immutables -------------------------------------------------------------------------------------------------------

TREASURY: immutable(address)
UNIT: immutable(uint256)  # grain of target and cap: 1e-6 of the asset
NOTICE: immutable(uint256)  # s
MAX_TENOR: immutable(uint256)  # s

# -- storage ----------------------------------------------------------------------------------------------------------

_curves: uint256[2]  # knot_word: before and after the last announced change
# sells paused (1 bit) | buys paused (1) | start (40) | after (48) | before (48)
_policy: uint256
# time of the last stored rate (64 bits) | anchor of the value (128) | anchor of the rate (64)
_anchors: uint256
# by maturity: value bought that is not sold again and not a week old (128 bits) | time of the last change (128)
_recent: HashMap[uint256, uint256]


# -- constructor ------------------------------------------------------------------------------------------------------


@deploy
def __init__(decimals: uint8, admin: address, curator: address, guardian: address, setup: IVariableMarket.Setup):
    """
    @notice The creator becomes the treasury.
    @param decimals Of the asset, at most 18.
    @param admin DEFAULT_ADMIN, the Timelock.
    @param curator First CURATOR; zero for none.
    @param guardian First GUARDIAN; zero for none.
    @param setup Notice and longest tenor, fixed for ever, and the terms in force from the start.
    """
    access_control.__init__()
    roles.__init__(admin)
    roles._grant(roles.CURATOR_ROLE, curator)
    roles._grant(roles.GUARDIAN_ROLE, guardian)
    assert setup.notice >= MIN_NOTICE and setup.notice <= MAX_NOTICE, errors.VAR_BAD_NOTICE
    assert setup.max_tenor >= WEEK and setup.max_tenor <= MAX_TENOR_LIMIT, errors.VAR_BAD_TENOR
    TREASURY = msg.sender
    UNIT = 10**(max(convert(decimals, uint256), 6) - 6)
    NOTICE = setup.notice
    MAX_TENOR = setup.max_tenor
    curve: uint256 = 0
    shares: uint256 = 0
    curve, shares = self._packed(setup.terms, UNIT, MAX_TENOR)
    self._curves[1] = curve
    self._store_policy(Policy(before=0, after=shares, start=0, buys_paused=False, sells_paused=False))
    self._store_anchors(Anchors(rate=setup.terms.hi, level=0, time=block.timestamp))


# -- trades -----------------------------------------------------------------------------------------------------------


@external
def buy(maturity: uint256, cost: uint256, min_shares: uint256, receiver: address, deadline: uint256) -> uint256:
    """
    @notice Buy at par for a cost. The caller has approved the treasury for it.
    @param maturity Thursday 00:00 UTC, s.
    @param cost What is paid.
    @param min_shares Least shares to be got.
    @param receiver Who gets the bonds.
    @param deadline Last second for which the call is meant.
    @return Shares got, rounded down.
    """
    self._check_trade(maturity, cost, deadline)
    policy: Policy = self._load_policy()
    assert not policy.buys_paused, errors.VAR_BUYS_PAUSED
    state: IBondTreasury.Variable = extcall IBondTreasury(TREASURY).accrue()
    terms: IVariableMarket.Terms = self._terms(policy)
    shares: uint256 = self._shares_for(cost, maturity, state, terms)
    assert shares >= min_shares, errors.VAR_BELOW_MIN_SHARES
    recent: uint256 = self._recent_of(maturity) + shares * state.index // RAY
    self._recent[maturity] = (recent << 128) | block.timestamp
    rate: uint256 = self._next_rate((state.shares + shares) * state.index // RAY, self._walked(state), terms)
    extcall IBondTreasury(TREASURY).issue_variable(msg.sender, receiver, maturity, shares, cost, rate)
    id: uint256 = bond_id.pack(bond_id.VARIABLE, maturity)
    log IVariableMarket.VariableBought(buyer=msg.sender, receiver=receiver, id=id, shares=shares, cost=cost)
    return shares


@external
def sell(maturity: uint256, shares: uint256, min_proceeds: uint256, receiver: address, deadline: uint256) -> uint256:
    """
    @notice Sell shares of the caller back before they mature; no approval is needed.
    @param maturity Thursday 00:00 UTC, s.
    @param shares How many.
    @param min_proceeds Least to be paid.
    @param receiver Who is paid.
    @param deadline Last second for which the call is meant.
    @return Proceeds, rounded down, at most what the shares are worth.
    """
    self._check_trade(maturity, shares, deadline)
    policy: Policy = self._load_policy()
    assert not policy.sells_paused, errors.VAR_SELLS_PAUSED
    state: IBondTreasury.Variable = extcall IBondTreasury(TREASURY).accrue()
    terms: IVariableMarket.Terms = self._terms(policy)
    anchors: Anchors = self._walked(state)
    sale: Sale = self._sale(shares, maturity, state, anchors.level, terms)
    assert sale.proceeds >= min_proceeds, errors.VAR_BELOW_MIN_PROCEEDS
    anchors.level -= min(anchors.level, sale.value - sale.netted)
    if sale.netted > 0:
        self._recent[maturity] = ((sale.recent - sale.netted) << 128) | block.timestamp
    rate: uint256 = self._next_rate((state.shares - shares) * state.index // RAY, anchors, terms)
    extcall IBondTreasury(TREASURY).retire_variable(msg.sender, receiver, maturity, shares, sale.proceeds, rate)
    id: uint256 = bond_id.pack(bond_id.VARIABLE, maturity)
    log IVariableMarket.VariableSold(seller=msg.sender, receiver=receiver, id=id, shares=shares, proceeds=sale.proceeds)
    return sale.proceeds


@external
def update_rate() -> uint256:
    """
    @notice Store the rate of the value as it is now; anyone may, in an epoch (week from Thursday 00:00 UTC) in which none was stored.
    @return The rate stored, WAD a year.
    """
    assert self._load_anchors().time // WEEK < block.timestamp // WEEK, errors.VAR_RATE_IS_FRESH
    state: IBondTreasury.Variable = extcall IBondTreasury(TREASURY).accrue()
    assert state.time == block.timestamp, errors.VAR_ACCRUE_FIRST
    anchors: Anchors = self._walked(state)
    rate: uint256 = self._next_rate(state.value, anchors, self._terms(self._load_policy()))
    extcall IBondTreasury(TREASURY).set_rate(rate)
    return rate


# -- parameters -------------------------------------------------------------------------------------------------------


@external
def queue_terms(terms: IVariableMarket.Terms):
    """
    @notice Announce new terms, which hold from the end of the notice on. Only CURATOR.
    @param terms All of them, changed or not.
    """
    roles._check(roles.CURATOR_ROLE)
    policy: Policy = self._load_policy()
    assert block.timestamp >= policy.start, errors.VAR_CHANGE_RUNNING
    curve: uint256 = 0
    shares: uint256 = 0
    curve, shares = self._packed(terms, UNIT, MAX_TENOR)
    self._curves = [self._curves[1], curve]
    policy.before = policy.after
    policy.after = shares
    policy.start = block.timestamp + NOTICE
    self._store_policy(policy)
    log IVariableMarket.TermsQueued(start=policy.start, terms=terms)


@external
def cancel_terms():
    """
    @notice Take announced terms back before they hold. Only CURATOR or GUARDIAN.
    """
    if not access_control.hasRole[roles.GUARDIAN_ROLE][msg.sender]:
        roles._check(roles.CURATOR_ROLE)
    policy: Policy = self._load_policy()
    assert block.timestamp < policy.start, errors.VAR_NO_CHANGE
    self._curves[1] = self._curves[0]
    policy.after = policy.before
    policy.start = 0
    self._store_policy(policy)
    log IVariableMarket.TermsCancelled()


@external
def set_pause(buys: bool, sells: bool):
    """
    @notice Pause or resume buys and early sales. Only GUARDIAN. Interest and redemption can't be paused.
    @param buys Whether buys are paused from now on.
    @param sells Whether sales are.
    """
    roles._check(roles.GUARDIAN_ROLE)
    policy: Policy = self._load_policy()
    policy.buys_paused = buys
    policy.sells_paused = sells
    self._store_policy(policy)
    log IVariableMarket.PauseSet(buys=buys, sells=sells)


# -- quotes -----------------------------------------------------------------------------------------------------------


@view
@external
def quote_buy(maturity: uint256, cost: uint256) -> uint256:
    """
    @notice What `buy` would give now, pauses apart.
    @param maturity Thursday 00:00 UTC, s.
    @param cost What is paid.
    @return Shares.
    """
    self._check_trade(maturity, cost, block.timestamp)
    state: IBondTreasury.Variable = staticcall IBondTreasury(TREASURY).variable()
    return self._shares_for(cost, maturity, state, self._terms(self._load_policy()))


@view
@external
def quote_sell(maturity: uint256, shares: uint256) -> uint256:
    """
    @notice What `sell` would pay now, pauses apart.
    @param maturity Thursday 00:00 UTC, s.
    @param shares How many.
    @return Proceeds.
    """
    self._check_trade(maturity, shares, block.timestamp)
    state: IBondTreasury.Variable = staticcall IBondTreasury(TREASURY).variable()
    level: uint256 = self._walked(state).level
    return self._sale(shares, maturity, state, level, self._terms(self._load_policy())).proceeds


@view
@external
def quote_rate(worth: uint256) -> (uint256, uint256):
    """
    @notice The rate at a value of all live shares: on the curve, and as a trade that leads there would store it now.
    @param worth Asset decimals.
    @return Both, WAD a year.
    """
    state: IBondTreasury.Variable = staticcall IBondTreasury(TREASURY).variable()
    terms: IVariableMarket.Terms = self._terms(self._load_policy())
    return self._rate_at(worth, terms), self._bounded(worth, self._walked(state).rate, terms)


# -- views ------------------------------------------------------------------------------------------------------------


@view
@external
def terms() -> IVariableMarket.Terms:
    """
    @notice Terms in force now.
    @return Asset decimals, WAD, bps.
    """
    return self._terms(self._load_policy())


@view
@external
def schedule() -> (uint256, IVariableMarket.Terms):
    """
    @notice The last announced change, in force or not.
    @return Second from which it holds (zero: from the beginning), and its terms.
    """
    policy: Policy = self._load_policy()
    return policy.start, self._unpacked(self._curves[1], policy.after)


@view
@external
def anchors() -> Anchors:
    """
    @notice Around what a stored rate may move, from what value sales are priced at most, and when a rate was last stored.
    @return Walked to now: WAD a year, asset decimals, s.
    """
    state: IBondTreasury.Variable = staticcall IBondTreasury(TREASURY).variable()
    return self._walked(state)


@view
@external
def paused() -> (bool, bool):
    """
    @notice Whether buys and sales are paused.
    @return Buys, sales.
    """
    policy: Policy = self._load_policy()
    return policy.buys_paused, policy.sells_paused


@view
@external
def rules() -> (uint256, uint256):
    """
    @notice What is fixed for ever.
    @return Notice and longest tenor, s.
    """
    return NOTICE, MAX_TENOR


@view
@external
def treasury() -> address:
    """
    @notice Escrow, index and interest reserve; buyers approve it.
    @return BondTreasury, the creator of this contract.
    """
    return TREASURY


# -- internals: trades ------------------------------------------------------------------------------------------------


@internal
@view
def _check_trade(maturity: uint256, amount: uint256, deadline: uint256):
    """
    @dev What every trade and quote must satisfy before it is priced.
    """
    assert block.timestamp <= deadline, errors.VAR_PAST_DEADLINE
    assert amount > 0, errors.VAR_ZERO_AMOUNT
    assert calendar.on_grid(maturity), errors.VAR_OFF_GRID
    assert maturity > block.timestamp, errors.VAR_MATURED
    assert maturity - block.timestamp <= MAX_TENOR, errors.VAR_TOO_FAR


@internal
@view
def _shares_for(
    cost: uint256, maturity: uint256, state: IBondTreasury.Variable, terms: IVariableMarket.Terms
) -> uint256:
    """
    @dev Shares at par for `cost`, rounded down.
    """
    assert state.time == block.timestamp, errors.VAR_ACCRUE_FIRST
    assert cost <= terms.cap and state.value + cost <= terms.cap, errors.VAR_OVER_CAP
    shares: uint256 = cost * RAY // state.index
    assert shares > 0, errors.VAR_ZERO_AMOUNT
    return shares


@internal
@view
def _sale(
    shares: uint256, maturity: uint256, state: IBondTreasury.Variable, level: uint256, terms: IVariableMarket.Terms
) -> Sale:
    """
    @dev What a sale brings: the part that undoes recent buys is priced at `level`, the rest from `level` downwards.
    """
    assert state.time == block.timestamp, errors.VAR_ACCRUE_FIRST
    assert shares <= state.shares, errors.VAR_ABOVE_SHARES
    value: uint256 = shares * state.index // RAY
    recent: uint256 = self._recent_of(maturity)
    netted: uint256 = min(value, recent)
    curve: log_mean.Curve = self._exit_curve(terms, maturity - block.timestamp)
    proceeds: uint256 = log_mean._payout(level, value - netted, curve, terms.fee_bps)
    if netted > 0:
        discount: uint256 = netted - netted * log_mean._price(level, curve) // WAD
        proceeds += netted - min(netted, discount + (discount * terms.fee_bps + BPS - 1) // BPS)
    return Sale(value=value, netted=netted, recent=recent, proceeds=proceeds)


@internal
@view
def _recent_of(maturity: uint256) -> uint256:
    """
    @dev What was bought of a maturity and not sold again, less the share of a week that has passed, rounded down.
    """
    word: uint256 = self._recent[maturity]
    elapsed: uint256 = min(block.timestamp - (word & (2**128 - 1)), WEEK)
    return (word >> 128) * (WEEK - elapsed) // WEEK


@internal
@pure
def _exit_curve(terms: IVariableMarket.Terms, tenor: uint256) -> log_mean.Curve:
    """
    @dev Log-discounts of an early sale: the share of the interest to come at the rates of the curve, rounded up.
    """
    return log_mean.Curve(
        target=terms.target,
        cap=terms.cap,
        hi=self._exit_discount(terms.hi, tenor, terms.exit_bps),
        mid=self._exit_discount(terms.mid, tenor, terms.exit_bps),
        low=self._exit_discount(terms.low, tenor, terms.exit_bps),
    )


@internal
@pure
def _exit_discount(rate: uint256, tenor: uint256, exit_bps: uint256) -> uint256:
    """
    @dev rate * tenor * exit share, WAD, rounded up.
    """
    return (rate * tenor * exit_bps + (YEAR * BPS - 1)) // (YEAR * BPS)


# -- internals: the rate ----------------------------------------------------------------------------------------------


@internal
def _next_rate(worth: uint256, anchors: Anchors, terms: IVariableMarket.Terms) -> uint256:
    """
    @dev The rate to be stored for `worth`; the anchors are stored as they stand, the value's no higher than that.
    """
    self._store_anchors(Anchors(rate=anchors.rate, level=min(anchors.level, worth), time=block.timestamp))
    rate: uint256 = self._bounded(worth, anchors.rate, terms)
    log IVariableMarket.RateStored(rate=rate, anchor=anchors.rate)
    return rate


@internal
@view
def _walked(state: IBondTreasury.Variable) -> Anchors:
    """
    @dev The anchors now: of their way to the rate and the value in force the share of a week that has passed, rounded toward where
        they were. The value's never stands above the value.
    """
    anchors: Anchors = self._load_anchors()
    elapsed: uint256 = min(block.timestamp - anchors.time, WEEK)
    if state.rate > anchors.rate:
        anchors.rate += (state.rate - anchors.rate) * elapsed // WEEK
    else:
        anchors.rate -= (anchors.rate - state.rate) * elapsed // WEEK
    if state.value > anchors.level:
        anchors.level += (state.value - anchors.level) * elapsed // WEEK
    else:
        anchors.level = state.value
    return anchors


@internal
@pure
def _bounded(worth: uint256, anchor: uint256, terms: IVariableMarket.Terms) -> uint256:
    """
    @dev The rate of the curve at `worth`, no further than a step from the anchor, rounded down to GRAINs.
    """
    step: uint256 = terms.step_bps * BP
    least: uint256 = anchor - min(anchor, step)
    return max(least, min(anchor + step, self._rate_at(worth, terms))) // GRAIN * GRAIN


@internal
@pure
def _rate_at(worth: uint256, terms: IVariableMarket.Terms) -> uint256:
    """
    @dev The rate of the curve at `worth`, WAD a year, to the nearest.
    """
    curve: log_mean.Curve = log_mean.Curve(
        target=terms.target, cap=terms.cap, hi=terms.hi, mid=terms.mid, low=terms.low
    )
    return (log_mean._log_discount(worth, curve) * WAD + 2**95) >> 96


# -- internals: terms -------------------------------------------------------------------------------------------------


@internal
@view
def _terms(policy: Policy) -> IVariableMarket.Terms:
    """
    @dev Terms in force now.
    """
    if block.timestamp < policy.start:
        return self._unpacked(self._curves[0], policy.before)
    return self._unpacked(self._curves[1], policy.after)


@internal
@pure
def _packed(terms: IVariableMarket.Terms, unit: uint256, max_tenor: uint256) -> (uint256, uint256):
    """
    @dev Refuse terms on which trades could not rely; else their two words.
    """
    assert terms.target > 0, errors.VAR_BAD_TARGET
    assert terms.cap > terms.target, errors.VAR_BAD_CAP
    assert terms.cap // unit <= knot_word.MASK_56, errors.VAR_BIG_CAP
    assert terms.target % unit == 0 and terms.cap % unit == 0, errors.VAR_COARSE
    assert terms.hi >= terms.mid and terms.mid >= terms.low, errors.VAR_DISORDER
    assert terms.hi <= MAX_RATE, errors.VAR_HIGH_RATE
    assert terms.hi % GRAIN == 0 and terms.mid % GRAIN == 0 and terms.low % GRAIN == 0, errors.VAR_COARSE
    assert terms.exit_bps <= BPS, errors.VAR_HIGH_EXIT
    assert terms.fee_bps <= MAX_FEE_BPS, errors.VAR_HIGH_FEE
    assert terms.step_bps > 0 and terms.step_bps <= BPS, errors.VAR_BAD_STEP
    longest: log_mean.Curve = self._exit_curve(terms, max_tenor)
    assert longest.hi <= MAX_LOG_DISCOUNT, errors.VAR_HIGH_EXIT
    assert longest.hi - longest.mid <= MAX_FALL and longest.mid - longest.low <= MAX_FALL, errors.VAR_HIGH_EXIT
    curve: uint256 = knot_word._pack(
        terms.target // unit, terms.cap // unit, terms.hi // GRAIN, terms.mid // GRAIN, terms.low // GRAIN
    )
    return curve, (terms.step_bps << 32) | (terms.fee_bps << 16) | terms.exit_bps


@internal
@view
def _unpacked(curve: uint256, shares: uint256) -> IVariableMarket.Terms:
    """
    @dev Terms from their two words.
    """
    knot: log_mean.Curve = knot_word._unpack(curve)
    return IVariableMarket.Terms(
        target=knot.target * UNIT,
        cap=knot.cap * UNIT,
        hi=knot.hi * GRAIN,
        mid=knot.mid * GRAIN,
        low=knot.low * GRAIN,
        exit_bps=shares & (2**16 - 1),
        fee_bps=(shares >> 16) & (2**16 - 1),
        step_bps=shares >> 32,
    )


@internal
@view
def _load_policy() -> Policy:
    """
    @dev Everything about the terms but the curves.
    """
    word: uint256 = self._policy
    return Policy(
        before=word & (2**48 - 1),
        after=(word >> 48) & (2**48 - 1),
        start=(word >> 96) & (2**40 - 1),
        buys_paused=(word >> 136) & 1 == 1,
        sells_paused=(word >> 137) & 1 == 1,
    )


@internal
def _store_policy(policy: Policy):
    """
    @dev Write everything about the terms but the curves; each part is bounded by what made it.
    """
    self._policy = (
        (convert(policy.sells_paused, uint256) << 137)
        | (convert(policy.buys_paused, uint256) << 136)
        | (policy.start << 96)
        | (policy.after << 48)
        | policy.before
    )


@internal
@view
def _load_anchors() -> Anchors:
    """
    @dev The anchors as they were stored.
    """
    word: uint256 = self._anchors
    return Anchors(rate=word & (2**64 - 1), level=(word >> 64) & (2**128 - 1), time=word >> 192)


@internal
def _store_anchors(anchors: Anchors):
    """
    @dev A rate is at most WAD, a value is part of the escrow: both fit.
    """
    self._anchors = (anchors.time << 192) | (anchors.level << 64) | anchors.rate
