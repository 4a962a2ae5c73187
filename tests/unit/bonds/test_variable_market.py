"""VariableMarket: each refusal beside the trade that passes, roles, terms and their notice, quotes, the stored rate."""

import boa
import pytest
from tests.support.bonds import (
    ADMIN,
    CURATOR,
    FOREVER,
    GUARDIAN,
    PER_CENT,
    STRANGER,
    TRADERS,
    TREASURER,
    ZERO,
    Setup,
    deploy,
    deploy_market,
    make_variable,
)
from tests.support.variable import Pair

from surety.models.variable_index import DAY, RAY, WAD, WEEK, YEAR

BUYER, HOLDER, OTHER = TRADERS
WHOLE = WAD
COST = 1_000 * WHOLE
TARGET, CAP = 10**6 * WHOLE, 2 * 10**6 * WHOLE
SETUP = Setup(interest=1_000_000)
NO_ROLE = "roles: caller lacks the role"


@pytest.fixture(scope="module")
def base():
    return Pair.create(SETUP)


@pytest.fixture
def pair(base):
    with boa.env.anchor():
        model = Pair(base.suite, base.model)
        kept = base.model.treasury.snapshot(), dict(base.model.__dict__)
        yield model
        base.model.treasury.restore(kept[0])
        base.model.__dict__.update(kept[1])


@pytest.fixture
def market(pair):
    return pair.suite.variable


@pytest.fixture
def maturity(pair):
    return pair.suite.maturity(30)


def terms_of(**changed):
    return make_variable(**changed).terms


# -- trades -----------------------------------------------------------------------------------------------------------


def test_buy__at_par__gives_shares_of_the_index(pair, market, maturity):
    assert market.quote_buy(maturity, COST) == COST
    assert pair.buy(BUYER, maturity, COST, COST, HOLDER) == COST
    event = next(log for log in market.get_logs() if type(log).__name__ == "VariableBought")
    assert (event.buyer, event.receiver, event.id) == (BUYER, HOLDER, 2 << 64 | maturity)
    assert (event.shares, event.cost) == (COST, COST)
    assert pair.suite.token.balanceOf(HOLDER, 2 << 64 | maturity) == COST
    assert pair.suite.treasury.escrow() == COST
    pair.check()


def test_buy__after_a_year__gives_fewer_shares(pair, market, maturity):
    pair.buy(BUYER, maturity + 50 * WEEK, COST)
    pair.wait(YEAR)
    later = pair.suite.maturity(10)
    shares = market.quote_buy(later, COST)
    assert COST * 93 // 100 < shares < COST * 95 // 100
    with boa.reverts("variable_market: shares below the limit"):
        market.buy(later, COST, shares + 1, BUYER, FOREVER, sender=BUYER)
    assert pair.buy(BUYER, later, COST, shares) == shares
    pair.check()


def test_sell__early__loses_a_share_of_the_interest_to_come(pair, market, maturity):
    pair.buy(HOLDER, maturity, COST)
    quoted = market.quote_sell(maturity, COST)
    # half of 6 per cent over the tenor, and 2 per cent of that as a fee
    loss = COST * 3 // 100 * (maturity - pair.now) // YEAR
    assert COST - loss * 103 // 100 < quoted < COST - loss * 99 // 100
    with boa.reverts("variable_market: proceeds below the limit"):
        market.sell(maturity, COST, quoted + 1, HOLDER, FOREVER, sender=HOLDER)
    reserve = pair.suite.treasury.interest_reserve()
    assert pair.sell(HOLDER, maturity, COST, quoted, OTHER) == quoted
    event = next(log for log in market.get_logs() if type(log).__name__ == "VariableSold")
    assert (event.seller, event.receiver, event.shares, event.proceeds) == (HOLDER, OTHER, COST, quoted)
    assert pair.suite.treasury.interest_reserve() == reserve + COST - quoted
    assert pair.suite.treasury.escrow() == 0
    pair.check()


