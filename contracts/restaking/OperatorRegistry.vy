# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Operators: their states, their own stake at risk, and the keys that speak for them
@license AGPL-3.0-only
@author Surety contributors
@notice Operators register with a minimum of their own stake, leave and come back; the way out is in order: services stopped,
    blueprints deregistered, shut down, own stake unstaked. A service key belongs to one operator for ever.
@dev An operator is one word. Statuses are pushed into the ledger, which so asks nothing here when delegators come or go; it
    asks `check_unstake` when an operator queues its own stake. The minimum is in units of an asset, so no price is read.
@custom:security The ledger (DelegationManager) and the ties are the house's own. `review` is for anyone: a finalised slash changes no
    state by itself, so that nothing here can stop one. Metadata is anybody's text.
@custom:kill None. DEFAULT_ADMIN sets minimums, rises behind the notice, and the ties once; it cannot touch an operator.
@custom:invariant INV-OPR-1 … INV-OPR-10 (specs/operator-registry.md)
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ...interfaces import IOperatorRegistry
from ...interfaces import IServiceTies
from ...interfaces import IStakeLedger

implements: IOperatorRegistry

# -- modules ----------------------------------------------------------------------------------------------------------

from snekmate.auth import access_control
from snekmate.utils import ecdsa
from snekmate.utils import eip712_domain_separator
from ..governance import roles
from . import errors
from . import operator_states

initializes: access_control
initializes: roles[access_control := access_control]
initializes: eip712_domain_separator

exports: roles.__interface__
exports: eip712_domain_separator.eip712Domain  # ERC-5267; the rest of the module is internal

# -- constants --------------------------------------------------------------------------------------------------------

MIN_NOTICE: constant(uint256) = 14 * 86_400  # the longest exit, s
MAX_NOTICE: constant(uint256) = 90 * 86_400
MAX_OVERLAP: constant(uint256) = 30 * 86_400

_KEY_TYPE_HASH: constant(bytes32) = keccak256("ServiceKey(address operator,uint256 deadline)")

# An operator's word: key (160 bits) | since (40) | bond asset (40) | … | flags and status (5).
_STATUS: constant(uint256) = 3
_SHUT: constant(uint256) = 4  # INACTIVE by shut_down
_WAS_LEAVING: constant(uint256) = 8  # INACTIVE by review, from LEAVING
_REFUSES: constant(uint256) = 16  # new services; inverted, so that a new operator accepts
_ASSET_AT: constant(uint256) = 16
_SINCE_AT: constant(uint256) = 56
_KEY_AT: constant(uint256) = 96
_MASK_40: constant(uint256) = 2**40 - 1
_MASK_96: constant(uint256) = 2**96 - 1

# A key's word: operator (160) | start (48) | end (48); end 0: none.
_MASK_48: constant(uint256) = 2**48 - 1

# A minimum's word: then (96) | now (96) | start of then (48).
_UNREACHABLE: constant(uint256) = max_value(uint256)

# -- immutables -------------------------------------------------------------------------------------------------------

LEDGER: immutable(address)
NOTICE: immutable(uint256)

# -- storage ----------------------------------------------------------------------------------------------------------

ties: public(address)  # IServiceTies; zero: none yet, so nobody has any
_operators: HashMap[address, uint256]
_keys: HashMap[address, uint256]
_minimums: HashMap[uint256, uint256]


# -- constructor ------------------------------------------------------------------------------------------------------


@deploy
def __init__(ledger: address, admin: address, notice: uint256):
    """
    @notice For the pools of one ledger, for ever. Nothing of it is called here, so it may be created later, at a known address.
    @param ledger DelegationManager.
    @param admin DEFAULT_ADMIN, the Timelock.
    @param notice Seconds until a higher minimum, or none, holds; 14 to 90 days.
    """
    assert ledger != empty(address), errors.ZERO_LEDGER
    assert notice >= MIN_NOTICE and notice <= MAX_NOTICE, errors.BAD_NOTICE
    access_control.__init__()
    roles.__init__(admin)
    eip712_domain_separator.__init__("Surety operators", "1")
    LEDGER = ledger
    NOTICE = notice


