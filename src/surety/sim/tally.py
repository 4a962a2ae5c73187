"""What the trace adds up to, kept apart from the chain so that the two can be compared at the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import exp, log

from .history import Resale

DAY = 86_400
YEAR = 31_536_000
LONG_ENOUGH = 120 * DAY


@dataclass
class Lot:
    """One purchase, as far as it is still held."""

    time: int
    face: int
    cost: int


@dataclass
class Tally:
    """Sums over successful actions, smallest units, and each saver's purchases, oldest first."""

    minted: int = 0
    funded: int = 0
    sold: int = 0
    charged: int = 0
    bought_back: int = 0
    paid_back: int = 0
    redeemed: int = 0
    fees: int = 0
    absorbed: int = 0
    swept: int = 0
    locked: int = 0
    interest_funded: int = 0
    floating_paid: int = 0
    floating_got: int = 0
    withdrawn: int = 0
    resale: Resale | None = None
    lots: dict[tuple[str, int], list[Lot]] = field(default_factory=dict)

    @property
    def outstanding(self) -> int:
        """Face that holders have."""
        return self.sold - self.bought_back - self.redeemed

    @property
    def held(self) -> dict[str, int]:
        """Face by saver, what is in the lock too."""
        held: dict[str, int] = {}
        for (saver, _), lots in self.lots.items():
            held[saver] = held.get(saver, 0) + sum(lot.face for lot in lots)
        return held

    @property
    def still_locked(self) -> int:
        """Face in the lock."""
        return self.locked - self.withdrawn

    @property
    def reserve(self) -> int:
        """What the reserve must hold: funds, less net discounts, plus fees of the exchange."""
        return (
            self.funded - (self.sold - self.charged) + (self.bought_back - self.paid_back) + self.absorbed + self.swept
        )

    @property
    def interest_reserve(self) -> int:
        """What the interest reserve must hold once no variable bond is left: funds, less interest paid."""
        return self.interest_funded - (self.floating_got - self.floating_paid)

    @property
    def savers_cash(self) -> int:
        """What savers, their class and its keeper must hold in the asset: all but what was minted for the reserves."""
        fixed = self.paid_back + self.redeemed - self.charged - self.fees
        floating = self.floating_got - self.floating_paid
        return self.minted - self.funded - self.interest_funded + fixed + floating - self.swept

    def buy(self, saver: str, maturity: int, time: int, face: int, cost: int) -> None:
        """A purchase from the protocol."""
        self.sold += face
        self.charged += cost
        self.lots.setdefault((saver, maturity), []).append(Lot(time, face, cost))

    def sell(self, saver: str, maturity: int, time: int, face: int, proceeds: int, ask: int) -> None:
        """A sale to the protocol; the largest one of a bond long held and far from maturity becomes the story's."""
        self.bought_back += face
        self.paid_back += proceeds
        told = _resale(saver, maturity, time, face, proceeds, ask, self.lots[saver, maturity][0])
        if told is not None and (self.resale is None or told.face > self.resale.face):
            self.resale = told
        self._release(saver, maturity, face)

    def pass_on(self, seller: str, buyer: str, maturity: int, time: int, face: int, amount: int, fee: int) -> None:
        """A trade between two savers."""
        self.fees += fee
        self._release(seller, maturity, face)
        self.lots.setdefault((buyer, maturity), []).append(Lot(time, face, amount + fee))

    def redeem(self, saver: str, maturity: int, face: int) -> None:
        """A redemption at par."""
        self.redeemed += face
        self._release(saver, maturity, face)

    def _release(self, saver: str, maturity: int, face: int) -> None:
        lots = self.lots[saver, maturity]
        while face:
            part = min(face, lots[0].face)
            lots[0].cost -= lots[0].cost * part // lots[0].face
            lots[0].face -= part
            face -= part
            if not lots[0].face:
                lots.pop(0)


def _resale(saver: str, maturity: int, time: int, face: int, proceeds: int, ask: int, lot: Lot) -> Resale | None:
    """The sale as a story of the oldest purchase; None if it took more than that one, or too little time to tell."""
    if face > lot.face or time - lot.time < LONG_ENOUGH or maturity - time < LONG_ENOUGH:
        return None
    paid = lot.cost * face // lot.face
    promised = log(face / paid) * YEAR / (maturity - lot.time)
    earned = log(proceeds / paid) * YEAR / (time - lot.time)
    carried = round(paid * exp(promised * (time - lot.time) / YEAR))
    return Resale(saver, maturity, face, lot.time, paid, time, proceeds, promised, earned, carried, ask)
