"""What everybody in a collective pool ought to have: exact fractions of each lock, no rounding, nothing kept for later.

The judge of `collective_pool.py`. It is told what happened, and which locks a round took its part of, and settles
everything by definition. Amounts are exact fractions of a unit.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction

from .collective_pool import WORN

Account = str
Weights = defaultdict[Account, Fraction]


def _weights() -> Weights:
    return defaultdict(Fraction)


@dataclass
class PoolJudge:
    """`shares` and `tickets[round]` are weights in the pot; a closed round owns `part` of some locks, and cash."""

    shares: Weights = field(default_factory=_weights)
    tickets: defaultdict[int, Weights] = field(default_factory=lambda: defaultdict(_weights))
    open_round: int = 1
    idle: Fraction = Fraction(0)
    units: dict[int, Fraction] = field(default_factory=dict)
    left: dict[int, tuple[int, Fraction]] = field(default_factory=dict)
    """Lock to the round that owns a part of it, and the part."""
    cash: defaultdict[int, Fraction] = field(default_factory=lambda: defaultdict(Fraction))
    taken: dict[int, tuple[Fraction, Weights]] = field(default_factory=dict)
    """Seizure to what it took, and whose that was, in parts of one."""
    due: Weights = field(default_factory=_weights)
    """What everybody can have claimed by now."""

    @property
    def whole(self) -> Fraction:
        """Weights in the pot."""
        return sum(self.shares.values(), Fraction(0)) + sum(self.tickets[self.open_round].values(), Fraction(0))

    @property
    def value(self) -> Fraction:
        """What they own."""
        return self.idle + sum(units * (1 - self.left.get(number, (0, 0))[1]) for number, units in self.units.items())

    def join(self, account: Account, amount: int) -> None:
        """At the price of the pot, which is at least a unit for 2**WORN weights."""
        whole = self.whole
        price = max(self.value, Fraction(int(whole) >> WORN) + 1)
        self.shares[account] += amount * whole / price if whole else amount
        self.idle += amount

    def move(self, owner: Account, to: Account, part: Fraction) -> None:
        """Pass on a part of one's shares."""
        amount = self.shares[owner] * part
        self.shares[owner] -= amount
        self.shares[to] += amount

    def request(self, owner: Account, to: Account, part: Fraction) -> None:
        """A part of one's shares becomes tickets."""
        amount = self.shares[owner] * part
        self.shares[owner] -= amount
        self.tickets[self.open_round][to] += amount

    def back(self, number: int, units: int) -> None:
        """Idle becomes a lock."""
        self.idle -= units
        self.units[number] = Fraction(units)

    def close(self, taken: list[tuple[int, int]]) -> None:
        """The open round leaves with its part of all, told as (position, lock that bears it; 0: bought out)."""
        number, whole = self.open_round, self.whole
        part = sum(self.tickets[number].values(), Fraction(0)) / whole
        self.cash[number] = self.idle * part
        self.idle -= self.cash[number]
        for position, lock in taken:
            if lock == 0:
                self.cash[number] += self.units[position] * part
                self.idle -= self.units[position] * part
            elif lock == position:
                self.left[position] = (number, part)
            else:
                self.units[lock] = self.units[position] * part
                self.units[position] -= self.units[lock]
                self.left[lock] = (number, Fraction(1))
        self.open_round += 1

    def gather(self, lock: int) -> None:
        """A lock has ended."""
        units = self.units.pop(lock)
        number, part = self.left.pop(lock, (0, Fraction(0)))
        self.cash[number] += units * part
        self.idle += units * (1 - part)

    def settle(self, number: int) -> None:
        """All of a round has ended."""
        self._give(self.cash.pop(number), self._parts(self.tickets[number]))

    def seize(self, slash: int, lock: int, fraction: Fraction) -> None:
        """Of everybody whose it is."""
        units = self.units[lock] * fraction
        self.units[lock] -= units
        number, part = self.left.get(lock, (0, Fraction(0)))
        owners = _weights()
        for account, share in self._parts(self.tickets[number]).items():
            owners[account] += share * part
        for weights in (self.shares, self.tickets[self.open_round]):
            for account, weight in weights.items():
                if weight:
                    owners[account] += weight / self.whole * (1 - part)
        self.taken[slash] = (units, owners)

    def restore(self, slash: int, part: Fraction) -> None:
        """A part of what was seized goes back."""
        units, owners = self.taken[slash]
        self._give(units * part, owners)

    def worth(self, account: Account) -> Fraction:
        """What an account has now, or could claim by now, whatever it has claimed."""
        amount = self.due[account]
        if self.whole:
            amount += (self.shares[account] + self.tickets[self.open_round][account]) / self.whole * self.value
        for number, cash in self.cash.items():
            if number and self.tickets[number][account]:
                locked = sum(self.units[lock] * part for lock, (one, part) in self.left.items() if one == number)
                amount += self._parts(self.tickets[number])[account] * (cash + locked)
        return amount

    @staticmethod
    def _parts(weights: Weights) -> dict[Account, Fraction]:
        total = sum(weights.values(), Fraction(0))
        return {account: weight / total for account, weight in weights.items() if weight}

    def _give(self, amount: Fraction, owners: dict[Account, Fraction]) -> None:
        for account, part in owners.items():
            self.due[account] += amount * part
