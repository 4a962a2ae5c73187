"""ServiceBonding on anvil, over the whole suite with an 18-decimal asset, the real escrow and registries."""

from __future__ import annotations

from typing import Any

import rlp
from eth_utils.address import to_canonical_address, to_checksum_address
from eth_utils.crypto import keccak
from tests.support.templates import template_of
from tests.support.worked import library

from surety.config import load_config
from surety.sdk.artefacts import artefact
from surety.sdk.contract import Contract
from surety.sdk.deploy import deploy
from surety.sdk.root import repository_root
from surety.sdk.suite import WEEK, fixed_id

FACE = 10**21 + 123_456_789_123_456_789
DAY = 86_400
WAD = 10**18
ZERO = "0x" + "00" * 20
COOLDOWN = 21 * DAY


class House:
    """The contracts; deployer, operator, an owner, who proves, and where slashes go."""

    def __init__(self, engine: Any, people: tuple[str, ...]) -> None:
        self.engine = engine
        self.deployer, self.operator, self.owner, self.prover, self.vetoer, self.confirmer, self.treasury = people[:7]
        self.suite, _ = deploy(
            engine, load_config(repository_root() / "config" / "dai-18-decimals.yaml"), deployer=people[0]
        )
        self.terms = self.create(
            "SlashingTerms",
            *(self.blueprint(name) for name in ("SlashEscrow", "JudgementBonds")),
            *(self.deployer, ZERO, self.vetoer, self.confirmer),
            (7 * DAY, 3 * DAY, 1_000, 10**24, 3_000, 5_000, 500, False, 0, 0, self.treasury, self.treasury),
        )
        self.escrow = Contract(engine, self.terms.escrow(), artefact("SlashEscrow"))
        ledger = self.create("MockStakeLedger")
        self.operators = operators = self.create("OperatorRegistry", ledger.address, self.deployer, 20 * DAY)
        ledger.set_registry(operators.address, sender=self.deployer)
        operators.set_minimum(1, 1, sender=self.deployer)
        ledger.set_stake(1 << 160 | int(self.operator, 16), 1, sender=self.deployer)
        operators.register(1, "ipfs://about", sender=self.operator)
        feed = self.create("BondFeed", self.suite.market.address)
        appraiser = self.create("BondAppraiser", self.suite.market.address, feed.address)
        desk = self.blueprint("BondDesk")
        self.registry = self.create("CommitmentRegistry", self.next_address(1))
        self.bonding = self.create(
            "ServiceBonding",
            desk,
            self.registry.address,
            operators.address,
            self.escrow.address,
            appraiser.address,
            self.deployer,
        )
        self.desk = Contract(engine, self.bonding.desk(), artefact("BondDesk"))
        self.terms.set_slashable(self.bonding.address, True, sender=self.deployer)
        self.terms.set_proposer(self.prover, 2, self.bonding.address, sender=self.deployer)
        self.maturity = (engine.timestamp // WEEK + 30) * WEEK
        self.id = fixed_id(self.maturity)
        for one in (self.operator, self.owner):
            self.suite.mint(one, 10**26)
            self.suite.approve(one)
            self.suite.buy(one, self.maturity, 40 * FACE)
            self.suite.token.setOperator(self.bonding.address, True, sender=one)
            self.deposit(one, 20 * FACE)
        other = self.service(1)
        self.activate(other)
        self.services = self.service(0)
        engine.advance(1_800)

    def create(self, name: str, *arguments: Any) -> Contract:
        kind = artefact(name)
        return Contract(self.engine, self.engine.create(self.deployer, kind.creation(*arguments)).contract, kind)

    def blueprint(self, name: str) -> str:
        return str(self.engine.create(self.deployer, artefact(name).blueprint_initcode).contract)

    def next_address(self, ahead: int) -> str:
        """Of a contract that the deployer creates after `ahead` others."""
        nonce = self.engine.nonce(self.deployer) + ahead
        return to_checksum_address(keccak(rlp.encode([to_canonical_address(self.deployer), nonce]))[12:])

    def service(self, salt: int, commitment: str = "attestation") -> bytes:
        """Another one of a commitment of the library, overseen by the deployer."""
        template = template_of(library(commitment))
        self.registry.register(*template, sender=self.deployer)
        self.registry.open(template.id, self.deployer, salt.to_bytes(32), sender=self.deployer)
        return bytes(self.registry.service_of(2**47 + self.registry.service_count()))

    def deposit(self, who: str, amount: int = FACE) -> int:
        token = self.suite.token.address
        return int(self.bonding.deposit(token, self.id, amount, who, sender=who).gas_used)

    def activate(self, service: bytes | None = None, who: str | None = None) -> int:
        self.engine.advance(1_800)
        arguments = (service or self.services, self.operator, self.suite.token.address, self.id, FACE, [])
        return int(self.bonding.activate(*arguments, sender=who or self.operator).gas_used)

    def propose(self, lock: int) -> int:
        number = int.from_bytes(self.services[-6:])
        subject = lock << 160 | int(self.operator, 16)
        at = self.engine.timestamp
        self.engine.advance(1_800)
        return int(
            self.escrow.propose(
                self.bonding.address, subject, number, WAD // 10, at, ZERO, ZERO, b"\x07" * 32, 0, sender=self.prover
            ).gas_used
        )
