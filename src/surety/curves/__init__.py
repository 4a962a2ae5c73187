"""Zero curves from market yields, and the knots of a debt profile made of them."""

from .bounds import Speed, check_profile, segment_speeds, total_cap
from .fit import MODELS, Fit, fit
from .knots import Knot, ProfileError, amount_unit, make_knots, to_wei
from .market import MarketYields, YieldError, par_yield, par_yields, tenor_years
from .nelson_siegel import NelsonSiegel
from .section import FitSection, FittedProfile, fit_profile

__all__ = [
    "MODELS",
    "Fit",
    "FitSection",
    "FittedProfile",
    "Knot",
    "MarketYields",
    "NelsonSiegel",
    "ProfileError",
    "Speed",
    "YieldError",
    "amount_unit",
    "check_profile",
    "fit",
    "fit_profile",
    "make_knots",
    "par_yield",
    "par_yields",
    "segment_speeds",
    "tenor_years",
    "to_wei",
    "total_cap",
]
