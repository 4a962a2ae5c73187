"""One run: deploy, let savers trade for the scenario's weeks, hold what is left to maturity, close the account.

Everything random comes from `SeedSequence(seed)`, and time is the scenario's, so a seed gives the same trace, byte for
byte, whenever it is run. `Venue` is the only door to the chain.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from surety.config import load_config
from surety.curves import Fit
from surety.sdk.engines import Engine

from .agents import Saver, choose_purchase, choose_sale, make_savers, next_outside
from .history import Balance, CurveShot, History, PricePoint
from .ledger import close_ledger
from .market_view import MarketView
from .scenario import Scenario, load_scenario
from .setup import open_venue
from .tally import Tally
from .trace import Trace
from .venue import Venue

WEEK = 604_800
DAY = 86_400
TRADING_DAYS = 6
SLIPPAGE = 0.0005
WATCHED_WEEKS = 104
"""The bond whose path is told matures about this many weeks from the start, or earlier in a shorter run."""

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Run:
    """A finished run: what happened, and the figures to tell it by."""

    scenario: Scenario
    scenario_name: str
    config_name: str
    seed: int
    engine_name: str
    fit: Fit | None
    addresses: dict[str, str]
    history: History
    trace: Trace

    @property
    def savers(self) -> int:
        """How many savers took part."""
        return self.scenario.savers.count

    @property
    def trading_weeks(self) -> int:
        """For how many weeks bonds were on sale."""
        return self.scenario.trading_weeks

    def summary(self) -> dict[str, Any]:
        """The run for programs: integers as decimal text, in the asset's smallest unit."""
        history = self.history
        return {
            "scenario": self.scenario_name,
            "config": self.config_name,
            "seed": self.seed,
            "engine": self.engine_name,
            "decimals": history.decimals,
            "addresses": self.addresses,
            "fit_rmse_bp": round(self.fit.rmse_bp, 4) if self.fit else None,
            "totals": {key: str(value) for key, value in history.totals.items()},
            "ledger": [
                {"line": line.name, "chain": str(line.left), "trace": str(line.right), "holds": line.holds}
                for line in history.ledger
            ],
            "accounted": all(line.holds for line in history.ledger),
        }


def run_scenario(
    scenario_path: Path, engine: Engine, seed: int = 1, progress: Progress = lambda stage, done, total: None
) -> Run:
    """Run a scenario on a fresh local engine.

    Raises `ScenarioError`, `ConfigError` before anything is deployed, and `Reverted` only if the deployment does.
    """
    scenario = load_scenario(scenario_path)
    config = load_config(scenario_path.parent / scenario.config)
    savers_seed, market_seed = np.random.SeedSequence(seed).spawn(2)
    savers = make_savers(scenario.savers, savers_seed)
    trace = Trace()
    setup = open_venue(engine, config, scenario.start_time, trace, progress)
    story = _Story(scenario, setup.venue, savers, np.random.default_rng(market_seed), progress)
    story.open_accounts(setup.reserve)
    story.trade()
    story.hold_to_maturity()
    story.history.ledger = close_ledger(setup.venue, story.tally, [saver.name for saver in savers])
    story.history.resale = story.tally.resale
    story.history.totals = _totals(story.tally, trace)
    return Run(
        scenario=scenario,
        scenario_name=scenario_path.stem,
        config_name=config.path.stem,
        seed=seed,
        engine_name=engine.name,
        fit=config.fit_result,
        addresses=setup.addresses,
        history=story.history,
        trace=trace,
    )


