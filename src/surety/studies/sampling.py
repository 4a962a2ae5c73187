"""Random samples as a service draws them: seeds of the beacon, tickets of the book, fields of the question."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from eth_utils.crypto import keccak

from surety.models.beacon import REVEAL, ROUND, RandomBeacon
from surety.models.liveness import DAY, RESPOND, WAD, Duty, LivenessBook
from surety.predicates.questions import shape_of

from .cases import OPERATOR, SERVICE, worked

BEACON: Final = "0x" + "be" * 20
BOOK: Final = "0x" + "b0" * 20
PEOPLE: Final = ("0x" + "01" * 20, "0x" + "02" * 20)
FIRST: Final = 20_000
"""The first round, a day since 1970."""


def seeds(rng: np.random.Generator, days: int) -> RandomBeacon:
    """A beacon after so many rounds, to each of which two people gave a secret; settled at the start of its day."""
    beacon = RandomBeacon(31_337, BEACON, 1, BEACON)
    for round_ in range(FIRST, FIRST + days):
        start = round_ * ROUND
        secrets = {account: rng.bytes(32) for account in PEOPLE}
        beacon.now = start - REVEAL - ROUND
        for account, secret in secrets.items():
            beacon.commit(account, round_, beacon.commitment_of(round_, account, secret))
        beacon.now = start - REVEAL
        for account, secret in secrets.items():
            beacon.reveal(round_, account, secret)
        beacon.now = start
        beacon.settle(round_)
    return beacon


def book(beacon: RandomBeacon, name: str, odds: float, address: str = BOOK) -> LivenessBook:
    """A liveness book on those seeds, for the first response of a worked commitment; `odds` a day."""
    promise = worked(name).responses[0]
    duties: dict[bytes, tuple[Duty, ...]] = {SERVICE: (Duty(RESPOND, promise.within, promise.answer),)}
    made = LivenessBook(address, int(odds * WAD), duties, now=(FIRST - 1) * DAY)
    made.periods[SERVICE, OPERATOR] = [[(FIRST - 1) * DAY, 0]]
    made.watch(SERVICE)
    made.enable_draws(SERVICE, 0)
    made.seeds = {round_: (seed.value, seed.at) for round_, seed in beacon.seeds.items() if not seed.weak}
    return made


def drawn_fields(made: LivenessBook, name: str) -> Iterator[tuple[int, tuple[bytes, ...]]]:
    """Of each round that draws the operator: the round, and the fields of its challenge."""
    shape = shape_of(worked(name).responses[0].rule)
    for round_, (seed, _) in sorted(made.seeds.items()):
        if made.drawn(SERVICE, OPERATOR, 0, round_) is not None:
            yield round_, shape.drawn(bytes(keccak(made.ticket(SERVICE, OPERATOR, 0, seed))))
