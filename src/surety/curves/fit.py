"""Fit of a Nelson–Siegel(–Svensson) curve to quoted par yields.

The error that is minimised is the one a reader sees: quoted minus model *par* yield, each bond priced from the model.
The valley is flat in the two scales, so the search starts from a grid of them, with the betas of each by linear least
squares, and polishes the best few. Parameters are then rounded (betas to 1e-7, a thousandth of a basis point; scales to
1e-4 years) and errors are those of the rounded curve: what is published is what the knots are made of.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.optimize import least_squares

from .market import Floats, MarketYields, YieldError, par_yields
from .nelson_siegel import NelsonSiegel, loadings

BP = 10_000
SCALES = (0.15, 0.3, 0.6, 1.0, 1.7, 2.8, 4.5, 7.5, 12.0, 20.0)
POLISHED = 4
MODELS = {"nelson-siegel": 4, "svensson": 6}
"""Number of parameters by name of the model."""


@dataclass(frozen=True)
class Fit:
    """A fitted curve with its errors in basis points of par yield, by tenor, quoted minus model."""

    market: MarketYields
    model: str
    curve: NelsonSiegel
    model_yields: tuple[float, ...]
    errors_bp: tuple[float, ...]

    @property
    def rmse_bp(self) -> float:
        """Root of the mean square error over the quoted tenors, in basis points."""
        return float(np.sqrt(np.mean(np.square(self.errors_bp))))

    @property
    def worst_bp(self) -> float:
        """The largest error in absolute value, in basis points."""
        return max(abs(error) for error in self.errors_bp)


def fit(market: MarketYields, model: str = "svensson") -> Fit:
    """Fit `model` (`nelson-siegel` or `svensson`); raises `YieldError` if it has more parameters than quotes."""
    if model not in MODELS:
        raise YieldError(f"model {model!r}: choose one of {', '.join(MODELS)}")
    if len(market.years) < MODELS[model]:
        raise YieldError(f"model {model}: needs {MODELS[model]} quotes, there are {len(market.years)}")
    two_humps = model == "svensson"
    quoted = np.array(market.yields)

    def residuals(x: Floats) -> Floats:
        return (quoted - par_yields(_unpack(x, two_humps).zero, market.years)) * BP

    starts = sorted(_starts(market, two_humps), key=lambda x: float(np.sum(residuals(x) ** 2)))
    polished = [
        least_squares(residuals, start, method="lm", xtol=1e-14, ftol=1e-14, gtol=1e-14, max_nfev=4_000)
        for start in starts[:POLISHED]
    ]
    best = _rounded(_unpack(min(polished, key=lambda result: float(result.cost)).x, two_humps))
    modelled = par_yields(best.zero, market.years)
    errors = tuple(float(error) for error in (quoted - modelled) * BP)
    return Fit(market, model, best, tuple(float(value) for value in modelled), errors)


def _starts(market: MarketYields, two_humps: bool) -> list[Floats]:
    """One start for each choice of scales; quoted yields stand in for zero yields, which is near enough to begin."""
    tau = np.array(market.years)
    zeros = np.array(market.yields)
    starts: list[Floats] = []
    pairs = list(combinations(SCALES, 2)) if two_humps else [(scale, None) for scale in SCALES]
    for tau1, tau2 in pairs:
        betas, *_ = np.linalg.lstsq(loadings(tau, tau1, tau2), zeros, rcond=None)
        scales = [tau1] if tau2 is None else [tau1, tau2]
        starts.append(np.concatenate([betas, np.log(scales)]))
    return starts


def _unpack(x: Floats, two_humps: bool) -> NelsonSiegel:
    """Scales are searched by their logarithms, which keeps them positive."""
    if two_humps:
        return NelsonSiegel(tuple(x[:4]), float(np.exp(x[4])), float(np.exp(x[5])))
    return NelsonSiegel(tuple(x[:3]), float(np.exp(x[3])))


def _rounded(curve: NelsonSiegel) -> NelsonSiegel:
    betas = tuple(round(float(beta), 7) for beta in curve.betas)
    return NelsonSiegel(betas, round(curve.tau1, 4), None if curve.tau2 is None else round(curve.tau2, 4))
