# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title A bond feed, and the market under one, that say what they were told
@author Surety contributors
@license AGPL-3.0-only
@notice Stands for BondFeed where AssetRegistry asks, and for BondMarket where BondFeed asks.
@custom:security Test double: anybody sets it.
@custom:kill None.
@custom:invariant None.
"""

from ...interfaces import IMarketState

token: public(address)
hi: public(uint256)
_discounts: HashMap[uint256, uint256]
long: public(bool)  # answers two words


@deploy
def __init__(token: address):
    self.token = token


@external
def set_discount(id: uint256, discount: uint256):
    self._discounts[id] = discount


@external
def set_hi(hi: uint256):
    self.hi = hi


@external
def set_long(long: bool):
    self.long = long


@view
@external
def maturity(id: uint256) -> uint256:
    assert id >> 64 == 1, "mock_bond_feed: not a bond"
    return id & (2**64 - 1)


@view
@raw_return
@external
def discount(id: uint256) -> Bytes[64]:
    assert self._discounts[id] != max_value(uint256), "mock_bond_feed: no discount"
    if self.long:
        return abi_encode(self._discounts[id], self._discounts[id])
    return abi_encode(self._discounts[id])


@view
@external
def terms(maturity: uint256) -> (IMarketState.Curve, uint256):
    assert maturity > block.timestamp, "mock_bond_feed: matured"
    return IMarketState.Curve(target=1, cap=2, hi=self.hi, mid=0, low=0), 0
