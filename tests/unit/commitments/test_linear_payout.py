"""LinearPayout: numbers worked by hand, and each reason for which it is not made."""

from __future__ import annotations

import boa
import pytest
from tests.support.payout import LINEAR, TEMPLATES, deploy, told

from surety.models.payout import WAD, Case, Complement, LinearPayout

ONE, TWO, *_ = TEMPLATES
USDC = 10**6


def test_amount__half_value_bonded__pays_half_of_the_budget() -> None:
    contract = deploy(LinearPayout(half=100_000 * USDC))
    work = Case(ONE, value=25_000 * USDC, total=100_000 * USDC, budget=1_000 * USDC)
    assert contract.amount(told(work)) == 125 * USDC, "a quarter of the stake, and half of the budget is paid at all"


def test_amount__complement__counts_as_far_as_stake_stands_behind_it() -> None:
    contract = deploy(LinearPayout(half=10**21, complements=(Complement(ONE, TWO, WAD // 2),)))

    def pay(*others: tuple[bytes, int]) -> int:
        return int(
            contract.amount(told(Case(ONE, value=3 * 10**21, total=5 * 10**21, budget=6 * 10**18, others=others)))
        )

    assert pay() == 2 * 10**18, "two thirds, since the bonus is missing"
    assert pay((TWO, 3 * 10**21)) == 3 * 10**18 == pay((TWO, 9 * 10**21)), "whole, and never more than whole"
    assert pay((TWO, 1)) == 2 * 10**18, "dust beside it is worth dust"
    assert pay((ONE, 3 * 10**21)) == 2 * 10**18, "another service of the same kind is no complement"


def test_amount__complement_in_more_services_than_eight__is_told_whole_by_several_operators_alone() -> None:
    """INV-PAY-1, its limit: eight names. In nine complementing services, whoever splits is paid for the ninth, too."""
    contract = deploy(LinearPayout(half=10**21, complements=(Complement(ONE, TWO, WAD),)))

    def paid(services: int) -> int:
        named = tuple((TWO, 10**20) for _ in range(min(services, 8)))
        return int(contract.amount(told(Case(ONE, services * 10**20, total=10**21, budget=WAD, others=named))))

    assert paid(8) + paid(1) > paid(9)
    assert paid(7) + paid(1) <= paid(8)


def test_amount__below_the_minimum__is_nothing() -> None:
    contract = deploy(LinearPayout(half=10**21, minimum=10**20))
    for value, paid in ((10**20 - 1, 0), (10**20, 10**18)):
        assert contract.amount(told(Case(ONE, value=value, total=10**21, budget=2 * 10**19))) == paid


@pytest.mark.parametrize(
    ("half", "minimum", "pairs", "reason"),
    [
        (0, 0, [], "linear_payout: zero half value"),
        (2**96, 0, [], "linear_payout: value of 2**96 or more"),
        (1, 2**96, [], "linear_payout: value of 2**96 or more"),
        (1, 0, [(ONE, ONE, 1)], "linear_payout: complement of itself"),
        (1, 0, [(ONE, TWO, WAD + 1)], "linear_payout: bonus above one"),
        (1, 0, [(ONE, TWO, 1), (TWO, ONE, 1), (ONE, TWO, 2)], "linear_payout: complement named twice"),
    ],
)
def test_numbers_out_of_range__refused(
    half: int, minimum: int, pairs: list[tuple[bytes, bytes, int]], reason: str
) -> None:
    with boa.reverts(reason):
        LINEAR.deploy(half, minimum, pairs)


def test_complements__are_told() -> None:
    contract = deploy(LinearPayout(half=1, complements=(Complement(ONE, TWO, WAD),)))
    assert [tuple(one) for one in contract.complements()] == [(ONE, TWO, WAD)]
    assert (contract.half(), contract.minimum()) == (1, 0)
