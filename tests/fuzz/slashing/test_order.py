"""The same slashes, proposed and decided in any order, collect the same total of the same stake."""

from fractions import Fraction
from math import prod

import boa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.slashing import CONFIRMER, DELEGATOR, OPERATOR, SlashingWorld, collected, everything_out, share

from surety.models.slashing import DAY, WAD, Policy, Pool, SlashEscrow, Status

pytestmark = pytest.mark.fuzz

STAKE = 10**21 + 7
fractions = st.one_of(
    st.sampled_from([10**9, share(10), share(50), WAD]), st.integers(1, 10**9).map(lambda n: n * 10**9)
)
plans = st.lists(st.tuples(fractions, st.booleans()), min_size=1, max_size=5)


def expected(plan):
    """1 − Π(1 − f) over those that stand."""
    return STAKE * (1 - prod((1 - Fraction(fraction, WAD) for fraction, stands in plan if stands), start=Fraction(1)))


def alone(policy):
    """A model with one pool, no exposure source, and everybody's powers."""
    return SlashEscrow(
        14 * DAY,
        {0: policy},
        {1: Pool("operator", {"operator": STAKE // 3, "delegator": STAKE - STAKE // 3})},
        {"v"},
        {"c"},
    )


def collected_by_the_model(plan, decisions, same_service):
    policy = Policy(7 * DAY, 3 * DAY, 0, 0, 0, 0, 500, False, 0, 0, "treasury", "insurance")
    model = alone(policy)
    ids = []
    for number, (fraction, _) in enumerate(plan):
        service = 1 if same_service else number
        ids.append(model.propose("prover", True, 1, service, fraction, 0, None, None, 2**255))
        model.now += 3_600
    for place in decisions:
        if not plan[place][1]:
            model.announce_veto("v", ids[place])
    model.now += 2 * DAY
    for place in decisions:
        if not plan[place][1]:
            model.veto("c", ids[place])
    model.now += 30 * DAY
    for place in decisions:
        if plan[place][1]:
            model.finalise(ids[place])
    for seizure in list(model.seizures.values()):
        if seizure.amount > seizure.taken:
            model.release(seizure.id)
    assert all(slash.status in (Status.FINALISED, Status.VETOED) for slash in model.slashes.values())
    return collected(model, 1)


@given(plans, st.randoms(use_true_random=False), st.booleans())
def test_inv_slh_2_slashes__in_any_order_and_outcome__collect_the_same(plan, random, same_service):
    for _ in range(3):
        random.shuffle(plan)
        decisions = list(range(len(plan)))
        random.shuffle(decisions)
        got = collected_by_the_model(plan, decisions, same_service)
        # a unit for each rounding; where everything is seized at once, its room is a unit of 1e-9 short
        slack = 2 * len(plan) + (STAKE * 10 // 10**9 if same_service else 0)
        assert abs(got - expected(plan)) <= slack


@settings(max_examples=8)
@given(plans, st.permutations(range(5)))
def test_inv_slh_2_slashes__on_chain__collect_the_formula(plan, order):
    with boa.env.anchor():
        world = SlashingWorld.create()
        world.deposit(OPERATOR, STAKE // 3)
        world.deposit(DELEGATOR, STAKE - STAKE // 3)
        ids = [world.propose(fraction, service=number) for number, (fraction, _) in enumerate(plan)]
        decisions = [place for place in order if place < len(plan)]
        for place in decisions:
            if not plan[place][1]:
                world.announce(ids[place])
        world.wait(2 * DAY)
        for place in decisions:
            if not plan[place][1]:
                world.veto(ids[place], CONFIRMER)
        world.wait(7 * DAY)
        for place in decisions:
            if plan[place][1]:
                world.finalise(ids[place])
        everything_out(world)
        world.compare()
        assert abs(collected(world.model) - expected(plan)) <= 2 * len(plan)


@given(
    st.integers(0, 2**96), st.integers(0, 2**96), st.integers(0, 2_000), st.integers(0, 8_000), st.integers(0, 10_000)
)
def test_inv_slh_9_split__any_amount__adds_up_and_stays_within_its_caps(amount, own, bounty, compensation, insurance):
    own = min(own, amount)
    for listed in (True, False):
        policy = Policy(7 * DAY, DAY, bounty, 10**24, compensation, insurance, 100, listed, 0, 0, "t", "i")
        parts = policy.split(amount, own, True, used=10**20)
        assert sum(parts) == amount
        assert min(parts) >= 0
        assert parts[0] <= min(amount * 2_000 // 10_000, 10**24 - 10**20)
        if not listed:
            assert parts[0] + parts[1] <= own
