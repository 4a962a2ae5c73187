"""FaultProver call by call, beside its model: what is recorded, and each reason for which it is not."""

from dataclasses import replace

import boa
import pytest
from tests.support.commitments import (
    COPIER,
    DAY,
    FAULT_PROVER,
    KEY,
    OPERATOR,
    OTHER,
    OTHER_KEY,
    PROVER,
    SALT,
    SECOND_KEY,
    WATCHED,
    Bench,
    arguments,
)
from tests.support.predicates import written
from tests.support.templates import template_of

from surety.models.commitments import NOTHING, Property
from surety.models.faults import Claim, fault_id
from surety.predicates import compile_text
from surety.sdk.engines.accounts import dev_account
from surety.sdk.messages import HALF_ORDER, MAX_WALLETS

NAME = "fault_prover: "
ZERO = "0x" + "00" * 20
CLIENT = dev_account(2)
CHOICE = ((50).to_bytes(32, "big"), bytes.fromhex(CLIENT.address[2:]).rjust(32, b"\0"))
DOUBLE = "no_double_vote"


@pytest.fixture
def bench(court):
    made = Bench(court)
    assert court.enter(made.service) is None
    court.wait(DAY)
    return made


@pytest.fixture
def watched(court):
    made = Bench(court, WATCHED)
    assert court.enter(made.service, parameters=CHOICE) is None
    court.wait(DAY)
    return made


def complaint(bench, key=CLIENT, sender=CLIENT.address, to=OPERATOR):
    """A price above what the operator allowed itself, and the client's complaint of it."""
    court = bench.court
    price = court.sign(bench.message("Price", value=60))
    return [price, court.sign(bench.message("Complaint", sender, to, value=60), key)]


# -- what is recorded -------------------------------------------------------------------------------------------------


def test_prove__inv_prv_1__a_double_vote_is_recorded_and_told(court, bench):
    """S0.6: two signed votes of one height are a fault."""
    claim = bench.claim(DOUBLE)
    signed = bench.double(height=7)
    time = court.now
    commitment = court.commit(signed)
    court.wait(12)
    id = court.prover.prove(*arguments(claim, signed, (), SALT, False), sender=PROVER)
    assert id == fault_id(bench.service, OPERATOR, 0, (7).to_bytes(32, "big"))
    told = next(one for one in reversed(court.prover.get_logs()) if type(one).__name__ == "FaultRecorded")
    assert (told.fault, told.service, told.operator, told.property) == (id, bench.service, OPERATOR, 0)
    assert (told.key, told.reporter, told.offence_time) == ((7).to_bytes(32, "big"), PROVER, time)
    assert told.fraction == 10**17
    assert court.prover.committed(PROVER, commitment) == (0, 0)


def test_prove__inv_prv_1__with_parameters_and_a_counterparty(court, watched):
    assert isinstance(court.show(watched.claim("honest", CHOICE), complaint(watched)), bytes)


def test_create__escrow_and_operators__are_named(court):
    with boa.reverts("service_keys: zero operator registry"):
        FAULT_PROVER.deploy(court.registry, court.slashing.escrow, ZERO)
    with boa.reverts("fault_book: zero escrow"):
        FAULT_PROVER.deploy(court.registry, ZERO, court.operators)
    assert court.prover.operators() == court.operators.address
    assert court.prover.registry() == court.registry.address
    assert court.prover.escrow() == court.slashing.escrow.address


# -- commitments ------------------------------------------------------------------------------------------------------


def test_commit__nothing__is_refused(court):
    with boa.reverts("sealed_proofs: zero commitment"):
        court.prover.commit(NOTHING)


def test_prove__inv_prv_3__without_a_commitment_of_the_caller(court, bench):
    claim, signed = bench.claim(DOUBLE), bench.double()
    assert court.prove(claim, signed) == "sealed_proofs: not committed by the caller"
    court.commit(signed)
    court.wait(12)
    assert court.prove(claim, signed, prover=COPIER) == "sealed_proofs: not committed by the caller"
    assert court.prove(claim, signed, salt=b"\x06" * 32) == "sealed_proofs: not committed by the caller"
    assert court.prove(claim, bench.double()[::-1]) == "sealed_proofs: not committed by the caller"
    assert isinstance(court.prove(claim, signed), bytes)


