# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title The growth of variable_index on its own, for tests
@license AGPL-3.0-only
@author Surety contributors
"""

from ..bonds import variable_index

initializes: variable_index


@deploy
def __init__():
    variable_index.__init__(0)


@pure
@external
def growth(rate: uint256, span: uint256) -> uint256:
    """
    @notice Factor by which the index grows in `span` seconds at `rate`.
    """
    return variable_index._growth(rate, span)
