"""What the end of the demonstration shows of slashing: an operator, three delegators, a vault of two, a bond.

A first slash of the asset's pool is vetoed, and all of it comes back; a second one of both pools is finalised and paid
out. Dora holds shares of a liquid delegation all along, Emil joins it while the first slash is open. Every figure is
read from the chain.
"""

from __future__ import annotations

from functools import partial

from surety.config import Config
from surety.config_restaking import LiquidSection
from surety.sdk.contract import Contract
from surety.sdk.liquid import Liquids, Vault
from surety.sdk.plan import holders_of
from surety.sdk.plan_restaking import judges_of
from surety.sdk.suite import MAX_UINT, fixed_id

from .history import StakeStory, Stand
from .venue import Venue

DAY = 86_400
WEEK = 604_800
WAD = 10**18
ZERO = "0x" + "00" * 20
OPERATOR, JUDGE, VETOER = "operator", "judge", "vetoer"
DELEGATORS = {"Ada": 40_000, "Ben": 30_000, "Cleo": 20_000}
SHARER, JOINER = "Dora", "Emil"
SHARERS = {SHARER: 10_000, JOINER: 10_000}
"""In the vault; the second comes late."""
OWN, FACE, JUDGE_FACE, PURSE = 20_000, 25_000, 2_500, 20_000
VETOED, FINALISED = WAD // 5, WAD // 10
OPEN = 1
BOUNTY, INSURANCE, TREASURY = 0, 2, 3
EVIDENCE = {VETOED: bytes([1]) * 32, FINALISED: bytes([2]) * 32}


