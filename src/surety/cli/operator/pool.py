"""`surety operator pool`: who may delegate, from which amount, up to which total."""

from __future__ import annotations

from typing import Any

import click

from surety.sdk.errors import UsageError
from surety.sdk.stake import MODES, OPERATOR_STATES, Stakes, subject_parts

from ..context import Door, chain_options
from ..delegate.common import ASSET, entered
from ..market.action import Action, Listed, action_options, echo_json, output_option, perform, show_pairs

MODE = click.option("--mode", type=click.Choice(MODES[1:]), help="Who may delegate: all, your list, or nobody.")
MINIMUM = click.option("--minimum", metavar="AMOUNT", help="Least deposit of a delegator; 0: any.")
CAP = click.option("--cap", metavar="AMOUNT", help="Most stake up to which delegators may deposit; 0: none.")


@click.group(cls=Listed, short_help="Your pools: who may delegate, and how much.")
def pool() -> None:
    """Your pools, one for each asset: who may delegate, from which amount, up to which total."""


@pool.command(short_help="Pools of an operator.")
@click.argument("account", required=False)
@output_option
@chain_options
def show(door: Door, account: str | None, output: str) -> None:
    """Pools of ACCOUNT, by default of the one who acts, with their terms."""
    engine = door.engine()
    known, who = Stakes(door.suite(engine)), door.sender(engine) if account is None else door.checked(account)
    found = [_told(known, who, subject_parts(subject)[1]) for subject in known.pools.call("pools_of", who)]
    if output == "json":
        echo_json({"operator": who, "pools": [{key.replace(" ", "_"): one[key] for key in one} for one in found]})
        return
    if not found:
        click.echo("no pools")
    for one in found:
        show_pairs(one)


@pool.command("open", short_help="Open one, for an asset.")
@ASSET
@MODE
@MINIMUM
@CAP
@action_options
def open_(
    door: Door,
    asset: int,
    mode: str | None,
    minimum: str | None,
    cap: str | None,
    broadcast: bool,
    output: str,
) -> None:
    """Open your pool of an asset: to all, without minimum or cap, unless you say otherwise."""
    known, sender = entered(door, broadcast)
    one = known.asset(asset)
    terms = MODES.index(mode or "open"), _limit(known, asset, minimum, 0), _limit(known, asset, cap, 0)
    told = {"operator": sender, "asset": f"{asset}, {one.label}", **_terms(known, asset, *terms)}
    perform(Action(known.pools, "open_pool", (asset, *terms), told), sender, broadcast, output)


@pool.command("set", short_help="Change its terms.")
@ASSET
@MODE
@MINIMUM
@CAP
@action_options
def set_(
    door: Door,
    asset: int,
    mode: str | None,
    minimum: str | None,
    cap: str | None,
    broadcast: bool,
    output: str,
) -> None:
    """Change who may delegate to your pool of an asset, and how much. What you don't name stays; so does all stake."""
    if mode is None and minimum is None and cap is None:
        raise UsageError("say what to change: --mode, --minimum, --cap")
    known, sender = entered(door, broadcast)
    was = known.pool(sender, asset)
    terms = (
        was.mode if mode is None else MODES.index(mode),
        _limit(known, asset, minimum, was.minimum),
        _limit(known, asset, cap, was.cap),
    )
    told = _told(known, sender, asset)
    told |= {f"new {name}": line for name, line in _terms(known, asset, *terms).items()}
    perform(Action(known.pools, "set_pool", (asset, *terms), told), sender, broadcast, output)


@pool.command(short_help="Put a delegator on your list, or take it off.")
@click.argument("delegator")
@click.option("--revoke", is_flag=True, help="Take it off; its stake stays.")
@action_options
def allow(door: Door, delegator: str, revoke: bool, broadcast: bool, output: str) -> None:
    """Let DELEGATOR into your pools whose mode is allowlist."""
    known, sender = entered(door, broadcast)
    was = known.pools.call("allowed", sender, door.checked(delegator))
    told = {"operator": sender, "delegator": delegator, "on the list": "yes" if was else "no"}
    told["will be"] = "no" if revoke else "yes"
    perform(Action(known.pools, "allow", (delegator, not revoke), told), sender, broadcast, output)


@pool.command("enable-rewards", short_help="Let it earn rewards.")
@ASSET
@action_options
def enable_rewards(door: Door, asset: int, broadcast: bool, output: str) -> None:
    """Let your pool of an asset earn rewards, from the next epoch on and for ever. Changes of stake cost more then."""
    known, sender = entered(door, broadcast)
    perform(Action(known.pools, "enable_rewards", (asset,), _told(known, sender, asset)), sender, broadcast, output)


def _told(known: Stakes, operator: str, number: int) -> dict[str, str]:
    """A pool, line by line. Raises `UsageError` if there is none."""
    found, asset = known.pool(operator, number), known.asset(number)
    own = asset.grouped(known.pools.call("self_stake", known.subject(operator, number)))
    told = {"operator": f"{operator}, {OPERATOR_STATES[found.status]}", "asset": f"{number}, {asset.label}"}
    told |= {"stake": asset.grouped(found.assets), "own stake": own}
    told |= _terms(known, number, found.mode, found.minimum, found.cap)
    return told | {"earns rewards": "yes" if found.rewarded else "no"}


def _terms(known: Stakes, number: int, mode: Any, minimum: Any, cap: Any) -> dict[str, str]:
    asset = known.asset(number)
    return {
        "mode": MODES[mode],
        "minimum": asset.grouped(minimum) if minimum else "none",
        "cap": asset.grouped(cap) if cap else "none",
    }


def _limit(known: Stakes, asset: int, text: str | None, stays: int) -> int:
    """An amount, 0 for none, or what it was."""
    return stays if text is None else 0 if text == "0" else known.asset(asset).units(text)
