"""Run a scenario on ape's local chain: `ape run simulate --network ethereum:local:foundry`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import yaml

from surety.report import write_report
from surety.sdk import under_ape
from surety.sdk.engines.rpc_engine import RpcEngine
from surety.sdk.root import repository_root
from surety.sim.runner import run_scenario
from surety.sim.scenario import Scenario, load_scenario

under_ape.find_anvil()


@click.command(cls=under_ape.Command)
@click.option("--scenario", type=click.Path(path_type=Path), help="[default: config/scenarios/demo.yaml]")
@click.option("--weeks", type=click.IntRange(16, 520), default=26, show_default=True, help="Of trading: HTTP is slow.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True)
@click.option("--out", type=click.Path(path_type=Path), default=Path("reports/ape"), show_default=True)
def cli(provider: Any, scenario: Path | None, weeks: int, seed: int, out: Path) -> None:
    """Agents buy, sell and redeem through a scenario, shortened to some weeks; every token is accounted for."""
    path = scenario or repository_root() / "config" / "scenarios" / "demo.yaml"
    read = load_scenario(path)
    engine = RpcEngine(provider.web3).prepare(read.start_time)
    run = run_scenario(_shortened(path, read, weeks, out), engine, seed)
    page = write_report(run, out)
    click.echo(f"{len(run.trace.rows)} transactions, seed {seed}: {page}")


def _shortened(path: Path, scenario: Scenario, weeks: int, out: Path) -> Path:
    """The scenario with fewer weeks of trading, kept beside the report that it makes."""
    out.mkdir(parents=True, exist_ok=True)
    short = scenario.model_dump(mode="json")
    short |= {"trading_weeks": weeks, "config": str((path.parent / scenario.config).resolve())}
    written = out / path.name
    written.write_text(yaml.safe_dump(short, sort_keys=False))
    return written
