"""The terminal's plot."""

import numpy as np

from surety.cli.plot import BLANK, Series, plot

X = np.linspace(0, 4, 50)


def lines(*series, **size):
    return plot(series, "years", "%", **size).plain.splitlines()


def dots(text):
    return sum(ord(char) > BLANK and ord(char) < BLANK + 256 for char in text)


def test_plot__falling_line__starts_top_left_and_ends_bottom_right():
    rows = lines(Series("a", "cyan", X, 5 - X), width=20, height=5)
    assert dots(rows[1][8:11]) > 0
    assert dots(rows[1][20:]) == 0
    assert dots(rows[5][-3:]) > 0
    assert dots(rows[5][8:12]) == 0


def test_plot__jump__leaves_no_gap():
    rows = lines(Series("a", "cyan", np.array([0, 1.99, 2.01, 4]), np.array([1.0, 1, 2, 2])), width=20, height=6)
    assert all(dots(row) > 0 for row in rows[1:7])


def test_plot__flat_line__is_drawn():
    assert sum(dots(row) for row in lines(Series("a", "cyan", X, np.full(50, 4.0)))) == 64


def test_plot__size__fits_in_a_terminal_of_80():
    rows = lines(Series("a", "cyan", X, X), Series("b", "red", X, X * 2))
    assert max(len(row) for row in rows) <= 80
    assert "a" in rows[-1]
    assert "b" in rows[-1]
