"""Orders of BondExchange off chain: sign them (EIP-712), price parts of them, keep them in files.

An order book is a text file with one signed order a line, as JSON: appended to, sorted, sent and read without a server.
Integers stand in it as decimal text, for most readers of JSON round numbers above 2**53.

    {"chain_id":"31337","exchange":"0x…","order":{"maker":"0x…","sells":true,…},"signature":"0x…"}
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from eth_account import Account
from eth_account.messages import SignableMessage, encode_typed_data
from eth_account.signers.local import LocalAccount
from eth_keys.exceptions import BadSignature
from eth_utils.address import is_address, to_checksum_address
from eth_utils.crypto import keccak
from eth_utils.exceptions import ValidationError as MalformedKey
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from .errors import UsageError
from .json_lines import read

ZERO_ADDRESS = "0x" + "00" * 20
BPS = 10_000
MAX_SIGNATURE = 1_024
"""Bytes that the exchange takes of a contract's signature."""

ORDER_TYPES = {
    "Order": [
        {"name": "maker", "type": "address"},
        {"name": "sells", "type": "bool"},
        {"name": "id", "type": "uint256"},
        {"name": "face", "type": "uint256"},
        {"name": "price", "type": "uint256"},
        {"name": "nonce", "type": "uint256"},
        {"name": "epoch", "type": "uint256"},
        {"name": "expiry", "type": "uint256"},
        {"name": "taker", "type": "address"},
        {"name": "max_fee_bps", "type": "uint256"},
    ]
}


def _integer(value: object) -> object:
    if isinstance(value, str):
        if not (value.isascii() and value.isdigit()):
            raise ValueError(f"{value!r} is no whole number")
        return int(value)
    if isinstance(value, bool | float):
        raise ValueError("write a whole number")
    return value


def _address(value: object) -> object:
    if not isinstance(value, str) or not is_address(value):
        raise ValueError(f"{value!r} is no address")
    return _checksummed(value)


@lru_cache(maxsize=1_024)  # files of many lines name the same few
def _checksummed(address: str) -> str:
    return str(to_checksum_address(address))


def _hex(value: object) -> object:
    if isinstance(value, bytes):
        return value
    if not isinstance(value, str) or not value.startswith("0x"):
        raise ValueError("write bytes as 0x and hexadecimal digits")
    try:
        return bytes.fromhex(value[2:])
    except ValueError:
        raise ValueError(f"{value!r} is no hexadecimal number of whole bytes") from None


