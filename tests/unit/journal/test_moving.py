"""From one machine to another: all of it, or watermarks, and nothing that might clash with what is not known."""

import pytest
from tests.support.journal import CHAIN, KEY, OPERATOR, REGISTRY, SERVICE, begin, message, text_of, vote

from surety.journal import Journal, PromiseBroken
from surety.journal.entries import entry_of
from surety.predicates import compile_text
from surety.sdk.errors import UsageError


def lines(exported):
    proof = ""
    for line in exported:
        entry, proof = entry_of(line, proof, "export")
        yield entry


@pytest.fixture
def old(tmp_path):
    with begin(tmp_path / "old") as journal:
        for height in (3, 7, 5):
            journal.sign(vote(height), KEY)
        yield journal


@pytest.fixture
def new(tmp_path):
    with Journal.create(tmp_path / "new", CHAIN, REGISTRY, OPERATOR) as journal:
        yield journal


def test_import__everything__knows_each_message_and_signs_above_the_highest(old, new):
    assert new.take_over(lines(old.export())) == (3, [])
    with pytest.raises(PromiseBroken, match=r"no_double_vote.*height: 5"):
        new.sign(vote(5, 2), KEY)
    with pytest.raises(PromiseBroken, match="not above their watermark"):
        new.sign(vote(6), KEY)
    new.sign(vote(8), KEY)
    assert new.sign(vote(7), KEY) == old.find(vote(7).id)


def test_import__complete__signs_between(old, new):
    new.take_over(lines(old.export()), complete=True)
    new.sign(vote(6), KEY)
    with pytest.raises(PromiseBroken):
        new.sign(vote(7, 2), KEY)


def test_import__watermarks_alone__signs_nothing_at_or_under_them(old, new):
    exported = list(old.export(watermarks=True))
    assert len(exported) == 3
    assert new.take_over(lines(exported)) == (0, [])
    for height in (3, 4, 7):
        with pytest.raises(PromiseBroken, match="watermark"):
            new.sign(vote(height), KEY)
    new.sign(vote(8), KEY)
    new.close()
    with Journal(new.path) as again, pytest.raises(PromiseBroken, match="watermark"):
        again.sign(vote(7), KEY)


def test_import__watermarks_of_spans__needs_both_ends_above(tmp_path, new):
    compiled = compile_text(text_of("surround_vote"))

    def span(source, target):
        return message(compiled, "Span", source=source, target=target, root=bytes(32))

    with begin(tmp_path / "spans", "surround_vote") as journal:
        journal.sign(span(4, 9), KEY)
        new.take_over(lines(journal.export(watermarks=True)))
    for source, target in ((3, 10), (4, 9), (5, 8), (10, 9)):
        with pytest.raises(PromiseBroken, match="watermark"):
            new.sign(span(source, target), KEY)
    new.sign(span(4, 10), KEY)
    new.sign(span(9, 11), KEY)


def test_import__a_key_that_doesnt_rise__can_only_be_refused(tmp_path, new):
    compiled = compile_text(text_of("data_integrity"))

    def root(name):
        return message(compiled, "Root", file=name * 32, root=b"\1" * 32)

    with begin(tmp_path / "files", "data_integrity") as journal:
        journal.sign(root(b"\x50"), KEY)
        new.take_over(lines(journal.export(watermarks=True)))
    with pytest.raises(PromiseBroken, match="watermark"):
        new.sign(root(b"\x40"), KEY)


def test_import__twice__adds_nothing(old, new):
    exported = list(old.export())
    new.take_over(lines(exported))
    assert new.take_over(lines(exported)) == (0, [])
    assert len(new.index) == 3


def test_import__of_a_promise_broken_by_both_machines__tells(old, new):
    new.hold(SERVICE, text_of("attestation"))
    new.sign(vote(7, 2), KEY)
    count, faults = new.take_over(lines(old.export()))
    assert (count, [one.promise.name for one in faults]) == (3, ["no_double_vote"])


def test_import__of_another_operator__is_refused(old, tmp_path):
    with (
        Journal.create(tmp_path / "other", CHAIN, REGISTRY, REGISTRY) as other,
        pytest.raises(UsageError, match="is another one"),
    ):
        other.take_over(lines(old.export()))


def test_end__closed__signs_nothing_and_stays_closed(old):
    old.end()
    with pytest.raises(UsageError, match="closed"):
        old.sign(vote(9), KEY)
    old.close()
    with Journal(old.path) as again, pytest.raises(UsageError, match="closed"):
        again.sign(vote(9), KEY)


def test_import__a_changed_line__is_refused(old, new):
    exported = [line.replace('"time":"100"', '"time":"101"') for line in old.export()]
    with pytest.raises(UsageError, match="changed since it was written"):
        new.take_over(lines(exported))
