"""RollingVault: ERC-4626 over one class; what each call moves, its limits, and what is left without the market."""

import boa
import pytest
from tests.support.bonds import ADMIN, GUARDIAN, STRANGER, TRADERS, TREASURER, ZERO, Setup
from tests.support.rolling import KEEPER, make_house

from surety.models.debt_profile import DAY, WEEK
from surety.models.log_mean import WAD

OWNER, OTHER, TRADER = TRADERS
ASSETS = 10_000 * WAD
DUST = ASSETS >> 30


@pytest.fixture(scope="module")
def house():
    return make_house()


@pytest.fixture(autouse=True)
def undone(house):
    with boa.env.anchor():
        yield


@pytest.fixture
def entered(house):
    """The owner has deposited; another holds shares of the class directly."""
    house.vault.deposit(ASSETS, OWNER, sender=OWNER)
    house.enter(OTHER, ASSETS // 2)
    later(2 * DAY)
    return house


def to(moment):
    boa.env.evm.patch.timestamp = moment


def later(seconds):
    boa.env.evm.patch.timestamp += seconds


def rolled(house, part=2):
    """The `part`th part of the class rolled, the rest in cash."""
    mature(house, 1 / part)


def mature(house, fraction):
    """That fraction of the class rolled, the rest in cash."""
    maturity = house.maturity()
    to(maturity)
    house.rolling.settle()
    house.rolling.roll(int(house.rolling.position().cash * fraction), sender=KEEPER)


def cash(house, who):
    return house.suite.asset.balanceOf(who)


def backed(house):
    """Shares of the vault are shares of the class that it holds, and no asset is left but dust."""
    assert house.rolling.balanceOf(house.vault) == house.vault.totalSupply()
    assert cash(house, house.vault) <= 10 * DUST
    return True


# -- deposits ---------------------------------------------------------------------------------------------------------


def test_inv_rlv_1_deposit__first__one_share_a_face(house):
    expected, before = house.vault.previewDeposit(ASSETS), cash(house, OWNER)
    assert house.vault.deposit(ASSETS, OTHER, sender=OWNER) == expected > ASSETS
    event = house.vault.get_logs()[-1]
    assert (type(event).__name__, *event[1:]) == ("Deposit", OWNER, OTHER, ASSETS, expected)
    assert cash(house, OWNER) == before - ASSETS
    assert house.vault.balanceOf(OTHER) == expected == house.rolling.position().face
    assert backed(house)


def test_inv_rlv_1_mint__takes_what_was_shown(entered):
    expected, before = entered.vault.previewMint(ASSETS), cash(entered, TRADER)
    assert entered.vault.mint(ASSETS, TRADER, sender=TRADER) == expected == before - cash(entered, TRADER)
    assert entered.vault.balanceOf(TRADER) == ASSETS
    assert backed(entered)


@pytest.mark.parametrize("part", [2, 3, 50])
def test_inv_rlv_2_deposit__partly_rolled_class__spends_what_it_takes(entered, part):
    rolled(entered, part)
    expected = entered.vault.previewDeposit(ASSETS)
    before = cash(entered, entered.vault)
    assert entered.vault.deposit(ASSETS, TRADER, sender=TRADER) == expected
    assert entered.vault.balanceOf(TRADER) == expected
    assert 0 <= cash(entered, entered.vault) - before <= DUST
    assert entered.vault.previewMint(expected) <= ASSETS * 101 // 100
    assert backed(entered)


def test_deposit__matured_class__enters_with_cash_at_par(entered):
    to(entered.maturity() + DAY)
    entered.suite.market.set_pause(True, True, sender=GUARDIAN)  # no market is asked
    position = entered.rolling.position()
    expected = ASSETS * position.supply // position.cash
    assert entered.vault.previewDeposit(ASSETS) == expected
    assert entered.vault.maxDeposit(TRADER) >= ASSETS
    assert entered.vault.maxMint(TRADER) >= expected
    assert entered.vault.deposit(ASSETS, TRADER, sender=TRADER) == expected
    assert entered.vault.previewRedeem(expected) <= ASSETS
    assert entered.vault.redeem(expected, TRADER, TRADER, sender=TRADER) >= ASSETS - 2


def test_deposit__too_small_for_a_share__reverts(house):
    for call in (
        lambda: house.vault.deposit(0, OWNER, sender=OWNER),
        lambda: house.vault.deposit(1, OWNER, sender=OWNER),
        lambda: house.vault.mint(0, OWNER, sender=OWNER),
        lambda: house.vault.redeem(0, OWNER, OWNER, sender=OWNER),
        lambda: house.vault.withdraw(0, OWNER, OWNER, sender=OWNER),
        lambda: house.vault.wrap(0, OWNER, sender=OWNER),
        lambda: house.vault.unwrap(0, OWNER, sender=OWNER),
    ):
        with boa.reverts("rolling_vault: zero shares"):
            call()


# -- withdrawals ------------------------------------------------------------------------------------------------------


def test_inv_rlv_1_redeem__pays_what_was_shown(entered):
    shares = entered.vault.balanceOf(OWNER) // 3
    expected, before = entered.vault.previewRedeem(shares), cash(entered, TRADER)
    assert entered.vault.redeem(shares, TRADER, OWNER, sender=OWNER) == expected
    event = entered.vault.get_logs()[-1]
    assert (type(event).__name__, *event[1:]) == ("Withdraw", OWNER, TRADER, OWNER, expected, shares)
    assert cash(entered, TRADER) == before + expected
    assert backed(entered)


@pytest.mark.parametrize("part", [0, 2, 50])
@pytest.mark.parametrize("assets", [1, 10**6, ASSETS // 7, ASSETS // 2])
def test_inv_rlv_2_withdraw__pays_exactly_and_burns_hardly_more_than_needed(entered, part, assets):
    if part:
        rolled(entered, part)
        later(2 * DAY)
    expected, before, dust = entered.vault.previewWithdraw(assets), cash(entered, TRADER), cash(entered, entered.vault)
    least = entered.vault.previewRedeem(expected - 1 - (expected >> 30))
    assert least <= assets <= entered.vault.previewRedeem(expected)
    assert entered.vault.withdraw(assets, TRADER, OWNER, sender=OWNER) == expected
    assert cash(entered, TRADER) == before + assets
    assert cash(entered, entered.vault) - dust <= DUST
    assert backed(entered)


def test_withdraw__all_of_an_owner__burns_no_more_than_there_is(entered):
    entered.vault.deposit(ASSETS, TRADER, sender=TRADER)
    most = entered.vault.maxWithdraw(OWNER)
    balance = entered.vault.balanceOf(OWNER)
    shares = entered.vault.withdraw(most, OWNER, OWNER, sender=OWNER)
    assert balance - shares <= balance >> 30


@pytest.mark.parametrize("part", [0, 1 / 3, 0.999])
def test_inv_rlv_2_search__of_a_few_units__ends_within_its_bound(entered, part):
    """Amounts that no step comes close to use all steps there are; the answer still suffices, and is the least."""
    if part:
        mature(entered, part)
    for assets in (1, 2, 3, 1_001, 10**9 + 7):
        shares = entered.vault.previewWithdraw(assets)
        assert entered.vault.previewRedeem(shares) >= assets
        assert entered.vault.previewRedeem(shares - shares // 8 - 1) < assets
        bought = entered.vault.previewDeposit(assets)
        assert entered.vault.previewMint(bought) <= assets
        assert entered.vault.previewMint(bought + bought // 8 + 10) > assets


def test_withdraw__more_than_all_shares_bring__reverts(entered):
    most = entered.vault.previewRedeem(entered.vault.totalSupply())
    assert entered.vault.previewWithdraw(most) <= entered.vault.totalSupply()
    with boa.reverts("rolling_vault: more than all shares bring"):
        entered.vault.withdraw(most + 1, OWNER, OWNER, sender=OWNER)


def test_redeem__of_another__needs_and_spends_an_allowance(entered):
    with boa.reverts("erc20: insufficient allowance"):
        entered.vault.redeem(5, STRANGER, OWNER, sender=STRANGER)
    entered.vault.approve(STRANGER, 7, sender=OWNER)
    entered.vault.redeem(5, STRANGER, OWNER, sender=STRANGER)
    assert entered.vault.allowance(OWNER, STRANGER) == 2
    with boa.reverts("erc20: insufficient allowance"):
        entered.vault.withdraw(5, STRANGER, OWNER, sender=STRANGER)
    with boa.reverts("erc20: burn amount exceeds balance"):
        entered.vault.redeem(1, STRANGER, STRANGER, sender=STRANGER)


def test_redeem__matured_class_with_the_market_paused__pays_par(entered):
    to(entered.maturity())
    entered.suite.market.set_pause(True, True, sender=GUARDIAN)
    shares = entered.vault.balanceOf(OWNER)
    assert entered.vault.maxRedeem(OWNER) == shares
    assert entered.vault.redeem(shares, OWNER, OWNER, sender=OWNER) == shares  # never rolled: a face a share


# -- limits of a call -------------------------------------------------------------------------------------------------


def test_entry_points_with_limits__each__keep_them(entered):
    vault, now = entered.vault, entered.now
    shares = vault.previewDeposit(ASSETS)
    with boa.reverts("rolling_vault: shares below the limit"):
        vault.deposit_min(ASSETS, TRADER, shares + 1, now, sender=TRADER)
    assets = vault.previewMint(ASSETS)
    with boa.reverts("rolling_vault: assets above the limit"):
        vault.mint_max(ASSETS, TRADER, assets - 1, now, sender=TRADER)
    burned = vault.previewWithdraw(ASSETS // 2)
    with boa.reverts("rolling_vault: shares above the limit"):
        vault.withdraw_max(ASSETS // 2, OWNER, OWNER, burned - 1, now, sender=OWNER)
    paid = vault.previewRedeem(ASSETS // 2)
    with boa.reverts("rolling_vault: assets below the limit"):
        vault.redeem_min(ASSETS // 2, OWNER, OWNER, paid + 1, now, sender=OWNER)
    calls = (
        lambda until: vault.deposit_min(ASSETS, TRADER, shares, until, sender=TRADER),
        lambda until: vault.mint_max(ASSETS, TRADER, assets, until, sender=TRADER),
        lambda until: vault.withdraw_max(ASSETS // 2, OWNER, OWNER, burned, until, sender=OWNER),
        lambda until: vault.redeem_min(ASSETS // 2, OWNER, OWNER, paid, until, sender=OWNER),
    )
    for call, result in zip(calls, (shares, assets, burned, paid), strict=True):
        with boa.reverts("rolling_vault: past the deadline"):
            call(now - 1)
        with boa.env.anchor():
            assert call(now) == result


# -- in kind ----------------------------------------------------------------------------------------------------------


def test_inv_rlv_3_wrap_and_unwrap__one_for_one_without_a_market(entered):
    entered.suite.market.set_pause(True, True, sender=GUARDIAN)
    entered.vault.wrap(ASSETS // 4, TRADER, sender=OTHER)
    event = entered.vault.get_logs()[-1]
    assert event[1:] == (OTHER, TRADER, ASSETS // 4)
    assert entered.vault.balanceOf(TRADER) == ASSETS // 4
    assert backed(entered)
    entered.vault.unwrap(ASSETS // 4, OWNER, sender=TRADER)
    event = entered.vault.get_logs()[-1]
    assert event[1:] == (TRADER, OWNER, ASSETS // 4)
    assert entered.rolling.balanceOf(OWNER) == ASSETS // 4
    assert backed(entered)
    with boa.reverts("erc20: burn amount exceeds balance"):
        entered.vault.unwrap(1, TRADER, sender=TRADER)
    with boa.reverts("erc20: transfer to the zero address"):
        entered.vault.unwrap(1, ZERO, sender=OWNER)


def test_inv_rlv_4_gifts__of_asset_bonds_and_shares__move_no_price(entered):
    views = ("totalAssets", "totalSupply")
    before = [getattr(entered.vault, view)() for view in views] + [entered.vault.convertToAssets(ASSETS)]
    entered.suite.asset.transfer(entered.vault, ASSETS, sender=TRADER)
    entered.rolling.transfer(entered.vault, ASSETS // 4, sender=OTHER)
    assert [getattr(entered.vault, view)() for view in views] + [entered.vault.convertToAssets(ASSETS)] == before
    reserve = entered.suite.treasury.reserve()
    amount = entered.vault.sweep()
    assert entered.vault.get_logs()[-1].amount == amount >= ASSETS
    assert entered.suite.treasury.reserve() == reserve + amount
    assert cash(entered, entered.vault) == 0
    with boa.reverts("bond_treasury: zero amount"):
        entered.vault.sweep()


def test_inv_rlv_4_first_deposit__of_a_wei_and_gifts__takes_nothing_from_the_next(house):
    house.vault.mint(1, TRADER, sender=TRADER)
    house.suite.asset.transfer(house.vault, ASSETS, sender=TRADER)
    house.suite.asset.transfer(house.rolling, ASSETS, sender=TRADER)
    shares = house.vault.deposit(ASSETS, OWNER, sender=OWNER)
    assert shares > ASSETS
    later(2 * DAY)
    assert house.vault.previewRedeem(1) <= 1
    assert house.vault.previewRedeem(shares) > ASSETS * 999 // 1_000


# -- what is possible now ---------------------------------------------------------------------------------------------


def test_inv_rlv_5_max__market_paused__nothing_that_needs_it(entered):
    vault = entered.vault
    entered.suite.market.set_pause(True, True, sender=GUARDIAN)
    assert vault.maxDeposit(OWNER) == vault.maxMint(OWNER) == vault.maxRedeem(OWNER) == vault.maxWithdraw(OWNER) == 0
    entered.suite.market.set_pause(False, True, sender=GUARDIAN)
    assert vault.maxDeposit(OWNER) > 0 == vault.maxRedeem(OWNER)
    with boa.reverts("flow_limits: sales are paused"):
        vault.redeem(1, OWNER, OWNER, sender=OWNER)
    entered.suite.market.set_pause(True, False, sender=GUARDIAN)
    assert vault.maxDeposit(OWNER) == 0 < vault.maxRedeem(OWNER)
    with boa.reverts("flow_limits: buys are paused"):
        vault.mint(1, OWNER, sender=OWNER)


LIMITS = {
    "cap": {},
    "buys of an epoch": {"buys": 1_000 * WAD},
    "buys of a block": {"buys": 10_000 * WAD, "buy_block_share": 10},
    "budget": {"budget": 100 * WAD},
    "budget without the share of rolls": {"budget": 100 * WAD, "roll_share": 60},
    "sales of an epoch": {"sells": 1_000 * WAD},
    "sales of a block": {"sells": 10_000 * WAD, "sell_block_share": 10},
}


@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize("part", [0, 2])
def test_inv_rlv_5_max__each_limit__can_be_used_and_is_not_far_below_it(entered, name, part):
    vault, market = entered.vault, entered.suite.market
    if part:
        rolled(entered, part)
        later(2 * DAY)
    limits = entered.suite.setup.all_limits._replace(**LIMITS[name])
    market.set_limits(limits, sender=ADMIN)
    with boa.env.anchor():
        vault.deposit(vault.maxDeposit(TRADER), TRADER, sender=TRADER)
    most = vault.maxMint(TRADER)
    with boa.env.anchor():
        vault.mint(most, TRADER, sender=TRADER)
    if not name.startswith("sales"):
        with boa.reverts():
            vault.mint(most * 11 // 10, TRADER, sender=TRADER)
    with boa.env.anchor():
        vault.withdraw(vault.maxWithdraw(OWNER), OWNER, OWNER, sender=OWNER)
    most = vault.maxRedeem(OWNER)
    with boa.env.anchor():
        vault.redeem(most, OWNER, OWNER, sender=OWNER)
    if name.startswith("sales"):
        assert most < vault.balanceOf(OWNER)
        with boa.reverts():
            vault.redeem(most * 101 // 100, OWNER, OWNER, sender=OWNER)
    else:
        assert most == vault.balanceOf(OWNER)


def test_inv_rlv_5_max__reserve_spent__no_deposits_but_withdrawals(entered):
    treasury, vault = entered.suite.treasury, entered.vault
    treasury.withdraw(treasury.reserve() - WAD, ADMIN, sender=TREASURER)
    most = vault.maxDeposit(TRADER)
    assert 0 < most < 200 * WAD
    vault.deposit(most, TRADER, sender=TRADER)
    with boa.reverts("bond_treasury: reserve too low"):
        vault.deposit(most, TRADER, sender=TRADER)
    vault.redeem(vault.maxRedeem(OWNER), OWNER, OWNER, sender=OWNER)


# -- values -----------------------------------------------------------------------------------------------------------


def test_inv_rlv_6_value__flash_purchase__does_not_raise_it(entered):
    before = entered.vault.totalAssets()
    assert before == pytest.approx(ASSETS, rel=1e-2)
    entered.buy(TRADER, entered.maturity(), 50_000 * WAD)
    assert entered.vault.totalAssets() <= before


def test_inv_rlv_6_value__matured__is_par(entered):
    to(entered.maturity() + WEEK)
    vault = entered.vault
    assert vault.totalAssets() == vault.totalSupply()
    assert vault.convertToAssets(ASSETS) == ASSETS == vault.convertToShares(ASSETS)


def test_value__nobody_in__is_what_a_face_is_worth(house):
    vault = house.vault
    assert vault.totalAssets() == 0 == vault.maxRedeem(OWNER) == vault.maxWithdraw(OWNER)
    price = house.suite.market.quote(house.maturity()).sell_price
    assert vault.convertToAssets(ASSETS) == ASSETS * price // WAD
    assert vault.convertToShares(ASSETS * price // WAD) == ASSETS
    assert vault.previewWithdraw(0) == vault.previewDeposit(0) == vault.previewMint(0) == 0


def test_vault__knows_its_class(house):
    vault = house.vault
    assert (vault.name(), vault.symbol(), vault.decimals()) == ("Vault 13w 200bp", "vROLL", 18)
    assert (vault.rolling(), vault.asset()) == (house.rolling.address, house.suite.asset.address)


# -- assets that refuse -----------------------------------------------------------------------------------------------


def test_moves__asset_refuses__revert():
    house = make_house(Setup(asset="MockFalseERC20"))
    house.vault.deposit(ASSETS, OWNER, sender=OWNER)
    to(house.maturity())
    house.rolling.settle()
    house.suite.asset.refuse(True)
    with boa.reverts("rolling_vault: token refused the transfer"):
        house.vault.deposit(ASSETS, OWNER, sender=OWNER)


def test_deposit__asset_begins_to_take_a_fee__reverts():
    house = make_house(Setup(asset="MockFickleERC20"))
    house.suite.asset.take(True)
    with boa.reverts("rolling_vault: asset moved a wrong amount"):
        house.vault.deposit(ASSETS, OWNER, sender=OWNER)
