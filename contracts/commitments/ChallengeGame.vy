# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Challenges that operators promised to answer
@license AGPL-3.0-only
@author Surety contributors
@notice Anybody puts a question to an operator who serves, for a bond. The right answer in time earns the operator a part of the
    bond, the rest goes to the sink; without it the bond goes back, and a fault is on record with the challenger as its reporter.
@dev The challenger chooses the fields; the message is composed here, so it is of the right kind, names its caller, has a number of its
    own and the second of now. `question` refuses fields that no answer could be right for. The n-th open challenge of an
    operator costs the base times 2^(n−1); eight places. What is due when: `sequencer`. A challenge is one word, under a
    hash of all that judges it; callers bring these along. Program and parameters are those of the opening, whatever
    becomes of them. What is promised where: CommitmentRegistry; who signed: OperatorRegistry; what is right:
    PredicateMachine; what a fault costs: `fault_book`, SlashEscrow.
@custom:security The operator earns at most half the base of a challenge, and what it doesn't is gone: to challenge oneself costs, and
    never pays. To fill all places costs 255 times the base, less four. Only an operator's service key makes answers, but
    anybody may send them in. No token moves but in `challenge` and `withdraw`.
@custom:kill None: DEFAULT_ADMIN sets the base within bounds that are fixed. Suspend the proposer in SlashingTerms, and
    missed challenges cost nobody a slash; answers and bonds go on.
@custom:invariant INV-CHG-1 … INV-CHG-10 (specs/challenge-game.md)
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ethereum.ercs import IERC20
from ...interfaces import IChallengeGame
from ...interfaces import ICommitmentRegistry
from ...interfaces import IFaultBook
from ...interfaces import IOperatorRegistry
from ...interfaces import IPredicateMachine

implements: IChallengeGame

# -- modules ----------------------------------------------------------------------------------------------------------

from snekmate.auth import access_control
from snekmate.utils import ecdsa
from ..governance import roles
from . import challenge_errors as errors
from . import fault_book
from . import message
from . import promises
from . import question
from . import sequencer

initializes: access_control
initializes: roles[access_control := access_control]
initializes: fault_book

exports: roles.__interface__
exports: (
    fault_book.slash,
    fault_book.fault,
    fault_book.fault_id,
    fault_book.slash_of,
    fault_book.registry,
    fault_book.escrow,
)

# -- constants --------------------------------------------------------------------------------------------------------

MAX_OPEN: constant(uint256) = 8  # of an operator in a service
MAX_OWN: constant(uint256) = 32  # of a challenger
HIGHEST_BASE: constant(uint256) = 2**112

# a challenge's word: bond (128 bits) | span (40) | opened (40)
_SPAN_AT: constant(uint256) = 40
_BOND_AT: constant(uint256) = 80
_MASK_40: constant(uint256) = 2**40 - 1

# an operator's word in a service: challenges so far (64 bits) | open ones (8)
_MASK_8: constant(uint256) = 255

# -- immutables -------------------------------------------------------------------------------------------------------

_OPERATORS: immutable(address)
_MACHINE: immutable(address)
_TOKEN: immutable(address)
_SINK: immutable(address)
_FEED: immutable(address)
_LOWEST: immutable(uint256)
_HIGHEST: immutable(uint256)
_SEPARATOR: immutable(bytes32)
_CHAIN: immutable(uint256)

# -- storage ----------------------------------------------------------------------------------------------------------

base: public(uint256)  # bond of the first open challenge, token units
owed: public(HashMap[address, uint256])  # token units
open_of: public(HashMap[address, uint256])  # challenger -> open challenges
_challenges: HashMap[bytes32, uint256]
_places: HashMap[bytes32, HashMap[address, uint256]]  # service -> operator -> word


# -- constructor ------------------------------------------------------------------------------------------------------


@deploy
def __init__(
    registry: address,
    escrow: address,
    operators: address,
    machine: address,
    token: address,
    sink: address,
    feed: address,
    base: uint256,
    lowest: uint256,
    highest: uint256,
    admin: address,
):
    """
    @notice A game over one registry.
    @param registry CommitmentRegistry.
    @param escrow SlashEscrow.
    @param operators OperatorRegistry, for the service keys.
    @param machine PredicateMachine.
    @param token ERC-20 of the bonds.
    @param sink Who may withdraw what operators don't get of bonds.
    @param feed Uptime of the sequencer; zero: there is none.
    @param base Bond of the first open challenge, token units: twice what an answer costs to send, or more.
    @param lowest The base is never set below it, not 0.
    @param highest Nor above it, below 2**112.
    @param admin DEFAULT_ADMIN, meant to be the Timelock.
    """
    access_control.__init__()
    roles.__init__(admin)
    fault_book.__init__(registry, escrow)
    assert empty(address) not in [operators, machine, token, sink], errors.GAME_ZERO
    assert lowest != 0 and highest < HIGHEST_BASE, errors.GAME_BASE
    _OPERATORS = operators
    _MACHINE = machine
    _TOKEN = token
    _SINK = sink
    _FEED = feed
    _LOWEST = lowest
    _HIGHEST = highest
    _CHAIN = chain.id
    _SEPARATOR = message._domain_separator(registry)
    self._set_base(base)


