"""What a run tells in the terminal: the curve, the debt bending to its target, an early sale, the closing account."""

from __future__ import annotations

from math import isnan

import numpy as np
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from surety.report.figures import day, quarter_mean
from surety.report.promises import message_line, program_text, promise_sentence, promise_table
from surety.report.stakes import payment_table, stake_sentence, stake_table
from surety.report.tables import Table as PlainTable
from surety.report.tables import (
    amount,
    floating_sentence,
    gas_table,
    ledger_table,
    lock_sentence,
    lock_table,
    percent,
    resale_sentence,
    resale_table,
    roll_sentence,
    roll_table,
    strip_sentence,
    strip_table,
    user_trade_sentence,
    user_trade_table,
)
from surety.sim.history import CurveShot, History, PromiseStory, RatePoint
from surety.sim.runner import Run

from .curve import fit_table, parameters_line
from .plot import Series, plot

TENORS = ((0.25, "3 months"), (0.5, "6 months"), (1.0, "1 year"), (2.0, "2 years"), (3.0, "3 years"), (3.9, "4 years"))
COLOURS = ("magenta", "green", "cyan")
HALF_BAR = 24


def tell(console: Console, run: Run) -> None:
    """Print the story of a run."""
    if run.fit is not None:
        _heading(console, "The market's curve")
        console.print(fit_table(run.fit))
        console.print(parameters_line(run.fit), highlight=False)
    _heading(console, "Deployed")
    console.print(_addresses(run))
    _heading(console, f"The quoted curve comes down as debt fills the target ({run.trading_weeks} weeks)")
    console.print(yield_plot(run.history.shots))
    console.print()
    console.print(_bend_table(run.history.shots))
    _heading(console, "Debt against target, last week of trading")
    console.print(_profile(run.history.shots[-1]))
    if run.history.resale is not None:
        _heading(console, "One sold back early")
        console.print(resale_sentence(run.history.resale), highlight=False)
        console.print(_plain(resale_table(run.history.resale, run.history.decimals)))
    _among(console, run.history)
    _heading(console, "The rest redeemed at par")
    console.print(_redeemed(run.history), highlight=False)
    _heading(console, "Every token accounted for")
    console.print(_plain(ledger_table(run.history)))
    if run.history.stakes is not None:
        _heading(console, "Stake behind an operator: one slash vetoed, one paid")
        console.print(stake_sentence(run.history.stakes, run.history.decimals), highlight=False)
        console.print(_plain(stake_table(run.history.stakes, run.history.decimals)))
        console.print(_plain(payment_table(run.history.stakes, run.history.decimals)))
    if run.history.promise is not None:
        _promise(console, run.history.promise, run.history.decimals)
    _heading(console, "Gas")
    console.print(_plain(gas_table(run.trace)))


def _promise(console: Console, story: PromiseStory, decimals: int) -> None:
    _heading(console, "A promise, broken and proven")
    console.print(promise_sentence(story, decimals), highlight=False)
    console.print(Text("\n" + program_text(story) + "\n", style="cyan"))
    for place in range(len(story.shown)):
        console.print(Text(f"  signed: Vote {message_line(story, place)}"))
    console.print(_plain(promise_table(story, decimals)))


def _among(console: Console, history: History) -> None:
    decimals, totals = history.decimals, history.totals
    if history.strip is not None:
        _heading(console, "A coupon bond in one call")
        console.print(strip_sentence(history.strip), highlight=False)
        console.print(_plain(strip_table(history.strip, decimals)))
    if history.user_trade is not None:
        _heading(console, "Sold to another saver")
        console.print(user_trade_sentence(history.user_trade, totals["user_trades"]), highlight=False)
        console.print(_plain(user_trade_table(history.user_trade, decimals)))
    if history.floating is not None:
        _heading(console, "Bonds with a variable rate")
        console.print(floating_sentence(history.floating, decimals), highlight=False)
        console.print()
        console.print(rate_plot(history.rates))
    if history.roll_story is not None:
        _heading(console, "Bonds that roll by themselves")
        console.print(roll_sentence(history.roll_story, decimals), highlight=False)
        console.print(_plain(roll_table(history.rolls, decimals)))
    if history.lock is not None:
        _heading(console, "Locked to maturity")
        console.print(lock_sentence(history.lock, decimals, totals["locks"]), highlight=False)
        console.print(_plain(lock_table(history.lock)))


