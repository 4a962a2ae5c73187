"""OperatorRegistry beside its model: any calls by anyone, while stake, ties and minimums move."""

import boa
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
from tests.support.operators import ASSET, KEYS, MINIMUM, NOTICE, OPERATORS, OTHER_ASSET, URI, OperatorWorld

from surety.models.operators import ACTIVE, DAY, FREE, INACTIVE, LEAVING, MAX_OVERLAP, NEVER, UNREGISTERED
from surety.models.refusal import Refused

ARROWS = {
    "register": {(UNREGISTERED, ACTIVE), (INACTIVE, ACTIVE)},
    "leave": {(ACTIVE, LEAVING)},
    "cancel_leave": {(LEAVING, ACTIVE)},
    "shut_down": {(LEAVING, INACTIVE), (INACTIVE, INACTIVE)},
    "review": {(ACTIVE, INACTIVE), (LEAVING, INACTIVE), (INACTIVE, ACTIVE), (INACTIVE, LEAVING)},
}

operators = st.sampled_from(OPERATORS)
keys = st.sampled_from(KEYS)
assets = st.sampled_from((ASSET, OTHER_ASSET))
amounts = st.sampled_from((0, MINIMUM // 2, MINIMUM - 1, MINIMUM, MINIMUM + 1, 2 * MINIMUM))
overlaps = st.sampled_from((0, 1, DAY, MAX_OVERLAP, MAX_OVERLAP + 1))


class OperatorMachine(RuleBasedStateMachine):
    @initialize(tied=st.booleans())
    def begin(self, tied):
        self.anchor = boa.env.anchor()
        self.anchor.__enter__()
        self.world = OperatorWorld.create(tied=tied)
        self.owners: dict[str, str] = {}
        self.ends: dict[str, int] = {}

    def step(self, name, operator, answer, before):
        """A status moves along an arrow of this call, or not at all."""
        after = self.world.model.status(operator)
        if isinstance(answer, Refused):
            assert after == before
        elif name in ARROWS and (after != before or name != "review"):
            assert (before, after) in ARROWS[name]
        else:
            assert after == before

    # -- operators --

    @rule(operator=operators, asset=assets)
    def register(self, operator, asset):
        before = self.world.model.status(operator)
        self.step("register", operator, self.world.call("register", operator, asset, URI), before)

    @rule(operator=operators, key=keys, by=keys)
    def register_with_key(self, operator, key, by):
        before = self.world.model.status(operator)
        self.step("register", operator, self.world.register_with_key(operator, key, by), before)

    @rule(operator=operators, name=st.sampled_from(("leave", "cancel_leave", "shut_down")))
    def move(self, operator, name):
        before = self.world.model.status(operator)
        self.step(name, operator, self.world.call(name, operator), before)

    @rule(operator=operators)
    def review(self, operator):
        before = self.world.model.status(operator)
        self.step("review", operator, self.world.review(operator), before)
        if operator in self.world.model.operators and not self.world.model.operators[operator].shut_down:
            low = not self.world.model.is_bonded(operator)
            assert (self.world.registry.status(operator) == INACTIVE) == low

    @rule(operator=operators, accepting=st.booleans())
    def switch(self, operator, accepting):
        before = self.world.model.status(operator)
        self.step("set_accepting", operator, self.world.call("set_accepting", operator, accepting), before)

    @rule(operator=operators, asset=assets)
    def carry_by(self, operator, asset):
        before = self.world.model.status(operator)
        self.step("set_bond_asset", operator, self.world.call("set_bond_asset", operator, asset), before)

    @rule(operator=operators, key=keys, by=keys, overlap=overlaps, honest=st.booleans())
    def rotate(self, operator, key, by, overlap, honest):
        self.world.rotate(operator, key, overlap, signer=None if honest else by)

    @rule(operator=operators, key=keys)
    def end(self, operator, key):
        self.world.call("end_key", operator, key.address)

    # -- the world --

    @rule(operator=operators, amount=amounts, asset=assets)
    def stake(self, operator, amount, asset):
        """Deposits, finalised slashes; own withdrawals are asked for first, as the ledger does."""
        present = self.world.model.stakes.get((operator, asset), 0)
        if amount < present and self.world.model.status(operator) in (ACTIVE, LEAVING):
            allowed = self.world.unstake(operator, amount, asset) is True
            known = self.world.model.operators[operator]
            if allowed and known.bond_asset == asset and known.before is None:
                required = self.world.model.minimum(asset)
                assert 0 < required <= amount
        self.world.stake(operator, amount, asset)

    @rule(operator=operators, services=st.integers(0, 1), blueprints=st.integers(0, 1))
    def bind(self, operator, services, blueprints):
        if not self.world.model.operators.get(operator) or self.world.model.operators[operator].shut_down:
            services = blueprints = 0  # nobody else has services
        self.world.bind(operator, services, blueprints)

    @rule(asset=assets, minimum=st.sampled_from((0, 1, MINIMUM // 2, MINIMUM, 2 * MINIMUM)))
    def set_minimum(self, asset, minimum):
        before = self.world.model.minimum(asset)
        self.world.set_minimum(asset, minimum)
        now = self.world.model.minimum(asset)
        assert now == before or before == 0 or 0 < now < before

    @rule(pause=st.sampled_from((1, DAY, NOTICE - 1, NOTICE, MAX_OVERLAP)))
    def wait(self, pause):
        self.world.go_to(self.world.now + pause)

    # -- what holds after each --

    @precondition(lambda self: hasattr(self, "world"))
    @invariant()
    def views_are_the_models(self):
        self.world.compare()

    @precondition(lambda self: hasattr(self, "world"))
    @invariant()
    def keys_keep_their_operator_and_ends_only_come_closer(self):
        model = self.world.model
        for key, known in model.keys.items():
            assert self.owners.setdefault(key, known.operator) == known.operator
            end = self.ends.get(key, NEVER)
            assert known.end <= end
            if end <= self.world.now:
                assert known.end == end
            self.ends[key] = known.end
        for operator in OPERATORS:
            open_ended = [key for key, known in model.keys.items() if (known.operator, known.end) == (operator, NEVER)]
            assert len(open_ended) <= 1

    @precondition(lambda self: hasattr(self, "world"))
    @invariant()
    def nobody_tied_is_shut_down(self):
        for operator, known in self.world.model.operators.items():
            if known.shut_down:
                assert self.world.registry.next_step(operator) == FREE
                assert self.world.model.services.get(operator, 0) == 0

    def teardown(self):
        """Every operator gets out by its own calls once its ties are gone."""
        if not hasattr(self, "world"):
            return
        try:
            for operator in OPERATORS:
                self.world.bind(operator, 0, 0)
                known = self.world.model.operators.get(operator)
                if known and not known.shut_down:
                    if known.status == ACTIVE:
                        assert self.world.call("leave", operator) is None
                    assert self.world.call("shut_down", operator) is None
                assert self.world.unstake(operator, 0) is True
            self.world.compare()
        finally:
            self.anchor.__exit__(None, None, None)


def test_inv_opr_1_2_3_4_6_7_8_10_operator_registry__any_sequence__is_the_model():
    examples = max(settings.default.max_examples // 8, 1)
    run_state_machine_as_test(
        OperatorMachine, settings=settings(max_examples=examples, stateful_step_count=30, deadline=None)
    )
