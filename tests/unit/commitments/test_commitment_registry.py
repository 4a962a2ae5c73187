"""CommitmentRegistry call by call, beside its model: each reason next to the call that goes through."""

import boa
import pytest
from eth_abi import encode
from eth_utils import keccak
from tests.support.commitments import (
    CONTROLLER,
    DAY,
    OPERATOR,
    OTHER,
    REGISTRY,
    SALT,
    STRANGER,
    VOTES,
    WATCHED,
)
from tests.support.templates import template_of

from surety.models.commitments import CLOSES, FIRST_NUMBER, NOTHING, WAD, Parameter, Property
from surety.models.refusal import Refused
from surety.predicates import compile_text
from surety.sdk.messages import Message, digest, typed_data

NAME = "commitment_registry: "
ZERO = "0x" + "00" * 20
COMPILED = compile_text(VOTES)
TEMPLATE = template_of(COMPILED)
CLIENT = b"\x00" * 12 + b"\x22" * 20
CHOICE = ((50).to_bytes(32, "big"), CLIENT)


@pytest.fixture
def service(court):
    return court.service()


def last(contract, name):
    return next(log for log in reversed(contract.get_logs()) if type(log).__name__ == name)


# -- templates --------------------------------------------------------------------------------------------------------


def test_create__bonding__is_named():
    with boa.reverts(NAME + "zero bonding"):
        REGISTRY.deploy(ZERO)


def test_register__inv_cmt_1__id_is_the_hash_of_all_of_it(court):
    id = court.register(TEMPLATE)
    assert id == TEMPLATE.id
    told = last(court.registry, "TemplateRegistered")
    assert (told.template, told.text) == (id, COMPILED.text)
    assert keccak(text=told.text) == COMPILED.text_hash
    assert court.registry.is_template(id)
    assert not court.registry.is_template(SALT)


def test_register__inv_cmt_1__again_changes_nothing(court):
    id = court.register(TEMPLATE)
    assert court.register(TEMPLATE) == id
    assert court.registry.template_count() == 1
    assert not court.registry.get_logs()


def changes():
    """Everything that a template says, told otherwise."""
    other = template_of(compile_text(WATCHED))
    for name, word in TEMPLATE.terms._asdict().items():
        yield TEMPLATE._replace(terms=TEMPLATE.terms._replace(**{name: word + 1}))
    for name in ("properties", "parameters", "text"):
        yield TEMPLATE._replace(**{name: getattr(other, name)})
    for place, one in enumerate(TEMPLATE.properties):
        rest = TEMPLATE.properties[:place], TEMPLATE.properties[place + 1 :]
        yield TEMPLATE._replace(properties=(*rest[0], *rest[1]))
        yield TEMPLATE._replace(properties=(*rest[0], one._replace(span=one.span + 1), *rest[1]))
    yield TEMPLATE._replace(properties=TEMPLATE.properties[::-1])


def test_template__inv_cmt_1__another_word_is_another_id():
    ids = [TEMPLATE.id, *(other.id for other in changes())]
    assert len(ids) == 7 + 3 + 8 + 2
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(
    ("reason", "terms"),
    [
        ("slash out of bounds", {"slash": 0}),
        ("slash out of bounds", {"slash": WAD + 10**9}),
        ("slash out of bounds", {"slash": 10**17 + 1}),
        ("cap out of bounds", {"cap": 10**17 - 10**9}),
        ("cap out of bounds", {"cap": WAD + 10**9}),
        ("cap out of bounds", {"cap": WAD - 1}),
        ("weight out of bounds", {"weight": WAD + 10**9}),
        ("weight out of bounds", {"weight": 1}),
        ("cooldown above 30 days", {"cooldown": 30 * DAY + 1}),
        ("review not 7 to 14 days", {"review": 7 * DAY - 1}),
        ("review not 7 to 14 days", {"review": 14 * DAY + 1}),
        ("reach outlasts the exits", {"reach": 21 * DAY + 1}),
        ("reach outlasts the exits", {"cooldown": 0, "reach": 30 * DAY + 1}),
        ("cooldown outrun by proofs", {"cooldown": 36 * 3_600 - 1, "reach": 36 * 3_600 - 1}),
        ("reach outrun by proofs", {"reach": 36 * 3_600 - 1}),
        ("unknown powers", {"powers": 8}),
    ],
)
def test_register__inv_cmt_2__terms_out_of_bounds_are_refused(court, reason, terms):
    assert court.register(TEMPLATE._replace(terms=TEMPLATE.terms._replace(**terms))) == NAME + reason


