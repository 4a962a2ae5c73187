"""ServicePayout against its model: budgets, locks that come, stop and are slashed, claims early and late."""

from __future__ import annotations

from typing import Any

import boa
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.support.service_payout import EPOCH, FINAL, OPERATORS, OWNERS, SERVICES, START, STRANGER, PayoutWorld

from surety.models.payout import WAD
from surety.models.refusal import Refused

services = st.sampled_from(SERVICES)
operators = st.sampled_from(OPERATORS)
owners = st.sampled_from(OWNERS)


class PayoutMachine(RuleBasedStateMachine):
    """Every call is made on contract and model; both end alike, and the contract holds what its books owe."""

    @initialize(collective=st.booleans())
    def begin(self, collective: bool) -> None:
        self.anchor = boa.env.anchor()
        self.anchor.__enter__()
        self.world = PayoutWorld(START)
        for number, service in enumerate(SERVICES):
            self.world.set_terms(service, OWNERS[0] if collective and number == 2 else "")
        self.numbers: list[int] = []
        self.funded = 0
        self.taken = 0

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self._everybody_claims()
            self.anchor.__exit__(None, None, None)

    @rule(service=services, ahead=st.integers(0, 3), epochs=st.integers(1, 6), amount=st.integers(0, 10**24))
    def fund(self, service: bytes, ahead: int, epochs: int, amount: int) -> None:
        first = self.world.now // EPOCH + ahead
        if not isinstance(self.world.fund(service, first, epochs, amount), Refused):
            self.funded += amount

    @rule(owner=owners, operator=operators, service=services, value=st.integers(1, 10**24))
    def activate(self, owner: str, operator: str, service: bytes, value: int) -> None:
        if len(self.numbers) < 8:
            self.numbers.append(len(self.numbers) + 1)
            self.world.activate(self.numbers[-1], owner, operator, service, value)

    @precondition(lambda self: self.numbers)
    @rule(data=st.data())
    def deactivate(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(self.numbers))
        if self.world.said.locks[number].end == 0:
            self.world.deactivate(number)

    @precondition(lambda self: self.numbers)
    @rule(data=st.data(), left=st.integers(0, WAD))
    def slash(self, data: st.DataObject, left: int) -> None:
        number = data.draw(st.sampled_from(self.numbers))
        self.world.slash(number, self.world.said.locks[number].value * left // WAD)

    @rule(seconds=st.integers(1, EPOCH) | st.just(EPOCH) | st.integers(EPOCH, 30 * EPOCH), share=st.integers(0, WAD))
    def wait(self, seconds: int, share: int) -> None:
        """Scores of the epochs that end meanwhile are set before they are final."""
        then = self.world.now + seconds
        for epoch in range(self.world.now // EPOCH, then // EPOCH + 1):
            for service in SERVICES:
                for place, operator in enumerate(OPERATORS):
                    self.world.set_score(service, operator, epoch, share if place else WAD)
        self.world.go_to(then)

    @precondition(lambda self: self.numbers)
    @rule(data=st.data(), by_owner=st.booleans())
    def claim(self, data: st.DataObject, by_owner: bool) -> None:
        number = data.draw(st.sampled_from(self.numbers))
        owner = self.world.said.locks[number].owner
        self._took(self.world.claim(number, owner, owner if by_owner else STRANGER))

    @precondition(lambda self: self.numbers)
    @rule(data=st.data(), epochs=st.integers(-1, 3))
    def forgo(self, data: st.DataObject, epochs: int) -> None:
        number = data.draw(st.sampled_from(self.numbers))
        lock = self.world.said.locks[number]
        self.world.forgo(number, self.world.model.first(number, lock) + epochs, lock.owner)

    @rule(service=services, ago=st.integers(20, 40))
    def carry(self, service: bytes, ago: int) -> None:
        self.world.carry(service, self.world.now // EPOCH - ago)

    @rule(operator=operators, bps=st.integers(0, 2_001))
    def set_commission(self, operator: str, bps: int) -> None:
        self.world.set_commission(operator, bps)

    @rule(operator=operators, names=st.lists(services, max_size=4))
    def set_served(self, operator: str, names: list[bytes]) -> None:
        self.world.set_served(operator, tuple(names))

    @invariant()
    def books_agree_and_nothing_is_lost(self) -> None:
        """INV-PAY-4."""
        if hasattr(self, "world"):
            self.world.check()
            held = self.world.token.balanceOf(self.world.payout)
            assert held + self.taken == self.funded

    def _took(self, done: Any) -> None:
        if not isinstance(done, Refused):
            self.taken += done

    def _everybody_claims(self) -> None:
        """INV-PAY-9: in the end each lock is claimed and each operator has its commission; the rest can be carried."""
        self.wait(EPOCH + FINAL, WAD)
        for number in self.numbers:
            owner = self.world.said.locks[number].owner
            for _ in range(4):
                done = self.world.claim(number, owner)
                self._took(done)
                if isinstance(done, Refused):
                    assert done.reason == "service_payout: no epoch to claim"
                    break
        for operator in OPERATORS:
            amount = self.world.model.commissions[operator, self.world.token.address]
            self.world.model.commissions[operator, self.world.token.address] = 0
            assert self.world.payout.claim_commission(self.world.token, operator, sender=operator) == amount
            self.taken += amount
        self.books_agree_and_nothing_is_lost()


TestPayoutMachine = pytest.mark.stateful(PayoutMachine.TestCase)
TestPayoutMachine.settings = settings(max_examples=15, stateful_step_count=30, deadline=None)
