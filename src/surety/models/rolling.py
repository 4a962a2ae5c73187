"""A class of bonds that roll: `contracts/bonds/RollingBonds.vy`, beside the model of its market.

Methods take the caller first and raise `Refused` with the contract's reason, leaving everything as it was. Amounts are
in the asset's smallest unit, rates WAD a year, times seconds. Approvals are taken as endless.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from typing import NamedTuple

from .debt_observer import WINDOW, DebtObserver
from .debt_profile import WEEK, YEAR
from .log_mean import BPS, Q96, WAD, exp_neg
from .market import Market
from .refusal import Refused, require
from .treasury import NOBODY, Account, bond_id

EXP_SLACK = 2**21
ROUNDINGS = 3
BOOK_LIMIT = 2**128


class Position(NamedTuple):
    """What a class holds, with matured bonds as the cash that they pay."""

    maturity: int
    face: int
    cash: int
    supply: int


class Round(NamedTuple):
    """Maturity held, and what bounds further purchases of it."""

    maturity: int = 0
    since: int = 0
    reference: int = 0
    rolled: int = 0


class Guard(NamedTuple):
    """Maturity that a roll would buy, debt from which it would be priced, and the most that this may be."""

    maturity: int
    start: int
    limit: int


def _shares() -> defaultdict[Account, int]:
    return defaultdict(int)


@dataclass
class RollingBonds:
    """One class. `address` is its account in the ledgers of the market's model."""

    market: Market
    observer: DebtObserver
    address: Account
    tenor: int
    min_rate: int
    tolerance_bps: int
    tip_bps: int
    face: int = 0
    cash: int = 0
    round: Round = field(default_factory=Round)
    shares: defaultdict[Account, int] = field(default_factory=_shares)

    @property
    def supply(self) -> int:
        """All shares."""
        return sum(self.shares.values())

    @contextmanager
    def atomic(self) -> Iterator[None]:
        """What is refused inside changes nothing."""
        before = deepcopy((self.face, self.cash, self.round, self.shares))
        seen = deepcopy((self.observer.corners, self.observer.sure))
        try:
            with self.market.atomic():
                yield
        except Refused:
            self.face, self.cash, self.round, self.shares = before
            self.observer.corners, self.observer.sure = seen
            raise

    # -- holders --

    def enter(self, sender: Account, shares: int, max_face: int, max_cash: int, receiver: Account) -> tuple[int, int]:
        """Bring a part of what the class holds; returns face and cash."""
        with self.atomic():
            require(shares > 0, "rolling_bonds: zero shares")
            self._settle()
            position = self.position()
            face, cash = self.to_enter(shares)
            require(face <= max_face, "rolling_bonds: face above the limit")
            require(cash <= max_cash, "rolling_bonds: cash above the limit")
            if position.supply == 0:
                self.round = Round(position.maturity)
            self._store(position.face + face, position.cash + cash)
            require(receiver != NOBODY, "erc20: mint to the zero address")
            self.shares[receiver] += shares
            self.market.treasury.transfer(sender, self.address, bond_id(position.maturity), face)
            self._move(sender, self.address, cash)
            return face, cash

    def exit(self, sender: Account, shares: int, min_face: int, min_cash: int, receiver: Account) -> tuple[int, int]:
        """Take a part of what the class holds; returns face and cash."""
        with self.atomic():
            require(shares > 0, "rolling_bonds: zero shares")
            require(receiver not in (NOBODY, self.address), "rolling_bonds: receiver is zero or this")
            supply = self.supply
            require(self.shares[sender] >= shares, "erc20: burn amount exceeds balance")
            self.shares[sender] -= shares
            face, cash = shares * self.face // supply, shares * self.cash // supply
            require(face >= min_face, "rolling_bonds: face below the limit")
            require(cash >= min_cash, "rolling_bonds: cash below the limit")
            self._store(self.face - face, self.cash - cash)
            self.market.treasury.transfer(self.address, receiver, bond_id(self.round.maturity), face)
            self._move(self.address, receiver, cash)
            return face, cash

    def transfer(self, sender: Account, receiver: Account, shares: int) -> None:
        """Shares from one holder to another."""
        require(receiver != NOBODY, "erc20: transfer to the zero address")
        require(self.shares[sender] >= shares, "erc20: transfer amount exceeds balance")
        self.shares[sender] -= shares
        self.shares[receiver] += shares

    # -- keepers --

    def settle(self) -> int:
        """Cash matured bonds; returns their face."""
        with self.atomic():
            return self._settle()

    def roll(self, keeper: Account, face: int) -> tuple[int, int]:
        """Buy bonds of the next maturity; returns cost and tip."""
        with self.atomic():
            self._settle()
            return self._roll(keeper, face)

    def roll_all(self, keeper: Account) -> tuple[int, int, int]:
        """The same for all the cash; returns face, cost and tip."""
        with self.atomic():
            self._settle()
            face = self.face_of_all()
            cost, tip = self._roll(keeper, face)
            return face, cost, tip

    # -- views --

    def position(self) -> Position:
        """Holdings as they are once settled."""
        if self.round.maturity > self.market.now:
            return Position(self.round.maturity, self.face, self.cash, self.supply)
        maturity = self.market.now // WEEK * WEEK + self.tenor
        return Position(maturity, 0, self.cash + self.face, self.supply)

    def to_enter(self, shares: int) -> tuple[int, int]:
        """Face and cash that shares stand for, each rounded up."""
        position = self.position()
        if position.supply == 0:
            return shares, 0
        return -(-shares * position.face // position.supply), -(-shares * position.cash // position.supply)

    def face_of_all(self) -> int:
        """Face whose cost and tip fit into the cash."""
        position = self.position()
        if position.cash == 0:
            return 0
        face, cost = self.market.quote_buy_exact_cost(position.maturity, position.cash)
        less = self.tip(face, cost)
        less += ROUNDINGS if less else 0
        return face * (position.cash - min(position.cash, less)) // position.cash

    def quote_roll_all(self) -> tuple[int, int, int]:
        """Face, cost and tip of `roll_all`, bounds apart."""
        face = self.face_of_all()
        if face == 0:
            return 0, 0, 0
        cost = self.market.quote_buy(self.position().maturity, face)
        return face, cost, self.tip(face, cost)

    def guard(self) -> Guard:
        """Whether the debt lets the class roll now."""
        maturity = self.position().maturity
        plan = self._at_roll(maturity, self.observer.average(self.market, maturity))
        return Guard(maturity, self._start(maturity), self._limit(plan))

    def worth(self, face: int) -> int:
        """The most that a roll may pay for a face now."""
        if self.min_rate == 0:
            return face
        tau = self.position().maturity - self.market.now
        exponent = -(-self.min_rate * tau * Q96 // (YEAR * WAD))
        return face * (exp_neg(exponent) - EXP_SLACK) // Q96

    def tip(self, face: int, cost: int) -> int:
        """The keeper's part of the discount, rounded down."""
        return (face - cost) * self.tip_bps // BPS

    # -- internals --

    def _settle(self) -> int:
        face = self.face
        if face == 0 or self.round.maturity > self.market.now:
            return 0
        self._store(0, self.cash + face)
        bond = bond_id(self.round.maturity)
        self.market.treasury.redeem(self.address, bond, face, self.address, self.market.now)
        return face

    def _roll(self, keeper: Account, face: int) -> tuple[int, int]:
        require(face > 0, "rolling_bonds: zero face")
        position = self.position()
        cost = self.market.quote_buy(position.maturity, face)
        tip = self.tip(face, cost)
        require(cost + tip <= position.cash, "rolling_bonds: cost and tip above the cash")
        require(cost + tip <= self.worth(face), "rolling_bonds: below the minimum rate")
        plan = self._at_roll(position.maturity, self.observer.observe(self.market, position.maturity))
        require(self._start(position.maturity) <= self._limit(plan), "rolling_bonds: debt above its average")
        self.round = plan._replace(rolled=plan.rolled + face)
        self._store(position.face + face, position.cash - cost - tip)
        paid = self.market.buy(self.address, position.maturity, face, cost, self.address, self.market.now)
        assert paid == cost, "a quote is what the same block charges"
        self._move(self.address, keeper, tip)
        return cost, tip

    def _at_roll(self, maturity: int, average: int) -> Round:
        plan = self.round
        late = plan.since + WINDOW < self.market.now
        if plan.maturity != maturity or late or average > plan.reference + plan.rolled:
            return Round(maturity, self.market.now, average, 0)
        return plan

    def _limit(self, plan: Round) -> int:
        target = self.market.terms(plan.maturity).curve.target
        return plan.reference + plan.rolled + target * self.tolerance_bps // BPS

    def _start(self, maturity: int) -> int:
        bucket = self.market.bucket(maturity)
        return bucket.debt + bucket.up * self.market.unit

    def _store(self, face: int, cash: int) -> None:
        require(face < BOOK_LIMIT and cash < BOOK_LIMIT, "rolling_bonds: amount out of range")
        self.face, self.cash = face, cash

    def _move(self, sender: Account, receiver: Account, amount: int) -> None:
        assets = self.market.treasury.assets
        require(assets[sender] >= amount, "mock_erc20: insufficient balance")
        assets[sender] -= amount
        assets[receiver] += amount
