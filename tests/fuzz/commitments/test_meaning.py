"""A program does what its text says: random commitments against a reading of their syntax that knows no compiler."""

from collections import Counter
from random import Random

import pytest
from tests.support.meaning import Reading
from tests.support.predicates import random_evidence, reference
from tests.support.promises import random_commitment
from tests.support.worked import BENCHES, bench, library

from surety.predicates import syntax
from surety.predicates.machine import Verdict

pytestmark = pytest.mark.fuzz


def safety_named(compiled, name):
    return next(one for one in compiled.checked.source.items if isinstance(one, syntax.Safety) and one.name == name)


def compare(seed, count):
    random, seen = Random(seed), Counter()
    for _ in range(count):
        text, compiled = random_commitment(random)
        (promise,) = compiled.safety
        for _ in range(6):
            evidence = random_evidence(random, promise.program)
            verdict = reference(promise.program, evidence)
            if not isinstance(verdict, Verdict) or len(evidence.messages) < len(promise.rule.bindings):
                continue
            try:
                reading = Reading(compiled, safety_named(compiled, promise.name), evidence)
                broken = reading.broken()
            except (KeyError, IndexError):  # what the program did not come to read is not there
                assert not verdict.broken
                continue
            assert broken == verdict.broken, (text, evidence)
            if broken:
                assert reading.key() == verdict.key, (text, evidence)
            seen[broken] += 1
    return seen


def test_inv_prd_11_meaning__random_commitments__are_what_their_text_says():
    """S0.19"""
    seen = compare(11, 120)
    assert seen[True] > 20
    assert seen[False] > 100


@pytest.mark.slow
def test_inv_prd_11_meaning__many_random_commitments__are_what_their_text_says():
    seen = compare(110, 4_000)
    assert seen[True] > 600


@pytest.mark.parametrize("name", [name for name in BENCHES if library(name).safety])
def test_inv_prd_11_meaning__worked_commitments__are_what_their_text_says(name):
    compiled = library(name)
    for exhibit in bench(name).exhibits:
        if compiled.property_named(exhibit.promise).within:
            continue
        reading = Reading(compiled, safety_named(compiled, exhibit.promise), exhibit.evidence)
        assert reading.broken() == exhibit.broken
