"""Agents' days by the hundreds, each kind of day heard once, and one month heard in full: S0.5, S4.50."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from surety.models.commitments import WAD

from .agents import DAY, Agent, Outcome
from .cases import START, worked
from .hearing import ANSWERED, KEPT, SILENT, Heard, Hearing

DAYS: Final = 30
RUNS: Final = 250
FAULTS: Final = 3
"""What faults of one window take together at most, in faults: the cap that services register."""
FINE: Final = (KEPT, ANSWERED, SILENT)


@dataclass(frozen=True)
class Trial:
    """Of many months of one agent: shares, days from 1 on, seconds from the day's messages to the record, WAD."""

    convicted_days: float
    error: float
    """Standard, of that share as it is expected."""
    caught: float
    """Share of months with at least one."""
    seconds: int
    slash: int
    month: int
    """Fraction to be slashed in one month, in which every day's messages are heard."""


def trial(rng: np.random.Generator, agent: Agent, runs: int = RUNS) -> Trial:
    """Days of many months; a kind of day is heard once, by a prover who has nothing on record yet."""
    heard: dict[Outcome, Heard] = {}
    convicted = np.zeros((runs, DAYS), dtype=np.bool_)
    for run in range(runs):
        for day in range(DAYS):
            outcome = agent.serve(rng)
            if outcome not in heard:
                heard[outcome] = hear(agent, outcome)
            convicted[run, day] = heard[outcome].fraction is not None
    faults = [one for one in heard.values() if one.fraction is not None]
    return Trial(
        float(convicted.mean()),
        float(np.sqrt(agent.chance * (1 - agent.chance) / convicted.size)),
        float(convicted.any(axis=1).mean()),
        max((one.seconds for one in faults), default=0),
        max((one.fraction or 0 for one in faults), default=0),
        month(rng, agent),
    )


def hear(agent: Agent, outcome: Outcome, day: int = 1) -> Heard:
    """One kind of day, heard on its own. Raises `ArithmeticError` for evidence that is refused as malformed."""
    hearing = Hearing(agent.commitment, agent.promise, agent.chosen)
    return _heard(hearing, agent, outcome, day)


def month(rng: np.random.Generator, agent: Agent) -> int:
    """What a month of days costs a backing, WAD: one book hears them all, under a cap of `FAULTS` faults a window."""
    slash = worked(agent.commitment).checked.slash
    hearing = Hearing(agent.commitment, agent.promise, agent.chosen, cap=min(FAULTS * slash, WAD))
    return sum(_heard(hearing, agent, agent.serve(rng), day).fraction or 0 for day in range(1, DAYS + 1))


def _heard(hearing: Hearing, agent: Agent, outcome: Outcome, day: int) -> Heard:
    found = hearing.hear(agent.shown(outcome, day, hearing.service), START + day * DAY)
    if found.fraction is None and found.reason not in FINE:
        raise ArithmeticError(f"{agent.trick}: {found.reason}")
    return found
