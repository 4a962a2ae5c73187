"""Challenges, heartbeats, draws and seeds as whole transactions, with OperatorRegistry as it is.

Stakes and escrow are as told. The commitments are worked ones: attestation for beats, uptime for answers.
"""

from __future__ import annotations

from typing import Any

import pytest
from eth_utils.crypto import keccak
from tests.gas.conftest import Check
from tests.support.challenges import compact
from tests.support.operators import sign_key
from tests.support.templates import template_of
from tests.support.worked import library

from surety.predicates import Compiled
from surety.predicates.evidence import make_message
from surety.sdk.artefacts import artefact
from surety.sdk.contract import Contract
from surety.sdk.engines.accounts import dev_account
from surety.sdk.messages import Message, sign_message

pytestmark = pytest.mark.gas

ZERO = "0x" + "00" * 20
WAD = 10**18
HOUR, DAY, WEEK = 3_600, 86_400, 604_800
KEY = dev_account(5)
BASE = 20 * WAD
DEPOSIT = WAD
ENDLESS = 2**256 - 1


class Court:
    """Registry, game, book and beacon, and an operator with a key who serves."""

    def __init__(self, engine: Any, people: tuple[str, ...]) -> None:
        self.engine, self.people = engine, people
        self.operator, self.challenger, self.stranger = people[1], people[2], people[6]
        self.bonding = self.create("MockBonding")
        self.registry = self.create("CommitmentRegistry", self.bonding.address)
        self.bonding.set_registry(self.registry.address, sender=people[0])
        ledger = self.create("MockStakeLedger")
        self.operators = self.create("OperatorRegistry", ledger.address, people[0], 20 * DAY)
        ledger.set_registry(self.operators.address, sender=people[0])
        self.operators.set_minimum(1, 1, sender=people[0])
        ledger.set_stake(1 << 160 | int(self.operator, 16), 1, sender=people[0])
        made = sign_key(KEY, self.operators.address, engine.chain_id, self.operator, 2**40)
        proof = (made.v, made.r, made.s)
        self.operators.register_with_key(1, "ipfs://x", KEY.address, 2**40, *proof, sender=self.operator)
        machine, self.token = self.create("PredicateMachine"), self.create("MockERC20", "Asset", "AST", 18)
        self.beacon = self.create("RandomBeacon", self.token.address, DEPOSIT, people[8])
        addresses = (self.operators.address, machine.address)
        self.game = self.create(
            "ChallengeGame",
            self.registry.address,
            self.create("MockSlashEscrow").address,
            *addresses,
            self.token.address,
            people[8],
            ZERO,
            BASE,
            WAD,
            100 * WAD,
            people[0],
        )
        self.book = self.create("LivenessBook", self.registry.address, *addresses, self.beacon.address, ZERO, WAD)
        for account in people[2:5]:
            self.token.mint(account, 10**24, sender=people[0])
            for spender in (self.game, self.beacon):
                self.token.approve(spender.address, ENDLESS, sender=account)

    def create(self, name: str, *arguments: Any) -> Contract:
        made = artefact(name)
        return Contract(self.engine, self.engine.create(self.people[0], made.creation(*arguments)).contract, made)

    def serve(self, name: str) -> tuple[Compiled, bytes]:
        """A commitment for which the operator stands; its service."""
        compiled = library(name)
        template = template_of(compiled)
        self.registry.register(*template, sender=self.people[0])
        receipt = self.registry.open(template.id, self.people[0], bytes(32), sender=self.people[0])
        (event,) = self.registry.events(receipt, "ServiceOpened")
        self.bonding.enter(event.args.service, self.operator, [], sender=self.people[0])
        return compiled, event.args.service

    def signed(self, message: Message) -> tuple[bytes, bytes]:
        """Bytes and signature."""
        return message.encoded, sign_message(message, KEY, self.engine.chain_id, self.registry.address).signature

    def vote(self, compiled: Compiled, service: bytes, height: int) -> tuple[bytes, bytes]:
        values = {"height": height, "block": keccak(text=str(height))}
        time = self.engine.timestamp
        return self.signed(
            make_message(compiled, "Vote", values, service=service, sender=self.operator, sequence=height, time=time)
        )

    def pong(self, compiled: Compiled, service: bytes, challenge: bytes) -> tuple[bytes, bytes]:
        ping = Message.decode(challenge)
        digest = keccak(ping.fields[0] + bytes.fromhex(self.operator[2:]).rjust(32, b"\0"))
        return self.signed(
            make_message(compiled, "Pong", {"digest": digest, "ping": ping.id}, service=service, sender=self.operator)
        )

    def challenge(self, compiled: Compiled, service: bytes, nonce: str) -> tuple[int, tuple[Any, ...]]:
        """Gas, and the question."""
        one = compiled.responses[0].program
        receipt = self.game.challenge(
            service,
            self.operator,
            0,
            [keccak(text=nonce)],
            one.words,
            one.constants,
            [],
            ENDLESS,
            sender=self.challenger,
        )
        (event,) = self.game.events(receipt, "ChallengeOpened")
        return receipt.gas_used, (event.args.challenge, self.operator, 0, one.hash, bytes(32))


