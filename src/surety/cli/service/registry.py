"""Services themselves: list them, open one, say who may serve."""

from __future__ import annotations

import secrets

import click
from eth_abi import encode
from eth_utils.crypto import keccak

from surety.journal.draft import parameters_of
from surety.sdk.services import Services, word

from ..context import Door, chain_options
from ..market.action import action_options, echo_json, output_option, show_pairs, show_rows
from .common import SERVICE, Call, act, told_of_service, told_of_stand, units


@click.command("list", short_help="All services, newest first.")
@output_option
@chain_options
def list_(door: Door, output: str) -> None:
    """All services, newest first."""
    services = Services(door.suite(door.engine()))
    found = services.services()
    if output == "json":
        echo_json({str(one.number): told_of_service(services, one) for one in found})
        return
    if not found:
        click.echo("no services: surety commitment register, then surety service open")
        return
    rows = [
        (str(one.number), services.name_of_template(one.template), one.controller, _state(one.closed)) for one in found
    ]
    show_rows(("", "promise", "controller", "state"), rows, left=4)


@click.command(short_help="A service, and how an operator stands in it.")
@SERVICE
@click.argument("operator", required=False)
@click.option("--text", is_flag=True, help="With the promise as it was registered.")
@output_option
@chain_options
def status(door: Door, service: str, operator: str | None, text: bool, output: str) -> None:
    """SERVICE (its number, or its id), and how OPERATOR stands in it."""
    services = Services(door.suite(door.engine()))
    identity = services.id_of(service)
    told = told_of_service(services, services.service(identity))
    if operator is not None:
        told |= told_of_stand(services, door.checked(operator), services.stand(identity, operator))
    if output == "json":
        if text:
            told["text"] = services.text_of(services.service(identity).template)
        echo_json(told)
        return
    show_pairs(told)
    if text:
        click.echo("\n" + services.text_of(services.service(identity).template), nl=False)


@click.command("open", short_help="Open a service of a template.")
@click.argument("template")
@click.option("--controller", metavar="ADDRESS", help="Who oversees it.  [default: the one who acts]")
@click.option("--salt", metavar="HEX", help="32 bytes that tell it from others.  [default: random]")
@action_options
def open_(door: Door, template: str, controller: str | None, salt: str | None, broadcast: bool, output: str) -> None:
    """Open a service of TEMPLATE, its id as `surety commitment register` tells it."""
    whom = door.checked(controller) if controller else None
    seed = word(salt, "a salt") if salt else secrets.token_bytes(32)

    def planned(services: Services, sender: str) -> Call:
        arguments = word(template, "a template"), whom or sender, seed
        number = services.registry.call("service_count") + 1
        made = bytes(services.registry.call("open", *arguments, sender=sender))
        told = {"template": template, "controller": whom or sender, "number": str(number), "service": "0x" + made.hex()}
        return services.registry, "open", arguments, told

    act(door, planned, broadcast, output)


@click.command(short_help="Let nobody enter any more.")
@SERVICE
@action_options
def close(door: Door, service: str, broadcast: bool, output: str) -> None:
    """Let nobody enter SERVICE any more; only its controller, if the template says so."""
    act(door, lambda known, sender: _on(known, service, known.registry, "close"), broadcast, output)


@click.command(short_help="Let an operator serve, or no longer.")
@SERVICE
@click.argument("operator")
@click.option("--revoke", is_flag=True, help="No new locks; those that run stay.")
@action_options
def admit(door: Door, service: str, operator: str, revoke: bool, broadcast: bool, output: str) -> None:
    """Let OPERATOR have locks in SERVICE; only its controller, if the template lets it choose."""
    whom = door.checked(operator)
    told = {"operator": whom, "admitted": "no more" if revoke else "yes"}
    act(
        door,
        lambda known, sender: _on(known, service, known.desk, "admit", whom, not revoke, **told),
        broadcast,
        output,
    )


@click.command(short_help="Set the least value of a lock.")
@SERVICE
@click.argument("amount")
@action_options
def minimum(door: Door, service: str, amount: str, broadcast: bool, output: str) -> None:
    """Set the least value of new locks in SERVICE, whole assets; only its controller."""
    act(
        door,
        lambda known, sender: _on(known, service, known.desk, "set_minimum", units(known, amount), least=amount),
        broadcast,
        output,
    )


@click.command("end", short_help="Announce that an operator's locks will be ended.")
@SERVICE
@click.argument("operator")
@click.option("--revoke", is_flag=True, help="Take it back.")
@action_options
def end(door: Door, service: str, operator: str, revoke: bool, broadcast: bool, output: str) -> None:
    """Announce that the controller will end OPERATOR's locks in SERVICE a week from now."""
    whom = door.checked(operator)
    act(
        door,
        lambda known, sender: _on(known, service, known.desk, "announce_end", whom, not revoke, operator=whom),
        broadcast,
        output,
    )


@click.command(short_help="Let an owner add locks behind you.")
@SERVICE
@click.argument("owner")
@click.option("--param", "params", multiple=True, metavar="NAME=VALUE", help="Parameters to enter with; repeat.")
@click.option("--enter", is_flag=True, help="The owner's lock may make you enter, once, with these parameters.")
@click.option("--revoke", is_flag=True, help="No longer; locks that run stay.")
@action_options
def allow(
    door: Door,
    service: str,
    owner: str,
    params: tuple[str, ...],
    enter: bool,
    revoke: bool,
    broadcast: bool,
    output: str,
) -> None:
    """Let OWNER lock its bonds behind you in SERVICE."""
    whom = door.checked(owner)

    def planned(services: Services, sender: str) -> Call:
        entry = bytes(32)
        if enter:
            words = parameters_of(services.compiled(services.id_of(service)), params)
            entry = bytes(keccak(encode(["bytes32[]"], [words])))
        told = {"owner": whom, "may": "nothing" if revoke else "lock, and let you enter" if enter else "lock"}
        return _on(services, service, services.desk, "allow", whom, not revoke, entry, **told)

    act(door, planned, broadcast, output)


def _on(services: Services, service: str, contract: object, function: str, *arguments: object, **told: str) -> Call:
    identity = services.id_of(service)
    known = services.service(identity)
    shown = {"service": f"{known.number}, {_state(known.closed)}", "controller": known.controller, **told}
    return contract, function, (identity, *arguments), shown  # type: ignore[return-value]


def _state(closed: bool) -> str:
    return "closed" if closed else "open"
