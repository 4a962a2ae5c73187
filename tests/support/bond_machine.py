"""A bond market beside its exact model, move by move: the state machine of tests/stateful/bonds/test_bond_market.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boa
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.support.bonds import (
    ADMIN,
    CURATOR,
    FOREVER,
    FUNDER,
    GUARDIAN,
    MAX,
    STRANGER,
    TRADERS,
    TREASURER,
    ZERO,
    Setup,
    deploy,
    make_knots,
    make_model,
)

from surety.models import Refused
from surety.models.debt_profile import DAY, WEEK, YEAR
from surety.models.flow_limits import Limits
from surety.models.treasury import bond_id

WEEKS_AHEAD = (0, 3, 51, 110, 200, 212)  # the last one lies beyond the last knot

traders = st.sampled_from(TRADERS)
receivers = st.sampled_from([*TRADERS, *TRADERS, *TRADERS, ZERO])
weeks = st.sampled_from(WEEKS_AHEAD)
# An amount is a part of what it is measured against, and a little more or less: limits are met and missed by one.
shares = st.tuples(st.sampled_from([0, 1e-9, 1e-4, 0.01, 0.1, 0.3, 0.6, 1]), st.sampled_from([0, 0, 0, -1, 1, 7]))
waits = st.sampled_from([0, 12, 12, 3_600, 6 * 3_600, DAY - 1, DAY, 3 * DAY, WEEK, 9 * WEEK])
rates = st.sampled_from([(0.07, 0.04, 0.03), (0.06, 0.03, 0.02), (0.07, 0.045, 0.03), (0.05, 0.05, 0.05)])


def part_of(whole: int, share: tuple[float, int]) -> int:
    """`share[0]` of `whole` and `share[1]` more, as far as that is a uint256."""
    fraction, more = share
    return min(max((whole if fraction == 1 else int(whole * fraction)) + more, 0), MAX)


class BondMarketMachine(RuleBasedStateMachine):
    """Every rule plays one move on both sides, which must end alike; afterwards everything is compared."""

    setup: Setup

    @initialize()
    def create(self) -> None:
        self.anchor = boa.env.anchor()
        self.anchor.__enter__()
        self.suite = deploy(self.setup)
        self.model = make_model(self.setup, treasury=self.suite.treasury.address)
        self.maturities: list[int] = []
        # everybody holds something from the start, so that sales and redemptions need no luck
        for trader, week in zip(TRADERS, WEEKS_AHEAD, strict=False):
            maturity, face = self.maturity(week), 20_000 * self.setup.whole
            self.both(
                lambda trader=trader, maturity=maturity, face=face: self.model.buy(
                    trader, maturity, face, MAX, trader, FOREVER
                ),
                lambda trader=trader, maturity=maturity, face=face: self.suite.market.buy(
                    maturity, face, MAX, trader, FOREVER, sender=trader
                ),
            )
        self.arrive()

    def arrive(self) -> None:
        """What else is there from the start."""

    def leave(self) -> None:
        """What else must end once everything has matured."""

    def both(self, model: Callable[[], Any], contract: Callable[[], Any]) -> Any:
        """Play a move: the same answer, or a refusal for the model's reason."""
        try:
            expected = model()
        except Refused as refused:
            with boa.reverts(refused.reason):
                contract()
            return None
        answer = contract()
        assert answer == expected
        return answer

    def maturity(self, week: int) -> int:
        maturity = self.suite.maturity(week)
        if maturity not in self.maturities:
            self.maturities.append(maturity)
        return maturity

    # -- trades --

    @rule(buyer=traders, receiver=receivers, week=weeks, share=shares, late=st.sampled_from([0, 0, 0, 1]))
    def buy(self, buyer: str, receiver: str, week: int, share: tuple[float, int], late: int) -> None:
        maturity = self.maturity(week)
        face = part_of(self.room(maturity), share)
        deadline = self.model.now - late
        self.both(
            lambda: self.model.buy(buyer, maturity, face, MAX, receiver, deadline),
            lambda: self.suite.market.buy(maturity, face, MAX, receiver, deadline, sender=buyer),
        )

    @rule(buyer=traders, week=weeks, share=shares, off=st.sampled_from([-1, 0]))
    def buy_at_the_quoted_price(self, buyer: str, week: int, share: tuple[float, int], off: int) -> None:
        maturity = self.maturity(week)
        face = part_of(self.room(maturity), share)
        try:
            limit = self.model.quote_buy(maturity, face) + off
        except Refused:
            return
        assert self.suite.market.quote_buy(maturity, face) == limit - off
        self.both(
            lambda: self.model.buy(buyer, maturity, face, limit, buyer, FOREVER),
            lambda: self.suite.market.buy(maturity, face, limit, buyer, FOREVER, sender=buyer),
        )

    @rule(buyer=traders, week=weeks, share=shares, receiver=receivers)
    def buy_exact_cost(self, buyer: str, week: int, share: tuple[float, int], receiver: str) -> None:
        maturity = self.maturity(week)
        cost = part_of(self.room(maturity), share)
        quoted = self.both(
            lambda: self.model.quote_buy_exact_cost(maturity, cost),
            lambda: tuple(self.suite.market.quote_buy_exact_cost(maturity, cost)),
        )
        least = quoted[0] + (share[1] == 7) if quoted else 0
        self.both(
            lambda: self.model.buy_exact_cost(buyer, maturity, cost, least, receiver, FOREVER),
            lambda: self.suite.market.buy_exact_cost(maturity, cost, least, receiver, FOREVER, sender=buyer),
        )

    @precondition(lambda self: self.held())
    @rule(data=st.data(), receiver=receivers, share=shares, off=st.sampled_from([0, 0, 1]))
    def sell(self, data: Any, receiver: str, share: tuple[float, int], off: int) -> None:
        holder, maturity, held = data.draw(st.sampled_from(self.held()))
        face = part_of(held, share)
        least = 0
        if off:
            try:
                least = self.model.quote_sell(maturity, face) + off
            except Refused:
                least = 0
        self.both(
            lambda: self.model.sell(holder, maturity, face, least, receiver, FOREVER),
            lambda: self.suite.market.sell(maturity, face, least, receiver, FOREVER, sender=holder),
        )

    @rule(buyer=traders, receiver=receivers, chosen=st.lists(weeks, min_size=0, max_size=3), share=shares)
    def buy_strip(self, buyer: str, receiver: str, chosen: list[int], share: tuple[float, int]) -> None:
        maturities = [self.maturity(week) for week in chosen]
        faces = [part_of(self.room(maturity), share) for maturity in maturities]
        self.both(
            lambda: self.model.buy_strip(buyer, maturities, faces, MAX, receiver, FOREVER),
            lambda: self.suite.market.buy_strip(maturities, faces, MAX, receiver, FOREVER, sender=buyer),
        )

    @precondition(lambda self: self.held())
    @rule(data=st.data(), receiver=receivers, week=weeks, share=shares)
    def convert(self, data: Any, receiver: str, week: int, share: tuple[float, int]) -> None:
        holder, maturity, held = data.draw(st.sampled_from(self.held()))
        new_maturity, face = self.maturity(week), part_of(held, share)
        self.both(
            lambda: self.model.convert(holder, maturity, face, new_maturity, 0, receiver, FOREVER),
            lambda: self.suite.market.convert(maturity, face, new_maturity, 0, receiver, FOREVER, sender=holder),
        )

    @precondition(lambda self: self.held())
    @rule(data=st.data(), share=st.sampled_from([(1, 0), (0.5, 0), (0.01, 1)]))
    def sell_back(self, data: Any, share: tuple[float, int]) -> None:
        """A sale with nothing against it but the market's own reasons."""
        holder, maturity, held = data.draw(st.sampled_from(self.held()))
        face = part_of(held, share)
        self.both(
            lambda: self.model.sell(holder, maturity, face, 0, holder, FOREVER),
            lambda: self.suite.market.sell(maturity, face, 0, holder, FOREVER, sender=holder),
        )

    @precondition(lambda self: self.held())
    @rule(data=st.data(), receiver=receivers, share=shares)
    def redeem(self, data: Any, receiver: str, share: tuple[float, int]) -> None:
        holder, maturity, held = data.draw(st.sampled_from(self.held()))
        bond, face = bond_id(maturity), part_of(held, share)
        self.both(
            lambda: self.model.redeem(holder, bond, face, receiver),
            lambda: self.suite.treasury.redeem(bond, face, receiver, sender=holder),
        )

    @precondition(lambda self: self.held())
    @rule(data=st.data(), receiver=traders, share=shares)
    def transfer(self, data: Any, receiver: str, share: tuple[float, int]) -> None:
        holder, maturity, held = data.draw(st.sampled_from(self.held()))
        bond, amount = bond_id(maturity), part_of(held, share)
        self.both(
            lambda: self.model.treasury.transfer(holder, receiver, bond, amount) or True,
            lambda: self.suite.token.transfer(receiver, bond, amount, sender=holder),
        )

    # -- time and parameters --

    @rule(wait=waits)
    def pass_time(self, wait: int) -> None:
        self.model.now += wait
        boa.env.evm.patch.timestamp = self.model.now

    @precondition(lambda self: self.held())
    @rule(off=st.sampled_from([-1, 0, 1]))
    def pass_to_the_next_maturity(self, off: int) -> None:
        """To the last second of a bond that is held, to its maturity, or beyond."""
        self.model.now = max(self.model.now, min(maturity for _, maturity, _ in self.held()) + off)
        boa.env.evm.patch.timestamp = self.model.now

    @precondition(lambda self: self.model.now < self.model.profile.schedule.end)
    @rule(part=st.sampled_from([0, 1, 2, 3, 4]))
    def pass_into_the_ramp(self, part: int) -> None:
        """To a quarter of the ramp, its first second or its end."""
        start, end, *_ = self.model.profile.schedule
        self.model.now = max(self.model.now, start + (end - start) * part // 4)
        boa.env.evm.patch.timestamp = self.model.now

    @rule(
        caller=st.sampled_from([CURATOR, CURATOR, CURATOR, GUARDIAN, STRANGER]),
        rates=rates,
        scale=st.sampled_from([1, 1, 2]),
        fee_bps=st.sampled_from([0, 50, 100, 1_001]),
        cut=st.booleans(),
    )
    def queue_profile(
        self, caller: str, rates: tuple[float, float, float], scale: int, fee_bps: int, cut: bool
    ) -> None:
        knots = make_knots(self.setup.decimals, self.setup.weeks, rates, scale)
        if cut:
            unit = self.setup.unit
            knots = tuple(
                knot._replace(target=knot.target // unit * 3 // 4 * unit, cap=knot.cap // unit * 3 // 4 * unit)
                for knot in knots
            )
        self.both(
            lambda: self.model.queue_profile(caller, knots, fee_bps),
            lambda: self.suite.market.queue_profile(knots, fee_bps, sender=caller),
        )

    @rule(caller=st.sampled_from([CURATOR, GUARDIAN, ADMIN]))
    def cancel_profile(self, caller: str) -> None:
        self.both(lambda: self.model.cancel_profile(caller), lambda: self.suite.market.cancel_profile(sender=caller))

    @rule(
        caller=st.sampled_from([ADMIN, ADMIN, ADMIN, CURATOR]),
        size=st.sampled_from([0, 10**3, 10**5, 10**7]),
        shares=st.sampled_from([(100, 100), (50, 30), (1, 100), (0, 1)]),
    )
    def set_limits(self, caller: str, size: int, shares: tuple[int, int]) -> None:
        whole = self.setup.whole
        limits = Limits(size * whole, 10 * size * whole + 1, 5 * size * whole, *shares)
        self.both(
            lambda: self.model.set_limits(caller, limits),
            lambda: self.suite.market.set_limits(limits, sender=caller),
        )

    @rule(caller=st.sampled_from([GUARDIAN, GUARDIAN, STRANGER]), buys=st.booleans(), sells=st.booleans())
    def set_pause(self, caller: str, buys: bool, sells: bool) -> None:
        self.both(
            lambda: self.model.set_pause(caller, buys, sells),
            lambda: self.suite.market.set_pause(buys, sells, sender=caller),
        )

    @rule()
    def resume(self) -> None:
        self.set_pause(GUARDIAN, False, False)

    # -- the reserve --

    @rule(share=shares)
    def fund(self, share: tuple[float, int]) -> None:
        amount = part_of(self.model.treasury.assets[FUNDER], share)
        self.both(lambda: self.model.fund(FUNDER, amount), lambda: self.suite.treasury.fund(amount, sender=FUNDER))

    @rule(
        share=st.tuples(st.sampled_from([0, 0.01, 0.1, 1]), st.sampled_from([0, 0, 1])),
        caller=st.sampled_from([TREASURER, TREASURER, ADMIN]),
        receiver=receivers,
    )
    def withdraw(self, share: tuple[float, int], caller: str, receiver: str) -> None:
        amount = part_of(self.model.treasury.reserve, share)
        self.both(
            lambda: self.model.withdraw(caller, amount, receiver),
            lambda: self.suite.treasury.withdraw(amount, receiver, sender=caller),
        )

    @rule(share=shares, caller=st.sampled_from([TREASURER, TREASURER, STRANGER]))
    def mint_reserve(self, share: tuple[float, int], caller: str) -> None:
        amount = part_of(self.model.treasury.mintable(self.model.now), share)
        self.both(
            lambda: self.model.mint_reserve(caller, amount),
            lambda: self.suite.treasury.mint_reserve(amount, sender=caller),
        )

    @rule(giver=traders, amount=st.sampled_from([1, 10**6]))
    def give(self, giver: str, amount: int) -> None:
        """A gift, which counts for nothing until it is absorbed."""
        self.model.treasury.give(giver, amount)
        self.suite.asset.transfer(self.suite.treasury, amount, sender=giver)

    @precondition(lambda self: self.surplus())
    @rule()
    def absorb(self) -> None:
        self.both(self.model.treasury.absorb, self.suite.treasury.absorb)

    # -- comparisons --

    def room(self, maturity: int) -> int:
        """What a bucket still takes, or a thousand if it takes nothing."""
        try:
            terms = self.model.terms(maturity)
        except Refused:
            return 1_000
        cap = min(terms.curve.cap, terms.next_curve.cap)
        return max(cap - self.model.bucket(maturity).debt, 1_000)

    def surplus(self) -> int:
        """What lies in the treasury unbooked."""
        treasury = self.model.treasury
        return treasury.assets[treasury.address] - treasury.booked

    def held(self) -> list[tuple[str, int, int]]:
        """Who holds how much of which maturity."""
        bonds = self.model.treasury.bonds
        return [(who, m, bonds[who, bond_id(m)]) for who in TRADERS for m in self.maturities if bonds[who, bond_id(m)]]

    @invariant()
    def books_agree(self) -> None:
        if not hasattr(self, "model"):
            return
        treasury, assets = self.suite.treasury, self.model.treasury.assets
        fixed = sum(amount for bond, amount in self.model.treasury.supplies.items() if bond >> 64 == 1)
        assert treasury.escrow() == self.model.treasury.escrow == fixed + self.model.treasury.variable.owed()
        assert treasury.reserve() == self.model.treasury.reserve >= 0
        assert treasury.mintable() == self.model.treasury.mintable(self.model.now)
        for account in (*TRADERS, treasury.address):
            assert self.suite.asset.balanceOf(account) == assets[account]
        assert assets[treasury.address] >= self.model.treasury.booked

    @invariant()
    def buckets_agree(self) -> None:
        if not hasattr(self, "model"):
            return
        assert tuple(self.suite.market.usage()) == self.model.flow.at(self.model.now)
        assert tuple(self.suite.market.schedule()) == self.model.profile.schedule
        for maturity in self.maturities:
            bond, bucket = bond_id(maturity), self.model.bucket(maturity)
            assert tuple(self.suite.market.bucket(maturity)) == bucket
            supply = self.suite.token.totalSupply(bond)
            assert supply == self.model.treasury.supplies[bond]
            if maturity > self.model.now:
                assert supply == bucket.debt
            holders = {who for who, held_maturity, _ in self.held() if held_maturity == maturity}
            for trader in holders:
                assert self.suite.token.balanceOf(trader, bond) == self.model.treasury.bonds[trader, bond]

    @invariant()
    def quotes_agree(self) -> None:
        if not hasattr(self, "model"):
            return
        for maturity in self.maturities[-2:]:
            self.both(
                lambda maturity=maturity: self.model.quote(maturity),
                lambda maturity=maturity: tuple(self.suite.market.quote(maturity)),
            )

    def teardown(self) -> None:
        """Everybody leaves, whatever is paused and whatever is left in the reserve; the escrow ends at zero."""
        if not hasattr(self, "model"):
            return
        try:
            self.set_pause(GUARDIAN, True, True)
            if self.model.treasury.reserve:
                self.withdraw((1, 0), TREASURER, TRADERS[0])
            self.pass_time(5 * YEAR)
            self.leave()
            for holder, maturity, held in self.held():
                wealth = self.suite.asset.balanceOf(holder)
                self.redeem_all(holder, maturity, held)
                assert self.suite.asset.balanceOf(holder) == wealth + held
            assert self.suite.treasury.escrow() == 0
            assert all(self.suite.token.totalSupply(bond_id(maturity)) == 0 for maturity in self.maturities)
            self.books_agree()
        finally:
            self.anchor.__exit__(None, None, None)

    def redeem_all(self, holder: str, maturity: int, held: int) -> None:
        bond = bond_id(maturity)
        self.both(
            lambda: self.model.redeem(holder, bond, held, holder),
            lambda: self.suite.treasury.redeem(bond, held, holder, sender=holder),
        )
