"""ServiceBonding and its desk: every call and every refusal, beside the model, over real escrow and registries."""

import boa
import pytest
from tests.support.bonding import (
    CLASS_LISTING,
    CONTROLLER,
    COOLDOWN,
    FIRST,
    JUDGE,
    OTHER_OWNER,
    OWNER,
    REACH,
    SECOND,
    STRANGER,
    VAULT_LISTING,
    WRAPPER_LISTING,
    ZERO,
    BondingWorld,
    entry_of,
)
from tests.support.bonds import MAX, source
from tests.support.slashing import ADMIN

from surety.models.service_bonding import ADMITS, DAY, END_NOTICE, ENDS, MAX_COOLDOWN, WAD

TENTH = WAD // 10


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


@pytest.fixture
def service(world):
    """Open to every operator; its controller has no powers."""
    return world.service()


@pytest.fixture
def lock(world, service):
    """1,000 of the far bond, the operator's own."""
    return world.bond(service)


# -- free balances ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", range(6))
def test_deposit__each_kind_of_asset__is_free_and_comes_back(world, kind):
    code = world.codes[kind]
    before = world.balance(code, OWNER)
    assert world.deposit(code, 100 * world.whole, OWNER) is None
    world.compare()
    assert world.withdraw(code, 100 * world.whole, OWNER) is None
    assert world.balance(code, OWNER) == before
    world.compare()


def test_deposit__for_another__is_the_others(world):
    assert world.deposit(world.far, 5, OWNER, OTHER_OWNER) is None
    assert world.withdraw(world.far, 1, OWNER) == "service_bonding: more than is free"
    assert world.withdraw(world.far, 5, OTHER_OWNER) is None


def test_deposit__zero_or_unknown__is_refused(world):
    token, bonding = world.suite.token, world.bonding
    assert world.deposit(world.far, 0, OWNER) == "service_bonding: zero amount"
    with boa.reverts("service_bonding: zero owner"):
        bonding.deposit(token, world.far, 1, ZERO, sender=OWNER)
    for asset, id in ((token, 3 << 64 | 604_800), (token, 5), (world.suite.asset, 0), (world.house.rolling, 1)):
        with boa.reverts("bond_desk: asset is not listed"):
            bonding.deposit(asset, id, 1, OWNER, sender=OWNER)


def test_deposit__closed_listing__is_refused_and_what_is_here_goes_out(world, service):
    world.deposit(CLASS_LISTING, 100, OWNER)
    world.desk.list_token(world.house.rolling, 1, False, sender=ADMIN)
    world.model.listed.discard(CLASS_LISTING)
    assert world.deposit(CLASS_LISTING, 1, OWNER) == "bond_desk: listing is closed"
    assert world.activate(service, FIRST, CLASS_LISTING, 50, OWNER) == "bond_desk: listing is closed"
    assert world.withdraw(CLASS_LISTING, 100, OWNER) is None


def test_deposit__token_that_takes_a_fee_or_says_no__is_refused(world):
    fee = source("mocks/MockFeeERC20").deploy("Fee", "FEE", 18)
    false = source("mocks/MockFalseERC20").deploy("No", "NO", 18)
    false.refuse(True)
    for token, reason in ((fee, "asset moved a wrong amount"), (false, "asset refused the transfer")):
        _list_anything(world, token)
        token.mint(OWNER, 100)
        token.approve(world.bonding, MAX, sender=OWNER)
        with boa.reverts(f"service_bonding: {reason}"):
            world.bonding.deposit(token, 0, 100, OWNER, sender=OWNER)


def _list_anything(world, token):
    """As a wrapper, by an appraiser that says that it is one."""
    boa.env.set_code(world.appraiser.address, lax_code())
    world.desk.list_token(token, 3, True, sender=ADMIN)


def lax_code():
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
    return boa.env.get_code(lax.address)


def test_withdraw__zero_or_to_nobody__is_refused(world):
    world.deposit(world.far, 5, OWNER)
    assert world.withdraw(world.far, 0, OWNER) == "service_bonding: zero amount"
    with boa.reverts("service_bonding: zero receiver"):
        world.bonding.withdraw(world.suite.token, world.far, 5, ZERO, sender=OWNER)


