# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Who may propose slashes, of what, and on which terms
@license AGPL-3.0-only
@author Surety contributors
@notice Lists of proposers, slashables and vetoers, arbiters of the two fault classes, and policies: how long a review lasts
    and who gets what. A policy never changes, and a slash keeps the one that it was proposed under.
@dev Creates SlashEscrow from a blueprint and alone writes its table of terms: the escrow reads one word where it would
    call, and this checks, logs and unpacks. Places in the lists are never removed: what is under review finds its
    slashable and proposer whatever is delisted meanwhile. Service 0 of an asset is the asset's default, policy 1 the
    default of all.
@custom:security DEFAULT_ADMIN, the Timelock, sets everything here. It can list a proposer that seizes at will: what is
    seized still waits its review, in which vetoers can give it back.
@custom:kill GUARDIAN suspends a proposer at once; what it proposed goes on.
@custom:invariant INV-SLH-4, INV-SLH-9, INV-SLH-16 (specs/slash-escrow.md)
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ...interfaces import ISlashEscrow
from ...interfaces import ISlashingTerms

implements: ISlashingTerms

# -- modules ----------------------------------------------------------------------------------------------------------

from snekmate.auth import access_control
from ..governance import roles
from . import errors
from . import policy_word

initializes: access_control
initializes: roles[access_control := access_control]

exports: roles.__interface__

# -- constants --------------------------------------------------------------------------------------------------------

MIN_REVIEW: constant(uint256) = 7 * policy_word.DAY
MAX_REVIEW: constant(uint256) = 14 * policy_word.DAY
MIN_DISPUTE: constant(uint256) = 2 * policy_word.DAY  # in which the accused can dispute
MAX_WINDOW: constant(uint256) = 7 * policy_word.DAY
HIGHEST_BOUNTY: constant(uint256) = 2_000  # bps
LOWEST_BOND: constant(uint256) = 100  # bps
MAX_LIST: constant(uint256) = 255
MAX_POLICIES: constant(uint256) = 2**16 - 1

# -- immutables -------------------------------------------------------------------------------------------------------

ESCROW: immutable(address)

# -- storage ----------------------------------------------------------------------------------------------------------

policy_count: public(uint256)
proposer_count: public(uint256)
slashable_count: public(uint256)


# -- constructor ------------------------------------------------------------------------------------------------------


@deploy
def __init__(
    escrow_blueprint: address,
    bonds_blueprint: address,
    admin: address,
    guardian: address,
    vetoer: address,
    confirmer: address,
    policy: ISlashingTerms.Policy,
):
    """
    @notice Creates the escrow. Nothing can be proposed until proposers and slashables are listed.
    @param escrow_blueprint ERC-5202 blueprint of SlashEscrow.
    @param bonds_blueprint ERC-5202 blueprint of JudgementBonds, which the escrow creates.
    @param admin DEFAULT_ADMIN, the Timelock.
    @param guardian First GUARDIAN; zero for none.
    @param vetoer First who vetoes judgements and announces vetoes of proven faults; zero for none.
    @param confirmer First who confirms those, another account; zero for none.
    @param policy Policy 1, the default of all.
    """
    access_control.__init__()
    roles.__init__(admin)
    roles._grant(roles.GUARDIAN_ROLE, guardian)
    ESCROW = create_from_blueprint(escrow_blueprint, bonds_blueprint)
    assert vetoer != confirmer or vetoer == empty(address), errors.ONE_VETOER
    if vetoer != empty(address):
        self._set_vetoer(vetoer, policy_word.VETOER)
    if confirmer != empty(address):
        self._set_vetoer(confirmer, policy_word.CONFIRMER)
    self._add_policy(policy)


# -- DEFAULT_ADMIN ----------------------------------------------------------------------------------------------------


