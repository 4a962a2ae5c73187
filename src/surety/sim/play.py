"""The weeks of a run: who acts when, in what order, and what is written down of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from .agents import Saver, choose_purchase, choose_sale, next_outside
from .among import Among
from .desk import Desk
from .floaters import Floaters
from .history import Balance, CurveShot, History, PricePoint
from .market_view import MarketView
from .rollers import Rollers
from .scenario import Scenario
from .tally import Tally
from .venue import Venue

Progress = Callable[[str, int, int], None]
WEEK = 604_800
DAY = 86_400
TRADING_DAYS = 6
SLIPPAGE = 0.0005
WATCHED_WEEKS = 104
"""The bond whose path is told matures about this many weeks from the start, or earlier in a shorter run."""


class Streams(NamedTuple):
    """Random streams apart, so that what one part of a run draws changes nothing for the others."""

    market: np.random.Generator
    choices: np.random.Generator
    floating: np.random.Generator


class Play:
    """The state of a run between its weeks."""

    def __init__(
        self,
        scenario: Scenario,
        venue: Venue,
        savers: list[Saver],
        streams: Streams,
        progress: Progress,
    ) -> None:
        self.scenario = scenario
        self.venue = venue
        self.savers = savers
        self.stream = streams.market
        self.progress = progress
        self.tally = Tally()
        self.history = History(venue.decimals)
        self.outside = 0.0
        self.watched = 0
        self.desk = Desk(venue)
        self.among = Among(scenario, self.desk, savers, self.tally, self.history, streams.choices)
        self.rollers = Rollers(scenario, venue, savers, self.tally, self.history)
        self.floaters = Floaters(scenario, venue, self.tally, self.history, streams.floating)

    def open_accounts(self, reserve: int, interest: int) -> None:
        """Give savers their wealth and have them approve the treasury; the deployment funded the two reserves."""
        self.tally.funded, self.tally.interest_funded = reserve, interest
        self.tally.minted = reserve + interest
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
            self.floaters.begin_week(view, self.outside)
            self.rollers.begin_week(selling=True)
            if week in shots:
                self.history.shots.append(CurveShot(shots[week], start, view.sight()))
            order = self.stream.permutation(len(self.savers))
            offsets = np.sort(self.stream.integers(60, TRADING_DAYS * DAY, size=len(self.savers)))
            for which, offset in zip(order, offsets, strict=True):
                self.venue.advance_to(start + int(offset))
                self._act(self.savers[int(which)], view)
            self.outside = next_outside(self.outside, self.scenario.outside, self.stream)
            self.progress("trading", week + 1, weeks)
        self.history.measure("bonds", self.tally.held.values())

    def hold_to_maturity(self) -> None:
        """Weeks in which nothing is sold any more, until the last bond is paid."""
        owed = (
            m
            for saver in self.savers
            for held in (saver.holdings, saver.locked, saver.floating)
            for m, face in held.items()
            if face
        )
        last = max(owed, default=0)
        start = self.scenario.start_time + self.scenario.trading_weeks * WEEK
        weeks = max(0, -(-(last - start) // WEEK)) + 1
        for week in range(weeks):
            self.venue.advance_to(start + week * WEEK)
            self._record(None)
            self.floaters.begin_week(None, self.outside)
            self.rollers.begin_week(selling=False)
            for saver in self.savers:
                self._redeem(saver)
            self.progress("held to maturity", week + 1, weeks)
        self.rollers.close()
        self.tally.absorbed += self.venue.absorb()
        self._record(None)
        self.history.resale = self.tally.resale
        self.among.look_back()

    def _act(self, saver: Saver, view: MarketView) -> None:
        self._redeem(saver)
        sale = choose_sale(saver, self.scenario.sellers, self.venue.now)
        if sale is not None and not self.floaters.sold_first(saver):
            self._sell(saver, *sale, view)
        cash = self.venue.cash(saver.name) / self.venue.one
        purchase = choose_purchase(saver, view.sight(), cash, self.outside, self.scenario.savers)
        if sale is not None:
            return
        if purchase is None:
            self.floaters.perhaps_buy(saver, view, cash, self.outside)
            return
        if self.among.wants_strip(purchase, self.venue.now):
            self.among.buy_strip(saver, purchase, view)
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
            self.among.perhaps_lock(saver, maturity, bought.face)
        view.update(self.venue.quote(maturity))

    def _sell(self, saver: Saver, maturity: int, face: int, view: MarketView) -> None:
        ask = self.venue.ask(maturity, face)
        if self.among.sold_to_another(saver, maturity, face, ask, view, self.outside):
            return
        sold = self.venue.sell(saver.name, maturity, face)
        if sold is not None:
            saver.holdings[maturity] -= sold.face
            self.tally.sell(saver.name, maturity, self.venue.now, sold.face, sold.amount, ask)
        view.update(self.venue.quote(maturity))

    def _redeem(self, saver: Saver) -> None:
        self.among.take_back(saver)
        self.floaters.redeem(saver)
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
