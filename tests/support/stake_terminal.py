"""A deployment with pools of stake behind a terminal: who acts there, and how their wallets send."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from eth_account import Account
from tests.support.terminal import Terminal

from surety.sdk.anvil import Anvil
from surety.sdk.engines import dev_account
from surety.sdk.engines.rpc_engine import RpcEngine

VETOER, CONFIRMER, JUDGE, INSURANCE = (dev_account(number) for number in (5, 6, 7, 8))
OPERATOR, DELEGATOR, OTHER, RELAYER, PROVER = (dev_account(number) for number in range(10, 15))
EVIDENCE = "0x" + "07" * 32
PASSWORD = "correct horse battery staple"
UNIT = 10**6


class StakeTerminal(Terminal):
    """Each account acts by a key file of its own."""

    def __init__(self, node: Anvil, folder: Path) -> None:
        super().__init__(node, folder)
        (folder / "password").write_text(PASSWORD + "\n")

    def wallet(self, account: Any) -> tuple[str, ...]:
        """Options by which an account signs."""
        path = self.folder / f"{account.address}.json"
        if not path.exists():
            path.write_text(json.dumps(Account.encrypt(account.key, PASSWORD, kdf="scrypt", iterations=2)))
        return "--keystore", str(path), "--password-file", str(self.folder / "password")

    def send(self, account: Any, *command: str) -> dict[str, Any]:
        """Simulate, then send with the key file; what it prints for programs."""
        wallet = self.wallet(account)
        dry = json.loads(self.run(*command, *wallet, "--output", "json"))
        assert dry["sent"] is False
        told: dict[str, Any] = json.loads(self.run(*command, *wallet, "--broadcast", "--output", "json"))
        assert told["sent"] is True
        return told

    def stake_of(self, account: Any, operator: Any = OPERATOR, asset: int = 1) -> dict[str, Any]:
        """How an account stands."""
        told: dict[str, Any] = self.json("delegate", "status", operator.address, account.address, "--asset", str(asset))
        return told

    def cash(self, account: Any) -> int:
        return self.suite().cash(getattr(account, "address", account))


def open_terminal(node: Anvil, folder: Path, wealth: int = 100_000) -> tuple[StakeTerminal, RpcEngine]:
    """Deployed by the command line; everybody who will stake or judge has money."""
    engine = RpcEngine(node.url).prepare()
    terminal = StakeTerminal(node, folder)
    terminal.run("deploy", "--broadcast")
    suite = terminal.suite()
    for person in (OPERATOR, DELEGATOR, OTHER, JUDGE, RELAYER):
        suite.mint(person.address, wealth * UNIT)
    return terminal, engine


def make_operator(terminal: StakeTerminal, account: Any, own: int = 10_000, *terms: str) -> None:
    """By the command line: a pool, the minimum, the registration."""
    terminal.send(account, "operator", "pool", "open", *terms)
    terminal.send(account, "delegate", "approve", "all")
    terminal.send(account, "delegate", "deposit", account.address, str(own))
    terminal.send(account, "operator", "register", "1", "https://operator.example/about.json")
