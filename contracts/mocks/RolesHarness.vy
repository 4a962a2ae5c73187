# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Roles, deployable for tests
@author Surety contributors
@license AGPL-3.0-only
@notice The composition that BondMarket and BondTreasury use, with one guarded function per role.
@custom:security Test double.
@custom:kill None.
@custom:invariant INV-ROL-1, INV-ROL-2
"""

from snekmate.auth import access_control
from ..governance import roles

initializes: access_control
initializes: roles[access_control := access_control]

exports: roles.__interface__


@deploy
def __init__(admin: address, curator: address, guardian: address, treasurer: address):
    access_control.__init__()
    roles.__init__(admin)
    roles._grant(roles.CURATOR_ROLE, curator)
    roles._grant(roles.GUARDIAN_ROLE, guardian)
    roles._grant(roles.TREASURER_ROLE, treasurer)


@view
@external
def as_curator() -> bool:
    roles._check(roles.CURATOR_ROLE)
    return True


@view
@external
def as_guardian() -> bool:
    roles._check(roles.GUARDIAN_ROLE)
    return True


@view
@external
def as_treasurer() -> bool:
    roles._check(roles.TREASURER_ROLE)
    return True


@view
@external
def as_admin() -> bool:
    roles._check(access_control.DEFAULT_ADMIN_ROLE)
    return True
