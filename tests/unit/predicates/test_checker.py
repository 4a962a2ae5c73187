"""What the language refuses, where it says so, and how it says to mend it."""

import pytest
from tests.support.wording import TERMS, commitment, where

from surety.predicates import CommitmentError, compile_text
from surety.predicates.errors import shown

REPORT = "a: out Vote, r: in Report from client"


def error_of(text):
    with pytest.raises(CommitmentError) as caught:
        compile_text(text)
    assert caught.value.at.line >= 1
    assert "^" in shown(caught.value, text, "test")
    return caught.value


def test_where__two_votes_that_differ__compiles():
    compiled = compile_text(where("a.height == b.height and a.block != b.block"))
    assert [one.name for one in compiled.safety] == ["s"]


# -- grammar ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "column", "problem", "hint"),
    [
        ("a.height = b.height", 10, "'=' can't stand here", "equality is written =="),
        ("a.height == b.height && a.final", 22, "'&' is not part", "write `and`"),
        ("a.height == b.height || a.final", 22, "'|' is not part", "write `or`"),
        ("! a.final", 1, "'!' is not part", "write `not`"),
        ("a.height == 'x'", 13, '"\'" is not part', "double quotes"),
        ("a.height == -1", 13, "'-' can't stand here", "numbers aren't negative"),
        ("a.height < b.height < 3", 21, "comparisons don't chain", "a < b and b < c"),
        ("a.final and", 7, "'5%' can't stand here", ""),
        ("a.final)", 8, "')' can't stand here", ""),
        ("a.final unless b.final", 9, "'unless' can't stand here", "`liveness` or `respond`"),
        ("a.final;", 8, "';' is not part", "no semicolon"),
    ],
)
def test_parse__wrong_sign__is_named_with_its_place(condition, column, problem, hint):
    error = error_of(where(condition))
    line = 9 if condition.endswith("and") else 8
    assert (error.at.line, error.at.column) == (line, column)
    assert problem in error.problem
    assert hint in error.hint


def test_parse__open_brace__is_told_at_the_end():
    error = error_of(where("a.final").rstrip("}\n"))
    assert "the end of the text can't stand here" in error.problem
    assert "still open" in error.hint


@pytest.mark.parametrize(
    ("text", "told"), [("", "commitment"), ("x" * 40_000, "40000 characters"), ("# only", "commitment")]
)
def test_parse__what_is_no_commitment__is_told(text, told):
    assert told in str(error_of_any(text))


def error_of_any(text):
    with pytest.raises(CommitmentError) as caught:
        compile_text(text)
    return caught.value


def test_parse__nesting_without_end__is_refused_and_does_not_crash():
    compile_text(where("(" * 5_000 + "a.final" + ")" * 5_000))  # means no more than without
    for condition in ("not " * 3_000 + "a.final", "a.final and " * 2_000 + "a.final", "id(" * 3_000):
        assert error_of_any(where(condition)).at.line >= 8
    assert error_of_any(where("not " * 3_000 + "a.final")).problem == "an expression is nested too deep"


@pytest.mark.parametrize(
    "hidden", ["\u202e", "\u2066", "\u200b", "\u2028", "\x85", "\x0c", "\r", "\0", "\ufeff", "\ud800"]
)
def test_parse__character_that_readers_dont_see__is_refused_also_in_a_comment(hidden):
    text = where("a.final") + f"# said {hidden} safety more: never (a: out Vote) where a.final\n"
    error = error_of_any(text)
    assert (error.at.line, error.at.column) == (text.count("\n"), 9)
    assert "a character that readers don't see" in error.problem
    assert len(compile_text(text.replace(hidden, "é")).safety) == 1


def test_parse__lines_that_end_in_two_characters__are_lines():
    text = where("a.final") + "# said\n"
    assert compile_text(text.replace("\n", "\r\n")).text == compile_text(text).text