def test_prove__inv_prv_3__in_the_same_block_or_after_a_day(court, bench):
    claim, signed = bench.claim(DOUBLE), bench.double()
    court.commit(signed)
    assert court.prove(claim, signed) == "sealed_proofs: committed in this block"
    court.wait(DAY + 1)
    assert court.prove(claim, signed) == "sealed_proofs: committed over a day ago"
    court.commit(signed)
    court.wait(DAY)
    assert isinstance(court.prove(claim, signed), bytes)


def test_commit__again__starts_the_time_anew(court, bench):
    signed = bench.double()
    court.commit(signed)
    court.wait(DAY)
    court.commit(signed)
    assert court.prove(bench.claim(DOUBLE), signed) == "sealed_proofs: committed in this block"


def test_prove__inv_cmt_8__a_commitment_serves_once(court, bench):
    claim, signed = bench.claim(DOUBLE), bench.double()
    court.show(claim, signed)
    assert court.prove(claim, signed) == "sealed_proofs: not committed by the caller"
    assert court.show(claim, signed) == "fault_book: recorded before"


# -- what was promised ------------------------------------------------------------------------------------------------


def test_prove__inv_prv_1__another_program(court, bench):
    claim, signed = bench.claim(DOUBLE), bench.double()
    other = replace(claim, program=bench.claim("no_blank").program)
    assert court.show(other, signed) == NAME + "another program was promised"
    empty = replace(claim, program=written("END").__class__(()))
    assert court.show(empty, signed) == NAME + "another program was promised"
    constants = replace(claim, program=replace(claim.program, constants=(*claim.program.constants, SALT)))
    assert court.show(constants, signed) == NAME + "another program was promised"


def test_prove__inv_prv_1__other_parameters(court, watched):
    signed = complaint(watched)
    for parameters in ((), CHOICE[:1], ((51).to_bytes(32, "big"), CHOICE[1])):
        assert court.show(watched.claim("honest", parameters), signed) == NAME + "other parameters were promised"


def test_prove__parameters_where_there_are_none__are_refused(court, bench):
    assert court.show(bench.claim(DOUBLE, (SALT,)), bench.double()) == NAME + "other parameters were promised"


def test_prove__inv_prv_9__responses_and_liveness_are_no_matter_of_evidence(court, bench):
    answers = bench.claim("answers")
    ask = court.sign(bench.message("Ask", CLIENT.address, OPERATOR, nonce=SALT), CLIENT)
    vote = court.sign(bench.vote(1, 2))
    assert answers.number == 3
    assert court.show(answers, [ask, vote]) == NAME + "not a matter of evidence"
    alive = replace(bench.claim(DOUBLE), number=2)
    assert court.show(alive, bench.double()) == NAME + "not a matter of evidence"


def test_prove__no_such_property_or_service__says_so(court, bench):
    signed = bench.double()
    assert court.show(replace(bench.claim(DOUBLE), number=4), signed) == "commitment_registry: no such property"
    assert court.show(bench.claim(DOUBLE, operator=OTHER), signed) == "commitment_registry: operator never served"
    assert (
        court.show(replace(bench.claim(DOUBLE), service=SALT), signed) == "commitment_registry: operator never served"
    )


def promise(court, program):
    """A service whose only property is a program written by hand, and the claim about it."""
    template = template_of(compile_text(WATCHED))._replace(
        properties=(Property(1, program.hash, NOTHING, NOTHING, 0),), parameters=()
    )
    service = court.open(court.register(template))
    assert court.enter(service) is None
    court.wait(DAY)
    return Claim(service, OPERATOR, 0, program)


