"""Timelock: what happens only after its delay, and that it rules itself."""

import boa
import pytest

TIMELOCK = boa.load_partial("contracts/governance/Timelock.vy")
ROLES = boa.load_partial("contracts/mocks/RolesHarness.vy")

DAY = 86_400
DELAY = 2 * DAY
ZERO = "0x" + "00" * 20
NONE = bytes(32)
ADMIN_ROLE = bytes(32)


@pytest.fixture
def proposer():
    return boa.env.generate_address("proposer")


@pytest.fixture
def executor():
    return boa.env.generate_address("executor")


@pytest.fixture
def stranger():
    return boa.env.generate_address("stranger")


@pytest.fixture(autouse=True)
def clock():
    """Time moves within a test only."""
    with boa.env.anchor():
        yield


@pytest.fixture
def timelock(proposer, executor):
    return TIMELOCK.deploy(DELAY, [proposer], [executor])


@pytest.fixture
def roles(timelock):
    """A contract whose admin is the timelock."""
    return ROLES.deploy(timelock.address, ZERO, ZERO, ZERO)


@pytest.fixture
def grant(roles, stranger):
    """The call that makes the stranger a guardian: target, ether, payload, predecessor, salt."""
    payload = roles.grantRole.prepare_calldata(roles.GUARDIAN_ROLE(), stranger)
    return roles.address, 0, payload, NONE, NONE


# -- construction -----------------------------------------------------------------------------------------------------


def test_inv_gov_2_init__admin__is_the_timelock_alone(timelock, proposer, executor):
    assert timelock.hasRole(ADMIN_ROLE, timelock.address)
    for account in (boa.env.eoa, proposer, executor):
        assert not timelock.hasRole(ADMIN_ROLE, account)


def test_init__members__get_their_roles(timelock, proposer, executor):
    assert timelock.get_minimum_delay() == DELAY
    assert timelock.hasRole(timelock.PROPOSER_ROLE(), proposer)
    assert timelock.hasRole(timelock.CANCELLER_ROLE(), proposer)
    assert timelock.hasRole(timelock.EXECUTOR_ROLE(), executor)
    assert not timelock.hasRole(timelock.EXECUTOR_ROLE(), proposer)
    assert not timelock.hasRole(timelock.PROPOSER_ROLE(), executor)


def test_init__most_members__work_and_one_more_reverts():
    members = [boa.env.generate_address() for _ in range(17)]
    timelock = TIMELOCK.deploy(DELAY, members[:16], members[:16])
    assert all(timelock.hasRole(timelock.PROPOSER_ROLE(), member) for member in members[:16])
    with boa.reverts(compiler="DynArray[address, 16] bounds check"):
        TIMELOCK.deploy(DELAY, members, members)


def test_init__no_proposer__reverts(executor):
    with boa.reverts("timelock: no proposer"):
        TIMELOCK.deploy(DELAY, [], [executor])


def test_init__no_executor__reverts(proposer):
    with boa.reverts("timelock: no executor"):
        TIMELOCK.deploy(DELAY, [proposer], [])


def test_init__zero_proposer__reverts(proposer, executor):
    with boa.reverts("timelock: zero proposer"):
        TIMELOCK.deploy(DELAY, [proposer, ZERO], [executor])


def test_init__delay_over_30_days__reverts(proposer, executor):
    assert TIMELOCK.deploy(30 * DAY, [proposer], [executor]).get_minimum_delay() == 30 * DAY
    with boa.reverts("timelock: delay too long"):
        TIMELOCK.deploy(30 * DAY + 1, [proposer], [executor])


# -- calls ------------------------------------------------------------------------------------------------------------


def test_inv_gov_1_execute__at_the_delay__acts(timelock, roles, grant, proposer, executor, stranger):
    timelock.schedule(*grant, DELAY, sender=proposer)
    boa.env.time_travel(seconds=DELAY)
    timelock.execute(*grant, sender=executor)
    assert roles.as_guardian(sender=stranger) is True
    assert timelock.is_operation_done(timelock.hash_operation(*grant))


