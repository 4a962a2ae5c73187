# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title The machine that judges promises
@license AGPL-3.0-only
@author Surety contributors
@notice Runs a compiled predicate over messages: the promise is broken, and under which fault key, or it is not. What is malformed,
    missing or out of place reverts with its reason and is never a fault.
@dev A word of the program holds 16 instructions of 16 bits, the first one highest: operation (8 bits), operand (8 bits). The
    values of the stack carry their types (`kinds`, 4 bits each, the top one lowest), so a program can't take one for another.
    Arithmetic saturates: no number that somebody signed makes a program fail. Jumps lead forwards, or back from
    the end of a quantifier, whose messages only advance and which holds no other, so each run ends. The same machine
    in Python: `surety.predicates.machine`; instructions: specs/predicates.md, their gas: `make gas`. The chain of `if` is
    ordered by how often compiled commitments use each family.
@custom:security Who signed a message is the caller's matter: the machine takes senders as they stand in it. It demands that
    outgoing messages name the operator as their sender and incoming ones as their recipient (or nobody, where the
    program says so), that all are of the service in question, and that no message is bound or counted twice.
@custom:kill None: no state.
@custom:invariant INV-PRD-1 … INV-PRD-9 (specs/predicates.md)
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ...interfaces import IPredicateMachine

# -- modules ----------------------------------------------------------------------------------------------------------

from . import errors
from . import message

# -- constants --------------------------------------------------------------------------------------------------------

MAX_WORDS: constant(uint256) = 16
MAX_CONSTANTS: constant(uint256) = 16
MAX_WITNESS: constant(uint256) = 40
MAX_MESSAGES: constant(uint256) = 16
MAX_BOUND: constant(uint256) = 4
MAX_STACK: constant(uint256) = 16
MAX_PATH: constant(uint256) = 32
MAX_STEPS: constant(uint256) = 4_096

_UINT: constant(uint256) = 1  # types of values
_BYTES32: constant(uint256) = 2
_ADDRESS: constant(uint256) = 3
_BOOL: constant(uint256) = 4

_LOOP_SLOT: constant(uint256) = 15
_NOBODY: constant(uint256) = 255
_MAX: constant(uint256) = max_value(uint256)

# refusals by number; 0 and 1 are none
_NO_END: constant(uint256) = 2
_TOO_LONG: constant(uint256) = 3
_BAD_INSTRUCTION: constant(uint256) = 4
_UNDERFLOW: constant(uint256) = 5
_OVERFLOW: constant(uint256) = 6
_WRONG_TYPE: constant(uint256) = 7
_OUT_OF_TYPE: constant(uint256) = 8
_NO_CONSTANT: constant(uint256) = 9
_NO_PARAMETER: constant(uint256) = 10
_NO_WITNESS: constant(uint256) = 11
_NO_MESSAGE: constant(uint256) = 12
_NO_FIELD: constant(uint256) = 13
_WRONG_SERVICE: constant(uint256) = 14
_WRONG_KIND: constant(uint256) = 15
_WRONG_SENDER: constant(uint256) = 16
_WRONG_RECIPIENT: constant(uint256) = 17
_SAME_MESSAGE: constant(uint256) = 18
_DISORDER: constant(uint256) = 19
_BAD_LOOP: constant(uint256) = 20
_DIVISION_BY_ZERO: constant(uint256) = 21
_BAD_OPERAND: constant(uint256) = 22
_MANY_BOUND: constant(uint256) = 23
_LONG_PATH: constant(uint256) = 24


# -- internals --------------------------------------------------------------------------------------------------------


@internal
@pure
def _ids(messages: DynArray[Bytes[448], 16]) -> DynArray[bytes32, 16]:
    """
    @dev The id of each message; reverts for what is none.
    """
    ids: DynArray[bytes32, 16] = []
    for one: Bytes[448] in messages:
        id: bytes32 = message._id(one)
        ids.append(id)
    return ids


