"""BondToken under random amounts, ids and signatures."""

from contextlib import contextmanager
from datetime import UTC, datetime

import boa
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.support.permits import CURVE_ORDER, Signature, account, domain, sign_permit

pytestmark = pytest.mark.fuzz

MAX = 2**256 - 1
LAST_DATED = 253_402_300_799
BOND = 1 << 64 | 1_799_280_000
OWNER = account(21)
TREASURY = boa.env.generate_address("treasury")
HOLDER = boa.env.generate_address("holder")
RECEIVER = boa.env.generate_address("receiver")
SPENDER = boa.env.generate_address("spender")

with boa.env.prank(TREASURY):
    TOKEN = boa.load_partial("contracts/bonds/BondToken.vy").deploy("USDC", 6)

words = st.integers(0, MAX)
quick = settings(deadline=None)


@contextmanager
def ends_with(reason):
    """The block reverts for `reason`, or does not if there is none."""
    if reason is None:
        yield
    else:
        with boa.reverts(reason):
            yield


@given(first=words, second=words, bond=words)
@quick
def test_inv_tok_1_mint__any_amounts__supply_is_their_sum_or_reverts(first, second, bond):
    with boa.env.anchor():
        TOKEN.mint(HOLDER, bond, first, sender=TREASURY)
        fits = first + second <= MAX
        with ends_with(None if fits else "bond_token: supply overflow"):
            TOKEN.mint(RECEIVER, bond, second, sender=TREASURY)
        assert TOKEN.totalSupply(bond) == (first + second if fits else first)
        assert TOKEN.balanceOf(HOLDER, bond) == first
        assert TOKEN.balanceOf(RECEIVER, bond) == (second if fits else 0)


@given(held=words, moved=words, bond=words, near=st.none() | st.integers(-1, 1))
@quick
def test_inv_tok_2_transfer__any_amounts__moves_exactly_or_reverts(held, moved, bond, near):
    moved = moved if near is None else min(max(held + near, 0), MAX)
    with boa.env.anchor():
        TOKEN.mint(HOLDER, bond, held, sender=TREASURY)
        fits = moved <= held
        with ends_with(None if fits else "bond_token: insufficient balance"):
            TOKEN.transfer(RECEIVER, bond, moved, sender=HOLDER)
        assert TOKEN.balanceOf(HOLDER, bond) == (held - moved if fits else held)
        assert TOKEN.balanceOf(RECEIVER, bond) == (moved if fits else 0)
        assert TOKEN.totalSupply(bond) == held


@given(allowed=words, moved=words, near=st.none() | st.integers(-1, 1))
@quick
def test_inv_tok_4_transfer_from__any_allowance__is_spent_exactly_or_reverts(allowed, moved, near):
    moved = moved if near is None else min(max(allowed + near, 0), MAX)
    with boa.env.anchor():
        TOKEN.mint(HOLDER, BOND, MAX, sender=TREASURY)
        TOKEN.approve(SPENDER, BOND, allowed, sender=HOLDER)
        fits = moved <= allowed
        with ends_with(None if fits else "bond_token: insufficient allowance"):
            TOKEN.transferFrom(HOLDER, RECEIVER, BOND, moved, sender=SPENDER)
        left = allowed if allowed == MAX or not fits else allowed - moved
        assert TOKEN.allowance(HOLDER, SPENDER, BOND) == left


@given(minted=words, burnt=words, near=st.none() | st.integers(-1, 1))
@quick
def test_inv_tok_1_burn__any_amounts__lowers_both_or_reverts(minted, burnt, near):
    burnt = burnt if near is None else min(max(minted + near, 0), MAX)
    with boa.env.anchor():
        TOKEN.mint(HOLDER, BOND, minted, sender=TREASURY)
        fits = burnt <= minted
        with ends_with(None if fits else "bond_token: insufficient balance"):
            TOKEN.burn(HOLDER, BOND, burnt, sender=TREASURY)
        left = minted - burnt if fits else minted
        assert TOKEN.balanceOf(HOLDER, BOND) == TOKEN.totalSupply(BOND) == left


@given(bond=words, amount=words, deadline=words)
@quick
def test_inv_tok_5_permit__any_fields_signed__count_until_the_deadline(bond, amount, deadline):
    with boa.env.anchor():
        signed = permit_of(bond, amount, deadline)
        late = deadline < boa.env.evm.patch.timestamp
        with ends_with("bond_token: expired deadline" if late else None):
            TOKEN.permit(OWNER.address, SPENDER, bond, amount, deadline, signed.v, signed.r, signed.s)
        assert TOKEN.allowance(OWNER.address, SPENDER, bond) == (0 if late else amount)
        assert TOKEN.nonces(OWNER.address) == (0 if late else 1)


@given(part=st.sampled_from(["v", "r", "s"]), bit=st.integers(0, 255))
@quick
def test_inv_tok_5_permit__a_bit_of_the_signature_flipped__never_counts(part, bit):
    signed = permit_of(BOND, 1, MAX)
    fields = {"v": signed.v, "r": int.from_bytes(signed.r), "s": int.from_bytes(signed.s)}
    fields[part] ^= 1 << (bit % 8 if part == "v" else bit)
    flipped = Signature(fields["v"], fields["r"].to_bytes(32), fields["s"].to_bytes(32))
    with pytest.raises(boa.BoaError) as error:
        TOKEN.permit(OWNER.address, SPENDER, BOND, 1, MAX, flipped.v, flipped.r, flipped.s)
    said = str(error.value)  # either that nobody or that another signed, unless `s` is refused before
    assert "ecdsa: invalid signature" in said or "bond_token: invalid signature" in said
    assert ("`s` value" in said) == (fields["s"] > CURVE_ORDER // 2)
    assert TOKEN.allowance(OWNER.address, SPENDER, BOND) == 0


def permit_of(bond, amount, deadline):
    place = domain(TOKEN.address, boa.env.evm.patch.chain_id)
    return sign_permit(
        OWNER, place, owner=OWNER.address, spender=SPENDER, bond=bond, amount=amount, nonce=0, deadline=deadline
    )


@given(kind=st.sampled_from([(1, "s", "fixed"), (2, "sv", "variable")]), maturity=st.integers(0, LAST_DATED))
@quick
def test_inv_tok_6_name__any_bond__tells_kind_and_date(kind, maturity):
    number, prefix, word = kind
    date = datetime.fromtimestamp(maturity, tz=UTC)
    text = f"{date.year:04}{date.month:02}{date.day:02}"
    assert TOKEN.name(number << 64 | maturity) == f"Surety {word} USDC bond {text}"
    assert TOKEN.symbol(number << 64 | maturity) == f"{prefix}USDC-{text}"


@given(bond=words)
@quick
def test_inv_tok_6_name__any_other_id__reverts(bond):
    assume(bond >> 64 not in (1, 2) or bond % 2**64 > LAST_DATED)
    with boa.reverts("bond_token: unknown id"):
        TOKEN.name(bond)
