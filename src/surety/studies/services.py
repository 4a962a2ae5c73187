"""An agent for each kind of service, honest and cheating, before the worked commitment of its kind: S0.5."""

from __future__ import annotations

from typing import Final

from .agents import NOTHING, SERVING
from .lines import Line, lines_figure
from .study import Study, generator
from .trials import DAYS, RUNS, trial

NAME: Final = "services"


def services(seed: int) -> Study:
    """Attestation, storage, compute, bandwidth: which cheats their worked commitments convict, and which they don't."""
    rng = generator(seed, NAME)
    rows = []
    for kind in SERVING:
        honest, cheat = kind(False), kind(True)
        kept, found = trial(rng, honest, RUNS // 5), trial(rng, cheat)
        rows.append(
            (
                kind.serves,
                f"{kind.commitment}: {kind.promise}",
                kind.trick,
                kind.shows,
                found.convicted_days,
                cheat.chance,
                found.error,
                found.caught,
                1 - (1 - cheat.chance) ** DAYS,
                kept.caught,
            )
        )
    days = range(1, DAYS + 1)
    seen = [kind for kind in SERVING if kind.shows != NOTHING]
    lines = [
        Line(f"{kind.serves}: {kind.trick}", days, [1 - (1 - kind(True).chance) ** day for day in days])
        for kind in seen
    ]
    unseen = "; ".join(f"{kind.serves}: {kind.trick}" for kind in SERVING if kind.shows == NOTHING)
    return Study(
        NAME,
        "Of each kind of service, what does its promise catch of a cheat, and what of an honest operator?",
        ("S0.5",),
        (
            "service",
            "promise",
            "cheat",
            "given away by",
            "days that convict",
            "expected",
            "standard error",
            f"caught in {DAYS} days",
            "1 − (1 − p)^days",
            "honest caught",
        ),
        tuple(rows),
        lines_figure(lines, "days of cheating", "share caught by then"),
        f"Agents serve {RUNS} months each, honestly and cheating; what others hold of a day goes before the models of "
        "prover and challenge game, which run the program of the worked commitment. Honest agents are convicted on no "
        "day. A cheat that leaves two messages, or silence where an answer is due, is caught with the chance that "
        "somebody has both messages or asks for what is gone. How often that is (two copies of a job, a sample a day, "
        "half of second votes seen) is assumed; that the promise holds or breaks is not. For each kind there is a "
        f"cheat that nothing gives away: {unseen}. No promise over messages catches these: that work was done off "
        "chain is known by samples and receipts only.",
    )
