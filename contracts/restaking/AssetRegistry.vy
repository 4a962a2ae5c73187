# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Assets that may back operators, and what they are worth
@license AGPL-3.0-only
@author Surety contributors
@notice Lists ERC-20s and bond tokens with caps and price feeds, gives each asset a number, and values amounts in USD. The ids of
    a bond token are a family: anyone adds the next maturity, under the listing's cap for each.
@dev A feed's answer is judged by `feed_reader`, then against the listing's bounds and a band around its last reference, which
    widens with time and which anyone may renew (`sync`). Worth is for rewards and eligibility. Listings are numbered from 1.
@custom:security Tokens and feeds are chosen by DEFAULT_ADMIN. A feed that lies within bounds and band is believed. A feed that fails
    makes `value` revert and `try_value` say so; nothing that moves stake asks. `add_bond` calls the listed BondFeed only.
@custom:kill GUARDIAN closes deposits of a listing. Withdrawals and slashes are elsewhere and ask nothing here.
@custom:invariant INV-AST-1 … INV-AST-8 (specs/asset-registry.md)
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ethereum.ercs import IERC20Detailed
from ...interfaces import IAssetRegistry
from ...interfaces import IBondFeed
from ...interfaces import IBondMetadata
from ...interfaces import IPriceFeed

implements: IAssetRegistry

# -- modules ----------------------------------------------------------------------------------------------------------

from snekmate.auth import access_control
from ..governance import roles
from . import errors
from . import feed_reader

initializes: access_control
initializes: roles[access_control := access_control]

exports: roles.__interface__

# -- types ------------------------------------------------------------------------------------------------------------


struct Feed:
    feed: address  # IPriceFeed of one whole token, of a bond token: of the asset that bonds pay
    heartbeat: uint256  # age from which a price is stale, s
    low: uint256  # least and largest price that is believed, WAD
    high: uint256
    max_move_bps: uint256  # by how much the price may move in a period, either way
    period: uint256  # s


struct Reference:
    price: uint256  # WAD
    time: uint256  # s


struct Listing:
    token: address
    bond_feed: address  # zero of an ERC-20
    max_tenor: uint256  # s until maturity at which a bond can still be added
    decimals: uint256
    status: uint256
    since: uint256  # second from which the status holds
    cap: uint256  # of each asset


# -- constants --------------------------------------------------------------------------------------------------------

LISTED: constant(uint256) = 1
CLOSED: constant(uint256) = 2
DELISTED: constant(uint256) = 3

DELIST_NOTICE: constant(uint256) = 14 * 86_400  # for which a listing is closed first: the longest exit, s
FEED_GAS: constant(uint256) = 500_000  # a MedianFeed over five feeds that burn all they get
DISCOUNT_GAS: constant(uint256) = 200_000

WAD: constant(uint256) = 10**18
BPS: constant(uint256) = 10_000
MIN_DECIMALS: constant(uint256) = 2
MAX_TENOR: constant(uint256) = 255 * 604_800
MIN_PERIOD: constant(uint256) = 60
MAX_PERIOD: constant(uint256) = 7 * 86_400
AMOUNT_LIMIT: constant(uint256) = 2**128  # exclusive, of caps and amounts
ID_LIMIT: constant(uint256) = 2**72  # exclusive, of bonds

# verdicts beside those of feed_reader
_MOVED: constant(uint256) = 7
_UNDISCOUNTED: constant(uint256) = 8

_MASK_8: constant(uint256) = 2**8 - 1
_MASK_16: constant(uint256) = 2**16 - 1
_MASK_32: constant(uint256) = 2**32 - 1
_MASK_40: constant(uint256) = 2**40 - 1
_MASK_128: constant(uint256) = 2**128 - 1
_MASK_160: constant(uint256) = 2**160 - 1

# -- storage ----------------------------------------------------------------------------------------------------------

