"""Operators, who serve honestly or cheat day by day, and those of four kinds of service: S0.5.

`serve` draws what becomes of a day; `shown` is what others hold of it. No agent judges itself: that is for `hearing`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

import numpy as np
from eth_utils.crypto import keccak

from surety.predicates.evidence import Value, merkle_tree
from surety.sdk.messages import Message

from .cases import CLIENT, START, out, to
from .hearing import Shown
from .retrievability import PIECES

DAY: Final = 86_400
NOTHING: Final = "nothing"
Outcome = tuple[int, bool]
"""A number that the day had, and whether it is one on which cheating is done that others have parts of."""


def word(text: str, number: int) -> bytes:
    """A digest of its own."""
    return bytes(keccak(text=f"{text} {number}"))


class Agent:
    """One that doesn't cheat draws all the same; no state but that."""

    serves: ClassVar[str]
    trick: ClassVar[str]
    commitment: ClassVar[str]
    promise: ClassVar[str]
    shows: ClassVar[str] = "message"
    """What gives it away: a message, silence, or nothing."""
    chosen: ClassVar[Mapping[str, Value]] = {}
    rate: ClassVar[float] = 1.0
    """Share of days on which a cheat cheats and others have the parts of it, by what it does: no machine asked."""

    def __init__(self, cheats: bool) -> None:
        self.cheats = cheats

    @property
    def chance(self) -> float:
        """Expected share of days that convict it."""
        return self.rate if self.cheats and self.shows != NOTHING else 0.0

    def serve(self, rng: np.random.Generator) -> Outcome:
        """What becomes of a day."""
        return 0, bool(rng.random() < self.rate) and self.cheats

    def shown(self, outcome: Outcome, day: int, service: bytes) -> Shown:
        """What others hold of such a day; its number keeps messages of different days apart."""
        raise NotImplementedError

    def out(self, kind: str, service: bytes, day: int, sequence: int = 0, **values: Any) -> Message:
        """Signed by the agent on that day."""
        return out(self.commitment, kind, service=service, time=START + day * DAY, sequence=sequence, **values)

    def to(self, kind: str, service: bytes, day: int, sequence: int = 0, **values: Any) -> Message:
        """Said to it on that day."""
        return to(self.commitment, kind, service=service, time=START + day * DAY, sequence=sequence, **values)


class Attester(Agent):
    """A vote a day. The cheat signs a second one on a tenth of days; half of these reach somebody who has the first."""

    serves, trick = "attestation", "votes for two blocks at a height"
    commitment, promise = "attestation", "no_double_vote"
    rate = 0.1 * 0.5

    def votes(self, false: bool) -> tuple[str, str]:
        """Which blocks it votes for; two votes, since an honest one too may be sent twice."""
        return "block", "another block" if false else "block"

    def shown(self, outcome: Outcome, day: int, service: bytes) -> Shown:
        blocks = [word(name, day) for name in self.votes(outcome[1])]
        return Shown(
            tuple(self.out("Vote", service, day, number, height=day, block=one) for number, one in enumerate(blocks))
        )


class FalseAttester(Attester):
    """One vote a height, for a block that isn't there: no two messages contradict each other."""

    trick, shows, rate = "votes once, for a false block", NOTHING, 1.0

    def votes(self, false: bool) -> tuple[str, str]:
        return ("false block", "false block") if false else ("block", "block")


class Store(Agent):
    """A file of eight pieces, one of which is asked for each day; the cheat has thrown two away."""

    serves, trick = "storage", "keeps six pieces of eight"
    commitment, promise, shows = "retrievability", "pieces", "silence"
    lost: ClassVar[int] = 2
    rate = 2 / len(PIECES)

    def serve(self, rng: np.random.Generator) -> Outcome:
        place = int(rng.integers(len(PIECES)))
        return place, self.cheats and place < self.lost

    def shown(self, outcome: Outcome, day: int, service: bytes) -> Shown:
        place, lost = outcome
        sample = self.to("Sample", service, day, seed=word("seed", day), place=place)
        if lost:
            return Shown(question=sample)
        _, paths = merkle_tree(PIECES)
        piece = self.out("Piece", service, day, sample=sample.id, piece=PIECES[place])
        return Shown(question=sample, answer=piece, proofs=(paths[place],))


class Fetcher(Store):
    """Keeps nothing, and fetches each piece from somebody else when it is asked for."""

    trick, shows, lost = "keeps nothing, fetches what is asked for", NOTHING, 0


class Computer(Agent):
    """Jobs for clients, a fifth of which is given twice; the cheat guesses each output anew."""

    serves, trick = "compute", "guesses outputs, anew each time"
    commitment, promise = "processing", "one_output"
    rate = 0.2

    def outputs(self, false: bool) -> tuple[str, str]:
        """What it says that one job gives."""
        return ("first guess", "second guess") if false else ("output", "output")

    def shown(self, outcome: Outcome, day: int, service: bytes) -> Shown:
        job = {"program": word("program", 0), "input": word("input", day)}
        given = [word(name, day) for name in self.outputs(outcome[1])]
        return Shown(
            tuple(self.out("Result", service, day, number, output=one, **job) for number, one in enumerate(given))
        )


class Repeater(Computer):
    """Guesses once, and gives the same to whoever asks again."""

    trick, shows, rate = "guesses once, and repeats it", NOTHING, 1.0

    def outputs(self, false: bool) -> tuple[str, str]:
        return ("guess", "guess") if false else ("output", "output")


class Carrier(Agent):
    """Traffic for clients, who sign receipts. The cheat claims half more; a quarter of its clients sign that for it."""

    serves, trick = "bandwidth", "claims half more than receipts say"
    commitment, promise, chosen = "throughput", "no_overclaim", {"client": CLIENT}
    rate = 0.75
    served: ClassVar[int] = 1_000

    def receipt(self, claimed: int) -> int:
        """What the client signs."""
        return self.served

    def shown(self, outcome: Outcome, day: int, service: bytes) -> Shown:
        claimed = self.served * 3 // 2 if outcome[1] else self.served
        receipt = self.to("Receipt", service, day, epoch=day, served=self.receipt(claimed), final=True)
        return Shown((self.out("Claim", service, day, epoch=day, served=claimed), receipt))


class Colluder(Carrier):
    """Its only client signs whatever it claims."""

    trick, shows, rate = "claims half more, and its client signs it", NOTHING, 1.0

    def receipt(self, claimed: int) -> int:
        return claimed


SERVING: Final[tuple[type[Agent], ...]] = (
    Attester,
    FalseAttester,
    Store,
    Fetcher,
    Computer,
    Repeater,
    Carrier,
    Colluder,
)
"""For each kind of service a cheat that something gives away and one that nothing does."""
