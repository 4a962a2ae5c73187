# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title A lock in four words, and a seizure in one
@license AGPL-3.0-only
@author Surety contributors
@dev From the lowest bit:

         head     owner (160)  activated (40)  end (40)  form (2)  vault (8)  released (1)
         stake    units (96)  code (72)  number of the service (48)  cooldown (32)
         duty     operator (160)  entries of its history of value (40)  clean since (40)
         (and the service, a word of its own)
         seizure  lock (32)  form (2)  restored (1)  compensated (1)  seized at 64 (96)  left at 160 (96)

     A code names an asset: a bond id, 1 to 255 a listed ERC-20, 0 the base asset. The form of a lock is 0 while it holds what
     it was made of, 1 once that has become cash, 2 once that has become shares of the vault.
@custom:security Whoever packs keeps each value within its field.
@custom:kill None: stateless.
@custom:invariant None of its own.
"""

# -- constants --------------------------------------------------------------------------------------------------------

AS_MADE: constant(uint256) = 0
CASH: constant(uint256) = 1
ROLLED: constant(uint256) = 2

RELEASED: constant(uint256) = 1 << 250
RESTORED: constant(uint256) = 1 << 34
COMPENSATED: constant(uint256) = 1 << 35

ACTIVATED_AT: constant(uint256) = 160
END_AT: constant(uint256) = 200
FORM_AT: constant(uint256) = 240
VAULT_AT: constant(uint256) = 242
CODE_AT: constant(uint256) = 96
NUMBER_AT: constant(uint256) = 168
COOLDOWN_AT: constant(uint256) = 216
COUNT_AT: constant(uint256) = 160
CLEAN_AT: constant(uint256) = 200
SEIZED_AT: constant(uint256) = 64
LEFT_AT: constant(uint256) = 160

MASK_32: constant(uint256) = 2**32 - 1
MASK_40: constant(uint256) = 2**40 - 1
MASK_48: constant(uint256) = 2**48 - 1
MASK_72: constant(uint256) = 2**72 - 1
MASK_96: constant(uint256) = 2**96 - 1
MASK_160: constant(uint256) = 2**160 - 1


# -- internals --------------------------------------------------------------------------------------------------------


@internal
@pure
def _account(word: uint256) -> address:
    """
    @dev Owner of a head, operator of a duty.
    """
    return convert(word & MASK_160, address)


@internal
@pure
def _activated(head: uint256) -> uint256:
    """
    @dev Second from which the lock answers.
    """
    return (head >> ACTIVATED_AT) & MASK_40


@internal
@pure
def _end(head: uint256) -> uint256:
    """
    @dev Second from which it does no more; 0 while it runs.
    """
    return (head >> END_AT) & MASK_40


@internal
@pure
def _form(head: uint256) -> uint256:
    """
    @dev AS_MADE, CASH or ROLLED.
    """
    return (head >> FORM_AT) & 3


@internal
@pure
def _units(stake: uint256) -> uint256:
    """
    @dev Held by the lock.
    """
    return stake & MASK_96


@internal
@pure
def _with_units(stake: uint256, units: uint256) -> uint256:
    """
    @dev The same with other units.
    """
    return (stake & ~MASK_96) | units


@internal
@pure
def _code(head: uint256, stake: uint256, form: uint256) -> uint256:
    """
    @dev Asset of the lock in a form.
    """
    if form == AS_MADE:
        return (stake >> CODE_AT) & MASK_72
    if form == CASH:
        return 0
    return (head >> VAULT_AT) & 255


@internal
@pure
def _number(stake: uint256) -> uint256:
    """
    @dev Of the service, as SlashEscrow knows it.
    """
    return (stake >> NUMBER_AT) & MASK_48


@internal
@pure
def _cooldown(stake: uint256) -> uint256:
    """
    @dev s
    """
    return (stake >> COOLDOWN_AT) & MASK_32


@internal
@pure
def _count(duty: uint256) -> uint256:
    """
    @dev Entries of the lock's history of value.
    """
    return (duty >> COUNT_AT) & MASK_40


@internal
@pure
def _with_count(duty: uint256, count: uint256) -> uint256:
    """
    @dev The same with another count.
    """
    return (duty & ~(MASK_40 << COUNT_AT)) | (count << COUNT_AT)


@internal
@pure
def _clean(duty: uint256) -> uint256:
    """
    @dev Second since which nothing was seized: the activation, or later; 0: something was, and nobody has said that it is over.
    """
    return (duty >> CLEAN_AT) & MASK_40


@internal
@pure
def _with_clean(duty: uint256, clean: uint256) -> uint256:
    """
    @dev The same, clean since another second.
    """
    return (duty & ~(MASK_40 << CLEAN_AT)) | (clean << CLEAN_AT)


@internal
@pure
def _lock_of(seizure: uint256) -> uint256:
    """
    @dev From which lock it was seized.
    """
    return seizure & MASK_32


@internal
@pure
def _form_of(seizure: uint256) -> uint256:
    """
    @dev Form of the lock then.
    """
    return (seizure >> 32) & 3


@internal
@pure
def _left(seizure: uint256) -> uint256:
    """
    @dev Neither paid nor handed back.
    """
    return seizure >> LEFT_AT
