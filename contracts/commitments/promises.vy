# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Kinds of promises, powers of controllers, and their bounds
@license AGPL-3.0-only
@author Surety contributors
@notice Numbers that registry, bonding and judges share.
@dev Constants only.
@custom:security None.
@custom:kill None: no state.
@custom:invariant INV-CMT-2
"""

# kinds of properties
NEVER: constant(uint256) = 1  # what evidence proves
LIVENESS: constant(uint256) = 2  # a message is due once in each span
RESPOND: constant(uint256) = 3  # a challenge is to be answered within the span
PLUGIN: constant(uint256) = 4  # what a contract proves, which the property names with its code

# powers of a controller
ADMITS: constant(uint256) = 1  # admits operators; a service whose controller doesn't is open to each
ENDS: constant(uint256) = 2  # may end an operator's period, after a notice
CLOSES: constant(uint256) = 4  # may close the service

MAX_PROPERTIES: constant(uint256) = 8
MAX_PARAMETERS: constant(uint256) = 8

DAY: constant(uint256) = 86_400
MAX_COOLDOWN: constant(uint256) = 30 * DAY
MAX_SPAN: constant(uint256) = 366 * DAY
MIN_ANSWER: constant(uint256) = 3_600  # s in which an answer is due, so that a chain that stalls makes nobody guilty
PROOF_TIME: constant(uint256) = DAY  # that a prover has from commitment to proof
MARGIN: constant(uint256) = DAY // 2  # on top of a proof: to find out, and for sequencers that stall

FIRST_NUMBER: constant(uint256) = 2**47  # services count on from here: the rest of 48 bits is for others
