"""DelegationManager on titanoboa over mock registries and a mock escrow, beside its model."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import boa
from tests.support.permits import account

from surety.models.delegation import ACTIVE, OPEN, WAD, WEEK, Delegations, Pool, Subject
from surety.models.refusal import Refused

START = 2_858 * WEEK + 12_345
DAY = 86_400
MAX = 2**256 - 1
CAP = 2**93
ZERO = "0x" + "00" * 20
MATURITY = 3_000 * WEEK
BOND = 1 << 64 | MATURITY
NUMBERS = (0, 1, 2)
"""Assets: an ERC-20 with 18 decimals, one with 6 that returns nothing, and a bond with 8."""

KEYS = {one.address: one for one in (account(0x3001 + number) for number in range(9))}
OWNERS = tuple(KEYS)
OPERATORS = OWNERS[:2]
DELEGATORS = OWNERS[2:]
TREASURY = boa.env.generate_address("treasury of the bonds")
STRANGER = boa.env.generate_address("nobody in particular")
HARMED = boa.env.generate_address("harmed by a fault")


@cache
def source(path: str) -> Any:
    """A compiled contract by its path under contracts/; compiled once a process."""
    return boa.load_partial(f"contracts/{path}.vy")


@cache
def signer_blueprint() -> Any:
    return source("restaking/DelegationSigner").deploy_as_blueprint()


signer_blueprint()  # at import: titanoboa undoes what a test deploys


def forget_other_layouts() -> None:
    """Titanoboa tells errors with a contract's storage, and would read there what an undone one wrote."""
    boa.env.sstore_trace.clear()


def subject_word(subject: Subject) -> int:
    """The contract's number of (operator, asset)."""
    return subject[1] << 160 | int(subject[0], 16)


