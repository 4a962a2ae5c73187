"""Bonds behind services: bring them, lock them, end a lock, take them back."""

from __future__ import annotations

import click

from surety.journal.draft import parameters_of
from surety.sdk.services import Services

from ..context import Door
from ..market.action import action_options
from .common import AMOUNT, SERVICE, WHAT, Call, act, allowed, named, token, told_of_stand, units

LOCK = click.argument("lock", type=click.IntRange(1, 2**32 - 1))
SLASH = click.argument("slash", type=click.IntRange(1, 2**48 - 1))


@click.command(short_help="Let the bonding take what you bring.")
@WHAT
@AMOUNT
@action_options
def approve(door: Door, what: str, amount: str, broadcast: bool, output: str) -> None:
    """Let ServiceBonding take AMOUNT of WHAT: a maturity (26w, 2026-10-08), vault or rolling."""

    def planned(services: Services, sender: str) -> Call:
        contract, identity = token(services, what)
        count = units(services, amount)
        arguments = (services.bonding.address, identity, count) if identity else (services.bonding.address, count)
        told = {"of": named(services, contract.address, identity), "amount": services.suite.text(count)}
        return contract, "approve", arguments, told

    act(door, planned, broadcast, output)


@click.command(short_help="Bring bonds.")
@WHAT
@AMOUNT
@action_options
def bond(door: Door, what: str, amount: str, broadcast: bool, output: str) -> None:
    """Bring AMOUNT of WHAT (a maturity, vault or rolling), free until it is locked. Approve it first."""

    def planned(services: Services, sender: str) -> Call:
        contract, identity = token(services, what)
        if output != "calldata":
            count = units(services, amount)
            allowed(contract, sender, services.bonding.address, count, f"service approve {what} {amount}", identity)
        return _move(services, sender, what, amount, "deposit")

    act(door, planned, broadcast, output)


@click.command(short_help="Take what is free.")
@WHAT
@AMOUNT
@action_options
def withdraw(door: Door, what: str, amount: str, broadcast: bool, output: str) -> None:
    """Take AMOUNT of WHAT that is not locked."""
    act(door, lambda known, sender: _move(known, sender, what, amount, "withdraw"), broadcast, output)


@click.command(short_help="Lock bonds behind a service.")
@SERVICE
@WHAT
@AMOUNT
@click.option("--operator", metavar="ADDRESS", help="Behind whom.  [default: the one who acts]")
@click.option("--param", "params", multiple=True, metavar="NAME=VALUE", help="What the operator promises with; repeat.")
@action_options
def activate(
    door: Door,
    service: str,
    what: str,
    amount: str,
    operator: str | None,
    params: tuple[str, ...],
    broadcast: bool,
    output: str,
) -> None:
    """Lock AMOUNT of WHAT behind an operator in SERVICE. With its first lock the operator enters, by its parameters.

    Where it serves already, parameters may be given too: then it has to serve with these.
    """
    chosen = door.checked(operator) if operator else None

    def planned(services: Services, sender: str) -> Call:
        whom, identity = chosen or sender, services.id_of(service)
        contract, bond_id = token(services, what)
        stand = services.stand(identity, whom)
        enters = not stand.start or bool(stand.end)
        words = (
            parameters_of(services.compiled(identity), params)
            if params or (enters and _asks(services, identity))
            else ()
        )
        told = told_of_stand(services, whom, stand)
        told |= {"locks": f"{amount} {named(services, contract.address, bond_id)}", "enters": "yes" if enters else "no"}
        arguments = identity, whom, contract.address, bond_id, units(services, amount), words
        return services.bonding, "activate", arguments, told

    act(door, planned, broadcast, output)


@click.command(short_help="End a lock.")
@LOCK
@action_options
def deactivate(door: Door, lock: int, broadcast: bool, output: str) -> None:
    """End LOCK (its number): it answers for the cooldown still. With the last one the operator leaves the service."""
    act(door, lambda known, sender: _of_lock(known, "deactivate", lock), broadcast, output)


@click.command(short_help="Free what a lock holds.")
@LOCK
@action_options
def release(door: Door, lock: int, broadcast: bool, output: str) -> None:
    """Hand what LOCK holds to its owner's free balance, once its cooldown is over. Anybody."""
    act(door, lambda known, sender: _of_lock(known, "release", lock), broadcast, output)


@click.command(short_help="Cash in matured bonds of a lock.")
@LOCK
@action_options
def mature(door: Door, lock: int, broadcast: bool, output: str) -> None:
    """Turn the matured bonds of LOCK into cash, which stays locked. Anybody."""
    act(door, lambda known, sender: _of_lock(known, "mature", lock), broadcast, output)


@click.command(short_help="Have a lock's cash go on in the vault.")
@LOCK
@click.option("--min-shares", default="0.000001", show_default=True, help="Least shares to be got.")
@action_options
def roll(door: Door, lock: int, min_shares: str, broadcast: bool, output: str) -> None:
    """Turn cash or matured bonds of LOCK into shares of the vault, which stay locked. Only its owner."""

    def planned(services: Services, sender: str) -> Call:
        contract, function, arguments, told = _of_lock(services, "roll", lock)
        vault = services.suite.contracts["vault"].address
        return contract, function, (*arguments, vault, units(services, min_shares)), told

    act(door, planned, broadcast, output)


@click.command("take-back", short_help="Take what a slash gave back.")
@SLASH
@action_options
def take_back(door: Door, slash: int, broadcast: bool, output: str) -> None:
    """Take what slash number SLASH seized of your lock and gave back, into your free balance."""
    act(door, lambda known, sender: (known.bonding, "take_back", (slash,), {"slash": str(slash)}), broadcast, output)


@click.command("put-back", short_help="Put what a slash gave back into its lock.")
@SLASH
@action_options
def put_back(door: Door, slash: int, broadcast: bool, output: str) -> None:
    """Put what slash number SLASH seized of your lock and gave back into it again, where it answers and earns."""
    act(door, lambda known, sender: (known.bonding, "put_back", (slash,), {"slash": str(slash)}), broadcast, output)


def _move(services: Services, sender: str, what: str, amount: str, function: str) -> Call:
    contract, identity = token(services, what)
    free = services.bonding.call("free", sender, contract.address, identity)
    count, text = units(services, amount), services.suite.text
    told = {"of": named(services, contract.address, identity), "amount": text(count), "free now": text(free)}
    return services.bonding, function, (contract.address, identity, count, sender), told


def _of_lock(services: Services, function: str, lock: int) -> Call:
    known = services.bonding.call("lock", lock)
    held = f"{services.suite.text(known.units)} {named(services, known.token, known.id)}"
    told = {"lock": str(lock), "holds": held, "owner": known.owner, "operator": known.operator}
    return services.bonding, function, (lock,), told


def _asks(services: Services, identity: bytes) -> bool:
    """Whether a template has parameters at all."""
    return bool(services.registry.call("parameter_of", identity, 0).kind)
