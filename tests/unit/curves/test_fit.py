"""The fit against curves whose parameters are known, and against the Treasury's curve of 2024-10-07."""

from pathlib import Path

import numpy as np
import pytest

from surety.curves import MarketYields, NelsonSiegel, YieldError, fit, par_yields, tenor_years

LABELS = ("1m", "3m", "6m", "1y", "2y", "3y", "5y", "7y", "10y", "20y", "30y")
TREASURY = Path("config/yields/us-treasury-2024-10-07.yaml")


def market_of(curve: NelsonSiegel) -> MarketYields:
    years = tuple(tenor_years(label) for label in LABELS)
    quotes = dict(zip(LABELS, par_yields(curve.zero, years) * 100, strict=True))
    return MarketYields.of("2024-10-07", "made from known parameters", quotes)


@pytest.fixture(scope="module")
def treasury():
    return fit(MarketYields.load(TREASURY))


def test_inv_fit_5__quotes_of_a_nelson_siegel_curve__recovers_it():
    known = NelsonSiegel((0.045, 0.005, -0.03), 1.6)
    found = fit(market_of(known), "nelson-siegel")
    assert found.curve.betas == pytest.approx(known.betas, abs=2e-7)
    assert found.curve.tau1 == pytest.approx(known.tau1, abs=2e-4)
    assert found.worst_bp < 0.01


def test_inv_fit_5__quotes_of_a_svensson_curve__reprices_it():
    known = NelsonSiegel((0.046, 0.006, -0.008, -0.027), 0.34, 2.4)
    found = fit(market_of(known))
    assert found.worst_bp < 0.01
    tau = np.linspace(0.02, 30, 200)
    assert np.abs(found.curve.zero(tau) - known.zero(tau)).max() < 2e-6


def test_inv_fit_1__treasury_curve__errors_as_documented(treasury):
    assert treasury.rmse_bp < 3.6
    errors = dict(zip(treasury.market.labels, treasury.errors_bp, strict=True))
    within_four_years = [abs(errors[label]) for label in ("1m", "2m", "3m", "4m", "6m", "1y", "2y", "3y")]
    assert max(within_four_years) < 5.2
    assert treasury.worst_bp < 9


def test_fit__treasury_curve__second_hump_halves_the_error(treasury):
    assert treasury.rmse_bp < 0.6 * fit(treasury.market, "nelson-siegel").rmse_bp


def test_fit__treasury_curve__forwards_are_positive_and_are_the_slope_of_log_discount(treasury):
    tau = np.linspace(0, 30, 400)
    assert treasury.curve.forward(tau).min() > 0.03
    step = 1e-6
    slope = (treasury.curve.log_discount(2 + step) - treasury.curve.log_discount(2 - step)) / (2 * step)
    assert slope == pytest.approx(float(treasury.curve.forward(np.array([2.0]))[0]), abs=1e-8)


def test_inv_fit_4__fitted_twice__same_parameters(treasury):
    assert fit(treasury.market).curve == treasury.curve


def test_log_discount__at_maturity__zero(treasury):
    assert treasury.curve.log_discount(0.0) == 0.0


def test_fit__unknown_model__names_the_choices():
    with pytest.raises(YieldError, match="choose one of nelson-siegel, svensson"):
        fit(MarketYields.load(TREASURY), "spline")


def test_fit__fewer_quotes_than_parameters__refused():
    market = MarketYields.of("d", "s", {"1m": 5, "6m": 4.5, "1y": 4, "2y": 4, "3y": 4})
    with pytest.raises(YieldError, match="needs 6 quotes, there are 5"):
        fit(market)
