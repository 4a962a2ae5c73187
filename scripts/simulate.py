"""Run a scenario on ape's local chain: `ape run simulate --network ethereum:local:foundry`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from ape.cli import ConnectedProviderCommand

from surety.report import write_report
from surety.sdk import under_ape
from surety.sdk.engines.rpc_engine import RpcEngine
from surety.sdk.root import repository_root
from surety.sim.runner import run_scenario
from surety.sim.scenario import load_scenario

under_ape.find_anvil()


@click.command(cls=ConnectedProviderCommand)
@click.option("--scenario", type=click.Path(path_type=Path), help="[default: config/scenarios/demo.yaml]")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True)
@click.option("--out", type=click.Path(path_type=Path), default=Path("reports/ape"), show_default=True)
@under_ape.one_line_errors
def cli(provider: Any, scenario: Path | None, seed: int, out: Path) -> None:
    """Agents buy, sell and redeem through a scenario; every token is accounted for."""
    path = scenario or repository_root() / "config" / "scenarios" / "demo.yaml"
    engine = RpcEngine(provider.web3).prepare(load_scenario(path).start_time)
    run = run_scenario(path, engine, seed)
    page = write_report(run, out)
    click.echo(f"{len(run.trace.rows)} transactions, seed {seed}: {page}")
