"""What the scripts need of ape: its provider as an engine, its accounts as signers, one-line errors."""

from __future__ import annotations

import sys
from typing import Any

import click
from ape.cli import ConnectedProviderCommand
from ape.exceptions import ApeException
from ape_node.provider import NodeSoftwareNotInstalledError

from .anvil import on_path
from .engines.rpc_engine import RpcEngine
from .errors import SetupError, SuretyError


class ApeSigner:
    """An account of ape's keyring: it asks for its passphrase itself, and the key stays there."""

    def __init__(self, account: Any, provider: Any) -> None:
        self.address = str(account.address)
        self._account = account
        self._ecosystem = provider.network.ecosystem

    def sign(self, transaction: dict[str, Any]) -> bytes:
        made = self._ecosystem.create_transaction(**transaction, type=2)
        signed = self._account.sign_transaction(made)
        if signed is None:
            raise SetupError(f"{self.address} did not sign")
        return bytes(signed.serialize_transaction())


def engine_of(provider: Any, account: str | None = None) -> RpcEngine:
    """ape's connected provider as an engine; a local one is prepared, elsewhere `account` (an alias) signs."""
    if account is None:
        engine = RpcEngine(provider.web3)
    else:
        from ape import accounts

        engine = RpcEngine(provider.web3, [ApeSigner(accounts.load(account), provider)])
    return engine.prepare() if engine.local else engine


def url_of(provider: Any) -> str:
    """Where a fork of ape's chain takes its state from."""
    url = getattr(provider, "http_uri", None) or getattr(provider, "uri", None)
    if not url:
        raise SetupError("ape's provider has no HTTP address to fork from: pass --fork-url")
    return str(url)


class Command(ConnectedProviderCommand):  # type: ignore[misc]
    """ape's connected command, ending with the documented exit code and a single line instead of a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except SuretyError as error:
            message, code = str(error), error.exit_code
        except (
            ApeException,
            NodeSoftwareNotInstalledError,
            ConnectionError,
        ) as error:  # ape's own words run over several lines
            message, code = str(error).strip().splitlines()[0], SetupError.exit_code
        click.echo(f"Error: {' '.join(message.split())}", err=True)
        sys.exit(code)


def find_anvil() -> None:
    """Let ape's foundry provider find anvil, which it looks for on PATH; without anvil it says so itself."""
    try:
        on_path()
    except SetupError as error:
        click.echo(f"Warning: {error}", err=True)
