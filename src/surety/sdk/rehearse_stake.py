"""A rehearsal of stake: an operator comes, is delegated to, is slashed twice by the listed judge, and everybody leaves.

The first slash is vetoed and handed back, the second is paid out, each after its review.
"""

from __future__ import annotations

from dataclasses import dataclass

from .engines.base import Engine
from .engines.rpc_engine import RpcEngine
from .orders import ZERO_ADDRESS
from .past import past
from .rehearse_money import give
from .slashes import Slashes
from .suite import MAX_UINT, WEEK, Suite
from .verify import Check

ASSET = 1
OPEN_POOL = 1
ACTIVE = 1
JUDGED, VETOES = 1, 1
TENTH = 10**17
DAY = 86_400
EVIDENCE = bytes(31) + b"\1"
DUST = 16
"""Units that all roundings of the rehearsal together may leave with the pools."""


@dataclass(frozen=True)
class _Play:
    """Who plays, and for how much."""

    suite: Suite
    slashes: Slashes
    operator: str
    delegator: str
    judge: str
    vetoer: str | None
    stake: int
    subject: int


def stake_and_slash(suite: Suite, operator: str, delegator: str) -> list[Check]:
    """Each puts the operator's minimum in; what they get and what the slash paid is all that was put in."""
    slashes = Slashes(suite)
    asset, stake = slashes.stakes.asset(ASSET), int(suite.operators.call("minimum", ASSET))
    if asset.status != "listed" or asset.room < 2 * stake or not stake:
        return [Check("rehearsal: stake", True, f"the pools take no {2 * stake} units now")]
    held = int(suite.pools.call("asset_terms", ASSET)[2])
    for person in (operator, delegator):
        give(suite, person, stake)
        suite.asset.send("approve", suite.pools.address, stake, sender=person)
    before = suite.cash(operator) + suite.cash(delegator)
    subject = slashes.stakes.subject(operator, ASSET)
    suite.pools.send("open_pool", ASSET, OPEN_POOL, 0, 0, sender=operator)
    suite.pools.send("deposit", operator, subject, stake, sender=operator)
    suite.operators.send("register", ASSET, "https://operator.example/metadata.json", sender=operator)
    state = int(suite.operators.call("status", operator))
    checks = [Check("rehearsal: operator registered", state == ACTIVE, f"with {stake} of own stake")]
    suite.pools.send("deposit", delegator, subject, stake, sender=delegator)
    paid = gift = 0
    judge = _judge(slashes)
    if judge is None:
        checks.append(Check("rehearsal: stake seized", True, "nobody is listed who may"))
    else:
        play = _Play(suite, slashes, operator, delegator, judge, _vetoer(suite, judge), stake, subject)
        if play.vetoer is not None:
            told, gift = _vetoed(play, play.vetoer)
            checks += told
        told, paid = _paid_out(play)
        checks += told
    checks += _leave(suite, operator, delegator, subject)
    got = suite.cash(operator) + suite.cash(delegator) - before
    left = int(suite.pools.call("asset_terms", ASSET)[2]) - held
    out = 2 * stake + got + paid
    told_in = f"{2 * stake} and a bond of {gift} in, {out} out"
    checks.append(Check("rehearsal: all stake out", 0 <= 2 * stake + gift - out == left <= DUST, told_in))
    return checks


