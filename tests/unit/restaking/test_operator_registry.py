"""OperatorRegistry call by call, beside its model: each reason next to the call that goes through."""

import itertools

import boa
import pytest
from tests.support.operators import (
    ADMIN,
    ASSET,
    KEYS,
    LEDGER,
    MINIMUM,
    NOTICE,
    OPERATORS,
    OTHER_ASSET,
    REGISTRY,
    START,
    STRANGER,
    TIES,
    URI,
    ZERO,
    OperatorWorld,
    sign_key,
)

from surety.models.operators import (
    ACTIVE,
    DAY,
    FREE,
    INACTIVE,
    LEAVING,
    MAX_NOTICE,
    MAX_OVERLAP,
    MIN_NOTICE,
    MUST_DEREGISTER,
    MUST_LEAVE,
    MUST_SHUT_DOWN,
    MUST_STOP_SERVICES,
    NEVER,
    UNREGISTERED,
)

OPERATOR, OTHER, THIRD = OPERATORS
KEY, SECOND_KEY, THIRD_KEY = KEYS[:3]
NAME = "operator_registry: "


@pytest.fixture
def world():
    with boa.env.anchor():
        yield OperatorWorld.create()


def last(registry, name):
    return next(log for log in reversed(registry.get_logs()) if type(log).__name__ == name)


def refused(answer, reason):
    return getattr(answer, "reason", None) == NAME + reason


# -- construction -----------------------------------------------------------------------------------------------------


def test_init__zero_ledger__reverts():
    with boa.reverts("operator_registry: zero ledger"):
        REGISTRY.deploy(ZERO, ADMIN, NOTICE)


@pytest.mark.parametrize("notice", [0, MIN_NOTICE - 1, MAX_NOTICE + 1])
def test_init__notice_out_of_range__reverts(notice):
    ledger = LEDGER.deploy()
    with boa.reverts("operator_registry: notice out of range"):
        REGISTRY.deploy(ledger, ADMIN, notice)
    for fine in (MIN_NOTICE, MAX_NOTICE):
        registry = REGISTRY.deploy(ledger, ADMIN, fine)
        assert (registry.ledger(), registry.notice(), registry.ties()) == (ledger.address, fine, ZERO)


def test_init__zero_admin__reverts():
    with boa.reverts("roles: zero admin"):
        REGISTRY.deploy(LEDGER.deploy(), ZERO, NOTICE)


# -- registering ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("stake", "taken"), [(MINIMUM - 1, False), (MINIMUM, True), (MINIMUM + 1, True)])
def test_inv_opr_4_register__around_the_minimum__only_from_it_on(world, stake, taken):
    world.stake(OPERATOR, stake)
    answer = world.register(OPERATOR)
    assert (answer is None) == taken
    if not taken:
        assert refused(answer, "own stake below the minimum")
    world.compare()


def test_inv_opr_2_register__operator__is_told_to_the_ledger_and_in_events(world):
    world.stake(OPERATOR, MINIMUM)
    world.registry.register(ASSET, URI, sender=OPERATOR)
    made = last(world.registry, "OperatorRegistered")
    assert (made.operator, made.bond_asset, made.uri) == (OPERATOR, ASSET, URI)
    assert world.ledger.statuses(OPERATOR) == ACTIVE
    assert tuple(world.registry.operator(OPERATOR)) == (ACTIVE, False, True, ASSET, ZERO, START)


def test_register__stake_in_another_asset_or_of_another__counts_for_nothing(world):
    world.stake(OPERATOR, 10 * MINIMUM, OTHER_ASSET)
    world.stake(OTHER, 10 * MINIMUM)
    assert refused(world.register(OPERATOR), "own stake below the minimum")
    assert world.register(OPERATOR, OTHER_ASSET) is None


def test_register__asset_without_a_minimum__reverts(world):
    world.stake(OPERATOR, MINIMUM, 3)
    for asset in (0, 3, 2**96, 2**256 - 1):
        assert refused(world.register(OPERATOR, asset), "asset carries no minimum")
    world.set_minimum(3, MINIMUM)
    assert world.register(OPERATOR, 3) is None


def test_register__without_metadata__reverts(world):
    world.stake(OPERATOR, MINIMUM)
    assert refused(world.register(OPERATOR, uri=""), "empty metadata URI")
    assert world.register(OPERATOR, uri="x" * 256) is None


