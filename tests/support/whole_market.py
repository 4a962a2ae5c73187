"""What stands around the market, as more moves of its machine: orders between traders, wrappers, locks.

Each mixin shares the ledgers of the market's exact model, so that a bond which one of them moves is the bond that
another finds. Order of `create` and `leave`: the market's machine calls them for every mixin.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import boa
from eth_utils.crypto import keccak
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule
from tests.support.bond_machine import BondMarketMachine, part_of, receivers, shares, traders, weeks
from tests.support.bonds import ADMIN, CURATOR, FOREVER, FUNDER, GUARDIAN, KEYS, MAX, TRADERS, TREASURER
from tests.support.exchange import proxy, source, wrapper_blueprint
from tests.support.exchange_ledger import ExchangeLedger
from tests.support.rolling import MIN_RATE, TIP_BPS, TOLERANCE_BPS, make_class, rolling_blueprint

from surety.models.alignment import AlignmentLock
from surety.models.debt_profile import WEEK
from surety.models.treasury import bond_id, variable_id
from surety.models.variable import Officers, VariableMarket
from surety.sdk.orders import Order, order_hash, signature_for

FEE_CAP, FEE = 100, 10
TENOR = 4 * WEEK
ROLLER_ROLE = keccak(b"ROLLER_ROLE")
wrapper_blueprint()  # now: one made within a run would be undone with it
ROLLING_BLUEPRINT = rolling_blueprint()


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


class VariableMoves:
    """Variable bonds in the same treasury."""

    def create_variable(self) -> None:
        setup = self.setup
        self.floating = VariableMarket.create(
            setup.unit, setup.all_variable, Officers(CURATOR, GUARDIAN), self.model.treasury, self.model.now
        )
        self.model.treasury.fund_interest(FUNDER, setup.interest * setup.whole, self.model.now)  # as `deploy` did

    def variable(self) -> VariableMarket:
        """The model over the market's own books and clock, which a refused move replaces."""
        self.floating.now, self.floating.treasury = self.model.now, self.model.treasury
        return self.floating

    def floats(self) -> list[tuple[str, int, int]]:
        """Who holds how many shares of which variable bond."""
        bonds = self.model.treasury.bonds
        ids = [variable_id(maturity) for maturity in self.maturities]
        return [(who, bond, bonds[who, bond]) for who in TRADERS for bond in ids if bonds[who, bond]]

    @rule(buyer=traders, receiver=receivers, week=weeks, share=shares)
    def buy_variable(self, buyer: str, receiver: str, week: int, share: tuple[float, int]) -> None:
        maturity = self.maturity(week)
        cost = part_of(self.variable().terms.cap - self.variable().preview().value, share)
        self.both(
            lambda: self.variable().buy(buyer, maturity, cost, 0, receiver, FOREVER),
            lambda: self.suite.variable.buy(maturity, cost, 0, receiver, FOREVER, sender=buyer),
        )

    @precondition(lambda self: self.floats())
    @rule(data=st.data(), receiver=receivers, share=shares)
    def sell_variable(self, data: Any, receiver: str, share: tuple[float, int]) -> None:
        holder, bond, held = data.draw(st.sampled_from(self.floats()))
        maturity, amount = bond % 2**64, part_of(held, share)
        self.both(
            lambda: self.variable().sell(holder, maturity, amount, 0, receiver, FOREVER),
            lambda: self.suite.variable.sell(maturity, amount, 0, receiver, FOREVER, sender=holder),
        )

    @precondition(lambda self: self.floats())
    @rule(data=st.data(), receiver=receivers, share=shares)
    def redeem_variable(self, data: Any, receiver: str, share: tuple[float, int]) -> None:
        holder, bond, held = data.draw(st.sampled_from(self.floats()))
        amount = part_of(held, share)
        self.both(
            lambda: self.model.redeem(holder, bond, amount, receiver),
            lambda: self.suite.treasury.redeem(bond, amount, receiver, sender=holder),
        )

    @rule()
    def update_rate(self) -> None:
        self.both(lambda: self.variable().update_rate(), self.suite.variable.update_rate)

    @rule()
    def accrue(self) -> None:
        self.both(
            lambda: self.model.treasury.accrue(self.model.now).as_tuple, lambda: tuple(self.suite.treasury.accrue())
        )

    @rule(share=shares)
    def fund_interest(self, share: tuple[float, int]) -> None:
        """Also after a shortage, which it must not pay for."""
        amount = part_of(10**5 * self.setup.whole, share)
        self.both(
            lambda: self.whole_or_nothing(lambda: self.model.treasury.fund_interest(FUNDER, amount, self.model.now)),
            lambda: self.suite.treasury.fund_interest(amount, sender=FUNDER),
        )

    @rule(share=shares, receiver=receivers)
    def withdraw_interest(self, share: tuple[float, int], receiver: str) -> None:
        """Down to 90 days of interest: the shortest way to a shortage."""
        amount = part_of(self.model.treasury.variable.reserve, share)
        self.both(
            lambda: self.whole_or_nothing(
                lambda: self.model.treasury.withdraw_interest(amount, receiver, self.model.now)
            ),
            lambda: self.suite.treasury.withdraw_interest(amount, receiver, sender=TREASURER),
        )

    def whole_or_nothing(self, move: Callable[[], Any]) -> Any:
        with self.model.atomic():
            return move()

    def check_variable(self) -> None:
        """INV-TRS-1, INV-VAR-1: index, rate and reserve are the model's, and escrow is what both kinds are owed."""
        books = self.model.treasury
        assert tuple(self.suite.treasury.variable()) == self.variable().preview().as_tuple
        assert self.suite.treasury.interest_reserve() == books.variable.reserve
        fixed = sum(amount for bond, amount in books.supplies.items() if bond >> 64 == 1)
        assert self.suite.treasury.escrow() == fixed + books.variable.owed()
        for holder, bond, held in self.floats():
            assert self.suite.token.balanceOf(holder, bond) == held

    def leave_variable(self) -> None:
        """Everybody is paid, however late, whatever the reserve has."""
        while self.model.treasury.accrue(self.model.now).time < self.model.now:
            self.suite.treasury.accrue()
        for holder, bond, held in self.floats():
            self.model.redeem(holder, bond, held, holder)
            self.suite.treasury.redeem(bond, held, holder, sender=holder)


