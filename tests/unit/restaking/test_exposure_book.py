"""ExposureBook: notice before a service binds delegators, what it said of the past, the worst loss, each reason."""

import boa
import pytest
from eth_utils import keccak
from tests.support.delegation import DAY, DELEGATORS, OPERATORS, STRANGER, ZERO, DelegationWorld, source, subject_word

from surety.models.delegation import WAD, WEEK

ADMIN = boa.env.generate_address("admin")
SERVICES = boa.env.generate_address("service manager")
OWNER, OTHER = DELEGATORS[:2]
POOL = (OPERATORS[0], 0)
WORD = subject_word(POOL)
STAKE = 10**21
TENTH = WAD // 10
NOTICE = 2 * WEEK
RETENTION = 90 * DAY


@pytest.fixture(scope="module")
def made():
    with boa.env.anchor():
        world = DelegationWorld.create()
        book = source("restaking/ExposureBook").deploy(world.manager, world.registry, ADMIN)
        book.grantRole(keccak(text="SERVICES_ROLE"), SERVICES, sender=ADMIN)
        world.deposit(OWNER, POOL, STAKE)
        yield world, book


@pytest.fixture
def world(made):
    with boa.env.anchor():
        yield made[0].again()


@pytest.fixture
def book(made, world):
    return made[1]


def announce(book, service=1, exposure=TENTH, reach=WEEK, subject=WORD):
    return book.announce(service, subject, exposure, reach, sender=SERVICES)


def exposure(world, book, service, at, subject=WORD):
    return book.exposure(service, world.manager, subject, at)


def test_announce__bad_arguments__revert(world, book):
    with boa.reverts("roles: caller lacks the role"):
        book.announce(1, WORD, TENTH, WEEK, sender=STRANGER)
    with boa.reverts("exposure_book: zero service"):
        announce(book, 0)
    with boa.reverts("exposure_book: exposure above 1"):
        announce(book, 1, WAD + 1)
    with boa.reverts("exposure_book: service reaches too far back"):
        announce(book, 1, TENTH, WEEK + 1)
    with boa.reverts("exposure_book: no such pool"):
        announce(book, 1, subject=subject_word((STRANGER, 0)))
    assert announce(book, 1, WAD) == world.now + NOTICE
    assert book.services_of(WORD) == [1]
    assert book.manager() == world.manager.address
    assert book.notice() == world.manager.exit_window() == NOTICE


def test_exposure__another_ledger_or_the_future__zero_or_reverts(world, book):
    announce(book)
    world.wait(NOTICE)
    assert book.exposure(1, STRANGER, WORD, world.now) == 0
    assert exposure(world, book, 1, world.now) == TENTH
    with boa.reverts("exposure_book: time in the future"):
        exposure(world, book, 1, world.now + 1)


@pytest.mark.parametrize(("off", "bound"), [(-1, False), (0, True), (1, True)])
def test_inv_exp_1_announce__increase__binds_after_the_notice(world, book, off, bound):
    binds = announce(book)
    event = book.get_logs()[-1]
    assert (event.service, event.subject, event.exposure, event.binds_at) == (1, WORD, TENTH, binds)
    world.go_to(binds + off)
    assert exposure(world, book, 1, world.now) == (TENTH if bound else 0)
    announce(book, 1, 2 * TENTH)
    assert exposure(world, book, 1, world.now) == (TENTH if bound else 0)
    world.wait(NOTICE)
    assert exposure(world, book, 1, world.now) == 2 * TENTH


@pytest.mark.parametrize("into", [0, 1, WEEK - 1])
def test_inv_exp_2_announce__who_queues_at_once__is_out_when_it_binds(world, book, into):
    world.go_to((world.epoch + 1) * WEEK + into)
    binds = announce(book)
    epoch = world.queue(OWNER, POOL, STAKE)
    world.go_to(binds)
    assert world.manager.seizable(WORD, world.now)[0] == 0
    assert world.complete(OWNER, POOL, epoch) == STAKE


