"""The report's tables and the sentences that need figures; the terminal shows the same rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from surety.curves import Fit
from surety.sim.history import History, Resale
from surety.sim.trace import Trace

from .figures import day

DAY = 86_400


@dataclass(frozen=True)
class Table:
    """Head and rows of text; the first column is left-aligned."""

    head: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


def amount(value: int, decimals: int, places: int = 2) -> str:
    """An integer amount as text in whole assets, with thousands separated."""
    return f"{Decimal(value).scaleb(-decimals):,.{places}f}"


def percent(fraction: float) -> str:
    """A fraction as per cent with two decimals; the space does not break."""
    return f"{100 * fraction:.2f}\N{NO-BREAK SPACE}%"


def fit_table(fit: Fit) -> Table:
    """Quoted and fitted par yields with their difference."""
    rows = [
        (label, f"{100 * quoted:.2f}", f"{100 * modelled:.3f}", f"{error:+.1f}")
        for label, quoted, modelled, error in zip(
            fit.market.labels, fit.market.yields, fit.model_yields, fit.errors_bp, strict=True
        )
    ]
    return Table(("tenor", "quoted, %", "fitted, %", "error, bp"), rows)


def resale_sentence(resale: Resale) -> str:
    """An early sale in words: who, when, and what it came to."""
    days = (resale.sold - resale.bought) // DAY
    left = (resale.maturity - resale.sold) // DAY
    moved = ", since its maturity had filled up and yields come down" if resale.proceeds > resale.carried else ""
    return (
        f"{resale.saver} needed money {days} days after buying and {left} days before maturity, and sold to the "
        f"protocol. Held to the end the bond would have earned {percent(resale.promised_yield)} a year; sold early it "
        f"earned {percent(resale.earned_yield)}{moved}. Leaving cost the gap between what the market asked for the "
        "same bonds at that moment and what it paid for them."
    )


def resale_table(resale: Resale, decimals: int) -> Table:
    """The early sale in figures; the cost of leaving is what lies between the market's two prices."""
    rows = [
        ("face", amount(resale.face, decimals), f"matures {day(resale.maturity)[:10]}"),
        ("paid for it", amount(resale.paid, decimals), day(resale.bought)),
        ("by then worth, at the promised yield", amount(resale.carried, decimals), day(resale.sold)),
        ("market asked for as many", amount(resale.ask, decimals), day(resale.sold)),
        ("received from the market", amount(resale.proceeds, decimals), day(resale.sold)),
        ("cost of leaving early", amount(resale.ask - resale.proceeds, decimals), _share(resale)),
    ]
    return Table(("", "amount", ""), rows)


def _share(resale: Resale) -> str:
    return f"{100 * (resale.ask - resale.proceeds) / resale.ask:.2f} % of the asked price"


def ledger_table(history: History) -> Table:
    """The closing account: both sides of each line, and whether they agree to the last unit."""
    rows = [
        (
            line.name,
            amount(line.left, history.decimals, 6),
            amount(line.right, history.decimals, 6),
            "✓" if line.holds else "✗",
        )
        for line in history.ledger
    ]
    return Table(("line", "on chain", "by the trace", ""), rows)


def gas_sentence(engine_name: str) -> str:
    """What the gas figures are and are not."""
    return (
        f"Gas of each call as {engine_name} counted it in this run, by kind. The first trades of a maturity are dearer "
        "than later ones, since they open its storage slots. An in-process engine keeps slots warm between "
        "transactions and shows less than a chain would; whole cold transactions are measured in tests/gas."
    )


def gas_table(trace: Trace) -> Table:
    """Least, middle and most gas by call, successful calls only."""
    rows = []
    for call, used in sorted(trace.gas_by_call().items()):
        rows.append((call, f"{len(used):,}", f"{min(used):,}", f"{int(median(used)):,}", f"{max(used):,}"))
    return Table(("call", "count", "least", "median", "most"), rows)