@internal
@pure
def _run(
    program: DynArray[uint256, 16],
    constants: DynArray[bytes32, 16],
    accused: IPredicateMachine.Case,
    messages: DynArray[Bytes[448], 16],
    ids: DynArray[bytes32, 16],
    witness: DynArray[bytes32, 40],
) -> (bool, bytes32):
    """
    @dev Whether the promise is broken, and the fault key (zero if it is not). `ids` are those of `messages`. Each refusal
         breaks off with a number, and one place tells the reasons: strings beside each check would double the code.
    """
    operator: uint256 = convert(accused.operator, uint256)
    end: uint256 = len(program) << 4
    count: uint256 = len(ids)
    stack: uint256[16] = empty(uint256[16])
    size: uint256 = 0  # of the stack
    kinds: uint256 = 0
    bound: uint256 = 0  # messages that have been bound
    pc: uint256 = 0
    word: uint256 = 0  # what is left of the word at hand, the next instruction highest
    # of the quantifier that runs
    loop_end: uint256 = 0  # place of its NEXT; 0: none runs
    body: uint256 = 0
    base: uint256 = 0  # size of the stack when it began, and the kinds of that time
    base_kinds: uint256 = 0
    cursor: uint256 = 0  # next message to look at
    it: uint256 = _NOBODY  # the message at hand
    total: uint256 = 0
    seen: uint256[16] = empty(uint256[16])
    seen_count: uint256 = 0

    refused: uint256 = _TOO_LONG
    for _: uint256 in range(MAX_STEPS):
        if pc & 15 == 0:
            if pc >= end:
                refused = _NO_END
                break
            word = program[pc >> 4]
        family: uint256 = word >> 252
        variant: uint256 = (word >> 248) & 15
        operand: uint256 = (word >> 240) & 255
        word <<= 16
        pc = unsafe_add(pc, 1)

        pushed: uint256 = 0
        if family < 5:  # loads
            if family == 0:
                slot: uint256 = operand >> 4
                if slot >= bound:
                    slot = it if slot == _LOOP_SLOT else _NOBODY
                    if slot == _NOBODY:
                        refused = _BAD_INSTRUCTION if unsafe_sub(variant, 1) > 3 else _NO_MESSAGE
                        break
                place: uint256 = unsafe_add(message.HEADER, (operand & 15) << 5)
                if place >= len(messages[slot]):  # a field of the header, or one that is not there
                    index: uint256 = operand & 15
                    if unsafe_sub(variant, 1) > 3:
                        refused = _BAD_INSTRUCTION
                        break
                    if index < message.MAX_FIELDS:
                        refused = _NO_FIELD
                        break
                    if index > 11:
                        refused = _BAD_OPERAND
                        break
                    if variant != (_ADDRESS if index < 10 else _UINT):
                        refused = _WRONG_TYPE
                        break
                    place = unsafe_sub(place, 384)  # 8 is the sender, at 64
                pushed = extract32(messages[slot], place, output_type=uint256)
            elif family == 4:  # numbers in the program, the accused, ids
                pushed = operand
                if variant == 0:
                    variant = _UINT
                elif variant == 1:
                    pushed = operator
                    variant = _ADDRESS
                elif variant == 2:
                    slot: uint256 = operand
                    if slot >= bound:
                        slot = it if slot == _LOOP_SLOT else _NOBODY
                        if slot == _NOBODY:
                            refused = _NO_MESSAGE
                            break
                    pushed = convert(ids[slot], uint256)
                else:
                    refused = _BAD_INSTRUCTION
                    break
            elif unsafe_sub(variant, 1) > 3:
                refused = _BAD_INSTRUCTION
                break
            elif family == 1:
                if operand >= len(constants):
                    refused = _NO_CONSTANT
                    break
                pushed = convert(constants[operand], uint256)
            elif family == 2:
                if operand >= len(accused.parameters):
                    refused = _NO_PARAMETER
                    break
                pushed = convert(accused.parameters[operand], uint256)
            else:
                if operand >= len(witness):
                    refused = _NO_WITNESS
                    break
                pushed = convert(witness[operand], uint256)
            if variant != _UINT and variant != _BYTES32:
                if unsafe_sub(variant, 1) > 3:
                    refused = _BAD_INSTRUCTION
                    break
                if pushed >> (160 if variant == _ADDRESS else 1) != 0:
                    refused = _OUT_OF_TYPE
                    break
            if size >= MAX_STACK:
                refused = _OVERFLOW
                break
            stack[size] = pushed
            size = unsafe_add(size, 1)
            kinds = (kinds << 4) | variant
            continue

        if family == 5:  # comparisons
            if variant == 12:  # REQUIRE
                if size <= base:
                    refused = _UNDERFLOW
                    break
                if kinds & 15 != _BOOL:
                    refused = _WRONG_TYPE
                    break
                size = unsafe_sub(size, 1)
                kinds >>= 4
                pushed = stack[size]
            else:
                comparison: uint256 = variant & 7
                if comparison > 3:
                    refused = _BAD_INSTRUCTION
                    break
                if size < unsafe_add(base, 2):
                    refused = _UNDERFLOW
                    break
                if (kinds ^ (kinds >> 4)) & 15 != 0:
                    refused = _WRONG_TYPE
                    break
                size = unsafe_sub(size, 2)
                left: uint256 = stack[size]
                right: uint256 = stack[unsafe_add(size, 1)]
                if comparison == 0:
                    pushed = convert(left == right, uint256)
                elif comparison == 1:
                    pushed = convert(left != right, uint256)
                else:
                    if kinds & 15 != _UINT:
                        refused = _WRONG_TYPE
                        break
                    pushed = convert(left < right if comparison == 2 else left <= right, uint256)
                kinds >>= 8
                if variant < 8:
                    stack[size] = pushed
                    size = unsafe_add(size, 1)
                    kinds = (kinds << 4) | _BOOL
                    continue
            if pushed == 1:
                continue
            if loop_end == 0:
                return False, empty(bytes32)
            pc = loop_end  # within the program, as EACH saw to
            word = program[pc >> 4] << ((pc & 15) << 4)
            continue

        if family == 6:  # arithmetic
            if variant > 8:
                refused = _BAD_INSTRUCTION
                break
            if size < unsafe_add(base, 1 if variant == 8 else 2):
                refused = _UNDERFLOW
                break
            if variant == 8:  # FIT
                if kinds & 15 != _UINT:
                    refused = _WRONG_TYPE
                    break
                if stack[unsafe_sub(size, 1)] >> operand != 0:
                    refused = _OUT_OF_TYPE
                    break
                continue
            if kinds & 255 != (_UINT << 4) | _UINT:
                refused = _WRONG_TYPE
                break
            size = unsafe_sub(size, 1)
            kinds >>= 4
            right: uint256 = stack[size]
            if right == 0 and (variant == 3 or variant == 4):
                refused = _DIVISION_BY_ZERO
                break
            stack[unsafe_sub(size, 1)] = self._calculate(variant, stack[unsafe_sub(size, 1)], right)
            continue

        if family == 7:  # and, or, not
            if variant > 2:
                refused = _BAD_INSTRUCTION
                break
            if size < unsafe_add(base, 1 if variant == 2 else 2):
                refused = _UNDERFLOW
                break
            if kinds & 15 != _BOOL or (variant != 2 and kinds & 240 != _BOOL << 4):
                refused = _WRONG_TYPE
                break
            if variant == 2:
                stack[unsafe_sub(size, 1)] ^= 1
                continue
            size = unsafe_sub(size, 1)
            kinds >>= 4
            if variant == 0:
                stack[unsafe_sub(size, 1)] &= stack[size]
            else:
                stack[unsafe_sub(size, 1)] |= stack[size]
            continue

        kind: uint256 = 0  # of what is pushed; 0: nothing
        jumped: bool = False
        if family == 9:  # messages that the property names
            if variant > 2:
                refused = _BAD_INSTRUCTION
                break
            if body != 0:  # what quantifiers have counted is bound no more
                refused = _BAD_LOOP
                break
            if operand >= len(constants):
                refused = _NO_CONSTANT
                break
            if bound >= MAX_BOUND:
                refused = _MANY_BOUND
                break
            if bound >= count:
                refused = _NO_MESSAGE
                break
            misfit: uint256 = self._misfit(messages[bound], accused.service, constants[operand], variant, operator)
            if misfit != 0:
                refused = misfit
                break
            same: bool = False
            for other: uint256 in range(bound, bound=MAX_BOUND):
                if ids[other] == ids[bound]:
                    same = True
            if same:
                refused = _SAME_MESSAGE
                break
            bound = unsafe_add(bound, 1)
        elif family == 15:  # the end: the fault key is on top
            if variant != 0:
                refused = _BAD_INSTRUCTION
                break
            if loop_end != 0:
                refused = _BAD_LOOP
                break
            if size == 0:
                refused = _UNDERFLOW
                break
            return True, convert(stack[unsafe_sub(size, 1)], bytes32)
        elif family == 8:  # hashes
            if variant > 1:
                refused = _BAD_INSTRUCTION
                break
            needed: uint256 = operand if variant == 0 else 3
            if needed == 0 or needed > 8:
                refused = _BAD_OPERAND
                break
            if size < unsafe_add(base, needed):
                refused = _UNDERFLOW
                break
            if variant == 1 and kinds & 4095 != (_BYTES32 << 8) | (_UINT << 4) | _BYTES32:
                refused = _WRONG_TYPE
                break
            size = unsafe_sub(size, needed)
            kinds >>= needed << 2
            if variant == 0:
                words: uint256[8] = empty(uint256[8])
                for i: uint256 in range(needed, bound=8):
                    words[i] = stack[unsafe_add(size, i)]
                pushed = convert(keccak256(slice(abi_encode(words), 0, needed << 5)), uint256)
                kind = _BYTES32
            else:
                pushed = self._is_leaf(
                    stack[size], stack[unsafe_add(size, 1)], stack[unsafe_add(size, 2)], witness, operand
                )
                kind = _BOOL
                if pushed > 1:
                    refused = pushed
                    break
        elif family == 10:  # quantifiers
            if variant == 0:  # EACH
                if loop_end != 0:
                    refused = _BAD_LOOP
                    break
                if operand == 0:
                    refused = _BAD_OPERAND
                    break
                last: uint256 = 0  # no id is zero
                named: bool = False  # whether one of them is bound already: quantifiers speak of the others
                for i: uint256 in range(bound, count, bound=MAX_MESSAGES):
                    id: uint256 = convert(ids[i], uint256)
                    last = id if last < id else _MAX
                    for other: uint256 in range(bound, bound=MAX_BOUND):
                        if ids[other] == ids[i]:
                            named = True
                if last == _MAX:
                    refused = _DISORDER
                    break
                if named:
                    refused = _SAME_MESSAGE
                    break
                body = pc
                loop_end = unsafe_add(unsafe_sub(pc, 1), operand)
                if loop_end >= end:
                    refused = _NO_END
                    break
                pc = loop_end
                jumped = True
                base = size
                base_kinds = kinds
                cursor = bound
                total = 0
                seen_count = 0
            elif variant < 4 or variant == 7 or variant > 10:
                refused = _BAD_INSTRUCTION
                break
            elif loop_end == 0:
                refused = _BAD_LOOP
                break
            elif variant < 7:  # NEXT
                if unsafe_sub(pc, 1) != loop_end:
                    refused = _BAD_LOOP
                    break
                if operand >= len(constants):
                    refused = _NO_CONSTANT
                    break
                size = base
                kinds = base_kinds
                it = _NOBODY
                for i: uint256 in range(cursor, count, bound=MAX_MESSAGES):
                    misfit: uint256 = self._misfit(
                        messages[i], accused.service, constants[operand], unsafe_sub(variant, 4), operator
                    )
                    if misfit == 0:
                        it = i
                        cursor = unsafe_add(i, 1)
                        break
                if it != _NOBODY:
                    pc = body
                    jumped = True
                else:
                    loop_end = 0
                    base = 0
                    pushed = total
                    kind = _UINT
            elif variant == 8:  # COUNT
                total = self._calculate(0, total, 1)
            elif size <= base:
                refused = _UNDERFLOW
                break
            elif variant == 10 and kinds & 15 != _UINT:
                refused = _WRONG_TYPE
                break
            else:  # TOTAL, COUNT_NEW
                size = unsafe_sub(size, 1)
                kinds >>= 4
                addend: uint256 = stack[size]
                if variant == 9:
                    known: uint256 = 0
                    for i: uint256 in range(seen_count, bound=MAX_STACK):
                        if seen[i] == addend:
                            known = 1
                    if known == 0:
                        if seen_count >= MAX_STACK:
                            refused = _OVERFLOW
                            break
                        seen[seen_count] = addend
                        seen_count = unsafe_add(seen_count, 1)
                    addend = unsafe_sub(1, known)
                total = self._calculate(0, total, addend)
        else:
            refused = _BAD_INSTRUCTION
            break

        if kind != 0:
            if size >= MAX_STACK:
                refused = _OVERFLOW
                break
            stack[size] = pushed
            size = unsafe_add(size, 1)
            kinds = (kinds << 4) | kind
        elif jumped:
            word = program[pc >> 4] << ((pc & 15) << 4)
    self._refuse(refused)
    return False, empty(bytes32)


