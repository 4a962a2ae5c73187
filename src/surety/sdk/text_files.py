"""Files that a user names: read as text up to a size, with one line about what is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from .errors import SetupError, UsageError

LARGEST: Final = 1_000_000
"""Bytes of a promise, a message or evidence; logs are as long as they are."""


def read_text(path: Path, largest: int | None = LARGEST, what: str = "text") -> str:
    """The whole file as UTF-8, which is at most `largest` bytes of `what`.

    Raises `UsageError` if there is no such file, it is too large or no text, `SetupError` if it may not be read.
    """
    try:
        with path.open("rb") as file:
            data = file.read() if largest is None else file.read(largest + 1)
    except FileNotFoundError:
        raise UsageError(f"there is no file {path}") from None
    except IsADirectoryError:
        raise UsageError(f"{path} is a folder, a file is wanted") from None
    except OSError as error:
        raise SetupError(f"{path} can't be read: {error.strerror}") from None
    if largest is not None and len(data) > largest:
        raise UsageError(f"{path.name}: more than {largest:,} bytes are no {what}")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise UsageError(f"{path.name} is no text in UTF-8") from None
