"""Deploy the suite: `ape run deploy --network ethereum:local:foundry`. Again resumes, or sends nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from surety.config import load_config
from surety.sdk import deploy, record, report, under_ape, verify
from surety.sdk.root import repository_root

under_ape.find_anvil()


@click.command(cls=under_ape.Command)
@click.option("--config", "config_path", type=click.Path(path_type=Path), help="[default: config/demo.yaml]")
@click.option("--record", "record_path", type=click.Path(path_type=Path), help="[default: deployments/<chain>.yaml]")
@click.option("--account", help="Alias of the ape account that signs; not needed on a local chain.")
def cli(provider: Any, config_path: Path | None, record_path: Path | None, account: str | None) -> None:
    """Deploy what a configuration describes, record every step, verify the result."""
    config = load_config(config_path or repository_root() / "config" / "demo.yaml")
    engine = under_ape.engine_of(provider, account)
    path = record_path or record.record_path(engine)

    def told(step: str, state: str, number: int, count: int) -> None:
        if state in ("done", "kept"):
            click.echo(f"[{number}/{count}] {step}: {state}")

    _, made = deploy.deploy(engine, config, path, progress=told)
    click.echo("\n".join(report.addresses_of(made)))
    checks = verify.verify(engine, made, config)
    report.demand(checks)
    click.echo(f"{len(checks)} checks passed; recorded in {path.name}")
