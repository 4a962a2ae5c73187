"""Votes of a collective pool: each call, each refusal, and what attackers make of them."""

from __future__ import annotations

import boa
import pytest
from eth_abi import encode
from eth_utils import keccak
from tests.support.delegation import source
from tests.support.pool import COOLDOWN, DAY, HOLDERS, OPERATORS, SERVICE, STRANGER, PoolWorld

from surety.models.collective_pool import WAD, WEEK

FIRST, SECOND, THIRD, FOURTH = HOLDERS[:4]
ONE, TWO = OPERATORS[:2]
UNIT = 10**18
VOTING, NOTICE, LAPSE = 3 * DAY, 4 * DAY, 45 * DAY


@pytest.fixture(scope="module")
def made():
    """60, 30 and 10 shares, held for more than a week."""
    with boa.env.anchor():
        world = PoolWorld.create()
        for holder, part in ((FIRST, 60), (SECOND, 30), (THIRD, 10)):
            world.deposit(holder, part * UNIT)
        world.wait(8 * DAY)
        yield world


@pytest.fixture
def world(made):
    with boa.env.anchor():
        yield made.again()


def accepted(world, amount=50 * UNIT, operator=ONE, voter=FIRST):
    """A proposal to back, voted for, whose notice is over."""
    number = world.propose(voter, operator, amount)
    world.vote(number, voter)
    world.wait(VOTING + NOTICE)
    return number


# -- proposals --------------------------------------------------------------------------------------------------------


def test_propose__by_holders_of_the_threshold__counts_up(world):
    assert world.propose(FIRST, ONE, UNIT) == 1
    assert world.ballot.propose_withdrawal(1, "", sender=THIRD) == world.ballot.proposal_count() == 2
    assert world.ballot.proposal(1).amount == UNIT
    assert world.ballot.proposal(2).lock == 1
    assert world.ballot.period(1) == (world.now + VOTING + NOTICE, world.now + VOTING + NOTICE + LAPSE)
    assert world.ballot.period(2)[0] == world.now + VOTING


def test_propose__with_too_few_shares_or_nothing__refused(world):
    with boa.reverts("pool_ballot: too few shares to propose"):
        world.propose(FOURTH, ONE, UNIT)
    world.transfer(THIRD, FOURTH, UNIT - 1)
    world.wait(8 * DAY)
    with boa.reverts("pool_ballot: too few shares to propose"):
        world.propose(FOURTH, ONE, UNIT)
    with boa.reverts("pool_ballot: zero amount"):
        world.propose(FIRST, ONE, 0)
    with boa.reverts("pool_portfolio: no such position"):
        world.ballot.propose_withdrawal(0, "", sender=FIRST)


def test_create__terms_out_of_range__refused():
    for quorum, threshold in ((499, 1), (6_701, 1), (500, 0), (500, 501)):
        with boa.reverts("pool_ballot: quorum or threshold out of range"):
            source("commitments/PoolBallot").deploy(quorum, threshold)


# -- votes ------------------------------------------------------------------------------------------------------------


def test_vote__once_within_three_days__counts_shares(world):
    number = world.propose(FIRST, ONE, UNIT)
    assert world.vote(number, FIRST) == 60 * UNIT
    world.wait(VOTING - 1)
    assert world.vote(number, SECOND, False) == 30 * UNIT
    assert (world.ballot.proposal(number).yes, world.ballot.proposal(number).no) == (60 * UNIT, 30 * UNIT)
    assert world.ballot.vote_of(number, FIRST) == (60 * UNIT, True)
    assert world.ballot.vote_of(number, SECOND) == (30 * UNIT, False)
    with boa.reverts("pool_ballot: has voted"):
        world.vote(number, FIRST)
    world.wait(1)
    with boa.reverts("pool_ballot: voting is over"):
        world.vote(number, THIRD)
    with boa.reverts("pool_ballot: no such proposal"):
        world.vote(number + 1, FIRST)


