"""BondWrapper under random amounts, and its factory under random ids."""

import boa
import pytest
from eth_utils import keccak, to_checksum_address
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.exchange import BOND, MAX, START, USERS, WEEK, make_house, proxy, source, wrapper_blueprint

pytestmark = pytest.mark.fuzz

HOLDER, RECEIVER, _, _ = USERS
LAST_DATED = 253_402_300_799
LARGEST = 2**127
HOUSE = make_house()
FACTORY = source("bonds/BondWrapperFactory").deploy(HOUSE.treasury, wrapper_blueprint())
WRAPPER = proxy(FACTORY.create(BOND))
HOUSE.issue(HOLDER, BOND, LARGEST)
HOUSE.token.setOperator(WRAPPER, True, sender=HOLDER)
quick = settings(deadline=None)
amounts = st.integers(1, 2**128) | st.integers(1, 100)


@given(brought=amounts, taken=amounts, near=st.none() | st.integers(-1, 1))
@quick
def test_inv_wrp_1_2_wrap_unwrap__any_amounts__one_for_one_or_reverts(brought, taken, near):
    taken = taken if near is None else max(brought + near, 1)
    with boa.env.anchor():
        boa.env.evm.patch.timestamp = START
        if brought > LARGEST:
            with boa.reverts("bond_token: insufficient balance"):
                WRAPPER.wrap(brought, HOLDER, sender=HOLDER)
            return
        WRAPPER.wrap(brought, HOLDER, sender=HOLDER)
        if taken > brought:
            with boa.reverts("bond_wrapper: insufficient balance"):
                WRAPPER.unwrap(taken, RECEIVER, sender=HOLDER)
            taken = 0
        else:
            WRAPPER.unwrap(taken, RECEIVER, sender=HOLDER)
        left = brought - taken
        assert WRAPPER.totalSupply() == WRAPPER.balanceOf(HOLDER) == HOUSE.token.balanceOf(WRAPPER, BOND) == left
        assert HOUSE.token.balanceOf(RECEIVER, BOND) == taken


@given(kind=st.sampled_from([1, 2]), week=st.integers(0, LAST_DATED // WEEK))
@quick
def test_inv_wrp_4_create__any_bond__stands_where_predicted(kind, week):
    bond = kind << 64 | week * WEEK
    code = bytes.fromhex(
        f"602d3d8160093d39f3363d3d373d3d3d363d73{FACTORY.implementation()[2:]}5af43d82803e903d91602b57fd5bf3"
    )
    place = keccak(b"\xff" + bytes.fromhex(FACTORY.address[2:]) + bond.to_bytes(32) + keccak(code))[12:]
    with boa.env.anchor():
        assert FACTORY.wrapper_of(bond) == FACTORY.create(bond) == to_checksum_address(place)
        assert boa.env.get_code(FACTORY.wrapper_of(bond)) == code[9:]
        assert proxy(FACTORY.wrapper_of(bond)).id() == bond


@given(bond=st.integers(0, MAX) | st.integers(0, 4).map(lambda kind: kind << 64 | START // WEEK * WEEK))
@quick
def test_inv_wrp_4_create__any_id__only_those_a_bond_can_have(bond):
    maturity = bond % 2**64
    known = bond >> 64 in (1, 2) and maturity % WEEK == 0 and maturity <= LAST_DATED
    with boa.env.anchor():
        if known:
            assert FACTORY.create(bond)
        else:
            with boa.reverts("bond_wrapper_factory: unknown id"):
                FACTORY.create(bond)
