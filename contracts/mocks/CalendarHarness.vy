# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title The calendar, deployable for tests
@author Surety contributors
@license AGPL-3.0-only
@notice Each function of `calendar`, as it is.
@custom:security Test double.
@custom:kill None.
@custom:invariant INV-TOK-7
"""

from ..lib import calendar


@pure
@external
def grid_ceil(timestamp: uint256) -> uint256:
    return calendar.grid_ceil(timestamp)


@pure
@external
def on_grid(timestamp: uint256) -> bool:
    return calendar.on_grid(timestamp)


@pure
@external
def date_text(timestamp: uint256) -> String[8]:
    return calendar.date_text(timestamp)


@pure
@external
def date_texts(timestamps: DynArray[uint256, 1_000]) -> DynArray[String[8], 1_000]:
    """
    @notice Many dates in one call.
    @param timestamps Seconds since the epoch.
    @return The dates as YYYYMMDD.
    """
    texts: DynArray[String[8], 1_000] = []
    for timestamp: uint256 in timestamps:
        texts.append(calendar.date_text(timestamp))
    return texts