assets: public(uint256)  # how many; numbered from 1
listings: public(uint256)  # how many; numbered from 1
listing_of: public(HashMap[address, uint256])  # by token; 0: none
token_of: public(HashMap[uint256, address])  # by listing
_numbers: HashMap[address, HashMap[uint256, uint256]]  # by token and id
_assets: HashMap[uint256, uint256]  # token (160 bits) | id (72) | listing (16), from the highest
_terms: HashMap[uint256, uint256]  # cap (128) | … | since (40) | decimals (8) | status (8)
_bonds: HashMap[uint256, uint256]  # max_tenor (32) | bond feed (160)
_feeds: HashMap[uint256, uint256]  # feed (160) | heartbeat (32) | period (32) | max_move_bps (16) | decimals (8)
_bounds: HashMap[uint256, uint256]  # high (128) | low (128)
_references: HashMap[uint256, uint256]  # price (128) | time (40)


# -- constructor ------------------------------------------------------------------------------------------------------


@deploy
def __init__(admin: address, guardian: address):
    """
    @notice Without any asset.
    @param admin DEFAULT_ADMIN, the Timelock.
    @param guardian First GUARDIAN; zero for none.
    """
    access_control.__init__()
    roles.__init__(admin)
    roles._grant(roles.GUARDIAN_ROLE, guardian)


# -- anyone -----------------------------------------------------------------------------------------------------------


@external
def add_bond(token: address, id: uint256) -> uint256:
    """
    @notice Make an id of a listed bond token an asset.
    @param token BondToken whose listing is open.
    @param id FIXED bond that matures later than now and within the listing's longest tenor.
    @return Number of the asset.
    """
    listing: uint256 = self.listing_of[token]
    assert listing != 0, errors.NO_LISTING
    word: uint256 = self._bonds[listing]
    assert word != 0, errors.NOT_BONDS
    assert self._status(self._terms[listing]) == LISTED, errors.DEPOSITS_CLOSED
    assert id > 0 and id < ID_LIMIT, errors.BIG_ID
    assert self._numbers[token][id] == 0, errors.KNOWN_BOND
    maturity: uint256 = staticcall IBondFeed(convert(word & _MASK_160, address)).maturity(id)
    assert maturity > block.timestamp, errors.MATURED_BOND
    assert maturity - block.timestamp <= word >> 160, errors.FAR_BOND
    return self._add(token, id, listing)


@external
def sync(listing: uint256) -> uint256:
    """
    @notice Make the price of now the reference from which the next ones may move. At most once a period.
    @param listing Which.
    @return The price of one whole token (of a bond token: of what it pays), WAD.
    """
    self._check_listing(listing)
    word: uint256 = self._feeds[listing]
    reference: Reference = self._reference(listing)
    assert block.timestamp - reference.time >= self._period(word), errors.SYNC_TOO_SOON
    verdict: uint256 = 0
    price: uint256 = 0
    verdict, price = self._par(listing)
    self._demand(verdict)
    self._set_reference(listing, price)
    return price


# -- roles ------------------------------------------------------------------------------------------------------------


@external
def list_token(token: address, cap: uint256, feed: Feed) -> uint256:
    """
    @notice List an ERC-20. Only DEFAULT_ADMIN. Its feed must give a price now.
    @param token ERC-20 with 2 to 18 decimals that moves what it says and changes no balance by itself.
    @param cap Most that deposits may bring it to, over all operators, in its decimals.
    @param feed Its price feed.
    @return Number of the asset.
    """
    roles._check(access_control.DEFAULT_ADMIN_ROLE)
    decimals: uint256 = convert(staticcall IERC20Detailed(token).decimals(), uint256)
    listing: uint256 = self._list(token, decimals, cap, 0, feed)
    return self._add(token, 0, listing)


@external
def list_bonds(bond_feed: address, cap: uint256, max_tenor: uint256, feed: Feed) -> uint256:
    """
    @notice List a bond token; `add_bond` then makes its ids assets. Only DEFAULT_ADMIN. Its feed must give a price now.
    @param bond_feed What its ids are worth as parts of their face; says whose ids.
    @param cap Most that deposits may bring each id to, over all operators, face.
    @param max_tenor Seconds until maturity within which ids can be added, at most 255 weeks.
    @param feed Price feed of the asset that the bonds pay.
    @return Number of the listing.
    """
    roles._check(access_control.DEFAULT_ADMIN_ROLE)
    assert max_tenor > 0 and max_tenor <= MAX_TENOR, errors.BAD_TENOR
    token: address = staticcall IBondFeed(bond_feed).token()
    decimals: uint256 = convert(staticcall IBondMetadata(token).decimals(0), uint256)  # the same for all ids
    return self._list(token, decimals, cap, (max_tenor << 160) | convert(bond_feed, uint256), feed)


