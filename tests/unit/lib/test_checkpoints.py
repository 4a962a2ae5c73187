"""lib/checkpoints and lib/window_minimum against lists, and each loop at its bound."""

from itertools import accumulate
from random import Random

import boa
import pytest

# Deployed before any test runs: titanoboa prints the storage of a contract that reverts, and stumbles over what another
# contract wrote at the same address in an anchor that was undone.
HARNESS = boa.load("contracts/mocks/CheckpointsHarness.vy")
TRACE = 7
LIMIT = 2**40


@pytest.fixture
def histories():
    with boa.env.anchor():
        yield HARNESS


def word(key, content=0):
    return key << 216 | content


def node(low=0, link=0, jump=0, rank=1):
    return low << 86 | link << 46 | jump << 6 | rank


# -- histories --------------------------------------------------------------------------------------------------------


def test_inv_chk_2_value_at__no_entries__is_zero(histories):
    assert histories.value_at(TRACE, 0) == histories.value_at(TRACE, LIMIT) == 0


@pytest.mark.parametrize(
    ("key", "expected"),
    [(0, 0), (9, 0), (10, 1), (11, 1), (19, 1), (20, 2), (29, 2), (30, 3), (31, 3), (2**256 - 1, 3)],
)
def test_inv_chk_2_value_at__around_keys__is_the_last_at_or_before(histories, key, expected):
    for number, at in enumerate((10, 20, 30), 1):
        histories.push(TRACE, at, number)
    assert histories.value_at(TRACE, key) == histories.number_at(TRACE, key) == expected


def test_inv_chk_2_push__same_key__replaces_the_value(histories):
    histories.push(TRACE, 10, 1)
    histories.push(TRACE, 10, 2)
    assert histories.counts(TRACE) == 1
    assert histories.value_at(TRACE, 10) == 2
    assert histories.value_at(TRACE, 9) == 0


def test_inv_chk_1_push__key_before_the_last__reverts(histories):
    histories.push(TRACE, 10, 1)
    with boa.reverts("checkpoints: key before the last one"):
        histories.push(TRACE, 9, 2)
    histories.push(TRACE, 11, 2)
    assert histories.entry(TRACE, 1) == (10, 1)


def test_push__key_at_its_limit__reverts(histories):
    with boa.reverts("checkpoints: key out of range"):
        histories.push(TRACE, LIMIT, 1)
    histories.push(TRACE, LIMIT - 1, 1)
    assert histories.value_at(TRACE, LIMIT - 1) == 1


def test_push__value_at_its_limit__reverts(histories):
    with boa.reverts("checkpoints: value out of range"):
        histories.push(TRACE, 1, 2**216)
    histories.push(TRACE, 1, 2**216 - 1)
    assert histories.entry(TRACE, 1) == (1, 2**216 - 1)


def test_inv_chk_2_traces__beside_each_other__are_apart(histories):
    histories.push(1, 10, 5)
    histories.push(2, 10, 6)
    assert [histories.value_at(trace, 10) for trace in (1, 2, 3)] == [5, 6, 0]


def test_inv_chk_2_value_at__random_history__is_that_of_a_list(histories):
    random = Random(3)
    kept = {}
    for key in sorted(random.choices(range(500), k=120)):
        kept[key] = random.randrange(2**216)
        histories.push(TRACE, key, kept[key])
    for key in range(0, 510, 3):
        expected = next((kept[at] for at in sorted(kept, reverse=True) if at <= key), 0)
        assert histories.value_at(TRACE, key) == expected


