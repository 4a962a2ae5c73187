"""LivenessBook beside its model in any sequence: two services and operators, beats, draws, comings and goings."""

import boa
import pytest
from eth_utils.crypto import keccak
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
from tests.support.challenges import (
    ANSWERS,
    BEATS,
    CONTROLLER,
    KEYS,
    OPERATOR,
    OTHER,
    STRAY_KEY,
    WATCHMAN,
    ChallengeWorld,
)
from tests.support.templates import template_of

from surety.models.liveness import DAY, HOUR, SETTLEMENT, WAD, WEEK, Duty
from surety.models.sequencer import Uptime

pytestmark = pytest.mark.stateful

LONG = 10 * DAY
SPANS = (DAY, DAY, WEEK, LONG, HOUR)
REFUSALS = {
    "liveness_book: period has its beat",
    "liveness_book: not of the period that runs",
    "liveness_book: not signed by the operator",
    "liveness_book: not drawn",
    "liveness_book: answered already",
    "liveness_book: answer is not right",
    "liveness_book: too late for an answer",
    "liveness_book: epoch is not final",
    "commit_reveal: settled already",
    "commitment_registry: operator never served",
}
operators = st.sampled_from([OPERATOR, OPERATOR, OTHER])
services = st.sampled_from([0, 0, 1])


