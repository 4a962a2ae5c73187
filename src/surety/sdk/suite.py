"""The contracts of one deployment, together, with what people do on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from .artefacts import artefact
from .contract import Contract
from .engines.base import Engine, Receipt
from .errors import ChainError, UsageError

WEEK = 604_800
MAX_UINT = 2**256 - 1
FIXED = 1
VARIABLE = 2
RAY = 10**27

CONTRACTS = {
    "asset": "MockERC20",
    "timelock": "Timelock",
    "bounds": "ProfileBounds",
    "lens": "BondLens",
    "market": "BondMarket",
    "treasury": "BondTreasury",
    "token": "BondToken",
    "variable": "VariableMarket",
    "exchange": "BondExchange",
    "wrappers": "BondWrapperFactory",
    "wrapper": "BondWrapper",
    "lock": "AlignmentLock",
    "observer": "DebtObserver",
    "classes": "RollingBondsFactory",
    "rolling": "RollingBonds",
    "vault": "RollingVault",
}
"""Names within a suite and the artefacts whose ABI they have. The asset is any ERC-20, with the ABI of the mock; the
wrapper is the code behind the proxies; rolling is the first class, and the vault is over it."""

RESTAKING = {
    "price_feed": "FixedFeed",
    "bond_feed": "BondFeed",
    "assets": "AssetRegistry",
    "slashing_terms": "SlashingTerms",
    "escrow": "SlashEscrow",
    "judgement_bonds": "JudgementBonds",
    "slashes": "SlashLens",
    "operators": "OperatorRegistry",
    "pools": "DelegationManager",
    "signer": "DelegationSigner",
    "exposure": "ExposureBook",
    "rewards": "PoolRewards",
    "liquid_factory": "LiquidFactory",
}
"""The second section of a deployment, which a configuration may leave out. The price feed may be another's."""

COMMITMENTS = {
    "machine": "PredicateMachine",
    "appraiser": "BondAppraiser",
    "commitments": "CommitmentRegistry",
    "bonding": "ServiceBonding",
    "desk": "BondDesk",
    "prover": "FaultProver",
    "plugin_prover": "PluginProver",
    "header_predicate": "HeaderPredicate",
    "challenges": "ChallengeGame",
    "beacon": "RandomBeacon",
    "liveness": "LivenessBook",
    "payout_formula": "LinearPayout",
    "payouts": "ServicePayout",
}
"""The third section, which needs the second: promises, and what stands behind them."""
ALL_CONTRACTS = CONTRACTS | RESTAKING | COMMITMENTS


class Trade(NamedTuple):
    """A trade as it happened: face, and the asset paid or received for it, in the asset's smallest unit."""

    face: int
    amount: int
    receipt: Receipt


def fixed_id(maturity: int) -> int:
    """The id of the FIXED bond of a maturity."""
    return (FIXED << 64) | maturity


def variable_id(maturity: int) -> int:
    """The id of the VARIABLE bond of a maturity."""
    return (VARIABLE << 64) | maturity


def maturity_of(bond_id: int) -> int:
    """Seconds since 1970 at which the bond pays."""
    return bond_id & (2**64 - 1)


