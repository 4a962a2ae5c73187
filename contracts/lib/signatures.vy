# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Whether an account signed a digest
@author Surety contributors
@license AGPL-3.0-only
@notice Accounts with a key sign by ECDSA, accounts with code by ERC-1271.
@dev Stateless. Code decides: an account that delegates its code (EIP-7702) signs as a contract does, by what it delegates to.
@custom:security A digest can have several signatures: never take the signature for the name of what was signed. What a
    contract accepts may change from block to block. The call to it can't write, gets GAS_CAP at most and returns one word.
@custom:kill None: no state.
@custom:invariant INV-EXC-2
"""

# -- modules ----------------------------------------------------------------------------------------------------------

from snekmate.utils import ecdsa

# -- constants --------------------------------------------------------------------------------------------------------

MAX_LENGTH: constant(uint256) = 1_024  # bytes: fifteen owners of a multisig, or a passkey's assertion
GAS_CAP: constant(uint256) = 250_000
_MAGIC: constant(bytes4) = 0x1626BA7E  # isValidSignature(bytes32,bytes)


# -- internals --------------------------------------------------------------------------------------------------------


@internal
@view
def is_signed(signer: address, digest: bytes32, signature: Bytes[MAX_LENGTH]) -> bool:
    """
    @dev Whether `signature` is the signer's. Of a key: r, s, v in 65 bytes; a high `s` and a signature of nobody revert
         by `ecdsa`'s reasons.
    """
    if signer.is_contract:
        return self._accepts(signer, digest, signature)
    if len(signature) != 65:
        return False
    r: uint256 = extract32(signature, 0, output_type=uint256)
    s: uint256 = extract32(signature, 32, output_type=uint256)
    v: uint256 = convert(slice(signature, 64, 1), uint256)
    recovered: address = ecdsa._recover_vrs(digest, v, r, s)
    return recovered == signer


@internal
@view
def _accepts(wallet: address, digest: bytes32, signature: Bytes[MAX_LENGTH]) -> bool:
    """
    @dev ERC-1271, exactly: one word, the magic and zeros. Room for a second word tells a longer answer.
    """
    success: bool = False
    answer: Bytes[64] = b""
    success, answer = raw_call(
        wallet,
        abi_encode(digest, signature, method_id=_MAGIC),
        max_outsize=64,
        gas=GAS_CAP,
        is_static_call=True,
        revert_on_failure=False,
    )
    if not success or len(answer) != 32:
        return False
    return extract32(answer, 0) == convert(_MAGIC, bytes32)
