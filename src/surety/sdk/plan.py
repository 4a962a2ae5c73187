"""What a deployment sends, in order. Steps are pure in what is already known; `deploy` runs and records them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..config import Config
from .artefacts import artefact
from .contract import Contract
from .engines.accounts import dev_addresses
from .engines.base import Engine
from .errors import ConfigError, Reverted
from .plan_commitments import commitments_made_by, commitments_plan, commitments_roles
from .plan_restaking import HANDED_OVER, handing_over, restaking_made_by, restaking_plan, restaking_roles
from .steps import Addresses, Create, Made, Send, Step
from .suite import CONTRACTS


@dataclass(frozen=True)
class Holders:
    """Who holds which role from the start; DEFAULT_ADMIN is the timelock."""

    proposers: tuple[str, ...]
    executors: tuple[str, ...]
    curator: str
    guardian: str
    treasurer: str


def holders_of(config: Config, engine: Engine) -> Holders:
    """From the configuration; a local chain's own accounts where it names nobody.

    Raises `ConfigError` for a role without a holder on a network.
    """
    roles = config.roles
    local = dev_addresses()

    def one(key: str, value: str | None, index: int) -> str:
        if value is not None:
            return value
        if not engine.local:
            raise ConfigError(f"{config.path.name}: roles.{key}: name its holder; only a local chain has defaults")
        return local[index]

    def several(key: str, values: list[str], index: int) -> tuple[str, ...]:
        return tuple(values) or (one(key, None, index),)

    return Holders(
        proposers=several("proposers", roles.proposers, 1),
        executors=several("executors", roles.executors, 1),
        curator=one("curator", roles.curator, 2),
        guardian=one("guardian", roles.guardian, 3),
        treasurer=one("treasurer", roles.treasurer, 4),
    )


def plan(config: Config, engine: Engine, deployer: str, asset: str = "MockERC20") -> tuple[Step, ...]:
    """Every step from an empty chain to a funded market. `asset` names the mock where the configuration has no asset.

    Raises `ConfigError` where the chain needs something that the configuration leaves out.
    """
    terms = config.terms
    holders = holders_of(config, engine)
    steps: list[Step] = []
    if config.asset.address is None:
        if not engine.local:
            raise ConfigError(f"{config.path.name}: asset.address: name the asset; only a local chain gets a mock")
        label, decimals = terms.label, terms.decimals
        steps.append(Create("asset", asset, lambda known: (label, label, decimals)))
    steps += [
        Create("timelock", "Timelock", lambda known: (terms.timelock_delay, holders.proposers, holders.executors)),
        Create("bounds", "ProfileBounds"),
        Create("lens", "BondLens"),
        Create("token_blueprint", "BondToken", blueprint=True),
        Create("variable_blueprint", "VariableMarket", blueprint=True),
        Create("treasury_blueprint", "BondTreasury", blueprint=True),
        Create("market", "BondMarket", lambda known: market_arguments(config, holders, known)),
        Create("wrapper_blueprint", "BondWrapper", blueprint=True),
        Create("wrappers", "BondWrapperFactory", lambda known: (known["treasury"], known["wrapper_blueprint"])),
        Create("exchange", "BondExchange", lambda known: exchange_arguments(config, holders, known)),
        Create("lock", "AlignmentLock", lambda known: (known["token"],)),
        Create("observer", "DebtObserver"),
        Create("rolling_blueprint", "RollingBonds", blueprint=True),
        Create("classes", "RollingBondsFactory", lambda known: classes_arguments(config, known)),
        Send("first_class", "classes", "create", lambda known: terms.first_class, _class_exists(config)),
        Create("vault", "RollingVault", lambda known: (known["rolling"],)),
    ]
    if terms.reserve or terms.interest_reserve:
        steps += _funding(config, deployer)
    if config.restaking is not None:
        steps += restaking_plan(config, engine, deployer, holders.guardian, holders.treasurer)
        handed = [*HANDED_OVER]
        if config.commitments is not None:
            steps += commitments_plan(config, deployer, holders.treasurer)
            handed.append("desk")
        steps += handing_over(handed, deployer)
    return tuple(steps)


def made_by(step: str, config: Config, holders: Holders) -> tuple[Made, ...]:
    """What comes into being with what a step sends, creators first."""
    asked = config.terms.first_class
    if step == "market":
        return (
            Made("treasury", "BondTreasury", "market", "treasury", lambda at: treasury_arguments(config, holders, at)),
            Made("token", "BondToken", "treasury", "token", lambda at: token_arguments(config)),
            Made(
                "variable",
                "VariableMarket",
                "treasury",
                "variable_market",
                lambda at: variable_arguments(config, holders, at),
            ),
        )
    if step == "first_class":
        return (Made("rolling", "RollingBonds", "classes", "class_of", lambda at: class_arguments(config, at), asked),)
    if step == "wrappers":
        return (Made("wrapper", "BondWrapper", "wrappers", "implementation", lambda at: (at["treasury"],)),)
    return restaking_made_by(step) or commitments_made_by(step)


def roles_of(holders: Holders, timelock: str, config: Config) -> dict[str, dict[str, list[str]]]:
    """Who holds which role of which contract once all sections of a configuration are deployed."""
    roles = {
        "timelock": {
            "DEFAULT_ADMIN": [timelock],
            "PROPOSER": list(holders.proposers),
            "CANCELLER": list(holders.proposers),
            "EXECUTOR": list(holders.executors),
        },
        "market": {"DEFAULT_ADMIN": [timelock], "CURATOR": [holders.curator], "GUARDIAN": [holders.guardian]},
        "treasury": {"DEFAULT_ADMIN": [timelock], "TREASURER": [holders.treasurer]},
        "variable": {"DEFAULT_ADMIN": [timelock], "CURATOR": [holders.curator], "GUARDIAN": [holders.guardian]},
        "exchange": {"DEFAULT_ADMIN": [timelock], "GUARDIAN": [holders.guardian]},
    }
    if config.restaking is not None:
        roles |= restaking_roles(holders.guardian, timelock)
    if config.commitments is not None:
        roles |= commitments_roles(timelock)
    return roles


def contracts_of(steps: tuple[Step, ...]) -> list[str]:
    """Names of all deployables whose code a plan puts on the chain."""
    return sorted({step.contract for step in steps if isinstance(step, Create)})


def market_arguments(config: Config, holders: Holders, known: Addresses) -> tuple[Any, ...]:
    """BondMarket's constructor arguments."""
    terms = config.terms
    return (
        known["asset"],
        known["treasury_blueprint"],
        known["token_blueprint"],
        known["variable_blueprint"],
        known["bounds"],
        terms.label,
        (known["timelock"], holders.curator, holders.guardian, holders.treasurer),
        terms.mint_cap,
        terms.rules,
        terms.anchor_window,
        terms.tenors,
        terms.knot_tuples,
        terms.fee_bps,
        terms.limits,
        terms.variable,
    )


