"""Several maturities bought in one call, and bonds turned into bonds of another maturity (S0.12, S0.15)."""

from __future__ import annotations

import boa
import pytest
from tests.support.bonds import FOREVER, GUARDIAN, STRANGER, TRADERS, ZERO, Setup, deploy, make_model

from surety.models.refusal import Refused

HOLDER, OTHER = TRADERS[0], TRADERS[1]
E18 = 10**18
STRIP = 32  # most maturities in one call


@pytest.fixture
def suite():
    with boa.env.anchor():
        yield deploy()


@pytest.fixture
def model():
    return make_model()


def coupons(suite, count: int = 8, every: int = 13) -> tuple[list[int], list[int]]:
    """A bond of 5,000 with quarterly coupons of 60."""
    maturities = [suite.maturity(every * (number + 1)) for number in range(count)]
    return maturities, [60 * E18] * (count - 1) + [5_060 * E18]


def books(suite) -> tuple[int, int]:
    return suite.treasury.escrow(), suite.treasury.reserve()


def test_buy_strip__coupons_and_principal__costs_the_sum_of_single_buys(suite, model):
    maturities, faces = coupons(suite)
    singles = sum(suite.market.quote_buy(maturity, face) for maturity, face in zip(maturities, faces, strict=True))
    quoted = suite.market.quote_strip(maturities, faces)
    before = suite.asset.balanceOf(HOLDER)
    cost = suite.market.buy_strip(maturities, faces, quoted, OTHER, FOREVER, sender=HOLDER)
    assert cost == quoted == singles
    assert cost == model.buy_strip(HOLDER, maturities, faces, quoted, OTHER, FOREVER)
    assert suite.asset.balanceOf(HOLDER) == before - cost
    assert [suite.token.balanceOf(OTHER, suite.bond(maturity)) for maturity in maturities] == faces
    assert books(suite) == (model.treasury.escrow, model.treasury.reserve)
    assert suite.treasury.escrow() == sum(faces)


def test_buy_strip__the_longest_list__fits(suite):
    maturities = [suite.maturity(weeks) for weeks in range(1, STRIP + 1)]
    suite.market.buy_strip(maturities, [E18] * STRIP, STRIP * E18, HOLDER, FOREVER, sender=HOLDER)
    assert suite.treasury.escrow() == STRIP * E18


def test_buy_strip__cost_above_the_limit__refused_and_nothing_bought(suite):
    maturities, faces = coupons(suite)
    quoted = suite.market.quote_strip(maturities, faces)
    with boa.reverts("bond_market: cost above the limit"):
        suite.market.buy_strip(maturities, faces, quoted - 1, HOLDER, FOREVER, sender=HOLDER)
    assert suite.market.bucket(maturities[0]).debt == 0


@pytest.mark.parametrize(("maturities", "faces"), [([], []), ([13], [1, 1]), ([13, 26], [1])])
def test_buy_strip__faces_and_maturities_differ__refused(suite, maturities, faces):
    ends = [suite.maturity(weeks) for weeks in maturities]
    for call in (
        lambda: suite.market.quote_strip(ends, faces),
        lambda: suite.market.buy_strip(ends, faces, E18, HOLDER, FOREVER, sender=HOLDER),
    ):
        with boa.reverts("bond_market: strip needs a face a maturity"):
            call()


@pytest.mark.parametrize("weeks", [(13, 13), (26, 13)])
def test_buy_strip__maturities_not_rising__refused(suite, weeks):
    ends = [suite.maturity(number) for number in weeks]
    with boa.reverts("bond_market: strip out of order"):
        suite.market.buy_strip(ends, [E18, E18], 2 * E18, HOLDER, FOREVER, sender=HOLDER)
    with boa.reverts("bond_market: strip out of order"):
        suite.market.quote_strip(ends, [E18, E18])