@pytest.mark.parametrize("place", ["a.height == {}", "a.time > {} days"])
def test_parse__numbers_of_thousands_of_digits__are_refused_with_their_place(place):
    assert "a number of 5000 digits does not fit into 256 bits" in str(error_of_any(where(place.format("9" * 5_000))))
    compile_text(where("a.height > " + "0" * 5_000 + "1"))


# -- types ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "column", "problem", "hint"),
    [
        ("a.height", 1, "a condition is wanted here, this is a number", "compare it"),
        ("a.height == a.block", 10, "a number == bytes32", "numbers and hashes don't compare"),
        ("a.block < b.block", 9, "bytes32 has no order", "use == or !="),
        ("a.final and a.height", 13, "a condition is wanted here", "compare it"),
        ("a.block + 1 > 2", 1, "a number is wanted here, this is bytes32", ""),
        ("a.sender == a.height", 10, "an address == a number", ""),
        ("a.hight == 1", 1, "Vote has no field hight", "did you mean height?"),
        ("c.height == 1", 1, "no message is called c", "there is a, b"),
        ("a == b", 1, "a is a whole message", "take a field (a.time) or id(a)"),
        ("x == 1", 1, "nothing is called x", "there is a, b"),
        ("in.height == 1", 1, "in means a message only in a response", ""),
        ("id(client) == a.block", 4, "id wants a message", "there is a, b"),
        ("id(a, b) == a.block", 1, "id takes 1 arguments, 2 given", ""),
        ("keccak() == a.block", 1, "keccak of 0 values", "1 to 8"),
        ("sha256(a.block) == a.block", 1, "there is no function sha256", "there is keccak, merkle"),
        ("kecak(a.block) == a.block", 1, "there is no function kecak", "did you mean keccak?"),
        ("max(a.height, a.block) > 1", 15, "a number is wanted here", ""),
        ("a.block == 0x12", 12, "0x and 2 digits", "an address has 40, bytes32 has 64"),
        ("a.sender == 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", 0, "", ""),
        ("a.sender == 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAED", 13, "fails its checksum", "lower case"),
        ("a.height / b.height > 1", 12, "only a constant other than zero divides", "multiply"),
        ("a.height % 0 == 1", 12, "only a constant other than zero divides", "multiply"),
        (f"a.height == {2**256}", 13, "does not fit into 256 bits", ""),
        (f"a.height == {2**255} weeks", 13, "does not fit into 256 bits", ""),
        ("merkle(a.block, 1, b.block, path)", 29, "wants a proof here", "given path: proof"),
        ("merkle(a.block, 1)", 1, "merkle takes 4 arguments, 2 given", ""),
    ],
)
def test_check__types_and_names__are_refused_with_a_hint(condition, column, problem, hint):
    if column == 0:
        compile_text(where(condition))
        return
    error = error_of(where(condition))
    assert (error.at.line, error.at.column) == (8, column)
    assert problem in error.problem
    assert hint in error.hint


# -- what can't be proven ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "condition",
    [
        "not exists(m: in Report from client)",
        "count(m: in Report from client) < 3",
        "count(m: in Report from client) <= 3",
        "3 > count(m: in Report from client)",
        "count(m: in Report from client) == 3",
        "count(m: in Report from client) != 0",
        "count(m: out Vote) >= count(m: in Report from client)",
        "a.height - sum(m.size for m: in Report from client) > 2",
        "sum(m.size for m: in Report from client) % 2 >= 1",
        "absdiff(count(m: out Vote), 3) > 1",
        "exists(m: out Vote) implies a.final",
        "keccak(count(m: out Vote)) == a.block",
        "(a.final or not exists(m: out Vote))",
    ],
)
def test_inv_prd_8_never__what_more_evidence_could_undo__is_refused(condition):
    error = error_of(where(f"a.final and {condition}"))
    assert "more evidence could undo this" in error.problem
    assert "`liveness` or `respond`" in error.hint


