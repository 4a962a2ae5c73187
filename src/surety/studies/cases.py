"""A worked commitment put before the reference machine: the program judged here is the one that a registry keeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Final

from eth_utils.crypto import keccak

from surety.predicates import Compiled, compile_text, make_evidence, make_message
from surety.predicates.evidence import NOBODY, Value
from surety.predicates.machine import evaluate
from surety.sdk.messages import Message

SERVICE: Final = bytes(keccak(text="surety study"))
OPERATOR: Final = "0x" + "0a" * 20
CLIENT: Final = "0x" + "0c" * 20
START: Final = 1_700_000_000


@cache
def worked(name: str) -> Compiled:
    """A commitment of the library, compiled."""
    text = files("surety.predicates").joinpath("library", f"{name}.surety").read_text(encoding="utf-8")
    return compile_text(text)


def out(
    name: str, kind: str, *, service: bytes = SERVICE, time: int = START, sequence: int = 0, **values: Value
) -> Message:
    """A message of the operator."""
    return make_message(
        worked(name), kind, values, service=service, sender=OPERATOR, recipient=NOBODY, sequence=sequence, time=time
    )


def to(
    name: str,
    kind: str,
    *,
    sender: str = CLIENT,
    service: bytes = SERVICE,
    time: int = START,
    sequence: int = 0,
    **values: Value,
) -> Message:
    """A message to the operator."""
    return make_message(
        worked(name), kind, values, service=service, sender=sender, recipient=OPERATOR, sequence=sequence, time=time
    )


def holds(
    name: str,
    promise: str,
    named: Sequence[Message],
    *,
    service: bytes = SERVICE,
    others: Sequence[Message] = (),
    parameters: Mapping[str, Value] | None = None,
    values: Sequence[bytes] = (),
    proofs: Sequence[Sequence[bytes]] = (),
) -> bool:
    """What the program says: of a safety property that it is broken, of a response that the answer is right."""
    promised = worked(name).property_named(promise)
    evidence = make_evidence(
        worked(name),
        promised,
        service=service,
        operator=OPERATOR,
        named=named,
        others=others,
        parameters=parameters,
        values=values,
        proofs=proofs,
    )
    return evaluate(promised.program, evidence).broken


def most_kept(broken: Callable[[int], bool], high: int) -> int:
    """The greatest number from 0 that breaks nothing, where all greater ones do: a rule's threshold."""
    low = 0
    while low < high:
        middle = (low + high + 1) // 2
        if broken(middle):
            high = middle - 1
        else:
            low = middle
    return low
