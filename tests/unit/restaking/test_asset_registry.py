"""AssetRegistry call by call, beside its model: each reason next to the call that goes through."""

import boa
import pytest
from tests.support.prices import (
    ADMIN,
    ANSWERS,
    ASSET,
    BOND_TOKEN,
    BURNS_GAS,
    GUARDIAN,
    LONG,
    MEDIAN,
    MOCK_BOND_FEED,
    REGISTRY,
    REVERTS,
    SHORT,
    START,
    STRANGER,
    TRICKLES,
    WEEK,
    ZERO,
    PriceWorld,
    bond,
    new_feed,
    terms,
)

from surety.models.prices import AMOUNT_LIMIT, DAY, DELIST_NOTICE, MAX_TENOR, WAD
from surety.models.refusal import Refused

MATURITY = (START // WEEK + 10) * WEEK
HOUR = 3_600
LISTED, CLOSED, DELISTED = 1, 2, 3


@pytest.fixture
def world():
    with boa.env.anchor():
        yield PriceWorld.create()


def make_token(decimals=18):
    token = BOND_TOKEN.deploy("USD", decimals)
    return token, MOCK_BOND_FEED.deploy(token)


def event(registry, name):
    return next(log for log in registry.get_logs() if type(log).__name__ == name)


# -- listing tokens ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("decimals", [2, 6, 8, 18])
def test_inv_ast_4_list_token__decimals_from_2_to_18__values_whole_tokens_alike(world, decimals):
    feed = new_feed(123_456_789)
    number = world.list_token(feed, decimals, low=1)
    assert number == 1
    assert world.registry.price(number) == 123_456_789 * 10**10
    assert world.registry.value(number, 10 * 10**decimals) == 10 * 123_456_789 * 10**10
    for amount in (0, 1, 3, 10**decimals - 1, AMOUNT_LIMIT - 1):
        world.compare(number, amount)


@pytest.mark.parametrize("decimals", [0, 1, 19])
def test_list_token__other_decimals__reverts(world, decimals):
    refused = world.list_token(new_feed(), decimals)
    assert refused.reason == "asset_registry: decimals not within 2 to 18"


def test_list_token__by_a_stranger__reverts(world):
    feed = new_feed()
    token = ASSET.deploy("US Dollar", "USD", 18)
    for sender in (STRANGER, GUARDIAN):
        with boa.reverts("roles: caller lacks the role"):
            world.registry.list_token(token, 1, terms(feed), sender=sender)


def test_inv_ast_1_list_token__twice__reverts(world):
    feed = new_feed()
    token = ASSET.deploy("US Dollar", "USD", 18)
    assert world.list_token(feed, token=token) == 1
    assert world.list_token(feed, token=token).reason == "asset_registry: token is listed already"
    assert world.list_token(feed) == 2
    assert world.registry.asset_of(token, 0) == world.registry.listing_of(token) == 1
    assert world.registry.token_of(1) == token.address
    assert (world.registry.assets(), world.registry.listings()) == (2, 2)


def test_list_token__events_and_views__tell_everything(world):
    feed = new_feed()
    token = ASSET.deploy("US Dollar", "USD", 6)
    made = terms(feed, heartbeat=77, period=88, max_move_bps=99)
    world.registry.list_token(token, 5, made, sender=ADMIN)
    listed = event(world.registry, "TokenListed")
    assert (listed.listing, listed.token, listed.is_bond, listed.decimals, listed.cap) == (
        1,
        token.address,
        False,
        6,
        5,
    )
    added = event(world.registry, "AssetAdded")
    assert (added.asset, added.listing, added.token, added.id) == (1, 1, token.address, 0)
    told = event(world.registry, "FeedSet")
    assert (told.feed, told.heartbeat, told.low, told.high, told.max_move_bps, told.period) == made
    assert event(world.registry, "ReferenceSet").price == WAD
    assert event(world.registry, "StatusSet").status == LISTED
    assert world.registry.asset(1) == (token.address, 0, 6, 1, LISTED, 5)
    assert world.registry.listing(1) == (token.address, ZERO, 0, 6, LISTED, START, 5)
    assert world.registry.feed(1) == (made, (WAD, START))
    assert world.registry.deposit_terms(1) == (token.address, 0, 5)


def test_list_token__cap_of_2_to_the_128__reverts(world):
    assert world.list_token(new_feed(), cap=AMOUNT_LIMIT).reason == "asset_registry: cap out of range"
    assert world.list_token(new_feed(), cap=AMOUNT_LIMIT - 1) == 1
    assert world.registry.deposit_terms(1)[2] == AMOUNT_LIMIT - 1


@pytest.mark.parametrize("number", [0, 2])
def test_views__unknown_number__revert(world, number):
    assert world.list_token(new_feed()) == 1
    for call in (world.registry.listing, world.registry.feed, world.registry.sync):
        with boa.reverts("asset_registry: no such listing"):
            call(number)
    world.registry.listing(1)
    world.registry.feed(1)
    for name, arguments in (("price", ()), ("value", (1,)), ("deposit_terms", ())):
        assert world.call(name, number, *arguments).reason == "asset_registry: no such asset"
    for call in (world.registry.asset, lambda one: world.registry.try_value(one, 1)):
        with boa.reverts("asset_registry: no such asset"):
            call(number)
    for name, arguments in (("set_cap", (1,)), ("close", ()), ("open", ()), ("delist", ())):
        assert world.call(name, number, *arguments).reason == "asset_registry: no such listing"
    with boa.reverts("asset_registry: no such listing"):
        world.registry.set_feed(number, terms(new_feed()), sender=ADMIN)


def test_value__amount_of_2_to_the_128__reverts(world):
    number = world.list_token(new_feed())
    for call in (world.registry.value, world.registry.try_value):
        with boa.reverts("asset_registry: amount out of range"):
            call(number, AMOUNT_LIMIT)
    assert world.compare(number, AMOUNT_LIMIT - 1) == AMOUNT_LIMIT - 1


# -- bonds ------------------------------------------------------------------------------------------------------------


def test_list_bonds__by_a_stranger__reverts(world):
    _, bond_feed = make_token()
    with boa.reverts("roles: caller lacks the role"):
        world.registry.list_bonds(bond_feed, 1, WEEK, terms(new_feed()), sender=STRANGER)


@pytest.mark.parametrize("tenor", [0, MAX_TENOR + 1, 2**200])
def test_list_bonds__longest_tenor_of_nothing_or_above_255_weeks__reverts(world, tenor):
    _, bond_feed = make_token()
    refused = world.list_bonds(new_feed(), bond_feed, max_tenor=tenor)
    assert refused.reason == "asset_registry: longest tenor out of range"
    assert world.list_bonds(new_feed(), bond_feed, max_tenor=MAX_TENOR) == 1
    assert world.registry.listing(1)[1:3] == (bond_feed.address, MAX_TENOR)


def test_inv_ast_1_add_bond__each_maturity__gets_a_number_of_its_own(world):
    token, bond_feed = make_token(6)
    listing = world.list_bonds(new_feed(), bond_feed, cap=9)
    for number, week in enumerate((0, 1, 5), 1):
        one = bond(MATURITY + week * WEEK)
        assert world.call("asset_of", token.address, one) == 0
        assert world.call("add_bond", token.address, one, sender=STRANGER) == number
        assert event(world.registry, "AssetAdded").id == one
        assert world.registry.asset(number) == (token.address, one, 6, listing, LISTED, 9)
        assert world.registry.deposit_terms(number) == (token.address, one, 9)
        assert world.call("asset_of", token.address, one) == number
    again = world.call("add_bond", token.address, bond(MATURITY), sender=STRANGER)
    assert again.reason == "asset_registry: bond is known already"


@pytest.mark.parametrize(
    ("off", "reason"), [(-1, None), (0, "asset_registry: bond has matured"), (1, "asset_registry: bond has matured")]
)
def test_add_bond__around_maturity__only_before_it(world, off, reason):
    token, bond_feed = make_token()
    world.list_bonds(new_feed(), bond_feed)
    world.go_to(MATURITY + off)
    added = world.call("add_bond", token.address, bond(MATURITY), sender=STRANGER)
    assert (added.reason if reason else added) == (reason or 1)


@pytest.mark.parametrize(("extra", "added"), [(-1, True), (0, True), (1, False)])
def test_add_bond__around_the_longest_tenor__only_within(world, extra, added):
    token, bond_feed = make_token()
    world.list_bonds(new_feed(), bond_feed, max_tenor=MATURITY - START - extra)
    got = world.call("add_bond", token.address, bond(MATURITY), sender=STRANGER)
    assert (got == 1) == added
    if not added:
        assert got.reason == "asset_registry: bond matures too late"


def test_add_bond__of_a_token_that_is_no_family__reverts(world):
    feed = new_feed()
    token = ASSET.deploy("US Dollar", "USD", 18)
    unlisted = world.call("add_bond", token.address, bond(MATURITY), sender=STRANGER)
    assert unlisted.reason == "asset_registry: no such listing"
    world.list_token(feed, token=token)
    plain = world.call("add_bond", token.address, bond(MATURITY), sender=STRANGER)
    assert plain.reason == "asset_registry: not a bond token"


@pytest.mark.parametrize("one", [0, 2**72, 2**255])
def test_add_bond__id_that_fits_no_word__reverts(world, one):
    token, bond_feed = make_token()
    world.list_bonds(new_feed(), bond_feed)
    refused = world.call("add_bond", token.address, one, sender=STRANGER)
    assert refused.reason == "asset_registry: id out of range"


def test_add_bond__id_that_the_feed_does_not_know__reverts(world):
    token, bond_feed = make_token()
    world.list_bonds(new_feed(), bond_feed)
    with boa.reverts("mock_bond_feed: not a bond"):
        world.registry.add_bond(token, bond(MATURITY, 2))


def test_inv_ast_5_bonds__price__is_par_times_the_discount(world):
    token, bond_feed = make_token(6)
    feed = new_feed(2 * 10**8 - 1)
    world.list_bonds(feed, bond_feed)
    number = world.registry.add_bond(token, bond(MATURITY))
    world.model.add_bond(token.address, bond(MATURITY))
    for part in (1, WAD // 3, WAD - 1, WAD):
        bond_feed.set_discount(bond(MATURITY), part)
        world.compare(number)
        assert world.registry.price(number) == (2 * 10**8 - 1) * 10**10 * part // WAD


@pytest.mark.parametrize("part", [0, WAD + 1, 2**256 - 1])
def test_inv_ast_3_bonds__no_discount_or_above_one__is_no_price(world, part):
    token, bond_feed = make_token()
    world.list_bonds(new_feed(), bond_feed)
    number = world.registry.add_bond(token, bond(MATURITY))
    world.model.add_bond(token.address, bond(MATURITY))
    bond_feed.set_discount(bond(MATURITY), part)
    assert world.compare(number).reason == "asset_registry: no discount"


def test_inv_ast_3_bonds__discount_of_two_words__is_no_price(world):
    token, bond_feed = make_token()
    world.list_bonds(new_feed(), bond_feed)
    number = world.registry.add_bond(token, bond(MATURITY))
    bond_feed.set_discount(bond(MATURITY), WAD)
    assert world.registry.price(number) == WAD
    bond_feed.set_long(True)
    with boa.reverts("asset_registry: no discount"):
        world.registry.price(number)
    assert world.registry.try_value(number, 1) == (False, 0)


def test_inv_ast_3_bonds__feed_at_fault__its_reason_comes_first(world):
    token, bond_feed = make_token()
    feed = new_feed()
    world.list_bonds(feed, bond_feed)
    number = world.registry.add_bond(token, bond(MATURITY))
    world.model.add_bond(token.address, bond(MATURITY))
    feed.set(0, START)
    assert world.compare(number).reason == "asset_registry: price is zero"


# -- status and caps --------------------------------------------------------------------------------------------------


def test_inv_ast_2_close_open_delist__in_order__stop_and_start_deposits(world):
    token, bond_feed = make_token()
    listing = world.list_bonds(new_feed(), bond_feed)
    world.call("add_bond", token.address, bond(MATURITY), sender=STRANGER)
    bond_feed.set_discount(bond(MATURITY), WAD)
    assert world.call("open", listing).reason == "asset_registry: deposits are open"
    assert world.call("delist", listing).reason == "asset_registry: not closed"
    world.call("close", listing, sender=GUARDIAN)
    assert world.call("close", listing, sender=GUARDIAN).reason == "asset_registry: not listed"
    assert world.call("deposit_terms", 1).reason == "asset_registry: deposits are closed"
    later = world.call("add_bond", token.address, bond(MATURITY + WEEK), sender=STRANGER)
    assert later.reason == "asset_registry: deposits are closed"
    assert world.compare(1, 5) == 5  # what is there counts
    world.call("open", listing)
    assert world.call("deposit_terms", 1) == (token.address, bond(MATURITY), 10**24)
    world.call("close", listing)
    changed = event(world.registry, "StatusSet")
    assert (changed.listing, changed.status, changed.since) == (listing, CLOSED, START)


def test_status__by_those_without_the_role__reverts(world):
    listing = world.list_token(new_feed())
    for name in ("open", "delist"):
        for sender in (STRANGER, GUARDIAN):
            with boa.reverts("roles: caller lacks the role"):
                getattr(world.registry, name)(listing, sender=sender)
    with boa.reverts("roles: caller lacks the role"):
        world.registry.close(listing, sender=STRANGER)
    for sender in (STRANGER, GUARDIAN):
        with boa.reverts("roles: caller lacks the role"):
            world.registry.set_cap(listing, 1, sender=sender)
        with boa.reverts("roles: caller lacks the role"):
            world.registry.set_feed(listing, terms(new_feed()), sender=sender)


@pytest.mark.parametrize(("off", "done"), [(-1, False), (0, True), (1, True)])
def test_inv_ast_7_delist__around_14_days_after_closing__only_from_then_on(world, off, done):
    listing = world.list_token(new_feed(updated=START))
    world.call("close", listing)
    world.go_to(START + DELIST_NOTICE + off)
    answer = world.call("delist", listing)
    assert (answer is None) == done
    if not done:
        assert answer.reason == "asset_registry: not closed long enough"


def test_inv_ast_7_delist__closed_twice__counts_from_the_second_time(world):
    listing = world.list_token(new_feed())
    world.call("close", listing)
    world.go_to(START + DELIST_NOTICE)
    world.call("open", listing)
    world.call("close", listing)
    world.go_to(START + 2 * DELIST_NOTICE - 1)
    assert world.call("delist", listing).reason == "asset_registry: not closed long enough"


def test_delisted__asset__is_worth_nothing_by_rule_and_has_no_price(world):
    feed = new_feed()
    number = world.list_token(feed)
    world.call("close", number)
    world.go_to(START + DELIST_NOTICE)
    world.call("delist", number)
    feed.set_mode(REVERTS)
    assert world.call("price", number).reason == "asset_registry: delisted"
    assert world.call("value", number, 10**30) == 0
    assert world.registry.try_value(number, 10**30) == (True, 0)
    assert world.call("deposit_terms", number).reason == "asset_registry: deposits are closed"
    assert world.registry.asset(number)[4] == DELISTED
    world.call("open", number)
    assert world.compare(number).reason == "asset_registry: feed does not answer"


def test_set_cap__lower_and_none__is_told(world):
    number = world.list_token(new_feed(), cap=100)
    world.call("set_cap", number, 7)
    told = event(world.registry, "CapSet")
    assert (told.listing, told.cap) == (1, 7)
    assert world.call("deposit_terms", number)[2] == 7
    world.call("set_cap", number, 0)
    assert world.registry.asset(number) == (world.registry.token_of(1), 0, 18, 1, LISTED, 0)
    assert world.call("set_cap", number, AMOUNT_LIMIT).reason == "asset_registry: cap out of range"


def test_inv_ast_8_administration__feed_that_fails__goes_on(world):
    token, bond_feed = make_token()
    feed = new_feed()
    listing = world.list_bonds(feed, bond_feed)
    feed.set_mode(BURNS_GAS)
    assert world.call("add_bond", token.address, bond(MATURITY), sender=STRANGER) == 1
    world.call("set_cap", listing, 5)
    assert world.call("deposit_terms", 1) == (token.address, bond(MATURITY), 5)
    world.call("close", listing, sender=GUARDIAN)
    world.go_to(START + DELIST_NOTICE)
    world.call("delist", listing)
    world.call("open", listing)


# -- feeds ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"heartbeat": 59}, "heartbeat out of range"),
        ({"heartbeat": WEEK + 1}, "heartbeat out of range"),
        ({"low": 0}, "bounds out of range"),
        ({"low": 2 * WAD}, "bounds out of range"),
        ({"high": 2**128}, "bounds out of range"),
        ({"max_move_bps": 0}, "largest move out of range"),
        ({"max_move_bps": 10_001}, "largest move out of range"),
        ({"period": 59}, "period out of range"),
        ({"period": WEEK + 1}, "period out of range"),
        ({"low": WAD + 1}, "price is out of bounds"),
        ({"high": WAD - 1}, "price is out of bounds"),
    ],
)
def test_set_feed__out_of_range__reverts(world, changed, reason):
    feed = new_feed()
    assert world.list_token(feed, **changed).reason == f"asset_registry: {reason}"
    assert world.list_token(feed, heartbeat=60, low=1, high=2**128 - 1, max_move_bps=10_000, period=WEEK) == 1
    with boa.reverts(f"asset_registry: {reason}"):
        world.registry.set_feed(1, terms(feed, **changed), sender=ADMIN)
    assert world.registry.feed(1)[0] == (feed.address, 60, 1, 2**128 - 1, 10_000, WEEK)


