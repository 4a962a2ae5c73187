"""What a pool backs: proposed, voted, carried out."""

from __future__ import annotations

import click
from eth_abi import encode
from eth_utils.crypto import keccak

from surety.journal.draft import parameters_of
from surety.sdk.errors import UsageError
from surety.sdk.pool import DAY, VOTING, Pool, Proposal

from ..context import Door
from ..market.action import Listed
from ..when import date
from .common import PROPOSAL, Call, act, pool_options

WHY = click.option("--why", default="", help="For people, at most 256 characters.")
PARAMS = click.option(
    "--param", "params", multiple=True, metavar="NAME=VALUE", help="What the operator would enter with; repeat."
)
NOTICE = 4 * DAY


@click.group(cls=Listed, short_help="Propose what the pool backs.")
def propose() -> None:
    """Propose to back an operator, or to withdraw. Takes shares held for seven days; votes run for three days."""


@propose.command(short_help="To lock idle asset behind an operator.")
@click.argument("service")
@click.argument("operator")
@click.argument("amount")
@PARAMS
@WHY
@pool_options
def back(
    door: Door,
    service: str,
    operator: str,
    amount: str,
    params: tuple[str, ...],
    why: str,
    pool: str,
    broadcast: bool,
    output: str,
) -> None:
    """Propose to lock at most AMOUNT of what is idle behind OPERATOR in SERVICE. It must allow the pool's portfolio.

    With --param it has to serve with these, by this lock or by then; without, with those that it serves with now.
    """
    whom = door.checked(operator)

    def planned(found: Pool, sender: str) -> Call:
        services, identity = found.services, found.services.id_of(service)
        words = parameters_of(services.compiled(identity), params) if params else ()
        entry = bytes(services.registry.call("latest_period", identity, whom)[0].parameters)
        if words:
            entry = bytes(keccak(encode(["bytes32[]"], [words])))
        allowed = services.desk.call("is_allowed", identity, whom, found.portfolio.address)
        units, now = found.asset.units(amount), found.engine.timestamp
        told = {
            "proposal": str(found.ballot.call("proposal_count") + 1),
            "back": f"{whom} in service {services.service(identity).number}",
            "amount": found.asset.grouped(units),
            "allowed": "yes" if allowed else f"not yet: surety service allow {service} {found.portfolio.address}",
            "portfolio": found.portfolio.address,
            "votes until": date(now + VOTING),
            "carried out": f"from {date(now + VOTING + NOTICE)}",
        }
        return found.ballot, "propose_backing", (identity, whom, units, entry, _checked(why)), told

    act(door, pool, planned, broadcast, output)


@propose.command(short_help="To let a position end.")
@click.argument("lock", type=click.IntRange(1, 2**32 - 1))
@WHY
@pool_options
def withdraw(door: Door, lock: int, why: str, pool: str, broadcast: bool, output: str) -> None:
    """Propose to end position LOCK (its number); what it releases after its cooldown becomes idle."""

    def planned(found: Pool, sender: str) -> Call:
        if all(one.number != lock or one.leaves == "all" for one in found.positions()):
            raise UsageError(f"lock {lock} is no position of the pool: surety pool status")
        told = {"proposal": str(found.ballot.call("proposal_count") + 1), "withdraw": f"lock {lock}"}
        told["votes until"] = date(found.engine.timestamp + VOTING)
        return found.ballot, "propose_withdrawal", (lock, _checked(why)), told

    act(door, pool, planned, broadcast, output)


@click.command(short_help="Vote, once.")
@PROPOSAL
@click.argument("side", type=click.Choice(["for", "against"]))
@pool_options
def vote(door: Door, proposal: int, side: str, pool: str, broadcast: bool, output: str) -> None:
    """Vote on PROPOSAL with the least shares that you had in the seven days before it, and have now."""

    def planned(found: Pool, sender: str) -> Call:
        one = found.proposal(proposal)
        told = told_of_proposal(found, one) | {"vote": side}
        if why := found.why(proposal):
            told["why"] = why
        weight = min(
            found.contract.call("weight_at", sender, one.word.start - 1), found.contract.call("balanceOf", sender)
        )
        told["your weight"] = found.share(weight)
        return found.ballot, "vote", (proposal, side == "for"), told

    act(door, pool, planned, broadcast, output)


@click.command("carry-out", short_help="Do what was voted.")
@PROPOSAL
@PARAMS
@pool_options
def carry_out(door: Door, proposal: int, params: tuple[str, ...], pool: str, broadcast: bool, output: str) -> None:
    """Do what PROPOSAL says, once it is accepted and its notice is over.

    Anybody may; a backing with less than was voted, because less is idle, only who could propose.
    """

    def planned(found: Pool, sender: str) -> Call:
        one = found.proposal(proposal)
        words = parameters_of(found.services.compiled(bytes(one.word.service)), params) if params else ()
        told = told_of_proposal(found, one)
        return found.ballot, "carry_out", (proposal, words), told

    act(door, pool, planned, broadcast, output)


@click.command(short_help="Reduce a vote to the shares that are left.")
@PROPOSAL
@click.argument("voter")
@pool_options
def recount(door: Door, proposal: int, voter: str, pool: str, broadcast: bool, output: str) -> None:
    """Reduce the vote of VOTER on PROPOSAL to the shares that it still has. Anybody."""
    whom = door.checked(voter)

    def planned(found: Pool, sender: str) -> Call:
        weight, support = found.ballot.call("vote_of", proposal, whom)
        told = told_of_proposal(found, found.proposal(proposal))
        told |= {"vote": f"{found.share(weight)} {'for' if support else 'against'}"}
        told["shares now"] = found.share(found.contract.call("balanceOf", whom))
        return found.ballot, "recount", (proposal, whom), told

    act(door, pool, planned, broadcast, output)


def told_of_proposal(pool: Pool, one: Proposal) -> dict[str, str]:
    """A proposal, line by line."""
    word = one.word
    what = f"withdraw lock {word.lock}"
    if not word.lock:
        number = pool.services.service(bytes(word.service)).number
        what = f"back {word.operator} in service {number} with {pool.asset.grouped(word.amount)}"
    told = {"proposal": f"{one.number}: {what}", "state": one.state}
    told["votes"] = f"{pool.asset.text(word.yes)} for, {pool.asset.text(word.no)} against"
    told["runs"] = f"votes until {date(one.votes_until)}, carried out from {date(one.ready)} to {date(one.until)}"
    return told


def _checked(why: str) -> str:
    if len(why.encode()) > 256:
        raise UsageError("say why in at most 256 characters")
    return why
