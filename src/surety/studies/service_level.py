"""A threshold of an SLA over a window, from outages that a client measures and signs: S4.42."""

from __future__ import annotations

from functools import cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from surety.predicates.evidence import Value
from surety.predicates.limits import MAX_MESSAGES

from .cases import CLIENT, START, holds, most_kept, out, to
from .lines import Line, lines_figure
from .study import Study, generator

NAME: Final = "service_level"
DAY: Final = 86_400
ALLOWANCE: Final = 3_600
WINDOWS: Final = 5_000
JUDGED: Final = 6
SHOWN: Final = MAX_MESSAGES - 1
"""Outages that one piece of evidence holds beside the contract."""
OPERATORS: Final = {
    "few long outages": (1.5, 1_500.0),
    "near the allowance": (3.0, 1_100.0),
    "many short outages": (30.0, 110.0),
    "very many, very short": (120.0, 35.0),
}
"""Outages a day, and their mean length in seconds."""
NOISES: Final = (0.0, 30.0)
Floats = NDArray[np.float64]


class Windows(NamedTuple):
    """By window and outage, seconds; zero where there is no outage. `within` is what lies in the window."""

    since: Floats
    reported: Floats
    within: Floats


def service_level(seed: int) -> Study:
    """Days of outages against an allowance: how often a day is convicted wrongly, and how often wrongly not."""
    rng, bound = generator(seed, NAME), allowed()
    rows, curves = [], []
    for name, (often, mean) in OPERATORS.items():
        for noise in NOISES:
            days = drawn(rng, often, mean, noise)
            truth = days.within.sum(axis=1)
            convicted, short = verdicts(days, bound)
            judged(days, convicted)
            bad = truth > bound
            rows.append(
                (
                    name,
                    noise,
                    1 - float(truth.mean()) / DAY,
                    float(bad.mean()),
                    _share(convicted & ~bad, ~bad),
                    _share(~convicted & bad, bad),
                    _share(~convicted & bad & short, bad),
                )
            )
            if noise == NOISES[-1]:
                curves.append(_curve(name, truth, convicted, bound))
    return Study(
        NAME,
        "How often does an SLA's threshold convict a day that kept it, and miss one that didn't?",
        ("S4.42",),
        (
            "operator",
            "noise, s",
            "uptime",
            "days over the allowance",
            "kept, yet convicted",
            "over, yet not",
            "of it: too many outages to show",
        ),
        tuple(rows),
        lines_figure(curves, "true downtime of the day, parts of the allowance", "share of days convicted"),
        f"An allowance of {bound // 60} minutes a day, found by asking the program of the worked commitment, which "
        f"judged {JUDGED} days of each row as well; outages come at random, their lengths are exponential, and the "
        "client measures each with that noise. With exact clocks the only wrong convictions are of outages that "
        f"begin before the window's end and last beyond it: they count whole. One piece of evidence holds {SHOWN} "
        "outages, the longest ones are shown, so many short outages hide a breach however well they are signed: a "
        "client merges what is close together into one message, or signs sums. What it says of an outage is "
        "believed: the promise is worth what the named client is.",
    )


@cache
def allowed() -> int:
    """Seconds of outage that break nothing."""
    return most_kept(lambda seconds: judge([(0.0, float(seconds))]), DAY)


def drawn(rng: np.random.Generator, often: float, mean: float, noise: float) -> Windows:
    """Outages of many days, as they were and as the client signs them."""
    counts = rng.poisson(often, WINDOWS)
    there = np.arange(max(1, int(counts.max())))[None, :] < counts[:, None]
    since = np.where(there, np.floor(rng.uniform(0, DAY, there.shape)), 0.0)
    length = np.where(there, rng.exponential(mean, there.shape), 0.0)
    told = np.where(there, np.rint(np.maximum(length + rng.normal(0, noise, there.shape), 0.0)), 0.0)
    return Windows(since, told, np.minimum(length, DAY - since))


def verdicts(days: Windows, bound: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whether the longest outages that fit into evidence exceed the bound; and whether all of them would, but don't."""
    longest = -np.sort(-days.reported, axis=1)[:, :SHOWN].sum(axis=1)
    convicted = longest > bound
    return convicted, ~convicted & (days.reported.sum(axis=1) > bound)


def judge(outages: list[tuple[float, float]]) -> bool:
    """What the program says of outages (since the window's start, length)."""
    contract = out(NAME, "Contract", number=1, start=START)
    shown = [
        to(NAME, "Outage", sequence=number, contract=contract.id, since=START + int(since), length=int(length))
        for number, (since, length) in enumerate(outages)
    ]
    parameters: dict[str, Value] = {"allowance": ALLOWANCE, "client": CLIENT}
    return holds(NAME, "few_failures", (contract,), others=shown, parameters=parameters)


def judged(days: Windows, convicted: NDArray[np.bool_]) -> None:
    """Raises `ArithmeticError` if the program says of one of the first days what the study doesn't count."""
    for since, told, counted in zip(days.since[:JUDGED], days.reported[:JUDGED], convicted[:JUDGED], strict=True):
        longest = np.argsort(-told)[:SHOWN]
        if judge([(since[one], told[one]) for one in longest if told[one] > 0]) != counted:
            raise ArithmeticError("the program judges a day otherwise")


def _share(some: NDArray[np.bool_], of: NDArray[np.bool_]) -> float:
    return float(some.sum() / max(int(of.sum()), 1))


def _curve(name: str, truth: Floats, convicted: NDArray[np.bool_], bound: int) -> Line:
    edges = np.linspace(0, 2, 21)
    place = np.digitize(truth / bound, edges)
    filled = [one for one in range(1, len(edges)) if (place == one).sum() >= 30]
    middle = [float(edges[one - 1] + edges[one]) / 2 for one in filled]
    return Line(name, middle, [float(convicted[place == one].mean()) for one in filled])
