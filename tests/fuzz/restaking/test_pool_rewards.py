"""PoolRewards against its definition: each post by the shares at the start of the epoch before, in fractions."""

from fractions import Fraction
from random import Random

import boa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.delegation import DELEGATORS, OPERATORS, STRANGER, DelegationWorld, source, subject_word

from surety.models.delegation import WAD, WEEK

pytestmark = pytest.mark.fuzz

OPERATOR = OPERATORS[0]
PEOPLE = (OPERATOR, *DELEGATORS[:3])
POOL = (OPERATOR, 1)
WORD = subject_word(POOL)


@pytest.fixture(scope="module")
def made():
    with boa.env.anchor():
        world = DelegationWorld.create()
        rewards = source("restaking/PoolRewards").deploy(world.manager)
        token = source("mocks/MockERC20").deploy("Pay", "PAY", 18)
        token.mint(STRANGER, 2**200)
        token.approve(rewards, 2**256 - 1, sender=STRANGER)
        world.manager.enable_rewards(1, sender=OPERATOR)
        yield world, rewards, token


class Rewarded:
    """`starts` is who had how many shares at the beginning of each epoch; `fair` what everybody should have got."""

    def __init__(self, random, world, rewards, token):
        self.random, self.world, self.rewards, self.token = random, world, rewards, token
        self.enabled = world.epoch
        self.starts = {}
        self.fair = dict.fromkeys(PEOPLE, Fraction(0))
        self.got = dict.fromkeys(PEOPLE, 0)
        self.carried = 0
        self.paid = 0
        self.posts = 0
        self.slashes = 0

    def next_epoch(self):
        self.world.go_to((self.world.epoch + 1) * WEEK + self.random.choice((0, 1, WEEK - 1)))
        pot = self.world.model.pots[POOL, 0]
        self.starts[self.world.epoch] = (dict(pot.shares), pot.total)

    def deposit(self):
        self.world.deposit(self.random.choice(PEOPLE), POOL, self.random.randint(1, 10 ** self.random.choice((2, 20))))

    def queue(self):
        owner = self.random.choice(PEOPLE)
        held = self.world.model.pots[POOL, 0].held((owner, None))
        self.world.queue(owner, POOL, self.random.choice((held, held // 2)))

    def seize(self):
        self.slashes += 1
        self.world.seize(self.slashes, POOL, self.random.choice((WAD, WAD - 1, WAD // 2, WAD // 10)))

    def claim(self):
        one = self.random.choice(PEOPLE)
        self.got[one] += self.rewards.claim(WORD, self.token, one, sender=one)

    def post(self):
        amount = self.random.choice((0, 1, self.random.randint(1, 10**24)))
        self.rewards.post(WORD, self.token, amount, sender=STRANGER)
        self.posts += 1
        self.paid += amount
        self.carried += amount
        epoch = self.world.epoch - 1
        shares, total = self.starts.get(epoch, ({}, 0)) if epoch >= self.enabled else ({}, 0)
        if total:
            for one in PEOPLE:
                self.fair[one] += Fraction(self.carried * shares.get((one, None), 0), total)
            self.carried = 0

    def check(self):
        """All agree within a unit a post; what is there pays everybody."""
        due = {one: self.rewards.due(WORD, self.token, one) for one in PEOPLE}
        for one in PEOPLE:
            assert abs(self.got[one] + due[one] - self.fair[one]) <= 2 * self.posts
        carried = self.rewards.carried(WORD, self.token)
        assert abs(carried - self.carried) <= 2 * self.posts
        balance = self.token.balanceOf(self.rewards)
        assert balance == self.paid - sum(self.got.values())
        assert sum(due.values()) + carried <= balance


@settings(max_examples=10)
@given(seed=st.integers(0, 2**32))
def test_inv_rwd_1_3_4_rewards__any_history__as_defined(made, seed):
    with boa.env.anchor():
        random = Random(seed)
        play = Rewarded(random, made[0].again(), *made[1:])
        steps = (play.deposit,) * 4 + (play.queue,) * 2 + (play.next_epoch, play.post) * 2 + (play.claim, play.seize)
        for _ in range(30):
            random.choice(steps)()
        play.check()
