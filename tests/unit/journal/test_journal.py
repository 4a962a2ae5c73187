"""The journal refuses what would break a promise, survives crashes, and notices what was done to it."""

import multiprocessing
import os

import pytest
from tests.support.journal import (
    ATTESTATION,
    CHAIN,
    CLIENT,
    CLIENT_KEY,
    KEY,
    OPERATOR,
    REGISTRY,
    SERVICE,
    begin,
    message,
    signed,
    text_of,
    vote,
)

from surety.journal import Journal, PromiseBroken
from surety.journal import journal as module
from surety.predicates import compile_text
from surety.predicates.evidence import word_of
from surety.sdk.errors import SetupError, UsageError
from surety.sdk.messages import sign_message


@pytest.fixture
def path(tmp_path):
    return tmp_path / "operator.journal"


def test_sign__a_vote__is_the_keys_and_on_the_disk(path):
    with begin(path) as journal:
        made = journal.sign(vote(5), KEY)
    assert made == sign_message(vote(5), KEY, CHAIN, REGISTRY)
    assert made.signer == KEY.address
    assert made.model_dump_json() in path.read_text()


def test_sign__a_second_vote_of_a_height__is_refused_naming_property_and_earlier_message(path):
    with begin(path) as journal:
        journal.sign(vote(5, 1), KEY)
        journal.sign(vote(6, 2), KEY)
        before = path.read_bytes()
        with pytest.raises(PromiseBroken) as told:
            journal.sign(vote(5, 2), KEY)
        assert told.value.exit_code == 5
        assert "no_double_vote of attestation would be broken together with Vote(height: 5, block: 0x" in str(
            told.value
        )
        assert told.value.fault is not None
        assert path.read_bytes() == before


def test_sign__the_same_message_again__gives_the_same_signature_and_writes_nothing(path):
    with begin(path) as journal:
        first = journal.sign(vote(5), KEY)
        before = path.read_bytes()
        assert journal.sign(vote(5), KEY) == first
        assert path.read_bytes() == before


def test_sign__after_opening_again__remembers(path):
    with begin(path) as journal:
        journal.sign(vote(5), KEY)
    with Journal(path) as journal, pytest.raises(PromiseBroken):
        journal.sign(vote(5, 2), KEY)


def test_sign__with_the_index_gone_or_damaged__remembers(path):
    with begin(path) as journal:
        journal.sign(vote(5), KEY)
    index = path.with_name(path.name + module.INDEX_SUFFIX)
    index.unlink()
    with Journal(path) as journal, pytest.raises(PromiseBroken):
        journal.sign(vote(5, 2), KEY)
    index.write_bytes(b"no database at all, but long enough to be read as one" * 100)
    with Journal(path) as journal, pytest.raises(PromiseBroken):
        journal.sign(vote(5, 2), KEY)


def test_sign__what_no_commitment_knows__is_refused(path):
    with begin(path, None) as journal, pytest.raises(UsageError, match="holds no commitment"):
        journal.sign(vote(5), KEY)


def test_sign__of_another_operator__is_refused(path):
    other = message(ATTESTATION, "Vote", sender=CLIENT, height=1, block=bytes(32))
    with begin(path) as journal, pytest.raises(UsageError, match="the message of"):
        journal.sign(other, KEY)


def test_hold__after_messages_were_signed__guards_those_too(path):
    with begin(path) as journal:
        journal.sign(vote(5), KEY)
        stricter = text_of("attestation").replace("per a.height", "per a.height, b.height").replace("5%", "50%")
        journal.hold(SERVICE, stricter)
        assert len(journal.holds) == 2
        with pytest.raises(PromiseBroken):
            journal.sign(vote(5, 2), KEY)


def test_hold__the_same_twice__is_one(path):
    with begin(path) as journal:
        journal.hold(SERVICE, "# a comment\n" + text_of("attestation"))
        assert len(journal.holds) == 1


def test_sign__surround_vote__is_refused_from_both_sides(path):
    compiled = compile_text(text_of("surround_vote"))

    def span(source, target):
        return message(compiled, "Span", source=source, target=target, root=bytes(32))

    with begin(path, "surround_vote") as journal:
        for source, target in ((1, 2), (2, 5), (5, 9)):
            journal.sign(span(source, target), KEY)
        for source, target in ((3, 4), (4, 10), (0, 3)):
            with pytest.raises(PromiseBroken, match="no_surround"):
                journal.sign(span(source, target), KEY)
        journal.sign(span(9, 10), KEY)


def test_sign__a_property_of_one_message__is_judged_by_the_parameters(path):
    compiled = compile_text(text_of("stale_price"))

    def price(observed):
        return message(compiled, "Price", time=1_000, pair=bytes(32), value=7, observed=observed)

    with begin(path, "stale_price", (word_of("uint64", 60, "max_age"),)) as journal:
        journal.sign(price(950), KEY)
        with pytest.raises(PromiseBroken, match="fresh of stale_price would be broken: Price"):
            journal.sign(price(900), KEY)


