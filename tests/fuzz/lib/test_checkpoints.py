"""lib/checkpoints and lib/window_minimum against dictionaries, on random histories."""

import boa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.fuzz

HARNESS = boa.load("contracts/mocks/CheckpointsHarness.vy")
KEYS = st.lists(st.integers(1, 60), min_size=1, max_size=40)
quick = settings(deadline=None, max_examples=max(settings.default.max_examples // 2, 1))


@given(keys=KEYS, contents=st.lists(st.integers(0, 2**216 - 1), min_size=40, max_size=40), asked=st.integers(0, 62))
@quick
def test_inv_chk_1_2_value_at__any_history__is_the_last_push(keys, contents, asked):
    pushed = list(zip(sorted(keys), contents, strict=False))
    with boa.env.anchor():
        for key, content in pushed:
            HARNESS.push(1, key, content)
        kept = dict(pushed)
        assert HARNESS.counts(1) == len(kept)
        assert HARNESS.value_at(1, asked) == next((kept[key] for key in sorted(kept)[::-1] if key <= asked), 0)


@given(
    keys=KEYS, lows=st.lists(st.integers(0, 6) | st.integers(0, 2**128 - 1), min_size=40, max_size=40), data=st.data()
)
@quick
def test_inv_chk_3_least__any_history_and_stretch__is_the_least(keys, lows, data):
    noted = dict(zip(sorted(set(keys)), lows, strict=False))
    with boa.env.anchor():
        HARNESS.note_all(2, list(noted), list(noted.values()))
        for _ in range(6):
            after, until = data.draw(st.integers(0, 62)), data.draw(st.integers(0, 62))
            inside = [low for key, low in noted.items() if after < key <= until]
            assert HARNESS.least(2, after, until) == min(inside, default=HARNESS.NOTHING())