def test_set_feed__19_decimals__reverts(world):
    feed = new_feed(WAD * 10, 19)
    with boa.reverts("asset_registry: feed decimals above 18"):
        world.registry.list_token(ASSET.deploy("US Dollar", "USD", 18), 1, terms(feed), sender=ADMIN)
    feed.set_decimals(18)
    feed.set(WAD, START)
    assert world.list_token(feed) == 1


def test_set_feed__one_that_gives_no_price__reverts(world):
    feed, other = new_feed(), new_feed()
    number = world.list_token(feed)
    other.set_mode(REVERTS)
    with boa.reverts("asset_registry: feed does not answer"):
        world.registry.set_feed(number, terms(other), sender=ADMIN)
    other.set_mode(ANSWERS)
    other.set(19 * 10**7, START)  # any price within the new bounds: the old reference binds no more
    world.registry.set_feed(number, terms(other), sender=ADMIN)
    world.model.set_feed(number, world.feed(other, terms(other)))
    assert world.compare(number, WAD) == 19 * 10**17


@pytest.mark.parametrize("mode", [REVERTS, BURNS_GAS, SHORT, LONG])
def test_inv_ast_3_price__feed_that_fails__is_none(world, mode):
    feed = new_feed()
    number = world.list_token(feed)
    feed.set_mode(mode)
    assert world.compare(number).reason == "asset_registry: feed does not answer"
    feed.set_mode(ANSWERS)
    assert world.compare(number, 1) == 1