@pytest.mark.parametrize(
    "terms",
    [
        {"slash": 10**9, "cap": 10**9},
        {"slash": WAD, "cap": WAD},
        {"cap": 10**17},
        {"weight": 0},
        {"cooldown": 30 * DAY, "reach": 30 * DAY},
        {"cooldown": 36 * 3_600, "reach": 36 * 3_600},
        {"cooldown": 0, "reach": 30 * DAY},
        {"review": 7 * DAY},
        {"review": 14 * DAY, "powers": 7},
    ],
)
def test_register__inv_cmt_2__terms_at_their_bounds_are_kept_to_the_unit(court, terms):
    template = TEMPLATE._replace(terms=TEMPLATE.terms._replace(**terms))
    id = court.register(template)
    service = court.open(id)
    assert tuple(court.registry.terms(service)) == tuple(template.terms)


WORD = b"\x01" * 32


@pytest.mark.parametrize(
    ("reason", "property"),
    [
        ("malformed property", Property(0, WORD, NOTHING, NOTHING, 0)),
        ("malformed property", Property(4, WORD, WORD, WORD, DAY)),
        ("malformed property", Property(4, NOTHING, NOTHING, NOTHING, 0)),
        ("malformed property", Property(4, WORD, NOTHING, WORD, 0)),
        ("span out of bounds", Property(4, WORD, NOTHING, NOTHING, 1)),
        ("malformed property", Property(5, WORD, WORD, WORD, DAY)),
        ("malformed property", Property(8, WORD, WORD, WORD, DAY)),
        ("malformed property", Property(2**255, WORD, WORD, WORD, DAY)),
        ("malformed property", Property(1, NOTHING, NOTHING, NOTHING, 0)),
        ("malformed property", Property(1, WORD, WORD, NOTHING, 0)),
        ("malformed property", Property(1, WORD, NOTHING, WORD, 0)),
        ("span out of bounds", Property(1, WORD, NOTHING, NOTHING, 1)),
        ("malformed property", Property(2, NOTHING, NOTHING, NOTHING, DAY)),
        ("malformed property", Property(2, WORD, WORD, NOTHING, DAY)),
        ("malformed property", Property(2, NOTHING, WORD, WORD, DAY)),
        ("span out of bounds", Property(2, NOTHING, WORD, NOTHING, 0)),
        ("span out of bounds", Property(2, NOTHING, WORD, NOTHING, 366 * DAY + 1)),
        ("malformed property", Property(3, NOTHING, WORD, WORD, DAY)),
        ("malformed property", Property(3, WORD, NOTHING, WORD, DAY)),
        ("malformed property", Property(3, WORD, WORD, NOTHING, DAY)),
        ("span out of bounds", Property(3, WORD, WORD, WORD, 3_599)),
        ("cooldown outrun by proofs", Property(3, WORD, WORD, WORD, 21 * DAY - 12 * 3_600 + 1)),
    ],
)
def test_register__inv_cmt_2__malformed_properties_are_refused(court, reason, property):
    assert court.register(TEMPLATE._replace(properties=(property,))) == NAME + reason


