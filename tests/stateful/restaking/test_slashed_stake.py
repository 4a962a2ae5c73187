"""DelegationManager, SlashEscrow and JudgementBonds together, in any sequence, without a model.

Books and tokens agree after each step, a refusal is for a reason that is listed and possible, and at the end strangers
conclude every slash and everybody leaves. Nine people stake an asset of 18 decimals, one of 6 that returns nothing and
bonds of 8 behind two operators; exits race proposals; slashes of up to everything are vetoed, confirmed and finalised
out of order, with liens and shared seizures; pools are filled again. One pool earns rewards: its epochs are noted.
"""

import re
from collections import Counter
from pathlib import Path

import boa
import pytest
from boa.contracts.base_evm_contract import BoaError
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
from tests.support.delegation import (
    BOND,
    DAY,
    NUMBERS,
    OPERATORS,
    OWNERS,
    STRANGER,
    TREASURY,
    ZERO,
    DelegationWorld,
    source,
    subject_word,
)

from surety.models.delegation import WAD, WEEK

pytestmark = pytest.mark.stateful

ADMIN, VETOER, CONFIRMER, JUDGE, PROVER, PURSE, INSURANCE, HARMED = (
    boa.env.generate_address(name)
    for name in ("admin", "vetoer", "confirmer", "judge", "prover", "purse", "insurance", "harmed")
)
PAYEES = (JUDGE, PROVER, PURSE, INSURANCE, HARMED)
REASONS = {
    reason
    for path in ("slashing", "restaking")
    for reason in re.findall(r'= "([^"]+)"', Path(f"contracts/{path}/errors.vy").read_text())
}
IMPOSSIBLE = {
    "delegation_manager: caller is not the escrow",
    "delegation_manager: slash is known",
    "delegation_manager: more than was seized",
    "delegation_manager: restored already",
    "delegation_manager: compensated already",
    "delegation_manager: asset refused the transfer",
    "delegation_manager: asset moved a wrong amount",
    "slash_escrow: amount out of range",
    "judgement_bonds: asset refused the bond",
    "judgement_bonds: asset moved a wrong amount",
}

