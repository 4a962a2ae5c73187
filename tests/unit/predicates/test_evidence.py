"""Messages and evidence by name, and what a registry has to see to of parameters."""

import pytest
from tests.support.wording import commitment
from tests.support.worked import CLIENT, OPERATOR, SERVICE, bench, digest, library, word

from surety.predicates import compile_text, explain, make_evidence, make_message
from surety.predicates.evidence import check_parameters, merkle_tree
from surety.predicates.explain import period
from surety.predicates.machine import merkle_root
from surety.sdk.errors import UsageError


def vote(**values):
    return make_message(library("attestation"), "Vote", values, service=SERVICE, sender=OPERATOR)


def test_make_message__values__stand_in_the_order_of_the_declaration():
    one = vote(block=digest(1), height=7)
    assert one.fields == (word(7), digest(1))
    assert vote(block="0x" + digest(1).hex(), height=7) == one


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"height": 7}, "see block"),
        ({"height": 7, "block": digest(1), "extra": 1}, "see extra"),
        ({"height": -1, "block": digest(1)}, "Vote.height: -1 is no uint"),
        ({"height": 2**256, "block": digest(1)}, "is no uint"),
        ({"height": True, "block": digest(1)}, "True is no uint"),
        ({"height": 7, "block": b"\1"}, "is no bytes32"),
        ({"height": 7, "block": "0x12"}, "is no bytes32"),
        ({"height": 7, "block": "0xzz"}, "is no bytes32"),
    ],
)
def test_make_message__values_that_do_not_fit__are_named(values, told):
    with pytest.raises(UsageError, match=told):
        vote(**values)


def test_make_message__unknown_kind__is_named():
    with pytest.raises(UsageError, match="attestation has no message Note"):
        make_message(library("attestation"), "Note", {}, service=SERVICE, sender=OPERATOR)


def test_make_message__narrow_and_other_types__are_checked():
    compiled = compile_text(
        commitment("safety s: never (a: out M) per a.n where a.ok", "message M(n: uint8, ok: bool, to: address)")
    )
    good = {"n": 255, "ok": True, "to": CLIENT}
    one = make_message(compiled, "M", good, service=SERVICE, sender=OPERATOR)
    assert one.fields == (word(255), word(1), bytes(12) + bytes.fromhex(CLIENT[2:]))
    for wrong in ({"n": 256}, {"ok": 1}, {"to": "0x" + "00" * 32}):
        with pytest.raises(UsageError, match=" is no "):
            make_message(compiled, "M", good | wrong, service=SERVICE, sender=OPERATOR)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"named": []}, "names 2 messages, 0 are here"),
        ({"others": ["vote"] * 15}, "at most 16 messages"),
        ({"values": [word(1)]}, "is given 0 values and 0 proofs"),
        ({"parameters": {"p": 1}}, "has the parameters none"),
    ],
)
def test_make_evidence__what_can_not_be_evidence__is_refused(changes, told):
    compiled = library("attestation")
    votes = [vote(height=7, block=digest(number)) for number in range(17)]
    if "others" in changes:
        changes = {"others": votes[2:]}
    arguments = {"service": SERVICE, "operator": OPERATOR, "named": votes[:2]} | changes
    with pytest.raises(UsageError, match=told):
        make_evidence(compiled, compiled.property_named("no_double_vote"), **arguments)


def test_make_evidence__proofs_beyond_the_limits__are_refused():
    on = bench("audit_log")
    heads = on.out("Head", size=3, root=digest(1)), on.out("Head", size=4, root=digest(2))
    for lengths, told in (((33, 1), "at most 32 levels"), ((20, 20), "44 words, 40 fit")):
        with pytest.raises(UsageError, match=told):
            on.kept(
                "nothing_rewritten", "", *heads, values=[word(1)] * 2, proofs=[[word(1)] * length for length in lengths]
            )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "has 2 parameters, 0 are here"),
        ((word(9), word(1)), "bound is 9, allowed are 10 to 2000"),
        ((word(2_001), word(1)), "bound is 2001"),
        ((word(10), word(0)), "reference is the zero address"),
        ((word(10), word(2**160)), "reference is"),
    ],
)
def test_check_parameters__outside_of_what_the_text_allows__are_refused(words, told):
    with pytest.raises(UsageError, match=told):
        check_parameters(library("price_deviation"), words)
    check_parameters(library("price_deviation"), (word(10), word(1)))


@pytest.mark.parametrize("count", range(1, 10))
def test_merkle_tree__every_leaf__is_under_the_root(count):
    leaves = [word(number + 5) for number in range(count)]
    root, proofs = merkle_tree(leaves)
    assert len(proofs) == count
    for index, proof in enumerate(proofs):
        assert merkle_root(leaves[index], index, proof) == root
        assert merkle_root(leaves[index], index + 2 ** len(proof), proof) is None


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(1, "1 second"), (90, "90 seconds"), (3_600, "1 hour"), (86_400 * 21, "21 days"), (0, "0 seconds")],
)
def test_period__of_seconds__is_in_the_largest_unit(seconds, told):
    assert period(seconds) == told


def test_explain__every_part__is_told():
    told = explain(library("data_integrity"))
    assert "what whoever proves it brings along: leaf (bytes32), path (proof)" in told
    assert "One punishment for each served.file and served.place." in told
    told = explain(library("price_deviation"))
    assert "bound, a number from 10 to 2,000" in told
    assert "reference, the address of a counterparty" in told
    told = explain(library("heartbeat"))
    assert "beats: the operator signs a Beat every epoch." in told
    assert "costs 0.5 %" in told