# -- challengers ------------------------------------------------------------------------------------------------------


@external
def challenge(
    service: bytes32,
    operator: address,
    property: uint256,
    fields: DynArray[bytes32, 8],
    program: DynArray[uint256, 16],
    constants: DynArray[bytes32, 16],
    parameters: DynArray[bytes32, 8],
    max_bond: uint256,
) -> bytes32:
    """
    @notice Put a question to an operator who serves. Takes the bond, which comes back unless the answer is right.
    @param service Which.
    @param operator Who is asked.
    @param property Number of a RESPOND property.
    @param fields Of the challenge's message, in the order of its kind.
    @param program Of the property, as published.
    @param constants Of the property.
    @param parameters Those of the operator.
    @param max_bond Most that the caller will pay, token units.
    @return Id. The message is in the event.
    """
    charge: ICommitmentRegistry.Charge = fault_book._charge(service, operator, property, block.timestamp)
    assert charge.end == 0, errors.GAME_NOT_SERVING
    promised: ICommitmentRegistry.Property = staticcall ICommitmentRegistry(fault_book.REGISTRY).property_of(
        service, property
    )
    assert promised.kind == promises.RESPOND, errors.GAME_NOT_RESPOND
    assert self._program_hash(program, constants) == charge.program, errors.GAME_PROGRAM
    assert self._parameters_hash(parameters) == charge.parameters, errors.GAME_PARAMETERS
    shape: uint256 = 0
    door: DynArray[uint256, 16] = []
    shape, door = question._shape(program)
    assert shape != 0, errors.GAME_NO_QUESTION
    assert question._fits(shape, fields), errors.GAME_FIELDS

    place: uint256 = self._places[service][operator]
    open: uint256 = place & _MASK_8
    number: uint256 = place >> 8
    assert open < MAX_OPEN, errors.GAME_PLACES
    own: uint256 = self.open_of[msg.sender]
    assert own < MAX_OWN, errors.GAME_YOURS
    bond: uint256 = self.base << open
    assert bond <= max_bond, errors.GAME_BOND
    recipient: address = empty(address) if shape & question.BROADCAST != 0 else operator
    encoded: Bytes[448] = question._composed(
        service, promised.message, msg.sender, recipient, number, block.timestamp, fields
    )
    assert self._is_true(door, constants, service, operator, parameters, [encoded], []), errors.GAME_NO_ANSWER

    id: bytes32 = self._id(message._id(encoded), operator, property, charge.program, charge.parameters)
    self._places[service][operator] = ((number + 1) << 8) | (open + 1)
    self.open_of[msg.sender] = own + 1
    self._challenges[id] = (bond << _BOND_AT) | (promised.span << _SPAN_AT) | block.timestamp
    log IChallengeGame.ChallengeOpened(
        id=id,
        service=service,
        operator=operator,
        property=property,
        challenger=msg.sender,
        program=charge.program,
        parameters=charge.parameters,
        bond=bond,
        due=block.timestamp + promised.span,
        challenge=encoded,
    )
    before: uint256 = staticcall IERC20(_TOKEN).balanceOf(self)
    success: bool = extcall IERC20(_TOKEN).transferFrom(msg.sender, self, bond, default_return_value=True)
    assert success, errors.GAME_TRANSFER
    balance: uint256 = staticcall IERC20(_TOKEN).balanceOf(self)
    assert balance == before + bond, errors.GAME_FEE
    return id


# -- operators --------------------------------------------------------------------------------------------------------


