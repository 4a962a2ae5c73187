"""`surety pool status`: the pot, what it backs, who leaves, what is voted, and how an account stands."""

from __future__ import annotations

from typing import Any

import click

from surety.sdk.pool import Holding, Pool, Position
from surety.sdk.services import Services
from surety.sdk.slashes import FINALISED, STATES
from surety.sdk.stake import known_asset

from ..context import Door, chain_options
from ..market.action import echo_json, output_option, show_pairs
from ..when import date
from .common import POOL
from .votes import told_of_proposal


@click.command(short_help="How the pool stands, and an account in it.")
@click.argument("account", required=False)
@POOL
@output_option
@chain_options
def status(door: Door, account: str | None, pool: str, output: str) -> None:
    """Pot, positions, rounds and proposals of the pool; shares, requests, refunds and pay of ACCOUNT, or your own."""
    engine = door.engine()
    found = Pool(Services(door.suite(engine)), door.checked(pool))
    who = door.checked(account) if account else door.sender(engine)
    holding = found.holding(who)
    if output == "json":
        echo_json(_json(found) | {"account": who, "holding": _holding_json(found, holding)})
        return
    show_pairs(_told(found) | {"account": who} | _told_holding(found, holding))


def _told(pool: Pool) -> dict[str, str]:
    asset, rounds = pool.asset, pool.rounds()
    told = {
        "pool": f"{pool.address} ({pool.symbol}), quorum {pool.quorum / 100:g} %, threshold {pool.threshold / 100:g} %",
        "portfolio": pool.portfolio.address,
        "assets": asset.grouped(pool.contract.call("totalAssets")),
        "idle": asset.grouped(pool.portfolio.call("idle")),
        "all shares": f"{asset.text(pool.contract.call('totalSupply'))}, each worth {asset.text(pool.price)}",
    }
    for one in pool.positions():
        told[f"lock {one.number}"] = _told_position(pool, one)
    for lock, number, slash in pool.slashes():
        until = f", reviewed until {date(slash.end)}" if slash.status < FINALISED else ""
        told[f"slash {number}"] = f"{asset.grouped(pool.seized(slash))} of lock {lock}, {STATES[slash.status]}{until}"
    closes = f", closes {date(rounds.closes)}" if rounds.closes else ""
    told["open round"] = f"{rounds.open}, {asset.text(rounds.tickets)} tickets{closes}"
    if rounds.leaving:
        worth = asset.grouped(rounds.leaving_value)
        told["leaving round"] = f"{rounds.leaving}, {worth}, settled from {date(rounds.ripe_at)}"
    for proposal in pool.proposals():
        if not proposal.over:
            lines = told_of_proposal(pool, proposal)
            told[f"proposal {proposal.number}"] = f"{lines['proposal'].partition(': ')[2]}: {proposal.state}"
            told[f"votes on {proposal.number}"] = f"{lines['votes']}; {lines['runs']}"
    return told


def _told_position(pool: Pool, one: Position) -> str:
    lock = one.lock
    until = f", answers until {date(lock.end)}" if lock.end else ""
    owned = "" if one.leaves == "nothing" else f", the leaving round owns {one.leaves}"
    number = pool.services.service(bytes(lock.service)).number
    return f"{pool.asset.grouped(lock.units)} behind {lock.operator} in service {number}{until}{owned}"


def _told_holding(pool: Pool, holding: Holding) -> dict[str, str]:
    asset = pool.asset
    told = {
        "shares": f"{asset.text(holding.shares)}, worth {asset.grouped(holding.worth)}",
        "votes with": asset.text(holding.weight),
    }
    if holding.pending:
        told["shares that wait"] = asset.text(holding.pending)
    if holding.claimable_shares:
        told["to claim"] = asset.grouped(holding.claimable)
    for slash, units in holding.refunds.items():
        told[f"refund of slash {slash}"] = asset.grouped(units)
    for number, (token, due) in holding.dividends.items():
        told[f"pay {number}"] = known_asset(pool.engine, token).grouped(due)
    return told


def _json(pool: Pool) -> dict[str, Any]:
    """For programs: amounts in whole units as text, times in seconds."""
    asset, rounds = pool.asset, pool.rounds()
    positions = [
        {
            "lock": one.number,
            "service": pool.services.service(bytes(one.lock.service)).number,
            "operator": one.lock.operator,
            "units": asset.text(one.lock.units),
            "end": one.lock.end,
            "leaving": one.leaves,
        }
        for one in pool.positions()
    ]
    proposals = [
        {
            "proposal": one.number,
            "state": one.state,
            "yes": asset.text(one.word.yes),
            "no": asset.text(one.word.no),
            "votes_until": one.votes_until,
            "ready": one.ready,
            "until": one.until,
            "why": pool.why(one.number),
        }
        for one in pool.proposals()
    ]
    return {
        "pool": pool.address,
        "symbol": pool.symbol,
        "portfolio": pool.portfolio.address,
        "ballot": pool.ballot.address,
        "dividends": pool.dividends.address,
        "asset": asset.token.address,
        "assets": asset.text(pool.contract.call("totalAssets")),
        "idle": asset.text(pool.portfolio.call("idle")),
        "supply": asset.text(pool.contract.call("totalSupply")),
        "share_value": asset.text(pool.price),
        "positions": positions,
        "slashes": [
            {
                "slash": number,
                "lock": lock,
                "seized": asset.text(pool.seized(slash)),
                "state": STATES[slash.status],
                "review_ends": slash.end,
            }
            for lock, number, slash in pool.slashes()
        ],
        "round": rounds.open,
        "tickets": asset.text(rounds.tickets),
        "closes": rounds.closes,
        "leaving": rounds.leaving,
        "leaving_value": asset.text(rounds.leaving_value),
        "ripe_at": rounds.ripe_at,
        "proposals": proposals,
    }


def _holding_json(pool: Pool, holding: Holding) -> dict[str, Any]:
    asset = pool.asset
    return {
        "shares": asset.text(holding.shares),
        "worth": asset.text(holding.worth),
        "weight": asset.text(holding.weight),
        "pending": asset.text(holding.pending),
        "claimable": asset.text(holding.claimable),
        "refunds": {str(slash): asset.text(units) for slash, units in holding.refunds.items()},
        "dividends": {
            str(number): known_asset(pool.engine, token).text(due) for number, (token, due) in holding.dividends.items()
        },
    }
