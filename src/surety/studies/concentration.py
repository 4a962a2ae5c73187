"""What measures of concentration tell of operators, and what they don't: S0.8."""

from __future__ import annotations

from typing import Final

import numpy as np

from surety.concentration import Concentration, measure

from .lines import Line, lines_figure
from .study import Study, generator

NAME: Final = "concentration"
OPERATORS: Final = 40
SIGMA: Final = 1.5
"""Of the logarithm of what stands behind an operator."""
UNIT: Final = 10**6
NAMES: Final = (1, 2, 3, 4, 6, 8, 12, 16)


def concentration(seed: int) -> Study:
    """One owner behind more and more names: what entropy, HHI, Nakamoto coefficient and Gini make of it."""
    stakes = drawn_stakes(generator(seed, NAME))
    found = [_measured(appearing_as(stakes, names)) for names in NAMES]
    rows = tuple(
        (
            names,
            one.entropy,
            one.effective,
            float(one.hhi),
            one.nakamoto_third,
            one.nakamoto_half,
            float(one.gini),
        )
        for names, one in zip(NAMES, found, strict=True)
    )
    owners, last = found[0], found[-1]
    share = max(stakes) / sum(stakes)
    reading = (
        f"{OPERATORS} operators with log-normal stakes; the largest has {share:.0%} of all and appears under more and "
        "more names, each with its part. Nothing else changes: the same keys in the same hands. Measured by name, the "
        f"effective number of operators grows from {owners.effective:.1f} to {last.effective:.1f}, and the fewest that "
        f"hold more than a third from {owners.nakamoto_third} to {last.nakamoto_third}. A name costs an operator's "
        "minimum and nothing more, so diversity can't be enforced and isn't rewarded; the measures are shown for what "
        "they are, an upper bound on how diverse owners are. A high concentration can be believed, a low one can't. "
        "What people prefer, the other half of the source's “preference entropy”, no chain knows."
    )
    lines = [
        Line("effective operators, 2^entropy", NAMES, [one.effective for one in found]),
        Line("effective operators, 1/HHI", NAMES, [float(1 / one.hhi) for one in found]),
        Line("fewest with more than a third", NAMES, [one.nakamoto_third for one in found]),
        Line("fewest with more than a half", NAMES, [one.nakamoto_half for one in found]),
        Line("effective owners", NAMES, [owners.effective] * len(NAMES), dashed=True, colour="$grey"),
    ]
    return Study(
        NAME,
        "Do measures of concentration see who hides behind several names?",
        ("S0.8",),
        ("names of the largest", "entropy, bits", "effective", "HHI", "Nakamoto 1/3", "Nakamoto 1/2", "Gini"),
        rows,
        lines_figure(lines, "names of the largest owner", "operators"),
        reading,
    )


def drawn_stakes(rng: np.random.Generator) -> list[int]:
    """Of all operators, units, the largest first."""
    drawn = np.exp(rng.normal(0.0, SIGMA, OPERATORS)) * UNIT
    return sorted((int(one) for one in drawn), reverse=True)


def appearing_as(stakes: list[int], names: int) -> list[int]:
    """The first owner's stake in as equal parts as units allow, the others' as they are."""
    largest, *others = stakes
    return [largest // names + (place < largest % names) for place in range(names)] + others


def _measured(stakes: list[int]) -> Concentration:
    found = measure(stakes)
    if found is None:
        raise ValueError("nobody has any stake")
    return found
