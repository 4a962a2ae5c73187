# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Proofs that a promise was broken
@license AGPL-3.0-only
@author Surety contributors
@notice Anybody who has messages that break a promise commits to them, shows them a block later, and the fault is on record: once
    for each fault key, with a bounty for who showed it. Then it is slashed, by SlashEscrow, of all that stood behind it.
@dev The registry tells what was promised, `predicate_machine` whether the messages break it, OperatorRegistry whose key signed
    them. What counts as the time of the offence is the latest that the operator put on those of its messages that the
    program names first; no message that is merely added moves it.
@custom:security Messages of the operator count if one of its service keys signed them, whatever they say of their time; those of
    others if their senders did, by key or by ERC-1271 (gas-capped, one word). Commitments are to the signatures too, so who
    knows a fault only by hearsay can't commit to it. A prover whose proof is kept out of the chain for a block can be
    copied by whoever keeps it out.
@custom:kill SlashingTerms suspends proposers; records don't need it, and slashes can be proposed later, within reach.
@custom:invariant INV-PRV-1 … INV-PRV-10 (specs/commitments.md)
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ...interfaces import ICommitmentRegistry
from ...interfaces import IFaultBook
from ...interfaces import IFaultProver
from ...interfaces import IOperatorRegistry
from ...interfaces import IPredicateMachine

implements: IFaultProver
implements: IFaultBook

# -- modules ----------------------------------------------------------------------------------------------------------

from snekmate.utils import ecdsa
from ..lib import signatures as signing
from . import errors as malformed
from . import fault_book
from . import message
from . import predicate_machine
from . import promises
from . import registry_errors as errors

initializes: fault_book

exports: fault_book.__interface__

# -- constants --------------------------------------------------------------------------------------------------------

_MASK_64: constant(uint256) = 2**64 - 1
_BIND: constant(uint256) = 9  # family of the machine's instructions that name a message

# -- immutables -------------------------------------------------------------------------------------------------------

OPERATORS: immutable(address)
_SEPARATOR: immutable(bytes32)
_CHAIN: immutable(uint256)

# -- storage ----------------------------------------------------------------------------------------------------------

_commitments: HashMap[address, HashMap[bytes32, uint256]]  # prover -> commitment -> block (64 bits) | time (64)


# -- constructor ------------------------------------------------------------------------------------------------------


@deploy
def __init__(registry: address, escrow: address, operators: address):
    """
    @notice A judge of one registry's promises. To be listed with SlashingTerms as a proposer of proven faults.
    @param registry CommitmentRegistry; its address is in the domain of signatures.
    @param escrow SlashEscrow.
    @param operators OperatorRegistry.
    """
    assert operators != empty(address), errors.ZERO_OPERATORS
    fault_book.__init__(registry, escrow)
    OPERATORS = operators
    _CHAIN = chain.id
    _SEPARATOR = message._domain_separator(registry)


# -- provers ----------------------------------------------------------------------------------------------------------


@external
def commit(commitment: bytes32):
    """
    @notice Commit to evidence, to show it in a later block, within a day. A prover's commitments are its own: nobody's are in the
        way of another's, and committing again starts the time anew.
    @param commitment As `commitment_of` says.
    """
    assert commitment != empty(bytes32), errors.ZERO_HASH
    self._commitments[msg.sender][commitment] = (block.number << 64) | block.timestamp
    log IFaultProver.EvidenceCommitted(prover=msg.sender, commitment=commitment)


