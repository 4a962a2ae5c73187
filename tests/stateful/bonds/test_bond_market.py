"""The whole market beside its exact model: balances, books, buckets, limits and quotes agree after each move."""

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test
from tests.support.bond_machine import BondMarketMachine
from tests.support.bonds import Setup

pytestmark = pytest.mark.stateful

ASSETS = {
    "18 decimals": Setup(decimals=18, mint_cap=10**6 * 10**18),
    "8 decimals": Setup(decimals=8, mint_cap=10**6 * 10**8),
    "6 decimals": Setup(decimals=6, mint_cap=10**6 * 10**6),
    "6 decimals, returns nothing": Setup(decimals=6, mint_cap=10**6 * 10**6, asset="MockNoReturnERC20"),
}


@pytest.mark.parametrize("asset", ASSETS)
def test_inv_mkt_6_inv_mkt_8_inv_trs_1_inv_trs_2_inv_trs_4_market__any_sequence__is_the_model(asset):
    machine = type("Machine", (BondMarketMachine,), {"setup": ASSETS[asset]})
    # Of 30 moves with some twenty reads each, so a tenth of the profile's examples
    examples = max(settings.default.max_examples // 10, 1)
    run_state_machine_as_test(machine, settings=settings(max_examples=examples, stateful_step_count=30, deadline=None))
