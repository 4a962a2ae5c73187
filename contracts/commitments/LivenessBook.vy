# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title How alive operators are
@license AGPL-3.0-only
@author Surety contributors
@notice Heartbeats (LIVENESS properties): a message of the operator in each period. Random challenges (RESPOND properties whose
    controller wants it): each day's seed draws who is asked what, and the operator answers within the promise's span. An
    epoch's score is the share of what was due in the worst property, final two days after the epoch. It pays, and
    never slashes.
@dev Beats are bits: 256 periods of one kind of message a word, so that all but the first of a word cost no new slot, and the
    registry isn't asked; a service key's operator is remembered, since it never changes. Periods are those of the
    property, but of an hour at least; one belongs to the epoch in which it ends. Seeds come from RandomBeacon; a round
    that wasn't settled on its day draws nobody. Challenges that users open (ChallengeGame) have no part in it.
@custom:security A beat shows that a key signed for a period, not that it did so within it: keys can sign ahead. What can't be done ahead
    is to answer a draw. Draws are as good as their seeds, see RandomBeacon. Periods of service that touch an epoch count
    as one from the first to the last, so that to leave and enter again erases nothing; more than five of them score 0.
@custom:kill None: services that don't want draws have none.
@custom:invariant INV-LIV-1 … INV-LIV-9 (specs/liveness.md)
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ...interfaces import ICommitmentRegistry
from ...interfaces import ILiveness
from ...interfaces import ILivenessBook
from ...interfaces import IOperatorRegistry
from ...interfaces import IPredicateMachine
from ...interfaces import IRandomBeacon

implements: ILiveness
implements: ILivenessBook

# -- modules ----------------------------------------------------------------------------------------------------------

from snekmate.utils import ecdsa
from . import challenge_errors as errors
from . import message
from . import promises
from . import question
from . import sequencer

# -- constants --------------------------------------------------------------------------------------------------------

WEEK: constant(uint256) = 604_800
DAY: constant(uint256) = 86_400
SHORTEST: constant(uint256) = 3_600  # s, of a heartbeat's period
SETTLEMENT: constant(uint256) = 2 * DAY  # after an epoch, for answers to its last draws
MAX_PERIODS: constant(uint256) = 5  # of service that touch an epoch
_WAD: constant(uint256) = 10**18
_NEVER_ENDS: constant(uint256) = 2**64
_GAS_OF_PROPERTY: constant(uint256) = 100_000  # several times what the registry takes to tell one

# a service's plan: of each property its kind (3 bits) and its span (27), from the lowest
_PLAN_BITS: constant(uint256) = 30
_KIND_BITS: constant(uint256) = 3
_KIND_MASK: constant(uint256) = 2**3 - 1
_SPAN_MASK: constant(uint256) = 2**27 - 1
_SINCE_AT: constant(uint256) = 192  # of a shape: second since which it is drawn

# -- immutables -------------------------------------------------------------------------------------------------------

_REGISTRY: immutable(address)
_OPERATORS: immutable(address)
_MACHINE: immutable(address)
_BEACON: immutable(address)
_FEED: immutable(address)
_ODDS: immutable(uint256)
_SEPARATOR: immutable(bytes32)
_CHAIN: immutable(uint256)

# -- storage ----------------------------------------------------------------------------------------------------------

_beats: HashMap[bytes32, uint256]  # service, operator, kind, length and period >> 8 -> bits of 256 periods
_answers: HashMap[bytes32, HashMap[uint256, uint256]]  # service, operator, property -> round >> 8 -> bits
_speaks_for: HashMap[address, address]  # service key -> operator
_plans: HashMap[bytes32, uint256]
_kinds: HashMap[bytes32, HashMap[uint256, bytes32]]  # service -> LIVENESS property -> kind of message
_draws: HashMap[bytes32, HashMap[uint256, uint256]]  # service -> RESPOND property -> since | shape


# -- constructor ------------------------------------------------------------------------------------------------------


