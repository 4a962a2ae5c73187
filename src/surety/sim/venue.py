"""The only door from a run to the chain: who acts is a name, what happens is a row of the trace."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils.crypto import keccak

from surety.sdk.contract import Contract
from surety.sdk.engines import Receipt
from surety.sdk.errors import ChainError, Reverted
from surety.sdk.strips import Strip
from surety.sdk.suite import MAX_UINT, Suite, Trade, fixed_id, variable_id

from .market_view import MarketView
from .trace import Trace

ISSUER = "issuer"
SLIPPAGE_BPS = 5


@dataclass(frozen=True)
class Books:
    """Everything that the closing account reads from the chain, smallest units."""

    asset_supply: int
    bond_supply: int
    treasury_balance: int
    issuer_balance: int
    escrow: int
    reserve: int
    interest: int
    savers: tuple[int, ...]
    rolling: int
    """Of the class and its vault."""

    @property
    def private(self) -> int:
        """Balances of all but the treasury; the issuer's are its tips as a keeper."""
        return sum(self.savers) + self.rolling + self.issuer_balance

    @property
    def booked(self) -> int:
        """All that the treasury owes or owns by its own books."""
        return self.escrow + self.reserve + self.interest

    @property
    def holders(self) -> tuple[int, ...]:
        """Balances of everybody who can have any."""
        return (*self.savers, self.treasury_balance, self.issuer_balance, self.rolling)


