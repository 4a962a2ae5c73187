# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title What services have at risk, as it is told
@author Surety contributors
@license AGPL-3.0-only
@notice Exposures and shares by service; all of the stake unless something else was set.
@custom:security Test double: anybody sets.
@custom:kill None.
@custom:invariant None.
"""

from ...interfaces import IExposure

implements: IExposure

_WAD: constant(uint256) = 10**18

_gap: HashMap[uint256, uint256]  # one less the exposure
_shares: HashMap[uint256, HashMap[uint256, uint256]]


@external
def set_exposure(service: uint256, exposure: uint256):
    """
    @notice From now on, and in the past.
    @param service Which.
    @param exposure WAD.
    """
    self._gap[service] = _WAD - exposure


@external
def set_share(service: uint256, subject: uint256, share: uint256):
    """
    @notice From now on, and in the past.
    @param service Which.
    @param subject Whose.
    @param share WAD.
    """
    self._shares[service][subject] = share


@view
@external
def exposure(service: uint256, slashable: address, subject: uint256, at: uint256) -> uint256:
    return _WAD - self._gap[service]


@view
@external
def share(service: uint256, slashable: address, subject: uint256, at: uint256) -> uint256:
    return self._shares[service][subject]
