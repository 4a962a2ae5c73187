"""The report's pictures as plotly figures in plain dictionaries.

Colours are names such as `$blue`: the page replaces them by those of the reader's light or dark theme.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from surety.curves import Fit, par_yields
from surety.sim.agents import Floats
from surety.sim.history import Balance, CurveShot, LockPoint, PricePoint, RatePoint, Roll, RollPoint

Figure = dict[str, Any]
MILLION = 1e6
QUARTER = 13


def day(time: int) -> str:
    """ISO date and hour of a block time."""
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%d %H:%M")


def fit_figure(fit: Fit) -> Figure:
    """Quoted par yields, the fitted par curve, and the errors in basis points below."""
    tenors = np.concatenate([np.linspace(1 / 12, 0.5, 24, endpoint=False), np.arange(1, 61) / 2])
    fitted = par_yields(fit.curve.zero, tuple(tenors)) * 100
    hover = [f"{label}: quoted {100 * y:.2f} %" for label, y in zip(fit.market.labels, fit.market.yields, strict=True)]
    data = [
        _line("fitted par curve", tenors, fitted, "$blue"),
        {
            "name": f"quoted, {fit.market.date}",
            "x": list(fit.market.years),
            "y": _numbers([100 * value for value in fit.market.yields], 4),
            "mode": "markers",
            "marker": {"color": "$orange", "size": 9, "line": {"color": "$paper", "width": 1.5}},
            "text": hover,
            "hoverinfo": "text",
        },
        {
            "name": "error (quoted − fitted)",
            "type": "bar",
            "x": list(fit.market.labels),
            "y": _numbers(fit.errors_bp, 2),
            "marker": {"color": "$grey"},
            "xaxis": "x2",
            "yaxis": "y2",
            "showlegend": False,
            "hovertemplate": "%{x}: %{y:.1f} bp<extra></extra>",
        },
    ]
    ticks = [1 / 12, 0.25, 0.5, 1, 2, 3, 5, 10, 20, 30]
    layout = {
        "grid": {"rows": 2, "columns": 1, "pattern": "independent"},
        "xaxis": {
            "type": "log",
            "tickvals": ticks,
            "ticktext": ["1m", "3m", "6m", "1y", "2y", "3y", "5y", "10y", "20y", "30y"],
            "anchor": "y",
            "domain": [0, 1],
        },
        "yaxis": {"title": {"text": "par yield, %"}, "domain": [0.36, 1]},
        "xaxis2": {"anchor": "y2", "type": "category"},
        "yaxis2": {"title": {"text": "error, bp"}, "domain": [0, 0.22], "zeroline": True},
        "height": 460,
    }
    return {"data": data, "layout": layout}


def yield_figure(shots: Sequence[CurveShot], fit: Fit) -> Figure:
    """Yields that buyers are quoted at each maturity, for each shot, between those of an empty and of a full bucket."""
    sight = shots[0].sight
    data: list[Figure] = [
        _line("empty maturity", sight.years, _percent(sight.discount_hi / sight.years), "$grey", "dot"),
        {
            **_line("full maturity", sight.years, _percent(sight.discount_lo / sight.years), "$grey", "dot"),
            "fill": "tonexty",
            "fillcolor": "$shade",
        },
        _line("fitted market curve", sight.years, _percent(sight.market_yields), "$orange", "dash"),
    ]
    for shot, colour in zip(shots, ("$violet", "$teal", "$blue"), strict=True):
        quoted = _percent(shot.sight.buy_yields)
        dots = {"color": colour, "size": 3.5, "opacity": 0.45}
        data.append(
            {**_line("", shot.sight.years, quoted, colour), "mode": "markers", "marker": dots, "showlegend": False}
        )
        data.append(_line(f"quoted, {shot.label}", quarter_mean(shot.sight.years), quarter_mean(quoted), colour))
    within = [(y, q) for y, q in zip(fit.market.years, fit.market.yields, strict=True) if y <= sight.years[-1] + 0.1]
    continuous = [(y, np.log1p(q * y) / y if y < 0.5 else 2 * np.log1p(q / 2)) for y, q in within]
    data.append(
        {
            "name": "market's quotes",
            "x": [y for y, _ in continuous],
            "y": _numbers([100 * q for _, q in continuous], 4),
            "mode": "markers",
            "marker": {"color": "$orange", "size": 9, "line": {"color": "$paper", "width": 1.5}},
        }
    )
    layout = {
        "xaxis": {"title": {"text": "years to maturity", "standoff": 8}, "rangemode": "tozero"},
        "yaxis": {"title": {"text": "yield, % a year, continuous"}},
        "height": 440,
    }
    return {"data": data, "layout": layout}


def debt_figure(shots: Sequence[CurveShot]) -> Figure:
    """Debt by maturity against target and cap, one panel for each shot."""
    data: list[Figure] = []
    layout: Figure = {
        "height": 420,
        "bargap": 0,
        "annotations": [],
        "margin": {"l": 56, "r": 24, "t": 60, "b": 44},
        "legend": {"orientation": "h", "x": 0, "y": -0.2, "yanchor": "top"},
    }
    width = 1 / len(shots)
    for number, shot in enumerate(shots, start=1):
        axis = "" if number == 1 else str(number)
        sight, first = shot.sight, number == 1
        common = {"xaxis": f"x{axis}", "yaxis": f"y{axis}", "showlegend": first}
        data += [
            {
                "name": "debt",
                "type": "bar",
                "x": _numbers(sight.years, 4),
                "y": _numbers(sight.debt / MILLION, 5),
                "marker": {"color": "$blue", "line": {"width": 0}},
                **common,
            },
            {**_line("target", sight.years, sight.target / MILLION, "$orange"), **common},
            {**_line("cap", sight.years, sight.cap / MILLION, "$grey", "dot"), **common},
        ]
        left = (number - 1) * width
        layout[f"xaxis{axis}"] = {
            "domain": [left + (0.02 if number > 1 else 0), left + width - 0.01],
            "anchor": f"y{axis}",
            "title": {"text": "years to maturity", "standoff": 8},
        }
        layout[f"yaxis{axis}"] = {
            "matches": "y",
            "anchor": f"x{axis}",
            "rangemode": "tozero",
            "showticklabels": first,
            **({"title": {"text": "millions"}} if first else {}),
        }
        layout["annotations"].append(
            {
                "text": f"<b>{shot.label}</b><br>{day(shot.time)[:10]}",
                "xref": f"x{axis} domain",
                "yref": "paper",
                "x": 0.5,
                "y": 1.14,
                "showarrow": False,
            }
        )
    return {"data": data, "layout": layout}


def path_figure(path: Sequence[PricePoint]) -> Figure:
    """One bond from its first day on sale to par: the market's two prices and the price at target."""
    dates = [day(point.time) for point in path]
    data = [
        {**_line("sold to savers at", dates, [point.buy for point in path], "$blue")},
        {
            **_line("bought back at", dates, [point.sell for point in path], "$teal"),
            "fill": "tonexty",
            "fillcolor": "$shade",
        },
        _line("price at target", dates, [point.at_target for point in path], "$orange", "dash"),
    ]
    layout = {
        "yaxis": {"title": {"text": "price of 1 at maturity"}, "tickformat": ".2f"},
        "xaxis": {"type": "date"},
        "shapes": [_horizontal(1.0)],
        "height": 400,
    }
    return {"data": data, "layout": layout}


