"""An agent for each condition of a slash; for two of them, also one of whom there is no evidence: S4.50."""

from __future__ import annotations

from typing import ClassVar, Final

import numpy as np
from eth_utils.crypto import keccak

from .agents import DAY, NOTHING, Agent, Carrier, Computer, Outcome, Store, word
from .cases import CLIENT, OPERATOR, START
from .hearing import Shown


class Reporter(Agent):
    """A report of latency for a request a day, of which the client stamps and keeps a third; the cheat halves it."""

    trick = "reports half of every latency"
    commitment, promise, chosen = "latency", "honest_latency", {"client": CLIENT}
    rate = 1 / 3
    latency: ClassVar[int] = 900
    """Milliseconds."""

    def shown(self, outcome: Outcome, day: int, service: bytes) -> Shown:
        request, start = word("request", day), 1_000 * (START + day * DAY)
        reported = self.latency // 2 if outcome[1] else self.latency
        return Shown(
            (
                self.out("Report", service, day, request=request, latency=reported),
                self.to("Sent", service, day, request=request, at=start),
                self.to("Received", service, day, request=request, at=start + self.latency),
            )
        )


class Answerer(Agent):
    """Pinged on chain once a day; the cheat lets its machine sleep for a tenth of days."""

    trick, shows = "sleeps through a tenth of the days", "silence"
    commitment, promise = "uptime", "answers"
    rate = 0.1

    def shown(self, outcome: Outcome, day: int, service: bytes) -> Shown:
        nonce = word("nonce", day)
        ping = self.to("Ping", service, day, nonce=nonce)
        if outcome[1]:
            return Shown(question=ping)
        digest = bytes(keccak(nonce + bytes.fromhex(OPERATOR[2:]).rjust(32, b"\0")))
        return Shown(question=ping, answer=self.out("Pong", service, day, digest=digest, ping=ping.id))


class Contractor(Agent):
    """Ten minutes a day are allowed; outages, signed by the client, take up to that, the cheat's up to twice that."""

    trick = "is down for up to twice its allowance"
    commitment, promise, chosen = "service_level", "few_failures", {"allowance": 600, "client": CLIENT}
    steps: ClassVar[int] = 10
    """Of the allowance."""
    parts: ClassVar[int] = 5
    """Outages of such a day."""
    rate = 0.5

    def serve(self, rng: np.random.Generator) -> Outcome:
        down = int(rng.integers(1, self.steps * (1 + self.cheats) + 1))
        return down, down > self.steps

    def shown(self, outcome: Outcome, day: int, service: bytes) -> Shown:
        start, each = START + day * DAY - DAY // 2, outcome[0] * 600 // self.steps // self.parts
        contract = self.out("Contract", service, day, number=day, start=start)
        outages = tuple(
            self.to("Outage", service, day, number, contract=contract.id, since=start + 3_600 * number, length=each)
            for number in range(self.parts)
        )
        return Shown((contract,), outages)


class KeyThief(Agent):
    """Somebody who has the operator's key signs a second block on a tenth of days; half of these are seen by two."""

    trick = "a stolen key signs a second block"
    commitment, promise = "double_sign", "one_block"
    rate = 0.1 * 0.5

    def shown(self, outcome: Outcome, day: int, service: bytes) -> Shown:
        digests = word("block", day), word("the thief's block" if outcome[1] else "block", day)
        return Shown(
            tuple(
                self.out("Proposal", service, day, number, height=day, round=0, digest=digest)
                for number, digest in enumerate(digests)
            )
        )


class Intruder(KeyThief):
    """Somebody reads all there is and signs nothing: what others hold is what they hold of an honest operator."""

    trick, shows, rate = "a break-in that signs nothing", NOTHING, 1.0

    def shown(self, outcome: Outcome, day: int, service: bytes) -> Shown:
        return super().shown((outcome[0], False), day, service)


class Misuser(Carrier):
    """More work claimed than was received by anybody."""

    trick = "claims work that nobody received"


class Miner(Computer):
    """Computes what it is asked, and something else on the same machines."""

    trick, shows, rate = "uses the machines for itself", NOTHING, 1.0

    def outputs(self, false: bool) -> tuple[str, str]:
        return "output", "output"


CONDITIONS: Final[tuple[tuple[str, type[Agent]], ...]] = (
    ("consistent misreporting", Reporter),
    ("missing proofs", Store),
    ("missed challenges", Answerer),
    ("threshold of an SLA", Contractor),
    ("breach of security", KeyThief),
    ("breach of security", Intruder),
    ("misuse of resources", Misuser),
    ("misuse of resources", Miner),
)
