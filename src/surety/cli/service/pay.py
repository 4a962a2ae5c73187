"""`surety service pay`: fund services by the week, and take what locks have earned."""

from __future__ import annotations

import click

from surety.sdk.errors import UsageError
from surety.sdk.orders import ZERO_ADDRESS
from surety.sdk.pay import EPOCH, Pay, text, units
from surety.sdk.services import Services

from ..context import Door, chain_options
from ..market.action import Listed, action_options, echo_json, output_option, show_pairs, show_rows
from ..when import date
from .bonds import LOCK
from .common import SERVICE, Call, act, allowed

AHEAD = 4


@click.group(cls=Listed, short_help="Fund services by the week, take what locks earn.")
def pay() -> None:
    """Pay by epochs: weeks from Thursday to Thursday, 00:00 UTC, numbered since 1970. All simulate; --broadcast sends.

    A lock earns for an epoch if it ran from its first to its last second; scores are final two days after it.
    """


@pay.command(short_help="In what a service pays, and its budgets.")
@SERVICE
@click.argument("operator", required=False)
@output_option
@chain_options
def status(door: Door, service: str, operator: str | None, output: str) -> None:
    """Terms and budgets of SERVICE: two epochs that are over, this one and those to come; with OPERATOR's liveness."""
    known = Pay(Services(door.suite(door.engine())))
    identity = known.services.id_of(service)
    token, terms = known.token(identity), known.payouts.call("terms", identity)
    told = {"pays in": f"{token.call('symbol')}, {token.address}", "pays": _payee(terms.payee)}
    who = door.checked(operator) if operator else None
    rows = []
    for one in known.budgets(identity, known.epoch - 2, 3 + AHEAD):
        score = known.score(identity, who, one.epoch) if who else None
        alive = "" if score is None else f"{score:.2%}"
        rows.append((str(one.epoch), date(one.epoch * EPOCH), text(token, one.whole), text(token, one.paid), alive))
    if output == "json":
        keys = ("begins", "budget", "paid", "liveness")
        echo_json(told | {"epochs": {row[0]: dict(zip(keys, row[1:], strict=True)) for row in rows}})
        return
    show_pairs(told)
    show_rows(("epoch", "begins", "budget", "paid", "liveness"), rows, left=2)


@pay.command(short_help="Say in what a service pays, once.")
@SERVICE
@click.argument("token")
@click.option("--pool", metavar="ADDRESS", help="Who alone is paid: the portfolio of a pool, which owns its locks.")
@action_options
def terms(door: Door, service: str, token: str, pool: str | None, broadcast: bool, output: str) -> None:
    """Say in which ERC-20 (TOKEN, its address, or `asset`) SERVICE pays; for ever. Only its controller."""
    payee = door.checked(pool) if pool else ZERO_ADDRESS
    address = None if token == "asset" else door.checked(token)

    def planned(services: Services, sender: str) -> Call:
        known = Pay(services)
        paying = known.erc20(address or services.suite.asset.address)
        told = {"pays in": f"{paying.call('symbol')}, {paying.address}", "pays": _payee(payee)}
        return known.payouts, "set_terms", (services.id_of(service), paying.address, payee), told

    act(door, planned, broadcast, output)


@pay.command(short_help="Let the pay contract take what you give.")
@SERVICE
@click.argument("amount")
@action_options
def approve(door: Door, service: str, amount: str, broadcast: bool, output: str) -> None:
    """Let ServicePayout take AMOUNT of the token that SERVICE pays in."""

    def planned(services: Services, sender: str) -> Call:
        known = Pay(services)
        token = known.token(services.id_of(service))
        count = units(token, amount)
        return token, "approve", (known.payouts.address, count), {"amount": text(token, count)}

    act(door, planned, broadcast, output)


@pay.command(short_help="Give a service a budget.")
@SERVICE
@click.argument("amount")
@click.option("--epochs", type=click.IntRange(1, 52), default=1, show_default=True, help="In so many equal parts.")
@click.option("--first", type=click.IntRange(1), help="Number of the first epoch.  [default: the next]")
@action_options
def fund(door: Door, service: str, amount: str, epochs: int, first: int | None, broadcast: bool, output: str) -> None:
    """Give SERVICE a budget of AMOUNT. It doesn't come back; what nobody earns goes to later epochs."""

    def planned(services: Services, sender: str) -> Call:
        known, identity = Pay(services), services.id_of(service)
        token, start = known.token(identity), first or known.epoch + 1
        whole = units(token, amount)
        if output != "calldata":
            allowed(token, sender, known.payouts.address, whole, f"service pay approve {service} {amount}")
        told = {"budget": text(token, whole), "epochs": f"{start} to {start + epochs - 1}"}
        told["first begins"] = date(start * EPOCH)
        return known.payouts, "fund", (identity, start, epochs, whole), told

    act(door, planned, broadcast, output)


