"""Registries, ledger and escrow as they are deployed, on any engine, with people who have stake."""

from __future__ import annotations

from dataclasses import dataclass

from surety.sdk.artefacts import artefact
from surety.sdk.contract import Contract
from surety.sdk.deploy import creation_address
from surety.sdk.engines import Engine
from surety.sdk.suite import MAX_UINT, WEEK

DAY = 86_400
MINIMUM = 10**21
ASSET, FAMILY = 1, 2
"""Number of the ERC-20, and of the listing of bonds."""


@dataclass(frozen=True)
class Restaking:
    """`asset` is an ERC-20 of 18 decimals and carries operators with MINIMUM; `bonds` are a family with one id."""

    engine: Engine
    deployer: str
    assets: Contract
    operators: Contract
    manager: Contract
    escrow: Contract
    ties: Contract
    feed: Contract
    asset: Contract
    bonds: Contract

    @classmethod
    def create(cls, engine: Engine, deployer: str, instant: bool = False) -> Restaking:
        """The deployer is every contract's DEFAULT_ADMIN, and writes the escrow's terms.

        `instant`: an escrow without reviews stands in, which seizes, pays and restores as it is told.
        """

        def make(name: str, *arguments: object) -> Contract:
            kind = artefact(name)
            made = engine.create(deployer, kind.creation(*arguments)).contract
            assert made is not None
            return Contract(engine, made, kind)

        def blueprint(name: str) -> str:
            made = engine.create(deployer, artefact(name).blueprint_initcode).contract
            assert made is not None
            return made

        assets = make("AssetRegistry", deployer, deployer)
        feed = make("MockPriceFeed", 8)
        feed.send("set", 10**8, engine.timestamp, sender=deployer)
        terms = (feed.address, 7 * DAY, 1, 2**100, 1_000, 3_600)
        asset = make("MockERC20", "Dai", "DAI", 18)
        assets.send("list_token", asset.address, 10**26, terms, sender=deployer)
        bonds = make("BondToken", "USD", 18)
        bond_feed = make("MockBondFeed", bonds.address)
        assets.send("list_bonds", bond_feed.address, 10**24, 104 * WEEK, terms, sender=deployer)
        assets.send("add_bond", bonds.address, bond(engine, 9), sender=deployer)

        escrow = make("MockSlashEscrow") if instant else make("SlashEscrow", blueprint("JudgementBonds"))
        signer = blueprint("DelegationSigner")
        # registry and manager know each other: the registry is told where the manager will be
        expected = creation_address(deployer, engine.nonce(deployer) + 1)
        operators = make("OperatorRegistry", expected, deployer, 14 * DAY)
        manager = make("DelegationManager", assets.address, operators.address, escrow.address, signer)
        assert manager.address == expected
        ties = make("MockServiceTies")
        operators.send("set_ties", ties.address, sender=deployer)
        operators.send("set_minimum", ASSET, MINIMUM, sender=deployer)
        return cls(engine, deployer, assets, operators, manager, escrow, ties, feed, asset, bonds)

    def stake_own(self, operator: str, amount: int = MINIMUM) -> None:
        """Open the operator's pool if it has none, and stake behind itself."""
        if self.subject(operator) not in self.manager.call("pools_of", operator):
            self.manager.send("open_pool", ASSET, 1, 0, 0, sender=operator)
        self.asset.send("mint", operator, amount, sender=operator)
        self.asset.send("approve", self.manager.address, MAX_UINT, sender=operator)
        self.manager.send("deposit", operator, self.subject(operator), amount, sender=operator)

    @staticmethod
    def subject(operator: str) -> int:
        """The operator's pool of the ERC-20."""
        return ASSET << 160 | int(operator, 16)


def bond(engine: Engine, weeks: int) -> int:
    """Id of a bond some weeks ahead."""
    return (1 << 64) | (engine.timestamp // WEEK + weeks) * WEEK
