"""A journal of one operator on a scratch path, and votes to put in it."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from eth_utils.crypto import keccak

from surety.journal import Journal
from surety.predicates import Compiled, compile_text, make_message
from surety.sdk.engines import dev_account
from surety.sdk.engines.accounts import dev_addresses
from surety.sdk.messages import Message, SignedMessage, sign_message

CHAIN, REGISTRY = 31337, "0x" + "11" * 20
OPERATOR, CLIENT = dev_addresses()[1:3]
KEY, CLIENT_KEY = dev_account(4), dev_account(2)
SERVICE = bytes(keccak(text="service"))
NOBODY = "0x" + "00" * 20


def text_of(name: str) -> str:
    """A commitment of the library."""
    return files("surety.predicates").joinpath("library", f"{name}.surety").read_text(encoding="utf-8")


def begin(path: Any, name: str | None = "attestation", parameters: tuple[bytes, ...] = ()) -> Journal:
    """A new journal that holds a commitment of the library."""
    journal = Journal.create(path, CHAIN, REGISTRY, OPERATOR)
    if name is not None:
        journal.hold(SERVICE, text_of(name), parameters)
    return journal


def message(
    compiled: Compiled, kind: str, sender: str = OPERATOR, recipient: str = NOBODY, time: int = 100, **fields: Any
) -> Message:
    return make_message(compiled, kind, fields, service=SERVICE, sender=sender, recipient=recipient, time=time)


def vote(height: int, block: int = 1, time: int = 100) -> Message:
    return message(ATTESTATION, "Vote", time=time, height=height, block=block.to_bytes(32, "big"))


def signed(message: Message, key: Any = KEY) -> SignedMessage:
    return sign_message(message, key, CHAIN, REGISTRY)


ATTESTATION = compile_text(text_of("attestation"))
