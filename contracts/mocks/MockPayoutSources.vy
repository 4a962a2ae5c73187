# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title All that pay is reckoned from
@license AGPL-3.0-only
@author Surety contributors
@notice Stands for ServiceBonding, CommitmentRegistry, a source of liveness and a formula at once, for tests of ServicePayout: everybody
    may set what it says.
@custom:security Test double.
@custom:kill None.
"""

from ...interfaces import ICommitmentRegistry
from ...interfaces import IPayout
from ...interfaces import IServiceBonding

FINAL: constant(uint256) = 2 * 86_400  # s after the end of an epoch
EPOCH: constant(uint256) = 604_800
PAYS: constant(uint256) = 0  # what the formula does
FAILS: constant(uint256) = 1

lock: public(HashMap[uint256, IServiceBonding.Lock])
service: public(HashMap[bytes32, ICommitmentRegistry.Service])
terms: public(HashMap[bytes32, ICommitmentRegistry.Terms])
score: public(HashMap[bytes32, HashMap[address, HashMap[uint256, uint256]]])
_worth: HashMap[uint256, uint256]  # lock: value now
_seized: HashMap[uint256, bool]  # lock: something was
_locks: HashMap[uint256, DynArray[uint256[2], 256]]  # lock: (second, value) in order
_values: HashMap[bytes32, HashMap[address, DynArray[uint256[2], 256]]]  # (second, value) in order
mode: public(uint256)
answer: public(uint256)


@external
def set_lock(number: uint256, found: IServiceBonding.Lock):
    self.lock[number] = found
    self._worth[number] = found.value
    self._locks[number].append([block.timestamp, found.value if found.end == 0 or found.end > block.timestamp else 0])


@external
def set_worth(number: uint256, left: uint256):
    """
    @notice What a slash left of a lock.
    """
    self._worth[number] = left
    self._seized[number] = True


@external
def set_service(id: bytes32, controller: address, template: bytes32, weight: uint256, cooldown: uint256):
    self.service[id] = ICommitmentRegistry.Service(template=template, controller=controller, closed=False, number=1)
    self.terms[id] = ICommitmentRegistry.Terms(
        slash=1, cap=1, cooldown=cooldown, review=0, reach=1, weight=weight, powers=0
    )


@external
def set_value(service: bytes32, operator: address, at: uint256, amount: uint256):
    """
    @notice The value from second `at` on; seconds come in order.
    """
    self._values[service][operator].append([at, amount])


@external
def set_score(service: bytes32, operator: address, epoch: uint256, share: uint256):
    self.score[service][operator][epoch] = share


@external
def set_formula(mode: uint256, answer: uint256):
    self.mode = mode
    self.answer = answer


@external
@view
def value_of(number: uint256) -> uint256:
    return self._worth[number]


@external
@view
def clean_since(number: uint256) -> uint256:
    return 0 if self._seized[number] else self.lock[number].activated


@external
@view
def value_at(service: bytes32, operator: address, at: uint256) -> uint256:
    return self._at(self._values[service][operator], at)


@external
@view
def lock_value_at(number: uint256, at: uint256) -> uint256:
    end: uint256 = self.lock[number].end
    if end != 0 and end <= at:
        return 0
    return self._at(self._locks[number], at)


@external
@view
def bonding() -> address:
    return self


@external
@view
def is_final(epoch: uint256) -> bool:
    return block.timestamp >= (epoch + 1) * EPOCH + FINAL


@external
@view
def amount(work: IPayout.Case) -> uint256:
    assert self.mode == PAYS, "mock: formula fails"
    return self.answer


@internal
@view
def _at(history: DynArray[uint256[2], 256], at: uint256) -> uint256:
    assert at <= block.timestamp, "mock: future"
    found: uint256 = 0
    for one: uint256[2] in history:
        if one[0] <= at:
            found = one[1]
    return found