@external
def answer(
    asked: IChallengeGame.Question,
    program: DynArray[uint256, 16],
    constants: DynArray[bytes32, 16],
    parameters: DynArray[bytes32, 8],
    reply: Bytes[448],
    signature: Bytes[65],
    witness: DynArray[bytes32, 40],
):
    """
    @notice Send in an operator's right answer. Anybody, until the deadline; half the base, or of the bond if that is less, is owed to
        the operator, and the rest to the sink.
    @param asked The challenge, as its event told it.
    @param program Of the property.
    @param constants Of the property.
    @param parameters Of the operator at that time.
    @param reply Message of the operator.
    @param signature Of one of its service keys.
    @param witness Given values, then proofs, as the property wants them.
    """
    challenge_id: bytes32 = message._id(asked.challenge)
    id: bytes32 = self._id(challenge_id, asked.operator, asked.property, asked.program, asked.parameters)
    word: uint256 = self._challenges[id]
    assert word != 0, errors.GAME_NOT_OPEN
    assert block.timestamp <= self._due(word), errors.GAME_LATE
    assert self._program_hash(program, constants) == asked.program, errors.GAME_PROGRAM
    assert self._parameters_hash(parameters) == asked.parameters, errors.GAME_PARAMETERS
    reply_id: bytes32 = message._id(reply)
    signer: address = ecdsa._recover_sig(message._digest(self._separator(), reply_id), signature)
    speaks_for: address = staticcall IOperatorRegistry(_OPERATORS).operator_of_key(signer)
    assert speaks_for == asked.operator, errors.GAME_SIGNER
    service: bytes32 = extract32(asked.challenge, message.SERVICE)
    messages: DynArray[Bytes[448], 16] = [asked.challenge, reply]
    assert self._is_true(program, constants, service, asked.operator, parameters, messages, witness), errors.GAME_WRONG

    challenger: address = extract32(asked.challenge, message.SENDER, output_type=address)
    bond: uint256 = self._close(id, word, service, asked.operator, challenger)
    paid: uint256 = min(bond, self.base) // 2
    self.owed[asked.operator] += paid
    self.owed[_SINK] += bond - paid
    log IChallengeGame.ChallengeAnswered(id=id, operator=asked.operator, paid=paid, reply=reply_id)


# -- anybody ----------------------------------------------------------------------------------------------------------


@external
def miss(asked: IChallengeGame.Question) -> bool:
    """
    @notice Close a challenge that was not answered in time. The bond is owed to the challenger; the fault is recorded, with the
        deadline as its time, and slashes are proposed, unless the operator is out of reach by now.
    @param asked The challenge, as its event told it.
    @return Whether a fault was recorded.
    """
    key: bytes32 = message._id(asked.challenge)
    id: bytes32 = self._id(key, asked.operator, asked.property, asked.program, asked.parameters)
    word: uint256 = self._challenges[id]
    assert word != 0, errors.GAME_NOT_OPEN
    due: uint256 = self._due(word)
    assert block.timestamp > due, errors.GAME_EARLY
    service: bytes32 = extract32(asked.challenge, message.SERVICE)
    challenger: address = extract32(asked.challenge, message.SENDER, output_type=address)
    bond: uint256 = self._close(id, word, service, asked.operator, challenger)
    self.owed[challenger] += bond
    charge: ICommitmentRegistry.Charge = fault_book._charge(service, asked.operator, asked.property, word & _MASK_40)
    offence: uint256 = 0
    reach: uint256 = 0
    offence, reach = fault_book._dated(charge, due)
    recorded: bool = reach == fault_book.IN_REACH  # the bond comes back even if the fault came too late
    log IChallengeGame.ChallengeMissed(id=id, operator=asked.operator, challenger=challenger, recorded=recorded)
    if recorded:
        fault: bytes32 = fault_book._record(service, asked.operator, asked.property, key, charge, offence, challenger)
        fault_book._propose_all(fault, service, asked.operator, charge.cap, charge.cooldown)
    return recorded


@external
def withdraw(receiver: address) -> uint256:
    """
    @notice Have what the caller is owed: bonds that came back, and parts of bonds.
    @param receiver Who gets it.
    @return Token units.
    """
    amount: uint256 = self.owed[msg.sender]
    assert amount != 0, errors.GAME_NOTHING
    self.owed[msg.sender] = 0
    log IChallengeGame.Withdrawn(account=msg.sender, receiver=receiver, amount=amount)
    success: bool = extcall IERC20(_TOKEN).transfer(receiver, amount, default_return_value=True)
    assert success, errors.GAME_TRANSFER
    return amount


# -- governance -------------------------------------------------------------------------------------------------------


@external
def set_base(base: uint256):
    """
    @notice Change what the first open challenge costs. Only DEFAULT_ADMIN, within the bounds of the construction.
    @param base Token units.
    """
    roles._check(access_control.DEFAULT_ADMIN_ROLE)
    self._set_base(base)


# -- views ------------------------------------------------------------------------------------------------------------


