"""The public property list of ERC-4626 (a16z's erc4626-tests: prop_asset … prop_RT_*), in every state of a class.

`ACTOR` calls, `OWNER` holds shares and has approved the actor, `RECEIVER` gets. Others hold shares of class and vault,
bonds were bought and sold a while ago, and gifts lie about.
"""

from __future__ import annotations

from typing import NamedTuple

import boa
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.support.bonds import MAX, TRADERS, Setup
from tests.support.rolling import KEEPER, House, make_house

from surety.models.debt_profile import DAY

pytestmark = pytest.mark.fuzz

OWNER, ACTOR, OTHER = TRADERS
RECEIVER = boa.env.generate_address("receiver")
SETUPS = {
    "18 decimals": Setup(),
    "6 decimals, no fee": Setup(decimals=6, fee_bps=0),
    "8 decimals, returns nothing": Setup(decimals=8, asset="MockNoReturnERC20"),
}

UNITS = 16  # of the asset, that roundings of one call may leave
# An example brings a class through its life first: a part of the profile's
FEW = settings(max_examples=max(settings.default.max_examples // 25, 1))


class Scene(NamedTuple):
    """How the class stands when the property is asked for, and how much is moved."""

    rolled: float | None  # part of the matured class that has rolled; None before maturity
    wait: int  # since the last trade, s
    others: float  # size of others' trades there
    gift: int
    share: float  # of what can be moved


scenes = st.builds(
    Scene,
    st.sampled_from([None, None, 0, 0.001, 0.4, 0.9, 1]),
    st.sampled_from([0, 12, 3_600, DAY]),
    st.floats(-1, 1),
    st.sampled_from([0, 1, 10**9]),
    st.sampled_from([1e-9, 1e-4, 0.01, 0.2, 0.7]),
)


@pytest.fixture(scope="module", params=SETUPS)
def house(request):
    with boa.env.anchor():
        house = make_house(SETUPS[request.param])
        whole = house.suite.setup.whole
        house.vault.deposit(20_000 * whole, OWNER, sender=OWNER)
        house.vault.deposit(5_000 * whole, ACTOR, sender=ACTOR)
        house.enter(OTHER, 9_000 * whole + 7)
        house.vault.wrap(3_000 * whole + 1, OTHER, sender=OTHER)
        house.vault.approve(ACTOR, MAX, sender=OWNER)
        yield house


def stage(house: House, scene: Scene) -> None:
    """Bring the class into the state of the scene."""
    suite, whole = house.suite, house.suite.setup.whole
    maturity = house.maturity()
    if scene.rolled is not None:
        boa.env.evm.patch.timestamp = maturity
        house.rolling.settle()
        if face := int(house.rolling.position().cash * scene.rolled):
            house.rolling.roll(face, sender=KEEPER)
    maturity = house.maturity()
    if house.rolling.position().face or scene.others > 0:
        house.buy(OTHER, maturity, 60_000 * whole)
        if scene.others:
            move = house.buy if scene.others > 0 else house.sell
            move(OTHER, maturity, int(abs(scene.others) * 50_000 * whole) + 1)
    boa.env.evm.patch.timestamp += scene.wait
    if scene.gift:
        suite.asset.transfer(house.vault, scene.gift, sender=OTHER)
        suite.asset.transfer(house.rolling, scene.gift, sender=OTHER)
        house.rolling.transfer(house.vault, scene.gift, sender=OTHER)


def amount(house: House, scene: Scene, most: int) -> int:
    """What is moved: at least one unit, at most what can be."""
    chosen = int(min(most, 10_000 * house.suite.setup.whole) * scene.share)
    assume(chosen > 0)
    return chosen


class Moved(NamedTuple):
    """Result of a call, and what it changed of the assets and shares of the three."""

    result: int
    assets: dict[str, int]
    shares: dict[str, int]


def moved(house: House, call) -> Moved:
    def balances(token):
        return {who: token.balanceOf(who) for who in (OWNER, ACTOR, RECEIVER)}

    assets, shares = balances(house.suite.asset), balances(house.vault)
    result = call()
    now = balances(house.suite.asset), balances(house.vault)
    changed = [
        {who: after[who] - before[who] for who in after if after[who] != before[who]}
        for before, after in zip((assets, shares), now, strict=True)
    ]
    return Moved(result, *changed)


def left(house: House) -> int:
    """What roundings and searches left in the vault."""
    balance: int = house.suite.asset.balanceOf(house.vault)
    return balance


def deposit(house, assets, receiver=ACTOR):
    return house.vault.deposit(assets, receiver, sender=ACTOR)


def mint(house, shares, receiver=ACTOR):
    return house.vault.mint(shares, receiver, sender=ACTOR)


def withdraw(house, assets, owner=OWNER, receiver=ACTOR):
    return house.vault.withdraw(assets, receiver, owner, sender=ACTOR)


def redeem(house, shares, owner=OWNER, receiver=ACTOR):
    return house.vault.redeem(shares, receiver, owner, sender=ACTOR)


# -- views ------------------------------------------------------------------------------------------------------------


@FEW
@given(scene=scenes)
def test_inv_rlv_prop_views__any_state__answer_everybody_alike(house, scene):
    """prop_asset, prop_totalAssets, prop_convertToShares, prop_convertToAssets, prop_max*: no revert, no caller."""
    with boa.env.anchor():
        stage(house, scene)
        vault, value = house.vault, amount(house, scene, MAX)
        assert vault.asset() == house.suite.asset.address
        total = vault.totalAssets()
        assert 0 < total < vault.totalSupply() * 2
        for view in (vault.convertToShares, vault.convertToAssets):
            assert view(value, sender=OWNER) == view(value, sender=RECEIVER)
            assert view(0) == 0
        assert vault.convertToAssets(vault.convertToShares(value)) <= value
        assert vault.convertToShares(vault.convertToAssets(value)) <= value
        for view in (vault.maxDeposit, vault.maxMint):
            assert view(OWNER, sender=OWNER) == view(RECEIVER, sender=ACTOR)
        for view in (vault.maxWithdraw, vault.maxRedeem):
            assert view(OWNER, sender=OWNER) == view(OWNER, sender=ACTOR)
            assert view(RECEIVER) == 0


# -- single calls -----------------------------------------------------------------------------------------------------


@FEW
@given(scene=scenes)
def test_inv_rlv_1_prop_deposit__and_its_preview(house, scene):
    with boa.env.anchor():
        stage(house, scene)
        assets = amount(house, scene, house.vault.maxDeposit(RECEIVER))
        preview = house.vault.previewDeposit(assets, sender=OTHER)
        assume(preview)
        dust = left(house)
        done = moved(house, lambda: deposit(house, assets, RECEIVER))
        assert done == (preview, {ACTOR: -assets}, {RECEIVER: preview})
        assert 0 <= left(house) - dust <= (assets >> 30) + UNITS
        assert house.rolling.balanceOf(house.vault) >= house.vault.totalSupply()


@FEW
@given(scene=scenes)
def test_inv_rlv_1_prop_mint__and_its_preview(house, scene):
    with boa.env.anchor():
        stage(house, scene)
        shares = amount(house, scene, house.vault.maxMint(RECEIVER))
        preview = house.vault.previewMint(shares, sender=OTHER)
        done = moved(house, lambda: mint(house, shares, RECEIVER))
        assert done == (preview, {ACTOR: -preview}, {RECEIVER: shares})


@FEW
@given(scene=scenes)
def test_inv_rlv_1_prop_withdraw__and_its_preview(house, scene):
    with boa.env.anchor():
        stage(house, scene)
        house.vault.approve(ACTOR, MAX - 1, sender=OWNER)
        assets = amount(house, scene, house.vault.maxWithdraw(OWNER))
        preview = house.vault.previewWithdraw(assets, sender=OTHER)
        dust = left(house)
        done = moved(house, lambda: withdraw(house, assets, OWNER, RECEIVER))
        assert 0 <= left(house) - dust <= (assets >> 30) + UNITS
        assert done.result <= preview
        assert done[1:] == ({RECEIVER: assets}, {OWNER: -done.result})
        assert house.vault.allowance(OWNER, ACTOR) == MAX - 1 - done.result
        assert house.rolling.balanceOf(house.vault) >= house.vault.totalSupply()


@FEW
@given(scene=scenes)
def test_inv_rlv_1_prop_redeem__and_its_preview(house, scene):
    with boa.env.anchor():
        stage(house, scene)
        house.vault.approve(ACTOR, MAX - 1, sender=OWNER)
        shares = amount(house, scene, house.vault.maxRedeem(OWNER))
        preview = house.vault.previewRedeem(shares, sender=OTHER)
        done = moved(house, lambda: redeem(house, shares, OWNER, RECEIVER))
        assert done.result == preview
        assert done[1:] == ({RECEIVER: preview} if preview else {}, {OWNER: -shares})
        assert house.vault.allowance(OWNER, ACTOR) == MAX - 1 - shares


@FEW
@given(scene=scenes)
def test_inv_rlv_5_prop_max__each__is_accepted(house, scene):
    """What `max…` says can be done: the largest deposit, mint, withdrawal and redemption."""
    with boa.env.anchor():
        stage(house, scene)
        vault, most = house.vault, 10**7 * house.suite.setup.whole
        for call, limit in ((deposit, vault.maxDeposit(ACTOR)), (mint, vault.maxMint(ACTOR))):
            with boa.env.anchor():
                call(house, min(limit, most))
        with boa.env.anchor():
            withdraw(house, vault.maxWithdraw(OWNER))
        redeem(house, vault.maxRedeem(OWNER))


# -- round trips ------------------------------------------------------------------------------------------------------


@FEW
@given(scene=scenes)
def test_inv_rlv_2_prop_rt_deposit__redeem_or_withdraw__gains_nothing(house, scene):
    """prop_RT_deposit_redeem, prop_RT_deposit_withdraw."""
    with boa.env.anchor():
        stage(house, scene)
        assets = amount(house, scene, house.vault.maxDeposit(ACTOR))
        assume(house.vault.previewDeposit(assets))
        shares = deposit(house, assets)
        with boa.env.anchor():
            assert redeem(house, shares, ACTOR) <= assets
        assert withdraw(house, assets, ACTOR) >= shares


@FEW
@given(scene=scenes)
def test_inv_rlv_2_prop_rt_mint__withdraw_or_redeem__gains_nothing(house, scene):
    """prop_RT_mint_withdraw, prop_RT_mint_redeem."""
    with boa.env.anchor():
        stage(house, scene)
        shares = amount(house, scene, house.vault.maxMint(ACTOR))
        assets = mint(house, shares)
        with boa.env.anchor():
            assert redeem(house, shares, ACTOR) <= assets
        assert withdraw(house, assets, ACTOR) >= shares


@FEW
@given(scene=scenes)
def test_inv_rlv_2_prop_rt_redeem__deposit_or_mint__gains_nothing(house, scene):
    """prop_RT_redeem_deposit, prop_RT_redeem_mint."""
    with boa.env.anchor():
        stage(house, scene)
        shares = amount(house, scene, house.vault.maxRedeem(OWNER))
        assets = redeem(house, shares)
        assume(house.vault.previewDeposit(assets))
        with boa.env.anchor():
            assert deposit(house, assets) <= shares
        assert mint(house, shares) >= assets


@FEW
@given(scene=scenes)
def test_inv_rlv_2_prop_rt_withdraw__mint_or_deposit__gains_nothing(house, scene):
    """prop_RT_withdraw_mint, prop_RT_withdraw_deposit."""
    with boa.env.anchor():
        stage(house, scene)
        assets = amount(house, scene, house.vault.maxWithdraw(OWNER))
        shares = withdraw(house, assets)
        assume(house.vault.previewDeposit(assets))
        with boa.env.anchor():
            assert deposit(house, assets) <= shares
        assert mint(house, shares) >= assets