def test_register__twice__reverts_in_every_state_but_shut_down(world):
    world.operate(OPERATOR)
    assert refused(world.register(OPERATOR), "already registered")
    world.stake(OPERATOR, 0)
    world.review(OPERATOR)
    world.stake(OPERATOR, MINIMUM)
    assert refused(world.register(OPERATOR), "already registered")
    world.review(OPERATOR)
    world.call("leave", OPERATOR)
    assert refused(world.register(OPERATOR), "already registered")
    world.call("shut_down", OPERATOR)
    assert world.register(OPERATOR, ASSET) is None
    world.compare()


def test_register__again_after_shutting_down__accepts_services_anew(world):
    world.operate(OPERATOR)
    world.call("set_accepting", OPERATOR, False)
    world.call("leave", OPERATOR)
    world.call("shut_down", OPERATOR)
    world.stake(OPERATOR, MINIMUM, OTHER_ASSET)
    world.go_to(START + DAY)
    assert world.register(OPERATOR, OTHER_ASSET) is None
    assert tuple(world.registry.operator(OPERATOR)) == (ACTIVE, False, True, OTHER_ASSET, ZERO, START + DAY)


# -- leaving ----------------------------------------------------------------------------------------------------------


def test_inv_opr_1_each_call__in_each_state__goes_or_names_why(world):
    """Every call an operator has, from every state: only the arrows of the spec lead anywhere."""

    def reach(state):
        if state == "unregistered":
            return
        world.operate(OPERATOR)
        if state in ("leaving", "low while leaving", "shut down"):
            world.call("leave", OPERATOR)
        if state == "shut down":
            world.call("shut_down", OPERATOR)
        if state in ("low", "low while leaving"):
            world.stake(OPERATOR, MINIMUM - 1)
            world.review(OPERATOR)
            world.stake(OPERATOR, MINIMUM)

    arrows = {
        ("unregistered", "register"): ACTIVE,
        ("active", "leave"): LEAVING,
        ("active", "review"): ACTIVE,
        ("leaving", "cancel_leave"): ACTIVE,
        ("leaving", "shut_down"): INACTIVE,
        ("leaving", "review"): LEAVING,
        ("low", "review"): ACTIVE,
        ("low", "shut_down"): INACTIVE,
        ("low while leaving", "review"): LEAVING,
        ("low while leaving", "shut_down"): INACTIVE,
        ("shut down", "register"): ACTIVE,
        ("shut down", "review"): INACTIVE,
        ("unregistered", "review"): UNREGISTERED,
    }
    states = ("unregistered", "active", "leaving", "low", "low while leaving", "shut down")
    for state, name in itertools.product(states, ("register", "leave", "cancel_leave", "shut_down", "review")):
        with boa.env.anchor():
            kept = world.model
            world.model = type(kept)(NOTICE, START, True, minimums=dict(kept.minimums))
            reach(state)
            before = world.registry.status(OPERATOR)
            if name == "register":
                world.stake(OPERATOR, MINIMUM)
                answer = world.register(OPERATOR)
            elif name == "review":
                answer = None if world.review(OPERATOR) >= 0 else "never"
            else:
                answer = world.call(name, OPERATOR)
            assert (answer is None) == ((state, name) in arrows), (state, name)
            assert world.registry.status(OPERATOR) == arrows.get((state, name), before)
            world.compare()
            world.model = kept


def test_leave__by_others_than_active_ones__reverts(world):
    assert refused(world.call("leave", OPERATOR), "not registered")
    world.operate(OPERATOR)
    assert world.call("leave", OPERATOR) is None
    assert refused(world.call("leave", OPERATOR), "not active")
    world.call("shut_down", OPERATOR)
    assert refused(world.call("leave", OPERATOR), "shut down")


def test_cancel_leave__below_the_minimum__reverts(world):
    world.operate(OPERATOR)
    assert refused(world.call("cancel_leave", OPERATOR), "not leaving")
    world.call("leave", OPERATOR)
    world.stake(OPERATOR, MINIMUM - 1)
    assert refused(world.call("cancel_leave", OPERATOR), "own stake below the minimum")
    world.stake(OPERATOR, MINIMUM)
    assert world.call("cancel_leave", OPERATOR) is None
    world.compare()


