"""`python -m tools.sizes [--update]`: bytes on chain of every deployable, against tests/gas/sizes.json.

The committed figures are exact, so that growth is seen in review; 95 % of EIP-170's limit is an error in any case.
"""

from __future__ import annotations

import json
import sys

from surety.sdk.artefacts import artefact
from tools.compiled import ROOT, deployables

LIMIT = 24_576
ALARM = LIMIT * 95 // 100
RECORD = ROOT / "tests" / "gas" / "sizes.json"


def measured() -> dict[str, int]:
    """Runtime size in bytes by contract: code and immutables."""
    return {path.stem: artefact(path.stem, ROOT).runtime_size for path in deployables()}


def complaints(sizes: dict[str, int], record: dict[str, int]) -> list[str]:
    """One line for each contract that is too large or differs from the record."""
    lines = [f"{name}: {size:,} bytes, over {ALARM:,}" for name, size in sizes.items() if size > ALARM]
    for name in sorted({*sizes, *record}):
        if sizes.get(name) != record.get(name):
            lines.append(f"{name}: {sizes.get(name, 'gone')} bytes, recorded {record.get(name, 'nothing')}")
    return lines


def main(arguments: list[str]) -> int:
    sizes = measured()
    if "--update" in arguments:
        RECORD.write_text(json.dumps(sizes, indent=2) + "\n")
    record = json.loads(RECORD.read_text()) if RECORD.exists() else {}
    for name, size in sizes.items():
        print(f"{name:24} {size:7,} bytes  {size / LIMIT:6.1%} of the limit")
    wrong = complaints(sizes, record)
    if wrong:
        print("\n".join(["sizes:", *wrong, "`make gas-update` writes the record anew"]), file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
