"""SlashEscrow beside its model in any sequence, and at the end beside a judge that knows no order.

The judge looks at parcels of stake: what a seizure took, times what each finalised slash leaves of it.
"""

from fractions import Fraction
from math import prod

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
from tests.support.slashing import (
    CONFIRMER,
    DELEGATOR,
    MEMBERS,
    OPERATOR,
    OTHER,
    POLICY,
    VETOER,
    SlashingWorld,
    everything_out,
    share,
)

from surety.models.slashing import DAY, WAD, Policy, Status

pytestmark = pytest.mark.stateful

OPERATORS = (OPERATOR, OTHER)
REFUSALS = ("slash_escrow: no place for another service", "slash_escrow: nothing at risk")
percents = st.sampled_from([share(10), share(10), share(50), WAD, 10**9, share(33.333333333)])
amounts = st.sampled_from([1, 10**6 + 1, 10**18 + 1, 3 * 10**21 + 7])


class SlashingMachine(RuleBasedStateMachine):
    @initialize(decimals=st.sampled_from([6, 8, 18]), asset=st.sampled_from(["MockERC20", "MockNoReturnERC20", "bond"]))
    def create(self, decimals, asset):
        self.anchor = boa.env.anchor()
        self.anchor.__enter__()
        self.world = SlashingWorld.create(decimals=decimals, asset=asset)
        self.world.set_exposure(2, share(60))
        self.world.set_policy(2, Policy(**{**vars(POLICY), "listed": True, "bounty_cap": 10**19, "review": 14 * DAY}))
        self.world.set_policy(3, Policy(**{**vars(POLICY), "window": 7 * DAY, "least": share(20)}))
        for operator in OPERATORS:
            self.world.set_share(3, share(15), operator)
            self.world.deposit(operator, 10**21 + 3, operator)
        self.clock = 0
        self.proposed, self.released = {}, {}

    def known(self, data):
        """Some slash."""
        return data.draw(st.integers(1, len(self.world.model.slashes)))

    # -- steps ----------------------------------------------------------------------------------------------------

    @rule(account=st.sampled_from([OPERATOR, DELEGATOR, OTHER]), operator=st.sampled_from(OPERATORS), amount=amounts)
    def deposit(self, account, operator, amount):
        self.world.deposit(account, amount, operator)

    @rule(account=st.sampled_from(MEMBERS), operator=st.sampled_from(OPERATORS), part=st.integers(1, 3))
    def leave(self, account, operator, part):
        stake = self.world.model.pools[self.world.subject(operator)].stake.get(account, 0)
        if stake:
            self.world.leave(account, stake // part, operator)

    @rule(
        fraction=percents,
        proven=st.booleans(),
        service=st.sampled_from([1, 1, 2, 2, 3, 4]),
        operator=st.sampled_from([OPERATOR, OPERATOR, OTHER]),
        age=st.sampled_from([0, DAY, 9 * DAY]),
        named=st.booleans(),
    )
    def propose(self, fraction, proven, service, operator, age, named):
        world = self.world
        parties = {} if named else {"reporter": None, "harmed": None}
        id = world.propose(fraction, proven, service, operator, world.now - age, **parties)
        assert isinstance(id, int) or id in REFUSALS
        if isinstance(id, int):
            self.clock += 1
            self.proposed[id] = self.clock

    @precondition(lambda self: self.world.model.slashes)
    @rule(data=st.data())
    def veto(self, data):
        id = self.known(data)
        if self.world.model.slashes[id].proven:
            self.world.announce(id)
            self.world.wait(data.draw(st.sampled_from([0, 2 * DAY])))
            self.world.veto(id, data.draw(st.sampled_from([CONFIRMER, CONFIRMER, VETOER])))
        else:
            self.world.veto(id)

    @precondition(lambda self: self.world.model.slashes)
    @rule(data=st.data(), guilty=st.sampled_from([True, False, None]))
    def dispute(self, data, guilty):
        id = self.known(data)
        subject = self.world.model.seizures[self.world.model.slashes[id].seizure].subject
        if self.world.dispute(id, self.world.model.pools[subject].operator) is None and guilty is not None:
            assert self.world.rule(id, guilty) is None

    @precondition(lambda self: self.world.model.slashes)
    @rule(data=st.data())
    def finalise(self, data):
        self.world.finalise(self.known(data))

    @precondition(lambda self: any(slash.undecided for slash in self.world.model.slashes.values()))
    @rule(data=st.data())
    def finalise_in_time(self, data):
        world = self.world
        undecided = [id for id, slash in world.model.slashes.items() if slash.undecided]
        id = data.draw(st.sampled_from(undecided))
        world.go_to(max(world.now, world.model.slashes[id].end))
        assert world.finalise(id) is None

    @precondition(lambda self: self.world.model.seizures)
    @rule(data=st.data(), patient=st.booleans())
    def release(self, data, patient):
        world = self.world
        id = data.draw(st.sampled_from(sorted(world.model.seizures)))
        if patient:
            world.go_to(max(world.now, world.model.seizures[id].release_at))
        if isinstance(world.release(id), int):
            self.clock += 1
            self.released[id] = self.clock

    @precondition(lambda self: self.world.model.cuts)
    @rule(data=st.data())
    def collect(self, data):
        self.world.collect(*data.draw(st.sampled_from(sorted(self.world.model.cuts))))

    @precondition(lambda self: self.world.model.slashes)
    @rule(data=st.data(), part=st.integers(0, 3))
    def pull(self, data, part):
        id = self.known(data)
        if self.world.model.account(id, part) is not None:
            self.world.pull(id, part)

    @precondition(lambda self: any(self.world.model.owed.values()))
    @rule(data=st.data())
    def pull_lien(self, data):
        self.world.pull_lien(*data.draw(st.sampled_from(sorted(self.world.model.owed))))

    @precondition(lambda self: any(slash.bond for slash in self.world.model.slashes.values()))
    @rule(data=st.data(), appeal=st.booleans(), verdict=st.sampled_from([True, False, None]))
    def settle(self, data, appeal, verdict):
        bonded = [id for id, slash in self.world.model.slashes.items() if slash.bond]
        id = data.draw(st.sampled_from(bonded))
        if appeal and self.world.appeal(id) is None and verdict is not None:
            assert self.world.rule_appeal(id, verdict) is None
        self.world.settle(id)

    @rule(pause=st.sampled_from([1, DAY, 3 * DAY, 7 * DAY, 14 * DAY]))
    def wait(self, pause):
        self.world.wait(pause)

    @rule()
    def look(self):
        self.world.compare()

    # -- what holds after each ------------------------------------------------------------------------------------

    @precondition(lambda self: hasattr(self, "world"))
    @invariant()
    def inv_slh_8_17_19_lists_are_bounded_and_nothing_is_given_twice(self):
        world = self.world
        for operator in OPERATORS:
            subject = world.subject(operator)
            open_now = world.escrow.open_seizures(world.pool, subject)
            assert open_now == [one.id for one in world.model.open_seizures(subject)]
            assert len(open_now) <= 8
            assert world.escrow.held(world.pool, subject) == world.model.held(subject)
        for seizure in world.model.seizures.values():
            assert 0 <= seizure.taken <= seizure.amount
            assert 0 <= seizure.due <= seizure.amount

    def teardown(self):
        """Strangers and time conclude everything, the judge agrees, and everybody leaves."""
        if not hasattr(self, "world"):
            return
        try:
            world = self.world
            everything_out(world)
            world.compare()
            self.judge()
            dust = 0
            for operator in OPERATORS:
                for account, stake in list(world.model.pools[world.subject(operator)].stake.items()):
                    world.leave(account, stake, operator)
            for account in MEMBERS:
                world.pool.withdraw(account)
                dust += 1
            seizures = len(world.model.seizures)
            assert 0 <= world.balance(world.pool) <= dust + 12 * seizures
            assert world.balance(world.bonds) == 0
        finally:
            self.anchor.__exit__(None, None, None)

    def judge(self):
        """Of each parcel: what its own seizure's slashes leave, times what each later finalised slash leaves."""
        model = self.world.model
        final = [slash for slash in model.slashes.values() if slash.status == Status.FINALISED]
        for id, seizure in model.seizures.items():
            own = [Fraction(slash.effective, WAD) for slash in final if slash.seizure == id]
            taken = 1 - prod((1 - part for part in own), start=Fraction(1))
            left = 1 - min(taken / Fraction(seizure.fraction, WAD), Fraction(1))
            gone = self.released.get(id, self.clock + 1)
            later = [slash for slash in final if slash.seizure > id and self.proposed[slash.id] < gone]
            later = [slash for slash in later if model.seizures[slash.seizure].subject == seizure.subject]
            rest = (
                seizure.amount * left * prod((1 - Fraction(slash.effective, WAD) for slash in later), start=Fraction(1))
            )
            left_now = seizure.amount - seizure.taken
            kept = left_now - (seizure.due * left_now // seizure.amount if seizure.amount else 0)
            slack = len(own) + len(later) + 2 + seizure.amount * (len(own) + 1) // 10**17
            assert abs(kept - rest) <= slack, (id, kept, float(rest))


def test_inv_slh_2_6_7_8_11_13_14_16_17_19_20_slash_escrow__any_sequence__is_the_model_and_the_judges():
    examples = max(settings.default.max_examples // 10, 1)
    run_state_machine_as_test(
        SlashingMachine, settings=settings(max_examples=examples, stateful_step_count=30, deadline=None)
    )
