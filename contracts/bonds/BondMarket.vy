# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Bond market along a target debt profile
@license AGPL-3.0-only
@author Surety contributors
@notice Sells FIXED bonds (one unit of face pays one unit of asset at maturity) at a discount, and buys them back before
    maturity. Maturities stand on Thursdays, 00:00 UTC. Each is a bucket whose price follows its debt along the curve that the
    debt profile gives for its tenor: short of the target it yields more, beyond it less, so debt bends toward the target.
@dev A trade: deadline and grid, terms of the tenor (debt_profile), bucket with its anchors (anchors), integral of the price
    (log_mean), limits (flow_limits), then BondTreasury, which moves the asset and mints or burns. The market holds nothing.
    Costs are rounded up and proceeds down. While a change of the profile is under way the worse of both prices counts.
@custom:security Trades at one timestamp can't gain in any order over any buckets (INV-MKT-1). Time is the block's: a proposer
    can move it by seconds, worth seconds of interest. Who may call: trades, anyone; profile, CURATOR behind the notice; pauses,
    GUARDIAN; limits, DEFAULT_ADMIN, which is the Timelock.
@custom:kill GUARDIAN pauses buys, sales, or both; quotes and BondTreasury's redemption go on whatever happens here.
@custom:invariant INV-MKT-1 … INV-MKT-8 (specs/bond-market.md)
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ethereum.ercs import IERC20Detailed
from ...interfaces import IBondMarket
from ...interfaces import IBondTreasury
from ...interfaces import IProfileBounds
from ...interfaces import IVariableMarket

implements: IBondMarket

# -- modules ----------------------------------------------------------------------------------------------------------

from snekmate.auth import access_control
from ..governance import roles
from ..lib import calendar
from ..lib import log_mean
from . import anchors
from . import bond_id
from . import debt_profile
from . import errors
from . import flow_limits

initializes: access_control
initializes: roles[access_control := access_control]
initializes: debt_profile
initializes: flow_limits

exports: roles.__interface__

# -- types and constants ----------------------------------------------------------------------------------------------

struct Holders:
    admin: address  # DEFAULT_ADMIN, the Timelock
    curator: address
    guardian: address
    treasurer: address


MAX_STRIP: constant(uint256) = 32
MIN_WINDOW: constant(uint256) = 3_600
MAX_WINDOW: constant(uint256) = 30 * 86_400
WAD: constant(uint256) = 10**18
BPS: constant(uint256) = 10_000
YEAR: constant(uint256) = 31_536_000

# -- immutables -------------------------------------------------------------------------------------------------------

ASSET: immutable(address)
TREASURY: immutable(address)
UNIT: immutable(uint256)  # grain of targets, caps, limits and anchors: 1e-6 of the asset
ANCHOR_WINDOW: immutable(uint256)  # s

# -- storage ----------------------------------------------------------------------------------------------------------

_buckets: HashMap[uint256, uint256]  # maturity -> word of `anchors`


# -- constructor ------------------------------------------------------------------------------------------------------


