"""What the end of the demonstration shows of promises: one that is registered, bonded and broken, and who proves it.

An operator promises never to vote twice and stands for it with a bond. Its journal refuses a second vote; somebody
signs it past the journal, with the same key. A stranger who has both votes proves it by commit and reveal; the slash is
finalised after its review. Every figure is read from the chain.
"""

from __future__ import annotations

import tempfile
from functools import partial
from importlib.resources import files
from pathlib import Path

from eth_utils.crypto import keccak

from surety.config import Config
from surety.journal import Hold, Journal, PromiseBroken
from surety.predicates import Compiled, compile_text, disassemble, make_message
from surety.predicates.evidence import Value
from surety.sdk.errors import ChainError
from surety.sdk.evidence import EvidenceFile, fault_id
from surety.sdk.finding import find_faults
from surety.sdk.messages import Message, SignedMessage, sign_message
from surety.sdk.operators import sign_proof
from surety.sdk.plan import holders_of
from surety.sdk.plan_restaking import judges_of
from surety.sdk.services import FIRST
from surety.sdk.suite import MAX_UINT, fixed_id
from surety.sdk.templates import WAD, template_of

from .clashes import clashes_of
from .history import PromiseStory, ShownMessage
from .venue import Venue

DAY, WEEK = 86_400, 604_800
OPERATOR, KEY, AUTHOR, STRANGER = "attester", "attester's service key", "author", "stranger"
FACE, HEIGHT = 50_000, 8_640_017
PROMISE = "attestation"
PARTS = {0: "the stranger, as bounty", 2: "insurance", 3: "treasury"}


