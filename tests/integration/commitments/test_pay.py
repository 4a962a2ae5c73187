"""Pay over the real locks, registry and liveness: what stands behind a service earns, and what was slashed no more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import boa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
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
    THIRD,
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


def test_vetoed__matured_meanwhile__is_paid_whole_to_who_claims_before_the_release(paid: Paid) -> None:
    """INV-PAY-7: then a stranger may turn the rest of the lock into cash, to which bonds can't be put back."""
    world, first_epoch = paid.world, paid.epoch + 1
    lock = world.bond(paid.service, code=world.near)
    slash = world.propose(lock, WAD // 2)
    world.veto(slash)
    paid.go_past(first_epoch + 3)
    world.go_to(max(world.now + 16 * DAY, world.maturity(world.near)))
    due = paid.payout.due(lock)[0]
    with boa.env.anchor():
        assert paid.claim_own(lock, FIRST) == due > 0
    world.free_up(slash)
    assert world.mature(lock) == 500 * world.whole
    assert world.put_back(slash, FIRST) == "service_bonding: lock holds another asset now"
    assert world.take_back(slash, FIRST) == 500 * world.whole
    assert 0 < paid.claim_own(lock, FIRST) < due


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    stakes=st.lists(st.integers(10**6, 500 * 10**18), min_size=2, max_size=4),
    sides=st.lists(st.booleans(), min_size=4, max_size=4),
    divided=st.booleans(),
    weekly=st.booleans(),
    moved=st.integers(0, 2 * EPOCH),
)
def test_one_persons_stake__in_locks_parts_operators_and_claims__is_paid_no_more_than_whole(
    paid: Paid, stakes: list[int], sides: list[bool], divided: bool, weekly: bool, moved: int
) -> None:
    """INV-PAY-1, INV-PAY-5, S0.31: beside a rival, for four weeks; the same stake in one lock and claimed at once, or
    in several, of two operators, parted at any second of two weeks, and claimed whenever anybody can.
    """

    def told(split: bool) -> int:
        with boa.env.anchor():
            world, start = paid.world.again(), paid.world.now
            world.model.services.update(paid.world.model.services)
            here = replace(paid, world=world)
            world.bond(paid.service, SECOND, 700 * world.whole)
            world.allow(paid.service, OWNER)
            parts = stakes if split else [sum(stakes)]
            behind = [(THIRD if side and split else FIRST) for side in sides]
            owned = [(world.bond(paid.service, who, units), who) for units, who in zip(parts, behind, strict=False)]
            first, total = here.epoch + 1, 0
            if split and divided:
                world.go_to(start + moved)
                lock, who = owned[0]
                part = world.split(lock, max(world.bonding.lock(lock).units // 3, 1), who)
                owned += [(part, who)] if isinstance(part, int) else []
            for epoch in range(first if split and weekly else first + 3, first + 4):
                if epoch >= world.now // EPOCH:
                    here.go_past(epoch)
                    total += sum(here.claim(lock, who) for lock, who in owned if here.payout.due(lock)[1] > first)
            paid.world.go_to(start)
            return total

    whole = told(False)
    assert told(True) <= whole > 0


def test_pool__a_formula_that_fails_for_a_week__holds_later_pay_back_for_26_weeks_and_no_longer(paid: Paid) -> None:
    """INV-PAY-9: nobody can forgo for a pool, which has no owner but its votes."""
    world, first_epoch = paid.world, paid.epoch + 1
    asset = world.house.rolling
    pool, portfolio, ballot, dividends = new_pool(world.bonding, world.escrow, asset, paid.payout.address)
    asset.approve(pool, 2**256 - 1, sender=OWNER)
    pool.deposit(500 * world.whole, OWNER, sender=OWNER)
    world.desk.allow(paid.service, portfolio, True, entry_of([]), sender=FIRST)
    lock = pool.back(paid.service, FIRST, 500 * world.whole, [], 0, sender=ballot.address)
    good = paid.payout.formula_at(paid.epoch)
    failing = source("mocks/MockPayoutSources").deploy()
    failing.set_formula(1, 0)
    paid.payout.set_formula(failing, sender=ADMIN)
    world.go_to(first_epoch * EPOCH)
    paid.payout.set_formula(good, sender=ADMIN)
    world.go_to((first_epoch + 27) * EPOCH - 1)
    with boa.reverts("mock: formula fails"):
        portfolio.pull_pay(lock, sender=STRANGER)
    world.wait(1)
    assert portfolio.pull_pay(lock, sender=STRANGER) == paid.token.balanceOf(dividends) > 0, (
        "of the three weeks after it"
    )
    assert paid.payout.carry(paid.service, first_epoch, sender=STRANGER) == BUDGET
