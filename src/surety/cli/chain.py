"""`surety deploy` and `verify`: a suite on a chain, written and checked."""

from __future__ import annotations

import json

import click
from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from surety.sdk.anvil import Anvil
from surety.sdk.deploy import deploy as deploy_suite
from surety.sdk.engines.rpc_engine import RpcEngine
from surety.sdk.errors import ChainError
from surety.sdk.plan import plan
from surety.sdk.record import Record
from surety.sdk.rehearse import rehearse_on_fork
from surety.sdk.verify import Check
from surety.sdk.verify import verify as verify_suite

from .context import Door, chain_options

OUTPUT = click.option("--output", type=click.Choice(["table", "json"]), default="table", show_default=True)


@click.command()
@click.option("--broadcast", is_flag=True, help="Send. Without it the deployment is rehearsed on a fork.")
@OUTPUT
@chain_options
def deploy(door: Door, broadcast: bool, output: str) -> None:
    """Deploy the suite of a configuration, or finish a deployment that was interrupted."""
    config, engine = door.config(), door.engine(signing=broadcast)
    sender = door.sender(engine)
    plan(config, engine, sender)  # what the chain or the configuration lacks is told before anything is sent
    console = Console(stderr=output == "json")
    if broadcast:
        with _StepBar(console) as bar:
            _, record = deploy_suite(engine, config, door.record_path(engine), deployer=sender, progress=bar.step)
    else:
        with Anvil(chain_id=None, fork_url=door.rpc_url) as node, _StepBar(console) as bar:
            fork = RpcEngine(node.url).prepare()
            _, record = deploy_suite(fork, config, deployer=sender, progress=bar.step)
    _show_record(record, console, output)
    if broadcast:
        console.print(f"[green]✓[/] deployed on chain {record.chain_id}; check it with `surety verify`")
    else:
        console.print("[yellow]rehearsed on a fork, nothing was sent[/]; --broadcast sends")


@click.command()
@click.option("--rehearse", is_flag=True, help="Also trade, stake and slash on a fork; the chain itself is only read.")
@OUTPUT
@chain_options
def verify(door: Door, rehearse: bool, output: str) -> None:
    """Compare code, wiring, roles, parameters and invariants with record and sources. Exits 4 if any differs."""
    engine = door.engine()
    record = door.record(engine)
    checks = verify_suite(engine, record, door.config())
    if rehearse and all(check.ok for check in checks):
        checks += rehearse_on_fork(door.rpc_url, record)
    if output == "json":
        click.echo(json.dumps([vars(check) for check in checks], indent=2, ensure_ascii=False))
    else:
        Console().print(_check_table(checks))
    failed = [check.name for check in checks if not check.ok]
    if failed:
        raise ChainError(f"{len(failed)} of {len(checks)} checks failed: {', '.join(failed)}")


class _StepBar:
    """The deployment's steps as a bar."""

    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            TextColumn("{task.description:<20}"), BarColumn(bar_width=36), MofNCompleteColumn(), console=console
        )
        self._task = self._progress.add_task("deploy", total=None)

    def __enter__(self) -> _StepBar:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def step(self, name: str, state: str, number: int, count: int) -> None:
        """Called by the deployment."""
        done = number if state in ("done", "kept") else number - 1
        self._progress.update(self._task, description=name, completed=done, total=count)


def _show_record(record: Record, console: Console, output: str) -> None:
    if output == "json":
        click.echo(json.dumps({"chain_id": record.chain_id, "addresses": record.addresses}, indent=2))
        return
    table = Table(box=box.SIMPLE_HEAD, show_edge=False)
    for name in ("contract", "address", "kind"):
        table.add_column(name)
    for name, one in record.contracts.items():
        table.add_row(name, one.address, one.kind)
    console.print(table)


def _check_table(checks: list[Check]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False)
    for name in ("", "check", "found"):
        table.add_column(name, overflow="fold")
    for check in checks:
        mark = Text("✓", style="bold green") if check.ok else Text("✗", style="bold red")
        table.add_row(mark, check.name, Text(check.detail, style="dim" if check.ok else "red"))
    return table
