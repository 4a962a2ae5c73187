"""LiquidFactory: anybody makes vaults, all of the same code and wiring."""

import boa
import pytest
from tests.support.delegation import OPERATORS, STRANGER, ZERO, source, subject_word
from tests.support.liquid import GOVERNOR, HOLDERS, MAX, NOTICE, LiquidWorld, rewards_blueprint

OPERATOR, SECOND = OPERATORS
STAKE = 10**21


@pytest.fixture(scope="module")
def made():
    with boa.env.anchor():
        world = LiquidWorld.create()
        blueprints = [
            source("restaking/LiquidDelegation").deploy_as_blueprint(),
            rewards_blueprint(),
            source("restaking/TicketName").deploy_as_blueprint(),
        ]
        factory = source("restaking/LiquidFactory").deploy(
            world.base.manager, world.base.escrow, world.pools, *blueprints
        )
        yield world, factory, blueprints


@pytest.fixture
def world(made):
    with boa.env.anchor():
        yield made[0].again()


@pytest.fixture
def factory(made):
    return made[1]


def create(factory, world, operator=OPERATOR, governor=GOVERNOR, notice=NOTICE, name="Liquid stake", symbol="LQST"):
    subject = subject_word((operator, world.number))
    return factory.create(subject, governor, notice, name, symbol, sender=STRANGER)


def test_inv_lqd_13_create__anybody__a_vault_that_works(world, factory):
    address = create(factory, world)
    (event,) = [one for one in factory.get_logs() if one.address == factory.address]
    vault = source("restaking/LiquidDelegation").at(address)
    assert (event.subject, event.vault, event.governor) == (subject_word(world.subject), address, GOVERNOR)
    assert (event.rewards, event.notice) == (vault.rewards(), NOTICE)
    even, odd = factory.names_of(world.number)
    assert vault.wiring() == (
        world.base.manager.address,
        world.base.escrow.address,
        even,
        odd,
        GOVERNOR,
        NOTICE,
    )
    rewards = source("restaking/LiquidRewards").at(vault.rewards())
    assert rewards.wiring() == (address, world.base.manager.address, world.pools.address, world.token.address)
    assert (vault.name(), vault.symbol()) == ("Liquid stake", "LQST")
    holder = HOLDERS[0]
    world.token.approve(vault, MAX, sender=holder)
    assert vault.deposit(STAKE, holder, sender=holder) == STAKE
    assert world.base.manager.stake(vault.subject(), vault) == (STAKE, STAKE)


def test_inv_lqd_13_is_vault__only_what_the_factory_made(world, factory):
    first, second = create(factory, world), create(factory, world, SECOND, ZERO, symbol="LQ2")
    assert factory.vault_count() == 2
    assert [factory.vaults(number) for number in range(4)] == [ZERO, first, second, ZERO]
    assert factory.is_vault(first)
    assert factory.is_vault(second)
    assert not factory.is_vault(world.vault)
    assert not factory.is_vault(STRANGER)


def test_create__second_of_an_asset__shares_the_names(world, factory):
    assert list(factory.names_of(world.number)) == [ZERO, ZERO]
    first = source("restaking/LiquidDelegation").at(create(factory, world))
    names = factory.names_of(world.number)
    second = source("restaking/LiquidDelegation").at(create(factory, world))
    assert first.wiring()[2:4] == second.wiring()[2:4] == tuple(names)
    assert factory.names_of(world.number) == names


def test_create__what_a_vault_refuses__is_refused(world, factory):
    with boa.reverts("liquid_delegation: no such pool"):
        create(factory, world, STRANGER)
    with boa.reverts("liquid_delegation: notice out of range"):
        create(factory, world, notice=NOTICE - 1)
    assert factory.vault_count() == 0


def test_wiring__as_made(world, factory, made):
    blueprints = [one.address for one in made[2]]
    assert factory.wiring() == (
        world.base.manager.address,
        world.base.escrow.address,
        world.pools.address,
        *blueprints,
    )
