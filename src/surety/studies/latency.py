"""Reports of latency against stamps that the client signs, with clocks that aren't exact: S4.30."""

from __future__ import annotations

from functools import cache
from math import erfc, sqrt
from typing import Final

import numpy as np
from eth_utils.crypto import keccak
from numpy.typing import NDArray

from .cases import CLIENT, START, holds, most_kept, out, to
from .lines import Line, lines_figure
from .study import Study, generator

NAME: Final = "latency"
RUNS: Final = 50_000
JUDGED: Final = 8
MEDIAN: Final = 400.0
"""Milliseconds from request to answer; log-normal."""
SPREAD: Final = 0.5
NOISES: Final = (25.0, 50.0, 75.0, 100.0, 150.0)
UNDERSTATED: Final = (0, 150, 250, 400)
REQUESTS: Final = 1_000
Whole = NDArray[np.int64]


def latency(seed: int) -> Study:
    """Honest and false reports of latency, with noise in both clocks: who is proven to lie by the worked commitment."""
    rng, bound = generator(seed, NAME), tolerance()
    rows = []
    for noise in NOISES:
        for understated in UNDERSTATED:
            reported, measured = reports(rng, noise, understated)
            proven = np.abs(reported - measured) > bound
            judged(reported[:JUDGED], measured[:JUDGED], proven[:JUDGED])
            share, expected = float(proven.mean()), chance(noise, understated, bound)
            error = sqrt(expected * (1 - expected) / RUNS)
            rows.append((noise, understated, share, expected, error, 1 - (1 - expected) ** REQUESTS))
    shown = np.linspace(10, 200, 39)
    worst = {noise: chance(noise, 0, bound) for noise in NOISES}
    return Study(
        NAME,
        "How often do noisy clocks convict an honest report of latency, and how often is a false one proven?",
        ("S4.30",),
        ("noise of a stamp, ms", "understated, ms", "proven", "by the normal law", "standard error", "of 1,000, any"),
        tuple(rows),
        lines_figure(
            [
                Line(f"understated by {one} ms", shown, [chance(noise, one, bound) for noise in shown])
                for one in UNDERSTATED
            ],
            "noise of each stamp, ms (standard deviation)",
            "share of reports proven false",
        ),
        f"A report is proven false if it is more than {bound} ms away from what the client's stamps say; the bound "
        f"was found by asking the program, which judged {JUDGED} reports of each row as well. Each of the client's "
        "two stamps and the operator's own measure has normal noise, so the difference has √3 times as much. With "
        f"{NOISES[1]:.0f} ms an honest report is convicted once in {1 / worst[NOISES[1]]:,.0f}, with {NOISES[3]:.0f} "
        f"ms once in {1 / worst[NOISES[3]]:,.1f}: the bound has to be five or six times the noise of the difference, "
        "or a busy operator is sure to be slashed for nothing (last column: any of 1,000 honest reports). Who "
        "understates by just the bound is proven half of the time, by much less than it seldom. What the true time "
        "was nobody can tell from signatures: a client that sets its stamps falsely convicts whom it likes, and one "
        "that the operator named for itself convicts nobody. So the promise is worth what the named client is.",
    )


@cache
def tolerance() -> int:
    """Milliseconds by which a report may differ."""
    return most_kept(lambda off: judge(10_000, 10_000 - off), 9_999)


def reports(rng: np.random.Generator, noise: float, understated: int) -> tuple[Whole, Whole]:
    """What is reported and what the client's stamps say, in whole milliseconds, neither below zero."""
    true = rng.lognormal(np.log(MEDIAN), SPREAD, RUNS) + 6 * max(NOISES) + max(UNDERSTATED)
    measured = true + rng.normal(0, noise, RUNS) - rng.normal(0, noise, RUNS)
    reported = true + rng.normal(0, noise, RUNS) - understated
    return np.rint(reported).astype(np.int64), np.rint(measured).astype(np.int64)


def chance(noise: float, understated: int, bound: int) -> float:
    """That a difference of whole milliseconds exceeds the bound, by the normal law."""
    spread = sqrt(3) * noise
    above = erfc((bound + 0.5 - understated) / spread / sqrt(2)) / 2
    below = erfc((bound + 0.5 + understated) / spread / sqrt(2)) / 2
    return above + below


def judge(measured: int, reported: int) -> bool:
    """Whether the program convicts a report, the client's stamps being `measured` milliseconds apart."""
    request, start = bytes(keccak(text="a request")), START * 1_000
    stamps = (to(NAME, "Sent", request=request, at=start), to(NAME, "Received", request=request, at=start + measured))
    report = out(NAME, "Report", request=request, latency=reported)
    return holds(NAME, "honest_latency", (report, *stamps), parameters={"client": CLIENT})


def judged(reported: Whole, measured: Whole, proven: NDArray[np.bool_]) -> None:
    """Raises `ArithmeticError` if the program says of one of them what the study doesn't count."""
    for said, seen, counted in zip(reported, measured, proven, strict=True):
        if judge(int(seen), int(said)) != counted:
            raise ArithmeticError(f"the program judges a report of {said} ms for {seen} ms otherwise")