@deploy
def __init__(
    asset: address,
    treasury_blueprint: address,
    token_blueprint: address,
    variable_blueprint: address,
    bounds: address,
    label: String[16],
    holders: Holders,
    mint_cap: uint256,
    rules: IProfileBounds.Rules,
    anchor_window: uint256,
    tenors: DynArray[uint256, 8],
    knots: DynArray[IProfileBounds.Knot, 8],
    fee_bps: uint256,
    limits: flow_limits.Limits,
    variable: IVariableMarket.Setup,
):
    """
    @notice Create the market, its treasury, the bond token and the market of variable bonds, wired for ever. Whoever deploys keeps no role.
    @param asset ERC-20 with at most 18 decimals.
    @param treasury_blueprint ERC-5202 blueprint of BondTreasury.
    @param token_blueprint ERC-5202 blueprint of BondToken.
    @param variable_blueprint ERC-5202 blueprint of VariableMarket.
    @param bounds ProfileBounds, fixed for ever.
    @param label Symbol of the asset as bonds show it.
    @param holders First holders of the roles; the admin is required.
    @param mint_cap Annual cap of minting into the reserve.
    @param rules Bounds of the debt profile, fixed for ever.
    @param anchor_window Time in which anchors relax, s: an hour to thirty days.
    @param tenors Tenors of the knots, s: two to eight, rising from zero to at most 255 weeks; fixed for ever.
    @param knots Profile in force from the start.
    @param fee_bps Fee on the discount, bps.
    @param limits Flow limits.
    @param variable Terms of variable bonds.
    """
    access_control.__init__()
    roles.__init__(holders.admin)
    roles._grant(roles.CURATOR_ROLE, holders.curator)
    roles._grant(roles.GUARDIAN_ROLE, holders.guardian)
    decimals: uint256 = convert(staticcall IERC20Detailed(asset).decimals(), uint256)
    assert decimals <= 18, errors.BAD_DECIMALS
    assert anchor_window >= MIN_WINDOW and anchor_window <= MAX_WINDOW, errors.BAD_WINDOW
    ASSET = asset
    UNIT = 10**(max(decimals, 6) - 6)
    ANCHOR_WINDOW = anchor_window
    debt_profile.__init__(bounds, rules, tenors, knots, fee_bps, UNIT)
    flow_limits._set(limits, UNIT)
    TREASURY = create_from_blueprint(
        treasury_blueprint,
        asset,
        token_blueprint,
        variable_blueprint,
        label,
        holders.admin,
        holders.curator,
        holders.guardian,
        holders.treasurer,
        mint_cap,
        variable,
    )


# -- trades -----------------------------------------------------------------------------------------------------------


@external
def buy(maturity: uint256, face: uint256, max_cost: uint256, receiver: address, deadline: uint256) -> uint256:
    """
    @notice Buy an exact face. The caller has approved the treasury for the cost.
    @param maturity Thursday 00:00 UTC (`maturity_for`), s.
    @param face Asset that the bonds pay at maturity.
    @param max_cost Most to be paid.
    @param receiver Who gets the bonds.
    @param deadline Last second for which the call is meant.
    @return Cost paid, rounded up, at most `face`.
    """
    self._check_trade(maturity, face, deadline)
    bucket: anchors.Bucket = anchors._load(self._buckets[maturity], ANCHOR_WINDOW)
    cost: uint256 = self._cost(bucket, face, maturity)
    assert cost <= max_cost, errors.ABOVE_MAX_COST
    self._settle_buy(maturity, bucket, face, cost, receiver)
    return cost


@external
def buy_exact_cost(
    maturity: uint256, cost: uint256, min_face: uint256, receiver: address, deadline: uint256
) -> uint256:
    """
    @notice Spend a cost: buys all the face that it pays for. What is charged is what `buy` charges for that face: at most
        `cost`, and short of it by dust (specs/log-mean.md).
    @param maturity Thursday 00:00 UTC, s.
    @param cost Most to be paid.
    @param min_face Least face to be got.
    @param receiver Who gets the bonds.
    @param deadline Last second for which the call is meant.
    @return Face got.
    """
    self._check_trade(maturity, cost, deadline)
    bucket: anchors.Bucket = anchors._load(self._buckets[maturity], ANCHOR_WINDOW)
    face: uint256 = 0
    paid: uint256 = 0
    face, paid = self._face_for(bucket, cost, maturity)
    assert face > 0, errors.ZERO_AMOUNT
    assert face >= min_face, errors.BELOW_MIN_FACE
    self._settle_buy(maturity, bucket, face, paid, receiver)
    return face


