"""Claims of work against receipts of clients, some of which collude with the operator or lie about it: S4.32."""

from __future__ import annotations

from functools import cache
from math import sqrt
from typing import Final

import numpy as np

from .cases import CLIENT, holds, out, to
from .lines import Line, lines_figure
from .study import Study, generator

NAME: Final = "throughput"
RUNS: Final = 20_000
COLLUDING: Final = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9)
HOSTILE: Final = 0.02
CLIENTS: Final = (1, 4, 13)
SERVED: Final = 1_000
CLAIMED: Final = 1_500


def receipts(seed: int) -> Study:
    """Overclaimed work, a share of the clients in league with the operator: who is proven by the worked commitment."""
    rng = generator(seed, "receipts")
    rows = []
    for colluding in COLLUDING:
        for clients in CLIENTS:
            ours = rng.random((RUNS, clients)) >= colluding
            caught = float(np.where(ours, convicts(CLAIMED, SERVED), convicts(CLAIMED, CLAIMED)).any(axis=1).mean())
            lied = rng.random((RUNS, clients)) < HOSTILE
            framed = float(np.where(lied, convicts(SERVED, 0), convicts(SERVED, SERVED)).any(axis=1).mean())
            expected, false = 1 - colluding**clients, 1 - (1 - HOSTILE) ** clients
            error = sqrt(expected * (1 - expected) / RUNS)
            rows.append((colluding, clients, caught, expected, error, framed, false))
    shown = np.linspace(0, 1, 51)
    return Study(
        "receipts",
        "What do clients in league with the operator do to receipts of work?",
        ("S4.32",),
        (
            "colluding",
            "clients",
            "overclaim proven",
            "1 − q^k",
            "standard error",
            f"honest convicted, {HOSTILE:.0%} lie",
            "1 − (1 − h)^k",
        ),
        tuple(rows),
        lines_figure(
            [Line(f"{clients} clients", shown, [1 - q**clients for q in shown]) for clients in CLIENTS]
            + [
                Line(
                    f"{clients} clients, simulated",
                    COLLUDING,
                    [row[2] for row in rows if row[1] == clients],
                    points=True,
                    colour=("$blue", "$orange", "$teal")[place],
                )
                for place, clients in enumerate(CLIENTS)
            ],
            "share of clients that collude",
            "share of overclaiming operators proven",
        ),
        "An operator claims half more than it served, to k clients, each in league with it with chance q; the "
        "program of the worked commitment judges each kind of receipt. One honest client of k is enough to prove it, "
        "so 1 − q^k; where the only client colludes, which an operator that names its client can arrange, nothing is "
        "ever proven, and no rule over signed messages can: both sign the same false number. The other way round a "
        "client that signs less than it got convicts an honest operator, and pay by the claim gives it no reason to; "
        "the receipts run along with the work, so what an operator risks is the last one.",
    )


@cache
def convicts(claimed: int, receipt: int, final: bool = True) -> bool:
    """What the program says of a claim and the receipt of that epoch."""
    named = (out(NAME, "Claim", epoch=4, served=claimed), to(NAME, "Receipt", epoch=4, served=receipt, final=final))
    return holds(NAME, "no_overclaim", named, parameters={"client": CLIENT})
