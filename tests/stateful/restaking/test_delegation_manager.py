"""DelegationManager beside its model and the judge: nine people, three assets, slashes in any order; all leave."""

from fractions import Fraction

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
from tests.support.delegation import CAP, DAY, NUMBERS, OPERATORS, OWNERS, DelegationWorld, subject_word

from surety.models.delegation import WAD, WEEK
from surety.models.fair_ledger import FairLedger

pytestmark = pytest.mark.stateful

owners = st.sampled_from(OWNERS)
subjects = st.tuples(st.sampled_from(OPERATORS), st.sampled_from(NUMBERS))
targets = st.sampled_from([None, None, *OPERATORS])
amounts = st.one_of(st.sampled_from([0, 1, 2]), st.integers(1, 10**6), st.integers(1, 10**24))
parts = st.one_of(st.just(WAD), st.integers(0, WAD + 1))
fractions = st.one_of(st.sampled_from([1, WAD // 10, WAD // 2, WAD - WAD // 10**5, WAD - 1, WAD]), st.integers(1, WAD))


class DelegationMachine(RuleBasedStateMachine):
    @initialize()
    def create(self):
        self.anchor = boa.env.anchor()
        self.anchor.__enter__()
        self.world = DelegationWorld.create()
        self.fair = FairLedger()
        self.moves = 0
        self.slashes = 0

    @property
    def model(self):
        return self.world.model

    def judge(self, got, fair, leverage=1):
        assert abs(got - fair) <= self.moves * max(leverage, 1)

    # -- people ---------------------------------------------------------------------------------------------------

    @rule(owner=owners, subject=subjects, amount=amounts)
    def deposit(self, owner, subject, amount):
        if self.world.deposit(owner, subject, amount) is not None:
            self.fair.deposit((subject, 0), (owner, None), amount)
            self.moves += 1

    @rule(owner=owners, subject=subjects, part=parts, where=targets)
    def queue(self, owner, subject, part, where):
        held = self.model.pots[subject, 0].held((owner, None))
        shares = held * part // WAD
        epoch = self.world.queue(owner, subject, shares, where)
        if epoch is not None:
            there = (subject, epoch)
            self.fair.move((subject, 0), (owner, None), Fraction(shares, held), there, (owner, where))
            self.moves += 2

    def tickets(self):
        """Those that count for something."""
        return [
            (subject, epoch, owner, target)
            for (subject, epoch), pot in self.model.pots.items()
            for (owner, target), shares in pot.shares.items()
            if epoch > 0 and shares > 0
        ]

    @precondition(lambda self: self.tickets())
    @rule(data=st.data(), part=parts)
    def cancel(self, data, part):
        subject, epoch, owner, target = data.draw(st.sampled_from(self.tickets()))
        held = self.model.pots[subject, epoch].held((owner, target))
        tickets = held * part // WAD
        if self.world.cancel(owner, subject, epoch, tickets, target) is not None:
            self.fair.move((subject, epoch), (owner, target), Fraction(tickets, held), (subject, 0), (owner, None))
            self.moves += 2

    @precondition(lambda self: self.tickets())
    @rule(data=st.data())
    def complete(self, data):
        self.take_out(*data.draw(st.sampled_from(self.tickets())))

    def take_out(self, subject, epoch, owner, target):
        before = self.world.balance(subject[1], owner)
        amount = self.world.complete(owner, subject, epoch, target)
        if amount is not None:
            assert self.world.balance(subject[1], owner) == before + amount
            self.judge(amount, self.fair.withdraw((subject, epoch), (owner, target)))
            self.moves += 1

    @precondition(lambda self: any(target for *_, target in self.tickets()))
    @rule(data=st.data())
    def arrive(self, data):
        going = [one for one in self.tickets() if one[3]]
        subject, epoch, owner, target = data.draw(st.sampled_from(going))
        if self.world.arrive(owner, subject, epoch, target) is not None:
            there = ((target, subject[1]), 0)
            self.fair.move((subject, epoch), (owner, target), Fraction(1), there, (owner, None))
            self.moves += 2

    @rule(pause=st.one_of(st.sampled_from([1, DAY, WEEK - 1, WEEK]), st.integers(1, 2 * WEEK)))
    def wait(self, pause):
        self.world.wait(pause)

    @rule(off=st.sampled_from([-1, 0, 1]))
    def wait_for_an_epoch(self, off):
        self.world.go_to(max(self.world.now, (self.world.epoch + 1) * WEEK + off))

    @rule(subject=subjects, mode=st.sampled_from([1, 1, 2, 3]), owner=owners, status=st.sampled_from([1, 1, 2, 3]))
    def change_rules(self, subject, mode, owner, status):
        minimum, cap = (0, 0) if mode == 1 else (10**3, 10**24)
        self.world.set_pool(subject, mode, minimum, cap)
        self.world.allow(subject[0], owner)
        self.world.set_status(subject[0], status)

    # -- the escrow -----------------------------------------------------------------------------------------------

    @rule(subject=subjects, fraction=fractions, age=st.one_of(st.just(0), st.integers(0, 3 * WEEK)))
    def seize(self, subject, fraction, age):
        offence = self.world.now - age
        seen = tuple(self.world.manager.seizable(subject_word(subject), offence))
        assert seen == self.model.seizable(subject, offence)
        amount, own = self.world.seize(self.slashes, subject, fraction, offence)
        assert own <= amount <= seen[0]
        self.moves += 3 + len(OWNERS)
        exact = self.fair.seize(self.slashes, subject, fraction, offence, self.world.now)
        self.judge(amount, exact)
        self.slashes += 1

    def open_slashes(self):
        return [slash for slash, one in self.model.seizures.items() if one.restored is None]

    @precondition(lambda self: self.open_slashes())
    @rule(data=st.data(), part=parts, compensation=st.one_of(st.none(), st.none(), st.integers(1, 10**6)))
    def resolve(self, data, part, compensation):
        self.end(data.draw(st.sampled_from(self.open_slashes())), min(part, WAD), compensation)

    def end(self, slash, part, compensation=None):
        seizure = self.model.seizures[slash]
        back = seizure.seized * part // WAD
        self.world.restore(slash, back)
        self.world.pay(slash, seizure.seized - back)
        if compensation and seizure.seized and seizure.subject[1] != 2:
            self.world.compensate(slash, compensation)

    @precondition(lambda self: self.slashes)
    @rule(data=st.data(), owner=owners, where=targets)
    def claim_refund(self, data, owner, where):
        self.world.claim_refund(owner, data.draw(st.integers(0, self.slashes - 1)), where)

    # -- what holds after each ------------------------------------------------------------------------------------

    @precondition(lambda self: hasattr(self, "world"))
    @invariant()
    def contract_model_and_judge_agree(self):
        self.world.compare()
        for (subject, epoch), pot in self.model.pots.items():
            assert pot.assets <= pot.total < 2**111
            for key in pot.shares:
                self.judge(pot.worth(pot.held(key)), self.fair.stakes[subject, epoch][key])

    def teardown(self):
        """All slashes end, everybody leaves; what remains is dust."""
        if not hasattr(self, "world"):
            return
        try:
            self.leave()
        finally:
            self.anchor.__exit__(None, None, None)

    def leave(self):
        world = self.world
        for slash in self.open_slashes():
            self.end(slash, WAD)
        for subject in list(self.model.pools):
            pot = self.model.pots[subject, 0]
            for owner, _ in list(pot.shares):
                held = pot.held((owner, None))
                if pot.worth(held):
                    epoch = world.queue(owner, subject, held)
                    self.fair.move((subject, 0), (owner, None), Fraction(1), (subject, epoch), (owner, None))
                    self.moves += 2
        world.wait(2 * WEEK)
        for ticket in self.tickets():
            self.take_out(*ticket)
        world.compare_refunds()
        leverage = Fraction(1)
        for slash, seizure in self.model.seizures.items():
            given = (seizure.restored or 0) + (seizure.compensation or 0)
            ratio = Fraction(given, seizure.seized) if seizure.seized else Fraction(0)
            leverage += max(ratio - 1, 0)
            for key in {key for part in seizure.parts.values() for key in part.shares}:
                if self.model.refund(key[0], slash, key[1]):
                    assert world.claim_refund(key[0], slash, key[1])
                self.judge(seizure.claimed[key], self.fair.refund(slash, key, given), ratio)
        world.compare()
        assert all(0 <= self.model.held(number) <= self.moves * leverage for number in NUMBERS)
        assert all(self.model.held(number) <= CAP for number in NUMBERS)


def test_inv_del_1_to_10_delegation_manager__any_sequence__is_the_model_and_fair():
    # Some eighty reads a step: a twentieth of the profile's examples is as much work as others' whole.
    examples = max(settings.default.max_examples // 20, 1)
    run_state_machine_as_test(
        DelegationMachine, settings=settings(max_examples=examples, stateful_step_count=30, deadline=None)
    )
