"""LiquidDelegation over DelegationManager and SlashEscrow as they are: a veto, a slash that stands, a leaving operator.

HOLDER and OTHER have 1,000,000 units in the vault each, beside delegators of their own with as much each.
"""

from __future__ import annotations

import boa
import pytest
from tests.integration.restaking.test_slashed_pools import (
    DAY,
    OPERATOR,
    POOL,
    SECOND,
    STAKE,
    STRANGER,
    TENTH,
    WORD,
    Stage,
)
from tests.support.delegation import DELEGATORS, START, subject_word
from tests.support.liquid import GOVERNOR, NOTICE, LiquidWorld

from surety.models.delegation import WEEK

pytestmark = pytest.mark.integration

LEAVING = 2
HOLDER, OTHER, JOINER = DELEGATORS[3:6]


@pytest.fixture(scope="module")
def made():
    with boa.env.anchor():
        stage = Stage()
        stage.go_to(START)
        stage.vault = LiquidWorld.create(0, base=stage.world).vault
        for holder in (HOLDER, OTHER):
            stage.vault.deposit(STAKE, holder, sender=holder)
        yield stage


@pytest.fixture
def stage(made):
    with boa.env.anchor():
        made.go_to(START)
        yield made


def request(stage: Stage, holder: str) -> None:
    stage.vault.requestRedeem(stage.vault.balanceOf(holder), holder, holder, sender=holder)


def redeem(stage: Stage, holder: str) -> int:
    return stage.vault.redeem(stage.vault.maxRedeem(holder), holder, holder, sender=holder)


def claim(stage: Stage, slash: int, holder: str) -> int:
    return stage.vault.claim_refund(slash, holder, holder, sender=STRANGER)


def test_inv_lqd_4_veto_and_release__stayer_and_leaver_are_refunded_and_the_joiner_is_not(stage):
    request(stage, HOLDER)
    slash = stage.slash(TENTH)
    assert stage.escrow.slash_count() == slash
    stage.vault.deposit(STAKE, JOINER, sender=JOINER)
    stage.vault.transfer(JOINER, stage.vault.balanceOf(OTHER), sender=OTHER)
    stage.veto(slash)
    stage.wait(2 * WEEK)
    assert redeem(stage, HOLDER) == 900_000
    request(stage, JOINER)
    stage.escrow.release(slash)
    assert [claim(stage, slash, one) for one in (HOLDER, OTHER)] == [100_000, 100_000]
    with boa.reverts("async_vault: nothing to refund"):
        claim(stage, slash, JOINER)
    stage.wait(2 * WEEK)
    assert redeem(stage, JOINER) in (STAKE + 899_999, STAKE + 900_000)


def test_inv_lqd_3_finalised_after_liens__vault_and_delegator_lose_alike(stage):
    slashes = [stage.slash(TENTH, service=service) for service in (1, 2)]
    assert stage.vault.convertToAssets(STAKE) == stage.stake(DELEGATORS[0]) == 810_000
    stage.veto(slashes[0])
    stage.wait(7 * DAY)
    stage.escrow.finalise(slashes[1])
    stage.wait(7 * DAY)
    stage.escrow.release(slashes[0])
    # of the first seizure the second slash collects a tenth, the rest comes back
    direct = stage.manager.claim_refund(DELEGATORS[0], slashes[0], "0x" + "00" * 20, STRANGER, sender=DELEGATORS[0])
    assert claim(stage, slashes[0], HOLDER) == direct == 90_000
    with boa.reverts("async_vault: nothing to refund"):
        claim(stage, slashes[1], HOLDER)


def test_inv_lqd_8_what_a_liquid_share_becomes_when_its_operator_leaves(stage):
    """Stake, a ticket, slashed at the last second, cash, half of it claimed, the rest behind another operator."""
    vault = stage.vault
    stage.world.set_status(OPERATOR, LEAVING)
    epoch = vault.wind_down(sender=STRANGER)
    assert vault.totalAssets() == 2 * STAKE
    vault.announce_move(SECOND, sender=GOVERNOR)
    stage.go_to((epoch + 1) * WEEK - 1)
    slash = stage.slash(TENTH, at=stage.now - WEEK)
    assert vault.totalAssets() == 1_800_000
    stage.wait(1)
    request(stage, HOLDER)
    assert redeem(stage, HOLDER) == 900_000
    stage.go_to(START + NOTICE)
    vault.move(sender=STRANGER)
    assert vault.subject() == subject_word((SECOND, POOL[1])) != WORD
    assert vault.totalAssets() == stage.manager.stake(vault.subject(), vault)[0] == 900_000
    stage.veto(slash)
    stage.wait(2 * WEEK)
    stage.escrow.release(slash)
    assert [claim(stage, slash, one) for one in (HOLDER, OTHER)] == [100_000, 100_000]
