# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Votes of a collective pool
@license AGPL-3.0-only
@author Surety contributors
@notice Holders of a CollectivePool decide what it stands behind. Weights are the least of the seven days before a proposal, and not more than
    the voter still has: who buys for a moment, or leaves, has no say. A backing binds four days after the vote, and only once
    those who asked to leave until then are out of it.
@dev Nothing is decided before it is carried out: tallies are read then, after anybody has struck the votes of those who left.
@custom:security Created by its pool, which alone it commands. Who holds the quorum for a week can put everything behind an operator of its
    own, in sight of all for seven days; the others leave, and who stays loses no more than it does, in proportion.
@custom:kill None.
@custom:invariant INV-POOL-6, INV-POOL-7, INV-POOL-13 (specs/collective-pool.md)
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ethereum.ercs import IERC20
from ...interfaces import ICollectivePool
from ...interfaces import IPoolBallot
from ...interfaces import IPoolPortfolio

implements: IPoolBallot

# -- modules ----------------------------------------------------------------------------------------------------------

from . import pool_errors as errors

# -- constants --------------------------------------------------------------------------------------------------------

DAY: constant(uint256) = 86_400
VOTING: constant(uint256) = 3 * DAY
NOTICE: constant(uint256) = 4 * DAY  # of a backing, after the vote
LAPSE: constant(uint256) = 45 * DAY  # longer than leavers can delay a backing
BPS: constant(uint256) = 10_000
LOWEST_QUORUM: constant(uint256) = 500
HIGHEST_QUORUM: constant(uint256) = 6_700

_NO: constant(uint256) = 2**255  # of a vote
_VOTED: constant(uint256) = 2**254

# -- immutables -------------------------------------------------------------------------------------------------------

POOL: immutable(address)
QUORUM: immutable(uint256)
THRESHOLD: immutable(uint256)

# -- storage ----------------------------------------------------------------------------------------------------------

proposal_count: public(uint256)
_proposals: HashMap[uint256, IPoolBallot.Proposal]
_votes: HashMap[uint256, HashMap[address, uint256]]  # proposal -> voter -> flags | shares


# -- constructor ------------------------------------------------------------------------------------------------------


@deploy
def __init__(quorum: uint256, threshold: uint256):
    """
    @notice By its pool.
    @param quorum Part of all shares that must vote for a proposal, bps.
    @param threshold Part of all shares that a proposer must have, bps.
    """
    assert quorum >= LOWEST_QUORUM and quorum <= HIGHEST_QUORUM, errors.BAD_TERMS
    assert threshold > 0 and threshold <= LOWEST_QUORUM, errors.BAD_TERMS
    POOL = msg.sender
    QUORUM = quorum
    THRESHOLD = threshold


# -- holders ----------------------------------------------------------------------------------------------------------


@external
def propose_backing(service: bytes32, operator: address, amount: uint256, entry: bytes32, why: String[256]) -> uint256:
    """
    @notice Propose to lock what is idle behind an operator in a service.
    @param service Which promise.
    @param operator Whose.
    @param amount Most units.
    @param entry keccak256 of the ABI encoding of the parameters with which the operator serves then, by this lock or already;
        zero: the promise takes none.
    @param why For people.
    @return Number of the proposal.
    """
    assert amount > 0, errors.ZERO_AMOUNT
    return self._propose(
        IPoolBallot.Proposal(
            start=block.timestamp,
            lock=0,
            service=service,
            operator=operator,
            amount=amount,
            entry=entry,
            yes=0,
            no=0,
            done=False,
        ),
        why,
    )


@external
def propose_withdrawal(lock: uint256, why: String[256]) -> uint256:
    """
    @notice Propose to let a position end.
    @param lock Which.
    @param why For people.
    @return Number of the proposal.
    """
    assert lock > 0, errors.NO_POSITION
    return self._propose(
        IPoolBallot.Proposal(
            start=block.timestamp,
            lock=lock,
            service=empty(bytes32),
            operator=empty(address),
            amount=0,
            entry=empty(bytes32),
            yes=0,
            no=0,
            done=False,
        ),
        why,
    )


@external
def vote(id: uint256, support: bool) -> uint256:
    """
    @notice Vote, once, within three days of the start.
    @param id Which proposal.
    @param support For it or against it.
    @return Shares that count: the least of the seven days before the start, and of now.
    """
    start: uint256 = self._start(id)
    assert block.timestamp < start + VOTING, errors.VOTING_OVER
    assert self._votes[id][msg.sender] == 0, errors.VOTED
    weight: uint256 = min(
        staticcall ICollectivePool(POOL).weight_at(msg.sender, start - 1), staticcall IERC20(POOL).balanceOf(msg.sender)
    )
    assert weight > 0, errors.NO_WEIGHT
    if support:
        self._proposals[id].yes += weight
        self._votes[id][msg.sender] = _VOTED | weight
    else:
        self._proposals[id].no += weight
        self._votes[id][msg.sender] = _VOTED | _NO | weight
    log IPoolBallot.Voted(id=id, voter=msg.sender, support=support, weight=weight)
    return weight


# -- anybody ----------------------------------------------------------------------------------------------------------


