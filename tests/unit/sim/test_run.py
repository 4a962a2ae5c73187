"""A short run on the real bytecode: deterministic, accounted for, and told."""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import yaml
from plotly.offline import get_plotlyjs

from surety.concentration import measure
from surety.report import write_report
from surety.sdk.engines import make_engine
from surety.sdk.errors import UsageError
from surety.sim.runner import run_scenario

DEMO = Path("config/scenarios/demo.yaml")


@pytest.fixture(scope="module")
def scenario(tmp_path_factory):
    """A fifth of the savers for eight weeks, with many early sales."""
    text = yaml.safe_load(DEMO.read_text())
    text["config"] = str((DEMO.parent / text["config"]).resolve())
    text["trading_weeks"] = 8
    text["savers"]["count"] = 6
    text["sellers"]["shock"] = 0.3
    text["strips"]["share"] = text["locks"]["share"] = 0.4
    text["floating"]["active"] = 1.0
    text["rolling"]["savers"] = 2
    path = tmp_path_factory.mktemp("scenario") / "short.yaml"
    path.write_text(yaml.safe_dump(text))
    return path


@pytest.fixture(scope="module")
def run(scenario):
    return run_scenario(scenario, make_engine("pyrevm"), seed=1)


def test_run_scenario__at_the_end__every_line_of_the_ledger_holds(run):
    assert len(run.history.ledger) == 11
    assert [line.name for line in run.history.ledger if not line.holds] == []
    assert run.history.totals["outstanding"] == 0
    assert run.history.balances[-1].escrow == 0


def test_run_scenario__people_of_the_story__all_acted(run):
    calls = {row.call for row in run.trace.rows if row.ok}
    assert calls >= {"deploy", "mint", "approve", "buy", "buy_exact_cost", "sell", "redeem"}
    assert calls >= {"buy_strip", "allow", "fill", "lock", "withdraw", "absorb"}
    assert calls >= {"buy_variable", "sell_variable", "redeem_variable", "update_rate"}


def test_run_scenario__trace__adds_up_without_the_chain(run):
    held = {}
    for row in run.trace.rows:
        for who, maturity, face in moves(row):
            held[who, maturity] = held.get((who, maturity), 0) + face
            assert held[who, maturity] >= 0
    assert set(held.values()) == {0}


def moves(row):
    """What a row of the trace moves: who, maturity, face; withdrawals give back all that was locked."""
    face = int(row.result.split()[1]) if row.result.startswith(("face", "shares")) else 0
    maturity = row.args.get("maturity")
    if row.ok and row.call.endswith("_variable"):
        return [(row.actor, f"variable {maturity}", face if row.call.startswith("buy") else -face)]
    if not row.ok or row.call in ("cancel", "lock", "withdraw"):
        return []  # what is locked stays the owner's
    if row.call == "buy_strip":
        dates, faces = json.loads(row.args["maturities"]), json.loads(row.args["faces"])
        return [(row.actor, str(date), part) for date, part in zip(dates, faces, strict=True)]
    if row.call == "fill":
        seller = row.result.split()[3]
        return [(seller, maturity, -face), (row.actor, maturity, face)]
    if row.call in ("sell", "redeem"):
        return [(row.actor, maturity, -face)]
    return [(row.actor, maturity, face)] if row.call in ("buy", "buy_exact_cost") else []


def test_run_scenario__strip__each_date_at_its_own_price(run):
    strip = run.history.strip
    assert len(strip.maturities) == len(strip.faces) == len(strip.costs) >= 2
    assert all(0 < cost < face for cost, face in zip(strip.costs, strip.faces, strict=True))
    assert len(set(strip.faces[:-1])) == 1
    assert strip.faces[-1] > strip.faces[0]


def test_run_scenario__trade_between_savers__both_better_than_with_the_protocol(run):
    trade = run.history.user_trade
    assert trade.bid < trade.amount < trade.amount + trade.fee < trade.ask
    assert trade.seller != trade.buyer
    assert run.history.totals["exchange_fees"] >= trade.fee > 0


def test_run_scenario__variable_bonds__index_never_falls_and_interest_comes_from_its_reserve(run):
    points, totals = run.history.rates, run.history.totals
    assert all(a.index <= b.index for a, b in pairwise(points))
    assert max(point.value for point in points) > 0 == points[-1].value
    assert totals["floating_got"] > totals["floating_paid"]
    earned = (totals["floating_got"] - totals["floating_paid"]) / 1e6
    assert points[0].reserve - points[-1].reserve == pytest.approx(earned, abs=1e-3)
    assert all(0.025 <= point.rate <= 0.06 for point in points)


def test_run_scenario__variable_bond__earned_between_the_least_and_the_most_rate(run):
    told = run.history.floating
    assert told is not None, "in this scenario somebody holds one for half a year"
    earned = np.log(told.paid / told.cost) * 31_536_000 / (told.maturity - told.bought)
    assert told.least * 0.99 <= earned <= told.most


