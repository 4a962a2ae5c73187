"""The worked commitments with evidence: for each property a set that breaks it and one that looks alike and does not.

For responses, "broken" reads "the answer is right": it is what their program tells.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from eth_utils.crypto import keccak

from surety.predicates import Compiled, Evidence, compile_text, make_evidence, make_message
from surety.predicates.evidence import merkle_tree
from surety.sdk.engines.accounts import dev_addresses
from surety.sdk.messages import Message

OPERATOR, CLIENT, STRANGER = dev_addresses()[1:4]
SERVICE = bytes(keccak(text="surety test service"))
WATCHERS = tuple("0x" + digit * 40 for digit in "1234")
PUBLISHER = "0x" + "5" * 40
NOW = 1_728_300_000
HOUR = 3_600
PIECES = tuple(bytes(keccak(text=f"piece {number}")) for number in range(8))
ROOT, PATHS = merkle_tree(PIECES)


@dataclass(frozen=True)
class Exhibit:
    """Evidence about a property, and what the machine is to say: `key` is the fault key's words, if it is broken."""

    label: str
    promise: str
    broken: bool
    evidence: Evidence
    named: tuple[Message, ...]


class Bench:
    """One commitment, and messages of its people."""

    def __init__(self, name: str, **parameters: Any) -> None:
        self.name = name
        self.compiled = library(name)
        self.parameters = parameters
        self.exhibits: list[Exhibit] = []

    def out(self, kind: str, sequence: int = 0, time: int = NOW, **values: Any) -> Message:
        """Of the operator, to nobody in particular."""
        return self._message(kind, OPERATOR, "0x" + "00" * 20, sequence, time, values)

    def to(self, kind: str, sender: str = CLIENT, sequence: int = 0, time: int = NOW, **values: Any) -> Message:
        """To the operator."""
        return self._message(kind, sender, OPERATOR, sequence, time, values)

    def cast(self, kind: str, sender: str = CLIENT, sequence: int = 0, time: int = NOW, **values: Any) -> Message:
        """Of a counterparty, to everybody."""
        return self._message(kind, sender, "0x" + "00" * 20, sequence, time, values)

    def _message(self, kind: str, sender: str, to: str, sequence: int, time: int, values: dict[str, Any]) -> Message:
        return make_message(
            self.compiled, kind, values, service=SERVICE, sender=sender, recipient=to, sequence=sequence, time=time
        )

    def broken(self, promise: str, label: str, *named: Message, **given: Any) -> None:
        self._show(promise, label, True, named, given)

    def kept(self, promise: str, label: str, *named: Message, **given: Any) -> None:
        self._show(promise, label, False, named, given)

    def _show(self, promise: str, label: str, broken: bool, named: tuple[Message, ...], given: dict[str, Any]) -> None:
        evidence = make_evidence(
            self.compiled,
            self.compiled.property_named(promise),
            service=SERVICE,
            operator=OPERATOR,
            named=named,
            parameters=self.parameters,
            **given,
        )
        self.exhibits.append(Exhibit(label, promise, broken, evidence, named))


@cache
def library(name: str) -> Compiled:
    """A worked commitment, compiled."""
    return compile_text(text_of(name))


def text_of(name: str) -> str:
    return files("surety.predicates").joinpath("library", f"{name}.surety").read_text(encoding="utf-8")


def names() -> list[str]:
    """Of every worked commitment."""
    folder = files("surety.predicates").joinpath("library")
    return sorted(entry.name.removesuffix(".surety") for entry in folder.iterdir())


@cache
def bench(name: str) -> Bench:
    return BENCHES[name]()


def word(number: int) -> bytes:
    return number.to_bytes(32, "big")


def digest(*values: int | bytes | str) -> bytes:
    """keccak of words, as in the language."""
    return bytes(keccak(b"".join(_word(value) for value in values)))


def _word(value: int | bytes | str) -> bytes:
    if isinstance(value, str):
        return bytes.fromhex(value[2:]).rjust(32, b"\0")
    return value if isinstance(value, bytes) else word(value)


# -- the benches ------------------------------------------------------------------------------------------------------


def attestation() -> Bench:
    on = Bench("attestation")
    first = on.out("Vote", height=7, block=digest(1))
    on.broken("no_double_vote", "two blocks at a height", first, on.out("Vote", 1, height=7, block=digest(2)))
    on.kept("no_double_vote", "the same block again", first, on.out("Vote", 1, height=7, block=digest(1)))
    on.kept("no_double_vote", "two heights", first, on.out("Vote", 1, height=8, block=digest(2)))
    challenge = on.to("Challenge", nonce=digest(5))
    on.broken("answers", "the digest of the nonce", challenge, on.out("Answer", digest=digest(digest(5))))
    on.kept("answers", "the digest of another", challenge, on.out("Answer", digest=digest(digest(6))))
    return on


