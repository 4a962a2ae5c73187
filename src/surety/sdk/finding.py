"""Faults in logs of messages: what two parties kept, put together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from surety.journal import Fault, Hold, Index, faults_with

from .evidence import EvidenceFile
from .messages import SignedMessage, message_id


def find_faults(hold: Hold, log: Iterable[SignedMessage], now: int = 2**64) -> Iterator[tuple[Fault, EvidenceFile]]:
    """Each fault by property, fault key and signers, with the evidence that dates it latest, but not after `now`.

    Messages of other services are passed over.

    Which keys are the operator's own is not known here: what each key signed for it is looked at by itself, then all of
    it together, so that nothing forged hides what was signed. The latest, since on chain a fault gives way to a later
    offence: an operator may have dated one to when little stood behind it. Signatures of counterparties that are not
    the sender's prove nothing and are passed over, as are properties that need more than messages.
    """
    others: list[SignedMessage] = []
    own: dict[str | None, list[SignedMessage]] = {}
    for one in log:
        if one.message.service == hold.service:
            if one.message.sender == hold.operator:
                own.setdefault(one.signer, []).append(one)
            elif len(one.signature) != 65 or one.signer == one.message.sender:
                others.append(one)
    groups = list(own.values()) if len(own) == 1 else [*own.values(), [one for group in own.values() for one in group]]
    found: dict[tuple[str, bytes, frozenset[str | None]], tuple[Fault, EvidenceFile]] = {}
    for group in groups:
        for fault, file in _faults(hold, [*others, *group]):
            signers = frozenset(one.signer for one in file.signed if one.message.sender == hold.operator)
            place = fault.promise.name, fault.key, signers
            if place not in found or _rank(file, now) > _rank(found[place][1], now):
                found[place] = fault, file
    yield from found.values()


def _rank(file: EvidenceFile, now: int) -> tuple[bool, int]:
    """What is dated after now gives way to what is not: on chain it replaces no record."""
    time = file.time(now)
    return time <= now, time


def _faults(hold: Hold, log: list[SignedMessage]) -> Iterator[tuple[Fault, EvidenceFile]]:
    """What each message breaks together with the others."""
    index, by_id = Index(), dict[bytes, SignedMessage]()
    index.hold(hold)
    for one in log:
        index.add(one.message.encoded, one.message.id)
        by_id.setdefault(one.message.id, one)
    for one in by_id.values():
        for fault in faults_with(hold, index, one.message.encoded):
            signed = [by_id[message_id(encoded)] for encoded in fault.evidence.messages]
            yield fault, EvidenceFile.of(hold.compiled, fault.promise.name, hold.operator, hold.parameters, signed)
    index.close()
