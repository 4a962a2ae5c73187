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
    Aim("strips", "buy a strip of four, first in each bucket", 426_000),
    Aim("strips", "buy a strip of four, new holder", 270_000),
    Aim("strips", "buy a strip of four, top-up", 200_000),
    Aim("strips", "convert a part, first in a bucket", 168_000),
    Aim("strips", "convert a part into bonds held already", 116_000),
    Aim("strips", "convert all, new holder", 128_000),
    Aim("variable", "buy variable bonds, first of a maturity", 184_000),
    Aim("variable", "buy variable bonds, new holder", 132_000),
    Aim("variable", "buy variable bonds, top-up", 115_000),
    Aim("variable", "sell part of variable bonds", 116_000),
    Aim("variable", "sell all of variable bonds within a week", 111_000),
    Aim("variable", "redeem part of variable bonds", 74_500),
    Aim("variable", "redeem whole variable bonds", 64_500),
    Aim("variable", "redeem variable bonds, first of a maturity", 82_500),
    Aim("variable", "accrue, no maturity due", 30_000),
    Aim("variable", "accrue, 64 maturities due", 675_000),
    Aim("variable", "update the rate", 67_000),
    Aim("variable", "fund the interest reserve", 64_500),
    Aim("rolling", "create a class", 3_043_500),
    Aim("rolling", "enter a class with bonds, new holder", 78_500),
    Aim("rolling", "enter a class with bonds, again", 61_000),
    Aim("rolling", "enter a class with bonds and cash, new holder", 97_500),
    Aim("rolling", "leave a class, part", 79_500),
    Aim("rolling", "leave a class, all", 57_500),
    Aim("rolling", "leave a class with bonds and cash, all", 90_500),
    Aim("rolling", "observe a debt, once traded since", 63_000),
    Aim("rolling", "observe a debt, not traded since", 69_500),
    Aim("rolling", "cash the matured bonds of a class", 83_000),
    Aim("rolling", "roll a part of a class, first", 202_000),
    Aim("rolling", "roll a part of a class, again", 185_000),
    Aim("rolling", "roll all of a class, settled with it", 220_500),
    Aim("rolling", "deposit into the vault, new holder", 200_500),
    Aim("rolling", "deposit into the vault, class partly rolled", 238_000),
    Aim("rolling", "mint of the vault, again", 169_500),
    Aim("rolling", "redeem from the vault, part", 160_000),
    Aim("rolling", "redeem from the vault, class partly rolled", 163_500),
    Aim("rolling", "withdraw from the vault, part", 190_000),
    Aim("rolling", "wrap shares of a class", 55_000),
    Aim("rolling", "unwrap shares of a class", 69_500),
    Aim("token", "transfer bonds, fresh receiver", 52_300, "51,756"),
    Aim("token", "transfer bonds, steady receiver", 35_300),
    Aim("token", "mint bonds, new holder", 52_600, "46,603"),
    Aim("token", "burn bonds", 35_500, "29,389"),
    Aim("alignment", "lock bonds, new owner", 200_000),
    Aim("alignment", "lock bonds, same maturity again", 150_000),
    Aim("alignment", "lock bonds again, delegated", 196_000),
    Aim("alignment", "delegate the weight of one maturity", 203_000),
    Aim("alignment", "take a delegation back", 170_000),
    Aim("alignment", "withdraw matured bonds", 46_500),
    Aim("delegation", "deposit and delegate, first in a pool", 95_000, "122,517"),
    Aim("delegation", "deposit and delegate, new delegator", 78_000, "90,756"),
    Aim("delegation", "deposit and delegate, top-up", 62_000, "73,644"),
    Aim("delegation", "queue a withdrawal, first of an epoch", 90_000, "154,307"),
    Aim("delegation", "queue a withdrawal, later in an epoch", 72_000, "154,307"),
    Aim("delegation", "complete a withdrawal", 50_000, "53,163"),
    Aim("delegation", "complete a withdrawal, others in the bucket", 54_000),
    Aim("delegation", "cancel a part of a withdrawal", 54_000),
    Aim("delegation", "arrive behind another operator", 64_000),
    Aim("delegation", "deposit and delegate, top-up, first of an epoch with rewards", 107_000),
    Aim("delegation", "deposit and delegate, top-up, pool with rewards", 62_000 + 22_000),
    Aim("delegation", "post rewards", 135_000),
    Aim("delegation", "claim rewards of four epochs, first claim", 95_000),
    Aim("delegation", "claim rewards of one epoch more", 65_000, "127,997"),
    Aim("delegation", "seize, no queue", 90_000),
    Aim("delegation", "seize, one bucket", 115_000),
    Aim("delegation", "seize, two buckets", 143_000),
    Aim("delegation", "seize, one bucket, 100 delegators", 115_000),
    Aim("delegation", "seize, one bucket, 10,000 delegators", 115_000),
    Aim("delegation", "restore a half", 56_000),
    Aim("delegation", "pay out, after a restore", 80_000),
    Aim("delegation", "claim a refund", 90_000),
    Aim("kernel", "price one segment", 3_000),
    Aim("kernel", "price across the kink", 4_500),
    Aim("kernel", "invert a cost", 12_000),
    Aim("kernel", "invert a cost across the kink", 12_000),
    Aim("exchange", "fill an order to sell, first part, new holder", 133_000),
    Aim("exchange", "fill an order to sell, later part, holder", 98_500),
    Aim("exchange", "fill an order to buy, whole", 115_500),
    Aim("exchange", "fill an order to sell, no fee, new holder", 123_500),
    Aim("exchange", "fill an order to sell of a contract", 136_500),
    Aim("exchange", "fill four orders to sell, all or none", 293_500),
    Aim("exchange", "fill four orders to sell, any", 299_500),
    Aim("exchange", "cancel an order, first of its word", 46_000),
    Aim("exchange", "cancel an order, later of its word", 28_500),
    Aim("exchange", "cancel all orders, first time", 45_500),
    Aim("wrapper", "create a wrapper", 94_000),
    Aim("wrapper", "wrap, first of all", 111_500),
    Aim("wrapper", "wrap, new holder", 77_000),
    Aim("wrapper", "wrap, again", 59_500),
    Aim("wrapper", "unwrap a part", 57_500),
    Aim("wrapper", "unwrap all of a holder", 52_500),
    Aim("wrapper", "redeem a part through the wrapper", 84_000),
    Aim("wrapper", "transfer wrapped, fresh receiver", 54_500),
    Aim("wrapper", "transfer wrapped, steady receiver", 37_500),
    Aim("operators", "register an operator", 75_000, "91,048 – 145,200"),
    Aim("operators", "register an operator with its service key", 105_500),
    Aim("operators", "name the first service key", 58_500),
    Aim("operators", "rotate a service key", 66_000),
    Aim("operators", "leave", 43_000),
    Aim("operators", "cancel leaving", 55_500),
    Aim("operators", "shut down", 52_000),
    Aim("operators", "review an operator below its minimum", 56_000),
    Aim("operators", "add a bond to its family", 86_000),
    Aim("operators", "renew a price reference", 50_000),
    Aim("predicates", "show a double vote, two signatures", 75_000),
    Aim("predicates", "show a double vote and record it", 95_000),
    Aim("predicates", "show a surround vote", 80_000),
    Aim("predicates", "show a false latency, three signatures", 104_000),
    Aim("predicates", "show a false piece by a Merkle proof", 86_000),
    Aim("predicates", "instruction: push a small number", 500),
    Aim("predicates", "instruction: load a field", 735),
    Aim("predicates", "instruction: load a constant", 610),
    Aim("predicates", "instruction: demand that two values are equal", 680),
    Aim("predicates", "instruction: compare two values", 750),
    Aim("predicates", "instruction: add", 865),
    Aim("predicates", "instruction: multiply", 975),
    Aim("predicates", "instruction: check the width of a number", 515),
    Aim("predicates", "instruction: combine two truths", 725),
    Aim("predicates", "instruction: hash two words", 1_500),
    Aim("predicates", "instruction: bind a message", 1_420),
    Aim("predicates", "instruction: a level of a Merkle proof", 325),
    Aim("predicates", "a message that a quantifier counts, read and hashed", 4_300),
    Aim("predicates", "the longest run of all, 4,067 instructions", 3_200_000),
)


def recorded(domain: str) -> dict[str, int]:
    """The committed figures of a domain by sentence; empty before the first `make gas-update`."""
    path = SNAPSHOTS / f"{domain}.json"
    figures: dict[str, int] = json.loads(path.read_text()) if path.exists() else {}
    return figures
