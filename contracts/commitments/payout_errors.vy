# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Why a payout is refused
@license AGPL-3.0-only
@author Surety contributors
@notice One constant a reason; each has a test.
@custom:kill None.
"""

# -- LinearPayout -----------------------------------------------------------------------------------------------------

ZERO_HALF: constant(String[48]) = "linear_payout: zero half value"
BIG_VALUE: constant(String[48]) = "linear_payout: value of 2**96 or more"
SELF_COMPLEMENT: constant(String[48]) = "linear_payout: complement of itself"
BIG_BONUS: constant(String[48]) = "linear_payout: bonus above one"
TWICE_COMPLEMENT: constant(String[48]) = "linear_payout: complement named twice"
