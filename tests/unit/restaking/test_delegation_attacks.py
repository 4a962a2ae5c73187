"""What somebody might try against a pool and its people, each with what it brings them: nothing."""

import boa
import pytest
from tests.support.delegation import (
    CAP,
    DELEGATORS,
    OPERATORS,
    STRANGER,
    ZERO,
    DelegationWorld,
    source,
    subject_word,
)

from surety.models.delegation import WAD, WEEK

OPERATOR, SECOND = OPERATORS
HONEST, FRIEND, VICTIM = DELEGATORS[:3]
POOL, THERE = (OPERATOR, 0), (SECOND, 0)
WORD = subject_word(POOL)
STAKE = 10**18
HALF = WAD // 2


@pytest.fixture(scope="module")
def made():
    with boa.env.anchor():
        yield DelegationWorld.create()


@pytest.fixture
def world(made):
    with boa.env.anchor():
        world = made.again()
        world.go_to((world.epoch + 1) * WEEK + 1_000)
        for owner in (OPERATOR, HONEST, FRIEND):
            world.deposit(owner, POOL, STAKE)
        yield world


def wealth(world, owner):
    """All that an account has or may still claim of the asset, wherever it is."""
    model = world.model
    held = world.balance(0, owner)
    for (subject, _), pot in model.pots.items():
        if subject[1] == 0:
            held += sum(pot.worth(shares) for (one, _), shares in pot.shares.items() if one == owner)
    return held + sum(model.refund(owner, slash, where) for slash in model.seizures for where in (None, *OPERATORS))


MOVES = {
    "queues": lambda world: world.queue(FRIEND, POOL, STAKE),
    "goes elsewhere": lambda world: world.queue(FRIEND, POOL, STAKE, SECOND),
    "queues and cancels": lambda world: (
        world.queue(FRIEND, POOL, STAKE),
        world.cancel(FRIEND, POOL, world.epoch + 1, STAKE),
    ),
    "cuts it up": lambda world: [world.queue(FRIEND, POOL, STAKE // 7, (None, SECOND)[n % 2]) for n in range(7)],
    "adds and takes": lambda world: (
        world.deposit(FRIEND, POOL, 3 * STAKE),
        world.queue(FRIEND, POOL, 3 * STAKE),
    ),
}


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("wait", [0, WEEK - 1_001, WEEK])
def test_t7_friend_of_the_operator__whatever_it_does_after_the_fault__loses_no_less(world, move, wait):
    """It knows of the fault at once; the slash comes within the window."""
    before, honest = wealth(world, FRIEND), wealth(world, HONEST)
    offence = world.now
    MOVES[move](world)
    world.wait(wait)
    world.seize(1, POOL, HALF, offence)
    assert wealth(world, FRIEND) <= before - (honest - wealth(world, HONEST)) + 2


@pytest.mark.parametrize("veto", [True, False])
def test_joiner__deposits_after_a_seizure_and_leaves_after_its_end__gains_nothing(world, veto):
    world.seize(1, POOL, HALF)
    before = wealth(world, VICTIM)
    world.deposit(VICTIM, POOL, STAKE)
    world.restore(1, world.model.seizures[1].seized if veto else 0)
    world.queue(VICTIM, POOL, world.model.pots[POOL, 0].held((VICTIM, None)))
    world.wait(2 * WEEK)
    world.complete(VICTIM, POOL, world.epoch - 1)
    assert before - 2 <= wealth(world, VICTIM) <= before


def test_t21_attacker__rounding_in_a_loop_at_every_price__never_gains_a_unit(world):
    """Deposits, queues and cancels of a unit or two at prices between a share a unit and one in 2**15."""
    for slash in range(5):
        world.seize(slash, POOL, WAD * 7 // 8 + slash)
        before = wealth(world, VICTIM)
        epoch = world.epoch + 1
        for amount in (1, 2, 3, 1):
            shares = world.deposit(VICTIM, POOL, amount)
            for part in (shares // 3, shares // 5, 1):
                world.queue(VICTIM, POOL, part)
            tickets = world.model.pots[POOL, epoch].held((VICTIM, None))
            world.cancel(VICTIM, POOL, epoch, tickets // 2)
            world.cancel(VICTIM, POOL, epoch, tickets - tickets // 2)
        assert wealth(world, VICTIM) <= before
        world.compare()


def test_pool__largest_stakes_at_the_lowest_price__nothing_overflows(world):
    world.tokens[0].mint(VICTIM, 2**96)
    room = CAP - world.model.held(0)
    world.deposit(VICTIM, POOL, room)
    world.seize(1, POOL, WAD - WAD // 2**15 - WAD // 2**16)
    world.pay(1, world.model.seizures[1].seized)
    world.compare()
    world.deposit(VICTIM, POOL, CAP - world.model.held(0))
    world.compare()
    pot = world.model.pots[POOL, 0]
    assert pot.total > 2**107
    assert world.queue(VICTIM, POOL, pot.held((VICTIM, None)) // 2)
    world.seize(2, POOL, WAD - 1)
    world.pay(2, world.model.seizures[2].seized)
    world.compare()
    assert world.deposit(HONEST, POOL, STAKE)


def test_operator__seized_own_stake__cannot_be_counted_twice(world):
    """Own stake of which half is seized: what is seized holds up the minimum only until it is decided."""
    world.registry.set_minimum(STAKE // 2)
    world.seize(1, POOL, HALF)
    assert world.manager.self_stake(WORD) == STAKE
    assert world.queue(OPERATOR, POOL, STAKE)
    assert world.manager.self_stake(WORD) == STAKE // 2
    world.restore(1, 0)
    assert world.manager.self_stake(WORD) == 0


def test_mark__by_anybody_at_any_time__moves_no_snapshot(world):
    rewards = source("restaking/PoolRewards").deploy(world.manager)
    token = source("mocks/MockERC20").deploy("Pay", "PAY", 18)
    token.mint(STRANGER, STAKE)
    token.approve(rewards, STAKE, sender=STRANGER)
    world.manager.enable_rewards(0, sender=OPERATOR)
    world.go_to((world.epoch + 1) * WEEK)
    world.manager.mark(WORD, sender=STRANGER)
    world.deposit(FRIEND, POOL, 100 * STAKE)
    stamp = world.manager.pool(WORD).snapshots
    for _ in range(3):
        world.manager.mark(WORD, sender=FRIEND)
    assert world.manager.pool(WORD).snapshots == stamp
    world.go_to((world.epoch + 1) * WEEK)
    world.manager.mark(WORD, sender=FRIEND)
    rewards.post(WORD, token, 3 * 10**9, sender=STRANGER)
    assert all(10**9 - 1 <= rewards.due(WORD, token, one) <= 10**9 for one in (OPERATOR, HONEST, FRIEND))


def test_complete__for_nobody_else__whatever_target_is_named(world):
    epoch = world.queue(HONEST, POOL, STAKE)
    world.wait(2 * WEEK)
    for target in (ZERO, SECOND, FRIEND):
        with boa.reverts("stake_pots: zero, or more than held"):
            world.manager.complete(FRIEND, WORD, epoch, target, FRIEND, sender=FRIEND)
    assert world.complete(HONEST, POOL, epoch) == STAKE
