"""Programs back to rules, and rules back to text, so that everybody can read what was promised.

Names are not in a program. Where the messages' declarations are at hand (`known`), their names return; else there are
made-up ones, and the kind of each message stands beside its declaration. Text → program → text → program gives the same
program.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from eth_utils.address import to_checksum_address

from surety.sdk.errors import UsageError

from . import ir, syntax
from .compiler import compile_text
from .errors import CommitmentError
from .formatter import canonical
from .instructions import HEADER_INDEX, LOOP_SLOT, Kind, Op
from .names import Message
from .program import Program
from .reader import BINDS, read_back

SLOTS: Final = "abcd"
SIGNS: Final = {
    Op.EQ: "==",
    Op.NE: "!=",
    Op.LT: "<",
    Op.LE: "<=",
    Op.ADD: "+",
    Op.SUB: "-",
    Op.MUL: "*",
    Op.DIV: "/",
    Op.MOD: "%",
    Op.AND: "and",
    Op.OR: "or",
}
CALLS: Final = {Op.MIN: "min", Op.MAX: "max", Op.ABSDIFF: "absdiff"}
TYPES: Final = {Kind.UINT: "uint", Kind.BYTES32: "bytes32", Kind.ADDRESS: "address", Kind.BOOL: "bool"}


def disassemble(program: Program, known: Sequence[Message] = (), name: str = "promise", answer: bool = False) -> str:
    """The text of a commitment with this one property; `answer` reads it as a response's.

    Its terms (slash, cooldown, review) are not in a program: those of the text are examples. Raises `UsageError` for a
    program that no text compiles to, to the bit: one made by hand may be close to a text and yet not what it says.
    """
    text = canonical(_Teller(read_back(program), known, answer).commitment(name))
    try:
        made = compile_text(text)
    except CommitmentError as error:
        raise UsageError(f"no text says this: the nearest one is refused, {error}") from None
    (again,) = made.responses if answer else made.safety
    if again.program != program:
        raise UsageError("no text says exactly this: the nearest one compiles to another program")
    return text


class _Teller:
    """Makes up the names and declarations that a rule's text needs."""

    def __init__(self, rule: ir.Rule, known: Sequence[Message], answer: bool) -> None:
        self.rule, self.answer = rule, answer
        self.known = {message.kind: message for message in known}
        self.messages: dict[bytes, _Declaring] = {}
        self.parties: dict[tuple[ir.Ir, ...], str] = {}
        self.params: dict[int, str] = {}

    def commitment(self, name: str) -> syntax.Commitment:
        for op, kind in self.rule.bindings:
            self.message(kind, op)
        parties, where = self.senders()
        item = self.response(name, parties, where) if self.answer else self.safety(name, parties, where)
        week = syntax.Number(7, "day")
        terms = (syntax.Slash("1"), syntax.Period("cooldown", syntax.Number(366, "day")), syntax.Period("review", week))
        return syntax.Commitment(name, (*self.declarations(), item, *terms))

    def safety(self, name: str, parties: list[str], where: syntax.Expression) -> syntax.Safety:
        bindings = tuple(
            syntax.Binding(SLOTS[slot], op == Op.OUT, self.messages[kind].name, parties[slot])
            for slot, (op, kind) in enumerate(self.rule.bindings)
        )
        keys = tuple(self.told(key) for key in self.rule.keys)
        return syntax.Safety(f"{name}_kept", bindings, self.given(), keys, where)

    def response(self, name: str, parties: list[str], where: syntax.Expression) -> syntax.Respond:
        ops = [op for op, _ in self.rule.bindings]
        if len(ops) != 2 or ops[0] == Op.OUT or ops[1] != Op.OUT or self.rule.keys != (ir.MessageId(0),):
            raise UsageError(
                "this is no program of a response: it binds a challenge, then an answer, and its key is the former"
            )
        challenge, answer = (self.messages[kind].name for _, kind in self.rule.bindings)
        within = syntax.Number(1, "hour")
        condition = where if self.rule.demands else None
        return syntax.Respond(f"{name}_kept", challenge, parties[0], within, answer, self.given(), condition)

    def given(self) -> tuple[syntax.Declared, ...]:
        nodes = [node for one in self.rule.demands for node in ir.walk(one) if isinstance(node, ir.Given)]
        kinds = {node.index: TYPES[node.of] for node in nodes}
        if any(TYPES[node.of] != kinds[node.index] for node in nodes):
            raise UsageError("a given value is read as two types: no text says this")
        values = [syntax.Declared(f"v{index}", kinds.get(index, "uint")) for index in range(self.rule.values)]
        proofs = [syntax.Declared(f"path{number}", "proof") for number in range(self.rule.proofs)]
        return (*values, *proofs)

    def senders(self) -> tuple[list[str], syntax.Expression]:
        """The party of each incoming message, by the demands that stand first, and the rest of the demands."""
        demands = list(self.rule.demands)
        parties = []
        for slot, (op, _) in enumerate(self.rule.bindings):
            members = None if op == Op.OUT or not demands else _members(demands[0], slot)
            if members is not None:
                del demands[0]
            elif op != Op.OUT and not self.answer:
                raise UsageError(f"anybody could sign message {slot}: no text says this")
            parties.append(self.party(members) if members else "")
        return parties, self.conditions(demands)

    def conditions(self, demands: Sequence[ir.Ir]) -> syntax.Expression:
        if not demands:
            return syntax.Truth(True)
        found = self.told(demands[0])
        for one in demands[1:]:
            found = syntax.Binary("and", found, self.told(one))
        return found

    def party(self, members: tuple[ir.Ir, ...]) -> str:
        return self.parties.setdefault(members, f"party{len(self.parties)}")

    def message(self, kind: bytes, op: Op) -> _Declaring:
        found = self.messages.get(kind)
        if found is None:
            message = self.known.get(kind)
            found = _Declaring(message.name if message else f"Message{len(self.messages)}", kind, message)
            self.messages[kind] = found
        if op != Op.OUT:
            if found.broadcast not in (None, op == Op.CAST):
                raise UsageError(f"{found.name} is to somebody and to everybody: no text says this")
            found.broadcast = op == Op.CAST
        return found

    def declarations(self) -> list[syntax.Item]:
        """Parameters in their order, parties of fixed addresses, messages."""
        named = {
            members[0].index: party
            for members, party in self.parties.items()
            if len(members) == 1 and isinstance(members[0], ir.Param)
        }
        found: list[syntax.Item] = []
        for index in range(max((*self.params, *named), default=-1) + 1):
            if index in named:
                found.append(syntax.Party(named[index]))
            else:
                found.append(syntax.Param(f"param{index}", self.params.get(index, "uint")))
        for members, party in self.parties.items():
            if party not in named.values():
                found.append(syntax.Party(party, tuple(self.told(member) for member in members)))
        return [*found, *(message.item() for message in self.messages.values())]

    # -- expressions

    def told(self, node: ir.Ir, loop: _Declaring | None = None) -> syntax.Expression:
        def sub(part: ir.Ir) -> syntax.Expression:
            return self.told(part, loop)

        match node:
            case ir.Field():
                base, message = self.place(node.slot, loop)
                return syntax.Member(base, message.field(node.index, node.of, node.bits))
            case ir.Constant():
                return _literal(node)
            case ir.Param():
                return self.parameter(node)
            case ir.Given():
                return syntax.Name(f"v{node.index}")
            case ir.Accused():
                return syntax.OperatorAddress()
            case ir.MessageId():
                return syntax.Call("id", (syntax.Name(self.place(node.slot, loop)[0]),))
            case ir.Calculation() if node.op in CALLS:
                return syntax.Call(CALLS[node.op], (sub(node.left), sub(node.right)))
            case ir.Comparison() | ir.Calculation() | ir.Junction():
                return syntax.Binary(SIGNS[node.op], sub(node.left), sub(node.right))
            case ir.Negation():
                return syntax.Not(sub(node.value))
            case ir.Hash():
                return syntax.Call("keccak", tuple(sub(value) for value in node.values))
            case ir.Leaf():
                path = syntax.Name(f"path{node.proof}")
                return syntax.Call("merkle", (*(sub(part) for part in node.parts), path))
            case ir.Quantity():
                return self.quantity(node)
        raise AssertionError(node)

    def quantity(self, node: ir.Quantity) -> syntax.Expression:
        op = BINDS[node.direction]
        message = self.message(node.message, op)
        demands, party = node.demands, ""
        if op != Op.OUT:
            members = _members(demands[0], LOOP_SLOT) if demands else None
            if members is None:
                raise UsageError("anybody could sign what a quantifier counts: no text says this")
            demands, party = demands[1:], self.party(members)
        binding = syntax.Binding("m", op == Op.OUT, message.name, party)
        condition: syntax.Expression | None = None
        for demand in demands:
            one = self.told(demand, message)
            condition = one if condition is None else syntax.Binary("and", condition, one)
        value = None if node.value is None else self.told(node.value, message)
        if node.counting == Op.TOTAL and value is not None:
            return syntax.TotalOf(value, binding, condition)
        return syntax.Quantifier("count", binding, value, condition)

    def place(self, slot: int, loop: _Declaring | None) -> tuple[str, _Declaring]:
        if slot == LOOP_SLOT:
            assert loop is not None
            return "m", loop
        if slot >= (2 if self.answer else len(self.rule.bindings)):
            raise UsageError(f"message {slot} is read and not bound: no text says this")
        message = self.messages[self.rule.bindings[slot][1]]
        return (("in", "out")[slot] if self.answer else SLOTS[slot]), message

    def parameter(self, node: ir.Param) -> syntax.Expression:
        party = self.parties.get((node,))
        if party is not None:
            return syntax.Name(party)
        if self.params.setdefault(node.index, TYPES[node.of]) != TYPES[node.of]:
            raise UsageError(f"parameter {node.index} is read as two types: no text says this")
        return syntax.Name(f"param{node.index}")


