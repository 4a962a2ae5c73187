"""Which challenges make sense: shapes and doors of programs, by scanning and by reading them back. INV-CHG-1."""

from pathlib import Path

import boa
import pytest
from tests.support.challenges import CLIENT, LIMIT, OPERATOR, STRANGER, WATCHMAN, ZERO, ChallengeWorld
from tests.support.predicates import written
from tests.support.worked import library, names

from surety.predicates import compile_text
from surety.predicates.instructions import Op
from surety.predicates.program import Program
from surety.predicates.questions import shape_of
from surety.predicates.reader import read_back
from surety.sdk.messages import Message

RESPONSES = [
    (compiled.name, one) for compiled in (WATCHMAN, *(library(name) for name in names())) for one in compiled.responses
]


@pytest.fixture(scope="module")
def question():
    return boa.load("contracts/mocks/QuestionHarness.vy")


@pytest.fixture(scope="module")
def ground():
    with boa.env.anchor():
        yield ChallengeWorld.create()


@pytest.fixture
def world(ground):
    with ground.undone() as world:
        yield world


def response(where, message="Ask(a: uint32, b: address, c: bool, d: bytes32, e: uint)", head="", of="in Ask"):
    text = f"""commitment one {{ {head}
      param limit: uint16 in 1..100
      message {message}
      message Reply(x: uint, ask: bytes32)
      respond it: to {of} within 1 hour with out Reply where {where}
      slash 1% cooldown 2 days review 7 days }}"""
    return compile_text(text.replace("message broadcast", "broadcast message")).responses[0]


def scanned(question, program):
    shape, door = question.shape(program.words)
    return shape, Program(tuple(door), program.constants)


@pytest.mark.parametrize(("name", "one"), RESPONSES)
def test_shape__worked_commitments__as_read_back(question, name, one):
    shape, door = scanned(question, one.program)
    expected = shape_of(one.rule)
    assert shape == expected.word
    assert read_back(door).demands == expected.demands
    assert read_back(door).bindings == one.rule.bindings[:1]


def test_shape__watchman__says_what_its_text_says():
    ask, order = (shape_of(one.rule) for one in WATCHMAN.responses)
    assert ask.widths == (256, 32, None, None, None, None, None, None)
    assert (ask.count, ask.drawable, ask.broadcast) == (2, True, False)
    assert order.widths[:3] == (8, 1, None)
    assert len(order.demands) == 3  # the client, the limit, and that it is open


@pytest.mark.parametrize(
    ("where", "widths", "demands"),
    [
        ("out.ask == id(in)", (), 0),
        ("out.ask == id(in) and in.a < limit", (32,), 1),
        ("in.a < limit and out.x == in.a", (32,), 1),
        ("out.x == in.a or in.c", (32, None, 1), 0),
        ("in.b != operator and in.c and out.ask == in.d", (None, 160, 1, 256), 2),
        ("out.x == in.e + in.a and in.e > 7 and not in.c", (32, None, 1, None, 256), 2),
        ("in.sender != operator and in.time < 2 and in.sequence < 9 and out.ask == id(in)", (), 3),
        ("keccak(in.a, in.d) != in.d and out.ask == in.d", (32, None, None, 256), 1),
    ],
)
def test_shape__kinds_of_demands__those_of_the_challenge_alone_make_the_door(question, where, widths, demands):
    one = response(where)
    shape, door = scanned(question, one.program)
    expected = shape_of(one.rule)
    assert (*widths, *[None] * (8 - len(widths))) == expected.widths
    assert len(expected.demands) == demands
    assert shape == expected.word
    assert read_back(door).demands == expected.demands


def test_shape__broadcast_and_party__are_seen(question):
    one = response("out.ask == id(in)", "broadcast Ask(a: uint32)")
    assert scanned(question, one.program)[0] == shape_of(one.rule).word
    assert shape_of(one.rule).broadcast
    party = response(
        "out.ask == id(in)", head="party client = 0x5555555555555555555555555555555555555555", of="in Ask from client"
    )
    assert not shape_of(party.rule).drawable


@pytest.mark.parametrize("code", ["OUT 0; IN 0; ID 0; END", "SMALL 1; END", "END"])
def test_shape__program_that_binds_no_challenge_first__is_none(question, code):
    assert question.shape(written(code, 1).words) == (0, [])
    assert question.shape([]) == (0, [])


def test_shape__longest_program_by_hand__ends_in_a_door_or_is_none(question):
    demands = "; ".join(["SMALL 1; SMALL 1; REQUIRE_EQ"] * 84)
    longest = written(f"IN 0; {demands}; ID 0; END", 1)
    assert len(longest.codes) == 256
    shape, door = scanned(question, longest)
    assert shape == 3 << 128
    assert door.words == longest.words
    endless = written("IN 0; " + "; ".join(["SMALL 1"] * 255), 1)
    assert question.shape(endless.words) == (0, [])


