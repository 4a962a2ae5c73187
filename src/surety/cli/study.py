"""`surety study`: questions put to the exact models many times."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click
from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from surety.report.tables import Table as TextTable
from surety.sdk.errors import UsageError
from surety.studies import STUDIES, Study
from surety.studies.page import table_of, write_page

BETWEEN: Final = 2
"""Columns of the terminal from one column's cells to the next one's."""
READABLE: Final = 16
"""Width in which words wrap well enough."""


@click.group()
def study() -> None:
    """Questions put to the exact models many times, with a seed: detection, false alarms, collusion, liveness."""


@study.command(name="list")
def list_() -> None:
    """Names of all studies, and what each is about."""
    table = Table(box=None, pad_edge=False)
    for head in ("name", "about"):
        table.add_column(head)
    for name, make in STUDIES.items():
        table.add_row(name, (make.__doc__ or "").partition("\n")[0])
    Console().print(table)


@study.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--all", "every", is_flag=True, help="Run every study.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Same seed, same numbers.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for a page with the plots.")
@click.option("--output", type=click.Choice(["table", "json"]), default="table", show_default=True)
def run(names: Sequence[str], every: bool, seed: int, out: Path | None, output: str) -> None:
    """Run studies by name, and print what came out."""
    unknown = [name for name in names if name not in STUDIES]
    if unknown:
        raise UsageError(f"no study {unknown[0]}: there are {', '.join(STUDIES)}")
    if every == bool(names):
        raise UsageError("name the studies to run, or --all")
    found = [STUDIES[name](seed) for name in (STUDIES if every else names)]
    if output == "json":
        click.echo(json.dumps({"seed": seed, "studies": [one.as_json() for one in found]}, ensure_ascii=False))
    else:
        console = Console()
        for one in found:
            tell(console, one)
    if out is not None:
        page = write_page(found, seed, out)
        Console(stderr=True).print(f"[green]✓[/] page: {page}", soft_wrap=True, highlight=False)


def tell(console: Console, found: Study) -> None:
    """Print a study: its question, rows, reading and the requirements it answers."""
    console.print(Text(found.question, style="bold"))
    for part in _parts(table_of(found), console.width):
        table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
        for place, (head, width) in enumerate(zip(part.head, _widths(part, console.width), strict=True)):
            table.add_column(head, justify="left" if place in part.words else "right", width=width)
        for row in part.rows:
            table.add_row(*(Text(cell) for cell in row))
        console.print(table)
        console.print()
    console.print(Text(found.reading), soft_wrap=False)
    console.print(Text(f"{found.name}: {' '.join(found.requirements)}\n", style="dim"))


def _parts(rows: TextTable, room: int) -> list[TextTable]:
    """One table, or if it is too wide several below each other, in which rows have numbers."""
    if _needed(rows) <= room:
        return [rows]
    numbers, parts, taken = [f"{number}" for number in range(1, len(rows.rows) + 1)], [], list[int]()
    for place in range(len(rows.head)):
        if taken and _needed(_columns(rows, [*taken, place], numbers)) > room:
            parts.append(_columns(rows, taken, numbers))
            taken = []
        taken.append(place)
    return [*parts, _columns(rows, taken, numbers)]


def _columns(rows: TextTable, places: list[int], numbers: list[str]) -> TextTable:
    return TextTable(
        ("row", *(rows.head[place] for place in places)),
        [(number, *(row[place] for place in places)) for number, row in zip(numbers, rows.rows, strict=True)],
        tuple(at for at, place in enumerate(places, start=1) if place in rows.words),
    )


def _needed(rows: TextTable) -> int:
    """Width with which words can be read."""
    most, least = _longest(rows), _least(rows)
    wanted = [max(least[at], min(most[at], READABLE)) if at in rows.words else least[at] for at in range(len(least))]
    return sum(wanted) + BETWEEN * (len(wanted) - 1)


def _widths(rows: TextTable, room: int) -> list[int]:
    """Of each column: no number and no word is cut; what room is left goes to words first, then to heads."""
    most, found = _longest(rows), _least(rows)
    for _ in range(room - sum(found) - BETWEEN * (len(found) - 1)):
        short = [place for place in range(len(found)) if found[place] < most[place]]
        if short:
            found[max(short, key=lambda one: (one in rows.words, most[one] / found[one]))] += 1
    return found


def _longest(rows: TextTable) -> list[int]:
    return [max(map(cell_len, column)) for column in zip(rows.head, *rows.rows, strict=True)]


def _least(rows: TextTable) -> list[int]:
    """Of each column, its longest word, or its longest number."""
    return [
        max(map(cell_len, [*head.split(), *(" ".join(cells).split() if place in rows.words else cells)]))
        for place, (head, *cells) in enumerate(zip(rows.head, *rows.rows, strict=True))
    ]
