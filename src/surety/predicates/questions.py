"""Of a response's program: which challenges make sense. `contracts/commitments/question.vy` finds the same by scanning.

A challenge makes sense if it has each field that the program reads, in its width, and meets what is demanded of it
alone; else no answer could be right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eth_utils.crypto import keccak

from . import ir
from .instructions import Kind, Op
from .limits import MAX_FIELDS

WIDTHS = {Kind.ADDRESS: 160, Kind.BOOL: 1}


@dataclass(frozen=True)
class Shape:
    """`widths`: bits of each field, None if it isn't read. `demands`: what is demanded of the challenge alone."""

    widths: tuple[int | None, ...]
    demands: tuple[ir.Ir, ...]
    broadcast: bool

    @property
    def count(self) -> int:
        """Fields that a challenge has to have."""
        return max((index + 1 for index, width in enumerate(self.widths) if width is not None), default=0)

    @property
    def drawable(self) -> bool:
        """Whether random fields make a challenge that makes sense."""
        return not self.demands

    def fits(self, fields: Sequence[bytes]) -> bool:
        """Whether a program finds all it reads."""
        return len(fields) >= self.count and all(
            width is None or int.from_bytes(field, "big") >> width == 0
            for field, width in zip(fields, self.widths, strict=False)
        )

    def drawn(self, seed: bytes) -> tuple[bytes, ...]:
        """Random fields that fit: as many as a program reads, each a hash cut to its width."""
        hashed = (int.from_bytes(keccak(seed + index.to_bytes(32, "big")), "big") for index in range(self.count))
        cut = (value >> 256 - width if width else value for value, width in zip(hashed, self.widths, strict=False))
        return tuple(value.to_bytes(32, "big") for value in cut)

    @property
    def word(self) -> int:
        """As the contracts keep it."""
        lanes = sum((width + 1) << 16 * index for index, width in enumerate(self.widths) if width is not None)
        return lanes | 1 << 128 | bool(self.demands) << 129 | self.broadcast << 130


def shape_of(rule: ir.Rule) -> Shape:
    """Of a response's rule, which binds the challenge first."""
    widths: list[int | None] = [None] * MAX_FIELDS
    alone = []
    for demand in rule.demands:
        nodes = tuple(ir.walk(demand))
        for node in nodes:
            if isinstance(node, ir.Field) and node.slot == 0 and node.index < MAX_FIELDS:
                width = min(node.bits, WIDTHS.get(node.of, 256))
                known = widths[node.index]
                widths[node.index] = width if known is None else min(known, width)
        if not any(_reads_more(node) for node in nodes):
            alone.append(demand)
    return Shape(tuple(widths), tuple(alone), rule.bindings[0][0] == Op.CAST)


def _reads_more(node: ir.Ir) -> bool:
    """Than the challenge, the parameters and constants."""
    if isinstance(node, ir.Field | ir.MessageId):
        return node.slot != 0
    return isinstance(node, ir.Given | ir.Leaf | ir.Quantity)
