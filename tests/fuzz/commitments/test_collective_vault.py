"""CollectivePool has the properties of ERC-4626 and ERC-7540 (tests/support/vaults.py), with locks, seizures, rounds
that leave, and gifts.
"""

from __future__ import annotations

from typing import NamedTuple

import boa
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.support.pool import COOLDOWN, HOLDERS, OPERATORS, STRANGER, PoolWorld
from tests.support.vaults import Cast

from surety.models.collective_pool import WAD, WEEK

pytestmark = pytest.mark.fuzz

OWNER, ACTOR, OTHER, LEAVER = HOLDERS[:4]
RECEIVER = boa.env.generate_address("receiver")
FEW = settings(max_examples=max(settings.default.max_examples // 20, 1))
UNITS = 12  # that roundings of one call, of two positions and of a round may move


class Scene(NamedTuple):
    """How the pool stands when the property is asked for, and how much is moved."""

    stake: int
    seized: int  # WAD, of the first position
    leaves: int  # WAD of LEAVER's shares, in a round that leaves
    requested: int  # WAD of OWNER's shares, in the open one
    gift: int
    share: float  # of what can be moved


scenes = st.builds(
    Scene,
    st.sampled_from([10**4, 10**9, 10**21 + 7]),
    st.sampled_from([0, 1, WAD // 10, WAD // 3, WAD]),
    st.sampled_from([0, WAD // 3, WAD]),
    st.sampled_from([0, WAD // 10, WAD // 2]),
    st.sampled_from([0, 1, 10**9]),
    st.sampled_from([1e-6, 0.01, 0.2, 0.7, 1.0]),
)


@pytest.fixture(scope="module", params=[18, 6], ids=["18 decimals", "6 decimals, returns nothing"])
def made(request):
    with boa.env.anchor():
        yield PoolWorld.create(request.param)


def stage(made: PoolWorld, scene: Scene) -> tuple[PoolWorld, Cast]:
    """Bring the pool into the state of the scene."""
    world = made.again()
    world.pool.setOperator(ACTOR, True, sender=OWNER)
    for one, amount in ((OWNER, scene.stake), (OTHER, scene.stake // 3), (LEAVER, scene.stake // 2)):
        world.deposit(one, amount)
    for operator in OPERATORS[:2]:
        world.back(operator, scene.stake // 2)
    if scene.leaves:
        world.request(LEAVER, scene.stake // 2 * scene.leaves // WAD)
        world.to_thursday()
        world.advance()
    if scene.seized:
        world.seize(1, scene.seized)
    if scene.requested:
        world.request(OWNER, scene.stake * scene.requested // WAD)
    if scene.gift:
        world.token.transfer(world.pool, scene.gift, sender=STRANGER)
        world.token.transfer(world.portfolio, scene.gift, sender=STRANGER)
    return world, Cast(world.pool, world.token, OWNER, ACTOR, OTHER, RECEIVER)


def chosen(scene: Scene, most: int) -> int:
    """What is moved: at least one unit, at most what can be."""
    value = int(min(most, scene.stake) * scene.share)
    assume(value > 0)
    return value


@FEW
@given(scene=scenes)
def test_inv_pool_prop_views__any_state__answer_everybody_alike(made, scene):
    with boa.env.anchor():
        world, cast = stage(made, scene)
        cast.check_views(chosen(scene, 2**90))
        asked = scene.stake * scene.requested // WAD
        pending, claimable = cast.vault.pendingRedeemRequest(0, OWNER), cast.vault.claimableRedeemRequest(0, OWNER)
        assert (pending, claimable) == (asked, 0)
        world.compare()


@FEW
@given(scene=scenes)
def test_inv_pool_1_prop_deposit__and_its_preview(made, scene):
    with boa.env.anchor():
        _, cast = stage(made, scene)
        assets = chosen(scene, cast.vault.maxDeposit(RECEIVER))
        assume(cast.vault.previewDeposit(assets) > 0)
        cast.check_deposit(assets)


@FEW
@given(scene=scenes)
def test_inv_pool_1_prop_mint__and_its_preview(made, scene):
    with boa.env.anchor():
        _, cast = stage(made, scene)
        cast.check_mint(chosen(scene, cast.vault.maxMint(RECEIVER)))


@FEW
@given(scene=scenes)
def test_inv_pool_2_prop_deposit_and_mint__change_no_other_share(made, scene):
    with boa.env.anchor():
        world, cast = stage(made, scene)
        assets = chosen(scene, cast.vault.maxDeposit(RECEIVER))
        assume(cast.vault.previewDeposit(assets) > 0)
        held = world.model.shares[OTHER]
        before = cast.vault.convertToAssets(held)
        cast.vault.deposit(assets, RECEIVER, sender=ACTOR)
        assert before <= cast.vault.convertToAssets(held) + 1 <= before + UNITS
        cast.vault.mint(assets, RECEIVER, sender=ACTOR)
        assert before <= cast.vault.convertToAssets(held) + 2 <= before + UNITS


@FEW
@given(scene=scenes)
def test_inv_pool_10_prop_request__shares_leave_and_nothing_is_paid(made, scene):
    with boa.env.anchor():
        world, cast = stage(made, scene)
        held = world.model.shares[OWNER]
        cast.check_request(chosen(scene, held), held)


@FEW
@given(scene=scenes)
def test_inv_pool_10_prop_redeem_and_withdraw__of_what_is_claimable(made, scene):
    with boa.env.anchor():
        world, cast = stage(made, scene._replace(requested=scene.requested or WAD // 2))
        world.wait(COOLDOWN)
        world.advance()
        world.to_thursday()
        world.advance()
        world.wait(COOLDOWN)
        cast.check_claims(chosen(scene, cast.vault.maxRedeem(OWNER)))


@FEW
@given(scene=scenes)
def test_inv_pool_2_prop_round_trip__brings_nobody_more_than_it_cost(made, scene):
    """prop_RT_*: deposit or mint, request all of it at once, claim: at most what went in."""
    with boa.env.anchor():
        world, cast = stage(made, scene)
        vault = cast.vault
        assets = chosen(scene, vault.maxDeposit(ACTOR))
        for call in (vault.deposit, vault.mint):
            assume(vault.previewDeposit(assets) > 0)
            start, held = world.token.balanceOf(RECEIVER), vault.balanceOf(ACTOR)
            result = call(assets, ACTOR, sender=ACTOR)
            cost = assets if call == vault.deposit else result
            shares = vault.balanceOf(ACTOR) - held
            vault.requestRedeem(shares, ACTOR, ACTOR, sender=ACTOR)
            for _ in range(3):
                world.wait(COOLDOWN + WEEK)
                vault.advance()
            vault.redeem(shares, RECEIVER, ACTOR, sender=ACTOR)
            assert cost - UNITS <= world.token.balanceOf(RECEIVER) - start <= cost
