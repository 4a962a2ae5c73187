"""BondWrapper and its factory: units for bonds, one for one, at addresses known before."""

import boa
import pytest
from eth_account.messages import encode_typed_data
from eth_utils import keccak, to_checksum_address
from tests.support.exchange import (
    BOND,
    KEYS,
    MATURITY,
    MAX,
    OTHER_BOND,
    START,
    STRANGER,
    USERS,
    WEEK,
    ZERO,
    make_house,
    make_treasury,
    proxy,
    source,
    wrapper_blueprint,
)
from tests.support.permits import Signature

HOLDER, RECEIVER, SPENDER, _ = USERS
WEALTH = 10**6

HOUSE = make_house(decimals=6)
FACTORY = source("bonds/BondWrapperFactory").deploy(HOUSE.treasury, wrapper_blueprint())
WRAPPER = proxy(FACTORY.create(BOND))
for user in (HOLDER, RECEIVER):
    HOUSE.issue(user, BOND, WEALTH)
    HOUSE.token.setOperator(WRAPPER, True, sender=user)


@pytest.fixture(autouse=True)
def clock():
    with boa.env.anchor():
        boa.env.evm.patch.timestamp = START
        yield


def state():
    """Supply, bonds held, and units and bonds of holder and receiver."""
    return (
        WRAPPER.totalSupply(),
        HOUSE.token.balanceOf(WRAPPER, BOND),
        *((WRAPPER.balanceOf(user), HOUSE.token.balanceOf(user, BOND) - WEALTH) for user in (HOLDER, RECEIVER)),
    )


def events(contract=WRAPPER):
    return [(type(log).__name__, *log[1:]) for log in contract.get_logs()]  # log[0] is who emitted it


# -- bonds in and out -------------------------------------------------------------------------------------------------


def test_inv_wrp_1_2_wrap__units_to_the_receiver():
    WRAPPER.wrap(100, RECEIVER, sender=HOLDER)
    logs = events()
    assert logs[-2:] == [("Transfer", ZERO, RECEIVER, 100), ("Wrapped", HOLDER, RECEIVER, 100)]
    assert state() == (100, 100, (0, -100), (100, 0))


def test_inv_wrp_1_2_unwrap__bonds_to_the_receiver():
    WRAPPER.wrap(100, HOLDER, sender=HOLDER)
    WRAPPER.unwrap(30, RECEIVER, sender=HOLDER)
    logs = events()
    assert logs[0] == ("Transfer", HOLDER, ZERO, 30)
    assert logs[-1] == ("Unwrapped", HOLDER, RECEIVER, 30)
    assert state() == (70, 70, (70, -100), (0, 30))
    WRAPPER.unwrap(70, HOLDER, sender=HOLDER)
    assert state() == (0, 0, (0, -30), (0, 30))


def test_wrap_unwrap_redeem__zero_amount__reverts():
    for call in (WRAPPER.wrap, WRAPPER.unwrap, WRAPPER.redeem):
        with boa.reverts("bond_wrapper: zero amount"):
            call(0, HOLDER, sender=HOLDER)


def test_wrap_unwrap_redeem__bad_receiver__reverts():
    WRAPPER.wrap(100, HOLDER, sender=HOLDER)
    boa.env.evm.patch.timestamp = MATURITY
    for receiver in (ZERO, WRAPPER.address):
        for call in (WRAPPER.wrap, WRAPPER.unwrap, WRAPPER.redeem):
            with boa.reverts("bond_wrapper: receiver is zero or this"):
                call(1, receiver, sender=HOLDER)


def test_wrap__more_than_held_or_approved__reverts():
    with boa.reverts("bond_token: insufficient balance"):
        WRAPPER.wrap(WEALTH + 1, HOLDER, sender=HOLDER)
    HOUSE.token.setOperator(WRAPPER, False, sender=HOLDER)
    with boa.reverts("bond_token: insufficient allowance"):
        WRAPPER.wrap(1, HOLDER, sender=HOLDER)
    HOUSE.token.approve(WRAPPER, BOND, 1, sender=HOLDER)
    WRAPPER.wrap(1, HOLDER, sender=HOLDER)


