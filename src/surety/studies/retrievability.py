"""How many random samples find out that pieces of a file are gone: S4.38."""

from __future__ import annotations

from typing import Final

import numpy as np
from eth_utils.crypto import keccak

from surety.predicates.evidence import merkle_tree

from .cases import holds, out, to
from .lines import Line, lines_figure
from .sampling import BOOK, book, drawn_fields, seeds
from .study import Study, generator

NAME: Final = "retrievability"
PIECES: Final = tuple(bytes(keccak(text=f"piece {number}")) for number in range(8))
"""What stands under the root of the worked commitment."""
DAYS: Final = 96
BOOKS: Final = 40
"""Services that draw from the same seeds, each with samples of its own."""
JUDGED: Final = 64
COUNTS: Final = (1, 2, 4, 8, 16)
LOST: Final = (1, 2, 4)


def retrievability(seed: int) -> Study:
    """Random samples of a file with pieces gone, drawn by the beacon, against 1 − (1 − f)^c."""
    rng = generator(seed, NAME)
    places = drawn_places(rng)
    agreed = judged(places[:JUDGED], frozenset(range(4)))
    rows = []
    for lost in LOST:
        for count in COUNTS:
            caught = share_caught(places, lost, count)
            expected = 1 - (1 - lost / len(PIECES)) ** count
            runs = places.size // count
            rows.append((lost / len(PIECES), count, runs, caught, expected, expected_error(expected, runs)))
    reading = (
        f"With a share f of a file gone, c independent samples find it with probability 1 − (1 − f)^c, whatever the "
        f"file's size. The samples here are the beacon's own draws for {BOOKS} services over {DAYS} days, and the "
        f"program of the worked commitment judged {agreed} of the answers: right exactly where the piece is still "
        "there. So a loss of an eighth takes 35 samples to be found with 99 %, one of a hundredth takes 459. What is "
        "shown is that somebody could fetch the piece within the answer's time, not that the operator keeps it "
        "itself, nor on how much space of its own: proofs of space are not built."
    )
    return Study(
        NAME,
        "How many random samples find out that pieces of a file are gone?",
        ("S4.38",),
        ("share lost", "samples", "runs", "caught", "1 − (1 − f)^c", "standard error"),
        tuple(rows),
        lines_figure(
            [
                line
                for number, lost in enumerate(LOST)
                for line in _pair(number, lost, [row for row in rows if row[0] == lost / len(PIECES)])
            ],
            "samples",
            "share of losses found",
        ),
        reading,
    )


def drawn_places(rng: np.random.Generator) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Places that are asked for, of all books one after the other."""
    beacon = seeds(rng, DAYS)
    books = (book(beacon, NAME, 1.0, "0x" + f"{int(BOOK, 16) + number:040x}") for number in range(BOOKS))
    found = [int.from_bytes(fields[1], "big") % len(PIECES) for one in books for _, fields in drawn_fields(one, NAME)]
    return np.array(found, dtype=np.int64)


def share_caught(places: np.ndarray[tuple[int], np.dtype[np.int64]], lost: int, count: int) -> float:
    """Of disjoint runs of `count` samples, how many ask for one of the first `lost` pieces."""
    runs = places[: places.size // count * count].reshape(-1, count)
    return float((runs < lost).any(axis=1).mean())


def expected_error(chance: float, runs: int) -> float:
    """Of a share of independent runs."""
    return float(np.sqrt(chance * (1 - chance) / runs))


def judged(places: np.ndarray[tuple[int], np.dtype[np.int64]], lost: frozenset[int]) -> int:
    """Put answers before the program: who lost a piece can only answer with another. How many, all as they should be.

    Raises `ArithmeticError` if the program says something else than the study counts.
    """
    _, paths = merkle_tree(PIECES)
    for number, place in enumerate(int(one) for one in places):
        asked = to(NAME, "Sample", sequence=number, seed=keccak(number.to_bytes(4, "big")), place=place)
        held = place if place not in lost else next(one for one in range(len(PIECES)) if one not in lost)
        answer = out(NAME, "Piece", sample=asked.id, piece=PIECES[held])
        if holds(NAME, "pieces", (asked, answer), proofs=(paths[place],)) != (place not in lost):
            raise ArithmeticError(f"the program judges an answer about place {place} otherwise")
    return len(places)


def _pair(number: int, lost: int, rows: list[tuple[float, int, int, float, float, float]]) -> list[Line]:
    colour = ("$blue", "$orange", "$teal")[number]
    label = f"{lost} of {len(PIECES)} pieces gone"
    return [
        Line(f"{label}: drawn", [row[1] for row in rows], [row[3] for row in rows], points=True, colour=colour),
        Line(f"{label}: 1 − (1 − f)^c", [row[1] for row in rows], [row[4] for row in rows], dashed=True, colour=colour),
    ]
