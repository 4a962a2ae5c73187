"""CollectivePool with its companions; locks and escrow are mocks, which are cheaper to ask than ServiceBonding.

Approvals are unlimited, nobody had left before. What an account pays once after a slash, for its history, is measured
apart, and so is what the pool pays for looking at eight locks.
"""

from __future__ import annotations

from typing import Any

import pytest
from tests.gas.conftest import Check

from surety.sdk.artefacts import artefact
from surety.sdk.contract import Contract
from surety.sdk.engines.base import rolled_back
from surety.sdk.suite import MAX_UINT, WEEK

pytestmark = pytest.mark.gas

STAKE = 10**21 + 123_456_789_123_456_789
WAD = 10**18
DAY = 86_400
COOLDOWN = 5 * DAY
SERVICE = b"\x05" * 32
ZERO = "0x" + "00" * 20


class House:
    """One pool in which a holder has held for ten days; `operators` positions of 10**20 each."""

    def __init__(self, engine: Any, people: tuple[str, ...]) -> None:
        self.engine = engine
        self.deployer, self.holder, self.second, self.fresh = people[:4]
        self.asset = self.create("MockERC20", "Class", "CLS", 18)
        self.bonding = self.create("MockServiceBonding", self.asset.address, COOLDOWN)
        self.escrow = self.create("MockSlashEscrow")
        self.bonding.set_escrow(self.escrow.address, sender=self.deployer)
        names = ("PoolPortfolio", "PoolBallot", "PoolDividends")
        blueprints = [engine.create(self.deployer, artefact(name).blueprint_initcode).contract for name in names]
        terms = (ZERO, blueprints, 2_000, 100, "Collective pool", "POOL")
        self.pool = self.create("CollectivePool", self.bonding.address, self.escrow.address, self.asset.address, *terms)
        _, portfolio, ballot, dividends = self.pool.wiring()
        self.portfolio, self.ballot, self.dividends = (
            Contract(engine, address, artefact(name))
            for address, name in zip((portfolio, ballot, dividends), names, strict=True)
        )
        for one in people[:4]:
            self.asset.mint(one, 10**27, sender=one)
            self.asset.approve(self.pool.address, MAX_UINT, sender=one)
        engine.set_time((engine.timestamp // WEEK + 1) * WEEK + DAY)

    def create(self, name: str, *arguments: Any) -> Contract:
        kind = artefact(name)
        return Contract(self.engine, self.engine.create(self.deployer, kind.creation(*arguments)).contract, kind)

    def deposit(self, one: str, amount: int = STAKE) -> int:
        return self.pool.deposit(amount, one, sender=one).gas_used

    def request(self, one: str, shares: int = STAKE // 3) -> int:
        return self.pool.requestRedeem(shares, one, one, sender=one).gas_used

    def redeem(self, one: str, shares: int = STAKE // 3) -> int:
        return self.pool.redeem(shares, one, one, sender=one).gas_used

    def advance(self) -> int:
        return self.pool.advance(sender=self.fresh).gas_used

    def transfer(self, one: str, to: str, amount: int = STAKE // 3) -> int:
        return self.pool.transfer(to, amount, sender=one).gas_used

    def to_thursday(self) -> None:
        self.engine.set_time((self.engine.timestamp // WEEK + 1) * WEEK)

    def back(self, positions: int) -> list[int]:
        """Voted for by the holder; gas of the last carrying out, vote and proposal."""
        self.engine.advance(8 * DAY)
        costs = []
        for number in range(1, positions + 1):
            operator = "0x" + f"{0x7001 + number:040x}"
            made = self.ballot.propose_backing(SERVICE, operator, 10**20, bytes(32), "because", sender=self.holder)
            voted = self.ballot.vote(number, True, sender=self.holder)
            costs = [made.gas_used, voted.gas_used]
        self.engine.advance(7 * DAY)
        for number in range(1, positions + 1):
            done = self.ballot.carry_out(number, [], sender=self.fresh)
        return [*costs, done.gas_used]

    def seize(self, slash: int, lock: int = 1) -> None:
        subject = lock << 160 | (0x7001 + lock)
        self.escrow.seize(self.bonding.address, slash, subject, WAD // 10, self.engine.timestamp, sender=self.deployer)


@pytest.fixture(scope="module")
def made(chain, people) -> House:
    return House(chain, people)


@pytest.fixture
def house(made, engine) -> House:
    made.engine = engine
    return made


def test_deposit__first_new_and_again__within_aim(house, check: Check) -> None:
    check("join a collective pool, first of all", house.deposit(house.holder))
    check("join a collective pool, new holder", house.deposit(house.second))
    check("join a collective pool, top-up", house.deposit(house.second))


def test_deposit__after_a_slash__looks_at_the_locks_once(house, check: Check) -> None:
    house.deposit(house.holder)
    house.deposit(house.second)
    house.back(8)
    house.deposit(house.second)
    house.seize(1)
    check("join a collective pool, first after a slash, eight positions", house.deposit(house.second))
    check("join a collective pool, second after a slash, eight positions", house.deposit(house.second))


def test_transfer__before_and_after_a_slash__within_aim(house, check: Check) -> None:
    house.deposit(house.holder)
    house.deposit(house.second)
    house.back(1)
    check("transfer shares of a collective pool", house.transfer(house.holder, house.second))
    house.seize(1)
    check("transfer shares of a collective pool, both first after a slash", house.transfer(house.holder, house.second))


def test_votes__each_step__within_aim(house, check: Check) -> None:
    house.deposit(house.holder)
    proposed, voted, done = house.back(1)
    check("propose a backing", proposed)
    check("vote", voted)
    check("carry a backing out", done)


def test_leave__each_step__within_aim(house, check: Check) -> None:
    house.deposit(house.holder)
    house.deposit(house.second)
    house.back(1)
    check("ask to leave a collective pool, first of a round", house.request(house.holder))
    check("ask to leave a collective pool, later of a round", house.request(house.second))
    house.to_thursday()
    check("close a round, one position", house.advance())
    house.engine.advance(COOLDOWN)
    check("claim of a round, settled by it, one position", house.redeem(house.holder))
    check("claim of a round, later", house.redeem(house.second))


def test_close_and_settle__eight_positions__within_aim(house, check: Check) -> None:
    house.deposit(house.holder)
    house.back(8)
    house.request(house.holder)
    house.to_thursday()
    check("close a round, eight positions", house.advance())
    house.engine.advance(COOLDOWN)
    check("settle a round, eight positions", house.advance())


def test_claim_refund__first_and_later__within_aim(house, check: Check) -> None:
    house.deposit(house.holder)
    house.deposit(house.second)
    house.back(1)
    house.seize(1)
    house.escrow.restore(house.bonding.address, 1, 10**19, sender=house.deployer)

    def claim(one: str) -> int:
        return house.pool.claim_refund(1, one, one, sender=one).gas_used

    check("claim a refund of a collective pool, first of a slash", claim(house.holder))
    check("claim a refund of a collective pool, later", claim(house.second))


def test_dividends__distribute_and_claim__within_aim(house, check: Check) -> None:
    house.deposit(house.holder)
    house.engine.advance(8 * DAY)
    pay = house.create("MockERC20", "Pay", "PAY", 18)
    pay.mint(house.dividends.address, 10**18, sender=house.deployer)
    check("distribute pay", house.dividends.distribute(pay.address, sender=house.fresh).gas_used)
    check("claim a dividend", house.dividends.claim(1, house.holder, house.holder, sender=house.holder).gas_used)


def test_inv_pool_11_work__with_a_hundred_holders__costs_the_same(house) -> None:
    def costs() -> tuple[int, int]:
        house.request(house.holder)
        house.to_thursday()
        return house.advance(), house.pool.transfer(house.fresh, 1, sender=house.holder).gas_used

    house.deposit(house.holder)
    house.deposit(house.second)
    house.back(2)
    with rolled_back(house.engine):
        few = costs()
    for number in range(100):
        house.transfer(house.second, "0x" + f"{0x5001 + number:040x}", STAKE // 1_000)
    assert costs() == few
