"""Par yields as a market quotes them: how a tenor is written, and what a quoted yield says about prices.

Convention (that of the US Treasury's daily par yield curve): every quote is a bond-equivalent yield.
Below half a year nothing is paid before maturity and the yield is simple: price = 1 / (1 + y·τ). From half a year on,
the quote is the coupon, paid twice a year, of a bond that trades at par. The two agree at half a year.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Zero = Callable[[Floats], Floats]
"""Continuously compounded zero yields (fractions) at tenors in years."""

COUPONS_PER_YEAR = 2
_TENOR = re.compile(r"^([1-9][0-9]?)([my])$")


class YieldError(ValueError):
    """A quoted yield curve that can't be read; the message names the key and what is allowed."""


def tenor_years(label: str) -> float:
    """Years of a tenor written as `6m` or `10y`; raises `YieldError` for anything else."""
    found = _TENOR.match(label)
    if found is None:
        raise YieldError(f"tenor {label!r}: write months or years, such as 6m or 10y")
    number, unit = int(found[1]), found[2]
    years = number / 12 if unit == "m" else float(number)
    if years > 0.5 and not (years * COUPONS_PER_YEAR).is_integer():
        raise YieldError(f"tenor {label!r}: beyond six months give whole half-years, such as 1y or 18m")
    return years


@dataclass(frozen=True)
class MarketYields:
    """Quoted par yields of one day: labels, tenors in years and yields as fractions (0.0424 is 4.24 %), by tenor."""

    date: str
    source: str
    labels: tuple[str, ...]
    years: tuple[float, ...]
    yields: tuple[float, ...]

    @classmethod
    def of(cls, date: str, source: str, percent: Mapping[str, object]) -> MarketYields:
        """From quotes in per cent by tenor; raises `YieldError` with fewer than 4 quotes or one outside −5 … 50 %."""
        if len(percent) < 4:
            raise YieldError(f"par_yields: {len(percent)} quotes are too few to fit a curve, give at least 4")
        rows = []
        for label, quote in percent.items():
            try:
                value = Decimal(str(quote))
            except InvalidOperation:
                raise YieldError(f"par_yields.{label}: {quote!r} is not a number of per cent") from None
            if not value.is_finite() or not -5 <= value <= 50:
                raise YieldError(f"par_yields.{label}: {quote} % is outside -5 … 50 %")
            rows.append((tenor_years(str(label)), str(label), float(value / 100)))
        rows.sort()
        if len({row[0] for row in rows}) < len(rows):
            raise YieldError("par_yields: the same tenor is quoted twice")
        years, labels, yields = zip(*rows, strict=True)
        return cls(date, source, labels, years, yields)

    @classmethod
    def load(cls, path: Path) -> MarketYields:
        """From a YAML file with `date`, `source` and `par_yields` (per cent by tenor)."""
        try:
            data = yaml.safe_load(path.read_text())
        except FileNotFoundError:
            raise YieldError(f"no yields at {path}") from None
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise YieldError(f"{path.name} is not YAML: {str(error).splitlines()[0]}") from None
        if not isinstance(data, dict) or not isinstance(data.get("par_yields"), dict):
            raise YieldError(f"{path.name}: give `par_yields`, a map of tenors to per cent")
        return cls.of(str(data.get("date", "")), str(data.get("source", "")), data["par_yields"])


def par_yield(zero: Zero, years: float) -> float:
    """The bond-equivalent par yield (fraction) that a zero curve implies at one tenor in years."""
    if years < 1 / COUPONS_PER_YEAR:
        tenor = np.array([years])
        return float(np.expm1(zero(tenor)[0] * years) / years)
    times = np.arange(1, round(years * COUPONS_PER_YEAR) + 1) / COUPONS_PER_YEAR
    prices = np.exp(-zero(times) * times)
    return float(COUPONS_PER_YEAR * (1 - prices[-1]) / prices.sum())


def par_yields(zero: Zero, years: tuple[float, ...]) -> Floats:
    """`par_yield` at every tenor."""
    return np.array([par_yield(zero, tenor) for tenor in years])
