"""What parts of a rule come to for given messages, without a machine: for indexes and for looking faults up.

The machine alone decides what a fault is. What is computed here only tells which messages are worth its while.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from eth_utils.crypto import keccak

from surety.sdk.messages import message_id

from . import ir
from .instructions import LOOP_SLOT, Op
from .limits import MAX_FIELDS, MAX_UINT
from .machine import HEADER_BYTES, calculated

COMPARED: Final = (Op.EQ, Op.LT, Op.LE)
UNKNOWN: Final = (ir.Given, ir.Leaf, ir.Quantity)
"""What doesn't follow from the messages that a rule names."""


@dataclass(frozen=True)
class Sight:
    """Messages by slot as `Message.encoded`, and what an operator chose."""

    operator: int
    parameters: tuple[bytes, ...]
    slots: Mapping[int, bytes] = field(default_factory=dict)

    def value(self, node: ir.Ir) -> int | None:
        """Its value, truths as 0 and 1; None if it can't be told, or if the machine would refuse it."""
        match node:
            case ir.Field():
                return self._field(node)
            case ir.Constant():
                return node.value
            case ir.Param():
                return int.from_bytes(self.parameters[node.index], "big")
            case ir.Accused():
                return self.operator
            case ir.MessageId():
                message = self.slots.get(node.slot)
                return None if message is None else int.from_bytes(message_id(message), "big")
            case ir.Comparison() | ir.Calculation() | ir.Junction():
                return self._two(node)
            case ir.Negation():
                truth = self.value(node.value)
                return None if truth is None else 1 - truth
            case ir.Hash():
                return self._hash(node)
        return None

    def rules_out(self, node: ir.Ir) -> bool:
        """Whether a condition is known not to hold."""
        return self.value(node) == 0

    def _field(self, node: ir.Field) -> int | None:
        message = self.slots.get(node.slot)
        if message is None:
            return None
        at = HEADER_BYTES + 32 * node.index if node.index < MAX_FIELDS else 64 + 32 * (node.index - 8)
        if len(message) < at + 32:
            return None
        found = int.from_bytes(message[at : at + 32], "big")
        return None if found >> node.bits else found

    def _two(self, node: ir.Comparison | ir.Calculation | ir.Junction) -> int | None:
        left, right = self.value(node.left), self.value(node.right)
        if isinstance(node, ir.Junction):
            decided = 0 if node.op == Op.AND else 1
            if decided in (left, right):
                return decided
        if left is None or right is None:
            return None
        if isinstance(node, ir.Junction):
            return left & right if node.op == Op.AND else left | right
        if isinstance(node, ir.Comparison):
            return int({Op.EQ: left == right, Op.NE: left != right, Op.LT: left < right, Op.LE: left <= right}[node.op])
        if node.op in (Op.DIV, Op.MOD) and right == 0:
            return None
        return calculated(node.op, left, right)

    def _hash(self, node: ir.Hash) -> int | None:
        words = [self.value(one) for one in node.values]
        if None in words:
            return None
        return int.from_bytes(keccak(b"".join(word.to_bytes(32, "big") for word in words if word is not None)), "big")


@dataclass(frozen=True)
class Join:
    """A condition between one slot and others: `own op other`, `other op own` if it is `flipped`.

    With `around`, it is that both are no further apart than that.
    """

    op: Op
    own: ir.Ir
    other: ir.Ir
    flipped: bool
    around: ir.Ir | None = None

    def span(self, sight: Sight) -> tuple[int, int] | None:
        """Least and greatest value that `own` may have, as far as the other side is known; None if that isn't."""
        other = sight.value(self.other)
        if other is None:
            return None
        if self.op == Op.EQ:
            return other, other
        if self.around is not None:
            far = sight.value(self.around)
            return None if far is None else (max(0, other - far), min(MAX_UINT, other + far))
        step = int(self.op == Op.LT)
        return (other + step, MAX_UINT) if self.flipped else (0, other - step)


def slots_of(node: ir.Ir) -> frozenset[int]:
    """Slots of the messages that it speaks of."""
    return frozenset(one.slot for one in ir.walk(node) if isinstance(one, ir.Field | ir.MessageId))


def joins_of(demands: tuple[ir.Ir, ...], slot: int) -> tuple[Join, ...]:
    """The conditions by which messages for a slot can be looked up, equalities first."""
    found = []
    for node in demands:
        if not isinstance(node, ir.Comparison) or node.op not in COMPARED:
            continue
        for own, other, flipped in ((node.left, node.right, False), (node.right, node.left, True)):
            known = not any(isinstance(one, UNKNOWN) for side in (own, other) for one in ir.walk(side))
            if not known:
                continue
            if slots_of(own) == {slot} and slot not in slots_of(other):
                found.append(Join(node.op, own, other, flipped))
            elif not flipped and isinstance(own, ir.Calculation) and own.op == Op.ABSDIFF and not slots_of(other):
                for near, far in ((own.left, own.right), (own.right, own.left)):
                    if slots_of(near) == {slot} and slot not in slots_of(far):
                        found.append(Join(node.op, near, far, False, other))
    return tuple(sorted(found, key=lambda join: join.op != Op.EQ))


def at_slot(node: ir.Ir, slot: int) -> ir.Ir:
    """An expression of one message, said of another slot."""

    def moved(one: ir.Ir) -> ir.Ir:
        if isinstance(one, ir.Field):
            return ir.Field(slot, one.index, one.of, one.bits)
        return ir.MessageId(slot) if isinstance(one, ir.MessageId) else one

    return ir.rebuilt(node, moved)


def quantities_of(rule: ir.Rule) -> tuple[ir.Quantity, ...]:
    """Quantifiers of a rule, each once."""
    found = [one for demand in rule.demands for one in ir.walk(demand) if isinstance(one, ir.Quantity)]
    return tuple(dict.fromkeys(found))


def binding_of(quantity: ir.Quantity) -> tuple[Op, bytes]:
    """Direction and kind of the messages that a quantifier speaks of, as bindings have them."""
    return Op(Op.OUT + quantity.direction - Op.NEXT_OUT), quantity.message


def highest(node: ir.Ir, marks: Mapping[int, int]) -> int | None:
    """The most that an expression of one message can be if no field is above its mark; None if that can't be told.

    `marks` are by the field's index. Told are expressions that don't fall where a field rises.
    """
    if isinstance(node, ir.Field):
        return marks.get(node.index)
    if isinstance(node, ir.Constant):
        return node.value
    if not isinstance(node, ir.Calculation):
        return None
    left, right = highest(node.left, marks), highest(node.right, marks)
    if left is None or right is None:
        return None
    if node.op in (Op.ADD, Op.MUL, Op.MIN, Op.MAX):
        return calculated(node.op, left, right)
    if node.op in (Op.SUB, Op.DIV) and isinstance(node.right, ir.Constant) and not (node.op == Op.DIV and right == 0):
        return calculated(node.op, left, right)
    return None


__all__ = [
    "LOOP_SLOT",
    "Join",
    "Sight",
    "at_slot",
    "binding_of",
    "highest",
    "joins_of",
    "quantities_of",
    "slots_of",
]
