"""Compare a deployment with its sources: `ape run verify --network ethereum:local:foundry`. Reads only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from surety.config import load_config
from surety.sdk import record, report, under_ape, verify
from surety.sdk.engines.rpc_engine import RpcEngine
from surety.sdk.errors import RecordError
from surety.sdk.rehearse import rehearse_on_fork
from surety.sdk.root import repository_root

under_ape.find_anvil()


@click.command(cls=under_ape.Command)
@click.option("--config", "config_path", type=click.Path(path_type=Path), help="[default: config/demo.yaml]")
@click.option("--record", "record_path", type=click.Path(path_type=Path), help="[default: deployments/<chain>.yaml]")
@click.option("--rehearse/--no-rehearse", default=True, show_default=True, help="Trade on a fork, a local anvil.")
@click.option("--fork-url", help="Where the fork takes its state from.  [default: the network's own node]")
def cli(
    provider: Any, config_path: Path | None, record_path: Path | None, rehearse: bool, fork_url: str | None
) -> None:
    """Check code, wiring, roles, parameters and invariants; buy, sell and redeem on a fork."""
    config = load_config(config_path or repository_root() / "config" / "demo.yaml")
    engine = RpcEngine(provider.web3)
    path = record_path or record.record_path(engine)
    kept = record.Record.load(path)
    if kept is None:
        raise RecordError(f"no deployment is recorded in {path.name}: deploy first")
    checks = verify.verify(engine, kept, config)
    if rehearse and all(check.ok for check in checks):
        checks += rehearse_on_fork(fork_url or under_ape.url_of(provider), kept)
    click.echo("\n".join(report.lines_of(checks)))
    report.demand(checks)
