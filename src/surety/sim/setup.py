"""The stage of a run: a fresh local chain on the scenario's day, the suite deployed and its reserve funded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from surety.config import Config
from surety.sdk.deploy import deploy
from surety.sdk.engines import Engine
from surety.sdk.errors import UsageError

from .trace import Trace
from .venue import ISSUER, Venue

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Setup:
    """A venue ready for savers; what the issuer minted and paid into the two reserves, smallest units."""

    venue: Venue
    addresses: dict[str, str]
    reserve: int
    interest: int


def open_venue(engine: Engine, config: Config, start: int, trace: Trace, progress: Progress) -> Setup:
    """Deploy at `start` with a mock of the asset. Raises `UsageError` on anything but a fresh local chain."""
    if not engine.local:
        raise UsageError("a scenario needs a local chain: it sets the clock and gives money away")
    if config.asset.address is not None:
        raise UsageError(f"{config.path.name}: a scenario mints its own asset, leave asset.address out")
    if engine.timestamp > start:
        raise UsageError("the scenario begins before the chain's newest block: use a fresh chain")
    engine.set_time(start)

    def told(step: str, state: str, number: int, count: int) -> None:
        if state == "done":
            trace.add(engine.timestamp, ISSUER, "deploy", {"step": step}, True, "", 0)
            progress("deploying", number, count)

    progress("deploying", 0, 1)  # the first step compiles, if the sources have changed: show that it has begun
    suite, record = deploy(engine, config, progress=told)
    return Setup(
        Venue(suite, record.deployer, trace), suite.addresses, config.terms.reserve, config.terms.interest_reserve
    )
