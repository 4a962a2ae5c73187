# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Reasons for which the commitment contracts refuse
@license AGPL-3.0-only
@author Surety contributors
@dev One constant a reason, at most 48 characters, "contract: reason"; each has a test of the same words. A refusal is never
    a fault.
"""

# -- predicate_machine ------------------------------------------------------------------------------------------------
BAD_MESSAGE: constant(String[48]) = "predicate_machine: malformed message"
NO_END: constant(String[48]) = "predicate_machine: program without end"
TOO_LONG: constant(String[48]) = "predicate_machine: too many steps"
BAD_INSTRUCTION: constant(String[48]) = "predicate_machine: unknown instruction"
UNDERFLOW: constant(String[48]) = "predicate_machine: stack underflow"
OVERFLOW: constant(String[48]) = "predicate_machine: stack overflow"
WRONG_TYPE: constant(String[48]) = "predicate_machine: value of another type"
OUT_OF_TYPE: constant(String[48]) = "predicate_machine: value outside its type"
NO_CONSTANT: constant(String[48]) = "predicate_machine: no such constant"
NO_PARAMETER: constant(String[48]) = "predicate_machine: no such parameter"
NO_WITNESS: constant(String[48]) = "predicate_machine: given value missing"
NO_MESSAGE: constant(String[48]) = "predicate_machine: message missing"
NO_FIELD: constant(String[48]) = "predicate_machine: message lacks the field"
WRONG_SERVICE: constant(String[48]) = "predicate_machine: message of another service"
WRONG_KIND: constant(String[48]) = "predicate_machine: message of another kind"
WRONG_SENDER: constant(String[48]) = "predicate_machine: not the operator's message"
WRONG_RECIPIENT: constant(String[48]) = "predicate_machine: message to somebody else"
SAME_MESSAGE: constant(String[48]) = "predicate_machine: same message twice"
DISORDER: constant(String[48]) = "predicate_machine: messages out of order"
BAD_LOOP: constant(String[48]) = "predicate_machine: misplaced quantifier"
DIVISION_BY_ZERO: constant(String[48]) = "predicate_machine: division by zero"
BAD_OPERAND: constant(String[48]) = "predicate_machine: operand out of range"
MANY_BOUND: constant(String[48]) = "predicate_machine: too many messages bound"
LONG_PATH: constant(String[48]) = "predicate_machine: proof too long"