def test_inv_gov_1_execute__a_second_early__reverts(timelock, grant, proposer, executor):
    timelock.schedule(*grant, DELAY, sender=proposer)
    boa.env.time_travel(seconds=DELAY - 1)
    with boa.reverts("timelock_controller: operation is not ready"):
        timelock.execute(*grant, sender=executor)


def test_inv_gov_1_execute__never_scheduled__reverts(timelock, grant, executor):
    with boa.reverts("timelock_controller: operation is not ready"):
        timelock.execute(*grant, sender=executor)


def test_inv_gov_1_execute__twice__reverts(timelock, grant, proposer, executor):
    timelock.schedule(*grant, DELAY, sender=proposer)
    boa.env.time_travel(seconds=DELAY)
    timelock.execute(*grant, sender=executor)
    with boa.reverts("timelock_controller: operation is not ready"):
        timelock.execute(*grant, sender=executor)


def test_inv_gov_1_schedule__shorter_delay__reverts(timelock, grant, proposer):
    with boa.reverts("timelock_controller: insufficient delay"):
        timelock.schedule(*grant, DELAY - 1, sender=proposer)


def test_schedule__not_a_proposer__reverts(timelock, grant, executor):
    with boa.reverts("access_control: account is missing role"):
        timelock.schedule(*grant, DELAY, sender=executor)


def test_execute__not_an_executor__reverts(timelock, grant, proposer, stranger):
    timelock.schedule(*grant, DELAY, sender=proposer)
    boa.env.time_travel(seconds=DELAY)
    with boa.reverts("access_control: account is missing role"):
        timelock.execute(*grant, sender=stranger)


def test_execute__zero_executor__is_open_to_all(proposer, stranger):
    timelock = TIMELOCK.deploy(DELAY, [proposer], [ZERO])
    roles = ROLES.deploy(timelock.address, ZERO, ZERO, ZERO)
    payload = roles.grantRole.prepare_calldata(roles.GUARDIAN_ROLE(), stranger)
    timelock.schedule(roles.address, 0, payload, NONE, NONE, DELAY, sender=proposer)
    boa.env.time_travel(seconds=DELAY)
    timelock.execute(roles.address, 0, payload, NONE, NONE, sender=stranger)
    assert roles.as_guardian(sender=stranger) is True


def test_cancel__pending__never_acts(timelock, grant, proposer, executor):
    timelock.schedule(*grant, DELAY, sender=proposer)
    with boa.reverts("access_control: account is missing role"):
        timelock.cancel(timelock.hash_operation(*grant), sender=executor)
    timelock.cancel(timelock.hash_operation(*grant), sender=proposer)
    boa.env.time_travel(seconds=DELAY)
    with boa.reverts("timelock_controller: operation is not ready"):
        timelock.execute(*grant, sender=executor)


# -- itself -----------------------------------------------------------------------------------------------------------


def test_inv_gov_2_update_delay__by_a_scheduled_call__takes_effect(timelock, proposer, executor):
    call = timelock.address, 0, timelock.update_delay.prepare_calldata(DAY), NONE, NONE
    timelock.schedule(*call, DELAY, sender=proposer)
    boa.env.time_travel(seconds=DELAY)
    timelock.execute(*call, sender=executor)
    assert timelock.get_minimum_delay() == DAY


def test_inv_gov_2_update_delay__directly__reverts(timelock, proposer):
    with boa.reverts("timelock_controller: caller must be timelock"):
        timelock.update_delay(0, sender=proposer)


def test_inv_gov_2_grant__directly__reverts(timelock, proposer):
    with boa.reverts("access_control: account is missing role"):
        timelock.grantRole(timelock.PROPOSER_ROLE(), proposer, sender=proposer)


def test_supports_interface__withheld_receivers__are_not_claimed(timelock):
    assert timelock.supportsInterface(bytes.fromhex("01ffc9a7"))
    assert timelock.supportsInterface(bytes.fromhex("7965db0b"))
    for foreign in ("ffffffff", "4e2312e0", "150b7a02"):
        assert not timelock.supportsInterface(bytes.fromhex(foreign))
    assert not hasattr(timelock, "set_role_admin")
    assert not hasattr(timelock, "onERC1155Received")
