"""A collective pool over the real ServiceBonding, SlashEscrow and registries, with shares of a rolling class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import boa
import pytest
from tests.support.bonding import COOLDOWN, EVIDENCE, FIRST, HARMED, OWNERS, STRANGER, BondingWorld, entry_of
from tests.support.bonds import MAX
from tests.support.pool import new_pool
from tests.support.slashing import PROVER

from surety.models.service_bonding import DAY, WAD

pytestmark = pytest.mark.integration

WEEK = 7 * DAY
MAJORITY, MINORITY, LATE = OWNERS[:3]
REVIEW = 7 * DAY
VOTE, NOTICE = 3 * DAY, 4 * DAY


@dataclass
class Scene:
    """60 and 40 shares, 90 of them behind the first operator by a vote in which it entered."""

    world: BondingWorld
    pool: Any
    portfolio: Any
    ballot: Any
    service: bytes
    lock: int = 0

    @classmethod
    def create(cls, world: BondingWorld) -> Scene:
        token = world.house.rolling
        pool, portfolio, ballot, _ = new_pool(world.bonding, world.escrow, token)
        for owner in OWNERS:
            token.approve(pool, MAX, sender=owner)
        service = world.service()
        scene = cls(world, pool, portfolio, ballot, service)
        world.desk.allow(service, portfolio, True, entry_of([]), sender=FIRST)
        for owner, part in ((MAJORITY, 60), (MINORITY, 40)):
            pool.deposit(part * scene.unit, owner, sender=owner)
        world.wait(8 * DAY)
        scene.lock = scene.back(90 * scene.unit)
        return scene

    @property
    def unit(self) -> int:
        return self.world.whole

    def back(self, amount: int) -> int:
        """By the majority."""
        number = self.ballot.propose_backing(self.service, FIRST, amount, bytes(32), "", sender=MAJORITY)
        self.ballot.vote(number, True, sender=MAJORITY)
        self.world.wait(VOTE + NOTICE)
        return int(self.ballot.carry_out(number, [], sender=STRANGER))

    def propose(self, lock: int, fraction: int, reporter: str = STRANGER, harmed: str = HARMED) -> int:
        number = self.world.registry.service(self.service).number
        subject, now = self.world.bonding.subject_of(lock), self.world.now
        arguments = (number, fraction, now, reporter, harmed, EVIDENCE, MAX)
        return int(self.world.escrow.propose(self.world.bonding, subject, *arguments, sender=PROVER))

    def leave(self, owner: str) -> None:
        """With all, to the next Thursday, when it is closed."""
        self.pool.requestRedeem(self.pool.balanceOf(owner), owner, owner, sender=owner)
        self.world.go_to((self.world.now // WEEK + 1) * WEEK)
        self.pool.advance(sender=STRANGER)

    def claim(self, owner: str) -> int:
        return int(self.pool.redeem(self.pool.maxRedeem(owner), owner, owner, sender=owner))


@pytest.fixture(scope="module")
def made():
    with boa.env.anchor():
        yield Scene.create(BondingWorld.create())


@pytest.fixture
def scene(made):
    with boa.env.anchor():
        boa.env.evm.patch.timestamp = made.world.now
        started = made.world.now
        yield made
        made.world.model.now = started


def test_back__by_vote__enters_the_operator_and_bonds(scene):
    bonding, lock = scene.world.bonding, scene.world.bonding.lock(scene.lock)
    assert (lock.owner, lock.operator, lock.units) == (scene.portfolio.address, FIRST, 90 * scene.unit)
    assert scene.world.registry.serves(scene.service, FIRST)
    assert bonding.locks_of(scene.service, FIRST) == [scene.lock]


def test_inv_pool_13_back__operator_that_entered_with_other_parameters__only_for_those_that_were_voted(scene):
    """Both words are within the template's bounds. The operator enters by itself before the backing binds."""
    world, ballot = scene.world, scene.ballot
    voted, other = (number.to_bytes(32, "big") for number in (12, 11))
    service = world.service(parameters=((1, False, 10, 20),))
    world.desk.allow(service, scene.portfolio, True, entry_of([voted]), sender=FIRST)
    numbers = [
        ballot.propose_backing(service, FIRST, scene.unit, entry_of([word]), "", sender=MAJORITY)
        for word in (voted, other)
    ]
    for number in numbers:
        ballot.vote(number, True, sender=MAJORITY)
    world.wait(VOTE + NOTICE)
    with boa.env.anchor():
        lock = ballot.carry_out(numbers[0], [voted], sender=STRANGER)
        assert scene.portfolio.standing_of(lock) == (scene.unit, entry_of([voted]))
    token, bond = world.suite.token, world.far
    world.bonding.deposit(token, bond, world.whole, FIRST, sender=FIRST)
    own = world.bonding.activate(service, FIRST, token, bond, world.whole, [other], sender=FIRST)
    refused = "bond_desk: locks answer for other parameters"
    for said, reason in (([], "pool_ballot: other parameters"), ([voted], refused)):
        with boa.reverts(reason):
            ballot.carry_out(numbers[0], said, sender=STRANGER)
    assert ballot.carry_out(numbers[1], [], sender=STRANGER) == own + 1


