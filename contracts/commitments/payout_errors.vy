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

# -- ServicePayout ----------------------------------------------------------------------------------------------------

FALSE_REGISTRY: constant(String[48]) = "service_payout: registry of another bonding"
ZERO_FORMULA: constant(String[48]) = "service_payout: zero formula"
NO_SUCH_SERVICE: constant(String[48]) = "service_payout: no such service"
NOT_CONTROLLER: constant(String[48]) = "service_payout: caller is not the controller"
TERMS_STAND: constant(String[48]) = "service_payout: terms are set already"
ZERO_TOKEN: constant(String[48]) = "service_payout: zero token"
NO_TERMS: constant(String[48]) = "service_payout: no terms yet"
PAST_EPOCH: constant(String[48]) = "service_payout: epoch is over"
FAR_EPOCH: constant(String[48]) = "service_payout: epoch is too far"
NO_EPOCHS: constant(String[48]) = "service_payout: between 1 and 52 epochs"
ZERO_AMOUNT: constant(String[48]) = "service_payout: less than a unit an epoch"
BIG_BUDGET: constant(String[48]) = "service_payout: budget of 2**96 or more"
TOOK_A_FEE: constant(String[48]) = "service_payout: token took a fee"
REFUSED: constant(String[48]) = "service_payout: token refused"
NO_SUCH_LOCK: constant(String[48]) = "service_payout: no such lock"
NOT_OWNER: constant(String[48]) = "service_payout: caller is not the owner"
ZERO_RECEIVER: constant(String[48]) = "service_payout: zero receiver"
NOTHING_DUE: constant(String[48]) = "service_payout: no epoch to claim"
BACKWARDS: constant(String[48]) = "service_payout: epoch is behind"
HIGH_COMMISSION: constant(String[48]) = "service_payout: commission above 20 %"
TOO_EARLY: constant(String[48]) = "service_payout: can be claimed still"
NOTHING_LEFT: constant(String[48]) = "service_payout: nothing is left"

# -- PayMinter --------------------------------------------------------------------------------------------------------

ZERO_CAP: constant(String[48]) = "pay_minter: zero cap"
OTHER_TOKEN: constant(String[48]) = "pay_minter: service pays in another token"
OVER_CAP: constant(String[48]) = "pay_minter: more than the cap of an epoch"
NO_RATE: constant(String[48]) = "pay_minter: service has no rate"
MINTED: constant(String[48]) = "pay_minter: minted in this epoch already"
FALSE_MINT: constant(String[48]) = "pay_minter: token minted a wrong amount"
NO_APPROVAL: constant(String[48]) = "pay_minter: token refused the approval"
