"""What is wrong with a commitment's text: where, what, and how to mend it."""

from __future__ import annotations

from typing import NamedTuple

from surety.sdk.errors import UsageError


class Position(NamedTuple):
    """Line and column, from 1."""

    line: int
    column: int

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}"


NOWHERE = Position(0, 0)


class CommitmentError(UsageError):
    """`at` is where, `problem` what, `hint` how to mend it (or empty). `str()` has all three in one line."""

    def __init__(self, at: Position, problem: str, hint: str = "") -> None:
        where = f"{at}: " if at != NOWHERE else ""
        super().__init__(f"{where}{problem}{f'; {hint}' if hint else ''}")
        self.at, self.problem, self.hint = at, problem, hint

    def __reduce__(self) -> tuple[type[CommitmentError], tuple[Position, str, str]]:
        return type(self), (self.at, self.problem, self.hint)


def shown(error: CommitmentError, text: str, label: str) -> str:
    """The error with its line of the source and a caret under the column."""
    lines = text.splitlines()
    told = [f"{label}:{error.at.line}:{error.at.column}: {error.problem}"]
    if 1 <= error.at.line <= len(lines):
        line = lines[error.at.line - 1].replace("\t", " ")
        told += [f"  {line}", "  " + " " * (error.at.column - 1) + "^"]
    if error.hint:
        told.append(f"  hint: {error.hint}")
    return "\n".join(told)
