# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Append-only histories
@license AGPL-3.0-only
@author Surety contributors
@notice Many histories ("traces") of (key, value), one word an entry, found by binary search. A key is whatever grows:
    a second or a block. The last value of a key counts.
@dev Entries are numbered from 1; 0 means "none". The count of a trace is kept by the caller, in a word that it writes
    anyway: a count of its own would cost each new trace a slot, 22,100 gas. Every function takes that count, and
    `_push` gives the new one.
@custom:security A caller that passes another count than the last one given overwrites or hides history. Traces are
    told apart by number: what they mean, and that no two uses share one, is the caller's matter.
@custom:kill None.
@custom:invariant INV-CHK-1 entries never change once a later key exists; INV-CHK-2 `_value_at(key)` is the value
    pushed last at or before `key`, 0 if none was.
"""

# -- reasons ----------------------------------------------------------------------------------------------------------

OLD_KEY: constant(String[48]) = "checkpoints: key before the last one"
BIG_KEY: constant(String[48]) = "checkpoints: key out of range"
BIG_VALUE: constant(String[48]) = "checkpoints: value out of range"

# -- constants --------------------------------------------------------------------------------------------------------

KEY_LIMIT: constant(uint256) = 2**40
VALUE_LIMIT: constant(uint256) = 2**216
MAX_STEPS: constant(uint256) = 40  # halvings; keys are distinct and below 2**40, so there are no more entries than that

_VALUE_BITS: constant(uint256) = 216
_VALUE_MASK: constant(uint256) = 2**216 - 1

# -- storage ----------------------------------------------------------------------------------------------------------

# trace -> number -> key (40 bits) | value (216 bits)
_words: HashMap[uint256, HashMap[uint256, uint256]]


# -- internals --------------------------------------------------------------------------------------------------------


@internal
def _push(trace: uint256, count: uint256, key: uint256, content: uint256) -> uint256:
    """
    @dev Append, or replace the value of the last key. Returns the count from now on.
    """
    assert key < KEY_LIMIT, BIG_KEY
    assert content < VALUE_LIMIT, BIG_VALUE
    number: uint256 = unsafe_add(count, 1)  # never above the number of keys
    if count > 0:
        last: uint256 = self._words[trace][count] >> _VALUE_BITS
        assert last <= key, OLD_KEY
        if last == key:
            number = count
    self._words[trace][number] = (key << _VALUE_BITS) | content
    return number


@internal
@view
def _entry(trace: uint256, number: uint256) -> (uint256, uint256):
    """
    @dev Key and value of an entry; zeros if there is none of this number.
    """
    if number == 0:
        return 0, 0
    word: uint256 = self._words[trace][number]
    return word >> _VALUE_BITS, word & _VALUE_MASK


@internal
@view
def _number_at(trace: uint256, count: uint256, key: uint256) -> uint256:
    """
    @dev Number of the last entry at or before `key`; 0 if there is none. One read if that is the last of all.
    """
    if count == 0 or self._words[trace][count] >> _VALUE_BITS <= key:
        return count
    low: uint256 = 0  # at or before `key`, or none
    high: uint256 = count  # after `key`
    for _: uint256 in range(MAX_STEPS):
        if unsafe_sub(high, low) == 1:
            break
        middle: uint256 = unsafe_add(low, high) >> 1
        if self._words[trace][middle] >> _VALUE_BITS <= key:
            low = middle
        else:
            high = middle
    return low


@internal
@view
def _value_at(trace: uint256, count: uint256, key: uint256) -> uint256:
    """
    @dev The value that counted at `key`; 0 before the first entry.
    """
    number: uint256 = self._number_at(trace, count, key)
    if number == 0:
        return 0
    return self._words[trace][number] & _VALUE_MASK
