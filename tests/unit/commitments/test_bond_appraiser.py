"""BondAppraiser: what locks count for, against formulas in decimal arithmetic, and that no trade moves it."""

from decimal import Decimal

import boa
import pytest
from tests.support.bonding import BondingWorld
from tests.support.bonds import MAX, TRADERS, YEAR, Setup, deploy, source

from surety.models.service_bonding import DAY
from surety.models.variable_index import RAY

BONDS, ROLLING, VAULT, WRAPPER, CASH = range(5)
FACE = 10**21 + 7


@pytest.fixture(scope="module")
def made():
    """Contracts, once."""
    with boa.env.anchor():
        yield BondingWorld.create()


@pytest.fixture
def world(made):
    """The same, as new."""
    with boa.env.anchor():
        yield made.again()


def close(got, exact):
    """Never above, and below by rounding alone."""
    assert exact * (1 - Decimal("1e-15")) - 2 <= got <= exact


def exp_of(world, code):
    """exp(-L_hi) at a bond's tenor."""
    curve, _ = world.suite.market.terms(world.maturity(code))
    return (-Decimal(curve.hi) / 10**18).exp()


@pytest.mark.parametrize("name", ["near", "far"])
def test_value__fixed_bond__is_its_face_at_the_empty_buckets_price(world, name):
    """INV-BND-13"""
    code = getattr(world, name)
    token = world.suite.token
    close(world.appraiser.value(BONDS, token, code, FACE), FACE * exp_of(world, code))
    world.go_to(world.maturity(code))
    assert world.appraiser.value(BONDS, token, code, FACE) == FACE


@pytest.mark.parametrize("weeks", [0, 1, 5])
def test_value__variable_bond__is_its_index_less_the_dearest_exit(world, weeks):
    """INV-BND-13"""
    world.wait(weeks * 7 * DAY)
    maturity, terms = world.maturity(world.variable), world.suite.variable.terms()
    index = world.suite.treasury.series(maturity)[1]
    discount = Decimal(terms.hi * (maturity - world.now) * terms.exit_bps) / (YEAR * 10_000 * 10**18)
    worth = FACE * index // RAY
    value = world.appraiser.value(BONDS, world.suite.token, world.variable, FACE)
    close(value, worth * (-discount).exp())
    world.go_to(maturity)
    matured = FACE * world.suite.treasury.series(maturity)[1] // RAY
    assert world.appraiser.value(BONDS, world.suite.token, world.variable, FACE) == matured


def test_value__class_vault_and_wrapper__are_what_they_stand_for(world):
    """INV-BND-13"""
    house, appraiser = world.house, world.appraiser
    position = house.rolling.position()
    held = 1 << 64 | position.maturity
    worth = appraiser.value(BONDS, world.suite.token, held, position.face) + position.cash
    for kind, token in ((ROLLING, house.rolling), (VAULT, house.vault)):
        assert appraiser.value(kind, token, 0, FACE) == FACE * worth // position.supply
        assert appraiser.maturity(kind, token, 0) == 0
    bond = appraiser.value(BONDS, world.suite.token, world.near, FACE)
    assert appraiser.value(WRAPPER, world.wrapper, 0, FACE) == bond
    assert appraiser.maturity(WRAPPER, world.wrapper, 0) == world.maturity(world.near)
    assert appraiser.value(CASH, world.suite.asset, 0, FACE) == FACE
    world.go_to(position.maturity)
    assert appraiser.value(ROLLING, house.rolling, 0, position.supply) == position.face + position.cash


def test_value__class_without_shares__is_nothing(world):
    house = world.house
    other = source("bonds/RollingBonds").at(house.factory.create(26 * 7 * DAY, 10**16))
    assert world.appraiser.value(ROLLING, other, 0, FACE) == 0


def test_value__after_any_trade__is_the_same(world):
    """INV-BND-13: buys, sales and entries of the same second."""
    house, suite, trader = world.house, world.suite, TRADERS[0]
    cases = [(BONDS, suite.token, code) for code in (world.near, world.far, world.variable)]
    cases += [(ROLLING, house.rolling, 0), (VAULT, house.vault, 0), (WRAPPER, world.wrapper, 0)]

    def values():
        return [world.appraiser.value(kind, token, id, FACE) for kind, token, id in cases]

    before = values()
    amount = 20_000 * world.whole
    for move in (
        lambda: suite.market.buy(world.maturity(world.far), amount, MAX, trader, MAX, sender=trader),
        lambda: suite.market.sell(world.maturity(world.far), amount, 0, trader, MAX, sender=trader),
        lambda: suite.variable.buy(world.maturity(world.variable), amount, 0, trader, MAX, sender=trader),
        lambda: suite.variable.sell(world.maturity(world.variable), amount // 2, 0, trader, MAX, sender=trader),
        lambda: suite.token.transfer(house.rolling, world.far, 5, sender=trader),
    ):
        move()
        assert values() == before
    house.enter(trader, amount)
    assert all(abs(now - then) <= 2 for now, then in zip(values(), before, strict=True))


def test_value__unknown_kind__is_refused(world):
    with boa.reverts("bond_appraiser: no such kind"):
        world.appraiser.value(5, world.suite.token, world.near, 1)


def test_is_of__each_kind__is_told_from_others_and_other_markets(world):
    appraiser, house = world.appraiser, world.house
    assert appraiser.is_of(ROLLING, house.rolling)
    assert appraiser.is_of(VAULT, house.vault)
    assert appraiser.is_of(WRAPPER, world.wrapper)
    assert not appraiser.is_of(BONDS, world.suite.token)
    assert not appraiser.is_of(CASH, world.suite.asset)


def test_init__feed_of_another_market__is_refused(world):
    other = deploy(Setup(), at=None)
    feed = source("restaking/BondFeed").deploy(other.market)
    with boa.reverts("bond_appraiser: feed of another market"):
        source("commitments/BondAppraiser").deploy(world.suite.market, feed)
    appraiser = source("commitments/BondAppraiser").deploy(other.market, feed)
    assert not appraiser.is_of(ROLLING, world.house.rolling)
    assert not appraiser.is_of(WRAPPER, world.wrapper)
    assert (appraiser.market(), appraiser.feed()) == (other.market.address, feed.address)
