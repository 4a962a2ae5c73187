"""A scenario: who is there, how they behave and for how long; read from YAML, checked before anything is deployed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

Share = Annotated[float, Field(ge=0, le=1)]


class ScenarioError(ValueError):
    """A scenario that can't be run; the message names the key and what is allowed."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Savers(_Section):
    """Savers buy where the yield above the market's is best for them. Yields in basis points a year."""

    count: int = Field(ge=1, le=200)
    wealth_median: float = Field(gt=0, le=1e12)
    wealth_sigma: float = Field(ge=0, le=2)
    active: Share
    slice: Share
    patience_bps: float = Field(ge=0, le=1_000)
    habitat_bps: float = Field(ge=0, le=1_000)


class Sellers(_Section):
    """Some savers need their money before maturity: chance a week, and the mean fraction that they sell."""

    shock: Share
    fraction: float = Field(gt=0, le=1)


class Outside(_Section):
    """The outside market's yield shift: basis points a week, and the share of it that reverts in a week."""

    volatility_bps: float = Field(ge=0, le=100)
    reversion: Share


class Strips(_Section):
    """Coupon bonds: the share of purchases of a year or more that are made as one, and its coupons."""

    share: Share = 0
    coupon_percent: float = Field(default=4, gt=0, le=20)
    every_weeks: int = Field(default=26, ge=4, le=52)


class Between(_Section):
    """Trades between savers: the share of early sellers who offer their bonds to the others first."""

    offers: Share = 0


class Locks(_Section):
    """The share of purchases that are locked to maturity at once."""

    share: Share = 0


class Floating(_Section):
    """Variable bonds: the chance that a saver without a better purchase looks at them, and the share of cash spent."""

    active: Share = 0
    slice: Share = 0.1


class Rolling(_Section):
    """The first class of rolling bonds: how many savers deposit, one a week, and which part of their cash."""

    savers: int = Field(default=0, ge=0, le=200)
    slice: Share = 0.1


class Scenario(_Section):
    """Everything that a run depends on besides the seed and the engine."""

    config: str
    start: datetime
    trading_weeks: int = Field(ge=1, le=520)
    savers: Savers
    sellers: Sellers
    outside: Outside
    strips: Strips = Strips()
    between: Between = Between()
    locks: Locks = Locks()
    floating: Floating = Floating()
    rolling: Rolling = Rolling()

    @field_validator("start")
    @classmethod
    def _aware(cls, value: datetime) -> datetime:
        if value.tzinfo is None:
            raise ValueError("write the time zone, such as 2024-10-07T16:00:00Z")
        return value.astimezone(UTC)

    @property
    def start_time(self) -> int:
        """Seconds since 1970."""
        return int(self.start.timestamp())


def load_scenario(path: Path) -> Scenario:
    """Read and check a scenario file; raises `ScenarioError` in one line."""
    try:
        data = yaml.safe_load(path.read_text())
    except FileNotFoundError:
        raise ScenarioError(f"no scenario at {path}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ScenarioError(f"{path.name} is not YAML: {str(error).splitlines()[0]}") from None
    try:
        return Scenario.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "the file"
        raise ScenarioError(f"{path.name}: {key}: {first['msg']}") from None
