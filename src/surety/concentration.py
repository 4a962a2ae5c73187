"""How concentrated amounts are among those who hold them: measures of S0.8, exact where they are rational.

They look at names, not at people: who appears under ten names counts as ten. Nothing here can be enforced, only shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import fsum, log2
from typing import Any

THIRD, HALF = Fraction(1, 3), Fraction(1, 2)


@dataclass(frozen=True)
class Concentration:
    """`nakamoto_third` and `nakamoto_half`: the fewest holders that have more than so much of the total together."""

    holders: int
    total: int
    entropy: float
    """Shannon's, in bits."""
    hhi: Fraction
    """Sum of squared shares."""
    nakamoto_third: int
    nakamoto_half: int
    gini: Fraction
    """0 where all have alike; (n - 1)/n at most."""

    @property
    def effective(self) -> float:
        """So many holders alike would have the same entropy."""
        return float(2**self.entropy)

    def told(self) -> dict[str, Any]:
        """For programs: integers as decimal text, the rest to nine digits."""
        return {
            "holders": self.holders,
            "total": str(self.total),
            "entropy_bits": round(self.entropy, 9),
            "effective_holders": round(self.effective, 9),
            "hhi": round(float(self.hhi), 9),
            "nakamoto_third": self.nakamoto_third,
            "nakamoto_half": self.nakamoto_half,
            "gini": round(float(self.gini), 9),
        }


def measure(amounts: Iterable[int]) -> Concentration | None:
    """Of what each has, in whole units; None if nobody has anything. Raises `ValueError` for a negative amount."""
    held = _held(amounts)
    if not held:
        return None
    return Concentration(
        holders=len(held),
        total=sum(held),
        entropy=entropy(held),
        hhi=hhi(held),
        nakamoto_third=nakamoto(held, THIRD),
        nakamoto_half=nakamoto(held, HALF),
        gini=gini(held),
    )


def entropy(amounts: Iterable[int]) -> float:
    """-Σ s·log2(s) of the shares s, bits; 0 where one has all, or nobody anything."""
    held = _held(amounts)
    total = sum(held)
    return abs(fsum(-one / total * log2(one / total) for one in held))


def hhi(amounts: Iterable[int]) -> Fraction:
    """Σ s² of the shares s; 0 where nobody has anything."""
    held = _held(amounts)
    return Fraction(sum(one * one for one in held), sum(held) ** 2) if held else Fraction(0)


def nakamoto(amounts: Iterable[int], threshold: Fraction = HALF) -> int:
    """The fewest holders with more than `threshold` of the total; 0 where nobody has anything.

    Raises `ValueError` for a threshold outside of [0, 1): no number of holders has more than all.
    """
    if not 0 <= threshold < 1:
        raise ValueError(f"a threshold of {threshold} is not at least 0 and below 1")
    held = sorted(_held(amounts), reverse=True)
    needed, together = threshold * sum(held), 0
    for number, one in enumerate(held, start=1):
        together += one
        if together > needed:
            return number
    return 0


def gini(amounts: Iterable[int]) -> Fraction:
    """Half the mean difference between two holders over the mean; 0 where nobody has anything."""
    held = sorted(_held(amounts))
    if not held:
        return Fraction(0)
    number = len(held)
    ranked = sum((2 * rank - number - 1) * one for rank, one in enumerate(held, start=1))
    return Fraction(ranked, number * sum(held))


def _held(amounts: Iterable[int]) -> list[int]:
    """Those who hold something."""
    listed = list(amounts)
    if any(one < 0 for one in listed):
        raise ValueError("nobody holds less than nothing")
    return [one for one in listed if one]