@external
@view
def bond(service: bytes32, operator: address) -> uint256:
    """
    @notice What the next challenge of an operator costs now.
    @param service Which.
    @param operator Who would be asked.
    @return Token units; 0 if all places are taken.
    """
    open: uint256 = self._places[service][operator] & _MASK_8
    return self.base << open if open < MAX_OPEN else 0


@external
@view
def places(service: bytes32, operator: address) -> (uint256, uint256):
    """
    @notice How often an operator was challenged.
    @param service Which.
    @param operator Who.
    @return Open challenges.
    @return Challenges so far: the sequence of the next one's message.
    """
    place: uint256 = self._places[service][operator]
    return place & _MASK_8, place >> 8


@external
@view
def open_challenge(id: bytes32) -> (uint256, uint256, uint256):
    """
    @notice A challenge that waits for its answer or its end.
    @param id Challenge.
    @return Second of its opening.
    @return Span, s.
    @return Bond, token units. All 0 once it is answered, missed or unknown.
    """
    word: uint256 = self._challenges[id]
    return word & _MASK_40, (word >> _SPAN_AT) & _MASK_40, word >> _BOND_AT


@external
@view
def due(id: bytes32) -> uint256:
    """
    @notice Last second for an answer, as far as is known now: where a sequencer stood still it may become later.
    @param id Challenge, open.
    @return Second.
    """
    word: uint256 = self._challenges[id]
    assert word != 0, errors.GAME_NOT_OPEN
    return self._due(word)


@external
@view
def setting() -> (address, address, address, address, address, uint256, uint256):
    """
    @notice What this game was created with.
    @return OperatorRegistry.
    @return PredicateMachine.
    @return Token of the bonds.
    @return Sink.
    @return Uptime feed of the sequencer, zero for none.
    @return Lowest base.
    @return Highest base.
    """
    return _OPERATORS, _MACHINE, _TOKEN, _SINK, _FEED, _LOWEST, _HIGHEST


# -- internals --------------------------------------------------------------------------------------------------------


@internal
def _set_base(base: uint256):
    """
    @dev Within bounds.
    """
    assert base >= _LOWEST and base <= _HIGHEST, errors.GAME_BASE
    self.base = base
    log IChallengeGame.BaseSet(base=base)


@internal
def _close(id: bytes32, word: uint256, service: bytes32, operator: address, challenger: address) -> uint256:
    """
    @dev Frees the places of a challenge; its bond.
    """
    self._challenges[id] = 0
    self._places[service][operator] -= 1
    self.open_of[challenger] -= 1
    return word >> _BOND_AT


@internal
@view
def _due(word: uint256) -> uint256:
    """
    @dev Deadline of a challenge.
    """
    return sequencer._due(_FEED, word & _MASK_40, (word >> _SPAN_AT) & _MASK_40)


@internal
@view
def _is_true(
    program: DynArray[uint256, 16],
    constants: DynArray[bytes32, 16],
    service: bytes32,
    operator: address,
    parameters: DynArray[bytes32, 8],
    messages: DynArray[Bytes[448], 16],
    witness: DynArray[bytes32, 40],
) -> bool:
    """
    @dev Whether a program ends with all its demands met. What it refuses reverts with its reason.
    """
    accused: IPredicateMachine.Case = IPredicateMachine.Case(service=service, operator=operator, parameters=parameters)
    met: bool = False
    key: bytes32 = empty(bytes32)
    met, key = staticcall IPredicateMachine(_MACHINE).evaluate(program, constants, accused, messages, witness)
    return met


@internal
@view
def _separator() -> bytes32:
    """
    @dev Of messages, also after the chain has split.
    """
    if chain.id == _CHAIN:
        return _SEPARATOR
    return message._domain_separator(fault_book.REGISTRY)


@internal
@pure
def _id(challenge_id: bytes32, operator: address, property: uint256, program: bytes32, parameters: bytes32) -> bytes32:
    """
    @dev Name of a challenge: all by which its answers are judged.
    """
    return keccak256(abi_encode(challenge_id, operator, property, program, parameters))


@internal
@pure
def _program_hash(program: DynArray[uint256, 16], constants: DynArray[bytes32, 16]) -> bytes32:
    """
    @dev As the registry keeps it.
    """
    return keccak256(abi_encode(program, constants))


@internal
@pure
def _parameters_hash(parameters: DynArray[bytes32, 8]) -> bytes32:
    """
    @dev As the registry keeps it: zero for none.
    """
    if len(parameters) == 0:
        return empty(bytes32)
    return keccak256(abi_encode(parameters))
