"""PluginProver on titanoboa beside its model, over the court of FaultProver: the same registry, escrow and people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import boa
from eth_abi import encode
from eth_utils.crypto import keccak
from tests.support.commitments import OPERATOR, PROVER, SALT, Court
from tests.support.sides import reason_or_answer
from tests.support.slashing import ADMIN as GOVERNOR

from surety.models.faults import Fault, FaultBook, commitment_of
from surety.models.plugins import PluginClaim, PluginProver, plugin_evidence_hash
from surety.predicates import Compiled, compile_text
from surety.sdk import templates

PLUGIN_PROVER = boa.load_partial("contracts/commitments/PluginProver.vy")
MOCK = boa.load_partial("contracts/mocks/MockPredicate.vy")

JUDGED = """commitment judged {{
  {declarations}
  message Note(value: uint)
  plugin as_told: {address} code {code} about Note
  safety no_note: never (a: out Note) per a.value where a.value > 9
  slash 10% cooldown 21 days review 7 days
}}
"""


def plugin_text(contract: Any, declarations: str = "") -> str:
    """A commitment whose property 1 a deployed contract judges."""
    code = keccak(boa.env.get_code(contract.address))
    return JUDGED.format(declarations=declarations, address=contract.address, code="0x" + code.hex())


def answer(broken: int, key: int | bytes, time: int) -> bytes:
    """Three words."""
    word = key if isinstance(key, bytes) else key.to_bytes(32, "big")
    return bytes(encode(["uint256", "bytes32", "uint256"], [broken, word, time]))


@dataclass
class PluginBench:
    """A judge, its model, and a service whose promise a mock judges."""

    court: Court
    prover: Any
    model: PluginProver
    plugin: Any
    compiled: Compiled
    service: bytes

    @classmethod
    def create(cls, court: Court, declarations: str = "", plugin: Any = None, **terms: int) -> PluginBench:
        prover = PLUGIN_PROVER.deploy(court.registry, court.slashing.escrow)
        court.slashing.terms.set_proposer(prover, 2, court.slashing.exposure, sender=GOVERNOR)
        book = FaultBook(court.laws, court.backings, lambda *_: 0)
        model = PluginProver(book, block=court.model.block)
        book.propose = lambda backing, number, fraction, offence, reporter, fault: court.slashing.model.propose(
            prover.address, True, backing[1], number, fraction, offence, reporter, None, 0
        )
        plugin = MOCK.deploy() if plugin is None else plugin
        compiled = compile_text(plugin_text(plugin, declarations))
        made = cls(court, prover, model, plugin, compiled, court.service(compiled, **terms))
        made.knows(plugin)
        return made

    def knows(self, contract: Any) -> None:
        """The model looks at a contract's code as it is now, and at what it answers."""
        self.model.codes[contract.address] = bytes(keccak(boa.env.get_code(contract.address)))

    def tell(self, told: bytes) -> None:
        """The mock's answer from now on."""
        self.plugin.tell(told)
        self.model.ask = lambda claim, evidence: told

    def behave(
        self, manner: int, told: bytes | None, target: str = PROVER, payload: bytes = b"", least: int = 0
    ) -> None:
        """A manner of the mock, and what comes of it."""
        self.plugin.behave(manner, target, payload, least)
        self.model.ask = lambda claim, evidence: told

    def claim(self, parameters: tuple[bytes, ...] = (), operator: str = OPERATOR, **changed: Any) -> PluginClaim:
        number = templates.property_index(self.compiled, "as_told")
        values = {"service": self.service, "operator": operator, "number": number, "plugin": self.plugin.address}
        return PluginClaim(**values | changed, parameters=parameters)

    def commit(self, claim: PluginClaim, evidence: bytes = b"", prover: str = PROVER, salt: bytes = SALT) -> bytes:
        hashed = plugin_evidence_hash(claim, evidence)
        told = claim.service, claim.operator, claim.number, evidence
        assert self.prover.evidence_hash(*told) == hashed
        commitment = commitment_of(hashed, prover, salt)
        self.model.block = self.court.model.block
        self.model.commit(prover, commitment)
        self.prover.commit(commitment, sender=prover)
        return commitment

    def prove(
        self,
        claim: PluginClaim,
        evidence: bytes = b"",
        prover: str = PROVER,
        salt: bytes = SALT,
        propose: bool = False,
    ) -> Any:
        """Id of the fault, or the reason of the refusal."""
        self.model.block = self.court.model.block
        end = reason_or_answer(
            lambda: self.model.prove(prover, claim, evidence, salt, propose),
            lambda: self.prover.prove(*arguments(claim, evidence, salt, propose), sender=prover),
        )
        if isinstance(end, bytes):
            self.compare(end)
        return end

    def show(self, claim: PluginClaim, evidence: bytes = b"", **how: Any) -> Any:
        """Commit, wait for a block, prove."""
        self.commit(claim, evidence, **{name: how[name] for name in ("prover", "salt") if name in how})
        self.court.wait(12)
        return self.prove(claim, evidence, **how)

    def compare(self, id: bytes) -> Fault:
        """A fault on both sides."""
        fault = self.model.book.faults[id]
        seen = self.prover.fault(id)
        assert (seen.reporter, seen.offence_time) == (fault.reporter, fault.offence_time)
        assert (seen.fraction, seen.until) == (fault.fraction, fault.until)
        for backing, slash in fault.slashes.items():
            assert self.prover.slash_of(id, *backing) == slash
        return fault

    @contextmanager
    def undone(self) -> Iterator[PluginBench]:
        """As `Court.undone`, with this judge's book."""
        model, book = vars(self.model), vars(self.model.book)
        kept = [
            (model, {"ask": model["ask"], **deepcopy({name: model[name] for name in ("commitments", "codes")})}),
            (book, deepcopy({name: book[name] for name in ("faults", "used")})),
        ]
        with self.court.undone():
            yield self
        for place, values in kept:
            place.update(values)


def arguments(claim: PluginClaim, evidence: bytes, salt: bytes, propose: bool) -> tuple[Any, ...]:
    """Of `prove`."""
    told = claim.service, claim.operator, claim.number, claim.plugin, claim.parameters
    return told, evidence, salt, propose
