"""Who only wants to disturb: tokens that pause or bar, dust, filled places. Slashes and exits go on."""

import boa
import pytest
from tests.integration.restaking.test_slashed_pools import (
    DELEGATORS,
    INSURANCE,
    JUDGE,
    LEAVER,
    OPERATOR,
    STAKE,
    STAYER,
    STRANGER,
    TENTH,
    WAD,
    WEEK,
    WORD,
    ZERO,
    Stage,
    subject_word,
)
from tests.support.delegation import CAP, START

pytestmark = pytest.mark.integration

DAY = 86_400
BARRING = 7
POOL = (OPERATOR, BARRING)
TOKEN = """
balanceOf: public(HashMap[address, uint256])
barred: public(HashMap[address, bool])

@external
def mint(receiver: address, amount: uint256):
    self.balanceOf[receiver] += amount

@external
def bar(account: address, barred: bool):
    self.barred[account] = barred

@external
def transfer(receiver: address, amount: uint256) -> bool:
    self._move(msg.sender, receiver, amount)
    return True

@external
def transferFrom(sender: address, receiver: address, amount: uint256) -> bool:
    self._move(sender, receiver, amount)
    return True

@internal
def _move(sender: address, receiver: address, amount: uint256):
    assert not self.barred[sender] and not self.barred[receiver], "barred"
    self.balanceOf[sender] -= amount
    self.balanceOf[receiver] += amount
"""


@pytest.fixture(scope="module")
def made():
    with boa.env.anchor():
        stage = Stage()
        token = boa.loads(TOKEN)
        stage.world.registry.set_asset(BARRING, token, 0, CAP, 1)
        stage.manager.open_pool(BARRING, 1, 0, 0, sender=OPERATOR)
        for owner in (OPERATOR, STAYER, LEAVER, JUDGE):
            token.mint(owner, 10 * STAKE)
        for owner in (OPERATOR, STAYER, LEAVER):
            stage.deposit(owner, POOL)
        yield stage, token


@pytest.fixture
def stage(made):
    with boa.env.anchor():
        made[0].go_to(START)
        yield made[0]


@pytest.fixture
def token(made):
    return made[1]


def test_griefing__token_that_pauses__stops_deposits_and_payments_and_nothing_else(stage, token):
    """A token that bars the pool is paused as far as that goes: three slashes, one vetoed, and an exit."""
    token.bar(stage.manager, True)
    leaving = stage.queue(LEAVER, pool=POOL)
    spared, *real = (stage.slash(TENTH, JUDGE, service, pool=POOL) for service in (1, 2, 3))
    stage.veto(spared)
    with boa.reverts("barred"):
        stage.deposit(STAYER, POOL)
    stage.wait(7 * DAY)
    for slash in real:
        stage.escrow.finalise(slash, sender=STRANGER)
    stage.go_to(START + 3 * WEEK)
    assert stage.escrow.release(spared) == 3 * STAKE * 81 // 1_000
    for call in (
        lambda: stage.manager.complete(LEAVER, subject_word(POOL), leaving, ZERO, LEAVER, sender=LEAVER),
        lambda: stage.escrow.pull(real[0], 2, INSURANCE),
        lambda: stage.escrow.pull_all(real[0]),
        lambda: stage.manager.claim_refund(LEAVER, spared, ZERO, LEAVER, sender=LEAVER),
    ):
        with boa.reverts("barred"):
            call()
    token.bar(stage.manager, False)
    assert sum(sum(stage.escrow.pull_all(slash)) for slash in real) == 3 * STAKE * 171 // 1_000
    assert (
        stage.manager.complete(LEAVER, subject_word(POOL), leaving, ZERO, LEAVER, sender=LEAVER) == STAKE * 729 // 1_000
    )
    assert stage.manager.claim_refund(LEAVER, spared, ZERO, LEAVER, sender=LEAVER) == STAKE * 81 // 1_000


def test_griefing__barred_payee__the_others_are_pulled_one_by_one(stage, token):
    slash = stage.slash(TENTH, JUDGE, 1, pool=POOL)
    stage.wait(7 * DAY)
    stage.escrow.finalise(slash)
    parts = stage.escrow.parts(slash)
    assert parts[0] > 0 < parts[2]
    token.bar(JUDGE, True)
    with boa.reverts("barred"):
        stage.escrow.pull_all(slash)
    assert stage.escrow.pull(slash, 2, INSURANCE, sender=STRANGER) == parts[2]
    assert stage.escrow.pull(slash, 0, STRANGER, sender=JUDGE) == parts[0]
    assert stage.escrow.pull_all(slash) == [0, 0, 0, parts[3]]
    assert token.balanceOf(STRANGER) == parts[0]


def test_griefing__barred_delegator__names_another_receiver(stage, token):
    leaving = stage.queue(LEAVER, pool=POOL)
    token.bar(LEAVER, True)
    stage.go_to((leaving + 1) * WEEK)
    with boa.reverts("barred"):
        stage.manager.complete(LEAVER, subject_word(POOL), leaving, ZERO, LEAVER, sender=LEAVER)
    got = stage.manager.complete(LEAVER, subject_word(POOL), leaving, ZERO, STRANGER, sender=LEAVER)
    assert got == token.balanceOf(STRANGER) == STAKE


def test_griefing__dust_requests_by_the_hundred__cost_nobody_else_a_unit_each(stage):
    """A stranger queues and cancels single units: others lose at most what rounding gives the pool."""
    dust = DELEGATORS[5]
    stage.deposit(dust, amount=1_000)
    before = stage.stake(STAYER)
    leaving = stage.queue(LEAVER)
    for _ in range(100):
        stage.manager.queue(dust, WORD, 1, ZERO, sender=dust)
    for _ in range(50):
        stage.manager.cancel(dust, WORD, leaving, ZERO, 1, sender=dust)
    seized, _ = stage.manager.seizable(WORD, stage.now)
    slash = stage.slash(WAD // 2, JUDGE, 1)
    stage.wait(7 * DAY)
    stage.escrow.finalise(slash)
    assert 0 <= sum(stage.escrow.parts(slash)) - seized // 2 <= 2
    assert before // 2 - 1 <= stage.stake(STAYER) <= before // 2
    stage.go_to((leaving + 1) * WEEK)
    got = stage.manager.complete(LEAVER, WORD, leaving, ZERO, LEAVER, sender=LEAVER)
    assert STAKE // 2 - 2 <= got <= STAKE // 2


def test_griefing__dust_slashes_fill_all_places__real_ones_still_find_theirs(stage):
    """Two services' slashes of a billionth, at the price of bonds: a third's slash takes its half, by liens."""
    for service in (1, 2):
        for _ in range(3):
            stage.slash(10**9, JUDGE, service)
    real = stage.slash(WAD // 2, JUDGE, 3)
    stage.wait(14 * DAY)
    stage.escrow.finalise(real)
    liens = sum(stage.escrow.lien(real, earlier) for earlier in range(1, real))
    took = sum(stage.escrow.parts(real)) + liens
    assert abs(took - 4 * STAKE // 2) <= 8
