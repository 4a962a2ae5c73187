"""Weights of locked bonds by their definition: sums over the whole history, exact integers, no state derived from it.

`AlignmentLock.vy` must agree to the last unit at every second. Times are seconds, face in the asset's smallest unit,
weights face-seconds; nothing is rounded. Accounts are any hashable names; allowances are taken as endless. A method
that refuses raises `Refused` with the contract's reason and has changed nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass, field

from .refusal import require

Account = Hashable

WEEK = 604_800
WINDOW = 7 * 86_400
MAX_TENOR = 255 * WEEK
FACE_LIMIT = 2**100
FIXED = 1
NOBODY = "0x" + "00" * 20


@dataclass(frozen=True)
class Lock:
    """Face that `owner` locked at second `made` until `maturity`."""

    owner: Account
    maturity: int
    face: int
    made: int


def _bonds() -> defaultdict[tuple[Account, int], int]:
    return defaultdict(int)


@dataclass
class AlignmentLock:
    """`bonds` is the token's ledger by (owner, id), which models may share; `address` the lock's account in it."""

    address: Account
    bonds: defaultdict[tuple[Account, int], int] = field(default_factory=_bonds)
    now: int = 0
    locks: list[Lock] = field(default_factory=list)
    names: dict[Account, list[tuple[int, Account]]] = field(default_factory=dict)
    withdrawn: set[tuple[Account, int]] = field(default_factory=set)

    # -- calls --

    def lock(self, owner: Account, bond: int, face: int) -> None:
        """Moves `face` of `bond` from the owner to the lock."""
        require(face > 0, "alignment_lock: zero face")
        maturity = self._maturity(bond)
        require(maturity > self.now, "alignment_lock: bond has matured")
        require(maturity - self.now <= MAX_TENOR, "alignment_lock: maturity too far")
        require(self.live_face() + face < FACE_LIMIT, "weight_ledger: face out of range")
        require(self.bonds[owner, bond] >= face, "bond_token: insufficient balance")
        self.bonds[owner, bond] -= face
        self.bonds[self.address, bond] += face
        self.locks.append(Lock(owner, maturity, face, self.now))

    def delegate(self, owner: Account, delegatee: Account) -> None:
        """All own weight speaks for `delegatee` from now on; the owner or `NOBODY` takes it back."""
        speaker = owner if delegatee == NOBODY else delegatee
        require(speaker != self.delegate_at(owner, self.now), "alignment_lock: delegate is unchanged")
        self.names.setdefault(owner, []).append((self.now, speaker))

    def withdraw(self, owner: Account, bond: int, receiver: Account) -> int:
        """Gives the whole lock of a matured bond to `receiver`; returns the face."""
        maturity = self._maturity(bond)
        require(maturity <= self.now, "alignment_lock: bond has not matured")
        face = self.locked(owner, bond)
        require(face > 0, "alignment_lock: nothing locked")
        require(receiver != NOBODY, "bond_token: zero receiver")
        self.withdrawn.add((owner, maturity))
        self.bonds[self.address, bond] -= face
        self.bonds[receiver, bond] += face
        return face

    # -- views --

    def locked(self, owner: Account, bond: int) -> int:
        """Face that is locked and not withdrawn."""
        maturity = bond & (2**64 - 1)
        if bond >> 64 != FIXED or (owner, maturity) in self.withdrawn:
            return 0
        return sum(lock.face for lock in self.locks if (lock.owner, lock.maturity) == (owner, maturity))

    def live_face(self) -> int:
        """Face of all locks that have not matured."""
        return sum(lock.face for lock in self.locks if lock.maturity > self.now)

    def delegate_at(self, owner: Account, t: int) -> Account:
        """The last name given at or before `t`, else the owner."""
        given = [name for second, name in self.names.get(owner, []) if second <= t]
        return given[-1] if given else owner

    def own_weight_at(self, account: Account, t: int) -> int:
        """Σ face · max(M − t, 0) over the account's locks made at or before `t`."""
        return sum(_weight(lock, t) for lock in self.locks if lock.owner == account)

    def delegated_weight_at(self, account: Account, t: int) -> int:
        """Own weight of all others whose delegatee at `t` is the account."""
        others = {lock.owner for lock in self.locks} - {account}
        return sum(self.own_weight_at(other, t) for other in others if self.delegate_at(other, t) == account)

    def weight_at(self, account: Account, t: int) -> int:
        """Delegated weight, and own weight unless delegated away."""
        own = self.own_weight_at(account, t) if self.delegate_at(account, t) == account else 0
        return own + self.delegated_weight_at(account, t)

    def total_weight_at(self, t: int) -> int:
        """Σ of the own weight of all."""
        return sum(_weight(lock, t) for lock in self.locks)

    def vote_weight_at(self, account: Account, t: int) -> int:
        """Least `weight_at` of the seconds [t − 7 d, t].

        Only seconds before which somebody acted, and the ends, can be the least: in between weight falls.
        """
        start = max(t - WINDOW, 0)
        acted = {lock.made for lock in self.locks} | {second for given in self.names.values() for second, _ in given}
        seconds = {start, t} | {second - 1 for second in acted if start < second <= t}
        return min(self.weight_at(account, second) for second in seconds)

    # -- internals --

    def _maturity(self, bond: int) -> int:
        maturity = bond & (2**64 - 1)
        require(bond >> 64 == FIXED, "alignment_lock: not a fixed bond")
        require(maturity % WEEK == 0, "alignment_lock: maturity not on the grid")
        return maturity


def _weight(lock: Lock, t: int) -> int:
    return lock.face * max(lock.maturity - t, 0) if lock.made <= t else 0