@external
def sell(maturity: uint256, face: uint256, min_proceeds: uint256, receiver: address, deadline: uint256) -> uint256:
    """
    @notice Sell bonds of the caller back before they mature; no approval is needed.
    @param maturity Thursday 00:00 UTC, s.
    @param face How much to sell.
    @param min_proceeds Least to be paid.
    @param receiver Who is paid.
    @param deadline Last second for which the call is meant.
    @return Proceeds, rounded down.
    """
    self._check_trade(maturity, face, deadline)
    bucket: anchors.Bucket = anchors._load(self._buckets[maturity], ANCHOR_WINDOW)
    proceeds: uint256 = self._proceeds(bucket, face, maturity)
    assert proceeds >= min_proceeds, errors.BELOW_MIN_PROCEEDS
    id: uint256 = self._record_sell(maturity, bucket, face, proceeds)
    extcall IBondTreasury(TREASURY).retire(msg.sender, receiver, id, face, proceeds)
    log IBondMarket.BondSold(seller=msg.sender, receiver=receiver, id=id, face=face, proceeds=proceeds)
    return proceeds


@external
def buy_strip(
    maturities: DynArray[uint256, MAX_STRIP],
    faces: DynArray[uint256, MAX_STRIP],
    max_cost: uint256,
    receiver: address,
    deadline: uint256,
) -> uint256:
    """
    @notice Buy several maturities in one call, all or nothing: a coupon bond is a bundle of buckets, coupons at their dates and
        principal at the last.
    @param maturities Thursdays 00:00 UTC, rising, at most 32.
    @param faces Face of each.
    @param max_cost Most to be paid for all.
    @param receiver Who gets the bonds.
    @param deadline Last second for which the call is meant.
    @return Cost paid for all: the sum of what single buys would cost.
    """
    self._check_strip(maturities, faces)
    cost: uint256 = 0
    ids: DynArray[uint256, MAX_STRIP] = []
    for i: uint256 in range(len(maturities), bound=MAX_STRIP):
        self._check_trade(maturities[i], faces[i], deadline)
        bucket: anchors.Bucket = anchors._load(self._buckets[maturities[i]], ANCHOR_WINDOW)
        part: uint256 = self._cost(bucket, faces[i], maturities[i])
        id: uint256 = self._record_buy(maturities[i], bucket, faces[i], part)
        ids.append(id)
        cost += part
        log IBondMarket.BondBought(buyer=msg.sender, receiver=receiver, id=id, face=faces[i], cost=part)
    assert cost <= max_cost, errors.ABOVE_MAX_COST
    extcall IBondTreasury(TREASURY).issue_many(msg.sender, receiver, ids, faces, cost)
    return cost


@external
def convert(
    maturity: uint256, face: uint256, new_maturity: uint256, min_face: uint256, receiver: address, deadline: uint256
) -> uint256:
    """
    @notice Turn bonds of the caller into bonds of another maturity: sold and bought at the prices and limits of both trades, with no
        asset moved in between.
    @param maturity Thursday 00:00 UTC that is given up, s.
    @param face How much of it.
    @param new_maturity Thursday 00:00 UTC that is got, s.
    @param min_face Least face to be got.
    @param receiver Who gets the new bonds.
    @param deadline Last second for which the call is meant.
    @return Face got; what it costs is at most what the old bonds bring, and the dust between stays in the reserve.
    """
    self._check_trade(maturity, face, deadline)
    self._check_trade(new_maturity, face, deadline)
    assert maturity != new_maturity, errors.SAME_MATURITY
    bucket: anchors.Bucket = anchors._load(self._buckets[maturity], ANCHOR_WINDOW)
    proceeds: uint256 = self._proceeds(bucket, face, maturity)
    id: uint256 = self._record_sell(maturity, bucket, face, proceeds)
    bucket = anchors._load(self._buckets[new_maturity], ANCHOR_WINDOW)
    new_face: uint256 = 0
    paid: uint256 = 0
    new_face, paid = self._face_for(bucket, proceeds, new_maturity)
    assert new_face > 0, errors.ZERO_AMOUNT
    assert new_face >= min_face, errors.BELOW_MIN_FACE
    new_id: uint256 = self._record_buy(new_maturity, bucket, new_face, paid)
    extcall IBondTreasury(TREASURY).convert(msg.sender, receiver, id, face, new_id, new_face)
    log IBondMarket.BondConverted(
        holder=msg.sender, receiver=receiver, id=id, new_id=new_id, face=face, new_face=new_face, proceeds=proceeds
    )
    return new_face


