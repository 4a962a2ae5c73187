# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Bonds traded between users
@license AGPL-3.0-only
@author Surety contributors
@notice Makers sign orders off chain, to sell or to buy bonds of one id against the asset; takers fill them here, in whole or in
    part. Bonds and asset change hands in one transaction, straight between the two.
@dev Amounts are rounded against the taker at each fill, and the taker pays the fee on top: a maker gets the signed price or a
    better one, whatever the fee becomes. The fee goes to the treasury, where `absorb` books it as reserve. What was
    filled is kept by the hash that was signed, which binds order, chain and this contract.
@custom:security Holds nothing, ever; makers and takers approve it for bonds (operator or allowance) and asset, so what it may move
    is theirs to limit. A signed order is a free option for takers until it expires or is cancelled: bonds gain value with
    time, so sellers choose short expiries. The asset is a plain ERC-20; what arrives is measured, so one that takes a fee is
    refused. A hostile asset can stop fills and nothing else. ERC-1271 wallets are asked by a capped static call.
@custom:kill GUARDIAN pauses fills, and nothing else: cancelling, and whatever holders do with bonds elsewhere, goes on.
@custom:invariant INV-EXC-1 … INV-EXC-8 (specs/bond-exchange.md)
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ethereum.ercs import IERC20
from ...interfaces import IBondExchange
from ...interfaces import IBondToken
from ...interfaces import IBondTreasury

implements: IBondExchange

# -- modules ----------------------------------------------------------------------------------------------------------

from snekmate.auth import access_control
from snekmate.utils import eip712_domain_separator
from ..governance import roles
from ..lib import order_nonces
from ..lib import signatures
from . import bond_id
from . import errors

initializes: access_control
initializes: roles[access_control := access_control]
initializes: eip712_domain_separator
initializes: order_nonces

exports: roles.__interface__
exports: order_nonces.__interface__
exports: eip712_domain_separator.eip712Domain  # ERC-5267; the rest of the module is internal

# -- constants --------------------------------------------------------------------------------------------------------

BPS: constant(uint256) = 10_000
HIGHEST_CAP: constant(uint256) = 200  # bps: no deployment may ever take more than 2 %
MAX_FILLS: constant(uint256) = 16
PAUSED: constant(uint256) = 2**16  # in `_terms`

_ORDER_TYPE_HASH: constant(bytes32) = keccak256(
    "Order(address maker,bool sells,uint256 id,uint256 face,uint256 price,uint256 nonce,uint256 epoch,uint256 expiry,address taker,uint256 max_fee_bps)"
)

# -- immutables -------------------------------------------------------------------------------------------------------

ASSET: immutable(address)
TOKEN: immutable(address)
TREASURY: immutable(address)
FEE_CAP: immutable(uint256)

# -- storage ----------------------------------------------------------------------------------------------------------

_terms: uint256  # PAUSED or 0 | fee in bps (16 bits)
filled: public(HashMap[bytes32, uint256])  # by order hash, in units of the order's face


# -- constructor ------------------------------------------------------------------------------------------------------


@deploy
def __init__(treasury: address, admin: address, guardian: address, fee_cap_bps: uint256, fee_bps: uint256):
    """
    @notice For the bonds and the asset of one treasury.
    @param treasury BondTreasury, which also gets the fees.
    @param admin DEFAULT_ADMIN, the Timelock.
    @param guardian First GUARDIAN; zero for none.
    @param fee_cap_bps Highest fee that can ever be set, in bps; at most 200.
    @param fee_bps First fee, in bps.
    """
    assert fee_cap_bps <= HIGHEST_CAP, errors.HIGH_FEE_CAP
    access_control.__init__()
    roles.__init__(admin)
    roles._grant(roles.GUARDIAN_ROLE, guardian)
    eip712_domain_separator.__init__("Surety bond exchange", "1")
    FEE_CAP = fee_cap_bps
    TREASURY = treasury
    TOKEN = staticcall IBondTreasury(treasury).token()
    ASSET = staticcall IBondTreasury(treasury).asset()
    self._set_fee(fee_bps)


