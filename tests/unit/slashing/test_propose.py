"""Proposals: who, of what, how much, into which place."""

import boa
import pytest
from tests.support.slashing import (
    ADMIN,
    DELEGATOR,
    EVIDENCE,
    GUARDIAN,
    JUDGE,
    OPERATOR,
    OTHER,
    PROVER,
    SLASHABLE,
    STRANGER,
    SUBJECT,
    ZERO,
    collected,
    everything_out,
    share,
)

from surety.models.slashing import DAY, WAD

from .conftest import OWN, STAKES

TOTAL = sum(STAKES.values())


def raw_propose(world, **changes):
    given = {"slashable": world.pool.address, "subject": SUBJECT, "service": 1, "fraction": share(10), "at": world.now}
    given |= {"max_bond": 2**255, "sender": PROVER} | changes
    return world.escrow.propose(
        given["slashable"],
        given["subject"],
        given["service"],
        given["fraction"],
        given["at"],
        ZERO,
        ZERO,
        EVIDENCE,
        given["max_bond"],
        sender=given["sender"],
    )


# -- who and of what --------------------------------------------------------------------------------------------------


def test_inv_slh_4_propose__not_listed__reverts(world):
    with boa.reverts("slash_escrow: caller may not propose"):
        raw_propose(world, sender=STRANGER)
    world.terms.suspend_proposer(PROVER, sender=GUARDIAN)
    with boa.reverts("slash_escrow: caller may not propose"):
        raw_propose(world)
    world.terms.set_proposer(PROVER, 2, world.exposure, sender=ADMIN)
    assert raw_propose(world) == 1


def test_inv_slh_4_propose__slashable_not_listed__reverts(world):
    other = SLASHABLE.deploy(world.token, 0, 0)
    with boa.reverts("slash_escrow: slashable is not listed"):
        raw_propose(world, slashable=other.address)
    world.terms.set_slashable(world.pool, False, sender=ADMIN)
    with boa.reverts("slash_escrow: slashable is not listed"):
        raw_propose(world)


@pytest.mark.parametrize("service", [2**48, 2**256 - 1])
def test_propose__service_out_of_range__reverts(world, service):
    with boa.reverts("slash_escrow: service out of range"):
        raw_propose(world, service=service)
    assert raw_propose(world, service=2**48 - 1) == 1
    assert world.lens.slash(1).service == 2**48 - 1


def test_propose__asset_index_out_of_range__reverts(world):
    with boa.reverts("slash_escrow: subject out of range"):
        raw_propose(world, subject=SUBJECT | 1 << 192)


def test_propose__offence_in_the_future__reverts(world):
    with boa.reverts("slash_escrow: offence in the future"):
        raw_propose(world, at=world.now + 1)
    assert raw_propose(world, at=0) == 1


def test_propose__fraction__at_most_one_and_at_least_a_unit(world):
    with boa.reverts("slash_escrow: fraction above one"):
        raw_propose(world, fraction=WAD + 1)
    with boa.reverts("slash_escrow: nothing at risk"):
        raw_propose(world, fraction=10**9 - 1)
    assert world.propose(10**9) == 1
    assert world.propose(WAD, service=2) == 2
    world.compare()


def test_propose__amount_that_does_not_fit__reverts(empty):
    liar = boa.loads("""
@external
def seize(a: uint256, b: uint256, c: uint256, d: uint256) -> (uint256, uint256):
    return (2**96 if b == 0 else 1), 2
@view
@external
def exit_window() -> uint256:
    return 0
""")
    empty.terms.set_slashable(liar, True, sender=ADMIN)
    for subject in (0, 1):
        with boa.reverts("slash_escrow: amount out of range"):
            raw_propose(empty, slashable=liar.address, subject=subject)


# -- seizing ----------------------------------------------------------------------------------------------------------