def treasury_figure(balances: Sequence[Balance]) -> Figure:
    """Escrow (what holders are owed, to the unit) and reserve over time, in millions."""
    dates = [day(point.time) for point in balances]
    data = [
        {
            **_line("escrow = face outstanding", dates, [point.escrow / MILLION for point in balances], "$blue"),
            "fill": "tozeroy",
            "fillcolor": "$shade",
        },
        _line("target of all maturities", *_targets(balances), "$orange", "dash"),
        {
            **_line("reserve (right)", dates, [point.reserve / MILLION for point in balances], "$teal"),
            "yaxis": "y2",
        },
    ]
    layout = {
        "xaxis": {"type": "date"},
        "yaxis": {"title": {"text": "escrow, millions"}, "rangemode": "tozero"},
        "yaxis2": {
            "title": {"text": "reserve, millions"},
            "overlaying": "y",
            "side": "right",
            "rangemode": "tozero",
            "showgrid": False,
            "tickmode": "auto",
        },
        "height": 400,
    }
    return {"data": data, "layout": layout}


def floating_figure(points: Sequence[RatePoint]) -> Figure:
    """Variable bonds: the stored rate and the outside's above, value against target and the interest reserve below."""
    trading = [point for point in points if point.outside == point.outside]  # NaN once nothing is sold any more
    out = max((number for number, point in enumerate(points) if point.value > 0), default=len(points))
    points = points[: max(out + 2, len(trading))]  # what is flat for years is not shown
    dates, early = [day(point.time) for point in points], [day(point.time) for point in trading]
    below = {"xaxis": "x", "yaxis": "y2"}
    steps = {"color": "$violet", "width": 2.2, "shape": "hv"}
    data = [
        {**_line("stored rate", early, [100 * point.rate for point in trading], "$violet"), "line": steps},
        _line("a quarter of a year outside", early, [100 * point.outside for point in trading], "$orange", "dash"),
        {
            **_line("value of all variable bonds", dates, [point.value / MILLION for point in points], "$blue"),
            "fill": "tozeroy",
            "fillcolor": "$shade",
            **below,
        },
        {**_line("target", early, [point.target / MILLION for point in trading], "$grey", "dot"), **below},
        {**_line("interest reserve", dates, [point.reserve / MILLION for point in points], "$teal"), **below},
    ]
    layout = {
        "xaxis": {"type": "date", "anchor": "y2"},
        "yaxis": {"title": {"text": "% a year"}, "domain": [0.58, 1]},
        "yaxis2": {"title": {"text": "millions"}, "domain": [0, 0.48], "rangemode": "tozero"},
        "height": 480,
    }
    return {"data": data, "layout": layout}


