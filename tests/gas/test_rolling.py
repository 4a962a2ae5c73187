"""A class of rolling bonds, its observer and its vault on the whole suite, with an 18-decimal asset.

Everybody holds some of the asset, approvals are unlimited, others are in the class and in the vault already, and the
next maturity was observed while the class waited. Half an hour lies between two calls: anchors have something to relax.
"""

import pytest
from tests.gas.conftest import Check

from surety.config import load_config
from surety.sdk.artefacts import artefact
from surety.sdk.contract import Contract
from surety.sdk.deploy import deploy
from surety.sdk.engines.base import rolled_back
from surety.sdk.root import repository_root
from surety.sdk.suite import MAX_UINT, WEEK, fixed_id

pytestmark = pytest.mark.gas

FACE = 10**21 + 123_456_789_123_456_789
TENOR = 13 * WEEK
BP = 10**14
MIN_RATE = 100 * BP
ROOT = repository_root()


class Desk:
    """The contracts, and people: deployer, holder, a second, one who is new, and a keeper."""

    def __init__(self, engine, people) -> None:
        self.engine = engine
        self.deployer, self.holder, self.second, self.fresh, self.keeper, *self.crowd = people
        self.suite, _ = deploy(engine, load_config(ROOT / "config" / "dai-18-decimals.yaml"), deployer=people[0])
        market = self.suite.market.address
        self.observer = self.create("DebtObserver")
        blueprint = engine.create(self.deployer, artefact("RollingBonds").blueprint_initcode).contract
        self.factory = self.create("RollingBondsFactory", market, blueprint, self.observer.address, 100, 50)
        self.factory.create(TENOR, MIN_RATE, sender=self.deployer)
        self.rolling = Contract(engine, self.factory.class_of(TENOR, MIN_RATE), artefact("RollingBonds"))
        self.vault = self.create("RollingVault", self.rolling.address)
        for one in people:
            self.suite.mint(one, 10**25)
            self.suite.approve(one)
            self.suite.token.setOperator(self.rolling.address, True, sender=one)
            for spender in (self.rolling, self.vault):
                self.suite.asset.approve(spender.address, MAX_UINT, sender=one)
            self.rolling.approve(self.vault.address, MAX_UINT, sender=one)
        self.enter(self.holder, 100 * FACE)
        self.vault.deposit(10 * FACE, self.holder, sender=self.holder)

    def create(self, name, *arguments) -> Contract:
        kind = artefact(name)
        return Contract(self.engine, self.engine.create(self.deployer, kind.creation(*arguments)).contract, kind)

    def enter(self, who, shares=FACE):
        face, cash = self.rolling.quote_enter(shares)
        if face:
            self.suite.buy(who, self.rolling.position().maturity, face)
        self.engine.advance(1_800)
        return self.rolling.enter(shares, face, cash, who, sender=who).gas_used

    def observe(self, maturity):
        self.engine.advance(1_800)
        return self.observer.observe(self.suite.market.address, maturity, sender=self.keeper).gas_used

    def mature(self) -> int:
        """To the maturity of the class, with the next one traded and observed before; that next one."""
        maturity = self.rolling.position().maturity
        self.engine.set_time(maturity - WEEK)
        self.suite.buy(self.second, maturity + TENOR, FACE)
        self.observe(maturity + TENOR)
        self.engine.set_time(maturity)
        return maturity + TENOR

    def roll(self, face=50 * FACE):
        self.engine.advance(1_800)
        return self.rolling.roll(face, sender=self.keeper).gas_used


@pytest.fixture(scope="module")
def made(chain, people):
    with rolled_back(chain):
        yield Desk(chain, people)


@pytest.fixture
def desk(made, engine) -> Desk:
    return made


def test_class__within_aims(desk, check: Check) -> None:
    create = desk.factory.create(TENOR, 0, sender=desk.keeper)
    check("create a class", create.gas_used)
    check("enter a class with bonds, new holder", desk.enter(desk.second))
    check("enter a class with bonds, again", desk.enter(desk.second))
    desk.engine.advance(1_800)
    check("leave a class, part", desk.rolling.exit(FACE, 0, 0, desk.second, sender=desk.second).gas_used)
    check("leave a class, all", desk.rolling.exit(FACE, 0, 0, desk.second, sender=desk.second).gas_used)


def test_roll__within_aims(desk, check: Check) -> None:
    maturity = desk.mature()
    check("observe a debt, once traded since", desk.observe(maturity))
    check("observe a debt, not traded since", desk.observe(maturity))
    with rolled_back(desk.engine):
        check("roll all of a class, settled with it", desk.rolling.roll_all(sender=desk.keeper).gas_used)
    check("cash the matured bonds of a class", desk.rolling.settle(sender=desk.keeper).gas_used)
    check("roll a part of a class, first", desk.roll())
    check("roll a part of a class, again", desk.roll(20 * FACE))
    check("enter a class with bonds and cash, new holder", desk.enter(desk.fresh))
    left = desk.rolling.exit(FACE, 0, 0, desk.fresh, sender=desk.fresh)
    check("leave a class with bonds and cash, all", left.gas_used)


def test_inv_rlb_4_roll__many_holders__costs_what_it_costs_with_one(desk) -> None:
    figures = []
    for crowd in ([], desk.crowd):
        with rolled_back(desk.engine):
            for one in crowd:
                desk.rolling.transfer(one, FACE, sender=desk.holder)
            desk.mature()
            figures.append(desk.rolling.roll_all(sender=desk.keeper).gas_used)
    assert len(desk.crowd) >= 3
    assert figures[0] == figures[1]


def test_vault__within_aims(desk, check: Check) -> None:
    vault, second = desk.vault, desk.second
    check("deposit into the vault, new holder", vault.deposit(FACE, second, sender=second).gas_used)
    desk.engine.advance(1_800)
    check("mint of the vault, again", vault.mint(FACE, second, sender=second).gas_used)
    desk.engine.advance(1_800)
    check("redeem from the vault, part", vault.redeem(FACE, second, second, sender=second).gas_used)
    desk.engine.advance(1_800)
    check("withdraw from the vault, part", vault.withdraw(FACE // 2, second, second, sender=second).gas_used)
    check("wrap shares of a class", vault.wrap(FACE, second, sender=desk.holder).gas_used)
    check("unwrap shares of a class", vault.unwrap(FACE, second, sender=second).gas_used)


def test_vault__partly_rolled_class__within_aims(desk, check: Check) -> None:
    desk.mature()
    desk.roll()
    vault, second = desk.vault, desk.second
    check("deposit into the vault, class partly rolled", vault.deposit(FACE, second, sender=second).gas_used)
    desk.engine.advance(1_800)
    shares = vault.balanceOf(second)
    assert desk.rolling.position().face > 0
    check("redeem from the vault, class partly rolled", vault.redeem(shares, second, second, sender=second).gas_used)


def test_bonds__of_a_roll__are_the_classs(desk) -> None:
    """What is measured above is a real roll."""
    maturity = desk.mature()
    desk.rolling.roll_all(sender=desk.keeper)
    assert desk.suite.token.balanceOf(desk.rolling.address, fixed_id(maturity)) > 100 * FACE
