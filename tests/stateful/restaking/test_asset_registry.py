"""AssetRegistry beside its model: tokens of three decimals and a family of bonds, feeds that wander, fail and lie."""

import boa
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
from tests.support.prices import (
    ADMIN,
    BOND_TOKEN,
    GUARDIAN,
    MOCK_BOND_FEED,
    START,
    STRANGER,
    WEEK,
    PriceWorld,
    bond,
    new_feed,
    terms,
)

from surety.models.prices import DAY, DELIST_NOTICE, DELISTED, LISTED, WAD
from surety.models.refusal import Refused

PERIOD = 3_600
DECIMALS = (2, 6, 18)
WIDE = {"low": 1, "high": 2**120}

listings = st.integers(1, 4)
weeks = st.integers(-1, 60)


class PriceMachine(RuleBasedStateMachine):
    @initialize()
    def begin(self):
        self.anchor = boa.env.anchor()
        self.anchor.__enter__()
        self.world = PriceWorld.create()
        self.feeds = [new_feed(WAD, 18) for _ in range(4)]
        for feed, decimals in zip(self.feeds, DECIMALS, strict=False):
            self.world.list_token(feed, decimals, **WIDE)
        self.token = BOND_TOKEN.deploy("USD", 6)
        self.bond_feed = MOCK_BOND_FEED.deploy(self.token)
        self.world.list_bonds(self.feeds[3], self.bond_feed, max_tenor=52 * WEEK, **WIDE)
        self.told = {}
        self.roots = dict.fromkeys(range(1, 5), (WAD, START))
        self.closed = {}

    # -- feeds --

    @rule(listing=listings, by=st.one_of(st.integers(-3_000, 3_000), st.sampled_from((-1_666, 2_000, 2_001))))
    def wander(self, listing, by):
        feed = self.feeds[listing - 1]
        feed.set(max(feed.answer() * (10_000 + by) // 10_000, 1), self.world.now)

    @rule(
        listing=listings,
        answer=st.sampled_from((0, -1, 1, 2**119, 2**128, 10**18)),
        age=st.sampled_from((-1, 0, DAY, DAY + 1)),
    )
    def lie(self, listing, answer, age):
        self.feeds[listing - 1].set(answer, self.world.now - age)

    @rule(listing=listings, mode=st.sampled_from((0, 0, 1, 3, 4)))
    def fail(self, listing, mode):
        self.feeds[listing - 1].set_mode(mode)

    @rule(listing=listings)
    def sync(self, listing):
        self.world.call("sync", listing, sender=STRANGER)

    @rule(listing=listings, move=st.sampled_from((1, 500, 10_000)))
    def set_feed(self, listing, move):
        made = terms(self.feeds[listing - 1], max_move_bps=move, **WIDE)
        answer = self.world.both(
            lambda: self.world.model.set_feed(listing, self.world.feed(self.feeds[listing - 1], made)),
            lambda: self.world.registry.set_feed(listing, made, sender=ADMIN),
        )
        if answer is None:
            self.roots[listing] = (self.world.model.listings[listing - 1].reference, self.world.now)

    # -- listings --

    @rule(listing=listings, name=st.sampled_from(("open", "delist")))
    def turn(self, listing, name):
        answer = self.world.call(name, listing)
        if name == "delist" and answer is None:
            assert self.world.now - self.closed[listing] >= DELIST_NOTICE

    @rule(listing=listings)
    def close(self, listing):
        if self.world.call("close", listing, sender=GUARDIAN) is None:
            self.closed[listing] = self.world.now

    @rule(listing=listings, cap=st.integers(0, 2**128))
    def set_cap(self, listing, cap):
        self.world.call("set_cap", listing, cap)

    @rule(week=weeks, discount=st.one_of(st.integers(9 * 10**17, WAD), st.sampled_from((0, 1, WAD + 1))))
    def add_bond(self, week, discount):
        one = bond((START // WEEK + week) * WEEK)
        self.bond_feed.set_discount(one, discount)
        self.world.call("add_bond", self.token.address, one, sender=STRANGER)

    @rule(pause=st.sampled_from((1, PERIOD - 1, PERIOD, 2 * PERIOD, DAY, DELIST_NOTICE - 1, DELIST_NOTICE)))
    def wait(self, pause):
        self.world.go_to(self.world.now + pause)

    # -- what holds after each --

    @precondition(lambda self: hasattr(self, "world"))
    @invariant()
    def assets_keep_their_number_and_are_worth_what_the_model_says(self):
        world = self.world
        assert world.registry.assets() == len(world.model.assets)
        for number, (listing, one) in enumerate(world.model.assets, 1):
            made = world.model.listings[listing - 1]
            seen = world.registry.asset(number)
            assert tuple(seen) == (made.token, one, made.decimals, listing, made.status, made.cap)
            assert self.told.setdefault(number, seen[:3]) == seen[:3]
            worth = world.compare(number)
            terms_told = world.call("deposit_terms", number)
            assert isinstance(terms_told, Refused) == (made.status != LISTED)
            if made.status == DELISTED:
                assert worth == 0
            elif not isinstance(worth, Refused):
                self.within_the_band(listing, world.registry.price(number) if not one else None)
                if one:
                    assert world.registry.price(number) <= self.feeds[3].answer()

    def within_the_band(self, listing, price):
        """INV-AST-6, of plain tokens: (1 + m)^(1 + T/period) around the reference that came with the feed."""
        if price is None:
            return
        root, since = self.roots[listing]
        made = self.world.model.listings[listing - 1].feed
        periods = 1 + (self.world.now - since) // made.period
        bound = (1 + made.max_move_bps / 10_000) ** min(periods, 1_000) * (1 + 1e-9)
        assert root / bound <= price <= root * bound

    def teardown(self):
        if hasattr(self, "world"):
            self.anchor.__exit__(None, None, None)


def test_inv_ast_1_2_3_4_6_7_asset_registry__any_sequence__is_the_model():
    examples = max(settings.default.max_examples // 24, 1)
    run_state_machine_as_test(
        PriceMachine, settings=settings(max_examples=examples, stateful_step_count=30, deadline=None)
    )
