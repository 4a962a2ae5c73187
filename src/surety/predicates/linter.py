"""What compiles and is still likely not meant: warnings with line, column and a hint."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from . import ir, syntax
from .checker import Checked, ResponseRule, SafetyRule
from .errors import Position
from .instructions import HEADER_INDEX, Kind, Op
from .limits import MAX_MESSAGES, MAX_UINT
from .names import Parameter


class Finding(NamedTuple):
    """`code` names the check: never-broken, unanswerable, always-broken, redundant, two-keys, foreign-key, no-out,
    saturates, unused, unbounded."""

    code: str
    at: Position
    problem: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.at}: {self.problem}{f'; {self.hint}' if self.hint else ''} [{self.code}]"


def lint(checked: Checked) -> tuple[Finding, ...]:
    """Warnings in the order of the text."""
    # z3 takes a quarter of a second to import, and no other command needs it
    from .answers import Answers
    from .smt import Formulas

    found = [
        *_unused(checked.unused),
        *_unbounded(checked.parameters),
        *(warning for one in checked.safety for warning in _safety(one)),
    ]
    for response in checked.responses:
        for demand in response.rule.demands:
            found += _saturating(demand)
        if Formulas(response.rule).met() is False:
            found.append(_never(response.name, response.at, "no answer is ever right, so nobody can keep this"))
        elif (example := Answers(response.rule).unanswered()) is not None:
            found.append(_unanswerable(response, checked.parameters, example))
    return tuple(sorted(found, key=lambda warning: warning.at))


def _safety(one: SafetyRule) -> Iterator[Finding]:
    from .smt import Formulas

    rule = one.rule
    for demand in rule.demands:
        yield from _saturating(demand)
    if not any(_is_outgoing(node, rule) for key in rule.keys for node in ir.walk(key)):
        yield Finding(
            "foreign-key",
            one.at,
            f"the fault key of {one.name} is what others sign: a counterparty could make one fault many",
            "put a field of an out message into `per`",
        )
    if not any(op == Op.OUT for op, _ in rule.bindings):
        yield Finding(
            "no-out",
            one.at,
            f"{one.name} names no message of the operator, which tells when the offence was: no prover takes it",
            "name what the operator signs before `per`: (a: out …)",
        )
    formulas = Formulas(rule)
    if formulas.met() is False:
        yield _never(one.name, one.at, "no messages can ever break it")
        return
    if formulas.always_met():
        yield Finding("always-broken", one.at, f"{one.name} is broken by any such messages", "a condition is missing")
        return
    for place in formulas.redundant():
        demand = rule.demands[place]
        if demand.at:
            yield Finding(
                "redundant", demand.at, "this condition follows from the others", "drop it, or check what it says"
            )
    swapped = formulas.two_keys()
    if swapped is not None:
        first, second = (f"message {slot + 1}" for slot in swapped)
        yield Finding(
            "two-keys",
            one.at,
            f"{first} and {second} of {one.name}, exchanged, show the same fault under another key: two punishments",
            "order them (a.time < b.time), or use in `per` only what they have in common",
        )


def _never(name: str, at: Position, problem: str) -> Finding:
    return Finding("never-broken", at, f"{name}: {problem}", "its conditions contradict each other")


def _unanswerable(one: ResponseRule, parameters: tuple[Parameter, ...], example: dict[ir.Ir, int]) -> Finding:
    told = []
    for node, value in example.items():
        if isinstance(node, ir.Field) and node.index < len(one.challenge.fields):
            told.append((f"in.{one.challenge.fields[node.index][0]}", node.kind, value))
        elif isinstance(node, ir.Param):
            told.append((parameters[node.index].name, node.kind, value))
    shown = ", ".join(f"{name} = {_shown(kind, value)}" for name, kind, value in told)
    return Finding(
        "unanswerable",
        one.at,
        f"{one.name}: whoever asks may ask what no answer is right for{f', as {shown}' if shown else ''}",
        "demand of `in` what an answer needs (`in.size > 0`), so that nobody can ask the rest",
    )


def _shown(kind: Kind, value: int) -> str:
    if kind == Kind.BOOL:
        return "true" if value else "false"
    return f"{value:_}" if kind == Kind.UINT else f"0x{value:0{40 if kind == Kind.ADDRESS else 64}x}"


def _is_outgoing(node: ir.Ir, rule: ir.Rule) -> bool:
    return isinstance(node, ir.Field | ir.MessageId) and rule.bindings[node.slot][0] == Op.OUT


def _unused(items: tuple[syntax.Item, ...]) -> Iterator[Finding]:
    for item in items:
        assert not isinstance(item, syntax.Slash | syntax.Period)
        yield Finding("unused", item.at, f"nothing uses {item.name}", "drop it")


def _unbounded(parameters: tuple[Parameter, ...]) -> Iterator[Finding]:
    for one in parameters:
        if not one.bounded and ir.TYPES[one.type] == Kind.UINT:
            yield Finding(
                "unbounded",
                one.at,
                f"an operator could choose {one.name} so high or low that the promise means nothing",
                f"`param {one.name}: {one.type} in LOWEST..HIGHEST`",
            )


def _saturating(demand: ir.Ir) -> Iterator[Finding]:
    for node in ir.walk(demand):
        if isinstance(node, ir.Calculation) and node.op in (Op.ADD, Op.MUL) and _overflows(node):
            yield Finding(
                "saturates",
                node.at,
                "this may exceed 256 bits and then stays at the highest number",
                "declare narrower fields, as uint64 or uint128",
            )


def _overflows(node: ir.Calculation) -> bool:
    left, right = _highest(node.left), _highest(node.right)
    return (left + right if node.op == Op.ADD else left * right) > MAX_UINT


def _highest(node: ir.Ir) -> int:
    """The greatest number that it can be; MAX_UINT where nothing is known."""
    match node:
        case ir.Constant():
            return node.value
        case ir.Field():
            bits = 64 if node.index in (HEADER_INDEX["sequence"], HEADER_INDEX["time"]) else node.bits
            return (1 << bits) - 1
        case ir.Param():
            return node.high
        case ir.Quantity():
            return MAX_UINT if node.counting == Op.TOTAL else MAX_MESSAGES
        case ir.Calculation():
            left, right = _highest(node.left), _highest(node.right)
            highest: int = {
                Op.ADD: left + right,
                Op.SUB: left,
                Op.MUL: left * right,
                Op.DIV: left // right if isinstance(node.right, ir.Constant) and right else left,
                Op.MOD: min(left, right - 1 if right else 0),
                Op.MIN: min(left, right),
            }.get(node.op, max(left, right))
            return min(highest, MAX_UINT)
    return MAX_UINT