# -- parameters -------------------------------------------------------------------------------------------------------


@external
def queue_profile(knots: DynArray[IProfileBounds.Knot, 8], fee_bps: uint256):
    """
    @notice Announce a new profile. Only CURATOR; it takes effect after the notice, in a ramp (debt_profile).
    @param knots One for each tenor.
    @param fee_bps Fee on the discount, bps.
    """
    roles._check(roles.CURATOR_ROLE)
    debt_profile._queue(knots, fee_bps)


@external
def cancel_profile():
    """
    @notice Take an announced profile back before its ramp begins. Only CURATOR or GUARDIAN.
    """
    if not access_control.hasRole[roles.GUARDIAN_ROLE][msg.sender]:
        roles._check(roles.CURATOR_ROLE)
    debt_profile._cancel()


@external
def set_limits(limits: flow_limits.Limits):
    """
    @notice Set the flow limits. Only DEFAULT_ADMIN.
    @param limits Rounded down to the market's unit.
    """
    roles._check(access_control.DEFAULT_ADMIN_ROLE)
    flow_limits._set(limits, UNIT)


@external
def set_pause(buys: bool, sells: bool):
    """
    @notice Pause or resume buys and sales. Only GUARDIAN. Redemption can't be paused.
    @param buys Whether buys are paused from now on.
    @param sells Whether sales are.
    """
    roles._check(roles.GUARDIAN_ROLE)
    flow_limits._pause(buys, sells)


# -- quotes -----------------------------------------------------------------------------------------------------------


@view
@external
def quote_buy(maturity: uint256, face: uint256) -> uint256:
    """
    @notice What `buy` would charge now, flow limits and reserve apart.
    @param maturity Thursday 00:00 UTC, s.
    @param face How much.
    @return Cost.
    """
    self._check_trade(maturity, face, block.timestamp)
    return self._cost(anchors._load(self._buckets[maturity], ANCHOR_WINDOW), face, maturity)


@view
@external
def quote_buy_exact_cost(maturity: uint256, cost: uint256) -> (uint256, uint256):
    """
    @notice What `buy_exact_cost` would buy now, flow limits and reserve apart.
    @param maturity Thursday 00:00 UTC, s.
    @param cost Most to be paid.
    @return Face, and what would be charged for it.
    """
    self._check_trade(maturity, cost, block.timestamp)
    return self._face_for(anchors._load(self._buckets[maturity], ANCHOR_WINDOW), cost, maturity)


@view
@external
def quote_strip(maturities: DynArray[uint256, MAX_STRIP], faces: DynArray[uint256, MAX_STRIP]) -> uint256:
    """
    @notice What `buy_strip` would charge now, flow limits and reserve apart.
    @param maturities Thursdays 00:00 UTC, rising, at most 32.
    @param faces Face of each.
    @return Cost of all.
    """
    self._check_strip(maturities, faces)
    cost: uint256 = 0
    for i: uint256 in range(len(maturities), bound=MAX_STRIP):
        self._check_trade(maturities[i], faces[i], block.timestamp)
        bucket: anchors.Bucket = anchors._load(self._buckets[maturities[i]], ANCHOR_WINDOW)
        cost += self._cost(bucket, faces[i], maturities[i])
    return cost


@view
@external
def quote_convert(maturity: uint256, face: uint256, new_maturity: uint256) -> uint256:
    """
    @notice What `convert` would give now, flow limits and reserve apart.
    @param maturity Thursday 00:00 UTC that is given up, s.
    @param face How much of it.
    @param new_maturity Thursday 00:00 UTC that is got, s.
    @return Face got.
    """
    self._check_trade(maturity, face, block.timestamp)
    self._check_trade(new_maturity, face, block.timestamp)
    assert maturity != new_maturity, errors.SAME_MATURITY
    proceeds: uint256 = self._proceeds(anchors._load(self._buckets[maturity], ANCHOR_WINDOW), face, maturity)
    new_face: uint256 = 0
    paid: uint256 = 0
    new_face, paid = self._face_for(anchors._load(self._buckets[new_maturity], ANCHOR_WINDOW), proceeds, new_maturity)
    return new_face


