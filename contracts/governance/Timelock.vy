# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Timelock of the suite
@author Surety contributors
@license AGPL-3.0-only
@notice Holds DEFAULT_ADMIN of the suite: proposers schedule calls, executors run them once their delay has passed,
        proposers cancel them before.
@dev snekmate's `timelock_controller` without its optional admin: from the first block on the timelock administers
     itself, so roles and delay change only by scheduled calls to itself. A call carries at most 1,024 bytes. The
     lock covers nothing here, for the exported functions keep their module's rule: `execute` must be able to call
     back into the timelock.
@custom:security Whoever proposes and executes rules the suite after the delay. The zero address as an executor lets
                 anyone execute. Proposers can cancel each other's calls.
@custom:kill Cancelling stops one call. Revoking the last proposer (by a scheduled call) freezes the parameters of the
             suite for ever; trades and redemptions go on.
@custom:invariant INV-GOV-1, INV-GOV-2
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ethereum.ercs import IERC165

implements: IERC165

# -- modules ----------------------------------------------------------------------------------------------------------

from snekmate.auth import access_control
from snekmate.governance import timelock_controller

initializes: access_control
initializes: timelock_controller[access_control := access_control]

exports: (
    # Roles. Withheld: set_role_admin, since DEFAULT_ADMIN administers every role and should go on to.
    timelock_controller.DEFAULT_ADMIN_ROLE,
    timelock_controller.PROPOSER_ROLE,
    timelock_controller.EXECUTOR_ROLE,
    timelock_controller.CANCELLER_ROLE,
    timelock_controller.hasRole,
    timelock_controller.getRoleAdmin,
    timelock_controller.grantRole,
    timelock_controller.revokeRole,
    timelock_controller.renounceRole,
    # Calls. Withheld: the receivers of ERC-721, ERC-1155 and ether, since nothing of the suite lives here, and the
    # supportsInterface that claims them.
    timelock_controller.get_minimum_delay,
    timelock_controller.get_timestamp,
    timelock_controller.is_operation,
    timelock_controller.is_operation_pending,
    timelock_controller.is_operation_ready,
    timelock_controller.is_operation_done,
    timelock_controller.get_operation_state,
    timelock_controller.hash_operation,
    timelock_controller.hash_operation_batch,
    timelock_controller.schedule,
    timelock_controller.schedule_batch,
    timelock_controller.cancel,
    timelock_controller.execute,
    timelock_controller.execute_batch,
    timelock_controller.update_delay,
)

# -- reasons ----------------------------------------------------------------------------------------------------------

NO_PROPOSER: constant(String[21]) = "timelock: no proposer"
NO_EXECUTOR: constant(String[21]) = "timelock: no executor"
ZERO_PROPOSER: constant(String[23]) = "timelock: zero proposer"
LONG_DELAY: constant(String[24]) = "timelock: delay too long"

# -- constants --------------------------------------------------------------------------------------------------------

_SUPPORTED_INTERFACES: constant(bytes4[2]) = [
    0x01FFC9A7,  # ERC-165
    0x7965DB0B,  # IAccessControl of OpenZeppelin and snekmate
]

MAX_MEMBERS: constant(uint256) = 16
MAX_DELAY: constant(uint256) = 30 * 86_400  # a slip of units here could not be undone sooner than it lasts


# -- constructor ------------------------------------------------------------------------------------------------------


@deploy
def __init__(
    minimum_delay: uint256,
    proposers: DynArray[address, MAX_MEMBERS],
    executors: DynArray[address, MAX_MEMBERS],
):
    """
    @notice Nobody but the timelock itself is its admin, the deployer included.
    @param minimum_delay Seconds between scheduling and execution, at most 30 days.
    @param proposers Who schedule and cancel: 1 to 16, none of them zero.
    @param executors Who execute: 1 to 16. Zero stands for everybody.
    """
    assert minimum_delay <= MAX_DELAY, LONG_DELAY
    assert len(proposers) > 0, NO_PROPOSER
    assert len(executors) > 0, NO_EXECUTOR
    for proposer: address in proposers:
        assert proposer != empty(address), ZERO_PROPOSER
    access_control.__init__()
    timelock_controller.__init__(minimum_delay, proposers, executors, empty(address))


# -- views ------------------------------------------------------------------------------------------------------------


@view
@external
def supportsInterface(interface_id: bytes4) -> bool:
    """
    @notice ERC-165: this and access control.
    @param interface_id XOR of the selectors of an interface.
    @return Whether it is one of them.
    """
    return interface_id in _SUPPORTED_INTERFACES