@pytest.mark.parametrize(
    "property",
    [
        Property(1, WORD, NOTHING, NOTHING, 0),
        Property(2, NOTHING, WORD, NOTHING, 1),
        Property(2, NOTHING, WORD, NOTHING, 366 * DAY),
        Property(3, WORD, WORD, WORD, 3_600),
        Property(3, WORD, WORD, WORD, 21 * DAY - 12 * 3_600),
        Property(4, WORD, NOTHING, NOTHING, 0),
    ],
)
def test_register__inv_cmt_2__well_formed_properties_are_kept(court, property):
    service = court.open(court.register(TEMPLATE._replace(properties=(property,) * 8)))
    for number in range(8):
        assert tuple(court.registry.property_of(service, number)) == tuple(property)
    with boa.reverts(NAME + "no such property"):
        court.registry.property_of(service, 8)


@pytest.mark.parametrize(
    "parameter",
    [
        Parameter(0, False, 0, 1),
        Parameter(5, False, 0, 1),
        Parameter(1, False, 2, 1),
        Parameter(1, True, 0, 1),
        Parameter(4, False, 0, 2),
        Parameter(3, True, 0, 2**160),
    ],
)
def test_register__inv_cmt_2__malformed_parameters_are_refused(court, parameter):
    assert court.register(TEMPLATE._replace(parameters=(parameter,))) == NAME + "malformed parameter"


def test_register__inv_cmt_2__a_text_and_a_property_are_needed(court):
    assert court.register(TEMPLATE._replace(text="")) == NAME + "no text"
    assert court.register(TEMPLATE._replace(properties=())) == NAME + "nothing is promised"


def test_register__more_than_fits__is_refused(court):
    with boa.reverts():
        court.registry.register(*TEMPLATE._replace(text="x" * 8_193))
    with boa.reverts():
        court.registry.register(*TEMPLATE._replace(properties=TEMPLATE.properties[:1] * 9))
    with boa.reverts():
        court.registry.register(*TEMPLATE._replace(parameters=(Parameter(1, False, 0, 1),) * 9))


def test_publish__a_program__can_be_read_by_its_hash(court):
    program = COMPILED.safety[0].program
    assert court.registry.publish(program.words, program.constants) == program.hash
    told = last(court.registry, "ProgramPublished")
    assert (told.hash, tuple(told.program), tuple(told.constants)) == (program.hash, program.words, program.constants)


def test_publish__an_empty_program__is_refused(court):
    with boa.reverts(NAME + "empty program"):
        court.registry.publish([], [])


# -- services ---------------------------------------------------------------------------------------------------------


def test_open__inv_cmt_3__ids_carry_numbers_that_nobody_shares(court):
    template = court.register(TEMPLATE)
    ids = [court.open(template), court.open(template), court.open(template, salt=b"\x09" * 32)]
    assert len(set(ids)) == 3
    for place, id in enumerate(ids):
        number = FIRST_NUMBER + 1 + place
        assert court.registry.number_of(id) == number
        assert court.registry.service_of(number) == id
        seen = court.registry.service(id)
        assert (seen.template, seen.controller, seen.closed, seen.number) == (template, CONTROLLER, False, number)
        assert number < 2**48
    assert court.registry.service_of(FIRST_NUMBER) == NOTHING
    assert court.registry.service_of(1) == NOTHING


def test_open__unknown_template_or_no_controller__is_refused(court):
    assert court.open(SALT) == NAME + "no such template"
    assert court.open(court.register(TEMPLATE), controller=ZERO) == NAME + "zero controller"


def test_close__inv_cmt_7__newcomers_stay_out_and_the_rest_go_on(court):
    service = court.service(powers=CLOSES)
    assert court.enter(service) is None
    assert court.close(service) is None
    assert court.registry.service(service).closed
    assert court.close(service) == NAME + "service is closed"
    assert court.enter(service, OTHER) == NAME + "service is closed"
    assert court.registry.serves(service, OPERATOR)
    assert court.leave(service) is None
    assert court.enter(service) == NAME + "service is closed"