# -- operators --------------------------------------------------------------------------------------------------------


@external
def register(bond_asset: uint256, uri: String[256]):
    """
    @notice Become an operator, or come back after having been shut down. Needs the minimum of own stake, staked before.
    @param bond_asset Number of the asset that carries it.
    @param uri Metadata, not empty; stands in the event only.
    """
    word: uint256 = self._new_word(bond_asset, len(uri))
    log IOperatorRegistry.OperatorRegistered(operator=msg.sender, bond_asset=bond_asset, uri=uri)
    self._store(msg.sender, word, operator_states.ACTIVE, 0)


@external
def register_with_key(
    bond_asset: uint256, uri: String[256], key: address, deadline: uint256, v: uint8, r: bytes32, s: bytes32
):
    """
    @notice `register` and the first `rotate_key` in one.
    @param bond_asset Number of the asset that carries the minimum.
    @param uri Metadata, not empty.
    @param key As in `rotate_key`.
    @param deadline As in `rotate_key`.
    @param v As in `rotate_key`.
    @param r As in `rotate_key`.
    @param s As in `rotate_key`.
    """
    word: uint256 = self._new_word(bond_asset, len(uri))
    log IOperatorRegistry.OperatorRegistered(operator=msg.sender, bond_asset=bond_asset, uri=uri)
    self._add_key(key, deadline, v, r, s)
    self._store(msg.sender, self._with_key(word, key), operator_states.ACTIVE, 0)


@external
def leave():
    """
    @notice Begin to leave: no new delegations or services from now on. ACTIVE only.
    """
    word: uint256 = self._own_word()
    assert word & _STATUS == operator_states.ACTIVE, errors.OPERATOR_NOT_ACTIVE
    self._move(msg.sender, word, operator_states.LEAVING, 0)


@external
def cancel_leave():
    """
    @notice Stay after all. LEAVING only, with the minimum of own stake.
    """
    word: uint256 = self._own_word()
    assert word & _STATUS == operator_states.LEAVING, errors.NOT_LEAVING
    assert self._is_bonded(msg.sender, word), errors.LOW_STAKE
    self._move(msg.sender, word, operator_states.ACTIVE, 0)


@external
def shut_down():
    """
    @notice Be an operator no more: ends the newest key, and frees own stake. Services have been stopped and blueprints deregistered.
    """
    word: uint256 = self._own_word()
    self._demand(self._next_step(msg.sender, word), operator_states.MUST_SHUT_DOWN)
    key: address = convert(word >> _KEY_AT, address)
    if key != empty(address):
        self._end_key(key, block.timestamp)
    self._move(msg.sender, word, operator_states.INACTIVE, _SHUT)


@external
def set_metadata(uri: String[256]):
    """
    @notice Say where the caller's metadata is now.
    @param uri Not empty; stands in the event only.
    """
    self._own_word()
    assert len(uri) > 0, errors.BAD_URI
    log IOperatorRegistry.MetadataSet(operator=msg.sender, uri=uri)


@external
def set_accepting(accepting: bool):
    """
    @notice Accept new services, or refuse them and keep those that run.
    @param accepting Whether they are accepted; the other of what stands.
    """
    word: uint256 = self._own_word()
    assert accepting == (word & _REFUSES != 0), errors.SAME_SWITCH
    self._operators[msg.sender] = word ^ _REFUSES
    log IOperatorRegistry.AcceptingSet(operator=msg.sender, accepting=accepting)


