# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title What is promised, by whom it is overseen, and who stands for it when
@license AGPL-3.0-only
@author Surety contributors
@notice Anybody registers a template: a promise as text and as programs, and its terms. Anybody opens a service of it, with a
    controller. Operators enter through ServiceBonding, with their parameters, and the periods in which they stood for it are
    kept for ever: they say whom a message counts against, and until when.
@dev A template's id is the hash of all of it; what is read for a proof stands in one word a service (terms, kinds, number of the
    template), one a property and one an operator. Signed messages are bound to this contract (EIP-712), so that judges
    and bonding rules can change around it.
@custom:security Templates are anybody's: a template may be unfair, its text may say other than its programs (`publish` and the
    disassembler show what these say), and a controller may be anyone. Nobody is bound who did not enter. ServiceBonding is the
    house's own, and named at creation.
@custom:kill A controller with that power closes its service for newcomers. Nothing stops a leave or a proof.
@custom:invariant INV-CMT-1 … INV-CMT-7 (specs/commitments.md)
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ...interfaces import ICommitmentRegistry

implements: ICommitmentRegistry

# -- modules ----------------------------------------------------------------------------------------------------------

from snekmate.utils import eip712_domain_separator
from . import promises
from . import registry_errors as errors

initializes: eip712_domain_separator

exports: eip712_domain_separator.eip712Domain  # ERC-5267; the rest of the module is internal

# -- constants --------------------------------------------------------------------------------------------------------

_WAD: constant(uint256) = 10**18
_UNIT: constant(uint256) = 10**9
_MASK_48: constant(uint256) = 2**48 - 1

# A template's word, and a service's: slash (30 bits) | cap (30) | cooldown (22) | reach (22) | kinds of eight properties
# (24) | parameters (4) | template (32) | weight (30) | review (22) | powers (3) | closed (1).
_CAP_AT: constant(uint256) = 30
_COOLDOWN_AT: constant(uint256) = 60
_REACH_AT: constant(uint256) = 82
_KINDS_AT: constant(uint256) = 104
_PARAMETERS_AT: constant(uint256) = 128
_TEMPLATE_AT: constant(uint256) = 132
_WEIGHT_AT: constant(uint256) = 164
_REVIEW_AT: constant(uint256) = 194
_POWERS_AT: constant(uint256) = 216
_CLOSED: constant(uint256) = 2**219
_MASK_22: constant(uint256) = 2**22 - 1
_MASK_30: constant(uint256) = 2**30 - 1
_MASK_32: constant(uint256) = 2**32 - 1

# A period's word: the same up to the template, so that a proof reads one word, then number (20 bits) | end (36) | start (36).
_SHARED: constant(uint256) = 2**164 - 1
_NUMBER_AT: constant(uint256) = 164
_END_AT: constant(uint256) = 184
_START_AT: constant(uint256) = 220
_MASK_20: constant(uint256) = 2**20 - 1
_MASK_36: constant(uint256) = 2**36 - 1

# types of parameters
_BYTES32: constant(uint256) = 2
_ADDRESS: constant(uint256) = 3
_TRUTH: constant(uint256) = 4

# -- immutables -------------------------------------------------------------------------------------------------------

BONDING: immutable(address)

# -- storage ----------------------------------------------------------------------------------------------------------

template_count: public(uint256)
service_count: public(uint256)

_numbers: HashMap[bytes32, uint256]  # template -> number, from 1
_templates: HashMap[uint256, bytes32]  # number -> template
_words: HashMap[uint256, uint256]  # template -> word
_programs: HashMap[uint256, HashMap[uint256, bytes32]]  # template -> property -> program, or what is due
_exchanges: HashMap[uint256, HashMap[uint256, ICommitmentRegistry.Property]]  # template -> property that has a span
_parameters: HashMap[uint256, HashMap[uint256, ICommitmentRegistry.Parameter]]

_services: HashMap[bytes32, uint256]  # service -> word
_controllers: HashMap[bytes32, address]
_ids: HashMap[uint256, bytes32]  # number -> service

_latest: HashMap[bytes32, HashMap[address, uint256]]  # service -> operator -> newest period
_earlier: HashMap[bytes32, HashMap[address, HashMap[uint256, uint256]]]  # and those before, by number
_chosen: HashMap[bytes32, HashMap[address, HashMap[uint256, bytes32]]]  # -> number of the period -> hash of parameters


# -- constructor ------------------------------------------------------------------------------------------------------


@deploy
def __init__(bonding: address):
    """
    @notice For one ServiceBonding, for ever. Nothing of it is called here, so it may be created later, at a known address.
    @param bonding ServiceBonding.
    """
    assert bonding != empty(address), errors.ZERO_BONDING
    eip712_domain_separator.__init__("Surety commitments", "1")
    BONDING = bonding


