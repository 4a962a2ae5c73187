"""A collective pool put up for studies: members who own alike, operators who are backed alike. S0.29, S0.30."""

from __future__ import annotations

from typing import Final

from surety.models.collective_pool import MAX_POSITIONS, Collective, Locks

DAY: Final = 86_400
COOLDOWN: Final = 21 * DAY
STAKE: Final = 10**20
"""Units of each member."""


def pool_of(members: int) -> Collective:
    """Each member has `STAKE`; as many of them as there are positions are operators, and all is behind them."""
    pool = Collective(Locks(now=7 * DAY, cooldown=COOLDOWN))
    for number in range(members):
        pool.deposit(STAKE, member(number))
    backed = operators_of(members)
    for number in range(backed):
        units = pool.value // backed if number < backed - 1 else pool.idle
        pool.back(member(number), units, ready=0)
    return pool


def operators_of(members: int) -> int:
    """How many a pool can back."""
    return min(members, MAX_POSITIONS)


def member(number: int) -> str:
    """A name."""
    return f"member {number}"


def has(pool: Collective, account: str) -> int:
    """What somebody's shares own, units, rounded down."""
    return pool.shares[account] * pool.value // pool.whole if pool.whole else 0


def seize(pool: Collective, number: int, fraction: int) -> int:
    """Seize from a lock that can still be reached, for good; units."""
    lock = pool.locks.locks[number]
    if lock.freed or pool.locks.ended(number):
        return 0
    slash = len(pool.locks.seizures) + 1
    units = pool.locks.seize(slash, number, fraction)
    pool.on_seizure(slash)
    pool.locks.pay(slash, units)
    return units
