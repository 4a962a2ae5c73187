"""What contracts have told: events of a chain's past, for what no view lists."""

from __future__ import annotations

from typing import TypeGuard

from .contract import Contract, Event
from .engines.base import Engine
from .engines.rpc_engine import RpcEngine
from .errors import UsageError


def remembers(engine: Engine) -> TypeGuard[RpcEngine]:
    """Whether an engine keeps what contracts have told: nodes do, the ones in this process don't."""
    return isinstance(engine, RpcEngine)


def past(contract: Contract, event: str, *indexed: int | str | bytes | None) -> list[Event]:
    """Events of one name, oldest first, whose indexed words (numbers, addresses, 32 bytes, None for any) are these.

    From the block of the contract's creation on, in pages that the node takes. Raises `UsageError` on an engine that
    keeps no log.
    """
    engine = contract.engine
    if not remembers(engine):
        raise UsageError(f"{event}: only a node over RPC keeps what contracts have told")
    logs = engine.logs(
        contract.address, contract.interface.topic(event), contract.born, [_word(one) for one in indexed]
    )
    return [found for log in logs if (found := contract.interface.decode(log)) is not None]


def _word(value: int | str | bytes | None) -> int | None:
    if isinstance(value, str):
        return int(value, 16)
    return int.from_bytes(value, "big") if isinstance(value, bytes) else value
