"""AlignmentLock's views at random seconds of the past, against sums over the whole history."""

import boa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.alignment import DAY, OWNERS, START, AlignmentWorld, week_after

from surety.models.alignment import WINDOW

pytestmark = pytest.mark.fuzz

SPAN = 60 * DAY
owners = st.sampled_from(OWNERS)
# Half of the pauses fit into a window, some are none: several changes then share a second.
pauses = st.one_of(st.sampled_from([0, 0, 1, DAY, WINDOW - 1, WINDOW, WINDOW + 1]), st.integers(0, 5 * DAY))
locks = st.tuples(st.just("lock"), pauses, owners, st.integers(1, 12), st.integers(1, 2**90))
delegations = st.tuples(st.just("delegate"), pauses, owners, owners, st.none())
histories = st.lists(locks | delegations, min_size=1, max_size=14)


@given(history=histories, data=st.data())
@settings(deadline=None, max_examples=max(settings.default.max_examples // 4, 1))
def test_inv_aln_2_3_4_5_views__random_history__are_its_sums_at_every_second(history, data):
    with boa.env.anchor():
        world = AlignmentWorld.create()
        seen = {}
        for kind, pause, owner, what, face in history:
            world.go_to(world.now + pause)
            if kind == "lock":
                world.hold(owner, week_after(world.now, what), face)
            else:
                world.call_delegate(owner, what)
            t = data.draw(st.integers(START - 1, world.now - 1), label="second")
            seen[t] = [world.lock.vote_weight_at(owner, t) for owner in OWNERS]
        world.go_to(world.now + data.draw(st.integers(0, SPAN), label="rest"))
        for t, votes in seen.items():
            assert [world.lock.vote_weight_at(owner, t) for owner in OWNERS] == votes
            world.compare(OWNERS, t)
        acted = {lock.made for lock in world.model.locks} | {lock.maturity for lock in world.model.locks}
        near = [t + off for t in acted for off in (-1, 0, WINDOW - 1, WINDOW) if t + off <= world.now]
        for t in data.draw(st.lists(st.sampled_from([*near, world.now]), max_size=6), label="near changes"):
            world.compare(OWNERS, t)


@given(history=histories, data=st.data())
@settings(deadline=None, max_examples=max(settings.default.max_examples // 4, 1))
def test_inv_aln_5_vote_weight_at__any_second_of_the_window__is_no_less(history, data):
    """Without the model's choice of seconds that matter: no second of the window has less, and one has as much."""
    with boa.env.anchor():
        world = AlignmentWorld.create()
        for kind, pause, owner, what, face in history:
            world.go_to(world.now + pause)
            if kind == "lock":
                world.hold(owner, week_after(world.now, what), face)
            else:
                world.call_delegate(owner, what)
        t = data.draw(st.integers(START, world.now), label="second")
        owner = data.draw(owners, label="owner")
        votes = world.lock.vote_weight_at(owner, t)
        seconds = data.draw(st.lists(st.integers(t - WINDOW, t), min_size=5, max_size=12), label="window")
        assert all(world.lock.weight_at(owner, second) >= votes for second in seconds)
        changes = {0} | {lock.made for lock in world.model.locks}
        changes |= {second for given in world.model.names.values() for second, _ in given}
        ends = [second - 1 for second in changes if t - WINDOW < second <= t]
        assert votes in [world.lock.weight_at(owner, second) for second in [*ends, t]]
