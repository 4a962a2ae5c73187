"""Faults in logs of messages: what two parties kept, put together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from surety.journal import Fault, Hold, Index, faults_with

from .evidence import EvidenceFile
from .messages import SignedMessage, message_id


def find_faults(hold: Hold, log: Iterable[SignedMessage]) -> Iterator[tuple[Fault, EvidenceFile]]:
    """Each fault once, by property and fault key, with its evidence. Messages of other services are passed over.

    Signatures of counterparties that are not the sender's are passed over, too: they prove nothing. Properties that
    need more than messages are not looked for.
    """
    index, by_id = Index(), dict[bytes, SignedMessage]()
    index.hold(hold)
    for one in log:
        message = one.message
        own = message.sender == hold.operator
        if message.service == hold.service and (own or len(one.signature) != 65 or one.signer == message.sender):
            index.add(message.encoded, message.id)
            by_id.setdefault(message.id, one)
    seen = set()
    for one in by_id.values():
        for fault in faults_with(hold, index, one.message.encoded):
            if (fault.promise.name, fault.key) in seen:
                continue
            seen.add((fault.promise.name, fault.key))
            signed = [by_id[message_id(encoded)] for encoded in fault.evidence.messages]
            file = EvidenceFile.of(hold.compiled, fault.promise.name, hold.operator, hold.parameters, signed)
            yield fault, file
    index.close()