@internal
@pure
def _misfit(one: Bytes[448], service: bytes32, kind: bytes32, direction: uint256, operator: uint256) -> uint256:
    """
    @dev Why a message is not of a service, a kind and a direction (0: by the operator, 1: to it, 2: to nobody in
         particular); 0 if it is.
    """
    if extract32(one, message.SERVICE) != service:
        return _WRONG_SERVICE
    if extract32(one, message.KIND) != kind:
        return _WRONG_KIND
    if direction == 0:
        return 0 if extract32(one, message.SENDER, output_type=uint256) == operator else _WRONG_SENDER
    recipient: uint256 = operator if direction == 1 else 0
    return 0 if extract32(one, message.RECIPIENT, output_type=uint256) == recipient else _WRONG_RECIPIENT


@internal
@pure
def _calculate(variant: uint256, left: uint256, right: uint256) -> uint256:
    """
    @dev Saturating arithmetic: add, subtract, multiply, divide, remainder (not by zero), least, greatest, distance.
    """
    if variant == 0:
        total: uint256 = unsafe_add(left, right)
        return _MAX if total < left else total
    if variant == 1:
        return unsafe_sub(left, right) if left > right else 0
    if variant == 2:
        if right != 0 and left > _MAX // right:
            return _MAX
        return unsafe_mul(left, right)
    if variant == 3:
        return unsafe_div(left, right)
    if variant == 4:
        return left % right
    if variant == 5:
        return min(left, right)
    if variant == 6:
        return max(left, right)
    return unsafe_sub(left, right) if left > right else unsafe_sub(right, left)


