"""A whole bond market as one object: `BondMarket.vy` with its profile, anchors, limits, treasury and ledgers.

Methods take the caller first and raise `Refused` with the contract's reason, leaving everything as it was. Time is
`now` (s), moved by whoever plays with the model. Units and rounding are the contract's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from . import anchors, log_mean
from .anchors import Bucket
from .debt_profile import WEEK, DebtProfile, Terms
from .flow_limits import FlowLimits, Limits, exposure
from .log_mean import BPS, WAD, Curve
from .refusal import Refused, require
from .treasury import Account, Treasury, bond_id

LACKS_ROLE = "roles: caller lacks the role"


class Holders(NamedTuple):
    """Who holds the roles."""

    admin: Account
    curator: Account
    guardian: Account
    treasurer: Account


class Quote(NamedTuple):
    """Bucket, profile and marginal prices (WAD) of one maturity."""

    maturity: int
    debt: int
    target: int
    cap: int
    buy_price: int
    sell_price: int
    hi: int
    mid: int
    low: int


@dataclass
class Market:
    """The exact model. `window` is the time in which anchors relax, s."""

    unit: int
    window: int
    holders: Holders
    profile: DebtProfile
    flow: FlowLimits
    treasury: Treasury
    now: int
    buckets: dict[int, Bucket] = field(default_factory=dict)
    rollers: set[Account] = field(default_factory=set)

    @contextmanager
    def atomic(self) -> Iterator[None]:
        """What is refused inside changes nothing."""
        before = deepcopy((self.profile, self.flow, self.treasury, self.buckets))
        try:
            yield
        except Refused:
            self.profile, self.flow, self.treasury, self.buckets = before
            raise

    # -- trades --

    def buy(self, buyer: Account, maturity: int, face: int, max_cost: int, receiver: Account, deadline: int) -> int:
        """Buy an exact face; returns the cost."""
        with self.atomic():
            self._check_trade(maturity, face, deadline)
            cost = self.cost(maturity, face)
            require(cost <= max_cost, "bond_market: cost above the limit")
            self._settle_buy(buyer, maturity, face, cost, receiver)
            return cost

    def buy_exact_cost(
        self, buyer: Account, maturity: int, cost: int, min_face: int, receiver: Account, deadline: int
    ) -> int:
        """Spend at most `cost`; returns the face."""
        with self.atomic():
            self._check_trade(maturity, cost, deadline)
            face, paid = self.face_for(maturity, cost)
            require(face > 0, "bond_market: zero amount")
            require(face >= min_face, "bond_market: face below the limit")
            self._settle_buy(buyer, maturity, face, paid, receiver)
            return face

    def sell(
        self, seller: Account, maturity: int, face: int, min_proceeds: int, receiver: Account, deadline: int
    ) -> int:
        """Sell bonds back; returns the proceeds."""
        with self.atomic():
            self._check_trade(maturity, face, deadline)
            proceeds = self.proceeds(maturity, face)
            require(proceeds >= min_proceeds, "bond_market: proceeds below the limit")
            self._record_sell(maturity, face, proceeds)
            self.treasury.retire(seller, receiver, bond_id(maturity), face, proceeds)
            return proceeds

    def buy_strip(
        self,
        buyer: Account,
        maturities: Sequence[int],
        faces: Sequence[int],
        max_cost: int,
        receiver: Account,
        deadline: int,
    ) -> int:
        """Buy several maturities, all or nothing; returns the cost of all."""
        with self.atomic():
            self._check_strip(maturities, faces)
            cost = 0
            for maturity, face in zip(maturities, faces, strict=True):
                self._check_trade(maturity, face, deadline)
                part = self.cost(maturity, face)
                self._record_buy(buyer, maturity, face, part)
                cost += part
            require(cost <= max_cost, "bond_market: cost above the limit")
            self.treasury.issue_many(buyer, receiver, [bond_id(maturity) for maturity in maturities], faces, cost)
            return cost

    def convert(
        self,
        holder: Account,
        maturity: int,
        face: int,
        new_maturity: int,
        min_face: int,
        receiver: Account,
        deadline: int,
    ) -> int:
        """Turn bonds into bonds of another maturity; returns the face got."""
        with self.atomic():
            self._check_trade(maturity, face, deadline)
            self._check_trade(new_maturity, face, deadline)
            require(maturity != new_maturity, "bond_market: same maturity")
            proceeds = self.proceeds(maturity, face)
            self._record_sell(maturity, face, proceeds)
            new_face, paid = self.face_for(new_maturity, proceeds)
            require(new_face > 0, "bond_market: zero amount")
            require(new_face >= min_face, "bond_market: face below the limit")
            self._record_buy(holder, new_maturity, new_face, paid)
            self.treasury.convert(holder, receiver, bond_id(maturity), face, bond_id(new_maturity), new_face)
            return new_face

    # -- parameters --

    def queue_profile(self, caller: Account, knots: Sequence[Curve], fee_bps: int) -> None:
        """Announce a change of the profile."""
        require(caller == self.holders.curator, LACKS_ROLE)
        self.profile.queue(knots, fee_bps, self.now)

    def cancel_profile(self, caller: Account) -> None:
        """Take an announced change back."""
        require(caller in (self.holders.guardian, self.holders.curator), LACKS_ROLE)
        self.profile.cancel(self.now)

    def set_limits(self, caller: Account, limits: Limits) -> None:
        """Set the flow limits."""
        require(caller == self.holders.admin, LACKS_ROLE)
        self.flow.set(limits)

    def set_pause(self, caller: Account, buys: bool, sells: bool) -> None:
        """Pause or resume."""
        require(caller == self.holders.guardian, LACKS_ROLE)
        self.flow.pause(buys, sells)

    # -- the treasury's own entries --

    def redeem(self, holder: Account, bond: int, face: int, receiver: Account) -> None:
        """Par for matured bonds."""
        with self.atomic():
            self.treasury.redeem(holder, bond, face, receiver, self.now)

    def fund(self, funder: Account, amount: int) -> None:
        """Pay into the reserve."""
        with self.atomic():
            self.treasury.fund(funder, amount)

    def withdraw(self, caller: Account, amount: int, receiver: Account) -> None:
        """Draw from the reserve."""
        with self.atomic():
            require(caller == self.holders.treasurer, LACKS_ROLE)
            self.treasury.withdraw(amount, receiver)

    def mint_reserve(self, caller: Account, amount: int) -> None:
        """Mint into the reserve."""
        with self.atomic():
            require(caller == self.holders.treasurer, LACKS_ROLE)
            self.treasury.mint_reserve(amount, self.now)

    # -- quotes and views --

    def quote_buy(self, maturity: int, face: int) -> int:
        """What `buy` would charge, limits and reserve apart."""
        self._check_trade(maturity, face, self.now)
        return self.cost(maturity, face)

    def quote_sell(self, maturity: int, face: int) -> int:
        """What `sell` would pay, limits apart."""
        self._check_trade(maturity, face, self.now)
        return self.proceeds(maturity, face)

    def quote_buy_exact_cost(self, maturity: int, cost: int) -> tuple[int, int]:
        """Face that `cost` would buy, and what would be charged for it."""
        self._check_trade(maturity, cost, self.now)
        return self.face_for(maturity, cost)

    def quote_strip(self, maturities: Sequence[int], faces: Sequence[int]) -> int:
        """What `buy_strip` would charge, limits and reserve apart."""
        self._check_strip(maturities, faces)
        return sum(self.quote_buy(maturity, face) for maturity, face in zip(maturities, faces, strict=True))

    def quote_convert(self, maturity: int, face: int, new_maturity: int) -> int:
        """What `convert` would give, limits and reserve apart."""
        self._check_trade(maturity, face, self.now)
        self._check_trade(new_maturity, face, self.now)
        require(maturity != new_maturity, "bond_market: same maturity")
        return self.face_for(new_maturity, self.proceeds(maturity, face))[0]

    def quote(self, maturity: int) -> Quote:
        """Bucket, curve and marginal prices of one maturity."""
        self._check_trade(maturity, 1, self.now)
        terms, bucket = self.terms(maturity), self.bucket(maturity)
        above, below = self._anchors(bucket)
        sides = [(terms.curve, terms.fee_bps)] + [(terms.next_curve, terms.next_fee_bps)] * terms.changing
        prices = [(log_mean.price(above, curve), log_mean.price(below, curve), fee) for curve, fee in sides]
        return Quote(
            maturity,
            bucket.debt,
            terms.curve.target,
            min(terms.curve.cap, terms.next_curve.cap),
            max(up + (WAD - up) * fee // BPS for up, _, fee in prices),
            min(down - min(down, (WAD - down) * fee // BPS) for _, down, fee in prices),
            *terms.curve[2:],
        )

    def bucket(self, maturity: int) -> Bucket:
        """Debt and anchors, relaxed to now."""
        return anchors.relaxed(self.buckets.get(maturity, Bucket()), self.now, self.window)

    def terms(self, maturity: int) -> Terms:
        """Curve and fee in force, and those to come."""
        return self.profile.terms(maturity - self.now, self.now)

    # -- pricing --

    def cost(self, maturity: int, face: int) -> int:
        """Charge for `face` from the upper anchor; the dearer one while a change is under way."""
        terms, bucket = self.terms(maturity), self.bucket(maturity)
        start, _ = self._anchors(bucket)
        self._check_cap(terms, bucket, face)
        cost = log_mean.charge(start, face, terms.curve, terms.fee_bps)
        if terms.changing:
            cost = max(cost, log_mean.charge(start, face, terms.next_curve, terms.next_fee_bps))
        return cost

    def face_for(self, maturity: int, cost: int) -> tuple[int, int]:
        """Face that `cost` buys from the upper anchor, and its charge."""
        terms, bucket = self.terms(maturity), self.bucket(maturity)
        start, _ = self._anchors(bucket)
        face = log_mean.face_for(cost, start, terms.curve, terms.fee_bps)
        if terms.changing:
            face = min(face, log_mean.face_for(cost, start, terms.next_curve, terms.next_fee_bps))
        self._check_cap(terms, bucket, face)
        paid = log_mean.charge(start, face, terms.curve, terms.fee_bps)
        if terms.changing:
            paid = max(paid, log_mean.charge(start, face, terms.next_curve, terms.next_fee_bps))
        assert paid <= cost, "the pad of the inverse covers this"
        return face, paid

    def proceeds(self, maturity: int, face: int) -> int:
        """Payout for `face` from the lower anchor; the cheaper one while a change is under way."""
        terms, bucket = self.terms(maturity), self.bucket(maturity)
        require(face <= bucket.debt, "bond_market: face above the debt")
        _, start = self._anchors(bucket)
        proceeds = log_mean.payout(start, face, terms.curve, terms.fee_bps)
        if terms.changing:
            proceeds = min(proceeds, log_mean.payout(start, face, terms.next_curve, terms.next_fee_bps))
        return proceeds

    # -- internals --

    def _check_cap(self, terms: Terms, bucket: Bucket, face: int) -> None:
        cap = min(terms.curve.cap, terms.next_curve.cap)
        require(bucket.debt + face <= cap, "bond_market: over the cap of the maturity")

    def _anchors(self, bucket: Bucket) -> tuple[int, int]:
        return bucket.debt + bucket.up * self.unit, bucket.debt - min(bucket.debt, bucket.down * self.unit)

    def _check_trade(self, maturity: int, amount: int, deadline: int) -> None:
        require(self.now <= deadline, "bond_market: past the deadline")
        require(amount > 0, "bond_market: zero amount")
        require(maturity % WEEK == 0, "bond_market: maturity off the weekly grid")
        require(maturity > self.now, "bond_market: bond has matured")

    def _check_strip(self, maturities: Sequence[int], faces: Sequence[int]) -> None:
        require(len(maturities) == len(faces) > 0, "bond_market: strip needs a face a maturity")
        rising = all(near < far for near, far in pairwise(maturities))
        require(rising, "bond_market: strip out of order")

    def _settle_buy(self, buyer: Account, maturity: int, face: int, cost: int, receiver: Account) -> None:
        self._record_buy(buyer, maturity, face, cost)
        self.treasury.issue(buyer, receiver, bond_id(maturity), face, cost)

    def _record_buy(self, buyer: Account, maturity: int, face: int, cost: int) -> None:
        amount, discount = exposure(face, maturity - self.now), face - cost
        self.flow.record_buy(amount, discount, self.now, roller=buyer in self.rollers)
        self.buckets[maturity] = anchors.after_buy(self.bucket(maturity), face, self.unit, self.now)

    def _record_sell(self, maturity: int, face: int, proceeds: int) -> None:
        self.flow.record_sell(exposure(face, maturity - self.now), face - proceeds, self.now)
        self.buckets[maturity] = anchors.after_sell(self.bucket(maturity), face, self.unit, self.now)
