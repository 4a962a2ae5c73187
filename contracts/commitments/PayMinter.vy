# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Minted pay for services
@license AGPL-3.0-only
@author Surety contributors
@notice Correct behaviour rewarded by minting: a sponsor of ServicePayout that mints what it gives. Governance says how much a service
    gets an epoch; anybody has it minted, once an epoch, into the budget of the next. Who behaved gets it from there, by liveness.
@dev Holds nothing from one transaction to the next. An epoch in which nobody called is not caught up with.
@custom:security The token lets this contract mint, and should let nobody mint more than holders can bear: the cap binds this contract
    alone. What governance names it trusts in; a service's terms never change, so it looks at those first.
@custom:kill DEFAULT_ADMIN sets rates to zero, for epochs from then on; the token takes the right to mint away. Budgets stay.
@custom:invariant INV-PAY-10 (specs/service-payout.md)
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ethereum.ercs import IERC20
from ...interfaces import IMintable
from ...interfaces import IPayMinter
from ...interfaces import IServicePayout

implements: IPayMinter

# -- modules ----------------------------------------------------------------------------------------------------------

from snekmate.auth import access_control
from ..governance import roles
from . import payout_errors as errors

initializes: access_control
initializes: roles[access_control := access_control]

exports: roles.__interface__

# -- constants --------------------------------------------------------------------------------------------------------

EPOCH: constant(uint256) = 604_800

# -- immutables -------------------------------------------------------------------------------------------------------

payout: public(immutable(address))
token: public(immutable(address))
cap: public(immutable(uint256))  # units that are minted in an epoch, for all services together, at most

# -- storage ----------------------------------------------------------------------------------------------------------

rate: public(HashMap[bytes32, uint256])  # service: units an epoch
total_rate: public(uint256)
minted: public(HashMap[uint256, uint256])  # epoch in which: units
_next: HashMap[bytes32, uint256]  # service: first epoch in which nothing was minted for it yet


# -- constructor ------------------------------------------------------------------------------------------------------


@deploy
def __init__(payout_: address, token_: address, cap_: uint256, admin: address):
    """
    @notice For one token, for ever.
    @param payout_ ServicePayout.
    @param token_ ERC-20 that this contract may mint (IMintable).
    @param cap_ Units an epoch for all services together; not zero.
    @param admin DEFAULT_ADMIN, the Timelock.
    """
    access_control.__init__()
    roles.__init__(admin)
    assert cap_ != 0, errors.ZERO_CAP
    payout = payout_
    token = token_
    cap = cap_


# -- governance -------------------------------------------------------------------------------------------------------


@external
def set_rate(service: bytes32, rate: uint256):
    """
    @notice Say how much a service gets each epoch. Only DEFAULT_ADMIN.
    @param service Which; its terms pay in the token.
    @param rate Units an epoch; 0: nothing any more. All rates together are at most the cap.
    """
    roles._check(access_control.DEFAULT_ADMIN_ROLE)
    paid_in: address = (staticcall IServicePayout(payout).terms(service)).token
    assert paid_in == token, errors.OTHER_TOKEN
    total: uint256 = self.total_rate - self.rate[service] + rate
    assert total <= cap, errors.OVER_CAP
    self.rate[service] = rate
    self.total_rate = total
    log IPayMinter.RateSet(service=service, rate=rate, total=total)


# -- anybody ----------------------------------------------------------------------------------------------------------


@external
def mint(service: bytes32) -> uint256:
    """
    @notice Mint a service's rate into its budget for the next epoch. Anybody, once an epoch.
    @param service Which.
    @return Units.
    """
    epoch: uint256 = block.timestamp // EPOCH
    amount: uint256 = self.rate[service]
    assert amount != 0, errors.NO_RATE
    assert self._next[service] <= epoch, errors.MINTED
    # rates may have moved from one service to another since the epoch began
    minted: uint256 = self.minted[epoch] + amount
    assert minted <= cap, errors.OVER_CAP
    self._next[service] = epoch + 1
    self.minted[epoch] = minted
    log IPayMinter.PayMinted(service=service, epoch=epoch + 1, amount=amount)
    before: uint256 = staticcall IERC20(token).balanceOf(self)
    extcall IMintable(token).mint(self, amount)
    balance: uint256 = staticcall IERC20(token).balanceOf(self)
    assert balance == before + amount, errors.FALSE_MINT
    approved: bool = extcall IERC20(token).approve(payout, amount, default_return_value=True)
    assert approved, errors.NO_APPROVAL
    extcall IServicePayout(payout).fund(service, epoch + 1, 1, amount)
    return amount
