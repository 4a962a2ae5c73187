"""A class of rolling bonds beside its exact model: entries, exits, late and partial rolls, an absent market."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

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
from tests.support.bonds import ADMIN, FOREVER, FUNDER, GUARDIAN, MAX, TRADERS, TREASURER, ZERO, Setup, make_model
from tests.support.rolling import KEEPER, TENOR, House, make_class, make_house

from surety.models import Refused
from surety.models.debt_profile import DAY, WEEK
from surety.models.flow_limits import Limits
from surety.models.treasury import bond_id

pytestmark = pytest.mark.stateful

traders = st.sampled_from(TRADERS)
receivers = st.sampled_from([*TRADERS, *TRADERS, ZERO])
parts = st.tuples(st.sampled_from([0, 1e-9, 0.01, 0.1, 0.3, 0.6, 1]), st.sampled_from([0, 0, 0, -1, 1, 7]))
waits = st.sampled_from([0, 12, 3_600, DAY, 3 * DAY, WEEK, 2 * WEEK])
offs = st.sampled_from([0, 0, 0, 1])


def part_of(whole: int, part: tuple[float, int]) -> int:
    fraction, more = part
    return max((whole if fraction == 1 else int(whole * fraction)) + more, 0)


class RollingMachine(RuleBasedStateMachine):
    """Every rule plays one move on both sides, which must end alike; afterwards everything is compared."""

    setup: Setup
    house: House

    @initialize()
    def create(self) -> None:
        self.anchor = boa.env.anchor()
        self.anchor.__enter__()
        suite = self.house.suite
        boa.env.evm.patch.timestamp = self.born
        self.model = make_class(
            address=self.house.rolling.address,
            market=make_model(self.setup, self.born, treasury=suite.treasury.address),
        )
        self.market = self.model.market
        self.whole = self.setup.whole
        self.maturities: set[int] = set()
        self.value = (1, 1)
        self.prepare(TRADERS[0], 20_000)
        self.enter(TRADERS[0], (0.5, 0), TRADERS[0], 0)

    @property
    def rolling(self) -> Any:
        return self.house.rolling

    def both(self, model: Callable[[], Any], contract: Callable[[], Any]) -> Any:
        try:
            expected = model()
        except Refused as refused:
            with boa.reverts(refused.reason):
                contract()
            return None
        answer = contract()
        answer = tuple(answer) if isinstance(answer, tuple) else answer
        assert answer == expected
        return answer

    def trade(self, who: str, maturity: int, face: int) -> None:
        """A purchase, or a sale where `face` is below zero."""
        market = self.house.suite.market
        self.maturities.add(maturity)
        if face >= 0:
            self.both(
                lambda: self.market.buy(who, maturity, face, MAX, who, FOREVER),
                lambda: market.buy(maturity, face, MAX, who, FOREVER, sender=who),
            )
        else:
            self.both(
                lambda: self.market.sell(who, maturity, -face, 0, who, FOREVER),
                lambda: market.sell(maturity, -face, 0, who, FOREVER, sender=who),
            )

    # -- holders --

    @rule(who=traders, faces=st.sampled_from([1_000, 20_000]))
    def prepare(self, who: str, faces: int) -> None:
        """Buy bonds to enter with."""
        self.trade(who, self.model.position().maturity, faces * self.whole)

    @rule(who=traders, part=parts, receiver=receivers, off=offs)
    def enter(self, who: str, part: tuple[float, int], receiver: str, off: int) -> None:
        """With a part of the bonds held, or of as much cash once there are none; limits met, or missed by one."""
        position = self.model.position()
        held = self.market.treasury.bonds[who, bond_id(position.maturity)]
        shares = part_of(held if position.face or not position.supply else 5_000 * self.whole, part)
        face, cash = self.model.to_enter(shares)
        assert self.rolling.quote_enter(shares) == (face, cash)
        face, cash = max(face - off, 0), cash
        self.both(
            lambda: self.model.enter(who, shares, face, cash, receiver),
            lambda: self.rolling.enter(shares, face, cash, receiver, sender=who),
        )

    @rule(who=traders, part=parts, receiver=receivers, off=offs)
    def exit(self, who: str, part: tuple[float, int], receiver: str, off: int) -> None:
        shares = part_of(self.model.shares[who], part)
        supply = max(self.model.supply, 1)
        least = shares * self.model.cash // supply + off
        self.both(
            lambda: self.model.exit(who, shares, 0, least, receiver),
            lambda: self.rolling.exit(shares, 0, least, receiver, sender=who),
        )

    @rule(who=traders, receiver=traders, part=parts)
    def transfer(self, who: str, receiver: str, part: tuple[float, int]) -> None:
        shares = part_of(self.model.shares[who], part)
        self.both(
            lambda: self.model.transfer(who, receiver, shares) or True,
            lambda: self.rolling.transfer(receiver, shares, sender=who),
        )

    @rule(who=traders, amount=st.sampled_from([1, 10**6]))
    def give(self, who: str, amount: int) -> None:
        """Gifts of asset and bonds: they count for nothing."""
        treasury, bond = self.market.treasury, bond_id(self.model.round.maturity)
        self.house.suite.asset.transfer(self.rolling, amount, sender=who)
        treasury.assets[who] -= amount
        treasury.assets[self.rolling.address] += amount
        amount = min(amount, treasury.bonds[who, bond])
        self.house.suite.token.transfer(self.rolling, bond, amount, sender=who)
        treasury.transfer(who, self.rolling.address, bond, amount)

    # -- keepers --

    @rule(part=parts)
    def roll(self, part: tuple[float, int]) -> None:
        face = part_of(self.model.position().cash, part)
        self.maturities.add(self.model.position().maturity)
        self.both(lambda: self.model.roll(KEEPER, face), lambda: self.rolling.roll(face, sender=KEEPER))

    @rule()
    def roll_all(self) -> None:
        self.maturities.add(self.model.position().maturity)
        quote = self.both(self.model.quote_roll_all, self.rolling.quote_roll_all)
        done = self.both(lambda: self.model.roll_all(KEEPER), lambda: self.rolling.roll_all(sender=KEEPER))
        assert done is None or done == quote

    @rule(
        wait=st.sampled_from([0, 1, DAY, 6 * DAY]),
        part=st.sampled_from([0.3, 0.7, 1]),
        rival=st.sampled_from([0, 0, 0, 0.001, 0.2]),
    )
    def come_to_roll(self, wait: int, part: float, rival: float) -> None:
        """A roll with nothing in its way but, perhaps, who bought before it, or its own slices."""
        self.resume()
        if self.model.cash == 0:
            self.pass_to_maturity(0)
        maturity = self.model.position().maturity
        self.maturities.add(maturity)
        self.trade(TRADERS[2], maturity, int(rival * 10**5 * self.whole))
        self.to(self.market.now + wait)
        face = int(self.model.position().cash * part)
        self.both(lambda: self.model.roll(KEEPER, face), lambda: self.rolling.roll(face, sender=KEEPER))

    @rule()
    def settle(self) -> None:
        self.both(self.model.settle, self.rolling.settle)

    @rule()
    def observe(self) -> None:
        maturity = self.model.position().maturity
        for one in (maturity, maturity + TENOR):
            self.both(
                lambda one=one: self.model.observer.observe(self.market, one),
                lambda one=one: self.house.observer.observe(self.house.suite.market, one),
            )

    # -- others, and time --

    @rule(who=traders, weeks=st.sampled_from([0, TENOR // WEEK]), part=st.sampled_from([-1, -0.5, 0.01, 0.1]))
    def others(self, who: str, weeks: int, part: float) -> None:
        """Trades in the maturity held or the next one."""
        maturity = self.model.position().maturity + weeks * WEEK
        held = self.market.treasury.bonds[who, bond_id(maturity)]
        self.trade(who, maturity, int(part * (held if part < 0 else 10**5 * self.whole)))

    @rule(wait=waits)
    def pass_time(self, wait: int) -> None:
        self.to(self.market.now + wait)

    @rule(off=st.sampled_from([-1, 0, 1, DAY]))
    def pass_to_maturity(self, off: int) -> None:
        self.to(max(self.model.round.maturity + off, self.market.now))

    @rule(buys=st.booleans(), sells=st.booleans())
    def pause(self, buys: bool, sells: bool) -> None:
        self.market.set_pause(GUARDIAN, buys, sells)
        self.house.suite.market.set_pause(buys, sells, sender=GUARDIAN)

    @rule(size=st.sampled_from([10**2, 10**4, 10**7]), block=st.sampled_from([100, 10]))
    def limit(self, size: int, block: int) -> None:
        limits = Limits(size * self.whole, 10 * size * self.whole, 10 * size * self.whole, block, block, 20)
        self.market.set_limits(ADMIN, limits)
        self.house.suite.market.set_limits(limits, sender=ADMIN)

    @rule()
    def resume(self) -> None:
        """Market open, limits wide, reserve filled."""
        self.pause(False, False)
        self.limit(10**7, 100)
        amount = 10**5 * self.whole
        self.market.fund(FUNDER, amount)
        self.house.suite.treasury.fund(amount, sender=FUNDER)

    @precondition(lambda self: self.market.treasury.reserve)
    @rule(sure=st.sampled_from([False, False, True]))
    def perhaps_empty_the_reserve(self, sure: bool) -> None:
        if sure:
            self.empty_the_reserve()

    def empty_the_reserve(self) -> None:
        amount = self.market.treasury.reserve
        self.market.withdraw(TREASURER, amount, FUNDER)
        self.house.suite.treasury.withdraw(amount, FUNDER, sender=TREASURER)

    def to(self, moment: int) -> None:
        self.market.now = boa.env.evm.patch.timestamp = moment

    # -- comparisons --

    @invariant()
    def books_agree(self) -> None:
        """INV-RLB-1, 2 and 9: the position, what backs it, and every account."""
        if not hasattr(self, "model"):
            return
        suite, rolling = self.house.suite, self.rolling
        position = self.model.position()
        assert tuple(rolling.position()) == position
        bond = bond_id(self.model.round.maturity)
        assert suite.token.balanceOf(rolling, bond) >= self.model.face
        assert suite.asset.balanceOf(rolling) >= self.model.cash
        assert rolling.totalSupply() == self.model.supply
        assert (position.supply == 0) <= (position.face == position.cash == 0)
        for who in TRADERS:
            assert rolling.balanceOf(who) == self.model.shares[who]
            assert suite.asset.balanceOf(who) == self.market.treasury.assets[who]
            assert suite.token.balanceOf(who, bond) == self.market.treasury.bonds[who, bond]
        assert suite.asset.balanceOf(KEEPER) == self.market.treasury.assets[KEEPER]

    @invariant()
    def guard_agrees(self) -> None:
        if not hasattr(self, "model"):
            return
        self.both(self.model.guard, lambda: tuple(self.rolling.guard()))
        self.both(lambda: self.model.worth(10**9), lambda: self.rolling.worth(10**9))

    @invariant()
    def inv_rlb_8_par_value_of_a_share_never_falls(self) -> None:
        if not hasattr(self, "model"):
            return
        now = (self.model.face + self.model.cash, self.model.supply)
        if now[1] == 0:
            self.value = (1, 1)
            return
        assert now[0] * self.value[1] >= self.value[0] * now[1]
        self.value = now

    def teardown(self) -> None:
        """INV-RLB-9: everybody leaves with the market closed and the reserve gone, and redeems."""
        if not hasattr(self, "model"):
            return
        try:
            self.pause(True, True)
            if self.market.treasury.reserve:
                self.empty_the_reserve()
            for who in TRADERS:
                if self.model.shares[who]:
                    self.exit(who, (1, 0), who, 0)
            assert tuple(self.rolling.position())[1:] == (0, 0, 0)
            self.books_agree()
            self.to(max([*self.maturities, self.market.now]) + 1)
            for who in TRADERS:
                for maturity in self.maturities:
                    if held := self.market.treasury.bonds[who, bond_id(maturity)]:
                        self.house.suite.treasury.redeem(bond_id(maturity), held, who, sender=who)
        finally:
            self.anchor.__exit__(None, None, None)


SETUPS = {
    "6 decimals": Setup(decimals=6),
    "8 decimals, no return": Setup(decimals=8, asset="MockNoReturnERC20"),
    "18 decimals": Setup(decimals=18, fee_bps=0),
}


@pytest.mark.parametrize("name", SETUPS)
def test_inv_rlb_rolling_bonds__against_the_model(name: str) -> None:
    with boa.env.anchor():
        made = make_house(SETUPS[name])
        machine = type("Machine", (RollingMachine,), {"setup": SETUPS[name], "house": made, "born": made.now})
        run_state_machine_as_test(machine, settings=settings(max_examples=3, stateful_step_count=25))


@pytest.mark.slow
@pytest.mark.parametrize("name", SETUPS)
def test_inv_rlb_rolling_bonds__long_runs(name: str) -> None:
    with boa.env.anchor():
        made = make_house(SETUPS[name])
        machine = type("Machine", (RollingMachine,), {"setup": SETUPS[name], "house": made, "born": made.now})
        run_state_machine_as_test(machine, settings=settings(max_examples=60, stateful_step_count=60))