@pytest.mark.parametrize("code", ["IN 0; FIELD_UINT 0.0; END", "SMALL 1; OUT 0; END", "SMALL 1; END"])
def test_prove__a_program_that_names_no_act_of_the_operator__is_refused(court, bench, code):
    claim = promise(court, written(code, bench.vote(1, 1).kind))
    assert court.show(claim, bench.double()) == NAME + "names no act of the operator"


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("unknown instruction", "OUT 0; SMALL 1"),
        ("stack underflow", "OUT 0; ADD; END"),
        ("value of another type", "OUT 0; FIELD_ADDRESS 0.8; FIELD_UINT 0.0; REQUIRE_EQ; SMALL 1; END"),
        ("value outside its type", "OUT 0; FIELD_ADDRESS 0.1; END"),
        ("message lacks the field", "OUT 0; FIELD_UINT 0.7; END"),
        ("message missing", "OUT 0; OUT 0; OUT 0; END"),
        ("no such constant", "OUT 9; END"),
        ("given value missing", "OUT 0; GIVEN_UINT 0; END"),
        ("messages out of order", "OUT 0; EACH 2; COUNT; NEXT_OUT 0; END"),
    ],
)
def test_prove__inv_prv_7__malformed_programs_and_confused_types_are_no_fault(court, bench, reason, code):
    claim = promise(court, written(code, bench.vote(1, 1).kind))
    votes = [bench.vote(1, block).model_copy(update={"service": claim.service}) for block in (2**255, 2, 3)]
    votes = [type(one)(**one.model_dump()) for one in votes]
    count = 2 if reason == "message missing" else 3
    if reason == "messages out of order":
        votes = [votes[0], *sorted(votes[1:], key=lambda one: one.id, reverse=True)]
    assert court.show(claim, [court.sign(one) for one in votes[:count]]) == "predicate_machine: " + reason


# -- messages and signatures ------------------------------------------------------------------------------------------


def test_prove__inv_prv_10__kept_promises_are_no_faults(court, bench):
    """S0.19: every worked commitment goes the same way."""
    same = [court.sign(bench.vote(7, 1)), court.sign(bench.vote(7, 1, court.now - 5))]
    assert court.show(bench.claim(DOUBLE), same) == NAME + "the promise is kept"
    heights = [court.sign(bench.vote(7, 1)), court.sign(bench.vote(8, 2))]
    assert court.show(bench.claim(DOUBLE), heights) == NAME + "the promise is kept"


def test_prove__inv_prv_7__one_vote_twice(court, bench):
    vote = court.sign(bench.vote(7, 1))
    assert court.show(bench.claim(DOUBLE), [vote, vote]) == "predicate_machine: same message twice"


def test_prove__inv_prv_2__as_many_signatures_as_messages(court, bench):
    claim, signed = bench.claim(DOUBLE), bench.double()
    told = list(arguments(claim, signed, (), SALT, False))
    for messages, signatures in ((told[1], told[3][:1]), (told[1][:1], told[3]), ([], [])):
        with boa.reverts(NAME + "not one signature a message"):
            court.prover.prove(told[0], messages, [], signatures, b"", SALT, False)
        with boa.reverts(NAME + "not one signature a message"):
            court.prover.evidence_hash(messages, signatures, b"")
    with boa.reverts(NAME + "not one signature a message"):
        court.prover.prove(*told[:4], b"\1", SALT, False)


@pytest.mark.parametrize("length", [0, 31, 160, 191, 193, 255])
def test_prove__inv_prv_7__truncated_messages(court, bench, length):
    signed = bench.double()
    for place in (0, 1):
        cut = list(signed)
        cut[place] = replace(cut[place], encoded=cut[place].encoded[:length])
        assert court.prove(bench.claim(DOUBLE), cut) == "predicate_machine: malformed message"


def test_prove__inv_prv_7__fields_cut_off(court, bench):
    signed = bench.double()
    cut = court.sign(type(bench.vote(7, 3))(**bench.vote(7, 3).model_dump() | {"fields": ((7).to_bytes(32, "big"),)}))
    assert court.show(bench.claim(DOUBLE), [signed[0], cut]) == "predicate_machine: message lacks the field"


def test_prove__inv_prv_7__oversized_inputs(court, bench):
    told = list(arguments(bench.claim(DOUBLE), bench.double(), (), SALT, False))
    long = told[1][0] + b"\0" * 224
    for place, value in (
        (1, [long, told[1][1]]),
        (1, told[1] * 9),
        (2, [NOTHING] * 41),
        (3, told[3] * 9),
        (4, bytes(MAX_WALLETS + 1)),
    ):
        wrong = list(told)
        wrong[place] = value
        with boa.reverts():
            court.prover.prove(*wrong)


