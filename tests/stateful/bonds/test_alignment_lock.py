"""AlignmentLock beside its model: each call ends alike, and all views agree after each step, now and in the past."""

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
from tests.support.alignment import DAY, OWNERS, START, AlignmentWorld, bond, week_after

from surety.models.alignment import NOBODY, WEEK, WINDOW

pytestmark = pytest.mark.stateful

owners = st.sampled_from(OWNERS)
faces = st.one_of(st.sampled_from([0, 1, 2**96]), st.integers(1, 10**24))


class AlignmentMachine(RuleBasedStateMachine):
    @initialize()
    def create(self):
        self.anchor = boa.env.anchor()
        self.anchor.__enter__()
        self.world = AlignmentWorld.create()
        self.maturities = set()
        self.said = {}  # what was read of seconds that were over

    # -- steps ----------------------------------------------------------------------------------------------------

    @rule(owner=owners, weeks=st.integers(0, 9), face=faces, missing=st.sampled_from([0, 0, 0, 1]))
    def lock(self, owner, weeks, face, missing):
        maturity = week_after(self.world.now, weeks)
        self.maturities.add(maturity)
        made = self.world.give(owner, maturity, max(face - missing, 0))
        self.world.call_lock(owner, made, face)

    @rule(owner=owners, delegatee=st.sampled_from([*OWNERS, NOBODY]))
    def delegate(self, owner, delegatee):
        self.world.call_delegate(owner, delegatee)

    @precondition(lambda self: self.maturities)
    @rule(owner=owners, receiver=st.sampled_from([*OWNERS, NOBODY]), data=st.data())
    def withdraw(self, owner, receiver, data):
        maturity = data.draw(st.sampled_from(sorted(self.maturities)))
        self.world.call_withdraw(owner, bond(maturity), receiver)

    @precondition(lambda self: self.maturities)
    @rule(owner=owners, face=st.integers(1, 10**24), data=st.data())
    def donate(self, owner, face, data):
        made = self.world.give(owner, data.draw(st.sampled_from(sorted(self.maturities))), face)
        self.world.token.transfer(self.world.lock, made, face, sender=owner)
        self.world.model.bonds[owner, made] -= face
        self.world.model.bonds[self.world.lock.address, made] += face

    @rule(pause=st.one_of(st.sampled_from([1, DAY, WINDOW - 1, WINDOW, WEEK]), st.integers(1, 20 * DAY)))
    def wait(self, pause):
        self.world.go_to(self.world.now + pause)

    @precondition(lambda self: self.maturities)
    @rule(off=st.sampled_from([-1, 0, 1]), data=st.data())
    def wait_for_a_maturity(self, off, data):
        target = data.draw(st.sampled_from(sorted(self.maturities))) + off
        if target > self.world.now:
            self.world.go_to(target)

    @rule(back=st.integers(1, 30 * DAY), owner=owners)
    def remember(self, back, owner):
        t = max(self.world.now - back, START - 1)
        self.said.setdefault((owner, t), self.read(owner, t))

    def read(self, owner, t):
        lock = self.world.lock
        return lock.own_weight_at(owner, t), lock.weight_at(owner, t), lock.vote_weight_at(owner, t)

    # -- what holds after each ------------------------------------------------------------------------------------

    @precondition(lambda self: hasattr(self, "world"))
    @invariant()
    def views_are_the_models_and_add_up(self):
        self.world.compare(OWNERS, self.world.now)
        self.world.compare(OWNERS, max(self.world.now - WINDOW, START))

    @precondition(lambda self: hasattr(self, "world"))
    @invariant()
    def bonds_held_cover_what_is_locked(self):
        world = self.world
        for maturity in self.maturities:
            locked = [world.lock.locked(owner, bond(maturity)) for owner in OWNERS]
            assert locked == [world.model.locked(owner, bond(maturity)) for owner in OWNERS]
            held = world.token.balanceOf(world.lock, bond(maturity))
            assert held == world.model.bonds[world.lock.address, bond(maturity)] >= sum(locked)

    def teardown(self):
        """Everybody leaves, and nothing that was said has changed."""
        if not hasattr(self, "world"):
            return
        try:
            world = self.world
            world.go_to(max([world.now, *self.maturities]))
            for owner in OWNERS:
                for maturity in sorted(self.maturities):
                    made = bond(maturity)
                    if world.model.locked(owner, made):
                        assert world.call_withdraw(owner, made, owner)
                    assert world.lock.locked(owner, made) == 0
                    assert world.token.balanceOf(owner, made) == world.model.bonds[owner, made]
            assert world.lock.total_weight_at(world.now) == 0
            assert all(self.read(owner, t) == seen for (owner, t), seen in self.said.items())
            assert all(world.lock.weight_at(owner, world.now) == 0 for owner in OWNERS)
        finally:
            self.anchor.__exit__(None, None, None)


def test_inv_aln_1_2_3_4_5_7_9_alignment_lock__any_sequence__is_the_model():
    # Of 30 steps each, with some 40 reads a step: a tenth of the profile's examples is as much work as others' whole.
    examples = max(settings.default.max_examples // 10, 1)
    run_state_machine_as_test(
        AlignmentMachine, settings=settings(max_examples=examples, stateful_step_count=30, deadline=None)
    )