class LivenessMachine(RuleBasedStateMachine):
    @initialize(odds=st.sampled_from([WAD // 2, WAD * 3 // 4, WAD]), early=st.sampled_from([0, HOUR, 3 * DAY]))
    def create(self, odds, early):
        self.anchor = boa.env.anchor()
        self.anchor.__enter__()
        self.world = world = ChallengeWorld.create(odds=odds, feed=True)
        self.services = (world.service, self.service_of_long_beats())
        for service in self.services:
            world.service = service
            world.watch()
        world.service = self.services[1]
        world.enter(OPERATOR)
        world.go_to((world.now // WEEK + 1) * WEEK - early)
        self.final = {}  # (service, operator, epoch) -> score, as it was told first

    def service_of_long_beats(self):
        """Beats of a day and of ten, and the same answers."""
        world, template = self.world, template_of(WATCHMAN)
        daily, weekly, answers, _ = template.properties
        properties = [daily, weekly._replace(span=LONG), answers]
        id = world.registry.register(template.terms, properties, template.parameters, "by hand")
        service = bytes(world.registry.open(id, CONTROLLER, bytes(32)))
        world.liveness.duties[service] = tuple(Duty(one.kind, one.span, one.message) for one in properties)
        return service

    def check(self, outcome):
        assert not isinstance(outcome, str) or outcome in REFUSALS, outcome
        return outcome

    def at(self, place):
        self.world.service = self.services[place]
        return self.world

    # -- what operators do ----

    @rule(
        place=services,
        operator=operators,
        span=st.sampled_from(SPANS),
        off=st.sampled_from([0, 0, 0, 0, -HOUR, HOUR, -DAY]),
        key=st.sampled_from([None, None, None, None, STRAY_KEY, KEYS[OTHER]]),
    )
    def beat(self, place, operator, span, off, key):
        world = self.at(place)
        self.check(world.beat(operator, span, time=world.now + off, key=key))

    @rule(
        place=services,
        operator=operators,
        back=st.sampled_from([0, 0, 0, 1, 2, -1]),
        wrong=st.sampled_from([False, False, True]),
        key=st.sampled_from([None, None, None, STRAY_KEY]),
    )
    def answer(self, place, operator, back, wrong, key):
        world = self.at(place)
        changed = {"digest": bytes(32)} if wrong else {}
        self.check(world.answer_draw(world.now // DAY - back, operator, right=not wrong, key=key, **changed))

    @rule(place=services, operator=operators, at_once=st.booleans(), times=st.sampled_from([1, 1, 1, 2, 7]))
    def leave_or_enter(self, place, operator, at_once, times):
        """Also in one second, and more often than a score takes."""
        world = self.at(place)
        for _ in range(times):
            world.wait(0 if at_once else 1)
            if world.registry.serves(world.service, operator):
                world.leave(operator)
            else:
                world.enter(operator)

    @rule(place=services, days=st.integers(1, 2), answers=st.booleans())
    def be_there(self, place, days, answers):
        """Both do their duty for a day or two."""
        for _ in range(days):
            world = self.at(place)
            if world.now // DAY not in world.seeds.seeds:
                self.settle(0)
            for operator in (OPERATOR, OTHER):
                for duty in world.liveness.duties[self.services[place]][:2]:
                    self.check(self.at(place).beat(operator, duty.span))
                if answers:
                    self.check(self.at(place).answer_draw(world.now // DAY, operator))
            world.wait(DAY)

    # -- what others do ---

    @rule(back=st.sampled_from([0, 0, 0, 1]))
    def settle(self, back):
        world = self.world
        round_ = world.now // DAY - back
        self.check(world.settle(round_, bytes(keccak(text=f"block of {round_}"))))

    @rule(answered=st.booleans())
    def ask_as_a_user(self, answered):
        """INV-LIV-8: the model of liveness never hears of it."""
        world = self.at(0)
        id = world.challenge()
        if answered and isinstance(id, bytes):
            assert world.answer(id) is None

    @rule(down=st.booleans(), silent=st.sampled_from([False, False, True]), ago=st.sampled_from([0, HOUR, DAY]))
    def change_uptime(self, down, silent, ago):
        self.world.set_uptime(Uptime(down, self.world.now - ago, silent))

    @rule(pause=st.sampled_from([1, HOUR, HOUR + 1, 6 * HOUR, DAY, DAY, 3 * DAY]))
    def wait(self, pause):
        self.world.wait(pause)

    @rule(edge=st.sampled_from([DAY, WEEK]), off=st.sampled_from([0, -1, 1]))
    def wait_for_the_edge(self, edge, off):
        self.world.wait((off - self.world.now) % edge)

    # -- what must hold ---

    @rule(place=services, operator=operators, back=st.sampled_from([1, 2, 0]))
    def score(self, place, operator, back):
        world = self.at(place)
        self.read(operator, world.now // WEEK - back)

    def read(self, operator, epoch):
        world = self.world
        score = self.check(world.score(operator, epoch))
        if isinstance(score, int):
            assert 0 <= score <= WAD
            assert self.final.setdefault((world.service, operator, epoch), score) == score, "a final score has changed"
        for number in range(len(world.liveness.duties[world.service])):
            due, done = world.tally(operator, number, epoch)
            assert 0 <= done <= due

    @precondition(lambda self: hasattr(self, "world"))
    @invariant()
    def inv_liv_1_2_9_what_is_kept_is_in_its_place(self):
        world = self.world
        for service, _, property_, round_ in world.liveness.answers:
            seed, at = world.liveness.seeds[round_]
            assert at // DAY == round_
            assert at > world.liveness.draws[service, property_]
            assert seed == world.seeds.seeds[round_].value
        for *_, length, period in world.liveness.beats:
            assert period <= world.now // length

    def teardown(self):
        """All epochs that were touched become final; every score is the model's, and those told before are the same."""
        if not hasattr(self, "world"):
            return
        try:
            world = self.world
            last = world.now // WEEK
            world.go_to((last + 1) * WEEK + SETTLEMENT + 1)
            for service in self.services:
                world.service = service
                for operator in (OPERATOR, OTHER):
                    for epoch in range(last - 1, last + 1):
                        self.read(operator, epoch)
                        self.check_who_stayed(operator, epoch)
        finally:
            self.anchor.__exit__(None, None, None)

    def check_who_stayed(self, operator, epoch):
        """INV-LIV-5, 6: days due are those from the first to the last second of service in the epoch, gaps or not."""
        world, opening = self.world, epoch * WEEK
        pieces = [
            (max(start, opening), min(end or 2**64, opening + WEEK))
            for start, end in world.liveness.periods.get((world.service, operator), [])
            if start < opening + WEEK and (end or 2**64) > opening
        ]
        due, _ = world.tally(operator, BEATS, epoch)
        if not pieces:
            assert due == 0
        elif len(pieces) <= 5:
            assert due == max(0, pieces[-1][1] // DAY - -(-pieces[0][0] // DAY))
        drawn, _ = world.tally(operator, ANSWERS, epoch)
        assert drawn <= 7


def play(examples, steps):
    run_state_machine_as_test(
        LivenessMachine, settings=settings(max_examples=examples, stateful_step_count=steps, deadline=None)
    )


def test_inv_liv_1_2_3_4_5_6_8_9_liveness_book__any_sequence__is_the_model():
    play(max(settings.default.max_examples // 25, 2), 20)


@pytest.mark.slow
def test_inv_liv_1_2_3_4_5_6_8_9_liveness_book__any_long_sequence__is_the_model():
    play(20, 60)