def test_inv_exp_3_exposure__of_a_second_that_is_over__never_changes(world, book):
    """Up, down, up again, replaced announcements, read at each second that matters, again and again."""
    said = {}

    def remember():
        said[world.now - 1] = [exposure(world, book, one, world.now - 1) for one in (0, 1, 2)]
        assert {at: [exposure(world, book, one, at) for one in (0, 1, 2)] for at in said} == said

    steps = [(1, TENTH), (2, WAD // 4), (1, TENTH // 2), (1, WAD // 2), (2, 0), (1, 3 * TENTH), (2, WAD), (1, 0)]
    for pause in (1, NOTICE + 3):
        for service, fraction in steps:
            announce(book, service, fraction)
            world.wait(pause)
            remember()
            world.wait(2)
            remember()


def test_t27_announce__decrease__at_once_and_ends_what_was_announced(world, book):
    announce(book)
    world.wait(NOTICE)
    announce(book, 1, WAD)
    world.wait(5)
    assert announce(book, 1, TENTH // 2) == world.now
    assert exposure(world, book, 1, world.now - 1) == TENTH
    assert exposure(world, book, 1, world.now) == TENTH // 2
    world.wait(2 * NOTICE)
    assert exposure(world, book, 1, world.now) == TENTH // 2


def test_inv_exp_4_worst_loss__now_and_announced__of_all_within_reach(world, book):
    world.deposit(OTHER, POOL, STAKE)
    announce(book, 1, TENTH)
    world.wait(NOTICE)
    announce(book, 2, WAD // 2)
    binds = world.now + NOTICE
    world.queue(OWNER, POOL, STAKE // 2)
    loss = book.worst_loss(WORD, OWNER)
    assert (loss.fraction, loss.amount) == (TENTH, STAKE // 10)
    assert (loss.next_fraction, loss.next_amount) == (WAD * 55 // 100, STAKE * 55 // 100)
    assert loss.binds_at == binds
    world.wait(NOTICE)
    loss = book.worst_loss(WORD, OWNER)
    assert (loss.amount, loss.next_amount, loss.binds_at) == (STAKE // 2 * 55 // 100, STAKE // 2 * 55 // 100, 0)
    # The pool agrees: both services at once take that, to a unit a pot and a slash.
    before = world.manager.stake(WORD, OTHER)[0]
    for slash, fraction in ((1, TENTH), (2, WAD // 2)):
        world.seize(slash, POOL, fraction)
    lost = before - world.manager.stake(WORD, OTHER)[0]
    assert lost <= STAKE * 55 // 100 + 2


def test_announce__seventeenth_service__reverts_until_one_ended_long_ago(world, book):
    for service in range(1, 17):
        announce(book, service, TENTH)
    with boa.reverts("exposure_book: all slots of the pool are taken"):
        announce(book, 17)
    announce(book, 5, 0)
    world.wait(RETENTION - 1)
    with boa.reverts("exposure_book: all slots of the pool are taken"):
        announce(book, 17)
    ended = world.now - RETENTION + 1
    world.wait(1)
    assert exposure(world, book, 5, ended - 1) == 0
    announce(book, 17)
    assert 17 in book.services_of(WORD)
    assert 5 not in book.services_of(WORD)
    assert exposure(world, book, 0, world.now) > 0
    assert book.worst_loss(WORD, OWNER).binds_at == world.now + NOTICE


def test_worst_loss__nothing_at_stake__is_nothing(world, book):
    loss = book.worst_loss(WORD, STRANGER)
    assert tuple(loss) == (0, 0, 0, 0, 0)
    with boa.reverts("roles: zero admin"):
        source("restaking/ExposureBook").deploy(world.manager, world.registry, ZERO)


# -- weights ----------------------------------------------------------------------------------------------------------

SECOND_POOL = (OPERATORS[1], 1)
SECOND_WORD = subject_word(SECOND_POOL)


def share(world, book, subject, at=None, service=1):
    return book.share(service, world.manager, subject, world.now if at is None else at)


@pytest.fixture
def weighed(world, book):
    """1,000 units at 3 USD, a tenth of it exposed; 500 of another asset at 2 USD, all of it: 300 to 1,000."""
    world.registry.set_price(0, 3)
    world.registry.set_price(1, 2)
    world.deposit(OTHER, SECOND_POOL, STAKE // 2)
    announce(book)
    announce(book, exposure=WAD, subject=SECOND_WORD)
    return book


def test_inv_exp_5_share__two_pools_of_two_assets__by_worth_times_exposure(world, weighed):
    told = weighed.get_logs()[-1]
    assert (told.service, told.subject, told.weight, told.total) == (1, SECOND_WORD, STAKE, STAKE * 13 // 10)
    assert weighed.weight(1, WORD) == (STAKE * 3 // 10, STAKE * 13 // 10)
    assert share(world, weighed, WORD) == WAD * 3 // 13
    assert share(world, weighed, SECOND_WORD) == WAD * 10 // 13
    assert share(world, weighed, WORD, service=2) == share(world, weighed, WORD, service=0) == 0
    assert weighed.share(1, STRANGER, WORD, world.now) == 0
    assert share(world, weighed, subject_word((STRANGER, 0))) == 0
    assert weighed.assets() == world.registry.address
    with boa.reverts("exposure_book: time in the future"):
        share(world, weighed, WORD, world.now + 1)


def test_inv_exp_6_weigh__after_deposits_seizures_and_prices__changes_no_past(world, weighed):
    """The bias that the specification names: a deposit counts from the next weighing on, by anybody."""
    said = {}

    def remember():
        said[world.now - 1] = [share(world, weighed, one, world.now - 1) for one in (WORD, SECOND_WORD)]
        assert {at: [share(world, weighed, one, at) for one in (WORD, SECOND_WORD)] for at in said} == said
        assert all(sum(shares) <= WAD for shares in said.values())

    world.wait(10)
    remember()
    world.deposit(OWNER, POOL, STAKE)
    world.wait(10)
    assert share(world, weighed, WORD) == WAD * 3 // 13
    assert weighed.weigh(1, WORD, sender=STRANGER) == STAKE * 6 // 10
    assert share(world, weighed, WORD) == WAD * 6 // 16
    world.wait(10)
    remember()
    world.seize(1, SECOND_POOL, WAD // 2)
    world.registry.set_price(0, 4)
    for subject in (WORD, SECOND_WORD):
        weighed.weigh(1, subject)
    assert share(world, weighed, WORD) == WAD * 8 // 13
    world.wait(1)
    remember()
    announce(weighed, exposure=0)
    assert (share(world, weighed, WORD), share(world, weighed, SECOND_WORD)) == (0, WAD)
    world.wait(1)
    remember()
    announce(weighed, exposure=0, subject=SECOND_WORD)
    assert share(world, weighed, SECOND_WORD) == 0
    world.wait(1)
    remember()


def test_inv_exp_6_weigh__asset_without_a_price__keeps_the_weight_and_stops_nothing(world, weighed):
    world.registry.set_price(0, 0)
    world.deposit(OWNER, POOL, STAKE)
    assert weighed.weigh(1, WORD) == STAKE * 3 // 10
    assert not [one for one in weighed.get_logs() if type(one).__name__ == "StakeWeighed"]
    announce(weighed, exposure=2 * TENTH)
    assert weighed.weight(1, WORD)[0] == STAKE * 3 // 10
    announce(weighed, exposure=0)
    assert weighed.weight(1, WORD) == (0, STAKE)


def test_inv_exp_5_weigh__between_notice_and_binding__counts_what_was_announced(world, weighed):
    binds = announce(weighed, exposure=2 * TENTH)
    assert weighed.weight(1, WORD)[0] == STAKE * 6 // 10
    world.go_to(binds + 5)
    assert weighed.weigh(1, WORD) == STAKE * 6 // 10
    assert announce(weighed, exposure=TENTH) == world.now
    world.wait(1)
    assert weighed.weigh(1, WORD) == STAKE * 3 // 10


def test_weigh__worth_beyond_measure__counts_as_the_limit(world, book):
    world.registry.set_price(0, 2**140)
    announce(book, exposure=WAD)
    assert book.weight(1, WORD) == (2**128, 2**128)
    assert book.weigh(2, WORD) == 0