@external
def set_feed(listing: uint256, feed: Feed):
    """
    @notice Price a listing by another feed or within other bounds. Only DEFAULT_ADMIN. The feed must give a price now, which
        becomes the reference.
    @param listing Which.
    @param feed The feed and how far it is believed.
    """
    roles._check(access_control.DEFAULT_ADMIN_ROLE)
    self._check_listing(listing)
    self._set_feed(listing, feed)


@external
def set_cap(listing: uint256, cap: uint256):
    """
    @notice Set the cap of each asset of a listing. Only DEFAULT_ADMIN. What is above it stays; deposits wait.
    @param listing Which.
    @param cap Most that deposits may bring an asset to, in its decimals; 0 for none.
    """
    roles._check(access_control.DEFAULT_ADMIN_ROLE)
    self._check_listing(listing)
    assert cap < AMOUNT_LIMIT, errors.BIG_CAP
    self._terms[listing] = (self._terms[listing] & _MASK_128) | (cap << 128)
    log IAssetRegistry.CapSet(listing=listing, cap=cap)


@external
def close(listing: uint256):
    """
    @notice Close deposits of a listing. Only GUARDIAN or DEFAULT_ADMIN. What is there counts on.
    @param listing Which; LISTED.
    """
    if not access_control.hasRole[roles.GUARDIAN_ROLE][msg.sender]:
        roles._check(access_control.DEFAULT_ADMIN_ROLE)
    self._check_listing(listing)
    assert self._status(self._terms[listing]) == LISTED, errors.NOT_LISTED
    self._set_status(listing, CLOSED)


@external
def open(listing: uint256):
    """
    @notice Open deposits of a listing again. Only DEFAULT_ADMIN.
    @param listing Which; CLOSED or DELISTED.
    """
    roles._check(access_control.DEFAULT_ADMIN_ROLE)
    self._check_listing(listing)
    assert self._status(self._terms[listing]) != LISTED, errors.IS_OPEN
    self._set_status(listing, LISTED)


@external
def delist(listing: uint256):
    """
    @notice From now on a listing is worth nothing. Only DEFAULT_ADMIN, and only 14 days after it was closed.
    @param listing Which; CLOSED.
    """
    roles._check(access_control.DEFAULT_ADMIN_ROLE)
    self._check_listing(listing)
    word: uint256 = self._terms[listing]
    assert self._status(word) == CLOSED, errors.NOT_CLOSED
    assert block.timestamp - self._since(word) >= DELIST_NOTICE, errors.CLOSED_TOO_SHORT
    self._set_status(listing, DELISTED)


# -- worth ------------------------------------------------------------------------------------------------------------


@view
@external
def price(number: uint256) -> uint256:
    """
    @notice What one whole unit of an asset (10**decimals) is worth. Reverts with the reason if there is no price.
    @param number Of the asset.
    @return USD, WAD, rounded down.
    """
    word: uint256 = self._asset_word(number)
    assert self._status(self._terms[word & _MASK_16]) != DELISTED, errors.IS_DELISTED
    verdict: uint256 = 0
    price: uint256 = 0
    verdict, price = self._price(word)
    self._demand(verdict)
    return price


@view
@external
def value(number: uint256, amount: uint256) -> uint256:
    """
    @notice What an amount of an asset is worth; nothing if it is delisted. Reverts with the reason if there is no price.
    @param number Of the asset.
    @param amount In its decimals, below 2**128.
    @return USD, WAD, rounded down.
    """
    verdict: uint256 = 0
    worth: uint256 = 0
    verdict, worth = self._value(number, amount)
    self._demand(verdict)
    return worth


@view
@external
def try_value(number: uint256, amount: uint256) -> (bool, uint256):
    """
    @notice The same for those who can do without: tells whether there is a price. Reverts for an unknown asset, for an amount out
        of range, and for too little gas, but never for what a feed does.
    @param number Of the asset.
    @param amount In its decimals, below 2**128.
    @return Whether the value is one, and USD in WAD, rounded down.
    """
    verdict: uint256 = 0
    worth: uint256 = 0
    verdict, worth = self._value(number, amount)
    return verdict == feed_reader.GOOD, worth


