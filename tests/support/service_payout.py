"""ServicePayout on titanoboa beside its model; what others say of locks, values and scores is set on both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import boa
from tests.support.payout import TEMPLATES, deploy
from tests.support.sides import both

from surety.models.payout import WAD, LinearPayout
from surety.models.refusal import Refused
from surety.models.service_payout import EPOCH, Lock, ServicePayout

ZERO = "0x" + "00" * 20
FINAL = 2 * 86_400
START = 2_900 * EPOCH + 12_345
ADMIN, CONTROLLER, SPONSOR, STRANGER = (boa.env.generate_address() for _ in range(4))
OPERATORS = tuple(boa.env.generate_address() for _ in range(2))
OWNERS = tuple(boa.env.generate_address() for _ in range(3))
SERVICES = tuple(bytes([0x50 + number]) * 32 for number in range(3))

PAYOUT = boa.load_partial("contracts/commitments/ServicePayout.vy")
SOURCES = boa.load_partial("contracts/mocks/MockPayoutSources.vy")
ERC20 = boa.load_partial("contracts/mocks/MockERC20.vy")


@dataclass
class Said:
    """What ServiceBonding, the registry and the source of liveness say, for the model."""

    world: PayoutWorld
    locks: dict[int, Lock] = field(default_factory=dict)
    history: dict[int, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    """Of each lock's value, as far as somebody looked."""
    values: dict[tuple[bytes, str], list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    scores: dict[tuple[bytes, str, int], int] = field(default_factory=dict)
    services: dict[bytes, tuple[bytes, int, int]] = field(default_factory=dict)

    def lock(self, number: int) -> Lock | None:
        return self.locks.get(number)

    def value_at(self, service: bytes, operator: str, at: int) -> int:
        return _at(self.values[service, operator], at)

    def lock_value_at(self, number: int, at: int) -> int:
        end = self.locks[number].end
        return 0 if end and end <= at else _at(self.history[number], at)

    def score(self, service: bytes, operator: str, epoch: int) -> int:
        return self.scores.get((service, operator, epoch), 0)

    def is_final(self, epoch: int) -> bool:
        return self.world.now >= (epoch + 1) * EPOCH + FINAL

    def template(self, service: bytes) -> bytes:
        return self.services.get(service, (b"",))[0]

    def weight(self, service: bytes) -> int:
        return self.services[service][1]

    def cooldown(self, service: bytes) -> int:
        return self.services[service][2]

    def controller(self, service: bytes) -> str:
        return CONTROLLER


def _at(history: list[tuple[int, int]], at: int) -> int:
    return next((value for since, value in reversed(history) if since <= at), 0)


@dataclass
class PayoutWorld:
    """Contract and model side by side: each call is made on both, and must end alike."""

    now: int
    said: Said = field(init=False)
    sources: Any = field(init=False)
    formula: LinearPayout = field(default_factory=lambda: LinearPayout(half=10**21))
    payout: Any = field(init=False)
    model: ServicePayout = field(init=False)
    token: Any = field(init=False)

    def __post_init__(self) -> None:
        boa.env.evm.patch.timestamp = self.now
        self.said = Said(self)
        self.sources = SOURCES.deploy()
        for service, template, weight, cooldown in zip(
            SERVICES, TEMPLATES, (WAD, WAD, 3 * WAD), (0, 10 * 86_400, 0), strict=False
        ):
            self.said.services[service] = (template, weight, cooldown)
            self.sources.set_service(service, CONTROLLER, template, weight, cooldown)
        at = self.sources.address
        self.payout = PAYOUT.deploy(at, at, at, deploy(self.formula), ADMIN)
        self.model = ServicePayout(self.said, self.now)
        self.model.set_formula(self.formula.amount, self.now // EPOCH)
        self.token = ERC20.deploy("Pay", "PAY", 18)
        self.token.mint(SPONSOR, 10**30)
        self.token.approve(self.payout, 2**256 - 1, sender=SPONSOR)

    def go_to(self, t: int) -> None:
        boa.env.evm.patch.timestamp = self.now = self.model.now = t

    def both(self, model: Callable[[], object], contract: Callable[[], object]) -> Any:
        """What both answer, or the reason for which both refused, as a `Refused`."""
        return both(model, contract)

    # -- what others say

    def set_value(self, service: bytes, operator: str, value: int) -> None:
        """From now on; the sum of the service follows."""
        before = self.said.value_at(service, operator, self.now)
        total = self.said.value_at(service, "", self.now) - before + value
        for who, amount in ((operator, value), ("", total)):
            self.said.values[service, who].append((self.now, amount))
            self.sources.set_value(service, who or ZERO, self.now, amount)

    def set_lock(self, number: int, lock: Lock) -> None:
        """As it stands; what a slash took of it, `claim` finds by itself."""
        self.said.locks[number] = lock
        self.said.history[number].append((self.now, 0 if lock.end and lock.end <= self.now else lock.value))
        self.sources.set_lock(
            number,
            (lock.owner, lock.operator, lock.service, ZERO, 0, lock.value, lock.value, lock.activated, lock.end, False),
        )

    def activate(self, number: int, owner: str, operator: str, service: bytes, value: int) -> None:
        """A lock from now on, and the values that follow."""
        self.set_lock(number, Lock(owner, operator, service, value, self.now))
        self.set_value(service, operator, self.said.value_at(service, operator, self.now) + value)

    def deactivate(self, number: int) -> None:
        """The value leaves with the end of the cooldown: for a service without one, now."""
        lock = self.said.locks[number]
        cooldown = self.said.cooldown(lock.service)
        self.set_lock(number, replace(lock, end=self.now + cooldown))
        if cooldown == 0:
            self.set_value(
                lock.service, lock.operator, self.said.value_at(lock.service, lock.operator, self.now) - lock.value
            )

    def slash(self, number: int, left: int) -> None:
        """A finalised slash leaves `left` of a lock; the contract is told by `value_of`."""
        lock = self.said.locks[number]
        self.said.locks[number] = replace(lock, value=left, seized=True)
        self.sources.set_worth(number, left)

    def set_score(self, service: bytes, operator: str, epoch: int, share: int) -> None:
        self.said.scores[service, operator, epoch] = share
        self.sources.set_score(service, operator, epoch, share)

    # -- calls

    def set_terms(self, service: bytes, payee: str = "", caller: str = CONTROLLER) -> Any:
        return self.both(
            lambda: self.model.set_terms(caller, service, self.token.address, payee),
            lambda: self.payout.set_terms(service, self.token, payee or ZERO, sender=caller),
        )

    def fund(self, service: bytes, first: int, epochs: int, amount: int) -> Any:
        return self.both(
            lambda: self.model.fund(service, first, epochs, amount),
            lambda: self.payout.fund(service, first, epochs, amount, sender=SPONSOR),
        )

    def carry(self, service: bytes, epoch: int) -> Any:
        return self.both(
            lambda: self.model.carry(service, epoch), lambda: self.payout.carry(service, epoch, sender=STRANGER)
        )

    def claim(self, number: int, receiver: str, caller: str | None = None) -> Any:
        who = caller or receiver
        before = self.token.balanceOf(receiver)
        done = self.both(
            lambda: self.model.claim(who, number, receiver), lambda: self.payout.claim(number, receiver, sender=who)
        )
        if not isinstance(done, Refused):
            assert self.token.balanceOf(receiver) - before == done
        return done

    def forgo(self, number: int, until: int, caller: str) -> Any:
        return self.both(
            lambda: self.model.forgo(caller, number, until), lambda: self.payout.forgo(number, until, sender=caller)
        )

    def set_served(self, operator: str, services: tuple[bytes, ...]) -> None:
        self.model.served[operator] = services
        self.payout.set_served(list(services), sender=operator)

    def set_commission(self, operator: str, bps: int) -> Any:
        return self.both(
            lambda: self.model.set_commission(operator, bps), lambda: self.payout.set_commission(bps, sender=operator)
        )

    def check(self) -> None:
        """The books agree, and the contract holds what it owes."""
        owed = 0
        for (service, epoch), (whole, paid) in self.model.budgets.items():
            assert tuple(self.payout.budget(service, epoch)) == (whole, paid)
            assert paid <= whole
            owed += whole - paid
        for (operator, token), amount in self.model.commissions.items():
            assert self.payout.commissions(operator, token or ZERO) == amount
            owed += amount
        assert self.token.balanceOf(self.payout) == owed
