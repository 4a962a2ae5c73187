"""Deployment configurations: YAML in, integers out; every error names the key and what is allowed.

Amounts are whole assets, written as integers or decimal text ("0.25"): YAML's floats can't carry 18 decimals, so they
are refused. Inside, everything is in the asset's smallest unit, seconds and WAD.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import Field, ValidationError, model_validator

from .config_commitments import FEEDS, CommitmentsSection, CommitmentTerms
from .config_errors import told
from .config_restaking import HOLDERS, RestakingSection, RestakingTerms
from .config_values import Address, NotNegative, Number, Percent, Positive, Section
from .curves import Fit, FitSection, ProfileError, YieldError, check_profile, fit_profile, to_wei
from .curves import Knot as Knot
from .sdk.errors import ConfigError

WAD = 10**18
DAY = 86_400
WEEK = 604_800
YEAR = 31_536_000
BPS = 10_000
BP_IN_WAD = 10**14
RATE_GRAIN = 10**5


class Asset(Section):
    """What bonds are paid in. Without an address a mock is created, which only a local chain allows."""

    label: str = Field(min_length=1, max_length=16, pattern=r"^[A-Za-z0-9.\-]+$")
    decimals: int = Field(ge=0, le=18)
    address: Address | None = None


class Roles(Section):
    """First holders. Left out, a local chain's own accounts serve; elsewhere each is required."""

    proposers: list[Address] = Field(default=[], max_length=16)
    executors: list[Address] = Field(default=[], max_length=16)
    curator: Address | None = None
    guardian: Address | None = None
    treasurer: Address | None = None


class TimelockSection(Section):
    """Days between scheduling and executing what DEFAULT_ADMIN may do."""

    delay_days: Number = Field(default=Decimal(7), ge=0, le=30)


class Rules(Section):
    """Bounds of every profile, fixed for ever: `max_forward` is a fraction a year, drift basis points of log-price."""

    notice_days: Number = Field(ge=1, le=90)
    max_forward: Number = Field(gt=0, le=10)
    max_drift_bps_per_day: Number = Field(gt=0, le=100)
    max_debt: Positive
    anchor_window_hours: Number = Field(ge=1, le=720)


class LimitsSection(Section):
    """Per epoch of a week, in whole assets; of it, what a block may use, and of the budget, what is kept for rolls."""

    budget: Positive
    buys: Positive
    sells: Positive
    buy_block_percent: Percent
    sell_block_percent: Percent
    roll_percent: int = Field(default=20, ge=0, le=99)


class ExchangeSection(Section):
    """What takers pay on trades between users, in bps of the asset traded; the cap is fixed for ever."""

    fee_cap_bps: int = Field(default=50, ge=0, le=200)
    fee_bps: int = Field(default=5, ge=0, le=200)

    @model_validator(mode="after")
    def _within(self) -> ExchangeSection:
        if self.fee_bps > self.fee_cap_bps:
            raise ValueError("fee_bps is above fee_cap_bps")
        return self


class VariableSection(Section):
    """Variable bonds: amounts in whole assets, rates a year in bps; notice and longest maturity are for ever."""

    notice_days: Number = Field(default=Decimal(7), ge=1, le=90)
    max_tenor_weeks: int = Field(default=104, ge=1, le=255)
    target: Positive = Decimal(1_000_000)
    cap: Positive = Decimal(2_000_000)
    hi_bps: Number = Field(default=Decimal(600), ge=0, le=10_000)
    mid_bps: Number = Field(default=Decimal(400), ge=0, le=10_000)
    low_bps: Number = Field(default=Decimal(200), ge=0, le=10_000)
    exit_bps: int = Field(default=5_000, ge=0, le=10_000)
    fee_bps: int = Field(default=200, ge=0, le=1_000)
    step_bps: int = Field(default=100, ge=1, le=10_000)
    reserve: NotNegative = Decimal(0)

    @model_validator(mode="after")
    def _in_order(self) -> VariableSection:
        if self.cap <= self.target:
            raise ValueError("cap is not above target")
        if not self.hi_bps >= self.mid_bps >= self.low_bps:
            raise ValueError("hi_bps, mid_bps and low_bps must not rise")
        longest = Decimal(self.max_tenor_weeks * WEEK * self.exit_bps) / (YEAR * BPS)
        gap = max(self.hi_bps - self.mid_bps, self.mid_bps - self.low_bps)
        if gap * longest > BPS or self.hi_bps * longest > 4 * BPS:
            raise ValueError("an early sale of the longest maturity would cost too much: lower exit_bps or the rates")
        return self


class RollingSection(Section):
    """Classes of rolling bonds: terms of all for ever, and the first class, which has the vault."""

    tolerance_bps: int = Field(default=100, ge=0, le=2_000)
    tip_bps: int = Field(default=50, ge=0, le=1_000)
    tenor_weeks: int = Field(default=26, ge=1, le=255)
    min_rate_bps: int = Field(default=100, ge=0, le=10_000)