@external
def set_bond_asset(bond_asset: uint256):
    """
    @notice Carry the minimum by another asset, of which the caller has staked enough.
    @param bond_asset Number of the asset.
    """
    word: uint256 = self._own_word()
    self._check_bond(msg.sender, bond_asset)
    self._operators[msg.sender] = (word & ~(_MASK_40 << _ASSET_AT)) | (bond_asset << _ASSET_AT)
    log IOperatorRegistry.BondAssetSet(operator=msg.sender, bond_asset=bond_asset)


# -- keys -------------------------------------------------------------------------------------------------------------


@external
def rotate_key(key: address, overlap: uint256, deadline: uint256, v: uint8, r: bytes32, s: bytes32):
    """
    @notice Have another key speak for the caller from now on; the one before ends after the overlap, or when it was to end, if
        that is sooner.
    @dev Signed by the key: ServiceKey(address operator,uint256 deadline). Since a key is registered once, no nonce is needed.
    @param key Account of the key. Never registered before, by anyone.
    @param overlap Seconds for which both are valid, at most 30 days.
    @param deadline Last second in which the signature counts.
    @param v Of the signature: 27 or 28.
    @param r Of the signature.
    @param s Of the signature: at most half of the order of the curve.
    """
    word: uint256 = self._own_word()
    assert overlap <= MAX_OVERLAP, errors.LONG_OVERLAP
    previous: address = convert(word >> _KEY_AT, address)
    if previous != empty(address):
        self._end_key(previous, block.timestamp + overlap)
    self._add_key(key, deadline, v, r, s)
    self._operators[msg.sender] = self._with_key(word, key)


@external
def end_key(key: address):
    """
    @notice End a key of the caller at once, for instance because others know it. What it has signed stays the caller's.
    @param key Which; valid now.
    """
    key_word: uint256 = self._keys[key]
    assert key_word >> 96 == convert(msg.sender, uint256), errors.NOT_OWN_KEY
    end: uint256 = key_word & _MASK_48
    assert end == 0 or end > block.timestamp, errors.KEY_ENDED
    self._end_key(key, block.timestamp)


# -- anyone -----------------------------------------------------------------------------------------------------------


@external
def review(operator: address) -> uint256:
    """
    @notice Set an operator INACTIVE whose own stake is below the minimum, or back to what it was once it is not. Otherwise does
        nothing.
    @param operator Whom.
    @return Its status after that.
    """
    word: uint256 = self._operators[operator]
    status: uint256 = word & _STATUS
    if status == operator_states.UNREGISTERED or word & _SHUT != 0:
        return status
    bonded: bool = self._is_bonded(operator, word)
    if status == operator_states.INACTIVE:
        if bonded:
            status = operator_states.LEAVING if word & _WAS_LEAVING != 0 else operator_states.ACTIVE
            self._move(operator, word, status, 0)
    elif not bonded:
        flag: uint256 = _WAS_LEAVING if status == operator_states.LEAVING else 0
        status = operator_states.INACTIVE
        self._move(operator, word, status, flag)
    return status


# -- roles ------------------------------------------------------------------------------------------------------------


@external
def set_minimum(bond_asset: uint256, minimum: uint256):
    """
    @notice Set how much of an asset carries an operator. Only DEFAULT_ADMIN. The first one and a lower one hold at once, a higher
        one and none after the notice; each replaces one that is still to come.
    @param bond_asset Number of the asset.
    @param minimum In its decimals, below 2**96; 0: it carries nobody.
    """
    roles._check(access_control.DEFAULT_ADMIN_ROLE)
    assert bond_asset > 0 and bond_asset <= _MASK_40, errors.BIG_ASSET
    assert minimum <= _MASK_96, errors.BIG_MINIMUM
    present: uint256 = self._minimum(bond_asset)
    start: uint256 = block.timestamp
    if present != 0 and (minimum > present or minimum == 0):
        start += NOTICE
    self._minimums[bond_asset] = (minimum << 144) | (present << 48) | start
    log IOperatorRegistry.MinimumSet(bond_asset=bond_asset, minimum=minimum, start=start)


