"""The command `surety`."""

from __future__ import annotations

import sys

from .app import cli
from .errors import guarded


def main() -> None:
    """Entry point: exits 0 ok, 1 usage, 2 environment, 3 reverted, 4 chain."""
    sys.exit(guarded(lambda: cli.main(standalone_mode=False)))
