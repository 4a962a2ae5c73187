"""What assets are worth, by the rules of specs/asset-registry.md in exact integers.

`AssetRegistry.vy`, `MedianFeed.vy` and `FixedFeed.vy` must agree to the last unit. Prices are USD in WAD for one whole
token, times are seconds, amounts the asset's smallest unit. A method that refuses raises `Refused` with the contract's
reason and has changed nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace

from .refusal import Refused, require

WAD = 10**18
BPS = 10_000
DAY = 86_400
WEEK = 7 * DAY
PRICE_LIMIT = 2**128
AMOUNT_LIMIT = 2**128
MAX_TENOR = 255 * WEEK
DELIST_NOTICE = 14 * DAY
LISTED, CLOSED, DELISTED = 1, 2, 3

Token = Hashable


@dataclass(frozen=True)
class Round:
    """A feed's latest answer in its own decimals; `None` in place of one is a feed that fails."""

    answer: int
    updated: int
    decimals: int = 18


def judge(latest: Round | None, heartbeat: int, now: int) -> int:
    """Price (WAD) of a round, or `Refused` with the end of the reason."""
    require(latest is not None, "feed does not answer")
    assert latest is not None
    require(latest.answer != 0, "price is zero")
    require(latest.answer > 0, "price is negative")
    require(latest.updated <= now, "price is from the future")
    require(now - latest.updated <= heartbeat, "price is stale")
    price: int = latest.answer * 10 ** (18 - latest.decimals)
    require(price < PRICE_LIMIT, "price is out of bounds")
    return price


