"""Operators by the rules of specs/operator-registry.md, from their histories.

`OperatorRegistry.vy` must agree. Times are seconds, stake in units of its asset. A method that refuses raises `Refused`
with the contract's reason and has changed nothing.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

from .refusal import require

Account = Hashable

DAY = 86_400
UNREGISTERED, ACTIVE, LEAVING, INACTIVE = range(4)
MUST_LEAVE, MUST_STOP_SERVICES, MUST_DEREGISTER, MUST_SHUT_DOWN, FREE = range(1, 6)
MIN_NOTICE, MAX_NOTICE, MAX_OVERLAP = 14 * DAY, 90 * DAY, 30 * DAY
NEVER = 2**256 - 1

_MISSING = {
    MUST_LEAVE: "operator_registry: leave first",
    MUST_STOP_SERVICES: "operator_registry: services still active",
    MUST_DEREGISTER: "operator_registry: blueprints still registered",
    MUST_SHUT_DOWN: "operator_registry: shut down first",
}


@dataclass
class Operator:
    """One who has registered. `before` is the status from which a review took it, None if none did."""

    status: int
    since: int
    bond_asset: int
    accepting: bool = True
    shut_down: bool = False
    before: int | None = None
    key: Account | None = None


@dataclass
class Key:
    """A service key: valid in [start, end)."""

    operator: Account
    start: int
    end: int = NEVER


@dataclass
class OperatorRegistry:
    """`stakes` is self_stake of the ledger by (operator, asset), `services` and `blueprints` are the ties: inputs."""

    notice: int = MIN_NOTICE
    now: int = 0
    tied: bool = False
    operators: dict[Account, Operator] = field(default_factory=dict)
    keys: dict[Account, Key] = field(default_factory=dict)
    minimums: dict[int, list[tuple[int, int]]] = field(default_factory=dict)  # (start, minimum), as they were set
    stakes: dict[tuple[Account, int], int] = field(default_factory=dict)
    services: dict[Account, int] = field(default_factory=dict)
    blueprints: dict[Account, int] = field(default_factory=dict)

    # -- calls --

    def register(self, caller: Account, bond_asset: int, uri: str) -> None:
        """Become an operator, or come back."""
        known = self.operators.get(caller)
        require(known is None or known.shut_down, "operator_registry: already registered")
        require(uri != "", "operator_registry: empty metadata URI")
        self._check_bond(caller, bond_asset)
        key = known.key if known else None
        self.operators[caller] = Operator(ACTIVE, self.now, bond_asset, key=key)

    def register_with_key(
        self, caller: Account, bond_asset: int, uri: str, key: Account, deadline: int, signer: Account
    ) -> None:
        """Both at once; `signer` is whose signature over (caller, deadline) came with it."""
        known = self.operators.get(caller)
        require(known is None or known.shut_down, "operator_registry: already registered")
        require(uri != "", "operator_registry: empty metadata URI")
        self._check_bond(caller, bond_asset)
        self._check_key(key, deadline, signer)
        self.keys[key] = Key(caller, self.now)
        self.operators[caller] = Operator(ACTIVE, self.now, bond_asset, key=key)

    def leave(self, caller: Account) -> None:
        """No more new delegations and services."""
        operator = self._own(caller)
        require(operator.status == ACTIVE, "operator_registry: not active")
        operator.status, operator.since = LEAVING, self.now

    def cancel_leave(self, caller: Account) -> None:
        """Stay after all."""
        operator = self._own(caller)
        require(operator.status == LEAVING, "operator_registry: not leaving")
        require(self.is_bonded(caller), "operator_registry: own stake below the minimum")
        operator.status, operator.since = ACTIVE, self.now

    def shut_down(self, caller: Account) -> None:
        """The last step."""
        operator = self._own(caller)
        step = self.next_step(caller)
        require(step >= MUST_SHUT_DOWN, _MISSING[step])
        if operator.key is not None:
            self._end(operator.key, self.now)
        operator.status, operator.since, operator.shut_down, operator.before = INACTIVE, self.now, True, None

    def set_accepting(self, caller: Account, accepting: bool) -> None:
        """The switch for new services."""
        operator = self._own(caller)
        require(accepting != operator.accepting, "operator_registry: switch is there already")
        operator.accepting = accepting

    def set_bond_asset(self, caller: Account, bond_asset: int) -> None:
        """Another asset carries the minimum."""
        operator = self._own(caller)
        self._check_bond(caller, bond_asset)
        operator.bond_asset = bond_asset

    def rotate_key(self, caller: Account, key: Account, overlap: int, deadline: int, signer: Account) -> None:
        """The next key; the one before ends after the overlap."""
        operator = self._own(caller)
        require(overlap <= MAX_OVERLAP, "operator_registry: overlap too long")
        self._check_key(key, deadline, signer)
        if operator.key is not None:
            self._end(operator.key, self.now + overlap)
        self.keys[key] = Key(caller, self.now)
        operator.key = key

    def end_key(self, caller: Account, key: Account) -> None:
        """At once."""
        known = self.keys.get(key)
        require(known is not None and known.operator == caller, "operator_registry: not a key of the caller")
        assert known is not None
        require(known.end > self.now, "operator_registry: key has ended")
        known.end = self.now

    def review(self, account: Account) -> int:
        """INACTIVE if the own stake is below the minimum, and back once it isn't."""
        operator = self.operators.get(account)
        if operator is None:
            return UNREGISTERED
        if not operator.shut_down:
            bonded = self.is_bonded(account)
            if operator.before is None and not bonded:
                operator.before, operator.status, operator.since = operator.status, INACTIVE, self.now
            elif operator.before is not None and bonded:
                operator.status, operator.since, operator.before = operator.before, self.now, None
        return operator.status

    def set_minimum(self, bond_asset: int, minimum: int) -> None:
        """The first and a lower one at once; a higher one and none after the notice."""
        require(0 < bond_asset < 2**40, "operator_registry: asset out of range")
        require(minimum < 2**96, "operator_registry: minimum out of range")
        present = self.minimum(bond_asset)
        at_once = present == 0 or 0 < minimum <= present
        start = self.now if at_once else self.now + self.notice
        held = [(self.now, present)] if not at_once else []
        self.minimums[bond_asset] = [*held, (start, minimum)]

    # -- views --

    def status(self, account: Account) -> int:
        """0 to 3."""
        operator = self.operators.get(account)
        return operator.status if operator else UNREGISTERED

    def minimum(self, bond_asset: int) -> int:
        """In force now."""
        held = [minimum for start, minimum in self.minimums.get(bond_asset, []) if start <= self.now]
        return held[-1] if held else 0

    def is_bonded(self, account: Account) -> bool:
        """Whether the own stake is enough of an asset that carries operators."""
        bond_asset = self.operators[account].bond_asset
        required = self.minimum(bond_asset)
        return required > 0 and self.stakes.get((account, bond_asset), 0) >= required

    def accepts_services(self, account: Account) -> bool:
        """New ones."""
        operator = self.operators.get(account)
        return operator is not None and operator.status == ACTIVE and operator.accepting and self.is_bonded(account)

    def next_step(self, account: Account) -> int:
        """1 to 5."""
        operator = self.operators.get(account)
        if operator is None or operator.shut_down:
            return FREE
        if operator.status == ACTIVE:
            return MUST_LEAVE
        if self.tied and self.services.get(account, 0):
            return MUST_STOP_SERVICES
        if self.tied and self.blueprints.get(account, 0):
            return MUST_DEREGISTER
        return MUST_SHUT_DOWN

    def check_unstake(self, account: Account, bond_asset: int, left: int) -> bool:
        """True, or refuses with what is missing."""
        operator = self.operators.get(account)
        if operator is None or operator.bond_asset != bond_asset:
            return True
        required = self.minimum(bond_asset)
        if required > 0 and left >= required:
            return True
        step = self.next_step(account)
        require(step == FREE, _MISSING.get(step, ""))
        return True

    def operator_of_key(self, key: Account) -> Account | None:
        """For ever."""
        known = self.keys.get(key)
        return known.operator if known else None

    def key_period(self, key: Account) -> tuple[int, int]:
        """First second, and the first after it without."""
        known = self.keys.get(key)
        return (known.start, known.end) if known else (0, 0)

    # -- internals --

    def _own(self, caller: Account) -> Operator:
        operator = self.operators.get(caller)
        require(operator is not None, "operator_registry: not registered")
        assert operator is not None
        require(not operator.shut_down, "operator_registry: shut down")
        return operator

    def _check_bond(self, account: Account, bond_asset: int) -> None:
        required = self.minimum(bond_asset)
        require(required > 0, "operator_registry: asset carries no minimum")
        enough = self.stakes.get((account, bond_asset), 0) >= required
        require(enough, "operator_registry: own stake below the minimum")

    def _check_key(self, key: Account, deadline: int, signer: Account) -> None:
        require(self.now <= deadline, "operator_registry: past the deadline")
        require(key not in self.keys, "operator_registry: key was registered before")
        require(signer == key, "operator_registry: not signed by the key")

    def _end(self, key: Account, end: int) -> None:
        self.keys[key].end = min(self.keys[key].end, end)
