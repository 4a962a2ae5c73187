"""Proofs of faults as whole transactions through the thinnest prover, and what the machine's instructions cost.

Instructions are measured as differences: a program with twelve more of them, the calldata not counted.
"""

import pytest
from tests.gas.conftest import Check
from tests.support.predicates import KINDS, OPERATOR, SERVICE, arguments, encoded, word, written
from tests.support.worked import bench, digest, library

from surety.predicates.machine import Evidence, message_id
from surety.sdk.artefacts import artefact
from surety.sdk.contract import Contract
from surety.sdk.engines.accounts import dev_account
from surety.sdk.messages import sign_message

pytestmark = pytest.mark.gas

REGISTRY = dev_account(9).address
KEY = dev_account(5)  # the operator's, of the worked commitments
CLIENT = dev_account(2)
MORE = 12


# -- whole proofs -----------------------------------------------------------------------------------------------------


@pytest.fixture
def prove(engine, people):
    """`prove(function, name, label)`: gas of a worked commitment's exhibit, signed."""
    made = artefact("FaultHarness")
    prover = Contract(engine, engine.create(people[0], made.creation(REGISTRY)).contract, made)
    prover.set_key(KEY.address, people[1], sender=people[0])

    def run(function: str, name: str, label: str) -> int:
        exhibit = next(one for one in bench(name).exhibits if one.label == label)
        program = library(name).property_named(exhibit.promise).program
        prover.set_program(program.words, program.constants, sender=people[0])
        messages = exhibit.named
        signatures = [
            sign_message(one, KEY if one.sender == people[1] else CLIENT, engine.chain_id, REGISTRY).signature
            for one in messages
        ]
        return prover.send(function, *arguments(program, exhibit.evidence), signatures, sender=people[6]).gas_used

    return run


def test_show__double_vote__within_aim(prove, check: Check) -> None:
    check("show a double vote, two signatures", prove("show", "attestation", "two blocks at a height"))


def test_record__double_vote__within_aim(prove, check: Check) -> None:
    check("show a double vote and record it", prove("record", "attestation", "two blocks at a height"))


def test_show__surround_vote__within_aim(prove, check: Check) -> None:
    check("show a surround vote", prove("show", "surround_vote", "three to nine around four to eight"))


def test_show__latency__within_aim(prove, check: Check) -> None:
    check("show a false latency, three signatures", prove("show", "latency", "a claim of nothing"))


def test_show__false_piece__within_aim(prove, check: Check) -> None:
    check("show a false piece by a Merkle proof", prove("show", "data_integrity", "another piece"))


# -- instructions -----------------------------------------------------------------------------------------------------


@pytest.fixture
def spent(engine, people):
    """`spent(code, evidence, *constants)`: gas of a run, without the transaction and its calldata."""
    made = artefact("PredicateMachine")
    machine = Contract(engine, engine.create(people[0], made.creation()).contract, made)

    def run(code: str, evidence: Evidence, *constants: int | bytes) -> int:
        words = arguments(written(f"{code}; END", *constants), evidence)
        data = machine.encode("evaluate", *words)
        gas = machine.send("evaluate", *words, sender=people[0]).gas_used
        return gas - 21_000 - sum(16 if byte else 4 for byte in data)

    return run


BALLAST = tuple(encoded(KINDS[2], (number,)) for number in range(4))
NOTHING = Evidence(SERVICE, OPERATOR, (), tuple(sorted(BALLAST, key=message_id)))
"""Messages that cost gas before the machine starts, so that the floor price of calldata (EIP-7623) is never reached."""
VOTE = Evidence(SERVICE, OPERATOR, (), (encoded(KINDS[0], (3, 4)), *NOTHING.messages))


@pytest.mark.parametrize(
    ("sentence", "repeated", "less"),
    [
        ("push a small number", "SMALL 1", ()),
        ("load a field", "FIELD_UINT 0.1", ()),
        ("load a constant", "CONST_UINT 1", ()),
        ("demand that two values are equal", "SMALL 1; SMALL 1; REQUIRE_EQ", ("SMALL 1", "SMALL 1")),
        ("compare two values", "CONST_BOOL 2; EQ", ("CONST_BOOL 2",)),
        ("add", "SMALL 1; ADD", ("SMALL 1",)),
        ("multiply", "SMALL 1; MUL", ("SMALL 1",)),
        ("check the width of a number", "FIT 64", ()),
        ("combine two truths", "CONST_BOOL 2; AND", ("CONST_BOOL 2",)),
        ("hash two words", "SMALL 1; KECCAK 2", ("SMALL 1",)),
    ],
)
def test_instruction__difference_of_two_programs__within_aim(spent, check: Check, sentence, repeated, less) -> None:
    def cost(code: str) -> int:
        start = "CONST_BOOL 2" if "BOOL" in code else "SMALL 1"
        few, many = ("; ".join(["OUT 0", start, *[code] * count]) for count in (1, 1 + MORE))
        return (spent(many, VOTE, KINDS[0], 7, 1) - spent(few, VOTE, KINDS[0], 7, 1)) // MORE

    check(f"instruction: {sentence}", cost(repeated) - sum(cost(code) for code in less))


def test_instruction__bind_a_message__within_aim(spent, check: Check) -> None:
    messages = tuple(encoded(KINDS[0], (number,)) for number in range(4))
    evidence = Evidence(SERVICE, OPERATOR, (), messages)
    more = spent("OUT 0; OUT 0; OUT 0; SMALL 1", evidence, KINDS[0]) - spent("OUT 0; SMALL 1", evidence, KINDS[0])
    check("instruction: bind a message", more // 2)


def test_instruction__level_of_a_proof__within_aim(spent, check: Check) -> None:
    def cost(levels: int) -> int:
        leaf, path = digest(1), tuple(word(number) for number in range(levels))
        witness = (word(levels), *path)
        evidence = Evidence(SERVICE, OPERATOR, (), NOTHING.messages, witness)
        return spent("CONST_BYTES32 0; SMALL 0; CONST_BYTES32 0; MERKLE 0", evidence, leaf)

    check("instruction: a level of a Merkle proof", (cost(32) - cost(8)) // 24)


def test_instruction__message_of_a_quantifier__within_aim(spent, check: Check) -> None:
    def cost(count: int) -> int:
        given = sorted((encoded(KINDS[0], (number,)) for number in range(count)), key=message_id)
        return spent("EACH 2; COUNT; NEXT_OUT 0", Evidence(SERVICE, OPERATOR, (), tuple(given)), KINDS[0])

    check("a message that a quantifier counts, read and hashed", (cost(16) - cost(4)) // 12)


def test_run__longest_of_all__is_bounded(spent, check: Check) -> None:
    body = "; ".join(["FIELD_UINT 15.0; FIELD_UINT 15.0; REQUIRE_EQ"] * 84)
    given = sorted((encoded(KINDS[0], (number,)) for number in range(16)), key=message_id)
    gas = spent(f"EACH 254; {body}; COUNT; NEXT_OUT 0", Evidence(SERVICE, OPERATOR, (), tuple(given)), KINDS[0])
    check("the longest run of all, 4,067 instructions", gas)