def test_inv_wrp_2_unwrap_redeem__more_than_held__reverts():
    WRAPPER.wrap(100, HOLDER, sender=HOLDER)
    boa.env.evm.patch.timestamp = MATURITY
    for call in (WRAPPER.unwrap, WRAPPER.redeem):
        with boa.reverts("bond_wrapper: insufficient balance"):
            call(101, HOLDER, sender=HOLDER)
        with boa.reverts("bond_wrapper: insufficient balance"):
            call(1, STRANGER, sender=STRANGER)


def test_inv_wrp_1_donation__mints_nothing_and_stays():
    WRAPPER.wrap(100, HOLDER, sender=HOLDER)
    HOUSE.token.transfer(WRAPPER, BOND, 50, sender=RECEIVER)
    HOUSE.issue(WRAPPER.address, OTHER_BOND, 7)
    assert state() == (100, 150, (100, -100), (0, -50))
    WRAPPER.unwrap(100, HOLDER, sender=HOLDER)
    assert state() == (0, 50, (0, 0), (0, -50))
    with boa.reverts("bond_wrapper: insufficient balance"):
        WRAPPER.unwrap(1, RECEIVER, sender=RECEIVER)


def test_inv_wrp_1_2_redeem__matured__pays_par():
    WRAPPER.wrap(100, HOLDER, sender=HOLDER)
    boa.env.evm.patch.timestamp = MATURITY - 1
    with boa.reverts("bond_treasury: bond has not matured"):
        WRAPPER.redeem(40, RECEIVER, sender=HOLDER)
    boa.env.evm.patch.timestamp = MATURITY
    before = HOUSE.asset.balanceOf(RECEIVER)
    WRAPPER.redeem(40, RECEIVER, sender=HOLDER)
    logs = events()
    assert logs[:2] == [("Transfer", HOLDER, ZERO, 40), ("Redeemed", HOLDER, RECEIVER, 40)]
    assert HOUSE.asset.balanceOf(RECEIVER) == before + 40
    assert state() == (60, 60, (60, -100), (0, 0))
    WRAPPER.unwrap(60, HOLDER, sender=HOLDER)


def test_wrap__matured__works():
    boa.env.evm.patch.timestamp = MATURITY + WEEK
    before = HOUSE.asset.balanceOf(HOLDER)
    WRAPPER.wrap(100, HOLDER, sender=HOLDER)
    WRAPPER.redeem(100, HOLDER, sender=HOLDER)
    assert HOUSE.asset.balanceOf(HOLDER) == before + 100


def test_inv_wrp_1_redeem__asset_calls_back__books_are_done():
    house = make_house("MockCallbackERC20")
    factory = source("bonds/BondWrapperFactory").deploy(
        house.treasury, source("bonds/BondWrapper").deploy_as_blueprint()
    )
    wrapper = proxy(factory.create(BOND))
    house.issue(HOLDER, BOND, 100)
    house.token.setOperator(wrapper, True, sender=HOLDER)
    wrapper.wrap(60, house.asset, sender=HOLDER)
    wrapper.wrap(40, HOLDER, sender=HOLDER)
    boa.env.evm.patch.timestamp = MATURITY
    house.asset.call_back(wrapper, wrapper.unwrap.prepare_calldata(60, RECEIVER))
    wrapper.redeem(40, HOLDER, sender=HOLDER)
    assert house.asset.succeeded()
    assert (wrapper.totalSupply(), house.token.balanceOf(wrapper, BOND)) == (0, 0)
    assert (house.token.balanceOf(RECEIVER, BOND), house.asset.balanceOf(HOLDER)) == (60, 40)


# -- ERC-20 -----------------------------------------------------------------------------------------------------------


def test_inv_wrp_3_transfer__moves_units():
    WRAPPER.wrap(100, HOLDER, sender=HOLDER)
    assert WRAPPER.transfer(RECEIVER, 30, sender=HOLDER)
    assert events() == [("Transfer", HOLDER, RECEIVER, 30)]
    assert WRAPPER.transfer(HOLDER, 70, sender=HOLDER)
    assert WRAPPER.transfer(RECEIVER, 0, sender=HOLDER)
    assert state() == (100, 100, (70, -100), (30, 0))


def test_inv_wrp_3_transfer__more_than_held_or_to_nobody__reverts():
    WRAPPER.wrap(100, HOLDER, sender=HOLDER)
    with boa.reverts("bond_wrapper: insufficient balance"):
        WRAPPER.transfer(RECEIVER, 101, sender=HOLDER)
    for receiver in (ZERO, WRAPPER.address):
        with boa.reverts("bond_wrapper: receiver is zero or this"):
            WRAPPER.transfer(receiver, 1, sender=HOLDER)


