"""ABI entries as callable codecs, built once: eth-abi encodes and decodes, this names what it returns."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from eth_abi.decoding import ContextFramesBytesIO
from eth_abi.exceptions import DecodingError, EncodingError
from eth_abi.registry import registry
from eth_utils.abi import collapse_if_tuple
from eth_utils.crypto import keccak

from .engines.base import checksum
from .errors import ChainError, UsageError

Decode = Callable[[bytes], Any]


@dataclass(frozen=True)
class Function:
    """One function: `encode(arguments)` is calldata, `decode(output)` a value, a tuple, or None."""

    name: str
    signature: str
    selector: bytes
    arity: int
    reads: bool
    """Whether it is view or pure."""
    encode: Callable[[Sequence[Any]], bytes]
    decode: Decode


@dataclass(frozen=True)
class EventType:
    """One event: `decode(topics, data)` gives its arguments as a named tuple."""

    name: str
    topic: bytes
    decode: Callable[[Sequence[bytes], bytes], Any]


def function(entry: dict[str, Any]) -> Function:
    """From one function of an ABI."""
    signature = _signature(entry)
    selector = keccak(text=signature)[:4]
    count = len(entry["inputs"])
    encode = registry.get_encoder(_tuple_type(entry["inputs"])) if count else lambda arguments: b""

    def calldata(arguments: Sequence[Any]) -> bytes:
        if len(arguments) != count:
            raise UsageError(f"{signature} takes {count} arguments, {len(arguments)} given")
        try:
            return bytes(selector + encode(arguments))
        except (EncodingError, TypeError, ValueError) as error:
            raise UsageError(f"{signature}: {error}") from None

    reads = entry.get("stateMutability") in ("view", "pure")
    decode = _output_decoder(signature, entry["outputs"])
    return Function(entry["name"], signature, selector, count, reads, calldata, decode)


def event(entry: dict[str, Any]) -> EventType:
    """From one event of an ABI. Indexed arguments of dynamic types stay the hash that the log has."""
    inputs = entry["inputs"]
    indexed = [_decoder([_topic_type(item)]) for item in inputs if item["indexed"]]
    plain = _decoder([item for item in inputs if not item["indexed"]])
    record = _record(entry["name"], tuple(item["name"] for item in inputs))
    flags = [item["indexed"] for item in inputs]

    def decode(topics: Sequence[bytes], data: bytes) -> Any:
        from_topics = (read(topic)[0] for read, topic in zip(indexed, topics[1:], strict=True))
        from_data = iter(plain(data))
        return record(*(next(from_topics) if flag else next(from_data) for flag in flags))

    return EventType(entry["name"], keccak(text=_signature(entry)), decode)


def _topic_type(item: dict[str, Any]) -> dict[str, Any]:
    """Text, bytes, lists and structs are indexed by their hash."""
    hashed = item["type"] in ("string", "bytes", "tuple") or item["type"].endswith("]")
    return {**item, "type": "bytes32"} if hashed else item


def _signature(entry: dict[str, Any]) -> str:
    return f"{entry['name']}({','.join(collapse_if_tuple(item) for item in entry['inputs'])})"


def _tuple_type(items: Sequence[dict[str, Any]]) -> str:
    return f"({','.join(collapse_if_tuple(item) for item in items)})"


def _output_decoder(signature: str, items: Sequence[dict[str, Any]]) -> Decode:
    if not items:
        return lambda data: None
    read = _decoder(items)
    single = len(items) == 1
    record = None if single or not all(item["name"] for item in items) else _record("Result", _names(items))

    def decode(data: bytes) -> Any:
        try:
            values = read(data)
        except DecodingError:
            raise ChainError(
                f"{signature} returned {len(data)} bytes that don't fit its ABI: no such contract?"
            ) from None
        if single:
            return values[0]
        return values if record is None else record(*values)

    return decode


def _decoder(items: Sequence[dict[str, Any]]) -> Decode:
    """Values in order: addresses checksummed, structs as named tuples."""
    if not items:
        return lambda data: ()
    raw = registry.get_decoder(_tuple_type(items))
    dress = [_dresser(item) for item in items]
    return lambda data: tuple(part(value) for part, value in zip(dress, raw(ContextFramesBytesIO(data)), strict=True))


def _dresser(item: dict[str, Any]) -> Callable[[Any], Any]:
    kind: str = item["type"]
    if kind.endswith("]"):
        inner = _dresser({**item, "type": kind[: kind.rindex("[")]})
        return lambda values: tuple(inner(value) for value in values)
    if kind == "tuple":
        parts = [_dresser(part) for part in item["components"]]
        record = _record("Struct", _names(item["components"]))
        return lambda values: record(*(part(value) for part, value in zip(parts, values, strict=True)))
    return checksum if kind == "address" else _same


def _same(value: Any) -> Any:
    return value


def _names(items: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(item["name"] for item in items)


@cache
def _record(name: str, fields: tuple[str, ...]) -> Any:
    return namedtuple(name, fields, rename=True)
