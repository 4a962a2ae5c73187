"""Any answers of any feeds: the median and the registry's verdict are the model's."""

import boa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.prices import (
    ANSWERS,
    LONG,
    MEDIAN,
    REVERTS,
    SHORT,
    START,
    PriceWorld,
    new_feed,
    round_of,
)

from surety.models.prices import DAY, WAD, Refused, median

pytestmark = pytest.mark.fuzz

ANY_INT = st.integers(-(2**255), 2**255 - 1)
NEAR = st.integers(8 * 10**17, 125 * 10**16)
answers = st.one_of(NEAR, st.sampled_from((0, -1, 1, WAD // 2, 2 * WAD, 2**128 - 1, 2**128)), ANY_INT)
ages = st.one_of(st.sampled_from((-1, 0, DAY, DAY + 1, START)), st.integers(-10, 2 * DAY))
modes = st.sampled_from((ANSWERS, ANSWERS, ANSWERS, ANSWERS, REVERTS, SHORT, LONG))
readings = st.tuples(answers, ages, modes, st.sampled_from((0, 6, 8, 17, 18)))


def tell(feed, reading):
    answer, age, mode, decimals = reading
    feed.set(answer, START - age)
    feed.set_mode(mode)
    feed.set_decimals(decimals)


@settings(max_examples=settings.default.max_examples // 2)
@given(told=st.lists(readings, min_size=1, max_size=5), beats=st.lists(st.integers(1, 2 * DAY), min_size=5, max_size=5))
def test_inv_med_1_2_median__any_rounds__is_the_models(told, beats):
    with boa.env.anchor():
        boa.env.evm.patch.timestamp = START
        feeds = [new_feed() for _ in told]
        for feed, reading in zip(feeds, told, strict=True):
            tell(feed, reading)
        made = MEDIAN.deploy(feeds, beats[: len(feeds)])
        try:
            expected = median([(round_of(feed), beat) for feed, beat in zip(feeds, beats, strict=False)], START)
        except Refused as refused:
            with boa.reverts(refused.reason):
                made.latestRoundData()
            return
        assert made.latestRoundData() == (1, expected.answer, expected.updated, expected.updated, 1)


@pytest.fixture(scope="module")
def listed():
    """One registry for all examples: an asset of 6 decimals with a feed of its own."""
    with boa.env.anchor():
        world = PriceWorld.create()
        feed = new_feed(WAD, 18)
        number = world.list_token(feed, 6)
        yield world, feed, number


@given(answer=answers, age=ages, mode=modes, amount=st.integers(0, 2**128 - 1), wait=st.integers(0, 10 * 3_600))
def test_inv_ast_3_4_value__any_round__is_the_models_or_none(listed, answer, age, mode, amount, wait):
    world, feed, number = listed
    world.go_to(START + wait)
    feed.set(answer, world.now - age)
    feed.set_mode(mode)
    worth = world.compare(number, amount)
    if not isinstance(worth, Refused):
        assert 0 <= amount * answer - worth * 10**6 < 10**6
        assert mode == ANSWERS
        assert 0 <= age <= DAY
        assert WAD // 2 <= answer <= 2 * WAD