def test_inv_slh_1_propose__seizes_at_once_and_tells(world):
    id = world.propose(share(10))
    events = {type(event).__name__: event for event in world.escrow.get_logs()}
    seized = -(-TOTAL // 10)
    assert sum(world.pool.stake(SUBJECT, account) for account in STAKES) == TOTAL - seized
    taken = events["StakeSeized"]
    assert (taken.id, taken.subject, taken.slashable, taken.amount) == (id, SUBJECT, world.pool.address, seized)
    assert taken.own == OWN - world.pool.stake(SUBJECT, OPERATOR)
    told = events["SlashProposed"]
    assert (told.id, told.proposer, told.service, told.proven) == (id, PROVER, 1, True)
    assert (told.fraction, told.offence_time, told.end) == (share(10), world.now, world.now + 7 * DAY)
    assert (told.seizure, told.policy, told.evidence) == (id, 1, EVIDENCE)
    world.compare()


def test_inv_slh_1_propose__token_that_is_gone__seizes_all_the_same(world):
    boa.env.set_code(world.token.address, b"\xfe")
    raw_propose(world)
    assert world.pool.stake(SUBJECT, OPERATOR) == OWN - -(-OWN // 10)


def test_inv_slh_16_propose__forty_percent_with_quarter_exposure__takes_ten(world):
    world.set_exposure(1, share(25))
    world.propose(share(40))
    assert world.lens.slash(1).fraction == share(10)
    assert world.lens.seizure(1).seized == -(-TOTAL // 10)


def test_inv_slh_16_propose__again_and_again__never_holds_more_than_the_exposure(world):
    world.set_exposure(1, share(25))
    assert [world.propose(WAD, proven=False) for _ in range(4)] == [1, 2, 3, 4]
    assert world.lens.seizure(2).fraction == 10**9  # a unit, to claim from
    assert world.escrow.held(world.pool, SUBJECT)[0] <= TOTAL // 4 + TOTAL // 10**9 + 2
    # should the first be vetoed, the next takes its part of what that gives back
    world.veto(1)
    everything_out(world)
    world.compare()
    assert abs(collected(world.model) - TOTAL // 4 * (1 - 0.75**3)) <= TOTAL // 10**8


def test_inv_slh_16_propose__later_slashes__share_what_is_left_of_the_exposure(world):
    world.set_exposure(1, share(50))
    first, second, third = (world.propose(share(40), proven=False) for _ in range(3))  # a fifth of the pool each
    assert [world.lens.slash(id).seizure for id in (first, second, third)] == [1, 2, 2]
    assert world.lens.seizure(2).fraction == share(37.5)  # (0.5 − 0.2) / 0.8
    world.wait(7 * DAY)
    for id in (first, second, third):
        assert world.finalise(id) is None
    taken = sum(world.lens.slash(id).amount for id in (1, 2, 3))
    assert abs(taken - TOTAL * 488 // 1000) <= 4  # 1 − 0.8³ < 0.5
    world.compare()


def test_inv_slh_16_propose__more_than_the_exposure_in_all__takes_the_exposure(world):
    world.set_exposure(1, share(50))
    for _ in range(3):
        world.propose(share(80), proven=False)  # two fifths of the pool each
    world.wait(7 * DAY)
    for id in (1, 2, 3):
        assert world.finalise(id) is None
    assert world.lens.slash(3).amount <= 1
    assert abs(sum(world.lens.slash(id).amount for id in (1, 2, 3)) - TOTAL // 2) <= 2 + TOTAL // 10**9
    world.compare()


def test_inv_slh_16_propose__shared_seizure_wholly_taken__later_slash_seizes_for_itself(world):
    world.set_exposure(1, share(50))
    for _ in range(3):
        world.propose(share(80), proven=False)
    world.wait(7 * DAY - 1)
    world.propose(share(10), proven=False)
    world.wait(1)
    for id in (1, 2):
        world.finalise(id)
    world.propose(share(80), proven=False)
    assert world.lens.slash(5).seizure == 5
    assert world.lens.slash(5).fraction == share(40)
    # the place is taken, and the shared seizure has nothing left but a unit of rounding: a claim all the same
    world.propose(share(80), proven=False)
    assert world.lens.slash(6).seizure == 2
    world.compare()


def test_propose__all_of_the_pool_taken_while_another_is_open__later_slash_seizes_for_itself(world):
    world.propose(share(10), proven=False)
    world.propose(WAD, proven=False)
    world.wait(DAY)
    world.propose(share(10), proven=False)
    world.wait(6 * DAY)
    for id in (1, 2):
        world.finalise(id)
    assert world.lens.seizure(2).taken == world.lens.seizure(2).seized
    world.propose(share(10), proven=False)
    assert world.lens.slash(4).seizure == 4
    world.compare()


def test_inv_slh_16_propose__extra_place_without_room__claims_from_a_shared_seizure(world):
    world.set_exposure(1, share(50))
    world.propose(WAD)
    world.propose(share(1))
    assert world.lens.seizure(2).fraction == 10**9
    assert world.lens.slash(2).fraction == share(0.5)
    world.compare()


def test_inv_slh_17_propose__service_beyond_the_third_without_room__stays_in_the_extra_places(world):
    world.set_exposure(4, share(50))
    for service in (1, 2, 3):
        world.propose(share(1), proven=False, service=service)
    assert world.propose(WAD, service=4) == 4
    assert world.propose(WAD, service=4) == 5
    assert world.lens.slash(5).fraction == 10**9
    assert world.propose(WAD, service=4) == "slash_escrow: no place for another service"
    for service in (1, 2, 3):
        world.propose(share(1), proven=False, service=service)
    assert len(world.escrow.open_seizures(world.pool, SUBJECT)) == 8
    world.compare()


# -- places -----------------------------------------------------------------------------------------------------------


def test_inv_slh_17_propose__fourth_service__finds_no_place(world):
    for service in (1, 2, 3):
        assert world.propose(share(1), proven=False, service=service) == service
    assert world.propose(share(1), proven=False, service=4) == "slash_escrow: no place for another service"
    # a machine-proven fault has two places more, for whichever service
    assert [world.propose(share(1), service=service) for service in (4, 5)] == [4, 5]
    assert world.propose(share(1), service=6) == "slash_escrow: no place for another service"
    world.compare()


def test_inv_slh_17_propose__all_places_filled_by_others__each_service_still_has_its_own(world):
    for service in (1, 2):
        for _ in range(6):
            assert isinstance(world.propose(share(1), service=service), int)
    assert len(world.escrow.open_seizures(world.pool, SUBJECT)) == 6
    assert isinstance(world.propose(share(50), proven=False, service=3), int)
    assert isinstance(world.propose(share(50), proven=False, service=3), int)
    assert len(world.escrow.open_seizures(world.pool, SUBJECT)) == 8
    for service in (1, 2, 3):
        assert isinstance(world.propose(share(1), service=service), int)
    assert len(world.escrow.open_seizures(world.pool, SUBJECT)) == 8
    world.compare()


def test_propose__other_subject__has_places_of_its_own(world):
    for service in (1, 2, 3):
        world.propose(share(1), proven=False, service=service)
    world.deposit(DELEGATOR, 10**20, operator=OTHER)
    assert world.propose(share(1), proven=False, service=4, operator=OTHER) == 4
    world.compare()


def test_inv_slh_17_propose__after_a_finalised_one__takes_its_own_place_again(world):
    world.propose(share(10))
    world.wait(7 * DAY)
    world.finalise(1)
    assert world.escrow.open_seizures(world.pool, SUBJECT) == []
    world.propose(share(10))
    assert world.lens.slash(2).seizure == 2
    world.compare()


def test_inv_slh_1_propose__in_one_block__each_takes_of_what_the_others_left(world):
    for service in (1, 2, 3):
        world.propose(share(50), service=service)
    left = sum(world.pool.stake(SUBJECT, account) for account in STAKES)
    assert abs(left - TOTAL // 8) <= 3


def test_propose__empty_pool__seizes_nothing_and_is_concluded(world):
    world.propose(WAD, service=1)
    assert world.propose(share(50), service=2) == 2
    assert world.lens.seizure(2).seized == 0
    world.wait(7 * DAY)
    world.finalise(2)
    assert world.escrow.open_seizures(world.pool, SUBJECT) == [1]
    world.compare()


def test_propose__judge_and_prover_of_one_service__share_its_place(world):
    world.propose(share(10), proven=False)
    world.propose(share(10))
    assert world.lens.slash(2).seizure == 2
    world.propose(share(10))
    assert world.lens.slash(3).seizure == 3
    # place and extra places are taken: now from the shared seizure
    world.propose(share(10))
    world.propose(share(10))
    assert [world.lens.slash(id).seizure for id in (4, 5)] == [4, 4]
    assert world.lens.slash(4).proposer == PROVER
    assert world.lens.slash(1).proposer == JUDGE
    world.compare()
