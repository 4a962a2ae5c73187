"""AlignmentLock over a BondToken that an account created: others have locked bonds of the same maturity already.

The lock is an operator of each owner; between two calls lies a day.
"""

import pytest
from tests.gas.conftest import Check

from surety.sdk.artefacts import artefact
from surety.sdk.contract import Contract

pytestmark = pytest.mark.gas

WEEK = 604_800
DAY = 86_400
FACE = 10**21 + 123_456_789_123_456_789


@pytest.fixture
def maturity(engine) -> int:
    return (engine.timestamp // WEEK + 40) * WEEK


@pytest.fixture
def bond(maturity) -> int:
    return (1 << 64) | maturity


@pytest.fixture
def token(engine, people, bond):
    treasury, *owners = people
    token = artefact("BondToken")
    made = Contract(engine, engine.create(treasury, token.creation("USDC", 18)).contract, token)
    for owner in owners[:4]:
        made.mint(owner, bond, 10 * FACE, sender=treasury)
    return made


@pytest.fixture
def lock(engine, people, token, bond):
    made = artefact("AlignmentLock")
    lock = Contract(engine, engine.create(people[0], made.creation(token.address)).contract, made)
    for owner in people[1:5]:
        token.setOperator(lock.address, True, sender=owner)
    lock.lock(bond, FACE, sender=people[1])
    lock.lock(bond, FACE, sender=people[2])
    engine.advance(DAY)
    return lock


def test_lock__first_of_an_owner__within_aim(lock, people, bond, check: Check) -> None:
    check("lock bonds, new owner", lock.lock(bond, FACE, sender=people[3]).gas_used)


def test_lock__again__within_aim(lock, people, bond, check: Check) -> None:
    check("lock bonds, same maturity again", lock.lock(bond, FACE, sender=people[1]).gas_used)


def test_lock__of_a_delegator__within_aim(engine, lock, people, bond, check: Check) -> None:
    lock.delegate(people[2], sender=people[1])
    engine.advance(DAY)
    check("lock bonds again, delegated", lock.lock(bond, FACE, sender=people[1]).gas_used)


def test_delegate__one_maturity__within_aim(lock, people, check: Check) -> None:
    check("delegate the weight of one maturity", lock.delegate(people[2], sender=people[1]).gas_used)


def test_delegate__taken_back__within_aim(engine, lock, people, check: Check) -> None:
    lock.delegate(people[2], sender=people[1])
    engine.advance(DAY)
    check("take a delegation back", lock.delegate(people[1], sender=people[1]).gas_used)


def test_withdraw__to_the_owner__within_aim(engine, lock, people, maturity, bond, check: Check) -> None:
    engine.set_time(maturity)
    check("withdraw matured bonds", lock.withdraw(bond, people[1], sender=people[1]).gas_used)
