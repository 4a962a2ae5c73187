"""A call that a person asks for: simulated and printed, sent, or handed to another wallet as calldata."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import click
from rich import box
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from surety.sdk.contract import Contract
from surety.sdk.suite import Suite

from ..context import Door, chain_options

MINUTES = 20
WIDEST = 88  # a name and a hash
MOST = 400
_BLANKS = re.compile(r" +((?:\x1b\[[0-9;]*m)*)$")
slippage = click.option("--slippage-bps", type=click.IntRange(0, 1_000), default=10, show_default=True)
output_option = click.option("--output", type=click.Choice(["table", "json"]), default="table", show_default=True)


class Listed(click.Group):
    """A group whose help lists commands as they were added, which is the order of a first session."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


@dataclass(frozen=True)
class Action:
    """One call, ready to be simulated, printed or sent; `told` are the lines of its summary."""

    contract: Contract
    function: str
    arguments: tuple[Any, ...]
    told: dict[str, str]
    outcome: Callable[[], dict[str, str]] | None = None
    """What is told besides once it is sent: how things stand then."""


def action_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options of every writing command."""
    sends = click.option("--broadcast", is_flag=True, help="Send it. Without this it is only simulated.")
    shows = click.option(
        "--output", type=click.Choice(["table", "json", "calldata"]), default="table", show_default=True
    )
    decorated: Callable[..., Any] = sends(shows(chain_options(command)))
    return decorated


def deadline(suite: Suite) -> int:
    """Some minutes from now: by the chain's clock where it runs ahead of ours."""
    return max(int(time.time()), suite.engine.timestamp) + MINUTES * 60


def carry_out(door: Door, planned: Callable[[Suite, str], Action], broadcast: bool, output: str) -> None:
    """Plan, then simulate, send or print the calldata. Raises `Reverted` with the contract's reason."""
    engine = door.engine(signing=broadcast)
    suite, sender = door.suite(engine), door.sender(engine)
    perform(planned(suite, sender), sender, broadcast, output)


def perform(action: Action, sender: str, broadcast: bool, output: str) -> None:
    """Simulate, send or print a planned call. Raises `Reverted` with the contract's reason."""
    if output == "calldata":
        data = action.contract.encode(action.function, *action.arguments)
        click.echo(json.dumps({"to": action.contract.address, "data": "0x" + data.hex(), "value": "0x0"}))
        return
    told = {"call": action.function, "from": sender, **action.told}
    if broadcast:
        receipt = action.contract.send(action.function, *action.arguments, sender=sender)
        told |= {"transaction": str(receipt.tx_hash), "block": str(receipt.block), "gas": f"{receipt.gas_used:,}"}
        told |= action.outcome() if action.outcome else {}
    else:
        action.contract.call(action.function, *action.arguments, sender=sender)
    if output == "json":
        echo_json(told | {"sent": broadcast})
        return
    show_pairs(told)
    console = Console()
    if broadcast:
        console.print("[green]✓[/] sent and mined")
    else:
        console.print("[yellow]simulated, nothing was sent[/]; --broadcast sends")


def echo_json(told: Mapping[str, object]) -> None:
    """For programs: keys in snake case."""
    click.echo(json.dumps({key.replace(" ", "_"): value for key, value in told.items()}, indent=2, ensure_ascii=False))


def show_pairs(told: Mapping[str, str]) -> None:
    """Names and values in two columns."""
    table = Table(box=box.SIMPLE_HEAD, show_header=False, show_edge=False)
    told = {name.replace("_", " "): value for name, value in told.items()}
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    for name, value in told.items():
        table.add_row(name, Text(value))
    names, words = map(len, told), (len(word) for one in told.values() for word in str(one).split())
    needed = max(names, default=0) + max(words, default=0) + 5
    _print(table, max(Console().width, min(WIDEST, needed)))  # a hash or an address is never broken


def grouped(suite: Suite, units: int) -> str:
    """An amount for people: thousands separated, no zeros that say nothing."""
    return f"{Decimal(suite.text(units)):,f}"


def show_rows(head: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1, fold: int | None = None) -> None:
    """A table whose first `left` columns are text and whose others are figures; column `fold` gives way if need be."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for number, name in enumerate(head):
        whole = fold is not None and number != fold
        table.add_column(name, justify="left" if number < left else "right", overflow="fold", no_wrap=whole)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    if fold is None:
        show_whole(table)
    else:
        _print(table, Console().width)


def show_whole(table: Table) -> None:
    """Print a table as wide as it is: no address in it is ever broken."""
    endless = Console(width=MOST)
    needed = Measurement.get(endless, endless.options, table).maximum
    _print(table, max(Console().width, needed))


def _print(table: Table, width: int) -> None:
    """Lines end where they end: a terminal that is narrower would break the blanks that fill them into empty lines."""
    console = Console(width=width)
    with console.capture() as captured:
        console.print(table)
    for line in captured.get().splitlines():
        click.echo(_BLANKS.sub(r"\1", line), color=True)
