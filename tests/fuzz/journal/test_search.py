"""The search by index finds what the reference machine finds among all tuples, no more and no less."""

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.journal import CLIENT, OPERATOR, SERVICE, message, text_of

from surety.journal import Hold, Index, faults_with
from surety.models.refusal import Refused
from surety.predicates import Evidence, compile_text, evaluate
from surety.predicates.evidence import word_of

pytestmark = pytest.mark.fuzz

CLIENT_WORD = word_of("address", CLIENT, "client")
WORK = {
    "attestation": ((), {"Vote": ("height", "block")}),
    "surround_vote": ((), {"Span": ("source", "target", "root")}),
    "heartbeat": ((), {"Beat": ("number",)}),
    "double_sign": ((), {"Proposal": ("height", "round", "digest")}),
    "throughput": ((CLIENT_WORD,), {"Claim": ("epoch", "served"), "Receipt": ("epoch", "served", "final")}),
    "price_deviation": ((word_of("uint16", 100, "bound"), CLIENT_WORD), {"Price": ("pair", "value")}),
    "latency": (
        (CLIENT_WORD,),
        {"Sent": ("request", "at"), "Received": ("request", "at"), "Report": ("request", "latency")},
    ),
}
COMPILED = {name: compile_text(text_of(name)) for name in WORK}
INCOMING = {"Receipt", "Sent", "Received"}


@st.composite
def messages(draw, name):
    compiled, (_, kinds) = COMPILED[name], WORK[name]
    kind = draw(st.sampled_from(sorted(kinds)))
    types = dict(next(one.fields for one in compiled.checked.messages if one.name == kind))
    values = {}
    for field in kinds[kind]:
        small = draw(st.integers(0, 3))
        values[field] = small.to_bytes(32, "big") if types[field] == "bytes32" else small * 200
        if types[field] == "bool":
            values[field] = bool(small % 2)
    incoming = kind in INCOMING or (kind == "Price" and draw(st.booleans()))
    sender, recipient = (CLIENT, OPERATOR) if incoming else (OPERATOR, "0x" + "00" * 20)
    if kind == "Price":
        recipient = "0x" + "00" * 20
    return message(compiled, kind, sender, recipient, time=draw(st.sampled_from([0, 30, 61, 4_000, 9_000])), **values)


def broken_at_all(hold, all_):
    """Properties that any tuple of messages breaks."""
    found = set()
    for promise in hold.compiled.safety:
        for named in permutations(all_, len(promise.rule.bindings)):
            evidence = Evidence(SERVICE, int(OPERATOR, 16), hold.parameters, tuple(one.encoded for one in named), ())
            try:
                if evaluate(promise.program, evidence).broken:
                    found.add(promise.name)
            except Refused:
                continue
    return found


@pytest.mark.parametrize("name", sorted(WORK))
def test_faults_with__random_messages__finds_what_all_tuples_have(name):
    @settings(max_examples=60)
    @given(st.lists(messages(name), min_size=1, max_size=7, unique_by=lambda one: one.id))
    def check(some):
        hold = Hold(COMPILED[name], SERVICE, OPERATOR, WORK[name][0])
        index = Index()
        index.hold(hold)
        kept = []
        for one in some:
            found = {fault.promise.name for fault in faults_with(hold, index, one.encoded)}
            assert found == broken_at_all(hold, [*kept, one]) - broken_at_all(hold, kept)
            if not found:
                kept.append(one)
                index.add(one.encoded, one.id)
        index.close()

    check()
