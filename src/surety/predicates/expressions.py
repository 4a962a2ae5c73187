"""Expressions: names are resolved and types checked."""

from __future__ import annotations

from typing import Final

from eth_utils.address import is_checksum_address
from eth_utils.crypto import keccak

from . import ir, syntax
from .errors import CommitmentError, Position
from .instructions import HEADER_INDEX, HEADER_KIND, LOOP_SLOT, Kind, Op
from .limits import MAX_UINT
from .names import Message, Parameter, Scope, bits_of, hint_of, similar, told

RESERVED: Final = frozenset(
    (
        *("in", "out", "operator", "true", "false", "and", "or", "not", "implies", "exists", "count", "all", "sum"),
        *("where", "per", "by", "for", "from", "given", "never", "every"),
    )
)
COMPARISONS: Final = {"==": Op.EQ, "!=": Op.NE, "<": Op.LT, "<=": Op.LE, ">": Op.LT, ">=": Op.LE}
CALCULATIONS: Final = {"+": Op.ADD, "-": Op.SUB, "*": Op.MUL, "/": Op.DIV, "%": Op.MOD}
FUNCTIONS: Final = {"min": Op.MIN, "max": Op.MAX, "absdiff": Op.ABSDIFF}
CALLS: Final = ("keccak", "merkle", "id", *FUNCTIONS)
NEXT: Final = {Op.OUT: Op.NEXT_OUT, Op.IN: Op.NEXT_IN, Op.CAST: Op.NEXT_CAST}


