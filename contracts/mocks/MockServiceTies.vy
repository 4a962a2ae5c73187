# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Ties of operators to services as they were told
@author Surety contributors
@license AGPL-3.0-only
@notice Stands for the services and blueprints that OperatorRegistry asks about.
@custom:security Test double: anybody sets it.
@custom:kill None.
@custom:invariant None.
"""

from ...interfaces import IServiceTies

implements: IServiceTies

active_services: public(HashMap[address, uint256])
blueprints: public(HashMap[address, uint256])


@external
def set_ties(operator: address, services: uint256, blueprints: uint256):
    self.active_services[operator] = services
    self.blueprints[operator] = blueprints
