"""Worked commitments that no evidence judges, on chain: `respond` by ChallengeGame, `liveness` by LivenessBook."""

import boa
import pytest
from eth_account import Account
from eth_utils.crypto import keccak
from tests.support.challenges import CHALLENGER, ENDLESS, STRANGER, WAD, ChallengeWorld, compact
from tests.support.worked import BENCHES, OPERATOR, bench, library

from surety.models.liveness import SETTLEMENT, WEEK
from surety.sdk.messages import Message, sign_message
from surety.sdk.templates import property_index

KEY = Account.from_key(keccak(text="key of the worked commitments"))
ASKED = [
    pytest.param(name, one, id=f"{name}: {one.promise}: {one.label}")
    for name in BENCHES
    for one in bench(name).exhibits
    if library(name).property_named(one.promise).within
]
DUTIES = [pytest.param(name, one.name, id=f"{name}: {one.name}") for name in BENCHES for one in library(name).liveness]


@pytest.fixture(scope="module")
def ground():
    with boa.env.anchor():
        world = ChallengeWorld.create()
        world.keys.set_key(KEY.address, OPERATOR)
        yield world


@pytest.fixture
def world(ground):
    with ground.undone() as world:
        yield world


def serving(world, name):
    """A service of the commitment in which OPERATOR serves."""
    service = world.open_service(library(name))
    world.enter(OPERATOR, service, [])
    return service


def signed(world, message):
    return sign_message(message, KEY, world.seeds.chain_id, world.registry.address).signature


def put(world, service, name, exhibit):
    """The exhibit's challenge as the game composes it; what answers it is told, and the exhibit's answer to it."""
    compiled = library(name)
    one, number = compiled.property_named(exhibit.promise), property_index(compiled, exhibit.promise)
    old, reply = (Message.decode(encoded) for encoded in exhibit.evidence.messages)
    program = (one.program.words, one.program.constants, [])
    world.game.challenge(service, OPERATOR, number, old.fields, *program, ENDLESS, sender=CHALLENGER)
    event = next(log for log in world.game.get_logs() if type(log).__name__ == "ChallengeOpened")
    id = Message.decode(bytes(event.challenge)).id
    fields = tuple(id if field == old.id else field for field in reply.fields)
    answer = reply.model_copy(update={"service": service, "fields": fields})
    question = (event.challenge, OPERATOR, number, event.program, event.parameters)
    key = world.game.fault_id(service, OPERATOR, number, id)
    return question, program, answer, event.due, key


@pytest.mark.parametrize(("name", "exhibit"), ASKED)
def test_inv_chg_2_worked__respond__right_answer_is_paid_and_any_other_is_a_fault(world, name, exhibit):
    service = serving(world, name)
    question, program, answer, due, fault = put(world, service, name, exhibit)
    sent = (question, *program, answer.encoded, signed(world, answer), exhibit.evidence.witness)
    if exhibit.broken:  # reads: the answer is right
        world.game.answer(*sent, sender=STRANGER)
        assert world.game.owed(OPERATOR) > 0
    else:
        with boa.reverts("challenge_game: answer is not right"):
            world.game.answer(*sent, sender=STRANGER)
    world.go_to(due + 1)
    if exhibit.broken:
        with boa.reverts("challenge_game: no such open challenge"):
            world.game.miss(question)
    else:
        assert world.game.miss(question) is True
    recorded = world.game.fault(fault)
    assert (recorded.offence_time == due, recorded.fraction > 0) == (not exhibit.broken, not exhibit.broken)


@pytest.mark.parametrize(("name", "promise"), DUTIES)
def test_inv_liv_1_worked__liveness__kept_is_one_and_broken_is_nothing(world, name, promise):
    """S0.21: heartbeats and answers, settled an epoch."""
    compiled = library(name)
    (duty,) = (one for one in compiled.liveness if one.name == promise)
    service, number = serving(world, name), property_index(compiled, promise)
    world.book.watch(service)
    epoch = world.now // WEEK + 1
    span = world.registry.property_of(service, number).span
    for beats in range(2):  # kept in the first epoch, and not in the second
        world.go_to((epoch + beats) * WEEK)
        if not beats:
            fields = tuple(bytes(32) for _ in duty.message.fields)
            message = Message(
                service=service,
                kind=duty.message.kind,
                sender=OPERATOR,
                recipient="0x" + "00" * 20,
                sequence=0,
                time=world.now,
                fields=fields,
            )
            world.book.beat(message.encoded, span, *compact(signed(world, message)), sender=STRANGER)
    world.go_to((epoch + 2) * WEEK + SETTLEMENT + 1)
    assert tuple(world.book.tally(service, OPERATOR, number, epoch)) == (1, 1)
    assert tuple(world.book.tally(service, OPERATOR, number, epoch + 1)) == (1, 0)
    assert (world.book.score(service, OPERATOR, epoch), world.book.score(service, OPERATOR, epoch + 1)) == (WAD, 0)


def test_worked__every_property__is_judged_on_chain_kept_and_broken():
    """S0.5: Safety by the prover (test_proven_commitments.py), the rest here."""
    responses = {(name, one.name) for name in BENCHES for one in library(name).responses}
    for place in responses:
        shown = {one.values[1].broken for one in ASKED if (one.values[0], one.values[1].promise) == place}
        assert shown == {True, False}
    assert len(responses) == 3
    assert len(DUTIES) == 2
