"""`surety curve`: from market yields to knots, and the curve that a market quotes now."""

from __future__ import annotations

import json
from pathlib import Path

import click
import numpy as np
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from surety.config import load_config
from surety.curves import Fit, Knot, MarketYields, fit, segment_speeds
from surety.curves.fit import MODELS
from surety.curves.knots import WAD, years_of
from surety.sim.agents import Sight
from surety.sim.market_view import MarketView

from .context import Door, chain_options, default_config
from .maturity import Maturity
from .plot import Series, plot


@click.group()
def curve() -> None:
    """Fit a curve to market yields, or show the one in force."""


@curve.command("fit")
@click.option("--yields", type=click.Path(path_type=Path), help="YAML with `par_yields`, per cent by tenor.")
@click.option(
    "--config", "config_path", type=click.Path(path_type=Path), help="Deployment whose `fit:` section to use."
)
@click.option(
    "--model", type=click.Choice(list(MODELS)), help="Which curve.  [default: the configuration's, or svensson]"
)
@click.option("--output", type=click.Choice(["table", "json"]), default="table", show_default=True)
def fit_command(yields: Path | None, config_path: Path | None, model: str | None, output: str) -> None:
    """Fit Nelson–Siegel(–Svensson) to par yields, with the error at each tenor; with a configuration, its knots too."""
    if yields is not None and config_path is not None:
        raise click.UsageError("give --yields or --config, not both")
    console = Console()
    if yields is not None:
        _show_fit(fit(MarketYields.load(yields), model or "svensson"), console, output)
        return
    config = load_config(config_path or default_config())
    if config.fit_result is None:
        raise click.UsageError(f"{config.path.name} gives knots themselves, there is nothing to fit")
    fitted = fit(config.fit_result.market, model) if model else config.fit_result
    weeks, knots, decimals = tuple(config.tenors_weeks), config.terms.knots, config.terms.decimals
    if output == "json":
        rows = [knot_row(tenor, knot) for tenor, knot in zip(weeks, knots, strict=True)]
        click.echo(json.dumps(fit_json(fitted) | ({} if model else {"knots": rows}), indent=2, ensure_ascii=False))
        return
    _show_fit(fitted, console, output)
    if model:
        return  # the knots below are the configuration's own
    console.print()
    console.print(knot_table(weeks, knots, decimals))
    worst = max(segment_speeds(weeks, knots, decimals), key=lambda speed: speed.per_year)
    console.print(
        f"[green]✓[/] the market accepts these knots: an ageing bond earns at most "
        f"{100 * worst.per_year / WAD:.2f} % a year (bound {100 * config.terms.max_forward / WAD:.2f} %)"
    )


@curve.command("show")
@click.option("--output", type=click.Choice(["table", "json"]), default="table", show_default=True)
@chain_options
def show_command(door: Door, output: str) -> None:
    """The curve that a deployed market quotes now."""
    suite = door.suite(door.engine())
    quotes, now = suite.curve(), suite.engine.timestamp
    if output == "json":
        click.echo(
            json.dumps([{name: str(value) for name, value in quote._asdict().items()} for quote in quotes], indent=2)
        )
        return
    sight = MarketView(quotes, now, suite.decimals).sight()
    console = Console()
    lines = [
        Series("at target", "yellow", sight.years[4:], sight.market_yields[4:] * 100),
        Series("quoted to buyers", "cyan", sight.years[4:], sight.buy_yields[4:] * 100),
    ]
    console.print(plot(lines, "years to maturity", "yield, % a year"))
    console.print()
    console.print(_quotes_table(sight))


def _quotes_table(sight: Sight) -> Table:
    """Every thirteenth maturity, and the last."""
    table = Table(box=box.SIMPLE_HEAD, title="Each quarter's first maturity", title_justify="left")
    for name in ("maturity", "years", "buy price", "yield, %", "sell price", "debt", "target", "cap"):
        table.add_column(name, justify="right")
    for at in range(0, len(sight.years), 13):
        row = (f"{sight.years[at]:.2f}", f"{sight.buy_price[at]:.6f}", f"{100 * sight.buy_yields[at]:.3f}")
        amounts = (f"{value[at] / 1e3:,.0f}k" for value in (sight.debt, sight.target, sight.cap))
        table.add_row(Maturity.text(int(sight.maturities[at])), *row, f"{sight.sell_price[at]:.6f}", *amounts)
    return table


