"""`surety market order`: signed orders between users, kept in a file that anybody can pass on."""

from __future__ import annotations

import json
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from math import exp
from pathlib import Path

import click
from pydantic import ValidationError
from rich.console import Console

from surety.sdk.errors import UsageError
from surety.sdk.json_lines import append, first_error
from surety.sdk.order_book import Standing, is_signed, next_nonce, standing, standings
from surety.sdk.orders import (
    ZERO_ADDRESS,
    Order,
    SignedOrder,
    read_book,
    sign_order,
    typed_data,
)
from surety.sdk.suite import VARIABLE, Suite, fixed_id, maturity_of, variable_id
from surety.sdk.text_files import read_text

from ..context import Door, chain_options
from ..maturity import EXPIRY, MATURITY, YEAR, rate_text
from .action import (
    Action,
    Listed,
    action_options,
    carry_out,
    deadline,
    echo_json,
    grouped,
    output_option,
    show_pairs,
    show_rows,
)

book_option = click.option(
    "--book",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("orders.jsonl"),
    show_default=True,
    help="File of signed orders, one a line.",
)


@click.group(cls=Listed, short_help="Trade with other users by signed orders.")
def order() -> None:
    """Trade with other users: make a signed order, fill one, cancel, show a book."""


@order.command(short_help="Offer to sell or to buy, and sign it.")
@click.argument("side", type=click.Choice(["sell", "buy"]))
@click.argument("maturity", type=MATURITY)
@click.argument("face", type=Decimal)
@click.option("--price", type=Decimal, help="Of one at maturity: 0.97.")
@click.option("--yield-percent", type=Decimal, help="Instead of a price: a year, continuous, from now.")
@click.option("--variable", is_flag=True, help="Variable bonds: FACE is shares, and the price is of one share.")
@click.option("--expires", type=EXPIRY, default="1d", show_default=True, help="3h, 5d, 2w, a date or a timestamp.")
@click.option("--taker", help="Only this address may fill it.")
@click.option("--nonce", type=click.IntRange(min=0), help="What cancelling names.  [default: the next free one]")
@click.option("--max-fee-bps", type=click.IntRange(0, 200), help="Highest fee of takers.  [default: the present one]")
@click.option("--sign", "signs", is_flag=True, help="Sign it and add it to the book. Without this it is only shown.")
@book_option
@click.option(
    "--output",
    type=click.Choice(["table", "json", "typed-data"]),
    default="table",
    show_default=True,
    help="typed-data: the EIP-712 document that another wallet signs.",
)
@chain_options
def make(
    door: Door,
    side: str,
    maturity: int,
    face: Decimal,
    price: Decimal | None,
    yield_percent: Decimal | None,
    variable: bool,
    expires: int,
    taker: str | None,
    nonce: int | None,
    max_fee_bps: int | None,
    signs: bool,
    book: Path,
    output: str,
) -> None:
    """Offer to SELL or to BUY FACE of a maturity. A signed order is a free option for others until it expires."""
    if (price is None) == (yield_percent is None):
        raise click.UsageError("give either --price or --yield-percent")
    if variable and price is None:
        raise click.UsageError("a variable bond has no yield to price it by: give --price")
    engine = door.engine()
    suite, maker = door.suite(engine), door.sender(engine)
    date = MATURITY.on_grid(suite, maturity)
    one = price if price is not None else _price_of(yield_percent, date - engine.timestamp)
    if not one > 0:
        raise click.UsageError("the price must be above zero")
    units = suite.units(face)
    if units <= 0:
        raise click.UsageError("the face must be above zero")
    total = int((units * one).to_integral_value(ROUND_CEILING if side == "sell" else ROUND_FLOOR))
    made = Order(
        maker=maker,
        sells=side == "sell",
        id=variable_id(date) if variable else fixed_id(date),
        face=units,
        price=total,
        nonce=next_nonce(suite, maker, read_book(book) if book.exists() else ()) if nonce is None else nonce,
        epoch=suite.exchange.epochs(maker),
        expiry=EXPIRY.after(expires, engine.timestamp),
        taker=ZERO_ADDRESS if taker is None else door.checked(taker),
        max_fee_bps=suite.exchange.fee_bps() if max_fee_bps is None else max_fee_bps,
    )
    if output == "typed-data":
        # integers as text: wallets read JSON in which large ones are rounded
        message = {"message": json.loads(made.model_dump_json())}
        click.echo(json.dumps(typed_data(made, engine.chain_id, suite.exchange.address) | message))
        return
    signed = sign_order(made, door.signer(engine), engine.chain_id, suite.exchange.address) if signs else None
    if signed is not None:
        append(book, signed)
    if output == "json":
        found = (
            {"order": json.loads(made.model_dump_json())} if signed is None else json.loads(signed.model_dump_json())
        )
        echo_json(found | {"signed": signed is not None})
        return
    show_pairs(_told(suite, made))
    if signed is None:
        Console().print("[yellow]not signed[/]; --sign signs it, --output typed-data is for another wallet")
        return
    Console().print(f"[green]✓[/] signed, and added to {book}", soft_wrap=True)
    _warn(standing(suite, signed))


