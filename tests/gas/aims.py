"""What each operation may cost, what it costs elsewhere, and the sentence under which its figure is committed.

Aims bind (upper bounds). Elsewhere is the best figure known for the same operation in another system.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

SNAPSHOTS = Path(__file__).parent / "snapshots"
EXACT_IN = 9_000  # what buying for an exact cost may add


@dataclass(frozen=True)
class Aim:
    """One row: `sentence` is the key in the snapshot `domain`.json, `gas` the bound in units of gas."""

    domain: str
    sentence: str
    gas: int
    elsewhere: str = "–"


AIMS = (
    Aim("bonds", "buy a bond, first in a bucket", 168_000, "136,494 – 170,709"),
    Aim("bonds", "buy a bond, new holder", 117_000, "136,494 – 170,709"),
    Aim("bonds", "buy a bond, top-up", 100_000, "136,494 – 170,709"),
    Aim("bonds", "buy a bond for an exact cost, first in a bucket", 168_000 + EXACT_IN),
    Aim("bonds", "buy a bond for an exact cost, new holder", 117_000 + EXACT_IN),
    Aim("bonds", "buy a bond for an exact cost, top-up", 100_000 + EXACT_IN),
    Aim("bonds", "sell part of a bond", 94_000, "74,520"),
    Aim("bonds", "sell all of a bond", 90_000, "74,520"),
    Aim("bonds", "redeem part of a bond", 62_000, "112,986"),
    Aim("bonds", "redeem a whole bond", 57_000, "112,986"),
    Aim("token", "transfer bonds, fresh receiver", 52_300, "51,756"),
    Aim("token", "transfer bonds, steady receiver", 35_300),
    Aim("token", "mint bonds, new holder", 52_600, "46,603"),
    Aim("token", "burn bonds", 35_500, "29,389"),
    Aim("kernel", "price one segment", 3_000),
    Aim("kernel", "price across the kink", 4_500),
    Aim("kernel", "invert a cost", 12_000),
    Aim("kernel", "invert a cost across the kink", 12_000),
)


def recorded(domain: str) -> dict[str, int]:
    """The committed figures of a domain by sentence; empty before the first `make gas-update`."""
    path = SNAPSHOTS / f"{domain}.json"
    figures: dict[str, int] = json.loads(path.read_text()) if path.exists() else {}
    return figures
