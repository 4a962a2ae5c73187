"""What sections of a configuration are made of: exact numbers, addresses, and no unknown keys."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Annotated

from eth_utils.address import is_checksum_address
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field


def _decimal(value: object) -> object:
    if isinstance(value, float | bool):
        raise ValueError("write whole numbers, or decimals in quotes")
    try:
        return Decimal(str(value).replace("_", "")) if isinstance(value, int | str) else value
    except InvalidOperation:
        raise ValueError(f"{value!r} is no number") from None


def _address(value: str) -> str:
    if not is_checksum_address(value):
        raise ValueError(f"{value!r} is no checksummed address")
    if int(value, 16) == 0:
        raise ValueError("the zero address can't hold a role")
    return value


Number = Annotated[Decimal, BeforeValidator(_decimal)]
Address = Annotated[str, AfterValidator(_address)]
Percent = Annotated[int, Field(ge=1, le=100)]
Positive = Annotated[Number, Field(gt=0, le=10**15)]
NotNegative = Annotated[Number, Field(ge=0, le=10**15)]


class Section(BaseModel):
    """A part of the file: no unknown keys, nothing coerced behind the reader's back."""

    model_config = ConfigDict(extra="forbid", frozen=True)
