"""PredicateMachine, instruction by instruction, beside the reference: what each does, its limits, every refusal."""

from dataclasses import replace

import pytest
from eth_utils import keccak
from tests.support.predicates import KINDS, OPERATOR, PARTY, SERVICE, encoded, word, written

from surety.predicates.evidence import merkle_tree
from surety.predicates.limits import MAX_STEPS
from surety.predicates.machine import KEPT, Evidence, Verdict, message_id
from surety.predicates.program import Program

MAX = 2**256 - 1
NOTHING = Evidence(SERVICE, OPERATOR)


def case(*messages, parameters=(), witness=()):
    return Evidence(
        SERVICE,
        OPERATOR,
        tuple(map(word, parameters)),
        messages,
        tuple(w if isinstance(w, bytes) else word(w) for w in witness),
    )


def ascending(*messages):
    return tuple(sorted(messages, key=message_id))


def result(machines, code, *constants, evidence=NOTHING):
    """What is on top at the end."""
    verdict = machines.agreed(written(f"{code}; END", *constants), evidence)
    assert isinstance(verdict, Verdict), verdict
    assert verdict.broken
    return int.from_bytes(verdict.key, "big")


def refusal(machines, code, *constants, evidence=NOTHING):
    return machines.agreed(written(code, *constants), evidence)


# -- what instructions do ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("op", "left", "right", "expected"),
    [
        ("ADD", 3, 4, 7),
        ("ADD", MAX, 1, MAX),
        ("ADD", MAX, 0, MAX),
        ("SUB", 7, 4, 3),
        ("SUB", 4, 7, 0),
        ("MUL", 6, 7, 42),
        ("MUL", 2**128, 2**128, MAX),
        ("MUL", 2**128, 2**128 - 1, 2**256 - 2**128),
        ("MUL", MAX, 0, 0),
        ("MUL", 0, MAX, 0),
        ("DIV", 17, 5, 3),
        ("MOD", 17, 5, 2),
        ("MIN", 5, 9, 5),
        ("MAX", 5, 9, 9),
        ("ABSDIFF", 5, 9, 4),
        ("ABSDIFF", 9, 5, 4),
    ],
)
def test_inv_prd_4_arithmetic__at_the_edges__saturates(machines, op, left, right, expected):
    assert result(machines, f"CONST_UINT 0; CONST_UINT 1; {op}", left, right) == expected


@pytest.mark.parametrize(
    ("op", "left", "right", "holds"),
    [
        ("EQ", 5, 5, True),
        ("EQ", 5, 6, False),
        ("NE", 5, 6, True),
        ("NE", 5, 5, False),
        ("LT", 5, 6, True),
        ("LT", 5, 5, False),
        ("LE", 5, 5, True),
        ("LE", 6, 5, False),
        ("LT", 0, MAX, True),
    ],
)
def test_comparison__plain_and_demanded__agree(machines, op, left, right, holds):
    assert result(machines, f"CONST_UINT 0; CONST_UINT 1; {op}", left, right) == int(holds)
    verdict = machines.agreed(written(f"CONST_UINT 0; CONST_UINT 1; REQUIRE_{op}; SMALL 9; END", left, right), NOTHING)
    assert verdict == (Verdict(True, word(9)) if holds else KEPT)
    verdict = machines.agreed(written(f"CONST_UINT 0; CONST_UINT 1; {op}; REQUIRE; SMALL 9; END", left, right), NOTHING)
    assert verdict == (Verdict(True, word(9)) if holds else KEPT)


@pytest.mark.parametrize(("op", "table"), [("AND", (0, 0, 0, 1)), ("OR", (0, 1, 1, 1))])
def test_connectives__every_row__as_in_logic(machines, op, table):
    for row, expected in enumerate(table):
        assert result(machines, f"CONST_BOOL 0; CONST_BOOL 1; {op}", row >> 1, row & 1) == expected
    assert [result(machines, "CONST_BOOL 0; NOT", value) for value in (0, 1)] == [1, 0]


