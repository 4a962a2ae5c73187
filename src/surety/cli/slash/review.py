"""Steps of a review: dispute, rule, veto, finalise, release."""

from __future__ import annotations

import click

from surety.sdk.errors import UsageError

from ..context import Door
from ..market.action import action_options
from .common import NUMBER, act, entered, step

REASON = click.argument("reason")


@click.command(short_help="The accused: take it to the arbiter.")
@NUMBER
@action_options
def dispute(door: Door, number: int, broadcast: bool, output: str) -> None:
    """Take slash NUMBER to the arbiter of its class; only the accused, while a ruling still fits into the review."""
    act(door, number, "dispute", (), broadcast, output)


@click.command(short_help="The arbiter: decide a dispute or an appeal.")
@NUMBER
@click.argument("verdict", type=click.Choice(["guilty", "innocent"]))
@click.option("--appeal", "of_bond", is_flag=True, help="Of the bond, after a veto; the veto stands.")
@action_options
def rule(door: Door, number: int, verdict: str, of_bond: bool, broadcast: bool, output: str) -> None:
    """Decide the dispute of slash NUMBER; with --appeal, whether its bond comes back. Only the arbiter who was told."""
    known, sender = entered(door, broadcast)
    told = {"ruling": verdict + (", about the bond alone" if of_bond else "")}
    contract = known.bonds if of_bond else known.escrow
    step(known, contract, number, "rule", (number, verdict == "guilty"), told, sender, broadcast, output)


@click.command(short_help="Vetoers: undo a judgement.")
@NUMBER
@REASON
@action_options
def veto(door: Door, number: int, reason: str, broadcast: bool, output: str) -> None:
    """Undo the judgement NUMBER within its review; only vetoers. REASON stands in the event."""
    known, sender = entered(door, broadcast)
    if known.slash(number).proven:
        raise UsageError(f"slash {number} is a machine-proven fault: announce-veto, and two days later confirm")
    step(known, known.escrow, number, "veto", (number, reason), {"reason": reason}, sender, broadcast, output)


@click.command("announce-veto", short_help="Vetoers: first step to undo a proven fault.")
@NUMBER
@REASON
@action_options
def announce_veto(door: Door, number: int, reason: str, broadcast: bool, output: str) -> None:
    """Announce the veto of the machine-proven fault NUMBER; another account confirms it two days later."""
    known, sender = entered(door, broadcast)
    step(known, known.escrow, number, "announce_veto", (number, reason), {"reason": reason}, sender, broadcast, output)


@click.command(short_help="Confirmers: carry out an announced veto.")
@NUMBER
@REASON
@action_options
def confirm(door: Door, number: int, reason: str, broadcast: bool, output: str) -> None:
    """Carry out the announced veto of the machine-proven fault NUMBER, two days after it was announced by another."""
    known, sender = entered(door, broadcast)
    if not known.slash(number).proven:
        raise UsageError(f"slash {number} is a judgement: `veto` undoes it in one step")
    step(known, known.escrow, number, "veto", (number, reason), {"reason": reason}, sender, broadcast, output)


@click.command(short_help="Anybody: close the review.")
@NUMBER
@action_options
def finalise(door: Door, number: int, broadcast: bool, output: str) -> None:
    """Finalise slash NUMBER once its review has ended. Anybody."""
    act(door, number, "finalise", (), broadcast, output)


@click.command(short_help="Anybody: give back what was not taken.")
@NUMBER
@action_options
def release(door: Door, number: int, broadcast: bool, output: str) -> None:
    """Give back what is left of the seizure of slash NUMBER, for those it was taken from to claim. Anybody."""
    act(door, number, "release", (), broadcast, output)
