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


def test_find_faults__dated_earlier_by_the_operator__shows_the_latest():
    """What it proved of itself under the same key comes first in the log and must not hide what it did later."""
    log = [signed(vote(5, block, time)) for block, time in ((1, 10), (2, 11), (3, 500), (4, 600))]
    for some in (log, log[::-1]):
        ((_, file),) = find_faults(HOLD, some)
        assert file.time(2**64) == 600
        ((_, file),) = find_faults(HOLD, [*some, signed(vote(5, 5, 900)), signed(vote(5, 6, 901))], 700)
        assert file.time(700) == 600


def test_find_faults__forged_votes_of_the_operator__hide_none_that_it_signed():
    real = [signed(vote(5, block)) for block in (1, 2)]
    forged = [signed(vote(5, block), CLIENT_KEY) for block in (1, 2, 8, 9)]
    for log in ([*forged, *real], [*real, *forged]):
        files = [file for _, file in find_faults(HOLD, log)]
        held = [file for file in files if file.unsigned({KEY.address: OPERATOR}) == []]
        assert len(held) == 1
        assert held[0].verdict().broken


def test_find_faults__two_keys_of_one_operator__is_one_fault_of_both():
    log = [signed(vote(5, 1)), signed(vote(5, 2), CLIENT_KEY)]
    ((_, file),) = find_faults(HOLD, log)
    assert file.unsigned({KEY.address: OPERATOR, CLIENT_KEY.address: OPERATOR}) == []