@internal
@pure
def _is_leaf(root: uint256, index: uint256, leaf: uint256, witness: DynArray[bytes32, 40], operand: uint256) -> uint256:
    """
    @dev 1 if the tree has `leaf` at `index`, 0 if not, else the refusal. Leaves are keccak of 32 bytes, inner nodes of 64, so
         neither passes for the other. The low four bits of `operand` number the proof, which stands behind as many
         words of values as the high four say.
    """
    place: uint256 = operand >> 4
    number: uint256 = operand & 15
    length: uint256 = 0
    for i: uint256 in range(16):
        if place >= len(witness):
            return _NO_WITNESS
        length = convert(witness[place], uint256)
        if length > MAX_PATH:
            return _LONG_PATH
        place = unsafe_add(place, 1)
        if i == number:
            break
        place = unsafe_add(place, length)
    if unsafe_add(place, length) > len(witness):
        return _NO_WITNESS
    if index >> length != 0:
        return 0
    node: bytes32 = keccak256(convert(leaf, bytes32))
    for level: uint256 in range(length, bound=MAX_PATH):
        sibling: bytes32 = witness[unsafe_add(place, level)]
        if (index >> level) & 1 == 0:
            node = keccak256(concat(node, sibling))
        else:
            node = keccak256(concat(sibling, node))
    return 1 if node == convert(root, bytes32) else 0


