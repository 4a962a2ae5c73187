"""Blueprints and factory of liquid delegations. A vault itself comes when its operator has a pool."""

from __future__ import annotations

from .steps import Create, Step

LIQUID_BLUEPRINTS = {
    "liquid_blueprint": "LiquidDelegation",
    "liquid_rewards_blueprint": "LiquidRewards",
    "ticket_blueprint": "TicketName",
}
"""Names in a record, and what they are of."""
FACTORY_TAKES = ("pools", "escrow", "rewards", *LIQUID_BLUEPRINTS)
"""Contracts that LiquidFactory is made with, in order."""


def liquid_plan() -> list[Step]:
    """After the pools and their rewards."""
    blueprints = [Create(name, contract, blueprint=True) for name, contract in LIQUID_BLUEPRINTS.items()]
    factory = Create("liquid_factory", "LiquidFactory", lambda known: tuple(known[one] for one in FACTORY_TAKES))
    return [*blueprints, factory]
