"""Collective pools: whether one is genuine, how it stands, what is voted, how an account stands in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from .artefacts import artefact
from .contract import Contract
from .errors import UsageError
from .orders import ZERO_ADDRESS
from .past import past, remembers
from .services import Services
from .stake import Asset, known_asset
from .suite import WEEK
from .verify_code import Found, compare, share_values

DAY: Final = 86_400
VOTING: Final = 3 * DAY
BPS: Final = 10_000
CLAIMED: Final = 2**255
"""Of a position: the round that leaves owns a part of what it will release."""


@dataclass(frozen=True)
class Position:
    """A lock of the pool: `leaves` says what of it the round that leaves owns: nothing, a part, or all."""

    number: int
    lock: Any
    leaves: str = "nothing"


@dataclass(frozen=True)
class Proposal:
    """`word` is the struct of IPoolBallot; times in seconds."""

    number: int
    word: Any
    state: str
    votes_until: int
    ready: int
    until: int
    """First second in which it can no longer be carried out."""

    @property
    def over(self) -> bool:
        return self.state in ("carried out", "lapsed")


@dataclass(frozen=True)
class Rounds:
    """Who leaves: tickets of the open round and its first closing (0: nobody asked); the one that leaves (0: none)."""

    open: int
    tickets: int
    closes: int
    leaving: int
    leaving_value: int
    ripe_at: int


@dataclass(frozen=True)
class Holding:
    """One account, in units and shares."""

    shares: int
    worth: int
    weight: int
    """Least shares of the seven days before now."""
    pending: int
    claimable_shares: int
    claimable: int
    refunds: dict[int, int]
    """By slash."""
    dividends: dict[int, tuple[str, int]]
    """By distribution: token and what is due."""


class Pool:
    """A CollectivePool over a suite's ServiceBonding. Raises `UsageError` for anything else at that address."""

    def __init__(self, services: Services, address: str) -> None:
        self.services, self.engine = services, services.suite.engine
        made = artefact("CollectivePool")
        if not self.engine.code(address).startswith(made.runtime):
            raise UsageError(f"{address} is no collective pool of these sources")
        born = services.suite.born
        self.contract = Contract(self.engine, address, made, born)
        _, portfolio, ballot, dividends = self.contract.call("wiring")
        self.portfolio = Contract(self.engine, portfolio, artefact("PoolPortfolio"), born)
        self.ballot = Contract(self.engine, ballot, artefact("PoolBallot"), born)
        self.dividends = Contract(self.engine, dividends, artefact("PoolDividends"), born)
        for name, (ok, detail) in self.checks():
            if not ok:
                raise UsageError(f"{address} is no collective pool of this deployment: {name}: {detail}")
        self.asset: Asset = known_asset(self.engine, self.contract.call("asset"))
        self.symbol = str(self.contract.call("symbol"))
        _, self.quorum, self.threshold = self.ballot.call("wiring")

    @property
    def address(self) -> str:
        return self.contract.address

    def checks(self) -> Iterator[tuple[str, Found]]:
        """Code of the pool and of its companions, with immutables: that they belong together and to this deployment."""
        suite, call = self.services.suite, self.contract.call
        asset, pool = call("asset"), {"POOL": self.address}
        of_shares = share_values(call("name"), call("symbol"), call("decimals"), self.engine.chain_id, self.address)
        companions = {"BALLOT": self.ballot, "DIVIDENDS": self.dividends, "PORTFOLIO": self.portfolio}
        at = {name: one.address for name, one in companions.items()}
        yield self._check(
            "CollectivePool", self.contract, of_shares | at | {"ESCROW": suite.escrow.address, "ASSET": asset}
        )
        code = self.engine.code(self.portfolio.address)
        if not code.startswith(artefact("PoolPortfolio").runtime):
            yield "PoolPortfolio", (False, "other code")
            return
        payout = self.portfolio.call("wiring")[3]
        payout = payout if payout == ZERO_ADDRESS else suite.contracts["payouts"].address
        locks = {"BONDING": suite.bonding.address, "ASSET": asset, "PAYOUT": payout, "DIVIDENDS": at["DIVIDENDS"]}
        yield self._check("PoolPortfolio", self.portfolio, pool | locks)
        if not self.engine.code(self.ballot.address).startswith(artefact("PoolBallot").runtime):
            yield "PoolBallot", (False, "other code")
            return
        _, quorum, threshold = self.ballot.call("wiring")
        yield self._check("PoolBallot", self.ballot, pool | {"QUORUM": quorum, "THRESHOLD": threshold})
        yield self._check("PoolDividends", self.dividends, pool)

    # -- the pot

    def share(self, units: int) -> str:
        """Shares for people: they have the asset's decimals."""
        return f"{Decimal(self.asset.text(units)):,f} {self.symbol}"

    @property
    def price(self) -> int:
        """Units that a whole share is worth."""
        return int(self.contract.call("convertToAssets", 10**self.asset.decimals))

    def positions(self) -> list[Position]:
        """Locks of the pot, then those that belong to the round that leaves."""
        positions, parts = self.portfolio.call("positions")
        found = [
            Position(one % CLAIMED, self._lock(one % CLAIMED), "a part" if one & CLAIMED else "nothing")
            for one in positions
        ]
        return found + [Position(one, self._lock(one), "all") for one in parts]

    def slashes(self) -> list[tuple[int, int, Any]]:
        """Slashes of the locks that there are: lock, number and the struct of SlashLens, oldest first."""
        if not remembers(self.engine):
            return []
        suite, bonding = self.services.suite, self.services.bonding
        found = []
        for one in self.positions():
            subject = int(bonding.call("subject_of", one.number))
            for event in past(suite.escrow, "SlashProposed", None, subject):
                if event.args.slashable == bonding.address:
                    found.append((one.number, int(event.args.id), suite.slashes.call("slash", event.args.id)))
        return sorted(found, key=lambda each: each[1])

    def seized(self, slash: Any) -> int:
        """Units that the seizure of a slash took, of which it may hand some back."""
        return int(self.services.suite.slashes.call("seizure", slash.seizure).seized)

    def rounds(self) -> Rounds:
        """Who leaves, and when."""
        asked, leaving = int(self.contract.call("asked_at")), int(self.contract.call("leaving"))
        return Rounds(
            open=int(self.contract.call("round")),
            tickets=int(self.contract.call("tickets")),
            closes=(asked // WEEK + 1) * WEEK if asked else 0,
            leaving=leaving,
            leaving_value=int(self.portfolio.call("leaving_value")) if leaving else 0,
            ripe_at=int(self.contract.call("ripe_at")) if leaving else 0,
        )

    # -- votes

    def proposal(self, number: int) -> Proposal:
        """One that there is. Raises `UsageError`."""
        word = self.ballot.call("proposal", number)
        if not word.start:
            raise UsageError(f"there is no proposal {number}: there are {self.ballot.call('proposal_count')}")
        ready, until = self.ballot.call("period", number)
        return Proposal(number, word, self._state(word, ready, until), word.start + VOTING, ready, until)

    def proposals(self, most: int = 16) -> list[Proposal]:
        """The newest, newest first."""
        count = int(self.ballot.call("proposal_count"))
        return [self.proposal(number) for number in range(count, max(count - most, 0), -1)]

    def why(self, number: int) -> str:
        """What the proposer said, from the event; nothing where the engine has no history."""
        told = past(self.ballot, "Proposed", number) if remembers(self.engine) else []
        return str(told[0].args.why) if told else ""

    # -- accounts

    def holding(self, account: str) -> Holding:
        """How an account stands now."""
        call = self.contract.call
        shares, slashes = int(call("balanceOf", account)), self.services.suite.escrow.call("slash_count")
        refunds = {slash: int(call("refund", slash, account)) for slash in range(1, slashes + 1)}
        return Holding(
            shares=shares,
            worth=int(call("convertToAssets", shares)),
            weight=min(int(call("weight_at", account, self.engine.timestamp - 1)), shares),
            pending=int(call("pendingRedeemRequest", 0, account)),
            claimable_shares=int(call("maxRedeem", account)),
            claimable=int(call("maxWithdraw", account)),
            refunds={slash: units for slash, units in refunds.items() if units},
            dividends={number: (token, due) for number, token, due in self._dividends(account) if due},
        )

    # -- internals

    def _check(self, name: str, contract: Contract, values: dict[str, Any]) -> tuple[str, Found]:
        return name, compare(self.engine.code(contract.address), artefact(name), values)

    def _lock(self, number: int) -> Any:
        return self.services.bonding.call("lock", number)

    def _state(self, word: Any, ready: int, until: int) -> str:
        now = self.engine.timestamp
        if word.done:
            return "carried out"
        if now < word.start + VOTING:
            return "voting"
        if now >= until:
            return "lapsed"
        if word.yes <= word.no:
            return "rejected"
        supply = max(self.contract.call("supply_at", word.start - 1), self.contract.call("totalSupply"))
        if word.yes * BPS < supply * self.quorum:
            return "no quorum"
        return "notice" if now < ready else "can be carried out"

    def _dividends(self, account: str) -> Iterator[tuple[int, str, int]]:
        for number in range(1, self.dividends.call("count") + 1):
            token = self.dividends.call("distribution", number).token
            yield number, token, int(self.dividends.call("due", number, account))
