"""BondToken: transfers, permissions, minting and burning, metadata. Permits have a file of their own."""

import boa
import pytest
from eth_utils import keccak

MAX = 2**256 - 1
ZERO = "0x" + "00" * 20
WEEK = 604_800
MATURITY = 1_799_280_000  # 2027-01-07 00:00 UTC, a Thursday
FIXED = 1 << 64 | MATURITY
VARIABLE = 2 << 64 | MATURITY
OTHER = FIXED + WEEK
LOT = 10**21


@pytest.fixture
def held(token, treasury, holder):
    """The token, with one lot of FIXED in the holder's hands."""
    token.mint(holder, FIXED, LOT, sender=treasury)
    return token


def events(token, name):
    return [log for log in token.get_logs() if type(log).__name__ == name]


# -- construction -----------------------------------------------------------------------------------------------------


def test_init__creator__is_treasury(token, treasury):
    assert token.treasury() == treasury


def test_init__empty_label__reverts(token):
    with boa.reverts("bond_token: empty label"):
        token.deployer.deploy("", 6)


# -- transfer ---------------------------------------------------------------------------------------------------------


def test_transfer__part__moves_it_and_says_so(held, holder, receiver):
    assert held.transfer(receiver, FIXED, 40, sender=holder) is True
    (log,) = events(held, "Transfer")
    assert (log.caller, log.sender, log.receiver, log.id, log.amount) == (holder, holder, receiver, FIXED, 40)
    assert held.balanceOf(holder, FIXED) == LOT - 40
    assert held.balanceOf(receiver, FIXED) == 40
    assert held.totalSupply(FIXED) == LOT


def test_transfer__all__leaves_zero(held, holder, receiver):
    held.transfer(receiver, FIXED, LOT, sender=holder)
    assert held.balanceOf(holder, FIXED) == 0
    assert held.balanceOf(receiver, FIXED) == LOT


def test_transfer__more_than_held__reverts(held, holder, receiver):
    with boa.reverts("bond_token: insufficient balance"):
        held.transfer(receiver, FIXED, LOT + 1, sender=holder)


def test_transfer__another_id__reverts(held, holder, receiver):
    with boa.reverts("bond_token: insufficient balance"):
        held.transfer(receiver, OTHER, 1, sender=holder)


def test_transfer__zero_receiver__reverts(held, holder):
    with boa.reverts("bond_token: zero receiver"):
        held.transfer(ZERO, FIXED, 1, sender=holder)


def test_transfer__zero_amount_by_nobody__moves_nothing(held, receiver, spender):
    assert held.transfer(receiver, FIXED, 0, sender=spender) is True
    assert held.balanceOf(receiver, FIXED) == 0


def test_transfer__to_oneself__is_neutral(held, holder):
    held.transfer(holder, FIXED, LOT, sender=holder)
    assert held.balanceOf(holder, FIXED) == LOT


def test_transfer__after_maturity__works(held, holder, receiver):
    with boa.env.anchor():
        boa.env.evm.patch.timestamp = MATURITY + 1
        assert held.transfer(receiver, FIXED, 1, sender=holder) is True


# -- transferFrom -----------------------------------------------------------------------------------------------------


def test_inv_tok_4_transfer_from__within_allowance__spends_it(held, holder, receiver, spender):
    held.approve(spender, FIXED, 100, sender=holder)
    assert held.transferFrom(holder, receiver, FIXED, 60, sender=spender) is True
    (log,) = events(held, "Transfer")
    assert (log.caller, log.sender, log.receiver, log.id, log.amount) == (spender, holder, receiver, FIXED, 60)
    assert held.allowance(holder, spender, FIXED) == 40
    assert held.balanceOf(receiver, FIXED) == 60
    with boa.reverts("bond_token: insufficient allowance"):
        held.transferFrom(holder, receiver, FIXED, 41, sender=spender)
    held.transferFrom(holder, receiver, FIXED, 40, sender=spender)
    assert held.allowance(holder, spender, FIXED) == 0


def test_inv_tok_4_transfer_from__no_allowance__reverts(held, holder, receiver, spender):
    with boa.reverts("bond_token: insufficient allowance"):
        held.transferFrom(holder, receiver, FIXED, 1, sender=spender)


def test_inv_tok_4_transfer_from__allowance_of_another_id__reverts(held, holder, receiver, spender):
    held.approve(spender, OTHER, MAX, sender=holder)
    with boa.reverts("bond_token: insufficient allowance"):
        held.transferFrom(holder, receiver, FIXED, 1, sender=spender)


