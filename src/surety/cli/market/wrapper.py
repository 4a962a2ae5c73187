"""`surety market wrapper`: a bond as an ERC-20, one for one."""

from __future__ import annotations

from decimal import Decimal

import click

from surety.sdk.suite import Suite, fixed_id

from ..context import Door, chain_options
from ..maturity import MATURITY
from .action import Action, Listed, action_options, carry_out, echo_json, output_option, show_pairs


@click.group(cls=Listed, short_help="Hold a bond as an ERC-20.")
def wrapper() -> None:
    """Hold a bond as an ERC-20, for wallets and exchanges that know nothing else."""


@wrapper.command(short_help="Where the ERC-20 of a maturity stands.")
@click.argument("maturity", type=MATURITY)
@output_option
@chain_options
def show(door: Door, maturity: int, output: str) -> None:
    """Where the ERC-20 of a maturity stands, or will stand once somebody creates it."""
    engine = door.engine()
    suite = door.suite(engine)
    bond = fixed_id(MATURITY.on_grid(suite, maturity))
    contract = suite.wrapper_of(bond)
    exists = bool(engine.code(contract.address))
    told = {"maturity": MATURITY.text(bond % 2**64), "address": contract.address, "exists": "yes" if exists else "no"}
    if exists:
        told |= {"symbol": contract.symbol(), "supply": suite.text(contract.totalSupply())}
    if output == "json":
        echo_json(told)
    else:
        show_pairs(told)


@wrapper.command(short_help="Create it.")
@click.argument("maturity", type=MATURITY)
@action_options
def create(door: Door, maturity: int, broadcast: bool, output: str) -> None:
    """Create the ERC-20 of a maturity; nothing happens if it exists."""

    def planned(suite: Suite, sender: str) -> Action:
        bond = fixed_id(MATURITY.on_grid(suite, maturity))
        told = {"maturity": MATURITY.text(bond % 2**64), "address": suite.wrapper_of(bond).address}
        return Action(suite.wrappers, "create", (bond,), told)

    carry_out(door, planned, broadcast, output)


@wrapper.command(short_help="Bring bonds, get units.")
@click.argument("maturity", type=MATURITY)
@click.argument("face", type=Decimal)
@action_options
def wrap(door: Door, maturity: int, face: Decimal, broadcast: bool, output: str) -> None:
    """Bring FACE of bonds and get as many units. Needs `allow wrapper`."""
    carry_out(door, lambda suite, sender: _moved(suite, sender, "wrap", maturity, face), broadcast, output)


@wrapper.command(short_help="Give units, get bonds.")
@click.argument("maturity", type=MATURITY)
@click.argument("face", type=Decimal)
@action_options
def unwrap(door: Door, maturity: int, face: Decimal, broadcast: bool, output: str) -> None:
    """Give up units for FACE of bonds."""
    carry_out(door, lambda suite, sender: _moved(suite, sender, "unwrap", maturity, face), broadcast, output)


def _moved(suite: Suite, sender: str, function: str, maturity: int, face: Decimal) -> Action:
    bond = fixed_id(MATURITY.on_grid(suite, maturity))
    contract = suite.wrapper_of(bond)
    if not suite.engine.code(contract.address):
        raise click.UsageError(f"no wrapper of {MATURITY.text(bond % 2**64)} exists yet: `wrapper create` makes it")
    told = {"maturity": MATURITY.text(bond % 2**64), "face": f"{face:f}", "wrapper": contract.address}
    return Action(contract, function, (suite.units(face), sender), told)
