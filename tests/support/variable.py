"""Variable bonds on titanoboa with the model beside them: deployed, played on both, compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import boa
from eth_utils.crypto import keccak
from tests.support.bonds import CURATOR, FUNDER, GUARDIAN, START, TRADERS, Setup, Suite, deploy

from surety.models.refusal import Refused
from surety.models.treasury import Treasury
from surety.models.variable import Officers, VariableMarket
from surety.models.variable_index import RAY
from surety.sdk.artefacts import artefact


def make_variable_model(setup: Setup, at: int = START, treasury: Any = "treasury") -> VariableMarket:
    """The model of the variable half of what `deploy` makes; the fixed half is its treasury's `reserve`."""
    books = Treasury(treasury, mint_cap=setup.mint_cap)
    model = VariableMarket.create(setup.unit, setup.all_variable, Officers(CURATOR, GUARDIAN), books, at)
    for trader in (*TRADERS, FUNDER):
        books.assets[trader] = setup.wealth * setup.whole
    if setup.reserve:
        books.fund(FUNDER, setup.reserve * setup.whole)
    if setup.interest:
        books.fund_interest(FUNDER, setup.interest * setup.whole, at)
    return model


def slot_of(name: str, *keys: int) -> int:
    """Where the treasury keeps a word, or an entry of a map."""
    slot = artefact("BondTreasury").storage_slots[name]
    for key in keys:
        slot = int.from_bytes(keccak(slot.to_bytes(32, "big") + key.to_bytes(32, "big")), "big")
    return slot


def word(treasury: Any, name: str, *keys: int) -> int:
    """A word of the treasury's storage."""
    return boa.env.get_storage(treasury.address, slot_of(name, *keys))


def put_word(treasury: Any, name: str, *keys: int, value: int) -> None:
    """Write one, as nothing on chain can."""
    boa.env.set_storage(treasury.address, slot_of(name, *keys), value)


@dataclass
class Pair:
    """The same market twice. Each move is played on both: the same answer, or a refusal for the same reason."""

    suite: Suite
    model: VariableMarket

    @classmethod
    def create(cls, setup: Setup) -> Pair:
        suite = deploy(setup)
        return cls(suite, make_variable_model(setup, suite.now, suite.treasury.address))

    @property
    def now(self) -> int:
        return self.model.now

    def go(self, to: int) -> None:
        """Move both clocks."""
        assert to >= self.model.now
        self.model.now = to
        boa.env.evm.patch.timestamp = to

    def wait(self, seconds: int) -> None:
        self.go(self.model.now + seconds)

    def both(self, model: Any, contract: Any) -> Any:
        """Play a move on both; None if both refused."""
        try:
            expected = model()
        except Refused as refused:
            with boa.reverts(refused.reason):
                contract()
            return None
        answer = contract()
        assert answer == expected, f"{answer} from the contract, {expected} from the model"
        return answer

    def buy(self, buyer: str, maturity: int, cost: int, least: int = 0, receiver: str | None = None) -> int | None:
        to, late = receiver or buyer, self.now
        return self.both(
            lambda: self.model.buy(buyer, maturity, cost, least, to, late),
            lambda: self.suite.variable.buy(maturity, cost, least, to, late, sender=buyer),
        )

    def sell(self, seller: str, maturity: int, shares: int, least: int = 0, receiver: str | None = None) -> int | None:
        to, late = receiver or seller, self.now
        return self.both(
            lambda: self.model.sell(seller, maturity, shares, least, to, late),
            lambda: self.suite.variable.sell(maturity, shares, least, to, late, sender=seller),
        )

    def redeem(self, holder: str, bond: int, amount: int, receiver: str | None = None) -> None:
        to = receiver or holder
        self.both(
            lambda: self.atomically(lambda: self.model.treasury.redeem(holder, bond, amount, to, self.now)),
            lambda: self.suite.treasury.redeem(bond, amount, to, sender=holder),
        )

    def accrue(self) -> None:
        self.both(
            lambda: self.model.treasury.accrue(self.now).as_tuple,
            lambda: tuple(self.suite.treasury.accrue()),
        )

    def update_rate(self) -> int | None:
        return self.both(self.model.update_rate, self.suite.variable.update_rate)

    def fund_interest(self, amount: int, funder: str = FUNDER) -> None:
        self.both(
            lambda: self.atomically(lambda: self.model.treasury.fund_interest(funder, amount, self.now)),
            lambda: self.suite.treasury.fund_interest(amount, sender=funder),
        )

    def withdraw_interest(self, amount: int, receiver: str, treasurer: str) -> None:
        self.both(
            lambda: self.atomically(lambda: self.model.treasury.withdraw_interest(amount, receiver, self.now)),
            lambda: self.suite.treasury.withdraw_interest(amount, receiver, sender=treasurer),
        )

    def atomically(self, move: Any) -> Any:
        """A move of the model's treasury, undone if refused."""
        with self.model.atomic():
            return move()

    def check(self) -> None:
        """Books, index, policy and money of both are equal, and escrow is what is owed (INV-TRS-1, INV-TRS-2)."""
        treasury, books = self.suite.treasury, self.model.treasury
        fixed = sum(amount for bond, amount in books.supplies.items() if bond >> 64 == 1)
        assert treasury.escrow() == books.escrow == fixed + books.variable.owed()
        assert treasury.reserve() == books.reserve
        assert treasury.interest_reserve() == books.variable.reserve
        assert self.suite.asset.balanceOf(treasury) == books.assets[books.address] >= books.booked
        assert tuple(treasury.variable()) == self.model.preview().as_tuple
        assert tuple(self.suite.variable.anchors()) == self.model.walked(self.model.preview())
        assert tuple(self.suite.variable.terms()) == self.model.terms
        for maturity in books.variable.series:
            self.check_series(maturity)

    def check_series(self, maturity: int) -> None:
        """Shares of a maturity and the index they have."""
        shares, index = self.suite.treasury.series(maturity)
        bond = 2 << 64 | maturity
        assert shares == self.model.treasury.variable.of(maturity).shares == self.suite.token.totalSupply(bond)
        frozen = self.model.treasury.variable.of(maturity).frozen
        if frozen:
            assert index == frozen >= RAY