@pytest.mark.parametrize(
    "condition",
    [
        "exists(m: in Report from client where m.size > 3)",
        "count(m: in Report from client) >= a.height",
        "not (count(m: in Report from client) < 3)",
        "3 < count(m: out Vote) + sum(m.size for m: in Report from client)",
        "not exists(m: out Vote) implies a.final",
        "2 * count(m: out Vote) / 3 > 1",
        "min(count(m: out Vote), 3) > 2 and max(count(m: out Vote), 3) > 2",
        "10 - count(m: out Vote) < 3",
    ],
)
def test_inv_prd_8_never__what_only_grows__compiles(condition):
    compile_text(where(condition))


def test_never__all__is_refused_with_its_reason():
    error = error_of(where("all(m: out Vote where m.final)"))
    assert "nobody can prove that a condition holds of all messages" in error.problem


def test_never__failing_proof__proves_nothing():
    error = error_of(where("not merkle(a.block, 1, b.block, path)", given="given path: proof"))
    assert "anyone can bring a false one" in error.problem


def test_never__without_a_fault_key__is_refused():
    error = error_of(commitment("safety s: never (a: out Vote) where a.final"))
    assert error.problem == "s has no fault key"
    assert "per a.height" in error.hint


@pytest.mark.parametrize(
    ("per", "problem"),
    [
        ("v", "depends on what the prover brings along"),
        ("keccak(a.block, v)", "depends on what the prover brings along"),
        ("count(m: out Vote)", "depends on what the prover brings along"),
        ("7", "always the same"),
        ("client", "always the same"),
        ("a.height, operator", "always the same"),
    ],
)
def test_inv_prd_9_fault_key__that_the_prover_could_choose_or_that_is_fixed__is_refused(per, problem):
    error = error_of(where("keccak(v) == a.block", per=per, given="given v: uint"))
    assert problem in error.problem


@pytest.mark.parametrize("given", ["given v: uint", "given v: bytes32, path: proof", "given path: proof"])
def test_given__that_nothing_ties__is_refused(given):
    error = error_of(where("a.final", given=given))
    assert "could choose" in error.problem


@pytest.mark.parametrize(
    ("bindings", "problem", "hint"),
    [
        ("a: out Vote, r: in Report", "anybody could sign the Report that r is", "from client"),
        ("a: out Vote from client", "out messages are the operator's own", "drop"),
        ("a: out Vote, r: in Report from clint", "there is no party clint", "did you mean client?"),
        ("a: out Vot", "there is no message Vot", "did you mean Vote?"),
        ("a: out Vote, a: out Vote", "a has a meaning already", "another name"),
        ("client: out Vote", "client has a meaning already", "another name"),
        ("operator: out Vote", "", ""),
        ("a: out Vote, b: out Vote, c: out Vote, d: out Vote, e: out Vote", "5 messages are named", "at most 4"),
    ],
)
def test_inv_prd_3_binding__that_anybody_could_sign_or_that_is_wrong__is_refused(bindings, problem, hint):
    error = error_of(where("a.final", bindings))
    assert problem in error.problem
    assert hint in error.hint


def test_quantifier__within_another__is_refused():
    error = error_of(where("exists(m: out Vote where count(n: out Vote) >= 1)"))
    assert error.problem == "a quantifier within another"


def test_quantifier__incoming_without_a_party__is_refused():
    assert "anybody could sign" in error_of(where("exists(m: in Report)")).problem


# -- declarations and terms -------------------------------------------------------------------------------------------

PROMISE = "safety s: never (a: out Vote) per a.height where a.final"