def test_inv_tok_4_transfer_from__endless_allowance__stays(held, holder, receiver, spender):
    held.approve(spender, FIXED, MAX, sender=holder)
    held.transferFrom(holder, receiver, FIXED, LOT, sender=spender)
    assert held.allowance(holder, spender, FIXED) == MAX


def test_inv_tok_4_transfer_from__almost_endless_allowance__is_spent(held, holder, receiver, spender):
    held.approve(spender, FIXED, MAX - 1, sender=holder)
    held.transferFrom(holder, receiver, FIXED, LOT, sender=spender)
    assert held.allowance(holder, spender, FIXED) == MAX - 1 - LOT


def test_inv_tok_4_transfer_from__operator__spends_no_allowance(held, holder, receiver, spender):
    held.approve(spender, FIXED, 5, sender=holder)
    held.setOperator(spender, True, sender=holder)
    held.transferFrom(holder, receiver, FIXED, LOT, sender=spender)
    assert held.allowance(holder, spender, FIXED) == 5


def test_inv_tok_4_transfer_from__sender_itself__needs_no_allowance(held, holder, receiver):
    assert held.transferFrom(holder, receiver, FIXED, 1, sender=holder) is True
    assert held.balanceOf(receiver, FIXED) == 1


def test_transfer_from__more_than_held__reverts_and_keeps_allowance(held, holder, receiver, spender):
    held.approve(spender, FIXED, 2 * LOT, sender=holder)
    with boa.reverts("bond_token: insufficient balance"):
        held.transferFrom(holder, receiver, FIXED, LOT + 1, sender=spender)
    assert held.allowance(holder, spender, FIXED) == 2 * LOT


def test_transfer_from__zero_receiver__reverts(held, holder, spender):
    held.setOperator(spender, True, sender=holder)
    with boa.reverts("bond_token: zero receiver"):
        held.transferFrom(holder, ZERO, FIXED, 1, sender=spender)


# -- permissions ------------------------------------------------------------------------------------------------------


def test_approve__again__replaces(held, holder, spender):
    held.approve(spender, FIXED, 7, sender=holder)
    assert held.approve(spender, FIXED, 3, sender=holder) is True
    (log,) = events(held, "Approval")
    assert (log.owner, log.spender, log.id, log.amount) == (holder, spender, FIXED, 3)
    assert held.allowance(holder, spender, FIXED) == 3
    assert held.allowance(spender, holder, FIXED) == 0


def test_set_operator__on_and_off__follows(held, holder, receiver, spender):
    assert held.setOperator(spender, True, sender=holder) is True
    (log,) = events(held, "OperatorSet")
    assert (log.owner, log.spender, log.approved) == (holder, spender, True)
    assert held.isOperator(holder, spender)
    assert not held.isOperator(spender, holder)

    held.setOperator(spender, False, sender=holder)
    (log,) = events(held, "OperatorSet")
    assert log.approved is False
    with boa.reverts("bond_token: insufficient allowance"):
        held.transferFrom(holder, receiver, FIXED, 1, sender=spender)


# -- mint and burn ----------------------------------------------------------------------------------------------------


def test_inv_tok_1_mint__twice__adds_to_balance_and_supply(token, treasury, holder, receiver):
    token.mint(holder, FIXED, 5, sender=treasury)
    token.mint(receiver, FIXED, 7, sender=treasury)
    (log,) = events(token, "Transfer")
    assert (log.caller, log.sender, log.receiver, log.id, log.amount) == (treasury, ZERO, receiver, FIXED, 7)
    assert token.balanceOf(holder, FIXED) == 5
    assert token.balanceOf(receiver, FIXED) == 7
    assert token.totalSupply(FIXED) == 12
    assert token.totalSupply(OTHER) == 0


def test_inv_tok_3_mint__foreign_caller__reverts(token, holder):
    with boa.reverts("bond_token: caller not treasury"):
        token.mint(holder, FIXED, 1, sender=holder)


def test_mint__zero_receiver__reverts(token, treasury):
    with boa.reverts("bond_token: zero receiver"):
        token.mint(ZERO, FIXED, 1, sender=treasury)


def test_inv_tok_1_mint__supply_at_its_limit__reverts_one_above(token, treasury, holder, receiver):
    token.mint(holder, FIXED, MAX - 1, sender=treasury)
    with boa.reverts("bond_token: supply overflow"):
        token.mint(receiver, FIXED, 2, sender=treasury)
    token.mint(receiver, FIXED, 1, sender=treasury)
    assert token.totalSupply(FIXED) == MAX
    token.transfer(receiver, FIXED, MAX - 1, sender=holder)
    assert token.balanceOf(receiver, FIXED) == MAX