class Expressions:
    """Knows what the commitment has declared so far."""

    def __init__(self, source: syntax.Commitment) -> None:
        self.source = source
        self.items: dict[str, syntax.Item] = {}
        self.constants: dict[str, ir.Constant] = {}
        self.messages: dict[str, Message] = {}
        self.parameters: dict[str, Parameter] = {}
        self.parties: dict[str, tuple[ir.Ir, ...]] = {}
        self.used: set[str] = set()

    # -- messages

    def _bind(self, scope: Scope, binding: syntax.Binding, slot: int) -> Message:
        self._check_local(binding.name, scope, binding.at)
        message = self._message_named(binding.message, binding.at)
        scope.slots[binding.name] = (slot, message)
        return message

    def _check_local(self, name: str, scope: Scope, at: Position) -> None:
        if name in RESERVED:
            raise CommitmentError(at, f"{name} is a word of the language", "choose another name")
        if name in scope.names or name in self.items:
            raise CommitmentError(at, f"{name} has a meaning already", "choose another name")

    def _message_named(self, name: str, at: Position) -> Message:
        if name not in self.messages:
            hint = similar(name, tuple(self.messages)) or f"declare it: message {name}(…)"
            raise CommitmentError(at, f"there is no message {name}", hint)
        self.used.add(name)
        return self.messages[name]

    def _from(self, binding: syntax.Binding, message: Message, slot: int) -> list[ir.Ir]:
        """The demand that the sender is the party; none for the operator's own messages."""
        if binding.outgoing:
            if binding.party:
                raise CommitmentError(binding.at, "out messages are the operator's own", "drop the `from`")
            return []
        if not binding.party:
            raise CommitmentError(
                binding.at,
                f"anybody could sign the {message.name} that {binding.name} is",
                f"name a counterparty: `{binding.name}: in {message.name} from client`, with `party client = 0x…`",
            )
        return [self._sent_by(binding.party, slot, binding.at)]

    def _sent_by(self, party: str, slot: int, at: Position) -> ir.Ir:
        if party not in self.parties:
            hint = similar(party, tuple(self.parties)) or f"declare it: party {party} = 0x…"
            raise CommitmentError(at, f"there is no party {party}", hint)
        self.used.add(party)
        sender = ir.Field(slot, HEADER_INDEX["sender"], Kind.ADDRESS, at=at)
        found: ir.Ir | None = None
        for member in self.parties[party]:
            one: ir.Ir = ir.Comparison(Op.EQ, sender, member, at=at)
            found = one if found is None else ir.Junction(Op.OR, found, one, at=at)
        assert found is not None
        return found

    # -- values

    def _type(self, name: str, at: Position) -> Kind:
        if name not in ir.TYPES:
            hint = "uint, uint8 to uint256, bytes32, address or bool"
            raise CommitmentError(at, f"there is no type {name}", similar(name, tuple(ir.TYPES)) or hint)
        return ir.TYPES[name]

    def _truth(self, node: syntax.Expression, scope: Scope) -> ir.Ir:
        return self._of(node, scope, Kind.BOOL)

    def _of(self, node: syntax.Expression, scope: Scope, kind: Kind) -> ir.Ir:
        found = self._expression(node, scope)
        if found.kind != kind:
            hint = ""
            if kind == Kind.BOOL:
                hint = "compare it with something"
            elif kind == Kind.BYTES32 and isinstance(found, ir.Constant):
                hint = "bytes32 is written 0x and 64 digits"
            raise CommitmentError(node.at, f"{told(kind)} is wanted here, this is {told(found.kind)}", hint)
        return found

    def _expression(self, node: syntax.Expression, scope: Scope) -> ir.Ir:
        match node:
            case syntax.Number():
                value = syntax.seconds(node)
                if value > MAX_UINT:
                    raise CommitmentError(node.at, "a number that does not fit into 256 bits")
                return ir.Constant(value, Kind.UINT, at=node.at)
            case syntax.Hex():
                return _hex(node)
            case syntax.Text():
                return ir.Constant(int.from_bytes(keccak(text=node.value), "big"), Kind.BYTES32, at=node.at)
            case syntax.Truth():
                return ir.Constant(int(node.value), Kind.BOOL, at=node.at)
            case syntax.OperatorAddress():
                return ir.Accused(at=node.at)
            case syntax.Name():
                return self._name(node, scope)
            case syntax.Member():
                return self._member(node, scope)
            case syntax.Not():
                return ir.negated(self._truth(node.value, scope))
            case syntax.Binary():
                return self._binary(node, scope)
            case syntax.Call():
                return self._call(node, scope)
            case syntax.Quantifier():
                return self._quantifier(node, scope)
            case syntax.TotalOf():
                return self._total(node, scope)

    def _name(self, node: syntax.Name, scope: Scope) -> ir.Ir:
        name = node.value
        if name in scope.values:
            index, kind = scope.values[name]
            return ir.Given(index, kind, at=node.at)
        if name in scope.slots:
            raise CommitmentError(node.at, f"{name} is a whole message", f"take a field ({name}.time) or id({name})")
        if name in scope.proofs:
            raise CommitmentError(node.at, f"{name} is a proof", "it serves as the last argument of merkle")
        self.used.add(name)
        if name in self.constants:
            found = self.constants[name]
            return ir.Constant(found.value, found.kind, at=node.at)
        if name in self.parties and len(self.parties[name]) == 1:
            return self.parties[name][0]
        if name in self.parameters:
            return self._parameter_value(name, node.at)
        if name in self.parties:
            raise CommitmentError(node.at, f"{name} are several", f"compare senders by `from {name}`")
        known = (*scope.names, *self.constants, *self.parameters, *self.parties)
        raise CommitmentError(node.at, f"nothing is called {name}", similar(name, known) or hint_of(known))

    def _parameter_value(self, name: str, at: Position) -> ir.Param:
        found = self.parameters[name]
        index = list(self.parameters).index(name)
        return ir.Param(index, ir.TYPES[found.type], found.low, found.high, at=at)

    def _member(self, node: syntax.Member, scope: Scope) -> ir.Ir:
        if node.base not in scope.slots:
            known = tuple(scope.slots)
            if node.base in ("in", "out"):
                raise CommitmentError(node.at, f"{node.base} means a message only in a response", hint_of(known))
            hint = similar(node.base, known) or hint_of(known)
            raise CommitmentError(node.at, f"no message is called {node.base}", hint)
        slot, message = scope.slots[node.base]
        if node.field in HEADER_INDEX:
            index = HEADER_INDEX[node.field]
            return ir.Field(slot, index, HEADER_KIND[index], at=node.at)
        for index, (name, kind) in enumerate(message.fields):
            if name == node.field:
                return ir.Field(slot, index, ir.TYPES[kind], bits_of(kind), at=node.at)
        known = (*(name for name, _ in message.fields), *HEADER_INDEX)
        hint = similar(node.field, known) or hint_of(known)
        raise CommitmentError(node.at, f"{message.name} has no field {node.field}", hint)

    def _binary(self, node: syntax.Binary, scope: Scope) -> ir.Ir:
        if node.op in ("and", "or", "implies"):
            left, right = self._truth(node.left, scope), self._truth(node.right, scope)
            if node.op == "implies":
                left = ir.negated(left)
            return ir.Junction(Op.AND if node.op == "and" else Op.OR, left, right, at=node.at)
        if node.op in CALCULATIONS:
            left, right = self._of(node.left, scope, Kind.UINT), self._of(node.right, scope, Kind.UINT)
            op = CALCULATIONS[node.op]
            if op in (Op.DIV, Op.MOD) and not (isinstance(right, ir.Constant) and right.value):
                raise CommitmentError(
                    node.right.at,
                    "only a constant other than zero divides: a signed zero must not stop a proof",
                    "multiply the other side instead",
                )
            return ir.folded(op, left, right, node.at)
        left, right = self._expression(node.left, scope), self._expression(node.right, scope)
        if isinstance(node.left, syntax.Binary) and node.left.op in COMPARISONS:
            raise CommitmentError(node.at, "comparisons don't chain", "write a < b and b < c")
        if left.kind != right.kind:
            hint = ""
            if Kind.UINT in (left.kind, right.kind) and Kind.BYTES32 in (left.kind, right.kind):
                hint = "bytes32 is written 0x and 64 digits; numbers and hashes don't compare"
            raise CommitmentError(node.at, f"{told(left.kind)} {node.op} {told(right.kind)}", hint)
        if node.op not in ("==", "!=") and left.kind != Kind.UINT:
            raise CommitmentError(node.at, f"{told(left.kind)} has no order", "use == or !=")
        if node.op in (">", ">="):
            left, right = right, left
        return ir.Comparison(COMPARISONS[node.op], left, right, at=node.at)

    def _call(self, node: syntax.Call, scope: Scope) -> ir.Ir:
        name, arguments = node.name, node.arguments
        if name in FUNCTIONS:
            _arity(node, 2)
            left, right = (self._of(one, scope, Kind.UINT) for one in arguments)
            return ir.folded(FUNCTIONS[name], left, right, node.at)
        if name == "keccak":
            if not 1 <= len(arguments) <= 8:
                raise CommitmentError(node.at, f"keccak of {len(arguments)} values", "1 to 8")
            return ir.Hash(tuple(self._expression(one, scope) for one in arguments), at=node.at)
        if name == "id":
            _arity(node, 1)
            base = arguments[0]
            if not isinstance(base, syntax.Name) or base.value not in scope.slots:
                raise CommitmentError(base.at, "id wants a message", hint_of(tuple(scope.slots)))
            return ir.MessageId(scope.slots[base.value][0], at=node.at)
        if name == "merkle":
            return self._merkle(node, scope)
        raise CommitmentError(node.at, f"there is no function {name}", similar(name, CALLS) or hint_of(CALLS))

    def _merkle(self, node: syntax.Call, scope: Scope) -> ir.Ir:
        _arity(node, 4)
        root, index, leaf, proof = node.arguments
        if not isinstance(proof, syntax.Name) or proof.value not in scope.proofs:
            raise CommitmentError(
                proof.at,
                "merkle(root, index, leaf, path) wants a proof here",
                "declare it: `given path: proof` before `per`",
            )
        return ir.Leaf(
            self._of(root, scope, Kind.BYTES32),
            self._of(index, scope, Kind.UINT),
            self._of(leaf, scope, Kind.BYTES32),
            scope.proofs[proof.value],
            at=node.at,
        )

    # -- quantifiers

    def _quantifier(self, node: syntax.Quantifier, scope: Scope) -> ir.Ir:
        if node.word == "all":
            raise CommitmentError(
                node.at,
                "more evidence could undo this: nobody can prove that a condition holds of all messages",
                "say what one message, or so many, would have to be: exists(…), count(…) >= n",
            )
        if node.word == "exists" and node.by is not None:
            raise CommitmentError(node.by.at, "exists counts nothing", "count(… by …) >= n")
        inner, op, message, demands = self._range(node.binding, node.condition, scope, node.at)
        value = None if node.by is None else self._expression(node.by, inner)
        counting = Op.COUNT if value is None else Op.COUNT_NEW
        found = ir.Quantity(counting, op, message.kind, demands, value, at=node.at)
        if node.word == "count":
            return found
        return ir.Comparison(Op.LE, ir.Constant(1, Kind.UINT), found, at=node.at)

    def _total(self, node: syntax.TotalOf, scope: Scope) -> ir.Ir:
        inner, op, message, demands = self._range(node.binding, node.condition, scope, node.at)
        value = self._of(node.value, inner, Kind.UINT)
        return ir.Quantity(Op.TOTAL, op, message.kind, demands, value, at=node.at)

    def _range(
        self, binding: syntax.Binding, condition: syntax.Expression | None, scope: Scope, at: Position
    ) -> tuple[Scope, Op, Message, tuple[ir.Ir, ...]]:
        if scope.quantified:
            raise CommitmentError(at, "a quantifier within another", "name the outer message in `never (…)`")
        inner = Scope(dict(scope.slots), scope.values, scope.proofs, quantified=True)
        message = self._bind(inner, binding, LOOP_SLOT)
        demands = tuple(self._from(binding, message, LOOP_SLOT))
        if condition is not None:
            demands += ir.conjuncts(self._truth(condition, inner))
        return inner, NEXT[message.op(binding.outgoing)], message, demands


def _hex(node: syntax.Hex) -> ir.Constant:
    digits = node.digits[2:]
    if len(digits) == 64:
        return ir.Constant(int(digits, 16), Kind.BYTES32, at=node.at)
    if len(digits) != 40:
        raise CommitmentError(node.at, f"0x and {len(digits)} digits", "an address has 40, bytes32 has 64")
    if digits.lower() != digits and not is_checksum_address(node.digits):
        raise CommitmentError(
            node.at, f"{node.digits} fails its checksum", "a digit is wrong, or write it in lower case"
        )
    return ir.Constant(int(digits, 16), Kind.ADDRESS, at=node.at)


def _arity(node: syntax.Call, count: int) -> None:
    if len(node.arguments) != count:
        raise CommitmentError(node.at, f"{node.name} takes {count} arguments, {len(node.arguments)} given")