# -- views ------------------------------------------------------------------------------------------------------------


@view
@external
def deposit_terms(number: uint256) -> (address, uint256, uint256):
    """
    @notice What a deposit must know. Reverts unless deposits are open.
    @param number Of the asset.
    @return Token, id (0: ERC-20), and the most that deposits may bring the asset to, in its decimals.
    """
    word: uint256 = self._asset_word(number)
    terms: uint256 = self._terms[word & _MASK_16]
    assert self._status(terms) == LISTED, errors.DEPOSITS_CLOSED
    return convert(word >> 88, address), (word >> 16) & (ID_LIMIT - 1), terms >> 128


@view
@external
def asset(number: uint256) -> IAssetRegistry.Asset:
    """
    @notice All about an asset.
    @param number Of the asset.
    @return Token, id, decimals, listing, status and cap.
    """
    word: uint256 = self._asset_word(number)
    listing: uint256 = word & _MASK_16
    terms: uint256 = self._terms[listing]
    return IAssetRegistry.Asset(
        token=convert(word >> 88, address),
        id=(word >> 16) & (ID_LIMIT - 1),
        decimals=self._decimals(terms),
        listing=listing,
        status=self._status(terms),
        cap=terms >> 128,
    )


@view
@external
def asset_of(token: address, id: uint256) -> uint256:
    """
    @notice Number of an asset.
    @param token ERC-20 or BondToken.
    @param id 0, or the bond's.
    @return From 1 on; 0 if it is none.
    """
    return self._numbers[token][id]


@view
@external
def listing(number: uint256) -> Listing:
    """
    @notice All about a listing but its feed.
    @param number Of the listing.
    @return What `Listing` says.
    """
    self._check_listing(number)
    terms: uint256 = self._terms[number]
    bond: uint256 = self._bonds[number]
    return Listing(
        token=self.token_of[number],
        bond_feed=convert(bond & _MASK_160, address),
        max_tenor=bond >> 160,
        decimals=self._decimals(terms),
        status=self._status(terms),
        since=self._since(terms),
        cap=terms >> 128,
    )


@view
@external
def feed(number: uint256) -> (Feed, Reference):
    """
    @notice How a listing is priced.
    @param number Of the listing.
    @return Its feed, and the last reference.
    """
    self._check_listing(number)
    word: uint256 = self._feeds[number]
    bounds: uint256 = self._bounds[number]
    return Feed(
        feed=convert(word >> 88, address),
        heartbeat=self._heartbeat(word),
        low=bounds & _MASK_128,
        high=bounds >> 128,
        max_move_bps=self._max_move(word),
        period=self._period(word),
    ), self._reference(number)


# -- listing ----------------------------------------------------------------------------------------------------------


@internal
def _list(token: address, decimals: uint256, cap: uint256, bond: uint256, feed: Feed) -> uint256:
    """
    @dev A new listing, open, with its feed; `bond` is its word in `_bonds`. Governance alone: never near 2**16 of them.
    """
    assert self.listing_of[token] == 0, errors.ALREADY_LISTED
    assert decimals >= MIN_DECIMALS and decimals <= feed_reader.MAX_DECIMALS, errors.BAD_DECIMALS
    assert cap < AMOUNT_LIMIT, errors.BIG_CAP
    listing: uint256 = self.listings + 1
    assert listing <= _MASK_16  # dev: the number would run into the id
    self.listings = listing
    self.listing_of[token] = listing
    self.token_of[listing] = token
    self._bonds[listing] = bond
    self._terms[listing] = (cap << 128) | (decimals << 8)
    log IAssetRegistry.TokenListed(listing=listing, token=token, is_bond=bond != 0, decimals=decimals, cap=cap)
    self._set_status(listing, LISTED)
    self._set_feed(listing, feed)
    return listing


@internal
def _add(token: address, id: uint256, listing: uint256) -> uint256:
    """
    @dev The next number, for a token and an id that have none.
    """
    number: uint256 = self.assets + 1
    self.assets = number
    self._numbers[token][id] = number
    self._assets[number] = (convert(token, uint256) << 88) | (id << 16) | listing
    log IAssetRegistry.AssetAdded(asset=number, listing=listing, token=token, id=id)
    return number