def surround_vote() -> Bench:
    on = Bench("surround_vote")
    wide, narrow = (
        on.out("Span", source=3, target=9, root=digest(1)),
        on.out("Span", source=4, target=8, root=digest(2)),
    )
    beside = on.out("Span", source=3, target=8, root=digest(2))
    on.broken("no_surround", "three to nine around four to eight", wide, narrow)
    on.kept("no_surround", "the other way round", narrow, wide)
    on.kept("no_surround", "one source", wide, beside)
    on.broken("no_double_target", "two spans to a target", narrow, beside)
    on.kept("no_double_target", "two targets", wide, narrow)
    again = on.out("Span", 1, source=4, target=8, root=digest(2))
    on.kept("no_double_target", "the same span signed again", narrow, again)
    return on


def double_sign() -> Bench:
    on = Bench("double_sign")
    first = on.out("Proposal", height=5, round=0, digest=digest(1))
    on.broken("one_block", "two digests in a round", first, on.out("Proposal", 1, height=5, round=0, digest=digest(2)))
    on.kept("one_block", "the next round", first, on.out("Proposal", 1, height=5, round=1, digest=digest(2)))
    return on


def stale_price() -> Bench:
    on = Bench("stale_price", max_age=60)
    price = {"pair": digest(1), "value": 10**18}
    on.broken("fresh", "observed 61 seconds before", on.out("Price", **price, observed=NOW - 61))
    on.kept("fresh", "observed 60 seconds before", on.out("Price", **price, observed=NOW - 60))
    on.broken("fresh", "observed a second after it was signed", on.out("Price", **price, observed=NOW + 1))
    on.broken("fresh", "observed at the end of all times", on.out("Price", **price, observed=2**64 - 1))
    return on


def price_deviation() -> Bench:
    on = Bench("price_deviation", bound=50, reference=CLIENT)
    theirs = on.cast("Price", pair=digest(1), value=10_000)

    def ours(value: int, time: int = NOW, pair: bytes = digest(1)) -> Message:
        return on.out("Price", time=time, pair=pair, value=value)

    on.broken("close", "51 basis points above", ours(10_051), theirs)
    on.broken("close", "51 basis points below", ours(9_949), theirs)
    on.broken("close", "the highest number of all", ours(2**128 - 1), theirs)
    on.kept("close", "50 basis points", ours(10_050), theirs)
    on.kept("close", "another minute", ours(10_051, NOW + 61), theirs)
    on.kept("close", "another pair", ours(10_051, pair=digest(2)), theirs)
    on.kept("close", "by somebody else", ours(10_051), on.cast("Price", STRANGER, pair=digest(1), value=10_000))
    return on


def heartbeat() -> Bench:
    on = Bench("heartbeat")

    def beat(number: int, time: int) -> Message:
        return on.out("Beat", number, time, number=number)

    on.broken("in_time", "an hour and ten minutes and a second", beat(1, NOW), beat(2, NOW + 4_201))
    on.kept("in_time", "an hour and ten minutes", beat(1, NOW), beat(2, NOW + 4_200))
    on.kept("in_time", "one left out here", beat(1, NOW), beat(3, NOW + 7_200))
    return on


def uptime() -> Bench:
    """S4.31: answers to random questions."""
    on = Bench("uptime")
    ping = on.to("Ping", sender=STRANGER, nonce=digest(3))
    right = digest(digest(3), OPERATOR)
    on.broken("answers", "the right digest", ping, on.out("Pong", ping=ping.id, digest=right))
    on.kept("answers", "the digest without the operator", ping, on.out("Pong", ping=ping.id, digest=digest(digest(3))))
    on.kept("answers", "to another ping", ping, on.out("Pong", ping=digest(4), digest=right))
    return on


def latency() -> Bench:
    """S4.30: response times by stamps that both sides sign."""
    on = Bench("latency", client=CLIENT)
    one, start = digest(1), NOW * 1_000
    sent, received = on.to("Sent", request=one, at=start), on.to("Received", request=one, at=start + 900)

    def report(milliseconds: int) -> Message:
        return on.out("Report", request=one, latency=milliseconds)

    on.broken("honest_latency", "a quarter of a second is too little", report(649), sent, received)
    on.broken("honest_latency", "a claim of nothing", report(0), sent, received)
    on.kept("honest_latency", "within the tolerance", report(650), sent, received)
    earlier = on.to("Received", request=one, at=start - 1)
    on.kept("honest_latency", "received before it was sent", report(649), sent, earlier)
    other = on.to("Received", request=digest(2), at=start + 900)
    on.kept("honest_latency", "another request", report(0), sent, other)
    return on


