# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Face times remaining time, at any second
@license AGPL-3.0-only
@author Surety contributors
@notice Ledgers of face by week of maturity. A ledger's weight at t is the sum of face * (maturity - t) over what
    matures later.
@dev A history of words (F, B) with F the live face and B the live face times its week: weight = B * WEEK - F * t,
    exactly. What matured since the word leaves F and B on reading, found through one bit a week. Entries of
    `_expiring` change before they mature only, and with a word of the same second, so reading them later gives what
    they were at that word (specs/alignment-lock.md). A ledger is a trace of `checkpoints`; the caller keeps its
    count.
@custom:security The caller keeps weeks below 2**16, later than now and at most MAX_WEEKS ahead, and one ledger that holds
    all that is in others: as `_add` refuses 2**100 of face for it, none can hold more.
@custom:kill None.
@custom:invariant INV-ALN-2, INV-ALN-4
"""

# -- modules ----------------------------------------------------------------------------------------------------------

from snekmate.utils import math
from ..lib import calendar
from ..lib import checkpoints

uses: checkpoints

# -- reasons ----------------------------------------------------------------------------------------------------------

BIG_FACE: constant(String[48]) = "weight_ledger: face out of range"

# -- constants --------------------------------------------------------------------------------------------------------

MAX_WEEKS: constant(uint256) = 255  # weeks that can be alive at once, as many as the market's longest tenor
FACE_LIMIT: constant(uint256) = 2**100
WEEK_LIMIT: constant(uint256) = 2**16

_BIAS_BITS: constant(uint256) = 116  # face and week
_BIAS_MASK: constant(uint256) = 2**116 - 1
_FACE_MASK: constant(uint256) = 2**100 - 1
_PAID: constant(uint256) = 2**255

# -- storage ----------------------------------------------------------------------------------------------------------

# ledger -> week -> paid out (1 bit) | zeros | face that matures then (100 bits)
_expiring: HashMap[uint256, HashMap[uint256, uint256]]
# ledger -> week // 256 -> one bit for each week with face
_weeks: HashMap[uint256, HashMap[uint256, uint256]]


# -- internals --------------------------------------------------------------------------------------------------------


@internal
def _add(ledger: uint256, count: uint256, week: uint256, face: uint256) -> uint256:
    """
    @dev Face that matures in a week to come. Returns the count from now on.
    """
    live: uint256 = 0
    bias: uint256 = 0
    live, bias = self._state_at(ledger, count, block.timestamp)
    assert face < FACE_LIMIT and unsafe_add(live, face) < FACE_LIMIT, BIG_FACE
    self._raise_week(ledger, week, face)
    # below 2**100 and, with weeks below 2**16, 2**116
    return self._write(ledger, count, unsafe_add(live, face), unsafe_add(bias, unsafe_mul(face, week)))


@internal
def _add_all(ledger: uint256, count: uint256, source: uint256, live: uint256, bias: uint256) -> uint256:
    """
    @dev All that is alive in `source`, whose state is (live, bias), to `ledger` too. Returns its count from now on.
    """
    own_live: uint256 = 0
    own_bias: uint256 = 0
    own_live, own_bias = self._state_at(ledger, count, block.timestamp)
    week: uint256 = block.timestamp // calendar.WEEK
    last: uint256 = week + MAX_WEEKS
    for _: uint256 in range(MAX_WEEKS):
        week = self._next_week(source, week, last)
        if week == 0:
            break
        self._raise_week(ledger, week, self._face(source, week))
    return self._write(ledger, count, unsafe_add(own_live, live), unsafe_add(own_bias, bias))


@internal
def _remove_all(ledger: uint256, count: uint256, source: uint256, live: uint256, bias: uint256) -> uint256:
    """
    @dev Undoes `_add_all` for what is still alive in `source`, checked by subtraction. Returns the count of `ledger`
        from now on.
    """
    own_live: uint256 = 0
    own_bias: uint256 = 0
    own_live, own_bias = self._state_at(ledger, count, block.timestamp)
    week: uint256 = block.timestamp // calendar.WEEK
    last: uint256 = week + MAX_WEEKS
    for _: uint256 in range(MAX_WEEKS):
        week = self._next_week(source, week, last)
        if week == 0:
            break
        left: uint256 = self._expiring[ledger][week] - self._face(source, week)
        self._expiring[ledger][week] = left
        if left == 0:
            self._weeks[ledger][week >> 8] ^= 1 << (week & 255)
    return self._write(ledger, count, own_live - live, own_bias - bias)


@internal
def _pay(ledger: uint256, week: uint256) -> uint256:
    """
    @dev Mark a matured week as paid out and return its face; 0 if there is nothing to pay. Weights stay what they were.
    """
    word: uint256 = self._expiring[ledger][week]
    if word >= _PAID:
        return 0
    self._expiring[ledger][week] = word | _PAID
    return word


@internal
@view
def _unpaid(ledger: uint256, week: uint256) -> uint256:
    """
    @dev Face of a week that has not been paid out.
    """
    word: uint256 = self._expiring[ledger][week]
    return 0 if word >= _PAID else word


@internal
@view
def _weight_at(ledger: uint256, count: uint256, t: uint256) -> uint256:
    """
    @dev Face-seconds at `t`, now or past.
    """
    live: uint256 = 0
    bias: uint256 = 0
    live, bias = self._state_at(ledger, count, t)
    # no maturity in the sum lies before t, so neither product overflows nor the difference falls below zero
    return unsafe_sub(unsafe_mul(bias, calendar.WEEK), unsafe_mul(live, t))


@internal
@view
def _state_at(ledger: uint256, count: uint256, t: uint256) -> (uint256, uint256):
    """
    @dev Face that matures after `t`, and the same face times its weeks.
    """
    second: uint256 = 0
    word: uint256 = 0
    second, word = checkpoints._entry(ledger, checkpoints._number_at(ledger, count, t))
    live: uint256 = word >> _BIAS_BITS
    bias: uint256 = word & _BIAS_MASK
    week: uint256 = unsafe_div(second, calendar.WEEK)
    last: uint256 = unsafe_div(t, calendar.WEEK)
    if last >= unsafe_add(week, MAX_WEEKS):
        return 0, 0  # all of it has matured
    if last == week or live == 0:
        return live, bias
    # bit by bit: `_next_week` is cheaper for a few weeks far apart, but this is what a long absence costs
    bits: uint256 = self._weeks[ledger][week >> 8] >> (week & 255)
    for _: uint256 in range(MAX_WEEKS):
        week = unsafe_add(week, 1)
        if week > last:
            break
        bits = self._weeks[ledger][week >> 8] if week & 255 == 0 else bits >> 1
        if bits & 1 == 1:
            face: uint256 = self._face(ledger, week)
            # what matures since the word is a part of it
            live = unsafe_sub(live, face)
            bias = unsafe_sub(bias, unsafe_mul(face, week))
    return live, bias


@internal
@view
def _next_week(ledger: uint256, week: uint256, last: uint256) -> uint256:
    """
    @dev The first week with face after `week`, up to `last`, which is at most 255 weeks later; 0 if there is none.
    """
    first: uint256 = unsafe_add(week, 1)
    for _: uint256 in range(2):  # so many weeks stand in at most two words
        if first > last:
            break
        bits: uint256 = self._weeks[ledger][first >> 8] >> (first & 255)
        if bits != 0:
            found: uint256 = unsafe_add(first, math._log2(bits & unsafe_sub(0, bits), False))  # the lowest bit
            return found if found <= last else 0
        first = unsafe_add(first | 255, 1)
    return 0


@internal
@view
def _face(ledger: uint256, week: uint256) -> uint256:
    """
    @dev What matures or matured in a week, paid out or not.
    """
    return self._expiring[ledger][week] & _FACE_MASK


@internal
def _raise_week(ledger: uint256, week: uint256, face: uint256):
    """
    @dev More face in a week to come, with its bit.
    """
    before: uint256 = self._expiring[ledger][week]
    self._expiring[ledger][week] = unsafe_add(before, face)
    if before == 0:
        self._weeks[ledger][week >> 8] |= 1 << (week & 255)


@internal
def _write(ledger: uint256, count: uint256, live: uint256, bias: uint256) -> uint256:
    """
    @dev The state from this second on.
    """
    return checkpoints._push(ledger, count, block.timestamp, (live << _BIAS_BITS) | bias)
