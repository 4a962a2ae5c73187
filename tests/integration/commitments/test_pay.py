"""Pay over the real locks, registry and liveness: what stands behind a service earns, and what was slashed no more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boa
import pytest
from tests.support.bonding import (
    ADMIN,
    CONTROLLER,
    COOLDOWN,
    DAY,
    FIRST,
    OTHER_OWNER,
    OWNER,
    SECOND,
    STRANGER,
    WAD,
    ZERO,
    BondingWorld,
    entry_of,
)
from tests.support.bonds import source
from tests.support.pool import new_pool

EPOCH = 604_800
BUDGET = 12 * 10**18


@dataclass
class Paid:
    """A service that pays in a token of its own, half of its budget at 4,000 bonded."""

    world: BondingWorld
    service: bytes
    payout: Any
    token: Any

    @property
    def epoch(self) -> int:
        return self.world.now // EPOCH

    def go_past(self, epoch: int) -> None:
        """Until its scores are final."""
        self.world.go_to((epoch + 1) * EPOCH + 2 * DAY + 1)

    def claim_own(self, lock: int, owner: str) -> int:
        return int(self.payout.claim(lock, owner, sender=owner))

    def claim(self, lock: int, receiver: str) -> int:
        """By anybody."""
        before = self.token.balanceOf(receiver)
        paid = self.payout.claim(lock, receiver, sender=STRANGER)
        assert self.token.balanceOf(receiver) - before == paid
        return int(paid)


@pytest.fixture(scope="module")
def world() -> BondingWorld:
    return BondingWorld.create(weeks=20)


@pytest.fixture
def paid(world: BondingWorld) -> Iterator[Paid]:
    with boa.env.anchor():
        fresh = world.again()
        service = fresh.service()
        machine = source("commitments/PredicateMachine").deploy()
        beacon = source("commitments/RandomBeacon").deploy(fresh.suite.asset, 10**18, ADMIN)
        book = source("commitments/LivenessBook").deploy(
            fresh.registry, fresh.operators, machine, beacon, ZERO, WAD // 2
        )
        book.watch(service, sender=STRANGER)
        formula = source("commitments/LinearPayout").deploy(4_000 * fresh.whole, 0, [])
        payout = source("commitments/ServicePayout").deploy(fresh.bonding, fresh.registry, book, formula, ADMIN)
        token = source("mocks/MockERC20").deploy("Pay", "PAY", 18)
        token.mint(CONTROLLER, 10**24)
        token.approve(payout, 10**24, sender=CONTROLLER)
        payout.set_terms(service, token, ZERO, sender=CONTROLLER)
        payout.fund(service, fresh.now // EPOCH + 1, 4, 4 * BUDGET, sender=CONTROLLER)
        yield Paid(fresh, service, payout, token)


def test_two_operators_and_an_owner__share_by_what_is_bonded(paid: Paid) -> None:
    """INV-PAY-5, S4.28: each lock by its value; the operator takes its commission of an owner's."""
    world, first_epoch = paid.world, paid.epoch + 1
    own = world.bond(paid.service, FIRST, 1_000 * world.whole)
    world.allow(paid.service, OWNER)
    theirs = world.bond(paid.service, FIRST, 1_000 * world.whole, owner=OWNER)
    rival = world.bond(paid.service, SECOND, 2_000 * world.whole)
    paid.payout.set_commission(1_000, sender=FIRST)
    paid.go_past(first_epoch + 1)
    shares = [paid.claim(lock, who) for lock, who in ((own, FIRST), (theirs, OWNER), (rival, SECOND))]
    fees = paid.payout.commissions(FIRST, paid.token)
    whole = sum(shares) + fees
    assert BUDGET * 9 // 10 < whole < BUDGET, "two epochs, and half of each budget if the bonds were worth their face"
    assert shares[0] == shares[1], "the same stake earns the same"
    assert abs(sum(shares[:2]) + fees - shares[2]) <= 8
    assert abs(fees * 19 - sum(shares[:2])) <= 80, "a tenth of what both locks earn, from the second epoch on"


def test_who_stopped__earns_for_whole_epochs_alone(paid: Paid) -> None:
    """INV-PAY-6, also after the lock was released and its bonds are gone."""
    world, first_epoch = paid.world, paid.epoch + 1
    lock = world.bond(paid.service)
    world.go_to((first_epoch + 2) * EPOCH + DAY)
    world.deactivate(lock, FIRST)
    one = paid.payout.due(lock)[0]  # of the second epoch the scores are not final yet
    world.go_to(world.now + 22 * DAY)
    world.release(lock)
    world.withdraw(world.far, 1_000 * world.whole, FIRST)
    assert paid.claim(lock, FIRST) == 2 * one > 0
    with boa.reverts("service_payout: no epoch to claim"):
        paid.payout.claim(lock, FIRST, sender=FIRST)