def throughput() -> Bench:
    """S4.32: receipts that clients sign."""
    on = Bench("throughput", client=CLIENT)
    claim = on.out("Claim", epoch=4, served=101)
    on.broken("no_overclaim", "one too many", claim, on.to("Receipt", epoch=4, served=100, final=True))
    on.kept("no_overclaim", "a receipt on the way", claim, on.to("Receipt", epoch=4, served=100, final=False))
    on.kept("no_overclaim", "as many", claim, on.to("Receipt", epoch=4, served=101, final=True))
    on.kept("no_overclaim", "by a stranger", claim, on.to("Receipt", STRANGER, epoch=4, served=1, final=True))
    on.broken("one_claim", "two claims", claim, on.out("Claim", epoch=4, served=90))
    on.kept("one_claim", "two epochs", claim, on.out("Claim", epoch=5, served=90))
    return on


def error_reports() -> Bench:
    """S4.33: errors that clients report, signed."""
    on = Bench("error_reports")
    reply = on.out("Reply", request=digest(1))

    def failures(senders: Sequence[str], time: int = NOW + 600) -> list[Message]:
        return [on.to("Failure", sender, number, time, reply=reply.id) for number, sender in enumerate(senders)]

    on.broken("few_errors", "three watchers", reply, others=failures(WATCHERS[:3]))
    on.broken("few_errors", "four watchers and strangers", reply, others=failures((*WATCHERS, CLIENT, STRANGER)))
    on.kept("few_errors", "two watchers, one of them twice", reply, others=failures((*WATCHERS[:2], WATCHERS[0])))
    on.kept("few_errors", "one of them no watcher", reply, others=failures((*WATCHERS[:2], CLIENT)))
    on.kept("few_errors", "too late", reply, others=failures(WATCHERS, NOW + 601))
    return on


def data_integrity() -> Bench:
    """S4.34: pieces and paths of a promised root."""
    on = Bench("data_integrity")
    root = on.out("Root", file=digest(1), root=ROOT)

    def served(piece: bytes) -> Message:
        return on.out("Piece", file=digest(1), place=5, piece=piece)

    proof: dict[str, Any] = {"values": [PIECES[5]], "proofs": [PATHS[5]]}
    on.broken("true_pieces", "another piece", root, served(PIECES[4]), **proof)
    on.kept("true_pieces", "the piece", root, served(PIECES[5]), **proof)
    false = {"values": [PIECES[4]], "proofs": [PATHS[5]]}
    on.kept("true_pieces", "a false proof", root, served(PIECES[5]), **false)
    on.kept("true_pieces", "a proof of another place", root, served(PIECES[5]), values=[PIECES[4]], proofs=[PATHS[4]])
    on.broken("one_root", "two roots", root, on.out("Root", file=digest(1), root=digest(9)))
    on.kept("one_root", "two files", root, on.out("Root", file=digest(2), root=digest(9)))
    return on


def retrievability() -> Bench:
    """S4.38: pieces asked for at random."""
    on = Bench("retrievability")
    sample = on.to("Sample", STRANGER, seed=digest(1), place=3 + 2**20)

    def piece(number: int, sample_id: bytes) -> Message:
        return on.out("Piece", sample=sample_id, piece=PIECES[number])

    on.broken("pieces", "the piece and its proof", sample, piece(3, sample.id), proofs=[PATHS[3]])
    on.kept("pieces", "another piece", sample, piece(2, sample.id), proofs=[PATHS[3]])
    on.kept("pieces", "another place's proof", sample, piece(2, sample.id), proofs=[PATHS[2]])
    on.kept("pieces", "an answer to another sample", sample, piece(3, digest(7)), proofs=[PATHS[3]])
    return on


def version() -> Bench:
    """S4.44: the hash of the code that runs."""
    on = Bench("version")
    release = on.cast("Release", PUBLISHER, version=3, code=digest(1))
    on.broken("released_code", "other code", on.out("Runs", version=3, code=digest(2)), release)
    on.kept("released_code", "the code", on.out("Runs", version=3, code=digest(1)), release)
    on.kept("released_code", "another version", on.out("Runs", version=4, code=digest(2)), release)
    false = on.cast("Release", STRANGER, version=3, code=digest(2))
    on.kept("released_code", "a release by somebody else", on.out("Runs", version=3, code=digest(1)), false)
    return on