def median(rounds: Sequence[tuple[Round | None, int]], now: int) -> Round:
    """The middle of the prices that (round, heartbeat) pairs give, the lower of two, with the oldest of their times."""
    good = []
    for latest, heartbeat in rounds:
        try:
            price = judge(latest, heartbeat, now)
        except Refused:
            continue
        assert latest is not None
        good.append((price, latest.updated))
    require(2 * len(good) > len(rounds), "median_feed: too few answers")
    prices = sorted(price for price, _ in good)
    return Round(prices[(len(prices) - 1) // 2], min(updated for _, updated in good))


@dataclass(frozen=True)
class Feed:
    """How far a feed is believed. `read` gives its latest round, or None if it fails."""

    read: Callable[[], Round | None]
    heartbeat: int
    low: int
    high: int
    max_move_bps: int
    period: int


@dataclass
class Listing:
    """A token; `discount` values ids of a bond token (WAD), and is None of an ERC-20. `maturity` reads an id."""

    token: Token
    decimals: int
    cap: int
    feed: Feed
    status: int
    since: int
    reference: int
    referenced: int
    max_tenor: int = 0
    discount: Callable[[int], int | None] | None = None
    maturity: Callable[[int], int] | None = None


@dataclass
class AssetRegistry:
    """Listings and assets in the order of their numbers, from 1."""

    now: int = 0
    listings: list[Listing] = field(default_factory=list)
    assets: list[tuple[int, int]] = field(default_factory=list)  # (number of the listing, id)

    # -- calls --

    def list_token(self, token: Token, decimals: int, cap: int, feed: Feed) -> int:
        """An ERC-20; returns the number of the asset."""
        listing = self._list(Listing(token, decimals, cap, feed, LISTED, self.now, 0, self.now))
        self.assets.append((listing, 0))
        return len(self.assets)

    def list_bonds(
        self,
        token: Token,
        decimals: int,
        cap: int,
        max_tenor: int,
        feed: Feed,
        discount: Callable[[int], int | None],
        maturity: Callable[[int], int],
    ) -> int:
        """A bond token; returns the number of the listing."""
        require(0 < max_tenor <= MAX_TENOR, "asset_registry: longest tenor out of range")
        made = Listing(token, decimals, cap, feed, LISTED, self.now, 0, self.now, max_tenor, discount, maturity)
        return self._list(made)

    def add_bond(self, token: Token, bond: int) -> int:
        """The next number, for an id of a listed bond token."""
        listing = self.listing_of(token)
        require(listing != 0, "asset_registry: no such listing")
        made = self.listings[listing - 1]
        require(made.maturity is not None, "asset_registry: not a bond token")
        assert made.maturity is not None
        require(made.status == LISTED, "asset_registry: deposits are closed")
        require(0 < bond < 2**72, "asset_registry: id out of range")
        require(self.asset_of(token, bond) == 0, "asset_registry: bond is known already")
        maturity = made.maturity(bond)
        require(maturity > self.now, "asset_registry: bond has matured")
        require(maturity - self.now <= made.max_tenor, "asset_registry: bond matures too late")
        self.assets.append((listing, bond))
        return len(self.assets)

    def sync(self, listing: int) -> int:
        """The price of now becomes the reference; returns it."""
        made = self._listing(listing)
        require(self.now - made.referenced >= made.feed.period, "asset_registry: reference is too new")
        made.reference, made.referenced = self._par(made), self.now
        return made.reference

    def set_feed(self, listing: int, feed: Feed) -> None:
        """Another feed, whose price of now is the reference."""
        made = self._listing(listing)
        price = self._check_feed(feed)
        made.feed, made.reference, made.referenced = feed, price, self.now

    def set_cap(self, listing: int, cap: int) -> None:
        """Of each asset of the listing."""
        made = self._listing(listing)
        require(cap < AMOUNT_LIMIT, "asset_registry: cap out of range")
        made.cap = cap

    def close(self, listing: int) -> None:
        """No more deposits."""
        made = self._listing(listing)
        require(made.status == LISTED, "asset_registry: not listed")
        made.status, made.since = CLOSED, self.now

    def open(self, listing: int) -> None:
        """Deposits again."""
        made = self._listing(listing)
        require(made.status != LISTED, "asset_registry: deposits are open")
        made.status, made.since = LISTED, self.now

    def delist(self, listing: int) -> None:
        """Worth nothing from now on."""
        made = self._listing(listing)
        require(made.status == CLOSED, "asset_registry: not closed")
        require(self.now - made.since >= DELIST_NOTICE, "asset_registry: not closed long enough")
        made.status, made.since = DELISTED, self.now

    # -- views --

    def listing_of(self, token: Token) -> int:
        """Number of a token's listing, or 0."""
        return next((number for number, made in enumerate(self.listings, 1) if made.token == token), 0)

    def asset_of(self, token: Token, bond: int) -> int:
        """Number of an asset, or 0."""
        asset = (self.listing_of(token), bond)
        return self.assets.index(asset) + 1 if asset in self.assets else 0

    def deposit_terms(self, number: int) -> tuple[Token, int, int]:
        """Token, id and cap."""
        made, bond = self._asset(number)
        require(made.status == LISTED, "asset_registry: deposits are closed")
        return made.token, bond, made.cap

    def price(self, number: int) -> int:
        """Of one whole unit."""
        made, bond = self._asset(number)
        require(made.status != DELISTED, "asset_registry: delisted")
        return self._price(made, bond)

    def value(self, number: int, amount: int) -> int:
        """Of an amount; of a delisted asset zero."""
        require(amount < AMOUNT_LIMIT, "asset_registry: amount out of range")
        made, bond = self._asset(number)
        if made.status == DELISTED:
            return 0
        worth: int = amount * self._price(made, bond) // 10**made.decimals
        return worth

    # -- internals --

    def _list(self, made: Listing) -> int:
        require(self.listing_of(made.token) == 0, "asset_registry: token is listed already")
        require(2 <= made.decimals <= 18, "asset_registry: decimals not within 2 to 18")
        require(made.cap < AMOUNT_LIMIT, "asset_registry: cap out of range")
        self.listings.append(replace(made, reference=self._check_feed(made.feed)))
        return len(self.listings)

    def _check_feed(self, feed: Feed) -> int:
        require(60 <= feed.heartbeat <= WEEK, "asset_registry: heartbeat out of range")
        require(0 < feed.low < feed.high < PRICE_LIMIT, "asset_registry: bounds out of range")
        require(0 < feed.max_move_bps <= BPS, "asset_registry: largest move out of range")
        require(60 <= feed.period <= WEEK, "asset_registry: period out of range")
        return self._within_bounds(feed)

    def _within_bounds(self, feed: Feed) -> int:
        try:
            price = judge(feed.read(), feed.heartbeat, self.now)
        except Refused as refused:
            raise Refused(f"asset_registry: {refused.reason}") from None
        require(feed.low <= price <= feed.high, "asset_registry: price is out of bounds")
        return price

    def _par(self, made: Listing) -> int:
        price = self._within_bounds(made.feed)
        periods = max((self.now - made.referenced) // made.feed.period, 1)
        band = BPS + made.feed.max_move_bps * periods
        within = price * BPS <= made.reference * band and made.reference * BPS <= price * band
        require(within, "asset_registry: price moved too far")
        return price

    def _price(self, made: Listing, bond: int) -> int:
        par = self._par(made)
        if made.discount is None:
            return par
        part = made.discount(bond)
        price = par * part // WAD if part is not None and part <= WAD else 0
        require(price > 0, "asset_registry: no discount")
        return price

    def _listing(self, number: int) -> Listing:
        require(0 < number <= len(self.listings), "asset_registry: no such listing")
        return self.listings[number - 1]

    def _asset(self, number: int) -> tuple[Listing, int]:
        require(0 < number <= len(self.assets), "asset_registry: no such asset")
        listing, bond = self.assets[number - 1]
        return self.listings[listing - 1], bond
