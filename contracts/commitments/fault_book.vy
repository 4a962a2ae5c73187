# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Faults on record, and the slashes proposed for them
@license AGPL-3.0-only
@author Surety contributors
@notice What each contract that judges promises does once it has judged: a fault is recorded, and proposed to SlashEscrow for
    everything that stood behind the operator at the offence, of each within the cap of its template. A later offence
    under the same key takes the place of an earlier one; nothing is slashed for it twice.
@dev For a judge: `_charge` tells what was promised, `_offence` (or `_dated`, which never reverts) when the breach counts as done, `_record` writes it down and tells the
    id, `_propose_all` tries every backing and never reverts. `slash` is for anybody and tries one backing again. A fault
    is one word; of what a cap leaves of a backing in a window, one more. Nothing that the escrow or a stake does can undo
    a record, and nothing that an operator shows of itself shelters what stands behind it later.
@custom:security The judge answers for the fault key: one fault has one key, whatever the evidence. Registry, escrow and, through
    the registry, ServiceBonding are the house's own.
@custom:kill None here; SlashingTerms suspends proposers, and what it refuses can be tried again.
@custom:invariant INV-CMT-8 … INV-CMT-13 (specs/commitments.md)
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ...interfaces import IBackings
from ...interfaces import ICommitmentRegistry
from ...interfaces import IFaultBook

implements: IFaultBook

# -- modules ----------------------------------------------------------------------------------------------------------

from . import registry_errors as errors

# -- constants --------------------------------------------------------------------------------------------------------

WAD: constant(uint256) = 10**18
UNIT: constant(uint256) = 10**9  # fractions are stored in steps of it
SHORTEST_WINDOW: constant(uint256) = 7 * 86_400  # s, of a cap

# where an offence stands
IN_REACH: constant(uint256) = 0
TOO_OLD: constant(uint256) = 1
FOR_GOOD: constant(uint256) = 2

# A fault's word: reporter (160 bits) | offence (40) | fraction, 1e-9 (30) | reach, s (26).
_REPORTER_AT: constant(uint256) = 96
_OFFENCE_AT: constant(uint256) = 56
_FRACTION_AT: constant(uint256) = 26
_MASK_26: constant(uint256) = 2**26 - 1
_MASK_30: constant(uint256) = 2**30 - 1
_MASK_40: constant(uint256) = 2**40 - 1
_MASK_48: constant(uint256) = 2**48 - 1

_PROPOSE: constant(bytes4) = method_id(
    "propose(address,uint256,uint256,uint256,uint256,address,address,bytes32,uint256)", output_type=bytes4
)

# -- immutables -------------------------------------------------------------------------------------------------------

REGISTRY: immutable(address)
ESCROW: immutable(address)
BACKINGS: immutable(address)

# -- storage ----------------------------------------------------------------------------------------------------------

_faults: HashMap[bytes32, uint256]
_used: HashMap[bytes32, uint256]  # keccak(keccak(slashable, subject), service, window) -> what its slashes took, 1e-9
_slashes: HashMap[bytes32, HashMap[bytes32, uint256]]  # fault -> keccak(slashable, subject) -> slash


# -- constructor ------------------------------------------------------------------------------------------------------


@deploy
def __init__(registry: address, escrow: address):
    """
    @dev For one registry, which exists already and names ServiceBonding, and one escrow.
    """
    assert escrow != empty(address), errors.ZERO_ESCROW
    REGISTRY = registry
    ESCROW = escrow
    BACKINGS = staticcall ICommitmentRegistry(registry).bonding()


# -- externals --------------------------------------------------------------------------------------------------------


