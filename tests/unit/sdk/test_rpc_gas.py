"""How much gas a signed transaction gets: enough for calls that may fail without failing it."""

import pytest

from surety.sdk.engines import dev_account
from surety.sdk.engines.rpc_engine import GAS_MARGIN, KeySigner, RpcEngine

TO = "0x" + "11" * 20


class Node:
    """A node, and its web3 and provider, that estimates 100,000; run with much gas the transaction uses `used`."""

    def __init__(self, used):
        self.provider, self.used, self.sent = self, used, []

    def make_request(self, method, parameters):
        if method == "eth_createAccessList":
            return self.used
        if method == "eth_sendRawTransaction":
            self.sent.append(parameters[0])
            return {"error": {"code": -32000, "message": "seen"}}
        block = {"number": "0x1", "timestamp": "0x1", "baseFeePerGas": "0x1"}
        known = {
            "eth_chainId": "0x7a69",
            "web3_clientVersion": "other/1",
            "eth_call": "0x",
            "eth_estimateGas": hex(100_000),
            "eth_maxPriorityFeePerGas": "0x1",
            "eth_getTransactionCount": "0x0",
            "eth_getBlockByNumber": block,
        }
        return {"result": known[method]}


@pytest.mark.parametrize(
    ("answer", "gas"),
    [
        ({"result": {"gasUsed": hex(340_000)}}, 340_000),
        ({"result": {"gasUsed": hex(90_000)}}, 100_000),
        ({"error": {"code": -32601, "message": "no such method"}}, 200_000),
        ({"error": {"code": 3, "message": "execution reverted", "data": "0x"}}, 200_000),
    ],
)
def test_transact__signed__gas_is_what_is_used_when_there_is_much(answer, gas):
    node, account = Node(answer), dev_account(0)
    engine = RpcEngine(node, [KeySigner(account)])
    with pytest.raises(Exception, match="seen"):
        engine.transact(account.address, TO)
    assert hex(gas * GAS_MARGIN // 100)[2:] in node.sent[0]
