"""The record of a deployment: one YAML file per chain, written before and after every transaction.

It is the deployment's journal while it runs and its description afterwards. It names no path outside the repository,
no key and no endpoint.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import yaml

from .artefacts import Artefact, write_atomically
from .engines.base import Engine
from .errors import RecordError
from .root import repository_root

VERSION = 1
HEADER = "# Written by `deploy`, read by `verify`. Amounts are in the asset's smallest unit, hashes SHA-256.\n"
CHAINS = {1: "mainnet", 11_155_111: "sepolia", 17_000: "holesky", 560_048: "hoodi"}

PENDING, DONE = "pending", "done"
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
"""libyaml's where it is built in: ten times as fast, and every command reads a record."""


@dataclass
class StepRecord:
    """One transaction. `pending` means that it may or may not have been sent."""

    state: str
    nonce: int
    since_block: int
    data_hash: str
    contract: str | None = None
    """The address that the creation will have, from sender and nonce."""
    tx: str | None = None
    block: int | None = None


@dataclass
class ContractRecord:
    """One contract as it was created."""

    address: str
    contract: str
    kind: str
    """`contract`, `blueprint` or `external` (an asset that was there before)."""
    creator: str | None = None
    tx: str | None = None
    block: int | None = None
    compiler: dict[str, Any] | None = None
    source_hash: str | None = None
    git_commit: str | None = None
    arguments: dict[str, Any] = field(default_factory=dict)
    arguments_encoded: str = "0x"


@dataclass
class Record:
    """A deployment, under way or complete. `save` writes it whole or not at all."""

    chain_id: int
    network: str
    deployer: str
    config: dict[str, str]
    source_hash: str
    git_commit: str
    complete: bool = False
    steps: dict[str, StepRecord] = field(default_factory=dict)
    contracts: dict[str, ContractRecord] = field(default_factory=dict)
    roles: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    version: int = VERSION
    path: Path | None = None

    @property
    def addresses(self) -> dict[str, str]:
        """Address of each contract by its name in the suite."""
        return {name: one.address for name, one in self.contracts.items()}

    def save(self) -> None:
        """Write to `path`, atomically; without a path the record lives in memory."""
        if self.path is None:
            return
        content = asdict(self)
        del content["path"]
        self.path.parent.mkdir(parents=True, exist_ok=True)
        text = yaml.dump(content, Dumper=DUMPER, sort_keys=False, width=120, allow_unicode=True)
        write_atomically(self.path, HEADER + text)

    @classmethod
    def load(cls, path: Path) -> Record | None:
        """None if there is no file. Raises `RecordError` if it can't be read."""
        try:
            data = yaml.load(path.read_text(), Loader=LOADER)  # a safe one
        except FileNotFoundError:
            return None
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise RecordError(f"{path.name} is not YAML: {' '.join(str(error).split())}") from None
        if not isinstance(data, dict) or data.get("version") != VERSION:
            raise RecordError(f"{path.name} is no deployment record of version {VERSION}")
        try:
            steps = {name: StepRecord(**one) for name, one in data.pop("steps").items()}
            contracts = {name: ContractRecord(**one) for name, one in data.pop("contracts").items()}
            return cls(**data, steps=steps, contracts=contracts, path=path)
        except (TypeError, KeyError, AttributeError) as error:
            raise RecordError(f"{path.name} is damaged: {error}") from None


def record_path(engine: Engine, folder: Path | None = None) -> Path:
    """`deployments/<chain>.yaml`: a network's by its name, a local chain's by its id (never committed)."""
    return (folder or repository_root() / "deployments") / f"{network_name(engine)}.yaml"


def network_name(engine: Engine) -> str:
    """What the chain is called in records."""
    return f"local-{engine.chain_id}" if engine.local else CHAINS.get(engine.chain_id, f"chain-{engine.chain_id}")


def describe(
    artefact: Artefact,
    address: str,
    *,
    kind: str = "contract",
    creator: str | None = None,
    tx: str | None = None,
    block: int | None = None,
    arguments: Sequence[Any] = (),
    commit: str | None = None,
) -> ContractRecord:
    """A contract's entry; `arguments` are its constructor's."""
    encoded = artefact.encode_arguments(*arguments) if kind == "contract" else b""
    names = [item["name"] for item in artefact.constructor_inputs]
    inputs = dict(zip(names, artefact.constructor_inputs, strict=True))
    values = dict(zip(names, arguments, strict=True)) if kind == "contract" else {}
    return ContractRecord(
        address=address,
        contract=artefact.path,
        kind=kind,
        creator=creator,
        tx=tx,
        block=block,
        compiler={"name": "vyper", "version": artefact.compiler, "settings": dict(artefact.settings)},
        source_hash=artefact.source_hash,
        git_commit=commit,
        arguments={name: _readable(inputs[name], value) for name, value in values.items()},
        arguments_encoded="0x" + encoded.hex(),
    )


def data_hash(data: bytes) -> str:
    """What a transaction carried, to know it again."""
    return hashlib.sha256(data).hexdigest()


def git_commit() -> str:
    """The checkout's commit, with `+changes` if tracked files differ from it; `unknown` outside git."""
    root = repository_root()
    try:
        commit = _git(root, "rev-parse", "HEAD")
        dirty = _git(root, "status", "--porcelain", "--untracked-files=no", "--", "contracts", "interfaces", "src")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return commit + ("+changes" if dirty else "")


def _git(root: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def _readable(item: Mapping[str, Any], value: Any) -> Any:
    """A constructor argument for YAML: structs as maps, big integers as they are, bytes in hex."""
    kind: str = item["type"]
    if kind.endswith("]"):
        inner = {**item, "type": kind[: kind.rindex("[")]}
        return [_readable(inner, one) for one in value]
    if kind == "tuple":
        parts = zip(item["components"], value, strict=True)
        return {part["name"]: _readable(part, one) for part, one in parts}
    return "0x" + value.hex() if isinstance(value, bytes) else json.loads(json.dumps(value))
