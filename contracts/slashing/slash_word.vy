# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title What a slash is, in two words
@license AGPL-3.0-only
@author Surety contributors
@dev From the lowest bit, the word that changes and the facts that don't:

         word    status (3)  flags (6)  parts pulled (4)  extra (1)  joined (1)  fraction at 16 (30)  asset at 48 (32)
                 operator at 96 (160)
         facts   seized (96)  own (30)  end (32)  hold (16)  slashable (8)  proposer (8)  policy (16)  service (48)

     The fraction and the operator's own part count in 1e-9, `hold` is hours from the end to the release, rounded up. A slash
     that seized nothing itself has the seizure that it claims from in place of `seized`. `slashable` and `proposer` are
     places in lists of SlashingTerms.
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
JOINED: constant(uint256) = 1 << 14  # seized nothing itself

# -- in the word of a case --------------------------------------------------------------------------------------------

RULED_GUILTY: constant(uint256) = 1 << 200
RULED_INNOCENT: constant(uint256) = 1 << 201

# -- units ------------------------------------------------------------------------------------------------------------

UNIT: constant(uint256) = 10**9  # of fractions, in WAD
ONE: constant(uint256) = 10**9  # WAD in units

# -- places -----------------------------------------------------------------------------------------------------------

FRACTION: constant(uint256) = 16
ASSET: constant(uint256) = 48
OPERATOR: constant(uint256) = 96

OWN: constant(uint256) = 96
END: constant(uint256) = 126
HOLD: constant(uint256) = 158
SLASHABLE: constant(uint256) = 174
PROPOSER: constant(uint256) = 182
POLICY: constant(uint256) = 190
SERVICE: constant(uint256) = 206

HOUR: constant(uint256) = 3_600
_MASK_32: constant(uint256) = 2**32 - 1
_MASK_96: constant(uint256) = 2**96 - 1

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
def _subject(word: uint256) -> uint256:
    """
    @dev Asset index << 160 | operator.
    """
    return (((word >> ASSET) & _MASK_32) << 160) | (word >> OPERATOR)


@internal
@pure
def _seized(facts: uint256) -> uint256:
    """
    @dev Of a slash that opened a seizure, in asset units.
    """
    return facts & _MASK_96


@internal
@pure
def _own_of(facts: uint256, amount: uint256) -> uint256:
    """
    @dev The operator's own part of an amount of the seizure, rounded down.
    """
    return amount * ((facts >> OWN) & (2**30 - 1)) // ONE


@internal
@pure
def _seizure(id: uint256, word: uint256, facts: uint256) -> uint256:
    """
    @dev Id of the slash that opened the seizure.
    """
    return facts & _MASK_96 if word & JOINED != 0 else id


@internal
@pure
def _end(facts: uint256) -> uint256:
    """
    @dev First second in which it may be finalised.
    """
    return (facts >> END) & _MASK_32


@internal
@pure
def _release_at(facts: uint256) -> uint256:
    """
    @dev First second in which its seizure may be released.
    """
    return ((facts >> END) & _MASK_32) + ((facts >> HOLD) & (2**16 - 1)) * HOUR


@internal
@pure
def _slashable(facts: uint256) -> uint256:
    """
    @dev Place in the list.
    """
    return (facts >> SLASHABLE) & 255


@internal
@pure
def _proposer(facts: uint256) -> uint256:
    """
    @dev Place in the list.
    """
    return (facts >> PROPOSER) & 255


@internal
@pure
def _policy(facts: uint256) -> uint256:
    """
    @dev Number of the policy, as it was at the proposal.
    """
    return (facts >> POLICY) & (2**16 - 1)


@internal
@pure
def _service(facts: uint256) -> uint256:
    """
    @dev For which it was proposed.
    """
    return facts >> SERVICE
