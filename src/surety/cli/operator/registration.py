"""`surety operator`: become one, say who signs, leave in order. Each command shows how the operator stands first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from surety.sdk.engines.rpc_engine import RpcEngine
from surety.sdk.errors import UsageError
from surety.sdk.operators import STATUSES, STEPS, KeyProof, Operators, Standing, sign_proof
from surety.sdk.text_files import read_text

from ..context import Door, chain_options
from ..market.action import Action, Listed, action_options, echo_json, output_option, perform, show_pairs
from ..when import clock, date

DAY = 86_400
LONGEST_OVERLAP = 30  # days


@click.group(cls=Listed, short_help="Become an operator, rotate keys, open pools, leave in order.")
def operator() -> None:
    """Become an operator, rotate service keys, open pools, leave in order. Every command simulates; --broadcast sends.

    \b
    In: pool open, stake the minimum behind yourself (surety delegate), prove-key on the key's machine, register.
    Out: leave, stop services, deregister blueprints, shut-down, then unstake.
    Exit codes: 0 ok, 1 usage, 2 environment, 3 a contract reverted, 4 the chain is not the expected one.
    """


def registry_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Where operators are registered: as recorded, or as told."""
    decorated: Callable[..., Any] = click.option(
        "--registry",
        metavar="ADDRESS",
        envvar="SURETY_OPERATORS",
        help="OperatorRegistry.  [default: `operators` of the record; env SURETY_OPERATORS]",
    )(command)
    return decorated


