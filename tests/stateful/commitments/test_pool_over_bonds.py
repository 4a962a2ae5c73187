"""CollectivePool over the real bonds, market, registries and escrow, beside model and judge: in the end all leave.

The machine of `test_collective_pool.py`; only the locks and what becomes of slashes are real.
"""

from __future__ import annotations

from typing import Any

import boa
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule, run_state_machine_as_test
from tests.stateful.commitments.test_collective_pool import PoolMachine, holders, parts
from tests.support.pool import DAY, HOLDERS, STRANGER
from tests.support.pool_house import PEOPLE, PoolHouse

from surety.models.collective_pool import WAD, WEEK

pytestmark = pytest.mark.stateful

operators = st.sampled_from(PEOPLE)
fractions = st.sampled_from([10**9, WAD // 10, WAD // 3, WAD // 2, WAD - 10**9, WAD])


class PoolOverBonds(PoolMachine):
    """Controller and operators end locks, others take places, and the escrow reviews for a week or more."""

    world: PoolHouse

    @initialize(part=st.integers(1, 1_000), leaves=st.booleans())
    def create(self, part: int, leaves: bool) -> None:
        self.anchor = boa.env.anchor()
        self.anchor.__enter__()
        self.world = self.made.again()
        self.roundings = self.gifts = 0
        self.fresh = self.world.base.whole
        for holder in HOLDERS[:3]:
            self.deposit(holder, part * WAD // 2_000)
        for operator in PEOPLE[:2]:
            self.back(operator, WAD // 3, False)
        if leaves:
            self.request(HOLDERS[0], HOLDERS[0], WAD // 2)
            self.wait(WEEK)
            self.advance()

    @rule(holder=holders, part=parts)
    def deposit(self, holder: str, part: int) -> None:
        self.world.deposit(holder, min(part, WAD) * self.world.token.balanceOf(holder) // WAD)
        self.moved()

    @rule(holder=holders, part=parts)
    def mint(self, holder: str, part: int) -> None:
        assets = min(part, WAD) * self.world.token.balanceOf(holder) // WAD
        shares = self.model.shares_for(assets)
        if self.model.cost(shares) <= assets:
            self.world.mint(holder, shares)
            self.moved()

    @rule(operator=operators, part=parts, ready=st.booleans())
    def back(self, operator: str, part: int, ready: bool) -> None:
        self.world.back(operator, self.model.idle * part // WAD, self.world.now if ready else 0)
        self.moved()

    @rule(amount=st.integers(1, 10**6), passed_on=st.booleans())
    def give(self, amount: int, passed_on: bool) -> None:
        """INV-POOL-2: a gift changes nothing, nor one to its balance at the bonds. It alone is passed on."""
        world = self.world
        world.token.transfer(world.portfolio, amount, sender=STRANGER)
        world.token.approve(world.bonding, amount, sender=STRANGER)
        world.bonding.deposit(world.token, 0, amount, world.portfolio, sender=STRANGER)
        self.gifts += amount
        if passed_on:
            assert world.portfolio.forward(world.token, sender=STRANGER) == self.gifts
            self.gifts = 0

    @precondition(lambda self: len(self.model.positions) > 0)
    @rule(data=st.data(), by_controller=st.booleans())
    def meddle(self, data: st.DataObject, by_controller: bool) -> None:
        lock = data.draw(st.sampled_from(self.model.positions))
        if self.model.locks.locks[lock].end == 0:
            self.world.end(lock, by_controller)

    @rule(operator=operators)
    def crowd(self, operator: str) -> None:
        self.world.crowd(operator)

    @rule(minimum=st.sampled_from([0, 0, 1, 10**3, 10**20]))
    def change_minimum(self, minimum: int) -> None:
        self.world.set_minimum(minimum)

    @rule(pick=st.integers(0, 9))
    def look_at_a_lock(self, pick: int) -> None:
        """Anybody has a lock valued anew, and says that nothing of it is seized any more."""
        if locks := list(self.model.locks.locks):
            lock = locks[pick % len(locks)]
            if self.model.locks.locks[lock].end == 0:
                self.world.bonding.sync(lock)
            self.world.clean(lock)

    @precondition(lambda self: self.world.slashes < 6)
    @rule(data=st.data(), fraction=fractions, ago=st.sampled_from([0, 1, 3 * DAY]))
    def seize(self, data: st.DataObject, fraction: int, ago: int) -> None:
        """INV-POOL-4: through the escrow, of holders and leavers alike, for what was done before they asked too."""
        locks = [lock for lock in (*self.model.positions, *self.model.parts) if not self.model.locks.ended(lock)]
        if locks:
            supply = self.world.pool.totalSupply()
            self.world.seize(data.draw(st.sampled_from(locks)), fraction, ago)
            assert self.world.pool.totalSupply() == supply
            self.moved()

    @precondition(lambda self: self.world.slashes > 0)
    @rule(data=st.data(), part=st.sampled_from([0, WAD]))
    def resolve(self, data: st.DataObject, part: int) -> None:
        """INV-POOL-5."""
        slash = data.draw(st.integers(1, self.world.slashes))
        before = self.world.pool.totalAssets()
        self.world.veto(slash, part)
        assert self.world.pool.totalAssets() == before
        self.moved()

    def slashes_end(self) -> None:
        """The last reviews and holds are over: each slash was vetoed, or is paid."""
        self.world.wait(60 * DAY)
        self.world.conclude()


def run(decimals: int, asset: str, examples: int, steps: int) -> None:
    with boa.env.anchor():
        machine: Any = type("Machine", (PoolOverBonds,), {"made": PoolHouse.found(decimals, asset)})
        run_state_machine_as_test(
            machine, settings=settings(max_examples=examples, stateful_step_count=steps, deadline=None)
        )


def test_inv_pool_1_to_12_over_real_bonds__any_history__agrees_with_model_and_judge():
    """S0.30: a DAO of delegators owns bonds and votes what they stand behind."""
    run(18, "MockERC20", 3, 20)


def test_inv_pool_4_written_history__slashed_in_the_exit_queue__all_lose_alike_to_the_unit():
    """Three join with as much; one asks: its round takes a third of two locks and of what is idle, rounded down. A lock
    and its part are slashed by half through the escrow; a slash of the other lock is vetoed; in the end all leave.
    """

    class Written(PoolOverBonds):
        pass

    with boa.env.anchor():
        Written.made = PoolHouse.found()
        story: Any = Written()
        story.create(1_000, False)
        world, model = story.world, story.model
        unit = model.value // 3
        first = HOLDERS[0]
        story.request(first, first, WAD)
        story.wait(WEEK)
        story.advance()
        (one, two), (part_of_one, _) = model.positions, model.parts
        assert [model.locks.locks[lock].behind for lock in (one, two)] == list(PEOPLE[:2])
        before = [world.has(holder) for holder in HOLDERS[:3]]
        assert max(before) - min(before) <= 3
        slashes = [world.seize(lock, WAD // 2) for lock in (one, part_of_one)]
        after = [world.has(holder) for holder in HOLDERS[:3]]
        assert max(after) - min(after) <= 6, "holders and leavers lose alike"
        taken = sum(world.locks.seizures[slash][1] for slash in slashes)
        assert abs(sum(before) - sum(after) - taken) <= 3
        world.deposit(HOLDERS[3], unit)
        vetoed = world.seize(two, WAD)
        world.veto(vetoed)
        world.wait(8 * DAY)
        world.conclude()
        world.wait(14 * DAY)
        story.advance()
        assert abs(model.claimable_of(first)[1] - after[0]) <= 2, "what came later is not the leaver's"
        story.inv_pool_1_books_agree()
        story.teardown()


@pytest.mark.slow
@pytest.mark.parametrize(("decimals", "asset"), [(18, "MockERC20"), (6, "MockNoReturnERC20"), (8, "MockERC20")])
def test_inv_pool_1_to_12_over_real_bonds__many_histories__agree_with_model_and_judge(decimals, asset):
    run(decimals, asset, 25, 50)
