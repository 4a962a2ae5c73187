"""Messages off chain: what operators and their counterparties sign (EIP-712), and what evidence is made of.

A log of messages is a text file with one signed message a line, as JSON, integers as decimal text: appended to, sorted,
sent and read without a server. The domain of signatures is the chain and its CommitmentRegistry, whatever contract
judges them.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Annotated, Any, Final

from eth_account import Account
from eth_account.messages import SignableMessage, encode_typed_data
from eth_account.signers.local import LocalAccount
from eth_keys.exceptions import BadSignature
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from eth_utils.exceptions import ValidationError as MalformedKey
from pydantic import BaseModel, ConfigDict, Field

from .errors import UsageError
from .orders import AnyAddress, HexBytes, Uint256

NAME: Final = "Surety commitments"
VERSION: Final = "1"
MAX_FIELDS: Final = 8
MAX_SIGNATURE: Final = 1_024
"""Bytes that the chain takes of a contract's signature."""
MAX_WALLETS: Final = 4_160
"""Bytes that a proof takes of contracts' signatures together."""
HALF_ORDER: Final = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0
"""The highest `s` that counts: of the two signatures that differ in its sign, only one is good."""
TYPES: Final = {
    "Message": [
        {"name": "service", "type": "bytes32"},
        {"name": "kind", "type": "bytes32"},
        {"name": "sender", "type": "address"},
        {"name": "recipient", "type": "address"},
        {"name": "sequence", "type": "uint64"},
        {"name": "time", "type": "uint64"},
        {"name": "fields", "type": "bytes32[]"},
    ]
}
TYPE_HASH: Final = bytes(
    keccak(text="Message(" + ",".join(f"{item['type']} {item['name']}" for item in TYPES["Message"]) + ")")
)
_HEADER: Final = 6 * 32