@external
def set_proposer(proposer: address, fault_class: uint256, source: address):
    """
    @notice List a proposer, change it, or suspend it. Only DEFAULT_ADMIN.
    @param proposer Contract that may propose. The first 255 find place.
    @param fault_class 1: its proposals are judgements, with a bond; 2: machine-proven; 0: it may not propose.
    @param source IExposure that tells what a service has at risk; zero: all of the stake.
    """
    roles._check(access_control.DEFAULT_ADMIN_ROLE)
    assert proposer != empty(address), errors.NO_ADDRESS
    assert fault_class <= policy_word.PROVEN, errors.BAD_CLASS
    key: bytes32 = policy_word._proposer_key(proposer)
    word: uint256 = staticcall ISlashEscrow(ESCROW).term(key)
    place: uint256 = word >> policy_word.PLACE
    if place == 0:
        place = self.proposer_count + 1
        assert place <= MAX_LIST, errors.TOO_MANY
        self.proposer_count = place
        self._write(policy_word._proposer_list_key(place), convert(proposer, uint256))
    self._write(key, (place << policy_word.PLACE) | (fault_class << policy_word.FAULT_CLASS) | convert(source, uint256))
    log ISlashingTerms.ProposerSet(proposer=proposer, fault_class=fault_class, source=source)


@external
def set_slashable(slashable: address, listed: bool):
    """
    @notice List a contract whose stake can be slashed, or refuse new proposals on it. Only DEFAULT_ADMIN.
    @param slashable ISlashable that obeys the escrow. The first 255 find place.
    @param listed Whether proposals are accepted.
    """
    roles._check(access_control.DEFAULT_ADMIN_ROLE)
    assert slashable != empty(address), errors.NO_ADDRESS
    key: bytes32 = policy_word._slashable_key(slashable)
    word: uint256 = staticcall ISlashEscrow(ESCROW).term(key)
    place: uint256 = word & (policy_word.DELISTED - 1)
    if place == 0:
        place = self.slashable_count + 1
        assert place <= MAX_LIST, errors.TOO_MANY
        self.slashable_count = place
        self._write(policy_word._slashable_list_key(place), convert(slashable, uint256))
    self._write(key, place if listed else place | policy_word.DELISTED)
    log ISlashingTerms.SlashableSet(slashable=slashable, listed=listed)


@external
def set_vetoer(account: address, power: uint256):
    """
    @notice Let an account veto, or no longer. Only DEFAULT_ADMIN.
    @param account Who; for power 2 meant to need a larger quorum than for 1.
    @param power 1: vetoes judgements and announces vetoes of proven faults; 2: confirms those; 3: both; 0: nothing.
    """
    roles._check(access_control.DEFAULT_ADMIN_ROLE)
    assert account != empty(address), errors.NO_ADDRESS
    assert power <= policy_word.VETOER | policy_word.CONFIRMER, errors.BAD_POWER
    self._set_vetoer(account, power)


@external
def set_arbiter(proven: bool, arbiter: address):
    """
    @notice Name who rules in disputes of a fault class that are filed from now on. Only DEFAULT_ADMIN.
    @param proven Whether of machine-proven faults, or of judgements.
    @param arbiter IArbiter; zero: nobody, and nothing of the class can be disputed.
    """
    roles._check(access_control.DEFAULT_ADMIN_ROLE)
    self._write(policy_word._arbiter_key(proven), convert(arbiter, uint256))
    log ISlashingTerms.ArbiterSet(proven=proven, arbiter=arbiter)


@external
def add_policy(policy: ISlashingTerms.Policy) -> uint256:
    """
    @notice Add a policy. It stands for ever. Only DEFAULT_ADMIN.
    @param policy Reviews of 7 to 14 days, in which two days of dispute, the ruling and a day of margin fit.
    @return Its number.
    """
    roles._check(access_control.DEFAULT_ADMIN_ROLE)
    return self._add_policy(policy)


@external
def set_policy(slashable: address, asset_index: uint256, service: uint256, policy: uint256):
    """
    @notice Choose the policy of slashes that are proposed from now on. Only DEFAULT_ADMIN.
    @param slashable Contract with the stake.
    @param asset_index Of its asset, below 2**32 - 1: bounties are capped in units of that. 2**32 - 1: of each asset for which the
        service has none of its own, as of the locks of ServiceBonding, whose numbers stand there.
    @param service Which service, below 2**48; 0: all those of the asset that have none of their own, not for 2**32 - 1.
    @param policy Number of the policy; 0: the default.
    """
    roles._check(access_control.DEFAULT_ADMIN_ROLE)
    assert policy <= self.policy_count, errors.NO_POLICY
    # the key of the default of all
    assert slashable != empty(address), errors.NO_ADDRESS
    assert asset_index != policy_word.ANY_ASSET or service != 0, errors.BAD_CHOICE
    word: uint256 = 0
    if policy != 0:
        word = staticcall ISlashEscrow(ESCROW).term(policy_word._policy_key(policy))
        word |= policy << policy_word.NUMBER
    self._write(self._choice_key(slashable, asset_index, service), word)
    log ISlashingTerms.PolicySet(slashable=slashable, asset_index=asset_index, service=service, policy=policy)


