# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Quantities at numbered events, deployable for tests
@author Surety contributors
@license AGPL-3.0-only
@notice Quantities that a test sets, and events that it lets happen.
@custom:security Test double.
@custom:kill None.
@custom:invariant INV-LQD-5
"""

from ..lib import checkpoints
from ..lib import snapshots

initializes: checkpoints
initializes: snapshots[checkpoints := checkpoints]

last: public(uint256)
contents: public(HashMap[uint256, uint256])


@external
def happen(times: uint256):
    self.last += times


@external
def set(key: uint256, content: uint256):
    snapshots._keep(key, self.last, self.contents[key])
    self.contents[key] = content


@view
@external
def at(key: uint256, number: uint256) -> uint256:
    return snapshots._at(key, number, self.contents[key])
