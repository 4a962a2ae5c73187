"""BondExchange: what a fill moves, and every reason for which there is none."""

import boa
import pytest
from eth.exceptions import Revert
from eth_abi import encode
from eth_utils import keccak
from tests.support.exchange import (
    ADMIN,
    BOND,
    FEE_CAP,
    GUARDIAN,
    KEYS,
    MATURITY,
    MAX,
    START,
    STRANGER,
    USERS,
    WEEK,
    ZERO,
    make_desk,
    make_order,
    source,
)
from tests.support.permits import CURVE_ORDER

MAKER, TAKER, OTHER, _ = USERS
FOREVER = 2**64


DESKS = {
    name: make_desk(asset, decimals, free=asset == "MockFeeERC20")  # the treasury refuses that one, too
    for name, asset, decimals in (
        ("18", "MockERC20", 18),
        ("6", "MockERC20", 6),
        ("no return", "MockNoReturnERC20", 8),
        ("callback", "MockCallbackERC20", 18),
        ("keeps a fee", "MockFeeERC20", 18),
        ("says false", "MockFalseERC20", 18),
    )
}


@pytest.fixture(autouse=True)
def clock():
    with boa.env.anchor():
        boa.env.evm.patch.timestamp = START
        yield


@pytest.fixture(params=["18", "6", "no return"])
def any_desk(request):
    return DESKS[request.param]


@pytest.fixture
def desk():
    return DESKS["18"]


def fill(desk, order, face=None, limit=None, deadline=FOREVER, taker=TAKER, signature=None):
    signature = desk.sign(order) if signature is None else signature
    limit = (MAX if order.sells else 0) if limit is None else limit
    return desk.exchange.fill(
        order.values, signature, order.face if face is None else face, limit, deadline, sender=taker
    )


def assert_empty(desk):
    assert desk.holdings(desk.exchange) == (0, 0)


# -- what moves -------------------------------------------------------------------------------------------------------


def test_inv_exc_1_3_4_7_fill__maker_sells__bonds_for_price_fee_on_top(any_desk):
    desk, order = any_desk, make_order(MAKER, face=10**9, price=937_000_001)
    (bonds, cash), (taker_bonds, taker_cash) = desk.holdings(MAKER), desk.holdings(TAKER)
    spare = desk.asset.balanceOf(desk.house.treasury)
    fee = 937_001  # a thousandth, rounded up
    assert fill(desk, order, limit=937_000_001 + fee) == 937_000_001 + fee
    (log,) = [one for one in desk.exchange.get_logs() if type(one).__name__ == "OrderFilled"]
    assert (log.order_hash, log.maker, log.taker) == (desk.hash_of(order), MAKER, TAKER)
    assert (log.sells, log.id, log.face, log.amount, log.fee) == (True, BOND, 10**9, 937_000_001, fee)
    assert desk.holdings(MAKER) == (bonds - 10**9, cash + 937_000_001)
    assert desk.holdings(TAKER) == (taker_bonds + 10**9, taker_cash - 937_000_001 - fee)
    assert desk.asset.balanceOf(desk.house.treasury) == spare + fee
    assert desk.exchange.filled(desk.hash_of(order)) == 10**9
    assert_empty(desk)


def test_inv_exc_1_3_4_7_fill__maker_buys__price_for_bonds_less_fee(any_desk):
    desk, order = any_desk, make_order(MAKER, sells=False, face=10**9, price=937_000_001)
    (bonds, cash), (taker_bonds, taker_cash) = desk.holdings(MAKER), desk.holdings(TAKER)
    got = 937_000_001 - 937_001
    assert fill(desk, order, limit=got) == got
    assert desk.holdings(MAKER) == (bonds + 10**9, cash - 937_000_001)
    assert desk.holdings(TAKER) == (taker_bonds - 10**9, taker_cash + got)
    assert_empty(desk)


def test_inv_exc_7_fee__reaches_the_reserve_by_absorb(desk):
    order = make_order(MAKER, face=10**9, price=10**9)
    fill(desk, order)
    assert desk.house.treasury.absorb() == desk.house.treasury.reserve() == 10**6


