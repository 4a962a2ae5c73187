"""Slashes as a person meets them: where one stands, what it holds, who gets what of it and what can be done next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..models.slashing import Policy
from .artefacts import artefact
from .contract import Contract
from .errors import UsageError
from .orders import ZERO_ADDRESS
from .past import past
from .stake import Asset, Stakes, known_asset
from .suite import Suite

STATES = ("", "open", "disputed", "ruled guilty", "finalised", "vetoed", "lapsed", "acquitted")
OPEN, DISPUTED, GUILTY, FINALISED, VETOED, LAPSED, ACQUITTED = range(1, 8)
PARTS = ("bounty", "compensation", "insurance", "treasury")
FAULT_CLASSES = ("nothing", "judged", "proven")
UNRULED, RULED_GUILTY, RULED_INNOCENT = range(3)
RULINGS = ("no ruling", "guilty", "innocent")
PAGE = 32
DAY = 86_400
VETO_DELAY = 2 * DAY
APPEAL = DAY
WAD, UNIT = 10**18, 10**9
SHARED, CORRELATED = 1 << 4, 1 << 5  # in the escrow's word of a slash
OWN = 96  # place of the operator's part, in 1e-9, in its facts of a seizure


@dataclass(frozen=True)
class Part:
    """A part of what a slash took."""

    name: str
    account: str | None
    amount: int
    pulled: bool


@dataclass(frozen=True)
class Split:
    """Who gets what: as it was, or as it would be if the slash were finalised now."""

    parts: tuple[Part, ...]
    final: bool
    at_most: bool
    """Of correlated faults, whose penalty is known at the end of their window."""

    @property
    def total(self) -> int:
        return sum(part.amount for part in self.parts)


@dataclass(frozen=True)
class Lien:
    """What a finalised slash may get of an earlier seizure."""

    earlier: int
    at_most: int
    """Units, if all of that seizure is given back."""
    collected: int | None
    ready: bool
    """Whether `collect` works now."""


@dataclass(frozen=True)
class Bond:
    """The bond of a judgement."""

    amount: int
    settled: bool
    receiver: str | None
    """Who got it."""
    forfeited: bool
    arbiter: str | None
    """Of the proposer's appeal."""
    deadline: int
    ruling: int


