# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Reasons for which challenges, liveness and the beacon refuse
@license AGPL-3.0-only
@author Surety contributors
@dev One constant a reason, at most 48 characters, "contract: reason"; each has a test of the same words.
"""

# -- RandomBeacon -----------------------------------------------------------------------------------------------------
BEACON_ZERO: constant(String[48]) = "random_beacon: zero address or deposit"
BEACON_FEE: constant(String[48]) = "random_beacon: deposit arrived short"
BEACON_TRANSFER: constant(String[48]) = "random_beacon: token refused"
BEACON_NOT_YOURS: constant(String[48]) = "random_beacon: owed to somebody else"
BEACON_NOTHING: constant(String[48]) = "random_beacon: nothing owed"

# -- ChallengeGame ----------------------------------------------------------------------------------------------------
GAME_ZERO: constant(String[48]) = "challenge_game: zero address"
GAME_BASE: constant(String[48]) = "challenge_game: base out of bounds"
GAME_NOT_SERVING: constant(String[48]) = "challenge_game: operator does not serve"
GAME_NOT_RESPOND: constant(String[48]) = "challenge_game: property asks for no answer"
GAME_PROGRAM: constant(String[48]) = "challenge_game: not the property's program"
GAME_PARAMETERS: constant(String[48]) = "challenge_game: not the operator's parameters"
GAME_NO_QUESTION: constant(String[48]) = "challenge_game: program asks nothing"
GAME_FIELDS: constant(String[48]) = "challenge_game: field missing or too wide"
GAME_NO_ANSWER: constant(String[48]) = "challenge_game: no answer would be right"
GAME_PLACES: constant(String[48]) = "challenge_game: operator has too many open"
GAME_YOURS: constant(String[48]) = "challenge_game: caller has too many open"
GAME_BOND: constant(String[48]) = "challenge_game: bond above the caller's limit"
GAME_FEE: constant(String[48]) = "challenge_game: bond arrived short"
GAME_TRANSFER: constant(String[48]) = "challenge_game: token refused"
GAME_NOT_OPEN: constant(String[48]) = "challenge_game: no such open challenge"
GAME_LATE: constant(String[48]) = "challenge_game: too late for an answer"
GAME_EARLY: constant(String[48]) = "challenge_game: answer is not overdue"
GAME_SIGNER: constant(String[48]) = "challenge_game: not signed by the operator"
GAME_WRONG: constant(String[48]) = "challenge_game: answer is not right"
GAME_NOTHING: constant(String[48]) = "challenge_game: nothing owed"

# -- LivenessBook -----------------------------------------------------------------------------------------------------
BOOK_ZERO: constant(String[48]) = "liveness_book: zero address"
BOOK_ODDS: constant(String[48]) = "liveness_book: odds out of bounds"
BOOK_SIGNER: constant(String[48]) = "liveness_book: not signed by the operator"
BOOK_PERIOD: constant(String[48]) = "liveness_book: not of the period that runs"
BOOK_BEATEN: constant(String[48]) = "liveness_book: period has its beat"
BOOK_NOT_DRAWN: constant(String[48]) = "liveness_book: not drawn"
BOOK_LATE: constant(String[48]) = "liveness_book: too late for an answer"
BOOK_PROGRAM: constant(String[48]) = "liveness_book: not the property's program"
BOOK_PARAMETERS: constant(String[48]) = "liveness_book: not the operator's parameters"
BOOK_ANSWERED: constant(String[48]) = "liveness_book: answered already"
BOOK_WRONG: constant(String[48]) = "liveness_book: answer is not right"
BOOK_WATCHED: constant(String[48]) = "liveness_book: watched already"
BOOK_GAS: constant(String[48]) = "liveness_book: not enough gas for the registry"
BOOK_NO_SERVICE: constant(String[48]) = "liveness_book: no such service"
BOOK_CONTROLLER: constant(String[48]) = "liveness_book: not the controller"
BOOK_ENABLED: constant(String[48]) = "liveness_book: draws enabled already"
BOOK_UNWATCHED: constant(String[48]) = "liveness_book: service is not watched"
BOOK_NOT_RESPOND: constant(String[48]) = "liveness_book: property asks for no answer"
BOOK_SPAN: constant(String[48]) = "liveness_book: span above two days"
BOOK_NO_DRAWS: constant(String[48]) = "liveness_book: challenge can't be drawn"
BOOK_NOT_FINAL: constant(String[48]) = "liveness_book: epoch is not final"
