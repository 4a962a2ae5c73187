"""The instruction set: 16 bits each, operation in the high byte and operand in the low one."""

from __future__ import annotations

from enum import IntEnum
from typing import Final, NamedTuple


class Kind(IntEnum):
    """Types of values on the stack; 0 is none."""

    UINT = 1
    BYTES32 = 2
    ADDRESS = 3
    BOOL = 4


class Op(IntEnum):
    """Operations. The high nibble is a family, and families of loads have the type of the value as their low nibble."""

    FIELD_UINT = 0x01
    FIELD_BYTES32 = 0x02
    FIELD_ADDRESS = 0x03
    FIELD_BOOL = 0x04
    CONST_UINT = 0x11
    CONST_BYTES32 = 0x12
    CONST_ADDRESS = 0x13
    CONST_BOOL = 0x14
    PARAM_UINT = 0x21
    PARAM_BYTES32 = 0x22
    PARAM_ADDRESS = 0x23
    PARAM_BOOL = 0x24
    GIVEN_UINT = 0x31
    GIVEN_BYTES32 = 0x32
    GIVEN_ADDRESS = 0x33
    GIVEN_BOOL = 0x34
    SMALL = 0x40
    OPERATOR = 0x41
    ID = 0x42
    EQ = 0x50
    NE = 0x51
    LT = 0x52
    LE = 0x53
    REQUIRE_EQ = 0x58
    REQUIRE_NE = 0x59
    REQUIRE_LT = 0x5A
    REQUIRE_LE = 0x5B
    REQUIRE = 0x5C
    ADD = 0x60
    SUB = 0x61
    MUL = 0x62
    DIV = 0x63
    MOD = 0x64
    MIN = 0x65
    MAX = 0x66
    ABSDIFF = 0x67
    FIT = 0x68
    AND = 0x70
    OR = 0x71
    NOT = 0x72
    KECCAK = 0x80
    MERKLE = 0x81
    OUT = 0x90
    IN = 0x91
    CAST = 0x92
    EACH = 0xA0
    NEXT_OUT = 0xA4
    NEXT_IN = 0xA5
    NEXT_CAST = 0xA6
    COUNT = 0xA8
    COUNT_NEW = 0xA9
    TOTAL = 0xAA
    END = 0xF0


LOADS: Final = {"field": 0x00, "const": 0x10, "param": 0x20, "given": 0x30}
REQUIRED: Final = 0x08
"""Turns a comparison into the demand that it hold."""
LOOP_SLOT: Final = 15
"""The slot of the message that a quantifier stands at."""
HEADER_INDEX: Final = {"sender": 8, "recipient": 9, "sequence": 10, "time": 11}
HEADER_KIND: Final = {8: Kind.ADDRESS, 9: Kind.ADDRESS, 10: Kind.UINT, 11: Kind.UINT}
WITHOUT_OPERAND: Final = frozenset(
    {
        Op.OPERATOR,
        *(op for op in Op if 0x50 <= op <= 0x5C),
        *(op for op in Op if 0x60 <= op <= 0x67),
        *(op for op in Op if 0x70 <= op <= 0x72),
        Op.COUNT,
        Op.COUNT_NEW,
        Op.TOTAL,
        Op.END,
    }
)


class Instruction(NamedTuple):
    """One step. `operand` is 0 where the operation takes none."""

    op: Op
    operand: int = 0

    @property
    def code(self) -> int:
        """16 bits."""
        return self.op << 8 | self.operand

    @property
    def text(self) -> str:
        """`FIELD_UINT a0.f2`, `CONST_UINT 3`, `ADD`: one line of a listing."""
        if self.op in WITHOUT_OPERAND:
            return self.op.name
        if self.op >> 4 == 0:
            return f"{self.op.name} {_slot(self.operand >> 4)}.{_field(self.operand & 15)}"
        if self.op == Op.ID:
            return f"{self.op.name} {_slot(self.operand)}"
        if self.op == Op.MERKLE:
            return f"{self.op.name} values={self.operand >> 4} proof={self.operand & 15}"
        return f"{self.op.name} {self.operand}"


def load(source: str, kind: Kind) -> Op:
    """The operation that loads a value of a type: `load("field", Kind.UINT)`."""
    return Op(LOADS[source] | kind)


def _slot(number: int) -> str:
    return "it" if number == LOOP_SLOT else f"m{number}"


def _field(index: int) -> str:
    return next((name for name, known in HEADER_INDEX.items() if known == index), f"f{index}")
