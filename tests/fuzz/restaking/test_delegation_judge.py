"""The accounting of pots against a ledger of fractions: thousands of histories off chain, a few at a time here."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.delegation_history import History

pytestmark = pytest.mark.fuzz


@settings(max_examples=60)
@given(seed=st.integers(0, 2**32), scale=st.sampled_from([10, 10**6, 10**18, 10**24]), steps=st.sampled_from([30, 100]))
def test_inv_del_1_2_4_9_model__any_history__is_fair_to_a_few_units(seed, scale, steps):
    History(Random(seed), scale).play(steps)


@pytest.mark.slow
def test_inv_del_1_2_4_9_model__five_thousand_histories__stay_within_a_few_units():
    worst, slashes = 0, 0
    for seed in range(5_000):
        random = Random(seed)
        history = History(random, random.choice((10, 10**6, 10**18, 10**24)))
        history.play(random.choice((30, 120)))
        worst, slashes = max(worst, history.worst), slashes + history.slashes
    assert slashes > 20_000
    assert worst < 8
