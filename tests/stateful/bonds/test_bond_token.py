"""BondToken beside its ledger model: each call ends alike, and balances and supplies agree after each step.

Permissions and nonces are compared when a run ends: most of them are used by then."""

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
from tests.support.permits import account, domain, sign_permit
from tests.support.token_ledger import MAX, ZERO, TokenLedger

from surety.models import Refused

pytestmark = pytest.mark.stateful

BOND_TOKEN = boa.load_partial("contracts/bonds/BondToken.vy")
MATURITY = 1_799_280_000
BONDS = [1 << 64 | MATURITY, 1 << 64 | MATURITY + 604_800, 2 << 64 | MATURITY]
KEYS = {key.address: key for key in map(account, (11, 12, 13))}
HOLDERS = list(KEYS)
TREASURY = boa.env.generate_address("treasury")

bonds = st.sampled_from(BONDS)
holders = st.sampled_from(HOLDERS)
callers = st.sampled_from([*HOLDERS, TREASURY])
receivers = st.sampled_from([*HOLDERS, *HOLDERS, TREASURY, ZERO])
# An amount is drawn relative to what it is measured against, so that limits are met exactly and missed by one.
shares = st.one_of(
    st.sampled_from([(0, 0), (1, 0), (1, 1), (1, -1)]),
    st.tuples(st.floats(0, 1, allow_nan=False), st.just(0)),
)
loose_amounts = st.one_of(st.integers(0, 10**24), st.sampled_from([0, 1, MAX - 1, MAX]))


def part_of(limit, share):
    """`share[0]` of `limit`, and `share[1]` more, as far as that is a uint256."""
    fraction, more = share
    whole = limit if fraction == 1 else int(limit * fraction)
    return min(max(whole + more, 0), MAX)


class BondTokenMachine(RuleBasedStateMachine):
    @initialize()
    def create(self):
        self.anchor = boa.env.anchor()
        self.anchor.__enter__()
        with boa.env.prank(TREASURY):
            self.token = BOND_TOKEN.deploy("USDC", 6)
        self.ledger = TokenLedger(TREASURY)
        self.domain = domain(self.token.address, boa.env.evm.patch.chain_id)

    def both(self, model, contract, *arguments, sender):
        """Runs the model, then the contract, which must end for the same reason."""
        try:
            model()
        except Refused as refused:
            with boa.reverts(refused.reason):
                contract(*arguments, sender=sender)
        else:
            contract(*arguments, sender=sender)

    # -- steps ----------------------------------------------------------------------------------------------------

    @rule(caller=st.sampled_from([TREASURY] * 5 + HOLDERS), receiver=receivers, bond=bonds, amount=loose_amounts)
    def mint(self, caller, receiver, bond, amount):
        self.both(
            lambda: self.ledger.mint(caller, receiver, bond, amount),
            self.token.mint,
            receiver,
            bond,
            amount,
            sender=caller,
        )

    @rule(caller=st.sampled_from([TREASURY] * 5 + HOLDERS), holder=holders, bond=bonds, share=shares)
    def burn(self, caller, holder, bond, share):
        amount = part_of(self.ledger.balances[holder, bond], share)
        self.both(
            lambda: self.ledger.burn(caller, holder, bond, amount),
            self.token.burn,
            holder,
            bond,
            amount,
            sender=caller,
        )

    @rule(sender=holders, receiver=receivers, bond=bonds, share=shares)
    def transfer(self, sender, receiver, bond, share):
        amount = part_of(self.ledger.balances[sender, bond], share)
        self.both(
            lambda: self.ledger.transfer(sender, receiver, bond, amount),
            self.token.transfer,
            receiver,
            bond,
            amount,
            sender=sender,
        )

    @rule(caller=callers, sender=holders, receiver=receivers, bond=bonds, share=shares, by_allowance=st.booleans())
    def transfer_from(self, caller, sender, receiver, bond, share, by_allowance):
        balance = self.ledger.balances[sender, bond]
        allowed = self.ledger.allowances[sender, caller, bond]
        amount = part_of(min(allowed, balance) if by_allowance else balance, share)
        self.both(
            lambda: self.ledger.transfer_from(caller, sender, receiver, bond, amount),
            self.token.transferFrom,
            sender,
            receiver,
            bond,
            amount,
            sender=caller,
        )

    @rule(owner=holders, spender=callers, bond=bonds, amount=loose_amounts)
    def approve(self, owner, spender, bond, amount):
        self.ledger.approve(owner, spender, bond, amount)
        self.token.approve(spender, bond, amount, sender=owner)

    @rule(owner=holders, spender=callers, approved=st.booleans())
    def set_operator(self, owner, spender, approved):
        self.ledger.set_operator(owner, spender, approved)
        self.token.setOperator(spender, approved, sender=owner)

    @rule(
        owner=holders,
        spender=callers,
        bond=bonds,
        amount=loose_amounts,
        skew=st.sampled_from([0, 0, 0, -1, 1]),
        late=st.sampled_from([False, False, True]),
    )
    def permit(self, owner, spender, bond, amount, skew, late):
        nonce = max(self.ledger.nonces[owner] + skew, 0)
        deadline = boa.env.evm.patch.timestamp - (1 if late else 0)
        signed = sign_permit(
            KEYS[owner],
            self.domain,
            owner=owner,
            spender=spender,
            bond=bond,
            amount=amount,
            nonce=nonce,
            deadline=deadline,
        )
        self.both(
            lambda: self.ledger.permit(owner, spender, bond, amount, nonce, late),
            self.token.permit,
            *(owner, spender, bond, amount, deadline, signed.v, signed.r, signed.s),
            sender=TREASURY,
        )

    # -- what holds after each --------------------------------------------------------------------------------------

    @invariant()
    @precondition(lambda self: hasattr(self, "token"))
    def balances_are_the_models_and_sum_to_the_supply(self):
        for bond in BONDS:
            held = {owner: self.token.balanceOf(owner, bond) for owner in [*HOLDERS, TREASURY]}
            assert held == {owner: self.ledger.balances[owner, bond] for owner in held}
            assert sum(held.values()) == self.token.totalSupply(bond) == self.ledger.supplies[bond]

    def check_permissions(self):
        for (owner, spender, bond), allowed in self.ledger.allowances.items():
            assert self.token.allowance(owner, spender, bond) == allowed
        for owner in HOLDERS:
            assert self.token.nonces(owner) == self.ledger.nonces[owner]
            for spender in [*HOLDERS, TREASURY]:
                assert self.token.isOperator(owner, spender) == ((owner, spender) in self.ledger.operators)

    def teardown(self):
        """Everybody can leave: what is held can be burnt, to the last unit."""
        if not hasattr(self, "token"):
            return
        try:
            self.check_permissions()
            for bond in BONDS:
                for owner in [*HOLDERS, TREASURY]:
                    self.token.burn(owner, bond, self.token.balanceOf(owner, bond), sender=TREASURY)
                assert self.token.totalSupply(bond) == 0
        finally:
            self.anchor.__exit__(None, None, None)


def test_inv_tok_1_2_3_4_5_bond_token__any_sequence__is_the_ledger():
    # Of 40 steps each, with 15 reads a step: a fourth of the profile's examples is as much work as others' whole.
    examples = max(settings.default.max_examples // 4, 1)
    run_state_machine_as_test(
        BondTokenMachine, settings=settings(max_examples=examples, stateful_step_count=40, deadline=None)
    )
