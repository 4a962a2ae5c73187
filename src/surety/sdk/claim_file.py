"""What evidence files of every kind hold: where, whose, and which promise is said to be broken, with its text."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from surety.models.faults import commitment_of
from surety.predicates import CommitmentError, Compiled, compile_text
from surety.predicates.evidence import check_parameters
from surety.predicates.limits import MAX_PARAMETERS

from .errors import UsageError
from .json_lines import first_error
from .messages import Word
from .orders import AnyAddress, Uint256
from .text_files import read_text


class Strict(BaseModel):
    """No key more than is named, and nothing that changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ClaimFile(Strict):
    """`promise` is the commitment's text, `breaks` names a property, `parameters` are those that the operator chose."""

    chain_id: Uint256
    registry: AnyAddress
    service: Word
    operator: AnyAddress
    promise: Annotated[str, Field(max_length=65_536)]
    breaks: str
    parameters: Annotated[tuple[Word, ...], Field(max_length=MAX_PARAMETERS)] = ()

    @classmethod
    def load(cls, text: str, label: str = "evidence") -> Self:
        """From JSON. Raises `UsageError` with line and column of what is no JSON, or the key that is wrong."""
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            raise UsageError(f"{label}: {first_error(error)}") from None

    @classmethod
    def read(cls, path: Path) -> Self:
        """A file. Raises `UsageError` as `load` and as `read_text`."""
        return cls.load(read_text(path, what="evidence"), path.name)

    def dumps(self) -> str:
        """As JSON, for people too."""
        return self.model_dump_json(indent=2) + "\n"

    @cached_property
    def compiled(self) -> Compiled:
        """The promise. Raises `UsageError` if it doesn't compile or the parameters don't fit it."""
        try:
            compiled = compile_text(self.promise)
        except CommitmentError as error:
            raise UsageError(f"promise: {error}") from None
        check_parameters(compiled, self.parameters)
        return compiled

    @property
    def hash(self) -> bytes:
        """Of the evidence, as its judge makes it: what a commitment is to."""
        raise NotImplementedError

    def commitment(self, prover: str, salt: bytes) -> bytes:
        """What a prover commits to."""
        return commitment_of(self.hash, prover, salt)
