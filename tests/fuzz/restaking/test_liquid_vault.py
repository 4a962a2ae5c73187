"""LiquidDelegation has the properties of ERC-4626 and ERC-7540 (tests/support/vaults.py) in every phase, after seizures
and gifts.
"""

from __future__ import annotations

from typing import NamedTuple

import boa
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.support.delegation import OPERATORS, WEEK
from tests.support.liquid import DIRECT, HOLDERS, LiquidWorld
from tests.support.vaults import Cast

from surety.models.delegation import WAD

pytestmark = pytest.mark.fuzz

OWNER, ACTOR, OTHER = HOLDERS[:3]
RECEIVER = boa.env.generate_address("receiver")
FEW = settings(max_examples=max(settings.default.max_examples // 20, 1))
STAKED, WINDING, CASH = "staked", "winding", "cash"
UNITS = 3  # that roundings of one call may move


class Scene(NamedTuple):
    """How the vault stands when the property is asked for, and how much is moved."""

    phase: str
    stake: int
    seized: int  # WAD, twice
    requested: int  # WAD of OWNER's shares
    wait: int  # s since the request
    gift: int
    share: float  # of what can be moved


scenes = st.builds(
    Scene,
    st.sampled_from([STAKED, STAKED, WINDING, CASH]),
    st.sampled_from([10**4, 10**9, 10**21 + 7]),
    st.sampled_from([0, 1, WAD // 10, WAD // 3, WAD - WAD // 10**5]),
    st.sampled_from([0, WAD // 10, WAD // 2]),
    st.sampled_from([0, WEEK, 2 * WEEK]),
    st.sampled_from([0, 1, 10**9]),
    st.sampled_from([1e-6, 0.01, 0.2, 0.7, 1.0]),
)


@pytest.fixture(scope="module", params=[0, 1], ids=["18 decimals", "6 decimals, returns nothing"])
def made(request):
    with boa.env.anchor():
        yield LiquidWorld.create(request.param)


def stage(made: LiquidWorld, scene: Scene) -> LiquidWorld:
    """Bring the vault into the state of the scene."""
    world = made.again()
    world.vault.setOperator(ACTOR, True, sender=OWNER)
    world.base.deposit(DIRECT, world.subject, scene.stake)
    for one, amount in ((OWNER, scene.stake), (OTHER, scene.stake // 3), (ACTOR, scene.stake // 7)):
        world.deposit(one, amount)
    if scene.seized:
        world.seize(1, scene.seized)
    if scene.requested:
        world.request(OWNER, scene.stake * scene.requested // WAD)
    if scene.seized:
        world.seize(2, min(scene.seized, WAD // 2))
    world.wait(scene.wait)
    if scene.phase != STAKED:
        world.leave(OPERATORS[0], 2)
        world.wind_down()
    if scene.phase == CASH:
        world.wait(2 * WEEK)
        world.settle()
    if scene.gift:
        world.token.transfer(world.vault, scene.gift, sender=OTHER)
        world.token.transfer(world.base.manager, scene.gift, sender=OTHER)
    return world


def chosen(scene: Scene, most: int) -> int:
    """What is moved: at least one unit, at most what can be."""
    value = int(min(most, scene.stake) * scene.share)
    assume(value > 0)
    return value


def cast(world: LiquidWorld) -> Cast:
    return Cast(world.vault, world.token, OWNER, ACTOR, OTHER, RECEIVER)


# -- views ------------------------------------------------------------------------------------------------------------


@FEW
@given(scene=scenes)
def test_inv_lqd_prop_views__any_state__answer_everybody_alike(made, scene):
    """prop_asset, prop_totalAssets, prop_convertTo*, prop_max*: no revert, no caller; conversions round down."""
    with boa.env.anchor():
        world = stage(made, scene)
        vault, value = world.vault, chosen(scene, 2**90)
        assert vault.totalAssets() <= vault.totalSupply() + UNITS
        cast(world).check_views(value)
        for view in (vault.maxDeposit, vault.maxMint):
            assert scene.phase == STAKED or view(OWNER) == 0


@FEW
@given(scene=scenes)
def test_inv_lqd_prop_async_views__any_state__pending_and_claimable_are_apart(made, scene):
    """ERC-7540: every requested share is pending or claimable and never both; previews of redemptions revert."""
    with boa.env.anchor():
        world = stage(made, scene)
        vault = world.vault
        asked = scene.stake * scene.requested // WAD
        pending, claimable = vault.pendingRedeemRequest(0, OWNER), vault.claimableRedeemRequest(0, OWNER)
        assert pending + claimable == asked or world.model.shares[OWNER] == scene.stake
        assert pending == 0 or claimable == 0
        assert claimable == vault.maxRedeem(OWNER)
        for view in (vault.previewRedeem, vault.previewWithdraw):
            with boa.reverts("liquid_delegation: redemptions are requested"):
                view(scene.stake)


# -- deposits ---------------------------------------------------------------------------------------------------------


@FEW
@given(scene=scenes)
def test_inv_lqd_1_prop_deposit__and_its_preview(made, scene):
    with boa.env.anchor():
        world = stage(made, scene)
        assets = chosen(scene, world.vault.maxDeposit(RECEIVER))
        cast(world).check_deposit(assets)


@FEW
@given(scene=scenes)
def test_inv_lqd_1_prop_mint__and_its_preview(made, scene):
    with boa.env.anchor():
        world = stage(made, scene)
        shares = chosen(scene, world.vault.maxMint(RECEIVER))
        cast(world).check_mint(shares)


@FEW
@given(scene=scenes)
def test_inv_lqd_2_prop_deposit_and_mint__change_no_other_share(made, scene):
    with boa.env.anchor():
        world = stage(made, scene)
        assets = chosen(scene, world.vault.maxDeposit(RECEIVER))
        held = world.model.shares[OTHER]
        before = world.vault.convertToAssets(held)
        world.vault.deposit(assets, RECEIVER, sender=ACTOR)
        assert before <= world.vault.convertToAssets(held) + 1 <= before + UNITS + 1
        world.vault.mint(assets, RECEIVER, sender=ACTOR)
        assert before <= world.vault.convertToAssets(held) + 2 <= before + 2 * UNITS + 2


# -- redemptions ------------------------------------------------------------------------------------------------------


@FEW
@given(scene=scenes)
def test_inv_lqd_6_prop_request__shares_leave_and_nothing_is_paid(made, scene):
    with boa.env.anchor():
        world = stage(made, scene)
        held = world.model.shares[OWNER]
        shares = chosen(scene, held)
        assume(world.vault.convertToAssets(shares) > 1)
        cast(world).check_request(shares, held)


@FEW
@given(scene=scenes)
def test_inv_lqd_6_prop_redeem_and_withdraw__of_what_is_claimable(made, scene):
    """prop_redeem, prop_withdraw, prop_maxRedeem, prop_maxWithdraw: exact, for the controller, not above."""
    with boa.env.anchor():
        world = stage(made, scene._replace(wait=2 * WEEK))
        cast(world).check_claims(chosen(scene, world.vault.maxRedeem(OWNER)))


@FEW
@given(scene=scenes)
def test_inv_lqd_2_prop_round_trip__brings_nobody_more_than_it_cost(made, scene):
    """prop_RT_*: deposit or mint, request all of it at once, claim: at most what went in."""
    with boa.env.anchor():
        world = stage(made, scene)
        assets = chosen(scene, world.vault.maxDeposit(ACTOR))
        for call in (world.vault.deposit, world.vault.mint):
            start = world.token.balanceOf(RECEIVER)
            held = world.vault.balanceOf(ACTOR)
            result = call(assets, ACTOR, sender=ACTOR)
            cost = assets if call is world.vault.deposit else result
            shares = world.vault.balanceOf(ACTOR) - held
            if world.vault.convertToAssets(shares) == 0:
                continue
            world.vault.requestRedeem(shares, ACTOR, ACTOR, sender=ACTOR)
            world.wait(2 * WEEK)
            world.vault.redeem(shares, RECEIVER, ACTOR, sender=ACTOR)
            assert cost - UNITS <= world.token.balanceOf(RECEIVER) - start <= cost
