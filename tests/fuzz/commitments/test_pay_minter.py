"""PayMinter beside its model: any rates, any calls, at any time; an epoch never sees more than the cap."""

from __future__ import annotations

import boa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.bonds import source
from tests.support.service_payout import ADMIN, EPOCH, SERVICES, START, STRANGER, PayoutWorld

from surety.models.pay_minter import PayMinter

pytestmark = pytest.mark.fuzz

CAP = 1_000
FEW = settings(max_examples=max(settings.default.max_examples // 5, 5))
steps = st.lists(
    st.tuples(
        st.sampled_from(["rate", "mint", "mint"]),
        st.integers(0, 2),
        st.sampled_from([0, 1, CAP // 2, CAP - 1, CAP, CAP + 1]),
        st.sampled_from([0, 0, 1, EPOCH - 1, EPOCH, 3 * EPOCH]),
    ),
    max_size=25,
)


@FEW
@given(steps=steps)
def test_inv_pay_10_any_calls__agree_with_the_model_and_stay_within_the_cap(steps):
    with boa.env.anchor():
        world = PayoutWorld(START)
        for service in SERVICES[:2]:
            world.set_terms(service)
        minter = source("commitments/PayMinter").deploy(world.payout, world.token, CAP, ADMIN)
        model = PayMinter(CAP, world.now, set(SERVICES[:2]))
        start = world.token.totalSupply()
        for kind, number, rate, wait in steps:
            service = SERVICES[number]
            if kind == "rate":
                world.both(
                    lambda service=service, rate=rate: model.set_rate(service, rate),
                    lambda service=service, rate=rate: minter.set_rate(service, rate, sender=ADMIN),
                )
            else:
                world.both(
                    lambda service=service: model.mint(service),
                    lambda service=service: minter.mint(service, sender=STRANGER),
                )
            world.go_to(world.now + wait)
            model.now = world.now
        assert minter.total_rate() == sum(model.rates.values()) <= CAP
        for epoch, amount in model.minted.items():
            assert minter.minted(epoch) == amount <= CAP
        for (service, epoch), amount in model.budgets.items():
            assert world.payout.budget(service, epoch) == (amount, 0)
        assert world.token.totalSupply() - start == sum(model.minted.values()) == world.token.balanceOf(world.payout)
