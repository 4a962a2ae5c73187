"""What everybody's stake ought to be: one fraction a person and place, no pots, no shares, no rounding.

The judge of `delegation.py`: each event is applied to each person by its definition. Amounts are exact fractions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass, field
from fractions import Fraction

WEEK = 604_800
WAD = 10**18

Place = tuple[Hashable, int]
"""Subject, and epoch of the bucket (0: active)."""


@dataclass
class FairLedger:
    """`stakes[place][key]` is what is the key's there; `taken[slash][key]` what a slash took from it."""

    stakes: defaultdict[Place, defaultdict[Hashable, Fraction]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(Fraction))
    )
    taken: dict[int, dict[Hashable, Fraction]] = field(default_factory=dict)

    def deposit(self, place: Place, key: Hashable, amount: int | Fraction) -> None:
        """Adds to a stake."""
        self.stakes[place][key] += amount

    def move(self, source: Place, key: Hashable, part: Fraction, target: Place, other: Hashable) -> None:
        """Moves a part of a stake."""
        amount = self.stakes[source][key] * part
        self.stakes[source][key] -= amount
        self.stakes[target][other] += amount

    def withdraw(self, place: Place, key: Hashable) -> Fraction:
        """Ends a stake; returns what it was."""
        return self.stakes[place].pop(key, Fraction(0))

    def seize(self, slash: int, subject: Hashable, fraction: int, offence: int, now: int) -> Fraction:
        """Takes the same part of everybody who answers: staked, or queued no earlier than the offence's epoch."""
        part = Fraction(fraction, WAD)
        losses: dict[Hashable, Fraction] = defaultdict(Fraction)
        for (behind, epoch), stakes in self.stakes.items():
            if behind != subject or not answers(epoch, offence, now):
                continue
            for key in stakes:
                losses[key] += stakes[key] * part
                stakes[key] *= 1 - part
        self.taken[slash] = losses
        return sum(losses.values(), Fraction(0))

    def refund(self, slash: int, key: Hashable, amount: int) -> Fraction:
        """A key's part of `amount` given back, by what was taken from each."""
        losses = self.taken[slash]
        total = sum(losses.values())
        return amount * losses.get(key, Fraction(0)) / total if total else Fraction(0)


def answers(epoch: int, offence: int, now: int) -> bool:
    """Whether a bucket answers for an offence now: a window that runs, and not queued before the offence's epoch."""
    if epoch == 0:
        return True
    runs = now < (epoch + 1) * WEEK
    queued_until = epoch * WEEK  # tickets of bucket b were queued in epoch b - 1
    return runs and offence < queued_until