def test_load__each_source_and_type__is_the_value(machines):
    message = encoded(KINDS[0], (7, MAX, PARTY, 1), recipient=PARTY, sequence=11, time=12)
    evidence = case(message, parameters=(21, 22), witness=(31, 32))
    expected = {
        "FIELD_UINT 0.0": 7,
        "FIELD_BYTES32 0.1": MAX,
        "FIELD_ADDRESS 0.2": PARTY,
        "FIELD_BOOL 0.3": 1,
        "FIELD_ADDRESS 0.8": OPERATOR,
        "FIELD_ADDRESS 0.9": PARTY,
        "FIELD_UINT 0.10": 11,
        "FIELD_UINT 0.11": 12,
        "PARAM_UINT 1": 22,
        "GIVEN_BYTES32 1": 32,
        "CONST_BYTES32 1": MAX,
        "SMALL 255": 255,
        "OPERATOR": OPERATOR,
        "ID 0": int.from_bytes(message_id(message), "big"),
    }
    for code, value in expected.items():
        assert result(machines, f"OUT 0; {code}", KINDS[0], MAX, evidence=evidence) == value, code


@pytest.mark.parametrize("count", [1, 2, 3, 8])
def test_keccak__of_words__is_that_of_their_concatenation(machines, count):
    code = "; ".join(f"SMALL {number}" for number in range(count))
    expected = keccak(b"".join(word(number) for number in range(count)))
    assert result(machines, f"{code}; KECCAK {count}") == int.from_bytes(expected, "big")


def test_fit__value_of_its_width__stays(machines):
    assert result(machines, "SMALL 255; FIT 8") == 255
    assert refusal(machines, "CONST_UINT 0; FIT 8; END", 256) == "predicate_machine: value outside its type"


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8])
def test_merkle__each_leaf_of_a_tree__is_shown_and_no_other(machines, count):
    leaves = [word(1_000 + number) for number in range(count)]
    root, proofs = merkle_tree(leaves)
    for index, (leaf, proof) in enumerate(zip(leaves, proofs, strict=True)):
        evidence = case(witness=(77, len(proof), *proof))
        code = "CONST_BYTES32 0; SMALL {}; CONST_BYTES32 1; MERKLE 16"  # one value stands before the proof
        assert result(machines, code.format(index), root, leaf, evidence=evidence) == 1
        assert result(machines, code.format(index), root, word(5), evidence=evidence) == 0
        assert result(machines, code.format(index + 2 ** len(proof)), root, leaf, evidence=evidence) == 0
        if count > 1:
            assert result(machines, code.format(index ^ 1), root, leaf, evidence=evidence) == 0


def test_inv_prd_9_merkle__inner_node_as_a_leaf__is_refused(machines):
    leaves = [word(number) for number in range(4)]
    root, proofs = merkle_tree(leaves)
    node = keccak(keccak(leaves[0]) + keccak(leaves[1]))
    upper = proofs[0][1]
    for leaf in (node, keccak(leaves[0])):
        evidence = case(witness=(1, upper))
        assert (
            result(machines, "CONST_BYTES32 0; SMALL 0; CONST_BYTES32 1; MERKLE 0", root, leaf, evidence=evidence) == 0
        )


def test_merkle__second_proof_of_32_levels__is_found(machines):
    leaf, path = word(9), tuple(word(100 + level) for level in range(32))
    node = keccak(leaf)
    for level in range(32):
        node = keccak(path[level] + node) if level % 2 else keccak(node + path[level])
    index = sum(1 << level for level in range(1, 32, 2))
    evidence = case(witness=(2, word(1), word(2), 32, *path))
    code = "CONST_BYTES32 0; CONST_UINT 1; CONST_BYTES32 2; MERKLE 1"
    assert result(machines, code, node, index, leaf, evidence=evidence) == 1


# -- messages ---------------------------------------------------------------------------------------------------------


def test_inv_prd_3_bind__each_direction__wants_its_sender_or_recipient(machines):
    out, to, cast = encoded(), encoded(sender=PARTY, recipient=OPERATOR), encoded(sender=PARTY)
    for op, right, wrong, reason in (
        ("OUT", out, cast, "predicate_machine: not the operator's message"),
        ("IN", to, cast, "predicate_machine: message to somebody else"),
        ("CAST", cast, to, "predicate_machine: message to somebody else"),
    ):
        assert result(machines, f"{op} 0; SMALL 1", KINDS[0], evidence=case(right)) == 1
        assert refusal(machines, f"{op} 0; SMALL 1; END", KINDS[0], evidence=case(wrong)) == reason