def test_inv_exc_3_fill__in_parts__up_to_the_face(desk):
    order = make_order(MAKER)
    key = desk.hash_of(order)
    for part, left in ((300, 700), (1, 699), (699, 0)):
        fill(desk, order, part)
        assert desk.exchange.left(order.values) == left == 1_000 - desk.exchange.filled(key)
    with boa.reverts("bond_exchange: face above what is left"):
        fill(desk, order, 1)


def test_inv_exc_3_fill__above_what_is_left__reverts(desk):
    order = make_order(MAKER)
    fill(desk, order, 600)
    for face in (401, MAX):
        with boa.reverts("bond_exchange: face above what is left"):
            fill(desk, order, face)
    fill(desk, order, 400)


def test_inv_exc_4_fill__many_tiny_parts__never_better_for_the_taker(desk):
    desk.exchange.set_fee(0, sender=ADMIN)
    seller, buyer = make_order(MAKER, face=7, price=5), make_order(MAKER, sells=False, face=7, price=5)
    assert [fill(desk, seller, 1) for _ in range(7)] == [1] * 7
    assert [fill(desk, buyer, 1) for _ in range(7)] == [0] * 7  # a limit of 0 allowed it
    assert desk.exchange.quote(seller.values, 7) == desk.exchange.quote(buyer.values, 7) == 5


def test_inv_exc_4_quote__each_side__is_what_fill_moves(desk):
    for sells in (True, False):
        order = make_order(MAKER, sells=sells)
        assert desk.exchange.quote(order.values, 333) == fill(desk, order, 333)


def test_quote__above_the_face__reverts(desk):
    with boa.reverts("bond_exchange: face above what is left"):
        desk.exchange.quote(make_order(MAKER).values, 1_001)


def test_quote__out_of_range__reverts(desk):
    with boa.reverts("bond_exchange: face or price out of range"):
        desk.exchange.quote(changed(make_order(MAKER), price=2**128), 1)


