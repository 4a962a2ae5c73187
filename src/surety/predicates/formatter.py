"""Syntax to text, always the same way; `formatted` keeps comments, `canonical` leaves them out."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from . import syntax
from .syntax import Expression

WIDTH: Final = 100
INDENT: Final = "  "
RANK: Final = {"implies": 1, "or": 2, "and": 3, "not": 4, "compare": 5, "+": 6, "-": 6, "*": 7, "/": 7, "%": 7}
_GROUPS: Final = (
    (syntax.Const, syntax.Param, syntax.Party),
    (syntax.MessageType,),
    (syntax.Safety,),
    (syntax.Liveness,),
    (syntax.Respond,),
    (syntax.Plugin,),
    (syntax.Slash, syntax.Period),
)


def formatted(source: syntax.Commitment) -> str:
    """Text that parses to the same. Items keep their order, comments stay by them, blank lines part their groups."""
    return _laid_out(source, source.comments)


def canonical(source: syntax.Commitment) -> str:
    """The same without comments: what a registry has the hash of."""
    return _laid_out(source, ())


def _laid_out(source: syntax.Commitment, comments: tuple[syntax.Comment, ...]) -> str:
    before, beside, last = _placed(source, comments)
    head = [*_lines(before.pop(-1, [])), _beside(f"commitment {source.name} {{", beside.pop(-1, []))]
    parts: list[str] = []
    for _, group in groupby(enumerate(source.items), lambda pair: _group(pair[1])):
        lines: list[str] = []
        for place, item in group:
            told = item_text(item)
            if (
                lines
                and (len(told) > 1 or isinstance(item, syntax.Safety | syntax.Respond | syntax.Plugin))
                and _long(source, place)
            ):
                lines.append("")
            lines += [INDENT + line for line in _lines(before.get(place, []))]
            told[0 if len(told) == 1 else -1] = _beside(told[-1], beside.get(place, []))
            lines += [INDENT + line for line in told]
        parts.append("\n".join(lines))
    body = "\n\n".join(parts)
    closing = [INDENT + line for line in _lines(last[0])] + ["}"] + _lines(last[1])
    return "\n".join([*head, *([body] if body else []), *closing]) + "\n"


def _long(source: syntax.Commitment, place: int) -> bool:
    """Whether an item or the one before it takes several lines: then a blank one parts them."""
    return len(item_text(source.items[place])) > 1 or len(item_text(source.items[place - 1])) > 1


def _group(item: syntax.Item) -> int:
    return next(number for number, kinds in enumerate(_GROUPS) if isinstance(item, kinds))


def _lines(comments: list[syntax.Comment]) -> list[str]:
    return [_comment(one) for one in comments]


def _comment(one: syntax.Comment) -> str:
    text = one.text.removeprefix("//").removeprefix("#").strip()
    return f"# {text}".rstrip()


def _beside(line: str, comments: list[syntax.Comment]) -> str:
    return "  ".join([line, *(_comment(one) for one in comments)])


def _placed(
    source: syntax.Commitment, comments: tuple[syntax.Comment, ...]
) -> tuple[dict[int, list[syntax.Comment]], dict[int, list[syntax.Comment]], tuple[list[syntax.Comment], ...]]:
    """Comments before and beside each item (-1: the head), and those at the end, inside and outside of the braces."""
    before: dict[int, list[syntax.Comment]] = {}
    beside: dict[int, list[syntax.Comment]] = {}
    last: tuple[list[syntax.Comment], list[syntax.Comment]] = ([], [])
    starts = [item.at for item in source.items]
    for one in comments:
        if one.at < source.at:
            before.setdefault(-1, []).append(one)
            continue
        place = sum(start < one.at for start in starts) - 1
        if not one.own:
            beside.setdefault(place, []).append(one)
        elif one.at > source.end:
            last[1].append(one)
        elif place + 1 < len(starts):
            before.setdefault(place + 1, []).append(one)
        else:
            last[0].append(one)
    return before, beside, last


# -- items


def item_text(item: syntax.Item) -> list[str]:
    """The lines of one item, without its place in the commitment."""
    match item:
        case syntax.Const():
            return [f"const {item.name} = {text(item.value)}"]
        case syntax.Param():
            limits = "" if item.low is None or item.high is None else f" in {text(item.low)}..{text(item.high)}"
            return [f"param {item.name}: {item.type}{limits}"]
        case syntax.Party():
            return _party(item)
        case syntax.MessageType():
            word = "broadcast message" if item.broadcast else "message"
            fields = ", ".join(f"{one.name}: {one.type}" for one in item.fields)
            return [f"{word} {item.name}({fields}){f' kind {item.kind}' if item.kind else ''}"]
        case syntax.Safety():
            bindings = ", ".join(_binding(one) for one in item.bindings)
            per = [f"per {', '.join(text(key) for key in item.per)}"] if item.per else []
            return _broken(f"safety {item.name}: never ({bindings})", [*_given(item.given), *per], item.where)
        case syntax.Liveness():
            way = "out" if item.outgoing else "in"
            return [f"liveness {item.name}: every {_plural(item.every)} {way} {item.message}"]
        case syntax.Respond():
            party = f" from {item.party}" if item.party else ""
            head = f"respond {item.name}: to in {item.challenge}{party}"
            head += f" within {_plural(item.within)} with out {item.answer}"
            return _broken(head, _given(item.given), item.where)
        case syntax.Plugin():
            about = [f"about {', '.join(item.about)}"] if item.about else []
            return _broken(f"plugin {item.name}: {item.address.digits}", [f"code {item.code.digits}", *about], None)
        case syntax.Slash():
            return [f"slash {item.percent}%"]
        case syntax.Period():
            return [f"{item.word} {_plural(item.length)}"]


def _party(item: syntax.Party) -> list[str]:
    members = [text(member) for member in item.members]
    if len(members) < 2:
        return [f"party {item.name}{''.join(f' = {member}' for member in members)}"]
    line = f"party {item.name} = {{ {', '.join(members)} }}"
    if len(INDENT) + len(line) <= WIDTH:
        return [line]
    inner = [f"{INDENT}{member}," for member in members]
    return [f"party {item.name} = {{", *inner[:-1], inner[-1].rstrip(","), "}"]


def _given(given: tuple[syntax.Declared, ...]) -> list[str]:
    return ["given " + ", ".join(f"{one.name}: {one.type}" for one in given)] if given else []


def _binding(one: syntax.Binding) -> str:
    party = f" from {one.party}" if one.party else ""
    return f"{one.name}: {'out' if one.outgoing else 'in'} {one.message}{party}"


def _broken(head: str, clauses: list[str], where: Expression | None) -> list[str]:
    """In one line if it fits, else a line a clause and a line a condition."""
    whole = [head, *clauses, *([f"where {text(where)}"] if where is not None else [])]
    if len(INDENT) + len(" ".join(whole)) <= WIDTH:
        return [" ".join(whole)]
    lines = [head, *(INDENT + clause for clause in clauses)]
    if where is not None:
        parts = list(_conditions(where))
        for place, one in enumerate(parts):
            rank = (RANK["and"] + (place > 0)) if len(parts) > 1 else 0
            lines += _condition(f"{INDENT}{'  and' if place else 'where'} ", one, rank)
    return lines


def _condition(head: str, node: Expression, rank: int) -> list[str]:
    told = head + _ranked(node, rank)
    if len(INDENT) + len(told) <= WIDTH:
        return [told]
    return (head + _ranked(node, rank, " " * (len(head) + 2))).splitlines()


def _conditions(node: Expression) -> Iterator[Expression]:
    if isinstance(node, syntax.Binary) and node.op == "and":
        yield from _conditions(node.left)
        yield node.right
    else:
        yield node


# -- expressions


def text(node: Expression, wrap: str = "") -> str:
    """An expression with as few parentheses as its meaning allows: in one line, or with a line a condition of each
    quantifier, indented by `wrap`."""
    return _ranked(node, 0, wrap)


def _ranked(node: Expression, rank: int, wrap: str = "") -> str:
    """In parentheses if it binds less than `rank`."""
    told, own = _text(node, wrap)
    return f"({told})" if own < rank else told


def _text(node: Expression, wrap: str) -> tuple[str, int]:
    highest = 9
    match node:
        case syntax.Number():
            return (_plural(node) if node.unit else _grouped(node.value)), highest
        case syntax.Hex():
            return node.digits, highest
        case syntax.Text():
            return f'"{node.value}"', highest
        case syntax.Truth():
            return str(node.value).lower(), highest
        case syntax.Name():
            return node.value, highest
        case syntax.OperatorAddress():
            return "operator", highest
        case syntax.Member():
            return f"{node.base}.{node.field}", highest
        case syntax.Not():
            return f"not {_ranked(node.value, RANK['not'], wrap)}", RANK["not"]
        case syntax.Binary():
            return _binary(node, wrap)
        case syntax.Call():
            return f"{node.name}({', '.join(text(one, wrap) for one in node.arguments)})", highest
        case syntax.Quantifier():
            by = f" by {text(node.by)}" if node.by is not None else ""
            return f"{node.word}({_binding(node.binding)}{by}{_where(node.condition, wrap)})", highest
        case syntax.TotalOf():
            return f"sum({text(node.value)} for {_binding(node.binding)}{_where(node.condition, wrap)})", highest


def _binary(node: syntax.Binary, wrap: str) -> tuple[str, int]:
    rank = RANK.get(node.op, RANK["compare"])
    if node.op == "implies":  # to the right
        return f"{_ranked(node.left, rank + 1, wrap)} implies {_ranked(node.right, rank, wrap)}", rank
    left = rank + 1 if rank == RANK["compare"] else rank
    return f"{_ranked(node.left, left, wrap)} {node.op} {_ranked(node.right, rank + 1, wrap)}", rank


def _where(condition: Expression | None, wrap: str) -> str:
    if condition is None:
        return ""
    if not wrap:
        return f" where {text(condition)}"
    first, *others = (_ranked(one, RANK["and"]) for one in _conditions(condition))
    return "".join([f"\n{wrap}where {first}", *(f"\n{wrap}  and {one}" for one in others)])


def _plural(number: syntax.Number) -> str:
    return f"{_grouped(number.value)} {number.unit}{'' if number.value == 1 else 's'}"


def _grouped(value: int) -> str:
    return f"{value:_}" if value >= 10_000 else str(value)
