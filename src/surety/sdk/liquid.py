"""Liquid delegations of a suite: which there are, how one stands, how an account stands, whether one is genuine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..config import Config
from ..config_restaking import LiquidTerms
from .artefacts import Artefact, artefact
from .checks import Check, same
from .contract import Contract
from .engines.base import Engine, Receipt
from .errors import UsageError
from .orders import ZERO_ADDRESS
from .plan_restaking import ASSET
from .stake import subject_parts
from .suite import Suite

PHASES = ("staked", "winding down", "cash")
STAKED, WINDING, CASH = range(3)
MOST = 256
"""Vaults that a verification looks at."""


@dataclass(frozen=True)
class Stream:
    """What one pool paid in one token, and holders get as another or the same; `due` is an account's."""

    number: int
    subject: int
    source: str
    token: str
    due: int


@dataclass(frozen=True)
class Holding:
    """One account in one vault, units of the asset and shares."""

    shares: int
    worth: int
    pending: int
    """Shares that were asked out and wait."""
    claimable_shares: int
    claimable: int
    refunds: dict[int, int]
    """By slash: what was given back and not claimed yet."""
    streams: tuple[Stream, ...]


class Vault:
    """A LiquidDelegation. Raises `UsageError` where there is none of this factory."""

    def __init__(self, suite: Suite, address: str) -> None:
        if not suite.liquid_factory.call("is_vault", address):
            raise UsageError(f"{address} is no liquid delegation of this deployment")
        self.suite = suite
        self.contract = Contract(suite.engine, address, artefact("LiquidDelegation"))
        self.rewards = Contract(suite.engine, self.contract.call("rewards"), artefact("LiquidRewards"))
        self.asset = Contract(suite.engine, self.contract.call("asset"), artefact("MockERC20"))
        self.decimals = int(self.asset.call("decimals"))
        self.symbol = str(self.contract.call("symbol"))

    @property
    def address(self) -> str:
        return self.contract.address

    @property
    def subject(self) -> int:
        """The pool in which it is, or was."""
        return int(self.contract.call("subject"))

    @property
    def operator(self) -> str:
        return subject_parts(self.subject)[0]

    @property
    def phase(self) -> int:
        return int(self.contract.call("phase"))

    @property
    def supply(self) -> int:
        return int(self.contract.call("totalSupply"))

    @property
    def assets(self) -> int:
        """What belongs to shares."""
        return int(self.contract.call("totalAssets"))

    @property
    def governor(self) -> str:
        return str(self.contract.call("wiring")[4])

    @property
    def announced(self) -> tuple[str, int] | None:
        """The operator to whom cash will move, and from when."""
        operator, ready_at = self.contract.call("announced")
        return (operator, int(ready_at)) if ready_at else None

    def holding(self, account: str) -> Holding:
        """How an account stands now, with every refund and every stream of rewards."""
        call = self.contract.call
        shares = int(call("balanceOf", account))
        refunds = {}
        for slash in range(1, self.suite.escrow.call("slash_count") + 1):
            if amount := int(call("refund", slash, account)):
                refunds[slash] = amount
        return Holding(
            shares=shares,
            worth=int(call("convertToAssets", shares)),
            pending=int(call("pendingRedeemRequest", 0, account)),
            claimable_shares=int(call("maxRedeem", account)),
            claimable=int(call("maxWithdraw", account)),
            refunds=refunds,
            streams=tuple(self.streams(account)),
        )

    def streams(self, account: str) -> Iterator[Stream]:
        """All streams of rewards, with what is the account's."""
        for number in range(1, self.rewards.call("stream_count") + 1):
            stream = self.rewards.call("streams", number)
            due = int(self.rewards.call("due", number, account))
            yield Stream(number, int(stream.subject), stream.source, stream.token, due)

    def unharvested(self, token: str) -> int:
        """What the pool has paid the vault in a token, and nobody has fetched yet."""
        return int(self.suite.contracts["rewards"].call("due", self.subject, token, self.address))


