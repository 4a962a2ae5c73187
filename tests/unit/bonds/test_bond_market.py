"""BondMarket: each refusal beside the trade that passes, roles, quotes, edges of maturities, changes of the profile."""

import boa
import pytest
from tests.support.bonds import (
    ADMIN,
    CURATOR,
    FOREVER,
    GUARDIAN,
    HOLDERS,
    MAX,
    START,
    STRANGER,
    TRADERS,
    TREASURER,
    WINDOW,
    ZERO,
    Setup,
    deploy,
    deploy_asset,
    deploy_market,
    make_knots,
    source,
)

from surety.models.debt_profile import DAY, WEEK, YEAR
from surety.models.flow_limits import Limits
from surety.models.log_mean import WAD

BUYER, HOLDER, OTHER = TRADERS
FACE = 1_000 * WAD
NO_ROLE = "roles: caller lacks the role"


@pytest.fixture(scope="module")
def suite():
    return deploy()


@pytest.fixture
def market(suite):
    return suite.market


@pytest.fixture
def maturity(suite):
    return suite.maturity(52)


def buy(suite, maturity, face=FACE, max_cost=MAX, receiver=HOLDER, deadline=FOREVER, sender=BUYER):
    return suite.market.buy(maturity, face, max_cost, receiver, deadline, sender=sender)


def sell(suite, maturity, face=FACE, min_proceeds=0, receiver=OTHER, deadline=FOREVER, sender=HOLDER):
    return suite.market.sell(maturity, face, min_proceeds, receiver, deadline, sender=sender)


def cheaper_debt(decimals=18):
    """The usual knots with discounts cut."""
    return make_knots(decimals, rates=(0.06, 0.03, 0.02))


# -- trades -----------------------------------------------------------------------------------------------------------


def test_buy__exact_face__moves_asset_bonds_and_books(suite, maturity):
    quoted = suite.market.quote_buy(maturity, FACE)
    wealth, reserve = suite.asset.balanceOf(BUYER), suite.treasury.reserve()
    cost = buy(suite, maturity)
    events = [log for log in suite.market.get_logs() if type(log).__name__ == "BondBought"]
    assert (events[0].buyer, events[0].receiver, events[0].id) == (BUYER, HOLDER, suite.bond(maturity))
    assert (events[0].face, events[0].cost) == (FACE, cost)
    assert cost == quoted < FACE
    assert suite.asset.balanceOf(BUYER) == wealth - cost
    assert suite.token.balanceOf(HOLDER, suite.bond(maturity)) == FACE == suite.treasury.escrow()
    assert suite.treasury.reserve() == reserve - (FACE - cost)
    assert suite.market.bucket(maturity).debt == FACE


def test_buy_exact_cost__cost__charges_what_buy_charges(suite, maturity):
    face, paid = suite.market.quote_buy_exact_cost(maturity, FACE)
    assert suite.market.quote_buy(maturity, face) == paid <= FACE
    wealth = suite.asset.balanceOf(BUYER)
    assert suite.market.buy_exact_cost(maturity, FACE, face, HOLDER, FOREVER, sender=BUYER) == face
    assert suite.asset.balanceOf(BUYER) == wealth - paid


