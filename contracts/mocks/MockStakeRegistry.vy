# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Registries of assets and operators, without rules
@author Surety contributors
@license AGPL-3.0-only
@notice Tells DelegationManager whatever a test has set, in the place of AssetRegistry and OperatorRegistry.
@custom:security Test double: anybody sets everything.
@custom:kill None.
@custom:invariant None.
"""

from ...interfaces import IAssetRegistry
from ...interfaces import IStakeLedger

assets: HashMap[uint256, IAssetRegistry.Asset]
status: public(HashMap[address, uint256])
minimum: public(uint256)  # of own stake that may not be queued
prices: HashMap[uint256, uint256]  # by asset: of a unit, USD in WAD; 0: none


@external
def set_asset(number: uint256, token: address, id: uint256, cap: uint256, status: uint256):
    """
    @notice What `asset` answers from now on.
    @param number Of the asset.
    @param token ERC-20 or BondToken.
    @param id Of a bond, or 0.
    @param cap Most that deposits may bring it to.
    @param status 1 listed, else not.
    """
    self.assets[number] = IAssetRegistry.Asset(token=token, id=id, decimals=18, listing=number, status=status, cap=cap)


@external
def set_status(ledger: address, operator: address, status: uint256):
    """
    @notice Keep a status, and push it.
    @param ledger DelegationManager.
    @param operator Whose.
    @param status Number of operator_states.vy.
    """
    self.status[operator] = status
    extcall IStakeLedger(ledger).on_status(operator, status)


@external
def set_minimum(minimum: uint256):
    """
    @notice Least own stake of operators.
    @param minimum Units.
    """
    self.minimum = minimum


@external
def set_price(number: uint256, price: uint256):
    """
    @notice What a unit of an asset is worth.
    @param number Of the asset.
    @param price USD in WAD; 0: its feed fails.
    """
    self.prices[number] = price


@view
@external
def try_value(number: uint256, amount: uint256) -> (bool, uint256):
    return self.prices[number] != 0, amount * self.prices[number]


@view
@external
def asset(number: uint256) -> IAssetRegistry.Asset:
    return self.assets[number]


@view
@external
def check_unstake(operator: address, bond_asset: uint256, left: uint256) -> bool:
    assert left >= self.minimum, "mock_registry: below the minimum"
    return True