Word = Annotated[HexBytes, Field(min_length=32, max_length=32)]
Uint64 = Annotated[Uint256, Field(lt=2**64)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Message(_Strict):
    """One statement of `sender` to `recipient` (zero: to everybody) within a service.

    `kind` is the hash of what the message is called and of its fields' names and types; `sequence` and `time` (seconds)
    are what the sender says they are; each field is a word of 32 bytes, at most eight.
    """

    service: Word
    kind: Word
    sender: AnyAddress
    recipient: AnyAddress
    sequence: Uint64
    time: Uint64
    fields: Annotated[tuple[Word, ...], Field(max_length=MAX_FIELDS)]

    @cached_property
    def encoded(self) -> bytes:
        """As contracts take it: six words of header, then the fields; 192 to 448 bytes."""
        addresses = (bytes.fromhex(address[2:]).rjust(32, b"\0") for address in (self.sender, self.recipient))
        numbers = (number.to_bytes(32, "big") for number in (self.sequence, self.time))
        return b"".join((self.service, self.kind, *addresses, *numbers, *self.fields))

    @cached_property
    def id(self) -> bytes:
        """EIP-712's hashStruct, by which other messages name this one: 32 bytes, the same on every chain."""
        return message_id(self.encoded)

    @classmethod
    def decode(cls, encoded: bytes) -> Message:
        """Back from `encoded`. Raises `UsageError` if these bytes are no message."""
        if len(encoded) % 32 or not _HEADER <= len(encoded) <= _HEADER + 32 * MAX_FIELDS:
            raise UsageError(f"a message has 6 to {6 + MAX_FIELDS} words of 32 bytes, these are {len(encoded)} bytes")
        words = [encoded[at : at + 32] for at in range(0, len(encoded), 32)]
        sender, recipient, sequence, time = (int.from_bytes(word, "big") for word in words[2:6])
        if max(sender, recipient) >= 2**160 or max(sequence, time) >= 2**64:
            raise UsageError("a message whose sender, recipient, sequence or time is out of range")
        return cls(
            service=words[0],
            kind=words[1],
            sender=to_checksum_address(f"0x{sender:040x}"),
            recipient=to_checksum_address(f"0x{recipient:040x}"),
            sequence=sequence,
            time=time,
            fields=tuple(words[6:]),
        )


class SignedMessage(_Strict):
    """A message, where it counts, and the sender's signature: r, s, v of a key, or what a contract accepts."""

    chain_id: Uint256
    registry: AnyAddress
    message: Message
    signature: Annotated[HexBytes, Field(max_length=MAX_SIGNATURE)]

    @property
    def digest(self) -> bytes:
        """The 32 bytes that were signed."""
        return digest(self.message, self.chain_id, self.registry)

    @property
    def signer(self) -> str | None:
        """Whose key signed: None for a signature of nobody, for a high `s` and for what only a contract can judge."""
        if len(self.signature) != 65 or int.from_bytes(self.signature[32:64], "big") > HALF_ORDER:
            return None
        try:
            signable = _signable(self.message, self.chain_id, self.registry)
            return str(Account.recover_message(signable, signature=self.signature))
        except (BadSignature, MalformedKey, ValueError):
            return None


def message_id(encoded: bytes) -> bytes:
    """hashStruct of a message as contracts take it."""
    return bytes(keccak(TYPE_HASH + encoded[:_HEADER] + keccak(encoded[_HEADER:])))


def digest(message: Message, chain_id: int, registry: str) -> bytes:
    """The 32 bytes that the sender signs: EIP-712, on one chain and under one CommitmentRegistry."""
    signable = _signable(message, chain_id, registry)
    return bytes(keccak(b"\x19" + signable.version + signable.header + signable.body))


def compact(signature: bytes) -> tuple[int, int] | None:
    """A key's 65 bytes in EIP-2098's two words, r and vs; None for what only a contract can have signed."""
    if len(signature) != 65 or signature[64] not in (27, 28) or signature[32] >> 7:
        return None
    vs = int.from_bytes(signature[32:64], "big") | (signature[64] - 27) << 255
    return (int.from_bytes(signature[:32], "big"), vs) if vs else None


def signature_words(signatures: Iterable[tuple[bytes, bool]]) -> tuple[list[tuple[int, int]], bytes]:
    """As judges take signatures (and whether a key made each): two words each, and those of contracts in a row."""
    words, wallets = [], b""
    for signature, by_key in signatures:
        pair = compact(signature) if by_key else None
        words.append(pair or (len(signature), 0))
        wallets += b"" if pair else signature
    return words, wallets


def evidence_hash(ids: Iterable[bytes], words: Iterable[tuple[int, int]], wallets: bytes) -> bytes:
    """What a prover commits to, of messages and of signatures as `signature_words`."""
    found = bytes(32)
    for id, (r, vs) in zip(ids, words, strict=True):
        found = bytes(keccak(found + id + r.to_bytes(32, "big") + vs.to_bytes(32, "big")))
    return bytes(keccak(found + keccak(wallets))) if wallets else found


def typed_data(message: Message, chain_id: int, registry: str) -> dict[str, Any]:
    """EIP-712 document of a message, for wallets (`eth_signTypedData_v4`)."""
    fields = ("name:string", "version:string", "chainId:uint256", "verifyingContract:address")
    kinds = [{"name": name, "type": kind} for name, kind in (field.split(":") for field in fields)]
    return {
        "domain": {
            "name": NAME,
            "version": VERSION,
            "chainId": chain_id,
            "verifyingContract": to_checksum_address(registry),
        },
        "types": {"EIP712Domain": kinds, **TYPES},
        "primaryType": "Message",
        "message": message.model_dump() | {"fields": list(message.fields)},
    }


def sign_message(message: Message, account: LocalAccount, chain_id: int, registry: str) -> SignedMessage:
    """By any key: a service key signs for its operator, so the signer need not be the sender."""
    signature = bytes(account.sign_message(_signable(message, chain_id, registry)).signature)
    return SignedMessage(chain_id=chain_id, registry=registry, message=message, signature=signature)


def _signable(message: Message, chain_id: int, registry: str) -> SignableMessage:
    return encode_typed_data(full_message=typed_data(message, chain_id, registry))