# -- GUARDIAN ---------------------------------------------------------------------------------------------------------


@external
def suspend_proposer(proposer: address):
    """
    @notice Accept no more proposals of a contract until DEFAULT_ADMIN lists it again. Only GUARDIAN.
    @param proposer Which.
    """
    roles._check(roles.GUARDIAN_ROLE)
    key: bytes32 = policy_word._proposer_key(proposer)
    word: uint256 = staticcall ISlashEscrow(ESCROW).term(key)
    assert word != 0, errors.NOT_LISTED
    self._write(key, word & ~(convert(255, uint256) << policy_word.FAULT_CLASS))
    log ISlashingTerms.ProposerSet(proposer=proposer, fault_class=0, source=policy_word._to_address(word))


# -- views ------------------------------------------------------------------------------------------------------------


@view
@external
def escrow() -> address:
    """
    @notice Whose terms these are.
    @return SlashEscrow.
    """
    return ESCROW


@view
@external
def proposer(account: address) -> (uint256, address):
    """
    @notice What a proposer may do.
    @param account Which.
    @return Class: 0 nothing, 1 judge, 2 prove.
    @return IExposure, or zero.
    """
    word: uint256 = staticcall ISlashEscrow(ESCROW).term(policy_word._proposer_key(account))
    return (word >> policy_word.FAULT_CLASS) & 255, policy_word._to_address(word)


@view
@external
def is_slashable(account: address) -> bool:
    """
    @notice Whether proposals on its stake are accepted.
    @param account Which.
    @return True if they are.
    """
    word: uint256 = staticcall ISlashEscrow(ESCROW).term(policy_word._slashable_key(account))
    return word != 0 and word < policy_word.DELISTED


@view
@external
def vetoer(account: address) -> uint256:
    """
    @notice What an account may veto.
    @param account Who.
    @return 1: judgements, and announce for proven faults; 2: confirm those; 3: both; 0: nothing.
    """
    return staticcall ISlashEscrow(ESCROW).term(policy_word._vetoer_key(account))


@view
@external
def arbiter(proven: bool) -> address:
    """
    @notice Who rules in disputes that are filed now.
    @param proven Of which class.
    @return IArbiter, or zero.
    """
    word: uint256 = staticcall ISlashEscrow(ESCROW).term(policy_word._arbiter_key(proven))
    return policy_word._to_address(word)


@view
@external
def policy_of(slashable: address, asset_index: uint256, service: uint256) -> uint256:
    """
    @notice Which policy a slash that is proposed now falls under.
    @param slashable Contract with the stake.
    @param asset_index Of its asset.
    @param service Which service.
    @return Number of the policy.
    """
    word: uint256 = staticcall ISlashEscrow(ESCROW).term(self._choice_key(slashable, asset_index, service))
    if word == 0 and service != 0:
        word = staticcall ISlashEscrow(ESCROW).term(policy_word._choice_key(slashable, policy_word.ANY_ASSET, service))
    if word == 0:
        word = staticcall ISlashEscrow(ESCROW).term(policy_word._choice_key(slashable, asset_index, 0))
    return max(word >> policy_word.NUMBER, 1)