class Liquids:
    """Vaults of a suite. Raises `UsageError` for a suite without a factory."""

    def __init__(self, suite: Suite) -> None:
        if "liquid_factory" not in suite.contracts:
            raise UsageError("this deployment has no liquid delegations: its configuration has no section restaking")
        self.suite = suite
        self.factory = suite.liquid_factory

    def vault(self, address: str) -> Vault:
        """One of them."""
        return Vault(self.suite, address)

    def vaults(self) -> list[Vault]:
        """All, oldest first, up to `MOST`."""
        count = min(int(self.factory.call("vault_count")), MOST)
        return [Vault(self.suite, self.factory.call("vaults", number)) for number in range(1, count + 1)]

    def arguments(self, operator: str, terms: LiquidTerms, governor: str, asset: int = ASSET) -> tuple[Any, ...]:
        """What the factory takes to make a vault."""
        return asset << 160 | int(operator, 16), governor, terms.notice, terms.name, terms.symbol

    def create(self, sender: str, arguments: tuple[Any, ...]) -> tuple[Vault, Receipt]:
        """Make a vault. Raises `Reverted` for an operator without a pool."""
        receipt = self.factory.send("create", *arguments, sender=sender)
        (event,) = self.factory.events(receipt, "VaultCreated")
        return Vault(self.suite, event.args.vault), receipt

    def first(self, operator: str, terms: LiquidTerms, governor: str) -> Vault | None:
        """The first vault with exactly these terms, and still behind this operator."""
        for vault in self.vaults():
            wiring = vault.contract.call("wiring")
            if (wiring[4], wiring[5], vault.symbol) != (governor, terms.notice, terms.symbol):
                continue
            if vault.operator == operator and vault.contract.call("name") == terms.name:
                return vault
        return None


def check_liquid(suite: Suite, config: Config, timelock: str) -> Iterator[Check]:
    """That each vault of the factory is our code wired to our contracts, and the configured one has its governor."""
    liquids = Liquids(suite)
    vaults = liquids.vaults()
    for vault in vaults:
        yield from check_vault(suite, vault)
    wanted = config.restaking.liquid if config.restaking is not None else None
    if wanted is None:
        return
    governor = wanted.governor or timelock
    found = liquids.first(wanted.operator, wanted.terms, governor)
    if found is not None:
        yield same("liquid: governor of the configured vault", found.governor, governor)
        return
    pool = suite.pools.call("pool", ASSET << 160 | int(wanted.operator, 16))
    moved = any(vault.governor == governor and vault.symbol == wanted.symbol for vault in vaults)
    ok = pool.mode == 0 or moved
    detail = "its operator has no pool yet" if pool.mode == 0 else "moved" if moved else "surety liquid create"
    yield Check("liquid: the configured vault", ok, detail)


def check_vault(suite: Suite, vault: Vault) -> Iterator[Check]:
    """Code, wiring and that it holds what it owes."""
    at, name = suite.addresses, f"liquid {vault.address[:8]}…"
    manager, escrow, even, odd, governor, notice = vault.contract.call("wiring")
    names = tuple(suite.liquid_factory.call("names_of", vault.subject >> 160))
    yield _code(suite.engine, f"{name}: code", vault.address, artefact("LiquidDelegation"))
    yield _code(suite.engine, f"{name}: code of its rewards", vault.rewards.address, artefact("LiquidRewards"))
    yield same(f"{name}: pools and escrow", (manager, escrow), (at["pools"], at["escrow"]))
    yield same(f"{name}: names of tickets", (even, odd), names)
    wiring = (vault.address, at["pools"], at["rewards"], vault.asset.address)
    yield same(f"{name}: rewards", tuple(vault.rewards.call("wiring")), wiring)
    told = "nobody" if governor == ZERO_ADDRESS else governor
    yield Check(f"{name}: governor", True, f"{told}, notice {notice / 86_400:g} days")
    for token in (vault.asset, vault.contract):
        held, here = vault.rewards.call("held", token.address), token.call("balanceOf", vault.rewards.address)
        yield Check(f"{name}: rewards hold what they owe", here >= held, f"{here} held, {held} booked")


def _code(engine: Engine, name: str, address: str, made: Artefact) -> Check:
    """The template byte for byte; immutables are compared by `wiring`."""
    code = engine.code(address)
    ok = len(code) == made.runtime_size and code[: len(made.runtime)] == made.runtime
    return Check(name, ok, f"{len(code)} bytes" if ok else f"differs from what is compiled: {len(code)} bytes")
