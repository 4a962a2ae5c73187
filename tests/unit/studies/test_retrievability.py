"""S4.38: random samples find losses as 1 − (1 − f)^c says."""

import numpy as np
import pytest

from surety.studies.retrievability import PIECES, judged, retrievability, share_caught


@pytest.fixture(scope="module")
def found():
    return retrievability(1)


def test_s4_38_caught__drawn_by_the_beacon__is_within_four_errors_of_the_closed_form(found):
    for lost, count, _, caught, expected, error in found.rows:
        assert expected == 1 - (1 - lost) ** count
        assert abs(caught - expected) <= 4 * error + 1e-3


def test_s4_38_expected__more_samples_or_more_lost__is_never_less(found):
    by_lost = {lost: [row[4] for row in found.rows if row[0] == lost] for lost, *_ in found.rows}
    assert all(list(chances) == sorted(chances) for chances in by_lost.values())
    assert all(left <= right for left, right in zip(by_lost[1 / 8], by_lost[1 / 2], strict=True))


def test_s4_38_nothing_lost__is_never_found():
    assert share_caught(np.arange(64) % len(PIECES), 0, 4) == 0.0
    assert share_caught(np.arange(64) % len(PIECES), 1, len(PIECES)) == 1.0


def test_s4_38_judged__by_the_program__is_right_where_the_piece_is_there():
    assert judged(np.arange(8), frozenset({0, 5})) == 8
