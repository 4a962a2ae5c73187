"""What two parties kept, put together, shows each fault once."""

from tests.support.journal import (
    ATTESTATION,
    CLIENT,
    CLIENT_KEY,
    KEY,
    OPERATOR,
    SERVICE,
    message,
    signed,
    text_of,
    vote,
)

from surety.journal import Hold
from surety.predicates import compile_text
from surety.predicates.evidence import word_of
from surety.sdk.finding import find_faults

HOLD = Hold(ATTESTATION, SERVICE, OPERATOR)


def found(log, hold=HOLD):
    return [(fault.promise.name, int.from_bytes(fault.key, "big")) for fault, _ in find_faults(hold, log)]


def test_find_faults__double_votes__each_height_once_with_evidence_that_holds():
    log = [signed(vote(height, block)) for height in (5, 6, 7) for block in (1, 2, 3) if (height, block) > (5, 2)]
    assert sorted(found(log)) == [("no_double_vote", 6), ("no_double_vote", 7)]
    for _, file in find_faults(HOLD, reversed(log)):
        assert file.verdict().broken
        assert file.unsigned({KEY.address: OPERATOR}) == []


def test_find_faults__nothing_broken_or_another_service__finds_nothing():
    assert found([signed(vote(height)) for height in range(9)]) == []
    other = [one.model_copy(update={"service": b"\1" * 32}) for one in (vote(1, 1), vote(1, 2))]
    assert found([signed(one) for one in other]) == []


def test_find_faults__counterparty_s_message__counts_only_if_it_signed_it():
    compiled = compile_text(text_of("throughput"))
    hold = Hold(compiled, SERVICE, OPERATOR, (word_of("address", CLIENT, "client"),))
    claim = signed(message(compiled, "Claim", epoch=3, served=11))
    receipt = message(compiled, "Receipt", sender=CLIENT, recipient=OPERATOR, epoch=3, served=10, final=True)
    assert found([claim, signed(receipt, CLIENT_KEY)], hold) == [("no_overclaim", 3)]
    assert found([claim, signed(receipt, KEY)], hold) == []
