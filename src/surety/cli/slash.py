"""`surety slash`: what is under review, and each step of a slash. Every command shows the slash first."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import click
from eth_utils.address import to_checksum_address

from surety.sdk.errors import UsageError
from surety.sdk.orders import ZERO_ADDRESS
from surety.sdk.stake import PARTS, SLASH_STATES, Stakes
from surety.sdk.suite import MAX_UINT

from .context import Door, chain_options
from .market.action import Action, Listed, action_options, echo_json, output_option, perform, show_pairs, show_rows
from .operator import date

WAD = 10**18
NUMBER = click.argument("number", type=click.IntRange(1, 2**64 - 1))


@click.group(cls=Listed, short_help="Slashes: what is under review, and each step.")
def slash() -> None:
    """Slashes under review. Every command that writes shows the slash and simulates; --broadcast sends.

    Exit codes: 0 ok, 1 usage, 2 environment, 3 a contract reverted, 4 the chain is not the expected one.
    """


@slash.command("list", short_help="All slashes, newest first.")
@output_option
@chain_options
def list_(door: Door, output: str) -> None:
    """All slashes, newest first."""
    known = Stakes(door.suite(door.engine()))
    rows = [(str(number), told_of(known, found)) for number, found in known.slashes()]
    if output == "json":
        echo_json(dict(rows))
    else:
        keys = ("state", "operator", "asset", "part", "review ends")
        show_rows(("", *keys), [(number, *(told[key] for key in keys)) for number, told in rows], left=3)


@slash.command(short_help="One slash.")
@NUMBER
@output_option
@chain_options
def show(door: Door, number: int, output: str) -> None:
    """All about the slash NUMBER, and what it seized."""
    known = Stakes(door.suite(door.engine()))
    told = told_of(known, known.slash(number)) | seizure_of(known, number)
    if output == "json":
        echo_json(told)
    else:
        show_pairs(told)


@slash.command(short_help="Propose one.")
@click.argument("operator")
@click.argument("percent")
@click.option("--asset", type=click.IntRange(1, 2**32 - 1), default=1, show_default=True, help="Its number.")
@click.option("--evidence", metavar="HEX", required=True, help="Hash (32 bytes) of what proves it.")
@click.option("--harmed", metavar="ADDRESS", help="Who gets the compensation.")
@action_options
def propose(
    door: Door, operator: str, percent: str, asset: int, evidence: str, harmed: str | None, broadcast: bool, output: str
) -> None:
    """Propose to slash PERCENT of OPERATOR's pool, seized at once. Only listed proposers, who pay a bond for it."""
    engine = door.engine(signing=broadcast)
    known, sender = Stakes(door.suite(engine)), door.sender(engine)
    stake = known.stake(sender, door.checked(operator), asset)
    proof = hash_of(evidence)
    fraction = part_of(percent)
    whom = door.checked(harmed) if harmed else ZERO_ADDRESS
    terms = (known.pools.address, stake.subject, 0, fraction, engine.timestamp, ZERO_ADDRESS, whom, proof, MAX_UINT)
    told = {"operator": f"{stake.operator}, {stake.state}", "pool": stake.text(stake.pool), "part": f"{percent} %"}
    perform(Action(known.suite.escrow, "propose", terms, told), sender, broadcast, output)


@slash.command(short_help="Take it to the arbiter.")
@NUMBER
@action_options
def dispute(door: Door, number: int, broadcast: bool, output: str) -> None:
    """Take slash NUMBER to the arbiter of its class; only the accused."""
    act(door, number, "dispute", (), broadcast, output)


@slash.command(short_help="Undo it.")
@NUMBER
@click.argument("reason")
@action_options
def veto(door: Door, number: int, reason: str, broadcast: bool, output: str) -> None:
    """Undo slash NUMBER within its review; only vetoers. REASON stands in the event."""
    act(door, number, "veto", (reason,), broadcast, output)


@slash.command(short_help="Close the review.")
@NUMBER
@action_options
def finalise(door: Door, number: int, broadcast: bool, output: str) -> None:
    """Finalise slash NUMBER once its review has ended. Anybody."""
    act(door, number, "finalise", (), broadcast, output)


@slash.command(short_help="Give back what was vetoed.")
@NUMBER
@action_options
def release(door: Door, number: int, broadcast: bool, output: str) -> None:
    """Give back what is left of the seizure of slash NUMBER. Anybody."""
    act(door, number, "release", (), broadcast, output)


@slash.command(short_help="Send a part of what it took.")
@NUMBER
@click.argument("part", type=click.Choice(PARTS))
@click.argument("receiver")
@action_options
def pull(door: Door, number: int, part: str, receiver: str, broadcast: bool, output: str) -> None:
    """Send PART of what slash NUMBER took to RECEIVER: its account, or anybody whom that account names itself."""
    act(door, number, "pull", (PARTS.index(part), door.checked(receiver)), broadcast, output)


def act(door: Door, number: int, function: str, arguments: tuple[Any, ...], broadcast: bool, output: str) -> None:
    """Show the slash, then simulate, send or print. Raises `Reverted` with the contract's reason."""
    engine = door.engine(signing=broadcast)
    known = Stakes(door.suite(engine))
    told = told_of(known, known.slash(number))
    action = Action(known.suite.escrow, function, (number, *arguments), {"slash": str(number), **told})
    perform(action, door.sender(engine), broadcast, output)


def told_of(known: Stakes, found: Any) -> dict[str, str]:
    """A slash, line by line."""
    return {
        "state": SLASH_STATES[found.status],
        "kind": "machine-proven" if found.proven else "judgement",
        "operator": to_checksum_address((found.subject & (2**160 - 1)).to_bytes(20, "big")),
        "asset": str(found.subject >> 160),
        "part": f"{Decimal(found.fraction * 100) / WAD:.4f}".rstrip("0").rstrip(".") + " %",
        "proposer": found.proposer,
        "review ends": date(found.end),
        "seizure": str(found.seizure),
    }


def seizure_of(known: Stakes, number: int) -> dict[str, str]:
    """What a slash seized, in units; nothing if it claims from an earlier seizure."""
    found = known.suite.slashes.call("seizure", known.slash(number).seizure)
    told = {name.replace("_", " "): str(getattr(found, name)) for name in ("seized", "own", "taken")}
    return told | {"released": "yes" if found.released else f"not before {date(found.release_at)}"}


def part_of(percent: str) -> int:
    """Per cent as WAD. Raises `UsageError` unless above 0 and at most 100."""
    try:
        part = Decimal(percent) * WAD / 100
    except ArithmeticError:
        raise UsageError(f"{percent} is no number") from None
    if not 0 < part <= WAD:
        raise UsageError(f"PERCENT must be above 0 and at most 100, not {percent}")
    return int(part)


def hash_of(text: str) -> bytes:
    """Raises `UsageError` unless it is 32 bytes in hex."""
    try:
        found = bytes.fromhex(text.removeprefix("0x"))
    except ValueError:
        found = b""
    if len(found) != 32:
        raise UsageError("evidence must be a hash of 32 bytes in hex")
    return found
