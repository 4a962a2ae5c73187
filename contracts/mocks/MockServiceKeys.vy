# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Service keys as tests set them
@license AGPL-3.0-only
@author Surety contributors
@notice Stands for OperatorRegistry where judges ask whose key signed.
@custom:security Test double.
@custom:kill None.
@custom:invariant None.
"""

operator_of_key: public(HashMap[address, address])


@external
def set_key(key: address, operator: address):
    self.operator_of_key[key] = operator
