"""Figures of a study: lines and points over one axis, as plotly takes them, with colours by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from surety.report.figures import Figure

COLOURS = ("$blue", "$orange", "$teal", "$violet", "$grey", "$bad")
DECADES = [step * 10.0**power for power in range(-6, 7) for step in (1, 2, 5)]
"""Ticks of a logarithmic axis."""


@dataclass(frozen=True)
class Line:
    """One line, or its points alone; a dashed one is what theory says."""

    name: str
    x: Iterable[float]
    y: Iterable[float]
    points: bool = False
    dashed: bool = False
    colour: str | None = None
    """By default the next of `COLOURS`."""


def lines_figure(lines: Sequence[Line], x: str, y: str, log_x: bool = False, log_y: bool = False) -> Figure:
    """`x` and `y` are what the axes are called, with their units."""
    data = []
    for place, line in enumerate(lines):
        colour = line.colour or COLOURS[place % len(COLOURS)]
        one: Figure = {
            "name": line.name,
            "x": [round(float(value), 6) for value in line.x],
            "y": [round(float(value), 9) for value in line.y],
            "mode": "markers" if line.points else "lines",
        }
        if line.points:
            one["marker"] = {"color": colour, "size": 8}
        else:
            one["line"] = {"color": colour, "width": 2.2, "dash": "dash" if line.dashed else "solid"}
        data.append(one)
    layout = {
        "xaxis": {"title": {"text": x, "standoff": 8}, **_scale(log_x)},
        "yaxis": {"title": {"text": y}, **_scale(log_y)},
        "height": 400,
    }
    return {"data": data, "layout": layout}


def _scale(log: bool) -> Figure:
    return {"type": "log", "tickvals": DECADES, "tickformat": "~g"} if log else {"type": "linear"}