# -- listings ---------------------------------------------------------------------------------------------------------


def test_list_token__not_of_that_kind_or_not_governance__is_refused(world):
    for kind, token in ((1, world.house.rolling), (2, world.house.vault), (3, world.wrapper)):
        assert world.desk.listing(token) == (kind, kind, True)
        with boa.reverts("bond_desk: not of that kind"):
            world.desk.list_token(token, kind % 3 + 1, True, sender=ADMIN)
    with boa.reverts("bond_desk: not of that kind"):
        world.desk.list_token(world.suite.asset, 0, True, sender=ADMIN)
    with boa.reverts("roles: caller lacks the role"):
        world.desk.list_token(world.house.rolling, 1, True, sender=OWNER)


def test_list_token__more_than_255__are_refused(world):
    boa.env.set_storage(world.desk.address, world.desk._storage._listing_count.slot, 255)
    boa.env.set_code(world.appraiser.address, lax_code())
    with boa.reverts("bond_desk: too many listings"):
        world.desk.list_token(world.suite.asset, 3, True, sender=ADMIN)


# -- activation -------------------------------------------------------------------------------------------------------


def test_activate__own_bond__operator_serves(world, service, lock):
    assert world.registry.serves(service, FIRST)
    assert world.bonding.active_services(FIRST) == 1
    assert world.bonding.subject_of(lock) == lock << 160 | int(FIRST, 16)
    assert world.bonding.bonded_value(service, FIRST) == world.bonding.value_of(lock) == world.bonding.lock(lock).value
    world.compare()


def test_activate__parameters__are_the_registrys(world):
    service = world.service(parameters=((1, False, 10, 20),))
    world.deposit(world.far, world.whole, FIRST)
    token = world.suite.token
    with boa.reverts("commitment_registry: wrong parameter count"):
        world.bonding.activate(service, FIRST, token, world.far, world.whole, [], sender=FIRST)
    word = (15).to_bytes(32)
    assert world.activate(service, FIRST, world.far, world.whole, parameters=(word,)) == 1
    assert world.registry.latest_period(service, FIRST)[0].parameters == entry_of([word])


def test_activate__owner_that_names_parameters__stands_behind_no_others(world):
    """The operator leaves and enters with others in the second before; who names none takes what there is."""
    service = world.service(parameters=((1, False, 10, 20),), cooldown=0)
    voted, other = ((number).to_bytes(32) for number in (15, 16))
    for who in (FIRST, OWNER):
        world.deposit(world.far, world.whole, who)
    world.allow(service, OWNER)
    own = world.activate(service, FIRST, world.far, 1_000, parameters=(voted,))
    assert isinstance(world.activate(service, FIRST, world.far, 1_000, OWNER, (voted,)), int)
    for lock in (own, own + 1):
        world.deactivate(lock, FIRST)
        world.release(lock)
    world.activate(service, FIRST, world.far, 1_000, parameters=(other,))
    refused = "bond_desk: locks answer for other parameters"
    assert world.activate(service, FIRST, world.far, 1_000, OWNER, (voted,)) == refused
    assert world.activate(service, FIRST, world.far, 1_000, OWNER, (other, other)) == refused
    for parameters in ((), (other,)):
        assert isinstance(world.activate(service, FIRST, world.far, 1_000, OWNER, parameters), int)
    world.compare()


def test_activate__more_than_is_free_or_zero__is_refused(world, service):
    """S0.22: exposure is never above what is bonded."""
    world.deposit(world.far, 100, FIRST)
    assert world.activate(service, FIRST, world.far, 101) == "service_bonding: more than is free"
    assert world.activate(service, FIRST, world.far, 0) == "service_bonding: zero amount"
    assert world.activate(service, FIRST, world.far, 2**96) == "service_bonding: amount out of range"
    assert world.activate(service, FIRST, 0, 1) == "bond_desk: asset is not listed"


def test_activate__operator_that_takes_no_services__is_refused(world, service):
    world.deposit(world.far, 10**20, FIRST)
    world.operators.set_accepting(False, sender=FIRST)
    world.model.accepting.discard(FIRST)
    assert world.activate(service, FIRST, world.far, 10**20) == "bond_desk: operator takes no services"
    assert world.activate(service, STRANGER, world.far, 10**20, FIRST) == "bond_desk: operator takes no services"


