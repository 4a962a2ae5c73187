# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Reasons for which registry, prover and fault book refuse
@license AGPL-3.0-only
@author Surety contributors
@dev One constant a reason, at most 48 characters, "contract: reason"; each has a test of the same words.
"""

# -- commitment_registry ----------------------------------------------------------------------------------------------
ZERO_BONDING: constant(String[48]) = "commitment_registry: zero bonding"
NO_TEXT: constant(String[48]) = "commitment_registry: no text"
NOTHING_PROMISED: constant(String[48]) = "commitment_registry: nothing is promised"
BAD_SLASH: constant(String[48]) = "commitment_registry: slash out of bounds"
BAD_CAP: constant(String[48]) = "commitment_registry: cap out of bounds"
BAD_WEIGHT: constant(String[48]) = "commitment_registry: weight out of bounds"
BAD_REVIEW: constant(String[48]) = "commitment_registry: review not 7 to 14 days"
BAD_POWERS: constant(String[48]) = "commitment_registry: unknown powers"
LONG_COOLDOWN: constant(String[48]) = "commitment_registry: cooldown above 30 days"
SHORT_COOLDOWN: constant(String[48]) = "commitment_registry: cooldown outrun by proofs"
LONG_REACH: constant(String[48]) = "commitment_registry: reach outlasts the exits"
SHORT_REACH: constant(String[48]) = "commitment_registry: reach outrun by proofs"
BAD_PROPERTY: constant(String[48]) = "commitment_registry: malformed property"
BAD_SPAN: constant(String[48]) = "commitment_registry: span out of bounds"
BAD_PARAMETER: constant(String[48]) = "commitment_registry: malformed parameter"
NO_PROGRAM: constant(String[48]) = "commitment_registry: empty program"
NO_TEMPLATE: constant(String[48]) = "commitment_registry: no such template"
ZERO_CONTROLLER: constant(String[48]) = "commitment_registry: zero controller"
NO_SERVICE: constant(String[48]) = "commitment_registry: no such service"
NOT_CONTROLLER: constant(String[48]) = "commitment_registry: not the controller"
NO_POWER: constant(String[48]) = "commitment_registry: controller may not close"
CLOSED: constant(String[48]) = "commitment_registry: service is closed"
NOT_BONDING: constant(String[48]) = "commitment_registry: not the bonding"
ZERO_OPERATOR: constant(String[48]) = "commitment_registry: zero operator"
SERVES: constant(String[48]) = "commitment_registry: operator serves already"
SERVES_NOT: constant(String[48]) = "commitment_registry: operator serves not"
MANY_PERIODS: constant(String[48]) = "commitment_registry: too many periods"
BAD_COUNT: constant(String[48]) = "commitment_registry: wrong parameter count"
OUT_OF_RANGE: constant(String[48]) = "commitment_registry: parameter out of range"
BAD_PARTY: constant(String[48]) = "commitment_registry: party zero or operator"
NO_PROPERTY: constant(String[48]) = "commitment_registry: no such property"
NEVER_SERVED: constant(String[48]) = "commitment_registry: operator never served"
NO_PERIOD: constant(String[48]) = "commitment_registry: no such period"

# -- sealed_proofs ----------------------------------------------------------------------------------------------------
ZERO_HASH: constant(String[48]) = "sealed_proofs: zero commitment"
NOT_COMMITTED: constant(String[48]) = "sealed_proofs: not committed by the caller"
EARLY: constant(String[48]) = "sealed_proofs: committed in this block"
LATE: constant(String[48]) = "sealed_proofs: committed over a day ago"

# -- service_keys -----------------------------------------------------------------------------------------------------
ZERO_OPERATORS: constant(String[48]) = "service_keys: zero operator registry"
WRONG_KEY: constant(String[48]) = "service_keys: not a key of the operator"
OLD_KEY: constant(String[48]) = "service_keys: key ended too long ago"

# -- fault_prover -----------------------------------------------------------------------------------------------------
NOT_PROVABLE: constant(String[48]) = "fault_prover: not a matter of evidence"
WRONG_PROGRAM: constant(String[48]) = "fault_prover: another program was promised"
WRONG_PARAMETERS: constant(String[48]) = "fault_prover: other parameters were promised"
NOTHING_DONE: constant(String[48]) = "fault_prover: names no act of the operator"
UNSIGNED: constant(String[48]) = "fault_prover: not one signature a message"
NOT_SIGNED: constant(String[48]) = "fault_prover: not signed by its sender"
KEPT: constant(String[48]) = "fault_prover: the promise is kept"

# -- plugin_prover ----------------------------------------------------------------------------------------------------
NO_PLUGIN: constant(String[48]) = "plugin_prover: not a matter of a plug-in"
NO_CODE: constant(String[48]) = "plugin_prover: no code at the plug-in"
OTHER_PLUGIN: constant(String[48]) = "plugin_prover: another plug-in was promised"
OTHER_PARAMETERS: constant(String[48]) = "plugin_prover: other parameters were promised"
LITTLE_GAS: constant(String[48]) = "plugin_prover: too little gas for the plug-in"
PLUGIN_FAILED: constant(String[48]) = "plugin_prover: the plug-in failed"
NO_ANSWER: constant(String[48]) = "plugin_prover: malformed answer of the plug-in"
PLUGIN_KEPT: constant(String[48]) = "plugin_prover: the promise is kept"

# -- header_predicate -------------------------------------------------------------------------------------------------
BAD_EVIDENCE: constant(String[48]) = "header_predicate: malformed evidence"
WRONG_REPORT: constant(String[48]) = "header_predicate: not a report of the operator"
OUT_OF_SIGHT: constant(String[48]) = "header_predicate: block is out of sight"

# -- fault_book -------------------------------------------------------------------------------------------------------
ZERO_ESCROW: constant(String[48]) = "fault_book: zero escrow"
PUNISHED: constant(String[48]) = "fault_book: recorded before"
TOO_OLD: constant(String[48]) = "fault_book: offence is too old"
OUT_OF_REACH: constant(String[48]) = "fault_book: operator has left for good"
NO_FAULT: constant(String[48]) = "fault_book: no such fault"
NO_BACKING: constant(String[48]) = "fault_book: nothing of that stood behind it"
SLASHED: constant(String[48]) = "fault_book: proposed before"
CAPPED: constant(String[48]) = "fault_book: cap of the window is used up"
