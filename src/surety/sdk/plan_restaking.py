"""The second section of a deployment: assets, operators, pools of stake and the escrow of slashes.

The deployer lists what the configuration names, and hands DEFAULT_ADMIN to the timelock by the last steps; `verify`
looks whether anything else was done meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import rlp  # type: ignore[import-untyped]
from eth_utils.address import to_canonical_address, to_checksum_address
from eth_utils.crypto import keccak

from ..config import Config
from ..config_restaking import PRICE_DECIMALS, RestakingTerms
from .artefacts import artefact
from .contract import Contract
from .engines.accounts import dev_addresses
from .engines.base import Engine
from .errors import ChainError, ConfigError
from .plan_liquid import liquid_plan
from .steps import Addresses, Create, Made, Send, Step
from .suite import ALL_CONTRACTS

JUDGED = 1
"""Class of faults that a judge proposes, at the risk of a bond."""
ASSET = 1
"""Number of the base asset, listed first."""
ADMIN_ROLE = bytes(32)
HANDED_OVER = ("assets", "slashing_terms", "operators")
LONGEST_PLAN = 4_096


@dataclass(frozen=True)
class Judges:
    """Who proposes, vetoes and confirms slashes, and who keeps what insures against them."""

    vetoer: str
    confirmer: str
    judge: str | None
    insurance: str


def creation_address(sender: str, nonce: int) -> str:
    """The address of the contract that `sender` creates with `nonce`."""
    return to_checksum_address(keccak(rlp.encode([to_canonical_address(sender), nonce]))[12:])


def judges_of(config: Config, engine: Engine) -> Judges:
    """From the configuration; a local chain's own accounts where it names nobody.

    Raises `ConfigError` for somebody missing on a network, where a judge alone may be.
    """
    section = config.restaking
    assert section is not None
    local = dev_addresses()

    def one(key: str, value: str | None, index: int) -> str:
        if value is not None:
            return value
        if not engine.local:
            raise ConfigError(f"{config.path.name}: restaking.{key}: name it; only a local chain has defaults")
        return local[index]

    judge = section.judge or (local[7] if engine.local else None)
    return Judges(
        vetoer=one("vetoer", section.vetoer, 5),
        confirmer=one("confirmer", section.confirmer, 6),
        judge=judge,
        insurance=one("insurance", section.insurance, 8),
    )


def restaking_terms(config: Config) -> RestakingTerms:
    """Of a configuration that has them."""
    assert config.terms.restaking is not None
    return config.terms.restaking


def restaking_plan(config: Config, engine: Engine, deployer: str, guardian: str, treasurer: str) -> list[Step]:
    """Every step from a deployed market to pools that can be slashed.

    Raises `ConfigError` where the chain needs something that the configuration leaves out.
    """
    section, terms = config.restaking, restaking_terms(config)
    assert section is not None
    judges = judges_of(config, engine)
    if section.price_feed is None and not engine.local:
        raise ConfigError(f"{config.path.name}: restaking.price_feed: name it; only a local chain gets a fixed one")

    def feed(known: Addresses) -> tuple[Any, ...]:
        return terms.feed(section.price_feed or known["price_feed"])

    steps: list[Step] = []
    if section.price_feed is None:
        steps.append(Create("price_feed", "FixedFeed", lambda known: (terms.price, PRICE_DECIMALS)))
    steps += [
        Create("bond_feed", "BondFeed", lambda known: (known["market"],)),
        Create("assets", "AssetRegistry", lambda known: (deployer, guardian)),
        Create("escrow_blueprint", "SlashEscrow", blueprint=True),
        Create("judgement_blueprint", "JudgementBonds", blueprint=True),
        Create(
            "slashing_terms",
            "SlashingTerms",
            lambda known: slashing_arguments(config, judges, known, guardian, treasurer, deployer),
        ),
        Create("slashes", "SlashLens", lambda known: (known["escrow"],)),
        Create("signer_blueprint", "DelegationSigner", blueprint=True),
        # registry and pools know each other: the registry is told where the pools will be
        Create(
            "operators",
            "OperatorRegistry",
            lambda known: (created_after(deployer, known["signer_blueprint"], 2), deployer, terms.notice),
        ),
        Create("pools", "DelegationManager", pools_arguments, expected=_told_to_operators),
        Create("exposure", "ExposureBook", lambda known: (known["pools"], known["assets"], known["timelock"])),
        Create("rewards", "PoolRewards", lambda known: (known["pools"],)),
        *liquid_plan(),
        Send(
            "list_asset",
            "assets",
            "list_token",
            lambda known: (known["asset"], terms.cap, feed(known)),
            lambda engine, known: bool(_of(engine, known, "assets").call("listing_of", known["asset"])),
        ),
        Send(
            "list_bonds",
            "assets",
            "list_bonds",
            lambda known: (known["bond_feed"], terms.bond_cap, terms.max_tenor, feed(known)),
            lambda engine, known: bool(_of(engine, known, "assets").call("listing_of", known["token"])),
        ),
        Send(
            "set_minimum",
            "operators",
            "set_minimum",
            lambda known: (ASSET, terms.minimum),
            lambda engine, known: bool(_of(engine, known, "operators").call("minimum", ASSET) == terms.minimum),
        ),
        Send(
            "list_pools",
            "slashing_terms",
            "set_slashable",
            lambda known: (known["pools"], True),
            lambda engine, known: bool(_of(engine, known, "slashing_terms").call("slashable_count")),
        ),
    ]
    if judges.judge is not None:
        steps.append(
            Send(
                "list_judge",
                "slashing_terms",
                "set_proposer",
                lambda known: (judges.judge, JUDGED, "0x" + "00" * 20),
                lambda engine, known: bool(_of(engine, known, "slashing_terms").call("proposer_count")),
            )
        )
    return steps


def handing_over(names: Sequence[str], deployer: str) -> list[Step]:
    """The last steps: DEFAULT_ADMIN of these contracts goes from the deployer to the timelock."""
    return [step for name in names for step in _handing_over(name, deployer)]


def created_after(deployer: str, address: str, count: int) -> str:
    """Where the `count`th contract after one that the deployer created will be."""
    for nonce in range(LONGEST_PLAN):
        if creation_address(deployer, nonce) == address:
            return creation_address(deployer, nonce + count)
    raise ChainError(
        f"{deployer} has sent too much: deploy from an account with fewer than {LONGEST_PLAN} transactions"
    )


def restaking_made_by(step: str) -> tuple[Made, ...]:
    """What comes into being with what a step of this section sends, creators first."""
    if step == "slashing_terms":
        return (
            Made("escrow", "SlashEscrow", "slashing_terms", "escrow", lambda at: (at["judgement_blueprint"],)),
            Made("judgement_bonds", "JudgementBonds", "escrow", "bonds", lambda at: ()),
        )
    if step == "pools":
        return (Made("signer", "DelegationSigner", "pools", "signer", lambda at: ()),)
    return ()


def restaking_roles(guardian: str, timelock: str) -> dict[str, dict[str, list[str]]]:
    """Who holds which role of which contract once all is deployed."""
    return {
        "assets": {"DEFAULT_ADMIN": [timelock], "GUARDIAN": [guardian]},
        "slashing_terms": {"DEFAULT_ADMIN": [timelock], "GUARDIAN": [guardian]},
        "operators": {"DEFAULT_ADMIN": [timelock]},
        "exposure": {"DEFAULT_ADMIN": [timelock], "SERVICES": []},
    }


def slashing_arguments(
    config: Config, judges: Judges, known: Addresses, guardian: str, treasurer: str, admin: str
) -> tuple[Any, ...]:
    """SlashingTerms' constructor arguments."""
    policy = restaking_terms(config).slashing_policy(treasurer, judges.insurance)
    blueprints = known["escrow_blueprint"], known["judgement_blueprint"]
    return *blueprints, admin, guardian, judges.vetoer, judges.confirmer, policy


