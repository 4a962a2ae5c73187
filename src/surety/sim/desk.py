"""What savers do among themselves: signed orders, locks. The venue's other half, with the same trace."""

from __future__ import annotations

from typing import NamedTuple

from surety.sdk.orders import Order, SignedOrder, amounts, sign_order
from surety.sdk.suite import MAX_UINT, fixed_id, maturity_of

from .venue import Venue

DAY = 86_400


class Filled(NamedTuple):
    """A whole order filled, smallest units: the maker got `amount`, the taker paid that and `fee`."""

    face: int
    amount: int
    fee: int


class Desk:
    """Exchange and lock of a suite."""

    def __init__(self, venue: Venue) -> None:
        self.venue = venue
        self.exchange = venue.suite.exchange
        self.lock_contract = venue.suite.lock
        self._allowed: set[tuple[str, str]] = set()
        self._nonces: dict[str, int] = {}

    def offer(self, name: str, maturity: int, face: int, price: int) -> SignedOrder:
        """Somebody signs to sell all of `face` for `price`, good for a day. Nothing is sent but a first approval."""
        venue = self.venue
        self._allow(name, "exchange", self.exchange.address)
        nonce = self._nonces[name] = self._nonces.get(name, -1) + 1
        maker = venue.account(name)
        order = Order(
            maker=maker.address,
            sells=True,
            id=fixed_id(maturity),
            face=face,
            price=price,
            nonce=nonce,
            expiry=venue.now + DAY,
            max_fee_bps=self.exchange.call("fee_bps"),
        )
        return sign_order(order, maker, venue.engine.chain_id, self.exchange.address)

    def fee(self, signed: SignedOrder) -> int:
        """What a taker of the whole order pays on top."""
        return amounts(signed.order, signed.order.face, self.exchange.call("fee_bps")).fee

    def take(self, name: str, seller: str, signed: SignedOrder) -> Filled | None:
        """Somebody fills a whole order; None if refused."""
        venue, order = self.venue, signed.order
        self._approve(name)
        args = {"maturity": maturity_of(order.id), "face": order.face, "price": order.price}
        moved = amounts(order, order.face, self.exchange.call("fee_bps"))
        done = venue.act(
            name,
            "fill",
            args,
            lambda: self.exchange.send(
                "fill",
                order.values,
                signed.signature,
                order.face,
                moved.total,
                venue.now,
                sender=venue.address(name),
            ),
            lambda: f"face {order.face} of {seller} for {moved.amount}, fee {moved.fee}",
        )
        return Filled(order.face, moved.amount, moved.fee) if done else None

    def cancel(self, name: str, signed: SignedOrder) -> None:
        """The maker ends an order that nobody took."""
        nonce = signed.order.nonce
        person = self.venue.address(name)
        self.venue.act(name, "cancel", {"nonce": nonce}, lambda: self.exchange.send("cancel", nonce, sender=person))

    def lock(self, name: str, maturity: int, face: int) -> bool:
        """Somebody locks bonds until they mature; whether it was taken."""
        self._allow(name, "lock", self.lock_contract.address)
        args, person = {"maturity": maturity, "face": face}, self.venue.address(name)
        return self.venue.act(
            name, "lock", args, lambda: self.lock_contract.send("lock", fixed_id(maturity), face, sender=person)
        )

    def withdraw(self, name: str, maturity: int) -> bool:
        """Somebody takes matured bonds back."""
        person = self.venue.address(name)
        return self.venue.act(
            name,
            "withdraw",
            {"maturity": maturity},
            lambda: self.lock_contract.send("withdraw", fixed_id(maturity), person, sender=person),
        )

    def weights(self, name: str, time: int) -> tuple[int, int]:
        """Own weight and vote weight of somebody at a second, now or past, in face-seconds."""
        person = self.venue.address(name)
        call = self.lock_contract.call
        return call("own_weight_at", person, time), call("vote_weight_at", person, time)

    def total_weight(self, time: int) -> int:
        """Weight of all locks at a second."""
        return int(self.lock_contract.call("total_weight_at", time))

    def in_lock(self, maturities: list[int]) -> int:
        """Bonds that the lock holds."""
        token, at = self.venue.suite.token, self.lock_contract.address
        return sum(token.call("balanceOf", at, fixed_id(maturity)) for maturity in maturities)

    def _allow(self, name: str, what: str, spender: str) -> None:
        """Let a contract move somebody's bonds, once."""
        if (name, what) in self._allowed:
            return
        self._allowed.add((name, what))
        person, token = self.venue.address(name), self.venue.suite.token
        self.venue.act(
            name, "allow", {"spender": what}, lambda: token.send("setOperator", spender, True, sender=person)
        )

    def _approve(self, name: str) -> None:
        """Let the exchange pull somebody's money, once."""
        if (name, "money") in self._allowed:
            return
        self._allowed.add((name, "money"))
        person, asset = self.venue.address(name), self.venue.suite.asset
        self.venue.act(
            name,
            "approve",
            {"amount": MAX_UINT},
            lambda: asset.send("approve", self.exchange.address, MAX_UINT, sender=person),
        )