def test_fill__largest_numbers__do_not_wrap(desk):
    top = 2**128 - 1
    order = make_order(MAKER, face=top, price=top)
    assert fill(desk, order, 10**18) == 10**18 + 10**15
    assert desk.exchange.quote(order.values, top) == top + -(-top // 1_000)


# -- limits and times -------------------------------------------------------------------------------------------------


def test_inv_exc_4_fill__cost_at_and_above_the_limit(desk):
    order = make_order(MAKER)
    with boa.reverts("bond_exchange: cost above the limit"):
        fill(desk, order, limit=937)  # the fee is 1
    fill(desk, order, limit=938)


def test_inv_exc_4_fill__proceeds_at_and_below_the_limit(desk):
    order = make_order(MAKER, sells=False)
    with boa.reverts("bond_exchange: proceeds below the limit"):
        fill(desk, order, limit=937)
    fill(desk, order, limit=936)


def test_inv_exc_6_fill__at_and_after_expiry(desk):
    order = make_order(MAKER, expiry=START + 60)
    boa.env.evm.patch.timestamp = START + 61
    assert desk.exchange.left(order.values) == 0
    with boa.reverts("bond_exchange: order has expired"):
        fill(desk, order)
    boa.env.evm.patch.timestamp = START + 60
    fill(desk, order)


def test_fill__at_and_after_the_deadline(desk):
    order = make_order(MAKER)
    for call in ("fill_all", "fill_any"):
        with boa.reverts("bond_exchange: past the deadline"):
            getattr(desk.exchange, call)([], START - 1, sender=TAKER)
    with boa.reverts("bond_exchange: past the deadline"):
        fill(desk, order, deadline=START - 1)
    fill(desk, order, deadline=START)


def test_inv_exc_6_fill__around_maturity(desk):
    order = make_order(MAKER, expiry=FOREVER)
    for late in (0, 1):
        boa.env.evm.patch.timestamp = MATURITY + late
        assert desk.exchange.left(order.values) == 0
        with boa.reverts("bond_exchange: id matured or unknown"):
            fill(desk, order)
    boa.env.evm.patch.timestamp = MATURITY - 1
    fill(desk, order)


@pytest.mark.parametrize("kind", [0, 3, 255, 1 << 8 | 1, 2**191 + 1])
def test_inv_exc_6_fill__unknown_kind__reverts(desk, kind):
    order = make_order(MAKER, id=kind << 64 | MATURITY)
    with boa.reverts("bond_exchange: id matured or unknown"):
        fill(desk, order)


def test_fill__variable_bond__trades_shares(desk):
    bond = 2 << 64 | MATURITY
    desk.house.issue(MAKER, bond, 1_000)
    fill(desk, make_order(MAKER, id=bond))
    assert desk.token.balanceOf(TAKER, bond) == 1_000


# -- malformed orders -------------------------------------------------------------------------------------------------


def changed(order, **fields):
    """The struct with values that the Python model refuses."""
    values = dict(zip(type(order).model_fields, order.values, strict=True)) | fields
    return tuple(values.values())


@pytest.mark.parametrize("fields", [{"face": 0}, {"price": 0}, {"face": 2**128}, {"price": 2**128}, {"price": MAX}])
def test_fill__face_or_price_out_of_range__reverts(desk, fields):
    order = changed(make_order(MAKER), **fields)
    assert desk.exchange.left(order) == 0
    with boa.reverts("bond_exchange: face or price out of range"):
        desk.exchange.fill(order, b"", 1, MAX, FOREVER, sender=TAKER)


def test_fill__zero_face__reverts(desk):
    with boa.reverts("bond_exchange: zero face"):
        fill(desk, make_order(MAKER), 0)


def test_inv_exc_6_fill__own_order__reverts(desk):
    for sells in (True, False):
        with boa.reverts("bond_exchange: maker is the taker"):
            fill(desk, make_order(MAKER, sells=sells), taker=MAKER)


def test_inv_exc_6_fill__named_taker__alone(desk):
    order = make_order(MAKER, taker=TAKER)
    with boa.reverts("bond_exchange: order is for another taker"):
        fill(desk, order, taker=OTHER)
    assert batch(desk, "fill_any", [order], taker=OTHER) == [False]
    assert batch(desk, "fill_any", [order], taker=TAKER) == [True]


# -- cancelling -------------------------------------------------------------------------------------------------------


def test_inv_exc_5_cancel__one_nonce__ends_its_orders_alone(desk):
    nonce = 5 << 8 | 255
    first, second, third = (make_order(MAKER, nonce=n, price=p) for n, p in ((nonce, 900), (nonce, 901), (254, 900)))
    fill(desk, first, 10)
    desk.exchange.cancel(nonce, sender=MAKER)
    (log,) = desk.exchange.get_logs()
    assert (log.maker, log.word, log.mask) == (MAKER, 5, 1 << 255)
    assert desk.exchange.cancelled(MAKER, 5) == 1 << 255
    for order in (first, second):
        assert desk.exchange.left(order.values) == 0
        with boa.reverts("order_nonces: nonce is cancelled"):
            fill(desk, order, 10)
    fill(desk, third)


def test_inv_exc_5_cancel__by_another__changes_nothing(desk):
    desk.exchange.cancel(0, sender=STRANGER)
    desk.exchange.cancel_word(0, MAX, sender=STRANGER)
    desk.exchange.cancel_all(sender=STRANGER)
    order = make_order(MAKER)
    assert desk.exchange.left(order.values) == order.face
    fill(desk, order)
    assert desk.exchange.left(order.values) == 0


def test_inv_exc_5_cancel_word__mask__ends_those_and_keeps_earlier_ones(desk):
    desk.exchange.cancel(256, sender=MAKER)
    desk.exchange.cancel_word(1, 0b110, sender=MAKER)
    assert desk.exchange.cancelled(MAKER, 1) == 0b111
    for nonce in (256, 257, 258):
        with boa.reverts("order_nonces: nonce is cancelled"):
            fill(desk, make_order(MAKER, nonce=nonce))
    for nonce in (1, 259, 511, 512):
        fill(desk, make_order(MAKER, nonce=nonce))


def test_inv_exc_5_cancel_word__largest_nonce__is_a_bit_like_others(desk):
    order = make_order(MAKER, nonce=MAX)
    fill(desk, order, 1)
    desk.exchange.cancel(MAX, sender=MAKER)
    with boa.reverts("order_nonces: nonce is cancelled"):
        fill(desk, order, 1)
    assert desk.exchange.cancelled(MAKER, MAX >> 8) == 1 << 255


def test_inv_exc_5_cancel_all__new_epoch__only_its_orders_count(desk):
    old, new, later = (make_order(MAKER, epoch=epoch) for epoch in (0, 1, 2))
    with boa.reverts("order_nonces: not of the maker's epoch"):
        fill(desk, new)
    fill(desk, old, 1)
    assert desk.exchange.cancel_all(sender=MAKER) == 1
    assert desk.exchange.get_logs()[0].epoch == desk.exchange.epochs(MAKER) == 1
    for order in (old, later):
        assert desk.exchange.left(order.values) == 0
        with boa.reverts("order_nonces: not of the maker's epoch"):
            fill(desk, order, 1)
    fill(desk, new)


def test_inv_exc_5_cancel__while_paused__works(desk):
    desk.exchange.set_pause(True, sender=GUARDIAN)
    desk.exchange.cancel(0, sender=MAKER)
    desk.exchange.set_pause(False, sender=GUARDIAN)
    with boa.reverts("order_nonces: nonce is cancelled"):
        fill(desk, make_order(MAKER))


# -- signatures -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields",
    [
        {"sells": False},
        {"id": BOND + WEEK},
        {"face": 1_001},
        {"price": 936},
        {"nonce": 1},
        {"expiry": START + 86_401},
        {"taker": TAKER},
        {"max_fee_bps": FEE_CAP + 1},
        {"maker": OTHER},
    ],
)
def test_inv_exc_2_fill__field_other_than_signed__reverts(desk, fields):
    signed = make_order(MAKER)
    with boa.reverts("bond_exchange: not signed by the maker"):
        fill(desk, make_order(**({"maker": MAKER} | fields)), 1, signature=desk.sign(signed))


