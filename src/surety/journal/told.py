"""Messages by the names that a commitment gives them, for people."""

from __future__ import annotations

from surety.predicates import Compiled, ir
from surety.predicates.instructions import Kind
from surety.predicates.names import Message as MessageType
from surety.sdk.messages import Message


def type_of(compiled: Compiled, kind: bytes) -> MessageType | None:
    """A declared kind of message; None for one that the commitment doesn't know."""
    return next((one for one in compiled.checked.messages if one.kind == kind), None)


def fields_of(compiled: Compiled, message: Message) -> dict[str, str]:
    """Fields by name, as text: numbers in decimals, addresses and words in hexadecimal."""
    declared = type_of(compiled, message.kind)
    if declared is None:
        return {str(place): "0x" + word.hex() for place, word in enumerate(message.fields)}
    return {name: _text(kind, word) for (name, kind), word in zip(declared.fields, message.fields, strict=False)}


def told(compiled: Compiled, message: Message) -> str:
    """`Vote(height: 5, block: 0x12…), sequence 3`."""
    declared = type_of(compiled, message.kind)
    name = declared.name if declared is not None else "0x" + message.kind.hex()
    fields = ", ".join(f"{field}: {value}" for field, value in fields_of(compiled, message).items())
    return f"{name}({fields}), sequence {message.sequence}, time {message.time}"


def _text(kind: str, word: bytes) -> str:
    number = int.from_bytes(word, "big")
    match ir.TYPES[kind]:
        case Kind.UINT:
            return str(number)
        case Kind.BOOL:
            return "true" if number else "false"
        case Kind.ADDRESS:
            return f"0x{number:040x}"
        case _:
            return "0x" + word.hex()
