# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Evidence to which provers commit before they show it
@license AGPL-3.0-only
@author Surety contributors
@notice What each judge that pays for evidence begins with: a prover commits to a hash that only who holds the evidence could
    make, and shows it in a later block, within a day. So nobody takes another's bounty by copying what it sees on its way.
@dev For a judge: `_open` after everything that can be checked without it, with the hash that the judge makes of evidence.
@custom:security The evidence's hash has to cover what only its holder knows (signatures), not what can be guessed. Who orders
    transactions alone for two blocks can still copy.
@custom:kill None.
@custom:invariant INV-PRV-3, INV-PRV-4 (specs/commitments.md)
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ...interfaces import ISealedProofs

implements: ISealedProofs

# -- modules ----------------------------------------------------------------------------------------------------------

from . import promises
from . import registry_errors as errors

# -- constants --------------------------------------------------------------------------------------------------------

_MASK_64: constant(uint256) = 2**64 - 1

# -- storage ----------------------------------------------------------------------------------------------------------

_commitments: HashMap[address, HashMap[bytes32, uint256]]  # prover -> commitment -> block (64 bits) | time (64)


# -- externals --------------------------------------------------------------------------------------------------------


@external
def commit(commitment: bytes32):
    """
    @notice Commit to evidence, to show it in a later block, within a day. A prover's commitments are its own: nobody's are in the
        way of another's, and committing again starts the time anew.
    @param commitment As `commitment_of` says.
    """
    assert commitment != empty(bytes32), errors.ZERO_HASH
    self._commitments[msg.sender][commitment] = (block.number << 64) | block.timestamp
    log ISealedProofs.EvidenceCommitted(prover=msg.sender, commitment=commitment)


@external
@pure
def commitment_of(evidence: bytes32, prover: address, salt: bytes32) -> bytes32:
    """
    @notice What a prover commits to.
    @param evidence As `evidence_hash` says.
    @param prover Who will show it.
    @param salt Anything that others can't guess.
    @return keccak256 of the ABI encoding of these.
    """
    return keccak256(abi_encode(evidence, prover, salt))


@external
@view
def committed(prover: address, commitment: bytes32) -> (uint256, uint256):
    """
    @notice When a prover committed.
    @param prover Who.
    @param commitment To what.
    @return Block and second; zeros if it did not, or has proven since.
    """
    word: uint256 = self._commitments[prover][commitment]
    return word >> 64, word & _MASK_64


# -- for judges -------------------------------------------------------------------------------------------------------


@internal
def _open(evidence: bytes32, salt: bytes32):
    """
    @dev The caller has committed to this evidence in an earlier block, no more than a day ago. It has done its service.
    """
    commitment: bytes32 = keccak256(abi_encode(evidence, msg.sender, salt))
    word: uint256 = self._commitments[msg.sender][commitment]
    assert word != 0, errors.NOT_COMMITTED
    assert block.number > word >> 64, errors.EARLY
    assert block.timestamp <= (word & _MASK_64) + promises.PROOF_TIME, errors.LATE
    self._commitments[msg.sender][commitment] = 0
