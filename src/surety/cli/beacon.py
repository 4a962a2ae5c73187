"""`surety beacon`: take part in the random seeds by which rounds ask operators."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import click

from surety.sdk.errors import UsageError
from surety.sdk.services import Services, word
from surety.sdk.text_files import read_text

from .context import Door, chain_options
from .market.action import Listed, action_options, echo_json, output_option, show_pairs
from .service.common import Call, act, allowed
from .when import date

DAY = 86_400
ROUND = click.argument("number", metavar="[ROUND]", type=click.IntRange(0), required=False)
SECRET = click.option(
    "--secret-file",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="Where the secret of this round is kept, readable by you alone.",
)


@click.group(cls=Listed, short_help="Take part in random seeds.")
def beacon() -> None:
    """A seed a day (ROUND, days since 1970): commit 30 to 6 hours before, reveal in the last six, settle once it began.

    Whoever doesn't reveal loses the deposit. All simulate; --broadcast sends.
    """


@beacon.command(short_help="How a round stands.")
@ROUND
@output_option
@chain_options
def status(door: Door, number: int | None, output: str) -> None:
    """How ROUND stands, by default tomorrow's."""
    services = Services(door.suite(door.engine()))
    contract, suite = services.suite.contracts["beacon"], services.suite
    chosen = _round(services, number)
    committed, revealed = contract.call("turnout", chosen)
    seed, weak, settled = contract.call("seed", chosen)
    told = {
        "round": f"{chosen}, begins {date(chosen * DAY)}",
        "deposit": suite.text(contract.call("terms")[1]),
        "committed": str(committed),
        "revealed": str(revealed),
        "seed": f"0x{bytes(seed).hex()}{', weak' if weak else ''}" if settled else "not settled",
    }
    echo_json(told) if output == "json" else show_pairs(told)


@beacon.command(short_help="Let the beacon take the deposit.")
@action_options
def approve(door: Door, broadcast: bool, output: str) -> None:
    """Let RandomBeacon take one deposit."""

    def planned(services: Services, sender: str) -> Call:
        contract = services.suite.contracts["beacon"]
        deposit = contract.call("terms")[1]
        return services.suite.asset, "approve", (contract.address, deposit), {"deposit": services.suite.text(deposit)}

    act(door, planned, broadcast, output)


@beacon.command(short_help="Commit to a secret.")
@ROUND
@SECRET
@action_options
def commit(door: Door, number: int | None, secret_file: Path, broadcast: bool, output: str) -> None:
    """Commit to a new secret for ROUND, by default tomorrow's. The file is written before anything is sent."""

    def planned(services: Services, sender: str) -> Call:
        contract, chosen = services.suite.contracts["beacon"], _round(services, number)
        secret = _kept(secret_file, chosen) if secret_file.exists() else secrets.token_bytes(32)
        if output != "calldata":
            allowed(services.suite.asset, sender, contract.address, contract.call("terms")[1], "beacon approve")
        if (broadcast or output == "calldata") and not secret_file.exists():
            _keep(secret_file, secret, chosen)
        commitment = contract.call("commitment_of", chosen, sender, secret)
        told = {"round": f"{chosen}, begins {date(chosen * DAY)}", "secret": str(secret_file)}
        return contract, "commit", (chosen, commitment), told

    act(door, planned, broadcast, output)


@beacon.command(short_help="Reveal a secret.")
@ROUND
@SECRET
@click.option("--account", metavar="ADDRESS", help="Who committed.  [default: the one who acts]")
@action_options
def reveal(
    door: Door, number: int | None, secret_file: Path, account: str | None, broadcast: bool, output: str
) -> None:
    """Reveal the secret of ROUND in the last six hours before it. The deposit is owed to who committed."""
    whom = door.checked(account) if account else None

    def planned(services: Services, sender: str) -> Call:
        chosen = _round(services, number)
        told = {"round": f"{chosen}, begins {date(chosen * DAY)}"}
        return services.suite.contracts["beacon"], "reveal", (chosen, whom or sender, _kept(secret_file, chosen)), told

    act(door, planned, broadcast, output)


@beacon.command(short_help="Fix a seed.")
@ROUND
@action_options
def settle(door: Door, number: int | None, broadcast: bool, output: str) -> None:
    """Fix the seed of ROUND, by default today's. Anybody, once, after it has begun."""

    def planned(services: Services, sender: str) -> Call:
        chosen = _round(services, number, today=True)
        return services.suite.contracts["beacon"], "settle", (chosen,), {"round": str(chosen)}

    act(door, planned, broadcast, output)


@beacon.command(short_help="Take deposits that came back.")
@action_options
def withdraw(door: Door, broadcast: bool, output: str) -> None:
    """Take what the beacon owes you."""

    def planned(services: Services, sender: str) -> Call:
        contract = services.suite.contracts["beacon"]
        told = {"owed": services.suite.text(contract.call("owed", sender))}
        return contract, "withdraw", (sender, sender), told

    act(door, planned, broadcast, output)


def _round(services: Services, number: int | None, *, today: bool = False) -> int:
    if number is not None:
        return number
    return services.suite.engine.timestamp // DAY + (0 if today else 1)


def _keep(path: Path, secret: bytes, number: int) -> None:
    """Written and on the disk, for the owner alone, before a commitment to it leaves."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"0x{secret.hex()} {number}\n")
        file.flush()
        os.fsync(file.fileno())


def _kept(path: Path, number: int) -> bytes:
    """The secret of a round: in another round everybody knows it, since it was revealed."""
    text, _, of = read_text(path).strip().partition(" ")
    try:
        secret = word(text, "a secret")
        if int(of) == number:
            return secret
    except (UsageError, ValueError):  # what it says stays out of the error
        raise UsageError(f"{path} holds no secret: 0x and 64 hexadecimal digits, and the round") from None
    raise UsageError(f"{path} holds the secret of round {of}, not of {number}: each round has a file of its own")
