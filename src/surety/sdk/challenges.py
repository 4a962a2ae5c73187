"""Challenges as their events tell them: the game itself keeps one word of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from surety.predicates import Compiled, Property

from .errors import UsageError
from .messages import Message, SignedMessage
from .past import past
from .services import Services
from .templates import property_index


@dataclass(frozen=True)
class Challenge:
    """One, and how it stands: `due` is the last second for an answer, 0 once it is closed."""

    id: bytes
    service: bytes
    operator: str
    number: int
    program: bytes
    parameters: bytes
    bond: int
    due: int
    message: Message

    @property
    def question(self) -> tuple[Any, ...]:
        """The struct `Question` of IChallengeGame."""
        return self.message.encoded, self.operator, self.number, self.program, self.parameters


class Challenges:
    """Of the services of a suite. Raises `UsageError` where the engine has no history to read them from."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.game = services.suite.challenges

    def challenge(self, identity: bytes) -> Challenge:
        """One by its id. Raises `UsageError` if there was none."""
        for one in self.all(identity):
            return one
        raise UsageError(f"there was no challenge 0x{identity.hex()}")

    def all(self, identity: bytes | None = None) -> list[Challenge]:
        """All, or the one of an id, newest first."""
        game, found = self.game, []
        for event in reversed(past(game, "ChallengeOpened", identity)):
            told = event.args
            opened = bool(game.call("open_challenge", told.id)[0])
            found.append(
                Challenge(
                    id=bytes(told.id),
                    service=bytes(told.service),
                    operator=told.operator,
                    number=told.property,
                    program=bytes(told.program),
                    parameters=bytes(told.parameters),
                    bond=told.bond,
                    due=int(game.call("due", told.id)) if opened else 0,
                    message=Message.decode(bytes(told.challenge)),
                )
            )
        return found

    def promise(self, service: bytes, name: str) -> tuple[Compiled, Property, int]:
        """A response of a service, with its number. Raises `UsageError` for what is none."""
        compiled = self.services.compiled(service)
        number = property_index(compiled, name)
        for one in compiled.responses:
            if one.name == name:
                return compiled, one, number
        raise UsageError(f"{name} of {compiled.name} is not answered to: a challenge needs a `respond`")

    def by_number(self, service: bytes, number: int) -> tuple[Compiled, Property]:
        """The response of a number."""
        compiled = self.services.compiled(service)
        return compiled, compiled.responses[number - len(compiled.safety) - len(compiled.liveness)]

    def opening(self, service: bytes, operator: str, name: str, fields: list[bytes], limit: int) -> tuple[Any, ...]:
        """Arguments of `challenge`."""
        _, promise, number = self.promise(service, name)
        program = promise.program
        parameters = self.services.parameters(service, operator)
        return service, operator, number, fields, program.words, program.constants, parameters, limit

    def answering(self, one: Challenge, signed: SignedMessage, witness: list[bytes]) -> tuple[Any, ...]:
        """Arguments of `answer`."""
        _, promise = self.by_number(one.service, one.number)
        program, parameters = promise.program, self.services.parameters(one.service, one.operator)
        words = program.words, program.constants
        return one.question, *words, parameters, signed.message.encoded, signed.signature, witness
