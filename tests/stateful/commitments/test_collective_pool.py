"""CollectivePool beside model and judge: eight holders, four operators, any slashes in any order; all leave."""

import boa
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.support.pool import DAY, HOLDERS, OPERATORS, STRANGER, PoolWorld

from surety.models.collective_pool import WAD, WEEK

pytestmark = pytest.mark.stateful

holders = st.sampled_from(HOLDERS)
amounts = st.one_of(st.sampled_from([0, 1, 2]), st.integers(1, 10**6), st.integers(1, 10**24))
parts = st.one_of(st.just(WAD), st.integers(0, WAD + 1))
fractions = st.one_of(st.sampled_from([1, WAD // 10, WAD // 2, WAD - 1, WAD]), st.integers(1, WAD))


class PoolMachine(RuleBasedStateMachine):
    made: PoolWorld
    fresh = 10**18

    @initialize(amount=st.integers(10, 10**24), leaves=st.booleans(), places=st.sampled_from([1, 8]))
    def create(self, amount, leaves, places):
        self.anchor = boa.env.anchor()
        self.anchor.__enter__()
        self.world = self.made.again()
        self.roundings = 0
        self.model.locks.places = places
        self.world.bonding.set_places(places)
        for holder in HOLDERS[:3]:
            self.deposit(holder, amount)
        for operator in OPERATORS[:2]:
            self.back(operator, WAD // 3, False)
        if leaves:
            self.request(HOLDERS[0], HOLDERS[0], WAD // 2)
            self.wait(WEEK)
            self.advance()

    @property
    def model(self):
        return self.world.model

    def moved(self):
        """Each change rounds once for the pot and once for each lock, in each of which a share may lose a unit."""
        self.roundings += 4 + len(self.model.positions) + len(self.model.parts)

    # -- holders --------------------------------------------------------------------------------------------------

    @rule(holder=holders, amount=amounts)
    def deposit(self, holder, amount):
        self.world.deposit(holder, amount)
        self.moved()

    @rule(holder=holders, amount=amounts)
    def mint(self, holder, amount):
        self.world.mint(holder, amount)
        self.moved()

    @rule(holder=holders, to=holders, part=parts)
    def transfer(self, holder, to, part):
        self.world.transfer(holder, to, self.model.shares[holder] * part // WAD)

    @rule(holder=holders, to=holders, part=parts)
    def request(self, holder, to, part):
        self.world.request(holder, self.model.shares[holder] * part // WAD, to)
        self.moved()

    @rule(holder=holders, part=parts)
    def redeem(self, holder, part):
        self.world.redeem(holder, self.model.claimable_of(holder)[0] * part // WAD)
        self.moved()

    @rule(holder=holders, part=parts)
    def withdraw(self, holder, part):
        self.world.withdraw(holder, self.model.claimable_of(holder)[1] * part // WAD)
        self.moved()

    # -- what was voted -------------------------------------------------------------------------------------------

    @rule(operator=st.sampled_from(OPERATORS), part=parts, ready=st.booleans())
    def back(self, operator, part, ready):
        self.world.back(operator, self.model.idle * part // WAD, self.world.now if ready else 0)
        self.moved()

    @precondition(lambda self: len(self.model.positions) > 0)
    @rule(data=st.data())
    def unback(self, data):
        lock = data.draw(st.sampled_from(self.model.positions))
        if lock not in self.model.claimed:
            self.world.unback(lock)

    # -- beside them ----------------------------------------------------------------------------------------------

    @rule(amount=amounts)
    def give(self, amount):
        """INV-POOL-2: a gift changes nothing."""
        self.world.token.transfer(self.world.portfolio, amount, sender=STRANGER)
        self.world.token.transfer(self.world.pool, amount, sender=STRANGER)

    @precondition(lambda self: len(self.model.positions) > 0)
    @rule(data=st.data(), stained=st.booleans(), end=st.booleans())
    def meddle(self, data, stained, end):
        """A position can't be split for a while, or its operator ends it."""
        world, lock = self.world, data.draw(st.sampled_from(self.model.positions))
        word = self.model.locks.locks[lock]
        word.stained = stained
        world.bonding.stain(lock, stained)
        if end and word.end == 0:
            self.model.locks.deactivate(lock)
            world.bonding.deactivate(lock)

    @rule(minimum=st.sampled_from([0, 1, 10**3, 10**20]))
    def change_minimum(self, minimum):
        """Of locks that are split."""
        self.model.locks.minimum = minimum
        self.world.bonding.set_minimum(minimum)

    @precondition(lambda self: self.model.parts or self.model.positions)
    @rule(data=st.data())
    def release(self, data):
        """Anybody may release what has ended; the pool learns it when it looks."""
        ended = [lock for lock in (*self.model.positions, *self.model.parts) if self.model.locks.ended(lock)]
        if ended:
            lock = data.draw(st.sampled_from(ended))
            if not self.model.locks.locks[lock].freed:
                self.world.bonding.release(lock)
                self.model.locks.locks[lock].freed = True

    # -- slashes --------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.world.slashes < 8)
    @rule(data=st.data(), fraction=fractions)
    def seize(self, data, fraction):
        """INV-POOL-4: of holders and leavers alike; nothing of what has ended, whoever has called."""
        locks = [lock for lock in (*self.model.positions, *self.model.parts) if not self.model.locks.ended(lock)]
        if locks:
            supply = self.world.pool.totalSupply()
            self.world.seize(data.draw(st.sampled_from(locks)), fraction)
            assert self.world.pool.totalSupply() == supply
            self.moved()

    @precondition(lambda self: self.world.slashes > 0)
    @rule(data=st.data(), part=st.sampled_from([0, WAD // 3, WAD, WAD]))
    def resolve(self, data, part):
        """INV-POOL-5: in whatever order."""
        slash = data.draw(st.integers(1, self.world.slashes))
        before = self.world.pool.totalAssets()
        self.world.veto(slash, part)
        assert self.world.pool.totalAssets() == before
        self.moved()

    @precondition(lambda self: self.world.slashes > 0)
    @rule(data=st.data(), holder=holders)
    def claim_refund(self, data, holder):
        self.world.claim_refund(data.draw(st.integers(1, self.world.slashes)), holder)
        self.moved()

    @rule(seconds=st.sampled_from([DAY, 3 * DAY, WEEK, 2 * WEEK]))
    def wait(self, seconds):
        self.world.wait(seconds)

    @rule()
    def advance(self):
        self.world.advance()
        self.moved()

    # -- always ---------------------------------------------------------------------------------------------------

    @invariant()
    def inv_pool_1_books_agree(self):
        if hasattr(self, "world"):
            self.world.compare()

    @invariant()
    def inv_pool_3_everybody_has_what_the_judge_says(self):
        if hasattr(self, "world"):
            for holder in HOLDERS:
                assert abs(self.world.has(holder) - self.world.judge.worth(holder)) <= self.roundings

    @invariant()
    def inv_pool_11_locks_are_bounded(self):
        if hasattr(self, "world"):
            assert max(len(self.model.positions), len(self.model.parts)) <= 8

    def teardown(self):
        if hasattr(self, "world"):
            try:
                self.everybody_leaves()
            finally:
                self.anchor.__exit__(None, None, None)

    def everybody_leaves(self):
        """INV-POOL-10, INV-POOL-12: within two cooldowns and a week; what stays is dust."""
        world = self.world
        world.compare_refunds()
        asked = world.now
        for holder in HOLDERS:
            if self.model.shares[holder]:
                world.request(holder, self.model.shares[holder])
        ends = 0
        while self.model.asked_at or self.model.leaving:
            ends += 1
            closes = (self.model.asked_at // WEEK + 1) * WEEK if self.model.asked_at else 0
            world.go_to(max(world.now, self.model.ripe_at if self.model.leaving else closes))
            world.advance()
            assert ends < 6
        assert world.now - asked <= 2 * self.model.locks.cooldown + WEEK
        self.slashes_end()
        for holder in HOLDERS:
            shares, assets = self.model.claimable_of(holder)
            if shares:
                assert world.redeem(holder, shares) == assets
            for slash in range(1, world.slashes + 1):
                world.claim_refund(slash, holder)
        world.compare()
        assert self.model.supply == self.model.whole == 0
        assert self.model.tokens <= 8 * self.roundings
        # as good as new
        rich = max(HOLDERS, key=world.token.balanceOf)
        assert world.deposit(rich, self.fresh) == self.fresh

    def slashes_end(self):
        """All that are open are vetoed."""
        for slash in range(1, self.world.slashes + 1):
            self.world.veto(slash)


@pytest.fixture(params=[18, 6], ids=["18 decimals", "6 decimals, returns nothing"])
def machine(request):
    with boa.env.anchor():
        yield type("Machine", (PoolMachine,), {"made": PoolWorld.create(request.param)})


def test_inv_pool_1_to_12_any_history__agrees_with_model_and_judge(machine):
    run_state_machine_as_test(machine, settings=settings(max_examples=4, stateful_step_count=20))


@pytest.mark.slow
def test_inv_pool_1_to_12_many_histories__agree_with_model_and_judge(machine):
    run_state_machine_as_test(machine, settings=settings(max_examples=40, stateful_step_count=50))
