"""Pay of services as whole transactions, over the real bonds, registry and liveness; the asset pays."""

from __future__ import annotations

from typing import Any

import pytest
from tests.gas.conftest import Check
from tests.support.bonding_house import DAY, FACE, WAD, ZERO, House

pytestmark = pytest.mark.gas

EPOCH = 604_800
UNIT = 10**18


class Paid:
    """A service with eleven epochs of budget, and one lock behind it, of whose pay the operator has a tenth."""

    def __init__(self, engine: Any, people: tuple[str, ...]) -> None:
        self.house = House(engine, people)
        house, self.engine = self.house, engine
        self.service = house.service(7, "double_sign")
        machine = house.create("PredicateMachine")
        beacon = house.create("RandomBeacon", house.suite.asset.address, UNIT, house.treasury)
        book = house.create(
            "LivenessBook",
            *(one.address for one in (house.registry, house.operators, machine, beacon)),
            ZERO,
            WAD // 4,
        )
        book.watch(self.service, sender=house.owner)
        formula = house.create("LinearPayout", 4 * FACE, 0, [])
        parts = (house.bonding, house.registry, book, formula)
        self.payout = house.create("ServicePayout", *(one.address for one in parts), house.deployer)
        self.payout.set_terms(self.service, house.suite.asset.address, ZERO, sender=house.deployer)
        house.suite.asset.approve(self.payout.address, 10**24, sender=house.owner)
        self.payout.set_commission(1_000, sender=house.operator)
        self.first = engine.timestamp // EPOCH + 2
        self.fund(1)
        house.activate(self.service)
        self.lock = house.bonding.lock_count()

    def fund(self, epochs: int) -> int:
        self.engine.advance(1_800)
        start = self.engine.timestamp // EPOCH + 1
        return int(self.payout.fund(self.service, start, epochs, epochs * UNIT, sender=self.house.owner).gas_used)

    def claim(self, after: int) -> int:
        """Once so many epochs with a budget are over."""
        self.engine.advance((self.first + after) * EPOCH + 2 * DAY + 60 - self.engine.timestamp)
        receipt = self.payout.claim(self.lock, self.house.operator, sender=self.house.owner)
        assert self.payout.events(receipt, "PayClaimed")[0].args.amount > 0
        return int(receipt.gas_used)


@pytest.fixture
def paid(engine: Any, people: tuple[str, ...]) -> Paid:
    return Paid(engine, people)


def test_fund__four_epochs__within_aim(paid: Paid, check: Check) -> None:
    check("fund a service for four epochs", paid.fund(4))


def test_claim__one_epoch__within_aim(paid: Paid, check: Check) -> None:
    paid.fund(11)
    paid.claim(0)
    paid.engine.advance(EPOCH)
    check("claim the pay of one epoch, later", paid.claim(1))


def test_claim__eight_epochs__within_aim(paid: Paid, check: Check) -> None:
    """The most that one claim pays."""
    paid.fund(11)
    paid.claim(0)
    check("claim the pay of eight epochs", paid.claim(8))


def test_claim_commission__within_aim(paid: Paid, check: Check) -> None:
    paid.fund(11)
    paid.claim(2)
    asset, operator = paid.house.suite.asset.address, paid.house.operator
    check("claim a commission of pay", paid.payout.claim_commission(asset, operator, sender=operator).gas_used)


def test_mint__next_epoch__within_aim(paid: Paid, check: Check) -> None:
    house = paid.house
    minter = house.create("PayMinter", paid.payout.address, house.suite.asset.address, UNIT, house.deployer)
    minter.set_rate(paid.service, UNIT, sender=house.deployer)
    minter.mint(paid.service, sender=house.owner)
    paid.engine.advance(EPOCH)
    check("mint the pay of a service", minter.mint(paid.service, sender=house.owner).gas_used)
