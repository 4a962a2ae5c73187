"""Registry and prover on titanoboa over the real escrow and the real operator registry, beside their models.

Stakes are MockSlashable's, and MockBonding says which stand behind whom. Each call is made on both and must end alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import boa
from eth_account.signers.local import LocalAccount
from eth_keys import KeyAPI
from tests.support.operators import ADMIN, KEYS, LEDGER, MINIMUM, sign_key
from tests.support.operators import REGISTRY as OPERATOR_REGISTRY
from tests.support.sides import reason_or_answer
from tests.support.slashing import ADMIN as GOVERNOR
from tests.support.slashing import ZERO, SlashingWorld
from tests.support.templates import template_of

from surety.models.commitments import CommitmentRegistry, Template
from surety.models.faults import (
    ENDLESS,
    Backing,
    Claim,
    Fault,
    FaultBook,
    FaultProver,
    Signed,
    commitment_of,
    evidence_hash,
    signatures_of,
)
from surety.models.slashing import Pool
from surety.predicates.compiler import Compiled, compile_text
from surety.predicates.evidence import make_message
from surety.sdk import templates
from surety.sdk.engines.accounts import dev_addresses
from surety.sdk.errors import UsageError
from surety.sdk.messages import HALF_ORDER, MAX_SIGNATURE, Message, SignedMessage, compact, digest, sign_message

DAY = 86_400
PROVER, COPIER, CONTROLLER, STRANGER = (
    boa.env.generate_address(name) for name in ("some prover", "copier", "controller", "a stranger")
)
OPERATOR = dev_addresses()[1]
OTHER = dev_addresses()[7]
KEY, SECOND_KEY, OTHER_KEY = KEYS[:3]
SALT = b"\x05" * 32
FOREVER = 2**40
CALLING = 8  # manner of MockWallet

REGISTRY = boa.load_partial("contracts/commitments/CommitmentRegistry.vy")
FAULT_PROVER = boa.load_partial("contracts/commitments/FaultProver.vy")
BONDING = boa.load_partial("contracts/mocks/MockBonding.vy")
WALLET = boa.load_partial("contracts/mocks/MockWallet.vy")

VOTES = """commitment votes {
  const NONE = 0x0000000000000000000000000000000000000000000000000000000000000000
  message Vote(height: uint, block: bytes32)
  message Ask(nonce: bytes32)
  safety no_double_vote: never (a: out Vote, b: out Vote) per a.height
    where a.height == b.height and a.block != b.block
  safety no_blank: never (a: out Vote) per a.height where a.block == NONE
  liveness alive: every 1 epoch out Vote
  respond answers: to in Ask within 2 hours with out Vote where out.block == keccak(in.nonce)
  slash 10% cooldown 21 days review 7 days
}
"""
WATCHED = """commitment watched {
  param most: uint16 in 10..2000
  party client
  message Price(value: uint128)
  message Complaint(value: uint128)
  safety honest: never (p: out Price, c: in Complaint from client) per p.value
    where p.value == c.value and p.value > most
  slash 10% cooldown 21 days review 7 days
}
"""


@dataclass
class Court:
    """Contracts and models side by side."""

    slashing: SlashingWorld
    bonding: Any
    registry: Any
    operators: Any
    ledger: Any
    prover: Any
    laws: CommitmentRegistry
    model: FaultProver
    spans: dict[tuple[bytes, str], list[list[Any]]] = field(default_factory=dict)
    wallets: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def create(cls) -> Court:
        """Two operators with a key each; no service yet; the prover is listed with the escrow over one source."""
        slashing = SlashingWorld.create()
        boa.env.evm.patch.block_number = 100
        bonding = BONDING.deploy()
        registry = REGISTRY.deploy(bonding)
        bonding.set_registry(registry)
        ledger = LEDGER.deploy()
        operators = OPERATOR_REGISTRY.deploy(ledger, ADMIN, 20 * DAY)
        ledger.set_registry(operators)
        operators.set_minimum(1, MINIMUM, sender=ADMIN)
        prover = FAULT_PROVER.deploy(registry, slashing.escrow, operators)
        slashing.terms.set_proposer(prover, 2, slashing.exposure, sender=GOVERNOR)
        laws = CommitmentRegistry(bonding.address, boa.env.evm.patch.chain_id, registry.address, slashing.now)
        model = FaultProver(FaultBook(laws, lambda *_: (), lambda *_: 0), block=100)
        court = cls(slashing, bonding, registry, operators, ledger, prover, laws, model)
        model.book.backings, model.book.propose = court.backings, court._propose
        court.hire(OPERATOR, KEY)
        court.hire(OTHER, OTHER_KEY)
        return court

    @contextmanager
    def undone(self) -> Iterator[Court]:
        """What is done in it is undone, on chain, here and on the clock."""
        laws, model, book = vars(self.laws), vars(self.model), vars(self.model.book)
        kept = [
            (laws, deepcopy({name: laws[name] for name in ("now", "templates", "services", "periods")})),
            (model, deepcopy({name: model[name] for name in ("keys", "block", "commitments")})),
            (book, deepcopy({name: book[name] for name in ("faults", "used")})),
            (vars(self.slashing), deepcopy({"model": self.slashing.model})),
            (vars(self), {"spans": deepcopy(self.spans), "wallets": dict(self.wallets)}),
        ]
        boa.env.evm.patch.timestamp, boa.env.evm.patch.block_number = self.now, self.model.block
        try:
            with boa.env.anchor():
                yield self
        finally:
            for place, values in kept:
                place.update(values)

    # -- clock --------------------------------------------------------------------------------------------------------

    @property
    def now(self) -> int:
        return self.laws.now

    def go_to(self, t: int) -> None:
        self.slashing.go_to(t)
        self.laws.now = t

    def wait(self, seconds: int, blocks: int = 1) -> None:
        self.go_to(self.now + seconds)
        self.model.block += blocks
        boa.env.evm.patch.block_number = self.model.block

    # -- people -------------------------------------------------------------------------------------------------------

    def hire(self, operator: str, key: LocalAccount) -> None:
        """An operator with its minimum staked, and its first key."""
        self.ledger.set_stake(1 << 160 | int(operator, 16), MINIMUM)
        self.operators.register(1, "ipfs://about", sender=operator)
        self.rotate(operator, key)

    def rotate(self, operator: str, key: LocalAccount, overlap: int = 0) -> None:
        """Another key; those before end after the overlap."""
        made = sign_key(key, self.operators.address, self.chain_id, operator, FOREVER)
        self.operators.rotate_key(key.address, overlap, FOREVER, made.v, made.r, made.s, sender=operator)
        keys = self.model.keys
        for account, (owner, end) in list(keys.items()):
            if owner == operator:
                keys[account] = owner, min(end, self.now + overlap)
        keys[key.address] = operator, ENDLESS

    def end_key(self, operator: str, key: LocalAccount) -> None:
        self.operators.end_key(key.address, sender=operator)
        self.model.keys[key.address] = operator, self.now

    def wallet(self, owner: LocalAccount, at: str | None = None) -> Any:
        """A contract account of a key, perhaps at a given address."""
        made = WALLET.deploy(owner.address)
        if at is not None:
            boa.env.set_code(at, boa.env.get_code(made.address))
            made = WALLET.at(at)
        self.wallets[made.address] = made
        return made

    @property
    def chain_id(self) -> int:
        return boa.env.evm.patch.chain_id

    # -- promises -----------------------------------------------------------------------------------------------------

    def both(self, model: Callable[[], Any], contract: Callable[[], Any]) -> Any:
        """What both answer, or the reason of the refusal."""
        return reason_or_answer(model, contract)

    def register(self, template: Template) -> Any:
        return self.both(lambda: self.laws.register(template), lambda: self.registry.register(*template))

    def open(self, template: bytes, controller: str = CONTROLLER, salt: bytes = SALT) -> Any:
        return self.both(
            lambda: self.laws.open(template, controller, salt),
            lambda: self.registry.open(template, controller, salt),
        )

    def close(self, service: bytes, caller: str = CONTROLLER) -> Any:
        return self.both(lambda: self.laws.close(caller, service), lambda: self.registry.close(service, sender=caller))

    def enter(self, service: bytes, operator: str = OPERATOR, parameters: tuple[bytes, ...] = ()) -> Any:
        return self.both(
            lambda: self.laws.enter(self.bonding.address, service, operator, parameters),
            lambda: self.bonding.enter(service, operator, parameters),
        )

    def leave(self, service: bytes, operator: str = OPERATOR) -> Any:
        return self.both(
            lambda: self.laws.leave(self.bonding.address, service, operator),
            lambda: self.bonding.leave(service, operator),
        )

    def service(self, compiled: Compiled | str = VOTES, salt: bytes = SALT, **terms: int) -> bytes:
        """A service of a text or a compiled one."""
        made = compile_text(compiled) if isinstance(compiled, str) else compiled
        template = self.register(template_of(made, **terms))
        assert isinstance(template, bytes), template
        opened = self.open(template, salt=salt)
        assert isinstance(opened, bytes), opened
        return opened

    # -- stakes -------------------------------------------------------------------------------------------------------

    def backings(self, service: bytes, operator: str, at: int) -> list[Backing]:
        found = []
        for subject, start, end in self.spans.get((service, operator), []):
            if start <= at and (end is None or self.now <= end):
                found.append((self.slashing.pool.address, subject))
        return found

    def back(self, service: bytes, operator: str = OPERATOR, amount: int = 10**21, asset: int = 5) -> Backing:
        """Own stake of the operator behind a service, from now on; `asset` tells subjects apart."""
        subject = asset << 160 | int(operator, 16)
        slashing = self.slashing
        if amount:
            slashing.token.mint(operator, amount)
            slashing.approve(operator, slashing.pool)
            slashing.pool.deposit(subject, operator, amount, sender=operator)
            pool = slashing.model.pools.setdefault(subject, Pool(operator))
            pool.stake[operator] = pool.stake.get(operator, 0) + amount
        self.spans.setdefault((service, operator), []).append([subject, self.now, None])
        self.bonding.back(service, operator, slashing.pool, subject)
        return slashing.pool.address, subject

    def withdraw(self, service: bytes, index: int, end: int, operator: str = OPERATOR) -> None:
        """A backing is out of reach after a second."""
        self.spans[service, operator][index][2] = end
        self.bonding.withdraw(service, operator, index, end)

    def _propose(self, backing: Backing, number: int, fraction: int, offence: int, reporter: str, fault: bytes) -> int:
        return self.slashing.model.propose(
            self.prover.address, True, backing[1], number, fraction, offence, reporter, None, 0
        )

    # -- proofs -------------------------------------------------------------------------------------------------------

    def sign(self, message: Message, key: LocalAccount = KEY, **domain: Any) -> Signed:
        """As the prover takes it; another `chain_id` or `registry` if wanted."""
        where = {"chain_id": self.chain_id, "registry": self.registry.address} | domain
        return self.signed(message.encoded, sign_message(message, key, **where).signature)

    def signed(self, encoded: bytes, signature: bytes) -> Signed:
        """What a signature is worth here."""
        try:
            message = Message.decode(encoded)
        except UsageError:
            return Signed(encoded, signature, None, False)
        if message.sender in self.wallets:
            wallet = self.wallets[message.sender]
            return Signed(encoded, signature, None, self._accepts(wallet, message, signature))
        if compact(signature) is None:
            return Signed(encoded, signature, None, False)
        read = SignedMessage(
            chain_id=self.chain_id, registry=self.registry.address, message=message, signature=signature
        )
        refusal = ""
        if int.from_bytes(signature[32:64], "big") > HALF_ORDER:
            refusal = "ecdsa: invalid signature `s` value"
        elif read.signer is None:
            refusal = "ecdsa: invalid signature"
        return Signed(encoded, signature, read.signer or "", read.signer == message.sender, refusal)

    def _accepts(self, wallet: Any, message: Message, signature: bytes) -> bool:
        """An honest wallet looks at its owner's signature; one that calls others says yes; the rest answer nonsense."""
        if wallet.manner() == CALLING:
            return len(signature) <= MAX_SIGNATURE
        if wallet.manner() != 0 or len(signature) != 65:
            return False
        made = KeyAPI.Signature(signature[:64] + bytes([signature[64] - 27]))
        signer = made.recover_public_key_from_msg_hash(digest(message, self.chain_id, self.registry.address))
        return bool(signer.to_checksum_address() == wallet.owner())

    def commit(self, messages: Sequence[Signed], prover: str = PROVER, salt: bytes = SALT) -> bytes:
        """To evidence, in this block."""
        commitment = commitment_of(evidence_hash(messages), prover, salt)
        parts = [one.encoded for one in messages], *signatures_of(messages)
        assert self.prover.commitment_of(self.prover.evidence_hash(*parts), prover, salt) == commitment
        self.model.commit(prover, commitment)
        self.prover.commit(commitment, sender=prover)
        assert self.prover.committed(prover, commitment) == (self.model.block, self.now)
        return commitment

    def prove(
        self,
        claim: Claim,
        messages: Sequence[Signed],
        witness: tuple[bytes, ...] = (),
        prover: str = PROVER,
        salt: bytes = SALT,
        propose: bool = False,
    ) -> Any:
        """Id of the fault, or the reason of the refusal."""
        end = self.both(
            lambda: self.model.prove(prover, claim, messages, witness, salt, propose),
            lambda: self.prover.prove(*arguments(claim, messages, witness, salt, propose), sender=prover),
        )
        if isinstance(end, bytes):
            self.compare(end)
        return end

    def show(self, claim: Claim, messages: Sequence[Signed], **how: Any) -> Any:
        """Commit, wait for a block, prove."""
        keep = {name: how[name] for name in ("prover", "salt") if name in how}
        self.commit(messages, **keep)
        self.wait(12)
        return self.prove(claim, messages, **how)

    def slash(self, claim: Claim, key: bytes, backing: Backing) -> Any:
        return self.both(
            lambda: self.model.book.slash(claim.service, claim.operator, claim.number, key, backing),
            lambda: self.prover.slash(claim.service, claim.operator, claim.number, key, *backing, sender=STRANGER),
        )

    def compare(self, id: bytes) -> Fault:
        """A fault on both sides."""
        fault = self.model.book.faults[id]
        seen = self.prover.fault(id)
        assert (seen.reporter, seen.offence_time) == (fault.reporter, fault.offence_time)
        assert (seen.fraction, seen.until) == (fault.fraction, fault.until)
        for backing, slash in fault.slashes.items():
            assert self.prover.slash_of(id, *backing) == slash
        return fault


