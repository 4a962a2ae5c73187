"""Files of signed documents, one a line as JSON: appended to, sorted, sent and read without a server."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from .errors import UsageError
from .text_files import read_text

Document = TypeVar("Document", bound=BaseModel)


def dumps(documents: Iterable[BaseModel]) -> str:
    """As text, one a line."""
    return "".join(one.model_dump_json() + "\n" for one in documents)


def loads(kind: type[Document], text: str, label: str) -> tuple[Document, ...]:
    """Back from text; empty lines don't count. Raises `UsageError` with label, line, key and what is wrong."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            found.append(kind.model_validate_json(line))
        except ValidationError as error:
            raise UsageError(f"{label}, line {number}: {first_error(error)}") from None
    return tuple(found)


def read(kind: type[Document], path: Path) -> tuple[Document, ...]:
    """Those of a file, however long. Raises `UsageError` as `loads` and as `read_text`."""
    return loads(kind, read_text(path, largest=None), path.name)


def read_one(kind: type[Document], path: Path, what: str) -> Document:
    """The only one of a file. Raises `UsageError` as `read`, and unless there is just one."""
    found = loads(kind, read_text(path), path.name)
    if len(found) != 1:
        raise UsageError(f"{path.name} has {len(found)} lines: {what} is one")
    return found[0]


def append(path: Path, document: BaseModel) -> None:
    """Adds one to a file, which is made if need be."""
    with path.open("a", encoding="utf-8") as file:
        file.write(dumps([document]))


def first_error(error: ValidationError) -> str:
    """The first thing that is wrong, with the key that it is about, in a line."""
    told = error.errors()[0]
    key = ".".join(str(part) for part in told["loc"])
    text = told["msg"].removeprefix("Value error, ")
    return f"{key}: {text}" if key else text