def test_bind__message_of_another_kind_or_service__is_refused(machines):
    other = encoded(service=bytes(32))
    assert refusal(machines, "OUT 0; END", KINDS[1], evidence=case(encoded())) == (
        "predicate_machine: message of another kind"
    )
    assert (
        refusal(machines, "OUT 0; END", KINDS[0], evidence=case(other))
        == "predicate_machine: message of another service"
    )


def test_inv_prd_5_bind__same_message_twice__is_refused(machines):
    one, other = encoded(fields=(1,)), encoded(fields=(2,))
    code = "OUT 0; OUT 0; SMALL 1; END"
    assert refusal(machines, code, KINDS[0], evidence=case(one, one)) == "predicate_machine: same message twice"
    assert machines.agreed(written(code, KINDS[0]), case(one, other)).broken


def test_bind__four_messages__fit_and_a_fifth_does_not(machines):
    messages = tuple(encoded(fields=(number,)) for number in range(5))
    assert result(machines, "OUT 0; OUT 0; OUT 0; OUT 0; FIELD_UINT 3.0", KINDS[0], evidence=case(*messages)) == 3
    five = "OUT 0; OUT 0; OUT 0; OUT 0; OUT 0; SMALL 1; END"
    assert refusal(machines, five, KINDS[0], evidence=case(*messages)) == "predicate_machine: too many messages bound"
    assert refusal(machines, "OUT 0; END", KINDS[0]) == "predicate_machine: message missing"


@pytest.mark.parametrize(
    "message",
    [
        b"",
        bytes(160),
        encoded()[:-1],
        encoded() + b"\0",
        encoded(sender=2**160),
        encoded(recipient=2**160),
        encoded(sequence=2**64),
        encoded(time=2**64),
    ],
)
def test_inv_msg_3_message__malformed__is_refused(machines, message):
    assert refusal(machines, "SMALL 1; END", evidence=case(message)) == "predicate_machine: malformed message"


def test_message__with_eight_fields__is_the_longest(machines):
    assert result(machines, "OUT 0; FIELD_UINT 0.7", KINDS[0], evidence=case(encoded(fields=tuple(range(8))))) == 7


# -- quantifiers ------------------------------------------------------------------------------------------------------


def test_inv_prd_6_count__given_messages__those_that_fit_and_meet_the_demands(machines):
    given = ascending(
        *(encoded(KINDS[1], (number,)) for number in range(5)),
        encoded(KINDS[1], (9,), sender=PARTY),
        encoded(KINDS[1], (9,), service=bytes(32)),
        encoded(KINDS[2], (9,)),
    )
    counting = "OUT 0; EACH {}; {}COUNT; NEXT_OUT 1"
    evidence = case(encoded(), *given)
    assert result(machines, counting.format(2, ""), *KINDS, evidence=evidence) == 5
    demand = "FIELD_UINT 15.0; SMALL 3; REQUIRE_LT; "
    assert result(machines, counting.format(5, demand), *KINDS, evidence=evidence) == 3
    total = "OUT 0; EACH 3; FIELD_UINT 15.0; TOTAL; NEXT_OUT 1"
    assert result(machines, total, *KINDS, evidence=evidence) == 0 + 1 + 2 + 3 + 4


def test_count__none_given__is_zero(machines):
    assert result(machines, "OUT 0; EACH 2; COUNT; NEXT_OUT 1", *KINDS, evidence=case(encoded())) == 0


def test_count_new__several_messages_of_one_sender__count_once(machines):
    given = ascending(
        *(encoded(KINDS[1], (number,), sender=PARTY, recipient=OPERATOR) for number in range(4)),
        encoded(KINDS[1], (1,), sender=PARTY + 1, recipient=OPERATOR),
    )
    code = "EACH 3; FIELD_ADDRESS 15.8; COUNT_NEW; NEXT_IN 1"
    assert result(machines, code, *KINDS, evidence=case(*given)) == 2


