"""AlignmentLock on titanoboa, over a BondToken that an account created, and the model of it by the same addresses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import boa

from surety.models.alignment import WEEK, AlignmentLock
from surety.models.refusal import Refused

START = 1_728_271_545  # 2024-10-07 03:25:45 UTC, off the weekly grid
DAY = 86_400
WEALTH = 2**98
TREASURY = boa.env.generate_address("treasury")
OWNERS = tuple(boa.env.generate_address(f"owner {number}") for number in range(3))

TOKEN_SOURCE = boa.load_partial("contracts/bonds/BondToken.vy")
LOCK_SOURCE = boa.load_partial("contracts/bonds/AlignmentLock.vy")


def bond(maturity: int, kind: int = 1) -> int:
    """Id of a bond."""
    return kind << 64 | maturity


def week_after(t: int, weeks: int = 1) -> int:
    """The `weeks`-th maturity after `t`."""
    return (t // WEEK + weeks) * WEEK


@dataclass
class AlignmentWorld:
    """Contract and model side by side: each call is made on both, and must end alike."""

    token: Any
    lock: Any
    model: AlignmentLock

    @classmethod
    def create(cls, at: int = START) -> AlignmentWorld:
        """The clock at `at`, nobody with bonds, each owner's bonds open to the lock."""
        boa.env.evm.patch.timestamp = at
        with boa.env.prank(TREASURY):
            token = TOKEN_SOURCE.deploy("USD", 18)
        lock = LOCK_SOURCE.deploy(token)
        for owner in OWNERS:
            token.setOperator(lock, True, sender=owner)
        return cls(token, lock, AlignmentLock(lock.address, now=at))

    @property
    def now(self) -> int:
        return self.model.now

    def go_to(self, t: int) -> None:
        boa.env.evm.patch.timestamp = self.model.now = t

    def give(self, owner: str, maturity: int, face: int) -> int:
        """Mint a FIXED bond; returns its id."""
        made = bond(maturity)
        self.token.mint(owner, made, face, sender=TREASURY)
        self.model.bonds[owner, made] += face
        return made

    def both(self, model: Callable[[], object], contract: Callable[[], object]) -> bool:
        """Whether the call went through; otherwise both refused for the same reason."""
        try:
            expected = model()
        except Refused as refused:
            with boa.reverts(refused.reason):
                contract()
            return False
        assert contract() == expected
        return True

    def call_lock(self, owner: str, made: int, face: int) -> bool:
        return self.both(lambda: self.model.lock(owner, made, face), lambda: self.lock.lock(made, face, sender=owner))

    def call_delegate(self, owner: str, delegatee: str) -> bool:
        return self.both(
            lambda: self.model.delegate(owner, delegatee), lambda: self.lock.delegate(delegatee, sender=owner)
        )

    def call_withdraw(self, owner: str, made: int, receiver: str) -> bool:
        return self.both(
            lambda: self.model.withdraw(owner, made, receiver), lambda: self.lock.withdraw(made, receiver, sender=owner)
        )

    def hold(self, owner: str, maturity: int, face: int) -> int:
        """Mint and lock at once; returns the id."""
        made = self.give(owner, maturity, face)
        assert self.call_lock(owner, made, face)
        return made

    def compare(self, accounts: tuple[str, ...], t: int) -> None:
        """Each view of each account at `t`, and the sums over all accounts that have or are delegated anything."""
        spoken = own = votes = 0
        for account in accounts:
            seen = (
                self.lock.own_weight_at(account, t),
                self.lock.delegated_weight_at(account, t),
                self.lock.weight_at(account, t),
                self.lock.vote_weight_at(account, t),
                self.lock.delegate_at(account, t),
            )
            assert seen == (
                self.model.own_weight_at(account, t),
                self.model.delegated_weight_at(account, t),
                self.model.weight_at(account, t),
                self.model.vote_weight_at(account, t),
                self.model.delegate_at(account, t),
            )
            own, spoken, votes = own + seen[0], spoken + seen[2], votes + seen[3]
        total = self.lock.total_weight_at(t)
        assert total == self.model.total_weight_at(t) == own == spoken
        assert votes <= total
