"""Text to syntax."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any, cast
from unicodedata import category

from lark import Lark, Token, Transformer, Tree, v_args
from lark.exceptions import UnexpectedCharacters, UnexpectedToken, VisitError
from lark.tree import Meta

from . import syntax
from .errors import CommitmentError, Position

MAX_TEXT = 32_768
MAX_DIGITS = 78
"""Of 2²⁵⁶; Python itself refuses to read thousands."""
MAX_DEPTH = 90
"""How deep expressions may nest: a chain of conditions nests by one each; the machine holds 256 instructions."""

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Control, format (bidirectional ones, too), surrogate, private and unassigned characters, separators of lines."""
_COMMENT = re.compile(r'"[^"\n]*"|((?:#|//).*)')

PLAIN = {
    "NAME": "a name",
    "NUMBER": "a number",
    "HEX": "0x…",
    "STRING": "a text",
    "COMPARE": "a comparison",
    "SIGN": "+ or -",
    "FACTOR": "*, / or %",
    "UNIT": "a unit of time",
    "DECIMAL_PERCENT": "a percentage",
    "QUANTIFIER": "exists or count",
    "LBRACE": "{",
    "RBRACE": "}",
    "LPAR": "(",
    "RPAR": ")",
    "COLON": ":",
    "COMMA": ",",
    "EQUAL": "=",
    "DOT": ".",
    "$END": "the end of the text",
}
HINTS = {
    "=": "equality is written ==",
    "&": "write `and`",
    "|": "write `or`",
    "!": "write `not`, or != between two values",
    "'": 'text stands between double quotes: "…"',
    ";": "statements end by themselves; no semicolon",
    "-": "numbers aren't negative; a difference below zero is zero, `absdiff(a, b)` is the distance",
}


def parse(text: str) -> syntax.Commitment:
    """The commitment that a text states. Raises `CommitmentError` with line, column and a hint."""
    if len(text) > MAX_TEXT:
        raise CommitmentError(Position(1, 1), f"the text has {len(text)} characters", f"at most {MAX_TEXT} are read")
    _check_visible(text)
    try:
        tree = _parser().parse(text)
    except UnexpectedToken as error:
        raise _unexpected(error, text) from None
    except UnexpectedCharacters as error:
        found = text[error.pos_in_stream] if error.pos_in_stream is not None else ""
        at = Position(error.line, error.column)
        raise CommitmentError(at, f"{found!r} is not part of the language here", HINTS.get(found, "")) from None
    _check_depth(tree)
    try:
        made = cast(syntax.Commitment, _Builder().transform(tree))
    except VisitError as error:
        raise error.orig_exc from None
    return replace(made, comments=_comments(text))


@cache
def _parser() -> Lark:
    grammar = files(__package__).joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", propagate_positions=True, maybe_placeholders=True)


def _check_visible(text: str) -> None:
    """What readers see is what is compiled: nothing hides in a comment, nor ends a line for some and not for others."""
    for number, line in enumerate(text.split("\n"), 1):
        for column, one in enumerate(line.removesuffix("\r"), 1):
            if one != "\t" and category(one) in _HIDDEN:
                raise CommitmentError(
                    Position(number, column),
                    f"{one!r} is a character that readers don't see, or that moves what they see",
                    "leave it out; lines end in \\n",
                )


def _check_depth(tree: Tree[Token]) -> None:
    level: list[Tree[Token]] = [tree]
    for _ in range(MAX_DEPTH):
        level = [child for one in level for child in one.children if isinstance(child, Tree)]
        if not level:
            return
    raise CommitmentError(
        _at(level[0].meta), "an expression is nested too deep", "name its parts by several properties"
    )


def _unexpected(error: UnexpectedToken, text: str) -> CommitmentError:
    token = error.token
    at = _end(text) if token.type == "$END" else Position(error.line, error.column)
    found = PLAIN["$END"] if token.type == "$END" else repr(str(token))
    wanted = sorted({PLAIN.get(name, name.lower()) for name in error.accepts or error.expected})
    problem = f"{found} can't stand here"
    if 0 < len(wanted) <= 8:
        problem += f": {' or '.join(wanted)} would fit"
    return CommitmentError(at, problem, _hint(str(token), token.type, wanted))


def _hint(found: str, kind: str, wanted: list[str]) -> str:
    if found in HINTS and (found != "=" or "a comparison" in wanted):
        return HINTS[found]
    if kind == "$END":
        return "is a brace or a parenthesis still open?"
    if kind == "COMPARE":
        return "comparisons don't chain: write a < b and b < c"
    if found == "unless" or found == "without":
        return "what did not happen can't be proven from messages: use `liveness` or `respond`"
    return ""


