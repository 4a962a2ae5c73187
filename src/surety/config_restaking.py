"""The section `restaking` of a configuration: pools of stake behind operators, and slashing."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from pydantic import Field, model_validator

from .config_values import Address, Number, Percent, Positive, Section
from .curves import ProfileError, to_wei

DAY = 86_400
HOUR = 3_600
WEEK = 604_800
WAD = 10**18
PRICE_DECIMALS = 8
LARGEST = 2**93
"""Units that pools can hold of an asset."""
HOLDERS = {"price_feed", "vetoer", "confirmer", "judge", "insurance"}
"""Keys that name addresses."""


@dataclass(frozen=True)
class LiquidTerms:
    """Of a liquid delegation, in the contracts' units."""

    notice: int
    name: str
    symbol: str


class LiquidSection(Section):
    """The first liquid delegation: made, once its operator has a pool, by `surety liquid create`."""

    operator: Address
    governor: Address | None = None
    notice_days: int = Field(default=14, ge=14, le=90)
    name: str = Field(default="Liquid stake", min_length=1, max_length=25)
    symbol: str = Field(default="LQST", min_length=1, max_length=5)

    @property
    def terms(self) -> LiquidTerms:
        """Integers."""
        return LiquidTerms(self.notice_days * DAY, self.name, self.symbol)


@dataclass(frozen=True)
class RestakingTerms:
    """In the contracts' units: asset decimals, seconds, WAD, bps."""

    minimum: int
    """Own stake of the asset that carries an operator."""
    cap: int
    bond_cap: int
    max_tenor: int
    notice: int
    price: int
    """Of the fixed feed, with PRICE_DECIMALS."""
    heartbeat: int
    low: int
    high: int
    max_move_bps: int
    period: int
    policy: tuple[int, int, int, int, int, int, int]
    """Review, ruling, bounty (bps), highest bounty, compensation, insurance and bond of a judgement (bps)."""

    def feed(self, address: str) -> tuple[str, int, int, int, int, int]:
        """The struct `Feed` of AssetRegistry."""
        return address, self.heartbeat, self.low, self.high, self.max_move_bps, self.period

    def slashing_policy(self, treasury: str, insurance: str) -> tuple[int | bool | str, ...]:
        """The struct `Policy` of SlashingTerms: services are not listed, faults not correlated."""
        return *self.policy, False, 0, 0, treasury, insurance


class RestakingSection(Section):
    """Amounts in whole assets, prices in USD. A chain of one's own has accounts for those who are not named."""

    minimum: Positive = Decimal(10_000)
    cap: Positive = Decimal(100_000_000)
    bond_cap: Positive = Decimal(10_000_000)
    max_tenor_weeks: int = Field(default=104, ge=1, le=255)
    notice_days: Number = Field(default=Decimal(14), ge=14, le=90)
    price_feed: Address | None = None
    price: Positive = Decimal(1)
    low: Positive = Decimal("0.9")
    high: Positive = Decimal("1.1")
    heartbeat_hours: int = Field(default=24, ge=1, le=168)
    max_move_bps: int = Field(default=500, ge=1, le=10_000)
    period_hours: int = Field(default=1, ge=1, le=168)
    review_days: Number = Field(default=Decimal(7), ge=7, le=14)
    ruling_days: Number = Field(default=Decimal(3), ge=1, le=11)
    bounty_bps: int = Field(default=1_000, ge=0, le=2_000)
    bounty_cap: Positive = Decimal(100_000)
    compensation_percent: Percent = 30
    insurance_percent: Percent = 50
    judgement_bond_bps: int = Field(default=500, ge=100, le=10_000)
    vetoer: Address | None = None
    confirmer: Address | None = None
    judge: Address | None = None
    insurance: Address | None = None
    liquid: LiquidSection | None = None

    @model_validator(mode="after")
    def _fits(self) -> RestakingSection:
        if not self.low < self.price < self.high:
            raise ValueError("price must lie between low and high")
        if self.ruling_days > self.review_days - 3:
            raise ValueError("ruling_days: a review needs two days to dispute and one after the ruling besides")
        if self.vetoer is not None and self.vetoer == self.confirmer:
            raise ValueError("vetoer and confirmer must differ: who announces a veto can't confirm it")
        return self

    def terms(self, decimals: int) -> RestakingTerms:
        """Integers. Raises `ProfileError` for what the contracts would refuse."""
        if not 2 <= decimals <= 18:
            raise ProfileError(f"restaking: the asset must have 2 to 18 decimals, not {decimals}")

        def wei(name: str) -> int:
            units = to_wei(getattr(self, name), decimals, f"restaking.{name}")
            if units >= LARGEST:
                raise ProfileError(f"restaking.{name}: more than pools can hold")
            return units

        def whole(value: Decimal, name: str) -> int:
            if value != int(value):
                raise ProfileError(f"restaking.{name}: finer than the smallest unit that is stored")
            return int(value)

        return RestakingTerms(
            minimum=wei("minimum"),
            cap=wei("cap"),
            bond_cap=wei("bond_cap"),
            max_tenor=self.max_tenor_weeks * WEEK,
            notice=whole(self.notice_days * DAY, "notice_days"),
            price=whole(self.price.scaleb(PRICE_DECIMALS), "price"),
            heartbeat=self.heartbeat_hours * HOUR,
            low=whole(self.low * WAD, "low"),
            high=whole(self.high * WAD, "high"),
            max_move_bps=self.max_move_bps,
            period=self.period_hours * HOUR,
            policy=(
                whole(self.review_days * DAY, "review_days"),
                whole(self.ruling_days * DAY, "ruling_days"),
                self.bounty_bps,
                wei("bounty_cap"),
                self.compensation_percent * 100,
                self.insurance_percent * 100,
                self.judgement_bond_bps,
            ),
        )