def rate_plot(points: list[RatePoint]) -> Text:
    """The stored rate of variable bonds beside what the outside pays for a quarter of a year."""
    trading = [point for point in points if not isnan(point.outside)]
    weeks = np.arange(len(trading)) / 52
    lines = [
        Series("outside, 3 months", "yellow", weeks, np.array([100 * point.outside for point in trading])),
        Series("stored rate", "magenta", weeks, np.array([100 * point.rate for point in trading])),
    ]
    return plot(lines, "years of trading", "% a year")


def yield_plot(shots: list[CurveShot]) -> Text:
    """Quoted yields of each shot, averaged over a quarter of maturities, with the fitted market curve."""
    lines = [
        Series("market", "yellow", quarter_mean(shots[0].sight.years), quarter_mean(shots[0].sight.market_yields) * 100)
    ]
    for shot, colour in zip(shots, COLOURS, strict=False):
        lines.append(
            Series(shot.label, colour, quarter_mean(shot.sight.years), quarter_mean(shot.sight.buy_yields) * 100)
        )
    return plot(lines, "years to maturity", "yield, % a year")


def _heading(console: Console, text: str) -> None:
    console.print()
    console.rule(Text(text, style="bold"), align="left", style="dim")


def _addresses(run: Run) -> Table:
    table = Table.grid(padding=(0, 2))
    for name, address in run.addresses.items():
        table.add_row(name, Text(address, style="dim"))
    return table


def _bend_table(shots: list[CurveShot]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, title="Quoted yield, its distance to the market, debt as a share of target")
    table.title_justify = "left"
    table.add_column("tenor")
    for shot, colour in zip(shots, COLOURS, strict=False):
        table.add_column(f"{shot.label}\n{day(shot.time)[:10]}", justify="right", header_style=f"bold {colour}")
    for years, name in TENORS:
        cells = []
        for shot in shots:
            sight = shot.sight
            near = np.abs(sight.years - years) < 0.12
            above = float((sight.buy_yields - sight.market_yields)[near].mean()) * 10_000
            share = float(sight.debt[near].sum() / sight.target[near].sum())
            cells.append(f"{percent(float(sight.buy_yields[near].mean()))} {above:+.0f} bp {share:>4.0%}")
        table.add_row(name, *cells)
    return table


def _profile(shot: CurveShot) -> Table:
    """Mean debt of each quarter of maturities as a bar, with marks at target and cap."""
    table = Table.grid(padding=(0, 2))
    sight = shot.sight
    quarters = np.minimum((sight.years * 4).astype(int), 15)
    scale = 2 * HALF_BAR / max(float(sight.cap.max()), 1.0)
    for quarter in range(int(quarters.max()) + 1):
        inside = quarters == quarter
        debt, target, cap = (float(row[inside].mean()) for row in (sight.debt, sight.target, sight.cap))
        bar = Text("█" * round(debt * scale), style="cyan")
        bar.pad_right(2 * HALF_BAR - len(bar))
        at = min(round(target * scale), 2 * HALF_BAR - 1)
        end = min(round(cap * scale), 2 * HALF_BAR)
        bar = bar[:at] + Text("│", style="bold yellow") + bar[at + 1 : end] + Text("▏", style="dim")
        label = f"{quarter / 4:.2f}–{(quarter + 1) / 4:.2f} y"
        table.add_row(label, bar, f"{debt / 1e3:,.0f}k of {target / 1e3:,.0f}k")
    legend = Text.assemble(
        ("█", "cyan"), " debt of a weekly maturity   ", ("│", "bold yellow"), " target   ", ("▏", "dim"), " cap"
    )
    table.add_row("", legend, "")
    return table


def _redeemed(history: History) -> str:
    last = history.balances[-1]
    totals = history.totals
    paid = amount(totals["face_redeemed"], history.decimals)
    return (
        f"{totals['redemptions']:,} redemptions paid {paid} at par, the last on {day(last.time)[:10]}. "
        f"Escrow after it: {last.escrow:,.6f}; reserve: {last.reserve:,.2f}.\n"
        f"{totals['refused']} calls were refused on the way, each with its reason in the trace."
    )


def _plain(plain: PlainTable) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False)
    for number, name in enumerate(plain.head):
        table.add_column(name, justify="right" if number and number not in plain.words else "left")
    for row in plain.rows:
        table.add_row(*(Text(cell, style={"✓": "bold green", "✗": "bold red"}.get(cell, "")) for cell in row))
    return table
