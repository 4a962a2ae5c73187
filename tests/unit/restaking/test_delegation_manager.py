"""DelegationManager call by call: each reason beside the call that goes through, windows at their edges."""

import boa
import pytest
from eth_utils import keccak
from tests.support.delegation import (
    BOND,
    CAP,
    DAY,
    DELEGATORS,
    NUMBERS,
    OPERATORS,
    STRANGER,
    ZERO,
    DelegationWorld,
    signer_blueprint,
    source,
    subject_word,
)

from surety.models.delegation import ALLOWLIST, CLOSED, OPEN, WAD, WEEK

MAX = 2**256 - 1
STAKE = 10**21 + 7
OPERATOR, SECOND = OPERATORS
DELEGATOR, OTHER, THIRD = DELEGATORS[:3]
POOL = (OPERATOR, 0)
WORD = subject_word(POOL)
ACTIVE, LEAVING, INACTIVE = 1, 2, 3


@pytest.fixture(scope="module")
def with_pools():
    with boa.env.anchor():
        yield DelegationWorld.create()


@pytest.fixture(scope="module")
def without_pools():
    with boa.env.anchor():
        yield DelegationWorld.create(pools=False)


@pytest.fixture
def world(with_pools):
    with boa.env.anchor():
        yield with_pools.again()


@pytest.fixture
def bare(without_pools):
    with boa.env.anchor():
        yield without_pools.again()


def logged(contract):
    """Name and fields of the contract's own last event."""
    event = [one for one in contract.get_logs() if one.address == contract.address][-1]
    return type(event).__name__, event


# -- creation and pools -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_init__zero_address__reverts(missing):
    addresses = [STRANGER] * 3
    addresses[missing] = ZERO
    with boa.reverts("delegation_manager: zero address"):
        source("restaking/DelegationManager").deploy(*addresses, signer_blueprint())


def test_open_pool__again__reverts(world):
    with boa.reverts("delegation_manager: pool is open already"):
        world.manager.open_pool(0, OPEN, 0, 0, sender=OPERATOR)


def test_open_pool__of_a_stranger__opens_without_delegations(bare):
    word = subject_word((STRANGER, 0))
    bare.manager.open_pool(0, ALLOWLIST, 5, 10, sender=STRANGER)
    name, event = logged(bare.manager)
    assert (name, event.subject, event.mode, event.minimum, event.cap) == ("PoolSet", word, ALLOWLIST, 5, 10)
    pool = bare.manager.pool(word)
    assert (pool.status, pool.mode, pool.minimum, pool.cap, pool.rewarded) == (0, ALLOWLIST, 5, 10, False)
    assert bare.manager.pools_of(STRANGER) == [word]
    with boa.reverts("delegation_manager: operator is not active"):
        bare.manager.deposit(DELEGATOR, word, STAKE, sender=DELEGATOR)


def test_open_pool__sixteen__no_seventeenth(bare):
    for number in range(3, 20):
        bare.registry.set_asset(number, bare.tokens[0], 0, CAP, 1)
    for number in range(3, 19):
        bare.manager.open_pool(number, OPEN, 0, 0, sender=OPERATOR)
    with boa.reverts("delegation_manager: too many pools"):
        bare.manager.open_pool(19, OPEN, 0, 0, sender=OPERATOR)
    bare.registry.set_status(bare.manager, OPERATOR, LEAVING)
    assert all(bare.manager.pool(word).status == LEAVING for word in bare.manager.pools_of(OPERATOR))


def test_open_pool__unknown_asset__reverts(bare):
    for number in (9, 2**32):
        with boa.reverts("delegation_manager: asset out of range"):
            bare.manager.open_pool(number, OPEN, 0, 0, sender=OPERATOR)
        with boa.reverts("delegation_manager: asset out of range"):
            bare.manager.sync_asset(number)


@pytest.mark.parametrize("mode", [0, 4, 2**250])
def test_open_pool__no_such_mode__reverts(bare, mode):
    with boa.reverts("delegation_manager: no such mode"):
        bare.manager.open_pool(0, mode, 0, 0, sender=OPERATOR)


@pytest.mark.parametrize(("minimum", "cap"), [(2**96, 0), (0, 2**96), (11, 10)])
def test_set_pool__limits_out_of_range__reverts(world, minimum, cap):
    with boa.reverts("delegation_manager: limits out of range"):
        world.manager.set_pool(0, OPEN, minimum, cap, sender=OPERATOR)
    world.set_pool(POOL, OPEN, 10, 10)


def test_set_pool__of_another__reverts(world):
    with boa.reverts("delegation_manager: no such pool"):
        world.manager.set_pool(0, OPEN, 0, 0, sender=STRANGER)


# -- who may delegate -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", NUMBERS)
def test_inv_del_1_deposit__any_asset__moves_it_and_tells(world, number):
    subject = (OPERATOR, number)
    assert world.deposit(DELEGATOR, subject, STAKE) == STAKE
    name, event = logged(world.manager)
    assert (name, event.subject, event.owner) == ("StakeDeposited", subject_word(subject), DELEGATOR)
    assert (event.amount, event.shares) == (STAKE, STAKE)
    assert world.balance(number, world.manager) == STAKE
    assert world.manager.asset_of(subject_word(subject)) == (world.tokens[number].address, BOND if number == 2 else 0)
    world.compare()


def test_deposit__no_pool__reverts(world):
    for word in (subject_word((STRANGER, 0)), 1 << 192 | WORD, 0):
        with boa.reverts("delegation_manager: no such pool"):
            world.manager.deposit(DELEGATOR, word, STAKE, sender=DELEGATOR)


