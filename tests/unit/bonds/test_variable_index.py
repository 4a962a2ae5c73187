"""The index in the treasury: accrual, freezing at maturity, shortage, its reserve, redemption, and who may touch it."""

from copy import deepcopy

import boa
import pytest
from tests.support.bonds import (
    ADMIN,
    CURATOR,
    FOREVER,
    FUNDER,
    GUARDIAN,
    HOLDERS,
    STRANGER,
    TRADERS,
    TREASURER,
    ZERO,
    Setup,
)
from tests.support.variable import Pair, put_word, word

from surety.models.variable_index import DAY, RAY, WAD, WEEK, YEAR, growth

BUYER, HOLDER, OTHER = TRADERS
COST = 1_000 * WAD
NO_ROLE = "roles: caller lacks the role"
DUE = "bond_treasury: interest is due, accrue first"


@pytest.fixture(scope="module")
def base():
    return Pair.create(Setup(interest=100_000))


@pytest.fixture
def pair(base):
    kept = base.model.treasury.snapshot(), dict(base.model.__dict__)
    yield base
    base.model.treasury.restore(kept[0])
    base.model.__dict__.update(kept[1])


@pytest.fixture
def treasury(pair):
    return pair.suite.treasury


@pytest.fixture
def maturity(pair):
    """A maturity of which HOLDER has shares worth COST."""
    maturity = pair.suite.maturity(10)
    pair.buy(HOLDER, maturity, COST)
    return maturity


def variable_id(maturity):
    return 2 << 64 | maturity


def stored_time(treasury):
    return word(treasury, "variable_index._live") % 2**48


def drain(pair, leave=0):
    """Take the interest reserve down to `leave`, as nothing on chain can; the asset stays, booked by nobody."""
    books, treasury = pair.model.treasury.variable, pair.suite.treasury
    taken = books.reserve - leave
    books.reserve = leave
    name = "variable_index._stock"
    put_word(treasury, name, value=word(treasury, name) - (taken << 128))


# -- who may ----------------------------------------------------------------------------------------------------------


def test_inv_trs_3_entries__anybody_but_the_variable_market__is_refused(pair, treasury, maturity):
    refused = "bond_treasury: caller not the variable market"
    for caller in (*HOLDERS, STRANGER, HOLDER, pair.suite.market.address, pair.suite.token.address):
        with boa.reverts(refused):
            treasury.issue_variable(caller, caller, maturity, 1, 1, 0, sender=caller)
        with boa.reverts(refused):
            treasury.retire_variable(HOLDER, caller, maturity, 1, 0, 0, sender=caller)
        with boa.reverts(refused):
            treasury.set_rate(0, sender=caller)
    with boa.reverts("bond_treasury: caller is not the market"):
        treasury.issue(HOLDER, HOLDER, 1 << 64 | maturity, 1, 1, sender=pair.suite.variable.address)


def test_entries__interest_due__ask_for_accrual(pair, treasury, maturity):
    market = pair.suite.variable.address
    pair.wait(1)
    for call in (
        lambda: treasury.issue_variable(BUYER, BUYER, maturity, 1, 2, 0, sender=market),
        lambda: treasury.retire_variable(HOLDER, HOLDER, maturity, 1, 0, 0, sender=market),
        lambda: treasury.set_rate(0, sender=market),
    ):
        with boa.reverts(DUE):
            call()
    treasury.accrue()
    treasury.set_rate(0, sender=market)
    assert treasury.variable().rate == 0


def test_issue_variable__more_shares_than_fit__reverts(pair, treasury, maturity):
    with boa.reverts("bond_treasury: amount out of range"):
        treasury.issue_variable(BUYER, BUYER, maturity, 2**96, 2**97, 0, sender=pair.suite.variable.address)


# -- accrual ----------------------------------------------------------------------------------------------------------


