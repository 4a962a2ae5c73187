"""ChallengeGame call by call beside its model: doors, answers, deadlines, faults, bonds. specs/challenge-game.md."""

import boa
import pytest
from eth_abi import encode
from eth_utils.crypto import keccak
from tests.support.challenges import (
    ADMIN,
    ANSWERS,
    BASE,
    BEATS,
    CHALLENGER,
    CLIENT,
    ENDLESS,
    GAME,
    HIGHEST,
    KEYS,
    LOWEST,
    OPERATOR,
    ORDERS,
    OTHER,
    SECOND,
    SINK,
    STRANGER,
    STRAY_KEY,
    THIRD,
    ZERO,
    ChallengeWorld,
    person,
    promise,
)
from tests.support.templates import template_of
from tests.support.worked import PATHS, PIECES, library

from surety.models.challenges import OWN, PLACES
from surety.models.sequencer import DAY, OUTAGE, SILENCE, Uptime
from surety.predicates import compile_text
from surety.predicates.evidence import make_message
from surety.sdk.messages import Message, sign_message

HOUR = 3_600


@pytest.fixture(scope="module")
def ground():
    with boa.env.anchor():
        yield ChallengeWorld.create()


@pytest.fixture
def world(ground):
    with ground.undone() as world:
        yield world


@pytest.fixture
def stalling():
    with boa.env.anchor():
        world = ChallengeWorld.create(feed=True)
        yield world


def word(number):
    return number.to_bytes(32, "big")


# -- creation and governance ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", [2, 3, 4, 5])
def test_create__something_missing__refuses(world, wrong):
    arguments = [
        world.registry,
        STRANGER,
        world.keys,
        world.machine,
        world.token,
        SINK,
        ZERO,
        BASE,
        LOWEST,
        HIGHEST,
        ADMIN,
    ]
    arguments[wrong] = ZERO
    with boa.reverts("challenge_game: zero address"):
        GAME.deploy(*arguments)
    assert tuple(world.game.setting()) == (
        world.keys.address, world.machine.address, world.token.address, SINK, ZERO, LOWEST, HIGHEST
    )  # fmt: skip


@pytest.mark.parametrize(("base", "low", "high"), [(5, 6, 9), (10, 6, 9), (5, 0, 9), (5, 1, 2**112)])
def test_create__base_outside_its_bounds__refuses(world, base, low, high):
    with boa.reverts("challenge_game: base out of bounds"):
        GAME.deploy(
            world.registry, STRANGER, world.keys, world.machine, world.token, SINK, ZERO, base, low, high, ADMIN
        )


def test_set_base__by_the_admin_within_bounds__holds_for_the_next_challenge(world):
    id = world.challenge()
    world.model.set_base(2 * BASE)
    world.game.set_base(2 * BASE, sender=ADMIN)
    assert world.game.bond(world.service, OPERATOR) == 4 * BASE
    assert world.answer(id) is None
    assert world.game.owed(OPERATOR) == BASE // 2  # of the bond, since it is less than the base is now
    with boa.reverts("roles: caller lacks the role"):
        world.game.set_base(BASE, sender=STRANGER)
    for base in (LOWEST - 1, HIGHEST + 1):
        with boa.reverts("challenge_game: base out of bounds"):
            world.game.set_base(base, sender=ADMIN)


# -- at the door ------------------------------------------------------------------------------------------------------


def test_challenge__operator_who_serves__tells_message_and_deadline(world):
    id = world.challenge()
    assert tuple(world.game.open_challenge(id)) == (world.now, HOUR, BASE)
    assert world.game.due(id) == world.now + HOUR
    assert tuple(world.game.places(world.service, OPERATOR)) == (1, 1)


def test_challenge__who_never_served_or_has_left__refuses(world):
    assert world.challenge(operator=STRANGER) == "commitment_registry: operator never served"
    world.leave(OPERATOR)
    assert world.challenge() == "challenge_game: operator does not serve"
    world.enter(OPERATOR)
    assert isinstance(world.challenge(), bytes)


def test_challenge__property_that_asks_for_nothing__refuses(world):
    for number, reason in (
        (BEATS, "challenge_game: property asks for no answer"),
        (4, "commitment_registry: no such property"),
    ):
        with boa.reverts(reason):
            world.game.challenge(
                world.service, OPERATOR, number, [], *world.arguments(ANSWERS), ENDLESS, sender=CHALLENGER
            )


