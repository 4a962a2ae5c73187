"""The `fit:` section of a deployment's configuration: which market, which spreads, how much debt at each tenor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from .fit import Fit, fit
from .knots import Knot, make_knots
from .market import MarketYields

Amount = Annotated[Decimal, Field(gt=0)]
Spread = Annotated[Decimal, Field(ge=0, le=2_000)]


class FitSection(BaseModel):
    """Amounts in whole assets by tenor, spreads in basis points a year, `market` a path beside the configuration."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    market: str
    model: Literal["svensson", "nelson-siegel"] = "svensson"
    empty_bps: Spread
    full_bps: Spread
    targets: list[Amount]
    caps: list[Amount]


@dataclass(frozen=True)
class FittedProfile:
    """Knots with the fit that they came from."""

    fit: Fit
    knots: tuple[Knot, ...]


def fit_profile(section: FitSection, weeks: Sequence[int], decimals: int, folder: Path) -> FittedProfile:
    """Knots of a `fit:` section at tenors in weeks; `folder` is where the configuration stands.

    Raises `YieldError` for the market's file and `ProfileError` for amounts that the market can't store.
    """
    fitted = fit(MarketYields.load(folder / section.market), section.model)
    knots = make_knots(
        fitted.curve, weeks, section.targets, section.caps, decimals, section.empty_bps, section.full_bps
    )
    return FittedProfile(fitted, knots)