@pytest.mark.parametrize(
    ("fields", "fits"),
    [
        ([1, 2, 1, 3, 4], True),
        ([2**32 - 1, 2**160 - 1, 1, 2**256 - 1, 2**256 - 1, 9], True),
        ([2**32, 2, 1, 3, 4], False),
        ([1, 2**160, 1, 3, 4], False),
        ([1, 2, 2, 3, 4], False),
        ([1, 2, 1, 3], False),
        ([], False),
    ],
)
def test_inv_chg_1_fits__width_and_number_of_fields__are_checked(question, fields, fits):
    one = response("out.x == in.a and in.b == operator and in.c and out.ask == in.d and in.e < 9")
    words = [field.to_bytes(32, "big") for field in fields]
    assert question.fits(question.shape(one.program.words)[0], words) is fits
    assert shape_of(one.rule).fits(words) is fits


def test_inv_liv_7_drawn__any_seed__fits(question):
    one = response("out.x == in.a and in.b == operator and in.c and out.ask == id(in)")
    shape, _ = question.shape(one.program.words)
    for number in range(20):
        fields = question.drawn(shape, number.to_bytes(32, "big"))
        assert len(fields) == shape_of(one.rule).count == 3
        assert question.fits(shape, fields)
        assert any(fields)
        assert shape_of(one.rule).drawn(number.to_bytes(32, "big")) == tuple(fields)
    gapped = response("out.ask == in.d")
    assert len(question.drawn(question.shape(gapped.program.words)[0], bytes(32))) == 4


@pytest.mark.parametrize("count", [0, 1, 8])
def test_composed__any_number_of_fields__is_the_message_as_the_sdk_has_it(question, count):
    fields = [bytes([number]) * 32 for number in range(1, count + 1)]
    encoded = question.composed(b"\1" * 32, b"\2" * 32, CLIENT, OPERATOR, 7, 9, fields)
    message = Message.decode(encoded)
    assert (message.service, message.kind, message.sender, message.recipient) == (
        b"\1" * 32,
        b"\2" * 32,
        CLIENT,
        OPERATOR,
    )
    assert (message.sequence, message.time, list(message.fields)) == (7, 9, fields)
    assert Message.decode(question.composed(b"\1" * 32, b"\2" * 32, CLIENT, ZERO, 7, 9, fields)).recipient == ZERO


# -- at the game's door -----------------------------------------------------------------------------------------------


def word(number):
    return number.to_bytes(32, "big")


@pytest.mark.parametrize(
    ("caller", "fields", "reason"),
    [
        (CLIENT, (word(LIMIT), word(1)), None),
        (CLIENT, (word(LIMIT + 1), word(1)), "challenge_game: no answer would be right"),
        (CLIENT, (word(LIMIT), word(0)), "challenge_game: no answer would be right"),
        (STRANGER, (word(LIMIT), word(1)), "challenge_game: no answer would be right"),
        (CLIENT, (word(256), word(1)), "challenge_game: field missing or too wide"),
        (CLIENT, (word(LIMIT), word(2)), "challenge_game: field missing or too wide"),
        (CLIENT, (word(LIMIT),), "challenge_game: field missing or too wide"),
        (CLIENT, (), "challenge_game: field missing or too wide"),
    ],
)
def test_inv_chg_1_challenge__question_without_an_answer__is_refused_at_the_door(world, caller, fields, reason):
    arguments = world.arguments(3)
    if reason is None:
        assert isinstance(world.challenge(caller, number=3, fields=fields), bytes)
        return
    with boa.reverts(reason):
        world.game.challenge(world.service, OPERATOR, 3, fields, *arguments, 2**255, sender=caller)


def test_inv_chg_1_challenge__field_too_many__makes_no_difference(world):
    id = world.challenge(CLIENT, number=3, fields=(word(LIMIT), word(1), word(5)))
    assert world.answer(id) is None


def test_instructions__numbers_in_the_contract__are_those_of_the_language():
    source = Path("contracts/commitments/question.vy").read_text()
    for name, op in (
        ("_FIELD_ADDRESS", Op.FIELD_ADDRESS),
        ("_FIELD_BOOL", Op.FIELD_BOOL),
        ("_ID", Op.ID),
        ("_REQUIRE_EQ", Op.REQUIRE_EQ),
        ("_REQUIRE", Op.REQUIRE),
        ("_FIT", Op.FIT),
        ("_MERKLE", Op.MERKLE),
        ("_IN", Op.IN),
        ("_CAST", Op.CAST),
        ("_END", Op.END),
    ):
        assert f"{name}: constant(uint256) = {int(op)}" in source
