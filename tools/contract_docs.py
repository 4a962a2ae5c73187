"""Reference pages of the contracts from the compiler's NatSpec: what a reader of the source sees, and nothing more."""

from __future__ import annotations

from typing import Any

from surety.sdk.artefacts import Artefact
from tools.compiled import domain

HEADER = {"custom:security": "Security", "custom:kill": "How it is stopped", "custom:invariant": "Invariants"}
VIEWS = ("view", "pure")


def page(contract: Artefact) -> str:
    """Markdown of one contract: header, constructor, functions that write, views, events."""
    functions = [entry for entry in contract.abi if entry["type"] == "function"]
    writes = [entry for entry in functions if entry["stateMutability"] not in VIEWS]
    views = [entry for entry in functions if entry["stateMutability"] in VIEWS]
    lines = [
        f"# {contract.name}",
        f"*{_title(contract)}* · `{contract.path}` · {contract.runtime_size:,} bytes on chain",
        contract.userdoc.get("notice", ""),
        contract.devdoc.get("details", ""),
    ]
    lines += [f"**{label}.** {contract.devdoc[key]}" for key, label in HEADER.items() if key in contract.devdoc]
    for entry in contract.abi:
        if entry["type"] == "constructor":
            lines += ["## Constructor", *_function(contract, entry | {"name": "__init__"})]
    for title, entries in (("Functions", writes), ("Views", views)):
        if entries:
            lines.append(f"## {title}")
            for entry in entries:
                lines += [f"### `{entry['name']}`", *_function(contract, entry)]
    events = [entry for entry in contract.abi if entry["type"] == "event"]
    if events:
        lines += ["## Events", _events(events)]
    return "\n\n".join(line for line in lines if line) + "\n"


def index(contracts: list[Artefact]) -> str:
    """Markdown of the list of contracts, by domain."""
    lines = ["# Contracts", "Made from the NatSpec of the sources when this site is built."]
    rows = ["| domain | contract | what it is | bytes |", "|---|---|---|--:|"]
    for contract in contracts:
        title = contract.devdoc.get("title", "")
        rows.append(
            f"| {domain(contract)} | [{contract.name}]({contract.name}.md) | {title} | {contract.runtime_size:,} |"
        )
    return "\n\n".join([*lines, "\n".join(rows)]) + "\n"


def _title(contract: Artefact) -> str:
    return str(contract.devdoc.get("title", contract.name))


def signature(entry: dict[str, Any]) -> str:
    """`name(type,…)` with structs written out, the form by which NatSpec is keyed."""
    return f"{entry['name']}({','.join(_type(argument) for argument in entry['inputs'])})"


def _function(contract: Artefact, entry: dict[str, Any]) -> list[str]:
    key = signature(entry)
    user = contract.userdoc.get("methods", {}).get(key, {})
    dev = contract.devdoc.get("methods", {}).get(key, {})
    arguments = ", ".join(f"{argument['name']}: {_type(argument)}" for argument in entry["inputs"])
    outputs = ", ".join(_type(output) for output in entry.get("outputs", []))
    kind = entry["stateMutability"] if entry["stateMutability"] in VIEWS else ""
    text = f"{entry['name']}({arguments})" + (f" -> {outputs}" if outputs else "") + (f"  # {kind}" if kind else "")
    lines = [f"```text\n{text}\n```", user.get("notice", ""), dev.get("details", "")]
    notes = [f"- `{name}`: {note}" for name, note in dev.get("params", {}).items()]
    notes += [f"- returns: {note}" for note in dev.get("returns", {}).values()]
    lines.append("\n".join(notes))
    return lines


def _events(events: list[dict[str, Any]]) -> str:
    rows = ["| event | fields |", "|---|---|"]
    for event in events:
        fields = ", ".join(
            f"`{field['name']}: {_type(field)}`" + (" indexed" if field["indexed"] else "") for field in event["inputs"]
        )
        rows.append(f"| `{event['name']}` | {fields} |")
    return "\n".join(rows)


def _type(argument: dict[str, Any]) -> str:
    kind: str = argument["type"]
    if kind.startswith("tuple"):
        return f"({','.join(_type(part) for part in argument['components'])}){kind[len('tuple') :]}"
    return kind
