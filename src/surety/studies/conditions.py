"""The six conditions of a slash, one agent each: what shows it, what catches it, after how long: S4.50."""

from __future__ import annotations

from typing import Final

from surety.models.commitments import WAD

from .agents import NOTHING
from .lines import Line, lines_figure
from .offenders import CONDITIONS
from .study import Study, generator
from .trials import DAYS, FAULTS, RUNS, trial

NAME: Final = "conditions"
HOUR: Final = 3_600


def conditions(seed: int) -> Study:
    """Misreporting, missing proofs, missed challenges, an SLA's threshold, breaches, misuse: an agent each, judged."""
    rng = generator(seed, NAME)
    rows = []
    for condition, kind in CONDITIONS:
        honest, cheat = kind(False), kind(True)
        kept, found = trial(rng, honest, RUNS // 5), trial(rng, cheat)
        rows.append(
            (
                condition,
                kind.trick,
                kind.shows,
                f"{kind.commitment}: {kind.promise}" if kind.shows != NOTHING else "none",
                found.convicted_days,
                cheat.chance,
                found.error,
                1 / cheat.chance if cheat.chance else "never",
                found.caught,
                1 - (1 - cheat.chance) ** DAYS,
                found.seconds / HOUR,
                found.slash / WAD,
                found.month / WAD,
                kept.caught,
            )
        )
    days = range(1, DAYS + 1)
    return Study(
        NAME,
        "Of the six conditions of a slash, which does a promise catch, after how long, and with what chance?",
        ("S4.50",),
        (
            "condition",
            "agent",
            "shown by",
            "promise",
            "days that convict",
            "expected",
            "standard error",
            "days until then",
            f"caught in {DAYS} days",
            "1 − (1 − p)^days",
            "hours to the record",
            "slash of one",
            f"slashed in {DAYS} days",
            "honest caught",
        ),
        tuple(rows),
        lines_figure(
            [
                Line(f"{condition}: {kind.trick}", days, [1 - (1 - kind(True).chance) ** day for day in days])
                for condition, kind in CONDITIONS
                if kind.shows != NOTHING
            ],
            "days of offending",
            "share caught by then",
        ),
        f"An agent for each condition serves {RUNS} months; what others hold of a day goes before the models of prover "
        "and challenge game, which run the program of the worked commitment. Messages are on record a block after the "
        "last of them is at hand; silence when the answer is overdue, 6 hours for a piece and 1 hour for a ping. Where "
        "a day convicts with chance p, that takes 1/p days on average, and each further fault counts until the cap of "
        f"its window, here {FAULTS} faults: that is what makes consistent misreporting dearer than a single mistake. "
        "How often an offence leaves its parts with somebody (a third of latencies stamped, a ping a day) is assumed. "
        "Of the last two conditions promises catch what was signed: two blocks with a stolen key, work claimed beyond "
        "receipts. A break-in that signs nothing and machines used for something else leave the same messages as an "
        "honest day, so that no program can tell them apart. What remains there is a judge's word: with its bond, "
        "under review and veto, and as good as the judge.",
    )
