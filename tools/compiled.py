"""Every deployable through the vyper command, warnings as errors, once per state of the sources."""

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

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache" / "tools"
FORMATS = ("abi", "userdoc", "devdoc", "layout", "bytecode", "bytecode_runtime")


class CompileError(Exception):
    """The compiler's own message for one source, the path first."""


@dataclass(frozen=True)
class Compiled:
    """What the compiler said of one deployable."""

    path: Path  # relative to the repository
    abi: list[dict[str, Any]]
    userdoc: dict[str, Any]
    devdoc: dict[str, Any]
    layout: dict[str, Any]
    initcode: int  # bytes, without constructor arguments
    runtime: int  # bytes on chain: the code and the immutables behind it

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def domain(self) -> str:
        return self.path.parent.name


def deployables(*, mocks: bool = False) -> list[Path]:
    """Paths of CamelCase sources, relative to the repository, sorted; test doubles only when asked for."""
    found = (ROOT / "contracts").rglob("[A-Z]*.vy")
    paths = sorted(path.relative_to(ROOT) for path in found)
    return [path for path in paths if mocks or path.parent.name != "mocks"]


def compile_all(paths: list[Path]) -> list[Compiled]:
    """In the order of `paths`. Raises CompileError with the messages of all that fail."""
    state = _state()
    with ThreadPoolExecutor(max_workers=2) as pool:
        jobs = [pool.submit(_compile, path, state) for path in paths]
    failures = [str(error) for job in jobs if (error := job.exception())]
    if failures:
        raise CompileError("\n".join(failures))
    return [job.result() for job in jobs]


def _compile(path: Path, state: str) -> Compiled:
    cached = CACHE / f"{path.stem}-{state}.json"
    if cached.exists():
        text = cached.read_text()
    else:
        text = _vyper(path)
        CACHE.mkdir(parents=True, exist_ok=True)
        for old in CACHE.glob(f"{path.stem}-*.json"):
            old.unlink(missing_ok=True)
        cached.write_text(text)
    abi, userdoc, devdoc, layout, bytecode, runtime = text.splitlines()
    parsed = json.loads(layout)
    return Compiled(
        path=path,
        abi=json.loads(abi),
        userdoc=json.loads(userdoc),
        devdoc=json.loads(devdoc),
        layout=parsed,
        initcode=(len(bytecode) - 2) // 2,
        runtime=(len(runtime) - 2) // 2 + _lengths(parsed.get("code_layout", {})),
    )


def _vyper(path: Path) -> str:
    command = [str(Path(sys.executable).parent / "vyper"), "-W", "error", "-f", ",".join(FORMATS), str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CompileError(f"{path}:\n{done.stderr.strip()}")
    return done.stdout


def _lengths(layout: dict[str, Any]) -> int:
    """Bytes of all immutables: leaves of the layout have a length, modules nest."""
    if isinstance(layout.get("length"), int):
        return int(layout["length"])
    return sum(_lengths(part) for part in layout.values() if isinstance(part, dict))


def _state() -> str:
    """One hash over the compiler's version, its options and every source that an import can reach."""
    digest = hashlib.sha256(repr((version("vyper"), version("snekmate"), FORMATS)).encode())
    for folder, pattern in (("contracts", "*.vy"), ("interfaces", "*.vyi")):
        for path in sorted((ROOT / folder).rglob(pattern)):
            digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
