# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title A signed report of a block of this chain that is not so
@license AGPL-3.0-only
@author Surety contributors
@notice A plug-in for promises of relays, bridges and oracles that tell others of this chain: `message Header(number: uint64, hash:
    bytes32)`. The report is broken if the chain's own hash of that block is another.
@dev What no stack program can do: read the chain. Hashes are those of BLOCKHASH for 256 blocks and, where the chain keeps them
    (EIP-2935), of its history contract for 8,191. Evidence: the message, 256 bytes, and r and vs of a service key.
@custom:security The judge is the chain as it is when the report is shown: who reports a block that is reorganised away later has
    reported falsely, so report what is final. A report that nobody shows while the block is in sight (27 hours at 12
    seconds a block; 51 minutes without EIP-2935) goes unpunished. Of no use where block numbers are another chain's.
@custom:kill None: no state. A service of it ends as any other.
@custom:invariant INV-PLG-8, INV-PLG-9 (specs/commitments.md)
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ...interfaces import ICommitmentRegistry
from ...interfaces import IPredicate

implements: IPredicate

# -- modules ----------------------------------------------------------------------------------------------------------

from snekmate.utils import ecdsa
from . import message
from . import registry_errors as errors
from . import service_keys

initializes: service_keys

exports: service_keys.__interface__

# -- constants --------------------------------------------------------------------------------------------------------

_REPORT: constant(bytes32) = keccak256("Header(uint64 number,bytes32 hash)")
_HISTORY: constant(address) = 0x0000F90827F1C53a10cb7A02335B175320002935  # EIP-2935
_SEEN: constant(uint256) = 256  # blocks
_DAY: constant(uint256) = 86_400

# -- immutables -------------------------------------------------------------------------------------------------------

REGISTRY: immutable(address)


# -- constructor ------------------------------------------------------------------------------------------------------


@deploy
def __init__(registry: address, operators: address):
    """
    @notice For reports in the domain of one registry.
    @param registry CommitmentRegistry.
    @param operators OperatorRegistry.
    """
    service_keys.__init__(registry, operators)
    REGISTRY = registry


# -- views ------------------------------------------------------------------------------------------------------------


@external
@view
def is_fault(
    service: bytes32, operator: address, parameters: DynArray[bytes32, 8], evidence: Bytes[4096]
) -> (bool, bytes32, uint256):
    """
    @notice Whether a signed report of the operator is false.
    @param service In which it was made.
    @param operator Whose key signed it.
    @param parameters Not looked at.
    @param evidence The message, then r and vs (EIP-2098), 320 bytes.
    @return Whether the block has another hash; the block's number, one punishment each; when it was reported, but no longer ago than
        a day: of older blocks nothing could be shown, whatever the message says of its time.
    """
    assert len(evidence) == 320, errors.BAD_EVIDENCE
    encoded: Bytes[448] = slice(evidence, 0, 256)
    id: bytes32 = message._id(encoded)
    assert extract32(encoded, message.SERVICE) == service, errors.WRONG_REPORT
    assert extract32(encoded, message.KIND) == _REPORT, errors.WRONG_REPORT
    assert extract32(encoded, message.SENDER, output_type=address) == operator, errors.WRONG_REPORT
    number: uint256 = extract32(encoded, message.HEADER, output_type=uint256)
    assert number < block.number, errors.OUT_OF_SIGHT
    r: uint256 = extract32(evidence, 256, output_type=uint256)
    vs: uint256 = extract32(evidence, 288, output_type=uint256)
    signer: address = ecdsa._try_recover_r_vs(message._digest(service_keys._separator(), id), r, vs)
    terms: ICommitmentRegistry.Terms = staticcall ICommitmentRegistry(REGISTRY).terms(service)
    service_keys._check_key(signer, operator, max(terms.cooldown, terms.reach))
    time: uint256 = max(extract32(encoded, message.TIME, output_type=uint256), block.timestamp - _DAY)
    broken: bool = extract32(encoded, message.HEADER + 32) != self._hash(number)
    return broken, convert(number, bytes32), time


# -- internals --------------------------------------------------------------------------------------------------------


@internal
@view
def _hash(number: uint256) -> bytes32:
    """
    @dev Hash of an earlier block of this chain. Reverts where the chain doesn't know it any more.
    """
    if block.number - number <= _SEEN:
        return blockhash(number)
    success: bool = False
    answer: Bytes[32] = b""
    success, answer = raw_call(
        _HISTORY, abi_encode(number), max_outsize=32, is_static_call=True, revert_on_failure=False
    )
    assert success and len(answer) == 32, errors.OUT_OF_SIGHT
    known: bytes32 = extract32(answer, 0)
    assert known != empty(bytes32), errors.OUT_OF_SIGHT
    return known
