"""The gas page: committed figures beside their aims."""

from __future__ import annotations

import json

from tests.gas.aims import AIMS, recorded

from tools.sizes import LIMIT, RECORD

INTRODUCTION = """# Gas

Whole transactions on anvil (Prague rules), cold, the 21,000 of a transaction and the calldata included; amounts around
1e21 of an 18-decimal asset, the buyer's approval unlimited, every account already holding the asset. The kernel is the
difference between a harness that prices and an empty function of the same harness called with the same data. Elsewhere
is the best figure known for the same operation in another system; where one figure is known for several forms of an
operation, it stands beside each of them.

The figures are committed and exact (`tests/gas/snapshots/`): `make gas` fails when one of them moves, and
`make gas-update` writes them anew. The aims are upper bounds that a new figure can't pass."""


def page() -> str:
    """Markdown of the measured figures and of the sizes."""
    rows = ["| operation | measured | aim | elsewhere |", "|---|--:|--:|--:|"]
    for aim in AIMS:
        figure = recorded(aim.domain).get(aim.sentence)
        measured = "not yet" if figure is None else f"{figure:,}"
        rows.append(f"| {aim.sentence} | {measured} | {aim.gas:,} | {aim.elsewhere} |")
    sizes = ["| contract | bytes on chain | of the limit |", "|---|--:|--:|"]
    for name, size in json.loads(RECORD.read_text()).items():
        sizes.append(f"| {name} | {size:,} | {size / LIMIT:.0%} |")
    limit = f"Code and immutables, against the {LIMIT:,} bytes of EIP-170; 95 % of it fails `make sizes`."
    return "\n\n".join([INTRODUCTION, "\n".join(rows), "## Sizes", limit, "\n".join(sizes)]) + "\n"
