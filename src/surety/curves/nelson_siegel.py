"""The Nelson–Siegel–Svensson family of zero curves.

z(τ) = β0 + β1·a(τ/τ1) + β2·(a(τ/τ1) − e^(−τ/τ1)) + β3·(a(τ/τ2) − e^(−τ/τ2)),  a(x) = (1 − e^(−x))/x

Nelson and Siegel (1987) is β3 = 0; Svensson (1994) added the second hump. z is continuously compounded, τ in years.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .market import Floats


def loadings(tau: Floats, tau1: float, tau2: float | None) -> Floats:
    """The factors of β0, β1, β2 (and β3 if `tau2` is given) at each tenor in years: shape (tenors, 3 or 4)."""
    columns = [np.ones_like(tau)]
    for number, scale in enumerate((tau1, tau2)):
        if scale is None:
            continue
        x = tau / scale
        slope = np.where(x > 0, -np.expm1(-x) / np.where(x > 0, x, 1), 1.0)
        if number == 0:
            columns.append(slope)
        columns.append(slope - np.exp(-x))
    return np.column_stack(columns)


@dataclass(frozen=True)
class NelsonSiegel:
    """Parameters of one curve: `betas` as fractions a year (3, or 4 with the second hump), scales in years."""

    betas: tuple[float, ...]
    tau1: float
    tau2: float | None = None

    def zero(self, tau: Floats) -> Floats:
        """Continuously compounded zero yields (fractions) at tenors in years."""
        return np.asarray(loadings(tau, self.tau1, self.tau2) @ np.array(self.betas), dtype=np.float64)

    def log_discount(self, years: float) -> float:
        """L(τ) = z(τ)·τ: minus the logarithm of the price of 1 paid in `years`."""
        return float(self.zero(np.array([years]))[0] * years)

    def forward(self, tau: Floats) -> Floats:
        """Instantaneous forward rates (fractions), dL/dτ, at tenors in years."""
        x1 = tau / self.tau1
        rate = self.betas[0] + self.betas[1] * np.exp(-x1) + self.betas[2] * x1 * np.exp(-x1)
        if self.tau2 is not None:
            x2 = tau / self.tau2
            rate = rate + self.betas[3] * x2 * np.exp(-x2)
        return np.asarray(rate, dtype=np.float64)
