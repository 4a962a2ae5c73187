"""`surety market variable`: bonds whose interest follows the market, bought and kept at par."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import click

from surety.sdk.suite import RAY, Suite, variable_id

from ..context import Door, chain_options
from ..maturity import EXPIRY, MATURITY
from .action import (
    Action,
    Listed,
    action_options,
    carry_out,
    deadline,
    echo_json,
    output_option,
    show_pairs,
    slippage,
)

WAD = 10**18
WEEK = 604_800


@click.group(cls=Listed, short_help="Bonds with a variable rate.")
def variable() -> None:
    """Bonds with a variable rate: bought at par, worth more by the second, paid with all interest at maturity."""


@variable.command(short_help="Rate, value, reserve and terms.")
@output_option
@chain_options
def show(door: Door, output: str) -> None:
    """What variable bonds pay now, how much is out, and how long the reserve lasts."""
    told = _state(door.suite(door.engine()))
    if output == "json":
        echo_json(told)
    else:
        show_pairs(_lines(told))


@variable.command(short_help="What a trade would give now.")
@click.argument("maturity", type=MATURITY)
@click.option("--buy", "cost", type=Decimal, help="Amount to spend.")
@click.option("--sell", "sold", type=Decimal, help="Shares to sell back early.")
@output_option
@chain_options
def quote(door: Door, maturity: int, cost: Decimal | None, sold: Decimal | None, output: str) -> None:
    """What a purchase would give, or an early sale bring, now."""
    if (cost is None) == (sold is None):
        raise click.UsageError("give exactly one of --buy and --sell")
    suite = door.suite(door.engine())
    date, state = MATURITY.on_grid(suite, maturity), suite.treasury.variable()
    told = {"maturity": MATURITY.text(date)}
    if cost is not None:
        units = suite.units(cost)
        shares = int(suite.variable.quote_buy(date, units))
        rate = suite.variable.quote_rate(state.value + units)[1]
        told |= {"cost": f"{cost:f}", "shares": suite.text(shares), "rate afterwards": _percent(rate)}
    else:
        assert sold is not None
        shares = suite.units(sold)
        told |= {"shares": f"{sold:f}", "worth": suite.text(shares * state.index // RAY)}
        told["proceeds"] = suite.text(suite.variable.quote_sell(date, shares))
    if output == "json":
        echo_json(told)
    else:
        show_pairs(told)


@variable.command(short_help="Buy at par.")
@click.argument("maturity", type=MATURITY)
@click.argument("cost", type=Decimal)
@slippage
@action_options
def buy(door: Door, maturity: int, cost: Decimal, slippage_bps: int, broadcast: bool, output: str) -> None:
    """Spend COST on a maturity at par. Needs `approve`."""

    def planned(suite: Suite, sender: str) -> Action:
        date, units = MATURITY.on_grid(suite, maturity), suite.units(cost)
        shares = int(suite.variable.quote_buy(date, units))
        least = shares - shares * slippage_bps // 10_000
        told = {"maturity": MATURITY.text(date), "cost": f"{cost:f}", "shares": suite.text(shares)}
        told |= {"at least": suite.text(least), "rate now": _percent(suite.treasury.variable().rate)}
        return Action(suite.variable, "buy", (date, units, least, sender, deadline(suite)), told)

    carry_out(door, planned, broadcast, output)


@variable.command(short_help="Sell back before maturity, below par.")
@click.argument("maturity", type=MATURITY)
@click.argument("shares", type=Decimal, required=False)
@slippage
@action_options
def sell(door: Door, maturity: int, shares: Decimal | None, slippage_bps: int, broadcast: bool, output: str) -> None:
    """Sell SHARES of a maturity, or all, before it matures: for less than they are worth."""

    def planned(suite: Suite, sender: str) -> Action:
        date = MATURITY.on_grid(suite, maturity)
        units = _held(suite, sender, date, shares)
        proceeds = int(suite.variable.quote_sell(date, units))
        least = proceeds - proceeds * slippage_bps // 10_000
        worth = units * suite.treasury.variable().index // RAY
        told = {"maturity": MATURITY.text(date), "shares": suite.text(units), "worth": suite.text(worth)}
        told |= {"proceeds": suite.text(proceeds), "at least": suite.text(least)}
        return Action(suite.variable, "sell", (date, units, least, sender, deadline(suite)), told)

    carry_out(door, planned, broadcast, output)


@variable.command(short_help="Take face and interest at maturity.")
@click.argument("maturity", type=MATURITY)
@click.argument("shares", type=Decimal, required=False)
@action_options
def redeem(door: Door, maturity: int, shares: Decimal | None, broadcast: bool, output: str) -> None:
    """Take what SHARES of a matured bond, or all, are worth, with the interest until maturity."""

    def planned(suite: Suite, sender: str) -> Action:
        units = _held(suite, sender, maturity, shares)
        told = {"maturity": MATURITY.text(maturity), "shares": suite.text(units)}
        return Action(suite.treasury, "redeem", (variable_id(maturity), units, sender), told)

    carry_out(door, planned, broadcast, output)


@variable.command(short_help="Store the rate of this week.")
@action_options
def update_rate(door: Door, broadcast: bool, output: str) -> None:
    """Store the rate of the value as it is now; anyone may, in a week in which nobody traded."""

    def planned(suite: Suite, sender: str) -> Action:
        before = _percent(suite.treasury.variable().rate)
        return Action(suite.variable, "update_rate", (), {"rate before": before})

    carry_out(door, planned, broadcast, output)


@variable.command(short_help="Book the interest of long quiet weeks.")
@action_options
def accrue(door: Door, broadcast: bool, output: str) -> None:
    """Book the interest that is due, up to 64 weeks a call; trades and redemptions wait for it once more is due.

    Anyone may, as often as it takes.
    """

    def planned(suite: Suite, sender: str) -> Action:
        upto, now = suite.treasury.variable().time, suite.engine.timestamp
        told = {"books interest up to": EXPIRY.text(upto)}
        if upto < now:
            told["due after that"] = f"{-(-(now - upto) // WEEK)} weeks more: send it again"
        return Action(suite.treasury, "accrue", (), told)

    carry_out(door, planned, broadcast, output)


def _held(suite: Suite, owner: str, maturity: int, shares: Decimal | None) -> int:
    return int(suite.token.balanceOf(owner, variable_id(maturity))) if shares is None else suite.units(shares)


def _percent(rate: int) -> str:
    return f"{100 * Decimal(rate) / WAD:.3f} %"


def _state(suite: Suite) -> dict[str, Any]:
    """For programs: amounts in whole assets as text, rates in WAD a year as text, times in seconds."""
    state, market = suite.treasury.variable(), suite.variable
    terms, start = market.terms(), market.schedule()[0]
    buys, sales = market.paused()
    return {
        "time": suite.engine.timestamp,
        "rate": str(state.rate),
        "index": str(state.index),
        "value": suite.text(state.value),
        "target": suite.text(terms.target),
        "cap": suite.text(terms.cap),
        "interest_reserve": suite.text(state.reserve),
        "runway_seconds": None if (runway := int(suite.treasury.runway())) > 2**64 else runway,
        "rates": {name: str(getattr(terms, name)) for name in ("hi", "mid", "low")},
        "exit_bps": terms.exit_bps,
        "fee_bps": terms.fee_bps,
        "terms_change_at": start if start > suite.engine.timestamp else None,
        "paused": {"buys": buys, "sales": sales},
    }


def _lines(told: dict[str, Any]) -> dict[str, str]:
    """For people."""
    rates = {name: _percent(int(rate)) for name, rate in told["rates"].items()}
    amounts = {name: f"{Decimal(told[name]):,f}" for name in ("value", "target", "cap", "interest_reserve")}
    stopped = [name for name, paused in told["paused"].items() if paused]
    change, runway = told["terms_change_at"], told["runway_seconds"]
    return {
        "rate": f"{_percent(int(told['rate']))} a year",
        "value": f"{amounts['value']} of a target of {amounts['target']}, cap {amounts['cap']}",
        "empty pays": f"{rates['hi']}, at target {rates['mid']}, full {rates['low']}",
        "interest reserve": f"{amounts['interest_reserve']}, {_runway(runway)}",
        "leaving early": f"{told['exit_bps'] / 100:g} % of the interest to come, and {told['fee_bps']} bps of that",
        "paused": ", ".join(stopped) or "nothing",
        "terms": f"change at {EXPIRY.text(change)}" if change else "no change announced",
    }


def _runway(seconds: int | None) -> str:
    return "and no interest runs" if seconds is None else f"enough for {seconds / WEEK:,.0f} weeks at this rate"
