# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title A name under which tickets are kept apart
@license AGPL-3.0-only
@author Surety contributors
@notice An address with a pool of its own in which nobody can ever stake. DelegationManager keeps an owner's tickets apart by where they
    are on their way to: a vault sends those of even weeks to one name and those of odd weeks to another, never lets them
    arrive, and so can tell apart what is refunded for each.
@custom:security Serves any number of vaults: it holds nothing and can do nothing. The pool is closed and its operator never registers.
@custom:kill None needed.
@custom:invariant None.
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

interface IPools:
    def open_pool(asset: uint256, mode: uint256, minimum: uint256, cap: uint256): nonpayable


# -- constants --------------------------------------------------------------------------------------------------------

CLOSED: constant(uint256) = 3


# -- constructor ------------------------------------------------------------------------------------------------------


@deploy
def __init__(manager: address, asset: uint256):
    """
    @notice Open the pool.
    @param manager DelegationManager.
    @param asset Number of the asset there.
    """
    extcall IPools(manager).open_pool(asset, CLOSED, 0, 0)
