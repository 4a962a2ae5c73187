"""Evidence files: messages that break a promise, with all that a prover and a contract need, in one JSON document.

Anybody checks one without a chain: the promise stands in it as text, and its hash is what the registry has.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Annotated, Any, Literal

from eth_abi import encode
from eth_utils.crypto import keccak
from pydantic import Field

from surety.models.faults import acts_of, time_of
from surety.models.refusal import Refused
from surety.predicates import Compiled, Property, Verdict, evaluate
from surety.predicates import Evidence as Case
from surety.predicates.limits import MAX_MESSAGES, MAX_PATH, MAX_WITNESS

from .claim_file import ClaimFile, Strict
from .errors import UsageError
from .messages import MAX_SIGNATURE, MAX_WALLETS, Message, SignedMessage, Word, evidence_hash, signature_words
from .orders import HexBytes
from .templates import property_index


class Exhibit(Strict):
    """A message and its signature, as in a log but for where it counts, which is the same for all."""

    message: Message
    signature: Annotated[HexBytes, Field(max_length=MAX_SIGNATURE)]


class EvidenceFile(ClaimFile):
    """Messages first those that the property names, in its order, then those that its quantifiers speak of, by id.

    `values` and `proofs` are what a prover brings along.
    """

    evidence: Literal["1"] = "1"
    messages: Annotated[tuple[Exhibit, ...], Field(min_length=1, max_length=MAX_MESSAGES)]
    values: Annotated[tuple[Word, ...], Field(max_length=MAX_WITNESS)] = ()
    proofs: Annotated[tuple[Annotated[tuple[Word, ...], Field(max_length=MAX_PATH)], ...], Field(max_length=2)] = ()

    @classmethod
    def of(
        cls,
        compiled: Compiled,
        name: str,
        operator: str,
        parameters: tuple[bytes, ...],
        signed: Iterable[SignedMessage],
    ) -> EvidenceFile:
        """From signed messages in their order, all of one chain, registry and service."""
        found = tuple(signed)
        first = found[0]
        if any((one.chain_id, one.registry) != (first.chain_id, first.registry) for one in found):
            raise UsageError("messages of different chains or registries are no evidence together")
        return cls(
            chain_id=first.chain_id,
            registry=first.registry,
            service=first.message.service,
            operator=operator,
            promise=compiled.text,
            breaks=name,
            parameters=parameters,
            messages=tuple(Exhibit(message=one.message, signature=one.signature) for one in found),
        )

    # -- what it says

    @cached_property
    def safety(self) -> Property:
        """The property that is said to be broken. Raises `UsageError` unless evidence can prove it."""
        for one in self.compiled.safety:
            if one.name == self.breaks:
                return one
        names = ", ".join(one.name for one in self.compiled.safety) or "nothing"
        raise UsageError(f"breaks: evidence proves {names} of {self.compiled.name}, not {self.breaks}")

    @cached_property
    def number(self) -> int:
        """Of the property in its template."""
        return property_index(self.compiled, self.safety.name)

    @cached_property
    def signed(self) -> tuple[SignedMessage, ...]:
        """Its messages as a log has them."""
        return tuple(
            SignedMessage(chain_id=self.chain_id, registry=self.registry, message=one.message, signature=one.signature)
            for one in self.messages
        )

    @cached_property
    def witness(self) -> tuple[bytes, ...]:
        """Given values, then each proof as its length and its nodes."""
        words = list(self.values)
        for proof in self.proofs:
            words += [len(proof).to_bytes(32, "big"), *proof]
        return tuple(words)

    def time(self, now: int) -> int:
        """When the offence was by those of the operator's messages that the property names first, s."""
        acts = acts_of(self.safety.program)
        return time_of([self.messages[place].message.time for place in acts if place < len(self.messages)], now)

    def verdict(self) -> Verdict:
        """What the reference machine says. Raises `UsageError` with its reason where it refuses."""
        rule = self.safety.rule
        if len(self.values) != rule.values or len(self.proofs) != rule.proofs:
            raise UsageError(f"{self.breaks} is given {rule.values} values and {rule.proofs} proofs")
        encoded = tuple(one.message.encoded for one in self.messages)
        try:
            case = Case(self.service, int(self.operator, 16), self.parameters, encoded, self.witness)
            return evaluate(self.safety.program, case)
        except Refused as refused:
            raise UsageError(f"this is no evidence: {refused}") from None

    def unsigned(self, keys: Mapping[str, str] | None = None) -> list[str]:
        """What is wrong with its signatures, as far as that can be told without asking contracts.

        `keys` are service keys with the operator they speak for; without them the operator's signers are not judged.
        """
        wrong = []
        for place, one in enumerate(self.signed):
            sender, signer = one.message.sender, one.signer
            if sender == self.operator:
                if signer is None:
                    wrong.append(f"messages.{place}: signed by no key")
                elif keys is not None and keys.get(signer) != self.operator:
                    wrong.append(f"messages.{place}: {signer} is no service key of {self.operator}")
            elif signer != sender and len(one.signature) == 65:
                wrong.append(f"messages.{place}: not signed by the key of its sender {sender}")
        if len(self.signatures[1]) > MAX_WALLETS:
            wrong.append(f"messages: a proof takes {MAX_WALLETS} bytes of contracts' signatures")
        return wrong

    # -- for the chain

    @property
    def claim(self) -> tuple[Any, ...]:
        """The struct `Claim` of IFaultProver."""
        program = self.safety.program
        return self.service, self.operator, self.number, program.words, program.constants, self.parameters

    @property
    def hash(self) -> bytes:
        """What a commitment is to: messages and signatures in their order."""
        return evidence_hash([one.message.id for one in self.messages], *self.signatures)

    @property
    def signatures(self) -> tuple[list[tuple[int, int]], bytes]:
        """As the prover takes them: a key's is one that is the sender's, or any where the operator is the sender."""
        return signature_words(
            (one.signature, one.message.sender in (self.operator, one.signer)) for one in self.signed
        )

    def arguments(self, salt: bytes, propose: bool) -> tuple[Any, ...]:
        """Of `prove`."""
        encoded = [one.message.encoded for one in self.messages]
        return self.claim, encoded, self.witness, *self.signatures, salt, propose


def fault_id(service: bytes, operator: str, number: int, key: bytes) -> bytes:
    """By which a fault is on record."""
    return bytes(keccak(encode(["bytes32", "address", "uint256", "bytes32"], [service, operator, number, key])))
