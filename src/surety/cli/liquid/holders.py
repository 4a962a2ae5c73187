"""Shares: staked for, asked out, claimed, and refunded after a slash."""

from __future__ import annotations

import click

from surety.sdk.errors import UsageError
from surety.sdk.liquid import Vault
from surety.sdk.stake import Asset
from surety.sdk.suite import MAX_UINT

from ..context import Door
from ..market.action import Action, action_options, perform
from .common import VAULT, Call, act, asset_of, entered


@click.command(short_help="Let a vault take your asset.")
@VAULT
@click.argument("amount")
@action_options
def approve(door: Door, vault: str, amount: str, broadcast: bool, output: str) -> None:
    """Let VAULT take AMOUNT (whole assets, or `all`) of yours when you deposit."""
    liquids, sender = entered(door, broadcast)
    found = liquids.vault(door.checked(vault))
    asset = asset_of(found)
    units = MAX_UINT if amount == "all" else asset.units(amount)
    token, function, arguments = asset.approval(found.address, units)
    told = {"spender": found.address, "amount": "unlimited" if amount == "all" else asset.grouped(units)}
    perform(Action(token, function, arguments, told), sender, broadcast, output)


@click.command(short_help="Stake an amount for shares.")
@VAULT
@click.argument("amount")
@action_options
def deposit(door: Door, vault: str, amount: str, broadcast: bool, output: str) -> None:
    """Stake AMOUNT (whole assets) and get shares, which carry no refund and no reward of what was before."""

    def planned(found: Vault, asset: Asset, sender: str) -> Call:
        units = asset.units(amount)
        if output != "calldata" and asset.allowance(sender, found.address) < units:
            raise UsageError(f"let it first: surety liquid approve {found.address} {asset.text(units)} --broadcast")
        told = {"stake": asset.grouped(units)}
        if output != "calldata":
            told["shares"] = asset.text(int(found.contract.call("previewDeposit", units)))
        return "deposit", (units, sender), told

    act(door, vault, planned, broadcast, output)


@click.command(short_help="Ask shares out.")
@VAULT
@click.argument("shares")
@action_options
def request(door: Door, vault: str, shares: str, broadcast: bool, output: str) -> None:
    """Ask SHARES (whole, or `all`) out: burned for a ticket, which can be claimed after one to two weeks."""

    def planned(found: Vault, asset: Asset, sender: str) -> Call:
        held = int(found.contract.call("balanceOf", sender))
        count = held if shares == "all" else asset.units(shares)
        worth = asset.grouped(int(found.contract.call("convertToAssets", count)))
        return "requestRedeem", (count, sender, sender), {"request": asset.text(count), "worth now": worth}

    act(door, vault, planned, broadcast, output)


@click.command(short_help="Take what requests brought.")
@VAULT
@action_options
def claim(door: Door, vault: str, broadcast: bool, output: str) -> None:
    """Take all that your requests have brought so far."""

    def planned(found: Vault, asset: Asset, sender: str) -> Call:
        shares = int(found.contract.call("maxRedeem", sender))
        worth = asset.grouped(int(found.contract.call("maxWithdraw", sender)))
        return "redeem", (shares, sender, sender), {"claim": worth}

    act(door, vault, planned, broadcast, output)


@click.command(short_help="Take what a slash gave back.")
@VAULT
@click.argument("slash", type=click.IntRange(1, 2**40 - 1))
@action_options
def refund(door: Door, vault: str, slash: int, broadcast: bool, output: str) -> None:
    """Take your part of what SLASH (its number) seized and gave back: of the shares and tickets that you had then."""

    def planned(found: Vault, asset: Asset, sender: str) -> Call:
        due = int(found.contract.call("refund", slash, sender))
        return "claim_refund", (slash, sender, sender), {"slash": str(slash), "refund": asset.grouped(due)}

    act(door, vault, planned, broadcast, output)
