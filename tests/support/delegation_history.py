"""Random histories of a few pools, played on the model and on the ledger of fractions that judges it."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from random import Random

from surety.models.delegation import ACTIVE, OPEN, WAD, WEEK, Delegations, Pool, Subject
from surety.models.fair_ledger import FairLedger

START = 2_858 * WEEK + 12_345
DAY = 86_400
OPERATORS = ("operator 0", "operator 1")
OWNERS = (*OPERATORS, *(f"delegator {number}" for number in range(7)))
FRACTIONS = (1, WAD // 10, WAD // 4, WAD // 2, WAD - WAD // 10**6, WAD - 1, WAD)


@dataclass
class History:
    """`moves` counts what rounds in a pool: it bounds how far anybody may be from fair, in units."""

    random: Random
    scale: int
    assets: tuple[int, ...] = (0, 1)
    model: Delegations = field(init=False)
    fair: FairLedger = field(default_factory=FairLedger)
    moves: int = 0
    slashes: int = 0
    worst: Fraction = Fraction(0)

    def __post_init__(self) -> None:
        self.model = Delegations(START, dict.fromkeys(self.assets, 2**94))
        for operator in OPERATORS:
            self.model.statuses[operator] = ACTIVE
            for asset in self.assets:
                self.model.pools[operator, asset] = Pool(OPEN)

    # -- steps --

    def subject(self) -> Subject:
        return self.random.choice(OPERATORS), self.random.choice(self.assets)

    def deposit(self) -> None:
        owner, subject = self.random.choice(OWNERS), self.subject()
        amount = self.random.choice((1, 2, self.random.randint(1, self.scale), self.random.randint(1, self.scale)))
        self.model.deposit(owner, subject, amount)
        self.fair.deposit((subject, 0), (owner, None), amount)
        self.moves += 1

    def queue(self) -> None:
        owner, subject = self.random.choice(OWNERS), self.subject()
        held = self.model.pots[subject, 0].held((owner, None))
        shares = self.random.choice((held, self.random.randint(0, held)))
        target = self.random.choice((None, None, *(one for one in OPERATORS if one != subject[0])))
        if shares == 0 or self.model.pots[subject, 0].worth(shares) == 0:
            return
        epoch, _ = self.model.queue(owner, subject, shares, target)
        self.fair.move((subject, 0), (owner, None), Fraction(shares, held), (subject, epoch), (owner, target))
        self.moves += 2

    def tickets(self, matured: bool) -> list[tuple[Subject, int, str, str | None]]:
        return [
            (subject, epoch, *key)
            for (subject, epoch), pot in self.model.pots.items()
            if epoch > 0 and (self.model.now >= (epoch + 1) * WEEK) == matured
            for key, held in pot.shares.items()
            if held > 0
        ]

    def cancel(self) -> None:
        found = self.tickets(False)
        if not found:
            return
        subject, epoch, owner, target = self.random.choice(found)
        held = self.model.pots[subject, epoch].held((owner, target))
        tickets = self.random.choice((held, self.random.randint(1, held)))
        if self.model.pots[subject, epoch].worth(tickets) == 0:
            return
        self.model.cancel(owner, subject, epoch, tickets, target)
        self.fair.move((subject, epoch), (owner, target), Fraction(tickets, held), (subject, 0), (owner, None))
        self.moves += 2

    def complete(self) -> None:
        found = self.tickets(True)
        if not found:
            return
        subject, epoch, owner, target = self.random.choice(found)
        worth = self.model.pots[subject, epoch].worth(self.model.pots[subject, epoch].held((owner, target)))
        if target is not None and worth and self.random.random() < 0.5:
            self.model.arrive(owner, subject, epoch, target)
            self.fair.move((subject, epoch), (owner, target), Fraction(1), ((target, subject[1]), 0), (owner, None))
        else:
            self.judge(
                self.model.complete(owner, subject, epoch, target),
                self.fair.withdraw((subject, epoch), (owner, target)),
            )
        self.moves += 1

    def seize(self) -> None:
        subject = self.subject()
        fraction = self.random.choice((*FRACTIONS, self.random.randint(1, WAD)))
        offence = self.model.now - self.random.choice((0, self.random.randint(0, 3 * WEEK)))
        before = self.model.seizable(subject, offence)[0]
        amount, own = self.model.seize(self.slashes, subject, fraction, offence)
        exact = self.fair.seize(self.slashes, subject, fraction, offence, self.model.now)
        self.moves += 3 + len(OWNERS)  # three pots round up; a new generation rounds each holder
        assert own <= amount <= before
        self.judge(amount, exact)
        self.slashes += 1

    def resolve(self) -> None:
        waiting = [slash for slash, one in self.model.seizures.items() if one.restored is None]
        if not waiting:
            return
        slash = self.random.choice(waiting)  # in any order
        seized = self.model.seizures[slash].seized
        restored = self.random.choice((0, seized, seized, self.random.randint(0, seized)))
        self.model.restore(slash, restored)
        self.model.pay(slash, seized - restored)
        if seized and self.random.random() < 0.2:
            self.model.compensate(slash, self.random.randint(1, self.scale))

    def refund(self) -> None:
        slash = self.random.randrange(self.slashes) if self.slashes else None
        if slash is not None:
            self.claim(slash, self.random.choice(OWNERS))

    def claim(self, slash: int, owner: str) -> None:
        for target in (None, *OPERATORS):
            if self.model.refund(owner, slash, target):
                self.model.claim_refund(owner, slash, target)

    def wait(self) -> None:
        self.model.now += self.random.choice((1, DAY, 3 * DAY, WEEK, self.random.randint(1, 2 * WEEK)))

    # -- verdicts --

    def judge(self, got: int, fair: Fraction, leverage: Fraction = Fraction(1)) -> None:
        """Nobody is further from fair than the roundings so far; a compensation magnifies them."""
        off = abs(got - fair) / max(leverage, 1)
        self.worst = max(self.worst, off)
        assert off <= self.moves, f"got {got}, fair {float(fair)}, {self.moves} roundings"

    def check(self) -> None:
        """Each stake, each sum, and that shares never are fewer than units."""
        held: dict[int, int] = dict.fromkeys(self.assets, 0)
        for (subject, epoch), pot in self.model.pots.items():
            held[subject[1]] += pot.assets
            assert pot.assets <= pot.total < 2**112
            assert sum(pot.shares.values()) <= pot.total
            assert (pot.assets == 0) == (pot.total == 0)
            for key in pot.shares:
                self.judge(pot.worth(pot.held(key)), self.fair.stakes[subject, epoch][key])
        for seizure in self.model.seizures.values():
            held[seizure.subject[1]] += seizure.seized - seizure.out
            held[seizure.subject[1]] += (seizure.restored or 0) + (seizure.compensation or 0)
            held[seizure.subject[1]] -= sum(seizure.claimed.values())
        assert all(held[asset] == self.model.held(asset) for asset in self.assets)

    def play(self, steps: int) -> None:
        """Random steps, then everybody leaves."""
        named = (self.deposit,) * 5 + (self.queue,) * 5 + (self.wait,) * 3 + (self.complete,) * 3
        rare = (self.cancel, self.cancel, self.seize, self.seize, self.resolve, self.resolve, self.refund)
        for _ in range(steps):
            self.random.choice(named + rare)()
            self.check()
        self.leave()

    def leave(self) -> None:
        """Everybody queues, waits and completes; every slash is resolved and every refund pulled."""
        for subject in list(self.model.pools):
            pot = self.model.pots[subject, 0]
            for (owner, _), shares in list(pot.shares.items()):
                if pot.worth(shares):
                    epoch, _ = self.model.queue(owner, subject, shares)
                    self.fair.move((subject, 0), (owner, None), Fraction(1), (subject, epoch), (owner, None))
                    self.moves += 2
        self.model.now += 2 * WEEK
        while any(one.restored is None for one in self.model.seizures.values()):
            self.resolve()
        for subject, epoch, owner, target in self.tickets(True):
            self.judge(
                self.model.complete(owner, subject, epoch, target),
                self.fair.withdraw((subject, epoch), (owner, target)),
            )
        leverage = Fraction(1)
        for slash, seizure in self.model.seizures.items():
            given = (seizure.restored or 0) + (seizure.compensation or 0)
            for owner in OWNERS:
                self.claim(slash, owner)
                keys = [(owner, target) for target in (None, *OPERATORS)]
                if seizure.seized:
                    fair = sum((self.fair.refund(slash, key, given) for key in keys), Fraction(0))
                    self.judge(sum(seizure.claimed[key] for key in keys), fair, Fraction(given, seizure.seized))
            if seizure.compensation:
                leverage += Fraction(given, seizure.seized)
        assert all(0 <= self.model.held(asset) <= self.moves * leverage for asset in self.assets)
