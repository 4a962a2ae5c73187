"""Proposing a slash, and letting its bond be taken."""

from __future__ import annotations

from decimal import Decimal

import click

from surety.sdk.contract import Contract
from surety.sdk.errors import UsageError
from surety.sdk.orders import ZERO_ADDRESS
from surety.sdk.slashes import FAULT_CLASSES, UNIT, WAD, Slashes
from surety.sdk.suite import MAX_UINT

from ..context import Door
from ..delegate.assets import approval
from ..delegate.common import ASSET
from ..market.action import Action, action_options, perform
from ..maturity import EXPIRY, LONGEST
from ..when import date
from .common import entered, percent

JUDGED = 1
MARGIN = 100  # of what the bond is expected to be: one hundredth more is the limit


@click.command(short_help="Let bonds of judgements be taken.")
@click.argument("amount")
@ASSET
@action_options
def approve(door: Door, amount: str, asset: int, broadcast: bool, output: str) -> None:
    """Let JudgementBonds take AMOUNT (whole assets, `all` or 0) of an asset, for the bonds of your judgements."""
    known, sender = entered(door, broadcast)
    perform(approval(known.stakes, sender, asset, amount, "judgement_bonds"), sender, broadcast, output)


@click.command(short_help="Propose one.")
@click.argument("operator")
@click.argument("percent_", metavar="PERCENT")
@ASSET
@click.option("--service", type=click.IntRange(0, 2**48 - 1), default=0, show_default=True, help="In whose name.")
@click.option("--offence-time", type=EXPIRY, help="3h, 2d (ago), a date or a timestamp.  [default: now]")
@click.option("--evidence", metavar="HEX", required=True, help="Hash (32 bytes) of what proves it.")
@click.option("--reporter", metavar="ADDRESS", help="Who gets the bounty.  [default: the one who acts]")
@click.option("--harmed", metavar="ADDRESS", help="Who gets the compensation.  [default: nobody]")
@click.option("--max-bond", metavar="AMOUNT", help="Most that you put up.  [default: what is expected and 1 %]")
@action_options
def propose(
    door: Door,
    operator: str,
    percent_: str,
    asset: int,
    service: int,
    offence_time: int | None,
    evidence: str,
    reporter: str | None,
    harmed: str | None,
    max_bond: str | None,
    broadcast: bool,
    output: str,
) -> None:
    """Propose to slash PERCENT of what the service has at stake with OPERATOR, seized at once.

    Only listed proposers; a judge pays a bond.
    """
    known, sender = entered(door, broadcast)
    now, proof, part = known.suite.engine.timestamp, hash_of(evidence), part_of(percent_)
    at = now if offence_time is None else now - offence_time if offence_time < LONGEST else offence_time
    stake = known.stakes.stake(sender, door.checked(operator), asset)
    kind, source = known.suite.slashing_terms.call("proposer", sender)
    exposure = _exposure(known, source, service, stake.subject, at)
    units = part * exposure // WAD
    taken = known.stakes.pools.call("seizable", stake.subject, at)[0] if at <= now else 0
    told = {"operator": f"{stake.operator}, {stake.state}"}
    told["pool"] = f"{stake.asset.grouped(stake.pool.assets)}, with the queue {stake.asset.grouped(taken)}"
    told |= {"proposes": f"{sender}: {FAULT_CLASSES[kind]}", "offence": date(at)}
    if exposure != UNIT:
        told["exposure"] = f"{percent(exposure * UNIT)}, of that {percent(part)}"
    shares = known.shares_seizure(stake.subject, service)
    told["seizes"] = f"{percent(units * UNIT)}, {stake.asset.grouped(-(-taken * units // UNIT))}"
    if shares:
        told["seizes"] = f"{percent(units * UNIT)}; of what the service's open slashes share, if its place is taken"
    limit = MAX_UINT if max_bond is None else stake.asset.units(max_bond)
    if kind == JUDGED and not shares:
        bond = known.bond_for(stake.subject, service, units, at)
        limit = min(limit, bond + bond // MARGIN + 1) if max_bond is None else limit
        told["bond"] = f"{stake.asset.grouped(bond)}, at most {stake.asset.grouped(limit)}"
        if stake.asset.allowance(sender, known.bonds.address) < bond and output != "calldata":
            raise UsageError(
                f"the bond of {stake.asset.grouped(bond)} may not be taken of {sender} yet: "
                f"surety slash approve {stake.asset.text(bond)} --asset {asset} --broadcast"
            )
    whom = [door.checked(one) if one else ZERO_ADDRESS for one in (reporter, harmed)]
    terms = (known.stakes.pools.address, stake.subject, service, part, at, *whom, proof, limit)
    perform(Action(known.escrow, "propose", terms, told), sender, broadcast, output)


def _exposure(known: Slashes, source: str, service: int, subject: int, at: int) -> int:
    """What the proposer's source lets a service slash, in 1e-9; all where there is no source."""
    if source == ZERO_ADDRESS or at > known.suite.engine.timestamp:
        return UNIT
    book = known.suite.contracts["exposure"]
    return min(
        int(
            Contract(known.suite.engine, source, book.interface).call(
                "exposure", service, known.stakes.pools.address, subject, at
            )
        )
        // UNIT,
        UNIT,
    )


def part_of(text: str) -> int:
    """Per cent as WAD. Raises `UsageError` unless above 0 and at most 100."""
    try:
        part = Decimal(text.rstrip(" %")) * WAD / 100
    except ArithmeticError:
        raise UsageError(f"{text} is no number") from None
    if not 0 < part <= WAD:
        raise UsageError(f"PERCENT must be above 0 and at most 100, not {text}")
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
