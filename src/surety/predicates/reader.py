"""Programs back to rules, by running them on expressions instead of values."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import NoReturn

from surety.sdk.errors import UsageError

from . import ir
from .instructions import LOOP_SLOT, REQUIRED, WITHOUT_OPERAND, Instruction, Kind, Op
from .limits import MAX_BOUND, MAX_FIELDS
from .program import Program

BINDS = {Op.NEXT_OUT: Op.OUT, Op.NEXT_IN: Op.IN, Op.NEXT_CAST: Op.CAST}
"""How a quantifier's messages would be bound."""


def read_back(program: Program) -> ir.Rule:
    """The rule that compiles to a program. Raises `UsageError` for one that no rule compiles to."""
    return _Reader(program).rule()


@dataclass
class _Loop:
    end: int
    base: int
    demands: list[ir.Ir] = field(default_factory=list)
    widths: dict[int, int] = field(default_factory=dict)
    counted: tuple[Op, ir.Ir | None] | None = None


class _Reader:
    """Runs a program on expressions instead of values."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.code = program.instructions
        self.at = 0
        self.stack: list[ir.Ir] = []
        self.bindings: list[tuple[Op, bytes]] = []
        self.demands: list[ir.Ir] = []
        self.values: set[int] = set()
        self.proofs: set[int] = set()
        self.loop: _Loop | None = None
        self.widths: dict[tuple[bytes, int], int] = {}  # of fields, by kind of message and index

    def rule(self) -> ir.Rule:
        for place, one in enumerate(self.code):
            self.at = place
            if one.operand and one.op in WITHOUT_OPERAND:
                self.fail("has an operand that means nothing")
            if one.op == Op.END:
                return self.ended()
            self.step(one)
        raise UsageError("the program has no end")

    def ended(self) -> ir.Rule:
        if self.loop is not None or len(self.stack) != 1 or self.at != len(self.code) - 1:
            self.fail("ends before its time")
        key = self.typed(self.stack.pop())
        self.demands = [self.typed(demand) for demand in self.demands]
        given = [node.index for one in (*self.demands, key) for node in ir.walk(one) if isinstance(node, ir.Given)]
        values = self.values or {max(given, default=-1) + 1}
        if len(values) > 1 or max(given, default=-1) >= min(values):
            self.fail("disagrees with itself on where proofs begin")
        keys = key.values if isinstance(key, ir.Hash) and len(key.values) > 1 else (key,)
        return ir.Rule(tuple(self.bindings), tuple(self.demands), keys, values.pop(), max(self.proofs, default=-1) + 1)

    def fail(self, problem: str) -> NoReturn:
        raise UsageError(f"instruction {self.at} ({self.code[self.at].text}) {problem}: no text says this")

    def pop(self, kind: Kind | None = None) -> ir.Ir:
        base = self.loop.base if self.loop else 0
        if len(self.stack) <= base:
            self.fail("finds no value")
        if kind is not None and self.stack[-1].kind != kind:
            self.fail("finds a value of another type")
        return self.stack.pop()

    def constant(self, index: int) -> bytes:
        if index >= len(self.program.constants):
            self.fail("names a constant that is not there")
        return self.program.constants[index]

    def step(self, one: Instruction) -> None:
        op, operand = one
        if op in (Op.OUT, Op.IN, Op.CAST):
            if self.demands or self.stack or self.loop or len(self.bindings) == MAX_BOUND:
                self.fail("binds a message too late")
            self.bindings.append((op, self.constant(operand)))
        elif op >> 4 <= 3 or op in (Op.SMALL, Op.OPERATOR, Op.ID):
            self.stack.append(self.loaded(op, operand))
        elif op >> 4 == 5:
            self.compared(op)
        elif op == Op.FIT:
            value = self.pop(Kind.UINT)
            if not isinstance(value, ir.Field) or value.bits != 256 or value.index >= MAX_FIELDS:
                self.fail("narrows what is no field")
            if operand % 8 or not operand:
                self.fail("narrows to a width that no type has")
            if value.slot == LOOP_SLOT and self.loop is not None:
                self.loop.widths[value.index] = operand
            else:
                self.narrow(self.bindings[value.slot][1], value.index, operand)
            self.stack.append(value)
        elif op >> 4 == 6:
            right, left = self.pop(Kind.UINT), self.pop(Kind.UINT)
            if op in (Op.DIV, Op.MOD) and not (isinstance(right, ir.Constant) and right.value):
                self.fail("divides by what may be zero")
            self.stack.append(ir.Calculation(op, left, right))
        elif op == Op.NOT:
            self.stack.append(ir.Negation(self.pop(Kind.BOOL)))
        elif op >> 4 == 7:
            right, left = self.pop(Kind.BOOL), self.pop(Kind.BOOL)
            self.stack.append(ir.Junction(op, left, right))
        elif op == Op.KECCAK:
            if not 1 <= operand <= 8:
                self.fail("hashes none or too many")
            self.stack.append(ir.Hash(tuple(self.pop() for _ in range(operand))[::-1]))
        elif op == Op.MERKLE:
            leaf, index, root = self.pop(Kind.BYTES32), self.pop(Kind.UINT), self.pop(Kind.BYTES32)
            self.values.add(operand >> 4)
            self.proofs.add(operand & 15)
            self.stack.append(ir.Leaf(root, index, leaf, operand & 15))
        else:
            self.quantified(op, operand)

    def loaded(self, op: Op, operand: int) -> ir.Ir:
        kind = Kind(op & 15) if op >> 4 <= 3 else Kind.UINT
        match op >> 4:
            case 0:
                return ir.Field(self.slot(operand >> 4), operand & 15, kind)
            case 1:
                return ir.Constant(int.from_bytes(self.constant(operand), "big"), kind)
            case 2:
                return ir.Param(operand, kind)
            case 3:
                return ir.Given(operand, kind)
        if op == Op.SMALL:
            return ir.Constant(operand, Kind.UINT)
        return ir.Accused() if op == Op.OPERATOR else ir.MessageId(self.slot(operand))

    def slot(self, number: int) -> int:
        if number >= len(self.bindings) and not (number == LOOP_SLOT and self.loop):
            self.fail("names a message that is not bound")
        return number

    def compared(self, op: Op) -> None:
        if op == Op.REQUIRE:
            self.demand(self.pop(Kind.BOOL))
            return
        right, left = self.pop(), self.pop()
        plain = Op(op & ~REQUIRED)
        if left.kind != right.kind or (plain in (Op.LT, Op.LE) and left.kind != Kind.UINT):
            self.fail("compares values of different types")
        found = ir.Comparison(plain, left, right)
        if op & REQUIRED:
            self.demand(found)
        else:
            self.stack.append(found)

    def demand(self, node: ir.Ir) -> None:
        if self.loop is None and self.stack:
            self.fail("demands something within an expression")
        (self.loop.demands if self.loop else self.demands).append(node)

    def quantified(self, op: Op, operand: int) -> None:
        if op == Op.EACH:
            if self.loop is not None:
                self.fail("is a quantifier within another")
            self.loop = _Loop(self.at + operand, len(self.stack))
            return
        loop = self.loop
        if loop is None or (loop.counted is not None and op not in BINDS):
            self.fail("stands outside of a quantifier")
        if op not in BINDS:
            value = None if op == Op.COUNT else self.pop(Kind.UINT if op == Op.TOTAL else None)
            loop.counted = op, value
            return
        if loop.counted is None or self.at != loop.end or len(self.stack) != loop.base:
            self.fail("ends a quantifier that counts nothing")
        self.loop = None
        counting, value = loop.counted
        message = self.constant(operand)
        for index, bits in loop.widths.items():
            self.narrow(message, index, bits)
        self.stack.append(ir.Quantity(counting, op, message, tuple(loop.demands), value))

    def narrow(self, message: bytes, index: int, bits: int) -> None:
        if self.widths.setdefault((message, index), bits) != bits:
            self.fail("reads a field as two types")

    def typed(self, node: ir.Ir) -> ir.Ir:
        """With the width of each field, which is demanded only where it is first read."""

        def change(one: ir.Ir, looped: bytes | None = None) -> ir.Ir:
            if isinstance(one, ir.Field) and one.index < MAX_FIELDS and (one.slot != LOOP_SLOT or looped is not None):
                message = looped if one.slot == LOOP_SLOT and looped is not None else self.bindings[one.slot][1]
                return replace(one, bits=self.widths.get((message, one.index), 256))
            if isinstance(one, ir.Quantity):
                inner = partial(change, looped=one.message)
                value = None if one.value is None else ir.rebuilt(one.value, inner)
                return replace(one, demands=tuple(ir.rebuilt(demand, inner) for demand in one.demands), value=value)
            return one

        return ir.rebuilt(node, change)