@deploy
def __init__(registry: address, operators: address, machine: address, beacon: address, feed: address, odds: uint256):
    """
    @notice A book over one registry.
    @param registry CommitmentRegistry.
    @param operators OperatorRegistry, for the service keys.
    @param machine PredicateMachine.
    @param beacon RandomBeacon.
    @param feed Uptime of the sequencer; zero: there is none.
    @param odds Chance that a round draws an operator for a property, WAD, above 0 and at most 1.
    """
    assert empty(address) not in [registry, operators, machine, beacon], errors.BOOK_ZERO
    assert odds > 0 and odds <= _WAD, errors.BOOK_ODDS
    _REGISTRY = registry
    _OPERATORS = operators
    _MACHINE = machine
    _BEACON = beacon
    _FEED = feed
    _ODDS = odds
    _CHAIN = chain.id
    _SEPARATOR = message._domain_separator(registry)


# -- operators --------------------------------------------------------------------------------------------------------


@external
@reentrant
def beat(encoded: Bytes[448], span: uint256, r: uint256, vs: uint256):
    """
    @notice Send in a heartbeat, once in each period: a message whose time is in the period that runs. Anybody.
    @param encoded Message of the operator.
    @param span Of the property, s; less than an hour counts as one.
    @param r Of the signature by one of its service keys.
    @param vs Parity of v in the top bit, and s (EIP-2098): 600 gas less than 65 bytes.
    """
    id: bytes32 = message._id(encoded)
    signer: address = ecdsa._try_recover_r_vs(message._digest(self._separator(), id), r, vs)
    operator: address = self._speaks_for[signer]
    if operator == empty(address):
        operator = staticcall IOperatorRegistry(_OPERATORS).operator_of_key(signer)
        assert operator != empty(address), errors.BOOK_SIGNER
        self._speaks_for[signer] = operator
    assert operator == extract32(encoded, message.SENDER, output_type=address), errors.BOOK_SIGNER
    length: uint256 = max(span, SHORTEST)  # not 0
    period: uint256 = unsafe_div(block.timestamp, length)
    time: uint256 = extract32(encoded, message.TIME, output_type=uint256)
    assert unsafe_div(time, length) == period, errors.BOOK_PERIOD
    service: bytes32 = extract32(encoded, message.SERVICE)
    place: bytes32 = keccak256(
        abi_encode(service, operator, extract32(encoded, message.KIND), (length << 128) | (period >> 8))
    )
    bits: uint256 = self._beats[place]
    bit: uint256 = 1 << (period & 255)
    assert bits & bit == 0, errors.BOOK_BEATEN
    self._beats[place] = bits | bit
    log ILivenessBook.BeatGiven(service=service, operator=operator, id=id)