def test_activate__unknown_or_closed_service__is_refused(world):
    world.deposit(world.far, 10**20, FIRST)
    assert world.activate(b"\x01" * 32, FIRST, world.far, 10**20) == "bond_desk: no such service"
    service = world.service(powers=4)
    world.registry.close(service, sender=CONTROLLER)
    world.model.services[service] = world.model.services[service].__class__(1, CONTROLLER, COOLDOWN, REACH, 4, True)
    assert world.activate(service, FIRST, world.far, 10**20) == "bond_desk: service is closed"


def test_activate__operator_not_admitted__is_refused(world):
    service = world.service(powers=ADMITS)
    world.deposit(world.far, 3 * 10**20, FIRST)
    assert world.activate(service, FIRST, world.far, 10**20) == "bond_desk: operator is not admitted"
    assert world.admit(service, FIRST) is None
    assert world.desk.is_admitted(service, FIRST)
    assert world.activate(service, FIRST, world.far, 10**20) == 1
    assert world.admit(service, FIRST, False) is None
    assert world.activate(service, FIRST, world.far, 10**20) == "bond_desk: operator is not admitted"
    world.compare()


def test_activate__owner_that_is_not_allowed__is_refused(world, service):
    world.deposit(world.far, 10**21, OWNER)
    assert world.activate(service, FIRST, world.far, 10**20, OWNER) == "bond_desk: operator allows no such lock"
    world.bond(service)
    assert world.activate(service, FIRST, world.far, 10**20, OWNER) == "bond_desk: operator allows no such lock"
    assert world.allow(service, OWNER) is None
    assert all(world.desk.is_allowed(service, FIRST, one) for one in (OWNER, FIRST))
    assert world.activate(service, FIRST, world.far, 10**20, OWNER) == 2
    assert world.allow(service, OWNER, allowed=False) is None
    assert world.activate(service, FIRST, world.far, 10**20, OWNER) == "bond_desk: operator allows no such lock"
    world.compare()


def test_activate__owner_enters_the_operator__once_and_as_allowed(world):
    service = world.service(cooldown=0)
    world.deposit(world.far, 10**21, OWNER)
    world.allow(service, OWNER)
    refused = "bond_desk: not the entry that was allowed"
    assert world.activate(service, FIRST, world.far, 10**20, OWNER) == refused
    world.allow(service, OWNER, entry=entry_of([]))
    assert world.activate(service, FIRST, world.far, 10**20, OWNER) == 1
    assert world.activate(service, FIRST, world.far, 10**20, OWNER) == 2
    for one in (1, 2):
        assert world.deactivate(one, FIRST) is None
    world.wait(1)
    assert world.activate(service, FIRST, world.far, 10**20, OWNER) == refused
    world.compare()


def test_allow__oneself__is_refused(world, service):
    assert world.allow(service, FIRST) == "bond_desk: operators need no leave"


def test_activate__below_the_minimum__is_refused(world, service):
    """INV-BND-10"""
    world.deposit(world.near, 10**21, FIRST)
    assert world.set_minimum(service, 10**20) is None
    assert world.activate(service, FIRST, world.near, 10**20) == "bond_desk: value below the minimum"
    assert world.activate(service, FIRST, world.near, 2 * 10**20) == 1
    world.set_minimum(service, 0)
    assert world.activate(service, FIRST, world.near, 1) == "bond_desk: value below the minimum"


def test_activate__ninth_lock__is_refused_until_one_is_released(world):
    """INV-BND-10"""
    service = world.service(cooldown=0)
    locks = [world.bond(service, amount=10**18) for _ in range(8)]
    world.deposit(world.far, 10**18, FIRST)
    assert world.activate(service, FIRST, world.far, 10**18) == "service_bonding: all places are taken"
    world.deactivate(locks[3], FIRST)
    assert world.activate(service, FIRST, world.far, 10**18) == "service_bonding: all places are taken"
    assert world.release(locks[3]) == 10**18
    assert world.activate(service, FIRST, world.far, 10**18) == 9
    assert world.bonding.locks_of(service, FIRST) == [1, 2, 3, 5, 6, 7, 8, 9]
    world.compare()