def test_inv_exc_2_fill__signed_by_another__reverts(desk):
    order = make_order(MAKER)
    with boa.reverts("bond_exchange: not signed by the maker"):
        fill(desk, order, signature=desk.sign(order, KEYS[OTHER]))


def test_inv_exc_2_fill__signed_for_another_chain__reverts(desk):
    order = make_order(MAKER)
    with boa.reverts("bond_exchange: not signed by the maker"):
        fill(desk, order, signature=desk.sign(order, chain_id=desk.chain_id + 1))


def test_inv_exc_2_fill__signed_for_another_deployment__reverts(desk):
    twin = source("bonds/BondExchange").deploy(desk.house.treasury, ADMIN, GUARDIAN, FEE_CAP, 0)
    order = make_order(MAKER)
    desk.token.setOperator(twin, True, sender=MAKER)
    desk.asset.approve(twin, MAX, sender=TAKER)
    signed = desk.sign(order)
    fill(desk, order, 10, signature=signed)
    with boa.reverts("bond_exchange: not signed by the maker"):
        twin.fill(order.values, signed, 10, MAX, FOREVER, sender=TAKER)
    twin.fill(order.values, desk.sign(order, exchange=twin.address), 10, MAX, FOREVER, sender=TAKER)


def test_inv_exc_2_fill__chain_forks__a_filled_order_is_not_replayed(desk):
    order = make_order(MAKER)
    signed = desk.sign(order)
    fill(desk, order, 10, signature=signed)
    boa.env.evm.patch.chain_id += 1
    try:
        with boa.reverts("bond_exchange: not signed by the maker"):
            fill(desk, order, 10, signature=signed)
        assert desk.exchange.order_hash(order.values) == desk.hash_of(order)
        fill(desk, order, 10)
    finally:
        boa.env.evm.patch.chain_id -= 1


def test_inv_exc_3_fill__malleable_twins_of_a_signature__revert(desk):
    order = make_order(MAKER)
    signed = desk.sign(order)
    fill(desk, order, 400, signature=signed)
    r, s, v = signed[:32], int.from_bytes(signed[32:64]), signed[64]
    high = r + (CURVE_ORDER - s).to_bytes(32) + bytes([55 - v])
    with boa.reverts("ecdsa: invalid signature `s` value"):
        fill(desk, order, 100, signature=high)
    compact = r + (s | (v - 27) << 255).to_bytes(32)
    for other in (compact, signed + b"\0", signed[:64], b""):
        with boa.reverts("bond_exchange: not signed by the maker"):
            fill(desk, order, 100, signature=other)
    for v_of_nobody in (0, 1, 26, 29, 255):
        with boa.reverts("ecdsa: invalid signature"):
            fill(desk, order, 100, signature=signed[:64] + bytes([v_of_nobody]))
    fill(desk, order, 600, signature=signed)


