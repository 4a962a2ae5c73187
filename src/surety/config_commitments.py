"""The section `commitments` of a configuration: promises, bonds behind them, challenges, pay. It needs `restaking`."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from pydantic import model_validator

from .config_values import Address, Percent, Positive, Section
from .curves import ProfileError, to_wei

WAD = 10**18
FEEDS = {"sequencer_feed"}
"""Keys that name addresses."""
LARGEST = 2**96


@dataclass(frozen=True)
class CommitmentTerms:
    """In the contracts' units: asset decimals, WAD, bps."""

    challenge: tuple[int, int, int]
    """Bond of the first open challenge, and how low and high governance may set it."""
    secret_deposit: int
    odds: int
    half_value: int
    least_value: int


class CommitmentsSection(Section):
    """Amounts in whole assets."""

    challenge_bond: Positive = Decimal(10)
    challenge_bond_lowest: Positive = Decimal(1)
    challenge_bond_highest: Positive = Decimal(1_000)
    secret_deposit: Positive = Decimal(100)
    draw_percent: Percent = 25
    half_value: Positive = Decimal(1_000_000)
    least_value: Positive = Decimal(1_000)
    sequencer_feed: Address | None = None

    @model_validator(mode="after")
    def _fits(self) -> CommitmentsSection:
        if not self.challenge_bond_lowest <= self.challenge_bond <= self.challenge_bond_highest:
            raise ValueError("challenge_bond must lie between challenge_bond_lowest and challenge_bond_highest")
        if not self.draw_percent:
            raise ValueError("draw_percent: above 0, or nobody is ever asked")
        return self

    def terms(self, decimals: int) -> CommitmentTerms:
        """Integers. Raises `ProfileError` for what the contracts would refuse."""

        def wei(name: str) -> int:
            units = to_wei(getattr(self, name), decimals, f"commitments.{name}")
            if units >= LARGEST:
                raise ProfileError(f"commitments.{name}: more than the contracts can count")
            return units

        return CommitmentTerms(
            challenge=(wei("challenge_bond"), wei("challenge_bond_lowest"), wei("challenge_bond_highest")),
            secret_deposit=wei("secret_deposit"),
            odds=self.draw_percent * WAD // 100,
            half_value=wei("half_value"),
            least_value=wei("least_value"),
        )
