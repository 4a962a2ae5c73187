"""Where the repository is: sources, configurations and records stand there, the package reads them in place."""

from __future__ import annotations

import os
from pathlib import Path

from .errors import SetupError


def repository_root() -> Path:
    """The folder that holds `contracts/`. `SURETY_ROOT` names another one; raises `SetupError` if there is none."""
    named = os.environ.get("SURETY_ROOT")
    root = Path(named).resolve() if named else Path(__file__).resolve().parents[3]
    if not (root / "contracts").is_dir():
        raise SetupError(f"no contracts/ in {root}: install Surety from a checkout, or set SURETY_ROOT to one")
    return root
