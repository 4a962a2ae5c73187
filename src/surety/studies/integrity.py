"""False pieces of a file, found by whoever checks them against the root that was promised: S4.34."""

from __future__ import annotations

from math import sqrt
from typing import Final

import numpy as np
from eth_utils.crypto import keccak

from surety.predicates.evidence import merkle_tree

from .cases import holds, out
from .lines import Line, lines_figure
from .study import Study, generator

NAME: Final = "data_integrity"
FILE: Final = bytes(keccak(text="a file"))
PIECES: Final = tuple(bytes(keccak(text=f"part {number}")) for number in range(64))
RUNS: Final = 20_000
JUDGED: Final = 100
FALSE: Final = (0.001, 0.01, 0.1)
CHECKED: Final = (0.1, 0.5, 1.0)
READ: Final = (10, 100, 1_000)


def integrity(seed: int) -> Study:
    """Pieces served falsely, a share of them checked: how soon one is proven, and that no true one ever is."""
    rng = generator(seed, "integrity")
    proven, accused = judged(rng)
    rows = []
    for false in FALSE:
        for checked in CHECKED:
            for read in READ:
                caught = float((rng.binomial(read, false * checked, RUNS) > 0).mean())
                expected = 1 - (1 - false * checked) ** read
                rows.append((false, checked, read, caught, expected, sqrt(expected * (1 - expected) / RUNS)))
    shown = np.unique(np.rint(np.logspace(0, 4, 60)))
    return Study(
        "integrity",
        "How many pieces have to be read until one that was served falsely is proven?",
        ("S4.34",),
        ("false", "checked", "read", "proven", "1 − (1 − f·s)^n", "standard error"),
        tuple(rows),
        lines_figure(
            [
                Line(f"{false:.1%} false, all checked", shown, [1 - (1 - false) ** read for read in shown])
                for false in FALSE
            ],
            "pieces read",
            "chance that one is proven",
            log_x=True,
        ),
        f"Of {JUDGED} pieces served under a root of {len(PIECES)} the program of the worked commitment convicted all "
        f"{proven} false ones and {accused} of the true ones: a hash can't accuse by mistake. So only reading and "
        "checking count: with a share f served falsely and a share s checked, n pieces prove one with 1 − (1 − "
        "f·s)^n. A reader needs the true piece and its path to prove, which whoever has the file has; an operator "
        "that alone holds it can refuse instead, and that is retrievability's matter. What the pieces mean no root "
        "says.",
    )


def judged(rng: np.random.Generator) -> tuple[int, int]:
    """Put served pieces before the program: how many false ones are proven, and true ones accused.

    Raises `ArithmeticError` if a false one isn't proven.
    """
    root, paths = merkle_tree(PIECES)
    promised = out(NAME, "Root", file=FILE, root=root)
    proven = accused = 0
    for number in range(JUDGED):
        place, false = int(rng.integers(len(PIECES))), bool(rng.random() < 0.5)
        piece = rng.bytes(32) if false else PIECES[place]
        served = out(NAME, "Piece", sequence=number, file=FILE, place=place, piece=piece)
        convicted = holds(NAME, "true_pieces", (promised, served), values=(PIECES[place],), proofs=(paths[place],))
        if false and not convicted:
            raise ArithmeticError(f"a false piece at {place} isn't proven")
        proven, accused = proven + (convicted and false), accused + (convicted and not false)
    return proven, accused
