"""What a collective pool earns: by shares held for seven days."""

from __future__ import annotations

import boa
import pytest
from tests.support.delegation import source
from tests.support.pool import DAY, HOLDERS, STRANGER, ZERO, PoolWorld

FIRST, SECOND, THIRD = HOLDERS[:3]
UNIT = 10**18


@pytest.fixture(scope="module", params=["MockERC20", "MockNoReturnERC20"])
def made(request):
    """60 and 40 shares, held for more than a week; pay in another token."""
    with boa.env.anchor():
        world = PoolWorld.create()
        world.deposit(FIRST, 60 * UNIT)
        world.deposit(SECOND, 40 * UNIT)
        world.wait(8 * DAY)
        yield world, source(f"mocks/{request.param}").deploy("Pay", "PAY", 6)


@pytest.fixture
def scene(made):
    with boa.env.anchor():
        world, pay = made
        yield world.again(), pay


def distribute(world, pay, amount):
    pay.mint(world.dividends, amount)
    return world.dividends.distribute(pay, sender=STRANGER)


def test_distribute__shared_by_shares__claimed_once(scene):
    world, pay = scene
    number = distribute(world, pay, 1_000)
    assert [world.dividends.due(number, one) for one in HOLDERS[:3]] == [600, 400, 0]
    assert world.dividends.claim(number, FIRST, FIRST, sender=STRANGER) == pay.balanceOf(FIRST) == 600
    with boa.reverts("pool_dividends: nothing due"):
        world.dividends.claim(number, FIRST, FIRST)
    assert world.dividends.held(pay) == 400
    assert world.dividends.pool() == world.pool.address


def test_distribute__nothing_new_or_nobody__refused(scene):
    world, pay = scene
    with boa.reverts("pool_dividends: nothing to distribute"):
        world.dividends.distribute(pay)
    with boa.env.anchor():
        empty = PoolWorld.create()
        pay.mint(empty.dividends, 1)
        with boa.reverts("pool_dividends: nobody has shares"):
            empty.dividends.distribute(pay)


def test_claim__to_another_receiver__only_by_the_holder(scene):
    world, pay = scene
    number = distribute(world, pay, 1_000)
    with boa.reverts("pool_dividends: caller is not the holder"):
        world.dividends.claim(number, FIRST, STRANGER, sender=STRANGER)
    assert world.dividends.claim(number, FIRST, THIRD, sender=FIRST) == pay.balanceOf(THIRD) == 600


def test_claim__token_says_no__refused():
    with boa.env.anchor():
        world = PoolWorld.create()
        world.deposit(FIRST, UNIT)
        world.wait(8 * DAY)
        pay = source("mocks/MockFalseERC20").deploy("False", "NO", 18)
        number = distribute(world, pay, 10)
        pay.refuse(True)
        with boa.reverts("pool_dividends: token refused the transfer"):
            world.dividends.claim(number, FIRST, FIRST)


def test_inv_pool_9_reentry__by_a_token_that_calls__pays_once():
    """In the midst of a payment nothing is paid, shared or shared anew."""
    with boa.env.anchor():
        world = PoolWorld.create()
        for holder, part in ((FIRST, 60), (SECOND, 40)):
            world.deposit(holder, part * UNIT)
        world.wait(8 * DAY)
        pay, dividends = source("mocks/MockCallbackERC20").deploy("Hostile", "HST", 18), world.dividends
        for payload in (
            dividends.claim.prepare_calldata(1, SECOND, SECOND),
            dividends.distribute.prepare_calldata(pay),
            dividends.recycle.prepare_calldata(1),
            dividends.due.prepare_calldata(1, FIRST),
        ):
            with boa.env.anchor():
                number = distribute(world, pay, 1_000)
                pay.call_back(dividends, payload)
                assert dividends.claim(number, FIRST, FIRST) == 600
                assert pay.calls() == 1
                assert not pay.succeeded()
                pay.call_back(ZERO, b"")
                assert (dividends.held(pay), dividends.claim(number, SECOND, SECOND)) == (400, 400)


def test_inv_pool_9_attack__join_for_the_payday__brings_nothing_and_takes_nothing(scene):
    """900 join a day before 1,000 are paid: they get 0, and do not put off nine tenths of the others' pay for 180 days,
    to take their part of it then.
    """
    world, pay = scene
    world.deposit(THIRD, 900 * UNIT)
    world.wait(DAY)
    number = distribute(world, pay, 1_000)
    assert [world.dividends.due(number, one) for one in HOLDERS[:3]] == [600, 400, 0]
    with boa.reverts("pool_dividends: nothing to distribute"):
        world.dividends.distribute(pay)


def test_inv_pool_9_attack__zero_address__has_no_part_of_what_all_share(scene):
    """Its history is that of all shares together. Tokens that go to the zero address, as WETH does, were burned by
    anybody who joined with a unit in the second of a distribution and claimed all of it for nobody.
    """
    world, pay = scene
    number = distribute(world, pay, 1_000)
    world.deposit(THIRD, 10)
    world.wait(1)
    assert world.dividends.due(number, ZERO) == 0
    at = world.dividends.distribution(number).at
    assert [world.pool.weight_at(ZERO, at), world.pool.shares_at(ZERO, at)] == [0, 0]
    with boa.reverts("pool_dividends: nothing due"):
        world.dividends.claim(number, ZERO, ZERO, sender=STRANGER)


def test_inv_pool_9_transfers_within_the_week__never_pay_more_than_there_is(scene):
    """Shares that were passed on weigh nothing for either; what falls to nobody waits."""
    world, pay = scene
    world.transfer(FIRST, THIRD, 30 * UNIT)
    world.wait(DAY)
    world.deposit(FIRST, 30 * UNIT)
    world.request(SECOND, 10 * UNIT)
    world.wait(DAY)
    number = distribute(world, pay, 900)
    assert [world.dividends.due(number, one) for one in HOLDERS[:3]] == [270, 270, 0], "of 100, the least of the days"


def test_distribute__pool_younger_than_seven_days__waits(scene):
    """Nobody has a weight yet: else it would fall to nobody, and wait for 180 days."""
    _, pay = scene
    world = PoolWorld.create()
    world.deposit(FIRST, UNIT)
    world.wait(7 * DAY)
    pay.mint(world.dividends, 10)
    with boa.reverts("pool_dividends: nobody has shares"):
        world.dividends.distribute(pay)
    world.wait(1)
    assert world.dividends.due(world.dividends.distribute(pay), FIRST) == 10


def test_inv_pool_9_attack__pass_shares_on_between_claims__pays_once(scene):
    world, pay = scene
    number = distribute(world, pay, 1_000)
    world.dividends.claim(number, FIRST, FIRST)
    world.transfer(FIRST, THIRD, 60 * UNIT)
    assert world.dividends.due(number, THIRD) == 0
    assert sum(world.dividends.due(number, one) for one in HOLDERS) == 400


def test_recycle__after_180_days__is_distributed_again(scene):
    world, pay = scene
    number = distribute(world, pay, 1_000)
    world.dividends.claim(number, FIRST, FIRST)
    world.wait(180 * DAY - 2)
    with boa.reverts("pool_dividends: claims still run"):
        world.dividends.recycle(number)
    world.wait(1)
    assert world.dividends.recycle(number) == 400
    with boa.reverts("pool_dividends: nothing to distribute"):
        world.dividends.recycle(number)
    with boa.reverts("pool_dividends: nothing due"):
        world.dividends.claim(number, SECOND, SECOND)
    again = world.dividends.distribute(pay)
    assert world.dividends.due(again, SECOND) == 160
