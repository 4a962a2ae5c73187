"""BondExchange beside its ledger: each call ends alike; holdings and fills agree after each step."""

from copy import deepcopy

import boa
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.support.exchange import (
    ADMIN,
    BOND,
    FEE,
    GUARDIAN,
    KEYS,
    OTHER_BOND,
    START,
    USERS,
    WEEK,
    ZERO,
    make_desk,
    make_order,
)
from tests.support.exchange_ledger import ExchangeLedger

from surety.models import Refused

pytestmark = pytest.mark.stateful

DESK = make_desk(decimals=6)
EXCHANGE, TREASURY = DESK.exchange, DESK.house.treasury.address
BONDS = (BOND, OTHER_BOND, 3 << 64 | BOND % 2**64)
LATER = 2**60
VERY = 10**30

users = st.sampled_from(USERS)
often = st.sampled_from([True] * 9 + [False])


class Exchange(RuleBasedStateMachine):
    """A few orders made at the start and then, filled and cancelled by everybody."""

    @initialize()
    def open(self):
        self.anchor = boa.env.anchor()
        self.anchor.__enter__()
        boa.env.evm.patch.timestamp = START
        self.ledger = ExchangeLedger(START, FEE, TREASURY, operators=set(USERS))
        for user in (*USERS, TREASURY):
            self.ledger.assets[user] = DESK.asset.balanceOf(user)
            for bond in BONDS:
                self.ledger.bonds[user, bond] = DESK.token.balanceOf(user, bond)
        self.orders = []
        for index, user in enumerate(USERS):
            self.orders.append(
                (make_order(user, sells=index % 2 == 0, face=10**9, price=937 * 10**6, expiry=LATER), user)
            )

    @rule(
        maker=users,
        signed=often,
        signer=users,
        sells=st.booleans(),
        bond=st.sampled_from([BOND] * 6 + [OTHER_BOND] * 2 + [BONDS[2]]),
        face=st.sampled_from([1, 7, 10**6, 10**11, VERY]),
        price=st.sampled_from([1, 5, 937_001, 10**11, VERY]),
        nonce=st.sampled_from([0, 1, 2, 255, 256]),
        epoch=st.sampled_from([0, 0, 0, 1]),
        expiry=st.sampled_from([LATER, LATER, START + WEEK]),
        taker=st.sampled_from([ZERO, ZERO, *USERS]),
        max_fee=st.sampled_from([FEE, 100, 100, 0]),
    )
    def sign(self, maker, signed, signer, sells, bond, face, price, nonce, epoch, expiry, taker, max_fee):
        order = make_order(
            maker,
            sells=sells,
            id=bond,
            face=face,
            price=price,
            nonce=nonce,
            epoch=epoch + self.ledger.epochs[maker],
            expiry=expiry,
            taker=taker,
            max_fee_bps=max_fee,
        )
        self.orders.append((order, maker if signed else signer))

    def draw_fill(self, data, taker):
        """Model and contract arguments of one fill; most go through."""
        order, signer = data.draw(st.sampled_from(self.orders[-6:] + self.orders[:4]))
        left = order.face - self.ledger.filled[order]
        face = data.draw(st.sampled_from([1, 2, 3, left // 3, left // 2, left, left, left + 1, 0]))
        tight = data.draw(often)
        limit = VERY**2 if order.sells else 0
        if tight and 0 < face <= order.face:
            limit = EXCHANGE.quote(order.values, face)
        limit += 0 if data.draw(often) else (-limit if order.sells else VERY)
        return (taker, order, signer, face, limit), (order.values, DESK.sign(order, KEYS[signer]), face, limit)

    @rule(data=st.data(), taker=users)
    def fill(self, data, taker):
        modelled, real = self.draw_fill(data, taker)
        try:
            total = self.ledger.fill(*modelled)
        except Refused as refused:
            with boa.reverts(refused.reason):
                EXCHANGE.fill(*real, LATER, sender=taker)
        else:
            assert EXCHANGE.fill(*real, LATER, sender=taker) == total

    @rule(data=st.data(), taker=users, count=st.integers(1, 5))
    def fill_all(self, data, taker, count):
        drawn = [self.draw_fill(data, taker) for _ in range(count)]
        after = deepcopy(self.ledger)
        try:
            totals = [after.fill(*modelled) for modelled, _ in drawn]
        except Refused as refused:
            with boa.reverts(refused.reason):
                EXCHANGE.fill_all([real for _, real in drawn], LATER, sender=taker)
        else:
            assert EXCHANGE.fill_all([real for _, real in drawn], LATER, sender=taker) == totals
            self.ledger = after

    @rule(data=st.data(), taker=users, count=st.integers(1, 5))
    def fill_any(self, data, taker, count):
        drawn = [self.draw_fill(data, taker) for _ in range(count)]
        done = []
        for modelled, _ in drawn:
            try:
                self.ledger.fill(*modelled)
            except Refused:
                done.append(False)
            else:
                done.append(True)
        assert EXCHANGE.fill_any([real for _, real in drawn], LATER, sender=taker) == done

    @rule(maker=users, nonce=st.sampled_from([1, 2, 255, 256]))
    def cancel(self, maker, nonce):
        self.ledger.cancel_word(maker, nonce >> 8, 1 << nonce % 256)
        EXCHANGE.cancel(nonce, sender=maker)

    @rule(maker=users, word=st.integers(0, 1), mask=st.sampled_from([0, 1, 2, 1 << 255]))
    def cancel_word(self, maker, word, mask):
        self.ledger.cancel_word(maker, word, mask)
        EXCHANGE.cancel_word(word, mask, sender=maker)

    @rule(maker=users)
    def cancel_all(self, maker):
        self.ledger.epochs[maker] += 1
        assert EXCHANGE.cancel_all(sender=maker) == self.ledger.epochs[maker]

    @rule(fee=st.sampled_from([0, 1, FEE, FEE, 100]))
    def set_fee(self, fee):
        self.ledger.fee = fee
        EXCHANGE.set_fee(fee, sender=ADMIN)

    @rule(paused=st.sampled_from([True, False, False]))
    def set_pause(self, paused):
        self.ledger.paused = paused
        EXCHANGE.set_pause(paused, sender=GUARDIAN)

    @rule(user=users, approved=often)
    def set_operator(self, user, approved):
        (self.ledger.operators.add if approved else self.ledger.operators.discard)(user)
        DESK.token.setOperator(EXCHANGE, approved, sender=user)

    @rule(span=st.sampled_from([1, 3_600, WEEK, WEEK, 20 * WEEK]))
    def wait(self, span):
        self.ledger.now += span
        boa.env.evm.patch.timestamp = self.ledger.now

    @rule()
    def absorb(self):
        """Fees are reserve as soon as anyone says so."""
        spare = DESK.asset.balanceOf(TREASURY) - DESK.house.treasury.escrow() - DESK.house.treasury.reserve()
        if spare:
            assert DESK.house.treasury.absorb() == spare

    @invariant()
    @precondition(lambda self: hasattr(self, "ledger"))
    def inv_exc_1_holdings_are_the_ledgers_and_the_exchange_has_none(self):
        for user in (*USERS, TREASURY):
            assert DESK.asset.balanceOf(user) == self.ledger.assets[user]
            for bond in BONDS[:2]:
                assert DESK.token.balanceOf(user, bond) == self.ledger.bonds[user, bond]
        assert DESK.asset.balanceOf(EXCHANGE) == 0
        assert [DESK.token.balanceOf(EXCHANGE, bond) for bond in BONDS] == [0] * 3

    def teardown(self):
        """Fills agree, and everybody can end all their orders, whatever has happened."""
        if not hasattr(self, "ledger"):
            return
        try:
            for order, _ in self.orders:
                assert EXCHANGE.filled(DESK.hash_of(order)) == self.ledger.filled[order] <= order.face
            for user in USERS:
                EXCHANGE.cancel_all(sender=user)
            assert all(
                EXCHANGE.left(order.values) == 0
                for order, _ in self.orders
                if order.epoch <= self.ledger.epochs[order.maker]
            )
        finally:
            self.anchor.__exit__(None, None, None)


def test_inv_exc_1_3_4_5_6_7_8_bond_exchange__any_sequence__is_the_ledger():
    examples = max(settings.default.max_examples // 4, 1)
    run_state_machine_as_test(Exchange, settings=settings(max_examples=examples, stateful_step_count=40, deadline=None))
