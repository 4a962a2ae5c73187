"""What the commands of a vault share: how it and an account in it are found, and told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import click

from surety.sdk.liquid import PHASES, Holding, Liquids, Stream, Vault
from surety.sdk.orders import ZERO_ADDRESS
from surety.sdk.stake import OPERATOR_STATES, Asset, known_asset

from ..context import Door
from ..market.action import Action, perform
from ..when import date

VAULT = click.argument("vault")
ACCOUNT = click.argument("account", required=False)
Call = tuple[str, tuple[Any, ...], dict[str, str]]
"""A function of the vault, its arguments, and the lines that tell of it."""
Planned = Callable[[Vault, Asset, str], Call]


def entered(door: Door, signing: bool, account: str | None = None) -> tuple[Liquids, str]:
    engine = door.engine(signing=signing)
    return Liquids(door.suite(engine)), door.sender(engine) if account is None else door.checked(account)


def act(door: Door, vault: str, planned: Planned, broadcast: bool, output: str) -> None:
    """Look how the one who acts stands, plan, then simulate, send or print. Raises `Reverted` with the reason."""
    liquids, sender = entered(door, broadcast)
    found = liquids.vault(door.checked(vault))
    asset = asset_of(found)
    function, arguments, told = planned(found, asset, sender)
    told = {**told_of(found, asset), **told_holding(found, asset, found.holding(sender)), **told}
    perform(Action(found.contract, function, arguments, told), sender, broadcast, output)


def asset_of(vault: Vault) -> Asset:
    return known_asset(vault.suite.engine, vault.asset.address)


def governor_text(address: str) -> str:
    return "nobody" if address == ZERO_ADDRESS else address


def told_of(vault: Vault, asset: Asset) -> dict[str, str]:
    """How a vault stands, line by line."""
    state = OPERATOR_STATES[vault.suite.pools.call("pool", vault.subject).status]
    told = {"vault": f"{vault.address} ({vault.symbol})", "operator": f"{vault.operator}, {state}"}
    told |= {
        "phase": PHASES[vault.phase],
        "all shares": f"{asset.text(vault.supply)}, worth {asset.grouped(vault.assets)}",
    }
    if vault.announced is not None:
        told["announced"] = f"{vault.announced[0]}, from {date(vault.announced[1])}"
    return told


def told_holding(vault: Vault, asset: Asset, holding: Holding) -> dict[str, str]:
    """How an account stands in it."""
    told = {"shares": f"{asset.text(holding.shares)}, worth {asset.grouped(holding.worth)}"}
    if holding.pending:
        told["shares that wait"] = asset.text(holding.pending)
    if holding.claimable_shares:
        told["to claim"] = asset.grouped(holding.claimable)
    for slash, units in holding.refunds.items():
        told[f"refund of slash {slash}"] = asset.grouped(units)
    return told | told_streams(vault, [one for one in holding.streams if one.due])


def told_streams(vault: Vault, streams: Sequence[Stream]) -> dict[str, str]:
    told = {}
    for one in streams:
        token = known_asset(vault.suite.engine, one.token)
        told[f"rewards {one.number}"] = token.grouped(one.due)
    return told


def vault_json(vault: Vault, asset: Asset) -> dict[str, Any]:
    """For programs: amounts in whole assets as text."""
    announced = vault.announced
    return {
        "symbol": vault.symbol,
        "asset": asset.token.address,
        "operator": vault.operator,
        "phase": PHASES[vault.phase],
        "supply": asset.text(vault.supply),
        "assets": asset.text(vault.assets),
        "governor": vault.governor,
        "announced": None if announced is None else list(announced),
        "rewards": vault.rewards.address,
    }


def holding_json(vault: Vault, asset: Asset, holding: Holding) -> dict[str, Any]:
    return {
        "shares": asset.text(holding.shares),
        "worth": asset.text(holding.worth),
        "pending": asset.text(holding.pending),
        "claimable": asset.text(holding.claimable),
        "refunds": {str(slash): asset.text(units) for slash, units in holding.refunds.items()},
        "rewards": {
            str(one.number): known_asset(vault.suite.engine, one.token).text(one.due) for one in holding.streams
        },
    }