@pytest.fixture
def court(engine, people) -> Court:
    return Court(engine, people)


def test_beat__first_and_later__within_aim(court: Court, check: Check) -> None:
    compiled, service = court.serve("attestation")
    gas = []
    for week in range(3):
        encoded, signature = court.vote(compiled, service, 100 + week)
        gas.append(court.book.beat(encoded, WEEK, *compact(signature), sender=court.stranger).gas_used)
        court.engine.advance(WEEK)
    check("heartbeat, first of its key and promise", gas[0])
    check("heartbeat, later", max(gas[1:]))


def test_challenge__and_its_ends__within_aim(court: Court, check: Check) -> None:
    compiled, service = court.serve("uptime")
    one = compiled.responses[0].program
    first, _ = court.challenge(compiled, service, "first")
    later, asked = court.challenge(compiled, service, "later")
    reply, signature = court.pong(compiled, service, asked[0])
    answered = court.game.answer(asked, one.words, one.constants, [], reply, signature, [], sender=court.stranger)
    check("challenge an operator, first of a challenger", first)
    check("challenge an operator, later", later)
    check("answer a challenge, first of an operator", answered.gas_used)
    _, asked = court.challenge(compiled, service, "again")
    reply, signature = court.pong(compiled, service, asked[0])
    again = court.game.answer(asked, one.words, one.constants, [], reply, signature, [], sender=court.stranger)
    check("answer a challenge, later", again.gas_used)
    _, asked = court.challenge(compiled, service, "missed")
    court.engine.advance(HOUR + 10)
    check("close a missed challenge, fault recorded", court.game.miss(asked, sender=court.stranger).gas_used)
    check("withdraw what is owed", court.game.withdraw(court.challenger, sender=court.challenger).gas_used)


def test_seed__commit_reveal_settle__within_aim(court: Court, check: Check) -> None:
    today = court.engine.timestamp // DAY
    round_ = today + 2
    court.engine.advance(round_ * DAY - 20 * HOUR - court.engine.timestamp)
    secrets = [keccak(text=str(number)) for number in range(3)]
    gas: dict[str, list[int]] = {"commit": [], "reveal": []}
    for account, secret in zip(court.people[2:5], secrets, strict=True):
        commitment = court.beacon.commitment_of(round_, account, secret)
        gas["commit"].append(court.beacon.commit(round_, commitment, sender=account).gas_used)
    court.engine.advance(round_ * DAY - 3 * HOUR - court.engine.timestamp)
    for account, secret in zip(court.people[2:4], secrets, strict=False):
        gas["reveal"].append(court.beacon.reveal(round_, account, secret, sender=account).gas_used)
    court.engine.advance(round_ * DAY + 10 - court.engine.timestamp)
    check("commit to a secret, later in a round", gas["commit"][2])
    check("reveal a secret, later in a round", gas["reveal"][1])
    check("reveal a secret, and settle the day before", gas["reveal"][0])
    check("settle a seed, a deposit forfeited", court.beacon.settle(round_, sender=court.stranger).gas_used)


def test_draw__answered_and_scored__within_aim(court: Court, check: Check) -> None:
    compiled, service = court.serve("uptime")
    one = compiled.responses[0].program
    check("watch a service of one property", court.book.watch(service, sender=court.stranger).gas_used)
    court.book.enable_draws(service, 0, one.words, one.constants, sender=court.people[0])
    epoch = court.engine.timestamp // WEEK + 1
    court.engine.advance(epoch * WEEK + 10 - court.engine.timestamp)
    for _ in range(7):
        round_ = court.engine.timestamp // DAY
        court.beacon.settle(round_, sender=court.stranger)
        asked, _ = court.book.draw(service, court.operator, 0, round_)
        reply, signature = court.pong(compiled, service, asked)
        arguments = (service, court.operator, 0, round_, one.words, one.constants, [], reply, signature, [])
        gas = court.book.answer(*arguments, sender=court.stranger).gas_used
        court.engine.advance(DAY)
    check("answer a draw, later", gas)
    court.engine.advance(3 * DAY)
    assert court.book.score(service, court.operator, epoch) == WAD
    data = court.book.encode("score", service, court.operator, epoch)
    whole = court.engine.transact(court.stranger, court.book.address, data, 0).gas_used
    check("score of seven draws, as a transaction", whole)
