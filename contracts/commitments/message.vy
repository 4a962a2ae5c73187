# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Messages as they are signed
@license AGPL-3.0-only
@author Surety contributors
@notice EIP-712 `Message(bytes32 service, bytes32 kind, address sender, address recipient, uint64 sequence, uint64 time, bytes32[]
    fields)`, given as its six words of header and then its fields, 192 to 448 bytes.
@dev Stateless. The id (hashStruct) names a message on every chain; the digest binds it to a chain and to the
    CommitmentRegistry, so that the contracts which judge can be replaced while signatures keep their meaning.
@custom:security The bytes of a message are the only ones that have its id: lengths and the ranges of its header are
    checked before they are hashed.
@custom:kill None: no state.
@custom:invariant INV-MSG-1 … INV-MSG-3 (specs/predicates.md)
"""

# -- modules ----------------------------------------------------------------------------------------------------------

from . import errors

# -- constants --------------------------------------------------------------------------------------------------------

MAX_FIELDS: constant(uint256) = 8
MAX_LENGTH: constant(uint256) = 448
HEADER: constant(uint256) = 192

SERVICE: constant(uint256) = 0  # where each word of the header begins
KIND: constant(uint256) = 32
SENDER: constant(uint256) = 64
RECIPIENT: constant(uint256) = 96
SEQUENCE: constant(uint256) = 128
TIME: constant(uint256) = 160

TYPE_HASH: constant(bytes32) = keccak256(
    "Message(bytes32 service,bytes32 kind,address sender,address recipient,uint64 sequence,uint64 time,bytes32[] fields)"
)
_DOMAIN_TYPE_HASH: constant(bytes32) = keccak256(
    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
)
_NAME_HASH: constant(bytes32) = keccak256("Surety commitments")
_VERSION_HASH: constant(bytes32) = keccak256("1")


# -- internals --------------------------------------------------------------------------------------------------------


@internal
@pure
def _id(message: Bytes[448]) -> bytes32:
    """
    @dev hashStruct of a message. Reverts for what is none.
    """
    size: uint256 = len(message)
    assert size & 31 == 0 and size >= HEADER, errors.BAD_MESSAGE
    addresses: uint256 = extract32(message, SENDER, output_type=uint256) | extract32(
        message, RECIPIENT, output_type=uint256
    )
    assert addresses >> 160 == 0, errors.BAD_MESSAGE
    numbers: uint256 = extract32(message, SEQUENCE, output_type=uint256) | extract32(message, TIME, output_type=uint256)
    assert numbers >> 64 == 0, errors.BAD_MESSAGE
    fields: bytes32 = keccak256(slice(message, HEADER, unsafe_sub(size, HEADER)))
    return keccak256(concat(TYPE_HASH, slice(message, 0, 192), fields))


@internal
@view
def _domain_separator(registry: address) -> bytes32:
    """
    @dev Of this chain and a CommitmentRegistry.
    """
    return keccak256(abi_encode(_DOMAIN_TYPE_HASH, _NAME_HASH, _VERSION_HASH, chain.id, registry))


@internal
@pure
def _digest(domain_separator: bytes32, id: bytes32) -> bytes32:
    """
    @dev What was signed.
    """
    return keccak256(concat(x"1901", domain_separator, id))
