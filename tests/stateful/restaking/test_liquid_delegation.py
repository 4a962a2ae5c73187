"""LiquidDelegation beside its model: five holders, one direct delegator, two operators, any slashes; all leave."""

from typing import Any

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
from tests.support.delegation import DAY, OPERATORS, source, subject_word
from tests.support.liquid import DIRECT, HOLDERS, MAX, OWNERS, LiquidWorld

from surety.models.delegation import WAD, WEEK
from surety.models.liquid import CASH, STAKED, WINDING
from surety.models.liquid_rewards import SHARES

pytestmark = pytest.mark.stateful

holders = st.sampled_from(HOLDERS)
amounts = st.one_of(st.sampled_from([0, 1, 2]), st.integers(1, 10**6), st.integers(1, 10**24))
parts = st.one_of(st.just(WAD), st.integers(0, WAD + 1))
fractions = st.one_of(st.sampled_from([1, WAD // 10, WAD // 2, WAD - WAD // 10**5, WAD - 1, WAD]), st.integers(1, WAD))
statuses = st.sampled_from([1, 2, 3])


class LiquidMachine(RuleBasedStateMachine):
    made: LiquidWorld
    pay: Any
    """Another token that rewards come in."""

    @initialize()
    def create(self):
        self.anchor = boa.env.anchor()
        self.anchor.__enter__()
        self.world = self.made.again()
        self.slashes = 0
        self.moves = 0

    @property
    def model(self):
        return self.world.model

    # -- holders --------------------------------------------------------------------------------------------------

    @rule(holder=holders, amount=amounts)
    def deposit(self, holder, amount):
        self.world.deposit(holder, amount)
        self.moves += 1

    @rule(holder=holders, amount=amounts)
    def mint(self, holder, amount):
        if amount and self.model.phase == STAKED:
            self.world.mint(holder, amount)
            self.moves += 1

    @rule(holder=holders, to=holders, part=parts)
    def transfer(self, holder, to, part):
        self.world.transfer(holder, to, self.model.shares[holder] * part // WAD)

    @rule(holder=holders, to=holders, part=parts)
    def request(self, holder, to, part):
        self.world.request(holder, self.model.shares[holder] * part // WAD, to)
        self.moves += 1

    @rule(holder=holders, part=parts)
    def redeem(self, holder, part):
        shares = self.model.claimable_of(holder)[0] * part // WAD
        assert self.world.redeem(holder, shares) is not None or part > WAD or shares == 0

    @rule(holder=holders, part=parts)
    def withdraw(self, holder, part):
        self.world.withdraw(holder, self.model.claimable_of(holder)[1] * part // WAD)

    # -- beside them ----------------------------------------------------------------------------------------------

    @rule(amount=amounts, part=parts, leave=st.booleans())
    def direct(self, amount, part, leave):
        subject = self.world.subject
        if leave:
            held = self.world.base.model.pots[subject, 0].held((DIRECT, None))
            self.world.base.queue(DIRECT, subject, held * part // WAD)
        else:
            self.world.base.deposit(DIRECT, subject, amount)
        self.moves += 1

    @rule(amount=amounts, to_pool=st.booleans())
    def give(self, amount, to_pool):
        """A gift changes nothing."""
        before = self.world.vault.totalAssets()
        self.world.token.transfer(self.world.base.manager if to_pool else self.world.vault, amount, sender=DIRECT)
        assert self.world.vault.totalAssets() == before
        if to_pool:
            self.world.base.model.paid_in[self.world.number] += amount
            self.gifts = getattr(self, "gifts", 0) + amount

    @rule(operator=st.sampled_from(OPERATORS), status=statuses)
    def status(self, operator, status):
        self.world.leave(operator, status)

    # -- the vault ------------------------------------------------------------------------------------------------

    @rule()
    def wind_down(self):
        self.world.wind_down()
        self.moves += 1

    @precondition(lambda self: self.model.phase != STAKED)
    @rule()
    def resume(self):
        self.world.resume()
        self.moves += 1

    @precondition(lambda self: self.model.phase == WINDING)
    @rule()
    def settle(self):
        self.world.settle()

    @rule(operator=st.sampled_from([None, *OPERATORS]))
    def announce(self, operator):
        self.world.announce(operator)

    @precondition(lambda self: self.model.phase != STAKED and self.model.move_to is not None)
    @rule()
    def move(self):
        self.world.move()
        self.moves += 1

    # -- rewards --------------------------------------------------------------------------------------------------

    @rule(amount=amounts, other=st.booleans())
    def post(self, amount, other):
        self.world.post(amount, self.pay if other else None)

    @rule(other=st.booleans(), operator=st.sampled_from(OPERATORS))
    def harvest(self, other, operator):
        self.fetch(self.pay if other else self.world.token, operator)

    def fetch(self, token, operator):
        subject = (operator, self.world.number)
        if self.world.pools.next_stamp(subject_word(subject), token, self.world.vault)[0]:
            self.world.harvest(token, subject)
            self.moves += 8
            return True
        with boa.reverts("liquid_rewards: nothing earned"):
            self.world.rewards.harvest(subject_word(subject), token)
        return False

    @rule(holder=holders, data=st.data())
    def pull(self, holder, data):
        streams = self.world.rewards.stream_count()
        if streams:
            self.world.pull(data.draw(st.integers(1, streams)), holder)
            self.moves += 1

    # -- slashes --------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.slashes < 8)
    @rule(fraction=fractions, age=st.sampled_from([0, DAY, WEEK]), mine=st.booleans())
    def seize(self, fraction, age, mine):
        self.slashes += 1
        before = self.world.vault.totalSupply()
        other = (OPERATORS[0] if self.world.subject[0] == OPERATORS[1] else OPERATORS[1], self.world.number)
        self.world.seize(self.slashes, fraction, age, None if mine else other)
        assert self.world.vault.totalSupply() == before
        self.moves += 2

    @precondition(lambda self: self.slashes > 0)
    @rule(data=st.data(), veto=st.booleans())
    def resolve(self, data, veto):
        slash = data.draw(st.integers(1, self.slashes))
        seizure = self.world.base.model.seizures[slash]
        if seizure.restored is None and seizure.seized > seizure.out:
            (self.world.veto if veto else self.world.finalise)(slash)

    @precondition(lambda self: self.slashes > 0)
    @rule(data=st.data(), holder=holders)
    def claim_refund(self, data, holder):
        self.world.claim_refund(data.draw(st.integers(1, self.slashes)), holder)

    @rule(seconds=st.sampled_from([DAY, 3 * DAY, WEEK, 2 * WEEK]))
    def wait(self, seconds):
        self.world.wait(seconds)

    # -- always ---------------------------------------------------------------------------------------------------

    @invariant()
    def inv_lqd_1_books_agree(self):
        if hasattr(self, "world"):
            self.world.compare()

    @invariant()
    def inv_lqd_10_12_rewards_agree_and_are_covered(self):
        if hasattr(self, "world"):
            self.world.compare_rewards()

    @invariant()
    def inv_lqd_2_a_share_is_worth_a_unit_or_less(self):
        if hasattr(self, "world"):
            assert self.model.total_assets() <= self.model.supply + self.moves

    def teardown(self):
        """INV-LQD-9: everybody leaves, whatever the operators are; what stays is dust."""
        if not hasattr(self, "world"):
            return
        world = self.world
        world.compare_refunds()
        for operator in OPERATORS:
            world.leave(operator, 3)
        for token in (world.token, self.pay):
            for operator in OPERATORS:
                while self.fetch(token, operator):
                    pass
        for stream in range(1, world.rewards.stream_count() + 1):
            for holder in HOLDERS:
                while world.pull(stream, holder):
                    self.moves += 1
        if self.model.phase == STAKED:
            world.wind_down()
        for holder in HOLDERS:
            if self.model.shares[holder]:
                world.request(holder, self.model.shares[holder])
        world.wait(2 * WEEK)
        world.settle()
        for slash in range(1, self.slashes + 1):
            seizure = world.base.model.seizures[slash]
            if seizure.restored is None and seizure.seized > seizure.out:
                world.veto(slash)
        for holder in HOLDERS:
            if self.model.shares[holder]:
                world.request(holder, self.model.shares[holder])
            shares, assets = self.model.claimable_of(holder)
            if shares:
                assert world.redeem(holder, shares) == assets
            for slash in range(1, self.slashes + 1):
                world.claim_refund(slash, holder)
        world.compare()
        assert self.model.phase in (CASH, STAKED)
        # all that the vault still has, here and there, is rounding
        assert self.model.tokens <= 8 * self.moves + 64
        # and what waits as rewards is carried, for the next holder, or rounding
        waiting = self.model.shares[world.rewards.address]
        assert self.model.supply - waiting == 0 or self.model.total_assets() <= self.moves
        carried = sum(one.carried for (_, _, token), one in world.earned.streams.items() if token == SHARES)
        assert 0 <= waiting - carried <= 4 * self.moves + 64
        self.anchor.__exit__(None, None, None)


@pytest.fixture(params=[0, 1])
def machine(request):
    with boa.env.anchor():
        made = LiquidWorld.create(request.param)
        made.earn()
        pay = source("mocks/MockERC20").deploy("Pay", "PAY", 18)
        pay.mint(OWNERS[-1], 2**120)
        pay.approve(made.pools, MAX, sender=OWNERS[-1])
        yield type("Machine", (LiquidMachine,), {"made": made, "pay": pay})


def test_inv_lqd_1_to_9_any_history__agrees_with_the_model(machine):
    run_state_machine_as_test(machine, settings=settings(max_examples=4, stateful_step_count=20))


@pytest.mark.slow
def test_inv_lqd_1_to_9_many_histories__agree_with_the_model(machine):
    run_state_machine_as_test(machine, settings=settings(max_examples=40, stateful_step_count=50))
