"""Evidence files: whole in one document, and told with line or key where they are wrong."""

import json

import pytest
from tests.support.journal import ATTESTATION, CLIENT_KEY, KEY, OPERATOR, SERVICE, signed, vote
from tests.support.worked import BENCHES, bench

from surety.sdk.errors import UsageError
from surety.sdk.evidence import EvidenceFile, Exhibit, fault_id
from surety.sdk.messages import Message

CAUGHT = (signed(vote(5, 1)), signed(vote(5, 2)))


@pytest.fixture
def evidence():
    return EvidenceFile.of(ATTESTATION, "no_double_vote", OPERATOR, (), CAUGHT)


def changed(evidence, /, **values):
    return json.dumps({**json.loads(evidence.dumps()), **values})


def test_load__what_was_written__is_the_same(evidence):
    again = EvidenceFile.load(evidence.dumps())
    assert again == evidence
    assert again.signed == CAUGHT
    assert again.verdict() == (True, (5).to_bytes(32, "big"))
    assert again.number == 0


def test_verdict__two_votes_of_one_block__is_kept():
    kept = EvidenceFile.of(ATTESTATION, "no_double_vote", OPERATOR, (), [CAUGHT[0], signed(vote(5, 1, time=101))])
    assert not kept.verdict().broken


@pytest.mark.parametrize("name", BENCHES)
def test_verdict__every_worked_commitment__is_what_the_machine_says(name):
    compiled = bench(name).compiled
    for exhibit in bench(name).exhibits:
        if exhibit.promise in {one.name for one in compiled.safety}:
            check_exhibit(compiled, exhibit)


def check_exhibit(compiled, exhibit):
    rule = compiled.property_named(exhibit.promise).rule
    words = exhibit.evidence.witness
    values, rest, proofs = words[: rule.values], list(words[rule.values :]), []
    for _ in range(rule.proofs):
        length = int.from_bytes(rest[0], "big")
        proofs.append(tuple(rest[1 : 1 + length]))
        rest = rest[1 + length :]
    made = EvidenceFile(
        chain_id=1,
        registry=OPERATOR,
        service=exhibit.evidence.service,
        operator=f"0x{exhibit.evidence.operator:040x}",
        promise=compiled.text,
        breaks=exhibit.promise,
        parameters=exhibit.evidence.parameters,
        messages=tuple(Exhibit(message=Message.decode(one), signature=bytes(65)) for one in exhibit.evidence.messages),
        values=values,
        proofs=tuple(proofs),
    )
    assert made.witness == words
    assert EvidenceFile.load(made.dumps()).verdict().broken is exhibit.broken


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"service": "0x12"}, "evidence: service: Value should have at least 32"),
        ({"operator": "somebody"}, "evidence: operator: 'somebody' is no address"),
        ({"messages": []}, "evidence: messages: "),
        ({"messages": [{"message": {}, "signature": "0x"}]}, "evidence: messages.0.message.service: Field required"),
        ({"surprise": 1}, "evidence: surprise: Extra inputs are not permitted"),
        ({"evidence": "2"}, "evidence: evidence: Input should be '1'"),
        ({"proofs": [["0x"]] * 3}, "evidence: proofs"),
    ],
)
def test_load__a_wrong_key__is_named(evidence, values, told):
    with pytest.raises(UsageError) as error:
        EvidenceFile.load(changed(evidence, **values))
    assert str(error.value).startswith(told)


def test_load__no_json__is_told_with_line_and_column(evidence):
    with pytest.raises(UsageError, match=r"evidence: Invalid JSON: .* at line 2 column "):
        EvidenceFile.load(evidence.dumps().replace('"chain_id"', "chain_id"))
    with pytest.raises(UsageError, match="recursion limit"):
        EvidenceFile.load("[" * 100_000)  # Python's own parser overflows the stack


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"breaks": "votes"}, "breaks: evidence proves no_double_vote of attestation, not votes"),
        ({"promise": "commitment {"}, "promise: line 1"),
        ({"parameters": ["0x" + "00" * 32]}, "attestation has 0 parameters, 1 are here"),
        ({"values": ["0x" + "00" * 32]}, "no_double_vote is given 0 values and 0 proofs"),
    ],
)
def test_verdict__what_cant_be_judged__is_told(evidence, values, told):
    with pytest.raises(UsageError) as error:
        EvidenceFile.load(changed(evidence, **values)).verdict()
    assert told in str(error.value)


def test_verdict__the_same_message_twice__is_no_evidence():
    twice = EvidenceFile.of(ATTESTATION, "no_double_vote", OPERATOR, (), [CAUGHT[0], CAUGHT[0]])
    with pytest.raises(UsageError, match="same message twice"):
        twice.verdict()


def test_unsigned__a_stranger_s_signature__is_told(evidence):
    keys = {KEY.address: OPERATOR}
    assert evidence.unsigned() == evidence.unsigned(keys) == []
    assert evidence.unsigned({}) == [f"messages.{n}: {KEY.address} is no service key of {OPERATOR}" for n in (0, 1)]
    forged = EvidenceFile.of(ATTESTATION, "no_double_vote", OPERATOR, (), [CAUGHT[0], signed(vote(5, 2), CLIENT_KEY)])
    assert forged.unsigned(keys) == [f"messages.1: {CLIENT_KEY.address} is no service key of {OPERATOR}"]


def test_commitment__another_prover_salt_or_signature__is_another(evidence):
    made = {evidence.commitment(prover, salt) for prover in (OPERATOR, KEY.address) for salt in (bytes(32), b"\1" * 32)}
    assert len(made) == 4
    assert fault_id(SERVICE, OPERATOR, 0, bytes(32)) != fault_id(SERVICE, OPERATOR, 1, bytes(32))


def test_read__a_missing_large_or_binary_file__is_told(tmp_path):
    with pytest.raises(UsageError, match="there is no file"):
        EvidenceFile.read(tmp_path / "none.json")
    path = tmp_path / "some.json"
    path.write_bytes(b"\xff")
    with pytest.raises(UsageError, match="UTF-8"):
        EvidenceFile.read(path)
    path.write_bytes(b" " * 1_000_001)
    with pytest.raises(UsageError, match="more than 1,000,000 bytes"):
        EvidenceFile.read(path)