def test_sign__against_an_incoming_message_that_was_added__is_refused(path):
    compiled = compile_text(text_of("throughput"))
    client = (word_of("address", CLIENT, "client"),)
    receipt = message(compiled, "Receipt", sender=CLIENT, recipient=OPERATOR, epoch=3, served=10, final=True)
    claim = message(compiled, "Claim", epoch=3, served=11)
    with begin(path, "throughput", client) as journal:
        assert journal.add(signed(receipt, CLIENT_KEY)) == []
        with pytest.raises(PromiseBroken, match="no_overclaim"):
            journal.sign(claim, KEY)
    with begin(path.with_name("unaware"), "throughput", client) as journal:
        journal.sign(claim, KEY)  # never saw the receipt
        (fault,) = journal.add(signed(receipt, CLIENT_KEY))
        assert fault.promise.name == "no_overclaim"


def test_sign__what_too_many_counted_messages_break__is_refused(path):
    text = """commitment few {
      message Order(day: uint64, size: uint64)
      message Day(day: uint64)
      safety cap: never (d: out Day) per d.day
        where sum(o.size for o: out Order where o.day == d.day) > 10
      slash 1% cooldown 1 day review 7 days
    }"""
    compiled = compile_text(text)
    with begin(path, None) as journal:
        journal.hold(SERVICE, text)
        journal.sign(message(compiled, "Day", day=1), KEY)
        journal.sign(message(compiled, "Order", day=1, size=6), KEY)
        journal.sign(message(compiled, "Order", day=2, size=9), KEY)
        with pytest.raises(PromiseBroken, match="cap of few"):
            journal.sign(message(compiled, "Order", day=1, size=5), KEY)
        with pytest.raises(PromiseBroken, match="cap of few"):
            journal.sign(message(compiled, "Order", day=1, size=7, time=3), KEY)
        journal.sign(message(compiled, "Order", day=1, size=4), KEY)


MANY = """commitment many {
  message Y(n: uint)
  message Z(n: uint)
  message X(n: uint)
  safety apart: never (x: out X) per x.n where count(a: out Y) >= 12 and count(b: out Z) >= 3
  safety shared: never (x: out X) per x.n
    where count(a: out Y where a.n < 9) >= 9 and count(b: out Y where b.n > 2) >= 12
  slash 10% cooldown 21 days review 7 days
}
"""


@pytest.mark.parametrize(("ys", "zs", "broken"), [(17, 3, "apart"), (17, 2, "shared"), (14, 2, ""), (11, 17, "")])
def test_sign__two_quantifiers_that_share_the_room_of_evidence__is_refused(path, ys, zs, broken):
    """Sixteen messages at most: seventeen of one kind must not crowd out three of the other."""
    compiled = compile_text(MANY)
    with begin(path, None) as journal:
        journal.hold(SERVICE, MANY)
        for kind, count in (("Y", ys), ("Z", zs)):
            for n in range(count):
                journal.sign(message(compiled, kind, n=n), KEY)
        if not broken:
            journal.sign(message(compiled, "X", n=1), KEY)
            return
        with pytest.raises(PromiseBroken, match=f"^{broken} of many would be broken"):
            journal.sign(message(compiled, "X", n=1), KEY)


def test_add__a_signature_that_is_not_the_senders__is_refused(path):
    compiled = compile_text(text_of("throughput"))
    receipt = message(compiled, "Receipt", sender=CLIENT, recipient=OPERATOR, epoch=3, served=10, final=True)
    with begin(path, "throughput", (word_of("address", CLIENT, "client"),)) as journal:
        with pytest.raises(UsageError, match="not signed by the key of its sender"):
            journal.add(signed(receipt, KEY))
        journal.add(signed(receipt, KEY), by_contract=True)


def test_add__own_message_that_others_bring__is_refused_unless_it_is_said_to_be_own(path):
    """A forged vote would keep the operator from voting at that height."""
    forged = signed(vote(5, 2), CLIENT_KEY)
    with begin(path) as journal:
        with pytest.raises(UsageError, match="says that the operator signed it"):
            journal.add(forged)
        mine = journal.sign(vote(5, 1), KEY)
        assert journal.add(mine) == []
        (fault,) = journal.add(forged, own=True)
        assert fault.promise.name == "no_double_vote"


def test_sign__message_that_was_added_with_another_signature__is_looked_at_and_signed_anew(path):
    forged = signed(vote(5, 2), CLIENT_KEY)
    with begin(path) as journal:
        assert journal.add(forged, own=True) == []
        size = journal.file.size
        made = journal.sign(vote(5, 2), KEY)
        assert (made.signer, journal.file.size) == (KEY.address, size)
        journal.add(signed(vote(5, 3), CLIENT_KEY), own=True)
        with pytest.raises(PromiseBroken):
            journal.sign(vote(5, 3), KEY)