def service_level() -> Bench:
    """S4.42: a threshold over a window."""
    on = Bench("service_level", allowance=600, client=CLIENT)
    contract = on.out("Contract", number=1, start=NOW)

    def outages(*lengths: int, since: int = NOW, sender: str = CLIENT, of: bytes = contract.id) -> list[Message]:
        return [
            on.to("Outage", sender, number, contract=of, since=since + number, length=length)
            for number, length in enumerate(lengths)
        ]

    on.broken("few_failures", "601 seconds in three outages", contract, others=outages(200, 200, 201))
    on.broken("few_failures", "the most messages", contract, others=outages(*[100] * 15))
    on.kept("few_failures", "600 seconds", contract, others=outages(200, 200, 200))
    on.kept("few_failures", "none", contract)
    on.kept("few_failures", "partly on the day before", contract, others=outages(200, 200, 201, since=NOW - 1))
    on.kept("few_failures", "partly on the day after", contract, others=outages(600, 600, since=NOW + 86_399))
    on.kept("few_failures", "by a stranger", contract, others=outages(9_999, sender=STRANGER))
    on.kept("few_failures", "of another contract", contract, others=outages(9_999, of=digest(1)))
    return on


def audit_log() -> Bench:
    """S4.49: a log that only grows."""
    on = Bench("audit_log")
    entries = [digest(number) for number in range(6)]
    (old, old_paths), (new, new_paths) = merkle_tree(entries[:3]), merkle_tree(entries)
    changed = [*entries[:2], digest(99), *entries[3:]]
    other, other_paths = merkle_tree(changed)
    first, second = on.out("Head", size=3, root=old), on.out("Head", 1, size=6, root=new)
    rewritten = on.out("Head", 1, size=6, root=other)

    def shown(entry: bytes, path: tuple[bytes, ...]) -> dict[str, Any]:
        return {"values": [entries[2], entry], "proofs": [old_paths[2], path]}

    on.broken("nothing_rewritten", "another third entry", first, rewritten, **shown(digest(99), other_paths[2]))
    on.kept("nothing_rewritten", "the same third entry", first, second, **shown(entries[2], new_paths[2]))
    on.kept("nothing_rewritten", "a false proof", first, second, **shown(digest(99), new_paths[2]))
    empty, (nothing,) = merkle_tree([bytes(32)])
    begun = {"values": [bytes(32), entries[0]], "proofs": [nothing, new_paths[0]]}
    on.kept("nothing_rewritten", "the head of the empty log", on.out("Head", size=0, root=empty), second, **begun)
    on.broken("one_head", "two roots of a size", second, on.out("Head", 2, size=6, root=other))
    on.kept("one_head", "a longer log", first, second)
    return on


def processing() -> Bench:
    """S4.46: inputs and outputs by their hashes."""
    on = Bench("processing")
    program, given, stream = digest(1), digest(2), digest(3)

    def result(output: int, sequence: int = 0, of: bytes = given) -> Message:
        return on.out("Result", sequence, program=program, input=of, output=digest(output))

    def checkpoint(number: int, start: int, end: int, of: bytes = stream) -> Message:
        return on.out("Checkpoint", number, stream=of, number=number, start=digest(start), end=digest(end))

    on.broken("one_output", "two outputs of an input", result(7), result(8))
    on.kept("one_output", "the same output again", result(7), result(7, 1))
    on.kept("one_output", "another input", result(7), result(8, of=digest(9)))
    first = checkpoint(4, 10, 11)
    on.broken("unbroken", "a step that begins elsewhere", first, checkpoint(5, 12, 13))
    on.kept("unbroken", "a step that goes on", first, checkpoint(5, 11, 13))
    on.kept("unbroken", "a step between is not shown", first, checkpoint(6, 12, 13))
    on.kept("unbroken", "another stream", first, checkpoint(5, 12, 13, digest(4)))
    on.broken("one_history", "two ends of a step", first, checkpoint(4, 10, 12))
    on.kept("one_history", "two steps", first, checkpoint(5, 10, 12))
    return on


BENCHES: dict[str, Callable[[], Bench]] = {
    function.__name__: function
    for function in (
        attestation,
        surround_vote,
        double_sign,
        stale_price,
        price_deviation,
        heartbeat,
        uptime,
        latency,
        throughput,
        error_reports,
        data_integrity,
        retrievability,
        version,
        service_level,
        audit_log,
        processing,
    )
}