def test_inv_wrp_3_transfer_from__spends_the_allowance():
    WRAPPER.wrap(100, HOLDER, sender=HOLDER)
    assert WRAPPER.approve(SPENDER, 50, sender=HOLDER)
    assert events() == [("Approval", HOLDER, SPENDER, 50)]
    assert WRAPPER.transferFrom(HOLDER, RECEIVER, 30, sender=SPENDER)
    assert WRAPPER.allowance(HOLDER, SPENDER) == 20
    for caller, amount in ((SPENDER, 21), (STRANGER, 1), (HOLDER, 1)):
        with boa.reverts("bond_wrapper: insufficient allowance"):
            WRAPPER.transferFrom(HOLDER, RECEIVER, amount, sender=caller)
    WRAPPER.approve(SPENDER, MAX, sender=HOLDER)
    WRAPPER.transferFrom(HOLDER, SPENDER, 70, sender=SPENDER)
    assert WRAPPER.allowance(HOLDER, SPENDER) == MAX


# -- permit -----------------------------------------------------------------------------------------------------------


def sign(signer=HOLDER, wrapper=WRAPPER, chain_id=None, name="Wrapped Surety fixed USD bond 20251009", **changes):
    fields = {"owner": HOLDER, "spender": SPENDER, "value": 100, "nonce": 0, "deadline": START + 60} | changes
    domain = {
        "name": name,
        "version": "1",
        "chainId": chain_id or boa.env.evm.patch.chain_id,
        "verifyingContract": wrapper.address,
    }
    kinds = ("address", "address", "uint256", "uint256", "uint256")
    types = {"Permit": [{"name": key, "type": kind} for key, kind in zip(fields, kinds, strict=True)]}
    signed = KEYS[signer].sign_message(encode_typed_data(domain, types, fields))
    return Signature(signed.v, signed.r.to_bytes(32), signed.s.to_bytes(32))


def permit(signed, **changes):
    fields = {"owner": HOLDER, "spender": SPENDER, "amount": 100, "deadline": START + 60} | changes
    WRAPPER.permit(*fields.values(), signed.v, signed.r, signed.s, sender=STRANGER)


def test_inv_wrp_3_permit__signed__sets_the_allowance_once():
    permit(sign())
    assert events() == [("Approval", HOLDER, SPENDER, 100)]
    assert (WRAPPER.allowance(HOLDER, SPENDER), WRAPPER.nonces(HOLDER)) == (100, 1)
    with boa.reverts("bond_wrapper: invalid signature"):
        permit(sign())
    permit(sign(nonce=1, value=7), amount=7)
    assert (WRAPPER.allowance(HOLDER, SPENDER), WRAPPER.nonces(HOLDER)) == (7, 2)


def test_inv_wrp_3_permit__at_and_after_the_deadline():
    boa.env.evm.patch.timestamp = START + 61
    with boa.reverts("bond_wrapper: expired deadline"):
        permit(sign())
    boa.env.evm.patch.timestamp = START + 60
    permit(sign())


@pytest.mark.parametrize("changes", [{"owner": RECEIVER}, {"spender": HOLDER}, {"amount": 101}, {"deadline": MAX}])
def test_inv_wrp_3_permit__field_other_than_signed__reverts(changes):
    with boa.reverts("bond_wrapper: invalid signature"):
        permit(sign(), **changes)


def test_inv_wrp_3_permit__signed_by_another__reverts():
    with boa.reverts("bond_wrapper: invalid signature"):
        permit(sign(signer=RECEIVER))


def test_inv_wrp_3_permit__another_chain_wrapper_or_name__reverts():
    twin = proxy(FACTORY.create(OTHER_BOND))
    for place in ({"chain_id": boa.env.evm.patch.chain_id + 1}, {"wrapper": twin}, {"name": "USD"}):
        with boa.reverts("bond_wrapper: invalid signature"):
            permit(sign(**place))


def test_inv_wrp_3_permit__malleable_or_nobodys__reverts():
    with boa.reverts("ecdsa: invalid signature `s` value"):
        permit(sign().mirrored())
    with boa.reverts("ecdsa: invalid signature"):
        permit(Signature(27, bytes(32), bytes(32)))
    with boa.reverts("ecdsa: invalid signature"):
        permit(Signature(27, bytes(32), bytes(32)), owner=ZERO)


