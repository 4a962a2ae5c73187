"""Deploys the whole bond suite on titanoboa, with a model beside it that knows the accounts by the same addresses."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import boa
from tests.support.permits import account

from surety.models.debt_profile import DAY, GRAIN, WEEK, YEAR, DebtProfile, Rules
from surety.models.flow_limits import FlowLimits, Limits
from surety.models.log_mean import WAD, Curve
from surety.models.market import Holders, Market
from surety.models.treasury import Treasury
from surety.models.variable import VariableSetup, VariableTerms

START = 1_728_271_545  # 2024-10-07 03:25:45 UTC, off the weekly grid
FOREVER = 2**40
MAX = 2**256 - 1
PER_CENT = WAD // 100
ZERO = "0x" + "00" * 20
WEEKS = (0, 4, 13, 26, 52, 104, 156, 209)
WINDOW = DAY
FEE_BPS = 50
LABEL = "USD"

ADMIN, CURATOR, GUARDIAN, TREASURER, FUNDER, STRANGER = (
    boa.env.generate_address(name) for name in ("admin", "curator", "guardian", "treasurer", "funder", "stranger")
)
HOLDERS = Holders(ADMIN, CURATOR, GUARDIAN, TREASURER)
KEYS = {one.address: one for one in (account(0x2001 + number) for number in range(3))}
"""Traders have keys, so that they can sign."""
TRADERS = tuple(KEYS)


@cache
def source(path: str) -> Any:
    """A compiled contract by its path under contracts/; compiled once a process."""
    return boa.load_partial(f"contracts/{path}.vy")


def unit_of(decimals: int) -> int:
    """The market's UNIT."""
    return 10 ** (max(decimals, 6) - 6)


def log_discount(rate: float, seconds: int) -> int:
    """`rate` (a year) over a tenor, WAD, storable."""
    return int(rate * WAD * seconds / YEAR) // GRAIN * GRAIN


def make_knots(
    decimals: int = 18, weeks: tuple[int, ...] = WEEKS, rates: tuple[float, ...] = (0.07, 0.04, 0.03), scale: int = 1
) -> tuple[Curve, ...]:
    """Knots whose targets and caps rise with the tenor: 100,000 · `scale` assets at 0, twice that as cap."""
    whole = 10**decimals
    return tuple(
        Curve(
            (100_000 + 1_000 * week) * whole * scale,
            (200_000 + 2_000 * week) * whole * scale,
            *(log_discount(rate, week * WEEK) for rate in rates),
        )
        for week in weeks
    )


def make_variable(
    decimals: int = 18, notice: int = 7 * DAY, max_tenor: int = 104 * WEEK, **changed: int
) -> VariableSetup:
    """Terms with a target of a million assets and 6, 4 and 2 per cent a year; `changed` replaces some by name."""
    whole = 10**decimals
    terms = VariableTerms(
        10**6 * whole,
        2 * 10**6 * whole,
        6 * PER_CENT,
        4 * PER_CENT,
        2 * PER_CENT,
        exit_bps=5_000,
        fee_bps=200,
        step_bps=100,
    )
    return VariableSetup(notice, max_tenor, terms._replace(**changed))


@dataclass(frozen=True)
class Setup:
    """Constructor arguments; amounts in whole assets unless the name says otherwise."""

    decimals: int = 18
    weeks: tuple[int, ...] = WEEKS
    knots: tuple[Curve, ...] | None = None
    fee_bps: int = FEE_BPS
    window: int = WINDOW
    mint_cap: int = 0  # asset's smallest unit
    reserve: int = 10_000_000
    wealth: int = 100_000_000
    limits: Limits | None = None  # asset's smallest unit
    rules: Rules | None = None
    asset: str = "MockERC20"
    variable: VariableSetup | None = None
    interest: int = 0  # interest reserve

    @property
    def whole(self) -> int:
        return 10**self.decimals

    @property
    def all_knots(self) -> tuple[Curve, ...]:
        return self.knots or make_knots(self.decimals, self.weeks)

    @property
    def all_rules(self) -> Rules:
        return self.rules or Rules(2 * DAY, WAD, 5 * 10**14, 10**9 * self.whole)

    @property
    def all_limits(self) -> Limits:
        whole = self.whole
        return self.limits or Limits(10**7 * whole, 10**8 * whole, 10**8 * whole, 100, 100)

    @property
    def all_variable(self) -> VariableSetup:
        return self.variable or make_variable(self.decimals)

    @property
    def tenors(self) -> tuple[int, ...]:
        return tuple(week * WEEK for week in self.weeks)

    @property
    def unit(self) -> int:
        return unit_of(self.decimals)


