"""The reference machine: what `contracts/commitments/predicate_machine.vy` does, step by step and refusal by refusal.

A program runs over messages that somebody else has attributed to their senders. It ends in one of three ways: the
promise is broken (`END` was reached, the fault key is on the stack), it is not (a `REQUIRE` did not hold), or the
machine refuses. Arithmetic saturates at 0 and at 2**256 - 1, so that no signed number, however absurd, makes a program
fail.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, NamedTuple

from eth_utils.crypto import keccak

from surety.models.refusal import Refused, require
from surety.sdk.messages import message_id

from . import reasons
from .instructions import LOOP_SLOT, REQUIRED, Kind, Op
from .limits import MAX_BOUND, MAX_FIELDS, MAX_PATH, MAX_STACK, MAX_STEPS, MAX_UINT
from .program import Program

HEADER_BYTES: Final = 192
NOBODY: Final = 255
ADDRESSES: Final = 2**160


class Verdict(NamedTuple):
    """`broken`, and the fault key under which it is punished once; the key is zero if nothing is broken."""

    broken: bool
    key: bytes


KEPT: Final = Verdict(False, bytes(32))


@dataclass(frozen=True)
class Evidence:
    """What a program is run on.

    `operator` is the accused's address as a number, `messages` are as in `Message.encoded`: those that the property
    names, in its order, then those that its quantifiers speak of, ascending by id. `witness` holds given values, then
    each proof as its length and its nodes.
    """

    service: bytes
    operator: int
    parameters: tuple[bytes, ...] = ()
    messages: tuple[bytes, ...] = ()
    witness: tuple[bytes, ...] = ()


def evaluate(program: Program, evidence: Evidence) -> Verdict:
    """Run. Raises `Refused` with the contract's reason for what is malformed, missing or out of place."""
    return _Run(program, evidence).finish()


