"""`surety liquid rewards`: what a vault earned, fetched for all and claimed by each."""

from __future__ import annotations

import click

from surety.sdk.errors import UsageError
from surety.sdk.stake import known_asset, subject_parts

from ..context import Door, chain_options
from ..market.action import Action, Listed, action_options, echo_json, output_option, perform, show_pairs
from .common import ACCOUNT, VAULT, asset_of, entered, told_streams

TOKEN = click.option("--token", metavar="ADDRESS", help="What the pool paid.  [default: the vault's asset]")


@click.group(cls=Listed, short_help="What a vault earned: show, harvest, claim.")
def rewards() -> None:
    """What a vault earned. An epoch's rewards are of those who had shares when it began, whoever fetches them."""


@rewards.command(short_help="What is due to an account.")
@VAULT
@ACCOUNT
@output_option
@chain_options
def show(door: Door, vault: str, account: str | None, output: str) -> None:
    """Every stream of rewards of VAULT, with what ACCOUNT can claim of it, and what waits to be harvested."""
    liquids, who = entered(door, False, account)
    found = liquids.vault(door.checked(vault))
    asset, streams = asset_of(found), list(found.streams(who))
    waits = found.unharvested(asset.token.address)
    if output == "json":
        told = [
            {"stream": one.number, "source": one.source, "token": one.token, "due": str(one.due)} for one in streams
        ]
        echo_json({"account": who, "not harvested": str(waits), "streams": told})
        return
    show_pairs({"account": who, "not harvested": asset.grouped(waits), **told_streams(found, streams)})


@rewards.command(short_help="Fetch what the pool paid.")
@VAULT
@TOKEN
@click.option("--operator", metavar="ADDRESS", help="Whose pool, if not the one that the vault is in.")
@action_options
def harvest(door: Door, vault: str, token: str | None, operator: str | None, broadcast: bool, output: str) -> None:
    """Fetch up to four epochs of rewards for all holders; the vault's own asset is staked again. Anyone."""
    liquids, sender = entered(door, broadcast)
    found = liquids.vault(door.checked(vault))
    source = door.checked(token) if token else found.asset.address
    subject = found.subject
    if operator is not None:
        subject = (subject >> 160 << 160) | int(door.checked(operator), 16)
    paid = known_asset(liquids.suite.engine, source)
    due = int(liquids.suite.contracts["rewards"].call("due", subject, source, found.address))
    told = {"vault": found.address, "operator": subject_parts(subject)[0], "waits": paid.grouped(due)}
    perform(Action(found.rewards, "harvest", (subject, source), told), sender, broadcast, output)


@rewards.command("claim", short_help="Take what is due of a stream.")
@VAULT
@click.argument("stream", type=click.IntRange(1, 2**40 - 1), required=False)
@click.option("--of", "account", metavar="ADDRESS", help="Push to this account instead of to the one who acts.")
@action_options
def take(door: Door, vault: str, stream: int | None, account: str | None, broadcast: bool, output: str) -> None:
    """Take what is due of STREAM (its number); without one, of the first that owes anything."""
    liquids, sender = entered(door, broadcast)
    found = liquids.vault(door.checked(vault))
    who = door.checked(account) if account else sender
    streams = [one for one in found.streams(who) if one.number == stream or (stream is None and one.due)]
    if not streams:
        raise UsageError("nothing is due: surety liquid rewards show" if stream is None else f"no stream {stream}")
    told = {"vault": found.address, "account": who, **told_streams(found, streams[:1])}
    perform(Action(found.rewards, "claim", (streams[0].number, who, who), told), sender, broadcast, output)