def roll_figure(points: Sequence[RollPoint], rolls: Sequence[Roll], decimals: int) -> Figure:
    """A class over time: bonds and cash in millions, what a share is worth, and its rolls."""
    dates, one = [day(point.time) for point in points], 10**decimals
    told = [f"{roll.face / one / MILLION:,.3f} m at {100 * roll.rate:.2f} %" for roll in rolls]
    data = [
        {
            **_line("bonds of the class", dates, [point.face / MILLION for point in points], "$blue"),
            "line": {"color": "$blue", "width": 2.2, "shape": "hv"},
            "fill": "tozeroy",
            "fillcolor": "$shade",
        },
        {
            **_line("cash", dates, [point.cash / MILLION for point in points], "$grey", "dot"),
            "line": {"color": "$grey", "width": 1.6, "dash": "dot", "shape": "hv"},
        },
        {
            "name": "rolls",
            "x": [day(roll.time) for roll in rolls],
            "y": _numbers([roll.face / one / MILLION for roll in rolls], 6),
            "mode": "markers",
            "marker": {"color": "$orange", "size": 10, "line": {"color": "$paper", "width": 1.5}},
            "text": told,
            "hoverinfo": "text",
        },
        {**_line("worth of a share (right)", dates, [point.worth for point in points], "$teal"), "yaxis": "y2"},
    ]
    layout = {
        "xaxis": {"type": "date"},
        "yaxis": {"title": {"text": "millions"}, "rangemode": "tozero"},
        "yaxis2": {
            "title": {"text": "worth of a share"},
            "overlaying": "y",
            "side": "right",
            "showgrid": False,
            "tickmode": "auto",
        },
        "height": 380,
    }
    return {"data": data, "layout": layout}


def lock_figure(points: Sequence[LockPoint]) -> Figure:
    """Face locked and its weight over time, in millions."""
    dates = [day(point.time) for point in points]
    data = [
        {
            **_line("weight of all locks", dates, [point.weight / MILLION for point in points], "$violet"),
            "fill": "tozeroy",
            "fillcolor": "$shade",
        },
        {
            **_line("face locked (right)", dates, [point.face / MILLION for point in points], "$teal"),
            "yaxis": "y2",
        },
    ]
    layout = {
        "xaxis": {"type": "date"},
        "yaxis": {"title": {"text": "weight, millions × years"}, "rangemode": "tozero"},
        "yaxis2": {
            "title": {"text": "face, millions"},
            "overlaying": "y",
            "side": "right",
            "rangemode": "tozero",
            "showgrid": False,
            "tickmode": "auto",
        },
        "height": 360,
    }
    return {"data": data, "layout": layout}


def quarter_mean(values: Floats) -> Floats:
    """Means over a sliding quarter of weekly maturities, the first four weeks left out."""
    return np.convolve(values[4:], np.full(QUARTER, 1 / QUARTER), mode="valid")


def _targets(balances: Sequence[Balance]) -> tuple[list[str], list[float]]:
    known = [(day(point.time), point.target / MILLION) for point in balances if point.target is not None]
    return [date for date, _ in known], [target for _, target in known]


def _line(name: str, x: Any, y: Any, colour: str, dash: str = "solid") -> Figure:
    xs = list(x) if len(x) and isinstance(x[0], str) else _numbers(x, 5)
    return {
        "name": name,
        "x": xs,
        "y": _numbers(y, 6),
        "mode": "lines",
        "line": {"color": colour, "width": 2.2 if dash == "solid" else 1.6, "dash": dash},
    }


def _percent(values: Floats) -> Floats:
    return values * 100


def _numbers(values: Any, digits: int) -> list[float]:
    return [round(float(value), digits) for value in values]


def _horizontal(y: float) -> Figure:
    line = {"color": "$grey", "width": 1, "dash": "dot"}
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": y, "y1": y, "line": line}
