"""CollectivePool over the real ServiceBonding, SlashEscrow, registries and a rolling class, beside model and judge."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, ClassVar

import boa
from tests.support.bonding import (
    CLASS_LISTING,
    CONTROLLER,
    COOLDOWN,
    ENDS,
    EVIDENCE,
    HARMED,
    OWNERS,
    PEOPLE,
    REACH,
    REPORTER,
    BondingWorld,
    entry_of,
)
from tests.support.bonds import MAX
from tests.support.pool import DAY, HOLDERS, STRANGER, PoolWorld, new_pool
from tests.support.slashing import CONFIRMER, PROVER, VETOER

from surety.models.collective_pool import WAD, Collective, Lock, Locks
from surety.models.refusal import require

OPEN, FINALISED = 1, 4


@dataclass
class RealLocks(Locks):
    """The pool's locks among others' at the real bonding. Values, which only decide what is too small, it is told."""

    bonding: Any = None
    worth: Any = None
    count: int = 0
    """Locks of everybody."""
    crowd: dict[str, int] = field(default_factory=dict)
    """Operator to the places that others' locks take."""
    clean: dict[int, int] = field(default_factory=dict)
    """Lock that was seized from to the second since which nothing was; 0: something is."""

    def __deepcopy__(self, memo: dict[int, Any]) -> RealLocks:
        """The contracts are the same."""
        kept = {name: getattr(self, name) for name in ("bonding", "worth")}
        mine = {name: deepcopy(one, memo) for name, one in self.__dict__.items() if name not in kept}
        return type(self)(**mine, **kept)

    def beside(self, behind: str) -> int:
        return super().beside(behind) + self.crowd.get(behind, 0)

    def activate(self, behind: str, units: int) -> int:
        require(self.worth(CLASS_LISTING, units) >= max(self.minimum, 1), "bond_desk: value below the minimum")
        return self._add(behind, units)

    def splits(self, number: int, units: int) -> bool:
        """As ServiceBonding: the values of both parts, and a reach since the last seizure."""
        lock, value = self.locks[number], self.bonding.lock(number).value
        part = value * units // lock.units
        small = units == lock.units or min(part, value - part) < max(self.minimum, 1)
        stained = number in self.clean and not 0 < self.clean[number] < self.now - REACH
        return not small and not stained and self.beside(lock.behind) < self.places

    def split(self, number: int, units: int) -> int:
        self.locks[number].units -= units
        part = self._add(self.locks[number].behind, units)
        if number in self.clean:
            self.clean[part] = self.clean[number]
        return part

    def seize(self, slash: int, number: int, fraction: int) -> int:
        self.clean[number] = 0
        return super().seize(slash, number, fraction)

    def _add(self, behind: str, units: int) -> int:
        require(self.beside(behind) < self.places, "service_bonding: all places are taken")
        self.count += 1
        self.locks[self.count] = Lock(behind, units)
        return self.count


