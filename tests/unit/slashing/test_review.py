"""From the proposal to the end of the review: vetoes, disputes, rulings, silence."""

import boa
import pytest
from tests.support.slashing import (
    ADMIN,
    CONFIRMER,
    DELEGATOR,
    JUDGE,
    OPERATOR,
    POLICY,
    PROVER,
    REPORTER,
    STRANGER,
    SUBJECT,
    VETOER,
    ZERO,
    everything_out,
    policy_tuple,
    share,
)

from surety.models.slashing import DAY, WAD, Status

from .conftest import STAKES

TOTAL = sum(STAKES.values())


def event(world, name, called=None):
    """An event of the last call of a contract, the escrow unless said otherwise."""
    return next(one for one in (called or world.escrow).get_logs() if type(one).__name__ == name)


# -- unknown and decided ----------------------------------------------------------------------------------------------


def test_every_call__unknown_slash__reverts(world):
    for id in (0, 1, 2**32):
        for call in (
            lambda id=id: world.escrow.veto(id, "", sender=VETOER),
            lambda id=id: world.escrow.announce_veto(id, "", sender=VETOER),
            lambda id=id: world.escrow.dispute(id, sender=OPERATOR),
            lambda id=id: world.escrow.rule(id, True),
            lambda id=id: world.escrow.finalise(id),
            lambda id=id: world.escrow.release(id),
            lambda id=id: world.escrow.pull(id, 0, STRANGER),
            lambda id=id: world.escrow.parts(id),
        ):
            with boa.reverts("slash_escrow: unknown slash"):
                call()
        assert world.escrow.status_of(id) == 0


def test_every_call__decided_slash__reverts(world):
    world.propose(share(10), proven=False)
    world.veto(1)
    assert world.veto(1) == "slash_escrow: slash is decided"
    assert world.announce(1) == "slash_escrow: slash is decided"
    assert world.dispute(1) == "slash_escrow: slash is decided"
    world.wait(7 * DAY)
    assert world.finalise(1) == "slash_escrow: slash is decided"


# -- window -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("days", [7, 14])
def test_inv_slh_3_finalise__a_second_early__reverts(empty, days):
    empty.set_policy(1, POLICY.__class__(**{**vars(POLICY), "review": days * DAY}))
    empty.deposit(OPERATOR, 10**18)
    empty.propose(share(10))
    empty.wait(days * DAY - 1)
    assert empty.finalise(1) == "slash_escrow: review is not over"
    empty.wait(1)
    assert empty.finalise(1) is None
    assert event(empty, "SlashFinalised").amount == 10**17
    empty.compare()


def test_inv_slh_3_set_policy__after_the_proposal__moves_nothing(world):
    world.propose(share(10))
    longer = POLICY.__class__(**{**vars(POLICY), "review": 14 * DAY, "bounty_bps": 0, "insurance_bps": 0})
    number = world.terms.add_policy(policy_tuple(longer), sender=ADMIN)
    world.terms.set_policy(world.pool, 5, 1, number, sender=ADMIN)
    world.wait(7 * DAY)
    assert world.finalise(1) is None
    world.compare()


def test_inv_slh_7_finalise__anybody_once_in_any_state_of_the_pool(world):
    world.propose(share(10))
    world.leave(OPERATOR, world.model.pools[SUBJECT].stake[OPERATOR])
    world.terms.set_slashable(world.pool, False, sender=ADMIN)
    world.terms.set_proposer(PROVER, 0, ZERO, sender=ADMIN)
    world.wait(300 * DAY)
    assert world.finalise(1) is None
    assert world.escrow.status_of(1) == Status.FINALISED
    everything_out(world)
    world.compare()


# -- veto of judgements -----------------------------------------------------------------------------------------------


def test_inv_slh_4_veto__only_vetoers_and_never_who_proposed(world):
    world.propose(share(10), proven=False)
    for caller in (STRANGER, CONFIRMER):
        assert world.veto(1, caller) == "slash_escrow: caller may not veto"
    for caller in (JUDGE, REPORTER):
        world.terms.set_vetoer(caller, 3, sender=ADMIN)
        world.model.vetoers.add(caller)
        assert world.veto(1, caller) == "slash_escrow: proposer may not veto"
    assert world.veto(1) is None
    told = event(world, "SlashVetoed")
    assert (told.id, told.vetoer, told.reason) == (1, VETOER, "why")
    world.compare()