def test_set_minimum__not_the_controller__is_refused(world, service):
    """S0.28"""
    assert world.set_minimum(service, 1, STRANGER) == "bond_desk: caller is not the controller"
    assert world.admit(service, FIRST, caller=STRANGER) == "bond_desk: caller is not the controller"
    assert world.admit(service, FIRST) == "bond_desk: template gives no such power"
    assert world.announce_end(service, FIRST) == "bond_desk: template gives no such power"
    assert world.announce_end(b"\x01" * 32, FIRST) == "bond_desk: caller is not the controller"


def test_begin__not_the_bonding__is_refused(world, service):
    for call, arguments in (
        (world.desk.begin, (service, FIRST, FIRST, world.far, 1, True, False, [])),
        (world.desk.cash, (world.far, 1, STRANGER)),
        (world.desk.reinvest, (VAULT_LISTING, 1, 0)),
    ):
        with boa.reverts("bond_desk: caller is not the bonding"):
            call(*arguments, sender=STRANGER)


def test_worth__out_of_range__is_refused(world):
    assert world.desk.worth(0, 2**96 - 1) == 2**96 - 1
    with boa.reverts("bond_desk: value out of range"):
        world.desk.worth(0, 2**96)


# -- the way out ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["owner", "operator"])
def test_deactivate__owner_or_operator__needs_nobody(world, service, who):
    """INV-BND-6"""
    world.bond(service)
    world.allow(service, OWNER)
    lock = world.bond(service, owner=OWNER)
    assert world.deactivate(lock, STRANGER) == "service_bonding: caller may not end this lock"
    assert world.deactivate(lock, CONTROLLER) == "service_bonding: caller may not end this lock"
    assert world.deactivate(lock, OWNER if who == "owner" else FIRST) is None
    assert world.deactivate(lock, OWNER) == "service_bonding: lock has ended"
    assert world.registry.serves(service, FIRST)
    world.compare()


def test_deactivate__last_one__operator_leaves(world, service, lock):
    world.deactivate(lock, FIRST)
    assert not world.registry.serves(service, FIRST)
    assert world.bonding.active_services(FIRST) == 1
    world.wait(COOLDOWN)
    world.release(lock)
    assert world.bonding.active_services(FIRST) == 0
    world.compare()


def test_deactivate__controller__after_its_notice_alone(world):
    """S0.28, INV-BND-9"""
    service = world.service(powers=ENDS)
    lock = world.bond(service)
    assert world.announce_end(service, FIRST) is None
    assert world.desk.end_of(service, FIRST) == world.now + END_NOTICE == world.now + world.desk.END_NOTICE()
    world.wait(END_NOTICE - 1)
    assert world.deactivate(lock, CONTROLLER) == "service_bonding: caller may not end this lock"
    world.wait(1)
    assert world.desk.may_end(service, FIRST, CONTROLLER)
    assert world.deactivate(lock, STRANGER) == "service_bonding: caller may not end this lock"
    assert world.deactivate(lock, CONTROLLER) is None
    world.compare()


def test_announce_end__taken_back_or_before_another_period__binds_nobody(world):
    """INV-BND-9"""
    service = world.service(powers=ENDS, cooldown=0)
    lock = world.bond(service)
    world.announce_end(service, FIRST)
    world.announce_end(service, FIRST, False)
    world.wait(END_NOTICE)
    assert world.deactivate(lock, CONTROLLER) == "service_bonding: caller may not end this lock"
    world.announce_end(service, FIRST)
    world.wait(END_NOTICE)
    world.deactivate(lock, FIRST)
    again = world.bond(service)
    assert world.deactivate(again, CONTROLLER) == "service_bonding: caller may not end this lock"


