"""What a slash pays: its parts, its liens, its bond."""

from __future__ import annotations

import click

from surety.sdk.errors import UsageError
from surety.sdk.slashes import PARTS, Slashes

from ..context import Door
from ..market.action import action_options
from .common import NUMBER, entered, step


@click.command(short_help="Send a part of what it took, or all parts.")
@NUMBER
@click.argument("part", type=click.Choice([*PARTS, "all"]))
@click.argument("receiver", required=False)
@action_options
def pull(door: Door, number: int, part: str, receiver: str | None, broadcast: bool, output: str) -> None:
    """Send PART of what slash NUMBER took to its account, or all parts to theirs. Anybody.

    Only the account itself may name another RECEIVER of its part.
    """
    known, sender = entered(door, broadcast)
    asset, parts = known.asset(known.slash(number)), known.split(number).parts
    if part == "all":
        if receiver is not None:
            raise UsageError("each part goes to its account: name one part to name a receiver")
        told = {f"pull {one.name}": asset.grouped(one.amount) for one in parts if one.amount and not one.pulled}
        step(known, known.escrow, number, "pull_all", (number,), told, sender, broadcast, output)
        return
    found = parts[PARTS.index(part)]
    to = door.checked(receiver) if receiver else found.account
    if to is None:
        raise UsageError(f"slash {number} names nobody harmed: there is no compensation")
    told = {"pull": f"{part}, {asset.grouped(found.amount)}", "receiver": to}
    step(known, known.escrow, number, "pull", (number, PARTS.index(part), to), told, sender, broadcast, output)


@click.command(short_help="Credit its lien on an earlier seizure.")
@NUMBER
@click.argument("earlier", type=click.IntRange(1, 2**32 - 1), required=False)
@action_options
def collect(door: Door, number: int, earlier: int | None, broadcast: bool, output: str) -> None:
    """Credit slash NUMBER with its lien on the seizure EARLIER, once that is over; then `pull-lien`. Anybody."""
    known, sender = entered(door, broadcast)
    liens = [one for one in known.liens(number) if one.collected is None]
    if earlier is None:
        if len(liens) != 1:
            names = ", ".join(str(one.earlier) for one in liens)
            raise UsageError(f"slash {number} has " + (f"several liens, name one: {names}" if liens else "no lien"))
        earlier = liens[0].earlier
    asset = known.asset(known.slash(number))
    told = {
        f"lien on {one.earlier}": f"{asset.grouped(one.at_most)} at most" for one in liens if one.earlier == earlier
    }
    step(known, known.escrow, number, "collect", (number, earlier), told, sender, broadcast, output)


@click.command("pull-lien", short_help="Send what liens on a seizure brought.")
@NUMBER
@click.argument("account", required=False)
@click.option("--receiver", metavar="ADDRESS", help="Whom the account names itself.  [default: the account]")
@action_options
def pull_lien(door: Door, number: int, account: str | None, receiver: str | None, broadcast: bool, output: str) -> None:
    """Send what liens on the seizure NUMBER brought ACCOUNT (by default yours). Anybody to the account."""
    known, sender = entered(door, broadcast)
    whose = door.checked(account) if account else sender
    to = door.checked(receiver) if receiver else whose
    told = {"owed": known.asset(known.slash(number)).grouped(known.owed(number, whose)), "receiver": to}
    step(known, known.escrow, number, "pull_lien", (number, whose, to), told, sender, broadcast, output)


@click.command(short_help="The judge: ask the arbiter for the bond after a veto.")
@NUMBER
@action_options
def appeal(door: Door, number: int, broadcast: bool, output: str) -> None:
    """Ask the arbiter for your bond of the vetoed slash NUMBER. The veto stands; silence gives the bond back."""
    known, sender = entered(door, broadcast)
    step(known, known.bonds, number, "appeal", (number,), _bond(known, number), sender, broadcast, output)


@click.command(short_help="Anybody: send the bond to whom it is due.")
@NUMBER
@action_options
def settle(door: Door, number: int, broadcast: bool, output: str) -> None:
    """Send the bond of the judgement NUMBER back, or, if it is forfeited, to those who were seized from. Anybody."""
    known, sender = entered(door, broadcast)
    step(known, known.bonds, number, "settle", (number,), _bond(known, number), sender, broadcast, output)


def _bond(known: Slashes, number: int) -> dict[str, str]:
    bond = known.bond(number)
    return {"bond": "none" if bond is None else known.asset(known.slash(number)).grouped(bond.amount)}
