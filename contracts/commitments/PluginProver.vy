# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Proofs by plug-in that a promise was broken
@license AGPL-3.0-only
@author Surety contributors
@notice What a stack program can't express, a property leaves to a contract (IPredicate), which it names by address and code hash. Who
    has evidence commits to it, shows it a block later, the contract is asked, and a fault goes on record as by FaultProver.
@dev The contract is asked by a static call with GAS_CAP, and all of that is there, or the proof reverts: what a caller leaves it
    to work with never changes an answer. Three words exactly; anything else is no fault.
@custom:security The plug-in answers for what is a fault, its key and its time; who enters a service trusts its code. The hash
    pins the code, not what the code calls or keeps: of an upgradeable proxy it says nothing. It can't write, nor call
    back with effect. A fault's time is put into the period it belongs to, and one fault key is punished once.
@custom:kill SlashingTerms suspends proposers; records don't need it, and slashes can be proposed later, within reach.
@custom:invariant INV-PLG-1 … INV-PLG-7 (specs/commitments.md)
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ...interfaces import ICommitmentRegistry
from ...interfaces import IFaultBook
from ...interfaces import IPluginProver
from ...interfaces import ISealedProofs

implements: IPluginProver
implements: IFaultBook
implements: ISealedProofs

# -- modules ----------------------------------------------------------------------------------------------------------

from . import fault_book
from . import promises
from . import registry_errors as errors
from . import sealed_proofs

initializes: fault_book
initializes: sealed_proofs

exports: (
    fault_book.__interface__,
    sealed_proofs.__interface__,
)

# -- constants --------------------------------------------------------------------------------------------------------

GAS_CAP: constant(uint256) = 1_000_000
# A call gets at most 63 of 64 parts of what is left (EIP-150); 10,000 for the call itself, of a cold account.
_NEEDED: constant(uint256) = GAS_CAP + GAS_CAP // 63 + 10_000
_ANSWER: constant(uint256) = 96
_QUESTION: constant(bytes4) = method_id("is_fault(bytes32,address,bytes32[],bytes)", output_type=bytes4)


# -- constructor ------------------------------------------------------------------------------------------------------


@deploy
def __init__(registry: address, escrow: address):
    """
    @notice A judge of one registry's promises. To be listed with SlashingTerms as a proposer of proven faults.
    @param registry CommitmentRegistry.
    @param escrow SlashEscrow.
    """
    fault_book.__init__(registry, escrow)


# -- provers ----------------------------------------------------------------------------------------------------------


@external
def prove(claim: IPluginProver.Claim, evidence: Bytes[4096], salt: bytes32, propose: bool) -> bytes32:
    """
    @notice Show evidence to which the caller has committed, and record the fault, with the caller as its reporter.
    @param claim Whose promise is broken, and which contract says so.
    @param evidence What that contract wants to see.
    @param salt Of the commitment.
    @param propose Whether to propose the slashes too; what the escrow refuses now is left for `slash`.
    @return Id of the fault.
    """
    charge: ICommitmentRegistry.Charge = fault_book._charge(
        claim.service, claim.operator, claim.property, block.timestamp
    )
    assert charge.kind == promises.PLUGIN, errors.NO_PLUGIN
    assert claim.plugin.is_contract, errors.NO_CODE
    assert charge.program == self._plugin_hash(claim.plugin), errors.OTHER_PLUGIN
    sealed_proofs._open(self._evidence_hash(claim.service, claim.operator, claim.property, evidence), salt)
    key: bytes32 = empty(bytes32)
    time: uint256 = 0
    key, time = self._ask(claim, evidence)
    if time < charge.start:
        charge = fault_book._charge(claim.service, claim.operator, claim.property, time)
    if len(claim.parameters) != 0 or charge.parameters != empty(bytes32):
        assert charge.parameters == keccak256(abi_encode(claim.parameters)), errors.OTHER_PARAMETERS
    offence: uint256 = fault_book._offence(charge, time)
    fault: bytes32 = fault_book._record(claim.service, claim.operator, claim.property, key, charge, offence, msg.sender)
    if propose:
        fault_book._propose_all(fault, claim.service, claim.operator, charge.cap, charge.cooldown)
    return fault


# -- views ------------------------------------------------------------------------------------------------------------


@external
@pure
def evidence_hash(service: bytes32, operator: address, property: uint256, evidence: Bytes[4096]) -> bytes32:
    """
    @notice What a commitment is to: whose breach of what, and the evidence. Evidence that anybody can think of (none, say) protects
        nobody's bounty: the first whose proof is in gets it.
    @param service As in `prove`.
    @param operator As in `prove`.
    @param property As in `prove`.
    @param evidence As in `prove`.
    @return keccak256 of the ABI encoding of these, the evidence by its hash.
    """
    return self._evidence_hash(service, operator, property, evidence)


@external
@view
def plugin_hash(plugin: address) -> bytes32:
    """
    @notice What a PLUGIN property keeps as its program, of a contract as it is now.
    @param plugin IPredicate.
    @return keccak256 of the ABI encoding of address and code hash.
    """
    return self._plugin_hash(plugin)


# -- internals --------------------------------------------------------------------------------------------------------


@internal
@view
def _ask(claim: IPluginProver.Claim, evidence: Bytes[4096]) -> (bytes32, uint256):
    """
    @dev Fault key and second of the offence, if the plug-in says that the promise is broken.
    """
    question: Bytes[4612] = abi_encode(claim.service, claim.operator, claim.parameters, evidence, method_id=_QUESTION)
    success: bool = False
    answer: Bytes[128] = b""
    assert msg.gas >= _NEEDED, errors.LITTLE_GAS
    success, answer = raw_call(
        claim.plugin,
        question,
        max_outsize=128,  # room for a word too many
        gas=GAS_CAP,
        is_static_call=True,
        revert_on_failure=False,
    )
    assert success, errors.PLUGIN_FAILED
    assert len(answer) == _ANSWER, errors.NO_ANSWER
    broken: uint256 = extract32(answer, 0, output_type=uint256)
    assert broken < 2, errors.NO_ANSWER
    assert broken == 1, errors.PLUGIN_KEPT
    return extract32(answer, 32), extract32(answer, 64, output_type=uint256)


@internal
@pure
def _evidence_hash(service: bytes32, operator: address, property: uint256, evidence: Bytes[4096]) -> bytes32:
    """
    @dev What a commitment is to.
    """
    return keccak256(abi_encode(service, operator, property, keccak256(evidence)))


@internal
@view
def _plugin_hash(plugin: address) -> bytes32:
    """
    @dev Address and code of a contract. No program has such a hash: two arrays encode to more than two words.
    """
    return keccak256(abi_encode(plugin, plugin.codehash))
