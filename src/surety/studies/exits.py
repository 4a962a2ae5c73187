"""Whom a seizure finds in a pool whose leavers queue: S0.29, S0.30."""

from __future__ import annotations

from typing import Final

from surety.models.service_bonding import WAD

from .lines import Line, lines_figure
from .pooled import COOLDOWN, DAY, STAKE, has, member, pool_of, seize
from .study import Study

NAME: Final = "exits"
MEMBERS: Final = 4
SEIZED: Final = 60
"""Day of the seizure; days are counted from the pool's first Thursday."""
FRACTION: Final = WAD // 5
BEFORE: Final = (-1, 0, 1, 3, 6, 9, 12, 15, 18, 21, 23, 24, 25, 26, 27, 28, 30, 33)


def exits(seed: int) -> Study:
    """One of four asks to leave, sooner and later before a seizure of all positions. Nothing is random."""
    del seed
    rows = []
    for days in BEFORE:
        leaver, stayer, paid = told(SEIZED - days)
        rows.append((days, paid, leaver, stayer))
    reached = max(row[0] for row in rows if row[2] > 0)
    cooldown = COOLDOWN // DAY
    reading = (
        "Who asks shares out gets tickets of a round, which closes on the next Thursday and is paid when the "
        f"cooldown of its part, {cooldown} days, is over. Until then it answers for what the pool stands behind: in "
        f"this calendar who asked {reached} days or less before the seizure loses what those lose who stay, a fifth, "
        "to the unit but for rounding; who asked earlier loses nothing, and those who stay lose no more for it. So "
        "nobody leaves a fault behind for others by being quick, and a rumour is worth nothing that is younger than "
        "the queue. What the queue can't do: who knows a fault is coming a month ahead gets out, as any owner of a "
        "lock could by ending it. Selling the shares to somebody else is possible at any time, at the buyer's risk."
    )
    return Study(
        NAME,
        "Does whoever leaves a pool first escape a loss?",
        ("S0.29", "S0.30"),
        ("asked, days before", "paid, days after asking", "loss of who leaves", "loss of who stays"),
        tuple(rows),
        lines_figure(
            [
                Line("loss of who leaves", BEFORE, [row[2] for row in rows]),
                Line("loss of who stays", BEFORE, [row[3] for row in rows], dashed=True),
            ],
            "asked so many days before the seizure",
            "part of what it had",
        ),
        reading,
    )


def told(asked: int) -> tuple[float, float, int]:
    """Losses of who asks on a day and of one who stays, in parts of what they had; after how many days it is paid."""
    pool = pool_of(MEMBERS)
    start, who, paid = pool.locks.now, member(0), 0
    for day in range(1, 150):
        pool.locks.now = start + day * DAY
        pool.advance()
        if day == SEIZED:
            for number in list(pool.locks.locks):
                seize(pool, number, FRACTION)
        if day == asked:
            pool.request(pool.shares[who], who, who)
        if not paid and pool.claimable_of(who)[0]:
            paid = day - asked
    got = pool.claimable_of(who)[1]
    return 1 - got / STAKE, 1 - has(pool, member(1)) / STAKE, paid