@view
@external
def quote_sell(maturity: uint256, face: uint256) -> uint256:
    """
    @notice What `sell` would pay now, flow limits apart.
    @param maturity Thursday 00:00 UTC, s.
    @param face How much.
    @return Proceeds.
    """
    self._check_trade(maturity, face, block.timestamp)
    return self._proceeds(anchors._load(self._buckets[maturity], ANCHOR_WINDOW), face, maturity)


@view
@external
def quote(maturity: uint256) -> IBondMarket.Quote:
    """
    @notice Debt, profile and marginal prices of a maturity now.
    @param maturity Thursday 00:00 UTC, s.
    @return The worse prices and the lower cap while a change of the profile is under way.
    """
    self._check_trade(maturity, 1, block.timestamp)
    return self._quote(maturity)


@view
@external
def maturity_for(duration: uint256) -> uint256:
    """
    @notice First maturity that is at least `duration` away.
    @param duration s
    @return Thursday 00:00 UTC, s.
    """
    return calendar.grid_ceil(block.timestamp + duration)


# -- views ------------------------------------------------------------------------------------------------------------


@view
@external
def bucket(maturity: uint256) -> anchors.Bucket:
    """
    @notice Debt of a maturity and its anchors, relaxed to now.
    @param maturity Thursday 00:00 UTC, s.
    @return Debt in asset decimals, offsets in UNITs, time of the last trade.
    """
    return anchors._load(self._buckets[maturity], ANCHOR_WINDOW)


@view
@external
def terms(maturity: uint256) -> (log_mean.Curve, uint256):
    """
    @notice Curve and fee in force for a maturity now.
    @param maturity Thursday 00:00 UTC, s, not yet matured.
    @return Curve (asset decimals, WAD) and fee (bps).
    """
    self._check_trade(maturity, 1, block.timestamp)
    terms: debt_profile.Terms = debt_profile._terms(unsafe_sub(maturity, block.timestamp))
    return terms.curve, terms.fee_bps


@view
@external
def limits() -> flow_limits.Limits:
    """
    @notice Flow limits in force.
    @return Asset decimals an epoch of a week; shares in percent.
    """
    return flow_limits._limits_view(UNIT)


@view
@external
def discount_budget() -> uint256:
    """
    @notice Discount that buys may take from the reserve an epoch of a week.
    @return Asset decimals.
    """
    return flow_limits._limits_view(UNIT).budget


@view
@external
def usage() -> flow_limits.Usage:
    """
    @notice How full the limits are now.
    @return Fractions of 2**40.
    """
    return flow_limits._now()


@view
@external
def paused() -> (bool, bool):
    """
    @notice Whether buys and sales are paused.
    @return Buys, sales.
    """
    return flow_limits._paused()


@view
@external
def rules() -> (IProfileBounds.Rules, uint256):
    """
    @notice Bounds of the profile and the anchor window, fixed for ever.
    @return Rules, and the window in s.
    """
    return debt_profile.RULES, ANCHOR_WINDOW


@view
@external
def tenors() -> DynArray[uint256, 8]:
    """
    @notice Tenors of the knots.
    @return s
    """
    return debt_profile._tenors_view()


@view
@external
def knots(to_come: bool) -> DynArray[IProfileBounds.Knot, 8]:
    """
    @notice The profile before a change that is under way, or after it; without one, both are the same.
    @param to_come Whether the later one is asked for.
    @return One knot a tenor.
    """
    return debt_profile._knots_view(to_come)


@view
@external
def schedule() -> debt_profile.Schedule:
    """
    @notice The last change of the profile, over or not.
    @return Start and end of its ramp, fee before and after.
    """
    return debt_profile._schedule_view()


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
def treasury() -> address:
    """
    @notice Escrow and reserve; buyers approve it.
    @return BondTreasury, created by this contract.
    """
    return TREASURY