def test_deposit__zero__reverts(world):
    assert world.deposit(DELEGATOR, POOL, 0) is None
    assert world.reason == "delegation_manager: zero amount"


def test_deposit__of_another__reverts(world):
    with boa.reverts("delegation_manager: caller is not the owner"):
        world.manager.deposit(DELEGATOR, WORD, STAKE, sender=STRANGER)


@pytest.mark.parametrize("status", [0, LEAVING, INACTIVE])
def test_deposit__operator_not_active__only_its_own(world, status):
    world.set_status(OPERATOR, status)
    with boa.reverts("delegation_manager: operator is not active"):
        world.manager.deposit(DELEGATOR, WORD, STAKE, sender=DELEGATOR)
    assert world.deposit(OPERATOR, POOL, STAKE)
    world.set_status(OPERATOR, ACTIVE)
    assert world.deposit(DELEGATOR, POOL, STAKE)


def test_deposit__closed_pool__only_its_own(world):
    world.set_pool(POOL, CLOSED)
    with boa.reverts("delegation_manager: closed to delegations"):
        world.manager.deposit(DELEGATOR, WORD, STAKE, sender=DELEGATOR)
    assert world.deposit(OPERATOR, POOL, STAKE)


def test_deposit__allowlist__only_who_is_on_it(world):
    world.set_pool(POOL, ALLOWLIST)
    world.allow(OPERATOR, OTHER)
    name, event = logged(world.manager)
    assert (name, event.operator, event.delegator, event.allowed) == ("DelegatorAllowed", OPERATOR, OTHER, True)
    world.allow(SECOND, DELEGATOR)
    with boa.reverts("delegation_manager: not on the allowlist"):
        world.manager.deposit(DELEGATOR, WORD, STAKE, sender=DELEGATOR)
    assert world.deposit(OTHER, POOL, STAKE)
    world.allow(OPERATOR, OTHER, False)
    assert world.deposit(OTHER, POOL, STAKE) is None
    assert world.queue(OTHER, POOL, STAKE)


def test_deposit__below_minimum_and_above_cap__reverts(world):
    world.set_pool(POOL, OPEN, 100, 1_000)
    with boa.reverts("delegation_manager: below the pool's minimum"):
        world.manager.deposit(DELEGATOR, WORD, 99, sender=DELEGATOR)
    assert world.deposit(DELEGATOR, POOL, 900)
    for amount in (101, 2**200, MAX):
        with boa.reverts("delegation_manager: above the pool's cap"):
            world.manager.deposit(OTHER, WORD, amount, sender=OTHER)
    assert world.deposit(OTHER, POOL, 100)
    assert world.deposit(OPERATOR, POOL, 5)


def test_deposit__above_what_fits__reverts(world):
    with boa.reverts("stake_pots: amount out of range"):
        world.manager.deposit(DELEGATOR, WORD, 2**95, sender=DELEGATOR)


# -- assets at the door -----------------------------------------------------------------------------------------------


def test_inv_del_12_deposit__above_the_assets_cap__reverts_and_gifts_dont_count(world):
    world.registry.set_asset(0, world.tokens[0], 0, 1_000, 1)
    world.manager.sync_asset(0)
    name, event = logged(world.manager)
    assert (name, event.asset, event.held, event.room) == ("AssetSynced", 0, 0, 1_000)
    world.model.asset_caps[0] = 1_000
    world.tokens[0].mint(world.manager, 999)  # a gift fills no cap
    assert world.deposit(DELEGATOR, POOL, 600)
    with boa.reverts("delegation_manager: above the asset's cap"):
        world.manager.deposit(OTHER, subject_word((SECOND, 0)), 401, sender=OTHER)
    assert world.deposit(OTHER, (SECOND, 0), 400)
    world.queue(DELEGATOR, POOL, 600)
    epoch = world.epoch + 1
    world.wait(2 * WEEK)
    world.complete(DELEGATOR, POOL, epoch)
    assert world.deposit(OTHER, (SECOND, 0), 600)


@pytest.mark.parametrize(("cap", "status"), [(CAP, 2), (CAP, 3), (STAKE, 1), (STAKE - 1, 1), (0, 1)])
def test_inv_del_12_sync_asset__closed_or_full__shut_until_it_is_not(world, cap, status):
    world.deposit(DELEGATOR, POOL, STAKE)
    world.registry.set_asset(0, world.tokens[0], 0, cap, status)
    assert world.manager.asset_terms(0)[3] > 0
    world.manager.sync_asset(0, sender=STRANGER)
    assert world.manager.asset_terms(0)[2:] == (STAKE, 0)
    with boa.reverts("delegation_manager: asset is shut to deposits"):
        world.manager.deposit(OPERATOR, WORD, 1, sender=OPERATOR)
    assert world.queue(DELEGATOR, POOL, STAKE)  # leaving goes on
    epoch = world.epoch + 1
    world.wait(2 * WEEK)
    assert world.complete(DELEGATOR, POOL, epoch) == STAKE
    world.registry.set_asset(0, world.tokens[0], 0, CAP, 1)
    world.manager.sync_asset(0)
    assert world.manager.asset_terms(0)[2:] == (0, CAP)
    assert world.deposit(DELEGATOR, POOL, STAKE)


def test_deposit__asset_that_takes_a_fee__reverts(bare):
    taxed = source("mocks/MockFeeERC20").deploy("Taxed", "TAX", 18)
    bare.registry.set_asset(5, taxed, 0, CAP, 1)
    bare.manager.open_pool(5, OPEN, 0, 0, sender=OPERATOR)
    taxed.mint(OPERATOR, STAKE)
    taxed.approve(bare.manager, MAX, sender=OPERATOR)
    taxed.mint(bare.manager, STAKE)  # what it held before covers nothing
    with boa.reverts("delegation_manager: asset moved a wrong amount"):
        bare.manager.deposit(OPERATOR, subject_word((OPERATOR, 5)), 1_000, sender=OPERATOR)


