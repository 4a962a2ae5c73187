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
NO_PROPERTY: constant(String[48]) = "commitment_registry: no such property"
NO_SERVICE: constant(String[48]) = "commitment_registry: no such service"
NEVER_SERVED: constant(String[48]) = "commitment_registry: operator never served"

# -- fault_book -------------------------------------------------------------------------------------------------------
ZERO_ESCROW: constant(String[48]) = "fault_book: zero escrow"
PUNISHED: constant(String[48]) = "fault_book: recorded before"
TOO_OLD: constant(String[48]) = "fault_book: offence is too old"
OUT_OF_REACH: constant(String[48]) = "fault_book: operator has left for good"
NO_FAULT: constant(String[48]) = "fault_book: no such fault"
NO_BACKING: constant(String[48]) = "fault_book: nothing of that stood behind it"
SLASHED: constant(String[48]) = "fault_book: proposed before"
