"""The third section of a deployment: promises, bonds behind them, who judges them, and what they earn.

It follows the pools of stake and lists what they need with the escrow, before its terms are handed to the timelock.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..config import Config
from ..config_commitments import CommitmentTerms
from .artefacts import artefact
from .contract import Contract
from .engines.base import Engine
from .plan_restaking import created_after
from .steps import Addresses, Create, Made, Send, Step
from .suite import COMMITMENTS, RESTAKING

PROVEN = 2
"""Class of faults that machines prove."""
CLASS, VAULT = 1, 2
"""Kinds of listed tokens."""
NOBODY = "0x" + "00" * 20
JUDGES = ("prover", "plugin_prover", "challenges")


def commitment_terms(config: Config) -> CommitmentTerms:
    """Of a configuration that has them."""
    assert config.terms.commitments is not None
    return config.terms.commitments


def commitments_plan(config: Config, deployer: str, treasurer: str) -> list[Step]:
    """Every step from pools that can be slashed to services that can be bonded."""
    terms = commitment_terms(config)
    return [
        Create("machine", "PredicateMachine"),
        Create("desk_blueprint", "BondDesk", blueprint=True),
        Create("appraiser", "BondAppraiser", lambda known: (known["market"], known["bond_feed"])),
        # registry and bonding know each other: the registry is told where the bonding will be
        Create("commitments", "CommitmentRegistry", lambda known: (created_after(deployer, known["appraiser"], 2),)),
        Create(
            "bonding",
            "ServiceBonding",
            lambda known: bonding_arguments(deployer, known),
            expected=lambda engine, known: str(_of(engine, known, "commitments").call("bonding")),
        ),
        Create("prover", "FaultProver", prover_arguments),
        Create("plugin_prover", "PluginProver", lambda known: (known["commitments"], known["escrow"])),
        Create("header_predicate", "HeaderPredicate", lambda known: (known["commitments"], known["operators"])),
        Create("challenges", "ChallengeGame", lambda known: game_arguments(config, treasurer, known)),
        Create("beacon", "RandomBeacon", lambda known: (known["asset"], terms.secret_deposit, treasurer)),
        Create("liveness", "LivenessBook", lambda known: liveness_arguments(config, known)),
        Create("payout_formula", "LinearPayout", lambda known: (terms.half_value, terms.least_value, [])),
        Create("payouts", "ServicePayout", payout_arguments),
        _listed("list_bonding", "set_slashable", lambda known: (known["bonding"], True), "slashable_count", 2),
        *(_proposer(name) for name in JUDGES),
        Send(
            "set_ties",
            "operators",
            "set_ties",
            lambda known: (known["bonding"],),
            lambda engine, known: bool(_of(engine, known, "operators").call("ties") == known["bonding"]),
        ),
        _token("list_rolling", "rolling", CLASS),
        _token("list_vault", "vault", VAULT),
    ]


def commitments_made_by(step: str) -> tuple[Made, ...]:
    """What comes into being with what a step of this section sends, creators first."""
    if step == "bonding":
        return (Made("desk", "BondDesk", "bonding", "desk", desk_arguments),)
    return ()


def commitments_roles(timelock: str) -> dict[str, dict[str, list[str]]]:
    """Who holds which role of which contract once all is deployed."""
    return {name: {"DEFAULT_ADMIN": [timelock]} for name in ("desk", "challenges", "payouts")}


def bonding_arguments(admin: str, known: Addresses) -> tuple[Any, ...]:
    """ServiceBonding's constructor arguments."""
    names = ("desk_blueprint", "commitments", "operators", "escrow", "appraiser")
    return *(known[name] for name in names), admin


def desk_arguments(known: Addresses) -> tuple[Any, ...]:
    """What the bonding created its desk with."""
    return tuple(known[name] for name in ("commitments", "operators", "appraiser", "deployer"))


def prover_arguments(known: Addresses) -> tuple[Any, ...]:
    """FaultProver's constructor arguments."""
    return known["commitments"], known["escrow"], known["operators"]


def game_arguments(config: Config, treasurer: str, known: Addresses) -> tuple[Any, ...]:
    """ChallengeGame's constructor arguments."""
    names = ("commitments", "escrow", "operators", "machine", "asset")
    terms = commitment_terms(config)
    return *(known[name] for name in names), treasurer, sequencer_feed(config), *terms.challenge, known["timelock"]


def liveness_arguments(config: Config, known: Addresses) -> tuple[Any, ...]:
    """LivenessBook's constructor arguments."""
    names = ("commitments", "operators", "machine", "beacon")
    return *(known[name] for name in names), sequencer_feed(config), commitment_terms(config).odds


def payout_arguments(known: Addresses) -> tuple[Any, ...]:
    """ServicePayout's constructor arguments."""
    return tuple(known[name] for name in ("bonding", "commitments", "liveness", "payout_formula", "timelock"))


def sequencer_feed(config: Config) -> str:
    """Where a sequencer's uptime is read; zero on chains without one."""
    assert config.commitments is not None
    return config.commitments.sequencer_feed or NOBODY


def _listed(
    name: str, function: str, arguments: Callable[[Addresses], tuple[Any, ...]], counter: str, count: int
) -> Send:
    def done(engine: Engine, known: Addresses) -> bool:
        return bool(_of(engine, known, "slashing_terms").call(counter) >= count)

    return Send(name, "slashing_terms", function, arguments, done)


def _proposer(judge: str) -> Send:
    """A judge that may propose slashes of proven faults, up to what a service has at risk."""

    def done(engine: Engine, known: Addresses) -> bool:
        key = (int(known[judge], 16) << 8 | 5).to_bytes(32, "big")
        return bool(_of(engine, known, "escrow").call("term", key))

    return Send(
        f"list_{judge}",
        "slashing_terms",
        "set_proposer",
        lambda known: (known[judge], PROVEN, known["bonding"]),
        done,
    )


def _token(name: str, token: str, kind: int) -> Send:
    def done(engine: Engine, known: Addresses) -> bool:
        return bool(_of(engine, known, "desk").call("listing", known[token])[0])

    return Send(name, "desk", "list_token", lambda known: (known[token], kind, True), done)


def _of(engine: Engine, known: Addresses, name: str) -> Contract:
    return Contract(engine, known[name], artefact((RESTAKING | COMMITMENTS)[name]))