def test_total__beyond_256_bits__saturates(machines):
    given = ascending(encoded(fields=(MAX - 1,)), encoded(fields=(7,)))
    code = "EACH 3; FIELD_UINT 15.0; TOTAL; NEXT_OUT 0"
    assert result(machines, code, KINDS[0], evidence=case(*given)) == MAX
    code = "EACH 4; FIELD_UINT 15.0; TOTAL; COUNT; NEXT_OUT 0"
    assert result(machines, code, KINDS[0], evidence=case(*given)) == MAX


@pytest.mark.parametrize(("counting", "expected"), [("SMALL 3; TOTAL", 6), ("FIELD_UINT 15.0; COUNT_NEW", 2)])
def test_quantifier__values_below_what_it_counts__keep_their_types(machines, counting, expected):
    given = ascending(encoded(fields=(1,)), encoded(fields=(2,)))
    code = f"EACH 6; OPERATOR; {counting}; OPERATOR; REQUIRE_EQ; NEXT_OUT 0"
    assert result(machines, code, KINDS[0], evidence=case(*given)) == expected


def test_quantifier__sixteen_messages__are_the_most(machines):
    given = ascending(*(encoded(fields=(number,)) for number in range(16)))
    assert result(machines, "EACH 3; FIELD_UINT 15.0; COUNT_NEW; NEXT_OUT 0", KINDS[0], evidence=case(*given)) == 16
    again = "EACH 6; FIELD_UINT 15.0; COUNT_NEW; SMALL 99; COUNT_NEW; COUNT; NEXT_OUT 0; END"
    assert refusal(machines, again, KINDS[0], evidence=case(*given)) == "predicate_machine: stack overflow"


def test_inv_prd_5_quantifier__messages_out_of_order_or_twice__are_refused(machines):
    first, second = ascending(encoded(fields=(1,)), encoded(fields=(2,)))
    code = "EACH 2; COUNT; NEXT_OUT 0; END"
    assert machines.agreed(written(code, KINDS[0]), case(first, second)).key == word(2)
    for wrong in ((second, first), (first, first), (first, second, first)):
        assert refusal(machines, code, KINDS[0], evidence=case(*wrong)) == "predicate_machine: messages out of order"


def test_inv_prd_5_quantifier__message_that_is_bound__is_not_counted_too(machines):
    first, second = ascending(encoded(fields=(1,)), encoded(fields=(2,)))
    code = "OUT 0; EACH 2; COUNT; NEXT_OUT 0; END"
    assert machines.agreed(written(code, KINDS[0]), case(first, second)).key == word(1)
    for given in ((first, first), (first, first, second), (second, first, second)):
        assert refusal(machines, code, KINDS[0], evidence=case(*given)) == "predicate_machine: same message twice"
    two = "OUT 0; OUT 0; EACH 2; COUNT; NEXT_OUT 0; END"
    assert refusal(machines, two, KINDS[0], evidence=case(first, second, second)) == (
        "predicate_machine: same message twice"
    )


@pytest.mark.parametrize(
    "code",
    [
        "EACH 1; EACH 1; NEXT_OUT 0; END",  # one within another
        "EACH 3; SMALL 1; END; NEXT_OUT 0; SMALL 1; END",  # an end within
        "EACH 2; OUT 0; NEXT_OUT 0; END",  # a message bound within
        "EACH 2; COUNT; NEXT_OUT 0; OUT 0; END",  # a message bound that was counted
        "NEXT_OUT 0; END",  # none begun
        "COUNT; END",
        "SMALL 1; COUNT_NEW; END",
        "SMALL 1; TOTAL; END",
        "EACH 3; NEXT_OUT 0; COUNT; NEXT_OUT 0; END",  # not its own end
    ],
)
def test_quantifier__misplaced__is_refused(machines, code):
    evidence = case(encoded())
    assert refusal(machines, code, KINDS[0], evidence=evidence) == "predicate_machine: misplaced quantifier"


def test_quantifier__values_below_it__are_out_of_its_reach(machines):
    for inner in ("REQUIRE_EQ", "NOT", "ADD", "TOTAL", "COUNT_NEW", "KECCAK 1", "FIT 8"):
        code = f"SMALL 5; SMALL 5; EACH 2; {inner}; NEXT_OUT 0; END"
        assert refusal(machines, code, KINDS[0], evidence=case(encoded())) == "predicate_machine: stack underflow"


