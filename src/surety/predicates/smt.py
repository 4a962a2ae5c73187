"""Rules as formulas for z3: can they be met, must they be, do two orders of the same messages make two keys?

Numbers, addresses and words are integers within their ranges. Hashes, proofs, quantifiers and ids are whatever they
may be: unknown functions and numbers. So a formula allows at least what can happen, and "never" and "always" are meant.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from typing import Any, ClassVar

import z3

from . import ir
from .instructions import Kind, Op
from .limits import MAX_MESSAGES, MAX_UINT


class Formulas:
    """The demands of one rule, and what is known of everything that they name."""

    TIMEOUT_MS: ClassVar[int] = 1_000

    def __init__(self, rule: ir.Rule) -> None:
        self.rule = rule
        self._bounds: list[Any] = []
        self._known: dict[Any, Any] = {}
        self.demands = [self.of(demand) for demand in rule.demands]

    def met(self) -> bool | None:
        """Whether some evidence meets the rule; None if it was not found out in time."""
        return self._satisfiable(self.demands)

    def always_met(self) -> bool:
        """Whether all evidence meets it."""
        return self._satisfiable([z3.Not(z3.And(self.demands))]) is False

    def redundant(self) -> tuple[int, ...]:
        """Demands that hold whenever those that stand before them and after them do; found one by one."""
        found: list[int] = []
        for place, demand in enumerate(self.demands):
            others = [one for number, one in enumerate(self.demands) if number != place and number not in found]
            if self._satisfiable([*others, z3.Not(demand)]) is False:
                found.append(place)
        return tuple(found)

    def two_keys(self) -> tuple[int, int] | None:
        """Slots of two messages which, exchanged, show the same fault under another key."""
        for first, second in combinations(range(len(self.rule.bindings)), 2):
            if self.rule.bindings[first] != self.rule.bindings[second]:
                continue
            swapped = [self.of(_swapped(one, first, second)) for one in self.rule.demands]
            keys = [self.of(key) == self.of(_swapped(key, first, second)) for key in self.rule.keys]
            if self._satisfiable([*self.demands, *swapped, z3.Not(z3.And(keys))]):
                return first, second
        return None

    def _satisfiable(self, formulas: Iterable[Any]) -> bool | None:
        solver = z3.Solver()
        solver.set("timeout", self.TIMEOUT_MS)
        solver.add(*self._bounds, *formulas)
        answer = solver.check()
        return None if answer == z3.unknown else bool(answer == z3.sat)

    # -- expressions

    def of(self, node: ir.Ir) -> Any:
        """The node as a term: truths are Booleans, all else are integers."""
        match node:
            case ir.Constant():
                return z3.BoolVal(bool(node.value)) if node.of == Kind.BOOL else z3.IntVal(node.value)
            case ir.Field():
                return self._unknown(node, node.of, 0, 2 ** (64 if node.index > 9 else node.bits) - 1)
            case ir.Param():
                return self._unknown(node, node.of, node.low, node.high)
            case ir.Given() | ir.Accused() | ir.MessageId():
                return self._unknown(node, node.kind, 0, MAX_UINT)
            case ir.Quantity():
                room = MAX_MESSAGES - len(self.rule.bindings)  # what is named isn't counted
                return self._unknown(node, Kind.UINT, 0, MAX_UINT if node.counting == Op.TOTAL else room)
            case ir.Comparison():
                return _comparison(node.op, self.of(node.left), self.of(node.right))
            case ir.Calculation():
                return _calculation(node.op, self.of(node.left), self.of(node.right))
            case ir.Junction():
                join = z3.And if node.op == Op.AND else z3.Or
                return join(self.of(node.left), self.of(node.right))
            case ir.Negation():
                return z3.Not(self.of(node.value))
            case ir.Hash():
                terms = [self._number(value) for value in node.values]
                hashed = z3.Function(f"keccak{len(terms)}", *[z3.IntSort()] * len(terms), z3.IntSort())(*terms)
                self._bounds.append(z3.And(hashed >= 0, hashed <= MAX_UINT))
                return hashed
            case ir.Leaf():
                sorts = [z3.IntSort()] * 3
                shows = z3.Function(f"merkle{node.proof}", *sorts, z3.BoolSort())
                return shows(*(self.of(part) for part in node.parts))
        raise AssertionError(node)

    def _number(self, node: ir.Ir) -> Any:
        term = self.of(node)
        return z3.If(term, 1, 0) if node.kind == Kind.BOOL else term

    def _unknown(self, node: ir.Ir, kind: Kind, low: int, high: int) -> Any:
        if node not in self._known:
            name = f"x{len(self._known)}"
            if kind == Kind.BOOL:
                self._known[node] = z3.Bool(name)
            else:
                self._known[node] = term = z3.Int(name)
                self._bounds.append(
                    z3.And(term >= low, term <= (min(high, 2**160 - 1) if kind == Kind.ADDRESS else high))
                )
        return self._known[node]


def _comparison(op: Op, left: Any, right: Any) -> Any:
    if op == Op.EQ:
        return left == right
    if op == Op.NE:
        return left != right
    return left < right if op == Op.LT else left <= right


def _calculation(op: Op, left: Any, right: Any) -> Any:
    """Saturating, as the machine calculates."""
    if op == Op.ADD:
        return _capped(left + right)
    if op == Op.MUL:
        return _capped(left * right)
    if op == Op.SUB:
        return z3.If(left > right, left - right, z3.IntVal(0))
    if op == Op.DIV:
        return left / right
    if op == Op.MOD:
        return left % right
    if op == Op.ABSDIFF:
        return z3.If(left > right, left - right, right - left)
    return z3.If((left < right) if op == Op.MIN else (left > right), left, right)


def _capped(term: Any) -> Any:
    return z3.If(term > MAX_UINT, z3.IntVal(MAX_UINT), term)


def _swapped(node: ir.Ir, first: int, second: int) -> ir.Ir:
    other = {first: second, second: first}

    def change(one: ir.Ir) -> ir.Ir:
        if isinstance(one, ir.Field):
            return ir.Field(other.get(one.slot, one.slot), one.index, one.of, one.bits, at=one.at)
        if isinstance(one, ir.MessageId):
            return ir.MessageId(other.get(one.slot, one.slot), at=one.at)
        return one

    return ir.rebuilt(node, change)