@internal
@pure
def _refuse(refused: uint256):
    """
    @dev Revert with the reason of a number.
    """
    assert refused != _NO_END, errors.NO_END
    assert refused != _TOO_LONG, errors.TOO_LONG
    assert refused != _BAD_INSTRUCTION, errors.BAD_INSTRUCTION
    assert refused != _UNDERFLOW, errors.UNDERFLOW
    assert refused != _OVERFLOW, errors.OVERFLOW
    assert refused != _WRONG_TYPE, errors.WRONG_TYPE
    assert refused != _OUT_OF_TYPE, errors.OUT_OF_TYPE
    assert refused != _NO_CONSTANT, errors.NO_CONSTANT
    assert refused != _NO_PARAMETER, errors.NO_PARAMETER
    assert refused != _NO_WITNESS, errors.NO_WITNESS
    assert refused != _NO_MESSAGE, errors.NO_MESSAGE
    assert refused != _NO_FIELD, errors.NO_FIELD
    assert refused != _WRONG_SERVICE, errors.WRONG_SERVICE
    assert refused != _WRONG_KIND, errors.WRONG_KIND
    assert refused != _WRONG_SENDER, errors.WRONG_SENDER
    assert refused != _WRONG_RECIPIENT, errors.WRONG_RECIPIENT
    assert refused != _SAME_MESSAGE, errors.SAME_MESSAGE
    assert refused != _DISORDER, errors.DISORDER
    assert refused != _BAD_LOOP, errors.BAD_LOOP
    assert refused != _DIVISION_BY_ZERO, errors.DIVISION_BY_ZERO
    assert refused != _BAD_OPERAND, errors.BAD_OPERAND
    assert refused != _MANY_BOUND, errors.MANY_BOUND
    assert refused != _LONG_PATH, errors.LONG_PATH
    raise "predicate_machine: unreachable"
