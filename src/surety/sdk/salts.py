"""Salts of commitments: kept beside the evidence, for their owner alone, until the evidence is shown."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from .errors import UsageError
from .json_lines import first_error
from .messages import Word
from .orders import AnyAddress, Uint256
from .text_files import read_text


class Salt(BaseModel):
    """Who committed to which evidence, with what. Who knows it before the proof may copy the commitment's meaning."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    chain_id: Uint256
    prover: AnyAddress
    evidence: Word
    salt: Word


def salt_path(evidence: Path) -> Path:
    """Where the salt of an evidence file is."""
    return evidence.with_name(evidence.name + ".salt")


def kept_salt(path: Path, chain_id: int, prover: str, evidence: bytes) -> Salt | None:
    """The salt that is kept, None if there is none. Raises `UsageError` if it is another evidence's or prover's."""
    if not path.exists():
        return None
    try:
        found = Salt.model_validate_json(read_text(path))
    except ValidationError as error:
        raise UsageError(f"{path.name}: {first_error(error)}") from None
    if (found.chain_id, found.prover, found.evidence) != (chain_id, prover, evidence):
        raise UsageError(f"{path.name} is of another prover, chain or evidence: move it away to commit anew")
    return found


def new_salt(path: Path, chain_id: int, prover: str, evidence: bytes) -> Salt:
    """A random one, on the disk before it is used. Raises `UsageError` if there is a file already."""
    made = Salt(chain_id=chain_id, prover=prover, evidence=evidence, salt=secrets.token_bytes(32))
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise UsageError(f"{path.name} is there already") from None
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(made.model_dump_json() + "\n")
        file.flush()
        os.fsync(file.fileno())
    return made
