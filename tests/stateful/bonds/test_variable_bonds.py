"""Variable bonds beside their exact model: the same answers and refusals, the same books after each move, all leave."""

import boa
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.support.bonds import CURATOR, GUARDIAN, PER_CENT, STRANGER, TRADERS, TREASURER, ZERO, Setup, make_variable
from tests.support.variable import Pair

from surety.models.refusal import Refused
from surety.models.treasury import variable_id
from surety.models.variable_index import DAY, WEEK

pytestmark = pytest.mark.stateful

ASSETS = {
    "18 decimals": Setup(decimals=18, interest=3_000, variable=make_variable(18, hi=60 * PER_CENT)),
    "8 decimals": Setup(decimals=8, interest=100_000),
    "6 decimals": Setup(decimals=6, interest=20),
    "6 decimals, returns nothing": Setup(decimals=6, interest=0, asset="MockNoReturnERC20"),
}
traders = st.sampled_from(TRADERS)
receivers = st.sampled_from([*TRADERS, *TRADERS, ZERO])
weeks = st.sampled_from([0, 0, 1, 2, 5, 30, 80, 104])
shares = st.sampled_from([0.0, 1e-9, 0.001, 0.1, 0.5, 0.9, 1.0, 1.0])
waits = st.one_of(
    st.sampled_from([0, 1, 12, DAY, WEEK - 1, WEEK, WEEK + 1, 9 * WEEK, 64 * WEEK, 66 * WEEK]), st.integers(1, 40 * DAY)
)