class Suite:
    """Amounts are ints in the asset's smallest unit; `units` and `amount` convert from and to whole assets.

    Trades without limits of their own pay at most par and take whatever a sale brings, which suits tests; people and
    agents pass theirs.
    """

    def __init__(self, engine: Engine, addresses: Mapping[str, str], blocks: Mapping[str, int] | None = None) -> None:
        self.engine = engine
        self.addresses = dict(addresses)
        self.blocks = dict(blocks or {})
        """In which contracts were created, as far as that is known."""
        self.born = min(self.blocks.values(), default=0)
        """The first of those: what others made around the suite is no older."""
        self.contracts = {
            name: Contract(engine, at, artefact(ALL_CONTRACTS[name]), self.blocks.get(name, self.born))
            for name, at in addresses.items()
        }
        self.asset = self.contracts["asset"]
        self.market = self.contracts["market"]
        self.treasury = self.contracts["treasury"]
        self.token = self.contracts["token"]
        self.decimals: int = self.asset.decimals()

    @classmethod
    def at(cls, engine: Engine, market: str, **others: str) -> Suite:
        """From the market's address: treasury, token and asset are read from it. `timelock=`, `lens=` as known."""
        if not engine.code(market):
            raise ChainError(f"no contract at {market} on chain {engine.chain_id}")
        door = Contract(engine, market, artefact("BondMarket"))
        found = {"market": market, "treasury": door.treasury(), "token": door.token(), "asset": door.asset()}
        variable = Contract(engine, found["treasury"], artefact("BondTreasury")).variable_market()
        return cls(engine, {**found, "bounds": door.bounds(), "variable": variable, **others})

    @property
    def variable(self) -> Contract:
        """The market of variable bonds."""
        return self._other("variable")

    @property
    def lens(self) -> Contract:
        """Whole-curve views."""
        return self._other("lens")

    @property
    def exchange(self) -> Contract:
        """Signed orders between users."""
        return self._other("exchange")

    @property
    def wrappers(self) -> Contract:
        """Makes the ERC-20 of a bond."""
        return self._other("wrappers")

    @property
    def lock(self) -> Contract:
        """Bonds locked to maturity."""
        return self._other("lock")

    @property
    def observer(self) -> Contract:
        """Averages of debts, which classes roll by."""
        return self._other("observer")

    @property
    def classes(self) -> Contract:
        """Makes classes of rolling bonds."""
        return self._other("classes")

    @property
    def rolling(self) -> Contract:
        """The first class of rolling bonds."""
        return self._other("rolling")

    @property
    def vault(self) -> Contract:
        """The first class as an ERC-4626 vault."""
        return self._other("vault")

    @property
    def has_restaking(self) -> bool:
        """Whether pools of stake belong to it."""
        return "pools" in self.contracts

    @property
    def has_commitments(self) -> bool:
        """Whether promises can be registered and bonded."""
        return "commitments" in self.contracts

    @property
    def pools(self) -> Contract:
        """Stake behind operators: DelegationManager."""
        return self._other("pools")

    @property
    def operators(self) -> Contract:
        """Who is an operator, and in which state."""
        return self._other("operators")

    @property
    def assets(self) -> Contract:
        """Assets that may back operators."""
        return self._other("assets")

    @property
    def slashing_terms(self) -> Contract:
        """Who may propose, veto and rule, and by which policy."""
        return self._other("slashing_terms")

    @property
    def liquid_factory(self) -> Contract:
        """Makes liquid delegations."""
        return self._other("liquid_factory")

    @property
    def escrow(self) -> Contract:
        """Slashes under review: SlashEscrow. What bonds are owed is the treasury's."""
        return self._other("escrow")

    @property
    def slashes(self) -> Contract:
        """Slashes as structures: SlashLens."""
        return self._other("slashes")

    @property
    def commitments(self) -> Contract:
        """Promises, services, and who stands for them: CommitmentRegistry."""
        return self._other("commitments")

    @property
    def bonding(self) -> Contract:
        """Bonds locked behind services: ServiceBonding."""
        return self._other("bonding")

    @property
    def desk(self) -> Contract:
        """Who may lock what: BondDesk."""
        return self._other("desk")

    @property
    def plugin_prover(self) -> Contract:
        """The judge of what contracts judge, PluginProver."""
        return self._other("plugin_prover")

    @property
    def prover(self) -> Contract:
        """Faults proven by evidence: FaultProver."""
        return self._other("prover")

    @property
    def challenges(self) -> Contract:
        """Challenges that are to be answered: ChallengeGame."""
        return self._other("challenges")

    @property
    def timelock(self) -> Contract:
        """DEFAULT_ADMIN of market and treasury."""
        return self._other("timelock")

    @property
    def bounds(self) -> Contract:
        """What checks profiles."""
        return self._other("bounds")

    def class_at(self, address: str) -> Contract:
        """Any class of rolling bonds."""
        return Contract(self.engine, address, artefact(CONTRACTS["rolling"]), self.born)

    def wrapper_of(self, bond_id: int) -> Contract:
        """The ERC-20 of a bond, whether it has been created or not."""
        return Contract(self.engine, self.wrappers.wrapper_of(bond_id), artefact(CONTRACTS["wrapper"]))

    def on(self, engine: Engine) -> Suite:
        """The same addresses on another engine: a fork."""
        return Suite(engine, self.addresses, self.blocks)

    # amounts

    def units(self, amount: Decimal | int | str) -> int:
        """Whole assets as an int; raises `UsageError` for more decimals than the asset has."""
        scaled = Decimal(amount).scaleb(self.decimals)
        if scaled != int(scaled):
            raise UsageError(f"{amount} has more than the asset's {self.decimals} decimals")
        return int(scaled)

    def amount(self, units: int) -> Decimal:
        """An int as whole assets, exactly."""
        return Decimal(units).scaleb(-self.decimals)

    def text(self, units: int) -> str:
        """An int as whole assets in decimal text, without zeros that say nothing."""
        told = f"{self.amount(units):f}"
        return told.rstrip("0").rstrip(".") if "." in told else told

    # money

    def mint(self, receiver: str, units: int) -> Receipt:
        """Give a mock asset to somebody: local chains only."""
        return self.asset.send("mint", receiver, units, sender=receiver)

    def approve(self, owner: str, units: int = MAX_UINT) -> Receipt:
        """Let the treasury pull what buys cost."""
        return self.asset.send("approve", self.treasury.address, units, sender=owner)

    def fund(self, funder: str, units: int) -> Receipt:
        """Pay into the reserve what the treasury is approved for."""
        return self.treasury.send("fund", units, sender=funder)

    def cash(self, owner: str) -> int:
        """Asset held."""
        return int(self.asset.balanceOf(owner))

    def holding(self, owner: str, maturity: int) -> int:
        """Face held."""
        return int(self.token.balanceOf(owner, fixed_id(maturity)))

    # trades

    def maturity_for(self, duration: int) -> int:
        """First maturity at least `duration` seconds away."""
        return int(self.market.maturity_for(duration))

    def quote_buy(self, maturity: int, face: int) -> int:
        """Cost of a face now."""
        return int(self.market.quote_buy(maturity, face))

    def quote_buy_exact_cost(self, maturity: int, cost: int) -> tuple[int, int]:
        """Face for a cost now, and what of the cost is charged."""
        face, paid = self.market.quote_buy_exact_cost(maturity, cost)
        return face, paid

    def quote_sell(self, maturity: int, face: int) -> int:
        """Proceeds of a face now."""
        return int(self.market.quote_sell(maturity, face))

    def quote_strip(self, strip: tuple[Sequence[int], Sequence[int]]) -> int:
        """Cost of several maturities now: rising maturities, and the face of each."""
        return int(self.market.quote_strip(*strip))

    def quote_convert(self, maturity: int, face: int, new_maturity: int) -> int:
        """Face of another maturity for a face, now."""
        return int(self.market.quote_convert(maturity, face, new_maturity))

    def curve(self, count: int = 256) -> tuple[Any, ...]:
        """Quotes of the next maturities, nearest first."""
        quotes: tuple[Any, ...] = self.lens.curve(self.market.address, count)
        return quotes

    def buy(
        self,
        buyer: str,
        maturity: int,
        face: int,
        max_cost: int | None = None,
        receiver: str | None = None,
        deadline: int = MAX_UINT,
    ) -> Trade:
        """Buy an exact face, at most at par unless told otherwise."""
        limit = face if max_cost is None else max_cost
        receipt = self.market.send("buy", maturity, face, limit, receiver or buyer, deadline, sender=buyer)
        return self._trade(receipt, "BondBought", "cost")

    def buy_exact_cost(
        self,
        buyer: str,
        maturity: int,
        cost: int,
        min_face: int | None = None,
        receiver: str | None = None,
        deadline: int = MAX_UINT,
    ) -> Trade:
        """Spend a cost. `amount` of the trade is what was charged, at most `cost`."""
        least = 0 if min_face is None else min_face
        receipt = self.market.send("buy_exact_cost", maturity, cost, least, receiver or buyer, deadline, sender=buyer)
        return self._trade(receipt, "BondBought", "cost")

    def sell(
        self,
        seller: str,
        maturity: int,
        face: int,
        min_proceeds: int = 0,
        receiver: str | None = None,
        deadline: int = MAX_UINT,
    ) -> Trade:
        """Sell bonds back before maturity."""
        receipt = self.market.send("sell", maturity, face, min_proceeds, receiver or seller, deadline, sender=seller)
        return self._trade(receipt, "BondSold", "proceeds")

    def redeem(self, holder: str, maturity: int, face: int | None = None, receiver: str | None = None) -> Trade:
        """Take par for matured bonds, all of them unless told otherwise."""
        face = self.holding(holder, maturity) if face is None else face
        receipt = self.treasury.send("redeem", fixed_id(maturity), face, receiver or holder, sender=holder)
        return Trade(face, face, receipt)

    def _trade(self, receipt: Receipt, event: str, amount: str) -> Trade:
        # The event tells what happened; the return value of a call before it tells what was expected.
        args = self.market.events(receipt, event)[0].args
        return Trade(args.face, getattr(args, amount), receipt)

    def _other(self, name: str) -> Contract:
        if name not in self.contracts:
            raise UsageError(f"this suite was opened without its {name}")
        return self.contracts[name]
