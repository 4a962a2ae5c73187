"""Lines of a journal: JSON, each ending in a proof of itself and of all before it."""

from __future__ import annotations

import hashlib
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from surety.sdk.errors import UsageError
from surety.sdk.json_lines import first_error
from surety.sdk.messages import SignedMessage, Word
from surety.sdk.orders import AnyAddress, Uint256

VERSION: Final = "1"
_MARK: Final = ',"proof":"'
PROOF: Final = 32
"""Characters of a proof."""
PROOF_AT: Final = PROOF + len('"}\n')
"""Characters from where it begins to the end of its line."""


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Opened(_Line):
    """The first line: whose messages these are, and where they count."""

    entry: Literal["journal"] = "journal"
    version: Literal["1"] = VERSION
    chain_id: Uint256
    registry: AnyAddress
    operator: AnyAddress


class Held(_Line):
    """A commitment that the operator keeps from here on: its canonical text, and what was chosen, as words."""

    entry: Literal["hold"] = "hold"
    service: Word
    text: str
    parameters: tuple[Word, ...] = ()


class Written(_Line):
    """A message: `signed` here, `added` because somebody else signed it or it was signed elsewhere, or `imported`."""

    entry: Literal["message"] = "message"
    origin: Literal["signed", "added", "imported"]
    signed: SignedMessage


class Marked(_Line):
    """The highest that other machines have signed of a kind of message: by the place of the field, 10 and 11 being
    sequence and time. What lies under it is not known, and treated as if it might clash.
    """

    entry: Literal["watermark"] = "watermark"
    service: Word
    kind: Word
    highest: dict[int, Uint256]


class Closed(_Line):
    """The last line of a journal that another machine goes on with: nothing is signed by it any more."""

    entry: Literal["closed"] = "closed"


Entry = Opened | Held | Written | Marked | Closed
_adapter: TypeAdapter[Entry] = TypeAdapter(Annotated[Entry, Field(discriminator="entry")])


def line_of(entry: Entry, before: str) -> tuple[str, str]:
    """An entry as a line with its end, and the line's proof; `before` is the proof of the line before it."""
    body = entry.model_dump_json()[:-1]
    proof = _proof(before, body)
    return f'{body}{_MARK}{proof}"}}\n', proof


def entry_of(line: str, before: str, label: str) -> tuple[Entry, str]:
    """Back from a line. Raises `UsageError` for what is no entry, and where the proof is not that of the lines."""
    body, mark, rest = line.rstrip("\n").rpartition(_MARK)
    if not mark or len(rest) != PROOF + 2 or not rest.endswith('"}'):
        raise UsageError(f"{label}: no entry of a journal")
    proof = rest[:PROOF]
    if proof != _proof(before, body):
        raise UsageError(f"{label}: changed since it was written, or a line before it is missing or too many")
    try:
        return _adapter.validate_json(body + "}"), proof
    except ValidationError as error:
        raise UsageError(f"{label}: {first_error(error)}") from None


def _proof(before: str, body: str) -> str:
    return hashlib.sha256(f"{before}\n{body}".encode()).hexdigest()[:PROOF]
