"""A journal of what an operator's key signed, which signs nothing that would break a promise with what it has."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Final

from eth_account.signers.local import LocalAccount

from surety.predicates import CommitmentError, compile_text
from surety.predicates.evidence import check_parameters
from surety.sdk.errors import SuretyError, UsageError
from surety.sdk.messages import Message, SignedMessage, sign_message

from .entries import PROOF, PROOF_AT, Closed, Entry, Held, Marked, Opened, Written, entry_of, line_of
from .file import JournalFile
from .index import Hold, Index
from .search import Fault, faults_with
from .told import told, type_of
from .watermark import marks_of, unsafe

INDEX_SUFFIX: Final = ".index"


class PromiseBroken(SuretyError):  # noqa: N818 - it says what would be
    """What was to be signed would break a promise, or might, together with what is not known."""

    exit_code = 5

    def __init__(self, text: str, fault: Fault | None = None) -> None:
        super().__init__(text)
        self.fault = fault


class Journal:
    """Open, for one process at a time; a context manager. Raises `UsageError` for a file that is none or damaged."""

    def __init__(self, path: Path, create: Opened | None = None) -> None:
        self.path = path
        self.holds: list[Hold] = []
        self.marks: dict[bytes, dict[bytes, dict[int, int]]] = {}
        """By service, kind and field: what other machines have signed up to."""
        self.closed = False
        self._opened: Opened | None = None
        self.file = JournalFile(path, create)
        try:
            self._open()
        except BaseException:
            self.file.close()
            raise

    @classmethod
    def create(cls, path: Path, chain_id: int, registry: str, operator: str) -> Journal:
        """A new one. Raises `UsageError` if the file is there already."""
        return cls(path, Opened(chain_id=chain_id, registry=registry, operator=operator))

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self.index.close()
        self.file.close()

    @property
    def opened(self) -> Opened:
        """Whose it is, and where its messages count."""
        assert self._opened is not None
        return self._opened

    @property
    def operator(self) -> str:
        return self.opened.operator

    # -- promises

    def hold(self, service: bytes, text: str, parameters: tuple[bytes, ...] = ()) -> Hold:
        """Keep a commitment from now on; again is nothing new.

        Raises `CommitmentError`, and `UsageError` for parameters that it doesn't allow.
        """
        compiled = compile_text(text)
        check_parameters(compiled, parameters)
        hold = Hold(compiled, service, self.operator, parameters)
        if hold.name not in {one.name for one in self.holds}:
            self._write(Held(service=service, text=compiled.text, parameters=parameters))
        return next(one for one in self.holds if one.name == hold.name)

    def held(self, service: bytes) -> list[Hold]:
        """What is kept in a service."""
        return [one for one in self.holds if one.service == service]

    # -- messages

    def sign(self, message: Message, account: LocalAccount) -> SignedMessage:
        """Sign a message of the operator, which is on the disk before this returns.

        What was signed before is given out again. Raises `PromiseBroken`, `Undecided` where too much may clash to be
        looked at, and `UsageError` for what the journal has no promise about.
        """
        if self.closed:
            raise UsageError(f"{self.path.name} is closed: another machine goes on with it")
        if message.sender != self.operator:
            raise UsageError(f"{self.path.name} is of {self.operator}, the message of {message.sender}")
        known = self.find(message.id)
        if known is not None and known.signer == account.address:
            return known  # by another key it is looked at like any other: it may be a forgery that was added
        holds = self.held(message.service)
        if not any(type_of(one.compiled, message.kind) for one in holds):
            raise UsageError(
                f"{self.path.name} holds no commitment that has such a message in the service "
                f"0x{message.service.hex()}: `surety journal hold`"
            )
        for hold in holds:
            for fault in faults_with(hold, self.index, message.encoded):
                raise PromiseBroken(self._broken(fault, message), fault)
            for promise in unsafe(hold, message.encoded, self.marks.get(message.service, {})):
                raise PromiseBroken(
                    f"{promise.name} of {hold.compiled.name} might be broken: other machines signed for the operator "
                    f"what this journal doesn't have, and {told(hold.compiled, message)} is not above their watermark"
                )
        signed = sign_message(message, account, self.opened.chain_id, self.opened.registry)
        if known is None:
            self._write(Written(origin="signed", signed=signed))
        return signed

    def add(self, signed: SignedMessage, by_contract: bool = False, own: bool = False) -> list[Fault]:
        """Keep a message that came in; returns the faults that it makes.

        Raises `UsageError` for a message of elsewhere, and for a signature that is not the sender's; `by_contract`
        takes one that only a contract can judge. With `own`, what the operator signed on another machine is taken, too:
        which keys are its own is not known here, so that whoever forges one would keep the operator from signing.
        """
        self._check_place(signed)
        message = signed.message
        if self.index.offset(message.id) is not None:
            return []
        if message.sender == self.operator:
            if not own:
                raise UsageError("it says that the operator signed it, elsewhere: take it only if that is so (--own)")
        elif not by_contract and signed.signer != message.sender:
            raise UsageError(f"not signed by the key of its sender {message.sender}: if it is a contract, say so")
        found = self.faults(message)
        self._write(Written(origin="added", signed=signed))
        return found

    def faults(self, message: Message) -> list[Fault]:
        """What a message would break, with what is here."""
        return [
            fault for hold in self.held(message.service) for fault in faults_with(hold, self.index, message.encoded)
        ]

    def find(self, identity: bytes) -> SignedMessage | None:
        """A message by its id."""
        place = self.index.offset(identity)
        if place is None:
            return None
        line = self.file.line_at(place).decode()
        entry, _ = entry_of(line, self._proof_before(place), f"{self.path.name}, at byte {place}")
        assert isinstance(entry, Written)
        return entry.signed

    def entries(self) -> Iterator[Entry]:
        """All lines, each checked against those before it. Raises `UsageError` at a line that is damaged."""
        return (entry for entry, *_ in self.file.lines())

    # -- other machines

    def take_over(self, lines: Iterator[Entry], complete: bool = False) -> tuple[int, list[Fault]]:
        """Take over another machine's journal or watermarks: how many messages were new, and the faults they make.

        Unless it is known to be complete, what it has is a watermark: this journal signs nothing any more that could
        clash with something under it. Raises `UsageError` for a journal of another operator, chain or registry.
        """
        fresh: dict[bytes, Written] = {}
        seen: dict[tuple[bytes, bytes], list[bytes]] = {}
        for entry in lines:
            if isinstance(entry, Opened) and entry != self.opened:
                raise UsageError(
                    f"the journal of {entry.operator} on chain {entry.chain_id} under {entry.registry} is another one"
                )
            if isinstance(entry, Held):
                self.hold(entry.service, entry.text, entry.parameters)
            elif isinstance(entry, Marked):
                self._write(entry)
            elif isinstance(entry, Written):
                self._check_place(entry.signed)
                message = entry.signed.message
                if message.sender == self.operator:
                    seen.setdefault((message.service, message.kind), []).append(message.encoded)
                if self.index.offset(message.id) is None:
                    fresh[message.id] = entry.model_copy(update={"origin": "imported"})
        found = []
        for one in fresh.values():
            found += self.faults(one.signed.message)
        marks = [Marked(service=service, kind=kind, highest=marks_of(all_)) for (service, kind), all_ in seen.items()]
        self._write(*([] if complete else marks), *fresh.values())  # a crash in between leaves no message without them
        return len(fresh), found

    def export(self, watermarks: bool = False) -> Iterator[str]:
        """Lines for another machine: everything, or only promises and the highest of each kind of message."""
        kept: list[Entry] = []
        own: dict[tuple[bytes, bytes], dict[int, int]] = {}
        for entry in self.entries():
            if isinstance(entry, Written) and watermarks:
                message = entry.signed.message
                if message.sender == self.operator:
                    _raise(own.setdefault((message.service, message.kind), {}), marks_of([message.encoded]))
            elif not isinstance(entry, Closed):
                kept.append(entry)
        kept += [Marked(service=service, kind=kind, highest=marks) for (service, kind), marks in own.items()]
        proof = ""
        for entry in kept:
            line, proof = line_of(entry, proof)
            yield line

    def end(self) -> None:
        """Sign nothing any more: another machine goes on."""
        if not self.closed:
            self._write(Closed())

    # -- file and index

    def _open(self) -> None:
        path = self.path.with_name(self.path.name + INDEX_SUFFIX)
        try:
            self.index = Index(path)
            self._catch_up()
        except sqlite3.DatabaseError:  # damaged: what it knew can be made again
            for one in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))):
                one.unlink(missing_ok=True)
            self.holds, self.marks, self.closed = [], {}, False
            self.index = Index(path)
            self._catch_up()
        if self._opened is None:
            raise UsageError(f"{self.path.name} doesn't begin as a journal does")

    def _catch_up(self) -> None:
        """Read what the index doesn't have yet."""
        size, proof = self.index.seen()
        if size > self.file.size:
            raise UsageError(
                f"{self.path.name} is shorter than it was, {self.file.size:,} bytes of {size:,}: put back from a "
                f"backup, it doesn't know what was signed since. Import what other machines have, as a watermark, into "
                f"a new journal; or delete {self.path.name}{INDEX_SUFFIX} if nothing was signed"
            )
        if size and self._proof_before(size) != proof:
            raise UsageError(f"{self.path.name} is not the journal that {self.path.name}{INDEX_SUFFIX} was made from")
        for text in self.index.notes():
            self._apply(entry_of(text, "", self.path.name)[0], indexed=True)
        self.index.begin()
        for entry, place, end, after in self.file.lines(size, proof):
            self._apply(entry, place)
            self.index.set_seen(end, after)
            proof = after
        self.index.commit()
        self.file.proof = proof

    def _write(self, *entries: Entry) -> None:
        places = self.file.append(*entries)
        self.index.begin()
        for entry, place in zip(entries, places, strict=True):
            self._apply(entry, place)
        self.index.set_seen(self.file.size, self.file.proof)
        self.index.commit()

    def _apply(self, entry: Entry, place: int = 0, indexed: bool = False) -> None:
        if isinstance(entry, Written):
            message = entry.signed.message
            self.index.add(message.encoded, message.id, place)
            return
        if isinstance(entry, Opened):
            self._opened = entry
        elif isinstance(entry, Held):
            try:
                compiled = compile_text(entry.text)
            except CommitmentError as error:
                raise UsageError(f"{self.path.name} holds a commitment that doesn't compile: {error}") from None
            hold = Hold(compiled, entry.service, self.operator, entry.parameters)
            self.holds.append(hold)
            self.index.hold(hold, past=not indexed)
        elif isinstance(entry, Marked):
            _raise(self.marks.setdefault(entry.service, {}).setdefault(entry.kind, {}), entry.highest)
        else:
            self.closed = True
        if not indexed:
            self.index.note(line_of(entry, "")[0])

    def _proof_before(self, place: int) -> str:
        """The proof of the line that ends at a place."""
        if not place:
            return ""
        with self.path.open("rb") as file:
            file.seek(place - PROOF_AT)
            return file.read(PROOF).decode("ascii", "replace")

    def _check_place(self, signed: SignedMessage) -> None:
        if (signed.chain_id, signed.registry) != (self.opened.chain_id, self.opened.registry):
            raise UsageError(
                f"signed for chain {signed.chain_id} and registry {signed.registry}, the journal is of chain "
                f"{self.opened.chain_id} and {self.opened.registry}"
            )

    def _broken(self, fault: Fault, message: Message) -> str:
        compiled = fault.hold.compiled
        earlier = [Message.decode(one) for one in (*fault.named, *fault.others) if one != message.encoded]
        listed = "; ".join(told(compiled, one) for one in earlier)
        with_ = f" together with {listed}" if earlier else ""
        return (
            f"{fault.promise.name} of {compiled.name} would be broken{with_}: {told(compiled, message)} is not signed"
        )


def _raise(marks: dict[int, int], more: dict[int, int]) -> None:
    for index, value in more.items():
        marks[index] = max(marks.get(index, 0), value)
