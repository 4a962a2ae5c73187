"""SlashingTerms: who sets what, within which bounds, and that the escrow reads it."""

import boa
import pytest
from tests.support.slashing import (
    ADMIN,
    ANY_ASSET,
    CONFIRMER,
    GUARDIAN,
    INSURANCE,
    POLICY,
    PROVER,
    STRANGER,
    TREASURY,
    VETOER,
    ZERO,
    policy_tuple,
)

from surety.models.slashing import DAY, WAD, Policy


def with_terms(**changes):
    return policy_tuple(Policy(**{**vars(POLICY), **changes}))


def store(contract, name, value):
    """Set a variable, as if it had been counted up."""
    slot = contract.compiler_data.storage_layout["storage_layout"][name]["slot"]
    boa.env.set_storage(contract.address, slot, value)
    assert getattr(contract, name)() == value


# -- roles ------------------------------------------------------------------------------------------------------------


def test_setters__without_the_role__revert(empty):
    terms = empty.terms
    for call in (
        lambda: terms.set_proposer(STRANGER, 1, ZERO, sender=STRANGER),
        lambda: terms.set_slashable(STRANGER, True, sender=STRANGER),
        lambda: terms.set_vetoer(STRANGER, 1, sender=STRANGER),
        lambda: terms.set_arbiter(True, STRANGER, sender=STRANGER),
        lambda: terms.add_policy(policy_tuple(POLICY), sender=STRANGER),
        lambda: terms.set_policy(STRANGER, 0, 0, 1, sender=STRANGER),
        lambda: terms.suspend_proposer(PROVER, sender=STRANGER),
        lambda: terms.suspend_proposer(PROVER, sender=ADMIN),
        lambda: terms.set_proposer(STRANGER, 1, ZERO, sender=GUARDIAN),
    ):
        with boa.reverts("roles: caller lacks the role"):
            call()


def test_set_term__only_the_terms(empty):
    for sender in (STRANGER, ADMIN):
        with boa.reverts("slash_escrow: caller is not the terms"):
            empty.escrow.set_term(b"\0" * 32, 1, sender=sender)
    assert empty.escrow.terms() == empty.terms.address


# -- lists ------------------------------------------------------------------------------------------------------------


def test_set_proposer__lists_changes_and_keeps_the_place(empty):
    terms = empty.terms
    assert terms.proposer(PROVER) == (2, empty.exposure.address)
    terms.set_proposer(PROVER, 1, ZERO, sender=ADMIN)
    told = terms.get_logs()[0]
    assert (told.proposer, told.fault_class, told.source) == (PROVER, 1, ZERO)
    assert terms.proposer(PROVER) == (1, ZERO)
    assert terms.proposer_count() == 2
    terms.suspend_proposer(PROVER, sender=GUARDIAN)
    assert terms.get_logs()[0].fault_class == 0
    assert terms.proposer(PROVER) == (0, ZERO)
    assert terms.proposer(STRANGER) == (0, ZERO)
    with boa.reverts("slashing_terms: proposer is not listed"):
        terms.suspend_proposer(STRANGER, sender=GUARDIAN)
    with boa.reverts("slashing_terms: zero address"):
        terms.set_proposer(ZERO, 1, ZERO, sender=ADMIN)
    with boa.reverts("slashing_terms: unknown fault class"):
        terms.set_proposer(STRANGER, 3, ZERO, sender=ADMIN)


def test_lists__256th__reverts(empty):
    terms = empty.terms
    store(terms, "proposer_count", 254)
    store(terms, "slashable_count", 254)
    terms.set_proposer(STRANGER, 1, ZERO, sender=ADMIN)
    terms.set_slashable(STRANGER, True, sender=ADMIN)
    with boa.reverts("slashing_terms: list is full"):
        terms.set_proposer(VETOER, 1, ZERO, sender=ADMIN)
    with boa.reverts("slashing_terms: list is full"):
        terms.set_slashable(VETOER, True, sender=ADMIN)
    terms.set_proposer(STRANGER, 2, ZERO, sender=ADMIN)
    assert terms.proposer(STRANGER) == (2, ZERO)


def test_set_slashable__lists_and_delists(empty):
    terms = empty.terms
    assert terms.is_slashable(empty.pool)
    assert not terms.is_slashable(STRANGER)
    terms.set_slashable(empty.pool, False, sender=ADMIN)
    told = terms.get_logs()[0]
    assert (told.slashable, told.listed) == (empty.pool.address, False)
    assert not terms.is_slashable(empty.pool)
    terms.set_slashable(empty.pool, True, sender=ADMIN)
    assert terms.slashable_count() == 1
    with boa.reverts("slashing_terms: zero address"):
        terms.set_slashable(ZERO, True, sender=ADMIN)


