"""What accounts held, and the least of seven days, against a list of every second's balances."""

from __future__ import annotations

import boa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.pool import DAY, HOLDERS, PoolWorld

pytestmark = pytest.mark.fuzz

ACCOUNTS = HOLDERS[:3]
FEW = settings(max_examples=max(settings.default.max_examples // 10, 1))
WINDOW = 7 * DAY

moves = st.lists(
    st.tuples(
        st.sampled_from([0, 0, 1, DAY, 3 * DAY, WINDOW - 1, WINDOW]),
        st.sampled_from(["join", "pass", "leave"]),
        st.integers(0, 2),
        st.integers(0, 2),
        st.integers(1, 10**6),
    ),
    min_size=1,
    max_size=12,
)


@pytest.fixture(scope="module")
def made():
    with boa.env.anchor():
        yield PoolWorld.create()


@FEW
@given(moves=moves, data=st.data())
def test_inv_pool_6_histories__any_moves__agree_with_a_list(made, moves, data):
    with boa.env.anchor():
        world = made.again()
        states = [(world.now - WINDOW, dict.fromkeys(ACCOUNTS, 0))]
        for wait, kind, one, other, amount in moves:
            world.wait(wait)
            owner, to = ACCOUNTS[one], ACCOUNTS[other]
            part = min(amount, world.model.shares[owner])
            if kind == "join":
                world.deposit(owner, amount)
            elif kind == "pass":
                world.transfer(owner, to, part)
            elif part:
                world.request(owner, part)
            states.append((world.now, {account: world.model.shares[account] for account in ACCOUNTS}))
        world.wait(1)

        def at(t):
            return [held for second, held in states if second <= t][-1]

        asked = [second for second, _ in states[1:]]
        for second in [*asked, *(data.draw(st.integers(states[0][0] + WINDOW, world.now - 1)) for _ in range(3))]:
            # the last state of a second counts
            seen = [at(second - WINDOW), *(at(since) for since, _ in states if second - WINDOW < since <= second)]
            for account in ACCOUNTS:
                assert world.pool.shares_at(account, second) == at(second)[account]
                assert world.pool.weight_at(account, second) == min(held[account] for held in seen)
            assert world.pool.supply_at(second) == sum(at(second).values())
            assert world.pool.least_supply_at(second) == min(sum(held.values()) for held in seen)
