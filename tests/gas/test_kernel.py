"""The pricing kernel by its harness, less an empty function of the same harness called with the same data."""

from collections.abc import Callable

import pytest
from tests.gas.conftest import Check

from surety.sdk.artefacts import artefact
from surety.sdk.contract import Contract

pytestmark = pytest.mark.gas

UNIT = 10**18
TARGET = 10**6 * UNIT
CURVE = (TARGET, 2 * TARGET, 12 * UNIT // 100, 6 * UNIT // 100, UNIT // 100)  # log-discounts of a year
FACE = 1_000 * UNIT + 123_456_789_123_456_789
FEE_BPS = 200
# Calldata has a floor price (EIP-7623) that an empty function would not exceed, and the difference would come out too
# small. Addresses that nobody asks for, in the access list of both transactions, lift both above it.
LIFT = [{"address": f"0x{index:040x}", "storageKeys": []} for index in range(10**6, 10**6 + 4)]


@pytest.fixture
def price(engine, people) -> Callable[..., int]:
    """`price(function, debt, amount)`: gas of the kernel alone."""
    harness = artefact("LogMeanHarness")
    made = Contract(engine, engine.create(people[0], harness.creation()).contract, harness)

    def run(function: str, debt: int, amount: int) -> int:
        def spent(name: str) -> int:
            data = made.encode(name, debt, amount, CURVE, FEE_BPS)
            sent = {
                "from": people[0],
                "to": made.address,
                "data": "0x" + data.hex(),
                "accessList": LIFT,
                "gasPrice": "0x0",
            }
            tx_hash = engine.request("eth_sendTransaction", sent | {"accessList": LIFT, "gasPrice": "0x0"})
            return int(engine.request("eth_getTransactionReceipt", tx_hash)["gasUsed"], 16)

        return spent(function) - spent("nothing")

    return run


def test_cost__one_segment__within_aim(price, check: Check) -> None:
    check("price one segment", price("cost_up", TARGET // 3, FACE))


def test_cost__across_the_kink__within_aim(price, check: Check) -> None:
    check("price across the kink", price("cost_up", TARGET - FACE // 3, FACE))


def test_face_for__one_segment__within_aim(price, check: Check) -> None:
    check("invert a cost", price("face_for", TARGET // 3, FACE))


def test_face_for__across_the_kink__within_aim(price, check: Check) -> None:
    check("invert a cost across the kink", price("face_for", TARGET - FACE // 3, FACE))