def test_vote__without_shares__refused(world):
    number = world.propose(FIRST, ONE, UNIT)
    with boa.reverts("pool_ballot: no weight"):
        world.vote(number, FOURTH)


def test_inv_pool_6_attack__flash_votes__weigh_nothing(world):
    """Ten times all shares, bought a second before the proposal, or six days before, or after it."""
    world.deposit(FOURTH, 1_000 * UNIT)
    world.wait(1)
    number = world.propose(FIRST, ONE, UNIT)
    with boa.reverts("pool_ballot: no weight"):
        world.vote(number, FOURTH)
    world.wait(6 * DAY)
    late = world.propose(FIRST, ONE, UNIT)
    with boa.reverts("pool_ballot: no weight"):
        world.vote(late, FOURTH)
    world.wait(DAY + 1)
    assert world.vote(world.propose(FIRST, ONE, UNIT), FOURTH) == 1_000 * UNIT


def test_inv_pool_6_attack__vote_and_pass_shares_on__votes_once(world):
    number = world.propose(FIRST, ONE, UNIT)
    world.vote(number, FIRST)
    world.transfer(FIRST, FOURTH, 60 * UNIT)
    with boa.reverts("pool_ballot: no weight"):
        world.vote(number, FOURTH)
    # who has voted before can add nothing either
    world.transfer(FOURTH, SECOND, 60 * UNIT)
    assert world.vote(number, SECOND) == 30 * UNIT
    proposal = world.ballot.proposal(number)
    assert proposal.yes + proposal.no <= world.pool.totalSupply()


def test_inv_pool_6_leaving_shares__do_not_vote(world):
    number = world.propose(FIRST, ONE, UNIT)
    world.request(FIRST, 50 * UNIT)
    assert world.vote(number, FIRST) == 10 * UNIT


def test_inv_pool_6_attack__vote_and_leave__is_struck_by_anybody(world):
    """60 vote for, and ask to leave with all of it: struck, 30 against are the majority."""
    number = world.propose(FIRST, ONE, UNIT)
    world.vote(number, FIRST)
    world.vote(number, SECOND, False)
    with boa.reverts("pool_ballot: voter still has its shares"):
        world.ballot.recount(number, FIRST)
    world.request(FIRST, 60 * UNIT)
    assert world.ballot.recount(number, FIRST) == 0
    world.transfer(SECOND, FOURTH, 10 * UNIT)
    assert world.ballot.recount(number, SECOND) == 20 * UNIT
    assert world.ballot.vote_of(number, SECOND) == (20 * UNIT, False)
    world.wait(VOTING + NOTICE)
    with boa.reverts("pool_ballot: rejected"):
        world.ballot.carry_out(number, [])


# -- carrying out -----------------------------------------------------------------------------------------------------


def test_carry_out__backing__after_vote_and_notice(world):
    number = world.propose(FIRST, ONE, 50 * UNIT)
    world.vote(number, FIRST)
    world.wait(VOTING + NOTICE - 1)
    with boa.reverts("pool_ballot: too soon"):
        world.ballot.carry_out(number, [])
    world.wait(1)
    lock = world.carry_out(number)
    assert world.bonding.lock(lock).units == 50 * UNIT
    assert world.bonding.lock(lock).owner == world.portfolio.address
    with boa.reverts("pool_ballot: carried out already"):
        world.ballot.carry_out(number, [])
    with boa.reverts("pool_ballot: carried out already"):
        world.ballot.recount(number, FIRST)
    world.compare()


def test_carry_out__late__lapsed(world):
    number = accepted(world)
    world.wait(LAPSE - 1)
    with boa.env.anchor():
        world.ballot.carry_out(number, [])
    world.wait(1)
    with boa.reverts("pool_ballot: lapsed"):
        world.ballot.carry_out(number, [])


