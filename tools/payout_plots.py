"""`python -m tools.payout_plots`: the two pictures of specs/service-payout.md, drawn from the model of the formula."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from surety.models.payout import Case, LinearPayout

ASSETS = Path(__file__).resolve().parent.parent / "docs" / "assets"
UNIT = 10**18
HALF = 1_000_000 * UNIT
BUDGET = 10_000 * UNIT
TEMPLATE = b"\1" * 32
BLUE, ORANGE, GREY = "#2f6fb3", "#c9661f", "#8a8a8a"
Line = tuple[str, str, Sequence[float]]
"""Label, colour, values at equal steps of the axis."""


def pictures() -> dict[str, str]:
    """Name of the file to its content, the same on every machine."""
    return {"payout-total.svg": _total(), "payout-split.svg": _split()}


def _total() -> str:
    """What an epoch pays, and what a bonded unit earns, by the total that is bonded."""
    formula = LinearPayout(half=HALF)
    bonded = [step * HALF // 10 for step in range(51)]
    paid = [formula.amount(Case(TEMPLATE, total, total, BUDGET)) / BUDGET for total in bonded]
    mine = HALF // 10
    earned = [formula.amount(Case(TEMPLATE, mine, max(total, mine), BUDGET)) / BUDGET * 10 for total in bonded]
    lines = [
        ("part of the budget that is paid", BLUE, paid),
        ("pay of one who bonds a tenth of half, tenfold", ORANGE, earned),
    ]
    return _svg(lines, "bonded in the service, in multiples of half", (0, 1, 2, 3, 4, 5))


def _split() -> str:
    """What an operator gets as n operators, against what it gets as one: here, and were pay a square root."""
    formula = LinearPayout(half=HALF, minimum=HALF // 50)
    stake, total = HALF // 5, HALF
    whole = formula.amount(Case(TEMPLATE, stake, total, BUDGET))
    parts = range(1, 17)
    here = [sum(formula.amount(Case(TEMPLATE, stake // n, total, BUDGET)) for _ in range(n)) / whole for n in parts]
    concave = [n**0.5 for n in parts]
    lines = [
        ("this formula; 0 below the minimum", BLUE, here),
        ("a square root per operator", ORANGE, concave),
    ]
    return _svg(lines, "operators that one appears as", (1, 4, 8, 12, 16))


def _svg(lines: Sequence[Line], label: str, ticks: Sequence[int]) -> str:
    """Lines over one axis, from 0 up; the values at the ends of the axis are the first and the last tick."""
    wide, high, left, top, right, bottom = 640, 300, 46, 16, 624, 236
    most = max(1.0, *(value for _, _, values in lines for value in values))

    def x(part: float) -> str:
        return f"{left + part * (right - left):.1f}"

    def y(value: float) -> str:
        return f"{bottom - value / most * (bottom - top):.1f}"

    made = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" '
        f'font-family="sans-serif" font-size="12" fill="{GREY}">'
    ]
    for step in range(5):
        value = most * step / 4
        made.append(f'<path d="M{left} {y(value)}H{right}" stroke="{GREY}" stroke-opacity=".3"/>')
        made.append(f'<text x="{left - 6}" y="{y(value)}" dy=".35em" text-anchor="end">{value:.2f}</text>')
    for tick in ticks:
        part = (tick - ticks[0]) / (ticks[-1] - ticks[0])
        made.append(f'<text x="{x(part)}" y="{bottom + 18}" text-anchor="middle">{tick}</text>')
    made.append(f'<text x="{(left + right) // 2}" y="{bottom + 36}" text-anchor="middle">{label}</text>')
    for place, (name, colour, values) in enumerate(lines):
        points = " ".join(f"{x(number / (len(values) - 1))},{y(value)}" for number, value in enumerate(values))
        made.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        at = left + place * (right - left) // 2
        made.append(f'<path d="M{at} {high - 9}h18" stroke="{colour}" stroke-width="2"/>')
        made.append(f'<text x="{at + 24}" y="{high - 5}">{name}</text>')
    return "\n".join([*made, "</svg>", ""])


def main() -> None:
    for name, content in pictures().items():
        (ASSETS / name).write_text(content)


if __name__ == "__main__":
    main()
