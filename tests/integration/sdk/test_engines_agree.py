"""The same trace gives the same state on pyrevm, titanoboa and anvil: storage, code, balances, logs, reasons."""

from __future__ import annotations

import pytest
from tests.support.traces import replay, state

from surety.sdk.anvil import Anvil
from surety.sdk.engines import Engine, dev_account, make_engine, rolled_back
from surety.sdk.engines.boa_engine import BoaEngine
from surety.sdk.engines.pyrevm_engine import PyrevmEngine
from surety.sdk.engines.rpc_engine import RpcEngine
from surety.sdk.errors import Reverted

pytestmark = pytest.mark.integration

STORE_TIME = bytes.fromhex("425f554360015500")  # slot 0 := time, slot 1 := block number
COUNT_IN_TRANSIENT = bytes.fromhex("5f5c6001015f5d5f5c5f5260205ff3")  # returns how often this transaction came here
BURN_ALL = bytes.fromhex("fe")


def initcode(runtime: bytes) -> bytes:
    return bytes.fromhex(f"60{len(runtime):02x}8060095f395ff3") + runtime


@pytest.fixture(scope="module", params=["pyrevm", "titanoboa", "rpc"])
def each(request, node) -> Engine:
    return RpcEngine(node.url).prepare() if request.param == "rpc" else make_engine(request.param)


@pytest.mark.parametrize("seed", [1, 2])
def test_replay__random_trace__same_state_on_three_engines(seed):
    boa = BoaEngine()
    expected_world, expected = replay(boa, seed, 60)
    slots = {str(address): words for address, words in boa.env.sstore_trace.items()}
    assert sum(len(words) for words in slots.values()) > 60
    wanted = state(expected_world, slots)
    assert any(outcome[1] == "refused" for outcome in expected)
    assert any(outcome[1] not in ("refused", "time") for outcome in expected)
    with Anvil() as node:
        for engine in (PyrevmEngine(), RpcEngine(node.url).prepare()):
            world, outcomes = replay(engine, seed, 60)
            assert world.record.addresses == expected_world.record.addresses
            for number, (ours, theirs) in enumerate(zip(outcomes, expected, strict=True)):
                assert ours == theirs, f"action {number} on {engine.name}"
            assert state(world, slots) == wanted, engine.name


def test_create__counts_nonce_and_block__address_follows(each):
    with rolled_back(each):
        sender, block, nonce = each.accounts[0], each.block_number, each.nonce(each.accounts[0])
        first = each.create(sender, initcode(STORE_TIME))
        second = each.create(sender, initcode(STORE_TIME))
        assert first.contract != second.contract
        assert each.code(first.contract) == STORE_TIME == first.output
        assert (each.nonce(sender), each.block_number) == (nonce + 2, block + 2)


def test_set_time__then_call_and_transact__see_the_same_block(each):
    with rolled_back(each):
        sender = each.accounts[1]
        clock = each.create(sender, initcode(STORE_TIME)).contract
        each.advance(1_000)
        time, block = each.timestamp, each.block_number
        receipt = each.transact(sender, clock)
        assert each.storage(clock, 0) == time == receipt.timestamp
        assert each.storage(clock, 1) == block + 1 == receipt.block


def test_set_time__backwards__refused(each):
    with pytest.raises(Exception, match="time can't go back"):
        each.set_time(each.timestamp - 1)


def test_transact__transient_storage__is_empty_in_each_transaction(each):
    with rolled_back(each):
        counter = each.create(each.accounts[0], initcode(COUNT_IN_TRANSIENT)).contract
        for _ in range(2):
            assert int.from_bytes(each.transact(each.accounts[0], counter).output, "big") == 1
            assert int.from_bytes(each.call(each.accounts[0], counter, b""), "big") == 1


def test_transact__exceptional_halt__reverted_without_a_trace(each):
    with rolled_back(each):
        sender = each.accounts[0]
        bomb = each.create(sender, initcode(BURN_ALL)).contract
        nonce, block = each.nonce(sender), each.block_number
        with pytest.raises(Reverted, match="halted"):
            each.transact(sender, bomb)
        with pytest.raises(Reverted, match="halted"):
            each.create(sender, BURN_ALL)
        assert (each.nonce(sender), each.block_number) == (nonce, block)


def test_restore__nested_snapshots__undo_state_time_nonce_and_gifts(each):
    sender = each.accounts[2]
    before = (each.timestamp, each.block_number, each.nonce(sender), each.balance(sender))
    outer = each.snapshot()
    clock = each.create(sender, initcode(STORE_TIME)).contract
    each.snapshot()
    each.advance(50)
    each.transact(sender, clock)
    each.set_balance(sender, 5)
    each.restore(outer)
    assert (each.timestamp, each.block_number, each.nonce(sender), each.balance(sender)) == before
    assert each.code(clock) == b""


def test_accounts__on_every_engine__are_those_with_known_keys(each):
    assert each.accounts[3] == dev_account(3).address
    assert each.balance(each.accounts[3]) == 10**24
    assert each.chain_id == 31_337
