"""LinearPayout equals its model, pays no more than there is, and nothing for appearing as several (S0.25, S0.31)."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from tests.support.payout import LIMIT, cases, deploy, formulas, told

from surety.models.payout import Case, LinearPayout


@given(formulas(), st.lists(cases(), min_size=1, max_size=5))
def test_contract_equals_model(formula: LinearPayout, works: list[Case]) -> None:
    contract = deploy(formula)
    for work in works:
        assert contract.amount(told(work)) == formula.amount(work)
        assert contract.counted(told(work)) == formula.counted(work) <= work.value


@given(formulas(), cases(), st.lists(st.integers(0, LIMIT), min_size=1, max_size=9), st.data())
def test_inv_pay_1_splitting_never_pays(
    formula: LinearPayout, work: Case, cuts: list[int], data: st.DataObject
) -> None:
    """One operator as n: whatever it puts where, of this service's value and of the others', the n get no more."""

    def parts(value: int) -> list[int]:
        cut = sorted(min(one, value) for one in cuts)
        order = data.draw(st.permutations(range(len(cuts) + 1)))
        pieces = [after - before for before, after in pairwise((0, *cut, value))]
        return [pieces[place] for place in order]

    others = [(template, parts(value)) for template, value in work.others]
    split = [
        replace(work, value=value, others=tuple((template, pieces[place]) for template, pieces in others))
        for place, value in enumerate(parts(work.value))
    ]
    assert sum(formula.amount(one) for one in split) <= formula.amount(work)


@given(formulas(), st.lists(cases(), min_size=1, max_size=6), st.integers(0, LIMIT))
def test_inv_pay_2_an_epoch_pays_at_most_its_budget(formula: LinearPayout, works: list[Case], budget: int) -> None:
    total = sum(one.value for one in works)
    paid = sum(formula.amount(replace(one, total=total, budget=budget)) for one in works)
    assert paid <= budget


@given(formulas(), cases(), cases())
def test_inv_pay_3_more_of_anything_good_pays_no_less(formula: LinearPayout, one: Case, two: Case) -> None:
    """Liveness and budget each raise the pay; what others bond lowers it."""
    low = replace(one, **{name: min(getattr(one, name), getattr(two, name)) for name in ("liveness", "budget")})
    assert formula.amount(low) <= formula.amount(one)
    crowded = replace(one, total=max(one.total, two.total))
    assert formula.amount(crowded) <= formula.amount(one)
