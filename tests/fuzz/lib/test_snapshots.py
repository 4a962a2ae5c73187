"""lib/snapshots against a list of what everything was at each event."""

import boa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.fuzz

HARNESS = boa.load("contracts/mocks/SnapshotsHarness.vy")
KEYS = (0, 7, 2**223)
quick = settings(deadline=None, max_examples=max(settings.default.max_examples // 3, 1))
changes = st.tuples(st.sampled_from(KEYS), st.one_of(st.sampled_from([0, 0, 1]), st.integers(0, 2**176 - 1)))
events = st.tuples(st.none(), st.integers(1, 3))


@given(story=st.lists(st.one_of(changes, events), max_size=30))
@quick
def test_inv_lqd_5_at__any_story__is_what_it_was_at_each_event(story):
    now = dict.fromkeys(KEYS, 0)
    history = []
    with boa.env.anchor():
        for key, number in story:
            if key is None:
                HARNESS.happen(number)
                history += [dict(now)] * number
            else:
                HARNESS.set(key, number)
                now[key] = number
        for event, then in enumerate(history, start=1):
            assert {key: HARNESS.at(key, event) for key in KEYS} == then


def test_keep__before_any_event__writes_nothing_and_too_much__reverts():
    with boa.env.anchor():
        HARNESS.set(7, 2**176)
        HARNESS.set(7, 2**176 + 1)
        HARNESS.happen(1)
        with boa.reverts("snapshots: content out of range"):
            HARNESS.set(7, 0)
