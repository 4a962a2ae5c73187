"""`surety bond`: what holders do. Commands simulate and print; `--broadcast` sends; calldata is for other wallets."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import click
from rich import box
from rich.console import Console
from rich.table import Table

from surety.sdk.contract import Contract
from surety.sdk.engines.rpc_engine import RpcEngine
from surety.sdk.strips import coupon_strip
from surety.sdk.suite import Suite, fixed_id

from .context import Door, chain_options
from .maturity import MATURITY

MINUTES = 20
slippage = click.option("--slippage-bps", type=click.IntRange(0, 1_000), default=10, show_default=True)


@dataclass(frozen=True)
class Action:
    """One call, ready to be simulated, printed or sent; `told` are the lines of its summary."""

    contract: Contract
    function: str
    arguments: tuple[Any, ...]
    told: dict[str, str]


def action_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options of every writing command."""
    sends = click.option("--broadcast", is_flag=True, help="Send it. Without this it is only simulated.")
    shows = click.option(
        "--output", type=click.Choice(["table", "json", "calldata"]), default="table", show_default=True
    )
    decorated: Callable[..., Any] = sends(shows(chain_options(command)))
    return decorated


@click.group()
def bond() -> None:
    """Approve, buy, sell, convert and redeem: simulated unless --broadcast."""


@bond.command()
@click.argument("amount", type=Decimal)
@action_options
def approve(door: Door, amount: Decimal, broadcast: bool, output: str) -> None:
    """Let the treasury pull AMOUNT of the asset: buys need it, sales don't."""

    def planned(suite: Suite, sender: str) -> Action:
        units = suite.units(amount)
        return Action(suite.asset, "approve", (suite.treasury.address, units), {"amount": f"{amount:f}"})

    _carry_out(door, planned, broadcast, output)


