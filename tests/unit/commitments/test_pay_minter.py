"""PayMinter: pay that is minted, within a cap an epoch, and earned by liveness (S0.7)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boa
import pytest
from tests.support.bonds import source
from tests.support.service_payout import (
    ADMIN,
    EPOCH,
    FINAL,
    OPERATORS,
    OWNERS,
    SERVICES,
    START,
    STRANGER,
    PayoutWorld,
)

from surety.models.payout import WAD

NOW = START // EPOCH
ONE, TWO, THREE = SERVICES
CAP = 10**19

FALSE = """
# pragma version 0.4.3
balanceOf: public(HashMap[address, uint256])
more: public(uint256)
@deploy
def __init__(more: uint256):
    self.more = more
@external
def mint(receiver: address, amount: uint256):
    self.balanceOf[receiver] += amount + self.more
@external
def approve(spender: address, amount: uint256) -> bool:
    return False
"""
SOURCES = """
# pragma version 0.4.3
struct Terms:
    token: address
    payee: address
token: address
@deploy
def __init__(token: address):
    self.token = token
@external
@view
def terms(service: bytes32) -> Terms:
    return Terms(token=self.token, payee=empty(address))
"""


def make(payout: Any, token: Any, cap: int = CAP) -> Any:
    return source("commitments/PayMinter").deploy(payout, token, cap, ADMIN)


@pytest.fixture
def scene() -> Iterator[tuple[PayoutWorld, Any]]:
    """Two services that pay in the token, and the third one without terms."""
    with boa.env.anchor():
        world = PayoutWorld(START)
        for service in (ONE, TWO):
            world.set_terms(service)
        yield world, make(world.payout, world.token)


def test_s0_7_minted_pay__goes_to_who_behaved__by_liveness(scene: tuple[PayoutWorld, Any]) -> None:
    """Two operators with the same stake, of whom one was alive for half of the time; half of the budget is at 1,000."""
    world, minter = scene
    for number, (owner, operator) in enumerate(zip(OWNERS, OPERATORS, strict=False), 1):
        world.activate(number, owner, operator, ONE, 500 * 10**18)
    minter.set_rate(ONE, CAP, sender=ADMIN)
    supply = world.token.totalSupply()
    assert minter.mint(ONE, sender=STRANGER) == CAP
    assert world.token.totalSupply() == supply + CAP
    assert world.payout.budget(ONE, NOW + 1) == (CAP, 0)
    assert world.token.balanceOf(minter) == 0
    world.set_score(ONE, OPERATORS[0], NOW + 1, WAD)
    world.set_score(ONE, OPERATORS[1], NOW + 1, WAD // 2)
    world.go_to((NOW + 2) * EPOCH + FINAL)
    paid = [world.payout.claim(number, owner, sender=owner) for number, owner in enumerate(OWNERS[:2], 1)]
    assert paid == [CAP // 4, CAP // 8]


def test_inv_pay_10_mint__once_an_epoch__not_caught_up_with(scene: tuple[PayoutWorld, Any]) -> None:
    world, minter = scene
    minter.set_rate(ONE, 7, sender=ADMIN)
    assert minter.mint(ONE) == 7
    with boa.reverts("pay_minter: minted in this epoch already"):
        minter.mint(ONE)
    world.go_to((NOW + 1) * EPOCH - 1)
    with boa.reverts("pay_minter: minted in this epoch already"):
        minter.mint(ONE)
    world.go_to((NOW + 4) * EPOCH)
    minter.mint(ONE)
    assert [world.payout.budget(ONE, NOW + ahead)[0] for ahead in range(1, 6)] == [7, 0, 0, 0, 7]
    assert (minter.minted(NOW), minter.minted(NOW + 4)) == (7, 7)


def test_inv_pay_10_attack__a_rate_passed_on_within_an_epoch__mints_no_more_than_the_cap(
    scene: tuple[PayoutWorld, Any],
) -> None:
    """All of the cap is minted for one service, then its rate is given to another in the same epoch."""
    world, minter = scene
    minter.set_rate(ONE, CAP, sender=ADMIN)
    with boa.reverts("pay_minter: more than the cap of an epoch"):
        minter.set_rate(TWO, 1, sender=ADMIN)
    minter.mint(ONE)
    minter.set_rate(ONE, 0, sender=ADMIN)
    minter.set_rate(TWO, CAP, sender=ADMIN)
    assert (minter.total_rate(), minter.rate(TWO)) == (CAP, CAP)
    with boa.reverts("pay_minter: more than the cap of an epoch"):
        minter.mint(TWO)
    world.go_to((NOW + 1) * EPOCH)
    assert minter.mint(TWO) == CAP
    with boa.reverts("pay_minter: service has no rate"):
        minter.mint(ONE)


def test_set_rate__not_governance_or_another_token__is_refused(scene: tuple[PayoutWorld, Any]) -> None:
    _, minter = scene
    with boa.reverts("roles: caller lacks the role"):
        minter.set_rate(ONE, 1, sender=STRANGER)
    with boa.reverts("pay_minter: service pays in another token"):
        minter.set_rate(THREE, 1, sender=ADMIN)


def test_create__without_a_cap__is_refused(scene: tuple[PayoutWorld, Any]) -> None:
    world, minter = scene
    with boa.reverts("pay_minter: zero cap"):
        make(world.payout, world.token, 0)
    assert (minter.payout(), minter.token(), minter.cap()) == (world.payout.address, world.token.address, CAP)


@pytest.mark.parametrize(
    ("more", "reason"),
    [(1, "pay_minter: token minted a wrong amount"), (0, "pay_minter: token refused the approval")],
)
def test_mint__token_that_lies_or_says_no__is_refused(more: int, reason: str) -> None:
    with boa.env.anchor():
        token = boa.loads(FALSE, more)
        minter = make(boa.loads(SOURCES, token), token)
        minter.set_rate(ONE, 5, sender=ADMIN)
        with boa.reverts(reason):
            minter.mint(ONE)


def test_set_rate__zero__stops_minting_and_takes_no_budget_back(scene: tuple[PayoutWorld, Any]) -> None:
    world, minter = scene
    minter.set_rate(ONE, 5, sender=ADMIN)
    minter.mint(ONE)
    minter.set_rate(ONE, 0, sender=ADMIN)
    world.go_to((NOW + 1) * EPOCH)
    with boa.reverts("pay_minter: service has no rate"):
        minter.mint(ONE)
    assert world.payout.budget(ONE, NOW + 1) == (5, 0)
