"""Contracts compiled by the installed vyper, in this process, once per state of the sources."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import cache, cached_property
from importlib.metadata import distribution, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import eth_abi
from eth_utils.abi import collapse_if_tuple

from .errors import SetupError, UsageError
from .root import repository_root

if TYPE_CHECKING:
    from vyper.compiler.phases import CompilerData

FORMATS = (
    "abi",
    "bytecode",
    "bytecode_runtime",
    "blueprint_bytecode",
    "layout",
    "method_identifiers",
    "settings_dict",
    "integrity",
    "userdoc",
    "devdoc",
)
EVM_VERSION = "prague"
_IMPORT = re.compile(r"^from[ ]+(\.*)([\w.]*)[ ]+import[ ]+(\w+)", re.MULTILINE)


@dataclass(frozen=True)
class Immutable:
    """Where an immutable stands in the code on chain, in bytes behind the runtime template."""

    name: str
    type: str
    offset: int
    length: int


@dataclass(frozen=True)
class Artefact:
    """One compiled deployable. Bytes are hex without 0x in the cache, `bytes` in the properties."""

    name: str
    path: str
    """Relative to the root it was compiled from."""
    compiler: str
    settings: dict[str, Any]
    source_hash: str
    """vyper's integrity sum: over this source and all that it imports."""
    abi: list[dict[str, Any]] = field(repr=False)
    bytecode: str = field(repr=False)
    bytecode_runtime: str = field(repr=False)
    blueprint_bytecode: str = field(repr=False)
    layout: dict[str, Any] = field(repr=False)
    method_identifiers: dict[str, str] = field(repr=False)
    userdoc: dict[str, Any] = field(repr=False)
    devdoc: dict[str, Any] = field(repr=False)
    warnings: list[str] = field(repr=False)
    """What the compiler said beside the result."""

    @property
    def initcode(self) -> bytes:
        """Creation code without constructor arguments."""
        return bytes.fromhex(self.bytecode)

    @property
    def runtime(self) -> bytes:
        """The code on chain up to its immutables."""
        return bytes.fromhex(self.bytecode_runtime)

    @property
    def blueprint_initcode(self) -> bytes:
        """Creation code of an EIP-5202 blueprint."""
        return bytes.fromhex(self.blueprint_bytecode)

    @property
    def blueprint_code(self) -> bytes:
        """Code of the blueprint on chain: the preamble fe7100 and the creation code."""
        return b"\xfe\x71\x00" + self.initcode

    @cached_property
    def immutables(self) -> tuple[Immutable, ...]:
        """In the order of their offsets."""
        return tuple(sorted(_immutables(self.layout.get("code_layout", {})), key=lambda item: item.offset))

    @cached_property
    def storage_slots(self) -> dict[str, int]:
        """First slot of each variable; those of modules as `module.name`."""
        return dict(_slots(self.layout.get("storage_layout", {})))

    @property
    def runtime_size(self) -> int:
        """Bytes on chain, immutables included."""
        return len(self.runtime) + sum(item.length for item in self.immutables)

    @cached_property
    def selectors(self) -> dict[bytes, str]:
        """Signature of each method by its id."""
        return {int(value, 16).to_bytes(4, "big"): name for name, value in self.method_identifiers.items()}

    @property
    def constructor_inputs(self) -> list[dict[str, Any]]:
        """ABI of the constructor's arguments."""
        return next((item["inputs"] for item in self.abi if item["type"] == "constructor"), [])

    def encode_arguments(self, *arguments: Any) -> bytes:
        """Constructor arguments as they follow the creation code. Raises `UsageError` if they don't fit the ABI."""
        inputs = self.constructor_inputs
        if len(inputs) != len(arguments):
            raise UsageError(f"{self.name} is created from {len(inputs)} arguments, {len(arguments)} given")
        try:
            return bytes(eth_abi.encode([collapse_if_tuple(item) for item in inputs], arguments))
        except (eth_abi.exceptions.EncodingError, TypeError) as error:
            raise UsageError(f"{self.name}: constructor arguments do not fit: {error}") from None

    def creation(self, *arguments: Any) -> bytes:
        """Creation code with its arguments."""
        return self.initcode + self.encode_arguments(*arguments)


