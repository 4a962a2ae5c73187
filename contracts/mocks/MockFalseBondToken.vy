# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title A bond token that says no without reverting
@author Surety contributors
@license AGPL-3.0-only
@notice Each transfer returns `answer`, and moves nothing.
@custom:security Test double.
@custom:kill None.
@custom:invariant None.
"""

answer: public(bool)


@external
def set_answer(answer: bool):
    self.answer = answer


@external
def transfer(receiver: address, id: uint256, amount: uint256) -> bool:
    return self.answer


@external
def transferFrom(sender: address, receiver: address, id: uint256, amount: uint256) -> bool:
    return self.answer


@view
@external
def balanceOf(owner: address, id: uint256) -> uint256:
    return 0
