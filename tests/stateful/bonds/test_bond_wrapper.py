"""Wrappers of two bonds beside a ledger of dictionaries: what everybody holds agrees after each step."""

from collections import Counter

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
from tests.support.exchange import (
    BOND,
    MATURITY,
    MAX,
    OTHER_BOND,
    START,
    USERS,
    make_house,
    proxy,
    source,
    wrapper_blueprint,
)

pytestmark = pytest.mark.stateful

WEALTH = 10**9
BONDS = (BOND, OTHER_BOND)
HOUSE = make_house(decimals=6)
FACTORY = source("bonds/BondWrapperFactory").deploy(HOUSE.treasury, wrapper_blueprint())
WRAPPERS = {bond: proxy(FACTORY.create(bond)) for bond in BONDS}
for user in USERS:
    for bond, wrapper in WRAPPERS.items():
        HOUSE.issue(user, bond, WEALTH)
        HOUSE.token.setOperator(wrapper, True, sender=user)

users = st.sampled_from(USERS)
bonds = st.sampled_from(BONDS)
parts = st.sampled_from([0, 1, 1, 2, 2, 3, 4])


def part_of(whole, part):
    """Nothing, one unit, a third, all, one too many."""
    return (0, 1, whole // 3, whole, whole + 1)[part]


class Wrappers(RuleBasedStateMachine):
    """`units` and `bonds` by (owner, id), `gifts` by id, `allowed` by (owner, spender, id), `paid` by owner."""

    @initialize()
    def open(self):
        self.anchor = boa.env.anchor()
        self.anchor.__enter__()
        boa.env.evm.patch.timestamp = self.now = START
        self.units, self.gifts, self.allowed, self.paid = Counter(), Counter(), Counter(), Counter()
        self.bonds = Counter({(user, bond): WEALTH for user in USERS for bond in BONDS})

    def expect(self, reasons, call, *arguments, sender):
        """The first reason that holds, if any, is why the call reverts. Whether it went through."""
        reason = next((text for holds, text in reasons if holds), None)
        if reason is None:
            call(*arguments, sender=sender)
            return True
        with boa.reverts(reason):
            call(*arguments, sender=sender)
        return False

    @rule(holder=users, receiver=users, bond=bonds, part=parts)
    def wrap(self, holder, receiver, bond, part):
        amount = part_of(self.bonds[holder, bond], part)
        reasons = (
            (amount == 0, "bond_wrapper: zero amount"),
            (amount > self.bonds[holder, bond], "bond_token: insufficient balance"),
        )
        if self.expect(reasons, WRAPPERS[bond].wrap, amount, receiver, sender=holder):
            self.bonds[holder, bond] -= amount
            self.units[receiver, bond] += amount

    @rule(holder=users, receiver=users, bond=bonds, part=parts)
    def unwrap(self, holder, receiver, bond, part):
        amount = part_of(self.units[holder, bond], part)
        reasons = (
            (amount == 0, "bond_wrapper: zero amount"),
            (amount > self.units[holder, bond], "bond_wrapper: insufficient balance"),
        )
        if self.expect(reasons, WRAPPERS[bond].unwrap, amount, receiver, sender=holder):
            self.units[holder, bond] -= amount
            self.bonds[receiver, bond] += amount

    @rule(holder=users, receiver=users, bond=bonds, part=parts)
    def redeem(self, holder, receiver, bond, part):
        amount = part_of(self.units[holder, bond], part)
        reasons = (
            (amount == 0, "bond_wrapper: zero amount"),
            (amount > self.units[holder, bond], "bond_wrapper: insufficient balance"),
            (bond % 2**64 > self.now, "bond_treasury: bond has not matured"),
        )
        if self.expect(reasons, WRAPPERS[bond].redeem, amount, receiver, sender=holder):
            self.units[holder, bond] -= amount
            self.paid[receiver] += amount

    @rule(holder=users, receiver=users, bond=bonds, part=parts)
    def transfer(self, holder, receiver, bond, part):
        amount = part_of(self.units[holder, bond], part)
        reasons = ((amount > self.units[holder, bond], "bond_wrapper: insufficient balance"),)
        if self.expect(reasons, WRAPPERS[bond].transfer, receiver, amount, sender=holder):
            self.units[holder, bond] -= amount
            self.units[receiver, bond] += amount

    @rule(holder=users, spender=users, bond=bonds, amount=st.sampled_from([0, 1, 10**6, WEALTH, MAX]))
    def approve(self, holder, spender, bond, amount):
        WRAPPERS[bond].approve(spender, amount, sender=holder)
        self.allowed[holder, spender, bond] = amount

    @rule(holder=users, receiver=users, spender=users, bond=bonds, part=parts, by_allowance=st.booleans())
    def transfer_from(self, holder, receiver, spender, bond, part, by_allowance):
        allowed = self.allowed[holder, spender, bond]
        whole = self.units[holder, bond]
        amount = part_of(min(allowed, whole) if by_allowance else whole, part)
        reasons = (
            (amount > allowed, "bond_wrapper: insufficient allowance"),
            (amount > whole, "bond_wrapper: insufficient balance"),
        )
        if self.expect(reasons, WRAPPERS[bond].transferFrom, holder, receiver, amount, sender=spender):
            self.units[holder, bond] -= amount
            self.units[receiver, bond] += amount
            if allowed != MAX:
                self.allowed[holder, spender, bond] -= amount

    @rule(giver=users, bond=bonds, sent=bonds, part=parts)
    def give(self, giver, bond, sent, part):
        """Bonds sent to a wrapper, of its own id or of another, without wrapping."""
        amount = min(part_of(self.bonds[giver, sent], part), self.bonds[giver, sent])
        HOUSE.token.transfer(WRAPPERS[bond], sent, amount, sender=giver)
        self.bonds[giver, sent] -= amount
        self.gifts[bond] += amount if sent == bond else 0

    @rule(span=st.sampled_from([1, 10**6, 10**7, MATURITY - START]))
    def wait(self, span):
        self.now += span
        boa.env.evm.patch.timestamp = self.now

    @invariant()
    @precondition(lambda self: hasattr(self, "units"))
    def inv_wrp_1_holdings_are_the_ledgers(self):
        for bond, wrapper in WRAPPERS.items():
            supply = wrapper.totalSupply()
            assert supply == sum(self.units[user, bond] for user in USERS)
            assert HOUSE.token.balanceOf(wrapper, bond) == supply + self.gifts[bond]
            for user in USERS:
                assert wrapper.balanceOf(user) == self.units[user, bond]
                assert HOUSE.token.balanceOf(user, bond) == self.bonds[user, bond]

    def teardown(self):
        """Everybody gets their bonds out."""
        if not hasattr(self, "units"):
            return
        try:
            for bond, wrapper in WRAPPERS.items():
                for user in USERS:
                    assert HOUSE.asset.balanceOf(user) == self.paid[user]
                    if self.units[user, bond]:
                        wrapper.unwrap(self.units[user, bond], user, sender=user)
                assert wrapper.totalSupply() == 0
        finally:
            self.anchor.__exit__(None, None, None)


def test_inv_wrp_1_2_3_bond_wrapper__any_sequence__is_the_ledger():
    examples = max(settings.default.max_examples // 4, 1)
    run_state_machine_as_test(Wrappers, settings=settings(max_examples=examples, stateful_step_count=40, deadline=None))
