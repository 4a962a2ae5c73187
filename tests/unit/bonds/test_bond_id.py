"""bond_id: packing is one to one, and what is not a bond has no known kind."""

import boa
import pytest

MATURITY = 1_799_280_000

HARNESS = boa.load_partial("contracts/mocks/BondIdHarness.vy")


@pytest.fixture(scope="module")
def bond_id():
    return HARNESS.deploy()


def test_constants__kinds__are_one_and_two(bond_id):
    assert (bond_id.FIXED(), bond_id.VARIABLE()) == (1, 2)


@pytest.mark.parametrize("kind", [1, 2])
@pytest.mark.parametrize("maturity", [0, 1, MATURITY - 1, MATURITY, MATURITY + 1, 2**64 - 1])
def test_inv_tok_6_pack__any_bond__reads_back(bond_id, kind, maturity):
    packed = bond_id.pack(kind, maturity)
    assert packed == kind * 2**64 + maturity
    assert (bond_id.kind_of(packed), bond_id.maturity_of(packed)) == (kind, maturity)


@pytest.mark.parametrize("maturity", [2**64, 2**64 + MATURITY, 2**256 - 1])
def test_inv_tok_6_pack__maturity_over_64_bits__reverts(bond_id, maturity):
    with boa.reverts(dev="the maturity would run into the kind"):
        bond_id.pack(1, maturity)


@pytest.mark.parametrize("stray", [1 << bit for bit in (65, 66, 71, 72, 128, 255)])
def test_inv_tok_6_kind_of__stray_bit__is_no_known_kind(bond_id, stray):
    fixed = bond_id.pack(1, MATURITY)
    assert bond_id.kind_of(fixed | stray) not in (1, 2)
    assert bond_id.maturity_of(fixed | stray) == MATURITY
