"""Variable bonds on the whole suite: trades, redemptions, accrual. Others hold shares of the same and of other
maturities, anchors and reserves are filled, an hour or more has passed since the last accrual unless said otherwise.
"""

import pytest
from tests.gas.conftest import Check

from surety.config import load_config
from surety.sdk.deploy import deploy
from surety.sdk.root import repository_root
from surety.sdk.suite import WEEK, Suite, variable_id

pytestmark = pytest.mark.gas

COST = 10**21 + 123_456_789_123_456_789
MINUTES = 600
HOUR = 3_600
TENOR = 40 * WEEK + WEEK // 3


@pytest.fixture(scope="module")
def deployed(chain, people) -> Suite:
    suite, _ = deploy(chain, load_config(repository_root() / "config" / "dai-18-decimals.yaml"), deployer=people[0])
    for account in people:
        suite.mint(account, 10**25)
        suite.approve(account)
    buy(suite, people[7], suite.maturity_for(60 * WEEK))
    return suite


@pytest.fixture
def suite(deployed, engine) -> Suite:
    return deployed


@pytest.fixture
def maturity(suite) -> int:
    return suite.maturity_for(TENOR)


@pytest.fixture
def holder(people) -> str:
    return people[5]


@pytest.fixture
def others(people) -> str:
    return people[6]


def buy(suite: Suite, buyer: str, maturity: int) -> int:
    suite.engine.advance(HOUR)
    least, deadline = suite.variable.quote_buy(maturity, COST) * 99 // 100, suite.engine.timestamp + MINUTES
    return suite.variable.send("buy", maturity, COST, least, buyer, deadline, sender=buyer).gas_used


def sell(suite: Suite, seller: str, maturity: int, shares: int, wait: int = WEEK) -> int:
    suite.engine.advance(wait)
    least, deadline = suite.variable.quote_sell(maturity, shares) * 99 // 100, suite.engine.timestamp + MINUTES
    return suite.variable.send("sell", maturity, shares, least, seller, deadline, sender=seller).gas_used


def shares_of(suite: Suite, holder: str, maturity: int) -> int:
    return suite.token.balanceOf(holder, variable_id(maturity))


def test_buy__first_of_a_maturity__within_aim(suite, maturity, holder, check: Check) -> None:
    check("buy variable bonds, first of a maturity", buy(suite, holder, maturity))


def test_buy__new_holder__within_aim(suite, maturity, holder, others, check: Check) -> None:
    buy(suite, others, maturity)
    check("buy variable bonds, new holder", buy(suite, holder, maturity))


def test_buy__top_up__within_aim(suite, maturity, holder, others, check: Check) -> None:
    buy(suite, others, maturity)
    buy(suite, holder, maturity)
    check("buy variable bonds, top-up", buy(suite, holder, maturity))


def test_sell__part__within_aim(suite, maturity, holder, others, check: Check) -> None:
    buy(suite, others, maturity)
    buy(suite, holder, maturity)
    check("sell part of variable bonds", sell(suite, holder, maturity, COST // 3))


def test_sell__all_within_a_week__within_aim(suite, maturity, holder, others, check: Check) -> None:
    buy(suite, others, maturity)
    buy(suite, holder, maturity)
    gas = sell(suite, holder, maturity, shares_of(suite, holder, maturity), HOUR)
    check("sell all of variable bonds within a week", gas)


@pytest.mark.parametrize(
    ("part", "sentence"), [(3, "redeem part of variable bonds"), (1, "redeem whole variable bonds")]
)
def test_redeem__frozen__within_aim(suite, maturity, holder, others, part, sentence, check: Check) -> None:
    for buyer in (others, holder):
        buy(suite, buyer, maturity)
    suite.engine.set_time(maturity)
    suite.treasury.send("accrue", sender=others)
    suite.engine.advance(HOUR)
    shares = shares_of(suite, holder, maturity) // part
    gas = suite.treasury.send("redeem", variable_id(maturity), shares, holder, sender=holder).gas_used
    check(sentence, gas)


def test_redeem__first_of_a_maturity__within_aim(suite, maturity, holder, others, check: Check) -> None:
    for buyer in (others, holder):
        buy(suite, buyer, maturity)
    suite.engine.set_time(maturity - HOUR)
    suite.treasury.send("accrue", sender=others)
    suite.engine.set_time(maturity)
    shares = shares_of(suite, holder, maturity)
    gas = suite.treasury.send("redeem", variable_id(maturity), shares, holder, sender=holder).gas_used
    check("redeem variable bonds, first of a maturity", gas)


def test_accrue__within_a_week__within_aim(suite, others, check: Check) -> None:
    check("accrue, no maturity due", suite.treasury.send("accrue", sender=others).gas_used)


def test_accrue__64_weeks_with_as_many_maturities__within_aim(suite, others, check: Check) -> None:
    """The bound of the loop: nothing makes a call dearer than this."""
    first = suite.maturity_for(WEEK)
    for week in range(64):
        maturity = first + week * WEEK
        suite.variable.send("buy", maturity, COST, 0, others, 2**40, sender=others)
    suite.engine.set_time(first + 64 * WEEK)
    check("accrue, 64 maturities due", suite.treasury.send("accrue", sender=others).gas_used)


def test_update_rate__new_epoch__within_aim(suite, others, check: Check) -> None:
    suite.engine.advance(WEEK)
    check("update the rate", suite.variable.send("update_rate", sender=others).gas_used)


def test_fund_interest__within_aim(suite, others, check: Check) -> None:
    suite.engine.advance(HOUR)
    check("fund the interest reserve", suite.treasury.send("fund_interest", COST, sender=others).gas_used)