@dataclass
class _Declaring:
    """A message's declaration as its fields are met."""

    name: str
    kind: bytes
    known: Message | None
    broadcast: bool | None = None
    fields: dict[int, str] = field(default_factory=dict)

    def field(self, index: int, kind: Kind, bits: int) -> str:
        for name, number in HEADER_INDEX.items():
            if number == index:
                return name
        told = TYPES[kind] + (str(bits) if bits < 256 else "")
        if self.known is not None and index < len(self.known.fields):
            name, declared = self.known.fields[index]
            if declared.removesuffix("256") == told or declared == told:
                return name
        self.known = None  # it is not what it was taken for
        if self.fields.setdefault(index, told) != told:
            raise UsageError(f"a field of {self.name} is read as two types: no text says this")
        return f"f{index}"

    def item(self) -> syntax.MessageType:
        if self.known is not None:
            declared = tuple(syntax.Declared(name, kind) for name, kind in self.known.fields)
        else:
            count = max(self.fields, default=-1) + 1
            declared = tuple(syntax.Declared(f"f{index}", self.fields.get(index, "bytes32")) for index in range(count))
        same = ir.kind_of(self.name, tuple((one.name, one.type) for one in declared)) == self.kind
        return syntax.MessageType(self.name, declared, bool(self.broadcast), "" if same else "0x" + self.kind.hex())


def _members(node: ir.Ir, slot: int) -> tuple[ir.Ir, ...] | None:
    """The addresses of which the sender of a slot has to be one; None if the demand says something else."""
    if isinstance(node, ir.Junction) and node.op == Op.OR:
        left, right = _members(node.left, slot), _members(node.right, slot)
        return (*left, *right) if left and right else None
    if not isinstance(node, ir.Comparison) or node.op != Op.EQ:
        return None
    sender = ir.Field(slot, HEADER_INDEX["sender"], Kind.ADDRESS)
    return (node.right,) if node.left == sender and isinstance(node.right, ir.Constant | ir.Param) else None


def _literal(node: ir.Constant) -> syntax.Expression:
    if node.of == Kind.UINT:
        return syntax.Number(node.value)
    if node.of == Kind.BOOL:
        return syntax.Truth(bool(node.value))
    if node.of == Kind.ADDRESS:
        return syntax.Hex(to_checksum_address(f"0x{node.value:040x}"))
    return syntax.Hex(f"0x{node.value:064x}")
