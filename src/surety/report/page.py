"""The report folder: one HTML page that works offline, the trace it tells of, and a summary for programs."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from plotly.offline import get_plotlyjs

from surety.sim.history import History
from surety.sim.runner import Run

from . import figures
from .promises import PromisePart, promise_part, promise_sentence, promise_table
from .stakes import payment_table, stake_figure, stake_sentence, stake_table
from .tables import (
    Table,
    concentration_sentence,
    concentration_table,
    fit_table,
    floating_sentence,
    gas_sentence,
    gas_table,
    ledger_table,
    lock_sentence,
    lock_table,
    resale_sentence,
    resale_table,
    roll_sentence,
    roll_table,
    strip_sentence,
    strip_table,
    user_trade_sentence,
    user_trade_table,
)

Part = dict[str, Any]
Add = Callable[..., None]


def write_report(run: Run, out_dir: Path) -> Path:
    """Write `index.html` and its files (trace, summary, evidence) into `out_dir`; returns the page's path."""
    out_dir.mkdir(parents=True, exist_ok=True)
    run.trace.write_jsonl(out_dir / "trace.jsonl")
    run.trace.write_parquet(out_dir / "trace.parquet")
    (out_dir / "summary.json").write_text(json.dumps(run.summary(), indent=2, ensure_ascii=False) + "\n")
    if run.history.promise is not None:
        (out_dir / "evidence.json").write_text(run.history.promise.evidence)
    page = out_dir / "index.html"
    page.write_text(render(run))
    return page


