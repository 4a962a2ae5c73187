"""S0.21, S4.31: what scores of a week tell of uptime, by heartbeats and by draws."""

import itertools

import numpy as np
import pytest

from surety.models.liveness import HOUR
from surety.studies import draws, heartbeats
from surety.studies.draws import below
from surety.studies.heartbeats import AGENTS, FIRST, Agent, eager, faked, once, spells, weeks


@pytest.fixture(scope="module")
def beats():
    return {row[0]: row for row in heartbeats(1).rows}


@pytest.fixture(scope="module")
def drawn():
    return draws(1)


def test_s0_21_missed__one_try_an_hour__scores_true_uptime():
    scores, refused = weeks(np.random.default_rng(5), Agent("half", 0.5, once), 60)
    assert refused == 0
    assert abs(scores.mean() - 0.5) < 0.03


def test_s0_21_missed__tries_until_it_is_up__scores_no_less():
    rng = np.random.default_rng(6)
    lazy, patient = (weeks(rng, Agent("", 0.8, send), 40)[0].mean() for send in (once, eager))
    assert 0.8 - 0.03 < lazy < patient < 1


def test_s0_21_late__beats_after_their_hour__are_refused(beats):
    *_, lowest, _, refused = beats["beats of the hour before"]
    assert (lowest, refused) == (0, 30 * 7 * 24)
    late = beats["one try an hour, late, 99.0%"]
    # a delay that is exponential with a quarter of the hour is over in time with chance 1 − (1 − e⁻⁴)/4
    assert abs(late[2] - 0.99 * (1 - (1 - np.exp(-4)) / 4)) < 0.02


def test_s0_21_false__signed_ahead__score_as_if_served(beats):
    assert beats["false: signed ahead, nothing served"][1:] == (0.0, 1.0, 1.0, 0.0, 0)
    assert weeks(np.random.default_rng(0), Agent("", 0.0, faked), 2)[0].tolist() == [1, 1]


def test_s0_21_nobody_up__scores_nothing():
    assert weeks(np.random.default_rng(0), Agent("", 0.0, eager), 2)[0].tolist() == [0, 0]


def test_spells__share_of_being_up__is_the_uptime():
    end = FIRST + 4_000 * 24 * HOUR
    up = spells(np.random.default_rng(2), 0.9, FIRST, end)
    assert abs(sum(min(stop, end) - start for start, stop in up) / (end - FIRST) - 0.9) < 0.01
    assert all(one[1] < other[0] for one, other in itertools.pairwise(up))


def test_s4_31_below__closed_form__at_its_ends():
    assert below(1.0, 0.0, 0.5) == 1.0
    assert below(0.5, 1.0, 1.0) == 0.0
    assert abs(below(0.5, 0.0, 0.1) - (1 - 0.5**7)) < 1e-12
    chances = [below(0.5, up, 0.75) for up in np.linspace(0, 1, 21)]
    assert chances == sorted(chances, reverse=True)


def test_s4_31_draws__weeks_below_a_threshold__are_as_the_closed_form_says(drawn):
    for odds, uptime, threshold, share, expected, error, _ in drawn.rows:
        assert abs(share - expected) < 4 * error + 0.01, (odds, uptime, threshold)


def test_s4_31_draws__more_uptime__scores_more(drawn):
    for odds in {row[0] for row in drawn.rows}:
        means = [row[6] for row in drawn.rows if row[0] == odds and row[2] == 0.5]
        assert means == sorted(means)


def test_agents__each__has_a_name_of_its_own():
    assert len({one.name for one in AGENTS}) == len(AGENTS)
