"""anvil, the local node: its native binary as a child of this process, on loopback, gone when this process is.

The npm package `@foundry-rs/anvil` starts the binary from a wrapper; killing the wrapper orphans the node and leaves
its port taken, so the binary is started directly. A taken port is an error: a test must never talk to a foreign chain.
"""

from __future__ import annotations

import atexit
import ctypes
import gzip
import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import requests

from .engines.base import BLOCK_GAS, CHAIN_ID, GENESIS_TIME
from .errors import SetupError
from .root import repository_root

HOST = "127.0.0.1"
START_SECONDS = 30
PR_SET_PDEATHSIG = 1


def binary() -> Path:
    """Path of anvil's native binary for this platform. `SURETY_ANVIL` names another one."""
    if named := os.environ.get("SURETY_ANVIL"):
        if found := shutil.which(named):
            return Path(found)
        raise SetupError(f"SURETY_ANVIL names {named}, which can't be run")
    machine = {"x86_64": "amd64", "AMD64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    package = f"anvil-{sys.platform}-{machine}"
    name = "anvil.exe" if sys.platform == "win32" else "anvil"
    path = repository_root() / "node_modules" / "@foundry-rs" / package / "bin" / name
    if not path.exists():
        raise SetupError(f"anvil is not installed (@foundry-rs/{package}): run `npm install --no-save`")
    return path


def on_path() -> None:
    """Put the native binary first on this process's PATH, for tools that look for `anvil` there."""
    os.environ["PATH"] = f"{binary().parent}{os.pathsep}{os.environ.get('PATH', '')}"


def free_port() -> int:
    """A port on loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


class Anvil:
    """A node of its own, as a context manager. Prague rules, a block a transaction, gas for nothing.

    `fork_url` takes state from another node at start; `state` is a file written by `dump`. Without `history` it forgets
    the state of older blocks, which makes runs of thousands of transactions more than twice as fast. Raises
    `SetupError` if the binary is missing, the port is taken or the node does not answer.
    """

    def __init__(
        self,
        port: int | None = None,
        *,
        chain_id: int | None = CHAIN_ID,
        timestamp: int = GENESIS_TIME,
        fork_url: str | None = None,
        state: Path | None = None,
        history: bool = True,
    ) -> None:
        self.port = port or free_port()
        self.url = f"http://{HOST}:{self.port}"
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed by stop()
        self._arguments = [str(binary()), *_options(self.port, chain_id, timestamp, fork_url, state)]
        if not history:
            self._arguments.append("--prune-history")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        """Start and wait until it answers."""
        with socket.socket() as probe:
            if probe.connect_ex((HOST, self.port)) == 0:
                raise SetupError(f"port {self.port} on {HOST} is taken: stop what listens there or choose another")
        self._process = subprocess.Popen(
            self._arguments,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            preexec_fn=_die_with_parent() if sys.platform == "linux" else None,
        )
        atexit.register(self.stop)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise SetupError(f"anvil stopped at once: {self._last_words()}")
            if self._answers():
                return self
            time.sleep(0.02)
        self.stop()
        raise SetupError(f"anvil did not answer within {START_SECONDS} s on port {self.port}")

    def stop(self) -> None:
        """Stop it and wait for its end; again does nothing."""
        atexit.unregister(self.stop)
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._log.close()

    @property
    def pid(self) -> int | None:
        """Process id while it runs."""
        return self._process.pid if self._process else None

    def rpc(self, method: str, *parameters: object) -> object:
        """One raw request; raises `SetupError` with the node's message if it refuses."""
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": list(parameters)}
        answer = requests.post(self.url, json=body, timeout=START_SECONDS).json()
        if "error" in answer:
            raise SetupError(f"{method}: {answer['error']['message']}")
        return answer["result"]

    def dump(self, path: Path) -> None:
        """Write the chain's whole state to `path`, for `state=`."""
        packed = str(self.rpc("anvil_dumpState"))
        path.write_bytes(gzip.decompress(bytes.fromhex(packed[2:])))

    def _answers(self) -> bool:
        try:
            self.rpc("eth_chainId")
        except requests.RequestException:
            return False
        return True

    def _last_words(self) -> str:
        self._log.seek(0)
        lines = self._log.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else "no message"

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _die_with_parent() -> Callable[[], object]:
    """What the child asks of Linux, so that even a killed parent leaves no node behind. Elsewhere `atexit` must do."""
    prctl = ctypes.CDLL(None).prctl  # looked up here: the forked child should load nothing
    return lambda: prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _options(port: int, chain_id: int | None, timestamp: int, fork_url: str | None, state: Path | None) -> list[str]:
    options = ["--host", HOST, "--port", str(port), "--hardfork", "prague", "--accounts", "0"]
    options += ["--gas-limit", str(BLOCK_GAS), "--block-base-fee-per-gas", "0", "--gas-price", "0"]
    options += ["--disable-min-priority-fee", "--auto-impersonate", "--no-cors", "--order", "fifo"]
    if chain_id is not None:
        options += ["--chain-id", str(chain_id)]
    if fork_url is not None:
        options += ["--fork-url", fork_url, "--no-storage-caching", "--no-rate-limit"]
    else:
        options += ["--timestamp", str(timestamp)]
    if state is not None:
        options += ["--load-state", str(state)]
    return options
