"""CollectivePool and its portfolio: each call, each refusal, and what attackers make of them."""

from __future__ import annotations

import boa
import pytest
from tests.support.delegation import source
from tests.support.pool import COOLDOWN, DAY, HOLDERS, MAX, OPERATORS, SERVICE, STRANGER, PoolWorld

from surety.models.collective_pool import WAD, WEEK

FIRST, SECOND, THIRD, FOURTH = HOLDERS[:4]
ONE, TWO = OPERATORS[:2]
UNIT = 10**18
ERC165, ERC7575, OPERATORS_ID, REDEEM_ID = "01ffc9a7", "2f0a18c5", "e3bc4e65", "620ee8e4"

PAYOUT = """
# pragma version 0.4.3
from ethereum.ercs import IERC20
token: address
@deploy
def __init__(token: address):
    self.token = token
@external
def claim(lock: uint256, receiver: address) -> uint256:
    assert extcall IERC20(self.token).transfer(receiver, lock)
    return lock
"""


@pytest.fixture(scope="module")
def made():
    with boa.env.anchor():
        yield PoolWorld.create()


@pytest.fixture
def world(made):
    with boa.env.anchor():
        yield made.again()


@pytest.fixture
def backed(world):
    """Two holders with 60 and 40, of which 90 stand behind two operators."""
    world.deposit(FIRST, 60 * UNIT)
    world.deposit(SECOND, 40 * UNIT)
    world.back(ONE, 50 * UNIT)
    world.back(TWO, 40 * UNIT)
    return world


def leave(world, owner, shares=None):
    world.request(owner, world.model.shares[owner] if shares is None else shares)


def settle(world):
    """The open round leaves, and is paid."""
    world.to_thursday()
    world.advance()
    world.wait(COOLDOWN)
    world.advance()


# -- joining ----------------------------------------------------------------------------------------------------------


