"""ServicePayout: numbers worked by hand, each reason to refuse, and what others might try."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boa
import pytest
from tests.support.payout import TEMPLATES
from tests.support.service_payout import (
    ADMIN,
    CONTROLLER,
    EPOCH,
    ERC20,
    FINAL,
    OPERATORS,
    OWNERS,
    PAYOUT,
    SERVICES,
    SPONSOR,
    START,
    STRANGER,
    ZERO,
    PayoutWorld,
)

from surety.models.payout import WAD, Complement, LinearPayout
from surety.models.refusal import Refused

NOW = START // EPOCH
ONE, TWO, _ = SERVICES
FIRST, SECOND, POOL = OWNERS
UNIT = 10**21


@pytest.fixture
def world() -> Iterator[PayoutWorld]:
    """Every service pays; an epoch of 12 tokens for the first one, in which all are alive."""
    with boa.env.anchor():
        made = PayoutWorld(START, LinearPayout(half=UNIT, complements=(Complement(TEMPLATES[0], TEMPLATES[1], WAD),)))
        for service in SERVICES:
            made.set_terms(service, POOL if service == TWO else "")
        yield made


def alive(world: PayoutWorld, *epochs: int) -> None:
    for epoch in epochs:
        for service in SERVICES:
            for operator in OPERATORS:
                world.set_score(service, operator, epoch, WAD)


def after(epoch: int) -> int:
    """First second at which an epoch is final."""
    return (epoch + 1) * EPOCH + FINAL


def test_claim__whole_epoch__pays_the_locks_share(world: PayoutWorld) -> None:
    """S0.7, INV-PAY-5: of two locks of one operator each gets its share of what the operator earns."""
    world.activate(1, FIRST, OPERATORS[0], ONE, UNIT)
    world.activate(2, SECOND, OPERATORS[0], ONE, 2 * UNIT)
    world.fund(ONE, NOW, 2, 24 * 10**18)
    alive(world, NOW, NOW + 1)
    world.go_to(after(NOW + 1))
    assert world.payout.due(1) == (15 * 10**17, NOW + 2), (
        "of 12 three quarters are paid, half of that without complement"
    )
    assert world.claim(1, FIRST) == 15 * 10**17
    assert world.claim(2, SECOND, STRANGER) == 30 * 10**17, "anybody may send it to the owner"
    world.check()


def test_claim__complement__counts_where_the_operator_named_it(world: PayoutWorld) -> None:
    """S0.25: pay looks at the other commitments; a name without stake is worth nothing."""
    world.activate(1, FIRST, OPERATORS[0], ONE, UNIT)
    world.activate(2, POOL, OPERATORS[0], TWO, UNIT)
    world.fund(ONE, NOW + 1, 3, 12 * 10**18)
    alive(world, *range(NOW, NOW + 4))
    world.go_to(after(NOW + 1))
    assert world.claim(1, FIRST) == 10**18
    world.set_served(OPERATORS[0], (TWO, TWO, ONE))
    world.go_to(after(NOW + 2))
    assert world.claim(1, FIRST) == 2 * 10**18, "named twice it counts once, and never itself"
    assert world.payout.served(OPERATORS[0]) == [TWO, TWO, ONE]
    world.deactivate(2)
    world.set_value(TWO, OPERATORS[0], 0)
    world.go_to(after(NOW + 3))
    assert world.claim(1, FIRST) == 10**18


def test_claim__came_or_went_within_the_epoch__nothing(world: PayoutWorld) -> None:
    """INV-PAY-6: only who stood behind the service from the first to the last second of an epoch earns in it."""
    world.fund(ONE, NOW, 4, 48 * 10**18)
    alive(world, *range(NOW, NOW + 4))
    world.activate(1, FIRST, OPERATORS[0], ONE, UNIT)
    world.go_to((NOW + 2) * EPOCH - 1)
    world.deactivate(1)
    world.go_to(after(NOW + 2))
    assert world.claim(1, FIRST) == 0
    world.activate(2, FIRST, OPERATORS[0], ONE, UNIT)
    world.go_to((NOW + 4) * EPOCH)
    world.deactivate(2)
    world.go_to(after(NOW + 3))
    assert isinstance(world.claim(2, FIRST), Refused), "it began in NOW + 3: no whole epoch is over"


def test_claim__cooling_down__earns_until_it_stopped(world: PayoutWorld) -> None:
    """What cools down is still at risk, and counts in the total, but serves no more."""
    world.activate(1, POOL, OPERATORS[0], TWO, UNIT)
    world.fund(TWO, NOW, 4, 48 * 10**18)
    alive(world, *range(NOW, NOW + 4))
    world.go_to((NOW + 2) * EPOCH)
    world.deactivate(1)
    world.go_to(after(NOW + 3))
    assert world.claim(1, POOL) == 6 * 10**18, "one epoch"


def test_value_for_a_moment__counts_for_nothing(world: PayoutWorld) -> None:
    """INV-PAY-6: a crowd at the epoch's first second, gone a second later, doesn't thin the pay of those who stay."""
    world.activate(1, FIRST, OPERATORS[0], ONE, UNIT)
    world.fund(ONE, NOW + 1, 1, 12 * 10**18)
    alive(world, NOW + 1)
    world.go_to((NOW + 1) * EPOCH)
    world.activate(2, SECOND, OPERATORS[1], ONE, 1_000 * UNIT)
    world.go_to((NOW + 1) * EPOCH + 1)
    world.deactivate(2)
    world.go_to(after(NOW + 1))
    assert world.claim(1, FIRST) == 3 * 10**18


def test_claim__slashed__loses_pay_that_is_not_claimed_yet(world: PayoutWorld) -> None:
    """INV-PAY-7: the part of a lock that a finalised slash took earns no more, whoever looked at it before."""
    world.activate(1, FIRST, OPERATORS[0], ONE, UNIT)
    world.fund(ONE, NOW + 1, 2, 24 * 10**18)
    alive(world, NOW, NOW + 1, NOW + 2)
    world.go_to(after(NOW + 1))
    assert world.claim(1, FIRST) == 3 * 10**18
    world.slash(1, UNIT // 3)
    world.go_to(after(NOW + 2))
    assert world.claim(1, FIRST) == 10**18 - 1, (
        "the operator's pay by the value of then, the lock's share by what is left"
    )


def test_claim__seized_from__only_by_its_owner_also_after_its_end(world: PayoutWorld) -> None:
    """INV-PAY-7: what is left counts, so the moment is the owner's; and no end of the lock hides what is gone."""
    world.activate(1, FIRST, OPERATORS[0], ONE, UNIT)
    world.fund(ONE, NOW + 1, 2, 24 * 10**18)
    alive(world, NOW, NOW + 1, NOW + 2)
    world.go_to((NOW + 3) * EPOCH)
    world.deactivate(1)
    world.slash(1, UNIT // 3)
    world.go_to(after(NOW + 2))
    assert world.claim(1, FIRST, STRANGER).reason == "service_payout: caller is not the owner"
    assert world.claim(1, FIRST) == 2 * (10**18 - 1)


def test_liveness__scales_the_pay(world: PayoutWorld) -> None:
    """S0.7: half alive, half paid; an epoch that is not final is not paid."""
    world.activate(1, FIRST, OPERATORS[0], ONE, UNIT)
    world.fund(ONE, NOW + 1, 1, 12 * 10**18)
    world.set_score(ONE, OPERATORS[0], NOW + 1, WAD // 2)
    world.go_to(after(NOW + 1) - 1)
    assert isinstance(world.claim(1, FIRST), Refused)
    world.go_to(after(NOW + 1))
    assert world.claim(1, FIRST) == 15 * 10**17


def test_collective__only_the_pools_locks_earn(world: PayoutWorld) -> None:
    """S0.29: in the collective mode a service pays its pool alone."""
    world.activate(1, FIRST, OPERATORS[0], TWO, UNIT)
    world.activate(2, POOL, OPERATORS[0], TWO, UNIT)
    world.fund(TWO, NOW + 1, 1, 12 * 10**18)
    alive(world, NOW + 1)
    world.go_to(after(NOW + 1))
    assert world.claim(1, FIRST) == 0
    assert world.claim(2, POOL) == 4 * 10**18


def test_commission__counts_after_its_notice(world: PayoutWorld) -> None:
    """INV-PAY-8."""
    world.activate(1, FIRST, OPERATORS[0], ONE, UNIT)
    world.fund(ONE, NOW + 1, 2, 24 * 10**18)
    alive(world, NOW, NOW + 1, NOW + 2)
    world.set_commission(OPERATORS[0], 2_000)
    assert world.payout.commission_at(OPERATORS[0], NOW + 1) == 0
    world.go_to(after(NOW + 2))
    assert world.claim(1, FIRST) == 3 * 10**18 + 24 * 10**17
    assert world.payout.claim_commission(world.token, STRANGER, sender=OPERATORS[0]) == 6 * 10**17
    assert world.token.balanceOf(STRANGER) == 6 * 10**17
    world.model.commissions.clear()
    world.check()


def test_formula__changes_for_later_epochs_alone(world: PayoutWorld) -> None:
    """S0.25, INV-PAY-4: a claim made late is worth what it was; a formula can promise at most what is left."""
    world.activate(1, FIRST, OPERATORS[0], ONE, UNIT)
    world.fund(ONE, NOW + 1, 2, 24 * 10**18)
    alive(world, NOW, NOW + 1, NOW + 2)
    world.go_to((NOW + 1) * EPOCH)
    world.sources.set_formula(0, 2**200)
    world.payout.set_formula(world.sources, sender=ADMIN)
    world.model.set_formula(lambda work: 2**200)
    assert world.payout.formula_at(NOW + 1) != world.sources.address == world.payout.formula_at(NOW + 2)
    world.go_to(after(NOW + 2))
    assert world.claim(1, FIRST) == 3 * 10**18 + 12 * 10**18


def test_formula_that_fails__is_left_out_by_the_owner(world: PayoutWorld) -> None:
    """INV-PAY-9: the epochs after it are paid all the same, and its budget is carried on."""
    world.activate(1, FIRST, OPERATORS[0], ONE, UNIT)
    world.fund(ONE, NOW + 1, 2, 24 * 10**18)
    alive(world, NOW, NOW + 1, NOW + 2)
    good = world.payout.formula_at(NOW)
    world.sources.set_formula(1, 0)
    world.payout.set_formula(world.sources, sender=ADMIN)
    world.go_to((NOW + 1) * EPOCH)
    world.payout.set_formula(good, sender=ADMIN)
    world.go_to(after(NOW + 2))
    with boa.reverts("mock: formula fails"):
        world.payout.claim(1, FIRST, sender=FIRST)
    world.forgo(1, NOW + 2, FIRST)
    assert world.claim(1, FIRST) == 3 * 10**18
    world.go_to((NOW + 1 + 26) * EPOCH)
    assert world.carry(ONE, NOW + 1).reason == "service_payout: can be claimed still"
    world.go_to((NOW + 2 + 26) * EPOCH)
    assert world.carry(ONE, NOW + 1) == 12 * 10**18
    assert world.carry(ONE, NOW + 1).reason == "service_payout: nothing is left"
    assert world.payout.budget(ONE, NOW + 29) == (12 * 10**18, 0)
    world.check()


def test_claim__after_its_time__is_gone(world: PayoutWorld) -> None:
    """26 epochs later nothing is paid any more; eight are in one claim; what is carried isn't paid twice."""
    world.activate(1, FIRST, OPERATORS[0], ONE, UNIT)
    world.fund(ONE, NOW + 1, 40, 40 * 12 * 10**18)
    alive(world, *range(NOW, NOW + 41))
    world.go_to(after(NOW + 39))
    paid = 0
    for _ in range(4):
        paid += world.claim(1, FIRST)
    assert paid == 26 * 3 * 10**18
    assert isinstance(world.claim(1, FIRST), Refused)
    assert world.carry(ONE, NOW + 5) == 12 * 10**18
    world.check()


@pytest.mark.parametrize(
    ("first", "epochs", "amount", "reason"),
    [
        (-1, 1, 1, "service_payout: epoch is over"),
        (53, 1, 1, "service_payout: epoch is too far"),
        (0, 0, 1, "service_payout: between 1 and 52 epochs"),
        (0, 53, 100, "service_payout: between 1 and 52 epochs"),
        (0, 2, 1, "service_payout: less than a unit an epoch"),
        (0, 1, 2**96, "service_payout: budget of 2**96 or more"),
    ],
)
def test_fund__out_of_range__refused(world: PayoutWorld, first: int, epochs: int, amount: int, reason: str) -> None:
    assert world.fund(ONE, NOW + first, epochs, amount).reason == reason


def test_fund__at_its_limits__accepted(world: PayoutWorld) -> None:
    assert not isinstance(world.fund(ONE, NOW + 52, 52, 52 * 10**18 + 51), Refused)
    assert world.payout.budget(ONE, NOW + 52) == (10**18 + 51, 0)
    assert world.payout.budget(ONE, NOW + 103) == (10**18, 0)
    assert not isinstance(world.fund(ONE, NOW, 1, 2**96 - 1), Refused)
    world.token.mint(SPONSOR, 2**100)
    assert world.fund(ONE, NOW, 1, 1).reason == "service_payout: budget of 2**96 or more"


def test_fund__without_terms__refused(world: PayoutWorld) -> None:
    assert world.fund(b"\x77" * 32, NOW, 1, 1).reason == "service_payout: no terms yet"


def paid_in(world: PayoutWorld, mock: str) -> tuple[bytes, Any]:
    """A service that pays in a token of that kind, which the sponsor has and approved."""
    service = b"\x70" * 32
    world.sources.set_service(service, CONTROLLER, TEMPLATES[3], WAD, 0)
    world.said.services[service] = (TEMPLATES[3], WAD, 0)
    token = boa.load(f"contracts/mocks/{mock}.vy", "Pay", "PAY", 6)
    token.mint(SPONSOR, 10**9)
    token.approve(world.payout, 10**9, sender=SPONSOR)
    world.payout.set_terms(service, token, ZERO, sender=CONTROLLER)
    return service, token


def test_fund__token_takes_a_fee__refused(world: PayoutWorld) -> None:
    service, _ = paid_in(world, "MockFeeERC20")
    with boa.reverts("service_payout: token took a fee"):
        world.payout.fund(service, NOW, 1, 10**9, sender=SPONSOR)


def test_token_that_refuses__refused_and_paid_later(world: PayoutWorld) -> None:
    """Nothing is lost by a token that pauses: the claim can be made again."""
    service, token = paid_in(world, "MockFalseERC20")
    world.activate(1, FIRST, OPERATORS[0], service, UNIT)
    world.set_score(service, OPERATORS[0], NOW + 1, WAD)
    token.refuse(True)
    with boa.reverts("service_payout: token refused"):
        world.payout.fund(service, NOW + 1, 1, 10**9, sender=SPONSOR)
    token.refuse(False)
    world.payout.fund(service, NOW + 1, 1, 10**9, sender=SPONSOR)
    world.go_to(after(NOW + 1))
    token.refuse(True)
    with boa.reverts("service_payout: token refused"):
        world.payout.claim(1, FIRST, sender=FIRST)
    token.refuse(False)
    assert world.payout.claim(1, FIRST, sender=FIRST) == 5 * 10**8


def test_inv_pay_4_reentry__by_a_token_that_calls__pays_nobody_twice(world: PayoutWorld) -> None:
    """Fund, claim and commission in each other's midst, and views that would tell half a state."""
    service, token = paid_in(world, "MockCallbackERC20")
    operator, payout = OPERATORS[0], world.payout
    world.activate(1, FIRST, operator, service, UNIT)
    payout.set_commission(2_000, sender=operator)
    for epoch in range(NOW, NOW + 8):
        world.set_score(service, operator, epoch, WAD)
    payloads = [
        payout.fund.prepare_calldata(service, NOW + 20, 1, 10),
        payout.claim.prepare_calldata(1, FIRST),
        payout.claim_commission.prepare_calldata(token, STRANGER),
        payout.due.prepare_calldata(1),
        payout.budget.prepare_calldata(service, NOW + 1),
    ]
    for number, payload in enumerate(payloads):
        token.call_back(payout, payload)
        payout.fund(service, NOW + 2 + number, 1, 1_000, sender=SPONSOR)
        assert token.calls() == 2 * number + 1
        assert not token.succeeded()
        world.go_to(after(NOW + 2 + number))
        token.call_back(payout, payload)
        payout.claim(1, FIRST, sender=FIRST)
        assert token.calls() == 2 * number + 2
        assert not token.succeeded()
    fees = payout.commissions(operator, token)
    paid = token.balanceOf(FIRST)
    assert (paid + fees) * 2 == 1_000 * len(payloads)
    assert fees > 0
    assert token.balanceOf(payout) == 1_000 * len(payloads) - paid
    token.call_back(payout, payout.claim_commission.prepare_calldata(token, STRANGER))
    assert payout.claim_commission(token, operator, sender=operator) == fees
    assert not token.succeeded()
    assert token.balanceOf(payout) == 500 * len(payloads)


def test_token_that_returns_nothing__pays(world: PayoutWorld) -> None:
    service, token = paid_in(world, "MockNoReturnERC20")
    world.payout.fund(service, NOW + 1, 1, 10**9, sender=SPONSOR)
    world.activate(1, FIRST, OPERATORS[0], service, UNIT)
    world.set_score(service, OPERATORS[0], NOW + 1, WAD)
    world.go_to(after(NOW + 1))
    assert world.payout.claim(1, FIRST, sender=FIRST) == 5 * 10**8 == token.balanceOf(FIRST)


def test_set_terms__refusals(world: PayoutWorld) -> None:
    assert world.set_terms(ONE).reason == "service_payout: terms are set already"
    assert world.set_terms(ONE, caller=STRANGER).reason == "service_payout: caller is not the controller"
    assert world.set_terms(b"\x77" * 32).reason == "service_payout: no such service"
    other = b"\x70" * 32
    world.sources.set_service(other, CONTROLLER, TEMPLATES[3], WAD, 0)
    with boa.reverts("service_payout: zero token"):
        world.payout.set_terms(other, ZERO, ZERO, sender=CONTROLLER)
    assert world.payout.terms(TWO) == (world.token.address, POOL)


def test_claim__refusals(world: PayoutWorld) -> None:
    world.activate(1, FIRST, OPERATORS[0], ONE, UNIT)
    assert world.claim(9, FIRST).reason == "service_payout: no such lock"
    assert world.claim(1, SECOND).reason == "service_payout: caller is not the owner"
    assert world.claim(1, FIRST).reason == "service_payout: no epoch to claim"
    with boa.reverts("service_payout: zero receiver"):
        world.payout.claim(1, ZERO, sender=FIRST)
    with boa.reverts("service_payout: zero receiver"):
        world.payout.claim_commission(world.token, ZERO, sender=OPERATORS[0])


def test_claim__to_another_receiver__by_the_owner(world: PayoutWorld) -> None:
    world.activate(1, FIRST, OPERATORS[0], ONE, UNIT)
    world.fund(ONE, NOW + 1, 1, 12 * 10**18)
    alive(world, NOW + 1)
    world.go_to(after(NOW + 1))
    assert world.claim(1, STRANGER, FIRST) == 3 * 10**18


def test_forgo__refusals(world: PayoutWorld) -> None:
    world.activate(1, FIRST, OPERATORS[0], ONE, UNIT)
    world.go_to(after(NOW + 3))
    assert world.forgo(1, NOW + 2, STRANGER).reason == "service_payout: caller is not the owner"
    assert world.forgo(1, NOW + 1, FIRST).reason == "service_payout: epoch is behind"
    assert world.forgo(1, NOW + 5, FIRST).reason == "service_payout: epoch is too far"
    assert not isinstance(world.forgo(1, NOW + 4, FIRST), Refused)


def test_set_commission__above_the_limit__refused(world: PayoutWorld) -> None:
    assert world.set_commission(OPERATORS[0], 2_001).reason == "service_payout: commission above 20 %"


def test_set_formula__refusals(world: PayoutWorld) -> None:
    with boa.reverts("roles: caller lacks the role"):
        world.payout.set_formula(world.sources, sender=STRANGER)
    with boa.reverts("service_payout: zero formula"):
        world.payout.set_formula(ZERO, sender=ADMIN)


def test_constructor__registry_of_another_bonding__refused(world: PayoutWorld) -> None:
    at = world.sources.address
    with boa.reverts("service_payout: registry of another bonding"):
        PAYOUT.deploy(ERC20.deploy("X", "X", 18), at, at, at, ADMIN)
    assert world.payout.sources() == (at, at, at)