@pay.command(short_help="Pay what a lock has earned.")
@LOCK
@click.option("--to", metavar="ADDRESS", help="Another receiver; only for the owner.  [default: the owner]")
@action_options
def claim(door: Door, lock: int, to: str | None, broadcast: bool, output: str) -> None:
    """Pay what LOCK has earned, for at most eight epochs. Anybody to its owner, the owner to whom it likes.

    Of a lock that something was ever seized of, its owner alone: what is in it now counts.
    """
    receiver = door.checked(to) if to else None

    def planned(services: Services, sender: str) -> Call:
        known, found = Pay(services), services.bonding.call("lock", lock)
        if found.owner == ZERO_ADDRESS:
            raise UsageError(f"there is no lock {lock}")
        amount, until = known.payouts.call("due", lock)
        told = {"lock": str(lock), "owner": found.owner, "epochs before": str(until)}
        told["due"] = text(known.token(found.service), amount)
        return known.payouts, "claim", (lock, receiver or found.owner), told

    act(door, planned, broadcast, output)


@pay.command(short_help="Leave epochs of a lock out.")
@LOCK
@click.argument("until", type=click.IntRange(1))
@action_options
def forgo(door: Door, lock: int, until: int, broadcast: bool, output: str) -> None:
    """Leave out the epochs of LOCK before UNTIL, for which a formula or a score fails. Only its owner."""
    act(door, lambda known, _: (Pay(known).payouts, "forgo", (lock, until), {"lock": str(lock)}), broadcast, output)


@pay.command(short_help="Give an old epoch's rest to the next.")
@SERVICE
@click.argument("epoch", type=click.IntRange(1))
@action_options
def carry(door: Door, service: str, epoch: int, broadcast: bool, output: str) -> None:
    """Give what nobody claimed of EPOCH, 26 epochs after it, to the next epoch of SERVICE. Anybody."""

    def planned(services: Services, sender: str) -> Call:
        known, identity = Pay(services), services.id_of(service)
        (found,) = known.budgets(identity, epoch, 1)
        told = {"left": text(known.token(identity), found.whole - found.paid)}
        return known.payouts, "carry", (identity, epoch), told

    act(door, planned, broadcast, output)


@pay.command(short_help="Name the services that count beside each other.")
@click.argument("services", nargs=-1)
@action_options
def served(door: Door, services: tuple[str, ...], broadcast: bool, output: str) -> None:
    """Name up to eight SERVICES of yours that the formula looks at beside the one it pays for; none: take all back."""

    def planned(known: Services, sender: str) -> Call:
        identities = [known.id_of(one) for one in services]
        return Pay(known).payouts, "set_served", (identities,), {"services": ", ".join(services) or "none"}

    act(door, planned, broadcast, output)


@pay.command(short_help="Set your part of what others earn behind you.")
@click.argument("bps", type=click.IntRange(0, 2_000))
@action_options
def commission(door: Door, bps: int, broadcast: bool, output: str) -> None:
    """Take BPS (at most 2,000) of the pay of locks behind you, from the first epoch on that is seven days away."""
    act(door, lambda known, _: (Pay(known).payouts, "set_commission", (bps,), {"bps": str(bps)}), broadcast, output)


@pay.command("take-commission", short_help="Take your commissions.")
@SERVICE
@action_options
def take_commission(door: Door, service: str, broadcast: bool, output: str) -> None:
    """Take your commissions in the token that SERVICE pays in."""

    def planned(services: Services, sender: str) -> Call:
        known = Pay(services)
        token = known.token(services.id_of(service))
        told = {"due": text(token, known.payouts.call("commissions", sender, token.address))}
        return known.payouts, "claim_commission", (token.address, sender), told

    act(door, planned, broadcast, output)


def _payee(address: str) -> str:
    return "each owner of a lock" if address == ZERO_ADDRESS else f"the pool {address} alone"
