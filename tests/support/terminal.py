"""The command line against a node, as a user has it: one record, one key file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from surety.cli.app import cli
from surety.cli.errors import guarded
from surety.sdk.anvil import Anvil
from surety.sdk.deploy import suite_of
from surety.sdk.engines.rpc_engine import RpcEngine
from surety.sdk.record import Record
from surety.sdk.suite import Suite


class Terminal:
    """Runs commands against one node and one record."""

    def __init__(self, node: Anvil, folder: Path) -> None:
        self.node = node
        self.record = folder / "record.yaml"
        self.folder = folder

    def options(self, command: tuple[str, ...]) -> list[str]:
        return [*command, "--rpc-url", self.node.url, "--record", str(self.record)]

    def run(self, *command: str) -> str:
        """What it prints; fails unless it exits with 0."""
        result = CliRunner().invoke(cli, self.options(command), catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    def offline(self, *command: str) -> str:
        """What a command prints that asks no chain; fails unless it exits with 0."""
        result = CliRunner().invoke(cli, command, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return str(result.stdout)

    def json(self, *command: str) -> Any:
        """What it prints for programs."""
        return json.loads(self.run(*command, "--output", "json"))

    def code(self, *command: str) -> int:
        """Its exit code."""
        return guarded(lambda: cli.main(self.options(command), standalone_mode=False))

    def suite(self) -> Suite:
        record = Record.load(self.record)
        assert record is not None
        return suite_of(RpcEngine(self.node.url), record)