# -- authors ----------------------------------------------------------------------------------------------------------


@external
def register(
    terms: ICommitmentRegistry.Terms,
    properties: DynArray[ICommitmentRegistry.Property, 8],
    parameters: DynArray[ICommitmentRegistry.Parameter, 8],
    text: String[8192],
) -> bytes32:
    """
    @notice Register a template. Anybody; what is registered already stays as it is.
    @dev Exits and proofs have to fit: who stops answers for the cooldown, and nothing older than the reach is punished. So a
        proof must fit into both, and the reach into the cooldown, unless that is 0: then stakes leave at once, and
        faults are punished only while the operator serves.
    @param terms See ICommitmentRegistry.
    @param properties In the order of the text: safety, liveness, respond.
    @param parameters What operators choose, and within which bounds.
    @param text The promise in its canonical form; stands in the event.
    @return Id: keccak256 of the ABI encoding of terms, properties, parameters and the hash of the text.
    """
    assert len(text) > 0, errors.NO_TEXT
    id: bytes32 = keccak256(abi_encode(terms, properties, parameters, keccak256(text)))
    if self._numbers[id] != 0:
        return id
    number: uint256 = self.template_count + 1
    self.template_count = number
    word: uint256 = self._checked_terms(terms)
    proof: uint256 = 0  # s that the slowest proof of a fault takes
    assert len(properties) > 0, errors.NOTHING_PROMISED
    for i: uint256 in range(len(properties), bound=8):
        one: ICommitmentRegistry.Property = properties[i]
        proof = max(proof, self._checked_property(one))
        word |= one.kind << (_KINDS_AT + 3 * i)
        self._programs[number][i] = one.program
        if one.span != 0:
            self._exchanges[number][i] = one
    assert terms.cooldown == 0 or terms.cooldown >= proof + promises.MARGIN, errors.SHORT_COOLDOWN
    assert terms.reach >= proof + promises.MARGIN, errors.SHORT_REACH
    for i: uint256 in range(len(parameters), bound=8):
        self._check_parameter(parameters[i])
        self._parameters[number][i] = parameters[i]
    self._numbers[id] = number
    self._templates[number] = id
    self._words[number] = word | (len(parameters) << _PARAMETERS_AT) | (number << _TEMPLATE_AT)
    log ICommitmentRegistry.TemplateRegistered(
        template=id, author=msg.sender, terms=terms, properties=properties, parameters=parameters, text=text
    )
    return id


@external
def publish(program: DynArray[uint256, 16], constants: DynArray[bytes32, 16]) -> bytes32:
    """
    @notice Tell a program, so that everybody can read what its hash stands for. Anybody.
    @param program Words of 16 instructions.
    @param constants What it loads by number.
    @return Its hash, as templates name it.
    """
    assert len(program) > 0, errors.NO_PROGRAM
    hash: bytes32 = keccak256(abi_encode(program, constants))
    log ICommitmentRegistry.ProgramPublished(hash=hash, program=program, constants=constants)
    return hash


# -- controllers ------------------------------------------------------------------------------------------------------


@external
def open(template: bytes32, controller: address, salt: bytes32) -> bytes32:
    """
    @notice Open a service. Anybody, for any controller, who thereby gets the powers that the template names and no duty.
    @param template What is promised.
    @param controller Who oversees it, not zero.
    @param salt Tells services of one template and controller apart, also where a chain is reorganised.
    @return Id: a hash whose low 48 bits are the service's number.
    """
    number: uint256 = self._numbers[template]
    assert number != 0, errors.NO_TEMPLATE
    assert controller != empty(address), errors.ZERO_CONTROLLER
    count: uint256 = self.service_count + 1
    self.service_count = count
    count |= promises.FIRST_NUMBER
    seed: uint256 = convert(keccak256(abi_encode(chain.id, self, template, controller, salt)), uint256)
    id: bytes32 = convert((seed & ~_MASK_48) | count, bytes32)
    self._services[id] = self._words[number]
    self._controllers[id] = controller
    self._ids[count] = id
    log ICommitmentRegistry.ServiceOpened(service=id, template=template, controller=controller, number=count)
    return id


@external
def close(service: bytes32):
    """
    @notice Let nobody enter any more; those who serve go on. Only the controller, if the template says so; for good.
    @param service Which.
    """
    word: uint256 = self._word(service)
    assert msg.sender == self._controllers[service], errors.NOT_CONTROLLER
    assert (word >> _POWERS_AT) & promises.CLOSES != 0, errors.NO_POWER
    assert word & _CLOSED == 0, errors.CLOSED
    self._services[service] = word | _CLOSED
    log ICommitmentRegistry.ServiceClosed(service=service)


