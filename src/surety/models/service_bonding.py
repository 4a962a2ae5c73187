"""ServiceBonding and its desk by their definition, in exact integers: locks in a list, histories as what was said.

The contracts must agree to the last unit. Units are those of an asset, which a code names (a bond id, a listing, or 0
for the base asset); values are base asset, times seconds. What prices and treasury say is asked of the functions given:
`worth(code, units)`, `pays(code, units)`, `maturity(code)`. A method that refuses raises `Refused` with the contract's
reason and has changed nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from .refusal import require

Account = str
Service = bytes

WAD = 10**18
DAY = 86_400
MAX_PLACES = 8
END_NOTICE = 7 * DAY
MAX_COOLDOWN = 30 * DAY
UNITS_LIMIT = 2**96
ADMITS, ENDS = 1, 2


@dataclass(frozen=True)
class Terms:
    """What a service's template and its opening say."""

    number: int
    controller: Account
    cooldown: int
    reach: int
    powers: int
    closed: bool = False


@dataclass
class Lock:
    """A lock; `history` of its value by (second, value), ascending."""

    number: int
    owner: Account
    operator: Account
    service: Service
    code: int
    units: int
    activated: int
    cooldown: int
    clean: int | None
    """Since when nothing was seized; None: something was."""
    end: int | None = None
    released: bool = False
    changed: bool = False
    """Holds cash, or shares of a vault, instead of what it was made of."""
    rolled: bool = False
    history: list[tuple[int, int]] = field(default_factory=list)

    @property
    def subject(self) -> int:
        return self.number << 160 | int(self.operator, 16)

    @property
    def value(self) -> int:
        return self.history[-1][1]

    def answers(self, at: int) -> bool:
        """Whether it stood behind its service at a second."""
        return self.activated <= at and (self.end is None or at < self.end)

    def within_reach(self, now: int) -> bool:
        return self.end is None or now < self.end

    def value_at(self, at: int) -> int:
        """0 when it did not answer."""
        if not self.answers(at):
            return 0
        return next((value for since, value in reversed(self.history) if since <= at), 0)

    def mark(self, now: int, value: int) -> None:
        if self.history and self.history[-1][0] == now:
            self.history.pop()
        self.history.append((now, value))


@dataclass
class Seizure:
    """Units out of a lock."""

    lock: int
    code: int
    units: int
    left: int
    restored: bool = False
    compensated: bool = False
    returned: int = 0