@external
def set_ties(ties: address):
    """
    @notice Name what ties operators to services, once and for ever. Only DEFAULT_ADMIN.
    @param ties IServiceTies.
    """
    roles._check(access_control.DEFAULT_ADMIN_ROLE)
    assert ties != empty(address), errors.ZERO_TIES
    assert self.ties == empty(address), errors.TIES_ARE_SET
    self.ties = ties
    log IOperatorRegistry.TiesSet(ties=ties)


# -- views ------------------------------------------------------------------------------------------------------------


@view
@external
def status(operator: address) -> uint256:
    """
    @notice In which state an operator is.
    @param operator Whom.
    @return 0 unregistered, 1 active, 2 leaving, 3 inactive.
    """
    return self._operators[operator] & _STATUS


@view
@external
def operator(account: address) -> IOperatorRegistry.Operator:
    """
    @notice All about an operator.
    @param account Whom.
    @return Zeros if it never registered.
    """
    word: uint256 = self._operators[account]
    return IOperatorRegistry.Operator(
        status=word & _STATUS,
        shut_down=word & _SHUT != 0,
        accepting=word != 0 and word & _REFUSES == 0,
        bond_asset=self._asset(word),
        key=convert(word >> _KEY_AT, address),
        since=(word >> _SINCE_AT) & _MASK_40,
    )


@view
@external
def accepts_services(operator: address) -> bool:
    """
    @notice Whether an operator may take on a new service now.
    @param operator Whom.
    @return True if it is ACTIVE, wants to, and has the minimum of own stake, reviewed or not.
    """
    word: uint256 = self._operators[operator]
    if word & _STATUS != operator_states.ACTIVE or word & _REFUSES != 0:
        return False
    return self._is_bonded(operator, word)


@view
@external
def check_unstake(operator: address, bond_asset: uint256, left: uint256) -> bool:
    """
    @notice Reverts, with what is missing, if an operator must not queue own stake down to what would be left.
    @param operator Whose own stake.
    @param bond_asset Number of the asset of which it would queue.
    @param left Its `self_stake` after that.
    @return True
    """
    word: uint256 = self._operators[operator]
    if word & _STATUS == operator_states.UNREGISTERED or self._asset(word) != bond_asset:
        return True
    if left >= self._required(bond_asset):
        return True
    self._demand(self._next_step(operator, word), operator_states.FREE)
    return True


@view
@external
def next_step(operator: address) -> uint256:
    """
    @notice What an operator must do next to get all of its own stake out.
    @param operator Whom.
    @return 1 leave, 2 stop services, 3 deregister blueprints, 4 shut down, 5 nothing.
    """
    return self._next_step(operator, self._operators[operator])


@view
@external
def minimum(bond_asset: uint256) -> uint256:
    """
    @notice How much of an asset carries an operator now.
    @param bond_asset Number of the asset.
    @return In its decimals; 0: it carries nobody.
    """
    return self._minimum(bond_asset)


@view
@external
def minimum_to_come(bond_asset: uint256) -> (uint256, uint256):
    """
    @notice What was set last.
    @param bond_asset Number of the asset.
    @return The minimum, and the second from which it holds, past or to come; zeros if none was set.
    """
    word: uint256 = self._minimums[bond_asset]
    return word >> 144, word & _MASK_48


@view
@external
def operator_of_key(key: address) -> address:
    """
    @notice To whom everything is attributed that a key signs or has signed.
    @param key Account of the key.
    @return The operator, for ever; zero if the key was never registered.
    """
    return convert(self._keys[key] >> 96, address)


@view
@external
def key_period(key: address) -> (uint256, uint256):
    """
    @notice When a key speaks for its operator.
    @param key Account of the key.
    @return First second, and the second from which it does not any more (2**256 - 1: no end is set); zeros if never registered.
    """
    word: uint256 = self._keys[key]
    if word == 0:
        return 0, 0
    end: uint256 = word & _MASK_48
    return (word >> 48) & _MASK_48, end if end != 0 else max_value(uint256)


