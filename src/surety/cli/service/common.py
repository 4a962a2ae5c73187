"""What commands about services share."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import click

from surety.sdk.contract import Contract
from surety.sdk.errors import UsageError
from surety.sdk.services import LISTED, Service, Services, Stand
from surety.sdk.suite import maturity_of

from ..context import Door
from ..market.action import Action, perform
from ..maturity import MATURITY
from ..when import date

Call = tuple[Contract, str, tuple[Any, ...], dict[str, str]]
Planned = Callable[[Services, str], Call]
SERVICE = click.argument("service")
WHAT = click.argument("what")
AMOUNT = click.argument("amount")
BINDS = {True: "", False: ": its text is NOT what is judged", None: ", whose text the node doesn't tell"}


def act(door: Door, planned: Planned, broadcast: bool, output: str) -> None:
    """Look how things stand, plan, then simulate, send or print. Raises `Reverted` with the contract's reason."""
    engine = door.engine(signing=broadcast)
    services, sender = Services(door.suite(engine)), door.sender(engine)
    contract, function, arguments, told = planned(services, sender)
    perform(Action(contract, function, arguments, told), sender, broadcast, output)


def token(services: Services, what: str) -> tuple[Contract, int]:
    """What a person calls a bond or a token: 26w, 2026-10-08, vault, rolling."""
    if what in LISTED:
        return services.token_of(what)
    try:
        maturity = MATURITY.convert(what, None, None)
    except click.BadParameter:
        raise UsageError(f"{what} can't be locked: a maturity (26w, 2026-10-08), {' or '.join(LISTED)}") from None
    return services.token_of(str(MATURITY.on_grid(services.suite, maturity)))


def named(services: Services, address: str, identity: int) -> str:
    """A lock's token for people."""
    return f"bond of {MATURITY.text(maturity_of(identity))}" if identity else services.name_of(address, identity)


def units(services: Services, text: str) -> int:
    """Whole units as an int: bonds and listed shares have the asset's decimals. Raises `UsageError`."""
    try:
        found = services.suite.units(text.replace("_", ""))
    except (ArithmeticError, ValueError):
        found = 0
    if found <= 0:
        raise UsageError(f"{text} is no amount")
    return found


def allowed(token: Contract, owner: str, spender: str, units: int, command: str, identity: int = 0) -> None:
    """Raises `UsageError` naming the `command` that lets a spender take so much, unless it may already."""
    of = (owner, spender, identity) if identity else (owner, spender)
    if token.call("allowance", *of) < units:
        raise UsageError(f"let it first: surety {command} --broadcast")


def told_of_service(services: Services, one: Service) -> dict[str, str]:
    """A service, line by line."""
    terms = one.terms
    return {
        "service": str(one.number),
        "id": "0x" + one.id.hex(),
        "promise": services.name_of_template(one.template) + BINDS[services.text_binds(one)],
        "template": "0x" + one.template.hex(),
        "registry": f"{services.registry.address} on chain {services.suite.engine.chain_id}",
        "controller": f"{one.controller}, powers: {one.powers}",
        "state": "closed for newcomers" if one.closed else "open",
        "a fault costs": f"{percent(terms.slash)} of what is bonded, at most {percent(terms.cap)} in a window",
        "cooldown": f"{days(terms.cooldown)}, reach {days(terms.reach)}, review {days(terms.review)}",
        "least lock": services.suite.text(services.desk.call("minimum", one.id)),
    }


def told_of_stand(services: Services, operator: str, stand: Stand) -> dict[str, str]:
    """An operator in a service, line by line."""
    told = {"operator": operator, "serves": "no"}
    if stand.start:
        told["serves"] = f"since {date(stand.start)}" if not stand.end else f"no more, since {date(stand.end)}"
    told["bonded value"] = services.suite.text(stand.value)
    for number, lock in stand.locks:
        until = f", answers until {date(lock.end)}" if lock.end else ""
        held = f"{services.suite.text(lock.units)} {named(services, lock.token, lock.id)}"
        told[f"lock {number}"] = f"{held}, of {lock.owner}{until}"
    return told


def percent(part: int) -> str:
    """WAD as per cent."""
    return f"{(Decimal(part) / 10**16).normalize():f} %"


def days(seconds: int) -> str:
    """Seconds as days."""
    return f"{(Decimal(seconds) / 86_400).normalize():.6g} days"
