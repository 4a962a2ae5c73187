"""Signatures for BondToken.permit, by a wallet's own encoder (eth-account), not by ours."""

from dataclasses import dataclass
from typing import Any

from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_account.signers.local import LocalAccount

CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141

PERMIT_TYPES = {
    "Permit": [
        {"name": "owner", "type": "address"},
        {"name": "spender", "type": "address"},
        {"name": "id", "type": "uint256"},
        {"name": "amount", "type": "uint256"},
        {"name": "nonce", "type": "uint256"},
        {"name": "deadline", "type": "uint256"},
    ]
}


@dataclass(frozen=True)
class Signature:
    """v, r, s as the token takes them: int, 32 bytes, 32 bytes."""

    v: int
    r: bytes
    s: bytes

    def mirrored(self) -> "Signature":
        """The other signature of the same message by the same key: s and n - s recover alike."""
        return Signature(55 - self.v, self.r, (CURVE_ORDER - int.from_bytes(self.s)).to_bytes(32))


def account(seed: int) -> LocalAccount:
    """A key that is the same in every run; `seed` is at least 1."""
    return Account.from_key(seed.to_bytes(32))


def domain(token: str, chain_id: int, label: str = "USDC") -> dict[str, Any]:
    """The EIP-712 domain of a BondToken."""
    return {"name": f"Surety {label} bonds", "version": "1", "chainId": chain_id, "verifyingContract": token}


def sign_permit(
    signer: LocalAccount,
    domain_data: dict[str, Any],
    *,
    owner: str,
    spender: str,
    bond: int,
    amount: int,
    nonce: int,
    deadline: int,
) -> Signature:
    """`signer`'s signature of a permit, whoever `owner` is."""
    message = {
        "owner": owner,
        "spender": spender,
        "id": bond,
        "amount": amount,
        "nonce": nonce,
        "deadline": deadline,
    }
    signed = signer.sign_message(encode_typed_data(domain_data, PERMIT_TYPES, message))
    return Signature(signed.v, signed.r.to_bytes(32), signed.s.to_bytes(32))
