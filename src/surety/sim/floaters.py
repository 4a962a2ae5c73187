"""Variable bonds in a run: savers without a better purchase take them at par, and leave them when they need money."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from surety.sdk.engines import Receipt
from surety.sdk.suite import RAY, Trade, variable_id

from .agents import Rates, Saver, choose_floating
from .history import FloatStory, History, RatePoint
from .market_view import WAD, YEAR, MarketView
from .scenario import Scenario
from .tally import Lot, Tally
from .venue import ISSUER, SLIPPAGE_BPS, Venue

WEEK = 604_800
QUARTER_OF_A_YEAR = 13


class Floaters:
    """The market of variable bonds, what is held of it, and what is told of it."""

    def __init__(
        self, scenario: Scenario, venue: Venue, tally: Tally, history: History, stream: np.random.Generator
    ) -> None:
        self.scenario = scenario
        self.venue = venue
        self.tally = tally
        self.history = history
        self.stream = stream
        self.market = venue.suite.variable
        self.treasury = venue.suite.treasury
        self.longest: int = self.market.call("rules")[1]
        self._terms = self.market.call("terms")
        self._lots: dict[tuple[str, int], Lot] = {}
        """Purchases that nothing was added to or sold of: what one of them became can be told."""

    def begin_week(self, view: MarketView | None, outside: float) -> None:
        """Somebody stores the week's rate if no trade did; the figures of the week are written down."""
        if view is not None and self.market.call("anchors").time // WEEK < self.venue.now // WEEK:
            person = self.venue.address(ISSUER)
            self.venue.act(ISSUER, "update_rate", {}, lambda: self.market.send("update_rate", sender=person))
        state, one = self._caught_up(), self.venue.one
        short = float(view.sight().market_yields[QUARTER_OF_A_YEAR]) + outside if view is not None else float("nan")
        self.history.rates.append(
            RatePoint(
                self.venue.now,
                state.rate / WAD,
                short,
                state.value / one,
                self._terms.target / one,
                state.reserve / one,
                state.index / RAY,
            )
        )

    def _caught_up(self) -> Any:
        """The index as of now: after many quiet weeks somebody has to accrue them first, so many a call."""
        person = self.venue.address(ISSUER)
        while (state := self.treasury.call("variable")).time < self.venue.now:
            if not self.venue.act(ISSUER, "accrue", {}, lambda: self.treasury.send("accrue", sender=person)):
                break
        return state

    def perhaps_buy(self, saver: Saver, view: MarketView, cash: float, outside: float) -> None:
        """Idle money goes into variable bonds while they pay more than the saver asks of money at hand."""
        draw = float(self.stream.random())
        short = float(view.sight().market_yields[QUARTER_OF_A_YEAR]) + outside
        spend = choose_floating(saver, self._rates(), short, cash, self.scenario.floating, draw)
        if spend is None:
            return
        seconds = min(int(saver.likes_years * YEAR), self.longest - WEEK)
        maturity = self.venue.suite.maturity_for(max(seconds, WEEK))
        bought = self._buy(saver.name, maturity, self.venue.wei(spend))
        if bought is None:
            return
        key = saver.name, maturity
        if maturity in saver.floating:
            self._lots.pop(key, None)
        else:
            self._lots[key] = Lot(self.venue.now, bought.face, bought.amount)
        saver.floating[maturity] = saver.floating.get(maturity, 0) + bought.face
        self.tally.floating_paid += bought.amount

    def sold_first(self, saver: Saver) -> bool:
        """Whether a saver who needs money found it in variable bonds: sells its largest position back."""
        running = {m: shares for m, shares in saver.floating.items() if m > self.venue.now}
        if not running:
            return False
        maturity = max(running, key=lambda m: running[m])
        sold = self._sell(saver.name, maturity, running[maturity])
        if sold is None:
            return False
        del saver.floating[maturity]
        self._lots.pop((saver.name, maturity), None)
        self.tally.floating_got += sold.amount
        return True

    def redeem(self, saver: Saver) -> None:
        """Take what has matured, with its interest."""
        for maturity in sorted(m for m in saver.floating if m <= self.venue.now):
            paid = self._redeem(saver.name, maturity, saver.floating[maturity])
            if paid is None:
                continue
            shares = saver.floating.pop(maturity)
            self.tally.floating_got += paid
            self._tell(saver.name, maturity, shares, paid)

    def _tell(self, saver: str, maturity: int, shares: int, paid: int) -> None:
        """The largest bond held for half a year and more becomes the story's."""
        lot, told = self._lots.pop((saver, maturity), None), self.history.floating
        if lot is None or maturity - lot.time < YEAR // 2 or (told is not None and told.cost >= lot.cost):
            return
        rates = [point.rate for point in self.history.rates if lot.time <= point.time <= maturity]
        self.history.floating = FloatStory(saver, maturity, lot.time, lot.cost, shares, paid, min(rates), max(rates))

    def _rates(self) -> Rates:
        state, terms, one = self.treasury.call("variable"), self._terms, self.venue.one
        rates = (rate / WAD for rate in (terms.hi, terms.mid, terms.low))
        return Rates(state.rate / WAD, state.value / one, terms.target / one, terms.cap / one, *rates)

    def _buy(self, name: str, maturity: int, cost: int) -> Trade | None:
        """Spend `cost` at par; `face` of the trade is shares."""
        person, venue = self.venue.address(name), self.venue
        shares = self._quoted("quote_buy", maturity, cost)
        least = shares - shares * SLIPPAGE_BPS // 10_000
        args = {"maturity": maturity, "cost": cost, "min_shares": least}
        venue.floating.add(maturity)
        return self._trade(
            name,
            "buy_variable",
            args,
            lambda: self.market.send("buy", maturity, cost, least, person, venue.now, sender=person),
            "VariableBought",
            "cost",
        )

    def _sell(self, name: str, maturity: int, shares: int) -> Trade | None:
        """Sell shares back; `face` of the trade is shares."""
        person, venue = self.venue.address(name), self.venue
        quote = self._quoted("quote_sell", maturity, shares)
        least = quote - quote * SLIPPAGE_BPS // 10_000
        args = {"maturity": maturity, "shares": shares, "min_proceeds": least}
        return self._trade(
            name,
            "sell_variable",
            args,
            lambda: self.market.send("sell", maturity, shares, least, person, venue.now, sender=person),
            "VariableSold",
            "proceeds",
        )

    def _redeem(self, name: str, maturity: int, shares: int) -> int | None:
        """Redeem shares at the treasury; what was paid."""
        person, bond = self.venue.address(name), variable_id(maturity)
        paid: list[int] = []

        def sent() -> Receipt:
            receipt = self.treasury.send("redeem", bond, shares, person, sender=person)
            paid.append(self.treasury.events(receipt, "VariableRedeemed")[0].args.amount)
            return receipt

        args = {"maturity": maturity, "shares": shares}
        self.venue.act(name, "redeem_variable", args, sent, lambda: f"shares {shares} for {paid[0]}")
        return paid[0] if paid else None

    def _trade(
        self, name: str, call: str, args: dict[str, int], send: Callable[[], Receipt], event: str, amount: str
    ) -> Trade | None:
        trades: list[Trade] = []

        def sent() -> Receipt:
            receipt = send()
            told = self.market.events(receipt, event)[0].args
            trades.append(Trade(told.shares, getattr(told, amount), receipt))
            return receipt

        self.venue.act(name, call, args, sent, lambda: f"shares {trades[0].face} for {trades[0].amount}")
        return trades[0] if trades else None

    def _quoted(self, function: str, maturity: int, amount: int) -> int:
        return self.venue.quoted(lambda: int(self.market.call(function, maturity, amount)), otherwise=0)
