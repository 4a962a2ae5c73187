"""S0.29, S0.30: losses of one's own against a pool's, and who escapes them by leaving; both from the exact pool."""

from itertools import pairwise
from math import erf, log, sqrt

import pytest

from surety.models.service_bonding import WAD
from surety.studies.exits import exits, told
from surety.studies.hazard import CHANCE, COST, FRACTION, RUNS, SIGMA, SIZES, commission_of, hazard, losses_of
from surety.studies.pooled import STAKE, has, member, pool_of, seize


@pytest.fixture(scope="module")
def study():
    return hazard(1)


@pytest.mark.parametrize("size", [1, 2, 5, 8, 9, 32])
def test_s0_29_pool__a_fault__taken_from_all_members_alike(size):
    pool = pool_of(size)
    taken = seize(pool, 1, WAD // 5)
    assert taken > 0
    left = [has(pool, member(number)) for number in range(size)]
    assert max(left) - min(left) <= 1
    assert size * STAKE - taken - size <= sum(left) <= size * STAKE - taken


@pytest.mark.parametrize("size", SIZES)
def test_s0_29_own_part__is_one_in_as_many_as_the_pool_backs(size):
    losses = losses_of(size)
    backed = min(size, 8)
    assert len(losses) == backed + 1
    for faults, loss in enumerate(losses):
        assert loss == pytest.approx(faults / backed * FRACTION / WAD, abs=1e-12)


def test_s0_29_moral_hazard__grows_with_the_pool_up_to_its_positions(study):
    care, sizes = study.column("take care"), study.column("members")
    until = sizes.index(8)
    assert all(more > less for more, less in pairwise(care[: until + 1]))
    assert max(care[until:]) - min(care[until:]) < 0.02
    loss = study.column("mean loss")
    assert all(less < more for less, more in pairwise(loss[: until + 1]))


def test_s0_29_care__closed_form__share_whose_cost_is_below_the_expected_loss(study):
    """Costs are log-normal: the share that takes care is Φ(ln(chance · own loss / median) / σ)."""
    for row in study.rows:
        own = row[1] * FRACTION / WAD
        expected = (1 + erf(log(CHANCE * own / COST) / SIGMA / sqrt(2))) / 2
        assert row[2] == pytest.approx(expected, abs=4 / sqrt(RUNS) / 2)


def test_s0_29_mean_loss__closed_form__does_not_depend_on_who_shares_it(study):
    """Socialising moves losses, it makes none: faults that are due to lack of care, times what a fault takes."""
    for row in study.rows:
        assert row[3] == pytest.approx((1 - row[2]) * CHANCE * FRACTION / WAD, abs=0.002)


def test_s0_30_votes__dismissal__makes_more_take_care_at_every_size(study):
    for row in study.rows:
        assert row[5] > row[2]
        assert row[6] < row[3]
    assert commission_of(32) == pytest.approx(4 * commission_of(8))


@pytest.mark.parametrize("days", [-1, 0, 7, 20])
def test_s0_30_exits__asked_within_the_queue__loses_what_others_lose(days):
    leaver, stayer, paid = told(60 - days)
    assert leaver == pytest.approx(stayer, abs=1e-15)
    assert stayer == pytest.approx(0.2)
    assert 22 <= paid <= 28


@pytest.mark.parametrize("days", [29, 40])
def test_s0_30_exits__asked_before_the_queue__loses_nothing_at_nobodys_cost(days):
    leaver, stayer, _ = told(60 - days)
    assert leaver == 0
    assert stayer == pytest.approx(0.2)


def test_s0_30_exits__no_time_between__loses_a_part():
    losses = exits(1).column("loss of who leaves")
    assert all(loss == pytest.approx(0.2) or loss == 0 for loss in losses)
    assert losses == sorted(losses, reverse=True)


def test_studies__seed__give_the_same_rows(study):
    assert hazard(1) == study
    assert hazard(2).rows != study.rows
    assert exits(1) == exits(2)
