# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Uptime of a sequencer as tests set it
@license AGPL-3.0-only
@author Surety contributors
@notice Answers like the uptime feeds of rollups, or badly.
@custom:security Test double.
@custom:kill None.
@custom:invariant None.
"""

down: uint256
since: uint256
silent: bool


@external
def set_uptime(down: bool, since: uint256):
    self.down = convert(down, uint256)
    self.since = since
    self.silent = False


@external
def set_silent(silent: bool):
    self.silent = silent


@external
@view
def latestRoundData() -> (uint80, int256, uint256, uint256, uint80):
    assert not self.silent, "mock_uptime_feed: silent"
    return 1, convert(self.down, int256), self.since, block.timestamp, 1
