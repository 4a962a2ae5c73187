"""A collective pool behind a terminal: made by one command, joined by two holders, asked how it stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.support.journal import text_of
from tests.support.stake_terminal import DELEGATOR, OPERATOR, OTHER, RELAYER, StakeTerminal, make_operator

from surety.sdk.engines import dev_account
from surety.sdk.engines.rpc_engine import RpcEngine

CONTROLLER, FOUNDER = OTHER, dev_account(14)
DAY = 86_400


def service_of(terminal: StakeTerminal, name: str) -> Path:
    """Registers a worked commitment and opens a service of it; the file of its text."""
    text = terminal.folder / f"{name}.surety"
    text.write_text(text_of(name))
    template = terminal.send(CONTROLLER, "commitment", "register", str(text))["template"]
    terminal.send(CONTROLLER, "service", "open", template)
    return text


class PoolTerminal:
    """A pool of vault shares, in which DELEGATOR has 8,000, RELAYER 2,000, behind service 1 of a worked commitment."""

    def __init__(self, terminal: StakeTerminal, engine: RpcEngine, commitment: str) -> None:
        self.terminal, self.engine = terminal, engine
        make_operator(terminal, OPERATOR)
        self.text = service_of(terminal, commitment)
        self.told = terminal.send(FOUNDER, "pool", "create", "vault", "--name", "Savers together", "--symbol", "SAVE")
        self.address = self.told["pool"]
        for person, amount in ((DELEGATOR, "8000"), (RELAYER, "2000")):
            terminal.send(person, "market", "approve", "10000", "--spender", "vault")
            terminal.send(person, "market", "roll", "deposit", "10000")
            self.send(person, "approve", "all")
            self.send(person, "deposit", amount)
        engine.advance(7 * DAY + 1)

    def send(self, account: Any, *command: str) -> dict[str, Any]:
        """Sent at once, without a look first."""
        wallet = self.terminal.wallet(account)
        told: dict[str, Any] = self.terminal.json("pool", *command, "--pool", self.address, *wallet, "--broadcast")
        assert told["sent"] is True
        return told

    def state(self, account: Any = DELEGATOR) -> dict[str, Any]:
        """How the pool stands, and an account in it."""
        told: dict[str, Any] = self.terminal.json("pool", "status", account.address, "--pool", self.address)
        return told

    def table(self, account: Any = DELEGATOR) -> str:
        """The same for people."""
        return self.terminal.run("pool", "status", account.address, "--pool", self.address)

    def backed(self, amount: str = "9000", *params: str) -> str:
        """Allowed, proposed, voted and carried out, the operator's parameters with it; the lock's number."""
        chosen = [word for one in params for word in ("--param", one)]
        portfolio = self.state()["portfolio"]
        self.terminal.send(OPERATOR, "service", "allow", "1", portfolio, "--enter", *chosen)
        told = self.send(DELEGATOR, "propose", "back", "1", OPERATOR.address, amount, *chosen, "--why", "it answers")
        assert told["allowed"] == "yes"
        assert self.send(DELEGATOR, "vote", told["proposal"], "for")["why"] == "it answers"
        self.engine.advance(7 * DAY)
        self.send(OTHER, "carry-out", told["proposal"], *chosen)
        return str(self.state()["positions"][0]["lock"])

    def shares(self, account: Any) -> int:
        """Of the vault, outside the pool."""
        return int(self.terminal.suite().vault.balanceOf(account.address))