def test_inv_opr_3_exit__step_by_step__each_names_what_is_missing(world):
    world.operate(OPERATOR)
    world.bind(OPERATOR, 2, 1)
    for step, reason, do in (
        (MUST_LEAVE, "leave first", lambda: world.call("leave", OPERATOR)),
        (MUST_STOP_SERVICES, "services still active", lambda: world.bind(OPERATOR, 1, 1)),
        (MUST_STOP_SERVICES, "services still active", lambda: world.bind(OPERATOR, 0, 1)),
        (MUST_DEREGISTER, "blueprints still registered", lambda: world.bind(OPERATOR, 0, 0)),
    ):
        assert world.registry.next_step(OPERATOR) == step
        assert refused(world.call("shut_down", OPERATOR), reason)
        assert refused(world.unstake(OPERATOR, 0), reason)
        assert refused(world.unstake(OPERATOR, MINIMUM - 1), reason)
        assert world.unstake(OPERATOR, MINIMUM) is True
        do()
    assert world.registry.next_step(OPERATOR) == MUST_SHUT_DOWN
    assert refused(world.unstake(OPERATOR, MINIMUM - 1), "shut down first")
    assert world.call("shut_down", OPERATOR) is None
    moved = last(world.registry, "StatusChanged")
    assert (moved.operator, moved.status, moved.shut_down) == (OPERATOR, INACTIVE, True)
    assert world.registry.next_step(OPERATOR) == FREE
    assert world.unstake(OPERATOR, 0) is True
    assert refused(world.call("shut_down", OPERATOR), "shut down")


def test_inv_opr_3_exit__every_order_of_steps__only_the_right_one_frees_the_stake(world):
    """The operator tries the steps in each order; ties are only loosened in their own order by those who keep them."""
    for order in itertools.permutations(("leave", "stop", "deregister", "shut_down")):
        with boa.env.anchor():
            kept = world.model
            world.model = type(kept)(NOTICE, START, True, minimums=dict(kept.minimums))
            world.operate(OPERATOR)
            services, blueprints = 1, 1
            world.bind(OPERATOR, services, blueprints)
            for step in order:
                if step == "stop":
                    services = 0
                elif step == "deregister":
                    blueprints = 0 if services == 0 else blueprints  # refused by those who keep them
                else:
                    world.call(step, OPERATOR)
                world.bind(OPERATOR, services, blueprints)
                free = world.registry.operator(OPERATOR).shut_down
                assert (world.unstake(OPERATOR, 0) is True) == free
            in_order = order == ("leave", "stop", "deregister", "shut_down")
            leave_later = order in (
                ("stop", "leave", "deregister", "shut_down"),
                ("stop", "deregister", "leave", "shut_down"),
            )
            assert free == (in_order or leave_later)
            world.model = kept


def test_exit__without_ties_set__asks_nobody(world):
    with boa.env.anchor():
        bare = OperatorWorld.create(tied=False)
        bare.operate(OPERATOR)
        bare.bind(OPERATOR, 9, 9)  # not set as ties yet
        bare.call("leave", OPERATOR)
        assert bare.registry.next_step(OPERATOR) == MUST_SHUT_DOWN
        bare.tie()
        assert bare.registry.next_step(OPERATOR) == MUST_STOP_SERVICES
        bare.compare()


def test_inv_opr_10_exit__of_one_below_the_minimum__needs_no_leaving(world):
    world.operate(OPERATOR)
    world.bind(OPERATOR, 1, 0)
    world.stake(OPERATOR, 0)
    assert world.review(OPERATOR) == INACTIVE
    assert refused(world.call("shut_down", OPERATOR), "services still active")
    world.bind(OPERATOR, 0, 0)
    assert world.call("shut_down", OPERATOR) is None
    assert world.review(OPERATOR) == INACTIVE
    world.stake(OPERATOR, 5 * MINIMUM)
    assert world.review(OPERATOR) == INACTIVE  # shut down: topping up does not bring it back
    assert world.unstake(OPERATOR, 0) is True


def test_check_unstake__stake_that_carries_nothing__is_free(world):
    assert world.unstake(STRANGER, 0) is True
    world.operate(OPERATOR)
    assert world.unstake(OPERATOR, 0, OTHER_ASSET) is True
    assert refused(world.unstake(OPERATOR, 0), "leave first")


