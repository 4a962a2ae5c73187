"""Everything that is made of bonds in one world, beside the exact models: trades of both kinds, strips, conversions,
orders, wrappers, locks, rolls, ramps, shortages of either reserve, and time. At the end everybody leaves."""

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test
from tests.support.bonds import Setup
from tests.support.whole_market import WholeMarketMachine

pytestmark = pytest.mark.stateful

ASSETS = {
    "18 decimals, interest runs short": (Setup(decimals=18, mint_cap=10**24, interest=500), True),
    "6 decimals, returns nothing, class not listed": (
        Setup(decimals=6, mint_cap=10**12, interest=100_000, asset="MockNoReturnERC20"),
        False,
    ),
}


@pytest.mark.parametrize("case", ASSETS)
def test_inv_mkt_6_trs_1_trs_4_exc_1_wrp_1_aln_9_var_1_rlb_1_whole_market__any_sequence__is_the_models(case):
    setup, listed = ASSETS[case]
    machine = type("Machine", (WholeMarketMachine,), {"setup": setup, "listed": listed})
    # Of 40 moves with some thirty reads each
    examples = max(settings.default.max_examples // 15, 1)
    run_state_machine_as_test(machine, settings=settings(max_examples=examples, stateful_step_count=40, deadline=None))
