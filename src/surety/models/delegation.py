"""DelegationManager in exact integers: pools of stake with queues, seizures and refunds, without any laziness.

Amounts are in units of the asset; times are seconds; a subject is (operator, asset). Tokens are not modelled: `paid_in`
and `paid_out` count what moved. A method that refuses raises `Refused` with the contract's reason; nothing has changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass, field

from .refusal import require
from .stake_pots import WAD, Part, Pot

Account = Hashable
Subject = tuple[Account, int]
Key = tuple[Account, Account | None]
"""Owner, and the operator to whom a ticket is on its way; None for stake and plain withdrawals."""

WEEK = 604_800
OPEN, ALLOWLIST, CLOSED = 1, 2, 3
ACTIVE = 1


@dataclass
class Pool:
    """What an operator set for one asset. A cap of 0 is none."""

    mode: int
    minimum: int = 0
    cap: int = 0


@dataclass
class Seizure:
    """One slash: parts by the bucket's epoch, 0 for active stake."""

    subject: Subject
    parts: dict[int, Part]
    out: int = 0
    restored: int | None = None
    compensation: int | None = None
    claimed: defaultdict[Key, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def seized(self) -> int:
        return sum(part.amount for part in self.parts.values())


@dataclass
class Delegations:
    """All pools. `asset_caps` are the most that deposits may bring each asset to."""

    now: int
    asset_caps: dict[int, int]
    pools: dict[Subject, Pool] = field(default_factory=dict)
    statuses: dict[Account, int] = field(default_factory=dict)
    allowed: set[tuple[Account, Account]] = field(default_factory=set)
    pots: defaultdict[tuple[Subject, int], Pot] = field(default_factory=lambda: defaultdict(Pot))
    seizures: dict[int, Seizure] = field(default_factory=dict)
    paid_in: defaultdict[int, int] = field(default_factory=lambda: defaultdict(int))
    paid_out: defaultdict[int, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def epoch(self) -> int:
        return self.now // WEEK

    # -- delegators --

    def deposit(self, owner: Account, subject: Subject, amount: int) -> int:
        """Returns shares."""
        self._pool(subject)
        self._admit(owner, subject, amount)
        asset = subject[1]
        require(self.held(asset) + amount <= self.asset_caps[asset], "delegation_manager: above the asset's cap")
        self.paid_in[asset] += amount
        return self._active(subject).join((owner, None), amount)

    def queue(self, owner: Account, subject: Subject, shares: int, target: Account | None = None) -> tuple[int, int]:
        """Returns epoch of the bucket, and tickets in it."""
        self._pool(subject)
        if target is not None:
            require((target, subject[1]) in self.pools, "delegation_manager: no such pool")
            require(target != subject[0], "delegation_manager: same operator")
        pot = self._active(subject)
        require(0 < shares <= pot.held((owner, None)), "stake_pots: zero, or more than held")
        require(pot.worth(shares) > 0, "delegation_manager: zero amount")
        amount = pot.leave((owner, None), shares)
        epoch = self.epoch + 1
        return epoch, self.pots[subject, epoch].join((owner, target), amount)

    def cancel(self, owner: Account, subject: Subject, epoch: int, tickets: int, target: Account | None = None) -> int:
        """Back to active stake at once; returns shares."""
        require(self.now < (epoch + 1) * WEEK, "delegation_manager: window has ended")
        amount = self._leave_queue((owner, target), subject, epoch, tickets)
        return self._active(subject).join((owner, None), amount)

    def complete(self, owner: Account, subject: Subject, epoch: int, target: Account | None = None) -> int:
        """Pays a ticket whose window has ended; returns units."""
        amount = self._matured(owner, subject, epoch, target)
        self.paid_out[subject[1]] += amount
        return amount

    def arrive(self, owner: Account, subject: Subject, epoch: int, target: Account) -> int:
        """Deposits a redelegation ticket whose window has ended; returns shares."""
        require(self.now >= (epoch + 1) * WEEK, "delegation_manager: window has not ended")
        pot = self.pots[subject, epoch]
        tickets = pot.held((owner, target))
        require(tickets > 0, "stake_pots: zero, or more than held")
        there = (target, subject[1])
        self._admit(owner, there, pot.worth(tickets))
        return self._active(there).join((owner, None), pot.leave((owner, target), tickets))

    def claim_refund(self, owner: Account, slash: int, target: Account | None = None) -> int:
        """Pays what is the holder's of what was handed back; returns units."""
        amount = self.refund(owner, slash, target)
        require(amount > 0, "delegation_manager: nothing to refund")
        self.seizures[slash].claimed[owner, target] += amount
        self.paid_out[self.seizures[slash].subject[1]] += amount
        return amount

    def refund(self, owner: Account, slash: int, target: Account | None = None) -> int:
        """What `claim_refund` would pay, in units."""
        seizure = self.seizures.get(slash)
        if seizure is None or seizure.seized == 0:
            return 0
        key = (owner, target)
        total = (seizure.restored or 0) + (seizure.compensation or 0)
        due = sum(part.due(key, total * part.amount // seizure.seized) for part in seizure.parts.values())
        return due - seizure.claimed[key]

    # -- escrow --

    def seize(self, slash: int, subject: Subject, fraction: int, offence: int) -> tuple[int, int]:
        """Takes `fraction` (WAD) of all that answers for `offence`; returns units, and of that the operator's."""
        require(slash not in self.seizures, "delegation_manager: slash is known")
        require(subject in self.pools, "delegation_manager: no such pool")
        require(0 < fraction <= WAD, "delegation_manager: fraction out of range")
        require(offence <= self.now, "delegation_manager: offence in the future")
        parts = {epoch: self.pots[subject, epoch].take(fraction) for epoch in self._answering(offence)}
        self.seizures[slash] = Seizure(subject, parts)
        own = sum(part.due((subject[0], None), part.amount) for part in parts.values())
        return self.seizures[slash].seized, own

    def seizable(self, subject: Subject, offence: int) -> tuple[int, int]:
        """What a seizure of everything would take now."""
        pots = [self.pots[subject, epoch] for epoch in self._answering(offence)]
        return sum(pot.assets for pot in pots), sum(pot.worth(pot.held((subject[0], None))) for pot in pots)

    def restore(self, slash: int, amount: int) -> None:
        """Hands `amount` back to those it was taken from."""
        seizure = self._seizure(slash)
        require(seizure.restored is None, "delegation_manager: restored already")
        require(seizure.out + amount <= seizure.seized, "delegation_manager: more than was seized")
        seizure.restored = amount
        seizure.out += amount

    def compensate(self, slash: int, amount: int) -> None:
        """`amount` came from the escrow for those of the slash."""
        seizure = self._seizure(slash)
        require(seizure.compensation is None, "delegation_manager: compensated already")
        seizure.compensation = amount
        self.paid_in[seizure.subject[1]] += amount

    def pay(self, slash: int, amount: int) -> None:
        """Sends `amount` of what was seized away."""
        seizure = self._seizure(slash)
        require(seizure.out + amount <= seizure.seized, "delegation_manager: more than was seized")
        seizure.out += amount
        self.paid_out[seizure.subject[1]] += amount

    # -- views --

    def stake(self, owner: Account, subject: Subject) -> int:
        """Units of active stake."""
        pot = self._active(subject)
        return pot.worth(pot.held((owner, None)))

    def held(self, asset: int) -> int:
        """All that the contract has of an asset."""
        return self.paid_in[asset] - self.paid_out[asset]

    # -- internals --

    def _pool(self, subject: Subject) -> Pool:
        require(subject in self.pools, "delegation_manager: no such pool")
        return self.pools[subject]

    def _active(self, subject: Subject) -> Pot:
        return self.pots[subject, 0]

    def _seizure(self, slash: int) -> Seizure:
        require(slash in self.seizures, "delegation_manager: no such slash")
        return self.seizures[slash]

    def _admit(self, owner: Account, subject: Subject, amount: int) -> None:
        pool = self._pool(subject)
        require(amount > 0, "delegation_manager: zero amount")
        operator = subject[0]
        if owner == operator:
            return
        require(self.statuses.get(operator, 0) == ACTIVE, "delegation_manager: operator is not active")
        require(pool.mode != CLOSED, "delegation_manager: closed to delegations")
        allowed = pool.mode == OPEN or (operator, owner) in self.allowed
        require(allowed, "delegation_manager: not on the allowlist")
        require(amount >= pool.minimum, "delegation_manager: below the pool's minimum")
        full = pool.cap and self._active(subject).assets + amount > pool.cap
        require(not full, "delegation_manager: above the pool's cap")

    def _leave_queue(self, key: Key, subject: Subject, epoch: int, tickets: int) -> int:
        pot = self.pots[subject, epoch]
        require(0 < tickets <= pot.held(key), "stake_pots: zero, or more than held")
        require(pot.worth(tickets) > 0, "delegation_manager: zero amount")
        return pot.leave(key, tickets)

    def _matured(self, owner: Account, subject: Subject, epoch: int, target: Account | None) -> int:
        require(self.now >= (epoch + 1) * WEEK, "delegation_manager: window has not ended")
        pot = self.pots[subject, epoch]
        tickets = pot.held((owner, target))
        require(tickets > 0, "stake_pots: zero, or more than held")
        return pot.leave((owner, target), tickets)

    def _answering(self, offence: int) -> list[int]:
        """Pots that answer: active stake, what was queued in this epoch, and for an older offence in the one before."""
        epoch = self.epoch
        older = offence < epoch * WEEK
        return [0, epoch + 1, epoch] if older else [0, epoch + 1]
