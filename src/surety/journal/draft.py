"""What is to be signed, as a person writes it: JSON with fields by name.

{"service": "0x…", "message": "Vote", "fields": {"height": 5, "block": "0x…"}, "sequence": 1, "time": 1728300000}
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ConfigDict, ValidationError

from surety.predicates import Compiled, ir, make_message
from surety.predicates.evidence import NOBODY, Value, check_parameters, message_type, word_of
from surety.predicates.instructions import Kind
from surety.sdk.errors import UsageError
from surety.sdk.json_lines import first_error
from surety.sdk.messages import Message, Uint64, Word
from surety.sdk.orders import AnyAddress

from .index import Hold


class Draft(BaseModel):
    """A message that nobody signed yet. Without `time` it is now; without `recipient` it is to everybody."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    service: Word
    message: str
    fields: dict[str, bool | int | str]
    recipient: AnyAddress = NOBODY
    sequence: Uint64 = 0
    time: Uint64 | None = None

    @classmethod
    def load(cls, text: str, label: str) -> Draft:
        """From JSON. Raises `UsageError` with the key that is wrong."""
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            raise UsageError(f"{label}: {first_error(error)}") from None

    def made(self, holds: Sequence[Hold], now: int) -> Message:
        """The message, by the commitment that has one of that name. Raises `UsageError` if none has, and for fields."""
        known = [one for one in holds if any(kind.name == self.message for kind in one.compiled.checked.messages)]
        if not known:
            names = sorted({kind.name for one in holds for kind in one.compiled.checked.messages})
            there = f"there is {', '.join(names)}" if names else "no commitment is held there"
            raise UsageError(f"no message {self.message} in the service 0x{self.service.hex()}: {there}")
        hold = known[0]
        return make_message(
            hold.compiled,
            self.message,
            values_of(hold.compiled, self.message, self.fields),
            service=self.service,
            sender=hold.operator,
            recipient=self.recipient,
            sequence=self.sequence,
            time=now if self.time is None else self.time,
        )


def values_of(compiled: Compiled, message: str, fields: Mapping[str, Value]) -> dict[str, Value]:
    """Fields with numbers for what was written as decimal text, since JSON rounds large ones."""
    types = dict(message_type(compiled, message).fields)
    return {name: _number(types.get(name, ""), value) for name, value in fields.items()}


def parameters_of(compiled: Compiled, given: Sequence[str]) -> tuple[bytes, ...]:
    """`bound=100` for each parameter, as words. Raises `UsageError` for what is missing, unknown or out of range."""
    chosen: dict[str, str] = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not equals or name in chosen:
            raise UsageError(f"{one}: write NAME=VALUE, each name once")
        chosen[name] = value
    names = [one.name for one in compiled.parameters]
    if chosen and not names:
        raise UsageError(f"{compiled.name} has no parameters to choose: leave out {', '.join(chosen)}")
    if sorted(chosen) != sorted(names):
        raise UsageError(f"{compiled.name} has the parameters {', '.join(names) or 'none'}: choose each by --param")
    words = tuple(word_of(one.type, _number(one.type, chosen[one.name]), one.name) for one in compiled.parameters)
    check_parameters(compiled, words)
    return words


def _number(kind: str, value: Value) -> Value:
    if not isinstance(value, str):
        return value
    of = ir.TYPES.get(kind)
    if of == Kind.UINT and value.replace("_", "").isdecimal():
        return int(value.replace("_", ""))
    if of == Kind.BOOL and value in ("true", "false"):
        return value == "true"
    return value
