"""Which bonds there are, and who holds them: from the token's log where a chain has one."""

from __future__ import annotations

from .past import past, remembers
from .suite import FIXED, VARIABLE, WEEK, Suite

LONGEST = 255 * WEEK
KINDS = (FIXED, VARIABLE)


def ids_seen(suite: Suite) -> tuple[int, ...]:
    """Ids that may have been issued, in order: those in the log of transfers; without one, every Thursday."""
    if remembers(suite.engine):
        return tuple(sorted({int(event.args.id) for event in past(suite.token, "Transfer")}))
    now = suite.engine.timestamp
    first = now // WEEK * WEEK - LONGEST
    return tuple(kind << 64 | maturity for kind in KINDS for maturity in range(first, now + LONGEST + 1, WEEK))


def holdings(suite: Suite, owner: str) -> dict[int, int]:
    """What `owner` holds by id, in units of the id; nothing that is zero."""
    held = {one: int(suite.token.balanceOf(owner, one)) for one in ids_seen(suite)}
    return {one: units for one, units in held.items() if units}


def locked(suite: Suite, owner: str) -> dict[int, int]:
    """What `owner` has locked by id and not withdrawn; nothing that is zero."""
    held = {one: int(suite.lock.locked(owner, one)) for one in ids_seen(suite)}
    return {one: units for one, units in held.items() if units}
