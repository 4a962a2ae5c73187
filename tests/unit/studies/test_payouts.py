"""S0.25, S0.31: interaction terms of the pay, swept, by the formula that the contract agrees with to the unit."""

from itertools import pairwise
from math import sqrt

import numpy as np
import pytest

from surety.models.payout import WAD, Case, Complement, LinearPayout
from surety.studies.payouts import BONUSES, FILLS, ONE, OTHER, WEIGHTS, concave_gain, cut, gain_of_splitting, payouts


@pytest.fixture(scope="module")
def study():
    return payouts(1)


def test_s0_25_sweep__every_combination__is_there(study):
    assert len(study.rows) == len(BONUSES) * len(WEIGHTS) * len(FILLS)
    assert set(study.requirements) == {"S0.25", "S0.31"}


def test_s0_25_s0_31_splitting__across_the_sweep__gains_nothing(study):
    assert max(study.column("most gained by splitting, units")) <= 0
    assert min(study.column("most lost, units")) < 0
    # by the square root, a split in eight of a small operator pays about √8 times as much
    assert all(0.5 < gain < sqrt(8) - 1 for gain in study.column("gain if pay were √value"))


def test_s0_25_bonus__one_service_alone__gets_one_part_in_one_plus_the_bonus(study):
    for bonus, weight, fill, _, alone, both, *_ in study.rows:
        whole = weight / (weight * fill + 1)  # in parts of budget over `half`: v·w·B/(w·V + half)
        assert both == pytest.approx(whole, rel=1e-9)
        assert alone == pytest.approx(whole / (1 + bonus), rel=1e-9)


def test_s0_25_weight_and_total__without_a_bonus__pay_the_hyperbola(study):
    rows = [row for row in study.rows if row[0] == 0]
    assert len(rows) == 9
    for _, weight, fill, paid, *_ in rows:
        assert paid == pytest.approx(weight * fill / (weight * fill + 1), rel=1e-9)


def test_s0_25_bonus__rises__never_pays_more_of_the_budget(study):
    """At the same weight and total: a bonus takes from specialists and gives nobody more than without it."""
    for weight in WEIGHTS:
        for fill in FILLS:
            paid = [row[3] for row in study.rows if row[1:3] == (weight, fill)]
            assert len(paid) == len(BONUSES)
            assert all(more < less for less, more in pairwise(paid))


def test_s0_31_split__complement_torn_off__loses_what_it_was_worth():
    """Both services under one name get all; each under a name of its own, 1/(1 + b) and nothing for the other."""
    formula = LinearPayout(half=10**21, complements=(Complement(ONE, OTHER, WAD),))
    work = Case(template=ONE, value=10**21, total=10**21, budget=10**21, others=((OTHER, 10**21),))
    alone = Case(template=ONE, value=10**21, total=10**21, budget=10**21)
    assert formula.amount(work) == 2 * formula.amount(alone) == 10**21 // 2


def test_s0_31_gain__formula_that_can_be_gamed__is_seen():
    """The measure itself can fail: pay by the square root would show a gain."""

    class Root(LinearPayout):
        def amount(self, work):
            return int(sqrt(work.value))

    rng = np.random.default_rng(1)
    work = Case(template=ONE, value=10**20, total=10**21, budget=10**21)
    assert gain_of_splitting(Root(half=1), work, 8, rng) > 0
    assert gain_of_splitting(LinearPayout(half=1), work, 8, rng) <= 0
    assert concave_gain([work], 8) == pytest.approx(0)  # alone, it had all anyway


def test_cut__parts__sum_to_the_whole():
    rng = np.random.default_rng(2)
    for parts in (1, 2, 9):
        pieces = cut(10**21 + 7, parts, rng)
        assert sum(pieces) == 10**21 + 7
        assert len(pieces) == parts
        assert min(pieces) >= 0


def test_study__seed__gives_the_same_rows(study):
    assert payouts(1) == study