def test_set_vetoer__powers(empty):
    terms = empty.terms
    assert (terms.vetoer(VETOER), terms.vetoer(CONFIRMER), terms.vetoer(STRANGER)) == (1, 2, 0)
    terms.set_vetoer(STRANGER, 3, sender=ADMIN)
    told = terms.get_logs()[0]
    assert (told.account, told.power) == (STRANGER, 3)
    assert terms.vetoer(STRANGER) == 3
    with boa.reverts("slashing_terms: unknown power"):
        terms.set_vetoer(STRANGER, 4, sender=ADMIN)
    with boa.reverts("slashing_terms: zero address"):
        terms.set_vetoer(ZERO, 1, sender=ADMIN)


def test_set_arbiter__of_each_class(empty):
    empty.terms.set_arbiter(True, STRANGER, sender=ADMIN)
    told = empty.terms.get_logs()[0]
    assert (told.proven, told.arbiter) == (True, STRANGER)
    assert empty.terms.arbiter(True) == STRANGER
    assert empty.terms.arbiter(False) == empty.arbiter.address


def test_init__no_vetoers__none(empty):
    from tests.support.slashing import BONDS as BONDS_SOURCE
    from tests.support.slashing import ESCROW, TERMS

    blueprints = ESCROW.deploy_as_blueprint(), BONDS_SOURCE.deploy_as_blueprint()
    terms = TERMS.deploy(*blueprints, ADMIN, ZERO, ZERO, ZERO, policy_tuple(POLICY))
    assert terms.vetoer(ZERO) == 0
    assert not terms.hasRole(terms.GUARDIAN_ROLE(), ZERO)
    assert terms.hasRole(terms.DEFAULT_ADMIN_ROLE(), ADMIN)


# -- policies ---------------------------------------------------------------------------------------------------------


def test_inv_slh_3_add_policy__in_bounds__stands_for_ever(empty):
    number = empty.terms.add_policy(
        with_terms(review=14 * DAY, ruling=11 * DAY, window=DAY, least=WAD, listed=True), sender=ADMIN
    )
    assert empty.terms.get_logs()[0].number == number == 2 == empty.terms.policy_count()
    for got, given in ((empty.terms.policy(1), POLICY), (empty.terms.policy(2), None)):
        if given:
            assert tuple(got) == policy_tuple(given)
        else:
            assert (got.review, got.ruling, got.window, got.least, got.listed) == (14 * DAY, 11 * DAY, DAY, WAD, True)
            assert (got.treasury, got.insurance) == (TREASURY, INSURANCE)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"review": 7 * DAY - 1}, "slashing_terms: review out of range"),
        ({"review": 14 * DAY + 1}, "slashing_terms: review out of range"),
        ({"ruling": DAY - 1}, "slashing_terms: ruling does not fit the review"),
        ({"ruling": 4 * DAY + 1}, "slashing_terms: ruling does not fit the review"),
        ({"bounty_bps": 2_001}, "slashing_terms: bounty out of range"),
        ({"bounty_cap": 2**96}, "slashing_terms: bounty out of range"),
        ({"compensation_bps": 9_001}, "slashing_terms: split above the whole"),
        ({"insurance_bps": 10_001}, "slashing_terms: split above the whole"),
        ({"bond_bps": 99}, "slashing_terms: bond out of range"),
        ({"bond_bps": 10_001}, "slashing_terms: bond out of range"),
        ({"window": DAY - 1}, "slashing_terms: fault window out of range"),
        ({"window": 7 * DAY + 1}, "slashing_terms: fault window out of range"),
        ({"least": WAD + 10**9}, "slashing_terms: least part out of range"),
        ({"least": 1}, "slashing_terms: least part out of range"),
        ({"treasury": ZERO}, "slashing_terms: zero address"),
        ({"insurance": ZERO}, "slashing_terms: zero address"),
    ],
)
def test_add_policy__out_of_bounds__reverts(empty, changes, reason):
    with boa.reverts(reason):
        empty.terms.add_policy(with_terms(**changes), sender=ADMIN)


@pytest.mark.parametrize(
    "changes",
    [
        {"ruling": 4 * DAY},
        {"bounty_bps": 2_000, "compensation_bps": 8_000, "bounty_cap": 2**96 - 1},
        {"insurance_bps": 10_000, "bond_bps": 10_000},
        {"bond_bps": 100, "window": 7 * DAY, "least": 0},
    ],
)
def test_add_policy__at_the_bounds__is_packed_without_loss(empty, changes):
    number = empty.terms.add_policy(with_terms(**changes), sender=ADMIN)
    assert tuple(empty.terms.policy(number)) == with_terms(**changes)