# -- review -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("leaving", [False, True])
def test_inv_opr_4_review__stake_falls_and_is_topped_up__goes_and_comes_back(world, leaving):
    world.operate(OPERATOR)
    if leaving:
        world.call("leave", OPERATOR)
    state = LEAVING if leaving else ACTIVE
    assert world.review(OPERATOR) == state
    world.go_to(START + DAY)
    world.stake(OPERATOR, MINIMUM - 1)
    assert world.review(OPERATOR) == INACTIVE
    assert world.ledger.statuses(OPERATOR) == INACTIVE
    assert not world.registry.operator(OPERATOR).shut_down
    assert world.review(OPERATOR) == INACTIVE
    assert not world.registry.get_logs()
    assert refused(world.call("leave", OPERATOR), "not active")
    assert refused(world.call("cancel_leave", OPERATOR), "not leaving")
    world.stake(OPERATOR, MINIMUM)
    assert world.review(OPERATOR) == state
    world.compare()
    assert world.registry.operator(OPERATOR).since == START + DAY


def test_inv_opr_4_review__once_from_leaving_then_from_active__comes_back_to_each(world):
    world.operate(OPERATOR)
    world.call("leave", OPERATOR)
    for state in (LEAVING, ACTIVE):
        world.stake(OPERATOR, 0)
        assert world.review(OPERATOR) == INACTIVE
        world.stake(OPERATOR, MINIMUM)
        assert world.review(OPERATOR) == state
        if state == LEAVING:
            world.call("cancel_leave", OPERATOR)


