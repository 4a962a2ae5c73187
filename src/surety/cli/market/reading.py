"""What the market says: a quote, its state, what somebody holds. Nothing here writes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

import click

from surety.sdk.errors import Reverted
from surety.sdk.positions import holdings as held_by
from surety.sdk.suite import RAY, VARIABLE, Suite, maturity_of

from ..context import Door, chain_options
from ..maturity import EXPIRY, MATURITY, YEAR, rate_text
from .action import echo_json, grouped, output_option, show_pairs, show_rows

FULL = 2**40  # of a flow limit
WEEK = 604_800


@click.command(short_help="What a trade would cost or bring now.")
@click.argument("maturity", type=MATURITY)
@click.option("--buy", "face", type=Decimal, help="Face to buy.")
@click.option("--spend", type=Decimal, help="Amount to spend.")
@click.option("--sell", "sold", type=Decimal, help="Face to sell back.")
@output_option
@chain_options
def quote(
    door: Door, maturity: int, face: Decimal | None, spend: Decimal | None, sold: Decimal | None, output: str
) -> None:
    """What a trade would cost or bring now. MATURITY is a tenor (26w, 6m, 2y), a date or a timestamp."""
    if sum(choice is not None for choice in (face, spend, sold)) != 1:
        raise click.UsageError("give exactly one of --buy, --spend and --sell, in whole assets")
    suite = door.suite(door.engine())
    told = _quoted(suite, MATURITY.on_grid(suite, maturity), face, spend, sold)
    if output == "json":
        echo_json(told)
    else:
        show_pairs(told)


@click.command(short_help="Money, limits, pauses, profile, exchange, locks.")
@output_option
@chain_options
def status(door: Door, output: str) -> None:
    """The state of a deployment: money, limits, pauses, profile, exchange, locks."""
    suite = door.suite(door.engine())
    told = _state(suite)
    if output == "json":
        echo_json(told)
        return
    show_pairs(_lines(told))


@click.command(short_help="Somebody's bonds, and what they would bring.")
@click.argument("account", required=False)
@output_option
@chain_options
def holdings(door: Door, account: str | None, output: str) -> None:
    """Bonds of ACCOUNT with what each would bring now; by default of the one who acts."""
    engine = door.engine()
    suite = door.suite(engine)
    who = door.sender(engine) if account is None else door.checked(account)
    rows = [_position(suite, bond, units) for bond, units in held_by(suite, who).items()]
    if output == "json":
        bonds = [row._asdict() for row in rows]
        echo_json({"account": who, "asset": suite.text(suite.cash(who)), "bonds": bonds})
        return
    show_pairs({"account": who, "asset": grouped(suite, suite.cash(who))})
    if rows:
        cells = [
            (row.maturity, row.kind, _padded(suite, row.amount), _padded(suite, row.worth_now), row.state)
            for row in rows
        ]
        show_rows(("maturity", "kind", "face or shares", "worth now", "state"), cells, left=2)


class Position(NamedTuple):
    """One bond of a holder, amounts in whole assets as text; `worth_now` is what the protocol would pay."""

    maturity: str
    kind: str
    amount: str
    worth_now: str | None
    state: str


def _position(suite: Suite, bond: int, units: int) -> Position:
    maturity, variable, now = maturity_of(bond), bond >> 64 == VARIABLE, suite.engine.timestamp
    worth: int | None
    if maturity > now:
        worth = _bid(suite, maturity, units, variable)
    else:
        worth = units * suite.treasury.series(maturity)[1] // RAY if variable else units
    return Position(
        MATURITY.text(maturity),
        "variable" if variable else "fixed",
        suite.text(units),
        None if worth is None else suite.text(worth),
        "running" if maturity > now else "redeem",
    )


def _padded(suite: Suite, amount: str | None) -> str:
    """With all decimals, so that the points of a column stand below each other."""
    return "–" if amount is None else f"{Decimal(amount):,.{suite.decimals}f}"


def _bid(suite: Suite, maturity: int, units: int, variable: bool) -> int | None:
    """What the market pays for all of it now; None if it does not take so much at once."""
    try:
        return int(suite.variable.quote_sell(maturity, units)) if variable else suite.quote_sell(maturity, units)
    except Reverted:
        return None


def _quoted(
    suite: Suite, maturity: int, face: Decimal | None, spend: Decimal | None, sold: Decimal | None
) -> dict[str, str]:
    if sold is not None:
        units, name = suite.units(sold), "proceeds"
        amount = suite.quote_sell(maturity, units)
    elif face is not None:
        units, name = suite.units(face), "cost"
        amount = suite.quote_buy(maturity, units)
    else:
        assert spend is not None
        name = "cost"
        units, amount = suite.quote_buy_exact_cost(maturity, suite.units(spend))
    return {
        "maturity": MATURITY.text(maturity),
        "face": suite.text(units),
        name: suite.text(amount),
        "yield": rate_text(amount, units, maturity - suite.engine.timestamp),
    }


def _state(suite: Suite) -> dict[str, Any]:
    """For programs: amounts in whole assets as text, weight in face-seconds of the smallest unit, times in seconds."""
    market, treasury, now = suite.market, suite.treasury, suite.engine.timestamp
    limits, usage, schedule = market.limits(), market.usage(), market.schedule()
    buys_paused, sales_paused = market.paused()
    variable = treasury.variable()
    ramp = schedule.end if schedule.end > now else None
    return {
        "time": now,
        "asset": {"symbol": suite.asset.symbol(), "address": suite.asset.address, "decimals": suite.decimals},
        "escrow": suite.text(treasury.escrow()),
        "reserve": suite.text(treasury.reserve()),
        "reserve_lasts_seconds": suite.lens.runway(market.address),
        "limits": {
            name: {"a_week": suite.text(getattr(limits, name)), "used_percent": round(100 * part / FULL, 3)}
            for name, part in (("budget", usage.budget), ("buys", usage.buys), ("sells", usage.sells))
        },
        "paused": {"buys": buys_paused, "sales": sales_paused, "exchange": suite.exchange.paused()},
        "fee_bps": schedule.next_fee_bps,
        "profile_ramps_until": ramp,
        "exchange_fee_bps": suite.exchange.fee_bps(),
        "exchange_fee_cap_bps": suite.exchange.fee_cap_bps(),
        "variable": {
            "rate": str(variable.rate),
            "value": suite.text(variable.value),
            "reserve": suite.text(variable.reserve),
        },
        "locked_weight": str(suite.lock.total_weight_at(now)),
    }


def _lines(told: dict[str, Any]) -> dict[str, str]:
    """For people."""
    stopped = [name for name, paused in told["paused"].items() if paused]

    def used(name: str) -> str:
        limit = told["limits"][name]
        return f"{limit['used_percent']:.1f} % used of {Decimal(limit['a_week']):,f} a week"

    ramp, variable = told["profile_ramps_until"], told["variable"]
    weight = Decimal(told["locked_weight"]).scaleb(-told["asset"]["decimals"]) / YEAR
    return {
        "time": EXPIRY.text(told["time"]),
        "asset": f"{told['asset']['symbol']} at {told['asset']['address']}",
        "escrow": f"{Decimal(told['escrow']):,f}, all that is owed",
        "reserve": f"{Decimal(told['reserve']):,f}, {told['reserve_lasts_seconds'] / WEEK:,.0f} full weekly budgets",
        "discount budget": used("budget"),
        "buys, face-years": used("buys"),
        "sales, face-years": used("sells"),
        "paused": ", ".join(stopped) or "nothing",
        "fee": f"{told['fee_bps']} bps of the discount",
        "profile": f"a change ramps until {EXPIRY.text(ramp)}" if ramp else "no change under way",
        "exchange fee": f"{told['exchange_fee_bps']} bps, at most {told['exchange_fee_cap_bps']} ever, paid by takers",
        "variable bonds": f"{Decimal(variable['value']):,f} at {Decimal(variable['rate']) / 10**16:.3f} % a year",
        "locked": f"{weight:,.2f} face-years",
    }
