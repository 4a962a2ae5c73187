"""What stands around the market, as more moves of its machine: orders between traders, wrappers, locks.

Each mixin shares the ledgers of the market's exact model, so that a bond which one of them moves is the bond that
another finds. Order of `create` and `leave`: the market's machine calls them for every mixin.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import boa
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule
from tests.support.bond_machine import BondMarketMachine, part_of, receivers, shares, traders
from tests.support.bonds import ADMIN, FOREVER, GUARDIAN, KEYS, MAX, TRADERS
from tests.support.exchange import proxy, source, wrapper_blueprint
from tests.support.exchange_ledger import ExchangeLedger

from surety.models.alignment import AlignmentLock
from surety.models.treasury import bond_id
from surety.sdk.orders import Order, order_hash, signature_for

FEE_CAP, FEE = 100, 10
wrapper_blueprint()  # now: one made within a run would be undone with it


class ExchangeMoves:
    """Traders sign orders and fill each other's; the exchange never holds anything."""

    def create_exchange(self) -> None:
        self.exchange = source("bonds/BondExchange").deploy(self.suite.treasury, ADMIN, GUARDIAN, FEE_CAP, FEE)
        self.ledger = ExchangeLedger(self.model.now, FEE, self.suite.treasury.address, operators=set(TRADERS))
        self.orders: list[Order] = []
        for trader in TRADERS:
            self.suite.asset.approve(self.exchange, MAX, sender=trader)
            self.suite.token.setOperator(self.exchange, True, sender=trader)

    def desk(self) -> ExchangeLedger:
        """The ledger over the market's own holdings and clock, which a refused move replaces."""
        self.ledger.now = self.model.now
        self.ledger.bonds, self.ledger.assets = self.model.treasury.bonds, self.model.treasury.assets
        return self.ledger

    @precondition(lambda self: self.held())
    @rule(data=st.data(), sells=st.booleans(), share=shares, price=st.sampled_from([1.01, 0.97, 0.9, 0.5]))
    def sign(self, data: Any, sells: bool, share: tuple[float, int], price: float) -> None:
        holder, maturity, held = data.draw(st.sampled_from(self.held()))
        maker = holder if sells else data.draw(traders)
        face = max(part_of(held, share), 1)
        self.orders.append(
            Order(
                maker=maker,
                sells=sells,
                id=bond_id(maturity),
                face=face,
                price=max(int(face * price), 1),
                nonce=len(self.orders),
                epoch=self.ledger.epochs[maker],
                expiry=self.model.now + data.draw(st.sampled_from([0, 3_600, 10**8])),
                max_fee_bps=FEE,
            )
        )

    @precondition(lambda self: self.orders)
    @rule(data=st.data(), taker=traders, share=shares)
    def fill(self, data: Any, taker: str, share: tuple[float, int]) -> None:
        order = data.draw(st.sampled_from(self.orders[-5:]))
        face = part_of(order.face - self.ledger.filled[order], share)
        limit = MAX if order.sells else 0
        signature = signature_for(order, KEYS[order.maker], boa.env.evm.patch.chain_id, self.exchange.address)
        self.both(
            lambda: self.desk().fill(taker, order, order.maker, face, limit),
            lambda: self.exchange.fill(order.values, signature, face, limit, FOREVER, sender=taker),
        )

    @rule(maker=traders)
    def cancel_orders(self, maker: str) -> None:
        self.ledger.epochs[maker] += 1
        assert self.exchange.cancel_all(sender=maker) == self.ledger.epochs[maker]

    def check_exchange(self) -> None:
        """INV-EXC-1: fills are the ledger's, and nothing stays here."""
        for order in self.orders[-3:]:
            digest = order_hash(order, boa.env.evm.patch.chain_id, self.exchange.address)
            assert self.exchange.filled(digest) == self.ledger.filled[order] <= order.face
        assert self.suite.asset.balanceOf(self.exchange) == 0


