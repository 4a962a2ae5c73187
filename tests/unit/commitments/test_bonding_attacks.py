"""What attackers try with bonds behind services, over the real escrow, registries and market."""

from dataclasses import replace

import boa
import pytest
from tests.support.bonding import (
    ADMITS,
    CONTROLLER,
    COOLDOWN,
    ENDS,
    EVIDENCE,
    FIRST,
    HARMED,
    OTHER_OWNER,
    OWNER,
    REACH,
    REPORTER,
    SECOND,
    STRANGER,
    BondingWorld,
)
from tests.support.bonds import MAX, source
from tests.support.operators import MINIMUM
from tests.support.slashing import ADMIN, ANY_ASSET, INSURANCE, POLICY, PROVER, TREASURY, policy_tuple

from surety.models.service_bonding import DAY, MAX_COOLDOWN, MAX_PLACES, WAD


@pytest.fixture(scope="module")
def made():
    """Contracts, once."""
    with boa.env.anchor():
        yield BondingWorld.create()


@pytest.fixture
def world(made):
    """The same, as new."""
    with boa.env.anchor():
        yield made.again()


def test_self_slash__through_ones_own_template__is_never_an_early_redemption_at_par(world):
    """INV-BND-7: the bond's issuer pays at maturity; a slash changes whose bonds they are and nothing else.

    The attacker writes the template, controls the service, is operator, reporter and harmed, and slashes all of 1,000
    bonds of 60 weeks. The market pays 955.2 for them. He gets 400 back, as bonds, for which it pays 382.1.
    """
    market, maturity, face = world.suite.market, world.maturity(world.far), 1_000 * world.whole
    escrow_before = world.suite.treasury.escrow()
    service = world.service(cooldown=0, reach=2 * DAY)
    lock = world.bond(service, amount=face)
    kept = world.balance(world.far, FIRST)
    id = world.propose(lock, WAD, reporter=FIRST, harmed=FIRST)
    world.wait(7 * DAY)
    world.finalise(id)
    parts = world.escrow.parts(id)
    assert sum(parts) == face
    for part in (0, 1):
        world.pull(id, part, FIRST)
    bonds = world.balance(world.far, FIRST) - kept
    assert bonds == parts[0] + parts[1] == 400 * world.whole
    with boa.reverts("bond_treasury: bond has not matured"):
        world.suite.treasury.redeem(world.far, 1, FIRST, sender=FIRST)
    # friends who held insurance and treasury too would have all of the bonds, and no more than the market pays for them
    for part, account in ((2, INSURANCE), (3, TREASURY)):
        world.pull(id, part, account)
    whole, alone = market.quote_sell(maturity, face), market.quote_sell(maturity, bonds)
    cash = market.sell(maturity, bonds, 0, FIRST, MAX, sender=FIRST)
    assert (cash, cash * 10 // world.whole) == (alone, 3_821)
    cash += market.sell(maturity, parts[2], 0, INSURANCE, MAX, sender=INSURANCE)
    cash += market.sell(maturity, parts[3], 0, TREASURY, MAX, sender=TREASURY)
    assert cash <= whole
    assert whole * 10 // world.whole == 9_552
    # nothing was redeemed: the escrow fell by what the market bought back, and no base asset is here
    assert world.suite.treasury.escrow() == escrow_before - face
    assert world.balance(0, world.bonding) == world.balance(world.far, world.bonding) == 0


def test_self_slash__of_anothers_bonds__brings_operator_and_friends_nothing(world):
    """INV-BND-7: bounty and compensation are at most the operator's own loss, and an owner's lock is none of it."""
    service = world.service()
    world.bond(service, amount=world.whole)
    world.allow(service, OWNER)
    lock = world.bond(service, owner=OWNER)
    id = world.propose(lock, WAD, reporter=FIRST, harmed=SECOND)
    world.wait(7 * DAY)
    world.finalise(id)
    assert world.escrow.parts(id)[:2] == [0, 0]


def test_policy_of_a_service__listed_by_governance__holds_for_each_lock_behind_it(world):
    """In the escrow's words a lock's number stands where an asset's does: one choice does for all that come."""
    service = world.service()
    number = world.registry.service(service).number
    listed = replace(POLICY, listed=True, review=9 * DAY)
    world.terms.add_policy(policy_tuple(listed), sender=ADMIN)
    world.terms.set_policy(world.bonding, ANY_ASSET, number, 2, sender=ADMIN)
    world.bond(service, amount=world.whole)
    world.allow(service, OWNER)
    lock = world.bond(service, owner=OWNER)
    assert world.terms.policy_of(world.bonding, lock, number) == 2
    units, subject = world.bonding.lock(lock).units, world.bonding.subject_of(lock)
    arguments = (number, WAD, world.now, REPORTER, HARMED, EVIDENCE, 0)
    id = world.escrow.propose(world.bonding, subject, *arguments, sender=PROVER)
    world.wait(9 * DAY - 1)
    with boa.reverts("slash_escrow: review is not over"):
        world.escrow.finalise(id)
    world.wait(1)
    world.escrow.finalise(id)
    bounty, compensation = world.escrow.parts(id)[:2]
    assert bounty == min(units * POLICY.bounty_bps // 10_000, POLICY.bounty_cap) > 0
    assert compensation == units * POLICY.compensation_bps // 10_000 > 0


def test_locked__withdrawal_or_sale__is_impossible(world):
    """INV-BND-1, S0.23"""
    service = world.service()
    held = world.balance(world.far, FIRST)
    lock = world.bond(service, amount=held)
    assert world.withdraw(world.far, 1, FIRST) == "service_bonding: more than is free"
    market, maturity = world.suite.market, world.maturity(world.far)
    with boa.reverts("bond_token: insufficient balance"):
        market.sell(maturity, 1, 0, FIRST, MAX, sender=FIRST)
    world.deactivate(lock, FIRST)
    world.wait(COOLDOWN - 1)
    assert world.release(lock) == "service_bonding: cooldown runs"
    assert world.activate(service, FIRST, world.far, 1) == "service_bonding: more than is free"
    with boa.reverts("bond_token: insufficient balance"):
        market.sell(maturity, 1, 0, FIRST, MAX, sender=FIRST)
    world.wait(1)
    world.release(lock)
    world.withdraw(world.far, held, FIRST)
    assert market.sell(maturity, 1_000 * world.whole, 0, FIRST, MAX, sender=FIRST) > 0


def test_cooldown__slashed_at_the_last_second__takes_and_a_second_later_nothing(world):
    """S0.6, INV-BND-5: also though nobody calls release."""
    service = world.service()
    locks = [world.bond(service) for _ in range(2)]
    offence = world.now
    world.wait(10)
    for lock in locks:
        world.deactivate(lock, FIRST)
    world.go_to(world.model.locks[locks[0]].end - 1)
    assert world.model.seizures == {}
    id = world.propose(locks[0], WAD, offence)
    assert world.bonding.seizure(id)[1] == 1_000 * world.whole
    world.wait(1)
    assert world.bonding.backings(service, FIRST, offence) == []
    late = world.propose(locks[1], WAD, offence)
    assert world.bonding.seizure(late)[1] == 0
    assert world.bonding.seizable(world.model.locks[locks[1]].subject, offence) == (0, 0)
    assert (world.release(locks[0]), world.release(locks[1])) == (0, 1_000 * world.whole)
    world.compare()


def test_one_second__all_that_can_happen_in_it__takes_no_more_than_was_bonded(world):
    """INV-BND-1, INV-BND-2, S0.22: locked, split, rolled, cashed, slashed five times, ended, entered anew: in one."""
    service = world.service()
    world.go_to(world.maturity(world.near))
    lock = world.bond(service, code=world.near)
    part = world.split(lock, 400 * world.whole, FIRST)
    shares, cash = world.roll(part, FIRST), world.mature(lock)
    assert (cash, isinstance(shares, int)) == (600 * world.whole, True)
    slashes = [world.propose(one, WAD * 2 // 3) for one in (lock, part, lock, part)]
    assert world.split(lock, 1, FIRST) == "service_bonding: seized from within reach"
    assert world.roll(lock, FIRST) == "service_bonding: a seizure is open"
    for one in (lock, part):
        world.deactivate(one, FIRST)
        assert world.release(one) == "service_bonding: cooldown runs"
    slashes.append(world.propose(lock, WAD))
    again = world.bond(service)
    taken = {lock: 0, part: 0, again: 0}
    for id in slashes:
        held, units, _ = world.bonding.seizure(id)
        taken[held or lock] += units
    assert taken[lock] == cash
    assert shares * 888 // 1_000 < taken[part] < shares * 889 // 1_000  # two of two thirds: 8/9, to 1e-9
    world.wait(7 * DAY)
    for id in slashes:
        world.finalise(id)
    left = cash - sum(sum(world.escrow.parts(id)) for id in (slashes[0], slashes[2], slashes[4]))
    assert left == 0
    world.compare()
    world.wait(COOLDOWN)
    for one in (lock, part):
        world.release(one)
    assert world.bonding.lock(again).units == 1_000 * world.whole
    world.compare()


def test_friendly_slash__before_an_exit__shelters_nothing(world):
    """INV-BND-8: what a vetoed slash holds can be claimed by later ones until it is handed back."""
    service = world.service()
    lock = world.bond(service)
    friendly = world.propose(lock, WAD)
    assert world.deactivate(lock, FIRST) is None
    world.wait(DAY)
    honest = world.propose(lock, WAD // 2, world.now - DAY)
    assert world.bonding.seizure(honest)[1] == 0
    world.veto(friendly)
    world.wait(MAX_COOLDOWN)
    world.finalise(honest)
    assert world.free_up(friendly) == 500 * world.whole
    assert world.escrow.collect(honest, friendly, sender=STRANGER) == 500 * world.whole
    assert world.take_back(friendly, FIRST) == 500 * world.whole
    world.compare()


def test_places__dust_of_an_owner__fills_none_that_the_operator_needs(world):
    """INV-BND-10: the operator consents, the controller sets a minimum, and whoever is unwanted is shown out."""
    service = world.service(cooldown=0)
    world.bond(service)
    world.deposit(world.far, 1_000 * world.whole, OWNER)
    assert world.activate(service, FIRST, world.far, 10, OWNER) == "bond_desk: operator allows no such lock"
    world.allow(service, OWNER)
    dust = [world.activate(service, FIRST, world.far, 10, OWNER) for _ in range(MAX_PLACES - 1)]
    world.deposit(world.far, 1_000 * world.whole, FIRST)
    assert world.activate(service, FIRST, world.far, world.whole) == "service_bonding: all places are taken"
    world.allow(service, OWNER, allowed=False)
    for lock in dust:
        assert world.deactivate(lock, FIRST) is None
        assert world.release(lock) == 10
    assert isinstance(world.activate(service, FIRST, world.far, world.whole), int)
    world.allow(service, OTHER_OWNER)
    world.set_minimum(service, world.whole)
    world.deposit(world.far, 10, OTHER_OWNER)
    assert world.activate(service, FIRST, world.far, 10, OTHER_OWNER) == "bond_desk: value below the minimum"


def test_places__owner_that_splits_what_was_let_in__takes_free_ones_for_a_cooldown_at_most(world):
    """INV-BND-10: one lock was let in; its owner needs nobody to split it, since parts have to be able to leave. The
    operator ends the parts, which nothing divides any more, and once they are out their places are free.
    """
    service = world.service()
    world.bond(service)
    world.allow(service, OWNER)
    parts = [world.bond(service, owner=OWNER)]
    world.allow(service, OWNER, allowed=False)
    for _ in range(MAX_PLACES - 2):
        parts.append(world.split(parts[0], 1_000, OWNER))
    assert world.split(parts[0], 1_000, OWNER) == "service_bonding: all places are taken"
    for part in parts:
        assert world.deactivate(part, FIRST) is None
    assert world.split(parts[0], 1_000, OWNER) == "service_bonding: lock has ended"
    world.wait(COOLDOWN)
    for part in parts:
        world.release(part)
    assert len(world.bonding.locks_of(service, FIRST)) == 1
    world.bond(service, amount=world.whole)
    world.compare()


def test_operator__ends_all_and_enters_with_others__while_a_lock_cools_down__is_refused(world):
    """INV-BND-15: a lock answers for its whole cooldown. It would answer for what the operator chose anew: for a party,
    say, that is its friend, and makes a fault of whatever it signs.
    """
    service = world.service(parameters=((1, False, 10, 20),))
    voted, other = (number.to_bytes(32) for number in (15, 16))
    for who in (FIRST, OWNER):
        world.deposit(world.far, world.whole, who)
    world.allow(service, OWNER)
    old = [world.activate(service, FIRST, world.far, 1_000, who, (voted,)) for who in (FIRST, OWNER)]
    for lock in old:
        assert world.deactivate(lock, FIRST) is None
    refused = "bond_desk: locks answer for other parameters"
    assert world.activate(service, FIRST, world.far, 1_000, parameters=(other,)) == refused
    world.wait(COOLDOWN)
    for lock in old:
        assert world.activate(service, FIRST, world.far, 1_000, parameters=(other,)) == refused
        assert world.release(lock, STRANGER) == 1_000
    new = world.activate(service, FIRST, world.far, 1_000, parameters=(other,))
    assert [one.subject >> 160 for one in world.bonding.backings(service, FIRST, world.now)] == [new]
    assert world.deactivate(new, FIRST) is None
    assert isinstance(world.activate(service, FIRST, world.far, 1_000, parameters=(other,)), int), "the same: at once"
    world.compare()


def test_operator__whose_controller_never_ends_a_service__leaves_all_the_same(world):
    """INV-BND-6, INV-BND-9: ties name what is missing, and the operator needs nobody to undo them."""
    world.operators.set_ties(world.bonding, sender=ADMIN)
    service = world.service(powers=ADMITS | ENDS)
    world.admit(service, FIRST)
    own = world.bond(service)
    world.allow(service, OWNER)
    others = world.bond(service, owner=OWNER)
    world.operators.leave(sender=FIRST)
    world.model.accepting.discard(FIRST)
    with boa.reverts("operator_registry: services still active"):
        world.operators.shut_down(sender=FIRST)
    world.deposit(world.far, 10, OWNER)
    assert world.activate(service, FIRST, world.far, 10, OWNER) == "bond_desk: operator takes no services"
    assert world.model.running(service, FIRST) == 2  # what runs goes on, and can be slashed
    world.propose(own)
    for lock in (own, others):
        world.deactivate(lock, FIRST)
    with boa.reverts("operator_registry: services still active"):
        world.operators.shut_down(sender=FIRST)
    world.wait(COOLDOWN)
    for lock in (own, others):
        world.release(lock, FIRST)  # an owner that never calls can't hold it either
    world.operators.shut_down(sender=FIRST)
    assert world.operators.next_step(FIRST) == 5
    world.compare()


def test_operator__slashed_below_its_minimum__can_be_left_by_owners(world):
    """INV-BND-6"""
    service = world.service()
    world.bond(service)
    world.allow(service, OWNER)
    lock = world.bond(service, owner=OWNER)
    world.ledger.set_stake(1 << 160 | int(FIRST, 16), MINIMUM - 1)
    world.operators.review(FIRST)
    assert world.deactivate(lock, OWNER) is None
    world.wait(COOLDOWN)
    assert world.release(lock) == 1_000 * world.whole


@pytest.mark.parametrize("kind", ["fixed", "variable"])
def test_matured__in_the_review_of_a_slash__is_paid_as_bonds_that_anybody_redeems(world, kind):
    """INV-BND-3, INV-BND-7"""
    service = world.service()
    code = {"fixed": world.near, "variable": world.variable}[kind]
    lock = world.bond(service, code=code)
    world.go_to(world.maturity(code) - DAY)
    id = world.propose(lock, WAD // 2)
    world.wait(2 * DAY)
    assert world.mature(lock) == "service_bonding: a seizure is open"
    world.wait(6 * DAY)
    world.finalise(id)
    assert world.mature(lock) >= 500 * world.whole
    assert world.pull(id, 1, HARMED) == 150 * world.whole
    before = world.balance(0, HARMED)
    pays = world.pays(code, 150 * world.whole)
    world.suite.treasury.redeem(code, 150 * world.whole, HARMED, sender=HARMED)
    assert world.balance(0, HARMED) - before == pays >= 150 * world.whole
    world.pull(id, 0, REPORTER)
    world.compare()


def test_seized__then_rolled__bonds_for_the_harmed_and_shares_for_the_owner(world):
    """INV-BND-3: what was seized stays what it was; what is rolled is slashed as shares for what was done before."""
    service = world.service()
    lock = world.bond(service, code=world.near)
    first = world.propose(lock, WAD // 2)
    world.wait(7 * DAY)
    world.finalise(first)
    world.go_to(world.maturity(world.near))
    offence = world.now
    shares = world.roll(lock, FIRST)
    assert isinstance(shares, int)
    assert world.pull_all(first) == 500 * world.whole
    assert world.balance(world.near, HARMED) == 150 * world.whole
    world.wait(DAY)
    second = world.propose(lock, WAD // 2, offence - 1)
    assert world.bonding.seizure(second)[1] == -(-shares // 2)
    world.wait(7 * DAY)
    world.finalise(second)
    world.pull_all(second)
    assert world.balance(2, HARMED) == -(-shares // 2) * 3_000 // 10_000
    world.compare()


def test_split__after_a_slash__lets_no_fault_count_twice(world):
    """INV-BND-14: a part is a subject of its own; so none is made while a fault that was punished is in reach."""
    service = world.service()
    lock = world.bond(service)
    offence = world.now
    world.propose(lock, WAD // 10, offence)
    world.wait(7 * DAY)
    assert world.split(lock, 10 * world.whole, FIRST) == "service_bonding: seized from within reach"
    world.finalise(1)
    world.clean(lock)
    world.go_to(max(world.now, offence) + REACH)
    assert world.split(lock, 10 * world.whole, FIRST) == "service_bonding: seized from within reach"


def test_split__before_a_fault_is_known__both_parts_answer_for_it(world):
    """INV-BND-14: so a part that leaves shelters nothing."""
    service = world.service()
    lock = world.bond(service)
    offence = world.now
    world.wait(DAY)
    part = world.split(lock, 400 * world.whole, FIRST)
    world.deactivate(part, FIRST)
    world.wait(COOLDOWN - 1)
    subjects = [one.subject for one in world.bonding.backings(service, FIRST, offence)]
    assert subjects == [world.model.locks[one].subject for one in (lock, part)]
    for one in (lock, part):
        world.propose(one, WAD, offence)
    assert sum(seizure.units for seizure in world.model.seizures.values()) == 1_000 * world.whole


def test_reentry__by_a_token_that_calls__finds_every_door_shut(world):
    """INV-BND-1: governance lists no such token; were one listed, it could still do nothing in the midst."""
    hostile = source("mocks/MockCallbackERC20").deploy("Hostile", "HST", 18)
    lax = boa.loads("""
@external
@view
def is_of(kind: uint256, token: address) -> bool:
    return True

@external
@view
def value(kind: uint256, token: address, id: uint256, amount: uint256) -> uint256:
    return amount
""")
    boa.env.set_code(world.appraiser.address, boa.env.get_code(lax.address))
    world.desk.list_token(hostile, 3, True, sender=ADMIN)
    hostile.mint(FIRST, 10**21)
    hostile.approve(world.bonding, MAX, sender=FIRST)
    bonding, service = world.bonding, world.service(cooldown=0)
    payloads = [
        bonding.deposit.prepare_calldata(hostile, 0, 1, FIRST),
        bonding.withdraw.prepare_calldata(hostile, 0, 1, FIRST),
        bonding.activate.prepare_calldata(service, FIRST, hostile, 0, 1, []),
        bonding.release.prepare_calldata(1),
        bonding.free.prepare_calldata(FIRST, hostile, 0),
        bonding.value_of.prepare_calldata(1),
    ]
    for payload in payloads:
        hostile.call_back(bonding, payload)
        bonding.deposit(hostile, 0, 100, FIRST, sender=FIRST)
        assert not hostile.succeeded()
        hostile.call_back(bonding, payload)
        bonding.withdraw(hostile, 0, 50, FIRST, sender=FIRST)
        assert not hostile.succeeded()
    assert bonding.free(FIRST, hostile, 0) == 50 * len(payloads) == hostile.balanceOf(bonding)
    assert hostile.calls() == 2 * len(payloads)


def test_barred_receiver__of_a_slash__stops_nobody_else(world):
    """INV-BND-7: a seizure calls no token; a payment that fails stops that payment."""
    false = source("mocks/MockFalseERC20").deploy("No", "NO", 18)
    service = world.service()
    lock = world.bond(service)
    boa.env.set_code(world.suite.token.address, boa.env.get_code(false.address))
    id = world.escrow.propose(
        world.bonding,
        world.model.locks[lock].subject,
        world.number(service),
        WAD,
        world.now,
        REPORTER,
        HARMED,
        b"",
        0,
        sender=PROVER,
    )
    assert world.bonding.seizure(id)[1] == 1_000 * world.whole
    world.bonding.deactivate(lock, sender=FIRST)
    world.wait(COOLDOWN)
    world.bonding.release(lock)
    world.escrow.finalise(id)
    assert world.desk.may_end(service, FIRST, CONTROLLER) is False
