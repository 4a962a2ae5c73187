"""AssetRegistry on titanoboa beside its model, with feeds that do as they are told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import boa
from tests.support.sides import both

from surety.models.prices import DAY, WAD, AssetRegistry, Feed, Round
from surety.models.refusal import Refused

START = 1_728_271_545  # 2024-10-07 03:25:45 UTC, off the weekly grid
WEEK = 7 * DAY
ZERO = "0x" + "00" * 20
ANSWERS, REVERTS, BURNS_GAS, SHORT, LONG, TRICKLES = range(6)
ADMIN, GUARDIAN, STRANGER = (boa.env.generate_address(name) for name in ("admin", "guardian", "stranger"))

REGISTRY = boa.load_partial("contracts/restaking/AssetRegistry.vy")
MEDIAN = boa.load_partial("contracts/restaking/MedianFeed.vy")
FIXED = boa.load_partial("contracts/restaking/FixedFeed.vy")
BOND_FEED = boa.load_partial("contracts/restaking/BondFeed.vy")
MOCK_FEED = boa.load_partial("contracts/mocks/MockPriceFeed.vy")
MOCK_BOND_FEED = boa.load_partial("contracts/mocks/MockBondFeed.vy")
ASSET = boa.load_partial("contracts/mocks/MockERC20.vy")
BOND_TOKEN = boa.load_partial("contracts/bonds/BondToken.vy")


def bond(maturity: int, kind: int = 1) -> int:
    """Id of a bond."""
    return kind << 64 | maturity


def new_feed(answer: int = 10**8, decimals: int = 8, updated: int | None = None) -> Any:
    """A feed of that answer, of now unless told."""
    feed = MOCK_FEED.deploy(decimals)
    feed.set(answer, boa.env.evm.patch.timestamp if updated is None else updated)
    return feed


def round_of(feed: Any) -> Round | None:
    """What the model is to read of a mock."""
    return Round(feed.answer(), feed.updated(), feed.decimals()) if feed.mode() == ANSWERS else None


def terms(feed: Any, **changed: int) -> tuple[Any, int, int, int, int, int]:
    """A `Feed` for the contract: a day's heartbeat, half to twice a dollar, a fifth an hour."""
    usual = {"heartbeat": DAY, "low": WAD // 2, "high": 2 * WAD, "max_move_bps": 2_000, "period": 3_600} | changed
    return (feed.address, *usual.values())


@dataclass
class PriceWorld:
    """Contract and model side by side: each call is made on both, and must end alike."""

    registry: Any
    model: AssetRegistry
    feeds: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def create(cls, at: int = START) -> PriceWorld:
        """The clock at `at`, nothing listed."""
        boa.env.evm.patch.timestamp = at
        return cls(REGISTRY.deploy(ADMIN, GUARDIAN), AssetRegistry(now=at))

    @property
    def now(self) -> int:
        return self.model.now

    def go_to(self, t: int) -> None:
        boa.env.evm.patch.timestamp = self.model.now = t

    def feed(self, feed: Any, made: tuple[Any, int, int, int, int, int]) -> Feed:
        """The model's view of `terms(feed)`."""
        return Feed(lambda: round_of(feed), *made[1:])

    def both(self, model: Callable[[], object], contract: Callable[[], object]) -> Any:
        """What both answer, or the reason for which both refused, as a `Refused`."""
        return both(model, contract)

    def list_token(self, feed: Any, decimals: int = 18, cap: int = 10**24, token: Any = None, **changed: int) -> Any:
        """An ERC-20 with this feed; its number, or why not."""
        made = terms(feed, **changed)
        asset = token or ASSET.deploy("US Dollar", "USD", decimals)
        return self.both(
            lambda: self.model.list_token(asset.address, asset.decimals(), cap, self.feed(feed, made)),
            lambda: self.registry.list_token(asset, cap, made, sender=ADMIN),
        )

    def list_bonds(
        self, feed: Any, bond_feed: Any, cap: int = 10**24, max_tenor: int = 104 * WEEK, **changed: int
    ) -> Any:
        """A bond token of 18 decimals with this feed and a MockBondFeed; the number of its listing, or why not."""
        made = terms(feed, **changed)
        return self.both(
            lambda: self.model.list_bonds(
                bond_feed.token(),
                BOND_TOKEN.at(bond_feed.token()).decimals(0),
                cap,
                max_tenor,
                self.feed(feed, made),
                lambda one: bond_feed.eval(f"self._discounts[{one}]"),
                lambda one: one & (2**64 - 1),
            ),
            lambda: self.registry.list_bonds(bond_feed, cap, max_tenor, made, sender=ADMIN),
        )

    def call(self, name: str, *arguments: int, sender: str = ADMIN) -> Any:
        """The same function with the same numbers on both."""
        return self.both(
            lambda: getattr(self.model, name)(*arguments),
            lambda: getattr(self.registry, name)(*arguments, sender=sender),
        )

    def compare(self, number: int, amount: int = 10**21 + 7) -> Any:
        """`price`, `value` and `try_value` of an asset; returns the value, or why there is none."""
        self.call("price", number)
        worth = self.call("value", number, amount)
        refused = isinstance(worth, Refused)
        assert self.registry.try_value(number, amount) == ((False, 0) if refused else (True, worth))
        return worth
