"""Maturities as people write them."""

import click
import pytest

from surety.cli.maturity import LONGEST, MATURITY, yield_of


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("7d", 604_800), ("26w", 15_724_800), ("6m", 15_768_000), ("2y", 63_072_000), ("2026-10-08", 1_791_417_600)],
)
def test_convert__tenor_or_date__seconds(text, seconds):
    assert MATURITY.convert(text, None, None) == seconds


def test_convert__timestamp__taken_as_it_is():
    assert MATURITY.convert("1791417600", None, None) == 1_791_417_600 > LONGEST


@pytest.mark.parametrize("text", ["soon", "0w", "10y", "2026-13-01", "-1w", "1.5y", ""])
def test_convert__anything_else__says_what_to_write(text):
    with pytest.raises(click.BadParameter, match="write a tenor below ten years"):
        MATURITY.convert(text, None, None)


def test_text__timestamp__iso_date():
    assert MATURITY.text(1_791_417_600) == "2026-10-08"


def test_yield_of__a_year_at_a_discount__continuous_rate():
    assert yield_of(960_789_439, 10**9, 31_536_000) == pytest.approx(0.04, abs=1e-9)


@pytest.mark.parametrize(("paid", "face", "seconds"), [(0, 1, 1), (1, 0, 1), (1, 1, 0)])
def test_yield_of__nothing_paid_or_left__none(paid, face, seconds):
    assert yield_of(paid, face, seconds) is None
