# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Reasons for which the bond contracts refuse
@license AGPL-3.0-only
@author Surety contributors
@dev One constant a reason, at most 48 characters, "contract: reason"; each has a test of the same words.
"""

# -- BondMarket -------------------------------------------------------------------------------------------------------
ZERO_AMOUNT: constant(String[48]) = "bond_market: zero amount"
PAST_DEADLINE: constant(String[48]) = "bond_market: past the deadline"
OFF_GRID: constant(String[48]) = "bond_market: maturity off the weekly grid"
MATURED: constant(String[48]) = "bond_market: bond has matured"
TOO_FAR: constant(String[48]) = "bond_market: maturity beyond the last knot"
ABOVE_MAX_COST: constant(String[48]) = "bond_market: cost above the limit"
BELOW_MIN_FACE: constant(String[48]) = "bond_market: face below the limit"
BELOW_MIN_PROCEEDS: constant(String[48]) = "bond_market: proceeds below the limit"
OVER_CAP: constant(String[48]) = "bond_market: over the cap of the maturity"
ABOVE_DEBT: constant(String[48]) = "bond_market: face above the debt"
BAD_STRIP: constant(String[48]) = "bond_market: strip needs a face a maturity"
STRIP_ORDER: constant(String[48]) = "bond_market: strip out of order"
SAME_MATURITY: constant(String[48]) = "bond_market: same maturity"
BAD_DECIMALS: constant(String[48]) = "bond_market: decimals above 18"
BAD_WINDOW: constant(String[48]) = "bond_market: anchor window out of range"

# -- debt_profile -----------------------------------------------------------------------------------------------------
BAD_TENORS: constant(String[48]) = "debt_profile: tenors must rise from zero"
LONG_TENOR: constant(String[48]) = "debt_profile: last tenor out of range"
BAD_COUNT: constant(String[48]) = "debt_profile: one knot a tenor, two or more"
BAD_NOTICE: constant(String[48]) = "debt_profile: notice out of range"
BAD_SPEED: constant(String[48]) = "debt_profile: speed limit out of range"
BAD_MAX_DEBT: constant(String[48]) = "debt_profile: zero maximum debt"
ZERO_TARGET: constant(String[48]) = "debt_profile: zero target"
LOW_CAP: constant(String[48]) = "debt_profile: cap not above target"
BIG_CAP: constant(String[48]) = "debt_profile: cap out of range"
COARSE: constant(String[48]) = "debt_profile: value finer than its unit"
DISORDER: constant(String[48]) = "debt_profile: discounts out of order"
BIG_DISCOUNT: constant(String[48]) = "debt_profile: discount out of range"
FAR_APART: constant(String[48]) = "debt_profile: discounts too far apart"
NOT_PAR: constant(String[48]) = "debt_profile: not at par at zero tenor"
DECREASING: constant(String[48]) = "debt_profile: discount falls with tenor"
TOO_STEEP: constant(String[48]) = "debt_profile: ageing bond earns too much"
TOO_MUCH_DEBT: constant(String[48]) = "debt_profile: caps above the maximum debt"
HIGH_FEE: constant(String[48]) = "debt_profile: fee too high"
CHANGE_RUNNING: constant(String[48]) = "debt_profile: a change is under way"
NO_CHANGE: constant(String[48]) = "debt_profile: no change to cancel"
LONG_RAMP: constant(String[48]) = "debt_profile: change too far for one ramp"

# -- flow_limits ------------------------------------------------------------------------------------------------------
ZERO_LIMIT: constant(String[48]) = "flow_limits: zero limit"
BIG_LIMIT: constant(String[48]) = "flow_limits: limit out of range"
BAD_SHARE: constant(String[48]) = "flow_limits: share not within 1 to 100"
BUYS_PAUSED: constant(String[48]) = "flow_limits: buys are paused"
SELLS_PAUSED: constant(String[48]) = "flow_limits: sales are paused"
OVER_EPOCH_BUYS: constant(String[48]) = "flow_limits: buys above the epoch's limit"
OVER_EPOCH_SELLS: constant(String[48]) = "flow_limits: sales above the epoch's limit"
OVER_BLOCK_BUYS: constant(String[48]) = "flow_limits: buys above the block's limit"
OVER_BLOCK_SELLS: constant(String[48]) = "flow_limits: sales above the block's limit"
OVER_BUDGET: constant(String[48]) = "flow_limits: discount budget is spent"

# -- BondLens ---------------------------------------------------------------------------------------------------------
TOO_MANY: constant(String[48]) = "bond_lens: more than 256 maturities"

# -- BondTreasury -----------------------------------------------------------------------------------------------------
NOT_MARKET: constant(String[48]) = "bond_treasury: caller is not the market"
ZERO_FUNDS: constant(String[48]) = "bond_treasury: zero amount"
ZERO_RECEIVER: constant(String[48]) = "bond_treasury: zero receiver"
RESERVE_TOO_LOW: constant(String[48]) = "bond_treasury: reserve too low"
NOT_FIXED: constant(String[48]) = "bond_treasury: not a fixed bond"
NOT_MATURED: constant(String[48]) = "bond_treasury: bond has not matured"
TRANSFER_FAILED: constant(String[48]) = "bond_treasury: asset refused the transfer"
TOOK_A_FEE: constant(String[48]) = "bond_treasury: asset moved a wrong amount"
NOTHING_TO_ABSORB: constant(String[48]) = "bond_treasury: nothing to absorb"
OVER_MINT_CAP: constant(String[48]) = "bond_treasury: over the annual mint cap"
BIG_AMOUNT: constant(String[48]) = "bond_treasury: amount out of range"
