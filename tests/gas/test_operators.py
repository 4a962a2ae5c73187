"""OperatorRegistry with DelegationManager and SlashEscrow as they are; AssetRegistry over a feed of one slot.

Each operator has one pool with own stake, and no open slash; ties answer from two slots.
"""

from __future__ import annotations

import pytest
from tests.gas.conftest import Check
from tests.support.operators import sign_key
from tests.support.permits import account
from tests.support.restaking import ASSET, DAY, MINIMUM, Restaking, bond

pytestmark = pytest.mark.gas

URI = "ipfs://bafkreid7qoywk77r7rj3slobqfekdvs57qwuwh5d2z3sqsw52iabe3mqne"
FOREVER = 2**40


@pytest.fixture
def made(engine, people) -> Restaking:
    """With two operators that have staked, of whom the first is registered."""
    deployed = Restaking.create(engine, people[0])
    for person in people[1:3]:
        deployed.stake_own(person)
    deployed.operators.register(ASSET, URI, sender=people[1])
    return deployed


@pytest.fixture
def registry(made):
    return made.operators


@pytest.fixture
def proof(engine, registry):
    """Arguments of a service key for an operator."""

    def prove(seed: int, operator: str) -> tuple[str, int, int, bytes, bytes]:
        key = account(seed)
        made = sign_key(key, registry.address, engine.chain_id, operator, FOREVER)
        return key.address, FOREVER, made.v, made.r, made.s

    return prove


def test_register__without_a_key__within_aim(registry, people, check: Check) -> None:
    check("register an operator", registry.register(ASSET, URI, sender=people[2]).gas_used)


def test_register__with_a_key__within_aim(registry, people, proof, check: Check) -> None:
    key, *signed = proof(0x4001, people[2])
    gas = registry.register_with_key(ASSET, URI, key, *signed, sender=people[2]).gas_used
    check("register an operator with its service key", gas)


def test_rotate_key__first_and_next__within_aim(registry, people, proof, check: Check) -> None:
    key, *signed = proof(0x4001, people[1])
    check("name the first service key", registry.rotate_key(key, 0, *signed, sender=people[1]).gas_used)
    key, *signed = proof(0x4002, people[1])
    check("rotate a service key", registry.rotate_key(key, DAY, *signed, sender=people[1]).gas_used)


def test_exit__each_step__within_aim(registry, people, check: Check) -> None:
    check("leave", registry.leave(sender=people[1]).gas_used)
    check("cancel leaving", registry.cancel_leave(sender=people[1]).gas_used)
    registry.leave(sender=people[1])
    check("shut down", registry.shut_down(sender=people[1]).gas_used)


def test_review__of_one_below_a_higher_minimum__within_aim(engine, registry, people, check: Check) -> None:
    registry.set_minimum(ASSET, MINIMUM + 1, sender=people[0])
    engine.advance(14 * DAY)
    check("review an operator below its minimum", registry.review(people[1], sender=people[3]).gas_used)


def test_assets__add_a_bond_and_sync__within_aim(engine, people, made, check: Check) -> None:
    added = made.assets.add_bond(made.bonds.address, bond(engine, 10), sender=people[1])
    check("add a bond to its family", added.gas_used)
    engine.advance(DAY)
    check("renew a price reference", made.assets.sync(1, sender=people[1]).gas_used)