@pytest.mark.parametrize("place", ["exchange", "token", "asset", "treasury"])
def test_inv_exc_2_fill__maker_is_a_contract_of_ours__reverts(desk, place):
    maker = desk.house.treasury if place == "treasury" else getattr(desk, place)
    order = make_order(maker.address)
    with boa.reverts("bond_exchange: not signed by the maker"):
        fill(desk, order, signature=desk.sign(order, KEYS[OTHER]))


def test_inv_exc_2_fill__zero_maker__reverts(desk):
    order = make_order(ZERO)
    with boa.reverts("ecdsa: invalid signature"):
        fill(desk, order, signature=bytes(65))


# -- contracts as makers ----------------------------------------------------------------------------------------------

WRONG, DIRTY, SHORT, LONG, EMPTY, FAILING, BURNING, CALLING, HUGE = range(1, 10)


@pytest.fixture
def wallet(desk):
    wallet = source("mocks/MockWallet").deploy(MAKER)
    desk.asset.mint(wallet, 10**6)
    desk.house.issue(wallet, BOND, 10**6)
    for target, call in (
        (desk.asset, desk.asset.approve.prepare_calldata(desk.exchange, MAX)),
        (desk.token, desk.token.setOperator.prepare_calldata(desk.exchange, True)),
    ):
        wallet.execute(target, call)
    return wallet


@pytest.mark.parametrize("sells", [True, False])
def test_inv_exc_2_fill__wallet_accepts__fills(desk, wallet, sells):
    order = make_order(wallet.address, sells=sells)
    fill(desk, order, signature=desk.sign(order, KEYS[MAKER]))
    assert desk.token.balanceOf(wallet, BOND) == 10**6 + (-1_000 if sells else 1_000)


def test_inv_exc_2_fill__wallet_refuses__reverts(desk, wallet):
    order = make_order(wallet.address)
    with boa.reverts("bond_exchange: not signed by the maker"):
        fill(desk, order, signature=desk.sign(order, KEYS[OTHER]))


@pytest.mark.parametrize("manner", [WRONG, DIRTY, SHORT, LONG, EMPTY, FAILING, BURNING, HUGE])
def test_inv_exc_2_fill__wallet_answers_inexactly__reverts(desk, wallet, manner):
    order = make_order(wallet.address)
    wallet.behave(manner, ZERO, b"")
    with boa.reverts("bond_exchange: not signed by the maker"):
        fill(desk, order, signature=desk.sign(order, KEYS[MAKER]))


def test_fill__wallet_burns_gas__costs_its_cap_at_most(desk, wallet):
    order = make_order(wallet.address)
    wallet.behave(BURNING, ZERO, b"")
    call = desk.exchange.fill_any.prepare_calldata([(order.values, b"", 1, MAX)], FOREVER)
    computation = boa.env.raw_call(desk.exchange.address, sender=TAKER, data=call, gas=1_000_000)
    assert computation.is_success
    assert 250_000 < computation.get_gas_used() < 350_000


def test_inv_exc_8_fill__wallet_calls_back__can_write_nothing(desk, wallet):
    order, other = make_order(wallet.address), make_order(MAKER)
    inner = desk.exchange.fill.prepare_calldata(other.values, desk.sign(other), 100, MAX, FOREVER)
    for call in (inner, desk.exchange.cancel_all.prepare_calldata()):
        wallet.behave(CALLING, desk.exchange, call)
        fill(desk, order, 100, signature=b"")
    assert desk.exchange.filled(desk.hash_of(other)) == 0
    assert desk.exchange.epochs(wallet) == 0
    assert desk.exchange.filled(desk.hash_of(order)) == 200


