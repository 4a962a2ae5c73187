"""Every deployable through the vyper command, warnings as errors, once per state of the sources.

Code and sizes come from `surety.sdk.artefacts`; this adds what only the docs and the warnings need of the compiler.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from surety.sdk.artefacts import artefact, write_atomically
from surety.sdk.errors import SuretyError

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache" / "tools"
FORMATS = ("abi", "userdoc", "devdoc", "bytecode")  # the code too, for some warnings come with it


class CompileError(Exception):
    """The compiler's own message for one source, the path first."""


@dataclass(frozen=True)
class Compiled:
    """What the compiler said of one deployable."""

    path: Path  # relative to the repository
    abi: list[dict[str, Any]]
    userdoc: dict[str, Any]
    devdoc: dict[str, Any]

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def domain(self) -> str:
        return self.path.parent.name

    @property
    def runtime(self) -> int:
        """Bytes on chain: the code and the immutables behind it."""
        return artefact(self.name, ROOT).runtime_size


def deployables(*, mocks: bool = False) -> list[Path]:
    """Paths of CamelCase sources, relative to the repository, sorted; test doubles only when asked for."""
    found = (ROOT / "contracts").rglob("[A-Z]*.vy")
    paths = sorted(path.relative_to(ROOT) for path in found)
    return [path for path in paths if mocks or path.parent.name != "mocks"]


def compile_all(paths: list[Path]) -> list[Compiled]:
    """In the order of `paths`. Raises CompileError with the messages of all that fail."""
    try:
        keys = [_key(path) for path in paths]
    except SuretyError as error:
        raise CompileError(str(error)) from None
    with ThreadPoolExecutor(max_workers=2) as pool:
        jobs = [pool.submit(_compile, path, key) for path, key in zip(paths, keys, strict=True)]
    failures = [str(failure) for job in jobs if (failure := job.exception())]
    if failures:
        raise CompileError("\n".join(failures))
    return [job.result() for job in jobs]


def _key(path: Path) -> str:
    """Changes with every source that the contract can reach, the compiler and what is asked of it."""
    content = (artefact(path.stem, ROOT).source_hash, version("vyper"), FORMATS)
    return hashlib.sha256(repr(content).encode()).hexdigest()[:16]


def _compile(path: Path, key: str) -> Compiled:
    cached = CACHE / f"{path.stem}-{key}.json"
    if cached.exists():
        text = cached.read_text()
    else:
        text = _vyper(path)
        CACHE.mkdir(parents=True, exist_ok=True)
        for old in CACHE.glob(f"{path.stem}-*.json"):
            old.unlink(missing_ok=True)
        write_atomically(cached, text)
    abi, userdoc, devdoc, _ = text.splitlines()
    return Compiled(path, json.loads(abi), json.loads(userdoc), json.loads(devdoc))


def _vyper(path: Path) -> str:
    command = [str(Path(sys.executable).parent / "vyper"), "-W", "error", "-f", ",".join(FORMATS), str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CompileError(f"{path}:\n{done.stderr.strip()}")
    return done.stdout