def test_accrue__a_day__moves_interest_from_its_reserve_into_escrow(pair, treasury, maturity):
    rate, reserve, discounts = treasury.variable().rate, treasury.interest_reserve(), treasury.reserve()
    pair.wait(DAY)
    seen = treasury.variable()
    assert treasury.escrow() == COST  # as booked
    pair.accrue()
    event = next(log for log in treasury.get_logs() if type(log).__name__ == "IndexAccrued")
    assert treasury.variable() == seen
    assert seen.index == RAY * growth(rate, DAY) // RAY
    interest = COST * seen.index // RAY - COST
    assert (event.time, event.index, event.interest, event.unpaid) == (pair.now, seen.index, interest, 0)
    assert treasury.escrow() == COST + interest
    assert treasury.interest_reserve() == reserve - interest
    assert treasury.reserve() == discounts
    assert abs(interest - COST * rate * DAY // (YEAR * WAD)) < interest // 1_000
    pair.check()


def test_accrue__nobody_holds__index_stands_and_clock_advances(pair, treasury):
    pair.wait(200 * WEEK)
    pair.accrue()
    assert (treasury.variable().index, treasury.variable().time) == (RAY, pair.now)


@pytest.mark.parametrize("weeks", [63, 64, 65, 130])
def test_accrue__many_weeks__takes_64_a_call(pair, treasury, weeks):
    last = pair.suite.maturity(103)
    pair.buy(HOLDER, last, COST)
    begin = pair.now // WEEK * WEEK
    pair.go(begin + weeks * WEEK)
    for call in range(1, -(-weeks // 64) + 1):
        pair.accrue()
        done = begin + 64 * call * WEEK
        assert stored_time(treasury) == (pair.now if done >= min(pair.now, last) else done)
        pair.check()
    assert stored_time(treasury) == pair.now


# -- freezing ---------------------------------------------------------------------------------------------------------


def test_inv_var_3_freeze__computed_late__is_the_index_of_the_maturity(pair, treasury, maturity):
    other = maturity + 20 * WEEK
    pair.buy(BUYER, other, 3 * COST)
    pair.go(maturity + 5 * WEEK + 17)
    late = treasury.series(maturity)
    with boa.env.anchor():
        boa.env.evm.patch.timestamp = maturity
        assert treasury.series(maturity) == late
        assert treasury.series(other)[1] == late[1]
    pair.accrue()
    events = [log for log in treasury.get_logs() if type(log).__name__ == "SeriesFrozen"]
    assert [(log.maturity, log.index, log.shares) for log in events] == [(maturity, late[1], COST)]
    assert treasury.series(maturity) == late
    assert treasury.series(other)[1] > late[1]
    pair.check()


def test_inv_var_1_freeze__parts_round_to_a_wei_less__it_goes_to_the_interest_reserve(pair, treasury, maturity):
    def dust(extra):
        trial = deepcopy(pair.model)
        trial.buy(BUYER, maturity + WEEK, COST + extra, 0, BUYER, FOREVER)
        trial.now = maturity
        index = trial.treasury.accrue(maturity).index
        whole = trial.treasury.variable.of(maturity).shares + trial.treasury.variable.shares
        return whole * index // RAY - trial.treasury.variable.owed()

    extra = next(extra for extra in range(1_000) if dust(extra) == 1)
    pair.buy(BUYER, maturity + WEEK, COST + extra)
    pair.go(maturity)
    booked = treasury.escrow() + treasury.interest_reserve()
    pair.accrue()
    assert treasury.escrow() + treasury.interest_reserve() == booked
    pair.check()


def test_redeem__at_maturity__pays_the_index(pair, treasury, maturity):
    bond = variable_id(maturity)
    pair.go(maturity - 1)
    with boa.reverts("bond_treasury: bond has not matured"):
        treasury.redeem(bond, 1, HOLDER, sender=HOLDER)
    pair.go(maturity)
    wealth, paid = pair.suite.asset.balanceOf(OTHER), COST * treasury.series(maturity)[1] // RAY
    pair.redeem(HOLDER, bond, COST, OTHER)
    event = next(log for log in treasury.get_logs() if type(log).__name__ == "VariableRedeemed")
    assert (event.holder, event.receiver, event.id, event.shares, event.amount) == (HOLDER, OTHER, bond, COST, paid)
    assert pair.suite.asset.balanceOf(OTHER) == wealth + paid > wealth + COST
    assert treasury.escrow() == 0
    pair.check()


def test_redeem__years_late_and_in_parts__pays_no_more_and_dust_stays(pair, treasury, maturity):
    pair.buy(BUYER, maturity + 90 * WEEK, COST)
    pair.go(maturity + 60 * WEEK)
    index = treasury.series(maturity)[1]
    paid = 0
    for shares in (1, 3, COST // 7, COST - COST // 7 - 4):
        before = pair.suite.asset.balanceOf(HOLDER)
        pair.redeem(HOLDER, variable_id(maturity), shares)
        got = pair.suite.asset.balanceOf(HOLDER) - before
        assert got == shares * index // RAY
        paid += got
        pair.check()
    assert COST * index // RAY - 3 <= paid <= COST * index // RAY


def test_redeem__more_than_64_weeks_due__asks_for_accrual_then_pays(pair, treasury):
    last = pair.suite.maturity(100)
    pair.buy(HOLDER, last, COST)
    pair.go(last)
    with boa.reverts(DUE):
        treasury.redeem(variable_id(last), COST, HOLDER, sender=HOLDER)
    with boa.reverts(DUE):
        treasury.fund_interest(1, sender=FUNDER)
    with boa.reverts(DUE):
        treasury.withdraw_interest(1, OTHER, sender=TREASURER)
    pair.accrue()
    pair.redeem(HOLDER, variable_id(last), COST)
    pair.check()
    assert treasury.escrow() == 0


@pytest.mark.parametrize("bond", ["unknown maturity", "off the grid", "other's"])
def test_redeem__shares_not_held__reverts(pair, treasury, maturity, bond):
    pair.go(maturity)
    which, holder = {
        "unknown maturity": (maturity - WEEK, HOLDER),
        "off the grid": (maturity - 1, HOLDER),
        "other's": (maturity, OTHER),
    }[bond]
    with boa.reverts("bond_token: insufficient balance"):
        treasury.redeem(variable_id(which), 1, holder, sender=holder)
    with boa.reverts("bond_treasury: zero receiver"):
        treasury.redeem(variable_id(maturity), 1, ZERO, sender=HOLDER)
    with boa.reverts("bond_treasury: zero amount"):
        treasury.redeem(variable_id(maturity), 0, HOLDER, sender=HOLDER)


# -- shortage ---------------------------------------------------------------------------------------------------------


def test_inv_var_4_shortage__mid_week__pays_all_there_is_and_nothing_later(pair, treasury, maturity):
    week = COST * treasury.variable().rate * WEEK // (YEAR * WAD)
    drain(pair, leave=week // 3)
    pair.wait(WEEK)
    pair.accrue()
    event = next(log for log in treasury.get_logs() if type(log).__name__ == "IndexAccrued")
    assert event.interest == week // 3
    assert abs(event.unpaid - week * 2 // 3) < week // 100
    assert treasury.interest_reserve() == 0
    assert treasury.escrow() == COST + week // 3
    pair.check()
    index = treasury.variable().index
    pair.wait(10 * DAY)
    pair.fund_interest(COST)
    assert treasury.variable().index == index  # the past is not paid
    assert treasury.interest_reserve() == COST
    pair.wait(DAY)
    assert treasury.variable().index > index
    pair.check()


def test_shortage__touched_each_second__gives_no_wei(pair, treasury, maturity):
    drain(pair)
    for _ in range(20):
        pair.wait(1)
        pair.accrue()
        pair.check()
    assert treasury.escrow() == COST


# -- the interest reserve ---------------------------------------------------------------------------------------------


def test_fund_interest__anyone__adds_after_accrual(pair, treasury, maturity):
    with boa.reverts("bond_treasury: zero amount"):
        treasury.fund_interest(0, sender=FUNDER)
    pair.wait(30 * DAY)
    index, reserve = treasury.variable().index, treasury.variable().reserve
    pair.fund_interest(77, BUYER)
    event = next(log for log in treasury.get_logs() if type(log).__name__ == "InterestFunded")
    assert (event.funder, event.amount) == (BUYER, 77)
    assert (treasury.variable().index, treasury.interest_reserve()) == (index, reserve + 77)
    pair.check()


def test_fund_interest__beyond_127_bits__reverts(pair, treasury):
    pair.suite.asset.mint(FUNDER, 2**128)
    with boa.reverts("bond_treasury: amount out of range"):
        treasury.fund_interest(2**127 - treasury.interest_reserve(), sender=FUNDER)
    treasury.fund_interest(2**127 - 1 - treasury.interest_reserve(), sender=FUNDER)


def test_withdraw_interest__treasurer__leaves_90_days(pair, treasury):
    pair.buy(HOLDER, pair.suite.maturity(30), COST)
    pair.wait(DAY)
    for caller in (ADMIN, CURATOR, GUARDIAN, STRANGER):
        with boa.reverts(NO_ROLE):
            treasury.withdraw_interest(1, OTHER, sender=caller)
    with boa.reverts("bond_treasury: zero amount"):
        treasury.withdraw_interest(0, OTHER, sender=TREASURER)
    state = treasury.variable()
    pair.accrue()
    least = pair.model.treasury.variable.kept()
    assert state.value * state.rate * 90 * DAY // (YEAR * WAD) < least
    with boa.reverts("bond_treasury: leaves too little interest"):
        treasury.withdraw_interest(state.reserve - least + 1, OTHER, sender=TREASURER)
    pair.withdraw_interest(state.reserve - least, OTHER, TREASURER)
    event = next(log for log in treasury.get_logs() if type(log).__name__ == "InterestWithdrawn")
    assert (event.receiver, event.amount) == (OTHER, state.reserve - least)
    pair.check()
    assert 90 * DAY * 98 // 100 < treasury.runway() <= 90 * DAY
    pair.wait(90 * DAY)
    pair.accrue()
    assert pair.model.treasury.variable.reserve < least // 50
    assert treasury.interest_reserve() > 0  # it did last
    with boa.reverts("bond_treasury: leaves too little interest"):
        treasury.withdraw_interest(1, OTHER, sender=TREASURER)


def test_withdraw_interest__nobody_holds__all_but_two_wei(pair, treasury):
    reserve = treasury.interest_reserve()
    assert treasury.runway() == 2**256 - 1
    with boa.reverts("bond_treasury: leaves too little interest"):
        treasury.withdraw_interest(reserve, OTHER, sender=TREASURER)
    pair.withdraw_interest(reserve - 2, OTHER, TREASURER)


def test_absorb__gift__is_no_part_of_any_book(pair, treasury, maturity):
    with boa.reverts("bond_treasury: nothing to absorb"):
        treasury.absorb()
    pair.suite.asset.transfer(treasury, 5, sender=BUYER)
    assert treasury.absorb() == 5
    with boa.reverts("bond_treasury: nothing to absorb"):
        treasury.absorb()


# -- fixed and variable side by side ----------------------------------------------------------------------------------


def test_inv_var_5_reserves__each_drained__leaves_the_other_alone(pair, treasury, maturity):
    fixed, face = pair.suite.maturity(40), 500 * WAD
    pair.suite.market.buy(fixed, face, face, OTHER, FOREVER, sender=OTHER)
    interest, reserve = treasury.interest_reserve(), treasury.reserve()
    treasury.withdraw(reserve, BUYER, sender=TREASURER)
    with boa.reverts("bond_treasury: reserve too low"):
        pair.suite.market.buy(fixed, face, face, OTHER, FOREVER, sender=OTHER)
    assert treasury.interest_reserve() == interest
    assert treasury.escrow() == face + COST
    boa.env.evm.patch.timestamp = maturity
    treasury.redeem(variable_id(maturity), COST, HOLDER, sender=HOLDER)
    assert pair.suite.asset.balanceOf(treasury) == treasury.escrow() + treasury.interest_reserve()
    assert treasury.escrow() == face
    boa.env.evm.patch.timestamp = fixed
    treasury.redeem(1 << 64 | fixed, face, OTHER, sender=OTHER)
    assert treasury.escrow() == 0