class KnotSection(Section):
    """A knot written out, instead of `fit`: amounts in whole assets, log-discounts as plain numbers."""

    target: Positive
    cap: Positive
    hi: Number = Field(ge=0, le=4)
    mid: Number = Field(ge=0, le=4)
    low: Number = Field(ge=0, le=4)


@dataclass(frozen=True)
class Terms:
    """What the contracts' constructors take, in their units: asset decimals, seconds, WAD, bps."""

    label: str
    decimals: int
    notice: int
    max_forward: int
    max_drift: int
    max_debt: int
    anchor_window: int
    tenors: tuple[int, ...]
    knots: tuple[Knot, ...]
    fee_bps: int
    budget: int
    buys: int
    sells: int
    buy_block_share: int
    sell_block_share: int
    roll_share: int
    mint_cap: int
    reserve: int
    timelock_delay: int
    exchange_fee_cap_bps: int
    exchange_fee_bps: int
    rolling: tuple[int, int]
    """Tolerance and tip of all classes, bps."""
    first_class: tuple[int, int]
    """Tenor (s) and least rate (WAD a year) of the first class of rolling bonds."""
    variable_notice: int
    variable_max_tenor: int
    variable_terms: tuple[int, ...]
    """The struct `Terms` of VariableMarket."""
    interest_reserve: int
    restaking: RestakingTerms | None
    """Pools of stake and slashing; None where none are deployed."""
    commitments: CommitmentTerms | None
    """Promises and bonds behind them; None where none are deployed."""

    @property
    def rules(self) -> tuple[int, int, int, int]:
        """The struct `Rules`."""
        return self.notice, self.max_forward, self.max_drift, self.max_debt

    @property
    def limits(self) -> tuple[int, int, int, int, int, int]:
        """The struct `Limits`."""
        return self.budget, self.buys, self.sells, self.buy_block_share, self.sell_block_share, self.roll_share

    @property
    def variable(self) -> tuple[int, int, tuple[int, ...]]:
        """The struct `Setup` of VariableMarket."""
        return self.variable_notice, self.variable_max_tenor, self.variable_terms

    @property
    def knot_tuples(self) -> tuple[tuple[int, int, int, int, int], ...]:
        """The structs `Knot`."""
        return tuple((k.target, k.cap, k.discount_hi, k.discount, k.discount_lo) for k in self.knots)