def test_close__inv_cmt_7__only_who_may(court, service):
    assert court.close(service) == NAME + "controller may not close"
    assert court.close(service, STRANGER) == NAME + "not the controller"
    assert court.close(SALT) == NAME + "no such service"


def test_views__no_service__say_so(court):
    assert court.registry.service(SALT) == (NOTHING, ZERO, False, 0)
    with boa.reverts(NAME + "no such service"):
        court.registry.terms(SALT)
    with boa.reverts(NAME + "no such service"):
        court.registry.parameter_of(SALT, 0)


# -- periods ----------------------------------------------------------------------------------------------------------


def test_enter__inv_cmt_4__only_the_bonding_and_once(court, service):
    with boa.reverts(NAME + "not the bonding"):
        court.registry.enter(service, OPERATOR, [], sender=OPERATOR)
    assert court.enter(service) is None
    told = last(court.bonding, "OperatorEntered")
    assert (told.service, told.operator, told.period) == (service, OPERATOR, 1)
    assert court.enter(service) == NAME + "operator serves already"
    assert court.enter(service, OTHER) is None


def test_enter__unknown_service_or_nobody__is_refused(court, service):
    assert court.enter(SALT) == NAME + "no such service"
    assert court.enter(service, ZERO) == NAME + "zero operator"


def test_leave__inv_cmt_4__only_the_bonding_and_who_serves(court, service):
    assert court.leave(service) == NAME + "operator serves not"
    assert court.enter(service) is None
    with boa.reverts(NAME + "not the bonding"):
        court.registry.leave(service, OPERATOR, sender=CONTROLLER)
    assert court.leave(service) is None
    assert court.leave(service) == NAME + "operator serves not"
    assert not court.registry.serves(service, OPERATOR)


def test_enter__more_than_a_million_times__is_refused(court, service):
    assert court.enter(service) is None
    assert court.leave(service) is None
    slot = REGISTRY.compiler_data.storage_layout["storage_layout"]["_latest"]["slot"].to_bytes(32, "big")
    place = keccak(keccak(slot + service) + bytes.fromhex(OPERATOR[2:]).rjust(32, b"\0"))
    where = court.registry.address, int.from_bytes(place, "big")
    assert boa.env.get_storage(*where) >> 164 & 2**20 - 1 == 1
    boa.env.set_storage(*where, boa.env.get_storage(*where) | (2**20 - 1) << 164)
    with boa.reverts(NAME + "too many periods"):
        court.bonding.enter(service, OPERATOR, [])


@pytest.mark.parametrize(
    ("reason", "choice"),
    [
        ("wrong parameter count", ()),
        ("wrong parameter count", (*CHOICE, CLIENT)),
        ("parameter out of range", ((9).to_bytes(32, "big"), CLIENT)),
        ("parameter out of range", ((2_001).to_bytes(32, "big"), CLIENT)),
        ("parameter out of range", (CHOICE[0], b"\x01" + CLIENT[1:])),
        ("party zero or operator", (CHOICE[0], NOTHING)),
        ("party zero or operator", (CHOICE[0], bytes.fromhex(OPERATOR[2:]).rjust(32, b"\0"))),
    ],
)
def test_enter__inv_cmt_5__choices_out_of_range_are_refused(court, reason, choice):
    service = court.service(WATCHED)
    assert court.enter(service, parameters=choice) == NAME + reason
    assert court.enter(service, parameters=CHOICE) is None


def test_enter__inv_cmt_5__choices_at_their_bounds_are_kept_period_by_period(court):
    service = court.service(WATCHED)
    choices = [((number).to_bytes(32, "big"), CLIENT) for number in (10, 2_000)]
    starts = []
    for choice in choices:
        assert court.enter(service, parameters=choice) is None
        starts.append(court.now)
        court.wait(DAY)
        assert court.leave(service) is None
        court.wait(DAY)
    hashes = [court.registry.charge(service, OPERATOR, 0, start).parameters for start in starts]
    assert hashes[0] != hashes[1]
    assert [court.laws.charge(service, OPERATOR, 0, start).parameters for start in starts] == hashes
    assert tuple(court.registry.parameter_of(service, 0)) == (1, False, 10, 2_000)
    assert tuple(court.registry.parameter_of(service, 2)) == (0, False, 0, 0)