def arguments(
    claim: Claim, messages: Sequence[Signed], witness: tuple[bytes, ...], salt: bytes, propose: bool
) -> tuple[Any, ...]:
    """Of `prove`."""
    told = (claim.service, claim.operator, claim.number, claim.program.words, claim.program.constants)
    return (
        (*told, claim.parameters),
        [one.encoded for one in messages],
        witness,
        *signatures_of(messages),
        salt,
        propose,
    )


class Bench:
    """A service of one text, and messages in it."""

    def __init__(self, court: Court, text: str = VOTES, **terms: int) -> None:
        self.court, self.compiled = court, compile_text(text)
        self.service = court.service(self.compiled, **terms)

    def claim(self, name: str, parameters: tuple[bytes, ...] = (), operator: str = OPERATOR) -> Claim:
        program = self.compiled.property_named(name).program
        return Claim(self.service, operator, templates.property_index(self.compiled, name), program, parameters)

    def message(self, name: str, sender: str = OPERATOR, to: str = ZERO, **values: Any) -> Message:
        """Of this service; `sequence` and `time` (now) may be among the values."""
        header = {"sequence": values.pop("sequence", 0), "time": values.pop("time", self.court.now)}
        return make_message(self.compiled, name, values, service=self.service, sender=sender, recipient=to, **header)

    def vote(self, height: int, block: int, time: int | None = None, sender: str = OPERATOR) -> Message:
        when = self.court.now if time is None else time
        return self.message("Vote", sender, height=height, block=block.to_bytes(32, "big"), time=when)

    def double(self, height: int = 7, time: int | None = None, key: LocalAccount = KEY) -> list[Signed]:
        """Two votes at a height."""
        return [self.court.sign(self.vote(height, block, time), key) for block in (1, 2)]
