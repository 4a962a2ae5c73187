"""Templates, services and periods by the rules of specs/commitments.md.

`CommitmentRegistry.vy` must agree. A method that refuses raises `Refused` with the contract's reason and has changed
nothing. Times are seconds, fractions WAD.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NamedTuple

from eth_abi import encode
from eth_utils.crypto import keccak

from .refusal import require

NEVER: Final = 1
LIVENESS: Final = 2
RESPOND: Final = 3
PLUGIN: Final = 4
NOTHING: Final = bytes(32)
WAD: Final = 10**18
DAY: Final = 86_400
MAX_COOLDOWN: Final = 30 * DAY
MAX_SPAN: Final = 366 * DAY
MIN_ANSWER: Final = 3_600
PROOF_TIME: Final = DAY
MARGIN: Final = DAY // 2
UNIT: Final = 10**9
FIRST_NUMBER: Final = 2**47
ADDRESS, TRUTH = 3, 4
ADMITS, ENDS, CLOSES = 1, 2, 4
_NAME = "commitment_registry: "


class Terms(NamedTuple):
    """Fractions are multiples of 1e9; `powers` of the controller: 1 admits, 2 ends, 4 closes."""

    slash: int
    cap: int
    cooldown: int
    review: int
    reach: int
    weight: int
    powers: int


class Property(NamedTuple):
    """`program`, `message` and `answer` are zero words where the kind has no use for them."""

    kind: int
    program: bytes
    message: bytes
    answer: bytes
    span: int


class Parameter(NamedTuple):
    """`kind` 1 number, 2 bytes32, 3 address, 4 truth; no party is zero or the operator."""

    kind: int
    party: bool
    low: int
    high: int


class Template(NamedTuple):
    """The arguments of `register`."""

    terms: Terms
    properties: tuple[Property, ...]
    parameters: tuple[Parameter, ...]
    text: str

    @property
    def id(self) -> bytes:
        """The hash of all of it."""
        words = ",".join(["uint256"] * 7)
        types = [f"({words})", "(uint256,bytes32,bytes32,bytes32,uint256)[]", "(uint256,bool,uint256,uint256)[]"]
        hashed = bytes(keccak(text=self.text))
        return bytes(keccak(encode([*types, "bytes32"], [self.terms, self.properties, self.parameters, hashed])))


@dataclass
class Service:
    """`number` is what SlashEscrow knows it by."""

    template: Template
    controller: str
    number: int
    closed: bool = False


@dataclass
class Period:
    """From `start` to `end`; None: it runs."""

    start: int
    end: int | None
    parameters: tuple[bytes, ...]


@dataclass(frozen=True)
class Charge:
    """What was promised in the period that a time belongs to; `parameters` is their hash, zero if there are none."""

    kind: int
    program: bytes
    parameters: bytes
    start: int
    end: int
    slash: int
    cap: int
    cooldown: int
    reach: int


@dataclass
class CommitmentRegistry:
    """`bonding` alone enters and ends periods; `chain_id` and `address` are in the ids of services."""

    bonding: str
    chain_id: int
    address: str
    now: int = 0
    templates: dict[bytes, Template] = field(default_factory=dict)
    services: dict[bytes, Service] = field(default_factory=dict)
    periods: dict[tuple[bytes, str], list[Period]] = field(default_factory=dict)

    def register(self, template: Template) -> bytes:
        """Id of the template."""
        require(len(template.text) > 0, _NAME + "no text")
        if template.id not in self.templates:
            check_template(template)
            self.templates[template.id] = template
        return template.id

    def open(self, template: bytes, controller: str, salt: bytes) -> bytes:
        """Id of the service."""
        require(template in self.templates, _NAME + "no such template")
        require(int(controller, 16) != 0, _NAME + "zero controller")
        number = FIRST_NUMBER | (len(self.services) + 1)
        words = ["uint256", "address", "bytes32", "address", "bytes32"]
        seed = keccak(encode(words, [self.chain_id, self.address, template, controller, salt]))
        id = bytes(seed[:26]) + number.to_bytes(6, "big")
        self.services[id] = Service(self.templates[template], controller, number)
        return id

    def close(self, caller: str, service: bytes) -> None:
        found = self._service(service)
        require(caller == found.controller, _NAME + "not the controller")
        require(found.template.terms.powers & CLOSES != 0, _NAME + "controller may not close")
        require(not found.closed, _NAME + "service is closed")
        found.closed = True

    def enter(self, caller: str, service: bytes, operator: str, parameters: tuple[bytes, ...]) -> None:
        require(caller == self.bonding, _NAME + "not the bonding")
        require(int(operator, 16) != 0, _NAME + "zero operator")
        found = self._service(service)
        require(not found.closed, _NAME + "service is closed")
        wanted = found.template.parameters
        require(len(parameters) == len(wanted), _NAME + "wrong parameter count")
        for one, word in zip(wanted, parameters, strict=True):
            value = int.from_bytes(word, "big")
            require(one.low <= value <= one.high, _NAME + "parameter out of range")
            require(not one.party or value not in (0, int(operator, 16)), _NAME + "party zero or operator")
        periods = self.periods.setdefault((service, operator), [])
        require(not periods or periods[-1].end is not None, _NAME + "operator serves already")
        periods.append(Period(self.now, None, parameters))

    def leave(self, caller: str, service: bytes, operator: str) -> None:
        require(caller == self.bonding, _NAME + "not the bonding")
        require(self.serves(service, operator), _NAME + "operator serves not")
        self.periods[service, operator][-1].end = self.now

    # -- views

    def serves(self, service: bytes, operator: str) -> bool:
        periods = self.periods.get((service, operator))
        return bool(periods) and periods is not None and periods[-1].end is None

    def period_at(self, service: bytes, operator: str, time: int) -> Period:
        """The last period that had begun by `time`, or the first."""
        periods = self.periods.get((service, operator), [])
        require(bool(periods), _NAME + "operator never served")
        return next((one for one in reversed(periods) if one.start <= time), periods[0])

    def charge(self, service: bytes, operator: str, number: int, time: int) -> Charge:
        period = self.period_at(service, operator, time)
        template = self.services[service].template
        require(number < len(template.properties), _NAME + "no such property")
        promise, terms = template.properties[number], template.terms
        chosen = parameters_hash(period.parameters) if template.parameters else NOTHING
        return Charge(
            promise.kind,
            promise.program,
            chosen,
            period.start,
            period.end or 0,
            terms.slash,
            terms.cap,
            terms.cooldown,
            terms.reach,
        )

    def _service(self, service: bytes) -> Service:
        require(service in self.services, _NAME + "no such service")
        return self.services[service]


def check_template(template: Template) -> None:
    """Raise `Refused` for a template that is out of bounds."""
    _check_terms(template.terms)
    require(len(template.properties) > 0, _NAME + "nothing is promised")
    needed = max(proof_time(one) for one in template.properties) + MARGIN
    terms = template.terms
    require(terms.cooldown == 0 or terms.cooldown >= needed, _NAME + "cooldown outrun by proofs")
    require(terms.reach >= needed, _NAME + "reach outrun by proofs")
    for one in template.parameters:
        _check_parameter(one)


def proof_time(one: Property) -> int:
    """Seconds that a proof of its breach takes. Raises `Refused` for what is malformed."""
    malformed, span = _NAME + "malformed property", _NAME + "span out of bounds"
    has_program, has_message, has_answer = (word != NOTHING for word in (one.program, one.message, one.answer))
    if one.kind in (NEVER, PLUGIN):
        require(has_program and not has_message and not has_answer, malformed)
        require(one.span == 0, span)
        return PROOF_TIME
    require(has_message, malformed)
    require(one.span <= MAX_SPAN, span)
    if one.kind == LIVENESS:
        require(not has_program and not has_answer, malformed)
        require(one.span > 0, span)
        return 0
    require(one.kind == RESPOND and has_program and has_answer, malformed)
    require(one.span >= MIN_ANSWER, span)
    return one.span


def _check_terms(terms: Terms) -> None:
    require(0 < terms.slash <= WAD and terms.slash % UNIT == 0, _NAME + "slash out of bounds")
    require(terms.slash <= terms.cap <= WAD and terms.cap % UNIT == 0, _NAME + "cap out of bounds")
    require(terms.weight <= WAD and terms.weight % UNIT == 0, _NAME + "weight out of bounds")
    require(terms.cooldown <= MAX_COOLDOWN, _NAME + "cooldown above 30 days")
    require(7 * DAY <= terms.review <= 14 * DAY, _NAME + "review not 7 to 14 days")
    require(terms.reach <= (terms.cooldown or MAX_COOLDOWN), _NAME + "reach outlasts the exits")
    require(terms.powers <= ADMITS | ENDS | CLOSES, _NAME + "unknown powers")


def _check_parameter(one: Parameter) -> None:
    malformed = _NAME + "malformed parameter"
    require(0 < one.kind <= TRUTH and one.low <= one.high, malformed)
    require(one.kind == ADDRESS or not one.party, malformed)
    require(one.kind != ADDRESS or one.high < 2**160, malformed)
    require(one.kind != TRUTH or one.high < 2, malformed)


def parameters_hash(parameters: tuple[bytes, ...]) -> bytes:
    """What is kept of an operator's choice."""
    return bytes(keccak(encode(["bytes32[]"], [parameters])))
