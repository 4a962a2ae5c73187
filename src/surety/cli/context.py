"""What commands share: where files are, how a chain is reached, who acts."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource
from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils.address import is_checksum_address, is_hex_address, to_checksum_address

from surety.config import Config, load_config
from surety.sdk.anvil import Anvil
from surety.sdk.deploy import suite_of
from surety.sdk.engines import Engine, dev_account, make_engine
from surety.sdk.engines.accounts import FUNDED
from surety.sdk.engines.rpc_engine import KeySigner, RpcEngine
from surety.sdk.errors import SetupError, UsageError
from surety.sdk.record import Record, record_path
from surety.sdk.root import repository_root
from surety.sdk.suite import Suite
from surety.sdk.text_files import read_text

ENGINE_NAMES = ("pyrevm", "boa", "anvil")


def default_config() -> Path:
    """The demonstration's configuration."""
    return repository_root() / "config" / "demo.yaml"


def default_scenario() -> Path:
    """The demonstration's scenario."""
    return repository_root() / "config" / "scenarios" / "demo.yaml"


@contextmanager
def open_engine(name: str) -> Iterator[Engine]:
    """A fresh local chain, and its end."""
    if name != "anvil":
        yield make_engine(name)
        return
    with Anvil(history=False) as node:
        yield RpcEngine(node.url).prepare()


@dataclass(frozen=True)
class Door:
    """How the user asked to reach a deployment."""

    rpc_url: str
    record_file: Path | None
    config_file: Path
    keystore: Path | None
    password_file: Path | None
    acting: str | None

    def engine(self, signing: bool = False) -> RpcEngine:
        """The node, with the keystore's account if something is to be signed."""
        if not self.rpc_url.startswith(("http://", "https://")):
            raise UsageError("--rpc-url begins with http:// or https://")
        return RpcEngine(self.rpc_url, [KeySigner(self.account())] if signing and self.keystore else [])

    def config(self) -> Config:
        """The configuration, checked."""
        return load_config(self.config_file)

    def record_path(self, engine: Engine) -> Path:
        """Where the deployment on this chain is or will be recorded."""
        return self.record_file or record_path(engine)

    def record(self, engine: Engine) -> Record:
        """The deployment's record. Raises `SetupError` if there is none."""
        path = self.record_path(engine)
        found = Record.load(path)
        if found is None:
            raise SetupError(f"no deployment record {path.name} for chain {engine.chain_id}: deploy first, or --record")
        return found

    def suite(self, engine: Engine) -> Suite:
        """The deployed suite."""
        return suite_of(engine, self.record(engine))

    def sender(self, engine: Engine) -> str:
        """Who acts: `--as`, else the keystore's account, else a local chain's first one."""
        if self.acting is not None:
            return self.acting
        if self.keystore is not None:
            return _keystore_address(self.keystore)
        if engine.local:
            return engine.accounts[0]
        raise UsageError("say who acts: --as ADDRESS to simulate, --keystore FILE to send")

    def signer(self, engine: Engine) -> LocalAccount:
        """Who signs an order: the keystore's account, or one of a local chain's own, whose keys everybody knows."""
        if self.keystore is None and engine.local:
            known = {account.address: account for account in map(dev_account, range(FUNDED))}
            if (found := known.get(self.sender(engine))) is not None:
                return found
        return self.account()

    @staticmethod
    def checked(address: str) -> str:
        """As `checked_address`, for commands that have a door."""
        return checked_address(address)

    def account(self) -> LocalAccount:
        """The keystore's account; the password comes from a file or SURETY_PASSWORD, never from an argument."""
        if self.keystore is None:
            raise UsageError("sending needs an account: --keystore FILE")
        text, password = read_text(self.keystore), password_of(self.password_file)
        try:
            key = Account.decrypt(text, password)
        except (ValueError, KeyError, TypeError, NotImplementedError):
            raise UsageError(f"{self.keystore.name}: wrong password, or no keystore") from None
        account: LocalAccount = Account.from_key(key)
        if self.acting is not None and self.acting != account.address:
            raise UsageError(f"--as {self.acting} is not the keystore's account {account.address}")
        return account


def chain_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options of every command that talks to a chain; the command gets one `Door`."""
    decorators = (
        click.option("--rpc-url", envvar="SURETY_RPC_URL", required=True, help="Node to ask.  [env SURETY_RPC_URL]"),
        click.option(
            "--record",
            "record_file",
            type=_path(),
            envvar="SURETY_RECORD",
            help="Deployment record.  [env SURETY_RECORD, default: deployments/CHAIN.yaml]",
        ),
        click.option("--config", "config_file", type=_path(), help="Configuration.  [default: config/demo.yaml]"),
        click.option(
            "--as",
            "acting",
            metavar="ADDRESS",
            envvar="SURETY_AS",
            callback=_address,
            help="Who acts, without a key: simulates; a local chain sends, too.  [env SURETY_AS, unless --keystore]",
        ),
        click.option(
            "--keystore", type=_path(), envvar="SURETY_KEYSTORE", help="Encrypted key file.  [env SURETY_KEYSTORE]"
        ),
        click.option(
            "--password-file", type=_path(), help="File with the keystore's password.  [or env SURETY_PASSWORD]"
        ),
    )

    def wired(
        *arguments: Any,
        rpc_url: str,
        record_file: Path | None,
        config_file: Path | None,
        acting: str | None,
        keystore: Path | None,
        password_file: Path | None,
        **options: Any,
    ) -> Any:
        source = click.get_current_context().get_parameter_source("acting")
        if keystore is not None and source is ParameterSource.ENVIRONMENT:
            acting = None  # a key file speaks for its own account
        door = Door(rpc_url, record_file, config_file or default_config(), keystore, password_file, acting)
        return command(door, *arguments, **options)

    wired.__name__, wired.__doc__ = command.__name__, command.__doc__
    wired.__click_params__ = list(getattr(command, "__click_params__", []))  # type: ignore[attr-defined]
    for decorate in reversed(decorators):
        wired = decorate(wired)
    return wired


def checked_address(text: str) -> str:
    """An address that was typed. Raises `UsageError` unless it has its checksum in capital letters (EIP-55)."""
    if is_checksum_address(text):
        return text
    if is_hex_address(text):
        raise UsageError(f"{text} is no checksummed address: {to_checksum_address(text)}, if each digit is right")
    raise UsageError(f"{text} is no checksummed address: 0x and 40 hexadecimal digits")


def password_of(file: Path | None) -> str:
    """A keystore's password, from a file or SURETY_PASSWORD. Raises `UsageError` without either."""
    if file is not None:
        return read_text(file).rstrip("\r\n")
    password = os.environ.get("SURETY_PASSWORD")
    if password is None:
        raise UsageError("the keystore's password: --password-file FILE, or SURETY_PASSWORD in the environment")
    return password


def _path() -> click.Path:
    return click.Path(path_type=Path, dir_okay=False)


def _address(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    try:
        return value and checked_address(value)
    except UsageError as error:
        raise click.BadParameter(str(error)) from None


def _keystore_address(path: Path) -> str:
    try:
        return to_checksum_address(json.loads(read_text(path))["address"])
    except (ValueError, KeyError, TypeError):
        raise UsageError(f"{path.name}: names no address, pass it by --as") from None