def test_buy_strip__one_face_zero__refused(suite):
    with boa.reverts("bond_market: zero amount"):
        suite.market.buy_strip([suite.maturity(1), suite.maturity(2)], [E18, 0], E18, HOLDER, FOREVER, sender=HOLDER)


def test_buy_strip__past_the_deadline__refused(suite):
    with boa.reverts("bond_market: past the deadline"):
        suite.market.buy_strip([suite.maturity(1)], [E18], E18, HOLDER, suite.now - 1, sender=HOLDER)


def test_convert__longer_and_back__follows_the_model_and_loses(suite, model):
    near, far = suite.maturity(26), suite.maturity(104)
    face = 1_000 * E18
    suite.market.buy(near, face, face, HOLDER, FOREVER, sender=HOLDER)
    model.buy(HOLDER, near, face, face, HOLDER, FOREVER)
    cash = suite.asset.balanceOf(HOLDER), suite.asset.balanceOf(suite.treasury)

    quoted = suite.market.quote_convert(near, face, far)
    got = suite.market.convert(near, face, far, quoted, HOLDER, FOREVER, sender=HOLDER)
    assert got == quoted == model.convert(HOLDER, near, face, far, quoted, HOLDER, FOREVER)
    assert got > face  # a longer bond is cheaper
    assert books(suite) == (model.treasury.escrow, model.treasury.reserve)

    back = suite.market.convert(far, got, near, 0, HOLDER, FOREVER, sender=HOLDER)
    assert back == model.convert(HOLDER, far, got, near, 0, HOLDER, FOREVER)
    assert back < face
    assert books(suite) == (model.treasury.escrow, model.treasury.reserve)
    assert suite.treasury.escrow() == back
    assert (suite.asset.balanceOf(HOLDER), suite.asset.balanceOf(suite.treasury)) == cash  # no asset moved


def test_inv_mkt_1_convert__gives_what_selling_and_buying_would(suite):
    near, far = suite.maturity(26), suite.maturity(104)
    face = 1_000 * E18
    suite.market.buy(near, face, face, HOLDER, FOREVER, sender=HOLDER)
    with boa.env.anchor():
        proceeds = suite.market.sell(near, face, 0, HOLDER, FOREVER, sender=HOLDER)
        apart = suite.market.buy_exact_cost(far, proceeds, 0, HOLDER, FOREVER, sender=HOLDER)
    assert suite.market.convert(near, face, far, 0, HOLDER, FOREVER, sender=HOLDER) == apart


@pytest.mark.parametrize("weeks", [(0, 13, 104, 208), (208, 1, 52), (26, 25)])
def test_inv_mkt_1_convert__any_cycle__never_profits(suite, weeks):
    ends = [suite.maturity(number) for number in weeks]
    face = start = 20_000 * E18
    suite.market.buy(ends[0], face, face, HOLDER, FOREVER, sender=HOLDER)
    for near, far in zip(ends, [*ends[1:], ends[0]], strict=True):
        face = suite.market.convert(near, face, far, 0, HOLDER, FOREVER, sender=HOLDER)
    assert face <= start


def test_convert__to_another_receiver__gets_the_new_bonds(suite):
    near, far = suite.maturity(13), suite.maturity(26)
    suite.market.buy(near, E18, E18, HOLDER, FOREVER, sender=HOLDER)
    got = suite.market.convert(near, E18, far, 0, OTHER, FOREVER, sender=HOLDER)
    assert suite.token.balanceOf(OTHER, suite.bond(far)) == got
    assert suite.token.totalSupply(suite.bond(near)) == 0