def test_inv_del_12_sync_asset__asset_that_lost_balance__is_shut(world):
    token = world.tokens[0]
    world.deposit(DELEGATOR, POOL, STAKE)
    token.transfer(STRANGER, 1, sender=world.manager.address)  # what a rebase does to it
    world.manager.sync_asset(0)
    with boa.reverts("delegation_manager: asset is shut to deposits"):
        world.manager.deposit(OTHER, WORD, STAKE, sender=OTHER)
    token.mint(world.manager, 1)
    world.manager.sync_asset(0)
    assert world.deposit(OTHER, POOL, STAKE)


def test_deposit__asset_that_refuses__reverts(bare):
    false = source("mocks/MockFalseERC20").deploy("No", "NO", 18)
    bare.registry.set_asset(5, false, 0, CAP, 1)
    bare.manager.open_pool(5, OPEN, 0, 0, sender=OPERATOR)
    false.mint(OPERATOR, STAKE)
    false.approve(bare.manager, MAX, sender=OPERATOR)
    word = subject_word((OPERATOR, 5))
    bare.manager.deposit(OPERATOR, word, STAKE // 2, sender=OPERATOR)
    false.refuse(True)
    with boa.reverts("delegation_manager: asset refused the transfer"):
        bare.manager.deposit(OPERATOR, word, STAKE // 2, sender=OPERATOR)
    # It can stop payments, but neither queueing nor a seizure.
    epoch = bare.manager.queue(OPERATOR, word, STAKE // 4, ZERO, sender=OPERATOR)
    bare.escrow.seize(bare.manager, 1, word, WAD // 2, bare.now)
    bare.wait(2 * WEEK)
    with boa.reverts("delegation_manager: asset refused the transfer"):
        bare.manager.complete(OPERATOR, word, epoch, ZERO, OPERATOR, sender=OPERATOR)
    false.refuse(False)
    assert bare.manager.complete(OPERATOR, word, epoch, ZERO, OPERATOR, sender=OPERATOR) == STAKE // 8


def test_deposit__bond_token_that_refuses__reverts(bare):
    false = source("mocks/MockFalseBondToken").deploy()
    bare.registry.set_asset(5, false, BOND, CAP, 1)
    bare.manager.open_pool(5, OPEN, 0, 0, sender=OPERATOR)
    word = subject_word((OPERATOR, 5))
    with boa.reverts("delegation_manager: asset refused the transfer"):
        bare.manager.deposit(OPERATOR, word, 1_000, sender=OPERATOR)
    false.set_answer(True)
    bare.manager.deposit(OPERATOR, word, 1_000, sender=OPERATOR)
    epoch = bare.manager.queue(OPERATOR, word, 1_000, ZERO, sender=OPERATOR)
    bare.wait(2 * WEEK)
    false.set_answer(False)
    with boa.reverts("delegation_manager: asset refused the transfer"):
        bare.manager.complete(OPERATOR, word, epoch, ZERO, OPERATOR, sender=OPERATOR)


def test_deposit__asset_that_calls_back__finds_everything_locked(bare):
    hooked = source("mocks/MockCallbackERC20").deploy("Hook", "HOOK", 18)
    bare.registry.set_asset(5, hooked, 0, CAP, 1)
    bare.manager.open_pool(5, OPEN, 0, 0, sender=OPERATOR)
    hooked.mint(OPERATOR, 4 * STAKE)
    hooked.approve(bare.manager, MAX, sender=OPERATOR)
    word = subject_word((OPERATOR, 5))
    bare.manager.deposit(OPERATOR, word, STAKE, sender=OPERATOR)
    epoch = bare.manager.queue(OPERATOR, word, STAKE // 2, ZERO, sender=OPERATOR)
    bare.wait(2 * WEEK)
    calls = [
        bare.manager.deposit.prepare_calldata(OPERATOR, word, 1),
        bare.manager.queue.prepare_calldata(OPERATOR, word, 1, ZERO),
        bare.manager.sync_asset.prepare_calldata(5),
        bare.manager.seizable.prepare_calldata(word, 0),
    ]
    for payload in calls:
        hooked.call_back(bare.manager, payload)
        before = hooked.calls()
        bare.manager.deposit(OPERATOR, word, 10, sender=OPERATOR)
        assert hooked.calls() == before + 1
        assert not hooked.succeeded()
    hooked.call_back(bare.manager, bare.manager.complete.prepare_calldata(OPERATOR, word, epoch, ZERO, OPERATOR))
    bare.manager.complete(OPERATOR, word, epoch, ZERO, OPERATOR, sender=OPERATOR)
    assert not hooked.succeeded()


# -- queue ------------------------------------------------------------------------------------------------------------


def test_queue__some_and_all__leaves_active_stake_at_once(world):
    world.deposit(DELEGATOR, POOL, STAKE)
    epoch = world.queue(DELEGATOR, POOL, 1_000)
    name, event = logged(world.manager)
    assert (name, event.subject, event.owner, event.epoch) == ("WithdrawalQueued", WORD, DELEGATOR, epoch)
    assert (event.target, event.shares, event.amount, event.tickets) == (ZERO, 1_000, 1_000, 1_000)
    assert epoch == world.epoch + 1
    assert world.manager.ticket(WORD, epoch, DELEGATOR, ZERO).matures_at == (epoch + 1) * WEEK
    assert world.manager.queue(DELEGATOR, WORD, MAX, ZERO, sender=DELEGATOR) == epoch
    assert world.manager.stake(WORD, DELEGATOR) == (0, 0)
    assert world.manager.ticket(WORD, epoch, DELEGATOR, ZERO).amount == STAKE


def test_queue__more_than_held_or_none__reverts(world):
    world.deposit(DELEGATOR, POOL, STAKE)
    assert world.queue(DELEGATOR, POOL, STAKE + 1) is None
    assert world.queue(DELEGATOR, POOL, 0) is None
    assert world.queue(OTHER, POOL, 1) is None
    with boa.reverts("stake_pots: zero, or more than held"):
        world.manager.queue(OTHER, WORD, MAX, ZERO, sender=OTHER)


def test_t26_queue__shares_worth_nothing__reverts(world):
    world.deposit(DELEGATOR, POOL, 1_000)
    world.seize(1, POOL, WAD // 2)
    assert world.queue(DELEGATOR, POOL, 1) is None
    assert world.queue(DELEGATOR, POOL, 2)


def test_queue__no_pool_there__reverts(world):
    world.deposit(DELEGATOR, POOL, STAKE)
    assert world.queue(DELEGATOR, POOL, STAKE, STRANGER) is None
    assert world.queue(DELEGATOR, POOL, STAKE, OPERATOR) is None
    assert world.reason == "delegation_manager: same operator"
    assert world.queue(DELEGATOR, POOL, STAKE, SECOND)
    with boa.reverts("delegation_manager: no such pool"):
        world.manager.queue(DELEGATOR, subject_word((STRANGER, 0)), 1, ZERO, sender=DELEGATOR)


def test_queue__of_another__reverts(world):
    world.deposit(DELEGATOR, POOL, STAKE)
    with boa.reverts("delegation_manager: caller is not the owner"):
        world.manager.queue(DELEGATOR, WORD, STAKE, ZERO, sender=OPERATOR)


@pytest.mark.parametrize("status", [0, ACTIVE, LEAVING, INACTIVE])
def test_inv_del_7_queue__any_status__delegators_always_may(world, status):
    world.deposit(DELEGATOR, POOL, STAKE)
    world.set_pool(POOL, CLOSED)
    world.set_status(OPERATOR, status)
    world.seize(1, POOL)
    assert world.queue(DELEGATOR, POOL, STAKE // 2)
    assert world.cancel(DELEGATOR, POOL, world.epoch + 1, STAKE // 4)
    world.wait(2 * WEEK)
    assert world.complete(DELEGATOR, POOL, world.epoch - 1)


def test_queue__own_stake__asks_the_registry_with_what_is_left(world):
    world.deposit(OPERATOR, POOL, 1_000)
    world.registry.set_minimum(600)
    with boa.reverts("mock_registry: below the minimum"):
        world.manager.queue(OPERATOR, WORD, 401, ZERO, sender=OPERATOR)
    assert world.queue(OPERATOR, POOL, 300)
    world.seize(1, POOL, WAD // 2)
    assert world.manager.self_stake(WORD) == 700  # what is seized counts until it is decided
    with boa.reverts("mock_registry: below the minimum"):
        world.manager.queue(OPERATOR, WORD, 300, ZERO, sender=OPERATOR)
    assert world.queue(OPERATOR, POOL, 200)
    assert world.manager.self_stake(WORD) == 600
    world.restore(1, 0)
    assert world.manager.self_stake(WORD) == 250
    assert world.manager.self_stake(subject_word((STRANGER, 0))) == 0


# -- windows ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("off", "done"), [(-1, False), (0, True), (1, True)])
def test_inv_del_4_complete__around_the_end_of_its_epoch__only_after(world, off, done):
    world.deposit(DELEGATOR, POOL, STAKE)
    epoch = world.queue(DELEGATOR, POOL, STAKE)
    world.go_to((epoch + 1) * WEEK + off)
    assert (world.complete(DELEGATOR, POOL, epoch) == STAKE) == done
    assert done or world.reason == "delegation_manager: window has not ended"
    if done:
        name, event = logged(world.manager)
        assert (name, event.epoch, event.receiver, event.amount) == ("WithdrawalCompleted", epoch, DELEGATOR, STAKE)
    assert (world.complete(DELEGATOR, POOL, epoch) is None) or not done


@pytest.mark.parametrize(("off", "done"), [(-1, True), (0, False), (1, False)])
def test_cancel__around_the_end_of_its_epoch__only_before(world, off, done):
    world.deposit(DELEGATOR, POOL, STAKE)
    epoch = world.queue(DELEGATOR, POOL, STAKE)
    world.go_to((epoch + 1) * WEEK + off)
    assert (world.cancel(DELEGATOR, POOL, epoch, STAKE) == STAKE) == done
    assert done or world.reason == "delegation_manager: window has ended"
    if done:
        name, event = logged(world.manager)
        assert (name, event.tickets, event.amount, event.shares) == ("WithdrawalCancelled", STAKE, STAKE, STAKE)


def test_complete__to_a_receiver__and_not_to_zero(world):
    world.deposit(DELEGATOR, POOL, STAKE)
    epoch = world.queue(DELEGATOR, POOL, STAKE)
    world.wait(2 * WEEK)
    with boa.reverts("delegation_manager: zero address"):
        world.manager.complete(DELEGATOR, WORD, epoch, ZERO, ZERO, sender=DELEGATOR)
    with boa.reverts("delegation_manager: caller is not the owner"):
        world.manager.complete(DELEGATOR, WORD, epoch, ZERO, STRANGER, sender=STRANGER)
    assert world.manager.complete(DELEGATOR, WORD, epoch, ZERO, STRANGER, sender=DELEGATOR) == STAKE
    assert world.balance(0, STRANGER) == STAKE


def test_complete__words_that_name_another_pot__revert(world):
    world.deposit(DELEGATOR, POOL, STAKE)
    epoch = world.queue(DELEGATOR, POOL, STAKE // 2)
    now = world.epoch
    for word, named in [(WORD, 0), ((epoch << 192) | WORD, 0), ((epoch << 192) | WORD, now - 1), (WORD, 2**64)]:
        with boa.reverts("delegation_manager: no such bucket"):
            world.manager.complete(DELEGATOR, word, named, ZERO, DELEGATOR, sender=DELEGATOR)
        with boa.reverts("delegation_manager: no such bucket"):
            world.manager.cancel(DELEGATOR, word, named, ZERO, 1, sender=DELEGATOR)
        with boa.reverts("delegation_manager: no such bucket"):
            world.manager.arrive(DELEGATOR, word, named, SECOND, sender=DELEGATOR)


def test_inv_del_4_seize__around_the_end_of_a_window__to_its_last_second_only(world):
    world.deposit(DELEGATOR, POOL, STAKE)
    epoch = world.queue(DELEGATOR, POOL, STAKE)
    offence = world.now
    world.go_to((epoch + 1) * WEEK - 1)
    assert world.manager.seizable(WORD, offence) == (STAKE, 0)
    with boa.env.anchor():
        assert tuple(world.escrow.seize(world.manager, 1, WORD, WAD, offence)) == (STAKE, 0)
    world.go_to((epoch + 1) * WEEK)
    assert world.manager.seizable(WORD, offence) == (0, 0)
    assert world.seize(2, POOL, WAD, offence) == (0, 0)
    assert world.complete(DELEGATOR, POOL, epoch) == STAKE


def test_inv_del_5_seize__offence_after_the_epoch_of_queueing__spares_who_had_left(world):
    world.deposit(DELEGATOR, POOL, STAKE)
    world.deposit(OTHER, POOL, STAKE)
    epoch = world.queue(DELEGATOR, POOL, STAKE)
    world.go_to(epoch * WEEK)
    assert world.manager.seizable(WORD, world.now) == (STAKE, 0)
    assert world.manager.seizable(WORD, world.now - 1) == (2 * STAKE, 0)
    world.seize(1, POOL, WAD, world.now)
    assert world.manager.ticket(WORD, epoch, DELEGATOR, ZERO).amount == STAKE
    world.seize(2, POOL, WAD // 2, epoch * WEEK - 1)
    assert world.manager.ticket(WORD, epoch, DELEGATOR, ZERO).amount == STAKE // 2


# -- redelegation -----------------------------------------------------------------------------------------------------


def test_inv_del_8_arrive__after_the_window__is_active_there_and_not_before(world):
    there = (SECOND, 0)
    world.deposit(DELEGATOR, POOL, STAKE)
    epoch = world.queue(DELEGATOR, POOL, STAKE, SECOND)
    assert world.arrive(DELEGATOR, POOL, epoch, SECOND) is None
    world.seize(1, there, WAD)  # not there yet
    world.seize(2, POOL, WAD // 4)  # still within reach here
    world.go_to((epoch + 1) * WEEK)
    with boa.reverts("delegation_manager: zero address"):
        world.manager.arrive(DELEGATOR, WORD, epoch, ZERO, sender=DELEGATOR)
    assert world.arrive(OTHER, POOL, epoch, SECOND) is None
    assert world.arrive(DELEGATOR, POOL, epoch, SECOND) == STAKE - (STAKE + 3) // 4
    name, event = logged(world.manager)
    assert (name, event.subject, event.owner, event.target) == ("StakeRedelegated", WORD, DELEGATOR, SECOND)
    assert world.manager.stake(subject_word(there), DELEGATOR)[0] == event.amount
    world.compare()


def test_arrive__refused_there__is_paid_out_instead(world):
    world.deposit(DELEGATOR, POOL, STAKE)
    epoch = world.queue(DELEGATOR, POOL, STAKE, SECOND)
    world.set_status(SECOND, LEAVING)
    world.wait(2 * WEEK)
    assert world.arrive(DELEGATOR, POOL, epoch, SECOND) is None
    assert world.complete(DELEGATOR, POOL, epoch) is None  # no plain ticket
    assert world.complete(DELEGATOR, POOL, epoch, SECOND) == STAKE


def test_cancel__of_a_redelegation__comes_back(world):
    world.deposit(DELEGATOR, POOL, STAKE)
    epoch = world.queue(DELEGATOR, POOL, STAKE, SECOND)
    assert world.cancel(DELEGATOR, POOL, epoch, STAKE) is None
    assert world.cancel(DELEGATOR, POOL, epoch, STAKE, SECOND) == STAKE
    with boa.reverts("delegation_manager: caller is not the owner"):
        world.manager.cancel(DELEGATOR, WORD, epoch, SECOND, 1, sender=OTHER)
    with boa.reverts("delegation_manager: caller is not the owner"):
        world.manager.arrive(DELEGATOR, WORD, epoch, SECOND, sender=OTHER)


def test_cancel__tickets_worth_nothing__reverts(world):
    world.deposit(DELEGATOR, POOL, 1_000)
    epoch = world.queue(DELEGATOR, POOL, 1_000)
    world.seize(1, POOL, WAD // 2)
    assert world.cancel(DELEGATOR, POOL, epoch, 1) is None
    assert world.cancel(DELEGATOR, POOL, epoch, 1_001) is None
    assert world.cancel(DELEGATOR, POOL, epoch, 1_000) == 500


# -- the registry and the escrow --------------------------------------------------------------------------------------


def test_on_status__of_a_stranger__reverts(world):
    with boa.reverts("delegation_manager: caller is not the registry"):
        world.manager.on_status(OPERATOR, INACTIVE, sender=STRANGER)
    world.set_status(OPERATOR, INACTIVE)
    assert all(world.manager.pool(subject_word((OPERATOR, number))).status == INACTIVE for number in NUMBERS)
    assert world.manager.pool(subject_word((SECOND, 0))).status == ACTIVE


def test_escrow_calls__of_a_stranger__revert(world):
    world.deposit(DELEGATOR, POOL, STAKE)
    world.seize(1, POOL)
    calls = [
        lambda: world.manager.seize(2, WORD, 1, world.now, sender=STRANGER),
        lambda: world.manager.restore(1, 0, sender=STRANGER),
        lambda: world.manager.pay(1, STRANGER, 1, sender=STRANGER),
        lambda: world.manager.compensate(1, 1, sender=STRANGER),
    ]
    for call in calls:
        with boa.reverts("delegation_manager: caller is not the escrow"):
            call()


def test_seize__bad_arguments__revert(world):
    world.deposit(DELEGATOR, POOL, STAKE)
    assert world.seize(1, POOL)
    assert world.seize(1, POOL) is None
    assert world.reason == "delegation_manager: slash is known"
    assert world.seize(2, POOL, 0) is None
    assert world.seize(2, POOL, WAD + 1) is None
    assert world.reason == "delegation_manager: fraction out of range"
    assert world.seize(2, POOL, WAD, world.now + 1) is None
    assert world.reason == "delegation_manager: offence in the future"
    assert world.seize(2, (STRANGER, 0)) is None
    assert world.seize(2, POOL, WAD)


@pytest.mark.parametrize("status", [0, ACTIVE, LEAVING, INACTIVE])
def test_t1_inv_del_11_seize__any_status__always(world, status):
    world.deposit(DELEGATOR, POOL, STAKE)
    world.deposit(OPERATOR, POOL, STAKE)
    world.set_status(OPERATOR, status)
    assert world.seize(1, POOL, WAD // 4) == ((2 * STAKE + 3) // 4, (2 * STAKE + 3) // 8)


def test_inv_del_1_hand_out__more_than_seized__reverts(world):
    world.deposit(DELEGATOR, POOL, 1_000)
    world.seize(1, POOL, WAD // 10)
    world.pay(1, 30)
    with boa.reverts("delegation_manager: more than was seized"):
        world.escrow.restore(world.manager, 1, 71)
    for amount in (71, 2**96, MAX):
        with boa.reverts("delegation_manager: more than was seized"):
            world.escrow.pay(world.manager, 1, STRANGER, amount)
    world.restore(1, 50)
    with boa.reverts("delegation_manager: restored already"):
        world.escrow.restore(world.manager, 1, 0)
    with boa.reverts("delegation_manager: more than was seized"):
        world.escrow.pay(world.manager, 1, STRANGER, 21)
    world.pay(1, 20)
    for call in (
        lambda: world.escrow.restore(world.manager, 9, 0),
        lambda: world.escrow.pay(world.manager, 9, STRANGER, 0),
    ):
        with boa.reverts("delegation_manager: no such slash"):
            call()
    assert world.claim_refund(DELEGATOR, 1) == 50
    assert world.claim_refund(DELEGATOR, 1) is None


def test_compensate__before_and_after_restore__adds_to_the_refund(world):
    world.deposit(DELEGATOR, POOL, 1_000)
    world.deposit(OTHER, POOL, 3_000)
    world.seize(1, POOL, WAD // 10)
    world.compensate(1, 100)
    assert world.claim_refund(DELEGATOR, 1) == 25
    world.restore(1, 400)
    assert world.claim_refund(DELEGATOR, 1) == 100
    assert world.claim_refund(OTHER, 1) == 375
    with boa.reverts("delegation_manager: compensated already"):
        world.escrow.compensate(world.manager, 1, world.tokens[0], 0)
    world.compare()
    with boa.reverts("stake_pots: amount out of range"):
        world.seize(2, POOL)
        world.tokens[0].mint(world.escrow, 2**94)
        world.escrow.compensate(world.manager, 2, world.tokens[0], 2**94)


# -- who gets refunds -------------------------------------------------------------------------------------------------


def test_inv_del_1_claim_refund__after_each_of_two_payments__once_each(world):
    world.deposit(DELEGATOR, POOL, STAKE)
    world.seize(1, POOL, WAD // 2)
    for pay in (lambda: world.compensate(1, 1_000), lambda: world.restore(1, STAKE // 4)):
        pay()
        assert world.claim_refund(DELEGATOR, 1) > 0
        assert world.claim_refund(DELEGATOR, 1) is None
        assert world.reason == "delegation_manager: nothing to refund"
    world.compare()


def test_compensate__as_much_as_the_books_hold_less_what_is_staked__is_the_most(world):
    world.deposit(DELEGATOR, POOL, STAKE)
    world.seize(1, POOL, WAD // 2)
    room = 2**94 - 1 - CAP  # held and room of the asset together are its cap
    world.tokens[0].mint(world.escrow, 2**94)
    with boa.reverts("stake_pots: amount out of range"):
        world.escrow.compensate(world.manager, 1, world.tokens[0], room + 1)
    world.escrow.compensate(world.manager, 1, world.tokens[0], room)
    assert world.manager.asset_terms(0)[2] == STAKE + room


def test_inv_del_3_refund__stayer_leaver_mover_and_joiner__to_who_was_slashed_only(world):
    """Four stake or queue 1,000 each; a fifth joins after the seizure; three leave, move or top up before the veto."""
    stayer, leaver, mover, canceller, joiner = DELEGATORS[:5]
    for owner in (stayer, leaver, mover, canceller):
        world.deposit(owner, POOL, 1_000)
    world.queue(leaver, POOL, 1_000)
    world.queue(mover, POOL, 1_000, SECOND)
    epoch = world.queue(canceller, POOL, 1_000)
    assert world.seize(1, POOL, WAD // 10) == (400, 0)
    world.deposit(joiner, POOL, 900)
    assert world.manager.stake(WORD, joiner)[0] == 900
    world.cancel(canceller, POOL, epoch, 1_000)
    world.deposit(stayer, POOL, 500)
    world.go_to((epoch + 1) * WEEK)
    assert world.complete(leaver, POOL, epoch) == 900
    assert world.arrive(mover, POOL, epoch, SECOND) == 900
    world.queue(stayer, POOL, 1_000)
    before = [world.manager.stake(WORD, owner)[0] for owner in (stayer, canceller, joiner)]
    world.restore(1, 400)
    # No price jumps, and each of the four gets its 100.
    assert [world.manager.stake(WORD, owner)[0] for owner in (stayer, canceller, joiner)] == before
    assert world.claim_refund(stayer, 1) == world.claim_refund(leaver, 1) == world.claim_refund(canceller, 1) == 100
    assert world.claim_refund(mover, 1) is None
    assert world.claim_refund(mover, 1, SECOND) == 100
    assert world.claim_refund(joiner, 1) is None
    world.compare()


def test_claim_refund__to_another_receiver__by_the_owner_only(world):
    world.deposit(DELEGATOR, POOL, 1_000)
    world.seize(1, POOL, WAD // 10)
    world.restore(1, 100)
    with boa.reverts("delegation_manager: caller is not the owner"):
        world.manager.claim_refund(DELEGATOR, 1, ZERO, STRANGER, sender=STRANGER)
    with boa.reverts("delegation_manager: zero address"):
        world.manager.claim_refund(DELEGATOR, 1, ZERO, ZERO, sender=DELEGATOR)
    with boa.reverts("delegation_manager: nothing to refund"):
        world.manager.claim_refund(DELEGATOR, 2, ZERO, DELEGATOR, sender=DELEGATOR)
    world.manager.claim_refund(DELEGATOR, 1, ZERO, STRANGER, sender=DELEGATOR)
    name, event = logged(world.manager)
    assert (name, event.slash_id, event.owner, event.receiver, event.amount) == (
        "RefundClaimed",
        1,
        DELEGATOR,
        STRANGER,
        100,
    )
    assert world.balance(0, STRANGER) == 100


def test_t2_restore__years_later_and_after_many_slashes__still_finds_its_holders(world):
    world.deposit(DELEGATOR, POOL, 10**18)
    world.seize(0, POOL, WAD // 10)
    for slash in range(1, 41):
        world.wait(20 * DAY)
        world.deposit((DELEGATOR, OTHER)[slash % 2], POOL, 10**15)
        world.seize(slash, POOL, WAD // 100)
    world.restore(0, 10**17)
    assert world.claim_refund(DELEGATOR, 0) == 10**17
    for slash in (7, 39, 20, 1):
        world.restore(slash, world.model.seizures[slash].seized)
    world.compare_refunds()


def test_inv_del_2_t24_seize__the_same_slashes_in_any_order__take_the_same(world):
    """Proposed together: 10 % five times takes 1 - 0.9**5 of what was there, in any order, with another between."""
    takes = []
    for order in ([WAD // 10] * 5 + [WAD // 4], [WAD // 4] + [WAD // 10] * 5, [WAD // 10, WAD // 4] + [WAD // 10] * 4):
        with boa.env.anchor():
            world.manager.deposit(DELEGATOR, WORD, 10**24, sender=DELEGATOR)
            takes.append(
                sum(world.escrow.seize(world.manager, 100 + i, WORD, f, world.now)[0] for i, f in enumerate(order))
            )
    exact = 10**24 * (WAD**6 - (9 * WAD // 10) ** 5 * (3 * WAD // 4)) // WAD**6
    assert all(abs(take - exact) <= 6 for take in takes)


# -- rounding, generations, donations ---------------------------------------------------------------------------------


def test_t22_seize__one_unit_of_awkward_stakes__never_more_than_there_is(world):
    world.deposit(DELEGATOR, POOL, 10**18 + 1)
    world.deposit(OTHER, POOL, 10**18 + 1)
    world.queue(OTHER, POOL, 10**18 + 1)
    assert world.seize(1, POOL, 1) == (4, 0)  # two pots, each rounded up
    world.compare()
    for number in range(2, 30):
        world.seize(number, POOL, WAD // 3)
        world.compare()


@pytest.mark.parametrize("fraction", [WAD, WAD - 1, WAD - WAD // 10**6])
def test_t23_inv_del_6_deposit__after_a_full_or_near_full_slash__is_one_to_one(world, fraction):
    world.deposit(DELEGATOR, POOL, STAKE)
    world.queue(DELEGATOR, POOL, STAKE // 2)
    world.seize(1, POOL, fraction)
    assert world.manager.pool(WORD).generation == 1
    residue = world.model.stake(DELEGATOR, POOL)
    assert world.deposit(OTHER, POOL, STAKE) == STAKE
    assert world.manager.stake(WORD, OTHER) == (STAKE, STAKE)
    assert world.manager.stake(WORD, DELEGATOR)[0] == residue
    epoch = world.epoch + 1
    world.queue(OTHER, POOL, STAKE // 3)
    ticket = world.manager.ticket(WORD, epoch, DELEGATOR, ZERO)
    assert ticket.amount <= STAKE // 10**5
    if fraction == WAD:
        assert world.queue(DELEGATOR, POOL, 1) is None
        assert ticket.shares == 0
    world.restore(1, world.model.seizures[1].seized)
    refund = world.claim_refund(DELEGATOR, 1)
    assert abs(refund + residue + ticket.amount - STAKE) <= 2
    world.compare()


def test_t23_pool__emptied_and_refilled_forty_times__no_share_overflows(world):
    """2**-18 of 2**89 units is left each time: shares would need 800 bits without generations."""
    with boa.env.anchor():
        for slash in range(40):
            world.deposit(DELEGATORS[slash % 3], POOL, 2**84 + slash)
            world.seize(slash, POOL, WAD - WAD // 2**18)
            world.compare()
        assert world.manager.pool(WORD).generation == 40
        for slash in (39, 0, 20):
            world.restore(slash, world.model.seizures[slash].seized)
        world.compare_refunds()
        for owner in DELEGATORS[:3]:
            held = world.model.pots[POOL, 0].held((owner, None))
            assert held == 0 or world.queue(owner, POOL, held)


def test_pool__worn_down_by_half_slashes__begins_anew_after_sixteen(world):
    world.deposit(DELEGATOR, POOL, 2**80)
    for slash in range(15):
        world.seize(slash, POOL, WAD // 2)
        assert world.manager.pool(WORD).generation == 0
    world.deposit(OTHER, POOL, 2**80)  # at a price of 2**-15
    world.seize(15, POOL, WAD // 2)
    assert world.manager.pool(WORD).generation == 1
    assert world.manager.stake(WORD, OTHER)[0] == 2**79
    assert world.manager.stake(WORD, DELEGATOR)[0] == 2**64
    world.compare()


def pot_slot(world, pot):
    """Where a pot's word is stored."""
    slot = world.manager.compiler_data.storage_layout["storage_layout"]["stake_pots"]["_pots"]["slot"]
    return int.from_bytes(keccak(slot.to_bytes(32) + pot.to_bytes(32)))


def test_deposit__last_generation_worn_out__reverts_and_seizures_go_on(world):
    world.deposit(DELEGATOR, POOL, 2**40)
    word = boa.env.get_storage(world.manager.address, pot_slot(world, WORD))
    boa.env.set_storage(world.manager.address, pot_slot(world, WORD), word | (2**13 - 1) << 232)
    world.escrow.seize(world.manager, 1, WORD, WAD - WAD // 2**17, world.now)
    assert world.manager.pool(WORD).generation == 2**13 - 1
    with boa.reverts("stake_pots: worn out, deposit elsewhere"):
        world.manager.deposit(OTHER, WORD, STAKE, sender=OTHER)
    assert world.escrow.seize(world.manager, 2, WORD, WAD // 2, world.now)[0] > 0
    assert world.escrow.seize(world.manager, 3, WORD, WAD, world.now)[0] > 0


def test_seize__snapshots_used_up__goes_on(world):
    world.deposit(DELEGATOR, POOL, 2**40)
    word = boa.env.get_storage(world.manager.address, pot_slot(world, WORD))
    boa.env.set_storage(world.manager.address, pot_slot(world, WORD), word | (2**24 - 1) << 208)
    assert world.escrow.seize(world.manager, 1, WORD, WAD // 2, world.now)[0] == 2**39
    assert world.escrow.seize(world.manager, 2, WORD, WAD // 2, world.now)[0] == 2**38


def test_t21_deposit__after_gifts_and_dust__gets_what_it_brought(world):
    world.deposit(DELEGATOR, POOL, 1)
    world.tokens[0].mint(world.manager, 10**24)
    for owner in DELEGATORS[1:4]:
        assert world.deposit(owner, POOL, STAKE) == STAKE
        assert world.manager.stake(WORD, owner)[0] == STAKE


def test_inv_del_9_deposit__ten_thousand_small_ones__drift_by_a_unit_each_at_most(world):
    """On the model, which the contract equals to the unit, at an awkward price; some of them on the contract."""
    world.deposit(DELEGATOR, POOL, 10**6 + 3)
    world.seize(1, POOL, WAD // 3)
    for number in range(20):
        world.deposit(OTHER, POOL, 1 + number % 3)
    given = sum(1 + number % 3 for number in range(20))
    for number in range(10_000):
        world.model.deposit(THIRD, POOL, 1 + number % 7)
    sent = sum(1 + number % 7 for number in range(10_000))
    assert given - 20 <= world.manager.stake(WORD, OTHER)[0] <= given
    assert sent - 10_000 <= world.model.stake(THIRD, POOL) <= sent
    kept = world.model.stake(DELEGATOR, POOL)
    assert 0 <= kept - 666_668 <= 10_020


def test_t9_queue__queued_stake__is_not_stake(world):
    world.deposit(DELEGATOR, POOL, STAKE)
    world.queue(DELEGATOR, POOL, STAKE // 2)
    assert world.manager.stake(WORD, DELEGATOR)[0] == STAKE - STAKE // 2
    assert world.manager.pool(WORD).assets == STAKE - STAKE // 2
    assert world.manager.seizable(WORD, world.now) == (STAKE, 0)


def test_exit_window__is_two_epochs(world):
    assert world.manager.exit_window() == 2 * WEEK == 2 * world.manager.EPOCH()
    assert world.manager.signer() == world.signer.address
