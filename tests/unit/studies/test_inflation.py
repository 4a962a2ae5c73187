"""S0.7: what a minted budget pays for liveness scores, under a cap an epoch, whatever rule asks for it."""

import pytest

from surety.models.payout import WAD
from surety.studies.inflation import CAP, EPOCHS, SHOCK, SUPPLY, inflation, play


@pytest.fixture(scope="module")
def study():
    return inflation(1)


@pytest.fixture(scope="module")
def rows(study):
    return {row[0]: row for row in study.rows}


def test_s0_7_minted__whatever_the_rule__never_above_the_cap_of_an_epoch():
    """A rule that would mint without end gets the cap and no more; a year sees at most 52 of them."""
    path = play(1, 5.0, 0.0, CAP // 8)
    assert max(path.minted) == CAP // 8 / WAD
    assert path.refused > EPOCHS // 4
    assert all(sum(path.minted[at : at + 52]) * WAD <= 52 * CAP // 8 * (1 + 1e-12) for at in range(EPOCHS - 52))
    assert 52 * CAP <= SUPPLY // 10


def test_s0_7_paid__never_more_than_was_minted_and_less_by_what_liveness_missed(rows):
    path = play(1, 0.0, 0.0, CAP)
    assert path.refused == 0
    assert all(paid <= minted for paid, minted in zip(path.paid, path.minted, strict=True))
    # scores: 1 for nine in ten, else even between 0 and 1, 0.95 on average; and a service full but for half/total
    full = [one / (one + 1e6) for one in path.bonded[52:]]
    earned = sum(path.paid[52:]) / sum(m * part for m, part in zip(path.minted[52:], full, strict=True))
    assert earned == pytest.approx(0.95, abs=0.01)
    assert 0.85 < rows["constant"][2] < 0.95


def test_s0_7_rules__after_a_shock__bring_bonds_back_where_a_constant_rate_does_not(rows):
    assert rows["P"][3] < rows["constant"][3] / 2
    assert rows["PD"][3] < rows["constant"][3] / 2


def test_s0_7_cap__too_low__binds(rows):
    capped = rows["PD, a quarter of the cap"]
    assert capped[6] > rows["PD"][6]
    assert capped[1] <= 0.25
    assert rows["constant"][1] == pytest.approx(0.3)


def test_s0_7_before_the_shock__every_rule__near_the_target(rows):
    for gains in ((0.0, 0.0), (0.08, 0.4)):
        path = play(2, *gains, CAP)
        assert all(0.8 < one / 30e6 < 1.2 for one in path.bonded[SHOCK - 20 : SHOCK])


def test_study__seed__gives_the_same_rows(study):
    assert study.requirements == ("S0.7",)
    assert play(1, 0.08, 0.4, CAP) == play(1, 0.08, 0.4, CAP) != play(2, 0.08, 0.4, CAP)
