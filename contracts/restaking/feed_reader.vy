# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title One reading of a price feed, judged
@license AGPL-3.0-only
@author Surety contributors
@notice Asks a feed for its latest round and says whether the answer is a price: five words, positive, of a second that has
    been and is not too long ago. What is wrong is a verdict, not a revert, so that callers can do without this feed.
@dev Stateless.
@custom:security The feed is anybody's code. It can't write, gets `gas_cap` at most and answers five words exactly. Callers who
    bring less than that gas are refused, for else they could make a feed fail that others read well.
@custom:kill None: no state.
@custom:invariant INV-AST-3, INV-MED-2 (specs/asset-registry.md)
"""

from . import errors

# -- verdicts ---------------------------------------------------------------------------------------------------------

GOOD: constant(uint256) = 0
SILENT: constant(uint256) = 1  # no answer, or one of another shape
ZERO: constant(uint256) = 2
NEGATIVE: constant(uint256) = 3
FUTURE: constant(uint256) = 4
STALE: constant(uint256) = 5
UNBOUNDED: constant(uint256) = 6  # too large to be scaled, or outside of the bounds that a caller adds

# -- constants --------------------------------------------------------------------------------------------------------

MAX_DECIMALS: constant(uint256) = 18
MAX_PRICE: constant(uint256) = 2**128  # exclusive, WAD

_ROUND: constant(Bytes[4]) = method_id("latestRoundData()")
_WORDS: constant(uint256) = 5 * 32
_SIGN: constant(uint256) = 2**255
_SPARE_GAS: constant(uint256) = 10_000  # a cold account, memory, and what stands between the check and the call


# -- internals --------------------------------------------------------------------------------------------------------


@internal
@view
def _read(feed: address, decimals: uint256, heartbeat: uint256, gas_cap: uint256) -> (uint256, uint256, uint256):
    """
    @dev Verdict, price (WAD, 0 unless GOOD) and second of the feed's latest round. `decimals` <= MAX_DECIMALS.
    """
    self._check_gas(gas_cap)
    success: bool = False
    answer: Bytes[_WORDS + 32] = b""
    # room for a sixth word tells a longer answer
    success, answer = raw_call(
        feed, _ROUND, max_outsize=_WORDS + 32, gas=gas_cap, is_static_call=True, revert_on_failure=False
    )
    if not success or len(answer) != _WORDS:
        return SILENT, 0, 0
    price: uint256 = extract32(answer, 32, output_type=uint256)
    updated: uint256 = extract32(answer, 96, output_type=uint256)
    if price == 0:
        return ZERO, 0, updated
    if price >= _SIGN:
        return NEGATIVE, 0, updated
    if updated > block.timestamp:
        return FUTURE, 0, updated
    # an unfinished round is of second 0
    if block.timestamp - updated > heartbeat:
        return STALE, 0, updated
    if price >= MAX_PRICE:
        return UNBOUNDED, 0, updated
    price *= 10**(MAX_DECIMALS - decimals)
    if price >= MAX_PRICE:
        return UNBOUNDED, 0, updated
    return GOOD, price, updated


@internal
@view
def _check_gas(gas_cap: uint256):
    """
    @dev Refuses a caller who leaves less than `gas_cap` for a call that is made next.
    """
    assert msg.gas >= gas_cap + gas_cap // 63 + _SPARE_GAS, errors.LITTLE_GAS
