"""Scores of random histories, beside the model, and what no history may do to them. specs/liveness.md."""

import boa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.challenges import ANSWERS, BEATS, OPERATOR, WEEKLY, ChallengeWorld

from surety.models.liveness import DAY, SETTLEMENT, WAD, WEEK

pytestmark = pytest.mark.fuzz

EXAMPLES = max(settings.default.max_examples // 10, 2)
steps = st.lists(
    st.tuples(
        st.sampled_from(["beat", "beat", "week", "answer", "answer", "wrong", "leave", "settle"]),
        st.sampled_from([1, 3_600, 30_000, DAY]),
    ),
    max_size=24,
)


@pytest.fixture(scope="module")
def ground():
    with boa.env.anchor():
        world = ChallengeWorld.create(odds=WAD * 3 // 4)
        world.watch()
        world.go_to((world.now // WEEK + 1) * WEEK)
        yield world


def play(world, history):
    """Steps of an epoch; the days' seeds are settled as they come, if nothing else is said."""
    end = (world.now // WEEK + 1) * WEEK
    for step, pause in history:
        round_ = world.now // DAY
        if step == "beat":
            world.beat()
        elif step == "week":
            world.beat(span=WEEK)
        elif step == "leave" and world.registry.serves(world.service, OPERATOR):
            world.leave(OPERATOR)
        elif step == "leave":
            world.enter(OPERATOR)
        else:
            if round_ not in world.liveness.seeds:
                world.settle(round_)
            if step != "settle":
                changed = {"digest": bytes(32)} if step == "wrong" else {}
                world.answer_draw(round_, right=step != "wrong", **changed)
        world.go_to(min(world.now + pause, end - 1))


@settings(max_examples=EXAMPLES)
@given(history=steps)
def test_inv_liv_1_2_3_5_score__any_history__is_the_models_and_stays(ground, history):
    with ground.undone() as world:
        epoch = world.now // WEEK
        play(world, history)
        world.go_to((epoch + 1) * WEEK + SETTLEMENT + 1)
        for number in (BEATS, WEEKLY, ANSWERS):
            due, done = world.tally(OPERATOR, number, epoch)
            assert 0 <= done <= due
        score = world.score(OPERATOR, epoch)
        assert 0 <= score <= WAD
        if world.registry.serves(world.service, OPERATOR):
            world.leave(OPERATOR)
        world.wait(1)
        world.enter(OPERATOR)
        world.beat()
        assert world.score(OPERATOR, epoch) == score


@settings(max_examples=EXAMPLES)
@given(history=steps.filter(lambda history: sum(step == "leave" for step, _ in history) <= 8))
def test_inv_liv_6_score__who_leaves_and_enters_again__owes_as_much_as_who_stayed(ground, history):
    epoch = ground.now // WEEK
    with ground.undone() as world:
        world.wait(1)  # who leaves as the epoch begins has not served in it
        play(world, history)
        if not world.registry.serves(world.service, OPERATOR):
            world.enter(OPERATOR)
        world.go_to((epoch + 1) * WEEK + SETTLEMENT + 1)
        assert world.tally(OPERATOR, BEATS, epoch)[0] == 7
        assert world.tally(OPERATOR, WEEKLY, epoch)[0] == 1
