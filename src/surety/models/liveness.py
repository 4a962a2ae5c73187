"""Liveness by the rules of specs/liveness.md, from histories, in the plainest way. `LivenessBook.vy` must agree.

Times are seconds, scores WAD. Whose key signed and whether an answer is right is given. A method that refuses raises
`Refused` with the contract's reason and has changed nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from eth_abi import encode
from eth_utils.crypto import keccak

from . import sequencer
from .refusal import require
from .sequencer import Uptime

WAD = 10**18
DAY = 86_400
WEEK = 604_800
HOUR = 3_600
SETTLEMENT = 2 * DAY
MAX_PERIODS = 5
LIVENESS, RESPOND = 2, 3


@dataclass(frozen=True)
class Duty:
    """A property: `kind` 1 NEVER, 2 LIVENESS, 3 RESPOND; `message` is the kind of what is due."""

    kind: int
    span: int
    message: bytes = b""

    @property
    def length(self) -> int:
        """Of a heartbeat's periods."""
        return max(self.span, HOUR)


@dataclass
class LivenessBook:
    """`seeds` are the beacon's: round → seed and second of settlement. `odds` in WAD."""

    address: str
    odds: int
    duties: dict[bytes, tuple[Duty, ...]]
    now: int = 0
    uptime: Uptime | None = None
    periods: dict[tuple[bytes, str], list[list[int]]] = field(default_factory=dict)
    """(service, operator) → [start, end] each, end 0 while it runs."""
    seeds: dict[int, tuple[bytes, int]] = field(default_factory=dict)
    draws: dict[tuple[bytes, int], int] = field(default_factory=dict)
    """(service, property) → second since which rounds draw."""
    watched: set[bytes] = field(default_factory=set)
    beats: set[tuple[bytes, str, bytes, int, int]] = field(default_factory=set)
    answers: set[tuple[bytes, str, int, int]] = field(default_factory=set)

    # -- calls --

    def watch(self, service: bytes) -> None:
        """Once."""
        require(service not in self.watched, "liveness_book: watched already")
        require(service in self.duties, "liveness_book: no such service")
        self.watched.add(service)

    def enable_draws(self, service: bytes, property_: int) -> None:
        """By the controller, for a program whose challenges can be drawn."""
        require((service, property_) not in self.draws, "liveness_book: draws enabled already")
        require(service in self.watched, "liveness_book: service is not watched")
        duty = self.duties[service][property_]
        require(duty.kind == RESPOND, "liveness_book: property asks for no answer")
        require(duty.span <= SETTLEMENT, "liveness_book: span above two days")
        self.draws[service, property_] = self.now

    def beat(self, service: bytes, sender: str, kind: bytes, time: int, span: int, signer_of: str | None) -> None:
        """`signer_of` is the operator whose key signed."""
        require(signer_of == sender and signer_of is not None, "liveness_book: not signed by the operator")
        length = max(span, HOUR)
        require(time // length == self.now // length, "liveness_book: not of the period that runs")
        one = (service, sender, kind, length, self.now // length)
        require(one not in self.beats, "liveness_book: period has its beat")
        self.beats.add(one)

    def answer(
        self, service: bytes, operator: str, property_: int, round_: int, signer_of: str | None, right: bool
    ) -> None:
        """To what a round drew."""
        at = self.drawn(service, operator, property_, round_)
        require(at is not None, "liveness_book: not drawn")
        assert at is not None
        due = sequencer.due(self.uptime, self.now, at, self.duties[service][property_].span)
        in_time = self.now <= due and not self.is_final(round_ * DAY // WEEK)
        require(in_time, "liveness_book: too late for an answer")
        require((service, operator) in self.periods, "commitment_registry: operator never served")
        require(signer_of == operator, "liveness_book: not signed by the operator")
        one = (service, operator, property_, round_)
        require(one not in self.answers, "liveness_book: answered already")
        require(right, "liveness_book: answer is not right")
        self.answers.add(one)

    # -- views --

    def is_final(self, epoch: int) -> bool:
        """Two days after its end."""
        return self.now > (epoch + 1) * WEEK + SETTLEMENT

    def drawn(self, service: bytes, operator: str, property_: int, round_: int) -> int | None:
        """Second in which a round's draw of an operator was settled; None if it didn't draw it."""
        since = self.draws.get((service, property_))
        seed, at = self.seeds.get(round_, (b"", 0))
        if since is None or at <= since or at // DAY != round_:
            return None
        ticket = self.ticket(service, operator, property_, seed)
        return at if int.from_bytes(ticket, "big") % WAD < self.odds else None

    def ticket(self, service: bytes, operator: str, property_: int, seed: bytes) -> bytes:
        """What decides on a draw; the fields of its challenge are drawn from its hash."""
        words = ("bytes32", "address", "bytes32", "address", "uint256")
        return bytes(keccak(encode(words, (seed, self.address, service, operator, property_))))

    def score(self, service: bytes, operator: str, epoch: int) -> int:
        """Share of what was due in the worst property."""
        require(self.is_final(epoch), "liveness_book: epoch is not final")
        require(service in self.watched, "liveness_book: service is not watched")
        if any(self.served(service, operator, epoch, duty) is None for duty in self.duties[service]):
            return 0
        tallies = [self.tally(service, operator, number, epoch) for number in range(len(self.duties[service]))]
        return min((done * WAD // due for due, done in tallies if due), default=WAD)

    def tally(self, service: bytes, operator: str, property_: int, epoch: int) -> tuple[int, int]:
        """Due and done."""
        duties = self.duties[service]
        if property_ >= len(duties):
            return 0, 0
        duty = duties[property_]
        span = self.served(service, operator, epoch, duty)
        if span is None:
            return 0, 0
        start, end = span
        if duty.kind == LIVENESS:
            due = [
                one for one in self.ending(duty, epoch) if start <= one * duty.length and (one + 1) * duty.length <= end
            ]
            done = [one for one in due if (service, operator, duty.message, duty.length, one) in self.beats]
            return len(due), len(done)
        if duty.kind == RESPOND:
            asked = [
                round_
                for round_ in range(epoch * 7, epoch * 7 + 7)
                if (at := self.drawn(service, operator, property_, round_)) is not None
                and start <= at
                and at + duty.span <= end
            ]
            return len(asked), sum((service, operator, property_, one) in self.answers for one in asked)
        return 0, 0

    def ending(self, duty: Duty, epoch: int) -> list[int]:
        """Periods of a heartbeat that end in the epoch."""
        opening, length = epoch * WEEK, duty.length
        near = range(opening // length, (opening + WEEK) // length)
        return [one for one in near if opening < (one + 1) * length <= opening + WEEK]

    def served(self, service: bytes, operator: str, epoch: int, duty: Duty) -> tuple[int, int] | None:
        """First and last second of the pieces of service that touch the epoch, or a period of the duty ending then."""
        opening = epoch * WEEK
        begins = [one * duty.length for one in self.ending(duty, epoch)] if duty.kind == LIVENESS else []
        reach = min([opening, *begins])
        pieces = [
            (start, end or 2**64)
            for start, end in self.periods.get((service, operator), [])
            if start < opening + WEEK and (end or 2**64) > reach
        ]
        if not pieces or pieces[-1][1] <= opening:
            return None
        # of pieces that begin in one second the last one counts
        told = [
            one for one, after in zip(pieces, [*pieces[1:], None], strict=True) if after is None or one[0] != after[0]
        ]
        return (told[0][0], told[-1][1]) if len(told) <= MAX_PERIODS else None