# -- ServiceBonding ---------------------------------------------------------------------------------------------------


@external
def enter(service: bytes32, operator: address, parameters: DynArray[bytes32, 8]):
    """
    @notice Begin a period of an operator. Only ServiceBonding, which sees to its consent and its stake.
    @param service Which; open.
    @param operator Who stands for it from this second on; does not already.
    @param parameters What it chose, within the template's bounds.
    """
    assert msg.sender == BONDING, errors.NOT_BONDING
    assert operator != empty(address), errors.ZERO_OPERATOR
    word: uint256 = self._word(service)
    assert word & _CLOSED == 0, errors.CLOSED
    count: uint256 = (word >> _PARAMETERS_AT) & 15
    assert len(parameters) == count, errors.BAD_COUNT
    for i: uint256 in range(count, bound=8):
        self._check_choice(self._parameters[self._template(word)][i], convert(parameters[i], uint256), operator)
    latest: uint256 = self._latest[service][operator]
    number: uint256 = self._number(latest)
    if latest != 0:
        assert self._end(latest) != 0, errors.SERVES
        assert number < _MASK_20, errors.MANY_PERIODS
        self._earlier[service][operator][number] = latest
    number += 1
    self._latest[service][operator] = (word & _SHARED) | (number << _NUMBER_AT) | (block.timestamp << _START_AT)
    if count != 0:
        self._chosen[service][operator][number] = keccak256(abi_encode(parameters))
    log ICommitmentRegistry.OperatorEntered(service=service, operator=operator, period=number, parameters=parameters)


@external
def leave(service: bytes32, operator: address):
    """
    @notice End the period of an operator. Only ServiceBonding. It answers for it as long as cooldown and reach say.
    @param service Which.
    @param operator Who stands for it no more.
    """
    assert msg.sender == BONDING, errors.NOT_BONDING
    latest: uint256 = self._latest[service][operator]
    assert latest != 0 and self._end(latest) == 0, errors.SERVES_NOT
    self._latest[service][operator] = latest | (block.timestamp << _END_AT)
    log ICommitmentRegistry.OperatorLeft(service=service, operator=operator, period=self._number(latest))


# -- views ------------------------------------------------------------------------------------------------------------


@external
@view
def charge(service: bytes32, operator: address, property: uint256, time: uint256) -> ICommitmentRegistry.Charge:
    """
    @notice All that a judge needs to know of an operator's promise.
    @param service Which.
    @param operator Who stands or stood for it.
    @param property Number of the property.
    @param time When the breach is said to have happened.
    @return The promise in the period to which that time belongs: the last that had begun by then, or the first.
    """
    word: uint256 = self._latest[service][operator]
    assert word != 0, errors.NEVER_SERVED
    if time < word >> _START_AT:
        word = self._period_at(service, operator, time, word)
    chosen: bytes32 = empty(bytes32)
    if (word >> _PARAMETERS_AT) & 15 != 0:
        chosen = self._chosen[service][operator][self._number(word)]
    return ICommitmentRegistry.Charge(
        kind=self._kind(word, property),
        program=self._programs[self._template(word)][property],
        parameters=chosen,
        start=word >> _START_AT,
        end=self._end(word),
        slash=(word & _MASK_30) * _UNIT,
        cap=((word >> _CAP_AT) & _MASK_30) * _UNIT,
        cooldown=(word >> _COOLDOWN_AT) & _MASK_22,
        reach=(word >> _REACH_AT) & _MASK_22,
    )


@external
@view
def property_of(service: bytes32, property: uint256) -> ICommitmentRegistry.Property:
    """
    @notice A property of a service.
    @param service Which.
    @param property Its number.
    @return See ICommitmentRegistry.
    """
    word: uint256 = self._word(service)
    kind: uint256 = self._kind(word, property)
    template: uint256 = self._template(word)
    if kind == promises.LIVENESS or kind == promises.RESPOND:
        return self._exchanges[template][property]
    return ICommitmentRegistry.Property(
        kind=kind,
        program=self._programs[template][property],
        message=empty(bytes32),
        answer=empty(bytes32),
        span=0,
    )


