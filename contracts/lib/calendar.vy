# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title The weekly grid of maturities, and dates as text
@author Surety contributors
@license AGPL-3.0-only
@notice Maturities stand on Thursdays, 00:00 UTC. 1970-01-01 was a Thursday, so these are the multiples of a week.
@dev Pure. The date is H. Hinnant's `civil_from_days`: years begin in March, so that the leap day is the last day of
     the year, and the days of a 400-year era are counted by divisions alone.
@custom:security Grid times round up: what is asked for a duration never lasts less than it.
@custom:kill None: no state.
@custom:invariant INV-TOK-7
"""

# -- constants --------------------------------------------------------------------------------------------------------

DAY: constant(uint256) = 86_400
WEEK: constant(uint256) = 604_800

LAST_DATED: constant(uint256) = 253_402_300_799  # 9999-12-31 23:59:59 UTC: the last second with a four-digit year

_DAYS_TO_EPOCH: constant(uint256) = 719_468  # from 0000-03-01 to 1970-01-01
_DAYS_PER_ERA: constant(uint256) = 146_097  # 400 years


# -- internals --------------------------------------------------------------------------------------------------------


@internal
@pure
def grid_ceil(timestamp: uint256) -> uint256:
    """
    @dev The first grid time at or after `timestamp`. Reverts by overflow in the last week of uint256.
    """
    return (timestamp + (WEEK - 1)) // WEEK * WEEK


@internal
@pure
def on_grid(timestamp: uint256) -> bool:
    """
    @dev Whether `timestamp` is a Thursday, 00:00 UTC.
    """
    return timestamp % WEEK == 0


@internal
@pure
def date_text(timestamp: uint256) -> String[8]:
    """
    @dev The UTC date of `timestamp` (s, at most LAST_DATED) as YYYYMMDD.
    """
    assert timestamp <= LAST_DATED  # dev: the year has more than four digits
    days: uint256 = timestamp // DAY + _DAYS_TO_EPOCH
    day_of_era: uint256 = days % _DAYS_PER_ERA
    year_of_era: uint256 = (day_of_era - day_of_era // 1_460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year: uint256 = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    month_from_march: uint256 = (5 * day_of_year + 2) // 153
    day: uint256 = day_of_year - (153 * month_from_march + 2) // 5 + 1
    year: uint256 = year_of_era + days // _DAYS_PER_ERA * 400
    month: uint256 = month_from_march + 3
    if month > 12:
        month -= 12
        year += 1
    return slice(uint2str(year * 10_000 + month * 100 + day), 0, 8)
