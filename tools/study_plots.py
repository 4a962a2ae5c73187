"""`python -m tools.study_plots`: pictures of docs/studies.md, drawn from the figures that the studies themselves make.

One file serves readers in the dark and in the light: its colours are those of the report page, and it asks for the
theme itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from html import escape
from math import ceil, floor, log10
from pathlib import Path
from typing import Any

from surety.report.figures import Figure
from surety.studies import STUDIES, Study
from surety.studies.lines import COLOURS

ROOT = Path(__file__).resolve().parent.parent
ASSETS = ROOT / "docs" / "assets"
PALETTE = ROOT / "src" / "surety" / "report" / "page.html.j2"
SEED = 1
DRAWN = ("detection", "latency", "service_level", "draws", "hazard", "cascades", "concentration")
"""Studies that the page shows a picture of."""
WIDE, LEFT, RIGHT, TOP, BOTTOM = 720, 66, 698, 14, 282
LETTER = 6.7
"""Mean width of a letter of a legend."""


@cache
def found(name: str) -> Study:
    """A study as the page tells it, run once."""
    return STUDIES[name](SEED)


def pictures() -> dict[str, str]:
    """Name of the file to its content, the same on every machine."""
    return {f"study-{name}.svg": drawn(found(name)) for name in DRAWN}


def drawn(study: Study) -> str:
    """A study's figure as SVG. Raises `ValueError` if it has none."""
    if study.figure is None:
        raise ValueError(f"{study.name} has no figure")
    data, layout = study.figure["data"], study.figure["layout"]
    across = Scale(layout["xaxis"], [one for line in data for one in line["x"]], LEFT, RIGHT)
    up = Scale(layout["yaxis"], [one for line in data for one in line["y"]], BOTTOM, TOP, from_zero=True)
    legend, high = _legend(data)
    middle, centre = (LEFT + RIGHT) // 2, (TOP + BOTTOM) // 2
    titles = [escape(layout[axis]["title"]["text"]) for axis in ("xaxis", "yaxis")]
    made = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {high}" role="img" '
        'font-family="system-ui, DejaVu Sans, sans-serif" font-size="12.5">',
        f"<title>{escape(study.question)}</title>",
        _style(),
        *(f'<path class="rule" d="M{LEFT} {up(tick)}H{RIGHT}"/>' for tick in up.ticks),
        *(f'<path class="rule" d="M{across(tick)} {TOP}V{BOTTOM}"/>' for tick in across.ticks),
        *(f'<text x="{LEFT - 8}" y="{up(tick)}" dy=".35em" text-anchor="end">{tick:g}</text>' for tick in up.ticks),
        *(f'<text x="{across(tick)}" y="{BOTTOM + 19}" text-anchor="middle">{tick:g}</text>' for tick in across.ticks),
        f'<text x="{middle}" y="{BOTTOM + 40}" text-anchor="middle">{titles[0]}</text>',
        f'<text transform="translate(14 {centre}) rotate(-90)" text-anchor="middle">{titles[1]}</text>',
        *(_traced(line, across, up) for line in data),
        *legend,
    ]
    return "\n".join([*made, "</svg>", ""])


class Scale:
    """Values of an axis to places on the paper, and where its ticks are."""

    def __init__(self, axis: Figure, values: Sequence[float], start: int, end: int, from_zero: bool = False) -> None:
        low, high = float(min(values)), float(max(values))
        self.start, self.end, self.log = start, end, axis["type"] == "log"
        if self.log:
            self.ticks = [tick for tick in axis["tickvals"] if low <= tick <= high]
        else:
            low = min(low, 0.0) if from_zero else low
            step = _step(high - low, all(float(one).is_integer() for one in values))
            high = ceil(high / step - 1e-9) * step if from_zero else high
            self.ticks = [round(one * step, 9) for one in range(ceil(low / step - 1e-9), floor(high / step + 1e-9) + 1)]
        self.low, self.high = self._even(low), self._even(high)

    def __call__(self, value: float) -> str:
        part = (self._even(value) - self.low) / (self.high - self.low)
        return f"{self.start + part * (self.end - self.start):.1f}"

    def _even(self, value: float) -> float:
        return log10(value) if self.log else value


def _step(span: float, whole: bool) -> float:
    """A round step of which the span has eight at most, a whole one where all values are."""
    power = 10.0 ** floor(log10(span))
    step = next(power * part for part in (0.1, 0.2, 0.25, 0.5, 1, 2) if span / (power * part) <= 8)
    return max(step, 1.0) if whole else step


def _traced(line: dict[str, Any], across: Scale, up: Scale) -> str:
    places = [(across(x), up(y)) for x, y in zip(line["x"], line["y"], strict=True)]
    if line["mode"] == "markers":
        return "".join(f'<circle class="{_colour(line)} dot" cx="{x}" cy="{y}" r="4"/>' for x, y in places)
    points = " ".join(f"{x},{y}" for x, y in places)
    return f'<polyline class="{_colour(line)}{_dash(line)}" points="{points}"/>'


def _legend(data: Sequence[dict[str, Any]]) -> tuple[list[str], int]:
    """Below the plot, in as many rows as it takes; and how high the picture is with it."""
    made, x, y = [], LEFT, BOTTOM + 66
    for line in data:
        width = round(36 + LETTER * len(line["name"]))
        if x > LEFT and x + width > RIGHT:
            x, y = LEFT, y + 20
        sample = (
            f'<circle class="{_colour(line)} dot" cx="{x + 11}" cy="{y - 4}" r="4"/>'
            if line["mode"] == "markers"
            else f'<path class="{_colour(line)}{_dash(line)}" d="M{x} {y - 4}h22"/>'
        )
        made.append(f'{sample}<text x="{x + 28}" y="{y}">{escape(line["name"])}</text>')
        x += width + 14
    return made, y + 12


def _colour(line: dict[str, Any]) -> str:
    return str((line.get("line") or line["marker"])["color"]).removeprefix("$")


def _dash(line: dict[str, Any]) -> str:
    return " dashed" if line["line"]["dash"] == "dash" else ""


def _style() -> str:
    light, dark = _themes()
    colours = [one.removeprefix("$") for one in COLOURS]
    return "\n".join(
        [
            "<style>",
            f"svg {{ {light} }}",
            f"@media (prefers-color-scheme: dark) {{ svg {{ {dark} }} }}",
            "text { fill: var(--soft) } polyline, path { fill: none; stroke-width: 2.2 }",
            ".rule { stroke: var(--rule); stroke-width: 1 } .dashed { stroke-dasharray: 7 5 }",
            *(f".{name} {{ stroke: var(--{name}) }} .{name}.dot {{ fill: var(--{name}) }}" for name in colours),
            "</style>",
        ]
    )


def _themes() -> Iterator[str]:
    """The report's colours in the light and in the dark, as declarations."""
    for block in re.findall(r":root \{(.*?)\}", PALETTE.read_text(), re.DOTALL):
        yield " ".join(f"{name}: {value};" for name, value in re.findall(r"(--\w+): (#[0-9a-f]{6})", block))


def main() -> None:
    for name, content in pictures().items():
        (ASSETS / name).write_text(content)


if __name__ == "__main__":
    main()