@external
@view
def terms(service: bytes32) -> ICommitmentRegistry.Terms:
    """
    @notice Terms of a service.
    @param service Which.
    @return See ICommitmentRegistry.
    """
    word: uint256 = self._word(service)
    return ICommitmentRegistry.Terms(
        slash=(word & _MASK_30) * _UNIT,
        cap=((word >> _CAP_AT) & _MASK_30) * _UNIT,
        cooldown=(word >> _COOLDOWN_AT) & _MASK_22,
        review=(word >> _REVIEW_AT) & _MASK_22,
        reach=(word >> _REACH_AT) & _MASK_22,
        weight=((word >> _WEIGHT_AT) & _MASK_30) * _UNIT,
        powers=(word >> _POWERS_AT) & 7,
    )


@external
@view
def parameter_of(service: bytes32, parameter: uint256) -> ICommitmentRegistry.Parameter:
    """
    @notice What operators may choose.
    @param service Which.
    @param parameter Its number.
    @return Zeros if there is no such parameter.
    """
    return self._parameters[self._template(self._word(service))][parameter]


@external
@view
def service(id: bytes32) -> ICommitmentRegistry.Service:
    """
    @notice Who oversees a service of what.
    @param id Service.
    @return Zeros if there is none.
    """
    word: uint256 = self._services[id]
    return ICommitmentRegistry.Service(
        template=self._templates[self._template(word)],
        controller=self._controllers[id],
        closed=word & _CLOSED != 0,
        number=convert(id, uint256) & _MASK_48 if word != 0 else 0,
    )


@external
@view
def service_of(number: uint256) -> bytes32:
    """
    @notice The service of a number.
    @param number As SlashEscrow knows it.
    @return Its id; zero if there is none.
    """
    return self._ids[number]


@external
@pure
def number_of(service: bytes32) -> uint256:
    """
    @notice The number by which SlashEscrow and sources of exposure know a service.
    @param service Its id.
    @return The low 48 bits.
    """
    return convert(service, uint256) & _MASK_48


@external
@view
def is_template(template: bytes32) -> bool:
    """
    @notice Whether a template is registered.
    @param template Its id.
    @return Whether it is.
    """
    return self._numbers[template] != 0


@external
@view
def latest_period(service: bytes32, operator: address) -> (ICommitmentRegistry.Period, uint256):
    """
    @notice The newest period of an operator.
    @param service Where.
    @param operator Whose.
    @return It, and its number, which is how many there were; zeros for who never entered.
    """
    word: uint256 = self._latest[service][operator]
    return self._told(service, operator, word), self._number(word)


@external
@view
def period(service: bytes32, operator: address, number: uint256) -> ICommitmentRegistry.Period:
    """
    @notice A period of an operator.
    @param service Where.
    @param operator Whose.
    @param number From 1.
    @return Start, end and the hash of the parameters.
    """
    latest: uint256 = self._latest[service][operator]
    assert number != 0 and number <= self._number(latest), errors.NO_PERIOD
    if number != self._number(latest):
        latest = self._earlier[service][operator][number]
    return self._told(service, operator, latest)


@external
@view
def serves(service: bytes32, operator: address) -> bool:
    """
    @notice Whether an operator stands for a service now.
    @param service Which.
    @param operator Who.
    @return Whether a period runs.
    """
    word: uint256 = self._latest[service][operator]
    return word != 0 and self._end(word) == 0


@external
@view
def bonding() -> address:
    """
    @notice Who enters operators, and tells what stands behind them.
    @return ServiceBonding.
    """
    return BONDING


@external
@view
def DOMAIN_SEPARATOR() -> bytes32:
    """
    @notice EIP-712 domain of messages, of this chain as it is now.
    @return The separator.
    """
    return eip712_domain_separator._domain_separator_v4()


# -- templates --------------------------------------------------------------------------------------------------------