@pytest.mark.parametrize(
    ("head", "problem"),
    [
        ("message Vote(x: uint)", "Vote is declared twice"),
        (
            "message Many(a: uint, b: uint, c: uint, d: uint, e: uint, f: uint, g: uint, h: uint, i: uint)",
            "has 9 fields",
        ),
        ("message Twice(a: uint, a: uint)", "field a is declared twice"),
        ("message Timed(time: uint)", "every message has a time already"),
        ("message Odd(a: uint7)", "there is no type uint7"),
        ("message Odd(a: int)", "there is no type int"),
        ("message Same(a: uint) kind 0x12", "a kind is 0x and 64 digits"),
        ("const N = client", "client"),
        ("const N = operator", "N is not constant"),
        ("const in = 3", "in is a word of the language"),
        ("const sum = 3", "sum is a word of the language"),
        ("param p: uint8 in 1..256", "1..256 is no range of uint8"),
        ("param p: uint8 in 5..4", "5..4 is no range"),
        ("param p: bytes32 in 1..2", "a range needs numbers"),
        ("party x = 5", "a party is an address, this is a number"),
        (f"party x = 0x{'0' * 40}", "nobody signs for the zero address"),
        ("party x = operator", "no counterparty of itself"),
        ("\n".join(f"param p{number}: uint" for number in range(9)), "one parameter too many"),
    ],
)
def test_declaration__that_is_wrong__is_refused(head, problem):
    assert problem in str(error_of(commitment(PROMISE, head)))


@pytest.mark.parametrize(
    ("terms", "problem"),
    [
        ("slash 5% cooldown 21 days", "says no review"),
        ("cooldown 21 days review 7 days", "says no slash"),
        ("slash 5% review 7 days", "says no cooldown"),
        (f"{TERMS} slash 6%", "slash is said twice"),
        ("slash 0% cooldown 21 days review 7 days", "a slash of 0%"),
        ("slash 100.5% cooldown 21 days review 7 days", "a slash of 100.5%"),
        ("slash 0.0000000000000000001% cooldown 21 days review 7 days", "a slash of 0.0000000000000000001%"),
        ("slash 5% cooldown 21 days review 6 days", "a review of 518400 seconds"),
        ("slash 5% cooldown 21 days review 15 days", "a review of"),
        ("slash 5% cooldown 367 days review 7 days", "a cooldown of more than a year"),
    ],
)
def test_terms__missing_or_out_of_bounds__are_refused(terms, problem):
    assert problem in error_of(commitment(PROMISE, terms=terms)).problem


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("", "promises nothing"),
        ("liveness l: every 1 epoch in Vote", "what others will send"),
        ("liveness l: every 0 hours out Vote", "every zero"),
        ("liveness l: every 400 days out Vote", "more than a year"),
        ("respond r: to in Report within 59 minutes with out Vote where out.block == id(in)", "within 3540 seconds"),
        (
            "respond r: to in Report within 22 days with out Vote where out.block == id(in)",
            "ends before an answer is due",
        ),
        ("respond r: to in Report within 2 hours with out Price", "any answer to everybody would do"),
        ("respond r: to in Report within 2 hours with out Vote where exists(m: out Vote)", "judged by itself"),
    ],
)
def test_liveness_and_respond__that_could_not_be_settled__are_refused(body, problem):
    assert problem in error_of(commitment(body)).problem


def test_liveness_and_respond__become_parameters():
    compiled = compile_text(
        commitment(
            "liveness beats: every 6 hours out Vote\nliveness votes: every 2 epochs out Vote\n"
            "respond answers: to in Report within 2 hours with out Vote where out.block == id(in)"
        )
    )
    assert [(one.name, one.seconds, one.epochs) for one in compiled.liveness] == [("beats", 21_600, 0), ("votes", 0, 2)]
    (answers,) = compiled.responses
    assert (answers.within, len(answers.rule.bindings)) == (7_200, 2)
    assert {answers.challenge, answers.answer} == {one.kind for one in compiled.checked.messages[:2]}


def test_compile__too_much_for_the_machine__is_told():
    many = " and ".join(f"a.height != {300 + number}" for number in range(17))
    assert "needs 18 constants, 16 fit" in error_of(where(many)).problem
    long = " and ".join("a.height + 1 != b.height" for _ in range(60))
    assert "instructions, 256 fit" in error_of(where(long)).problem
    deep = "a.height" + "".join(" - (b.height" for _ in range(17)) + ")" * 17
    assert "needs more than 16 values at once" in error_of(where(f"{deep} > 1")).problem
    wide = " and ".join("m.height + 1 != a.height" for _ in range(55))
    assert "has a quantifier of" in error_of(where(f"exists(m: out Vote where {wide})")).problem
