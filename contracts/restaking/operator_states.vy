# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Statuses of operators, and the steps of their exit
@license AGPL-3.0-only
@author Surety contributors
@dev Stake behind an operator is slashable, and delegators may queue withdrawals, in every status.
@custom:invariant INV-OPR-1 … INV-OPR-3 (specs/operator-registry.md)
"""

# -- statuses ---------------------------------------------------------------------------------------------------------

UNREGISTERED: constant(uint256) = 0  # no delegations; its own stake may come
ACTIVE: constant(uint256) = 1
LEAVING: constant(uint256) = 2  # no new delegations or services; what runs goes on
INACTIVE: constant(uint256) = 3  # no new delegations or services: shut down, or its own stake is below the minimum

# -- what an operator must do next to be rid of its duties ------------------------------------------------------------

MUST_LEAVE: constant(uint256) = 1
MUST_STOP_SERVICES: constant(uint256) = 2
MUST_DEREGISTER: constant(uint256) = 3  # its blueprints
MUST_SHUT_DOWN: constant(uint256) = 4
FREE: constant(uint256) = 5  # shut down or never registered: all of its own stake may be queued