def pools_arguments(known: Addresses) -> tuple[Any, ...]:
    """DelegationManager's constructor arguments."""
    return known["assets"], known["operators"], known["escrow"], known["signer_blueprint"]


def _told_to_operators(engine: Engine, known: Addresses) -> str:
    return str(_of(engine, known, "operators").call("ledger"))


def _handing_over(name: str, deployer: str) -> list[Step]:
    """DEFAULT_ADMIN goes from the deployer to the timelock."""

    def has(who: Callable[[Addresses], str]) -> Callable[[Engine, Addresses], bool]:
        return lambda engine, known: bool(_of(engine, known, name).call("hasRole", ADMIN_ROLE, who(known)))

    gone = has(lambda known: deployer)
    return [
        Send(
            f"hand_over_{name}",
            name,
            "grantRole",
            lambda known: (ADMIN_ROLE, known["timelock"]),
            has(lambda known: known["timelock"]),
        ),
        Send(
            f"leave_{name}",
            name,
            "renounceRole",
            lambda known: (ADMIN_ROLE, deployer),
            lambda engine, known: not gone(engine, known),
        ),
    ]


def _of(engine: Engine, known: Addresses, name: str) -> Contract:
    return Contract(engine, known[name], artefact(ALL_CONTRACTS[name]))