@internal
def _set_status(listing: uint256, status: uint256):
    """
    @dev The status, from now on.
    """
    word: uint256 = self._terms[listing]
    kept: uint256 = (word & ~_MASK_128) | (word & (_MASK_8 << 8))
    self._terms[listing] = kept | (block.timestamp << 16) | status
    log IAssetRegistry.StatusSet(listing=listing, status=status, since=block.timestamp)


@internal
def _set_feed(listing: uint256, feed: Feed):
    """
    @dev A feed that gives a price now, within its bounds.
    """
    assert feed.heartbeat >= MIN_PERIOD and feed.heartbeat <= MAX_PERIOD, errors.BAD_HEARTBEAT
    assert feed.low > 0 and feed.low < feed.high and feed.high < feed_reader.MAX_PRICE, errors.BAD_BOUNDS
    assert feed.max_move_bps > 0 and feed.max_move_bps <= BPS, errors.BAD_MOVE
    assert feed.period >= MIN_PERIOD and feed.period <= MAX_PERIOD, errors.BAD_PERIOD
    decimals: uint256 = convert(staticcall IPriceFeed(feed.feed).decimals(), uint256)
    assert decimals <= feed_reader.MAX_DECIMALS, errors.BAD_FEED_DECIMALS
    self._feeds[listing] = (
        (convert(feed.feed, uint256) << 88)
        | (feed.heartbeat << 56)
        | (feed.period << 24)
        | (feed.max_move_bps << 8)
        | decimals
    )
    self._bounds[listing] = (feed.high << 128) | feed.low
    log IAssetRegistry.FeedSet(
        listing=listing,
        feed=feed.feed,
        heartbeat=feed.heartbeat,
        low=feed.low,
        high=feed.high,
        max_move_bps=feed.max_move_bps,
        period=feed.period,
    )
    verdict: uint256 = 0
    price: uint256 = 0
    verdict, price = self._within_bounds(listing)
    self._demand(verdict)
    self._set_reference(listing, price)


@internal
def _set_reference(listing: uint256, price: uint256):
    """
    @dev From now on prices are held against this one.
    """
    self._references[listing] = (price << 40) | block.timestamp
    log IAssetRegistry.ReferenceSet(listing=listing, price=price)


# -- pricing ----------------------------------------------------------------------------------------------------------


@internal
@view
def _value(number: uint256, amount: uint256) -> (uint256, uint256):
    """
    @dev Verdict, and USD (WAD) of an amount. Delisted assets are worth nothing, which is a rule and no price.
    """
    assert amount < AMOUNT_LIMIT, errors.BIG_AMOUNT
    word: uint256 = self._asset_word(number)
    terms: uint256 = self._terms[word & _MASK_16]
    if self._status(terms) == DELISTED:
        return feed_reader.GOOD, 0
    verdict: uint256 = 0
    price: uint256 = 0
    verdict, price = self._price(word)
    return verdict, amount * price // 10**self._decimals(terms)


@internal
@view
def _price(word: uint256) -> (uint256, uint256):
    """
    @dev Verdict, and price (WAD, 0 unless GOOD) of an asset by its word.
    """
    listing: uint256 = word & _MASK_16
    verdict: uint256 = 0
    par: uint256 = 0
    verdict, par = self._par(listing)
    if verdict != feed_reader.GOOD:
        return verdict, 0
    id: uint256 = (word >> 16) & (ID_LIMIT - 1)
    if id == 0:
        return feed_reader.GOOD, par
    discount: uint256 = self._discount(convert(self._bonds[listing] & _MASK_160, address), id)
    price: uint256 = par * discount // WAD
    if price == 0:
        return _UNDISCOUNTED, 0
    return feed_reader.GOOD, price


