"""What contracts have told, read from nodes that answer for few blocks at once."""

from itertools import pairwise

import pytest
import requests
from eth_utils.crypto import keccak

from surety.sdk.contract import Contract
from surety.sdk.deploy import suite_of
from surety.sdk.engines.log_pages import LONGEST, LogPages
from surety.sdk.engines.rpc_engine import RpcEngine
from surety.sdk.errors import ChainError, SetupError, UsageError
from surety.sdk.past import past
from surety.sdk.record import ContractRecord, Record
from surety.sdk.suite import CONTRACTS

HEAD = 25_000
BORN = 3_000
ADDRESS = "0x" + "11" * 20
ABI = [{"type": "event", "name": "Told", "inputs": [{"name": "what", "type": "uint256", "indexed": True}]}]
TOLD = {1: 2_999, 2: 3_000, 3: 3_999, 4: 4_000, 5: 19_000, 6: HEAD}
"""Blocks of events by their number; the first is older than the contract that is asked about."""


class Node:
    """A node, and its web3 and provider, that refuses more than `most` blocks of logs."""

    def __init__(self, most, http=None):
        self.provider, self.most, self.http, self.asked = self, most, http, []

    def make_request(self, method, parameters):
        plain = {"eth_chainId": "0x7a69", "web3_clientVersion": "other/1"}
        if method in plain:
            return {"result": plain[method]}
        if method == "eth_getBlockByNumber":
            return {"result": {"number": hex(HEAD), "timestamp": "0x1"}}
        assert method == "eth_getLogs"
        return self.logs(parameters[0])

    def logs(self, wanted):
        first, last = (int(wanted[key], 16) for key in ("fromBlock", "toBlock"))
        self.asked.append((first, last))
        if last - first + 1 > self.most:
            if self.http is None:
                return {"error": {"code": -32005, "message": f"at most {self.most} blocks"}}
            answer = requests.Response()
            answer.status_code = self.http
            raise requests.HTTPError(response=answer)
        topics = ["0x" + keccak(text="Told(uint256)").hex()]
        named = wanted["topics"][1:]
        return {
            "result": [
                {"address": ADDRESS, "topics": [*topics, f"{number:#066x}"], "data": "0x"}
                for number, block in TOLD.items()
                if first <= block <= last and named in ([], [None], [f"{number:#066x}"])
            ]
        }


def told(node, *indexed, born=BORN):
    contract = Contract(RpcEngine(node), ADDRESS, ABI, born)
    return [event.args.what for event in past(contract, "Told", *indexed)]


@pytest.mark.parametrize("most", [1_000_000, LONGEST, 9_999, 1_000, 7])
def test_past__whatever_range_a_node_takes__every_event_once_in_order_from_the_creation_on(most):
    node = Node(most)
    assert told(node) == [2, 3, 4, 5, 6]
    taken = [(first, last) for first, last in node.asked if last - first + 1 <= most]
    assert taken[0][0] == BORN
    assert taken[-1][1] == HEAD
    assert all(before[1] + 1 == after[0] for before, after in pairwise(taken))
    assert max(last - first + 1 for first, last in taken) <= LONGEST


def test_past__a_refused_range__is_halved_once_and_for_all():
    node = Node(1_000)
    engine = RpcEngine(node)
    contract = Contract(engine, ADDRESS, ABI, BORN)
    past(contract, "Told")
    refused = [one for one in node.asked if one[1] - one[0] + 1 > 1_000]
    assert [last - first + 1 for first, last in refused] == [10_000, 5_000, 2_500, 1_250]
    node.asked.clear()
    past(contract, "Told")
    assert len(node.asked) == -(-(HEAD - BORN + 1) // 625)


def test_past__indexed_words__numbers_addresses_and_hashes():
    assert told(Node(LONGEST), 5) == told(Node(LONGEST), hex(5)) == told(Node(LONGEST), bytes([*bytes(31), 5])) == [5]
    assert told(Node(LONGEST), None) == [2, 3, 4, 5, 6]


@pytest.mark.parametrize("status", [400, 413, 422])
def test_past__a_provider_that_refuses_by_http__is_asked_for_less(status):
    assert told(Node(1_000, http=status)) == [2, 3, 4, 5, 6]


def test_past__a_provider_that_turns_us_away__environment_at_once():
    node = Node(1_000, http=429)
    with pytest.raises(SetupError, match="HTTP 429"):
        told(node)
    assert len(node.asked) == 1


def test_past__a_node_that_answers_for_no_block__its_own_words():
    node = Node(0)
    with pytest.raises(ChainError, match="at most 0 blocks"):
        told(node)
    assert len(node.asked) == 14


def test_past__a_contract_of_the_future__nothing_is_asked():
    node = Node(LONGEST)
    assert told(node, born=HEAD + 1) == []
    assert not node.asked


def test_past__an_engine_without_history__says_so():
    class Engine:
        name = "pyrevm"

    with pytest.raises(UsageError, match="only a node over RPC"):
        past(Contract(Engine(), ADDRESS, ABI), "Told")


def test_log_pages__error_within_a_page__no_entry_twice():
    asked = []

    def fetch(first, last):
        asked.append((first, last))
        if last - first >= 2:
            raise ChainError("too many")
        return list(range(first, last + 1))

    assert list(LogPages(8).between(3, 9, fetch)) == [3, 4, 5, 6, 7, 8, 9]
    assert asked == [(3, 9), (3, 5), (3, 3), (4, 4), (5, 5), (6, 6), (7, 7), (8, 8), (9, 9)]


def test_suite_of__record_with_blocks__contracts_are_asked_from_their_creation_on():
    class Engine:
        name, chain_id = "pyrevm", 31337

        def call(self, sender, to, data, value=0):
            return (6).to_bytes(32, "big")

    at = {name: f"0x{number:040x}" for number, name in enumerate(CONTRACTS, 1)}
    blocks = {"market": 20, "treasury": 21}
    contracts = {name: ContractRecord(at[name], "", "contract", block=blocks.get(name)) for name in at}
    suite = suite_of(Engine(), Record(31337, "local", ADDRESS, {}, "", "", complete=True, contracts=contracts))
    assert {name for name, one in suite.contracts.items() if one.born != 20} == {"treasury"}
    assert suite.treasury.born == 21
    assert suite.on(Engine()).born == suite.class_at(ADDRESS).born == 20
