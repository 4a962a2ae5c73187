"""CollectivePool and its companions on titanoboa over mock locks and a mock escrow, beside model and judge."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import boa
from tests.support.delegation import source

from surety.models.collective_pool import WAD, WEEK, Collective, Locks
from surety.models.pool_judge import PoolJudge
from surety.models.refusal import Refused

START = 2_858 * WEEK + 12_345
DAY = 86_400
MAX = 2**256 - 1
ZERO = "0x" + "00" * 20
COOLDOWN = 5 * DAY
WEALTH = 2**90
QUORUM, THRESHOLD = 2_000, 100
HOLDERS = [boa.env.generate_address(f"holder {number}") for number in range(8)]
STRANGER = boa.env.generate_address("nobody in particular")
OPERATORS = [boa.env.generate_address(f"operator {number}") for number in range(4)]
SERVICE = b"\x05" * 32
ASSETS = {6: "MockNoReturnERC20", 8: "MockERC20", 18: "MockERC20"}


def blueprints() -> list[Any]:
    """Of portfolio, ballot and dividends."""
    names = ("PoolPortfolio", "PoolBallot", "PoolDividends")
    return [source(f"commitments/{name}").deploy_as_blueprint() for name in names]


def new_pool(bonding: Any, escrow: Any, token: Any, payout: str = ZERO) -> tuple[Any, Any, Any, Any]:
    """Pool, portfolio, ballot and dividends."""
    pool = source("commitments/CollectivePool").deploy(
        bonding, escrow, token, payout, blueprints(), QUORUM, THRESHOLD, "Collective pool", "POOL"
    )
    _, portfolio, ballot, dividends = pool.wiring()
    return (
        pool,
        source("commitments/PoolPortfolio").at(portfolio),
        source("commitments/PoolBallot").at(ballot),
        source("commitments/PoolDividends").at(dividends),
    )


@dataclass
class PoolWorld:
    """Each call is made on contract, model and, where it changes what somebody has, judge."""

    token: Any
    bonding: Any
    escrow: Any
    pool: Any
    portfolio: Any
    ballot: Any
    dividends: Any
    model: Collective
    judge: PoolJudge = field(default_factory=PoolJudge)
    paid: dict[str, int] = field(default_factory=lambda: dict.fromkeys(HOLDERS, 0))
    joined: int = 0
    slashes: int = 0
    reason: str = ""
    """Of the last refusal."""

    @classmethod
    def create(cls, decimals: int = 18, cooldown: int = COOLDOWN, asset: str = "") -> PoolWorld:
        """Everybody has WEALTH, approved; nobody has joined. `asset`: another mock than that of the decimals."""
        boa.env.sstore_trace.clear()
        boa.env.evm.patch.timestamp = START
        token = source(f"mocks/{asset or ASSETS[decimals]}").deploy("Shares of a class", "CLS", decimals)
        bonding = source("mocks/MockServiceBonding").deploy(token, cooldown)
        escrow = source("mocks/MockSlashEscrow").deploy()
        bonding.set_escrow(escrow)
        pool, portfolio, ballot, dividends = new_pool(bonding, escrow, token)
        for holder in (*HOLDERS, STRANGER):
            token.mint(holder, WEALTH)
            token.approve(pool, MAX, sender=holder)
        return cls(token, bonding, escrow, pool, portfolio, ballot, dividends, Collective(Locks(START, cooldown)))

    def again(self) -> PoolWorld:
        """The same contracts with models of their own: within an anchor, as if made anew."""
        boa.env.sstore_trace.clear()
        boa.env.evm.patch.timestamp = self.now
        return replace(self, model=deepcopy(self.model), judge=deepcopy(self.judge), paid=dict(self.paid))

    # -- clock --

    @property
    def now(self) -> int:
        return self.model.locks.now

    def go_to(self, t: int) -> None:
        boa.env.evm.patch.timestamp = self.model.locks.now = t

    def wait(self, seconds: int) -> None:
        self.go_to(self.now + seconds)

    def to_thursday(self) -> None:
        """The next one's first second."""
        self.go_to((self.now // WEEK + 1) * WEEK)

    # -- calls on both --

    def both(self, model: Callable[[], Any], contract: Callable[[], Any]) -> Any:
        """What both answer; None if both refused, for the same reason."""
        try:
            before = self._state()
            expected = model()
        except Refused as refused:
            self.reason = refused.reason
            with boa.reverts(refused.reason):
                contract()
            return None
        self._tell_judge(before)
        got = contract()
        assert got == expected
        return got if got is not None else True

    def deposit(self, owner: str, assets: int) -> int | None:
        done = self.both(
            lambda: self.model.deposit(assets, owner), lambda: self.pool.deposit(assets, owner, sender=owner)
        )
        if done is not None:
            self.judge.join(owner, assets)
            self.joined += assets
        return done

    def mint(self, owner: str, shares: int) -> int | None:
        assets = self.both(lambda: self.model.mint(shares, owner), lambda: self.pool.mint(shares, owner, sender=owner))
        if assets is not None:
            self.judge.join(owner, assets)
            self.joined += assets
        return assets

    def transfer(self, owner: str, to: str, amount: int) -> None:
        held = self.model.shares[owner]
        done = self.both(
            lambda: self.model.transfer(owner, to, amount) or True,
            lambda: self.pool.transfer(to, amount, sender=owner),
        )
        if done and amount:
            self.judge.move(owner, to, Fraction(amount, held))

    def request(self, owner: str, shares: int, controller: str | None = None) -> int | None:
        to, held = controller or owner, self.model.shares[owner]
        done = self.both(
            lambda: self.model.request(shares, to, owner),
            lambda: self.pool.requestRedeem(shares, to, owner, sender=owner),
        )
        if done is not None:
            self.judge.request(owner, to, Fraction(shares, held))
        return done

    def redeem(self, owner: str, shares: int) -> int | None:
        done = self.both(
            lambda: self.model.redeem(shares, owner), lambda: self.pool.redeem(shares, owner, owner, sender=owner)
        )
        self.paid[owner] += done or 0
        return done

    def withdraw(self, owner: str, assets: int) -> int | None:
        done = self.both(
            lambda: self.model.withdraw(assets, owner), lambda: self.pool.withdraw(assets, owner, owner, sender=owner)
        )
        self.paid[owner] += assets if done is not None else 0
        return done

    def advance(self) -> None:
        self.both(self.model.advance, lambda: self.pool.advance(sender=STRANGER))

    def back(self, operator: str, amount: int, ready: int = 0) -> int | None:
        """As if it had been voted."""
        lock = self.both(
            lambda: self.model.back(operator, amount, ready),
            lambda: self.pool.back(SERVICE, operator, amount, [], ready, sender=self.ballot.address),
        )
        if lock is not None:
            self.judge.back(lock, self.model.locks.locks[lock].units)
        return lock

    def unback(self, lock: int) -> None:
        """As if it had been voted."""
        self.both(lambda: self.model.unback(lock), lambda: self.pool.unback(lock, sender=self.ballot.address))

    def claim_refund(self, slash: int, owner: str) -> int | None:
        done = self.both(
            lambda: self.model.claim_refund(slash, owner),
            lambda: self.pool.claim_refund(slash, owner, owner, sender=STRANGER),
        )
        self.paid[owner] += done or 0
        return done

    # -- slashes, of locks that can be seized --

    def subject(self, lock: int) -> int:
        return lock << 160 | int(self.model.locks.locks[lock].behind, 16)

    def seize(self, lock: int, fraction: int = WAD // 10) -> int:
        """Returns the slash's id."""
        self.slashes += 1
        units = self.model.locks.seize(self.slashes, lock, fraction)
        self.model.on_seizure(self.slashes)
        self.judge.seize(self.slashes, lock, Fraction(fraction, WAD))
        got = self.escrow.seize(self.bonding, self.slashes, self.subject(lock), fraction, self.now)
        assert got == (units, 0)
        return self.slashes

    def veto(self, slash: int, part: int = WAD) -> None:
        """A part of what is still held goes back, the rest is paid."""
        held = self.model.locks.seizures[slash][1]
        back = held * part // WAD
        if back:
            self.model.locks.restore(slash, back)
            self.judge.restore(slash, Fraction(back, held))
            self.escrow.restore(self.bonding, slash, back)
        if held - back:
            self.model.locks.pay(slash, held - back)
            self.escrow.pay(self.bonding, slash, STRANGER, held - back)

    def finalise(self, slash: int) -> None:
        self.veto(slash, 0)

    # -- votes --

    def propose(self, owner: str, operator: str, amount: int, entry: bytes = bytes(32)) -> int:
        return self.ballot.propose_backing(SERVICE, operator, amount, entry, "because", sender=owner)

    def vote(self, number: int, owner: str, support: bool = True) -> int:
        return self.ballot.vote(number, support, sender=owner)

    def carry_out(self, number: int, parameters: tuple[bytes, ...] = (), who: str = STRANGER) -> int:
        """By anybody, where as much is idle as was voted. What is due is done on the way."""
        proposal = self.ballot.proposal(number)
        if proposal.lock:
            self.ballot.carry_out(number, parameters, sender=who)
            self.model.unback(proposal.lock)
            return proposal.lock
        before, ready = self._state(), self.ballot.period(number)[0]
        lock = self.ballot.carry_out(number, parameters, sender=who)
        assert self.model.back(proposal.operator, proposal.amount, ready) == lock
        self._tell_judge(before)
        self.judge.back(lock, self.model.locks.locks[lock].units)
        return lock

    # -- what all say --

    def compare(self, holders: list[str] = HOLDERS) -> None:
        """All books, to the unit."""
        pool, model = self.pool, self.model
        assert pool.totalSupply() == model.supply
        assert pool.tickets() == model.rounds[model.round].total
        assert pool.totalAssets() == model.value
        assert self.portfolio.idle() == model.idle
        assert self.portfolio.leaving_value() == model.leaving_value
        assert (pool.round(), pool.leaving(), pool.asked_at()) == (model.round, model.leaving, model.asked_at)
        assert not model.leaving or pool.ripe_at() == model.ripe_at
        positions, parts = self.portfolio.positions()
        assert positions == [lock | (2**255 if lock in model.claimed else 0) for lock in model.positions]
        assert parts == model.parts
        assert self.token.balanceOf(self.portfolio) >= model.tokens
        for holder in holders:
            assert pool.balanceOf(holder) == model.shares[holder]
            shares, assets = model.claimable_of(holder)
            assert (pool.maxRedeem(holder), pool.maxWithdraw(holder)) == (shares, assets)
            assert pool.claimableRedeemRequest(0, holder) == shares
            assert pool.pendingRedeemRequest(0, holder) == model.pending_of(holder)
            for number in model.waiting[holder]:
                asked = model.rounds[number].tickets[holder]
                assert pool.request(holder, number) == (asked, model.worth(number, holder))

    def compare_refunds(self) -> None:
        for slash in range(1, self.slashes + 1):
            for holder in HOLDERS:
                assert self.pool.refund(slash, holder) == self.model.refund(slash, holder)

    def has(self, holder: str) -> int:
        """All that a holder was paid or has."""
        model = self.model
        amount = self.paid[holder] + model.claimable_of(holder)[1]
        amount += sum(model.refund(slash, holder) for slash in range(1, self.slashes + 1))
        if model.whole:
            amount += model.shares[holder] * model.value // model.whole
        pending = (number for number in model.waiting[holder] if not model._ripe(number))
        return amount + sum(model.worth(number, holder) for number in pending)

    # -- the judge learns what the model does by itself --

    def _state(self) -> tuple[int, dict[int, bool]]:
        return self.model.round, {number: lock.released for number, lock in self.model.locks.locks.items()}

    def _tell_judge(self, before: tuple[int, dict[int, bool]]) -> None:
        number, released = before
        model = self.model
        leaving = self.judge.open_round - 1
        gone = [lock for lock, was in released.items() if not was and model.locks.locks[lock].released]
        for lock in gone:
            if model.left_with.get(lock, (0,))[0] != number:
                self.judge.gather(lock)
        if leaving in self.judge.cash and model.rounds[leaving].paid:
            self.judge.settle(leaving)
        if model.round == number:
            return
        locks = [lock for lock, left in model.left_with.items() if left[0] == number]
        bought = [(position, 0) for one, position in model.bought if one == number]
        self.judge.close([*bought, *((model.origins.get(lock, lock), lock) for lock in locks)])
        for lock in locks:
            if model.locks.locks[lock].released:
                self.judge.gather(lock)
        if model.rounds[number].paid:
            self.judge.settle(number)
