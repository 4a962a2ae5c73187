"""ChallengeGame beside its model in any sequence, and everybody out at the end."""

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
from tests.support.challenges import (
    ADMIN,
    ANSWERS,
    BASE,
    CHALLENGERS,
    CLIENT,
    KEYS,
    OPERATOR,
    OPERATORS,
    ORDERS,
    OTHER,
    SINK,
    STRAY_KEY,
    ChallengeWorld,
)

from surety.models.challenges import PLACES
from surety.models.sequencer import DAY, Uptime

pytestmark = pytest.mark.stateful

HOUR = 3_600
REFUSALS = {
    "challenge_game: operator does not serve",
    "challenge_game: operator has too many open",
    "challenge_game: bond above the caller's limit",
    "challenge_game: too late for an answer",
    "challenge_game: answer is not overdue",
    "challenge_game: not signed by the operator",
    "challenge_game: answer is not right",
    "challenge_game: nothing owed",
    "challenge_game: no such open challenge",
}


class ChallengeMachine(RuleBasedStateMachine):
    @initialize(decimals=st.sampled_from([6, 8, 18]), token=st.sampled_from(["MockERC20", "MockNoReturnERC20"]))
    def create(self, decimals, token):
        self.anchor = boa.env.anchor()
        self.anchor.__enter__()
        self.world = ChallengeWorld.create(decimals=decimals, token=token, feed=True)
        self.right = {}  # answered rightly, in time

    def known(self, data):
        return data.draw(st.sampled_from(sorted(self.world.asked)))

    def check(self, outcome):
        assert not isinstance(outcome, str) or outcome in REFUSALS, outcome
        return outcome

    @rule(
        caller=st.sampled_from(CHALLENGERS),
        operator=st.sampled_from([OPERATOR, OPERATOR, OTHER]),
        number=st.sampled_from([ANSWERS, ANSWERS, ORDERS]),
        low=st.booleans(),
    )
    def challenge(self, caller, operator, number, low):
        fields = (b"\0" * 31 + b"\x07", b"\0" * 31 + b"\x01")
        limit = 3 * BASE if low else 2**200
        self.check(self.world.challenge(CLIENT if number == ORDERS else caller, operator, number, fields, limit))

    @precondition(lambda self: self.world.asked)
    @rule(data=st.data(), wrong=st.booleans(), key=st.sampled_from([None, None, STRAY_KEY, KEYS[OTHER]]))
    def answer(self, data, wrong, key):
        world, id = self.world, self.known(data)
        asked = world.asked[id]
        changed = {"digest" if asked.property == ANSWERS else "order": b"\1" * 32} if wrong else {}
        reply = world.reply(asked.message, **changed)
        in_time = id in world.model.challenges and world.now <= world.model.due(id)
        if self.check(world.answer(id, reply, key=key, right=not wrong)) is None:
            assert in_time
            assert not wrong
            self.right[id] = world.now

    @precondition(lambda self: self.world.asked)
    @rule(data=st.data(), patient=st.booleans())
    def miss(self, data, patient):
        world, id = self.world, self.known(data)
        if patient and id in world.model.challenges:
            world.go_to(max(world.now, world.model.due(id) + 1))
        self.check(world.miss(id))

    @rule(operator=st.sampled_from(OPERATORS))
    def leave_or_enter(self, operator):
        world = self.world
        world.wait(1)
        if world.registry.serves(world.service, operator):
            world.leave(operator)
        else:
            world.enter(operator)

    @rule(down=st.booleans(), silent=st.booleans(), ago=st.sampled_from([0, 600, HOUR, DAY]))
    def change_uptime(self, down, silent, ago):
        self.world.set_uptime(Uptime(down, self.world.now - ago, silent))

    @rule(base=st.sampled_from([BASE, 2 * BASE, BASE // 3]))
    def set_base(self, base):
        self.world.model.set_base(base)
        self.world.game.set_base(base, sender=ADMIN)

    @rule(account=st.sampled_from([*CHALLENGERS, OTHER, SINK]))
    def withdraw(self, account):
        self.check(self.world.withdraw(account))

    @rule(pause=st.sampled_from([1, 600, HOUR - 1, HOUR, 6 * HOUR, DAY]))
    def wait(self, pause):
        self.world.wait(pause)

    @precondition(lambda self: hasattr(self, "world"))
    @invariant()
    def inv_chg_2_3_5_8_nobody_right_is_at_fault_and_nothing_is_lost(self):
        world = self.world
        assert not set(self.right) & set(world.model.faults)
        for operator in OPERATORS:
            assert world.model.places(world.service, operator) <= PLACES
        assert world.balance(world.game) == world.model.held

    def teardown(self):
        """Time goes on, strangers close what is open, and everybody gets what is theirs."""
        if not hasattr(self, "world"):
            return
        try:
            world = self.world
            world.set_uptime(Uptime())
            for id in list(world.model.challenges):
                world.go_to(max(world.now, world.model.due(id) + 1))
                assert isinstance(world.miss(id), bool)
            for account in {*CHALLENGERS, *OPERATORS, SINK}:
                if world.model.owed[account]:
                    assert isinstance(world.withdraw(account), int)
            assert world.balance(world.game) == 0
        finally:
            self.anchor.__exit__(None, None, None)


def test_inv_chg_2_3_4_5_6_8_10_challenge_game__any_sequence__is_the_model():
    examples = max(settings.default.max_examples // 10, 1)
    run_state_machine_as_test(
        ChallengeMachine, settings=settings(max_examples=examples, stateful_step_count=25, deadline=None)
    )
