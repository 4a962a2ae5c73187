"""Registry, prover and the real escrow beside their models in any sequence, and a judge of what was signed.

The judge knows no contract: of each pair of votes it remembers who signed what, and holds the record to the rules of
specs/commitments.md.
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
from tests.support.commitments import (
    CONTROLLER,
    COPIER,
    DAY,
    KEY,
    OPERATOR,
    OTHER,
    OTHER_KEY,
    PROVER,
    SECOND_KEY,
    Bench,
    Court,
)
from tests.support.slashing import everything_out

from surety.models.commitments import CLOSES, WAD

pytestmark = pytest.mark.stateful

OPERATORS = (OPERATOR, OTHER)
PROVERS = (PROVER, COPIER)
REFUSALS = {
    "commitment_registry: operator serves already",
    "commitment_registry: operator serves not",
    "commitment_registry: service is closed",
    "commitment_registry: operator never served",
    "sealed_proofs: not committed by the caller",
    "sealed_proofs: committed in this block",
    "sealed_proofs: committed over a day ago",
    "service_keys: not a key of the operator",
    "service_keys: key ended too long ago",
    "fault_prover: the promise is kept",
    "fault_prover: not signed by its sender",
    "predicate_machine: same message twice",
    "predicate_machine: message of another service",
    "fault_book: recorded before",
    "fault_book: offence is too old",
    "fault_book: operator has left for good",
    "fault_book: nothing of that stood behind it",
    "fault_book: proposed before",
    "fault_book: no such fault",
    "fault_book: cap of the window is used up",
    "slash_escrow: nothing at risk",
}
TERMS = (
    {"cap": WAD},
    {"cap": 15 * 10**16, "cooldown": 5 * DAY, "reach": 4 * DAY, "powers": CLOSES},
    {"cap": 10**17, "cooldown": 0, "reach": 30 * DAY},
)


class ProverMachine(RuleBasedStateMachine):
    @initialize()
    def create(self):
        self.anchor = boa.env.anchor()
        self.anchor.__enter__()
        self.court = Court.create()
        self.benches = [Bench(self.court, **terms) for terms in TERMS]
        self.keys = {OPERATOR: [KEY], OTHER: [OTHER_KEY]}
        self.spare = [SECOND_KEY]
        self.pairs = []
        self.backings = []
        self.records = {}  # fault -> when it was dated to, and its slashes
        self.caught = []  # service and height of what was proven at once
        self.ends = set()
        for bench in self.benches:
            self.end(self.court.enter(bench.service))
            self.backings.append(self.court.back(bench.service))
        self.court.wait(DAY)

    def end(self, answer):
        """What a call ended with: a value, or a reason that is known."""
        if isinstance(answer, str):
            assert answer in REFUSALS, answer
            self.ends.add(answer)
        return answer

    def bench(self, number):
        return self.benches[number]

    # -- steps ----------------------------------------------------------------------------------------------------

    @rule(number=st.integers(0, 2), operator=st.sampled_from(OPERATORS))
    def enter(self, number, operator):
        self.end(self.court.enter(self.bench(number).service, operator))

    @rule(number=st.integers(0, 2), operator=st.sampled_from(OPERATORS), really=st.sampled_from([False, True]))
    def leave(self, number, operator, really):
        if not really:
            return
        service = self.bench(number).service
        if self.end(self.court.leave(service, operator)) is None:
            cooldown = self.court.registry.terms(service).cooldown
            for place, span in enumerate(self.court.spans.get((service, operator), [])):
                if span[2] is None:
                    self.court.withdraw(service, place, self.court.now + cooldown, operator)

    @rule(closing=st.sampled_from([False, False, False, True]))
    def close(self, closing):
        if closing:
            self.end(self.court.close(self.bench(1).service, CONTROLLER))

    @rule(number=st.integers(0, 2), operator=st.sampled_from(OPERATORS), asset=st.integers(5, 8))
    def back(self, number, operator, asset):
        court, service = self.court, self.bench(number).service
        spans = court.spans.get((service, operator), [])
        taken = any(span[0] >> 160 == asset for span in spans)
        if court.laws.serves(service, operator) and not taken:
            self.backings.append(court.back(service, operator, asset=asset))

    @precondition(lambda self: self.spare)
    @rule(overlap=st.sampled_from([0, DAY]))
    def rotate(self, overlap):
        key = self.spare.pop()
        self.court.rotate(OPERATOR, key, overlap)
        self.keys[OPERATOR].append(key)

    @rule(
        number=st.integers(0, 2),
        operator=st.sampled_from(OPERATORS),
        height=st.integers(1, 3),
        blocks=st.sampled_from([(1, 2), (1, 2), (2, 3), (4, 4)]),
        shift=st.sampled_from([0, 0, -DAY, -9 * DAY, 10**12, -(10**12)]),
        stray=st.sampled_from([False, False, False, True]),
        data=st.data(),
    )
    def vote(self, number, operator, height, blocks, shift, stray, data):
        """Two votes, signed by keys of the operator or, astray, by another's; somebody commits to them."""
        court, bench = self.court, self.bench(number)
        times = [max(0, court.now + shift), max(0, court.now + data.draw(st.sampled_from([0, shift])))]
        key = data.draw(st.sampled_from(self.keys[OTHER if stray else operator]))
        votes = [
            court.sign(bench.vote(height, block, time, operator), key)
            for block, time in zip(blocks, times, strict=True)
        ]
        prover = data.draw(st.sampled_from(PROVERS))
        court.commit(votes, prover)
        self.pairs.append((bench.claim("no_double_vote", operator=operator), votes, key, prover))

    @precondition(lambda self: self.pairs)
    @rule(data=st.data(), wait=st.sampled_from([0, 12, 12, 12, DAY + 1]), propose=st.booleans())
    def prove(self, data, wait, propose):
        court = self.court
        claim, votes, key, committed = data.draw(st.sampled_from(self.pairs[::-1]))
        if wait:
            court.wait(wait)
        prover = data.draw(st.sampled_from([committed, committed, *PROVERS]))
        id = self.end(court.prove(claim, votes, prover=prover, propose=propose))
        if isinstance(id, bytes):
            self.judge(id, claim, votes, key, prover)

    @rule(
        number=st.integers(0, 2), height=st.integers(1, 6), age=st.sampled_from([0, 1, 3 * DAY]), propose=st.booleans()
    )
    def catch(self, number, height, age, propose):
        """A double vote, proven at once."""
        self._catch(number, height, age, propose, PROVER)

    @precondition(lambda self: self.caught)
    @rule(
        data=st.data(),
        age=st.sampled_from([0, 0, 60, DAY, -DAY]),
        asset=st.sampled_from([None, 6, 7]),
        propose=st.booleans(),
    )
    def catch_again(self, data, age, asset, propose):
        """Another double vote for a height that is on record, by somebody else, perhaps with more behind it."""
        number, height = data.draw(st.sampled_from(self.caught))
        if asset:
            self.back(number, OPERATOR, asset)
        self._catch(number, height, age, propose, COPIER)

    def _catch(self, number, height, age, propose, prover):
        court, bench = self.court, self.bench(number)
        key = self.keys[OPERATOR][-1]
        votes = bench.double(height, court.now - age, key)
        court.commit(votes, prover)
        court.wait(12)
        claim = bench.claim("no_double_vote")
        self.pairs.append((claim, votes, key, prover))
        id = self.end(court.prove(claim, votes, prover=prover, propose=propose))
        if isinstance(id, bytes):
            self.judge(id, claim, votes, key, prover)
            self.caught.append((number, height))

    @precondition(lambda self: self.court.model.book.faults)
    @rule(data=st.data())
    def slash(self, data):
        claim = data.draw(st.sampled_from([claim for claim, *_ in self.pairs]))
        height = data.draw(st.integers(1, 3)).to_bytes(32, "big")
        self.end(self.court.slash(claim, height, data.draw(st.sampled_from(self.backings))))

    @rule(pause=st.sampled_from([60, DAY, 3 * DAY, 9 * DAY]))
    def wait(self, pause):
        self.court.wait(pause)

    # -- what holds -----------------------------------------------------------------------------------------------

    def judge(self, id, claim, votes, key, prover):
        """INV-PRV-1, 2, 5 and INV-CMT-8, 10, from the votes alone."""
        court, fault = self.court, self.court.model.book.faults[id]
        assert fault.reporter == prover
        assert key in self.keys[claim.operator]
        words = [[one.encoded[at : at + 32] for at in range(0, len(one.encoded), 32)] for one in votes]
        assert words[0][6] == words[1][6]
        assert words[0][7] != words[1][7]
        assert {one[0] for one in words} == {claim.service}
        said = [int.from_bytes(one[5], "big") for one in words]
        before, slashes = self.records.get(id, (0, {}))
        if before:
            assert before < fault.offence_time < court.now, "a record gives way to a later offence before now alone"
            assert slashes.items() <= fault.slashes.items(), "what was slashed stays so"
        if min(said) <= court.now:
            first = court.laws.periods[claim.service, claim.operator][0].start
            assert fault.offence_time <= max([one for one in said if one <= court.now] + [first])
        self.records[id] = fault.offence_time, dict(fault.slashes)
        terms = court.registry.terms(claim.service)
        assert court.now - terms.reach <= fault.offence_time <= court.now
        periods = court.laws.periods[claim.service, claim.operator]
        inside = [one for one in periods if one.start <= fault.offence_time <= (one.end or court.now)]
        assert any(one.end is None or court.now <= one.end + terms.cooldown for one in inside)

    @precondition(lambda self: hasattr(self, "court"))
    @invariant()
    def inv_cmt_9_caps_hold_in_every_window(self):
        for (service, _, _), used in self.court.model.book.used.items():
            assert used <= self.court.registry.terms(service).cap

    @precondition(lambda self: hasattr(self, "court"))
    @invariant()
    def inv_cmt_11_a_slash_a_backing(self):
        slashes = [one for fault in self.court.model.book.faults.values() for one in fault.slashes.values()]
        assert len(set(slashes)) == len(slashes) == self.court.slashing.escrow.slash_count()

    def teardown(self):
        """Records stand, every slash ends by strangers and time, and everybody leaves with what is left."""
        if not hasattr(self, "court"):
            return
        try:
            court = self.court
            for id in court.model.book.faults:
                court.compare(id)
            for (service, operator), periods in court.laws.periods.items():
                newest, count = court.registry.latest_period(service, operator)
                assert (newest.start, newest.end, count) == (periods[-1].start, periods[-1].end or 0, len(periods))
            everything_out(court.slashing)
            court.slashing.compare()
            for subject, pool in court.slashing.model.pools.items():
                for account, stake in pool.stake.items():
                    court.slashing.pool.leave(subject, account, stake)
            for operator in OPERATORS:
                court.slashing.pool.withdraw(operator)
        finally:
            self.anchor.__exit__(None, None, None)


def test_fault_prover__any_sequence__agrees_with_model_and_judge() -> None:
    run_state_machine_as_test(ProverMachine, settings=settings(max_examples=4, stateful_step_count=20))


@pytest.mark.slow
def test_fault_prover__many_sequences__agree_with_model_and_judge() -> None:
    run_state_machine_as_test(ProverMachine, settings=settings(max_examples=60, stateful_step_count=60))