@dataclass
class DelegationWorld:
    """Each call is made on contract and model, and must end alike."""

    tokens: tuple[Any, ...]
    registry: Any
    escrow: Any
    manager: Any
    signer: Any
    model: Delegations
    reason: str = ""
    """Of the last refusal."""

    @classmethod
    def create(cls, pools: bool = True, escrow: Any = None) -> DelegationWorld:
        """Everybody has 2**90 of each asset, open to the manager; each operator is ACTIVE with a pool of each."""
        forget_other_layouts()
        boa.env.evm.patch.timestamp = START
        first = source("mocks/MockERC20").deploy("Dai", "DAI", 18)
        second = source("mocks/MockNoReturnERC20").deploy("Tether", "USDT", 6)
        with boa.env.prank(TREASURY):
            bonds = source("bonds/BondToken").deploy("USD", 8)
        registry = source("mocks/MockStakeRegistry").deploy()
        escrow = escrow or source("mocks/MockSlashEscrow").deploy()
        manager = source("restaking/DelegationManager").deploy(registry, registry, escrow, signer_blueprint())
        signer = source("restaking/DelegationSigner").at(manager.signer())
        registry.set_asset(0, first, 0, CAP, 1)
        registry.set_asset(1, second, 0, CAP, 1)
        registry.set_asset(2, bonds, BOND, CAP, 1)
        model = Delegations(START, dict.fromkeys(NUMBERS, CAP))
        world = cls((first, second, bonds), registry, escrow, manager, signer, model)
        for owner in OWNERS:
            for token in (first, second):
                token.mint(owner, 2**90)
                token.approve(manager, MAX, sender=owner)
            bonds.mint(owner, BOND, 2**90, sender=TREASURY)
            bonds.setOperator(manager, True, sender=owner)
        if pools:
            for operator in OPERATORS:
                world.set_status(operator, ACTIVE)
                for number in NUMBERS:
                    world.open_pool(operator, number)
        return world

    def again(self) -> DelegationWorld:
        """The same contracts with a model of its own: within an anchor, as if made anew."""
        forget_other_layouts()
        boa.env.evm.patch.timestamp = self.model.now
        return replace(self, model=deepcopy(self.model))

    # -- clock and operators --

    @property
    def now(self) -> int:
        return self.model.now

    @property
    def epoch(self) -> int:
        return self.model.epoch

    def go_to(self, t: int) -> None:
        boa.env.evm.patch.timestamp = self.model.now = t

    def wait(self, seconds: int) -> None:
        self.go_to(self.now + seconds)

    def open_pool(self, operator: str, number: int, mode: int = OPEN, minimum: int = 0, cap: int = 0) -> Subject:
        self.manager.open_pool(number, mode, minimum, cap, sender=operator)
        self.model.pools[operator, number] = Pool(mode, minimum, cap)
        return operator, number

    def set_pool(self, subject: Subject, mode: int = OPEN, minimum: int = 0, cap: int = 0) -> None:
        self.manager.set_pool(subject[1], mode, minimum, cap, sender=subject[0])
        self.model.pools[subject] = Pool(mode, minimum, cap)

    def set_status(self, operator: str, status: int) -> None:
        self.registry.set_status(self.manager, operator, status)
        self.model.statuses[operator] = status

    def allow(self, operator: str, delegator: str, allowed: bool = True) -> None:
        self.manager.allow(delegator, allowed, sender=operator)
        (self.model.allowed.add if allowed else self.model.allowed.discard)((operator, delegator))

    # -- calls on both --

    def both(self, model: Callable[[], Any], contract: Callable[[], Any]) -> Any:
        """What both answer; None if both refused, for the same reason."""
        try:
            expected = model()
        except Refused as refused:
            self.reason = refused.reason
            with boa.reverts(refused.reason):
                contract()
            return None
        got = contract()
        assert got == expected
        return got

    def deposit(self, owner: str, subject: Subject, amount: int) -> int | None:
        return self.both(
            lambda: self.model.deposit(owner, subject, amount),
            lambda: self.manager.deposit(owner, subject_word(subject), amount, sender=owner),
        )

    def queue(self, owner: str, subject: Subject, shares: int, target: str | None = None) -> int | None:
        return self.both(
            lambda: self.model.queue(owner, subject, shares, target)[0],
            lambda: self.manager.queue(owner, subject_word(subject), shares, target or ZERO, sender=owner),
        )

    def cancel(self, owner: str, subject: Subject, epoch: int, tickets: int, target: str | None = None) -> int | None:
        return self.both(
            lambda: self.model.cancel(owner, subject, epoch, tickets, target),
            lambda: self.manager.cancel(owner, subject_word(subject), epoch, target or ZERO, tickets, sender=owner),
        )

    def complete(self, owner: str, subject: Subject, epoch: int, target: str | None = None) -> int | None:
        return self.both(
            lambda: self.model.complete(owner, subject, epoch, target),
            lambda: self.manager.complete(owner, subject_word(subject), epoch, target or ZERO, owner, sender=owner),
        )

    def arrive(self, owner: str, subject: Subject, epoch: int, target: str) -> int | None:
        return self.both(
            lambda: self.model.arrive(owner, subject, epoch, target),
            lambda: self.manager.arrive(owner, subject_word(subject), epoch, target, sender=owner),
        )

    def claim_refund(self, owner: str, slash: int, target: str | None = None) -> int | None:
        return self.both(
            lambda: self.model.claim_refund(owner, slash, target),
            lambda: self.manager.claim_refund(owner, slash, target or ZERO, owner, sender=owner),
        )

    def seize(self, slash: int, subject: Subject, fraction: int = WAD // 10, offence: int | None = None) -> Any:
        at = self.now if offence is None else offence
        return self.both(
            lambda: self.model.seize(slash, subject, fraction, at),
            lambda: self.escrow.seize(self.manager, slash, subject_word(subject), fraction, at),
        )

    def restore(self, slash: int, amount: int) -> None:
        self.both(lambda: self.model.restore(slash, amount), lambda: self.escrow.restore(self.manager, slash, amount))

    def pay(self, slash: int, amount: int, receiver: str = HARMED) -> None:
        self.both(lambda: self.model.pay(slash, amount), lambda: self.escrow.pay(self.manager, slash, receiver, amount))

    def compensate(self, slash: int, amount: int) -> None:
        """Of ERC-20 pools; the escrow is given what it sends."""
        token = self.tokens[self.model.seizures[slash].subject[1]]
        token.mint(self.escrow, amount)
        self.both(
            lambda: self.model.compensate(slash, amount),
            lambda: self.escrow.compensate(self.manager, slash, token, amount),
        )

    # -- what both say --

    def balance(self, number: int, owner: Any) -> int:
        """Of an asset."""
        token = self.tokens[number]
        return int(token.balanceOf(owner, BOND) if number == 2 else token.balanceOf(owner))

    def compare(self) -> None:
        """Every pool, bucket, position and what is held."""
        for (subject, epoch), pot in self.model.pots.items():
            word = subject_word(subject)
            if epoch == 0:
                seen = self.manager.pool(word)
                assert (seen.assets, seen.shares, seen.generation) == (pot.assets, pot.total, pot.generation)
            for owner, target in pot.shares:
                held = pot.held((owner, target))
                if epoch == 0:
                    assert self.manager.stake(word, owner) == (pot.worth(held), held)
                else:
                    ticket = self.manager.ticket(word, epoch, owner, target or ZERO)
                    assert (ticket.shares, ticket.amount) == (held, pot.worth(held))
        for number in NUMBERS:
            assert self.balance(number, self.manager) == self.model.held(number)
            assert self.manager.asset_terms(number)[2] == self.model.held(number)

    def compare_refunds(self) -> None:
        """What each could claim of each seizure."""
        for slash, seizure in self.model.seizures.items():
            keys = {key for part in seizure.parts.values() for key in part.shares}
            for owner, target in keys:
                assert self.manager.refund(slash, owner, target or ZERO) == self.model.refund(owner, slash, target)
