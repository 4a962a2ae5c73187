"""`surety node` and `surety advance`: a market of one's own to try everything on, and its clock."""

from __future__ import annotations

import re
import signal
import threading
from pathlib import Path

import click
from rich import box
from rich.console import Console
from rich.table import Table

from surety.config import Config, load_config
from surety.sdk.anvil import Anvil
from surety.sdk.deploy import deploy
from surety.sdk.engines import dev_addresses
from surety.sdk.engines.rpc_engine import RpcEngine
from surety.sdk.plan_restaking import judges_of
from surety.sdk.record import record_path

from .context import Door, chain_options, default_config
from .market.action import show_whole
from .maturity import EXPIRY

TRADERS = range(5, 10)
PORT = 8545
_DURATION = re.compile(r"^[0-9]{1,4}[hdwmy]$")


@click.command()
@click.option("--port", type=click.IntRange(1, 65_535), default=PORT, show_default=True)
@click.option("--config", "config_file", type=click.Path(path_type=Path), help="[default: config/demo.yaml]")
@click.option(
    "--record", "record_file", type=click.Path(path_type=Path), help="[default: deployments/local-31337.yaml]"
)
@click.option("--wealth", type=click.IntRange(0, 10**12), default=1_000_000, show_default=True, help="Of each trader.")
def node(port: int, config_file: Path | None, record_file: Path | None, wealth: int) -> None:
    """Run a local chain with a market and people who have money, until it is interrupted.

    Any account acts on it by --as, and `surety advance` moves its clock, which stands still otherwise.
    """
    config, console = load_config(config_file or default_config()), Console()
    with Anvil(port) as running:
        engine = RpcEngine(running.url).prepare()
        path = record_file or record_path(engine)
        path.unlink(missing_ok=True)  # of a local chain that is gone, since its port was free
        suite, _ = deploy(engine, config, path)
        traders = [dev_addresses()[index] for index in TRADERS]
        for trader in traders:
            suite.mint(trader, suite.units(wealth))
        table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, show_header=False)
        for trader in traders:
            table.add_row(trader, f"{wealth:,} {config.asset.label}", _duty(config, engine, trader))
        show_whole(table)
        console.print(f"[green]✓[/] a market is open on {running.url}; try, in another terminal:", highlight=False)
        console.print(f"  export SURETY_RPC_URL={running.url}", highlight=False, soft_wrap=True)
        console.print("  surety market quote 26w --buy 1000", highlight=False)
        if suite.has_restaking:
            console.print("  surety delegate --help", highlight=False)
        console.print("[dim]interrupt to end it[/]")
        _wait()
    console.print("[green]✓[/] ended")


def _duty(config: Config, engine: RpcEngine, account: str) -> str:
    """What an account does besides, where the configuration names nobody else."""
    if config.restaking is None:
        return ""
    judges = judges_of(config, engine)
    duties = {judges.vetoer: "vetoes slashes", judges.confirmer: "confirms vetoes", judges.insurance: "insures"}
    if judges.judge is not None:
        duties[judges.judge] = "judges: proposes slashes"
    return duties.get(account, "")


def _wait() -> None:
    """Until somebody interrupts or ends this process."""
    ended = threading.Event()
    stops = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(stop, lambda *_: ended.set()) for stop in stops]
    ended.wait()
    for stop, handler in zip(stops, before, strict=True):
        signal.signal(stop, handler)


@click.command()
@click.argument("duration")
@chain_options
def advance(door: Door, duration: str) -> None:
    """Move the clock of a local chain by DURATION: 12h, 3d, 26w, 2y."""
    if not _DURATION.match(duration):
        raise click.UsageError(f"{duration!r}: write hours, days, weeks, months or years: 12h, 3d, 26w, 1m, 2y")
    engine = door.engine()
    engine.advance(EXPIRY.convert(duration, None, None))
    click.echo(f"it is {EXPIRY.text(engine.timestamp)} UTC there")
