"""What contracts have told: events of a chain's past, for what no view lists."""

from __future__ import annotations

from .contract import Contract, Event
from .engines.rpc_engine import RpcEngine
from .errors import UsageError


def past(contract: Contract, event: str, *indexed: int | str | None, since_block: int = 0) -> list[Event]:
    """Events of one name, oldest first, whose indexed words (numbers, addresses, None for any) are these.

    Raises `UsageError` on an engine that keeps no log.
    """
    engine = contract.engine
    if not isinstance(engine, RpcEngine):
        raise UsageError(f"{event}: only a node over RPC keeps what contracts have told")
    words = [int(word, 16) if isinstance(word, str) else word for word in indexed]
    logs = engine.logs(contract.address, contract.interface.topic(event), since_block, words)
    return [found for log in logs if (found := contract.interface.decode(log)) is not None]
