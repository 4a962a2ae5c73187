"""Faults on record and their proofs, by the rules of specs/commitments.md.

`FaultProver.vy` and `fault_book.vy` must agree. A method that refuses raises `Refused` with the contract's reason and
has changed nothing. Who signed is told to the model by `Signed`; what programs say, by the reference machine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from eth_abi import encode
from eth_utils.crypto import keccak

from surety.predicates.instructions import Op
from surety.predicates.machine import Evidence, evaluate
from surety.predicates.program import Program
from surety.sdk.errors import UsageError
from surety.sdk.messages import Message, message_id, signature_words
from surety.sdk.messages import evidence_hash as messages_hash

from .commitments import DAY, NEVER, NOTHING, PROOF_TIME, WAD, Charge, CommitmentRegistry, parameters_hash
from .refusal import Refused, require

SHORTEST_WINDOW: Final = 7 * DAY
ENDLESS: Final = 2**256 - 1
_BOOK, _PROVER, _PROOFS, _KEYS = "fault_book: ", "fault_prover: ", "sealed_proofs: ", "service_keys: "
_MALFORMED = "predicate_machine: malformed message"

Backing = tuple[str, int]
"""Slashable and subject."""


@dataclass
class Fault:
    """`fraction` in WAD; `until` is the last second in which a slash can be proposed."""

    reporter: str
    offence_time: int
    fraction: int
    until: int
    slashes: dict[Backing, int] = field(default_factory=dict)


@dataclass
class FaultBook:
    """`backings` and `propose` stand for ServiceBonding and SlashEscrow; `propose` may raise `Refused`."""

    registry: CommitmentRegistry
    backings: Callable[[bytes, str, int], Sequence[Backing]]
    propose: Callable[[Backing, int, int, int, str, bytes], int]
    """(backing, service's number, fraction, offence time, reporter, fault) → id of the slash."""
    faults: dict[bytes, Fault] = field(default_factory=dict)
    used: dict[tuple[bytes, Backing, int], int] = field(default_factory=dict)
    """(service, backing, window) → what its slashes took."""

    def offence(self, charge: Charge, time: int) -> int:
        """`time` within its period, if that can still be punished."""
        now, last = self.registry.now, self.registry.now
        if charge.end:
            require(now <= charge.end + charge.cooldown, _BOOK + "operator has left for good")
            last = charge.end
        offence = max(charge.start, min(time, last))
        require(now <= offence + charge.reach, _BOOK + "offence is too old")
        return offence

    def record(
        self, service: bytes, operator: str, number: int, key: bytes, charge: Charge, offence: int, reporter: str
    ) -> bytes:
        """Id of the fault. One for a later offence, before now, replaces an earlier one; what was slashed stays so."""
        id = fault_id(service, operator, number, key)
        before = self.faults.get(id)
        later = before is None or before.offence_time < offence < self.registry.now
        require(later, _BOOK + "recorded before")
        slashes = before.slashes if before else {}
        self.faults[id] = Fault(reporter, offence, charge.slash, offence + charge.reach, slashes)
        return id

    def slash(self, service: bytes, operator: str, number: int, key: bytes, backing: Backing) -> int:
        """Id of the slash."""
        id = fault_id(service, operator, number, key)
        require(id in self.faults, _BOOK + "no such fault")
        fault = self.faults[id]
        require(self.registry.now <= fault.until, _BOOK + "offence is too old")
        require(backing not in fault.slashes, _BOOK + "proposed before")
        listed = backing in self.backings(service, operator, fault.offence_time)
        require(listed, _BOOK + "nothing of that stood behind it")
        require(self.left(id, service, backing) != 0, _BOOK + "cap of the window is used up")
        return self._propose(id, service, backing)

    def propose_all(self, id: bytes, service: bytes, operator: str) -> None:
        """Every backing; what is refused is left."""
        fault = self.faults[id]
        for backing in self.backings(service, operator, fault.offence_time):
            if backing not in fault.slashes and self.left(id, service, backing) != 0:
                try:
                    self._propose(id, service, backing)
                except Refused:
                    continue

    def left(self, id: bytes, service: bytes, backing: Backing) -> int:
        """What a fault may take of a backing."""
        fault, terms = self.faults[id], self.registry.services[service].template.terms
        return min(fault.fraction, terms.cap - self.used.get(self._counter(fault, service, backing), 0))

    def _propose(self, id: bytes, service: bytes, backing: Backing) -> int:
        fault, number = self.faults[id], self.registry.services[service].number
        fraction = self.left(id, service, backing)
        slash = self.propose(backing, number, fraction, fault.offence_time, fault.reporter, id)
        fault.slashes[backing] = slash
        if self.registry.services[service].template.terms.cap < WAD:
            counter = self._counter(fault, service, backing)
            self.used[counter] = self.used.get(counter, 0) + fraction
        return slash

    def _counter(self, fault: Fault, service: bytes, backing: Backing) -> tuple[bytes, Backing, int]:
        cooldown = self.registry.services[service].template.terms.cooldown
        return service, backing, fault.offence_time // max(cooldown, SHORTEST_WINDOW)


@dataclass(frozen=True)
class Signed:
    """A message as it was handed in, its signature, and what that is worth.

    `key` is whose key signed, None for what is shown as a contract's signature, and "" for a key's of nobody;
    `accepted` is whether the sender, by key or by contract, signed; `refusal` is why recovering a key fails.
    """

    encoded: bytes
    signature: bytes
    key: str | None
    accepted: bool
    refusal: str = ""


@dataclass(frozen=True)
class Claim:
    """Whose promise is said to be broken, and by which program."""

    service: bytes
    operator: str
    number: int
    program: Program
    parameters: tuple[bytes, ...] = ()


@dataclass
class SealedProofs:
    """What judges of evidence have in common: commitments by prover, with block and second."""

    book: FaultBook
    block: int = 0
    commitments: dict[tuple[str, bytes], tuple[int, int]] = field(default_factory=dict)

    def commit(self, prover: str, commitment: bytes) -> None:
        require(commitment != NOTHING, _PROOFS + "zero commitment")
        self.commitments[prover, commitment] = self.block, self.book.registry.now

    def _open(self, prover: str, commitment: bytes) -> None:
        require((prover, commitment) in self.commitments, _PROOFS + "not committed by the caller")
        block, time = self.commitments[prover, commitment]
        require(self.block > block, _PROOFS + "committed in this block")
        require(self.book.registry.now <= time + PROOF_TIME, _PROOFS + "committed over a day ago")


@dataclass
class FaultProver(SealedProofs):
    """`keys` tells of a service key its operator and its end (`ENDLESS` for none)."""

    keys: dict[str, tuple[str, int]] = field(default_factory=dict)

    def prove(
        self,
        prover: str,
        claim: Claim,
        messages: Sequence[Signed],
        witness: tuple[bytes, ...],
        salt: bytes,
        propose: bool = False,
        count: int | None = None,
    ) -> bytes:
        """Id of the fault. `count` is the number of signatures, if it is not that of the messages."""
        signatures = len(messages) if count is None else count
        require(len(messages) > 0 and len(messages) == signatures, _PROVER + "not one signature a message")
        require(len(claim.program.words) > 0, _PROVER + "another program was promised")
        acts = acts_of(claim.program)
        require(bool(acts), _PROVER + "names no act of the operator")
        named = [messages[i].encoded for i in acts if i < len(messages)]
        require(all(len(one) >= 192 for one in named), _MALFORMED)
        time = time_of([int.from_bytes(one[160:192], "big") for one in named], self.book.registry.now)
        charge = self.book.registry.charge(claim.service, claim.operator, claim.number, time)
        require(charge.kind == NEVER, _PROVER + "not a matter of evidence")
        require(charge.program == claim.program.hash, _PROVER + "another program was promised")
        if claim.parameters or charge.parameters != NOTHING:
            chosen = parameters_hash(claim.parameters)
            require(charge.parameters == chosen, _PROVER + "other parameters were promised")
        offence = self.book.offence(charge, time)
        for one in messages:
            self._check_signature(one, claim.operator, max(charge.cooldown, charge.reach))
        self._open(prover, commitment_of(evidence_hash(messages), prover, salt))
        parts = tuple(one.encoded for one in messages)
        evidence = Evidence(claim.service, int(claim.operator, 16), claim.parameters, parts, witness)
        verdict = evaluate(claim.program, evidence)
        require(verdict.broken, _PROVER + "the promise is kept")
        id = self.book.record(claim.service, claim.operator, claim.number, verdict.key, charge, offence, prover)
        del self.commitments[prover, commitment_of(evidence_hash(messages), prover, salt)]
        if propose:
            self.book.propose_all(id, claim.service, claim.operator)
        return id

    def _check_signature(self, one: Signed, operator: str, memory: int) -> None:
        sender = _sender(one.encoded)
        if sender != int(operator, 16):
            require(not one.refusal, one.refusal)
            require(one.accepted, _PROVER + "not signed by its sender")
            return
        require(one.key is not None, _KEYS + "not a key of the operator")
        require(not one.refusal, one.refusal)
        owner, end = self.keys.get(one.key or "", ("0x0", 0))
        require(int(owner, 16) == sender, _KEYS + "not a key of the operator")
        now = self.book.registry.now
        require(end > now or now - end <= memory, _KEYS + "key ended too long ago")


def acts_of(program: Program) -> list[int]:
    """Places of the operator's messages among those that a program names before anything else."""
    acts = []
    for place, code in enumerate(program.codes[:4]):
        if code >> 12 != Op.OUT >> 4:
            break
        if code >> 8 == Op.OUT:
            acts.append(place)
    return acts


def time_of(said: Sequence[int], now: int) -> int:
    """When what the operator says of its messages puts the breach: the latest that has come, or else the latest."""
    return max((one for one in said if one <= now), default=0) or max(said, default=0)


def fault_id(service: bytes, operator: str, number: int, key: bytes) -> bytes:
    """Name of a fault."""
    return bytes(keccak(encode(["bytes32", "address", "uint256", "bytes32"], [service, operator, number, key])))


def evidence_hash(messages: Sequence[Signed]) -> bytes:
    """What a commitment is to."""
    return messages_hash((message_id(one.encoded) for one in messages), *signatures_of(messages))


def signatures_of(messages: Sequence[Signed]) -> tuple[list[tuple[int, int]], bytes]:
    """As the prover takes them."""
    return signature_words((one.signature, one.key is not None) for one in messages)


def commitment_of(evidence: bytes, prover: str, salt: bytes) -> bytes:
    """What a prover commits to."""
    return bytes(keccak(encode(["bytes32", "address", "bytes32"], [evidence, prover, salt])))


def _sender(encoded: bytes) -> int:
    try:
        message = Message.decode(encoded)
    except UsageError as error:
        raise Refused(_MALFORMED) from error
    return int(message.sender, 16)
