"""Orders off chain: hashes, signatures, amounts and the book's file."""

import json

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_utils import keccak

from surety.sdk.engines.accounts import dev_account
from surety.sdk.errors import UsageError
from surety.sdk.json_lines import append, dumps, loads
from surety.sdk.orders import (
    ZERO_ADDRESS,
    Amounts,
    Order,
    SignedOrder,
    amounts,
    nonce_of,
    order_hash,
    read_book,
    sign_order,
    signature_for,
    typed_data,
)

MAKER = dev_account(1)
EXCHANGE = "0x" + "11" * 20
CHAIN = 31_337


@pytest.fixture
def order():
    fields = {"maker": MAKER.address, "sells": True, "id": 1 << 64 | 1_799_884_800, "face": 1_000, "price": 937}
    return Order(**fields, nonce=5, expiry=2**40, max_fee_bps=10)


@pytest.fixture
def signed(order):
    return sign_order(order, MAKER, CHAIN, EXCHANGE)


def test_order__defaults__anybody_and_the_first_epoch(order):
    assert (order.taker, order.epoch) == (ZERO_ADDRESS, 0)
    assert order.values == (
        MAKER.address, True, 1 << 64 | 1_799_884_800, 1_000, 937, 5, 0, 2**40, ZERO_ADDRESS, 10
    )  # fmt: skip


def test_order_hash__type__is_the_contracts(order):
    kind = keccak(
        text="Order(address maker,bool sells,uint256 id,uint256 face,uint256 price,uint256 nonce,uint256 epoch,"
        "uint256 expiry,address taker,uint256 max_fee_bps)"
    )
    words = b"".join(
        int(value, 16).to_bytes(32) if isinstance(value, str) else int(value).to_bytes(32) for value in order.values
    )
    message = encode_typed_data(full_message=typed_data(order, CHAIN, EXCHANGE))
    assert message.body == keccak(kind + words)
    assert order_hash(order, CHAIN, EXCHANGE) == keccak(b"\x19\x01" + message.header + message.body)


def test_sign_order__by_the_maker__recovers(signed, order):
    assert signed.is_by_key
    message = encode_typed_data(full_message=typed_data(order, CHAIN, EXCHANGE))
    assert Account.recover_message(message, signature=signed.signature) == MAKER.address


def test_sign_order__by_another__is_refused(order):
    with pytest.raises(UsageError, match="can't sign for the maker"):
        sign_order(order, dev_account(2), CHAIN, EXCHANGE)


@pytest.mark.parametrize("changes", [{"chain_id": 1}, {"exchange": "0x" + "22" * 20}, {"signature": b"\1" * 64}])
def test_is_by_key__another_place_or_length__is_false(signed, changes):
    assert not signed.model_copy(update=changes).is_by_key


@pytest.mark.parametrize("signature", [bytes(65), b"\xff" * 65, bytes(64) + b"\x1b"])
def test_is_by_key__signature_of_nobody__is_false(signed, signature):
    assert not signed.model_copy(update={"signature": signature}).is_by_key


def test_is_by_key__signature_of_another__is_false(signed, order):
    other = signature_for(order, dev_account(2), CHAIN, EXCHANGE)
    assert not signed.model_copy(update={"signature": other}).is_by_key


def test_amounts__each_side__rounds_against_the_taker(order):
    assert amounts(order, 333, 10) == Amounts(313, 1, 314)  # 312.021, fee 0.313
    buys = order.model_copy(update={"sells": False})
    assert amounts(buys, 333, 10) == Amounts(312, 1, 311)
    assert amounts(order, 0, 10) == Amounts(0, 0, 0)


@pytest.mark.parametrize("face", [-1, 1_001])
def test_amounts__not_a_part__is_refused(order, face):
    with pytest.raises(UsageError, match="0 to 1000 units"):
        amounts(order, face, 10)


def test_nonce_of__word_and_bit(order):
    assert nonce_of(3, 7) == 775
    for word, bit in ((0, 256), (0, -1), (2**248, 0), (-1, 0)):
        with pytest.raises(UsageError, match="no nonce"):
            nonce_of(word, bit)


def test_book__written_and_read__is_the_same(tmp_path, signed, order):
    path = tmp_path / "book.jsonl"
    second = sign_order(order.model_copy(update={"face": 2**128 - 1}), MAKER, CHAIN, EXCHANGE)
    append(path, signed)
    append(path, second)
    path.write_text(path.read_text() + "\n  \n")
    assert read_book(path) == (signed, second)
    assert len(path.read_text().splitlines()) == 4


def test_book__integers__stand_as_text(signed):
    line = json.loads(dumps([signed]))
    assert (line["chain_id"], line["order"]["face"], line["order"]["sells"]) == ("31337", "1000", True)


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("face", "0", "line 2: order.face: Input should be greater than or equal to 1"),
        ("face", str(2**128), "line 2: order.face: Input should be less than"),
        ("price", "1.5", "line 2: order.price: '1.5' is no whole number"),
        ("price", 1.5, "line 2: order.price: write a whole number"),
        ("nonce", True, "line 2: order.nonce: write a whole number"),
        ("nonce", "-1", "line 2: order.nonce: '-1' is no whole number"),
        ("expiry", str(2**256), "line 2: order.expiry: Input should be less than"),
        ("maker", "0x12", "line 2: order.maker: '0x12' is no address"),
        ("sells", "perhaps", "line 2: order.sells: Input should be a valid boolean"),
        ("colour", "red", "line 2: order.colour: Extra inputs are not permitted"),
    ],
)
def test_book__bad_value__is_told_by_line_and_key(signed, key, value, told):
    line = json.loads(dumps([signed]))
    line["order"][key] = value
    with pytest.raises(UsageError) as error:
        loads(SignedOrder, dumps([signed]) + json.dumps(line), "book")
    assert told in str(error.value)


@pytest.mark.parametrize(
    ("signature", "told"),
    [("12", "write bytes as 0x"), ("0x1", "whole bytes"), ("0x" + "00" * 1_025, "at most 1024")],
)
def test_book__bad_signature__is_told(signed, signature, told):
    line = json.loads(dumps([signed])) | {"signature": signature}
    with pytest.raises(UsageError, match=told):
        loads(SignedOrder, json.dumps(line), "book")


def test_book__no_json_or_no_file__is_told(tmp_path):
    with pytest.raises(UsageError, match="line 1: Invalid JSON"):
        loads(SignedOrder, "sell!", "book")
    with pytest.raises(UsageError, match="there is no file"):
        read_book(tmp_path / "none")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="UTF-8"):
        read_book(tmp_path / "binary")