def test_add__of_another_chain__is_refused(path):
    with begin(path) as journal, pytest.raises(UsageError, match="signed for chain 1 "):
        journal.add(sign_message(vote(5), KEY, 1, REGISTRY))


def _opens(path, answer):
    try:
        Journal(path).close()
        answer.put("opened")
    except SetupError as error:
        answer.put(str(error))


def test_open__while_another_process_has_it__is_refused(path):
    context = multiprocessing.get_context("spawn")
    answer = context.Queue()
    with begin(path):
        other = context.Process(target=_opens, args=(path, answer))
        other.start()
        assert "another process has operator.journal open" in answer.get(timeout=60)
        other.join()


def test_open__a_torn_last_line__is_cut_off_kept_and_told(path):
    with begin(path) as journal:
        journal.sign(vote(5), KEY)
        journal.sign(vote(6), KEY)
    whole = path.read_bytes()
    last = whole.splitlines(keepends=True)[-1]
    path.with_name(path.name + module.INDEX_SUFFIX).unlink()
    for kept in (0, 1, len(last) // 2, len(last) - 2):
        path.write_bytes(whole[: len(whole) - len(last) + kept])
        with Journal(path) as journal:
            assert bool(journal.file.mended) == (kept > 0)
            assert journal.find(vote(6).id) is None
            with pytest.raises(PromiseBroken):
                journal.sign(vote(5, 2), KEY)
            assert journal.sign(vote(6), KEY)
        path.with_name(path.name + module.INDEX_SUFFIX).unlink()
        assert path.read_bytes() == whole
    assert path.with_name(path.name + ".torn").read_bytes().endswith(last[:-2] + b"\n")


@pytest.mark.parametrize("heights", [0, 2])
def test_open__a_last_line_that_lacks_its_end_alone__stays(path, heights):
    """What an editor cut off has been given out: to forget it would be to sign against it."""
    with begin(path, "attestation" if heights else None) as journal:
        for height in range(heights):
            journal.sign(vote(height), KEY)
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    path.with_name(path.name + ".index").unlink()
    with Journal(path) as journal:
        assert "lacked its end and nothing else" in journal.file.mended
        assert path.read_bytes() == whole
        if heights:
            with pytest.raises(PromiseBroken):
                journal.sign(vote(1, 2), KEY)
            journal.sign(vote(2), KEY)
    with Journal(path) as journal:
        assert not journal.file.mended
    assert not path.with_name(path.name + ".torn").exists()


def test_open__put_back_from_a_backup__is_refused(path):
    with begin(path) as journal:
        journal.sign(vote(5), KEY)
        old = path.read_bytes()
        journal.sign(vote(6), KEY)
    path.write_bytes(old)
    with pytest.raises(UsageError, match="shorter than it was"):
        Journal(path)


def test_entries__a_line_changed_or_missing__is_told_with_its_number(path):
    with begin(path) as journal:
        for height in range(3):
            journal.sign(vote(height), KEY)
    index = path.with_name(path.name + module.INDEX_SUFFIX)
    index.unlink()
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:3], lines[3].replace(b'"sequence":"0"', b'"sequence":"1"'), *lines[4:]]))
    with pytest.raises(UsageError, match="line 4: changed since it was written"):
        Journal(path)
    path.write_bytes(b"".join([*lines[:2], *lines[3:]]))
    with pytest.raises(UsageError, match="line 3: changed since it was written, or a line before it is missing"):
        Journal(path)


def test_sign__when_the_disk_refuses__gives_nothing_out_and_stays_whole(path, monkeypatch):
    with begin(path) as journal:
        before = path.read_bytes()

        def full(handle):
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", full)
            with pytest.raises(OSError, match="No space"):
                journal.sign(vote(5), KEY)
        assert path.read_bytes() == before
        journal.sign(vote(5), KEY)
    with Journal(path) as journal:
        assert journal.find(vote(5).id) is not None


def test_create__where_there_is_one__is_refused(path):
    begin(path).close()
    with pytest.raises(UsageError, match="is there already"):
        begin(path)


def test_open__where_there_is_none__is_refused(path):
    with pytest.raises(UsageError, match="surety journal create"):
        Journal(path)


@pytest.mark.parametrize("content", [b"", b"\n", b'{"entry":"hold"}\n', b"\xff\xfe\n", b"[1]"])
def test_open__no_journal__is_refused(path, content):
    path.write_bytes(content)
    with pytest.raises(UsageError):
        Journal(path)


def test_create__is_for_its_owner_alone(path):
    begin(path).close()
    assert path.stat().st_mode & 0o777 == 0o600
