"""PluginProver beside its model in any sequence: plug-ins that answer anything, change their code, and come back.

A judge that knows no contract remembers every answer that was given: a fault on record is one of those that said so,
was committed to by its reporter, and stands within its period and its cap.
"""

from __future__ import annotations

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
from tests.support.commitments import COPIER, DAY, OPERATOR, OTHER, PROVER, Court
from tests.support.plugins import PluginBench, answer

pytestmark = pytest.mark.stateful

OPERATORS = (OPERATOR, OTHER)
PROVERS = (PROVER, COPIER)
REFUSALS = {
    "commitment_registry: operator serves already",
    "commitment_registry: operator serves not",
    "sealed_proofs: not committed by the caller",
    "sealed_proofs: committed in this block",
    "sealed_proofs: committed over a day ago",
    "plugin_prover: another plug-in was promised",
    "plugin_prover: the plug-in failed",
    "plugin_prover: malformed answer of the plug-in",
    "plugin_prover: the promise is kept",
    "fault_book: recorded before",
    "fault_book: offence is too old",
    "fault_book: operator has left for good",
}
CAP = 25 * 10**16


class PluginMachine(RuleBasedStateMachine):
    @initialize()
    def create(self):
        self.anchor = boa.env.anchor()
        self.anchor.__enter__()
        self.court = Court.create()
        self.bench = PluginBench.create(self.court, cap=CAP, cooldown=5 * DAY, reach=4 * DAY)
        self.code = boa.env.get_code(self.bench.plugin.address)
        self.said = answer(1, 1, self.court.now)
        self.bench.tell(self.said)
        self.sealed, self.faults = [], {}
        for operator in OPERATORS:
            self.end(self.court.enter(self.bench.service, operator))
        self.court.back(self.bench.service)
        self.court.wait(DAY)

    def end(self, answered):
        if isinstance(answered, str):
            assert answered in REFUSALS, answered
        return answered

    @rule(operator=st.sampled_from(OPERATORS))
    def enter(self, operator):
        self.end(self.court.enter(self.bench.service, operator))

    @rule(operator=st.sampled_from(OPERATORS), really=st.sampled_from([False, True]))
    def leave(self, operator, really):
        if really and self.end(self.court.leave(self.bench.service, operator)) is None:
            for place, span in enumerate(self.court.spans.get((self.bench.service, operator), [])):
                if span[2] is None:
                    self.court.withdraw(self.bench.service, place, self.court.now + 5 * DAY, operator)

    @rule(
        broken=st.sampled_from([1, 1, 1, 0, 2, 2**256 - 1]),
        key=st.integers(1, 3),
        shift=st.sampled_from([0, 0, -DAY, -3 * DAY, -9 * DAY, 10**9, -(10**12)]),
        cut=st.sampled_from([96, 96, 96, 96, 0, 95]),
    )
    def say(self, broken, key, shift, cut):
        told = answer(broken, key, max(0, self.court.now + shift))[:cut]
        self.said = told
        self.bench.tell(told)

    @rule()
    def fail(self):
        self.said = None
        self.bench.behave(1, None)

    @rule(same=st.booleans())
    def change_code(self, same):
        boa.env.set_code(self.bench.plugin.address, self.code + (b"" if same else b"\0"))
        self.bench.knows(self.bench.plugin)

    @rule(
        operator=st.sampled_from(OPERATORS),
        evidence=st.sampled_from([b"", b"a", b"b" * 4096]),
        prover=st.sampled_from(PROVERS),
    )
    def commit(self, operator, evidence, prover):
        self.bench.commit(self.bench.claim(operator=operator), evidence, prover)
        self.sealed.append((operator, evidence, prover))

    @precondition(lambda self: self.sealed)
    @rule(data=st.data(), wait=st.sampled_from([0, 12, 12, 12, DAY + 1]), propose=st.booleans())
    def prove(self, data, wait, propose):
        if wait:
            self.court.wait(wait)
        operator, evidence, committed = data.draw(st.sampled_from(self.sealed[::-1]))
        prover = data.draw(st.sampled_from([committed, committed, *PROVERS]))
        self._prove(operator, evidence, prover, propose)

    @rule(operator=st.sampled_from(OPERATORS), key=st.integers(1, 9))
    def catch(self, operator, key):
        self.say(1, key, -60, 96)
        self.commit(operator, b"", PROVER)
        self.court.wait(12)
        self._prove(operator, b"", PROVER, True)

    def _prove(self, operator, evidence, prover, propose):
        claim = self.bench.claim(operator=operator)
        id = self.end(self.bench.prove(claim, evidence, prover, propose=propose))
        if not isinstance(id, bytes):
            return
        assert (operator, evidence, prover) in self.sealed
        assert self.said is not None
        assert self.said[:32] == answer(1, 0, 0)[:32]
        assert boa.env.get_code(self.bench.plugin.address) == self.code
        fault = self.bench.model.book.faults[id]
        assert id not in self.faults or fault.offence_time > self.faults[id].offence_time, "only a later offence counts"
        self.faults[id] = fault
        periods = self.court.laws.periods[self.bench.service, operator]
        assert any(one.start <= fault.offence_time <= (one.end or self.court.now) for one in periods)
        assert self.court.now - 4 * DAY <= fault.offence_time <= self.court.now

    @rule(pause=st.sampled_from([60, DAY, 3 * DAY]))
    def wait(self, pause):
        self.court.wait(pause)

    @precondition(lambda self: hasattr(self, "bench"))
    @invariant()
    def inv_cmt_9_caps_hold_in_every_window(self):
        assert all(used <= CAP for used in self.bench.model.book.used.values())

    def teardown(self):
        if not hasattr(self, "bench"):
            return
        try:
            for id in self.faults:
                self.bench.compare(id)
            self.court.slashing.compare()
        finally:
            self.anchor.__exit__(None, None, None)


def test_plugin_prover__any_sequence__agrees_with_model_and_judge() -> None:
    run_state_machine_as_test(PluginMachine, settings=settings(max_examples=4, stateful_step_count=20))


@pytest.mark.slow
def test_plugin_prover__many_sequences__agree_with_model_and_judge() -> None:
    run_state_machine_as_test(PluginMachine, settings=settings(max_examples=60, stateful_step_count=60))
