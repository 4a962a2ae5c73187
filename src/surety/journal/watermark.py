"""What a journal does about messages that it never saw: it signs only what clashes with none under their mark."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from surety.predicates import Property, ir
from surety.predicates.instructions import Op
from surety.predicates.machine import HEADER_BYTES
from surety.predicates.values import (
    LOOP_SLOT,
    Join,
    Sight,
    at_slot,
    binding_of,
    highest,
    joins_of,
    quantities_of,
    slots_of,
)

from .index import Hold

Marks = Mapping[int, int]
Place = tuple[int, tuple[Op, bytes], tuple[ir.Ir, ...]]
"""Slot, binding, and the conditions that speak of it."""
SEQUENCE, TIME = 10, 11


def marks_of(messages: Iterable[bytes]) -> dict[int, int]:
    """The highest of each field, by its index as instructions have it; of sequence and time, too."""
    found: dict[int, int] = {}
    for message in messages:
        words = {SEQUENCE: 128, TIME: 160}
        words |= {index: HEADER_BYTES + 32 * index for index in range((len(message) - HEADER_BYTES) // 32)}
        for index, at in words.items():
            found[index] = max(found.get(index, 0), int.from_bytes(message[at : at + 32], "big"))
    return found


def unsafe(hold: Hold, message: bytes, marks: Mapping[bytes, Marks]) -> Iterator[Property]:
    """Properties that a message could break together with messages of the operator that lie under the marks.

    `marks` are by kind. A property is safe if, wherever the message stands in it and wherever an unknown one does, one
    condition between the two is false for all that the unknown one may be.
    """
    for promise in hold.compiled.safety:
        places = tuple(_places(promise))
        for new in places:
            if not hold.fits(new[1], message):
                continue
            sight = hold.sight({new[0]: message})
            unknown = [one for one in places if one[1][0] == Op.OUT and one[1][1] in marks]
            rest = [one for one in unknown if one is not new or one[0] == LOOP_SLOT]
            if not all(_apart(sight, new, other, marks[other[1][1]]) for other in rest):
                yield promise
                break


def _places(promise: Property) -> Iterator[Place]:
    rule = promise.rule
    for slot, binding in enumerate(rule.bindings):
        yield slot, binding, rule.demands
    for quantity in quantities_of(rule):
        yield LOOP_SLOT, binding_of(quantity), quantity.demands


def _apart(sight: Sight, new: Place, other: Place, marks: Marks) -> bool:
    demands = (*new[2], *other[2])
    return any(
        slots_of(join.other) == {new[0]} and _excluded(sight, join, marks) for join in joins_of(demands, other[0])
    )


def _excluded(sight: Sight, join: Join, marks: Marks) -> bool:
    """Whether a condition is false for all messages with fields up to the marks."""
    span, top = join.span(sight), highest(at_slot(join.own, LOOP_SLOT), marks)
    return span is not None and top is not None and top < span[0]
