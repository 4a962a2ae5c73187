"""`surety key`: key files, as wallets have them, for service keys and for trying things out."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click
from eth_account import Account

from surety.sdk.engines import dev_account
from surety.sdk.engines.accounts import FUNDED
from surety.sdk.errors import UsageError

from .context import Door, password_of
from .market.action import Listed

FILE = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
PASSWORD = click.option(
    "--password-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File with the password.  [or env SURETY_PASSWORD]",
)


@click.group(cls=Listed, short_help="Key files: make one, say whose it is.")
def key() -> None:
    """Encrypted key files (web3 secret storage), which --keystore takes everywhere. A key is never an argument.

    Exit codes: 0 ok, 1 usage, 2 environment.
    """


@key.command(short_help="Make one.")
@FILE
@PASSWORD
@click.option(
    "--known", type=click.IntRange(0, FUNDED - 1), metavar="N", help="Account N of `surety node`, not secret."
)
def new(file: Path, password_file: Path | None, known: int | None) -> None:
    """Make a random key and keep it in FILE, encrypted, readable by you alone. FILE must not be there yet."""
    made = Account.create() if known is None else dev_account(known)
    text = json.dumps(Account.encrypt(made.key, password_of(password_file)))
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise UsageError(f"{file} is there already") from None
    with os.fdopen(handle, "w", encoding="utf-8") as opened:
        opened.write(text + "\n")
        opened.flush()
        os.fsync(opened.fileno())
    click.echo(made.address)


@key.command(short_help="Whose it is.")
@FILE
@PASSWORD
def show(file: Path, password_file: Path | None) -> None:
    """Print the address of the key in FILE, decrypted to see that the password is right."""
    click.echo(Door("", None, Path(), file, password_file, None).account().address)
