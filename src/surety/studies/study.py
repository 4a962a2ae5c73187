"""What a study is: one question put to the exact models many times, with a seed, and what came out."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from surety.report.figures import Figure

Cell = int | float | str
Make = Callable[[int], "Study"]
"""A study of a seed: the same seed, the same study, on every machine. Its docstring's first line is its title."""


@dataclass(frozen=True)
class Study:
    """`rows` are cells by `columns`; `figure` is plotly's, its colours named as `$blue`, for the reader's theme."""

    name: str
    question: str
    requirements: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    figure: Figure | None
    reading: str
    """What the rows say, and what they don't."""

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(f"{self.name}: a row has not one cell a column")
        # Python's format sets no space before the sign of per cent, the house does
        object.__setattr__(self, "reading", re.sub(r"(?<=\d)%", " %", self.reading))

    def column(self, name: str) -> list[Cell]:
        """One column's cells. Raises `ValueError` for a column that isn't there."""
        at = self.columns.index(name)
        return [row[at] for row in self.rows]

    def as_json(self) -> dict[str, Any]:
        """Without the figure."""
        return {
            "name": self.name,
            "question": self.question,
            "requirements": list(self.requirements),
            "columns": list(self.columns),
            "rows": [list(row) for row in self.rows],
            "reading": self.reading,
        }


def told(cell: Cell) -> str:
    """A cell as text: whole numbers below a billion with thousands set apart, others to four digits."""
    if isinstance(cell, str):
        return cell
    return f"{cell:,}" if isinstance(cell, int) and abs(cell) < 10**9 else f"{cell:.4g}"


def generator(seed: int, name: str) -> np.random.Generator:
    """A stream of its own for each study, so that one doesn't move when another draws more."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *name.encode()])))