def test_inv_ast_3_price__feed_without_code__is_none(world):
    feed = new_feed()
    number = world.list_token(feed)
    boa.env.set_code(feed.address, b"")
    with boa.reverts("asset_registry: feed does not answer"):
        world.registry.price(number)
    assert world.registry.try_value(number, 1) == (False, 0)


@pytest.mark.parametrize(
    ("answer", "age", "reason"),
    [
        (0, 0, "price is zero"),
        (-1, 0, "price is negative"),
        (-(2**255), 0, "price is negative"),
        (10**8, -1, "price is from the future"),
        (10**8, DAY + 1, "price is stale"),
        (10**8, START, "price is stale"),
        (10**8, DAY, None),
        (5 * 10**7, 0, "price moved too far"),
        (5 * 10**7 - 1, 0, "price is out of bounds"),
        (2 * 10**8 + 1, 0, "price is out of bounds"),
        (2**255 - 1, 0, "price is out of bounds"),
        (12 * 10**7, 0, None),
        (12 * 10**7 + 1, 0, "price moved too far"),
        (83_333_334, 0, None),
        (83_333_333, 0, "price moved too far"),
    ],
)
def test_inv_ast_3_price__answer__is_judged(world, answer, age, reason):
    feed = new_feed()
    number = world.list_token(feed)
    feed.set(answer, START - age)
    worth = world.compare(number)
    assert (worth.reason == f"asset_registry: {reason}") if reason else not isinstance(worth, Refused)


