"""A slash told line by line, and a step of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import click

from surety.sdk.contract import Contract
from surety.sdk.orders import ZERO_ADDRESS
from surety.sdk.services import FIRST
from surety.sdk.slashes import (
    APPEAL,
    DISPUTED,
    FINALISED,
    LAPSED,
    OPEN,
    RULINGS,
    STATES,
    UNRULED,
    VETO_DELAY,
    VETOED,
    Bond,
    Slashes,
)
from surety.sdk.stake import Asset, subject_parts

from ..context import Door
from ..market.action import Action, perform
from ..when import date

WAD = 10**18
NUMBER = click.argument("number", type=click.IntRange(1, 2**32 - 1))


def entered(door: Door, broadcast: bool) -> tuple[Slashes, str]:
    """The slashes, and who acts on them."""
    engine = door.engine(signing=broadcast)
    return Slashes(door.suite(engine)), door.sender(engine)


def act(door: Door, number: int, function: str, arguments: tuple[Any, ...], broadcast: bool, output: str) -> None:
    """Show the slash, then have the escrow take a step. Raises `Reverted` with the contract's reason."""
    known, sender = entered(door, broadcast)
    step(known, known.escrow, number, function, (number, *arguments), {}, sender, broadcast, output)


def step(
    known: Slashes,
    contract: Contract,
    number: int,
    function: str,
    arguments: tuple[Any, ...],
    more: dict[str, str],
    sender: str,
    broadcast: bool,
    output: str,
) -> None:
    """Show the slash, then simulate, send or print a call that is about it."""
    told = {"slash": str(number), **told_of(known, number), **more}
    perform(Action(contract, function, arguments, told), sender, broadcast, output)


def told_of(known: Slashes, number: int) -> dict[str, str]:
    """A slash: what is proposed, of whom, and until when it is reviewed."""
    slash = known.slash(number)
    operator, asset = subject_parts(slash.subject)
    staked = slash.slashable == known.stakes.pools.address
    told = {
        "state": STATES[slash.status],
        "kind": "machine-proven fault" if slash.proven else "judgement",
        "operator": operator,
        "asset": f"{'asset' if staked else 'lock'} {asset}, {known.asset(slash).label}",
        "part": percent(slash.fraction),
        "proposer": _named(known, slash.proposer),
    }
    if slash.service:
        told["service"] = str(slash.service - FIRST if slash.service > FIRST else slash.service)
    if not staked:
        told["stake at"] = _named(known, slash.slashable)
    return told | {"review ends": date(slash.end)}


def _named(known: Slashes, address: str) -> str:
    """With what the deployment calls it, if it is one of its contracts."""
    name = next((name for name, one in known.suite.contracts.items() if one.address == address), "")
    return f"{name}, {address}" if name else address


def more_of(known: Slashes, number: int) -> dict[str, str]:
    """What it holds, who has said what, its bond, and what can be done next."""
    slash, asset = known.slash(number), known.asset(known.slash(number))
    seizure = known.lens.call("seizure", slash.seizure)
    told = {"seizure": "its own" if slash.seizure == number else f"that of slash {slash.seizure}"}
    told["seized"] = f"{asset.grouped(seizure.seized)}, of that the operator's {asset.grouped(seizure.own)}"
    if seizure.taken:
        told["taken"] = asset.grouped(seizure.taken)
    if seizure.due:
        told["due to liens"] = f"{asset.grouped(seizure.due)} at most"
    arbiter, deadline, ruling = known.lens.call("case", number)
    if arbiter != ZERO_ADDRESS:
        told["dispute"] = f"{RULINGS[ruling]}, by {arbiter} until {date(deadline)}"
    vetoer, announced = known.lens.call("announcement", number)
    if vetoer != ZERO_ADDRESS:
        told["veto announced"] = f"by {vetoer}, can be confirmed from {date(announced + VETO_DELAY)}"
    if (bond := known.bond(number)) is not None:
        told["bond"] = bond_text(asset, slash, bond)
    told["next"] = "; ".join(next_steps(known, number)) or "nothing: it is over"
    return told


def bond_text(asset: Asset, slash: Any, bond: Bond) -> str:
    """What became of a judgement's bond, or what is to become of it."""
    amount = asset.grouped(bond.amount)
    if bond.settled:
        return f"{amount}, {'forfeited' if bond.forfeited else 'given back'} to {bond.receiver}"
    if bond.arbiter:
        return f"{amount}; appeal to {bond.arbiter} until {date(bond.deadline)}: {RULINGS[bond.ruling]}"
    if slash.status == VETOED:
        return f"{amount}; its proposer may appeal until {date(slash.end + APPEAL)}"
    return amount


def next_steps(known: Slashes, number: int) -> list[str]:
    """What somebody may do about a slash now, or from when on."""
    slash, now = known.slash(number), known.suite.engine.timestamp
    if slash.status < FINALISED:
        if now >= slash.end:
            return ["finalise"]
        steps = ["announce-veto and confirm" if slash.proven else "veto"]
        if slash.status == OPEN and known.suite.slashing_terms.call("arbiter", slash.proven) != ZERO_ADDRESS:
            steps.append("dispute")
        if slash.status == DISPUTED:
            steps.append("rule")
        return [*steps, f"finalise from {date(slash.end)}"]
    steps = [f"pull {part.name}" for part in known.split(number).parts if part.amount and not part.pulled]
    if slash.status == FINALISED:
        steps += [f"collect {lien.earlier}" for lien in known.liens(number) if lien.ready]
    seizure = known.lens.call("seizure", slash.seizure)
    if seizure.taken < seizure.seized and not seizure.released:
        steps.append(f"release {slash.seizure} from {date(seizure.release_at)}")
    if (bond := known.bond(number)) is not None and not bond.settled:
        steps.append(_settle(slash, bond, now))
    return steps


def _settle(slash: Any, bond: Bond, now: int) -> str:
    """When a bond can be settled, which is at once where nothing about it is open."""
    if slash.status in (FINALISED, LAPSED) or bond.ruling != UNRULED or slash.status != VETOED:
        return "settle"
    start = bond.deadline + 1 if bond.arbiter else slash.end + APPEAL
    steps = "settle" if now >= start else f"settle from {date(start)}"
    return steps if bond.arbiter or now >= start else f"appeal, {steps}"


def percent(wad: int) -> str:
    """A fraction for people."""
    return f"{(Decimal(100 * wad) / WAD).normalize():f} %"