@external
@nonreentrant
def slash(
    service: bytes32, operator: address, property: uint256, key: bytes32, slashable: address, subject: uint256
) -> uint256:
    """
    @notice Propose a slash of one backing for a fault on record, while the offence is in reach. Anybody, once a backing; what
        the escrow refuses reverts with its reason and can be tried again.
    @param service Of the fault.
    @param operator Of the fault.
    @param property Of the fault.
    @param key Of the fault.
    @param slashable Contract with the stake.
    @param subject One that stood behind the operator at the offence.
    @return Id of the slash.
    """
    id: bytes32 = self._fault_id(service, operator, property, key)
    word: uint256 = self._faults[id]
    assert word != 0, errors.NO_FAULT
    offence: uint256 = (word >> _OFFENCE_AT) & _MASK_40
    assert block.timestamp <= offence + (word & _MASK_26), errors.TOO_OLD
    place: bytes32 = keccak256(abi_encode(slashable, subject))
    assert self._slashes[id][place] == 0, errors.SLASHED
    listed: bool = False
    for one: IBackings.Backing in staticcall IBackings(BACKINGS).backings(service, operator, offence):
        if one.slashable == slashable and one.subject == subject:
            listed = True
    assert listed, errors.NO_BACKING
    terms: ICommitmentRegistry.Terms = staticcall ICommitmentRegistry(REGISTRY).terms(service)
    fraction: uint256 = 0
    counter: bytes32 = empty(bytes32)
    fraction, counter = self._left(word, place, service, terms.cap, terms.cooldown)
    assert fraction != 0, errors.CAPPED
    answer: Bytes[32] = raw_call(
        ESCROW, self._proposal(id, word, service, fraction, slashable, subject), max_outsize=32
    )
    slash_id: uint256 = convert(answer, uint256)
    self._slashes[id][place] = slash_id
    if terms.cap < WAD:
        self._used[counter] += fraction
    log IFaultBook.FaultSlashed(fault=id, slashable=slashable, subject=subject, slash_id=slash_id)
    return slash_id


@external
@view
def fault(id: bytes32) -> IFaultBook.Fault:
    """
    @notice All about a fault.
    @param id Fault.
    @return Zeros if there is none.
    """
    word: uint256 = self._faults[id]
    offence: uint256 = (word >> _OFFENCE_AT) & _MASK_40
    return IFaultBook.Fault(
        reporter=convert(word >> _REPORTER_AT, address),
        offence_time=offence,
        fraction=((word >> _FRACTION_AT) & _MASK_30) * UNIT,
        until=offence + (word & _MASK_26),
    )


@external
@pure
def fault_id(service: bytes32, operator: address, property: uint256, key: bytes32) -> bytes32:
    """
    @notice What a fault is called.
    @param service Where.
    @param operator Whose.
    @param property Number of the property.
    @param key Fault key, as the program says.
    @return keccak256 of the ABI encoding of these.
    """
    return self._fault_id(service, operator, property, key)


@external
@view
def slash_of(fault: bytes32, slashable: address, subject: uint256) -> uint256:
    """
    @notice The slash that was proposed for a fault on a backing.
    @param fault Fault.
    @param slashable Contract with the stake.
    @param subject Subject there.
    @return Its id, 0 if none was.
    """
    return self._slashes[fault][keccak256(abi_encode(slashable, subject))]


@external
@view
def registry() -> address:
    """
    @notice Whose promises are judged.
    @return CommitmentRegistry.
    """
    return REGISTRY


@external
@view
def escrow() -> address:
    """
    @notice Where slashes are proposed.
    @return SlashEscrow.
    """
    return ESCROW


# -- for judges -------------------------------------------------------------------------------------------------------


@internal
@view
def _charge(service: bytes32, operator: address, property: uint256, time: uint256) -> ICommitmentRegistry.Charge:
    """
    @dev What the operator promised when the breach is said to have happened. Reverts by the registry's reasons for what it
         doesn't know.
    """
    return staticcall ICommitmentRegistry(REGISTRY).charge(service, operator, property, time)


@internal
@view
def _dated(charge: ICommitmentRegistry.Charge, time: uint256) -> (uint256, uint256):
    """
    @dev `time` within the period it belongs to, and not after now; and whether that is IN_REACH, TOO_OLD for the template, or
         the operator has left FOR_GOOD, its cooldown over.
    """
    last: uint256 = block.timestamp
    if charge.end != 0:
        last = charge.end
    offence: uint256 = max(charge.start, min(time, last))
    if charge.end != 0 and block.timestamp > charge.end + charge.cooldown:
        return offence, FOR_GOOD
    return offence, IN_REACH if block.timestamp <= offence + charge.reach else TOO_OLD


@internal
@view
def _offence(charge: ICommitmentRegistry.Charge, time: uint256) -> uint256:
    """
    @dev When the breach counts as done. Reverts if it is out of reach.
    """
    offence: uint256 = 0
    reach: uint256 = 0
    offence, reach = self._dated(charge, time)
    assert reach != FOR_GOOD, errors.OUT_OF_REACH
    assert reach != TOO_OLD, errors.TOO_OLD
    return offence


