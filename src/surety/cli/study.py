"""`surety study`: questions put to the exact models many times."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from surety.sdk.errors import UsageError
from surety.studies import STUDIES, Study
from surety.studies.page import table_of, write_page


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
            _tell(console, one)
    if out is not None:
        page = write_page(found, seed, out)
        Console(stderr=True).print(f"[green]✓[/] page: {page}", soft_wrap=True, highlight=False)


def _tell(console: Console, found: Study) -> None:
    rows = table_of(found)
    table = Table(title=Text(found.question, style="bold"), title_justify="left")
    for place, head in enumerate(rows.head):
        table.add_column(head, justify="left" if place in rows.words else "right")
    for row in rows.rows:
        table.add_row(*(Text(cell) for cell in row))
    console.print(table)
    console.print(Text(found.reading), soft_wrap=False)
    console.print(Text(f"{found.name}: {' '.join(found.requirements)}\n", style="dim"))
