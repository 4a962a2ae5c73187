"""What the orders of a file are worth on a chain: who signed them, what is left, whether makers can still deliver."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from .contract import Contract
from .engines.base import Engine
from .errors import Reverted, UsageError
from .orders import SignedOrder, nonce_of
from .suite import Suite, maturity_of

MAGIC = bytes.fromhex("1626ba7e")  # what a contract answers to its own signature (ERC-1271)
WALLET = [
    {
        "type": "function",
        "name": "isValidSignature",
        "stateMutability": "view",
        "inputs": [{"name": "digest", "type": "bytes32"}, {"name": "signature", "type": "bytes"}],
        "outputs": [{"name": "", "type": "bytes4"}],
    }
]


class Standing(NamedTuple):
    """An order as it stands now. `left` is what the exchange would fill of it, `reach` what the maker can settle."""

    signed: SignedOrder
    left: int
    reach: int
    state: str
    """`open`, or why it can't be filled: elsewhere, not signed, matured, expired, cancelled, filled, fee, paused,
    unfunded."""


def standing(suite: Suite, signed: SignedOrder) -> Standing:
    """Of one order, read from the chain. `reach` is in units of the id, at most `left`."""
    order, exchange = signed.order, suite.exchange
    if (signed.chain_id, signed.exchange) != (suite.engine.chain_id, exchange.address):
        return Standing(signed, 0, 0, "elsewhere")
    if not is_signed(suite, signed):
        return Standing(signed, 0, 0, "not signed")
    left = int(exchange.left(order.values))
    if left == 0:
        return Standing(signed, 0, 0, _why(suite, signed))
    reach = min(left, _reach(suite, signed))
    return Standing(signed, left, reach, "open" if reach else "unfunded")


def standings(suite: Suite, book: Iterable[SignedOrder]) -> list[Standing]:
    """Of a whole book, in its order."""
    return [standing(suite, one) for one in book]


def is_signed(suite: Suite, signed: SignedOrder) -> bool:
    """Whether the exchange would take the signature: of the maker's key, or as the maker's contract judges."""
    if not suite.engine.code(signed.order.maker):
        return signed.is_by_key
    return wallet_accepts(suite.engine, signed.order.maker, signed.order_hash, signed.signature)


def wallet_accepts(engine: Engine, wallet: str, digest: bytes, signature: bytes) -> bool:
    """Whether a contract says that a signature of a digest is its own (ERC-1271)."""
    try:
        answer: bytes = Contract(engine, wallet, WALLET).call("isValidSignature", digest, signature)
    except (Reverted, UsageError):  # no such function, or an answer that is none
        return False
    return answer == MAGIC


def next_nonce(suite: Suite, maker: str, book: Iterable[SignedOrder]) -> int:
    """The lowest nonce that neither the chain has cancelled nor an order of the maker's in `book` names."""
    used = {one.order.nonce for one in book if one.order.maker == maker}
    word = 0
    while True:
        bits = int(suite.exchange.cancelled(maker, word))
        for bit in range(256):
            nonce = nonce_of(word, bit)
            if not bits >> bit & 1 and nonce not in used:
                return nonce
        word += 1


def _why(suite: Suite, signed: SignedOrder) -> str:
    """Why nothing is left of an order that counts here."""
    order, exchange, now = signed.order, suite.exchange, suite.engine.timestamp
    if maturity_of(order.id) <= now:
        return "matured"
    if order.expiry < now:
        return "expired"
    word, bit = divmod(order.nonce, 256)
    if order.epoch != exchange.epochs(order.maker) or exchange.cancelled(order.maker, word) >> bit & 1:
        return "cancelled"
    if exchange.filled(signed.order_hash) >= order.face:
        return "filled"
    if exchange.fee_bps() > order.max_fee_bps:
        return "fee"
    return "paused" if exchange.paused() else "unknown bond"


def _reach(suite: Suite, signed: SignedOrder) -> int:
    """Units that the maker's balance and approvals settle."""
    order, exchange = signed.order, suite.exchange.address
    if order.sells:
        held = int(suite.token.balanceOf(order.maker, order.id))
        if suite.token.isOperator(order.maker, exchange):
            return held
        return min(held, int(suite.token.allowance(order.maker, exchange, order.id)))
    money = min(suite.cash(order.maker), int(suite.asset.allowance(order.maker, exchange)))
    return money * order.face // order.price
