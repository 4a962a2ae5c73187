"""Scores of a week by heartbeats, of who misses, delays and fakes them: S0.21."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from surety.models.liveness import HOUR, LIVENESS, SETTLEMENT, WAD, WEEK, Duty, LivenessBook
from surety.models.refusal import Refused

from .cases import OPERATOR, SERVICE
from .lines import Line, lines_figure
from .study import Study, generator

NAME: Final = "heartbeats"
WEEKS: Final = 30
FIRST: Final = 2_800
"""The first week since 1970."""
OUTAGE: Final = 2 * HOUR
"""Mean length."""
BEAT: Final = b"beat".rjust(32, b"\0")
THRESHOLD: Final = 0.95
Spells = list[tuple[float, float]]
Send = Callable[[np.random.Generator, Spells, int], list[tuple[float, float]]]
"""Of spells of being up and an hour's start: (second on the beat, second of its arrival) of each try."""


@dataclass(frozen=True)
class Agent:
    """`uptime` is the true one, `send` is what it does in an hour."""

    name: str
    uptime: float
    send: Send


def eager(rng: np.random.Generator, spells: Spells, hour: int) -> list[tuple[float, float]]:
    """A beat in the first second of the hour in which it is up."""
    up = [max(start, hour) for start, end in spells if end > hour + 1 and start < hour + HOUR - 1]
    return [(float(np.ceil(one)), float(np.ceil(one))) for one in up[:1]]


def once(rng: np.random.Generator, spells: Spells, hour: int) -> list[tuple[float, float]]:
    """One try at a random second, which is lost if it is down then."""
    second = hour + float(rng.integers(HOUR))
    return [(second, second)] if any(start <= second < end for start, end in spells) else []


def slow(rng: np.random.Generator, spells: Spells, hour: int) -> list[tuple[float, float]]:
    """As `once`, arriving late by a quarter of an hour on average."""
    return [(at, float(np.floor(at + rng.exponential(HOUR / 4)))) for at, _ in once(rng, spells, hour)]


def backdated(rng: np.random.Generator, spells: Spells, hour: int) -> list[tuple[float, float]]:
    """Sends what an outage missed afterwards, with the time at which it was due."""
    return [(at, at + HOUR) for at in (hour + float(rng.integers(HOUR)),)]


def faked(rng: np.random.Generator, spells: Spells, hour: int) -> list[tuple[float, float]]:
    """Beats signed ahead, sent by a machine that does nothing else."""
    return [(float(hour), float(hour))]


AGENTS: Final = (
    *(Agent(f"honest, tries until it is up, {up:.1%}", up, eager) for up in (0.999, 0.99, 0.95, 0.9)),
    *(Agent(f"one try an hour, {up:.1%}", up, once) for up in (0.99, 0.9)),
    Agent("one try an hour, late, 99.0%", 0.99, slow),
    Agent("beats of the hour before", 0.0, backdated),
    Agent("false: signed ahead, nothing served", 0.0, faked),
)


def heartbeats(seed: int) -> Study:
    """Missed, late and false heartbeats: the score of a week against true uptime, by the liveness book."""
    rng = generator(seed, NAME)
    found = {one: weeks(rng, one) for one in AGENTS}
    rows = tuple(
        (
            agent.name,
            agent.uptime,
            float(scores.mean()),
            float(scores.min()),
            float((scores < THRESHOLD).mean()),
            refused,
        )
        for agent, (scores, refused) in found.items()
    )
    ups = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
    lines = [
        Line(name, ups, [float(weeks(rng, Agent(name, up, send), 6)[0].mean()) for up in ups])
        for name, send in (("tries until it is up", eager), ("one try an hour", once))
    ]
    return Study(
        NAME,
        "What does a week's score by heartbeats say of how long an operator was up?",
        ("S0.21",),
        ("operator", "true uptime", "mean score", "lowest", f"weeks below {THRESHOLD}", "beats refused"),
        rows,
        lines_figure([*lines, Line("true uptime", ups, ups, dashed=True)], "true uptime", "mean score of a week"),
        f"{WEEKS} weeks of hourly beats through the model of the liveness book; outages last two hours on average. "
        "One try an hour scores true uptime; trying until it works scores more, as only a whole lost hour is missed. "
        "What is late is refused, so a sender has to leave itself time, and no beat of the past can be made up. But "
        "a false beat scores like a true one: whoever holds the key can sign ahead and serve nothing. So heartbeats "
        "show that the key's holder cared to send, never that a service ran; they pay, they don't slash, and what is "
        "to be shown of the service is asked by draws. Whether it truly ran off chain no chain knows.",
    )


def weeks(rng: np.random.Generator, agent: Agent, count: int = WEEKS) -> tuple[NDArray[np.float64], int]:
    """Scores of the weeks, and how many beats were refused."""
    start, end = FIRST * WEEK, (FIRST + count) * WEEK
    book = LivenessBook(OPERATOR, WAD, {SERVICE: (Duty(LIVENESS, HOUR, BEAT),)}, now=start)
    book.periods[SERVICE, OPERATOR] = [[start, 0]]
    book.watch(SERVICE)
    refused = 0
    for time, arrival in sorted(_sent(rng, agent, start, end), key=lambda one: one[1]):
        book.now = int(arrival)
        try:
            book.beat(SERVICE, OPERATOR, BEAT, int(time), HOUR, OPERATOR)
        except Refused:
            refused += 1
    book.now = end + SETTLEMENT + 1
    scores = [book.score(SERVICE, OPERATOR, FIRST + number) / WAD for number in range(count)]
    return np.array(scores), refused


def spells(rng: np.random.Generator, uptime: float, start: int, end: int) -> Spells:
    """Times of being up: exponential outages, and as much between them as the uptime says."""
    if uptime <= 0:
        return []
    mean, at, found = OUTAGE * uptime / (1 - uptime), float(start), []
    up = rng.random() < uptime
    while at < end:
        length = float(rng.exponential(mean if up else OUTAGE))
        if up:
            found.append((at, at + length))
        at, up = at + length, not up
    return found


def _sent(rng: np.random.Generator, agent: Agent, start: int, end: int) -> Iterator[tuple[float, float]]:
    up, first = spells(rng, agent.uptime, start, end), 0
    for hour in range(start, end, HOUR):
        while first < len(up) and up[first][1] <= hour:
            first += 1
        last = first
        while last < len(up) and up[last][0] < hour + HOUR:
            last += 1
        yield from agent.send(rng, up[first:last], hour)
