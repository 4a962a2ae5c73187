# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Index of the variable bonds
@license AGPL-3.0-only
@author Surety contributors
@notice An amount of a VARIABLE bond is shares of one index that all maturities have in common. The index grows at the stored rate, as
    long as the interest reserve pays for it; what it grows moves from that reserve into escrow. When a maturity comes, its
    shares leave the index and keep its value of that second for ever.
@dev Time goes on in steps that end at Thursdays, 00:00 UTC, at most MAX_STEPS a call; so each maturity freezes at its own second
    whenever that is computed. A step that the reserve can't pay raises the index by what the reserve pays, and the clock
    goes on: nothing is paid later. Accrual reads the rate and never makes one, so touching often or rarely gives the same.
    The escrow belongs to the caller, who passes it in and stores what comes out. Nothing in accrual can revert: that is what redemption
    rests on.
@custom:security Rounded down: the index, the value of all shares, of each frozen maturity, and each payment. What is left over goes to the
    interest reserve, which is why the sum of the parts can be paid from the escrow to the wei.
@custom:kill Nothing to stop.
@custom:invariant INV-VAR-1 … INV-VAR-5 (specs/variable-bonds.md)
"""

from . import errors
from ...interfaces import IBondTreasury


event IndexAccrued:
    time: uint256  # up to which
    index: uint256
    interest: uint256  # moved into escrow
    unpaid: uint256  # what the rate asked for beyond that


event SeriesFrozen:
    maturity: indexed(uint256)
    index: uint256
    shares: uint256


struct Run:
    index: uint256
    shares: uint256
    reserve: uint256
    escrow: uint256
    interest: uint256  # paid so far
    unpaid: uint256  # asked for by the rate beyond that


WAD: constant(uint256) = 10**18
RAY: constant(uint256) = 10**27
WEEK: constant(uint256) = 604_800
YEAR: constant(uint256) = 31_536_000
GRAIN: constant(uint256) = 10**5  # of a stored rate, WAD: 1e-13
MAX_STEPS: constant(uint256) = 64
MAX_RATE: constant(uint256) = WAD  # a year
MAX_INDEX: constant(uint256) = 2**160 - 1
MAX_BOOK: constant(uint256) = 2**128 - 1
MAX_FUNDS: constant(uint256) = 2**127 - 1  # leaves room for what sales and roundings add
KEPT: constant(uint256) = 90 * 86_400  # time for which interest stays in the reserve

# index (160 bits) | rate in GRAINs (48) | time up to which is accrued (48)
_live: uint256
# interest reserve (128 bits) | live shares (128)
_stock: uint256
# by maturity: index it froze at, zero while it is live (160 bits) | shares (96)
_series: HashMap[uint256, uint256]


@deploy
def __init__(rate: uint256):
    """
    @param rate Stored rate to begin with, WAD a year.
    """
    self._live = (RAY << 96) | block.timestamp
    self._put_rate(rate)


# -- Accrual ----------------------------------------------------------------------------------------------------------


@internal
def _accrue(escrow: uint256) -> uint256:
    """
    @dev Accrue up to now, at most MAX_STEPS weeks; the escrow after that.
    """
    live: uint256 = self._live
    time: uint256 = live & (2**48 - 1)
    if time == block.timestamp:
        return escrow
    run: Run = self._run(live, escrow)
    rate: uint256 = ((live >> 48) & (2**48 - 1)) * GRAIN
    for _: uint256 in range(MAX_STEPS):
        if run.shares == 0:
            time = block.timestamp  # nobody is owed anything: the index stands
            break
        end: uint256 = self._end_of_step(time)
        run = self._grown(run, rate, end - time)
        time = end
        if end % WEEK == 0:
            maturing: uint256 = self._series[end]
            if maturing > 0:
                run = self._less_maturing(run, maturing)
                self._series[end] = (run.index << 96) | maturing
                log SeriesFrozen(maturity=end, index=run.index, shares=maturing)
        if end == block.timestamp:
            break
    self._put(run, rate, time)
    if run.interest > 0 or run.unpaid > 0:
        log IndexAccrued(time=time, index=run.index, interest=run.interest, unpaid=run.unpaid)
    return run.escrow


@internal
@view
def _preview(escrow: uint256, maturity: uint256) -> (IBondTreasury.Variable, uint256):
    """
    @dev What `_accrue` would leave, and the index that the shares of `maturity` have then: frozen or live.
    """
    live: uint256 = self._live
    time: uint256 = live & (2**48 - 1)
    rate: uint256 = ((live >> 48) & (2**48 - 1)) * GRAIN
    run: Run = self._run(live, escrow)
    frozen: uint256 = self._series[maturity] >> 96
    for _: uint256 in range(MAX_STEPS):
        if time == block.timestamp:
            break
        if run.shares == 0:
            time = block.timestamp
            break
        end: uint256 = self._end_of_step(time)
        run = self._grown(run, rate, end - time)
        time = end
        if end % WEEK == 0:
            maturing: uint256 = self._series[end]
            if maturing > 0:
                run = self._less_maturing(run, maturing)
                if end == maturity:
                    frozen = run.index
    if frozen == 0:
        frozen = run.index
    return self._variable(run, rate, time), frozen


# -- What the books do ------------------------------------------------------------------------------------------------


@internal
def _issue(maturity: uint256, shares: uint256, cost: uint256, rate: uint256) -> uint256:
    """
    @dev Add shares that cost at least what they are worth; what of the cost belongs into escrow, the rest is interest reserve.
    """
    index: uint256 = 0
    before: uint256 = 0
    reserve: uint256 = 0
    index, before, reserve = self._current()
    after: uint256 = before + shares
    assert after < 2**96, errors.BIG_AMOUNT
    added: uint256 = after * index // RAY - before * index // RAY
    self._series[maturity] += shares
    self._stock = ((reserve + (cost - added)) << 128) | after
    self._put_rate(rate)
    return added


@internal
def _retire(maturity: uint256, shares: uint256, proceeds: uint256, rate: uint256) -> uint256:
    """
    @dev Take out live shares that are paid with at most what they are worth; what leaves the escrow, the rest of which is interest
        reserve.
    """
    index: uint256 = 0
    before: uint256 = 0
    reserve: uint256 = 0
    index, before, reserve = self._current()
    after: uint256 = before - shares
    released: uint256 = before * index // RAY - after * index // RAY
    self._series[maturity] -= shares
    self._stock = ((reserve + (released - proceeds)) << 128) | after
    self._put_rate(rate)
    return released


@internal
@view
def _is_frozen(maturity: uint256) -> bool:
    """
    @dev Whether the index of a maturity is fixed.
    """
    return self._series[maturity] >> 96 > 0


@internal
def _redeem(maturity: uint256, shares: uint256) -> (uint256, uint256):
    """
    @dev Take out frozen shares: what leaves the escrow, and what of it is paid; the rest, a wei at most, is interest reserve.
    """
    word: uint256 = self._series[maturity]
    index: uint256 = word >> 96
    assert index > 0, errors.ACCRUE_FIRST
    before: uint256 = word & (2**96 - 1)
    released: uint256 = before * index // RAY - (before - shares) * index // RAY
    paid: uint256 = shares * index // RAY
    self._series[maturity] = word - shares
    if released > paid:
        self._stock += (released - paid) << 128
    return released, paid


@internal
def _fund(amount: uint256):
    """
    @dev Add to the interest reserve, which is accrued up to now.
    """
    index: uint256 = 0
    shares: uint256 = 0
    reserve: uint256 = 0
    index, shares, reserve = self._current()
    assert amount <= MAX_FUNDS - min(MAX_FUNDS, reserve), errors.BIG_AMOUNT
    self._stock += amount << 128


@internal
def _draw(amount: uint256):
    """
    @dev Take from the interest reserve, which is accrued up to now; interest of KEPT stays, at the stored rate on what is live.
    """
    index: uint256 = 0
    shares: uint256 = 0
    reserve: uint256 = 0
    index, shares, reserve = self._current()
    value: uint256 = shares * index // RAY
    kept: uint256 = shares * (index * self._growth(self._rate(), KEPT) // RAY + 1) // RAY + 2 - value
    kept += kept >> 20  # the series leaves out less than a ten-millionth of the interest
    assert reserve >= kept and amount <= reserve - kept, errors.INTEREST_TOO_LOW
    self._stock -= amount << 128


@internal
def _put_rate(rate: uint256):
    """
    @dev Store a rate, WAD a year, rounded down to GRAINs.
    """
    assert rate <= MAX_RATE  # dev: VariableMarket's terms are bounded by it
    live: uint256 = self._live
    self._live = (live >> 96 << 96) | (rate // GRAIN << 48) | (live & (2**48 - 1))


# -- Reading ----------------------------------------------------------------------------------------------------------


@internal
@view
def _rate() -> uint256:
    """
    @dev The stored rate, WAD a year.
    """
    return ((self._live >> 48) & (2**48 - 1)) * GRAIN


@internal
@view
def _reserve() -> uint256:
    """
    @dev The interest reserve as it is booked.
    """
    return self._stock >> 128


@internal
@view
def _shares_of(maturity: uint256) -> uint256:
    """
    @dev Shares of a maturity that are not redeemed.
    """
    return self._series[maturity] & (2**96 - 1)


@internal
@view
def _booked() -> IBondTreasury.Variable:
    """
    @dev The state as it is stored.
    """
    live: uint256 = self._live
    return self._variable(self._run(live, 0), self._rate(), live & (2**48 - 1))


@internal
@view
def _current() -> (uint256, uint256, uint256):
    """
    @dev Index, live shares and interest reserve, for which interest must be accrued up to now.
    """
    live: uint256 = self._live
    assert live & (2**48 - 1) == block.timestamp, errors.ACCRUE_FIRST
    stock: uint256 = self._stock
    return live >> 96, stock & (2**128 - 1), stock >> 128


@internal
@view
def _check_current():
    """
    @dev Refuse unless interest is accrued up to now.
    """
    assert self._live & (2**48 - 1) == block.timestamp, errors.ACCRUE_FIRST


# -- Steps ------------------------------------------------------------------------------------------------------------


@internal
@view
def _run(live: uint256, escrow: uint256) -> Run:
    """
    @dev Where accrual begins.
    """
    stock: uint256 = self._stock
    return Run(
        index=live >> 96, shares=stock & (2**128 - 1), reserve=stock >> 128, escrow=escrow, interest=0, unpaid=0
    )


@internal
@view
def _end_of_step(time: uint256) -> uint256:
    """
    @dev The next Thursday after `time`, or now if that is earlier.
    """
    return min(block.timestamp, (time // WEEK + 1) * WEEK)


@internal
@pure
def _grown(run: Run, rate: uint256, span: uint256) -> Run:
    """
    @dev One step of `span` seconds within a week: interest, as far as the reserve pays it. With fewer than 2**96 shares, an index
        below 2**160 and books below 2**128 no product reaches 2**256.
    """
    value: uint256 = run.shares * run.index // RAY
    index: uint256 = min(MAX_INDEX, run.index * self._growth(rate, span) // RAY)
    interest: uint256 = run.shares * index // RAY - value
    funds: uint256 = min(run.reserve, MAX_BOOK - run.escrow)
    if interest > funds:
        unpaid: uint256 = interest
        index = max(run.index, (value + funds) * RAY // run.shares)
        interest = run.shares * index // RAY - value
        run.unpaid += unpaid - interest
    run.index = index
    run.reserve -= interest
    run.escrow += interest
    run.interest += interest
    return run


@internal
@pure
def _less_maturing(run: Run, maturing: uint256) -> Run:
    """
    @dev Take the shares of one maturity out of the index. Both parts are rounded down; the wei between goes to the reserve.
    """
    value: uint256 = run.shares * run.index // RAY
    run.shares -= maturing
    left: uint256 = run.shares * run.index // RAY + maturing * run.index // RAY
    run.escrow -= value - left
    run.reserve += value - left
    return run


@internal
@pure
def _growth(rate: uint256, span: uint256) -> uint256:
    """
    @dev 1 + y + y**2/2 + ... + y**6/720 for y = rate * span, RAY, rounded down: below exp(y) by less than y**7/4410 + 3e-27 for
        y up to 1/4.
    """
    y: uint256 = rate * span * (RAY // WAD) // YEAR
    growth: uint256 = RAY + y // 6
    growth = RAY + y * growth // (5 * RAY)
    growth = RAY + y * growth // (4 * RAY)
    growth = RAY + y * growth // (3 * RAY)
    growth = RAY + y * growth // (2 * RAY)
    return RAY + y * growth // RAY


@internal
def _put(run: Run, rate: uint256, time: uint256):
    """
    @dev Write down where accrual ended.
    """
    self._live = (run.index << 96) | (rate // GRAIN << 48) | time
    self._stock = (run.reserve << 128) | run.shares


@internal
@pure
def _variable(run: Run, rate: uint256, time: uint256) -> IBondTreasury.Variable:
    """
    @dev The state for those outside.
    """
    return IBondTreasury.Variable(
        index=run.index,
        rate=rate,
        shares=run.shares,
        value=run.shares * run.index // RAY,
        reserve=run.reserve,
        time=time,
    )
