"""The model of LiquidDelegation under the ledger of fractions: holders of the vault fare as direct delegators would."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surety.models.delegation import ACTIVE, CLOSED, OPEN, WAD, WEEK, Delegations, Pool
from surety.models.fair_ledger import FairLedger
from surety.models.liquid import CASH, STAKED, WINDING, Liquid
from surety.models.refusal import Refused

pytestmark = pytest.mark.fuzz

START = 2_858 * WEEK + 12_345
DAY = 86_400
OPERATORS = ("operator", "other operator")
SUBJECT = (OPERATORS[0], 0)
HOLDERS = tuple(f"holder {number}" for number in range(5))
DIRECT = "direct delegator"
FRACTIONS = (1, WAD // 10, WAD // 4, WAD // 2)
"""Seizures that leave much: the dust of worn-out pots is `test_delegation_judge`'s subject."""


@dataclass
class Story:
    """`moves` counts what rounds; each may cost a holder as much as a share is worth, which is a unit or less."""

    random: Random
    scale: int
    fractions: tuple[int, ...] = FRACTIONS
    vault: Liquid = field(init=False)
    fair: FairLedger = field(default_factory=FairLedger)
    moves: int = 0
    slashes: int = 0
    given: dict[int, Fraction] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ledger = Delegations(START, {0: 2**94})
        for operator in OPERATORS:
            ledger.statuses[operator] = ACTIVE
            ledger.pools[operator, 0] = Pool(OPEN)
        for name in ("even", "odd"):
            ledger.pools[name, 0] = Pool(CLOSED)
        self.vault = Liquid(ledger, "vault", SUBJECT, ("even", "odd"), 2 * WEEK)

    @property
    def place(self) -> tuple[object, int]:
        """Where the holders' stake is."""
        if self.vault.phase == STAKED:
            return self.vault.subject, 0
        return (self.vault.subject, self.vault.wound) if self.vault.phase == WINDING else ("cash", 0)

    def shift(self, there: tuple[object, int]) -> None:
        """All holders' stake goes elsewhere with the vault."""
        for holder in HOLDERS:
            self.fair.move(self.before, ("share", holder), Fraction(1), there, ("share", holder))

    # -- steps --

    def deposit(self) -> None:
        holder, amount = self.random.choice(HOLDERS), self.random.randint(1, self.scale)
        self.vault.deposit(amount, holder)
        self.fair.deposit(self.place, ("share", holder), amount)
        self.moves += 1

    def transfer(self) -> None:
        holder, to = self.random.sample(HOLDERS, 2)
        held = self.vault.shares[holder]
        amount = self.random.randint(0, held)
        self.vault.transfer(holder, to, amount)
        if amount:
            self.fair.move(self.place, ("share", holder), Fraction(amount, held), self.place, ("share", to))

    def request(self) -> None:
        holder = self.random.choice(HOLDERS)
        held = self.vault.shares[holder]
        shares = self.random.choice((held, self.random.randint(0, held)))
        self.before = self.place
        ripe = self.vault.phase == WINDING and self.vault.wound < self.vault.ledger.epoch
        self.vault.request(shares, holder, holder)
        if ripe:
            self.shift(self.place)
        queued = (self.vault.subject, self.vault.ledger.epoch + 1)
        target = queued if self.vault.phase == STAKED else self.place
        self.fair.move(self.place, ("share", holder), Fraction(shares, held), target, ("ticket", holder))
        self.moves += 2

    def redeem(self) -> None:
        holder = self.random.choice(HOLDERS)
        self.take(holder, self.vault.claimable_of(holder)[0])

    def take(self, holder: str, shares: int) -> None:
        epoch = self.vault.ledger.epoch
        got = self.vault.redeem(shares, holder)
        fair = Fraction(0)
        for place in list(self.fair.stakes):
            if place[0] == "cash" or 0 < place[1] < epoch:
                fair += self.fair.withdraw(place, ("ticket", holder))
        self.judge(got, fair)

    def direct(self) -> None:
        ledger = self.vault.ledger
        subject = (self.random.choice(OPERATORS), 0)
        held = ledger.pots[subject, 0].held((DIRECT, None))
        if self.random.random() < 0.6:
            ledger.deposit(DIRECT, subject, self.random.randint(1, self.scale))
        else:
            ledger.queue(DIRECT, subject, self.random.randint(0, held))
        self.moves += 1

    def seize(self) -> None:
        ledger = self.vault.ledger
        self.slashes += 1
        subject = (self.random.choice(OPERATORS), 0)
        offence = ledger.now - self.random.choice((0, self.random.randint(0, 2 * WEEK)))
        fraction = self.random.choice(self.fractions)
        ledger.seize(self.slashes, subject, fraction, offence)
        self.vault.on_seizure(self.slashes)
        self.fair.seize(self.slashes, subject, fraction, offence, ledger.now)
        self.moves += 2

    def resolve(self) -> None:
        ledger = self.vault.ledger
        waiting = [slash for slash, one in ledger.seizures.items() if one.restored is None and one.seized]
        slash = self.random.choice(waiting)
        seized = ledger.seizures[slash].seized
        part = self.random.choice((0, seized, self.random.randint(0, seized)))
        ledger.restore(slash, part)
        ledger.pay(slash, seized - part)
        self.given[slash] = Fraction(part, seized)

    def refund(self) -> None:
        self.vault.claim_refund(self.random.randint(1, self.slashes + 1), self.random.choice(HOLDERS))

    def status(self) -> None:
        operator = self.random.choice(OPERATORS)
        self.vault.ledger.statuses[operator] = self.random.choice((ACTIVE, ACTIVE, 2))

    def steer(self) -> None:
        self.before, moved = self.place, self.vault
        self.random.choice((moved.wind_down, moved.wind_down, moved.resume, moved.settle, moved.move))()
        if self.place != self.before:
            self.shift(self.place)
        self.moves += 2

    def announce(self) -> None:
        self.vault.announce(self.random.choice(OPERATORS))

    def wait(self) -> None:
        self.vault.ledger.now += self.random.choice((1, DAY, 3 * DAY, WEEK, 2 * WEEK))

    # -- verdicts --

    def judge(self, got: int, fair: Fraction) -> None:
        assert abs(got - fair) <= 2 * self.moves + 2, f"got {got}, fair {float(fair)}, {self.moves} roundings"

    def check(self) -> None:
        """INV-LQD-3: nobody's share, and nobody's ticket, is worth anything else than it would be alone."""
        vault = self.vault
        total, supply = vault.total_assets(), vault.supply
        assert total <= supply + self.moves
        for holder in HOLDERS:
            if supply:
                self.judge(total * vault.shares[holder] // supply, self.fair.stakes[self.place]["share", holder])
            for bucket in vault.asked[holder]:
                place = (vault.subjects[bucket], bucket)
                self.judge(vault.worth(bucket, holder), self.fair.stakes[place]["ticket", holder])

    def play(self, steps: int) -> None:
        often = (self.deposit, self.request, self.redeem, self.wait) * 3 + (self.transfer, self.direct) * 2
        rare = (self.seize, self.seize, self.resolve, self.refund, self.refund, self.status, self.steer, self.steer)
        for _ in range(steps):
            step = self.random.choice((*often, *rare, self.announce))
            try:
                step()
            except (Refused, IndexError):
                continue  # nothing to choose from, or not now
            self.check()
        self.leave()

    def leave(self) -> None:
        """INV-LQD-4, INV-LQD-9: refunds are what each would have got alone, and everybody gets out."""
        vault = self.vault
        for holder in HOLDERS:
            if vault.total_assets() and vault.shares[holder]:
                self.before = self.place
                held = vault.shares[holder]
                if vault.total_assets() * held // vault.supply == 0:
                    continue
                ripe = vault.phase == WINDING and vault.wound < vault.ledger.epoch
                vault.request(held, holder, holder)
                if ripe:
                    self.shift(self.place)
                queued = (vault.subject, vault.ledger.epoch + 1)
                target = queued if vault.phase == STAKED else self.place
                self.fair.move(self.place, ("share", holder), Fraction(1), target, ("ticket", holder))
                self.moves += 2
        vault.ledger.now += 2 * WEEK
        for holder in HOLDERS:
            if vault.claimable_of(holder)[0]:
                self.take(holder, vault.claimable_of(holder)[0])
        while any(one.restored is None and one.seized for one in vault.ledger.seizures.values()):
            self.resolve()
        for slash, part in self.given.items():
            for holder in HOLDERS:
                if vault.refund(slash, holder):
                    vault.claim_refund(slash, holder)
                taken = self.fair.taken[slash]
                lost = taken.get(("share", holder), Fraction(0)) + taken.get(("ticket", holder), Fraction(0))
                self.judge(vault.drawn[slash, holder], lost * part)
        assert vault.phase in (STAKED, WINDING, CASH)
        assert 0 <= vault.tokens <= 2 * self.moves + 2


@settings(max_examples=150)
@given(seed=st.integers(0, 2**32), scale=st.sampled_from([10**3, 10**9, 10**24]))
def test_inv_lqd_3_4_9_any_story__holders_fare_as_direct_delegators(seed, scale):
    Story(Random(seed), scale).play(60)


@pytest.mark.slow
@settings(max_examples=5_000)
@given(seed=st.integers(0, 2**32), scale=st.sampled_from([10, 10**3, 10**9, 10**24]))
def test_inv_lqd_3_4_9_many_stories__holders_fare_as_direct_delegators(seed, scale):
    Story(Random(seed), scale).play(120)