def artefact(name: str, root: Path | None = None) -> Artefact:
    """A deployable by the name of its file, `BondMarket`. Raises `UsageError` if it is missing or doesn't compile."""
    root = root or repository_root()
    found = _source(name, root)
    return _artefact(found, root, _state(found, root))


def names(root: Path | None = None) -> tuple[str, ...]:
    """Every deployable, mocks and harnesses too."""
    return tuple(sorted(_deployables(root or repository_root())))


def state(name: str, root: Path | None = None) -> str:
    """Changes whenever a deployable's source, one that it imports, the compiler or what is asked of it does."""
    root = root or repository_root()
    return _state(_source(name, root), root)


def is_cached(name: str, root: Path | None = None) -> bool:
    """Whether a deployable's artefact is at hand without the compiler."""
    root = root or repository_root()
    found = _source(name, root)
    return _cached(found, root, _state(found, root)).exists()


def compile_anew(name: str, root: Path | None = None) -> CompilerData:
    """All that the compiler knows of a deployable, typed source and assembly too. Its artefact goes into the cache."""
    root = root or repository_root()
    found = _source(name, root)
    made, data = _compile(found, found.relative_to(root).as_posix(), [root])
    _store(made, _cached(found, root, _state(found, root)))
    return data


def compile_source(path: Path) -> Artefact:
    """A Vyper file outside the repository, uncached; imports resolve beside it, in the repository and in packages."""
    return _compile(path.resolve(), path.name, [repository_root(), path.resolve().parent])[0]


def prepare(names: Sequence[str], root: Path | None = None) -> None:
    """Compiles what is missing of several deployables, on all processors; faults are left for `artefact` to tell."""
    root = root or repository_root()
    missing = [name for name in names if not is_cached(name, root)]
    if len(missing) < 2:
        return
    missing.sort(key=lambda name: _source(name, root).stat().st_size, reverse=True)
    count = min(os.cpu_count() or 1, len(missing))
    command = [sys.executable, "-c", f"import sys; from {__name__} import _compile_some; _compile_some(sys.argv[1:])"]
    environment = {**os.environ, "SURETY_ROOT": str(root)}
    quiet: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    compilers = [subprocess.Popen([*command, *missing[i::count]], env=environment, **quiet) for i in range(count)]
    for one in compilers:
        one.wait()


def _compile_some(names: Sequence[str]) -> None:
    for name in names:
        with suppress(UsageError):
            artefact(name)


def source_hash(names: Sequence[str]) -> str:
    """One hash over the sources of several deployables, the compiler's version and its settings."""
    prepare(names)
    made = [artefact(name) for name in sorted(names)]
    content = [version("vyper"), [[one.path, one.source_hash, one.settings] for one in made]]
    return _digest(json.dumps(content, sort_keys=True).encode())


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _deployables(root: Path) -> dict[str, Path]:
    return {path.stem: path for path in (root / "contracts").rglob("[A-Z]*.vy")}


def _source(name: str, root: Path) -> Path:
    found = _deployables(root).get(name)
    if found is None:
        raise UsageError(f"no contract {name} in contracts/: there are {', '.join(sorted(_deployables(root)))}")
    return found


def _state(source: Path, root: Path) -> str:
    digest = hashlib.sha256(json.dumps([version("vyper"), version("snekmate"), EVM_VERSION, FORMATS]).encode())
    for path in sorted(_reach(source, root)):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _reach(source: Path, root: Path) -> set[Path]:
    """The source and all of the repository that it imports, at first or second hand."""
    reached: set[Path] = set()
    waiting = [source]
    while waiting:
        path = waiting.pop()
        if path not in reached:
            reached.add(path)
            waiting += _imports(path, path.stat().st_mtime_ns, root)
    return reached


