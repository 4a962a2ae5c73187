# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Deadlines on a chain whose sequencer may stand still
@license AGPL-3.0-only
@author Surety contributors
@notice Nobody is late for a time in which nothing could be sent. Where a feed tells when the sequencer came back (the uptime feeds of
    rollups: answer 0 up, 1 down, second of the last change), the time for an answer starts anew then.
@dev Stateless. Without a feed (zero address) deadlines are what they are. The feed is asked only by who is late, so whoever is in
    time pays nothing for it.
@custom:security The feed is trusted for at most a week: one that says "down" for ever, or that answers nothing, delays a deadline
    and does not remove it. It gets GAS_CAP; callers who bring less are refused, for else they could make it silent.
@custom:kill None: no state.
@custom:invariant INV-CHG-6 (specs/challenge-game.md)
"""

# -- reasons ----------------------------------------------------------------------------------------------------------

LITTLE_GAS: constant(String[48]) = "sequencer: not enough gas for the feed"

# -- constants --------------------------------------------------------------------------------------------------------

GAS_CAP: constant(uint256) = 60_000
SILENCE: constant(uint256) = 86_400  # s that a feed without an answer gives
OUTAGE: constant(uint256) = 604_800  # s that an outage shelters at most

_ROUND: constant(Bytes[4]) = method_id("latestRoundData()")
_WORDS: constant(uint256) = 5 * 32
_SPARE_GAS: constant(uint256) = 10_000


# -- internals --------------------------------------------------------------------------------------------------------


@internal
@view
def _due(feed: address, start: uint256, span: uint256) -> uint256:
    """
    @dev Last second for what was asked for at `start`, as far as is known now: never before the span is over, nor before it is
         over since the sequencer came back. What a feed that is down or silent adds lasts as long as that.
    """
    due: uint256 = start + span
    if feed == empty(address) or block.timestamp <= due:
        return due
    assert msg.gas >= GAS_CAP + GAS_CAP // 63 + _SPARE_GAS, LITTLE_GAS
    success: bool = False
    answer: Bytes[_WORDS + 32] = b""
    success, answer = raw_call(
        feed, _ROUND, max_outsize=_WORDS + 32, gas=GAS_CAP, is_static_call=True, revert_on_failure=False
    )
    if not success or len(answer) != _WORDS:
        return due + SILENCE
    down: bool = extract32(answer, 32, output_type=uint256) != 0
    since: uint256 = extract32(answer, 64, output_type=uint256)
    if since == 0 or since > block.timestamp:
        return due + SILENCE
    due = max(start, since) + span
    return due + OUTAGE if down else due
