"""Stake and slashes as a person meets them: how one stands in a pool, and what is under review."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .artefacts import artefact
from .contract import Contract
from .errors import UsageError
from .orders import ZERO_ADDRESS
from .suite import Suite

WEEK = 604_800
POOL_STATES = ("unregistered", "active", "leaving", "inactive")
SLASH_STATES = ("", "open", "disputed", "ruled guilty", "finalised", "vetoed", "lapsed", "acquitted")
PARTS = ("bounty", "compensation", "insurance", "treasury")


@dataclass(frozen=True)
class Stake:
    """One account in one pool, units of its asset. Tickets by epoch: amount, and the second in which they mature."""

    subject: int
    operator: str
    state: str
    pool: int
    active: int
    shares: int
    tickets: dict[int, tuple[int, int]]
    refunds: dict[int, int]
    """By slash: what was given back and not claimed yet."""
    decimals: int

    def text(self, units: int) -> str:
        """An amount in whole assets."""
        return f"{Decimal(units).scaleb(-self.decimals).normalize():,f}"


class Stakes:
    """Pools and slashes of a suite. Raises `UsageError` for a suite without them."""

    def __init__(self, suite: Suite) -> None:
        if not suite.has_restaking:
            raise UsageError("this deployment has no pools of stake: its configuration has no section restaking")
        self.suite = suite
        self.pools = suite.pools

    @staticmethod
    def subject(operator: str, asset: int) -> int:
        """The number of an operator's pool."""
        return asset << 160 | int(operator, 16)

    def stake(self, account: str, operator: str, asset: int, epochs: int = 4) -> Stake:
        """How an account stands now, with the tickets of the last epochs and every refund."""
        subject = self.subject(operator, asset)
        pool = self.pools.call("pool", subject)
        active, shares = self.pools.call("stake", subject, account)
        this = self.suite.engine.timestamp // WEEK
        tickets = {}
        for epoch in range(this + 1, this + 1 - epochs, -1):
            found = self.pools.call("ticket", subject, epoch, account, ZERO_ADDRESS)
            if found.shares:
                tickets[epoch] = (found.amount, found.matures_at)
        refunds = {}
        for number in range(1, self.suite.escrow.call("slash_count") + 1):
            if self.suite.slashes.call("slash", number).subject == subject:
                amount = self.pools.call("refund", number, account, ZERO_ADDRESS)
                if amount:
                    refunds[number] = amount
        state = POOL_STATES[pool.status]
        decimals = self.decimals(asset)
        return Stake(subject, operator, state, pool.assets, active, shares, tickets, refunds, decimals)

    def decimals(self, asset: int) -> int:
        """Of an asset. Raises `UsageError` for a number that is none."""
        if not 0 < asset <= self.suite.assets.call("assets"):
            raise UsageError(f"there is no asset {asset}: the registry has {self.suite.assets.call('assets')}")
        return int(self.suite.assets.call("asset", asset).decimals)

    def token(self, asset: int) -> Contract:
        """The ERC-20 or bond token of an asset."""
        known = self.suite.assets.call("asset", asset)
        return Contract(self.suite.engine, known.token, artefact("BondToken" if known.id else "MockERC20"))

    def slash(self, number: int) -> Any:
        """A slash as `SlashLens` tells it. Raises `UsageError` if there is none of that number."""
        count = self.suite.escrow.call("slash_count")
        if not 0 < number <= count:
            raise UsageError(f"there is no slash {number}: there are {count}")
        return self.suite.slashes.call("slash", number)

    def slashes(self) -> list[tuple[int, Any]]:
        """All slashes by number, newest first."""
        return [(number, self.slash(number)) for number in range(self.suite.escrow.call("slash_count"), 0, -1)]