def test_convert__bad_calls__refused_with_a_reason_and_nothing_moved(suite):
    near, far = suite.maturity(13), suite.maturity(26)
    suite.market.buy(near, 10 * E18, 10 * E18, HOLDER, FOREVER, sender=HOLDER)
    quoted = suite.market.quote_convert(near, E18, far)
    refused = [
        ("bond_market: same maturity", (near, E18, near, 0, HOLDER, FOREVER), HOLDER),
        ("bond_market: zero amount", (near, 0, far, 0, HOLDER, FOREVER), HOLDER),
        ("bond_market: zero amount", (near, 3, far, 0, HOLDER, FOREVER), HOLDER),  # too little to buy anything
        ("bond_market: past the deadline", (near, E18, far, 0, HOLDER, suite.now - 1), HOLDER),
        ("bond_market: face below the limit", (near, E18, far, quoted + 1, HOLDER, FOREVER), HOLDER),
        ("bond_market: face above the debt", (near, 11 * E18, far, 0, HOLDER, FOREVER), HOLDER),
        ("bond_market: maturity off the weekly grid", (near, E18, far + 1, 0, HOLDER, FOREVER), HOLDER),
        ("bond_token: insufficient balance", (near, E18, far, 0, HOLDER, FOREVER), STRANGER),
        ("bond_token: zero receiver", (near, E18, far, 0, ZERO, FOREVER), HOLDER),
    ]
    before = books(suite), suite.market.bucket(near), suite.market.bucket(far), suite.market.usage()
    for reason, arguments, caller in refused:
        with boa.reverts(reason):
            suite.market.convert(*arguments, sender=caller)
    with boa.reverts("bond_market: same maturity"):
        suite.market.quote_convert(near, E18, near)
    assert before == (books(suite), suite.market.bucket(near), suite.market.bucket(far), suite.market.usage())
    suite.market.convert(near, E18, far, quoted, HOLDER, FOREVER, sender=HOLDER)


@pytest.mark.parametrize(
    ("paused", "reason"),
    [((True, False), "flow_limits: buys are paused"), ((False, True), "flow_limits: sales are paused")],
)
def test_convert__either_side_paused__refused(suite, paused, reason):
    near, far = suite.maturity(13), suite.maturity(26)
    suite.market.buy(near, E18, E18, HOLDER, FOREVER, sender=HOLDER)
    suite.market.set_pause(*paused, sender=GUARDIAN)
    with boa.reverts(reason):
        suite.market.convert(near, E18, far, 0, HOLDER, FOREVER, sender=HOLDER)


def test_convert__reserve_too_low_for_the_longer_discount__refused():
    setup = Setup(reserve=0)
    with boa.env.anchor():
        suite, model = deploy(setup), make_model(setup)
        near, far = suite.maturity(0), suite.maturity(208)
        suite.treasury.fund(E18, sender=HOLDER)
        model.fund(HOLDER, E18)
        suite.market.buy(near, 100 * E18, 100 * E18, HOLDER, FOREVER, sender=HOLDER)
        model.buy(HOLDER, near, 100 * E18, 100 * E18, HOLDER, FOREVER)
        with boa.reverts("bond_treasury: reserve too low"):
            suite.market.convert(near, 100 * E18, far, 0, HOLDER, FOREVER, sender=HOLDER)
        with pytest.raises(Refused, match="reserve too low"):
            model.convert(HOLDER, near, 100 * E18, far, 0, HOLDER, FOREVER)


def test_convert__counts_against_both_limits(suite):
    near, far = suite.maturity(13), suite.maturity(104)
    face = 1_000 * E18
    suite.market.buy(near, face, face, HOLDER, FOREVER, sender=HOLDER)
    before = suite.market.usage()
    suite.market.convert(near, face, far, 0, HOLDER, FOREVER, sender=HOLDER)
    after = suite.market.usage()
    assert after.block_sells > before.block_sells
    assert after.block_buys > before.block_buys


def test_issue_many_and_convert__by_strangers__refused(suite):
    with boa.reverts("bond_treasury: caller is not the market"):
        suite.treasury.issue_many(STRANGER, STRANGER, [1], [1], 1, sender=STRANGER)
    with boa.reverts("bond_treasury: caller is not the market"):
        suite.treasury.convert(HOLDER, STRANGER, 1, 1, 2, 1, sender=STRANGER)
