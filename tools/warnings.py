"""`python -m tools.warnings`: every deployable and test double compiles without a warning."""

from __future__ import annotations

import sys

from tools.compiled import CompileError, compile_all, deployables


def main() -> int:
    try:
        done = compile_all(deployables(mocks=True))
    except CompileError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"vyper: {len(done)} contracts, no warning")
    return 0


if __name__ == "__main__":
    sys.exit(main())
