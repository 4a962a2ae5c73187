"""The mock assets do what the tests that use them rely on."""

import boa
import pytest

ASSETS = {
    name: boa.load_partial(f"contracts/mocks/{name}.vy")
    for name in (
        "MockERC20",
        "MockNoReturnERC20",
        "MockFeeERC20",
        "MockFickleERC20",
        "MockFalseERC20",
        "MockCallbackERC20",
    )
}
HARNESS = boa.load_partial("contracts/mocks/RolesHarness.vy")
MAX = 2**256 - 1
ZERO = "0x" + "00" * 20


@pytest.fixture
def owner():
    return boa.env.generate_address("owner")


@pytest.fixture
def spender():
    return boa.env.generate_address("spender")


@pytest.fixture
def receiver():
    return boa.env.generate_address("receiver")


def funded(name, owner, decimals=6):
    asset = ASSETS[name].deploy("Mock dollar", "USDC", decimals)
    asset.mint(owner, 1_000)
    return asset


@pytest.mark.parametrize("name", ASSETS)
def test_move__every_asset__conserves_supply_and_spends_allowance(name, owner, spender, receiver):
    asset = funded(name, owner)
    assert (asset.name(), asset.symbol(), asset.decimals()) == ("Mock dollar", "USDC", 6)
    asset.transfer(receiver, 100, sender=owner)
    asset.approve(spender, 150, sender=owner)
    asset.transferFrom(owner, receiver, 100, sender=spender)
    assert asset.allowance(owner, spender) == 50
    assert asset.balanceOf(owner) == 800
    assert asset.balanceOf(receiver) == (198 if name == "MockFeeERC20" else 200)
    assert asset.totalSupply() == asset.balanceOf(owner) + asset.balanceOf(receiver)


@pytest.mark.parametrize("name", ASSETS)
def test_move__every_asset__refuses_what_is_not_there(name, owner, spender, receiver):
    asset = funded(name, owner)
    with boa.reverts("mock_erc20: insufficient balance"):
        asset.transfer(receiver, 1_011, sender=owner)  # less 1 % still more than there is
    with boa.reverts("mock_erc20: insufficient allowance"):
        asset.transferFrom(owner, receiver, 1, sender=spender)
    with boa.reverts("mock_erc20: zero account"):
        asset.transfer(ZERO, 1, sender=owner)
    with boa.reverts("mock_erc20: zero account"):
        asset.mint(ZERO, 1)


@pytest.mark.parametrize("name", ASSETS)
def test_allowance__endless__stays(name, owner, spender, receiver):
    asset = funded(name, owner)
    asset.approve(spender, MAX, sender=owner)
    asset.transferFrom(owner, receiver, 10, sender=spender)
    assert asset.allowance(owner, spender) == MAX


@pytest.mark.parametrize("decimals", [6, 8, 18])
def test_decimals__as_given(owner, decimals):
    assert funded("MockERC20", owner, decimals).decimals() == decimals


@pytest.mark.parametrize("name", [name for name in ASSETS if name != "MockNoReturnERC20"])
def test_return__true(name, owner, spender, receiver):
    asset = funded(name, owner)
    assert asset.approve(spender, 5, sender=owner) is True
    assert asset.transfer(receiver, 5, sender=owner) is True
    assert asset.transferFrom(owner, receiver, 5, sender=spender) is True


def test_return__no_return_asset__is_empty(owner, spender, receiver):
    asset = funded("MockNoReturnERC20", owner)
    assert asset.transfer(receiver, 5, sender=owner) is None
    payload = asset.transfer.prepare_calldata(receiver, 5)
    assert boa.env.execute_code(asset.address, sender=owner, data=payload).output == b""


def test_refuse__false_asset__moves_nothing_and_says_false(owner, spender, receiver):
    asset = funded("MockFalseERC20", owner)
    asset.approve(spender, 100, sender=owner)
    asset.refuse(True)
    assert asset.transfer(receiver, 5, sender=owner) is False
    assert asset.transferFrom(owner, receiver, 5, sender=spender) is False
    assert (asset.balanceOf(owner), asset.allowance(owner, spender)) == (1_000, 100)
    asset.refuse(False)
    assert asset.transfer(receiver, 5, sender=owner) is True


def test_take__fickle_asset__keeps_a_hundredth_while_switched_on(owner, spender, receiver):
    asset = funded("MockFickleERC20", owner)
    asset.approve(spender, 300, sender=owner)
    asset.take(True)
    asset.transfer(receiver, 300, sender=owner)
    asset.transferFrom(owner, receiver, 300, sender=spender)
    assert (asset.balanceOf(receiver), asset.totalSupply(), asset.takes()) == (594, 994, True)
    asset.take(False)
    asset.transfer(receiver, 300, sender=owner)
    assert asset.balanceOf(receiver) == 894


def test_call_back__target_that_works__is_called_once_a_setting(owner, receiver):
    asset = funded("MockCallbackERC20", owner)
    other = funded("MockERC20", owner)
    asset.call_back(other.address, other.mint.prepare_calldata(receiver, 7))
    asset.transfer(receiver, 5, sender=owner)
    asset.transfer(receiver, 5, sender=owner)
    assert (asset.calls(), asset.succeeded(), other.balanceOf(receiver)) == (1, True, 7)


def test_call_back__target_that_reverts__keeps_the_reason_and_the_transfer(owner, receiver):
    asset = funded("MockCallbackERC20", owner)
    guarded = HARNESS.deploy(owner, owner, owner, owner)
    asset.call_back(guarded.address, guarded.as_curator.prepare_calldata())
    asset.transfer(receiver, 5, sender=owner)
    assert (asset.calls(), asset.succeeded(), asset.balanceOf(receiver)) == (1, False, 5)
    assert b"roles: caller lacks the role" in asset.answer()
