"""Challenges by the rules of specs/challenge-game.md. `ChallengeGame.vy` must agree to the unit.

Times are seconds, amounts units of the bonds' token. Whether a question makes sense and an answer is right is the
machine's matter and given. A method that refuses raises `Refused` with the contract's reason and has changed nothing.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from . import sequencer
from .refusal import require
from .sequencer import Uptime

PLACES = 8
OWN = 32


@dataclass(frozen=True)
class Promise:
    """Of a service: how long and how far back faults are punished."""

    cooldown: int
    reach: int


@dataclass(frozen=True)
class Challenge:
    """An open one."""

    service: bytes
    operator: str
    challenger: str
    number: int
    opened: int
    span: int
    bond: int


@dataclass(frozen=True)
class Fault:
    """On record, with the time that counts as the offence's."""

    service: bytes
    operator: str
    reporter: str
    offence: int


@dataclass
class ChallengeGame:
    """Ids are whatever the caller tells challenges apart by."""

    base: int
    lowest: int
    highest: int
    sink: str
    promises: dict[bytes, Promise]
    now: int = 0
    uptime: Uptime | None = None
    periods: dict[tuple[bytes, str], list[list[int]]] = field(default_factory=dict)
    """(service, operator) → [start, end] each, end 0 while it runs."""
    challenges: dict[bytes, Challenge] = field(default_factory=dict)
    asked: Counter[tuple[bytes, str]] = field(default_factory=Counter)
    owed: Counter[str] = field(default_factory=Counter)
    faults: dict[bytes, Fault] = field(default_factory=dict)

    # -- calls --

    def challenge(self, caller: str, service: bytes, operator: str, span: int, max_bond: int) -> Challenge:
        """One that could be opened about a property with that span: `opened` makes it count."""
        periods = self.periods.get((service, operator), [])
        require(bool(periods), "commitment_registry: operator never served")
        require(periods[-1][1] == 0, "challenge_game: operator does not serve")
        places = self.places(service, operator)
        require(places < PLACES, "challenge_game: operator has too many open")
        require(self.open_of(caller) < OWN, "challenge_game: caller has too many open")
        bond = self.base * 2**places
        require(bond <= max_bond, "challenge_game: bond above the caller's limit")
        return Challenge(service, operator, caller, self.asked[service, operator], self.now, span, bond)

    def opened(self, id: bytes, challenge: Challenge) -> None:
        """Count a challenge under the id that its message has."""
        assert id not in self.challenges
        self.asked[challenge.service, challenge.operator] += 1
        self.challenges[id] = challenge

    def answer(self, id: bytes, signer_of: str | None, right: bool) -> None:
        """`signer_of` is the operator whose key signed."""
        challenge = self._open(id)
        require(self.now <= self.due(id), "challenge_game: too late for an answer")
        require(signer_of == challenge.operator, "challenge_game: not signed by the operator")
        require(right, "challenge_game: answer is not right")
        del self.challenges[id]
        paid = min(challenge.bond, self.base) // 2
        self.owed[challenge.operator] += paid
        self.owed[self.sink] += challenge.bond - paid

    def miss(self, id: bytes) -> bool:
        """Whether a fault was recorded."""
        challenge, due = self._open(id), self.due(id)
        require(self.now > due, "challenge_game: answer is not overdue")
        del self.challenges[id]
        self.owed[challenge.challenger] += challenge.bond
        offence = self._offence(challenge, due)
        if offence is not None:
            self.faults[id] = Fault(challenge.service, challenge.operator, challenge.challenger, offence)
        return offence is not None

    def withdraw(self, caller: str) -> int:
        """Amount."""
        require(self.owed[caller] > 0, "challenge_game: nothing owed")
        return self.owed.pop(caller)

    def set_base(self, base: int) -> None:
        """By governance."""
        require(self.lowest <= base <= self.highest, "challenge_game: base out of bounds")
        self.base = base

    # -- views --

    def due(self, id: bytes) -> int:
        """Last second for an answer, as far as is known now."""
        challenge = self._open(id)
        return sequencer.due(self.uptime, self.now, challenge.opened, challenge.span)

    def places(self, service: bytes, operator: str) -> int:
        """Open challenges of an operator in a service."""
        return sum((one.service, one.operator) == (service, operator) for one in self.challenges.values())

    def open_of(self, challenger: str) -> int:
        """Open challenges of a challenger."""
        return sum(one.challenger == challenger for one in self.challenges.values())

    @property
    def held(self) -> int:
        """All that the contract owes to somebody, sooner or later."""
        return sum(self.owed.values()) + sum(one.bond for one in self.challenges.values())

    def _open(self, id: bytes) -> Challenge:
        require(id in self.challenges, "challenge_game: no such open challenge")
        return self.challenges[id]

    def _offence(self, challenge: Challenge, due: int) -> int | None:
        """The deadline, within the period in which the question was put; None if that is out of reach."""
        promise = self.promises[challenge.service]
        periods = self.periods[challenge.service, challenge.operator]
        _, end = next(period for period in reversed(periods) if period[0] <= challenge.opened)
        if end and self.now > end + promise.cooldown:
            return None
        offence = min(due, end) if end else due
        return offence if self.now <= offence + promise.reach else None
