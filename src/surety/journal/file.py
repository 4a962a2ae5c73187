"""The journal's file: locked against other processes, appended to, on the disk before `append` returns."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from surety.sdk.errors import SetupError, UsageError

from .entries import PROOF, PROOF_AT, Entry, Opened, entry_of, line_of

_OWNER_ONLY: Final = 0o600
_BEGINNING: Final = b'{"entry":"journal","version":'


class JournalFile:
    """An open journal. Raises `UsageError` if there is none, `SetupError` if another process has it open."""

    def __init__(self, path: Path, create: Opened | None = None) -> None:
        self.path = path
        flags = os.O_RDWR | os.O_APPEND | (os.O_CREAT | os.O_EXCL if create else 0)
        try:
            self._handle = os.open(path, flags, _OWNER_ONLY)
        except FileNotFoundError:
            raise UsageError(f"there is no journal {path}: `surety journal create` makes one") from None
        except FileExistsError:
            raise UsageError(f"{path} is there already") from None
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._handle)
            raise SetupError(f"another process has {path.name} open: one machine, one process, one journal") from None
        self.size, self.proof = 0, ""
        self.mended = ""
        """What was done about a line that a crash tore; empty if nothing was."""
        try:
            if create is not None:
                self.append(create)
                self._sync_folder()
            else:
                self._mend()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Give up the lock."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def lines(self, size: int = 0, proof: str = "", number: int = 0) -> Iterator[tuple[Entry, int, int, str]]:
        """Entries from a place whose line's proof is known: each with its place, its end and its proof.

        Raises `UsageError` at a line that is damaged.
        """
        begun = size
        with self.path.open("rb") as file:
            file.seek(size)
            for line in file:
                number += 1
                label = f"{self.path.name}, line {number}" if not begun else f"{self.path.name}, at byte {size}"
                entry, proof = entry_of(_text(line, label), proof, label)
                yield entry, size, size + len(line), proof
                size += len(line)

    def line_at(self, place: int) -> bytes:
        """One line as it stands."""
        with self.path.open("rb") as file:
            file.seek(place)
            return file.readline()

    def append(self, *entries: Entry) -> list[int]:
        """Write and wait for the disk; returns where each line begins. `proof` must be that of the last line."""
        places, proof, lines, end = [], self.proof, [], self.size
        for entry in entries:
            text, proof = line_of(entry, proof)
            lines.append(text.encode())
            places.append(end)
            end += len(lines[-1])
        data = b"".join(lines)
        try:
            left = data
            while left:
                left = left[os.write(self._handle, left) :]
            os.fsync(self._handle)
        except OSError:
            os.ftruncate(self._handle, self.size)
            raise
        self.size, self.proof = end, proof
        return places

    def _mend(self) -> None:
        """A line without its end was being written when the machine stopped, and what it was about never left.

        It is kept beside the journal and cut off. One that lacks its end alone stays: an editor or a copy may have
        taken that long after.
        """
        self.size = os.fstat(self._handle).st_size
        with self.path.open("rb") as file:
            start = _last_line(file.fileno(), self.size)
            file.seek(start)
            tail = file.read()
        if not self.size:
            raise UsageError(f"{self.path.name} is empty: no journal")
        if start:  # a file that is something else stays as it is
            next(self.lines())
        elif not (tail.startswith(_BEGINNING) or _BEGINNING.startswith(tail)):
            raise UsageError(f"{self.path.name}, line 1: no entry of a journal")
        if tail.endswith(b"\n"):
            return
        if self._is_whole(tail, start):
            os.write(self._handle, b"\n")
            os.fsync(self._handle)
            self.size += 1
            self.mended = f"the last line of {self.path.name} lacked its end and nothing else; it has one again"
            return
        torn = self.path.with_name(self.path.name + ".torn")
        with torn.open("ab") as kept:
            kept.write(tail + b"\n")
            kept.flush()
            os.fsync(kept.fileno())
        os.ftruncate(self._handle, start)
        os.fsync(self._handle)
        self.size = start
        self.mended = (
            f"the last line of {self.path.name} was torn by a crash before its signature left; it was cut off and "
            f"kept in {torn.name}"
        )
        if not start:
            raise UsageError(f"{self.path.name} has no whole line: no journal")

    def _is_whole(self, tail: bytes, start: int) -> bool:
        """Whether a line without its end proves itself and all before it."""
        before = os.pread(self._handle, PROOF_AT, start - PROOF_AT)[:PROOF] if start else b""
        try:
            entry_of(_text(tail, ""), before.decode("ascii", "replace"), "")
        except UsageError:
            return False
        return True

    def _sync_folder(self) -> None:
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _last_line(handle: int, size: int) -> int:
    """Where what follows the last end of a line begins, or the last line if the file ends in one."""
    at = size
    while at > 0:
        step = max(0, at - 4096)
        found = os.pread(handle, at - step, step).rfind(b"\n", 0, (size - 1 if at == size else at) - step)
        if found >= 0:
            return step + found + 1
        at = step
    return 0


def _text(line: bytes, label: str) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        raise UsageError(f"{label}: no text in UTF-8") from None