def test_challenge__other_program_or_parameters__refuses(world):
    program, constants, parameters = world.arguments(ANSWERS)
    fields = [word(1), word(2)]
    wrong = [
        ("not the property's program", promise(ORDERS).program.words, constants, parameters),
        ("not the property's program", program, constants[:-1], parameters),
        ("not the operator's parameters", program, constants, parameters[:1]),
        ("not the operator's parameters", program, constants, []),
    ]
    for reason, *arguments in wrong:
        with boa.reverts(f"challenge_game: {reason}"):
            world.game.challenge(world.service, OPERATOR, ANSWERS, fields, *arguments, ENDLESS, sender=CHALLENGER)


def by_hand(world, words, constants=(), kind=b"\5" * 32):
    """A service whose one response has a program that no compiler wrote."""
    template = template_of(library("uptime"))
    program = keccak_of(words, constants)
    changed = template.properties[0]._replace(program=program, message=kind)
    id = world.registry.register(template.terms, [changed], [], "by hand")
    service = world.registry.open(id, STRANGER, bytes(32))
    world.bonding.enter(service, OPERATOR, [])
    return service


def keccak_of(words, constants):
    return bytes(keccak(encode(("uint256[]", "bytes32[]"), (words, constants))))


def test_inv_chg_1_challenge__program_that_binds_no_challenge__refuses(world):
    service = by_hand(world, [0xF0 << 248])
    with boa.reverts("challenge_game: program asks nothing"):
        world.game.challenge(service, OPERATOR, 0, [], [0xF0 << 248], [], [], ENDLESS, sender=CHALLENGER)


def test_inv_chg_1_challenge__template_and_program_name_other_kinds__refuses(world):
    one = library("uptime").responses[0].program
    service = by_hand(world, one.words, one.constants)
    with boa.reverts("predicate_machine: message of another kind"):
        world.game.challenge(service, OPERATOR, 0, [word(1)], one.words, one.constants, [], ENDLESS, sender=CHALLENGER)


def test_inv_chg_5_challenge__ninth_of_an_operator__is_refused_and_each_costs_twice_the_last(world):
    bonds = []
    for _ in range(PLACES):
        bonds.append(world.game.bond(world.service, OPERATOR))
        assert isinstance(world.challenge(), bytes)
    assert bonds == [BASE << level for level in range(PLACES)]
    assert world.challenge(SECOND) == "challenge_game: operator has too many open"
    assert world.game.bond(world.service, OPERATOR) == 0
    assert isinstance(world.challenge(SECOND, OTHER), bytes)
    assert world.answer(next(iter(world.asked))) is None
    assert world.game.bond(world.service, OPERATOR) == BASE << (PLACES - 1)


