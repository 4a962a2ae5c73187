"""Random programs and evidence on the contract and on the reference: the same verdict, or the same reason.

500 programs in `make test`, 20,000 in `make test-all`: noise, instructions that nearly fit, and what the compiler makes
of random texts, each with one in ten changed by a bit, an instruction or a constant.
"""

from collections import Counter
from dataclasses import replace
from random import Random

import pytest
from tests.support.predicates import mutated, random_evidence, random_noise, random_plausible
from tests.support.promises import random_promise

from surety.models.refusal import Refused
from surety.predicates.machine import Verdict, evaluate, message_id
from surety.predicates.reasons import BAD_MESSAGE
from surety.sdk.errors import Reverted

pytestmark = pytest.mark.fuzz

CASES = 500
MANY_CASES = 20_000


def random_program(random):
    draw = random.random()
    if draw < 0.15:
        program = random_noise(random)
    elif draw < 0.6:
        program = random_plausible(random)
    else:
        program = random_promise(random).program
    return mutated(random, program) if random.random() < 0.1 else program


def compare(machines, seed, count):
    """How often each outcome was agreed on; `count` programs, nearly all of them different ones."""
    random, seen, programs = Random(seed), Counter(), set()
    for _ in range(count):
        program = random_program(random)
        programs.add(program.hash)
        outcome = machines.agreed(program, random_evidence(random, program))
        seen[outcome.broken if isinstance(outcome, Verdict) else outcome] += 1
    assert seen.total() == count
    assert len(programs) > count * 9 // 10
    return seen


def test_inv_prd_1_machines__random_programs_and_evidence__agree(machines):
    """S0.27"""
    seen = compare(machines, 5, CASES)
    assert seen[True] > CASES // 25
    assert seen[False] > CASES // 5
    assert len(seen) > 12


@pytest.mark.slow
def test_inv_prd_1_machines__many_random_programs_and_evidence__agree(machines):
    seen = compare(machines, 50, MANY_CASES)
    assert seen[True] > MANY_CASES // 25
    assert len(seen) > 20


def test_inv_prd_8_fault__further_messages__never_undo_it(machines):
    """Of what the compiler lets pass: whatever well-formed messages are added, the verdict and the key stay."""
    random, faults = Random(8), 0
    while faults < 25:
        promise = random_promise(random)
        evidence = random_evidence(random, promise.program)
        bound = len(promise.rule.bindings)
        if len(evidence.messages) <= bound:
            continue
        fewer = evidence.messages[: bound + random.randrange(len(evidence.messages) - bound)]
        try:
            verdict = evaluate(promise.program, replace(evidence, messages=fewer))
            whole = evaluate(promise.program, evidence)
        except Refused:  # the evidence is malformed, or lacks what the program reads
            continue
        if verdict.broken:
            assert whole == verdict
            assert machines.agreed(promise.program, evidence) == verdict
            faults += 1


@pytest.mark.parametrize("seed", range(3))
def test_message_id__random_bytes__is_the_reference(machines, seed):
    random = Random(seed)
    for _ in range(60):
        data = random.randbytes(random.choice((0, 191, 192, 200, 224, 320, 448)))
        if random.random() < 0.8 and len(data) >= 192:  # addresses and numbers of the right size
            data = data[:64] + bytes(12) + data[76:96] + bytes(12) + data[108:128] + bytes(24) + data[152:]
            data = data[:160] + bytes(24) + data[184:]
        dirt = data[64:76] + data[96:108] + data[128:152] + data[160:184]
        if len(data) % 32 or len(data) < 192 or any(dirt):
            with pytest.raises(Reverted, match=BAD_MESSAGE):
                machines.contract.message_id(data)
        else:
            assert machines.contract.message_id(data) == message_id(data)
