# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Bonds of judgements
@license AGPL-3.0-only
@author Surety contributors
@notice A proposer of a judgement puts up a part of what it holds up, in the same asset. It comes back unless the judgement
    is vetoed or the accused acquitted; then it goes to exactly those the stake was taken from. Against a veto the proposer
    can appeal to the arbiter: the veto stands, but a vetoer can't give the bond of an honest judge to the accused.
@dev Created by SlashEscrow, which calls `post`. Proposers approve this contract. The bond moves by anybody's call, apart from
    the slash: a token that refuses can stop no veto and no release. Who was seized from can be paid until the rest of the
    seizure has gone back, a day or more after bonds are decided without an appeal, and once a seizure: later, or of further
    slashes that claim from it, bonds go to the insurance.
@custom:security Holds bonds and nothing else. Assets that take a fee are refused at the door.
@custom:kill None.
@custom:invariant INV-SLH-12, INV-SLH-13 (specs/slash-escrow.md)
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ethereum.ercs import IERC20
from ...interfaces import IArbiter
from ...interfaces import IBondToken
from ...interfaces import IJudgementBonds
from ...interfaces import ISlashable
from ...interfaces import ISlashEscrow

implements: IJudgementBonds

# -- modules ----------------------------------------------------------------------------------------------------------

from . import errors
from . import policy_word
from . import slash_word

# -- constants --------------------------------------------------------------------------------------------------------

APPEAL: constant(uint256) = policy_word.DAY  # after the end, in which a bond can still be appealed for

# in `_appeals`
_GUILTY: constant(uint256) = 1 << 200
_INNOCENT: constant(uint256) = 1 << 201

# -- immutables -------------------------------------------------------------------------------------------------------

_ESCROW: immutable(address)

# -- storage ----------------------------------------------------------------------------------------------------------

_bonds: HashMap[uint256, uint256]  # slash -> token (160 bits) | asset units, not settled (96)
is_compensated: public(HashMap[uint256, bool])  # seizure -> whether a bond went to those it was taken from
_posts: HashMap[uint256, uint256]  # slash -> bond id (96 bits) | proposer (160)
_appeals: HashMap[uint256, uint256]  # slash -> ruling | deadline (40 bits) | arbiter (160 bits)


# -- constructor ------------------------------------------------------------------------------------------------------


@deploy
def __init__():
    """
    @notice The creator becomes the escrow.
    """
    _ESCROW = msg.sender


# -- SlashEscrow ------------------------------------------------------------------------------------------------------


@external
def post(id: uint256, proposer: address, slashable: address, subject: uint256, amount: uint256):
    """
    @notice Take the bond of a judgement. Only the escrow, which names its own caller as `proposer`.
    @param id Slash.
    @param proposer Who pays.
    @param slashable Contract with the stake.
    @param subject Asset index << 160 | operator.
    @param amount Asset units, not 0.
    """
    assert msg.sender == _ESCROW, errors.NOT_ESCROW
    token: address = empty(address)
    bond_id: uint256 = 0
    token, bond_id = staticcall ISlashable(slashable).asset_of(subject)
    assert amount < 2**96 and bond_id < 2**96, errors.BIG_AMOUNT
    # the asset too: what stands there may become another before the bond is settled, as a bond that matures does
    self._bonds[id] = (convert(token, uint256) << 96) | amount
    self._posts[id] = (bond_id << 160) | convert(proposer, uint256)
    log IJudgementBonds.BondPosted(id=id, proposer=proposer, amount=amount)
    before: uint256 = self._balance(token, bond_id)
    success: bool = False
    if bond_id == 0:
        success = extcall IERC20(token).transferFrom(proposer, self, amount, default_return_value=True)
    else:
        success = extcall IBondToken(token).transferFrom(proposer, self, bond_id, amount)
    assert success, errors.BOND_REFUSED
    balance: uint256 = self._balance(token, bond_id)
    assert balance == before + amount, errors.BOND_TOOK_A_FEE


# -- appeals ----------------------------------------------------------------------------------------------------------


@external
def appeal(id: uint256):
    """
    @notice Ask the arbiter for the bond of a judgement that was vetoed. Only its proposer, until a day after the review's
        end. The veto stands; the bond comes back unless the arbiter rules the accused innocent in time.
    @param id Slash.
    """
    raw: uint256[10] = staticcall ISlashEscrow(_ESCROW).raw(id)
    assert self._bonds[id] != 0 and self._proposer(id) == msg.sender, errors.NOT_APPEALABLE
    assert slash_word._status(raw[0]) == slash_word.VETOED, errors.NOT_APPEALABLE
    assert self._appeals[id] == 0, errors.NOT_APPEALABLE
    assert block.timestamp < slash_word._end(raw[6]) + APPEAL, errors.LATE_APPEAL
    terms: uint256 = self._term(policy_word._policy_key(slash_word._policy(raw[6])))
    arbiter: address = policy_word._to_address(self._term(policy_word._arbiter_key(False)))
    assert arbiter != empty(address), errors.NO_APPEAL
    deadline: uint256 = block.timestamp + policy_word._ruling(terms)
    self._appeals[id] = (deadline << 160) | convert(arbiter, uint256)
    log IJudgementBonds.AppealOpened(id=id, arbiter=arbiter, deadline=deadline)
    extcall IArbiter(arbiter).open_case(id, deadline)


