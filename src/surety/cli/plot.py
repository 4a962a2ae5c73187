"""A small line plot in the terminal, of braille dots: two across and four down in each character."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rich.text import Text

from surety.sim.agents import Floats

BLANK = 0x2800
DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
MARGIN = 8


@dataclass(frozen=True)
class Series:
    """One line: its name in the legend, a rich colour, and points in order of x."""

    name: str
    colour: str
    x: Floats
    y: Floats


def plot(series: Sequence[Series], x_label: str, y_label: str, width: int = 64, height: int = 12) -> Text:
    """The lines over their common range; where two cross one character, the later one colours it."""
    low_x, high_x = _range([line.x for line in series])
    low_y, high_y = _range([line.y for line in series])
    cells = np.zeros((height, width), dtype=int)
    colours: list[list[str]] = [[""] * width for _ in range(height)]
    for line in series:
        columns = np.arange(width * 2)
        at = low_x + (high_x - low_x) * columns / (width * 2 - 1)
        inside = (at >= line.x[0]) & (at <= line.x[-1])
        values = np.interp(at, line.x, line.y)
        rows = np.rint((high_y - values) / (high_y - low_y) * (height * 4 - 1)).astype(int)
        before = None
        for column, at_row in zip(columns[inside], rows[inside], strict=True):
            for row in _steps(before, int(at_row)):
                cells[row // 4, column // 2] |= DOTS[row % 4][column % 2]
                colours[row // 4][column // 2] = line.colour
            before = int(at_row)
    text = Text()
    text.append(f"{y_label}\n", style="dim")
    for row in range(height):
        value = high_y - (high_y - low_y) * row / (height - 1)
        label = f"{value:{MARGIN - 2}.2f} ┤" if row % 3 == 0 or row == height - 1 else " " * (MARGIN - 1) + "│"
        text.append(label, style="dim")
        for column in range(width):
            text.append(chr(BLANK + int(cells[row, column])), style=colours[row][column])
        text.append("\n")
    text.append(" " * (MARGIN - 1) + "└" + "─" * width + "\n", style="dim")
    left, right = f"{low_x:.1f}", f"{high_x:.1f} {x_label}"
    text.append(" " * MARGIN + left + right.rjust(width - len(left)) + "\n", style="dim")
    text.append(" " * MARGIN)
    for line in series:
        text.append("━━ ", style=line.colour)
        text.append(f"{line.name}   ")
    return text


def _steps(before: int | None, row: int) -> range:
    """Rows to dot in a column, so that a steep line stays whole."""
    if before is None or abs(row - before) <= 1:
        return range(row, row + 1)
    return range(before + 1, row + 1) if row > before else range(row, before)


def _range(parts: Sequence[Floats]) -> tuple[float, float]:
    values = np.concatenate(parts)
    low, high = float(values.min()), float(values.max())
    return (low, high) if high > low else (low - 0.5, high + 0.5)