class Slashes:
    """Slashes of a suite. Raises `UsageError` for a suite without pools of stake."""

    def __init__(self, suite: Suite) -> None:
        self.stakes = Stakes(suite)
        self.suite = suite
        self.escrow, self.lens = suite.escrow, suite.slashes
        self.bonds = suite.contracts["judgement_bonds"]

    def count(self) -> int:
        return int(self.escrow.call("slash_count"))

    def slash(self, number: int) -> Any:
        """As `SlashLens` tells it. Raises `UsageError` if there is none of that number."""
        if not 0 < number <= (count := self.count()):
            raise UsageError(f"there is no slash {number}: there {'is' if count == 1 else 'are'} {count}")
        return self.lens.call("slash", number)

    def newest_first(self) -> Iterator[tuple[int, Any]]:
        """All, with their numbers."""
        last = self.count()
        while last > 0:
            first = max(last - PAGE + 1, 1)
            page = self.lens.call("slashes", first, last - first + 1)
            yield from reversed(list(enumerate(page, first)))
            last = first - 1

    def seizure(self, number: int) -> Any:
        """What a slash claims from."""
        return self.lens.call("seizure", self.slash(number).seizure)

    def asset(self, slash: Any) -> Asset:
        """What a slash takes."""
        pool = Contract(self.suite.engine, slash.slashable, artefact("DelegationManager"))
        return known_asset(self.suite.engine, *pool.call("asset_of", slash.subject))

    def policy(self, slash: Any) -> Policy:
        """Its terms."""
        return Policy(*self.suite.slashing_terms.call("policy", slash.policy))

    def split(self, number: int) -> Split:
        """Who gets what of a slash, liens apart: nobody anything of one that was undone."""
        slash, policy = self.slash(number), self.policy(self.slash(number))
        word, pulled = self.escrow.call("raw", number)[0], self.lens.call("pulled", number)
        if slash.status == FINALISED:
            amounts = tuple(int(amount) for amount in self.escrow.call("parts", number))
        elif slash.status > FINALISED:
            amounts = (0, 0, 0, 0)
        else:
            amount = self._would_take(slash, word)
            part = self.escrow.call("raw", slash.seizure)[6] >> OWN & (2**30 - 1)
            amounts = policy.split(amount, amount * part // UNIT, slash.harmed != ZERO_ADDRESS)
        accounts = (
            slash.proposer if slash.reporter == ZERO_ADDRESS else slash.reporter,
            None if slash.harmed == ZERO_ADDRESS else slash.harmed,
            policy.insurance,
            policy.treasury,
        )
        parts = tuple(Part(*each) for each in zip(PARTS, accounts, amounts, pulled, strict=True))
        return Split(parts, slash.status >= FINALISED, slash.status < FINALISED and bool(word & CORRELATED))

    def liens(self, number: int) -> list[Lien]:
        """What a finalised slash gets of earlier seizures."""
        got = {int(one.args.earlier): int(one.args.amount) for one in past(self.escrow, "LienCollected", number)}
        found = []
        for one in past(self.escrow, "LienRaised", number):
            earlier = int(one.args.earlier)
            seizure = self.lens.call("seizure", earlier)
            over = seizure.released or (seizure.taken == seizure.seized and not seizure.undecided)
            collected = got.get(earlier)
            found.append(Lien(earlier, int(one.args.amount), collected, bool(over) and collected is None))
        return found

    def owed(self, seizure: int, account: str) -> int:
        """Units that liens on a seizure brought an account, not pulled."""
        return int(self.escrow.call("owed", seizure, account))

    def bond(self, number: int) -> Bond | None:
        """The bond of a judgement; None for a slash without one."""
        posted = past(self.bonds, "BondPosted", number)
        if not posted:
            return None
        settled = past(self.bonds, "BondSettled", number)
        arbiter, deadline, ruling = self.bonds.call("appeal_of", number)
        return Bond(
            amount=int(posted[0].args.amount),
            settled=bool(settled),
            receiver=str(settled[0].args.receiver) if settled else None,
            forfeited=bool(settled and settled[0].args.forfeited),
            arbiter=None if arbiter == ZERO_ADDRESS else arbiter,
            deadline=int(deadline),
            ruling=int(ruling),
        )

    def shares_seizure(self, subject: int, service: int) -> bool:
        """Whether a service has a slash open on a pool, so that its next one may claim from a shared seizure."""
        ids = self.escrow.call("open_seizures", self.stakes.pools.address, subject)
        return any(self.lens.call("slash", earlier).service == service for earlier in ids)

    def bond_for(self, subject: int, service: int, units: int, offence_time: int) -> int:
        """What a judge has to put up for a slash of `units` (1e-9) of a pool, for a service that has none open there.

        Part of what it seizes and of what its liens are on.
        """
        terms, pools = self.suite.slashing_terms, self.stakes.pools
        policy = Policy(*terms.call("policy", terms.call("policy_of", pools.address, subject >> 160, service)))
        holds = -(-pools.call("seizable", subject, offence_time)[0] * units // UNIT)
        for earlier in self.escrow.call("open_seizures", pools.address, subject):
            seizure = self.lens.call("seizure", earlier)
            holds += (seizure.seized - seizure.due) * units // UNIT
        return int(-(-holds * policy.bond_bps // 10_000))

    def _would_take(self, slash: Any, word: int) -> int:
        """What an undecided slash takes of its seizure if it is finalised now; of a correlated one the most."""
        seizure = self.lens.call("seizure", slash.seizure)
        if not word & SHARED:
            return int(seizure.seized)
        rest = seizure.seized * UNIT // (seizure.fraction // UNIT) - seizure.taken
        return int(min(slash.fraction * rest // WAD, seizure.seized - seizure.taken))
