"""CommitmentRegistry and FaultProver as whole transactions, with OperatorRegistry as it is; no stakes.

The attestation commitment: two votes of the operator, signed by one service key. Before each proof lies its commitment.
"""

from __future__ import annotations

from typing import Any

import pytest
from eth_utils.crypto import keccak
from tests.gas.conftest import Check
from tests.support.operators import sign_key
from tests.support.templates import template_of
from tests.support.worked import bench, library

from surety.predicates import compile_text, make_message
from surety.sdk.artefacts import artefact
from surety.sdk.contract import Contract
from surety.sdk.engines.accounts import dev_account
from surety.sdk.messages import Message, sign_message, signature_words
from surety.sdk.plugin_evidence import report_evidence

pytestmark = pytest.mark.gas

DAY = 86_400
WAD = 10**18
KEY = dev_account(5)  # the operator's, of the worked commitments
SALT = b"\x07" * 32
HEADERS = """commitment header_reports {{
  message Header(number: uint64, hash: bytes32)
  plugin true_headers: {address} code {code} about Header
  slash 10% cooldown 21 days review 7 days
}}
"""


class Court:
    """Registry, prover and an operator with a key."""

    def __init__(self, engine: Any, people: tuple[str, ...]) -> None:
        self.engine, self.people = engine, people
        self.bonding = self.create("MockBonding")
        self.registry = self.create("CommitmentRegistry", self.bonding.address)
        self.bonding.set_registry(self.registry.address, sender=people[0])
        ledger = self.create("MockStakeLedger")
        self.operators = self.create("OperatorRegistry", ledger.address, people[0], 20 * DAY)
        ledger.set_registry(self.operators.address, sender=people[0])
        self.operators.set_minimum(1, 1, sender=people[0])
        ledger.set_stake(1 << 160 | int(people[1], 16), 1, sender=people[0])
        made = sign_key(KEY, self.operators.address, engine.chain_id, people[1], 2**40)
        proof = (made.v, made.r, made.s)
        self.operators.register_with_key(1, "ipfs://x", KEY.address, 2**40, *proof, sender=people[1])
        self.escrow = self.create("MockSlashEscrow")
        self.prover = self.create("FaultProver", self.registry.address, self.escrow.address, self.operators.address)

    def create(self, name: str, *arguments: Any) -> Contract:
        made = artefact(name)
        return Contract(self.engine, self.engine.create(self.people[0], made.creation(*arguments)).contract, made)

    def serve(self, **terms: int) -> bytes:
        """The operator in a service of the attestation commitment."""
        template = template_of(library("attestation"), **terms)
        self.registry.register(*template, sender=self.people[0])
        self.registry.open(template.id, self.people[0], SALT, sender=self.people[0])
        service = self.registry.service_of(2**47 + self.registry.service_count())
        self.bonding.enter(service, self.people[1], [], sender=self.people[0])
        return bytes(service)

    def evidence(self, service: bytes, label: str) -> tuple[Any, ...]:
        """What `prove` takes of a worked exhibit, its commitment made a minute ago."""
        exhibit = next(one for one in bench("attestation").exhibits if one.label == label)
        program = library("attestation").property_named(exhibit.promise).program
        moved = [one.model_dump() | {"service": service, "time": self.engine.timestamp} for one in exhibit.named]
        messages = [Message(**one) for one in moved]
        where = self.engine.chain_id, self.registry.address
        words, wallets = signature_words((sign_message(one, KEY, *where).signature, True) for one in messages)
        parts = [one.encoded for one in messages], words, wallets
        commitment = self.prover.commitment_of(self.prover.evidence_hash(*parts), self.people[6], SALT)
        self.committed = self.prover.commit(commitment, sender=self.people[6]).gas_used
        self.engine.advance(60)
        claim = (service, self.people[1], 0, program.words, program.constants, ())
        return claim, parts[0], (), words, wallets, SALT

    def prove(self, evidence: tuple[Any, ...], propose: bool = False) -> int:
        """Gas of the whole transaction."""
        return int(self.prover.prove(*evidence, propose, sender=self.people[6]).gas_used)


@pytest.fixture
def court(engine, people) -> Court:
    return Court(engine, people)


def test_register__attestation__within_aim(court: Court, people, check: Check) -> None:
    template = template_of(library("attestation"))
    gas = court.registry.register(*template, sender=people[0]).gas_used
    check("register a template of three properties", gas)
    check("open a service", court.registry.open(template.id, people[0], SALT, sender=people[0]).gas_used)
    service = court.registry.service_of(2**47 + 1)
    check("begin a period", court.bonding.enter(service, people[1], [], sender=people[0]).gas_used)
    check("end a period", court.bonding.leave(service, people[1], sender=people[0]).gas_used)


def test_prove__double_vote__within_aim(court: Court, check: Check) -> None:
    """DESIGN's aim of 95,000 had keys, program and period in the prover's own storage: decision 0073."""
    evidence = court.evidence(court.serve(), "two blocks at a height")
    check("commit to evidence", court.committed)
    check("prove a double vote, two signatures, recorded", court.prove(evidence))


def test_prove__double_vote_under_a_cap__within_aim(court: Court, check: Check) -> None:
    evidence = court.evidence(court.serve(cap=WAD // 10), "two blocks at a height")
    check("prove a double vote, first under a cap", court.prove(evidence))


def test_prove__false_report_by_plugin__within_aim(court: Court, people, check: Check) -> None:
    """HeaderPredicate asked by PluginProver: the message, its signature, and a hash of the chain that is another."""
    court.serve()
    reports = court.create("HeaderPredicate", court.registry.address, court.operators.address)
    judge = court.create("PluginProver", court.registry.address, court.escrow.address)
    code = "0x" + keccak(court.engine.code(reports.address)).hex()
    compiled = compile_text(HEADERS.format(address=reports.address, code=code))
    template = template_of(compiled)
    court.registry.register(*template, sender=people[0])
    court.registry.open(template.id, people[0], SALT, sender=people[0])
    service = court.registry.service_of(2**47 + court.registry.service_count())
    court.bonding.enter(service, people[1], [], sender=people[0])
    values = {"number": court.engine.block_number - 1, "hash": b"\x66" * 32}
    header = {"service": service, "sender": people[1], "time": court.engine.timestamp}
    signed = sign_message(
        make_message(compiled, "Header", values, **header), KEY, court.engine.chain_id, court.registry.address
    )
    evidence = report_evidence(signed)
    hashed = judge.evidence_hash(service, people[1], 0, evidence)
    judge.commit(judge.commitment_of(hashed, people[6], SALT), sender=people[6])
    court.engine.advance(60)
    claim = (service, people[1], 0, reports.address, ())
    done = judge.prove(claim, evidence, SALT, False, sender=people[6])
    check("prove a false report of a block by plug-in, recorded", done.gas_used)