@order.command(short_help="Add an order that another wallet signed.")
@click.argument("document", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.argument("signature")
@book_option
@output_option
@chain_options
def add(door: Door, document: Path, signature: str, book: Path, output: str) -> None:
    """Add an order that another wallet signed: DOCUMENT is what `make --output typed-data` printed."""
    suite = door.suite(door.engine())
    signed = _joined(document, signature)
    if not is_signed(suite, signed):
        raise UsageError("the signature is not the maker's for this document")
    append(book, signed)
    if output == "json":
        echo_json(json.loads(signed.model_dump_json()))
        return
    show_pairs(_told(suite, signed.order))
    Console().print(f"[green]✓[/] signed by the maker, and added to {book}", soft_wrap=True)
    _warn(standing(suite, signed))


@order.command(short_help="Take the other side of an order.")
@click.argument("which")
@click.argument("face", type=Decimal, required=False)
@book_option
@action_options
def fill(door: Door, which: str, face: Decimal | None, book: Path, broadcast: bool, output: str) -> None:
    """Take the other side of an order of the book: FACE of it, or all that can be had. WHICH: its number or hash."""

    def planned(suite: Suite, sender: str) -> Action:
        signed = _chosen(book, which)
        found = standing(suite, signed)
        if found.state != "open":
            raise UsageError(f"this order can't be filled: {MEANING[found.state]}")
        one = signed.order
        units = found.reach if face is None else suite.units(face)
        total = int(suite.exchange.quote(one.values, units))
        told = {"order": f"0x{signed.order_hash.hex()}", "maker": one.maker}
        told |= {"you": "buy" if one.sells else "sell", "maturity": MATURITY.text(maturity_of(one.id))}
        told |= {"face": suite.text(units), "pay" if one.sells else "get": suite.text(total)}
        told["yield"] = _yield_text(one, total, units, suite.engine.timestamp)
        arguments = (one.values, signed.signature, units, total, deadline(suite))
        return Action(suite.exchange, "fill", arguments, told)

    carry_out(door, planned, broadcast, output)


@order.command(short_help="End orders of one's own.")
@click.argument("which", required=False)
@click.option("--nonce", type=click.IntRange(min=0), help="Every order of this nonce.")
@click.option("--all", "everything", is_flag=True, help="Every order signed so far.")
@book_option
@action_options
def cancel(
    door: Door, which: str | None, nonce: int | None, everything: bool, book: Path, broadcast: bool, output: str
) -> None:
    """End an order of one's own: WHICH of the book, all of a nonce, or all. Who fills it first is faster."""
    if sum((which is not None, nonce is not None, everything)) != 1:
        raise click.UsageError("name one order, or give --nonce or --all")

    def planned(suite: Suite, sender: str) -> Action:
        if everything:
            return Action(suite.exchange, "cancel_all", (), {"ends": "every order signed so far"})
        ended = nonce
        if which is not None:
            signed = _chosen(book, which)
            if signed.order.maker != sender:
                raise UsageError(f"only its maker {signed.order.maker} can cancel it")
            ended = signed.order.nonce
        return Action(suite.exchange, "cancel", (ended,), {"ends": f"every order of nonce {ended}"})

    carry_out(door, planned, broadcast, output)


@order.command(short_help="The orders of a book, as they stand.")
@click.argument("which", required=False)
@book_option
@output_option
@chain_options
def show(door: Door, which: str | None, book: Path, output: str) -> None:
    """The orders of the book as they stand on the chain; with WHICH, one of them in full."""
    suite = door.suite(door.engine())
    chosen = read_book(book) if which is None else (_chosen(book, which),)
    found = standings(suite, chosen)
    if output == "json":
        click.echo(json.dumps([_json(suite, one) for one in found], indent=2))
    elif which is not None:
        one = found[0]
        told = {"order": f"0x{one.signed.order_hash.hex()}", **_told(suite, one.signed.order), "state": one.state}
        show_pairs(told | {"left": suite.text(one.left), "maker can settle": suite.text(one.reach)})
    else:
        head = ("#", "side", "maturity", "face left", "price", "yield", "expires", "state")
        show_rows(head, [_row(suite, number, one) for number, one in enumerate(found, 1)], left=3)


MEANING = {
    "open": "it is open",
    "elsewhere": "it was signed for another chain or exchange",
    "not signed": "the signature is not the maker's",
    "matured": "its bond has matured",
    "expired": "it has expired",
    "cancelled": "its maker has cancelled it",
    "filled": "nothing is left of it",
    "fee": "the exchange's fee is above what the maker signed for",
    "paused": "fills are paused",
    "unfunded": "the maker lacks what it offers, or has not approved the exchange for it",
    "unknown bond": "no bond has its id",
}


def _price_of(percent: Decimal | None, seconds: int) -> Decimal:
    assert percent is not None
    if seconds <= 0:
        raise click.UsageError("this maturity has passed")
    return Decimal(repr(exp(-float(percent) / 100 * seconds / YEAR)))


def _chosen(book: Path, which: str) -> SignedOrder:
    """By its number in the book, from 1, or by the beginning of its hash."""
    orders = read_book(book)
    if which.isdecimal() and 1 <= int(which) <= len(orders):
        return orders[int(which) - 1]
    begun = which.lower().removeprefix("0x")
    found = [one for one in orders if len(begun) >= 6 and one.order_hash.hex().startswith(begun)]
    if len(found) != 1:
        raise UsageError(f"{book.name}: {which!r} is no number from 1 to {len(orders)} and no beginning of one hash")
    return found[0]


def _joined(document: Path, signature: str) -> SignedOrder:
    """An EIP-712 document of this exchange and a signature, as an order of a book."""
    try:
        told = json.loads(read_text(document))
        domain = {"chain_id": told["domain"]["chainId"], "exchange": told["domain"]["verifyingContract"]}
        return SignedOrder.model_validate({**domain, "order": told["message"], "signature": signature})
    except ValidationError as error:
        raise UsageError(f"{document.name}: {first_error(error)}") from None
    except (ValueError, KeyError, TypeError):
        raise UsageError(f"{document.name}: no EIP-712 document of an order") from None


def _told(suite: Suite, one: Order) -> dict[str, str]:
    now, maturity = suite.engine.timestamp, maturity_of(one.id)
    told = {"maker": one.maker, "side": "sells" if one.sells else "buys", "maturity": MATURITY.text(maturity)}
    told |= {"face": suite.text(one.face), "total": suite.text(one.price)}
    told |= {"price": _price_text(one), "yield": _yield_text(one, one.price, one.face, now)}
    told |= {"expires": EXPIRY.text(one.expiry), "taker": "anybody" if one.taker == ZERO_ADDRESS else one.taker}
    return told | {"nonce": str(one.nonce), "highest fee": f"{one.max_fee_bps} bps"}


def _row(suite: Suite, number: int, found: Standing) -> tuple[str, ...]:
    one = found.signed.order
    maturity = maturity_of(one.id)
    now = suite.engine.timestamp
    return (
        str(number),
        "sells" if one.sells else "buys",
        MATURITY.text(maturity),
        f"{grouped(suite, found.reach)} of {grouped(suite, one.face)}",
        _price_text(one),
        _yield_text(one, one.price, one.face, now),
        EXPIRY.left(one.expiry, now),
        found.state,
    )


def _json(suite: Suite, found: Standing) -> dict[str, object]:
    return {
        "hash": f"0x{found.signed.order_hash.hex()}",
        "state": found.state,
        "left": suite.text(found.left),
        "maker_can_settle": suite.text(found.reach),
        **json.loads(found.signed.model_dump_json()),
    }


def _yield_text(one: Order, paid: int, units: int, now: int) -> str:
    """Yield to maturity of paying `paid` for `units`; what a variable bond will pay nobody knows."""
    return "variable" if one.id >> 64 == VARIABLE else rate_text(paid, units, maturity_of(one.id) - now)


def _price_text(one: Order) -> str:
    return f"{Decimal(one.price) / one.face:.6f}"


def _warn(found: Standing) -> None:
    if found.state != "open":
        Console().print(f"[yellow]can't be filled yet[/]: {MEANING[found.state]}", soft_wrap=True)
