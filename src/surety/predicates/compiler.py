"""Rules to programs, and a commitment to the template that a registry takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from eth_utils.crypto import keccak

from . import ir
from .checker import Checked, LivenessRule, check
from .errors import NOWHERE, CommitmentError, Position
from .formatter import canonical
from .instructions import REQUIRED, Instruction, Kind, Op, load
from .limits import MAX_CONSTANTS, MAX_INSTRUCTIONS, MAX_STACK
from .names import Parameter
from .parser import parse
from .plugins import PluginRule
from .program import Program

SMALL_LIMIT: Final = 256
MAX_DISTANCE: Final = 255


@dataclass(frozen=True)
class Property:
    """A safety property (`within` is 0), or a response: then `within` is the seconds in which an answer is due."""

    name: str
    program: Program
    rule: ir.Rule
    within: int = 0
    challenge: bytes = b""
    answer: bytes = b""


@dataclass(frozen=True)
class Compiled:
    """All that a registry, a prover and a challenge game need to know of a commitment."""

    checked: Checked
    text: str
    safety: tuple[Property, ...]
    responses: tuple[Property, ...]

    @property
    def name(self) -> str:
        return self.checked.name

    @property
    def text_hash(self) -> bytes:
        """keccak256 of the canonical text, so layout and comments change nothing."""
        return bytes(keccak(text=self.text))

    @property
    def plugins(self) -> tuple[PluginRule, ...]:
        return self.checked.plugins

    @property
    def liveness(self) -> tuple[LivenessRule, ...]:
        return self.checked.liveness

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        return self.checked.parameters

    def property_named(self, name: str) -> Property:
        """A safety property or a response. Raises `KeyError`."""
        return next(one for one in (*self.safety, *self.responses) if one.name == name)

    def as_json(self) -> dict[str, Any]:
        """For files and other programs; bytes as 0x and digits, numbers above 2**53 as text."""
        return {
            "commitment": self.name,
            "text_hash": _hex(self.text_hash),
            "messages": [
                {"name": one.name, "kind": _hex(one.kind), "signature": ir.signature_of(one.name, one.fields)}
                for one in self.checked.messages
            ],
            "parameters": [
                {"name": one.name, "type": one.type, "party": one.party, "low": str(one.low), "high": str(one.high)}
                for one in self.parameters
            ],
            "safety": [_told(one) for one in self.safety],
            "liveness": [
                {"name": one.name, "kind": _hex(one.message.kind), "seconds": one.seconds, "epochs": one.epochs}
                for one in self.liveness
            ],
            "respond": [
                _told(one) | {"within": one.within, "challenge": _hex(one.challenge), "answer": _hex(one.answer)}
                for one in self.responses
            ],
            "plugins": [
                {
                    "name": one.name,
                    "address": one.address,
                    "code_hash": _hex(one.code_hash),
                    "hash": _hex(one.hash),
                    "about": [message.name for message in one.about],
                }
                for one in self.plugins
            ],
            "slash": str(self.checked.slash),
            "cooldown": self.checked.cooldown,
            "review": self.checked.review,
        }


def compile_text(text: str) -> Compiled:
    """Parse, check and compile. Raises `CommitmentError`."""
    checked = check(parse(text))
    safety = tuple(Property(one.name, compile_rule(one.rule, one.at), one.rule) for one in checked.safety)
    responses = tuple(
        Property(one.name, compile_rule(one.rule, one.at), one.rule, one.within, one.challenge.kind, one.answer.kind)
        for one in checked.responses
    )
    return Compiled(checked, canonical(checked.source), safety, responses)


def compile_rule(rule: ir.Rule, at: Position = NOWHERE) -> Program:
    """Raises `CommitmentError` if it is too long or too deep for the machine."""
    writer = _Writer(at, rule.values)
    for op, kind in rule.bindings:
        writer.add(op, writer.constant(kind))
    for demand in rule.demands:
        writer.demand(demand)
    for key in rule.keys:
        writer.value(key)
    if len(rule.keys) > 1:
        writer.add(Op.KECCAK, len(rule.keys))
    writer.add(Op.END)
    return writer.program()


@dataclass
class _Writer:
    at: Position
    values: int
    code: list[Instruction] = field(default_factory=list)
    constants: dict[bytes, int] = field(default_factory=dict)
    depth: int = 0
    fitted: set[tuple[int, int]] = field(default_factory=set)
    """Fields whose width has been demanded on every way to here."""

    def add(self, op: Op, operand: int = 0) -> None:
        self.code.append(Instruction(op, operand))

    def constant(self, value: bytes) -> int:
        return self.constants.setdefault(value, len(self.constants))

    def program(self) -> Program:
        if len(self.code) > MAX_INSTRUCTIONS:
            raise self.error(f"compiles to {len(self.code)} instructions, {MAX_INSTRUCTIONS} fit")
        if len(self.constants) > MAX_CONSTANTS:
            raise self.error(f"needs {len(self.constants)} constants, {MAX_CONSTANTS} fit")
        return Program.assemble(self.code, self.constants)

    def error(self, problem: str) -> CommitmentError:
        return CommitmentError(self.at, f"the property {problem}", "split it into several properties")

    # `depth` is how many values lie below what is being computed

    def value(self, node: ir.Ir) -> None:
        """Instructions that push the node's value."""
        match node:
            case ir.Field():
                self.add(load("field", node.of), node.slot << 4 | node.index)
                if node.bits < 256 and (node.slot, node.index) not in self.fitted:
                    self.add(Op.FIT, node.bits)
                    self.fitted.add((node.slot, node.index))
            case ir.Constant() if node.of == Kind.UINT and node.value < SMALL_LIMIT:
                self.add(Op.SMALL, node.value)
            case ir.Constant():
                self.add(load("const", node.of), self.constant(node.value.to_bytes(32, "big")))
            case ir.Param():
                self.add(load("param", node.of), node.index)
            case ir.Given():
                self.add(load("given", node.of), node.index)
            case ir.Accused():
                self.add(Op.OPERATOR)
            case ir.MessageId():
                self.add(Op.ID, node.slot)
            case ir.Comparison() | ir.Calculation() | ir.Junction():
                self.operands(node.left, node.right)
                self.add(node.op)
            case ir.Negation():
                self.operands(node.value)
                self.add(Op.NOT)
            case ir.Hash():
                self.operands(*node.values)
                self.add(Op.KECCAK, len(node.values))
            case ir.Leaf():
                self.operands(node.root, node.index, node.leaf)
                self.add(Op.MERKLE, self.values << 4 | node.proof)
            case ir.Quantity():
                self.quantity(node)
        if self.depth >= MAX_STACK:
            raise self.error(f"needs more than {MAX_STACK} values at once")

    def operands(self, *nodes: ir.Ir) -> None:
        for node in nodes:
            self.value(node)
            self.depth += 1
        self.depth -= len(nodes)

    def demand(self, node: ir.Ir) -> None:
        """Instructions that end the run, or skip the message, unless the node holds."""
        if isinstance(node, ir.Comparison):
            self.operands(node.left, node.right)
            self.add(Op(node.op | REQUIRED))
        else:
            self.value(node)
            self.add(Op.REQUIRE)

    def quantity(self, node: ir.Quantity) -> None:
        start, before = len(self.code), set(self.fitted)
        self.add(Op.EACH)
        for demand in node.demands:
            self.demand(demand)
        if node.value is not None:
            self.value(node.value)
        self.add(node.counting)
        distance = len(self.code) - start
        if distance > MAX_DISTANCE:
            raise self.error(f"has a quantifier of {distance} instructions, {MAX_DISTANCE} fit")
        self.code[start] = Instruction(Op.EACH, distance)
        self.add(node.direction, self.constant(node.message))
        self.fitted = before  # there may have been no message


def _told(one: Property) -> dict[str, Any]:
    return {
        "name": one.name,
        "program": [f"0x{word:064x}" for word in one.program.words],
        "constants": [_hex(value) for value in one.program.constants],
        "hash": _hex(one.program.hash),
        "bytes": one.program.size,
        "given": one.rule.values,
        "proofs": one.rule.proofs,
    }


def _hex(data: bytes) -> str:
    return "0x" + data.hex()
