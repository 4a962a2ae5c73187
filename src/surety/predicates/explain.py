"""A commitment in plain words: what breaks it, what it costs, what the operator still chooses."""

from __future__ import annotations

from decimal import Decimal

from . import syntax
from .compiler import Compiled, Property
from .formatter import text
from .plugins import PluginRule
from .syntax import SECONDS

WAD = 10**18


def explain(compiled: Compiled, listing: bool = False) -> str:
    """Lines of plain text; `listing` adds the instructions of each program."""
    source = compiled.checked.source
    lines = [f"{compiled.name}", f"text hash 0x{compiled.text_hash.hex()}", ""]
    percent = (Decimal(compiled.checked.slash) * 100 / WAD).normalize()
    lines.append(
        f"A broken promise costs {percent:f} % of what is bonded, after a review of {period(compiled.checked.review)}."
        f" Bonds leave {period(compiled.checked.cooldown)} after the operator stops."
    )
    chosen = [_parameter(one.name, one.type, one.low, one.high, one.party) for one in compiled.parameters]
    if chosen:
        lines += ["", "The operator chooses at the start:", *(f"  {line}" for line in chosen)]
    for item in source.items:
        if isinstance(item, syntax.Safety):
            lines += ["", *_safety(item), *_program(compiled.property_named(item.name), listing)]
        elif isinstance(item, syntax.Respond):
            lines += ["", *_respond(item), *_program(compiled.property_named(item.name), listing)]
        elif isinstance(item, syntax.Liveness):
            lines += ["", f"{item.name}: the operator signs {_a(item.message)} every {_every(item.every)}."]
            lines.append("  Settled by epochs and challenges on chain: messages can't prove that one is missing.")
        elif isinstance(item, syntax.Plugin):
            lines += ["", *_plugin(next(one for one in compiled.plugins if one.name == item.name))]
    return "\n".join(lines) + "\n"


def period(seconds: int) -> str:
    """`21 days`, `90 minutes`: in the largest unit that divides it."""
    for unit in reversed(SECONDS):
        if seconds % SECONDS[unit] == 0 and seconds >= SECONDS[unit] and unit != "week":
            count = seconds // SECONDS[unit]
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{seconds} seconds"


def _parameter(name: str, kind: str, low: int, high: int, party: bool) -> str:
    if party:
        return f"{name}, the address of a counterparty"
    if kind.startswith("uint"):
        return f"{name}, a number from {low:,} to {high:,}"
    return f"{name}, {kind}"


def _safety(item: syntax.Safety) -> list[str]:
    lines = [f"{item.name}: broken by these signed messages, each another one:"]
    lines += [f"  {_message(one)}" for one in item.bindings]
    if item.given:
        told = ", ".join(f"{one.name} ({one.type})" for one in item.given)
        lines.append(f"  and what whoever proves it brings along: {told}")
    lines += ["  if all of this holds:", *(f"    {text(one)}" for one in _conditions(item.where))]
    keys = " and ".join(text(key) for key in item.per)
    return [*lines, f"  One punishment for each {keys}."]


def _respond(item: syntax.Respond) -> list[str]:
    party = f" of {item.party}" if item.party else ""
    within = period(syntax.seconds(item.within))
    lines = [f"{item.name}: {_a(item.challenge)}{party} on chain is answered within {within} by {_a(item.answer)}"]
    if item.where is not None:
        lines += ["  that is right if", *(f"    {text(one)}" for one in _conditions(item.where))]
    return [*lines, "  Broken by what stays unanswered on chain."]


def _plugin(one: PluginRule) -> list[str]:
    about = " and ".join(message.name for message in one.about)
    return [
        f"{one.name}: broken when the contract {one.address} says so{f', of {about}' if about else ''}.",
        f"  Its code has the hash 0x{one.code_hash.hex()}; with other code it says nothing.",
        "  What it holds stands in its source alone, and what that reads or calls may change: read it before you sign.",
        f"  Property hash 0x{one.hash.hex()}",
    ]


def _message(one: syntax.Binding) -> str:
    who = "the operator" if one.outgoing else one.party
    return f"{one.name}, {_a(one.message)} of {who}"


def _a(name: str) -> str:
    return f"{'an' if name[0] in 'AEIOaeio' else 'a'} {name}"


def _conditions(node: syntax.Expression) -> list[syntax.Expression]:
    if isinstance(node, syntax.Binary) and node.op == "and":
        return [*_conditions(node.left), *_conditions(node.right)]
    return [node]


def _every(number: syntax.Number) -> str:
    return number.unit if number.value == 1 else f"{number.value} {number.unit}s"


def _program(promise: Property, listing: bool) -> list[str]:
    program = promise.program
    count = len(program.constants)
    many = f"{count} constant{'' if count == 1 else 's'}"
    head = f"  Program of {program.size} bytes and {many}, hash 0x{program.hash.hex()}"
    if not listing:
        return [head]
    constants = [f"      constant {place}: 0x{value.hex()}" for place, value in enumerate(program.constants)]
    return [head, *(f"    {line}" for line in program.listing.splitlines()), *constants]
