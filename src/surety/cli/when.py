"""Moments as people read them."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from surety.sdk.engines import Engine


def clock(engine: Engine) -> int:
    """Now, by the chain's clock where it runs ahead of ours."""
    return max(int(time.time()), engine.timestamp)


def date(second: int) -> str:
    """A second as people read it."""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%d %H:%M UTC")