class Config(Section):
    """A whole file. `terms` is what is deployed, `fit_result` how the curve was made."""

    asset: Asset
    roles: Roles = Roles()
    timelock: TimelockSection = TimelockSection()
    rules: Rules
    fee_bps: int = Field(ge=0, le=1_000)
    limits: LimitsSection
    exchange: ExchangeSection = ExchangeSection()
    rolling: RollingSection = RollingSection()
    variable: VariableSection = VariableSection()
    restaking: RestakingSection | None = None
    commitments: CommitmentsSection | None = None
    mint_cap: NotNegative
    reserve: NotNegative
    tenors_weeks: list[Annotated[int, Field(ge=0, le=255)]] = Field(min_length=2, max_length=8)
    fit: FitSection | None = None
    knots: list[KnotSection] | None = Field(default=None, min_length=2, max_length=8)
    chain_id: int | None = Field(default=None, ge=1)
    path: Path = Field(default=Path(), exclude=True)
    """Where it was read from: paths in it are relative to there."""

    @model_validator(mode="after")
    def _one_profile(self) -> Config:
        if (self.fit is None) == (self.knots is None):
            raise ValueError("give either fit or knots")
        if self.rolling.tenor_weeks > self.tenors_weeks[-1]:
            raise ValueError("rolling.tenor_weeks is beyond the last of tenors_weeks")
        if self.commitments is not None and self.restaking is None:
            raise ValueError("commitments needs the section restaking, where slashes are reviewed")
        return self

    @cached_property
    def terms(self) -> Terms:
        """Integers for the constructors. Raises `ConfigError` for what the contracts would refuse."""
        try:
            return self._terms()
        except (ProfileError, YieldError) as error:
            raise ConfigError(f"{self.path.name}: {error}") from None

    @cached_property
    def fit_result(self) -> Fit | None:
        """The fitted curve with its error; None when knots are written out."""
        return None if self.fit is None else self._fitted[0]

    @property
    def digest(self) -> str:
        """Hash of everything that is deployed: terms, roles, asset and chain."""
        content = [asdict(self.terms), self.roles.model_dump(), self.asset.model_dump(), self.chain_id]
        if self.restaking is not None:
            content.append(self.restaking.model_dump(include=HOLDERS))
        if self.commitments is not None:
            content.append(self.commitments.model_dump(include=FEEDS))
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    @cached_property
    def _fitted(self) -> tuple[Fit, tuple[Knot, ...]]:
        assert self.fit is not None
        made = fit_profile(self.fit, self.tenors_weeks, self.asset.decimals, self.path.parent)
        return made.fit, made.knots

    def _terms(self) -> Terms:
        decimals = self.asset.decimals
        knots = self._fitted[1] if self.knots is None else tuple(self._knot(one, n) for n, one in enumerate(self.knots))
        amount = {
            "rules.max_debt": self.rules.max_debt,
            "limits.budget": self.limits.budget,
            "limits.buys": self.limits.buys,
            "limits.sells": self.limits.sells,
        }
        wei = {key: to_wei(value, decimals, key) for key, value in amount.items()}
        max_forward = _whole(self.rules.max_forward * WAD, "rules.max_forward")
        check_profile(self.tenors_weeks, knots, decimals, max_forward, wei["rules.max_debt"])
        return Terms(
            label=self.asset.label,
            decimals=decimals,
            notice=_whole(self.rules.notice_days * DAY, "rules.notice_days"),
            max_forward=max_forward,
            max_drift=_whole(self.rules.max_drift_bps_per_day * BP_IN_WAD, "rules.max_drift_bps_per_day"),
            max_debt=wei["rules.max_debt"],
            anchor_window=_whole(self.rules.anchor_window_hours * 3_600, "rules.anchor_window_hours"),
            tenors=tuple(weeks * WEEK for weeks in self.tenors_weeks),
            knots=knots,
            fee_bps=self.fee_bps,
            budget=wei["limits.budget"],
            buys=wei["limits.buys"],
            sells=wei["limits.sells"],
            buy_block_share=self.limits.buy_block_percent,
            sell_block_share=self.limits.sell_block_percent,
            roll_share=self.limits.roll_percent,
            mint_cap=_whole(self.mint_cap.scaleb(decimals), "mint_cap"),
            reserve=_whole(self.reserve.scaleb(decimals), "reserve"),
            timelock_delay=_whole(self.timelock.delay_days * DAY, "timelock.delay_days"),
            exchange_fee_cap_bps=self.exchange.fee_cap_bps,
            exchange_fee_bps=self.exchange.fee_bps,
            rolling=(self.rolling.tolerance_bps, self.rolling.tip_bps),
            first_class=(self.rolling.tenor_weeks * WEEK, self.rolling.min_rate_bps * BP_IN_WAD),
            variable_notice=_whole(self.variable.notice_days * DAY, "variable.notice_days"),
            variable_max_tenor=self.variable.max_tenor_weeks * WEEK,
            variable_terms=self._variable_terms(),
            interest_reserve=_whole(self.variable.reserve.scaleb(decimals), "variable.reserve"),
            restaking=None if self.restaking is None else self.restaking.terms(decimals),
            commitments=None if self.commitments is None else self.commitments.terms(decimals),
        )

    def _variable_terms(self) -> tuple[int, ...]:
        variable = self.variable

        def rate(name: str) -> int:
            grains = getattr(variable, name) * BP_IN_WAD / RATE_GRAIN
            return _whole(grains, f"variable.{name}") * RATE_GRAIN

        return (
            to_wei(variable.target, self.asset.decimals, "variable.target"),
            to_wei(variable.cap, self.asset.decimals, "variable.cap"),
            rate("hi_bps"),
            rate("mid_bps"),
            rate("low_bps"),
            variable.exit_bps,
            variable.fee_bps,
            variable.step_bps,
        )

    def _knot(self, one: KnotSection, number: int) -> Knot:
        def wei(name: str) -> int:
            return to_wei(getattr(one, name), self.asset.decimals, f"knots.{number}.{name}")

        def wad(name: str) -> int:
            return _whole(getattr(one, name) * WAD, f"knots.{number}.{name}")

        return Knot(wei("target"), wei("cap"), wad("hi"), wad("mid"), wad("low"))


def load_config(path: Path) -> Config:
    """Read and check a configuration. Raises `ConfigError` in one line: file, key, what is allowed, what was found."""
    path = Path(path)
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, IsADirectoryError):
        raise ConfigError(f"no configuration at {path}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path.name} is not YAML: {' '.join(str(error).split())}") from None
    if not isinstance(data, dict):
        raise ConfigError(f"{path.name}: a configuration is a map of keys, not {type(data).__name__}")
    if "path" in data:
        raise ConfigError(f"{path.name}: path: unknown key")
    try:
        config = Config.model_validate({**data, "path": path})
    except ValidationError as error:
        raise ConfigError(f"{path.name}: {told(Config, error)}") from None
    config.terms  # noqa: B018 - what the contracts would refuse is told now
    return config


def _whole(value: Decimal, key: str) -> int:
    if value != int(value):
        raise ProfileError(f"{key}: finer than the smallest unit that is stored")
    return int(value)
