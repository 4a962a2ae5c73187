# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Why a collective pool refuses
@license AGPL-3.0-only
@author Surety contributors
@notice One constant a reason; each has a test.
@custom:kill None.
"""

# -- CollectivePool ---------------------------------------------------------------------------------------------------

LITTLE: constant(String[48]) = "collective_pool: amount is worth nothing"
NO_ROOM: constant(String[48]) = "collective_pool: no room for so much"
NOT_SYNCHRONOUS: constant(String[48]) = "collective_pool: redemptions are requested"
NOT_BALLOT: constant(String[48]) = "collective_pool: caller is not the ballot"
LEAVERS_FIRST: constant(String[48]) = "collective_pool: leavers go first"
FUTURE: constant(String[48]) = "collective_pool: second is not over"
REFUSED: constant(String[48]) = "collective_pool: token refused the transfer"
TOOK_A_FEE: constant(String[48]) = "collective_pool: token took a fee"

# -- PoolPortfolio ----------------------------------------------------------------------------------------------------

NOT_POOL: constant(String[48]) = "pool_portfolio: caller is not the pool"
FULL: constant(String[48]) = "pool_portfolio: eight positions"
NO_IDLE: constant(String[48]) = "pool_portfolio: nothing idle"
NO_POSITION: constant(String[48]) = "pool_portfolio: no such position"
ENDS_ALREADY: constant(String[48]) = "pool_portfolio: position ends already"
OTHER_TOKEN: constant(String[48]) = "pool_portfolio: lock brings another token"
NO_PAYOUT: constant(String[48]) = "pool_portfolio: no payouts here"
BAD_ASSET: constant(String[48]) = "pool_portfolio: not a rolling class or vault"
NO_GIFT: constant(String[48]) = "pool_portfolio: nothing to pass on"
TOKEN_REFUSED: constant(String[48]) = "pool_portfolio: token refused the transfer"

# -- PoolBallot -------------------------------------------------------------------------------------------------------

BAD_TERMS: constant(String[48]) = "pool_ballot: quorum or threshold out of range"
BELOW_THRESHOLD: constant(String[48]) = "pool_ballot: too few shares to propose"
ZERO_AMOUNT: constant(String[48]) = "pool_ballot: zero amount"
UNKNOWN: constant(String[48]) = "pool_ballot: no such proposal"
VOTING_OVER: constant(String[48]) = "pool_ballot: voting is over"
VOTED: constant(String[48]) = "pool_ballot: has voted"
NO_WEIGHT: constant(String[48]) = "pool_ballot: no weight"
NOTHING_TO_STRIKE: constant(String[48]) = "pool_ballot: voter still has its shares"
DONE: constant(String[48]) = "pool_ballot: carried out already"
TOO_SOON: constant(String[48]) = "pool_ballot: too soon"
LAPSED: constant(String[48]) = "pool_ballot: lapsed"
REJECTED: constant(String[48]) = "pool_ballot: rejected"
NO_QUORUM: constant(String[48]) = "pool_ballot: no quorum"
OTHER_ENTRY: constant(String[48]) = "pool_ballot: other parameters"

# -- PoolDividends ----------------------------------------------------------------------------------------------------

NOTHING_NEW: constant(String[48]) = "pool_dividends: nothing to distribute"
NO_SHARES: constant(String[48]) = "pool_dividends: nobody has shares"
NOTHING_DUE: constant(String[48]) = "pool_dividends: nothing due"
NOT_HOLDER: constant(String[48]) = "pool_dividends: caller is not the holder"
NOT_YET: constant(String[48]) = "pool_dividends: claims still run"
PAY_REFUSED: constant(String[48]) = "pool_dividends: token refused the transfer"
