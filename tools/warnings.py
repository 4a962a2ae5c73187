"""`python -m tools.warnings`: every deployable and test double compiles without a warning."""

from __future__ import annotations

import sys

from surety.sdk.errors import UsageError
from tools.compiled import compiled
from tools.warm import warm


def main() -> int:
    try:
        warm()
        done = compiled(mocks=True)
    except UsageError as error:
        print(error, file=sys.stderr)
        return 1
    told = [f"{one.path}: {warning}" for one in done for warning in one.warnings]
    print("\n".join(told) or f"vyper: {len(done)} contracts, no warning", file=sys.stderr if told else sys.stdout)
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main())
