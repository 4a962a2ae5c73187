"""Trades with the protocol: approve, buy, sell, strip, convert, redeem."""

from __future__ import annotations

from decimal import Decimal

import click

from surety.sdk.strips import coupon_strip
from surety.sdk.suite import MAX_UINT, Suite, fixed_id

from ..context import Door
from ..maturity import MATURITY, rate_text
from .action import Action, action_options, carry_out, deadline, slippage


@click.command(short_help="Let treasury, exchange or vault pull the asset.")
@click.argument("amount", type=Decimal)
@click.option(
    "--spender", type=click.Choice(["treasury", "exchange", "vault", "rolling"]), default="treasury", show_default=True
)
@action_options
def approve(door: Door, amount: Decimal, spender: str, broadcast: bool, output: str) -> None:
    """Let the treasury pull AMOUNT of the asset, for buys; or exchange, vault, or the first class that rolls."""

    def planned(suite: Suite, sender: str) -> Action:
        told = {"spender": spender, "amount": f"{amount:f}"}
        return Action(suite.asset, "approve", (suite.contracts[spender].address, suite.units(amount)), told)

    carry_out(door, planned, broadcast, output)


@click.command(short_help="Let exchange, lock or wrapper move bonds.")
@click.argument("spender", type=click.Choice(["exchange", "lock", "wrapper"]))
@click.argument("maturity", type=MATURITY, required=False)
@click.argument("face", type=Decimal, required=False)
@click.option("--revoke", is_flag=True, help="Take it back.")
@action_options
def allow(
    door: Door, spender: str, maturity: int | None, face: Decimal | None, revoke: bool, broadcast: bool, output: str
) -> None:
    """Let a contract move bonds: FACE of a maturity, all of it, or every bond there is (exchange and lock)."""
    if spender == "wrapper" and maturity is None:
        raise click.UsageError("a wrapper is of one maturity: name it")

    def planned(suite: Suite, sender: str) -> Action:
        if maturity is None:
            told = {"contract": spender, "bonds": "none" if revoke else "all, of every maturity"}
            return Action(suite.token, "setOperator", (suite.contracts[spender].address, not revoke), told)
        bond = fixed_id(MATURITY.on_grid(suite, maturity))
        at = suite.wrapper_of(bond).address if spender == "wrapper" else suite.contracts[spender].address
        units = 0 if revoke else MAX_UINT if face is None else suite.units(face)
        told = {"contract": spender, "maturity": MATURITY.text(bond % 2**64)}
        told["face"] = "all" if units == MAX_UINT else suite.text(units)
        return Action(suite.token, "approve", (at, bond, units), told)

    carry_out(door, planned, broadcast, output)


