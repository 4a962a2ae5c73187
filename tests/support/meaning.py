"""What a commitment's text means, read straight from its syntax: no rules, no program, no machine.

Written apart from the compiler, to be compared with what the compiler's programs do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from eth_utils.crypto import keccak

from surety.predicates import Compiled, Evidence, syntax
from surety.predicates.machine import message_id
from surety.sdk.messages import Message

MAX = 2**256 - 1
Value = int | bytes | bool | str
"""Numbers, words, truths; addresses as lower-case text."""


@dataclass(frozen=True)
class Seen:
    """A message with its fields by name."""

    message: Message
    fields: dict[str, Value]


class Reading:
    """One property of a text over one piece of evidence: messages well formed, parameters all there."""

    def __init__(self, compiled: Compiled, item: syntax.Safety, evidence: Evidence) -> None:
        self.items = {one.name: one for one in compiled.checked.source.items if hasattr(one, "name")}
        self.kinds = {one.name: one.kind for one in compiled.checked.messages}
        self.operator = f"0x{evidence.operator:040x}"
        self.service = evidence.service
        self.names: dict[str, Any] = {}
        for parameter, word in zip(compiled.parameters, evidence.parameters, strict=False):
            self.names[parameter.name] = value_of(parameter.type, word)
        self.item = item
        count = len(item.bindings)
        named = evidence.messages[:count]
        self.given = [
            Message.decode(one) for one in evidence.messages[count:] if one not in named
        ]  # "the other messages"
        for binding, encoded in zip(item.bindings, evidence.messages, strict=False):
            self.names[binding.name] = self.seen(binding, Message.decode(encoded))
        for place, one in enumerate(one for one in item.given if one.type != "proof"):
            self.names[one.name] = value_of(one.type, evidence.witness[place])
        place = sum(one.type != "proof" for one in item.given)
        for one in (one for one in item.given if one.type == "proof"):
            length = int.from_bytes(evidence.witness[place], "big")
            self.names[one.name] = evidence.witness[place + 1 : place + 1 + length]
            place += 1 + length

    def broken(self) -> bool:
        return all(self.sent_by(one) for one in self.item.bindings) and bool(self.value(self.item.where))

    def key(self) -> bytes:
        words = [word_of(self.value(key)) for key in self.item.per]
        return words[0] if len(words) == 1 else bytes(keccak(b"".join(words)))

    # -- messages

    def seen(self, binding: syntax.Binding, message: Message) -> Seen:
        declared = self.items[binding.message]
        assert isinstance(declared, syntax.MessageType)
        pairs = zip(declared.fields, message.fields, strict=False)
        fields: dict[str, Value] = {field.name: value_of(field.type, word) for field, word in pairs}
        fields |= {"sender": message.sender.lower(), "recipient": message.recipient.lower()}
        return Seen(message, fields | {"sequence": message.sequence, "time": message.time})

    def sent_by(self, binding: syntax.Binding) -> bool:
        if binding.outgoing:
            return True
        party = self.items[binding.party]
        assert isinstance(party, syntax.Party)
        members = [self.value(one) for one in party.members] or [self.names[party.name]]
        return self.names[binding.name].fields["sender"] in members

    def others(self, binding: syntax.Binding, condition: syntax.Expression | None) -> list[Seen]:
        declared = self.items[binding.message]
        assert isinstance(declared, syntax.MessageType)
        recipient = "0x" + "00" * 20 if declared.broadcast else self.operator
        found = []
        for message in self.given:
            if message.service != self.service or message.kind != self.kinds[binding.message]:
                continue
            who, wanted = (message.sender, self.operator) if binding.outgoing else (message.recipient, recipient)
            if who.lower() != wanted:
                continue
            self.names[binding.name] = self.seen(binding, message)
            if self.sent_by(binding) and (condition is None or self.value(condition)):
                found.append(self.names[binding.name])
        return found

    # -- expressions

    def value(self, node: syntax.Expression) -> Any:
        match node:
            case syntax.Number():
                return syntax.seconds(node)
            case syntax.Hex():
                return node.digits.lower() if len(node.digits) == 42 else bytes.fromhex(node.digits[2:])
            case syntax.Truth():
                return node.value
            case syntax.OperatorAddress():
                return self.operator
            case syntax.Name():
                return self.named(node.value)
            case syntax.Member():
                return self.names[node.base].fields[node.field]
            case syntax.Not():
                return not self.value(node.value)
            case syntax.Binary():
                return self.binary(node)
            case syntax.Call():
                return self.call(node.name, node.arguments)
            case syntax.Quantifier():
                found = self.others(node.binding, node.condition)
                if node.word == "exists":
                    return bool(found)
                return (
                    len(found)
                    if node.by is None
                    else len({word_of(one) for one in self.each(node.by, node.binding, found)})
                )
            case syntax.TotalOf():
                found = self.others(node.binding, node.condition)
                return min(sum(self.each(node.value, node.binding, found)), MAX)
        raise AssertionError(node)

    def named(self, name: str) -> Any:
        item = self.items.get(name)
        if isinstance(item, syntax.Const):
            return self.value(item.value)
        if isinstance(item, syntax.Party) and item.members:
            return self.value(item.members[0])
        return self.names[name]

    def each(self, node: syntax.Expression, binding: syntax.Binding, found: Sequence[Seen]) -> list[Any]:
        values = []
        for one in found:
            self.names[binding.name] = one
            values.append(self.value(node))
        return values

    def binary(self, node: syntax.Binary) -> Any:
        left, right = self.value(node.left), self.value(node.right)
        match node.op:
            case "and" | "or" | "implies":
                return {"and": left and right, "or": left or right, "implies": not left or right}[node.op]
            case "==" | "!=":
                return (left == right) == (node.op == "==")
            case "<" | "<=" | ">" | ">=":
                return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[node.op]
            case "+" | "-" | "*":
                return min(max({"+": left + right, "-": left - right, "*": left * right}[node.op], 0), MAX)
        return left // right if node.op == "/" else left % right

    def call(self, name: str, arguments: tuple[syntax.Expression, ...]) -> Any:
        if name == "id":
            assert isinstance(arguments[0], syntax.Name)
            return message_id(self.names[arguments[0].value].message.encoded)
        values = [self.value(one) for one in arguments]
        if name == "keccak":
            return bytes(keccak(b"".join(word_of(one) for one in values)))
        if name == "merkle":
            return self.is_leaf(*values)
        return {"min": min, "max": max, "absdiff": lambda x, y: max(x, y) - min(x, y)}[name](*values)

    def is_leaf(self, root: bytes, index: int, leaf: bytes, path: tuple[bytes, ...]) -> bool:
        node = keccak(leaf)
        for sibling in path:
            node = keccak(node + sibling if index % 2 == 0 else sibling + node)
            index //= 2
        return index == 0 and node == root


def value_of(kind: str, word: bytes) -> Value:
    """A word as a value of a type."""
    number = int.from_bytes(word, "big")
    if kind.startswith("uint"):
        return number
    return {"bytes32": word, "bool": bool(number), "address": f"0x{number:040x}"}[kind]


def word_of(value: Value) -> bytes:
    """A value as 32 bytes."""
    if isinstance(value, str):
        return bytes.fromhex(value[2:]).rjust(32, b"\0")
    return value if isinstance(value, bytes) else int(value).to_bytes(32, "big")