owners = st.sampled_from(OWNERS)
subjects = st.tuples(st.sampled_from(OPERATORS), st.sampled_from(NUMBERS))
targets = st.sampled_from([ZERO, ZERO, *OPERATORS])
amounts = st.one_of(st.sampled_from([1, 10**6, 10**24]), st.integers(1, 10**12))
fractions = st.sampled_from([WAD // 10, WAD // 10, WAD // 2, WAD - WAD // 10**6, WAD])


def reason_of(error: BoaError) -> str:
    """The words with which a call was refused."""
    found = re.search(r"(\w+: [^<>\"')]+)", str(error.stack_trace.last_frame.pretty_vm_reason))
    assert found, str(error)
    return found[1].strip()


class StakeMachine(RuleBasedStateMachine):
    @initialize()
    def create(self):
        self.anchor = boa.env.anchor()
        self.anchor.__enter__()
        policy = (7 * DAY, 3 * DAY, 1_000, 10**24, 2_000, 5_000, 500, False, 0, 0, PURSE, INSURANCE)
        blueprints = [source(f"slashing/{name}").deploy_as_blueprint() for name in ("SlashEscrow", "JudgementBonds")]
        self.terms = source("slashing/SlashingTerms").deploy(*blueprints, ADMIN, ZERO, VETOER, CONFIRMER, policy)
        self.escrow = source("slashing/SlashEscrow").at(self.terms.escrow())
        self.bonds = source("slashing/JudgementBonds").at(self.escrow.bonds())
        self.world = DelegationWorld.create(escrow=self.escrow)
        self.manager = self.world.manager
        self.terms.set_slashable(self.manager, True, sender=ADMIN)
        self.terms.set_proposer(PROVER, 2, ZERO, sender=ADMIN)
        self.terms.set_proposer(JUDGE, 1, ZERO, sender=ADMIN)
        for token in self.world.tokens[:2]:
            token.mint(JUDGE, 2**92)
            token.approve(self.bonds, 2**256 - 1, sender=JUDGE)
        self.world.tokens[2].mint(JUDGE, BOND, 2**92, sender=TREASURY)
        self.world.tokens[2].setOperator(self.bonds, True, sender=JUDGE)
        self.manager.enable_rewards(0, sender=OPERATORS[0])
        self.start = {number: self.wealth(number) for number in NUMBERS}
        self.tickets = set()
        self.events = 0
        for place, owner in enumerate(OWNERS):
            self.must(self.manager.deposit, owner, subject_word((OPERATORS[0], place % 3)), 10**9 + place, sender=owner)
        word = subject_word((OPERATORS[0], 0))
        for proposer in (JUDGE, PROVER):
            arguments = (self.manager, word, 1, WAD // 3, self.world.now, ZERO, HARMED, b"\x01" * 32, 2**255)
            self.must(self.escrow.propose, *arguments, sender=proposer)

    def wealth(self, number):
        """Of everybody outside the contracts."""
        return Counter({one: self.world.balance(number, one) for one in (*OWNERS, *PAYEES)})

    def attempt(self, call, *arguments, sender):
        """What it returned; None if it was refused, for a reason that can be."""
        self.events += 1
        try:
            return call(*arguments, sender=sender)
        except BoaError as error:
            reason = reason_of(error)
            assert reason in REASONS - IMPOSSIBLE, reason
            return None

    def must(self, call, *arguments, sender=STRANGER):
        self.events += 1
        return call(*arguments, sender=sender)

    def some(self, data):
        return data.draw(st.integers(1, max(self.escrow.slash_count(), 1)))

    # -- stake ----------------------------------------------------------------------------------------------------

    @rule(owner=owners, subject=subjects, amount=amounts)
    def deposit(self, owner, subject, amount):
        self.attempt(self.manager.deposit, owner, subject_word(subject), amount, sender=owner)

    @rule(owner=owners, subject=subjects, part=st.integers(1, 3), where=targets)
    def queue(self, owner, subject, part, where):
        word = subject_word(subject)
        shares = self.manager.stake(word, owner)[1]
        epoch = self.attempt(self.manager.queue, owner, word, shares // part, where, sender=owner)
        if epoch is not None:
            self.tickets.add((word, epoch, owner, where))

    @precondition(lambda self: self.tickets)
    @rule(data=st.data(), call=st.sampled_from(["cancel", "complete", "arrive"]))
    def move_a_ticket(self, data, call):
        word, epoch, owner, target = data.draw(st.sampled_from(sorted(self.tickets)))
        last = {"cancel": (2**256 - 1,), "complete": (owner,), "arrive": ()}[call]
        self.attempt(getattr(self.manager, call), owner, word, epoch, target, *last, sender=owner)

    @precondition(lambda self: self.escrow.slash_count())
    @rule(data=st.data(), owner=owners, where=targets)
    def claim_refund(self, data, owner, where):
        self.attempt(self.manager.claim_refund, owner, self.some(data), where, owner, sender=owner)

    # -- slashes --------------------------------------------------------------------------------------------------

    @rule(
        subject=subjects,
        proposer=st.sampled_from([JUDGE, PROVER]),
        service=st.sampled_from([1, 1, 2, 3, 4]),
        fraction=fractions,
        age=st.sampled_from([0, DAY, 8 * DAY]),
        harmed=st.sampled_from([ZERO, HARMED]),
    )
    def propose(self, subject, proposer, service, fraction, age, harmed):
        arguments = (self.manager, subject_word(subject), service, fraction, self.world.now - age)
        before = self.manager.seizable(subject_word(subject), self.world.now - age)[0]
        id = self.attempt(self.escrow.propose, *arguments, ZERO, harmed, b"\x01" * 32, 2**255, sender=proposer)
        after = self.manager.seizable(subject_word(subject), self.world.now - age)[0]
        assert after <= before
        if id is not None and fraction == WAD:
            assert after == 0

    @precondition(lambda self: self.escrow.slash_count())
    @rule(data=st.data(), confirm=st.booleans())
    def veto(self, data, confirm):
        id = self.some(data)
        if confirm:
            self.attempt(self.escrow.announce_veto, id, "not so", sender=VETOER)
            self.world.wait(2 * DAY)
            self.attempt(self.escrow.veto, id, "not so", sender=CONFIRMER)
        else:
            self.attempt(self.escrow.veto, id, "not so", sender=VETOER)

    @precondition(lambda self: self.escrow.slash_count())
    @rule(data=st.data(), call=st.sampled_from(["finalise", "finalise", "release", "release", "pull_all", "settle"]))
    def go_on(self, data, call):
        self.attempt(getattr(self.bonds if call == "settle" else self.escrow, call), self.some(data), sender=STRANGER)

    @precondition(lambda self: self.escrow.slash_count() > 1)
    @rule(data=st.data())
    def collect(self, data):
        self.attempt(self.escrow.collect, self.some(data), self.some(data), sender=STRANGER)

    @rule(pause=st.sampled_from([1, DAY, 5 * DAY, WEEK, 2 * WEEK]))
    def wait(self, pause):
        self.world.wait(pause)

    @rule(off=st.sampled_from([-1, 0, 1]))
    def wait_for_an_epoch(self, off):
        self.world.go_to(max(self.world.now, (self.world.epoch + 1) * WEEK + off))

    # -- what holds after each ------------------------------------------------------------------------------------

    @precondition(lambda self: hasattr(self, "world"))
    @invariant()
    def inv_del_1_inv_slh_8_17_books_are_what_is_there(self):
        for number in NUMBERS:
            assert self.world.balance(number, self.manager) == self.manager.asset_terms(number)[2]
        for operator in OPERATORS:
            for number in NUMBERS:
                word = subject_word((operator, number))
                pool, held = self.manager.pool(word), self.escrow.held(self.manager, word)
                assert pool.assets <= pool.shares <= pool.assets << 16
                assert held[1] <= held[0]
                assert len(self.escrow.open_seizures(self.manager, word)) <= 8

    def teardown(self):
        """Time and strangers end all slashes; everybody leaves; what was paid in is paid out but for dust."""
        if not hasattr(self, "world"):
            return
        try:
            self.conclude()
            self.leave()
        finally:
            self.anchor.__exit__(None, None, None)

    def conclude(self):
        ids = range(1, self.escrow.slash_count() + 1)
        self.world.wait(40 * DAY)
        for id in ids:
            if self.escrow.status_of(id) < 4:
                self.must(self.escrow.finalise, id)
        for id in ids:
            if self.bonds.bond(id):
                self.must(self.bonds.settle, id)
        for operator in OPERATORS:
            for number in NUMBERS:
                word = subject_word((operator, number))
                for id in self.escrow.open_seizures(self.manager, word):
                    self.must(self.escrow.release, id)
                assert self.escrow.held(self.manager, word) == (0, 0)
        for id in ids:
            for earlier in range(1, id):
                if self.escrow.lien(id, earlier):
                    self.must(self.escrow.collect, id, earlier)
        for id in ids:
            if self.escrow.status_of(id) == 4:
                self.must(self.escrow.pull_all, id)
            for payee in PAYEES:
                if self.escrow.owed(id, payee):
                    self.must(self.escrow.pull_lien, id, payee, payee)

    def leave(self):
        manager, ids = self.manager, range(1, self.escrow.slash_count() + 1)
        for operator in OPERATORS:
            for number in NUMBERS:
                word = subject_word((operator, number))
                for owner in OWNERS:
                    if manager.stake(word, owner)[0]:
                        epoch = self.must(manager.queue, owner, word, 2**256 - 1, ZERO, sender=owner)
                        self.tickets.add((word, epoch, owner, ZERO))
        self.world.wait(2 * WEEK)
        for word, epoch, owner, target in sorted(self.tickets):
            if manager.ticket(word, epoch, owner, target).shares:
                self.must(manager.complete, owner, word, epoch, target, owner, sender=owner)
        for id in ids:
            for owner in OWNERS:
                for target in (ZERO, *OPERATORS):
                    if manager.refund(id, owner, target):
                        self.must(manager.claim_refund, owner, id, target, owner, sender=owner)
                        assert manager.refund(id, owner, target) == 0
        for number in NUMBERS:
            held = manager.asset_terms(number)[2]
            lost = sum(self.start[number].values()) - sum(self.wealth(number).values())
            assert held == lost == self.world.balance(number, manager)
            assert 0 <= held <= self.events + len(ids) * (len(OWNERS) + 8)
            assert self.world.balance(number, self.bonds) == 0


def test_inv_del_1_4_6_7_inv_slh_7_8_14_17_20_stake_under_slashes__any_sequence__all_ends_and_everybody_leaves():
    """INV-DEL-1, 4, 6, 7; INV-SLH-7, INV-SLH-8, INV-SLH-14, INV-SLH-17, INV-SLH-20."""
    examples = max(settings.default.max_examples // 20, 1)
    run_state_machine_as_test(
        StakeMachine, settings=settings(max_examples=examples, stateful_step_count=40, deadline=None)
    )