@external
def recount(id: uint256, voter: address) -> uint256:
    """
    @notice Reduce a vote to the shares that the voter still has.
    @param id Which proposal, that was not carried out.
    @param voter Who voted and has fewer shares than it voted with.
    @return Shares that still count.
    """
    start: uint256 = self._start(id)
    assert not self._proposals[id].done, errors.DONE
    word: uint256 = self._votes[id][voter]
    weight: uint256 = word & ~(_VOTED | _NO)
    left: uint256 = staticcall IERC20(POOL).balanceOf(voter)
    assert left < weight, errors.NOTHING_TO_STRIKE
    self._votes[id][voter] = word - weight + left
    if word & _NO == 0:
        self._proposals[id].yes -= weight - left
    else:
        self._proposals[id].no -= weight - left
    log IPoolBallot.VoteStruck(id=id, voter=voter, weight=left)
    return left


@external
def carry_out(id: uint256, parameters: DynArray[bytes32, 8]) -> uint256:
    """
    @notice Do what was voted: more shares for it than against, and the quorum for it, of all shares in the second before the
        start, and of all that there are now: few who were first don't bind many who came later.
    @dev Anyone may; but where less is idle than was voted, only who could propose: a stranger in haste would waste the vote on a
        moment in which next to nothing is idle.
    @param id Which proposal.
    @param parameters Those whose hash was proposed, if the operator enters by this lock; else empty. If it serves with others this
        reverts.
    @return The lock.
    """
    start: uint256 = self._start(id)
    proposal: IPoolBallot.Proposal = self._proposals[id]
    assert not proposal.done, errors.DONE
    ready: uint256 = self._ready(proposal)
    assert block.timestamp >= ready, errors.TOO_SOON
    assert block.timestamp < ready + LAPSE, errors.LAPSED
    assert proposal.yes > proposal.no, errors.REJECTED
    supply: uint256 = max(staticcall ICollectivePool(POOL).supply_at(start - 1), staticcall IERC20(POOL).totalSupply())
    assert proposal.yes * BPS >= supply * QUORUM, errors.NO_QUORUM
    self._proposals[id].done = True
    lock: uint256 = proposal.lock
    if lock != 0:
        extcall ICollectivePool(POOL).unback(lock)
    else:
        lock = extcall ICollectivePool(POOL).back(
            proposal.service, proposal.operator, proposal.amount, parameters, ready
        )
        portfolio: address = (staticcall ICollectivePool(POOL).wiring())[1]
        units: uint256 = 0
        promised: bytes32 = empty(bytes32)
        units, promised = staticcall IPoolPortfolio(portfolio).standing_of(lock)
        assert promised == proposal.entry, errors.OTHER_ENTRY
        if units < proposal.amount:
            self._check_threshold()
    log IPoolBallot.CarriedOut(id=id, lock=lock)
    return lock


# -- views ------------------------------------------------------------------------------------------------------------


@view
@external
def proposal(id: uint256) -> IPoolBallot.Proposal:
    """
    @notice All about a proposal.
    @param id Which.
    @return Zeros if there is none.
    """
    return self._proposals[id]


@view
@external
def period(id: uint256) -> (uint256, uint256):
    """
    @notice When a proposal can be carried out, if it is accepted.
    @param id Which.
    @return First second, and first second in which it no longer can.
    """
    start: uint256 = self._start(id)
    ready: uint256 = self._ready(self._proposals[id])
    return ready, ready + LAPSE


@view
@external
def vote_of(id: uint256, voter: address) -> (uint256, bool):
    """
    @notice How an account voted.
    @param id Which proposal.
    @param voter Who.
    @return Shares that count, 0 without a vote; whether for it.
    """
    word: uint256 = self._votes[id][voter]
    return word & ~(_VOTED | _NO), word & (_VOTED | _NO) == _VOTED


@view
@external
def wiring() -> (address, uint256, uint256):
    """
    @notice What this was made for.
    @return Pool, quorum and threshold in bps.
    """
    return POOL, QUORUM, THRESHOLD


# -- internals --------------------------------------------------------------------------------------------------------


@internal
def _propose(proposal: IPoolBallot.Proposal, why: String[256]) -> uint256:
    """
    @dev Store and tell.
    """
    self._check_threshold()
    id: uint256 = self.proposal_count + 1
    self.proposal_count = id
    self._proposals[id] = proposal
    log IPoolBallot.Proposed(
        id=id,
        proposer=msg.sender,
        service=proposal.service,
        operator=proposal.operator,
        amount=proposal.amount,
        entry=proposal.entry,
        lock=proposal.lock,
        why=why,
    )
    return id


@internal
@view
def _check_threshold():
    """
    @dev The caller has had enough shares for seven days.
    """
    before: uint256 = block.timestamp - 1
    weight: uint256 = staticcall ICollectivePool(POOL).weight_at(msg.sender, before)
    supply: uint256 = staticcall ICollectivePool(POOL).supply_at(before)
    assert weight > 0 and weight * BPS >= supply * THRESHOLD, errors.BELOW_THRESHOLD


@internal
@view
def _start(id: uint256) -> uint256:
    """
    @dev Second in which a proposal was made; reverts for none.
    """
    start: uint256 = self._proposals[id].start
    assert start > 0, errors.UNKNOWN
    return start


@internal
@pure
def _ready(proposal: IPoolBallot.Proposal) -> uint256:
    """
    @dev First second in which it can be carried out.
    """
    return proposal.start + (VOTING if proposal.lock != 0 else VOTING + NOTICE)
