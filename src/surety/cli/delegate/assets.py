"""Assets that may back operators: which there are, letting the pools take one, and naming one more bond."""

from __future__ import annotations

from decimal import Decimal

import click

from surety.sdk.errors import UsageError
from surety.sdk.stake import Asset, Stakes
from surety.sdk.suite import MAX_UINT, fixed_id

from ..context import Door, chain_options
from ..market.action import Action, action_options, echo_json, output_option, perform, show_rows
from ..maturity import MATURITY
from .common import ASSET, entered


@click.command(short_help="Assets that may back operators, by their numbers.")
@output_option
@chain_options
def assets(door: Door, output: str) -> None:
    """Assets that may back operators: number, what it is, and how much is staked of it under which cap."""
    known = Stakes(door.suite(door.engine()))
    found = known.assets()
    if output == "json":
        echo_json({"assets": [_json(one) for one in found]})
        return
    head = ("", "asset", "deposits", "staked", "room", "cap")
    rows = [
        (str(one.number), one.label, one.status, *(f"{Decimal(one.text(n)):,f}" for n in (one.held, one.room, one.cap)))
        for one in found
    ]
    show_rows(head, rows, left=3)


def _json(one: Asset) -> dict[str, object]:
    return {
        "number": one.number,
        "label": one.label,
        "token": one.token.address,
        "id": str(one.id),
        "decimals": one.decimals,
        "status": one.status,
        "staked": one.text(one.held),
        "room": one.text(one.room),
        "cap": one.text(one.cap),
    }


@click.command(short_help="Let the pools take an asset, bonds too.")
@click.argument("amount")
@ASSET
@click.option("--spender", type=click.Choice(["pools", "rewards"]), default="pools", show_default=True)
@action_options
def approve(door: Door, amount: str, asset: int, spender: str, broadcast: bool, output: str) -> None:
    """Let the pools, or who pays rewards, take AMOUNT (whole assets, `all` or 0) of an asset: an ERC-20 or a bond."""
    known, sender = entered(door, broadcast)
    perform(approval(known, sender, asset, amount, spender), sender, broadcast, output)


def approval(known: Stakes, owner: str, asset: int, amount: str, spender: str) -> Action:
    """The call by which an owner lets a contract of the suite take an asset."""
    one, at = known.asset(asset), known.suite.contracts[spender].address
    units = MAX_UINT if amount == "all" else 0 if amount == "0" else one.units(amount)
    told = {"asset": f"{asset}, {one.label}", "spender": f"{spender.replace('_', ' ')}, {at}"}
    told |= {"amount": "all" if units == MAX_UINT else one.grouped(units), "you have": one.grouped(one.balance(owner))}
    return Action(*one.approval(at, units), told)


@click.command("add-bond", short_help="Give a bond's maturity a number.")
@click.argument("maturity", type=MATURITY)
@action_options
def add_bond(door: Door, maturity: int, broadcast: bool, output: str) -> None:
    """Give the bonds of MATURITY a number, so that operators can open pools for them. Anyone, once."""
    known, sender = entered(door, broadcast)
    suite = known.suite
    bond = fixed_id(MATURITY.on_grid(suite, maturity))
    if number := int(suite.assets.call("asset_of", suite.token.address, bond)):
        raise UsageError(f"these bonds are asset {number} already")
    told = {"maturity": MATURITY.text(bond % 2**64), "will be asset": str(int(suite.assets.call("assets")) + 1)}
    perform(Action(suite.assets, "add_bond", (suite.token.address, bond), told), sender, broadcast, output)


@click.command(short_help="Have the pools look at an asset's cap and status.")
@ASSET
@action_options
def sync(door: Door, asset: int, broadcast: bool, output: str) -> None:
    """Have the pools copy an asset's cap and status from the registry. Anyone, after governance changed them."""
    known, sender = entered(door, broadcast)
    one = known.asset(asset)
    told = {"asset": f"{asset}, {one.label}", "status": one.status, "room as the pools know": one.grouped(one.room)}
    perform(Action(known.pools, "sync_asset", (asset,), told), sender, broadcast, output)
