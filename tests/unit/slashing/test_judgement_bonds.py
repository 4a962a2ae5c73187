"""Bonds of judgements: how much, to whom, and the appeal that keeps a vetoer from giving them away."""

import boa
import pytest
from tests.support.slashing import (
    ADMIN,
    BONDS,
    HARMED,
    INSURANCE,
    JUDGE,
    OPERATOR,
    OTHER,
    POLICY,
    PROVER,
    REPORTER,
    STRANGER,
    SUBJECT,
    WEALTH,
    ZERO,
    SlashingWorld,
    share,
)

from surety.models.slashing import DAY, WAD, Policy, Status

from .conftest import STAKES

TOTAL = sum(STAKES.values())


def five_percent(amount):
    return -(-amount * 5 // 100)


def judged(world, percent=10, **terms):
    """A judgement and its bond."""
    id = world.propose(share(percent), proven=False, **terms)
    return id, world.bonds.bond(id)


# -- posting ----------------------------------------------------------------------------------------------------------


def test_inv_slh_12_propose__judgement__pays_in_proportion_to_what_it_seizes(world):
    id, bond = judged(world)
    assert bond == five_percent(world.lens.seizure(id).seized)
    assert world.balance(world.bonds) == bond
    assert world.balance(JUDGE) == WEALTH - bond


def test_inv_slh_12_propose__machine_proven__pays_nothing(world):
    world.propose(share(10))
    assert world.bonds.bond(1) == 0
    assert world.balance(PROVER) == WEALTH
    assert world.settle(1) == "judgement_bonds: no bond to settle"


def test_inv_slh_12_propose__lien__counts_as_held(world):
    world.propose(share(50))
    _, bond = judged(world, 40, service=2)
    first, second = world.lens.seizure(1).seized, world.lens.seizure(2).seized
    assert abs(bond - five_percent(second + first * 4 // 10)) <= 1
    world.compare()


def test_inv_slh_12_propose__shared_seizure__pays_for_all_that_it_holds(world):
    judged(world)
    _, opener = judged(world)
    _, joiner = judged(world, 1)
    first, second = world.lens.seizure(1).seized, world.lens.seizure(2).seized
    assert first + second == TOTAL
    assert abs(opener - five_percent(second + first // 10)) <= 1
    assert abs(joiner - five_percent(second + first // 100)) <= 1
    assert world.lens.seizure(2).fraction == WAD
    world.compare()


def test_propose__bond_above_the_limit__reverts(world):
    bond = five_percent(-(-TOTAL // 10))
    assert world.propose(share(10), proven=False, max_bond=bond - 1) == "slash_escrow: bond above the limit"
    assert world.propose(share(10), proven=False, max_bond=bond) == 1
    world.compare()


def test_propose__bond_not_approved__reverts(world):
    world.token.approve(world.bonds, 0, sender=JUDGE)
    with boa.reverts("mock_erc20: insufficient allowance"):
        world.escrow.propose(world.pool, SUBJECT, 1, share(10), 0, ZERO, ZERO, b"", 2**255, sender=JUDGE)
    assert world.pool.stake(SUBJECT, OPERATOR) == STAKES[OPERATOR]


@pytest.mark.parametrize(
    ("asset", "reason"),
    [
        ("MockFalseERC20", "judgement_bonds: asset refused the bond"),
        ("MockFeeERC20", "judgement_bonds: asset moved a wrong amount"),
    ],
)
def test_propose__asset_that_lies_or_takes_a_fee__reverts(world, asset, reason):
    token = boa.load_partial(f"contracts/mocks/{asset}.vy").deploy("Asset", "AST", 18)
    world.pool.set_token(token)
    token.mint(JUDGE, WEALTH)
    token.approve(world.bonds, WEALTH, sender=JUDGE)
    if asset == "MockFalseERC20":
        token.refuse(True)
    with boa.reverts(reason):
        world.escrow.propose(world.pool, SUBJECT, 1, share(10), 0, ZERO, ZERO, b"", 2**255, sender=JUDGE)


def test_post_and_compensate__only_each_other(world):
    with boa.reverts("judgement_bonds: caller is not the escrow"):
        world.bonds.post(1, JUDGE, world.pool, SUBJECT, 1, sender=STRANGER)
    judged(world)
    with boa.reverts("slash_escrow: caller is not the bonds"):
        world.escrow.compensate(1, 1, sender=STRANGER)
    assert world.bonds.escrow() == world.escrow.address
    assert world.escrow.bonds() == world.bonds.address
    assert BONDS.deploy(sender=STRANGER).escrow() == STRANGER


# -- settling ---------------------------------------------------------------------------------------------------------


def test_inv_slh_13_settle__undecided__reverts(world):
    judged(world)
    assert world.settle(1) == "judgement_bonds: bond is not decided"
    world.dispute(1)
    assert world.settle(1) == "judgement_bonds: bond is not decided"


@pytest.mark.parametrize("path", ["finalised", "lapsed", "convicted and vetoed"])
def test_inv_slh_13_settle__not_forfeited__goes_back(world, path):
    _, bond = judged(world)
    if path != "finalised":
        world.dispute(1)
    if path == "convicted and vetoed":
        world.rule(1, True)
        world.veto(1)
    else:
        world.wait(7 * DAY)
        world.finalise(1)
    assert world.settle(1) == (bond, False)
    told = world.bonds.get_logs()[0]
    assert (told.id, told.receiver, told.amount, told.forfeited) == (1, JUDGE, bond, False)
    assert world.balance(JUDGE) == WEALTH
    assert world.settle(1) == "judgement_bonds: no bond to settle"
    world.compare()


def test_inv_slh_13_settle__acquitted__goes_to_those_it_seized_from_at_once(world):
    _, bond = judged(world)
    world.dispute(1)
    world.rule(1, False)
    assert world.settle(1) == (bond, True)
    assert abs(world.pool.free(OTHER) - bond * STAKES[OTHER] // TOTAL) <= 1
    assert sum(world.pool.free(account) for account in STAKES) == bond
    assert world.balance(world.bonds) == 0
    world.compare()


def test_inv_slh_13_settle__vetoed__a_day_after_the_end(world):
    _, bond = judged(world)
    world.veto(1)
    world.go_to(world.model.slashes[1].end + DAY - 1)
    assert world.settle(1) == "judgement_bonds: bond is not decided"
    world.wait(1)
    assert world.settle(1) == (bond, True)
    assert sum(world.pool.free(account) for account in STAKES) == bond
    world.compare()


def test_inv_slh_13_settle__forfeited_after_the_release__goes_to_the_insurance(world):
    _, bond = judged(world)
    world.veto(1)
    world.wait(14 * DAY)
    world.release(1)
    assert world.settle(1) == (bond, True)
    assert world.balance(INSURANCE) == bond
    world.compare()


def test_inv_slh_13_settle__second_bond_of_a_shared_seizure__goes_to_the_insurance(world):
    bonds = [judged(world, percent)[1] for percent in (10, 10, 1)]
    for id in (2, 3):
        world.veto(id)
    world.wait(8 * DAY)
    assert world.settle(2) == (bonds[1], True)
    assert sum(world.pool.free(account) for account in STAKES) == bonds[1]
    assert world.bonds.is_compensated(2)
    assert world.settle(3) == (bonds[2], True)
    assert world.balance(INSURANCE) == bonds[2]
    world.compare()


def test_inv_slh_14_release_at__of_a_judgement__leaves_a_day_to_settle_its_bond(empty):
    empty.set_policy(1, Policy(**{**vars(POLICY), "review": 14 * DAY}))
    empty.deposit(OPERATOR, 10**18)
    empty.propose(share(10), proven=False)
    assert empty.lens.seizure(1).release_at == empty.now + 16 * DAY


# -- appeals ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verdict", [True, False, None])
def test_inv_slh_13_appeal__guilty_or_silence__saves_the_bond(world, verdict):
    _, bond = judged(world)
    world.veto(1)
    assert world.appeal(1) is None
    told = world.bonds.get_logs()[0]
    assert (told.id, told.arbiter, told.deadline) == (1, world.arbiter.address, world.now + 3 * DAY)
    assert world.settle(1) == "judgement_bonds: bond is not decided"
    assert world.appeal(1) == "judgement_bonds: no veto of the caller's bond"
    world.wait(3 * DAY)
    if verdict is None:
        assert world.settle(1) == "judgement_bonds: bond is not decided"
        world.wait(1)
    else:
        assert world.rule_appeal(1, verdict) is None
        assert world.bonds.appeal_of(1)[2] == (1 if verdict else 2)
        assert world.rule_appeal(1, not verdict) == "judgement_bonds: appeal is decided"
    assert world.settle(1) == (bond, verdict is False)
    assert world.escrow.status_of(1) == Status.VETOED
    world.compare()


def test_appeal__not_vetoed_or_not_the_proposer__reverts(world):
    judged(world)
    assert world.appeal(1) == "judgement_bonds: no veto of the caller's bond"
    world.veto(1)
    assert world.appeal(1, STRANGER) == "judgement_bonds: no veto of the caller's bond"


def test_appeal__a_day_after_the_end__reverts(world):
    judged(world)
    world.veto(1)
    world.wait(8 * DAY)
    assert world.appeal(1) == "judgement_bonds: too late to appeal"
    world.wait(-1)
    assert world.appeal(1) is None


def test_appeal__no_arbiter__reverts(world):
    judged(world)
    world.veto(1)
    world.terms.set_arbiter(False, ZERO, sender=ADMIN)
    with boa.reverts("judgement_bonds: no arbiter to appeal to"):
        world.bonds.appeal(1, sender=JUDGE)


def test_rule__appeal__only_its_arbiter_and_in_time(world):
    judged(world)
    world.veto(1)
    world.appeal(1)
    with boa.reverts("judgement_bonds: caller is not the arbiter"):
        world.bonds.rule(1, True, sender=STRANGER)
    world.wait(3 * DAY + 1)
    assert world.rule_appeal(1, False) == "judgement_bonds: past the ruling's deadline"


def test_inv_slh_10_settle__token_that_refuses__stops_neither_veto_nor_release(world):
    _, bond = judged(world)
    world.veto(1)
    world.wait(14 * DAY)
    code = boa.env.get_code(world.token.address)
    boa.env.set_code(world.token.address, b"\xfe")
    with boa.reverts():
        world.bonds.settle(1)
    assert world.escrow.release(1) == -(-TOTAL // 10)
    boa.env.set_code(world.token.address, code)
    world.bonds.settle(1)
    assert world.balance(INSURANCE) == bond
    assert world.balance(HARMED) == world.balance(REPORTER) == 0


def test_settle__in_bonds__moves_bond_ids():
    with boa.env.anchor():
        world = SlashingWorld.create(asset="bond")
        world.deposit(OPERATOR, 10**21)
        _, bond = judged(world)
        assert world.balance(world.bonds) == bond == 5 * 10**18
        world.veto(1)
        world.wait(8 * DAY)
        assert world.settle(1) == (bond, True)
        assert world.pool.free(OPERATOR) == bond
