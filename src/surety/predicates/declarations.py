"""Constants, parameters, parties and kinds of messages."""

from __future__ import annotations

from . import ir, syntax
from .errors import CommitmentError
from .expressions import RESERVED, Expressions
from .instructions import HEADER_INDEX, Kind
from .limits import MAX_FIELDS, MAX_PARAMETERS
from .names import Message, Parameter, Scope, highest_of, told


class Declarations(Expressions):
    """Takes the declarations of a text, one by one."""

    def _declare(self, item: syntax.Item) -> None:
        if isinstance(item, syntax.Slash | syntax.Period):
            return
        if item.name in RESERVED:
            raise CommitmentError(item.at, f"{item.name} is a word of the language", "choose another name")
        known = self.items.get(item.name)
        if known is not None:
            raise CommitmentError(
                item.at, f"{item.name} is declared twice", f"the first stands on line {known.at.line}"
            )
        self.items[item.name] = item
        if isinstance(item, syntax.Const):
            value = self._expression(item.value, Scope())
            if not isinstance(value, ir.Constant):
                raise CommitmentError(
                    item.value.at, f"{item.name} is not constant", "compute it from numbers and constants"
                )
            self.constants[item.name] = value
        elif isinstance(item, syntax.Param):
            self._parameter(item)
        elif isinstance(item, syntax.Party):
            self._party(item)
        elif isinstance(item, syntax.MessageType):
            self._message(item)
        else:
            self.used.add(item.name)

    def _parameter(self, item: syntax.Param) -> None:
        kind = self._type(item.type, item.at)
        low, high = 0, highest_of(item.type)
        if item.low is not None and item.high is not None:
            if kind != Kind.UINT:
                raise CommitmentError(item.at, f"a range needs numbers, {item.name} is {item.type}", "drop the range")
            low, top = (self._constant_number(limit) for limit in (item.low, item.high))
            if not low <= top <= high:
                raise CommitmentError(item.low.at, f"{low}..{top} is no range of {item.type}", "the lowest first")
            high = top
        self._add_parameter(Parameter(item.name, item.type, low, high, False, item.low is not None, item.at))

    def _add_parameter(self, parameter: Parameter) -> None:
        if len(self.parameters) == MAX_PARAMETERS:
            raise CommitmentError(
                parameter.at,
                f"{parameter.name} is one parameter too many",
                f"{MAX_PARAMETERS} at most, parties included",
            )
        self.parameters[parameter.name] = parameter

    def _constant_number(self, node: syntax.Expression) -> int:
        value = self._expression(node, Scope())
        if not isinstance(value, ir.Constant) or value.kind != Kind.UINT:
            raise CommitmentError(node.at, "a constant number is wanted here")
        return value.value

    def _party(self, item: syntax.Party) -> None:
        if not item.members:
            self._add_parameter(Parameter(item.name, "address", 0, 2**160 - 1, True, True, item.at))
            self.parties[item.name] = (self._parameter_value(item.name, item.at),)
            return
        members = tuple(self._expression(member, Scope()) for member in item.members)
        for member, node in zip(members, item.members, strict=True):
            if member.kind != Kind.ADDRESS:
                raise CommitmentError(
                    node.at, f"a party is an address, this is {told(member.kind)}", "0x and 40 digits"
                )
            if isinstance(member, ir.Constant) and member.value == 0:
                raise CommitmentError(node.at, "nobody signs for the zero address")
            if isinstance(member, ir.Accused):
                raise CommitmentError(node.at, "the operator is no counterparty of itself", "use out messages")
        self.parties[item.name] = members

    def _message(self, item: syntax.MessageType) -> None:
        if len(item.fields) > MAX_FIELDS:
            raise CommitmentError(
                item.fields[MAX_FIELDS].at, f"{item.name} has {len(item.fields)} fields", f"at most {MAX_FIELDS}"
            )
        seen: set[str] = set()
        for one in item.fields:
            self._type(one.type, one.at)
            if one.name in seen:
                raise CommitmentError(one.at, f"field {one.name} is declared twice")
            if one.name in HEADER_INDEX:
                told = ", ".join(HEADER_INDEX)
                raise CommitmentError(one.at, f"every message has a {one.name} already", f"{told} need no declaration")
            seen.add(one.name)
        fields = tuple((one.name, one.type) for one in item.fields)
        kind = ir.kind_of(item.name, fields)
        if item.kind:
            if len(item.kind) != 66:
                raise CommitmentError(item.at, "a kind is 0x and 64 digits")
            kind = bytes.fromhex(item.kind[2:])
        for other in self.messages.values():
            if other.kind == kind:
                raise CommitmentError(item.at, f"{item.name} and {other.name} are of one kind")
        self.messages[item.name] = Message(item.name, kind, fields, item.broadcast)