def message_ids(messages: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """hashStruct of each. Refuses what is no message."""
    for message in messages:
        whole = HEADER_BYTES <= len(message) <= HEADER_BYTES + 32 * MAX_FIELDS and len(message) % 32 == 0
        require(whole, reasons.BAD_MESSAGE)
        sender, recipient, sequence, time = (_number(message, at) for at in (64, 96, 128, 160))
        in_range = max(sender, recipient) < ADDRESSES and max(sequence, time) < 2**64
        require(in_range, reasons.BAD_MESSAGE)
    return tuple(message_id(message) for message in messages)


def merkle_root(leaf: bytes, index: int, path: tuple[bytes, ...]) -> bytes | None:
    """The root above a leaf: keccak of its 32 bytes, then of 64 for each level. None if the tree has no such index."""
    if index >> len(path):
        return None
    node = keccak(leaf)
    for level, sibling in enumerate(path):
        node = keccak(sibling + node) if index >> level & 1 else keccak(node + sibling)
    return bytes(node)


@dataclass
class _Run:
    program: Program
    evidence: Evidence
    values: list[int] = field(default_factory=list)
    kinds: list[int] = field(default_factory=list)
    bound: int = 0
    pc: int = 0
    # of the quantifier that runs; loop_end is the place of its NEXT, 0 outside; body is 0 before any has begun
    loop_end: int = 0
    body: int = 0
    floor: int = 0
    cursor: int = 0
    it: int = NOBODY
    total: int = 0
    seen: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ids = message_ids(self.evidence.messages)
        self.codes = self.program.codes

    def finish(self) -> Verdict:
        for _ in range(MAX_STEPS):
            require(self.pc < len(self.codes), reasons.NO_END)
            verdict = self.step(self.codes[self.pc] >> 8, self.codes[self.pc] & 0xFF)
            if verdict is not None:
                return verdict
        raise Refused(reasons.TOO_LONG)

    def step(self, op: int, operand: int) -> Verdict | None:
        family = op >> 4
        at = self.pc
        self.pc += 1
        if family <= 3:
            self.push_checked(self.loaded(family, op & 15, operand), op & 15)
        elif family == 5:
            return self.compare(op & 15)
        elif family == 9:
            self.bind(op, operand)
        elif op == Op.END:
            require(self.loop_end == 0, reasons.BAD_LOOP)
            return Verdict(True, self.pop().to_bytes(32, "big"))
        elif op == Op.SMALL:
            self.push(operand, Kind.UINT)
        elif op == Op.OPERATOR:
            self.push(self.evidence.operator, Kind.ADDRESS)
        elif op == Op.ID:
            self.push(int.from_bytes(self.ids[self.slot(operand)], "big"), Kind.BYTES32)
        elif family == 6:
            self.calculate(op, operand)
        elif family == 7:
            self.connect(op)
        elif op == Op.KECCAK:
            self.keccak(operand)
        elif op == Op.MERKLE:
            self.merkle(operand)
        elif family == 10:
            self.quantify(op, operand, at)
        else:
            raise Refused(reasons.BAD_INSTRUCTION)
        return None

    # -- stack

    def push(self, value: int, kind: int) -> None:
        require(len(self.values) < MAX_STACK, reasons.OVERFLOW)
        self.values.append(value)
        self.kinds.append(kind)

    def push_checked(self, value: int, kind: int) -> None:
        require(kind != Kind.ADDRESS or value < ADDRESSES, reasons.OUT_OF_TYPE)
        require(kind != Kind.BOOL or value < 2, reasons.OUT_OF_TYPE)
        self.push(value, kind)

    def need(self, *kinds: int) -> None:
        """The topmost values are there and of these types, the last one on top."""
        require(len(self.values) >= self.floor + len(kinds), reasons.UNDERFLOW)
        require(all(self.kinds[-1 - back] == kind for back, kind in enumerate(reversed(kinds))), reasons.WRONG_TYPE)

    def pop(self) -> int:
        require(len(self.values) > self.floor, reasons.UNDERFLOW)
        self.kinds.pop()
        return self.values.pop()

    def cut(self) -> None:
        del self.values[self.floor :]
        del self.kinds[self.floor :]

    # -- loads

    def slot(self, number: int) -> int:
        if number == LOOP_SLOT:
            require(self.it != NOBODY, reasons.NO_MESSAGE)
            return self.it
        require(number < self.bound, reasons.NO_MESSAGE)
        return number

    def loaded(self, family: int, kind: int, operand: int) -> int:
        require(1 <= kind <= 4, reasons.BAD_INSTRUCTION)
        if family == 0:
            return self.field_value(kind, operand)
        source, reason = {
            1: (self.program.constants, reasons.NO_CONSTANT),
            2: (self.evidence.parameters, reasons.NO_PARAMETER),
            3: (self.evidence.witness, reasons.NO_WITNESS),
        }[family]
        require(operand < len(source), reason)
        return int.from_bytes(source[operand], "big")

    def field_value(self, kind: int, operand: int) -> int:
        message = self.evidence.messages[self.slot(operand >> 4)]
        index = operand & 15
        if index < MAX_FIELDS:
            require(len(message) > HEADER_BYTES + 32 * index, reasons.NO_FIELD)
            return _number(message, HEADER_BYTES + 32 * index)
        require(index < 12, reasons.BAD_OPERAND)
        require(kind == (Kind.ADDRESS if index < 10 else Kind.UINT), reasons.WRONG_TYPE)
        return _number(message, 64 + 32 * (index - 8))

    # -- comparisons and connectives

    def compare(self, variant: int) -> Verdict | None:
        if variant == 12:
            self.need(Kind.BOOL)
            return self.demand(bool(self.pop()))
        require(variant & 7 <= 3, reasons.BAD_INSTRUCTION)
        require(len(self.values) >= self.floor + 2, reasons.UNDERFLOW)
        require(self.kinds[-1] == self.kinds[-2], reasons.WRONG_TYPE)
        require(variant & 7 < 2 or self.kinds[-1] == Kind.UINT, reasons.WRONG_TYPE)
        right, left = self.pop(), self.pop()
        holds = (left == right, left != right, left < right, left <= right)[variant & 7]
        if variant & REQUIRED:
            return self.demand(holds)
        self.push(int(holds), Kind.BOOL)
        return None

    def demand(self, holds: bool) -> Verdict | None:
        """What doesn't hold ends the run, or within a quantifier skips the message."""
        if holds:
            return None
        if self.loop_end == 0:
            return KEPT
        self.pc = self.loop_end
        return None

    def connect(self, op: int) -> None:
        if op == Op.NOT:
            self.need(Kind.BOOL)
            self.push(1 - self.pop(), Kind.BOOL)
            return
        require(op in (Op.AND, Op.OR), reasons.BAD_INSTRUCTION)
        self.need(Kind.BOOL, Kind.BOOL)
        right, left = self.pop(), self.pop()
        self.push(left & right if op == Op.AND else left | right, Kind.BOOL)

    # -- arithmetic and hashes

    def calculate(self, op: int, operand: int) -> None:
        if op == Op.FIT:
            self.need(Kind.UINT)
            require(self.values[-1] >> operand == 0, reasons.OUT_OF_TYPE)
            return
        require(op < Op.FIT, reasons.BAD_INSTRUCTION)
        self.need(Kind.UINT, Kind.UINT)
        right, left = self.pop(), self.pop()
        self.push(calculated(op, left, right), Kind.UINT)

    def keccak(self, count: int) -> None:
        require(1 <= count <= 8, reasons.BAD_OPERAND)
        require(len(self.values) >= self.floor + count, reasons.UNDERFLOW)
        data = b"".join(value.to_bytes(32, "big") for value in self.values[-count:])
        del self.values[-count:], self.kinds[-count:]
        self.push(int.from_bytes(keccak(data), "big"), Kind.BYTES32)

    def merkle(self, operand: int) -> None:
        self.need(Kind.BYTES32, Kind.UINT, Kind.BYTES32)
        leaf, index, root = self.pop(), self.pop(), self.pop()
        path = self.path(operand >> 4, operand & 15)
        top = merkle_root(leaf.to_bytes(32, "big"), index, path)
        self.push(int(top == root.to_bytes(32, "big")), Kind.BOOL)

    def path(self, place: int, number: int) -> tuple[bytes, ...]:
        """The `number`th proof behind `place` words of values."""
        witness = self.evidence.witness
        for left in range(number, -1, -1):
            require(place < len(witness), reasons.NO_WITNESS)
            length = int.from_bytes(witness[place], "big")
            require(length <= MAX_PATH, reasons.LONG_PATH)
            if left:
                place += 1 + length
        require(place + length < len(witness), reasons.NO_WITNESS)
        return witness[place + 1 : place + 1 + length]

    # -- messages

    def bind(self, op: int, operand: int) -> None:
        require(op <= Op.CAST, reasons.BAD_INSTRUCTION)
        require(self.body == 0, reasons.BAD_LOOP)
        require(operand < len(self.program.constants), reasons.NO_CONSTANT)
        require(self.bound < MAX_BOUND, reasons.MANY_BOUND)
        require(self.bound < len(self.ids), reasons.NO_MESSAGE)
        message = self.evidence.messages[self.bound]
        require(message[:32] == self.evidence.service, reasons.WRONG_SERVICE)
        require(message[32:64] == self.program.constants[operand], reasons.WRONG_KIND)
        if op == Op.OUT:
            require(_number(message, 64) == self.evidence.operator, reasons.WRONG_SENDER)
        else:
            wanted = self.evidence.operator if op == Op.IN else 0
            require(_number(message, 96) == wanted, reasons.WRONG_RECIPIENT)
        require(self.ids[self.bound] not in self.ids[: self.bound], reasons.SAME_MESSAGE)
        self.bound += 1

    def quantify(self, op: int, operand: int, at: int) -> None:
        if op == Op.EACH:
            self.enter(operand, at)
            return
        if Op.NEXT_OUT <= op <= Op.NEXT_CAST:
            self.advance(op, operand, at)
            return
        require(Op.COUNT <= op <= Op.TOTAL, reasons.BAD_INSTRUCTION)
        require(self.loop_end != 0, reasons.BAD_LOOP)
        if op == Op.COUNT:
            self.total = calculated(Op.ADD, self.total, 1)
        elif op == Op.TOTAL:
            self.need(Kind.UINT)
            self.total = calculated(Op.ADD, self.total, self.pop())
        else:
            key = self.pop()
            if key not in self.seen:
                require(len(self.seen) < MAX_STACK, reasons.OVERFLOW)
                self.seen.append(key)
                self.total = calculated(Op.ADD, self.total, 1)

    def enter(self, distance: int, at: int) -> None:
        require(self.loop_end == 0, reasons.BAD_LOOP)
        require(distance != 0, reasons.BAD_OPERAND)
        given = self.ids[self.bound :]
        require(all(a < b for a, b in pairwise(given)), reasons.DISORDER)
        require(not set(given) & set(self.ids[: self.bound]), reasons.SAME_MESSAGE)
        self.body, self.loop_end = at + 1, at + distance
        self.floor, self.cursor, self.total, self.seen = len(self.values), self.bound, 0, []
        self.pc = self.loop_end

    def advance(self, op: int, operand: int, at: int) -> None:
        require(self.loop_end != 0 and self.loop_end == at, reasons.BAD_LOOP)
        require(operand < len(self.program.constants), reasons.NO_CONSTANT)
        self.cut()
        kind = self.program.constants[operand]
        for place in range(self.cursor, len(self.ids)):
            if self.fits(self.evidence.messages[place], kind, op):
                self.it, self.cursor, self.pc = place, place + 1, self.body
                return
        self.loop_end, self.floor, self.it = 0, 0, NOBODY
        self.push(self.total, Kind.UINT)

    def fits(self, message: bytes, kind: bytes, op: int) -> bool:
        if message[:32] != self.evidence.service or message[32:64] != kind:
            return False
        if op == Op.NEXT_OUT:
            return _number(message, 64) == self.evidence.operator
        return _number(message, 96) == (self.evidence.operator if op == Op.NEXT_IN else 0)


def calculated(op: int, left: int, right: int) -> int:
    """Saturating arithmetic on [0, 2**256). Refuses to divide by zero."""
    if op == Op.ADD:
        return min(left + right, MAX_UINT)
    if op == Op.SUB:
        return max(left - right, 0)
    if op == Op.MUL:
        return min(left * right, MAX_UINT)
    if op in (Op.DIV, Op.MOD):
        require(right != 0, reasons.DIVISION_BY_ZERO)
        return left // right if op == Op.DIV else left % right
    if op == Op.ABSDIFF:
        return abs(left - right)
    return min(left, right) if op == Op.MIN else max(left, right)


def _number(message: bytes, at: int) -> int:
    return int.from_bytes(message[at : at + 32], "big")
