"""Bonds behind services as whole transactions, on the whole suite with an 18-decimal asset, real escrow and registries.

The operator serves already in another service. Half an hour lies between calls.
"""

from __future__ import annotations

from typing import Any

import pytest
from tests.gas.conftest import Check
from tests.support.bonding_house import COOLDOWN, DAY, FACE, House

pytestmark = pytest.mark.gas


@pytest.fixture
def house(engine: Any, people: tuple[str, ...]) -> House:
    return House(engine, people)


def test_deposit__bonds__within_aim(house: House, check: Check) -> None:
    check("bring bonds, top-up", house.deposit(house.operator))


def test_withdraw__bonds__within_aim(house: House, check: Check) -> None:
    token = house.suite.token.address
    gas = house.bonding.withdraw(token, house.id, FACE, house.operator, sender=house.operator).gas_used
    check("withdraw bonds", gas)


def test_activate__first_of_a_service__within_aim(house: House, check: Check) -> None:
    check("lock bonds, first behind a service", house.activate())


def test_activate__later__within_aim(house: House, check: Check) -> None:
    house.activate()
    check("lock bonds, later", house.activate())


def test_activate__an_owners__within_aim(house: House, check: Check) -> None:
    house.activate()
    house.desk.allow(house.services, house.owner, True, b"", sender=house.operator)
    check("lock bonds behind another, later", house.activate(who=house.owner))


def test_deactivate__one_of_two__within_aim(house: House, check: Check) -> None:
    house.activate()
    house.activate()
    check("deactivate a lock", house.bonding.deactivate(2, sender=house.operator).gas_used)


def test_deactivate__last__within_aim(house: House, check: Check) -> None:
    house.activate()
    check("deactivate the last lock", house.bonding.deactivate(2, sender=house.operator).gas_used)


def test_release__after_the_cooldown__within_aim(house: House, check: Check) -> None:
    house.activate()
    house.bonding.deactivate(2, sender=house.operator)
    house.engine.advance(COOLDOWN)
    check("release a lock", house.bonding.release(2, sender=house.prover).gas_used)


def test_propose__a_lock__within_aim(house: House, check: Check) -> None:
    house.activate()
    house.activate()
    house.propose(2)
    check("seize from a lock", house.propose(3))


def test_pull__in_kind__within_aim(house: House, check: Check) -> None:
    house.activate()
    house.propose(2)
    house.engine.advance(8 * DAY)
    house.escrow.finalise(1, sender=house.prover)
    check("pull a part of a lock, in bonds", house.escrow.pull(1, 3, house.treasury, sender=house.prover).gas_used)


def test_mature__fixed_bonds__within_aim(house: House, check: Check) -> None:
    house.activate()
    house.engine.set_time(house.maturity)
    check("turn a matured lock into cash", house.bonding.mature(2, sender=house.prover).gas_used)


def test_split__a_lock__within_aim(house: House, check: Check) -> None:
    house.activate()
    house.engine.advance(1_800)
    check("split a lock", house.bonding.split(2, FACE // 3, sender=house.operator).gas_used)
