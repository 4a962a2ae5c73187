"""What there is to delegate to, how an account stands, and what it may lose."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import click

from surety.sdk.orders import ZERO_ADDRESS
from surety.sdk.stake import MODES, OPERATOR_STATES, Stake, Stakes, subject_parts

from ..context import Door, chain_options
from ..market.action import echo_json, output_option, show_pairs, show_rows
from ..when import date
from .common import ASSET, OPERATOR, place, ticket_text, told_of

WAD = 10**18


@click.command(short_help="Operators and their pools.")
@click.option("--asset", "number", type=click.IntRange(1, 2**32 - 1), help="Only pools of this asset.")
@click.option("--takes", is_flag=True, help="Only pools that take your delegation now.")
@output_option
@chain_options
def pools(door: Door, number: int | None, takes: bool, output: str) -> None:
    """Every pool: who its operator is, what is staked, whom it takes, from which amount, up to which total."""
    engine = door.engine()
    known = Stakes(door.suite(engine))
    acting = door.sender(engine) if takes else ZERO_ADDRESS
    found = [_pool(known, subject, acting) for subject in known.subjects()]
    found = [one for one in found if number in (None, one["asset"]) and (one["takes_you"] or not takes)]
    if output == "json":
        echo_json(
            {"pools": [{key: value for key, value in one.items() if takes or key != "takes_you"} for one in found]}
        )
        return
    if not found:
        click.echo("no such pools")
        return
    head = ("operator", "state", "asset", "open to", "staked", "minimum", "cap", "commission")
    show_rows(head, [_row(one) for one in found], left=4)


def _row(one: dict[str, Any]) -> tuple[str, ...]:
    """For people. A commission that rises shows both."""
    minimum, cap = (f"{Decimal(one[key]):,f}" if one[key] != "0" else "none" for key in ("minimum", "cap"))
    now, then = (f"{bps / 100:g} %" for bps in (one["commission_bps"], one["commission_later_bps"]))
    rate = now if now == then else f"{now}, then {then}"
    whom = {"open": "all", "allowlist": "a list", "closed": "nobody"}[one["mode"]]
    asset = f"{one['asset']} {one['label']}"
    return one["operator"], one["state"], asset, whom, f"{Decimal(one['staked']):,f}", minimum, cap, rate


def _pool(known: Stakes, subject: int, account: str) -> dict[str, Any]:
    """For programs: amounts in whole assets as text."""
    operator, number = subject_parts(subject)
    pool, asset = known.pool(operator, number), known.asset(number)
    mode, state = MODES[pool.mode], OPERATOR_STATES[pool.status]
    listed = mode == "open" or (mode == "allowlist" and known.pools.call("allowed", operator, account))
    now, later = known.commission(operator)
    return {
        "operator": operator,
        "state": state,
        "asset": number,
        "label": asset.label,
        "mode": mode,
        "staked": asset.text(pool.assets),
        "minimum": asset.text(pool.minimum),
        "cap": asset.text(pool.cap),
        "commission_bps": now,
        "commission_later_bps": later,
        "earns_rewards": bool(pool.rewarded),
        "takes_you": bool(listed and state == "active" and asset.room),
    }


@click.command(short_help="How an account stands behind an operator.")
@OPERATOR
@click.argument("account", required=False)
@ASSET
@output_option
@chain_options
def status(door: Door, operator: str, account: str | None, asset: int, output: str) -> None:
    """Stake, tickets and refunds of ACCOUNT behind OPERATOR; by default of the one who acts."""
    known, who = opened(door, account)
    stake = known.stake(who, door.checked(operator), asset)
    if output == "json":
        echo_json(_json(stake, known.suite.engine.timestamp))
        return
    told, now = {"account": who, **told_of(stake)}, known.suite.engine.timestamp
    for ticket in stake.tickets:
        told[f"ticket {place(ticket.epoch, ticket.target)}"] = ticket_text(stake.asset, ticket, now)
    show_pairs(told)


def _json(stake: Stake, now: int) -> dict[str, Any]:
    """Amounts in whole assets as text, shares as whole numbers in text."""
    asset = stake.asset
    return {
        "account": stake.account,
        "operator": stake.operator,
        "operator_state": stake.state,
        "asset": asset.number,
        "label": asset.label,
        "pool": asset.text(stake.pool.assets),
        "active": asset.text(stake.active),
        "shares": str(stake.shares),
        "tickets": [
            {
                "epoch": one.epoch,
                "target": one.target,
                "amount": asset.text(one.amount),
                "shares": str(one.shares),
                "matures_at": one.matures_at,
                "matured": one.matured(now),
            }
            for one in stake.tickets
        ],
        "refunds": [
            {"slash": slash, "target": way, "amount": asset.text(units)}
            for (slash, way), units in stake.refunds.items()
        ],
        "under_review": list(stake.reviewed),
    }


@click.command("worst-loss", short_help="The most that services may take of you.")
@OPERATOR
@click.argument("account", required=False)
@ASSET
@output_option
@chain_options
def worst_loss(door: Door, operator: str, account: str | None, asset: int, output: str) -> None:
    """What all services of OPERATOR together may take of ACCOUNT's stake, now and once all that is announced binds.

    Proposers that governance lists without a source of exposure are no services, and may have all of a pool seized.
    """
    known, who = opened(door, account)
    stake = known.stake(who, door.checked(operator), asset)
    book = known.suite.contracts["exposure"]
    found = book.call("worst_loss", stake.subject, who)
    services, now = book.call("services_of", stake.subject), known.suite.engine.timestamp
    shares = {
        str(service): int(book.call("exposure", service, known.pools.address, stake.subject, now))
        for service in services
    }
    judges = known.unbound_judges()
    if output == "json":
        echo_json(
            {
                "account": who,
                "operator": stake.operator,
                "asset": asset,
                "fraction": str(found.fraction),
                "amount": stake.asset.text(found.amount),
                "next_fraction": str(found.next_fraction),
                "next_amount": stake.asset.text(found.next_amount),
                "binds_at": found.binds_at or None,
                "services": {name: str(part) for name, part in shares.items()},
                "proposers_without_limit": judges,
            }
        )
        return
    told = {"account": who, **told_of(stake)}
    told["services now"] = ", ".join(f"{name}: {percent(part)}" for name, part in shares.items()) or "none"
    told["worst loss now"] = f"{stake.asset.grouped(found.amount)}, {percent(found.fraction)}"
    if found.binds_at:
        told[f"from {date(found.binds_at)}"] = (
            f"{stake.asset.grouped(found.next_amount)}, {percent(found.next_fraction)}"
        )
    else:
        told["announced"] = "nothing"
    told["without limit"] = ", ".join(judges) or "nobody"
    show_pairs(told)


def percent(wad: int) -> str:
    """A fraction for people."""
    return f"{(Decimal(100 * wad) / WAD).normalize():f} %"


def opened(door: Door, account: str | None) -> tuple[Stakes, str]:
    """Pools, and of whom is asked."""
    engine = door.engine()
    who = door.sender(engine) if account is None else door.checked(account)
    return Stakes(door.suite(engine)), who
