# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title What accounts held, and the least of the days before
@license AGPL-3.0-only
@author Surety contributors
@notice For balances that change at any second: what an account had at a past second, and the least that it had in the seven days up to it,
    which is what its votes count. What is held for a moment counts nothing.
@dev Before the first change of a balance in a second, what it was is noted under that second, with `window_minimum`. So one word a
    change tells both: the balance at t is what was noted at the first change after t. The state at a second is the one after all
    its calls. The zero address may stand for the sum of all.
@custom:security The caller notes before each change, and asks about seconds that are over.
@custom:kill None.
@custom:invariant INV-POOL-6 (specs/collective-pool.md)
"""

# -- modules ----------------------------------------------------------------------------------------------------------

from . import checkpoints
from . import window_minimum

uses: checkpoints
uses: window_minimum

# -- constants --------------------------------------------------------------------------------------------------------

WINDOW: constant(uint256) = 7 * 86_400  # of which the least counts, s
_TRACES: constant(uint256) = 2**254  # of accounts: far from others in `checkpoints`
_LOW_SHIFT: constant(uint256) = 86  # where `window_minimum` has the value

# -- storage ----------------------------------------------------------------------------------------------------------

_counts: HashMap[address, uint256]


# -- internals --------------------------------------------------------------------------------------------------------


@internal
def _note(account: address, held: uint256):
    """
    @dev Before a change: the account has held so much since its last one.
    """
    trace: uint256 = _TRACES | convert(account, uint256)
    count: uint256 = self._counts[account]
    last: uint256 = 0
    node: uint256 = 0
    last, node = checkpoints._entry(trace, count)
    if last < block.timestamp:
        self._counts[account] = window_minimum._note(trace, count, block.timestamp, held)


@internal
@view
def _held_at(account: address, t: uint256, held: uint256) -> uint256:
    """
    @dev What the account had at second t, which is over; it has `held` now.
    """
    trace: uint256 = _TRACES | convert(account, uint256)
    count: uint256 = self._counts[account]
    number: uint256 = checkpoints._number_at(trace, count, t) + 1
    if number > count:
        return held
    key: uint256 = 0
    node: uint256 = 0
    key, node = checkpoints._entry(trace, number)
    return node >> _LOW_SHIFT


@internal
@view
def _least_at(account: address, t: uint256, held: uint256) -> uint256:
    """
    @dev The least that the account had at any second of [t - WINDOW, t].
    """
    trace: uint256 = _TRACES | convert(account, uint256)
    least: uint256 = window_minimum._least(trace, self._counts[account], t - min(t, WINDOW), t)
    return min(least, self._held_at(account, t, held))