def test_inv_ast_3_try_value__too_little_gas__reverts_rather_than_blames_the_feed(world):
    feed = new_feed()
    number = world.list_token(feed)
    feed.set_mode(TRICKLES, 100)
    seen = set()
    for gas in range(60_000, 700_000, 20_000):
        try:
            seen.add(world.registry.try_value(number, 7, gas=gas))
        except boa.BoaError as error:
            seen.add("not enough gas for the feed" in str(error))
    assert seen == {(True, 7), True}


def test_price__median_whose_feeds_burn_all_they_get__fits_the_cap(world):
    feeds = [new_feed() for _ in range(5)]
    median = MEDIAN.deploy(feeds, [DAY] * 5)
    number = world.registry.list_token(ASSET.deploy("US Dollar", "USD", 18), 1, terms(median), sender=ADMIN)
    for feed in feeds[:2]:
        feed.set_mode(BURNS_GAS)
    assert world.registry.price(number) == WAD
    feeds[2].set_mode(BURNS_GAS)
    with boa.reverts("asset_registry: feed does not answer"):
        world.registry.price(number)


# -- the band ---------------------------------------------------------------------------------------------------------


def test_inv_ast_6_band__without_sync__widens_by_whole_periods(world):
    feed = new_feed()
    number = world.list_token(feed, low=1, high=10**24)
    for elapsed, factor in ((0, 1), (HOUR, 1), (2 * HOUR - 1, 1), (2 * HOUR, 2), (7 * HOUR, 7)):
        world.go_to(START + elapsed)
        up = 10**8 + 2 * 10**7 * factor
        feed.set(up, world.now)
        assert not isinstance(world.compare(number), Refused)
        feed.set(up + 1, world.now)
        assert world.compare(number).reason == "asset_registry: price moved too far"
        down = 10**16 // up
        feed.set(down + 1, world.now)
        assert not isinstance(world.compare(number), Refused)
        feed.set(down - 1, world.now)
        assert world.compare(number).reason == "asset_registry: price moved too far"