class VariableMachine(RuleBasedStateMachine):
    setup: Setup

    @initialize()
    def create(self) -> None:
        self.anchor = boa.env.anchor()
        self.anchor.__enter__()
        self.pair = Pair.create(self.setup)
        self.maturities: set[int] = set()

    @property
    def model(self):
        return self.pair.model

    def held(self):
        bonds = self.model.treasury.bonds
        return [
            (who, maturity, bonds[who, variable_id(maturity)])
            for who in TRADERS
            for maturity in sorted(self.maturities)
            if bonds[who, variable_id(maturity)]
        ]

    # -- trades --

    @rule(buyer=traders, receiver=receivers, week=weeks, share=shares, off=st.sampled_from([0, 0, 0, 1]))
    def buy(self, buyer, receiver, week, share, off):
        maturity = self.pair.suite.maturity(week) + off
        self.maturities.add(maturity)
        room = max(self.model.terms.cap - self.model.preview().value, 10)
        self.pair.buy(buyer, maturity, int(room * share) + off, 0, receiver)

    @precondition(lambda self: self.held())
    @rule(data=st.data(), receiver=receivers, share=shares, over=st.sampled_from([0, 0, 0, 1]))
    def sell(self, data, receiver, share, over):
        holder, maturity, held = data.draw(st.sampled_from(self.held()))
        self.pair.sell(holder, maturity, int(held * share) + over, 0, receiver)

    @precondition(lambda self: self.held())
    @rule(data=st.data(), share=shares, short=st.sampled_from([0, 1]))
    def sell_at_the_quoted_price(self, data, share, short):
        holder, maturity, held = data.draw(st.sampled_from(self.held()))
        amount = int(held * share)
        try:
            least = self.model.quote_sell(maturity, amount)
        except Refused as refused:
            with boa.reverts(refused.reason):
                self.pair.suite.variable.quote_sell(maturity, amount)
            return
        assert self.pair.suite.variable.quote_sell(maturity, amount) == least
        self.pair.sell(holder, maturity, amount, least + short)

    @precondition(lambda self: self.held())
    @rule(data=st.data(), receiver=receivers, share=shares)
    def redeem(self, data, receiver, share):
        holder, maturity, held = data.draw(st.sampled_from(self.held()))
        self.pair.redeem(holder, variable_id(maturity), int(held * share), receiver)

    @precondition(lambda self: self.held())
    @rule(data=st.data(), receiver=traders, share=shares)
    def transfer(self, data, receiver, share):
        holder, maturity, held = data.draw(st.sampled_from(self.held()))
        bond, amount = variable_id(maturity), int(held * share)
        self.model.treasury.transfer(holder, receiver, bond, amount)
        self.pair.suite.token.transfer(receiver, bond, amount, sender=holder)

    # -- time, rate and interest --

    @rule(seconds=waits)
    def wait(self, seconds):
        self.pair.wait(seconds)

    @precondition(lambda self: self.held())
    @rule(off=st.sampled_from([-1, 0, 1]))
    def wait_for_a_maturity(self, off):
        self.pair.go(max(self.pair.now, min(maturity for _, maturity, _ in self.held()) + off))

    @rule()
    def accrue(self):
        self.pair.accrue()

    @rule()
    def update_rate(self):
        self.pair.update_rate()

    @rule(amount=st.sampled_from([0, 1, 10**5, 10**9, 10**18, 10**21]))
    def fund_interest(self, amount):
        self.pair.fund_interest(amount)

    @rule(share=shares, receiver=receivers)
    def withdraw_interest(self, share, receiver):
        """Down to what must stay, or beyond it."""
        state = self.model.preview()
        amount = int(state.reserve * share)
        self.pair.withdraw_interest(amount, receiver, TREASURER)

    @rule()
    def withdraw_all_that_may_go(self):
        self.pair.accrue()
        books = self.model.treasury.variable
        self.pair.withdraw_interest(max(books.reserve - books.kept(), 0), TRADERS[0], TREASURER)

    # -- terms --

    @rule(
        caller=st.sampled_from([CURATOR, CURATOR, GUARDIAN]),
        hi=st.integers(0, 101),
        exit_bps=st.sampled_from([0, 2_500, 10_000]),
        fee_bps=st.sampled_from([0, 1_000, 1_001]),
        step_bps=st.sampled_from([1, 300, 10_000]),
        scale=st.sampled_from([1, 3]),
    )
    def queue_terms(self, caller, hi, exit_bps, fee_bps, step_bps, scale):
        base = make_variable(self.setup.decimals).terms
        terms = base._replace(
            target=base.target * scale,
            cap=base.cap * scale,
            hi=hi * PER_CENT,
            mid=hi * PER_CENT // 2,
            low=hi * PER_CENT // 4,
            exit_bps=exit_bps,
            fee_bps=fee_bps,
            step_bps=step_bps,
        )
        self.pair.both(
            lambda: self.model.queue_terms(caller, terms),
            lambda: self.pair.suite.variable.queue_terms(terms, sender=caller),
        )

    @rule(caller=st.sampled_from([CURATOR, GUARDIAN, STRANGER]))
    def cancel_terms(self, caller):
        self.pair.both(
            lambda: self.model.cancel_terms(caller),
            lambda: self.pair.suite.variable.cancel_terms(sender=caller),
        )

    @rule(caller=st.sampled_from([GUARDIAN, STRANGER]), buys=st.booleans(), sells=st.booleans())
    def set_pause(self, caller, buys, sells):
        self.pair.both(
            lambda: self.model.set_pause(caller, buys, sells),
            lambda: self.pair.suite.variable.set_pause(buys, sells, sender=caller),
        )

    @rule()
    def resume(self):
        self.set_pause(GUARDIAN, False, False)

    # -- comparisons --

    @invariant()
    def all_agrees(self):
        """INV-TRS-1, INV-TRS-2, INV-VAR-1: books, index, anchors, terms and money are those of the model."""
        if hasattr(self, "pair"):
            self.pair.check()

    def teardown(self):
        """Everybody leaves, with sales paused and no interest reserve to speak of; the escrow ends at zero."""
        if not hasattr(self, "pair"):
            return
        try:
            self.set_pause(GUARDIAN, True, True)
            self.withdraw_all_that_may_go()
            last = max((maturity for _, maturity, _ in self.held()), default=self.pair.now)
            self.pair.go(max(self.pair.now, last))
            while self.pair.suite.treasury.variable().time < self.pair.now:
                self.pair.accrue()
            for holder, maturity, held in self.held():
                index = self.pair.suite.treasury.series(maturity)[1]
                wealth = self.pair.suite.asset.balanceOf(holder)
                self.pair.redeem(holder, variable_id(maturity), held)
                assert self.pair.suite.asset.balanceOf(holder) == wealth + held * index // 10**27
            assert self.pair.suite.treasury.escrow() == 0
            self.pair.check()
        finally:
            self.anchor.__exit__(None, None, None)


@pytest.mark.parametrize("asset", ASSETS)
def test_inv_trs_1_inv_var_1_inv_var_4_inv_var_11_variable_bonds__any_sequence__is_the_model(asset):
    machine = type("Machine", (VariableMachine,), {"setup": ASSETS[asset]})
    # Of 30 moves with a dozen reads each, so a twentieth of the profile's examples
    examples = max(settings.default.max_examples // 20, 1)
    run_state_machine_as_test(machine, settings=settings(max_examples=examples, stateful_step_count=30, deadline=None))
