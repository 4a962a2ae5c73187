"""A contract at an address, driven by its ABI, on any engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from . import abi as codecs
from .artefacts import Artefact
from .engines.base import Engine, Log, Receipt
from .errors import UsageError

VIEWER = "0x0000000000000000000000000000000000000000"
"""Who asks when nobody is named: views of the suite don't depend on it."""


@dataclass(frozen=True)
class Event:
    """A decoded event: `event.args.face`."""

    name: str
    address: str
    args: Any


class Interface:
    """The codecs of one ABI, shared by every contract that has it."""

    def __init__(self, abi: Sequence[dict[str, Any]]) -> None:
        functions = [codecs.function(entry) for entry in abi if entry["type"] == "function"]
        self._functions: dict[str, list[codecs.Function]] = {}
        for one in functions:
            self._functions.setdefault(one.name, []).append(one)
        events = (codecs.event(entry) for entry in abi if entry["type"] == "event")
        self._events = {one.topic: one for one in events}
        self._topics = {one.name: topic for topic, one in self._events.items()}

    def function(self, name: str, count: int) -> codecs.Function:
        """By name and number of arguments; raises `UsageError` if there is none."""
        overloads = self._functions.get(name)
        if not overloads:
            raise UsageError(f"no function {name}: there are {', '.join(sorted(self._functions))}")
        return next((one for one in overloads if one.arity == count), overloads[0])  # whose codec tells what it takes

    def has(self, name: str) -> bool:
        return name in self._functions

    def topic(self, event: str) -> bytes:
        """First topic of an event, by its name."""
        return self._topics[event]

    def decode(self, log: Log) -> Event | None:
        """None for an event that is not in the ABI."""
        kind = self._events.get(log.topics[0]) if log.topics else None
        return None if kind is None else Event(kind.name, log.address, kind.decode(log.topics, log.data))


_interfaces: dict[tuple[str, str], Interface] = {}


def interface_of(artefact: Artefact) -> Interface:
    """Codecs of an artefact, built once."""
    key = (artefact.path, artefact.source_hash)
    if key not in _interfaces:
        _interfaces[key] = Interface(artefact.abi)
    return _interfaces[key]


class Contract:
    """`c.call("quote_buy", maturity, face)`, `c.send("buy", …, sender=holder)`, or as attributes: `c.quote_buy(…)`.

    Values are ints, bools, bytes, text and checksummed addresses; structs and several outputs are (named) tuples.
    Raises `Reverted` with the contract's reason, `UsageError` for arguments that do not fit.
    """

    def __init__(
        self, engine: Engine, address: str, abi: Sequence[dict[str, Any]] | Interface | Artefact, born: int = 0
    ) -> None:
        self.engine = engine
        self.address = address
        self.born = born
        """A block before which it can't have told anything: that of its creation, 0 where nobody knows."""
        if isinstance(abi, Artefact):
            self.interface = interface_of(abi)
        else:
            self.interface = abi if isinstance(abi, Interface) else Interface(abi)

    def encode(self, name: str, *arguments: Any) -> bytes:
        """Calldata."""
        return self.interface.function(name, len(arguments)).encode(arguments)

    def call(self, name: str, *arguments: Any, sender: str = VIEWER, value: int = 0) -> Any:
        """What the function returns, changing nothing; works for functions that write, too."""
        function = self.interface.function(name, len(arguments))
        return function.decode(self.engine.call(sender, self.address, function.encode(arguments), value))

    def send(self, name: str, *arguments: Any, sender: str, value: int = 0) -> Receipt:
        """A transaction, mined."""
        data = self.interface.function(name, len(arguments)).encode(arguments)
        return self.engine.transact(sender, self.address, data, value)

    def output(self, name: str, receipt: Receipt, count: int) -> Any:
        """The value that a sent function of `count` arguments returned."""
        return self.interface.function(name, count).decode(receipt.output)

    def events(self, receipt: Receipt, name: str | None = None) -> list[Event]:
        """Decoded events of this contract in a receipt, of one name if given."""
        decoded = (self.interface.decode(log) for log in receipt.logs if log.address == self.address)
        return [one for one in decoded if one is not None and name in (None, one.name)]

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_") or not self.interface.has(name):
            raise AttributeError(name)

        def bound(*arguments: Any, sender: str | None = None, value: int = 0) -> Any:
            if self.interface.function(name, len(arguments)).reads:
                return self.call(name, *arguments, sender=sender or VIEWER, value=value)
            if sender is None:
                raise UsageError(f"{name} writes: say who sends it, sender=…")
            return self.send(name, *arguments, sender=sender, value=value)

        return bound

    def __repr__(self) -> str:
        return f"Contract({self.address} on {self.engine.name})"
