"""PoolRewards call by call: who earned what of which epoch, commissions and their notice, each reason."""

import boa
import pytest
from tests.support.delegation import (
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
FIRST, OTHER, LATE = DELEGATORS[:3]
POOL = (OPERATOR, 0)
WORD = subject_word(POOL)
PAY = 10**20


@pytest.fixture(scope="module")
def made():
    with boa.env.anchor():
        world = DelegationWorld.create()
        rewards = source("restaking/PoolRewards").deploy(world.manager)
        token = source("mocks/MockNoReturnERC20").deploy("Pay", "PAY", 6)
        token.mint(STRANGER, 2**100)
        token.approve(rewards, 2**256 - 1, sender=STRANGER)
        yield world, rewards, token


@pytest.fixture
def world(made):
    with boa.env.anchor():
        yield made[0].again()


@pytest.fixture
def rewards(made):
    return made[1]


@pytest.fixture
def token(made):
    return made[2]


@pytest.fixture
def post(rewards, token):
    return lambda amount=PAY, word=WORD: rewards.post(word, token, amount, sender=STRANGER)


def next_epoch(world):
    world.go_to((world.epoch + 1) * WEEK)


def logged(contract):
    event = [one for one in contract.get_logs() if one.address == contract.address][-1]
    return type(event).__name__, event


@pytest.fixture
def earning(world):
    """FIRST has a quarter, OTHER three; rewards are enabled, and the next epoch has begun."""
    world.deposit(FIRST, POOL, 1_000)
    world.deposit(OTHER, POOL, 3_000)
    world.manager.enable_rewards(0, sender=OPERATOR)
    next_epoch(world)
    return world


def test_init__zero_manager__reverts():
    with boa.reverts("pool_rewards: zero manager"):
        source("restaking/PoolRewards").deploy(ZERO)


def test_enable_rewards__once_and_of_own_pools__else_reverts(world, post):
    with boa.reverts("delegation_manager: pool earns no rewards"):
        post()
    world.manager.enable_rewards(0, sender=OPERATOR)
    assert logged(world.manager)[0] == "RewardsEnabled"
    assert world.manager.pool(WORD).rewarded
    with boa.reverts("delegation_manager: pool earns rewards already"):
        world.manager.enable_rewards(0, sender=OPERATOR)
    with boa.reverts("delegation_manager: no such pool"):
        world.manager.enable_rewards(0, sender=STRANGER)
    world.set_pool(POOL)
    assert world.manager.pool(WORD).rewarded


def test_inv_rwd_1_post__shared_by_stake_at_the_beginning_of_the_epoch_before(earning, rewards, token, post):
    earning.deposit(LATE, POOL, 10**9)  # within the epoch that is paid for: too late
    earning.queue(FIRST, POOL, 1_000)  # left in it: it answers for all of it
    next_epoch(earning)
    earning.deposit(LATE, POOL, 10**9)
    post()
    name, event = logged(rewards)
    assert (name, event.epoch, event.amount, event.commission) == ("RewardsPosted", earning.epoch - 1, PAY, 0)
    assert rewards.due(WORD, token, FIRST) == PAY // 4
    assert rewards.due(WORD, token, OTHER) == PAY * 3 // 4
    assert rewards.due(WORD, token, LATE) == 0
    assert rewards.claim(WORD, token, FIRST, sender=FIRST) == PAY // 4
    assert token.balanceOf(FIRST) == PAY // 4
    assert rewards.claim(WORD, token, FIRST, sender=FIRST) == 0
    next_epoch(earning)
    post()
    total = 3_000 + 10**9
    assert rewards.due(WORD, token, FIRST) == 0
    assert abs(rewards.due(WORD, token, OTHER) - PAY * 3 // 4 - PAY * 3_000 // total) <= 2
    assert abs(rewards.due(WORD, token, LATE) - PAY * 10**9 // total) <= 2


def test_inv_rwd_2_post__stake_that_came_for_it__earns_nothing(earning, rewards, token, post):
    """In at the last second before a payment that is known, out at the first after it."""
    next_epoch(earning)
    earning.deposit(LATE, POOL, 10**24)
    post()
    earning.queue(LATE, POOL, 10**24)
    assert rewards.due(WORD, token, LATE) == 0
    next_epoch(earning)
    post()
    assert rewards.due(WORD, token, LATE) == 0


def test_inv_rwd_2_post__in_the_epoch_of_enabling__is_carried(world, rewards, token, post):
    world.deposit(FIRST, POOL, 1_000)
    world.manager.enable_rewards(0, sender=OPERATOR)
    post()
    assert rewards.carried(WORD, token) == PAY
    next_epoch(world)
    post()
    assert rewards.due(WORD, token, FIRST) == 2 * PAY
    assert rewards.carried(WORD, token) == 0


def test_inv_rwd_3_post__nobody_had_stake__is_carried_to_who_has(world, rewards, token, post):
    world.manager.enable_rewards(0, sender=OPERATOR)
    for _ in range(3):
        next_epoch(world)
        post()
    assert rewards.carried(WORD, token) == 3 * PAY
    world.deposit(FIRST, POOL, 1)
    next_epoch(world)
    next_epoch(world)
    post(0)
    assert rewards.due(WORD, token, FIRST) == 3 * PAY
    assert rewards.claim(WORD, token, STRANGER, sender=FIRST) == 3 * PAY


def test_inv_rwd_1_post__twice_for_an_epoch__a_claim_between_loses_nothing(earning, rewards, token, post):
    next_epoch(earning)
    post()
    assert rewards.claim(WORD, token, FIRST, sender=FIRST) == PAY // 4
    post()
    assert rewards.claim(WORD, token, FIRST, sender=FIRST) == PAY // 4
    assert rewards.claim(WORD, token, OTHER, sender=OTHER) == PAY * 3 // 2


def test_t6_deposit__topping_up__earns_nothing_of_the_past(earning, rewards, token, post):
    next_epoch(earning)
    post()
    earning.deposit(FIRST, POOL, 10**6)
    assert rewards.due(WORD, token, FIRST) == PAY // 4
    post()
    assert rewards.due(WORD, token, FIRST) == PAY // 2


def test_inv_rwd_4_seizure__does_not_change_who_earns(earning, rewards, token, post):
    earning.seize(1, POOL, WAD // 2)
    next_epoch(earning)
    post()
    assert rewards.due(WORD, token, FIRST) == PAY // 4
    next_epoch(earning)
    earning.seize(2, POOL, WAD)
    earning.deposit(LATE, POOL, 1_000)
    post()
    assert rewards.due(WORD, token, FIRST) == PAY // 2
    next_epoch(earning)
    next_epoch(earning)
    post()
    assert rewards.due(WORD, token, FIRST) == PAY // 2
    assert rewards.due(WORD, token, LATE) == PAY


def test_inv_rwd_4_seizure__of_everything_before_any_change__still_earns_that_epoch(earning, rewards, token, post):
    earning.seize(1, POOL, WAD)
    earning.deposit(LATE, POOL, 10**6)
    next_epoch(earning)
    post()
    assert [rewards.due(WORD, token, one) for one in (FIRST, OTHER, LATE)] == [PAY // 4, 3 * PAY // 4, 0]


def test_claim__many_changes__in_several_calls(earning, rewards, token, post):
    """Twenty epochs with a change in each: sixteen stretches a call, the rest by the next."""
    for _ in range(20):
        next_epoch(earning)
        post()
        earning.deposit(FIRST, POOL, 1)
        earning.deposit(OTHER, POOL, 3)
    # The first two posts were for the same shares.
    first = rewards.claim(WORD, token, FIRST, sender=FIRST)
    assert 17 * PAY // 4 - 17 <= first <= 17 * PAY // 4
    rest = rewards.claim(WORD, token, FIRST, sender=FIRST)
    assert 3 * PAY // 4 - 3 <= rest <= 3 * PAY // 4
    name, event = logged(rewards)
    assert (name, event.account, event.receiver, event.amount) == ("RewardsClaimed", FIRST, FIRST, rest)
    assert rewards.claim(WORD, token, FIRST, sender=FIRST) == 0


# -- commission -------------------------------------------------------------------------------------------------------


def test_inv_rwd_5_set_commission__increase__seven_days_and_a_whole_epoch_later(earning, rewards, token, post):
    assert rewards.MAX_COMMISSION() == 2_000
    with boa.reverts("pool_rewards: commission above a fifth"):
        rewards.set_commission(2_001, sender=OPERATOR)
    earning.wait(5)
    rewards.set_commission(2_000, sender=OPERATOR)
    name, event = logged(rewards)
    assert (name, event.operator, event.bps, event.since) == ("CommissionSet", OPERATOR, 2_000, earning.epoch + 2)
    told = earning.epoch
    earning.queue(FIRST, POOL, 1_000)  # who minds leaves at once
    for epoch, taken in ((told, 0), (told + 1, 0), (told + 2, PAY // 5)):
        next_epoch(earning)
        assert earning.epoch == epoch + 1
        before = rewards.commissions(OPERATOR, token)
        post()
        assert rewards.commissions(OPERATOR, token) - before == taken
        assert rewards.commission_of(OPERATOR, epoch) == (2_000 if taken else 0)
    assert rewards.due(WORD, token, FIRST) == PAY // 4  # of the epoch in which it left
    assert rewards.claim_commission(token, OPERATOR, sender=OPERATOR) == PAY // 5
    name, event = logged(rewards)
    assert (name, event.operator, event.amount) == ("CommissionClaimed", OPERATOR, PAY // 5)
    assert rewards.claim_commission(token, OPERATOR, sender=OPERATOR) == 0
    assert token.balanceOf(OPERATOR) == PAY // 5


def test_set_commission__decrease__counts_for_this_epoch(earning, rewards, token, post):
    rewards.set_commission(1_000, sender=OPERATOR)
    assert rewards.commission_of(OPERATOR, earning.epoch) == 0
    next_epoch(earning)
    next_epoch(earning)
    rewards.set_commission(400, sender=OPERATOR)
    with boa.reverts("pool_rewards: changed in this epoch"):
        rewards.set_commission(300, sender=OPERATOR)
    next_epoch(earning)
    post()
    assert rewards.commissions(OPERATOR, token) == PAY // 25


def test_t27_set_commission__while_an_increase_is_announced__replaces_it(earning, rewards):
    rewards.set_commission(2_000, sender=OPERATOR)
    rewards.set_commission(0, sender=OPERATOR)
    assert rewards.commission_of(OPERATOR, earning.epoch + 9) == 0
    next_epoch(earning)
    rewards.set_commission(100, sender=OPERATOR)
    earning.wait(1)
    rewards.set_commission(200, sender=OPERATOR)
    since = earning.epoch + 2
    assert [rewards.commission_of(OPERATOR, since - 1), rewards.commission_of(OPERATOR, since)] == [0, 200]


# -- reasons ----------------------------------------------------------------------------------------------------------


def test_post__out_of_range__reverts(earning, rewards, post):
    with boa.reverts("pool_rewards: amount out of range"):
        post(2**96)
    with boa.reverts("delegation_manager: no such pool"):
        post(1, subject_word((STRANGER, 0)))
    assert rewards.manager() == earning.manager.address


def test_claim__to_zero__reverts(earning, rewards, token):
    with boa.reverts("pool_rewards: zero receiver"):
        rewards.claim(WORD, token, ZERO, sender=FIRST)
    with boa.reverts("pool_rewards: zero receiver"):
        rewards.claim_commission(token, ZERO, sender=OPERATOR)


def test_post__token_that_takes_a_fee_or_refuses__reverts(earning, rewards):
    taxed = source("mocks/MockFeeERC20").deploy("Taxed", "TAX", 18)
    false = source("mocks/MockFalseERC20").deploy("No", "NO", 18)
    for token in (taxed, false):
        token.mint(STRANGER, PAY)
        token.approve(rewards, PAY, sender=STRANGER)
    with boa.reverts("pool_rewards: token moved a wrong amount"):
        rewards.post(WORD, taxed, PAY, sender=STRANGER)
    next_epoch(earning)
    rewards.post(WORD, false, PAY // 2, sender=STRANGER)
    false.refuse(True)
    with boa.reverts("pool_rewards: token refused the transfer"):
        rewards.post(WORD, false, PAY // 2, sender=STRANGER)
    with boa.reverts("pool_rewards: token refused the transfer"):
        rewards.claim(WORD, false, FIRST, sender=FIRST)
    false.refuse(False)
    assert rewards.claim(WORD, false, FIRST, sender=FIRST) == PAY // 8
