"""What a text declares, and what a property can speak of besides."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches

from .errors import Position
from .instructions import Kind, Op


@dataclass(frozen=True)
class Message:
    """A kind of message."""

    name: str
    kind: bytes
    fields: tuple[tuple[str, str], ...]
    broadcast: bool

    def op(self, outgoing: bool) -> Op:
        """How one is bound."""
        return Op.OUT if outgoing else Op.CAST if self.broadcast else Op.IN


@dataclass(frozen=True)
class Parameter:
    """What the operator chooses; `party` if it is a counterparty's address; `bounded` if the text says low and high."""

    name: str
    type: str
    low: int
    high: int
    party: bool
    bounded: bool
    at: Position


@dataclass
class Scope:
    """What a property can speak of besides what the commitment declares."""

    slots: dict[str, tuple[int, Message]] = field(default_factory=dict)
    values: dict[str, tuple[int, Kind]] = field(default_factory=dict)
    proofs: dict[str, int] = field(default_factory=dict)
    quantified: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.slots, *self.values, *self.proofs)


def bits_of(kind: str) -> int:
    """256 for what is no narrower number."""
    return int(kind[4:] or 256) if kind.startswith("uint") else 256


def highest_of(kind: str) -> int:
    """The greatest value of a type."""
    special = {"bool": 1, "address": 2**160 - 1}
    return special[kind] if kind in special else (1 << bits_of(kind)) - 1


def told(kind: Kind) -> str:
    """A type in words."""
    return {Kind.UINT: "a number", Kind.BYTES32: "bytes32", Kind.ADDRESS: "an address", Kind.BOOL: "a condition"}[kind]


def similar(name: str, known: tuple[str, ...]) -> str:
    """A hint at a name much like this one; empty if there is none."""
    close = get_close_matches(name, known, 1)
    return f"did you mean {close[0]}?" if close else ""


def hint_of(names: tuple[str, ...]) -> str:
    """A hint at all names there are."""
    return f"there is {', '.join(dict.fromkeys(names))}" if names else ""