def test_inv_exc_5_cancel__by_a_wallet__ends_its_order(desk, wallet):
    order = make_order(wallet.address)
    wallet.execute(desk.exchange, desk.exchange.cancel.prepare_calldata(0))
    with boa.reverts("order_nonces: nonce is cancelled"):
        fill(desk, order, signature=desk.sign(order, KEYS[MAKER]))


# -- permissions and funds --------------------------------------------------------------------------------------------


def test_fill__maker_without_bonds_or_approval__reverts(desk):
    order = make_order(MAKER)
    desk.token.setOperator(desk.exchange, False, sender=MAKER)
    with boa.reverts("bond_token: insufficient allowance"):
        fill(desk, order)
    desk.token.approve(desk.exchange, BOND, 400, sender=MAKER)
    fill(desk, order, 400)
    desk.token.setOperator(desk.exchange, True, sender=MAKER)
    desk.token.transfer(STRANGER, BOND, desk.token.balanceOf(MAKER, BOND), sender=MAKER)
    with boa.reverts("bond_token: insufficient balance"):
        fill(desk, order, 600)
    assert desk.exchange.left(order.values) == 600


def test_fill__payer_without_asset_or_approval__reverts(desk):
    for sells, payer in ((True, TAKER), (False, MAKER)):
        order = make_order(MAKER, sells=sells)
        desk.asset.approve(desk.exchange, 0, sender=payer)
        with boa.reverts("mock_erc20: insufficient allowance"):
            fill(desk, order)
        desk.asset.approve(desk.exchange, MAX, sender=payer)
        fill(desk, order)


# -- batches ----------------------------------------------------------------------------------------------------------


def batch(desk, call, orders, face=100, taker=TAKER, signatures=None, limits=None):
    signatures = signatures or [desk.sign(order) for order in orders]
    limits = limits or [MAX if order.sells else 0 for order in orders]
    fills = [(o.values, s, face, limit) for o, s, limit in zip(orders, signatures, limits, strict=True)]
    return getattr(desk.exchange, call)(fills, FOREVER, sender=taker)


def orders_of(count):
    return [make_order(MAKER, nonce=index, sells=index % 2 == 0, price=900 + index) for index in range(count)]


@pytest.mark.parametrize("count", [0, 1, 16])
def test_inv_exc_8_fill_all__each_can_be_filled__fills_all(desk, count):
    orders = orders_of(count)
    quotes = [desk.exchange.quote(order.values, 100) for order in orders]
    assert batch(desk, "fill_all", orders) == quotes
    assert [desk.exchange.filled(desk.hash_of(order)) for order in orders] == [100] * count
    assert_empty(desk)


def test_inv_exc_8_fill_any__each_can_be_filled__fills_all(desk):
    orders = orders_of(16)
    assert batch(desk, "fill_any", orders) == [True] * 16
    assert [desk.exchange.filled(desk.hash_of(order)) for order in orders] == [100] * 16
    assert_empty(desk)


@pytest.mark.parametrize("call", ["fill_all", "fill_any"])
def test_fill_batch__seventeen__reverts(desk, call):
    """The decoder refuses before any code of ours could give a reason."""
    raw = [(make_order(MAKER).values, b"", 1, MAX)] * 17
    kind = "((address,bool,uint256,uint256,uint256,uint256,uint256,uint256,address,uint256),bytes,uint256,uint256)[]"
    data = keccak(text=f"{call}({kind},uint256)")[:4] + encode([kind, "uint256"], [raw, FOREVER])
    with pytest.raises(Revert) as error:
        boa.env.raw_call(desk.exchange.address, sender=TAKER, data=data)
    assert error.value.args == (b"",)
    data = keccak(text=f"{call}({kind},uint256)")[:4] + encode([kind, "uint256"], [[], FOREVER])
    assert boa.env.raw_call(desk.exchange.address, sender=TAKER, data=data).is_success


def test_inv_exc_8_fill_all__one_cannot__none_is_filled(desk):
    orders = orders_of(3)
    desk.exchange.cancel(2, sender=MAKER)
    before = desk.holdings(TAKER)
    with boa.reverts("order_nonces: nonce is cancelled"):
        batch(desk, "fill_all", orders)
    assert desk.holdings(TAKER) == before
    assert desk.exchange.left(orders[0].values) == 1_000


