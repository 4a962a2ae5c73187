"""Text → program → text: layout, hashes, and programs read back."""

from random import Random

import pytest
from eth_utils import keccak
from tests.support.predicates import written
from tests.support.promises import random_commitment
from tests.support.wording import commitment, where

from surety.predicates import CommitmentError, Program, compile_text, disassemble, formatted, parse
from surety.predicates.formatter import text as text_of
from surety.predicates.syntax import Comment
from surety.sdk.errors import UsageError

UNTIDY = """
# before
commitment  c { # head
message M(a:uint,b : bytes32) // trailing
  # of the property, first line
     // and second
  safety s:never(x:out M,y:out M)per x.a where x.a==y.a   # inside
     and(x.b!=y.b)  and not(x.a<3 or   y.a>=10000) and (x.a+2)*3>x.a-(1-2)  and x.sender == operator
  slash 5%cooldown 1 day review 1_0 days
  # last
}
# after
"""
TIDY = """# before
commitment c {  # head
  message M(a: uint, b: bytes32)  # trailing

  # of the property, first line
  # and second
  safety s: never (x: out M, y: out M)
    per x.a
    where x.a == y.a
      and x.b != y.b
      and not (x.a < 3 or y.a >= 10_000)
      and (x.a + 2) * 3 > x.a - (1 - 2)
      and x.sender == operator  # inside

  slash 5%
  cooldown 1 day
  review 10 days
  # last
}
# after
"""


def test_format__untidy_text__is_laid_out_and_keeps_its_comments():
    assert formatted(parse(UNTIDY)) == TIDY
    assert formatted(parse(TIDY)) == TIDY


def test_format__any_layout__has_one_text_hash():
    assert compile_text(UNTIDY).text_hash == compile_text(TIDY).text_hash
    assert compile_text(TIDY).text_hash != compile_text(TIDY.replace("10 days", "9 days")).text_hash
    assert compile_text(TIDY).text_hash == keccak(text=compile_text(TIDY).text)


def test_parse__sign_of_a_comment_in_a_text__is_no_comment():
    source = parse(where('a.block == "# // no comment"') + " # one")
    assert source.comments == (Comment(source.comments[0].at, "# one", False),)


@pytest.mark.parametrize(
    "condition",
    [
        "a.final or b.final and a.height > 1",
        "(a.final or b.final) and a.height > 1",
        "a.final implies b.final implies a.height > 1",
        "(a.final implies b.final) implies a.height > 1",
        "not a.final and not (a.final and b.final)",
        "a.height - b.height - 1 > a.height - (b.height - 1)",
        "a.height * 2 / 3 % 4 > a.height * (2 / 3)",
        "a.time > b.time + 90 minutes or a.time == 1 day",
        "count(m: in Report from client by m.sender where m.size > 3 or m.size < 1) >= 2",
        "sum(m.size for m: in Report from client) > 2",
        'a.block == "text" or a.block == keccak(a.height, b.block, id(a))',
        "min(a.height, 3) == max(1, absdiff(a.height, b.height))",
    ],
)
def test_inv_prd_10_format__expression__says_the_same(condition):
    source = parse(where(condition))
    again = parse(formatted(source))
    assert again == source
    rule = next(item for item in source.items if type(item).__name__ == "Safety")
    assert text_of(rule.where) == condition


def test_inv_prd_10_text__random_commitments__return_as_the_same_program():
    random = Random(10)
    for _ in range(60):
        text, compiled = random_commitment(random)
        source = parse(text)
        assert parse(formatted(source)) == source
        assert formatted(parse(formatted(source))) == formatted(source)
        program = compiled.safety[0].program
        for known in (compiled.checked.messages, ()):
            again = compile_text(disassemble(program, known))
            assert again.safety[0].program == program
        assert Program.from_hex(program.to_hex()) == program


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("SMALL 1", "no end"),
        ("SMALL 1; END; SMALL 1; END", "ends before its time"),
        ("SMALL 1; SMALL 2; END", "ends before its time"),
        ("ADD; END", "finds no value"),
        ("OPERATOR; NOT; END", "finds a value of another type"),
        ("SMALL 1; OPERATOR; EQ; END", "compares values of different types"),
        ("OPERATOR; OPERATOR; LT; END", "compares values of different types"),
        ("FIELD_UINT 0.0; END", "names a message that is not bound"),
        ("OUT 5; SMALL 1; END", "names a constant that is not there"),
        ("SMALL 1; OUT 0; END", "binds a message too late"),
        ("SMALL 1; PARAM_UINT 0; DIV; END", "divides by what may be zero"),
        ("SMALL 1; FIT 8; END", "narrows what is no field"),
        ("OUT 0; FIELD_UINT 0.0; FIT 7; END", "narrows to a width"),
        ("SMALL 1; KECCAK 0; END", "hashes none"),
        ("SMALL 1; SMALL 1; SMALL 1; REQUIRE_EQ; END", "demands something within an expression"),
        ("COUNT; END", "stands outside of a quantifier"),
        ("EACH 2; SMALL 1; NEXT_OUT 0; END", "ends a quantifier that counts nothing"),
        ("EACH 3; COUNT; NEXT_OUT 0; END", "ends a quantifier that counts nothing"),
        ("EACH 3; EACH 1; COUNT; NEXT_OUT 0; END", "is a quantifier within another"),
        ("SMALL 1; ADD 3; END", "has an operand that means nothing"),
        ("IN 0; ID 0; END", "anybody could sign message 0"),
        ("EACH 2; COUNT; NEXT_IN 0; SMALL 1; REQUIRE_LE; OUT 0; ID 0; END", "binds a message too late"),
    ],
)
def test_disassemble__what_no_text_says__is_told_with_its_place(code, told):
    with pytest.raises(UsageError, match=told):
        disassemble(written(code, b"\1" * 32))


