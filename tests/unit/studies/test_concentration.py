"""S0.8: entropy, HHI, Nakamoto coefficient, Gini against closed forms; and that names can be had for nothing."""

from fractions import Fraction
from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surety.concentration import HALF, THIRD, entropy, gini, hhi, measure, nakamoto
from surety.studies.concentration import NAMES, appearing_as, concentration

amounts = st.lists(st.integers(0, 10**30), min_size=1, max_size=20).filter(any)


@pytest.mark.parametrize("number", [1, 2, 3, 7, 64])
@pytest.mark.parametrize("each", [1, 10**24])
def test_s0_8_measure__all_alike__closed_forms(number, each):
    """n alike: log2 n bits, 1/n, Gini 0, and the fewest above a part p of the total are floor(p·n) + 1."""
    found = measure([each] * number)
    assert found.entropy == pytest.approx(log2(number), abs=1e-12)
    assert found.effective == pytest.approx(number)
    assert found.hhi == Fraction(1, number)
    assert found.gini == 0
    assert found.nakamoto_third == number // 3 + 1
    assert found.nakamoto_half == number // 2 + 1
    assert (found.holders, found.total) == (number, number * each)


def test_s0_8_measure__one_has_all_but_dust__as_if_alone():
    found = measure([10**30, 1, 1, 1])
    assert found.entropy == pytest.approx(0, abs=1e-20)
    assert 1 - found.hhi < Fraction(1, 10**29)
    assert found.nakamoto_third == found.nakamoto_half == 1
    assert Fraction(3, 4) - found.gini < Fraction(1, 10**29)  # (n - 1)/n


def test_s0_8_measure__worked_by_hand():
    """Shares 1/2, 1/4, 1/8, 1/8."""
    found = measure([1, 2, 4, 1])
    assert found.entropy == 1.75
    assert found.hhi == Fraction(22, 64)
    assert found.nakamoto_third == 1
    assert found.nakamoto_half == 2  # a half alone is not more than a half
    assert found.gini == Fraction(-3 - 1 + 2 + 12, 32)


def test_s0_8_measure__two_holders__gini_is_half_their_difference():
    assert gini([1, 3]) == Fraction(1, 4)
    assert nakamoto([1, 3], Fraction(3, 4)) == 2


def test_s0_8_measure__nobody_has_anything__nothing_to_tell():
    assert measure([]) is measure([0, 0]) is None
    assert (entropy([]), hhi([0]), nakamoto([]), gini([])) == (0, 0, 0, 0)


def test_s0_8_measure__less_than_nothing_or_more_than_all__refused():
    with pytest.raises(ValueError, match="less than nothing"):
        measure([1, -1])
    with pytest.raises(ValueError, match="threshold"):
        nakamoto([1], Fraction(1))
    with pytest.raises(ValueError, match="threshold"):
        nakamoto([1], Fraction(-1, 2))


@given(amounts)
def test_s0_8_measure__anything__within_bounds_and_in_order(held):
    found, number = measure(held), sum(one > 0 for one in held)
    assert -1e-9 <= found.entropy <= log2(number) + 1e-9
    assert Fraction(1, number) <= found.hhi <= 1
    assert 0 <= found.gini <= Fraction(number - 1, number)
    assert 1 <= found.nakamoto_third <= found.nakamoto_half <= number
    assert found.effective >= float(1 / found.hhi) * (1 - 1e-9)  # Rényi: entropy falls with its order


@given(amounts, st.integers(2, 50))
def test_s0_8_measure__unit__counts_for_nothing(held, factor):
    one, other = measure(held), measure([amount * factor for amount in held])
    assert (one.hhi, one.gini, one.nakamoto_third) == (other.hhi, other.gini, other.nakamoto_third)


@given(amounts, st.integers(1, 30))
def test_s0_8_measure__more_names_of_one__never_look_more_concentrated(held, names):
    """What can't be enforced: by appearing as several everybody looks more diverse, and nobody's share has changed."""
    held = sorted(held, reverse=True)
    before, after = measure(held), measure(appearing_as(held, names))
    assert after.total == before.total
    assert after.entropy >= before.entropy - 1e-9
    assert after.hhi <= before.hhi
    assert nakamoto(appearing_as(held, names), THIRD) >= before.nakamoto_third
    assert nakamoto(appearing_as(held, names), HALF) >= before.nakamoto_half


def test_s0_8_study__names_rise__measures_look_better_and_owners_are_the_same():
    study = concentration(3)
    assert study.column("names of the largest") == list(NAMES)
    for name, better in (("effective", 1), ("HHI", -1), ("Nakamoto 1/3", 1)):
        cells = [better * one for one in study.column(name)]
        assert cells == sorted(cells)
        assert cells[0] < cells[-1]
    assert study.requirements == ("S0.8",)


def test_s0_8_study__seed__gives_the_same_rows():
    assert concentration(3) == concentration(3)
    assert concentration(3).rows != concentration(4).rows
