# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title What quantities were when something happened
@license AGPL-3.0-only
@author Surety contributors
@notice Many quantities, each named by a key, and events numbered upwards by somebody else. For each event can be told what each
    quantity was at that moment, however late this contract heard of it, as long as it heard before the quantity changed.
@dev The caller keeps the quantity itself. Before it changes one, it calls `_keep` with the number of the last event: the first
    change after an event keeps what the quantity was, in one entry for however many events passed. Nothing is
    written while no event has happened. A word of the history is key: last event (40 bits), value: event of the change
    before (40 bits) | content (176 bits).
@custom:security Numbers of events never fall. Event 0 is none. A history's trace in `checkpoints` is the key: other uses of that
    module in the same contract must keep away from keys.
@custom:kill None.
@custom:invariant INV-LQD-5 (specs/liquid-delegation.md)
"""

# -- modules ----------------------------------------------------------------------------------------------------------

from . import checkpoints

uses: checkpoints

# -- reasons ----------------------------------------------------------------------------------------------------------

BIG_CONTENT: constant(String[48]) = "snapshots: content out of range"

# -- constants --------------------------------------------------------------------------------------------------------

_CONTENT_BITS: constant(uint256) = 176
_CONTENT_MASK: constant(uint256) = 2**176 - 1
_MASK_40: constant(uint256) = 2**40 - 1

# -- storage ----------------------------------------------------------------------------------------------------------

_marks: HashMap[uint256, uint256]  # key -> entries of its history (40 bits) | last event at its last change (40 bits)


# -- internals --------------------------------------------------------------------------------------------------------


@internal
def _keep(key: uint256, last: uint256, content: uint256):
    """
    @dev Before a change of the quantity, which is `content` now; `last` is the number of the last event so far.
    """
    mark: uint256 = self._marks[key]
    seen: uint256 = mark & _MASK_40
    if seen == last:
        return
    count: uint256 = mark >> 40
    if content > 0:
        assert content <= _CONTENT_MASK, BIG_CONTENT
        count = checkpoints._push(key, count, last, (seen << _CONTENT_BITS) | content)
    self._marks[key] = (count << 40) | last


@internal
@view
def _at(key: uint256, number: uint256, content: uint256) -> uint256:
    """
    @dev What the quantity was at event `number`; `content` is what it is now.
    """
    found: uint256 = 0
    until: uint256 = 0
    found, until = self._stretch(key, number, content)
    return found


@internal
@view
def _stretch(key: uint256, number: uint256, content: uint256) -> (uint256, uint256):
    """
    @dev `_at`, and the last event for which that is the answer, or one before it.
    """
    mark: uint256 = self._marks[key]
    seen: uint256 = mark & _MASK_40
    if number > seen:
        return content, _MASK_40
    count: uint256 = mark >> 40
    entry: uint256 = checkpoints._number_at(key, count, number - 1) + 1
    if entry > count:
        return 0, seen
    last: uint256 = 0
    kept: uint256 = 0
    last, kept = checkpoints._entry(key, entry)
    if kept >> _CONTENT_BITS >= number:
        return 0, kept >> _CONTENT_BITS  # it was nothing at the event, and something only later
    return kept & _CONTENT_MASK, last
