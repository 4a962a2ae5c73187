"""Proofs by plug-in, by the rules of specs/commitments.md. `PluginProver.vy` must agree.

A method that refuses raises `Refused` with the contract's reason and has changed nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from eth_abi import encode
from eth_utils.crypto import keccak

from surety.predicates.plugins import plugin_hash

from .commitments import NOTHING, PLUGIN, parameters_hash
from .faults import SealedProofs, commitment_of
from .refusal import require

_NAME: Final = "plugin_prover: "
_ANSWER: Final = 96


@dataclass(frozen=True)
class PluginClaim:
    """Whose promise is said to be broken, and which contract says so."""

    service: bytes
    operator: str
    number: int
    plugin: str
    parameters: tuple[bytes, ...] = ()


def _silent(claim: PluginClaim, evidence: bytes) -> bytes | None:
    return None


@dataclass
class PluginProver(SealedProofs):
    """`codes` tells the code hash of each contract; `ask` what a plug-in answers, None if it reverts."""

    codes: dict[str, bytes] = field(default_factory=dict)
    ask: Callable[[PluginClaim, bytes], bytes | None] = _silent

    def prove(self, prover: str, claim: PluginClaim, evidence: bytes, salt: bytes, propose: bool = False) -> bytes:
        """Id of the fault."""
        registry = self.book.registry
        charge = registry.charge(claim.service, claim.operator, claim.number, registry.now)
        require(charge.kind == PLUGIN, _NAME + "not a matter of a plug-in")
        require(claim.plugin in self.codes, _NAME + "no code at the plug-in")
        promised = plugin_hash(claim.plugin, self.codes[claim.plugin])
        require(charge.program == promised, _NAME + "another plug-in was promised")
        commitment = commitment_of(plugin_evidence_hash(claim, evidence), prover, salt)
        self._open(prover, commitment)
        answer = self.ask(claim, evidence)
        require(answer is not None, _NAME + "the plug-in failed")
        broken, key, time = _read(answer or b"")
        require(broken, _NAME + "the promise is kept")
        charge = registry.charge(claim.service, claim.operator, claim.number, time)
        if claim.parameters or charge.parameters != NOTHING:
            chosen = parameters_hash(claim.parameters)
            require(charge.parameters == chosen, _NAME + "other parameters were promised")
        offence = self.book.offence(charge, time)
        id = self.book.record(claim.service, claim.operator, claim.number, key, charge, offence, prover)
        del self.commitments[prover, commitment]
        if propose:
            self.book.propose_all(id, claim.service, claim.operator)
        return id


def plugin_evidence_hash(claim: PluginClaim, evidence: bytes) -> bytes:
    """What a commitment is to."""
    words = [claim.service, claim.operator, claim.number, keccak(evidence)]
    return bytes(keccak(encode(["bytes32", "address", "uint256", "bytes32"], words)))


def _read(answer: bytes) -> tuple[bool, bytes, int]:
    malformed = _NAME + "malformed answer of the plug-in"
    require(len(answer) == _ANSWER, malformed)
    broken, time = int.from_bytes(answer[:32], "big"), int.from_bytes(answer[64:], "big")
    require(broken < 2, malformed)
    return broken == 1, answer[32:64], time
