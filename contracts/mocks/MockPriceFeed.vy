# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title A price feed that says what it was told, or fails in one of many ways
@author Surety contributors
@license AGPL-3.0-only
@notice Stands for a feed of the AggregatorV3 shape.
@custom:security Test double: anybody sets it.
@custom:kill None.
@custom:invariant None.
"""

ANSWERS: constant(uint256) = 0
REVERTS: constant(uint256) = 1
BURNS_GAS: constant(uint256) = 2
SHORT: constant(uint256) = 3  # four words
LONG: constant(uint256) = 4  # six words
TRICKLES: constant(uint256) = 5  # answers after `cost` slots were read

decimals: public(uint8)
answer: public(int256)
updated: public(uint256)
mode: public(uint256)
cost: public(uint256)
_cold: HashMap[uint256, uint256]


@deploy
def __init__(decimals: uint8):
    self.decimals = decimals


@external
def set(answer: int256, updated: uint256):
    self.answer = answer
    self.updated = updated


@external
def set_mode(mode: uint256, cost: uint256 = 0):
    self.mode = mode
    self.cost = cost


@external
def set_decimals(decimals: uint8):
    self.decimals = decimals


@view
@raw_return
@external
def latestRoundData() -> Bytes[192]:
    assert self.mode != REVERTS, "mock_price_feed: no round"
    round: Bytes[160] = abi_encode(convert(7, uint80), self.answer, self.updated, self.updated, convert(7, uint80))
    if self.mode == BURNS_GAS:
        sum: uint256 = 0
        for i: uint256 in range(1_000_000):
            sum += self._cold[i]
    if self.mode == TRICKLES:
        for i: uint256 in range(self.cost, bound=1_000_000):
            assert self._cold[i] == 0
    if self.mode == SHORT:
        return slice(round, 0, 128)
    if self.mode == LONG:
        return concat(round, empty(bytes32))
    return round
