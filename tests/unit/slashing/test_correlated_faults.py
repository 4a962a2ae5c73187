"""Faults that many commit together: the cap is seized, and what is taken depends on how many failed."""

import pytest
from tests.support.slashing import (
    DELEGATOR,
    OPERATOR,
    OTHER,
    POLICY,
    SlashingWorld,
    everything_out,
    share,
)

from surety.models.slashing import DAY, WAD, Policy

WEEK = 7 * DAY
OPERATORS = (OPERATOR, DELEGATOR, OTHER)
TOGETHER = Policy(**{**vars(POLICY), "window": WEEK, "least": share(1)})


@pytest.fixture
def many(empty):
    """Three operators with a stake of 1e20 each, alone in their pools."""
    empty.set_policy(1, TOGETHER)
    for operator in OPERATORS:
        empty.deposit(operator, 10**20, operator=operator)
    return empty


def fail(world: SlashingWorld, *shares, proven=True):
    ids = []
    for operator, part in zip(OPERATORS, shares, strict=False):
        world.set_share(1, part, operator)
        ids.append(world.propose(WAD, proven=proven, operator=operator))
    return ids


def finalise_all(world, ids):
    world.go_to(max(world.model.slashes[id].end for id in ids))
    for id in ids:
        if world.model.slashes[id].undecided:
            assert world.finalise(id) is None
    return [world.lens.slash(id).amount for id in ids]


@pytest.mark.parametrize(
    ("percents", "taken"),
    [
        ((1,), 1),  # the least part
        ((10,), 9),  # 9 · 0.1²
        ((10, 10), 36),  # 9 · 0.2²
        ((10, 10, 10), 81),
        ((20, 20), 100),  # a third or more: all
        ((100, 100), 100),
    ],
)
def test_inv_slh_15_finalise__takes_nine_times_the_square_of_the_faulty_share(many, percents, taken):
    ids = fail(many, *map(share, percents))
    amounts = finalise_all(many, ids)
    assert all(abs(amount - taken * 10**18) <= 1 for amount in amounts)
    many.compare()
    everything_out(many)
    for operator in OPERATORS[: len(ids)]:
        kept = many.pool.stake(many.subject(operator), operator) + many.pool.free(operator)
        assert abs(kept - (100 - taken) * 10**18) <= 2


def test_inv_slh_15_finalise__not_before_its_window_and_the_next_are_over(many):
    id = fail(many, share(10))[0]
    assert many.lens.slash(id).end == max(many.now + WEEK, (many.now // WEEK + 2) * WEEK)
    assert many.finalise(id) == "slash_escrow: review is not over"
    assert many.model.slashes[id].end <= many.now + 14 * DAY


def test_inv_slh_15_faults__of_windows_beside__count_and_those_beyond_do_not(many):
    start = (many.now // WEEK + 1) * WEEK
    ids = []
    for k, operator in enumerate(OPERATORS):
        many.go_to(start + k * WEEK)
        many.set_share(1, share(10), operator)
        ids.append(many.propose(WAD, operator=operator))
    amounts = finalise_all(many, ids)
    # the first sees two, the second all three, the third two
    assert [round(amount / 10**18) for amount in amounts] == [36, 81, 36]
    many.compare()


def test_inv_slh_15_fault__cleared__no_longer_counts(many):
    ids = fail(many, share(10), share(10), share(10), proven=False)
    many.veto(ids[0])
    many.dispute(ids[1], OPERATORS[1])
    many.rule(ids[1], False)
    amounts = finalise_all(many, ids)
    assert [round(amount / 10**18) for amount in amounts] == [0, 0, 9]
    many.compare()


def test_inv_slh_15_faults__of_one_operator__count_once(many):
    many.set_share(1, share(10))
    ids = [many.propose(share(50)) for _ in range(4)]
    finalise_all(many, ids)
    # a claim from the shared seizure is cut in the same proportion
    assert [many.model.penalty(many.model.slashes[id]) for id in ids] == [9 * 10**16] * 4
    many.compare()
    everything_out(many)
    many.compare()


def test_inv_slh_15_faults__one_of_several_cleared__the_operator_still_counts(many):
    for operator in OPERATORS[:2]:
        many.set_share(1, share(10), operator)
    ids = [many.propose(share(50), proven=False, operator=operator) for operator in OPERATORS[:2]]
    again = many.propose(share(50), proven=False)
    many.veto(ids[0])
    assert [many.model.penalty(many.model.slashes[id]) for id in (again, ids[1])] == [36 * 10**16] * 2
    finalise_all(many, [*ids, again])
    many.compare()


def test_inv_slh_2_lien__of_a_correlated_fault__takes_what_it_takes(many):
    many.propose(share(50), proven=False, service=2)
    id = fail(many, share(20))[0]
    many.veto(1)
    finalise_all(many, [id])
    everything_out(many)
    many.compare()
    taken = many.lens.slash(id).amount + many.model.seizures[1].due
    assert abs(taken - 36 * 10**18) <= 2


def test_inv_slh_15_exposure_source__none__counts_as_the_whole_stake(many):
    from tests.support.slashing import ADMIN, PROVER, ZERO

    many.terms.set_proposer(PROVER, 2, ZERO, sender=ADMIN)
    for operator in OPERATORS:
        many.model.shares[1, many.subject(operator)] = WAD
    id = many.propose(WAD)
    assert finalise_all(many, [id]) == [10**20]