class Stakers:
    """The people of the story on a venue whose other stories have ended."""

    def __init__(self, venue: Venue, config: Config) -> None:
        self.venue = venue
        self.suite = venue.suite
        judges = judges_of(config, venue.engine)
        assert judges.judge is not None
        venue.introduce(JUDGE, judges.judge)
        venue.introduce(VETOER, judges.vetoer)
        self.operator = venue.address(OPERATOR)
        self.bonds = self.suite.contracts["judgement_bonds"]
        self._accounts = {"insurance": judges.insurance, "treasury": holders_of(config, venue.engine).treasurer}
        self.vault: Vault | None = None
        self.maturity = 0
        self.ticket = 0
        self.change = 0
        """Cash that the operator kept beside its stake: what the bond's discount saved."""

    def play(self) -> StakeStory:
        """Stake, be slashed twice, and see what comes back. Raises `ChainError` if any call is refused."""
        self._open()
        self.change = self.venue.cash(OPERATOR)
        stands = [self._stand("staked")]
        self.ticket = self._queue("Cleo")
        first = self._propose(self._subject(1), VETOED)
        stands.append(self._stand("first seized"))
        self._join(JOINER)
        self.venue.do(VETOER, "veto", self.suite.escrow, (first, "not this operator"))
        self._wait(self.suite.slashes.call("seizure", first).release_at)
        self.venue.do(JUDGE, "settle", self.bonds, (first,))
        self.venue.do(VETOER, "release", self.suite.escrow, (first,))
        for name in (OPERATOR, *DELEGATORS):
            self._claim(name, first)
        self.venue.do(SHARER, "claim_refund", self._shares, (first, *[self.venue.address(SHARER)] * 2))
        stands.append(self._stand("vetoed"))
        second = [self._propose(subject, FINALISED) for subject in (self._subject(1), self._subject(2))]
        stands.append(self._stand("second seized"))
        self._wait(max(self.suite.slashes.call("slash", one).end for one in second))
        paid = self._pay(second)
        stands.append(self._stand("second paid"))
        return StakeStory(tuple(stands), paid, self.maturity)

    def _open(self) -> None:
        """Everybody stakes; the operator registers between its own stake and that of others."""
        suite, venue = self.suite, self.venue
        self.maturity = suite.maturity_for(52 * WEEK)
        bond_id = fixed_id(self.maturity)
        for name, whole in {OPERATOR: OWN + FACE, JUDGE: PURSE, **DELEGATORS, **SHARERS}.items():
            units, person = suite.units(whole), venue.address(name)
            self.venue.must(name, "endow", {"amount": units}, partial(suite.mint, person, units))
            spender = self.bonds if name == JUDGE else suite.pools
            self.venue.do(name, "allow_pools", suite.asset, (spender.address, MAX_UINT), function="approve")
            self.venue.do(name, "allow_bonds", suite.token, (spender.address, True), function="setOperator")
            self.venue.do(name, "allow_treasury", suite.asset, (suite.treasury.address, MAX_UINT), function="approve")
        for name, whole in ((OPERATOR, FACE), (JUDGE, JUDGE_FACE)):
            terms = (self.maturity, suite.units(whole), suite.units(whole), venue.address(name), venue.now)
            self.venue.do(name, "take_bonds", suite.market, terms, function="buy")
        self.venue.do(OPERATOR, "add_bond", suite.assets, (suite.token.address, bond_id))
        for asset, whole in ((1, OWN), (2, FACE)):
            self.venue.do(OPERATOR, "open_pool", suite.pools, (asset, OPEN, 0, 0))
            self.venue.do(OPERATOR, "stake", suite.pools, self._deposit(OPERATOR, asset, whole), function="deposit")
        self.venue.do(OPERATOR, "register", suite.operators, (1, "https://operator.example/metadata.json"))
        for name, whole in DELEGATORS.items():
            self.venue.do(name, "stake", suite.pools, self._deposit(name, 1, whole), function="deposit")
        self._make_vault()
        self._join(SHARER)

    def _make_vault(self) -> None:
        """Anybody may: here who wants to hold shares. The timelock governs it."""
        liquids = Liquids(self.suite)
        terms = LiquidSection(operator=self.operator).terms
        arguments = liquids.arguments(self.operator, terms, self.suite.timelock.address)
        self.venue.do(SHARER, "make_vault", liquids.factory, arguments, function="create")
        self.vault = liquids.vaults()[-1]

    @property
    def _shares(self) -> Contract:
        assert self.vault is not None
        return self.vault.contract

    def _join(self, name: str) -> None:
        """Stake by way of the vault."""
        units, person = self.suite.units(SHARERS[name]), self.venue.address(name)
        self.venue.do(name, "allow_vault", self.suite.asset, (self._shares.address, units), function="approve")
        self.venue.do(name, "join_vault", self._shares, (units, person), function="deposit")

    def _propose(self, subject: int, fraction: int) -> int:
        suite, now = self.suite, self.venue.now
        terms = (suite.pools.address, subject, 0, fraction, now, ZERO, ZERO, EVIDENCE[fraction], MAX_UINT)
        self.venue.do(JUDGE, "propose", suite.escrow, terms)
        return int(suite.escrow.call("slash_count"))

    def _queue(self, name: str) -> int:
        """Half of the stake begins to leave; the epoch of its ticket."""
        shares = self.suite.pools.call("stake", self._subject(1), self.venue.address(name))[1]
        terms = (self.venue.address(name), self._subject(1), shares // 2, ZERO)
        self.venue.do(name, "queue", self.suite.pools, terms)
        return self.venue.now // WEEK + 1

    def _claim(self, name: str, slash: int) -> None:
        person = self.venue.address(name)
        self.venue.do(name, "claim_refund", self.suite.pools, (person, slash, ZERO, person))

    def _pay(self, slashes: list[int]) -> dict[str, tuple[int, int]]:
        """Finalise and send each part; what receivers got of the asset and of the bond."""
        suite, paid = self.suite, {"reporter": [0, 0], "insurance": [0, 0], "treasury": [0, 0]}
        for place, slash in enumerate(slashes):
            self.venue.do(JUDGE, "finalise", suite.escrow, (slash,))
            for part, whom in ((BOUNTY, "reporter"), (INSURANCE, "insurance"), (TREASURY, "treasury")):
                receiver = self._receiver(whom)
                receipt = self.venue.do(JUDGE, "pull", suite.escrow, (slash, part, receiver))
                paid[whom][place] += sum(event.args.amount for event in suite.escrow.events(receipt, "SlashPaid"))
            self.venue.do(JUDGE, "settle", self.bonds, (slash,))
        return {whom: (asset, face) for whom, (asset, face) in paid.items()}

    def _receiver(self, whom: str) -> str:
        if whom == "reporter":
            return self.venue.address(JUDGE)
        return self._accounts[whom]

    def _stand(self, label: str) -> Stand:
        holders = {name: self._has(name) for name in (OPERATOR, *DELEGATORS, *SHARERS)}
        bond = self.suite.pools.call("stake", self._subject(2), self.operator)[0]
        return Stand(label, self.venue.now, holders, bond)

    def _has(self, name: str) -> int:
        """Stake or what its shares are worth, ticket, and what was given back into its own hands."""
        pools, person = self.suite.pools, self.venue.address(name)
        if name in SHARERS:
            return int(self._shares.call("convertToAssets", self._shares.call("balanceOf", person))) + self.venue.cash(
                name
            )
        held = int(pools.call("stake", self._subject(1), person)[0])
        if self.ticket:
            held += int(pools.call("ticket", self._subject(1), self.ticket, person, ZERO).amount)
        return held + self.venue.cash(name) - (self.change if name == OPERATOR else 0)

    def _subject(self, asset: int) -> int:
        return asset << 160 | int(self.operator, 16)

    def _deposit(self, name: str, asset: int, whole: int) -> tuple[str, int, int]:
        return self.venue.address(name), self._subject(asset), self.suite.units(whole)

    def _wait(self, until: int) -> None:
        self.venue.advance_to(until)