# -- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("SMALL 1", "predicate_machine: unknown instruction"),  # zeros fill the word
        ("END", "predicate_machine: stack underflow"),
        ("ADD; END", "predicate_machine: stack underflow"),
        ("SMALL 1; EQ; END", "predicate_machine: stack underflow"),
        ("REQUIRE; END", "predicate_machine: stack underflow"),
        ("NOT; END", "predicate_machine: stack underflow"),
        ("SMALL 1; KECCAK 2; END", "predicate_machine: stack underflow"),
        ("SMALL 1; SMALL 1; MERKLE 0; END", "predicate_machine: stack underflow"),
        ("SMALL 1; OPERATOR; EQ; END", "predicate_machine: value of another type"),
        ("OPERATOR; OPERATOR; LT; END", "predicate_machine: value of another type"),
        ("SMALL 1; OPERATOR; ADD; END", "predicate_machine: value of another type"),
        ("SMALL 1; REQUIRE; END", "predicate_machine: value of another type"),
        ("SMALL 1; NOT; END", "predicate_machine: value of another type"),
        ("SMALL 1; SMALL 1; AND; END", "predicate_machine: value of another type"),
        ("OPERATOR; FIT 8; END", "predicate_machine: value of another type"),
        ("SMALL 1; SMALL 1; SMALL 1; MERKLE 0; END", "predicate_machine: value of another type"),
        ("CONST_UINT 16; END", "predicate_machine: no such constant"),
        ("OUT 16; END", "predicate_machine: no such constant"),
        ("PARAM_UINT 0; END", "predicate_machine: no such parameter"),
        ("GIVEN_UINT 0; END", "predicate_machine: given value missing"),
        ("FIELD_UINT 0.0; END", "predicate_machine: message missing"),
        ("FIELD_UINT 15.0; END", "predicate_machine: message missing"),
        ("ID 0; END", "predicate_machine: message missing"),
        ("ID 15; END", "predicate_machine: message missing"),
        ("CONST_ADDRESS 0; END", "predicate_machine: value outside its type"),
        ("CONST_BOOL 0; END", "predicate_machine: value outside its type"),
        ("SMALL 1; SMALL 0; DIV; END", "predicate_machine: division by zero"),
        ("SMALL 1; SMALL 0; MOD; END", "predicate_machine: division by zero"),
        ("SMALL 1; KECCAK 0; END", "predicate_machine: operand out of range"),
        ("SMALL 1; KECCAK 9; END", "predicate_machine: operand out of range"),
        ("EACH 0; NEXT_OUT 0; END", "predicate_machine: operand out of range"),
    ],
)
def test_inv_prd_2_refusal__malformed_program__reverts_with_its_reason(machines, code, reason):
    assert refusal(machines, code, MAX) == reason


def test_refusal__program_that_runs_off_its_words(machines):
    assert refusal(machines, "SMALL 1; " * 14 + "EQ; REQUIRE") == "predicate_machine: program without end"
    assert machines.agreed(Program(()), NOTHING) == "predicate_machine: program without end"


@pytest.mark.parametrize(
    ("distance", "reason"),
    [
        (14, "predicate_machine: unknown instruction"),
        (15, "predicate_machine: program without end"),
        (16, "predicate_machine: program without end"),
        (255, "predicate_machine: program without end"),
    ],
)
def test_refusal__jump_beyond_the_words(machines, distance, reason):
    assert refusal(machines, f"SMALL 1; EACH {distance}; NEXT_OUT 0", KINDS[0], evidence=case(encoded())) == reason


def test_refusal__seventeenth_value__overflows(machines):
    code = "; ".join(["SMALL 1"] * 16)
    assert machines.agreed(written(f"{code}; END"), NOTHING).broken
    assert refusal(machines, f"{code}; SMALL 1; END") == "predicate_machine: stack overflow"
    assert refusal(machines, f"{code}; EACH 2; COUNT; NEXT_OUT 0; END", 1) == "predicate_machine: stack overflow"


