# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Own stake of operators as it was told, and statuses as they were pushed
@author Surety contributors
@license AGPL-3.0-only
@notice Stands for DelegationManager where OperatorRegistry asks.
@custom:security Test double: anybody sets it.
@custom:kill None.
@custom:invariant None.
"""

from ...interfaces import IStakeLedger

implements: IStakeLedger

self_stake: public(HashMap[uint256, uint256])
statuses: public(HashMap[address, uint256])
registry: public(address)


@external
def set_registry(registry: address):
    self.registry = registry


@external
def set_stake(subject: uint256, amount: uint256):
    self.self_stake[subject] = amount


@external
def on_status(operator: address, status: uint256):
    assert msg.sender == self.registry, "mock_stake_ledger: not the registry"
    self.statuses[operator] = status
