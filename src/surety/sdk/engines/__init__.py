"""EVMs behind one protocol. Backends import their libraries when asked for, so that one may be missing."""

from __future__ import annotations

from ..errors import UsageError
from .accounts import dev_account, dev_addresses
from .base import CHAIN_ID, GENESIS_TIME, Engine, Log, Receipt, rolled_back

ENGINES = ("pyrevm", "titanoboa")


def make_engine(name: str = "pyrevm", timestamp: int = GENESIS_TIME) -> Engine:
    """An in-process engine by name, on an empty chain whose clock stands at `timestamp`."""
    if name == "pyrevm":
        from .pyrevm_engine import PyrevmEngine

        return PyrevmEngine(timestamp)
    if name in ("titanoboa", "boa"):
        from .boa_engine import BoaEngine

        return BoaEngine(timestamp)
    raise UsageError(f"no engine {name!r}: choose one of {', '.join(ENGINES)}")


__all__ = [
    "CHAIN_ID",
    "ENGINES",
    "GENESIS_TIME",
    "Engine",
    "Log",
    "Receipt",
    "dev_account",
    "dev_addresses",
    "make_engine",
    "rolled_back",
]
