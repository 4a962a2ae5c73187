"""`python -m tools.warm`: every deployable compiled once, on all processors, for the package, the checks and titanoboa.

Titanoboa wants the compiler's own objects: typed sources, assembly, source map. By itself it parses and types a
contract at each load even where it has cached it, which takes seconds; here they are read back as they are, by the
state of the sources.
"""

from __future__ import annotations

import gc
import pickle
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from surety.sdk.artefacts import compile_anew, is_cached, names, replace_state, state
from surety.sdk.errors import UsageError
from tools.compiled import ROOT

if TYPE_CHECKING:
    from vyper.compiler.phases import CompilerData


def warm() -> None:
    """Artefact and compilation of each deployable into the cache. Raises `UsageError` for one that doesn't compile."""
    with ProcessPoolExecutor() as pool:
        for _ in pool.map(_warm, names()):
            pass


def compilation(name: str) -> CompilerData:
    """What titanoboa reads of a deployable: code, types, layout and the source maps of its two codes."""
    return _compilation(name, state(name))


def _warm(name: str) -> None:
    if not (is_cached(name, ROOT) and _pickle(name, state(name)).exists()):
        _compile(name, state(name))


@cache
def _compilation(name: str, at: str) -> CompilerData:
    path = _pickle(name, at)
    if not path.exists():
        return _compile(name, at)
    # Hundreds of thousands of small objects that live as long as the process: the collector need never look at them.
    gc.disable()
    try:
        made: CompilerData = pickle.loads(path.read_bytes())
        gc.freeze()
    finally:
        gc.enable()
    return made


def _compile(name: str, at: str) -> CompilerData:
    from vyper.ir.compile_ir import assembly_to_evm

    made = compile_anew(name)
    made.source_map = assembly_to_evm(made.assembly_runtime)[1]
    made.deployment_source_map = assembly_to_evm(made.assembly)[1]
    # More than half of all, and made anew if anybody should ask.
    for intermediate in ("vyper_module", "_ir_output", "assembly", "assembly_runtime"):
        del vars(made)[intermediate]
    replace_state(_pickle(name, at), pickle.dumps(made, protocol=pickle.HIGHEST_PROTOCOL))
    return made


def _pickle(name: str, at: str) -> Path:
    return ROOT / "build" / "compilations" / f"{name}-{at}.pickle"


if __name__ == "__main__":
    try:
        warm()
    except UsageError as error:
        sys.exit(str(error))
