"""BondTreasury: escrow and reserve, redemption, the reserve's roles, minting, and assets that misbehave."""

import boa
import pytest
from tests.support.bonds import (
    ADMIN,
    CURATOR,
    FOREVER,
    FUNDER,
    GUARDIAN,
    HOLDERS,
    MAX,
    STRANGER,
    TRADERS,
    TREASURER,
    ZERO,
    Setup,
    deploy,
    source,
)

from surety.models.debt_profile import DAY, WEEK, YEAR
from surety.models.log_mean import WAD

BUYER, HOLDER, OTHER = TRADERS
FACE = 1_000 * WAD
CAP = 12_000 * WAD
NO_ROLE = "roles: caller lacks the role"


@pytest.fixture(scope="module")
def suite():
    return deploy(Setup(mint_cap=CAP))


@pytest.fixture
def treasury(suite):
    return suite.treasury


@pytest.fixture
def maturity(suite):
    """Of FACE that HOLDER has."""
    maturity = suite.maturity(4)
    suite.market.buy(maturity, FACE, MAX, HOLDER, FOREVER, sender=BUYER)
    return maturity


def books_agree(suite):
    """INV-TRS-1 and INV-TRS-2 at rest: the asset held is escrow and reserve, and what nobody booked."""
    return suite.asset.balanceOf(suite.treasury) - suite.treasury.escrow() - suite.treasury.reserve()


# -- the market's entries ---------------------------------------------------------------------------------------------


def test_inv_trs_3_issue__anybody_but_the_market__is_refused(suite, treasury, maturity):
    bond = suite.bond(maturity)
    for caller in (*HOLDERS, STRANGER, HOLDER, suite.token.address):
        with boa.reverts("bond_treasury: caller is not the market"):
            treasury.issue(caller, caller, bond, 1, 1, sender=caller)
        with boa.reverts("bond_treasury: caller is not the market"):
            treasury.retire(HOLDER, caller, bond, 1, 0, sender=caller)
        with boa.reverts("bond_token: caller not treasury"):
            suite.token.mint(caller, bond, 1, sender=caller)
    treasury.issue(BUYER, HOLDER, bond, 1, 1, sender=suite.market.address)
    treasury.retire(HOLDER, OTHER, bond, 1, 1, sender=suite.market.address)


