"""Rules with names resolved and types known: the compiler writes them down, the disassembler reads them back.

Slots number the messages that a rule binds; slot 15 is the one that a quantifier stands at. Nodes are equal when they
mean the same; `at` is where the text has them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import ClassVar, Final

from eth_utils.crypto import keccak

from .errors import NOWHERE, Position
from .instructions import Kind, Op
from .limits import MAX_UINT
from .machine import calculated

TYPES: Final = {"uint": Kind.UINT, "bytes32": Kind.BYTES32, "address": Kind.ADDRESS, "bool": Kind.BOOL} | {
    f"uint{bits}": Kind.UINT for bits in range(8, 257, 8)
}


@dataclass(frozen=True)
class Ir(ABC):
    at: Position = field(default=NOWHERE, compare=False, kw_only=True, repr=False)

    @property
    @abstractmethod
    def kind(self) -> Kind:
        """Type of its value."""

    @property
    def parts(self) -> tuple[Ir, ...]:
        """What it is made of."""
        return ()


class Typed(Ir):
    """A node that is told the type of its value."""

    of: Kind

    @property
    def kind(self) -> Kind:
        return self.of


class Fixed(Ir):
    """A node whose values are all of one type."""

    KIND: ClassVar[Kind]

    @property
    def kind(self) -> Kind:
        return self.KIND


@dataclass(frozen=True)
class Pair(Fixed):
    """An operation on two values."""

    op: Op
    left: Ir
    right: Ir

    @property
    def parts(self) -> tuple[Ir, ...]:
        return self.left, self.right


@dataclass(frozen=True)
class Field(Typed):
    """`bits` below 256 is demanded of the value when it is read."""

    slot: int
    index: int
    of: Kind
    bits: int = 256


@dataclass(frozen=True)
class Constant(Typed):
    value: int
    of: Kind


@dataclass(frozen=True)
class Param(Typed):
    """`low` and `high` is what the operator may choose."""

    index: int
    of: Kind
    low: int = field(default=0, compare=False)
    high: int = field(default=MAX_UINT, compare=False)


@dataclass(frozen=True)
class Given(Typed):
    """A value that whoever proves the fault brings along."""

    index: int
    of: Kind


@dataclass(frozen=True)
class Accused(Fixed):
    KIND = Kind.ADDRESS


@dataclass(frozen=True)
class MessageId(Fixed):
    KIND = Kind.BYTES32
    slot: int


@dataclass(frozen=True)
class Comparison(Pair):
    """`op` is EQ, NE, LT or LE."""

    KIND = Kind.BOOL


@dataclass(frozen=True)
class Calculation(Pair):
    """`op` is ADD to ABSDIFF."""

    KIND = Kind.UINT


@dataclass(frozen=True)
class Junction(Pair):
    """`op` is AND or OR."""

    KIND = Kind.BOOL


@dataclass(frozen=True)
class Negation(Fixed):
    KIND = Kind.BOOL
    value: Ir

    @property
    def parts(self) -> tuple[Ir, ...]:
        return (self.value,)


@dataclass(frozen=True)
class Hash(Fixed):
    """keccak256 of 1 to 8 words."""

    KIND = Kind.BYTES32
    values: tuple[Ir, ...]

    @property
    def parts(self) -> tuple[Ir, ...]:
        return self.values


@dataclass(frozen=True)
class Leaf(Fixed):
    """Whether the `proof`th proof shows `leaf` at `index` under `root`."""

    KIND = Kind.BOOL
    root: Ir
    index: Ir
    leaf: Ir
    proof: int

    @property
    def parts(self) -> tuple[Ir, ...]:
        return self.root, self.index, self.leaf


@dataclass(frozen=True)
class Quantity(Fixed):
    """Of the given messages that meet `demands`: how many (COUNT), how many values (COUNT_NEW), or a sum (TOTAL)."""

    KIND = Kind.UINT
    counting: Op
    direction: Op
    message: bytes
    demands: tuple[Ir, ...]
    value: Ir | None = None

    @property
    def parts(self) -> tuple[Ir, ...]:
        return (*self.demands, *([self.value] if self.value else []))


@dataclass(frozen=True)
class Rule:
    """`bindings` are (OUT, IN or CAST, kind of message); met if every demand holds; `keys` make the fault key."""

    bindings: tuple[tuple[Op, bytes], ...]
    demands: tuple[Ir, ...]
    keys: tuple[Ir, ...]
    values: int = 0
    proofs: int = 0


def walk(node: Ir) -> Iterator[Ir]:
    """The node and all it is made of."""
    yield node
    for part in node.parts:
        yield from walk(part)


def rebuilt(node: Ir, change: Callable[[Ir], Ir]) -> Ir:
    """The node with `change` applied to every leaf of it, and to itself at last."""
    if isinstance(node, Pair):
        node = replace(node, left=rebuilt(node.left, change), right=rebuilt(node.right, change))
    elif isinstance(node, Negation):
        node = replace(node, value=rebuilt(node.value, change))
    elif isinstance(node, Hash):
        node = replace(node, values=tuple(rebuilt(value, change) for value in node.values))
    elif isinstance(node, Leaf):
        root, index, leaf = (rebuilt(part, change) for part in node.parts)
        node = replace(node, root=root, index=index, leaf=leaf)
    elif isinstance(node, Quantity):
        demands = tuple(rebuilt(demand, change) for demand in node.demands)
        node = replace(node, demands=demands, value=None if node.value is None else rebuilt(node.value, change))
    return change(node)


def negated(node: Ir) -> Ir:
    """Its negation, pushed down to the comparisons."""
    if isinstance(node, Negation):
        return node.value
    if isinstance(node, Junction):
        op = Op.OR if node.op == Op.AND else Op.AND
        return Junction(op, negated(node.left), negated(node.right), at=node.at)
    if isinstance(node, Comparison):
        if node.op in (Op.EQ, Op.NE):
            return Comparison(Op.NE if node.op == Op.EQ else Op.EQ, node.left, node.right, at=node.at)
        return Comparison(Op.LE if node.op == Op.LT else Op.LT, node.right, node.left, at=node.at)
    return Negation(node, at=node.at)


def conjuncts(node: Ir) -> tuple[Ir, ...]:
    """What has to hold each for the whole to hold."""
    if isinstance(node, Junction) and node.op == Op.AND:
        return (*conjuncts(node.left), *conjuncts(node.right))
    return (node,)


def folded(op: Op, left: Ir, right: Ir, at: Position) -> Ir:
    """A calculation, done at once where both sides are constants and nothing is divided by zero."""
    if isinstance(left, Constant) and isinstance(right, Constant) and not (op in (Op.DIV, Op.MOD) and not right.value):
        return Constant(calculated(op, left.value, right.value), Kind.UINT, at=at)
    return Calculation(op, left, right, at=at)


def kind_of(name: str, fields: tuple[tuple[str, str], ...]) -> bytes:
    """Kind of a message: keccak256 of `Vote(uint256 height,bytes32 block)`, by (name, type) of each field."""
    return bytes(keccak(text=signature_of(name, fields)))


def signature_of(name: str, fields: tuple[tuple[str, str], ...]) -> str:
    """`Vote(uint256 height,bytes32 block)`."""
    told = ",".join(f"{'uint256' if kind == 'uint' else kind} {field}" for field, kind in fields)
    return f"{name}({told})"