def test_inv_exc_8_fill_any__some_cannot__the_others_are_filled(desk):
    orders = orders_of(7)
    signatures = [desk.sign(order) for order in orders]
    signatures[0] = desk.sign(orders[0], KEYS[OTHER])
    desk.exchange.cancel(1, sender=MAKER)
    fill(desk, orders[2], 950)
    limits = [MAX if order.sells else 0 for order in orders]
    limits[4] = 0
    desk.token.approve(desk.exchange, BOND, 300, sender=TAKER)
    desk.token.setOperator(desk.exchange, False, sender=TAKER)
    desk.token.approve(desk.exchange, BOND, 100, sender=TAKER)  # enough for one of the two sales, 3 and 5
    done = batch(desk, "fill_any", orders, signatures=signatures, limits=limits)
    assert done == [False, False, False, True, False, False, True]
    assert [desk.exchange.filled(desk.hash_of(order)) for order in orders] == [0, 0, 950, 100, 0, 0, 100]
    assert_empty(desk)


def test_inv_exc_3_fill_all__same_order_twice__counts_twice(desk):
    order = make_order(MAKER, face=150)
    with boa.reverts("bond_exchange: face above what is left"):
        batch(desk, "fill_all", [order, order])
    assert batch(desk, "fill_any", [order, order]) == [True, False]


def test_inv_exc_6_fill_as__called_by_others__reverts(desk):
    order = make_order(MAKER, taker=TAKER)
    for caller in (OTHER, TAKER, MAKER, ADMIN):
        with boa.reverts("bond_exchange: caller is not the exchange"):
            desk.exchange.fill_as(TAKER, order.values, desk.sign(order), 1, MAX, sender=caller)


# -- assets that misbehave --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sells", [True, False])
def test_fill__asset_keeps_a_fee__reverts(sells):
    order = make_order(MAKER, sells=sells)
    with boa.reverts("bond_exchange: asset moved a wrong amount"):
        fill(DESKS["keeps a fee"], order)
    assert batch(DESKS["keeps a fee"], "fill_any", [order], 1_000) == [False]


@pytest.mark.parametrize("sells", [True, False])
def test_fill__asset_says_false__reverts(sells):
    desk, order = DESKS["says false"], make_order(MAKER, sells=sells)
    desk.asset.refuse(True)
    with boa.reverts("bond_exchange: asset refused the transfer"):
        fill(desk, order)
    assert batch(desk, "fill_any", [order]) == [False]
    desk.asset.refuse(False)
    fill(desk, order)


@pytest.mark.parametrize("call", ["fill", "fill_all", "fill_any"])
def test_inv_exc_8_fill__asset_calls_back__no_fill_inside(call):
    desk = DESKS["callback"]
    desk.admit(desk.asset.address)  # has all it takes to be the taker of an order
    order, inner = make_order(MAKER, taker=TAKER), make_order(MAKER, nonce=1, taker=desk.asset.address)
    part = (inner.values, desk.sign(inner), 10, MAX)
    alone = {
        "fill": desk.exchange.fill.prepare_calldata(*part, FOREVER),
        "fill_all": desk.exchange.fill_all.prepare_calldata([part], FOREVER),
        "fill_any": desk.exchange.fill_any.prepare_calldata([part], FOREVER),
    }[call]
    assert boa.env.raw_call(desk.exchange.address, sender=desk.asset.address, data=alone).is_success
    assert desk.exchange.filled(desk.hash_of(inner)) == 10
    for outer in ("fill_all", "fill_any"):
        desk.asset.call_back(desk.exchange, alone)
        batch(desk, outer, [order])
        assert desk.asset.succeeded() == (call == "fill_any")  # which skips what it can't fill
        assert desk.exchange.filled(desk.hash_of(inner)) == 10
    assert desk.asset.calls() == 2
    assert desk.exchange.filled(desk.hash_of(order)) == 200
    assert_empty(desk)


# -- fee and pause ----------------------------------------------------------------------------------------------------


