"""A class of rolling bonds in a run: some savers deposit once, a keeper rolls, and they leave at the end."""

from __future__ import annotations

from math import log
from typing import Any

from surety.sdk.engines import Receipt
from surety.sdk.suite import MAX_UINT

from .agents import Saver
from .history import History, Roll, RollPoint, RollStory
from .market_view import YEAR
from .scenario import Scenario
from .tally import Tally
from .venue import ISSUER, SLIPPAGE_BPS, Venue

DUST = 1.0  # whole assets that are not worth a roll


class Rollers:
    """The first class and its vault, who holds shares, and what is told of it. The issuer is the keeper."""

    def __init__(self, scenario: Scenario, venue: Venue, savers: list[Saver], tally: Tally, history: History) -> None:
        self.scenario = scenario
        self.venue = venue
        self.tally = tally
        self.history = history
        self.suite = venue.suite
        self.rolling, self.vault = venue.suite.rolling, venue.suite.vault
        self._to_come = [saver.name for saver in savers[: scenario.rolling.savers]]
        self._shares: dict[str, tuple[int, int, int]] = {}
        """Shares, assets and time of each deposit."""

    def begin_week(self, selling: bool) -> None:
        """The keeper observes the debt and rolls what can be rolled; one saver comes in; figures are written down."""
        if selling and self._to_come:
            self._deposit(self._to_come.pop(0))
        position = self._position()
        if not position.supply:
            return
        if selling:
            self._observe(position.maturity)
            self._roll(position)
        elif position.cash and not position.face:
            self._leave()
        self._record()

    def close(self) -> None:
        """What roundings left in the vault goes to the reserve."""
        if not self.suite.cash(self.vault.address):
            return
        person = self.venue.address(ISSUER)
        swept = int(self.vault.call("sweep", sender=person))
        if self.venue.act(ISSUER, "sweep", {}, lambda: self.vault.send("sweep", sender=person), lambda: str(swept)):
            self.tally.swept += swept

    def _deposit(self, name: str) -> None:
        venue, person = self.venue, self.venue.address(name)
        assets = venue.wei(self.suite.cash(person) / venue.one * self.scenario.rolling.slice)
        assets = min(assets, int(self.vault.call("maxDeposit", person)))
        if assets == 0:
            return
        asset, at = self.suite.asset, self.vault.address
        venue.act(name, "approve", {"amount": assets}, lambda: asset.send("approve", at, assets, sender=person))
        shares = venue.quoted(lambda: int(self.vault.call("previewDeposit", assets)), otherwise=0)
        least = shares - shares * SLIPPAGE_BPS // 10_000

        def sent() -> Receipt:
            receipt = self.vault.send("deposit_min", assets, person, least, venue.now, sender=person)
            self._count(receipt)
            return receipt

        if venue.act(name, "deposit", {"assets": assets, "min_shares": least}, sent, lambda: f"shares {shares}"):
            held = int(self.vault.call("balanceOf", person))
            self._shares[name] = held, assets, venue.now

    def _observe(self, maturity: int) -> None:
        person, market = self.venue.address(ISSUER), self.suite.market.address
        send = self.suite.observer.send
        self.venue.act(
            ISSUER, "observe", {"maturity": maturity}, lambda: send("observe", market, maturity, sender=person)
        )

    def _roll(self, position: Any) -> None:
        """Roll the cash, if there is any, the debt allows it and it is worth it."""
        venue, person = self.venue, self.venue.address(ISSUER)
        guard = self.rolling.call("guard")
        if position.cash <= DUST * venue.one or guard.start > guard.limit:
            return
        if venue.quoted(lambda: int(self.rolling.call("quote_roll_all")[0]), otherwise=0) == 0:
            return

        def sent() -> Receipt:
            receipt = self.rolling.send("roll_all", sender=person)
            self._count(receipt)
            for event in self.rolling.events(receipt, "ClassRolled"):
                told = event.args
                rate = log(told.face / (told.cost + told.tip)) * YEAR / (told.maturity - venue.now)
                self.history.rolls.append(Roll(venue.now, told.maturity, told.face, told.cost, told.tip, rate))
            return receipt

        venue.act(ISSUER, "roll_all", {"cash": position.cash}, sent, lambda: f"cost {self.history.rolls[-1].cost}")

    def _leave(self) -> None:
        """The class is cash: everybody takes their part."""
        for name, (shares, assets, since) in list(self._shares.items()):
            person = self.venue.address(name)
            before = self.suite.cash(person)

            def sent(person: str = person, shares: int = shares) -> Receipt:
                receipt = self.vault.send("redeem_min", shares, person, person, 0, MAX_UINT, sender=person)
                self._count(receipt)
                return receipt

            if not self.venue.act(name, "redeem_shares", {"shares": shares}, sent):
                continue
            del self._shares[name]
            paid, told = self.suite.cash(person) - before, self.history.roll_story
            if told is None or assets > told.deposited:
                rolls = sum(roll.time > since for roll in self.history.rolls)
                self.history.roll_story = RollStory(name, since, assets, self.venue.now, paid, rolls)

    def _count(self, receipt: Receipt) -> None:
        """Trades of the class with the protocol, from the events of one transaction."""
        market, tally = self.suite.market, self.tally
        for event in market.events(receipt):
            if event.name == "BondBought":
                tally.sold, tally.charged = tally.sold + event.args.face, tally.charged + event.args.cost
                self.venue.maturities.add(event.args.id % 2**64)
            elif event.name == "BondSold":
                tally.bought_back += event.args.face
                tally.paid_back += event.args.proceeds
        tally.redeemed += sum(event.args.face for event in self.rolling.events(receipt, "ClassSettled"))

    def _position(self) -> Any:
        return self.rolling.call("position")

    def _record(self) -> None:
        position, one = self._position(), self.venue.one
        if not position.supply:
            return
        worth = int(self.vault.call("convertToAssets", one)) / one
        self.history.roll_path.append(RollPoint(self.venue.now, position.face / one, position.cash / one, worth))
