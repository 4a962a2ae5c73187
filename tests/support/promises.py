"""Random commitments as text: what they compile to, and nothing that the compiler refuses."""

from __future__ import annotations

from random import Random

from tests.support.predicates import KINDS, PARTY, address

from surety.predicates import CommitmentError, Compiled, Property, compile_text

FIELDS = "x: uint64, y: uint, h: bytes32"
"""Of every kind of message."""


class _Author:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.slots: list[str] = []
        self.given = False
        self.proof = False

    def text(self) -> str:
        random = self.random
        self.given, self.proof = random.random() < 0.2, random.random() < 0.2
        bindings = []
        for slot in range(random.choice((1, 1, 2, 2, 3))):
            self.slots.append("abcd"[slot])
            bindings.append(f"{'abcd'[slot]}: {self.way()}")
        conditions = [self.condition(0) for _ in range(random.choice((1, 2, 2, 3)))]
        if random.random() < 0.4:
            conditions.append(self.quantity())
        if self.proof:
            conditions.append(f"merkle({self.word(0)}, {self.number(2)}, {self.word(0)}, path)")
        given = (["v: uint"] if self.given else []) + (["path: proof"] if self.proof else [])
        if self.given:
            conditions.append(f"keccak(v) {random.choice(('==', '!='))} {self.word(0)}")
        random.shuffle(conditions)
        keys = ", ".join(self.key() for _ in range(random.choice((1, 1, 2))))
        clause = f"given {', '.join(given)} " if given else ""
        return "\n".join(
            [
                "commitment random {",
                "  param p: uint",
                "  param q: bytes32",
                f"  party one = {address(PARTY)}",
                "  party other",
                f"  message K0({FIELDS}) kind 0x{KINDS[0].hex()}",
                f"  message K1({FIELDS}) kind 0x{KINDS[1].hex()}",
                f"  broadcast message K2({FIELDS}) kind 0x{KINDS[2].hex()}",
                f"  safety s: never ({', '.join(bindings)}) {clause}per {keys} where {' and '.join(conditions)}",
                "  slash 1%  cooldown 7 days  review 7 days",
                "}",
            ]
        )

    def way(self) -> str:
        number = self.random.choice((0, 0, 1, 2))
        if self.random.random() < 0.6:
            return f"out K{number}"
        return f"in K{number} from {'one' if self.random.random() < 0.9 else 'other'}"

    def slot(self) -> str:
        return self.random.choice(self.slots)

    def key(self) -> str:
        return self.random.choice(
            (f"{self.slot()}.x", f"{self.slot()}.h", f"id({self.slot()})", f"{self.slot()}.time / 2")
        )

    def number(self, depth: int) -> str:
        draw = self.random.randrange(8 if depth < 2 else 5)
        if draw < 3:
            return f"{self.slot()}.{self.random.choice(('x', 'y', 'time', 'sequence'))}"
        if draw == 3:
            return self.random.choice(("0", "1", "2", "5", "300", "1 hour"))
        if draw == 4:
            return self.random.choice(("p", "v" if self.given else "p"))
        if draw == 5:
            return (
                f"{self.random.choice(('min', 'max', 'absdiff'))}({self.number(depth + 1)}, {self.number(depth + 1)})"
            )
        if draw == 6:
            return f"{self.number(depth + 1)} {self.random.choice('/%')} {self.random.choice((2, 3, 256))}"
        return f"({self.number(depth + 1)} {self.random.choice('+-*')} {self.number(depth + 1)})"

    def word(self, depth: int) -> str:
        draw = self.random.randrange(6 if depth < 2 else 4)
        if draw < 2:
            return f"{self.slot()}.h"
        if draw == 2:
            return f"id({self.slot()})"
        if draw == 3:
            return "q"
        parts = [self.random.choice((self.number, self.word))(depth + 1) for _ in range(self.random.randrange(1, 3))]
        return f"keccak({', '.join(parts)})"

    def condition(self, depth: int) -> str:
        draw = self.random.randrange(8 if depth < 2 else 5)
        if draw < 3:
            return f"{self.number(0)} {self.random.choice(('<=', '<=', '<', '>=', '!=', '=='))} {self.number(0)}"
        if draw == 3:
            return f"{self.word(0)} {self.random.choice(('!=', '!=', '=='))} {self.word(0)}"
        if draw == 4:
            side = self.random.choice(("sender", "recipient"))
            return f"{self.slot()}.{side} != {self.random.choice(('operator', 'one'))}"
        if draw == 5:
            return f"not ({self.condition(depth + 1)})"
        op = self.random.choice(("and", "or", "or", "implies"))
        return f"({self.condition(depth + 1)} {op} {self.condition(depth + 1)})"

    def quantity(self) -> str:
        way, least = self.way(), self.random.choice(("0", "1", "2", "p"))
        self.slots.append("m")
        where = f" where {self.condition(1)}" if self.random.random() < 0.7 else ""
        by = f" by {self.random.choice((self.number, self.word))(1)}"
        value = self.number(1)
        self.slots.pop()
        draw = self.random.randrange(4)
        if draw == 0:
            return f"exists(m: {way}{where})"
        if draw == 1:
            return f"count(m: {way}{where}) >= {least}"
        if draw == 2:
            return f"count(m: {way}{by}{where}) >= {least}"
        return f"sum({value} for m: {way}{where}) > {least}"


def random_commitment(random: Random) -> tuple[str, Compiled]:
    """A text that compiles, and what it compiles to."""
    while True:
        text = _Author(random).text()
        compiled = _compiled(text)
        if compiled is not None:
            return text, compiled


def random_promise(random: Random) -> Property:
    """The property of a random commitment."""
    return random_commitment(random)[1].safety[0]


def _compiled(text: str) -> Compiled | None:
    """None for too many constants or values at once, or a given value that nothing ties: nothing else may be wrong."""
    try:
        return compile_text(text)
    except CommitmentError as error:
        if "the property" in str(error) or "choose v at will" in str(error):
            return None
        raise
