"""Hostile holders of variable bonds. Bulk runs on the exact model, the sharpest form of each on the contracts.

Fees are zero where the claim is about prices.
"""

from contextlib import suppress
from random import Random

import boa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.bonds import CURATOR, FOREVER, FUNDER, PER_CENT, TRADERS, Setup, deploy, make_variable
from tests.support.variable import Pair, make_variable_model

from surety.models import log_mean
from surety.models.refusal import Refused
from surety.models.treasury import variable_id
from surety.models.variable import bounded, exit_curve, rate_at
from surety.models.variable_index import DAY, RAY, WAD, WEEK

pytestmark = pytest.mark.stateful

ATTACKER, VICTIM, OTHER = TRADERS
BLOCK = 12
FREE = Setup(interest=1_000_000, variable=make_variable(fee_bps=0))
WHOLE = WAD
TARGET, CAP = 10**6 * WHOLE, 2 * 10**6 * WHOLE


def maturity_of(model, week):
    return (model.now // WEEK + 1 + week) * WEEK


def buy(model, maturity, cost, who=ATTACKER):
    return model.buy(who, maturity, cost, 0, who, FOREVER)


def sell(model, maturity, shares, who=ATTACKER):
    return model.sell(who, maturity, shares, 0, who, FOREVER)


def held(model, maturity, who=ATTACKER):
    return model.treasury.bonds[who, variable_id(maturity)]


def wealth(model, who=ATTACKER):
    return model.treasury.assets[who]


def busy_model(random, setup=FREE):
    """In the midst of things: others hold, anchors lag behind, perhaps terms are about to change."""
    model = make_variable_model(setup)
    for week in (0, 3, 30, 100):
        buy(model, maturity_of(model, week), random.randrange(10**18, 400_000 * WAD), VICTIM)
        model.now += random.choice([0, BLOCK, DAY])
    if random.random() < 0.5:
        terms = make_variable(hi=8 * PER_CENT, fee_bps=0, exit_bps=random.choice([0, 9_000])).terms
        model.queue_terms(CURATOR, terms)
    model.now += random.choice([0, BLOCK, DAY, 6 * DAY, 20 * DAY])
    for week in (3, 30):
        maturity = maturity_of(model, week)
        with suppress(Refused):
            sell(model, maturity, held(model, maturity, VICTIM) // random.choice([2, 3, 1_000]), VICTIM)
    return model


# -- at one timestamp -------------------------------------------------------------------------------------------------


@given(seed=st.integers(0, 2**32))
def test_inv_var_6_cycle__many_trades_at_one_timestamp__never_gains(seed):
    """What an attacker holds at the end is counted at par, which nobody pays before maturity."""
    random = Random(seed)
    model = busy_model(random)
    maturities = [maturity_of(model, week) for week in (0, 3, 30, 99)]
    before = wealth(model)
    for _ in range(random.randrange(2, 12)):
        maturity = random.choice(maturities)
        with suppress(Refused):
            if random.random() < 0.5:
                buy(model, maturity, random.choice([1, 2, 10**6, random.randrange(1, 10**24)]))
            elif amount := held(model, maturity):
                sell(model, maturity, random.choice([amount, max(amount // 3, 1), 1]))
        if random.random() < 0.2:
            with suppress(Refused):
                model.update_rate()
    index = model.treasury.variable.index
    par = sum(held(model, maturity) for maturity in maturities) * index // RAY
    assert wealth(model) + par <= before


@given(seed=st.integers(0, 2**32))
def test_inv_var_7_sale__after_any_buys_of_the_same_second__brings_the_same(seed):
    """A flash loan lifts the value to the cap, in the nearest maturity or in the one that is sold, to no avail."""
    random = Random(seed)
    model = busy_model(random)
    maturities = [maturity_of(model, week) for week in (0, 30, 95)]
    for maturity in maturities:
        buy(model, maturity, random.randrange(1, 50_000 * WAD))
        model.now += random.choice([0, DAY])
    model.now += random.choice([0, DAY, 20 * DAY])
    model.treasury.accrue(model.now)
    maturities = [maturity for maturity in maturities if maturity > model.now]
    long = random.choice(maturities)
    amount = held(model, long) // random.choice([1, 2, 1_000])
    alone = model.quote_sell(long, amount)
    before, loans = wealth(model), {}
    for _ in range(random.randrange(1, 4)):
        room = model.terms.cap - model.treasury.variable.value
        maturity = random.choice(maturities)
        with suppress(Refused):
            got = buy(model, maturity, random.choice([room, room // 2, 10**18]))
            loans[maturity] = loans.get(maturity, 0) + got
    order = [*loans, None]
    random.shuffle(order)
    for maturity in order:
        if maturity is not None:
            sell(model, maturity, loans[maturity])
        else:
            sell(model, long, amount)
    assert wealth(model) - before <= alone + 3 * len(order)


@given(seed=st.integers(0, 2**32))
def test_inv_var_7_round_trip__in_a_block__changes_no_price_for_others(seed):
    """Nobody can spoil the exits of others by buying and selling: a sale that undoes buys moves no anchor."""
    random = Random(seed)
    model = busy_model(random)
    mine, theirs = maturity_of(model, random.choice([0, 60])), maturity_of(model, 30)
    amount = held(model, theirs, VICTIM)
    before = model.quote_sell(theirs, amount) if amount else 0
    with suppress(Refused):
        got = buy(model, mine, random.choice([10**20, model.terms.cap - model.preview().value]))
        sell(model, mine, got // 2)
        sell(model, mine, got - got // 2)
    assert (model.quote_sell(theirs, amount) if amount else 0) >= before - 2


def test_inv_var_7_sale__priced_from_the_value_itself__would_reward_a_flash_loan():
    """Why the value has an anchor: all maturities share it, so a cheap one could set the price of a dear one (T16)."""
    model = make_variable_model(FREE)
    near, long = maturity_of(model, 0), maturity_of(model, 100)
    buy(model, long, 100_000 * WAD)
    model.now += WEEK
    near += WEEK
    model.treasury.accrue(model.now)
    amount, value = held(model, long), model.treasury.variable.value
    loan = CAP - value

    def naive(level, worth, maturity):
        return log_mean.payout(level, worth, exit_curve(model.terms, maturity - model.now), 0)

    honest = naive(value, value, long)
    looted = naive(value + loan, value, long) - (loan - naive(loan, loan, near))
    assert looted > honest + value // 100  # more than one per cent of all that is sold
    before, par = wealth(model), held(model, long) * model.treasury.variable.index // RAY
    buy(model, near, loan)
    sell(model, long, amount)
    sell(model, near, held(model, near))
    assert wealth(model) - before <= honest
    assert wealth(model) - before < par


@given(seed=st.integers(0, 2**32), cuts=st.integers(2, 6))
def test_inv_var_8_sale__in_slices__brings_no_more_than_the_whole_and_mostly_the_same(seed, cuts):
    random = Random(seed)
    model = busy_model(random)
    maturity = maturity_of(model, 40)
    buy(model, maturity, 300_000 * WAD)
    model.now += random.choice([0, 1, DAY, 3 * DAY, 10 * DAY])
    model.treasury.accrue(model.now)
    amount = held(model, maturity)
    whole = model.quote_sell(maturity, amount)
    # what undoes recent buys lies above the anchor, unless other maturities have come since
    above = model.recent(maturity) <= model.treasury.variable.value - model.walked(model.preview()).level
    parts = [amount // cuts] * (cuts - 1)
    parts.append(amount - sum(parts))
    got = sum(sell(model, maturity, part) for part in parts)
    # each slice is rounded down, and so is each price of the part that undoes buys (1e-18)
    slack = 3 * cuts + amount // WAD * 2
    assert got <= whole + slack
    if above:
        assert got >= whole - slack


def test_inv_var_6_sandwich__around_a_sale_and_around_a_buy__loses():
    for act in (lambda m, at: sell(m, at, held(m, at, VICTIM), VICTIM), lambda m, at: buy(m, at, 10**23, VICTIM)):
        for first in ("buy", "sell"):
            model = make_variable_model(FREE)
            maturity = maturity_of(model, 50)
            buy(model, maturity, 400_000 * WAD, VICTIM)
            buy(model, maturity, 300_000 * WAD)
            model.now += WEEK
            model.treasury.accrue(model.now)
            before = wealth(model) + held(model, maturity) * model.treasury.variable.index // RAY
            if first == "buy":
                bought = buy(model, maturity, 300_000 * WAD)
                act(model, maturity)
                sell(model, maturity, bought)
            else:
                got = sell(model, maturity, held(model, maturity))
                act(model, maturity)
                buy(model, maturity, got)
            after = wealth(model) + held(model, maturity) * model.treasury.variable.index // RAY
            assert after < before


# -- the rate ---------------------------------------------------------------------------------------------------------


def clamp_of_the_epoch(model, epochs):
    """A bound around the rate with which each epoch begins, under the same attack: the rule that is not used."""
    terms, rate, seen = model.terms, model.terms.hi, []
    for _ in range(epochs):
        base = rate
        rate = bounded(10**18, base, terms)  # somebody updates as soon as the epoch begins
        seen.append(rate)
        rate = bounded(CAP, base, terms)  # the attacker's buy in its last second, of what matures a second later
    return seen


def test_inv_var_9_rate__pushed_in_the_last_second_of_each_week__is_back_after_it():
    """A buy of what matures a second later costs nothing. Around the rate of the epoch's start it would walk the rate
    down step by step; the anchor moves by the seconds for which a rate was in force."""
    model = make_variable_model(FREE)
    buy(model, maturity_of(model, 90), WHOLE, VICTIM)
    fair = rate_at(WHOLE, model.terms)
    assert min(clamp_of_the_epoch(model, 12)) <= 3 * PER_CENT
    paid = wealth(model)
    for _ in range(12):
        boundary = (model.now // WEEK + 1) * WEEK
        model.now = boundary - 1
        bought = buy(model, boundary, CAP - model.preview().value - WHOLE)
        assert model.treasury.variable.rate <= fair - 99 * PER_CENT // 100
        model.now = boundary
        model.treasury.redeem(ATTACKER, variable_id(boundary), bought, ATTACKER, model.now)
        assert abs(model.update_rate() - fair) < PER_CENT // 1_000
        assert fair - model.anchors.rate < PER_CENT // 10_000
    assert wealth(model) - paid < 12 * CAP * 6 // 100 // (31_536_000 // 2)  # a second's interest a week


@given(seed=st.integers(0, 2**32))
def test_inv_var_9_rate__any_trades__moves_no_faster_than_a_step_a_week(seed):
    random = Random(seed)
    model = busy_model(random)
    for _ in range(30):
        at, before = model.now, model.walked(model.preview()).rate
        model.now += random.choice([0, 0, 1, BLOCK, DAY, 3 * DAY, WEEK])
        maturity = maturity_of(model, random.choice([0, 20, 90]))
        with suppress(Refused):
            while model.treasury.accrue(model.now).time < model.now:
                pass
            if random.random() < 0.6:
                buy(model, maturity, random.choice([1_000 * WAD, TARGET, CAP - model.treasury.variable.value]))
            else:
                sell(model, maturity, held(model, maturity))
            step = model.terms.step_bps * 10**14
            assert abs(model.treasury.variable.rate - model.anchors.rate) <= step + 10**5
            assert abs(model.anchors.rate - before) <= step * min(model.now - at, WEEK) // WEEK + 10**12


@given(seed=st.integers(0, 2**32))
def test_inv_var_9_rate__round_trip_in_a_block__leaves_it_as_it_was(seed):
    random = Random(seed)
    model = busy_model(random)
    buy(model, maturity_of(model, 20), WHOLE)  # the anchors are of this second
    rate, anchor = model.treasury.variable.rate, model.anchors.rate
    maturity = maturity_of(model, 50)
    with suppress(Refused):
        bought = buy(model, maturity, random.choice([10**22, CAP - model.treasury.variable.value]))
        sell(model, maturity, bought)
    assert model.anchors.rate == anchor
    assert abs(model.treasury.variable.rate - rate) <= 10**5  # a wei of rounding may turn a grain


# -- the reserve ------------------------------------------------------------------------------------------------------


def test_inv_var_4_refill__timed_after_a_shortage__pays_nobody_for_the_past():
    pair = Pair.create(Setup(interest=10, variable=make_variable(hi=60 * PER_CENT, exit_bps=0, step_bps=1)))
    maturity = pair.suite.maturity(50)
    pair.buy(ATTACKER, maturity, 10_000 * WHOLE)
    pair.wait(20 * WEEK)
    index = pair.suite.treasury.variable().index
    assert index < RAY * 1_002 // 1_000
    pair.fund_interest(100_000 * WHOLE)
    assert pair.suite.treasury.variable().index == index
    got = pair.sell(ATTACKER, maturity, pair.suite.token.balanceOf(ATTACKER, variable_id(maturity)))
    assert got <= 10_010 * WHOLE
    pair.check()


def test_inv_var_5_interest_reserve__bled_through_fixed_bonds__keeps_every_wei():
    suite = deploy(Setup(reserve=1_000, interest=500_000))
    suite.variable.buy(suite.maturity(30), 1_000 * WHOLE, 0, VICTIM, FOREVER, sender=VICTIM)
    interest, random = suite.treasury.interest_reserve(), Random(5)
    refusals = []
    for _ in range(40):
        maturity, face = suite.maturity(random.choice([20, 100])), random.randrange(1, 10_000 * WHOLE)
        try:
            suite.market.buy(maturity, face, face, ATTACKER, FOREVER, sender=ATTACKER)
        except boa.BoaError as refusal:
            refusals.append(str(refusal))
        amount = suite.token.balanceOf(ATTACKER, 1 << 64 | maturity)
        if amount and random.random() < 0.5:
            suite.market.sell(maturity, amount // 2 + 1, 0, ATTACKER, FOREVER, sender=ATTACKER)
    assert refusals
    assert all("bond_treasury: reserve too low" in refusal for refusal in refusals)
    assert suite.treasury.interest_reserve() == interest


def test_inv_var_5_reserve__bled_through_variable_bonds__keeps_every_wei():
    suite = deploy(Setup(reserve=1_000_000, interest=1, variable=make_variable(hi=WAD, exit_bps=2_000)))
    reserve, maturity = suite.treasury.reserve(), suite.maturity(60)
    suite.variable.buy(maturity, CAP, 0, ATTACKER, FOREVER, sender=ATTACKER)
    boa.env.evm.patch.timestamp += 30 * WEEK
    suite.variable.sell(maturity, CAP // 2, 0, ATTACKER, FOREVER, sender=ATTACKER)
    boa.env.evm.patch.timestamp = maturity
    suite.treasury.redeem(variable_id(maturity), CAP - CAP // 2, ATTACKER, sender=ATTACKER)
    assert suite.treasury.reserve() == reserve
    assert suite.asset.balanceOf(suite.treasury) == reserve + suite.treasury.interest_reserve()


def test_interest__bought_a_second_before_maturity__is_that_of_a_second():
    pair = Pair.create(FREE)
    maturity = pair.suite.maturity(2)
    pair.buy(VICTIM, maturity, TARGET)
    pair.go(maturity - 1)
    before = pair.suite.asset.balanceOf(ATTACKER)
    bought = pair.buy(ATTACKER, maturity, TARGET // 2)
    pair.wait(1)
    pair.redeem(ATTACKER, variable_id(maturity), bought)
    gain = pair.suite.asset.balanceOf(ATTACKER) - before
    assert 0 < gain <= TARGET // 2 * 6 // 100 // 31_536_000 + 1
    pair.check()


# -- assets that misbehave --------------------------------------------------------------------------------------------


def test_inv_trs_1_asset__calls_back__finds_all_doors_locked():
    suite = deploy(Setup(asset="MockCallbackERC20", interest=1_000))
    maturity, cost = suite.maturity(3), 100 * WHOLE
    market, treasury = suite.variable, suite.treasury
    market.buy(maturity, cost, 0, ATTACKER, FOREVER, sender=ATTACKER)
    calls = (
        (market, market.buy.prepare_calldata(maturity, cost, 0, ATTACKER, FOREVER)),
        (market, market.sell.prepare_calldata(maturity, 1, 0, ATTACKER, FOREVER)),
        (market, market.quote_sell.prepare_calldata(maturity, 1)),
        (market, market.update_rate.prepare_calldata()),
        (treasury, treasury.accrue.prepare_calldata()),
        (treasury, treasury.fund_interest.prepare_calldata(1)),
        (treasury, treasury.redeem.prepare_calldata(variable_id(suite.now // WEEK * WEEK), 1, ATTACKER)),
    )
    boa.env.evm.patch.timestamp += WEEK
    for target, payload in calls:
        suite.asset.call_back(target, payload)
        market.buy(maturity, cost, 0, ATTACKER, FOREVER, sender=ATTACKER)
        assert not suite.asset.succeeded()
    shares, index = treasury.series(maturity)
    assert treasury.escrow() == shares * index // RAY == treasury.variable().value
    assert suite.asset.balanceOf(treasury) == treasury.escrow() + treasury.reserve() + treasury.interest_reserve()


def test_asset__takes_a_fee_or_answers_false__is_refused():
    suite = deploy(Setup(asset="MockFeeERC20", reserve=0))
    with boa.reverts("bond_treasury: asset moved a wrong amount"):
        suite.variable.buy(suite.maturity(3), 100 * WHOLE, 0, ATTACKER, FOREVER, sender=ATTACKER)
    with boa.reverts("bond_treasury: asset moved a wrong amount"):
        suite.treasury.fund_interest(100 * WHOLE, sender=FUNDER)
    suite = deploy(Setup(asset="MockFalseERC20", interest=10))
    maturity = suite.maturity(0)
    suite.variable.buy(maturity, 100 * WHOLE, 0, ATTACKER, FOREVER, sender=ATTACKER)
    suite.asset.refuse(True)
    refused = "bond_treasury: asset refused the transfer"
    with boa.reverts(refused):
        suite.variable.sell(maturity, WHOLE, 0, ATTACKER, FOREVER, sender=ATTACKER)
    boa.env.evm.patch.timestamp = maturity
    with boa.reverts(refused):
        suite.treasury.redeem(variable_id(maturity), WHOLE, ATTACKER, sender=ATTACKER)
    suite.asset.refuse(False)
    suite.treasury.redeem(variable_id(maturity), 100 * WHOLE, ATTACKER, sender=ATTACKER)
    assert suite.treasury.escrow() == 0
