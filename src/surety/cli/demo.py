"""`surety demo`: the whole story in one command, told in the terminal and kept as a report folder."""

from __future__ import annotations

import resource
import sys
import time
from dataclasses import replace
from pathlib import Path

import click
from rich.console import Console
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from surety.report import write_report
from surety.sim.runner import Run, run_scenario

from . import story
from .context import ENGINE_NAMES, default_scenario, open_engine

STAGES = {"deploying": "compile and deploy", "trading": "sell along the target", "held to maturity": "redeem at par"}


@click.command()
@click.option("--engine", "engine_name", type=click.Choice(ENGINE_NAMES), default="pyrevm", show_default=True)
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Same seed, same trace.")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=Path("reports/demo"), show_default=True
)
@click.option(
    "--scenario", type=click.Path(path_type=Path), help="Another scenario.  [default: config/scenarios/demo.yaml]"
)
def demo(engine_name: str, seed: int, out: Path, scenario: Path | None) -> None:
    """Deploy on a local EVM, sell bonds along a target, buy one back, redeem the rest, account for every token."""
    console = Console()
    path = scenario or default_scenario()
    out.mkdir(parents=True, exist_ok=True)  # a folder that can't be made is told before the work, not after
    console.print(Panel.fit("[bold]Surety[/]: bonds sold along a target debt profile", border_style="cyan"))
    started = time.monotonic()
    with open_engine(engine_name) as engine, _bars(console) as bars:
        run = replace(run_scenario(path, engine, seed, bars), engine_name=engine_name)
    chain_seconds = time.monotonic() - started
    story.tell(console, run)
    page = write_report(run, out)
    _close(console, run, page, chain_seconds, time.monotonic() - started)


class _Bars:
    """A bar for each stage of a run, made when the stage begins."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.tasks: dict[str, TaskID] = {}

    def __enter__(self) -> _Bars:
        self.progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.progress.stop()

    def __call__(self, stage: str, done: int, total: int) -> None:
        if stage not in self.tasks:
            self.tasks[stage] = self.progress.add_task(STAGES.get(stage, stage), total=total)
        self.progress.update(self.tasks[stage], completed=done, total=total)


def _bars(console: Console) -> _Bars:
    columns = (
        SpinnerColumn(finished_text="[green]✓[/]"),
        TextColumn("{task.description:<22}"),
        BarColumn(bar_width=36),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    return _Bars(Progress(*columns, console=console))


def _close(console: Console, run: Run, page: Path, chain_seconds: float, seconds: float) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)
    lines = len(run.trace.rows)
    console.print(
        f"\n[green]✓[/] {lines:,} transactions on {run.engine_name} in {chain_seconds:.1f} s, "
        f"{seconds:.1f} s with the report, at most {peak:.0f} MiB of memory",
        highlight=False,
    )
    console.print("[green]✓[/] report: ", end="")
    console.print(str(page), style="bold cyan", soft_wrap=True, highlight=False)
    console.print(
        f"  trace: {page.parent / 'trace.jsonl'}   summary: {page.parent / 'summary.json'}", style="dim", soft_wrap=True
    )
