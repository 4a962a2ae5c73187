"""Titanoboa on what `make warm` compiled.

By itself it parses and types a contract's sources at each load, and assembles its code at each deployment for the line
numbers of a constructor's errors: together most of the time that unit tests took.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import boa
from boa.contracts.vyper.vyper_contract import VyperContract
from tools.compiled import ROOT
from tools.warm import compilation
from vyper.semantics.namespace import get_namespace

_compile = boa.interpret.compiler_data
_assemble = VyperContract._deployment_source_map.func


def read_compilations() -> None:
    """Deployables of the repository come from the cache from now on; sources written in a test as before."""
    get_namespace()  # the compiler makes it at its first compilation, which there may be none of; `eval` needs it
    boa.interpret.compiler_data = _compiler_data
    VyperContract._deployment_source_map = property(_deployment_source_map)
    VyperContract.__repr__ = _named


def _compiler_data(source: str, name: str | None, filename: str | Path, deployer: type | None = None, **settings: Any):
    path = Path(filename).resolve()
    if not settings and path.is_relative_to(ROOT / "contracts") and path.stem[:1].isupper():
        return compilation(path.stem)
    return _compile(source, name, filename, deployer, **settings)


def _deployment_source_map(contract: VyperContract) -> dict[str, Any]:
    known = getattr(contract.compiler_data, "deployment_source_map", None)
    return _assemble(contract) if known is None else known


def _named(contract: VyperContract) -> str:
    """Without its storage: titanoboa reads all of it at each revert, and can't where keys of maps are hashes."""
    return f"<{contract.compiler_data.contract_path} at {contract.address}>"
