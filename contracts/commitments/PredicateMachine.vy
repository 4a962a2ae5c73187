# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title The machine that judges promises, for everybody
@license AGPL-3.0-only
@author Surety contributors
@notice Runs a compiled predicate over messages and tells whether it says that the promise is broken. Contracts that punish, and
    anybody who wants to know beforehand whether they would, ask the same machine.
@dev All of it is the module `predicate_machine`; no state, no owner, every function pure.
@custom:security A verdict means nothing before somebody has checked that the messages were signed by those whom they name, and
    that program and parameters are those that the operator stands behind: that is FaultProver's work.
@custom:kill None: no state.
@custom:invariant INV-PRD-1 … INV-PRD-9 (specs/predicates.md)
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ...interfaces import IPredicateMachine

implements: IPredicateMachine

# -- modules ----------------------------------------------------------------------------------------------------------

from . import message
from . import predicate_machine

# -- views ------------------------------------------------------------------------------------------------------------


@external
@pure
def evaluate(
    program: DynArray[uint256, 16],
    constants: DynArray[bytes32, 16],
    accused: IPredicateMachine.Case,
    messages: DynArray[Bytes[448], 16],
    witness: DynArray[bytes32, 40],
) -> (bool, bytes32):
    """
    @notice Run a program over evidence. Reverts with a reason for what is malformed, missing or out of place.
    @param program Words of 16 instructions, at most 16.
    @param constants What it loads by number, at most 16 words.
    @param accused The service in question, the operator and the parameters that the operator chose.
    @param messages First those that the property names, in its order, each once; then those that its quantifiers speak of,
        ascending by id. Each is six words of header and at most eight fields.
    @param witness Given values, then each proof as its length and its nodes.
    @return Whether the promise is broken, and the fault key under which that is punished once (zero if it is not).
    """
    ids: DynArray[bytes32, 16] = predicate_machine._ids(messages)
    broken: bool = False
    key: bytes32 = empty(bytes32)
    broken, key = predicate_machine._run(program, constants, accused, messages, ids, witness)
    return broken, key


@external
@pure
def message_id(encoded: Bytes[448]) -> bytes32:
    """
    @notice EIP-712's hashStruct of a message, by which other messages name it.
    @param encoded Six words of header, then its fields.
    @return The id; reverts for what is no message.
    """
    return message._id(encoded)


@external
@pure
def program_hash(program: DynArray[uint256, 16], constants: DynArray[bytes32, 16]) -> bytes32:
    """
    @notice What a registry keeps of a program.
    @param program Its words.
    @param constants Its constants.
    @return keccak256 of the ABI encoding of both.
    """
    return keccak256(abi_encode(program, constants))