def test_inv_pool_4_slash__stayers_and_leavers_bear_it_alike__through_split_locks(scene):
    """100 = 10 idle + 90 locked. 40 leave with 4 and a lock of 36; both locks are slashed by half."""
    scene.leave(MINORITY)
    parts = scene.portfolio.positions()[1]
    assert [scene.world.bonding.lock(part).units for part in parts] == [36 * scene.unit]
    for lock in (scene.lock, parts[0]):
        slash = scene.propose(lock, WAD // 2)
    scene.world.wait(REVIEW)
    for id in (slash - 1, slash):
        scene.world.escrow.finalise(id)
    scene.world.wait(COOLDOWN - REVIEW)
    assert scene.claim(MINORITY) == 22 * scene.unit
    assert scene.pool.totalAssets() == 33 * scene.unit


def test_inv_pool_5_veto__returns_to_those_of_the_seizure_and_to_no_joiner(scene):
    slash = scene.propose(scene.lock, WAD // 2)
    scene.pool.deposit(100 * scene.unit, LATE, sender=LATE)
    scene.leave(MINORITY)
    scene.world.veto(slash)
    scene.world.wait(40 * DAY)
    scene.world.escrow.release(slash, sender=STRANGER)
    assert scene.pool.refund(slash, LATE) == 0
    assert scene.pool.claim_refund(slash, MAJORITY, MAJORITY) == 27 * scene.unit
    assert scene.pool.claim_refund(slash, MINORITY, MINORITY) == 18 * scene.unit
    assert 22 * scene.unit - 4 <= scene.claim(MINORITY) <= 22 * scene.unit
    with boa.reverts("async_vault: nothing to refund"):
        scene.pool.claim_refund(slash, LATE, LATE)


def test_inv_pool_10_slashed_lock__is_not_split__whoever_leaves_is_paid_all_the_same(scene):
    slash = scene.propose(scene.lock, WAD // 2)
    scene.world.wait(REVIEW)
    scene.world.escrow.finalise(slash)
    scene.leave(MINORITY)
    positions, parts = scene.portfolio.positions()
    assert (positions, parts) == ([scene.lock | 2**255], [])
    scene.world.wait(COOLDOWN)
    assert scene.claim(MINORITY) == 22 * scene.unit
    assert scene.portfolio.idle() == 33 * scene.unit
    assert not scene.world.registry.serves(scene.service, FIRST)


def test_dust_leaves__below_the_services_minimum__lock_stays_at_work(scene):
    scene.pool.transfer(LATE, 1_000, sender=MAJORITY)
    scene.leave(LATE)
    assert scene.world.bonding.lock(scene.lock).end == 0
    scene.world.wait(COOLDOWN)
    assert 998 <= scene.claim(LATE) <= 1_000


def test_attack__majority_slashes_its_own_operator__as_reporter_and_as_the_harmed__profit_is_minus_its_loss(scene):
    """60 of 100 back their own operator with 90, slash it wholly, and are reporter and harmed. Bounty and compensation
    are capped by what of the stake was the operator's own: nothing. Their 60 become 6, so -54; the minority's 40, 4.
    """
    slash = scene.propose(scene.lock, WAD, MAJORITY, MAJORITY)
    scene.world.wait(REVIEW)
    scene.world.escrow.finalise(slash)
    bounty, compensation, insurance, treasury = scene.world.escrow.parts(slash)
    assert bounty == compensation == 0
    assert insurance + treasury == 90 * scene.unit
    worth = scene.pool.convertToAssets(60 * scene.unit)
    assert bounty + compensation + worth - 60 * scene.unit == -54 * scene.unit


def test_attack__minority_leaves_before_the_majority_binds__loses_nothing_of_it(scene):
    """The vote binds 100 more behind the same operator; the minority asks in the notice, and has no part in those."""
    scene.pool.deposit(100 * scene.unit, MAJORITY, sender=MAJORITY)
    number = scene.ballot.propose_backing(scene.service, FIRST, MAX, bytes(32), "", sender=MAJORITY)
    scene.ballot.vote(number, True, sender=MAJORITY)
    scene.world.wait(VOTE + NOTICE)
    scene.leave(MINORITY)
    lock = scene.ballot.carry_out(number, [], sender=MAJORITY)
    slash = scene.propose(lock, WAD)
    scene.world.wait(REVIEW)
    scene.world.escrow.finalise(slash)
    scene.world.wait(COOLDOWN)
    assert scene.claim(MINORITY) == 40 * scene.unit


def test_all_leave__over_real_locks__nothing_stays(scene):
    scene.pool.requestRedeem(60 * scene.unit, MAJORITY, MAJORITY, sender=MAJORITY)
    scene.leave(MINORITY)
    scene.world.wait(COOLDOWN)
    assert scene.claim(MAJORITY) == 60 * scene.unit
    assert scene.claim(MINORITY) == 40 * scene.unit
    assert scene.world.house.rolling.balanceOf(scene.portfolio) == 0
