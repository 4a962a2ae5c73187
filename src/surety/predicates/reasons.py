"""Why the machine refuses: word for word as in `contracts/commitments/errors.vy` (a test compares them).

A refusal is never a fault: the transaction reverts, and the accused is as before.
"""

from typing import Final

BAD_MESSAGE: Final = "predicate_machine: malformed message"
NO_END: Final = "predicate_machine: program without end"
TOO_LONG: Final = "predicate_machine: too many steps"
BAD_INSTRUCTION: Final = "predicate_machine: unknown instruction"
UNDERFLOW: Final = "predicate_machine: stack underflow"
OVERFLOW: Final = "predicate_machine: stack overflow"
WRONG_TYPE: Final = "predicate_machine: value of another type"
OUT_OF_TYPE: Final = "predicate_machine: value outside its type"
NO_CONSTANT: Final = "predicate_machine: no such constant"
NO_PARAMETER: Final = "predicate_machine: no such parameter"
NO_WITNESS: Final = "predicate_machine: given value missing"
NO_MESSAGE: Final = "predicate_machine: message missing"
NO_FIELD: Final = "predicate_machine: message lacks the field"
WRONG_SERVICE: Final = "predicate_machine: message of another service"
WRONG_KIND: Final = "predicate_machine: message of another kind"
WRONG_SENDER: Final = "predicate_machine: not the operator's message"
WRONG_RECIPIENT: Final = "predicate_machine: message to somebody else"
SAME_MESSAGE: Final = "predicate_machine: same message twice"
DISORDER: Final = "predicate_machine: messages out of order"
BAD_LOOP: Final = "predicate_machine: misplaced quantifier"
DIVISION_BY_ZERO: Final = "predicate_machine: division by zero"
BAD_OPERAND: Final = "predicate_machine: operand out of range"
MANY_BOUND: Final = "predicate_machine: too many messages bound"
LONG_PATH: Final = "predicate_machine: proof too long"