@dataclass
class ServiceBonding:
    """Free balances, locks and seizures; `accepting` are operators that take on services."""

    worth: Callable[[int, int], int]
    pays: Callable[[int, int], int]
    maturity: Callable[[int], int]
    open_seizures: Callable[[int], int] = lambda subject: 0
    held: Callable[[int], int] = lambda subject: 0
    now: int = 0
    services: dict[Service, Terms] = field(default_factory=dict)
    accepting: set[Account] = field(default_factory=set)
    listed: set[int] = field(default_factory=set)
    vaults: set[int] = field(default_factory=set)
    free: dict[tuple[Account, int], int] = field(default_factory=lambda: defaultdict(int))
    locks: dict[int, Lock] = field(default_factory=dict)
    places: dict[tuple[Service, Account], list[int]] = field(default_factory=lambda: defaultdict(list))
    consents: dict[tuple[Account, Service, Account], bytes] = field(default_factory=dict)
    admitted: set[tuple[Service, Account]] = field(default_factory=set)
    minimums: dict[Service, int] = field(default_factory=lambda: defaultdict(int))
    ends: dict[tuple[Service, Account], int] = field(default_factory=dict)
    promised: dict[tuple[Service, Account], bytes] = field(default_factory=dict)
    seizures: dict[int, Seizure] = field(default_factory=dict)
    paid: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    """Code -> units that went to receivers of slashes."""

    # -- reading ------------------------------------------------------------------------------------------------------

    def running(self, service: Service, operator: Account) -> int:
        """Locks that were not deactivated."""
        return sum(self.locks[number].end is None for number in self.places[service, operator])

    def active_services(self, operator: Account) -> int:
        return sum(bool(numbers) for (_, one), numbers in self.places.items() if one == operator)

    def locks_behind(self, service: Service, operator: Account | None = None) -> Iterator[Lock]:
        """All that ever were."""
        for lock in self.locks.values():
            if lock.service == service and operator in (None, lock.operator):
                yield lock

    def value_at(self, service: Service, operator: Account | None, at: int) -> int:
        """Of an operator, or of the service."""
        return sum(lock.value_at(at) for lock in self.locks_behind(service, operator))

    def exposure(self, number: int, subject: int, at: int) -> int:
        lock = self.locks.get(subject >> 160)
        if lock is None or lock.subject != subject or self.services[lock.service].number != number:
            return 0
        return WAD if lock.answers(at) else 0

    def share(self, number: int, subject: int, at: int) -> int:
        if not self.exposure(number, subject, at):
            return 0
        lock = self.locks[subject >> 160]
        total = self.value_at(lock.service, None, at)
        return lock.value_at(at) * WAD // total if total else 0

    def backings(self, service: Service, operator: Account, at: int) -> list[int]:
        """Subjects, oldest first."""
        locks = (self.locks[number] for number in self.places[service, operator])
        return [lock.subject for lock in locks if lock.activated <= at and lock.within_reach(self.now)]

    def seizable(self, subject: int, at: int) -> tuple[int, int]:
        lock = self.locks.get(subject >> 160)
        if lock is None or lock.subject != subject or not lock.answers(at) or not lock.within_reach(self.now):
            return 0, 0
        return lock.units, lock.units if lock.owner == lock.operator else 0

    def value_of(self, number: int) -> int:
        """What a released one handed out, too."""
        lock = self._lock(number)
        return self.worth(lock.code, lock.units + self.held(lock.subject))

    def held_units(self, code: int) -> int:
        """All units of an asset that the contract must have."""
        total = sum(units for (_, one), units in self.free.items() if one == code)
        total += sum(lock.units for lock in self.locks.values() if lock.code == code and not lock.released)
        return total + sum(one.left + one.returned for one in self.seizures.values() if one.code == code)

    # -- owners -------------------------------------------------------------------------------------------------------

    def deposit(self, owner: Account, code: int, amount: int) -> None:
        require(amount > 0, "service_bonding: zero amount")
        self._check_open(code)
        self.free[owner, code] += amount

    def withdraw(self, caller: Account, code: int, amount: int) -> None:
        self._check_free(caller, code, amount)
        self.free[caller, code] -= amount

    def activate(
        self,
        caller: Account,
        service: Service,
        operator: Account,
        code: int,
        amount: int,
        entry: bytes = b"",
        named: bool = True,
    ) -> int:
        """`entry` is the hash of the parameters, `named`: of any; the number of the lock."""
        self._check_open(code)
        require(amount < UNITS_LIMIT, "service_bonding: amount out of range")
        self._check_free(caller, code, amount)
        require(operator in self.accepting, "bond_desk: operator takes no services")
        require(service in self.services, "bond_desk: no such service")
        terms = self.services[service]
        require(not terms.closed, "bond_desk: service is closed")
        admitted = not terms.powers & ADMITS or (service, operator) in self.admitted
        require(admitted, "bond_desk: operator is not admitted")
        enters = self.running(service, operator) == 0
        consent = self.consents.get((operator, service, caller), b"")
        if caller != operator:
            require(consent != b"", "bond_desk: operator allows no such lock")
            require(not enters or consent == entry, "bond_desk: not the entry that was allowed")
        bound = len(self.places[service, operator]) > 0
        same = not bound or not named or self.promised[service, operator] == entry
        require(same, "bond_desk: locks answer for other parameters")
        value = self.worth(code, amount)
        require(value > 0 and value >= self.minimums[service], "bond_desk: value below the minimum")
        self._check_place(service, operator)
        if enters:
            self.promised[service, operator] = entry
            self.ends.pop((service, operator), None)
            if caller != operator:
                self.consents[operator, service, caller] = b"add"
        self.free[caller, code] -= amount
        number = len(self.locks) + 1
        lock = Lock(number, caller, operator, service, code, amount, self.now, terms.cooldown, self.now)
        lock.mark(self.now, value)
        self._place(lock)
        return number

    def deactivate(self, caller: Account, number: int) -> None:
        lock = self._lock(number)
        require(lock.end is None, "service_bonding: lock has ended")
        start = self.ends.get((lock.service, lock.operator), 0)
        controls = 0 < start <= self.now and caller == self.services[lock.service].controller
        require(caller in (lock.owner, lock.operator) or controls, "service_bonding: caller may not end this lock")
        lock.end = self.now + lock.cooldown

    def release(self, number: int) -> int:
        lock = self._lock(number)
        require(lock.end is not None, "service_bonding: lock still runs")
        require(not lock.within_reach(self.now), "service_bonding: cooldown runs")
        require(not lock.released, "service_bonding: released already")
        lock.released = True
        self.places[lock.service, lock.operator].remove(number)
        self.free[lock.owner, lock.code] += lock.units
        return lock.units

    def split(self, caller: Account, number: int, units: int) -> int:
        lock = self._owned(caller, number)
        require(lock.end is None, "service_bonding: lock has ended")
        if lock.clean != lock.activated:
            reach = self.services[lock.service].reach
            clean = lock.clean is not None and lock.clean + reach < self.now
            require(clean, "service_bonding: seized from within reach")
        require(0 < units < lock.units, "service_bonding: part out of range")
        value = lock.value
        part_value = value * units // lock.units
        least = max(self.minimums[lock.service], 1)
        require(min(part_value, value - part_value) >= least, "service_bonding: part below the minimum")
        self._check_place(lock.service, lock.operator)
        part = replace(lock, number=len(self.locks) + 1, units=units, history=[])
        part.mark(self.now, part_value)
        lock.units -= units
        lock.mark(self.now, value - part_value)
        self._place(part)
        return part.number

    def mature(self, number: int) -> int:
        lock = self._convertible(number)
        require(not lock.changed, "service_bonding: rolled already")
        cash = self._cash(lock)
        lock.changed, lock.code, lock.units = True, 0, cash
        return cash

    def roll(self, caller: Account, number: int, vault: int, shares: Callable[[int], int], least: int = 0) -> int:
        """`shares` tells what the vault gives for cash."""
        lock = self._convertible(number)
        require(caller == lock.owner, "service_bonding: caller is not the owner")
        require(not lock.rolled, "service_bonding: rolled already")
        self._check_open(vault)
        cash = lock.units if lock.changed else self._cash(lock)
        require(vault in self.vaults, "bond_desk: not a listed vault")
        got = shares(cash)
        require(got >= least, "rolling_vault: shares below the limit")
        lock.changed = lock.rolled = True
        lock.code, lock.units = vault, got
        return got

    def take_back(self, caller: Account, slash: int) -> int:
        seizure = self._returned(caller, slash)
        units, seizure.returned = seizure.returned, 0
        self.free[caller, seizure.code] += units
        return units

    def put_back(self, caller: Account, slash: int) -> int:
        seizure = self._returned(caller, slash)
        lock = self.locks[seizure.lock]
        require(lock.end is None, "service_bonding: lock has ended")
        require(lock.code == seizure.code, "service_bonding: lock holds another asset now")
        require(lock.units + seizure.returned < UNITS_LIMIT, "service_bonding: amount out of range")
        units, seizure.returned = seizure.returned, 0
        lock.units += units
        return units

    # -- anybody ------------------------------------------------------------------------------------------------------

    def sync(self, number: int) -> int:
        lock = self._lock(number)
        require(lock.end is None, "service_bonding: lock has ended")
        value = self.value_of(number)
        if value != lock.value:
            lock.mark(self.now, value)
        return value

    def clean(self, number: int) -> None:
        lock = self._lock(number)
        require(lock.clean is None, "service_bonding: clean already")
        require(self.open_seizures(lock.subject) == 0, "service_bonding: a seizure is open")
        lock.clean = self.now

    # -- operators and controllers ------------------------------------------------------------------------------------

    def allow(self, operator: Account, service: Service, owner: Account, allowed: bool, entry: bytes = b"") -> None:
        require(owner != operator, "bond_desk: operators need no leave")
        self.consents[operator, service, owner] = (entry or b"add") if allowed else b""

    def admit(self, caller: Account, service: Service, operator: Account, admitted: bool) -> None:
        self._check_controller(caller, service, ADMITS)
        (self.admitted.add if admitted else self.admitted.discard)((service, operator))

    def set_minimum(self, caller: Account, service: Service, minimum: int) -> None:
        self._check_controller(caller, service, 0)
        self.minimums[service] = minimum

    def announce_end(self, caller: Account, service: Service, operator: Account, end: bool) -> None:
        self._check_controller(caller, service, ENDS)
        if end:
            self.ends[service, operator] = self.now + END_NOTICE
        else:
            self.ends.pop((service, operator), None)

    # -- the escrow ---------------------------------------------------------------------------------------------------

    def seize(self, slash: int, subject: int, fraction: int, at: int) -> tuple[int, int]:
        total, _own = self.seizable(subject, at)
        units = -(-total * fraction // WAD)
        lock = self.locks[subject >> 160]
        if lock.answers(at) and lock.within_reach(self.now):
            lock.clean = None
            lock.units -= units
        self.seizures[slash] = Seizure(lock.number, lock.code, units, units)
        return units, units if lock.owner == lock.operator else 0

    def restore(self, slash: int, amount: int) -> None:
        seizure = self.seizures[slash]
        require(not seizure.restored, "service_bonding: restored already")
        require(amount <= seizure.left, "service_bonding: more than was seized")
        seizure.restored = True
        seizure.left -= amount
        seizure.returned += amount

    def pay(self, slash: int, amount: int) -> int:
        """Code of what was paid."""
        seizure = self.seizures[slash]
        require(amount <= seizure.left, "service_bonding: more than was seized")
        seizure.left -= amount
        self.paid[seizure.code] += amount
        return seizure.code

    def compensate(self, slash: int, amount: int) -> None:
        seizure = self.seizures[slash]
        require(not seizure.restored, "service_bonding: restored already")
        require(not seizure.compensated, "service_bonding: compensated already")
        seizure.compensated = True
        seizure.returned += amount

    # -- inner --------------------------------------------------------------------------------------------------------

    def _lock(self, number: int) -> Lock:
        require(number in self.locks, "service_bonding: no such lock")
        return self.locks[number]

    def _owned(self, caller: Account, number: int) -> Lock:
        lock = self._lock(number)
        require(caller == lock.owner, "service_bonding: caller is not the owner")
        return lock

    def _returned(self, caller: Account, slash: int) -> Seizure:
        seizure = self.seizures.get(slash)
        self._owned(caller, seizure.lock if seizure else 0)
        require(seizure is not None and seizure.returned > 0, "service_bonding: nothing came back")
        assert seizure is not None
        return seizure

    def _convertible(self, number: int) -> Lock:
        lock = self._lock(number)
        require(not lock.released, "service_bonding: released already")
        require(lock.units > 0, "service_bonding: nothing is left in the lock")
        require(self.open_seizures(lock.subject) == 0, "service_bonding: a seizure is open")
        return lock

    def _cash(self, lock: Lock) -> int:
        maturity = self.maturity(lock.code)
        require(maturity != 0, "bond_desk: pays no cash")
        require(maturity <= self.now, "bond_desk: bond has not matured")
        return self.pays(lock.code, lock.units)

    def _check_open(self, code: int) -> None:
        require(code != 0, "bond_desk: asset is not listed")
        require(code >> 64 != 0 or code in self.listed, "bond_desk: listing is closed")

    def _check_free(self, owner: Account, code: int, amount: int) -> None:
        require(amount > 0, "service_bonding: zero amount")
        require(amount <= self.free[owner, code], "service_bonding: more than is free")

    def _check_place(self, service: Service, operator: Account) -> None:
        require(len(self.places[service, operator]) < MAX_PLACES, "service_bonding: all places are taken")

    def _place(self, lock: Lock) -> None:
        self.locks[lock.number] = lock
        self.places[lock.service, lock.operator].append(lock.number)

    def _check_controller(self, caller: Account, service: Service, power: int) -> None:
        terms = self.services.get(service)
        require(terms is not None and caller == terms.controller, "bond_desk: caller is not the controller")
        assert terms is not None
        require(power == 0 or terms.powers & power != 0, "bond_desk: template gives no such power")
