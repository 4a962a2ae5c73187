# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Slashes and seizures, readable
@license AGPL-3.0-only
@author Surety contributors
@notice Unpacks what SlashEscrow stores, alone and by pages.
@dev Apart from the escrow, whose size it would burst. Only views.
@custom:security Trusts the escrow that it was created for.
@custom:kill None: stateless.
@custom:invariant INV-SLH-18 (specs/slash-escrow.md)
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ...interfaces import ISlashEscrow
from ...interfaces import ISlashLens

# -- modules ----------------------------------------------------------------------------------------------------------

from . import errors
from . import policy_word
from . import slash_word

# -- constants --------------------------------------------------------------------------------------------------------

MAX_PAGE: constant(uint256) = 32
_LOW: constant(uint256) = 2**128 - 1

# -- immutables -------------------------------------------------------------------------------------------------------

ESCROW: immutable(address)


# -- constructor ------------------------------------------------------------------------------------------------------


@deploy
def __init__(escrow: address):
    """
    @notice For one escrow.
    @param escrow SlashEscrow.
    """
    ESCROW = escrow


# -- views ------------------------------------------------------------------------------------------------------------


@view
@external
def slash(id: uint256) -> ISlashLens.Slash:
    """
    @notice A slash.
    @param id From 1 to the escrow's `slash_count`.
    @return See ISlashLens.
    """
    raw: uint256[10] = staticcall ISlashEscrow(ESCROW).raw(id)
    assert raw[0] != 0, errors.NO_SLASH
    return self._slash(id, raw)


@view
@external
def slashes(first: uint256, count: uint256) -> DynArray[ISlashLens.Slash, MAX_PAGE]:
    """
    @notice A page of all slashes ever proposed.
    @param first Id of the first.
    @param count At most 32; the page ends with the last slash.
    @return See ISlashLens.
    """
    assert count <= MAX_PAGE, errors.BIG_PAGE
    page: DynArray[ISlashLens.Slash, MAX_PAGE] = []
    for k: uint256 in range(count, bound=MAX_PAGE):
        raw: uint256[10] = staticcall ISlashEscrow(ESCROW).raw(first + k)
        if raw[0] == 0:
            break
        page.append(self._slash(first + k, raw))
    return page


@view
@external
def seizure(id: uint256) -> ISlashLens.Seizure:
    """
    @notice What a slash seized.
    @param id Slash that opened the seizure.
    @return See ISlashLens.
    """
    raw: uint256[10] = staticcall ISlashEscrow(ESCROW).raw(id)
    word: uint256 = raw[0]
    assert word != 0, errors.NO_SLASH
    assert word & slash_word.JOINED == 0, errors.NO_SEIZURE
    units: uint256 = slash_word._units(word)
    undecided: uint256 = 1 if slash_word._is_undecided(word) else 0
    facts: uint256 = raw[6]
    seized: uint256 = slash_word._seized(facts)
    taken: uint256 = raw[7] & _LOW
    if word & slash_word.SHARED != 0:
        units = raw[8] & (2**32 - 1)
        undecided = raw[8] >> 32
    elif word & slash_word.CORRELATED == 0 and slash_word._status(word) == slash_word.FINALISED:
        taken = seized
    return ISlashLens.Seizure(
        slashable=self._slashable(facts),
        subject=slash_word._subject(word),
        fraction=units * slash_word.UNIT,
        seized=seized,
        own=slash_word._own_of(facts, seized),
        taken=taken,
        due=raw[7] >> 128,
        undecided=undecided,
        release_at=slash_word._release_at(facts),
        released=word & slash_word.RELEASED != 0,
    )


@view
@external
def case(id: uint256) -> (address, uint256, uint256):
    """
    @notice The dispute about a slash.
    @param id Slash.
    @return Arbiter, or zero if there was none.
    @return Last second of the ruling.
    @return 0 no ruling, 1 guilty, 2 innocent.
    """
    raw: uint256[10] = staticcall ISlashEscrow(ESCROW).raw(id)
    return policy_word._to_address(raw[4]), (raw[4] >> 160) & (2**40 - 1), (raw[4] >> 200) & 3


@view
@external
def announcement(id: uint256) -> (address, uint256):
    """
    @notice The announced veto of a machine-proven fault.
    @param id Slash.
    @return Who announced it, or zero.
    @return When.
    """
    raw: uint256[10] = staticcall ISlashEscrow(ESCROW).raw(id)
    return policy_word._to_address(raw[5]), raw[5] >> 160


@view
@external
def pulled(id: uint256) -> bool[4]:
    """
    @notice Which parts of what a slash took were sent.
    @param id Slash.
    @return Bounty, compensation, insurance, treasury.
    """
    raw: uint256[10] = staticcall ISlashEscrow(ESCROW).raw(id)
    done: bool[4] = empty(bool[4])
    for part: uint256 in range(4):
        done[part] = raw[0] & (slash_word.PULLED << part) != 0
    return done


@view
@external
def escrow() -> address:
    """
    @notice Whose slashes these are.
    @return SlashEscrow.
    """
    return ESCROW


# -- internals --------------------------------------------------------------------------------------------------------


@internal
@view
def _slash(id: uint256, raw: uint256[10]) -> ISlashLens.Slash:
    """
    @dev Unpacks.
    """
    word: uint256 = raw[0]
    facts: uint256 = raw[6]
    amount: uint256 = raw[3]
    if slash_word._status(word) == slash_word.FINALISED and word & (slash_word.SHARED | slash_word.CORRELATED) == 0:
        amount = slash_word._seized(facts)
    proposer: uint256 = staticcall ISlashEscrow(ESCROW).term(
        policy_word._proposer_list_key(slash_word._proposer(facts))
    )
    return ISlashLens.Slash(
        status=slash_word._status(word),
        proven=word & slash_word.PROVEN != 0,
        slashable=self._slashable(facts),
        subject=slash_word._subject(word),
        service=slash_word._service(facts),
        proposer=policy_word._to_address(proposer),
        reporter=policy_word._to_address(raw[1]),
        harmed=policy_word._to_address(raw[2]),
        fraction=slash_word._fraction(word),
        end=slash_word._end(facts),
        policy=slash_word._policy(facts),
        seizure=slash_word._seizure(id, word, facts),
        amount=amount,
    )


@internal
@view
def _slashable(facts: uint256) -> address:
    """
    @dev Where the stake is.
    """
    listed: uint256 = staticcall ISlashEscrow(ESCROW).term(
        policy_word._slashable_list_key(slash_word._slashable(facts))
    )
    return policy_word._to_address(listed)
