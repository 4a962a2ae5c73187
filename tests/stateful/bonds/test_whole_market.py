"""Everything that is made of bonds in one world, beside the exact models: trades, orders, wrappers, locks, time."""

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test
from tests.support.bonds import Setup
from tests.support.whole_market import WholeMarketMachine

pytestmark = pytest.mark.stateful

ASSETS = {
    "18 decimals": Setup(decimals=18, mint_cap=10**6 * 10**18),
    "6 decimals, returns nothing": Setup(decimals=6, mint_cap=10**6 * 10**6, asset="MockNoReturnERC20"),
}


@pytest.mark.parametrize("asset", ASSETS)
def test_inv_mkt_6_inv_trs_1_inv_trs_4_inv_exc_1_inv_wrp_1_inv_aln_9_whole_market__any_sequence__is_the_models(asset):
    machine = type("Machine", (WholeMarketMachine,), {"setup": ASSETS[asset]})
    examples = max(settings.default.max_examples // 10, 1)
    run_state_machine_as_test(machine, settings=settings(max_examples=examples, stateful_step_count=40, deadline=None))