# -- takers -----------------------------------------------------------------------------------------------------------


@external
def fill(
    order: IBondExchange.Order, signature: Bytes[1024], face: uint256, limit: uint256, deadline: uint256
) -> uint256:
    """
    @notice Trade `face` with the maker of an order at its price: rounded up if the caller buys, down if the caller sells, the
        fee (rounded up) on top.
    @param order What was signed.
    @param signature The maker's: 65 bytes r, s, v of a key, or what the maker's contract accepts.
    @param face How much, at most what is left of the order.
    @param limit The caller buys: most asset paid. The caller sells: least asset got. Fee included.
    @param deadline Last second at which the caller wants this.
    @return Asset the caller paid or got, fee included.
    """
    assert block.timestamp <= deadline, errors.FILL_TOO_LATE
    return self._fill(msg.sender, order, signature, face, limit)


@external
def fill_all(fills: DynArray[IBondExchange.Fill, MAX_FILLS], deadline: uint256) -> DynArray[uint256, MAX_FILLS]:
    """
    @notice Fill up to 16 orders, one after the other; if one can't be filled, none is.
    @param fills Each with its face and its limit, as in `fill`.
    @param deadline Last second at which the caller wants this.
    @return For each what `fill` returns.
    """
    assert block.timestamp <= deadline, errors.FILL_TOO_LATE
    amounts: DynArray[uint256, MAX_FILLS] = []
    for one: IBondExchange.Fill in fills:
        amount: uint256 = self._fill(msg.sender, one.order, one.signature, one.face, one.limit)
        amounts.append(amount)
    return amounts


@external
@reentrant
def fill_any(fills: DynArray[IBondExchange.Fill, MAX_FILLS], deadline: uint256) -> DynArray[bool, MAX_FILLS]:
    """
    @notice Fill those of up to 16 orders that can be filled, each wholly as asked or not at all.
    @dev The lock is that of `fill_as`, which this calls for each order, so that what reverts is undone alone.
    @param fills Each with its face and its limit, as in `fill`.
    @param deadline Last second at which the caller wants this.
    @return For each whether it was filled.
    """
    assert block.timestamp <= deadline, errors.FILL_TOO_LATE
    done: DynArray[bool, MAX_FILLS] = []
    for one: IBondExchange.Fill in fills:
        success: bool = raw_call(
            self,
            abi_encode(
                msg.sender,
                one.order,
                one.signature,
                one.face,
                one.limit,
                method_id=method_id(
                    "fill_as(address,(address,bool,uint256,uint256,uint256,uint256,uint256,uint256,address,uint256),bytes,uint256,uint256)"
                ),
            ),
            revert_on_failure=False,
        )
        done.append(success)
    return done


@external
def fill_as(
    taker: address, order: IBondExchange.Order, signature: Bytes[1024], face: uint256, limit: uint256
) -> uint256:
    """
    @notice A step of `fill_any`. Only this contract.
    @param taker Who called `fill_any`.
    @param order As in `fill`.
    @param signature As in `fill`.
    @param face As in `fill`.
    @param limit As in `fill`.
    @return As in `fill`.
    """
    assert msg.sender == self, errors.NOT_ITSELF
    return self._fill(taker, order, signature, face, limit)


# -- roles ------------------------------------------------------------------------------------------------------------


@external
def set_fee(fee_bps: uint256):
    """
    @notice Set what takers pay on the asset they trade. Only DEFAULT_ADMIN.
    @param fee_bps In bps, at most the cap. Orders that were signed for less can't be filled while it is above theirs.
    """
    roles._check(access_control.DEFAULT_ADMIN_ROLE)
    self._set_fee(fee_bps)


@external
def set_pause(paused: bool):
    """
    @notice Stop fills, or let them go on. Only GUARDIAN.
    @param paused Whether they stop.
    """
    roles._check(roles.GUARDIAN_ROLE)
    self._terms = (self._terms & (PAUSED - 1)) | (PAUSED if paused else 0)
    log IBondExchange.PauseSet(paused=paused)