def test_release__one_second_early_or_twice__is_refused(world, service, lock):
    """S0.24, INV-BND-5"""
    assert world.release(lock) == "service_bonding: lock still runs"
    world.deactivate(lock, FIRST)
    world.wait(COOLDOWN - 1)
    assert world.release(lock) == "service_bonding: cooldown runs"
    assert world.withdraw(world.far, 1, FIRST) == "service_bonding: more than is free"
    world.wait(1)
    assert world.release(lock) == 1_000 * world.whole
    assert world.release(lock) == "service_bonding: released already"
    assert world.bonding.lock(lock).units == 1_000 * world.whole
    assert world.bonding.value_of(lock) == world.desk.worth(world.far, 1_000 * world.whole)
    world.compare()


def test_release__no_cooldown__at_once(world):
    """S0.24, INV-BND-5"""
    lock = world.bond(world.service(cooldown=0))
    world.deactivate(lock, FIRST)
    assert world.release(lock) == 1_000 * world.whole
    world.compare()


@pytest.mark.parametrize("call", ["deactivate", "release", "sync", "clean", "value_of", "subject_of", "mature"])
def test_lock__unknown__is_refused(world, call):
    with boa.reverts("service_bonding: no such lock"):
        getattr(world.bonding, call)(7)
    assert world.bonding.lock(7).owner == ZERO


# -- slashes ----------------------------------------------------------------------------------------------------------


def test_seize__a_tenth__is_paid_in_kind(world, service, lock):
    """INV-BND-7"""
    id = world.propose(lock)
    world.compare()
    assert world.bonding.value_of(lock) == world.bonding.lock(lock).value  # until it is decided
    world.wait(7 * DAY)
    world.finalise(id)
    assert world.pull_all(id) == 100 * world.whole
    assert world.balance(world.far, JUDGE) == 10_000 * world.whole
    world.compare()
    assert world.sync(lock) < world.bonding.value_at(service, FIRST, world.now - 1)
    world.compare()


def test_restore__vetoed__waits_for_the_owner(world, service, lock):
    """INV-BND-8"""
    for take in (world.take_back, world.put_back):
        id = world.propose(lock)
        world.veto(id)
        world.wait(MAX_COOLDOWN)
        world.free_up(id)
        assert take(id, STRANGER) == "service_bonding: caller is not the owner"
        before = world.model.locks[lock].units
        assert isinstance(take(id, FIRST), int)
        assert take(id, FIRST) == "service_bonding: nothing came back"
        assert (world.model.locks[lock].units == before) == (take == world.take_back)
        world.compare()


def test_put_back__lock_that_ended_or_changed__is_refused(world, service):
    """INV-BND-8"""
    locks = [world.bond(service, code=world.near) for _ in range(2)]
    ids = [world.propose(lock) for lock in locks]
    for id in ids:
        world.veto(id)
    world.wait(MAX_COOLDOWN)
    for id in ids:
        world.free_up(id)
    world.go_to(world.maturity(world.near))
    world.deactivate(locks[0], FIRST)
    assert world.put_back(ids[0], FIRST) == "service_bonding: lock has ended"
    world.mature(locks[1])
    assert world.put_back(ids[1], FIRST) == "service_bonding: lock holds another asset now"
    for id in ids:
        assert world.take_back(id, FIRST) == 100 * world.whole
    world.compare()


@pytest.mark.parametrize("call", ["seize", "restore", "pay", "compensate"])
def test_escrow_calls__anybody_else__are_refused(world, call):
    arguments = {"seize": (1, 1 << 160, 1, 0), "pay": (1, STRANGER, 1)}.get(call, (1, 1))
    with boa.reverts("service_bonding: caller is not the escrow"):
        getattr(world.bonding, call)(*arguments, sender=STRANGER)