@pytest.mark.parametrize("word", [64, 96, 128, 160])
def test_prove__inv_prv_7__headers_out_of_range(court, bench, word):
    signed = bench.double()
    encoded = bytearray(signed[1].encoded)
    encoded[word] = 1
    signed[1] = replace(signed[1], encoded=bytes(encoded))
    assert court.prove(bench.claim(DOUBLE), signed) == "predicate_machine: malformed message"


def test_prove__inv_prv_2__messages_of_another_service(court, bench):
    other = Bench(court, text=WATCHED.replace("watched", "others").replace("Price", "Vote").replace("value", "block"))
    stray = court.sign(other.message("Vote", block=9))
    assert (
        court.show(bench.claim(DOUBLE), [bench.double()[0], stray]) == "predicate_machine: message of another service"
    )


def test_prove__inv_prv_5__wrong_keys(court, bench):
    votes = [bench.vote(7, block) for block in (1, 2)]
    for key in (OTHER_KEY, dev_account(9), dev_account(1)):  # of another, of nobody, the operator's own account
        signed = [court.sign(votes[0]), court.sign(votes[1], key)]
        assert court.show(bench.claim(DOUBLE), signed) == "service_keys: not a key of the operator"


def test_prove__inv_prv_2__a_short_signature_of_the_operator(court, bench):
    first, second = bench.double()
    for signature in (b"", second.signature[:64], second.signature + b"\0"):
        bad = court.signed(second.encoded, signature)
        assert court.show(bench.claim(DOUBLE), [first, bad]) == "service_keys: not a key of the operator"


def test_prove__inv_prv_2__mirrored_and_made_up_signatures(court, bench):
    """The mirror image of a signature has an `s` that vs has no room for, but for few, which are refused."""
    order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
    first, second = bench.double()
    r, s, v = second.signature[:32], int.from_bytes(second.signature[32:64], "big"), second.signature[64]
    mirrored = court.signed(second.encoded, r + (order - s).to_bytes(32, "big") + bytes([55 - v]))
    assert court.show(bench.claim(DOUBLE), [first, mirrored]) == "service_keys: not a key of the operator"
    high = court.signed(second.encoded, r + (HALF_ORDER + 1).to_bytes(32, "big") + bytes([v]))
    assert court.show(bench.claim(DOUBLE), [first, high]) == "ecdsa: invalid signature `s` value"
    nobody = court.signed(second.encoded, b"\xff" * 32 + bytes(31) + b"\1\x1b")
    assert court.show(bench.claim(DOUBLE), [first, nobody]) == "ecdsa: invalid signature"
    nothing = court.signed(second.encoded, bytes(65))
    assert court.show(bench.claim(DOUBLE), [first, nothing]) == "service_keys: not a key of the operator"


def test_prove__inv_prv_2__another_chain_or_registry(court, bench):
    votes = [bench.vote(7, block) for block in (1, 2)]
    for domain in ({"chain_id": court.chain_id + 1}, {"registry": court.prover.address}):
        signed = [court.sign(votes[0]), court.sign(votes[1], **domain)]
        assert court.show(bench.claim(DOUBLE), signed) == "service_keys: not a key of the operator"


def test_prove__inv_prv_2__after_a_fork_signatures_are_of_the_new_chain(court, bench):
    signed = bench.double()
    before = boa.env.evm.patch.chain_id
    try:
        boa.env.evm.patch.chain_id = before + 7
        stale = [court.signed(one.encoded, one.signature) for one in signed]
        assert court.show(bench.claim(DOUBLE), stale) == "service_keys: not a key of the operator"
        assert isinstance(court.show(bench.claim(DOUBLE), bench.double()), bytes)
    finally:
        boa.env.evm.patch.chain_id = before


def test_prove__inv_prv_2__a_counterparty_that_did_not_sign(court, watched):
    claim = watched.claim("honest", CHOICE)
    assert court.show(claim, complaint(watched, KEY)) == NAME + "not signed by its sender"
    price, other = complaint(watched)
    for signature in (b"", other.signature[:64], other.signature * 2):
        assert court.show(claim, [price, court.signed(other.encoded, signature)]) == NAME + "not signed by its sender"