@internal
def _record(
    service: bytes32,
    operator: address,
    property: uint256,
    key: bytes32,
    charge: ICommitmentRegistry.Charge,
    offence: uint256,
    reporter: address,
) -> bytes32:
    """
    @dev Writes a fault down; its id. Reverts if it is on record for this offence or a later one: one for an earlier offence gives
         way, or who breaks a promise would hide the breach behind one that it dated to when little stood behind it. Not to
         one of this second: that is how evidence dated after now counts, whoever shows it, as often as it is shown.
         `offence` is what `_offence` said; the reporter, not zero, will get the bounty.
    """
    id: bytes32 = self._fault_id(service, operator, property, key)
    before: uint256 = self._faults[id]
    if before != 0:
        assert offence > (before >> _OFFENCE_AT) & _MASK_40 and offence < block.timestamp, errors.PUNISHED
    word: uint256 = (convert(reporter, uint256) << _REPORTER_AT) | (offence << _OFFENCE_AT)
    self._faults[id] = word | ((charge.slash // UNIT) << _FRACTION_AT) | charge.reach
    log IFaultBook.FaultRecorded(
        fault=id,
        service=service,
        operator=operator,
        property=property,
        key=key,
        reporter=reporter,
        offence_time=offence,
        fraction=charge.slash,
    )
    return id


@internal
def _propose_all(id: bytes32, service: bytes32, operator: address, cap: uint256, cooldown: uint256):
    """
    @dev Proposes a slash of each backing of a fault that was just recorded, under a template with this cap and this cooldown. What
         the escrow refuses, or what there is no gas for, is left for `slash`. ServiceBonding's answer is all that
         can make it revert.
    """
    word: uint256 = self._faults[id]
    offence: uint256 = (word >> _OFFENCE_AT) & _MASK_40
    for one: IBackings.Backing in staticcall IBackings(BACKINGS).backings(service, operator, offence):
        place: bytes32 = keccak256(abi_encode(one.slashable, one.subject))
        if self._slashes[id][place] != 0:
            continue
        fraction: uint256 = 0
        counter: bytes32 = empty(bytes32)
        fraction, counter = self._left(word, place, service, cap, cooldown)
        if fraction == 0:
            continue
        success: bool = False
        answer: Bytes[32] = b""
        success, answer = raw_call(
            ESCROW,
            self._proposal(id, word, service, fraction, one.slashable, one.subject),
            max_outsize=32,
            revert_on_failure=False,
        )
        if success:
            slash_id: uint256 = convert(answer, uint256)
            self._slashes[id][place] = slash_id
            if cap < WAD:
                self._used[counter] += fraction
            log IFaultBook.FaultSlashed(fault=id, slashable=one.slashable, subject=one.subject, slash_id=slash_id)


# -- internals --------------------------------------------------------------------------------------------------------


@internal
@pure
def _fault_id(service: bytes32, operator: address, property: uint256, key: bytes32) -> bytes32:
    """
    @dev Name of a fault.
    """
    return keccak256(abi_encode(service, operator, property, key))


@internal
@view
def _left(word: uint256, place: bytes32, service: bytes32, cap: uint256, cooldown: uint256) -> (uint256, bytes32):
    """
    @dev What a fault may take of a backing, 1e-9: its template's slash, or what the cap leaves of the window of its offence. And where
         that is counted; zero for a template without a cap. Of each backing apart: what dust was slashed for shelters
         nothing that came after it.
    """
    fraction: uint256 = (word >> _FRACTION_AT) & _MASK_30
    if cap == WAD:
        return fraction, empty(bytes32)
    window: uint256 = ((word >> _OFFENCE_AT) & _MASK_40) // max(cooldown, SHORTEST_WINDOW)
    counter: bytes32 = keccak256(abi_encode(place, service, window))
    return min(fraction, cap // UNIT - self._used[counter]), counter


@internal
@pure
def _proposal(
    id: bytes32, word: uint256, service: bytes32, fraction: uint256, slashable: address, subject: uint256
) -> Bytes[292]:
    """
    @dev The call of the escrow that proposes a slash for a fault, of a fraction in 1e-9. Nobody is named harmed; proven faults cost no bond.
    """
    return abi_encode(
        slashable,
        subject,
        convert(service, uint256) & _MASK_48,
        fraction * UNIT,
        (word >> _OFFENCE_AT) & _MASK_40,
        convert(word >> _REPORTER_AT, address),
        empty(address),
        id,
        empty(uint256),
        method_id=_PROPOSE,
    )