def treasury_arguments(config: Config, holders: Holders, known: Addresses) -> tuple[Any, ...]:
    """What the market created BondTreasury with."""
    terms = config.terms
    return (
        known["asset"],
        known["token_blueprint"],
        known["variable_blueprint"],
        terms.label,
        known["timelock"],
        holders.curator,
        holders.guardian,
        holders.treasurer,
        terms.mint_cap,
        terms.variable,
    )


def variable_arguments(config: Config, holders: Holders, known: Addresses) -> tuple[Any, ...]:
    """What the treasury created VariableMarket with."""
    terms = config.terms
    return terms.decimals, known["timelock"], holders.curator, holders.guardian, terms.variable


def exchange_arguments(config: Config, holders: Holders, known: Addresses) -> tuple[Any, ...]:
    """BondExchange's constructor arguments."""
    terms = config.terms
    return known["treasury"], known["timelock"], holders.guardian, terms.exchange_fee_cap_bps, terms.exchange_fee_bps


def classes_arguments(config: Config, known: Addresses) -> tuple[Any, ...]:
    """RollingBondsFactory's constructor arguments."""
    return known["market"], known["rolling_blueprint"], known["observer"], *config.terms.rolling


def class_arguments(config: Config, known: Addresses) -> tuple[Any, ...]:
    """What the factory created the first class with."""
    return known["market"], known["observer"], *config.terms.first_class, *config.terms.rolling


def token_arguments(config: Config) -> tuple[Any, ...]:
    """What the treasury created BondToken with."""
    return config.terms.label, config.terms.decimals


def _class_exists(config: Config) -> Callable[[Engine, Addresses], bool]:
    """Whether the first class stands already."""

    def exists(engine: Engine, known: Addresses) -> bool:
        factory = Contract(engine, known["classes"], artefact(CONTRACTS["classes"]))
        try:
            return bool(factory.class_of(*config.terms.first_class))
        except Reverted:
            return False

    return exists


def _funding(config: Config, deployer: str) -> list[Step]:
    reserve, interest = config.terms.reserve, config.terms.interest_reserve
    whole = reserve + interest

    def of(engine: Engine, known: Addresses, name: str) -> Contract:
        return Contract(engine, known[name], artefact(CONTRACTS[name]))

    def minted(engine: Engine, known: Addresses) -> bool:
        return bool(of(engine, known, "asset").balanceOf(deployer) >= whole)

    def approved(engine: Engine, known: Addresses) -> bool:
        return bool(of(engine, known, "asset").allowance(deployer, known["treasury"]) >= whole)

    def funded(engine: Engine, known: Addresses) -> bool:
        return bool(of(engine, known, "treasury").reserve() >= reserve)

    def funded_interest(engine: Engine, known: Addresses) -> bool:
        return bool(of(engine, known, "treasury").interest_reserve() >= interest)

    steps: list[Step] = []
    if config.asset.address is None:
        steps.append(Send("mint_asset", "asset", "mint", lambda known: (deployer, whole), minted))
    steps.append(Send("approve_reserve", "asset", "approve", lambda known: (known["treasury"], whole), approved))
    if reserve:
        steps.append(Send("fund_reserve", "treasury", "fund", lambda known: (reserve,), funded))
    if interest:
        steps.append(Send("fund_interest", "treasury", "fund_interest", lambda known: (interest,), funded_interest))
    return steps
