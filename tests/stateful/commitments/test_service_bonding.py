"""Any history of locks over the real escrow, registries and market, beside the model; at the end everybody leaves.

INV-BND-1 to INV-BND-15: after every step all that the contract says and holds is what the model says.
"""

from __future__ import annotations

import pytest
from tests.support.bonding_histories import ASSETS, run

pytestmark = pytest.mark.stateful


@pytest.mark.parametrize("seed", range(3), ids=[f"{decimals} decimals" for decimals, _ in ASSETS])
def test_service_bonding__any_history__agrees_with_the_model_and_lets_everybody_out(seed):
    """S0.22: many bonds behind many services."""
    run(seed, 4, 40)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_service_bonding__long_histories__agree_with_the_model(seed):
    run(seed, 60, 80)
