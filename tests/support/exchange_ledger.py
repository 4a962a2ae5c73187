"""BondExchange and what it moves as dictionaries: what a call changes, or the reason for which it is refused.

Users hold enough and have approved the exchange unless a permission below says otherwise.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from surety.models import Refused
from surety.sdk.orders import Order, amounts

ZERO = "0x" + "00" * 20


@dataclass
class ExchangeLedger:
    """Holdings by (owner, id), asset by owner; fills by the order itself: equal orders are one."""

    now: int
    fee: int
    treasury: str = "treasury"
    paused: bool = False
    bonds: defaultdict[tuple[str, int], int] = field(default_factory=lambda: defaultdict(int))
    assets: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    operators: set[str] = field(default_factory=set)
    """Users who let the exchange move their bonds."""
    filled: defaultdict[Order, int] = field(default_factory=lambda: defaultdict(int))
    cancelled: set[tuple[str, int]] = field(default_factory=set)
    epochs: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

    def fill(self, taker: str, order: Order, signer: str, face: int, limit: int) -> int:
        """An order signed by `signer`; asset paid or got by the taker."""
        total = self._check(taker, order, signer, face, limit)
        _, fee, _ = amounts(order, face, self.fee)
        seller, buyer = (order.maker, taker) if order.sells else (taker, order.maker)
        gets = total - fee if order.sells else total
        for refused, reason in (
            (seller not in self.operators, "bond_token: insufficient allowance"),
            (self.bonds[seller, order.id] < face, "bond_token: insufficient balance"),
            (self.assets[buyer] < gets + fee, "mock_erc20: insufficient balance"),
        ):
            if refused:
                raise Refused(reason)
        self.filled[order] += face
        self.bonds[seller, order.id] -= face
        self.bonds[buyer, order.id] += face
        self.assets[buyer] -= gets + fee
        self.assets[seller] += gets
        self.assets[self.treasury] += fee
        return total

    def _check(self, taker: str, order: Order, signer: str, face: int, limit: int) -> int:
        kind, maturity = order.id >> 64, order.id % 2**64
        for refused, reason in (
            (self.paused, "bond_exchange: fills are paused"),
            (self.fee > order.max_fee_bps, "bond_exchange: fee above the order's"),
            (self.now > order.expiry, "bond_exchange: order has expired"),
            (kind not in (1, 2) or maturity <= self.now, "bond_exchange: id matured or unknown"),
            (order.taker not in (ZERO, taker), "bond_exchange: order is for another taker"),
            (order.maker == taker, "bond_exchange: maker is the taker"),
            (face == 0, "bond_exchange: zero face"),
            (order.epoch != self.epochs[order.maker], "order_nonces: not of the maker's epoch"),
            ((order.maker, order.nonce) in self.cancelled, "order_nonces: nonce is cancelled"),
            (signer != order.maker, "bond_exchange: not signed by the maker"),
            (face > order.face - self.filled[order], "bond_exchange: face above what is left"),
        ):
            if refused:
                raise Refused(reason)
        total = amounts(order, face, self.fee).total
        if order.sells and total > limit:
            raise Refused("bond_exchange: cost above the limit")
        if not order.sells and total < limit:
            raise Refused("bond_exchange: proceeds below the limit")
        return total

    def cancel_word(self, maker: str, word: int, mask: int) -> None:
        self.cancelled |= {(maker, word << 8 | bit) for bit in range(256) if mask >> bit & 1}