# -- views ------------------------------------------------------------------------------------------------------------


@view
@external
def order_hash(order: IBondExchange.Order) -> bytes32:
    """
    @notice What the maker signs (EIP-712), and the key of `filled`.
    @param order The order.
    @return The digest, of this chain as it is now.
    """
    return self._hash(order)


@view
@external
def left(order: IBondExchange.Order) -> uint256:
    """
    @notice Face of an order that can be filled now, as far as its own words go: whether it is signed and funded, and for whom
        it is, is not looked at.
    @param order The order.
    @return Units of the id; zero while fills are paused, when it is over, cancelled, matured, malformed, or below the fee.
    """
    terms: uint256 = self._terms
    if terms >= PAUSED or terms > order.max_fee_bps or block.timestamp > order.expiry:
        return 0
    if not self._is_tradable(order.id) or not self._is_in_range(order):
        return 0
    if not order_nonces.is_open(order.maker, order.nonce, order.epoch):
        return 0
    return order.face - self.filled[self._hash(order)]


@view
@external
def quote(order: IBondExchange.Order, face: uint256) -> uint256:
    """
    @notice What a taker would pay or get for `face` of an order at the present fee.
    @param order The order; only its side, face and price count.
    @param face Units of the id, at most the order's.
    @return Asset, fee included, rounded against the taker.
    """
    assert self._is_in_range(order), errors.ORDER_OUT_OF_RANGE
    assert face <= order.face, errors.ABOVE_ORDER
    amount: uint256 = 0
    fee: uint256 = 0
    amount, fee = self._price(order, face, self._terms & (PAUSED - 1))
    return self._total(order.sells, amount, fee)


@view
@external
def fee_bps() -> uint256:
    """
    @notice What takers pay on the asset they trade.
    @return In bps.
    """
    return self._terms & (PAUSED - 1)


@view
@external
def fee_cap_bps() -> uint256:
    """
    @notice Highest fee that can be set.
    @return In bps.
    """
    return FEE_CAP


@view
@external
def paused() -> bool:
    """
    @notice Whether fills are stopped.
    @return True if they are.
    """
    return self._terms >= PAUSED


@view
@external
def asset() -> address:
    """
    @notice What bonds are traded against.
    @return ERC-20.
    """
    return ASSET


@view
@external
def token() -> address:
    """
    @notice The bonds.
    @return BondToken.
    """
    return TOKEN


@view
@external
def treasury() -> address:
    """
    @notice Who gets the fees.
    @return BondTreasury.
    """
    return TREASURY


@view
@external
def DOMAIN_SEPARATOR() -> bytes32:
    """
    @notice EIP-712 domain of orders, of this chain as it is now.
    @return The separator.
    """
    return eip712_domain_separator._domain_separator_v4()


# -- internals --------------------------------------------------------------------------------------------------------