def test_inv_chg_5_challenge__thirty_third_of_a_challenger__refuses(world):
    operators = [person(f"operator {number}") for number in range(5)]
    for operator in operators:
        world.enter(operator)
    for number in range(OWN):
        assert isinstance(world.challenge(operator=operators[number // 7]), bytes)
    assert world.challenge(operator=operators[4]) == "challenge_game: caller has too many open"
    assert isinstance(world.challenge(SECOND, operators[4]), bytes)


def test_challenge__bond_above_the_limit__refuses(world):
    assert isinstance(world.challenge(max_bond=BASE), bytes)
    assert world.challenge(max_bond=2 * BASE - 1) == "challenge_game: bond above the caller's limit"


def test_challenge__same_question_in_one_second__is_another_challenge(world):
    first, second = world.challenge(), world.challenge()
    assert first != second
    assert world.answer(second) is None
    assert world.game.open_challenge(first)[2] == BASE


# -- answers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [ANSWERS, ORDERS])
def test_inv_chg_4_answer__right_and_in_time__pays_the_operator_whoever_sends_it(world, number):
    fields = (word(7), word(1))
    id = world.challenge(CLIENT, number=number, fields=fields)
    assert world.answer(id, caller=STRANGER) is None
    assert (world.game.owed(OPERATOR), world.game.owed(SINK)) == (BASE // 2, BASE - BASE // 2)
    assert world.answer(id) == "challenge_game: no such open challenge"
    assert world.miss(id) == "challenge_game: no such open challenge"


def test_inv_chg_4_answer__with_a_proof__is_judged_by_it(world):
    compiled = library("retrievability")
    service = world.open_service(compiled)
    world.enter(OPERATOR, service, [])
    one = compiled.responses[0].program
    arguments = (one.words, one.constants, [])
    world.game.challenge(service, OPERATOR, 0, [word(9), word(3)], *arguments, ENDLESS, sender=CHALLENGER)
    event = next(log for log in world.game.get_logs() if type(log).__name__ == "ChallengeOpened")
    question = (event.challenge, OPERATOR, 0, event.program, event.parameters)
    asked = Message.decode(bytes(event.challenge))

    def send(piece, *witness):
        reply = make_message(compiled, "Piece", {"sample": asked.id, "piece": piece}, service=service, sender=OPERATOR)
        world.game.answer(question, *arguments, reply.encoded, world.signature(reply), witness, sender=STRANGER)

    with boa.reverts("challenge_game: answer is not right"):
        send(PIECES[2], word(3), *PATHS[2])
    with boa.reverts("predicate_machine: given value missing"):
        send(PIECES[3])
    send(PIECES[3], word(3), *PATHS[3])
    assert world.game.owed(OPERATOR) == BASE // 2
    world.model.owed[OPERATOR], world.model.owed[SINK] = BASE // 2, BASE - BASE // 2
    assert world.game.open_of(CHALLENGER) == 0


def test_inv_chg_4_answer__wrong_or_to_another_challenge__refuses(world):
    first, second = world.challenge(), world.challenge()
    wrong = world.reply(world.asked[first].message, digest=word(1))
    assert world.answer(first, wrong, right=False) == "challenge_game: answer is not right"
    assert (
        world.answer(second, world.reply(world.asked[first].message), right=False)
        == "challenge_game: answer is not right"
    )
    assert world.answer(second) is None


def test_inv_chg_4_answer__other_key_operator_or_signature__refuses(world):
    id = world.challenge()
    assert world.answer(id, key=STRAY_KEY) == "challenge_game: not signed by the operator"
    assert world.answer(id, key=KEYS[OTHER]) == "challenge_game: not signed by the operator"
    asked, reply = world.asked[id], world.reply(world.asked[id].message)
    signature = world.signature(reply)
    order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
    high = (order - int.from_bytes(signature[32:64], "big")).to_bytes(32, "big")
    mirrored = signature[:32] + high + bytes([signature[64] ^ 7])
    with boa.reverts("ecdsa: invalid signature `s` value"):
        world.game.answer(asked.question, *asked.arguments, reply.encoded, mirrored, [])
    with boa.reverts("challenge_game: not signed by the operator"):
        world.game.answer(asked.question, *asked.arguments, reply.encoded, signature[:63], [])


@pytest.mark.parametrize(("chain", "registry"), [(2, None), (None, STRANGER)])
def test_inv_chg_4_answer__signed_for_another_chain_or_registry__refuses(world, chain, registry):
    id = world.challenge()
    asked, reply = world.asked[id], world.reply(world.asked[id].message)
    elsewhere = sign_message(
        reply, KEYS[OPERATOR], chain or world.seeds.chain_id, registry or world.registry.address
    ).signature
    with boa.reverts("challenge_game: not signed by the operator"):
        world.game.answer(asked.question, *asked.arguments, reply.encoded, elsewhere, [])


def test_inv_chg_4_answer__chain_has_split__signatures_of_the_other_side_count_no_more(world):
    id = world.challenge()
    asked, reply = world.asked[id], world.reply(world.asked[id].message)
    before = world.signature(reply)
    boa.env.evm.patch.chain_id = world.seeds.chain_id + 1
    try:
        with boa.reverts("challenge_game: not signed by the operator"):
            world.game.answer(asked.question, *asked.arguments, reply.encoded, before, [])
        world.seeds.chain_id += 1
        assert world.answer(id) is None
    finally:
        boa.env.evm.patch.chain_id = world.seeds.chain_id - 1


def test_answer__other_program_parameters_or_question__refuses(world):
    id = world.challenge()
    asked, reply = world.asked[id], world.reply(world.asked[id].message)
    program, constants, parameters = asked.arguments
    signature = world.signature(reply)
    for reason, *arguments in (
        ("not the property's program", program, constants[:-1], parameters),
        ("not the operator's parameters", program, constants, parameters[:1]),
    ):
        with boa.reverts(f"challenge_game: {reason}"):
            world.game.answer(asked.question, *arguments, reply.encoded, signature, [])
    message, operator, number, program_hash, chosen = asked.question
    for question in (
        (message, OTHER, number, program_hash, chosen),
        (message, operator, ORDERS, program_hash, chosen),
        (message, operator, number, chosen, chosen),
        (message, operator, number, program_hash, bytes(32)),
        (message[:-1] + b"\x09", operator, number, program_hash, chosen),
    ):
        with boa.reverts("challenge_game: no such open challenge"):
            world.game.answer(question, *asked.arguments, reply.encoded, signature, [])
        with boa.reverts("challenge_game: no such open challenge"):
            world.game.miss(question)
    with boa.reverts("predicate_machine: malformed message"):
        world.game.answer((message[:-1], *asked.question[1:]), *asked.arguments, reply.encoded, signature, [])
    with boa.reverts("predicate_machine: malformed message"):
        world.game.answer(asked.question, *asked.arguments, reply.encoded[:-1], signature, [])


def test_inv_chg_10_answer__parameters_changed_and_key_rotated_since__counts_by_the_opening(world):
    old = world.challenge()
    world.leave(OPERATOR)
    program, constants, parameters = world.arguments(ANSWERS)
    world.enter(OPERATOR, chosen=(word(99), parameters[1]))
    world.keys.set_key(STRAY_KEY.address, OPERATOR)  # rotated: the new key speaks for it, too
    reply = world.reply(world.asked[old].message)
    asked = world.asked[old]
    world.model.answer(old, OPERATOR, right=True)
    world.game.answer(asked.question, *asked.arguments, reply.encoded, world.signature(reply, STRAY_KEY), [])
    with boa.reverts("challenge_game: not the operator's parameters"):
        world.game.challenge(
            world.service, OPERATOR, ANSWERS, [word(1), word(2)], *world.arguments(ANSWERS), ENDLESS, sender=CHALLENGER
        )
    world.game.challenge(
        world.service,
        OPERATOR,
        ANSWERS,
        [word(1), word(2)],
        program,
        constants,
        (word(99), parameters[1]),
        BASE,
        sender=SECOND,
    )
    world.model.opened(b"new", world.model.challenge(SECOND, world.service, OPERATOR, HOUR, BASE))


# -- deadlines --------------------------------------------------------------------------------------------------------


def test_inv_chg_2_answer__last_second_and_one_after__counts_and_doesnt(world):
    first, second = world.challenge(), world.challenge()
    world.wait(HOUR)
    assert world.miss(first) == "challenge_game: answer is not overdue"
    assert world.answer(first) is None
    world.wait(1)
    assert world.answer(second) == "challenge_game: too late for an answer"
    assert world.miss(second) is True


def test_inv_chg_6_due__sequencer_came_back__span_starts_anew(stalling):
    world = stalling
    first, second = world.challenge(), world.challenge()
    opened = world.now
    world.wait(HOUR + 500)
    world.set_uptime(Uptime(since=opened + 2_000))
    assert world.game.due(first) == opened + 2_000 + HOUR
    assert world.miss(first) == "challenge_game: answer is not overdue"
    assert world.answer(first) is None
    world.go_to(opened + 2_001 + HOUR)
    assert world.answer(second) == "challenge_game: too late for an answer"
    assert world.miss(second) is True
    assert world.fault(second).offence_time == opened + 2_000 + HOUR


def test_inv_chg_6_due__outage_before_the_opening__changes_nothing(stalling):
    world = stalling
    world.set_uptime(Uptime(since=world.now - 10))
    id = world.challenge()
    world.wait(HOUR + 1)
    assert world.miss(id) is True


def test_inv_chg_6_due__sequencer_down__shelters_for_a_week(stalling):
    world = stalling
    id = world.challenge()
    since = world.now + 600
    world.go_to(since + HOUR)
    world.set_uptime(Uptime(down=True, since=since))
    world.go_to(since + HOUR + OUTAGE)
    assert world.miss(id) == "challenge_game: answer is not overdue"
    world.wait(1)
    assert world.answer(id) == "challenge_game: too late for an answer"
    assert world.miss(id) is True
    assert world.fault(id).offence_time == since + HOUR + OUTAGE


@pytest.mark.parametrize("uptime", [Uptime(silent=True), Uptime(since=0), Uptime(since=2**40)])
def test_inv_chg_6_due__feed_that_makes_no_sense__gives_a_day(stalling, uptime):
    world = stalling
    id = world.challenge()
    world.set_uptime(uptime)
    world.wait(HOUR + SILENCE)
    assert world.miss(id) == "challenge_game: answer is not overdue"
    world.wait(1)
    assert world.miss(id) is True


def test_inv_chg_6_due__feed_speaks_again__ends_the_day_that_its_silence_gave(stalling):
    world = stalling
    first, second = world.challenge(), world.challenge()
    opened = world.now
    world.set_uptime(Uptime(silent=True))
    world.wait(HOUR + 600)
    assert world.game.due(first) == opened + HOUR + SILENCE
    assert world.answer(first) is None
    world.set_uptime(Uptime())  # which never stood still
    assert world.game.due(second) == opened + HOUR
    assert world.miss(second) is True


def test_inv_chg_6_due__down_then_back__leaves_the_whole_span(stalling):
    world = stalling
    id = world.challenge()
    world.wait(HOUR + 1)
    world.set_uptime(Uptime(down=True, since=world.now - 600))
    told = world.game.due(id)
    world.wait(600)
    world.set_uptime(Uptime(since=world.now))
    assert world.game.due(id) == world.now + HOUR < told
    world.wait(HOUR)
    assert world.answer(id) is None


def test_inv_chg_6_due__asked_with_little_gas__refuses_to_guess(stalling):
    world = stalling
    id = world.challenge()
    world.wait(HOUR + 1)
    asked, reply = world.asked[id], world.reply(world.asked[id].message)
    for call in (
        lambda gas: world.game.miss(asked.question, gas=gas),
        lambda gas: world.game.answer(
            asked.question, *asked.arguments, reply.encoded, world.signature(reply), [], gas=gas
        ),
    ):
        with boa.reverts("sequencer: not enough gas for the feed"):
            call(65_000)
    assert world.answer(id) == "challenge_game: too late for an answer"


# -- faults -----------------------------------------------------------------------------------------------------------


def test_inv_chg_3_miss__unanswered__is_one_fault_of_the_challengers_report(world):
    id = world.challenge()
    world.wait(HOUR + 1)
    assert world.miss(id) is True
    fault = world.fault(id)
    assert (fault.reporter, fault.offence_time, fault.fraction) == (CHALLENGER, world.now - 1, 5 * 10**16)
    assert world.game.owed(CHALLENGER) == BASE
    assert world.miss(id) == "challenge_game: no such open challenge"


def test_inv_chg_3_miss__three_missed__are_three_faults(world):
    ids = world.challenge(), world.challenge(SECOND), world.challenge(THIRD)
    world.wait(HOUR + 1)
    assert [world.miss(id) for id in ids] == [True] * 3
    assert [world.fault(id).fraction for id in ids] == [5 * 10**16] * 3


@pytest.mark.parametrize("leaves_after", [1, 1_000])
def test_inv_chg_10_miss__operator_left_meanwhile__fault_is_of_its_last_second(world, leaves_after):
    id = world.challenge()
    world.wait(leaves_after)
    world.leave(OPERATOR)
    left = world.now
    world.enter(OPERATOR)
    world.wait(HOUR + 1)
    assert world.miss(id) is True
    assert world.fault(id).offence_time == left


@pytest.mark.parametrize(("late", "recorded"), [(2 * DAY - HOUR, True), (2 * DAY - HOUR + 1, False)])
def test_inv_chg_8_miss__operator_out_of_reach__gives_the_bond_back_all_the_same(world, late, recorded):
    id = world.challenge()
    world.wait(HOUR)
    world.leave(OPERATOR)
    world.wait(HOUR + late)
    assert world.miss(id) is recorded
    assert world.game.owed(CHALLENGER) == BASE


def test_inv_chg_9_miss__bonding_fails__is_all_that_can_stop_it(world):
    id = world.challenge()
    world.wait(HOUR + 1)
    world.bonding.set_failing(True)
    with boa.reverts("mock_bonding: failing"):
        world.game.miss(world.asked[id].question)
    world.bonding.set_failing(False)
    assert world.miss(id) is True


# -- money ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("token", "decimals"), [("MockERC20", 6), ("MockERC20", 8), ("MockERC20", 18), ("MockNoReturnERC20", 18)]
)
def test_inv_chg_8_bonds__any_token__come_back_or_are_shared(token, decimals):
    with boa.env.anchor():
        world = ChallengeWorld.create(token=token, decimals=decimals)
        answered, missed = world.challenge(), world.challenge(SECOND)
        assert world.answer(answered) is None
        world.wait(HOUR + 1)
        assert world.miss(missed) is True
        world.compare()
        for account, amount in ((OPERATOR, BASE // 2), (SINK, BASE - BASE // 2), (SECOND, 2 * BASE)):
            assert world.withdraw(account) == amount
        assert world.balance(world.game) == 0
        assert world.withdraw(SECOND) == "challenge_game: nothing owed"


def test_challenge__token_takes_a_fee_or_says_no__refuses(world):
    for name, reason in (("MockFeeERC20", "bond arrived short"), ("MockFalseERC20", "token refused")):
        token = boa.load_partial(f"contracts/mocks/{name}.vy").deploy("Odd", "ODD", 18)
        game = GAME.deploy(
            world.registry, STRANGER, world.keys, world.machine, token, SINK, ZERO, BASE, LOWEST, HIGHEST, ADMIN
        )
        token.mint(CHALLENGER, 10 * BASE)
        token.approve(game, 10 * BASE, sender=CHALLENGER)
        if name == "MockFalseERC20":
            token.refuse(True)
        with boa.reverts(f"challenge_game: {reason}"):
            game.challenge(
                world.service,
                OPERATOR,
                ANSWERS,
                [word(1), word(2)],
                *world.arguments(ANSWERS),
                ENDLESS,
                sender=CHALLENGER,
            )


def test_inv_chg_9_token_that_pauses__stops_neither_answer_nor_fault():
    with boa.env.anchor():
        world = ChallengeWorld.create(token="MockFalseERC20")
        answered, missed = world.challenge(), world.challenge()
        world.token.refuse(True)
        assert world.answer(answered) is None
        world.wait(HOUR + 1)
        assert world.miss(missed) is True
        with boa.reverts("challenge_game: token refused"):
            world.game.withdraw(CHALLENGER, sender=CHALLENGER)
        assert world.game.owed(CHALLENGER) == 2 * BASE
        world.token.refuse(False)
        assert world.withdraw(CHALLENGER) == 2 * BASE


# -- broadcast --------------------------------------------------------------------------------------------------------


def test_challenge__broadcast_kind__is_to_nobody_and_still_of_one_operator(world):
    compiled = compile_text("""commitment open {
      broadcast message Call(nonce: bytes32)  message Back(nonce: bytes32, call: bytes32)
      respond calls: to in Call within 1 hour with out Back where out.nonce == in.nonce and out.call == id(in)
      slash 1% cooldown 2 days review 7 days }""")
    service = world.open_service(compiled)
    one = compiled.responses[0].program
    arguments = (one.words, one.constants, [])
    ids = []
    for operator in (OPERATOR, OTHER):
        world.enter(operator, service, [])
        ids.append(world.game.challenge(service, operator, 0, [word(9)], *arguments, BASE, sender=CHALLENGER))
    event = next(log for log in world.game.get_logs() if type(log).__name__ == "ChallengeOpened")
    asked = Message.decode(bytes(event.challenge))
    assert (asked.recipient, event.operator) == (ZERO, OTHER)
    assert ids[0] != ids[1]
    reply = make_message(compiled, "Back", {"nonce": word(9), "call": asked.id}, service=service, sender=OTHER)
    question = (event.challenge, OTHER, 0, event.program, event.parameters)
    world.game.answer(question, *arguments, reply.encoded, world.signature(reply), [])
    assert (world.game.open_challenge(ids[0])[2], world.game.open_challenge(ids[1])[2]) == (BASE, 0)
    world.model.owed.update({OTHER: BASE // 2, SINK: BASE - BASE // 2})
    world.model.opened(ids[0], world.model.challenge(CHALLENGER, service, OPERATOR, HOUR, BASE))