def test_charge__inv_cmt_6__every_second_belongs_to_a_period(court, service):
    marks = []
    for _ in range(6):
        marks.append(court.now)
        assert court.enter(service) is None
        court.wait(DAY)
        marks.append(court.now)
        assert court.leave(service) is None
        court.wait(DAY)
    for time in [0, 1, *(mark + step for mark in marks for step in (-1, 0, 1)), court.now, 2**64 - 1]:
        seen, expected = (
            court.registry.charge(service, OPERATOR, 0, time),
            court.laws.charge(service, OPERATOR, 0, time),
        )
        assert tuple(seen) == tuple(vars(expected).values())
    for number in range(1, 7):
        seen = court.registry.period(service, OPERATOR, number)
        period = court.laws.periods[service, OPERATOR][number - 1]
        assert (seen.start, seen.end) == (period.start, period.end)
    newest, count = court.registry.latest_period(service, OPERATOR)
    assert (newest.start, count) == (marks[-2], 6)


def test_charge__inv_cmt_6__periods_of_one_second__the_last_that_began_stands_for_it(court):
    """Whoever leaves and enters within a block is judged, for that second, by its last choice; earlier ones stay."""
    service = court.service(WATCHED)
    first, second, third = ((number.to_bytes(32, "big"), CLIENT) for number in (20, 30, 40))
    assert court.enter(service, parameters=first) is None
    start = court.now
    court.wait(DAY)
    for chosen in (second, third):
        assert court.leave(service) is None
        assert court.enter(service, parameters=chosen) is None
    for time, chosen in ((start - 1, first), (start, first), (court.now - 1, first), (court.now, third)):
        seen = court.registry.charge(service, OPERATOR, 0, time)
        assert seen.parameters == keccak(encode(("bytes32[]",), (chosen,)))
        assert tuple(seen) == tuple(vars(court.laws.charge(service, OPERATOR, 0, time)).values())
    assert court.leave(service) is None
    court.wait(DAY)
    assert court.enter(service, parameters=second) is None
    assert court.registry.charge(service, OPERATOR, 0, court.now - 1).parameters == keccak(
        encode(("bytes32[]",), (third,))
    )


def test_period__numbers_that_there_are_not__are_refused(court, service):
    assert court.enter(service) is None
    for number in (0, 2):
        with boa.reverts(NAME + "no such period"):
            court.registry.period(service, OPERATOR, number)


def test_charge__who_never_served_or_no_property__is_refused(court, service):
    with boa.reverts(NAME + "operator never served"):
        court.registry.charge(service, OPERATOR, 0, court.now)
    assert court.enter(service) is None
    count = len(TEMPLATE.properties)
    with boa.reverts(NAME + "no such property"):
        court.registry.charge(service, OPERATOR, count, court.now)
    with boa.reverts(NAME + "no such property"):
        court.registry.charge(service, OPERATOR, 2**255, court.now)
    with pytest.raises(Refused, match="no such property"):
        court.laws.charge(service, OPERATOR, count, court.now)


def test_domain__messages__are_bound_to_the_registry_and_the_chain(court, service):
    message = Message(
        service=service, kind=WORD, sender=OPERATOR, recipient=ZERO, sequence=1, time=court.now, fields=(WORD,)
    )
    separator = court.registry.DOMAIN_SEPARATOR()
    address = court.registry.address
    assert keccak(b"\x19\x01" + separator + message.id) == digest(message, court.chain_id, address)
    told = court.registry.eip712Domain()
    domain = typed_data(message, court.chain_id, address)["domain"]
    assert told[1:5] == (domain["name"], domain["version"], domain["chainId"], domain["verifyingContract"])
