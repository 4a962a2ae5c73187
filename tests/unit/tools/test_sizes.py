"""What `make sizes` complains of."""

from tools.sizes import ALARM, complaints


def test_complaints__sizes_as_recorded__none() -> None:
    assert complaints({"A": 100, "B": ALARM}, {"A": 100, "B": ALARM}) == []


def test_complaints__grown__names_both_figures() -> None:
    assert complaints({"A": 101}, {"A": 100}) == ["A: 101 bytes, recorded 100"]


def test_complaints__new_and_gone__both_told() -> None:
    assert complaints({"A": 1}, {"B": 2}) == ["A: 1 bytes, recorded nothing", "B: gone bytes, recorded 2"]


def test_complaints__over_the_alarm__told_even_when_recorded() -> None:
    assert complaints({"A": ALARM + 1}, {"A": ALARM + 1}) == ["A: 23,348 bytes, over 23,347"]