def test_inv_trs_1_escrow__every_step__is_the_outstanding_face(suite, treasury, maturity):
    bond = suite.bond(maturity)
    assert treasury.escrow() == suite.token.totalSupply(bond) == FACE == suite.market.bucket(maturity).debt
    suite.market.sell(maturity, FACE // 4, 0, OTHER, FOREVER, sender=HOLDER)
    assert treasury.escrow() == suite.token.totalSupply(bond) == FACE - FACE // 4 == suite.market.bucket(maturity).debt
    assert books_agree(suite) == 0
    boa.env.evm.patch.timestamp = maturity
    treasury.redeem(bond, FACE // 2, OTHER, sender=HOLDER)
    assert treasury.escrow() == suite.token.totalSupply(bond) == FACE // 4
    assert books_agree(suite) == 0


# -- redemption -------------------------------------------------------------------------------------------------------


def test_redeem__at_maturity__pays_par_to_the_receiver(suite, treasury, maturity):
    bond, wealth = suite.bond(maturity), suite.asset.balanceOf(OTHER)
    boa.env.evm.patch.timestamp = maturity - 1
    with boa.reverts("bond_treasury: bond has not matured"):
        treasury.redeem(bond, FACE, OTHER, sender=HOLDER)
    boa.env.evm.patch.timestamp = maturity
    treasury.redeem(bond, FACE, OTHER, sender=HOLDER)
    event = next(log for log in treasury.get_logs() if type(log).__name__ == "BondRedeemed")
    assert (event.holder, event.receiver, event.id, event.face) == (HOLDER, OTHER, bond, FACE)
    assert suite.asset.balanceOf(OTHER) == wealth + FACE
    assert treasury.escrow() == 0


def test_redeem__zero_amount__reverts(suite, treasury, maturity):
    boa.env.evm.patch.timestamp = maturity
    with boa.reverts("bond_treasury: zero amount"):
        treasury.redeem(suite.bond(maturity), 0, OTHER, sender=HOLDER)
    treasury.redeem(suite.bond(maturity), 1, OTHER, sender=HOLDER)


@pytest.mark.parametrize("kind", [0, 3, 2**8 + 1, 2**192 - 1])
def test_redeem__another_kind__reverts(suite, treasury, maturity, kind):
    boa.env.evm.patch.timestamp = maturity
    with boa.reverts("bond_treasury: unknown kind of bond"):
        treasury.redeem(kind << 64 | maturity, 1, OTHER, sender=HOLDER)


def test_redeem__more_than_held_or_unknown__reverts(suite, treasury, maturity):
    boa.env.evm.patch.timestamp = maturity
    for bond, face, holder in (
        (suite.bond(maturity), FACE + 1, HOLDER),
        (suite.bond(maturity), 1, BUYER),
        (suite.bond(maturity - WEEK), 1, HOLDER),
        (suite.bond(0), 1, HOLDER),
    ):
        with boa.reverts("bond_token: insufficient balance"):
            treasury.redeem(bond, face, OTHER, sender=holder)


def test_redeem__zero_receiver__reverts(suite, treasury, maturity):
    boa.env.evm.patch.timestamp = maturity
    with boa.reverts("bond_treasury: zero receiver"):
        treasury.redeem(suite.bond(maturity), FACE, ZERO, sender=HOLDER)


def test_inv_trs_4_redeem__everything_paused_and_reserve_empty__pays(suite, treasury, maturity):
    suite.market.set_pause(True, True, sender=GUARDIAN)
    suite.market.queue_profile(suite.setup.all_knots, 0, sender=CURATOR)
    treasury.withdraw(treasury.reserve(), OTHER, sender=TREASURER)
    boa.env.evm.patch.timestamp = maturity + 50 * YEAR
    treasury.redeem(suite.bond(maturity), FACE, OTHER, sender=HOLDER)
    assert suite.asset.balanceOf(treasury) == 0


# -- the reserve ------------------------------------------------------------------------------------------------------


def test_fund__anyone__adds_to_the_reserve(suite, treasury):
    reserve = treasury.reserve()
    with boa.reverts("bond_treasury: zero amount"):
        treasury.fund(0, sender=FUNDER)
    treasury.fund(FACE, sender=BUYER)
    assert treasury.reserve() == reserve + FACE
    assert books_agree(suite) == 0


def test_fund__beyond_128_bits__reverts(suite, treasury):
    suite.asset.mint(FUNDER, 2**128)
    with boa.reverts("bond_treasury: amount out of range"):
        treasury.fund(2**128 - treasury.reserve(), sender=FUNDER)
    treasury.fund(2**128 - 1 - treasury.reserve(), sender=FUNDER)


def test_inv_trs_5_absorb__gift__counts_only_from_then(suite, treasury):
    reserve = treasury.reserve()
    with boa.reverts("bond_treasury: nothing to absorb"):
        treasury.absorb()
    suite.asset.transfer(treasury, 77, sender=BUYER)
    assert treasury.reserve() == reserve
    assert treasury.absorb(sender=STRANGER) == 77
    assert treasury.reserve() == reserve + 77
    with boa.reverts("bond_treasury: nothing to absorb"):
        treasury.absorb()


def test_inv_trs_2_withdraw__reserve_and_one_wei_more__keeps_the_escrow(suite, treasury, maturity):
    reserve = treasury.reserve()
    for caller in (ADMIN, CURATOR, GUARDIAN, STRANGER):
        with boa.reverts(NO_ROLE):
            treasury.withdraw(1, OTHER, sender=caller)
    with boa.reverts("bond_treasury: zero amount"):
        treasury.withdraw(0, OTHER, sender=TREASURER)
    with boa.reverts("bond_treasury: reserve too low"):
        treasury.withdraw(reserve + 1, OTHER, sender=TREASURER)
    with boa.reverts("bond_treasury: zero receiver"):
        treasury.withdraw(1, ZERO, sender=TREASURER)
    treasury.withdraw(reserve, OTHER, sender=TREASURER)
    assert treasury.reserve() == 0
    assert suite.asset.balanceOf(treasury) == treasury.escrow() == FACE


# -- minting ----------------------------------------------------------------------------------------------------------


def test_mint_reserve__cap__is_kept_to_the_wei(suite, treasury):
    assert treasury.mintable() == CAP // 12
    for caller in (ADMIN, STRANGER):
        with boa.reverts(NO_ROLE):
            treasury.mint_reserve(1, sender=caller)
    with boa.reverts("bond_treasury: zero amount"):
        treasury.mint_reserve(0, sender=TREASURER)
    with boa.reverts("bond_treasury: over the annual mint cap"):
        treasury.mint_reserve(CAP // 12 + 1, sender=TREASURER)
    reserve = treasury.reserve()
    treasury.mint_reserve(CAP // 12, sender=TREASURER)
    assert treasury.reserve() == reserve + CAP // 12
    assert books_agree(suite) == 0
    with boa.reverts("bond_treasury: over the annual mint cap"):
        treasury.mint_reserve(1, sender=TREASURER)


def test_inv_trs_5_mint_reserve__greediest_year__stays_within_the_cap(suite, treasury):
    minted = 0
    begin = suite.now
    for day in range(0, 366, 5):
        boa.env.evm.patch.timestamp = begin + day * DAY
        if amount := treasury.mintable():
            treasury.mint_reserve(amount, sender=TREASURER)
            minted += amount
    assert CAP * 98 // 100 < minted <= CAP


def test_set_mint_cap__only_the_admin__and_what_was_minted_counts_on(suite, treasury):
    treasury.mint_reserve(CAP // 24, sender=TREASURER)
    for caller in (TREASURER, CURATOR, STRANGER):
        with boa.reverts(NO_ROLE):
            treasury.set_mint_cap(CAP, sender=caller)
    with boa.reverts("bond_treasury: amount out of range"):
        treasury.set_mint_cap(2**128, sender=ADMIN)
    treasury.set_mint_cap(2 * CAP, sender=ADMIN)
    assert treasury.mint_cap() == 2 * CAP
    assert treasury.mintable() == 2 * CAP // 12 - CAP // 24
    treasury.set_mint_cap(0, sender=ADMIN)
    assert treasury.mintable() == 0


def test_set_mint_cap__lowered_below_what_was_minted__recovers_in_time(suite, treasury):
    """A level above the new bucket drains for as long as it takes, though nobody touches it."""
    treasury.mint_reserve(CAP // 12, sender=TREASURER)
    treasury.set_mint_cap(CAP // 100, sender=ADMIN)
    boa.env.evm.patch.timestamp += YEAR
    assert treasury.mintable() == 0
    boa.env.evm.patch.timestamp += 9 * YEAR
    assert treasury.mintable() == CAP // 100 // 12


def test_mint_reserve__asset_without_mint__reverts():
    suite = deploy(Setup(asset="MockERC20"))
    with boa.reverts("bond_treasury: over the annual mint cap"):
        suite.treasury.mint_reserve(1, sender=TREASURER)


# -- assets that misbehave --------------------------------------------------------------------------------------------


def test_asset__takes_a_fee__is_refused_at_the_door():
    suite = deploy(Setup(asset="MockFeeERC20", reserve=0))
    with boa.reverts("bond_treasury: asset moved a wrong amount"):
        suite.treasury.fund(1_000, sender=FUNDER)
    suite.treasury.fund(99, sender=FUNDER)  # a fee of zero: what was sent arrives
    suite.asset.transfer(suite.treasury, 10**6 * WAD, sender=FUNDER)
    suite.treasury.absorb()
    with boa.reverts("bond_treasury: asset moved a wrong amount"):
        suite.market.buy(suite.maturity(4), FACE, MAX, HOLDER, FOREVER, sender=BUYER)


def test_asset__answers_false__is_refused():
    suite = deploy(Setup(asset="MockFalseERC20"))
    maturity = suite.maturity(0)
    suite.market.buy(maturity, FACE, MAX, HOLDER, FOREVER, sender=BUYER)
    suite.asset.refuse(True)
    refused = "bond_treasury: asset refused the transfer"
    with boa.reverts(refused):
        suite.market.buy(maturity, FACE, MAX, HOLDER, FOREVER, sender=BUYER)
    with boa.reverts(refused):
        suite.market.sell(maturity, FACE, 0, HOLDER, FOREVER, sender=HOLDER)
    with boa.reverts(refused):
        suite.treasury.fund(1, sender=FUNDER)
    with boa.reverts(refused):
        suite.treasury.withdraw(1, OTHER, sender=TREASURER)
    boa.env.evm.patch.timestamp = maturity
    with boa.reverts(refused):
        suite.treasury.redeem(suite.bond(maturity), FACE, OTHER, sender=HOLDER)
    suite.asset.refuse(False)
    suite.treasury.redeem(suite.bond(maturity), FACE, OTHER, sender=HOLDER)


def test_asset__returns_nothing__trades_and_redeems():
    suite = deploy(Setup(asset="MockNoReturnERC20", decimals=6))
    maturity, face = suite.maturity(0), 10**9
    suite.market.buy(maturity, face, MAX, HOLDER, FOREVER, sender=BUYER)
    suite.market.sell(maturity, face // 2, 0, OTHER, FOREVER, sender=HOLDER)
    boa.env.evm.patch.timestamp = maturity
    suite.treasury.redeem(suite.bond(maturity), face - face // 2, OTHER, sender=HOLDER)
    assert suite.treasury.escrow() == 0 == books_agree(suite)


def test_inv_trs_1_asset__calls_back__finds_both_doors_locked():
    suite = deploy(Setup(asset="MockCallbackERC20"))
    maturity = suite.maturity(0)
    suite.market.buy(maturity, FACE, MAX, HOLDER, FOREVER, sender=BUYER)
    suite.asset.transfer(suite.treasury, 5, sender=BUYER)
    for target, payload in (
        (suite.treasury, suite.treasury.absorb.prepare_calldata()),
        (suite.treasury, suite.treasury.redeem.prepare_calldata(suite.bond(0), 1, OTHER)),
        (suite.market, suite.market.buy.prepare_calldata(maturity, 1, 1, OTHER, FOREVER)),
        (suite.market, suite.market.quote_buy.prepare_calldata(maturity, 1)),
    ):
        suite.asset.call_back(target, payload)
        suite.market.buy(maturity, FACE, MAX, HOLDER, FOREVER, sender=BUYER)
        assert not suite.asset.succeeded()
    assert books_agree(suite) == 5
    assert suite.treasury.escrow() == 5 * FACE == suite.token.totalSupply(suite.bond(maturity))


def test_buyer__without_approval__is_refused(suite, maturity):
    suite.asset.approve(suite.treasury, 0, sender=OTHER)
    with boa.reverts("mock_erc20: insufficient allowance"):
        suite.market.buy(maturity, FACE, MAX, HOLDER, FOREVER, sender=OTHER)
    assert source("bonds/BondTreasury").at(suite.market.treasury()).asset() == suite.asset.address