class Promisers:
    """The people of the story on a venue whose other stories have ended."""

    def __init__(self, venue: Venue, config: Config) -> None:
        self.venue, self.suite = venue, venue.suite
        self.operator = venue.address(OPERATOR)
        self.key = venue.account(KEY)
        self.compiled: Compiled = compile_text(
            files("surety.predicates").joinpath("library", f"{PROMISE}.surety").read_text(encoding="utf-8")
        )
        self._minimum = int(self.suite.operators.call("minimum", 1))
        self._receivers = {
            0: venue.address(STRANGER),
            2: judges_of(config, venue.engine).insurance,
            3: holders_of(config, venue.engine).treasurer,
        }

    def play(self) -> PromiseStory:
        """Promise, break, prove, pay. Raises `ChainError` if any call is refused."""
        self._stake()
        service = self._open_service()
        lock = self._bond(service)
        kept, refusal, leaked = self._vote(service)
        file = self._found(service, [*kept, leaked])
        fault, times = self._prove(file)
        slash = int(self.suite.prover.call("slash_of", fault, *self._place(lock)))
        before = self.suite.bonding.call("lock", lock)
        seized = int(self.suite.bonding.call("seizure", slash)[1])
        self.venue.advance_to(int(self.suite.slashes.call("slash", slash).end))
        self.venue.do(STRANGER, "finalise", self.suite.escrow, (slash,))
        times.append(("paid out", self.venue.now))
        paid = self._pay(slash)
        promise = self.compiled.property_named(file.breaks)
        return PromiseStory(
            name=self.compiled.name,
            breaks=promise.name,
            text=self.compiled.text,
            read_back=disassemble(promise.program, self.compiled.checked.messages),
            listing=promise.program.listing,
            size=promise.program.size,
            program=promise.program.hash,
            service=int(self.suite.commitments.call("number_of", service)) - FIRST,
            operator=self.operator,
            key=self.key.address,
            stranger=self.venue.address(STRANGER),
            shown=tuple(
                ShownMessage(one.message, one.signature, marks)
                for one, marks in zip(file.messages, clashes_of(self.compiled, promise), strict=True)
            ),
            refusal=refusal,
            fault=fault,
            fault_key=file.verdict().key,
            evidence=file.dumps(),
            times=tuple(times),
            bonded=before.units + seized,
            seized=seized,
            paid=paid,
            maturity=before.id % 2**64,
        )

    # -- before

    def _stake(self) -> None:
        """The operator stakes the minimum, registers with its service key, and buys what it will stand with."""
        suite, venue = self.suite, self.venue
        units = self._minimum + suite.units(FACE)
        subject = 1 << 160 | int(self.operator, 16)
        self.venue.must(OPERATOR, "endow", {"amount": units}, partial(suite.mint, self.operator, units))
        for spender in (suite.pools, suite.treasury):
            self.venue.do(OPERATOR, "approve", suite.asset, (spender.address, MAX_UINT))
        self.venue.do(OPERATOR, "open_pool", suite.pools, (1, 1, 0, 0))
        self.venue.do(OPERATOR, "stake", suite.pools, (self.operator, subject, self._minimum), function="deposit")
        registry = suite.operators.address
        proof = sign_proof(self.key, self.operator, venue.now + DAY, venue.engine.chain_id, registry)
        terms = (1, "https://attester.example/metadata.json", proof.key, *proof.values)
        self.venue.do(OPERATOR, "register", suite.operators, terms, function="register_with_key")

    def _open_service(self) -> bytes:
        """Anybody registers the promise and opens a service of it."""
        suite, author = self.suite, self.venue.address(AUTHOR)
        made = template_of(self.compiled, cap=WAD // 5)
        self.venue.do(AUTHOR, "promise", suite.commitments, made.arguments, function="register")
        program = self.compiled.property_named("no_double_vote").program
        self.venue.do(AUTHOR, "publish", suite.commitments, (program.words, program.constants))
        salt = bytes(keccak(text="the demonstration's service"))
        service = bytes(suite.commitments.call("open", made.id, author, salt, sender=author))
        self.venue.do(AUTHOR, "open_service", suite.commitments, (made.id, author, salt), function="open")
        return service

    def _bond(self, service: bytes) -> int:
        suite, bonding = self.suite, self.suite.bonding
        maturity = suite.maturity_for(52 * WEEK)
        bond, units = fixed_id(maturity), suite.units(FACE)
        terms = (maturity, units, units, self.operator, self.venue.now)
        self.venue.do(OPERATOR, "take_bonds", suite.market, terms, function="buy")
        self.venue.do(OPERATOR, "approve", suite.token, (bonding.address, bond, units))
        self.venue.do(OPERATOR, "bond", bonding, (suite.token.address, bond, units, self.operator), function="deposit")
        self.venue.do(OPERATOR, "activate", bonding, (service, self.operator, suite.token.address, bond, units, []))
        self.venue.advance_to(self.venue.now + DAY)
        return int(bonding.call("lock_count"))

    # -- the fault

    def _vote(self, service: bytes) -> tuple[list[SignedMessage], str, SignedMessage]:
        """Votes by the journal; what it says of one too many; and that one, signed without asking it."""
        chain_id, registry = self.venue.engine.chain_id, self.suite.commitments.address
        with tempfile.TemporaryDirectory() as folder:
            journal = Journal.create(Path(folder) / "journal", chain_id, registry, self.operator)
            with journal:
                journal.hold(service, self.compiled.text)
                kept = [journal.sign(self._message(service, height), self.key) for height in (HEIGHT - 1, HEIGHT)]
                second = self._message(service, HEIGHT, "fork")
                try:
                    journal.sign(second, self.key)
                except PromiseBroken as refused:
                    return kept, str(refused), sign_message(second, self.key, chain_id, registry)
        raise ChainError("the journal signed a second vote")

    def _message(self, service: bytes, height: int, chain: str = "canonical") -> Message:
        values: dict[str, Value] = {"height": height, "block": bytes(keccak(text=f"{chain} block {height}"))}
        return make_message(
            self.compiled,
            "Vote",
            values,
            service=service,
            sender=self.operator,
            sequence=height,
            time=self.venue.now,
        )

    def _found(self, service: bytes, messages: list[SignedMessage]) -> EvidenceFile:
        """What a stranger makes of what it heard from both sides of the fork."""
        found = [file for _, file in find_faults(Hold(self.compiled, service, self.operator), messages)]
        if len(found) != 1:
            raise ChainError(f"{len(found)} faults where one was made")
        return found[0]

    def _prove(self, file: EvidenceFile) -> tuple[bytes, list[tuple[str, int]]]:
        """Commit, wait a block, reveal; the fault's id, and when what happened."""
        prover, salt = self.suite.prover, bytes(keccak(text="a salt that the demonstration may know"))
        times = [("both votes signed", self.venue.now)]
        self.venue.advance_to(self.venue.now + DAY // 24)
        self.venue.do(STRANGER, "commit", prover, (file.commitment(self.venue.address(STRANGER), salt),))
        times.append(("committed to the evidence", self.venue.now))
        self.venue.advance_to(self.venue.now + 12)
        self.venue.do(STRANGER, "prove", prover, file.arguments(salt, True))
        times.append(("proven; the bond seized", self.venue.now))
        return fault_id(file.service, file.operator, file.number, file.verdict().key), times

    # -- after

    def _place(self, lock: int) -> tuple[str, int]:
        return self.suite.bonding.address, int(self.suite.bonding.call("subject_of", lock))

    def _pay(self, slash: int) -> dict[str, int]:
        """Send each part of the bond; face by whom it went to."""
        paid, escrow = {}, self.suite.escrow
        for part, whom in PARTS.items():
            receipt = self.venue.do(STRANGER, "pull", escrow, (slash, part, self._receivers[part]))
            paid[whom] = sum(event.args.amount for event in escrow.events(receipt, "SlashPaid"))
        return paid
