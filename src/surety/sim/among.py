"""What savers do besides plain purchases: coupon bonds, trades among themselves, locks; and what is told of it."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from surety.sdk.strips import coupon_strip

from .agents import Purchase, Saver, accepts
from .desk import DAY, Desk
from .history import History, LockPoint, LockStory, StripBuy, UserTrade
from .market_view import YEAR, MarketView
from .scenario import Scenario
from .tally import Tally


class Among:
    """Choices come from a stream of their own, so that without them a run is what it was."""

    def __init__(
        self,
        scenario: Scenario,
        desk: Desk,
        savers: list[Saver],
        tally: Tally,
        history: History,
        choices: np.random.Generator,
    ) -> None:
        self.scenario = scenario
        self.desk = desk
        self.venue = desk.venue
        self.savers = savers
        self.tally = tally
        self.history = history
        self.choices = choices
        self._locks: list[tuple[int, str, int, int]] = []
        """Time, saver, maturity and face of every lock."""

    # ─── Coupon bonds ────────────────────────────────────────────────────────────────────────────────────────────────

    def wants_strip(self, purchase: Purchase, now: int) -> bool:
        """Whether this purchase is made as a coupon bond."""
        drawn = self.choices.random() < self.scenario.strips.share
        return bool(drawn and purchase.maturity - now >= YEAR)

    def buy_strip(self, saver: Saver, purchase: Purchase, view: MarketView) -> None:
        """A coupon bond of about what the purchase would have cost: its coupon is about the market's yield."""
        terms, venue = self.scenario.strips, self.venue
        percent = Decimal(str(terms.coupon_percent))
        strip = coupon_strip(purchase.maturity, venue.wei(purchase.spend * 0.97), percent, terms.every_weeks, venue.now)
        trades = venue.buy_strip(saver.name, strip)
        for maturity, trade in zip(strip.maturities, trades, strict=False):
            saver.holdings[maturity] = saver.holdings.get(maturity, 0) + trade.face
            self.tally.buy(saver.name, maturity, venue.now, trade.face, trade.amount)
        for maturity in strip.maturities:
            view.update(venue.quote(maturity))
        told = self.history.strip
        if trades and (told is None or len(trades) > len(told.faces)):
            costs = tuple(trade.amount for trade in trades)
            self.history.strip = StripBuy(saver.name, venue.now, terms.coupon_percent, *strip, costs)

    # ─── Trades among savers ─────────────────────────────────────────────────────────────────────────────────────────

    def sold_to_another(
        self, seller: Saver, maturity: int, face: int, ask: int, view: MarketView, outside: float
    ) -> bool:
        """Offer the bonds halfway between the protocol's two prices; the first saver who likes that fills."""
        drawn = self.choices.random() < self.scenario.between.offers
        order = self.choices.permutation(len(self.savers))
        bid = self.venue.bid(maturity, face)
        if not drawn or bid == 0:
            return False
        signed = self.desk.offer(seller.name, maturity, face, (bid + ask) // 2)
        price, years = signed.order.price + self.desk.fee(signed), (maturity - self.venue.now) / YEAR
        offered, sight = float(np.log(face / price)) / years, view.sight()
        for which in order:
            buyer = self.savers[int(which)]
            if buyer is seller or self.venue.cash(buyer.name) < price:
                continue
            if accepts(buyer, sight, maturity, years, offered, outside, self.scenario.savers):
                filled = self.desk.take(buyer.name, seller.name, signed)
                if filled is not None:
                    self._pass_on(
                        seller,
                        buyer,
                        UserTrade(
                            seller.name, buyer.name, maturity, self.venue.now, face, filled.amount, filled.fee, bid, ask
                        ),
                    )
                    return True
        self.desk.cancel(seller.name, signed)
        return False

    def _pass_on(self, seller: Saver, buyer: Saver, trade: UserTrade) -> None:
        seller.holdings[trade.maturity] -= trade.face
        buyer.holdings[trade.maturity] = buyer.holdings.get(trade.maturity, 0) + trade.face
        self.tally.pass_on(seller.name, buyer.name, trade.maturity, trade.time, trade.face, trade.amount, trade.fee)
        told = self.history.user_trade
        if told is None or trade.face > told.face:
            self.history.user_trade = trade

    # ─── Locks ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def perhaps_lock(self, saver: Saver, maturity: int, face: int) -> None:
        """Lock what was just bought, now and then."""
        if self.choices.random() >= self.scenario.locks.share or not self.desk.lock(saver.name, maturity, face):
            return
        saver.holdings[maturity] -= face
        saver.locked[maturity] = saver.locked.get(maturity, 0) + face
        self.tally.locked += face
        self._locks.append((self.venue.now, saver.name, maturity, face))

    def take_back(self, saver: Saver) -> None:
        """Withdraw what was locked and has matured."""
        for maturity in sorted(m for m in saver.locked if m <= self.venue.now):
            if self.desk.withdraw(saver.name, maturity):
                face = saver.locked.pop(maturity)
                saver.holdings[maturity] = saver.holdings.get(maturity, 0) + face
                self.tally.withdrawn += face

    def look_back(self) -> None:
        """What the lock says, at the end, of every week that has passed, and of one saver's first lock."""
        one = self.venue.one
        for balance in self.history.balances:
            locked = sum(face for time, _, maturity, face in self._locks if time <= balance.time < maturity)
            weight = self.desk.total_weight(balance.time) / one / YEAR
            self.history.locks.append(LockPoint(balance.time, locked / one, weight))
        self.history.lock = self._told()

    def _told(self) -> LockStory | None:
        """The longest of the savers' first locks that nothing was added to in the week after."""
        first: dict[str, tuple[int, str, int, int]] = {}
        for lock in self._locks:
            first.setdefault(lock[1], lock)
        alone = [
            lock
            for lock in first.values()
            if not any(other[1] == lock[1] and lock[0] < other[0] <= lock[0] + 8 * DAY for other in self._locks)
            and lock[2] - lock[0] > YEAR
        ]
        if not alone:
            return None
        time, saver, maturity, face = max(alone, key=lambda lock: lock[2] - lock[0])
        places = [
            ("the moment it is locked", time),
            ("six days later", time + 6 * DAY),
            ("seven days later", time + 7 * DAY),
            ("a year later, with what was locked since", time + YEAR),
        ]
        moments = []
        for name, at in places:
            own, votes = (weight / self.venue.one / YEAR for weight in self.desk.weights(saver, at))
            moments.append((name, at, own, votes))
        return LockStory(saver, maturity, time, face, tuple(moments))