def test_inv_slh_4_veto__who_lost_the_power__reverts(world):
    world.propose(share(10), proven=False)
    world.terms.set_vetoer(VETOER, 0, sender=ADMIN)
    world.model.vetoers.clear()
    assert world.veto(1) == "slash_escrow: caller may not veto"


def test_inv_slh_3_veto__from_the_end_on__reverts(world):
    world.propose(share(10), proven=False)
    world.propose(share(10), proven=False, service=2)
    world.wait(7 * DAY - 1)
    assert world.veto(1) is None
    world.wait(1)
    assert world.veto(2) == "slash_escrow: review is over"


def test_inv_slh_11_veto__stayers_leavers_and_joiners__get_what_was_theirs(world):
    world.propose(share(50), proven=False)
    world.leave(DELEGATOR, world.model.pools[SUBJECT].stake[DELEGATOR])
    joiner = STRANGER
    world.token.mint(joiner, 10**21)
    world.deposit(joiner, 10**21)
    world.veto(1)
    world.wait(14 * DAY)
    free = {account: world.pool.free(account) for account in (*STAKES, joiner)}
    assert isinstance(world.release(1), int)
    for account, stake in STAKES.items():
        assert abs(world.pool.free(account) - free[account] - stake // 2) <= 1
    assert world.pool.free(joiner) == 0
    assert world.pool.stake(SUBJECT, joiner) == 10**21
    world.compare()


# -- veto of machine-proven faults ------------------------------------------------------------------------------------


def test_inv_slh_5_veto__proven__announced_by_one_confirmed_by_another_two_days_later(world):
    world.propose(share(10))
    assert world.veto(1) == "slash_escrow: caller may not veto"
    assert world.veto(1, CONFIRMER) == "slash_escrow: veto was not announced"
    assert world.announce(1, CONFIRMER) == "slash_escrow: caller may not veto"
    assert world.announce(1) is None
    told = event(world, "VetoAnnounced")
    assert (told.id, told.vetoer, told.reason) == (1, VETOER, "why")
    assert world.lens.announcement(1) == (VETOER, world.now)
    assert world.announce(1) == "slash_escrow: veto is announced"
    world.wait(2 * DAY - 1)
    assert world.veto(1, CONFIRMER) == "slash_escrow: veto before its delay"
    world.wait(1)
    assert world.veto(1, CONFIRMER) is None
    world.compare()


def test_inv_slh_5_veto__proven__not_by_one_account_with_both_powers(world):
    world.propose(share(10))
    world.terms.set_vetoer(VETOER, 3, sender=ADMIN)
    world.model.confirmers.add(VETOER)
    assert world.terms.vetoer(VETOER) == 3
    world.announce(1)
    world.wait(2 * DAY)
    assert world.veto(1) == "slash_escrow: veto needs a second account"
    assert world.veto(1, CONFIRMER) is None


def test_announce_veto__judgement__reverts(world):
    world.propose(share(10), proven=False)
    assert world.announce(1) == "slash_escrow: not a machine-proven fault"


@pytest.mark.parametrize("caller", [PROVER, REPORTER])
def test_inv_slh_4_veto__proven__never_who_proposed_or_reported(world, caller):
    world.propose(share(10))
    world.terms.set_vetoer(caller, 3, sender=ADMIN)
    world.model.vetoers.add(caller)
    world.model.confirmers.add(caller)
    assert world.announce(1, caller) == "slash_escrow: proposer may not veto"
    world.announce(1)
    world.wait(2 * DAY)
    assert world.veto(1, caller) == "slash_escrow: proposer may not veto"


def test_inv_slh_5_announce__too_late_for_its_delay__is_executed(world):
    world.propose(share(10))
    world.wait(5 * DAY + 1)
    assert world.announce(1) is None
    world.wait(2 * DAY - 1)
    assert world.veto(1, CONFIRMER) == "slash_escrow: review is over"
    assert world.finalise(1) is None


# -- disputes ---------------------------------------------------------------------------------------------------------


def test_inv_slh_6_dispute__only_the_accused_and_once(world):
    world.propose(share(10), proven=False)
    for caller in (STRANGER, DELEGATOR, JUDGE):
        assert world.dispute(1, caller) == "slash_escrow: caller is not the accused"
    assert world.dispute(1) is None
    opened = event(world, "CaseOpened")
    assert (opened.id, opened.arbiter, opened.deadline) == (1, world.arbiter.address, world.now + 6 * DAY)
    assert world.arbiter.deadline_of(1) == world.now + 6 * DAY
    assert world.lens.case(1) == (world.arbiter.address, world.now + 6 * DAY, 0)
    assert world.dispute(1) == "slash_escrow: slash is not open to dispute"
    world.compare()


def test_inv_slh_6_dispute__until_the_ruling_no_longer_fits(world):
    world.propose(share(10), proven=False)
    world.propose(share(10), proven=False, service=2)
    world.wait(3 * DAY)
    assert world.dispute(1) is None
    world.wait(1)
    assert world.dispute(2) == "slash_escrow: too late to dispute"


def test_dispute__no_arbiter__reverts(world):
    world.propose(share(10), proven=False)
    world.terms.set_arbiter(False, ZERO, sender=ADMIN)
    with boa.reverts("slash_escrow: no arbiter for this class"):
        world.escrow.dispute(1, sender=OPERATOR)
    world.propose(share(10), service=2)
    assert world.dispute(2) is None


def test_inv_slh_6_dispute__arbiter_that_fails__files_nothing(world):
    world.propose(share(10), proven=False)
    world.arbiter.fail(True)
    with boa.reverts("mock_arbiter: failing"):
        world.escrow.dispute(1, sender=OPERATOR)
    assert world.escrow.status_of(1) == Status.OPEN
    world.arbiter.fail(False)
    assert world.dispute(1) is None


def test_rule__not_the_arbiter_or_no_case__reverts(world):
    world.propose(share(10), proven=False)
    with boa.reverts("slash_escrow: caller is not the arbiter"):
        world.arbiter.pass_ruling(world.escrow, 1, False)
    world.dispute(1)
    with boa.reverts("slash_escrow: caller is not the arbiter"):
        world.escrow.rule(1, False, sender=STRANGER)


def test_inv_slh_3_set_arbiter__after_the_dispute__changes_nothing_of_it(world):
    world.propose(share(10), proven=False)
    world.dispute(1)
    world.terms.set_arbiter(False, STRANGER, sender=ADMIN)
    with boa.reverts("slash_escrow: caller is not the arbiter"):
        world.escrow.rule(1, False, sender=STRANGER)
    assert world.rule(1, False) is None


@pytest.mark.parametrize("proven", [True, False])
def test_inv_slh_6_rule__innocent__gives_all_back(world, proven):
    world.propose(share(10), proven=proven)
    world.dispute(1)
    assert world.rule(1, False) is None
    assert event(world, "CaseRuled", world.arbiter).guilty is False
    assert event(world, "SlashVoided", world.arbiter).status == Status.ACQUITTED
    assert world.lens.case(1)[2] == 2
    assert world.rule(1, True) == "slash_escrow: case is closed"
    world.wait(14 * DAY)
    assert world.release(1) == -(-TOTAL // 10)
    world.compare()


@pytest.mark.parametrize("proven", [True, False])
def test_inv_slh_6_rule__guilty_in_the_last_second__executes(world, proven):
    world.propose(share(10), proven=proven)
    world.dispute(1)
    world.wait(6 * DAY)
    assert world.rule(1, True) is None
    assert world.lens.case(1)[2] == 1
    assert world.finalise(1) == "slash_escrow: review is not over"
    world.wait(DAY)
    assert world.finalise(1) is None
    assert world.lens.slash(1).amount == -(-TOTAL // 10)
    world.compare()


@pytest.mark.parametrize(("proven", "status"), [(True, Status.FINALISED), (False, Status.LAPSED)])
def test_inv_slh_6_finalise__arbiter_silent__proven_executes_judgement_lapses(world, proven, status):
    world.propose(share(10), proven=proven)
    world.dispute(1)
    world.wait(6 * DAY + 1)
    assert world.rule(1, False) == "slash_escrow: past the ruling's deadline"
    world.wait(DAY)
    assert world.finalise(1) is None
    told = [one.status for one in world.escrow.get_logs() if type(one).__name__ == "SlashVoided"]
    assert told == ([] if proven else [Status.LAPSED])
    assert world.escrow.status_of(1) == status
    everything_out(world)
    world.compare()


def test_veto__of_a_disputed_or_convicted_slash__has_the_last_word(world):
    for service in (1, 2):
        world.propose(share(10), proven=False, service=service)
        world.dispute(service)
    world.rule(2, True)
    assert [world.veto(id) for id in (1, 2)] == [None, None]
    assert world.rule(1, True) == "slash_escrow: case is closed"
    world.compare()


# -- release ----------------------------------------------------------------------------------------------------------


def test_inv_slh_14_release__not_before_its_stored_end(world):
    world.propose(share(10))
    world.clear(1)
    world.pool.set_escrow(world.escrow)
    world.go_to(world.model.seizures[1].release_at - 1)
    assert world.model.seizures[1].release_at == world.model.slashes[1].end + 7 * DAY
    assert world.release(1) == "slash_escrow: stake is held until its end"
    world.wait(1)
    assert world.release(1) == -(-TOTAL // 10)
    assert event(world, "StakeReleased").restored == -(-TOTAL // 10)
    assert world.release(1) == "slash_escrow: nothing left to release"
    world.compare()


def test_release__undecided_taken_or_no_seizure__reverts(world):
    world.propose(share(10), proven=False)
    world.propose(share(10), proven=False)
    world.propose(share(10), proven=False)
    world.wait(7 * DAY)
    assert world.release(1) == "slash_escrow: a slash on it is undecided"
    world.finalise(1)
    assert world.release(1) == "slash_escrow: nothing left to release"
    assert world.release(3) == "slash_escrow: slash seized nothing itself"
    world.finalise(2)
    assert world.release(2) == "slash_escrow: a slash on it is undecided"
    world.finalise(3)
    assert world.release(2) == "slash_escrow: stake is held until its end"
    world.wait(7 * DAY)
    assert isinstance(world.release(2), int)
    world.compare()


def test_inv_slh_14_release__later_slash_undecided__waits(world):
    world.propose(WAD, proven=False)
    world.veto(1)
    world.wait(13 * DAY)
    world.propose(share(30), service=2)
    world.wait(DAY)
    assert world.release(1) == "slash_escrow: a later slash is undecided"
    world.wait(6 * DAY)
    world.finalise(2)
    assert isinstance(world.release(1), int)
    everything_out(world)
    world.compare()


def test_inv_slh_19_held__counts_until_taken_or_released(world):
    world.propose(share(10))
    world.propose(share(20), proven=False, service=2)
    seized = [world.lens.seizure(id) for id in (1, 2)]
    assert world.escrow.held(world.pool, SUBJECT) == (sum(s.seized for s in seized), sum(s.own for s in seized))
    world.veto(2)
    assert world.escrow.held(world.pool, SUBJECT)[0] == sum(s.seized for s in seized)
    world.wait(7 * DAY)
    world.finalise(1)
    assert world.escrow.held(world.pool, SUBJECT) == (seized[1].seized, seized[1].own)
    world.wait(7 * DAY)
    world.release(2)
    assert world.escrow.held(world.pool, SUBJECT) == (0, 0)


def test_inv_slh_17_veto__seizure_of_nothing__leaves_the_list_at_once(empty):
    """It could never be released: a place would be lost for ever."""
    empty.deposit(OPERATOR, 1)
    empty.leave(OPERATOR, 1)
    assert empty.propose(share(10), proven=False) == 1
    assert empty.veto(1) is None
    assert empty.escrow.open_seizures(empty.pool, SUBJECT) == []
    empty.compare()