class _Story:
    """The state of a run between its weeks."""

    def __init__(
        self, scenario: Scenario, venue: Venue, savers: list[Saver], stream: np.random.Generator, progress: Progress
    ) -> None:
        self.scenario = scenario
        self.venue = venue
        self.savers = savers
        self.stream = stream
        self.progress = progress
        self.tally = Tally()
        self.history = History(venue.decimals)
        self.outside = 0.0
        self.watched = 0

    def open_accounts(self, reserve: int) -> None:
        """Give savers their wealth and have them approve the treasury; `reserve` was funded by the deployment."""
        self.tally.funded = self.tally.minted = reserve
        for saver in self.savers:
            self.tally.minted += self.venue.open_account(saver.name, self.venue.wei(saver.wealth))

    def trade(self) -> None:
        """Weeks in which bonds are on sale."""
        weeks = self.scenario.trading_weeks
        shots = {4: "after a month", weeks // 3: "a third through", weeks - 1: "last week"}
        for week in range(weeks):
            start = self.scenario.start_time + week * WEEK
            self.venue.advance_to(start)
            view = self.venue.view()
            self._record(view)
            if week in shots:
                self.history.shots.append(CurveShot(shots[week], start, view.sight()))
            order = self.stream.permutation(len(self.savers))
            offsets = np.sort(self.stream.integers(60, TRADING_DAYS * DAY, size=len(self.savers)))
            for which, offset in zip(order, offsets, strict=True):
                self.venue.advance_to(start + int(offset))
                self._act(self.savers[int(which)], view)
            self.outside = next_outside(self.outside, self.scenario.outside, self.stream)
            self.progress("trading", week + 1, weeks)

    def hold_to_maturity(self) -> None:
        """Weeks in which nothing is sold any more, until the last bond is paid."""
        last = max((m for saver in self.savers for m, face in saver.holdings.items() if face), default=0)
        start = self.scenario.start_time + self.scenario.trading_weeks * WEEK
        weeks = max(0, -(-(last - start) // WEEK)) + 1
        for week in range(weeks):
            self.venue.advance_to(start + week * WEEK)
            self._record(None)
            for saver in self.savers:
                self._redeem(saver)
            self.progress("held to maturity", week + 1, weeks)
        self._record(None)

    def _act(self, saver: Saver, view: MarketView) -> None:
        self._redeem(saver)
        sale = choose_sale(saver, self.scenario.sellers, self.venue.now)
        if sale is not None:
            self._sell(saver, *sale, view)
        cash = self.venue.cash(saver.name) / self.venue.one
        purchase = choose_purchase(saver, view.sight(), cash, self.outside, self.scenario.savers)
        if purchase is None or sale is not None:
            return
        maturity = purchase.maturity
        if purchase.by_cost:
            spend = self.venue.wei(purchase.spend)
            least = int(view.face_for(maturity, purchase.spend) * (1 - SLIPPAGE) * self.venue.one)
            bought = self.venue.buy_exact_cost(saver.name, maturity, spend, least)
        else:
            bought = self.venue.buy(saver.name, maturity, self.venue.wei(purchase.face))
        if bought is not None:
            saver.holdings[maturity] = saver.holdings.get(maturity, 0) + bought.face
            self.tally.buy(saver.name, maturity, self.venue.now, bought.face, bought.amount)
        view.update(self.venue.quote(maturity))

    def _sell(self, saver: Saver, maturity: int, face: int, view: MarketView) -> None:
        ask = self.venue.ask(maturity, face)
        sold = self.venue.sell(saver.name, maturity, face)
        if sold is not None:
            saver.holdings[maturity] -= sold.face
            self.tally.sell(saver.name, maturity, self.venue.now, sold.face, sold.amount, ask)
        view.update(self.venue.quote(maturity))

    def _redeem(self, saver: Saver) -> None:
        for maturity in sorted(m for m, face in saver.holdings.items() if m <= self.venue.now):
            face = saver.holdings.pop(maturity)
            if face and self.venue.redeem(saver.name, maturity, face):
                self.tally.redeem(saver.name, maturity, face)

    def _record(self, view: MarketView | None) -> None:
        """A line of the treasury, and of the watched bond while it runs."""
        escrow, reserve = (amount / self.venue.one for amount in self.venue.balances())
        target = float(view.target.sum()) if view is not None else None
        self.history.balances.append(Balance(self.venue.now, escrow, reserve, target, self.outside))
        if view is None:
            return
        if not self.watched:
            latest = min(WATCHED_WEEKS, self.scenario.trading_weeks * 4 // 5, len(view.maturities) - 1)
            self.watched = int(view.maturities[latest])
            self.history.path_maturity = self.watched
        point = view.point(self.watched, self.venue.now)
        if point is not None:
            self.history.path.append(point)
        elif self.history.path and self.history.path[-1].time < self.watched:
            self.history.path.append(PricePoint(self.watched, 1.0, 1.0, 1.0, 0.0, 0.0))


def _totals(tally: Tally, trace: Trace) -> dict[str, int]:
    return {
        "calls": len(trace.rows),
        "refused": sum(not row.ok for row in trace.rows),
        "purchases": sum(row.ok and row.call.startswith("buy") for row in trace.rows),
        "sales": sum(row.ok and row.call == "sell" for row in trace.rows),
        "redemptions": sum(row.ok and row.call == "redeem" for row in trace.rows),
        "minted": tally.minted,
        "reserve_funded": tally.funded,
        "face_sold": tally.sold,
        "cost_paid": tally.charged,
        "face_bought_back": tally.bought_back,
        "proceeds_paid": tally.paid_back,
        "face_redeemed": tally.redeemed,
        "interest_paid": tally.funded - tally.reserve,
        "outstanding": tally.outstanding,
    }
