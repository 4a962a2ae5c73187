"""Any bytes as a plug-in's answer, any evidence: contract and model end alike, and one shape alone is a fault."""

from __future__ import annotations

import boa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.commitments import DAY, Court
from tests.support.plugins import PluginBench, answer

pytestmark = pytest.mark.fuzz

WORDS = st.one_of(st.sampled_from([0, 1, 2, 2**255, 2**256 - 1]), st.integers(0, 2**256 - 1))
SHAPED = st.builds(answer, WORDS, WORDS, WORDS)
ANSWERS = st.one_of(SHAPED, SHAPED, st.binary(max_size=200), st.tuples(SHAPED, st.binary(min_size=1)).map(b"".join))


@pytest.fixture(scope="module")
def bench():
    with boa.env.anchor():
        made = PluginBench.create(Court.create())
        assert made.court.enter(made.service) is None
        made.court.wait(DAY)
        yield made


@settings(max_examples=40)
@given(told=ANSWERS, evidence=st.binary(max_size=300))
def test_prove__inv_plg_3__any_answer_is_taken_as_the_model_takes_it(bench, told, evidence):
    with bench.undone():
        bench.tell(told)
        end = bench.show(bench.claim(), evidence)
        assert isinstance(end, bytes) == (len(told) == 96 and told[:32] == bytes(31) + b"\1"), end
