"""S0.6, S0.24: the shortest cooldown for a time until found, and ways to escape."""

import numpy as np
import pytest

from surety.models.commitments import DAY, WAD
from surety.studies.court import BLOCK
from surety.studies.detection import HOUR, SHORTEST, TARGETS, caught, detection, reach_of, shortest
from surety.studies.evasion import BREACH, COOLDOWN, ENTRY, EVADERS, Evader, deadline, evasion, prove


@pytest.fixture(scope="module")
def found():
    return detection(1)


def test_s0_24_reach__of_who_leaves_at_once__is_the_cooldown_to_the_second():
    assert [reach_of(hours) for hours in (36, 100, 720)] == [36 * HOUR, 100 * HOUR, 720 * HOUR]


def test_s0_24_caught__no_memory__is_one_less_an_exponential():
    lag = np.random.default_rng(3).exponential(DAY, 400_000)
    for hours in (36, 72, 200):
        assert abs(caught(lag, hours) - (1 - np.exp(-(hours * HOUR - BLOCK) / DAY))) < 0.002


def test_s0_24_shortest__for_each_share__catches_it_and_an_hour_less_does_not(found):
    lag = np.random.default_rng(4).exponential(3 * DAY, 100_000)
    for target in TARGETS:
        hours = shortest(lag, target)
        assert hours is not None
        assert caught(lag, hours) >= target > caught(lag, hours - 1)
        assert abs(hours * HOUR - 3 * DAY * np.log(1 / (1 - target))) < DAY
    assert shortest(np.zeros(10), 0.9) == SHORTEST
    assert shortest(np.full(10, 31.0 * DAY), 0.9) is None


def test_s0_24_rows__a_higher_share__needs_no_less(found):
    for _, _, *days in found.rows:
        told = [31.0 if one == "over 30" else one for one in days]
        assert told == sorted(told)
    assert {row[0]: row[4] for row in found.rows}["exponential, 7 days"] == "over 30"


def test_s0_6_evasion__who_leaves_or_ends_its_key__gains_nothing_by_it():
    rows = {row[0]: row for row in evasion(1).rows}
    assert rows["leaves at once"][2] == rows["stays"][2] == rows["leaves, and ends its key"][2] > 0.99
    assert rows["dates one vote long ago"][2] == rows["leaves at once"][2]
    assert rows["leaves a service without cooldown"][2] == 0.0
    assert rows["dates both votes long ago"][-1] == "fault_book: offence is too old"


def test_s0_6_deadline__by_bisection__is_the_last_second_of_the_cooldown():
    last, refusal = deadline(EVADERS[1])
    assert last == COOLDOWN - BLOCK
    assert isinstance(prove(EVADERS[1], last), int)
    assert prove(EVADERS[1], last + 1) == refusal == "fault_book: operator has left for good"
    assert deadline(Evader("gone", (ENTRY, ENTRY), lambda court: court.leave(BREACH)))[0] == -1


@pytest.mark.parametrize("slash", [WAD // 100, WAD // 10, WAD])
def test_s0_6_prove__in_time__records_the_slash_that_was_promised(slash):
    assert prove(EVADERS[0], 5, slash) == slash