@dataclass
class Suite:
    """The contracts of one market, as titanoboa knows them."""

    setup: Setup
    asset: Any
    treasury: Any
    token: Any
    market: Any
    lens: Any
    variable: Any

    @property
    def now(self) -> int:
        return boa.env.evm.patch.timestamp

    def maturity(self, weeks: int) -> int:
        """The maturity after the next `weeks` full weeks."""
        return (self.now // WEEK + 1 + weeks) * WEEK

    def bond(self, maturity: int) -> int:
        return 1 << 64 | maturity


def deploy_asset(setup: Setup) -> Any:
    return source(f"mocks/{setup.asset}").deploy("US Dollar", "USD", setup.decimals)


def deploy_market(setup: Setup, asset: Any, **changed: Any) -> Any:
    """BondMarket alone; `changed` replaces constructor arguments by name."""
    arguments = {
        "asset": asset,
        "treasury_blueprint": source("bonds/BondTreasury").deploy_as_blueprint(),
        "token_blueprint": source("bonds/BondToken").deploy_as_blueprint(),
        "variable_blueprint": source("bonds/VariableMarket").deploy_as_blueprint(),
        "bounds": source("bonds/ProfileBounds").deploy(),
        "label": LABEL,
        "holders": HOLDERS,
        "mint_cap": setup.mint_cap,
        "rules": setup.all_rules,
        "anchor_window": setup.window,
        "tenors": setup.tenors,
        "knots": setup.all_knots,
        "fee_bps": setup.fee_bps,
        "limits": setup.all_limits,
        "variable": setup.all_variable,
    } | changed
    return source("bonds/BondMarket").deploy(*arguments.values())


def deploy(setup: Setup | None = None, at: int | None = START) -> Suite:
    """The suite with a funded reserve and rich traders who have approved the treasury."""
    setup = setup or Setup()
    if at is not None:
        boa.env.evm.patch.timestamp = at
    asset = deploy_asset(setup)
    market = deploy_market(setup, asset)
    treasury = source("bonds/BondTreasury").at(market.treasury())
    token = source("bonds/BondToken").at(market.token())
    variable = source("bonds/VariableMarket").at(treasury.variable_market())
    suite = Suite(setup, asset, treasury, token, market, source("bonds/BondLens").deploy(), variable)
    for trader in (*TRADERS, FUNDER):
        asset.mint(trader, setup.wealth * setup.whole)
        asset.approve(treasury, MAX, sender=trader)
    if setup.reserve:
        treasury.fund(setup.reserve * setup.whole, sender=FUNDER)
    if setup.interest:
        treasury.fund_interest(setup.interest * setup.whole, sender=FUNDER)
    return suite


def make_model(setup: Setup | None = None, at: int = START, treasury: Any = "treasury") -> Market:
    """The model of what `deploy` makes, without a chain."""
    setup = setup or Setup()
    model = Market(
        unit=setup.unit,
        window=setup.window,
        holders=HOLDERS,
        profile=DebtProfile.create(setup.unit, setup.all_rules, setup.tenors, setup.all_knots, setup.fee_bps),
        flow=FlowLimits(setup.unit, setup.all_limits),
        treasury=Treasury(treasury, mint_cap=setup.mint_cap),
        now=at,
    )
    for trader in (*TRADERS, FUNDER):
        model.treasury.assets[trader] = setup.wealth * setup.whole
    if setup.reserve:
        model.fund(FUNDER, setup.reserve * setup.whole)
    return model
