"""Requests of stake's owners off chain: types, signatures, files."""

import json
from pathlib import Path

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data

from surety.sdk.engines.accounts import dev_account
from surety.sdk.errors import UsageError
from surety.sdk.json_lines import append, dumps, loads, read
from surety.sdk.stake_requests import FUNCTIONS, WORDS, StakeRequest, request_of

OWNER, OTHER = dev_account(1), dev_account(2)
SIGNER, ZERO = "0x" + "11" * 20, "0x" + "00" * 20
SUBJECT = 1 << 160 | int(OTHER.address, 16)
MOVES = {
    "deposit": (OWNER.address, SUBJECT, 5),
    "queue": (OWNER.address, SUBJECT, 2**256 - 1, ZERO),
    "cancel": (OWNER.address, SUBJECT, 2_900, ZERO, 7),
    "complete": (OWNER.address, SUBJECT, 2_900, OTHER.address, OWNER.address),
    "arrive": (OWNER.address, SUBJECT, 2_900, OTHER.address),
    "claim_refund": (OWNER.address, 3, ZERO, OWNER.address),
}


def request(function="deposit", nonce=4):
    return request_of(function, MOVES[function], nonce, 2**40, 31_337, SIGNER)


@pytest.mark.parametrize("action", WORDS)
def test_words__of_each_action__are_those_of_the_contract(action):
    told = f"{action}({','.join(f'{kind} {name}' for name, kind in WORDS[action])})"
    assert f'"{told}"' in Path("contracts/restaking/DelegationSigner.vy").read_text()


@pytest.mark.parametrize("function", MOVES)
def test_request__signed_and_written__is_the_same(tmp_path, function):
    signed = request(function).signed(OWNER)
    assert signed.function == function
    assert signed.arguments == (*MOVES[function], 2**40, signed.signature)
    assert signed.is_by_key
    assert not request(function).is_by_key
    append(tmp_path / "requests.jsonl", signed)
    assert read(StakeRequest, tmp_path / "requests.jsonl") == (signed,)
    assert FUNCTIONS[signed.action] == function


def test_typed_data__signed_by_a_wallet__is_the_same_signature():
    document = json.loads(json.dumps(request().typed_data()))
    message = document["message"] | {
        name: int(document["message"][name]) for name in ("subject", "amount", "nonce", "deadline")
    }
    signature = Account.sign_message(
        encode_typed_data(full_message=document | {"message": message}), OWNER.key
    ).signature
    assert request().with_signature(bytes(signature)) == request().signed(OWNER)
    assert {each["name"] for each in document["types"]["EIP712Domain"]} == set(document["domain"])


@pytest.mark.parametrize(
    ("key", "value"),
    [("amount", "6"), ("nonce", "5"), ("deadline", "1"), ("owner", OTHER.address), ("subject", "1")],
)
def test_request__a_word_changed__is_signed_by_nobody(key, value):
    line = json.loads(dumps([request().signed(OWNER)]))
    line["words"][key] = value
    (changed,) = loads(StakeRequest, json.dumps(line), "file")
    assert not changed.is_by_key


def test_request__other_chain_or_contract__is_signed_by_nobody():
    signed = request().signed(OWNER)
    assert not signed.model_copy(update={"chain_id": 1}).is_by_key
    assert not signed.model_copy(update={"signer": ZERO}).is_by_key


def test_signed__by_somebody_else__refused():
    with pytest.raises(UsageError, match="can't sign for"):
        request().signed(OTHER)
    with pytest.raises(UsageError, match="at most 1024 bytes"):
        request().with_signature(bytes(1_025))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"action": "Withdraw"}, "line 1: action: Input should be"),
        ({"words": {}}, "words of Deposit are owner, subject, amount, nonce, deadline"),
        ({"words": "all"}, "line 1: words"),
        ({"signature": "0x1"}, "whole bytes"),
        ({"colour": "red"}, "line 1: colour: Extra inputs"),
        ({"chain_id": "-1"}, "line 1: chain_id: '-1' is no whole number"),
    ],
)
def test_file__bad_line__is_told_by_line_and_key(change, told):
    line = json.loads(dumps([request().signed(OWNER)])) | change
    with pytest.raises(UsageError) as error:
        loads(StakeRequest, json.dumps(line), "file")
    assert told in str(error.value)


@pytest.mark.parametrize(
    ("key", "value", "told"), [("owner", "me", "no address"), ("amount", "few", "no whole number")]
)
def test_file__bad_word__is_named(key, value, told):
    line = json.loads(dumps([request()]))
    line["words"][key] = value
    with pytest.raises(UsageError, match=f"words.{key}: .*{told}"):
        loads(StakeRequest, json.dumps(line), "file")