class WrapperMoves:
    """Bonds as ERC-20s and back."""

    def create_wrappers(self) -> None:
        self.factory = source("bonds/BondWrapperFactory").deploy(self.suite.treasury, wrapper_blueprint())
        self.wrappers: dict[int, Any] = {}
        self.wrapped: Counter[tuple[str, int]] = Counter()

    @precondition(lambda self: self.held())
    @rule(data=st.data(), receiver=traders, share=shares)
    def wrap(self, data: Any, receiver: str, share: tuple[float, int]) -> None:
        holder, maturity, held = data.draw(st.sampled_from(self.held()))
        bond, amount = bond_id(maturity), max(part_of(held, share), 1)
        if bond not in self.wrappers:
            self.wrappers[bond] = proxy(self.factory.create(bond))
        wrapper = self.wrappers[bond]
        if not self.suite.token.isOperator(holder, wrapper):
            self.suite.token.setOperator(wrapper, True, sender=holder)
        moved = self.both(
            lambda: self.model.treasury.transfer(holder, wrapper.address, bond, amount) or True,
            lambda: wrapper.wrap(amount, receiver, sender=holder) or True,
        )
        if moved:
            self.wrapped[receiver, bond] += amount

    @precondition(lambda self: +self.wrapped)
    @rule(data=st.data(), receiver=traders, part=st.sampled_from([1, 2, 3]), redeem=st.booleans())
    def unwrap(self, data: Any, receiver: str, part: int, redeem: bool) -> None:
        (holder, bond), units = data.draw(st.sampled_from(sorted((+self.wrapped).items())))
        self.take_out(holder, bond, -(-units // part), receiver, redeem and bond % 2**64 <= self.model.now)

    def take_out(self, holder: str, bond: int, amount: int, receiver: str, redeem: bool) -> None:
        wrapper = self.wrappers[bond]
        if redeem:
            self.model.redeem(wrapper.address, bond, amount, receiver)
            wrapper.redeem(amount, receiver, sender=holder)
        else:
            self.model.treasury.transfer(wrapper.address, receiver, bond, amount)
            wrapper.unwrap(amount, receiver, sender=holder)
        self.wrapped[holder, bond] -= amount

    def check_wrappers(self) -> None:
        """INV-WRP-1: each wrapper holds a bond for each of its units."""
        for bond, wrapper in self.wrappers.items():
            units = sum(amount for (_, one), amount in self.wrapped.items() if one == bond)
            assert wrapper.totalSupply() == units == self.suite.token.balanceOf(wrapper, bond)


class LockMoves:
    """Bonds locked to their maturity for weight."""

    def create_lock(self) -> None:
        self.lock_contract = source("bonds/AlignmentLock").deploy(self.suite.token)
        self.lock_model = AlignmentLock(self.lock_contract.address, now=self.model.now)
        for trader in TRADERS:
            self.suite.token.setOperator(self.lock_contract, True, sender=trader)

    def alignment(self) -> AlignmentLock:
        """The model of the lock over the market's own holdings and clock."""
        self.lock_model.now, self.lock_model.bonds = self.model.now, self.model.treasury.bonds
        return self.lock_model

    @precondition(lambda self: self.held())
    @rule(data=st.data(), share=shares)
    def lock(self, data: Any, share: tuple[float, int]) -> None:
        holder, maturity, held = data.draw(st.sampled_from(self.held()))
        bond, face = bond_id(maturity), part_of(held, share)
        self.both(
            lambda: self.alignment().lock(holder, bond, face),
            lambda: self.lock_contract.lock(bond, face, sender=holder),
        )

    @rule(owner=traders, delegatee=receivers)
    def delegate(self, owner: str, delegatee: str) -> None:
        self.both(
            lambda: self.alignment().delegate(owner, delegatee),
            lambda: self.lock_contract.delegate(delegatee, sender=owner),
        )

    @rule(data=st.data(), owner=traders, receiver=receivers)
    def unlock(self, data: Any, owner: str, receiver: str) -> None:
        bond = bond_id(data.draw(st.sampled_from(self.maturities)))
        self.both(
            lambda: self.alignment().withdraw(owner, bond, receiver),
            lambda: self.lock_contract.withdraw(bond, receiver, sender=owner),
        )

    def check_lock(self) -> None:
        """INV-ALN-1, INV-ALN-9: weights are the definition's sums, whatever is bought, sold and wrapped around them."""
        model, now = self.alignment(), self.model.now
        for trader in TRADERS:
            assert self.lock_contract.weight_at(trader, now) == model.weight_at(trader, now)
            assert self.lock_contract.vote_weight_at(trader, now) == model.vote_weight_at(trader, now)
        assert self.lock_contract.total_weight_at(now) == model.total_weight_at(now)


class WholeMarketMachine(ExchangeMoves, WrapperMoves, LockMoves, BondMarketMachine):
    """Everything that is made of bonds, in one world."""

    def arrive(self) -> None:
        self.create_exchange()
        self.create_wrappers()
        self.create_lock()

    def leave(self) -> None:
        for (holder, bond), units in sorted((+self.wrapped).items()):
            self.take_out(holder, bond, units, holder, redeem=True)
        for owner in TRADERS:
            for maturity in self.maturities:
                bond = bond_id(maturity)
                if self.alignment().locked(owner, bond):
                    assert self.alignment().withdraw(owner, bond, owner) == self.lock_contract.withdraw(
                        bond, owner, sender=owner
                    )
        assert self.lock_contract.total_weight_at(self.model.now) == 0

    @invariant()
    def neighbours_agree(self) -> None:
        if not hasattr(self, "lock_model"):
            return
        self.check_exchange()
        self.check_wrappers()
        self.check_lock()