def test_slashed__earns_by_what_is_left(paid: Paid) -> None:
    """INV-PAY-7: seized stake counts until the slash is finalised, and no longer."""
    world, first_epoch = paid.world, paid.epoch + 1
    lock = world.bond(paid.service)
    slash = world.propose(lock, WAD // 2)
    paid.go_past(first_epoch)
    under_review = paid.payout.due(lock)[0]
    while world.escrow.status_of(slash) == 1 and world.now < (first_epoch + 3) * EPOCH:
        try:
            world.finalise(slash)
        except boa.BoaError:
            world.wait(DAY)
    left = paid.claim_own(lock, FIRST)
    assert 0 < left < under_review * ((world.now // EPOCH) - first_epoch)
    before, after = world.bonding.lock_value_at(lock, first_epoch * EPOCH), world.bonding.value_of(lock)
    assert before // 2 <= after < before * 51 // 100, "half, and what the bond has gained by its age"


def test_split__moves_no_pay_of_epochs_before(paid: Paid) -> None:
    """INV-PAY-5: what an epoch pays for a lock that nothing was seized of doesn't depend on when it is claimed."""
    world, first_epoch = paid.world, paid.epoch + 1
    lock = world.bond(paid.service)
    paid.go_past(first_epoch)
    due = paid.payout.due(lock)[0]
    part = world.split(lock, 400 * world.whole, FIRST)
    assert paid.payout.due(part)[0] == 0
    assert paid.claim(lock, FIRST) == due > 0


def test_pool__a_round_takes_its_part_of_the_lock__pay_of_the_weeks_before_stays_whole(paid: Paid) -> None:
    """INV-PAY-5: half of a pool leaves on a Thursday, before the scores of the week that ends then are final."""
    world, first_epoch = paid.world, paid.epoch + 1
    asset = world.house.rolling
    pool, portfolio, ballot, dividends = new_pool(world.bonding, world.escrow, asset, paid.payout.address)
    for owner in (OWNER, OTHER_OWNER):
        asset.approve(pool, 2**256 - 1, sender=owner)
        pool.deposit(500 * world.whole, owner, sender=owner)
    world.desk.allow(paid.service, portfolio, True, entry_of([]), sender=FIRST)
    lock = pool.back(paid.service, FIRST, 1_000 * world.whole, [], 0, sender=ballot.address)
    paid.go_past(first_epoch)
    one = paid.payout.due(lock)[0]
    assert one > 0
    pool.requestRedeem(500 * world.whole, OWNER, OWNER, sender=OWNER)
    world.go_to((first_epoch + 2) * EPOCH)
    pool.advance(sender=STRANGER)
    assert world.bonding.lock(lock).units == 500 * world.whole
    paid.go_past(first_epoch + 1)
    assert portfolio.pull_pay(lock, sender=STRANGER) == paid.token.balanceOf(dividends) == 2 * one


def test_slashed__then_ended__earns_no_more_than_one_that_runs(paid: Paid) -> None:
    """INV-PAY-7: nobody looks at the lock for a week after the verdict; its owner ends it, claims when it is out."""
    world, first_epoch = paid.world, paid.epoch + 1
    lock = world.bond(paid.service)
    rival = world.bond(paid.service, SECOND)
    slash = world.propose(lock, WAD // 2)
    world.go_to((first_epoch + 2) * EPOCH - 1)
    world.finalise(slash)
    paid.go_past(first_epoch + 2)
    running = paid.payout.due(lock)[0]
    assert running < paid.payout.due(rival)[0] * 52 // 100, "half, and what the bond has gained by its age"
    world.deactivate(lock, FIRST)
    assert paid.payout.due(lock)[0] == running
    world.wait(COOLDOWN)
    world.release(lock)
    world.withdraw(world.far, 500 * world.whole, FIRST)
    assert paid.claim_own(lock, FIRST) <= running * 102 // 100


def test_vetoed__a_stranger_claims_before_it_is_put_back__is_refused(paid: Paid) -> None:
    """What came back is not in the lock for a moment: paid in that moment, an innocent would lose half of its pay."""
    world, first_epoch = paid.world, paid.epoch + 1
    lock = world.bond(paid.service)
    slash = world.propose(lock, WAD // 2)
    world.veto(slash)
    paid.go_past(first_epoch + 3)
    world.wait(16 * DAY)
    due = paid.payout.due(lock)[0]
    world.free_up(slash)
    assert paid.payout.due(lock)[0] < due
    with boa.reverts("service_payout: caller is not the owner"):
        paid.claim(lock, FIRST)
    world.put_back(slash, FIRST)
    assert paid.claim_own(lock, FIRST) == due > 0