def test_inv_opr_5_review__stake_seized_but_not_finalised__changes_nothing(world):
    """`self_stake` counts what open slashes have seized; it falls, and the status with it, when one is finalised."""
    world.operate(OPERATOR)
    before = world.registry.operator(OPERATOR)
    world.review(OPERATOR)
    assert world.registry.operator(OPERATOR) == before
    world.stake(OPERATOR, MINIMUM // 2)  # finalised
    assert world.review(OPERATOR) == INACTIVE


def test_accepts_services__stake_gone_and_not_reviewed__already_false(world):
    world.operate(OPERATOR)
    assert world.registry.accepts_services(OPERATOR)
    world.stake(OPERATOR, MINIMUM - 1)
    assert world.registry.status(OPERATOR) == ACTIVE
    assert not world.registry.accepts_services(OPERATOR)


def test_review__unregistered__nothing_happens(world):
    assert world.review(STRANGER) == UNREGISTERED
    assert world.registry.get_logs() == []


# -- switch, metadata, asset ------------------------------------------------------------------------------------------


def test_set_accepting__off_and_on__keeps_the_state(world):
    assert refused(world.call("set_accepting", OPERATOR, False), "not registered")
    world.operate(OPERATOR)
    assert refused(world.call("set_accepting", OPERATOR, True), "switch is there already")
    assert world.call("set_accepting", OPERATOR, False) is None
    told = last(world.registry, "AcceptingSet")
    assert (told.operator, told.accepting) == (OPERATOR, False)
    assert not world.registry.accepts_services(OPERATOR)
    assert world.registry.status(OPERATOR) == ACTIVE
    assert refused(world.call("set_accepting", OPERATOR, False), "switch is there already")
    world.call("leave", OPERATOR)
    world.call("cancel_leave", OPERATOR)
    assert not world.registry.operator(OPERATOR).accepting
    assert world.call("set_accepting", OPERATOR, True) is None
    assert world.registry.accepts_services(OPERATOR)


def test_set_metadata__of_an_operator__is_told(world):
    with boa.reverts("operator_registry: not registered"):
        world.registry.set_metadata(URI, sender=OPERATOR)
    world.operate(OPERATOR)
    with boa.reverts("operator_registry: empty metadata URI"):
        world.registry.set_metadata("", sender=OPERATOR)
    world.registry.set_metadata("https://operator.example/next", sender=OPERATOR)
    told = last(world.registry, "MetadataSet")
    assert (told.operator, told.uri) == (OPERATOR, "https://operator.example/next")


def test_set_bond_asset__with_enough_of_it__frees_the_other(world):
    world.operate(OPERATOR)
    assert refused(world.call("set_bond_asset", OPERATOR, OTHER_ASSET), "own stake below the minimum")
    assert refused(world.call("set_bond_asset", OPERATOR, 9), "asset carries no minimum")
    world.stake(OPERATOR, MINIMUM, OTHER_ASSET)
    assert world.call("set_bond_asset", OPERATOR, OTHER_ASSET) is None
    told = last(world.registry, "BondAssetSet")
    assert (told.operator, told.bond_asset) == (OPERATOR, OTHER_ASSET)
    assert world.unstake(OPERATOR, 0, ASSET) is True
    assert refused(world.unstake(OPERATOR, 0, OTHER_ASSET), "leave first")
    world.compare()


def test_set_bond_asset__of_one_below_the_minimum__heals_by_another_asset(world):
    world.operate(OPERATOR)
    world.stake(OPERATOR, 0)
    world.review(OPERATOR)
    world.stake(OPERATOR, MINIMUM, OTHER_ASSET)
    world.call("set_bond_asset", OPERATOR, OTHER_ASSET)
    assert world.review(OPERATOR) == ACTIVE


# -- keys -------------------------------------------------------------------------------------------------------------


def test_inv_opr_6_rotate_key__first__speaks_from_now_on(world):
    world.operate(OPERATOR)
    assert world.rotate(OPERATOR, KEY) is None
    assert world.registry.operator_of_key(KEY.address) == OPERATOR
    assert world.registry.key_period(KEY.address) == (START, NEVER)
    assert world.registry.key_holder(KEY.address) == (OPERATOR, NEVER)
    assert world.registry.key_holder(SECOND_KEY.address) == (ZERO, 0)
    assert world.registry.operator(OPERATOR).key == KEY.address
    assert world.registry.status(OPERATOR) == ACTIVE
    world.compare()


def test_rotate_key__events__name_both(world):
    world.operate(OPERATOR)
    world.rotate(OPERATOR, KEY)
    world.go_to(START + DAY)
    arguments = (SECOND_KEY.address, 60, world.now, *world.proof(SECOND_KEY, OPERATOR, world.now))
    world.registry.rotate_key(*arguments, sender=OPERATOR)
    added, ending = last(world.registry, "KeyAdded"), last(world.registry, "KeyEnding")
    assert (added.operator, added.key) == (OPERATOR, SECOND_KEY.address)
    assert (ending.operator, ending.key, ending.end) == (OPERATOR, KEY.address, START + DAY + 60)


def test_inv_opr_6_rotate_key__signed_by_another_or_for_another__reverts(world):
    world.operate(OPERATOR)
    world.operate(OTHER)
    assert refused(world.rotate(OPERATOR, KEY, signer=SECOND_KEY), "not signed by the key")
    for_other = world.proof(KEY, OTHER, START)
    later = world.proof(KEY, OPERATOR, START + 1)
    elsewhere = sign_key(KEY, OTHER, boa.env.evm.patch.chain_id, OPERATOR, START)
    another_chain = sign_key(KEY, world.registry.address, 5, OPERATOR, START)
    for proof in (for_other, later, *((one.v, one.r, one.s) for one in (elsewhere, another_chain))):
        with boa.reverts("operator_registry: not signed by the key"):
            world.registry.rotate_key(KEY.address, 0, START, *proof, sender=OPERATOR)
    assert world.rotate(OPERATOR, KEY) is None


def test_rotate_key__zero_key_or_signature_of_nobody__reverts(world):
    world.operate(OPERATOR)
    with boa.reverts("ecdsa: invalid signature"):
        world.registry.rotate_key(ZERO, 0, START, 27, bytes(32), bytes(32), sender=OPERATOR)
    made = sign_key(KEY, world.registry.address, boa.env.evm.patch.chain_id, OPERATOR, START).mirrored()
    with boa.reverts("ecdsa: invalid signature `s` value"):
        world.registry.rotate_key(KEY.address, 0, START, made.v, made.r, made.s, sender=OPERATOR)


@pytest.mark.parametrize(("late", "taken"), [(0, True), (1, False)])
def test_rotate_key__around_the_deadline__only_until_it(world, late, taken):
    world.operate(OPERATOR)
    world.go_to(START + late)
    answer = world.rotate(OPERATOR, KEY, deadline=START)
    assert (answer is None) == taken
    if not taken:
        assert refused(answer, "past the deadline")


def test_inv_opr_6_rotate_key__registered_before__reverts_for_everybody(world):
    world.operate(OPERATOR)
    world.operate(OTHER)
    world.rotate(OPERATOR, KEY)
    assert refused(world.rotate(OPERATOR, KEY), "key was registered before")
    assert refused(world.rotate(OTHER, KEY), "key was registered before")
    world.call("end_key", OPERATOR, KEY.address)
    world.go_to(START + 400 * DAY)
    assert refused(world.rotate(OPERATOR, KEY), "key was registered before")
    assert refused(world.rotate(OTHER, KEY), "key was registered before")
    assert world.registry.operator_of_key(KEY.address) == OPERATOR


@pytest.mark.parametrize(
    ("overlap", "taken"), [(0, True), (MAX_OVERLAP, True), (MAX_OVERLAP + 1, False), (NEVER, False)]
)
def test_rotate_key__overlap__at_most_30_days(world, overlap, taken):
    world.operate(OPERATOR)
    world.rotate(OPERATOR, KEY)
    answer = world.rotate(OPERATOR, SECOND_KEY, overlap)
    assert (answer is None) == taken
    if taken:
        assert world.registry.key_period(KEY.address) == (START, START + overlap)
        assert world.registry.key_holder(KEY.address) == (OPERATOR, START + overlap)
        assert world.registry.key_period(SECOND_KEY.address) == (START, NEVER)
    else:
        assert refused(answer, "overlap too long")
    world.compare()


def test_inv_opr_7_rotate_key__key_that_ends_sooner__is_not_prolonged(world):
    world.operate(OPERATOR)
    world.rotate(OPERATOR, KEY)
    world.call("end_key", OPERATOR, KEY.address)
    world.go_to(START + DAY)
    world.rotate(OPERATOR, SECOND_KEY, MAX_OVERLAP)
    assert world.registry.key_period(KEY.address) == (START, START)
    world.rotate(OPERATOR, THIRD_KEY, MAX_OVERLAP)
    assert world.registry.key_period(SECOND_KEY.address) == (START + DAY, START + DAY + MAX_OVERLAP)
    world.call("end_key", OPERATOR, SECOND_KEY.address)
    assert world.registry.key_period(SECOND_KEY.address) == (START + DAY, START + DAY)
    world.compare()


def test_end_key__of_another_or_twice__reverts(world):
    world.operate(OPERATOR)
    world.operate(OTHER)
    world.rotate(OPERATOR, KEY)
    assert refused(world.call("end_key", OTHER, KEY.address), "not a key of the caller")
    assert refused(world.call("end_key", OPERATOR, SECOND_KEY.address), "not a key of the caller")
    assert world.call("end_key", OPERATOR, KEY.address) is None
    assert refused(world.call("end_key", OPERATOR, KEY.address), "key has ended")
    world.compare()


def test_shut_down__newest_key__ends_with_it(world):
    world.operate(OPERATOR)
    world.rotate(OPERATOR, KEY)
    world.go_to(START + DAY)
    world.call("leave", OPERATOR)
    world.call("shut_down", OPERATOR)
    assert world.registry.key_period(KEY.address) == (START, START + DAY)
    assert refused(world.rotate(OPERATOR, SECOND_KEY), "shut down")
    world.register(OPERATOR)
    world.compare()
    assert world.rotate(OPERATOR, SECOND_KEY, MAX_OVERLAP) is None
    assert world.registry.key_period(KEY.address) == (START, START + DAY)
    world.compare()


def test_register_with_key__both_or_neither(world):
    world.stake(OPERATOR, MINIMUM)
    assert refused(world.register_with_key(OPERATOR, KEY, signer=SECOND_KEY), "not signed by the key")
    assert world.registry.status(OPERATOR) == UNREGISTERED
    assert world.register_with_key(OPERATOR, KEY) is None
    world.compare()
    assert refused(world.register_with_key(OPERATOR, SECOND_KEY), "already registered")
    assert refused(world.register_with_key(OTHER, SECOND_KEY), "own stake below the minimum")


def test_keys__by_those_who_are_no_operators__revert(world):
    assert refused(world.rotate(STRANGER, KEY), "not registered")
    assert world.registry.key_period(KEY.address) == (0, 0)
    assert world.registry.operator_of_key(KEY.address) == ZERO


def test_domain__of_proofs__is_of_this_contract_and_chain(world):
    _, name, version, chain_id, contract, _, _ = world.registry.eip712Domain()
    assert (name, version, contract) == ("Surety operators", "1", world.registry.address)
    assert chain_id == boa.env.evm.patch.chain_id
    assert len(world.registry.DOMAIN_SEPARATOR()) == 32


# -- minimums and ties ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("off", "holds"), [(-1, False), (0, True)])
def test_inv_opr_8_set_minimum__higher__holds_after_the_notice(world, off, holds):
    world.operate(OPERATOR)
    world.set_minimum(ASSET, 2 * MINIMUM)
    told = world.registry.minimum_to_come(ASSET)
    assert told == (2 * MINIMUM, START + NOTICE)
    world.go_to(START + NOTICE + off)
    assert world.registry.minimum(ASSET) == (2 * MINIMUM if holds else MINIMUM)
    assert world.review(OPERATOR) == (INACTIVE if holds else ACTIVE)
    world.compare()


def test_set_minimum__lower__holds_at_once_and_replaces_what_was_to_come(world):
    world.operate(OPERATOR)
    world.set_minimum(ASSET, 3 * MINIMUM)
    world.set_minimum(ASSET, MINIMUM // 2)
    world.go_to(START + 2 * NOTICE)
    assert world.registry.minimum(ASSET) == MINIMUM // 2
    assert world.unstake(OPERATOR, MINIMUM // 2) is True


def test_inv_opr_8_set_minimum__raised_twice__the_second_waits_its_own_notice(world):
    world.set_minimum(ASSET, 2 * MINIMUM)
    world.go_to(START + NOTICE - 1)
    world.set_minimum(ASSET, 3 * MINIMUM)
    world.go_to(START + NOTICE)
    assert world.registry.minimum(ASSET) == MINIMUM
    world.go_to(START + 2 * NOTICE - 1)
    assert world.registry.minimum(ASSET) == 3 * MINIMUM


def test_inv_opr_8_set_minimum__none__after_the_notice_no_stake_is_enough(world):
    world.operate(OPERATOR)
    world.stake(OPERATOR, 2**200)
    world.set_minimum(ASSET, 0)
    world.go_to(START + NOTICE - 1)
    assert world.review(OPERATOR) == ACTIVE
    world.go_to(START + NOTICE)
    assert world.review(OPERATOR) == INACTIVE
    assert refused(world.unstake(OPERATOR, 2**200), "shut down first")
    assert refused(world.register(OTHER), "asset carries no minimum")
    world.stake(OPERATOR, MINIMUM, OTHER_ASSET)
    world.call("set_bond_asset", OPERATOR, OTHER_ASSET)
    assert world.review(OPERATOR) == ACTIVE
    world.set_minimum(ASSET, 5)  # the first one again: at once
    assert world.registry.minimum(ASSET) == 5


def test_set_minimum__out_of_range_or_by_a_stranger__reverts(world):
    for asset in (0, 2**40):
        assert refused(world.set_minimum(asset, 1), "asset out of range")
    assert refused(world.set_minimum(ASSET, 2**96), "minimum out of range")
    with boa.reverts("roles: caller lacks the role"):
        world.registry.set_minimum(ASSET, 1, sender=STRANGER)
    world.set_minimum(2**40 - 1, 2**96 - 1)
    told = last(world.registry, "MinimumSet")
    assert (told.bond_asset, told.minimum, told.start) == (2**40 - 1, 2**96 - 1, START)
    assert world.registry.minimum(2**40 - 1) == 2**96 - 1
    world.stake(OPERATOR, 2**96 - 1, 2**40 - 1)
    assert world.register(OPERATOR, 2**40 - 1) is None
    world.compare()


def test_set_ties__once__and_never_again(world):
    registry = REGISTRY.deploy(world.ledger, ADMIN, NOTICE)
    ties = TIES.deploy()
    with boa.reverts("roles: caller lacks the role"):
        registry.set_ties(ties, sender=STRANGER)
    with boa.reverts("operator_registry: zero ties"):
        registry.set_ties(ZERO, sender=ADMIN)
    registry.set_ties(ties, sender=ADMIN)
    assert last(registry, "TiesSet").ties == registry.ties() == ties.address
    with boa.reverts("operator_registry: ties are set already"):
        registry.set_ties(ties, sender=ADMIN)
