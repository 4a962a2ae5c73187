# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Histories and their minima, deployable for tests
@author Surety contributors
@license AGPL-3.0-only
@notice Each function of `checkpoints` and `window_minimum`, with counts as the tests give them, and words as they like.
@custom:security Test double.
@custom:kill None.
@custom:invariant INV-CHK-1, INV-CHK-2, INV-CHK-3, INV-CHK-4
"""

from ..lib import checkpoints
from ..lib import window_minimum

initializes: checkpoints
initializes: window_minimum[checkpoints := checkpoints]

MAX_STEPS: public(constant(uint256)) = checkpoints.MAX_STEPS
MAX_HOPS: public(constant(uint256)) = window_minimum.MAX_HOPS
NOTHING: public(constant(uint256)) = window_minimum.NOTHING

counts: public(HashMap[uint256, uint256])


@external
def push(trace: uint256, key: uint256, content: uint256):
    self.counts[trace] = checkpoints._push(trace, self.counts[trace], key, content)


@external
def note(trace: uint256, key: uint256, low: uint256):
    self.counts[trace] = window_minimum._note(trace, self.counts[trace], key, low)


@external
def note_all(trace: uint256, keys: DynArray[uint256, 1_000], lows: DynArray[uint256, 1_000]):
    """
    @notice Many notes in one call.
    @param trace Where.
    @param keys Keys, growing.
    @param lows One for each key.
    """
    for i: uint256 in range(len(keys), bound=1_000):
        self.counts[trace] = window_minimum._note(trace, self.counts[trace], keys[i], lows[i])


@external
def set_word(trace: uint256, number: uint256, word: uint256):
    """
    @notice Writes history as no caller could.
    @param trace Where.
    @param number Which entry.
    @param word What.
    """
    checkpoints._words[trace][number] = word


@external
def set_count(trace: uint256, count: uint256):
    """
    @notice Claims a count.
    @param trace Of what.
    @param count How many.
    """
    self.counts[trace] = count


@view
@external
def entry(trace: uint256, number: uint256) -> (uint256, uint256):
    return checkpoints._entry(trace, number)


@view
@external
def number_at(trace: uint256, key: uint256) -> uint256:
    return checkpoints._number_at(trace, self.counts[trace], key)


@view
@external
def value_at(trace: uint256, key: uint256) -> uint256:
    return checkpoints._value_at(trace, self.counts[trace], key)


@view
@external
def least(trace: uint256, after: uint256, until: uint256) -> uint256:
    return window_minimum._least(trace, self.counts[trace], after, until)
