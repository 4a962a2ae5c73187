"""Trades and redemptions on the whole suite: market, treasury, token and an 18-decimal asset.

Everybody holds some of the asset already, the reserve is funded, approvals are unlimited; others hold bonds of the same
maturity unless a bucket is to be new. An hour lies between trades, so anchors and limits have something to relax.
"""

import pytest
from tests.gas.conftest import Check

from surety.config import load_config
from surety.sdk.deploy import deploy
from surety.sdk.root import repository_root
from surety.sdk.suite import WEEK, Suite, fixed_id

pytestmark = pytest.mark.gas

FACE = 10**21 + 123_456_789_123_456_789
MINUTES = 600
HOUR = 3_600
TENOR = 40 * WEEK + WEEK // 3  # between knots


@pytest.fixture(scope="module")
def deployed(chain, people) -> Suite:
    suite, _ = deploy(chain, load_config(repository_root() / "config" / "dai-18-decimals.yaml"), deployer=people[0])
    for account in people:
        suite.mint(account, 10**25)
        suite.approve(account)
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


def buy(suite: Suite, buyer: str, maturity: int, face: int = FACE) -> int:
    """Gas of a purchase with the limits a wallet would send."""
    suite.engine.advance(HOUR)
    limit, deadline = suite.quote_buy(maturity, face) * 101 // 100, suite.engine.timestamp + MINUTES
    return suite.buy(buyer, maturity, face, limit, deadline=deadline).receipt.gas_used


def buy_exact_cost(suite: Suite, buyer: str, maturity: int) -> int:
    suite.engine.advance(HOUR)
    face, _ = suite.quote_buy_exact_cost(maturity, FACE)
    deadline = suite.engine.timestamp + MINUTES
    return suite.buy_exact_cost(buyer, maturity, FACE, face * 99 // 100, deadline=deadline).receipt.gas_used


def sell(suite: Suite, seller: str, maturity: int, face: int) -> int:
    suite.engine.advance(HOUR)
    limit, deadline = suite.quote_sell(maturity, face) * 99 // 100, suite.engine.timestamp + MINUTES
    return suite.sell(seller, maturity, face, limit, deadline=deadline).receipt.gas_used


def test_buy__first_in_a_bucket__within_aim(suite, maturity, holder, check: Check) -> None:
    check("buy a bond, first in a bucket", buy(suite, holder, maturity))


def test_buy__new_holder__within_aim(suite, maturity, holder, others, check: Check) -> None:
    buy(suite, others, maturity)
    check("buy a bond, new holder", buy(suite, holder, maturity))


def test_buy__top_up__within_aim(suite, maturity, holder, others, check: Check) -> None:
    buy(suite, others, maturity)
    buy(suite, holder, maturity)
    check("buy a bond, top-up", buy(suite, holder, maturity))


def test_buy_exact_cost__first_in_a_bucket__within_aim(suite, maturity, holder, check: Check) -> None:
    check("buy a bond for an exact cost, first in a bucket", buy_exact_cost(suite, holder, maturity))


def test_buy_exact_cost__new_holder__within_aim(suite, maturity, holder, others, check: Check) -> None:
    buy(suite, others, maturity)
    check("buy a bond for an exact cost, new holder", buy_exact_cost(suite, holder, maturity))


def test_buy_exact_cost__top_up__within_aim(suite, maturity, holder, others, check: Check) -> None:
    buy(suite, others, maturity)
    buy(suite, holder, maturity)
    check("buy a bond for an exact cost, top-up", buy_exact_cost(suite, holder, maturity))


def test_sell__part__within_aim(suite, maturity, holder, others, check: Check) -> None:
    buy(suite, others, maturity)
    buy(suite, holder, maturity)
    check("sell part of a bond", sell(suite, holder, maturity, FACE // 3))


def test_sell__all__within_aim(suite, maturity, holder, others, check: Check) -> None:
    buy(suite, others, maturity)
    buy(suite, holder, maturity)
    check("sell all of a bond", sell(suite, holder, maturity, FACE))


def test_redeem__part__within_aim(suite, maturity, holder, others, check: Check) -> None:
    check("redeem part of a bond", redeem(suite, maturity, holder, others, FACE // 3))


def test_redeem__whole__within_aim(suite, maturity, holder, others, check: Check) -> None:
    check("redeem a whole bond", redeem(suite, maturity, holder, others, FACE))


def redeem(suite: Suite, maturity: int, holder: str, others: str, face: int) -> int:
    """Gas of a redemption on the treasury, once bonds of both have matured."""
    buy(suite, others, maturity)
    buy(suite, holder, maturity)
    suite.engine.set_time(maturity)
    return suite.treasury.send("redeem", fixed_id(maturity), face, holder, sender=holder).gas_used


def buy_strip(suite: Suite, buyer: str, maturity: int, count: int = 4) -> int:
    """Gas of a bundle of quarterly coupons and the principal."""
    suite.engine.advance(HOUR)
    strip = [maturity + 13 * WEEK * number for number in range(count)], [FACE // 100] * (count - 1) + [FACE]
    limit, deadline = suite.quote_strip(strip) * 101 // 100, suite.engine.timestamp + MINUTES
    return suite.market.send("buy_strip", *strip, limit, buyer, deadline, sender=buyer).gas_used


def convert(suite: Suite, holder: str, maturity: int, face: int, later: int) -> int:
    suite.engine.advance(HOUR)
    limit, deadline = suite.quote_convert(maturity, face, later) * 99 // 100, suite.engine.timestamp + MINUTES
    return suite.market.send("convert", maturity, face, later, limit, holder, deadline, sender=holder).gas_used


def test_buy_strip__new_buckets__within_aim(suite, maturity, holder, check: Check) -> None:
    check("buy a strip of four, first in each bucket", buy_strip(suite, holder, maturity))


def test_buy_strip__new_holder__within_aim(suite, maturity, holder, others, check: Check) -> None:
    buy_strip(suite, others, maturity)
    check("buy a strip of four, new holder", buy_strip(suite, holder, maturity))


def test_buy_strip__again__within_aim(suite, maturity, holder, others, check: Check) -> None:
    buy_strip(suite, others, maturity)
    buy_strip(suite, holder, maturity)
    check("buy a strip of four, top-up", buy_strip(suite, holder, maturity))


def test_convert__part__first_in_a_bucket__within_aim(suite, maturity, holder, others, check: Check) -> None:
    buy(suite, others, maturity)
    buy(suite, holder, maturity)
    check("convert a part, first in a bucket", convert(suite, holder, maturity, FACE // 3, maturity + 26 * WEEK))


def test_convert__part__holder__within_aim(suite, maturity, holder, others, check: Check) -> None:
    later = maturity + 26 * WEEK
    for one in (maturity, later):
        buy(suite, others, one)
        buy(suite, holder, one)
    check("convert a part into bonds held already", convert(suite, holder, maturity, FACE // 3, later))


def test_convert__all__new_holder__within_aim(suite, maturity, holder, others, check: Check) -> None:
    later = maturity + 26 * WEEK
    for one in (maturity, later):
        buy(suite, others, one)
    buy(suite, holder, maturity)
    check("convert all, new holder", convert(suite, holder, maturity, FACE, later))