def test_inv_exc_7_set_fee__by_the_admin_up_to_the_cap(desk):
    assert (desk.exchange.fee_bps(), desk.exchange.fee_cap_bps()) == (10, FEE_CAP)
    for fee in (0, FEE_CAP):
        desk.exchange.set_fee(fee, sender=ADMIN)
        assert desk.exchange.get_logs()[0].fee_bps == desk.exchange.fee_bps() == fee
    with boa.reverts("bond_exchange: fee above its cap"):
        desk.exchange.set_fee(FEE_CAP + 1, sender=ADMIN)
    for caller in (GUARDIAN, STRANGER):
        with boa.reverts("roles: caller lacks the role"):
            desk.exchange.set_fee(0, sender=caller)


def test_inv_exc_7_fill__fee_rose_above_the_orders__reverts(desk):
    order = make_order(MAKER, max_fee_bps=10)
    fill(desk, order, 1)
    desk.exchange.set_fee(11, sender=ADMIN)
    assert desk.exchange.left(order.values) == 0
    with boa.reverts("bond_exchange: fee above the order's"):
        fill(desk, order, 1)
    desk.exchange.set_fee(0, sender=ADMIN)
    fill(desk, order, 1)


@pytest.mark.parametrize("sells", [True, False])
def test_inv_exc_4_fill__fee_changes__maker_gets_the_same(desk, sells):
    order = make_order(MAKER, sells=sells, face=10**9, price=9 * 10**8)
    moved = []
    for fee in (0, 1, FEE_CAP):
        desk.exchange.set_fee(fee, sender=ADMIN)
        before = desk.asset.balanceOf(MAKER)
        fill(desk, order, 10**8)
        moved.append(desk.asset.balanceOf(MAKER) - before)
    assert moved == [9 * 10**7 * (1 if sells else -1)] * 3


def test_set_pause__by_the_guardian__stops_fills_and_keeps_the_fee(desk):
    order = make_order(MAKER)
    with boa.reverts("roles: caller lacks the role"):
        desk.exchange.set_pause(True, sender=ADMIN)
    desk.exchange.set_pause(True, sender=GUARDIAN)
    assert desk.exchange.get_logs()[0].paused
    assert (desk.exchange.paused(), desk.exchange.fee_bps(), desk.exchange.left(order.values)) == (True, 10, 0)
    desk.exchange.set_fee(20, sender=ADMIN)
    with boa.reverts("bond_exchange: fills are paused"):
        fill(desk, order)
    assert batch(desk, "fill_any", [order]) == [False]
    desk.exchange.set_pause(False, sender=GUARDIAN)
    assert (desk.exchange.paused(), desk.exchange.fee_bps()) == (False, 20)
    fill(desk, order)


def test_init__fee_and_cap__bounded(desk):
    exchange = source("bonds/BondExchange")
    with boa.reverts("bond_exchange: fee cap out of range"):
        exchange.deploy(desk.house.treasury, ADMIN, ZERO, 201, 0)
    with boa.reverts("bond_exchange: fee above its cap"):
        exchange.deploy(desk.house.treasury, ADMIN, ZERO, 100, 101)
    made = exchange.deploy(desk.house.treasury, ADMIN, ZERO, 200, 200)
    assert not made.hasRole(made.GUARDIAN_ROLE(), ZERO)


def test_init__wired_to_the_treasury(desk):
    exchange, house = desk.exchange, desk.house
    assert (exchange.treasury(), exchange.token(), exchange.asset()) == (
        house.treasury.address,
        house.token.address,
        house.asset.address,
    )


# -- the domain -------------------------------------------------------------------------------------------------------


def test_inv_exc_2_order_hash__is_the_wallets(desk):
    order = make_order(MAKER, taker=TAKER, nonce=77, epoch=3)
    assert desk.exchange.order_hash(order.values) == desk.hash_of(order)


def test_domain__separator_and_erc_5267__agree(desk):
    kind = keccak(text="EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)")
    name, version = "Surety bond exchange", "1"
    expected = keccak(
        encode(
            ["bytes32", "bytes32", "bytes32", "uint256", "address"],
            [kind, keccak(text=name), keccak(text=version), desk.chain_id, desk.exchange.address],
        )
    )
    assert desk.exchange.DOMAIN_SEPARATOR() == expected
    assert desk.exchange.eip712Domain()[:5] == (b"\x0f", name, version, desk.chain_id, desk.exchange.address)
