"""What a commitment's text says, as it is written: no names resolved, no types known."""

from __future__ import annotations

from dataclasses import dataclass, field

from .errors import NOWHERE, Position


@dataclass(frozen=True)
class Node:
    """`at` is where it begins; nodes are equal when they say the same."""

    at: Position = field(default=NOWHERE, compare=False, kw_only=True, repr=False)


# -- expressions


@dataclass(frozen=True)
class Number(Node):
    """`1_000`, or with a unit `2 hours`: `value` is in the unit."""

    value: int
    unit: str = ""


@dataclass(frozen=True)
class Hex(Node):
    """`0x` and 40 digits for an address, 64 for 32 bytes."""

    digits: str


@dataclass(frozen=True)
class Text(Node):
    """`"ETH/USD"`: the hash of the text, as 32 bytes."""

    value: str


@dataclass(frozen=True)
class Truth(Node):
    value: bool


@dataclass(frozen=True)
class Name(Node):
    """A constant, parameter, party, given value, or a whole message where one is asked for."""

    value: str


@dataclass(frozen=True)
class OperatorAddress(Node):
    """`operator`: who is accused."""


@dataclass(frozen=True)
class Member(Node):
    """`a.height`; `base` is `in` or `out` in a response."""

    base: str
    field: str


@dataclass(frozen=True)
class Not(Node):
    value: Expression


@dataclass(frozen=True)
class Binary(Node):
    """`op` is and, or, implies, a comparison or an arithmetic sign."""

    op: str
    left: Expression
    right: Expression


@dataclass(frozen=True)
class Call(Node):
    name: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True)
class Binding(Node):
    """`a: out Vote`, `p: in Price from oracle`."""

    name: str
    outgoing: bool
    message: str
    party: str = ""


@dataclass(frozen=True)
class Quantifier(Node):
    """`word` is exists, count or all; `by` what is counted once, if not the message."""

    word: str
    binding: Binding
    by: Expression | None = None
    condition: Expression | None = None


@dataclass(frozen=True)
class TotalOf(Node):
    """`sum(m.size for m: in Receipt from client where …)`."""

    value: Expression
    binding: Binding
    condition: Expression | None = None


Expression = Number | Hex | Text | Truth | Name | OperatorAddress | Member | Not | Binary | Call | Quantifier | TotalOf


# -- declarations


@dataclass(frozen=True)
class Declared(Node):
    """`height: uint`."""

    name: str
    type: str


@dataclass(frozen=True)
class Const(Node):
    name: str
    value: Expression


@dataclass(frozen=True)
class Param(Node):
    """Chosen by the operator, between `low` and `high` if they are given."""

    name: str
    type: str
    low: Expression | None = None
    high: Expression | None = None


@dataclass(frozen=True)
class Party(Node):
    """A counterparty: one of `members`; of none if the operator names it as a parameter."""

    name: str
    members: tuple[Expression, ...] = ()


@dataclass(frozen=True)
class MessageType(Node):
    """`kind` overrides the hash of name and fields, in hexadecimal."""

    name: str
    fields: tuple[Declared, ...]
    broadcast: bool = False
    kind: str = ""


@dataclass(frozen=True)
class Safety(Node):
    name: str
    bindings: tuple[Binding, ...]
    given: tuple[Declared, ...]
    per: tuple[Expression, ...]
    where: Expression


@dataclass(frozen=True)
class Liveness(Node):
    """`every` is seconds with a unit, or epochs."""

    name: str
    every: Number
    outgoing: bool
    message: str


@dataclass(frozen=True)
class Respond(Node):
    name: str
    challenge: str
    party: str
    within: Number
    answer: str
    given: tuple[Declared, ...]
    where: Expression | None


@dataclass(frozen=True)
class Plugin(Node):
    """A contract judges; `about` are the messages of which it is told to speak."""

    name: str
    address: Hex
    code: Hex
    about: tuple[str, ...] = ()


@dataclass(frozen=True)
class Slash(Node):
    percent: str


@dataclass(frozen=True)
class Period(Node):
    """`word` is cooldown or review."""

    word: str
    length: Number


Item = Const | Param | Party | MessageType | Safety | Liveness | Respond | Plugin | Slash | Period


@dataclass(frozen=True)
class Comment:
    """`own` if nothing stands before it on its line."""

    at: Position
    text: str
    own: bool


@dataclass(frozen=True)
class Commitment(Node):
    name: str
    items: tuple[Item, ...]
    comments: tuple[Comment, ...] = field(default=(), compare=False, repr=False)
    end: Position = field(default=NOWHERE, compare=False, repr=False)
    """Of the closing brace."""


SECONDS = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800}
EPOCH = "epoch"


def seconds(number: Number) -> int:
    """A number with a unit of time, or a plain one."""
    return number.value * SECONDS.get(number.unit, 1)