def test_domain__separator_and_erc_5267__follow_the_id():
    wrapper = proxy(FACTORY.create(2 << 64 | MATURITY))
    name = "Wrapped Surety variable USD bond 20251009"
    assert wrapper.eip712Domain() == (b"\x0f", name, "1", boa.env.evm.patch.chain_id, wrapper.address, bytes(32), [])
    assert wrapper.DOMAIN_SEPARATOR() != WRAPPER.DOMAIN_SEPARATOR()


def test_names__follow_the_id():
    assert WRAPPER.name() == "Wrapped Surety fixed USD bond 20251009"
    assert (WRAPPER.symbol(), WRAPPER.decimals(), WRAPPER.id()) == ("wsUSD-20251009", 6, BOND)


def test_name__longest_label__fits():
    house = make_house(decimals=18)
    with boa.env.prank(house.treasury.market()):
        treasury = make_treasury(house.asset, "L" * 16, STRANGER)
    blueprint = source("bonds/BondWrapper").deploy_as_blueprint()
    factory = source("bonds/BondWrapperFactory").deploy(treasury, blueprint)
    wrapper = proxy(factory.create(2 << 64 | MATURITY))
    assert wrapper.name() == f"Wrapped Surety variable {'L' * 16} bond 20251009"
    assert wrapper.symbol() == f"wsv{'L' * 16}-20251009"


# -- factory ----------------------------------------------------------------------------------------------------------


def predicted(bond):
    code = bytes.fromhex(
        f"602d3d8160093d39f3363d3d373d3d3d363d73{FACTORY.implementation()[2:]}5af43d82803e903d91602b57fd5bf3"
    )
    where = keccak(b"\xff" + bytes.fromhex(FACTORY.address[2:]) + bond.to_bytes(32) + keccak(code))
    return to_checksum_address(where[12:])


def test_inv_wrp_4_create__at_the_predicted_address_once():
    assert FACTORY.wrapper_of(BOND) == WRAPPER.address == predicted(BOND)
    assert FACTORY.wrapper_of(OTHER_BOND) == predicted(OTHER_BOND) != WRAPPER.address
    assert not boa.env.get_code(predicted(OTHER_BOND))
    created = FACTORY.create(OTHER_BOND, sender=STRANGER)
    assert events(FACTORY)[-1] == ("BondWrapperCreated", OTHER_BOND, predicted(OTHER_BOND))
    again = FACTORY.create(OTHER_BOND)
    assert not events(FACTORY)
    assert created == again == predicted(OTHER_BOND)
    made = proxy(predicted(OTHER_BOND))
    assert (made.id(), made.factory(), made.treasury(), made.token()) == (
        OTHER_BOND,
        FACTORY.address,
        HOUSE.treasury.address,
        HOUSE.token.address,
    )


@pytest.mark.parametrize(
    "bond",
    [0, MATURITY, 3 << 64 | MATURITY, 257 << 64 | MATURITY, BOND + 1, 1 << 64 | 253_402_300_800 // WEEK * WEEK + WEEK],
)
def test_inv_wrp_4_create__id_that_no_bond_can_have__reverts(bond):
    with boa.reverts("bond_wrapper_factory: unknown id"):
        FACTORY.create(bond)


def test_inv_wrp_4_create__last_maturity__works():
    assert FACTORY.create(1 << 64 | 253_402_300_799 // WEEK * WEEK)


def test_inv_wrp_5_initialise__again_or_by_another__reverts():
    with boa.reverts("bond_wrapper: caller is not the factory"):
        WRAPPER.initialise(OTHER_BOND, sender=STRANGER)
    with boa.reverts("bond_wrapper: already initialised"):
        WRAPPER.initialise(OTHER_BOND, sender=FACTORY.address)
    assert WRAPPER.id() == BOND


def test_inv_wrp_5_implementation__has_no_bond():
    bare = proxy(FACTORY.implementation())
    assert bare.id() == 0
    with boa.reverts("bond_wrapper: caller is not the factory"):
        bare.initialise(BOND, sender=STRANGER)
    HOUSE.token.setOperator(bare, True, sender=HOLDER)
    with boa.reverts("bond_token: insufficient balance"):
        bare.wrap(1, HOLDER, sender=HOLDER)
    with boa.reverts("bond_token: unknown id"):
        bare.name()