@cache
def _imports(path: Path, changed: int, root: Path) -> tuple[Path, ...]:
    """What a source names in its import statements, without what packages hold: their versions stand for them."""
    found = []
    for dots, module, name in _IMPORT.findall(path.read_text()):
        base = path.parents[len(dots) - 1] if dots else root
        target = base.joinpath(*[part for part in module.split(".") if part], name)
        found += [file for suffix in (".vy", ".vyi") if (file := target.with_suffix(suffix)).exists()]
    return tuple(found)


@cache
def _artefact(path: Path, root: Path, state: str) -> Artefact:
    cached = _cached(path, root, state)
    if cached.exists():
        return Artefact(**json.loads(cached.read_text()))
    made, _ = _compile(path, path.relative_to(root).as_posix(), [root])
    _store(made, cached)
    return made


def _cached(path: Path, root: Path, state: str) -> Path:
    return root / "build" / "artefacts" / f"{path.stem}-{state}.json"


def _store(made: Artefact, cached: Path) -> None:
    replace_state(cached, json.dumps(asdict(made)).encode())


def replace_state(path: Path, content: bytes) -> None:
    """Writes `name-state.suffix` and removes the file's other states."""
    path.parent.mkdir(parents=True, exist_ok=True)
    name = path.stem.rpartition("-")[0]
    for old in path.parent.glob(f"{name}-*{path.suffix}"):
        old.unlink(missing_ok=True)
    write_atomically(path, content)


def write_atomically(path: Path, content: str | bytes) -> None:
    """A file that is either as before or whole, even if the process is killed meanwhile."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _compile(path: Path, label: str, search: list[Path]) -> tuple[Artefact, CompilerData]:
    # vyper takes a second to import, and a warm cache needs none of it.
    from vyper.compiler import outputs_from_compiler_data
    from vyper.compiler.input_bundle import FilesystemInputBundle
    from vyper.compiler.phases import CompilerData
    from vyper.compiler.settings import Settings
    from vyper.exceptions import VyperException
    from vyper.warnings import VyperWarning

    if version("vyper") != "0.4.3":
        raise SetupError(f"vyper 0.4.3 is wanted, {version('vyper')} is installed: install from the lock file")
    bundle = FilesystemInputBundle([Path(str(distribution("snekmate").locate_file(""))), *search])
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", VyperWarning)
        try:
            data = CompilerData(bundle.load_file(path), bundle, Settings(evm_version=EVM_VERSION))
            output = outputs_from_compiler_data(data, FORMATS)
        except VyperException as error:
            raise UsageError(f"{label} does not compile: {error}") from None
    made = Artefact(
        name=path.stem,
        path=label,
        compiler=version("vyper"),
        settings={"evm_version": EVM_VERSION, **output["settings_dict"]},
        source_hash=output["integrity"],
        abi=output["abi"],
        bytecode=output["bytecode"][2:],
        bytecode_runtime=output["bytecode_runtime"][2:],
        blueprint_bytecode=output["blueprint_bytecode"][2:],
        layout=json.loads(json.dumps(output["layout"])),
        method_identifiers=output["method_identifiers"],
        userdoc=output["userdoc"],
        devdoc=output["devdoc"],
        warnings=[str(one.message) for one in told if issubclass(one.category, VyperWarning)],
    )
    return made, data


def _immutables(layout: dict[str, Any], prefix: str = "") -> Iterator[Immutable]:
    for name, part in layout.items():
        if isinstance(part.get("length"), int):
            yield Immutable(prefix + name, part["type"], part["offset"], part["length"])
        else:
            yield from _immutables(part, f"{prefix}{name}.")


def _slots(layout: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, int]]:
    for name, part in layout.items():
        if isinstance(part.get("slot"), int):
            yield prefix + name, part["slot"]
        else:
            yield from _slots(part, f"{prefix}{name}.")