def test_sell__part__pays_the_receiver(suite, maturity):
    buy(suite, maturity)
    quoted = suite.market.quote_sell(maturity, FACE // 2)
    wealth, reserve = suite.asset.balanceOf(OTHER), suite.treasury.reserve()
    proceeds = sell(suite, maturity, FACE // 2)
    events = [log for log in suite.market.get_logs() if type(log).__name__ == "BondSold"]
    assert (events[0].seller, events[0].receiver, events[0].id) == (HOLDER, OTHER, suite.bond(maturity))
    assert (events[0].face, events[0].proceeds) == (FACE // 2, proceeds)
    assert proceeds == quoted
    assert suite.asset.balanceOf(OTHER) == wealth + proceeds
    assert suite.treasury.reserve() == reserve + FACE // 2 - proceeds
    assert suite.treasury.escrow() == FACE // 2 == suite.market.bucket(maturity).debt


def each_trade(suite, maturity, amount, deadline=FOREVER):
    """Every call that trades, with one amount."""
    market = suite.market
    return [
        lambda: market.buy(maturity, amount, MAX, HOLDER, deadline, sender=BUYER),
        lambda: market.buy_exact_cost(maturity, amount, 0, HOLDER, deadline, sender=BUYER),
        lambda: market.sell(maturity, amount, 0, HOLDER, deadline, sender=HOLDER),
    ]


def each_quote(suite, maturity, amount):
    """Every call that quotes."""
    market = suite.market
    return [
        lambda: market.quote_buy(maturity, amount),
        lambda: market.quote_buy_exact_cost(maturity, amount),
        lambda: market.quote_sell(maturity, amount),
    ]


@pytest.mark.parametrize("call", range(3))
def test_trade__deadline__counts_to_its_last_second(suite, maturity, call):
    buy(suite, maturity)
    each_trade(suite, maturity, FACE // 2, suite.now)[call]()
    with boa.reverts("bond_market: past the deadline"):
        each_trade(suite, maturity, FACE // 2, suite.now - 1)[call]()


@pytest.mark.parametrize("call", range(3))
def test_trade__zero_amount__reverts(suite, maturity, call):
    buy(suite, maturity)
    for calls in (each_trade, each_quote):
        calls(suite, maturity, FACE // 2)[call]()
        with boa.reverts("bond_market: zero amount"):
            calls(suite, maturity, 0)[call]()


def test_buy_exact_cost__too_little_for_any_face__reverts(suite, maturity):
    with boa.reverts("bond_market: zero amount"):
        suite.market.buy_exact_cost(maturity, 4, 0, HOLDER, FOREVER, sender=BUYER)
    assert suite.market.buy_exact_cost(maturity, 10, 0, HOLDER, FOREVER, sender=BUYER) > 0


@pytest.mark.parametrize("call", range(3))
def test_inv_mkt_5_trade__beside_the_grid__reverts(suite, maturity, call):
    buy(suite, maturity)
    for off in (maturity - 1, maturity + 1, maturity + DAY):
        for calls in (each_trade, each_quote):
            with boa.reverts("bond_market: maturity off the weekly grid"):
                calls(suite, off, FACE)[call]()


@pytest.mark.parametrize("call", range(3))
def test_inv_mkt_5_trade__around_maturity__ends_with_its_second(suite, call):
    """T19: the last second before M trades, at M and after it the bond is matured and only redeems."""
    maturity = suite.maturity(0)
    buy(suite, maturity, 4 * FACE)
    boa.env.evm.patch.timestamp = maturity - 1
    for calls in (each_quote, each_trade):
        calls(suite, maturity, FACE)[call]()
    with boa.reverts("bond_treasury: bond has not matured"):
        suite.treasury.redeem(suite.bond(maturity), FACE, HOLDER, sender=HOLDER)
    for moment in (maturity, maturity + 1):
        boa.env.evm.patch.timestamp = moment
        for calls in (each_quote, each_trade):
            with boa.reverts("bond_market: bond has matured"):
                calls(suite, maturity, FACE)[call]()
        suite.treasury.redeem(suite.bond(maturity), FACE, HOLDER, sender=HOLDER)


def test_inv_mkt_5_price__last_second__is_nearly_par(suite):
    maturity = suite.maturity(0)
    boa.env.evm.patch.timestamp = maturity - 1
    cost = suite.market.quote_buy(maturity, FACE)
    assert FACE - FACE // 10**8 < cost <= FACE
    assert suite.market.quote(maturity).buy_price <= WAD


def test_inv_mkt_5_one_day_bond__bought_at_2359__lasts_a_day(suite):
    """T19: a duration is rounded up to the grid, never down."""
    thursday = suite.maturity(0)
    for moment in (thursday - DAY - 60, thursday - DAY, thursday - 60, thursday, thursday + 1):
        boa.env.evm.patch.timestamp = moment
        maturity = suite.market.maturity_for(DAY)
        assert DAY <= maturity - moment < DAY + WEEK
        assert maturity % WEEK == 0
        buy(suite, maturity)


def test_trade__last_knot__is_the_longest(suite):
    longest = 209 * WEEK
    boa.env.evm.patch.timestamp = suite.maturity(0)
    maturity = suite.now + longest
    buy(suite, maturity)
    for quote in each_quote(suite, maturity + WEEK, FACE):
        with boa.reverts("bond_market: maturity beyond the last knot"):
            quote()
    with boa.reverts("bond_market: maturity beyond the last knot"):
        buy(suite, maturity + WEEK)
    for view in (suite.market.quote, suite.market.terms):
        view(maturity)
        with boa.reverts("bond_market: maturity beyond the last knot"):
            view(maturity + WEEK)


def test_buy__max_cost__is_kept_to_the_wei(suite, maturity):
    cost = suite.market.quote_buy(maturity, FACE)
    with boa.reverts("bond_market: cost above the limit"):
        buy(suite, maturity, max_cost=cost - 1)
    assert buy(suite, maturity, max_cost=cost) == cost


def test_buy_exact_cost__min_face__is_kept_to_the_wei(suite, maturity):
    face, _ = suite.market.quote_buy_exact_cost(maturity, FACE)
    with boa.reverts("bond_market: face below the limit"):
        suite.market.buy_exact_cost(maturity, FACE, face + 1, HOLDER, FOREVER, sender=BUYER)
    assert suite.market.buy_exact_cost(maturity, FACE, face, HOLDER, FOREVER, sender=BUYER) == face


def test_sell__min_proceeds__is_kept_to_the_wei(suite, maturity):
    buy(suite, maturity)
    proceeds = suite.market.quote_sell(maturity, FACE)
    with boa.reverts("bond_market: proceeds below the limit"):
        sell(suite, maturity, min_proceeds=proceeds + 1)
    assert sell(suite, maturity, min_proceeds=proceeds) == proceeds


def test_buy__to_the_cap_and_one_more__reverts(suite, maturity):
    cap = suite.market.quote(maturity).cap
    with boa.reverts("bond_market: over the cap of the maturity"):
        buy(suite, maturity, cap + 1)
    with boa.reverts("bond_market: over the cap of the maturity"):
        suite.market.quote_buy(maturity, MAX)
    buy(suite, maturity, cap)
    with boa.reverts("bond_market: over the cap of the maturity"):
        buy(suite, maturity, 1)
    with boa.reverts("bond_market: over the cap of the maturity"):
        suite.market.buy_exact_cost(maturity, FACE, 0, HOLDER, FOREVER, sender=BUYER)


def test_buy_exact_cost__near_the_cap__buys_up_to_it(suite, maturity):
    cap = suite.market.quote(maturity).cap
    whole = suite.market.quote_buy(maturity, cap)
    face = suite.market.buy_exact_cost(maturity, whole, 0, HOLDER, FOREVER, sender=BUYER)
    assert 0 <= cap - face <= cap // 10**15
    with boa.reverts("bond_market: over the cap of the maturity"):
        suite.market.buy_exact_cost(maturity, FACE, 0, HOLDER, FOREVER, sender=BUYER)


def test_sell__more_than_the_debt__reverts(suite, maturity):
    buy(suite, maturity)
    for call in (lambda face: sell(suite, maturity, face), lambda face: suite.market.quote_sell(maturity, face)):
        with boa.reverts("bond_market: face above the debt"):
            call(FACE + 1)
    sell(suite, maturity)


def test_sell__more_than_held__reverts(suite, maturity):
    buy(suite, maturity)
    with boa.reverts("bond_token: insufficient balance"):
        sell(suite, maturity, sender=OTHER)
    sell(suite, maturity)


def test_trade__zero_receiver__reverts(suite, maturity):
    with boa.reverts("bond_token: zero receiver"):
        buy(suite, maturity, receiver=ZERO)
    buy(suite, maturity)
    with boa.reverts("bond_treasury: zero receiver"):
        sell(suite, maturity, receiver=ZERO)


def test_buy__reserve_short_by_one_wei__reverts(suite, maturity):
    cost = suite.market.quote_buy(maturity, FACE)
    suite.treasury.withdraw(suite.treasury.reserve() - (FACE - cost) + 1, OTHER, sender=TREASURER)
    with boa.reverts("bond_treasury: reserve too low"):
        buy(suite, maturity)
    suite.treasury.fund(1, sender=BUYER)
    buy(suite, maturity)
    assert suite.treasury.reserve() == 0


def test_inv_mkt_5_matured_position__cannot_be_sandwiched(suite):
    """T20: whatever trades at the second before, what a matured bond pays is its face."""
    maturity = suite.maturity(0)
    buy(suite, maturity)
    boa.env.evm.patch.timestamp = maturity - 1
    buy(suite, maturity, 50_000 * WAD, receiver=BUYER)
    sell(suite, maturity, 50_000 * WAD, sender=BUYER)
    boa.env.evm.patch.timestamp = maturity
    wealth = suite.asset.balanceOf(OTHER)
    suite.treasury.redeem(suite.bond(maturity), FACE, OTHER, sender=HOLDER)
    assert suite.asset.balanceOf(OTHER) == wealth + FACE


# -- anchors and slices -----------------------------------------------------------------------------------------------


def test_inv_mkt_2_buy__in_slices__costs_what_the_whole_costs(suite, maturity):
    whole = suite.market.quote_buy(maturity, 10 * FACE)
    slices = sum(buy(suite, maturity) for _ in range(10))
    assert whole <= slices <= whole + 20  # each slice rounds up: charge and fee
    whole = suite.market.quote_sell(maturity, 10 * FACE)
    slices = sum(sell(suite, maturity) for _ in range(10))
    assert whole - 20 <= slices <= whole


def test_inv_mkt_3_round_trip__same_block__pays_the_slope_twice(suite, maturity):
    before = suite.market.quote(maturity)
    cost = buy(suite, maturity, 10_000 * WAD)
    after = suite.market.quote(maturity)
    assert after.sell_price == before.sell_price  # a buy does not lift what sellers get
    assert after.buy_price > before.buy_price
    assert sell(suite, maturity, 10_000 * WAD) < cost
    assert suite.market.bucket(maturity).up == suite.market.bucket(maturity).down + 10_000 * 10**6


def test_inv_mkt_4_anchors__relax__linearly_to_nothing_within_the_window(suite, maturity):
    buy(suite, maturity)
    assert suite.market.bucket(maturity).down == 1_000 * 10**6
    for part in (1, 2, 3):
        boa.env.evm.patch.timestamp = START + part * WINDOW // 4
        assert suite.market.bucket(maturity).down == 250 * (4 - part) * 10**6
    boa.env.evm.patch.timestamp = START + WINDOW - 1
    assert suite.market.bucket(maturity).down == -(-1_000 * 10**6 // WINDOW)
    boa.env.evm.patch.timestamp = START + WINDOW
    assert suite.market.bucket(maturity)[:3] == (FACE, 0, 0)


def test_inv_mkt_4_anchors__trades_of_dust__round_up_and_slow_but_never_stop(suite, maturity):
    buy(suite, maturity)
    offset = 1_000 * 10**6
    for second in range(1, 25):
        boa.env.evm.patch.timestamp = START + second * WINDOW // 24
        buy(suite, maturity, 1)
        offset = -(-offset * 23 // 24) + 1
        assert suite.market.bucket(maturity).down == offset
    assert offset < 370 * 10**6


def test_sell__below_debt_zero_of_the_anchor__is_flat(suite, maturity):
    buy(suite, maturity)
    proceeds = suite.market.quote_sell(maturity, FACE)
    assert abs(proceeds - 2 * suite.market.quote_sell(maturity, FACE // 2)) <= 3


# -- quotes and views -------------------------------------------------------------------------------------------------


def test_inv_mkt_8_quote__marginal_prices__bracket_small_trades(suite, maturity):
    buy(suite, maturity, 10_000 * WAD)
    quote = suite.market.quote(maturity)
    assert quote.maturity == maturity
    assert quote.debt == 10_000 * WAD
    small = 10**15
    assert suite.market.quote_buy(maturity, small) * WAD >= quote.buy_price * small
    assert suite.market.quote_buy(maturity, small) * WAD <= (quote.buy_price + 10**10) * small
    assert suite.market.quote_sell(maturity, small) * WAD <= (quote.sell_price + 1) * small
    curve, fee = suite.market.terms(maturity)
    assert (curve.target, curve.cap, curve.hi, curve.mid, curve.low) == tuple(
        getattr(quote, name) for name in ("target", "cap", "hi", "mid", "low")
    )
    assert fee == 50


def test_views__as_deployed__tell_the_arguments(suite):
    market, setup = suite.market, suite.setup
    assert market.asset() == suite.asset.address
    assert market.treasury() == suite.treasury.address
    assert market.token() == suite.token.address
    assert market.unit() == 10**12
    assert tuple(market.limits()) == setup.all_limits
    assert market.discount_budget() == setup.all_limits.budget
    rules, window = market.rules()
    assert (tuple(rules), window) == (setup.all_rules, WINDOW)
    assert tuple(market.tenors()) == setup.tenors
    for to_come in (False, True):
        assert tuple(map(tuple, market.knots(to_come))) == setup.all_knots
    assert tuple(market.schedule()) == (0, 0, 50, 50)
    assert market.paused() == (False, False)
    assert source("bonds/ProfileBounds").at(market.bounds()).check_rules(setup.all_rules, setup.tenors) > 0
    assert suite.treasury.market() == market.address
    assert suite.token.treasury() == suite.treasury.address


# -- parameters -------------------------------------------------------------------------------------------------------


def test_inv_mkt_7_parameters__anybody_without_the_role__is_refused(suite):
    market, limits = suite.market, suite.setup.all_limits
    calls = {
        CURATOR: lambda sender: market.queue_profile(cheaper_debt(), 40, sender=sender),
        GUARDIAN: lambda sender: market.set_pause(True, True, sender=sender),
        ADMIN: lambda sender: market.set_limits(limits, sender=sender),
    }
    for role, call in calls.items():
        for other in {*HOLDERS, STRANGER, boa.env.eoa} - {role}:
            with boa.reverts(NO_ROLE):
                call(other)
        call(role)
    for other in (ADMIN, TREASURER, STRANGER):
        with boa.reverts(NO_ROLE):
            market.cancel_profile(sender=other)
    market.cancel_profile(sender=CURATOR)


def test_inv_mkt_7_roles__deployer__keeps_none(suite):
    for contract in (suite.market, suite.treasury):
        for role in ("DEFAULT_ADMIN_ROLE", "CURATOR_ROLE", "GUARDIAN_ROLE", "TREASURER_ROLE"):
            assert not contract.hasRole(getattr(contract, role)(), boa.env.eoa)
            assert not contract.hasRole(getattr(contract, role)(), suite.market.address)


def test_inv_prf_5_queue_profile__notice_and_ramp__move_nothing_at_once(suite, maturity):
    market = suite.market
    before = market.terms(maturity)
    market.queue_profile(cheaper_debt(), 40, sender=CURATOR)
    start, end, fee, next_fee = market.schedule()
    assert start == suite.now + suite.setup.all_rules.notice
    assert end - start >= DAY
    assert (fee, next_fee) == (50, 40)
    assert market.terms(maturity) == before
    assert tuple(map(tuple, market.knots(False))) == suite.setup.all_knots
    assert tuple(map(tuple, market.knots(True))) == cheaper_debt()
    boa.env.evm.patch.timestamp = start
    fees = []
    for part in range(5):
        boa.env.evm.patch.timestamp = start + (end - start) * part // 4
        fees.append(market.terms(maturity)[1])
    assert fees == [50, 47, 45, 42, 40]
    assert tuple(map(tuple, market.knots(False))) == cheaper_debt()


def test_queue_profile__while_one_is_under_way__reverts(suite):
    market = suite.market
    market.queue_profile(cheaper_debt(), 50, sender=CURATOR)
    _, end, *_ = market.schedule()
    for moment in (suite.now, end - 1):
        boa.env.evm.patch.timestamp = moment
        with boa.reverts("debt_profile: a change is under way"):
            market.queue_profile(make_knots(), 50, sender=CURATOR)
    boa.env.evm.patch.timestamp = end
    market.queue_profile(make_knots(), 50, sender=CURATOR)


@pytest.mark.parametrize("role", [CURATOR, GUARDIAN])
def test_cancel_profile__before_the_ramp__restores_prices(suite, maturity, role):
    market = suite.market
    with boa.reverts("debt_profile: no change to cancel"):
        market.cancel_profile(sender=role)
    before = market.quote_buy(maturity, FACE)
    market.queue_profile(cheaper_debt(), 40, sender=CURATOR)
    assert market.quote_buy(maturity, FACE) > before
    boa.env.evm.patch.timestamp = market.schedule().start - 1
    with boa.env.anchor():
        boa.env.evm.patch.timestamp = market.schedule().start
        with boa.reverts("debt_profile: no change to cancel"):
            market.cancel_profile(sender=role)
    market.cancel_profile(sender=role)
    assert tuple(market.schedule()) == (0, 0, 50, 50)
    assert tuple(map(tuple, market.knots(True))) == suite.setup.all_knots
    market.queue_profile(cheaper_debt(), 40, sender=CURATOR)


def test_inv_prf_6_change_under_way__both_sides__get_the_worse_price(suite, maturity):
    market = suite.market
    buy(suite, maturity)
    boa.env.evm.patch.timestamp += DAY
    buying, selling = market.quote_buy(maturity, FACE), market.quote_sell(maturity, FACE)
    market.queue_profile(cheaper_debt(), 50, sender=CURATOR)
    assert market.quote_buy(maturity, FACE) > buying
    assert market.quote_sell(maturity, FACE) == selling
    market.cancel_profile(sender=CURATOR)
    market.queue_profile(make_knots(rates=(0.08, 0.05, 0.04)), 50, sender=CURATOR)
    assert market.quote_buy(maturity, FACE) == buying
    assert market.quote_sell(maturity, FACE) < selling
    face, paid = market.quote_buy_exact_cost(maturity, FACE)
    assert market.quote_buy(maturity, face) == paid
    quote = market.quote(maturity)
    assert quote.buy_price - quote.sell_price > 5 * 10**15


def test_inv_prf_6_change_under_way__lower_cap__binds_at_once(suite, maturity):
    lower = tuple(knot._replace(cap=knot.cap * 19 // 20) for knot in make_knots())
    suite.market.queue_profile(lower, 50, sender=CURATOR)
    cap = suite.market.quote(maturity).cap
    assert cap < suite.market.terms(maturity)[0].cap
    with boa.reverts("bond_market: over the cap of the maturity"):
        buy(suite, maturity, cap + 1)
    over = suite.market.quote_buy(maturity, cap) * 101 // 100
    with boa.reverts("bond_market: over the cap of the maturity"):
        suite.market.buy_exact_cost(maturity, over, 0, HOLDER, FOREVER, sender=BUYER)
    buy(suite, maturity, cap)


def test_sell__debt_above_a_lowered_cap__is_priced_flat(suite, maturity):
    """D > C after a cut: sales go on, at the price of the cap; buys wait until the debt is below it."""
    debt = suite.market.quote(maturity).cap
    buy(suite, maturity, debt)
    lower = tuple(knot._replace(target=knot.target * 4 // 5, cap=knot.cap * 4 // 5) for knot in suite.setup.all_knots)
    suite.market.queue_profile(lower, 50, sender=CURATOR)
    boa.env.evm.patch.timestamp = suite.market.schedule().end
    assert suite.market.quote(maturity).cap < debt * 4 // 5
    with boa.reverts("bond_market: over the cap of the maturity"):
        buy(suite, maturity, 1)
    one, two = (suite.market.quote_sell(maturity, count * FACE) for count in (1, 2))
    assert abs(two - 2 * one) <= 3
    sell(suite, maturity, debt)
    buy(suite, maturity)


def test_inv_mkt_7_running_change__later_settings__do_not_move_its_times(suite):
    """T27: nothing that roles can set moves a deadline that is running."""
    suite.market.queue_profile(cheaper_debt(), 40, sender=CURATOR)
    times = suite.market.schedule()
    suite.market.set_limits(Limits(WAD, WAD, WAD, 1, 1), sender=ADMIN)
    suite.market.set_pause(True, True, sender=GUARDIAN)
    boa.env.evm.patch.timestamp += DAY
    assert suite.market.schedule() == times


# -- constructor ------------------------------------------------------------------------------------------------------


def test_deploy__more_than_18_decimals__reverts():
    with boa.reverts("bond_market: decimals above 18"):
        deploy_market(Setup(), deploy_asset(Setup(decimals=19)))
    deploy_market(Setup(), deploy_asset(Setup()))


@pytest.mark.parametrize("decimals", [0, 2, 6, 7, 8, 18])
def test_deploy__any_decimals__trades(decimals):
    suite = deploy(Setup(decimals=decimals))
    maturity = suite.maturity(52)
    face = 1_000 * suite.setup.whole
    assert suite.market.unit() == 10 ** max(decimals - 6, 0)
    cost = buy(suite, maturity, face)
    assert 0 < cost < face
    assert 0 < sell(suite, maturity, face // 2) <= cost
    boa.env.evm.patch.timestamp = maturity
    suite.treasury.redeem(suite.bond(maturity), face - face // 2, HOLDER, sender=HOLDER)
    assert suite.treasury.escrow() == 0


@pytest.mark.parametrize(("window", "good"), [(3_599, False), (3_600, True), (30 * DAY, True), (30 * DAY + 1, False)])
def test_deploy__anchor_window__between_an_hour_and_thirty_days(window, good):
    asset = deploy_asset(Setup())
    if good:
        assert deploy_market(Setup(window=window), asset).rules()[1] == window
    else:
        with boa.reverts("bond_market: anchor window out of range"):
            deploy_market(Setup(window=window), asset)


def test_deploy__zero_admin__reverts():
    with boa.reverts("roles: zero admin"):
        deploy_market(Setup(), deploy_asset(Setup()), holders=HOLDERS._replace(admin=ZERO))


def test_change_too_far__one_ramp__reverts(suite):
    """A change that would need more than 90 days of ramp is made in stages."""
    far = make_knots(rates=(0.3, 0.28, 0.27))
    assert (0.28 - 0.04) * 209 * WEEK / YEAR > 5e-4 * 90
    with boa.reverts("debt_profile: change too far for one ramp"):
        suite.market.queue_profile(far, 50, sender=CURATOR)
    suite.market.queue_profile(make_knots(rates=(0.08, 0.05, 0.04)), 50, sender=CURATOR)
