"""`surety market roll`: classes of bonds that roll by themselves, their vault, and the keeper's calls."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import click

from surety.sdk.contract import Contract
from surety.sdk.errors import Reverted, UsageError
from surety.sdk.past import past
from surety.sdk.suite import MAX_UINT, Suite, fixed_id

from ..context import Door, chain_options
from ..maturity import MATURITY, rate_text
from .action import (
    Action,
    Listed,
    action_options,
    carry_out,
    deadline,
    echo_json,
    output_option,
    show_pairs,
    show_rows,
    slippage,
)

BP = 10**14  # WAD
WEEK = 604_800
class_option = click.option("--class", "chosen", help="Address of a class.  [default: the first one]")


@click.group(cls=Listed, short_help="Bonds that roll by themselves.")
def roll() -> None:
    """Classes of bonds that move on at maturity: enter and leave by vault or in kind, and roll them for a tip."""


@roll.command(short_help="A class: what it holds, what a roll would do.")
@class_option
@output_option
@chain_options
def show(door: Door, chosen: str | None, output: str) -> None:
    """What a class holds and is worth, and what a roll would do now."""
    suite = door.suite(door.engine())
    told = _state(suite, _class(suite, chosen))
    if output == "json":
        echo_json(told)
    else:
        show_pairs({name: _readable(name, value) for name, value in told.items()})


@roll.command("list", short_help="Every class there is.")
@output_option
@chain_options
def listing(door: Door, output: str) -> None:
    """Every class that somebody created."""
    engine = door.engine()
    suite = door.suite(engine)
    rows = [_row(suite, one) for one in _classes(suite)]
    if output == "json":
        echo_json({"classes": rows})
    else:
        head = ("class", "tenor", "least rate", "maturity", "face", "cash")
        show_rows(head, [tuple(row.values()) for row in rows])


@roll.command(short_help="Create a class.")
@click.argument("weeks", type=click.IntRange(1, 255))
@click.argument("min_rate_bps", type=click.IntRange(0, 10_000))
@action_options
def create(door: Door, weeks: int, min_rate_bps: int, broadcast: bool, output: str) -> None:
    """Create the class of WEEKS that never rolls below MIN_RATE_BPS a year; nothing happens if it exists."""

    def planned(suite: Suite, sender: str) -> Action:
        terms = weeks * WEEK, min_rate_bps * BP
        told = {"class": str(suite.classes.call("create", *terms)), "tenor": f"{weeks} weeks"}
        return Action(suite.classes, "create", terms, told | {"least rate": f"{min_rate_bps / 100:g} % a year"})

    carry_out(door, planned, broadcast, output)


@roll.command(short_help="Put money in, by the vault.")
@click.argument("assets", type=Decimal)
@slippage
@action_options
def deposit(door: Door, assets: Decimal, slippage_bps: int, broadcast: bool, output: str) -> None:
    """Buy bonds for ASSETS and enter the first class, by its vault. Needs `approve --spender vault`."""

    def planned(suite: Suite, sender: str) -> Action:
        units = suite.units(assets)
        if units > (most := int(suite.vault.maxDeposit(sender))):
            raise UsageError(f"the vault takes {suite.text(most)} now: it is matured, paused or short of room")
        shares = int(suite.vault.previewDeposit(units))
        least = shares - shares * slippage_bps // 10_000
        told = {"assets": f"{assets:f}", "shares": suite.text(shares), "at least": suite.text(least)}
        return Action(suite.vault, "deposit_min", (units, sender, least, deadline(suite)), told)

    carry_out(door, planned, broadcast, output)


@roll.command(short_help="Take money out, by the vault.")
@click.argument("shares", type=Decimal, required=False)
@slippage
@action_options
def redeem(door: Door, shares: Decimal | None, slippage_bps: int, broadcast: bool, output: str) -> None:
    """Leave the first class with SHARES of the vault, or all, and sell their bonds."""

    def planned(suite: Suite, sender: str) -> Action:
        units = int(suite.vault.balanceOf(sender)) if shares is None else suite.units(shares)
        assets = int(suite.vault.previewRedeem(units))
        least = assets - assets * slippage_bps // 10_000
        told = {"shares": suite.text(units), "assets": suite.text(assets), "at least": suite.text(least)}
        return Action(suite.vault, "redeem_min", (units, sender, sender, least, deadline(suite)), told)

    carry_out(door, planned, broadcast, output)


@roll.command(short_help="Let a class take its bonds from you.")
@class_option
@action_options
def allow(door: Door, chosen: str | None, broadcast: bool, output: str) -> None:
    """Let a class take bonds of its present maturity, for `enter`."""

    def planned(suite: Suite, sender: str) -> Action:
        rolling = _class(suite, chosen)
        maturity = rolling.position().maturity
        told = {"class": rolling.address, "maturity": MATURITY.text(maturity)}
        return Action(suite.token, "approve", (rolling.address, fixed_id(maturity), MAX_UINT), told)

    carry_out(door, planned, broadcast, output)


@roll.command(short_help="Bring bonds and cash in kind.")
@click.argument("shares", type=Decimal)
@class_option
@action_options
def enter(door: Door, shares: Decimal, chosen: str | None, broadcast: bool, output: str) -> None:
    """Bring the part of bonds and cash that SHARES stand for. Needs `roll allow` and `approve --spender rolling`."""

    def planned(suite: Suite, sender: str) -> Action:
        rolling, units = _class(suite, chosen), suite.units(shares)
        face, cash = rolling.quote_enter(units)
        told = {"class": rolling.address, "shares": f"{shares:f}", "face": suite.text(face), "cash": suite.text(cash)}
        return Action(rolling, "enter", (units, face, cash, sender), told)

    carry_out(door, planned, broadcast, output)


@roll.command("exit", short_help="Take bonds and cash in kind.")
@click.argument("shares", type=Decimal, required=False)
@class_option
@action_options
def leave(door: Door, shares: Decimal | None, chosen: str | None, broadcast: bool, output: str) -> None:
    """Take the part of bonds and cash that SHARES, or all, stand for: always possible, no market is asked."""

    def planned(suite: Suite, sender: str) -> Action:
        rolling = _class(suite, chosen)
        units = int(rolling.balanceOf(sender)) if shares is None else suite.units(shares)
        face, cash = rolling.call("exit", units, 0, 0, sender, sender=sender)
        told = {
            "class": rolling.address,
            "shares": suite.text(units),
            "face": suite.text(face),
            "cash": suite.text(cash),
        }
        return Action(rolling, "exit", (units, face, cash, sender), told)

    carry_out(door, planned, broadcast, output)


@roll.command(short_help="Note the debt of a class's maturity.")
@class_option
@action_options
def observe(door: Door, chosen: str | None, broadcast: bool, output: str) -> None:
    """Note the debt of the maturity that a class buys next: a roll goes by its average of seven days."""

    def planned(suite: Suite, sender: str) -> Action:
        maturity = _class(suite, chosen).position().maturity
        told = {"maturity": MATURITY.text(maturity)}
        return Action(suite.observer, "observe", (suite.market.address, maturity), told)

    carry_out(door, planned, broadcast, output)


@roll.command("now", short_help="Roll a class, for its tip.")
@click.option("--face", type=Decimal, help="So much.  [default: all that its cash buys]")
@class_option
@action_options
def now(door: Door, face: Decimal | None, chosen: str | None, broadcast: bool, output: str) -> None:
    """Roll the cash of a class into its next maturity; the sender gets the tip."""

    def planned(suite: Suite, sender: str) -> Action:
        rolling = _class(suite, chosen)
        if face is None:
            units, cost, tip = rolling.call("roll_all", sender=sender)
            function, arguments = "roll_all", list[int]()
        else:
            units = suite.units(face)
            cost, tip = rolling.call("roll", units, sender=sender)
            function, arguments = "roll", [units]
        maturity = rolling.position().maturity
        told = {"class": rolling.address, "into": MATURITY.text(maturity), "face": suite.text(units)}
        told |= {"cost": suite.text(cost), "tip": suite.text(tip)}
        told["yield"] = rate_text(cost + tip, units, maturity - suite.engine.timestamp)
        return Action(rolling, function, tuple(arguments), told)

    carry_out(door, planned, broadcast, output)


def _class(suite: Suite, chosen: str | None) -> Contract:
    """The class of an address. Raises `UsageError` if the factory did not make it."""
    if chosen is None:
        return suite.rolling
    address = Door.checked(chosen)
    if not suite.classes.is_class(address):
        raise UsageError(f"{address} is no class of this deployment: `roll list` names them")
    return suite.class_at(address)


def _classes(suite: Suite) -> list[Contract]:
    return [suite.class_at(event.args.rolling) for event in past(suite.classes, "ClassCreated")]


def _row(suite: Suite, rolling: Contract) -> dict[str, str]:
    position = rolling.position()
    return {
        "class": rolling.address,
        "tenor": f"{rolling.tenor() // WEEK} weeks",
        "least_rate": f"{rolling.min_rate() / 10**16:g} %",
        "maturity": MATURITY.text(position.maturity),
        "face": suite.text(position.face),
        "cash": suite.text(position.cash),
    }


def _state(suite: Suite, rolling: Contract) -> dict[str, Any]:
    """For programs and, made readable, for people: amounts in whole assets as text."""
    position, guard = rolling.position(), rolling.guard()
    told: dict[str, Any] = {**_row(suite, rolling), "shares": suite.text(position.supply)}
    told |= {"debt_priced_from": suite.text(guard.start), "debt_allowed": suite.text(guard.limit)}
    told["can_roll"] = bool(position.cash) and guard.start <= guard.limit
    told["next_roll"] = None
    try:
        face, cost, tip = rolling.quote_roll_all()
    except Reverted as refusal:
        told["can_roll"], told["refused"] = False, refusal.reason
        return told
    if face:
        seconds = position.maturity - suite.engine.timestamp
        told["next_roll"] = {
            "face": suite.text(face),
            "cost": suite.text(cost),
            "tip": suite.text(tip),
            "yield": rate_text(cost + tip, face, seconds),
        }
    if rolling.address == suite.rolling.address:
        told["vault"] = suite.vault.address
        told["worth_of_a_share"] = suite.text(int(suite.vault.convertToAssets(10**suite.decimals)))
    return told


def _readable(name: str, value: Any) -> str:
    if name == "next_roll":
        if value is None:
            return "nothing to roll"
        return f"{value['face']} for {value['cost']}: {value['yield']}, tip {value['tip']}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