def _comments(text: str) -> tuple[syntax.Comment, ...]:
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        for match in _COMMENT.finditer(line):
            if match[1]:
                own = not line[: match.start()].strip()
                found.append(syntax.Comment(Position(number, match.start() + 1), match[1].rstrip(), own))
    return tuple(found)


def _end(text: str) -> Position:
    lines = text.splitlines() or [""]
    return Position(len(lines), len(lines[-1]) + 1)


def _at(meta: Meta) -> Position:
    return Position(1, 1) if meta.empty else Position(meta.line, meta.column)


def _number(token: Token) -> int:
    digits = token.replace("_", "").lstrip("0")
    value = int(digits or "0") if len(digits) <= MAX_DIGITS else 2**256
    if value >= 2**256:
        shown = str(token) if len(token) <= 2 * MAX_DIGITS else f"a number of {len(digits)} digits"
        raise CommitmentError(_place(token), f"{shown} does not fit into 256 bits")
    return value


def _place(token: Token) -> Position:
    return Position(token.line or 1, token.column or 1)


def _unit(token: Token) -> str:
    return str(token).rstrip("s")


@v_args(meta=True)
class _Builder(Transformer[Token, Any]):
    """One method a rule; a node takes the place where its text begins."""

    def start(self, meta: Meta, parts: list[Any]) -> syntax.Commitment:
        end = Position(meta.end_line, meta.end_column - 1)
        return syntax.Commitment(str(parts[0]), tuple(parts[1:]), end=end, at=_at(meta))

    # -- declarations

    def const_item(self, meta: Meta, parts: list[Any]) -> syntax.Const:
        return syntax.Const(str(parts[0]), parts[1], at=_at(meta))

    def param_item(self, meta: Meta, parts: list[Any]) -> syntax.Param:
        name, kind, limits = parts
        return syntax.Param(str(name), str(kind), *(limits or (None, None)), at=_at(meta))

    def range(self, meta: Meta, parts: list[Any]) -> tuple[Any, ...]:
        return tuple(parts)

    def party_item(self, meta: Meta, parts: list[Any]) -> syntax.Party:
        return syntax.Party(str(parts[0]), parts[1] or (), at=_at(meta))

    def party_one(self, meta: Meta, parts: list[Any]) -> tuple[Any, ...]:
        return tuple(parts)

    def party_many(self, meta: Meta, parts: list[Any]) -> tuple[Any, ...]:
        return tuple(parts)

    def message_item(self, meta: Meta, parts: list[Any]) -> syntax.MessageType:
        broadcast, name, *fields, kind = parts
        told = tuple(one for one in fields if one is not None)
        return syntax.MessageType(str(name), told, broadcast is not None, str(kind or ""), at=_at(meta))

    def declared(self, meta: Meta, parts: list[Any]) -> syntax.Declared:
        return syntax.Declared(str(parts[0]), str(parts[1]), at=_at(meta))

    def safety_item(self, meta: Meta, parts: list[Any]) -> syntax.Safety:
        name, *bindings, given, per, where = parts
        return syntax.Safety(str(name), tuple(bindings), given or (), per or (), where, at=_at(meta))

    def binding(self, meta: Meta, parts: list[Any]) -> syntax.Binding:
        name, outgoing, message, party = parts
        return syntax.Binding(str(name), outgoing, str(message), party or "", at=_at(meta))

    def outgoing(self, meta: Meta, parts: list[Any]) -> bool:
        return True

    def incoming(self, meta: Meta, parts: list[Any]) -> bool:
        return False

    def given(self, meta: Meta, parts: list[Any]) -> tuple[Any, ...]:
        return tuple(parts)

    def per(self, meta: Meta, parts: list[Any]) -> tuple[Any, ...]:
        return tuple(parts)

    def liveness_item(self, meta: Meta, parts: list[Any]) -> syntax.Liveness:
        if isinstance(parts[1], Token):  # a number of epochs
            name, number, _, outgoing, message = parts
            every = syntax.Number(_number(number), syntax.EPOCH, at=_place(number))
        else:
            name, every, outgoing, message = parts
        return syntax.Liveness(str(name), every, outgoing, str(message), at=_at(meta))

    def respond_item(self, meta: Meta, parts: list[Any]) -> syntax.Respond:
        name, challenge, party, within, answer, given, where = parts
        return syntax.Respond(
            str(name), str(challenge), party or "", within, str(answer), given or (), where, at=_at(meta)
        )

    def plugin_item(self, meta: Meta, parts: list[Any]) -> syntax.Plugin:
        name, address, code, *about = parts
        place, hashed = (syntax.Hex(str(one), at=_place(one)) for one in (address, code))
        return syntax.Plugin(str(name), place, hashed, tuple(str(one) for one in about if one), at=_at(meta))

    def slash(self, meta: Meta, parts: list[Any]) -> syntax.Slash:
        return syntax.Slash(str(parts[0]).rstrip("% "), at=_at(meta))

    def cooldown(self, meta: Meta, parts: list[Any]) -> syntax.Period:
        return syntax.Period("cooldown", parts[0], at=_at(meta))

    def review(self, meta: Meta, parts: list[Any]) -> syntax.Period:
        return syntax.Period("review", parts[0], at=_at(meta))

    def duration(self, meta: Meta, parts: list[Any]) -> syntax.Number:
        return syntax.Number(_number(parts[0]), _unit(parts[1]), at=_at(meta))

    # -- expressions

    def implies(self, meta: Meta, parts: list[Any]) -> syntax.Binary:
        return syntax.Binary("implies", *parts, at=_at(meta))

    def either(self, meta: Meta, parts: list[Any]) -> syntax.Binary:
        return syntax.Binary("or", *parts, at=_at(meta))

    def both(self, meta: Meta, parts: list[Any]) -> syntax.Binary:
        return syntax.Binary("and", *parts, at=_at(meta))

    def negate(self, meta: Meta, parts: list[Any]) -> syntax.Not:
        return syntax.Not(parts[0], at=_at(meta))

    def compare(self, meta: Meta, parts: list[Any]) -> syntax.Binary:
        left, op, right = parts
        return syntax.Binary(str(op), left, right, at=_place(op))

    def calculate(self, meta: Meta, parts: list[Any]) -> syntax.Binary:
        left, op, right = parts
        return syntax.Binary(str(op), left, right, at=_place(op))

    def number(self, meta: Meta, parts: list[Any]) -> syntax.Number:
        return syntax.Number(_number(parts[0]), at=_at(meta))

    def duration_literal(self, meta: Meta, parts: list[Any]) -> syntax.Number:
        return syntax.Number(_number(parts[0]), _unit(parts[1]), at=_at(meta))

    def hex(self, meta: Meta, parts: list[Any]) -> syntax.Hex:
        return syntax.Hex(str(parts[0]), at=_at(meta))

    def text(self, meta: Meta, parts: list[Any]) -> syntax.Text:
        return syntax.Text(str(parts[0])[1:-1], at=_at(meta))

    def yes(self, meta: Meta, parts: list[Any]) -> syntax.Truth:
        return syntax.Truth(True, at=_at(meta))

    def no(self, meta: Meta, parts: list[Any]) -> syntax.Truth:
        return syntax.Truth(False, at=_at(meta))

    def operator(self, meta: Meta, parts: list[Any]) -> syntax.OperatorAddress:
        return syntax.OperatorAddress(at=_at(meta))

    def incoming_field(self, meta: Meta, parts: list[Any]) -> syntax.Member:
        return syntax.Member("in", str(parts[0]), at=_at(meta))

    def outgoing_field(self, meta: Meta, parts: list[Any]) -> syntax.Member:
        return syntax.Member("out", str(parts[0]), at=_at(meta))

    def incoming_whole(self, meta: Meta, parts: list[Any]) -> syntax.Name:
        return syntax.Name("in", at=_at(meta))

    def outgoing_whole(self, meta: Meta, parts: list[Any]) -> syntax.Name:
        return syntax.Name("out", at=_at(meta))

    def member(self, meta: Meta, parts: list[Any]) -> syntax.Member:
        return syntax.Member(str(parts[0]), str(parts[1]), at=_at(meta))

    def name(self, meta: Meta, parts: list[Any]) -> syntax.Name:
        return syntax.Name(str(parts[0]), at=_at(meta))

    def call(self, meta: Meta, parts: list[Any]) -> syntax.Call:
        return syntax.Call(str(parts[0]), tuple(one for one in parts[1:] if one is not None), at=_at(meta))

    def quantifier(self, meta: Meta, parts: list[Any]) -> syntax.Quantifier:
        word, name, outgoing, message, party, by, condition = parts
        binding = syntax.Binding(str(name), outgoing, str(message), party or "", at=_place(name))
        return syntax.Quantifier(str(word), binding, by, condition, at=_at(meta))

    def total_of(self, meta: Meta, parts: list[Any]) -> syntax.TotalOf:
        value, name, outgoing, message, party, condition = parts
        binding = syntax.Binding(str(name), outgoing, str(message), party or "", at=_place(name))
        return syntax.TotalOf(value, binding, condition, at=_at(meta))

    def from_party(self, meta: Meta, parts: list[Any]) -> str:
        return str(parts[0])

    def by(self, meta: Meta, parts: list[Any]) -> Any:
        return parts[0]

    def condition(self, meta: Meta, parts: list[Any]) -> Any:
        return parts[0]
