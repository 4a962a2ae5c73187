"""`surety market lock`: bonds locked to maturity, and the weight that gives."""

from __future__ import annotations

from decimal import Decimal

import click

from surety.sdk.positions import locked
from surety.sdk.suite import Suite, fixed_id

from ..context import Door, chain_options
from ..maturity import MATURITY, YEAR
from .action import Action, Listed, action_options, carry_out, echo_json, grouped, output_option, show_pairs, show_rows


@click.group(cls=Listed, short_help="Lock bonds to maturity for their weight.")
def lock() -> None:
    """Lock bonds to maturity, delegate their weight, take back what has matured."""


@lock.command(short_help="Lock bonds until they mature.")
@click.argument("maturity", type=MATURITY)
@click.argument("face", type=Decimal)
@action_options
def add(door: Door, maturity: int, face: Decimal, broadcast: bool, output: str) -> None:
    """Lock FACE of a maturity until it matures: there is no way back before. Needs `allow lock`."""

    def planned(suite: Suite, sender: str) -> Action:
        date, units = MATURITY.on_grid(suite, maturity), suite.units(face)
        weight = units * max(0, date - suite.engine.timestamp)
        told = {"maturity": MATURITY.text(date), "face": f"{face:f}", "weight": weight_text(suite, weight)}
        return Action(suite.lock, "lock", (fixed_id(date), units), told)

    carry_out(door, planned, broadcast, output)


@lock.command(short_help="Let another account speak.")
@click.argument("delegatee")
@action_options
def delegate(door: Door, delegatee: str, broadcast: bool, output: str) -> None:
    """Let DELEGATEE (an address) speak with all that the sender has locked and will lock; `self` takes it back."""

    def planned(suite: Suite, sender: str) -> Action:
        to = sender if delegatee == "self" else door.checked(delegatee)
        return Action(suite.lock, "delegate", (to,), {"speaks": to})

    carry_out(door, planned, broadcast, output)


@lock.command(short_help="Take back what has matured.")
@click.argument("maturity", type=MATURITY)
@action_options
def withdraw(door: Door, maturity: int, broadcast: bool, output: str) -> None:
    """Take back all that is locked of a matured bond; `redeem` then pays it."""

    def planned(suite: Suite, sender: str) -> Action:
        held = int(suite.lock.locked(sender, fixed_id(maturity)))
        told = {"maturity": MATURITY.text(maturity), "face": suite.text(held)}
        return Action(suite.lock, "withdraw", (fixed_id(maturity), sender), told)

    carry_out(door, planned, broadcast, output)


@lock.command(short_help="Locks and weights of an account.")
@click.argument("account", required=False)
@output_option
@chain_options
def show(door: Door, account: str | None, output: str) -> None:
    """What ACCOUNT has locked, and its weights now, in face times years; by default the one who acts."""
    engine = door.engine()
    suite = door.suite(engine)
    who = door.sender(engine) if account is None else door.checked(account)
    now, contract = engine.timestamp, suite.lock
    total = int(contract.total_weight_at(now))
    weights = {
        "own weight": int(contract.own_weight_at(who, now)),
        "delegated to it": int(contract.delegated_weight_at(who, now)),
        "speaks with": int(contract.weight_at(who, now)),
        "votes with": int(contract.vote_weight_at(who, now)),
        "all accounts": total,
    }
    speaker, held = str(contract.delegate_at(who, now)), locked(suite, who)
    if output == "json":
        locks = [{"maturity": MATURITY.text(bond % 2**64), "face": suite.text(face)} for bond, face in held.items()]
        told = {name: str(weight) for name, weight in weights.items()}
        echo_json({"account": who, "delegate": speaker, "time": now, **told, "locked": locks})
        return
    told = {"account": who, "delegate": "itself" if speaker == who else speaker}
    told |= {name: weight_text(suite, weight) for name, weight in weights.items()}
    show_pairs(told)
    if held:
        rows = [(MATURITY.text(bond % 2**64), grouped(suite, face)) for bond, face in held.items()]
        show_rows(("locked until", "face"), rows)


def weight_text(suite: Suite, weight: int) -> str:
    """Face-seconds as face times years."""
    return f"{suite.amount(weight) / YEAR:,.2f} face-years"
