# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title What a collective pool earns
@license AGPL-3.0-only
@author Surety contributors
@notice Any ERC-20 that is sent here is shared by the holders of a CollectivePool: each distribution by the least number of shares that
    an account had in the seven days before it, of the least that all had together. Who joins for a payday gets nothing, and
    takes nothing from those who were there.
@dev Pay never is part of a share's price, so it is no gift that makes shares dear, and needs no look at holders: one record a
    distribution, one word a claim.
@custom:security Created by its pool. What falls to nobody, because shares moved within the seven days, and what nobody claims, is distributed
    again after 180 days. A token that lies or takes a fee harms its own distributions alone.
@custom:kill None.
@custom:invariant INV-POOL-9 (specs/collective-pool.md)
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ethereum.ercs import IERC20
from ...interfaces import ICollectivePool
from ...interfaces import IPoolDividends

implements: IPoolDividends

# -- modules ----------------------------------------------------------------------------------------------------------

from . import pool_errors as errors

# -- constants --------------------------------------------------------------------------------------------------------

CLAIMS: constant(uint256) = 180 * 86_400

# -- immutables -------------------------------------------------------------------------------------------------------

POOL: immutable(address)

# -- types ------------------------------------------------------------------------------------------------------------


struct Distribution:
    token: address
    at: uint256  # second whose weights count
    supply: uint256  # the least that all had in the seven days up to it
    amount: uint256
    left: uint256


# -- storage ----------------------------------------------------------------------------------------------------------

count: public(uint256)
held: public(HashMap[address, uint256])  # token -> units of distributions
distribution: public(HashMap[uint256, Distribution])
_claimed: HashMap[uint256, HashMap[address, bool]]


# -- constructor ------------------------------------------------------------------------------------------------------


@deploy
def __init__():
    """
    @notice By its pool.
    """
    POOL = msg.sender


# -- externals --------------------------------------------------------------------------------------------------------


@external
def distribute(token: address) -> uint256:
    """
    @notice Share what has come of a token by the shares of the seven days before this second. Anyone may.
    @param token ERC-20.
    @return Number of the distribution.
    """
    held: uint256 = self.held[token]
    amount: uint256 = staticcall IERC20(token).balanceOf(self) - held
    assert amount > 0, errors.NOTHING_NEW
    at: uint256 = block.timestamp - 1
    supply: uint256 = staticcall ICollectivePool(POOL).least_supply_at(at)
    assert supply > 0, errors.NO_SHARES
    id: uint256 = self.count + 1
    self.count = id
    self.held[token] = held + amount
    self.distribution[id] = Distribution(token=token, at=at, supply=supply, amount=amount, left=amount)
    log IPoolDividends.Distributed(id=id, token=token, amount=amount, at=at)
    return id


@external
def claim(id: uint256, account: address, receiver: address) -> uint256:
    """
    @notice Pay an account its part of a distribution.
    @param id Which.
    @param account Whose.
    @param receiver The account; or whom the account names.
    @return Units, rounded down.
    """
    assert receiver == account or msg.sender == account, errors.NOT_HOLDER
    amount: uint256 = self._due(id, account)
    assert amount > 0, errors.NOTHING_DUE
    token: address = self.distribution[id].token
    self._claimed[id][account] = True
    self.distribution[id].left -= amount
    self.held[token] -= amount
    log IPoolDividends.DividendPaid(id=id, account=account, receiver=receiver, amount=amount)
    success: bool = extcall IERC20(token).transfer(receiver, amount, default_return_value=True)
    assert success, errors.PAY_REFUSED
    return amount


@external
def recycle(id: uint256) -> uint256:
    """
    @notice What is left of a distribution after 180 days may be distributed again. Anyone may.
    @param id Which.
    @return Units.
    """
    done: Distribution = self.distribution[id]
    assert done.left > 0, errors.NOTHING_NEW
    assert block.timestamp >= done.at + CLAIMS, errors.NOT_YET
    self.distribution[id].left = 0
    self.held[done.token] -= done.left
    log IPoolDividends.Recycled(id=id, amount=done.left)
    return done.left


# -- views ------------------------------------------------------------------------------------------------------------


@view
@external
def due(id: uint256, account: address) -> uint256:
    """
    @notice What `claim` would pay.
    @param id Which.
    @param account Whose.
    @return Units.
    """
    return self._due(id, account)


@view
@external
def pool() -> address:
    """
    @notice Whose holders share.
    @return CollectivePool.
    """
    return POOL


# -- internals --------------------------------------------------------------------------------------------------------


@internal
@view
def _due(id: uint256, account: address) -> uint256:
    """
    @dev Nothing twice, and nothing of what was recycled.
    """
    one: Distribution = self.distribution[id]
    if one.left == 0 or self._claimed[id][account]:
        return 0
    return one.amount * staticcall ICollectivePool(POOL).weight_at(account, one.at) // one.supply
