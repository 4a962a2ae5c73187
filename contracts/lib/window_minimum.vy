# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title The least of any stretch of a history
@license AGPL-3.0-only
@author Surety contributors
@notice Values noted under growing keys, and the least value of the keys in (after, until], for any two keys, past
    ones too.
@dev An entry links to the last one before it whose value is smaller, so that the links lead from any entry through
    the running minima back. Beside this link it has a jump over 2**rank - 1 of them (skew-binary jump pointers, E. W.
    Myers, "An applicative random-access stack", 1983): two jumps of equal rank behind each other make the next
    entry's jump of one rank more. An append and a query take at most 3 * floor(log2(n + 1)) hops for n entries. A
    word of the trace: key (40 bits) | zeros (2) | value (128) | link (40) | jump (40) | rank (6); 0 links to nothing.
@custom:security As `checkpoints`: the caller keeps the count of each trace.
@custom:kill None.
@custom:invariant INV-CHK-3 the least is that of all values noted in the stretch; INV-CHK-4 hops stay within the
    bound.
"""

# -- modules ----------------------------------------------------------------------------------------------------------

from . import checkpoints

uses: checkpoints

# -- reasons ----------------------------------------------------------------------------------------------------------

NOT_AFTER: constant(String[48]) = "window_minimum: key not after the last"
BIG_LOW: constant(String[48]) = "window_minimum: value out of range"

# -- constants --------------------------------------------------------------------------------------------------------

NOTHING: constant(uint256) = max_value(uint256)  # the least of no values
LOW_LIMIT: constant(uint256) = 2**128
MAX_HOPS: constant(uint256) = 120  # 3 * log2 of the 2**40 entries that keys allow

_INDEX_MASK: constant(uint256) = 2**40 - 1


# -- internals --------------------------------------------------------------------------------------------------------


@internal
def _note(trace: uint256, count: uint256, key: uint256, low: uint256) -> uint256:
    """
    @dev Append `low` (below 2**128) under a key after all others. Returns the count from now on.
    """
    assert low < LOW_LIMIT, BIG_LOW
    link: uint256 = 0
    jump: uint256 = 0
    rank: uint256 = 1
    if count > 0:
        last: uint256 = 0
        node: uint256 = 0
        last, node = checkpoints._entry(trace, count)
        assert last < key, NOT_AFTER
        link, node = self._smaller(trace, count, node, low)
        if link > 0:
            jump = link
            far: uint256 = self._jump(node)
            far_node: uint256 = 0
            if far > 0:
                far_node = self._node(trace, far)
            if far_node & 63 == node & 63:
                jump = self._jump(far_node)
                rank = unsafe_add(node & 63, 1)  # 2**rank - 1 is at most the count
    return checkpoints._push(trace, count, key, (low << 86) | (link << 46) | (jump << 6) | rank)


@internal
@view
def _least(trace: uint256, count: uint256, after: uint256, until: uint256) -> uint256:
    """
    @dev The least value with a key in (after, until]; NOTHING if there is no such key.
    """
    number: uint256 = checkpoints._number_at(trace, count, until)
    if number == 0:
        return NOTHING
    key: uint256 = 0
    node: uint256 = 0
    key, node = checkpoints._entry(trace, number)
    if key <= after:
        return NOTHING
    # keys fall along the links, so jump as long as that stays within, then step, and stop where a step leaves
    next_node: uint256 = 0
    for _: uint256 in range(MAX_HOPS):
        key, next_node = checkpoints._entry(trace, self._jump(node))
        if key <= after:
            key, next_node = checkpoints._entry(trace, self._link(node))
            if key <= after:
                return node >> 86
        node = next_node
    raise "window_minimum: unreachable"  # dev: MAX_HOPS is above what 2**40 entries take


@internal
@view
def _smaller(trace: uint256, count: uint256, last: uint256, low: uint256) -> (uint256, uint256):
    """
    @dev Number and word of the last entry below `low`; zeros if there is none. `last` is the word of entry `count`.
    """
    number: uint256 = count
    node: uint256 = last
    for _: uint256 in range(MAX_HOPS):
        if number == 0 or node >> 86 < low:
            return number, node
        # values fall along the links: skip those that are all too large
        number = self._link(node)
        far: uint256 = self._jump(node)
        if far != number and far > 0:
            far_node: uint256 = self._node(trace, far)
            if far_node >> 86 >= low:
                number = far
                node = far_node
                continue
        node = 0
        if number > 0:
            node = self._node(trace, number)
    raise "window_minimum: unreachable"  # dev: as above


@internal
@view
def _node(trace: uint256, number: uint256) -> uint256:
    """
    @dev Value, link, jump and rank of an entry, packed.
    """
    key: uint256 = 0
    node: uint256 = 0
    key, node = checkpoints._entry(trace, number)
    return node


@internal
@pure
def _link(node: uint256) -> uint256:
    """
    @dev Number of the last entry before that is smaller; 0 if none is.
    """
    return (node >> 46) & _INDEX_MASK


@internal
@pure
def _jump(node: uint256) -> uint256:
    """
    @dev Number of the entry 2**rank - 1 links back; 0 if that is beyond the first.
    """
    return (node >> 6) & _INDEX_MASK
