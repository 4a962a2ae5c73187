# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Slashes under review, and what becomes of what they seized
@license AGPL-3.0-only
@author Surety contributors
@notice A proposed slash seizes stake at once. Then it is reviewed for 7 to 14 days, in which it can be vetoed, or disputed
    and ruled on. What stands at the end is paid out by anybody's call; what does not goes back to exactly those it was
    taken from. No order, exit, or friendly slash shelters stake: each later slash has a lien on what earlier ones hold.
@dev Bookkeeping only: tokens stay in the slashable until pulled, in kind; nothing is held here. All deadlines are stored with the slash. Seizures of one subject stand in one word, oldest first: for each of
    three services a place of its own and a shared seizure from which its further slashes claim, and two more places for
    machine-proven faults. Who gets what is computed at the pull, from a policy that can't change.
@custom:security Proposers and slashables are listed by governance. A slashable that lies harms its own stake only. Vetoers can
    undo any judgement, and two of them together, after a delay, any proven fault; arbiters decide disputes. Neither can
    take more than was seized, nor send it elsewhere than the policy says.
@custom:kill GUARDIAN suspends proposers. Nothing stops a veto, a dispute, a ruling, the end of a review, a release or a pull.
@custom:invariant INV-SLH-1 … INV-SLH-20 (specs/slash-escrow.md)
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ...interfaces import IArbiter
from ...interfaces import IExposure
from ...interfaces import IJudgementBonds
from ...interfaces import ISlashable
from ...interfaces import ISlashEscrow

implements: ISlashEscrow

# -- modules ----------------------------------------------------------------------------------------------------------

from . import correlated_faults
from . import errors
from . import policy_word
from . import slash_word

initializes: correlated_faults

# -- constants --------------------------------------------------------------------------------------------------------

VETO_DELAY: constant(uint256) = 2 * policy_word.DAY  # from announcement to veto of a machine-proven fault
MAX_OPEN: constant(uint256) = 8
SERVICES: constant(uint256) = 3  # that can have seizures on a subject at a time
EXTRA: constant(uint256) = 2  # more places for machine-proven faults

# parts of what a finalised slash took
BOUNTY: constant(uint256) = 0
COMPENSATION: constant(uint256) = 1
INSURANCE: constant(uint256) = 2
TREASURY: constant(uint256) = 3

_ID: constant(uint256) = 2**32 - 1
_LOW: constant(uint256) = 2**128 - 1

# -- immutables -------------------------------------------------------------------------------------------------------

TERMS: immutable(address)
BONDS: immutable(address)

# -- storage ----------------------------------------------------------------------------------------------------------

term: public(HashMap[bytes32, uint256])  # what SlashingTerms wrote
slash_count: public(uint256)
_words: HashMap[uint256, uint256]  # slash -> word
_facts: HashMap[uint256, uint256]  # slash -> facts
_reporters: HashMap[uint256, address]
_harmed: HashMap[uint256, address]
_amounts: HashMap[uint256, uint256]  # slash -> taken by it, of shared seizures and correlated faults only
_cases: HashMap[uint256, uint256]  # slash -> flags | deadline (40 bits) | arbiter (160 bits)
_announced: HashMap[uint256, uint256]  # slash -> time (40 bits) | vetoer (160 bits)
# slash -> earlier seizure -> what it gets if all of that is given back
_cuts: HashMap[uint256, HashMap[uint256, uint256]]
_lien_bounties: HashMap[uint256, uint256]  # slash -> bounty it got through liens

_books: HashMap[uint256, uint256]  # seizure -> due to liens (128 bits) | taken (128 bits), where it is not plain
_shared: HashMap[uint256, uint256]  # shared seizure -> undecided slashes (32 bits) | fraction seized, 1e-9 (32 bits)
_open: HashMap[address, HashMap[uint256, uint256]]  # slashable -> subject -> 8 seizures of 32 bits, oldest lowest
_owed: HashMap[uint256, HashMap[address, uint256]]  # seizure -> account -> through liens, not pulled


# -- constructor ------------------------------------------------------------------------------------------------------


@deploy
def __init__(bonds_blueprint: address):
    """
    @notice The creator becomes the only writer of terms. Creates the contract for bonds of judgements.
    @param bonds_blueprint ERC-5202 blueprint of JudgementBonds.
    """
    TERMS = msg.sender
    BONDS = create_from_blueprint(bonds_blueprint)


# -- SlashingTerms and JudgementBonds -------------------------------------------------------------------------------------------


@external
def set_term(key: bytes32, word: uint256):
    """
    @notice Write one word of the terms. Only SlashingTerms, which checks and logs them.
    @param key See `policy_word`.
    @param word See `policy_word`.
    """
    assert msg.sender == TERMS, errors.NOT_TERMS
    self.term[key] = word


@external
def compensate(seizure: uint256, amount: uint256):
    """
    @notice Credit those that a seizure was taken from with a forfeited bond, which was just sent. Only JudgementBonds.
    @param seizure Slash that opened it.
    @param amount Asset units.
    """
    assert msg.sender == BONDS, errors.NOT_BONDS
    extcall ISlashable(self._slashable_of(self._facts[seizure])).compensate(seizure, amount)


