"""lib/calendar against Python's own: the weekly grid and dates as text."""

from datetime import UTC, datetime
from random import Random

import boa
import pytest

DAY = 86_400
WEEK = 604_800
LAST_DATED = 253_402_300_799
MATURITY = 1_799_280_000  # 2027-01-07 00:00 UTC

HARNESS = boa.load_partial("contracts/mocks/CalendarHarness.vy")


@pytest.fixture(scope="module")
def calendar():
    return HARNESS.deploy()


def seconds(*date):
    return int(datetime(*date, tzinfo=UTC).timestamp())


def text(timestamp):
    # strftime's %Y does not pad on every platform
    date = datetime.fromtimestamp(timestamp, tz=UTC)
    return f"{date.year:04}{date.month:02}{date.day:02}"


# -- grid -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("grid_time", [0, WEEK, MATURITY, WEEK * 2975])
def test_inv_tok_7_grid__multiple_of_a_week__is_thursday_midnight(calendar, grid_time):
    moment = datetime.fromtimestamp(grid_time, tz=UTC)
    assert (moment.strftime("%A"), moment.hour, moment.minute, moment.second) == ("Thursday", 0, 0, 0)
    assert calendar.on_grid(grid_time)


@pytest.mark.parametrize(
    ("timestamp", "expected"),
    [
        (0, 0),
        (1, WEEK),
        (MATURITY - 1, MATURITY),
        (MATURITY, MATURITY),  # already there: no week is added
        (MATURITY + 1, MATURITY + WEEK),
        (MATURITY + WEEK - 1, MATURITY + WEEK),
        (MATURITY + WEEK, MATURITY + WEEK),
    ],
)
def test_inv_tok_7_grid_ceil__around_a_maturity__rounds_up(calendar, timestamp, expected):
    assert calendar.grid_ceil(timestamp) == expected


@pytest.mark.parametrize("off", [MATURITY - 1, MATURITY + 1, MATURITY + DAY, 1, 2**256 - 1])
def test_on_grid__beside_it__is_false(calendar, off):
    assert not calendar.on_grid(off)


def test_inv_tok_7_grid_ceil__random_times__is_the_first_grid_time_not_before(calendar):
    random = Random(7)
    for _ in range(200):
        timestamp = random.randrange(2**40)
        grid_time = calendar.grid_ceil(timestamp)
        assert calendar.on_grid(grid_time)
        assert timestamp <= grid_time < timestamp + WEEK


def test_grid_ceil__last_week_of_uint256__reverts(calendar):
    assert calendar.grid_ceil(2**256 - WEEK) == (2**256 - 1) // WEEK * WEEK
    with boa.reverts(compiler="safeadd"):
        calendar.grid_ceil(2**256 - WEEK + 1)


# -- dates ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("maturity", [seconds(2027, 1, 7), seconds(2026, 12, 31), seconds(2028, 3, 2), WEEK])
def test_inv_tok_7_date_text__second_before_at_and_after_midnight__turns_at_midnight(calendar, maturity):
    for timestamp in (maturity - 1, maturity, maturity + 1):
        assert calendar.date_text(timestamp) == text(timestamp)
    assert calendar.date_text(maturity - 1) != calendar.date_text(maturity) == calendar.date_text(maturity + 1)


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ((1970, 1, 1), "19700101"),
        ((2000, 2, 29), "20000229"),  # a century that leaps
        ((2000, 3, 1), "20000301"),
        ((2024, 2, 29), "20240229"),
        ((2100, 2, 28), "21000228"),  # a century that does not
        ((2100, 3, 1), "21000301"),
        ((2399, 12, 31), "23991231"),
        ((2400, 2, 29), "24000229"),
        ((9999, 12, 31), "99991231"),
    ],
)
def test_date_text__leaps_and_ends__are_right(calendar, date, expected):
    assert calendar.date_text(seconds(*date)) == expected


def test_date_text__day_after_a_february_without_leap__is_march(calendar):
    assert calendar.date_text(seconds(2100, 2, 28) + DAY) == "21000301"
    assert calendar.date_text(seconds(2024, 2, 28) + DAY) == "20240229"


def test_inv_tok_7_date_text__every_maturity_for_19_years__is_pythons(calendar):
    maturities = [MATURITY + week * WEEK for week in range(1_000)]
    assert calendar.date_texts(maturities) == [text(maturity) for maturity in maturities]


def test_inv_tok_7_date_text__random_seconds_to_the_year_9999__are_pythons(calendar):
    random = Random(9)
    timestamps = [random.randrange(LAST_DATED + 1) for _ in range(1_000)]
    assert calendar.date_texts(timestamps) == [text(timestamp) for timestamp in timestamps]


def test_date_text__year_10000__reverts(calendar):
    assert calendar.date_text(LAST_DATED) == "99991231"
    with boa.reverts(dev="the year has more than four digits"):
        calendar.date_text(LAST_DATED + 1)