def test_inv_tok_1_burn__part_then_all__lowers_balance_and_supply(held, treasury, holder):
    held.burn(holder, FIXED, 1, sender=treasury)
    (log,) = events(held, "Transfer")
    assert (log.caller, log.sender, log.receiver, log.id, log.amount) == (treasury, holder, ZERO, FIXED, 1)
    assert held.totalSupply(FIXED) == LOT - 1
    held.burn(holder, FIXED, LOT - 1, sender=treasury)
    assert held.totalSupply(FIXED) == held.balanceOf(holder, FIXED) == 0


def test_inv_tok_3_burn__foreign_caller__reverts(held, holder):
    with boa.reverts("bond_token: caller not treasury"):
        held.burn(holder, FIXED, 1, sender=holder)


def test_burn__more_than_held__reverts(held, treasury, holder, receiver):
    held.mint(receiver, FIXED, LOT, sender=treasury)  # the supply would cover it
    with boa.reverts("bond_token: insufficient balance"):
        held.burn(holder, FIXED, LOT + 1, sender=treasury)


# -- metadata ---------------------------------------------------------------------------------------------------------


def test_name__fixed_and_variable__tell_kind_asset_and_date(token):
    assert token.name(FIXED) == "Surety fixed USDC bond 20270107"
    assert token.symbol(FIXED) == "sUSDC-20270107"
    assert token.name(VARIABLE) == "Surety variable USDC bond 20270107"
    assert token.symbol(VARIABLE) == "svUSDC-20270107"


def test_name__longest_label__fits(token):
    longest = token.deployer.deploy("SIXTEENCHARACTER", 18)
    assert longest.name(VARIABLE) == "Surety variable SIXTEENCHARACTER bond 20270107"
    assert longest.symbol(VARIABLE) == "svSIXTEENCHARACTER-20270107"
    assert longest.eip712Domain()[1] == "Surety SIXTEENCHARACTER bonds"


@pytest.mark.parametrize(
    "unknown",
    [
        0,
        MATURITY,
        3 << 64 | MATURITY,
        1 << 72 | FIXED,  # the kind's eight bits say FIXED, with a stray bit above them
        1 << 255 | FIXED,
        1 << 64 | 253_402_300_800,  # the first second of the year 10000
        MAX,
    ],
)
def test_inv_tok_6_name__id_of_no_bond__reverts(token, unknown):
    with boa.reverts("bond_token: unknown id"):
        token.name(unknown)
    with boa.reverts("bond_token: unknown id"):
        token.symbol(unknown)


def test_name__last_dated_second__works(token):
    assert token.symbol(1 << 64 | 253_402_300_799) == "sUSDC-99991231"


@pytest.mark.parametrize("decimals", [0, 6, 8, 18])
def test_decimals__any_id__are_the_assets(token, decimals):
    other = token.deployer.deploy("USDC", decimals)
    assert other.decimals(FIXED) == other.decimals(0) == decimals


# -- ERC-165 ----------------------------------------------------------------------------------------------------------


def interface_id(*signatures):
    value = 0
    for signature in signatures:
        value ^= int.from_bytes(keccak(text=signature)[:4])
    return value.to_bytes(4)


ERC165 = interface_id("supportsInterface(bytes4)")
ERC6909 = interface_id(
    "balanceOf(address,uint256)",
    "allowance(address,address,uint256)",
    "isOperator(address,address)",
    "transfer(address,uint256,uint256)",
    "transferFrom(address,address,uint256,uint256)",
    "approve(address,uint256,uint256)",
    "setOperator(address,bool)",
)
METADATA = interface_id("name(uint256)", "symbol(uint256)", "decimals(uint256)")
SUPPLY = interface_id("totalSupply(uint256)")


def test_interface_ids__computed__are_those_of_the_standards():
    assert ERC165.hex() == "01ffc9a7"
    assert ERC6909.hex() == "0f632fb3"


@pytest.mark.parametrize("supported", [ERC165, ERC6909, METADATA, SUPPLY])
def test_supports_interface__own__is_true(token, supported):
    assert token.supportsInterface(supported)


@pytest.mark.parametrize("foreign", ["ffffffff", "00000000", "80ac58cd", "d9b67a26"])  # ERC-721, ERC-1155
def test_supports_interface__foreign__is_false(token, foreign):
    assert not token.supportsInterface(bytes.fromhex(foreign))
