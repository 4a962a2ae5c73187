"""Pay of services by epochs, exact: `contracts/commitments/ServicePayout.vy` to the unit.

What ServiceBonding, CommitmentRegistry and the source of liveness say comes in as `Sources`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from .payout import Case
from .refusal import require

EPOCH = 604_800
BPS = 10_000
MAX_COMMISSION = 2_000
MAX_FUNDED = 52
MAX_CLAIMED = 8
EXPIRY = 26
AMOUNT_LIMIT = 2**96
Formula = Callable[[Case], int]
T = TypeVar("T")


@dataclass(frozen=True)
class Lock:
    """What pay looks at of a lock: `value` now, without what slashes took, if anything was ever `seized`; `end` of its
    cooldown, 0 while it runs."""

    owner: str
    operator: str
    service: bytes
    value: int
    activated: int
    end: int = 0
    seized: bool = False


class Sources(Protocol):
    """What others say. Seconds and epochs are past ones; an empty operator stands for all together."""

    def lock(self, number: int) -> Lock | None: ...
    def lock_value_at(self, number: int, at: int) -> int: ...
    def value_at(self, service: bytes, operator: str, at: int) -> int: ...
    def score(self, service: bytes, operator: str, epoch: int) -> int: ...
    def is_final(self, epoch: int) -> bool: ...
    def template(self, service: bytes) -> bytes: ...
    def weight(self, service: bytes) -> int: ...
    def cooldown(self, service: bytes) -> int: ...
    def controller(self, service: bytes) -> str: ...


@dataclass
class ServicePayout:
    """The books. `now` is the second; amounts that move are what the calls return."""

    sources: Sources
    now: int
    terms: dict[bytes, tuple[str, str]] = field(default_factory=dict)
    """Service: token that pays, payee (empty: each owner)."""
    budgets: dict[tuple[bytes, int], list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    """Service and epoch: budget, paid."""
    next: dict[int, int] = field(default_factory=dict)
    served: dict[str, tuple[bytes, ...]] = field(default_factory=dict)
    commissions: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    formulas: list[tuple[int, Formula]] = field(default_factory=list)
    rates: dict[str, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))

    @property
    def epoch(self) -> int:
        return self.now // EPOCH

    def set_formula(self, formula: Formula, since: int | None = None) -> None:
        """From the next epoch on."""
        _put(self.formulas, self.epoch + 1 if since is None else since, formula)

    def set_terms(self, caller: str, service: bytes, token: str, payee: str) -> None:
        require(bool(self.sources.template(service)), "service_payout: no such service")
        require(caller == self.sources.controller(service), "service_payout: caller is not the controller")
        require(service not in self.terms, "service_payout: terms are set already")
        self.terms[service] = token, payee

    def fund(self, service: bytes, first: int, epochs: int, amount: int) -> None:
        """In equal parts; what doesn't divide goes to the first."""
        require(service in self.terms, "service_payout: no terms yet")
        require(first >= self.epoch, "service_payout: epoch is over")
        require(first <= self.epoch + MAX_FUNDED, "service_payout: epoch is too far")
        require(0 < epochs <= MAX_FUNDED, "service_payout: between 1 and 52 epochs")
        require(amount >= epochs, "service_payout: less than a unit an epoch")
        parts = [amount // epochs + amount % epochs, *[amount // epochs] * (epochs - 1)]
        for epoch, part in enumerate(parts, first):
            require(self.budgets[service, epoch][0] + part < AMOUNT_LIMIT, "service_payout: budget of 2**96 or more")
        for epoch, part in enumerate(parts, first):
            self.budgets[service, epoch][0] += part

    def carry(self, service: bytes, epoch: int) -> int:
        """What nobody claimed of an old epoch goes to the next one."""
        require(epoch + EXPIRY < self.epoch, "service_payout: can be claimed still")
        whole, paid = self.budgets[service, epoch]
        require(whole > paid, "service_payout: nothing is left")
        self.budgets[service, epoch][0] = paid
        self.budgets[service, self.epoch + 1][0] += whole - paid
        return whole - paid

    def claim(self, caller: str, number: int, receiver: str) -> int:
        """Pay after commission of at most eight epochs, the oldest first."""
        lock = self.sources.lock(number)
        require(lock is not None, "service_payout: no such lock")
        assert lock is not None
        for_owner = receiver == lock.owner and not lock.seized
        require(caller == lock.owner or for_owner, "service_payout: caller is not the owner")
        first, last = self.first(number, lock), self.last()
        require(first <= last, "service_payout: no epoch to claim")
        until = min(first + MAX_CLAIMED, last + 1)
        amount = 0
        for epoch in range(first, until):
            pay = self.pay(number, lock, epoch)
            self.budgets[lock.service, epoch][1] += pay
            fee = pay * self.commission(lock.operator, epoch) // BPS
            self.commissions[lock.operator, self.terms.get(lock.service, ("", ""))[0]] += fee
            amount += pay - fee
        self.next[number] = until
        return amount

    def forgo(self, caller: str, number: int, until: int) -> None:
        lock = self.sources.lock(number)
        require(lock is not None and caller == lock.owner, "service_payout: caller is not the owner")
        assert lock is not None
        require(until > self.first(number, lock), "service_payout: epoch is behind")
        require(until <= self.epoch, "service_payout: epoch is too far")
        self.next[number] = until

    def set_commission(self, operator: str, bps: int) -> None:
        """From the first epoch on that begins at least an epoch from now."""
        require(bps <= MAX_COMMISSION, "service_payout: commission above 20 %")
        _put(self.rates[operator], -(-(self.now + EPOCH) // EPOCH), bps)

    def first(self, number: int, lock: Lock) -> int:
        """First epoch that a claim pays."""
        return max(-(-lock.activated // EPOCH), self.next.get(number, 0), self.epoch - EXPIRY)

    def last(self) -> int:
        """Newest epoch whose liveness is known for good."""
        return self.epoch - 1 if self.sources.is_final(self.epoch - 1) else self.epoch - 2

    def pay(self, number: int, lock: Lock, epoch: int) -> int:
        """Of an epoch's budget, the part of a lock, commission included."""
        whole, paid = self.budgets[lock.service, epoch]
        payee = self.terms.get(lock.service, ("", ""))[1]
        stopped = lock.end != 0 and lock.end < (epoch + 1) * EPOCH + self.sources.cooldown(lock.service)
        value = self.value(lock.service, lock.operator, epoch)
        if whole == paid or (payee and lock.owner != payee) or stopped or value == 0:
            return 0
        others = dict.fromkeys(one for one in self.served.get(lock.operator, ()) if one != lock.service)
        work = Case(
            template=self.sources.template(lock.service),
            value=value,
            total=self.value(lock.service, "", epoch),
            budget=whole,
            weight=self.sources.weight(lock.service),
            liveness=self.sources.score(lock.service, lock.operator, epoch),
            others=tuple((self.sources.template(one), self.value(one, lock.operator, epoch)) for one in others),
        )
        formula = _at(self.formulas, epoch)
        assert formula is not None
        part = min(self.sources.lock_value_at(number, at) for at in _ends(epoch))
        part = min(part, lock.value) if lock.seized else part
        return min(min(formula(work), whole) * part // value, whole - paid)

    def value(self, service: bytes, operator: str, epoch: int) -> int:
        """The lesser of those at the first and at the last second."""
        return min(self.sources.value_at(service, operator, at) for at in _ends(epoch))

    def commission(self, operator: str, epoch: int) -> int:
        """Basis points."""
        return _at(self.rates[operator], epoch) or 0


def _ends(epoch: int) -> tuple[int, int]:
    """First and last second."""
    return epoch * EPOCH, (epoch + 1) * EPOCH - 1


def _put(history: list[tuple[int, T]], key: int, value: T) -> None:
    """The last value of a key counts; keys never fall."""
    if history and history[-1][0] == key:
        history.pop()
    history.append((key, value))


def _at(history: list[tuple[int, T]], key: int) -> T | None:
    """The value that counts at a key."""
    place = bisect_right([at for at, _ in history], key)
    return history[place - 1][1] if place else None