def test_deposit__first_and_later__priced_by_all_that_is_there(backed):
    assert backed.pool.totalAssets() == 100 * UNIT
    backed.seize(1, WAD // 2)
    assert backed.pool.totalAssets() == 75 * UNIT
    assert backed.deposit(THIRD, 75 * UNIT) == 100 * UNIT
    assert backed.mint(FOURTH, UNIT) == UNIT * 3 // 4
    backed.compare()


def test_deposit__zero_or_worthless__refused(backed):
    assert backed.deposit(THIRD, 0) is None
    assert backed.reason == "collective_pool: amount is worth nothing"
    assert backed.mint(THIRD, 0) is None
    assert backed.reason == "collective_pool: amount is worth nothing"


def test_deposit__more_than_fits__refused(world):
    with boa.reverts("collective_pool: no room for so much"):
        world.pool.deposit(2**95, FIRST, sender=FIRST)
    assert world.pool.maxDeposit(FIRST) == 2**95 - 1
    assert world.pool.maxDeposit(world.pool) == world.pool.maxMint("0x" + "00" * 20) == 0


def test_deposit__to_the_pool_itself__refused(world):
    with boa.reverts("async_vault: the vault holds no shares"):
        world.pool.deposit(1, world.pool, sender=FIRST)


def test_deposit__token_takes_a_fee__refused():
    with boa.env.anchor():
        world = PoolWorld.create(asset="MockFeeERC20")
        with boa.reverts("collective_pool: token took a fee"):
            world.pool.deposit(UNIT, FIRST, sender=FIRST)


def test_transfers__token_says_no__refused():
    with boa.env.anchor():
        world = PoolWorld.create(asset="MockFalseERC20")
        world.deposit(FIRST, UNIT)
        leave(world, FIRST)
        settle(world)
        world.token.refuse(True)
        with boa.reverts("collective_pool: token refused the transfer"):
            world.pool.deposit(UNIT, FIRST, sender=FIRST)
        with boa.reverts("pool_portfolio: token refused the transfer"):
            world.pool.redeem(UNIT, FIRST, FIRST, sender=FIRST)
        world.token.refuse(False)
        assert world.redeem(FIRST, UNIT) == UNIT


def test_create__asset_that_may_become_another__refused(world):
    """A wrapper of one bond turns into cash when it matures."""
    world.bonding.set_kind(3)
    with boa.reverts("pool_portfolio: not a rolling class or vault"):
        source("commitments/PoolPortfolio").deploy(world.bonding, world.token, world.pool, world.pool)


def test_interfaces__those_of_the_standards__supported(world):
    for word in (ERC165, ERC7575, OPERATORS_ID, REDEEM_ID):
        assert world.pool.supportsInterface(bytes.fromhex(word))
    assert not world.pool.supportsInterface(b"\xff" * 4)
    assert world.pool.share() == world.pool.address
    assert world.pool.asset() == world.token.address


# -- leaving ----------------------------------------------------------------------------------------------------------


def test_request__leaves_with_its_part_of_every_lock__paid_after_the_cooldown(backed):
    leave(backed, SECOND)
    assert backed.pool.pendingRedeemRequest(0, SECOND) == 40 * UNIT
    backed.to_thursday()
    backed.advance()
    positions, parts = backed.portfolio.positions()
    assert [backed.bonding.lock(lock).units for lock in positions] == [30 * UNIT, 24 * UNIT]
    assert [backed.bonding.lock(lock).units for lock in parts] == [20 * UNIT, 16 * UNIT]
    backed.wait(COOLDOWN - 1)
    assert backed.pool.maxRedeem(SECOND) == 0
    backed.wait(1)
    assert backed.pool.maxWithdraw(SECOND) == 40 * UNIT
    assert backed.redeem(SECOND, 40 * UNIT) == 40 * UNIT
    backed.compare()


def test_request__zero_or_too_many__refused(backed):
    assert backed.request(FIRST, 0) is None
    assert backed.reason == "collective_pool: amount is worth nothing"
    with boa.reverts("erc20: burn amount exceeds balance"):
        backed.pool.requestRedeem(60 * UNIT + 1, FIRST, FIRST, sender=FIRST)


def test_inv_pool_4_part__slashed_in_the_last_second__is_borne_and_then_no_more(backed):
    leave(backed, SECOND)
    backed.to_thursday()
    backed.advance()
    part = backed.model.parts[0]
    backed.wait(COOLDOWN - 1)
    backed.seize(part, WAD // 2)
    backed.wait(1)
    with boa.reverts("mock_bonding: out of reach"):
        backed.escrow.seize(backed.bonding, 2, backed.subject(part), WAD, backed.now)
    backed.wait(52 * WEEK)
    assert backed.redeem(SECOND, 40 * UNIT) == 30 * UNIT
    backed.compare()


def test_inv_pool_4_round_settled_by_nobody_for_a_year__later_slashes_do_not_reach_it(backed):
    leave(backed, SECOND)
    backed.to_thursday()
    backed.advance()
    backed.wait(COOLDOWN)
    backed.seize(1, WAD)
    backed.wait(52 * WEEK)
    assert backed.redeem(SECOND, 40 * UNIT) == 40 * UNIT


def test_inv_pool_4_all_locks_slashed__holders_and_leavers_lose_alike(backed):
    """S0.29: losses are shared."""
    leave(backed, SECOND)
    backed.to_thursday()
    backed.advance()
    for lock in [*backed.model.positions, *backed.model.parts]:
        backed.seize(lock, WAD // 4)
    backed.wait(COOLDOWN)
    # 10 of 100 were idle
    assert backed.redeem(SECOND, 40 * UNIT) == 4 * UNIT + 27 * UNIT
    assert backed.pool.convertToAssets(60 * UNIT) == 6 * UNIT + UNIT * 81 // 2


def test_second_round__while_the_first_leaves__waits_for_it(backed):
    leave(backed, SECOND)
    backed.to_thursday()
    backed.wait(3 * DAY)
    backed.advance()
    leave(backed, FIRST, 10 * UNIT)
    backed.to_thursday()
    backed.advance()
    assert (backed.pool.leaving(), backed.pool.round()) == (1, 2)
    backed.wait(COOLDOWN - 4 * DAY)
    backed.advance()
    assert (backed.pool.leaving(), backed.pool.round()) == (2, 3)
    backed.wait(COOLDOWN)
    assert backed.redeem(FIRST, 10 * UNIT) == 10 * UNIT
    assert backed.redeem(SECOND, 40 * UNIT) == 40 * UNIT
    backed.compare()


def test_places_taken__large_part__takes_the_whole_lock_and_gives_the_rest_back(backed):
    backed.bonding.set_places(1)
    backed.model.locks.places = 1
    leave(backed, SECOND)
    backed.to_thursday()
    backed.advance()
    assert backed.model.parts == []
    assert backed.model.claimed == {1, 2}
    backed.compare()
    backed.wait(COOLDOWN)
    assert backed.redeem(SECOND, 40 * UNIT) == 40 * UNIT
    assert backed.portfolio.idle() == 60 * UNIT


def test_places_taken__dust_leaves__no_lock_goes_out_of_work(backed):
    """INV-POOL-10: who holds many dust requests neither stops work nor waits for it: a 64th or less is bought out."""
    backed.bonding.set_minimum(UNIT)
    backed.model.locks.minimum = UNIT
    for holder in HOLDERS[2:]:
        backed.transfer(FIRST, holder, 1_000)
        leave(backed, holder)
    backed.to_thursday()
    backed.advance()
    assert backed.pool.leaving() == 0
    assert [backed.bonding.lock(lock).end for lock in (1, 2)] == [0, 0]
    for holder in HOLDERS[2:]:
        assert 998 <= backed.redeem(holder, 1_000) <= 1_000
    backed.compare()


def test_dust_with_nothing_idle__lock_ends_and_comes_back_to_idle(world):
    world.deposit(FIRST, 100 * UNIT)
    world.back(ONE, 100 * UNIT)
    world.bonding.set_minimum(UNIT)
    world.model.locks.minimum = UNIT
    leave(world, FIRST, 1_000)
    settle(world)
    assert world.redeem(FIRST, 1_000) == 1_000
    assert world.portfolio.idle() == 100 * UNIT - 1_000


def test_position_ended_by_its_operator__leavers_have_their_part_of_it(backed):
    backed.wait(5 * DAY)
    backed.bonding.deactivate(1)
    backed.model.locks.deactivate(1)
    leave(backed, SECOND)
    backed.to_thursday()
    backed.advance()
    assert backed.model.claimed == {1}
    assert backed.pool.totalAssets() == 60 * UNIT
    backed.compare()
    backed.wait(COOLDOWN)
    assert backed.redeem(SECOND, 40 * UNIT) == 40 * UNIT
    backed.compare()


def test_released_by_a_stranger__pool_learns_it(backed):
    leave(backed, FIRST)
    leave(backed, SECOND)
    backed.to_thursday()
    backed.advance()
    backed.wait(COOLDOWN)
    backed.bonding.release(1, sender=STRANGER)
    assert backed.redeem(FIRST, 60 * UNIT) == 60 * UNIT
    assert backed.redeem(SECOND, 40 * UNIT) == 40 * UNIT
    assert backed.token.balanceOf(backed.portfolio) == 0


def test_lock_that_brings_another_token__is_refused(backed):
    backed.bonding.become(1, STRANGER)
    backed.unback(1)
    backed.wait(COOLDOWN)
    with boa.reverts("pool_portfolio: lock brings another token"):
        backed.pool.advance()


def test_claims__of_others_or_above__refused(backed):
    leave(backed, SECOND)
    settle(backed)
    with boa.reverts("async_vault: caller is not the controller"):
        backed.pool.redeem(1, STRANGER, SECOND, sender=STRANGER)
    assert backed.redeem(SECOND, 40 * UNIT + 1) is None
    backed.pool.setOperator(STRANGER, True, sender=SECOND)
    assert backed.pool.redeem(40 * UNIT, STRANGER, SECOND, sender=STRANGER) == 40 * UNIT


def test_previews_of_redemptions__revert(backed):
    for view in (backed.pool.previewRedeem, backed.pool.previewWithdraw):
        with boa.reverts("collective_pool: redemptions are requested"):
            view(1)


def test_inv_pool_10_longest_wait__two_cooldowns_and_a_week(backed):
    """Asked in the worst second: right after a Thursday, just before the round before it closes late."""
    leave(backed, SECOND, UNIT)
    backed.to_thursday()
    backed.wait(6 * DAY + 23 * 3_600)
    leave(backed, FIRST, UNIT)  # closes the first round, opens the second
    asked = backed.now
    backed.wait(COOLDOWN)
    backed.advance()
    assert backed.pool.leaving() == 2
    backed.wait(COOLDOWN)
    assert backed.redeem(FIRST, UNIT) == UNIT
    assert backed.now - asked <= 2 * COOLDOWN + WEEK


# -- all lost, and refilled -------------------------------------------------------------------------------------------


def test_inv_pool_2_all_lost__refilled_and_old_shares_get_dust(world):
    world.deposit(FIRST, 100 * UNIT)
    world.back(ONE, 100 * UNIT)
    world.finalise(world.seize(1, WAD))
    assert world.pool.totalAssets() == 0
    world.deposit(SECOND, 50 * UNIT)
    left = world.pool.convertToAssets(world.model.shares[SECOND])
    assert 50 * UNIT - 100 * UNIT // 2**24 - 1 <= left <= 50 * UNIT
    world.compare()
    leave(world, FIRST)
    leave(world, SECOND)
    settle(world)
    assert world.redeem(FIRST, 100 * UNIT) <= 100 * UNIT // 2**24 + 1
    assert world.redeem(SECOND, world.model.claimable_of(SECOND)[0]) >= left


def test_all_lost__more_shares_than_fit__refused(world):
    world.deposit(FIRST, 2**90 - 1)
    world.back(ONE, MAX)
    world.seize(1, WAD)
    assert world.deposit(SECOND, 2**89) is None
    assert world.reason == "collective_pool: no room for so much"
    most = world.pool.maxDeposit(SECOND)
    assert 2**87 < most < 2**89
    assert world.deposit(SECOND, most) is not None
    leave(world, FIRST)


# -- refunds ----------------------------------------------------------------------------------------------------------


def test_inv_pool_5_veto__pays_holders_and_leavers_of_the_seizure_and_no_joiner(backed):
    leave(backed, SECOND)
    slash = backed.seize(1, WAD // 2)  # 25 of the pot of both
    backed.to_thursday()
    backed.advance()
    backed.deposit(THIRD, 100 * UNIT)
    backed.transfer(FIRST, FOURTH, 60 * UNIT)
    backed.veto(slash)
    backed.compare_refunds()
    assert backed.claim_refund(slash, FIRST) == 15 * UNIT
    assert backed.claim_refund(slash, SECOND) == 10 * UNIT
    for other in (THIRD, FOURTH, FIRST):
        assert backed.claim_refund(slash, other) is None
        assert backed.reason == "async_vault: nothing to refund"


def test_inv_pool_5_veto_of_a_claimed_position__is_split_between_round_and_pot(backed):
    backed.bonding.set_places(1)
    backed.model.locks.places = 1
    leave(backed, SECOND)
    backed.to_thursday()
    backed.advance()
    slash = backed.seize(1, WAD // 5)
    backed.wait(COOLDOWN)
    backed.advance()
    backed.veto(slash, WAD // 2)
    assert backed.claim_refund(slash, SECOND) == 2 * UNIT
    assert backed.claim_refund(slash, FIRST) == 3 * UNIT
    backed.compare()


@pytest.mark.parametrize("all_leave", [False, True])
def test_inv_pool_5_veto_of_a_seizure_before_the_closing__is_of_those_who_held_then(backed, all_leave):
    """The lock leaves wholly, or the round claims a part of it: what was seized before is no part of that."""
    backed.bonding.set_places(1)
    backed.model.locks.places = 1
    slash = backed.seize(1, WAD // 2)
    leave(backed, SECOND)
    if all_leave:
        backed.transfer(FIRST, THIRD, 60 * UNIT)
        leave(backed, THIRD)
    backed.to_thursday()
    backed.advance()
    backed.veto(slash)
    assert backed.claim_refund(slash, FIRST) == 15 * UNIT
    assert backed.claim_refund(slash, SECOND) == 10 * UNIT
    assert backed.claim_refund(slash, THIRD) is None


def test_refund__to_another_receiver__only_by_the_account(backed):
    slash = backed.seize(1)
    backed.veto(slash)
    with boa.reverts("async_vault: caller is not the controller"):
        backed.pool.claim_refund(slash, FIRST, STRANGER, sender=STRANGER)
    before = backed.token.balanceOf(STRANGER)
    backed.pool.claim_refund(slash, FIRST, STRANGER, sender=FIRST)
    assert backed.token.balanceOf(STRANGER) - before == 3 * UNIT


def test_refund__of_a_lock_of_others__is_nobodys_here(backed):
    backed.token.approve(backed.bonding, MAX, sender=THIRD)
    backed.bonding.deposit(backed.token, 0, UNIT, THIRD, sender=THIRD)
    lock = backed.bonding.activate(SERVICE, ONE, backed.token, 0, UNIT, [], sender=THIRD)
    backed.escrow.seize(backed.bonding, 1, lock << 160 | int(ONE, 16), WAD, backed.now)
    backed.escrow.restore(backed.bonding, 1, UNIT)
    assert backed.pool.refund(1, FIRST) == 0
    with boa.reverts("async_vault: nothing to refund"):
        backed.pool.claim_refund(1, FIRST, FIRST, sender=FIRST)


# -- what was voted ---------------------------------------------------------------------------------------------------


def test_inv_pool_8_back_and_unback__by_others_than_the_ballot__refused(backed):
    with boa.reverts("collective_pool: caller is not the ballot"):
        backed.pool.back(SERVICE, ONE, 1, [], 0, sender=FIRST)
    with boa.reverts("collective_pool: caller is not the ballot"):
        backed.pool.unback(1, sender=FIRST)


def test_inv_pool_8_portfolio__by_others_than_the_pool__refused(backed):
    portfolio = backed.portfolio
    calls = [
        lambda: portfolio.receive(1),
        lambda: portfolio.pay(FIRST, 1),
        lambda: portfolio.back(SERVICE, ONE, 1, []),
        lambda: portfolio.unback(1),
        lambda: portfolio.close(1, 1, 1, 1),
        lambda: portfolio.gather(),
        lambda: portfolio.take_back(1),
        lambda: portfolio.book(1),
    ]
    for call in calls:
        with boa.reverts("pool_portfolio: caller is not the pool"):
            call()


def test_back__nothing_idle_or_nine_positions__refused(backed):
    for _ in range(6):
        backed.back(ONE, UNIT)
    assert backed.back(ONE, UNIT) is None
    assert backed.reason == "pool_portfolio: eight positions"
    backed.unback(1)
    backed.wait(COOLDOWN)
    backed.advance()
    backed.back(TWO, MAX)
    assert backed.portfolio.idle() == 0
    backed.unback(2)
    backed.wait(COOLDOWN - 1)
    assert backed.back(ONE, UNIT) is None
    backed.wait(1)
    assert backed.back(ONE, UNIT) is not None


def test_back__nothing_idle__refused(world):
    world.deposit(FIRST, UNIT)
    world.back(ONE, UNIT)
    assert world.back(ONE, UNIT) is None
    assert world.reason == "pool_portfolio: nothing idle"


def test_unback__unknown_or_ending__refused(backed):
    assert backed.unback(3) is None
    assert backed.reason == "pool_portfolio: no such position"
    backed.unback(1)
    backed.unback(1)
    assert backed.reason == "pool_portfolio: position ends already"


def test_inv_pool_7_back__before_those_who_asked_have_left__refused(backed):
    leave(backed, SECOND)
    assert backed.back(ONE, UNIT, ready=backed.now) is None
    assert backed.reason == "collective_pool: leavers go first"
    backed.to_thursday()
    lock = backed.back(ONE, UNIT, ready=backed.now)
    assert backed.model.left_with.get(lock) is None
    assert backed.pool.leaving() == 1
    # who asks later is no obstacle
    leave(backed, FIRST, UNIT)
    assert backed.back(ONE, UNIT, ready=backed.now - 1) is not None


# -- pay --------------------------------------------------------------------------------------------------------------


def test_pull_pay__goes_to_the_dividends__of_own_locks_only(world):
    pay = source("mocks/MockERC20").deploy("Pay", "PAY", 18)
    payout = boa.loads(PAYOUT, pay)
    pay.mint(payout, UNIT)
    with boa.reverts("pool_portfolio: no payouts here"):
        world.portfolio.pull_pay(1)
    portfolio = source("commitments/PoolPortfolio").deploy(world.bonding, world.token, payout, STRANGER, sender=FIRST)
    with boa.reverts("pool_portfolio: no such position"):
        portfolio.pull_pay(1)
    world.token.transfer(portfolio, UNIT, sender=FIRST)
    portfolio.receive(UNIT, sender=FIRST)
    lock = portfolio.back(SERVICE, ONE, UNIT, [], sender=FIRST)
    assert portfolio.pull_pay(lock) == pay.balanceOf(STRANGER) == lock


def test_forward__gifts__to_the_dividends(backed):
    pay = source("mocks/MockERC20").deploy("Pay", "PAY", 18)
    pay.mint(backed.portfolio, UNIT)
    assert backed.portfolio.forward(pay) == pay.balanceOf(backed.dividends) == UNIT
    with boa.reverts("pool_portfolio: nothing to pass on"):
        backed.portfolio.forward(pay)
    false = source("mocks/MockFalseERC20").deploy("False", "NO", 18)
    false.refuse(True)
    false.mint(backed.portfolio, 1)
    with boa.reverts("pool_portfolio: token refused the transfer"):
        backed.portfolio.forward(false)


def test_forward__of_the_asset__what_is_nobodys_alone(backed):
    """A service may pay in the asset, and anybody may have that sent here: it isn't lost, and no claim is passed on."""
    world = backed
    with boa.reverts("pool_portfolio: nothing to pass on"):
        world.portfolio.forward(world.token)
    slash = world.seize(1, WAD // 2)
    world.request(FIRST, world.model.shares[FIRST] // 2)
    world.to_thursday()
    world.advance()
    world.veto(slash)
    world.claim_refund(slash, SECOND)
    world.wait(COOLDOWN)
    world.advance()
    with boa.reverts("pool_portfolio: nothing to pass on"):
        world.portfolio.forward(world.token)
    world.token.transfer(world.portfolio, 12_345, sender=STRANGER)
    assert world.portfolio.forward(world.token, sender=STRANGER) == 12_345
    assert world.token.balanceOf(world.dividends) == 12_345
    world.redeem(FIRST, world.model.claimable_of(FIRST)[0])
    world.claim_refund(slash, FIRST)
    world.compare()
    with boa.reverts("pool_portfolio: nothing to pass on"):
        world.portfolio.forward(world.token)


# -- histories --------------------------------------------------------------------------------------------------------


def test_inv_pool_6_weight__is_the_least_of_seven_days(world):
    world.deposit(FIRST, 100)
    start = world.now
    world.wait(8 * DAY)
    world.transfer(FIRST, SECOND, 30)
    world.wait(DAY)
    world.transfer(SECOND, FIRST, 10)
    world.wait(DAY)
    pool = world.pool
    assert pool.weight_at(FIRST, world.now - 1) == 70
    assert pool.weight_at(SECOND, world.now - 1) == 0
    assert [pool.shares_at(FIRST, start + day * DAY) for day in (0, 7, 8, 9)] == [100, 100, 70, 80]
    assert pool.supply_at(start) == 100
    assert pool.supply_at(start - 1) == 0
    world.wait(7 * DAY)
    assert (pool.weight_at(FIRST, world.now - 1), pool.weight_at(SECOND, world.now - 1)) == (80, 20)


def test_histories__of_a_second_that_is_not_over__refused(world):
    for view in (world.pool.weight_at, world.pool.shares_at):
        with boa.reverts("collective_pool: second is not over"):
            view(FIRST, world.now)
    with boa.reverts("collective_pool: second is not over"):
        world.pool.supply_at(world.now)


# -- attacks ----------------------------------------------------------------------------------------------------------


def test_attack__backing_by_joining_before_a_veto__brings_nothing(backed):
    """Joined with 100 while 45 are seized; all is vetoed; leaves with 100."""
    slashes = [backed.seize(1, WAD // 2), backed.seize(2, WAD // 2)]
    backed.deposit(THIRD, 100 * UNIT)
    for slash in slashes:
        backed.veto(slash)
    leave(backed, THIRD)
    settle(backed)
    assert 100 * UNIT - 4 <= backed.redeem(THIRD, backed.model.claimable_of(THIRD)[0]) <= 100 * UNIT
    assert all(backed.pool.refund(slash, THIRD) == 0 for slash in slashes)
    assert backed.claim_refund(slashes[0], FIRST) == 15 * UNIT


def test_attack__first_deposit_and_donation__bring_the_attacker_nothing(world):
    """T21: 1 unit joins, 10**21 are given, the next deposit loses nothing and the gift is gone."""
    world.deposit(FIRST, 1)
    world.token.transfer(world.portfolio, 10**21, sender=FIRST)
    world.token.transfer(world.pool, 10**21, sender=FIRST)
    assert world.deposit(SECOND, 10**18) == 10**18
    leave(world, FIRST)
    leave(world, SECOND)
    settle(world)
    assert world.redeem(FIRST, 1) == 1
    assert world.redeem(SECOND, 10**18) == 10**18


def test_attack__leave_a_bad_lock_by_staying_in_a_good_one__is_no_choice(backed):
    """Who knows that lock 1 fails, and leaves at once, loses its part of it; stayers lose no more than theirs."""
    leave(backed, SECOND)
    backed.to_thursday()
    backed.advance()
    for lock in (1, backed.model.parts[0]):
        backed.finalise(backed.seize(lock, WAD))
    backed.wait(COOLDOWN)
    assert backed.redeem(SECOND, 40 * UNIT) == 20 * UNIT
    assert backed.pool.convertToAssets(60 * UNIT) == 30 * UNIT


def test_attack__gas_starved_closing__does_not_take_a_lock_out_of_work(backed):
    """Whoever gives too little gas for the split gets no closing at all."""
    leave(backed, SECOND, 10 * UNIT)
    backed.to_thursday()
    backed.model.advance()
    for gas in range(60_000, 1_500_000, 60_000):
        try:
            backed.pool.advance(gas=gas)
            break
        except boa.BoaError:
            assert backed.bonding.lock(1).end == 0
    positions, parts = backed.portfolio.positions()
    assert positions == [1, 2]
    assert len(parts) == 2