def acting(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options of every command that changes how an operator stands."""
    return registry_option(action_options(command))


@operator.command(short_help="How an operator stands, and what it must do next.")
@click.argument("account", required=False)
@registry_option
@output_option
@chain_options
def status(door: Door, account: str | None, registry: str | None, output: str) -> None:
    """State, own stake against the minimum, service key and next step of ACCOUNT; by default of the one who acts."""
    engine = door.engine()
    who = door.sender(engine) if account is None else door.checked(account)
    standing = operators(door, engine, registry).standing(who)
    if output == "json":
        echo_json({**asdict(standing), "own_stake": str(standing.own_stake), "minimum": str(standing.minimum)})
    else:
        show_pairs(told_of(standing))


@operator.command("prove-key", short_help="Let a service key agree, on the machine where it is.")
@click.argument("account")
@click.option("--days", type=click.IntRange(1, 30), default=1, show_default=True, help="How long the proof counts.")
@registry_option
@chain_options
def prove_key(door: Door, account: str, days: int, registry: str | None) -> None:
    """Sign, with the keystore's account as the service key, that it speaks for ACCOUNT; prints the proof as JSON."""
    engine = door.engine()
    known = operators(door, engine, registry)
    last = clock(engine) + days * DAY
    proof = sign_proof(door.signer(engine), door.checked(account), last, engine.chain_id, known.registry.address)
    click.echo(proof.model_dump_json())


@operator.command(short_help="Become an operator, or come back.")
@click.argument("bond_asset", type=click.IntRange(1, 2**40 - 1))
@click.argument("uri")
@click.option("--proof", type=click.Path(path_type=Path, dir_okay=False), help="Of a service key, by `prove-key`.")
@acting
def register(
    door: Door, bond_asset: int, uri: str, proof: Path | None, registry: str | None, broadcast: bool, output: str
) -> None:
    """Register with the minimum of own stake carried by BOND_ASSET (its number), and metadata at URI."""

    def planned(known: Operators, standing: Standing) -> tuple[str, tuple[Any, ...], dict[str, str]]:
        decimals = known.decimals(bond_asset)
        own = known.own_stake(standing.account, bond_asset)
        minimum = int(known.registry.call("minimum", bond_asset))
        told = {"own stake": stake_text(own, minimum, decimals), "metadata": uri}
        if proof is None:
            return "register", (bond_asset, uri), told
        signed = checked_proof(proof, known, standing.account)
        return "register_with_key", (bond_asset, uri, signed.key, *signed.values), told | {"service key": signed.key}

    act(door, registry, planned, broadcast, output)


@operator.command("rotate-key", short_help="Have another service key speak, from now on.")
@click.argument("proof", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--overlap-days",
    type=click.IntRange(0, LONGEST_OVERLAP),
    default=1,
    show_default=True,
    help="How long the key before stays valid.",
)
@acting
def rotate_key(door: Door, proof: Path, overlap_days: int, registry: str | None, broadcast: bool, output: str) -> None:
    """Register the service key of PROOF (a file by `prove-key`); the key before ends after the overlap.

    What a key has signed stays its operator's for ever, and no key can be registered twice.
    """

    def planned(known: Operators, standing: Standing) -> tuple[str, tuple[Any, ...], dict[str, str]]:
        signed = checked_proof(proof, known, standing.account)
        told = {"new key": signed.key, "old key": standing.key or "none"}
        if standing.key:
            told["old key ends"] = date(clock(known.engine) + overlap_days * DAY)
        return "rotate_key", (signed.key, overlap_days * DAY, *signed.values), told

    act(door, registry, planned, broadcast, output)


@operator.command("end-key", short_help="End a service key at once.")
@click.argument("key")
@acting
def end_key(door: Door, key: str, registry: str | None, broadcast: bool, output: str) -> None:
    """End KEY at once, for instance because others know it. What it has signed stays yours."""
    act(door, registry, lambda known, standing: ("end_key", (door.checked(key),), {"key": key}), broadcast, output)


@operator.command(short_help="Accept or refuse new services.")
@click.argument("answer", type=click.Choice(["on", "off"]))
@acting
def accept(door: Door, answer: str, registry: str | None, broadcast: bool, output: str) -> None:
    """Accept new services (on), or refuse them and keep those that run (off)."""
    act(
        door,
        registry,
        lambda known, standing: ("set_accepting", (answer == "on",), {"new services": answer}),
        broadcast,
        output,
    )


@operator.command(short_help="Say anew what you are.")
@click.argument("uri")
@acting
def metadata(door: Door, uri: str, registry: str | None, broadcast: bool, output: str) -> None:
    """Have your metadata at URI from now on."""
    act(door, registry, lambda known, standing: ("set_metadata", (uri,), {"metadata": uri}), broadcast, output)


@operator.command("bond-asset", short_help="Have another asset carry the minimum.")
@click.argument("asset", type=click.IntRange(1, 2**32 - 1))
@acting
def bond_asset(door: Door, asset: int, registry: str | None, broadcast: bool, output: str) -> None:
    """Have the minimum of own stake carried by ASSET (its number), of which you have staked enough."""

    def planned(known: Operators, standing: Standing) -> tuple[str, tuple[Any, ...], dict[str, str]]:
        own, least = known.own_stake(standing.account, asset), int(known.registry.call("minimum", asset))
        told = {"next asset": str(asset), "own stake of it": stake_text(own, least, known.decimals(asset))}
        return "set_bond_asset", (asset,), told

    act(door, registry, planned, broadcast, output)


@operator.command(short_help="Begin to leave.")
@acting
def leave(door: Door, registry: str | None, broadcast: bool, output: str) -> None:
    """Begin to leave: no new delegations or services from now on; what runs goes on until it is stopped."""
    act(door, registry, lambda known, standing: ("leave", (), {}), broadcast, output)


@operator.command(short_help="Stay after all.")
@acting
def cancel(door: Door, registry: str | None, broadcast: bool, output: str) -> None:
    """Stop leaving. Needs the minimum of own stake."""
    act(door, registry, lambda known, standing: ("cancel_leave", (), {}), broadcast, output)


@operator.command("shut-down", short_help="The last step: no operator any more.")
@acting
def shut_down(door: Door, registry: str | None, broadcast: bool, output: str) -> None:
    """Be an operator no more: ends the service key and frees own stake, which can then be unstaked."""
    act(door, registry, lambda known, standing: ("shut_down", (), {}), broadcast, output)


@operator.command(short_help="Set an operator to what its stake allows.")
@click.argument("account")
@acting
def review(door: Door, account: str, registry: str | None, broadcast: bool, output: str) -> None:
    """Set ACCOUNT inactive if its own stake is below the minimum, or back once it isn't. Anyone may."""
    who = door.checked(account)

    def planned(known: Operators, standing: Standing) -> tuple[str, tuple[Any, ...], dict[str, str]]:
        after = STATUSES[known.registry.call("review", who, sender=standing.account)]
        return "review", (who,), {"operator": who, "is": known.standing(who).state, "will be": after}

    act(door, registry, planned, broadcast, output)


Planned = Callable[[Operators, Standing], tuple[str, tuple[Any, ...], dict[str, str]]]


def act(door: Door, registry: str | None, planned: Planned, broadcast: bool, output: str) -> None:
    """Look how the one who acts stands, plan, then simulate, send or print. Raises `Reverted` with the reason."""
    engine = door.engine(signing=broadcast)
    sender = door.sender(engine)
    known = operators(door, engine, registry)
    standing = known.standing(sender)
    function, arguments, told = planned(known, standing)
    perform(Action(known.registry, function, arguments, told_of(standing) | told), sender, broadcast, output)


def operators(door: Door, engine: RpcEngine, registry: str | None) -> Operators:
    """The registry that was told, or the record's. Raises `UsageError` if there is none."""
    if registry is not None:
        return Operators(engine, door.checked(registry))
    recorded = door.record(engine).addresses.get("operators")
    if recorded is None:
        raise UsageError("this deployment has no operators: pass --registry ADDRESS")
    return Operators(engine, recorded)


def checked_proof(path: Path, known: Operators, account: str) -> KeyProof:
    """A proof for this registry and operator, signed by its key. Raises `UsageError` that says what doesn't fit."""
    proof = KeyProof.load(read_text(path))
    if (proof.chain_id, proof.registry) != (known.engine.chain_id, known.registry.address):
        raise UsageError(f"{path.name} is for {proof.registry} on chain {proof.chain_id}")
    if proof.operator != account:
        raise UsageError(f"{path.name} is for the operator {proof.operator}, not {account}")
    if not proof.is_by_key:
        raise UsageError(f"{path.name} is not signed by the key {proof.key}")
    return proof


def told_of(standing: Standing) -> dict[str, str]:
    """How an operator stands, line by line."""
    told = {"operator": standing.account, "state": standing.state}
    if standing.status == STATUSES[0]:
        return told
    told["own stake"] = stake_text(standing.own_stake, standing.minimum, standing.decimals)
    told["asset"] = str(standing.bond_asset)
    told["new services"] = "accepted" if standing.accepting and standing.status == "active" else "refused"
    told["service key"] = standing.key or "none"
    if standing.key and standing.key_end is not None:
        told["service key"] += f", ends {date(standing.key_end)}"
    told["next step out"] = STEPS[standing.next_step]
    return told


def stake_text(own: int, minimum: int, decimals: int) -> str:
    """Own stake against the minimum, in whole units."""
    own_text, least = (f"{Decimal(units).scaleb(-decimals).normalize():,f}" for units in (own, minimum))
    return f"{own_text} of {least}" + ("" if 0 < minimum <= own else " (not enough)")
