"""What a minted budget pays for settled liveness, under a cap an epoch, steered three ways. S0.7."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from surety.models.pay_minter import PayMinter
from surety.models.payout import WAD, Case, LinearPayout
from surety.models.refusal import Refused
from surety.models.service_payout import EPOCH

from .lines import Line, lines_figure
from .study import Study, generator

NAME: Final = "inflation"
SERVICE: Final = b"service"
EPOCHS: Final = 208
SHOCK: Final = 78
"""Epoch in which what owners could earn elsewhere rises by `RISE`."""
RISE: Final = 0.03
OWNERS: Final = 120
SUPPLY: Final = 100_000_000 * 10**18
OWNED: Final = 60_000_000 * 10**18
TARGET: Final = 30_000_000 * 10**18
CAP: Final = SUPPLY // 10 // 52
"""An epoch: a tenth of the supply a year."""
START: Final = CAP * 3 // 10
"""What keeps the target until the shock."""
HALF: Final = 10**24
"""Value at which half of a budget is paid: small against the target."""
MOVING: Final = 0.1
"""Of those who want in or out, how many go in an epoch."""
RULES: Final = {
    "constant": (0.0, 0.0, CAP),
    "P": (0.08, 0.0, CAP),
    "PD": (0.08, 0.4, CAP),
    "PD, a quarter of the cap": (0.08, 0.4, CAP // 4),
}
"""Name to gains (by how many caps the rate grows for a lack of the target, and for its fall), and the cap."""


@dataclass
class Path:
    """By epoch: minted, paid, bonded, whole tokens; and how often the cap refused a rate."""

    minted: list[float] = field(default_factory=list)
    paid: list[float] = field(default_factory=list)
    bonded: list[float] = field(default_factory=list)
    refused: int = 0


def inflation(seed: int) -> Study:
    """The same owners and the same shock under a constant rate and under two rules that set it."""
    paths = {name: play(seed, *gains) for name, gains in RULES.items()}
    rows = tuple((name, *_figures(path)) for name, path in paths.items())
    shares = {row[0]: row for row in rows}
    capped = rows[-1]
    reading = (
        f"{OWNERS} owners bond while the pay beats what each could earn elsewhere, which rises by {RISE:.0%} a year in "
        f"epoch {SHOCK}. A rate is what PayMinter mints an epoch; a proposal sets it, off chain by a rule or not. Of "
        "what is minted, what liveness and a service not yet full don't earn isn't paid, and is carried: here "
        f"{shares['constant'][2]:.0%} is paid. The cap is what a holder can count on: no rule, no mistake and no "
        "vote mints more in an epoch, and a rate passed from one service to another is not minted twice. So a year's "
        f"inflation is at most 52 caps, {52 * CAP / SUPPLY:.0%} of today's supply here; under a quarter of it the rule "
        f"asks for more {capped[6]} times and doesn't get it. A constant rate lets bonds leave when the world pays "
        f"more: it misses the target by {shares['constant'][3]:.1%} in the last year and a half, the proportional rule "
        f"by {shares['P'][3]:.1%}. A derivative term, which Namada's rule has too, moves the dip after the shock "
        f"from {shares['P'][4]:.0%} of the target to {shares['PD'][4]:.0%} and the miss to {shares['PD'][3]:.1%}: at "
        "some seeds better, at others worse. No rule is on chain: the owners here are invented, and so would be any "
        "tuning."
    )
    weeks = list(range(EPOCHS))
    lines = [Line(f"bonded, {name}", weeks, [one / 1e6 for one in path.bonded]) for name, path in paths.items()]
    target = Line("target", weeks, [TARGET / 1e24] * EPOCHS, dashed=True, colour="$grey")
    return Study(
        NAME,
        "What does a minted budget buy, and what does its cap mean?",
        ("S0.7",),
        (
            "rule",
            "minted, part of all caps",
            "paid of minted",
            "mean miss of the target, last 78 epochs",
            "least bonded after the shock, of target",
            "most bonded after the shock, of target",
            "rates refused by the cap",
        ),
        rows,
        lines_figure([*lines, target], "epoch (week)", "bonded, millions"),
        reading,
    )


def play(seed: int, proportional: float, derivative: float, cap: int) -> Path:
    """One run, epoch by epoch; owners and scores are the same for each rule of a seed."""
    rng = generator(seed, NAME)
    wealth = rng.lognormal(0.0, 0.7, OWNERS)
    holds = [int(one) * OWNED // 10**12 for one in wealth / wealth.sum() * 10**12]
    wanted = rng.uniform(0.0, 0.16, OWNERS)
    minter = PayMinter(cap=cap, now=0, pays={SERVICE})
    formula = LinearPayout(half=HALF)
    rate, path, bonded, before = min(START, cap), Path(), np.zeros(OWNERS, dtype=bool), TARGET
    minter.set_rate(SERVICE, rate)
    for epoch in range(EPOCHS):
        minter.now = epoch * EPOCH
        budget = minter.mint(SERVICE)
        total = sum(held for held, inside in zip(holds, bonded, strict=True) if inside)
        scores = np.where(rng.random(OWNERS) < 0.9, WAD, (rng.random(OWNERS) * WAD).astype(np.int64))
        paid = sum(
            formula.amount(Case(b"", holds[k], total, budget, liveness=int(scores[k]))) for k in np.flatnonzero(bonded)
        )
        path.minted.append(budget / WAD)
        path.paid.append(paid / WAD)
        path.bonded.append(total / WAD)
        # expected pay a year of one more unit, at the mean score
        earns = 52 * budget * 0.95 / (max(total, holds[0]) + HALF)
        leaves = wanted + (RISE if epoch >= SHOCK else 0.0) > earns
        moves = rng.random(OWNERS) < MOVING
        bonded = np.where(moves, ~leaves, bonded)
        rate, refused = _steered(minter, rate, total, before, proportional, derivative)
        path.refused += refused
        before = total
    return path


def _steered(
    minter: PayMinter, rate: int, total: int, before: int, proportional: float, derivative: float
) -> tuple[int, bool]:
    """The rate that the rule asks for; what the cap refuses becomes the cap."""
    lack, fall = (TARGET - total) / TARGET, (before - total) / TARGET
    asked = max(1, rate + int((proportional * lack + derivative * fall) * CAP))
    try:
        minter.set_rate(SERVICE, asked)
        return asked, False
    except Refused:
        minter.set_rate(SERVICE, minter.cap)
        return minter.cap, True


def _figures(path: Path) -> tuple[float, float, float, float, float, int]:
    late = [one * WAD / TARGET for one in path.bonded[-78:]]
    after = [one * WAD / TARGET for one in path.bonded[SHOCK:]]
    return (
        sum(path.minted) * WAD / CAP / EPOCHS,
        sum(path.paid) / sum(path.minted),
        float(np.mean([abs(one - 1) for one in late])),
        min(after),
        max(after),
        path.refused,
    )