def test_disassemble__field_read_as_two_types__is_told():
    code = (
        "OUT 0; FIELD_UINT 0.0; FIELD_UINT 0.0; REQUIRE_EQ; FIELD_BYTES32 0.0; FIELD_BYTES32 0.0; REQUIRE_EQ; ID 0; END"
    )
    with pytest.raises(UsageError, match="read as two types"):
        disassemble(written(code, b"\1" * 32))


@pytest.mark.parametrize(
    "code",
    [
        "OUT 0; OUT 0; FIELD_UINT 0.0; FIT 64; SMALL 5; REQUIRE_LT; FIELD_UINT 1.0; END",  # the key as wide as it likes
        "OUT 0; FIELD_UINT 0.0; FIT 64; FIT 64; SMALL 5; REQUIRE_LT; FIELD_UINT 0.0; FIT 64; END",
        "OUT 0; FIELD_BYTES32 0.8; FIELD_BYTES32 0.9; REQUIRE_EQ; ID 0; END",  # addresses as words
        "OUT 0; FIELD_UINT 0.0; SMALL 5; REQUIRE_LT; FIELD_UINT 0.0; END; SMALL 7",  # something behind the end
    ],
)
def test_inv_prd_10_disassemble__made_by_hand_and_close_to_a_text__is_not_shown_as_that(code):
    with pytest.raises(UsageError, match=r"no text says|before its time"):
        disassemble(written(code, b"\1" * 32))


def test_disassemble__third_message_of_a_response__is_told():
    code = "IN 0; OUT 0; OUT 0; FIELD_UINT 2.0; SMALL 5; REQUIRE_LT; ID 0; END"
    with pytest.raises(UsageError, match="message 2 is read and not bound"):
        disassemble(written(code, b"\1" * 32), answer=True)


def test_inv_prd_10_disassemble__random_changes_to_programs__are_refused_or_exact():
    random = Random(5)
    compiled = [random_commitment(random)[1].safety[0].program for _ in range(12)]
    shown = 0
    for _ in range(600):
        program = random.choice(compiled)
        words = [word ^ (random.getrandbits(16) << 16 * random.randrange(16)) for word in program.words[:1]]
        changed = Program((*words, *program.words[1:]), program.constants)
        try:
            text = disassemble(changed)
        except UsageError:
            continue
        assert compile_text(text).safety[0].program == changed
        shown += 1
    assert shown < 100


def test_disassemble__other_messages_than_its_own__are_not_taken_for_them():
    compiled = compile_text(commitment("safety s: never (a: out Vote) per a.height where a.final"))
    program = compiled.safety[0].program
    mine = compiled.checked.messages[0]
    false = type(mine)("Vote", mine.kind, (("height", "bytes32"),), False)
    text = disassemble(program, (false,))
    assert "height" not in text
    assert compile_text(text).safety[0].program == program


@pytest.mark.parametrize("text", ["", "0x", "12", "0x" + "00" * 31, "0x:" + "00" * 31, "0x" + "00" * 544, "0x00:00:00"])
def test_program__from_other_text__is_refused_or_empty(text):
    if text in ("", "0x"):
        assert Program.from_hex(text) == Program(())
        return
    with pytest.raises(UsageError, match="program"):
        Program.from_hex(text)


def test_errors__from_every_stage__are_of_one_class():
    for text in ("commitment", where("a.x == 1"), where("not exists(m: out Vote)")):
        with pytest.raises(CommitmentError, match=r"line \d+, column \d+: "):
            compile_text(text)