# -- when -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wait", [21 * DAY - 12, 21 * DAY - 11])
def test_prove__inv_cmt_10__to_the_last_second_of_the_reach(court, bench, wait):
    signed = bench.double()
    court.wait(wait)
    proven = court.show(bench.claim(DOUBLE), signed)
    assert isinstance(proven, bytes) == (wait == 21 * DAY - 12)
    assert isinstance(proven, bytes) or proven == "fault_book: offence is too old"


@pytest.mark.parametrize("wait", [21 * DAY - 12, 21 * DAY - 11])
def test_prove__inv_cmt_10__to_the_last_second_of_the_cooldown(court, bench, wait):
    """S0.24"""
    assert court.leave(bench.service) is None
    signed = bench.double(time=court.now + 9 * DAY)
    court.wait(wait)
    proven = court.show(bench.claim(DOUBLE), signed)
    assert isinstance(proven, bytes) == (wait == 21 * DAY - 12)
    assert isinstance(proven, bytes) or proven == "fault_book: operator has left for good"


def test_prove__inv_cmt_10__without_a_cooldown_only_who_serves_is_punished(court):
    bench = Bench(court, cooldown=0, reach=30 * DAY)
    assert court.enter(bench.service) is None
    signed = bench.double()
    court.wait(30 * DAY - 12)
    with court.undone():
        assert isinstance(court.show(bench.claim(DOUBLE), signed), bytes)
    court.commit(signed)
    assert court.leave(bench.service) is None
    court.wait(1)
    assert court.prove(bench.claim(DOUBLE), signed) == "fault_book: operator has left for good"


def offence_of(court, bench, signed):
    id = court.show(bench.claim(DOUBLE), signed)
    assert isinstance(id, bytes), id
    return court.prover.fault(id).offence_time


def test_offence__inv_cmt_10__is_the_later_of_the_two_and_no_later_than_now(court, bench):
    start, now = court.now - DAY, court.now
    votes = {time: court.sign(bench.vote(7, time, time)) for time in (1, start + 5, start + 9, 2**63, 2**64 - 1)}
    for earlier, later, expected in (
        (1, start + 9, start + 9),
        (start + 9, start + 5, start + 9),
        (2**64 - 1, start + 5, start + 5),
        (2**63, 2**64 - 1, now + 12),
    ):
        with court.undone():
            assert offence_of(court, bench, [votes[earlier], votes[later]]) == expected


def test_offence__inv_cmt_10__before_all_periods_is_the_start_of_the_first(court, bench):
    assert offence_of(court, bench, bench.double(time=3)) == court.laws.periods[bench.service, OPERATOR][0].start


def test_offence__inv_cmt_10__between_periods_is_the_end_of_the_one_before(court, bench):
    end = court.now
    assert court.leave(bench.service) is None
    court.wait(5 * DAY)
    assert court.enter(bench.service) is None
    court.wait(DAY)
    assert offence_of(court, bench, bench.double(time=end + 2 * DAY)) == end


def test_offence__inv_prv_6__added_messages_move_nothing(court, bench):
    now = court.now
    later = court.sign(bench.vote(99, 1, now + 5))
    court.wait(DAY)
    assert offence_of(court, bench, [*bench.double(time=now), later]) == now


# -- keys -------------------------------------------------------------------------------------------------------------


def test_prove__inv_prv_5__keys_with_overlap_both_count(court, bench):
    court.rotate(OPERATOR, SECOND_KEY, overlap=DAY)
    mixed = [court.sign(bench.vote(7, 1), KEY), court.sign(bench.vote(7, 2), SECOND_KEY)]
    assert isinstance(court.show(bench.claim(DOUBLE), mixed), bytes)


@pytest.mark.parametrize("wait", [21 * DAY - 12, 21 * DAY - 11])
def test_prove__inv_prv_5__an_ended_key_counts_to_the_end_of_the_cooldown(court, bench, wait):
    court.end_key(OPERATOR, KEY)
    court.wait(wait)
    signed = bench.double()  # whatever time it says
    proven = court.show(bench.claim(DOUBLE), signed)
    assert isinstance(proven, bytes) == (wait == 21 * DAY - 12)
    assert isinstance(proven, bytes) or proven == "service_keys: key ended too long ago"