def test_carry_out__tie_or_no_quorum__refused(world):
    number = world.propose(THIRD, ONE, UNIT)
    world.vote(number, THIRD)
    world.wait(VOTING + NOTICE)
    with boa.reverts("pool_ballot: no quorum"):
        world.ballot.carry_out(number, [])
    world.transfer(FIRST, SECOND, 15 * UNIT)
    world.wait(8 * DAY)
    number = world.propose(FIRST, ONE, UNIT)
    world.vote(number, FIRST)
    world.vote(number, SECOND, False)
    world.wait(VOTING + NOTICE)
    with boa.reverts("pool_ballot: rejected"):
        world.ballot.carry_out(number, [])


def test_carry_out__withdrawal__right_after_the_vote(world):
    lock = world.carry_out(accepted(world))
    number = world.ballot.propose_withdrawal(lock, "enough", sender=SECOND)
    world.vote(number, FIRST)
    world.wait(VOTING)
    world.carry_out(number)
    assert world.bonding.lock(lock).end == world.now + COOLDOWN
    world.wait(COOLDOWN)
    world.advance()
    assert world.portfolio.idle() == 100 * UNIT
    world.compare()


def test_carry_out__with_parameters__only_those_that_were_voted(world):
    parameters = [b"\x01" * 32, b"\x02" * 32]
    entry = keccak(encode(["bytes32[]"], [parameters]))
    number = world.propose(FIRST, ONE, UNIT, entry)
    world.vote(number, FIRST)
    world.wait(VOTING + NOTICE)
    with boa.reverts("pool_ballot: other parameters"):
        world.ballot.carry_out(number, parameters[:1])
    world.ballot.carry_out(number, parameters)


def test_inv_pool_13_attack__operator_enters_with_others_than_voted__nothing_binds(world):
    """Whatever the carrier says then: ServiceBonding looks at parameters only where the operator enters."""
    parameters, others = [b"\x01" * 32], [b"\x02" * 32]
    entry = keccak(encode(["bytes32[]"], [parameters]))
    number, blank = world.propose(FIRST, ONE, UNIT, entry), world.propose(FIRST, ONE, UNIT)
    for one in (number, blank):
        world.vote(one, FIRST)
    world.wait(VOTING + NOTICE)
    world.bonding.promise(SERVICE, ONE, keccak(encode(["bytes32[]"], [others])))
    for one, said in ((number, parameters), (number, others), (number, []), (blank, [])):
        with boa.reverts("pool_ballot: other parameters"):
            world.ballot.carry_out(one, said)
    world.bonding.promise(SERVICE, ONE, entry)
    world.ballot.carry_out(number, [])


def test_inv_pool_8_attack__stranger_carries_out_while_a_unit_is_idle__wastes_no_vote(world):
    """50 are voted, 90 locked and 10 idle: a stranger would spend the vote on these. Who could propose may do so."""
    world.carry_out(accepted(world, 90 * UNIT))
    number = world.propose(FIRST, TWO, 50 * UNIT)
    world.vote(number, FIRST)
    world.wait(VOTING + NOTICE)
    for someone in (STRANGER, FOURTH):
        with boa.reverts("pool_ballot: too few shares to propose"):
            world.ballot.carry_out(number, [], sender=someone)
    with boa.env.anchor():
        lock = world.ballot.carry_out(number, [], sender=THIRD)
        assert world.bonding.lock(lock).units == 10 * UNIT
    world.deposit(FOURTH, 40 * UNIT)
    assert world.bonding.lock(world.carry_out(number)).units == 50 * UNIT


# -- who disagrees ----------------------------------------------------------------------------------------------------