@view
@external
def policy(number: uint256) -> ISlashingTerms.Policy:
    """
    @notice The terms of a policy.
    @param number From 1.
    @return Seconds, bps, asset units and WAD.
    """
    terms: uint256 = staticcall ISlashEscrow(ESCROW).term(policy_word._policy_key(number))
    pay: uint256 = staticcall ISlashEscrow(ESCROW).term(policy_word._pay_key(number))
    insurance: uint256 = staticcall ISlashEscrow(ESCROW).term(policy_word._insurance_key(number))
    return ISlashingTerms.Policy(
        review=policy_word._review(terms),
        ruling=policy_word._ruling(terms),
        bounty_bps=policy_word._bps(terms, policy_word.BOUNTY),
        bounty_cap=pay >> 160,
        compensation_bps=policy_word._bps(terms, policy_word.COMPENSATION),
        insurance_bps=policy_word._bps(terms, policy_word.INSURANCE),
        bond_bps=policy_word._bps(terms, policy_word.BOND),
        listed=policy_word._is_listed(terms),
        window=policy_word._window(terms),
        least=policy_word._least(terms),
        treasury=policy_word._to_address(pay),
        insurance=policy_word._to_address(insurance),
    )


# -- internals --------------------------------------------------------------------------------------------------------


@internal
def _write(key: bytes32, word: uint256):
    """
    @dev One word of the escrow's table.
    """
    extcall ISlashEscrow(ESCROW).set_term(key, word)


@internal
@pure
def _choice_key(slashable: address, asset_index: uint256, service: uint256) -> bytes32:
    """
    @dev Of what a slash can be about.
    """
    assert asset_index < 2**32 and service < 2**48, errors.BAD_CHOICE
    return policy_word._choice_key(slashable, asset_index, service)


@internal
def _set_vetoer(account: address, power: uint256):
    """
    @dev Stores and logs.
    """
    self._write(policy_word._vetoer_key(account), power)
    log ISlashingTerms.VetoerSet(account=account, power=power)


@internal
def _add_policy(policy: ISlashingTerms.Policy) -> uint256:
    """
    @dev Checks, packs and stores.
    """
    assert policy.review >= MIN_REVIEW and policy.review <= MAX_REVIEW, errors.BAD_REVIEW
    assert policy.ruling >= policy_word.DAY, errors.SHORT_REVIEW
    assert policy.ruling <= policy.review - (MIN_DISPUTE + policy_word.MARGIN), errors.SHORT_REVIEW
    assert policy.bounty_bps <= HIGHEST_BOUNTY and policy.bounty_cap < 2**96, errors.BIG_BOUNTY
    assert policy.compensation_bps <= policy_word.BPS - policy.bounty_bps, errors.BAD_SPLIT
    assert policy.insurance_bps <= policy_word.BPS, errors.BAD_SPLIT
    assert policy.bond_bps >= LOWEST_BOND and policy.bond_bps <= policy_word.BPS, errors.BAD_BOND
    assert policy.window == 0 or policy.window >= policy_word.DAY, errors.BAD_WINDOW
    assert policy.window <= MAX_WINDOW, errors.BAD_WINDOW
    assert policy.least <= policy_word.WAD and policy.least % 10**9 == 0, errors.BAD_LEAST
    assert policy.treasury != empty(address) and policy.insurance != empty(address), errors.NO_ADDRESS
    number: uint256 = self.policy_count + 1
    assert number <= MAX_POLICIES, errors.MANY_POLICIES
    self.policy_count = number
    listed: uint256 = 1 if policy.listed else 0
    terms: uint256 = (
        policy.review
        | (policy.ruling << policy_word.RULING)
        | (policy.bounty_bps << policy_word.BOUNTY)
        | (policy.compensation_bps << policy_word.COMPENSATION)
        | (policy.insurance_bps << policy_word.INSURANCE)
        | (policy.bond_bps << policy_word.BOND)
        | (listed << policy_word.LISTED)
        | (policy.window << policy_word.WINDOW)
        | ((policy.least // 10**9) << policy_word.LEAST)
    )
    self._write(policy_word._policy_key(number), terms)
    if number == 1:
        self._write(policy_word._choice_key(empty(address), 0, 0), terms | (1 << policy_word.NUMBER))
    self._write(policy_word._pay_key(number), (policy.bounty_cap << 160) | convert(policy.treasury, uint256))
    self._write(policy_word._insurance_key(number), convert(policy.insurance, uint256))
    log ISlashingTerms.PolicyAdded(number=number, policy=policy)
    return number