@bond.command()
@click.argument("maturity", type=MATURITY)
@click.argument("face", type=Decimal)
@slippage
@action_options
def buy(door: Door, maturity: int, face: Decimal, slippage_bps: int, broadcast: bool, output: str) -> None:
    """Buy FACE of a maturity at the price of this moment, plus at most the slippage."""

    def planned(suite: Suite, sender: str) -> Action:
        date, units = MATURITY.on_grid(suite, maturity), suite.units(face)
        cost = suite.quote_buy(date, units)
        most = min(units, cost + cost * slippage_bps // 10_000)
        told = {"maturity": MATURITY.text(date), "face": f"{face:f}", "cost": f"{suite.amount(cost):f}"}
        told["at most"] = f"{suite.amount(most):f}"
        return Action(suite.market, "buy", (date, units, most, sender, _deadline(suite)), told)

    _carry_out(door, planned, broadcast, output)


@bond.command()
@click.argument("maturity", type=MATURITY)
@click.argument("face", type=Decimal)
@slippage
@action_options
def sell(door: Door, maturity: int, face: Decimal, slippage_bps: int, broadcast: bool, output: str) -> None:
    """Sell FACE of a maturity back at the price of this moment, less at most the slippage."""

    def planned(suite: Suite, sender: str) -> Action:
        date, units = MATURITY.on_grid(suite, maturity), suite.units(face)
        proceeds = suite.quote_sell(date, units)
        least = proceeds - proceeds * slippage_bps // 10_000
        told = {"maturity": MATURITY.text(date), "face": f"{face:f}", "proceeds": f"{suite.amount(proceeds):f}"}
        told["at least"] = f"{suite.amount(least):f}"
        return Action(suite.market, "sell", (date, units, least, sender, _deadline(suite)), told)

    _carry_out(door, planned, broadcast, output)


@bond.command()
@click.argument("maturity", type=MATURITY)
@click.argument("principal", type=Decimal)
@click.option("--coupon-percent", type=Decimal, required=True, help="A year, of the principal.")
@click.option("--every-weeks", type=click.IntRange(1, 255), default=26, show_default=True, help="Between coupons.")
@slippage
@action_options
def strip(
    door: Door,
    maturity: int,
    principal: Decimal,
    coupon_percent: Decimal,
    every_weeks: int,
    slippage_bps: int,
    broadcast: bool,
    output: str,
) -> None:
    """Buy a coupon bond in one call: PRINCIPAL at a maturity and its coupons on the way."""

    def planned(suite: Suite, sender: str) -> Action:
        last = MATURITY.on_grid(suite, maturity)
        strip = coupon_strip(last, suite.units(principal), coupon_percent, every_weeks, suite.engine.timestamp)
        cost = suite.quote_strip(strip)
        most = min(sum(strip.faces), cost + cost * slippage_bps // 10_000)
        told = {"maturity": MATURITY.text(last), "principal": f"{principal:f}"}
        told["coupons"] = f"{len(strip.faces)} of {suite.amount(strip.faces[-1]) - principal:f}"
        told |= {"cost": f"{suite.amount(cost):f}", "at most": f"{suite.amount(most):f}"}
        return Action(suite.market, "buy_strip", (*strip, most, sender, _deadline(suite)), told)

    _carry_out(door, planned, broadcast, output)


@bond.command()
@click.argument("maturity", type=MATURITY)
@click.argument("face", type=Decimal)
@click.argument("new_maturity", type=MATURITY)
@slippage
@action_options
def convert(
    door: Door, maturity: int, face: Decimal, new_maturity: int, slippage_bps: int, broadcast: bool, output: str
) -> None:
    """Turn FACE of a maturity into bonds of another at the prices of this moment."""

    def planned(suite: Suite, sender: str) -> Action:
        old, new = (MATURITY.on_grid(suite, each) for each in (maturity, new_maturity))
        units = suite.units(face)
        got = suite.quote_convert(old, units, new)
        least = got - got * slippage_bps // 10_000
        told = {"from maturity": MATURITY.text(old), "face": f"{face:f}", "to maturity": MATURITY.text(new)}
        told |= {"new face": f"{suite.amount(got):f}", "at least": f"{suite.amount(least):f}"}
        return Action(suite.market, "convert", (old, units, new, least, sender, _deadline(suite)), told)

    _carry_out(door, planned, broadcast, output)


@bond.command()
@click.argument("maturity", type=MATURITY)
@click.argument("face", type=Decimal, required=False)
@action_options
def redeem(door: Door, maturity: int, face: Decimal | None, broadcast: bool, output: str) -> None:
    """Take par for a matured bond: FACE of it, or all."""

    def planned(suite: Suite, sender: str) -> Action:
        units = suite.holding(sender, maturity) if face is None else suite.units(face)
        told = {"maturity": MATURITY.text(maturity), "face": f"{suite.amount(units):f}"}
        return Action(suite.treasury, "redeem", (fixed_id(maturity), units, sender), told)

    _carry_out(door, planned, broadcast, output)


def _deadline(suite: Suite) -> int:
    """Some minutes from now: by the chain's clock where it runs ahead of ours."""
    return max(int(time.time()), suite.engine.timestamp) + MINUTES * 60


def _carry_out(door: Door, planned: Callable[[Suite, str], Action], broadcast: bool, output: str) -> None:
    engine: RpcEngine = door.engine(signing=broadcast)
    suite, sender = door.suite(engine), door.sender(engine)
    action = planned(suite, sender)
    if output == "calldata":
        data = action.contract.encode(action.function, *action.arguments)
        click.echo(json.dumps({"to": action.contract.address, "data": "0x" + data.hex(), "value": "0x0"}))
        return
    told = {"call": action.function, "from": sender, **action.told}
    if broadcast:
        receipt = action.contract.send(action.function, *action.arguments, sender=sender)
        told |= {"transaction": str(receipt.tx_hash), "block": str(receipt.block), "gas": f"{receipt.gas_used:,}"}
    else:
        action.contract.call(action.function, *action.arguments, sender=sender)
    _show(told, broadcast, output)


def _show(told: dict[str, str], broadcast: bool, output: str) -> None:
    if output == "json":
        click.echo(json.dumps(told | {"sent": broadcast}, indent=2))
        return
    table = Table(box=box.SIMPLE_HEAD, show_header=False, show_edge=False)
    for name, value in told.items():
        table.add_row(name, value)
    console = Console()
    console.print(table)
    if broadcast:
        console.print("[green]✓[/] sent and mined")
    else:
        console.print("[yellow]simulated, nothing was sent[/]; --broadcast sends")