class Venue:
    """A suite with the trace that every action is written to. Amounts in smallest units."""

    def __init__(self, suite: Suite, issuer: str, trace: Trace) -> None:
        self.suite = suite
        self.engine = suite.engine
        self.decimals = suite.decimals
        self.one: int = 10**suite.decimals
        self.trace = trace
        self.now = suite.engine.timestamp
        """Time of the next action: transactions of a local engine leave it where it is."""
        self.maturities: set[int] = set()
        self.floating: set[int] = set()
        """Maturities of variable bonds."""
        self._people: dict[str, str] = {ISSUER: issuer}

    def advance_to(self, time: int) -> None:
        """Move the clock to `time`; a time already past is left alone."""
        if time > self.now:
            self.engine.set_time(time)
            self.now = time

    def address(self, name: str) -> str:
        """Address of a person of the story, whose key is made of its name."""
        if name not in self._people:
            self._people[name] = self.account(name).address
        return self._people[name]

    def introduce(self, name: str, address: str) -> None:
        """Somebody with an account of its own comes into the story."""
        self._people[name] = address

    @property
    def ids(self) -> set[int]:
        """Every bond that somebody tried to buy."""
        return {fixed_id(one) for one in self.maturities} | {variable_id(one) for one in self.floating}

    @staticmethod
    @cache
    def account(name: str) -> LocalAccount:
        """The person's account: who knows the name, knows the key."""
        account: LocalAccount = Account.from_key(keccak(b"surety person " + name.encode()))
        return account

    def wei(self, whole: float) -> int:
        """Smallest units of a choice made in whole assets, to the cent."""
        return round(whole * 100) * self.one // 100

    # ─── Reading ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def view(self) -> MarketView:
        """Quotes of all maturities on sale."""
        return MarketView(self.suite.curve(), self.now, self.decimals)

    def quote(self, maturity: int) -> Any:
        """The quote of one maturity."""
        return self.suite.market.call("quote", maturity)

    def balances(self) -> tuple[int, int]:
        """Escrow and reserve."""
        return self.suite.treasury.call("escrow"), self.suite.treasury.call("reserve")

    def cash(self, name: str) -> int:
        """Somebody's balance of the asset."""
        return self.suite.cash(self.address(name))

    def books(self, savers: Iterable[str]) -> Books:
        """The closing account's left side."""
        escrow, reserve = self.balances()
        token = self.suite.token
        return Books(
            asset_supply=self.suite.asset.call("totalSupply"),
            bond_supply=sum(token.call("totalSupply", one) for one in sorted(self.ids)),
            treasury_balance=self.suite.cash(self.suite.treasury.address),
            issuer_balance=self.cash(ISSUER),
            escrow=escrow,
            reserve=reserve,
            interest=self.suite.treasury.call("interest_reserve"),
            savers=tuple(self.cash(name) for name in savers),
            rolling=self.suite.cash(self.suite.rolling.address) + self.suite.cash(self.suite.vault.address),
        )

    def bid(self, maturity: int, face: int) -> int:
        """What the market pays for a face now; nothing if it takes no more of it."""
        return self.quoted(lambda: self.suite.quote_sell(maturity, face), otherwise=0)

    def ask(self, maturity: int, face: int) -> int:
        """What the market asks for a face now; par if it sells no more of it."""
        return self.quoted(lambda: self.suite.quote_buy(maturity, face), otherwise=face)

    # ─── Acting ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def open_account(self, name: str, wealth: int) -> int:
        """Somebody arrives with `wealth` and approves the treasury; returns what was minted."""
        person = self.address(name)
        self.act(name, "mint", {"amount": wealth}, lambda: self.suite.mint(person, wealth))
        self.act(name, "approve", {"amount": MAX_UINT}, lambda: self.suite.approve(person))
        return wealth

    def buy(self, name: str, maturity: int, face: int) -> Trade | None:
        """Buy an exact face at the price just quoted, plus slippage; None if refused."""
        quote = self.ask(maturity, face)
        most = min(face, quote + quote * SLIPPAGE_BPS // 10_000)
        args = {"maturity": maturity, "face": face, "max_cost": most}
        return self._trade(name, "buy", args, lambda who: self.suite.buy(who, maturity, face, most, deadline=self.now))

    def buy_exact_cost(self, name: str, maturity: int, cost: int, least: int) -> Trade | None:
        """Spend `cost` for at least `least` of face; None if refused."""
        args = {"maturity": maturity, "cost": cost, "min_face": least}
        suite = self.suite
        return self._trade(
            name,
            "buy_exact_cost",
            args,
            lambda who: suite.buy_exact_cost(who, maturity, cost, least, deadline=self.now),
        )

    def buy_strip(self, name: str, strip: Strip) -> list[Trade]:
        """Buy a coupon bond at the price just quoted, plus slippage: a trade for each date; none if refused."""
        suite, person = self.suite, self.address(name)
        quote = self.quoted(lambda: suite.quote_strip(strip), otherwise=sum(strip.faces))
        most = min(sum(strip.faces), quote + quote * SLIPPAGE_BPS // 10_000)
        args = {"maturities": list(strip.maturities), "faces": list(strip.faces), "max_cost": most}
        trades: list[Trade] = []

        def sent() -> Receipt:
            receipt = suite.market.send("buy_strip", *strip, most, person, self.now, sender=person)
            events = suite.market.events(receipt, "BondBought")
            trades.extend(Trade(event.args.face, event.args.cost, receipt) for event in events)
            return receipt

        self.act(name, "buy_strip", args, sent, lambda: f"face {sum(strip.faces)} for {sum(t.amount for t in trades)}")
        self.maturities.update(strip.maturities)
        return trades

    def absorb(self) -> int:
        """The issuer books what was sent to the treasury, the exchange's fees, as reserve; how much."""
        owed = sum(self.balances()) + self.suite.treasury.call("interest_reserve")
        if self.suite.cash(self.suite.treasury.address) <= owed:
            return 0
        booked = int(self.suite.treasury.call("absorb", sender=self.address(ISSUER)))
        send = self.suite.treasury.send
        self.act(ISSUER, "absorb", {}, lambda: send("absorb", sender=self.address(ISSUER)), lambda: str(booked))
        return booked

    def sell(self, name: str, maturity: int, face: int) -> Trade | None:
        """Sell to the protocol at the price just quoted, less slippage; None if refused."""
        quote = self.bid(maturity, face)
        least = quote - quote * SLIPPAGE_BPS // 10_000
        args = {"maturity": maturity, "face": face, "min_proceeds": least}
        return self._trade(
            name, "sell", args, lambda who: self.suite.sell(who, maturity, face, least, deadline=self.now)
        )

    def redeem(self, name: str, maturity: int, face: int) -> Trade | None:
        """Redeem matured bonds at par; None if refused."""
        args = {"maturity": maturity, "face": face}
        return self._trade(name, "redeem", args, lambda who: self.suite.redeem(who, maturity, face))

    def _trade(self, name: str, call: str, args: dict[str, int], send: Callable[[str], Trade]) -> Trade | None:
        trades: list[Trade] = []

        def sent() -> Receipt:
            trades.append(send(self.address(name)))
            return trades[0].receipt

        self.act(name, call, args, sent, lambda: f"face {trades[0].face} for {trades[0].amount}")
        self.maturities.add(args["maturity"])
        return trades[0] if trades else None

    def act(
        self,
        name: str,
        call: str,
        args: Mapping[str, object],
        send: Callable[[], Receipt],
        told: Callable[[], str] = lambda: "",
    ) -> bool:
        """Send, and write the row: what came of it, or the reason of the refusal. Whether it was done."""
        shown = {key: str(value) for key, value in args.items()}
        try:
            receipt = send()
        except Reverted as refusal:
            self.trace.add(self.now, name, call, shown, False, refusal.reason, 0)
            return False
        self.trace.add(receipt.timestamp, name, call, shown, True, told(), receipt.gas_used)
        return True

    def must(self, name: str, call: str, args: Mapping[str, object], send: Callable[[], Receipt]) -> None:
        """What a story can't go on without. Raises `ChainError` with the reason of a refusal."""
        if not self.act(name, call, args, send):
            raise ChainError(f"{name} could not {call}: {self.trace.rows[-1].result}")

    def do(
        self,
        name: str,
        call: str,
        contract: Contract,
        arguments: tuple[Any, ...],
        function: str | None = None,
    ) -> Receipt:
        """Send as somebody, under a name of its own in the trace. Raises `ChainError` with the reason of a refusal."""
        kept: list[Receipt] = []

        def sent() -> Receipt:
            kept.append(contract.send(function or call, *arguments, sender=self.address(name)))
            return kept[0]

        self.must(name, call, {"arguments": [one for one in arguments if isinstance(one, int | str)]}, sent)
        return kept[0]

    @staticmethod
    def quoted(quote: Callable[[], int], otherwise: int) -> int:
        """The price of this moment; what the market won't quote it will refuse, and the trace shows the refusal."""
        try:
            return quote()
        except Reverted:
            return otherwise
