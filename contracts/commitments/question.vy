# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Questions that can be answered
@license AGPL-3.0-only
@author Surety contributors
@notice Of the program of a RESPOND property: which fields it reads of the challenge and how wide they may be, and what it demands of
    the challenge alone. A challenge that lacks a field, has a number where a smaller one belongs, or fails such a demand
    has no right answer, whatever the operator says; so none is asked.
@dev A compiled program binds the challenge (IN or CAST), then the answer (OUT), and is a list of demands: each begins with an empty stack
    and ends with a REQUIRE. What reads neither the answer nor a given value is a demand of the challenge alone; these are
    copied, with the first binding, into a program of their own, the door. Both go over the program once.
@custom:security A program by hand that doesn't keep to this form gets a door that the machine refuses or that holds when it
    shouldn't: its operator promised that program. Demands of challenge and answer together may be impossible
    for some challenges, too (`out.x < in.x` for 0): that is between the text and who enters into it.
@custom:kill None: no state.
@custom:invariant INV-CHG-1 (specs/challenge-game.md)
"""

# -- modules ----------------------------------------------------------------------------------------------------------

from . import message

# -- constants --------------------------------------------------------------------------------------------------------

MAX_CODES: constant(uint256) = 256
LAST_CODE: constant(uint256) = 254  # a door has two instructions more than the demands that it copies

# operations, as specs/predicates.md numbers them
_FIELD_ADDRESS: constant(uint256) = 3
_FIELD_BOOL: constant(uint256) = 4
_GIVEN: constant(uint256) = 3  # families
_BINDINGS: constant(uint256) = 9
_QUANTIFIERS: constant(uint256) = 10
_ID: constant(uint256) = 66
_REQUIRE_EQ: constant(uint256) = 88  # the first of the demands, and the last
_REQUIRE: constant(uint256) = 92
_FIT: constant(uint256) = 104
_MERKLE: constant(uint256) = 129
_IN: constant(uint256) = 145
_CAST: constant(uint256) = 146
_END: constant(uint256) = 240

# of a shape: for each of eight fields 16 bits, its width plus one, or 0 if it is not read; then flags
SOUND: constant(uint256) = 1 << 128  # a program that asks something
DEMANDS: constant(uint256) = 1 << 129  # something is demanded of the challenge alone
BROADCAST: constant(uint256) = 1 << 130  # the challenge is to nobody in particular
_MASK_16: constant(uint256) = 2**16 - 1
_NONE: constant(uint256) = 16  # no field


# -- internals --------------------------------------------------------------------------------------------------------


@internal
@pure
def _shape(program: DynArray[uint256, 16]) -> (uint256, DynArray[uint256, 16]):
    """
    @dev Shape of the challenges that a program understands, and its door. The shape is 0 if the first instruction binds no
         challenge, or if the program is too long for a compiled one.
    """
    door: DynArray[uint256, 16] = []
    if len(program) == 0:
        return 0, door
    first: uint256 = program[0] >> 248
    if first != _IN and first != _CAST:
        return 0, door
    shape: uint256 = SOUND | (BROADCAST if first == _CAST else 0)
    codes: uint256[16] = empty(uint256[16])  # of the door, 16 a word
    codes[0] = program[0]  # what stands behind the first instruction is written over
    written: uint256 = 1
    kept: uint256 = 1  # instructions of the door up to its last demand
    alone: bool = True  # whether the demand at hand has read nothing but the challenge
    loaded: uint256 = _NONE  # field that the instruction before pushed
    word: uint256 = program[0] << 16
    for at: uint256 in range(1, len(program) << 4, bound=MAX_CODES):
        if at & 15 == 0:
            word = program[at >> 4]
        code: uint256 = word >> 240
        op: uint256 = code >> 8
        operand: uint256 = code & 255
        word <<= 16
        before: uint256 = loaded
        loaded = _NONE
        if op == _END:
            break
        if op >> 4 == _BINDINGS:
            continue
        if op < 16:  # a field, by its type
            if operand >> 4 != 0:
                alone = False
            elif operand < message.MAX_FIELDS:
                loaded = operand
                shape = self._narrowed(
                    shape, loaded, 160 if op == _FIELD_ADDRESS else (1 if op == _FIELD_BOOL else 256)
                )
        elif op == _FIT:
            if before != _NONE:
                shape = self._narrowed(shape, before, operand)
        elif op >> 4 == _GIVEN or op == _MERKLE or op >> 4 == _QUANTIFIERS or (op == _ID and operand != 0):
            alone = False
        if written == LAST_CODE:
            return 0, door
        codes[written >> 4] = self._written(codes[written >> 4], written & 15, code)
        written += 1
        if op >= _REQUIRE_EQ and op <= _REQUIRE:
            if alone:
                kept = written
            written = kept
            alone = True
    if kept > 1:
        shape |= DEMANDS
    codes[kept >> 4] = self._written(codes[kept >> 4], kept & 15, _ID << 8)
    kept += 1
    # the last word ends with it, too
    codes[kept >> 4] = self._written(codes[kept >> 4], kept & 15, _END << 8) & ~((1 << (240 - ((kept & 15) << 4))) - 1)
    for i: uint256 in range((kept >> 4) + 1, bound=16):
        door.append(codes[i])
    return shape, door


@internal
@pure
def _fits(shape: uint256, fields: DynArray[bytes32, 8]) -> bool:
    """
    @dev Whether a program finds each field that it reads, and in its width.
    """
    for i: uint256 in range(message.MAX_FIELDS):
        lane: uint256 = (shape >> (i << 4)) & _MASK_16
        if lane == 0:
            continue
        if i >= len(fields):
            return False
        if lane < 257 and convert(fields[i], uint256) >> (lane - 1) != 0:
            return False
    return True


@internal
@pure
def _drawn(shape: uint256, seed: bytes32) -> DynArray[bytes32, 8]:
    """
    @dev Random fields that fit: as many as a program reads, each a hash cut to its width.
    """
    count: uint256 = 0
    for i: uint256 in range(message.MAX_FIELDS):
        if (shape >> (i << 4)) & _MASK_16 != 0:
            count = i + 1
    fields: DynArray[bytes32, 8] = []
    for i: uint256 in range(count, bound=message.MAX_FIELDS):
        field: uint256 = convert(keccak256(abi_encode(seed, i)), uint256)
        lane: uint256 = (shape >> (i << 4)) & _MASK_16
        if lane != 0:
            field >>= 257 - lane
        fields.append(convert(field, bytes32))
    return fields


@internal
@pure
def _composed(
    service: bytes32,
    kind: bytes32,
    sender: address,
    recipient: address,
    sequence: uint256,
    time: uint256,
    fields: DynArray[bytes32, 8],
) -> Bytes[448]:
    """
    @dev A message. `sequence` and `time` are below 2**64.
    """
    words: bytes32[8] = empty(bytes32[8])
    for i: uint256 in range(len(fields), bound=message.MAX_FIELDS):
        words[i] = fields[i]
    header: Bytes[192] = abi_encode(service, kind, sender, recipient, sequence, time)
    return concat(header, slice(abi_encode(words), 0, len(fields) << 5))


@internal
@pure
def _narrowed(shape: uint256, field: uint256, width: uint256) -> uint256:
    """
    @dev A shape in which a field has at most `width` bits.
    """
    at: uint256 = field << 4
    lane: uint256 = (shape >> at) & _MASK_16
    if lane != 0 and lane <= width + 1:
        return shape
    return (shape & ~(_MASK_16 << at)) | ((width + 1) << at)


@internal
@pure
def _written(word: uint256, place: uint256, code: uint256) -> uint256:
    """
    @dev A word of a program with another instruction at a place.
    """
    at: uint256 = 240 - (place << 4)  # bits below it
    return (word & ~(_MASK_16 << at)) | (code << at)