def test_refusal__field_that_is_not_there(machines):
    evidence = case(encoded(fields=(1,)))
    code = "OUT 0; FIELD_{}; END"
    for field, reason in (
        ("UINT 0.1", "predicate_machine: message lacks the field"),
        ("UINT 0.12", "predicate_machine: operand out of range"),
        ("UINT 0.8", "predicate_machine: value of another type"),
        ("ADDRESS 0.11", "predicate_machine: value of another type"),
        ("BOOL 1.0", "predicate_machine: message missing"),
    ):
        assert refusal(machines, code.format(field), KINDS[0], evidence=evidence) == reason
    for field in ("ADDRESS", "BOOL"):
        evidence = case(encoded(fields=(2**160,)))
        code = f"OUT 0; FIELD_{field} 0.0; END"
        assert refusal(machines, code, KINDS[0], evidence=evidence) == "predicate_machine: value outside its type"


@pytest.mark.parametrize(
    ("witness", "reason"),
    [
        ((), "predicate_machine: given value missing"),
        ((2, word(1)), "predicate_machine: given value missing"),
        ((33,), "predicate_machine: proof too long"),
        ((MAX,), "predicate_machine: proof too long"),
    ],
)
def test_refusal__proof_that_is_cut_or_too_long(machines, witness, reason):
    code = "CONST_BYTES32 0; SMALL 0; CONST_BYTES32 0; MERKLE {}; END"
    assert refusal(machines, code.format(0), 7, evidence=case(witness=witness)) == reason
    assert refusal(machines, code.format(1), 7, evidence=case(witness=(0, *witness))) == reason
    if witness:
        assert refusal(machines, code.format(1), 7, evidence=case(witness=witness)) in (
            "predicate_machine: given value missing",
            "predicate_machine: proof too long",
        )


@pytest.mark.parametrize("code", [0x0000, 0x0500, 0x1000, 0x3500, 0x4300, 0x5400, 0x5D00, 0x6900, 0x7300, 0x8200])
def test_refusal__gap_in_the_instruction_set(machines, code):
    reason = machines.agreed(Program((code << 240,)), NOTHING)
    assert reason == "predicate_machine: unknown instruction"


@pytest.mark.parametrize("code", [0x9300, 0xA100, 0xA700, 0xAB00, 0xB000, 0xC000, 0xD000, 0xE000, 0xF100, 0xFFFF])
def test_refusal__gap_among_messages_quantifiers_and_ends(machines, code):
    assert machines.agreed(Program((code << 240,)), NOTHING) == "predicate_machine: unknown instruction"


def test_inv_prd_7_steps__longest_quantifier__ends(machines):
    """The most that the forward jumps and sixteen messages allow: 2 + 16 · 254 + 1 steps of 4,096."""
    given = ascending(*(encoded(fields=(number,)) for number in range(16)))
    body = "; ".join(["SMALL 1; SMALL 1; REQUIRE_EQ"] * 84)
    assert MAX_STEPS > 2 + 16 * (84 * 3 + 2) + 1
    assert result(machines, f"EACH 254; {body}; COUNT; NEXT_OUT 0", KINDS[0], evidence=case(*given)) == 16


def test_inv_prd_7_steps__a_quantifier_that_ends_nowhere__is_cut_off(machines):
    code = "EACH 1; SMALL 1; SMALL 2; REQUIRE_EQ; END"
    assert refusal(machines, code, evidence=case(encoded())) == "predicate_machine: too many steps"


def test_program_hash__on_chain__is_that_of_the_sdk(machines):
    for program in (written("SMALL 1; END"), written("CONST_UINT 0; END", 5), Program((1, 2, 3), (word(1), word(2)))):
        assert machines.contract.program_hash(program.words, program.constants) == program.hash


def test_evaluate__operator_in_the_pool_of_another_service__counts_nothing(machines):
    given = ascending(encoded(), encoded(fields=(1,), service=bytes(32)))
    assert result(machines, "EACH 2; COUNT; NEXT_OUT 0", KINDS[0], evidence=case(*given)) == 1
    elsewhere = replace(case(*given), service=bytes(32))
    assert result(machines, "EACH 2; COUNT; NEXT_OUT 0", KINDS[0], evidence=elsewhere) == 1
