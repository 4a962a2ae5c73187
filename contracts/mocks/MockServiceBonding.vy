# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Locks behind services, without services
@author Surety contributors
@license AGPL-3.0-only
@notice Stands for ServiceBonding where CollectivePool and the escrow ask: locks of one ERC-20, with one cooldown, that can be seized.
@custom:security Test double: anybody sets the escrow, the cooldown, how many places there are, and what can be split.
@custom:kill None.
@custom:invariant None.
"""

from ethereum.ercs import IERC20
from ...interfaces import ICommitmentRegistry
from ...interfaces import IPooledBonding
from ...interfaces import IServiceBonding
from ...interfaces import ISlashable

implements: IPooledBonding
implements: ISlashable

_WAD: constant(uint256) = 10**18
_MASK_160: constant(uint256) = 2**160 - 1

escrow: public(address)
token: public(address)
cooldown: public(uint256)
places: public(uint256)
kind: public(uint256)  # of the token
minimum: public(uint256)  # units of a lock that is split
stained: public(HashMap[uint256, bool])  # locks that can't be split
promised: public(HashMap[bytes32, HashMap[address, bytes32]])  # service -> operator -> hash of parameters
exit_window: public(uint256)
free: public(HashMap[address, HashMap[address, HashMap[uint256, uint256]]])
lock_count: public(uint256)
_locks: HashMap[uint256, IServiceBonding.Lock]
_of: HashMap[bytes32, HashMap[address, DynArray[uint256, 8]]]
_lock_of: HashMap[uint256, uint256]
_seized: HashMap[uint256, uint256]
_returned: HashMap[uint256, uint256]


@deploy
def __init__(token: address, cooldown: uint256):
    self.token = token
    self.cooldown = cooldown
    self.places = 8
    self.kind = 2
    self.exit_window = 30 * 86_400


@external
def set_escrow(escrow: address):
    self.escrow = escrow


@external
def set_cooldown(cooldown: uint256):
    self.cooldown = cooldown


@external
def set_places(places: uint256):
    self.places = places


@external
def set_kind(kind: uint256):
    self.kind = kind


@external
def become(lock: uint256, token: address):
    self._locks[lock].token = token


@external
def set_minimum(minimum: uint256):
    self.minimum = minimum


@external
def stain(lock: uint256, stained: bool):
    self.stained[lock] = stained


@external
def promise(service: bytes32, operator: address, parameters: bytes32):
    self.promised[service][operator] = parameters


@external
def deposit(token: address, id: uint256, amount: uint256, owner: address):
    assert token == self.token and id == 0
    assert extcall IERC20(token).transferFrom(msg.sender, self, amount, default_return_value=True)
    self.free[owner][token][id] += amount


@external
def withdraw(token: address, id: uint256, amount: uint256, receiver: address):
    self.free[msg.sender][token][id] -= amount
    assert extcall IERC20(token).transfer(receiver, amount, default_return_value=True)


@external
def activate(
    service: bytes32,
    operator: address,
    token: address,
    id: uint256,
    amount: uint256,
    parameters: DynArray[bytes32, 8],
) -> uint256:
    self.free[msg.sender][token][id] -= amount
    if len(parameters) > 0 and self.promised[service][operator] == empty(bytes32):
        self.promised[service][operator] = keccak256(abi_encode(parameters))
    return self._add(
        IServiceBonding.Lock(
            owner=msg.sender,
            operator=operator,
            service=service,
            token=token,
            id=id,
            units=amount,
            value=amount,
            activated=block.timestamp,
            end=0,
            released=False,
        )
    )


@external
def split(lock: uint256, units: uint256) -> uint256:
    word: IServiceBonding.Lock = self._locks[lock]
    assert not self.stained[lock], "mock_bonding: stained"
    assert units >= self.minimum and self._locks[lock].units - units >= self.minimum, "mock_bonding: small"
    assert word.owner == msg.sender and word.end == 0 and units > 0 and units < word.units, "mock_bonding: no split"
    self._locks[lock].units -= units
    word.units = units
    return self._add(word)


@external
def deactivate(lock: uint256):
    assert self._locks[lock].end == 0, "mock_bonding: ends"
    self._locks[lock].end = block.timestamp + self.cooldown


@external
def release(lock: uint256) -> uint256:
    word: IServiceBonding.Lock = self._locks[lock]
    assert word.end != 0 and word.end <= block.timestamp and not word.released, "mock_bonding: no release"
    self._locks[lock].released = True
    left: DynArray[uint256, 8] = []
    for one: uint256 in self._of[word.service][word.operator]:
        if one != lock:
            left.append(one)
    self._of[word.service][word.operator] = left
    self.free[word.owner][word.token][word.id] += word.units
    return word.units


@external
def take_back(slash_id: uint256) -> uint256:
    units: uint256 = self._returned[slash_id]
    word: IServiceBonding.Lock = self._locks[self._lock_of[slash_id]]
    assert word.owner == msg.sender and units > 0, "mock_bonding: nothing"
    self._returned[slash_id] = 0
    self.free[msg.sender][word.token][word.id] += units
    return units


@external
def seize(slash_id: uint256, subject: uint256, fraction: uint256, offence_time: uint256) -> (uint256, uint256):
    assert msg.sender == self.escrow
    lock: uint256 = subject >> 160
    word: IServiceBonding.Lock = self._locks[lock]
    assert word.end == 0 or block.timestamp < word.end, "mock_bonding: out of reach"
    units: uint256 = (word.units * fraction + _WAD - 1) // _WAD
    self._locks[lock].units -= units
    self._lock_of[slash_id] = lock
    self._seized[slash_id] = units
    return units, units if word.owner == word.operator else 0


@external
def restore(slash_id: uint256, amount: uint256):
    assert msg.sender == self.escrow
    self._seized[slash_id] -= amount
    self._returned[slash_id] += amount


@external
def compensate(slash_id: uint256, amount: uint256):
    assert msg.sender == self.escrow
    self._returned[slash_id] += amount


@external
def pay(slash_id: uint256, receiver: address, amount: uint256):
    assert msg.sender == self.escrow
    self._seized[slash_id] -= amount
    assert extcall IERC20(self.token).transfer(receiver, amount, default_return_value=True)


@view
@external
def seizable(subject: uint256, offence_time: uint256) -> (uint256, uint256):
    word: IServiceBonding.Lock = self._locks[subject >> 160]
    if word.end != 0 and block.timestamp >= word.end:
        return 0, 0
    return word.units, word.units if word.owner == word.operator else 0


@view
@external
def asset_of(subject: uint256) -> (address, uint256):
    return self.token, 0


@view
@external
def returned(slash_id: uint256) -> (uint256, uint256):
    return self._lock_of[slash_id], self._returned[slash_id]


@view
@external
def lock(number: uint256) -> IServiceBonding.Lock:
    return self._locks[number]


@view
@external
def parties() -> (address, address):
    return self, self.escrow


@view
@external
def latest_period(service: bytes32, operator: address) -> (ICommitmentRegistry.Period, uint256):
    return ICommitmentRegistry.Period(start=0, end=0, parameters=self.promised[service][operator]), 1


@view
@external
def desk() -> address:
    return self


@view
@external
def listing(token: address) -> (uint256, uint256, bool):
    return 1, self.kind if token == self.token else 0, True


@view
@external
def locks_of(service: bytes32, operator: address) -> DynArray[uint256, 8]:
    return self._of[service][operator]


@internal
def _add(word: IServiceBonding.Lock) -> uint256:
    assert len(self._of[word.service][word.operator]) < self.places, "mock_bonding: full"
    self.lock_count += 1
    self._locks[self.lock_count] = word
    self._of[word.service][word.operator].append(self.lock_count)
    return self.lock_count