@pytest.mark.parametrize("target", [1, 2, 3, LIMIT // 2, LIMIT - 2, LIMIT - 1])
def test_number_at__as_many_entries_as_keys__is_found_within_max_steps(histories, target):
    """Zero words stand before every key: all up to `target` but the probed ones after it, which are written."""
    assert histories.MAX_STEPS() == 40
    histories.set_count(TRACE, LIMIT)
    histories.set_word(TRACE, LIMIT, word(LIMIT - 1))
    low, high, steps = 0, LIMIT, 0
    while high - low > 1:
        middle, steps = (low + high) // 2, steps + 1
        if middle > target:
            histories.set_word(TRACE, middle, word(LIMIT - 1))
            high = middle
        else:
            low = middle
    assert steps == 40
    assert histories.number_at(TRACE, 5) == target


# -- minima -----------------------------------------------------------------------------------------------------------


def test_inv_chk_3_least__nothing_in_the_stretch__is_nothing(histories):
    assert histories.least(TRACE, 0, 100) == histories.NOTHING()
    histories.note(TRACE, 10, 5)
    assert histories.least(TRACE, 0, 9) == histories.NOTHING()
    assert histories.least(TRACE, 10, 100) == histories.NOTHING()
    assert histories.least(TRACE, 9, 10) == 5


def test_note__key_not_after_the_last__reverts(histories):
    histories.note(TRACE, 10, 5)
    for key in (9, 10):
        with boa.reverts("window_minimum: key not after the last"):
            histories.note(TRACE, key, 5)
    histories.note(TRACE, 11, 5)


def test_note__value_at_its_limit__reverts(histories):
    with boa.reverts("window_minimum: value out of range"):
        histories.note(TRACE, 10, 2**128)
    histories.note(TRACE, 10, 2**128 - 1)
    assert histories.least(TRACE, 0, 10) == 2**128 - 1


def shapes(random, size):
    yield "rising", list(range(size))
    yield "falling", list(range(size, 0, -1))
    yield "level", [4] * size
    yield "random", [random.randrange(2**128) for _ in range(size)]
    yield "few values", [random.randrange(4) for _ in range(size)]
    yield "walk", [abs(low) for low in accumulate(random.choice((-1, 1)) for _ in range(size))]
    yield "saw", [(number * 37) % 100 for number in range(size)]


@pytest.mark.parametrize("shape", range(7))
def test_inv_chk_3_least__every_shape__is_that_of_the_list(histories, shape):
    random = Random(11)
    name, lows = list(shapes(random, 130))[shape]
    keys = sorted(random.sample(range(1, 400), len(lows)))
    histories.note_all(TRACE, keys, lows)
    for _ in range(120):
        after, until = sorted(random.choices(range(410), k=2))
        inside = [low for key, low in zip(keys, lows, strict=True) if after < key <= until]
        assert histories.least(TRACE, after, until) == min(inside, default=histories.NOTHING()), name


def test_inv_chk_4_least__longest_chain_allowed__stays_within_max_hops(histories):
    """History as no caller makes it: links of one step, no jump that helps. One more than the bound is refused."""
    hops = histories.MAX_HOPS()
    for number in range(1, hops + 2):
        histories.set_word(TRACE, number, word(number, node(low=number, link=number - 1)))
    histories.set_count(TRACE, hops)
    assert histories.least(TRACE, 0, hops) == 1
    histories.set_count(TRACE, hops + 1)
    assert histories.least(TRACE, 1, hops + 1) == 2
    with boa.reverts(dev="MAX_HOPS is above what 2**40 entries take"):
        histories.least(TRACE, 0, hops + 1)


def test_inv_chk_4_note__longest_chain_allowed__stays_within_max_hops(histories):
    hops = histories.MAX_HOPS()
    for number in range(1, hops + 1):
        histories.set_word(TRACE, number, word(number, node(low=number, link=number - 1)))
    histories.set_count(TRACE, hops - 1)
    histories.note(TRACE, hops + 5, 0)
    assert histories.entry(TRACE, hops)[1] == node(low=0)
    histories.set_word(TRACE, hops, word(hops, node(low=hops, link=hops - 1)))
    with boa.reverts(dev="as above"):
        histories.note(TRACE, hops + 5, 0)


def test_inv_chk_4_links__any_number_of_entries__hops_grow_with_the_logarithm():
    """The scheme itself, on lists: the longest walks over a chain of n nodes, from its end to each of its nodes."""
    jump, rank = [0], [0]
    for number in range(1, 2**13):
        link = number - 1
        equal = rank[link] == rank[jump[link]]
        jump.append(jump[jump[link]] if equal else link)
        rank.append(rank[link] + 1 if equal else 1)
        assert number - jump[number] == 2 ** rank[number] - 1
    for start in [*range(1, 130), 2**12 - 1, 2**12, 2**13 - 2, 2**13 - 1]:
        worst = 0
        for target in range(start + 1):
            at, hops = start, 0
            while at > target:
                at, hops = (jump[at] if jump[at] >= target else at - 1), hops + 1
            worst = max(worst, hops)
        assert worst < 3 * ((start + 1).bit_length() - 1)  # so that the last look is within MAX_HOPS too