def _show_fit(fitted: Fit, console: Console, output: str) -> None:
    if output == "json":
        click.echo(json.dumps(fit_json(fitted), indent=2, ensure_ascii=False))
        return
    console.print(fit_plot(fitted))
    console.print()
    console.print(fit_table(fitted))
    console.print(parameters_line(fitted), highlight=False)


def fit_json(fitted: Fit) -> dict[str, object]:
    """The fit for programs."""
    return {
        "date": fitted.market.date,
        "source": fitted.market.source,
        "model": fitted.model,
        "betas": list(fitted.curve.betas),
        "tau1": fitted.curve.tau1,
        "tau2": fitted.curve.tau2,
        "rmse_bp": round(fitted.rmse_bp, 4),
        "errors_bp": dict(zip(fitted.market.labels, (round(error, 4) for error in fitted.errors_bp), strict=True)),
    }


def knot_row(weeks: int, knot: Knot) -> dict[str, object]:
    """A knot for programs, integers as text."""
    return {"weeks": weeks} | {name: str(value) for name, value in vars(knot).items()}


def parameters_line(fitted: Fit) -> str:
    """Parameters and errors in one line."""
    betas = ", ".join(f"{100 * beta:.4f}" for beta in fitted.curve.betas)
    scales = ", ".join(f"{scale:.4f}" for scale in (fitted.curve.tau1, fitted.curve.tau2) if scale is not None)
    return (
        f"[dim]β = {betas} %   τ = {scales} years[/]   "
        f"root mean square error [bold]{fitted.rmse_bp:.2f} bp[/], worst {fitted.worst_bp:.1f} bp"
    )


def fit_table(fitted: Fit) -> Table:
    """Quoted against fitted par yields."""
    title = f"{fitted.model.title()} fit to par yields of {fitted.market.date}"
    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left")
    for name in ("tenor", "quoted, %", "fitted, %", "error, bp"):
        table.add_column(name, justify="left" if name == "tenor" else "right")
    for label, quoted, modelled, error in zip(
        fitted.market.labels, fitted.market.yields, fitted.model_yields, fitted.errors_bp, strict=True
    ):
        table.add_row(label, f"{100 * quoted:.2f}", f"{100 * modelled:.3f}", f"{error:+.1f}")
    return table


def fit_plot(fitted: Fit) -> Text:
    """Zero and forward rates of the fitted curve out to ten years."""
    tau = np.linspace(0.02, 10, 200)
    lines = [
        Series("forward", "bright_black", tau, fitted.curve.forward(tau) * 100),
        Series("zero yield", "cyan", tau, fitted.curve.zero(tau) * 100),
    ]
    return plot(lines, "years", "% a year, continuous")


def knot_table(weeks: tuple[int, ...], knots: tuple[Knot, ...], decimals: int) -> Table:
    """Knots as yields and whole assets."""
    table = Table(box=box.SIMPLE_HEAD, title="Knots of the debt profile", title_justify="left")
    names = ("weeks", "years", "market, %", "empty pays, %", "full pays, %", "price at target", "target", "cap")
    for name in names:
        table.add_column(name, justify="right")
    for tenor, knot in zip(weeks, knots, strict=True):
        years = years_of(tenor)
        middle, empty, full = (
            f"{100 * value / WAD / years:.3f}" if years else "–"
            for value in (knot.discount, knot.discount_hi, knot.discount_lo)
        )
        price = f"{np.exp(-knot.discount / WAD):.6f}"
        target, cap = (f"{value / 10**decimals:,.0f}" for value in (knot.target, knot.cap))
        table.add_row(str(tenor), f"{years:.2f}", middle, empty, full, price, target, cap)
    return table