@external
def answer(
    service: bytes32,
    operator: address,
    property: uint256,
    round: uint256,
    program: DynArray[uint256, 16],
    constants: DynArray[bytes32, 16],
    parameters: DynArray[bytes32, 8],
    reply: Bytes[448],
    signature: Bytes[65],
    witness: DynArray[bytes32, 40],
):
    """
    @notice Send in the right answer to what a round drew, once. Anybody, within the property's span of the round's settlement, and
        before the epoch is final.
    @param service Which.
    @param operator Who was drawn.
    @param property Number of the RESPOND property.
    @param round Days since 1970.
    @param program Of the property.
    @param constants Of the property.
    @param parameters Of the operator when the round was settled.
    @param reply Message of the operator.
    @param signature Of one of its service keys.
    @param witness Given values, then proofs, as the property wants them.
    """
    seed: bytes32 = empty(bytes32)
    at: uint256 = 0
    seed, at = self._ticket(service, operator, property, round)
    assert at != 0, errors.BOOK_NOT_DRAWN
    due: uint256 = sequencer._due(_FEED, at, self._span(self._plans[service], property))
    assert block.timestamp <= due and not self._is_final(round * DAY // WEEK), errors.BOOK_LATE
    charge: ICommitmentRegistry.Charge = staticcall ICommitmentRegistry(_REGISTRY).charge(
        service, operator, property, at
    )
    assert keccak256(abi_encode(program, constants)) == charge.program, errors.BOOK_PROGRAM
    chosen: bytes32 = empty(bytes32)
    if len(parameters) != 0:
        chosen = keccak256(abi_encode(parameters))
    assert chosen == charge.parameters, errors.BOOK_PARAMETERS
    id: bytes32 = message._id(reply)
    signer: address = ecdsa._recover_sig(message._digest(self._separator(), id), signature)
    speaks_for: address = staticcall IOperatorRegistry(_OPERATORS).operator_of_key(signer)
    assert speaks_for == operator, errors.BOOK_SIGNER
    place: bytes32 = self._place(service, operator, convert(property, bytes32), 0)
    bits: uint256 = self._answers[place][round >> 8]
    bit: uint256 = 1 << (round & 255)
    assert bits & bit == 0, errors.BOOK_ANSWERED
    accused: IPredicateMachine.Case = IPredicateMachine.Case(service=service, operator=operator, parameters=parameters)
    asked: Bytes[448] = self._asked(service, operator, property, round, seed, at)
    met: bool = False
    key: bytes32 = empty(bytes32)
    met, key = staticcall IPredicateMachine(_MACHINE).evaluate(program, constants, accused, [asked, reply], witness)
    assert met, errors.BOOK_WRONG
    self._answers[place][round >> 8] = bits | bit
    log ILivenessBook.DrawAnswered(service=service, operator=operator, property=property, round=round, reply=id)


# -- services ---------------------------------------------------------------------------------------------------------


@external
def watch(service: bytes32):
    """
    @notice Learn what a service promises, so that it has scores, also of epochs that have been. Anybody, once.
    @param service Which.
    """
    assert self._plans[service] == 0, errors.BOOK_WATCHED
    plan: uint256 = 0
    for i: uint256 in range(8):
        # a failure must mean that there is no such property, not that there was no gas to tell it
        assert msg.gas >= 2 * _GAS_OF_PROPERTY, errors.BOOK_GAS
        success: bool = False
        told: Bytes[160] = b""
        success, told = raw_call(
            _REGISTRY,
            abi_encode(service, i, method_id=method_id("property_of(bytes32,uint256)")),
            max_outsize=160,
            gas=_GAS_OF_PROPERTY,
            is_static_call=True,
            revert_on_failure=False,
        )
        if not success:
            break
        kind: uint256 = extract32(told, 0, output_type=uint256)
        span: uint256 = extract32(told, 128, output_type=uint256)
        plan |= ((span << _KIND_BITS) | kind) << (i * _PLAN_BITS)
        if kind == promises.LIVENESS:
            self._kinds[service][i] = extract32(told, 64)
    assert plan != 0, errors.BOOK_NO_SERVICE
    self._plans[service] = plan
    log ILivenessBook.ServiceWatched(service=service)


@external
def enable_draws(service: bytes32, property: uint256, program: DynArray[uint256, 16], constants: DynArray[bytes32, 16]):
    """
    @notice Let rounds draw challenges for a RESPOND property from now on, for good. Only the service's controller, who sees to it
        that any challenge has an answer.
    @param service Which, watched.
    @param property Its number; span of at most two days.
    @param program Of the property, which demands nothing of the challenge alone.
    @param constants Of the property.
    """
    overseen: ICommitmentRegistry.Service = staticcall ICommitmentRegistry(_REGISTRY).service(service)
    assert msg.sender == overseen.controller, errors.BOOK_CONTROLLER
    assert self._draws[service][property] == 0, errors.BOOK_ENABLED
    plan: uint256 = self._plans[service]
    assert plan != 0, errors.BOOK_UNWATCHED
    asked: ICommitmentRegistry.Property = staticcall ICommitmentRegistry(_REGISTRY).property_of(service, property)
    assert asked.kind == promises.RESPOND, errors.BOOK_NOT_RESPOND
    assert asked.span <= SETTLEMENT, errors.BOOK_SPAN
    assert keccak256(abi_encode(program, constants)) == asked.program, errors.BOOK_PROGRAM
    shape: uint256 = 0
    door: DynArray[uint256, 16] = []
    shape, door = question._shape(program)
    assert shape != 0 and shape & question.DEMANDS == 0, errors.BOOK_NO_DRAWS
    place: uint256 = (program[0] >> 240) & 255
    assert place < len(constants), errors.BOOK_NO_DRAWS
    assert constants[place] == asked.message, errors.BOOK_NO_DRAWS
    self._draws[service][property] = shape | (block.timestamp << _SINCE_AT)
    log ILivenessBook.DrawsEnabled(service=service, property=property)


# -- views ------------------------------------------------------------------------------------------------------------


@external
@view
def score(service: bytes32, operator: address, epoch: uint256) -> uint256:
    """
    @notice How alive an operator was in a service.
    @param service Which, watched.
    @param operator Who.
    @param epoch Weeks since 1970; final.
    @return WAD, rounded down: share of what was due in its worst property; 1e18 if nothing was due, 0 if it did not serve.
    """
    assert self._is_final(epoch), errors.BOOK_NOT_FINAL
    plan: uint256 = self._plans[service]
    assert plan != 0, errors.BOOK_UNWATCHED
    starts: DynArray[uint256, MAX_PERIODS + 1] = []
    ends: DynArray[uint256, MAX_PERIODS + 1] = []
    starts, ends = self._pieces(service, operator, plan, epoch * WEEK)
    if len(ends) == 0:
        return 0
    worst: uint256 = _WAD
    for i: uint256 in range(8):
        if plan >> (i * _PLAN_BITS) == 0:
            break
        start: uint256 = self._since(starts, ends, self._reach(plan, i, epoch * WEEK))
        if start == 0:
            return 0
        due: uint256 = 0
        done: uint256 = 0
        due, done = self._tally(service, operator, plan, i, epoch, start, ends[0])
        if due != 0:
            worst = min(worst, done * _WAD // due)
    return worst


@external
@view
def tally(service: bytes32, operator: address, property: uint256, epoch: uint256) -> (uint256, uint256):
    """
    @notice What was due of a property, and what was done: so far, if the epoch is not final.
    @param service Which, watched.
    @param operator Who.
    @param property Its number.
    @param epoch Weeks since 1970.
    @return Periods and draws that count.
    @return Those with a beat or an answer.
    """
    plan: uint256 = self._plans[service]
    assert plan != 0, errors.BOOK_UNWATCHED
    starts: DynArray[uint256, MAX_PERIODS + 1] = []
    ends: DynArray[uint256, MAX_PERIODS + 1] = []
    starts, ends = self._pieces(service, operator, plan, epoch * WEEK)
    if len(ends) == 0:
        return 0, 0
    start: uint256 = self._since(starts, ends, self._reach(plan, property, epoch * WEEK))
    if start == 0:
        return 0, 0
    return self._tally(service, operator, plan, property, epoch, start, ends[0])


@external
@view
def draw(service: bytes32, operator: address, property: uint256, round: uint256) -> (Bytes[448], uint256):
    """
    @notice What a round asks of an operator.
    @param service Which, watched.
    @param operator Who.
    @param property Number of a RESPOND property.
    @param round Days since 1970.
    @return The challenge's message, empty if it wasn't drawn.
    @return Last second for the answer, as far as is known now; 0 if it wasn't drawn.
    """
    seed: bytes32 = empty(bytes32)
    at: uint256 = 0
    seed, at = self._ticket(service, operator, property, round)
    if at == 0:
        return b"", 0
    due: uint256 = sequencer._due(_FEED, at, self._span(self._plans[service], property))
    return self._asked(service, operator, property, round, seed, at), due


@external
@view
def is_final(epoch: uint256) -> bool:
    """
    @notice Whether all that counts for an epoch is known.
    @param epoch Weeks since 1970.
    @return Whether two days have passed since its end.
    """
    return self._is_final(epoch)


@external
@view
def is_watched(service: bytes32) -> bool:
    """
    @notice Whether a service has scores.
    @param service Which.
    @return Whether somebody called `watch`.
    """
    return self._plans[service] != 0


@external
@view
def setting() -> (address, address, address, address, address, uint256):
    """
    @notice What this book was created with.
    @return CommitmentRegistry.
    @return OperatorRegistry.
    @return PredicateMachine.
    @return RandomBeacon.
    @return Uptime feed of the sequencer, zero for none.
    @return Chance of a draw a round, WAD.
    """
    return _REGISTRY, _OPERATORS, _MACHINE, _BEACON, _FEED, _ODDS


# -- internals --------------------------------------------------------------------------------------------------------


@internal
@view
def _is_final(epoch: uint256) -> bool:
    """
    @dev After the end and the settlement.
    """
    return block.timestamp > (epoch + 1) * WEEK + SETTLEMENT


@internal
@pure
def _reach(plan: uint256, property: uint256, opening: uint256) -> uint256:
    """
    @dev Second from which on service counts for a property in the epoch from `opening` on: the begin of the first of its periods that
         end in the epoch, or the epoch's.
    """
    if self._kind(plan, property) == promises.LIVENESS:
        length: uint256 = max(self._span(plan, property), SHORTEST)
        first: uint256 = opening // length * length
        if first + length <= opening + WEEK:
            return first
    return opening


@internal
@view
def _pieces(
    service: bytes32, operator: address, plan: uint256, opening: uint256
) -> (DynArray[uint256, MAX_PERIODS + 1], DynArray[uint256, MAX_PERIODS + 1]):
    """
    @dev Pieces of service of which some property may count, newest first: their first seconds, and their ends (far off while it
         runs). None for who did not serve in the epoch from `opening` on. Those of one second count as the last of them.
    """
    starts: DynArray[uint256, MAX_PERIODS + 1] = []
    ends: DynArray[uint256, MAX_PERIODS + 1] = []
    latest: ICommitmentRegistry.Period = empty(ICommitmentRegistry.Period)
    count: uint256 = 0
    latest, count = staticcall ICommitmentRegistry(_REGISTRY).latest_period(service, operator)
    if count == 0:
        return starts, ends
    farthest: uint256 = opening
    for i: uint256 in range(8):
        farthest = min(farthest, self._reach(plan, i, opening))
    time: uint256 = opening + WEEK - 1
    for i: uint256 in range(MAX_PERIODS + 1):
        charge: ICommitmentRegistry.Charge = staticcall ICommitmentRegistry(_REGISTRY).charge(
            service, operator, 0, time
        )
        # none had begun by then, or it was over before any that counts: what was found is all
        if charge.start > time or (charge.end != 0 and charge.end <= (opening if i == 0 else farthest)):
            break
        starts.append(charge.start)
        ends.append(charge.end if charge.end != 0 else _NEVER_ENDS)
        if charge.start <= farthest:
            break
        time = charge.start - 1
    return starts, ends


@internal
@pure
def _since(
    starts: DynArray[uint256, MAX_PERIODS + 1], ends: DynArray[uint256, MAX_PERIODS + 1], reach: uint256
) -> uint256:
    """
    @dev First second of the earliest piece that was not over by `reach`, the newest being one; 0 if that are more than five.
    """
    since: uint256 = 0
    for i: uint256 in range(len(ends), bound=MAX_PERIODS + 1):
        if ends[i] <= reach:
            break
        if i == MAX_PERIODS:
            return 0
        since = starts[i]
    return since


@internal
@view
def _tally(
    service: bytes32,
    operator: address,
    plan: uint256,
    property: uint256,
    epoch: uint256,
    start: uint256,
    end: uint256,
) -> (uint256, uint256):
    """
    @dev Due and done of a property in an epoch, within [start, end).
    """
    kind: uint256 = self._kind(plan, property)
    if kind == promises.LIVENESS:
        return self._count_beats(service, operator, plan, property, epoch, start, end)
    if kind == promises.RESPOND and self._draws[service][property] != 0:
        return self._count_answers(service, operator, plan, property, epoch, start, end)
    return 0, 0


@internal
@view
def _count_beats(
    service: bytes32,
    operator: address,
    plan: uint256,
    property: uint256,
    epoch: uint256,
    start: uint256,
    end: uint256,
) -> (uint256, uint256):
    """
    @dev Periods that end in the epoch and lie wholly within the service, and those of them with a beat.
    """
    length: uint256 = max(self._span(plan, property), SHORTEST)
    opening: uint256 = epoch * WEEK
    first: uint256 = max(opening // length, (start + length - 1) // length)
    last: uint256 = min(opening + WEEK, end) // length  # the first that does not count
    if last <= first:
        return 0, 0
    kind: bytes32 = self._kinds[service][property]
    done: uint256 = 0
    at: uint256 = first
    for index: uint256 in range(first >> 8, (last - 1) // 256 + 1, bound=2):
        place: bytes32 = self._place(service, operator, kind, (length << 128) | index)
        bits: uint256 = self._beats[place] >> (at & 255)
        upto: uint256 = min(last, (index + 1) << 8)
        count: uint256 = upto - at
        if count < 256:
            bits &= (1 << count) - 1
        done += self._ones(bits)
        at = upto
    return last - first, done


@internal
@view
def _count_answers(
    service: bytes32,
    operator: address,
    plan: uint256,
    property: uint256,
    epoch: uint256,
    start: uint256,
    end: uint256,
) -> (uint256, uint256):
    """
    @dev Draws of the epoch whose time fell within the service from settlement to deadline, and those that were answered.
    """
    place: bytes32 = self._place(service, operator, convert(property, bytes32), 0)
    span: uint256 = self._span(plan, property)
    due: uint256 = 0
    done: uint256 = 0
    for i: uint256 in range(7):
        round: uint256 = epoch * 7 + i
        seed: bytes32 = empty(bytes32)
        at: uint256 = 0
        seed, at = self._ticket(service, operator, property, round)
        if at == 0 or at < start or at + span > end:
            continue
        due += 1
        done += (self._answers[place][round >> 8] >> (round & 255)) & 1
    return due, done


@internal
@view
def _ticket(service: bytes32, operator: address, property: uint256, round: uint256) -> (bytes32, uint256):
    """
    @dev What a round drew for an operator: seed of the question and second of the settlement; zeros if nothing.
    """
    since: uint256 = self._draws[service][property] >> _SINCE_AT
    if since == 0:
        return empty(bytes32), 0
    seed: bytes32 = empty(bytes32)
    weak: bool = False
    at: uint256 = 0
    seed, weak, at = staticcall IRandomBeacon(_BEACON).seed(round)
    if at <= since or at // DAY != round:
        return empty(bytes32), 0
    ticket: bytes32 = keccak256(abi_encode(seed, self, service, operator, property))
    if convert(ticket, uint256) % _WAD >= _ODDS:
        return empty(bytes32), 0
    return keccak256(ticket), at


@internal
@view
def _asked(
    service: bytes32, operator: address, property: uint256, round: uint256, seed: bytes32, at: uint256
) -> Bytes[448]:
    """
    @dev The message of a drawn challenge; its sender is this contract.
    """
    shape: uint256 = self._draws[service][property]
    asked: ICommitmentRegistry.Property = staticcall ICommitmentRegistry(_REGISTRY).property_of(service, property)
    recipient: address = empty(address) if shape & question.BROADCAST != 0 else operator
    fields: DynArray[bytes32, 8] = question._drawn(shape, seed)
    return question._composed(service, asked.message, self, recipient, round, at, fields)


@internal
@view
def _separator() -> bytes32:
    """
    @dev Of messages, also after the chain has split.
    """
    if chain.id == _CHAIN:
        return _SEPARATOR
    return message._domain_separator(_REGISTRY)


@internal
@pure
def _place(service: bytes32, operator: address, what: bytes32, which: uint256) -> bytes32:
    """
    @dev Where bits of an operator stand.
    """
    return keccak256(abi_encode(service, operator, what, which))


@internal
@pure
def _kind(plan: uint256, property: uint256) -> uint256:
    """
    @dev Of a property; 0 if there is none.
    """
    if property >= 8:
        return 0
    return (plan >> (property * _PLAN_BITS)) & _KIND_MASK


@internal
@pure
def _span(plan: uint256, property: uint256) -> uint256:
    """
    @dev Of a property below 8.
    """
    return (plan >> (property * _PLAN_BITS + _KIND_BITS)) & _SPAN_MASK


@internal
@pure
def _ones(bits: uint256) -> uint256:
    """
    @dev How many bits are set: sums of neighbours, twice as wide each time.
    """
    pairs: uint256 = max_value(uint256) // 3  # 0101…
    fours: uint256 = max_value(uint256) // 5  # 00110011…
    eights: uint256 = max_value(uint256) // 17  # 00001111…
    count: uint256 = bits - ((bits >> 1) & pairs)
    count = (count & fours) + ((count >> 2) & fours)
    count = (count + (count >> 4)) & eights
    count = (count + (count >> 8)) & (max_value(uint256) // 257)
    count = (count + (count >> 16)) & (max_value(uint256) // 65537)
    count += count >> 32
    count += count >> 64
    count += count >> 128
    return count & 1023