@view
@external
def key_holder(key: address) -> (address, uint256):
    """
    @notice For whom a key speaks, and until when: all that a judge asks, in one call.
    @param key Account of the key.
    @return The operator, for ever, and the second from which the key does not speak any more (2**256 - 1: no end is set);
        zeros if never registered.
    """
    word: uint256 = self._keys[key]
    if word == 0:
        return empty(address), 0
    end: uint256 = word & _MASK_48
    return convert(word >> 96, address), end if end != 0 else max_value(uint256)


@view
@external
def ledger() -> address:
    """
    @notice Where stake is.
    @return DelegationManager.
    """
    return LEDGER


@view
@external
def notice() -> uint256:
    """
    @notice How long a higher minimum, or none, is announced before it holds.
    @return s
    """
    return NOTICE


@view
@external
def DOMAIN_SEPARATOR() -> bytes32:
    """
    @notice EIP-712 domain of proofs of possession, of this chain as it is now.
    @return The separator.
    """
    return eip712_domain_separator._domain_separator_v4()


# -- states -----------------------------------------------------------------------------------------------------------


@internal
@view
def _new_word(bond_asset: uint256, length: uint256) -> uint256:
    """
    @dev Word of the caller as a new operator, key and status apart, after all checks of a registration; `length` is that of
         its metadata, which itself is not handed around, since copies of it are dear.
    """
    word: uint256 = self._operators[msg.sender]
    assert word & _STATUS == operator_states.UNREGISTERED or word & _SHUT != 0, errors.IS_REGISTERED
    assert length > 0, errors.BAD_URI
    self._check_bond(msg.sender, bond_asset)
    return (word & ~_MASK_96) | (bond_asset << _ASSET_AT)


@internal
def _move(operator: address, word: uint256, status: uint256, flags: uint256):
    """
    @dev Stores the operator's word with another status, tells the ledger, and logs the change.
    """
    log IOperatorRegistry.StatusChanged(operator=operator, status=status, shut_down=flags & _SHUT != 0)
    self._store(operator, word, status, flags)


@internal
def _store(operator: address, word: uint256, status: uint256, flags: uint256):
    """
    @dev The same without an event: OperatorRegistered tells of both, and a registration is dear enough.
    """
    kept: uint256 = word & ~(_STATUS | _SHUT | _WAS_LEAVING | (_MASK_40 << _SINCE_AT))
    self._operators[operator] = kept | (block.timestamp << _SINCE_AT) | status | flags
    extcall IStakeLedger(LEDGER).on_status(operator, status)


@internal
@view
def _own_word() -> uint256:
    """
    @dev Word of the caller, an operator that is not shut down.
    """
    word: uint256 = self._operators[msg.sender]
    assert word != 0, errors.NOT_REGISTERED
    assert word & _SHUT == 0, errors.IS_SHUT_DOWN
    return word


@internal
@view
def _next_step(operator: address, word: uint256) -> uint256:
    """
    @dev The first step of the exit that is not done. Who is INACTIVE by a review need not leave first.
    """
    status: uint256 = word & _STATUS
    if status == operator_states.UNREGISTERED or word & _SHUT != 0:
        return operator_states.FREE
    if status == operator_states.ACTIVE:
        return operator_states.MUST_LEAVE
    ties: address = self.ties
    if ties != empty(address):
        services: uint256 = staticcall IServiceTies(ties).active_services(operator)
        if services > 0:
            return operator_states.MUST_STOP_SERVICES
        blueprints: uint256 = staticcall IServiceTies(ties).blueprints(operator)
        if blueprints > 0:
            return operator_states.MUST_DEREGISTER
    return operator_states.MUST_SHUT_DOWN


