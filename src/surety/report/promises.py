"""A broken promise in the report: text, program, and the evidence beside it with the fields that clash marked."""

from __future__ import annotations

from dataclasses import dataclass

from surety.journal.told import fields_of, type_of
from surety.predicates import compile_text
from surety.sim.history import PromiseStory

from .figures import day
from .tables import Table, amount


@dataclass(frozen=True)
class Line:
    """A line of the promise; `broken` if it is of the property that the evidence breaks."""

    text: str
    broken: bool


@dataclass(frozen=True)
class Field:
    """`mark` is `same`, `differs`, `decides`, or empty for a field that the property doesn't look at."""

    name: str
    value: str
    mark: str


@dataclass(frozen=True)
class Card:
    """A message of the evidence."""

    title: str
    fields: tuple[Field, ...]
    signature: str


@dataclass(frozen=True)
class PromisePart:
    """What the page shows side by side."""

    lines: tuple[Line, ...]
    program: str
    listing: str
    cards: tuple[Card, ...]
    refusal: str


def promise_sentence(story: PromiseStory, decimals: int) -> str:
    """What happened, in words."""
    return (
        f"An operator promised never to sign two votes of one height, and locked {amount(story.bonded, decimals)} of a "
        f"bond that matures on {day(story.maturity)[:10]} behind it. Its journal refused to sign a second vote; the "
        "same key signed it past the journal. A stranger who heard both committed to them, showed them in a later "
        f"block, and the machine that runs the promise's {story.size} bytes found it broken: "
        f"{amount(story.seized, decimals)} of the bond were seized in that second, under review for a week, then paid "
        "out in kind, never in cash before its time."
    )


def promise_part(story: PromiseStory) -> PromisePart:
    """Text, program and evidence."""
    compiled = compile_text(story.text)
    cards = []
    for number, one in enumerate(story.shown):
        kind = type_of(compiled, one.message.kind)
        fields = [
            Field(name, value, one.marks.get(name, "")) for name, value in fields_of(compiled, one.message).items()
        ]
        fields += [
            Field("sender", one.message.sender, one.marks.get("sender", "")),
            Field("sequence", str(one.message.sequence), one.marks.get("sequence", "")),
            Field("time", day(one.message.time), one.marks.get("time", "")),
        ]
        title = f"{kind.name if kind else '0x' + one.message.kind.hex()} {chr(ord('a') + number)}"
        cards.append(Card(title, tuple(fields), "0x" + one.signature.hex()))
    return PromisePart(
        lines=tuple(_lines(story)),
        program=_rule(story.read_back),
        listing=story.listing,
        cards=tuple(cards),
        refusal=story.refusal,
    )


def promise_table(story: PromiseStory, decimals: int) -> Table:
    """When what happened, and to whom the slash went."""
    rows = [(what, day(when), "") for what, when in story.times]
    rows += [(f"to {whom}", "", amount(face, decimals)) for whom, face in story.paid.items()]
    rows.append(("slashed together", "", amount(sum(story.paid.values()), decimals)))
    return Table(("", "when", "of the bond, face"), rows)


def message_line(story: PromiseStory, place: int) -> str:
    """A message of the evidence, for terminals."""
    one = story.shown[place]
    fields = fields_of(compile_text(story.text), one.message)
    return ", ".join(f"{name} {_short(value)}" for name, value in fields.items())


def program_text(story: PromiseStory) -> str:
    """The program on chain, read back."""
    return _rule(story.read_back)


def _lines(story: PromiseStory) -> list[Line]:
    """A property's lines are those from its name to the next that is indented no further."""
    found, inside, depth = [], False, 0
    for text in story.text.splitlines():
        indent = len(text) - len(text.lstrip())
        if text.strip().startswith(f"safety {story.breaks}:"):
            inside, depth = True, indent
        elif inside and (not text.strip() or indent <= depth):
            inside = False
        found.append(Line(text, inside))
    return found


def _rule(text: str) -> str:
    """The property alone: what else a disassembler writes is there to make a whole commitment of it."""
    lines = text.splitlines()
    start = next(place for place, line in enumerate(lines) if line.strip().startswith("safety"))
    kept = []
    for line in lines[start:]:
        if not line.strip():
            break
        kept.append(line.removeprefix("  "))
    return "\n".join(kept)


def _short(value: str) -> str:
    return value if len(value) < 20 else f"{value[:10]}…{value[-4:]}"