def test_add_policy__65536th__reverts(empty):
    store(empty.terms, "policy_count", 65_534)
    assert empty.terms.add_policy(policy_tuple(POLICY), sender=ADMIN) == 65_535
    with boa.reverts("slashing_terms: too many policies"):
        empty.terms.add_policy(policy_tuple(POLICY), sender=ADMIN)


def test_set_policy__service_then_asset_then_first(empty):
    terms, pool = empty.terms, empty.pool
    for _ in range(2):
        terms.add_policy(policy_tuple(POLICY), sender=ADMIN)
    assert terms.policy_of(pool, 5, 9) == 1
    terms.set_policy(pool, 5, 0, 2, sender=ADMIN)
    assert terms.policy_of(pool, 5, 9) == 2
    terms.set_policy(pool, 5, 9, 3, sender=ADMIN)
    told = terms.get_logs()[0]
    assert (told.slashable, told.asset_index, told.service, told.policy) == (pool.address, 5, 9, 3)
    assert [terms.policy_of(pool, *key) for key in ((5, 9), (5, 8), (5, 0), (4, 9))] == [3, 2, 2, 1]
    terms.set_policy(pool, 5, 9, 0, sender=ADMIN)
    assert terms.policy_of(pool, 5, 9) == 2
    # one for a service whatever the asset
    terms.set_policy(pool, ANY_ASSET, 9, 3, sender=ADMIN)
    assert [terms.policy_of(pool, *key) for key in ((5, 9), (4, 9), (5, 8), (5, 0), (4, 0))] == [3, 3, 2, 2, 1]
    terms.set_policy(pool, 4, 9, 2, sender=ADMIN)
    assert [terms.policy_of(pool, *key) for key in ((5, 9), (4, 9))] == [3, 2]
    with boa.reverts("slashing_terms: asset or service out of range"):
        terms.set_policy(pool, ANY_ASSET, 0, 2, sender=ADMIN)
    with boa.reverts("slashing_terms: unknown policy"):
        terms.set_policy(pool, 5, 9, 4, sender=ADMIN)
    with boa.reverts("slashing_terms: zero address"):
        terms.set_policy(ZERO, 0, 0, 2, sender=ADMIN)


def test_propose__policy_of_the_asset__is_the_slashs(empty):
    from tests.support.slashing import OPERATOR, share

    empty.deposit(OPERATOR, 10**18)
    number = empty.set_policy(0, Policy(**{**vars(POLICY), "review": 9 * DAY}))
    empty.propose(share(10))
    seen = empty.lens.slash(1)
    assert (seen.policy, seen.end) == (number, empty.now + 9 * DAY)


def test_inv_slh_5_init__one_account_that_would_confirm_itself__reverts(empty):
    from tests.support.slashing import BONDS as BONDS_SOURCE
    from tests.support.slashing import ESCROW, TERMS

    blueprints = ESCROW.deploy_as_blueprint(), BONDS_SOURCE.deploy_as_blueprint()
    with boa.reverts("slashing_terms: vetoer would confirm itself"):
        TERMS.deploy(*blueprints, ADMIN, GUARDIAN, VETOER, VETOER, policy_tuple(POLICY))


def test_set_policy__asset_or_service_no_slash_can_name__reverts(empty):
    terms = empty.terms
    for asset, service in ((2**32, 0), (0, 2**48), (2**256 - 1, 2**256 - 1)):
        with boa.reverts("slashing_terms: asset or service out of range"):
            terms.set_policy(empty.pool, asset, service, 1, sender=ADMIN)
        with boa.reverts("slashing_terms: asset or service out of range"):
            terms.policy_of(empty.pool, asset, service)
    terms.set_policy(empty.pool, 2**32 - 1, 2**48 - 1, 1, sender=ADMIN)
    assert terms.policy_of(empty.pool, 2**32 - 1, 2**48 - 1) == 1


def test_set_policy__neighbouring_assets_and_services__each_its_own(empty):
    """Keys of the table are packed from contract, asset and service: none spills over into another."""
    terms, number = empty.terms, 1
    places = [(0, 0), (0, 1), (0, 2**48 - 1), (1, 0), (1, 2**48 - 1), (2**32 - 2, 0), (2**32 - 2, 2**48 - 1)]
    slashables = (empty.pool.address, STRANGER)
    chosen = {}
    for slashable in slashables:
        for place in places:
            number = terms.add_policy(policy_tuple(POLICY), sender=ADMIN)
            terms.set_policy(slashable, *place, number, sender=ADMIN)
            chosen[slashable, place] = number
    for (slashable, place), number in chosen.items():
        assert terms.policy_of(slashable, *place) == number