# -- proposers --------------------------------------------------------------------------------------------------------


@external
def propose(
    slashable: address,
    subject: uint256,
    service: uint256,
    fraction: uint256,
    offence_time: uint256,
    reporter: address,
    harmed: address,
    evidence: bytes32,
    max_bond: uint256,
) -> uint256:
    """
    @notice Propose a slash and seize for it now. Listed proposers only. For a judgement the caller pays a bond in the asset
        itself, a part of what the slash holds up, and has approved JudgementBonds.
    @dev The stake at risk is `fraction` of the service's exposure at the offence: that product, rounded down to 1e-9, and
        nothing further, is the fraction of the pool. If the service has a slash open already, the new one claims from a
        shared seizure of all that the service may still reach. Undecided slashes of a service never hold more than
        its exposure.
    @param slashable Contract with the stake.
    @param subject Asset index << 160 | operator; the index below 2**32.
    @param service Below 2**48; 0 for none.
    @param fraction Of what the service has at risk, WAD.
    @param offence_time When it happened.
    @param reporter Who gets the bounty; zero: the caller.
    @param harmed Who gets the compensation; zero: nobody.
    @param evidence Hash of what proves it.
    @param max_bond Most that the caller pays.
    @return Id of the slash.
    """
    id: uint256 = self.slash_count + 1
    self.slash_count = id
    place: uint256 = 0
    proven: bool = False
    source: address = empty(address)
    place, proven, source = self._check_proposer()
    listed: uint256 = self.term[policy_word._slashable_key(slashable)]
    assert listed != 0 and listed < policy_word.DELISTED, errors.NOT_SLASHABLE
    assert service < 2**48, errors.BIG_SERVICE
    assert subject < 2**192, errors.BIG_SUBJECT
    assert offence_time <= block.timestamp, errors.FUTURE_OFFENCE
    assert fraction <= policy_word.WAD, errors.BIG_FRACTION
    exposure: uint256 = slash_word.ONE
    if source != empty(address):
        exposure = staticcall IExposure(source).exposure(service, slashable, subject, offence_time)
        exposure = min(exposure // slash_word.UNIT, slash_word.ONE)
    units: uint256 = fraction * exposure // policy_word.WAD
    assert units > 0, errors.NOTHING_AT_RISK

    terms: uint256 = self._choice_of(slashable, subject >> 160, service)
    policy: uint256 = terms >> policy_word.NUMBER
    end: uint256 = block.timestamp + policy_word._review(terms)
    facts: uint256 = (listed << slash_word.SLASHABLE) | (place << slash_word.PROPOSER)
    facts |= (policy << slash_word.POLICY) | (service << slash_word.SERVICE)
    word: uint256 = slash_word.OPEN | (subject << slash_word.OPERATOR) | ((subject >> 160) << slash_word.ASSET)
    if proven:
        word |= slash_word.PROVEN
    if reporter != empty(address):
        word |= slash_word.HAS_REPORTER
        self._reporters[id] = reporter
    if harmed != empty(address):
        word |= slash_word.HAS_HARMED
        self._harmed[id] = harmed
    window: uint256 = policy_word._window(terms)
    if window != 0:
        word |= slash_word.CORRELATED
        share: uint256 = policy_word.WAD
        if source != empty(address):
            share = staticcall IExposure(source).share(service, slashable, subject, offence_time)
        closed: uint256 = correlated_faults._note(id, service, window, slashable, subject, offence_time, share)
        end = max(end, closed)

    open: uint256 = self._open[slashable][subject]
    seizure: uint256 = 0
    flags: uint256 = 0
    seizing: uint256 = units
    if open != 0:
        seizure, flags, units, seizing = self._place(open, service, proven, units, exposure)
    word |= flags | (units << slash_word.FRACTION)
    facts |= end << slash_word.END
    if seizure == 0:
        seizure = id
        self._words[id] = word
        if flags & slash_word.SHARED != 0:
            self._shared[id] = (1 << 32) | seizing
        self._open[slashable][subject] = self._appended(open, id)
        release_at: uint256 = staticcall ISlashable(slashable).exit_window()
        release_at = max(end, block.timestamp + release_at)
        if not proven:
            release_at = max(release_at, end + 2 * policy_word.DAY)  # bonds are decided a day before
        hold: uint256 = min((release_at - end + (slash_word.HOUR - 1)) // slash_word.HOUR, 2**16 - 1)
        facts |= hold << slash_word.HOLD
        facts = self._seize(id, slashable, subject, seizing * slash_word.UNIT, offence_time, facts)
    else:
        self._words[id] = word | slash_word.JOINED
        self._shared[seizure] += 1 << 32
        facts |= seizure
    self._facts[id] = facts
    log ISlashEscrow.SlashProposed(
        id=id,
        subject=subject,
        proposer=msg.sender,
        slashable=slashable,
        service=service,
        proven=proven,
        fraction=units * slash_word.UNIT,
        offence_time=offence_time,
        end=end,
        seizure=seizure,
        policy=policy,
        reporter=reporter,
        harmed=harmed,
        evidence=evidence,
    )
    if not proven:
        self._post_bond(
            id, seizure, units, open, policy_word._bps(terms, policy_word.BOND), slashable, subject, max_bond
        )
    return id


# -- review -----------------------------------------------------------------------------------------------------------


@external
def veto(id: uint256, reason: String[128]):
    """
    @notice Undo a slash before the end of its review. A judgement: by a vetoer. A machine-proven fault: by a
        confirmer, two days after a vetoer, another account, announced it. Never by who proposed or reported it.
    @param id Slash.
    @param reason For the record.
    """
    word: uint256 = 0
    facts: uint256 = 0
    word, facts = self._reviewed(id)
    if word & slash_word.PROVEN == 0:
        self._check_vetoer(id, word, facts, policy_word.VETOER)
    else:
        self._check_vetoer(id, word, facts, policy_word.CONFIRMER)
        announced: uint256 = self._announced[id]
        assert announced != 0, errors.NOT_ANNOUNCED
        assert convert(announced & (2**160 - 1), address) != msg.sender, errors.SAME_VETOER
        assert block.timestamp >= (announced >> 160) + VETO_DELAY, errors.EARLY_VETO
    log ISlashEscrow.SlashVetoed(id=id, vetoer=msg.sender, reason=reason)
    self._void(id, word, facts, slash_word.VETOED)


@external
def announce_veto(id: uint256, reason: String[128]):
    """
    @notice First step of the veto of a machine-proven fault. Only a vetoer, never who proposed or reported it.
    @param id Slash.
    @param reason For the record.
    """
    word: uint256 = 0
    facts: uint256 = 0
    word, facts = self._reviewed(id)
    self._check_vetoer(id, word, facts, policy_word.VETOER)
    assert word & slash_word.PROVEN != 0, errors.NOT_PROVEN
    assert self._announced[id] == 0, errors.ANNOUNCED
    self._announced[id] = (block.timestamp << 160) | convert(msg.sender, uint256)
    log ISlashEscrow.VetoAnnounced(id=id, vetoer=msg.sender, reason=reason)


@external
def dispute(id: uint256):
    """
    @notice Ask the arbiter of the fault class for a ruling. Only the operator that the subject names, while the ruling still
        fits into the review. On silence a machine-proven fault is executed and a judgement lapses.
    @param id Slash.
    """
    word: uint256 = 0
    facts: uint256 = 0
    word, facts = self._reviewed(id)
    assert slash_word._status(word) == slash_word.OPEN, errors.NOT_OPEN
    assert policy_word._to_address(word >> slash_word.OPERATOR) == msg.sender, errors.NOT_ACCUSED
    ruling: uint256 = policy_word._ruling(self._terms_of(facts))
    deadline: uint256 = slash_word._end(facts) - policy_word.MARGIN
    assert block.timestamp + ruling <= deadline, errors.LATE_DISPUTE
    self._words[id] = slash_word._with_status(word, slash_word.DISPUTED)
    self._open_case(id, word, deadline)


@external
def rule(id: uint256, guilty: bool):
    """
    @notice Decide a dispute. Only the arbiter that was told of it, until its deadline, once.
    @param id Slash.
    @param guilty Whether the slash stands.
    """
    word: uint256 = self._known(id)
    case: uint256 = self._cases[id]
    assert convert(case & (2**160 - 1), address) == msg.sender, errors.NOT_ARBITER
    assert slash_word._status(word) == slash_word.DISPUTED, errors.RULED
    assert block.timestamp <= (case >> 160) & (2**40 - 1), errors.LATE_RULING
    self._cases[id] = case | (slash_word.RULED_GUILTY if guilty else slash_word.RULED_INNOCENT)
    log ISlashEscrow.CaseRuled(id=id, arbiter=msg.sender, guilty=guilty)
    if guilty:
        self._words[id] = slash_word._with_status(word, slash_word.GUILTY)
    else:
        self._void(id, word, self._facts[id], slash_word.ACQUITTED)


@external
def finalise(id: uint256):
    """
    @notice Conclude a slash at the end of its review: it takes what it seized, with its liens on earlier seizures, unless it
        is a judgement in dispute on which the arbiter stayed silent. Anybody. Pays nothing: that is for `pull`.
    @param id Slash.
    """
    word: uint256 = self._known(id)
    assert slash_word._is_undecided(word), errors.DECIDED
    facts: uint256 = self._facts[id]
    assert block.timestamp >= slash_word._end(facts), errors.REVIEW_RUNS
    if slash_word._status(word) == slash_word.DISPUTED and word & slash_word.PROVEN == 0:
        self._void(id, word, facts, slash_word.LAPSED)
    else:
        self._execute(id, word, facts)


@external
def release(id: uint256) -> uint256:
    """
    @notice Give what is left of a seizure back to those it was taken from: not before its stored time, and not while a slash
        on it, or a later one on the same subject, is undecided. Anybody.
    @param id Slash that opened the seizure.
    @return Asset handed back; what finalised later slashes are due stays for `collect`.
    """
    word: uint256 = self._known(id)
    assert word & slash_word.JOINED == 0, errors.NOT_SEIZURE
    facts: uint256 = self._facts[id]
    seized: uint256 = slash_word._seized(facts)
    left: uint256 = seized - self._taken_of(id, word)
    assert left != 0 and word & slash_word.RELEASED == 0, errors.RELEASED
    assert self._undecided_on(id, word) == 0, errors.UNDECIDED
    assert block.timestamp >= slash_word._release_at(facts), errors.HELD
    slashable: address = self._slashable_of(facts)
    subject: uint256 = slash_word._subject(word)
    open: uint256 = self._open[slashable][subject]
    for k: uint256 in range(MAX_OPEN):
        later: uint256 = (open >> (32 * k)) & _ID
        if later > id:
            assert self._undecided_on(later, self._words[later]) == 0, errors.LIEN
    self._words[id] = word | slash_word.RELEASED
    self._open[slashable][subject] = self._without(open, id)
    restored: uint256 = left - (self._books[id] >> 128) * left // seized
    log ISlashEscrow.StakeReleased(id=id, restored=restored)
    if restored != 0:
        extcall ISlashable(slashable).restore(id, restored)
    return restored


# -- pulls ------------------------------------------------------------------------------------------------------------


@external
def pull(id: uint256, part: uint256, receiver: address) -> uint256:
    """
    @notice Send a part of what a finalised slash took, in kind. Anybody to its account; the account itself to any receiver.
    @param id Slash.
    @param part 0 bounty, 1 compensation, 2 insurance, 3 treasury.
    @param receiver Who gets it.
    @return Asset sent.
    """
    word: uint256 = self._finalised(id)
    facts: uint256 = self._facts[id]
    amounts: uint256[4] = self._parts(id, word, facts)
    assert part <= TREASURY, errors.BAD_PART
    self._check_receiver(self._account(id, word, facts, part), receiver)
    assert word & (slash_word.PULLED << part) == 0 and amounts[part] != 0, errors.NOTHING_TO_PULL
    self._pull(id, word, facts, part, receiver, amounts[part])
    return amounts[part]


@external
def pull_all(id: uint256) -> uint256[4]:
    """
    @notice Send each part of what a finalised slash took, unless it was pulled, to its account, in kind. Anybody. If an account
        can't be paid this reverts: `pull` the others.
    @param id Slash.
    @return Asset sent of each part.
    """
    word: uint256 = self._finalised(id)
    facts: uint256 = self._facts[id]
    amounts: uint256[4] = self._parts(id, word, facts)
    for part: uint256 in range(4):
        if word & (slash_word.PULLED << part) != 0:
            amounts[part] = 0
        if amounts[part] != 0:
            word = self._pull(id, word, facts, part, self._account(id, word, facts, part), amounts[part])
    return amounts


@external
def collect(id: uint256, earlier: uint256) -> uint256:
    """
    @notice Credit a finalised slash with its lien on an earlier seizure that is over: of what that one gave back, the part that
        the slash would have taken. Split by the slash's own policy; its receivers pull with `pull_lien`. Anybody.
    @param id Slash.
    @param earlier Seizure.
    @return Asset credited; 0 if all of the seizure was taken by its own slashes.
    """
    cut: uint256 = self._cuts[id][earlier]
    assert cut != 0, errors.NO_LIEN
    held: uint256 = self._words[earlier]
    origin: uint256 = self._facts[earlier]
    seized: uint256 = slash_word._seized(origin)
    left: uint256 = seized - self._taken_of(earlier, held)
    over: bool = held & slash_word.RELEASED != 0
    if left == 0:
        over = self._undecided_on(earlier, held) == 0
    assert over, errors.NOT_RELEASED
    self._cuts[id][earlier] = 0
    lot: uint256 = cut * left // seized
    word: uint256 = self._words[id]
    facts: uint256 = self._facts[id]
    base: uint256[4] = self._parts(id, word, facts)
    so_far: uint256 = self._lien_bounties[id]
    amounts: uint256[4] = empty(uint256[4])
    amounts[0], amounts[1], amounts[2], amounts[3] = self._split(
        word, facts, lot, slash_word._own_of(origin, lot), base[0] + so_far
    )
    self._lien_bounties[id] = so_far + amounts[0]
    for part: uint256 in range(4):
        if amounts[part] != 0:
            self._owed[earlier][self._account(id, word, facts, part)] += amounts[part]
    log ISlashEscrow.LienCollected(id=id, earlier=earlier, amount=lot, parts=amounts)
    return lot


@external
def pull_lien(seizure: uint256, account: address, receiver: address) -> uint256:
    """
    @notice Send what liens on a seizure brought an account, in kind. Anybody to the account; the account to any receiver.
    @param seizure Slash that opened it.
    @param account Whose.
    @param receiver Who gets it.
    @return Asset sent.
    """
    self._check_receiver(account, receiver)
    amount: uint256 = self._owed[seizure][account]
    assert amount != 0, errors.NOTHING_TO_PULL
    self._owed[seizure][account] = 0
    log ISlashEscrow.LienPaid(seizure=seizure, account=account, receiver=receiver, amount=amount)
    extcall ISlashable(self._slashable_of(self._facts[seizure])).pay(seizure, receiver, amount)
    return amount


# -- views ------------------------------------------------------------------------------------------------------------


@view
@external
def terms() -> address:
    """
    @notice Who alone writes the terms.
    @return SlashingTerms.
    """
    return TERMS


@view
@external
def bonds() -> address:
    """
    @notice Who holds the bonds of judgements.
    @return JudgementBonds.
    """
    return BONDS


@view
@external
def status_of(id: uint256) -> uint256:
    """
    @notice Where a slash stands.
    @param id From 1 to `slash_count`.
    @return 1 open, 2 disputed, 3 ruled guilty, 4 finalised, 5 vetoed, 6 lapsed, 7 acquitted; 0 unknown.
    """
    return slash_word._status(self._words[id])


@view
@external
def subject_of(id: uint256) -> uint256:
    """
    @notice What a slash is about.
    @param id Slash.
    @return Asset index << 160 | operator; 0 for one that does not exist.
    """
    return slash_word._subject(self._words[id])


@view
@external
def raw(id: uint256) -> uint256[10]:
    """
    @notice All that is stored of a slash and of the seizure that it opened, for SlashLens.
    @param id Slash.
    @return Word, reporter, harmed, amount, case, announcement, facts, books, shared, bounty of liens.
    """
    return [
        self._words[id],
        convert(self._reporters[id], uint256),
        convert(self._harmed[id], uint256),
        self._amounts[id],
        self._cases[id],
        self._announced[id],
        self._facts[id],
        self._books[id],
        self._shared[id],
        self._lien_bounties[id],
    ]


@view
@external
def open_seizures(slashable: address, subject: uint256) -> DynArray[uint256, MAX_OPEN]:
    """
    @notice Seizures of a subject that are neither wholly taken nor released, oldest first.
    @param slashable Contract with the stake.
    @param subject Asset index << 160 | operator.
    @return Ids of the slashes that opened them.
    """
    open: uint256 = self._open[slashable][subject]
    ids: DynArray[uint256, MAX_OPEN] = []
    for k: uint256 in range(MAX_OPEN):
        id: uint256 = (open >> (32 * k)) & _ID
        if id == 0:
            break
        ids.append(id)
    return ids


@view
@external
def held(slashable: address, subject: uint256) -> (uint256, uint256):
    """
    @notice What is seized of a subject and neither taken nor released: it counts for minimum bond, eligibility and rewards.
    @param slashable Contract with the stake.
    @param subject Asset index << 160 | operator.
    @return Asset units in total.
    @return Of that the operator's own, rounded down.
    """
    open: uint256 = self._open[slashable][subject]
    total: uint256 = 0
    own: uint256 = 0
    for k: uint256 in range(MAX_OPEN):
        id: uint256 = (open >> (32 * k)) & _ID
        if id == 0:
            break
        facts: uint256 = self._facts[id]
        left: uint256 = slash_word._seized(facts) - self._taken_of(id, self._words[id])
        total += left
        own += slash_word._own_of(facts, left)
    return total, own


@view
@external
def parts(id: uint256) -> uint256[4]:
    """
    @notice How what a finalised slash took is split; pulled or not, without its liens.
    @param id Slash.
    @return Bounty, compensation, insurance, treasury; zeros before it is finalised.
    """
    return self._parts(id, self._known(id), self._facts[id])


@view
@external
def lien(id: uint256, earlier: uint256) -> uint256:
    """
    @notice What a finalised slash gets of an earlier seizure if all of that is given back.
    @param id Slash.
    @param earlier Seizure.
    @return Asset units; 0 once collected.
    """
    return self._cuts[id][earlier]


@view
@external
def owed(seizure: uint256, account: address) -> uint256:
    """
    @notice What liens on a seizure brought an account.
    @param seizure Slash that opened it.
    @param account Whose.
    @return Asset units, not pulled.
    """
    return self._owed[seizure][account]


# -- internals: opening -----------------------------------------------------------------------------------------------


@internal
@view
def _place(
    open: uint256, service: uint256, proven: bool, units: uint256, exposure: uint256
) -> (uint256, uint256, uint256, uint256):
    """
    @dev Where a slash finds room beside others: shared seizure to claim from or 0, flags, its fraction and the one to seize
         (1e-9). Its service's own place; for a proven fault, one of the extra places; or, always, the service's shared
         seizure, which takes at once all of the exposure that its other undecided slashes leave.
    """
    services: DynArray[uint256, MAX_OPEN] = []  # with a place of their own or a shared seizure
    extras: uint256 = 0
    occupied: bool = False
    shared: uint256 = 0
    left: uint256 = 0  # of the shared seizure
    free: uint256 = slash_word.ONE  # what the service's undecided slashes leave of the pool
    for k: uint256 in range(MAX_OPEN):
        id: uint256 = (open >> (32 * k)) & _ID
        if id == 0:
            break
        word: uint256 = self._words[id]
        its: uint256 = slash_word._service(self._facts[id])
        if word & slash_word.EXTRA != 0:
            extras += 1
        elif its not in services:
            services.append(its)
        if its == service:
            if word & slash_word.SHARED != 0:
                shared = id
                left = self._left_of(id)
                free = free * (slash_word.ONE - left) // slash_word.ONE
            else:
                occupied = occupied or word & slash_word.EXTRA == 0
                if slash_word._is_undecided(word):
                    free = free * (slash_word.ONE - slash_word._units(word)) // slash_word.ONE
    room: uint256 = 0
    if exposure + free > slash_word.ONE:
        room = (exposure + free - slash_word.ONE) * slash_word.ONE // free
    room = max(room, 1)  # so that there is something to claim from
    entitled: bool = service in services or len(services) < SERVICES
    own: bool = entitled and not occupied
    plain: bool = own or (proven and extras < EXTRA)
    assert plain or entitled, errors.NO_PLACE
    if plain and (units <= room or not entitled or (shared != 0 and room > left)):
        return 0, 0 if own else slash_word.EXTRA, min(units, room), min(units, room)
    return shared, slash_word.SHARED, units, room


@internal
def _seize(
    id: uint256, slashable: address, subject: uint256, fraction: uint256, at: uint256, facts: uint256
) -> uint256:
    """
    @dev Takes from the pool, and adds how much that was to the facts.
    """
    amount: uint256 = 0
    own: uint256 = 0
    amount, own = extcall ISlashable(slashable).seize(id, subject, fraction, at)
    assert amount < 2**96 and own <= amount, errors.BIG_AMOUNT
    part: uint256 = 0
    if own != 0:
        part = own * slash_word.ONE // amount
    log ISlashEscrow.StakeSeized(
        id=id,
        subject=subject,
        slashable=slashable,
        fraction=fraction,
        amount=amount,
        own=own,
        release_at=slash_word._release_at(facts),
    )
    return facts | amount | (part << slash_word.OWN)


@internal
def _post_bond(
    id: uint256,
    seizure: uint256,
    units: uint256,
    open: uint256,
    bond_bps: uint256,
    slashable: address,
    subject: uint256,
    max_bond: uint256,
):
    """
    @dev Asks for the bond of a judgement: a part, rounded up, of what the slash holds up, be it seized or under its lien.
    """
    holds: uint256 = slash_word._seized(self._facts[seizure])
    if seizure != id:
        holds -= self._books[seizure] & _LOW
    for k: uint256 in range(MAX_OPEN):
        earlier: uint256 = (open >> (32 * k)) & _ID
        if earlier == 0 or earlier >= seizure:
            break
        holds += (slash_word._seized(self._facts[earlier]) - (self._books[earlier] >> 128)) * units // slash_word.ONE
    amount: uint256 = (holds * bond_bps + (policy_word.BPS - 1)) // policy_word.BPS
    assert amount <= max_bond, errors.BIG_BOND
    if amount != 0:
        extcall IJudgementBonds(BONDS).post(id, msg.sender, slashable, subject, amount)


@internal
def _open_case(id: uint256, word: uint256, deadline: uint256):
    """
    @dev Tells the arbiter of the class. If that reverts, nothing was filed.
    """
    arbiter: address = policy_word._to_address(self.term[policy_word._arbiter_key(word & slash_word.PROVEN != 0)])
    assert arbiter != empty(address), errors.NO_ARBITER
    self._cases[id] = (deadline << 160) | convert(arbiter, uint256)
    log ISlashEscrow.CaseOpened(id=id, arbiter=arbiter, deadline=deadline)
    extcall IArbiter(arbiter).open_case(id, deadline)


# -- internals: deciding ----------------------------------------------------------------------------------------------


@internal
def _void(id: uint256, word: uint256, facts: uint256, status: uint256):
    """
    @dev The slash takes nothing.
    """
    self._words[id] = slash_word._with_status(word, status)
    if status != slash_word.VETOED:
        log ISlashEscrow.SlashVoided(id=id, status=status)
    if word & slash_word.CORRELATED != 0:
        terms: uint256 = self._terms_of(facts)
        correlated_faults._clear(
            id,
            slash_word._service(facts),
            policy_word._window(terms),
            self._slashable_of(facts),
            slash_word._subject(word),
        )
    seized: uint256 = slash_word._seized(facts)
    # what a plain seizure took waits for its release
    if seized == 0 or word & slash_word.SHARED != 0:
        self._leave(id, word, facts, seized)


@internal
def _execute(id: uint256, word: uint256, facts: uint256):
    """
    @dev The slash takes its fraction: of its own seizure all, of a shared one its part of what others left; and of each
         earlier seizure the same fraction, should that be given back.
    """
    seizure: uint256 = slash_word._seizure(id, word, facts)
    seized: uint256 = slash_word._seized(facts if seizure == id else self._facts[seizure])
    fraction: uint256 = slash_word._fraction(word)
    amount: uint256 = seized
    self._words[id] = slash_word._with_status(word, slash_word.FINALISED)
    if word & (slash_word.SHARED | slash_word.CORRELATED) != 0:
        books: uint256 = self._books[seizure]
        taken: uint256 = books & _LOW
        if word & slash_word.CORRELATED != 0:
            terms: uint256 = self._terms_of(facts)
            penalty: uint256 = correlated_faults._penalty(
                id, slash_word._service(facts), policy_word._window(terms), policy_word._least(terms)
            )
            fraction = fraction * penalty // policy_word.WAD
            amount = seized * penalty // policy_word.WAD
        if word & slash_word.SHARED != 0:
            # of the pool as it stood at the seizure, less what others have taken
            rest: uint256 = seized * slash_word.ONE // (self._shared[seizure] & _ID) - taken
            amount = min(fraction * rest // policy_word.WAD, seized - taken)
        self._amounts[id] = amount
        self._books[seizure] = books + amount
        seized = seized - taken - amount
    else:
        seized = 0
    log ISlashEscrow.SlashFinalised(id=id, amount=amount)

    open: uint256 = self._open[self._slashable_of(facts)][slash_word._subject(word)]
    for k: uint256 in range(MAX_OPEN):
        earlier: uint256 = (open >> (32 * k)) & _ID
        if earlier == 0 or earlier >= seizure:
            break
        held: uint256 = slash_word._seized(self._facts[earlier])
        due: uint256 = self._books[earlier]
        cut: uint256 = (held - (due >> 128)) * fraction // policy_word.WAD
        if cut != 0:
            self._books[earlier] = due + (cut << 128)
            self._cuts[id][earlier] = cut
            log ISlashEscrow.LienRaised(id=id, earlier=earlier, amount=cut)
    self._leave(id, word, facts, seized)


@internal
def _leave(id: uint256, word: uint256, facts: uint256, left: uint256):
    """
    @dev A slash was decided: if that was the last on its seizure, and nothing is left of that, it leaves the list.
    """
    seizure: uint256 = id
    rest: uint256 = left
    if word & slash_word.SHARED != 0:
        seizure = slash_word._seizure(id, word, facts)
        shared: uint256 = self._shared[seizure] - (1 << 32)
        self._shared[seizure] = shared
        if shared >> 32 != 0:
            return
        rest = (slash_word._seized(self._facts[seizure])) - (self._books[seizure] & _LOW)
    if rest == 0:
        slashable: address = self._slashable_of(facts)
        subject: uint256 = slash_word._subject(word)
        self._open[slashable][subject] = self._without(self._open[slashable][subject], seizure)


# -- internals: checks ------------------------------------------------------------------------------------------------


@internal
@view
def _known(id: uint256) -> uint256:
    """
    @dev The word of a slash that exists.
    """
    word: uint256 = self._words[id]
    assert word != 0, errors.UNKNOWN
    return word


@internal
@view
def _reviewed(id: uint256) -> (uint256, uint256):
    """
    @dev Word and facts of a slash that is undecided and whose review runs.
    """
    word: uint256 = self._known(id)
    assert slash_word._status(word) < slash_word.FINALISED, errors.DECIDED
    facts: uint256 = self._facts[id]
    assert block.timestamp < slash_word._end(facts), errors.REVIEW_OVER
    return word, facts


@internal
@view
def _finalised(id: uint256) -> uint256:
    """
    @dev The word of a slash that took what it takes.
    """
    word: uint256 = self._known(id)
    assert slash_word._status(word) == slash_word.FINALISED, errors.NOT_FINALISED
    return word


@internal
@view
def _check_vetoer(id: uint256, word: uint256, facts: uint256, power: uint256):
    """
    @dev Listed for it; and nobody vetoes what he proposed or reported.
    """
    assert self.term[policy_word._vetoer_key(msg.sender)] & power != 0, errors.NOT_VETOER
    own: bool = self._proposer_of(facts) == msg.sender
    if word & slash_word.HAS_REPORTER != 0:
        own = own or self._reporters[id] == msg.sender
    assert not own, errors.OWN_PROPOSAL


@internal
@view
def _check_receiver(account: address, receiver: address):
    """
    @dev Only the account itself sends elsewhere.
    """
    assert receiver != empty(address), errors.ZERO_RECEIVER
    assert receiver == account or msg.sender == account, errors.NOT_RECEIVER


# -- internals: reading -----------------------------------------------------------------------------------------------


@internal
@view
def _check_proposer() -> (uint256, bool, address):
    """
    @dev Of the caller: place in the list, whether its faults are machine-proven, source of exposure.
    """
    word: uint256 = self.term[policy_word._proposer_key(msg.sender)]
    fault_class: uint256 = (word >> policy_word.FAULT_CLASS) & 255
    assert fault_class != 0, errors.NOT_PROPOSER
    return word >> policy_word.PLACE, fault_class == policy_word.PROVEN, policy_word._to_address(word)


@internal
@view
def _choice_of(slashable: address, asset_index: uint256, service: uint256) -> uint256:
    """
    @dev Terms and number of the service's own policy, for the asset or for any, of the asset's, or of the first.
    """
    word: uint256 = self.term[policy_word._choice_key(slashable, asset_index, service)]
    if word == 0 and service != 0:
        word = self.term[policy_word._choice_key(slashable, policy_word.ANY_ASSET, service)]
        if word == 0:
            word = self.term[policy_word._choice_key(slashable, asset_index, 0)]
    if word == 0:
        word = self.term[policy_word._choice_key(empty(address), 0, 0)]
    return word


@internal
@view
def _terms_of(facts: uint256) -> uint256:
    """
    @dev Of the policy that a slash was proposed under.
    """
    return self.term[policy_word._policy_key(slash_word._policy(facts))]


@internal
@view
def _insurance_of(facts: uint256) -> address:
    """
    @dev Of the same policy.
    """
    return policy_word._to_address(self.term[policy_word._insurance_key(slash_word._policy(facts))])


@internal
@view
def _slashable_of(facts: uint256) -> address:
    """
    @dev Where the stake is.
    """
    return policy_word._to_address(self.term[policy_word._slashable_list_key(slash_word._slashable(facts))])


@internal
@view
def _proposer_of(facts: uint256) -> address:
    """
    @dev Who proposed.
    """
    return policy_word._to_address(self.term[policy_word._proposer_list_key(slash_word._proposer(facts))])


@internal
@view
def _undecided_on(id: uint256, word: uint256) -> uint256:
    """
    @dev How many slashes that claim from a seizure are undecided.
    """
    if word & slash_word.SHARED != 0:
        return self._shared[id] >> 32
    return 1 if slash_word._is_undecided(word) else 0


@internal
@view
def _left_of(id: uint256) -> uint256:
    """
    @dev What a shared seizure has left, as a fraction of the pool as it stood less what was taken (1e-9, rounded down).
    """
    units: uint256 = self._shared[id] & _ID
    seized: uint256 = slash_word._seized(self._facts[id])
    if seized == 0:
        return units
    taken: uint256 = self._books[id] & _LOW
    if taken == seized:
        return 0
    return (seized - taken) * slash_word.ONE // (seized * slash_word.ONE // units - taken)


@internal
@view
def _taken_of(id: uint256, word: uint256) -> uint256:
    """
    @dev What finalised slashes took of a seizure.
    """
    if word & (slash_word.SHARED | slash_word.CORRELATED) != 0:
        return self._books[id] & _LOW
    if slash_word._status(word) == slash_word.FINALISED:
        return slash_word._seized(self._facts[id])
    return 0


@internal
@view
def _amount_of(id: uint256, word: uint256, facts: uint256) -> uint256:
    """
    @dev What a slash took of its seizure.
    """
    if slash_word._status(word) != slash_word.FINALISED:
        return 0
    if word & (slash_word.SHARED | slash_word.CORRELATED) != 0:
        return self._amounts[id]
    return slash_word._seized(facts)


@internal
def _pull(id: uint256, word: uint256, facts: uint256, part: uint256, receiver: address, amount: uint256) -> uint256:
    """
    @dev Sends a part. Returns the word as it is then.
    """
    pulled: uint256 = word | (slash_word.PULLED << part)
    self._words[id] = pulled
    log ISlashEscrow.SlashPaid(id=id, part=part, receiver=receiver, amount=amount)
    extcall ISlashable(self._slashable_of(facts)).pay(slash_word._seizure(id, word, facts), receiver, amount)
    return pulled


@internal
@view
def _parts(id: uint256, word: uint256, facts: uint256) -> uint256[4]:
    """
    @dev How what a slash took of its seizure is split.
    """
    amount: uint256 = self._amount_of(id, word, facts)
    amounts: uint256[4] = empty(uint256[4])
    if amount != 0:
        origin: uint256 = facts
        if word & slash_word.JOINED != 0:
            origin = self._facts[slash_word._seizure(id, word, facts)]
        amounts[0], amounts[1], amounts[2], amounts[3] = self._split(
            word, facts, amount, slash_word._own_of(origin, amount), 0
        )
    return amounts


@internal
@view
def _split(
    word: uint256, facts: uint256, amount: uint256, own: uint256, so_far: uint256
) -> (uint256, uint256, uint256, uint256):
    """
    @dev By the policy of the slash, of whose highest bounty `so_far` is used up.
    """
    cap: uint256 = self.term[policy_word._pay_key(slash_word._policy(facts))] >> 160
    return policy_word._split(
        self._terms_of(facts), cap - min(cap, so_far), amount, own, word & slash_word.HAS_HARMED != 0
    )


@internal
@view
def _account(id: uint256, word: uint256, facts: uint256, part: uint256) -> address:
    """
    @dev Whose a part is.
    """
    if part == BOUNTY:
        return self._reporters[id] if word & slash_word.HAS_REPORTER != 0 else self._proposer_of(facts)
    if part == COMPENSATION:
        return self._harmed[id]
    if part == INSURANCE:
        return self._insurance_of(facts)
    return policy_word._to_address(self.term[policy_word._pay_key(slash_word._policy(facts))])


# -- internals: the list of a subject ---------------------------------------------------------------------------------


@internal
@pure
def _appended(open: uint256, id: uint256) -> uint256:
    """
    @dev With one more, which is the newest. There is room: the places add up to eight.
    """
    place: uint256 = 0
    for k: uint256 in range(MAX_OPEN):
        if open >> place == 0:
            break
        place = unsafe_add(place, 32)
    return open | (id << place)


@internal
@pure
def _without(open: uint256, id: uint256) -> uint256:
    """
    @dev Without one, order kept.
    """
    for k: uint256 in range(MAX_OPEN):
        if (open >> (32 * k)) & _ID == id:
            below: uint256 = (1 << (32 * k)) - 1
            return (open & below) | ((open >> 32) & ~below)
    return open