@external
def prove(
    claim: IFaultProver.Claim,
    messages: DynArray[Bytes[448], 16],
    witness: DynArray[bytes32, 40],
    signatures: DynArray[Bytes[1024], 16],
    salt: bytes32,
    propose: bool,
) -> bytes32:
    """
    @notice Show evidence to which the caller has committed, and record the fault, with the caller as its reporter.
    @param claim Whose promise is broken, and by which program.
    @param messages First those that the program names, in its order; then those that its quantifiers speak of, ascending by id.
    @param witness Given values, then each proof as its length and its nodes.
    @param signatures One a message, in their order: r, s, v of a key, or what a contract accepts.
    @param salt Of the commitment.
    @param propose Whether to propose the slashes too; what the escrow refuses now is left for `slash`.
    @return Id of the fault.
    """
    assert len(messages) > 0 and len(messages) == len(signatures), errors.UNSIGNED
    assert len(claim.program) > 0, errors.WRONG_PROGRAM
    named: uint256 = self._acts(claim.program[0])
    time: uint256 = 0
    for i: uint256 in range(4):
        if (named >> i) & 1 != 0 and i < len(messages):
            assert len(messages[i]) >= message.HEADER, malformed.BAD_MESSAGE
            time = max(time, extract32(messages[i], message.TIME, output_type=uint256))
    charge: ICommitmentRegistry.Charge = fault_book._charge(claim.service, claim.operator, claim.property, time)
    assert charge.kind == promises.NEVER, errors.NOT_PROVABLE
    assert charge.program == keccak256(abi_encode(claim.program, claim.constants)), errors.WRONG_PROGRAM
    if len(claim.parameters) != 0 or charge.parameters != empty(bytes32):
        assert charge.parameters == keccak256(abi_encode(claim.parameters)), errors.WRONG_PARAMETERS
    offence: uint256 = fault_book._offence(charge, time)

    ids: DynArray[bytes32, 16] = []
    evidence: bytes32 = empty(bytes32)
    separator: bytes32 = self._separator()
    known: address = empty(address)  # key that was looked at last
    for i: uint256 in range(len(messages), bound=16):
        id: bytes32 = message._id(messages[i])
        ids.append(id)
        evidence = keccak256(concat(evidence, id, keccak256(signatures[i])))
        digest: bytes32 = message._digest(separator, id)
        sender: address = extract32(messages[i], message.SENDER, output_type=address)
        if sender == claim.operator:
            assert len(signatures[i]) == 65, errors.WRONG_KEY
            key: address = ecdsa._recover_sig(digest, slice(signatures[i], 0, 65))
            if key != known:
                self._check_key(key, sender, charge.cooldown)
                known = key
        else:
            assert signing.is_signed(sender, digest, signatures[i]), errors.NOT_SIGNED
    self._open(evidence, salt)
    broken: bool = False
    fault_key: bytes32 = empty(bytes32)
    broken, fault_key = predicate_machine._run(
        claim.program,
        claim.constants,
        IPredicateMachine.Case(service=claim.service, operator=claim.operator, parameters=claim.parameters),
        messages,
        ids,
        witness,
    )
    assert broken, errors.KEPT
    fault: bytes32 = fault_book._record(
        claim.service, claim.operator, claim.property, fault_key, charge, offence, msg.sender
    )
    if propose:
        fault_book._propose_all(fault, claim.service, claim.operator)
    return fault


# -- views ------------------------------------------------------------------------------------------------------------


@external
@view
def evidence_hash(messages: DynArray[Bytes[448], 16], signatures: DynArray[Bytes[1024], 16]) -> bytes32:
    """
    @notice What a commitment is to: messages and signatures, in their order.
    @param messages As in `prove`.
    @param signatures As in `prove`.
    @return For each message, from zero on: keccak256 of the hash so far, the message's id and keccak256 of its signature.
    """
    assert len(messages) > 0 and len(messages) == len(signatures), errors.UNSIGNED
    evidence: bytes32 = empty(bytes32)
    for i: uint256 in range(len(messages), bound=16):
        evidence = keccak256(concat(evidence, message._id(messages[i]), keccak256(signatures[i])))
    return evidence


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


@external
@view
def operators() -> address:
    """
    @notice Whose keys count.
    @return OperatorRegistry.
    """
    return OPERATORS


# -- internals --------------------------------------------------------------------------------------------------------


@internal
@pure
def _acts(word: uint256) -> uint256:
    """
    @dev Which of the messages that a program names before anything else are the operator's, by its first word: a bit each.
    """
    acts: uint256 = 0
    for i: uint256 in range(4):
        code: uint256 = word >> (248 - 16 * i) & 255
        if code >> 4 != _BIND:
            break
        if code & 15 == 0:
            acts |= 1 << i
    assert acts != 0, errors.NOTHING_DONE
    return acts


@internal
@view
def _check_key(key: address, operator: address, cooldown: uint256):
    """
    @dev The key speaks for the operator, or did so no longer ago than the cooldown: what a lost key signs later is nobody's
         fault for ever.
    """
    owner: address = staticcall IOperatorRegistry(OPERATORS).operator_of_key(key)
    assert owner == operator, errors.WRONG_KEY
    start: uint256 = 0
    end: uint256 = 0
    start, end = staticcall IOperatorRegistry(OPERATORS).key_period(key)
    assert end > block.timestamp or block.timestamp - end <= cooldown, errors.OLD_KEY


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


@internal
@view
def _separator() -> bytes32:
    """
    @dev EIP-712 domain of messages, of this chain as it is now.
    """
    if chain.id == _CHAIN:
        return _SEPARATOR
    return message._domain_separator(fault_book.REGISTRY)