@dataclass
class PoolHouse(PoolWorld):
    """The escrow decides what is seized, handed back and paid; model and judge follow what it did."""

    base: Any = None
    service: bytes = b""
    decided: set[int] = field(default_factory=set)
    """Seizures that were released."""
    paid_out: set[int] = field(default_factory=set)
    operators: ClassVar[tuple[str, ...]] = PEOPLE

    @classmethod
    def found(cls, decimals: int = 18, asset: str = "MockERC20") -> PoolHouse:
        """Everybody has an equal part of the class, approved; nobody has joined."""
        base = BondingWorld.create(decimals, asset)
        token = base.house.rolling
        pool, portfolio, ballot, dividends = new_pool(base.bonding, base.escrow, token)
        people = (*HOLDERS, STRANGER)
        for owner in OWNERS:
            part = token.balanceOf(owner) // len(people)
            for holder in people:
                token.transfer(holder, part, sender=owner)
        for holder in people:
            token.approve(pool, MAX, sender=holder)
        service = base.service(powers=ENDS)
        model = cls._model(base)
        return cls(
            token, base.bonding, base.escrow, pool, portfolio, ballot, dividends, model, base=base, service=service
        )

    @staticmethod
    def _model(base: BondingWorld) -> Collective:
        return Collective(RealLocks(base.now, COOLDOWN, bonding=base.bonding, worth=base.desk.worth))

    def again(self) -> PoolHouse:
        boa.env.sstore_trace.clear()
        boa.env.evm.patch.timestamp = self.now
        base = self.base.again()
        return replace(
            self,
            base=base,
            model=self._model(base),
            judge=type(self.judge)(),
            paid=dict(self.paid),
            joined=0,
            slashes=0,
            decided=set(),
            paid_out=set(),
        )

    @property
    def locks(self) -> RealLocks:
        locks = self.model.locks
        assert isinstance(locks, RealLocks)
        return locks

    # -- operators, controller and others -----------------------------------------------------------------------------

    def back(self, operator: str, amount: int, ready: int = 0) -> int | None:
        """As if it had been voted; the operator lets the pool in, with the entry too."""
        self.base.desk.allow(self.service, self.portfolio, True, entry_of([]), sender=operator)
        lock = self.both(
            lambda: self.model.back(operator, amount, ready),
            lambda: self.pool.back(self.service, operator, amount, [], ready, sender=self.ballot.address),
        )
        if lock is not None:
            self.judge.back(lock, self.locks.locks[lock].units)
        return lock

    def crowd(self, operator: str) -> None:
        """The operator takes a place itself, with a bond that matures far off."""
        bonding, token = self.bonding, self.base.suite.token
        units = 10 * self.base.whole
        large = self.base.desk.worth(self.base.far, units) >= self.locks.minimum
        if large and self.locks.beside(operator) < self.locks.places:
            bonding.deposit(token, self.base.far, units, operator, sender=operator)
            bonding.activate(self.service, operator, token, self.base.far, units, [], sender=operator)
            self.locks.crowd[operator] = self.locks.crowd.get(operator, 0) + 1
            self.locks.count += 1

    def end(self, lock: int, by_controller: bool) -> None:
        """By the operator, or by the controller after its notice, which it gives now if it has not."""
        operator, desk = self.locks.locks[lock].behind, self.base.desk
        if not by_controller:
            self.bonding.deactivate(lock, sender=operator)
        elif desk.may_end(self.service, operator, CONTROLLER):
            self.bonding.deactivate(lock, sender=CONTROLLER)
        else:
            desk.announce_end(self.service, operator, True, sender=CONTROLLER)
            return
        self.locks.deactivate(lock)

    def set_minimum(self, minimum: int) -> None:
        self.base.desk.set_minimum(self.service, minimum, sender=CONTROLLER)
        self.locks.minimum = minimum

    def clean(self, lock: int) -> None:
        """Anybody says that nothing is seized of a lock any more."""
        if self.locks.clean.get(lock) == 0 and not self.escrow.open_seizures(self.bonding, self.subject(lock)):
            self.bonding.clean(lock, sender=STRANGER)
            self.locks.clean[lock] = self.now

    # -- slashes ------------------------------------------------------------------------------------------------------

    def seize(self, lock: int, fraction: int = WAD // 10, ago: int = 0) -> int:
        """A fault is proven, of now or of a time at which the lock stood there. Returns the slash's id."""
        at = max(self.now - ago, self.bonding.lock(lock).activated)
        number = self.base.registry.service(self.service).number
        arguments = (number, fraction, at, REPORTER, HARMED, EVIDENCE, 0)
        id = int(self.escrow.propose(self.bonding, self.subject(lock), *arguments, sender=PROVER))
        self.slashes += 1
        assert id == self.slashes
        for log in self._logs("StakeSeized"):
            assert self.locks.seize(id, lock, log.fraction) == log.amount
            assert log.own == 0
            self.model.on_seizure(id)
            self.judge.seize(id, lock, Fraction(log.fraction, WAD))
        return id

    def veto(self, slash: int, part: int = WAD) -> None:
        """A part that is not whole lets the slash stand. Two days pass for a veto."""
        if part == WAD and self.escrow.status_of(slash) == OPEN and self._end_of(slash) > self.now + 2 * DAY:
            self.escrow.announce_veto(slash, "not so", sender=VETOER)
            self.wait(2 * DAY)
            self.escrow.veto(slash, "not so", sender=CONFIRMER)
        self.conclude()

    def conclude(self) -> None:
        """All that is due: finalised, handed back, collected for liens, paid in kind."""
        for id in range(1, self.slashes + 1):
            if self.escrow.status_of(id) == OPEN and self.now >= self._end_of(id):
                self.escrow.finalise(id, sender=STRANGER)
        for id in self.locks.seizures:
            if id not in self.decided:
                self._free_up(id)
        for id in range(1, self.slashes + 1):
            if self.escrow.status_of(id) == FINALISED and id not in self.paid_out:
                self.paid_out.add(id)
                opener = self._opener(id)
                self.locks.pay(opener, sum(self.escrow.pull_all(id, sender=STRANGER)))

    def _free_up(self, id: int) -> None:
        """Hand back what a seizure holds for nobody, once that may be."""
        try:
            back = int(self.escrow.release(id, sender=STRANGER))
        except boa.BoaError:
            return
        self.decided.add(id)
        if back:
            taken = self.judge.taken[id][0]
            self.locks.restore(id, back)
            self.judge.restore(id, Fraction(back) / taken)

    def _end_of(self, id: int) -> int:
        return int(self.escrow.raw(id)[6] >> 126 & (2**32 - 1))

    def _opener(self, id: int) -> int:
        """The slash whose seizure another one claims from, or itself."""
        raw = self.escrow.raw(id)
        return int(raw[6] & (2**96 - 1)) if raw[0] & (1 << 14) else id

    def _logs(self, name: str) -> list[Any]:
        return [log for log in self.escrow.get_logs() if type(log).__name__ == name]
