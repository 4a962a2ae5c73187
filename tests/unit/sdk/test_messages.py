"""Messages off chain: ids, digests, signatures, logs."""

import json

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_utils import keccak

from surety.sdk.engines.accounts import dev_account, dev_addresses
from surety.sdk.errors import UsageError
from surety.sdk.json_lines import dumps, loads
from surety.sdk.messages import (
    Message,
    SignedMessage,
    digest,
    message_id,
    sign_message,
    typed_data,
)

OPERATOR, CLIENT, REGISTRY = dev_addresses()[1:4]
KEY = dev_account(4)
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


def message(**changes):
    values = {
        "service": keccak(text="service"),
        "kind": keccak(text="Vote(uint256 height,bytes32 block)"),
        "sender": OPERATOR,
        "recipient": CLIENT,
        "sequence": 7,
        "time": 1_700_000_000,
        "fields": (bytes(31) + b"\1", keccak(b"block")),
    }
    return Message(**(values | changes))


def signed(**changes):
    return sign_message(message(**changes), KEY, 31_337, REGISTRY)


@pytest.mark.parametrize("count", [0, 1, 8])
def test_inv_msg_1_id__any_number_of_fields__is_eip_712s_struct_hash(count):
    one = message(fields=tuple(bytes([number]) * 32 for number in range(count)))
    assert encode_typed_data(full_message=typed_data(one, 1, REGISTRY)).body == one.id == message_id(one.encoded)
    assert len(one.encoded) == 192 + 32 * count
    assert Message.decode(one.encoded) == one


def test_inv_msg_2_digest__another_chain_or_registry__is_another():
    one = message()
    digests = {digest(one, 1, REGISTRY), digest(one, 2, REGISTRY), digest(one, 1, CLIENT)}
    assert len(digests) == 3
    assert one.id == message().id


def test_sign__by_a_service_key__is_the_keys_whatever_the_sender():
    found = signed()
    assert found.signer == KEY.address != found.message.sender
    assert Account._recover_hash(found.digest, signature=found.signature) == KEY.address


def test_signer__mirrored_cut_or_changed_signature__is_nobody():
    found = signed()
    r, s, v = found.signature[:32], int.from_bytes(found.signature[32:64], "big"), found.signature[64]
    mirrored = r + (ORDER - s).to_bytes(32, "big") + bytes([55 - v])
    for wrong in (mirrored, found.signature[:64], b"", bytes(65), found.signature + b"\0"):
        assert found.model_copy(update={"signature": wrong}).signer is None
    elsewhere = SignedMessage(chain_id=1, registry=REGISTRY, message=found.message, signature=found.signature)
    assert elsewhere.signer != KEY.address


@pytest.mark.parametrize(
    "changes",
    [
        {"service": b"\1"},
        {"sender": "0x12"},
        {"sequence": 2**64},
        {"time": -1},
        {"fields": (bytes(32),) * 9},
        {"fields": (bytes(31),)},
    ],
)
def test_message__out_of_its_bounds__is_refused(changes):
    with pytest.raises(ValueError, match="1 validation error"):
        message(**changes)


@pytest.mark.parametrize(
    "encoded", [b"", bytes(160), bytes(191), bytes(480), b"\1" * 192, bytes(128) + b"\1" + bytes(63)]
)
def test_decode__what_is_no_message__is_refused(encoded):
    with pytest.raises(UsageError, match="message"):
        Message.decode(encoded)


def test_log__written_and_read__is_the_same():
    log = (signed(), signed(sequence=8, fields=()))
    text = dumps(log) + "\n"
    assert loads(SignedMessage, text, "log") == log
    assert json.loads(text.splitlines()[0])["message"]["time"] == "1700000000"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda line: line.replace('"sequence":"7"', '"sequence":"18446744073709551616"'), "message.sequence"),
        (lambda line: line.replace('"time"', '"tme"'), "message.time"),
        (lambda line: line[:-5], "Invalid JSON"),
    ],
)
def test_log__broken_line__is_named_with_its_key(change, told):
    good = dumps([signed()])
    with pytest.raises(UsageError, match=rf"log, line 2: .*{told}"):
        loads(SignedMessage, good + change(good.strip()), "log")