def test_escrow_calls__an_escrow_gone_wrong__takes_no_more_than_was_seized(world, lock):
    """INV-BND-7"""
    bonding, escrow, subject = world.bonding, world.escrow.address, world.model.locks[lock].subject
    with boa.reverts("service_bonding: fraction out of range"):
        bonding.seize(1, subject, WAD + 1, world.now, sender=escrow)
    assert bonding.seize(1, subject, WAD // 3, world.now, sender=escrow) == (1_000 * (WAD // 3),) * 2
    with boa.reverts("service_bonding: slash is known"):
        bonding.seize(1, subject, 1, world.now, sender=escrow)
    units = bonding.seizure(1)[1]
    for call, arguments in ((bonding.pay, (STRANGER, units + 1)), (bonding.restore, (units + 1,))):
        with boa.reverts("service_bonding: more than was seized"):
            call(1, *arguments, sender=escrow)
        with boa.reverts("service_bonding: no such slash"):
            call(2, *arguments, sender=escrow)
    bonding.compensate(1, 5, sender=escrow)
    with boa.reverts("service_bonding: compensated already"):
        bonding.compensate(1, 5, sender=escrow)
    bonding.pay(1, STRANGER, 7, sender=escrow)
    bonding.restore(1, units - 7, sender=escrow)
    for call in (bonding.restore, bonding.compensate):
        with boa.reverts("service_bonding: restored already"):
            call(1, 0, sender=escrow)
    with boa.reverts("service_bonding: more than was seized"):
        bonding.pay(1, STRANGER, 1, sender=escrow)
    assert bonding.returned(1) == (lock, units - 2)


def test_seize__false_operator_or_time__takes_nothing(world, service, lock):
    """INV-BND-4"""
    bonding, escrow, subject = world.bonding, world.escrow.address, world.model.locks[lock].subject
    assert bonding.seize(1, subject, WAD, world.now - 1, sender=escrow) == (0, 0)
    assert bonding.seize(2, subject + 1, WAD, world.now, sender=escrow) == (0, 0)
    assert bonding.seize(3, 77 << 160 | 5, WAD, world.now, sender=escrow) == (0, 0)
    assert bonding.seizable(subject + 1, world.now) == (0, 0)
    world.compare_holdings()


def test_seize__an_owners_lock__is_not_the_operators_own(world, service, lock):
    """INV-BND-7"""
    world.allow(service, OWNER)
    other = world.bond(service, owner=OWNER)
    id = world.propose(other)
    world.wait(7 * DAY)
    world.finalise(id)
    parts = world.escrow.parts(id)
    assert parts[0] == parts[1] == 0  # bounty and compensation are at most the operator's own loss
    assert sum(parts) == 100 * world.whole
    world.pull_all(id)
    world.compare()


def test_judgement__vetoed__its_bond_is_the_owners(world, service, lock):
    """INV-BND-8"""
    id = world.propose(lock, proven=False)
    bond = world.judgements.bond(id)
    assert bond == 5 * world.whole
    world.veto(id, proven=False)
    world.wait(8 * DAY)
    world.settle(id)
    world.compare()
    assert world.take_back(id, FIRST) == bond
    world.wait(MAX_COOLDOWN)
    world.free_up(id)
    assert world.take_back(id, FIRST) == 100 * world.whole
    world.compare()


# -- exposure ---------------------------------------------------------------------------------------------------------


def test_exposure__from_activation_to_the_end__is_all_or_nothing(world, service, lock):
    """S0.8, INV-BND-2, INV-BND-11"""
    bonding, model, number = world.bonding, world.model, world.number(service)
    subject, start = model.locks[lock].subject, world.now
    other = world.number(world.service(salt=1))
    world.wait(100)
    world.deactivate(lock, FIRST)
    end = world.now + COOLDOWN
    world.go_to(end + 50)
    for at, expected in ((start - 1, 0), (start, WAD), (end - 1, WAD), (end, 0), (end + 50, 0)):
        assert bonding.exposure(number, bonding, subject, at) == expected == model.exposure(number, subject, at)
        assert bonding.share(number, bonding, subject, at) == expected == model.share(number, subject, at)
        assert bonding.lock_value_at(lock, at) == model.locks[lock].value_at(at)
        assert bonding.value_at(service, FIRST, at) == model.value_at(service, FIRST, at)
    for call in (bonding.exposure, bonding.share):
        assert call(other, bonding, subject, start) == 0
        assert call(0, bonding, 77 << 160, start) == 0
        assert call(number, STRANGER, subject, start) == 0
        assert call(number, bonding, subject + 1, start) == 0
        with boa.reverts("service_bonding: time in the future"):
            call(number, bonding, subject, world.now + 1)
    with boa.reverts("service_bonding: time in the future"):
        bonding.value_at(service, FIRST, world.now + 1)
    with boa.reverts("service_bonding: time in the future"):
        bonding.lock_value_at(lock, world.now + 1)


def test_share__several_locks__adds_up(world, service):
    """INV-BND-12"""
    locks = [world.bond(service, operator, amount * world.whole) for operator, amount in ((FIRST, 700), (SECOND, 300))]
    number = world.number(service)
    world.wait(5)
    shares = [world.bonding.share(number, world.bonding, world.model.locks[one].subject, world.now) for one in locks]
    assert abs(shares[0] - 7 * TENTH) <= 1
    assert abs(shares[1] - 3 * TENTH) <= 1
    world.deactivate(locks[0], FIRST)
    world.wait(COOLDOWN)
    assert world.bonding.share(number, world.bonding, world.model.locks[locks[1]].subject, world.now) == WAD


def test_views__of_the_house__say_what_it_is(world):
    bonding, desk = world.bonding, world.desk
    assert bonding.parties() == (world.registry.address, world.escrow.address)
    assert desk.parties() == (world.registry.address, world.operators.address, world.appraiser.address)
    assert (bonding.asset(), bonding.bond_token()) == (world.suite.asset.address, world.suite.token.address)
    assert (desk.bonding(), bonding.exit_window()) == (bonding.address, MAX_COOLDOWN)
    assert bonding.blueprints(FIRST) == 0
    for code in world.codes:
        token, id = world.asset_of(code)
        assert desk.code_of(token, id) == code
        assert desk.asset_of(code) == (token.address, id)


# -- parts of locks ---------------------------------------------------------------------------------------------------


def test_split__part__leaves_by_itself(world, service, lock):
    """INV-BND-14"""
    part = world.split(lock, 300 * world.whole, FIRST)
    world.compare()
    assert world.bonding.lock(part).activated == world.bonding.lock(lock).activated
    assert world.deactivate(part, FIRST) is None
    world.wait(COOLDOWN)
    assert world.release(part) == 300 * world.whole
    assert world.registry.serves(service, FIRST)
    world.compare()


def test_split__out_of_range_or_others__is_refused(world, service, lock):
    assert world.split(lock, 1, OWNER) == "service_bonding: caller is not the owner"
    for units in (0, 1_000 * world.whole):
        assert world.split(lock, units, FIRST) == "service_bonding: part out of range"
    world.set_minimum(service, 10**20)
    for units in (10**20, 900 * world.whole):
        assert world.split(lock, units, FIRST) == "service_bonding: part below the minimum"
    world.deactivate(lock, FIRST)
    assert world.split(lock, 1, FIRST) == "service_bonding: lock has ended"


def test_split__places_taken__is_refused(world, service, lock):
    for _ in range(7):
        world.bond(service, amount=10**18)
    assert world.split(lock, 10**18, FIRST) == "service_bonding: all places are taken"


def test_split__seized_from__waits_for_the_reach(world, service, lock):
    """INV-BND-14"""
    assert world.clean(lock) == "service_bonding: clean already"
    id = world.propose(lock)
    assert world.split(lock, 10**20, FIRST) == "service_bonding: seized from within reach"
    assert world.clean(lock) == "service_bonding: a seizure is open"
    world.wait(7 * DAY)
    world.finalise(id)
    assert world.split(lock, 10**20, FIRST) == "service_bonding: seized from within reach"
    assert world.clean(lock) is None
    world.wait(REACH)
    assert world.split(lock, 10**20, FIRST) == "service_bonding: seized from within reach"
    world.wait(1)
    assert isinstance(world.split(lock, 10**20, FIRST), int)
    world.compare()


# -- bonds that mature ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["near", "variable", "wrapper"])
def test_mature__bond_or_wrapper__stays_locked_as_cash(world, service, kind):
    """INV-BND-3"""
    code = {"near": world.near, "variable": world.variable, "wrapper": WRAPPER_LISTING}[kind]
    lock = world.bond(service, code=code)
    assert world.mature(lock) == "bond_desk: bond has not matured"
    world.go_to(world.maturity(code))
    cash = world.mature(lock)
    assert cash >= 1_000 * world.whole if kind == "variable" else cash == 1_000 * world.whole
    assert world.mature(lock) == "service_bonding: rolled already"
    world.compare()
    id = world.propose(lock)
    world.wait(7 * DAY)
    world.finalise(id)
    assert world.pull_all(id) == -(-cash // 10)
    world.deactivate(lock, FIRST)
    world.wait(COOLDOWN)
    world.release(lock)
    assert world.withdraw(0, cash - -(-cash // 10), FIRST) is None
    world.compare()


def test_mature__what_never_pays__is_refused(world, service):
    lock = world.bond(service, code=VAULT_LISTING)
    assert world.mature(lock) == "bond_desk: pays no cash"
    world.deactivate(lock, FIRST)
    world.wait(COOLDOWN)
    world.release(lock)
    assert world.mature(lock) == "service_bonding: released already"


def test_mature__while_a_seizure_is_open__waits(world, service):
    """INV-BND-3"""
    lock = world.bond(service, code=world.near)
    world.go_to(world.maturity(world.near))
    id = world.propose(lock, WAD // 2)
    assert world.mature(lock) == "service_bonding: a seizure is open"
    assert world.roll(lock, FIRST) == "service_bonding: a seizure is open"
    world.wait(7 * DAY)
    world.finalise(id)
    assert world.mature(lock) == 500 * world.whole
    assert world.pull_all(id) == 500 * world.whole  # in the bonds that were seized
    world.compare()
    whole = world.propose(lock, WAD)
    world.wait(7 * DAY)
    world.finalise(whole)
    assert world.mature(lock) == "service_bonding: nothing is left in the lock"
    world.pull_all(whole)
    world.compare()


@pytest.mark.parametrize("first", [True, False])
def test_roll__cash_or_matured_bond__becomes_shares(world, service, first):
    """INV-BND-3"""
    lock = world.bond(service, code=world.near)
    assert world.roll(lock, OWNER) == "service_bonding: caller is not the owner"
    assert world.roll(lock, FIRST) == "bond_desk: bond has not matured"
    world.go_to(world.maturity(world.near))
    if first:
        world.mature(lock)
    assert world.roll(lock, FIRST, CLASS_LISTING) == "bond_desk: not a listed vault"
    assert isinstance(world.roll(lock, FIRST, VAULT_LISTING, 900 * world.whole), int)
    assert world.roll(lock, FIRST) == "service_bonding: rolled already"
    assert world.mature(lock) == "service_bonding: rolled already"
    world.compare()
    id = world.propose(lock, WAD // 2)
    world.wait(7 * DAY)
    world.finalise(id)
    assert world.pull_all(id) > 0
    world.compare()


def test_roll__fewer_shares_than_asked__is_refused(world, service):
    lock = world.bond(service, code=world.near)
    world.go_to(world.maturity(world.near))
    with boa.reverts("rolling_vault: shares below the limit"):
        world.bonding.roll(lock, world.house.vault, 2_000 * world.whole, sender=FIRST)


def test_sync__ended__is_refused(world, service, lock):
    before = world.bonding.lock(lock).value
    world.wait(30 * DAY)
    assert world.sync(lock) > before  # nearer to its maturity
    world.compare()
    world.deactivate(lock, FIRST)
    assert world.sync(lock) == "service_bonding: lock has ended"


@pytest.mark.parametrize("approves", [True, False])
def test_roll__vault_or_asset_that_says_no__is_refused(world, service, approves):
    lock = world.bond(service, code=world.near)
    world.go_to(world.maturity(world.near))
    world.mature(lock)
    stub = boa.loads(f"""
@external
@view
def balanceOf(owner: address) -> uint256:
    return 0

@external
def transfer(receiver: address, amount: uint256) -> bool:
    return True

@external
def approve(spender: address, amount: uint256) -> bool:
    return {approves}

@external
def deposit_min(assets: uint256, receiver: address, least: uint256, deadline: uint256) -> uint256:
    return 0
""")
    for token in (world.suite.asset, world.house.vault):
        boa.env.set_code(token.address, boa.env.get_code(stub.address))
    reason = "fewer shares than asked for" if approves else "asset refused the approval"
    with boa.reverts(f"bond_desk: {reason}"):
        world.bonding.roll(lock, world.house.vault, 0, sender=FIRST)
