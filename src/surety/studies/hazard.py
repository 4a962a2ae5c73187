"""Who bears a fault takes care: losses of one's own against losses of a pool. S0.29, S0.30."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from surety.models.service_bonding import WAD
from surety.models.service_payout import BPS, MAX_COMMISSION

from .lines import Line, lines_figure
from .pooled import STAKE, has, member, operators_of, pool_of, seize
from .study import Study, generator

NAME: Final = "hazard"
SIZES: Final = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32)
FRACTION: Final = WAD // 5
"""Of a lock that a fault takes."""
CHANCE: Final = 0.4
"""Of a fault in a year without care; with care there is none."""
YIELD: Final = 0.08
"""Pay of a year for a unit behind a service."""
COST: Final = 0.03
"""Of care in a year, median, of a member's stake."""
SIGMA: Final = 0.8
RUNS: Final = 20_000


def hazard(seed: int) -> Study:
    """Operators with their own costs of care choose what pays, alone and in pools of growing size."""
    rng = generator(seed, NAME)
    rows = []
    for size in SIZES:
        losses = losses_of(size)
        care = np.exp(rng.normal(np.log(COST), SIGMA, (RUNS, operators_of(size))))
        own = losses[1]
        dismissed = own + commission_of(size)
        free, voted = (_played(rng, care, losses, size, at_stake) for at_stake in (own, dismissed))
        rows.append((size, own / float(FRACTION / WAD), *free, *voted))
    alone, eight, last = rows[0], rows[SIZES.index(8)], rows[-1]
    reading = (
        f"A member's year: care costs {COST:.0%} of its stake (median; log-normal), without it a fault comes with "
        f"{CHANCE:.0%} and takes {float(FRACTION / WAD):.0%} of the lock. Alone, a fault costs its operator all of "
        f"that, and {alone[2]:.0%} take care. In a pool of eight it bears {eight[1]:.0%} of it, {eight[2]:.0%} take "
        f"care, and the mean loss rises from {alone[3]:.1%} to {eight[3]:.1%}, while its spread falls from "
        f"{alone[4]:.1%} to {eight[4]:.1%}: insurance, and its price. A pool has eight positions, so beyond eight "
        "members an operator's own part doesn't fall further. Votes restore some of it: who is voted out loses the "
        f"commission of a year ({MAX_COMMISSION / BPS:.0%} of the pay at most), and since a larger pool puts more "
        f"behind each operator, {last[5]:.0%} take care in one of {last[0]} and the mean loss is {last[6]:.1%}. A "
        "vote can dismiss, it can't undo: the seized lock is gone. And holders must vote, which costs each of them "
        "more than its part; the study takes it that they do. Costs, chances and year-long memory are invented; what "
        "a fault takes from whom is not."
    )
    return Study(
        NAME,
        "Do operators take less care where losses are shared?",
        ("S0.29", "S0.30"),
        (
            "members",
            "own part of a fault",
            "take care",
            "mean loss",
            "spread of loss",
            "take care, votes dismiss",
            "mean loss, votes dismiss",
            "spread, votes dismiss",
        ),
        tuple(rows),
        lines_figure(
            [
                Line("take care", SIZES, [row[2] for row in rows]),
                Line("take care, votes dismiss", SIZES, [row[5] for row in rows], colour="$teal"),
                Line("mean loss × 10", SIZES, [10 * row[3] for row in rows], colour="$orange"),
                Line("spread of loss × 10", SIZES, [10 * row[4] for row in rows], colour="$violet"),
            ],
            "members of the pool",
            "share",
            log_x=True,
        ),
        reading,
    )


def losses_of(size: int) -> list[float]:
    """What a member loses, in parts of its stake, when so many of the pool's operators fault: from the exact pool."""
    pool, found = pool_of(size), [0.0]
    for number in range(1, operators_of(size) + 1):
        seize(pool, number, FRACTION)
        found.append(1 - has(pool, member(0)) / STAKE)
    return found


def commission_of(size: int) -> float:
    """Most that an operator of a pool gets of a year's pay for what is behind it, in parts of a member's stake."""
    return YIELD * MAX_COMMISSION / BPS * size / operators_of(size)


def _played(
    rng: np.random.Generator, care: np.ndarray[Any, np.dtype[np.float64]], losses: list[float], size: int, risk: float
) -> tuple[float, float, float]:
    """Share that takes care when a fault costs an operator `risk`; mean and spread of a member's loss."""
    careful = care <= CHANCE * risk
    faults = (~careful & (rng.random(care.shape) < CHANCE)).sum(axis=1)
    lost = np.array(losses)[faults]
    return float(careful.mean()), float(lost.mean()), float(lost.std())
