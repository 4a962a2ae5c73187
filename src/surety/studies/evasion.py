"""What breaking a promise is worth to who tries to get away with it: S0.6."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from surety.models.commitments import DAY, WAD
from surety.sdk.messages import Message

from .cases import out
from .court import Court
from .study import Cell, Study, generator

NAME: Final = "evasion"
RUNS: Final = 200_000
MEAN: Final = 3 * DAY
ENTRY: Final = 1_690_000_000
BREACH: Final = ENTRY + 100 * DAY
SLASHES: Final = (0.01, 0.1, 1.0)
COOLDOWN: Final = 21 * DAY


@dataclass(frozen=True)
class Evader:
    """`times` are on its two votes, `goes` is what it does about leaving; `terms` are of the service."""

    name: str
    times: tuple[int, int]
    goes: Callable[[Court], None]
    cooldown: int = COOLDOWN
    reach: int = COOLDOWN


EVADERS: Final = (
    Evader("stays", (BREACH, BREACH), lambda court: None),
    Evader("leaves at once", (BREACH, BREACH), lambda court: court.leave(BREACH)),
    Evader("leaves, and ends its key", (BREACH, BREACH), lambda court: court.leave(BREACH, with_key=True)),
    Evader("leaves an hour before it signs", (BREACH, BREACH), lambda court: court.leave(BREACH - 3_600)),
    Evader("dates one vote long ago", (ENTRY, BREACH), lambda court: court.leave(BREACH)),
    Evader("dates both votes long ago", (ENTRY, ENTRY), lambda court: court.leave(BREACH)),
    Evader("leaves a service without cooldown", (BREACH, BREACH), lambda court: court.leave(BREACH), cooldown=0),
)


def evasion(seed: int) -> Study:
    """Ways to escape after a double vote: who is caught, what refuses the proof, and which gain makes it worthwhile."""
    lags = np.ceil(generator(seed, NAME).exponential(MEAN, RUNS))
    found = {one.name: deadline(one) for one in EVADERS}
    share = {name: float(np.mean(lags <= last)) for name, (last, _) in found.items()}
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (name, max(last, 0) / DAY, share[name], *(loss(share[name], slash) for slash in SLASHES), refusal)
        for name, (last, refusal) in found.items()
    )
    return Study(
        NAME,
        "What is a double vote worth to who tries to get away with it?",
        ("S0.6", "S0.24"),
        ("evader", "in reach, days", "caught", *(f"{slash:.0%} slash" for slash in SLASHES), "what refuses then"),
        rows,
        None,
        "Each runs through the models of registry, book and prover with the worked commitment double_sign, cooldown "
        f"{COOLDOWN // DAY} days: by proving earlier and later, the study finds the last second in which a proof is "
        f"taken, and what refuses it after. The votes are found after {MEAN // DAY} days on average. A breach pays if "
        "its gain exceeds caught × slash, in parts of what is bonded: the columns of slashes. Leaving first, ending "
        "the key and dating one vote back change nothing. Two things work: a service without cooldown, which "
        "promises nothing of who has left, and false times on both votes, older than the reach. That needs false times "
        "in public on all that is signed, so whoever relies on a message looks at its time before its signature.",
    )


def deadline(evader: Evader) -> tuple[int, str]:
    """The longest lag in seconds after which a proof is still taken, -1 if none is; and what refuses one that is later.

    By bisection over whole proofs: once one is too late, all later ones are.
    """
    low, high, refusal = -1, 40 * DAY, ""
    while high - low > 1:
        middle = (low + high) // 2
        outcome = prove(evader, middle)
        if isinstance(outcome, str):
            high, refusal = middle, outcome
        else:
            low = middle
    return low, refusal


def prove(evader: Evader, lag: int, slash: int = WAD) -> str | int:
    """One run: the fraction recorded, or the reason why nothing is."""
    court = Court.of("double_sign", ENTRY, cooldown=evader.cooldown, reach=evader.reach, slash=slash, cap=WAD)
    evader.goes(court)
    return court.prove(BREACH + lag, "one_block", votes(court, evader.times))


def loss(caught: float, slash: float) -> float:
    """What is lost on average, in parts of what is bonded."""
    return caught * slash


def votes(court: Court, times: tuple[int, int]) -> list[Message]:
    """Two blocks in one round, with these times on them."""
    digests = (bytes([1]) * 32, bytes([2]) * 32)
    return [
        out(
            "double_sign", "Proposal", service=court.service, time=time, sequence=number, height=7, round=0, digest=word
        )
        for number, (time, word) in enumerate(zip(times, digests, strict=True))
    ]
