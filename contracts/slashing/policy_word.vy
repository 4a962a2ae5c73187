# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Terms of slashing as the escrow keeps them
@license AGPL-3.0-only
@author Surety contributors
@dev SlashingTerms packs and writes, SlashEscrow reads: one table of words by key. From the lowest bit:

         policy     review (32)  ruling (32)  bounty bps (16)  compensation bps (16)  insurance bps (16)  bond bps (16)
                    listed (8)  window (32)  least, 1e-9 (30)
         choice     the same, and the number of the policy at 200 (16)
         pay        treasury (160)  highest bounty (96)
         proposer   source (160)  class (8)  place (8)
         slashable  place (8)  delisted (1)

@custom:security Whoever packs keeps each value within its field.
@custom:kill None: stateless.
@custom:invariant INV-SLH-9 (specs/slash-escrow.md)
"""

# -- constants --------------------------------------------------------------------------------------------------------

WAD: constant(uint256) = 10**18
BPS: constant(uint256) = 10_000
DAY: constant(uint256) = 86_400
MARGIN: constant(uint256) = DAY  # between the last ruling and the end of the review

ANY_ASSET: constant(uint256) = 2**32 - 1  # of a choice: each asset that has none of its own for the service

JUDGED: constant(uint256) = 1
PROVEN: constant(uint256) = 2

VETOER: constant(uint256) = 1
CONFIRMER: constant(uint256) = 2

# tables: the lowest byte of a key
_POLICIES: constant(uint256) = 1
_PAYS: constant(uint256) = 2
_INSURANCES: constant(uint256) = 3
_CHOICES: constant(uint256) = 4
_PROPOSERS: constant(uint256) = 5
_PROPOSER_LIST: constant(uint256) = 6
_SLASHABLES: constant(uint256) = 7
_SLASHABLE_LIST: constant(uint256) = 8
_ARBITERS: constant(uint256) = 9
_VETOERS: constant(uint256) = 10

# places
RULING: constant(uint256) = 32
BOUNTY: constant(uint256) = 64
COMPENSATION: constant(uint256) = 80
INSURANCE: constant(uint256) = 96
BOND: constant(uint256) = 112
LISTED: constant(uint256) = 128
WINDOW: constant(uint256) = 136
LEAST: constant(uint256) = 168
NUMBER: constant(uint256) = 200
FAULT_CLASS: constant(uint256) = 160
PLACE: constant(uint256) = 168
DELISTED: constant(uint256) = 256


# -- internals: keys --------------------------------------------------------------------------------------------------


@internal
@pure
def _policy_key(number: uint256) -> bytes32:
    """
    @dev Terms of a policy.
    """
    return convert((number << 8) | _POLICIES, bytes32)


@internal
@pure
def _pay_key(number: uint256) -> bytes32:
    """
    @dev Treasury and highest bounty of a policy.
    """
    return convert((number << 8) | _PAYS, bytes32)


@internal
@pure
def _insurance_key(number: uint256) -> bytes32:
    """
    @dev Insurance of a policy.
    """
    return convert((number << 8) | _INSURANCES, bytes32)


@internal
@pure
def _choice_key(slashable: address, asset_index: uint256, service: uint256) -> bytes32:
    """
    @dev Policy of a service (below 2**48), of an asset (below 2**32) if the service is 0, of all if everything is.
    """
    return convert(_CHOICES | (convert(slashable, uint256) << 88) | (asset_index << 56) | (service << 8), bytes32)


@internal
@pure
def _proposer_key(account: address) -> bytes32:
    """
    @dev What an account may propose.
    """
    return convert((convert(account, uint256) << 8) | _PROPOSERS, bytes32)


@internal
@pure
def _proposer_list_key(place: uint256) -> bytes32:
    """
    @dev Proposer by its place.
    """
    return convert((place << 8) | _PROPOSER_LIST, bytes32)


@internal
@pure
def _slashable_key(account: address) -> bytes32:
    """
    @dev Whether stake there can be slashed.
    """
    return convert((convert(account, uint256) << 8) | _SLASHABLES, bytes32)


@internal
@pure
def _slashable_list_key(place: uint256) -> bytes32:
    """
    @dev Slashable by its place.
    """
    return convert((place << 8) | _SLASHABLE_LIST, bytes32)


@internal
@pure
def _arbiter_key(proven: bool) -> bytes32:
    """
    @dev Who rules in disputes of a class.
    """
    return convert((convert(proven, uint256) << 8) | _ARBITERS, bytes32)


@internal
@pure
def _vetoer_key(account: address) -> bytes32:
    """
    @dev What an account may veto.
    """
    return convert((convert(account, uint256) << 8) | _VETOERS, bytes32)


# -- internals: fields ------------------------------------------------------------------------------------------------


@internal
@pure
def _review(terms: uint256) -> uint256:
    """
    @dev In seconds.
    """
    return terms & (2**32 - 1)


@internal
@pure
def _ruling(terms: uint256) -> uint256:
    """
    @dev Time that the arbiter has at least, in seconds.
    """
    return (terms >> RULING) & (2**32 - 1)


@internal
@pure
def _bps(terms: uint256, place: uint256) -> uint256:
    """
    @dev BOUNTY, COMPENSATION, INSURANCE or BOND.
    """
    return (terms >> place) & (2**16 - 1)


@internal
@pure
def _is_listed(terms: uint256) -> bool:
    """
    @dev Whether governance vouches for the service: bounty and compensation may exceed the operator's own loss.
    """
    return (terms >> LISTED) & 1 == 1


@internal
@pure
def _window(terms: uint256) -> uint256:
    """
    @dev Of correlated faults, in seconds; 0 if they are not.
    """
    return (terms >> WINDOW) & (2**32 - 1)


@internal
@pure
def _least(terms: uint256) -> uint256:
    """
    @dev Least part of what a correlated fault seized that is taken, WAD.
    """
    return unsafe_mul((terms >> LEAST) & (2**30 - 1), 10**9)


@internal
@pure
def _to_address(word: uint256) -> address:
    """
    @dev The lowest 160 bits.
    """
    return convert(word & (2**160 - 1), address)


# -- internals: split -------------------------------------------------------------------------------------------------


@internal
@pure
def _split(
    terms: uint256, highest: uint256, amount: uint256, own: uint256, is_harmed: bool
) -> (uint256, uint256, uint256, uint256):
    """
    @dev Bounty (at most `highest`), compensation, insurance and treasury of `amount`, of which `own` was the operator's.
         Rounded down in that order; the treasury gets the rest. Unless the service is listed, bounty and compensation are
         at most `own`, the bounty first, and what they lose by that goes to the insurance.
    """
    bounty: uint256 = min(amount * self._bps(terms, BOUNTY) // BPS, highest)
    compensation: uint256 = 0
    if is_harmed:
        compensation = amount * self._bps(terms, COMPENSATION) // BPS
    excess: uint256 = 0
    if not self._is_listed(terms):
        excess = bounty + compensation
        bounty = min(bounty, own)
        compensation = min(compensation, own - bounty)
        excess -= bounty + compensation
    rest: uint256 = amount - bounty - compensation - excess
    insurance: uint256 = excess + rest * self._bps(terms, INSURANCE) // BPS
    return bounty, compensation, insurance, amount - bounty - compensation - insurance