_Integer = Annotated[int, BeforeValidator(_integer), PlainSerializer(str, when_used="json")]
Uint256 = Annotated[_Integer, Field(ge=0, lt=2**256)]
Amount = Annotated[_Integer, Field(ge=1, lt=2**128)]
AnyAddress = Annotated[str, BeforeValidator(_address)]
HexBytes = Annotated[bytes, BeforeValidator(_hex), PlainSerializer(lambda value: "0x" + value.hex(), when_used="json")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Order(_Strict):
    """What a maker signs: to sell (`sells`) or to buy `face` units of the bond `id` for `price` of the asset in all.

    `nonce` and `epoch` are what cancelling names, `expiry` is the last second, `taker` zero for anybody. An order can't
    be filled while the exchange's fee, which takers pay, is above `max_fee_bps`.
    """

    maker: AnyAddress
    sells: bool
    id: Uint256
    face: Amount
    price: Amount
    nonce: Uint256
    epoch: Uint256 = 0
    expiry: Uint256
    taker: AnyAddress = ZERO_ADDRESS
    max_fee_bps: Uint256

    @property
    def values(self) -> tuple[Any, ...]:
        """The struct as contracts take it."""
        return tuple(getattr(self, item["name"]) for item in ORDER_TYPES["Order"])


class SignedOrder(_Strict):
    """An order, where it counts, and the maker's signature: r, s, v of a key, or what a contract accepts."""

    chain_id: Uint256
    exchange: AnyAddress
    order: Order
    signature: Annotated[HexBytes, Field(max_length=MAX_SIGNATURE)]

    @property
    def order_hash(self) -> bytes:
        """The 32 bytes that were signed, under which the exchange counts fills."""
        return order_hash(self.order, self.chain_id, self.exchange)

    @property
    def is_by_key(self) -> bool:
        """Whether the maker's key made the signature. A contract's, only the chain can judge."""
        if len(self.signature) != 65:
            return False
        try:
            message = _message(self.order, self.chain_id, self.exchange)
            signer = Account.recover_message(message, signature=self.signature)
        except (BadSignature, MalformedKey, ValueError):  # a signature of nobody
            return False
        return bool(signer == self.order.maker)


class Amounts(NamedTuple):
    """What a fill moves, in the asset's smallest unit: `amount` of the maker, `fee`, and `total` of the taker."""

    amount: int
    fee: int
    total: int


def amounts(order: Order, face: int, fee_bps: int) -> Amounts:
    """As the exchange computes them: the amount rounded up if the maker sells, else down; the fee up, and the taker's.

    Raises `UsageError` unless 0 <= face <= order.face.
    """
    if not 0 <= face <= order.face:
        raise UsageError(f"a part of the order is 0 to {order.face} units, {face} asked for")
    product = order.price * face
    amount = -(-product // order.face) if order.sells else product // order.face
    fee = -(-amount * fee_bps // BPS)
    return Amounts(amount, fee, amount + fee if order.sells else amount - fee)


def nonce_of(word: int, bit: int) -> int:
    """The nonce that is bit 0 ≤ `bit` < 256 of a word, so that `cancel_word(word, 2**bit)` ends it."""
    if not 0 <= bit < 256 or not 0 <= word < 2**248:
        raise UsageError(f"no nonce has word {word} and bit {bit}")
    return word << 8 | bit


def typed_data(order: Order, chain_id: int, exchange: str) -> dict[str, Any]:
    """EIP-712 document of an order, for wallets (`eth_signTypedData_v4`)."""
    fields = ("name:string", "version:string", "chainId:uint256", "verifyingContract:address")
    kinds = [{"name": name, "type": kind} for name, kind in (field.split(":") for field in fields)]
    return {
        "domain": {
            "name": "Surety bond exchange",
            "version": "1",
            "chainId": chain_id,
            "verifyingContract": to_checksum_address(exchange),
        },
        "types": {"EIP712Domain": kinds, **ORDER_TYPES},
        "primaryType": "Order",
        "message": order.model_dump(),
    }


def order_hash(order: Order, chain_id: int, exchange: str) -> bytes:
    """The 32 bytes that the maker signs: EIP-712 digest on one chain and one exchange."""
    message = _message(order, chain_id, exchange)
    return bytes(keccak(b"\x19" + message.version + message.header + message.body))


def sign_order(order: Order, account: LocalAccount, chain_id: int, exchange: str) -> SignedOrder:
    """By the maker's own key. Raises `UsageError` for another's; a contract's owner uses `signature_for`."""
    if account.address != order.maker:
        raise UsageError(f"{account.address} can't sign for the maker {order.maker}")
    signature = signature_for(order, account, chain_id, exchange)
    return SignedOrder(chain_id=chain_id, exchange=exchange, order=order, signature=signature)


def signature_for(order: Order, account: LocalAccount, chain_id: int, exchange: str) -> bytes:
    """r, s, v in 65 bytes, of any key: for contracts (ERC-1271) whose owner signs."""
    return bytes(account.sign_message(_message(order, chain_id, exchange)).signature)


def read_book(path: Path) -> tuple[SignedOrder, ...]:
    """The orders of a file. Raises `UsageError` with line, key and what is wrong, and when there is no such file."""
    return read(SignedOrder, path)


def _message(order: Order, chain_id: int, exchange: str) -> SignableMessage:
    return encode_typed_data(full_message=typed_data(order, chain_id, exchange))
