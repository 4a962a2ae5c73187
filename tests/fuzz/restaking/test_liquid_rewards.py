"""LiquidRewards against its definition, in fractions: a holder of shares earns what a direct delegator would have.

Each post is shared by the pool's shares at the beginning of the epoch that it is for; the vault's part of it by what
holders had of the vault then. Whoever harvests, and when, is drawn at random.
"""

from __future__ import annotations

from fractions import Fraction
from random import Random

import boa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.delegation import OPERATORS, OWNERS, WEEK, source, subject_word
from tests.support.liquid import DIRECT, HOLDERS, MAX, LiquidWorld

pytestmark = pytest.mark.fuzz


@pytest.fixture(scope="module")
def made():
    with boa.env.anchor():
        world = LiquidWorld.create()
        world.earn()
        pay = source("mocks/MockERC20").deploy("Pay", "PAY", 18)
        pay.mint(OWNERS[-1], 2**120)
        pay.approve(world.pools, MAX, sender=OWNERS[-1])
        yield world, pay


class Earning:
    """`fair` is what everybody should have got by now; DIRECT is in the same pool beside the vault."""

    def __init__(self, random: Random, world: LiquidWorld, pay) -> None:
        self.random, self.world, self.pay = random, world, pay
        self.fair = dict.fromkeys((*HOLDERS, DIRECT), Fraction(0))
        self.got = dict.fromkeys(HOLDERS, 0)
        self.nobodys = Fraction(0)
        self.roundings = 4
        self.begin()

    @property
    def pot(self):
        return self.world.base.model.pots[self.world.subject, 0]

    def begin(self) -> None:
        """A change at the beginning of each epoch, so that the pool has a snapshot of it; written down before."""
        pool = dict(self.pot.shares)
        self.last = getattr(self, "now", None)
        self.now = (pool, dict(self.world.model.shares))
        self.world.base.deposit(DIRECT, self.world.subject, self.random.randint(1, 10**20))

    def next_epoch(self) -> None:
        self.world.to_epoch(self.world.base.epoch + 1)
        self.begin()
        self.world.go_to(self.world.base.now + self.random.choice((0, 1, WEEK - 1)))

    def deposit(self) -> None:
        self.world.deposit(self.random.choice(HOLDERS), self.random.randint(1, 10 ** self.random.choice((3, 20))))

    def transfer(self) -> None:
        one, other = self.random.sample(HOLDERS, 2)
        self.world.transfer(one, other, self.random.randint(0, self.world.model.shares[one]))

    def request(self) -> None:
        one = self.random.choice(HOLDERS)
        held = self.world.model.shares[one]
        self.world.request(one, self.random.choice((held, held // 2)))

    def post(self) -> None:
        amount = self.random.randint(1, 10 ** self.random.choice((2, 24)))
        if self.last is None or not sum(self.last[0].values()):
            return
        self.world.post(amount, self.pay)
        pool, shares = self.last
        total = sum(pool.values())
        self.fair[DIRECT] += Fraction(amount * pool.get((DIRECT, None), 0), total)
        part = Fraction(amount * pool.get((self.world.vault.address, None), 0), total)
        held = sum(shares.values())
        if held:
            for one in HOLDERS:
                self.fair[one] += (part + self.nobodys) * shares.get(one, 0) / held
            self.nobodys = Fraction(0)
        else:
            self.nobodys += part
        self.roundings += 3

    def harvest(self) -> None:
        word = subject_word(self.world.subject)
        if self.world.pools.next_stamp(word, self.pay, self.world.vault)[0]:
            self.world.harvest(self.pay)

    def claim(self) -> None:
        if stream := self.world.stream(self.pay, self.pay):
            one = self.random.choice(HOLDERS)
            self.got[one] += self.world.pull(stream, one)
            self.roundings += 1

    def check(self) -> None:
        """INV-LQD-10, INV-LQD-12: within a unit a rounding, and covered."""
        word = subject_word(self.world.subject)
        while self.world.pools.next_stamp(word, self.pay, self.world.vault)[0]:
            self.world.harvest(self.pay)
        stream = self.world.stream(self.pay, self.pay)
        due = {one: self.world.rewards.due(stream, one) if stream else 0 for one in HOLDERS}
        for one in HOLDERS:
            assert abs(self.got[one] + due[one] - self.fair[one]) <= self.roundings
        assert abs(self.world.pools.due(word, self.pay, DIRECT) - self.fair[DIRECT]) <= self.roundings
        held = self.world.rewards.held(self.pay)
        carried = self.world.rewards.streams(stream)[3] if stream else 0
        assert sum(due.values()) + carried <= held == self.pay.balanceOf(self.world.rewards)
        assert held - sum(due.values()) - carried <= self.roundings


@settings(max_examples=max(settings.default.max_examples // 10, 3))
@given(seed=st.integers(0, 2**32))
def test_inv_lqd_10_12_any_history__holders_earn_what_direct_delegators_do(made, seed):
    with boa.env.anchor():
        play = Earning(Random(seed), made[0].again(), made[1])
        steps = (play.deposit,) * 3 + (play.transfer, play.request, play.harvest, play.claim)
        steps += (play.next_epoch, play.post) * 3
        for _ in range(40):
            play.random.choice(steps)()
        play.check()


def test_inv_lqd_10_alone_or_by_the_vault__the_same_to_a_unit(made):
    """One history twice, at once: whoever stakes the same through the vault and directly, earns the same each week."""
    with boa.env.anchor():
        world, pay = made[0].again(), made[1]
        holder, stake = HOLDERS[0], 10**21
        word = subject_word((OPERATORS[0], world.number))
        for step in range(4):
            world.deposit(holder, stake)
            world.base.deposit(DIRECT, world.subject, stake)
            world.to_epoch(world.base.epoch + 1)
            if step:
                world.post(10**18 + step, pay)
                world.harvest(pay)
        world.request(holder, stake)
        world.base.queue(DIRECT, world.subject, stake)
        world.to_epoch(world.base.epoch + 1)
        world.post(10**18, pay)
        world.harvest(pay)
        mine, direct = world.rewards.due(1, holder), world.pools.due(word, pay, DIRECT)
        assert abs(mine - direct) <= 8
        assert direct > 15 * 10**17
