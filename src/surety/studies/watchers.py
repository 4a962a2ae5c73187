"""Reports of errors by named watchers, some in league with the operator, some hostile to it: S4.33."""

from __future__ import annotations

from functools import cache
from math import comb, sqrt
from typing import Final

import numpy as np
from eth_utils.crypto import keccak

from surety.predicates import ir

from .cases import START, holds, out, to, worked
from .lines import Line, lines_figure
from .study import Study, generator

NAME: Final = "error_reports"
RUNS: Final = 100_000
SHARES: Final = (0.0, 0.05, 0.1, 0.2, 0.3, 0.5)
SEEN: Final = 0.98
"""Chance that an honest watcher sees a failure in time."""


def watchers(seed: int) -> Study:
    """Failures reported by a quorum of watchers: proven ones and false ones, by the share that colludes or lies."""
    rng, many = generator(seed, "watchers"), len(people())
    table = verdicts()
    quorum = table.index(True)
    rows = []
    for share in SHARES:
        reporting = (rng.random((RUNS, many)) >= share) & (rng.random((RUNS, many)) < SEEN)
        caught = float(np.array(table)[reporting.sum(axis=1)].mean())
        lying = rng.random((RUNS, many)) < share
        framed = float(np.array(table)[lying.sum(axis=1)].mean())
        expected, false = at_least(quorum, many, (1 - share) * SEEN), at_least(quorum, many, share)
        rows.append((share, caught, expected, error(expected), framed, false, error(false)))
    shown = np.linspace(0, 1, 51)
    return Study(
        "watchers",
        "How many watchers may collude with an operator, or lie about it, before error reports mean nothing?",
        ("S4.33",),
        (
            "share",
            "failure proven, share silent",
            "binomial",
            "standard error",
            "honest convicted, share lies",
            "binomial ",
            "standard error ",
        ),
        tuple(rows),
        lines_figure(
            [
                Line(
                    "failure proven, that share silent", shown, [at_least(quorum, many, (1 - q) * SEEN) for q in shown]
                ),
                Line("honest operator convicted, that share lying", shown, [at_least(quorum, many, q) for q in shown]),
            ],
            "share of watchers that collude, or lie",
            "share of runs",
        ),
        f"The worked commitment names {many} watchers; asked for each number of reports, its program convicts from "
        f"{quorum} on. Each watcher sees a failure in time with {SEEN:.0%}. Two silent ones of four hide any failure, "
        "and three lying ones make one up: a quorum trades one for the other, and with shares drawn at random it "
        "holds up to a tenth or so. Shares of people who were picked aren't random: an operator that names its "
        "watchers has a share of one. Whether an answer was wrong, only they say.",
    )


@cache
def people() -> tuple[str, ...]:
    """Addresses that the text names, as its program has them."""
    rule = worked(NAME).property_named("few_errors").rule
    found = {
        node.value
        for demand in rule.demands
        for node in ir.walk(demand)
        if isinstance(node, ir.Constant) and node.kind == ir.TYPES["address"]
    }
    return tuple(f"0x{value:040x}" for value in sorted(found))


@cache
def verdicts() -> tuple[bool, ...]:
    """What the program says for 0, 1, 2 … reports of different watchers."""
    reply = out(NAME, "Reply", request=bytes(keccak(text="a request")))
    reports = [to(NAME, "Failure", sender=one, time=START + 60, reply=reply.id) for one in people()]
    return tuple(holds(NAME, "few_errors", (reply,), others=reports[:count]) for count in range(len(reports) + 1))


def at_least(quorum: int, many: int, chance: float) -> float:
    """That so many of `many` independent ones do what each does with that chance."""
    return float(sum(comb(many, k) * chance**k * (1 - chance) ** (many - k) for k in range(quorum, many + 1)))


def error(chance: float) -> float:
    """Of a share of the runs."""
    return sqrt(chance * (1 - chance) / RUNS)
