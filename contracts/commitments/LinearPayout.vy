# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Pay in proportion to what is bonded
@license AGPL-3.0-only
@author Surety contributors
@notice The default formula: of an epoch's budget an operator gets a part that is linear in what it has bonded, above a minimum;
    it falls as the service as a whole gets more than it needs, with liveness, and where services that complement it are missing.
@dev counted = floor((value + Σ bonus · min(value of the complement, value)) / (1 + Σ bonus));
    amount = floor(floor(budget · floor(weight · counted) / (ceil(weight · total) + half)) · liveness). Superadditive in all
    values together, so who appears as several operators never gets more.
@custom:security Parts of one epoch add up to at most the budget. Governance vouches for the numbers.
@custom:kill None: no role, no state. Governance names another formula for epochs to come.
@custom:invariant INV-PAY-1 … INV-PAY-3 (specs/service-payout.md)
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ...interfaces import IPayout

implements: IPayout

# -- modules ----------------------------------------------------------------------------------------------------------

from . import payout_errors as errors

# -- types ------------------------------------------------------------------------------------------------------------


struct Complement:
    template: bytes32
    other: bytes32  # whoever serves `template` is worth more for serving this, too
    bonus: uint256  # WAD, at most 1; whole where as much stands behind the other


# -- constants --------------------------------------------------------------------------------------------------------

WAD: constant(uint256) = 10**18
VALUE_LIMIT: constant(uint256) = 2**96
MAX_COMPLEMENTS: public(constant(uint256)) = 16  # of all templates together

# -- immutables -------------------------------------------------------------------------------------------------------

half: public(immutable(uint256))  # total value, times the weight, at which half of the budget is paid, asset units
minimum: public(immutable(uint256))  # value below which an operator gets nothing, asset units

# -- storage ----------------------------------------------------------------------------------------------------------

_complements: DynArray[Complement, MAX_COMPLEMENTS]


# -- constructor ------------------------------------------------------------------------------------------------------


@deploy
def __init__(half_value: uint256, least: uint256, complements: DynArray[Complement, MAX_COMPLEMENTS]):
    """
    @notice The numbers, for ever.
    @param half_value Total value of a service of weight 1 at which half of its budget is paid, asset units, below 2^96, not zero.
    @param least Value below which an operator gets nothing, asset units, below 2^96.
    @param complements Pairs of different templates, each once, with the bonus (WAD, at most 1) of serving both.
    """
    assert half_value != 0, errors.ZERO_HALF
    assert max(half_value, least) < VALUE_LIMIT, errors.BIG_VALUE
    half = half_value
    minimum = least
    for one: Complement in complements:
        assert one.template != one.other, errors.SELF_COMPLEMENT
        assert one.bonus <= WAD, errors.BIG_BONUS
        for known: Complement in self._complements:
            assert known.template != one.template or known.other != one.other, errors.TWICE_COMPLEMENT
        self._complements.append(one)


# -- views ------------------------------------------------------------------------------------------------------------


@view
@external
def amount(work: IPayout.Case) -> uint256:
    """
    @notice Pay of one operator in one service for one epoch.
    @param work What it did; value, total and budget below 2^96, weight at most 1,000 and liveness at most 1 (WAD).
    @return Units of the token that pays, rounded down; at most the budget.
    """
    if work.value < minimum:
        return 0
    share: uint256 = work.weight * self._counted(work) // WAD
    whole: uint256 = (work.weight * max(work.total, work.value) + WAD - 1) // WAD + half
    return work.budget * share // whole * work.liveness // WAD


@view
@external
def counted(work: IPayout.Case) -> uint256:
    """
    @notice Of an operator's value, the part that counts for what else it serves.
    @param work What it did; of it template, value and others are looked at.
    @return Asset units, at most the value, rounded down; the minimum is not looked at.
    """
    return self._counted(work)


@view
@external
def complements() -> DynArray[Complement, MAX_COMPLEMENTS]:
    """
    @notice All pairs of templates that complement each other.
    @return At most 16.
    """
    return self._complements


# -- internals --------------------------------------------------------------------------------------------------------


@internal
@view
def _counted(work: IPayout.Case) -> uint256:
    """
    @dev See the head. Services of one template count together.
    """
    worth: uint256 = work.value * WAD
    all: uint256 = WAD
    for pair: Complement in self._complements:
        if pair.template == work.template:
            beside: uint256 = 0
            for one: IPayout.Other in work.others:
                if one.template == pair.other:
                    beside += one.value
            worth += pair.bonus * min(beside, work.value)
            all += pair.bonus
    return worth // all
