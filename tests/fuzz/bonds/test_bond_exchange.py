"""BondExchange under random orders, parts and signatures."""

import boa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.exchange import ADMIN, BOND, KEYS, MAX, START, USERS, ZERO, make_desk, make_order

from surety.sdk.json_lines import loads
from surety.sdk.orders import SignedOrder, amounts, sign_order

pytestmark = pytest.mark.fuzz

MAKER, TAKER, _, _ = USERS
TOP = 2**128 - 1
DESK = make_desk()
EXCHANGE = DESK.exchange
quick = settings(deadline=None)

words = st.integers(0, MAX)
sizes = st.integers(1, TOP) | st.integers(1, 1_000)
fees = st.integers(0, 100)


@given(sells=st.booleans(), face=sizes, price=sizes, fee=fees, data=st.data())
@quick
def test_inv_exc_4_quote__any_order__is_exact_arithmetic(sells, face, price, fee, data):
    part = data.draw(st.integers(0, face))
    order = make_order(MAKER, sells=sells, face=face, price=price)
    with boa.env.anchor():
        EXCHANGE.set_fee(fee, sender=ADMIN)
        expected = amounts(order, part, fee)
        assert EXCHANGE.quote(order.values, part) == expected.total
    # the model itself, in words of the spec: never better for the taker than the signed price
    assert (expected.amount * face >= price * part) if sells else (expected.amount * face <= price * part)
    assert abs(expected.amount * face - price * part) < face
    assert 0 <= expected.fee <= expected.amount
    assert expected.fee * 10_000 >= fee * expected.amount


@given(
    sells=st.booleans(),
    face=st.integers(1, 10**6),
    price=st.integers(1, 10**6),
    fee=fees,
    cuts=st.lists(st.integers(1), max_size=6),
)
@quick
def test_inv_exc_1_3_4_fill__any_parts__maker_gets_the_price_at_least(sells, face, price, fee, cuts):
    order = make_order(MAKER, sells=sells, face=face, price=price)
    signature = DESK.sign(order)
    with boa.env.anchor():
        boa.env.evm.patch.timestamp = START
        EXCHANGE.set_fee(fee, sender=ADMIN)
        before, taker_before = DESK.holdings(MAKER), DESK.holdings(TAKER)
        spent = fees_paid = done = 0
        for cut in [*cuts, None]:
            left = face - done
            part = left if cut is None else cut % (left + 1)
            if part == 0:
                continue
            total = EXCHANGE.fill(order.values, signature, part, MAX if sells else 0, 2**64, sender=TAKER)
            expected = amounts(order, part, fee)
            assert total == expected.total
            done, spent, fees_paid = done + part, spent + expected.amount, fees_paid + expected.fee
        sign = 1 if sells else -1
        assert EXCHANGE.filled(DESK.hash_of(order)) == done == face
        assert DESK.holdings(MAKER) == (before[0] - sign * face, before[1] + sign * spent)
        assert DESK.holdings(TAKER) == (taker_before[0] + sign * face, taker_before[1] - sign * spent - fees_paid)
        assert sign * spent >= sign * price
        assert DESK.holdings(EXCHANGE) == (0, 0)


@given(
    sells=st.booleans(),
    bond=words,
    face=sizes,
    price=sizes,
    nonce=words,
    epoch=words,
    expiry=words,
    fee=words,
    named=st.booleans(),
)
@quick
def test_inv_exc_2_order_hash__any_order__is_the_wallets_and_survives_a_book(
    sells, bond, face, price, nonce, epoch, expiry, fee, named
):
    order = make_order(
        MAKER,
        sells=sells,
        id=bond,
        face=face,
        price=price,
        nonce=nonce,
        epoch=epoch,
        expiry=expiry,
        max_fee_bps=fee,
        taker=TAKER if named else ZERO,
    )
    assert EXCHANGE.order_hash(order.values) == DESK.hash_of(order)
    signed = sign_order(order, KEYS[MAKER], DESK.chain_id, EXCHANGE.address)
    assert signed.is_by_key
    assert loads(SignedOrder, signed.model_dump_json(), "order book") == (signed,)


@given(bit=st.integers(0, 65 * 8 - 1))
@quick
def test_inv_exc_2_fill__a_bit_of_the_signature_flipped__never_counts(bit):
    order = make_order(MAKER)
    signature = bytearray(DESK.sign(order))
    signature[bit // 8] ^= 1 << bit % 8
    with boa.env.anchor():
        boa.env.evm.patch.timestamp = START
        with pytest.raises(boa.BoaError) as error:
            EXCHANGE.fill(order.values, bytes(signature), 1, MAX, 2**64, sender=TAKER)
    said = str(error.value)
    assert "ecdsa: invalid signature" in said or "bond_exchange: not signed by the maker" in said


@given(nonce=words, word=words, mask=words)
@quick
def test_inv_exc_5_cancel_word__any_mask__ends_exactly_its_nonces(nonce, word, mask):
    word >>= 8
    near = word << 8 | nonce % 256
    with boa.env.anchor():
        boa.env.evm.patch.timestamp = START
        EXCHANGE.cancel_word(word, mask, sender=MAKER)
        for one in (nonce, near):
            ended = one >> 8 == word and bool(mask >> (one % 256) & 1)
            assert EXCHANGE.left(make_order(MAKER, nonce=one).values) == (0 if ended else 1_000)
        assert EXCHANGE.left(make_order(TAKER, nonce=near).values) == 1_000


@given(bond=words | st.integers(BOND - 1, BOND + 1))
@quick
def test_inv_exc_6_left__any_id__is_zero_unless_known_and_unmatured(bond):
    with boa.env.anchor():
        boa.env.evm.patch.timestamp = START
        tradable = bond >> 64 in (1, 2) and bond % 2**64 > START
        assert EXCHANGE.left(make_order(MAKER, id=bond).values) == (1_000 if tradable else 0)