@internal
@view
def _par(listing: uint256) -> (uint256, uint256):
    """
    @dev Verdict, and price (WAD, 0 unless GOOD) of a whole token, of a bond token: of what bonds pay.
    """
    verdict: uint256 = 0
    price: uint256 = 0
    verdict, price = self._within_bounds(listing)
    if verdict != feed_reader.GOOD:
        return verdict, 0
    word: uint256 = self._feeds[listing]
    reference: Reference = self._reference(listing)
    periods: uint256 = max((block.timestamp - reference.time) // self._period(word), 1)
    band: uint256 = BPS + self._max_move(word) * periods
    if price * BPS > reference.price * band or reference.price * BPS > price * band:
        return _MOVED, 0
    return feed_reader.GOOD, price


@internal
@view
def _within_bounds(listing: uint256) -> (uint256, uint256):
    """
    @dev Verdict, and price (WAD, 0 unless GOOD) of what the feed says, the band apart.
    """
    word: uint256 = self._feeds[listing]
    verdict: uint256 = 0
    price: uint256 = 0
    updated: uint256 = 0
    verdict, price, updated = feed_reader._read(
        convert(word >> 88, address), word & _MASK_8, self._heartbeat(word), FEED_GAS
    )
    if verdict != feed_reader.GOOD:
        return verdict, 0
    bounds: uint256 = self._bounds[listing]
    if price < bounds & _MASK_128 or price > bounds >> 128:
        return feed_reader.UNBOUNDED, 0
    return feed_reader.GOOD, price


@internal
@view
def _discount(bond_feed: address, id: uint256) -> uint256:
    """
    @dev Worth of a unit of face, WAD, at most 1; 0 if the feed doesn't say.
    """
    feed_reader._check_gas(DISCOUNT_GAS)
    success: bool = False
    answer: Bytes[64] = b""
    success, answer = raw_call(
        bond_feed,
        abi_encode(id, method_id=method_id("discount(uint256)")),
        max_outsize=64,
        gas=DISCOUNT_GAS,
        is_static_call=True,
        revert_on_failure=False,
    )
    if not success or len(answer) != 32:
        return 0
    discount: uint256 = extract32(answer, 0, output_type=uint256)
    return discount if discount <= WAD else 0


@internal
@pure
def _demand(verdict: uint256):
    """
    @dev Reverts with the verdict's reason unless it is GOOD.
    """
    if verdict == feed_reader.GOOD:
        return
    assert verdict != feed_reader.SILENT, errors.NO_ANSWER
    assert verdict != feed_reader.ZERO, errors.ZERO_PRICE
    assert verdict != feed_reader.NEGATIVE, errors.NEGATIVE_PRICE
    assert verdict != feed_reader.FUTURE, errors.FUTURE_PRICE
    assert verdict != feed_reader.STALE, errors.STALE_PRICE
    assert verdict != feed_reader.UNBOUNDED, errors.PRICE_OUT_OF_BOUNDS
    assert verdict != _MOVED, errors.PRICE_MOVED
    raise errors.NO_DISCOUNT


# -- words ------------------------------------------------------------------------------------------------------------


@internal
@view
def _check_listing(listing: uint256):
    """
    @dev Only numbers that were given.
    """
    assert listing > 0 and listing <= self.listings, errors.NO_LISTING


@internal
@view
def _asset_word(number: uint256) -> uint256:
    """
    @dev Token, id and listing of an asset that there is.
    """
    word: uint256 = self._assets[number]
    assert word != 0, errors.NO_ASSET
    return word


@internal
@view
def _reference(listing: uint256) -> Reference:
    """
    @dev The last one.
    """
    word: uint256 = self._references[listing]
    return Reference(price=word >> 40, time=word & _MASK_40)


@internal
@pure
def _status(terms: uint256) -> uint256:
    """
    @dev Of a word of `_terms`.
    """
    return terms & _MASK_8


@internal
@pure
def _decimals(terms: uint256) -> uint256:
    """
    @dev Of a word of `_terms`.
    """
    return (terms >> 8) & _MASK_8


@internal
@pure
def _since(terms: uint256) -> uint256:
    """
    @dev Second from which the status holds, of a word of `_terms`.
    """
    return (terms >> 16) & _MASK_40


@internal
@pure
def _heartbeat(feed: uint256) -> uint256:
    """
    @dev Of a word of `_feeds`, s.
    """
    return (feed >> 56) & _MASK_32


@internal
@pure
def _period(feed: uint256) -> uint256:
    """
    @dev Of a word of `_feeds`, s.
    """
    return (feed >> 24) & _MASK_32


@internal
@pure
def _max_move(feed: uint256) -> uint256:
    """
    @dev Of a word of `_feeds`, bps.
    """
    return (feed >> 8) & _MASK_16
