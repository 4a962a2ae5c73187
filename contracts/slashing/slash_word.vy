# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title What a slash is, in one word
@license AGPL-3.0-only
@author Surety contributors
@dev From the lowest bit:

         0  status (3)      3  flags (6)       9  parts pulled (4)   13 extra (1)
         16 fraction (30)   48 end (40)        88 release_at (40)    128 seizure (32)
         160 slashable (8)  168 proposer (8)   176 policy (16)       192 service (64)

     The fraction counts in 1e-9, so that WAD is 10**9. `slashable` and `proposer` are places in lists of `slashing_terms`.
@custom:security Whoever packs keeps each value within its field.
@custom:kill None: stateless.
@custom:invariant None of its own.
"""

# -- statuses ---------------------------------------------------------------------------------------------------------

OPEN: constant(uint256) = 1
DISPUTED: constant(uint256) = 2
GUILTY: constant(uint256) = 3  # ruled so, not finalised yet
FINALISED: constant(uint256) = 4
VETOED: constant(uint256) = 5
LAPSED: constant(uint256) = 6  # a judgement in dispute on which the arbiter stayed silent
ACQUITTED: constant(uint256) = 7

# -- flags ------------------------------------------------------------------------------------------------------------

PROVEN: constant(uint256) = 1 << 3
SHARED: constant(uint256) = 1 << 4  # claims from a seizure that several slashes may claim from
CORRELATED: constant(uint256) = 1 << 5
HAS_REPORTER: constant(uint256) = 1 << 6
HAS_HARMED: constant(uint256) = 1 << 7
RELEASED: constant(uint256) = 1 << 8
PULLED: constant(uint256) = 1 << 9  # of part 0; the others follow
EXTRA: constant(uint256) = 1 << 13  # in a place that only machine-proven faults can take

# -- in the word of a case --------------------------------------------------------------------------------------------

RULED_GUILTY: constant(uint256) = 1 << 200
RULED_INNOCENT: constant(uint256) = 1 << 201

# -- units ------------------------------------------------------------------------------------------------------------

UNIT: constant(uint256) = 10**9  # of fractions, in WAD
ONE: constant(uint256) = 10**9  # WAD in units

# -- places -----------------------------------------------------------------------------------------------------------

FRACTION: constant(uint256) = 16
END: constant(uint256) = 48
RELEASE_AT: constant(uint256) = 88
SEIZURE: constant(uint256) = 128
SLASHABLE: constant(uint256) = 160
PROPOSER: constant(uint256) = 168
POLICY: constant(uint256) = 176
SERVICE: constant(uint256) = 192


# -- internals --------------------------------------------------------------------------------------------------------


@internal
@pure
def _status(word: uint256) -> uint256:
    """
    @dev 0 for a slash that does not exist.
    """
    return word & 7


@internal
@pure
def _with_status(word: uint256, status: uint256) -> uint256:
    """
    @dev The same slash in another status.
    """
    return (word & ~convert(7, uint256)) | status


@internal
@pure
def _is_undecided(word: uint256) -> bool:
    """
    @dev Open, disputed or ruled guilty.
    """
    status: uint256 = word & 7
    return status != 0 and status < FINALISED


@internal
@pure
def _fraction(word: uint256) -> uint256:
    """
    @dev In WAD.
    """
    return unsafe_mul((word >> FRACTION) & (2**30 - 1), UNIT)


@internal
@pure
def _units(word: uint256) -> uint256:
    """
    @dev The fraction in 1e-9.
    """
    return (word >> FRACTION) & (2**30 - 1)


@internal
@pure
def _end(word: uint256) -> uint256:
    """
    @dev First second in which it may be finalised.
    """
    return (word >> END) & (2**40 - 1)


@internal
@pure
def _release_at(word: uint256) -> uint256:
    """
    @dev First second in which its seizure may be released.
    """
    return (word >> RELEASE_AT) & (2**40 - 1)


@internal
@pure
def _seizure(word: uint256) -> uint256:
    """
    @dev Id of the slash that opened the seizure.
    """
    return (word >> SEIZURE) & (2**32 - 1)


@internal
@pure
def _slashable(word: uint256) -> uint256:
    """
    @dev Place in the list.
    """
    return (word >> SLASHABLE) & 255


@internal
@pure
def _proposer(word: uint256) -> uint256:
    """
    @dev Place in the list.
    """
    return (word >> PROPOSER) & 255


@internal
@pure
def _policy(word: uint256) -> uint256:
    """
    @dev Number of the policy, as it was at the proposal.
    """
    return (word >> POLICY) & (2**16 - 1)


@internal
@pure
def _service(word: uint256) -> uint256:
    """
    @dev For which it was proposed.
    """
    return word >> SERVICE