def render(run: Run) -> str:
    """The page as text."""
    pictures, parts = _parts(run)
    environment = Environment(
        loader=PackageLoader("surety.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    return environment.get_template("page.html.j2").render(
        title="Bonds sold along a target debt profile",
        lead=_lead(run),
        facts=_facts(run.history),
        parts=parts,
        figures=json.dumps(pictures, separators=(",", ":")).replace("</", "<\\/"),
        plotly_js=get_plotlyjs(),
        footer=(
            f"Scenario {run.scenario_name}, seed {run.seed}, engine {run.engine_name}. Every number comes from the "
            "contracts' own bytecode; trace.jsonl beside this page has each call with time, arguments, result and gas."
        ),
    )


def _lead(run: Run) -> str:
    history = run.history
    weeks = len(history.balances)
    return (
        f"{run.savers} savers trade with the protocol for {run.trading_weeks} weeks, on the real contracts in a local "
        f"EVM; then every bond is held to maturity, up to week {weeks}. The yield of a maturity depends on how much of "
        "it is sold: short of the target it pays more than the market, beyond it less, and so savers fill the profile."
    )


def _facts(history: History) -> list[dict[str, str]]:
    def millions(key: str) -> str:
        return f"{Decimal(history.totals[key]).scaleb(-history.decimals) / 1_000_000:,.1f} m"

    return [
        {"value": f"{history.totals['calls']:,}", "name": "transactions, every one in the trace"},
        {"value": millions("face_sold"), "name": "face sold by the protocol"},
        {"value": millions("face_bought_back"), "name": "bought back before maturity"},
        {"value": millions("face_redeemed"), "name": "redeemed at par"},
        {"value": millions("interest_paid"), "name": "interest, net, paid by the reserve"},
        {"value": "✓ all" if all(line.holds for line in history.ledger) else "✗", "name": "tokens accounted for"},
    ]


def _parts(run: Run) -> tuple[dict[str, figures.Figure], list[Part]]:
    history, pictures, parts = run.history, {}, []

    def add(
        title: str,
        text: str,
        figure: tuple[str, figures.Figure] | None = None,
        table: Table | None = None,
        promise: PromisePart | None = None,
    ) -> None:
        if figure is not None:
            pictures[figure[0]] = figure[1]
        text = text.replace("saver-", "saver\N{NON-BREAKING HYPHEN}")
        name = figure and figure[0]
        parts.append({"title": title, "text": text, "figure": name, "table": table, "promise": promise})

    if run.fit is not None:
        add(
            "The market's curve, and the fit",
            f"Dots: par yields of {run.fit.market.date} as quoted. Line: the fitted {run.fit.model.title()} curve, "
            f"off by {run.fit.rmse_bp:.1f} basis points (root mean square), {run.fit.worst_bp:.1f} at worst; "
            "bars: each error.",
            ("fit", figures.fit_figure(run.fit)),
            fit_table(run.fit),
        )
        add(
            "What the protocol quotes",
            "Dots: the yield offered at each weekly maturity, fee included; lines: the mean over a quarter of them. An "
            "empty maturity stands at the upper edge of the band; as its debt reaches the target it comes down to the "
            "fitted curve, and a full one lies on the lower edge.",
            ("yields", figures.yield_figure(history.shots, run.fit)),
        )
    add(
        "Debt against target",
        "Each bar is one weekly maturity. Savers buy what pays best for them, which is what is furthest below target: "
        "the debt takes the shape that the protocol asked for.",
        ("debt", figures.debt_figure(history.shots)),
    )
    add(
        "One bond on its way to par",
        f"The bond that matures on {figures.day(history.path_maturity)[:10]}. The band lies between what the protocol "
        "sells it for and what it pays to have it back; both wander with its debt and close at 1 on the last day.",
        ("path", figures.path_figure(history.path)),
    )
    if history.resale is not None:
        resale = history.resale
        add("One sold back early", resale_sentence(resale), table=resale_table(resale, history.decimals))
    _add_among(add, history)
    add(
        "Escrow and reserve",
        "The escrow equals the face outstanding at every moment: what is owed is there. When a bond is sold the "
        "reserve adds its discount, so all interest is paid in advance; early sales give some back.",
        ("treasury", figures.treasury_figure(history.balances)),
    )
    add(
        "Every token is accounted for",
        "Read from the chain at the end, compared to the last unit with what the trace adds up to.",
        table=ledger_table(history),
    )
    _add_stakes(add, history)
    if (story := history.promise) is not None:
        text, table = promise_sentence(story, history.decimals), promise_table(story, history.decimals)
        add("A promise, broken and proven", text, table=table, promise=promise_part(story))
    if history.concentration:
        add("In how many hands", concentration_sentence(), table=concentration_table(history.concentration))
    add("Gas", gas_sentence(run.engine_name), table=gas_table(run.trace))
    return pictures, parts


def _add_among(add: Add, history: History) -> None:
    """Coupon bonds, trades between savers, locks: what there was of them."""
    decimals, totals = history.decimals, history.totals
    if history.strip is not None:
        add("A coupon bond in one call", strip_sentence(history.strip), table=strip_table(history.strip, decimals))
    if history.user_trade is not None:
        trade = history.user_trade
        text = user_trade_sentence(trade, totals["user_trades"])
        add("Sold to another saver", text, table=user_trade_table(trade, decimals))
    if history.floating is not None:
        text = floating_sentence(history.floating, decimals)
        add("Bonds with a variable rate", text, ("floating", figures.floating_figure(history.rates)))
    if history.roll_story is not None:
        picture = figures.roll_figure(history.roll_path, history.rolls, decimals)
        text = roll_sentence(history.roll_story, decimals)
        add("Bonds that roll by themselves", text, ("rolls", picture), roll_table(history.rolls, decimals))
    if history.lock is not None:
        text = lock_sentence(history.lock, decimals, totals["locks"])
        add("Locked to maturity", text, ("locks", figures.lock_figure(history.locks)), lock_table(history.lock))


def _add_stakes(add: Add, history: History) -> None:
    """Stake behind an operator, one slash vetoed and one paid."""
    story, decimals = history.stakes, history.decimals
    if story is None:
        return
    picture = ("stakes", stake_figure(story, decimals))
    text = stake_sentence(story, decimals)
    add("Stake behind an operator: one slash vetoed, one paid", text, picture, stake_table(story, decimals))
    sum_told = "Each part of what the second slash took, as the policy says, the bond in kind."
    add("To whom a slash goes", sum_told, table=payment_table(story, decimals))