@view
@external
def token() -> address:
    """
    @notice The bonds.
    @return BondToken.
    """
    return staticcall IBondTreasury(TREASURY).token()


@view
@external
def bounds() -> address:
    """
    @notice What checks profiles before they are announced.
    @return ProfileBounds.
    """
    return debt_profile.BOUNDS


@view
@external
def unit() -> uint256:
    """
    @notice Grain of targets, caps, limits and anchors.
    @return Asset decimals.
    """
    return UNIT


# -- internals --------------------------------------------------------------------------------------------------------


@internal
@view
def _check_trade(maturity: uint256, amount: uint256, deadline: uint256):
    """
    @dev What every trade and quote must satisfy before it is priced.
    """
    assert block.timestamp <= deadline, errors.PAST_DEADLINE
    assert amount > 0, errors.ZERO_AMOUNT
    assert calendar.on_grid(maturity), errors.OFF_GRID
    assert maturity > block.timestamp, errors.MATURED


@internal
def _settle_buy(maturity: uint256, bucket: anchors.Bucket, face: uint256, cost: uint256, receiver: address):
    """
    @dev Record a buy and have the treasury carry it out.
    """
    id: uint256 = self._record_buy(maturity, bucket, face, cost)
    extcall IBondTreasury(TREASURY).issue(msg.sender, receiver, id, face, cost)
    log IBondMarket.BondBought(buyer=msg.sender, receiver=receiver, id=id, face=face, cost=cost)


@internal
def _record_buy(maturity: uint256, bucket: anchors.Bucket, face: uint256, cost: uint256) -> uint256:
    """
    @dev Fill the limits and write the bucket of a buy; the id.
    """
    if flow_limits._record_buy(self._exposure(face, maturity), unsafe_sub(face, cost), UNIT):
        assert access_control.hasRole[roles.ROLLER_ROLE][msg.sender], errors.KEPT_FOR_ROLLS
    self._buckets[maturity] = anchors._after_buy(bucket, face, UNIT)
    return bond_id.pack(bond_id.FIXED, maturity)


@internal
def _record_sell(maturity: uint256, bucket: anchors.Bucket, face: uint256, proceeds: uint256) -> uint256:
    """
    @dev Fill the limits and write the bucket of a sale; the id.
    """
    flow_limits._record_sell(self._exposure(face, maturity), unsafe_sub(face, proceeds), UNIT)
    self._buckets[maturity] = anchors._after_sell(bucket, face, UNIT)
    return bond_id.pack(bond_id.FIXED, maturity)


@internal
@pure
def _check_strip(maturities: DynArray[uint256, MAX_STRIP], faces: DynArray[uint256, MAX_STRIP]):
    """
    @dev A strip names each maturity once, in order, with one face each.
    """
    assert len(maturities) == len(faces) and len(maturities) > 0, errors.BAD_STRIP
    for i: uint256 in range(1, len(maturities), bound=MAX_STRIP):
        assert maturities[i] > maturities[i - 1], errors.STRIP_ORDER


@internal
@view
def _exposure(face: uint256, maturity: uint256) -> uint256:
    """
    @dev Face times remaining years, rounded up; both factors are bounded (2**96, 255 weeks) by now.
    """
    return unsafe_div(unsafe_add(unsafe_mul(face, unsafe_sub(maturity, block.timestamp)), YEAR - 1), YEAR)


@internal
@view
def _cost(bucket: anchors.Bucket, face: uint256, maturity: uint256) -> uint256:
    """
    @dev Charge for `face`, from the upper anchor; the dearer one while a change is under way.
    """
    terms: debt_profile.Terms = debt_profile._terms(unsafe_sub(maturity, block.timestamp))
    start: uint256 = bucket.debt + bucket.up * UNIT
    cap: uint256 = min(terms.curve.cap, terms.next_curve.cap)
    assert face <= cap and bucket.debt + face <= cap, errors.OVER_CAP
    cost: uint256 = log_mean._charge(start, face, terms.curve, terms.fee_bps)
    if terms.changing:
        cost = max(cost, log_mean._charge(start, face, terms.next_curve, terms.next_fee_bps))
    return cost