def test_inv_pool_7_ragequit__asked_in_the_last_second_of_the_notice__has_no_part_of_it(world):
    """The majority backs an operator that fails at once: 40 of 100 leave before it binds, with all of their 40."""
    number = world.propose(FIRST, ONE, 100 * UNIT)
    world.vote(number, FIRST)
    world.wait(VOTING + NOTICE)
    world.request(SECOND, 30 * UNIT)
    world.request(THIRD, 10 * UNIT)
    with boa.reverts("collective_pool: leavers go first"):
        world.ballot.carry_out(number, [])
    world.to_thursday()
    lock = world.carry_out(number, who=FIRST)
    assert world.bonding.lock(lock).units == 60 * UNIT
    world.finalise(world.seize(lock, WAD))
    assert world.redeem(SECOND, 30 * UNIT) == 30 * UNIT
    assert world.redeem(THIRD, 10 * UNIT) == 10 * UNIT
    assert world.pool.totalAssets() == 0
    world.compare()


def test_attack__majority_backs_its_own_failing_operator__loses_what_the_bounty_would_bring(world):
    """60 back their own operator with all, and report it: they lose 60. What the escrow pays the reporter is bounded by
    what of the stake was the operator's own (specs/slash-escrow.md): nothing of a pool's stake is. So -60.
    """
    lock = world.carry_out(accepted(world, 100 * UNIT))
    seized, own = 0, 0
    with boa.env.anchor():
        seized, own = world.escrow.seize(world.bonding, 1, world.subject(lock), WAD, world.now)
    assert (seized, own) == (100 * UNIT, 0)
    bounty = min(seized * 20 // 100, own)
    world.finalise(world.seize(lock, WAD))
    loss = 60 * UNIT - world.pool.convertToAssets(60 * UNIT)
    assert bounty - loss == -60 * UNIT


@pytest.mark.parametrize("withdrawal", [False, True])
def test_inv_pool_13_attack__one_unit_before_all_others_joined__binds_nobody(withdrawal):
    """Who has had the only unit of a new pool for a week accepts alone what is carried out weeks later, when others'
    asset is there, which had no vote: all of that behind its own operator, or locks to come ended one after the other.
    """
    with boa.env.anchor():
        world = PoolWorld.create()
        world.deposit(FIRST, 1)
        world.wait(8 * DAY)
        if withdrawal:
            number = world.ballot.propose_withdrawal(1, "", sender=FIRST)
        else:
            number = world.propose(FIRST, ONE, 2**95)
        world.vote(number, FIRST)
        world.wait(VOTING + NOTICE)
        with boa.env.anchor():
            world.deposit(SECOND, 3)
            if not withdrawal:
                assert world.ballot.carry_out(number, [], sender=FIRST)  # a quarter of all: a fifth is needed
        world.deposit(SECOND, 100 * UNIT)
        if withdrawal:
            world.back(ONE, 50 * UNIT)
        with boa.reverts("pool_ballot: no quorum"):
            world.ballot.carry_out(number, [])


def test_attack__dust_requests__delay_a_backing_to_the_next_thursday_and_no_longer(world):
    number = accepted(world)
    world.request(THIRD, 1)
    with boa.reverts("collective_pool: leavers go first"):
        world.ballot.carry_out(number, [])
    start = world.now
    world.to_thursday()
    world.carry_out(number)
    assert world.now - start <= WEEK
    # another backing is not delayed by who asks after its notice
    number = accepted(world, UNIT, TWO)
    world.wait(1)
    world.request(THIRD, 1)
    world.carry_out(number)


def test_attack__votes_can_not_starve_an_exit(world):
    """SECOND asks; the majority backs with all that it can as soon as it can: SECOND is paid all the same."""
    world.carry_out(accepted(world, 90 * UNIT))
    number = accepted(world, 100 * UNIT, TWO)
    asked = world.now
    world.request(SECOND, 30 * UNIT)
    world.to_thursday()
    world.carry_out(number, who=FIRST)
    assert world.portfolio.idle() == 0
    world.wait(COOLDOWN)
    assert world.redeem(SECOND, 30 * UNIT) == 30 * UNIT
    assert world.now - asked <= COOLDOWN + WEEK
    world.compare()
