"""Evidence with something wrong in it: the prover says what the model says, to the letter, and records nothing.

And times and periods at random: the offence is where the rules of specs/commitments.md put it.
"""

from __future__ import annotations

from dataclasses import replace

import boa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.commitments import DAY, OPERATOR, OTHER_KEY, PROVER, SALT, Bench, Court, arguments

from surety.models.faults import ENDLESS, SHORTEST_WINDOW, FaultBook
from surety.models.refusal import Refused
from surety.predicates.program import Program
from surety.sdk.errors import UsageError
from surety.sdk.messages import Message

pytestmark = pytest.mark.fuzz

HARMLESS = ("swap", "add")


@pytest.fixture(scope="module")
def bench():
    with boa.env.anchor():
        court = Court.create()
        made = Bench(court)
        assert court.enter(made.service) is None
        court.wait(DAY)
        yield made


def flipped(data: bytes, bit: int) -> bytes:
    at = bit % (8 * len(data))
    return data[: at // 8] + bytes([data[at // 8] ^ 1 << at % 8]) + data[at // 8 + 1 :]


def spoilt(bench, kind, place, bit):
    """Claim and messages of a double vote, spoilt in one way."""
    court, claim, signed = bench.court, bench.claim("no_double_vote"), bench.double()
    one = signed[place]
    if kind == "message":
        signed[place] = court.signed(flipped(one.encoded, bit), one.signature)
    elif kind == "signature":
        signed[place] = court.signed(one.encoded, flipped(one.signature, bit))
    elif kind == "truncated":
        signed[place] = court.signed(one.encoded[: bit % len(one.encoded)], one.signature)
    elif kind == "key":
        signed[place] = court.sign(Message.decode(one.encoded), OTHER_KEY)
    elif kind == "dropped":
        del signed[place]
    elif kind == "twice":
        signed = [one, one]
    elif kind == "swap":
        signed = signed[::-1]
    elif kind == "add":
        signed.append(court.sign(bench.vote(8, bit)))
    elif kind == "program":
        words = claim.program.words
        claim = replace(claim, program=Program((words[0] ^ 1 << bit % 256, *words[1:]), claim.program.constants))
    elif kind == "constants":
        constants = claim.program.constants
        claim = replace(claim, program=Program(claim.program.words, (flipped(constants[0], bit), *constants[1:])))
    elif kind == "number":
        claim = replace(claim, number=1 + bit)
    elif kind == "service":
        claim = replace(claim, service=flipped(claim.service, bit))
    elif kind == "parameters":
        claim = replace(claim, parameters=(bit.to_bytes(32, "big"),))
    elif kind == "operator":
        claim = replace(claim, operator="0x" + flipped(bytes.fromhex(OPERATOR[2:]), bit).hex())
    return claim, signed


KINDS = ("message", "signature", "truncated", "key", "dropped", "twice", *HARMLESS)
CLAIMS = ("program", "constants", "number", "service", "parameters", "operator")


@pytest.mark.parametrize("kind", KINDS + CLAIMS)
@settings(max_examples=3)
@given(place=st.integers(0, 1), bit=st.integers(0, 2**14))
def test_prove__inv_prv_7__spoilt_evidence_is_refused_for_the_models_reason(bench, kind, place, bit):
    with bench.court.undone() as court:
        claim, signed = spoilt(bench, kind, place, bit)
        try:
            for one in signed:
                Message.decode(one.encoded)
            court.commit(signed)
        except UsageError:
            pass  # refused before anybody looks for a commitment
        court.wait(12)
        end = court.prove(claim, signed)
        assert isinstance(end, bytes) == (kind in HARMLESS), end


TIMES = st.integers(-40 * DAY, 40 * DAY)


@settings(max_examples=12)
@given(
    stays=st.lists(st.tuples(st.integers(0, 9 * DAY), st.integers(0, 9 * DAY)), min_size=1, max_size=4),
    serving=st.booleans(),
    times=st.lists(st.one_of(TIMES, st.sampled_from([-(10**9), 2**63])), min_size=1, max_size=4),
    cooldown=st.sampled_from([0, 2 * DAY, 9 * DAY, 30 * DAY]),
)
def test_charge__inv_cmt_6_10__any_time_belongs_where_the_rules_put_it(bench, stays, serving, times, cooldown):
    with bench.court.undone() as court:
        service = Bench(court, cooldown=cooldown, reach=cooldown or 30 * DAY).service
        for gap, stay in stays:
            court.wait(gap)
            assert court.enter(service) is None
            court.wait(stay)
            assert court.leave(service) is None
        if serving:
            assert court.enter(service) is None
            court.wait(DAY)
        book = FaultBook(court.laws, court.backings, lambda *_: 0)
        for shift in times:
            time = max(0, court.now + shift)
            charge = court.laws.charge(service, OPERATOR, 0, time)
            assert tuple(court.registry.charge(service, OPERATOR, 0, time)) == tuple(vars(charge).values())
            try:
                offence = book.offence(charge, time)
            except Refused:
                continue
            assert charge.start <= offence <= min(court.now, charge.end or ENDLESS)
            assert court.now - offence <= charge.reach
            assert not charge.end or court.now - charge.end <= cooldown
            assert offence == time or offence in (charge.start, charge.end, court.now)


@settings(max_examples=3)
@given(
    cap=st.integers(1, 9).map(lambda part: 10**17 + part * 3 * 10**16),
    steps=st.lists(st.integers(0, 5 * DAY), min_size=1, max_size=5),
)
def test_slash__inv_cmt_9__no_window_takes_more_of_a_backing_than_its_cap(bench, cap, steps):
    with bench.court.undone() as court:
        made = Bench(court, cap=cap, cooldown=4 * DAY, reach=4 * DAY)
        assert court.enter(made.service) is None
        backing = court.back(made.service)
        taken: dict[int, int] = {}
        for height, step in enumerate(steps):
            court.wait(step)
            claim, signed = made.claim("no_double_vote"), made.double(height)
            court.commit(signed)
            court.wait(12)
            id = court.prover.prove(*arguments(claim, signed, (), SALT, True), sender=PROVER)
            window = court.prover.fault(id).offence_time // SHORTEST_WINDOW
            slash = court.prover.slash_of(id, *backing)
            fraction = court.slashing.lens.slash(slash).fraction if slash else 0
            assert fraction == min(10**17, cap - taken.get(window, 0))
            taken[window] = taken.get(window, 0) + fraction
        assert max(taken.values()) <= cap