@internal
@view
def _face_for(bucket: anchors.Bucket, cost: uint256, maturity: uint256) -> (uint256, uint256):
    """
    @dev Face that `cost` buys from the upper anchor, and its charge; at the dearer price while a change is under way.
    """
    terms: debt_profile.Terms = debt_profile._terms(unsafe_sub(maturity, block.timestamp))
    start: uint256 = bucket.debt + bucket.up * UNIT
    face: uint256 = log_mean._face_for(cost, start, terms.curve, terms.fee_bps)
    if terms.changing:
        face = min(face, log_mean._face_for(cost, start, terms.next_curve, terms.next_fee_bps))
    assert bucket.debt + face <= min(terms.curve.cap, terms.next_curve.cap), errors.OVER_CAP
    paid: uint256 = log_mean._charge(start, face, terms.curve, terms.fee_bps)
    if terms.changing:
        paid = max(paid, log_mean._charge(start, face, terms.next_curve, terms.next_fee_bps))
    assert paid <= cost  # dev: the pad of the inverse is proven to cover this
    return face, paid


@internal
@view
def _proceeds(bucket: anchors.Bucket, face: uint256, maturity: uint256) -> uint256:
    """
    @dev Payout for `face`, from the lower anchor; the cheaper one while a change is under way.
    """
    terms: debt_profile.Terms = debt_profile._terms(unsafe_sub(maturity, block.timestamp))
    assert face <= bucket.debt, errors.ABOVE_DEBT
    start: uint256 = bucket.debt - min(bucket.debt, bucket.down * UNIT)
    proceeds: uint256 = log_mean._payout(start, face, terms.curve, terms.fee_bps)
    if terms.changing:
        proceeds = min(proceeds, log_mean._payout(start, face, terms.next_curve, terms.next_fee_bps))
    return proceeds


@internal
@view
def _quote(maturity: uint256) -> IBondMarket.Quote:
    """
    @dev Bucket, curve and marginal prices of one maturity; the worse prices while a change is under way.
    """
    terms: debt_profile.Terms = debt_profile._terms(unsafe_sub(maturity, block.timestamp))
    bucket: anchors.Bucket = anchors._load(self._buckets[maturity], ANCHOR_WINDOW)
    above: uint256 = bucket.debt + bucket.up * UNIT
    below: uint256 = bucket.debt - min(bucket.debt, bucket.down * UNIT)
    buy_price: uint256 = self._with_fee(log_mean._price(above, terms.curve), terms.fee_bps)
    sell_price: uint256 = self._less_fee(log_mean._price(below, terms.curve), terms.fee_bps)
    if terms.changing:
        buy_price = max(buy_price, self._with_fee(log_mean._price(above, terms.next_curve), terms.next_fee_bps))
        sell_price = min(sell_price, self._less_fee(log_mean._price(below, terms.next_curve), terms.next_fee_bps))
    return IBondMarket.Quote(
        maturity=maturity,
        debt=bucket.debt,
        target=terms.curve.target,
        cap=min(terms.curve.cap, terms.next_curve.cap),
        buy_price=buy_price,
        sell_price=sell_price,
        hi=terms.curve.hi,
        mid=terms.curve.mid,
        low=terms.curve.low,
    )


@internal
@pure
def _with_fee(price: uint256, fee_bps: uint256) -> uint256:
    """
    @dev A marginal price that a buyer pays, WAD.
    """
    return price + (WAD - price) * fee_bps // BPS


@internal
@pure
def _less_fee(price: uint256, fee_bps: uint256) -> uint256:
    """
    @dev A marginal price that a seller gets, WAD.
    """
    fee: uint256 = (WAD - price) * fee_bps // BPS
    return price - min(price, fee)