class RollMoves:
    """A class of bonds that roll, entered in kind by everybody."""

    def create_class(self) -> None:
        self.observer = source("bonds/DebtObserver").deploy()
        factory = source("bonds/RollingBondsFactory").deploy(
            self.suite.market, ROLLING_BLUEPRINT, self.observer, TOLERANCE_BPS, TIP_BPS
        )
        self.rolling = source("bonds/RollingBonds").at(factory.create(TENOR, MIN_RATE))
        self.rolling_model = make_class(address=self.rolling.address, market=self.model, tenor=TENOR)
        for trader in TRADERS:
            self.suite.token.setOperator(self.rolling, True, sender=trader)
            self.suite.asset.approve(self.rolling, MAX, sender=trader)
        if self.listed:
            self.suite.market.grantRole(ROLLER_ROLE, self.rolling, sender=ADMIN)
            self.model.rollers.add(self.rolling.address)
        self.enter_class(TRADERS[0], (0.1, 0))

    @rule(holder=traders, share=shares)
    def enter_class(self, holder: str, share: tuple[float, int]) -> None:
        """With bonds that are bought for it where the market sells them."""
        maturity = self.rolling_model.position().maturity
        if maturity not in self.maturities:
            self.maturities.append(maturity)
        amount = part_of(10**4 * self.setup.whole, share)
        face = self.rolling_model.to_enter(amount)[0]
        missing = face - self.model.treasury.bonds[holder, bond_id(maturity)]
        if missing > 0:
            self.both(
                lambda: self.model.buy(holder, maturity, missing, MAX, holder, FOREVER),
                lambda: self.suite.market.buy(maturity, missing, MAX, holder, FOREVER, sender=holder),
            )
        self.both(
            lambda: self.rolling_model.enter(holder, amount, MAX, MAX, holder),
            lambda: tuple(self.rolling.enter(amount, MAX, MAX, holder, sender=holder)),
        )

    @precondition(lambda self: self.class_holders())
    @rule(data=st.data(), share=shares, receiver=receivers)
    def exit_class(self, data: Any, share: tuple[float, int], receiver: str) -> None:
        holder = data.draw(st.sampled_from(self.class_holders()))
        amount = part_of(self.rolling_model.shares[holder], share)
        self.both(
            lambda: self.rolling_model.exit(holder, amount, 0, 0, receiver),
            lambda: tuple(self.rolling.exit(amount, 0, 0, receiver, sender=holder)),
        )

    @rule(keeper=traders, part=st.sampled_from([0, 0, 1, 2, 3]))
    def roll(self, keeper: str, part: int) -> None:
        """All of it, or half, a third, one unit of what the cash would buy."""
        if part == 0:
            self.both(lambda: self.rolling_model.roll_all(keeper), lambda: tuple(self.rolling.roll_all(sender=keeper)))
        else:
            face = self.rolling_model.position().cash // (2, 3, 10**18)[part - 1] + 1
            self.both(
                lambda: self.rolling_model.roll(keeper, face), lambda: tuple(self.rolling.roll(face, sender=keeper))
            )
        if self.rolling_model.round.maturity not in self.maturities:
            self.maturities.append(self.rolling_model.round.maturity)

    @rule(keeper=traders)
    def roll_when_due(self, keeper: str) -> None:
        """At the class's maturity, after a week of observing what comes."""
        held = self.rolling_model.round.maturity
        if held > self.model.now:
            for before in (WEEK, 1):
                self.model.now = max(self.model.now, held - before)
                boa.env.evm.patch.timestamp = self.model.now
                self.observe(before=TENOR)
            self.model.now = held
            boa.env.evm.patch.timestamp = held
        self.roll(keeper, 0)

    @rule(before=st.sampled_from([0, 0, TENOR]))
    def observe(self, before: int) -> None:
        """What the class holds, or what it will buy a tenor later."""
        maturity = self.rolling_model.position().maturity + before
        self.both(
            lambda: self.rolling_model.observer.observe(self.model, maturity),
            lambda: self.observer.observe(self.suite.market, maturity),
        )

    @rule(giver=traders, amount=st.sampled_from([1, 10**6]))
    def give_to_the_class(self, giver: str, amount: int) -> None:
        """A gift, which counts for nothing."""
        if self.model.treasury.assets[giver] >= amount:
            self.model.treasury.assets[giver] -= amount
            self.model.treasury.assets[self.rolling.address] += amount
            self.suite.asset.transfer(self.rolling, amount, sender=giver)

    def class_holders(self) -> list[str]:
        return [trader for trader in TRADERS if self.rolling_model.shares[trader]]

    def check_class(self) -> None:
        """INV-RLB-1: books and shares are the model's, and what is held covers them."""
        position = self.rolling_model.position()
        assert tuple(self.rolling.position()) == position
        assert self.suite.asset.balanceOf(self.rolling) == self.model.treasury.assets[self.rolling.address]
        assert self.suite.asset.balanceOf(self.rolling) >= self.rolling_model.cash
        held = self.suite.token.balanceOf(self.rolling, bond_id(self.rolling_model.round.maturity))
        assert held >= self.rolling_model.face
        for trader in TRADERS:
            assert self.rolling.balanceOf(trader) == self.rolling_model.shares[trader]

    def leave_class(self) -> None:
        """Everybody takes a part in kind; what bonds come out are redeemed with the others."""
        for holder in self.class_holders():
            amount = self.rolling_model.shares[holder]
            self.both(
                lambda holder=holder, amount=amount: self.rolling_model.exit(holder, amount, 0, 0, holder),
                lambda holder=holder, amount=amount: tuple(self.rolling.exit(amount, 0, 0, holder, sender=holder)),
            )
        assert (self.rolling_model.face, self.rolling_model.cash) == (0, 0)


class WholeMarketMachine(ExchangeMoves, WrapperMoves, LockMoves, VariableMoves, RollMoves, BondMarketMachine):
    """Everything that is made of bonds, in one world.

    A `listed` class may use the share of the discount budget that is kept for rolls.
    """

    listed = True

    def arrive(self) -> None:
        self.create_exchange()
        self.create_wrappers()
        self.create_lock()
        self.create_variable()
        self.create_class()

    def leave(self) -> None:
        self.leave_class()
        self.leave_variable()
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
        if not hasattr(self, "rolling_model"):
            return
        self.check_exchange()
        self.check_wrappers()
        self.check_lock()
        self.check_variable()
        self.check_class()
