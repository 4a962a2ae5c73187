"""What steps of a deployment are: creations and calls, pure in what is already known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .artefacts import Artefact, artefact
from .engines.base import Engine

Addresses = Mapping[str, str]


@dataclass(frozen=True)
class Create:
    """A step that creates a contract, or its EIP-5202 blueprint, under `name`."""

    name: str
    contract: str
    arguments: Callable[[Addresses], tuple[Any, ...]] = lambda known: ()
    blueprint: bool = False
    expected: Callable[[Engine, Addresses], str] | None = None
    """Where another contract was told that it would be."""

    def artefact(self) -> Artefact:
        return artefact(self.contract)

    def initcode(self, known: Addresses) -> bytes:
        made = self.artefact()
        return made.blueprint_initcode if self.blueprint else made.creation(*self.arguments(known))


@dataclass(frozen=True)
class Send:
    """A step that calls a contract. `is_done` reads from the chain whether it has happened already."""

    name: str
    to: str
    function: str
    arguments: Callable[[Addresses], tuple[Any, ...]]
    is_done: Callable[[Engine, Addresses], bool]


Step = Create | Send


@dataclass(frozen=True)
class Made:
    """A contract that another one creates: who tells its address by which view, and what it is made from."""

    name: str
    contract: str
    creator: str
    view: str
    arguments: Callable[[Addresses], tuple[Any, ...]]
    asked: tuple[Any, ...] = ()
    """What the view takes."""