@click.command(short_help="Buy a maturity at the market's price.")
@click.argument("maturity", type=MATURITY)
@click.argument("face", type=Decimal)
@slippage
@action_options
def buy(door: Door, maturity: int, face: Decimal, slippage_bps: int, broadcast: bool, output: str) -> None:
    """Buy FACE of a maturity at the price of this moment, plus at most the slippage."""

    def planned(suite: Suite, sender: str) -> Action:
        date, units = MATURITY.on_grid(suite, maturity), suite.units(face)
        cost = suite.quote_buy(date, units)
        most = min(units, cost + cost * slippage_bps // 10_000)
        told = {"maturity": MATURITY.text(date), "face": f"{face:f}", "cost": suite.text(cost)}
        told |= {"at most": suite.text(most), "yield": rate_text(cost, units, date - suite.engine.timestamp)}
        return Action(suite.market, "buy", (date, units, most, sender, deadline(suite)), told)

    carry_out(door, planned, broadcast, output)


@click.command(short_help="Sell bonds back to the market.")
@click.argument("maturity", type=MATURITY)
@click.argument("face", type=Decimal)
@slippage
@action_options
def sell(door: Door, maturity: int, face: Decimal, slippage_bps: int, broadcast: bool, output: str) -> None:
    """Sell FACE of a maturity back at the price of this moment, less at most the slippage."""

    def planned(suite: Suite, sender: str) -> Action:
        date, units = MATURITY.on_grid(suite, maturity), suite.units(face)
        proceeds = suite.quote_sell(date, units)
        least = proceeds - proceeds * slippage_bps // 10_000
        told = {"maturity": MATURITY.text(date), "face": f"{face:f}", "proceeds": suite.text(proceeds)}
        told["at least"] = suite.text(least)
        return Action(suite.market, "sell", (date, units, least, sender, deadline(suite)), told)

    carry_out(door, planned, broadcast, output)


@click.command(short_help="Buy a coupon bond in one call.")
@click.argument("maturity", type=MATURITY)
@click.argument("principal", type=Decimal)
@click.option("--coupon-percent", type=Decimal, required=True, help="A year, of the principal.")
@click.option("--every-weeks", type=click.IntRange(1, 255), default=26, show_default=True, help="Between coupons.")
@slippage
@action_options
def strip(
    door: Door,
    maturity: int,
    principal: Decimal,
    coupon_percent: Decimal,
    every_weeks: int,
    slippage_bps: int,
    broadcast: bool,
    output: str,
) -> None:
    """Buy a coupon bond in one call: PRINCIPAL at a maturity and its coupons on the way."""

    def planned(suite: Suite, sender: str) -> Action:
        last = MATURITY.on_grid(suite, maturity)
        strip = coupon_strip(last, suite.units(principal), coupon_percent, every_weeks, suite.engine.timestamp)
        cost = suite.quote_strip(strip)
        most = min(sum(strip.faces), cost + cost * slippage_bps // 10_000)
        told = {"maturity": MATURITY.text(last), "principal": f"{principal:f}"}
        told["coupons"] = f"{len(strip.faces)} of {suite.text(strip.faces[-1] - suite.units(principal))}"
        told |= {"cost": suite.text(cost), "at most": suite.text(most)}
        return Action(suite.market, "buy_strip", (*strip, most, sender, deadline(suite)), told)

    carry_out(door, planned, broadcast, output)


@click.command(short_help="Turn one maturity into another.")
@click.argument("maturity", type=MATURITY)
@click.argument("face", type=Decimal)
@click.argument("new_maturity", type=MATURITY)
@slippage
@action_options
def convert(
    door: Door, maturity: int, face: Decimal, new_maturity: int, slippage_bps: int, broadcast: bool, output: str
) -> None:
    """Turn FACE of a maturity into bonds of another at the prices of this moment."""

    def planned(suite: Suite, sender: str) -> Action:
        old, new = (MATURITY.on_grid(suite, each) for each in (maturity, new_maturity))
        units = suite.units(face)
        got = suite.quote_convert(old, units, new)
        least = got - got * slippage_bps // 10_000
        told = {"from maturity": MATURITY.text(old), "face": f"{face:f}", "to maturity": MATURITY.text(new)}
        told |= {"new face": suite.text(got), "at least": suite.text(least)}
        return Action(suite.market, "convert", (old, units, new, least, sender, deadline(suite)), told)

    carry_out(door, planned, broadcast, output)


@click.command(short_help="Take par for matured bonds.")
@click.argument("maturity", type=MATURITY)
@click.argument("face", type=Decimal, required=False)
@action_options
def redeem(door: Door, maturity: int, face: Decimal | None, broadcast: bool, output: str) -> None:
    """Take par for a matured bond: FACE of it, or all."""

    def planned(suite: Suite, sender: str) -> Action:
        units = suite.holding(sender, maturity) if face is None else suite.units(face)
        told = {"maturity": MATURITY.text(maturity), "face": suite.text(units)}
        return Action(suite.treasury, "redeem", (fixed_id(maturity), units, sender), told)

    carry_out(door, planned, broadcast, output)
