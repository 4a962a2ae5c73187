"""The pricing kernel by its harness, less an empty function of the same harness called with the same data."""

import time
from collections.abc import Callable

import pytest
from tests.gas.conftest import Check

from surety.sdk.artefacts import artefact
from surety.sdk.contract import Contract
from surety.sdk.engines.rpc_engine import RpcEngine

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
            data = "0x" + made.encode(name, debt, amount, CURVE, FEE_BPS).hex()
            sent = {"from": people[0], "to": made.address, "data": data, "gasPrice": "0x0", "accessList": LIFT}
            return _gas_of(engine, engine.request("eth_sendTransaction", sent))

        return spent(function) - spent("nothing")

    return run


def _gas_of(engine: RpcEngine, tx_hash: str) -> int:
    for _ in range(1_000):
        if receipt := engine.request("eth_getTransactionReceipt", tx_hash):
            return int(receipt["gasUsed"], 16)
        time.sleep(0.01)  # the node answers before it has mined
    raise AssertionError(f"no receipt of {tx_hash}")


def test_cost__one_segment__within_aim(price, check: Check) -> None:
    check("price one segment", price("cost_up", TARGET // 3, FACE))


def test_cost__across_the_kink__within_aim(price, check: Check) -> None:
    check("price across the kink", price("cost_up", TARGET - FACE // 3, FACE))


def test_face_for__one_segment__within_aim(price, check: Check) -> None:
    check("invert a cost", price("face_for", TARGET // 3, FACE))


def test_face_for__across_the_kink__within_aim(price, check: Check) -> None:
    check("invert a cost across the kink", price("face_for", TARGET - FACE // 3, FACE))