@internal
@pure
def _demand(step: uint256, wanted: uint256):
    """
    @dev Reverts with what is missing if the next step comes before the wanted one.
    """
    if step >= wanted:
        return
    assert step != operator_states.MUST_LEAVE, errors.LEAVE_FIRST
    assert step != operator_states.MUST_STOP_SERVICES, errors.SERVICES_ACTIVE
    assert step != operator_states.MUST_DEREGISTER, errors.BLUEPRINTS_REGISTERED
    raise errors.SHUT_DOWN_FIRST


# -- minimum ----------------------------------------------------------------------------------------------------------


@internal
@view
def _check_bond(operator: address, bond_asset: uint256):
    """
    @dev The asset carries operators, and this one has enough of it. Numbers with a minimum fit the word.
    """
    required: uint256 = self._minimum(bond_asset)
    assert required > 0, errors.NO_MINIMUM
    assert self._self_stake(operator, bond_asset) >= required, errors.LOW_STAKE


@internal
@view
def _is_bonded(operator: address, word: uint256) -> bool:
    """
    @dev Whether an operator's own stake is at least the minimum now.
    """
    bond_asset: uint256 = self._asset(word)
    return self._self_stake(operator, bond_asset) >= self._required(bond_asset)


@internal
@view
def _self_stake(operator: address, bond_asset: uint256) -> uint256:
    """
    @dev What the ledger counts, seized stake until it is finalised included.
    """
    return staticcall IStakeLedger(LEDGER).self_stake((bond_asset << 160) | convert(operator, uint256))


@internal
@view
def _minimum(bond_asset: uint256) -> uint256:
    """
    @dev In force now; 0: none.
    """
    word: uint256 = self._minimums[bond_asset]
    if block.timestamp >= word & _MASK_48:
        return word >> 144
    return (word >> 48) & _MASK_96


@internal
@view
def _required(bond_asset: uint256) -> uint256:
    """
    @dev The same for those who are operators already: no stake is enough of an asset that carries nobody.
    """
    required: uint256 = self._minimum(bond_asset)
    return required if required > 0 else _UNREACHABLE


# -- words ------------------------------------------------------------------------------------------------------------


@internal
def _add_key(key: address, deadline: uint256, v: uint8, r: bytes32, s: bytes32):
    """
    @dev A key that was never registered, and agrees, becomes the caller's.
    """
    assert block.timestamp <= deadline, errors.KEY_EXPIRED
    assert self._keys[key] == 0, errors.KEY_TAKEN
    digest: bytes32 = eip712_domain_separator._hash_typed_data_v4(
        keccak256(abi_encode(_KEY_TYPE_HASH, msg.sender, deadline))
    )
    signer: address = ecdsa._recover_vrs(digest, convert(v, uint256), convert(r, uint256), convert(s, uint256))
    assert signer == key, errors.KEY_NOT_SIGNED
    self._keys[key] = (convert(msg.sender, uint256) << 96) | (block.timestamp << 48)
    log IOperatorRegistry.KeyAdded(operator=msg.sender, key=key)


@internal
def _end_key(key: address, end: uint256):
    """
    @dev A key of the caller ends then, unless it ends sooner.
    """
    word: uint256 = self._keys[key]
    present: uint256 = word & _MASK_48
    if present != 0 and present <= end:
        return
    self._keys[key] = (word & ~_MASK_48) | end
    log IOperatorRegistry.KeyEnding(operator=msg.sender, key=key, end=end)


@internal
@pure
def _with_key(word: uint256, key: address) -> uint256:
    """
    @dev An operator's word with another key.
    """
    return (word & _MASK_96) | (convert(key, uint256) << _KEY_AT)


@internal
@pure
def _asset(word: uint256) -> uint256:
    """
    @dev Number of the asset that carries an operator's minimum, of its word.
    """
    return (word >> _ASSET_AT) & _MASK_40