@internal
def _fill(taker: address, order: IBondExchange.Order, signature: Bytes[1024], face: uint256, limit: uint256) -> uint256:
    """
    @dev All checks, then the books, then bonds (whose token calls nobody), then the asset.
    """
    fee_bps: uint256 = self._terms
    assert fee_bps < PAUSED, errors.FILLS_PAUSED
    assert fee_bps <= order.max_fee_bps, errors.FEE_ABOVE_ORDER
    assert block.timestamp <= order.expiry, errors.ORDER_EXPIRED
    assert self._is_tradable(order.id), errors.NOT_TRADABLE
    assert self._is_in_range(order), errors.ORDER_OUT_OF_RANGE
    assert order.taker == empty(address) or order.taker == taker, errors.NOT_FOR_TAKER
    assert order.maker != taker, errors.OWN_ORDER
    assert face > 0, errors.ZERO_FILL
    order_nonces.check(order.maker, order.nonce, order.epoch)

    order_hash: bytes32 = self._hash(order)
    signed: bool = signatures.is_signed(order.maker, order_hash, signature)
    assert signed, errors.NOT_SIGNED
    done: uint256 = self.filled[order_hash]
    assert face <= order.face - done, errors.ABOVE_ORDER
    self.filled[order_hash] = unsafe_add(done, face)

    amount: uint256 = 0
    fee: uint256 = 0
    amount, fee = self._price(order, face, fee_bps)
    total: uint256 = self._total(order.sells, amount, fee)
    log IBondExchange.OrderFilled(
        order_hash=order_hash,
        maker=order.maker,
        taker=taker,
        sells=order.sells,
        id=order.id,
        face=face,
        amount=amount,
        fee=fee,
    )
    if order.sells:
        assert total <= limit, errors.ABOVE_LIMIT
        extcall IBondToken(TOKEN).transferFrom(order.maker, taker, order.id, face)
        self._pay(taker, order.maker, amount)
        self._pay(taker, TREASURY, fee)
    else:
        assert total >= limit, errors.BELOW_LIMIT
        extcall IBondToken(TOKEN).transferFrom(taker, order.maker, order.id, face)
        self._pay(order.maker, taker, total)
        self._pay(order.maker, TREASURY, fee)
    return total


@internal
@view
def _hash(order: IBondExchange.Order) -> bytes32:
    """
    @dev EIP-712 digest of an order.
    """
    return eip712_domain_separator._hash_typed_data_v4(keccak256(abi_encode(_ORDER_TYPE_HASH, order)))


@internal
@view
def _is_tradable(id: uint256) -> bool:
    """
    @dev Whether `id` is of a known kind and matures later than now.
    """
    kind: uint256 = bond_id.kind_of(id)
    if kind != bond_id.FIXED and kind != bond_id.VARIABLE:
        return False
    return bond_id.maturity_of(id) > block.timestamp


@internal
@pure
def _is_in_range(order: IBondExchange.Order) -> bool:
    """
    @dev Face and price at least 1 and below 2**128, so that their product fits. A price of zero is a gift, which nobody
         signs on purpose.
    """
    if order.face == 0 or order.price == 0:
        return False
    return order.face < 2**128 and order.price < 2**128


@internal
@pure
def _price(order: IBondExchange.Order, face: uint256, fee_bps: uint256) -> (uint256, uint256):
    """
    @dev Asset that the maker gets (rounded up) or pays (rounded down) for `face` <= order.face of an order in range, and the
         fee of the taker (rounded up, at most that asset).
    """
    product: uint256 = unsafe_mul(order.price, face)
    amount: uint256 = unsafe_div(product, order.face)
    if order.sells:
        amount = unsafe_div(unsafe_add(product, unsafe_sub(order.face, 1)), order.face)
    fee: uint256 = unsafe_div(unsafe_add(unsafe_mul(amount, fee_bps), BPS - 1), BPS)
    return amount, fee


@internal
@pure
def _total(sells: bool, amount: uint256, fee: uint256) -> uint256:
    """
    @dev What the taker pays to a maker who sells, or gets from one who buys.
    """
    return unsafe_add(amount, fee) if sells else unsafe_sub(amount, fee)


@internal
def _pay(payer: address, receiver: address, amount: uint256):
    """
    @dev Move exactly `amount` of the asset between two accounts other than this.
    """
    if amount == 0:
        return
    before: uint256 = staticcall IERC20(ASSET).balanceOf(receiver)
    success: bool = extcall IERC20(ASSET).transferFrom(payer, receiver, amount, default_return_value=True)
    assert success, errors.ASSET_REFUSED
    balance: uint256 = staticcall IERC20(ASSET).balanceOf(receiver)
    assert balance == before + amount, errors.ASSET_TOOK_A_FEE


@internal
def _set_fee(fee_bps: uint256):
    """
    @dev Stores the fee beside the pause.
    """
    assert fee_bps <= FEE_CAP, errors.FEE_ABOVE_CAP
    self._terms = (self._terms & PAUSED) | fee_bps
    log IBondExchange.FeeSet(fee_bps=fee_bps)
