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
    program names first, of times that have come; no message that is merely added moves it.
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
from ...interfaces import IPredicateMachine
from ...interfaces import ISealedProofs

implements: IFaultProver
implements: IFaultBook
implements: ISealedProofs

# -- modules ----------------------------------------------------------------------------------------------------------

from snekmate.utils import ecdsa
from ..lib import signatures as signing
from . import errors as malformed
from . import fault_book
from . import message
from . import predicate_machine
from . import promises
from . import registry_errors as errors
from . import sealed_proofs
from . import service_keys

initializes: fault_book
initializes: sealed_proofs
initializes: service_keys

exports: (
    fault_book.__interface__,
    sealed_proofs.__interface__,
    service_keys.__interface__,
)

# -- constants --------------------------------------------------------------------------------------------------------

_IDENTITY: constant(address) = 0x0000000000000000000000000000000000000004
_BIND: constant(uint256) = 9  # family of the machine's instructions that name a message
_OUT: constant(uint256) = 0  # of these, the one that names the operator's

# -- constructor ------------------------------------------------------------------------------------------------------


@deploy
def __init__(registry: address, escrow: address, operators: address):
    """
    @notice A judge of one registry's promises. To be listed with SlashingTerms as a proposer of proven faults.
    @param registry CommitmentRegistry; its address is in the domain of signatures.
    @param escrow SlashEscrow.
    @param operators OperatorRegistry.
    """
    fault_book.__init__(registry, escrow)
    service_keys.__init__(registry, operators)


# -- provers ----------------------------------------------------------------------------------------------------------


@external
def prove(
    claim: IFaultProver.Claim,
    messages: DynArray[Bytes[448], 16],
    witness: DynArray[bytes32, 40],
    signatures: DynArray[IFaultProver.Signature, 16],
    wallets: Bytes[4160],
    salt: bytes32,
    propose: bool,
) -> bytes32:
    """
    @notice Show evidence to which the caller has committed, and record the fault, with the caller as its reporter.
    @param claim Whose promise is broken, and by which program.
    @param messages First those that the program names, in its order; then those that its quantifiers speak of, ascending by id.
    @param witness Given values, then each proof as its length and its nodes.
    @param signatures One a message, in their order: of a key r and vs (EIP-2098); of a contract (ERC-1271) the length of its
        signature, at most 1,024 bytes, and zero.
    @param wallets Signatures of contracts, one after the other: four of 1,024 bytes, or sixteen of 260 (a multisig's of four keys).
    @param salt Of the commitment.
    @param propose Whether to propose the slashes too; what the escrow refuses now is left for `slash`.
    @return Id of the fault.
    """
    assert len(messages) > 0 and len(messages) == len(signatures), errors.UNSIGNED
    assert len(claim.program) > 0, errors.WRONG_PROGRAM
    # the latest time that has come on those of the operator's messages that the program names before anything else
    acts: bool = False
    time: uint256 = 0
    ahead: uint256 = 0  # or else the latest
    word: uint256 = claim.program[0]
    for i: uint256 in range(4):
        if word >> 252 != _BIND:
            break
        if (word >> 248) & 15 == _OUT:
            acts = True
            if i < len(messages):
                assert len(messages[i]) >= message.HEADER, malformed.BAD_MESSAGE
                said: uint256 = extract32(messages[i], message.TIME, output_type=uint256)
                if said <= block.timestamp:
                    time = max(time, said)
                else:
                    ahead = max(ahead, said)
        word <<= 16
    assert acts, errors.NOTHING_DONE
    if time == 0:
        time = ahead
    charge: ICommitmentRegistry.Charge = fault_book._charge(claim.service, claim.operator, claim.property, time)
    assert charge.kind == promises.NEVER, errors.NOT_PROVABLE
    assert charge.program == keccak256(abi_encode(claim.program, claim.constants)), errors.WRONG_PROGRAM
    if len(claim.parameters) != 0 or charge.parameters != empty(bytes32):
        assert charge.parameters == keccak256(abi_encode(claim.parameters)), errors.WRONG_PARAMETERS
    offence: uint256 = fault_book._offence(charge, time)

    ids: DynArray[bytes32, 16] = []
    evidence: bytes32 = empty(bytes32)
    separator: bytes32 = service_keys._separator()
    known: address = empty(address)  # key that was looked at last
    read: uint256 = 0  # bytes of `wallets`
    for i: uint256 in range(len(messages), bound=16):
        id: bytes32 = message._id(messages[i])
        ids.append(id)
        one: IFaultProver.Signature = signatures[i]
        evidence = self._fold(evidence, id, one)
        digest: bytes32 = message._digest(separator, id)
        sender: address = extract32(messages[i], message.SENDER, output_type=address)
        if one.vs == 0:
            assert sender != claim.operator, errors.WRONG_KEY
            assert self._accepts(sender, digest, wallets, read, one.r), errors.NOT_SIGNED
            read += one.r
            continue
        signer: address = ecdsa._try_recover_r_vs(digest, one.r, one.vs)
        if sender != claim.operator:
            assert signer == sender, errors.NOT_SIGNED
        elif signer != known:
            service_keys._check_key(signer, sender, max(charge.cooldown, charge.reach))
            known = signer
    assert read == len(wallets), errors.UNSIGNED
    sealed_proofs._open(self._sealed(evidence, wallets), salt)
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
        fault_book._propose_all(fault, claim.service, claim.operator, charge.cap, charge.cooldown)
    return fault


# -- views ------------------------------------------------------------------------------------------------------------


@external
@view
def evidence_hash(
    messages: DynArray[Bytes[448], 16], signatures: DynArray[IFaultProver.Signature, 16], wallets: Bytes[4160]
) -> bytes32:
    """
    @notice What a commitment is to: messages and signatures, in their order.
    @param messages As in `prove`.
    @param signatures As in `prove`.
    @param wallets As in `prove`.
    @return For each message, from zero on: keccak256 of the hash so far, the message's id and the two words of its signature. If
        contracts signed, keccak256 of that and of the hash of `wallets`.
    """
    assert len(messages) > 0 and len(messages) == len(signatures), errors.UNSIGNED
    evidence: bytes32 = empty(bytes32)
    for i: uint256 in range(len(messages), bound=16):
        evidence = self._fold(evidence, message._id(messages[i]), signatures[i])
    return self._sealed(evidence, wallets)


# -- internals --------------------------------------------------------------------------------------------------------


@internal
@pure
def _fold(evidence: bytes32, id: bytes32, one: IFaultProver.Signature) -> bytes32:
    """
    @dev The hash so far, and one message more.
    """
    return keccak256(abi_encode(evidence, id, one))


@internal
@pure
def _sealed(evidence: bytes32, wallets: Bytes[4160]) -> bytes32:
    """
    @dev The hash of all messages, with the signatures of contracts.
    """
    if len(wallets) == 0:
        return evidence
    return keccak256(concat(evidence, keccak256(wallets)))


@internal
@view
def _accepts(wallet: address, digest: bytes32, wallets: Bytes[4160], start: uint256, length: uint256) -> bool:
    """
    @dev Whether a contract accepts its part of the signatures.
    """
    if length > signing.MAX_LENGTH or start + length > len(wallets):
        return False
    # the identity precompile, since a slice is as wide as what it is cut from
    part: Bytes[1024] = raw_call(_IDENTITY, slice(wallets, start, length), max_outsize=1024, is_static_call=True)
    return signing._accepts(wallet, digest, part)
