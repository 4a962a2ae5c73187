"""Challenges, liveness and the beacon on titanoboa beside their models: each call on both, ending alike.

The registry is the real one; ServiceBonding, OperatorRegistry and the sequencer's feed are doubles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

import boa
from eth_account import Account
from eth_utils.crypto import keccak
from tests.support.sides import reason_or_answer
from tests.support.templates import template_of

from surety.models.beacon import RandomBeacon
from surety.models.challenges import ChallengeGame, Promise
from surety.models.liveness import DAY, WEEK, Duty, LivenessBook
from surety.models.refusal import Refused
from surety.models.sequencer import Uptime
from surety.predicates import Compiled, compile_text
from surety.predicates.compiler import Property
from surety.predicates.evidence import make_message, word_of
from surety.sdk.messages import Message, sign_message

START = 2_860 * WEEK + 2 * DAY  # a Saturday, 2024-10-26
WAD = 10**18
ZERO = "0x" + "00" * 20
NOTHING = bytes(32)
WEALTH = 2**120
ENDLESS = 2**256 - 1
DEPOSIT = 10**18
ODDS = WAD // 2
BASE, LOWEST, HIGHEST = 10**19 + 1, 10**18, 10**21

TEXT = """
commitment watchman {
  param limit: uint16 in 1..100
  party client
  message Beat(number: uint64)
  message Ask(nonce: bytes32, size: uint32)
  message Reply(digest: bytes32, ask: bytes32)
  message Order(amount: uint8, open: bool)
  message Receipt(order: bytes32)

  liveness beats: every 1 day out Beat
  liveness weekly: every 1 epoch out Beat
  respond answers: to in Ask within 1 hour with out Reply
    where out.ask == id(in) and out.digest == keccak(in.nonce, in.size)
  respond orders: to in Order from client within 6 hours with out Receipt
    where out.order == id(in) and in.amount <= limit and in.open

  slash 5%
  cooldown 2 days
  review 7 days
}
"""
BEATS, WEEKLY, ANSWERS, ORDERS = range(4)
WATCHMAN: Compiled = compile_text(TEXT)


def person(name: str) -> str:
    """An address with a name in traces."""
    return str(boa.env.generate_address(name))


ADMIN, SINK, STRANGER, KEEPER = map(person, ("admin", "sink", "stranger", "keeper"))
CONTROLLER, CLIENT = person("controller"), person("client")
CHALLENGER, SECOND, THIRD = map(person, ("challenger", "second", "third"))
OPERATOR, OTHER = person("operator"), person("other operator")
OPERATORS = (OPERATOR, OTHER)
CHALLENGERS = (CHALLENGER, SECOND, THIRD, CLIENT, OPERATOR)
KEYS = {OPERATOR: Account.from_key(keccak(text="key")), OTHER: Account.from_key(keccak(text="other key"))}
STRAY_KEY = Account.from_key(keccak(text="stray key"))
LIMIT = 50

REGISTRY = boa.load_partial("contracts/commitments/CommitmentRegistry.vy")
MACHINE = boa.load_partial("contracts/commitments/PredicateMachine.vy")
GAME = boa.load_partial("contracts/commitments/ChallengeGame.vy")
BOOK = boa.load_partial("contracts/commitments/LivenessBook.vy")
BEACON = boa.load_partial("contracts/commitments/RandomBeacon.vy")
BONDING = boa.load_partial("contracts/mocks/MockBonding.vy")
SERVICE_KEYS = boa.load_partial("contracts/mocks/MockServiceKeys.vy")
FEED = boa.load_partial("contracts/mocks/MockUptimeFeed.vy")


def promise(number: int, compiled: Compiled = WATCHMAN) -> Property:
    """A respond property by its number in the template."""
    return compiled.responses[number - len(compiled.safety) - len(compiled.liveness)]


def compact(signature: bytes) -> tuple[int, int]:
    """A signature as EIP-2098 has it: r, and s with the parity of v in its top bit."""
    r, s = (int.from_bytes(signature[at : at + 32], "big") for at in (0, 32))
    return r, s | (signature[64] - 27) << 255


@dataclass
class Asked:
    """An open challenge as its event told it, and what an answer takes."""

    id: bytes
    property: int
    message: bytes
    question: tuple[Any, ...]
    arguments: tuple[Any, ...]
    """Program, constants and parameters."""


@dataclass
class ChallengeWorld:
    """`service` is one of WATCHMAN; its operators serve with LIMIT and CLIENT."""

    registry: Any
    bonding: Any
    keys: Any
    machine: Any
    feed: Any
    token: Any
    beacon: Any
    book: Any
    game: Any
    service: bytes
    model: ChallengeGame
    liveness: LivenessBook
    seeds: RandomBeacon
    asked: dict[bytes, Asked] = field(default_factory=dict)

    @classmethod
    def create(
        cls,
        *,
        token: str = "MockERC20",
        decimals: int = 18,
        compiled: Compiled = WATCHMAN,
        escrow: Any = None,
        feed: bool = False,
        base: int = BASE,
        odds: int = ODDS,
    ) -> ChallengeWorld:
        """The clock at START, both operators serving and backed by nothing."""
        boa.env.evm.patch.timestamp = START
        bonding = BONDING.deploy()
        registry = REGISTRY.deploy(bonding)
        bonding.set_registry(registry)
        machine, keys, uptime = MACHINE.deploy(), SERVICE_KEYS.deploy(), FEED.deploy()
        for operator, key in KEYS.items():
            keys.set_key(key.address, operator)
        money = boa.load_partial(f"contracts/mocks/{token}.vy").deploy("Asset", "AST", decimals)
        beacon = BEACON.deploy(money, DEPOSIT, SINK)
        uptime.set_uptime(False, 1)
        used = uptime.address if feed else ZERO
        game = GAME.deploy(registry, escrow or STRANGER, keys, machine, money, SINK, used, base, LOWEST, HIGHEST, ADMIN)
        book = BOOK.deploy(registry, keys, machine, beacon, used, odds)
        for account in {*CHALLENGERS, KEEPER, STRANGER}:
            money.mint(account, WEALTH)
            for spender in (game, beacon):
                money.approve(spender, ENDLESS, sender=account)
        model = ChallengeGame(base, LOWEST, HIGHEST, SINK, {}, now=START, uptime=Uptime() if feed else None)
        liveness = LivenessBook(book.address, odds, {}, now=START, uptime=Uptime() if feed else None)
        seeds = RandomBeacon(boa.env.evm.patch.chain_id, beacon.address, DEPOSIT, SINK, now=START)
        world = cls(
            registry, bonding, keys, machine, uptime, money, beacon, book, game, NOTHING, model, liveness, seeds
        )
        world.service = world.open_service(compiled)
        for operator in OPERATORS:
            world.enter(operator)
        return world

    @contextmanager
    def undone(self) -> Iterator[ChallengeWorld]:
        """A copy, as this one stands; what is done to it is undone on chain."""
        with boa.env.anchor():
            boa.env.evm.patch.timestamp = self.now
            copies = (deepcopy(one) for one in (self.model, self.liveness, self.seeds))
            model, liveness, seeds = copies
            yield replace(self, model=model, liveness=liveness, seeds=seeds, asked=dict(self.asked))

    # -- setting up ---------------------------------------------------------------------------------------------------

    def open_service(self, compiled: Compiled = WATCHMAN, salt: bytes = NOTHING, **terms: Any) -> bytes:
        """A service of a commitment, overseen by CONTROLLER."""
        template = template_of(compiled, **terms)
        id = self.registry.register(*template)
        service = bytes(self.registry.open(id, CONTROLLER, salt))
        self.model.promises[service] = Promise(template.terms.cooldown, template.terms.reach)
        self.liveness.duties[service] = tuple(Duty(one.kind, one.span, one.message) for one in template.properties)
        return service

    def enter(self, operator: str, service: bytes | None = None, chosen: Sequence[bytes] | None = None) -> None:
        service = service or self.service
        words = self.parameters if chosen is None else chosen
        self.bonding.enter(service, operator, words)
        for periods in (self.model.periods, self.liveness.periods):
            periods.setdefault((service, operator), []).append([self.now, 0])

    def leave(self, operator: str, service: bytes | None = None) -> None:
        service = service or self.service
        self.bonding.leave(service, operator)
        for periods in (self.model.periods, self.liveness.periods):
            periods[service, operator][-1][1] = self.now

    @property
    def parameters(self) -> tuple[bytes, ...]:
        """Of both operators: what each parameter's type takes."""
        chosen = {"limit": LIMIT, "client": CLIENT}
        return tuple(word_of(one.type, chosen[one.name], one.name) for one in WATCHMAN.parameters)

    @property
    def now(self) -> int:
        return self.model.now

    def go_to(self, time: int) -> None:
        assert time >= self.now
        boa.env.evm.patch.timestamp = time
        self.model.now = self.liveness.now = self.seeds.now = time

    def wait(self, seconds: int) -> None:
        self.go_to(self.now + seconds)

    def set_uptime(self, uptime: Uptime) -> None:
        self.model.uptime = self.liveness.uptime = uptime
        self.feed.set_uptime(uptime.down, uptime.since)
        self.feed.set_silent(uptime.silent)

    def balance(self, account: Any) -> int:
        return int(self.token.balanceOf(account))

    def both(self, model: Callable[[], Any], contract: Callable[[], Any]) -> Any:
        """What both returned, or the reason for which both refused."""
        return reason_or_answer(model, contract)

    # -- messages -----------------------------------------------------------------------------------------------------

    def message(self, kind: str, operator: str = OPERATOR, **values: Any) -> Message:
        """Of an operator."""
        place = {name: values.pop(name) for name in ("time", "sequence") if name in values}
        return make_message(WATCHMAN, kind, values, service=self.service, sender=operator, **place)

    def signature(self, message: Message, key: Any = None) -> bytes:
        """By the sender's service key, or another."""
        signer = key or KEYS[message.sender]
        return sign_message(message, signer, self.seeds.chain_id, self.registry.address).signature

    def reply(self, challenge: bytes, **changed: Any) -> Message:
        """The right answer to an Ask or an Order, but for what is changed."""
        asked = Message.decode(challenge)
        if len(asked.fields) == 2 and asked.kind == promise(ANSWERS).challenge:
            values = {"digest": bytes(keccak(b"".join(asked.fields))), "ask": asked.id}
            return self.message("Reply", asked.recipient, **(values | changed))
        return self.message("Receipt", asked.recipient, **({"order": asked.id} | changed))

    # -- ChallengeGame ------------------------------------------------------------------------------------------------

    def arguments(self, number: int) -> tuple[Any, ...]:
        """Program, constants and parameters."""
        program = promise(number).program
        return program.words, program.constants, self.parameters

    def challenge(
        self,
        caller: str = CHALLENGER,
        operator: str = OPERATOR,
        number: int = ANSWERS,
        fields: Sequence[bytes] = (bytes(range(32)), bytes(31) + b"\x07"),
        max_bond: int = ENDLESS,
        service: bytes | None = None,
    ) -> Any:
        """Id, or the reason of the refusal."""
        service = service or self.service
        arguments = self.arguments(number)

        def call() -> bytes:
            return bytes(self.game.challenge(service, operator, number, fields, *arguments, max_bond, sender=caller))

        try:
            expected = self.model.challenge(caller, service, operator, promise(number).within, max_bond)
        except Refused as refused:
            with boa.reverts(refused.reason):
                call()
            return refused.reason
        id = call()
        event = next(one for one in self.game.get_logs() if type(one).__name__ == "ChallengeOpened")
        message = Message.decode(bytes(event.challenge))
        assert (message.sequence, message.time) == (expected.number, self.now)
        assert (message.sender, message.recipient, message.service) == (caller, operator, service)
        assert (event.id, event.bond, event.challenger) == (id, expected.bond, caller)
        assert event.due == self.now + promise(number).within
        question = (event.challenge, operator, number, event.program, event.parameters)
        self.asked[id] = Asked(id, number, bytes(event.challenge), question, arguments)
        self.model.opened(id, expected)
        self.compare()
        return id

    def answer(
        self,
        id: bytes,
        reply: Message | None = None,
        *,
        key: Any = None,
        right: bool = True,
        caller: str = STRANGER,
        witness: Sequence[bytes] = (),
    ) -> Any:
        """None, or the reason of the refusal."""
        asked = self.asked[id]
        reply = reply or self.reply(asked.message)
        signer = key or KEYS[reply.sender]
        speaks_for = next((one for one, known in KEYS.items() if known.address == signer.address), None)
        return self.compared(
            lambda: self.model.answer(id, speaks_for, right),
            lambda: self.game.answer(
                asked.question, *asked.arguments, reply.encoded, self.signature(reply, key), witness, sender=caller
            ),
        )

    def miss(self, id: bytes, caller: str = STRANGER) -> Any:
        return self.compared(
            lambda: self.model.miss(id), lambda: self.game.miss(self.asked[id].question, sender=caller)
        )

    def withdraw(self, caller: str) -> Any:
        return self.compared(lambda: self.model.withdraw(caller), lambda: self.game.withdraw(caller, sender=caller))

    def fault(self, id: bytes) -> Any:
        """As it stands on record."""
        asked = self.asked[id]
        operator, number = asked.question[1:3]
        key = Message.decode(asked.message).id
        return self.game.fault(self.game.fault_id(Message.decode(asked.message).service, operator, number, key))

    def compared(self, model: Callable[[], Any], contract: Callable[[], Any]) -> Any:
        """As `both`, and all that the game keeps is the model's."""
        found = self.both(model, contract)
        self.compare()
        return found

    def compare(self) -> None:
        """All that the game keeps."""
        assert self.game.base() == self.model.base
        for id in self.asked:
            open = self.model.challenges.get(id)
            opened, _, bond = self.game.open_challenge(id)
            assert (opened, bond) == ((open.opened, open.bond) if open else (0, 0))
            if open:
                assert self.game.due(id) == self.model.due(id)
            recorded, expected = self.fault(id), self.model.faults.get(id)
            told = (expected.reporter, expected.offence) if expected else (ZERO, 0)
            assert (recorded.reporter, recorded.offence_time) == told
        for operator in OPERATORS:
            places = (self.model.places(self.service, operator), self.model.asked[self.service, operator])
            assert tuple(self.game.places(self.service, operator)) == places
        for account in (*CHALLENGERS, *OPERATORS, SINK):
            assert self.game.owed(account) == self.model.owed[account]
            assert self.game.open_of(account) == self.model.open_of(account)
        assert self.balance(self.game) == self.model.held

    # -- RandomBeacon -------------------------------------------------------------------------------------------------

    def commit(self, account: str, secret: bytes, round_: int) -> Any:
        commitment = self.seeds.commitment_of(round_, account, secret)
        return self.both(
            lambda: self.seeds.commit(account, round_, commitment),
            lambda: self.beacon.commit(round_, commitment, sender=account),
        )

    def reveal(self, account: str, secret: bytes, round_: int, caller: str = STRANGER) -> Any:
        boa.env.evm.patch.prevrandao = self.seeds.randao
        found = self.both(
            lambda: self.seeds.reveal(round_, account, secret),
            lambda: self.beacon.reveal(round_, account, secret, sender=caller),
        )
        self._learn(round_ - 1)
        return found

    def settle(self, round_: int, randao: bytes = bytes(32)) -> Any:
        boa.env.evm.patch.prevrandao = randao
        self.seeds.randao = randao
        found = self.both(lambda: self.seeds.settle(round_), lambda: bytes(self.beacon.settle(round_, sender=KEEPER)))
        self._learn(round_)
        return found

    def _learn(self, round_: int) -> None:
        """A seed that stands is the book's, too."""
        if round_ in self.seeds.seeds:
            one = self.seeds.seeds[round_]
            self.liveness.seeds[round_] = (one.value, one.at)

    # -- LivenessBook -------------------------------------------------------------------------------------------------

    def watch(self, draws: bool = True) -> None:
        """The service, and draws of its answers."""
        self.both(lambda: self.liveness.watch(self.service), lambda: self.book.watch(self.service, sender=STRANGER))
        if draws:
            program = promise(ANSWERS).program
            self.both(
                lambda: self.liveness.enable_draws(self.service, ANSWERS),
                lambda: self.book.enable_draws(
                    self.service, ANSWERS, program.words, program.constants, sender=CONTROLLER
                ),
            )

    def beat(self, operator: str = OPERATOR, span: int = DAY, *, time: int | None = None, key: Any = None) -> Any:
        message = self.message("Beat", operator, number=self.now % 2**64, time=self.now if time is None else time)
        signer = key or KEYS[operator]
        speaks_for = next((one for one, known in KEYS.items() if known.address == signer.address), None)
        return self.both(
            lambda: self.liveness.beat(self.service, operator, message.kind, message.time, span, speaks_for),
            lambda: self.book.beat(message.encoded, span, *compact(self.signature(message, key)), sender=STRANGER),
        )

    def answer_draw(
        self, round_: int, operator: str = OPERATOR, *, right: bool = True, key: Any = None, **changed: Any
    ) -> Any:
        asked, _ = self.book.draw(self.service, operator, ANSWERS, round_)
        values = {"digest": NOTHING, "ask": NOTHING}
        reply = self.reply(asked, **changed) if asked else self.message("Reply", operator, **values)
        signer = key or KEYS[operator]
        speaks_for = next((one for one, known in KEYS.items() if known.address == signer.address), None)
        return self.both(
            lambda: self.liveness.answer(self.service, operator, ANSWERS, round_, speaks_for, right),
            lambda: self.book.answer(
                self.service,
                operator,
                ANSWERS,
                round_,
                *self.arguments(ANSWERS),
                reply.encoded,
                self.signature(reply, key),
                [],
                sender=STRANGER,
            ),
        )

    def score(self, operator: str, epoch: int) -> Any:
        return self.both(
            lambda: self.liveness.score(self.service, operator, epoch),
            lambda: self.book.score(self.service, operator, epoch),
        )

    def tally(self, operator: str, number: int, epoch: int) -> Any:
        return self.both(
            lambda: self.liveness.tally(self.service, operator, number, epoch),
            lambda: tuple(self.book.tally(self.service, operator, number, epoch)),
        )
