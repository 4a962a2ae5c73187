# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Makes the pricing kernel callable, with its domain checks, for tests and gas figures
@license AGPL-3.0-only
@author Surety contributors
"""

from ..lib import log_mean


@external
@pure
def nothing(debt: uint256, face: uint256, curve: log_mean.Curve, fee_bps: uint256) -> uint256:
    return 0


@external
@pure
def cost_up(debt: uint256, face: uint256, curve: log_mean.Curve, fee_bps: uint256) -> uint256:
    return log_mean._cost_up(debt, face, curve)


@external
@pure
def cost_down(debt: uint256, face: uint256, curve: log_mean.Curve, fee_bps: uint256) -> uint256:
    return log_mean._cost_down(debt, face, curve)


@external
@pure
def charge(debt: uint256, face: uint256, curve: log_mean.Curve, fee_bps: uint256) -> uint256:
    return log_mean._charge(debt, face, curve, fee_bps)


@external
@pure
def payout(debt: uint256, face: uint256, curve: log_mean.Curve, fee_bps: uint256) -> uint256:
    return log_mean._payout(debt, face, curve, fee_bps)


@external
@pure
def face_for(debt: uint256, budget: uint256, curve: log_mean.Curve, fee_bps: uint256) -> uint256:
    return log_mean._face_for(budget, debt, curve, fee_bps)


@external
@pure
def price(debt: uint256, curve: log_mean.Curve) -> uint256:
    return log_mean._price(debt, curve)


@external
@pure
def check_curve(curve: log_mean.Curve):
    log_mean._check_curve(curve)