@pytest.mark.parametrize("side", ["buy", "sell"])
def test_trade__bad_argument__reverts(pair, market, maturity, side):
    pair.buy(HOLDER, maturity, COST)
    trade = getattr(market, side)

    def refused(reason, maturity=maturity, amount=COST, deadline=FOREVER):
        with boa.reverts(reason):
            trade(maturity, amount, 0, HOLDER, deadline, sender=HOLDER)

    refused("variable_market: past the deadline", deadline=pair.now - 1)
    refused("variable_market: zero amount", amount=0)
    refused("variable_market: maturity off the weekly grid", maturity=maturity + 1)
    refused("variable_market: bond has matured", maturity=pair.now // WEEK * WEEK)
    refused("variable_market: maturity too far", maturity=(pair.now + 104 * WEEK) // WEEK * WEEK + WEEK)
    trade(maturity, COST, 0, HOLDER, pair.now, sender=HOLDER)


def test_buy__last_maturity_sold__passes(pair, market):
    last = (pair.now + 104 * WEEK) // WEEK * WEEK
    assert pair.buy(BUYER, last, COST)


def test_buy__dust_below_a_share__reverts(pair, market, maturity):
    pair.buy(HOLDER, maturity, COST)
    pair.wait(DAY)
    with boa.reverts("variable_market: zero amount"):
        market.buy(maturity, 1, 0, BUYER, FOREVER, sender=BUYER)
    assert pair.buy(BUYER, maturity, 2) == 1


def test_buy__cap__is_kept_to_the_wei(pair, market, maturity):
    for cost in (CAP + 1, 2**256 - 1):
        with boa.reverts("variable_market: over the cap"):
            market.buy(maturity, cost, 0, BUYER, FOREVER, sender=BUYER)
    pair.buy(BUYER, maturity, CAP - 5)
    with boa.reverts("variable_market: over the cap"):
        market.buy(maturity, 6, 0, BUYER, FOREVER, sender=BUYER)
    assert pair.buy(BUYER, maturity, 5) == 5
    pair.wait(DAY)  # interest leads beyond the cap, which stops buys only
    with boa.reverts("variable_market: over the cap"):
        market.buy(maturity, 2, 0, BUYER, FOREVER, sender=BUYER)
    assert pair.sell(BUYER, maturity, COST)
    pair.check()


def test_sell__more_than_there_is__reverts(pair, market, maturity):
    pair.buy(HOLDER, maturity, COST)
    pair.buy(HOLDER, maturity + WEEK, COST)
    with boa.reverts("variable_market: more than all live shares"):
        market.sell(maturity, 2 * COST + 1, 0, HOLDER, FOREVER, sender=HOLDER)
    with boa.reverts("bond_token: insufficient balance"):
        market.sell(maturity, COST + 1, 0, HOLDER, FOREVER, sender=HOLDER)
    with boa.reverts("bond_token: insufficient balance"):
        market.sell(maturity, 1, 0, HOLDER, FOREVER, sender=OTHER)
    with boa.reverts("bond_treasury: zero receiver"):
        market.sell(maturity, 1, 0, ZERO, FOREVER, sender=HOLDER)
    with boa.reverts("bond_token: zero receiver"):
        market.buy(maturity, COST, 0, ZERO, FOREVER, sender=BUYER)


def test_trade__more_than_64_weeks_due__asks_for_accrual_first(pair, market):
    last = pair.suite.maturity(100)
    pair.buy(HOLDER, last, COST)
    pair.go(pair.now // WEEK * WEEK + 66 * WEEK)
    for call in (
        lambda: market.buy(last, COST, 0, BUYER, FOREVER, sender=BUYER),
        lambda: market.sell(last, COST, 0, HOLDER, FOREVER, sender=HOLDER),
        lambda: market.quote_buy(last, COST),
        lambda: market.quote_sell(last, COST),
        lambda: market.update_rate(),
    ):
        with boa.reverts("variable_market: interest is due, accrue first"):
            call()
    pair.accrue()
    pair.check()
    assert pair.buy(BUYER, last, COST)
    pair.check()


# -- the rate ---------------------------------------------------------------------------------------------------------


def test_rate__value__moves_it_along_the_curve(pair, market, maturity):
    assert pair.suite.treasury.variable().rate == 6 * PER_CENT
    assert market.quote_rate(0) == (6 * PER_CENT, 6 * PER_CENT)
    assert market.quote_rate(TARGET) == (4 * PER_CENT, 5 * PER_CENT)
    assert market.quote_rate(CAP) == (2 * PER_CENT, 5 * PER_CENT)
    pair.buy(BUYER, maturity, TARGET // 4)
    event = next(log for log in market.get_logs() if type(log).__name__ == "RateStored")
    rate = pair.suite.treasury.variable().rate
    assert rate == market.quote_rate(TARGET // 4)[1]
    assert abs(rate - 55 * PER_CENT // 10) < 10**6
    assert (event.rate, event.anchor) == (rate, 6 * PER_CENT)
    pair.check()


def test_rate__far_jump__stops_a_step_from_the_anchor(pair, market, maturity):
    pair.buy(BUYER, maturity, TARGET)
    assert pair.suite.treasury.variable().rate == 5 * PER_CENT
    pair.wait(WEEK)
    assert market.anchors().rate == 5 * PER_CENT
    assert pair.update_rate() == 4 * PER_CENT
    pair.wait(WEEK // 2)
    assert market.anchors().rate == 45 * PER_CENT // 10
    pair.check()


def test_update_rate__once_an_epoch__and_not_after_a_trade(pair, market, maturity):
    stale = "variable_market: rate is of this epoch"
    with boa.reverts(stale):
        market.update_rate()
    pair.go((pair.now // WEEK + 1) * WEEK)
    assert pair.update_rate() == 6 * PER_CENT
    with boa.reverts(stale):
        market.update_rate()
    pair.wait(WEEK - 1)
    with boa.reverts(stale):
        market.update_rate()
    pair.wait(1)
    pair.buy(BUYER, maturity, COST)
    with boa.reverts(stale):
        market.update_rate()


def test_update_rate__after_a_maturity__follows_the_smaller_value(pair, market):
    near, far = pair.suite.maturity(0), pair.suite.maturity(30)
    pair.buy(HOLDER, near, TARGET)
    pair.buy(HOLDER, far, COST)
    assert pair.suite.treasury.variable().rate == 5 * PER_CENT
    pair.go(near)
    assert pair.suite.treasury.variable().rate == 5 * PER_CENT  # accrual makes no rate
    assert pair.update_rate() > 59 * PER_CENT // 10
    pair.check()


# -- pauses -----------------------------------------------------------------------------------------------------------


def test_set_pause__guardian__stops_buys_and_sales_one_by_one(pair, market, maturity):
    pair.buy(HOLDER, maturity, COST)
    for caller in (ADMIN, CURATOR, TREASURER, STRANGER):
        with boa.reverts(NO_ROLE):
            market.set_pause(True, True, sender=caller)
    market.set_pause(True, False, sender=GUARDIAN)
    assert market.paused() == (True, False)
    with boa.reverts("variable_market: buys are paused"):
        market.buy(maturity, COST, 0, BUYER, FOREVER, sender=BUYER)
    market.sell(maturity, COST // 2, 0, HOLDER, FOREVER, sender=HOLDER)
    market.set_pause(False, True, sender=GUARDIAN)
    with boa.reverts("variable_market: sales are paused"):
        market.sell(maturity, COST // 4, 0, HOLDER, FOREVER, sender=HOLDER)
    market.buy(maturity, COST, 0, BUYER, FOREVER, sender=BUYER)
    market.set_pause(True, True, sender=GUARDIAN)
    assert market.quote_buy(maturity, COST) > 0 < market.quote_sell(maturity, COST // 4)
    boa.env.evm.patch.timestamp = maturity
    pair.suite.treasury.redeem(2 << 64 | maturity, COST // 2, HOLDER, sender=HOLDER)
    market.update_rate()


# -- terms ------------------------------------------------------------------------------------------------------------


def test_inv_var_10_queue_terms__curator__hold_from_the_end_of_the_notice(pair, market, maturity):
    before, after = market.terms(), terms_of(hi=8 * PER_CENT, exit_bps=0, fee_bps=0, step_bps=300)
    assert market.rules() == (7 * DAY, 104 * WEEK)
    for caller in (ADMIN, GUARDIAN, TREASURER, STRANGER):
        with boa.reverts(NO_ROLE):
            market.queue_terms(after, sender=caller)
    market.queue_terms(after, sender=CURATOR)
    event = next(log for log in market.get_logs() if type(log).__name__ == "TermsQueued")
    start = pair.now + 7 * DAY
    assert event.start == start == market.schedule()[0]
    assert tuple(market.schedule()[1]) == after
    with boa.reverts("variable_market: a change is under way"):
        market.queue_terms(after, sender=CURATOR)
    market.buy(maturity, COST, 0, HOLDER, FOREVER, sender=HOLDER)
    boa.env.evm.patch.timestamp = start - 1
    assert market.terms() == before
    assert market.quote_sell(maturity, COST // 2) < COST // 2
    boa.env.evm.patch.timestamp = start
    assert tuple(market.terms()) == after
    assert market.quote_sell(maturity, COST // 2) >= COST // 2
    with boa.reverts("variable_market: no change to cancel"):
        market.cancel_terms(sender=CURATOR)
    market.queue_terms(before, sender=CURATOR)
    assert tuple(market.terms()) == after


@pytest.mark.parametrize("caller", [CURATOR, GUARDIAN])
def test_inv_var_10_cancel_terms__before_they_hold__leaves_the_old_ones(pair, market, caller):
    before, after = market.terms(), terms_of(cap=5 * CAP)
    with boa.reverts("variable_market: no change to cancel"):
        market.cancel_terms(sender=caller)
    market.queue_terms(after, sender=CURATOR)
    for stranger in (ADMIN, TREASURER, STRANGER):
        with boa.reverts(NO_ROLE):
            market.cancel_terms(sender=stranger)
    market.cancel_terms(sender=caller)
    assert type(market.get_logs()[-1]).__name__ == "TermsCancelled"
    boa.env.evm.patch.timestamp += 30 * DAY
    assert market.terms() == before == market.schedule()[1]
    assert market.schedule()[0] == 0
    market.queue_terms(after, sender=CURATOR)


@pytest.mark.parametrize(
    ("reason", "changed"),
    [
        ("variable_market: zero target", {"target": 0}),
        ("variable_market: cap not above target", {"cap": TARGET}),
        ("variable_market: cap out of range", {"cap": 2**56 * 10**12}),
        ("variable_market: value finer than its unit", {"target": TARGET + 10**11}),
        ("variable_market: value finer than its unit", {"cap": CAP + 1}),
        ("variable_market: value finer than its unit", {"hi": 6 * PER_CENT + 1}),
        ("variable_market: value finer than its unit", {"mid": 4 * PER_CENT + 1}),
        ("variable_market: value finer than its unit", {"low": 2 * PER_CENT - 1}),
        ("variable_market: rates out of order", {"mid": 7 * PER_CENT}),
        ("variable_market: rates out of order", {"low": 5 * PER_CENT}),
        ("variable_market: rate above one a year", {"hi": WAD + 10**5}),
        ("variable_market: exit discount out of range", {"exit_bps": 10_001}),
        ("variable_market: exit discount out of range", {"hi": 60 * PER_CENT, "exit_bps": 10_000}),
        ("variable_market: exit discount out of range", {"hi": WAD, "mid": WAD, "exit_bps": 10_000}),
        ("variable_market: fee too high", {"fee_bps": 1_001}),
        ("variable_market: step out of range", {"step_bps": 0}),
        ("variable_market: step out of range", {"step_bps": 10_001}),
    ],
)
def test_inv_var_10_queue_terms__out_of_bounds__reverts(pair, market, reason, changed):
    with boa.reverts(reason):
        market.queue_terms(terms_of(**changed), sender=CURATOR)


def test_inv_var_10_queue_terms__at_the_bounds__passes(pair, market):
    rate = WAD * YEAR // (104 * WEEK) // 10**5 * 10**5
    for changed in (
        {"cap": (2**56 - 1) * 10**12, "fee_bps": 1_000, "step_bps": 10_000},
        {"hi": rate, "mid": 0, "low": 0, "exit_bps": 10_000, "step_bps": 1},
        {"hi": WAD, "mid": WAD, "low": WAD, "exit_bps": 10_000, "target": 10**12, "cap": 2 * 10**12},
        {"hi": 0, "mid": 0, "low": 0, "exit_bps": 0, "fee_bps": 0},
    ):
        terms = terms_of(**changed)
        market.queue_terms(terms, sender=CURATOR)
        boa.env.evm.patch.timestamp += 7 * DAY
        assert tuple(market.terms()) == terms


@pytest.mark.parametrize(
    ("reason", "changed"),
    [
        ("variable_market: notice out of range", {"notice": DAY - 1}),
        ("variable_market: notice out of range", {"notice": 90 * DAY + 1}),
        ("variable_market: longest tenor out of range", {"max_tenor": WEEK - 1}),
        ("variable_market: longest tenor out of range", {"max_tenor": 255 * WEEK + 1}),
        ("variable_market: zero target", {"target": 0}),
    ],
)
def test_constructor__out_of_bounds__reverts(base, reason, changed):
    setup = {key: changed.pop(key) for key in ("notice", "max_tenor") if key in changed}
    with boa.reverts(reason):
        deploy_market(SETUP, base.suite.asset, variable=make_variable(**setup, **changed))


def test_constructor__wiring__is_fixed(base):
    suite = base.suite
    assert suite.treasury.variable_market() == suite.variable.address
    assert suite.variable.treasury() == suite.treasury.address
    for role, holder in (("CURATOR", CURATOR), ("GUARDIAN", GUARDIAN), (None, ADMIN)):
        name = bytes(32) if role is None else boa.eval(f'keccak256("{role}_ROLE")')
        assert suite.variable.hasRole(name, holder)
        assert not suite.variable.hasRole(name, suite.treasury.address)


@pytest.mark.parametrize("decimals", [0, 6, 8])
def test_buy_and_sell__other_decimals__agree_with_the_model(decimals):
    pair = Pair.create(Setup(decimals=decimals, interest=1_000_000))
    whole, maturity = 10**decimals, pair.suite.maturity(20)
    pair.buy(BUYER, maturity, 100_000 * whole)
    pair.wait(40 * DAY)
    pair.buy(HOLDER, maturity, 5_000 * whole + 3)
    pair.wait(DAY)
    pair.sell(BUYER, maturity, 3_333 * whole + 1)
    pair.check()
    pair.go(maturity + DAY)
    for holder in (BUYER, HOLDER):
        bond = 2 << 64 | maturity
        pair.redeem(holder, bond, pair.suite.token.balanceOf(holder, bond))
    pair.check()
    assert pair.suite.treasury.escrow() == 0


def test_deploy__no_interest__rate_is_that_of_an_empty_market():
    suite = deploy(Setup())
    state = suite.treasury.variable()
    assert (state.index, state.rate, state.shares, state.value, state.reserve) == (RAY, 6 * PER_CENT, 0, 0, 0)
