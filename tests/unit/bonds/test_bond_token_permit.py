"""BondToken.permit: what a signature of the owner does, and every way in which it does not count."""

import boa
import pytest
from eth_abi import encode
from eth_utils import keccak
from tests.support.permits import Signature, account, domain, sign_permit

BOND = 1 << 64 | 1_799_280_000
ZERO = "0x" + "00" * 20
SIGNER = account(0x5157)  # whose address is the fixture `holder`
STRANGER = account(0xBAD)


@pytest.fixture
def deadline():
    return boa.env.evm.patch.timestamp + 3_600


@pytest.fixture
def sign(token, holder, spender, deadline):
    """Signs the standard permit of these tests, with any field replaced."""

    def signature(signer=SIGNER, chain_id=None, verifier=None, **changes):
        fields = {"owner": holder, "spender": spender, "bond": BOND, "amount": 100, "nonce": 0, "deadline": deadline}
        place = domain(verifier or token.address, chain_id or boa.env.evm.patch.chain_id)
        return sign_permit(signer, place, **(fields | changes))

    return signature


@pytest.fixture
def permit(token, holder, spender, deadline):
    """Sends the standard permit with a given signature, from an account that has no part in it."""

    def send(signed, **changes):
        fields = {"owner": holder, "spender": spender, "bond": BOND, "amount": 100, "deadline": deadline} | changes
        token.permit(*fields.values(), signed.v, signed.r, signed.s, sender=boa.env.generate_address("relayer"))

    return send


def test_inv_tok_5_permit__signed__sets_allowance_and_nonce(token, sign, permit, holder, spender):
    permit(sign())
    (log,) = token.get_logs()
    assert (log.owner, log.spender, log.id, log.amount) == (holder, spender, BOND, 100)
    assert token.allowance(holder, spender, BOND) == 100
    assert token.nonces(holder) == 1


def test_permit__at_the_deadline__counts(token, sign, permit, holder, spender, deadline):
    with boa.env.anchor():
        boa.env.evm.patch.timestamp = deadline
        permit(sign())
        assert token.allowance(holder, spender, BOND) == 100


def test_permit__a_second_late__reverts(sign, permit, deadline):
    with boa.env.anchor():
        boa.env.evm.patch.timestamp = deadline + 1
        with boa.reverts("bond_token: expired deadline"):
            permit(sign())


def test_inv_tok_5_permit__sent_again__reverts(token, sign, permit, holder, spender):
    signed = sign()
    permit(signed)
    token.approve(spender, BOND, 0, sender=holder)
    with boa.reverts("bond_token: invalid signature"):
        permit(signed)
    assert token.allowance(holder, spender, BOND) == 0


def test_inv_tok_5_permit__next_nonce__counts(token, sign, permit, holder, spender):
    permit(sign())
    permit(sign(nonce=1, amount=7), amount=7)
    assert token.allowance(holder, spender, BOND) == 7
    assert token.nonces(holder) == 2


def test_inv_tok_5_permit__future_nonce__reverts(sign, permit):
    with boa.reverts("bond_token: invalid signature"):
        permit(sign(nonce=1))


def test_permit__zero_owner__reverts(sign, permit):
    with boa.reverts("bond_token: zero owner"):
        permit(sign(), owner=ZERO)


def test_permit__signed_by_another__reverts(sign, permit):
    with boa.reverts("bond_token: invalid signature"):
        permit(sign(signer=STRANGER))


def test_permit__high_s__reverts(sign, permit):
    with boa.reverts("ecdsa: invalid signature `s` value"):
        permit(sign().mirrored())


@pytest.mark.parametrize("v", [0, 1, 26, 29, 255])
def test_permit__v_out_of_range__reverts(sign, permit, v):
    signed = sign()
    with boa.reverts("ecdsa: invalid signature"):
        permit(Signature(v, signed.r, signed.s))


def test_permit__empty_signature__reverts(permit):
    with boa.reverts("ecdsa: invalid signature"):
        permit(Signature(27, bytes(32), bytes(32)))


@pytest.mark.parametrize(
    "change", [{"bond": BOND + 604_800}, {"amount": 101}, {"deadline": 2**256 - 1}, {"spender": STRANGER.address}]
)
def test_inv_tok_5_permit__field_other_than_signed__reverts(sign, permit, change):
    with boa.reverts("bond_token: invalid signature"):
        permit(sign(), **change)


def test_permit__signed_for_another_token__reverts(sign, permit, receiver):
    with boa.reverts("bond_token: invalid signature"):
        permit(sign(verifier=receiver))


def test_permit__signed_for_another_chain__reverts(sign, permit):
    with boa.reverts("bond_token: invalid signature"):
        permit(sign(chain_id=boa.env.evm.patch.chain_id + 1))


def test_permit__chain_forks__only_the_new_chain_id_counts(token, sign, permit, holder, spender):
    with boa.env.anchor():  # which also puts the chain id back
        signed = sign()
        boa.env.evm.patch.chain_id += 1
        with boa.reverts("bond_token: invalid signature"):
            permit(signed)
        permit(sign())
        assert token.allowance(holder, spender, BOND) == 100
        assert token.DOMAIN_SEPARATOR() == separator(token, boa.env.evm.patch.chain_id)


def separator(token, chain_id):
    kind = keccak(text="EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)")
    return keccak(
        encode(
            ["bytes32", "bytes32", "bytes32", "uint256", "address"],
            [kind, keccak(text="Surety USDC bonds"), keccak(text="1"), chain_id, token.address],
        )
    )


def test_domain__separator_and_erc_5267__agree(token):
    chain_id = boa.env.evm.patch.chain_id
    assert token.DOMAIN_SEPARATOR() == separator(token, chain_id)
    fields, name, version, chain, verifier, salt, extensions = token.eip712Domain()
    assert (fields, name, version, chain) == (b"\x0f", "Surety USDC bonds", "1", chain_id)
    assert (verifier, salt, extensions) == (token.address, bytes(32), [])
