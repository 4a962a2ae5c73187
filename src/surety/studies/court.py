"""Registry and prover as their models have them: what becomes of evidence at a second, and why it is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from surety.models.commitments import (
    CommitmentRegistry,
    Parameter,
    Property,
    Template,
    Terms,
)
from surety.models.faults import (
    ENDLESS,
    Claim,
    FaultBook,
    FaultProver,
    Signed,
    commitment_of,
    evidence_hash,
)
from surety.models.refusal import Refused
from surety.sdk import templates
from surety.sdk.messages import Message

from .cases import OPERATOR, worked

BONDING: Final = "0x" + "b0" * 20
REGISTRY: Final = "0x" + "5e" * 20
PROVER: Final = "0x" + "e0" * 20
KEY: Final = "0x" + "ee" * 20
SALT: Final = bytes(32)
BLOCK: Final = 12
"""Seconds from the block of a commitment to that of its proof."""


@dataclass
class Court:
    """One operator in one service of a worked commitment; nothing is bonded, faults alone are recorded."""

    name: str
    service: bytes
    prover: FaultProver

    @classmethod
    def of(cls, name: str, start: int, parameters: tuple[bytes, ...] = (), **terms: int) -> Court:
        """An operator that serves since `start`, with a key; `terms` replace those of the text."""
        registry = CommitmentRegistry(BONDING, 31_337, REGISTRY, start)
        template = model_template(name, **terms)
        service = registry.open(registry.register(template), PROVER, SALT)
        registry.enter(BONDING, service, OPERATOR, parameters)
        prover = FaultProver(FaultBook(registry, lambda *_: (), lambda *_: 0), keys={KEY: (OPERATOR, ENDLESS)})
        return cls(name, service, prover)

    @property
    def book(self) -> FaultBook:
        return self.prover.book

    def leave(self, now: int, with_key: bool = False) -> None:
        """The operator is gone from `now` on, perhaps its key too."""
        self.book.registry.now = now
        self.book.registry.leave(BONDING, self.service, OPERATOR)
        if with_key:
            self.prover.keys[KEY] = (OPERATOR, now)

    def last_second(self, time: int) -> int:
        """The last one in which a message of `time` is still shown in time, by asking the book again and again."""
        registry = self.book.registry
        charge = registry.charge(self.service, OPERATOR, 0, time)
        before = registry.now
        low, high = before, before + 2**26
        while low < high:
            registry.now = middle = (low + high + 1) // 2
            try:
                self.book.offence(charge, time)
                low = middle
            except Refused:
                high = middle - 1
        registry.now = before
        return low

    def prove(
        self,
        at: int,
        promise: str,
        messages: Sequence[Message],
        parameters: tuple[bytes, ...] = (),
        witness: tuple[bytes, ...] = (),
        propose: bool = False,
    ) -> str | int:
        """Commit at a second and prove a block later: the fraction that is recorded, or why nothing is."""
        registry = self.book.registry
        compiled = worked(self.name)
        number, program = templates.property_index(compiled, promise), compiled.property_named(promise).program
        signed = [signed_by_sender(one) for one in messages]
        registry.now = at
        self.prover.commit(PROVER, commitment_of(evidence_hash(signed), PROVER, SALT))
        registry.now, self.prover.block = at + BLOCK, self.prover.block + 1
        try:
            claim = Claim(self.service, OPERATOR, number, program, parameters)
            id = self.prover.prove(PROVER, claim, signed, witness, SALT, propose)
        except Refused as refusal:
            return str(refusal)
        return self.book.faults[id].fraction


def model_template(name: str, **terms: int) -> Template:
    """A worked commitment as the registry takes it, with some terms replaced."""
    told, properties, parameters, text = templates.template_of(worked(name)).arguments
    return Template(
        Terms(*told)._replace(**terms),
        tuple(Property(*one) for one in properties),
        tuple(Parameter(*one) for one in parameters),
        text,
    )


def signed_by_sender(message: Message) -> Signed:
    """As told to the model: the operator's by its key, everybody else's by its own."""
    signature = message.id + (1).to_bytes(32, "big") + bytes([27])
    key = KEY if message.sender.lower() == OPERATOR else message.sender
    return Signed(message.encoded, signature, key, True)
