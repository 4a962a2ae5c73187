"""A journal of a hundred messages against one of a hundred thousand: `python -m benchmarks.journal`.

Timed are opening it, as each `surety sign` does, and looking for a fault before one more message is signed. Ratios hold
from machine to machine; seconds do not.
"""

from __future__ import annotations

import tempfile
import time
from importlib.resources import files
from pathlib import Path

from surety.journal import Journal
from surety.journal.entries import Written
from surety.predicates import Compiled, compile_text
from surety.predicates.evidence import NOBODY
from surety.sdk.engines import dev_account
from surety.sdk.messages import Message, SignedMessage

FEW, MANY = 100, 100_000
ROUNDS = 200
SERVICE, REGISTRY, OPERATOR = b"\1" * 32, "0x" + "22" * 20, dev_account(1)
NAMES = ("attestation", "surround_vote")


def text_of(name: str) -> str:
    """A commitment of the library."""
    return files("surety.predicates").joinpath("library", f"{name}.surety").read_text(encoding="utf-8")


def made(compiled: Compiled, number: int) -> Message:
    """The message of a height, or the span that ends there; not checked, since a hundred thousand are made."""
    declared, word = compiled.checked.messages[0], number.to_bytes(32, "big")
    surrounds = compiled.name == "surround_vote"
    fields = (word, (number + 1).to_bytes(32, "big"), bytes(32)) if surrounds else (word, bytes(32))
    return Message.model_construct(
        service=SERVICE,
        kind=declared.kind,
        sender=OPERATOR.address,
        recipient=NOBODY,
        sequence=0,
        time=number,
        fields=fields,
    )


def filled(folder: Path, name: str, count: int) -> Path:
    """A journal of so many messages, which nobody signed."""
    compiled, path = compile_text(text_of(name)), folder / f"{name}-{count}"
    with Journal.create(path, 1, REGISTRY, OPERATOR.address) as journal:
        journal.hold(SERVICE, text_of(name))
        journal.file.append(*(written(made(compiled, number), number) for number in range(count)))
    return path


def written(message: Message, number: int) -> Written:
    """As the journal has it."""
    signed = SignedMessage.model_construct(
        chain_id=1, registry=REGISTRY, message=message, signature=number.to_bytes(65, "big")
    )
    return Written.model_construct(entry="message", origin="signed", signed=signed)


def timed(path: Path, name: str, count: int) -> tuple[float, float, float, float]:
    """Seconds to index it anew, to open it, to look for a fault, and to sign; of the last two the median of several."""
    compiled = compile_text(text_of(name))
    looks, signs = [], []
    start = time.perf_counter()
    with Journal(path):
        indexed = time.perf_counter() - start
    start = time.perf_counter()
    with Journal(path) as journal:
        opened = time.perf_counter() - start
        for number in range(count, count + ROUNDS):
            message = made(compiled, number)
            start = time.perf_counter()
            assert not journal.faults(message)
            looks.append(time.perf_counter() - start)
            start = time.perf_counter()
            journal.sign(message, OPERATOR)
            signs.append(time.perf_counter() - start)
    return indexed, opened, sorted(looks)[ROUNDS // 2], sorted(signs)[ROUNDS // 2]


def main() -> None:
    """Print milliseconds and ratios."""
    with tempfile.TemporaryDirectory() as folder:
        print(f"{'':14}{'messages':>10}{'index':>10}{'open':>10}{'look':>10}{'sign':>10}   ms")
        for name in NAMES:
            few, many = (timed(filled(Path(folder), name, count), name, count) for count in (FEW, MANY))
            for count, seconds in ((FEW, few), (MANY, many)):
                print(f"{name:14}{count:>10,}" + "".join(f"{1_000 * one:>10.2f}" for one in seconds))
            print(f"{'ratio':24}" + "".join(f"{more / less:>10.2f}" for less, more in zip(few, many, strict=True)))


if __name__ == "__main__":
    main()