@external
def rule(id: uint256, guilty: bool):
    """
    @notice Decide an appeal. Only the arbiter that was told of it, until its deadline, once.
    @param id Slash.
    @param guilty Whether the bond goes back.
    """
    case: uint256 = self._appeals[id]
    assert policy_word._to_address(case) == msg.sender, errors.NOT_JUDGE
    assert case & (_GUILTY | _INNOCENT) == 0, errors.APPEAL_RULED
    assert block.timestamp <= (case >> 160) & (2**40 - 1), errors.LATE_VERDICT
    self._appeals[id] = case | (_GUILTY if guilty else _INNOCENT)
    log IJudgementBonds.AppealRuled(id=id, arbiter=msg.sender, guilty=guilty)


# -- settlement -------------------------------------------------------------------------------------------------------


@external
def settle(id: uint256):
    """
    @notice Send the bond of a decided judgement to its proposer, or, if it is forfeited, to those it seized from. Anybody.
    @param id Slash.
    """
    word: uint256 = self._bonds[id]
    assert word != 0, errors.NO_BOND
    bond: uint256 = word & (2**96 - 1)
    raw: uint256[10] = staticcall ISlashEscrow(_ESCROW).raw(id)
    forfeited: bool = self._is_forfeited(id, raw[0], raw[6], raw[4])
    self._bonds[id] = 0
    opener: uint256 = slash_word._seizure(id, raw[0], raw[6])
    seizure: uint256[10] = staticcall ISlashEscrow(_ESCROW).raw(opener)
    slashable: address = policy_word._to_address(
        self._term(policy_word._slashable_list_key(slash_word._slashable(raw[6])))
    )
    receiver: address = self._proposer(id)
    to_pool: bool = False
    if forfeited:
        to_pool = seizure[0] & slash_word.RELEASED == 0 and slash_word._seized(seizure[6]) != 0
        to_pool = to_pool and not self.is_compensated[opener]
        receiver = slashable
        if not to_pool:
            receiver = policy_word._to_address(self._term(policy_word._insurance_key(slash_word._policy(raw[6]))))
    log IJudgementBonds.BondSettled(id=id, receiver=receiver, amount=bond, forfeited=forfeited)
    token: address = policy_word._to_address(word >> 96)
    bond_id: uint256 = self._posts[id] >> 160
    success: bool = False
    if bond_id == 0:
        success = extcall IERC20(token).transfer(receiver, bond, default_return_value=True)
    else:
        success = extcall IBondToken(token).transfer(receiver, bond_id, bond)
    assert success, errors.BOND_REFUSED
    if to_pool:
        self.is_compensated[opener] = True
        extcall ISlashEscrow(_ESCROW).compensate(opener, bond)


# -- views ------------------------------------------------------------------------------------------------------------


@view
@external
def bond(id: uint256) -> uint256:
    """
    @notice The bond of a slash, while it is here.
    @param id Slash.
    @return Asset units.
    """
    return self._bonds[id] & (2**96 - 1)


@view
@external
def appeal_of(id: uint256) -> (address, uint256, uint256):
    """
    @notice The appeal about the bond of a slash.
    @param id Slash.
    @return Arbiter, or zero if there was none.
    @return Last second of the ruling.
    @return 0 no ruling, 1 guilty, 2 innocent.
    """
    case: uint256 = self._appeals[id]
    return policy_word._to_address(case), (case >> 160) & (2**40 - 1), (case >> 200) & 3


@view
@external
def escrow() -> address:
    """
    @notice Whose judgements these are.
    @return SlashEscrow.
    """
    return _ESCROW


# -- internals --------------------------------------------------------------------------------------------------------


@internal
@view
def _proposer(id: uint256) -> address:
    """
    @dev Who posted the bond.
    """
    return policy_word._to_address(self._posts[id])


@internal
@view
def _is_forfeited(id: uint256, word: uint256, facts: uint256, case: uint256) -> bool:
    """
    @dev Whether the bond goes to those it seized from. A ruling of guilt, before the veto or on appeal, saves it, and so does
         an arbiter's silence. Refuses while that is not decided.
    """
    status: uint256 = slash_word._status(word)
    assert status >= slash_word.FINALISED, errors.BOND_PENDING
    if status == slash_word.ACQUITTED:
        return True
    if status != slash_word.VETOED or case & slash_word.RULED_GUILTY != 0:
        return False
    own: uint256 = self._appeals[id]
    if own == 0:
        assert block.timestamp >= slash_word._end(facts) + APPEAL, errors.BOND_PENDING
        return True
    if own & (_GUILTY | _INNOCENT) == 0:
        assert block.timestamp > (own >> 160) & (2**40 - 1), errors.BOND_PENDING
    return own & _INNOCENT != 0


@internal
@view
def _term(key: bytes32) -> uint256:
    """
    @dev A word of the terms.
    """
    return staticcall ISlashEscrow(_ESCROW).term(key)


@internal
@view
def _balance(token: address, bond_id: uint256) -> uint256:
    """
    @dev Of this contract.
    """
    if bond_id == 0:
        return staticcall IERC20(token).balanceOf(self)
    return staticcall IBondToken(token).balanceOf(self, bond_id)
