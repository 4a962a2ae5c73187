"""Quoted yields: how they are read and what they say about prices."""

from pathlib import Path

import numpy as np
import pytest

from surety.curves import MarketYields, YieldError, par_yield, tenor_years

FLAT = 0.04


def flat(tau):
    return np.full_like(tau, FLAT)


@pytest.mark.parametrize(("label", "years"), [("1m", 1 / 12), ("6m", 0.5), ("18m", 1.5), ("30y", 30.0)])
def test_tenor_years__months_and_years__read(label, years):
    assert tenor_years(label) == years


@pytest.mark.parametrize("label", ["", "0m", "1w", "y1", "1.5y", "7m"])
def test_tenor_years__other_texts__refused(label):
    with pytest.raises(YieldError, match="tenor"):
        tenor_years(label)


def test_par_yield__flat_zero_curve__semi_annual_equivalent():
    semi_annual = 2 * np.expm1(FLAT / 2)
    assert par_yield(flat, 10.0) == pytest.approx(semi_annual, abs=1e-15)
    assert par_yield(flat, 0.5) == pytest.approx(semi_annual, abs=1e-15)


def test_par_yield__below_half_a_year__simple_and_agrees_at_the_border():
    quarter = par_yield(flat, 0.25)
    assert 1 / (1 + quarter * 0.25) == pytest.approx(np.exp(-FLAT * 0.25), abs=1e-15)
    assert par_yield(flat, 0.5 - 1e-9) == pytest.approx(par_yield(flat, 0.5), abs=1e-9)


def test_of__unordered_quotes__sorted_by_tenor():
    market = MarketYields.of("d", "s", {"2y": 3, "1m": 5, "1y": "4.0", "6m": 4.5})
    assert market.labels == ("1m", "6m", "1y", "2y")
    assert market.yields == (0.05, 0.045, 0.04, 0.03)


@pytest.mark.parametrize(
    ("quotes", "says"),
    [
        ({"1y": 4}, "too few"),
        ({"1m": 5, "6m": 4.5, "1y": "high", "2y": 4}, "par_yields.1y: 'high' is not a number"),
        ({"1m": 5, "6m": 4.5, "1y": 400, "2y": 4}, "par_yields.1y: 400 % is outside"),
        ({"1m": 5, "6m": 4.5, "12m": 4, "1y": 4}, "quoted twice"),
        ({"1m": 5, "6m": 4.5, "1y": "nan", "2y": 4}, "outside"),
    ],
)
def test_of__bad_quotes__named(quotes, says):
    with pytest.raises(YieldError, match=says):
        MarketYields.of("d", "s", quotes)


@pytest.mark.parametrize(
    ("text", "says"),
    [(None, "no yields at"), ("a: [", "is not YAML"), ("date: x", "give `par_yields`"), ("- 1", "give `par_yields`")],
)
def test_load__bad_file__named(tmp_path: Path, text, says):
    path = tmp_path / "yields.yaml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(YieldError, match=says):
        MarketYields.load(path)
