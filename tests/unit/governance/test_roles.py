"""roles: who is admin after construction, and who passes each guard."""

import boa
import pytest
from eth_utils import keccak

HARNESS = boa.load_partial("contracts/mocks/RolesHarness.vy")
ZERO = "0x" + "00" * 20
ADMIN_ROLE = bytes(32)
GUARDS = {"CURATOR_ROLE": "as_curator", "GUARDIAN_ROLE": "as_guardian", "TREASURER_ROLE": "as_treasurer"}


@pytest.fixture
def actors():
    return {name: boa.env.generate_address(name) for name in ("deployer", "admin", "curator", "guardian", "treasurer")}


@pytest.fixture
def roles(actors):
    deployer, *members = actors.values()
    with boa.env.prank(deployer):
        return HARNESS.deploy(*members)


def granted(contract):
    """Every (role, account) with its last state, from the log of construction."""
    state = {}
    for log in contract.get_logs():
        state[log.role, log.account] = type(log).__name__ == "RoleGranted"
    return {key for key, held in state.items() if held}


@pytest.mark.parametrize("name", GUARDS)
def test_constants__roles__are_hashes_of_their_names(roles, name):
    assert getattr(roles, name)() == keccak(text=name)
    assert roles.getRoleAdmin(keccak(text=name)) == roles.DEFAULT_ADMIN_ROLE() == ADMIN_ROLE


def test_inv_rol_1_init__admin_given__is_the_only_admin(roles, actors):
    admins = {account for role, account in granted(roles) if role == ADMIN_ROLE}
    assert admins == {actors["admin"]}
    assert roles.hasRole(ADMIN_ROLE, actors["admin"])
    assert not roles.hasRole(ADMIN_ROLE, actors["deployer"])


def test_inv_rol_1_init__deployer_is_admin__stays(actors):
    with boa.env.prank(actors["admin"]):
        contract = HARNESS.deploy(actors["admin"], ZERO, ZERO, ZERO)
    assert contract.hasRole(ADMIN_ROLE, actors["admin"])


def test_init__zero_admin__reverts(actors):
    with boa.reverts("roles: zero admin"):
        HARNESS.deploy(ZERO, actors["curator"], actors["guardian"], actors["treasurer"])


def test_init__zero_member__gets_no_role(actors):
    contract = HARNESS.deploy(actors["admin"], ZERO, ZERO, ZERO)
    assert granted(contract) == {(ADMIN_ROLE, actors["admin"])}


@pytest.mark.parametrize("guard", [*GUARDS.values(), "as_admin"])
def test_inv_rol_2_check__each_actor__passes_its_own_guard_only(roles, actors, guard):
    for name, account in actors.items():
        call = getattr(roles, guard)
        if guard == f"as_{name}":
            assert call(sender=account) is True
        else:
            with boa.reverts("roles: caller lacks the role"):
                call(sender=account)


def test_inv_rol_2_grant_and_revoke__by_admin__open_and_close_a_guard(roles, actors):
    role = roles.GUARDIAN_ROLE()
    newcomer = boa.env.generate_address("newcomer")
    roles.grantRole(role, newcomer, sender=actors["admin"])
    assert roles.as_guardian(sender=newcomer) is True
    roles.revokeRole(role, newcomer, sender=actors["admin"])
    with boa.reverts("roles: caller lacks the role"):
        roles.as_guardian(sender=newcomer)


@pytest.mark.parametrize("name", ["deployer", "curator", "guardian", "treasurer"])
def test_inv_rol_2_grant__by_anyone_else__reverts(roles, actors, name):
    for role in (ADMIN_ROLE, roles.GUARDIAN_ROLE()):
        with boa.reverts("access_control: account is missing role"):
            roles.grantRole(role, actors[name], sender=actors[name])
        with boa.reverts("access_control: account is missing role"):
            roles.revokeRole(role, actors["admin"], sender=actors[name])


def test_renounce__own_role__closes_the_guard(roles, actors):
    curator = actors["curator"]
    with boa.reverts("access_control: can only renounce roles for itself"):
        roles.renounceRole(roles.CURATOR_ROLE(), curator, sender=actors["admin"])
    roles.renounceRole(roles.CURATOR_ROLE(), curator, sender=curator)
    with boa.reverts("roles: caller lacks the role"):
        roles.as_curator(sender=curator)


def test_exports__role_graph__cannot_be_changed(roles):
    assert not hasattr(roles, "set_role_admin")
