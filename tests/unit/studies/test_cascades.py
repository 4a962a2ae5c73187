"""S0.22: bonds behind services many to many; one stake behind many against a lock for each, on the exact models."""

from itertools import pairwise

import pytest

from surety.models.refusal import Refused
from surety.models.service_bonding import WAD
from surety.studies.cascades import (
    FRACTIONS,
    OPERATOR,
    OPERATORS,
    SERVICES,
    SHARED_BY,
    STAKE,
    Network,
    apart,
    cascades,
    fall,
    falls_in,
    left,
    network,
    pot,
    shared,
    slash,
)
from surety.studies.study import generator


@pytest.fixture(scope="module")
def study():
    return cascades(1)


@pytest.mark.parametrize("fraction", FRACTIONS)
@pytest.mark.parametrize("services", SHARED_BY)
def test_s0_22_shared__all_slash_at_once__take_one_less_the_rest_to_the_power(services, fraction):
    """1 − (1 − f)^k to the unit (a unit of rounding up a slash), and never k·f but for k = 1."""
    rest = STAKE * (WAD - fraction) ** services // WAD**services
    cover = shared(services, fraction)
    assert 0 <= cover.taken - (STAKE - rest) <= services
    assert cover.promised == services * STAKE * fraction // WAD
    assert (cover.taken == cover.promised) == (services == 1)


@pytest.mark.parametrize("fraction", FRACTIONS)
@pytest.mark.parametrize("services", SHARED_BY)
def test_s0_22_apart__all_slash_at_once__take_all_that_was_promised_of_as_much_capital_each(services, fraction):
    cover = apart(services, fraction)
    assert cover.taken == cover.promised == services * STAKE * fraction // WAD
    assert cover.put_up == services * STAKE


def test_s0_22_shared__a_sixth_service__finds_no_place():
    escrow = pot(OPERATOR)
    for service in range(1, 6):
        slash(escrow, service, WAD // 5)
    with pytest.raises(Refused, match="no place for another service"):
        slash(escrow, 6, WAD // 5)
    assert left(escrow) > 0


def test_s0_22_rows__by_services_a_stake__cover_falls_and_capital_is_as_many_times(study):
    assert study.column("services a stake") == list(SHARED_BY)
    for name, fraction in (("paid of promised, f = 1/5", 0.2), ("f = 1/2", 0.5), ("f = 1", 1.0)):
        for services, paid in zip(SHARED_BY, study.column(name), strict=True):
            assert paid == pytest.approx((1 - (1 - fraction) ** services) / services / fraction, rel=1e-12)
    assert study.column("locks, any f") == [1.0] * len(SHARED_BY)
    assert study.column("capital for locks") == list(SHARED_BY)


def test_s0_22_fallen__more_services_a_stake__are_more_up_to_all(study):
    """Within the chance of drawn networks: nearly all fall from four services a stake on, if 80 % are needed."""
    for needed in (50, 70, 80):
        fallen = study.column(f"fallen, {needed} % needed")
        assert fallen[0] == 1  # nothing is shared: as with locks
        assert all(less <= more + 0.5 for less, more in pairwise(fallen))
        assert 1 < fallen[-1] <= SERVICES


@pytest.mark.parametrize("sharing", SHARED_BY)
def test_s0_22_fall__same_network__falls_no_less_where_more_is_needed(sharing):
    rng = generator(5, "test")
    for _ in range(10):
        falls = falls_in(network(rng, sharing))
        assert falls == sorted(falls)
        assert falls[0] >= 1
        assert sharing > 1 or falls[-1] == 1


def test_s0_22_fall__networks_by_hand__are_counted_as_by_hand():
    """A chain, in which each service shares an operator with the next; and one that its few operators leave whole."""
    chain = tuple(frozenset({number % SERVICES, (number + 1) % SERVICES}) for number in range(OPERATORS))
    assert fall(Network(chain, 0), 80) == SERVICES  # each has two pairs of operators, and loses a half
    assert fall(Network(chain, 0), 50) == 1  # a half is left, and enough
    assert fall(Network(chain, 0), 51) == SERVICES
    small = (frozenset({0, 1}), *(frozenset({1}) for _ in range(OPERATORS - 1)))
    assert fall(Network(small, 0), 80) == 1  # one of 24 is missed by nobody
    assert fall(Network(small, 2), 80) == 1  # nobody serves the first: nothing to lose
    assert fall(Network(small, 1), 80) == 2


def test_study__seed__gives_the_same_rows(study):
    assert study.requirements == ("S0.22",)
    assert cascades(1) == study
    drawn = [network(generator(seed, "cascades"), 3) for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]
