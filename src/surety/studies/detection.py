"""How long a cooldown has to be for who breaks a promise and leaves at once: S0.6, S0.24."""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from surety.models.commitments import DAY, MAX_COOLDOWN

from .cases import START
from .court import BLOCK, Court
from .lines import Line, lines_figure
from .study import Cell, Study, generator

NAME: Final = "detection"
TARGETS: Final = (0.9, 0.99, 0.999)
RUNS: Final = 200_000
HOUR: Final = 3_600
SHORTEST: Final = 36
"""Hours: the least cooldown of a template with evidence."""
Lags = NDArray[np.float64]


def detection(seed: int) -> Study:
    """The shortest cooldown by which 90, 99 and 99.9 % of those who break a promise and leave at once are caught."""
    lags = witnesses(generator(seed, NAME))
    rows = tuple(
        (name, float(np.mean(lag)) / HOUR, *(_days(shortest(lag, target)) for target in TARGETS))
        for name, lag in lags.items()
    )
    days = range(2, 31)
    shown = ("exponential, 1 day", "exponential, 3 days", "weekly visit", "log-normal, median 1 day")
    lines = [Line(name, days, [caught(lags[name], 24 * day) for day in days]) for name in shown]
    theory = [1 - np.exp(-day / 3) for day in days]
    return Study(
        NAME,
        "How long must a cooldown be to catch who breaks a promise and leaves at once?",
        ("S0.6", "S0.24"),
        ("time until found", "mean, hours", "90 % caught, days", "99 %, days", "99.9 %, days"),
        rows,
        lines_figure(
            [*lines, Line("1 − e^(−cooldown / 3 days)", days, theory, dashed=True)], "cooldown, days", "share caught"
        ),
        "The operator signs two blocks and leaves in the same second; somebody finds both after a random time, "
        "commits, and proves a block later. Whether that is in time is asked of the model of the book. Where finding "
        "takes m on average with no memory, the cooldown for a share q is m·ln(1/(1 − q)): 4.6 m for 99 %, 6.9 m for "
        "99.9 %. Regular visits need their interval and no more; what is mostly found soon and sometimes very late "
        "needs most. 30 days is the longest cooldown that can be bonded, so for some witnesses no cooldown is enough. "
        "Found here means that a witness has both messages: a breach that leaves none is outside of this study.",
    )


def witnesses(rng: np.random.Generator) -> dict[str, Lags]:
    """Seconds from breach to discovery, by kind of witness."""
    exponential = {"6 hours": DAY / 4, "1 day": DAY, "3 days": 3 * DAY, "7 days": 7 * DAY}
    found: dict[str, Lags] = {f"exponential, {name}": rng.exponential(mean, RUNS) for name, mean in exponential.items()}
    found["weekly visit"] = rng.uniform(0, 7 * DAY, RUNS)
    found["log-normal, median 1 day"] = rng.lognormal(np.log(DAY), 1.5, RUNS)
    return found


@cache
def reach_of(hours: int) -> int:
    """Seconds after breach and departure in which a proof still counts, with a cooldown of so many hours."""
    court = Court.of("double_sign", START, cooldown=hours * HOUR, reach=hours * HOUR)
    breach = START + 100 * DAY
    court.leave(breach)
    return court.last_second(breach) - breach


def caught(lag: Lags, hours: int) -> float:
    """Share of discoveries that can be proven with that cooldown."""
    return float(np.mean(np.ceil(lag) + BLOCK <= reach_of(hours)))


def shortest(lag: Lags, target: float) -> int | None:
    """Hours of the shortest cooldown with that share caught; None if the longest isn't enough."""
    low, high = SHORTEST, MAX_COOLDOWN // HOUR
    if caught(lag, high) < target:
        return None
    while low < high:
        middle = (low + high) // 2
        if caught(lag, middle) >= target:
            high = middle
        else:
            low = middle + 1
    return low


def _days(hours: int | None) -> Cell:
    return "over 30" if hours is None else hours / 24