def test_s0_8_run_scenario__concentration__is_of_what_the_trace_says_each_held(run):
    """S0.8: bonds by saver when sales ended, recounted from the trace; stake by account before the first slash."""
    ended, held = run.scenario.start_time + run.trading_weeks * 604_800, {}
    for row in run.trace.rows:
        for who, maturity, face in moves(row):
            if row.time < ended and not maturity.startswith("variable"):
                held[who] = held.get(who, 0) + face
    summary = run.summary()["concentration"]
    assert summary["bonds"] == measure(held.values()).told()
    assert summary["bonds"]["holders"] == sum(face > 0 for face in held.values()) > 1
    assert summary["stake"] == measure(run.history.stakes.stands[0].holders.values()).told()
    assert all(one["nakamoto_third"] <= one["nakamoto_half"] <= one["holders"] for one in summary.values())


def test_run_scenario__class__enters_and_leaves_with_interest(run):
    told = run.history.roll_story
    assert told.paid > told.deposited
    assert run.history.roll_path[0].face > 0
    assert [row.call for row in run.trace.rows if row.call in ("deposit", "redeem_shares")].count("deposit") == 2
    worth = [point.worth for point in run.history.roll_path]
    assert worth[-1] > worth[0] > 0.9


def test_run_scenario__long_enough__class_rolls_by_its_keeper(scenario, tmp_path):
    text = yaml.safe_load(scenario.read_text())
    text |= {"trading_weeks": 32, "savers": text["savers"] | {"count": 4}}
    path = tmp_path / "longer.yaml"
    path.write_text(yaml.safe_dump(text))
    longer = run_scenario(path, make_engine("pyrevm"), seed=1)
    (roll,) = longer.history.rolls
    assert roll.cost + roll.tip <= roll.face
    assert 0.01 <= roll.rate <= 0.25
    assert roll.tip > 0
    assert longer.history.roll_story.rolls == 1
    assert all(line.holds for line in longer.history.ledger)


def test_run_scenario__lock__weighs_at_once_and_votes_after_a_week(run):
    moments = {name: (own, votes) for name, _, own, votes in run.history.lock.moments}
    at, later = moments["the moment it is locked"], moments["seven days later"]
    years = (run.history.lock.maturity - run.history.lock.time) / 31_536_000
    assert at == (pytest.approx(run.history.lock.face / 1e6 * years), 0)
    assert moments["six days later"][1] == 0
    assert later[0] == later[1] < at[0]
    assert run.history.locks[-1].weight == run.history.locks[-1].face == 0
    assert max(point.weight for point in run.history.locks) > 0


def test_run_scenario__trace__times_never_fall_and_indices_count(run):
    rows = run.trace.rows
    assert [row.index for row in rows] == list(range(len(rows)))
    assert all(a.time <= b.time for a, b in pairwise(rows))


def test_run_scenario__same_seed__same_bytes(run, scenario, tmp_path):
    again = run_scenario(scenario, make_engine("pyrevm"), seed=1)
    write_report(run, tmp_path / "a")
    write_report(again, tmp_path / "b")
    for name in ("trace.jsonl", "summary.json", "index.html"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_run_scenario__another_seed__another_trace(run, scenario):
    assert run_scenario(scenario, make_engine("pyrevm"), seed=2).trace.lines() != run.trace.lines()


@pytest.mark.slow  # short random traces are replayed on all engines in tests/integration/sdk/test_engines_agree.py
def test_run_scenario__titanoboa__same_trace_but_for_gas(run, scenario):
    other = run_scenario(scenario, make_engine("titanoboa"), seed=1)

    def told(rows):
        return [(row.time, row.actor, row.call, row.args, row.ok, row.result) for row in rows]

    assert told(other.trace.rows) == told(run.trace.rows)
    assert other.summary() == run.summary() | {"engine": "titanoboa"}


def test_run_scenario__chain_already_later__refused(scenario):
    engine = make_engine("pyrevm")
    engine.set_time(1_900_000_000)
    with pytest.raises(UsageError, match="use a fresh chain"):
        run_scenario(scenario, engine)


def test_write_report__folder__holds_what_it_says(run, tmp_path):
    page = write_report(run, tmp_path / "deep" / "folder")
    text = page.read_text()
    own = text.replace(get_plotlyjs(), "")  # megabytes: kept out of what an assertion would print
    assert len(text) - len(own) == len(get_plotlyjs())
    assert own.count("<script") == 2
    assert "http" not in own
    for place in ("fit", "yields", "debt", "path", "treasury", "locks", "floating", "rolls"):
        assert f'<div id="{place}"></div>' in own
    assert f"<td>{run.history.concentration['bonds'].entropy:.3f}</td>" in own
    lines = (page.parent / "trace.jsonl").read_text().splitlines()
    assert len(lines) == len(run.trace.rows) == pl.read_parquet(page.parent / "trace.parquet").height
    assert json.loads(lines[0])["call"] == "deploy"
    assert json.loads((page.parent / "summary.json").read_text())["accounted"] is True