def _vetoed(play: _Play, vetoer: str) -> tuple[list[Check], int]:
    """A slash that is undone: all of it, and its bond, goes back to whom it was taken from. With the bond."""
    suite, escrow = play.suite, play.suite.escrow
    number, bond = _propose(play)
    seizure = play.slashes.seizure(number)
    expected = -(-2 * play.stake * TENTH // 10**18)
    checks = [Check("rehearsal: stake seized", seizure.seized == expected, f"{seizure.seized} of {2 * play.stake}")]
    escrow.send("veto", number, "rehearsal", sender=vetoer)
    suite.engine.set_time(max(play.slashes.slash(number).end + DAY, seizure.release_at))
    suite.contracts["judgement_bonds"].send("settle", number, sender=play.delegator)
    escrow.send("release", number, sender=play.delegator)
    back = 0
    for person in (play.operator, play.delegator):
        before = suite.cash(person)
        suite.pools.send("claim_refund", person, number, ZERO_ADDRESS, person, sender=person)
        back += suite.cash(person) - before
        # staked again, so that the next slash finds what this one found
        suite.asset.send("approve", suite.pools.address, suite.cash(person), sender=person)
        suite.pools.send("deposit", person, play.subject, seizure.seized // 2, sender=person)
    due = seizure.seized + bond
    checks.append(
        Check(
            "rehearsal: vetoed slash handed back", due - DUST <= back <= due, f"{seizure.seized} and a bond of {bond}"
        )
    )
    return checks, bond


def _paid_out(play: _Play) -> tuple[list[Check], int]:
    """A slash that stands: its parts are paid, its bond goes back. With what left the pools."""
    suite, escrow = play.suite, play.suite.escrow
    judge = suite.cash(play.judge)
    number, bond = _propose(play)
    suite.engine.set_time(play.slashes.slash(number).end)
    escrow.send("finalise", number, sender=play.delegator)
    split = play.slashes.split(number)
    accounts = {part.account for part in split.parts if part.account and part.amount}
    before = sum(suite.cash(account) for account in accounts)
    escrow.send("pull_all", number, sender=play.delegator)
    got = sum(suite.cash(account) for account in accounts) - before
    seized = int(play.slashes.seizure(number).seized)
    checks = [Check("rehearsal: slash paid out", got == split.total == seized, f"{got} to {len(accounts)} accounts")]
    suite.contracts["judgement_bonds"].send("settle", number, sender=play.delegator)
    bounty = sum(part.amount for part in split.parts if part.account == play.judge)
    returned = suite.cash(play.judge) - judge - bounty
    checks.append(Check("rehearsal: bond of the judge given back", returned == bond, f"{bond}"))
    return checks, got


def _propose(play: _Play) -> tuple[int, int]:
    """A tenth, by the listed judge, with the bond that this takes. Number of the slash, and the bond."""
    suite, now = play.suite, play.suite.engine.timestamp
    bond = play.slashes.bond_for(play.subject, 0, TENTH // 10**9, now)
    _fuel(suite.engine, play.judge)
    give(suite, play.judge, bond)
    suite.asset.send("approve", suite.contracts["judgement_bonds"].address, bond, sender=play.judge)
    terms = (suite.pools.address, play.subject, 0, TENTH, now, ZERO_ADDRESS, ZERO_ADDRESS, EVIDENCE, bond)
    suite.escrow.send("propose", *terms, sender=play.judge)
    return play.slashes.count(), bond


def _leave(suite: Suite, operator: str, delegator: str, subject: int) -> list[Check]:
    """In the order that is asked of an operator; then all stake is queued, and taken out when its window has ended."""
    suite.operators.send("leave", sender=operator)
    suite.operators.send("shut_down", sender=operator)
    epoch = suite.engine.timestamp // WEEK + 1
    for person in (operator, delegator):
        suite.pools.send("queue", person, subject, MAX_UINT, ZERO_ADDRESS, sender=person)
    suite.engine.set_time((epoch + 1) * WEEK)
    for person in (operator, delegator):
        suite.pools.send("complete", person, subject, epoch, ZERO_ADDRESS, person, sender=person)
    left = suite.pools.call("pool", subject)
    return [Check("rehearsal: pool is empty", left.assets == left.shares == 0, "the operator has shut down")]


def _judge(slashes: Slashes) -> str | None:
    """Somebody who may have any pool seized for a bond; None if nobody is listed."""
    terms = slashes.suite.slashing_terms
    judges = (one for one in slashes.stakes.unbound_judges() if terms.call("proposer", one)[0] == JUDGED)
    return next(judges, None)


def _vetoer(suite: Suite, judge: str) -> str | None:
    """Somebody else who may veto what the judge proposes; None where nobody is, or no log tells who was named."""
    if not isinstance(suite.engine, RpcEngine):
        return None
    terms = suite.slashing_terms
    told = dict.fromkeys(str(event.args.account) for event in past(terms, "VetoerSet"))
    found = next((one for one in told if one != judge and terms.call("vetoer", one) & VETOES), None)
    if found is not None:
        _fuel(suite.engine, found)
    return found


def _fuel(engine: Engine, account: str) -> None:
    """Ether for transactions of somebody else's account; engines within this process ask for none."""
    if isinstance(engine, RpcEngine):
        engine.set_balance(account, max(engine.balance(account), 10**20))