def test_inv_ast_6_sync__once_a_period__and_only_a_price(world):
    feed = new_feed()
    listing = world.list_token(feed, low=1, high=10**24)
    world.go_to(START + HOUR - 1)
    feed.set(12 * 10**7, world.now)
    assert world.call("sync", listing, sender=STRANGER).reason == "asset_registry: reference is too new"
    world.go_to(START + HOUR)
    assert world.call("sync", listing, sender=STRANGER) == 12 * 10**17
    assert event(world.registry, "ReferenceSet").price == 12 * 10**17
    assert world.registry.feed(listing)[1] == (12 * 10**17, START + HOUR)
    world.go_to(START + 2 * HOUR)
    feed.set(2 * 10**8, world.now)
    assert world.call("sync", listing, sender=STRANGER).reason == "asset_registry: price moved too far"
    feed.set(0, world.now)
    assert world.call("sync", listing, sender=STRANGER).reason == "asset_registry: price is zero"
    assert world.registry.feed(listing)[1] == (12 * 10**17, START + HOUR)


def test_inv_ast_6_feed_gone_mad__synced_by_its_owner__moves_no_faster_than_the_band(world):
    feed = new_feed()
    listing = world.list_token(feed, low=1, high=2**127, max_move_bps=100)
    price, tried = 10**8, 0
    for _ in range(24):  # a day, an hour a period, always the most that is accepted
        world.go_to(world.now + HOUR)
        feed.set(price * 101 // 100, world.now)
        if not isinstance(world.call("sync", listing, sender=STRANGER), Refused):
            price = price * 101 // 100
        feed.set(price * 102 // 100, world.now)
        tried += isinstance(world.call("sync", listing, sender=STRANGER), Refused)
    assert tried == 24
    assert world.registry.feed(listing)[1][0] <= WAD * 101**24 // 100**24
    assert price > 126 * 10**6


# -- construction -----------------------------------------------------------------------------------------------------


def test_init__zero_admin__reverts():
    with boa.reverts("roles: zero admin"):
        REGISTRY.deploy(ZERO, GUARDIAN)


def test_init__without_a_guardian__admin_closes():
    with boa.env.anchor():
        boa.env.evm.patch.timestamp = START
        registry = REGISTRY.deploy(ADMIN, ZERO)
        assert not registry.hasRole(registry.GUARDIAN_ROLE(), ZERO)
        registry.list_token(ASSET.deploy("US Dollar", "USD", 18), 1, terms(new_feed()), sender=ADMIN)
        registry.close(1, sender=ADMIN)
        assert registry.asset(1)[4] == CLOSED
