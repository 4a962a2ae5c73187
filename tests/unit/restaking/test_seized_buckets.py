"""Which buckets a seizure asks for: the pool knows which were joined, and a bucket whether the operator is in it."""

from itertools import product

import boa
import pytest
from tests.support.delegation import DAY, DELEGATORS, OPERATORS, ZERO, DelegationWorld, subject_word

from surety.models.delegation import WAD, WEEK

STAKE = 10**21 + 7
OPERATOR, SECOND = OPERATORS
DELEGATOR, OTHER = DELEGATORS[:2]
POOL = (OPERATOR, 0)
WORD = subject_word(POOL)


@pytest.fixture(scope="module")
def staked():
    with boa.env.anchor():
        world = DelegationWorld.create()
        for owner in (OPERATOR, DELEGATOR, OTHER):
            world.deposit(owner, POOL, STAKE)
        yield world


@pytest.fixture
def world(staked):
    with boa.env.anchor():
        yield staked.again()


def seize_all(world, slash=1):
    """A slash of everything for an offence of three weeks ago, of which all queued stake answers that still can."""
    seizable = world.manager.seizable(WORD, world.now - 3 * WEEK)
    taken = world.seize(slash, POOL, WAD, world.now - 3 * WEEK)
    assert taken == seizable
    return taken


@pytest.mark.parametrize("gap", [0, 13, 14, 15])
def test_inv_del_5_seize__any_pattern_of_weeks_with_queueing__reaches_each_bucket_that_answers(world, gap):
    """Weeks are known modulo sixteen: the same pattern again after as many, with an idle stretch between."""
    start = world.now
    for first, second in product(product((False, True), repeat=2), product((False, True), repeat=3)):
        with boa.env.anchor():
            again = world.again()
            again.go_to(start)
            for weeks in (first, second):
                for queues in weeks:
                    if queues:
                        again.queue(DELEGATOR, POOL, STAKE // 8)
                    again.wait(WEEK)
                if weeks is first:
                    again.wait(gap * WEEK)
            again.wait(-WEEK)  # the running epoch is the last of the pattern
            within = [queues for queues in second[-2:] if queues]
            taken = seize_all(again)
            queued = sum(first) + sum(second)
            assert taken[0] == 3 * STAKE - (queued - len(within)) * (STAKE // 8)
            again.compare()


@pytest.mark.parametrize("whose", [OPERATOR, DELEGATOR])
@pytest.mark.parametrize("target", [None, SECOND])
def test_inv_del_2_seize__tickets_of_the_operator__its_own_part_counts_plain_ones(world, whose, target):
    world.queue(whose, POOL, STAKE // 2, target)
    world.wait(WEEK)
    world.queue(whose, POOL, STAKE // 4, target)
    world.queue(OTHER, POOL, STAKE // 4)
    taken, own = seize_all(world)
    assert taken == 3 * STAKE
    if whose == DELEGATOR or target is None:
        assert own == STAKE
    else:
        assert own == STAKE - STAKE // 2 - STAKE // 4


def test_inv_del_2_seize__operators_ticket_cancelled_or_paid__counts_once(world):
    epoch = world.queue(OPERATOR, POOL, STAKE // 2)
    world.cancel(OPERATOR, POOL, epoch, STAKE // 4)
    assert world.manager.seizable(WORD, world.now) == (3 * STAKE, STAKE)
    world.go_to((epoch + 1) * WEEK)
    assert world.manager.seizable(WORD, 0) == (3 * STAKE - STAKE // 4 - 1, STAKE - STAKE // 4 - 1)
    world.complete(OPERATOR, POOL, epoch)
    assert seize_all(world)[1] == STAKE - STAKE // 4 - 1
    world.compare()


def test_set_pool_and_status__between_queue_and_seizure__forget_no_bucket(world):
    world.queue(DELEGATOR, POOL, STAKE)
    world.wait(WEEK)
    world.queue(OTHER, POOL, STAKE)
    world.set_pool(POOL, 3, 5, 10)
    world.set_status(OPERATOR, 2)
    world.manager.enable_rewards(0, sender=OPERATOR)
    assert world.escrow.seize(world.manager, 1, WORD, WAD, world.now - 3 * DAY - WEEK) == (3 * STAKE, STAKE)
    pool = world.manager.pool(WORD)
    assert (pool.mode, pool.minimum, pool.cap, pool.status, pool.rewarded) == (3, 5, 10, 2, True)


def test_inv_del_6_seize__near_full_then_queue__new_generation_keeps_its_buckets(world):
    world.queue(DELEGATOR, POOL, STAKE // 2)
    world.seize(1, POOL, WAD - WAD // 10**9)
    assert world.manager.pool(WORD).generation == 1
    world.deposit(OTHER, POOL, STAKE)
    world.wait(WEEK)
    world.queue(OTHER, POOL, STAKE // 2)
    left = world.manager.pool(WORD).assets
    last = world.manager.ticket(WORD, world.epoch, DELEGATOR, ZERO).amount
    assert 0 < last < STAKE // 10**8
    assert seize_all(world, 2)[0] == left + last + STAKE // 2
    world.compare()
