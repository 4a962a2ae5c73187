# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Roles of the suite
@author Surety contributors
@license AGPL-3.0-only
@notice Who may move parameters. DEFAULT_ADMIN (meant to be the Timelock) grants and revokes; CURATOR shapes the debt
        profile, behind its notice; GUARDIAN pauses; TREASURER moves the reserve; ROLLER, a class of rolling bonds, may
        use the share of the discount budget that is kept for rolls.
@dev Over snekmate's `access_control`, which the contract itself initializes:

         from snekmate.auth import access_control
         from ..governance import roles
         initializes: access_control
         initializes: roles[access_control := access_control]
         exports: roles.__interface__

         in the constructor: access_control.__init__() and then roles.__init__(admin)

     `__interface__` is the list exported below. Withheld on purpose: `set_role_admin`, since the graph stays flat
     (DEFAULT_ADMIN administers every role, so one address tells who can change what), and `supportsInterface`,
     which belongs to the contract.
@custom:security A DEFAULT_ADMIN who renounces leaves the roles as they are for ever. Whoever deploys keeps nothing.
@custom:kill Each role ends by revocation or renunciation; what holders of bonds need asks for no role.
@custom:invariant INV-ROL-1, INV-ROL-2
"""

# -- modules ----------------------------------------------------------------------------------------------------------

from snekmate.auth import access_control

uses: access_control

exports: (
    access_control.DEFAULT_ADMIN_ROLE,
    access_control.hasRole,
    access_control.getRoleAdmin,
    access_control.grantRole,
    access_control.revokeRole,
    access_control.renounceRole,
)

# -- reasons ----------------------------------------------------------------------------------------------------------

ZERO_ADMIN: constant(String[17]) = "roles: zero admin"
LACKS_ROLE: constant(String[28]) = "roles: caller lacks the role"

# -- roles ------------------------------------------------------------------------------------------------------------

CURATOR_ROLE: public(constant(bytes32)) = keccak256("CURATOR_ROLE")
GUARDIAN_ROLE: public(constant(bytes32)) = keccak256("GUARDIAN_ROLE")
TREASURER_ROLE: public(constant(bytes32)) = keccak256("TREASURER_ROLE")
# without a getter, which would stand in every contract with roles, though BondMarket alone reads it and is short of bytes
ROLLER_ROLE: constant(bytes32) = keccak256("ROLLER_ROLE")


# -- constructor ------------------------------------------------------------------------------------------------------


@deploy
def __init__(admin: address):
    """
    @dev Makes `admin` the only DEFAULT_ADMIN. `access_control.__init__` made the deployer one, who is an account or
         the contract that creates this one: neither keeps it, unless it is `admin` itself.
    @param admin Who may grant and revoke every role. Not zero.
    """
    assert admin != empty(address), ZERO_ADMIN
    access_control._grant_role(access_control.DEFAULT_ADMIN_ROLE, admin)
    if msg.sender != admin:
        access_control._revoke_role(access_control.DEFAULT_ADMIN_ROLE, msg.sender)


# -- internals --------------------------------------------------------------------------------------------------------


@internal
@view
def _check(role: bytes32):
    """
    @dev Reverts unless the caller has `role`.
    """
    assert access_control.hasRole[role][msg.sender], LACKS_ROLE


@internal
def _grant(role: bytes32, account: address):
    """
    @dev Grants `role` to `account` if that is not zero: for constructors, where a role may start with nobody.
    """
    if account != empty(address):
        access_control._grant_role(role, account)
