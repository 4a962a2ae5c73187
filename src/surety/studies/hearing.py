"""What others hold of an operator's day, put before the models of prover and challenge game: S0.5, S4.50."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from surety.models.challenges import ChallengeGame, Promise
from surety.models.faults import Backing
from surety.models.refusal import Refused
from surety.predicates.evidence import Value, word_of
from surety.sdk import templates
from surety.sdk.messages import Message

from .cases import CLIENT, OPERATOR, START, holds, worked
from .court import BLOCK, Court

KEPT: Final = "fault_prover: the promise is kept"
ANSWERED: Final = "challenge_game: answered"
SILENT: Final = "nothing to show"
BACKING: Final[Backing] = ("0x" + "5a" * 20, 1)
PATIENCE: Final = 60
"""Seconds until an honest answer is there."""


@dataclass(frozen=True)
class Shown:
    """Messages of a promise never to be broken; or a question that was put on chain, and what came back."""

    named: tuple[Message, ...] = ()
    others: tuple[Message, ...] = ()
    question: Message | None = None
    answer: Message | None = None
    proofs: tuple[tuple[bytes, ...], ...] = ()


@dataclass(frozen=True)
class Heard:
    """Fraction of a backing that is to be slashed, 0 where the cap left nothing; None if there is no fault."""

    fraction: int | None
    reason: str
    seconds: int
    """From the last message, or the question, until then."""


@dataclass
class Hearing:
    """One operator under a worked commitment, with one backing; `cap`, WAD, is of what faults of a window take."""

    name: str
    promise: str
    chosen: Mapping[str, Value] = field(default_factory=dict)
    cap: int | None = None
    slashes: list[int] = field(default_factory=list)
    """Fractions that were proposed."""

    def __post_init__(self) -> None:
        compiled = worked(self.name)
        self.words = tuple(word_of(one.type, self.chosen[one.name], one.name) for one in compiled.parameters)
        terms = {} if self.cap is None else {"cap": self.cap}
        self.court = Court.of(self.name, START, self.words, **terms)
        self.court.book.backings = lambda *_: (BACKING,)
        self.court.book.propose = self._propose
        told = self.court.book.registry.services[self.service].template.terms
        key = (self.service, OPERATOR)
        self.game = ChallengeGame(
            1, 1, 10**6, CLIENT, {self.service: Promise(told.cooldown, told.reach)}, periods={key: [[START, 0]]}
        )

    @property
    def service(self) -> bytes:
        return self.court.service

    def hear(self, shown: Shown, at: int) -> Heard:
        """At a second, `at`, with all messages at hand by then; what is on record stays there."""
        if shown.question is not None:
            return self._challenge(shown, shown.question, at)
        if not shown.named:
            return Heard(None, SILENT, 0)
        messages = [*shown.named, *sorted(shown.others, key=lambda one: one.id)]
        before = len(self.slashes)
        outcome = self.court.prove(at, self.promise, messages, self.words, propose=True)
        if isinstance(outcome, str):
            return Heard(None, outcome, BLOCK)
        return Heard(sum(self.slashes[before:]), "", BLOCK)

    def _challenge(self, shown: Shown, question: Message, at: int) -> Heard:
        """As the game has it: a right answer in time ends it, everything else is missed a second after its deadline."""
        game, promise = self.game, worked(self.name).property_named(self.promise)
        game.now = at
        game.opened(question.id, game.challenge(CLIENT, self.service, OPERATOR, promise.within, 10**18))
        if shown.answer is not None:
            game.now = at + PATIENCE
            try:
                game.answer(question.id, OPERATOR, self._is_right(question, shown.answer, shown.proofs))
                return Heard(None, ANSWERED, PATIENCE)
            except Refused as refusal:
                if str(refusal) != "challenge_game: answer is not right":
                    raise
        game.now = game.due(question.id) + 1
        game.miss(question.id)
        return Heard(self._recorded(question.id), "", game.now - at)

    def _is_right(self, question: Message, answer: Message, proofs: tuple[tuple[bytes, ...], ...]) -> bool:
        return holds(
            self.name,
            self.promise,
            (question, answer),
            service=self.service,
            parameters=self.chosen,
            proofs=proofs,
        )

    def _recorded(self, key: bytes) -> int:
        """What is proposed for the game's fault, which goes into the book under the challenge's id."""
        before, fault, book = len(self.slashes), self.game.faults[key], self.court.book
        book.registry.now = self.game.now
        number = templates.property_index(worked(self.name), self.promise)
        charge = book.registry.charge(self.service, OPERATOR, number, fault.offence)
        offence = book.offence(charge, fault.offence)
        id = book.record(self.service, OPERATOR, number, key, charge, offence, fault.reporter)
        book.propose_all(id, self.service, OPERATOR)
        return sum(self.slashes[before:])

    def _propose(self, backing: Backing, number: int, fraction: int, time: int, reporter: str, fault: bytes) -> int:
        """In place of the escrow, whose places and reviews are a study of its own."""
        self.slashes.append(fraction)
        return len(self.slashes)
