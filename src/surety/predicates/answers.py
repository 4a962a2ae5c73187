"""Is there a right answer to every challenge that may be put? For z3: a challenge for which no answer meets the rule.

Whoever answers chooses the fields of the answer, given values and proofs, and has the trees and preimages behind what
the text and its parameters name. Nobody has those behind a value that the challenger made up, and hashes don't collide.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any, Final, NamedTuple

import z3

from . import ir
from .instructions import HEADER_INDEX, Kind, Op
from .limits import MAX_PATH, MAX_UINT
from .questions import shape_of
from .smt import Formulas

CHALLENGE: Final = 0
"""Slot of the message that is put; the answer's is the other."""
LATEST: Final = 2**40
"""Time and number of a challenge are below it: the chain's clock, and a count."""


class Hashed(NamedTuple):
    """A hash in the rule: its value, and the values that are hashed."""

    node: ir.Hash
    value: Any
    parts: tuple[Any, ...]


class Answers(Formulas):
    """The rule of a response, with what the one who answers chooses set apart from what is there before."""

    def __init__(self, rule: ir.Rule) -> None:
        self._chosen: list[Any] = []
        self._limits: list[Any] = []  # of what is chosen
        self._hashes: dict[ir.Hash, Hashed] = {}
        super().__init__(rule)
        self._place()
        self._bind_hashes()

    def unanswered(self) -> dict[ir.Ir, int] | None:
        """Fields and parameters of a challenge that passes the door and has no right answer; None if none was found."""
        solver = z3.Solver()
        solver.set("timeout", self.TIMEOUT_MS)
        solver.add(*self._bounds, *(self.of(demand) for demand in shape_of(self.rule).demands))
        right = z3.And(*self._limits, *self.demands)
        solver.add(z3.ForAll(self._chosen, z3.Not(right)) if self._chosen else z3.Not(right))
        if solver.check() != z3.sat:
            return None
        model = solver.model()
        return {
            node: _number(model.eval(term, model_completion=True))
            for node, term in self._known.items()
            if isinstance(node, ir.Param) or (isinstance(node, ir.Field) and node.slot == CHALLENGE)
        }

    # -- what is chosen, and what is not

    def of(self, node: ir.Ir) -> Any:
        if isinstance(node, ir.Hash):
            return self._hashed(node).value
        if isinstance(node, ir.Leaf):
            return self._shown(node)
        return super().of(node)

    def _unknown(self, node: ir.Ir, kind: Kind, low: int, high: int) -> Any:
        """As ever; bounds of what is chosen limit the answer, not the challenge."""
        if node not in self._known and _is_chosen(node):
            before = len(self._bounds)
            self._chosen.append(super()._unknown(node, kind, low, high))
            self._limits += self._bounds[before:]
            del self._bounds[before:]
        return super()._unknown(node, kind, low, high)

    def _hashed(self, node: ir.Hash) -> Hashed:
        if node not in self._hashes:
            parts = tuple(self._number(value) for value in node.values)
            value = self._unknown(node, Kind.BYTES32, 0, MAX_UINT) if _is_chosen(node) else super().of(node)
            self._hashes[node] = Hashed(node, value, parts)
        return self._hashes[node]

    def _shown(self, node: ir.Leaf) -> Any:
        """A proof is there if a tree has such a place, and root and leaf are nothing that the challenger made up.

        Under a root of the answer any leaf can be shown.
        """
        shown = self._unknown(node, Kind.BOOL, 0, 1)
        self._limits.append(z3.Implies(shown, self.of(node.index) < 2**MAX_PATH))
        for part in (node.root, node.leaf):
            if _is_put(part) and not _is_chosen(node.root):
                self._limits.append(z3.Implies(shown, self._is_known(self.of(part))))
        return shown

    def _is_known(self, term: Any) -> Any:
        """Whether a value is one that text or parameters name."""
        return z3.Or([term == named for named in self._named()])

    def _named(self) -> list[Any]:
        nodes = {node for demand in self.rule.demands for node in ir.walk(demand)}
        named = [node for node in nodes if isinstance(node, ir.Constant | ir.Param) and node.kind != Kind.BOOL]
        return [self.of(node) for node in named]

    def _place(self) -> None:
        """What is known of messages that are composed on chain: who sends to whom, and when."""
        operator = self.of(ir.Accused())
        self._bounds.append(operator > 0)
        for node, term in list(self._known.items()):
            if not isinstance(node, ir.Field):
                continue
            if node.slot != CHALLENGE:
                if node.index == HEADER_INDEX["sender"]:
                    self._limits.append(term == operator)
            elif node.index == HEADER_INDEX["recipient"]:
                self._bounds.append(term == (operator if self.rule.bindings[CHALLENGE][0] == Op.IN else 0))
            elif node.index == HEADER_INDEX["sender"]:
                self._bounds.append(term > 0)
            elif node.index in (HEADER_INDEX["sequence"], HEADER_INDEX["time"]):
                self._bounds.append(term < LATEST)

    def _bind_hashes(self) -> None:
        """Equal hashes are of equal values, and none that is chosen hits a value that the challenger made up."""
        for one, other in combinations(list(self._hashes.values()), 2):
            if len(one.parts) == len(other.parts):
                same = z3.And([left == right for left, right in zip(one.parts, other.parts, strict=True)])
                into = self._limits if _is_chosen(one.node) or _is_chosen(other.node) else self._bounds
                into.append(same == (one.value == other.value))
        made_up = [term for node, term in self._known.items() if _is_put(node) and node.kind != Kind.BOOL]
        own = self._known.get(ir.MessageId(CHALLENGE))  # which stands in no field of the same message
        if own is not None:
            self._bounds += [own != term for term in (*made_up, *self._named()) if not own.eq(term)]
        there = [one.value for one in self._hashes.values() if not _is_chosen(one.node)]
        hit = [one.value for one in self._hashes.values() if _is_chosen(one.node)]
        hit += [term for node, term in self._known.items() if isinstance(node, ir.MessageId) and _is_chosen(node)]
        for term in made_up:
            known = z3.Or(self._is_known(term), *(term == value for value in there))
            self._limits += [z3.Or(value != term, known) for value in hit]


def _is_chosen(node: ir.Ir) -> bool:
    """Whether it hangs on what the one who answers chooses."""
    return any(
        isinstance(one, ir.Given | ir.Leaf) or (isinstance(one, ir.Field | ir.MessageId) and one.slot != CHALLENGE)
        for one in ir.walk(node)
    )


def _is_put(node: ir.Ir) -> bool:
    """Whether it is a field of the challenge, or its id."""
    return isinstance(node, ir.Field | ir.MessageId) and node.slot == CHALLENGE


def _number(value: Any) -> int:
    return int(z3.is_true(value)) if z3.is_bool(value) else int(value.as_long())
