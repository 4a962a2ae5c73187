# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Predicate machine and messages behind signatures, deployable for tests and gas figures
@license AGPL-3.0-only
@author Surety contributors
@notice The least that a prover of faults does: the program is a known one, each message is signed by a service key of its sender
    or by the sender, the machine says that the promise is broken, and a fault key counts once.
@dev Keys and programs are set by anybody. Digests are anchored on `registry`, as those of the real prover will be.
@custom:security Test double.
@custom:kill None.
@custom:invariant INV-MSG-2
"""

from snekmate.utils import ecdsa
from ...interfaces import IPredicateMachine
from ..commitments import message
from ..commitments import predicate_machine


event FaultShown:
    operator: indexed(address)
    key: indexed(bytes32)


_SEPARATOR: immutable(bytes32)
_CHAIN: immutable(uint256)
registry: public(immutable(address))

operator_of: public(HashMap[address, address])  # by service key
is_program: public(HashMap[bytes32, bool])
recorded: public(HashMap[bytes32, bool])


@deploy
def __init__(anchor: address):
    registry = anchor
    _CHAIN = chain.id
    _SEPARATOR = message._domain_separator(anchor)


@external
def set_key(key: address, operator: address):
    self.operator_of[key] = operator


@external
def set_program(program: DynArray[uint256, 16], constants: DynArray[bytes32, 16]):
    self.is_program[keccak256(abi_encode(program, constants))] = True


@external
@view
def digest(encoded: Bytes[448]) -> bytes32:
    return message._digest(self._separator(), message._id(encoded))


@external
def show(
    program: DynArray[uint256, 16],
    constants: DynArray[bytes32, 16],
    accused: IPredicateMachine.Case,
    messages: DynArray[Bytes[448], 16],
    witness: DynArray[bytes32, 40],
    signatures: DynArray[Bytes[65], 16],
):
    """
    @notice Revert unless the evidence shows a fault.
    """
    self._show(program, constants, accused, messages, witness, signatures)


@external
def record(
    program: DynArray[uint256, 16],
    constants: DynArray[bytes32, 16],
    accused: IPredicateMachine.Case,
    messages: DynArray[Bytes[448], 16],
    witness: DynArray[bytes32, 40],
    signatures: DynArray[Bytes[65], 16],
):
    """
    @notice The same, once for a fault key.
    """
    key: bytes32 = self._show(program, constants, accused, messages, witness, signatures)
    slot: bytes32 = keccak256(abi_encode(accused.service, accused.operator, key))
    assert not self.recorded[slot], "fault_harness: recorded before"
    self.recorded[slot] = True


@internal
@view
def _separator() -> bytes32:
    if chain.id == _CHAIN:
        return _SEPARATOR
    return message._domain_separator(registry)


@internal
def _show(
    program: DynArray[uint256, 16],
    constants: DynArray[bytes32, 16],
    accused: IPredicateMachine.Case,
    messages: DynArray[Bytes[448], 16],
    witness: DynArray[bytes32, 40],
    signatures: DynArray[Bytes[65], 16],
) -> bytes32:
    assert self.is_program[keccak256(abi_encode(program, constants))], "fault_harness: unknown program"
    assert len(signatures) == len(messages), "fault_harness: a signature a message"
    ids: DynArray[bytes32, 16] = predicate_machine._ids(messages)
    separator: bytes32 = self._separator()
    for i: uint256 in range(len(ids), bound=16):
        signer: address = ecdsa._recover_sig(message._digest(separator, ids[i]), signatures[i])
        sender: address = extract32(messages[i], message.SENDER, output_type=address)
        assert signer == sender or self.operator_of[signer] == sender, "fault_harness: signed by somebody else"
    broken: bool = False
    key: bytes32 = empty(bytes32)
    broken, key = predicate_machine._run(program, constants, accused, messages, ids, witness)
    assert broken, "fault_harness: nothing is broken"
    log FaultShown(operator=accused.operator, key=key)
    return key
