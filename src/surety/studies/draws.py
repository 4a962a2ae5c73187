"""Scores of a week by challenges that are drawn: how often who is up falls below a threshold. S4.31, S0.21."""

from __future__ import annotations

from math import comb, sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from surety.models.beacon import RandomBeacon, evasion
from surety.models.liveness import DAY, SETTLEMENT, WAD, WEEK

from .cases import OPERATOR, SERVICE
from .lines import Line, lines_figure
from .sampling import BOOK, FIRST, book, seeds
from .study import Study, generator

NAME: Final = "draws"
COMMITMENT: Final = "uptime"
OPENING: Final = -FIRST % 7
"""Days until the first whole week."""
WEEKS: Final = 12
BOOKS: Final = 12
UPTIMES: Final = (0.5, 0.9, 0.99)
ODDS: Final = (0.25, 0.5)
THRESHOLDS: Final = (0.5, 0.75)
Scores = NDArray[np.float64]


def draws(seed: int) -> Study:
    """Challenges drawn with some odds a day: how often a week scores below a threshold, by uptime."""
    rng = generator(seed, NAME)
    beacon = seeds(rng, OPENING + 7 * WEEKS + 1)
    rows = []
    for odds in ODDS:
        found = weeks(rng, beacon, odds)
        for uptime, scores in found.items():
            for threshold in THRESHOLDS:
                expected = below(odds, uptime, threshold)
                share = float((scores < threshold).mean())
                error = sqrt(expected * (1 - expected) / scores.size)
                rows.append((odds, uptime, threshold, share, expected, error, float(scores.mean())))
    shown = np.linspace(0, 1, 51)
    return Study(
        NAME,
        "How often does an operator fall below a threshold of answers to what was drawn?",
        ("S4.31", "S0.21"),
        ("odds a day", "uptime", "threshold", "weeks below", "binomial", "standard error", "mean score"),
        tuple(rows),
        lines_figure(
            [Line(f"odds {odds:.0%} a day", shown, [below(odds, up, 0.75) for up in shown]) for odds in (*ODDS, 1.0)],
            "chance to answer in time",
            "share of weeks below 0.75",
        ),
        f"{WEEKS} weeks of {BOOKS} services, draws by the beacon's seeds, answers and scores by the model of the "
        "liveness book; uptime is the chance to answer within the span, each draw for itself. A few draws a week "
        f"tell little of one week: who is up half of the time passes 0.75 in {1 - below(0.5, 0.5, 0.75):.0%} of them "
        f"with odds of a half, and who is up 99 % falls below in {below(0.5, 0.99, 0.75):.1%}. So a week's score "
        "belongs into the pay, where it is right on average, and a threshold over many weeks, if one is wanted. A "
        f"week without any draw scores 1. Who holds back one secret of the beacon is drawn with {evasion(0.5, 1):.0%} "
        "instead of 50 %, for its deposit. An answer shows that somebody with the key could read the question in "
        "time; whether the service itself ran off chain is known only as far as the answer needs the service.",
    )


def weeks(rng: np.random.Generator, beacon: RandomBeacon, odds: float) -> dict[float, Scores]:
    """By uptime, scores of whole weeks of all books."""
    found: dict[float, list[float]] = {uptime: [] for uptime in UPTIMES}
    first = (FIRST + OPENING) // 7
    for number in range(BOOKS):
        made = book(beacon, COMMITMENT, odds, f"0x{int(BOOK, 16) + number:040x}")
        asked = {round_: made.drawn(SERVICE, OPERATOR, 0, round_) for round_ in sorted(made.seeds)}
        for uptime, scores in found.items():
            made.answers.clear()
            for round_, at in asked.items():
                if at is not None and rng.random() < uptime:
                    made.now = at + 1
                    made.answer(SERVICE, OPERATOR, 0, round_, OPERATOR, True)
            made.now = (first + WEEKS) * WEEK + SETTLEMENT + 1
            scores += [made.score(SERVICE, OPERATOR, first + week) / WAD for week in range(WEEKS)]
    return {uptime: np.array(scores) for uptime, scores in found.items()}


def below(odds: float, uptime: float, threshold: float) -> float:
    """Chance of a score below the threshold: binomially many draws of seven days, and answers of draws."""
    total = 0.0
    for drawn in range(1, WEEK // DAY + 1):
        chance = _binomial(7, drawn, odds)
        total += chance * sum(_binomial(drawn, hit, uptime) for hit in range(drawn) if hit / drawn < threshold)
    return total


def _binomial(many: int, hits: int, chance: float) -> float:
    return float(comb(many, hits) * chance**hits * (1 - chance) ** (many - hits))
