"""Evidence that a contract judges, as a file: what is wrong is told by its key, what the contract says by its words."""

import json

import pytest
from eth_utils.crypto import keccak

from surety.models.faults import commitment_of
from surety.models.plugins import PluginClaim, plugin_evidence_hash
from surety.sdk.engines.accounts import dev_account, dev_addresses
from surety.sdk.errors import UsageError
from surety.sdk.messages import Message, SignedMessage, sign_message
from surety.sdk.plugin_evidence import PluginEvidence, plugin_line, report_evidence

PLACE = "0x5FbDB2315678afecb367f032d93F642f64180aa3"
CODE = b"\x60\x01"
OPERATOR, PROVER = dev_addresses()[1:3]
REGISTRY = dev_addresses()[5]
SERVICE = b"\x07" * 32
TEXT = f"""commitment reports {{
  param depth: uint8
  message Header(number: uint64, hash: bytes32)
  plugin true_headers: {PLACE} code 0x{keccak(CODE).hex()} about Header
  liveness alive: every 1 epoch out Header
  slash 10% cooldown 21 days review 7 days
}}
"""


class Chain:
    """What an engine says of one address."""

    def __init__(self, answer=b"", code=CODE):
        self.answer, self.given, self.asked = answer, code, b""

    def code(self, address):
        return self.given if address == PLACE else b""

    def call(self, sender, to, data, value=0):
        assert to == PLACE
        self.asked = data
        return self.answer


def file(**changed):
    values = {
        "chain_id": 1,
        "registry": REGISTRY,
        "service": SERVICE,
        "operator": OPERATOR,
        "promise": TEXT,
        "breaks": "true_headers",
        "parameters": ((5).to_bytes(32, "big"),),
        "evidence": b"\x01\x02",
    }
    return PluginEvidence(**values | changed)


def words(broken, key=7, time=9):
    return b"".join(one.to_bytes(32, "big") for one in (broken, key, time))


def test_file__written_and_read__is_the_same(tmp_path):
    path = tmp_path / "one.json"
    path.write_text(file().dumps())
    assert PluginEvidence.read(path) == file()


def test_hash__is_what_the_judge_commits_to():
    one = file()
    claim = PluginClaim(SERVICE, OPERATOR, 1, PLACE, one.parameters)
    assert one.number == 1
    assert one.hash == plugin_evidence_hash(claim, b"\x01\x02")
    assert one.commitment(PROVER, SERVICE) == commitment_of(one.hash, PROVER, SERVICE)
    assert one.arguments(SERVICE, True) == ((SERVICE, OPERATOR, 1, PLACE, one.parameters), b"\x01\x02", SERVICE, True)


def test_ask__three_words__are_told():
    chain = Chain(words(1))
    assert file().ask(chain) == (True, (7).to_bytes(32, "big"), 9)
    assert chain.asked[:4] == keccak(text="is_fault(bytes32,address,bytes32[],bytes)")[:4]
    assert file().ask(Chain(words(0)))[0] is False


@pytest.mark.parametrize("answer", [b"", words(1)[:-1], words(1) + b"\0", words(2), words(2**255)])
def test_ask__another_shape__is_no_fault(answer):
    with pytest.raises(UsageError, match="answers nonsense, which is no fault"):
        file().ask(Chain(answer))


@pytest.mark.parametrize(("code", "told"), [(b"", "no code"), (b"\x60\x02", "code 0x")])
def test_ask__other_code__is_told(code, told):
    with pytest.raises(UsageError, match=f"is not the contract of the promise: it has {told}"):
        file().ask(Chain(words(1), code))


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"breaks": "alive"}, "contracts judge true_headers of reports, not alive"),
        ({"promise": TEXT.replace("message Header", "mesage Header")}, "promise: line 3"),
        ({"parameters": ()}, "parameter"),
    ],
)
def test_file__that_does_not_fit_its_promise__is_told(changed, told):
    with pytest.raises(UsageError, match=told):
        _ = file(**changed).rule


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("service", "0x12", "service"),
        ("evidence", "0x" + "00" * 4097, "evidence"),
        ("chain_id", "-1", "chain_id"),
        ("unknown", 1, "unknown"),
    ],
)
def test_read__what_is_wrong__is_named(tmp_path, key, value, told):
    path = tmp_path / "one.json"
    path.write_text(json.dumps(json.loads(file().dumps()) | {key: value}))
    with pytest.raises(UsageError, match=told):
        PluginEvidence.read(path)


def test_report_evidence__is_the_message_and_two_words():
    message = Message(
        service=SERVICE, kind=SERVICE, sender=OPERATOR, recipient=PROVER, sequence=1, time=2, fields=(SERVICE,) * 2
    )
    signed = sign_message(message, dev_account(1), 1, REGISTRY)
    shown = report_evidence(signed)
    assert len(shown) == 320
    assert shown[:288] == message.encoded + signed.signature[:32]
    high = int.from_bytes(shown[288:], "big")
    assert high & (1 << 255) - 1 == int.from_bytes(signed.signature[32:64], "big")
    assert 27 + (high >> 255) == signed.signature[64]
    by_wallet = SignedMessage(chain_id=1, registry=REGISTRY, message=message, signature=b"\1" * 64)
    with pytest.raises(UsageError, match="that a key signed"):
        report_evidence(by_wallet)


def test_plugin_line__is_what_a_text_says():
    assert plugin_line(Chain(), PLACE) == f"{PLACE} code 0x{keccak(CODE).hex()}"
    assert plugin_line(Chain(), PLACE) in TEXT
    with pytest.raises(UsageError, match="nothing is at"):
        plugin_line(Chain(), OPERATOR)