@internal
@pure
def _checked_terms(terms: ICommitmentRegistry.Terms) -> uint256:
    """
    @dev The terms in a word, if they are within bounds by themselves.
    """
    assert terms.slash > 0 and terms.slash <= _WAD and terms.slash % _UNIT == 0, errors.BAD_SLASH
    assert terms.cap >= terms.slash and terms.cap <= _WAD and terms.cap % _UNIT == 0, errors.BAD_CAP
    assert terms.weight <= _WAD and terms.weight % _UNIT == 0, errors.BAD_WEIGHT
    assert terms.cooldown <= promises.MAX_COOLDOWN, errors.LONG_COOLDOWN
    assert terms.review >= 7 * promises.DAY and terms.review <= 14 * promises.DAY, errors.BAD_REVIEW
    assert terms.reach <= (terms.cooldown if terms.cooldown != 0 else promises.MAX_COOLDOWN), errors.LONG_REACH
    assert terms.powers <= 7, errors.BAD_POWERS
    word: uint256 = (terms.slash // _UNIT) | ((terms.cap // _UNIT) << _CAP_AT)
    word |= ((terms.weight // _UNIT) << _WEIGHT_AT) | (terms.cooldown << _COOLDOWN_AT)
    return word | (terms.review << _REVIEW_AT) | (terms.reach << _REACH_AT) | (terms.powers << _POWERS_AT)


@internal
@pure
def _checked_property(one: ICommitmentRegistry.Property) -> uint256:
    """
    @dev Seconds that a proof of its breach takes, if it is well formed: nothing is said that its kind has no use for.
    """
    has_program: bool = one.program != empty(bytes32)
    has_message: bool = one.message != empty(bytes32)
    has_answer: bool = one.answer != empty(bytes32)
    if one.kind == promises.NEVER or one.kind == promises.PLUGIN:
        assert has_program and not has_message and not has_answer, errors.BAD_PROPERTY
        assert one.span == 0, errors.BAD_SPAN
        return promises.PROOF_TIME
    assert has_message, errors.BAD_PROPERTY
    assert one.span <= promises.MAX_SPAN, errors.BAD_SPAN
    if one.kind == promises.LIVENESS:
        assert not has_program and not has_answer, errors.BAD_PROPERTY
        assert one.span > 0, errors.BAD_SPAN
        return 0
    assert one.kind == promises.RESPOND and has_program and has_answer, errors.BAD_PROPERTY
    assert one.span >= promises.MIN_ANSWER, errors.BAD_SPAN
    return one.span


@internal
@pure
def _check_parameter(one: ICommitmentRegistry.Parameter):
    """
    @dev Its type is one of the machine's, and its bounds are values of it, of which there is one at least.
    """
    assert one.kind > 0 and one.kind <= _TRUTH and one.low <= one.high, errors.BAD_PARAMETER
    assert one.kind == _ADDRESS or not one.party, errors.BAD_PARAMETER
    if one.kind == _ADDRESS:
        assert one.high >> 160 == 0, errors.BAD_PARAMETER
    elif one.kind == _TRUTH:
        assert one.high < 2, errors.BAD_PARAMETER


@internal
@pure
def _check_choice(one: ICommitmentRegistry.Parameter, chosen: uint256, operator: address):
    """
    @dev What an operator chose is within the bounds, and no party the operator itself or nobody.
    """
    assert chosen >= one.low and chosen <= one.high, errors.OUT_OF_RANGE
    if one.party:
        assert chosen != 0 and chosen != convert(operator, uint256), errors.BAD_PARTY


# -- services and periods ---------------------------------------------------------------------------------------------


@internal
@view
def _word(service: bytes32) -> uint256:
    """
    @dev Word of a service that there is.
    """
    word: uint256 = self._services[service]
    assert word != 0, errors.NO_SERVICE
    return word


@internal
@pure
def _kind(word: uint256, property: uint256) -> uint256:
    """
    @dev Kind of a property that there is.
    """
    kind: uint256 = 0
    if property < 8:
        kind = (word >> (_KINDS_AT + 3 * property)) & 7
    assert kind != 0, errors.NO_PROPERTY
    return kind


@internal
@pure
def _template(word: uint256) -> uint256:
    """
    @dev Number of the template, of a word of any kind.
    """
    return (word >> _TEMPLATE_AT) & _MASK_32


@internal
@pure
def _number(period: uint256) -> uint256:
    """
    @dev Number of a period, of its word; 0 for none.
    """
    return (period >> _NUMBER_AT) & _MASK_20


@internal
@pure
def _end(period: uint256) -> uint256:
    """
    @dev End of a period, of its word; 0: it runs.
    """
    return (period >> _END_AT) & _MASK_36


@internal
@view
def _period_at(service: bytes32, operator: address, time: uint256, latest: uint256) -> uint256:
    """
    @dev Word of the last period that had begun by `time`, which the newest had not, or of the first. Halves what is left in
         each step: 20 steps are enough for all numbers.
    """
    low: uint256 = 1
    high: uint256 = self._number(latest) - 1  # the answer is between them, if there is one before the newest
    if high == 0:
        return latest
    for _: uint256 in range(20):
        if low == high:
            break
        middle: uint256 = (low + high + 1) // 2
        if self._earlier[service][operator][middle] >> _START_AT <= time:
            low = middle
        else:
            high = middle - 1
    return self._earlier[service][operator][low]


@internal
@view
def _told(service: bytes32, operator: address, word: uint256) -> ICommitmentRegistry.Period:
    """
    @dev A period's word in words.
    """
    return ICommitmentRegistry.Period(
        start=word >> _START_AT,
        end=self._end(word),
        parameters=self._chosen[service][operator][self._number(word)],
    )
