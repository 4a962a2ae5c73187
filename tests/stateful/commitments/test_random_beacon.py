"""RandomBeacon beside its model in any sequence of days, to the bit of each seed, and every deposit out at the end."""

import boa
import pytest
from eth_utils.crypto import keccak
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
from tests.support.challenges import CHALLENGER, SECOND, SINK, STRANGER, THIRD, ChallengeWorld

from surety.models.beacon import REVEAL, ROUND

pytestmark = pytest.mark.stateful

HOUR = 3_600
ACCOUNTS = (CHALLENGER, SECOND, THIRD)
REFUSALS = {
    "commit_reveal: not the time to commit",
    "commit_reveal: committed already",
    "commit_reveal: not the time to reveal",
    "commit_reveal: not what was committed to",
    "commit_reveal: round has not begun",
    "commit_reveal: settled already",
    "random_beacon: owed to somebody else",
    "random_beacon: nothing owed",
}
accounts = st.sampled_from(ACCOUNTS)


def secret_of(account, round_):
    return bytes(keccak(text=f"{account} {round_}"))


class BeaconMachine(RuleBasedStateMachine):
    @initialize(token=st.sampled_from(["MockERC20", "MockNoReturnERC20"]), decimals=st.sampled_from([6, 18]))
    def create(self, token, decimals):
        self.anchor = boa.env.anchor()
        self.anchor.__enter__()
        self.world = ChallengeWorld.create(token=token, decimals=decimals)
        self.seen = {}  # round -> seed as it was told first

    def check(self, outcome):
        assert not isinstance(outcome, str) or outcome in REFUSALS, outcome
        return outcome

    def round_near(self, offset):
        """The one to commit for or to reveal for now, or one beside it."""
        return (self.world.now + REVEAL) // ROUND + offset

    @rule(account=accounts, offset=st.sampled_from([1, 1, 1, 0, 2]))
    def commit(self, account, offset):
        round_ = self.round_near(offset)
        self.check(self.world.commit(account, secret_of(account, round_), round_))

    @rule(account=accounts, offset=st.sampled_from([1, 0]), other=accounts)
    def commit_to_what_another_did(self, account, offset, other):
        """A copy, of use to nobody."""
        round_, world = self.round_near(offset), self.world
        copied = world.seeds.commitment_of(round_, other, secret_of(other, round_))
        self.check(
            world.both(
                lambda: world.seeds.commit(account, round_, copied),
                lambda: world.beacon.commit(round_, copied, sender=account),
            )
        )

    @rule(account=accounts, offset=st.sampled_from([0, 0, 0, 1, -1]), wrong=st.integers(0, 9))
    def reveal(self, account, offset, wrong):
        round_ = self.round_near(offset)
        secret = secret_of(account, round_ + (wrong == 0))
        self.check(self.world.reveal(account, secret, round_, caller=STRANGER))

    @rule(those=st.sets(accounts, min_size=1), silent=st.sampled_from([None, None, *ACCOUNTS]), late=st.booleans())
    def take_part_from_day_to_day(self, those, silent, late):
        """All commit, and when the time has come all but one reveal."""
        for account in those:
            self.commit(account, 1)
        self.wait_for_the_edge(-1 if late else -REVEAL)
        for account in those - {silent}:
            self.reveal(account, 0, 1)

    @rule(back=st.sampled_from([0, 0, 1, 2, -1]), block=st.integers(0, 3))
    def settle(self, back, block):
        self.check(self.world.settle(self.world.now // ROUND - back, bytes(keccak(block.to_bytes(1, "big")))))

    @rule(caller=accounts, account=st.sampled_from([*ACCOUNTS, SINK]), receiver=st.sampled_from([*ACCOUNTS, SINK]))
    def withdraw(self, caller, account, receiver):
        self.check(self.taken(caller, account, receiver))

    def taken(self, caller, account, receiver):
        world = self.world
        return world.both(
            lambda: world.seeds.withdraw(caller, account, receiver),
            lambda: world.beacon.withdraw(account, receiver, sender=caller),
        )

    @rule(pause=st.sampled_from([1, HOUR, 5 * HOUR, 6 * HOUR, 12 * HOUR]))
    def wait(self, pause):
        self.world.wait(pause)

    @rule(offset=st.sampled_from([0, -1, -REVEAL, -REVEAL - 1]))
    def wait_for_the_edge(self, offset):
        """Of the next phase of a round."""
        ahead = (offset - self.world.now) % ROUND
        self.world.wait(ahead)

    @precondition(lambda self: hasattr(self, "world"))
    @invariant()
    def inv_rnd_1_2_3_4_5_7_seeds_and_deposits_are_the_models_and_stand(self):
        world, model = self.world, self.world.seeds
        today = world.now // ROUND
        for round_ in range(today - 2, today + 3):
            told = model.seeds.get(round_)
            expected = (told.value, told.weak, told.at) if told else (bytes(32), False, 0)
            seed, weak, at = world.beacon.seed(round_)
            assert (bytes(seed), weak, at) == expected
            assert tuple(world.beacon.turnout(round_)) == model.turnout(round_)
        for round_, told in model.seeds.items():
            assert self.seen.setdefault(round_, told) == told, "a seed that stands has changed"
            revealed = [(account, secret) for (of, account), secret in model.revealed.items() if of == round_]
            plain = model.seed_of(round_, revealed[::-1])
            assert told.weak == (len(revealed) < 2)
            assert told.weak or told.value == plain, "something but its secrets is in a strong seed"
        bound = sum((of, account) not in model.revealed and of not in model.seeds for of, account in model.commitments)
        assert world.balance(world.beacon) == sum(model.owed.values()) + bound * model.deposit
        for account in (*ACCOUNTS, SINK):
            assert world.beacon.owed(account) == model.owed[account]

    @precondition(lambda self: hasattr(self, "world"))
    @invariant()
    def inv_rnd_8_who_reveals_leaves_no_day_unsettled(self):
        model = self.world.seeds
        for of, _ in model.revealed:
            assert model.seeds[of - 1].at < of * ROUND

    def teardown(self):
        """Strangers settle what was committed for, and every deposit leaves."""
        if not hasattr(self, "world"):
            return
        try:
            world = self.world
            rounds = {of for of, _ in world.seeds.commitments} - set(world.seeds.seeds)
            world.go_to(max([world.now, *((of + 3) * ROUND for of in rounds)]))
            for round_ in sorted(rounds):
                assert isinstance(world.settle(round_), bytes)
            for account in (*ACCOUNTS, SINK):
                if world.seeds.owed[account]:
                    assert isinstance(self.taken(STRANGER, account, account), int)
            assert world.balance(world.beacon) == 0
        finally:
            self.anchor.__exit__(None, None, None)


def play(examples, steps):
    run_state_machine_as_test(
        BeaconMachine, settings=settings(max_examples=examples, stateful_step_count=steps, deadline=None)
    )


def test_inv_rnd_1_2_3_4_5_7_8_random_beacon__any_sequence__is_the_model():
    play(max(settings.default.max_examples // 5, 5), 30)


@pytest.mark.slow
def test_inv_rnd_1_2_3_4_5_7_8_random_beacon__any_long_sequence__is_the_model():
    play(60, 80)
